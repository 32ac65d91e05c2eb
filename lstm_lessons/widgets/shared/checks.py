"""What the widgets ask of their arguments; a message names the argument, and says what came."""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import torch

from lstm_lessons.checks import MOST, hinted_length, listed


def numbers(name: str, value: Any, *shapes: tuple[int | str, ...]) -> np.ndarray:
    """Lists, arrays or tensors as a float64 array of one of some shapes, all numbers finite.

    In a shape a letter stands for any size of at least 1: ``("T", 3)``.

    Raises:
        TypeError: if it holds something else than numbers.
        ValueError: if the shape is another, or a number is not finite.
    """
    wanted = " or ".join(str(shape).replace("'", "") for shape in shapes)
    try:
        if (size := math.prod(value.shape) if hasattr(value, "shape") else hinted_length(value)) > MOST:
            raise ValueError(f"{size} of them")
        if np.ma.is_masked(value):
            raise ValueError("some of them are masked")
        is_real = not isinstance(value, torch.Tensor) or not value.is_complex()
        given = np.asarray(value.detach().cpu().double() if isinstance(value, torch.Tensor) and is_real else value)
        if given.dtype.kind == "c":
            raise TypeError("complex numbers")
        array = given.astype(np.float64)
    except Exception as error:  # whatever an object does when it is asked for its numbers
        kind = type(value).__name__
        raise TypeError(f"{name} must be numbers of shape {wanted}, got {kind}: {error}") from None
    if not any(_fits(array.shape, shape) for shape in shapes):
        raise ValueError(f"{name} must have the shape {wanted}, got {array.shape}")
    if not np.isfinite(array).all():
        place = tuple(np.argwhere(~np.isfinite(array))[0].tolist())
        raise ValueError(f"{name} must be finite, got {array[place]} at {name}{list(place)}")
    return array


def _fits(shape: tuple[int, ...], wanted: tuple[int | str, ...]) -> bool:
    return len(shape) == len(wanted) and all(
        size >= 1 if isinstance(want, str) else size == want for size, want in zip(shape, wanted, strict=True)
    )


def text_for_each(name: str, values: Iterable[Any] | None, count: int, things: str) -> list[str]:
    """One text for each of ``count`` things, or none at all. A string is one text a letter.

    Raises:
        TypeError: if it cannot be iterated.
        ValueError: if there are more or fewer.
    """
    expected = f"one text for each of the {count} {things}"
    given = [] if values is None else listed(name, tuple(values) if isinstance(values, str) else values, expected)
    if given and len(given) != count:
        raise ValueError(f"{name} must hold {expected}, got {len(given)}")
    return [str(value) for value in given]
