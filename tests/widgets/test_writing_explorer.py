"""`WritingExplorer` in Python: its numbers are those of the rounded model, and what it refuses."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
import torch
import traitlets

from lstm_lessons.text.language_model import START, LanguageModel, encode, in_eight_bits, letter_bits, predictions
from lstm_lessons.widgets import WritingExplorer
from tests.browser.hands.writing_explorer import expected_numbers, model_of
from tests.browser.writing_samples import ALPHABET, sample_model, sample_writing


def test_its_chances_are_those_of_the_rounded_model():
    explorer = sample_writing()
    rounded, _ = in_eight_bits(sample_model())
    [before] = predictions(rounded, [explorer.text + "a"])
    np.testing.assert_allclose(explorer.chances(), before, atol=1e-6)
    assert np.abs(explorer.chances() - predictions(sample_model(), [explorer.text + "a"])[0]).max() > 1e-4


@pytest.mark.parametrize("silent", [False, True])
def test_what_travels_is_the_model_that_is_asked(silent):
    explorer = sample_writing()
    explorer.silent = silent
    scores, _ = model_of(explorer.state())(encode(START + explorer.text, ALPHABET)[None])
    np.testing.assert_allclose(explorer.chances(), scores[0].softmax(-1).detach(), atol=1e-12)
    if silent:
        assert np.abs(explorer.chances() - sample_writing().chances()).max() > 1e-3


@pytest.mark.parametrize("count", [30, 90])
def test_influence_is_what_a_letter_is_worth_to_first_order(count):
    explorer = sample_writing(text="(bad fed " * 10)
    found = explorer.influences(count, 4)
    expected = expected_numbers(explorer.state() | {"text": explorer.text[:count] + ALPHABET[4]}, count)["colors",]
    np.testing.assert_allclose(found, [value for value in expected if value is not None], atol=1e-9)
    assert len(found) == min(count, 64)
    # A small step of one embedding towards the mean costs what its share of the influence says.
    model, numbers = explorer._model, encode(START + explorer.text[:count], ALPHABET)
    x = model.embedding(numbers).detach()
    moved, step = x.clone(), 1e-4
    moved[-2] += step * (model.embedding.weight.mean(0) - x[-2]).detach()
    before, after = (model.head(model.lstm(one[None])[0][0, -1]).log_softmax(0)[4].item() for one in (x, moved))
    assert (before - after) / math.log(2) / step == pytest.approx(found[-2], rel=1e-2, abs=1e-6)


def test_it_says_what_eight_bits_cost():
    explorer = sample_writing()
    texts = ["bad face\n", "a bag"]
    full = np.concatenate(letter_bits(sample_model(), texts)).mean()
    assert explorer.bits[0] == pytest.approx(full) and explorer.bits[1] != explorer.bits[0]
    assert f"{explorer.bits[1]:.2f} bits a letter in eight bits" in explorer.summary()
    assert sample_writing(held_out=[]).bits == [] and "bits" not in sample_writing(held_out=[]).summary()


def test_a_model_of_the_lesson_fits_into_a_page_and_a_larger_one_does_not():
    alphabet = "\n" + "".join(map(chr, range(32, 127)))
    explorer = WritingExplorer.from_torch(LanguageModel(alphabet, 64, 256))
    assert len(json.dumps(explorer.state())) < 700_000
    with pytest.raises(ValueError, match="model must take at most 700,000 bytes in a page, got .* fewer units"):
        WritingExplorer.from_torch(LanguageModel(alphabet, 64, 320))


def test_the_picture_shows_the_text_the_next_letters_and_the_unit():
    explorer = sample_writing(temperature=0.5, top_k=3)
    figure = explorer.picture()
    [bars] = [axes for axes in figure.axes if axes.get_title(loc="left") == "next letter"]
    order = np.argsort(-explorer.next_chances(), kind="stable")[:10]
    assert [text.get_text() for text in bars.get_yticklabels()] == [repr(ALPHABET[k]) for k in order]
    drawn = [bar.get_width() for bar in bars.patches]
    np.testing.assert_allclose(drawn, [*explorer.chances()[-1][order], *explorer.next_chances()[order]])
    assert "a bed (\n  'cafe'" in [text.get_text() for axes in figure.axes for text in axes.texts]
    lines = {patch.get_label()[0]: patch for axes in figure.axes for patch in axes.patches if patch not in bars.patches}
    for key, values in explorer.traces().items():
        np.testing.assert_allclose(lines[key].get_data().values, values)


def test_a_text_is_cut_and_unknown_letters_are_left_out():
    explorer = sample_writing()
    explorer.text = "aZb" * 300
    assert explorer.read() == "ab" * 200 and explorer.chances().shape == (401, len(ALPHABET))
    explorer.text = ""
    assert explorer.chances().shape == (1, len(ALPHABET)) and explorer.picture()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"text": "aZ"}, "text must hold letters of the alphabet alone, got 'Z'"),
        ({"begins": ["Q"]}, "text must hold letters of the alphabet alone, got 'Q'"),
        ({"color": "red"}, "color must be one of influence, cost, i"),
        ({"unit": 6}, "unit must be a whole number from 0 to 5, got 6"),
        ({"temperature": -1.0}, "temperature must be 0 or more"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(arguments, message):
    with pytest.raises((ValueError, traitlets.TraitError), match=message):
        sample_writing(**arguments)


def test_other_models_are_refused():
    with pytest.raises(TypeError, match="model must be a LanguageModel, got Linear"):
        WritingExplorer.from_torch(torch.nn.Linear(2, 2))
    with pytest.raises(ValueError, match="model must have a head of its own, got a tied one"):
        WritingExplorer.from_torch(LanguageModel(ALPHABET, 5, 6, tied=True))
    broken = sample_model()
    with torch.no_grad():
        broken.head.bias[0] = math.nan
    with pytest.raises(ValueError, match="model must have finite weights"):
        WritingExplorer.from_torch(broken)
