"""Compare, copy and describe the nested values that exercises take and return.

A value is a number, a string, a tensor, an array, a module, or a tuple, list or dict of such. NumPy and torch are
looked up among the loaded modules: a tensor can only exist where torch is loaded already, and so an exercise about
plain numbers works on a machine where torch does not.
"""

import cmath
import copy
import dataclasses
import functools
import math
import numbers
import os
import re
import sys
from array import array
from collections import deque
from collections.abc import Callable, Mapping, Sequence, ValuesView
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

LONGEST_TEXT = 400  # characters of one value in a message
LARGEST_COPY = 10**8  # numbers; a copy of more may end the kernel


@dataclass(frozen=True)
class Tolerance:
    """How close two numbers must be: ``|expected - got| <= atol + rtol * |expected|``."""

    atol: float = 1e-6
    rtol: float = 1e-5
    same_kind: bool = False  #: whether only a tensor stands for a tensor, and an array for an array.
    same_dtype: bool = False


EXACT = Tolerance(atol=0.0, rtol=0.0, same_kind=True, same_dtype=True)


@dataclass(frozen=True)
class Difference:
    """The first way in which a value differs from the expected one."""

    kind: str  #: "none", "type", "length", "keys", "shape", "dtype", "nan", "inf" or "value".
    sentence: str  #: the difference in words.
    path: str = ""  #: where it is in a nested value, for example ``[1]['h']``; empty at the top.


def or_else(fallback: Callable[..., Any]) -> Callable[[Callable], Callable]:
    """A decorator of what gives something else where it fails: what a learner returns may fail in any way."""

    def decorated(function: Callable) -> Callable:
        @functools.wraps(function)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            try:
                return function(*args, **kwargs)
            except Exception:
                return fallback(*args, **kwargs)

        return guarded

    return decorated


def is_tensor(value: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def is_array(value: Any) -> bool:
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(value, numpy.ndarray)


def _is_block(value: Any) -> bool:
    return is_tensor(value) or is_array(value)


def is_module(value: Any) -> bool:
    nn = sys.modules.get("torch.nn")
    return nn is not None and isinstance(value, nn.Module)


def is_truth(value: Any) -> bool:
    numpy = sys.modules.get("numpy")
    return isinstance(value, bool) or (numpy is not None and isinstance(value, numpy.bool_))


def is_number(value: Any) -> bool:
    return isinstance(value, numbers.Complex) and not is_truth(value)


def shorten(text: str, longest: int = LONGEST_TEXT) -> str:
    """``text`` without memory addresses, and with its middle left out if it is long."""
    text = re.sub(r"\b0x[0-9a-fA-F]+", "0x…", text)
    if len(text) <= longest:
        return text
    half = longest // 2
    first, last = re.sub(r"(?<=\s)\S+$", "", text[:half]), re.sub(r"^\S+(?=\s)", "", text[-half:])
    return f"{first.rstrip()} … {last.lstrip()}"  # no word or number is cut


@or_else(lambda value: f"an object of type {type(value).__name__}")
def kind_of(value: Any) -> str:
    """What a value is, with its article, shape and dtype: "a tensor of shape (2, 3), float32"."""
    if value is None:
        return "None"
    if is_tensor(value):
        return f"a tensor of shape {tuple(value.shape)}, {_dtype(value)}"
    if is_array(value):
        return f"an array of shape {value.shape}, {value.dtype}"
    if is_truth(value):
        return "a bool"
    if is_number(value):
        return "a whole number" if isinstance(value, numbers.Integral) else "a number"
    if isinstance(value, str):
        return "a string"
    if isinstance(value, (tuple, list)):
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, Mapping):
        return f"a dict with the keys {shorten(', '.join(map(_safe_repr, value)) or 'none')}"
    if isinstance(value, type):
        return f"the class {value.__name__}"
    name = type(value).__name__
    if name in ("function", "method", "builtin_function_or_method"):
        return f"a function ({value.__name__})"
    if name == "coroutine":
        return "a coroutine (write `def`, not `async def`)"
    if name in ("generator", "map", "filter", "zip"):
        return f"a {name} (`list(...)` makes a list of it)"
    return f"an object of type {name}"


