"""A sentence of the prose, checked by the run.

Whatever a lesson states about its own results stands in a ``claim``: the run
either shows that it holds, or stops at the sentence that does not.
"""

from __future__ import annotations

from typing import Any


class ClaimFailed(AssertionError):
    """A sentence that the run contradicts."""


def claim(sentence: str, holds: Any) -> None:
    """Print ``claim holds: <sentence>``, or stop because it does not hold.

    Args:
        sentence: what is claimed, in words that stay true on every machine.
        holds: a single truth value: a ``bool``, a NumPy bool, or a tensor or
            array without dimensions and of type bool.

    Raises:
        ClaimFailed: if ``holds`` is false; the message names the sentence.
        TypeError: if ``sentence`` is not a string or ``holds`` is no single bool.
        ValueError: if ``sentence`` is empty.
    """
    if not isinstance(sentence, str):
        raise TypeError(f"sentence must be a string; got {type(sentence).__name__}")
    if not sentence.strip():
        raise ValueError("sentence must say what is claimed; got an empty string")
    if not _truth_value(holds):
        raise ClaimFailed(f"claim does not hold: {sentence}")
    print(f"claim holds: {sentence}")


def _truth_value(holds: Any) -> bool:
    """The bool in ``holds``; a number or a list is refused rather than taken for one."""
    shape = tuple(getattr(holds, "shape", ()))
    dtype = str(getattr(holds, "dtype", type(holds).__name__))
    if dtype not in ("bool", "torch.bool") or shape:
        described = f"{type(holds).__name__}" + (f" of shape {shape}" if shape else "")
        advice = "; reduce it with .all() or .any()" if shape else ""
        raise TypeError(f"holds must be one bool; got {described}{advice}")
    return bool(holds)
