"""Figures of lesson 5: masks of dropout, and techniques compared seed by seed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from lstm_lessons.confidence import interval, paired
from lstm_lessons.palette import LIGHT_PAGE
from lstm_lessons.plots.shared import GRAY, new_figure, shown

_DROPPED = ListedColormap(["#e8edf6", "#3b4a63"])
_EFFECTS = {  # color, marker and filling
    "better": ("#0b5fd0", "o", "#0b5fd0"),
    "none": (GRAY, "s", LIGHT_PAGE),
    "worse": ("#a3242b", "X", "#a3242b"),
}


@shown
def dropout_masks(masks: Mapping[str, np.ndarray]) -> tuple[Figure, str]:
    """What two kinds of dropout leave of a sequence of ones.

    Args:
        masks: per kind, the result for one sequence, shape (T, units).
    """
    figure = new_figure(9, 3.2)
    panels = figure.subplots(1, len(masks), sharey=True, squeeze=False)[0]
    said = []
    for axes, (name, kept) in zip(panels, masks.items(), strict=True):
        dropped = (kept == 0).T  # (units, T)
        axes.imshow(dropped, aspect="auto", cmap=_DROPPED, vmin=0, vmax=1, interpolation="nearest")
        for unit, step in np.argwhere(dropped):
            axes.plot(step, unit, "x", color="white", markersize=4, mew=1.2)
        axes.set(xlabel="step t", title=name)
        axes.grid(False)
        whole = int(dropped.all(axis=1).sum())
        said.append(
            f"{name}: {dropped.mean():.0%} of the cells dropped, {whole} of {len(dropped)} units "
            "at every step"
        )
    panels[0].set_ylabel("unit")
    alt = f"Two grids of units over steps; a dark cell with a cross is dropped. {'; '.join(said)}."
    return figure, alt


@shown
def compare_techniques(
    accuracy: Mapping[str, np.ndarray], *, baseline: str = "baseline"
) -> tuple[Figure, str]:
    """Test accuracy of each technique, and its paired difference to the baseline.

    Dots are seeds, bars 95 % intervals. Rows go from the best difference to the worst; where the
    interval of the difference spans 0, its marker is hollow: no effect seen.

    Args:
        accuracy: per technique, one value between 0 and 1 a seed, the seeds in the same order.
        baseline: the technique that the others are compared with.

    Raises:
        ValueError: if ``baseline`` is not among the techniques.
    """
    if baseline not in accuracy:
        raise ValueError(f"baseline must be one of {list(accuracy)}, got {baseline!r}")
    gains = {
        name: paired(100 * values, 100 * accuracy[baseline])
        for name, values in accuracy.items()
        if name != baseline
    }
    order = [baseline, *sorted(gains, key=lambda name: -gains[name].mean)]
    figure = new_figure(10, 0.29 * len(order) + 1.3)
    means, differences = figure.subplots(1, 2, sharey=True)
    for row, name in enumerate(order):
        values = 100 * accuracy[name]
        found = interval(values)
        means.plot(values, np.full(len(values), row), "|", color="#8a93a3", markersize=8)
        means.plot([found.low, found.high], [row, row], color=GRAY, linewidth=1.6)
        means.plot(found.mean, row, "o", color=GRAY, markersize=6)
        if name == baseline:
            means.axvline(found.mean, color=GRAY, linewidth=1, linestyle=":")
            continue
        gain = gains[name]
        kind = "none" if gain.spans_zero else "better" if gain.mean > 0 else "worse"
        color, marker, fill = _EFFECTS[kind]
        differences.plot([gain.low, gain.high], [row, row], color=color, linewidth=2)
        differences.plot(gain.mean, row, marker, color=color, markersize=8, markerfacecolor=fill)
    differences.axvline(0, color=GRAY, linewidth=1.2)
    for kind, label in (
        ("better", "better"),
        ("none", "no effect seen"),
        ("worse", "worse"),
    ):
        color, marker, fill = _EFFECTS[kind]
        differences.plot(
            [], [], marker, color=color, markerfacecolor=fill, markersize=8, label=label
        )
    figure.legend(*differences.get_legend_handles_labels(), loc="outside lower right", ncols=3)
    means.set(
        xlabel="test accuracy (%)", yticks=range(len(order)), yticklabels=order,
        ylim=(len(order) - 0.4, -0.6), title="Each seed, and the mean",
    )  # fmt: skip
    differences.set(xlabel=f"points above the {baseline}", title="Difference, seed by seed")
    told = [
        f"{name}, {gains[name].mean:+.1f} ({gains[name].low:+.1f} to {gains[name].high:+.1f})"
        for name in order[1:]
    ]
    alt = (
        f"Left: test accuracy of {len(order)} techniques with "
        f"{len(accuracy[baseline])} seeds each; the {baseline} has a mean of "
        f"{100 * accuracy[baseline].mean():.1f} %. Right: points above it, with 95 % intervals, "
        f"from best to worst: {'; '.join(told)}."
    )
    return figure, alt
