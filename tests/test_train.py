"""The training loop: does it learn, stop, restore, clip, and speak clearly when it fails?"""

import copy
import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from lstm_lessons import plots
from lstm_lessons.train import TrainingDiverged, fit

STEP = 0.1


def line(seed=0):
    """Points on y = 3x - 1."""
    x = torch.from_numpy(np.random.default_rng(seed).normal(size=(64, 1)))
    return x, 3 * x - 1


def new_model():
    torch.manual_seed(0)
    return nn.Linear(1, 1, dtype=torch.float64)


def squared_error(model, batch):
    x, y = batch
    return ((model(x) - y) ** 2).mean()


def train(model, **arguments):
    settings = {"epochs": 5, "learning_rate": STEP, "progress": False}
    return fit(model, squared_error, lambda epoch: [line()], **settings | arguments)


def weights(model):
    return {name: value.clone() for name, value in model.state_dict().items()}


def same(left, right):
    return all(torch.equal(left[name], right[name]) for name in left)


def test_it_learns_a_line():
    model = new_model()
    history = train(model, epochs=200)
    assert model.weight.item() == pytest.approx(3, abs=0.05)
    assert model.bias.item() == pytest.approx(-1, abs=0.05)
    assert len(history.train_loss) == 200 and history.stopped == "all epochs"
    assert history.train_loss[-1] < 0.01 * history.train_loss[0]
    assert not model.training


def test_early_stopping_brings_back_the_best_weights():
    model = new_model()
    scores, seen = iter([5, 3, 4, 2.5, 6, 7, 8, 9]), []

    def validate(model):
        assert not model.training and not torch.is_grad_enabled()
        seen.append(weights(model))
        return next(scores)

    history = train(model, epochs=8, validate=validate, patience=3)
    assert history.validation == [5, 3, 4, 2.5, 6, 7, 8]
    assert (history.best_epoch, history.stopped) == (3, "no progress")
    assert same(weights(model), seen[3]) and not same(seen[3], seen[-1])


def test_without_patience_the_best_weights_come_back_too():
    model, seen, scores = new_model(), [], iter([2, 1, 3])

    def validate(model):
        seen.append(weights(model))
        return next(scores)

    history = train(model, epochs=3, validate=validate)
    assert history.best_epoch == 1 and same(weights(model), seen[1])


def test_the_last_weights_stay_if_the_best_are_not_asked_for():
    model, seen, scores = new_model(), [], iter([2, 1, 3])

    def validate(model):
        seen.append(weights(model))
        return next(scores)

    history = train(model, epochs=3, validate=validate, restore_best=False)
    assert history.best_epoch == 1 and same(weights(model), seen[2])


def test_clipping_bounds_the_step_and_the_norms_are_recorded():
    start = new_model()
    moved = {}
    for clip_norm in (None, 1e-3):
        model = copy.deepcopy(start)
        optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
        history = train(model, epochs=1, clip_norm=clip_norm, optimizer=optimizer)
        step = [a - b for a, b in zip(model.parameters(), start.parameters(), strict=True)]
        moved[clip_norm] = math.sqrt(sum((s**2).sum().item() for s in step))
        assert history.gradient_norm[0] > 1
        assert history.clipped_share == (clip_norm is not None)
    assert moved[None] == pytest.approx(history.gradient_norm[0], rel=1e-6)
    assert moved[1e-3] == pytest.approx(1e-3, rel=1e-3)


def test_a_nan_loss_stops_with_a_word_and_keeps_the_best_weights():
    model, seen = new_model(), []

    def loss(model, batch):
        return squared_error(model, batch) * (math.nan if len(seen) == 2 else 1)

    def validate(model):
        seen.append(weights(model))
        return 1.0 / len(seen)

    with pytest.raises(TrainingDiverged, match="loss is nan in epoch 2.*learning rate"):
        fit(model, loss, lambda epoch: [line()], epochs=5, validate=validate, progress=False)
    assert same(weights(model), seen[-1])


