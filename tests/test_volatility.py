"""Returns, ranges, features that look at nothing to come, and scores."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_lessons import volatility

unhurried = settings(deadline=None, max_examples=40)  # a busy machine is no failure
seeds = st.integers(0, 1000)


def days(seed: int, count: int = 120) -> tuple[np.ndarray, np.ndarray]:
    """Log variances and returns of made-up days."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=count), rng.normal(size=count)


def test_log_returns_add_up_and_the_first_day_has_none():
    found = volatility.log_returns([100.0, 110.0, 99.0])
    assert np.isnan(found[0])
    assert found[1:].sum() == pytest.approx(100 * np.log(0.99))
    assert found[1] == pytest.approx(9.531, abs=1e-3)


def test_the_range_of_a_random_walk_tells_its_variance():
    """Parkinson's constant: many small steps with a variance of 4 %² a day."""
    rng = np.random.default_rng(0)
    paths = np.cumsum(rng.normal(0, 0.02 / np.sqrt(2000), size=(2000, 2000)), axis=1)
    paths = np.concatenate([np.zeros((2000, 1)), paths], axis=1)
    found = volatility.log_range_variance(np.exp(paths.max(1)), np.exp(paths.min(1)))
    assert np.exp(found).mean() == pytest.approx(4, rel=0.06)


@pytest.mark.parametrize(("high", "low"), [([2.0, 1.0], [1.0, 1.0]), ([2.0], [1.0, 1.0]), ([1.0], [2.0])])
def test_a_day_without_a_range_is_refused(high, low):
    with pytest.raises(ValueError, match="high must lie above low"):
        volatility.log_range_variance(high, low)


@pytest.mark.parametrize("price", [0.0, -1.0, np.nan, np.inf])
def test_a_price_that_is_none_is_refused_by_name(price):
    with pytest.raises(ValueError, match="prices must hold finite numbers above 0"):
        volatility.log_returns([100.0, price])


@unhurried
@given(seeds, st.integers(1, 30))
def test_trailing_means_are_those_of_pandas(seed, width):
    values, _ = days(seed, 40)
    np.testing.assert_allclose(volatility.trailing_mean(values, width), pd.Series(values).rolling(width).mean())


def test_a_mean_longer_than_the_series_is_unknown():
    assert np.isnan(volatility.trailing_mean(np.ones(3), 4)).all()


@unhurried
@given(seeds, st.integers(70, 118))
def test_no_feature_knows_the_days_after_it(seed, at):
    """Whatever comes after the origin, its features stay as they were; whatever came on it, they change."""
    variance, returns = days(seed)
    before = volatility.leverage_features(variance, returns)
    variance[at + 1 :], returns[at + 1 :] = 99, -99
    after = volatility.leverage_features(variance, returns)
    np.testing.assert_array_equal(after[: at + 1], before[: at + 1])
    variance[at], returns[at] = 50, -50
    assert (volatility.leverage_features(variance, returns)[at] != before[at]).all()


def test_the_features_of_har_come_first_and_are_known_after_a_month():
    variance, returns = days(0)
    har, more = volatility.har_features(variance), volatility.leverage_features(variance, returns)
    np.testing.assert_array_equal(more[:, :3], har)
    assert more.shape == (120, 9)
    np.testing.assert_allclose(har[50], [variance[50], variance[46:51].mean(), variance[29:51].mean()])
    assert np.flatnonzero(~np.isnan(har).any(1))[0] == volatility.MONTH - 1
    assert np.flatnonzero(~np.isnan(more).any(1))[0] == volatility.QUARTER - 1
    np.testing.assert_allclose(more[50, 4:6], [min(returns[50], 0), np.minimum(returns[46:51], 0).mean()])
    np.testing.assert_allclose(more[50, 7:], [abs(returns[50]), np.abs(returns[46:51]).mean()])


def test_features_of_unequal_lengths_are_refused():
    with pytest.raises(ValueError, match="returns must have as many days as log_variance, 5, got 4"):
        volatility.leverage_features(np.ones(5), np.ones(4))


