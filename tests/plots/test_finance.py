"""The figures of lesson 13: labeled, told apart without color, and true in their alt text."""

from __future__ import annotations

import numpy as np

from lstm_lessons.confidence import Interval
from tests.plots.checks import draw

DAYS = np.datetime64("2014-01-01") + np.arange(60)
WALK = 50 + np.sin(np.arange(60) / 5)


def test_forecast_and_truth_are_two_kinds_of_line_with_a_unit():
    figure, alt = draw("forecast_and_truth", (DAYS, WALK, WALK + 0.5, "US$"))
    (axes,) = figure.axes
    assert [line.get_linestyle() for line in axes.lines] == ["-", "--"]
    assert axes.get_ylabel() == "US$"
    assert "from 2014-01-01 to 2014-03-01: what came, from 49 to 51 US$" in alt and "0.5 apart" in alt


def test_memory_is_the_correlation_with_later_days():
    rng = np.random.default_rng(0)
    slow = np.convolve(rng.normal(size=3000), np.ones(10), "valid")
    figure, alt = draw("memory", ({"noise": rng.normal(size=3000), "slow": slow}, 30))
    noise, slow_line = figure.axes[0].lines
    assert np.abs(noise.get_ydata()).max() < 0.1
    np.testing.assert_allclose(slow_line.get_ydata()[[0, 4]], [0.9, 0.5], atol=0.06)
    assert "slow: 0.90 after a day" in alt and "Chance alone stays within 0.04" in alt


def test_growth_adds_up():
    figure, alt = draw("growth", (DAYS, {"hold": np.full(60, 0.5), "trade": np.full(60, -0.1)}))
    assert "hold: 30; trade: -6" in alt
    np.testing.assert_allclose(figure.axes[0].lines[0].get_ydata()[-1], 30)


def test_leads_have_a_row_for_each_method_and_a_mark_for_each_market():
    rows = {"ridge": [Interval(-5, -7, -3), Interval(1, -1, 3)], "LSTM": [Interval(-9, -12, -6), Interval(-4, -6, -2)]}
    figure, alt = draw("leads", (rows, ["one", "two"], "HAR"))
    assert "ridge, one: -5.0 (-7.0 to -3.0)" in alt and "LSTM, two: -4.0 (-6.0 to -2.0)" in alt
    labels = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert labels == ["ridge", "LSTM"]
