"""What lesson 12 derives in its cells is what the package computes."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
import torch

from lstm_lessons.exercises import speech as exercises
from lstm_lessons.speech import ctc

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "12_speech.ipynb"


@pytest.mark.parametrize(("steps", "labels"), [(4, [1, 2]), (9, [2, 2, 1]), (40, [3, 1, 1, 2, 3])])
def test_the_forward_algorithm_of_the_lesson_is_that_of_the_package(steps, labels):
    (cell,) = (c for c in nbformat.read(NOTEBOOK, as_version=4).cells if "def log_likelihood(" in c.source)
    names = {"torch": torch, "ctc": ctc, "next_row": exercises.next_row.reference}
    exec(cell.source, names)
    logits = torch.randn(steps, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0), requires_grad=True)
    values = [of(logits.log_softmax(-1), labels) for of in (names["log_likelihood"], ctc.log_likelihood)]
    gradients = [torch.autograd.grad(value, logits)[0] for value in values]
    assert values[0].item() == pytest.approx(values[1].item(), abs=1e-9)
    assert torch.allclose(*gradients, rtol=0, atol=1e-9)


def test_the_exercises_are_what_the_package_computes():
    for path in ([0, 1, 1, 0, 1], [2, 2, 0, 0], [1, 2, 1]):
        assert exercises.collapse.reference(path) == ctc.collapse(path)
    for labels in ([1], [1, 1, 2], [3, 3, 3]):
        assert exercises.fewest_frames.reference(labels) == ctc.least_frames(labels)
    log_probs, path = torch.zeros(3, 4).log_softmax(-1), torch.tensor([0, 3, 1])
    assert exercises.path_log_probability.reference(log_probs, path) == ctc.path_log_probability(log_probs, path)
