"""Text as numbers, letter by letter. Needs nothing but Python, so that a deployed model can use it.

A letter is one Unicode character in composed form (NFC); spaces and signs count as letters.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from lstm_lessons.data.normalization import LONGEST, normalize

__all__ = ["LONGEST", "PADDING", "UNKNOWN", "build_vocabulary", "encode", "normalize"]

PADDING, UNKNOWN = 0, 1  # the numbers of a letter that is none, and of one never seen


def build_vocabulary(texts: Iterable[str], *, at_least: int = 2) -> dict[str, int]:
    """Number the letters of the training texts, from 2 on; 0 is padding and 1 any other letter.

    Args:
        texts: of the training part alone.
        at_least: a letter that occurs less often stays unknown, so that the model
            learns what to make of unknown ones.
    """
    counts = Counter(letter for text in texts for letter in text)
    kept = sorted(letter for letter, count in counts.items() if count >= at_least)
    return {letter: number for number, letter in enumerate(kept, start=UNKNOWN + 1)}


def encode(text: str, letters: Mapping[str, int], *, longest: int = LONGEST) -> list[int]:
    """The numbers of a text's letters, after `normalize`, cut after ``longest``.

    Raises:
        ValueError: if nothing but spaces is left of the text.
    """
    text = normalize(text)[:longest]
    if not text:
        raise ValueError("text must hold at least one letter, got an empty one")
    return [letters.get(letter, UNKNOWN) for letter in text]
