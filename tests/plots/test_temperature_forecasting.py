"""The figures of lesson 7: labeled, told apart without color, and true in their alt text."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_lessons import plots

TIME = np.datetime64("2013-01-01T06", "h") + np.arange(8000)
YEAR = 12 - 10 * np.cos(2 * np.pi * np.arange(8000) / 8760)
SPIKE = np.array([14.0, 13.9, -10.5, 14.0, 13.0])
RISING = np.linspace(0.5, 3.5, 24)
BY_METHOD = {"persistence": RISING, "ridge": 0.8 * RISING, "LSTM": 0.7 * RISING}
BY_PERIOD = {
    "ridge": np.array([[1.0, 2.0], [3.0, 4.0]]),
    "LSTM": np.array([[0.9, 1.9], [2.0, 3.0]]),
}
FIGURES = {
    "suspects": ({"JFK, °C": (TIME[:5], SPIKE, 2), "wind, m/s": (TIME[:5], SPIKE + 20, 2)},),
    "year_and_split": (
        TIME, YEAR, "EWR", {"train": (0, 5000), "validation": (5000, 6000), "test": (6000, 9999)},
    ),
    "error_by_hour_ahead": (BY_METHOD,),
    "error_by_period": (BY_PERIOD, ["from 07-01", "from 11-06"]),
    "interval_by_hour": (np.linspace(0.9, 0.7, 24), 2 * RISING, 0.8),
}  # fmt: skip


def drawn(name: str):
    return getattr(plots, name).draw(*FIGURES[name])


@pytest.mark.parametrize("name", FIGURES)
def test_every_axis_has_a_label_and_every_kind_of_line_a_style_of_its_own(name):
    figure, alt = drawn(name)
    assert len(alt) > 60
    for axes in figure.axes:
        assert axes.get_xlabel()
        assert axes.get_ylabel() or name == "error_by_period"  # its rows are named one by one
        named = [line for line in axes.lines if not line.get_label().startswith("_")]
        styles = {(line.get_linestyle(), line.get_marker()) for line in named}
        assert len(styles) == len(named)


def test_a_suspect_is_told_from_its_neighbors():
    figure, alt = drawn("suspects")
    assert "JFK, °C: -10.5 among readings of 13 to 14" in alt
    ring = figure.axes[0].lines[1]
    assert (ring.get_xdata(), ring.get_ydata()) == ([0], [-10.5])


def test_the_parts_of_the_year_are_named_in_order():
    figure, alt = drawn("year_and_split")
    assert "train from 2013-01-01, validation from 2013-07-28, test from 2013-09-08" in alt
    assert [text.get_text() for text in figure.axes[0].texts] == ["train", "validation", "test"]


def test_the_errors_by_hour_are_those_drawn_and_the_last_line_is_solid():
    figure, alt = drawn("error_by_hour_ahead")
    assert "persistence 0.5, 3.5 and 2.00" in alt and "LSTM 0.3, 2.4 and 1.40" in alt
    lines = figure.axes[0].lines
    assert [line.get_linestyle() for line in lines][-1] == "-"
    np.testing.assert_allclose(lines[1].get_ydata(), 0.8 * RISING)


def test_each_period_has_a_row_for_each_method():
    figure, alt = drawn("error_by_period")
    assert "ridge 1.50, 3.50" in alt and "LSTM 1.40, 2.50" in alt
    rows = {float(text.get_position()[1]) for text in figure.axes[0].texts}
    assert len(rows) == 4
    markers = {line.get_marker() for line in figure.axes[0].lines} - {"|"}
    assert len(markers) == 2


def test_the_interval_tells_its_share_and_width():
    _, alt = drawn("interval_by_hour")
    assert "70 to 90 % of the truth lies inside, promised are 80 %" in alt
    assert "from 1.0 °C one hour ahead to 7.0 °C after 24 hours" in alt


def test_more_methods_than_there_are_styles_are_refused():
    with pytest.raises(ValueError, match="at most 6 methods, got 7"):
        plots.error_by_hour_ahead.draw({f"method {n}": RISING for n in range(7)})
