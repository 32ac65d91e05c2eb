"""How sure is a mean of few runs, or of a test set? 95 % intervals, for values and for paired differences."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lstm_lessons import checks


@dataclass(frozen=True)
class Interval:
    """A mean and the 95 % interval around it."""

    mean: float  #: of the values.
    low: float
    high: float

    @property
    def half(self) -> float:
        """Half of the interval's width."""
        return (self.high - self.low) / 2

    @property
    def spans_zero(self) -> bool:
        """Whether 0 lies in the interval: then a difference may well be none."""
        return self.low <= 0 <= self.high


def interval(values: Sequence[float] | np.ndarray) -> Interval:
    """Mean and 95 % interval of one number a run, of runs that differ by their seed (Student's t).

    It holds for values that are roughly normal, and it covers the spread over the seeds, not that over other data or
    other sizes.

    Raises:
        ValueError: if there are fewer than two values, or one is not finite.
    """
    from scipy import stats  # here: it takes longer to import than all figures together

    values = _finite(values)
    if 0 < np.ptp(values) < 1e-140:
        raise ValueError(
            f"values must differ by more than 1e-140, whose square fits, or not at all, got {values.tolist()}"
        )
    n = len(values)
    t = stats.t.ppf(0.975, n - 1)
    mean, half = float(values.mean()), float(t * values.std(ddof=1) / np.sqrt(n))
    return Interval(mean, mean - half, mean + half)


def paired(values: Sequence[float] | np.ndarray, baseline: Sequence[float] | np.ndarray) -> Interval:
    """Mean and 95 % interval of the differences, run by run, the seeds in the same order.

    Two runs of the same seed share their data and their first weights. What these do to both drops out of the
    difference, so this interval is narrower than that of two separate means.

    Raises:
        ValueError: if there are not equally many, or fewer than two.
    """
    values, baseline = checks.array("values", values), checks.array("baseline", baseline)
    if values.shape != baseline.shape:
        raise ValueError(f"values and baseline must hold the same seeds, got {values.shape} and {baseline.shape}")
    return interval(values.astype(np.float64) - baseline)


def resampled(
    values: Sequence[float] | np.ndarray, groups: Sequence | np.ndarray | None = None, *, seed: int = 0
) -> Interval:
    """Mean and 95 % interval over what a test set was drawn from: its items, or whole groups of them (bootstrap).

    For a comparison let each value be the *difference* of two methods on one item. Items of one group (a speaker, a
    person, a document) are alike, so groups are drawn whole; ten of them are few, whatever they hold. The interval is
    that of ``scipy.stats.bootstrap``, percentiles of 9,999 draws (Efron, 1979, https://doi.org/10.1214/aos/1176344552).

    Args:
        values: one number an item, (N,).
        groups: the group of each item, (N,); each is a group of its own if not given.

    Raises:
        ValueError: if there are fewer than two groups, or a value is not finite.
    """
    from scipy import stats

    values = _finite(values)
    groups = list(range(len(values))) if groups is None else checks.listed("groups", groups, "one group a value")
    named = (str, int, float, np.generic)
    named_all = all(isinstance(group, named) and not isinstance(group, np.void) for group in groups)
    named_all = named_all and not any(isinstance(group, int) and abs(group) >= 2**63 for group in groups)
    checks.kind("groups", groups, "texts or numbers of 64 bits, one a value", named_all)
    names = {group: place for place, group in enumerate(sorted(set(groups), key=str))}
    if any(group != group for group in groups):  # each NaN would be a group of its own
        raise ValueError("groups must be texts or numbers, got NaN")
    if len(groups) != len(values) or len(names) < 2:
        raise ValueError(f"groups must hold one group a value, of at least two, got {len(groups)} of {len(names)}")
    which = [names[group] for group in groups]
    sums, counts = np.bincount(which, values), np.bincount(which)

    def mean(sums: np.ndarray, counts: np.ndarray, axis: int = -1) -> np.ndarray:
        return sums.sum(axis) / counts.sum(axis)

    rng = np.random.default_rng(checks.whole("seed", seed, 0))
    found = stats.bootstrap((sums, counts), mean, paired=True, vectorized=True, method="percentile", batch=200, rng=rng)
    return Interval(float(values.mean()), *map(float, found.confidence_interval))


def resampled_blocks(values: Sequence[float] | np.ndarray, block: int, *, seed: int = 0) -> Interval:
    """Mean and 95 % interval of a series whose neighbors are alike: blocks of it are drawn (circular block bootstrap).

    The interval is that of ``arch.bootstrap.CircularBlockBootstrap``, percentiles of 2,000 draws (Politis and Romano,
    1992). For a comparison let each value be the *difference* of two methods at one time.

    Args:
        values: one number a time, in order, (N,).
        block: values a block, as long as neighbors are alike, at most half of the series.

    Raises:
        ValueError: if the values are fewer than two blocks, or one is not finite.
    """
    from arch.bootstrap import CircularBlockBootstrap  # here: it takes seconds to import

    values = _finite(values)
    block = checks.whole("block", block, 1, len(values) // 2)
    draws = CircularBlockBootstrap(block, values, seed=np.random.default_rng(checks.whole("seed", seed, 0)))
    low, high = draws.conf_int(np.mean, reps=2000, method="percentile").ravel()
    return Interval(float(values.mean()), float(low), float(high))


def _finite(values: Sequence[float] | np.ndarray) -> np.ndarray:
    """Two finite numbers or more, (N,) float64."""
    found = checks.array("values", values).astype(np.float64)
    if found.ndim != 1 or len(found) < 2 or not (np.abs(found) < 1e150).all():  # NaN is not, and squares must fit
        raise ValueError(f"values must be two finite numbers or more, below 1e150, got {checks.shown(found.tolist())}")
    return found
