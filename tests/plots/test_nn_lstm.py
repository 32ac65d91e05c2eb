"""The figures of lesson 3: labeled, told apart without color, and true in their alt text."""

from __future__ import annotations

import numpy as np

from tests.plots.checks import draw

BY_STEP = {
    "zero": np.array([[0.4, 0.2, 0.1], [0.5, 0.2, 0.1]]),
    "carried": np.full((2, 3), 0.05),
    "stale": np.full((2, 3), 0.3),
}
LENGTHS = np.array([2, 4, 4, 2])
WAYS = {"mixed": [np.array([0, 1]), np.array([2, 3])], "sorted": [np.array([0, 3]), np.array([1, 2])]}
ASKED = {
    "missing": {"in batches": np.array([0.1, 0.2]), "one by one": np.array([0.5, 0.6])},
    "right": {"in batches": np.array([0.1, 0.1]), "one by one": np.array([0.1, 0.1])},
}


def test_the_alt_text_of_the_errors_gives_their_first_and_last_step():
    _, alt = draw("error_by_step", (BY_STEP,), floor=0.01)
    assert "zero: 0.45 at the first and 0.10 at the last" in alt
    assert "the noise itself: 0.01" in alt
    assert "each of 2 seeds" in alt and alt.startswith("Mean squared error at")


def test_one_network_alone_and_another_quantity_are_told_so():
    figure, alt = draw("error_by_step", ({"carried": np.array([0.8, 0.7])},), quantity="loss")
    assert alt.startswith("Loss at each step of a window") and "each of 1 seeds" in alt
    assert "carried: 0.80 at the first and 0.70 at the last" in alt
    assert figure.axes[0].get_ylabel() == "loss"


def test_padding_is_counted_as_it_is_drawn():
    figure, alt = draw("padding", (LENGTHS, WAYS))
    assert "mixed, 25% of the steps of 2 batches; sorted, 0% of the steps of 2 batches" in alt
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["mixed: 25% padding", "sorted: 0% padding"]


def test_the_programs_have_markers_of_their_own_and_their_medians_are_told():
    last = {"baseline": np.array([0.3, 0.3]), "baseline_name": "last value"}
    figure, alt = draw("in_batches_and_alone", (ASKED,), **last)
    assert "missing, one by one, 0.55" in alt
    assert "last value, 0.30" in alt
    markers = [line.get_marker() for line in figure.axes[0].lines]
    assert markers[0] == markers[1] != markers[2] == markers[3]
