"""A translator to type into: small, trained for a moment on the numbers below a hundred."""

from __future__ import annotations

import functools

from lstm_lessons.data import number_words
from lstm_lessons.text.translation import TrainedTranslator, fit_translator
from lstm_lessons.widgets import TranslationExplorer

EXAMPLES = ("21", "ninety-nine", "Øne")


@functools.cache
def sample_translator(units: int = 16, updates: int = 150) -> TrainedTranslator:
    """It writes German numbers, with mistakes."""
    pairs = number_words.load(count=1, below=100, held=10).train
    sizes = {"embedding_size": 8, "hidden_size": units, "batch_size": 16, "learning_rate": 2e-2}
    return fit_translator(pairs, updates=updates, progress=False, **sizes)


def sample_translations(*, units: int = 16, phrase: str = "21", **arguments) -> TranslationExplorer:
    """A widget with that model."""
    trained = sample_translator(units)
    arguments = {"examples": EXAMPLES} | arguments
    letters = trained.source_letters, trained.target_letters
    return TranslationExplorer.from_torch(trained.model, *letters, phrase=phrase, **arguments)
