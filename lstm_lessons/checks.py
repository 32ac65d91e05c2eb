"""Arguments, checked: in their plain form, or an error with name, what was expected, what came.

``name`` is that of the argument, and ``value`` what came. What does not fit raises a ValueError; `kind`, `listed`,
`text`, `letters`, `texts` and `path` raise TypeError, and `path` FileNotFoundError.
"""

import argparse
import itertools
import math
import numbers
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np  # in `array` alone: a deployed model's tokenizer needs no NumPy

MOST = 2**28  # numbers in one array: more would fill the memory of most machines, and end the process
BOOL = ("bool", "torch.bool")
MOST_ITEMS = 2_000_000  # that are taken out of an iterator, which may have no end


def shown(value: object, most: int = 80) -> str:
    """What came, in a message: as Python writes it, cut; an integer of 5000 digits cannot be written at all."""
    try:
        written = repr(value)
    except Exception:  # whatever an object does when it is asked
        return f"a {type(value).__name__}"
    return written if len(written) <= most else f"{written[: most - 1]}…"


def hinted_length(value: object) -> int:
    """How many items there are, as far as the object says; 0 if it does not."""
    try:
        return operator.length_hint(value)
    except OverflowError:
        return 2**63
    except Exception:  # whatever an object does when it is asked
        return 0


def whole(name: str, value: object, least: int = 1, most: int | None = None) -> int:
    """A whole number from ``least`` to ``most``, or to what 64 bits hold: what Python takes as an index, NumPy's
    integers too, but no bool.
    """
    try:
        # Older versions of NumPy take its bool as an index.
        is_one = str(getattr(value, "dtype", type(value).__name__)) not in BOOL and not getattr(value, "shape", ())
        number = int(operator.index(value)) if is_one else None
    except Exception:  # a tensor of several numbers or of none raises its own kinds
        number = None
    if number is None or not least <= number <= (2**63 - 1 if most is None else most):
        bounds = f"of at least {least}" if most is None else f"from {least} to {most}"
        bounds += " that fits 64 bits" * (most is None and number is not None and number >= least)
        came = shown(value if number is None else number)  # 0, not np.int64(0)
        raise ValueError(f"{name} must be a whole number {bounds}, got {came}")
    return number


def seed(value: object) -> int | list[int]:
    """A seed as NumPy's generator takes it: a whole number of at least 0, or a list of some."""
    return [whole("seed", part, 0) for part in value] if isinstance(value, list) and value else whole("seed", value, 0)


def sizes(**values: object) -> list[int]:
    """Some arguments, given by name, as whole numbers of at least 1, each of which an array could have."""
    found = {name: whole(name, value) for name, value in values.items()}
    if large := [name for name, size in found.items() if size > MOST]:
        raise ValueError(f"{large[0]} must be at most 2**28, got {found[large[0]]}")
    return list(found.values())


def room(names: str, *sizes: int) -> None:
    """Sizes whose product is that of an array which a machine can hold."""
    if math.prod(sizes) > MOST:
        product = " x ".join(map(shown, sizes))
        raise ValueError(f"{names} must make at most 2**28 numbers, got {product}")


def number(name: str, value: object, expected: str, fits: Callable[[float], bool]) -> None:
    """A real number that ``fits``, as ``expected`` says in words; no bool, no NaN, no fraction, which torch refuses."""
    is_number = isinstance(value, numbers.Integral if isinstance(value, numbers.Rational) else numbers.Real)
    try:
        is_number = is_number and not isinstance(value, bool) and getattr(value, "itemsize", 8) <= 8  # no long double
        is_right = is_number and value == value and fits(value) and float(value) is not None
    except Exception:  # an integer above all floats, a number that cannot be compared
        is_right = False
    if not is_right:
        raise ValueError(f"{name} must be {expected}, got {shown(value)}")


def positive(**values: object) -> None:
    """Some arguments, given by name, that must be above 0, and not so large that float32 ends."""
    for name, value in values.items():
        number(name, value, "above 0 and below 1e30", lambda value: 0 < value < 1e30)


def probability(**values: object) -> None:
    """Some arguments, given by name, that must be numbers from 0 to 1."""
    for name, value in values.items():
        number(name, value, "a number from 0 to 1", lambda value: 0 <= value <= 1)


def kind(name: str, value: object, expected: str, holds: bool) -> None:
    """Something of the kind that ``expected`` says in words, as the caller has found out."""
    if not holds:
        raise TypeError(f"{name} must be {expected}, got {type(value).__name__}")


def parts(name: str, value: object, *wanted: str) -> None:
    """Refuse a model that lacks one of its modules."""
    if missing := [part for part in wanted if getattr(value, part, None) is None]:
        raise ValueError(f"{name} must have all of its parts, {', '.join(wanted)}, got none for {', '.join(missing)}")


def listed(name: str, value: object, expected: str) -> list:
    """The items of something that can be iterated, as ``expected`` says in words; text counts as a single thing, and an
    iterator may have no end.
    """
    try:
        if isinstance(value, str | bytes):
            raise TypeError
        if hinted_length(value) > MOST:
            raise ValueError(f"{name} must be {expected}, got {hinted_length(value)} items")
        found = list(itertools.islice(value, MOST_ITEMS + 1)) if isinstance(value, Iterator) else list(value)
        if isinstance(value, Iterator) and len(found) > MOST_ITEMS:
            raise ValueError(f"{name} must be {expected}, got an iterator of more than {MOST_ITEMS:,}")
        return found
    except ValueError:
        raise
    except Exception as error:  # whatever an object does when it is asked, torch's among it: no first axis
        got = "a string" if isinstance(value, str) else type(value).__name__
        raise TypeError(f"{name} must be {expected}, got {got}") from error


