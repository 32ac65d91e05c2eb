"""The sine mixtures: what is drawn is what the lesson says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_lessons.data import sines


@given(count=st.integers(1, 20), steps=st.integers(1, 60), waves=st.integers(1, 4), seed=st.integers(0, 2**32))
def test_a_stream_is_the_sum_of_its_waves(count, steps, waves, seed):
    data = sines.load(count, steps, seed=seed, waves=waves, noise=0)
    assert data.x.shape == (count, steps, 1)
    assert data.x.dtype == np.float32
    assert (len(data), data.steps) == (count, steps)
    shortest, longest = sines.PERIODS
    assert ((data.periods >= shortest) & (data.periods <= longest)).all()
    np.testing.assert_allclose((data.amplitudes**2).sum(axis=1) / 2, 1)
    t = np.arange(steps)
    for n in range(count):
        waves_of = zip(data.periods[n], data.amplitudes[n], data.phases[n], strict=True)
        expected = sum(a * np.sin(2 * np.pi * t / p + phase) for p, a, phase in waves_of)
        np.testing.assert_allclose(data.x[n, :, 0], expected, atol=1e-5)


def test_the_variance_is_one_and_the_noise_comes_on_top():
    clean, noisy = (sines.load(50, 4000, seed=0, noise=noise) for noise in (0, 0.5))
    assert clean.x.var() == pytest.approx(1, abs=0.02)
    assert np.std(noisy.x - clean.x) == pytest.approx(0.5, abs=0.01)


def test_the_seed_decides_and_is_asked_for():
    again = sines.load(3, 20, seed=3)
    assert np.array_equal(sines.load(3, 20, seed=3).x, again.x)
    assert not np.array_equal(sines.load(3, 20, seed=4).x, again.x)
    with pytest.raises(TypeError, match="seed"):
        sines.load(3, 20)


def test_it_describes_itself():
    said = sines.load(7, 12, seed=0, waves=3, noise=0.2).describe()
    assert "7 streams of 12 steps" in said
    assert "3 sine waves" in said
    assert "deviation 0.2" in said


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"count": 0}, "count must be a whole number of at least 1, got 0"),
        ({"steps": 0}, "steps must be a whole number of at least 1, got 0"),
        ({"waves": 0}, "waves must be a whole number of at least 1, got 0"),
        ({"noise": -1}, "noise must be at least 0, got -1"),
        ({"noise": float("nan")}, "noise must be at least 0, got nan"),
    ],
)
def test_what_cannot_be_drawn_is_said(arguments, says):
    with pytest.raises(ValueError, match=says):
        sines.load(**arguments, seed=0)
