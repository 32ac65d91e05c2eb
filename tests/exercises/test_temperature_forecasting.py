"""What is special to lesson 7's exercises: each reference against the package and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import mean_pinball_loss
from sklearn.preprocessing import StandardScaler

from lstm_lessons import forecasting
from lstm_lessons.exercises import temperature_forecasting as exercises

unhurried = settings(deadline=None, max_examples=40)  # a busy machine is no failure
seeds = st.integers(0, 1000)


@unhurried
@given(st.integers(1, 90), st.integers(1, 60), st.integers(1, 30))
def test_as_many_windows_fit_as_there_are_origins(hours, past, horizon):
    found = forecasting.origins(np.ones(hours, bool), 0, hours, past=past, horizon=horizon)
    assert exercises.windows_that_fit.reference(hours, past, horizon) == len(found)


@unhurried
@given(seeds)
def test_the_scale_is_that_of_scikit_learn(seed):
    rng = np.random.default_rng(seed)
    train, test = rng.normal(5, 3, (30, 4)), rng.normal(2, 6, (20, 4))
    scaler = StandardScaler().fit(train)
    found = exercises.scale.reference(train, test)
    np.testing.assert_allclose(found[0], scaler.transform(train))
    np.testing.assert_allclose(found[1], scaler.transform(test))


@unhurried
@given(seeds, st.floats(0.05, 0.95))
def test_the_package_has_the_same_baseline_and_scores(seed, quantile):
    rng = np.random.default_rng(seed)
    series, at = rng.normal(size=200), rng.integers(30, 150, size=4)
    expected = forecasting.seasonal_naive(series, at)
    np.testing.assert_array_equal(exercises.yesterday.reference(series, at), expected)
    truth, guess = rng.normal(size=(2, 5, 24))
    loss = exercises.pinball.reference(truth, guess, quantile)
    np.testing.assert_allclose(loss, forecasting.pinball(truth, guess, quantile))
    assert loss.mean() == pytest.approx(mean_pinball_loss(truth, guess, alpha=quantile))
    share = exercises.coverage.reference(truth, guess - 1, guess + 1)
    assert share == pytest.approx(forecasting.coverage(truth, guess - 1, guess + 1))


# Answers that learners write in other ways.


def fit_counted(hours, past, horizon):
    return len([start for start in range(hours) if start + past + horizon <= hours])


def scaled_by_scikit_learn(train, test):
    scaler = StandardScaler().fit(train)
    return scaler.transform(train), scaler.transform(test)


def yesterday_in_a_loop(series, at):
    return np.array([series[origin - 23 : origin + 1] for origin in at])


def pinball_by_cases(truth, forecast, quantile):
    low = forecast < truth
    return np.where(low, quantile * (truth - forecast), (1 - quantile) * (forecast - truth))


def coverage_counted(truth, low, high):
    hits = sum(a <= b <= c for a, b, c in zip(low.flat, truth.flat, high.flat, strict=True))
    return hits / truth.size


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("windows_that_fit", fit_counted),
        ("scale", scaled_by_scikit_learn),
        ("yesterday", yesterday_in_a_loop),
        ("pinball", pinball_by_cases),
        ("pinball", forecasting.pinball),
        ("coverage", coverage_counted),
        ("coverage", forecasting.coverage),
    ],
)
def test_another_right_answer_passes(name, answer):
    verdict = getattr(exercises, name).check(answer)
    assert verdict.status == "correct", verdict
