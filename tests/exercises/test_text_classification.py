"""What is special to lesson 8's exercises: each reference against the package and scikit-learn."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.metrics import confusion_matrix

from lstm_lessons.exercises import text_classification as exercises
from lstm_lessons.text.tokenizer import build_vocabulary, encode, normalize

unhurried = settings(deadline=None, max_examples=40)  # a busy machine is no failure
phrases = st.text("abc AÆ", min_size=1, max_size=20).map(normalize).filter(bool)


@unhurried
@given(phrases, st.integers(1, 5))
def test_runs_are_those_of_the_vectorizer(text, n):
    analyze = CountVectorizer(analyzer="char", ngram_range=(n, n), lowercase=False).build_analyzer()
    assert exercises.ngrams.reference(text, n) == list(analyze(text))


@unhurried
@given(phrases, st.lists(phrases, min_size=1))
def test_numbers_are_those_of_the_package(text, known):
    letters = build_vocabulary(known)
    assert exercises.to_numbers.reference(text, letters) == encode(text, letters)


@unhurried
@given(st.integers(0, 1000), st.integers(2, 6))
def test_the_matrix_is_that_of_scikit_learn(seed, classes):
    labels, predicted = np.random.default_rng(seed).integers(classes, size=(2, 30))
    expected = confusion_matrix(labels, predicted, labels=range(classes))
    np.testing.assert_array_equal(exercises.confusion.reference(labels, predicted, classes), expected)


# Answers that learners write in other ways.


def ngrams_in_a_loop(text, n):
    found = []
    for start in range(len(text)):
        if len(text[start : start + n]) == n:
            found.append(text[start : start + n])
    return found


def numbers_by_cases(text, letters):
    return [letters[letter] if letter in letters else 1 for letter in text]


def leak_by_counts(train_groups, test_groups):
    counts = Counter(test_groups)
    return sum(counts[group] for group in set(train_groups)) / len(test_groups)


def leak_by_numpy(train_groups, test_groups):
    return np.isin(test_groups, train_groups).mean()


def confusion_in_a_loop(labels, predicted, classes):
    matrix = np.zeros((classes, classes))
    for truth, answer in zip(labels, predicted, strict=True):
        matrix[truth, answer] += 1
    return matrix


def confusion_by_bincount(labels, predicted, classes):
    return np.bincount(labels * classes + predicted, minlength=classes**2).reshape(classes, classes)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("ngrams", ngrams_in_a_loop),
        ("to_numbers", numbers_by_cases),
        ("to_numbers", encode),
        ("leaked_share", leak_by_counts),
        ("leaked_share", leak_by_numpy),
        ("confusion", confusion_in_a_loop),
        ("confusion", confusion_by_bincount),
    ],
)
def test_another_right_answer_passes(name, answer):
    verdict = getattr(exercises, name).check(answer)
    assert verdict.status == "correct", verdict
