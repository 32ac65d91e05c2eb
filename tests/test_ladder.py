"""Every rung of `lstm_lessons.ladder` against `torch.nn.LSTM`: the same numbers, only sooner."""

from __future__ import annotations

import copy
import itertools

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.nn.utils import prune
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pack_sequence

from lstm_lessons import ladder
from lstm_lessons.ladder import RUNGS, PackedLSTM, Plan
from tests.same_run import (
    FORMS,
    assert_a_pack_is_each_alone,
    assert_equal,
    assert_same_run,
    random_call,
    random_weights,
)

pytestmark = pytest.mark.usefixtures("double_precision")
DENSE = ("batch", "single")
SAME_EVERY_RUN = settings(derandomize=True, max_examples=100, database=None)


class Rung(nn.LSTM):
    """An `nn.LSTM` whose call goes through one rung."""

    layer = None

    def forward(self, input, hx=None):
        return ladder.run(self, input, hx, layer=self.layer)


def on_rung(name, theirs):
    """A copy of an `nn.LSTM` on this rung of the ladder; "packed" is `PackedLSTM`."""
    options = ("num_layers", "bias", "batch_first", "dropout", "bidirectional")
    options = {option: getattr(theirs, option) for option in options}
    kind = PackedLSTM if name == "packed" else Rung
    ours = kind(theirs.input_size, theirs.hidden_size, **options, dtype=theirs.weight_ih_l0.dtype)
    ours.load_state_dict(theirs.state_dict())
    ours.layer = RUNGS.get(name)
    return ours.train(theirs.training)


CASES = [*itertools.product(RUNGS, DENSE), *itertools.product(["packed"], FORMS)]


@pytest.mark.parametrize(("name", "form"), CASES)
def test_equals_torch_for_every_combination_of_arguments(name, form):
    for num_layers, bidirectional, bias, batch_first, with_state in itertools.product((1, 2, 3), *[(False, True)] * 4):
        theirs = nn.LSTM(2, 3, num_layers, bias, batch_first, bidirectional=bidirectional)
        random_weights(theirs)
        call = random_call(form, theirs, 5, 4, with_state)
        assert_same_run(on_rung(name, theirs), theirs, *call)


