"""`PhraseExplorer` in Python: its numbers are those of its model, and what it refuses."""

from __future__ import annotations

import base64
import json

import numpy as np
import pytest
import torch
import traitlets

from lstm_lessons.models import POOLS, SequenceClassifier
from lstm_lessons.text.classifier import TextClassifier, encode_batch
from lstm_lessons.text.tokenizer import build_vocabulary
from lstm_lessons.trace import trace_gates
from lstm_lessons.widgets import PhraseExplorer
from tests.browser.hands.phrase_explorer import model_of, strongest
from tests.browser.phrase_samples import WORDS, sample_phrases

LETTERS = build_vocabulary([WORDS], at_least=1)
PNG = "data:image/png;base64,"
HOSTILE = '<img src=x onerror="alert(1)"> & </svg>'


def model(classes=3, units=4, **arguments):
    torch.manual_seed(0)
    return TextClassifier(len(LETTERS) + 2, classes, 5, units, **arguments).eval()


@pytest.mark.parametrize("pool", POOLS)
def test_the_belief_after_each_letter_is_the_models_own(pool):
    explorer = sample_phrases(pool=pool)
    trained = model_of(explorer.state())
    numbers = explorer.numbers()
    with torch.no_grad():
        for t, belief in enumerate(explorer.beliefs(), start=1):
            scores = trained(torch.tensor([numbers[:t]]), torch.tensor([t]))
            torch.testing.assert_close(belief, scores.softmax(1)[0], rtol=0, atol=1e-12)
    assert len(explorer.beliefs()) == len("grand Ø ma")


def test_its_numbers_equal_the_float32_model():
    given = model()
    explorer = PhraseExplorer.from_torch(given, LETTERS, "abc", phrase="grandmother ate été")
    with torch.no_grad():
        scores = given(*encode_batch([explorer.phrase], LETTERS)).softmax(1)[0]
    torch.testing.assert_close(explorer.beliefs()[-1].float(), scores, rtol=0, atol=1e-6)


def test_the_traces_are_those_of_the_module():
    explorer = sample_phrases()
    trained = model_of(explorer.state())
    with torch.no_grad():
        embedded = trained.embedding(torch.tensor([explorer.numbers()]))
    expected = trace_gates(trained.lstm, embedded)
    for direction in (0, 1):
        for key, values in explorer.traces(direction).items():
            wanted = getattr(expected, key)[0, direction].reshape(values.shape)
            torch.testing.assert_close(values, wanted, rtol=0, atol=1e-12)


@pytest.mark.parametrize("pool", POOLS)
def test_the_strongest_unit_is_the_one_whose_loss_costs_most(pool):
    explorer = sample_phrases(pool=pool)
    assert (explorer.direction, explorer.unit) == explorer.strongest()
    assert explorer.strongest() == strongest(explorer.state())


def test_a_phrase_is_read_tidily_and_not_to_its_end():
    explorer = sample_phrases(phrase=" e\u0301t\n\u2603 ")
    assert explorer.read() == ["é", "t", " ", "\u2603"]
    assert explorer.numbers()[-1] == 1 and min(explorer.numbers()[:3]) >= 2
    explorer.phrase = "ab" * 100
    assert len(explorer.read()) == len(explorer.beliefs()) == 64


def test_an_empty_phrase_has_no_belief_and_still_a_picture():
    explorer = sample_phrases(phrase="  ")
    assert explorer.beliefs().shape == (0, 4) and explorer.read() == explorer.numbers() == []
    assert "no phrase yet" in explorer.summary()
    assert not explorer.picture().axes[0].images
    with pytest.raises(ValueError, match="phrase must hold at least one letter"):
        explorer.strongest()


