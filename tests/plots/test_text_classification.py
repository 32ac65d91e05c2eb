"""The figures of lesson 8: labeled, readable without color, and true in their alt text."""

from __future__ import annotations

import numpy as np

from lstm_lessons import plots
from tests.plots.checks import draw

NAMES = ["English", "French", "German"]
MATRIX = np.array([[8, 2, 0], [1, 19, 0], [3, 1, 6]])
TEXTS = ["New York", "Oz"]
VALUES = [np.linspace(-1, 1, 8), np.array([0.2, -0.4])]


def test_the_matrix_is_written_in_percent_of_each_row():
    figure, alt = draw("confusion", (MATRIX, NAMES))
    assert all(axes.get_ylabel() for axes in figure.axes), "the matrix and its color bar"
    texts = {(round(t.get_position()[1]), round(t.get_position()[0])): t.get_text() for t in figure.axes[0].texts}
    wanted = {(0, 0): "80", (0, 1): "20", (1, 0): "5", (1, 1): "95"}
    assert texts == wanted | {(2, 0): "30", (2, 1): "10", (2, 2): "60"}
    assert "Right are 60 to 95 %" in alt and "German taken for English: 30 %" in alt
    colors = figure.axes[0].images[0].get_array()
    assert np.diag(colors).max() == 0 and colors[2, 0] == 30


def test_a_class_without_texts_is_an_empty_row():
    figure, alt = plots.confusion.draw(np.array([[2, 0], [0, 0]]), ["a", "b"])
    assert len(figure.axes[0].texts) == 1
    assert alt.endswith("Right are 100 to 100 %. The largest shares of errors: none.")


def test_each_letter_stands_on_its_value():
    figure, alt = draw("letters_of_a_unit", (TEXTS, VALUES, "h of unit 3"))
    assert alt.startswith("h of unit 3 at each letter of 2 phrases")
    axes = figure.axes[0]
    assert "".join(t.get_text() for t in axes.texts) == "New YorkOz"
    shown = axes.images[0].get_array()
    np.testing.assert_allclose(shown[1, :2], VALUES[1])
    assert np.isnan(np.ma.filled(shown, np.nan)[1, 2:]).all()
    assert "“New York” from -1.0 to 1.0" in alt and "“Oz” from -0.4 to 0.2" in alt


def test_a_name_with_dollars_is_a_name_and_no_formula():
    figure, _ = plots.confusion.draw(np.eye(2), [r"$\foo$", "b"])
    figure.draw_without_rendering()  # a formula of this kind would raise here
    assert figure.axes[0].get_yticklabels()[0].get_text() == r"$\foo$"


def test_calibration_is_drawn_beside_the_diagonal():
    figure, alt = draw("calibration", (np.array([0.4, 0.9]), np.array([0.6, 0.95])))
    diagonal, measured = figure.axes[0].lines
    np.testing.assert_allclose(diagonal.get_xdata(), diagonal.get_ydata())
    np.testing.assert_allclose(measured.get_xydata(), [[40, 60], [90, 95]])
    assert alt.endswith("40%: 60%, 90%: 95%.")


def test_a_learning_curve_names_its_sizes():
    sizes = np.array([1000, 4000])
    curves = {"n-grams": np.array([0.7, 0.8]), "one network": np.array([0.5, 0.9])}
    figure, alt = draw("learning_curve", (sizes, curves))
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == ["1,000", "4,000"]
    np.testing.assert_allclose(figure.axes[0].lines[1].get_ydata(), [50, 90])
    assert "1,000 and from 4,000 phrases. n-grams: 70% and 80%; one network: 50% and 90%" in alt
