"""Figures of lesson 10: what a letter costs, and what a memory is for."""

from collections.abc import Mapping, Sequence

import numpy as np

from lstm_lessons.confidence import Interval
from lstm_lessons.plots import shared
from lstm_lessons.plots.shared import Drawn, shown


@shown
def bits_by_order(curves: Mapping[str, np.ndarray]) -> Drawn:
    """What a letter costs, in bits, by n-grams that look at 0 to K letters before it: (K + 1,) for each smoothing."""
    figure, axes = shared.subplots(8, 3.6)
    for name, style in shared.rivals(curves, main=-1).items():
        axes.plot(range(len(curves[name])), curves[name], label=name, linewidth=1.6, markersize=6, **style)
    axes.set(xlabel="letters before", ylabel="bits a letter", xticks=range(max(map(len, curves.values()))))
    shared.legend_beside(axes)
    said = shared.each(
        curves, lambda bits: f"{bits[0]:.1f} bits with none, least with {bits.argmin()} ({bits.min():.2f})"
    )
    return figure, f"Bits a letter by how many letters before it an n-gram looks at. {said}."


@shown
def cost_of_a_letter(methods: Mapping[str, Interval]) -> Drawn:
    """What a letter costs by several methods, in bits, with the interval over files; the cheapest at the bottom."""
    names = sorted(methods, key=lambda name: -methods[name].mean)
    figure, axes = shared.subplots(8, 0.5 * len(names) + 1)
    for row, name in enumerate(names):
        found = methods[name]
        style = {"color": shared.BLUE if name == "LSTM" else shared.INK, "marker": "o"}
        shared.whisker(axes, row, (found.low, found.mean, found.high), **style)
        shared.note(axes, f"{found.mean:.2f}", (found.high, row), (8, -4))
    shared.name_rows(axes, names)
    axes.set(xlabel="bits a letter, with the 95 % interval over held-out files")
    said = "; ".join(
        f"{name}: {methods[name].mean:.2f} ({methods[name].low:.2f} to {methods[name].high:.2f})" for name in names
    )
    return figure, f"Bits a letter on held-out files. {said}."


@shown
def right_by_distance(bins: Sequence[str], shares: Mapping[str, np.ndarray], counts: np.ndarray, what: str) -> Drawn:
    """How often what closes is chosen rightly, 0 to 1, by the letters since it was opened: (Q,) for each method."""
    figure, axes = shared.subplots(8, 3.6)
    for name, style in shared.rivals(shares, main=-1).items():
        axes.plot(range(len(bins)), 100 * shares[name], label=name, linewidth=1.6, markersize=6, **style)
    axes.set(xlabel="letters since it was opened", ylabel=f"right {what} (%)", ylim=(None, 101))
    axes.set_xticks(range(len(bins)), [f"{name}\n({count:,})" for name, count in zip(bins, counts, strict=True)])
    shared.legend_beside(axes)
    said = shared.each(shares, lambda values: ", ".join(f"{value:.0%}" for value in values))
    return figure, f"Share of right {what} by the distance to what they close ({', '.join(bins)} letters). {said}."
