"""The recognizer reads each string as if it were alone, and its loss is that of CTC by hand."""

import numpy as np
import pytest
import torch

from lstm_lessons.speech import ctc, recognizer
from lstm_lessons.speech.recognizer import Recognizer

LABELS = [np.array([0, 9]), np.array([3, 3, 1])]


def strings(dtype=np.float32):
    rng = np.random.default_rng(0)
    return [rng.standard_normal((T, 13)).astype(dtype) for T in (9, 14)]


@pytest.mark.parametrize("both", [True, False])
def test_padding_changes_nothing_and_each_frame_has_a_distribution(both):
    torch.manual_seed(0)
    model = Recognizer(8, bidirectional=both)
    together = recognizer.posteriors(model, strings())
    assert model.training  # as it was
    for frames, found in zip(strings(), together, strict=True):
        (alone,) = recognizer.posteriors(model, [frames])
        assert found.shape == (len(frames), 11) and torch.allclose(found, alone, atol=1e-6)
        assert torch.allclose(found.exp().sum(-1), torch.ones(len(frames)), atol=1e-5)


def test_the_loss_is_the_mean_of_ctc_by_hand_over_the_digits():
    torch.manual_seed(0)
    model = Recognizer(8).double().eval()
    frames = strings(np.float64)
    batch = recognizer.as_batch(frames, LABELS)
    assert batch.targets.tolist() == [1, 10, 4, 4, 2] and batch.target_lengths.tolist() == [2, 3]
    by_hand = [
        -ctc.log_likelihood(log_probs, labels + 1).item() / len(labels)
        for log_probs, labels in zip(recognizer.posteriors(model, frames), LABELS, strict=True)
    ]
    assert recognizer.loss(model, batch).item() == pytest.approx(np.mean(by_hand), abs=1e-9)


def test_labels_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="labels must be one row for each of 2 strings"):
        recognizer.as_batch(strings(), LABELS[:1])
    with pytest.raises(ValueError, match="labels must lie in 0..9"):
        recognizer.as_batch(strings(), [np.array([10]), np.array([1])])


def test_what_goes_wrong_leaves_the_model_in_its_mode():
    model = Recognizer(8)
    with pytest.raises(ValueError, match="padded must have dtype"):
        recognizer.posteriors(model, strings(np.float64))
    assert model.training and model.dropout.training
    torch.nn.init.constant_(model.head.bias, torch.nan)
    with pytest.raises(ValueError, match="model must give log-probabilities, got NaN"):
        recognizer.heard(model, strings())
    assert model.training
