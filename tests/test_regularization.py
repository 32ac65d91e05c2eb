"""Dropout that holds its mask, weights that start right: each against its definition."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn.utils import prune

from lstm_lessons import cell
from lstm_lessons.regularization import (
    RecurrentDropout,
    VariationalDropout,
    WeightDrop,
    decay_groups,
    init_per_gate,
    set_forget_bias,
)

B, T, INPUTS, H = 4, 6, 3, 5
DROPPED = [WeightDrop, RecurrentDropout]


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


def new_lstm(**arguments):
    return nn.LSTM(INPUTS, H, batch_first=True, dtype=torch.float64, **arguments)


def inputs():
    return torch.randn(B, T, INPUTS, dtype=torch.float64)


def run_by_hand(lstm, x, recurrent):
    """One layer, one direction, with ``recurrent(h)`` in place of W_hh h."""
    h = c = x.new_zeros(B, H)
    outputs = []
    for step in x.unbind(1):
        z = step @ lstm.weight_ih_l0.mT + recurrent(h) + lstm.bias_ih_l0 + lstm.bias_hh_l0
        i, f, g, o = z.chunk(4, -1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        outputs.append(h)
    return torch.stack(outputs, 1)


def kept_of(dropped):
    """The matrix that the next call will multiply W_hh with; the generator is left as it was."""
    state = torch.get_rng_state()
    kept = dropped._kept(dropped.lstm.weight_hh_l0)
    torch.set_rng_state(state)
    return kept.detach()


# --- Variational dropout ------------------------------------------------------------------


def test_the_mask_is_constant_over_time_and_differs_between_sequences():
    kept = VariationalDropout(0.5)(torch.ones(200, T, INPUTS))
    assert torch.equal(kept, kept[:, :1].expand_as(kept))
    assert set(kept.unique().tolist()) == {0.0, 2.0}
    assert len(kept[:, 0].unique(dim=0)) == 2**INPUTS, "every pattern of three units comes"


@pytest.mark.parametrize("p", [0.2, 0.5, 0.9])
def test_dropout_keeps_the_expectation(p):
    kept = VariationalDropout(p)(torch.ones(40_000, 2, 1))
    assert kept.mean().item() == pytest.approx(1, abs=0.05)
    assert (kept == 0).float().mean().item() == pytest.approx(p, abs=0.02)


def test_dropout_is_off_in_evaluation_and_at_zero():
    x = inputs()
    assert VariationalDropout(0.5).eval()(x) is x
    assert VariationalDropout(0)(x) is x


def test_the_gradient_passes_where_the_value_passes():
    x = inputs().requires_grad_()
    result = VariationalDropout(0.5)(x)
    result.sum().backward()
    assert torch.equal(x.grad != 0, result != 0)
    assert set(x.grad.unique().tolist()) == {0.0, 2.0}


def test_an_input_without_a_batch_is_refused():
    with pytest.raises(ValueError, match=r"x must have the shape \(B, T, I\), got \(6, 3\)"):
        VariationalDropout(0.5)(torch.zeros(T, INPUTS))


# --- Dropped recurrences ------------------------------------------------------------------


def test_weight_drop_is_the_lstm_with_the_dropped_weights():
    dropped, x = WeightDrop(new_lstm(), 0.5), inputs()
    kept = kept_of(dropped)
    assert kept.shape == (4 * H, H) and 0.2 < (kept == 0).float().mean() < 0.8
    weight = dropped.lstm.weight_hh_l0 * kept
    expected = run_by_hand(dropped.lstm, x, lambda h: h @ weight.mT)
    torch.testing.assert_close(dropped(x)[0], expected, rtol=0, atol=1e-12)


def test_recurrent_dropout_is_a_mask_on_h_that_all_steps_share():
    dropped, x = RecurrentDropout(new_lstm(), 0.5), inputs()
    mask = kept_of(dropped)  # (1, H)
    assert 0 < (mask == 0).sum() < H
    expected = run_by_hand(dropped.lstm, x, lambda h: (mask * h) @ dropped.lstm.weight_hh_l0.mT)
    torch.testing.assert_close(dropped(x)[0], expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind", DROPPED)
def test_each_call_drops_anew_in_training_and_none_in_evaluation(kind):
    dropped, x = kind(new_lstm(num_layers=2, bidirectional=True), 0.5), inputs()
    assert not torch.equal(dropped(x)[0], dropped(x)[0])
    dropped.eval()
    expected, (h_n, c_n) = dropped.lstm(x)
    output, states = dropped(x)
    assert torch.equal(output, expected)
    assert torch.equal(states[0], h_n) and torch.equal(states[1], c_n)


@pytest.mark.parametrize("kind", DROPPED)
def test_dropped_weights_get_no_gradient_and_the_stored_ones_stay(kind):
    dropped, x = kind(new_lstm(), 0.5), inputs()
    before = dropped.lstm.weight_hh_l0.detach().clone()
    kept = kept_of(dropped).expand(4 * H, H)
    dropped(x)[0].sum().backward()
    assert torch.equal(dropped.lstm.weight_hh_l0.grad != 0, kept != 0)
    assert torch.equal(dropped.lstm.weight_hh_l0, before)
    assert [name for name, _ in dropped.named_parameters()] == [
        f"lstm.{name}" for name, _ in dropped.lstm.named_parameters()
    ]


@pytest.mark.parametrize("kind", DROPPED)
def test_the_kept_weights_have_the_expectation_one(kind):
    dropped = kind(nn.LSTM(1, 400), 0.3)
    kept = torch.stack([kept_of_again.mean() for kept_of_again in _draws(dropped, 30)])
    assert kept.mean().item() == pytest.approx(1, abs=0.02)


def _draws(dropped, count):
    return [dropped._kept(dropped.lstm.weight_hh_l0) for _ in range(count)]


@pytest.mark.parametrize("kind", DROPPED)
def test_our_own_lstm_may_be_dropped_too(kind):
    theirs = kind(new_lstm(), 0.5)
    ours = kind(cell.LSTM(INPUTS, H, batch_first=True, dtype=torch.float64), 0.5)
    ours.load_state_dict(theirs.state_dict())
    x = inputs()
    results = []
    for dropped in (theirs, ours):
        torch.manual_seed(1)
        results.append(dropped(x)[0])
    torch.testing.assert_close(*results, rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind", DROPPED)
def test_a_module_without_recurrent_weights_is_refused(kind):
    with pytest.raises(ValueError, match="lstm must have recurrent weights.*got Linear"):
        kind(nn.Linear(2, 2), 0.5)


@pytest.mark.parametrize("p", [-0.1, 1, 1.5, "half", True])
def test_an_odd_probability_is_refused(p):
    for make in (VariationalDropout, *(lambda p, k=k: k(new_lstm(), p) for k in DROPPED)):
        with pytest.raises(ValueError, match="p must be a probability, at least 0 and below 1"):
            make(p)


# --- Where the weights start --------------------------------------------------------------


def test_the_forget_bias_adds_up_and_the_other_gates_stay():
    lstm = new_lstm(num_layers=2, bidirectional=True)
    before = {name: p.detach().clone() for name, p in lstm.named_parameters()}
    set_forget_bias(lstm, 1.5)
    changed = set()
    for name, after in lstm.named_parameters():
        moved = (after != before[name]).reshape(4, -1).any(1)
        assert not moved[[0, 2, 3]].any()
        changed |= {name} if moved[1] else set()
    assert len(changed) == 8 and all("bias" in name for name in changed)
    for direction in ("_l0", "_l0_reverse", "_l1", "_l1_reverse"):
        both = getattr(lstm, f"bias_ih{direction}") + getattr(lstm, f"bias_hh{direction}")
        assert torch.equal(both[H : 2 * H], torch.full((H,), 1.5, dtype=torch.float64))


def test_each_gate_starts_orthogonal_and_with_the_deviation_of_xavier():
    lstm = nn.LSTM(40, 60)
    biases = lstm.bias_ih_l0.detach().clone()
    init_per_gate(lstm)
    for gate in lstm.weight_hh_l0.chunk(4):
        torch.testing.assert_close(gate @ gate.mT, torch.eye(60), rtol=0, atol=1e-5)
    for gate in lstm.weight_ih_l0.chunk(4):
        assert gate.std().item() == pytest.approx((2 / (40 + 60)) ** 0.5, rel=0.05)
    assert torch.equal(lstm.bias_ih_l0, biases)


def test_what_has_no_such_weights_is_refused():
    with pytest.raises(ValueError, match="named bias_ih_l0 and so on, got LSTM"):
        set_forget_bias(nn.LSTM(2, 3, bias=False))
    with pytest.raises(ValueError, match="named weight_ih_l0 and so on, got Linear"):
        init_per_gate(nn.Linear(2, 2))


# --- Weight decay -------------------------------------------------------------------------


def test_decay_pulls_at_matrices_and_leaves_biases():
    model = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1))
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    optimizer = torch.optim.AdamW(decay_groups(model, 0.5), lr=0.1)
    for parameter in model.parameters():
        parameter.grad = torch.zeros_like(parameter)
    optimizer.step()
    for name, after in model.named_parameters():
        torch.testing.assert_close(after, before[name] * (0.95 if "weight" in name else 1))


def test_every_parameter_is_in_one_group():
    model = new_lstm(num_layers=2)
    groups = decay_groups(model, 0.1)
    assert [group["weight_decay"] for group in groups] == [0.1, 0.0]
    assert [len(group["params"]) for group in groups] == [4, 4]


def test_a_negative_decay_is_refused():
    with pytest.raises(ValueError, match="weight_decay must be at least 0, got -1"):
        decay_groups(new_lstm(), -1)


def test_the_gates_of_a_gru_are_not_taken_for_those_of_an_lstm():
    for change in (set_forget_bias, init_per_gate):
        for module in (nn.GRU(2, 4), nn.GRUCell(2, 4), nn.RNN(2, 4)):
            before = [parameter.clone() for parameter in module.parameters()]
            with pytest.raises(ValueError, match=f"lstm must have parameters of 4H rows .*got {type(module).__name__}"):
                change(module)
            assert all(map(torch.equal, before, module.parameters()))


def test_weights_that_are_made_of_others_are_not_written_over():
    normed = torch.nn.utils.weight_norm(nn.LSTM(3, 4), "weight_hh_l0")
    pruned = prune.l1_unstructured(nn.LSTM(3, 4), "bias_ih_l0", 0.5)
    calls = [(init_per_gate, normed), (set_forget_bias, pruned), (WeightDrop, normed), (RecurrentDropout, normed)]
    for function, lstm in calls:
        with pytest.raises(ValueError, match="lstm must have"):
            function(lstm)
    with pytest.raises(ValueError, match="float32 or float64"):
        init_per_gate(nn.LSTM(3, 4, dtype=torch.bfloat16))
