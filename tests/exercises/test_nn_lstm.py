"""What is special to lesson 3's exercises: each reference against PyTorch itself."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from lstm_lessons import sequences
from lstm_lessons.exercises import nn_lstm

sizes = st.integers(1, 4)
unhurried = settings(deadline=None, max_examples=25)  # a busy machine is no failure


def run(batch, steps, inputs, units, layers, both, batch_first=True):
    lstm = nn.LSTM(inputs, units, layers, batch_first=batch_first, bidirectional=both, dtype=torch.float64)
    shape = (batch, steps, inputs) if batch_first else (steps, batch, inputs)
    return lstm, *lstm(torch.randn(shape, dtype=torch.float64))


@unhurried
@given(sizes, sizes, sizes, sizes, sizes, st.booleans(), st.booleans())
def test_shapes_and_counts_are_those_of_pytorch(B, T, inputs, H, layers, both, batch_first):
    lstm, output, (h_n, _) = run(B, T, inputs, H, layers, both, batch_first)
    told = nn_lstm.lstm_shapes.reference(B, T, H, layers, both, batch_first)
    assert told == (tuple(output.shape), tuple(h_n.shape))
    counted = sum(p.numel() for p in lstm.parameters())
    assert nn_lstm.parameter_count.reference(inputs, H, layers, both) == counted


@unhurried
@given(sizes, sizes, sizes, sizes, st.booleans())
def test_the_last_of_the_split_states_are_those_of_the_output(B, T, H, layers, both):
    _, output, (h_n, _) = run(B, T, 2, H, layers, both)
    states = nn_lstm.split_states.reference(h_n, layers, 2 if both else 1)
    assert torch.equal(states[-1, 0], output[:, -1, :H])
    assert torch.equal(states.flatten(0, 1), h_n)
    if both:
        assert torch.equal(states[-1, 1], nn_lstm.backward_final.reference(output))


def test_the_last_true_step_is_that_of_the_package():
    output, lengths = torch.randn(3, 6, 2), torch.tensor([6, 1, 4])
    expected = sequences.last_valid(output, lengths)
    assert torch.equal(nn_lstm.last_true_step.reference(output, lengths), expected)


def test_a_stream_in_windows_is_the_whole_stream_without_its_long_gradient():
    lstm = nn.LSTM(2, 3, batch_first=True, dtype=torch.float64)
    x = torch.randn(2, 11, 2, dtype=torch.float64, requires_grad=True)
    output = nn_lstm.read_stream.reference(lstm, x, 4)
    torch.testing.assert_close(output, lstm(x)[0], rtol=0, atol=1e-12)
    (slopes,) = torch.autograd.grad(output[:, -1].sum(), x)
    assert (slopes[:, :8] == 0).all() and (slopes[:, 8:] != 0).all()


def test_the_backward_layer_reads_the_turned_sequence():
    both, output, _ = run(2, 5, 3, 4, 1, True)
    alone = nn.LSTM(3, 4, batch_first=True, dtype=torch.float64)
    alone.load_state_dict(nn_lstm.backward_layer.reference(both.state_dict()))
    x = torch.randn(2, 5, 3, dtype=torch.float64)
    turned = alone(x.flip(1))[0].flip(1)
    torch.testing.assert_close(turned, both(x)[0][..., 4:], rtol=0, atol=1e-12)


# Answers that learners write in other ways.


def split_with_unflatten(h_n, num_layers, directions):
    return h_n.unflatten(0, (num_layers, directions))


def backward_with_chunk(output):
    return output[:, 0].chunk(2, dim=-1)[1]


def last_with_gather(output, lengths):
    index = (lengths - 1)[:, None, None].expand(-1, 1, output.shape[-1])
    return output.gather(1, index).squeeze(1)


def last_with_a_loop(output, lengths):
    return torch.stack([output[b, n - 1] for b, n in enumerate(lengths.tolist())])


def stream_by_hand(lstm, x, window):
    state, outputs = None, []
    for start in range(0, x.shape[1], window):
        if state is not None:
            state = tuple(part.detach() for part in state)
        output, state = lstm(x[:, start : start + window], state)
        outputs.append(output)
    return torch.cat(outputs, 1)


def renamed_in_a_loop(weights):
    found = {}
    for name in weights:
        if "_reverse" in name:
            found[name.replace("_reverse", "")] = weights[name]
    return found


def shapes_of_torch(B, T, H, num_layers, bidirectional, batch_first):
    lstm = nn.LSTM(1, H, num_layers, bidirectional=bidirectional, batch_first=batch_first)
    output, (h_n, _) = lstm(torch.zeros((B, T, 1) if batch_first else (T, B, 1)))
    return tuple(output.shape), tuple(h_n.shape)


def count_with_torch(I, H, num_layers, bidirectional):  # noqa: E741
    lstm = nn.LSTM(I, H, num_layers, bidirectional=bidirectional)
    return sum(p.numel() for p in lstm.parameters())


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("split_states", split_with_unflatten),
        ("backward_final", backward_with_chunk),
        ("last_true_step", last_with_gather),
        ("last_true_step", last_with_a_loop),
        ("read_stream", stream_by_hand),
        ("backward_layer", renamed_in_a_loop),
        ("lstm_shapes", shapes_of_torch),
        ("parameter_count", count_with_torch),
    ],
)
def test_another_right_answer_passes(name, answer):
    verdict = getattr(nn_lstm, name).check(answer)
    assert verdict.status == "correct", verdict
