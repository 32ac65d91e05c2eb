"""The figures of lesson 10: labeled, readable without color, and true in their alt text."""

from __future__ import annotations

import numpy as np

from lstm_lessons.confidence import Interval
from tests.plots.checks import draw

CURVES = {"Witten-Bell": np.array([4.6, 2.6, 2.9]), "Kneser-Ney": np.array([4.6, 2.4, 2.2])}
METHODS = {"xz": Interval(1.7, 1.6, 1.8), "LSTM": Interval(2.0, 1.9, 2.1), "n-gram": Interval(2.2, 2.1, 2.3)}


def test_bits_by_order_names_the_best_order_of_each():
    figure, alt = draw("bits_by_order", (CURVES,))
    lines = {line.get_label(): line.get_ydata() for line in figure.axes[0].lines}
    for name, values in CURVES.items():
        np.testing.assert_array_equal(lines[name], values)
    assert "Witten-Bell: 4.6 bits with none, least with 1 (2.60)" in alt and "least with 2 (2.20)" in alt


def test_the_cost_of_a_letter_is_sorted_and_has_its_interval():
    figure, alt = draw("cost_of_a_letter", (METHODS,))
    assert [text.get_text() for text in figure.axes[0].get_yticklabels()] == ["n-gram", "LSTM", "xz"]
    assert "xz: 1.70 (1.60 to 1.80)" in alt
    assert "2.20" in [text.get_text() for text in figure.axes[0].texts]


def test_right_by_distance_says_how_many_there_are():
    shares = {"n-gram": np.array([0.9, 0.7]), "LSTM": np.array([0.95, 0.8])}
    figure, alt = draw("right_by_distance", (["1-8", "9 and more"], shares, np.array([1200, 30]), "brackets"))
    assert [text.get_text() for text in figure.axes[0].get_xticklabels()] == ["1-8\n(1,200)", "9 and more\n(30)"]
    assert "n-gram: 90%, 70%; LSTM: 95%, 80%" in alt
