"""A prediction is asked before its result, and the result says how it went."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
import traitlets

from lstm_lessons import progress
from lstm_lessons.publish.pages import inert
from lstm_lessons.widgets import Prediction


@pytest.fixture(autouse=True)
def forgotten(monkeypatch):
    """Nothing was chosen before the test."""
    monkeypatch.setattr("lstm_lessons.widgets.prediction.widget._chosen", {})


SVG = "{http://www.w3.org/2000/svg}"
FADING = "What is left?", {"a half": 1 / 2, "an eighth": 1 / 8, "next to nothing": 0}


@pytest.mark.parametrize(
    "chosen, text",
    [
        (-1, "The answer: an eighth (0.12)."),
        (0, "The answer: an eighth (0.12). You predicted: a half."),
        (1, "The answer: an eighth (0.12). You predicted it."),
    ],
)
def test_the_outcome_says_how_the_prediction_went(chosen, text):
    prediction = Prediction(*FADING)
    prediction.chosen = chosen
    outcome = prediction.outcome(0.9**20)
    assert str(outcome) == text
    html = inert(outcome._repr_html_())
    shown = "".join(ElementTree.fromstring(html).itertext()).rstrip()
    assert shown == text


def test_a_question_that_is_asked_again_keeps_the_choice():
    Prediction(*FADING).chosen = 2
    assert Prediction(*FADING).chosen == 2
    assert Prediction("What else?", FADING[1]).chosen == -1


def test_answers_without_numbers_are_named():
    gate = Prediction("Will it close?", ["yes", "no"])
    assert str(gate.outcome("yes")) == "The answer: yes."
    with pytest.raises(ValueError, match="found must be one of yes, no, got 'perhaps'"):
        gate.outcome("perhaps")


def test_it_is_noted_once_somebody_has_predicted(monkeypatch, tmp_path):
    monkeypatch.setenv(progress.SETTING, str(tmp_path / "progress.json"))
    prediction = Prediction(*FADING)
    prediction.outcome(0.12)
    assert str(progress.show()) == "Nothing noted yet."
    prediction.chosen = 0
    prediction.outcome(0.12)
    noted = json.loads((tmp_path / "progress.json").read_text())["predictions"]
    assert noted == {"What is left?": {"said": "a half", "found": "an eighth"}}


@pytest.mark.parametrize("answers", [[], ["yes"], list("abcde"), ["yes", "yes"]])
def test_two_to_four_different_answers_are_asked_for(answers):
    with pytest.raises(ValueError, match="answers must be two to four different ones"):
        Prediction("Will it close?", answers)


@pytest.mark.parametrize("chosen", [-2, 3])
def test_an_answer_that_is_not_there_cannot_be_chosen(chosen):
    prediction = Prediction(*FADING)
    with pytest.raises((ValueError, traitlets.TraitError), match="chosen must be a whole number from -1 to 2"):
        prediction.chosen = chosen


def test_the_picture_shows_the_question_and_every_answer_as_text():
    prediction = Prediction("Is 1 < 2 & 'true'?", ["<yes>", "no"])
    texts = [node.text for node in ElementTree.fromstring(prediction.picture()).iter(f"{SVG}text")]
    assert texts == ["Predict. Is 1 < 2 & 'true'?", "<yes>", "no"]