@or_else(kind_of)
def describe(value: Any) -> str:
    """A value as text: rounded, short, and the same on every run."""
    if _is_block(value) and _is_empty_shell(value):
        return kind_of(value)
    if is_tensor(value):
        return f"tensor {_numbers(_to_numpy(value))}  {_shape_and_dtype(value)}"
    if is_array(value):
        return f"array {_numbers(value)}  {_shape_and_dtype(value)}"
    if is_number(value) and not isinstance(value, numbers.Integral):
        return f"{value if isinstance(value, complex) else float(value):.6g}"  # a Fraction has no format
    if isinstance(value, Mapping):
        items = ", ".join(f"{_safe_repr(key)}: {describe(item)}" for key, item in value.items())
        return shorten(f"{{{items}}}")
    if isinstance(value, (tuple, list)):
        items = ", ".join(describe(item) for item in value)
        items += "," if isinstance(value, tuple) and len(value) == 1 else ""
        return shorten(f"({items})" if isinstance(value, tuple) else f"[{items}]")
    if is_module(value) or callable(value) or type(value).__name__ == "generator":
        return kind_of(value)
    return shorten(_safe_repr(value))


@or_else(lambda expected, got, tolerance=EXACT, path="": Difference("type", _expected_got(expected, got), path))
def difference(expected: Any, got: Any, tolerance: Tolerance = EXACT, path: str = "") -> Difference | None:
    """The first difference between two values, or ``None`` if they agree.

    Values are compared: numbers of any type, a list and a tuple, and, unless the tolerance asks for the same kind,
    numbers in a list, an array and a tensor. NaN agrees with NaN.
    """
    if expected is None or got is None:
        if expected is got:
            return None
        return Difference("none" if got is None else "type", _expected_got(expected, got), path)
    if is_module(expected) and is_module(got):
        return difference(dict(expected.state_dict()), dict(got.state_dict()), tolerance, path)
    told, got = got, got if tolerance.same_kind else _standing_for(expected, got)
    if _is_block(expected) or _is_block(got):
        other = tolerance.same_kind and is_tensor(expected) != is_tensor(got)
        if other or not (_is_block(expected) and _is_block(got)):
            rows = _is_block(expected) and not tolerance.same_kind and isinstance(told, (tuple, list)) and _shape(told)
            if rows:  # a list would do, if it had the shape
                sentence = f"expected {kind_of(expected)}, got {kind_of(told)}, of shape {rows}"
                return Difference("shape", sentence, path)
            return Difference("type", _expected_got(expected, told), path)
        return _array_difference(expected, got, tolerance, path)
    for is_kind, compared in ((is_truth, _truth_difference), (is_number, _number_difference)):
        if is_kind(expected) or is_kind(got):
            if not (is_kind(expected) and is_kind(got)):
                return Difference("type", _expected_got(expected, told), path)
            return compared(expected, got, tolerance, path)
    if isinstance(expected, Mapping) and isinstance(got, Mapping):
        return _dict_difference(expected, got, tolerance, path)
    if isinstance(expected, (tuple, list)) and isinstance(got, (tuple, list)):
        return _sequence_difference(expected, got, tolerance, path)
    if not isinstance(got, type(expected)):
        return Difference("type", _expected_got(expected, told), path)
    return None if _equal(expected, got) else _unequal(expected, got, path)


def _standing_for(expected: Any, got: Any) -> Any:
    """``got`` as the kind of value that is expected, where it can stand for it; otherwise as it is."""
    plain = _is_block(got) or isinstance(got, (str, bytes, numbers.Number))
    if hasattr(got, "__array__") and not plain:  # a table of pandas, say
        got = _as_array(got)
    if _is_block(expected):
        if _is_row(got) and not isinstance(got, (tuple, list)) and [len(got)] == list(expected.shape[:1]):
            got = list(got)
        return got if _is_block(got) or _shape(got) != tuple(expected.shape) else _as_array(got)
    if is_number(expected) or is_truth(expected):
        got = float(got) if isinstance(got, Decimal) else got
        return got.item() if _is_block(got) and len(got.shape) == 0 else got
    rows = _is_row(got) or (_is_block(got) and len(got.shape) > 0)
    return list(got) if rows and isinstance(expected, (tuple, list)) and len(expected) == len(got) else got


def _is_row(value: Any) -> bool:
    """Whether it holds values in their order, as a list does: a range, a deque, or the values of a dict, say."""
    return isinstance(value, (Sequence, ValuesView, deque, array)) and not isinstance(value, (str, bytes))


def _as_array(value: Any) -> Any:
    """A number, a tensor, or nested lists of them as one array."""
    import numpy as np

    if _is_row(value):
        return np.array([_as_array(item) for item in value])
    return _to_numpy(value) if is_tensor(value) else np.asarray(value)


