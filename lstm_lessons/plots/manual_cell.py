"""Figures of lesson 2: the adding problem, and what the cell needs to solve it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from lstm_lessons.palette import SYMBOLS
from lstm_lessons.plots.shared import GRAY, new_figure, shown, symbol_style

_RIVALS = (  # by the order in which they are given: a style for each network that is trained
    {"color": "#8a93a3", "linestyle": (0, (1, 1.5)), "marker": "x"},
    {"color": "#0b5fd0", "linestyle": "-", "marker": "o"},
)


@shown
def adding_sequence(x: np.ndarray) -> tuple[Figure, str]:
    """One sequence of the adding problem: its numbers, and the two marked ones.

    Args:
        x: shape (T, 2): numbers and marks.
    """
    numbers, marks = np.asarray(x).T
    marked = np.flatnonzero(marks)
    figure = new_figure(9, 2.8)
    axes = figure.subplots()
    axes.vlines(np.arange(len(numbers)), 0, numbers, color="#8a93a3", linewidth=2)
    axes.vlines(marked, 0, numbers[marked], color="#0b5fd0", linewidth=4)
    axes.plot(marked, numbers[marked], "v", color="#0b5fd0", markersize=10, clip_on=False)
    axes.vlines(marked, numbers[marked], 1.08, color="#0b5fd0", linewidth=1, linestyle=":")
    for step in marked:
        axes.text(step, 1.1, f"marked: {numbers[step]:.2f}", ha="center", fontweight="bold")
    axes.set(xlabel="step t", ylabel="number", ylim=(0, 1.3), yticks=[0, 0.5, 1])
    axes.set_title(f"To be answered after the last step: {numbers[marked].sum():.2f}")
    alt = (
        f"{len(numbers)} numbers between 0 and 1, one a step. Two are marked: "
        + " and ".join(f"{numbers[step]:.2f} at step {step}" for step in marked)
        + f". The answer is their sum, {numbers[marked].sum():.2f}."
    )
    return figure, alt


@shown
def learning_curves(
    curves: Mapping[str, np.ndarray], *, guess: float, window: int = 10
) -> tuple[Figure, str]:
    """Errors of several networks during training, every seed a line.

    Args:
        curves: per name, the error of each update, shape (updates, S).
        guess: the error of a constant guess, drawn as a line.
        window: number of updates that one point averages.
    """
    figure = new_figure(9, 3.8)
    axes = figure.subplots()
    ends = []
    for (name, curve), style in zip(curves.items(), _RIVALS, strict=False):
        blocks = curve[: len(curve) // window * window].reshape(-1, window, curve.shape[1])
        at = (np.arange(len(blocks)) + 1) * window
        for number, line in enumerate(blocks.mean(axis=1).T):
            axes.plot(
                at, line, label=f"{name}, {curve.shape[1]} seeds" if number == 0 else None,
                linewidth=1.6, markersize=5, markevery=(number, 5), **style,
            )  # fmt: skip
        reached = "below 0.01" if (blocks[-1].mean(axis=0) < 0.01).all() else "near the guess"
        ends.append(f"the {name} ends {reached}")
    axes.axhline(guess, color=GRAY, linewidth=1.2, linestyle="--")
    axes.text(
        0.99, guess * 1.6, "always the same guess", transform=axes.get_yaxis_transform(),
        ha="right", va="center", fontsize=11,
    )  # fmt: skip
    axes.axhline(0.01, color="#c9ced8", linewidth=1.2)
    axes.set(
        yscale="log", xlabel="updates of the weights", ylabel="mean squared error",
        ylim=(7e-4, 0.7), yticks=[0.001, 0.01, 0.1], yticklabels=["0.001", "0.01", "0.1"],
    )  # fmt: skip
    axes.legend(loc="lower left")
    alt = (
        "Mean squared error over the updates of the weights, log scale, one line per seed. All "
        f"start near the error of a constant guess, {guess:.3f}; {', '.join(ends)}."
    )
    return figure, alt


@shown
def gates_at_marks(gates: Mapping[str, np.ndarray], marks: Sequence[int]) -> tuple[Figure, str]:
    """A unit's gates and cell state on one sequence, the marked steps pointed out.

    Args:
        gates: per symbol (``"i"``, ``"f"``, ``"c"``, ...), its values, shape (T,).
        marks: the marked steps, counted from 0.
    """
    figure = new_figure(9, 1.3 * len(gates) + 0.7)
    every = figure.subplots(len(gates), 1, sharex=True)
    for axes, (key, values) in zip(every, gates.items(), strict=True):
        symbol = SYMBOLS[key]
        for mark in marks:
            axes.axvline(mark, color="#f2c94c", linewidth=6, alpha=0.6)
        axes.plot(values, **symbol_style(key), marker=symbol.marker, markersize=3.5)
        axes.set_ylabel(f"{symbol.name}\n${symbol.latex}$", fontsize=11)
        if symbol.high == 1:
            axes.set(ylim=(-0.08, 1.08), yticks=[0, 0.5, 1])
    for mark in marks:
        every[0].annotate(
            "marked", (mark, 1.1), ha="center", va="bottom", annotation_clip=False, fontsize=11
        )
    every[-1].set_xlabel("step t")
    steps = len(next(iter(gates.values())))
    alt = (
        f"{', '.join(SYMBOLS[key].name for key in gates)} of one unit over {steps} steps, the "
        f"marked steps {' and '.join(str(mark) for mark in marks)} pointed out."
    )
    return figure, alt


@shown
def ablation(errors: Mapping[str, np.ndarray], *, guess: float) -> tuple[Figure, str]:
    """Test error of every variant of the cell, one dot a seed.

    Args:
        errors: per variant, the mean squared error of each seed, shape (S,).
        guess: the error of a constant guess, drawn as a line.
    """
    figure = new_figure(9, 0.42 * len(errors) + 1.2)
    axes = figure.subplots()
    for row, values in enumerate(errors.values()):
        failed = np.median(values) > 0.1
        axes.plot(
            values, np.full(len(values), row), "X" if failed else "o", markersize=9,
            color="#a3242b" if failed else "#0b5fd0", alpha=0.75, linestyle="none",
        )  # fmt: skip
    axes.axvline(guess, color=GRAY, linewidth=1.2, linestyle="--")
    axes.text(guess * 0.97, -0.75, "always the same guess", ha="right", va="center", fontsize=11)
    axes.set(
        xscale="log", xlabel="test mean squared error (left is better)", yticks=range(len(errors)),
        yticklabels=list(errors), ylim=(len(errors) - 0.5, -1.1), xlim=(7e-4, 0.4),
        xticks=[0.001, 0.01, 0.1], xticklabels=["0.001", "0.01", "0.1"],
    )  # fmt: skip
    failed = [name for name, values in errors.items() if np.median(values) > 0.1]
    alt = (
        "Test error of each variant of the cell, one dot per seed, log scale. Near the error of a "
        f"constant guess, {guess:.3f}: {', '.join(failed) or 'none'}."
    )
    return figure, alt
