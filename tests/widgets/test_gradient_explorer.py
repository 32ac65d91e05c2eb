"""The gradient explorer in Python: what it computes, says, draws and refuses."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import traitlets
from torch import nn

from lstm_lessons.widgets import GradientExplorer


def test_the_lstm_s_factor_is_what_autograd_finds_along_the_cell_state():
    explorer = GradientExplorer(bias=1.5, steps=12)
    cell = nn.LSTMCell(1, 1).double()
    with torch.no_grad():
        for weights in cell.parameters():
            weights.zero_()
        cell.bias_ih[1] = explorer.bias
    c = first = torch.zeros(1, 1, dtype=torch.float64, requires_grad=True)
    h = torch.zeros(1, 1, dtype=torch.float64)
    for _ in range(explorer.steps):
        h, c = cell(torch.ones(1, 1, dtype=torch.float64), (h, c))
    [gradient] = torch.autograd.grad(c.sum(), first)
    assert gradient.item() == pytest.approx(explorer.factors()["LSTM"] ** explorer.steps, rel=1e-12)


def test_a_plain_rnn_leaves_no_more_than_its_factor():
    explorer = GradientExplorer(w=1.1)
    rnn = nn.RNNCell(1, 1).double()
    with torch.no_grad():
        rnn.weight_hh.fill_(explorer.w)
    h = first = torch.full((1, 1), 0.1, dtype=torch.float64, requires_grad=True)
    for _ in range(explorer.steps):
        h = rnn(torch.zeros(1, 1, dtype=torch.float64), h)
    [gradient] = torch.autograd.grad(h.sum(), first)
    assert 0 < gradient.item() < explorer.factors()["RNN"] ** explorer.steps


def test_it_says_how_much_is_left():
    said = str(GradientExplorer(bias=3, w=1.1))
    assert "after 60 steps, an LSTM with forget bias 3.00 leaves 10^-1.3 of a gradient" in said
    assert "a plain RNN with w = 1.10 at most 10^2.5" in said


def test_the_picture_draws_both_on_a_log_axis():
    explorer = GradientExplorer(bias=1, w=0.8, steps=10)
    [axes] = explorer.picture().axes
    assert axes.get_yscale() == "log"
    for line, factor in zip(axes.lines, explorer.factors().values(), strict=False):
        np.testing.assert_allclose(line.get_ydata(), factor ** np.arange(11))


@pytest.mark.parametrize(
    ("traits", "message"),
    [
        ({"bias": 9}, "bias must be a number from -2 to 8, got 9"),
        ({"w": 0}, "w must be a number from 0.6 to 1.4, got 0"),
        ({"w": float("nan")}, "w must be"),
        ({"steps": 1}, "steps must be a whole number from 2 to 200, got 1"),
    ],
)
def test_what_it_refuses_is_named(traits, message):
    with pytest.raises((ValueError, traitlets.TraitError), match=message):
        GradientExplorer(**traits)
