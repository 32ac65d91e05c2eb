"""How far what was heard is from what was said: edits, and error rates with an interval over the strings."""

from collections.abc import Sequence
from typing import NamedTuple

from lstm_lessons import checks
from lstm_lessons.confidence import Interval, resampled

MOST_PAIRS = 10_000_000  # some seconds


class Edits(NamedTuple):
    """The fewest changes that make of what was said what was heard."""

    substituted: int
    deleted: int
    inserted: int

    @property
    def total(self) -> int:
        return sum(self)


def edits(said: Sequence[int], heard: Sequence[int]) -> Edits:
    """Levenshtein's distance, by kind; where several ways are as short, the one with the most substitutions.

    It takes a step for each pair of a number said and one heard, of which there may be `MOST_PAIRS`.
    """
    said, heard = (checks.integers(name, row).tolist() for name, row in (("said", said), ("heard", heard)))
    if len(said) * len(heard) > MOST_PAIRS:
        raise ValueError(f"said and heard must make at most {MOST_PAIRS:,} pairs, got {len(said)} x {len(heard)}")
    row = [Edits(0, 0, n) for n in range(len(heard) + 1)]  # from nothing to each beginning of what was heard
    for a in said:
        above, row = row, [row[0]._replace(deleted=row[0].deleted + 1)]
        for n, b in enumerate(heard):
            same, gone, more = above[n], above[n + 1], row[n]
            ways = [
                same if a == b else same._replace(substituted=same.substituted + 1),
                gone._replace(deleted=gone.deleted + 1),
                more._replace(inserted=more.inserted + 1),
            ]
            row.append(min(ways, key=lambda way: (way.total, -way.substituted)))
    return row[-1]


def error_rate(said: Sequence[Sequence[int]], heard: Sequence[Sequence[int]], *, seed: int = 0) -> Interval:
    """Edits over the digits said, of all strings together, with a 95 % interval: strings are drawn anew, whole.

    It can exceed 1, where more is heard than was said.
    """
    if fault := _fault(2, said=said, heard=heard):
        raise fault
    return resampled(*_by_digit(said, heard), seed=seed)


def _fault(least: int, **given: object) -> TypeError | ValueError | None:
    """What is wrong with strings of digits, if anything is: lists of rows, as many in each, ``least`` or more."""
    sizes = set()
    for name, strings in given.items():
        if not hasattr(strings, "__len__") or isinstance(strings, str) or getattr(strings, "ndim", 1) == 0:
            return TypeError(f"{name} must be a list of strings of digits, got {type(strings).__name__}")
        if checks.hinted_length(strings) > checks.MOST:
            return ValueError(f"{name} must be a list of strings of digits, got {checks.hinted_length(strings)}")
        try:
            rows = [checks.integers(f"{name}[{n}]", row) for n, row in enumerate(strings)]
        except ValueError as error:
            return error
        sizes.add(len(rows))
        if max(sizes) > min(sizes) or len(rows) < least or (name == "said" and not all(map(len, rows))):
            return ValueError(
                f"{' and '.join(given)} must be as many strings, at least {least}, none said empty, got "
                f"{', '.join(str(len(strings)) for strings in given.values())}"
            )
    return None


def _by_digit(said: Sequence[Sequence[int]], heard: Sequence[Sequence[int]]) -> tuple[list[float], list[int]]:
    """For each digit said its string's edits a digit, and the string's number: their mean is the error rate."""
    said, heard = checks.listed("said", said, "a list of strings"), checks.listed("heard", heard, "a list of strings")
    if len(said) != len(heard) or not all(map(len, said)):
        raise ValueError(f"said and heard must be as many strings, none said empty, got {len(said)} and {len(heard)}")
    pairs = [(len(row), edits(row, got).total / len(row)) for row, got in zip(said, heard, strict=True)]
    rates = [rate for digits, rate in pairs for _ in range(digits)]
    return rates, [n for n, (digits, _) in enumerate(pairs) for _ in range(digits)]


def rate_difference(
    said: Sequence[Sequence[int]], heard: Sequence[Sequence[int]], baseline: Sequence[Sequence[int]], *, seed: int = 0
) -> Interval:
    """The error rate of one method less that of another on the same strings, with a paired 95 % interval."""
    if fault := _fault(2, said=said, heard=heard, baseline=baseline):
        raise fault
    (ours, strings), (theirs, _) = _by_digit(said, heard), _by_digit(said, baseline)
    return resampled([a - b for a, b in zip(ours, theirs, strict=True)], strings, seed=seed)


def share_exact(said: Sequence[Sequence[int]], heard: Sequence[Sequence[int]]) -> float:
    """The share of strings without an error."""
    if fault := _fault(1, said=said, heard=heard):
        raise fault
    rates, strings = _by_digit(said, heard)
    return 1 - sum(rate > 0 for rate in dict(zip(strings, rates, strict=True)).values()) / len(said)
