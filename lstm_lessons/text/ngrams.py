"""N-grams: the probability of a letter from counts of what followed the last few, for all orders at once.

Order k looks at the k letters before. N letters are asked about, with contexts from their own text, K is the highest
order. No text is walked letter by letter: every run of letters gets a number, and counting is sorting.
"""

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


def _orders(training: np.ndarray, asked: np.ndarray, letters: int, order: int) -> list[_Order]:
    text = np.concatenate([np.full(order, letters), training, asked])  # before the text stands a letter of its own
    counted = slice(order, order + len(training))
    run = np.zeros(len(text), dtype=np.int64)  # number of the run of k letters that ends here; of none, there is one
    found = []
    for _ in range(order + 1):
        before = np.concatenate([run[:1], run[:-1]])
        runs, first, longer = np.unique(before * (letters + 1) + text, return_index=True, return_inverse=True)
        counts = np.bincount(longer[counted], minlength=len(runs))
        found.append(_Order(counts, runs // (letters + 1), run[first], longer[counted.stop :]))
        run = longer
    return found


def _check(
    training: np.ndarray, asked: np.ndarray, letters: int, order: int
) -> tuple[np.ndarray, np.ndarray, int, int]:
    letters = checks.whole("letters", letters, 1, 2**31)  # times the places in a text it must fit 64 bits
    order = checks.whole("order", order, 0, 20)
    training, asked = (
        checks.integers(name, part, 0, letters - 1) for name, part in (("training", training), ("asked", asked))
    )
    if not len(asked):
        raise ValueError("asked must hold at least one letter, got none")
    return training, asked, letters, order


def witten_bell(training: np.ndarray, asked: np.ndarray, letters: int, order: int) -> np.ndarray:
    """Probabilities of the letters asked about by Witten-Bell smoothing, (K + 1, N): one row for each highest order.

    A context seen n times with T different letters after it gives ``(count + T * lower) / (n + T)``, where ``lower`` is
    the answer of the order below, and that of order 0 mixes with 1 / letters (Witten & Bell 1991, method C).

    Args:
        training, asked: letters as numbers below ``letters``; what is asked about follows the training text.
        order: K, the highest.
    """
    training, asked, letters, order = _check(training, asked, letters, order)
    answer, answers = np.full(len(asked), 1 / letters), []
    for level in _orders(training, asked, letters, order):
        answer = _mix(level, level.counts, answer)
        answers.append(answer)
    return np.array(answers)


def _mix(level: _Order, counts: np.ndarray, lower: np.ndarray) -> np.ndarray:
    """One order of Witten-Bell smoothing."""
    here = level.context[level.run_of]
    seen, kinds = _totals(level, counts)[here], _totals(level, counts > 0)[here]
    mixed = (counts[level.run_of] + kinds * lower) / np.maximum(seen + kinds, 1)
    return np.where(seen > 0, mixed, lower)


def _totals(level: _Order, values: np.ndarray) -> np.ndarray:
    """Sums over the runs of each context."""
    return np.bincount(level.context, values, minlength=level.context.max() + 1)


def kneser_ney(training: np.ndarray, asked: np.ndarray, letters: int, order: int) -> np.ndarray:
    """The same by modified Kneser-Ney smoothing (Chen & Goodman 1999), (K + 1, N).

    From every count a discount is taken, one for counts of 1, of 2, and of more, and handed to the order below. Below
    the highest order a run counts not as often as it was seen, but after how many different letters: "Francisco" is
    frequent, but only after "San".
    """
    training, asked, letters, order = _check(training, asked, letters, order)
    levels = _orders(training, asked, letters, order)
    answers, lower = [], np.full(len(asked), 1 / letters)
    for k, level in enumerate(levels):
        step = _mix if k == 0 else _discounted
        answers.append(step(level, level.counts, lower))
        if k < order:
            above = levels[k + 1]
            kinds_before = np.bincount(above.suffix, above.counts > 0, minlength=len(level.counts))
            lower = step(level, kinds_before, lower)
    return np.array(answers)


def _discounted(level: _Order, counts: np.ndarray, lower: np.ndarray) -> np.ndarray:
    """One order of modified Kneser-Ney smoothing."""
    once, twice, three, four = (max(1, int((counts == n).sum())) for n in (1, 2, 3, 4))
    share = once / (once + 2 * twice)
    best = 1 - 2 * share * twice / once, 2 - 3 * share * three / twice, 3 - 4 * share * four / three
    # Never nothing: of a text with few counts of 1 to 4 the formulas say too little, and a new letter would cost
    # infinitely many bits.
    discounts = np.array([0, *np.clip(best, 0.1, [1, 2, 3])])
    taken = np.minimum(counts, discounts[np.minimum(counts.astype(int), 3)])
    here = level.context[level.run_of]
    seen, handed_down = _totals(level, counts)[here], _totals(level, taken)[here]
    mixed = ((counts - taken)[level.run_of] + handed_down * lower) / np.maximum(seen, 1)
    return np.where(seen > 0, mixed, lower)