def flat_numbers(value: Any) -> Any:
    """All numbers of a number, a tensor, an array, or lists and tuples of such in one row, or ``None``."""
    import numpy as np

    if isinstance(value, (list, tuple)):
        parts = [flat_numbers(item) for item in value]
        return None if not parts or any(part is None for part in parts) else np.concatenate(parts)
    if _is_block(value) and (math.prod(value.shape) > LARGEST_COPY or _is_empty_shell(value)):
        return None
    if _is_block(value) or is_number(value):
        row = _as_array(value).ravel()
        return row if np.issubdtype(row.dtype, np.number) and np.isfinite(row).all() else None
    return None


def same_kinds(ours: Any, value: Any) -> bool:
    """Whether a value that agrees with ours is also of its kind, in all parts: a tensor for a tensor, say."""
    if is_tensor(ours) or is_array(ours) or isinstance(ours, str):
        return type(value) is type(ours)
    if isinstance(ours, (tuple, list)):
        return type(value) is type(ours) and all(map(same_kinds, ours, value))
    if is_number(ours):
        return is_number(value) and isinstance(value, numbers.Integral) >= isinstance(ours, numbers.Integral)
    return True


def of_kind(ours: Any, value: Any) -> Any:
    """A value as one of the kind that ours is; it may have more parts, which are as the last of ours."""
    import numpy as np

    if is_tensor(ours):
        return value if is_tensor(value) else sys.modules["torch"].as_tensor(_as_array(value), dtype=ours.dtype)
    if is_array(ours):
        return np.asarray(_as_array(value))
    if isinstance(ours, (tuple, list)):
        return type(ours)(of_kind(ours[min(k, len(ours) - 1)], part) if ours else part for k, part in enumerate(value))
    if isinstance(ours, str):
        return str(value)
    if is_number(ours):
        return int(value) if isinstance(ours, numbers.Integral) else float(value)
    return value


def duplicate(value: Any) -> Any:
    """A copy that shares no memory with ``value``, so that nobody edits the original."""
    if _is_block(value) and math.prod(value.shape) > LARGEST_COPY:
        return value
    if is_tensor(value):
        return value.detach().clone().requires_grad_(value.requires_grad)
    if is_array(value):
        return value.copy()
    if type(value) in (tuple, list):
        return type(value)(duplicate(item) for item in value)
    if type(value) is dict:
        return {key: duplicate(item) for key, item in value.items()}
    try:
        return copy.deepcopy(value)
    except Exception:  # what cannot be copied is handed on as it is
        return value


def edited(before: Any, after: Any, path: str = "") -> str | None:
    """The path of the first part of ``before`` that is another in ``after``, or ``None``.

    Objects that are neither data nor containers of data are not looked into.
    """
    if dataclasses.is_dataclass(before) and type(before) is type(after):
        before, after = vars(before), vars(after)
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        if list(before) != list(after):
            return path
        pairs = [(f"{path}[{key!r}]", before[key], after[key]) for key in before]
    elif isinstance(before, (tuple, list)) and isinstance(after, (tuple, list)):
        if len(before) != len(after):
            return path
        pairs = [(f"{path}[{i}]", *pair) for i, pair in enumerate(zip(before, after, strict=True))]
    elif _is_block(before) or is_number(before) or isinstance(before, str):
        return None if difference(before, after) is None else path
    else:
        return None
    found = (edited(first, second, where) for where, first, second in pairs)
    return next((where for where in found if where is not None), None)


@or_else(lambda value: False)  # a list that holds itself
def holds_ellipsis(value: Any) -> bool:
    """Whether ``...`` is still somewhere in ``value``."""
    if isinstance(value, Mapping):
        return any(holds_ellipsis(item) for item in value.values())
    if isinstance(value, (tuple, list)):
        return any(holds_ellipsis(item) for item in value)
    return value is Ellipsis


@or_else(lambda reference, answer, name="your answer": f"{name} should be {kind_of(reference)}; it is another.")
def malformed(reference: Any, answer: Any, name: str = "your answer") -> str | None:
    """Say in what way ``answer`` is not built as ``reference`` is, or ``None`` if it is.

    Lists, arrays and tensors may stand for each other, if their shapes agree.
    """
    if is_number(reference) or is_truth(reference):
        return _malformed_number(reference, answer, name)
    if isinstance(reference, str):
        if isinstance(answer, str):
            return None
        return f"{name} should be a string; it is {kind_of(answer)}."
    if isinstance(reference, Mapping):
        return _malformed_dict(reference, answer, name)
    if _is_block(reference) or isinstance(reference, list):
        return _malformed_array(reference, answer, name)
    if isinstance(reference, tuple):
        if not isinstance(answer, (tuple, list)) or len(answer) != len(reference):
            return f"{name} should be {kind_of(reference)}; it is {kind_of(answer)}."
        named = (f"{name}[{index}]" for index in range(len(reference)))
        complaints = map(malformed, reference, answer, named)
        return next((complaint for complaint in complaints if complaint), None)
    return None


