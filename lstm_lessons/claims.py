"""A sentence of the prose, checked by the run.

Whatever a lesson states about its own results stands in a ``claim``: the run either shows that it holds, or says that
it does not, with its value, and goes on. Where lessons are executed to be stored or tested, the environment variable
``LSTM_LESSONS_STRICT_CLAIMS=1`` stops the run at the sentence instead.

In a notebook the claims of a cell are shown together, below its other output: one as a line, several folded to ``4
claims hold``.
"""

import ast
import html
import math
import os
import re
import sys
from dataclasses import dataclass
from types import FrameType
from typing import Any

STRICT = "LSTM_LESSONS_STRICT_CLAIMS"
# Around a value, which differs from machine to machine: tests/nbval_sanitize.cfg knows the mark.
VALUE = "[here: {}]"
CHANGED = (
    "This sentence of the lesson is not true of your run. Did you change a number or a function? "
    "Then that is a result, too: say why."
)


class ClaimFailed(AssertionError):
    """A sentence that the run contradicts, where claims are strict."""


@dataclass(frozen=True)
class Claim:
    """A sentence, whether it holds on this run, and the value behind it (or an empty string)."""

    sentence: str
    holds: bool
    value: str = ""

    @property
    def text(self) -> str:
        """The sentence with its value."""
        return f"{self.sentence} {VALUE.format(self.value)}" if self.value else self.sentence

    def __str__(self) -> str:
        return f"claim {'holds' if self.holds else 'does not hold'}: {self.text}"


def claim(sentence: str, holds: Any, value: Any = None) -> None:
    """Show that a sentence holds, or that it does not.

    Args:
        sentence: what is claimed, in words that stay true on every machine.
        holds: a single truth value: a ``bool``, a NumPy bool, or a tensor or array without dimensions and of type bool.
        value: what was measured, shown behind the sentence: a text such as ``"89.5 % against 88.5 %"``, or a number.
            Where none is given, the numbers that the condition names are shown, and if it does not hold, the condition
            itself.

    Raises:
        ClaimFailed: if ``holds`` is false and claims are strict.
        TypeError: if ``sentence`` is not a string or ``holds`` is no single bool.
        ValueError: if ``sentence`` is empty or holds the mark of a value.
    """
    if not isinstance(sentence, str):
        raise TypeError(f"sentence must be a string; got {type(sentence).__name__}")
    if not sentence.strip():
        raise ValueError("sentence must say what is claimed; got an empty string")
    if VALUE.partition("{")[0] in sentence:
        raise ValueError(f"sentence must not hold its value; got {sentence!r}: use value=")
    truth = _truth_value(holds)
    shown = "" if value is None else _text(value)
    if not shown:
        shown = _measured(sys._getframe(1), condition_too=not truth)
    made = Claim(sentence, truth, shown)
    if not truth and os.environ.get(STRICT, "") not in ("", "0"):
        raise ClaimFailed(str(made))
    _show(made)


def _truth_value(holds: Any) -> bool:
    """The bool in ``holds``; a number or a list is refused rather than taken for one."""
    # A class has the attributes of its objects, without values, and a nested tensor a shape that cannot be asked for.
    is_value = not isinstance(holds, type) and not getattr(holds, "is_nested", False)
    shape = tuple(getattr(holds, "shape", ())) if is_value else ()
    dtype = str(getattr(holds, "dtype", type(holds).__name__)) if is_value else type(holds).__name__
    if getattr(holds, "is_meta", False):
        dtype = "a tensor without numbers"
    if dtype not in ("bool", "torch.bool") or shape:
        described = f"{type(holds).__name__}" + (f" of shape {shape}" if shape else "")
        advice = "; reduce it with .all() or .any()" if shape else ""
        raise TypeError(f"holds must be one bool; got {described}{advice}")
    return bool(holds)


def _text(value: Any) -> str:
    """A value in one line; numbers with four significant digits."""
    number = _number(value)
    if isinstance(number, float) and math.isfinite(number):
        return f"{number:.4g}"
    try:
        return " ".join(str(value if number is None else number).split())
    except Exception:  # whatever an object does when it is asked
        return f"a {type(value).__name__}"


