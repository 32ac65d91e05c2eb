"""Arguments of figures: each is what its type hint says, and its arrays have the shapes that `shared.shown` is told.

A shape is written as sizes with blanks between them, ``"S T"``: a letter is one size in a whole call, ``_`` any, both
at least 1; a digit is itself. ``|`` stands between shapes of which one will do, ``;`` between those of a tuple. ``...``
is any shape, ``"<T"`` holds places below T, ``"@T"`` times, and in ``"T?"`` a NaN may be a gap.
"""

import inspect
import math
import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from lstm_lessons.checks import array, integers, kind, listed, number, text, whole

Sizes = dict[str, int]


def checked(draw: Callable, shapes: Mapping[str, str], args: tuple, kwargs: Mapping) -> inspect.BoundArguments:
    """The arguments of a call, arrays in place of whatever can be one.

    Raises:
        TypeError: if one is of another kind, missing or unknown.
        ValueError: if one has another shape, is empty, not finite or out of range.
    """
    signature, sizes = inspect.signature(draw), {}
    bound = signature.bind(*args, **kwargs)
    for name, value in bound.arguments.items():
        hint = signature.parameters[name].annotation
        bound.arguments[name] = _fitted(name, value, hint, shapes.get(name, "_"), sizes)
    return bound


def _fitted(name: str, value: object, hint: object, shape: str, sizes: Sizes) -> object:
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is types.UnionType:
        is_none = value is None or isinstance(value, Mapping) and not value
        return None if is_none else _fitted(name, value, inner[0], shape, sizes)
    if origin is Mapping:
        kind(name, value, "a dict", isinstance(value, Mapping))
        _filled(name, value)
        return {
            _fitted(f"a key of {name}", key, inner[0], shape, sizes):
            _fitted(f"{name}[{key!r}]", one, inner[1], shape, sizes)
            for key, one in value.items()
        }  # fmt: skip
    if origin is tuple:
        each = listed(name, value, f"{len(inner)} things")
        if len(each) != len(inner):
            raise ValueError(f"{name} must hold {len(inner)} things, got {len(each)}")
        of_each = shape.split(";") if ";" in shape else [shape] * len(inner)
        parts = enumerate(zip(each, inner, of_each, strict=True))
        return tuple(_fitted(f"{name}[{n}]", *part, sizes) for n, part in parts)
    if origin is Sequence and inner[0] not in (int, float):
        is_letters = inner[0] is str and isinstance(value, str)  # a text for each: "ABC" of voices
        each = list(value) if is_letters else listed(name, value, "a list")
        _filled(name, each)
        if inner[0] is str:
            _sized(name, (len(each),), shape, sizes)
        return [_fitted(f"{name}[{n}]", one, inner[0], shape, sizes) for n, one in enumerate(each)]
    if origin is Sequence or hint is np.ndarray:
        return _array(name, value, shape, sizes, "biuf" if hint is np.ndarray else "iuf")
    if hint is float:
        number(name, value, "a finite number", math.isfinite)
        return float(value)
    if hint is str:
        return text(name, value)
    if hint is int:
        return whole(name, value, 0, sizes.get(shape[1:], 2**53) - 1 if shape[0] == "<" else None)
    return value


def _array(name: str, value: object, shape: str, sizes: Sizes, kinds: str) -> np.ndarray:
    if shape[0] == "<":
        return integers(name, value, 0, sizes.get(shape[1:], 2**53) - 1)
    found = array(name, value, kinds="M" if shape[0] == "@" else kinds)
    _sized(name, found.shape, shape.strip("@?"), sizes)
    if not shape.endswith("?") and not np.isfinite(found).all():
        raise ValueError(f"{name} must be finite, got {found[~np.isfinite(found)][0]}")
    return found


def _sized(name: str, got: tuple[int, ...], shape: str, sizes: Sizes) -> None:
    """Compare a shape with those that will do; a letter that was free has its size from now on."""
    for wanted in (each.split() for each in shape.split("|")):
        fits = wanted == ["..."] or len(wanted) == len(got) and all(
            size >= 1 and size == (int(one) if one.isdigit() else sizes.get(one, size))
            for one, size in zip(wanted, got, strict=True)
        )  # fmt: skip
        if fits and all(got):
            sizes.update((one, size) for one, size in zip(wanted, got, strict=False) if one.isalpha())
            return
    known = "".join(f", {one} = {size}" for one, size in sizes.items() if one in shape)
    raise ValueError(f"{name} must have the shape ({shape.replace(' ', ', ')}){known}, got {got}")


def _filled(name: str, value: Mapping | list) -> None:
    if not value:
        raise ValueError(f"{name} must hold at least one entry, got none")


def same_names(name: str, value: Mapping, names: Iterable) -> None:
    """A dict that has an entry for each of some names.

    Raises:
        ValueError: if it lacks one.
    """
    if missing := [one for one in names if one not in value]:
        raise ValueError(f"{name} must have an entry for each of {list(names)}, got none for {missing}")


def rows_with(name: str, rows: object, *wanted: str) -> list:
    """Rows, at least one, that have some attributes, or entries if they are dicts.

    Raises:
        TypeError: if it is no list.
        ValueError: if there is none, or one of them lacks something.
    """
    found = listed(name, rows, "a list of rows")
    _filled(name, found)
    for n, row in enumerate(found):
        if missing := [one for one in wanted if not (one in row if isinstance(row, Mapping) else hasattr(row, one))]:
            raise ValueError(f"{name}[{n}] must have {', '.join(missing)}, got {type(row).__name__}")
    return found
