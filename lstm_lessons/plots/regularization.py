"""Figures of lesson 5: masks of dropout, and techniques compared seed by seed."""

import math
from collections.abc import Mapping
from string import ascii_uppercase

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap

from lstm_lessons.confidence import paired
from lstm_lessons.palette import LIGHT_PAGE
from lstm_lessons.plots import shared
from lstm_lessons.plots.arguments import same_names
from lstm_lessons.plots.shared import Drawn, shown

_DROPPED = ListedColormap(["#e8edf6", "#3b4a63"])
_EFFECTS = {
    "better": {"color": shared.BLUE, "marker": "o"},
    "no effect seen": {"color": shared.GRAY, "marker": "s", "markerfacecolor": LIGHT_PAGE},
    "worse": {"color": shared.RED, "marker": "X"},
}


@shown(masks="_ _")
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


@shown(new="V", known="V")
def compare_techniques(
    new: Mapping[str, np.ndarray], known: Mapping[str, np.ndarray] | None = None, *, baseline: str = "baseline"
) -> Drawn:
    """Accuracy of each technique on each voice that was left out, and its paired difference to the baseline.

    Letters are voices, bars 95 % intervals. Rows go from the best difference to the worst; where the interval of the
    difference spans 0, its marker is hollow: no effect seen.

    Args:
        new: per technique, percent right when each voice was left out, (V,), as `studies.Study.by_voice` tells: of that
            voice, or of those that were trained on.
        known: the same for new recordings of voices that were trained on; its means are drawn beside the first.
        baseline: the technique that the others are compared with.

    Raises:
        ValueError: if ``baseline`` is not among the techniques.
    """
    if baseline not in new:
        raise ValueError(f"baseline must be one of {list(new)}, got {baseline!r}")
    same_names("known", known or new, new)
    gains = {name: paired(values, new[baseline]) for name, values in new.items() if name != baseline}
    order = [baseline, *sorted(gains, key=lambda name: -gains[name].mean)]
    size = (10, 0.29 * len(order) + 1.5)
    figure, (shares, differences) = shared.subplots(*size, 1, 2, sharey=True)
    said = []
    for row, name in enumerate(order):
        for letter, percent in zip(ascii_uppercase, new[name], strict=False):
            shared.dots(shares, row, [percent], color=shared.GRAY, marker=f"${letter}$", markersize=6)
        shared.whisker(shares, row, [new[name].mean()] * 3, color=shared.BLUE, marker="|", markersize=14)
        if known:
            shared.dots(shares, row, [np.mean(known[name])], color=shared.RED, marker="D", markersize=5)
        if name == baseline:
            shared.upright(shares, new[name].mean())
            continue
        gain = gains[name]
        effect = "no effect seen" if gain.spans_zero else "better" if gain.mean > 0 else "worse"
        shared.whisker(differences, row, (gain.low, gain.mean, gain.high), **_EFFECTS[effect])
        said.append(f"{name}, {gain.mean:+.1f} ({gain.low:+.1f} to {gain.high:+.1f})")
    differences.axvline(0, color=shared.GRAY, linewidth=1.2)
    for effect, style in _EFFECTS.items():
        differences.plot([], [], linestyle="none", markersize=8, label=effect, **style)
    marks = {"mean": (shared.BLUE, "|")} | ({"known voices": (shared.RED, "D")} if known else {})
    for name, (color, marker) in marks.items():
        shares.plot([], [], linestyle="none", color=color, marker=marker, label=name)
    handles, labels = (left + right for left, right in zip(*map(_legend, (shares, differences)), strict=True))
    figure.legend(handles, labels, loc="outside lower center", ncols=5)
    shared.name_rows(shares, order, room=0.6)
    lowest = min(values.min() for values in new.values())
    low = max(0, 10 * math.floor((lowest - 3) / 10))  # near the top, letters would lie on each other
    shares.set(xlabel="right (%)", xlim=(low, 100), title="A letter for each voice left out")
    differences.set(xlabel=f"points above {baseline!r}", title="Difference, voice by voice")
    known_voices = f", on known voices {np.mean(known[baseline]):.1f} %" if known else ""
    return figure, (
        f"Left: percent right on each of {len(new[baseline])} voices left out in turn, for {len(order)} techniques; "
        f"{baseline} has a mean of {new[baseline].mean():.1f} %{known_voices}. Right: points above it, with 95 % "
        f"intervals, from best to worst: {'; '.join(said)}."
    )


def _legend(axes: Axes) -> tuple[list, list]:
    return axes.get_legend_handles_labels()
