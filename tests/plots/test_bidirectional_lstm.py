"""The figures of lesson 4: labeled, told apart without color, and true in their alt text."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_lessons import plots

rng = np.random.default_rng(0)
CLIPS = {"one": [rng.normal(size=(4, 13)), rng.normal(size=(6, 13))], "two": [np.ones((5, 13))]}
LENGTHS, LABELS = np.array([3, 5, 10, 12]), np.array([0, 0, 1, 1])
ROWS = {
    "right": {"alone": np.array([0.9, 1.0]), "in company": np.array([0.9, 1.0])},
    "wrong": {"alone": np.array([0.8, 0.9]), "in company": np.array([0.3, 0.5])},
}
CURVES = {
    "forward": np.array([[0.1, 0.3, 0.9], [0.1, 0.5, 0.9]]),
    "both": np.array([[0.2, 0.8, 1.0], [0.2, 0.8, 1.0]]),
}
HALVES = {
    "forward half": np.full((3, 2), 0.5),
    "backward half": np.array([[0.0, 0.1], [0.2, 0.1], [-0.6, 0.1]]),
}
EFFECTS = {"whole": np.array([0.1, 0.2, 0.3]), "last alone": np.array([0.0, 0.0, 0.3])}
FIGURES = {
    "spoken_digits": ((CLIPS,), {}),
    "lengths_by_class": ((LENGTHS, LABELS), {}),
    "accuracies": ((ROWS,), {"baselines": {"simple": 0.7}, "lowest": 0.2}),
    "while_listening": (([2, 10, 30], CURVES), {}),
    "as_the_future_arrives": (([3, 4, 5], HALVES, 2), {}),
    "reach": ((EFFECTS,), {}),
}


def drawn(name: str):
    arguments, options = FIGURES[name]
    return getattr(plots, name).draw(*arguments, **options)


@pytest.mark.parametrize("name", FIGURES)
def test_every_axis_has_a_label_and_every_kind_of_line_a_style_of_its_own(name):
    figure, alt = drawn(name)
    assert len(alt) > 60
    panels = [axes for axes in figure.axes if axes.get_label() != "<colorbar>"]
    bottom = [axes for axes in panels if axes.get_subplotspec().is_last_row()]
    left = [axes for axes in panels if axes.get_subplotspec().is_first_col()]
    assert all(axes.get_xlabel() for axes in bottom)
    if name != "accuracies":  # its rows are named one by one
        assert all(axes.get_ylabel() for axes in left)
    for axes in panels:
        named = [line for line in axes.lines if not line.get_label().startswith("_")]
        styles = {(line.get_linestyle(), line.get_marker()) for line in named}
        assert len(styles) == len(named)


def test_recordings_are_drawn_with_time_to_the_right_and_told_by_length():
    figure, alt = drawn("spoken_digits")
    assert "one, 4 and 6 frames; two, 5 frames" in alt
    first = figure.axes[0].images[0]
    np.testing.assert_array_equal(first.get_array(), CLIPS["one"][0].T)
    assert tuple(first.get_extent()) == (0.5, 4.5, 0.5, 13.5)
    assert figure.axes[0].get_title(loc="left") == "“one”"


def test_the_medians_of_the_lengths_are_drawn_and_told():
    figure, alt = drawn("lengths_by_class")
    assert "0: 4, 1: 11" in alt and "longest has 12" in alt
    (bars,) = figure.axes[0].collections
    assert [segment[0][1] for segment in bars.get_segments()] == [4, 11]


def test_accuracies_are_drawn_in_percent_and_their_means_are_told():
    figure, alt = drawn("accuracies")
    assert "right, alone: 95.0" in alt and "wrong, in company: 40.0" in alt
    assert "each of 2 seeds" in alt and "simple: 70.0" in alt
    (axes,) = figure.axes
    assert [text.get_text() for text in axes.get_yticklabels()] == list(ROWS)
    heights = [line.get_ydata() for line in axes.lines[:4]]
    assert (np.round(np.concatenate(heights)) == [0, 0, 0, 0, 1, 1, 1, 1]).all()
    np.testing.assert_allclose(axes.lines[3].get_xdata(), [30, 50])
    one_way = {name: {"test": values["alone"]} for name, values in ROWS.items()}
    figure, alt = plots.accuracies.draw(one_way)
    assert figure.axes[0].get_legend() is None and "right: 95.0" in alt


def test_accuracies_while_listening_are_told_in_the_middle_and_at_the_end():
    _, alt = drawn("while_listening")
    assert "after 10 and 30 frames: forward, 40 and 90; both, 80 and 100" in alt


def test_the_half_that_moves_is_told_from_the_one_that_stays():
    figure, alt = drawn("as_the_future_arrives")
    assert "forward half: stays" in alt and "backward half: moves by up to 0.6" in alt
    assert figure.axes[0].get_ylabel() == "output at frame 3"


def test_the_frames_that_count_are_counted():
    _, alt = drawn("reach")
    assert "whole, 3 of 3; last alone, 1 of 3" in alt
