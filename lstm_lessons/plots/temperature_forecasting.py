"""Figures of lesson 7: temperatures, and the errors of forecasts."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from matplotlib.dates import DateFormatter, MonthLocator
from matplotlib.ticker import MultipleLocator

from lstm_lessons.palette import RIVALS
from lstm_lessons.plots import shared
from lstm_lessons.plots.arguments import same_names
from lstm_lessons.plots.shared import Drawn, shown

_BLUE, _BROWN, _GREEN, _VIOLET, _MAUVE, _RED = map(shared.style_of, RIVALS)
_LOOKS = {
    "seasonal fit": {"color": shared.GRAY, "linestyle": ":", "marker": "P"},
    "persistence": _BROWN,
    "anomaly stays": _RED,
    "ridge, temperatures": _GREEN,
    **dict.fromkeys(("ridge, more weather", "both ridges", "best ridge"), _VIOLET),
    "ridge, same windows": _GREEN | {"linestyle": ":", "marker": "D"},
    "LSTM alone": _MAUVE,
    "LSTM and ridges": _BLUE,
    "direct": _MAUVE | {"linestyle": ":"},
    "recursive": _RED | {"linestyle": "-."},
    "as trained": _MAUVE | {"linestyle": ":", "marker": "o"},  # three intervals of one LSTM
    "by October": _MAUVE | {"linestyle": "-.", "marker": "P"},
    "day by day": _MAUVE,
    "ridge, its errors": _VIOLET,
    "quantile ridge": _GREEN | {"linestyle": ":"},
    "quantile ridge, day by day": _GREEN | {"linestyle": "-", "marker": "s"},
}


def _looks(methods: Iterable[str]) -> dict[str, dict]:
    """The style of each method, the same in all figures of the lesson; of others, those of `shared.rivals`."""
    names = list(methods)
    known = {name: _LOOKS[name] for name in names if name in _LOOKS}
    return known if len(known) == len(names) else shared.rivals(names, main=-1)


@shown(panels="@_;_?;_")
def suspects(panels: Mapping[str, tuple[np.ndarray, np.ndarray, int]]) -> Drawn:
    """Readings that cannot be true, each among its neighbors.

    Each label of a y axis has its times (T,), readings (T,), and which of them is wrong.
    """
    for label, (time, values, wrong) in panels.items():
        if not len(time) == len(values) > wrong:
            raise ValueError(f"panels[{label!r}] must hold a place among {len(time)} times and readings, got {wrong}")
    figure, (row,) = shared.subplots(10, 3.1, 1, len(panels), squeeze=False)
    said = []
    for axes, (label, (time, values, wrong)) in zip(row, panels.items(), strict=True):
        hours = (time - time[wrong]).astype("timedelta64[h]").astype(int)
        value, rest = values[wrong], np.delete(values, wrong)
        axes.plot(hours, values, color=shared.INK, marker="o", markersize=4)
        axes.plot(0, value, "o", markersize=15, markerfacecolor="none", color=shared.RED, mew=2.2)
        text = f"{value:.1f}".replace("-", "\u2212")
        shared.note(axes, text, (0, value), (11, 0), va="center", color=shared.RED)
        axes.set(xlabel=f"hours from {str(time[wrong]).replace('T', ' ')} h UTC", ylabel=label)
        axes.xaxis.set_major_locator(MultipleLocator(3))
        said.append(f"{label}: {value:.1f} among readings of {np.nanmin(rest):.0f} to {np.nanmax(rest):.0f}")
    return figure, f"Single readings and their neighbors, each in its own panel. {'; '.join(said)}."


@shown(time="@N", series="N?")
def year_and_split(time: np.ndarray, series: np.ndarray, name: str, parts: Mapping[str, tuple[int, int]]) -> Drawn:
    """A year of temperatures in °C, (N,), and which weeks are for what.

    Each part has its first hour and the hour after the last; the name is that of the station.
    """
    figure, axes = shared.subplots(10, 3.2)
    axes.plot(time, series, color=shared.INK, linewidth=0.7)
    top = float(np.nanmax(series)) + 7
    shades = (("#dbe6f6", ""), ("#f3e7c4", "///"), ("#f3d3c6", "..."))
    for (part, (start, stop)), (color, hatch) in zip(parts.items(), shades, strict=False):
        left, right = time[start], time[min(stop, len(time)) - 1]
        axes.axvspan(left, right, color=color, zorder=0, hatch=hatch, ec="white", linewidth=0)
        axes.text(left + (right - left) / 2, top - 1, part, ha="center", va="top", fontsize=11)
    year = str(time[len(time) // 2])[:4]
    axes.set(xlabel=year, ylabel=f"{name}, °C", ylim=(None, top), xlim=(time[0], time[-1]))
    axes.xaxis.set_major_formatter(DateFormatter("%b"))
    axes.xaxis.set_major_locator(MonthLocator())
    dates = ", ".join(f"{part} from {str(time[start])[:10]}" for part, (start, _) in parts.items())
    coldest, hottest = (str(time[find(series)])[:10] for find in (np.nanargmin, np.nanargmax))
    return figure, (
        f"Temperature at {name} over the year, from {np.nanmin(series):.0f} °C on {coldest} to "
        f"{np.nanmax(series):.0f} °C on {hottest}. In order of time: {dates}."
    )


@shown(errors="H")
def error_by_hour_ahead(errors: Mapping[str, np.ndarray], *, minus: str = "") -> Drawn:
    """Mean absolute error of several methods at each hour ahead, (H,) in °C; of others than ours, the last is solid.

    With ``minus``, the name of one of them, its error is subtracted: curves that lie close together come apart.
    """
    same_names("errors", errors, filter(None, [minus]))
    figure, axes = shared.subplots(9, 3.9)
    looks = _looks(errors)
    values = {name: error - (errors[minus] if minus else 0) for name, error in errors.items()}
    labels = {name: f"{name}, {error.mean():.2f}" for name, error in errors.items()}
    shared.curves(
        axes, {labels[name]: error for name, error in values.items()}, markersize=4.5, linewidth=1.8,
        styles={labels[name]: looks[name] for name in errors},
    )  # fmt: skip
    hours = len(next(iter(errors.values())))
    of_it = f" minus that of {minus}" if minus else ""
    axes.set(
        xlabel="hours ahead", ylabel=f"mean absolute error{of_it and chr(10)}{of_it.strip()}, °C",
        xticks=[1, *range(6, hours + 1, 6)], xlim=(0.5, hours + 0.5),
    )  # fmt: skip
    if not minus:
        axes.set_ylim(0, None)
    shared.legend_beside(axes, title="method, mean over all hours")
    said = shared.each(values, lambda e: f"{e[0]:.1f}, {e[-1]:.1f} and {e.mean():.2f}")
    return figure, (
        f"Mean absolute error{of_it} over {hours} hours ahead. In °C at the first hour, at the last, and on average: "
        f"{said}."
    )


@shown(months="Q", errors="Q")
def error_by_months(months: Sequence[int], errors: Mapping[str, Sequence[float]]) -> Drawn:
    """Mean absolute error of methods, (Q,) in °C, that learned from so many months, (Q,)."""
    figure, axes = shared.subplots(8, 3.4)
    for name, style in _looks(errors).items():
        axes.plot(months, errors[name], label=name, linewidth=1.8, markersize=6, **style)
    axes.set(xlabel="months of examples before the test", ylabel="mean absolute error, °C", xticks=list(months))
    shared.legend_beside(axes)
    said = shared.each(errors, lambda values: ", ".join(f"{value:.2f}" for value in values))
    return figure, f"Mean absolute error in °C after {', '.join(map(str, months))} months of examples. {said}."


@shown(errors="P _", periods="P")
def error_by_period(errors: Mapping[str, np.ndarray], periods: Sequence[str]) -> Drawn:
    """Mean absolute error of several methods in several test periods, station by station.

    In °C, (P, S): periods and stations; the last method is the main one.
    """
    figure, axes = shared.subplots(9.5, 0.32 * len(periods) * len(errors) + 1.4)
    said, first = [], np.arange(len(periods)) * (len(errors) + 1)
    looks = _looks(errors)
    for number, name in enumerate(errors):
        style = looks[name]
        for row, values in zip(first + number, errors[name], strict=True):
            mean = values.mean()
            shared.dots(axes, row, values, bar=mean, alpha=0.55, **style)
            shared.note(axes, f"{mean:.2f}  {name}", (values.max(), row), (11, 0), va="center",
                        color=style["color"])  # fmt: skip
        said.append(f"{name} {', '.join(f'{mean:.2f}' for mean in errors[name].mean(1))}")
    axes.set(
        yticks=first + (len(errors) - 1) / 2, yticklabels=periods,
        ylim=((len(errors) + 1) * len(periods) - 1.2, -0.8),
        xlabel="mean absolute error, °C (dots: stations, bars: their mean)",
    )  # fmt: skip
    axes.grid(axis="y", visible=False)
    return figure, (
        f"Mean absolute error in {len(periods)} test periods, {', '.join(periods)}, one dot for "
        f"each station. Means in °C by period: {'; '.join(said)}."
    )


@shown(intervals="H")
def interval_by_hour(intervals: Mapping[str, tuple[np.ndarray, np.ndarray]], level: float) -> Drawn:
    """How much of the truth some intervals hold at each hour ahead, and how wide they are.

    Each has the share of the truth inside, (H,), between 0 and 1, as is the level that was promised, and the mean
    width, (H,), in °C.
    """
    figure, (left, right) = shared.subplots(10.5, 3.4, 1, 2)
    shares = {name: 100 * share for name, (share, _) in intervals.items()}
    widths = {name: width for name, (_, width) in intervals.items()}
    for axes, values in ((left, shares), (right, widths)):
        shared.curves(axes, values, styles=_looks(values), markersize=4.5, linewidth=1.8)
        axes.set(xlabel="hours ahead", xticks=[1, *range(6, len(next(iter(values.values()))) + 1, 6)])
    shared.level(left, 100 * level, "promised")
    left.set(ylabel="truth inside, %", ylim=(min(40, *(s.min() - 2 for s in shares.values())), 102))
    right.set(ylabel="mean width, °C", ylim=(0, None))
    shared.legend_beside(right)
    said = "; ".join(
        f"{name}: {shares[name].min():.0f} to {shares[name].max():.0f} % inside, its mean width in °C "
        f"{shared.change(widths[name][0], widths[name][-1], '.1f')}"
        for name in intervals
    )
    return figure, (
        f"How much of the truth lies inside at each hour ahead, promised are {100 * level:.0f} %, and the width from "
        f"the first hour to the last. {said}."
    )
