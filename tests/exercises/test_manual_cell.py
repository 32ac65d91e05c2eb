"""What is special to lesson 2's exercises: each reference against PyTorch itself."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from lstm_lessons.data import adding
from lstm_lessons.exercises import manual_cell

sizes = st.integers(1, 5)
unhurried = settings(deadline=None, max_examples=25)  # a busy machine is no failure


def double(shape: tuple[int, ...], seed: int) -> torch.Tensor:
    return torch.tensor(np.random.default_rng([seed, *shape]).normal(size=shape))


def cell_and_inputs(batch: int, inputs: int, units: int, seed: int):
    torch.manual_seed(seed)
    cell = nn.LSTMCell(inputs, units, dtype=torch.float64)
    x, h, c = (double((batch, size, n), seed)[..., 0] for n, size in ((1, inputs), (2, units), (3, units)))
    return cell, x, (h, c)


@unhurried
@given(batch=sizes, inputs=sizes, units=sizes, seed=st.integers(0, 100))
def test_the_step_is_that_of_pytorch(batch, inputs, units, seed):
    cell, x, state = cell_and_inputs(batch, inputs, units, seed)
    ours = manual_cell.lstm_step.reference(x, state, *cell.parameters())
    for mine, theirs in zip(ours, cell(x, state), strict=True):
        torch.testing.assert_close(mine, theirs, rtol=0, atol=1e-12)


@unhurried
@given(batch=sizes, inputs=sizes, units=sizes, seed=st.integers(0, 100))
def test_the_gates_split_from_the_sums_are_those_of_the_step(batch, inputs, units, seed):
    cell, x, (h, c) = cell_and_inputs(batch, inputs, units, seed)
    with torch.no_grad():
        z = x @ cell.weight_ih.mT + cell.bias_ih + h @ cell.weight_hh.mT + cell.bias_hh
        i, f, g, o = map(torch.tensor, manual_cell.split_gates.reference(z.numpy()))
        torch.testing.assert_close(f * c + i * g, cell(x, (h, c))[1], rtol=0, atol=1e-12)
        torch.testing.assert_close(o * torch.tanh(f * c + i * g), cell(x, (h, c))[0], rtol=0, atol=1e-12)


@unhurried
@given(steps=sizes, batch=sizes, inputs=sizes, units=sizes, seed=st.integers(0, 100))
def test_the_layer_is_that_of_pytorch(steps, batch, inputs, units, seed):
    torch.manual_seed(seed)
    lstm = nn.LSTM(inputs, units, dtype=torch.float64)
    x, h, c = double((steps, batch, inputs), seed), *double((2, batch, units), seed)
    outputs, (h_n, c_n) = manual_cell.lstm_layer.reference(x, (h, c), list(lstm.parameters()))
    expected, (h_expected, c_expected) = lstm(x, (h[None], c[None]))
    torch.testing.assert_close(outputs, expected, rtol=0, atol=1e-12)
    torch.testing.assert_close(h_n, h_expected[0], rtol=0, atol=1e-12)
    torch.testing.assert_close(c_n, c_expected[0], rtol=0, atol=1e-12)


@unhurried
@given(batch=sizes, units=sizes, seed=st.integers(0, 100))
def test_one_step_back_is_that_of_autograd(batch, units, seed):
    z = double((batch, 4 * units), seed).requires_grad_()
    dh, dc, c_old = (part.clone() for part in double((3, batch, units), seed))
    c_old.requires_grad_()
    i, f, g, o = (a(part) for a, part in zip(
        (torch.sigmoid, torch.sigmoid, torch.tanh, torch.sigmoid), z.chunk(4, -1), strict=True
    ))  # fmt: skip
    c = f * c_old + i * g
    expected = torch.autograd.grad((o * torch.tanh(c) * dh + c * dc).sum(), (z, c_old))
    ours = manual_cell.step_backward.reference(dh, dc, i, f, g, o, c_old, c)
    for mine, theirs in zip(ours, expected, strict=True):
        torch.testing.assert_close(mine, theirs, rtol=0, atol=1e-12)


def test_the_baseline_is_the_error_of_always_saying_one():
    y = adding.load(200_000, 2, seed=0).y.astype(np.float64)
    assert ((y - 1) ** 2).mean() == pytest.approx(manual_cell.baseline_mse.reference, abs=1e-3)


@pytest.mark.parametrize("answer", [1 / 6, 0.1667, 0.167, np.float64(1 / 6)])
def test_the_baseline_may_be_a_rounded_number(answer):
    assert manual_cell.baseline_mse.check(answer).status == "correct"


def test_weights_in_the_order_of_onnx_work_after_the_exercise():
    """`split_gates` with ONNX's order on ONNX's weights gives what PyTorch's gives on ours."""
    z = double((3, 8), 0)
    order_of_onnx = {m.name: m.answer for m in manual_cell.split_gates.mistakes}["order_of_onnx"]
    onnx = order_of_onnx(z.numpy())
    rearranged = manual_cell.from_onnx_order.reference(z.mT).mT
    ours = manual_cell.split_gates.reference(rearranged.numpy())
    for mine, theirs in zip(ours, onnx, strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-12)


