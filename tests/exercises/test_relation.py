"""What is said of a result that is near the expected one."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lstm_lessons.exercises._compare import Tolerance
from lstm_lessons.exercises._relation import relation
from tests.exercises.samples import make_memory

PAIR = [(np.array([1.0, 2.0]), 3.0), (np.array([4.0, 6.0]), 5.0)]
ROWS = [torch.arange(6.0).view(2, 3), torch.arange(4.0).view(2, 2) ** 2]


@pytest.mark.parametrize(
    ("expected", "got", "said"),
    [
        (PAIR, [h for h, _ in PAIR], "It is the first of the 2 values"),
        (PAIR, [c for _, c in PAIR], "It is the second of the 2 values"),
        (PAIR, [(c, h) for h, c in PAIR], "in another order"),
        (PAIR, [[*h, c] for h, c in PAIR], "The right numbers"),
        (ROWS, [rows.T for rows in ROWS], "The right numbers"),
        (ROWS, [list(rows) for rows in ROWS], "The right numbers, but of another kind."),
        (ROWS, [rows.numpy() for rows in ROWS], "The right numbers, but of another kind."),
        (ROWS, [rows[None] for rows in ROWS], "The right numbers"),
        (ROWS, [-rows for rows in ROWS], "The sign is reversed everywhere."),
        ([2, 3, 5], [200, 300, 500], "Everywhere 100 times as much."),
        ([2, 3, 5], [3, 4, 6], "Everywhere 1 too large."),
        ([2, 3, 5], [0.5, 1.5, 3.5], "Everywhere 1.5 too small."),
        (PAIR, [(*pair, 0) for pair in PAIR], "The first 2 values are right: return them alone."),
        ([2, 3, 5], [(2,), (3,), (5,)], "in a tuple or list of its own"),
        (ROWS, [(rows, rows + 1) for rows in ROWS], "The first value is the right one"),
        ([2 / 3, 1 / 7], [0.67, 0.14], "You rounded."),
        (PAIR, [(h, c * c) for h, c in PAIR], "The first value is right."),
        (PAIR, [[h * h, c] for h, c in PAIR], "The second value is right."),
        ([(*pair, 7) for pair in PAIR], [(h, 0, 7) for h, _ in PAIR], "The first and the third values are right."),
    ],
)
def test_what_holds_in_every_case_is_said(expected, got, said):
    assert said in relation(expected, got, Tolerance())


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (PAIR, [PAIR[0][0], PAIR[1][1]]),  # the first part, then the second
        (PAIR, [(c, h) for h, c in PAIR[:1]]),  # one case of two
        (ROWS, [ROWS[0].T, ROWS[1] + 1]),
        (ROWS, [rows * 0 for rows in ROWS]),
        ([2, 3, 5], [4, 6, 11]),
        ([2, 3, 5], [torch.tensor(2), 3.0, np.int64(5)]),  # the same numbers
        ([2 / 3, 1 / 7], [0.67, 0.15]),
        (PAIR, [(PAIR[0][0], 0), (0, PAIR[1][1])]),  # another one in each case
        (PAIR, [(*pair, 0) for pair in PAIR[:1]]),
        ([2, 2, 2], [4, 4, 4]),  # twice or 2 more: nobody knows
        ([2, 3], [float("nan"), 3]),
        (["a", "b"], ["b", "a"]),
        ([{"h": 1.0}], [1.0]),
        ([None], [1.0]),
    ],
)
def test_what_does_not_hold_is_not_said(expected, got):
    assert relation(expected, got, Tolerance()) == ""


def test_a_verdict_says_it_beside_the_first_difference():
    exercise = make_memory(reference=lambda c: (c, c + 1), cases=[(1.0,), (2.0,)], mistakes=[], solution_source="x = 0")
    alone = exercise.check(lambda c: c + 1)
    assert "is of another type. It is the second of the 2 values that are asked for, and right" in alone.message
    assert "All values are right, but in another order." in exercise.check(lambda c: (c + 1, c)).message
