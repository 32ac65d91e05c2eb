"""A quantization explorer to test, of a small classifier whose weights are large enough to be rounded visibly."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path

import torch

from lstm_lessons.text import export
from lstm_lessons.text.classifier import TextClassifier, TrainedClassifier
from lstm_lessons.train import History
from lstm_lessons.widgets import QuantizationExplorer
from tests.widgets.microscope_reference import strong


@functools.cache
def sample_files() -> tuple[TrainedClassifier, Path, Path]:
    """A classifier of four classes, and its files in 32 and in 8 bits."""
    torch.manual_seed(0)
    letters = {letter: number for number, letter in enumerate("aeghmnorst ", 2)}
    model = strong(TextClassifier(len(letters) + 2, 4, 6, 8)).eval()
    classifier = TrainedClassifier(model, letters, ("Czech", "Dutch", "German", "Polish"), History())
    folder = Path(tempfile.mkdtemp())
    trained, shipped = folder / "model.onnx", folder / "int8.onnx"
    export.export(classifier, trained)
    export.quantize(trained, shipped)
    return classifier, trained, shipped


def sample_quantized() -> QuantizationExplorer:
    """It opens with a phrase, and has two examples, one with letters that the model never saw."""
    return QuantizationExplorer(*sample_files(), phrase="to the moon", examples=["a mother", "zebra"])
