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


def test_a_cost_above_another_has_its_sign_and_its_level():
    changes = {"tied": Interval(0.05, 0.02, 0.08), "dropout": Interval(-0.01, -0.02, 0.01)}
    figure, alt = draw("cost_of_a_letter", (changes,), above="as it is")
    assert 'above "as it is"' in figure.axes[0].get_xlabel() and "dropout: -0.01 (-0.02 to +0.01)" in alt
    assert [0, 0] in [list(line.get_xdata()) for line in figure.axes[0].lines]


def test_right_by_distance_says_how_many_there_are():
    shares = {
        "brackets": {"rule": np.array([0.8, 0.6]), "LSTM": np.array([0.95, 0.7])},
        "quotes": {"rule": np.array([0.5, 0.4]), "LSTM": np.array([0.9, 0.8])},
    }
    figure, alt = draw("right_by_distance", (["1-8", "9-"], shares, np.array([[1200, 30], [9, 5]])))
    first, second = figure.axes
    assert [text.get_text() for text in first.get_xticklabels()] == ["1-8\n(1200)", "9-\n(30)"]
    assert first.get_title("left") == "brackets" and list(second.lines[1].get_ydata()) == [90, 80]
    assert "brackets: rule: 80%, 60%; LSTM: 95%, 70%. quotes: rule: 50%, 40%" in alt
