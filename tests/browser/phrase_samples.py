"""A text classifier to type into: untrained, with weights large enough to have opinions."""

from __future__ import annotations

import torch

from lstm_lessons.text.classifier import TextClassifier
from lstm_lessons.text.tokenizer import build_vocabulary
from lstm_lessons.widgets import PhraseExplorer
from tests.widgets.microscope_reference import strong

WORDS = "The grandmother of Øystein ate six çà là, été!"
EXAMPLES = ("grandmother", "Øystein", "a")


def sample_phrases(
    *, classes: int = 4, units: int = 6, pool: str = "final and max", phrase: str = "grand Ø ma", **arguments
) -> PhraseExplorer:
    """The same each time."""
    torch.manual_seed(0)
    letters = build_vocabulary([WORDS], at_least=1)
    model = strong(TextClassifier(len(letters) + 2, classes, 5, units, pool=pool)).eval()
    names = [f"language {k}" for k in range(classes)]
    arguments = {"examples": EXAMPLES} | arguments
    return PhraseExplorer.from_torch(model, letters, names, phrase=phrase, **arguments)
