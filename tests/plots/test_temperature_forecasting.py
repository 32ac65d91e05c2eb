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


def test_the_interval_tells_its_share_and_width():
    _, alt = draw("interval_by_hour", (np.linspace(0.9, 0.7, 24), 2 * RISING, 0.8))
    assert "70 to 90 % of the truth lies inside, promised are 80 %" in alt
    assert "to hour 24 the mean width of the interval in °C rises from 1.0 to 7.0" in alt


def test_an_interval_that_narrows_is_not_told_as_one_that_widens():
    _, alt = draw("interval_by_hour", (np.full(24, 0.9), 8 - 2 * RISING, 0.8))
    assert "falls from 7.0 to 1.0" in alt and "rises" not in alt and "widens" not in alt


def test_the_coldest_and_the_hottest_day_are_those_of_the_series():
    time = np.datetime64("2020-01-01T00", "h") + np.arange(1000)
    _, alt = draw("year_and_split", (time, np.linspace(30, -5, 1000), "EWR", {"all": (0, 1000)}))
    assert "from -5 °C on 2020-02-11 to 30 °C on 2020-01-01" in alt and "July" not in alt
