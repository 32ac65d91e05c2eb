"""Draw a forecast of one's own, and see what each method said and what came: `ForecastExplorer`.

Everything is computed in Python; the browser draws, and averages errors. Temperatures travel as whole tenths of a
degree, which is how the stations' readings are shown anyway.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure

from lstm_lessons.checks import MOST, array, hinted_length, integers, kind, one_of, probability, texts, whole
from lstm_lessons.plots import stills
from lstm_lessons.widgets.shared.base import LessonWidget, shown
from lstm_lessons.widgets.shared.checks import as_texts, numbers

MOST_METHODS = 5  # and the learner, who has a line as well
_TENTHS = 10


class ForecastExplorer(LessonWidget):
    """One day of forecasts at a time: what was known, what came, and what each method said.

    Letters in the shapes: S stations, N hours of readings, D days (one origin each), H hours.

    Traits:
        data: what is shown, compact; made by the constructor.
        station: its name.
        day: 0 to D - 1.
        hour: the hour ahead that the table speaks of, 1 to H.
        methods: names of the methods that are drawn.
        truth: whether the measured day is shown. At first it is hidden, and a learner draws a forecast of their own.
        interval: whether the interval is drawn; it is, where its method is.
        guesses: what a learner drew and had scored, H temperatures in °C by station and day, as in ``"EWR 3"``.
    """

    module = "forecast_explorer"

    data = shown(traitlets.Dict())
    station = shown(traitlets.Unicode())
    day = shown(traitlets.Int(0))
    hour = shown(traitlets.Int(6))
    methods = shown(traitlets.List(traitlets.Unicode()))
    truth = shown(traitlets.Bool(False))
    interval = shown(traitlets.Bool(True))
    guesses = shown(traitlets.Dict())

    def __init__(
        self,
        time: np.ndarray,
        readings: np.ndarray,
        origins: np.ndarray,
        forecasts: Mapping[str, np.ndarray],
        *,
        stations: Sequence[str],
        low: np.ndarray | None = None,
        high: np.ndarray | None = None,
        interval_of: str | None = None,
        level: float = 0.8,
        past: int = 48,
        **traits: Any,
    ) -> None:
        """Show forecasts.

        Args:
            time: (N,) datetime64, one hour apart.
            readings: (S, N) temperatures in °C.
            origins: (D,) positions on ``time``: the last hour that each forecast knows.
            forecasts: by the method's name, (S, D, H) in °C; at most five. A learner is scored against the first,
                the simplest, and the last, which the picture is about.
            low, high: an interval, (S, D, H) each; it should hold a share ``level`` of the hours.
            interval_of: the method that the interval belongs to; the last without it.
            past: hours shown before the origin, with it.
            **traits: ``station``, ``day``, ``hour``, ``methods``, ``truth``, ``interval``,
                ``guesses``.

        Raises:
            TypeError: if an argument is of another kind.
            ValueError: if shapes do not fit, a window is not inside, or a number is not finite.
        """
        super().__init__()
        kind("forecasts", forecasts, "a dict of methods", isinstance(forecasts, Mapping))
        names, stations = texts("forecasts", forecasts), as_texts("stations", stations, "a list of names")
        try:
            if hinted_length(time) > MOST:
                raise ValueError(f"{hinted_length(time)} of them")
            time = np.asarray(time, "datetime64[h]").reshape(len(time))
        except Exception as error:  # whatever an object does when it is asked for its numbers
            why = f"{type(time).__name__}: {str(error):.200}"
            raise TypeError(f"time must hold hours, (N,) datetime64, got {why}") from None
        whole("past", past)
        probability(level=level)
        compact = _compact(time, readings, origins, forecasts, stations, low, high, level, past)
        self.data = compact | {
            "interval_of": one_of("interval_of", names[-1] if interval_of is None else interval_of, names)
        }
        self.station = stations[0]
        self.methods = names
        for name, value in traits.items():
            if name not in ("station", "day", "hour", "methods", "truth", "interval", "guesses"):
                raise TypeError(f"ForecastExplorer has no argument {name!r}")
            setattr(self, name, value)

    # --- what is shown, as numbers in °C

    def measured(self) -> np.ndarray:
        """The window of this day: (past + H,), the hours after the origin last."""
        at = self.data["origins"][self.day]
        series = self.data["series"][self.data["stations"].index(self.station)]
        return np.array(series[at - self.data["past"] + 1 : at + self.horizon + 1]) / _TENTHS

    @property
    def horizon(self) -> int:
        """Hours ahead, H."""
        return len(self.data["methods"][0]["forecast"][0][0])

    def forecast(self, method: str) -> np.ndarray:
        """What one method said for this station, all days: (D, H)."""
        (found,) = [m["forecast"] for m in self.data["methods"] if m["name"] == method]
        return np.array(found[self.data["stations"].index(self.station)]) / _TENTHS

    def band(self) -> tuple[np.ndarray, np.ndarray] | None:
        """Lower and upper end of the interval of this station, all days: (D, H) each."""
        if not self.data["low"]:
            return None
        row = self.data["stations"].index(self.station)
        low, high = (np.array(self.data[side][row]) / _TENTHS for side in ("low", "high"))
        return low, high

    def outcome(self) -> np.ndarray:
        """What came at this station, all days: (D, H)."""
        series = np.array(self.data["series"][self.data["stations"].index(self.station)])
        at = np.array(self.data["origins"])[:, None] + np.arange(1, self.horizon + 1)
        return series[at] / _TENTHS

    def errors(self) -> dict[str, np.ndarray]:
        """Distance from the truth at this station by method, all days: (D, H) each."""
        return {
            method["name"]: np.abs(self.forecast(method["name"]) - self.outcome()) for method in self.data["methods"]
        }

    def _known(self) -> str:
        last = np.datetime64(self.data["start"], "h") + self.data["origins"][self.day]
        return f"{self.station}, known up to {str(last).replace('T', ' ')} h UTC"

    def summary(self) -> str:
        day = self.day if self.truth else slice(None)
        errors = ", ".join(f"{name} {error[day].mean():.1f}" for name, error in self.errors().items())
        hours = f"the next {self.horizon} h" if self.truth else f"{self.horizon} h, over all days"
        return f"ForecastExplorer: {self._known()}; mean error of {hours}, in °C: {errors}"

    def picture(self) -> Figure:
        measured, past, day = self.measured(), self.data["past"], self.day
        drawn = self.interval and self.data["interval_of"] in self.methods
        band, inside = self.band() if drawn else None, ""
        if band:
            held = (band[0] <= self.outcome()) & (self.outcome() <= band[1])
            this_day = f"{held[day].sum()} of {self.horizon} hours\ninside this day, " if self.truth else "inside "
            inside = f"interval of {self.data['level']:.0%}: {this_day}{held.mean():.0%} of all days"
        return stills.forecast(
            measured[:past],
            measured[past:] if self.truth else None,
            {name: self.forecast(name)[day] for name in self.methods},
            {name: (error[day].mean(), error.mean()) for name, error in self.errors().items()},
            horizon=self.horizon,
            title=self._known(),
            interval=np.stack([side[day] for side in band]) if band else None,
            inside=inside,
        )

    @traitlets.validate("station")
    def _check_station(self, proposal: dict) -> str:
        return one_of("station", proposal["value"], self.data["stations"])

    @traitlets.validate("day")
    def _check_day(self, proposal: dict) -> int:
        return whole("day", proposal["value"], 0, len(self.data["origins"]) - 1)

    @traitlets.validate("hour")
    def _check_hour(self, proposal: dict) -> int:
        return whole("hour", proposal["value"], 1, self.horizon)

    @traitlets.validate("guesses")
    def _check_guesses(self, proposal: dict) -> dict[str, list[float]]:
        known = [f"{station} {day}" for station in self.data["stations"] for day in range(len(self.data["origins"]))]
        for key, values in proposal["value"].items():
            one_of("a key of guesses", key, known)
            numbers(f"guesses[{key!r}]", values, (self.horizon,))
        return {key: [float(value) for value in values] for key, values in proposal["value"].items()}

    @traitlets.validate("methods")
    def _check_methods(self, proposal: dict) -> list[str]:
        known = [method["name"] for method in self.data["methods"]]
        unknown = [name for name in proposal["value"] if name not in known]
        if unknown:
            raise ValueError(f"methods must be among {', '.join(known)}, got {unknown[0]!r}")
        return [name for name in known if name in proposal["value"]]


def _compact(
    time: np.ndarray,
    readings: np.ndarray,
    origins: np.ndarray,
    forecasts: Mapping[str, np.ndarray],
    stations: Sequence[str],
    low: np.ndarray | None,
    high: np.ndarray | None,
    level: float,
    past: int,
) -> dict[str, Any]:
    """The hours that the windows touch, and all forecasts, as whole tenths of a degree."""
    readings, origins = array("readings", readings), integers("origins", origins)
    if readings.shape != (len(stations), len(time)):
        raise ValueError(
            f"readings must have the shape ({len(stations)}, {len(time)}), stations and hours, got {readings.shape}"
        )
    if len(time) > 1 and not (np.diff(time).astype(int) == 1).all():
        raise ValueError("time must go on by one hour at a time")
    if not 1 <= len(forecasts) <= MOST_METHODS:
        raise ValueError(f"forecasts must hold 1 to {MOST_METHODS} methods, got {len(forecasts)}")
    if (low is None) != (high is None):
        raise ValueError("low and high are the two ends of an interval; give both or none")
    if not len(origins):
        raise ValueError("origins must hold at least one hour")
    shape = (len(stations), len(origins), "H")
    given = {f"forecasts[{name!r}]": values for name, values in forecasts.items()}
    for name, values in (given | {"low": low, "high": high}).items():
        if values is not None:
            shape = numbers(name, values, shape).shape
    horizon = shape[-1]
    first, last = int(origins.min()) - past + 1, int(origins.max()) + horizon
    if first < 0 or last >= len(time):
        raise ValueError(
            f"origins must leave {past} hours before and {horizon} after them in {len(time)} "
            f"hours, got {int(origins.min())} to {int(origins.max())}"
        )
    windows = [readings[:, at - past + 1 : at + horizon + 1] for at in origins]
    if not np.isfinite(windows).all():
        raise ValueError("readings must be finite wherever they are shown")
    return {
        "stations": list(stations),
        "start": str(time[first]),
        "past": past,
        "series": _tenths(np.nan_to_num(readings[:, first : last + 1])),
        "origins": (origins - first).tolist(),
        "methods": [{"name": name, "forecast": _tenths(values)} for name, values in forecasts.items()],
        "low": _tenths(low) if low is not None else [],
        "high": _tenths(high) if high is not None else [],
        "level": level,
    }


def _tenths(values: np.ndarray) -> list:
    return np.rint(np.asarray(values, dtype=np.float64) * _TENTHS).astype(int).tolist()