def _malformed_number(reference: Any, answer: Any, name: str) -> str | None:
    truth = is_truth(reference)
    answer = _standing_for(reference, answer)
    if (is_truth if truth else is_number)(answer):
        return None if truth or _finite(answer) else f"{name} is not a finite number: {answer}."
    wanted = "a bool (`True` or `False`)" if truth else "a number"
    advice = ""
    if _is_block(answer) and math.prod(answer.shape) == 1:
        advice = " `.item()` makes it one."
    return f"{name} should be {wanted}; it is {kind_of(answer)}.{advice}"


def _malformed_dict(reference: Mapping, answer: Any, name: str) -> str | None:
    if not isinstance(answer, Mapping):
        return f"{name} should be {kind_of(reference)}; it is {kind_of(answer)}."
    missing, extra = _missing_and_extra(reference, answer)
    if missing or extra:
        return f"{name} {_key_sentence(missing, extra)}."
    for key, item in reference.items():
        complaint = malformed(item, answer[key], f"`{key}`")
        if complaint:
            return complaint
    return None


def _malformed_array(reference: Any, answer: Any, name: str) -> str | None:
    shape, answered = _shape(reference), _shape(answer)
    if shape is None:
        return None
    if answered is None:
        return f"{name} should have shape {shape}; it is {kind_of(answer)}."
    if answered != shape:
        return f"{name} should have shape {shape}; it has shape {answered}."
    finite = _finite(answer)
    return None if finite else f"{name} holds a value that is not finite (NaN or infinity)."


def _shape(value: Any) -> tuple[int, ...] | None:
    """The shape of a tensor, an array or nested lists of numbers; ``None`` for others."""
    import numpy as np

    if _is_block(value):
        return tuple(value.shape)
    if not isinstance(value, (list, tuple)):
        return () if is_number(value) else None
    if any(is_tensor(item) or is_array(item) for item in value):
        shapes = {_shape(item) for item in value}
        return (len(value), *shapes.pop()) if len(shapes) == 1 and None not in shapes else None
    try:
        array = np.array(value)
    except ValueError:  # rows of different lengths
        return None
    return array.shape if np.issubdtype(array.dtype, np.number) else None


def _finite(value: Any) -> bool:
    import numpy as np

    if is_tensor(value):
        return bool(value.detach().isfinite().all())
    if isinstance(value, (list, tuple)):
        return all(_finite(item) for item in value)
    if is_number(value):
        return cmath.isfinite(value)
    return bool(np.isfinite(value).all())


def _array_difference(expected: Any, got: Any, tolerance: Tolerance, path: str):
    import numpy as np

    if tuple(expected.shape) != tuple(got.shape):
        return Difference("shape", _expected_got(expected, got), path)
    if _is_empty_shell(got):
        return Difference("type", f"{_expected_got(expected, got)}, which holds no numbers", path)
    if tolerance.same_dtype and _dtype(expected) != _dtype(got):
        return Difference("dtype", _expected_got(expected, got), path)
    first, second = (_to_numpy(item) if is_tensor(item) else np.asarray(item) for item in (expected, got))
    if not np.issubdtype(first.dtype, np.number) or not np.issubdtype(second.dtype, np.number):
        return None if np.array_equal(first, second) else _unequal(expected, got, path)
    for kind, is_special, word in (("nan", np.isnan, "NaN"), ("inf", np.isinf, "infinite")):
        if (is_special(second) & ~is_special(first)).any():
            index = _index(np.argmax(is_special(second) & ~is_special(first)), second.shape)
            return Difference(kind, f"a value is {word}{index}", path)
    with np.errstate(invalid="ignore", over="ignore"):
        close = np.isclose(second, first, rtol=tolerance.rtol, atol=tolerance.atol, equal_nan=True)
        if close.all():
            return None
        gaps = np.where(close, 0, np.abs(second.astype(_wide(second)) - first))
    worst = int(np.argmax(np.nan_to_num(gaps, nan=np.inf)))
    sentence = f"the largest difference is {gaps.flat[worst]:.3g}{_index(worst, gaps.shape)}"
    return Difference("value", sentence, path)


