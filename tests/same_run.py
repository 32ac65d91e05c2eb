"""Two LSTMs of the same weights, called alike: the same numbers, and the same gradients."""

from __future__ import annotations

import torch
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pack_sequence, pad_packed_sequence

FORMS = ("batch", "single", "packed, sorted", "packed, unsorted")
TOLERANCE = 1e-12


def assert_equal(ours, theirs, what=""):
    assert ours.shape == theirs.shape, f"{what}: {tuple(ours.shape)} {tuple(theirs.shape)}"
    torch.testing.assert_close(ours, theirs, rtol=TOLERANCE, atol=TOLERANCE, msg=lambda text: f"{what}: {text}")


def random_weights(module):
    """Weights of size 1, so that gates open and close."""
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.normal_()
    return module


def random_call(form, lstm, steps, batch, with_state):
    """Draw leaves (inputs and states) and say how they become the arguments of a call."""
    rows = lstm.num_layers * (2 if lstm.bidirectional else 1)
    if form == "single":
        x_shape, state_shape = (steps, lstm.input_size), (rows, lstm.hidden_size)
    else:
        leading = (batch, steps) if lstm.batch_first else (steps, batch)
        x_shape, state_shape = (*leading, lstm.input_size), (rows, batch, lstm.hidden_size)
    leaves = [torch.randn(x_shape)]
    if with_state:
        leaves += [torch.randn(state_shape), torch.randn(state_shape)]
    lengths = torch.randint(1, steps + 1, (batch,))
    lengths[torch.randint(batch, ())] = steps
    if form == "packed, sorted":
        lengths = lengths.sort(descending=True).values

    def arguments(x, *state):
        if form.startswith("packed"):
            is_sorted = form == "packed, sorted"
            x = pack_padded_sequence(x, lengths, lstm.batch_first, enforce_sorted=is_sorted)
        return (x, state or None)

    return leaves, arguments


def run_with_gradients(module, leaves, arguments):
    """Output, final states and every gradient of one call, by name."""
    module.zero_grad()
    leaves = [leaf.clone().requires_grad_() for leaf in leaves]
    output, (h_n, c_n) = module(*arguments(*leaves))
    results = {"h_n": h_n, "c_n": c_n}
    if isinstance(output, PackedSequence):
        results |= {f"output.{k}": v for k, v in output._asdict().items() if v is not None}
        output = output.data
    results["output"] = output
    # Weights that differ from entry to entry, so that no two swapped entries cancel.
    loss = sum((value * torch.linspace(-1, 2, value.numel()).view(value.shape)).sum() for value in (output, h_n, c_n))
    loss.backward()
    results |= {f"gradient of {name}": p.grad for name, p in module.named_parameters()}
    for name, leaf in zip(("input", "h_0", "c_0"), leaves, strict=False):
        results[f"gradient of {name}"] = leaf.grad
    return results


def assert_a_pack_is_each_alone(lstm):
    """Each sequence alone, without packing, gives the numbers of its row in the pack."""
    sequences = [torch.randn(length, 2) for length in (3, 6, 1, 6)]
    packed_output, (h_n, c_n) = lstm(pack_sequence(sequences, enforce_sorted=False))
    padded, lengths = pad_packed_sequence(packed_output)
    assert lengths.tolist() == [3, 6, 1, 6]
    for row, sequence in enumerate(sequences):
        output, state = lstm(sequence)
        assert_equal(padded[: len(sequence), row], output, f"output {row}")
        assert_equal(h_n[:, row], state[0], f"h_n {row}")
        assert_equal(c_n[:, row], state[1], f"c_n {row}")


def assert_same_run(ours, theirs, leaves, arguments):
    found = run_with_gradients(ours, leaves, arguments)
    wanted = run_with_gradients(theirs, leaves, arguments)
    assert found.keys() == wanted.keys()
    for name in wanted:
        assert_equal(found[name], wanted[name], name)
