"""Which values agree, and what is said of those that do not."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from lstm_lessons.exercises._compare import Tolerance, difference
from tests.exercises.samples import make_memory


def test_texts_that_differ_say_where():
    found = difference("000--", "00+--")
    assert (found.kind, found.sentence) == ("value", "the first difference is at place 2, from 0")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (1, 1.0),
        (np.float32(0.5), 0.5),
        (float("nan"), float("nan")),
        (float("inf"), float("inf")),
        (torch.tensor([1.0, float("nan")]), torch.tensor([1.0, float("nan")])),
        (torch.tensor([1.0, float("inf")]), torch.tensor([1.0, float("inf")])),
        (torch.tensor([1.0], dtype=torch.bfloat16), torch.tensor([1.0], dtype=torch.bfloat16)),
        (torch.tensor([1j]), torch.tensor([1j])),
        (torch.tensor([True]), torch.tensor([True])),
        (np.array(["a"]), np.array(["a"])),
        (torch.zeros(0), torch.zeros(0)),
        ((1, [2, {"a": None}]), (1, [2, {"a": None}])),
        (True, np.True_),
        ("f", "f"),
    ],
)
def test_what_agrees_agrees(first, second):
    assert difference(first, second, Tolerance()) is None


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        (1.0, 1.1, "value"),
        (1.0, float("nan"), "nan"),
        (1.0, float("inf"), "inf"),
        (float("inf"), 1.0, "inf"),
        (float("inf"), float("-inf"), "inf"),
        (True, 1, "type"),
        (1.0, torch.tensor(1.0), "type"),
        ((1, 2), [1, 2], "type"),
        ((1, 2), (1, 2, 3), "length"),
        ({"a": 1}, {"b": 1}, "keys"),
        (torch.tensor([float("inf")]), torch.tensor([1.0]), "value"),
        (torch.tensor([1]), torch.tensor([2]), "value"),
        (torch.tensor([True]), torch.tensor([False]), "value"),
        (torch.zeros(2), torch.zeros(1, 2), "shape"),
        (torch.zeros(2), torch.zeros(2).double(), "dtype"),
        (None, 1, "type"),
        (1, None, "none"),
        ("f", "i", "value"),
        (nn.Linear(1, 1, bias=False), nn.Linear(1, 1), "keys"),
    ],
)
def test_what_differs_is_named_by_its_kind(first, second, kind):
    assert difference(first, second, Tolerance()).kind == kind


def test_the_dtype_may_be_free():
    free = Tolerance(same_dtype=False)
    assert difference(torch.zeros(2), torch.zeros(2).double(), free) is None


def test_an_own_comparison_decides_and_never_fails_the_check():
    exercise = make_memory(
        reference=lambda: [True, False],
        cases=((),),
        agrees=lambda expected, got: [value > 0.5 for value in got] == expected,
        mistakes=[],
        solution_source="x = 0",
    )
    assert exercise.check(lambda: [0.9, 0.1]).status == "correct"
    assert exercise.check(lambda: [0.9, 0.8]).status == "wrong"
    assert exercise.check(lambda: 3).status == "wrong"
    assert exercise.check(lambda: None).status == "wrong"
