"""The classifier reads every sequence as if it were alone, whatever pads the batch."""

import numpy as np
import pytest
import torch

from lstm_lessons import sequences
from lstm_lessons.models import POOLS, SequenceClassifier, accuracy

LENGTHS = [5, 2, 9, 1]


def batch():
    rng = np.random.default_rng(0)
    return [torch.from_numpy(rng.normal(size=(n, 3))).float() for n in LENGTHS]


def classifier(pool="final", **arguments):
    torch.manual_seed(0)
    return SequenceClassifier(3, 4, 5, pool=pool, **arguments).eval()


@pytest.mark.parametrize("pool", POOLS)
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("num_layers", [1, 2])
def test_a_batch_gives_what_each_sequence_gives_alone(pool, bidirectional, num_layers):
    model = classifier(pool, bidirectional=bidirectional, num_layers=num_layers)
    scores = model(*sequences.pad(batch()))
    assert scores.shape == (4, 5)
    for n, sequence in enumerate(batch()):
        alone = model(*sequences.pad([sequence]))
        torch.testing.assert_close(scores[n], alone[0], rtol=0, atol=1e-6)


def test_the_pools_differ():
    padded = sequences.pad(batch())
    first, *others = (classifier(pool)(*padded) for pool in POOLS)
    assert all((first - other).abs().max() > 1e-3 for other in others)


def test_an_unknown_pool_is_named():
    with pytest.raises(ValueError, match="pool must be one of final, mean, max, got 'last'"):
        classifier("last")


def test_accuracy_counts_hits_batch_by_batch_and_leaves_the_mode():
    model = classifier().train()
    padded, lengths = sequences.pad(batch())
    labels = model.eval()(padded, lengths).argmax(1)
    labels[0] = (labels[0] + 1) % 5
    model.train()
    assert accuracy(model, padded, lengths, labels, batch_size=3) == 0.75
    assert model.training
