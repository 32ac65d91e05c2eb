"""The adding problem: what is drawn is what the lesson says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_lessons.data import adding


@given(count=st.integers(1, 50), steps=st.integers(2, 60), seed=st.integers(0, 2**32))
def test_two_marks_one_in_each_half_and_their_sum(count, steps, seed):
    data = adding.load(count, steps, seed=seed)
    numbers, marks = data.x[..., 0], data.x[..., 1]
    assert data.x.shape == (count, steps, 2)
    assert data.x.dtype == data.y.dtype == np.float32
    assert ((numbers >= 0) & (numbers < 1)).all()
    half = steps // 2
    assert (marks[:, :half].sum(1) == 1).all()
    assert (marks[:, half:].sum(1) == 1).all()
    assert set(np.unique(marks)) <= {0, 1}
    first, second = data.marks.T
    assert (marks[np.arange(count), first] == 1).all()
    assert (marks[np.arange(count), second] == 1).all()
    np.testing.assert_allclose((numbers * marks).sum(1), data.y, rtol=1e-6)
    assert (len(data), data.steps) == (count, steps)


def test_whoever_always_says_one_is_off_by_the_variance():
    y = adding.load(20_000, 4, seed=0).y
    assert ((y - 1) ** 2).mean() == pytest.approx(1 / 6, abs=0.005)


def test_every_step_is_marked_now_and_then():
    data = adding.load(3_000, 10, seed=0)
    share = data.x[..., 1].mean(0)
    np.testing.assert_allclose(share, 0.2, atol=0.04)


def test_a_seed_of_several_numbers_is_one_of_its_own_as_the_lessons_number_their_batches():
    batches = [adding.load(5, 8, seed=seed).x.tolist() for seed in ([0, 1], [0, 2], [1, 1], 1)]
    assert all(one != other for n, one in enumerate(batches) for other in batches[:n])
    assert batches[0] == adding.load(5, 8, seed=[0, 1]).x.tolist()
    for wrong in ([], [0, -1], [0.5], "01"):
        with pytest.raises(ValueError, match="seed"):
            adding.load(5, 8, seed=wrong)


def test_the_seed_decides_and_is_asked_for():
    again = adding.load(5, 8, seed=3)
    assert np.array_equal(adding.load(5, 8, seed=3).x, again.x)
    assert not np.array_equal(adding.load(5, 8, seed=4).x, again.x)
    with pytest.raises(TypeError, match="seed"):
        adding.load(5, 8)


def test_it_describes_itself():
    assert "7 sequences of 12 steps" in adding.load(7, 12, seed=0).describe()
    assert "1 sequence of 12 steps" in adding.load(1, 12, seed=0).describe()


@pytest.mark.parametrize(
    ("arguments", "says"), [((0, 8), "count must be .* at least 1, got 0"), ((1, 1), "steps must be .* at least 2")]
)
def test_what_cannot_be_drawn_is_said(arguments, says):
    with pytest.raises(ValueError, match=says):
        adding.load(*arguments, seed=0)
