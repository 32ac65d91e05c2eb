"""`lstm_lessons.cell` against `torch.nn`: the same numbers, gradients, shapes and errors."""

from __future__ import annotations

import ast
import copy
import inspect
import io
import itertools
import pickle
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn.utils.parametrize import register_parametrization
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pack_sequence

from lstm_lessons import cell
from lstm_lessons.cell import LSTM, LSTMCell, lstm_gates, lstm_layer, lstm_step
from tests.same_run import (
    FORMS,
    assert_a_pack_is_each_alone,
    assert_equal,
    assert_same_run,
    random_call,
    random_weights,
)

pytestmark = pytest.mark.usefixtures("double_precision")
SAME_EVERY_RUN = settings(deadline=None, derandomize=True, max_examples=40, database=None)


@pytest.mark.parametrize("form", FORMS)
def test_lstm_equals_torch_for_every_combination_of_arguments(form):
    for num_layers, bidirectional, bias, batch_first, with_state in itertools.product((1, 2, 3), *[(False, True)] * 4):
        options = {"num_layers": num_layers, "bidirectional": bidirectional, "bias": bias, "batch_first": batch_first}
        theirs = random_weights(nn.LSTM(2, 3, **options))
        ours = LSTM(2, 3, **options)
        ours.load_state_dict(theirs.state_dict())
        assert_same_run(ours, theirs, *random_call(form, theirs, 5, 4, with_state))