# Answers that learners write in other ways.


def step_with_four_products(x, state, W_ih, W_hh, b_ih, b_hh):
    h, c = state
    sums = [
        x @ w.mT + h @ u.mT + a + b
        for w, u, a, b in zip(W_ih.chunk(4, -2), W_hh.chunk(4, -2), b_ih.chunk(4, -1), b_hh.chunk(4, -1), strict=True)
    ]
    c = torch.sigmoid(sums[1]) * c + torch.sigmoid(sums[0]) * torch.tanh(sums[2])
    return torch.sigmoid(sums[3]) * torch.tanh(c), c


def step_with_a_sum_of_biases(x, state, W_ih, W_hh, b_ih, b_hh):
    h, c = state
    z = torch.cat([x, h], -1) @ torch.cat([W_ih, W_hh], -1).mT + (b_ih + b_hh)
    H = h.shape[-1]
    i, f, g, o = z[..., :H], z[..., H : 2 * H], z[..., 2 * H : 3 * H], z[..., 3 * H :]
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c


@pytest.mark.parametrize("answer", [step_with_four_products, step_with_a_sum_of_biases])
def test_another_right_step_passes(answer):
    assert manual_cell.lstm_step.check(answer).status == "correct"


def step_for_one_network(x, state, W_ih, W_hh, b_ih, b_hh):
    h, c = state
    z_i, z_f, z_g, z_o = (x @ W_ih.T + b_ih + h @ W_hh.T + b_hh).chunk(4, dim=-1)
    c = z_f.sigmoid() * c + z_i.sigmoid() * z_g.tanh()
    return z_o.sigmoid() * c.tanh(), c


@pytest.mark.filterwarnings("ignore:The use of `x.T`")
def test_a_step_that_takes_no_stack_is_told_why():
    assert manual_cell.lstm_step.check(step_for_one_network).mistake == "for_one_network_alone"


def test_a_step_that_splits_the_stack_is_told_where_to_split():
    def answer(x, state, W_ih, W_hh, b_ih, b_hh):
        W_i, W_f, W_g, W_o = W_ih.chunk(4)
        return manual_cell.lstm_step(x, state, torch.cat([W_i, W_f, W_g, W_o]), W_hh, b_ih, b_hh)

    verdict = manual_cell.lstm_step.check(answer)
    assert verdict.status == "wrong"
    assert "dim=-1" in verdict.after


def test_gates_of_real_arrays_alone_are_told_that_the_slopes_get_lost():
    def answer(z):
        gates = np.empty_like(z, dtype=float).reshape(*z.shape[:-1], 4, -1)
        for k, gate in enumerate(manual_cell.split_gates(z)):
            gates[..., k, :] = gate.real
        return tuple(gates[..., k, :] for k in range(4))

    assert manual_cell.split_gates.check(answer).mistake == "loses_the_imaginary_part"


def layer_by_index(x, state, weights):
    h, c = state
    hs = []
    for t in range(x.shape[0]):
        h, c = manual_cell.lstm_step.reference(x[t], (h, c), *weights)
        hs.append(h.unsqueeze(0))
    return torch.cat(hs), (h, c)


def test_another_right_layer_passes():
    assert manual_cell.lstm_layer.check(layer_by_index).status == "correct"


def test_a_layer_that_takes_no_stack_is_told_why():
    def answer(x, state, weights):
        T, B, _ = x.shape
        h, c = state
        outputs = torch.zeros(T, B, h.shape[-1], dtype=x.dtype)
        for t in range(T):
            h, c = manual_cell.lstm_step(x[t], (h, c), *weights)
            outputs[t] = h
        return outputs, (h, c)

    assert manual_cell.lstm_layer.check(answer).mistake == "for_one_network_alone"


def test_a_right_step_back_that_edits_its_input_is_told_so():
    def in_place(dh, dc, i, f, g, o, c_old, c):
        result = manual_cell.step_backward.reference(dh, dc, i, f, g, o, c_old, c)
        dc += dh * o * (1 - torch.tanh(c) ** 2)
        return result

    verdict = manual_cell.step_backward.check(in_place)
    assert verdict.status == "wrong"
    assert "changes its input `dc` in place" in verdict.message
