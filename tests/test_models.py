"""The classifier reads every sequence as if it were alone, whatever pads the batch."""

import numpy as np
import pytest
import torch
from torch.nn.utils import prune

from lstm_lessons import sequences
from lstm_lessons.models import POOLS, Forecaster, SequenceClassifier, accuracy, evaluating

LENGTHS = [5, 2, 9, 1]


def batch():
    rng = np.random.default_rng(0)
    return [torch.from_numpy(rng.normal(size=(n, 3))).float() for n in LENGTHS]


def classifier(pool="final", **arguments):
    torch.manual_seed(0)
    return SequenceClassifier(3, 4, 5, pool=pool, **arguments).eval()


@pytest.mark.parametrize("pool", POOLS)
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("num_layers", [1, 2])
def test_a_batch_gives_what_each_sequence_gives_alone(pool, bidirectional, num_layers):
    model = classifier(pool, bidirectional=bidirectional, num_layers=num_layers)
    scores = model(*sequences.pad(batch()))
    assert scores.shape == (4, 5)
    for n, sequence in enumerate(batch()):
        alone = model(*sequences.pad([sequence]))
        torch.testing.assert_close(scores[n], alone[0], rtol=0, atol=1e-6)


def test_the_pools_differ():
    padded = sequences.pad(batch())
    first, *others = (classifier(pool)(*padded) for pool in POOLS)
    assert all((first - other).abs().max() > 1e-3 for other in others)


def test_two_pools_stand_side_by_side():
    padded = sequences.pad(batch())
    both, final, highest = (classifier(pool) for pool in ("final and max", "final", "max"))
    apart = [final.features(*padded), highest.features(*padded)]
    assert torch.equal(both.features(*padded), torch.cat(apart, dim=-1))


def test_an_unknown_pool_is_named():
    known = "final, mean, max, final and max"
    with pytest.raises(ValueError, match=f"pool must be one of {known}, got 'last'"):
        classifier("last")


def test_accuracy_counts_hits_batch_by_batch_and_leaves_the_mode():
    model = classifier().train()
    padded, lengths = sequences.pad(batch())
    labels = model.eval()(padded, lengths).argmax(1)
    labels[0] = (labels[0] + 1) % 5
    model.train()
    assert accuracy(model, padded, lengths, labels, batch_size=3) == 0.75
    assert model.training


def forecaster(**arguments):
    torch.manual_seed(0)
    return Forecaster(3, 4, (2, 5), **arguments)


def test_a_forecaster_says_no_change_until_it_has_learned():
    x = torch.stack(batch()[:1] * 2)  # (2, 5, 3)
    model = forecaster().eval()
    assert model(x).shape == (2, 2, 5)
    assert (model(x) == 0).all()
    torch.nn.init.normal_(model.head.weight)
    assert (model(x) != 0).all()


def test_a_forecast_is_that_of_the_last_state_of_its_own_window():
    model = forecaster().eval()
    torch.nn.init.normal_(model.head.weight)
    x = torch.from_numpy(np.random.default_rng(1).normal(size=(4, 6, 3))).float()
    last = model.lstm(x)[0][:, -1]
    torch.testing.assert_close(model(x), model.head(last).view(4, 2, 5))
    changed = x.clone()
    changed[0] += 1
    assert torch.equal(model(changed)[1:], model(x)[1:])
    assert not torch.equal(model(changed)[0], model(x)[0])


