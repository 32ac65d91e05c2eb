"""`SpeechExplorer` in Python: its numbers are those of its model, and what it refuses."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
import traitlets
from torch import nn

from lstm_lessons.data import seventh_voice
from lstm_lessons.data.seventh_voice import HOP
from lstm_lessons.data.spoken_strings import center
from lstm_lessons.speech import ctc
from lstm_lessons.speech.recognizer import Recognizer, posteriors
from lstm_lessons.widgets import SpeechExplorer
from tests.browser.hands.speech_explorer import expected_numbers
from tests.browser.speech_samples import SOUND, sample_recognizer, sample_speech, voice_of

SCALE = (np.arange(13.0), np.arange(13) + 20.0)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"digits": "3a3 1907245"},
        {"digits": "33", "pauses": [3, -9, 0]},
        {"digits": "47", "pauses": [-3, -20, -1]},
        {"voice": SOUND},
        {"voice": SOUND, "digits": "993", "pauses": [0, -20, 40, 2]},
        {"alignment": "__33_1_"},
        {"alignment": "12" * 200},
        {"scale": SCALE},
        {"model": sample_recognizer(bidirectional=False)},
    ],
)
def test_it_computes_what_its_page_is_to_show(changes):
    explorer = sample_speech(**changes)
    expected = expected_numbers(json.loads(json.dumps(explorer.state())))
    np.testing.assert_allclose(explorer.features(), expected["features",], atol=1e-6)
    logs = explorer.log_probabilities()
    np.testing.assert_allclose(logs, expected["posteriors",], atol=1e-9)
    np.testing.assert_allclose(explorer.spliced().bounds, expected["words",])
    assert explorer.path() == expected["path",]
    assert [digit + 1 for digit in explorer.answer()] == expected["answer",]
    assert ctc.log_likelihood(logs, expected["answer",]).item() == pytest.approx(expected["answer probability",])


def test_the_log_probabilities_are_the_models():
    model = sample_recognizer().double()
    explorer = sample_speech()
    recordings = voice_of("B")
    frames = center(explorer.spliced().frames.astype(np.float64)).astype(np.float64)
    torch.testing.assert_close(explorer.log_probabilities(), posteriors(model, [frames])[0], rtol=0, atol=1e-12)
    first = next(s for s, label in zip(recordings.sequences, recordings.labels, strict=True) if label == 3)
    begin, end = map(int, explorer.spliced().bounds[0])
    np.testing.assert_array_equal(explorer.spliced().frames[begin:end], first)


def test_a_digit_that_comes_again_is_another_recording():
    explorer = sample_speech(digits="333")
    words = [explorer.spliced().frames[int(begin) : int(end)].tobytes() for begin, end in explorer.spliced().bounds]
    assert words[0] != words[1] and words[0] == words[2]  # two are in the page


def test_a_sound_is_spliced_and_then_made_coefficients():
    sounds = seventh_voice.load()
    explorer = sample_speech(voice=SOUND, digits="5", pauses=[2, 3])
    assert len(explorer.features()) == 1 + (len(sounds["5"]) + 5 * HOP) // HOP
    assert explorer.spliced().bounds == [(2, 2 + len(sounds["5"]) / HOP)]


def test_a_pause_below_zero_cuts_the_digit_before_and_leaves_some_of_it():
    explorer = sample_speech(digits="31", pauses=[4, 0, 4])
    (begin, end), (second, _) = explorer.spliced().bounds
    assert end == second
    explorer.pauses = [4, -2, 4]
    assert explorer.spliced().bounds[0] == (begin, end - 2)
    explorer.pauses = [4, -20, 4]
    assert explorer.spliced().bounds[0] == (begin, max(begin + 3, end - 20))


def test_nothing_said_has_still_a_picture():
    explorer = sample_speech(digits="abc")
    assert explorer.answer() == explorer.path() == explorer.spliced().bounds == []
    assert "nothing is said" in explorer.summary() and "data:image/png" in explorer.twin()


def test_the_summary_tells_what_is_said_and_read():
    assert sample_speech(alignment="__33_1_").summary() == (
        "SpeechExplorer: voice B says 331, the path typed stands for 31"
    )


def recordings_without(digit: int):
    part = voice_of("B")
    return part.subset(np.flatnonzero(part.labels != digit))


def with_nan() -> Recognizer:
    model = Recognizer(4)
    model.head.bias.data[0] = torch.nan
    return model


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model": nn.Linear(2, 2)}, "model must be a Recognizer, got Linear"),
        ({"model": Recognizer(4, input_size=12)}, "model must read 13 coefficients and have 11 classes, got 12 and 11"),
        ({"model": Recognizer(4, classes=3)}, "got 13 and 3"),
        ({"model": Recognizer(160)}, "at most 187,500 weights to go into a page, got "),
        ({"model": with_nan()}, "model must have finite weights, got NaN or inf in head"),
        ({"voices": {}}, "voices must be a dictionary of one or more voices"),
        ({"voices": {"x": 3}}, r"voices\['x'\] must be SpokenDigits, or a sound for each digit"),
        ({"voices": {"x": recordings_without(7)}}, r"voices\['x'\] must hold every digit, got 9 of 10"),
        ({"voices": {"x": {"0": np.zeros(900)}}}, r"voices\['x'\] must hold every digit, got 1 of 10"),
        ({"scale": (np.zeros(12), np.ones(12))}, r"scale must have the shape \(2, 13\), got \(2, 12\)"),
        ({"scale": (np.zeros(13), np.zeros(13))}, "scale must have deviations above 0, got 0.0"),
    ],
)
def test_what_does_not_fit_is_refused(changes, message):
    given = {"model": Recognizer(4), "voices": {"voice B": voice_of("B")}}
    with pytest.raises((TypeError, ValueError), match=message):
        SpeechExplorer.from_torch(**(given | changes))


@pytest.mark.parametrize(
    ("name", "value"),
    [("voice", 2), ("voice", -1), ("pauses", [41]), ("pauses", [-21]), ("pauses", [0] * 10), ("stage", "other")],
)
def test_settings_out_of_range_are_refused(name, value):
    explorer = sample_speech()
    with pytest.raises((ValueError, traitlets.TraitError)):
        setattr(explorer, name, value)
