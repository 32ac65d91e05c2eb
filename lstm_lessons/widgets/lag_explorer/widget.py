"""Slide a forecast by a day, and see whether it knew more than yesterday: `LagExplorer`."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure

from lstm_lessons.checks import kind, one_of, text, whole
from lstm_lessons.plots import stills
from lstm_lessons.widgets.shared.base import LessonWidget, shown
from lstm_lessons.widgets.shared.checks import numbers

MOST_SHIFT = 5  # days, to either side
SHORTEST = 20  # days of a window
_DIGITS = 5  # significant, which a page can show


class LagExplorer(LessonWidget):
    """Series with a forecast of each day, made the day before; both in the same unit.

    Traits:
        series: by name, ``truth`` and ``forecast``, (N,) numbers each; made by the constructor.
        chosen: the name of the one that is shown.
        shift: days by which the forecast is slid to the left, -5 to 5. A forecast that fits best when slid by 1 says
            today what was true yesterday.
        start, length: the window of days that is drawn and scored; it ends with the series at the latest.
    """

    module = "lag_explorer"

    series = shown(traitlets.Dict())
    chosen = shown(traitlets.Unicode())
    shift = shown(traitlets.Int(0))
    start = shown(traitlets.Int(0))
    length = shown(traitlets.Int(120))

    def __init__(self, series: Mapping[str, tuple[np.ndarray, np.ndarray]], **traits: Any) -> None:
        """Show series and their forecasts.

        Args:
            series: by name, what came and what was forecast for the same days, (N,) each; 32 days or more.
            **traits: ``chosen``, ``shift``, ``start``, ``length``; by default the first series, as it is, its first
                120 days.

        Raises:
            TypeError: if series is no dict of pairs, or a trait is none of these.
            ValueError: if a series is too short, constant, not finite, or not as long as its forecast.
        """
        super().__init__()
        kind("series", series, "a dict of pairs", isinstance(series, Mapping))
        if not series:
            raise ValueError("series must hold at least one, got none")
        self.series = {text("series", name): _packed(f"series[{name!r}]", pair) for name, pair in series.items()}
        self.chosen = next(iter(self.series))
        self.length = min(120, self.count)
        for name, value in traits.items():
            if name not in ("chosen", "shift", "start", "length"):
                raise TypeError(f"LagExplorer has no argument {name!r}")
            setattr(self, name, value)

    @property
    def count(self) -> int:
        """Days of the series that is shown, N."""
        return len(self.series[self.chosen]["truth"])

    def days(self) -> np.ndarray:
        """The days of the window, from 0; one at the end of a shorter series moves to where it fits."""
        length = min(self.length, self.count)
        start = min(self.start, self.count - length)
        return np.arange(start, start + length)

    def scores(self, shift: int | None = None) -> dict[str, float]:
        """Of the window, with the forecast slid by ``shift`` days, or as it is shown.

        Returns:
            ``error``, the mean absolute one; ``r2``, the share of the variance that is explained; ``direction``, the
            share of days on which it was right that the series rises or falls, NaN if none does; and ``error`` and
            ``r2`` of persistence on the same days, as ``persistence_error`` and ``persistence_r2``.
        """
        shift = self.shift if shift is None else whole("shift", shift, -MOST_SHIFT, MOST_SHIFT)
        truth, forecast = (np.array(self.series[self.chosen][key]) for key in ("truth", "forecast"))
        days = self.days()
        days = days[(days >= 1) & (days + shift >= 0) & (days + shift < self.count)]
        y, said, before = truth[days], forecast[days + shift], truth[days - 1]
        moved = y != before
        right = np.sign(said - before)[moved] == np.sign(y - before)[moved]
        spread = ((y - y.mean()) ** 2).mean()
        return {
            "error": float(np.abs(y - said).mean()),
            "r2": float(1 - ((y - said) ** 2).mean() / spread) if spread else np.nan,
            "direction": float(right.mean()) if len(right) else np.nan,
            "persistence_error": float(np.abs(y - before).mean()),
            "persistence_r2": float(1 - ((y - before) ** 2).mean() / spread) if spread else np.nan,
        }

    def errors_by_shift(self) -> dict[int, float]:
        """The mean absolute error for each number of days that the forecast may be slid by."""
        return {shift: self.scores(shift)["error"] for shift in range(-MOST_SHIFT, MOST_SHIFT + 1)}

    def summary(self) -> str:
        now, errors, days = self.scores(), self.errors_by_shift(), self.days()
        best = min(errors, key=errors.get)
        return (
            f"LagExplorer: {self.chosen}, days {days[0] + 1} to {days[-1] + 1}, forecast slid by {self.shift}: "
            f"mean error {now['error']:.3g}, persistence {now['persistence_error']:.3g}; "
            f"smallest, {errors[best]:.3g}, slid by {best}"
        )

    def picture(self) -> Figure:
        truth, forecast = (np.array(self.series[self.chosen][key]) for key in ("truth", "forecast"))
        days = self.days()
        slid = days[(days + self.shift >= 0) & (days + self.shift < self.count)]
        return stills.lag(
            (days + 1, truth[days]), (slid + 1, forecast[slid + self.shift]), self.errors_by_shift(),
            shift=self.shift, persistence=self.scores()["persistence_error"], title=self.chosen,
        )  # fmt: skip

    @traitlets.validate("chosen")
    def _check_chosen(self, proposal: dict) -> str:
        return one_of("chosen", proposal["value"], self.series)

    @traitlets.validate("shift")
    def _check_shift(self, proposal: dict) -> int:
        return whole("shift", proposal["value"], -MOST_SHIFT, MOST_SHIFT)

    @traitlets.validate("start")
    def _check_start(self, proposal: dict) -> int:
        return whole("start", proposal["value"], 0, self._longest() - SHORTEST)

    @traitlets.validate("length")
    def _check_length(self, proposal: dict) -> int:
        return whole("length", proposal["value"], SHORTEST, self._longest())

    def _longest(self) -> int:
        return max(len(one["truth"]) for one in self.series.values())


def _packed(name: str, pair: Any) -> dict[str, list[float]]:
    """A series and its forecast, with as many digits as a page shows."""
    kind(name, pair, "a pair of truth and forecast", isinstance(pair, tuple | list) and len(pair) == 2)
    truth = numbers(f"{name}[0]", pair[0], ("N",))
    forecast = numbers(f"{name}[1]", pair[1], (len(truth),))
    if len(truth) < SHORTEST + 2 * (MOST_SHIFT + 1) or np.ptp(truth) == 0:
        raise ValueError(f"{name} must hold {SHORTEST + 2 * (MOST_SHIFT + 1)} days or more that differ")
    return {"truth": _short(truth), "forecast": _short(forecast)}


def _short(values: np.ndarray) -> list[float]:
    return [float(f"{value:.{_DIGITS}g}") for value in values]
