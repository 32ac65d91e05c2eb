"""Numbers and arrays, checked: of an argument, and on the command line.

``name`` is that of the argument, for the message, and ``value`` what came.
"""

import argparse
import numbers
import operator
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np


def whole(name: str, value: object, least: int = 1, most: int | None = None) -> int:
    """An argument as a plain int. What Python takes as an index is one, NumPy's integers too.

    Args:
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


def sizes(**values: object) -> list[int]:
    """Some arguments, given by name, as plain ints: whole numbers of at least 1.

    Raises:
        ValueError: as `whole`.
    """
    return [whole(name, value) for name, value in values.items()]


def number(name: str, value: object, expected: str, fits: Callable[[float], bool]) -> None:
    """Make sure that an argument is a real number that fits; NaN fits nothing.

    Args:
        expected: what it must be, in words, such as "a number above 0".
        fits: whether a number is so.

    Raises:
        ValueError: for a bool, for what is no number, and for one that does not fit.
    """
    is_number = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if not is_number or value != value or not fits(value):
        raise ValueError(f"{name} must be {expected}, got {value!r}")


def kind(name: str, value: object, expected: str, holds: bool) -> None:
    """Make sure that an argument is of the kind expected, as the caller has found out.

    Raises:
        TypeError: if it is not.
    """
    if not holds:
        raise TypeError(f"{name} must be {expected}, got {type(value).__name__}")


def path(name: str, value: object) -> Path:
    """An argument as a path.

    Raises:
        TypeError: if it is none.
    """
    kind(name, value, "a path", isinstance(value, str | Path))
    return Path(value)


def probability(name: str, value: object) -> None:
    """Make sure that an argument lies in 0 … 1.

    Raises:
        ValueError: as `number`.
    """
    number(name, value, "a number from 0 to 1", lambda share: 0 <= share <= 1)


def array(name: str, value: object, axes: int | None = None, kinds: str = "biuf") -> np.ndarray:
    """An argument as a NumPy array.

    Args:
        value: an array, a tensor on the CPU, a number, or nested lists of them.
        axes: how many it must have; any number if not given.
        kinds: NumPy's letters for the kinds of numbers to take; real ones and booleans.

    Raises:
        ValueError: for anything else, lists of unequal length among it.
    """
    expected = f"{name} must hold {'integers' if kinds == 'iu' else 'numbers'}"
    if axes is not None:
        expected += f", shape {('()', '(N,)', '(N, K)')[axes]}"
    try:
        found = np.asarray(value)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"{expected}, got a {type(value).__name__}: {error}") from None
    if (found.size and found.dtype.kind not in kinds) or axes not in (None, found.ndim):
        got = f"{found.dtype} of shape {found.shape}" if found.ndim else repr(value)
        raise ValueError(f"{expected}, got {got}")
    return found


def integers(name: str, value: object, least: int = 0, most: int | None = None) -> np.ndarray:
    """An argument as whole numbers within bounds, (N,) int64: lengths, labels, places in an array.

    Raises:
        ValueError: for booleans and other numbers, other shapes, and out of bounds.
    """
    found = array(name, value, 1, "iu")
    bounds = f"be at least {least}" if most is None else f"lie in {least}..{most}"
    if found.size:
        low, high = int(found.min()), int(found.max())
        if low < least or high > (np.iinfo(np.int64).max if most is None else most):
            raise ValueError(f"{name} must {bounds}, got {low}..{high}")
    return found.astype(np.int64)


def one_of(name: str, value: str, known: Iterable[str]) -> str:
    """A text that is one of those known.

    Raises:
        ValueError: if it is another.
    """
    if value not in (known := list(known)):
        raise ValueError(f"{name} must be one of {', '.join(known)}, got {value!r}")
    return value


def count(text: str) -> int:
    """A whole number of at least 1 from the command line: a ``type`` for ``argparse``.

    Raises:
        argparse.ArgumentTypeError: for any other text.
    """
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 1, got {text!r}")
    return int(text)
