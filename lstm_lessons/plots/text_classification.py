"""Figures of lesson 8: what is taken for what, and a unit that reads letters."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from lstm_lessons.plots.shared import new_figure, shown


@shown
def confusion(matrix: np.ndarray, names: Sequence[str]) -> tuple[Figure, str]:
    """What is taken for what: shares of each row, with the diagonal left pale.

    Args:
        matrix: (K, K) counts, a row for the truth, a column for the answer.
        names: K classes.
    """
    matrix = np.asarray(matrix)
    shares = 100 * matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    errors = shares.copy()
    np.fill_diagonal(errors, 0)
    figure = new_figure(10, 0.33 * len(names) + 1.5)
    axes = figure.subplots()
    limit = max(float(errors.max()), 1.0)
    picture = axes.imshow(errors, cmap="Blues", vmin=0, vmax=limit, aspect="auto")
    for row, column in np.ndindex(shares.shape):
        value = shares[row, column]
        if value >= 0.95:
            dark = row != column and value > 0.55 * limit
            axes.text(column, row, f"{value:.0f}", ha="center", va="center", fontsize=11,
                      color="#ffffff" if dark else "#1f2430",
                      weight="bold" if row == column else "normal")  # fmt: skip
    axes.set(xticks=range(len(names)), yticks=range(len(names)), xlabel="answer", ylabel="truth")
    plain = {"parse_math": False}  # names may be a learner's own: "$5 or $6" is no formula
    axes.set_yticklabels(names, **plain)
    axes.set_xticklabels(names, rotation=40, ha="right", rotation_mode="anchor", **plain)
    axes.grid(False)
    figure.colorbar(picture, ax=axes, label="% of the row, errors alone", pad=0.02)
    worst = sorted(np.ndindex(errors.shape), key=lambda place: -errors[place])[:3]
    said = [f"{names[a]} taken for {names[b]}: {errors[a, b]:.0f} %" for a, b in worst]
    return figure, (
        f"Confusion matrix of {len(names)} classes, in percent of each row. Right are "
        f"{np.diag(shares).min():.0f} to {np.diag(shares).max():.0f} %. "
        f"The most frequent errors: {'; '.join(said)}."
    )


@shown
def letters_of_a_unit(
    texts: Sequence[str], values: Sequence[np.ndarray], label: str
) -> tuple[Figure, str]:
    """Texts whose letters stand on the color of one unit's value at that letter.

    Args:
        texts: one row each.
        values: for each text, one number a letter between -1 and 1.
        label: what the numbers are.
    """
    longest = max(map(len, texts))
    shown = np.full((len(texts), longest), np.nan)
    for row, series in enumerate(values):
        shown[row, : len(series)] = series
    figure = new_figure(10, 0.36 * len(texts) + 0.9)
    axes = figure.subplots()
    picture = axes.imshow(shown, cmap="PuOr_r", vmin=-1.6, vmax=1.6, aspect="auto")
    for row, text in enumerate(texts):
        for column, letter in enumerate(text):
            axes.text(column, row, letter, ha="center", va="center", fontsize=12)
    axes.set(xlabel="letter", yticks=range(len(texts)), yticklabels=[], ylabel="phrase")
    axes.set_xticks(range(4, longest, 5), range(5, longest + 1, 5))
    axes.grid(False)
    bar = figure.colorbar(picture, ax=axes, label=label, pad=0.02, ticks=[-1, 0, 1])
    bar.ax.set_ylim(-1, 1)
    extremes = [
        f"“{text}” from {series.min():.1f} to {series.max():.1f}"
        for text, series in zip(texts, values, strict=True)
    ]
    return figure, f"{label} at each letter of {len(texts)} phrases: {', '.join(extremes)}."
