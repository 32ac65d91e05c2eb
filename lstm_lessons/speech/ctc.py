"""Connectionist temporal classification: what a network says frame by frame, as a sequence without an alignment.

A **path** gives each of T frames one of K classes, class 0 the blank. To **collapse** it, merge what repeats, then drop
the blanks. The probability of a sequence is the sum over all paths that collapse to it (Graves and others, 2006,
https://doi.org/10.1145/1143844.1143891). Here are one string's algorithms, to be read; training calls
``torch.nn.functional.ctc_loss``, which is faster.
"""

import itertools
import math
import numbers
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from lstm_lessons import checks
from lstm_lessons.cell import is_dense

Prior = Callable[[tuple[int, ...], int], float]
"""Log-probability of a class after those before it, ``prior(before, next)``; of the end, if the next one is 0."""
MOST_PATHS = 10_000_000  # that are walked through one by one


def collapse(path: Sequence[int] | Tensor, blank: int = 0) -> list[int]:
    """The sequence that a path, (T,), stands for: repeats merged, then blanks dropped."""
    if isinstance(blank, bool) or not isinstance(blank, numbers.Integral):
        raise ValueError(f"blank must be a whole number, got {checks.shown(blank)}")
    path = checks.integers("path", path).tolist()
    return [label for label, _ in itertools.groupby(path) if label != blank]


def greedy(log_probs: Tensor) -> list[int]:
    """The most probable path of (T, K), collapsed. It need not be the most probable sequence: see `beam_search`."""
    return collapse(_table(log_probs).argmax(-1))


def paths(labels: Sequence[int], steps: int, classes: int) -> Iterator[tuple[int, ...]]:
    """Every path of so many steps that collapses to the labels. There are many: for a handful of steps alone."""
    steps, classes = checks.sizes(steps=steps, classes=classes)
    labels = checks.integers("labels", labels, 1, classes - 1).tolist()
    if steps * math.log(classes) > math.log(MOST_PATHS):
        raise ValueError(f"steps and classes must make at most {MOST_PATHS:,} paths, got {classes} ** {steps}")
    return (path for path in itertools.product(range(classes), repeat=steps) if collapse(path) == labels)


def path_log_probability(log_probs: Tensor, path: Sequence[int] | Tensor) -> Tensor:
    """The log-probability of one path, (T,), under (T, K): a sum, for given the input frames are independent."""
    T, K = _table(log_probs).shape
    path = torch.as_tensor(checks.integers("path", path, 0, K - 1))
    if len(path) != T:
        raise ValueError(f"path must hold one class for each of {T} frames, got {len(path)}")
    return log_probs.gather(1, path[:, None]).sum()


def least_frames(labels: Sequence[int]) -> int:
    """The frames that a sequence takes at least: one a label, and a blank between two that are equal."""
    labels = checks.integers("labels", labels).tolist()
    return len(labels) + sum(a == b for a, b in itertools.pairwise(labels))


def with_blanks(labels: Sequence[int]) -> Tensor:
    """The labels, (U,), with a blank before, between and after them, (2U + 1,): the states that a path runs through."""
    labels = torch.from_numpy(checks.integers("labels", labels, 1))
    states = torch.zeros(2 * len(labels) + 1, dtype=torch.long)
    states[1::2] = labels
    return states


def may_skip(states: Tensor) -> Tensor:
    """Where a path may come from two states before, (2U + 1,): over a blank, to a label that is not the one before."""
    states = torch.from_numpy(checks.integers("states", states))
    skips = torch.zeros(len(states), dtype=torch.bool)
    skips[2:] = (states[2:] != 0) & (states[2:] != states[:-2])
    return skips


def forward_table(log_probs: Tensor, labels: Sequence[int]) -> Tensor:
    """Log-probability of all beginnings of paths that are in a state after a frame, (T, 2U + 1) from (T, K).

    Graves and others, equations 5 to 7, in logarithms: a path stays in its state, comes from the one before, or skips
    a blank. It can be differentiated.
    """
    states = with_blanks(labels)
    emitted = _emitted(log_probs, states)  # (T, 2U + 1)
    outside = emitted.new_tensor(-math.inf)
    begins = torch.arange(len(states)) < 2
    rows, skips = [torch.where(begins, emitted[0], outside)], may_skip(states)
    for frame in emitted[1:]:
        before = torch.cat([outside.expand(2), rows[-1]])
        came = torch.stack([before[2:], before[1:-1], torch.where(skips, before[:-2], outside)])
        rows.append(frame + _log_sum(came))
    return torch.stack(rows)


def log_likelihood(log_probs: Tensor, labels: Sequence[int]) -> Tensor:
    """The log-probability of a sequence, (U,), under (T, K): all its paths, which end in the last two states.

    Minus infinity where T is below `least_frames`. Without labels it is that of blanks alone.
    """
    return _log_sum(forward_table(log_probs, labels)[-1, -2:])


def _log_sum(terms: Tensor) -> Tensor:
    """``logsumexp`` over the first axis, with gradient 0, not NaN, where all terms are minus infinity."""
    none = torch.isneginf(terms).all(0)
    return torch.where(none, -math.inf, torch.where(none, 0.0, terms).logsumexp(0))


def spans(path: Sequence[int]) -> list[tuple[int, int, int]]:
    """When a path says what: of each label its class, its first frame and the one after its last."""
    found, begin = [], 0
    for label, run in itertools.groupby(checks.integers("path", path).tolist()):
        end = begin + len(list(run))
        if label:
            found.append((label, begin, end))
        begin = end
    return found


