"""Hourly weather at three New York airports in 2013, the real data of the forecasting lesson.

Numbers as the stations sent them, in the units of the rest of the world: hours are missing, and a few readings are
plainly wrong. `clean` fixes both; looking at them first is part of the lesson. ``weather.md`` beside this file tells
where the numbers come from.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pandas as pd

from lstm_lessons import checks
from lstm_lessons.data import _source

CHECKSUM = "524402d36e89d256902e584478b64aac68e0569d47781befc9f7561a11b66254"
STATIONS = {"EWR": "Newark Liberty", "JFK": "John F. Kennedy", "LGA": "LaGuardia"}
UNITS = {
    "temperature": "°C",
    "dew_point": "°C",
    "humidity": "%",
    "wind_direction": "°",
    "wind_speed": "m/s",
    "precipitation": "mm",
    "pressure": "hPa",
    "visibility": "km",
}
# The source's units, as (number + offset) · factor: °F, °F, %, °, mph, inches, hPa, miles.
_CONVERSIONS = {
    "temperature": (-32.0, 5 / 9),
    "dew_point": (-32.0, 5 / 9),
    "wind_speed": (0.0, 0.44704),
    "precipitation": (0.0, 25.4),
    "visibility": (0.0, 1.609344),
}


@dataclass(frozen=True)
class Weather:
    """Hourly readings of several stations on one complete axis of time.

    Letters in the shapes: S stations, N hours, F features.
    """

    time: np.ndarray  #: (N,) datetime64[h], UTC, every hour from the first to the last.
    stations: tuple[str, ...]  #: names, S of them.
    features: tuple[str, ...]  #: names, F of them; `UNITS` has their units.
    values: np.ndarray  #: (S, N, F) float32; NaN where the station sent nothing.

    def __len__(self) -> int:
        return len(self.time)

    def of(self, station: str, feature: str) -> np.ndarray:
        """One series, (N,) float32, in the unit of `UNITS`.

        Raises:
            ValueError: if the station or the feature is none of this data.
        """
        checks.one_of("station", station, self.stations)
        checks.one_of("feature", feature, self.features)
        return self.values[self.stations.index(station), :, self.features.index(feature)]

    def select(self, features: Sequence[str]) -> Self:
        """The same hours with some features, in the order given.

        Raises:
            ValueError: if a feature is none of this data.
        """
        features = checks.listed("features", features, "a list of names")
        if not features:
            raise ValueError("features must hold at least one name, got none")
        for feature in features:
            checks.one_of("features", feature, self.features)
        values = [[self.of(station, feature) for feature in features] for station in self.stations]
        return replace(self, features=tuple(features), values=np.moveaxis(np.array(values), 1, 2))

    @property
    def missing(self) -> np.ndarray:
        """Hours without a reading, by station and feature, (S, F)."""
        return np.isnan(self.values).sum(1)

    def describe(self) -> str:
        """One paragraph: stations, hours, span of time, temperatures, gaps."""
        first, last = (str(t).replace("T", " ") for t in self.time[[0, -1]])
        text = (
            f"{len(self):,} hours at {', '.join(self.stations)}, {first} h to {last} h UTC, "
            f"{len(self.features)} features"
        )
        if "temperature" in self.features:
            k = self.features.index("temperature")
            low, high = np.nanmin(self.values[..., k]), np.nanmax(self.values[..., k])
            text += f"; temperature {low:.1f} to {high:.1f} °C, {self.missing[:, k].sum()} hours without one"
        return text


def checksum(time: np.ndarray, values: np.ndarray) -> str:
    """SHA-256 of the numbers of ``weather.npz``: hours since 1970, and readings."""
    return _source.checksum((time, "<i8"), (values, "<f4"))


@functools.cache
def _readings() -> Weather:
    arrays = _source.stored("weather", checksum, CHECKSUM)
    values = np.moveaxis(arrays["values"], 0, 2).astype(np.float64)  # (S, N, F)
    for k, feature in enumerate(UNITS):
        offset, factor = _CONVERSIONS.get(feature, (0.0, 1.0))
        values[..., k] = (values[..., k] + offset) * factor
    return Weather(
        time=arrays["time"].astype("datetime64[h]"),
        stations=tuple(STATIONS),
        features=tuple(UNITS),
        values=values.astype(np.float32),
    )


def load() -> Weather:
    """Every reading of the three stations, as they were sent: with gaps, and with errors."""
    readings = _readings()
    return replace(readings, time=readings.time.copy(), values=readings.values.copy())


def suspicious(weather: Weather) -> np.ndarray:
    """Readings that cannot be true, (S, N, F) booleans.

    A temperature or dew point that leaves *both* neighboring hours by more than 15 °C to the same side, and a wind
    above 60 m/s (a category 4 hurricane; there was none). With such a
    temperature goes everything that was computed from it: dew point and humidity of that hour.
    """
    checks.kind("weather", weather, "a Weather", isinstance(weather, Weather))
    wrong = np.zeros(weather.values.shape, dtype=bool)
    names = weather.features
    for k, feature in enumerate(names):
        series = weather.values[..., k]
        if feature in ("temperature", "dew_point"):
            before = series[:, 1:-1] - series[:, :-2]
            after = series[:, 1:-1] - series[:, 2:]
            spike = (np.minimum(np.abs(before), np.abs(after)) > 15) & (before * after > 0)
            wrong[:, 1:-1, k] = spike
        elif feature == "wind_speed":
            wrong[..., k] = series > 60
    heat = [k for k, name in enumerate(names) if name in ("temperature", "dew_point", "humidity")]
    if heat:
        wrong[..., heat] |= wrong[..., heat].any(-1, keepdims=True)
    return wrong


def clean(weather: Weather, *, longest_gap: int = 6) -> Weather:
    """Take out what cannot be true (`suspicious`) and fill short gaps.

    A gap is filled along a straight line between its two ends; a longer one, or one without two ends, stays NaN. The
    wind direction is an angle, for which a line means nothing: there the last reading is carried on.

    The reading *after* a gap takes part in filling it. A forecast made inside a gap would see
    an hour or more ahead of itself: no window may therefore end in one. `filled` tells where.

    Args:
        weather: is left as it is.
        longest_gap: hours; a longer gap stays.

    Raises:
        ValueError: if ``longest_gap`` is negative.
    """
    longest_gap = checks.whole("longest_gap", longest_gap, 0)
    values = np.where(suspicious(weather), np.nan, weather.values)
    for station in range(len(weather.stations)):
        for k, feature in enumerate(weather.features):
            series = values[station, :, k]
            values[station, :, k] = _fill(series, longest_gap, carry=feature == "wind_direction")
    return replace(weather, values=values)


def filled(raw: Weather, cleaned: Weather) -> np.ndarray:
    """Where `clean` put a number that no station sent, (S, N, F) booleans."""
    for name, weather in (("raw", raw), ("cleaned", cleaned)):
        checks.kind(name, weather, "a Weather", isinstance(weather, Weather))
    return ~np.isnan(cleaned.values) & (np.isnan(raw.values) | suspicious(raw))


def _fill(series: np.ndarray, longest_gap: int, *, carry: bool) -> np.ndarray:
    """Gaps of at most so many hours filled: with the last reading, or along a straight line."""
    series = pd.Series(series)
    missing = series.isna()
    gap = missing.groupby((~missing).cumsum()).transform("sum")  # the hours of each one
    line = series.ffill if carry else series.interpolate
    return series.where(~missing | (gap > longest_gap), line(limit_area="inside")).to_numpy()
