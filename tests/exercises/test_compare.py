"""Which values agree, and what is said of those that do not."""

from __future__ import annotations

from array import array
from collections import deque
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from lstm_lessons.exercises import start_here
from lstm_lessons.exercises._compare import Tolerance, describe, difference
from lstm_lessons.exercises.manual_cell import baseline_mse
from tests.exercises.samples import make_memory


class Sly(list):
    """Fails where it is looked at."""

    def __len__(self):
        raise ValueError("no length")

    def __repr__(self):
        raise ValueError("no text")


ITSELF: list = []
ITSELF.append(ITSELF)
ODD = [Fraction(3, 7), 10**400, Decimal("sNaN"), Sly(), ITSELF, range(10**12), torch.zeros(3).to(torch.float8_e5m2)]


@pytest.mark.parametrize("value", ODD, ids=lambda value: type(value).__name__)
def test_whatever_is_returned_the_exercise_is_not_broken(value):
    assert make_memory().check(lambda c, f, i, g: value).status == "wrong"
    assert start_here.new_memory.check(lambda c, f, i, g: value).status == "wrong"
    assert baseline_mse.check(value).status == "wrong"


def test_texts_that_differ_say_where():
    found = difference("000--", "00+--")
    assert (found.kind, found.sentence) == ("value", "the first difference is at place 2, from 0")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (1, 1.0),
        (1.0, torch.tensor(1.0)),
        (np.array(1.0), 1.0),
        ((1, 2), [1, 2]),
        ([1, 2], range(1, 3)),
        ((1, 2), {"a": 1, "b": 2}.values()),
        ([1, 2], deque([1, 2])),
        (np.array([1, 2]), array("d", [1, 2])),
        (0.5, Decimal("0.5")),
        ((1, 2), np.array([1.0, 2.0])),
        (torch.zeros(2), torch.zeros(2).double()),
        (torch.zeros(2), np.zeros(2)),
        (np.zeros((2, 1)), [[0], [0.0]]),
        (torch.zeros(2, 3), [torch.zeros(3), torch.zeros(3)]),
        (np.True_, torch.tensor(True)),
        (["a", "b"], np.array(["a", "b"])),
        (np.eye(2), pd.DataFrame([[1, 0], [0, 1]])),
        ([1, 2], pd.Series([1, 2])),
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
        (1.0, torch.tensor([1.0]), "type"),
        ((1, 2), np.array([1, 2, 3]), "type"),
        (torch.zeros(2), [0.0, 0.0, 0.0], "shape"),
        (np.zeros(2), ["a", "b"], "type"),
        ((1, 2), (1, 2, 3), "length"),
        ({"a": 1}, {"b": 1}, "keys"),
        (torch.tensor([float("inf")]), torch.tensor([1.0]), "value"),
        (torch.tensor([1]), torch.tensor([2]), "value"),
        (torch.tensor([True]), torch.tensor([False]), "value"),
        (torch.zeros(2), torch.zeros(1, 2), "shape"),
        (None, 1, "type"),
        (1, None, "none"),
        ("f", "i", "value"),
        (nn.Linear(1, 1, bias=False), nn.Linear(1, 1), "keys"),
    ],
)
def test_what_differs_is_named_by_its_kind(first, second, kind):
    assert difference(first, second, Tolerance()).kind == kind


def test_the_kind_and_the_dtype_may_count():
    strict = Tolerance(same_kind=True, same_dtype=True)
    assert difference(torch.zeros(2), torch.zeros(2).double(), strict).kind == "dtype"
    for other in (np.zeros(2, np.float32), [0.0, 0.0], (torch.tensor(0.0),) * 2):
        assert difference(torch.zeros(2), other, strict).kind == "type"
    assert difference((torch.zeros(2),), [torch.zeros(2)], strict) is None
    assert difference(np.zeros(2, np.int8), torch.zeros(2, dtype=torch.int8), Tolerance(same_dtype=True)) is None


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


def test_numbers_where_nothing_but_nan_was_expected_are_another_value():
    """A mistake may give nothing but NaN."""
    assert difference(np.full(3, np.nan), np.ones(3), Tolerance()).kind == "value"


def test_a_list_of_another_shape_is_told_its_shape_where_a_list_would_do():
    found = difference(np.zeros((9, 3)), [[0.0] * 3] * 8, Tolerance())
    assert (found.kind, found.sentence[-26:]) == ("shape", "a list of 8, of shape (8, 3)"[-26:])
    assert difference(np.zeros((9, 3)), [[0.0] * 3] * 8, Tolerance(same_kind=True)).kind == "type"


def test_a_tuple_of_one_is_described_as_one():
    assert describe(((0,), -0.5)) == "((0,), -0.5)"
