"""`cell.LSTM` and `PackedLSTM` in the place of `torch.nn.LSTM`: in everything that takes one."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils import prune
from torch.nn.utils.parametrize import register_parametrization

from lstm_lessons import ladder, regularization, sequences, train
from lstm_lessons.cell import LSTM, LSTMCell
from lstm_lessons.ladder import PackedLSTM
from lstm_lessons.models import POOLS, Forecaster, SequenceClassifier
from lstm_lessons.text import export
from lstm_lessons.text.classifier import TextClassifier
from lstm_lessons.trace import trace_gates
from lstm_lessons.widgets import GateExplorer, GateMicroscope, PhraseExplorer, SequenceExplorer, ShapeExplorer

OURS = pytest.mark.parametrize("kind", [LSTM, PackedLSTM])
LENGTHS = [5, 2, 4]
OPTIONS = ("num_layers", "bias", "batch_first", "bidirectional")


def twin(theirs, kind):
    """An LSTM of ours with the weights of PyTorch's."""
    ours = kind(theirs.input_size, theirs.hidden_size, **{n: getattr(theirs, n) for n in OPTIONS})
    ours.load_state_dict(theirs.state_dict())
    return ours.train(theirs.training)


def swapped(model, kind):
    """A copy of a model with an LSTM of ours in the place of PyTorch's."""
    model = copy.deepcopy(model)
    model.lstm = twin(model.lstm, kind)
    return model


def same(ours, theirs):
    torch.testing.assert_close(ours, theirs, rtol=0, atol=2e-6)


def padded(features=3):
    torch.manual_seed(1)
    return sequences.pad([torch.randn(n, features) for n in LENGTHS])


def new_lstm(layers=2, bidirectional=True, **options):
    torch.manual_seed(0)
    return nn.LSTM(3, 4, layers, batch_first=True, bidirectional=bidirectional, **options)


def classifier(pool="final and max", **options):
    torch.manual_seed(0)
    return SequenceClassifier(3, 4, 5, pool=pool, **options).eval()


def texts():
    torch.manual_seed(0)
    return TextClassifier(9, 4, 6, 8).eval()


LETTERS = {letter: number for number, letter in enumerate("abcdefg", 2)}
BATCH = torch.tensor([[2, 3, 4], [5, 1, 0]]), torch.tensor([3, 2])


@OURS
@pytest.mark.parametrize("bias", [True, False])
def test_functions(kind, bias):
    theirs = new_lstm(bias=bias)
    ours, (x, lengths) = twin(theirs, kind), padded()
    same(sequences.run_padded(ours, x, lengths), sequences.run_padded(theirs, x, lengths))
    for name in "ifgoch":
        same(getattr(trace_gates(ours, x), name), getattr(trace_gates(theirs, x), name))
    for layer in ladder.RUNGS.values():
        same(ladder.run(ours, x, layer=layer), ladder.run(theirs, x, layer=layer))


@OURS
@pytest.mark.parametrize("pool", POOLS)
def test_classifiers(kind, pool):
    model, (x, lengths) = classifier(pool, num_layers=2), padded()
    same(swapped(model, kind)(x, lengths), model(x, lengths))
    same(swapped(texts(), kind)(*BATCH), texts()(*BATCH))
    same(export.lean_scores(swapped(texts(), kind), *BATCH), texts()(*BATCH))


@OURS
def test_forecasts_and_training(kind):
    torch.manual_seed(0)
    model, (x, lengths) = Forecaster(3, 4, (2, 2)), padded()
    nn.init.normal_(model.head.weight)
    same(swapped(model, kind)(x), model(x))
    runs = [
        train.fit(
            candidate, lambda model, batch: model(batch, lengths).square().mean(), [x], epochs=3, progress=False
        ).train_loss
        for candidate in (classifier(), swapped(classifier(), kind))
    ]
    np.testing.assert_allclose(*runs, rtol=0, atol=1e-5)


@OURS
def test_regularization(kind):
    for change in (regularization.set_forget_bias, regularization.init_per_gate):
        pair = new_lstm(), twin(new_lstm(), kind)
        for lstm in pair:
            torch.manual_seed(3)
            change(lstm)
        for name, value in pair[0].state_dict().items():
            same(pair[1].state_dict()[name], value)
    x, _ = padded()
    for wrap in (regularization.WeightDrop, regularization.RecurrentDropout):
        results = []
        for lstm in (new_lstm(), twin(new_lstm(), kind)):
            torch.manual_seed(4)
            results.append(wrap(lstm, 0.5).train()(x)[0])
        same(*results)
    groups = regularization.decay_groups(twin(new_lstm(), kind), 0.1)
    assert [len(group["params"]) for group in groups] == [8, 8]


@OURS
def test_widgets(kind):
    small = new_lstm(1, False)
    ours = twin(small, kind)
    for widget in (GateExplorer, SequenceExplorer, ShapeExplorer):
        pair = [widget.from_torch(lstm).get_state() for lstm in (ours, small)]
        for state in pair:
            state.pop("layout")  # each has one of its own
        assert pair[0] == pair[1]
    x, model = [np.zeros((3, 3)), np.ones((5, 3))], classifier()
    for one, other in ((ours, small), (swapped(model, kind), model)):
        pair = [GateMicroscope.from_torch(part, x) for part in (one, other)]
        assert pair[0].weights == pair[1].weights
    pair = [
        PhraseExplorer.from_torch(part, LETTERS, "wxyz", phrase="bad") for part in (swapped(texts(), kind), texts())
    ]
    assert pair[0].weights == pair[1].weights


def test_cells_in_widgets_and_traces():
    theirs, x = nn.LSTMCell(3, 4), torch.randn(2, 3)
    ours = LSTMCell(3, 4)
    ours.load_state_dict(theirs.state_dict())
    same(trace_gates(ours, x).h, trace_gates(theirs, x).h)
    pair = [GateExplorer.from_torch(cell) for cell in (ours, theirs)]
    assert pair[0].weights == pair[1].weights


@pytest.mark.parametrize("kind", [nn.LSTM, LSTM, PackedLSTM])
def test_weights_that_are_computed_are_read_as_a_call_reads_them(kind):
    parametrized, pruned = new_lstm(1, False), new_lstm(1, False)
    if kind is not nn.LSTM:
        parametrized, pruned = twin(parametrized, kind), twin(pruned, kind)
    register_parametrization(parametrized, "weight_hh_l0", nn.ReLU())
    plain = new_lstm(1, False)
    plain.weight_hh_l0.data.relu_()
    x, lengths = padded()
    same(sequences.run_padded(parametrized, x, lengths)[0], sequences.run_padded(plain, x, lengths)[0])
    same(trace_gates(parametrized, x).h, trace_gates(plain, x).h)
    for widget in (GateExplorer, SequenceExplorer):
        assert widget.from_torch(parametrized).weights == widget.from_torch(plain).weights
    prune.l1_unstructured(pruned, "weight_hh_l0", 0.5)
    for program in (
        lambda: trace_gates(pruned, x),
        lambda: sequences.run_padded(pruned, x, lengths),
        lambda: ladder.run(pruned, x, layer=ladder.naive_layer),
        lambda: GateExplorer.from_torch(pruned),
        lambda: SequenceExplorer.from_torch(pruned),
        lambda: GateMicroscope.from_torch(pruned, [np.zeros((3, 3))]),
    ):
        with pytest.raises(ValueError, match="must have no forward hooks.*prune.remove"):
            program()
    assert ShapeExplorer.from_torch(pruned).hidden_size == 4