@given(
    case=st.sampled_from(CASES),
    input_size=st.integers(1, 5),
    hidden_size=st.integers(1, 5),
    num_layers=st.integers(1, 3),
    flags=st.tuples(st.booleans(), st.booleans(), st.booleans()),
    steps=st.integers(1, 9),
    batch=st.integers(1, 7),
    with_state=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
@SAME_EVERY_RUN
def test_equals_torch_for_any_size(case, input_size, hidden_size, num_layers, flags, steps, batch, with_state, seed):
    torch.manual_seed(seed)
    name, form = case
    bias, batch_first, bidirectional = flags
    theirs = random_weights(
        nn.LSTM(input_size, hidden_size, num_layers, bias, batch_first, bidirectional=bidirectional)
    )
    call = random_call(form, theirs, steps, batch, with_state)
    assert_same_run(on_rung(name, theirs), theirs, *call)


@pytest.mark.parametrize("name", [*RUNGS, "packed"])
def test_float32_stays_within_rounding_over_a_long_sequence(name):
    exact = nn.LSTM(8, 16, 2, bidirectional=True)
    x = torch.randn(200, 3, 8)
    wanted = exact(x)[0]
    short = on_rung(name, copy.deepcopy(exact).float())
    found = short(x.float())[0]
    assert found.dtype == torch.float32
    torch.testing.assert_close(found.double(), wanted, rtol=0, atol=1e-6)


# A rung is one layer in one direction


@pytest.mark.parametrize("layer", RUNGS.values(), ids=RUNGS)
def test_a_rung_takes_and_gives_what_its_signature_says(layer):
    theirs = random_weights(nn.LSTM(2, 3))
    x, h_0, c_0 = torch.randn(6, 4, 2), torch.randn(1, 4, 3), torch.randn(1, 4, 3)
    output, (h_n, c_n) = theirs(x, (h_0, c_0))
    with torch.no_grad():
        h, (h_T, c_T) = layer(x, (h_0[0], c_0[0]), theirs.all_weights[0])
    assert_equal(h, output, "h")
    assert_equal(h_T, h_n[0], "the final h")
    assert_equal(c_T, c_n[0], "the final c")


def counted_products(call):
    """How many matrix products a call makes."""
    with torch.profiler.profile() as profile:
        call()
    names = {"aten::mm", "aten::addmm", "aten::addmm_", "aten::bmm", "aten::baddbmm"}
    names |= {"aten::baddbmm_"}
    return sum(event.count for event in profile.key_averages() if event.key in names)


@pytest.mark.parametrize(
    ("name", "forward", "backward"),
    # Each product has two in the backward pass: one for each factor. What is written by hand
    # makes one for W_ih, one for W_hh and one for the input, of all steps together, and T more.
    [
        ("8 products a step", 8 * 7, None),
        ("2 products a step", 2 * 7, None),
        ("input projection hoisted", 1 + 7, None),
        ("own BPTT", 1 + 7, 7 + 3),
        ("packed", 1 + 7, 7 + 3),
    ],
)
def test_each_rung_saves_the_products_that_it_says(name, forward, backward):
    lstm = on_rung(name, nn.LSTM(2, 3))
    x = torch.randn(7, 4, 2, requires_grad=True)
    assert counted_products(lambda: lstm(x)) == forward
    if backward is not None:
        loss = lstm(x)[0].sum()
        assert counted_products(loss.backward) == backward


def test_both_directions_share_each_product():
    lstm = on_rung("packed", nn.LSTM(2, 3, bidirectional=True))
    packed = pack_sequence([torch.randn(n, 2) for n in (7, 5, 2)])
    assert counted_products(lambda: lstm(packed)) == 1 + 7


# Gradients


@pytest.mark.parametrize("name", ["own BPTT", "packed"])
def test_gradcheck(name):
    lstm = on_rung(name, random_weights(nn.LSTM(2, 2, 2, bidirectional=True)))
    names, parameters = zip(*lstm.named_parameters(), strict=True)
    leaves = [torch.randn(3, 2, 2), torch.randn(4, 2, 2), torch.randn(4, 2, 2)]
    leaves = [leaf.requires_grad_() for leaf in leaves]

    def call(x, h_0, c_0, *parameters):
        if name == "packed":
            x = pack_padded_sequence(x, torch.tensor([2, 3]), enforce_sorted=False)
        weights = dict(zip(names, parameters, strict=True))
        output, state = torch.func.functional_call(lstm, weights, (x, (h_0, c_0)))
        return (output.data if name == "packed" else output), *state

    assert torch.autograd.gradcheck(call, (*leaves, *parameters), fast_mode=True)


@pytest.mark.parametrize("name", ["own BPTT", "packed"])
def test_a_gradient_of_a_gradient_is_refused(name):
    lstm = on_rung(name, nn.LSTM(2, 3))
    x = torch.randn(5, 4, 2, requires_grad=True)
    for loss in (lstm(x)[0].sum(), lstm(x)[0].square().sum()):
        with pytest.raises(RuntimeError, match="no gradients of gradients.*create_graph=True"):
            torch.autograd.grad(loss, x, create_graph=True)


TRANSFORMS = {
    "func.grad": lambda f, x: torch.func.grad(lambda x: f(x).sum())(x),
    "vmap": lambda f, x: torch.vmap(f)(x.expand(2, *x.shape)),
    "func.jvp": lambda f, x: torch.func.jvp(f, (x,), (x,)),
    "forward mode": lambda f, x: torch.autograd.functional.jacobian(f, x, vectorize=True, strategy="forward-mode"),
    "vectorized": lambda f, x: torch.autograd.functional.jacobian(f, x, vectorize=True),
    "batched gradients": lambda f, x: torch.autograd.grad(
        f(x.requires_grad_()), x, torch.zeros(2, 5, 4, 3), is_grads_batched=True
    ),
    "jit.trace": torch.jit.trace,
    "export": lambda f, x: torch.export.export(f, (x,)),
}


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::torch.jit.TracerWarning")
@pytest.mark.parametrize("transform", TRANSFORMS.values(), ids=TRANSFORMS)
@pytest.mark.parametrize("name", ["own BPTT", "packed"])
def test_what_has_no_way_through_a_pass_by_hand_is_refused_in_words(name, transform):
    class First(nn.Module):
        def forward(self, x):
            return lstm(x)[0]

    lstm = on_rung(name, nn.LSTM(2, 3))
    with pytest.raises(RuntimeError, match="this LSTM has no torch.func transforms.*take"):
        transform(First(), torch.randn(5, 4, 2))


@pytest.mark.parametrize("name", [*RUNGS, "packed"])
def test_shapes_are_known_without_numbers(name):
    output, (h_n, c_n) = on_rung(name, nn.LSTM(2, 3)).to("meta")(torch.zeros(5, 4, 2).to("meta"))
    assert (output.shape, h_n.shape, c_n.shape) == ((5, 4, 3), (1, 4, 3), (1, 4, 3))
    with FakeTensorMode():
        x = torch.zeros(5, 4, 2, requires_grad=True)
        output, _ = on_rung(name, nn.LSTM(2, 3, 2, bidirectional=True))(x)
        output.sum().backward()
    assert output.shape == (5, 4, 6) and x.grad.shape == x.shape


@pytest.mark.parametrize("name", ["own BPTT", "packed"])
def test_a_second_backward_pass_gives_the_same_gradients(name):
    # What the forward pass kept must survive the backward pass, which works in place.
    lstm = on_rung(name, nn.LSTM(2, 3, 2, bidirectional=True))
    loss = lstm(torch.randn(5, 4, 2))[0].square().sum()
    loss.backward(retain_graph=True)
    first = [parameter.grad.clone() for parameter in lstm.parameters()]
    lstm.zero_grad()
    loss.backward()
    for again, before in zip(lstm.parameters(), first, strict=True):
        assert torch.equal(again.grad, before)


@pytest.mark.parametrize("name", ["own BPTT", "packed"])
def test_gradients_of_some_results_alone(name):
    # Nobody has to use the output, or the final states, or ask for the gradient of the input.
    theirs = random_weights(nn.LSTM(2, 3, 2, bidirectional=True))
    ours = on_rung(name, theirs)
    for pick in (
        lambda result: result[0].data if name == "packed" else result[0],
        lambda result: result[1][0],
        lambda result: result[1][1],
        lambda result: result[1][0][-1],
    ):
        x = torch.randn(6, 4, 2)
        if name == "packed":
            x = pack_padded_sequence(x, torch.tensor([6, 4, 4, 1]))
        for module in (ours, theirs):
            module.zero_grad()
            pick(module(x)).square().sum().backward()
        for (key, found), wanted in zip(ours.named_parameters(), theirs.parameters(), strict=True):
            wanted = torch.zeros_like(found) if wanted.grad is None else wanted.grad
            found = torch.zeros_like(wanted) if found.grad is None else found.grad
            assert_equal(found, wanted, key)


@pytest.mark.parametrize("name", ["own BPTT", "packed"])
def test_changing_the_output_in_place_spoils_no_gradient(name):
    theirs = random_weights(nn.LSTM(2, 3))
    ours = on_rung(name, theirs)
    x = torch.randn(5, 4, 2)
    for module in (ours, theirs):
        output, (h_n, c_n) = module(x)
        (output.mul_(2).sum() + h_n.add_(1).square().sum() + c_n.mul_(3).sum()).backward()
    for (key, found), wanted in zip(ours.named_parameters(), theirs.parameters(), strict=True):
        assert_equal(found.grad, wanted.grad, key)


def test_changing_the_output_of_a_rung_in_place_spoils_no_gradient():
    lstm, gradients = random_weights(nn.LSTM(2, 3)), []
    x, state = torch.randn(5, 4, 2), (torch.randn(4, 3), torch.randn(4, 3))
    for layer in (ladder.hoisted_layer, ladder.own_bptt_layer):
        h, (_, c_n) = layer(x, state, lstm.all_weights[0])
        loss = h.mul_(2).sum() + c_n.mul_(3).sum()
        gradients.append(torch.autograd.grad(loss, list(lstm.parameters())))
    for found, wanted in zip(gradients[1], gradients[0], strict=True):
        assert_equal(found, wanted, "gradient")


def test_frozen_weights_get_no_gradient_and_the_others_do():
    theirs = random_weights(nn.LSTM(2, 3))
    ours = on_rung("packed", theirs)
    for module in (ours, theirs):
        module.weight_hh_l0.requires_grad_(False)
        module(pack_sequence([torch.ones(n, 2) for n in (4, 2)]))[0].data.sum().backward()
    assert ours.weight_hh_l0.grad is None
    assert_equal(ours.weight_ih_l0.grad, theirs.weight_ih_l0.grad, "weight_ih_l0")
    assert_equal(ours.bias_hh_l0.grad, theirs.bias_hh_l0.grad, "bias_hh_l0")


# PackedLSTM as a drop-in


def test_is_a_lstm_with_the_arguments_and_weights_of_torch():
    arguments = (3, 5, 2, True, False, 0.25, True)
    torch.manual_seed(7)
    ours = PackedLSTM(*arguments)
    torch.manual_seed(7)
    theirs = nn.LSTM(*arguments)
    assert repr(ours) == f"Packed{theirs!r}"
    assert list(ours.state_dict()) == list(theirs.state_dict())
    for name, value in theirs.state_dict().items():
        assert torch.equal(ours.state_dict()[name], value), name
    theirs.load_state_dict(ours.state_dict())


def test_sequences_do_not_touch_each_other_and_keep_their_order():
    assert_a_pack_is_each_alone(random_weights(PackedLSTM(2, 3, 2, bidirectional=True)))


def test_a_pack_comes_back_as_a_pack_of_the_same_order():
    lstm = PackedLSTM(2, 3, batch_first=True)
    packed = pack_sequence([torch.randn(length, 2) for length in (2, 5, 5, 3)], False)
    output, _ = lstm(packed)
    assert type(output) is PackedSequence
    for name in ("batch_sizes", "sorted_indices", "unsorted_indices"):
        assert torch.equal(getattr(output, name), getattr(packed, name)), name


@pytest.mark.parametrize("form", FORMS)
def test_dropout_drops_between_layers_in_training_alone(form):
    theirs = random_weights(nn.LSTM(2, 3, 3, dropout=1.0, bidirectional=True))
    call = random_call(form, theirs, 5, 4, True)
    assert_same_run(on_rung("packed", theirs), theirs, *call)
    theirs.dropout = 0.4
    assert_same_run(on_rung("packed", theirs.eval()), theirs, *call)

    ours = on_rung("packed", theirs.train())
    leaves, arguments = call
    first, second = (ours(*arguments(*leaves)) for _ in range(2))
    assert not torch.equal(first[0].data, second[0].data)
    # The lowest layer reads the input itself, and its final states are handed out whole.
    assert torch.equal(first[1][0][:2], second[1][0][:2])
    assert not torch.equal(first[1][0][2:4], second[1][0][2:4])


@pytest.mark.parametrize("name", RUNGS)
def test_dropout_of_the_other_rungs(name):
    theirs = random_weights(nn.LSTM(2, 3, 3, dropout=1.0, bidirectional=True))
    call = random_call("batch", theirs, 5, 4, True)
    assert_same_run(on_rung(name, theirs), theirs, *call)


def test_dropout_scales_what_it_keeps():
    # The mean over many masks of a layer that is almost linear is the result without dropout.
    lstm = PackedLSTM(1, 400, 2, dropout=0.25)
    with torch.no_grad():
        for parameter in lstm.parameters():
            parameter.zero_()
        lstm.weight_ih_l0[800:1200] = 0.01
        lstm.weight_ih_l1[800:801] = 1.0
    packed = pack_sequence([torch.ones(1, 1)] * 500)
    with torch.no_grad():
        found = lstm(packed)[0].data[:, 0].mean()
        wanted = lstm.eval()(packed)[0].data[:, 0].mean()
    assert float(found / wanted) == pytest.approx(1, abs=0.01)


def test_an_empty_batch_is_a_batch():
    ours, theirs = PackedLSTM(2, 3, 2, bidirectional=True), nn.LSTM(2, 3, 2, bidirectional=True)
    x = torch.empty(5, 0, 2)
    for module in (ours, theirs):
        output, (h_n, c_n) = module(x)
        assert output.shape == (5, 0, 6)
        assert h_n.shape == c_n.shape == (4, 0, 3)


def test_arguments_stay_as_they_were():
    lstm = PackedLSTM(2, 3, bidirectional=True)
    packed = pack_sequence([torch.randn(n, 2) for n in (5, 2)])
    leaves = [packed.data, torch.randn(2, 2, 3), torch.randn(2, 2, 3)]
    before = [leaf.clone() for leaf in leaves]
    lstm(packed, tuple(leaves[1:]))
    assert all(torch.equal(a, b) for a, b in zip(leaves, before, strict=True))


# dtypes


@pytest.mark.parametrize("name", [*RUNGS, "packed"])
def test_autocast_changes_no_number(name):
    lstm = on_rung(name, nn.LSTM(2, 3, 2, bidirectional=True, dtype=torch.float32))
    x = torch.randn(5, 4, 2).bfloat16()

    def loss_of(x):
        lstm.zero_grad()
        output, (h_n, c_n) = lstm(x)
        assert output.dtype == h_n.dtype == c_n.dtype == torch.float32
        return output.square().sum() + h_n.sum() + c_n.sum()

    wanted = loss_of(x.float())
    wanted.backward()
    gradients = [parameter.grad.clone() for parameter in lstm.parameters()]
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = loss_of(x)
        if name in ("own BPTT", "packed"):  # by hand, so it does not mind where it is called
            found.backward()
    if name not in ("own BPTT", "packed"):
        found.backward()
    assert torch.equal(found, wanted)
    for parameter, gradient in zip(lstm.parameters(), gradients, strict=True):
        assert torch.equal(parameter.grad, gradient)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("name", [*RUNGS, "packed"])
def test_short_weights_are_refused(name, dtype):
    lstm = on_rung(name, nn.LSTM(2, 3, dtype=dtype))
    with pytest.raises(TypeError, match=f"float32 or torch.float64, got {dtype}"):
        lstm(torch.zeros(5, 4, 2, dtype=dtype))


# Errors


def zeros(*shape):
    return torch.zeros(shape)


def pack(*shape):
    return pack_sequence([torch.zeros(shape), torch.zeros(shape)])


@pytest.mark.parametrize(
    ("call", "error", "parts"),
    [
        (lambda n: n(zeros(5, 4, 7)), ValueError, ["input", "(T, B, 2) or (T, 2)", "(5, 4, 7)"]),
        (lambda n: n(zeros(0, 4, 2)), ValueError, ["input", "one time step", "(0, 4, 2)"]),
        (lambda n: n(None), TypeError, ["input", "tensor", "got NoneType"]),
        (lambda n: n(zeros(5, 4, 2).float()), ValueError, ["input", "float64", "got torch.float32"]),
        (lambda n: n(zeros(5, 4, 2), zeros(4, 4, 3)), ValueError, ["hx", "pair", "(4, 4, 3)"]),
        (
            lambda n: n(zeros(5, 4, 2), (zeros(4, 1, 3), zeros(4, 4, 3))),
            ValueError,
            ["hx[0]", "(4, 4, 3)", "got (4, 1, 3)"],
        ),
        (lambda n: n(zeros(5, 2), (zeros(4, 3), zeros(4, 1, 3))), ValueError, ["hx[1]", "(4, 3)", "got (4, 1, 3)"]),
    ],
)
@pytest.mark.parametrize("name", [*RUNGS, "packed"])
def test_a_wrong_call_is_refused(name, call, error, parts):
    lstm = on_rung(name, nn.LSTM(2, 3, 2, bidirectional=True))
    with pytest.raises(error) as caught:
        call(lstm)
    for part in parts:
        assert part in str(caught.value)


@pytest.mark.parametrize(
    ("call", "parts"),
    [
        (lambda n: n(pack(5, 7)), ["input.data", ", 2)", "got (10, 7)"]),
        (lambda n: n(pack(5, 2), (zeros(4, 4, 3), zeros(4, 4, 3))), ["hx[0]", "(4, 2, 3)", "got (4, 4, 3)"]),
    ],
)
def test_a_wrong_pack_is_refused(call, parts):
    with pytest.raises(ValueError) as caught:
        call(PackedLSTM(2, 3, 2, bidirectional=True))
    for part in parts:
        assert part in str(caught.value)


@pytest.mark.parametrize("name", RUNGS)
def test_what_only_the_packed_lstm_takes_is_refused_by_the_others(name):
    with pytest.raises(TypeError, match="input.*PackedSequence.*PackedLSTM takes"):
        on_rung(name, nn.LSTM(2, 3))(pack(5, 2))
    with pytest.raises(ValueError, match="proj_size=1"):
        ladder.run(nn.LSTM(2, 3, proj_size=1), zeros(5, 4, 2), layer=RUNGS[name])
    for module in (nn.RNN(2, 3), nn.GRU(2, 3), nn.LSTMCell(2, 3), "LSTM"):
        with pytest.raises(TypeError, match=f"lstm must be an LSTM .*got {type(module).__name__}"):
            ladder.run(module, zeros(5, 4, 2), layer=RUNGS[name])
    pruned = prune.l1_unstructured(nn.LSTM(2, 3), "weight_hh_l0", 0.5)
    with pytest.raises(ValueError, match="lstm must have no forward hooks.*prune.remove.*L1Unstr"):
        ladder.run(pruned, zeros(5, 4, 2), layer=RUNGS[name])
    wanted = pruned(x := torch.randn(5, 4, 2))[0]
    found = ladder.run(prune.remove(pruned, "weight_hh_l0"), x, layer=RUNGS[name])[0]
    assert_equal(found, wanted)
    with pytest.raises(TypeError, match="layer must be a function.*got 'naive'"):
        ladder.run(nn.LSTM(2, 3), zeros(5, 4, 2), layer="naive")


# The plan


@given(lengths=st.lists(st.integers(1, 9), min_size=1, max_size=7).map(lambda lengths: sorted(lengths, reverse=True)))
@SAME_EVERY_RUN
def test_the_plan_finds_every_row(lengths):
    # Each row of the data says which sequence and which time it is.
    labels = [torch.tensor([[n, t] for t in range(size)]) for n, size in enumerate(lengths)]
    packed = pack_sequence(labels)
    plan = Plan.of(packed.batch_sizes.tolist(), packed.data.device)
    rows = packed.data.tolist()
    with_start = [[n, -1] for n in range(len(lengths))] + rows
    for (n, t), mirrored, previous in zip(rows, plan.mirrored, plan.previous, strict=True):
        assert rows[mirrored] == [n, lengths[n] - 1 - t]
        assert with_start[previous] == [n, t - 1]
    assert [rows[row] for row in plan.last] == [[n, size - 1] for n, size in enumerate(lengths)]
