"""Figures of lesson 2: the adding problem, and what the cell needs to solve it."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from lstm_lessons.checks import one_of, sizes
from lstm_lessons.palette import SYMBOLS
from lstm_lessons.plots import shared
from lstm_lessons.plots.shared import Drawn, shown

SOLVED = 0.01  # a mean squared error below which the adding problem counts as solved


@shown(x="T 2")
def adding_sequence(x: np.ndarray) -> Drawn:
    """One sequence of the adding problem, (T, 2): its numbers, and the marked ones."""
    numbers, marks = np.asarray(x).T
    marked = np.flatnonzero(marks)
    figure, axes = shared.subplots(9, 2.8)
    axes.vlines(np.arange(len(numbers)), 0, numbers, color=shared.GRAY, alpha=0.7, linewidth=2)
    axes.vlines(marked, 0, numbers[marked], color=shared.BLUE, linewidth=4)
    axes.plot(marked, numbers[marked], "v", color=shared.BLUE, markersize=10, clip_on=False)
    axes.vlines(marked, numbers[marked], 1.08, color=shared.BLUE, linewidth=1, linestyle=":")
    for step in marked:
        axes.text(step, 1.1, f"marked: {numbers[step]:.2f}", ha="center", fontweight="bold")
    answer = numbers[marked].sum()
    axes.set(xlabel="step t", ylabel="number", ylim=(0, 1.3), yticks=[0, 0.5, 1])
    axes.set_title(f"To be answered after the last step: {answer:.2f}")
    told = " and ".join(f"{numbers[step]:.2f} at step {step}" for step in marked)
    return figure, (
        f"{len(numbers)} numbers from {numbers.min():.2f} to {numbers.max():.2f}, one a step. "
        f"Marked: {told}. The answer is their sum, {answer:.2f}."
    )


@shown(curves="_ _", gate="T", marks="<T")
def learning_curves(
    curves: Mapping[str, np.ndarray],
    *,
    guess: float,
    window: int = 10,
    gate: np.ndarray | None = None,
    marks: Sequence[int] = (),
) -> Drawn:
    """Errors of several networks during training, every seed a line, the last network solid.

    Each has (updates, S) errors, of which one point averages a ``window`` of updates. The error of a constant guess is
    drawn as a line. Below them, if given, a unit's input ``gate`` on one sequence, (T,), with its marked steps.
    """
    sizes(window=window)
    for name, curve in curves.items():
        if len(curve) < window:
            raise ValueError(f"curves[{name!r}] must hold at least {window} updates, one window, got {len(curve)}")
    heights = [3.8, 1.6][: 1 + (gate is not None)]
    figure, panels = shared.subplots(9, sum(heights), len(heights), squeeze=False, height_ratios=heights)
    axes, lines, said = panels[0, 0], {}, []
    for name, curve in curves.items():
        seeds = curve.shape[1]
        blocks = curve[: len(curve) // window * window].reshape(-1, window, seeds).mean(axis=1)
        lines[f"{name}, {seeds} seeds"] = blocks.T
        said.append(
            f"{name}: {(blocks[-1] < SOLVED).sum()} end below {SOLVED:g}, "
            f"{(blocks[-1] > guess / 2).sum()} above half of the guess's error"
        )
    at = window * np.arange(1, max(map(len, curves.values())) + 1)
    shared.curves(axes, lines, at=at, main=-1, linewidth=1.6, markevery=5)
    shared.level(axes, guess, "always the same guess")
    axes.axhline(SOLVED, color=shared.GRAY, alpha=0.4, linewidth=1.2)
    shared.log_axis(axes.yaxis, 1)
    axes.set(xlabel="updates of the weights", ylabel="mean squared error", ylim=(None, 0.7))
    axes.legend(loc="lower left")
    below = "" if gate is None else f" Below, one unit, {_told(marks)}: {_gate_row(panels[1, 0], 'i', gate, marks)}."
    return figure, (
        "Mean squared error over the updates of the weights, log scale, one line for each of "
        f"{seeds} seeds. A constant guess has {guess:.3f}. {'; '.join(said)}.{below}"
    )


@shown(lines="_?")
def by_step(lines: Mapping[str, np.ndarray], *, what: str, level: float | None = None) -> Drawn:
    """Sizes that differ by many powers of ten, after each of T steps, (T,) a line."""
    figure, axes = shared.subplots(9, 3.4)
    drawn = {name: np.where(values > 0, values, np.nan) for name, values in lines.items()}  # zero: a gap
    shared.curves(axes, drawn, markevery=0.1)
    if level is not None:
        axes.axhline(level, color=shared.GRAY, linestyle=":", linewidth=1.6)
    axes.set(xlabel="step t", ylabel=what, yscale="log")
    shared.legend_beside(axes)
    said = shared.each(lines, lambda values: f"{values[0]:.0e} at step 1 and {values[-1]:.0e} at step {len(values)}")
    return figure, f"{what}, after each step, log scale. {said}."


def _gate_row(axes: Axes, key: str, values: np.ndarray, marks: Sequence[int]) -> str:
    """Draw a unit's gate or state over time, (T,), the marked steps pointed out; what alt text says of it."""
    symbol = SYMBOLS[key]
    for mark in marks:
        axes.axvline(mark, color=shared.YELLOW, linewidth=6, alpha=0.6)
    axes.plot(values, markersize=3.5, **shared.symbol_style(key))
    axes.set_ylabel(f"{symbol.name}\n${symbol.latex}$", fontsize=11)
    if symbol.high == 1:
        axes.set(ylim=(-0.08, 1.08), yticks=[0, 0.5, 1])
    axes.set_xlabel("step t")
    rest = np.delete(values, marks)
    at_marks = " and ".join(f"{values[mark]:.2f}" for mark in marks)
    return f"{symbol.name} {at_marks}, else {rest.min():.2f} to {rest.max():.2f}"


