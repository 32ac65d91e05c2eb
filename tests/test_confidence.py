"""Intervals: their width, their coverage, and what pairing is worth."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_lessons.confidence import interval, paired


def test_the_interval_of_a_known_sample():
    found = interval([1, 2, 3, 4, 5])
    assert found.mean == 3
    assert found.half == pytest.approx(2.7764 * np.sqrt(2.5 / 5), rel=1e-4)
    assert (found.low, found.high) == (found.mean - found.half, found.mean + found.half)


@pytest.mark.parametrize("count", [2, 5, 31, 32, 60])
def test_nineteen_of_twenty_intervals_hold_the_true_mean(count):
    draws = np.random.default_rng(count).normal(3, 2, size=(4000, count))
    covered = np.mean([i.low <= 3 <= i.high for i in map(interval, draws)])
    assert covered == pytest.approx(0.95, abs=0.012)


@pytest.mark.parametrize(("count", "t"), [(2, 12.7062), (6, 2.5706), (31, 2.0423), (121, 1.9799)])
def test_the_width_is_that_of_a_table_of_students_t(count, t):
    values = np.arange(count)
    width = interval(values).half * np.sqrt(count) / values.std(ddof=1)
    assert width == pytest.approx(t, abs=5e-5)


def test_pairing_takes_out_what_two_runs_share():
    rng = np.random.default_rng(0)
    shared, own = rng.normal(0, 1, size=8), rng.normal(0, 0.01, size=8)
    difference = paired(shared + 0.1 + own, shared)
    assert difference.mean == pytest.approx(0.1, abs=0.02)
    assert not difference.spans_zero
    assert interval(shared).half > 10 * difference.half


def test_an_interval_around_zero_spans_it():
    assert interval([-1, 1, 0.5]).spans_zero
    assert not interval([1, 1.1, 1.2]).spans_zero
    assert not interval([-1, -1.1, -1.2]).spans_zero


@pytest.mark.parametrize("values", [[], [1.0], [1.0, np.nan], [[1.0, 2.0], [3.0, 4.0]]])
def test_too_few_or_odd_values_are_refused(values):
    with pytest.raises(ValueError, match="values must be two finite numbers or more"):
        interval(values)


def test_unequal_runs_are_refused():
    with pytest.raises(ValueError, match=r"same seeds, got \(2,\) and \(3,\)"):
        paired([1, 2], [1, 2, 3])
