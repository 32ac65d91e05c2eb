"""What widgets ask of their arguments: what fits goes through, the rest is refused by its name."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from lstm_lessons.widgets import GateExplorer, Prediction, ShapeExplorer
from lstm_lessons.widgets.shared.checks import numbers, text_for_each


@pytest.mark.parametrize(
    "value", [[[1, 2.5]], ((1, 2.5),), np.array([[1, 2.5]], "f4"), torch.tensor([[1, 2.5]]).requires_grad_()]
)
def test_lists_arrays_and_tensors_become_one_kind_of_array(value):
    for shape in ((1, 2), ("T", 2), ("T", "I")):
        array = numbers("x", value, shape)
        assert array.dtype == np.float64 and array.tolist() == [[1.0, 2.5]]
    assert numbers("x", [3], (2, 2), ("T",)).tolist() == [3.0]


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        ("abc", TypeError, r"x must be numbers of shape \(T, 2\) or \(3,\), got str: .*abc"),
        ([[1, 2], [3]], TypeError, "x must be numbers of shape .*, got list"),
        ([1, 2], ValueError, r"x must have the shape \(T, 2\) or \(3,\), got \(2,\)"),
        (np.zeros((0, 2)), ValueError, r"got \(0, 2\)"),
        (np.zeros((1, 1, 2)), ValueError, r"got \(1, 1, 2\)"),
        ([[0, 1], [2, np.nan]], ValueError, r"x must be finite, got nan at x\[1, 1\]"),
        (torch.tensor([0, -torch.inf, 0]), ValueError, r"x must be finite, got -inf at x\[1\]"),
    ],
)
def test_other_numbers_are_refused_by_name(value, error, message):
    with pytest.raises(error, match=message):
        numbers("x", value, ("T", 2), (3,))


def test_there_is_one_text_for_each_thing_or_none():
    assert text_for_each("names", ("a", 1), 2, "units") == ["a", "1"]
    assert text_for_each("names", None, 2, "units") == text_for_each("names", [], 2, "units") == []
    with pytest.raises(ValueError, match="names must hold one text for each of the 2 units, got 3"):
        text_for_each("names", "abc", 2, "units")


@pytest.mark.parametrize(
    ("build", "error", "words"),
    [
        (lambda: numbers("x", range(10**12), ("N",)), TypeError, "x must be numbers of shape .*1000000000000 numbers"),
        (lambda: numbers("x", [10**400], ("N",)), TypeError, "x must be numbers of shape"),
        (lambda: numbers("x", np.ma.masked_array([1.0, 2], [0, 1]), ("N",)), TypeError, "x must be .* masked"),
        (lambda: GateExplorer.from_torch(nn.LSTM(2, 3, device="meta")), ValueError, "module must hold numbers"),
        (lambda: ShapeExplorer(lengths=np.broadcast_to(1, 2**40)), ValueError, "lengths must hold one whole number"),
        (lambda: Prediction("\ud800?", ["yes", "no"]), ValueError, "question must hold whole letters"),
    ],
    ids=["without end", "beyond a float", "masked", "without numbers", "expanded", "half a letter"],
)
def test_rare_values_are_refused_by_name(build, error, words):
    with pytest.raises(error, match=words):
        build()
