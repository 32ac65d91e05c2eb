"""A recognizer to speak to: small, with weights that make it say something of every frame."""

from __future__ import annotations

import functools

import numpy as np
import torch

from lstm_lessons.data import digits, seventh_voice
from lstm_lessons.data.digits import SpokenDigits
from lstm_lessons.speech.recognizer import Recognizer
from lstm_lessons.widgets import SpeechExplorer

SOUND = 1  # the place of the voice that can be heard


@functools.cache
def voice_of(letter: str) -> SpokenDigits:
    """All recordings of one voice, in their own scale."""
    test = digits.load(fold=digits.VOICES.index(letter), scaled=False).test
    return test.subset(np.arange(len(test)))


def sample_recognizer(units: int = 10, *, bidirectional: bool = True) -> Recognizer:
    """Not trained; its head is strong, so that paths go through several signs."""
    torch.manual_seed(5)
    model = Recognizer(units, bidirectional=bidirectional)
    model.head.weight.data.mul_(9)
    return model


def sample_speech(**arguments) -> SpeechExplorer:
    """A widget with that model, a voice of the data and one that can be heard."""
    voices = {"voice B": voice_of("B"), "telephone": seventh_voice.load()}
    return SpeechExplorer.from_torch(arguments.pop("model", None) or sample_recognizer(), voices, **arguments)
