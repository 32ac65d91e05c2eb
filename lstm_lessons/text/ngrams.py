"""N-grams: the probability of a letter from counts of what followed the last few, for all orders at once.

Order k looks at the k letters before. N letters are asked about, with contexts from their own text, K is the highest
order. No text is walked letter by letter: every run of letters gets a number, and counting is sorting.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from lstm_lessons import checks


@dataclass(frozen=True)
class _Order:
    """Counts of one order, and where the letters asked about stand in them; G different runs of k + 1 letters."""

    counts: np.ndarray  #: how often each run stands in the training text, (G,).
    context: np.ndarray  #: number of the run without its last letter, (G,).
    suffix: np.ndarray  #: number of the run without its first letter, in the order below, (G,).
    run_of: np.ndarray  #: the run that ends with each letter that is asked about, (N,).
    by_run: "_Earlier"
    by_context: "_Earlier"


def _orders(
    training: np.ndarray, asked: np.ndarray, letters: int, order: int, texts: np.ndarray | None
) -> list[_Order]:
    text = np.concatenate([np.full(order, letters), training, asked])  # before the text stands a letter of its own
    counted = slice(order, order + len(training))
    run = np.zeros(len(text), dtype=np.int64)  # number of the run of k letters that ends here; of none, there is one
    found = []
    for _ in range(order + 1):
        before = np.concatenate([run[:1], run[:-1]])
        runs, first, longer = np.unique(before * (letters + 1) + text, return_index=True, return_inverse=True)
        counts = np.bincount(longer[counted], minlength=len(runs))
        context, run_of = runs // (letters + 1), longer[counted.stop :]
        earlier = _Earlier(texts, run_of), _Earlier(texts, context[run_of])
        found.append(_Order(counts, context, run[first], run_of, *earlier))
        run = longer
    return found


def _levels(
    training: np.ndarray, asked: np.ndarray, letters: int, order: int, lengths: Sequence[int] | None
) -> list[_Order]:
    """The counts of all orders, from checked arguments."""
    letters = checks.whole("letters", letters, 1, 2**31)  # times the places in a text it must fit 64 bits
    order = checks.whole("order", order, 0, 20)
    training, asked = (
        checks.integers(name, part, 0, letters - 1) for name, part in (("training", training), ("asked", asked))
    )
    if not len(asked):
        raise ValueError("asked must hold at least one letter, got none")
    texts = None
    if lengths is not None:
        lengths = checks.integers("lengths", lengths, 1)
        if lengths.sum() != len(asked):
            raise ValueError(f"lengths must sum to the {len(asked)} letters that are asked, got {lengths.sum()}")
        texts = np.repeat(np.arange(len(lengths)), lengths)
    return _orders(training, asked, letters, order, texts)


class _Earlier:
    """Sums over what stood earlier in the same text and belongs to the same group; without texts there is nothing."""

    def __init__(self, texts: np.ndarray | None, groups: np.ndarray) -> None:
        self.order = None
        if texts is not None:
            key = texts * (groups.max() + 1) + groups
            self.order = np.argsort(key, kind="stable")
            self.first = np.searchsorted(key[self.order], key[self.order])  # where each letter's group begins

    def sum(self, values: np.ndarray) -> np.ndarray | int:
        """For each letter, (N,) to (N,); its own value is not in it."""
        if self.order is None:
            return 0
        before = np.cumsum(values[self.order]) - values[self.order]
        found = np.empty_like(before)
        found[self.order] = before - before[self.first]
        return found


class _Reading:
    """Counts of one order as they stand before each letter that is asked about.

    Args:
        counts: of each run in the training text, (G,).
        added: what a letter that is asked about adds to the count of its run, 0 or 1, (N,).
    """

    def __init__(self, level: _Order, counts: np.ndarray, added: np.ndarray) -> None:
        self.level, self.counts, self.added = level, counts, added
        self.count = counts[level.run_of] + level.by_run.sum(added)  # of each letter's run, (N,)

    def total(self, value: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        """The sum of a value of the counts over all runs of each letter's context, (N,)."""
        context = self.level.context
        trained = np.bincount(context, value(self.counts), minlength=context.max() + 1)
        gained = (value(self.count + 1) - value(self.count)) * self.added
        return trained[context[self.level.run_of]] + self.level.by_context.sum(gained)


