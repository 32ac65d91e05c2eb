"""Texts with their translation, for a network that translates: three parts, split so that no source text is in two."""

from dataclasses import dataclass

import numpy as np

from lstm_lessons import checks


@dataclass(frozen=True)
class Pairs:
    """Texts and what they are in another language, in the same order."""

    source: tuple[str, ...]  #: N texts to translate.
    target: tuple[str, ...]  #: their translations.

    def __post_init__(self) -> None:
        source, target = checks.texts("source", self.source), checks.texts("target", self.target)
        if len(source) != len(target):
            raise ValueError(f"target must hold a text for each of {len(source)} of source, got {len(target)}")

    def __len__(self) -> int:
        return len(self.source)


@dataclass(frozen=True)
class PairSplits:
    """Pairs in three parts."""

    train: Pairs
    validation: Pairs
    test: Pairs
    languages: tuple[str, str]  #: English names of the two languages.
    notes: tuple[str, ...] = ()  #: where they come from, what was left out; one sentence each.

    def describe(self) -> str:
        """One line for the languages, one a part, and the notes."""
        lines = [f"{self.languages[0]} to {self.languages[1]}"]
        for name in ("train", "validation", "test"):
            part = getattr(self, name)
            source, target = (np.array([len(text) for text in side] or [0]) for side in (part.source, part.target))
            lines.append(
                f"{name}: {len(part):,} pairs, source {source.min()}-{source.max()} letters (median "
                f"{np.median(source):.0f}), target {target.min()}-{target.max()} (median {np.median(target):.0f})"
            )
        return "\n".join([*lines, *self.notes])


def split(pairs: list[tuple[str, str]], sizes: tuple[int, int]) -> tuple[Pairs, Pairs, Pairs]:
    """Train, validation and test: the last ``sizes`` of the pairs are validation and test, the rest trains."""
    listed = checks.listed("pairs", pairs, "pairs of texts")
    pairs = [tuple(checks.texts(f"pairs[{n}]", pair)) for n, pair in enumerate(listed)]
    for n, pair in enumerate(pairs):
        if len(pair) != 2:
            raise ValueError(f"pairs[{n}] must be two texts, got {pair!r:.60}")
    sizes = checks.integers("sizes", sizes, 0, len(pairs)).tolist()
    if len(sizes) != 2 or sum(sizes) > len(pairs):
        raise ValueError(f"sizes must be two that fit into {len(pairs)} pairs, got {sizes}")
    end = len(pairs) - sum(sizes)
    parts = pairs[:end], pairs[end : len(pairs) - sizes[1]], pairs[len(pairs) - sizes[1] :]
    return tuple(Pairs(tuple(a for a, _ in part), tuple(b for _, b in part)) for part in parts)
