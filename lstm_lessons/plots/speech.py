"""Figures of lesson 12: spliced strings, what a network says of each frame, and error rates by voice."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from lstm_lessons.plots import shared
from lstm_lessons.plots.shared import Drawn, shown


def _mark_words(axes: Axes, bounds: np.ndarray, labels: Sequence[int]) -> None:
    """Lines where each word begins and ends, and its digit above."""
    for (begin, end), label in zip(bounds, labels, strict=True):
        axes.axvspan(begin + 0.5, end + 0.5, facecolor="none", edgecolor=shared.INK, linewidth=1)
        shared.note(axes, str(label), ((begin + end + 1) / 2, 1), ha="center", xycoords=axes.get_xaxis_transform())


@shown(frames="T I", bounds="U 2", labels="U")
def spoken_string(frames: np.ndarray, bounds: np.ndarray, labels: Sequence[int]) -> Drawn:
    """A string's coefficients, (T, 13), in standard deviations, its words framed by their bounds, (U, 2)."""
    figure, axes = shared.subplots(10, 3)
    picture = axes.imshow(
        frames.T, aspect="auto", origin="lower", cmap="RdBu_r", vmin=-2.5, vmax=2.5, interpolation="nearest",
        extent=(0.5, len(frames) + 0.5, 0.5, frames.shape[1] + 0.5),
    )  # fmt: skip
    axes.grid(visible=False)
    _mark_words(axes, bounds, labels)
    axes.set(xlabel="frame (25 ms each)", ylabel="coefficient", yticks=range(1, frames.shape[1] + 1, 4))
    figure.colorbar(picture, ax=axes, label="standard deviations", fraction=0.03)
    words = ", ".join(f"{label} in frames {a + 1} to {b}" for label, (a, b) in zip(labels, bounds, strict=True))
    return figure, f"{frames.shape[1]} coefficients of {len(frames)} frames; spliced are {words}."


@shown(tables="T K", bounds="U 2", labels="U", classes="K")
def posteriors(
    tables: Mapping[str, np.ndarray], bounds: np.ndarray, labels: Sequence[int], classes: Sequence[str]
) -> Drawn:
    """The probability of each class at each frame, (T, K) for each network; words framed by their bounds, (U, 2)."""
    figure, grid = shared.subplots(10, 2.9 * len(tables) + 0.4, len(tables), 1, squeeze=False, sharex=True)
    panels = grid[:, 0]
    said = []
    for axes, (name, table) in zip(panels, tables.items(), strict=True):
        picture = axes.imshow(
            table.T, aspect="auto", origin="upper", cmap="Blues", vmin=0, vmax=1, interpolation="nearest",
            extent=(0.5, len(table) + 0.5, len(classes) - 0.5, -0.5),
        )  # fmt: skip
        axes.grid(visible=False)
        axes.set(yticks=range(len(classes)), yticklabels=classes, ylabel=f"class ({name})")
        _mark_words(axes, bounds, labels)
        blank = (table.argmax(1) == 0).mean()
        said.append(f"{name}: the blank is the most probable at {blank:.0%} of {len(table)} frames")
    panels[-1].set_xlabel("frame (25 ms each)")
    figure.colorbar(picture, ax=panels, label="probability", fraction=0.03)
    return figure, f"Probability of each class by frame, while {' '.join(map(str, labels))} is said. {'; '.join(said)}."


@shown(rates="V", voices="V")
def error_by_voice(rates: Mapping[str, np.ndarray], voices: Sequence[str]) -> Drawn:
    """The digit error rate of each technique on each voice that was left out, (V,) percent: a letter a voice."""
    figure, axes = shared.subplots(10, 0.5 * len(rates) + 1.2)
    close = 0.015 * max(values.max() for values in rates.values())
    for row, values in enumerate(rates.values()):
        axes.plot(values.mean(), row, "|", color=shared.BLUE, markersize=20, markeredgewidth=3)
        last, lift = -np.inf, 0.0
        for k in np.argsort(values):  # a letter that would lie on the one before stands above it
            lift = 0.3 if values[k] - last < close and not lift else 0.0
            axes.plot(values[k], row - lift, marker=f"${voices[k]}$", color=shared.INK, markersize=8, linestyle="none")
            last = values[k]
    shared.name_rows(axes, rates)
    axes.set(xlabel="digit error rate (%): a letter a voice, the bar their mean", xlim=(0, None))
    told = shared.each(rates, lambda v: f"mean {v.mean():.0f}, from {v.min():.0f} to {v.max():.0f}")
    return figure, f"Digit error rates in percent on voices {', '.join(voices)}. {told}."
