"""`TranslationExplorer` in Python: its numbers are those of its model, and what it refuses."""

from __future__ import annotations

import functools
import json

import pytest
import torch
import traitlets
from torch import nn
from torch.nn.utils import prune
from torch.nn.utils.parametrizations import weight_norm

from lstm_lessons.data import seventh_voice
from lstm_lessons.speech.recognizer import Recognizer
from lstm_lessons.text import translation
from lstm_lessons.text.language_model import LanguageModel
from lstm_lessons.text.translation import END, Translator
from lstm_lessons.widgets import SpeechExplorer, TranslationExplorer, WritingExplorer
from tests.browser.hands.translation_explorer import forced_run, model_of
from tests.browser.translation_samples import sample_translations, sample_translator


@pytest.mark.parametrize("phrase", ["21", "ninety-nine", "Øne", "700"])
def test_it_writes_what_the_model_writes(phrase):
    explorer, trained = sample_translations(phrase=phrase), sample_translator()
    found = explorer.written()
    assert explorer.text(found.signs)[:70] == trained.translate([explorer.read()])[0][:70]
    assert found.probabilities.shape == (len(found.signs), len(trained.target_letters) + 3)
    assert found.attention.shape == (len(found.signs), len(explorer.read()))
    signs, logs, attention = forced_run(model_of(explorer.state()), explorer.numbers(), explorer.state())
    assert signs == found.signs
    torch.testing.assert_close(found.probabilities.log(), torch.tensor(logs, dtype=torch.float64), rtol=0, atol=1e-9)
    torch.testing.assert_close(found.attention, torch.tensor(attention, dtype=torch.float64), rtol=0, atol=1e-12)


def test_a_number_in_digits_is_put_into_words_and_a_long_one_is_not():
    explorer = sample_translations(phrase=" 321 ")
    assert explorer.read() == "three hundred and twenty-one"
    for phrase in ("1234567", "3.5", "²", "-4"):
        explorer.phrase = phrase
        assert explorer.read() == phrase
    explorer.phrase = "x" * 100
    assert len(explorer.read()) == 64 and set(explorer.numbers()) <= {1, *range(2, 30)}


def test_what_is_forced_stands_there_and_changes_what_follows():
    explorer = sample_translations(phrase="ninety-nine")
    before = explorer.written()
    other = next(sign for sign in before.probabilities[1].argsort(descending=True).tolist() if sign > END)
    other = other if other != before.signs[1] else END + 1
    explorer.forced = {"1": other}
    after = explorer.written()
    assert after.signs[:2] == [before.signs[0], other]
    torch.testing.assert_close(after.probabilities[:2], before.probabilities[:2])
    assert not torch.allclose(after.probabilities[2], before.probabilities[2])


def test_attention_goes_where_it_is_sent():
    explorer = sample_translations(phrase="ninety-nine")
    before = explorer.written()
    explorer.looked = {"0": 7, "2": 63}
    after = explorer.written()
    assert after.attention[0].tolist() == [float(s == 7) for s in range(11)]
    assert not torch.allclose(after.probabilities[0], before.probabilities[0])


def test_a_beam_is_that_of_the_search():
    explorer = sample_translations(phrase="35", width=2)
    trained = sample_translator()
    numbers = torch.tensor([explorer.numbers()])
    [expected] = translation.beam_search(trained.model, numbers, torch.tensor([numbers.shape[1]]), 2, 72)
    assert [text for text, _ in explorer.beam()] == [explorer.text(each.numbers) for each in expected]
    assert [log for _, log in explorer.beam()] == pytest.approx([each.log_probability for each in expected], abs=1e-4)


def test_an_empty_phrase_has_nothing_and_still_a_picture():
    explorer = sample_translations(phrase="  ", view="beam")
    assert explorer.read() == "" and explorer.numbers() == explorer.beam() == explorer.written().signs == []
    assert "nothing to translate" in explorer.summary() and "data:image/png" in explorer.twin()


def test_the_weights_go_to_the_page_in_their_order():
    state = json.loads(json.dumps(sample_translations().state()))
    mine, theirs = model_of(state).state_dict(), sample_translator().model.state_dict()
    for name, value in theirs.items():
        torch.testing.assert_close(mine[name].float(), value, rtol=0, atol=0)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model": nn.Linear(2, 2)}, "model must be a Translator, got Linear"),
        ({"model": Translator(5, 6, 4, 4, attention=False)}, "model must have attention, got one without"),
        ({"source_letters": {"a": 2}}, "source_letters must have the numbers 2 to 4 of the model, each once, got 1"),
        ({"target_letters": {"a": 2, "b": 3, "c": 4}}, "target_letters must have the numbers 3 to 5"),
        ({"model": Translator(5, 6, 32, 320)}, "at most 187,500 weights to go into a page, got "),
    ],
)
def test_what_does_not_fit_is_refused(changes, message):
    given = {"model": Translator(5, 6, 4, 4)}
    given |= {"source_letters": {"a": 2, "b": 3, "c": 4}, "target_letters": {"x": 3, "y": 4, "z": 5}}
    with pytest.raises((TypeError, ValueError), match=message):
        TranslationExplorer.from_torch(**(given | changes))


def test_weights_that_are_not_finite_are_refused():
    model = Translator(3, 4, 4, 4)
    model.bridge.bias.data[0] = torch.nan
    with pytest.raises(ValueError, match="model must have finite weights"):
        TranslationExplorer.from_torch(model, {"a": 2}, {"x": 3})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("step", -1),
        ("step", 73),
        ("width", 0),
        ("width", 5),
        ("view", "other"),
        ("forced", {"a": 3}),
        ("forced", {"1": 1}),
        ("forced", {"99": 3}),
        ("looked", {"1": 64}),
        ("looked", {"1": "b"}),
    ],
)
def test_settings_out_of_range_are_refused(name, value):
    explorer = sample_translations()
    with pytest.raises((ValueError, traitlets.TraitError)):
        setattr(explorer, name, value)


@pytest.mark.parametrize(
    "change",
    [
        lambda lstm: prune.l1_unstructured(lstm, "weight_hh_l0", 0.5),
        lambda lstm: weight_norm(lstm, "weight_hh_l0"),
        lambda lstm: lstm.register_forward_hook(lambda module, arguments, output: None),
        lambda lstm: lstm.to("meta"),
        lambda lstm: lstm.weight_hh_l0.data.fill_(float("nan")),
    ],
)
@pytest.mark.parametrize("of", ["translation", "speech", "writing"])
def test_a_model_that_its_weights_do_not_tell_goes_into_no_page(change, of):
    """Pruned or normalized, a decoder's parameters have another order: the page computed nonsense without a word."""
    if of == "translation":
        model = Translator(5, 6, 2, 4)
        change(model.decoder)
        build = functools.partial(
            TranslationExplorer.from_torch, model, {"a": 2, "b": 3, "c": 4}, {"x": 3, "y": 4, "z": 5}
        )
    elif of == "speech":
        model = Recognizer(2)
        change(model.lstm)
        build = functools.partial(SpeechExplorer.from_torch, model, {"telephone": seventh_voice.load()})
    else:
        model = LanguageModel("\nab", 2, 3)
        change(model.lstm)
        build = functools.partial(WritingExplorer.from_torch, model)
    with pytest.raises(ValueError, match="model must have"):
        build()
