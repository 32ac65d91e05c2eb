"""Figures of lesson 0: the symbols, and a memory that fades."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from lstm_lessons.palette import SYMBOLS
from lstm_lessons.plots.shared import new_figure, shown, symbol_style

_WHAT_IT_DOES = {
    "i": "how much is written",
    "f": "how much of the old memory stays",
    "g": "what could be written",
    "o": "how much of the memory is shown",
    "c": "the memory itself",
    "h": "what the cell shows of it",
}


@shown
def symbols() -> tuple[Figure, str]:
    """The six symbols of an LSTM, each with its line, marker, range and work."""
    figure = new_figure(8.5, 3.1)
    axes = figure.subplots()
    axes.axis("off")
    axes.set(xlim=(0, 10), ylim=(len(SYMBOLS) - 0.5, -0.9))
    for place, title in ((0.9, "line"), (2.0, "symbol and name"), (4.7, "range"), (6.3, "work")):
        axes.text(place, -0.75, title, color="#555e6e", ha="center" if place == 0.9 else "left")
    described = []
    for row, symbol in enumerate(SYMBOLS.values()):
        style = symbol_style(symbol.key, markers=True) | {"markersize": 8}
        axes.plot([0.1, 0.9, 1.7], [row] * 3, **style)
        axes.text(2.0, row, f"${symbol.latex}$", color=symbol.color, va="center", fontsize=15)
        axes.text(2.5, row, symbol.name, color=symbol.color, va="center")
        bounds = "no bound" if symbol.low is None else f"{symbol.low} to {symbol.high}"
        axes.text(4.7, row, bounds, va="center")
        axes.text(6.3, row, _WHAT_IT_DOES[symbol.key], va="center")
        described.append(f"{symbol.key}, {symbol.name}, {bounds}: {_WHAT_IT_DOES[symbol.key]}")
    alt = "Each symbol has its own line and marker. " + "; ".join(described) + "."
    return figure, alt


@shown
def fading(start_only: Sequence[float], memory: Sequence[float]) -> tuple[Figure, str]:
    """A memory that is scaled at every step, alone and with something written to it.

    Args:
        start_only: the memory at steps 0 to T if nothing is written.
        memory: the same if something is written at every step.
    """
    figure = new_figure(8.5, 3.0)
    axes = figure.subplots()
    color = SYMBOLS["c"].color
    axes.axhline(0, color="#8a93a3", linewidth=1)
    axes.plot(start_only, color=color, marker="P", label="nothing is written")
    axes.plot(memory, color="#555e6e", linestyle="--", marker="x", label="a little is written")
    axes.set(xlabel="step t", ylabel="memory $c_t$", xlim=(-0.3, len(memory) - 0.7))
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.legend()
    alt = (
        f"Memory over {len(memory) - 1} steps. With nothing written it falls smoothly from "
        f"{start_only[0]:.0f} to {start_only[-1]:.2f}. With a little written at each step it "
        f"wanders around that curve and ends at {memory[-1]:.2f}."
    )
    return figure, alt
