"""The figures of lesson 6: labeled, told apart without color, and true in their alt text."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.text import Text

from lstm_lessons import plots
from lstm_lessons.benchmark import records
from lstm_lessons.benchmark.timing import Row
from lstm_lessons.plots import shared
from tests.plots.checks import draw

ROOFS = {"dtype": "float32", "peak": 5e10, "bandwidth": 2e9}
SWEEP = [
    {"B": 1, "seconds": [0.9e-3, 1e-3, 9.0], "best": 1e-3, "work": 1e6, "bytes": 1e6} | ROOFS,
    {"B": 64, "seconds": [4e-3, 4e-3, 4e-3], "best": 4e-3, "work": 64e6, "bytes": 2e6} | ROOFS,
]
SAME = {"table": "t", "shape": "s", "phase": "run", "baseline": "float32"}
ROWS = [
    Row(variant="float32", seconds=(1, 1, 1), ratio=(1, 1, 1), state_error=1e-7, **SAME),
    Row(variant="bfloat16", seconds=(2, 2, 2), ratio=(1.5, 2, 2.5), state_error=4e-3, **SAME),
]


def test_the_sweep_is_told_by_medians_and_below_the_roofs():
    figure, alt = draw("batch_sweep", (SWEEP,))
    assert "with 64 times the batch, 1 to 64, a pass takes 4 times as long" in alt
    assert "1 GFLOP/s at 1 FLOP a byte, 16 at 32; the roofs are 2 GB/s and 50 GFLOP/s" in alt
    times, rates = figure.axes
    assert times.lines[0].get_ydata() == pytest.approx([1, 4])
    roof, measured = rates.lines
    assert measured.get_xydata() == pytest.approx(np.array([[1, 1], [32, 16]]))
    x, y = roof.get_xdata(), roof.get_ydata()
    assert x[1] == 25, "the ridge: 50 GFLOP/s at 2 GB/s"
    assert y == pytest.approx([2 * x[0], 50, 50])


def test_each_precision_has_its_own_roof():
    half = [row | {"dtype": "float16", "peak": 1e11} for row in SWEEP]
    figure, alt = draw("batch_sweep", (SWEEP + half,))
    assert len(figure.axes[1].lines) == 4 and "float16: with 64" in alt


def test_the_error_stands_beside_the_time():
    figure, alt = draw("error_and_time", (ROWS,))
    assert "float32: 1 times the time, off by 1e-07" in alt
    assert "bfloat16: 2 times the time, off by 4e-03" in alt
    points = [(line.get_xdata()[0], line.get_ydata()[0]) for line in figure.axes[0].lines[1:4:2]]
    assert points == [(1e-7, 1), (4e-3, 2)]


def test_the_numbers_beside_two_phases_say_whose_they_are():
    rows = [row for row in records.load("cpu").rows if row.table == "dense"]
    figure, _ = plots.benchmark.draw([row for row in rows if row.shape == rows[0].shape])
    beside = [text for text in figure.axes[0].texts if text.get_position()[0] == 1.01]
    head = beside.pop(-1)
    assert head.get_text() == "training" and head.get_color() == shared.BLUE
    training = {f"{row.ratio[1]:.2f}" for row in rows if row.phase == "training" and row.ratio}
    assert {text.get_text() for text in beside} <= training
    figure, _ = plots.benchmark.draw(ROWS)
    assert "run" not in [text.get_text() for text in figure.axes[0].texts], "one phase needs no head"


@pytest.mark.parametrize("table", ["dense", "packed", "classifier"])
def test_nothing_of_the_recorded_comparisons_is_cut_off(table):
    rows = [row for row in records.load("cpu").rows if row.table == table]
    figure, _ = plots.benchmark.draw([row for row in rows if row.shape == rows[0].shape])
    figure.draw_without_rendering()
    left, right = figure.axes[0].get_xlim()
    ticks = figure.axes[0].get_xticklabels()  # those beyond the limits are not drawn
    beyond = [tick for tick in ticks if not left <= tick.get_position()[0] <= right]
    texts = (text for text in figure.findobj(Text) if text not in beyond)
    shown = [text for text in texts if text.get_text() and text.get_visible()]
    assert len(shown) > 10
    for text in shown:
        box = text.get_window_extent()
        assert figure.bbox.x0 <= box.x0 < box.x1 <= figure.bbox.x1, text.get_text()
