"""Figures of lesson 7: temperatures, and the errors of forecasts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.dates import DateFormatter, MonthLocator
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from lstm_lessons.plots.shared import GRAY, new_figure, shown

_METHODS = (  # the last of the methods has the solid line, as in the forecast explorer
    {"color": "#7a5200", "linestyle": (0, (1, 1.5)), "marker": "x"},
    {"color": "#067a75", "linestyle": (0, (4, 1.5)), "marker": "s"},
    {"color": "#8c1240", "linestyle": (0, (4, 1.5, 1, 1.5)), "marker": "v"},
    {"color": "#a834e8", "linestyle": (0, (2, 1)), "marker": "^"},
    {"color": "#cc3a0c", "linestyle": (0, (6, 2)), "marker": "D"},
    {"color": "#0b5fd0", "linestyle": "-", "marker": "o"},
)


@shown
def suspects(panels: Mapping[str, tuple[np.ndarray, np.ndarray, int]]) -> tuple[Figure, str]:
    """Readings that cannot be true, each among its neighbors.

    Args:
        panels: per label of the y axis: times (T,), readings (T,), and which of them is wrong.
    """
    figure = new_figure(10, 3.1)
    said = []
    for axes, (label, (time, values, wrong)) in zip(
        figure.subplots(1, len(panels), squeeze=False)[0], panels.items(), strict=True
    ):
        hours = (time - time[wrong]).astype("timedelta64[h]").astype(int)
        axes.plot(hours, values, color="#1f2430", marker="o", markersize=4)
        axes.plot(0, values[wrong], marker="o", markersize=15, markerfacecolor="none",
                  markeredgecolor="#a3242b", markeredgewidth=2.2)  # fmt: skip
        value = f"{values[wrong]:.1f}".replace("-", "\u2212")
        axes.annotate(value, (0, values[wrong]), (11, 0),
                      textcoords="offset points", va="center", color="#a3242b")  # fmt: skip
        axes.set(xlabel=f"hours from {str(time[wrong]).replace('T', ' ')} h UTC", ylabel=label)
        axes.xaxis.set_major_locator(MultipleLocator(3))
        rest = np.delete(values, wrong)
        said.append(
            f"{label}: {values[wrong]:.1f} among readings of {np.nanmin(rest):.0f} to "
            f"{np.nanmax(rest):.0f}"
        )
    return figure, f"Single readings that stick out, each in its own panel. {'; '.join(said)}."


@shown
def year_and_split(
    time: np.ndarray, series: np.ndarray, name: str, parts: Mapping[str, tuple[int, int]]
) -> tuple[Figure, str]:
    """A year of temperatures, and which weeks are for what.

    Args:
        time: (N,) datetime64.
        series: (N,) temperatures in °C.
        name: of the station.
        parts: per name, first hour and the hour after the last.
    """
    figure = new_figure(10, 3.2)
    axes = figure.subplots()
    axes.plot(time, series, color="#1f2430", linewidth=0.7)
    top = float(np.nanmax(series)) + 7
    shades = (("#dbe6f6", ""), ("#f3e7c4", "///"), ("#f3d3c6", "..."))
    for (part, (start, stop)), (color, hatch) in zip(parts.items(), shades, strict=False):
        left, right = time[start], time[min(stop, len(time)) - 1]
        axes.axvspan(left, right, color=color, zorder=0, hatch=hatch, ec="white", linewidth=0)
        axes.text(left + (right - left) / 2, top - 1, part, ha="center", va="top", fontsize=11)
    axes.set(xlabel="2013", ylabel=f"{name}, °C", ylim=(None, top), xlim=(time[0], time[-1]))
    axes.xaxis.set_major_formatter(DateFormatter("%b"))
    axes.xaxis.set_major_locator(MonthLocator())
    dates = [f"{part} from {str(time[start])[:10]}" for part, (start, _) in parts.items()]
    return figure, (
        f"Temperature at {name} over the year, from {np.nanmin(series):.0f} to "
        f"{np.nanmax(series):.0f} °C, hottest in July. In order of time: {', '.join(dates)}."
    )


@shown
def error_by_hour_ahead(errors: Mapping[str, np.ndarray]) -> tuple[Figure, str]:
    """Mean absolute error of several methods at each hour ahead.

    Args:
        errors: per method, the error in °C at each hour, shape (H,); the last is drawn solid.
    """
    if len(errors) > len(_METHODS):
        raise ValueError(f"errors must hold at most {len(_METHODS)} methods, got {len(errors)}")
    figure = new_figure(9, 3.9)
    axes = figure.subplots()
    said = []
    for number, (name, values) in enumerate(errors.items()):
        style = _METHODS[number + len(_METHODS) - len(errors)]
        axes.plot(np.arange(1, len(values) + 1), values, label=f"{name}, {values.mean():.2f}",
                  markersize=4.5, linewidth=1.8, **style)  # fmt: skip
        said.append(f"{name} {values[0]:.1f}, {values[-1]:.1f} and {values.mean():.2f}")
    hours = len(values)
    axes.set(
        xlabel="hours ahead", ylabel="mean absolute error, °C", ylim=(0, None),
        xticks=[1, *range(6, hours + 1, 6)], xlim=(0.5, hours + 0.5),
    )  # fmt: skip
    axes.legend(title="method, mean over all hours", loc="center left", bbox_to_anchor=(1, 0.5))
    return figure, (
        f"Mean absolute error over {hours} hours ahead. In °C at the first hour, at the last, and "
        f"on average: {'; '.join(said)}."
    )


@shown
def error_by_period(errors: Mapping[str, np.ndarray], periods: Sequence[str]) -> tuple[Figure, str]:
    """Mean absolute error of several methods in several test periods, station by station.

    Args:
        errors: per method, in °C, shape (P, S): periods and stations; the last is drawn solid.
        periods: P names.
    """
    figure = new_figure(9.5, 0.32 * len(periods) * len(errors) + 1.4)
    axes = figure.subplots()
    said = []
    for number, (name, values) in enumerate(errors.items()):
        style = _METHODS[number + len(_METHODS) - len(errors)]
        rows = np.arange(len(periods)) * (len(errors) + 1) + number
        every = np.repeat(rows[:, None], values.shape[1], axis=1)
        axes.plot(values, every, linestyle="none", marker=style["marker"], color=style["color"],
                  markersize=6, alpha=0.55)  # fmt: skip
        axes.plot(values.mean(1), rows, linestyle="none", marker="|", markersize=17,
                  markeredgewidth=3, color=style["color"])  # fmt: skip
        for row, mean, last in zip(rows, values.mean(1), values.max(1), strict=True):
            axes.text(last + 0.08, row, f"{mean:.2f}  {name}", va="center", fontsize=11,
                      color=style["color"])  # fmt: skip
        said.append(f"{name} {', '.join(f'{mean:.2f}' for mean in values.mean(1))}")
    middle = (len(errors) - 1) / 2
    axes.set(
        yticks=np.arange(len(periods)) * (len(errors) + 1) + middle, yticklabels=periods,
        ylim=((len(errors) + 1) * len(periods) - 1.2, -0.8),
        xlabel="mean absolute error, °C (dots: stations, bars: their mean)",
    )  # fmt: skip
    axes.grid(axis="y", visible=False)
    return figure, (
        f"Mean absolute error in {len(periods)} test periods, {', '.join(periods)}, one dot for "
        f"each station. Means in °C by period: {'; '.join(said)}."
    )


@shown
def interval_by_hour(share: np.ndarray, width: np.ndarray, level: float) -> tuple[Figure, str]:
    """How much of the truth an interval holds at each hour ahead, and how wide it is.

    Args:
        share: of the truth inside, (H,), between 0 and 1.
        width: mean width in °C, (H,).
        level: the share that was promised.
    """
    figure = new_figure(9.5, 3.2)
    left, right = figure.subplots(1, 2)
    hours = np.arange(1, len(share) + 1)
    left.plot(hours, 100 * share, color="#0b5fd0", marker="o", markersize=4.5)
    left.axhline(100 * level, color=GRAY, linestyle="--", linewidth=1.4)
    left.text(1, 100 * level + 1.5, "promised", fontsize=11)
    left.set(
        xlabel="hours ahead", ylabel="truth inside, %", ylim=(40, 102), xticks=[1, 6, 12, 18, 24]
    )
    right.plot(hours, width, color="#0b5fd0", marker="o", markersize=4.5)
    right.set(
        xlabel="hours ahead", ylabel="mean width, °C", ylim=(0, None), xticks=[1, 6, 12, 18, 24]
    )
    return figure, (
        f"Left: {100 * share.min():.0f} to {100 * share.max():.0f} % of the truth lies inside, "
        f"promised are {100 * level:.0f} %. Right: the interval widens from {width[0]:.1f} °C one "
        f"hour ahead to {width[-1]:.1f} °C after {len(width)} hours."
    )
