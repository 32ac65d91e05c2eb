"""`lstm_lessons.trace`: the traced numbers are those that the module itself used."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn.utils import prune
from torch.nn.utils.rnn import PackedSequence, pack_sequence

from lstm_lessons.cell import LSTM, LSTMCell
from lstm_lessons.ladder import naive_layer, run
from lstm_lessons.sequences import run_padded
from lstm_lessons.trace import GateTrace, trace_gates
from lstm_lessons.widgets.shared.weights import layer_weights
from tests.same_run import assert_equal, random_weights

OVER_TIME = "ifgoch"
LSTMS, CELLS = (nn.LSTM, LSTM), (nn.LSTMCell, LSTMCell)
EITHER_LSTM = pytest.mark.parametrize("make", LSTMS, ids=["torch", "ours"])
EITHER_CELL = pytest.mark.parametrize("make", CELLS, ids=["torch", "ours"])
pytestmark = pytest.mark.usefixtures("double_precision")


def assert_equations_hold(trace, weights, layer, direction, sequence, steps):
    """Check the six equations, row by row of the weights, for one sequence of a batch.

    Written anew with matrix products, so that no line of the package is trusted.
    """
    weight_ih, weight_hh, *biases = weights
    bias = sum(biases) if biases else 0.0
    values = {k: getattr(trace, k)[layer, direction, :, sequence] for k in OVER_TIME}  # (T, H)
    if layer == 0:
        x = trace.x[:, sequence]
    else:
        x = torch.cat(list(trace.h[layer - 1, :, :, sequence]), dim=-1)
    h = trace.h_0[layer, direction, sequence]
    c = trace.c_0[layer, direction, sequence]
    for t in reversed(range(steps)) if direction == 1 else range(steps):
        i, f, g, o = (weight_ih @ x[t] + weight_hh @ h + bias).view(4, -1)
        wanted = {"i": i.sigmoid(), "f": f.sigmoid(), "g": g.tanh(), "o": o.sigmoid()}
        wanted["c"] = wanted["f"] * c + wanted["i"] * wanted["g"]
        wanted["h"] = wanted["o"] * wanted["c"].tanh()
        for name, value in wanted.items():
            assert_equal(values[name][t], value, f"{name}[{layer}, {direction}, {t}]")
        h, c = values["h"][t], values["c"][t]


@given(
    make=st.sampled_from([nn.LSTM, LSTM]),
    num_layers=st.integers(1, 3),
    flags=st.tuples(st.booleans(), st.booleans(), st.booleans()),
    form=st.sampled_from(["batch", "single", "packed, sorted", "packed, unsorted"]),
    with_state=st.booleans(),
    steps=st.integers(1, 5),
    seed=st.integers(0, 2**32 - 1),
)
@settings(deadline=None, derandomize=True, max_examples=60, database=None)
def test_trace_is_what_the_lstm_computed(make, num_layers, flags, form, with_state, steps, seed):
    torch.manual_seed(seed)
    bias, batch_first, bidirectional = flags
    lstm = random_weights(make(2, 3, num_layers, bias, batch_first, 0.0, bidirectional))
    directions, batch = 1 + bidirectional, 1 if form == "single" else 4
    rows = num_layers * directions
    lengths = [steps] * batch
    if form == "single":
        x, shape = torch.randn(steps, 2), (rows, 3)
    else:
        x, shape = (torch.randn(*((batch, steps) if batch_first else (steps, batch)), 2), (rows, 4, 3))
    if form.startswith("packed"):
        lengths = [steps, *torch.randint(1, steps + 1, (batch - 1,)).tolist()]
        if form == "packed, sorted":
            lengths = sorted(lengths, reverse=True)
        else:
            lengths = lengths[1:] + lengths[:1]
        sequences = [torch.randn(length, 2) for length in lengths]
        x = pack_sequence(sequences, enforce_sorted=form == "packed, sorted")
    state = (torch.randn(shape), torch.randn(shape)) if with_state else None

    with torch.no_grad():
        trace = trace_gates(lstm, x, state)
        output, (h_n, c_n) = lstm(x, state)

    # The documented shapes.
    leading = () if form == "single" else (batch,)
    for name in OVER_TIME:
        assert getattr(trace, name).shape == (num_layers, directions, steps, *leading, 3)
    assert trace.x.shape == (steps, *leading, 2)
    for name, hx in zip(("h_0", "c_0"), state or (torch.zeros(shape),) * 2, strict=True):
        assert_equal(getattr(trace, name).flatten(0, 1), hx, name)
    assert trace.lengths is None or trace.lengths.tolist() == lengths
    assert (trace.lengths is not None) == form.startswith("packed")

    # The output and the final states of the module.
    top = torch.cat(list(trace.h[-1]), dim=-1)  # (T, B, D·H)
    if form.startswith("packed"):
        repacked = pack_sequence(
            [top[:length, row] for row, length in enumerate(lengths)], enforce_sorted=form == "packed, sorted"
        )
        assert_equal(repacked.data, output.data, "output")
        for row, (sequence, length) in enumerate(zip(sequences, lengths, strict=True)):
            assert torch.equal(trace.x[:length, row], sequence)
            for name in OVER_TIME:
                values = getattr(trace, name)[:, :, :, row]
                assert not values[:, :, :length].isnan().any()
                assert values[:, :, length:].isnan().all()
            assert trace.x[length:, row].isnan().all()
    else:
        swap = batch_first and form == "batch"
        assert_equal(top, output.transpose(0, 1) if swap else output, "output")
        assert torch.equal(trace.x, x.transpose(0, 1) if swap else x)

    if form == "single":
        over_time = {k: getattr(trace, k).unsqueeze(3) for k in OVER_TIME}
        trace = GateTrace(**over_time, x=trace.x.unsqueeze(1), h_0=trace.h_0.unsqueeze(2), c_0=trace.c_0.unsqueeze(2))
        h_n, c_n = h_n.unsqueeze(1), c_n.unsqueeze(1)
    for layer in range(num_layers):
        for direction in range(directions):
            row = layer * directions + direction
            for sequence, length in enumerate(lengths):
                last = 0 if direction == 1 else length - 1
                index = (layer, direction, last, sequence)
                assert_equal(trace.h[index], h_n[row, sequence], "h_n")
                assert_equal(trace.c[index], c_n[row, sequence], "c_n")
                weights = [w.detach() for w in lstm.all_weights[row]]
                assert_equations_hold(trace, weights, layer, direction, sequence, length)


@EITHER_CELL
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("leading", [(), (4,), (1,)])
@pytest.mark.parametrize("with_state", [True, False])
def test_trace_of_one_step_of_a_cell(make, bias, leading, with_state):
    cell = random_weights(make(2, 3, bias))
    x = torch.randn(*leading, 2)
    state = (torch.randn(*leading, 3), torch.randn(*leading, 3)) if with_state else None
    trace = trace_gates(cell, x, state)
    h, c = cell(x, state)
    assert_equal(trace.h, h, "h")
    assert_equal(trace.c, c, "c")
    assert_equal(trace.f * trace.c_0 + trace.i * trace.g, c, "f ⊙ c_0 + i ⊙ g")
    assert_equal(trace.o * trace.c.tanh(), h, "o ⊙ tanh(c)")
    assert {getattr(trace, name).shape for name in OVER_TIME} == {(*leading, 3)}
    assert trace.x is x and trace.lengths is None
    for name, hx in zip(("h_0", "c_0"), state or (torch.zeros(*leading, 3),) * 2, strict=True):
        assert torch.equal(getattr(trace, name), hx)


@EITHER_CELL
def test_trace_of_a_cell_over_time(make):
    cell = random_weights(make(2, 3))
    x, state = torch.randn(6, 4, 2), (torch.randn(4, 3), torch.randn(4, 3))
    trace = trace_gates(cell, x, state)
    for t, x_t in enumerate(x):
        step = trace_gates(cell, x_t, state)
        for name in OVER_TIME:
            assert_equal(getattr(trace, name)[t], getattr(step, name), f"{name}[{t}]")
        state = cell(x_t, state)
        assert_equal(trace.h[t], state[0], f"h[{t}]")
        assert_equal(trace.c[t], state[1], f"c[{t}]")


def test_gates_of_known_weights():
    # Zero weights leave the biases: each gate is a number that can be looked up.
    lstm = LSTM(1, 1)
    with torch.no_grad():
        for parameter in lstm.parameters():
            parameter.zero_()
        lstm.bias_ih_l0[:] = torch.tensor([1.0, 2.0, 3.0, 4.0])
    trace = trace_gates(lstm, torch.zeros(2, 1))
    expected = {"i": 0.731058578630, "f": 0.880797077978, "g": 0.995054753687, "o": 0.982013790038}
    for name, value in expected.items():
        assert getattr(trace, name).flatten().tolist() == pytest.approx([value] * 2, abs=1e-12)
    first = expected["i"] * expected["g"]
    assert trace.c.flatten().tolist() == pytest.approx([first, expected["f"] * first + first], abs=1e-11)


def test_backward_direction_is_a_forward_one_on_the_flipped_sequence():
    both = random_weights(LSTM(2, 3, bidirectional=True))
    one = LSTM(2, 3)
    backward = {k: v for k, v in both.state_dict().items() if k.endswith("_reverse")}
    one.load_state_dict({k.removesuffix("_reverse"): v for k, v in backward.items()})
    x = torch.randn(5, 2)
    trace, flipped = trace_gates(both, x), trace_gates(one, x.flip(0))
    for name in OVER_TIME:
        assert_equal(getattr(trace, name)[0, 1].flip(0), getattr(flipped, name)[0, 0], name)


@EITHER_LSTM
def test_ours_and_torch_give_the_same_trace(make):
    lstm = random_weights(make(2, 3, 2, bidirectional=True))
    other = (LSTM if make is nn.LSTM else nn.LSTM)(2, 3, 2, bidirectional=True)
    other.load_state_dict(lstm.state_dict())
    x = torch.randn(5, 4, 2)
    for name in (*OVER_TIME, "x"):
        found, wanted = getattr(trace_gates(lstm, x), name), getattr(trace_gates(other, x), name)
        assert torch.equal(found, wanted), name


def test_gradient_along_the_cell_state_is_the_product_of_forget_gates():
    # With W_hh = 0 nothing flows through h, so ∂c_T/∂c_0 = ∏ f_t exactly.
    lstm = random_weights(nn.LSTM(2, 3))
    with torch.no_grad():
        lstm.weight_hh_l0.zero_()
    h_0, c_0 = torch.zeros(1, 3), torch.zeros(1, 3, requires_grad=True)
    trace = trace_gates(lstm, torch.randn(6, 2), (h_0, c_0))
    (gradient,) = torch.autograd.grad(trace.c[0, 0, -1].sum(), c_0)
    assert_equal(gradient[0], trace.f[0, 0].prod(dim=0), "∏ f")


@EITHER_LSTM
def test_gradients_of_the_trace_are_those_of_the_module(make):
    lstm = random_weights(make(2, 3, 2))
    x = pack_sequence([torch.randn(length, 2) for length in (2, 4, 1)], enforce_sorted=False)
    (lstm(x)[0].data ** 2).sum().backward()
    wanted = {name: p.grad.clone() for name, p in lstm.named_parameters()}
    lstm.zero_grad()
    (trace_gates(lstm, x).h[-1] ** 2).nansum().backward()
    for name, parameter in lstm.named_parameters():
        assert_equal(parameter.grad, wanted[name], name)


def test_no_grad_gives_plain_numbers():
    with torch.no_grad():
        trace = trace_gates(nn.LSTM(2, 3), torch.randn(5, 2))
    assert not any(getattr(trace, name).requires_grad for name in OVER_TIME)


@EITHER_LSTM
def test_module_stays_as_it_is(make):
    lstm = make(2, 3, 2, dropout=0.5).eval()
    before = {name: value.clone() for name, value in lstm.state_dict().items()}
    trace_gates(lstm, torch.randn(5, 4, 2))
    assert not lstm.training
    assert all(torch.equal(value, before[name]) for name, value in lstm.state_dict().items())
    assert all(parameter.grad is None for parameter in lstm.parameters())


@EITHER_LSTM
def test_training_mode_is_refused_only_where_dropout_acts(make):
    x = torch.randn(5, 4, 2)
    with pytest.raises(ValueError, match=r"lstm .*lstm\.eval\(\).*dropout=0.5"):
        trace_gates(make(2, 3, 2, dropout=0.5), x)
    lstm = make(2, 3, 2, dropout=0.5).eval()
    assert_equal(trace_gates(lstm, x).h[-1, 0], lstm(x)[0], "output")
    trace_gates(make(2, 3, 2), x)
    with pytest.warns(UserWarning):
        trace_gates(make(2, 3, dropout=0.5), x)


@pytest.mark.parametrize("module", [nn.GRU(2, 3), nn.RNN(2, 3), nn.GRUCell(2, 3), nn.Linear(2, 3)])
def test_other_modules_are_refused(module):
    with pytest.raises(TypeError, match=f"lstm must be an LSTM.*got {type(module).__name__}"):
        trace_gates(module, torch.randn(5, 2))


@pytest.mark.parametrize("make", [nn.LSTM, LSTM, nn.LSTMCell, LSTMCell])
def test_hooks_are_refused_for_they_may_change_what_a_call_gives(make):
    weight = "weight_hh" + "_l0" * ("Cell" not in make.__name__)
    pruned = prune.random_unstructured(make(2, 3), weight, 0.5)
    watched, doubled = make(2, 3), make(2, 3)
    watched.register_forward_hook(lambda module, arguments, output: output)
    doubled.register_forward_pre_hook(lambda module, arguments: (2 * arguments[0],))
    for module in (pruned, watched, doubled):
        with pytest.raises(ValueError, match="lstm must have no forward hooks.*got"):
            trace_gates(module, torch.zeros(5, 4, 2))
    x = torch.randn(4, 2)
    h = trace_gates(prune.remove(pruned, weight), x).h
    assert_equal(h.view(4, 3), pruned(x)[0])


def spoiled(module, name, weight=None):
    """A module that lacks a weight, or has another in its place."""
    delattr(module, name)
    if weight is not None:
        setattr(module, name, nn.Parameter(weight))
    return module


@pytest.mark.parametrize(
    "read",
    [
        lambda lstm, x: trace_gates(lstm, x),
        lambda lstm, x: run(lstm, x, layer=naive_layer),
        lambda lstm, x: run_padded(lstm, x, [1] * 5),
        lambda lstm, x: layer_weights(lstm),
    ],
    ids=["trace", "rung", "padded", "widget"],
)
@EITHER_LSTM
def test_a_weight_that_is_missing_or_another_is_named(make, read):
    x = torch.zeros(5, 1, 2)
    with pytest.raises(ValueError, match="must have all of its weights, got one without: .*weight_hh_l0"):
        read(spoiled(make(2, 3), "weight_hh_l0"), x)
    with pytest.raises(ValueError, match=r"must have a bias_ih of shape \(12,\) in row 0, got .*\(11,\)"):
        read(spoiled(make(2, 3), "bias_ih_l0", torch.zeros(11)), x)


@EITHER_CELL
def test_a_cell_without_a_weight_is_named(make):
    with pytest.raises(ValueError, match="must have all of its weights"):
        trace_gates(spoiled(make(2, 3), "bias_hh"), torch.zeros(2))


def test_projection_is_refused():
    with pytest.raises(ValueError, match="lstm .*proj_size=0.*got proj_size=1"):
        trace_gates(nn.LSTM(2, 3, proj_size=1), torch.randn(5, 2))


@pytest.mark.parametrize(
    "kinds, x, state, error, parts",
    [
        (LSTMS, [1.0], None, TypeError, ["x must be a tensor", "got a list of 1"]),
        (LSTMS, (5, 4, 7), None, ValueError, ["x must have shape (T, B, 2) or (T, 2)", "(5, 4, 7)"]),
        (LSTMS, (0, 2), None, ValueError, ["x must have at least one time step", "(0, 2)"]),
        (LSTMS, (5, 4, 2), [(1, 4, 3)], ValueError, ["state must be a pair", "a tuple of 1"]),
        (LSTMS, (5, 4, 2), [(1, 4, 3), (4, 3)], ValueError, ["state[1]", "(1, 4, 3)", "got (4, 3)"]),
        (LSTMS, (5, 2), [(1, 1, 3), (1, 3)], ValueError, ["state[0]", "(1, 3)", "got (1, 1, 3)"]),
        (CELLS, [1.0], None, TypeError, ["x must be a tensor", "got a list of 1"]),
        (CELLS, (4, 7), None, ValueError, ["x must have shape (2,) or (B, 2) or (T, B, 2)", "(4, 7)"]),
        (CELLS, (0, 4, 2), None, ValueError, ["x must have at least one time step", "(0, 4, 2)"]),
        (CELLS, (4, 2), [(4, 3)], ValueError, ["state must be a pair", "a tuple of 1"]),
        (CELLS, (4, 2), [(4, 3), (3,)], ValueError, ["state[1]", "(4, 3)", "got (3,)"]),
        (CELLS, (5, 4, 2), [(5, 3), (4, 3)], ValueError, ["state[0]", "(4, 3)", "got (5, 3)"]),
    ],
)
@pytest.mark.parametrize("ours", [False, True])
def test_arguments_are_refused_by_name(kinds, ours, x, state, error, parts):
    x = torch.zeros(x) if isinstance(x, tuple) else x
    state = state and tuple(torch.zeros(shape) for shape in state)
    with pytest.raises(error) as caught:
        trace_gates(kinds[ours](2, 3), x, state)
    for part in parts:
        assert part in str(caught.value)


def test_a_cell_takes_no_packed_sequence():
    packed = pack_sequence([torch.zeros(3, 2)])
    assert isinstance(packed, PackedSequence)
    with pytest.raises(TypeError, match="x must be a tensor, got a PackedSequence"):
        trace_gates(LSTMCell(2, 3), packed)


def test_repr_shows_shapes_and_no_numbers():
    trace = trace_gates(LSTM(2, 3), torch.randn(5, 4, 2))
    assert repr(trace) == "GateTrace(i, f, g, o, c, h: (1, 1, 5, 4, 3); x: (5, 4, 2))"
