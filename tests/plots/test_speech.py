"""The figures of lesson 12: words framed where they are, and told in the alt text."""

from __future__ import annotations

import numpy as np

from tests.plots.checks import draw

BOUNDS, LABELS = np.array([[2, 6], [8, 11]]), [7, 7]


def test_a_string_is_drawn_with_its_words_framed():
    frames = np.random.default_rng(0).normal(size=(12, 13))
    figure, alt = draw("spoken_string", (frames, BOUNDS, LABELS))
    np.testing.assert_array_equal(figure.axes[0].images[0].get_array(), frames.T)
    assert "7 in frames 3 to 6, 7 in frames 9 to 11" in alt
    assert [patch.get_x() for patch in figure.axes[0].patches] == [2.5, 8.5]
    assert [text.get_text() for text in figure.axes[0].texts] == ["7", "7"]


def test_posteriors_name_each_class_and_tell_how_often_the_blank_wins():
    table = np.eye(3)[[0, 0, 1, 0, 2, 0, 0, 0]]
    figure, alt = draw("posteriors", ({"both": table, "forward": table[:, ::-1]}, BOUNDS, LABELS, ("–", "6", "7")))
    assert (
        "both: the blank is the most probable at 75%" in alt and "forward: the blank is the most probable at 12%" in alt
    )
    assert [label.get_text() for label in figure.axes[1].get_yticklabels()] == ["–", "6", "7"]
    np.testing.assert_array_equal(figure.axes[0].images[0].get_array(), table.T)


def test_error_rates_stand_at_their_voices_with_the_mean():
    rates = {"own mean": np.array([20.0, 30.0]), "one mean": np.array([90.0, 50.0])}
    figure, alt = draw("error_by_voice", (rates, "AB"))
    assert "own mean: mean 25, from 20 to 30; one mean: mean 70, from 50 to 90" in alt
    places = [float(np.ravel(line.get_xdata())[0]) for line in figure.axes[0].lines]
    assert places == [25.0, 20.0, 30.0, 70.0, 50.0, 90.0]


def test_a_letter_that_would_lie_on_another_stands_above_it():
    figure, _ = draw("error_by_voice", ({"own mean": np.array([30.0, 20.0, 20.2])}, "ABC"))
    heights = [float(np.ravel(line.get_ydata())[0]) for line in figure.axes[0].lines[1:]]
    assert heights == [0.0, -0.3, 0.0]
