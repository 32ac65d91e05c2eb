"""The palette as CSS: a figure is found by its file, and every symbol has its two shades."""

from __future__ import annotations

import re

import IPython.display
import pytest
from matplotlib.figure import Figure

from lstm_lessons.palette import DARK, LIGHT, RIVALS, SYMBOLS
from lstm_lessons.plots import show
from lstm_lessons.widgets.shared import theme


@pytest.mark.parametrize("size", [(1, 1), (9, 3.5)], ids=["small", "large"])
def test_a_figure_bears_the_mark_that_the_style_sheet_looks_for(size, monkeypatch):
    files = []
    monkeypatch.setattr(IPython.display, "display", lambda data, **_: files.append(data["image/png"]))
    show(Figure(figsize=size), alt="nothing")
    mark = re.search(r"img\[src\*='([\w+/]+)'\]", theme.figures())[1]
    assert files[0].index(mark) == 44, "right after the header"


def test_every_color_is_a_variable_on_both_kinds_of_page():
    light, dark, *_ = re.findall(r"\{([^{}]*)\}", theme.variables())
    for line, name in [*((s, s.key) for s in SYMBOLS.values()), (RIVALS[5], "rival-5")]:
        assert f"--ll-{name}: {line.color};" in light
        assert f"--ll-{name}: {line.dark_color};" in dark
    assert f"--ll-page: {LIGHT.page};" in light and f"--ll-page: {DARK.page};" in dark


def test_what_is_drawn_in_the_color_of_the_text_follows_the_text():
    rules = theme.equations()
    assert SYMBOLS["c"].color not in rules
    assert all(SYMBOLS[key].color in rules for key in "ifgoh")
