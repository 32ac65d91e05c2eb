"""How sure is a mean of few runs? 95 % intervals, for values and for paired differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

# Student's t, 97.5 %, for 1 to 30 degrees of freedom (any table of the distribution).
_T = (
    *(12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281),
    *(2.2010, 2.1788, 2.1604, 2.1448, 2.1314, 2.1199, 2.1098, 2.1009, 2.0930, 2.0860),
    *(2.0796, 2.0739, 2.0687, 2.0639, 2.0595, 2.0555, 2.0518, 2.0484, 2.0452, 2.0423),
)


@dataclass(frozen=True)
class Interval:
    """A mean and the 95 % interval around it.

    Attributes:
        mean: of the values.
        half: half of the interval's width.
    """

    mean: float
    half: float

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
    """Mean and 95 % interval of runs that differ by their seed alone (Student's t).

    It holds for values that are roughly normal, and it covers the spread over the seeds, not that
    over other data or other sizes.

    Args:
        values: one number a run, at least two.

    Raises:
        ValueError: if there are fewer than two values, or one is not finite.
    """
    values = np.asarray(values, dtype=np.float64)
    if values.ndim != 1 or len(values) < 2 or not np.isfinite(values).all():
        raise ValueError(f"values must be two finite numbers or more, got {values.tolist()}")
    n = len(values)
    # Beyond the table: two terms of the expansion around the normal 1.96, exact to 4 digits.
    t = _T[n - 2] if n - 2 < len(_T) else 1.96 + 2.3723 / (n - 1) + 2.8225 / (n - 1) ** 2
    return Interval(float(values.mean()), float(t * values.std(ddof=1) / np.sqrt(n)))


def paired(
    values: Sequence[float] | np.ndarray, baseline: Sequence[float] | np.ndarray
) -> Interval:
    """Mean and 95 % interval of the differences, run by run.

    Two runs of the same seed share their data and their first weights. What these do to both
    drops out of the difference, so this interval is narrower than that of two separate means.

    Args:
        values, baseline: one number a run, in the same order of seeds.

    Raises:
        ValueError: if there are not equally many, or fewer than two.
    """
    values, baseline = (np.asarray(side, dtype=np.float64) for side in (values, baseline))
    if values.shape != baseline.shape:
        raise ValueError(
            f"values and baseline must hold the same seeds, got {values.shape} and {baseline.shape}"
        )
    return interval(values - baseline)
