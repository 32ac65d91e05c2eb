"""A language model that writes in a page: untrained, with weights large enough to have opinions."""

from __future__ import annotations

import torch

from lstm_lessons.text.language_model import LanguageModel
from lstm_lessons.widgets import WritingExplorer
from tests.widgets.microscope_reference import strong

ALPHABET = "\n \"'()<>&abcdefgh"


def sample_model(units: int = 6, alphabet: str = ALPHABET) -> LanguageModel:
    """The same each time."""
    torch.manual_seed(0)
    return strong(LanguageModel(alphabet, 5, units)).eval()


def sample_writing(*, units: int = 6, text: str = "a bed (\n  'cafe'", **arguments) -> WritingExplorer:
    """It opens with two lines, and has two beginnings."""
    model = sample_model(units)
    arguments = {"begins": ["fed ", "a\n(b)"], "held_out": ["bad face\n", "a bag"], "unit": 2} | arguments
    return WritingExplorer.from_torch(model, text=text, **arguments)