def test_the_summary_and_the_picture_tell_the_answer():
    explorer = sample_phrases()
    beliefs = explorer.beliefs()
    best = int(beliefs[-1].argmax())
    answer = f"“grand Ø ma” is language {best} ({beliefs[-1, best]:.0%})"
    assert explorer.summary() == f"PhraseExplorer: {answer}"
    figure = explorer.picture()
    assert figure.get_suptitle() == answer
    [belief] = [axes for axes in figure.axes if axes.images]
    torch.testing.assert_close(torch.tensor(belief.images[0].get_array()), beliefs.T)
    assert [text.get_text() for text in belief.get_yticklabels()] == explorer.class_names
    [bars] = [axes for axes in figure.axes if axes.get_title("left") == "answer"]
    np.testing.assert_array_equal([bar.get_width() for bar in bars.patches], beliefs[-1])
    assert f"{beliefs[-1, best]:.0%}" in [text.get_text() for text in bars.texts]


def test_the_picture_draws_the_picked_unit_at_every_letter():
    explorer = sample_phrases(direction=1, unit=2)
    figure = explorer.picture()
    drawn = {patch.get_label()[0]: patch for axes in figure.axes for patch in axes.patches}
    for key, values in explorer.traces().items():
        np.testing.assert_array_equal(drawn[key].get_data().values, values[:, 2])
    assert "unit 2, reverse direction" in [axes.get_title("left") for axes in figure.axes]
    [letters] = [axes for axes in figure.axes if axes.get_xlabel() == "letter"]
    assert [text.get_text() for text in letters.get_xticklabels()] == list("grand Ø ma")


def test_a_hostile_phrase_stays_text():
    explorer = sample_phrases(phrase=HOSTILE, examples=[HOSTILE])
    assert HOSTILE in explorer.picture().get_suptitle()
    assert "<img src=x" not in explorer.twin()


def test_letters_that_no_font_has_and_formulas_are_drawn_without_a_word(recwarn):
    explorer = sample_phrases(phrase="$\\frac$ \u6771\u4eac \U0001f600 _x^")
    assert PNG in explorer.twin()
    assert not recwarn.list


def test_its_weights_are_those_of_the_model_and_travel_compactly():
    given = model()
    explorer = PhraseExplorer.from_torch(given, LETTERS, "abc")
    numbers = np.frombuffer(base64.b64decode(explorer.weights), "<f4")
    assert len(numbers) == sum(p.numel() for p in given.parameters())
    for name, parameter in model_of(explorer.state()).named_parameters():
        assert torch.equal(parameter.float(), dict(given.named_parameters())[name]), name
    full = PhraseExplorer.from_torch(
        TextClassifier(140, 15, 24, 64), {chr(300 + k): k + 2 for k in range(138)}, ["x"] * 15
    )
    assert len(json.dumps(full.state())) < 400_000


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"letters": {"a": 2}}, "letters must have the numbers 2 to .* got 1 letters"),
        ({"letters": dict.fromkeys(LETTERS, 2)}, "letters must have the numbers 2"),
        ({"classes": "ab"}, "classes must hold one name for each of the 3 classes, got 2"),
        ({"model": model(classes=21), "classes": "a" * 21}, "classes must be at most 20, got 21"),
        ({"model": model(units=200)}, "at most 187,500 weights and 256 units"),
        ({"symbol": "z"}, "symbol must be one of i, f, g, o, c, h, got 'z'"),
        ({"unit": 4}, "unit must be a whole number from 0 to 3, got 4"),
        ({"direction": 2}, "direction must be a whole number from 0 to 1, got 2"),
    ],
)
def test_a_wrong_argument_is_named(arguments, message):
    arguments = {"model": model(), "letters": LETTERS, "classes": "abc"} | arguments
    with pytest.raises(ValueError, match=message):
        PhraseExplorer.from_torch(**arguments)


def test_what_is_no_text_classifier_is_refused():
    with pytest.raises(TypeError, match="model must be a TextClassifier, got SequenceClassifier"):
        PhraseExplorer.from_torch(SequenceClassifier(3, 4, 5), LETTERS, "abcde")
    with pytest.raises(traitlets.TraitError, match="phrase.* unicode"):
        sample_phrases(phrase=3, unit=0, direction=0)
    broken = model()
    torch.nn.init.constant_(broken.embedding.weight, float("nan"))
    with pytest.raises(ValueError, match="finite weights, got NaN or inf in embedding.weight"):
        PhraseExplorer.from_torch(broken, LETTERS, "abc")