def test_a_forecaster_drops_units_in_training_alone_and_names_a_bad_shape():
    model = forecaster(dropout=0.5)
    torch.nn.init.normal_(model.head.weight)
    x = torch.ones(1, 3, 3)
    assert not torch.equal(model(x), model(x))
    assert torch.equal(model.eval()(x), model(x))
    with pytest.raises(ValueError, match="shape must hold one size or more"):
        Forecaster(3, 4, ())
    for shape, got in (((2, 0), r"at least 1, got 0\.\.2"), (5, "got 5"), ([1.5], "got float64")):
        with pytest.raises(ValueError, match=f"shape must .*{got}"):
            Forecaster(3, 4, shape)
    for x in (torch.ones(3, 3), torch.ones(1, 3, 4), torch.ones(1, 3, 3).double()):
        with pytest.raises(ValueError, match="x must have .*got"):
            model(x)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"input_size": 0}, "input_size must .* at least 1, got 0"),
        ({"hidden_size": 2.0}, "hidden_size must .* got 2.0"),
        ({"classes": -1}, "classes must .* got -1"),
        ({"num_layers": True}, "num_layers must .* got True"),
        ({"bidirectional": "False"}, "bidirectional must be True or False, got str"),
        ({"dropout": "0.5"}, "dropout must be a number from 0 to 1, got '0.5'"),
        ({"dropout": float("nan")}, "dropout must be a number from 0 to 1, got nan"),
    ],
)
def test_a_wrong_size_or_switch_is_named(arguments, message):
    with pytest.raises((TypeError, ValueError), match=message):
        SequenceClassifier(**{"input_size": 3, "hidden_size": 4, "classes": 5} | arguments)
    SequenceClassifier(np.int64(3), np.int64(4), np.uint8(5), bidirectional=np.False_)


def test_accuracy_refuses_labels_and_lengths_that_do_not_fit():
    padded, lengths = sequences.pad(batch())
    for labels in (torch.zeros(3), torch.zeros(4, 1), [0, 1, 2, 3, 4], "0123"):
        with pytest.raises(ValueError, match=r"labels must .*got"):
            accuracy(classifier(), padded, lengths, labels)
    with pytest.raises(ValueError, match="with B = 3 lengths"):
        accuracy(classifier(), padded, lengths[:3], torch.zeros(3))
    assert 0 <= accuracy(classifier(), padded, lengths.tolist(), torch.zeros(4)) <= 1


@pytest.mark.parametrize("pool", POOLS)
def test_a_pruned_lstm_gives_what_its_call_gives(pool):
    model, (padded, lengths) = classifier(pool), sequences.pad(batch())
    model(padded, lengths)
    prune.l1_unstructured(model.lstm, "weight_hh_l0", 0.5)
    with torch.no_grad():
        model.lstm.weight_hh_l0_orig.mul_(3)  # as an optimizer's step would
    found = model(padded, lengths.tolist())
    prune.remove(model.lstm, "weight_hh_l0")
    torch.testing.assert_close(found, model(padded, lengths), rtol=0, atol=1e-6)


def test_an_error_leaves_each_part_of_a_model_in_its_mode_and_nan_is_no_class():
    model = torch.nn.ModuleList([torch.nn.Dropout(), torch.nn.Dropout().eval()])
    with pytest.raises(KeyError), evaluating(model):
        assert not model[0].training
        raise KeyError
    assert [part.training for part in model.modules()] == [True, True, False]
    spoiled = SequenceClassifier(3, 4, 5)
    torch.nn.init.constant_(spoiled.head.bias, torch.nan)
    with pytest.raises(ValueError, match="model must have finite weights"):
        accuracy(spoiled, torch.zeros(2, 3, 3), [3, 2], torch.zeros(2))
    assert spoiled.training


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: SequenceClassifier(3, 20_000, 5), "input_size and hidden_size must make weights"),
        (lambda: SequenceClassifier(3, 4, 5, num_layers=2**28), "num_layers must be a whole number from 1 to 1000"),
        (lambda: Forecaster(3, 20_000, (1,)), "input_size and hidden_size must make weights"),
        (lambda: Forecaster(3, 4, (1,))(torch.zeros(2, 0, 3)), "x must have the shape .B, T, I. with at least one"),
    ],
)
def test_what_no_machine_holds_is_refused_before_it_is_made(make, said):
    with pytest.raises(ValueError, match=said):
        make()


def test_a_quantized_forecaster_forecasts():
    model = Forecaster(3, 4, (2,)).eval()
    small = torch.ao.quantization.quantize_dynamic(model, {torch.nn.Linear}, dtype=torch.qint8)
    assert small(torch.zeros(2, 3, 3)).shape == (2, 2)