@unhurried
@given(st.lists(st.integers(70, 298), min_size=1, max_size=5, unique=True).map(sorted))
def test_a_walk_forward_tests_each_day_once_and_learns_from_the_past_alone(borders):
    folds = volatility.walk_forward(300, borders)
    tested = np.concatenate([fold.test + 1 for fold in folds])
    np.testing.assert_array_equal(tested, np.arange(borders[0], 300))
    for fold in folds:
        assert fold.learn[0] == volatility.QUARTER
        assert fold.learn[-1] + 1 == fold.border - 1  # the last day it learns to forecast
        assert fold.test[0] + 1 == fold.border


@pytest.mark.parametrize("borders", [[], [200, 200], [200, 150], [67], [300]])
def test_borders_that_make_no_walk_are_refused(borders):
    with pytest.raises(ValueError, match="borders"):
        volatility.walk_forward(300, np.array(borders, int))


@unhurried
@given(seeds, st.floats(0.2, 5))
def test_qlike_is_least_at_the_mean_of_the_truth(seed, factor):
    truth = np.random.default_rng(seed).gamma(2, size=200)
    best = volatility.qlike(truth, np.full(200, truth.mean())).mean()
    assert volatility.qlike(truth, np.full(200, factor * truth.mean())).mean() >= best
    assert (volatility.qlike(truth, truth) == 0).all()


def test_too_low_a_forecast_costs_more_than_too_high_a_one():
    low, high = volatility.qlike(np.ones(2), np.array([0.5, 2.0]))
    assert low == pytest.approx(2 - np.log(2) - 1) and high == pytest.approx(0.5 + np.log(2) - 1)
    with pytest.raises(ValueError, match="forecast must hold finite numbers above 0"):
        volatility.qlike(np.ones(1), np.zeros(1))
    with pytest.raises(ValueError, match=r"shape of truth, \(2,\), got \(1,\)"):
        volatility.qlike(np.ones(2), np.ones(1))


def test_kupiec_is_the_published_example():
    """17 breaches of a 5 % value at risk in 255 days: not rejected; 26 are (Kupiec's region is 7 to 20)."""
    for hits, rejected in ((6, True), (7, False), (20, False), (21, True)):
        p = volatility.kupiec(np.arange(255) < hits, 0.05)
        assert (p < 0.05) == rejected, hits
    assert volatility.kupiec(np.arange(1000) < 50, 0.05) == pytest.approx(1)


@unhurried
@given(st.integers(0, 60))
def test_kupiec_is_finite_at_no_breach_and_at_all(hits):
    assert 0 <= volatility.kupiec(np.arange(60) < hits, 0.1) <= 1


def test_kupiec_refuses_by_name():
    with pytest.raises(ValueError, match="share must be between 0 and 1, got 1"):
        volatility.kupiec(np.ones(3, bool), 1)
    with pytest.raises(ValueError, match="breaches must hold"):
        volatility.kupiec(np.ones(3), 0.05)
    with pytest.raises(ValueError, match="at least one day"):
        volatility.kupiec(np.ones(0, bool), 0.05)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: volatility.qlike([1e300], [1e-300]), "truth must hold finite numbers above 0, from 1e-150"),
        (lambda: volatility.qlike([1.0], [1e-300]), "forecast must hold"),
        (lambda: volatility.log_returns([1e-300, 1.0]), "prices must hold"),
        (lambda: volatility.log_range_variance([1e300], [1.0]), "high must hold"),
        (lambda: volatility.trailing_mean([1.7e308, 1.7e308], 2), "values must hold numbers of at most 1e150"),
        (lambda: volatility.har_features([np.inf] * 30), "log_variance must hold numbers"),
        (lambda: volatility.leverage_features(np.ones(70), np.full(70, 1e200)), "returns must hold numbers"),
        (lambda: volatility.walk_forward(2**40, [100], first=66), r"count must be at most 2\*\*28"),
        (lambda: volatility.kupiec([True, False], np.longdouble(0.5)), "share must be between 0 and 1"),
    ],
)
def test_numbers_that_no_score_can_hold_are_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_a_day_that_is_missing_leaves_its_means_missing():
    found = volatility.trailing_mean([1, np.nan, 3, 5], 2)
    np.testing.assert_array_equal(found, [np.nan, np.nan, np.nan, 4])