@given(
    form=st.sampled_from(FORMS),
    input_size=st.integers(1, 5),
    hidden_size=st.integers(1, 5),
    num_layers=st.integers(1, 3),
    flags=st.tuples(st.booleans(), st.booleans(), st.booleans()),
    steps=st.integers(1, 8),
    batch=st.integers(1, 6),
    with_state=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
@settings(SAME_EVERY_RUN, max_examples=120)
def test_lstm_equals_torch_for_any_size(
    form, input_size, hidden_size, num_layers, flags, steps, batch, with_state, seed
):
    torch.manual_seed(seed)
    arguments = (input_size, hidden_size, num_layers, *flags[:2], 0.0, flags[2])
    ours = random_weights(LSTM(*arguments))
    theirs = nn.LSTM(*arguments)
    theirs.load_state_dict(ours.state_dict())
    assert_same_run(ours, theirs, *random_call(form, theirs, steps, batch, with_state))


@given(
    input_size=st.integers(1, 5),
    hidden_size=st.integers(1, 5),
    bias=st.booleans(),
    batch=st.sampled_from([None, 0, 1, 2, 5]),
    with_state=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
@SAME_EVERY_RUN
def test_cell_equals_torch(input_size, hidden_size, bias, batch, with_state, seed):
    torch.manual_seed(seed)
    theirs = random_weights(nn.LSTMCell(input_size, hidden_size, bias))
    ours = LSTMCell(input_size, hidden_size, bias)
    ours.load_state_dict(theirs.state_dict())
    leading = () if batch is None else (batch,)
    leaves = [torch.randn(*leading, input_size)]
    if with_state:
        leaves += [torch.randn(*leading, hidden_size) for _ in range(2)]

    def run(module):
        tracked = [leaf.clone().requires_grad_() for leaf in leaves]
        h, c = module(tracked[0], tuple(tracked[1:]) or None)
        weights = torch.linspace(-1, 2, h.numel()).view(h.shape)
        loss = (h * weights).sum() + (c * weights.flip(-1)).sum()
        gradients = torch.autograd.grad(loss, [*tracked, *module.parameters()])
        return [h, c, *gradients]

    for position, (found, wanted) in enumerate(zip(run(ours), run(theirs), strict=True)):
        assert_equal(found, wanted, f"result {position}")


def test_a_layer_of_cells_equals_a_layer_of_torch():
    theirs = random_weights(nn.LSTM(2, 3))
    weights = [p.detach() for p in theirs.all_weights[0]]
    x, h_0, c_0 = torch.randn(6, 4, 2), torch.randn(4, 3), torch.randn(4, 3)
    output, (h_n, c_n) = theirs(x, (h_0.unsqueeze(0), c_0.unsqueeze(0)))

    h, c = lstm_layer(x, (h_0, c_0), weights)
    assert_equal(h, output, "h")
    assert_equal(c[-1:], c_n, "c")

    state = h_0, c_0
    for x_t in x:
        state = lstm_step(x_t, state, *weights)
    assert_equal(state[0], h_n[0], "h of the steps")
    assert_equal(state[1], c_n[0], "c of the steps")


def test_gates_by_hand():
    # One unit, one input; each row has its own weights, so a swapped gate shows.
    weight_ih = torch.tensor([[1.0], [2.0], [3.0], [4.0]])
    weight_hh = torch.tensor([[0.1], [0.2], [0.3], [0.4]])
    gates = lstm_gates(torch.tensor([0.5]), torch.tensor([-1.0]), weight_ih, weight_hh)
    # σ(0.5 − 0.1), σ(1 − 0.2), tanh(1.5 − 0.3), σ(2 − 0.4)
    expected = torch.tensor([0.598687660112, 0.689974481128, 0.833654607012, 0.832018385133])
    assert torch.cat(gates) == pytest.approx(expected, abs=1e-12)


# Parameters


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_same_seed_gives_the_weights_of_torch(dtype):
    for num_layers, bias, bidirectional in itertools.product((1, 3), *[(False, True)] * 2):
        arguments = (3, 5, num_layers, bias, False, 0.0, bidirectional)
        pairs = [(LSTM, nn.LSTM, arguments), (LSTMCell, nn.LSTMCell, (3, 5, bias))]
        for our_class, their_class, arguments in pairs:
            torch.manual_seed(7)
            ours = our_class(*arguments, dtype=dtype)
            torch.manual_seed(7)
            theirs = their_class(*arguments, dtype=dtype)
            assert list(ours.state_dict()) == list(theirs.state_dict())
            for name, value in theirs.state_dict().items():
                assert ours.state_dict()[name].dtype == dtype
                assert torch.equal(ours.state_dict()[name], value), name


def test_reset_parameters_draws_again_within_the_bound():
    for module in (LSTM(20, 25, 2, bidirectional=True), LSTMCell(20, 25)):
        before = copy.deepcopy(module)
        module.reset_parameters()
        for new, old in zip(module.parameters(), before.parameters(), strict=True):
            assert not torch.equal(new, old)
            assert 0.18 < new.abs().max() <= 0.2  # 1/√25


def test_all_weights_are_the_parameters_in_torch_order():
    arguments = (2, 3, 2, True, False, 0.0, True)
    ours, theirs = LSTM(*arguments), nn.LSTM(*arguments)
    ours.load_state_dict(theirs.state_dict())
    for our_row, their_row in zip(ours.all_weights, theirs.all_weights, strict=True):
        for our_weight, their_weight in zip(our_row, their_row, strict=True):
            assert torch.equal(our_weight, their_weight)
    named = dict(ours.named_parameters())
    assert ours.all_weights[3][1] is named["weight_hh_l1_reverse"]
    assert [len(row) for row in LSTM(2, 3, bias=False).all_weights] == [2]


def test_missing_bias_of_a_cell_is_none_as_in_torch():
    ours, theirs = LSTMCell(2, 3, bias=False), nn.LSTMCell(2, 3, bias=False)
    assert ours.bias_ih is ours.bias_hh is theirs.bias_ih is None


def test_device_and_dtype_of_parameters():
    for module in (
        LSTM(2, 3, bidirectional=True, device="meta", dtype=torch.float16),
        LSTMCell(2, 3, device="meta", dtype=torch.float16),
    ):
        assert {p.device.type for p in module.parameters()} == {"meta"}
        assert {p.dtype for p in module.parameters()} == {torch.float16}
    with torch.device("meta"):
        large = LSTM(2, 100_000), LSTMCell(2, 100_000)  # they take no memory there
    assert large[0].weight_hh_l0.shape == large[1].weight_hh.shape == (400_000, 100_000)
    output, (h_n, _) = LSTM(2, 3, device="meta")(torch.empty(5, 4, 2, device="meta"))
    assert output.shape == (5, 4, 3) and output.device.type == h_n.device.type == "meta"


def test_gradcheck_of_a_whole_network():
    lstm = random_weights(LSTM(2, 2, num_layers=2, bidirectional=True))
    names, parameters = zip(*lstm.named_parameters(), strict=True)
    lengths = torch.tensor([2, 3])

    def run(x, h_0, c_0, *parameters):
        packed = pack_padded_sequence(x, lengths, enforce_sorted=False)
        weights = dict(zip(names, parameters, strict=True))
        output, state = torch.func.functional_call(lstm, weights, (packed, (h_0, c_0)))
        return output.data, *state

    leaves = [torch.randn(3, 2, 2), torch.randn(4, 2, 2), torch.randn(4, 2, 2)]
    leaves = [leaf.requires_grad_() for leaf in leaves]
    assert torch.autograd.gradcheck(run, (*leaves, *parameters), fast_mode=True)


# Drop-in behavior


@pytest.mark.parametrize("ours, theirs", [(LSTM, nn.LSTM), (LSTMCell, nn.LSTMCell)])
def test_call_signature_of_torch(ours, theirs):
    found = list(inspect.signature(ours.forward).parameters)
    assert found == list(inspect.signature(theirs.forward).parameters)
    module = ours(2, 3)
    state = module(torch.ones(1, 2))
    state = state[1] if ours is LSTM else state
    module(input=torch.ones(1, 2), hx=list(state))


def test_defaults_of_torch():
    # nn.LSTM takes *args; its documented defaults stand on its attributes.
    for ours, theirs in ((LSTM(2, 3), nn.LSTM(2, 3)), (LSTMCell(2, 3), nn.LSTMCell(2, 3))):
        for name in inspect.signature(type(ours)).parameters:
            if name not in ("device", "dtype"):
                assert getattr(ours, name) == getattr(theirs, name), name


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"num_layers": 2, "dropout": 0.25},
        {"num_layers": 2, "dropout": 1},
        {"bias": False, "batch_first": True, "bidirectional": True},
    ],
)
def test_repr_of_torch(options):
    assert repr(LSTM(2, 3, **options)) == repr(nn.LSTM(2, 3, **options))


