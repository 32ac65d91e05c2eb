"""Figures of lesson 5: masks of dropout, and techniques compared seed by seed."""

from collections.abc import Mapping

import numpy as np
from matplotlib.colors import ListedColormap

from lstm_lessons.confidence import interval, paired
from lstm_lessons.palette import LIGHT_PAGE
from lstm_lessons.plots import shared
from lstm_lessons.plots.shared import Drawn, shown

_DROPPED = ListedColormap(["#e8edf6", "#3b4a63"])
_EFFECTS = {
    "better": {"color": shared.BLUE, "marker": "o"},
    "no effect seen": {"color": shared.GRAY, "marker": "s", "markerfacecolor": LIGHT_PAGE},
    "worse": {"color": shared.RED, "marker": "X"},
}


@shown
def dropout_masks(masks: Mapping[str, np.ndarray]) -> Drawn:
    """What kinds of dropout leave of one sequence of ones, (T, units) each."""
    figure, (panels,) = shared.subplots(9, 3.2, 1, len(masks), sharey=True, squeeze=False)
    said = []
    for axes, (name, kept) in zip(panels, masks.items(), strict=True):
        dropped = (kept == 0).T  # (units, T)
        axes.imshow(dropped, aspect="auto", cmap=_DROPPED, vmin=0, vmax=1, interpolation="nearest")
        for unit, step in np.argwhere(dropped):
            axes.plot(step, unit, "x", color="white", markersize=4, mew=1.2)
        axes.set(xlabel="step t", title=name)
        axes.grid(False)
        said.append(
            f"{name}: {dropped.mean():.0%} of the cells dropped, {dropped.all(axis=1).sum()} of "
            f"{len(dropped)} units at every step"
        )
    panels[0].set_ylabel("unit")
    return figure, (f"Grids of units over steps; a cell with a cross is dropped. {'; '.join(said)}.")


@shown
def compare_techniques(accuracy: Mapping[str, np.ndarray], *, baseline: str = "baseline") -> Drawn:
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
    percent = {name: 100 * values for name, values in accuracy.items()}
    gains = {name: paired(values, percent[baseline]) for name, values in percent.items() if name != baseline}
    order = [baseline, *sorted(gains, key=lambda name: -gains[name].mean)]
    size = (10, 0.29 * len(order) + 1.3)
    figure, (means, differences) = shared.subplots(*size, 1, 2, sharey=True)
    said = []
    for row, name in enumerate(order):
        found = interval(percent[name])
        bounds = (found.low, found.mean, found.high)
        shared.dots(means, row, percent[name], color=shared.GRAY, marker="|", alpha=0.7)
        shared.whisker(means, row, bounds, color=shared.GRAY, marker="o", markersize=6)
        if name == baseline:
            shared.upright(means, found.mean)
            continue
        gain = gains[name]
        effect = "no effect seen" if gain.spans_zero else "better" if gain.mean > 0 else "worse"
        shared.whisker(differences, row, (gain.low, gain.mean, gain.high), **_EFFECTS[effect])
        said.append(f"{name}, {gain.mean:+.1f} ({gain.low:+.1f} to {gain.high:+.1f})")
    differences.axvline(0, color=shared.GRAY, linewidth=1.2)
    for effect, style in _EFFECTS.items():
        differences.plot([], [], linestyle="none", markersize=8, label=effect, **style)
    figure.legend(*differences.get_legend_handles_labels(), loc="outside lower right", ncols=3)
    shared.name_rows(means, order, room=0.6)
    means.set(xlabel="test accuracy (%)", title="Each seed, and the mean")
    differences.set(xlabel=f"points above the {baseline}", title="Difference, seed by seed")
    return figure, (
        f"Left: test accuracy of {len(order)} techniques with {len(accuracy[baseline])} seeds "
        f"each; the {baseline} has a mean of {percent[baseline].mean():.1f} %. Right: points above "
        f"it, with 95 % intervals, from best to worst: {'; '.join(said)}."
    )
