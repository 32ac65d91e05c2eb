"""Widgets, figures and their stills draw what they compare in the same colors and dashes."""

from __future__ import annotations

import pytest

from lstm_lessons.palette import RIVALS, SYMBOLS
from lstm_lessons.plots.shared import rivals
from tests.browser.looks import rgb
from tests.browser.samples import sample

THEMES = pytest.mark.parametrize("theme, shade", [("light", "color"), ("dark", "dark_color")])
LOOK = "(node) => { const s = getComputedStyle(node); return [s.stroke, s.strokeDasharray]; }"


@THEMES
def test_the_methods_of_a_forecast_look_as_in_the_figures(show, theme, shade):
    widget = sample("forecast")
    root = show(widget, theme).root
    names = [method["name"] for method in widget.data["methods"]]
    seen = [line.evaluate(LOOK) for line in root.locator("label.fx-method path").all()]
    figure = [style["color"] for style in rivals(names, main=-1).values()]
    lines = [next(line for line in RIVALS if line.color == color) for color in figure]
    assert [color for color, _ in seen] == [rgb(getattr(line, shade)) for line in lines]
    assert [dash == "none" for _, dash in seen] == [not line.dash for line in lines]
    assert len({dash for _, dash in seen}) == len(names) > 2


@THEMES
def test_the_symbols_of_a_widget_are_those_of_the_palette(show, theme, shade):
    root = show(sample("gate"), theme).root
    for key, symbol in SYMBOLS.items():
        drawn = root.evaluate("(node, key) => getComputedStyle(node).getPropertyValue(key)", f"--ll-{key}")
        assert drawn.strip() == getattr(symbol, shade)