def test_a_nan_score_stops_with_a_word():
    with pytest.raises(TrainingDiverged, match="validation is nan in epoch 0"):
        train(new_model(), validate=lambda model: math.nan)


def test_an_infinite_gradient_stops_before_it_spoils_the_weights():
    model = new_model()
    start = weights(model)

    def loss(model, batch):
        return (model.weight * 0).sqrt().sum()

    with pytest.raises(TrainingDiverged, match="gradient norm is"):
        fit(model, loss, lambda epoch: [None], epochs=1, progress=False)
    assert same(weights(model), start)


def test_control_c_keeps_the_best_weights_so_far():
    model, seen, scores = new_model(), [], iter([1, 2])

    def batches(epoch):
        if epoch == 2:
            raise KeyboardInterrupt
        return [line()]

    def validate(model):
        seen.append(weights(model))
        return next(scores)

    history = fit(model, squared_error, batches, epochs=9, validate=validate, progress=False)
    assert (history.stopped, history.best_epoch) == ("interrupted", 0)
    assert same(weights(model), seen[0]) and not same(seen[0], seen[1])


def test_the_seed_rules_dropout_and_leaves_the_global_state_alone():
    def noisy(model, batch):
        return squared_error(model, [nn.functional.dropout(batch[0], 0.5), batch[1]])

    def loss_after(seed):
        model = new_model()
        return fit(model, noisy, lambda e: [line()], epochs=3, seed=seed, progress=False).train_loss

    torch.manual_seed(7)
    expected = torch.rand(1)
    torch.manual_seed(7)
    first = loss_after(1)
    torch.manual_seed(7)
    assert loss_after(1) == first != loss_after(2)
    torch.manual_seed(7)
    loss_after(1)
    new_model()
    torch.manual_seed(7)
    assert torch.rand(1) == expected


@pytest.mark.parametrize("amp_dtype", [torch.bfloat16, torch.float16])
def test_mixed_precision_learns_and_runs_in_that_dtype(amp_dtype):
    model, dtypes = new_model().float(), set()
    x, y = (t.float() for t in line())

    def loss(model, batch):
        output = model(x)
        dtypes.add(output.dtype)
        return ((output.float() - y) ** 2).mean()

    settings = {"epochs": 60, "learning_rate": STEP, "progress": False}
    history = fit(model, loss, lambda epoch: [None], amp_dtype=amp_dtype, **settings)
    assert dtypes == {amp_dtype}
    assert history.train_loss[-1] < 0.1 * history.train_loss[0]
    finite = [norm for norm in history.gradient_norm if math.isfinite(norm)]
    assert len(finite) > 50 and max(finite) < 100, "norms must be of the unscaled gradient"


