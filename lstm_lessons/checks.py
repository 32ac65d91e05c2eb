"""A whole number within bounds, checked: of an argument, and on the command line."""

from __future__ import annotations

import argparse
import operator


def whole(name: str, value: object, least: int = 1, most: int | None = None) -> int:
    """An argument as a plain int. What Python takes as an index is one, NumPy's integers too.

    Args:
        name: of the argument, for the message.
        value: what came.
        least, most: bounds, both included; without ``most`` there is no upper one.

    Raises:
        ValueError: for a bool, for anything else that is no whole number, and out of bounds.
    """
    try:
        number = None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = None
    if number is None or number < least or (most is not None and number > most):
        bounds = f"of at least {least}" if most is None else f"from {least} to {most}"
        came = repr(value) if number is None else number  # 0, not np.int64(0)
        raise ValueError(f"{name} must be a whole number {bounds}, got {came}")
    return number


def sizes(**values: object) -> None:
    """Make sure that each of some arguments, given by name, is a whole number of at least 1.

    Raises:
        ValueError: as `whole`.
    """
    for name, value in values.items():
        whole(name, value)


def count(text: str) -> int:
    """A whole number of at least 1 from the command line: a ``type`` for ``argparse``.

    Raises:
        argparse.ArgumentTypeError: for any other text.
    """
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 1, got {text!r}")
    return int(text)
