"""Figures of lesson 3: the error by step of a window, and padding."""

from collections.abc import Mapping, Sequence

import numpy as np

from lstm_lessons.plots import shared
from lstm_lessons.plots.shared import Drawn, shown


@shown(errors="_ W|W")
def error_by_step(
    errors: Mapping[str, np.ndarray], *, floor: float | None = None, quantity: str = "mean squared error"
) -> Drawn:
    """An error at each of W steps of a window, one thin line a seed, (S, W) a way; one network alone may be (W,).

    The ``floor``, an error that nobody can beat, is drawn as a line.
    """
    errors = {name: np.atleast_2d(values) for name, values in errors.items()}
    figure, axes = shared.subplots(9, 3.8)
    shared.curves(axes, errors, linewidth=1.4)
    if floor is not None:
        shared.level(axes, floor, "the noise itself")
    shared.log_axis(axes.yaxis, 1, 2, 5)
    axes.set(xlabel="step of the window", ylabel=quantity)
    shared.legend_beside(axes)
    means = {name: values.mean(axis=0) for name, values in errors.items()}
    said = shared.each(means, lambda mean: f"{mean[0]:.2f} at the first and {mean[-1]:.2f} at the last")
    noise = "" if floor is None else f"; the noise itself: {floor:.2g}"
    return figure, (
        f"{quantity.capitalize()} at each step of a window, log scale, one line for each of "
        f"{len(next(iter(errors.values())))} seeds. Means: {said}{noise}."
    )


@shown(lengths="N", ways="<N")
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


@shown()
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
