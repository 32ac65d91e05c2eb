"""What the widgets ask of their arguments; a message names the argument, and says what came."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from lstm_lessons import checks


def numbers(name: str, value: Any, *shapes: tuple[int | str, ...]) -> np.ndarray:
    """Lists, arrays or tensors as a float64 array of one of some shapes, all numbers finite.

    In a shape a letter stands for any size of at least 1: ``("T", 3)``.

    Raises:
        TypeError: if it holds something else than numbers.
        ValueError: if the shape is another, or a number is not finite.
    """
    wanted = " or ".join(str(shape).replace("'", "") for shape in shapes)
    try:
        array = checks.array(name, value).astype(np.float64)
    except ValueError as error:
        came = str(error).partition(", got ")[2].removeprefix(f"a {type(value).__name__}: ")
        raise TypeError(f"{name} must be numbers of shape {wanted}, got {type(value).__name__}: {came}") from None
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


def as_texts(name: str, values: Iterable[Any], expected: str) -> list[str]:
    """The text of each thing; of a string each letter.

    Raises:
        TypeError: if it cannot be iterated, or one has no text.
    """
    given = checks.listed(name, tuple(values) if isinstance(values, str) else values, expected)
    try:
        return [str(value) for value in given]
    except Exception as error:  # whatever an object does when it is asked; 5000 digits cannot be written
        raise TypeError(f"{name} must be {expected}, got one without a text: {error}") from None


def text_for_each(name: str, values: Iterable[Any] | None, count: int, things: str) -> list[str]:
    """One text for each of ``count`` things, or none at all. A string is one text a letter.

    Raises:
        TypeError: if it cannot be iterated.
        ValueError: if there are more or fewer.
    """
    expected = f"one text for each of the {count} {things}"
    given = [] if values is None else as_texts(name, values, expected)
    if given and len(given) != count:
        raise ValueError(f"{name} must hold {expected}, got {len(given)}")
    return given


def letters_in_order(name: str, letters: Mapping[str, int], first: int, signs: int) -> list[str]:
    """The letters by their numbers, if these are all that the model knows, from ``first`` to below ``signs``.

    Raises:
        TypeError: if it is no dictionary of texts.
        ValueError: if the numbers are others.
    """
    checks.kind(name, letters, "a dictionary", isinstance(letters, Mapping))
    found = [checks.whole(f"{name}[{checks.text(name, letter)!r}]", number, 0) for letter, number in letters.items()]
    if sorted(found) != list(range(first, signs)):
        raise ValueError(
            f"{name} must have the numbers {first} to {signs - 1} of the model, each once, got {len(letters)} letters"
        )
    return sorted(letters, key=letters.get)