def test_repr_of_the_cell_of_torch():
    assert repr(LSTMCell(2, 3)) == repr(nn.LSTMCell(2, 3))
    assert repr(LSTMCell(2, 3, bias=False)) == repr(nn.LSTMCell(2, 3, bias=False))


@pytest.mark.parametrize("module", [LSTM(2, 3, 2, bidirectional=True), LSTMCell(2, 3)], ids=["LSTM", "LSTMCell"])
def test_copies_and_files_keep_the_numbers(module):
    module = module.double()
    x = torch.randn(4, 2)

    def saved_and_loaded():
        file = io.BytesIO()
        torch.save(module, file)
        file.seek(0)
        return torch.load(file, weights_only=False)

    wanted = module(x)[0]
    for twin in (copy.deepcopy(module), pickle.loads(pickle.dumps(module)), saved_and_loaded()):
        assert torch.equal(twin(x)[0], wanted)
        assert all(a is not b for a, b in zip(twin.parameters(), module.parameters(), strict=True))


def test_flatten_parameters_changes_nothing():
    lstm, x = LSTM(2, 3), torch.randn(4, 2)
    before = lstm(x)[0]
    assert lstm.flatten_parameters() is None
    assert torch.equal(lstm(x)[0], before)


def test_a_parametrized_weight_is_computed_once_a_call():
    class Counted(nn.Module):
        times = 0

        def forward(self, weight):
            Counted.times += 1
            return weight.clone()

    for module, x in ((LSTM(2, 3, 3), torch.randn(5, 4, 2)), (LSTMCell(2, 3), torch.randn(4, 2))):
        names = [name for name, _ in module.named_parameters()]
        wanted = module(x)[0]
        for name in names:
            register_parametrization(module, name, Counted())
        Counted.times = 0
        assert torch.equal(module(x)[0], wanted)
        assert Counted.times == len(names)