def in_order(name: str, value: object, expected: str) -> None:
    """Refuse a dictionary, of which the keys would be taken, and a set, whose order is another in each run."""
    kind(name, value, expected, not isinstance(value, Mapping | Set))


def text(name: str, value: object) -> str:
    """A text."""
    kind(name, value, "a text", isinstance(value, str))
    return value


def letters(name: str, value: object) -> str:
    """A text of whole letters: half of one, a lone surrogate, no file can hold."""
    if text(name, value) != value.encode(errors="ignore").decode():
        raise ValueError(f"{name} must hold whole letters, got half of one in {shown(value)}")
    return value


def texts(name: str, values: object) -> list[str]:
    """A list of texts; a single one is refused, whose letters would pass for texts."""
    return [text(f"{name}[{n}]", one) for n, one in enumerate(listed(name, values, "a list of texts"))]


def path(name: str, value: object, expected: str = "") -> Path:
    """The path of a file: one that is there, such as "a CSV file", or a new one in a folder."""
    kind(name, value, "a path", isinstance(value, str | Path))
    found = Path(value)
    try:
        is_none = "\0" in str(found) or found.is_dir()
        str(found).encode()
    except (OSError, UnicodeError):  # a name that is too long, or has half of a letter
        is_none = True
    if is_none:
        raise ValueError(f"{name} must be the path of a file, got {str(found)!r:.200}")
    if expected and not found.is_file():
        raise FileNotFoundError(f"{name} must be {expected}, and there is none at {found}")
    if not expected and not found.parent.is_dir():
        raise FileNotFoundError(f"{name} must be in a folder that exists, got {found}")
    return found


_KINDS = {"iu": "integers", "M": "times (datetime64)"}


def array(name: str, value: object, axes: int | None = None, kinds: str = "biuf") -> "np.ndarray":
    """Numbers as an array: of an array, a tensor or nested lists; ``kinds`` as NumPy's letters."""
    import numpy as np

    expected = f"{name} must hold {_KINDS.get(kinds, 'numbers')}"
    if axes is not None:
        expected += f", shape {('()', '(N,)', '(N, K)')[axes]}"
    if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):
        raise ValueError(f"{expected}, got an array with masked ones: leave them out, or fill them")
    try:
        is_tensor = hasattr(value, "detach") and not isinstance(value, np.ndarray)
        size = math.prod(value.shape) if isinstance(value, np.ndarray) or is_tensor else hinted_length(value)
        if size > MOST:  # few of them may be in memory, of a range or of what was expanded
            raise ValueError(f"{size} numbers, the most are {MOST}")
        if is_tensor:
            value = value.detach().cpu()
            value = value.float() if str(value.dtype) == "torch.bfloat16" else value  # NumPy has none
        found = np.asarray(value)
        if found.dtype.kind in "iufc":  # neither bytes in another order nor numbers that torch and pandas lack
            found = found.astype(
                np.float64 if found.dtype == np.longdouble else found.dtype.newbyteorder("="), copy=False
            )
    except Exception as error:  # whatever an object does when it is asked for its numbers
        raise ValueError(f"{expected}, got a {type(value).__name__}: {str(error):.200}") from None
    if (found.size and found.dtype.kind not in kinds) or axes not in (None, found.ndim):
        got = f"{found.dtype} of shape {found.shape}" if found.ndim and found.dtype.kind != "U" else shown(value)
        raise ValueError(f"{expected}, got {got}")
    return found


def finite(name: str, value: object, axes: int) -> "np.ndarray":
    """Numbers as an array of so many axes, at least one of them, all finite."""
    import numpy as np

    found = array(name, value, axes)
    if not found.size or not np.isfinite(found).all():
        got = "NaN or infinity" if found.size else f"shape {found.shape}"
        raise ValueError(f"{name} must hold finite numbers, at least one, got {got}")
    return found


def integers(name: str, value: object, least: int = 0, most: int | None = None) -> "np.ndarray":
    """Whole numbers within bounds, (N,) int64: lengths, labels, places in an array; no booleans."""
    found = array(name, value, 1, "iu")
    if found.size:
        low, high = int(found.min()), int(found.max())
        if low < least or high > (2**63 - 1 if most is None else most):
            bounds = f"be at least {least}" if most is None else f"lie in {least}..{most}"
            raise ValueError(f"{name} must {bounds}, got {low}..{high}")
    return found.astype("int64")


def one_of(name: str, value: str, known: Iterable[str]) -> str:
    """A text that is one of those known."""
    known = list(known)
    if not isinstance(value, str) or value not in known:
        raise ValueError(f"{name} must be one of {', '.join(known)}, got {shown(value)}")
    return value


def count(text: str) -> int:
    """A whole number of at least 1 from the command line: a ``type`` for ``argparse``, whose ``ArgumentTypeError`` it
    raises.
    """
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 1, got {text!r}")
    return int(text)
