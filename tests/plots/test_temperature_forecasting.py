"""The figures of lesson 7: labeled, told apart without color, and true in their alt text."""

from __future__ import annotations

import numpy as np

from tests.plots.checks import draw

TIME = np.datetime64("2013-01-01T06", "h") + np.arange(8000)
YEAR = 12 - 10 * np.cos(2 * np.pi * np.arange(8000) / 8760)
SPIKE = np.array([14.0, 13.9, -10.5, 14.0, 13.0])
PARTS = {"train": (0, 5000), "validation": (5000, 6000), "test": (6000, 9999)}
RISING = np.linspace(0.5, 3.5, 24)
BY_METHOD = {"persistence": RISING, "ridge": 0.8 * RISING, "LSTM": 0.7 * RISING}
NARROWS = (np.full(24, 0.9), 8 - 2 * RISING)
BY_PERIOD = {"ridge": np.array([[1.0, 2.0], [3.0, 4.0]]), "LSTM": np.array([[0.9, 1.9], [2.0, 3.0]])}


def test_a_suspect_is_told_from_its_neighbors():
    readings = {"JFK, °C": (TIME[:5], SPIKE, 2), "wind, m/s": (TIME[:5], SPIKE + 20, 2)}
    figure, alt = draw("suspects", (readings,))
    assert "wind, m/s: 9.5 among readings of 33 to 34" in alt
    assert "JFK, °C: -10.5 among readings of 13 to 14" in alt
    ring = figure.axes[0].lines[1]
    assert (ring.get_xdata(), ring.get_ydata()) == ([0], [-10.5])


def test_the_parts_of_the_year_are_named_in_order():
    figure, alt = draw("year_and_split", (TIME, YEAR, "EWR", PARTS))
    assert "Temperature at EWR over the year, from 2 °C on 2013-01-01 to 22 °C on 2013-07-02" in alt
    assert figure.axes[0].get_xlabel() == "2013"
    assert "train from 2013-01-01, validation from 2013-07-28, test from 2013-09-08" in alt
    assert [text.get_text() for text in figure.axes[0].texts] == ["train", "validation", "test"]


def test_the_errors_by_hour_are_those_drawn_and_the_last_line_is_solid():
    figure, alt = draw("error_by_hour_ahead", (BY_METHOD,))
    assert "persistence: 0.5, 3.5 and 2.00" in alt and "LSTM: 0.3, 2.4 and 1.40" in alt
    lines = figure.axes[0].lines
    assert [line.get_linestyle() for line in lines][-1] == "-"
    np.testing.assert_allclose(lines[1].get_ydata(), 0.8 * RISING)


def test_each_period_has_a_row_for_each_method():
    figure, alt = draw("error_by_period", (BY_PERIOD, ["from 07-01", "from 11-06"]))
    assert "ridge 1.50, 3.50" in alt and "LSTM 1.40, 2.50" in alt
    rows = {float(text.xy[1]) for text in figure.axes[0].texts}
    assert len(rows) == 4
    markers = {line.get_marker() for line in figure.axes[0].lines} - {"|"}
    assert len(markers) == 2


def test_the_difference_from_a_method_is_drawn_where_it_is_asked_for():
    figure, alt = draw("error_by_hour_ahead", (BY_METHOD,), minus="ridge")
    lines = figure.axes[0].lines
    np.testing.assert_allclose(lines[1].get_ydata(), 0)
    np.testing.assert_allclose(lines[2].get_ydata(), -0.1 * RISING)
    assert "error minus that of ridge over 24 hours" in alt and "LSTM: -0.1, -0.4 and -0.20" in alt


def test_a_method_of_the_lesson_looks_the_same_in_every_figure():
    def colors(*names):
        figure, _ = draw("error_by_hour_ahead", (dict.fromkeys(names, RISING),))
        return {line.get_label().partition(",")[0]: line.get_color() for line in figure.axes[0].lines}

    few, more = colors("persistence", "both ridges"), colors("seasonal fit", "persistence", "LSTM alone", "both ridges")
    assert few.items() <= more.items() and len(set(more.values())) == 4
    periods, _ = draw("error_by_period", ({"both ridges": np.ones((1, 2)), "persistence": np.ones((1, 2))}, ["a"]))
    assert [text.get_color() for text in periods.axes[0].texts] == [few["both ridges"], few["persistence"]]


def test_an_interval_of_the_lesson_has_its_color_whatever_stands_beside_it():
    def colors(*names):
        figure, _ = draw("interval_by_hour", (dict.fromkeys(names, NARROWS), 0.8))
        return {line.get_label(): line.get_color() for line in figure.axes[1].lines}

    assert colors("day by day", "quantile ridge") == colors("quantile ridge", "day by day")
    assert len(set(colors("day by day", "ridge, its errors", "quantile ridge").values())) == 3


def test_the_six_intervals_of_the_lesson_are_told_apart():
    lstm, ridges = ("as trained", "by October", "day by day"), ("ridge, its errors", "quantile ridge")
    names = (*lstm, *ridges, "quantile ridge, day by day")
    figure, _ = draw("interval_by_hour", (dict.fromkeys(names, NARROWS), 0.8))
    looks = {(line.get_color(), line.get_marker()) for line in figure.axes[1].lines}
    assert len(looks) == 6


def test_the_errors_stand_at_the_months_that_were_learned_from():
    figure, alt = draw("error_by_months", ((1, 2, 10), {"LSTM alone": [3.0, 2.5, 2.25], "ridge": [2.5, 2.5, 2.0]}))
    assert "after 1, 2, 10 months of examples. LSTM alone: 3.00, 2.50, 2.25; ridge: 2.50, 2.50, 2.00" in alt
    assert [list(line.get_xdata()) for line in figure.axes[0].lines] == [[1, 2, 10]] * 2


def test_each_interval_tells_its_share_and_width():
    figure, alt = draw("interval_by_hour", ({"a": (np.linspace(0.9, 0.7, 24), 2 * RISING), "b": NARROWS}, 0.8))
    assert "a: 70 to 90 % inside, its mean width in °C rises from 1.0 to 7.0" in alt and "promised are 80 %" in alt
    assert "b: 90 to 90 % inside, its mean width in °C falls from 7.0 to 1.0" in alt
    assert [len(axes.lines) for axes in figure.axes] == [3, 2]
