"""N-grams from sorted counts: equal to counting letter by letter, and true probabilities."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import pytest

from lstm_lessons.text import ngrams
from lstm_lessons.text.ngrams import kneser_ney, witten_bell

LETTERS = 5


def sample(seed, count):
    rng = np.random.default_rng(seed)
    text = [0, 1]
    for _ in range(count - 2):  # what follows depends on the last two letters
        text.append(int((text[-1] + text[-2] + rng.choice([0, 0, 0, 1, 2, 3])) % LETTERS))
    return np.array(text)


def counted(text, order):
    """``[k][context]`` is a Counter of the letters that follow."""
    found = [defaultdict(Counter) for _ in range(order + 1)]
    for n in range(order, len(text)):
        for k in range(order + 1):
            found[k][tuple(text[n - k : n])][text[n]] += 1
    return found


def by_hand(training, asked, order):
    """Witten-Bell, letter by letter, for the highest order alone."""
    begun = [None] * order + training.tolist()
    counts, text = counted(begun, order), begun + asked.tolist()
    answers = []
    for n in range(len(begun), len(text)):
        answer = 1 / LETTERS
        for k in range(order + 1):
            here = counts[k].get(tuple(text[n - k : n]))
            if not here:
                break
            answer = (here[text[n]] + len(here) * answer) / (here.total() + len(here))
        answers.append(answer)
    return np.array(answers)


@pytest.mark.parametrize("order", [0, 1, 2, 4])
def test_witten_bell_is_what_counting_by_hand_gives(order):
    training, asked = sample(0, 400), sample(1, 60)
    np.testing.assert_allclose(witten_bell(training, asked, LETTERS, order)[-1], by_hand(training, asked, order))


@pytest.mark.parametrize("smoothing", [witten_bell, kneser_ney])
def test_the_probabilities_of_all_letters_sum_to_one(smoothing):
    training = sample(0, 600)
    for context in ([0, 1, 2], [4, 4, 4], [3, 3, 0]):  # seen often, seldom, and perhaps never
        asked = [np.array([*context, letter]) for letter in range(LETTERS)]
        total = sum(smoothing(training, one, LETTERS, 3)[:, -1] for one in asked)
        np.testing.assert_allclose(total, 1)


def test_kneser_ney_asks_after_how_many_letters_a_letter_was_seen():
    """Letter 1 is frequent, but only after 0; letter 2 is rarer, and was seen after everything."""
    training = np.array([0, 1] * 40 + [3, 2, 4, 2, 0, 2, 1, 2, 2, 4, 3, 4, 3, 3, 4, 4])
    asked = np.array([4, 1]), np.array([4, 2])
    rare, broad = (kneser_ney(training, pair, LETTERS, 1)[1, 1] for pair in asked)
    assert broad > rare
    plain = [witten_bell(training, np.array([4, 1]), LETTERS, 0)[0, 1]]
    assert plain[0] > witten_bell(training, np.array([4, 2]), LETTERS, 0)[0, 1]


@pytest.mark.parametrize("smoothing", [witten_bell, kneser_ney])
def test_counting_while_reading_is_asking_again_with_what_was_read_as_training(smoothing, monkeypatch):
    monkeypatch.setattr(ngrams, "_discounts", lambda counts: np.array([0, 0.5, 0.9, 1.3]))  # else they change a little
    training, text = sample(0, 400), sample(1, 60)
    found = smoothing(training, text, LETTERS, 3, lengths=[60])
    for n in range(60):
        again = smoothing(np.concatenate([training, text[:n]]), text[n : n + 1], LETTERS, 3)[:, 0]
        np.testing.assert_allclose(found[:, n], again)


@pytest.mark.parametrize("smoothing", [witten_bell, kneser_ney])
def test_a_text_is_asked_about_with_nothing_counted_in_the_text_before(smoothing):
    training, first, text = sample(0, 400), sample(1, 60), sample(2, 40)
    other = np.concatenate([sample(3, 27), first[-3:]])  # the same context
    found, beside_other = (
        smoothing(training, np.concatenate([before, text]), LETTERS, 3, lengths=[len(before), 40])[:, len(before) :]
        for before in (first, other)
    )
    np.testing.assert_allclose(found, beside_other)


def test_a_higher_order_helps_where_two_letters_decide():
    training, asked = sample(0, 4000), sample(1, 1000)
    for smoothing in (witten_bell, kneser_ney):
        bits = -np.log2(smoothing(training, asked, LETTERS, 4)).mean(1)
        assert bits[2] < bits[1] - 0.2 and bits[2] < bits[0] - 0.2
    assert bits[4] < bits[2] + 0.1  # the discount keeps long contexts from hurting


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"order": -1}, "order must be a whole number from 0 to 20"),
        ({"training": [0, 5]}, "training must lie in 0..4, got 0..5"),
        ({"asked": [0.5]}, "asked must hold integers"),
        ({"asked": []}, "asked must hold at least one letter"),
        ({"lengths": [2]}, "lengths must sum to the 1 letters that are asked, got 2"),
        ({"lengths": [0, 1]}, "lengths must be at least 1, got 0"),
        ({"letters": 2**62}, "letters must be a whole number from 1 to 2147483648"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(arguments, message):
    with pytest.raises(ValueError, match=message):
        witten_bell(**{"training": [0, 1], "asked": [1], "letters": LETTERS, "order": 1} | arguments)