def witten_bell(
    training: np.ndarray, asked: np.ndarray, letters: int, order: int, *, lengths: Sequence[int] | None = None
) -> np.ndarray:
    """Probabilities of the letters asked about by Witten-Bell smoothing, (K + 1, N): one row for each highest order.

    A context seen n times with T different letters after it gives ``(count + T * lower) / (n + T)``, where ``lower`` is
    the answer of the order below, and that of order 0 mixes with 1 / letters (Witten & Bell 1991, method C).

    Args:
        training, asked: letters as numbers below ``letters``; what is asked about follows the training text.
        order: K, the highest.
        lengths: of the texts that ``asked`` is made of. Within each, the letters before are counted, too, after they
            were asked about; the next text begins with the counts of the training text again.
    """
    levels = _levels(training, asked, letters, order, lengths)
    answer, answers = np.full(len(asked), 1 / letters), []
    for level in levels:
        answer = _mix(_Reading(level, level.counts, np.ones(len(asked), int)), answer)
        answers.append(answer)
    return np.array(answers)


def _mix(reading: _Reading, lower: np.ndarray) -> np.ndarray:
    """One order of Witten-Bell smoothing."""
    seen, kinds = reading.total(lambda n: n), reading.total(lambda n: (n > 0).astype(int))
    mixed = (reading.count + kinds * lower) / np.maximum(seen + kinds, 1)
    return np.where(seen > 0, mixed, lower)


def kneser_ney(
    training: np.ndarray, asked: np.ndarray, letters: int, order: int, *, lengths: Sequence[int] | None = None
) -> np.ndarray:
    """The same by modified Kneser-Ney smoothing (Chen & Goodman 1999), (K + 1, N).

    From every count a discount is taken, one for counts of 1, of 2, and of more, and handed to the order below. Below
    the highest order a run counts not as often as it was seen, but after how many different letters: "Francisco" is
    frequent, but only after "San". The discounts are those of the training text.
    """
    levels = _levels(training, asked, letters, order, lengths)
    every, answers, lower = np.ones(len(asked), int), [], np.full(len(asked), 1 / letters)
    for k, level in enumerate(levels):
        step = _mix if k == 0 else _discounted
        answers.append(step(_Reading(level, level.counts, every), lower))
        if k < order:
            above = levels[k + 1]
            kinds_before = np.bincount(above.suffix, above.counts > 0, minlength=len(level.counts)).astype(int)
            new = (_Reading(above, above.counts, every).count == 0).astype(int)
            lower = step(_Reading(level, kinds_before, new), lower)
    return np.array(answers)


def _discounts(counts: np.ndarray) -> np.ndarray:
    """What is taken from a count of 0, 1, 2, and more, (4,)."""
    once, twice, three, four = (max(1, int((counts == n).sum())) for n in (1, 2, 3, 4))
    share = once / (once + 2 * twice)
    best = 1 - 2 * share * twice / once, 2 - 3 * share * three / twice, 3 - 4 * share * four / three
    # Never nothing: of a text with few counts of 1 to 4 the formulas say too little, and a new letter would cost
    # infinitely many bits.
    return np.array([0, *np.clip(best, 0.1, [1, 2, 3])])


def _discounted(reading: _Reading, lower: np.ndarray) -> np.ndarray:
    """One order of modified Kneser-Ney smoothing."""
    discounts = _discounts(reading.counts)

    def taken(n: np.ndarray) -> np.ndarray:
        return np.minimum(n, discounts[np.minimum(n, 3)])

    count, seen, handed_down = reading.count, reading.total(lambda n: n), reading.total(taken)
    return np.where(seen > 0, (count - taken(count) + handed_down * lower) / np.maximum(seen, 1), lower)
