"""How sure is a mean of few runs? 95 % intervals, for values and for paired differences."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lstm_lessons import checks


@dataclass(frozen=True)
class Interval:
    """A mean and the 95 % interval around it."""

    mean: float  #: of the values.
    half: float  #: half of the interval's width.

    @property
    def low(self) -> float:
        return self.mean - self.half

    @property
    def high(self) -> float:
        return self.mean + self.half

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

    values = checks.array("values", values).astype(np.float64)
    if values.ndim != 1 or len(values) < 2 or not np.isfinite(values).all():
        raise ValueError(f"values must be two finite numbers or more, got {values.tolist()}")
    n = len(values)
    t = stats.t.ppf(0.975, n - 1)
    return Interval(float(values.mean()), float(t * values.std(ddof=1) / np.sqrt(n)))


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
