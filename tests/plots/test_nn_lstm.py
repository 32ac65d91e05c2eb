"""The figures of lesson 3: labeled, told apart without color, and true in their alt text."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_lessons import plots

WINDOW = 5
TRUTH = np.sin(np.arange(20.0))
OFF = np.where(np.arange(20) % WINDOW == 0, 0.5, 0.1)  # worse where a window begins
BY_STEP = {
    "zero": np.array([[0.4, 0.2, 0.1], [0.5, 0.2, 0.1]]),
    "carried": np.full((2, 3), 0.05),
    "stale": np.full((2, 3), 0.3),
}
LENGTHS = np.array([2, 4, 4, 2])
WAYS = {
    "mixed": [np.array([0, 1]), np.array([2, 3])],
    "sorted": [np.array([0, 3]), np.array([1, 2])],
}
ASKED = {
    "missing": {"in batches": np.array([0.1, 0.2]), "one by one": np.array([0.5, 0.6])},
    "right": {"in batches": np.array([0.1, 0.1]), "one by one": np.array([0.1, 0.1])},
}
FIGURES = {
    "stream_in_windows": ((TRUTH, {"zero": TRUTH + OFF, "carried": TRUTH + 0.1}, WINDOW), {}),
    "error_by_step": ((BY_STEP,), {"floor": 0.01}),
    "padding": ((LENGTHS, WAYS), {"batches": 2}),
    "in_batches_and_alone": (
        (ASKED,),
        {"baseline": np.array([0.3, 0.3]), "baseline_name": "last value"},
    ),
}


def drawn(name: str):
    arguments, options = FIGURES[name]
    return getattr(plots, name).draw(*arguments, **options)


@pytest.mark.parametrize("name", FIGURES)
def test_every_axis_has_a_label_and_every_kind_of_line_a_style_of_its_own(name):
    figure, alt = drawn(name)
    assert len(alt) > 60
    bottom = [axes for axes in figure.axes if axes.get_subplotspec().is_last_row()]
    left = [axes for axes in figure.axes if axes.get_subplotspec().is_first_col()]
    assert all(axes.get_xlabel() for axes in bottom)
    if name != "in_batches_and_alone":  # its rows are named one by one
        assert all(axes.get_ylabel() for axes in left)
    for axes in figure.axes:
        named = [line for line in axes.lines if not line.get_label().startswith("_")]
        styles = {(line.get_linestyle(), line.get_marker()) for line in named}
        assert len(styles) == len(named)


def test_the_alt_text_of_the_stream_tells_first_steps_from_others():
    _, alt = drawn("stream_in_windows")
    assert "zero, 0.50 at the first step of a window and 0.10 at the others" in alt
    assert "carried, 0.10 at the first step of a window and 0.10 at the others" in alt


def test_the_alt_text_of_the_errors_gives_their_first_and_last_step():
    _, alt = drawn("error_by_step")
    assert "zero, from 0.45 at the first to 0.10 at the last" in alt
    assert "each of 2 seeds" in alt


def test_padding_is_counted_as_it_is_drawn():
    figure, alt = drawn("padding")
    assert "mixed, 25% of the steps; sorted, 0% of the steps" in alt
    assert [axes.get_title(loc="left") for axes in figure.axes] == [
        "mixed: 25% padding",
        "sorted: 0% padding",
    ]


def test_the_programs_have_markers_of_their_own_and_their_medians_are_told():
    figure, alt = drawn("in_batches_and_alone")
    assert "missing, one by one, 0.55" in alt
    assert "last value, 0.30" in alt
    markers = [line.get_marker() for line in figure.axes[0].lines]
    assert markers[0] == markers[1] != markers[2] == markers[3]
