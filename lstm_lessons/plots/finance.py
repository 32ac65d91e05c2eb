"""Figures of lesson 13: forecasts beside what came, what a market remembers, and who is ahead by how much."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib import dates

from lstm_lessons.checks import whole
from lstm_lessons.confidence import Interval
from lstm_lessons.plots import shared
from lstm_lessons.plots.shared import Drawn, shown


@shown(days="@N", truth="N", forecast="N")
def forecast_and_truth(days: np.ndarray, truth: np.ndarray, forecast: np.ndarray, unit: str) -> Drawn:
    """A series and the forecast of each day, made the day before: (N,) datetime64, and (N,) values twice."""
    figure, axes = shared.subplots(10, 3.4)
    axes.plot(days, truth, color=shared.INK, label="what came")
    axes.plot(days, forecast, color=shared.BLUE, linestyle="--", label="forecast, made the day before")
    axes.set(xlabel="day", ylabel=unit, xlim=(days[0], days[-1]))
    axes.xaxis.set_major_formatter(dates.ConciseDateFormatter(axes.xaxis.get_major_locator()))
    axes.legend()
    gap = np.abs(truth - forecast).mean()
    return figure, (
        f"Two lines from {days[0]} to {days[-1]}: what came, from {truth.min():.3g} to {truth.max():.3g} {unit}, and "
        f"the forecast of the day before; on average they are {gap:.2g} apart."
    )


@shown(series="_")
def memory(series: Mapping[str, np.ndarray], most: int) -> Drawn:
    """How much a day tells of a later one: the correlation of (N,) values with themselves, 1 to ``most`` days on.

    Raises:
        ValueError: if ``most`` is 0, or leaves fewer than two pairs of days.
    """
    whole("most", most, 1, min(map(len, series.values())) - 2)
    lags = np.arange(1, most + 1)
    found = {
        name: np.array([np.corrcoef(values[:-lag], values[lag:])[0, 1] for lag in lags])
        for name, values in series.items()
    }
    figure, axes = shared.subplots(9, 3.4)
    shared.curves(axes, found, at=lags, main=-1, markevery=5)
    chance = 2 / np.sqrt(len(next(iter(series.values()))))
    axes.axhspan(-chance, chance, color="#e3e6ec", zorder=0, label="chance, 95 %")
    axes.set(xlabel="days of trading between the two", ylabel="correlation", xlim=(1, most))
    shared.legend_beside(axes)
    ends = shared.each(found, lambda values: f"{values[0]:.2f} after a day, {values[-1]:.2f} after {most}")
    return figure, f"Correlation of a day with a later one. {ends}. Chance alone stays within {chance:.2f}."


@shown(days="@N", results="N")
def growth(days: np.ndarray, results: Mapping[str, np.ndarray]) -> Drawn:
    """What (N,) daily results in percent add up to."""
    figure, axes = shared.subplots(10, 3.4)
    sums = {name: np.cumsum(values) for name, values in results.items()}
    for (name, values), style in zip(sums.items(), shared.rivals(sums).values(), strict=True):
        axes.plot(days, values, label=name, **style | {"marker": ""})
    axes.axhline(0, color=shared.GRAY, linewidth=1)
    axes.set(xlabel="day", ylabel="sum of log returns, %", xlim=(days[0], days[-1]))
    shared.legend_beside(axes)
    ends = shared.each(sums, lambda values: f"{values[-1]:.0f}")
    return figure, f"Sum of the daily results from {days[0]} to {days[-1]}, in percent, at the end: {ends}."


@shown(names="K")
def leads(rows: Mapping[str, Sequence[Interval]], names: Sequence[str], baseline: str) -> Drawn:
    """By how much a loss differs from the baseline's, in percent of it, with intervals: below 0 is better.

    Args:
        rows: for each method an interval for each of ``names``, such as the markets.
        names: what the intervals of a row are for.
        baseline: the method that is at 0.

    Raises:
        ValueError: if a method has not as many intervals as there are names.
    """
    for method, found in rows.items():
        if len(found) != len(names):
            raise ValueError(f"rows[{method!r}] must hold an interval for each of {names}, got {len(found)}")
    figure, axes = shared.subplots(9, 0.55 * len(rows) + 1.3)
    said = []
    for row, (method, found) in enumerate(rows.items()):
        for k, (style, one) in enumerate(zip(shared.rivals(names).values(), found, strict=True)):
            at = row + 0.24 * (k - (len(names) - 1) / 2)
            shared.whisker(axes, at, (one.low, one.mean, one.high), label="" if row else names[k], **style)
            said.append(f"{method}, {names[k]}: {one.mean:+.1f} ({one.low:+.1f} to {one.high:+.1f})")
    shared.upright(axes, 0, baseline)
    shared.name_rows(axes, rows, room=0.9)
    axes.set(xlabel="difference of the loss, %; to the left is better")
    shared.legend_beside(axes)
    return figure, f"Loss minus that of {baseline}, in percent of it, with 95 % intervals. {'; '.join(said)}."