class Hypothesis(NamedTuple):
    """One sequence of a beam."""

    labels: tuple[int, ...]
    log_probability: float  #: of the network: over the paths that the beam kept.
    score: float  #: that it is ranked by: with the prior.


def beam_search(
    log_probs: Tensor,
    width: int = 10,
    *,
    prior: Prior | None = None,
    weight: float = 1.0,
    bonus: float = 0.0,
    floor: float = -math.inf,
) -> list[Hypothesis]:
    """The best sequences of (T, K) that the search finds, best first: prefix beam search.

    A beam keeps sequences, not paths: all paths that collapse to one sequence are added up. Those that end in a blank
    are kept apart, since after them the last label can come again. (Hannun and others, 2014,
    https://arxiv.org/abs/1408.2873, algorithm 1.)

    Args:
        width: sequences that are kept after each frame.
        prior: of a label after those before it; ``weight`` times it counts once for each label.
        bonus: added for each label: a prior alone prefers few.
        floor: a class whose log-probability at a frame is below is not tried there, which saves time.
    """
    rows = _table(log_probs).detach().double().tolist()
    width = checks.whole("width", width, 1, 10_000)
    checks.kind("prior", prior, "a function of what came before and a class", prior is None or callable(prior))
    for name, value in {"weight": weight, "bonus": bonus}.items():
        checks.number(name, value, "a finite number", math.isfinite)
    checks.number("floor", floor, "a number below infinity", lambda value: value < math.inf)
    nothing = (-math.inf, -math.inf)
    beam = {(): (0.0, -math.inf)}  # of each sequence: paths that end in a blank, paths that end in its last label
    said: dict[tuple[int, ...], float] = {(): 0.0}  # what the prior says of a sequence
    for row in rows:
        tried = [k for k in range(1, len(row)) if row[k] >= floor]
        grown: dict[tuple[int, ...], tuple[float, float]] = {}

        def add(labels: tuple[int, ...], blank: float, label: float, grown: dict = grown) -> None:
            old = grown.get(labels, nothing)
            grown[labels] = _log_add(old[0], blank), _log_add(old[1], label)

        for labels, (blank, label) in beam.items():
            add(labels, _log_add(blank, label) + row[0], label + row[labels[-1]] if labels else -math.inf)
            for k in tried:
                longer = (*labels, k)
                if longer not in said:
                    said[longer] = said[labels] + bonus + (weight * prior(labels, k) if prior else 0.0)
                before = blank if labels and k == labels[-1] else _log_add(blank, label)
                add(longer, -math.inf, before + row[k])
        possible = [labels for labels, both in grown.items() if max(both) > -math.inf]
        ranked = sorted(possible, key=lambda labels: -(_log_add(*grown[labels]) + said[labels]))
        beam = {labels: grown[labels] for labels in ranked[:width]}
    ends = {labels: weight * prior(labels, 0) if prior else 0.0 for labels in beam}
    totals = {labels: _log_add(*both) for labels, both in beam.items()}
    found = [Hypothesis(labels, total, total + said[labels] + ends[labels]) for labels, total in totals.items()]
    return sorted(found, key=lambda each: -each.score)


def ngram_prior(sequences: Sequence[Sequence[int]], order: int = 3, classes: int = 11, extra: float = 0.01) -> Prior:
    """What comes next, as often as it did in some sequences of classes after the last ``order`` - 1 of them.

    Args:
        sequences: classes 1 to K - 1; the end of each is counted as class 0.
        extra: added to each count, so that what was never seen is not impossible.
    """
    order, classes = checks.whole("order", order, 1, 100), checks.whole("classes", classes, 2)
    checks.positive(extra=extra)
    counts: dict[tuple[int, ...], Counter[int]] = defaultdict(Counter)

    def context(before: Sequence[int]) -> tuple[int, ...]:
        padded = (0,) * (order - 1) + tuple(before)  # zeros stand before the first
        return padded[len(padded) - order + 1 :]

    for sequence in checks.listed("sequences", sequences, "sequences of classes"):
        row = [*checks.integers("sequences", sequence, 1, classes - 1).tolist(), 0]
        for n, label in enumerate(row):
            counts[context(row[:n])][label] += 1

    def prior(before: tuple[int, ...], label: int) -> float:
        seen = counts.get(context(before), Counter())
        return math.log((seen[label] + extra) / (seen.total() + extra * classes))

    return prior


def _log_add(a: float, b: float) -> float:
    """log(exp a + exp b)."""
    high, low = max(a, b), min(a, b)
    return high if low == -math.inf else high + math.log1p(math.exp(low - high))


def _emitted(log_probs: Tensor, states: Tensor) -> Tensor:
    """The log-probability of each state's class at each frame, (T, 2U + 1)."""
    if int(states.max()) >= _table(log_probs).shape[1]:
        raise ValueError(f"labels must be classes 1 to {log_probs.shape[1] - 1}, got {states[1::2].tolist()}")
    return log_probs[:, states]


def _table(log_probs: Tensor) -> Tensor:
    checks.kind("log_probs", log_probs, "a tensor, a dense one", is_dense(log_probs) and log_probs.dtype.itemsize > 1)
    if log_probs.ndim != 2 or 0 in log_probs.shape:
        raise ValueError(f"log_probs must have the shape (T ≥ 1, K), got {tuple(log_probs.shape)}")
    if not log_probs.is_floating_point() or log_probs.is_meta or not (log_probs <= 0.01).all():  # NaN is not
        raise ValueError("log_probs must be logarithms of probabilities, at most 0 and not NaN")
    return log_probs
