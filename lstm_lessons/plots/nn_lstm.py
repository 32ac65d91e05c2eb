"""Figures of lesson 3: streams in windows, the state between them, and padding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from lstm_lessons.plots.shared import GRAY, new_figure, shown

_WAYS = (  # by the order in which they are given: a style for each way to treat the state
    {"color": "#1f2430", "linestyle": ":", "marker": "x", "zorder": 5},  # the first lies on top
    {"color": "#a834e8", "linestyle": (0, (5, 1.5)), "marker": "^"},
    {"color": "#0b5fd0", "linestyle": "-", "marker": "o"},
    {"color": "#a3242b", "linestyle": (0, (6, 2, 2, 2)), "marker": "D"},
)


@shown
def stream_in_windows(
    x: np.ndarray, guesses: Mapping[str, np.ndarray], window: int
) -> tuple[Figure, str]:
    """A stream, and what two forecasters said one step before, cut into windows.

    Args:
        x: the true values, shape (T,).
        guesses: per name, the guess for each of them, shape (T,).
        window: steps a window; a line is drawn wherever one begins.
    """
    figure = new_figure(10, 4.4)
    stream, errors = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    stream.plot(x, color="#1f2430", linewidth=1.4, label="the stream")
    for (name, guess), style in zip(guesses.items(), (_WAYS[0], _WAYS[2]), strict=True):
        stream.plot(guess, label=name, markersize=5, linewidth=1.2, **style)
        errors.plot(np.abs(guess - x), label=name, markersize=5, linewidth=1.2, **style)
    for axes in (stream, errors):
        for start in range(0, len(x), window):
            axes.axvline(start, color="#f2c94c", linewidth=5, alpha=0.5, zorder=0)
    stream.set(ylabel="value", title="Yellow: a window begins")
    stream.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    errors.set(xlabel="step t", ylabel="distance", ylim=(0, None))
    starts = np.arange(len(x)) % window == 0
    said = [
        f"{name}, {np.abs(guess - x)[starts].mean():.2f} at the first step of a window and "
        f"{np.abs(guess - x)[~starts].mean():.2f} at the others"
        for name, guess in guesses.items()
    ]
    alt = (
        f"A stream of {len(x)} steps in windows of {window}, with two forecasts. Mean distance "
        f"from the truth: {'; '.join(said)}."
    )
    return figure, alt


@shown
def error_by_step(
    errors: Mapping[str, np.ndarray], *, floor: float | None = None
) -> tuple[Figure, str]:
    """Mean squared error at each step of a window, one thin line a seed.

    Args:
        errors: per way to treat the state, shape (S, W): seeds and steps of a window.
        floor: an error that nobody can beat, drawn as a line.
    """
    figure = new_figure(9, 3.8)
    axes = figure.subplots()
    said = []
    for (name, values), style in zip(errors.items(), _WAYS, strict=False):
        at = np.arange(1, values.shape[1] + 1)
        for number, line in enumerate(values):
            axes.plot(
                at, line, label=name if number == 0 else None, linewidth=1.4, markersize=5, **style
            )
        first, last = values[:, 0].mean(), values[:, -1].mean()
        said.append(f"{name}, from {first:.2f} at the first to {last:.2f} at the last")
    if floor is not None:
        axes.axhline(floor, color=GRAY, linewidth=1.2, linestyle="--")
        axes.text(1, floor * 1.1, "the noise itself", ha="left", va="bottom", fontsize=11)
    axes.set(xlabel="step of the window", ylabel="mean squared error", yscale="log")
    ticks = [0.01, 0.03, 0.1, 0.3, 1]
    axes.set(ylim=(0.008, 1), yticks=ticks, yticklabels=[f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    seeds = next(iter(errors.values())).shape[0]
    alt = (
        f"Mean squared error at each step of a window, log scale, one line for each of {seeds} "
        f"seeds. {'; '.join(said)}."
    )
    return figure, alt


@shown
def padding(
    lengths: np.ndarray, ways: Mapping[str, Sequence[np.ndarray]], *, batches: int = 6
) -> tuple[Figure, str]:
    """What is data and what is padding in the first batches, for several ways to batch.

    Args:
        lengths: true lengths, shape (N,).
        ways: per name, batches of indices into ``lengths``.
        batches: number of batches that are drawn.
    """
    figure = new_figure(10, 3.4)
    panels = figure.subplots(1, len(ways), sharey=True, squeeze=False)[0]
    said = []
    for axes, (name, indices) in zip(panels, ways.items(), strict=True):
        drawn = [lengths[batch] for batch in indices[:batches]]
        longest = np.concatenate([np.full(len(part), part.max()) for part in drawn])
        true = np.concatenate(drawn)
        edges = np.arange(len(true) + 1) - 0.5
        # One outline: as bars of their own, 1,280 recordings take two seconds to draw.
        axes.stairs(longest, edges, fill=True, facecolor="#f3d3c6", hatch="///",
                    edgecolor="#cc3a0c", linewidth=0, label="padding")  # fmt: skip
        axes.stairs(true, edges, fill=True, color="#0b5fd0", label="data")
        for border in np.cumsum([len(part) for part in drawn])[:-1]:
            axes.axvline(border - 0.5, color="white", linewidth=2)
        share = 1 - true.sum() / longest.sum()
        axes.set(
            xlabel=f"recordings, in {len(drawn)} batches", title=f"{name}: {share:.0%} padding"
        )
        said.append(f"{name}, {share:.0%} of the steps")
    panels[0].set_ylabel("steps (frames)")
    handles, labels = panels[-1].get_legend_handles_labels()
    panels[-1].legend(handles, labels, loc="center left", bbox_to_anchor=(1.0, 0.5))
    alt = (
        f"Bars of the lengths of all recordings in {batches} batches, padded to the longest of "
        f"each batch. Padding: {'; '.join(said)}."
    )
    return figure, alt


@shown
def in_batches_and_alone(
    errors: Mapping[str, Mapping[str, np.ndarray]], *, baseline: np.ndarray, baseline_name: str
) -> tuple[Figure, str]:
    """Test errors of programs that are asked in batches and one by one, one dot a seed.

    Args:
        errors: per program and way to ask it, the error of each seed, shape (S,).
        baseline: error of a simple method for each seed, shape (S,).
        baseline_name: what that method is called.
    """
    rows = {
        f"{program}, {way}": values
        for program, ways in errors.items()
        for way, values in ways.items()
    }
    figure = new_figure(9, 0.5 * (len(rows) + 1) + 1.1)
    axes = figure.subplots()
    markers = dict(zip(errors, ("X", "o"), strict=False))
    colors = dict(zip(errors, ("#a3242b", "#0b5fd0"), strict=False))
    for row, (name, values) in enumerate(rows.items()):
        program = next(key for key in errors if name.startswith(f"{key},"))
        axes.plot(
            values, np.full(len(values), row), markers[program], color=colors[program],
            markersize=9, alpha=0.8, linestyle="none",
        )  # fmt: skip
    axes.plot(baseline, np.full(len(baseline), len(rows)), "|", color=GRAY, markersize=16, mew=3)
    axes.set(
        xscale="log", xlabel="test mean squared error (left is better)", xlim=(0.02, 2),
        yticks=range(len(rows) + 1), yticklabels=[*rows, baseline_name],
        ylim=(len(rows) + 0.5, -0.5), xticks=[0.03, 0.1, 0.3, 1],
        xticklabels=["0.03", "0.1", "0.3", "1"],
    )  # fmt: skip
    axes.minorticks_off()
    said = [f"{name}, {np.median(values):.2f}" for name, values in rows.items()]
    alt = (
        f"Test error, one mark per seed, log scale. Medians: {'; '.join(said)}; "
        f"{baseline_name}, {np.median(baseline):.2f}."
    )
    return figure, alt
