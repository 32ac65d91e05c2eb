"""What is special to lesson 6's exercises: each reference against torch itself."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

from lstm_lessons.benchmark import timing
from lstm_lessons.exercises import gpu_and_amp

unhurried = settings(deadline=None, max_examples=25)  # a busy machine is no failure


def test_the_fair_ratio_is_that_of_the_benchmark():
    rng = np.random.default_rng(0)
    seconds = {"a": rng.uniform(1, 2, 9), "b": rng.uniform(1, 2, 9)}
    found = timing.compare(seconds, "b")["a"].ratio[1]
    assert gpu_and_amp.fair_ratio.reference(seconds["a"], seconds["b"]) == pytest.approx(found)


@unhurried
@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 99))
def test_one_sigmoid_gives_all_four_gates(hidden, inputs, seed):
    rng = np.random.default_rng(seed)
    weight, bias, x = (
        torch.tensor(rng.normal(size=shape)) for shape in ((4 * hidden, inputs), (4 * hidden,), (3, inputs))
    )
    i, f, g, o = nn.functional.linear(x, weight, bias).chunk(4, -1)
    gates = torch.sigmoid(nn.functional.linear(x, *gpu_and_amp.one_sigmoid.reference(weight, bias)))
    gates[:, 2 * hidden : 3 * hidden] = gates[:, 2 * hidden : 3 * hidden] * 2 - 1
    wanted = torch.cat([i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()], -1)
    torch.testing.assert_close(gates, wanted, rtol=0, atol=1e-12)


@unhurried
@given(st.lists(st.integers(1, 9), min_size=1, max_size=6))
def test_the_living_are_the_batch_sizes_of_a_packed_sequence(lengths):
    lengths = torch.tensor(lengths)
    padded = torch.zeros(len(lengths), int(lengths.max()), 1)
    packed = pack_padded_sequence(padded, lengths, batch_first=True, enforce_sorted=False)
    assert gpu_and_amp.alive.reference(lengths) == packed.batch_sizes.tolist()


def test_the_right_order_clips_as_without_a_scaler():
    slopes = torch.tensor([[3.0, -4.0, 0.5], [0.1, 0.2, 0.0]])
    weight = nn.Parameter(torch.zeros(3))
    optimizer = torch.optim.SGD([weight], 0.5)
    for slope in slopes:
        optimizer.zero_grad()
        (weight * slope).sum().backward()
        nn.utils.clip_grad_norm_([weight], 1.0)
        optimizer.step()
    scaled = gpu_and_amp._three_steps(gpu_and_amp.clip_and_step.reference, slopes, 1.0)
    torch.testing.assert_close(scaled[-1][0], weight.detach())


def test_a_step_that_overflows_is_skipped_and_the_scale_halved():
    slopes = torch.tensor([[1.0, 0.0, 0.0], [math.inf, 0.0, 0.0]])
    (before, scale), (after, lower) = gpu_and_amp._three_steps(gpu_and_amp.clip_and_step.reference, slopes, 1.0)
    assert torch.equal(before, after) and lower == scale / 2


def test_the_average_is_the_gradient_of_all_sequences():
    model = nn.Linear(3, 1).double()
    x, y = torch.randn(9, 3).double(), torch.randn(9, 1).double()

    def gradient(part):
        model.zero_grad()
        nn.functional.mse_loss(model(x[part]), y[part]).backward()
        return model.weight.grad.clone()

    counts = [2, 3, 4]
    shares = [gradient(slice(0, 2)), gradient(slice(2, 5)), gradient(slice(5, 9))]
    together = gpu_and_amp.average.reference(shares, counts)
    torch.testing.assert_close(together, gradient(slice(0, 9)), rtol=0, atol=1e-12)


# Answers that learners write in other ways.


def ratio_with_a_loop(ours, theirs):
    ratios = sorted(a / b for a, b in zip(ours, theirs, strict=True))
    return ratios[len(ratios) // 2]


def sigmoid_with_chunks(weight, bias):
    i, f, g, o = weight.chunk(4)
    b_i, b_f, b_g, b_o = bias.chunk(4)
    return torch.cat([i, f, 2 * g, o]), torch.cat([b_i, b_f, 2 * b_g, b_o])


def alive_by_broadcasting(lengths):
    return (lengths[None] > torch.arange(lengths.max())[:, None]).sum(1)


def alive_by_packing(lengths):
    padded = torch.zeros(len(lengths), int(lengths.max()), 1)
    return pack_padded_sequence(padded, lengths, True, enforce_sorted=False).batch_sizes


def average_of_a_stack(gradients, counts):
    weights = torch.tensor(counts, dtype=torch.float64)
    return torch.einsum("p,pk->k", weights, torch.stack(gradients)) / weights.sum()


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("fair_ratio", ratio_with_a_loop),
        ("fair_ratio", lambda ours, theirs: np.median(ours / theirs)),
        ("one_sigmoid", sigmoid_with_chunks),
        ("alive", alive_by_broadcasting),
        ("alive", alive_by_packing),
        ("average", average_of_a_stack),
    ],
)
def test_another_right_answer_passes(name, answer):
    verdict = getattr(gpu_and_amp, name).check(answer)
    assert verdict.status == "correct", verdict


def test_a_gate_doubled_in_place_is_told_so():
    def in_place(weight, bias):
        hidden = len(bias) // 4
        weight[2 * hidden : 3 * hidden] *= 2
        bias[2 * hidden : 3 * hidden] *= 2
        return weight, bias

    verdict = gpu_and_amp.one_sigmoid.check(in_place)
    assert verdict.status == "wrong" and "in place" in str(verdict)
