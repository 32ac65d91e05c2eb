"""Figures of lesson 11: how far a translation stays right, and where a decoder looks."""

from collections.abc import Mapping

import numpy as np

from lstm_lessons.plots import shared
from lstm_lessons.plots.shared import Drawn, shown


@shown()
def still_right(shares: Mapping[str, np.ndarray]) -> Drawn:
    """The share of texts, from 0 to 1, that are right in all of their first 1, 2, ... letters, (T,) each."""
    figure, axes = shared.subplots(8.5, 3.6)
    for name, style in shared.rivals(shares).items():
        values = 100 * np.asarray(shares[name])
        axes.plot(range(1, len(values) + 1), values, label=name, linewidth=1.8, markevery=4, markersize=6, **style)
    axes.set(xlabel="letters written", ylabel="texts without a mistake (%)", ylim=(-3, 103))
    shared.legend_beside(axes)
    said = shared.each(shares, lambda values: f"{values[0]:.0%} after 1 letter, {values[-1]:.0%} after {len(values)}")
    return figure, f"Share of texts without a mistake so far, by the number of letters written. {said}."


@shown(weights="_ _")
def alignment(source: str, written: str, weights: np.ndarray) -> Drawn:
    """Where a decoder looked in a source of S letters at each of the T letters that it wrote, (T, S), from 0 to 1."""
    if weights.shape != (len(written), len(source)):
        raise ValueError(f"weights must have the shape {(len(written), len(source))}, (T, S), got {weights.shape}")
    figure, axes = shared.subplots(min(11, 0.34 * len(source) + 2.4), min(7.5, 0.27 * len(written) + 1.1))
    picture = axes.imshow(weights, cmap="Blues", vmin=0, vmax=weights.max(), aspect="auto")
    letters = {"parse_math": False}  # "$" is a letter like others
    axes.set_xticks(range(len(source)), list(source.replace(" ", "\u2423")), **letters)
    axes.set_yticks(range(len(written)), list(written.replace(" ", "\u2423")), **letters)
    axes.set(xlabel="letter read", ylabel="letter written")
    axes.grid(False)
    figure.colorbar(picture, ax=axes, label="share of attention", pad=0.02)
    places = ", ".join(
        f"{letter} at {source[column]} ({column + 1})"
        for letter, column in zip(written, weights.argmax(1), strict=True)
    )
    return figure, (
        f"Attention of “{written}” over “{source}”: each letter written, and the letter that it looked at most with "
        f"its place. {places}."
    )
