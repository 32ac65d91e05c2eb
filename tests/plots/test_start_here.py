"""The figures of lesson 0: labeled, told apart without color, and true in their alt text."""

from __future__ import annotations

from lstm_lessons import plots
from lstm_lessons.palette import SYMBOLS
from tests.plots.checks import draw

FADING = [1.0, 0.5, 0.25]


def test_each_symbol_has_a_row_in_its_own_style():
    figure, alt = plots.symbols.draw()
    (axes,) = figure.axes
    drawn = [(line.get_color(), line.get_marker()) for line in axes.lines]
    assert drawn == [(symbol.color, symbol.marker) for symbol in SYMBOLS.values()]
    written = {text.get_text() for text in axes.texts}
    for row, (key, symbol) in enumerate(SYMBOLS.items()):
        assert set(axes.lines[row].get_ydata()) == {row}
        assert {symbol.name, f"${symbol.latex}$"} <= written
        bounds = "no bound" if symbol.low is None else f"{symbol.low} to {symbol.high}"
        assert f"{key}, {symbol.name}, {bounds}: " in alt


def test_a_fading_memory_is_drawn_and_told():
    figure, alt = draw("fading", (FADING, [1.0, 0.75, 0.125]))
    (axes,) = figure.axes
    assert list(axes.lines[1].get_ydata()) == FADING
    assert list(axes.lines[2].get_ydata()) == [1.0, 0.75, 0.125]
    assert alt == (
        "Memory over 2 steps. With nothing written it falls from 1.00 to 0.25. With a little "
        "written at each step it is above that curve after 1 of the steps and ends at 0.12."
    )


def test_a_memory_that_does_not_fade_is_not_told_as_fading():
    _, alt = draw("fading", ([1.0, 2.0, 4.0], FADING))
    assert "rises from 1.00 to 4.00" in alt and "falls" not in alt
    _, alt = draw("fading", ([1.0, 1.0, 1.0], FADING))
    assert "begins and ends at 1.00" in alt
