"""Figures of lesson 8: what is taken for what, and a unit that reads letters."""

from collections.abc import Mapping, Sequence

import numpy as np

from lstm_lessons.plots import shared
from lstm_lessons.plots.shared import Drawn, shown


@shown(matrix="K K", names="K")
def confusion(matrix: np.ndarray, names: Sequence[str]) -> Drawn:
    """What is taken for what: shares of each row, with the diagonal left pale.

    The (K, K) counts have a row for the truth, a column for the answer.
    """
    matrix = np.asarray(matrix)
    counts = matrix.sum(axis=1, keepdims=True)
    shares = 100 * matrix / np.maximum(counts, 1)
    errors = shares.copy()
    np.fill_diagonal(errors, 0)
    figure, axes = shared.subplots(10, 0.33 * len(names) + 1.5)
    limit = max(float(errors.max()), 1.0)
    picture = axes.imshow(errors, cmap="Blues", vmin=0, vmax=limit, aspect="auto")
    for row, column in np.ndindex(shares.shape):
        value = shares[row, column]
        if value >= 0.95:
            dark = row != column and value > 0.55 * limit
            axes.text(column, row, f"{value:.0f}", ha="center", va="center", fontsize=11,
                      color="white" if dark else shared.INK,
                      weight="bold" if row == column else "normal")  # fmt: skip
    axes.set(xticks=range(len(names)), yticks=range(len(names)), xlabel="answer", ylabel="truth")
    plain = {"parse_math": False}  # names may be a learner's own: "$5 or $6" is no formula
    axes.set_yticklabels(names, **plain)
    axes.set_xticklabels(names, rotation=40, ha="right", rotation_mode="anchor", **plain)
    axes.grid(False)
    figure.colorbar(picture, ax=axes, label="% of the row, errors alone", pad=0.02)
    right = np.diag(shares)[counts[:, 0] > 0]
    worst = sorted(np.argwhere(errors), key=lambda place: -errors[tuple(place)])[:3]
    said = [f"{names[a]} taken for {names[b]}: {errors[a, b]:.0f} %" for a, b in worst]
    return figure, (
        f"Confusion matrix of {len(names)} classes, in percent of each row. Right are "
        f"{right.min():.0f} to {right.max():.0f} %. "
        f"The largest shares of errors: {'; '.join(said) or 'none'}."
    )


@shown(texts="N")
def letters_of_a_unit(texts: Sequence[str], values: Sequence[np.ndarray], label: str) -> Drawn:
    """Texts whose letters stand on the color of one unit's value at that letter, from -1 to 1."""
    longest = max(map(len, texts))
    if len(values) != len(texts) or max(map(len, values)) > longest:
        raise ValueError(f"values must hold a number a letter of each text, got {[*map(len, values)]} of them")
    cells = np.full((len(texts), longest), np.nan)
    figure, axes = shared.subplots(10, 0.36 * len(texts) + 0.9)
    said = []
    for row, (text, series) in enumerate(zip(texts, values, strict=True)):
        cells[row, : len(series)] = series
        for column, letter in enumerate(text):
            axes.text(column, row, letter, ha="center", va="center", fontsize=12)
        said.append(f"“{text}” from {series.min():.1f} to {series.max():.1f}")
    picture = axes.imshow(cells, cmap="PuOr_r", vmin=-1.6, vmax=1.6, aspect="auto")
    axes.set(xlabel="letter", yticks=range(len(texts)), yticklabels=[], ylabel="phrase")
    axes.set_xticks(range(4, longest, 5), range(5, longest + 1, 5))
    axes.grid(False)
    bar = figure.colorbar(picture, ax=axes, label=label, pad=0.02, ticks=[-1, 0, 1])
    bar.ax.set_ylim(-1, 1)
    return figure, f"{label} at each letter of {len(texts)} phrases: {', '.join(said)}."


@shown(stated="Q", true="Q")
def calibration(stated: np.ndarray, true: np.ndarray) -> Drawn:
    """How often answers are right, bin by bin, against how sure the model was of them; both from 0 to 1, (Q,)."""
    figure, axes = shared.subplots(6.5, 4.2)
    axes.plot([0, 100], [0, 100], color=shared.GRAY, linewidth=1.2, label="calibrated")
    axes.plot(100 * stated, 100 * true, color=shared.BLUE, marker="o", linewidth=1.6, label="measured")
    axes.set(xlabel="says (%)", ylabel="is right in (%)", xlim=(0, 101), ylim=(0, 101))
    shared.legend_beside(axes)
    said = ", ".join(f"{x:.0%}: {y:.0%}" for x, y in zip(stated, true, strict=True))
    return figure, f"Share of right answers by what the model says of them. {said}."


@shown(sizes="Q", curves="Q")
def learning_curve(sizes: np.ndarray, curves: Mapping[str, np.ndarray]) -> Drawn:
    """Test accuracy, from 0 to 1, of methods that learned from so many texts, (Q,)."""
    figure, axes = shared.subplots(8, 3.6)
    for name, style in shared.rivals(curves, main=-1).items():
        axes.plot(sizes, 100 * curves[name], label=name, linewidth=1.6, markersize=6, **style)
    axes.set_xscale("log")
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.minorticks_off()
    axes.set(xlabel="training phrases (log scale)", ylabel="test accuracy (%)")
    shared.legend_beside(axes)
    said = shared.each(curves, lambda values: f"{values[0]:.0%} and {values[-1]:.0%}")
    return figure, f"Test accuracy after learning from {sizes[0]:,} and from {sizes[-1]:,} phrases. {said}."