def test_moves_to_another_dtype():
    lstm = LSTM(2, 3, 2).to(torch.float32)
    output, (h_n, c_n) = lstm(torch.randn(4, 2, dtype=torch.float32))
    assert output.dtype == h_n.dtype == c_n.dtype == torch.float32


def test_runs_under_autocast_with_another_dtype():
    lstm, cell_ = LSTM(2, 3, dtype=torch.float32), LSTMCell(2, 3, dtype=torch.float32)
    cell_.load_state_dict({k.removesuffix("_l0"): v for k, v in lstm.state_dict().items()})
    x = torch.randn(4, 2)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        output = lstm(x.bfloat16())[0]
        h, _ = cell_(x.bfloat16())
    exact = lstm(x.float())[0]
    torch.testing.assert_close(output.float(), exact, rtol=0, atol=0.02)
    torch.testing.assert_close(h.float()[0], exact[0], rtol=0, atol=0.02)


def test_an_empty_batch_is_a_batch():
    ours, theirs = LSTM(2, 3, 2, bidirectional=True), nn.LSTM(2, 3, 2, bidirectional=True)
    x = torch.empty(5, 0, 2)
    assert ours(x)[0].shape == theirs(x)[0].shape == (5, 0, 6)
    assert ours(x)[1][0].shape == theirs(x)[1][0].shape == (4, 0, 3)


def test_arguments_stay_as_they_were():
    lstm = LSTM(2, 3)
    leaves = [torch.randn(5, 4, 2), torch.randn(1, 4, 3), torch.randn(1, 4, 3)]
    before = [leaf.clone() for leaf in leaves]
    lstm(leaves[0], tuple(leaves[1:]))
    assert all(torch.equal(a, b) for a, b in zip(leaves, before, strict=True))


# Packed sequences


def test_packed_sequences_end_where_they_end():
    assert_a_pack_is_each_alone(random_weights(LSTM(2, 3, num_layers=2, bidirectional=True)))


def test_a_layer_never_reads_its_padding():
    weights = random_weights(nn.LSTM(2, 3)).all_weights[0]
    x, lengths = torch.randn(5, 2, 2), torch.tensor([5, 3])
    state = torch.zeros(2, 3), torch.zeros(2, 3)

    def run(x, reverse):
        h, _ = lstm_layer(x, state, weights, reverse, lengths)
        return [h, *torch.autograd.grad(h.sum(), weights)]

    spoiled = x.clone()
    spoiled[3:, 1] = torch.nan
    for reverse in (False, True):
        for found, wanted in zip(run(spoiled, reverse), run(x, reverse), strict=True):
            assert torch.equal(found, wanted)


@pytest.mark.parametrize("sizes", [[2, 1], [2, 3], [1, 2], [3, 0], []])
def test_a_pack_made_by_hand_must_fit_its_steps(sizes):
    packed = PackedSequence(torch.zeros(3, 2), torch.tensor(sizes, dtype=torch.int64))
    if sizes == [2, 1]:
        assert LSTM(2, 3)(packed)[0].data.shape == (3, 3)
    else:
        with pytest.raises(ValueError, match=r"input.batch_sizes must .* the 3 steps .* got \["):
            LSTM(2, 3)(packed)


