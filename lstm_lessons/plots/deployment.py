"""Figures of lesson 9: what variants of a model weigh, take and get right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from lstm_lessons.plots.shared import new_figure, shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SHIPPED = (  # by the order in which variants are given
    {"color": "#555e6e", "marker": "s"},
    {"color": "#7a5200", "marker": "x"},
    {"color": "#067a75", "marker": "^"},
    {"color": "#0b5fd0", "marker": "o"},
)


@shown
def shipped(
    accuracy: Mapping[str, float],
    kilobytes: Mapping[str, float],
    seconds: Mapping[str, Mapping[str, np.ndarray]],
) -> tuple[Figure, str]:
    """Accuracy, size and time of several variants of one model, one row each.

    Args:
        accuracy: on the test set, between 0 and 1, by variant.
        kilobytes: of the file, by variant.
        seconds: of each timed run, by kind of batch and variant, as from ``apart.measure``.
    """
    figure = new_figure(10, 0.42 * len(accuracy) + 1.5)
    panels = figure.subplots(1, 2 + len(seconds), sharey=True)
    names = list(accuracy)
    texts = {name: [] for name in names}

    def draw(axes: Axes, row: int, low: float, middle: float, high: float, text: str) -> None:
        style = _SHIPPED[row % len(_SHIPPED)]
        axes.plot([low, high], [row, row], color=style["color"], linewidth=2)
        axes.plot(middle, row, linestyle="none", markersize=8, markeredgewidth=2, **style)
        axes.annotate(text, (high, row), (9, 0), textcoords="offset points", va="center",
                      fontsize=11)  # fmt: skip
        texts[names[row]].append(text)

    for row, name in enumerate(names):
        value = 100 * accuracy[name]
        draw(panels[0], row, value, value, value, f"{value:.1f} %")
        draw(panels[1], row, *[kilobytes[name]] * 3, f"{kilobytes[name]:.0f} kB")
        for axes, measured in zip(panels[2:], seconds.values(), strict=True):
            low, middle, high = (1e3 * v for v in np.percentile(measured[name], (25, 50, 75)))
            draw(axes, row, low, middle, high, f"{middle:.2g} ms")
    lowest, highest = 100 * min(accuracy.values()), 100 * max(accuracy.values())
    panels[0].set(title="accuracy, %", xlim=(lowest - 1, highest + 3), xlabel="on the test set")
    panels[1].set(title="file, kB", xlim=(0, 1.8 * max(kilobytes.values())))
    panels[1].set_xlabel("one file")
    for axes, kind in zip(panels[2:], seconds, strict=True):
        slowest = 1e3 * max(np.median(values) for values in seconds[kind].values())
        axes.set(title=kind, xlim=(0, 1.9 * slowest), xlabel="ms, one thread")
    panels[0].set(yticks=range(len(names)), yticklabels=names, ylim=(len(names) - 0.6, -0.7))
    said = "; ".join(f"{name}: {', '.join(texts[name])}" for name in names)
    return figure, (
        "One row for each variant; accuracy, size of the file, and the median time with its "
        f"quartiles for {' and '.join(seconds)}. {said}."
    )


@shown
def int8_steps(weights: Mapping[str, np.ndarray]) -> tuple[Figure, str]:
    """How many of the 255 steps of INT8 the weights of a tensor use.

    Args:
        weights: per name, the weights of one tensor, any shape.
    """
    figure = new_figure(9, 3.2)
    panels = figure.subplots(1, len(weights), sharey=True, squeeze=False)[0]
    said = []
    for axes, (name, values) in zip(panels, weights.items(), strict=True):
        steps = np.round(values / (np.abs(values).max() / 127)).ravel()
        axes.hist(steps, bins=np.arange(-127.5, 128.5, 5), color="#0b5fd0", log=True)
        axes.set(title=name, xlabel="step, from −127 to 127", xlim=(-128, 128))
        zero = float((steps == 0).mean())
        axes.text(0.97, 0.95, f"at step 0: {zero:.0%}", transform=axes.transAxes, ha="right",
                  va="top", fontsize=11)  # fmt: skip
        said.append(f"{name}: {len(np.unique(steps))} steps in use, {zero:.0%} at step 0")
    panels[0].set_ylabel("weights")
    return figure, f"Weights rounded to steps of INT8, one scale a tensor. {'; '.join(said)}."


@shown
def cold_starts(seconds: Mapping[str, np.ndarray]) -> tuple[Figure, str]:
    """Seconds from a cold start to the answer, one mark a start.

    Args:
        seconds: of each start, by program.
    """
    figure = new_figure(9, 0.42 * len(seconds) + 1.1)
    axes = figure.subplots()
    said = []
    for row, (name, values) in enumerate(seconds.items()):
        style = _SHIPPED[(row - len(seconds)) % len(_SHIPPED)]
        axes.plot(values, np.full(len(values), row), linestyle="none", markersize=8,
                  markeredgewidth=2, alpha=0.75, clip_on=False, **style)  # fmt: skip
        axes.plot(np.median(values), row, linestyle="none", marker="|", markersize=22,
                  markeredgewidth=3, color=style["color"])  # fmt: skip
        said.append(f"{name} {np.median(values):.2g} s")
    axes.set(xlabel="seconds from start to answer (bar: median)", xlim=(0, None))
    axes.set(yticks=range(len(seconds)), yticklabels=seconds, ylim=(len(seconds) - 0.5, -0.5))
    starts = max(len(values) for values in seconds.values())
    return figure, f"Time of {starts} cold starts each. Medians: {', '.join(said)}."
