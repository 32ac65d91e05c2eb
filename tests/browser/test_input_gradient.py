"""What each input did: the page's gradient of a class score equals torch's, and is drawn under the input."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch

from lstm_lessons.models import SequenceClassifier
from lstm_lessons.sequences import POOLS
from lstm_lessons.widgets import GateMicroscope
from lstm_lessons.widgets.shared.bundling import module_source
from tests.widgets.microscope_reference import strong

GRADIENTS = """(all) => all.map(({ weights, architecture, inputs, wanted }) => {
    const net = unpackNetwork(decodeFloats(weights), architecture);
    const xs = decodeFloats(inputs[0]);
    const I = architecture.input_size;
    const T = xs.length / I;
    const gradient = inputGradient(net, runNetwork(net, xs, T, {}), T, wanted);
    return [[...gradient], stepSizes(gradient, I)];
})"""


def gradient_of(model: SequenceClassifier, xs: np.ndarray, k: int) -> np.ndarray:
    """The gradient of the score of class ``k`` with respect to ``xs``, (T, I), in float64."""
    x = torch.tensor(xs, dtype=torch.float32).double()[None].requires_grad_()
    double = SequenceClassifier(*sizes(model), pool=model.pool, **options(model)).double()
    double.load_state_dict({name: value.double() for name, value in model.state_dict().items()})
    double(x, torch.tensor([len(xs)]))[0, k].backward()
    return x.grad[0].numpy()


def sizes(model: SequenceClassifier) -> tuple[int, int, int]:
    return model.lstm.input_size, model.lstm.hidden_size, model.head.out_features


def options(model: SequenceClassifier) -> dict:
    return {"num_layers": model.lstm.num_layers, "bidirectional": model.lstm.bidirectional}


def test_the_gradient_equals_torchs_for_every_pool_several_layers_and_both_directions(compute):
    states, expected = [], []
    for seed, (pool, two_ways, layers) in enumerate(itertools.product(POOLS, (False, True), (1, 2, 3))):
        torch.manual_seed(seed)
        drawn = np.random.default_rng(seed)
        model = strong(SequenceClassifier(3, 5, 4, num_layers=layers, bidirectional=two_ways, pool=pool))
        xs = drawn.normal(size=(int(drawn.integers(1, 14)), 3))
        state = GateMicroscope.from_torch(model, [xs]).state()
        states.append({name: state[name] for name in ("weights", "architecture", "inputs")} | {"wanted": seed % 4})
        expected.append(gradient_of(model, xs, seed % 4))
    found = compute(module_source("gate_microscope"), GRADIENTS, states)
    assert max(np.abs(gradient).max() for gradient in expected) > 0.1
    for (flat, lengths), gradient in zip(found, expected, strict=True):
        off = np.abs(np.reshape(flat, gradient.shape) - gradient).max()
        assert off <= 1e-9 * np.abs(gradient).max()
        assert lengths == pytest.approx(np.linalg.norm(gradient, axis=1), rel=1e-9)