def test_the_progress_bar_goes_to_stdout_and_leaves(capsys):
    train(new_model(), progress=True)
    printed = capsys.readouterr()
    assert "0/5" in printed.out and printed.err == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"epochs": 0}, "epochs.*at least 1, got 0"),
        ({"epochs": 2.5}, "epochs.*got 2.5"),
        ({"learning_rate": 0}, "learning_rate must be above 0 and below 1e30, got 0"),
        ({"clip_norm": -1}, "clip_norm must be above 0, got -1"),
        ({"patience": 3}, "patience needs validate"),
        ({"patience": 0, "validate": lambda m: 0}, "patience.*at least 1, got 0"),
        ({"learning_rate": math.nan}, "learning_rate must be above 0 .*, got nan"),
        ({"clip_norm": "1"}, "clip_norm must be above 0, got '1'"),
        ({"amp_dtype": torch.float64}, "amp_dtype must be torch.bfloat16, .* got torch.float64"),
        ({"validate": lambda model: None}, r"validate\(model\) must hold numbers.*, got None"),
        ({"optimizer": torch.optim.SGD(nn.Linear(1, 1).parameters())}, "optimizer must hold parameters of model"),
        ({"model": nn.Linear(1, 1, device="meta")}, "model must have real weights"),
        ({"seed": 0.5}, "seed must be a whole number of at least 0, got 0.5"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        train(**({"model": new_model()} | arguments))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"model": nn.Flatten()}, "model must be a module with parameters, got Flatten"),
        ({"model": None}, "model must be a module with parameters, got NoneType"),
        ({"loss": 1.0}, "loss must be a function of the model and a batch, got float"),
        ({"batches": None}, "batches must be a list, a DataLoader, or a function .* got NoneType"),
        ({"batches": lambda epoch: None}, "batches must be a list.* got NoneType"),
        ({"batches": (b for b in [line()])}, "batches must be a list.* got generator"),
        ({"batches": {"train": [line()]}}, "batches must be a list.* got dict"),
        ({"loss": lambda model, batch: nn.Linear(1, 1).weight.sum()}, "must depend on the parameters of model"),
        ({"validate": 3}, "validate must be a function of the model, got int"),
        ({"validate": lambda model: torch.ones(2)}, r"validate\(model\) must be one number"),
        ({"optimizer": "adam"}, "optimizer must be a torch.optim.Optimizer, got str"),
        ({"restore_best": "False"}, "restore_best must be True or False, got str"),
        ({"progress": 0}, "progress must be True or False, got int"),
        ({"loss": lambda model, batch: 0.5}, r"loss\(model, batch\) must be one number.* got float"),
        ({"loss": lambda model, batch: model(batch[0])}, r"loss\(.* must be one number.* got Tensor"),
        ({"loss": lambda model, batch: squared_error(model, batch).to("meta")}, "must be one number"),
        ({"loss": lambda model, batch: torch.tensor(1.0)}, "depends on the parameters"),
    ],
)
def test_what_is_of_another_kind_is_named(arguments, message):
    given = {"model": new_model(), "loss": squared_error, "batches": [line()], "epochs": 1}
    with pytest.raises(TypeError, match=message):
        fit(**given | {"progress": False} | arguments)


def test_batches_may_be_a_list_or_a_loader():
    x, y = line()
    loader = DataLoader(TensorDataset(x, y), batch_size=16)
    settings = {"epochs": 3, "learning_rate": STEP, "progress": False}
    runs = [
        fit(new_model(), squared_error, batches, **settings).train_loss
        for batches in (lambda epoch: loader, loader, list(loader), tuple(loader))
    ]
    assert len(runs[0]) == 3 and all(run == runs[0] for run in runs)


def test_float16_where_the_cpu_has_none_is_said_in_words():
    class Refusing(nn.Linear):
        def forward(self, x):
            raise RuntimeError("could not create a primitive descriptor for the LSTM forward ...")

    settings = {"epochs": 1, "progress": False}
    with pytest.raises(ValueError, match="amp_dtype must .* torch.float16: take bfloat16 on a CPU"):
        fit(Refusing(1, 1), squared_error, [line()], amp_dtype=torch.float16, **settings)
    with pytest.raises(RuntimeError, match="primitive descriptor"):
        fit(Refusing(1, 1), squared_error, [line()], **settings)
    if not torch.ops.mkldnn._is_mkldnn_fp16_supported():
        model = nn.LSTM(1, 2)
        with pytest.raises(ValueError, match="take bfloat16 on a CPU"):
            fit(
                model,
                lambda model, x: model(x)[0].float().square().mean(),
                [torch.zeros(3, 1, 1)],
                amp_dtype=torch.float16,
                **settings,
            )


def test_no_batches_is_an_error():
    with pytest.raises(ValueError, match="at least one batch, epoch 0 had none"):
        fit(new_model(), squared_error, lambda epoch: [], epochs=1, progress=False)


def test_the_figure_of_a_history_holds_its_numbers():
    scores = iter([3.0, 1.0, 2.0])
    history = train(new_model(), epochs=3, validate=lambda model: next(scores))
    figure, alt = plots.history.draw(history)
    losses, norms = figure.axes
    assert [list(line.get_ydata()) for line in losses.lines[:2]] == [history.train_loss, history.validation]
    assert list(norms.lines[0].get_ydata()) == history.gradient_norm
    assert "epoch 2" in alt and "100%" in alt
