"""What is special to lesson 13's exercises: each reference against the package, SciPy and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import r2_score

from lstm_lessons import volatility
from lstm_lessons.exercises import finance as exercises

unhurried = settings(deadline=None, max_examples=40)  # a busy machine is no failure
seeds = st.integers(0, 1000)


@unhurried
@given(seeds)
def test_the_package_has_the_same_returns_features_and_loss(seed):
    rng = np.random.default_rng(seed)
    prices, v = np.exp(rng.normal(size=40)), rng.normal(size=60)
    np.testing.assert_allclose(exercises.log_returns.reference(prices), volatility.log_returns(prices)[1:])
    np.testing.assert_allclose(exercises.har_features.reference(v), volatility.har_features(v)[21:])
    truth, said = rng.gamma(2, size=(2, 30))
    np.testing.assert_allclose(exercises.qlike.reference(truth, said), volatility.qlike(truth, said))


@unhurried
@given(st.integers(1, 80), st.floats(0.01, 0.3))
def test_the_package_tests_coverage_alike(hits, share):
    p = volatility.kupiec(np.arange(100) < hits, share)
    assert p == pytest.approx(stats.chi2.sf(exercises.kupiec.reference(hits, 100, share), 1))


@unhurried
@given(seeds)
def test_the_skill_is_r2_of_the_changes_about_zero(seed):
    """With the mean of the changes left out, the skill is the R² of scikit-learn."""
    rng = np.random.default_rng(seed)
    changes = rng.normal(size=50)
    changes -= changes.mean()
    prices = np.concatenate([[0], np.cumsum(changes)])
    said = np.concatenate([[0], prices[:-1] + rng.normal(size=50)])
    expected = r2_score(changes, said[1:] - prices[:-1])
    assert exercises.skill.reference(prices, said) == pytest.approx(expected)


def test_a_strategy_that_knows_tomorrow_is_one_that_is_shifted():
    returns = np.random.default_rng(0).normal(size=300)
    known = np.append(np.sign(returns[1:]), 0)
    assert exercises.strategy.reference(known, returns, 0.0)[1:].sum() == pytest.approx(np.abs(returns[1:]).sum())
    assert exercises.strategy.reference(np.ones(300), returns, 0.1).sum() == pytest.approx(returns[1:].sum() - 0.1)
