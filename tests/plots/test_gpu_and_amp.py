"""The figures of lesson 6: labeled, told apart without color, and true in their alt text."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.text import Text

from lstm_lessons import plots
from lstm_lessons.benchmark import records
from lstm_lessons.benchmark.timing import Row

SECONDS = {1: np.array([1e-3, 1e-3, 9.0]), 64: np.array([4e-3, 4e-3, 4e-3])}
WORK = {1: 1e6, 64: 64e6}
SAME = {"table": "t", "shape": "s", "phase": "run", "baseline": "float32"}
ROWS = [
    Row(variant="float32", seconds=(1, 1, 1), ratio=(1, 1, 1), state_error=1e-7, **SAME),
    Row(variant="bfloat16", seconds=(2, 2, 2), ratio=(1.5, 2, 2.5), state_error=4e-3, **SAME),
]
FIGURES = {
    "batch_sweep": ((SECONDS, WORK), {"peak": 5e10, "device": "cpu"}),
    "error_and_time": ((ROWS,), {}),
}


def drawn(name: str):
    arguments, options = FIGURES[name]
    return getattr(plots, name).draw(*arguments, **options)


@pytest.mark.parametrize("name", FIGURES)
def test_every_axis_has_a_label_and_every_kind_of_line_a_style_of_its_own(name):
    figure, alt = drawn(name)
    assert len(alt) > 60
    for axes in figure.axes:
        assert axes.get_xlabel() and axes.get_ylabel()
        named = [line for line in axes.lines if not line.get_label().startswith("_")]
        styles = {(line.get_linestyle(), line.get_marker()) for line in named}
        assert len(named) > 1 and len(styles) == len(named)


def test_the_sweep_is_told_by_medians_and_by_the_work_done():
    figure, alt = drawn("batch_sweep")
    assert "with 64 times the batch, 1 to 64, a pass on the cpu takes 4 times as long" in alt
    assert "from 1 to 16 GFLOP/s; one large matrix product reaches 50" in alt
    assert figure.axes[0].lines[0].get_ydata() == pytest.approx([1, 4])
    assert figure.axes[1].lines[0].get_ydata() == pytest.approx([1, 16])


def test_the_error_stands_beside_the_time():
    figure, alt = drawn("error_and_time")
    assert "bfloat16: 2 times the time, off by 4e-03" in alt
    points = [(line.get_xdata()[0], line.get_ydata()[0]) for line in figure.axes[0].lines[1:4:2]]
    assert points == [(1e-7, 1), (4e-3, 2)]


@pytest.mark.parametrize("table", ["dense", "packed", "classifier"])
def test_nothing_of_the_recorded_comparisons_is_cut_off(table):
    rows = [row for row in records.load("cpu").rows if row.table == table]
    figure, _ = plots.benchmark.draw([row for row in rows if row.shape == rows[0].shape])
    figure.draw_without_rendering()
    shown = [text for text in figure.findobj(Text) if text.get_text() and text.get_visible()]
    assert len(shown) > 10
    for text in shown:
        box = text.get_window_extent()
        assert figure.bbox.x0 <= box.x0 < box.x1 <= figure.bbox.x1, text.get_text()
