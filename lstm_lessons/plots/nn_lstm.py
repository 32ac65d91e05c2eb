"""Figures of lesson 3: streams in windows, the state between them, and padding."""

from collections.abc import Mapping, Sequence

import numpy as np

from lstm_lessons.plots import shared
from lstm_lessons.plots.shared import Drawn, shown


@shown
def stream_in_windows(x: np.ndarray, guesses: Mapping[str, np.ndarray], window: int) -> Drawn:
    """S streams, and what forecasters said one step before, (S, T) each, cut into windows.

    The first stream is drawn, and the mean distance from all of them: of one stream alone, chance hides where windows
    begin. The last forecaster is drawn solid; a line shows wherever a window of so many steps begins.
    """
    figure, (stream, errors) = shared.subplots(10, 4.4, 2, 1, sharex=True, height_ratios=(3, 2))
    stream.plot(x[0], color=shared.INK, linewidth=1.4, label="the stream")
    count, steps = x.shape
    starts = np.arange(steps) % window == 0
    said = []
    for name, style in shared.rivals(guesses, main=-1).items():
        distance = np.abs(guesses[name] - x).mean(axis=0)
        stream.plot(guesses[name][0], label=name, markersize=5, linewidth=1.2, **style)
        errors.plot(distance, label=name, markersize=5, linewidth=1.2, **style)
        said.append(
            f"{name}, {distance[starts].mean():.2f} at the first step of a window and "
            f"{distance[~starts].mean():.2f} at the others"
        )
    for axes in (stream, errors):
        for start in np.flatnonzero(starts):
            axes.axvline(start, color=shared.YELLOW, linewidth=5, alpha=0.5, zorder=0)
    stream.set(ylabel="value", title="Yellow: a window begins")
    shared.legend_beside(stream)
    errors.set(xlabel="step t", ylabel=f"mean distance,\n{count} streams", ylim=(0, None))
    return figure, (
        f"A stream of {steps} steps in windows of {window}, with {len(guesses)} forecasts. Mean "
        f"distance from the truth, {count} streams: {'; '.join(said)}."
    )


@shown
def error_by_step(errors: Mapping[str, np.ndarray], *, floor: float | None = None) -> Drawn:
    """Mean squared error at each of W steps of a window, one thin line a seed, (S, W) a way.

    The ``floor``, an error that nobody can beat, is drawn as a line.
    """
    figure, axes = shared.subplots(9, 3.8)
    shared.curves(axes, errors, linewidth=1.4)
    if floor is not None:
        shared.level(axes, floor, "the noise itself")
    shared.log_axis(axes.yaxis, 1, 3)
    axes.set(xlabel="step of the window", ylabel="mean squared error")
    shared.legend_beside(axes)
    means = {name: values.mean(axis=0) for name, values in errors.items()}
    said = shared.each(means, lambda mean: f"{mean[0]:.2f} at the first and {mean[-1]:.2f} at the last")
    noise = "" if floor is None else f"; the noise itself: {floor:.2g}"
    return figure, (
        "Mean squared error at each step of a window, log scale, one line for each of "
        f"{len(next(iter(errors.values())))} seeds. Means: {said}{noise}."
    )


@shown
def padding(lengths: np.ndarray, ways: Mapping[str, Sequence[np.ndarray]]) -> Drawn:
    """What is data and what is padding, for several ways to batch.

    A way has batches of indices into the true lengths, (N,).
    """
    figure, (panels,) = shared.subplots(10, 3.4, 1, len(ways), sharey=True, squeeze=False)
    said = []
    for axes, (name, indices) in zip(panels, ways.items(), strict=True):
        drawn = [lengths[batch] for batch in indices]
        longest = np.concatenate([np.full(len(part), part.max()) for part in drawn])
        true = np.concatenate(drawn)
        edges = np.arange(len(true) + 1) - 0.5
        # One outline: as bars of their own, 1,280 recordings take two seconds to draw.
        padded = {"facecolor": "#f6d9e3", "edgecolor": shared.RED, "hatch": "///", "linewidth": 0}
        axes.stairs(longest, edges, fill=True, label="padding", **padded)
        axes.stairs(true, edges, fill=True, color=shared.BLUE, label="data")
        for border in np.cumsum([len(part) for part in drawn])[:-1]:
            axes.axvline(border - 0.5, color="white", linewidth=0.6)
        share = 1 - true.sum() / longest.sum()
        axes.set(xlabel=f"recordings, in {len(drawn)} batches", title=f"{name}: {share:.0%} padding")
        said.append(f"{name}, {share:.0%} of the steps of {len(drawn)} batches")
    panels[0].set_ylabel("steps (frames)")
    shared.legend_beside(panels[-1])
    return figure, (
        "Bars of the lengths of all recordings, batch by batch, padded to the longest of each "
        f"batch. Padding: {'; '.join(said)}."
    )


@shown
def in_batches_and_alone(
    errors: Mapping[str, Mapping[str, np.ndarray]], *, baseline: np.ndarray, baseline_name: str
) -> Drawn:
    """Test errors of programs that are asked in batches and one by one, one dot a seed.

    Each program and way to ask it has (S,) errors, and so has a simple method, the baseline; the last program is the
    right one.
    """
    right, wrong = {"color": shared.BLUE, "marker": "o"}, {"color": shared.RED, "marker": "X"}
    rows = [
        (f"{program}, {way}", values, right if program == list(errors)[-1] else wrong)
        for program, ways in errors.items()
        for way, values in ways.items()
    ]
    rows.append((baseline_name, baseline, {"color": shared.GRAY, "marker": "d"}))
    figure, axes = shared.subplots(9, 0.5 * len(rows) + 1.1)
    for row, (_, values, style) in enumerate(rows):
        shared.dots(axes, row, values, **style)
    shared.log_axis(axes.xaxis, 1, 3)
    shared.name_rows(axes, [name for name, *_ in rows])
    axes.set_xlabel("test mean squared error (left is better)")
    said = "; ".join(f"{name}, {np.median(values):.2f}" for name, values, _ in rows)
    return figure, f"Test error, one mark per seed, log scale. Medians: {said}."
