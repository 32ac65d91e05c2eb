"""The figures of lesson 11: labeled, readable without color, and true in their alt text."""

from __future__ import annotations

import numpy as np

from tests.plots.checks import draw


def test_how_far_texts_stay_right_is_drawn_letter_by_letter():
    shares = {"with attention": np.array([1.0, 0.99, 0.98]), "without": np.array([0.9, 0.5])}
    figure, alt = draw("still_right", (shares,))
    first, second = figure.axes[0].lines
    np.testing.assert_allclose(first.get_xydata(), [[1, 100], [2, 99], [3, 98]])
    np.testing.assert_allclose(second.get_xydata(), [[1, 90], [2, 50]])
    assert "100% after 1 letter, 98% after 3" in alt and "50% after 2" in alt


def test_an_alignment_has_a_row_for_each_letter_written_and_says_where_it_looked():
    weights = np.array([[0.9, 0.1, 0.0], [0.2, 0.2, 0.6]])
    figure, alt = draw("alignment", ("a $", "xy", weights))
    axes = figure.axes[0]
    np.testing.assert_allclose(axes.images[0].get_array(), weights)
    assert [label.get_text() for label in axes.get_xticklabels()] == ["a", "\u2423", "$"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["x", "y"]
    assert alt.endswith("x at a (1), y at $ (3).")
    figure.draw_without_rendering()