def _number(value: Any) -> bool | int | float | None:
    """The number in a Python number or in an array or tensor of one element, else None."""
    try:
        if getattr(value, "size", None) == 1 or getattr(value, "shape", None) == ():
            value = value.item()
    except Exception:  # of a dtype, on the device meta, whatever an object does when it is asked
        return None
    return value if isinstance(value, bool | int | float) else None


_ITEM, _IN_WORDS = re.compile(r"\['([^']*)'\]"), r" (\1)"  # moved['batch_first'] is told as "moved (batch_first)"
_NAMED = (ast.Name, ast.Attribute, ast.Subscript)  # shown with its number; not what is computed of it


def _measured(frame: FrameType, *, condition_too: bool) -> str:
    """The numbers named in what ``frame`` handed to ``claim`` as a condition, and its source if wanted.

    Nothing is run again for it: ``pure_eval`` looks up names, attributes and items alone.
    """
    from executing import Source
    from pure_eval import Evaluator

    call = Source.executing(frame).node
    if not isinstance(call, ast.Call):  # its source is not known
        return ""
    named = [keyword.value for keyword in call.keywords if keyword.arg == "holds"]
    (condition,) = (call.args[1:2] or named) or (None,)
    if condition is None or isinstance(condition, ast.Constant):
        return ""
    known = Evaluator.from_frame(frame).interesting_expressions_grouped(condition)
    numbers = [
        f"{_ITEM.sub(_IN_WORDS, ast.unparse(nodes[0]))} = {_text(value)}"
        for nodes, value in known
        if isinstance(nodes[0], _NAMED) and not isinstance(_number(value), bool | None)
    ]
    return ", ".join([ast.unparse(condition)] * condition_too + numbers)


_of_this_cell: list[Claim] = []


def _show(made: Claim) -> None:
    """Show a claim at the end of its cell, or at once where there is no cell."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None:
        encoding = getattr(sys.stdout, "encoding", None) or "utf-8"  # which may lack a letter
        print(str(made).encode(encoding, "replace").decode(encoding))
        return
    shell.events.register("post_execute", _show_cell)  # once: it knows what it has
    _of_this_cell.append(made)


def _show_cell() -> None:
    """Show what the cell has claimed: a single claim that holds as a line, else a list."""
    claims = _Claims(tuple(_of_this_cell))
    _of_this_cell.clear()
    if len(claims.all) == 1 and claims.all[0].holds:
        print(claims.all[0])
    elif claims.all:
        from IPython.display import display

        display(claims)


@dataclass(frozen=True, repr=False)
class _Claims:
    """The claims of a cell, as HTML and as text: what does not hold, then the rest, folded."""

    all: tuple[Claim, ...]

    @property
    def _groups(self) -> tuple[list[Claim], list[Claim], str]:
        """Those that do not hold, those that do, and how many these are in words."""
        failed = [made for made in self.all if not made.holds]
        held = [made for made in self.all if made.holds]
        return failed, held, "1 claim holds" if len(held) == 1 else f"{len(held)} claims hold"

    def __repr__(self) -> str:
        failed, held, count = self._groups
        lines = [str(made) for made in failed] + [CHANGED] * bool(failed)
        lines += [f"{count}:"] * bool(held) + [f"  {made.text}" for made in held]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        failed, held, count = self._groups
        parts = [f"<p><strong>{html.escape(str(made))}</strong></p>" for made in failed]
        if failed:
            edge = "border-left: 6px solid #b07a10; padding: 2px 14px; margin: 4px 0"
            parts = [f'<div role="status" style="{edge}">', *parts, f"<p>{CHANGED}</p></div>"]
        if held:
            items = "".join(f"<li>{html.escape(made.text)}</li>" for made in held)
            parts.append(f'<details class="claims"><summary>{count}</summary><ul>{items}</ul></details>')
        return "".join(parts)
