"""The form that lesson 9 writes for the exporter and the package's give the same scores."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch

from lstm_lessons import sequences
from lstm_lessons.text import export, predict

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "09_deployment.ipynb"


def test_the_form_that_the_lesson_writes_gives_the_scores_of_the_packages(shipped, tmp_path):
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    (source,) = [
        source
        for source in ("".join(cell["source"]) for cell in cells)
        if source.startswith("class ForONNX(nn.Module):")
    ]
    names = {"torch": torch, "nn": torch.nn, "export": export, "sequences": sequences, "__name__": "lesson"}
    names["gates_for_onnx"] = export.gates_for_onnx  # the learner's answer, in the lesson
    exec(source, names)
    form = names["ForONNX"](shipped.classifier.model).eval()
    any_size = torch.export.Dim.AUTO
    with export.quiet():
        torch.onnx.export(
            form,
            (torch.ones(3, 7, dtype=torch.int64), torch.tensor([7, 4, 2])),
            tmp_path / "lesson.onnx",
            dynamo=True,
            verbose=False,
            external_data=False,
            opset_version=20,
            input_names=["numbers", "lengths"],
            output_names=["scores"],
            dynamic_shapes={"numbers": {0: any_size, 1: any_size}, "lengths": {0: any_size}},
        )
    export.finish(tmp_path / "lesson.onnx", tmp_path / "model.onnx", shipped.classifier)
    lengths = np.array([12, 1, 7, 3, 12])
    sizes = np.ones((5, 12), np.int64) * (np.arange(12) < lengths[:, None]), lengths
    ours, theirs = (predict.runner(p)(*sizes) for p in (tmp_path / "model.onnx", shipped.onnx))
    np.testing.assert_allclose(ours, theirs, atol=1e-6)
