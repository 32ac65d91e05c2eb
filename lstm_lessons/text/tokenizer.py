"""Text as numbers, letter by letter. Needs no torch, so that a deployed model can use it.

A letter is one Unicode character in composed form (NFC); spaces and signs count as letters. What does not fit raises a
ValueError, what is of another kind a TypeError.
"""

import warnings
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from lstm_lessons import checks
from lstm_lessons.data.normalization import LONGEST, normalize

__all__ = ["LONGEST", "PADDING", "UNKNOWN", "build_vocabulary", "encode", "normalize"]

PADDING, UNKNOWN = 0, 1  # the numbers of a letter that is none, and of one never seen


def build_vocabulary(texts: Iterable[str], *, at_least: int = 2) -> dict[str, int]:
    """Number the letters of the training texts, from 2 on; 0 is padding and 1 any other letter.

    Args:
        texts: of the training part alone.
        at_least: a letter that occurs less often stays unknown, so that the model learns what to make of unknown ones.
    """
    at_least = checks.whole("at_least", at_least)
    counts = Counter(letter for text in checks.texts("texts", texts) for letter in text)
    kept = sorted(letter for letter, count in counts.items() if count >= at_least)
    return {letter: number for number, letter in enumerate(kept, start=UNKNOWN + 1)}


def encode(text: str, letters: Mapping[str, int], *, longest: int = LONGEST) -> list[int]:
    """The numbers of a text's letters, at least one, after `normalize`, cut after ``longest``."""
    checks.text("text", text)
    checks.kind("letters", letters, "a dictionary", isinstance(letters, Mapping))
    text = normalize(text)[: checks.whole("longest", longest)]
    if not text:
        raise ValueError("text must hold at least one letter, got an empty one")
    numbers = [letters.get(letter, UNKNOWN) for letter in text]
    if not all(type(number) is int and UNKNOWN <= number < 2**63 for number in numbers):
        return [checks.whole("letters: a number", number, UNKNOWN) for number in numbers]
    return numbers


def encode_all(texts: Iterable[str], letters: Mapping[str, int], longest: int, *, warn: bool = True) -> list[list[int]]:
    """`encode` of one text or more; warn if some have more letters than are read."""
    checks.in_order("texts", texts, "a list of texts")
    texts, longest = checks.texts("texts", texts), checks.whole("longest", longest)
    if not texts:
        raise ValueError("texts must hold at least one text, got none")
    cut = sum(len(normalize(text)) > longest for text in texts) if warn else 0
    if cut:
        warnings.warn(
            f"{cut} of {len(texts)} texts have more than {longest} letters; the rest is not read", stacklevel=3
        )
    if not all(texts) and (empty := [n for n, text in enumerate(texts) if not text]):
        raise ValueError(f"texts[{empty[0]}]: text must hold at least one letter, got an empty one")
    return [encode(text, letters, longest=longest) for text in texts]


def checked_batch(numbers: Any, lengths: Any, letters: int) -> tuple[Any, Any]:
    """A padded batch as arrays, (B, T) and (B,) int64, for the model with torch and without it.

    Every number is one of ``letters`` numbers of a letter, every length in 1 … T. Neither torch nor
    ONNX Runtime looks: the second would answer with NaN or nonsense, or end the process.
    """
    numbers = checked_numbers("numbers", numbers, letters)
    lengths = checks.integers("lengths", lengths, 1, numbers.shape[1])
    if len(lengths) != len(numbers):
        raise ValueError(f"lengths must be one for each of {len(numbers)} texts, got {len(lengths)}")
    return numbers, lengths


def finite_scores(scores: Any) -> Any:
    """What a model gave, unless NaN or infinity is among it: neither torch nor ONNX Runtime looks at its weights."""
    import numpy as np

    is_array = isinstance(scores, np.ndarray)
    if not is_array and scores.is_meta:
        raise ValueError("model must hold numbers, got one on the device meta")
    if not (np.isfinite(scores) if is_array else scores.isfinite()).all():
        raise ValueError("model must have finite weights, got scores that are not finite")
    return scores


def checked_numbers(name: str, numbers: Any, letters: int) -> Any:
    """Numbers of letters as an array, (B, T) int64, each below ``letters``."""
    numbers = checks.array(name, numbers, 2, "iu")
    if not numbers.size:
        raise ValueError(f"{name} must hold at least one letter, got shape {numbers.shape}")
    checks.integers(name, numbers.ravel(), 0, letters - 1)
    return numbers.astype("int64", order="C", copy=False)  # torch takes none that is read backward
