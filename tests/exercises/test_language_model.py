"""What is special to lesson 10's exercises: each reference against the package."""

from __future__ import annotations

import math

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_lessons.exercises import language_model as exercises
from lstm_lessons.text.language_model import reshape
from lstm_lessons.text.ngrams import witten_bell

unhurried = settings(deadline=None, max_examples=40)  # a busy machine is no failure


@unhurried
@given(st.dictionaries(st.characters(), st.integers(1, 1000), min_size=1, max_size=12))
def test_entropy_is_that_of_torch(counts):
    expected = torch.distributions.Categorical(torch.tensor(list(counts.values()), dtype=torch.float64)).entropy()
    assert math.isclose(exercises.entropy.reference(counts), expected / math.log(2), abs_tol=1e-9)


@unhurried
@given(st.lists(st.integers(0, 3), min_size=8, max_size=60), st.integers(0, 3))
def test_smoothing_is_that_of_the_package(text, letter):
    context = text[-1]
    pairs = [after for before, after in zip(text, text[1:], strict=False) if before == context]
    followers = {k: pairs.count(k) for k in set(pairs)}
    lower, expected = witten_bell(np.array(text), np.array([letter]), 4, 1)[:, 0]
    assert math.isclose(exercises.smoothed.reference(followers, letter, lower), expected, rel_tol=1e-9)


@unhurried
@given(st.integers(0, 1000), st.floats(0.2, 3), st.floats(0.1, 0.99))
def test_what_is_drawn_from_is_that_of_the_package(seed, temperature, p):
    scores = np.random.default_rng(seed).normal(size=7) * 2
    plain = exercises.with_temperature.reference(scores, 1.0)
    warm = exercises.with_temperature.reference(scores, temperature)
    np.testing.assert_allclose(warm, reshape(plain, temperature=temperature), rtol=1e-9)
    np.testing.assert_allclose(exercises.top_p.reference(plain, p), reshape(plain, top_p=p), rtol=1e-9)


@unhurried
@given(st.lists(st.integers(0, 3), min_size=1, max_size=30), st.lists(st.integers(1, 9), min_size=4, max_size=4))
def test_a_narrowed_interval_is_as_wide_as_the_text_is_likely(letters, counts):
    (low, width), total = (0, 1), sum(counts)
    for letter in letters:
        low, width = exercises.narrow.reference(low, width, counts, letter)
    bits = len(letters) * math.log2(total) - math.log2(width)
    assert math.isclose(bits, -sum(math.log2(counts[k] / total) for k in letters), abs_tol=1e-6)
    assert 0 <= low and low + width <= total ** len(letters)