def test_a_pack_comes_back_as_a_pack_of_the_same_order():
    lstm = LSTM(2, 3, batch_first=True)
    sequences = [torch.randn(length, 2) for length in (2, 5, 5, 3)]
    for packed in (
        pack_sequence(sequences, enforce_sorted=False),
        pack_sequence(sorted(sequences, key=len, reverse=True)),
    ):
        output, _ = lstm(packed)
        assert type(output) is PackedSequence
        assert output.data.shape == (15, 3)
        for name in ("batch_sizes", "sorted_indices", "unsorted_indices"):
            ours, given_ = getattr(output, name), getattr(packed, name)
            assert (ours is given_ is None) or torch.equal(ours, given_), name


# Dropout


def test_without_dropout_training_and_evaluation_agree():
    lstm, x = LSTM(2, 3, num_layers=3), torch.randn(5, 4, 2)
    training = lstm(x)[0]
    assert torch.equal(training, lstm.eval()(x)[0])


def test_dropout_does_nothing_in_evaluation():
    theirs = random_weights(nn.LSTM(2, 3, 3, dropout=0.9)).eval()
    ours = LSTM(2, 3, 3, dropout=0.9).eval()
    ours.load_state_dict(theirs.state_dict())
    assert_same_run(ours, theirs, *random_call("batch", theirs, 5, 4, True))


@pytest.mark.parametrize("form", FORMS)
def test_dropout_of_everything_equals_torch(form):
    # With probability 1 no chance is left, so the two must agree in training mode.
    theirs = random_weights(nn.LSTM(2, 3, 3, dropout=1.0, bidirectional=True))
    ours = LSTM(2, 3, 3, dropout=1.0, bidirectional=True)
    ours.load_state_dict(theirs.state_dict())
    assert_same_run(ours, theirs, *random_call(form, theirs, 5, 4, True))


def test_dropout_zeroes_and_scales_between_layers_only():
    p, hidden = 0.3, 40
    lstm = LSTM(2, hidden, num_layers=2, dropout=p)
    # Layer 1 becomes a window on its input: i and o open, f shut, g reads one unit each.
    with torch.no_grad():
        for parameter in lstm.all_weights[1]:
            parameter.zero_()
        lstm.weight_ih_l1[2 * hidden : 3 * hidden] = torch.eye(hidden)
        lstm.bias_ih_l1.view(4, hidden)[:] = torch.tensor([[1e4], [-1e4], [0.0], [1e4]])
    x = torch.randn(20, 30, 2)
    output, (h_n, _) = lstm(x)
    seen = torch.atanh(torch.atanh(output))

    first = LSTM(2, hidden)
    first.load_state_dict({k: v for k, v in lstm.state_dict().items() if k.endswith("_l0")})
    below, (first_h_n, _) = first(x)
    zeroed = output == 0
    kept = torch.isclose(seen, below / (1 - p), rtol=1e-9, atol=1e-12)
    assert bool((zeroed | kept).all())
    # 24,000 draws: the standard error of the share is 0.003.
    assert float(zeroed.double().mean()) == pytest.approx(p, abs=0.012)
    # Every step and sequence has a mask of its own.
    assert not torch.equal(zeroed[0], zeroed[1])
    assert not torch.equal(zeroed[:, 0], zeroed[:, 1])
    # The final state of the lower layer is handed out whole.
    assert_equal(h_n[0], first_h_n[0], "h_n of layer 0")


