"""Widgets to test: small and large, with everything that their pages can show."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from lstm_lessons.widgets import GateExplorer, SequenceExplorer, ShapeExplorer
from lstm_lessons.widgets._base import LessonWidget

NAMES = (
    *("gate", "gate 2x3", "sequence", "sequence 2 layers", "sequence labels"),
    *("shape", "shape of a long batch"),
)


def sample(name: str) -> LessonWidget:
    """A widget by its name in `NAMES`; the same each time."""
    torch.manual_seed(0)
    drawn = np.random.default_rng(0)
    match name:
        case "gate":
            return GateExplorer()
        case "gate 2x3":
            cell = nn.LSTMCell(2, 3)
            return GateExplorer.from_torch(cell, x=[0.5, -1], h=[0.1, -0.2, 0.3], c=[1, -1, 0.5])
        case "sequence":
            return SequenceExplorer()
        case "sequence 2 layers":
            lstm = nn.LSTM(2, 3, num_layers=2, bidirectional=True)
            return SequenceExplorer.from_torch(lstm, drawn.normal(size=(12, 2)), marks=[4])
        case "sequence labels":
            word = "grandmother"
            letters = sorted(set(word))
            one_hot = np.eye(len(letters))[[letters.index(letter) for letter in word]]
            return SequenceExplorer.from_torch(
                nn.LSTM(len(letters), 16), one_hot, labels=list(word), feature_names=letters
            )
        case "shape":
            return ShapeExplorer()
        case "shape of a long batch":
            lstm = nn.LSTM(300, 16, num_layers=6, bidirectional=True)
            lengths = drawn.integers(6, 93, size=7)
            return ShapeExplorer.from_torch(lstm, lengths, packed=False, tensor="weight_hh_l5")
    raise ValueError(f"no sample {name!r}")
