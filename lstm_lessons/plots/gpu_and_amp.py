"""Figures of lesson 6: times as multiples of a baseline's, and what precision costs."""

import textwrap
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from lstm_lessons.plots import shared
from lstm_lessons.plots.arguments import rows_with
from lstm_lessons.plots.shared import Drawn, shown


@shown()
def benchmark(rows: Iterable, *, source: str = "") -> Drawn:
    """Times as multiples of a baseline's, a panel for each comparison, quartiles as whiskers.

    Args:
        rows: of one comparison or more, each with the attributes ``table``, ``shape``, ``phase``, ``variant``,
            ``baseline`` and ``ratio`` of a ``benchmark.timing.Row``.
        source: where the numbers come from, written below.
    """
    comparisons = {}
    for row in rows_with("rows", rows, "table", "shape", "phase", "variant", "baseline", "ratio"):
        comparisons.setdefault((row.table, row.shape), []).append(row)
    columns = min(2, len(comparisons))
    lines = -(-len(comparisons) // columns)
    tallest = max(len({row.variant for row in group}) for group in comparisons.values())
    size = (8.5 * columns, (0.36 * tallest + 1.4) * lines)
    figure, panels = shared.subplots(*size, lines, columns, squeeze=False)
    said, marks = [], {}
    for axes, ((table, shape), group) in zip(panels.flat, comparisons.items(), strict=False):
        said.append(_ratios(axes, group))
        # Long names of variants leave a narrow panel; a title wider than it would be cut off.
        title = f"{table}: {shape}" if shape else table
        axes.set_title(textwrap.fill(title, 44), fontsize=12)
        handles, labels = axes.get_legend_handles_labels()
        marks |= zip(labels, handles, strict=True)
    for axes in panels.flat[len(comparisons) :]:
        axes.axis("off")
    if marks:
        figure.legend(marks.values(), marks, loc="outside upper right", ncols=len(marks))
    if source:
        figure.supxlabel(source, fontsize=10, color=shared.GRAY)
    return figure, f"Times as multiples of a baseline's, log scale. {' '.join(said)}"


def _ratios(axes: Axes, rows: Sequence) -> str:
    """Draw one comparison; returns what it shows, in a sentence."""
    variants = list(dict.fromkeys(row.variant for row in rows))
    phases = shared.rivals(dict.fromkeys(row.phase for row in rows), main=-1)
    *_, last = phases
    said = []
    shared.upright(axes, 1)
    for row in rows:
        place = variants.index(row.variant)
        at = place + 0.16 * (list(phases).index(row.phase) * 2 - len(phases) + 1)
        beside = {"va": "center", "transform": axes.get_yaxis_transform()}
        if row.phase == last:
            said.append(f"{row.variant}: {f'{row.ratio[1]:.2f}' if row.ratio else 'cannot run here'}")
        if row.ratio:
            named = len(phases) > 1 and place == 0
            shared.whisker(axes, at, row.ratio, label=row.phase if named else "", **phases[row.phase])
        if row.ratio and row.phase == last:
            axes.text(1.01, at, f"{row.ratio[1]:.2f}", color=shared.BLUE, fontsize=11, **beside)
        elif row.phase == last:
            box = {"facecolor": "white", "edgecolor": "none", "pad": 1}
            axes.text(0.02, place, "cannot run here", color=shared.GRAY, bbox=box, **beside)
    if len(phases) > 1:  # the numbers at the right are of one phase alone
        axes.text(1.01, 1, last, color=shared.BLUE, fontsize=11, va="bottom", transform=axes.transAxes)
    bounds = [bound for row in rows for bound in row.ratio or ()]
    left, right = min(0.7, min(bounds) / 1.2), max(1.5, max(bounds) * 1.2)
    shared.log_axis(axes.xaxis, 1, 2, 5)
    shared.name_rows(axes, variants)
    first = rows[0]
    axes.set(xlim=(left, right), xlabel=f"time, as a multiple of {first.baseline} (left is faster)")
    compared = ", ".join(filter(None, (first.table, first.shape)))
    return f"{compared}, {last}: {'; '.join(said)}."


@shown()
def batch_sweep(rows: Iterable[Mapping]) -> Drawn:
    """The time of a pass by batch size, and its roofline.

    Args:
        rows: those of ``benchmark.gpu.roofline``: ``dtype``, ``B``, ``seconds`` (quartiles) and the ``best`` of them,
            ``work`` in FLOP, and ``bytes``; ``peak`` and ``bandwidth`` of the device, in FLOP and bytes a second. These
            are its best, too, so the roofline compares them with the best.
    """
    rows = rows_with("rows", rows, "dtype", "B", "seconds", "best", "work", "bytes", "peak", "bandwidth")
    figure, (times, rates) = shared.subplots(11, 4, 1, 2)
    compared = {"color": shared.GRAY, "linestyle": "--", "linewidth": 1.4}
    said = []
    for dtype, style in shared.rivals(dict.fromkeys(row["dtype"] for row in rows), main=0).items():
        group = [row for row in rows if row["dtype"] == dtype]
        sizes = np.array([row["B"] for row in group])
        middle = np.array([row["seconds"][1] for row in group])
        density = np.array([row["work"] / row["bytes"] for row in group])
        rate = np.array([row["work"] / row["best"] for row in group]) / 1e9
        times.plot(sizes, 1e3 * middle, label=dtype, **style)
        if not said:
            times.plot(sizes, 1e3 * middle[0] * sizes / sizes[0], label="B times one", **compared)
        peak, width = group[0]["peak"] / 1e9, group[0]["bandwidth"] / 1e9
        ridge = peak / width
        roof = np.array([min(density[0], ridge) / 1.5, ridge, max(density[-1], ridge) * 1.5])
        label = None if said else "what this device can do"
        rates.plot(roof, np.minimum(peak, width * roof), label=label, **compared)
        rates.plot(density, rate, label=dtype, **style)
        for number, (row, x, y) in enumerate(zip(group, density, rate, strict=True)):
            # In turns below and above the line: on the flat part neighbors come close.
            beside = {"ha": "right", "va": "bottom"} if number % 2 else {"ha": "left", "va": "top"}
            shared.note(rates, f"B = {row['B']}", (x, y), (-4, 4) if number % 2 else (4, -4), fontsize=9, **beside)
        said.append(
            f"{dtype}: with {sizes[-1] / sizes[0]:.3g} times the batch, {sizes[0]} to {sizes[-1]}, a pass takes "
            f"{middle[-1] / middle[0]:.2g} times as long; {rate[0]:.2g} GFLOP/s at {density[0]:.2g} FLOP a byte, "
            f"{rate[-1]:.2g} at {density[-1]:.2g}; the roofs are {width:.3g} GB/s and {peak:.3g} GFLOP/s."
        )
    times.set(title="The time", ylabel="time of a pass, ms", xlabel="batch size B")
    times.set(xscale="log", yscale="log")
    times.set_xticks(sizes, sizes)
    rates.set(title="The roofline", ylabel="GFLOP/s", xlabel="arithmetic for each byte, FLOP")
    rates.set(xscale="log", yscale="log")
    rates.margins(0.12)
    for axes in (times, rates):
        axes.legend()
        axes.minorticks_off()
    return figure, f"Left: time by batch size. Right: roofline. {' '.join(said)}"


@shown()
def error_and_time(rows: Iterable) -> Drawn:
    """What each variant costs in time and in accuracy: never one without the other.

    The rows are those of `benchmark`, with a ratio and a ``state_error`` each.
    """
    rows = rows_with("rows", rows, "variant", "baseline", "ratio", "state_error")
    figure, axes = shared.subplots(9, 3.4)
    for row, style in zip(rows, shared.rivals(row.variant for row in rows).values(), strict=True):
        low, median, high = row.ratio
        axes.plot([row.state_error] * 2, [low, high], color=style["color"], linewidth=1.6)
        axes.plot(row.state_error, median, markersize=10, label=row.variant,
                  **style | {"linestyle": "none"})  # fmt: skip
    shared.level(axes, 1)
    axes.set(
        xscale="log", xlabel="largest error of c, against float64 (left is better)",
        ylabel=f"time, as a multiple\nof {rows[0].baseline}", ylim=(0, 1.1 * max(row.ratio[2] for row in rows)),
    )  # fmt: skip
    figure.legend(loc="outside upper center", ncols=len(rows))
    listed = "; ".join(
        f"{row.variant}: {row.ratio[1]:.2g} times the time, off by {row.state_error:.0e}" for row in rows
    )
    return figure, f"Time as a multiple of {rows[0].baseline}, and error against float64. {listed}."
