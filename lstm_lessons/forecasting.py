"""Forecasts of the next hours, without a look ahead: windows, splits, baselines and scores.

An *origin* is the last hour that a forecast knows. Its window is the ``past`` hours up to and with
the origin, and the ``horizon`` hours after it. Letters in the shapes: N hours of data, W windows,
S stations. Hours and origins are positions on one complete axis of time, counted from 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lstm_lessons import checks

DAY = 24


class SharedHour(AssertionError):
    """Two sets of windows that must have nothing in common share an hour."""


# --- Windows ------------------------------------------------------------------------------


def origins(
    usable: np.ndarray,
    start: int,
    stop: int,
    *,
    past: int,
    horizon: int = DAY,
    stride: int = 1,
) -> np.ndarray:
    """Every origin whose whole window lies in ``start`` … ``stop - 1`` and is usable.

    No window straddles the border of the span or a gap: each of its hours is inside, and each is
    marked as usable.

    Args:
        usable: (N,) booleans; False where a reading is missing.
        start, stop: the span, as in a slice; cut to 0 … N.
        past: hours up to and with the origin.
        horizon: hours after it.
        stride: hours from one origin to the next.

    Returns:
        (W,) int64, in order of time. Empty if no window fits.

    Raises:
        ValueError: if a size is below 1, or ``usable`` is not one boolean an hour.
    """
    checks.sizes(past=past, horizon=horizon, stride=stride)
    usable = np.asarray(usable)
    if usable.ndim != 1 or usable.dtype != bool:
        raise ValueError(
            f"usable must hold one boolean an hour, got {usable.dtype} of shape {usable.shape}"
        )
    start, stop = max(start, 0), min(stop, len(usable))
    found = np.arange(start + past - 1, max(stop - horizon, start + past - 1), stride)
    gaps = np.concatenate([[0], np.cumsum(~usable)])  # gaps before each hour
    return found[gaps[found + horizon + 1] == gaps[found - past + 1]]


def past_hours(at: np.ndarray, past: int) -> np.ndarray:
    """The hours that forecasts know, oldest first: (W,) origins to (W, past)."""
    checks.sizes(past=past)
    return np.asarray(at)[:, None] + np.arange(1 - past, 1)


def next_hours(at: np.ndarray, horizon: int = DAY) -> np.ndarray:
    """The hours to forecast: (W,) origins to (W, horizon)."""
    checks.sizes(horizon=horizon)
    return np.asarray(at)[:, None] + np.arange(1, horizon + 1)


def hours_of(at: np.ndarray, *, past: int, horizon: int = DAY) -> np.ndarray:
    """All hours that some windows touch, past and forecast, each once and in order."""
    return np.unique(np.concatenate([past_hours(at, past), next_hours(at, horizon)], axis=1))


def assert_apart(one: np.ndarray, other: np.ndarray, *, past: int, horizon: int = DAY) -> None:
    """Make sure that no window of one set shares an hour with a window of the other.

    Args:
        one, other: origins, (W,) each.
        past, horizon: of the windows.

    Raises:
        SharedHour: if they share one; the message gives the first and how many there are.
    """
    shared = np.intersect1d(
        hours_of(one, past=past, horizon=horizon), hours_of(other, past=past, horizon=horizon)
    )
    if len(shared):
        raise SharedHour(
            f"{len(shared)} hours are in windows of both sets, the first is hour {shared[0]}"
        )


@dataclass(frozen=True)
class Fold:
    """One round of an evaluation with a rolling origin: learn, choose, then test, in this order.

    Attributes:
        train, validation, test: origins, (W,) each; no two of them share an hour.
        border: the first hour of the test period.
    """

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    border: int


def rolling_origin(
    usable: np.ndarray,
    borders: Sequence[int],
    *,
    test_hours: int,
    validation_hours: int,
    past: int,
    horizon: int = DAY,
    stride: int = 1,
) -> list[Fold]:
    """One `Fold` for each border: train on all before it, test on the weeks after it.

    The hours right before the border are for validation. Training windows are thinned by
    ``stride``; those of validation and test are not.

    Args:
        usable: (N,) booleans; False where a reading is missing.
        borders: the first hour of each test period.
        test_hours, validation_hours: length of these periods.
        past, horizon: of the windows.
        stride: hours between two training windows.

    Raises:
        ValueError: if a size is below 1, or a part of a fold has no window.
    """
    checks.sizes(test_hours=test_hours, validation_hours=validation_hours)
    folds = []
    for border in borders:
        middle = border - validation_hours
        parts = {
            "train": origins(usable, 0, middle, past=past, horizon=horizon, stride=stride),
            "validation": origins(usable, middle, border, past=past, horizon=horizon),
            "test": origins(usable, border, border + test_hours, past=past, horizon=horizon),
        }
        for name, found in parts.items():
            if not len(found):
                raise ValueError(f"the {name} part before or after hour {border} has no window")
        folds.append(Fold(**parts, border=int(border)))
    return folds


def carry_forward(values: np.ndarray) -> np.ndarray:
    """Fill what is missing with the last reading before it, which a forecast knows, too.

    Args:
        values: (..., N), NaN where there is no reading.

    Returns:
        A copy; NaN stays where nothing came before.
    """
    rows = pd.DataFrame(values.reshape(-1, values.shape[-1]))
    return rows.ffill(axis=1).to_numpy(copy=True).reshape(values.shape)


# --- Baselines ----------------------------------------------------------------------------


def persistence(series: np.ndarray, at: np.ndarray, horizon: int = DAY) -> np.ndarray:
    """The last known value for all hours to come: (..., N) and (W,) to (..., W, horizon)."""
    return np.repeat(series[..., at, None], horizon, axis=-1)


def seasonal_naive(series: np.ndarray, at: np.ndarray, horizon: int = DAY) -> np.ndarray:
    """The value of the same hour on the last day known: (..., N) and (W,) to (..., W, horizon)."""
    ahead = np.arange(1, horizon + 1)
    days = (ahead + DAY - 1) // DAY  # back, so far that the hour is known
    return series[..., np.asarray(at)[:, None] + ahead - DAY * days]


def calendar(time: np.ndarray) -> np.ndarray:
    """Hour of the day and day of the year as waves: sin, cos, sin, cos.

    Args:
        time: (N,) datetime64.

    Returns:
        (N, 4). Midnight follows 23 h, and January follows December, without a jump.
    """
    hours = time.astype("datetime64[h]")
    day = 2 * np.pi * (hours - hours.astype("datetime64[D]")).astype(int) / DAY
    year = 2 * np.pi * (hours - hours.astype("datetime64[Y]")).astype(int) / (365.25 * DAY)
    return np.stack([np.sin(day), np.cos(day), np.sin(year), np.cos(year)], axis=-1)


def climatology(series: np.ndarray, time: np.ndarray, known: np.ndarray) -> np.ndarray:
    """What is usual for the hour and the season, fitted to some hours, for every hour.

    A smooth curve: a wave of a year, two of a day, and daily waves that change with the season,
    by least squares.

    Args:
        series: (..., N), without NaN in the hours known.
        time: (N,) datetime64.
        known: hours to fit, or (N,) booleans.

    Returns:
        The shape of ``series``.
    """
    day_sin, day_cos, year_sin, year_cos = calendar(time).T
    waves = [np.ones(len(time)), year_sin, year_cos]
    waves += [day_sin, day_cos, 2 * day_sin * day_cos, day_cos**2 - day_sin**2]
    waves += [a * b for a in (day_sin, day_cos) for b in (year_sin, year_cos)]
    columns = np.stack(waves, axis=-1)  # (N, 11)
    flat = series.reshape(-1, len(time))
    weights, *_ = np.linalg.lstsq(columns[known], flat[:, known].T, rcond=None)
    return (columns @ weights).T.reshape(series.shape)


# --- Scores -------------------------------------------------------------------------------


def _check_shapes(truth: np.ndarray, **others: np.ndarray) -> None:
    for name, other in others.items():
        if np.shape(other) != np.shape(truth):
            raise ValueError(
                f"{name} must have the shape of truth, {np.shape(truth)}, got {np.shape(other)}"
            )


def mae_by_hour(truth: np.ndarray, forecast: np.ndarray) -> np.ndarray:
    """Mean absolute error at each hour ahead: (..., W, horizon) twice to (..., horizon).

    Raises:
        ValueError: if the shapes differ: a broadcast would give a wrong mean in silence.
    """
    _check_shapes(truth, forecast=forecast)
    return np.abs(forecast - truth).mean(axis=-2)


def pinball(truth, forecast, quantile):
    """Loss that is smallest, on average, where ``forecast`` is the quantile of ``truth``.

    Too low a forecast costs ``quantile`` a degree, too high a one ``1 - quantile`` (Koenker and
    Bassett 1978). At 0.5 it is half of the absolute error.

    Args:
        truth, forecast: numbers, arrays or tensors that broadcast.
        quantile: between 0 and 1, one or several that broadcast.

    Returns:
        The loss of each number; take its mean.
    """
    error = truth - forecast
    return (quantile - 0.5) * error + 0.5 * abs(error)


def coverage(truth: np.ndarray, low: np.ndarray, high: np.ndarray) -> float:
    """Share of the truth that lies in its interval, ends included.

    Raises:
        ValueError: if the shapes differ.
    """
    _check_shapes(truth, low=low, high=high)
    return float(((low <= truth) & (truth <= high)).mean())
