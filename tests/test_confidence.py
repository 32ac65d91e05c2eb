"""Intervals: their width, their coverage, and what pairing is worth."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_lessons.confidence import interval, paired, resampled, resampled_blocks


def test_the_interval_of_a_known_sample():
    found = interval([1, 2, 3, 4, 5])
    assert found.mean == 3
    assert found.half == pytest.approx(2.7764 * np.sqrt(2.5 / 5), rel=1e-4)
    assert (found.low, found.high) == pytest.approx((found.mean - found.half, found.mean + found.half))


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


def test_resampled_items_agree_with_students_t_where_both_may_be_used():
    values = np.random.default_rng(0).normal(1, 2, 400)
    assert resampled(values).mean == pytest.approx(values.mean())
    assert resampled(values).half == pytest.approx(interval(values).half, rel=0.05)


def test_groups_that_are_alike_make_the_interval_wide():
    rng = np.random.default_rng(1)
    groups = np.repeat(np.arange(20), 50)
    values = rng.normal(size=20)[groups] + 0.1 * rng.normal(size=1000)
    by_group = np.array([values[groups == g].mean() for g in range(20)])
    found = resampled(values, groups)
    assert found.half > 5 * resampled(values).half
    assert found.half == pytest.approx(1.96 * by_group.std() / np.sqrt(20), rel=0.1)
    order = rng.permutation(1000)
    assert resampled(values[order], groups[order]).half == pytest.approx(found.half, rel=1e-6)


def test_blocks_of_a_series_whose_neighbors_are_alike():
    steps = np.random.default_rng(2).normal(size=4000)
    series = np.zeros(4000)
    for t in range(1, 4000):
        series[t] = 0.9 * series[t - 1] + steps[t]
    true = 1.96 * 10 / np.sqrt(4000)  # the spectrum at 0 of an AR(1) process: 1 / (1 - 0.9)
    assert resampled_blocks(series, 100).half == pytest.approx(true, rel=0.25)
    assert resampled_blocks(series, 1).half < 0.4 * true


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: resampled([1.0, 2.0, 3.0], ["a", "a", "a"]), "groups must hold one group a value, of at least two"),
        (lambda: resampled([1.0, 2.0, 3.0], [0, 1]), "groups must hold one group a value"),
        (lambda: resampled([1.0, 2.0, 3.0], [np.nan, np.nan, 1]), "groups must be texts or numbers, got NaN"),
        (lambda: interval([1e308, 1e308]), "values must be two finite numbers or more, below 1e150"),
        (lambda: interval(np.ma.array([1, 2, 99], mask=[0, 0, 1])), "values .* masked"),
        (lambda: resampled([1.0, np.nan]), "values must be two finite numbers or more"),
        (lambda: resampled_blocks(np.ones(10), 6), "block must be .* from 1 to 5, got 6"),
    ],
)
def test_what_cannot_be_resampled_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_values_whose_squares_vanish_are_refused_and_equal_ones_are_not():
    with pytest.raises(ValueError, match="values must differ by more than 1e-140"):
        interval([1e-200, 2e-200])
    assert interval([1e-200, 1e-200]).half == 0
    with pytest.raises(TypeError, match="groups must be texts or numbers"):
        resampled([1.0, 2.0], np.zeros(2, [("a", "f4")]))
