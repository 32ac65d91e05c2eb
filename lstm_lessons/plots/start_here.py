"""Figures of lesson 0: the symbols, and a memory that fades."""

from collections.abc import Sequence

import numpy as np

from lstm_lessons.palette import SYMBOLS
from lstm_lessons.plots import shared
from lstm_lessons.plots.shared import Drawn, shown

_WORK = {
    "i": "how much is written",
    "f": "how much of the old memory stays",
    "g": "what could be written",
    "o": "how much of the memory is shown",
    "c": "the memory itself",
    "h": "what the cell shows of it",
}


@shown()
def symbols() -> Drawn:
    """The six symbols of an LSTM, each with its line, marker, range and work."""
    figure, axes = shared.subplots(8.5, 3.1)
    axes.axis("off")
    axes.set(xlim=(0, 10), ylim=(len(SYMBOLS) - 0.5, -0.9))
    for place, title in ((0.9, "line"), (2.0, "symbol and name"), (4.7, "range"), (6.3, "work")):
        axes.text(place, -0.75, title, color=shared.GRAY, ha="center" if place == 0.9 else "left")
    described = []
    for row, (key, symbol) in enumerate(SYMBOLS.items()):
        bounds = "no bound" if symbol.low is None else f"{symbol.low} to {symbol.high}"
        axes.plot([0.1, 0.9, 1.7], [row] * 3, markersize=8, **shared.symbol_style(key))
        axes.text(2.0, row, f"${symbol.latex}$", color=symbol.color, va="center", fontsize=15)
        axes.text(2.5, row, symbol.name, color=symbol.color, va="center")
        axes.text(4.7, row, bounds, va="center")
        axes.text(6.3, row, _WORK[key], va="center")
        described.append(f"{key}, {symbol.name}, {bounds}: {_WORK[key]}")
    return figure, f"Each symbol has its own line and marker. {'; '.join(described)}."


@shown(start_only="T", memory="T")
def fading(start_only: Sequence[float], memory: Sequence[float]) -> Drawn:
    """A memory at steps 0 to T, scaled at every step, alone and with something written to it."""
    figure, axes = shared.subplots(8.5, 3.0)
    axes.axhline(0, color=shared.GRAY, linewidth=1)
    axes.plot(start_only, **shared.symbol_style("c") | {"label": "nothing is written"})
    axes.plot(memory, color=shared.GRAY, linestyle="--", marker="x", label="a little is written")
    axes.set(xlabel="step t", ylabel="memory $c_t$", xlim=(-0.3, len(memory) - 0.7))
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.legend()
    above = int((np.asarray(memory)[1:] > np.asarray(start_only)[1:]).sum())
    went = shared.change(start_only[0], start_only[-1], ".2f")
    return figure, (
        f"Memory over {len(memory) - 1} steps. With nothing written it {went}. With a little "
        f"written at each step it is above that curve after {above} of the steps and ends at "
        f"{memory[-1]:.2f}."
    )