def _is_empty_shell(block: Any) -> bool:
    """Whether it holds no numbers: a tensor that has a shape alone, or an array of objects that are none."""
    if is_tensor(block):
        return block.is_meta
    try:
        return block.dtype == object and block.astype(float) is None
    except (TypeError, ValueError):
        return True


def _dtype(value: Any) -> str:
    return str(value.dtype).removeprefix("torch.")


def _truth_difference(expected: Any, got: Any, tolerance: Tolerance, path: str):
    return None if bool(expected) == bool(got) else _unequal(expected, got, path)


def _number_difference(expected: Any, got: Any, tolerance: Tolerance, path: str):
    nan = got != got
    if nan or expected != expected:
        if nan and expected != expected:
            return None
        return Difference("nan" if nan else "value", f"it is {'NaN' if nan else 'not NaN'}", path)
    if expected == got:
        return None
    gap = abs(got - expected)
    if gap <= tolerance.atol + tolerance.rtol * abs(expected) and gap != math.inf:
        return None
    if gap == math.inf:
        return Difference("inf", "the value is infinite", path)
    return Difference("value", f"the difference is {gap:.3g}", path)


def _sequence_difference(expected: Sequence, got: Sequence, tolerance: Tolerance, path: str):
    if len(expected) != len(got):
        return Difference("length", _expected_got(expected, got), path)
    for index, (first, second) in enumerate(zip(expected, got, strict=True)):
        found = difference(first, second, tolerance, f"{path}[{index}]")
        if found:
            return found
    return None


def _dict_difference(expected: Mapping, got: Mapping, tolerance: Tolerance, path: str):
    missing, extra = _missing_and_extra(expected, got)
    if missing or extra:
        return Difference("keys", f"the dict {_key_sentence(missing, extra)}", path)
    for key, item in expected.items():
        found = difference(item, got[key], tolerance, f"{path}[{_safe_repr(key)}]")
        if found:
            return found
    return None


def _missing_and_extra(expected: Mapping, got: Mapping) -> tuple[list, list]:
    return [key for key in expected if key not in got], [key for key in got if key not in expected]


def _key_sentence(missing: list, extra: list) -> str:
    parts = [f"lacks the key {', '.join(map(_safe_repr, missing))}"] if missing else []
    parts += [f"has the unknown key {', '.join(map(_safe_repr, extra))}"] if extra else []
    return shorten(" and ".join(parts))


def _expected_got(expected: Any, got: Any) -> str:
    return f"expected {kind_of(expected)}, got {kind_of(got)}"


def _unequal(expected: Any, got: Any, path: str) -> Difference:
    if isinstance(expected, str) and isinstance(got, str):
        same = len(os.path.commonprefix([expected, got]))
        return Difference("value", f"the first difference is at place {same}, from 0", path)
    sentence = f"expected {describe(expected)}, got {describe(got)}" if path else ""
    return Difference("value", sentence, path)


def _equal(expected: Any, got: Any) -> bool:
    try:
        return bool(expected == got)
    except Exception:  # an __eq__ of the learner's that fails is not equal
        return False


def _safe_repr(value: Any) -> str:
    try:
        return repr(value)
    except Exception:  # a __repr__ of the learner's that fails must not fail the check
        return f"an object of type {type(value).__name__}"


def _to_numpy(tensor: Any):
    tensor = tensor.detach().cpu()
    if "bfloat16" in str(tensor.dtype):
        tensor = tensor.float()
    return tensor.to_dense().resolve_conj().resolve_neg().numpy()


def _wide(array: Any) -> str:
    return "complex128" if array.dtype.kind == "c" else "float64"


def _index(flat: int, shape: tuple[int, ...]) -> str:
    """ " at [2, 1]" for a flat index, or nothing for a value without dimensions."""
    import numpy as np

    if not shape:
        return ""
    return f" at [{', '.join(str(int(i)) for i in np.unravel_index(int(flat), shape))}]"


def _numbers(array: Any) -> str:
    import numpy as np

    text = np.array2string(array, precision=4, threshold=24, edgeitems=3, max_line_width=76, suppress_small=True)
    return shorten(text)


def _shape_and_dtype(value: Any) -> str:
    return f"shape {tuple(value.shape)}, {_dtype(value)}"
