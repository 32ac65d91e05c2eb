"""Forecasts to show: random walks, and methods that are off by known amounts."""

from __future__ import annotations

import numpy as np

from lstm_lessons.widgets import ForecastExplorer

STATIONS = ("EWR", "JFK", "LGA")
METHODS = ("persistence", "climatology", "ridge", "LSTM")


def sample_forecasts(
    *, days: int = 5, methods: tuple[str, ...] = METHODS, interval: bool = True, seed: int = 0, **traits: object
) -> ForecastExplorer:
    """Some days at three stations; the same each time."""
    drawn = np.random.default_rng(seed)
    hours, horizon, past = 48 + 24 * (days + 1), 24, 48
    time = np.datetime64("2013-11-06T00", "h") + np.arange(hours)
    wave = 4 * np.sin(2 * np.pi * np.arange(hours) / 24)
    readings = 3 + wave + drawn.normal(size=(3, hours)).cumsum(1) * 0.4
    readings[2, 0] = np.nan  # before the first window: never shown
    origins = past + 24 * np.arange(days)
    truth = readings[:, origins[:, None] + np.arange(1, horizon + 1)]
    grow = 0.1 * np.arange(1, horizon + 1)
    forecasts = {
        name: truth + grow * drawn.normal(size=truth.shape) * (len(methods) - n) for n, name in enumerate(methods)
    }
    last = forecasts[methods[-1]]
    low, high = (last - grow, last + 1.5 * grow) if interval else (None, None)
    return ForecastExplorer(time, readings, origins, forecasts, stations=STATIONS, low=low, high=high, day=1, **traits)
