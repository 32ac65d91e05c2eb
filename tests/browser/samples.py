"""Widgets to test: small and large, with everything that their pages can show."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch
from torch import nn

from lstm_lessons.data import adding
from lstm_lessons.models import SequenceClassifier
from lstm_lessons.plots.stills import SPAN_KINDS
from lstm_lessons.widgets import (
    DropoutExplorer,
    GateExplorer,
    GateMicroscope,
    GradientExplorer,
    LagExplorer,
    Playground,
    Prediction,
    SelfCheck,
    SequenceExplorer,
    ShapeExplorer,
    TimelineExplorer,
    TrainingExplorer,
)
from lstm_lessons.widgets.shared.base import LessonWidget
from lstm_lessons.widgets.timeline_explorer.profiled import Span
from lstm_lessons.widgets.training_explorer.widget import CURVES
from tests.browser.forecast_samples import sample_forecasts
from tests.browser.phrase_samples import sample_phrases
from tests.browser.quantized_samples import sample_quantized
from tests.browser.speech_samples import sample_speech
from tests.browser.translation_samples import sample_translations
from tests.browser.writing_samples import sample_writing
from tests.widgets.microscope_reference import strong

NAMES = (
    *("gate", "gate 2x3", "sequence", "sequence 2 layers", "sequence labels", "sequence adding", "sequence bench"),
    *("shape", "shape of a long batch"),
    *("microscope", "microscope letters", "microscope large"),
    "dropout",
    *("forecast", "forecast without interval"),
    *("phrase", "phrase of many classes"),
    "gradient",
    "lag",
    "playground",
    "prediction",
    "quantization",
    "self_check",
    "speech",
    "timeline",
    "training",
    *("translation", "translation by beam"),
    "writing",
)
# Whose controls are all moved in JupyterLab; those of the others on a page without a kernel.
MOVED_IN_JUPYTERLAB = ("sequence labels", "microscope large")


def cells(names: Iterable[str]) -> list[str]:
    """Sources of a notebook: an import, then a cell for each sample, which it calls ``w0``, ``w1`` and so on."""
    set_up = "from tests.browser.samples import sample"
    return [set_up, *(f"w{k} = sample({name!r})\nw{k}" for k, name in enumerate(names))]


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
        case "sequence adding":
            data = adding.load(1, 30, seed=0)
            return SequenceExplorer.from_torch(
                nn.LSTM(2, 4), data.x[0], head=nn.Linear(4, 1), task="adding", feature_names=("number", "mark")
            )
        case "sequence bench":
            return SequenceExplorer(puzzle="first_input")
        case "gradient":
            return GradientExplorer(bias=0.5, w=1.05, steps=30)
        case "playground":
            return Playground(length=12, units=3, playing=False)
        case "prediction":
            answers = ["it opens", "it closes", "it stays as it is", "nobody can say"]
            return Prediction("Will the forget gate open or close?", answers)
        case "self_check":
            answers = {
                "it opens": "No: its sum falls.",
                "it closes": "The sum is far below 0.",
                "it <stays>": "It does not.",
                "it stops": "A gate always has a value.",
            }
            return SelfCheck("The sum of the forget gate falls to −9. What does it do?", answers, right="it closes")
        case "shape":
            return ShapeExplorer()
        case "shape of a long batch":
            lstm = nn.LSTM(300, 16, num_layers=6, bidirectional=True)
            lengths = drawn.integers(6, 93, size=3)
            return ShapeExplorer.from_torch(lstm, lengths, packed=False, tensor="weight_hh_l5")
        case "microscope":
            model = strong(SequenceClassifier(3, 5, 4, num_layers=2))
            xs = [drawn.normal(size=(length, 3)) for length in (9, 1, 6)]
            edits = {"0.1.2.h": 0.0, "1.0.3.f": 0.75, "1.1.0.g": -1.0}
            return GateMicroscope.from_torch(model, xs, labels=[2, 0, 3], edits=edits)
        case "microscope letters":
            words = ("memory", "forget")
            letters = sorted(set("".join(words)))
            one_hot = [np.eye(len(letters))[[letters.index(c) for c in word]] for word in words]
            return GateMicroscope.from_torch(
                strong(nn.LSTM(len(letters), 12)),
                one_hot,
                names=words,
                feature_names=letters,
                step_names=[list(word) for word in words],
            )
        case "microscope large":
            model = strong(SequenceClassifier(4, 128, 30, pool="mean"))
            xs = [drawn.normal(size=(length, 4)) for length in (12, 7)]
            return GateMicroscope.from_torch(model, xs, labels=[29, 1])
        case "quantization":
            return sample_quantized()
        case "speech":
            return sample_speech()
        case "timeline":
            kinds = list(SPAN_KINDS)
            spans = {
                name: [
                    Span(kinds[n], f"operation_{n}", drawn.gamma(2, 1e-6), k > count / 2)
                    for k, n in enumerate(drawn.integers(5, size=count))
                ]
                for name, count in (("nn.LSTM", 12), ("naive, with a long name", 900), ("own BPTT", 300))
            }
            return TimelineExplorer(spans, dict.fromkeys(spans, 5e-4), "own BPTT")
        case "lag":
            walk = 60 + drawn.normal(size=(2, 300)).cumsum(1)
            late = np.concatenate([walk[:, :1], walk[:, :-1]], axis=1) + drawn.normal(0, 0.3, size=(2, 300))
            return LagExplorer({"a copy": (walk[0], late[0]), "shorter": (walk[1, :90], late[1, :90])}, length=60)
        case "dropout":
            return DropoutExplorer(steps=7, units=5, draws=3)
        case "training":
            return TrainingExplorer(
                {
                    f"technique {k}": [
                        {curve: drawn.gamma(2, size=length) for curve in CURVES} | {"test": 0.1 * k}
                        for length in (12 - k // 2, 12 - k)
                    ]
                    for k in range(5)
                },
                epoch=12,  # where some runs have stopped
            )
        case "translation":
            return sample_translations()
        case "translation by beam":
            return sample_translations(phrase="thirty-five", view="beam", width=4)
        case "forecast":
            return sample_forecasts()
        case "phrase":
            return sample_phrases()
        case "phrase of many classes":
            return sample_phrases(classes=20, units=64, pool="mean", phrase="no grandmother " * 4)
        case "forecast without interval":
            names = ("same hour yesterday", "ridge on 48 h", "ridge, more weather", "LSTM")
            return sample_forecasts(days=2, methods=names, interval=False)
        case "writing":
            return sample_writing()
    raise ValueError(f"no sample {name!r}")
