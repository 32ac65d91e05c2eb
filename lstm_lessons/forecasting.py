"""Forecasts of the next hours, without a look ahead: windows, splits, baselines and scores.

An *origin* is the last hour that a forecast knows. Its window is the ``past`` hours up to and with the origin, and the
``horizon`` hours after it. Letters in the shapes: N hours of data, W windows, S stations. Hours and origins are
positions on one complete axis of time, counted from 0. What does not fit raises a ValueError that names the argument,
an hour below 0 or after the last among it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from torch import Tensor

from lstm_lessons import checks
from lstm_lessons.cell import is_dense

DAY = 24
MOST_HOURS = 1_000_000  # of a window: more than a century


class SharedHour(AssertionError):
    """Two sets of windows that must have nothing in common share an hour."""


def origins(usable: np.ndarray, start: int, stop: int, *, past: int, horizon: int = DAY, stride: int = 1) -> np.ndarray:
    """Every origin whose whole window lies in ``start`` … ``stop - 1`` and is usable.

    No window straddles the border of the span or a gap: each of its hours is inside, and each is marked as usable. The
    (W,) origins are in order of time; there is none if no window fits.

    Args:
        usable: (N,) booleans; False where a reading is missing.
        start, stop: the span, as in a slice, counted from 0; it ends at N at the latest.
        past: hours up to and with the origin.
        horizon: hours after it.
        stride: hours from one origin to the next.
    """
    past, horizon, stride = checks.sizes(past=past, horizon=horizon, stride=stride)
    usable = checks.array("usable", usable)
    if usable.ndim != 1 or usable.dtype != bool:
        raise ValueError(f"usable must hold one boolean an hour, got {usable.dtype} of shape {usable.shape}")
    start, stop = checks.whole("start", start, 0), checks.whole("stop", stop, 0)
    stop = min(stop, len(usable))
    found = np.arange(start + past - 1, max(stop - horizon, start + past - 1), stride)
    gaps = np.concatenate([[0], np.cumsum(~usable)])  # gaps before each hour
    return found[gaps[found + horizon + 1] == gaps[found - past + 1]]


def past_hours(at: np.ndarray, past: int) -> np.ndarray:
    """The hours that forecasts know, oldest first: (W,) origins to (W, past).

    No origin may be below ``past - 1``: NumPy would take an hour below 0 from the end.
    """
    past = checks.whole("past", past, 1, MOST_HOURS)
    at = checks.integers("at", at, past - 1)
    checks.room("at and past", len(at), past)
    return at[:, None] + np.arange(1 - past, 1)


def next_hours(at: np.ndarray, horizon: int = DAY) -> np.ndarray:
    """The hours to forecast: (W,) origins to (W, horizon)."""
    horizon = checks.whole("horizon", horizon, 1, MOST_HOURS)
    at = checks.integers("at", at, 0, 2**63 - 2 - horizon)
    checks.room("at and horizon", len(at), horizon)
    return at[:, None] + np.arange(1, horizon + 1)


def hours_of(at: np.ndarray, *, past: int, horizon: int = DAY) -> np.ndarray:
    """All hours that some windows touch, past and forecast, each once and in order."""
    return np.unique(np.concatenate([past_hours(at, past), next_hours(at, horizon)], axis=1))


def assert_apart(one: np.ndarray, other: np.ndarray, *, past: int, horizon: int = DAY) -> None:
    """Make sure that no window of one set of origins shares an hour with a window of the other.

    Raises:
        SharedHour: if they share one; the message gives the first and how many there are.
    """
    (past,) = checks.sizes(past=past)
    checks.integers("one", one, past - 1)
    checks.integers("other", other, past - 1)
    shared = np.intersect1d(hours_of(one, past=past, horizon=horizon), hours_of(other, past=past, horizon=horizon))
    if len(shared):
        raise SharedHour(f"{len(shared)} hours are in windows of both sets, the first is hour {shared[0]}")


@dataclass(frozen=True)
class Fold:
    """One round of an evaluation with a rolling origin: learn, choose, then test, in this order.

    The three parts are origins, (W,) each; no two of them share an hour.
    """

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    border: int  #: the first hour of the test period.


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
    """One `Fold` for each border, the first hour of a test: train before it, test on what follows.

    The hours right before the border are for validation. Training windows are thinned by ``stride``; those of
    validation and test are not. The data may end a test sooner than after ``test_hours``. For the rest see `origins`.
    """
    test_hours, validation_hours = checks.sizes(test_hours=test_hours, validation_hours=validation_hours)
    folds = []
    for border in checks.integers("borders", borders).tolist():
        middle = max(border - validation_hours, 0)
        parts = {
            "train": origins(usable, 0, middle, past=past, horizon=horizon, stride=stride),
            "validation": origins(usable, middle, border, past=past, horizon=horizon),
            "test": origins(usable, border, border + test_hours, past=past, horizon=horizon),
        }
        for name, found in parts.items():
            if not len(found):
                raise ValueError(f"borders: the {name} part before or after hour {border} has no window")
        folds.append(Fold(**parts, border=border))
    return folds


def carry_forward(values: np.ndarray) -> np.ndarray:
    """Fill NaN in (..., N) with the last reading before it, which a forecast knows, too.

    NaN stays where nothing came before.
    """
    values = np.atleast_1d(checks.array("values", values))
    values = values.astype(np.float32) if values.dtype == np.float16 else values  # pandas has none
    if not values.size:
        raise ValueError(f"values must hold at least one number, got shape {values.shape}")
    rows = pd.DataFrame(values.reshape(-1, values.shape[-1]))
    return rows.ffill(axis=1).to_numpy(copy=True).reshape(values.shape)


def persistence(series: np.ndarray, at: np.ndarray, horizon: int = DAY) -> np.ndarray:
    """The last known value for all hours to come: (..., N) and (W,) to (..., W, horizon)."""
    horizon = checks.whole("horizon", horizon, 1, MOST_HOURS)
    series, at = _known(series, at, 0, horizon)
    return np.repeat(series[..., at, None], horizon, axis=-1)


def seasonal_naive(series: np.ndarray, at: np.ndarray, horizon: int = DAY) -> np.ndarray:
    """The value of the same hour on the last day known: (..., N) and (W,) to (..., W, horizon)."""
    horizon = checks.whole("horizon", horizon, 1, MOST_HOURS)
    series, at = _known(series, at, DAY - 1, horizon)
    ahead = np.arange(1, horizon + 1)
    days = (ahead + DAY - 1) // DAY  # back, so far that the hour is known
    return series[..., at[:, None] + ahead - DAY * days]


def _known(series: np.ndarray, at: np.ndarray, first: int, horizon: int) -> tuple[np.ndarray, np.ndarray]:
    """A series and origins in it, none before hour ``first``, and room for forecasts."""
    series = np.atleast_1d(checks.array("series", series))
    at = checks.integers("at", at, first, series.shape[-1] - 1)
    checks.room("at and horizon", *series.shape[:-1], len(at), horizon)
    return series, at


def calendar(time: np.ndarray) -> np.ndarray:
    """Hour of the day and day of the year as waves: (N,) datetime64 to (N, 4), sin, cos, sin, cos.

    Midnight follows 23 h, and January follows December, without a jump.
    """
    time = checks.array("time", time, 1, "M")
    if np.isnat(hours := time.astype("datetime64[h]")).any():
        raise ValueError("time must hold a time for every hour, got NaT")
    day = 2 * np.pi * (hours - hours.astype("datetime64[D]")).astype(int) / DAY
    year = 2 * np.pi * (hours - hours.astype("datetime64[Y]")).astype(int) / (365.25 * DAY)
    return np.stack([np.sin(day), np.cos(day), np.sin(year), np.cos(year)], axis=-1)


def climatology(series: np.ndarray, time: np.ndarray, known: np.ndarray) -> np.ndarray:
    """What is usual for the hour and the season, fitted to some hours, for every hour.

    A smooth curve: a wave of a year, two of a day, and daily waves that change with the season, by least squares.

    Args:
        series: (..., N), without NaN in the hours known; the result has its shape.
        time: (N,) datetime64.
        known: hours to fit, or (N,) booleans.
    """
    time = checks.array("time", time, 1, "M")
    series = checks.array("series", series)
    if series.shape[-1:] != time.shape:
        raise ValueError(f"series must have the shape (..., {len(time)}), got {series.shape}")
    known = checks.array("known", known)
    if known.shape == time.shape and known.dtype == bool:
        known = np.flatnonzero(known)
    known = checks.integers("known", known, 0, len(time) - 1)
    if not len(known) or not np.isfinite(series[..., known]).all():
        raise ValueError("known must name hours at which series has finite numbers, got NaN, infinity or no hour")
    day_sin, day_cos, year_sin, year_cos = calendar(time).T
    waves = [np.ones(len(time)), year_sin, year_cos]
    waves += [day_sin, day_cos, 2 * day_sin * day_cos, day_cos**2 - day_sin**2]
    waves += [a * b for a in (day_sin, day_cos) for b in (year_sin, year_cos)]
    columns = np.stack(waves, axis=-1)  # (N, 11)
    flat = series.reshape(-1, len(time))
    weights, *_ = np.linalg.lstsq(columns[known], flat[:, known].T, rcond=None)
    return (columns @ weights).T.reshape(series.shape)


def _like_truth(**arrays: np.ndarray) -> list[np.ndarray]:
    """Arguments as arrays; a broadcast to ``truth``, the first, would give a wrong mean."""
    found = [_no_integers(checks.array(name, value)) for name, value in arrays.items()]
    for name, values in zip(arrays, found, strict=True):
        if values.shape != found[0].shape:
            raise ValueError(f"{name} must have the shape of truth, {found[0].shape}, got {values.shape}")
    return found


def _no_integers(values: np.ndarray) -> np.ndarray:
    """Floats as they are, the rest as float64: in uint8, 3 - 5 is 254, and float16 ends at 65,504."""
    return values if values.dtype.kind == "f" and values.itemsize > 2 else values.astype(np.float64)


def mae_by_hour(truth: np.ndarray, forecast: np.ndarray) -> np.ndarray:
    """Mean absolute error at each hour ahead: (..., W, horizon) twice to (..., horizon)."""
    truth, forecast = _like_truth(truth=truth, forecast=forecast)
    if truth.ndim < 2:
        raise ValueError(f"truth must have the shape (..., W, horizon), got {truth.shape}")
    if not truth.size:
        raise ValueError(f"truth must hold at least one forecast, got shape {truth.shape}")
    with np.errstate(over="ignore"):
        errors = np.abs(forecast - truth).mean(axis=-2)
    if np.isinf(errors).any():
        raise ValueError("truth and forecast must be finite, and so must their difference, got infinity")
    return errors


def pinball(truth, forecast, quantile):
    """Loss that is smallest, on average, where ``forecast`` is the quantile of ``truth``.

    Too low a forecast costs ``quantile`` a degree, too high a one ``1 - quantile`` (Koenker and Bassett 1978). At 0.5
    it is half of the absolute error.

    Args:
        truth, forecast: numbers, arrays or tensors that broadcast.
        quantile: between 0 and 1, one or several that broadcast.

    Returns:
        The loss of each number; take its mean.
    """
    levels = checks.array("quantile", quantile)
    if not ((levels >= 0) & (levels <= 1)).all():
        raise ValueError(f"quantile must lie between 0 and 1, got {quantile}")
    for name, value in {"truth": truth, "forecast": forecast, "quantile": quantile}.items():
        is_tensor = isinstance(value, Tensor)
        if is_tensor and (not is_dense(value) or value.is_meta or value.numel() > checks.MOST):
            raise ValueError(f"{name} must be numbers that broadcast, got a nested, quantized, sparse or huge tensor")
    truth, forecast, quantile = (
        (value if value.is_floating_point() else value.double())
        if isinstance(value, Tensor)  # which keeps its gradient
        else _no_integers(checks.array(name, value))  # and a series of pandas loses its index
        for name, value in {"truth": truth, "forecast": forecast, "quantile": quantile}.items()
    )
    try:
        with np.errstate(over="ignore"):
            error = truth - forecast
        if bool((abs(error) == float("inf")).any()):
            raise ValueError("their difference must be finite, got infinity")
        return (quantile - 0.5) * error + 0.5 * abs(error)
    except (TypeError, ValueError, RuntimeError) as problem:
        raise ValueError(f"truth and forecast must be numbers that broadcast: {problem}") from None


def coverage(truth: np.ndarray, low: np.ndarray, high: np.ndarray) -> float:
    """Share of the truth that lies in its interval, ends included; NaN would lie in none."""
    truth, low, high = arrays = _like_truth(truth=truth, low=low, high=high)
    for name, values in zip(("truth", "low", "high"), arrays, strict=True):
        if not values.size or np.isnan(values).any():
            raise ValueError(f"{name} must hold numbers without NaN, got NaN or none at all")
    return float(((low <= truth) & (truth <= high)).mean())
