"""Figures of lesson 6: times as multiples of a baseline's, and what precision costs."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from lstm_lessons.palette import LIGHT_PAGE
from lstm_lessons.plots.shared import GRAY, new_figure, shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from lstm_lessons.benchmark.timing import Row

_PHASE_STYLES = {
    "forward": {"marker": "o", "color": "#a3242b", "markerfacecolor": LIGHT_PAGE},
    "training": {"marker": "s", "color": "#0b5fd0"},  # and whatever else takes steps
}
_RATIO_TICKS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500)


@shown
def benchmark(rows: Iterable[Row], *, source: str = "") -> tuple[Figure, str]:
    """Times as multiples of a baseline's, a panel for each comparison, quartiles as whiskers.

    Args:
        rows: of one comparison or more, as from ``bench.dense`` or in ``timing.Record.rows``.
        source: where the numbers come from, written below; as ``timing.Record.label``.
    """
    comparisons = {}
    for row in rows:
        comparisons.setdefault((row.table, row.shape), []).append(row)
    columns = min(2, len(comparisons))
    lines = -(-len(comparisons) // columns)
    tallest = max(len({row.variant for row in group}) for group in comparisons.values())
    figure = new_figure(8.5 * columns, (0.36 * tallest + 1.4) * lines)
    panels = figure.subplots(lines, columns, squeeze=False).flat
    said = []
    for axes, ((table, shape), group) in zip(panels, comparisons.items(), strict=False):
        said.append(_ratios(axes, group))
        # Long names of variants leave a narrow panel; a title wider than it would be cut off.
        title = f"{table}: {shape}" if shape else table
        axes.set_title(textwrap.fill(title, 44), fontsize=12)
    for axes in panels:  # those that are left over
        axes.axis("off")
    marks = {
        label: mark
        for axes in figure.axes
        for mark, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    if marks:
        figure.legend(marks.values(), marks, loc="outside upper right", ncols=len(marks))
    if source:
        figure.supxlabel(source, fontsize=10, color=GRAY)
    return figure, f"Times as multiples of a baseline's, log scale. {' '.join(said)}"


def _ratios(axes: Axes, rows: Sequence[Row]) -> str:
    """Draw one comparison; returns what it shows, in a sentence."""
    variants = list(dict.fromkeys(row.variant for row in rows))
    phases = list(dict.fromkeys(row.phase for row in rows))
    first = rows[0]
    axes.axvline(1, color=GRAY, linewidth=1.2, linestyle="--")
    for row in rows:
        at = variants.index(row.variant) + 0.16 * (phases.index(row.phase) * 2 - len(phases) + 1)
        if row.ratio is None:
            if row.phase == phases[-1]:
                axes.text(0.02, variants.index(row.variant), "cannot run here", va="center",
                          transform=axes.get_yaxis_transform(), color=GRAY,
                          bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})  # fmt: skip
            continue
        low, median, high = row.ratio
        style = _PHASE_STYLES.get(row.phase, _PHASE_STYLES["training"])
        axes.plot([low, high], [at, at], color=style["color"], linewidth=1.4)
        label = row.phase if len(phases) > 1 and row.variant == first.variant else None
        axes.plot(median, at, linestyle="none", markersize=7, label=label, **style)
        if row.phase == phases[-1]:
            axes.text(
                1.01, at, f"{median:.2f}", transform=axes.get_yaxis_transform(), va="center",
                color=style["color"], fontsize=11,
            )  # fmt: skip
    bounds = [bound for row in rows for bound in row.ratio or ()]
    left, right = min(bounds) / 1.2, max(bounds) * 1.2
    left, right = min(left, 0.7), max(right, 1.5)
    ticks = [tick for tick in _RATIO_TICKS if left <= tick <= right]
    axes.set(
        xscale="log", xlim=(left, right), xticks=ticks, xticklabels=[f"{t:g}" for t in ticks],
        yticks=range(len(variants)), yticklabels=variants, ylim=(len(variants) - 0.5, -0.5),
        xlabel=f"time, as a multiple of {first.baseline} (left is faster)",
    )  # fmt: skip
    axes.minorticks_off()
    listed = "; ".join(
        f"{row.variant}: {f'{row.ratio[1]:.2f}' if row.ratio else 'cannot run here'}"
        for row in rows
        if row.phase == phases[-1]
    )
    compared = ", ".join(filter(None, (first.table, first.shape)))
    return f"{compared}, {phases[-1]}: {listed}."


_LADDER_COLORS = ("#555e6e", "#0b5fd0", "#a3242b", "#067a75", "#a834e8", "#9c6100")


@shown
def batch_sweep(
    seconds: Mapping[int, np.ndarray], work: Mapping[int, float], *, peak: float, device: str
) -> tuple[Figure, str]:
    """The time of a pass and the arithmetic it gets done in a second, by batch size.

    Args:
        seconds: of each timed run, by batch size.
        work: floating-point operations of a pass, by batch size.
        peak: floating-point operations a second of one large matrix product: the roof.
        device: where it ran, for the title.
    """
    figure = new_figure(10, 3.5)
    times, rates = figure.subplots(1, 2)
    sizes = np.array(list(seconds))
    middle = np.array([np.median(values) for values in seconds.values()])
    rate = np.array([work[size] for size in sizes]) / middle
    times.plot(sizes, 1e3 * middle, color="#0b5fd0", marker="o", label="measured")
    times.plot(sizes, 1e3 * middle[0] * sizes / sizes[0], color=GRAY, linestyle="--",
               linewidth=1.4, label="B times one")  # fmt: skip
    times.set(
        ylabel="time of a pass, ms", yscale="log", title=f"A batch is cheap at first ({device})"
    )
    times.legend()
    rates.plot(sizes, rate / 1e9, color="#0b5fd0", marker="o", label="the LSTM")
    rates.axhline(peak / 1e9, color=GRAY, linestyle="--", linewidth=1.4, label="one large product")
    rates.set(ylabel="GFLOP/s", ylim=(0, None), title="The roof")
    rates.legend(loc="lower right")
    for axes in (times, rates):
        axes.set(xscale="log", xlabel="batch size B")
        axes.set_xticks(sizes, [str(size) for size in sizes])
        axes.minorticks_off()
    first, last = sizes[0], sizes[-1]
    return figure, (
        f"Left: with {last // first} times the batch, {first} to {last}, a pass on the {device} "
        f"takes {middle[-1] / middle[0]:.0f} times as long. Right: from {rate[0] / 1e9:.2g} to "
        f"{rate[-1] / 1e9:.2g} GFLOP/s; one large matrix product reaches {peak / 1e9:.2g}."
    )


@shown
def error_and_time(rows: Iterable[Row]) -> tuple[Figure, str]:
    """What each variant costs in time and in accuracy: never one without the other.

    Args:
        rows: with a ratio and a ``state_error`` each, as from ``timing.compare``.
    """
    rows = list(rows)
    figure = new_figure(9, 3.4)
    axes = figure.subplots()
    for row, marker, color in zip(rows, "osD^vP", _LADDER_COLORS, strict=False):
        low, median, high = row.ratio
        axes.plot([row.state_error] * 2, [low, high], color=color, linewidth=1.4)
        axes.plot(row.state_error, median, linestyle="none", marker=marker, markersize=10,
                  color=color, label=row.variant)  # fmt: skip
    axes.axhline(1, color=GRAY, linestyle="--", linewidth=1.2)
    axes.set(
        xscale="log", xlabel="largest error of c, against float64 (left is better)",
        ylabel=f"time, as a multiple\nof {rows[0].baseline}", ylim=(0, None),
    )  # fmt: skip
    figure.legend(loc="outside upper center", ncols=len(rows))
    listed = "; ".join(
        f"{row.variant}: {row.ratio[1]:.2g} times the time, off by {row.state_error:.0e}"
        for row in rows
    )
    return figure, f"Time as a multiple of {rows[0].baseline}, and error against float64. {listed}."
