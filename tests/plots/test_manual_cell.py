"""The figures of lesson 2: labeled, told apart without color, and true in their alt text."""

from __future__ import annotations

import numpy as np

from lstm_lessons.plots import shared
from tests.plots.checks import draw

SEQUENCE = np.array([[0.5, 0], [0.25, 1], [0.75, 0], [0.125, 1]])
GUESS = 0.16
STUCK = np.full((30, 2), 0.15)
SOLVED = np.linspace([0.15, 0.15], [0.001, 0.001], 30)
SOLVED[-5:] = 0.001
GATES = {"i": np.array([0.0, 0.75, 0.125, 0.5]), "f": np.full(4, 0.875), "c": np.array([0.0, 2.0, 2.5, -3.0])}


def test_the_marked_numbers_stand_out_and_their_sum_is_told():
    figure, alt = draw("adding_sequence", (SEQUENCE,))
    (axes,) = figure.axes
    assert [text.get_text() for text in axes.texts] == ["marked: 0.25", "marked: 0.12"]
    assert list(axes.lines[0].get_xdata()) == [1, 3]
    assert list(axes.lines[0].get_ydata()) == [0.25, 0.125]
    assert axes.get_title(loc="left").endswith(": 0.38")
    assert alt == (
        "4 numbers from 0.12 to 0.75, one a step. Marked: 0.25 at step 1 and 0.12 at step 3. "
        "The answer is their sum, 0.38."
    )


def test_three_marks_are_told_as_three():
    three = np.column_stack([[0.1, 0.2, 0.3], [1, 1, 1]])
    _, alt = draw("adding_sequence", (three,))
    assert "0.10 at step 0 and 0.20 at step 1 and 0.30 at step 2" in alt


def test_learning_curves_average_their_updates_and_tell_how_each_seed_ends():
    figure, alt = draw("learning_curves", ({"RNN": STUCK, "LSTM": SOLVED},), guess=GUESS, window=5)
    lines = figure.axes[0].lines
    np.testing.assert_allclose(lines[2].get_ydata(), SOLVED[:, 0].reshape(6, 5).mean(1))
    assert list(lines[2].get_xdata()) == [5, 10, 15, 20, 25, 30]
    assert lines[2].get_color() == shared.BLUE != lines[0].get_color()
    assert "RNN: 0 end below 0.01, 2 above half of the guess's error" in alt
    assert "LSTM: 2 end below 0.01, 0 above half of the guess's error" in alt
    assert "A constant guess has 0.160" in alt and "each of 2 seeds" in alt


def test_a_network_that_fails_is_not_told_as_one_that_learns():
    mixed = np.column_stack([SOLVED[:, 0], SOLVED[::-1, 0]])  # the second seed gets worse
    _, alt = draw("learning_curves", ({"RNN": SOLVED[:20], "LSTM": mixed},), guess=GUESS, window=5)
    assert "LSTM: 1 end below 0.01, 1 above half of the guess's error" in alt
    assert "RNN: 0 end below 0.01, 0 above half" in alt  # stopped on its way: neither


def test_each_gate_has_a_panel_and_its_values_at_the_marks_are_told():
    figure, alt = draw("gates_at_marks", (GATES, (1, 3)))
    for axes, values in zip(figure.axes, GATES.values(), strict=True):
        np.testing.assert_array_equal(axes.lines[-1].get_ydata(), values)
        assert [line.get_xdata()[0] for line in axes.lines[:2]] == [1, 3], "the marked steps"
    assert "4 steps" in alt and "marked steps 1 and 3" in alt
    assert "input gate 0.75 and 0.50, else 0.00 to 0.12" in alt
    assert "cell state 2.00 and -3.00, else 0.00 to 2.50" in alt


def test_a_gate_stands_below_the_curves_while_the_network_learns():
    curves = {"LSTM": SOLVED[:10]}
    figure, alt = draw("learning_curves", (curves,), guess=GUESS, gate=GATES["i"], marks=[1, 3])
    assert len(figure.axes) == 2
    np.testing.assert_array_equal(figure.axes[1].lines[-1].get_ydata(), GATES["i"])
    assert "marked steps 1 and 3" in alt and alt.endswith("input gate 0.75 and 0.50, else 0.00 to 0.12.")


def test_sizes_by_step_keep_their_powers_of_ten_and_zero_is_a_gap():
    sizes = {"as drawn": np.array([1e-16, 0.0, 2e-16]), "times 12": np.array([1e-16, 1e-8, 1.0])}
    figure, alt = draw("by_step", (sizes,), what="difference", level=1e-12)
    (axes,) = figure.axes
    assert axes.get_yscale() == "log" and axes.lines[2].get_ydata()[0] == 1e-12
    np.testing.assert_array_equal(axes.lines[1].get_ydata(), sizes["times 12"])
    np.testing.assert_array_equal(axes.lines[0].get_ydata(), [1e-16, np.nan, 2e-16])
    assert "times 12: 1e-16 at step 1 and 1e+00 at step 3" in alt


def test_a_single_gate_can_be_drawn():
    figure, alt = draw("gates_at_marks", ({"f": GATES["f"]}, [0]))
    assert len(figure.axes) == 1 and "forget gate 0.88, else 0.88 to 0.88" in alt


def test_variants_that_failed_have_crosses_and_every_median_is_told():
    errors = {"whole": np.array([0.002, 0.003, 0.15]), "no input gate": np.array([0.15, 0.16, 0.2])}
    figure, alt = draw("ablation", (errors,), guess=GUESS)
    (axes,) = figure.axes
    assert [line.get_marker() for line in axes.lines[:2]] == ["o", "X"]
    np.testing.assert_array_equal(axes.lines[0].get_xdata(), errors["whole"])
    assert len(set(axes.lines[0].get_ydata())) == 3, "no seed hides another"
    assert alt.endswith("Medians: whole 0.003; no input gate 0.160.")
    assert "A constant guess has 0.160" in alt


def test_no_seed_of_a_variant_lies_outside_of_the_axis():
    figure, _ = draw("ablation", ({"whole": np.array([1e-5, 0.002, 3.0])},), guess=GUESS)
    low, high = figure.axes[0].get_xlim()
    assert low < 1e-5 and high > 3
