"""The figures of lesson 4: labeled, told apart without color, and true in their alt text."""

from __future__ import annotations

import numpy as np

from tests.plots.checks import draw

rng = np.random.default_rng(0)
CLIPS = {"one": [rng.normal(size=(4, 13)), rng.normal(size=(6, 13))], "two": [np.ones((5, 13))]}
LENGTHS, LABELS = np.array([3, 5, 10, 12]), np.array([0, 0, 1, 1])
CURVES = {"forward": np.array([[0.1, 0.3, 0.9], [0.1, 0.5, 0.9]]), "both": np.array([[0.2, 0.8, 1.0], [0.2, 0.8, 1.0]])}
HALVES = {"forward half": np.full((3, 2), 0.5), "backward half": np.array([[0.0, 0.1], [0.2, 0.1], [-0.6, 0.1]])}
EFFECTS = {"whole": np.array([0.1, 0.2, 0.3]), "last alone": np.array([0.0, 0.0, 0.3])}


def test_recordings_are_drawn_with_time_to_the_right_and_told_by_length():
    figure, alt = draw("spoken_digits", (CLIPS,))
    assert "one, 4 and 6 frames; two, 5 frames" in alt and "13 coefficients" in alt
    first = figure.axes[0].images[0]
    np.testing.assert_array_equal(first.get_array(), CLIPS["one"][0].T)
    assert tuple(first.get_extent()) == (0.5, 4.5, 0.5, 13.5)
    assert figure.axes[0].get_title(loc="left") == "“one”"


def test_the_medians_of_the_lengths_are_drawn_and_told():
    figure, alt = draw("lengths_by_class", (LENGTHS, LABELS))
    assert "0: 4, 1: 11" in alt and "longest has 12" in alt
    (bars,) = figure.axes[0].collections
    assert [segment[0][1] for segment in bars.get_segments()] == [4, 11]


def test_accuracies_while_listening_are_told_in_the_middle_and_at_the_end():
    figure, alt = draw("while_listening", ([2, 10, 30], CURVES))
    np.testing.assert_allclose(figure.axes[0].lines[1].get_ydata(), [10, 50, 90])
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == ["2", "10", "30"]
    assert "after 10 and 30 frames: forward: 40 and 90; both: 80 and 100" in alt


def test_the_half_that_moves_is_told_from_the_one_that_stays():
    units = {name: [f"unit {n}" for n in range(values.shape[1])] for name, values in HALVES.items()}
    figure, alt = draw("as_the_future_arrives", ([3, 4, 5], HALVES, 2, units))
    for axes, values in zip(figure.axes, HALVES.values(), strict=True):
        heights = {text.get_text(): text.xy[1] for text in axes.texts}
        assert sorted(heights) == units[next(iter(units))], "each line has its unit's name"
        for n, last in enumerate(values[-1]):
            assert heights[f"unit {n}"] >= last - 1e-9
        assert min([*np.diff(sorted(heights.values())), 1]) >= 0.1 - 1e-9, "no name lies on another"
    assert "forward half: stays" in alt and "backward half: moves by up to 0.6" in alt
    assert figure.axes[0].get_ylabel() == "output at frame 3"


def test_the_frames_that_count_are_counted():
    _, alt = draw("reach", (EFFECTS,))
    assert "whole: 3 of 3; last alone: 1 of 3" in alt


def test_what_is_said_and_heard_lies_on_one_axis_of_time():
    sounds = {"0": np.full(80, 0.5), "1": np.full(40, -0.5)}  # 0.8 and 0.4 s
    loudness = [rng.normal(size=(5, 6)), rng.normal(size=(3, 6))]  # a frame every 0.2 s
    beliefs = [np.tile([0.9, 0.1], (5, 1)), np.array([[0.2, 0.8], [0.4, 0.6], [0.7, 0.3]])]
    figure, alt = draw("said_and_heard", (sounds, loudness, beliefs), rate=100, hop=20, pause=0.5)
    waves, spectra, belief = figure.axes[:3]
    assert "0 as 0 (90%), 1 as 0 (70%)" in alt and "2 sounds in 1.7 s" in alt and "6 bands" in alt
    assert [text.get_text() for text in waves.texts] == ["0 → 0 ✓", "1 → 0 ✗"]
    second = waves.lines[1].get_xdata()
    np.testing.assert_allclose([second[0], second[-1]], [1.3, 1.69])
    for axes, values, scale in ((spectra, loudness, 1), (belief, beliefs, 100)):
        left, right = axes.images[1].get_extent()[:2]
        np.testing.assert_allclose([left, right], [1.3 - 0.1, 1.3 + 0.5], err_msg="a frame lies around its sample")
        np.testing.assert_allclose(np.diff(axes.images[1].get_array()), scale * np.diff(values[1].T))
    (frame_of_0, frame_of_1) = belief.patches
    assert [frame.get_y() + 0.5 for frame in (frame_of_0, frame_of_1)] == [0, 1], "around what is said"
    np.testing.assert_allclose([frame_of_1.get_x(), frame_of_1.get_width()], [1.2, 0.6])
