"""What is special to lesson 11's exercises: each reference against num2words, the package and PyTorch."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_lessons.data.number_words import words
from lstm_lessons.exercises import translation as exercises
from lstm_lessons.text import translation
from lstm_lessons.text.translation import BEGIN, END, Translator

unhurried = settings(deadline=None, max_examples=30)  # a busy machine is no failure
ONES = [words(n, "de") for n in range(20)]
TENS = ["", "", *(words(10 * n, "de") for n in range(2, 10))]


def test_the_rule_says_what_num2words_says():
    assert [exercises.german.reference(n, ONES, TENS) for n in range(1, 100)] == [words(n, "de") for n in range(1, 100)]


@unhurried
@given(st.integers(0, 10_000), st.integers(1, 4), st.integers(1, 6), st.integers(1, 5))
def test_where_to_look_is_what_the_package_computes(seed, batch, letters, units):
    torch.manual_seed(seed)
    h, states = torch.randn(batch, units), torch.randn(batch, letters, units)
    keep = torch.arange(letters) < torch.randint(1, letters + 1, (batch, 1))
    expected = translation.attention_weights(h[:, None], states, keep)[:, 0]
    torch.testing.assert_close(exercises.look.reference(h, states, keep), expected)


def test_loss_and_shift_are_those_of_the_package():
    torch.manual_seed(0)
    model = Translator(5, 6, 4, 4)
    numbers, lengths = torch.tensor([[2, 3, 4], [2, 0, 0]]), torch.tensor([3, 1])
    targets = torch.tensor([[BEGIN, 3, 4, END], [BEGIN, END, 0, 0]])
    _, says = exercises.shifted.reference(targets)
    found = exercises.masked_loss.reference(model(numbers, lengths, targets), says)
    torch.testing.assert_close(found, translation.loss(model, (numbers, lengths, targets)))


@pytest.mark.parametrize("seed", range(5))
@torch.no_grad()
def test_writing_and_beams_are_those_of_the_package(seed):
    torch.manual_seed(seed)
    model = Translator(5, 6, 4, 8).eval()
    source = torch.tensor([2, 3, 4])
    memory = model.encode(source[None], torch.tensor([3]))

    def next_logs(signs):
        scores, _, _ = model.decode(torch.tensor([[BEGIN, *signs]]), memory, memory.first)
        return scores[0, -1].log_softmax(0).tolist()

    written = exercises.greedy.reference(lambda signs: [math.exp(log) for log in next_logs(signs)], 7)
    expected = translation.greedy(model, source[None], torch.tensor([3]), longest=7)[0].tolist()
    assert written == (expected[: expected.index(END)] if END in expected else expected)
    beam = [((), 0.0)]
    for length in range(1, 4):
        beam = exercises.beam_step.reference(beam, next_logs, 3)
        if any(END in text for text, _ in beam):
            return  # the exercise leaves out that such a text is not grown
        [found] = translation.beam_search(model, source[None], torch.tensor([3]), 3, longest=length)
        assert [each.numbers for each in found] == [text for text, _ in beam]
        np.testing.assert_allclose([each.log_probability for each in found], [log for _, log in beam], atol=1e-5)
