"""What is special to lesson 4's exercises: each reference against PyTorch itself."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from lstm_lessons import sequences
from lstm_lessons.exercises import bidirectional_lstm as lesson

sizes = st.integers(1, 4)
several_lengths = st.lists(st.integers(1, 6), min_size=1, max_size=5)
unhurried = settings(deadline=None, max_examples=25)  # a busy machine is no failure


def bidirectional(inputs, units):
    return nn.LSTM(inputs, units, batch_first=True, bidirectional=True, dtype=torch.float64)


def padded_batch(lengths, inputs):
    padded = torch.randn(len(lengths), max(lengths), inputs, dtype=torch.float64)
    lengths = torch.tensor(lengths)
    padded[~sequences.mask(lengths)] = 0
    return padded, lengths


def run_packed(lstm, padded, lengths):
    packed = pack_padded_sequence(padded, lengths, batch_first=True, enforce_sorted=False)
    output, (h_n, _) = lstm(packed)
    return pad_packed_sequence(output, batch_first=True)[0], h_n


@unhurried
@given(several_lengths, sizes, sizes)
def test_reading_backward_is_the_backward_half_of_pytorch(lengths, inputs, units):
    both, alone = bidirectional(inputs, units), nn.LSTM(inputs, units, batch_first=True)
    weights = {k.removesuffix("_reverse"): v for k, v in both.state_dict().items() if "_rev" in k}
    alone.double().load_state_dict(weights)
    padded, lengths = padded_batch(lengths, inputs)
    _, backward = lesson.split_directions.reference(run_packed(both, padded, lengths)[0])
    read = lesson.read_backward.reference(alone, padded, lengths)
    torch.testing.assert_close(read, backward, rtol=0, atol=1e-12)


@unhurried
@given(several_lengths, sizes, sizes)
def test_both_finals_are_those_of_h_n(lengths, inputs, units):
    lstm = bidirectional(inputs, units)
    padded, lengths = padded_batch(lengths, inputs)
    output, h_n = run_packed(lstm, padded, lengths)
    found = lesson.both_finals.reference(output, lengths)
    torch.testing.assert_close(found, sequences.final_states(h_n, 1), rtol=0, atol=1e-12)


@unhurried
@given(several_lengths, sizes)
def test_the_mean_is_that_of_the_package(lengths, features):
    output, lengths = torch.randn(len(lengths), 7, features), torch.tensor(lengths)
    expected = sequences.mean_pool(output, lengths)
    torch.testing.assert_close(lesson.mean_over_true.reference(output, lengths), expected)


@unhurried
@given(st.integers(1, 30), st.integers(1, 30))
def test_fair_units_are_the_most_that_the_weights_allow(inputs, units):
    def weights(lstm):
        return sum(p.numel() for p in lstm.parameters())

    fair = lesson.fair_units.reference(inputs, units)
    budget = weights(nn.LSTM(inputs, units, bidirectional=True))
    assert weights(nn.LSTM(inputs, fair)) <= budget < weights(nn.LSTM(inputs, fair + 1))


def test_cell_steps_are_those_of_a_network_that_listens():
    T, counted = 7, {"forward": 0, "backward": 0}
    for frame in range(1, T + 1):
        counted["forward"] += 1  # it goes on from its state
        counted["backward"] += frame  # from the newest frame to the first
    assert lesson.cell_steps.reference(T) == (counted["forward"], sum(counted.values()))


# Answers that learners write in other ways.


def chunked(output):
    return output.chunk(2, dim=-1)


def with_an_axis_of_directions(output):
    B, T, both = output.shape
    return output.view(B, T, 2, both // 2).unbind(dim=2)


def flipped_at_once(lstm, x, lengths):
    return sequences.flip(lstm(sequences.flip(x, lengths))[0], lengths)


def gathered(output, lengths):
    H = output.shape[-1] // 2
    index = (lengths - 1)[:, None, None].expand(-1, 1, H)
    return torch.cat([output[..., :H].gather(1, index)[:, 0], output[:, 0, H:]], dim=1)


def looped_mean(output, lengths):
    return torch.stack([output[b, :n].mean(dim=0) for b, n in enumerate(lengths.tolist())])


def solved_for_units(I, H):  # noqa: E741
    a = I + 2
    return int((-a + (a * a + 8 * H * (I + H + 2)) ** 0.5) / 2 + 1e-9)


def summed_steps(T):
    return T, T + sum(range(1, T + 1))


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("split_directions", chunked),
        ("split_directions", with_an_axis_of_directions),
        ("read_backward", flipped_at_once),
        ("both_finals", gathered),
        ("mean_over_true", looped_mean),
        ("fair_units", solved_for_units),
        ("cell_steps", summed_steps),
    ],
)
def test_another_right_answer_passes(name, answer):
    verdict = getattr(lesson, name).check(answer)
    assert verdict.status == "correct", verdict
