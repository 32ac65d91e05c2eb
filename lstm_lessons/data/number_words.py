"""Numbers in words, in two languages: exact truth without end, made at run time by the package ``num2words``.

The grammar is real. German says the units before the tens (*einundzwanzig*, one-and-twenty), French counts in twenties
(*quatre-vingt-onze*, four-twenties-eleven). A number is in one part only, so that no test number was learned from.
"""

import functools

import numpy as np
from num2words import num2words

from lstm_lessons import checks
from lstm_lessons.data.pairs import PairSplits, split

LANGUAGES = {"en": "English", "de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "nl": "Dutch"}
MOST = 10**7  # numbers that are drawn
LARGEST = 10**9  # beyond it some languages change their scale


def words(number: int, language: str) -> str:
    """A number in words: ``words(21, "de")`` is "einundzwanzig".

    Raises:
        ValueError: if the number is not in 0 … 10⁹, or the language not one of `LANGUAGES`.
    """
    number = checks.whole("number", number, 0, LARGEST)
    return _words(number, checks.one_of("language", language, LANGUAGES))


_words = functools.lru_cache(maxsize=100_000)(lambda number, language: num2words(number, lang=language))


def draw(count: int, below: int, *, seed: int = 0) -> np.ndarray:
    """Different numbers below a bound, in random order: all up to 99, and about ``count`` of the others; int64.

    Those up to 99 are parts of all others, and would nearly never be drawn.
    """
    count, below = checks.whole("count", count, 1, MOST), checks.whole("below", below)
    rng = np.random.default_rng(checks.seed(seed))
    found = np.unique(np.concatenate([np.arange(min(100, below)), rng.integers(below, size=count)]))
    return rng.permutation(found)


def load(
    source: str = "en",
    target: str = "de",
    *,
    below: int = 100_000,
    count: int = 12_000,
    held: int = 1_000,
    seed: int = 0,
) -> PairSplits:
    """Numbers in words of two languages, `draw` of them; ``held`` are the test, half as many the validation part.

    Raises:
        ValueError: if a language is not one of `LANGUAGES`, or fewer numbers are drawn than the two parts hold.
    """
    held = checks.whole("held", held)
    for name, language in {"source": source, "target": target}.items():
        checks.one_of(name, language, LANGUAGES)
    numbers = draw(count, checks.whole("below", below, 2, LARGEST + 1), seed=seed).tolist()
    if len(numbers) <= held + held // 2:
        raise ValueError(f"held must leave numbers to train with, got {held} of {len(numbers)}")
    parts = split([(words(n, source), words(n, target)) for n in numbers], (held // 2, held))
    notes = (f"{len(numbers):,} different numbers below {below:,}, each in one part",)
    return PairSplits(*parts, languages=(LANGUAGES[source], LANGUAGES[target]), notes=notes)
