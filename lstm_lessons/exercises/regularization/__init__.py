"""Exercises of lesson 5: dropout, clipping, early stopping, decay, and an honest comparison."""

from lstm_lessons.exercises.regularization.comparison import paired_interval
from lstm_lessons.exercises.regularization.dropout import inverted_dropout, variational_dropout
from lstm_lessons.exercises.regularization.training import (
    clip_by_global_norm,
    decayed,
    early_stopping,
    open_forget_gates,
)

__all__ = [
    "early_stopping",
    "clip_by_global_norm",
    "inverted_dropout",
    "variational_dropout",
    "open_forget_gates",
    "decayed",
    "paired_interval",
]