@shown(gates="T", marks="<T")
def gates_at_marks(gates: Mapping[str, np.ndarray], marks: Sequence[int]) -> Drawn:
    """A unit's gates and cell state on one sequence, (T,) each, the marked steps pointed out.

    The gates are known by their symbols (``"i"``, ``"f"``, ``"c"``, ...); steps count from 0.
    """
    for key in gates:
        one_of("a key of gates", key, SYMBOLS)
    figure, every = shared.subplots(9, 1.3 * len(gates) + 0.7, len(gates), sharex=True)
    marks = list(marks)
    said = [_gate_row(axes, key, gates[key], marks) for axes, key in zip(np.ravel(every), gates, strict=True)]
    for axes in figure.axes:
        axes.label_outer()
    for mark in marks:
        shared.note(figure.axes[0], "marked", (mark, 1.08), ha="center")
    return figure, f"One unit over {len(next(iter(gates.values())))} steps, {_told(marks)}: {'; '.join(said)}."


def _told(marks: Sequence[int]) -> str:
    return f"its values at the marked steps {' and '.join(map(str, marks))} and at the others"


@shown()
def ablation(errors: Mapping[str, np.ndarray], *, guess: float) -> Drawn:
    """Test error of every variant of the cell, (S,), one dot a seed, and of a constant guess.

    A variant whose median lies above half of the guess's error has a red cross for each seed.
    """
    figure, axes = shared.subplots(9, 0.42 * len(errors) + 1.2)
    said = []
    for row, (name, values) in enumerate(errors.items()):
        failed = np.median(values) > guess / 2
        color, marker = (shared.RED, "X") if failed else (shared.BLUE, "o")
        beside = row + np.linspace(-0.2, 0.2, len(values))  # equal ones do not hide each other
        shared.dots(axes, beside, values, color=color, marker=marker)
        said.append(f"{name} {np.median(values):.3f}")
    shared.upright(axes, guess, "always the same guess")
    shared.log_axis(axes.xaxis, 1)
    shared.name_rows(axes, errors, room=1.1)
    axes.set_xlabel("test mean squared error (left is better)")
    return figure, (
        "Test error of each variant of the cell, one mark per seed, log scale. A constant guess "
        f"has {guess:.3f}. Medians: {'; '.join(said)}."
    )
