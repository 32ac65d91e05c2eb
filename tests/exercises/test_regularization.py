"""What is special to lesson 5's exercises: each reference against PyTorch or the package."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from lstm_lessons import confidence, regularization
from lstm_lessons.exercises import regularization as exercises
from lstm_lessons.train import fit

unhurried = settings(deadline=None, max_examples=25)  # a busy machine is no failure


def test_inverted_dropout_is_that_of_pytorch():
    x = torch.randn(50, 4)
    torch.manual_seed(0)
    theirs = functional.dropout(x, 0.3)
    ours = exercises.inverted_dropout.reference(x, theirs != 0, 0.3)
    torch.testing.assert_close(ours, theirs)


def test_variational_dropout_has_the_habits_of_the_packages():
    dropout = {p: regularization.VariationalDropout(p) for p in (0.2, 0.6)}
    verdict = exercises.variational_dropout.check(lambda x, p: dropout[p](x))
    assert verdict.status == "correct", verdict


@unhurried
@given(st.integers(0, 1000), st.floats(0.1, 10))
def test_clipping_is_that_of_pytorch(seed, max_norm):
    rng = np.random.default_rng(seed)
    gradients = [torch.tensor(rng.normal(size=shape)) for shape in ((3, 2), (4,), (1,))]
    parameters = [nn.Parameter(torch.zeros_like(g)) for g in gradients]
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter.grad = gradient.clone()
    nn.utils.clip_grad_norm_(parameters, max_norm)
    ours = exercises.clip_by_global_norm.reference(gradients, max_norm)
    for mine, parameter in zip(ours, parameters, strict=True):
        torch.testing.assert_close(mine, parameter.grad, rtol=1e-5, atol=1e-7)


@unhurried
@given(st.lists(st.integers(0, 9), min_size=1, max_size=12), st.integers(1, 4))
def test_early_stopping_is_that_of_fit(losses, patience):
    scores = iter(losses)
    history = fit(
        nn.Linear(1, 1),
        lambda model, batch: model.weight.sum(),
        lambda epoch: [None],
        epochs=len(losses),
        validate=lambda model: next(scores),
        patience=patience,
        progress=False,
    )
    expected = history.best_epoch, len(history.validation)
    assert exercises.early_stopping.reference(losses, patience) == expected


def test_the_open_forget_gates_are_those_of_the_package():
    lstm = nn.LSTM(2, 3)
    before = lstm.bias_ih_l0.detach().clone(), lstm.bias_hh_l0.detach().clone()
    regularization.set_forget_bias(lstm)
    ours = exercises.open_forget_gates.reference(*before)
    torch.testing.assert_close(sum(ours), (lstm.bias_ih_l0 + lstm.bias_hh_l0).detach())


def test_what_is_decayed_is_the_first_group_of_the_package():
    model = nn.Sequential(nn.LSTM(2, 3), nn.LayerNorm(3), nn.Linear(3, 1))
    names = exercises.decayed.reference(model)
    wanted = regularization.decay_groups(model, 0.1)[0]["params"]
    parameters = dict(model.named_parameters())
    assert [id(parameters[name]) for name in names] == [id(p) for p in wanted]


def test_the_interval_is_that_of_the_package():
    scores, baseline = torch.tensor([3.0, 5.0, 4.0, 7.0, 6.0]), torch.tensor([2.0, 5.0, 1.0, 4, 6])
    low, high = exercises.paired_interval.reference(scores, baseline, 2.7764)
    found = confidence.paired(scores, baseline)
    assert (low.item(), high.item()) == pytest.approx((found.low, found.high), rel=1e-4)


# Answers that learners write in other ways.


def dropout_with_where(x, kept, p):
    return torch.where(kept, x / (1 - p), torch.zeros_like(x))


def variational_with_functional(x, p):
    return x * functional.dropout(x.new_ones(x.shape[0], 1, x.shape[2]), p)


def variational_with_bernoulli(x, p):
    mask = torch.bernoulli(torch.full((len(x), x.shape[-1]), 1 - p)) / (1 - p)
    return x * mask[:, None].expand_as(x)


def clip_with_one_long_vector(gradients, max_norm):
    norm = torch.cat([g.flatten() for g in gradients]).norm()
    return [g / torch.clamp(norm / max_norm, min=1.0) for g in gradients]


def stopping_with_a_counter(losses, patience):
    best_epoch, waited = 0, 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < losses[best_epoch]:
            best_epoch, waited = epoch, 0
        else:
            waited += 1
            if waited == patience:
                return best_epoch, epoch + 1
    return best_epoch, len(losses)


def half_in_each_vector(b_ih, b_hh):
    b_ih, b_hh = b_ih.clone(), b_hh.clone()
    for b in (b_ih, b_hh):
        b.chunk(4)[1].fill_(0.5)
    return b_ih, b_hh


def interval_with_numpy(scores, baseline, t):
    d = scores.numpy() - baseline.numpy()
    half = t * d.std(ddof=1) / len(d) ** 0.5
    return torch.tensor(d.mean() - half), torch.tensor(d.mean() + half)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("inverted_dropout", dropout_with_where),
        ("variational_dropout", variational_with_functional),
        ("variational_dropout", variational_with_bernoulli),
        ("clip_by_global_norm", clip_with_one_long_vector),
        ("early_stopping", stopping_with_a_counter),
        ("open_forget_gates", half_in_each_vector),
        ("paired_interval", interval_with_numpy),
    ],
)
def test_another_right_answer_passes(name, answer):
    verdict = getattr(exercises, name).check(answer)
    assert verdict.status == "correct", verdict


def other_draws_of_one_mask_for_all(x, p):
    torch.rand(17)
    return x * (torch.rand(x.shape[-1]) > p) / (1 - p)


def other_draws_of_plain_dropout(x, p):
    torch.rand(17)
    return functional.dropout(x, p)


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        (other_draws_of_one_mask_for_all, "one_mask_for_all_sequences"),
        (other_draws_of_plain_dropout, "new_mask_at_every_step"),
    ],
)
def test_a_mistake_is_recognized_whatever_it_draws(answer, mistake):
    assert exercises.variational_dropout.check(answer).mistake == mistake


def test_a_mask_without_an_axis_for_time_gets_a_word_on_it():
    verdict = exercises.variational_dropout.check(lambda x, p: x * (torch.rand(x.shape[0], x.shape[2]) >= p) / (1 - p))
    assert verdict.status == "wrong" and "(B, 1, I)" in str(verdict)