def test_dropout_with_one_layer_warns_as_torch_does_and_drops_nothing():
    with pytest.warns(UserWarning) as theirs:
        nn.LSTM(2, 3, dropout=0.5)
    with pytest.warns(UserWarning) as ours:
        lstm = LSTM(2, 3, dropout=0.5)
    assert [str(w.message) for w in ours] == [str(w.message) for w in theirs]
    assert Path(ours[0].filename).name == "test_cell.py"  # points at the caller's line
    x = torch.randn(5, 4, 2)
    assert torch.equal(lstm(x)[0], lstm.eval()(x)[0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        LSTM(2, 3, num_layers=2, dropout=0.5)


# Errors


@pytest.mark.parametrize(
    "make, error, parts",
    [
        (lambda: LSTM(0, 3), ValueError, ["input_size", "at least 1", "got 0"]),
        (lambda: LSTM(2, -3), ValueError, ["hidden_size", "at least 1", "got -3"]),
        (lambda: LSTM(2, 3, 0), ValueError, ["num_layers", "at least 1", "got 0"]),
        (lambda: LSTM(2.0, 3), TypeError, ["input_size", "int", "got float"]),
        (lambda: LSTM(2, "3"), TypeError, ["hidden_size", "int", "got str"]),
        (lambda: LSTM(2, 3, 1.5), TypeError, ["num_layers", "int", "got float"]),
        (lambda: LSTM(2, True), ValueError, ["hidden_size", "at least 1", "got True"]),
        (lambda: LSTM(2, np.zeros(2, int)), TypeError, ["hidden_size", "int", "got ndarray"]),
        (lambda: LSTM(2, 3, bias=1), TypeError, ["bias", "True or False", "got int"]),
        (lambda: LSTM(2, 3, batch_first=None), TypeError, ["batch_first", "got NoneType"]),
        (lambda: LSTM(2, 3, bidirectional="False"), TypeError, ["bidirectional", "got str"]),
        (lambda: LSTM(2, 3, bidirectional=2), TypeError, ["bidirectional", "got int"]),
        (lambda: LSTM(2, 3, dtype=torch.int64), TypeError, ["dtype", "floating", "torch.int64"]),
        (lambda: LSTM(2, 3, dtype="float32"), TypeError, ["dtype", "torch.dtype", "'float32'"]),
        (lambda: LSTM(2, 3, 2, dropout=1.5), ValueError, ["dropout", "0 to 1", "got 1.5"]),
        (lambda: LSTM(2, 3, 2, dropout=-0.1), ValueError, ["dropout", "0 to 1", "got -0.1"]),
        (lambda: LSTM(2, 3, 2, dropout=True), ValueError, ["dropout", "number", "got bool"]),
        (lambda: LSTM(2, 3, 2, dropout="a"), ValueError, ["dropout", "number", "got str"]),
        (lambda: LSTM(2, 3, 2, dropout=1j), ValueError, ["dropout", "number", "got complex"]),
        (lambda: LSTM(2, 20_000), ValueError, ["input_size and hidden_size must", "2**30", "got 2, 20000"]),
        (lambda: LSTM(2, 3, proj_size=1), TypeError, ["proj_size must be 0", "no projection, got 1"]),
        (lambda: LSTM(2, 3, device="nope"), ValueError, ["device must be", "got 'nope'"]),
        (lambda: LSTM(2, 3, device=2.5), TypeError, ["device must be", "got 2.5"]),
        (lambda: LSTM(2, 3, dtype=torch.float8_e4m3fn), ValueError, ["dtype must be", "got torch.float8_e4m3fn"]),
        (lambda: LSTM(2**30, 3), ValueError, ["input_size and hidden_size must make", "got 1073741824, 3"]),
        (lambda: LSTM(2, 3, 2**30), ValueError, ["num_layers at most 10,000"]),
        (lambda: LSTM(10**5000, 3), ValueError, ["input_size", "at least 1"]),
        (lambda: LSTM(torch.tensor(True), 3), ValueError, ["input_size", "at least 1"]),
        (lambda: LSTMCell(0, 3), ValueError, ["input_size", "at least 1", "got 0"]),
        (lambda: LSTMCell(2, 0), ValueError, ["hidden_size", "at least 1", "got 0"]),
        (lambda: LSTMCell(2, 3.0), TypeError, ["hidden_size", "int", "got float"]),
        (lambda: LSTMCell(2, 3, bias="no"), TypeError, ["bias", "True or False", "got str"]),
    ],
)
def test_constructor_refuses(make, error, parts):
    with pytest.raises(error) as caught:
        make()
    for part in parts:
        assert part in str(caught.value)


@pytest.mark.parametrize("one", [np.int64(1), np.uint8(1), torch.tensor(1)])
def test_whole_numbers_and_switches_may_come_from_elsewhere(one):
    yes, no = np.True_, np.False_
    ours = LSTM(one + 1, one + 2, one + 1, yes, no, np.float32(0.5), bidirectional=yes)
    assert repr(ours) == "LSTM(2, 3, num_layers=2, dropout=0.5, bidirectional=True)"
    assert ours(torch.zeros(4, 5, 2))[0].shape == (4, 5, 6)
    assert repr(LSTMCell(one + 1, one, no)) == repr(nn.LSTMCell(2, 1, bias=False))


def zeros(*shape):
    return torch.zeros(shape)


def pack(*shape):
    return pack_sequence([torch.zeros(shape), torch.zeros(shape)])


@pytest.mark.parametrize(
    "call, error, parts",
    [
        (lambda n: n(zeros(5, 4, 7)), ValueError, ["input", "(T, B, 2) or (T, 2)", "(5, 4, 7)"]),
        (lambda n: n(zeros(2)), ValueError, ["input", "(T, B, 2)", "got (2,)"]),
        (lambda n: n(zeros(1, 5, 4, 2)), ValueError, ["input", "(T, B, 2)", "(1, 5, 4, 2)"]),
        (lambda n: n(zeros(0, 4, 2)), ValueError, ["input", "one time step", "(0, 4, 2)"]),
        (lambda n: n(zeros(0, 2)), ValueError, ["input", "one time step", "(0, 2)"]),
        (lambda n: n([1.0, 2.0]), TypeError, ["input", "tensor", "got a list of 2"]),
        (lambda n: n(None), TypeError, ["input", "tensor", "got NoneType"]),
        (lambda n: n(zeros(5, 4, 2).float()), ValueError, ["input", "torch.float64", "got torch.float32"]),
        (lambda n: n(zeros(5, 4, 2).long()), ValueError, ["input", "got torch.int64"]),
        (lambda n: n(pack(5, 7)), ValueError, ["input.data", ", 2)", "got (10, 7)"]),
        (lambda n: n(zeros(5, 4, 2).to("meta")), ValueError, ["input", "on cpu", "got meta"]),
        (lambda n: n(zeros(5, 4, 2), zeros(4, 4, 3)), ValueError, ["hx", "pair", "(4, 4, 3)"]),
        (lambda n: n(zeros(5, 4, 2), (zeros(4, 4, 3),)), ValueError, ["hx", "pair", "tuple of 1"]),
        (lambda n: n(zeros(5, 4, 2), (zeros(4, 4, 3), None)), TypeError, ["hx[1]", "tensor", "got NoneType"]),
        (
            lambda n: n(zeros(5, 4, 2), (zeros(4, 1, 3), zeros(4, 4, 3))),
            ValueError,
            ["hx[0]", "(4, 4, 3)", "got (4, 1, 3)"],
        ),
        (
            lambda n: n(zeros(5, 4, 2), (zeros(4, 4, 3), zeros(2, 4, 3))),
            ValueError,
            ["hx[1]", "(4, 4, 3)", "got (2, 4, 3)"],
        ),
        (lambda n: n(zeros(5, 2), (zeros(4, 1, 3), zeros(4, 1, 3))), ValueError, ["hx[0]", "(4, 3)", "got (4, 1, 3)"]),
        (
            lambda n: n(pack(5, 2), (zeros(4, 4, 3), zeros(4, 4, 3))),
            ValueError,
            ["hx[0]", "(4, 2, 3)", "got (4, 4, 3)"],
        ),
    ],
)
def test_lstm_refuses(call, error, parts):
    lstm = LSTM(2, 3, num_layers=2, bidirectional=True)
    with pytest.raises(error) as caught:
        call(lstm)
    for part in parts:
        assert part in str(caught.value)
    # PyTorch takes none of these either.
    with pytest.raises((TypeError, ValueError, RuntimeError, AttributeError, IndexError)):
        call(nn.LSTM(2, 3, num_layers=2, bidirectional=True))


def test_a_state_of_another_dtype_is_refused():
    # torch.nn.LSTM lets a c_0 of another dtype pass and returns a mixture of dtypes.
    state = zeros(1, 4, 3), zeros(1, 4, 3).float()
    with pytest.raises(ValueError, match=r"hx\[1\].*torch.float64.*got torch.float32"):
        LSTM(2, 3)(zeros(5, 4, 2), state)
    with pytest.raises(ValueError, match=r"hx\[0\].*torch.float64.*got torch.float32"):
        LSTMCell(2, 3)(zeros(4, 2), (state[1][0], state[0][0]))


def test_batch_first_is_named_in_the_shape():
    lstm = LSTM(2, 3, batch_first=True)
    with pytest.raises(ValueError, match=r"\(B, T, 2\) or \(T, 2\), got \(4, 5, 7\)"):
        lstm(zeros(4, 5, 7))
    with pytest.raises(ValueError, match="one time step"):
        lstm(zeros(4, 0, 2))
    with pytest.raises(ValueError, match=r"hx\[0\].*\(1, 4, 3\), got \(4, 1, 3\)"):
        lstm(zeros(4, 5, 2), (zeros(4, 1, 3), zeros(4, 1, 3)))


@pytest.mark.parametrize(
    "call, error, parts",
    [
        (lambda n: n(zeros(4, 7)), ValueError, ["input", "(B, 2) or (2,)", "got (4, 7)"]),
        (lambda n: n(zeros(5, 4, 2)), ValueError, ["input", "(B, 2)", "got (5, 4, 2)"]),
        (lambda n: n(pack(5, 2)), TypeError, ["input", "tensor", "got a PackedSequence"]),
        (lambda n: n(zeros(4, 2).float()), ValueError, ["input", "float64", "float32"]),
        (lambda n: n(zeros(4, 2), (zeros(4, 3),) * 3), ValueError, ["hx", "pair", "tuple of 3"]),
        (lambda n: n(zeros(4, 2), (zeros(1, 3), zeros(4, 3))), ValueError, ["hx[0]", "(4, 3)", "got (1, 3)"]),
        (lambda n: n(zeros(2), (zeros(3), zeros(1, 3))), ValueError, ["hx[1]", "(3,)", "got (1, 3)"]),
    ],
)
def test_cell_refuses(call, error, parts):
    with pytest.raises(error) as caught:
        call(LSTMCell(2, 3))
    for part in parts:
        assert part in str(caught.value)
    with pytest.raises((TypeError, ValueError, RuntimeError, AttributeError)):
        call(nn.LSTMCell(2, 3))


def test_imports_nothing_but_torch():
    tree = ast.parse(Path(cell.__file__).read_text(encoding="utf-8"))
    modules = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "a relative import"
            modules.add(node.module.split(".")[0])
    assert modules - set(sys.stdlib_module_names) == {"torch"}


@pytest.mark.parametrize(
    ("lengths", "error"),
    [
        (torch.tensor([2.0, 1.0]), TypeError),
        (torch.tensor([True, False]), TypeError),
        (torch.tensor([2, 4]), ValueError),
        (torch.tensor([-1, 2]), ValueError),
        (torch.tensor([2]), ValueError),
    ],
)
def test_lengths_of_a_layer_are_integers_of_its_steps(lengths, error):
    x, state, weights = torch.zeros(3, 2, 3), (torch.zeros(2, 4),) * 2, [torch.zeros(16, 3), torch.zeros(16, 4)]
    with pytest.raises(error, match="lengths must .*integers from 0 to 3"):
        lstm_layer(x, state, weights, lengths=lengths)
    with pytest.raises(ValueError, match="for x of shape"):
        lstm_layer(x[:, 0], (torch.zeros(4),) * 2, weights, lengths=torch.tensor([3, 3, 3]))


def test_code_that_names_the_projection_of_torch_runs():
    assert LSTM(2, 3, proj_size=0).proj_size == 0
