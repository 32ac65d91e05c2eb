"""`GateMicroscope` in Python: torch's numbers with what is held, saturation, clear refusals."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
import torch
from torch import nn

from lstm_lessons import cell as ours
from lstm_lessons.models import POOLS, SequenceClassifier
from lstm_lessons.plots.stills import input_limits, shown_classes
from lstm_lessons.widgets import GateMicroscope
from lstm_lessons.widgets.gate_microscope import widget
from lstm_lessons.widgets.gate_microscope.analysis import beliefs, saturation, unit_order
from tests.widgets import microscope_reference
from tests.widgets.microscope_reference import strong

EXACT = 1e-9


def classifier(pool: str = "final", **options) -> SequenceClassifier:
    torch.manual_seed(0)
    return strong(SequenceClassifier(3, 4, 5, pool=pool, **options)).eval()


def drawn(*lengths: int) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.normal(size=(length, 3)).astype(np.float32) for length in lengths]


# --- The numbers


@pytest.mark.parametrize("pool", POOLS)
@pytest.mark.parametrize("two_ways", [False, True])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("held", ["nothing", "h", "i", "f", "g", "o"])
def test_held_units_do_what_their_weights_would(pool, two_ways, layers, held):
    model = classifier(pool, bidirectional=two_ways, num_layers=layers)
    place = (layers - 1, int(two_ways))
    edits = {} if held == "nothing" else {f"{place[0]}.{place[1]}.2.{held}": 0, f"0.0.1.{held}": 0}
    [x] = drawn(7)
    microscope = GateMicroscope.from_torch(model, [x], edits=edits, layer=place[0], direction=place[1])
    exact, x = model.double(), torch.from_numpy(x).double()
    for key, value in microscope_reference.traces(exact, x, *place, edits).items():
        torch.testing.assert_close(microscope.traces()[key], value, atol=EXACT, rtol=0)
    expected = microscope_reference.beliefs(exact, x, edits)
    torch.testing.assert_close(microscope.beliefs(), expected, atol=EXACT, rtol=0)
    torch.testing.assert_close(beliefs(exact, x, edits), expected, atol=EXACT, rtol=0)
    before, after = microscope.scores()
    torch.testing.assert_close(after, expected[-1], atol=EXACT, rtol=0)
    plain = microscope_reference.beliefs(exact, x, {})[-1]
    torch.testing.assert_close(before, plain, atol=EXACT, rtol=0)
    assert (held == "nothing") == torch.equal(before, after)


def test_the_last_belief_is_the_models_answer():
    model, sequences = classifier(), drawn(6, 9)
    microscope = GateMicroscope.from_torch(model, sequences)
    for n, x in enumerate(sequences):
        microscope.sequence = n
        with torch.no_grad():
            scores = model(torch.from_numpy(x)[None], torch.tensor([len(x)]))
        assert microscope.beliefs().shape == (len(x), 5)
        torch.testing.assert_close(microscope.beliefs()[-1].float(), scores[0].softmax(-1), atol=1e-5, rtol=0)


def test_a_belief_knows_nothing_of_later_steps():
    model, [x] = classifier(), drawn(8)
    changed = x.copy()
    changed[5:] = 9
    one, other = beliefs(model, x), beliefs(model, changed)
    assert torch.equal(one[:5], other[:5])
    assert (one[5:] - other[5:]).abs().amin() > 0


def test_scores_tell_what_a_silenced_or_clamped_unit_changes():
    model, [x] = classifier(), drawn(8)
    exact, x64 = classifier().double(), torch.from_numpy(x).double()
    for gate, value in (("h", 0.0), ("f", 1.0), ("g", -0.5)):
        edits = {f"0.1.3.{gate}": value}
        before, after = GateMicroscope.from_torch(model, [x], edits=edits).scores()
        torch.testing.assert_close(after, microscope_reference.beliefs(exact, x64, edits)[-1], atol=EXACT, rtol=0)
        torch.testing.assert_close(before, beliefs(model, x)[-1])
        assert (before - after).abs().max() > 1e-4


def test_saturation_counts_the_time_near_the_ends():
    gate = torch.tensor([[0.05, 0.95, 0.1], [0.2, 0.99, 0.9], [0.0, 0.5, 0.5], [0.01, 1.0, 0.5]])
    left, right = saturation(gate)
    assert left.tolist() == [0.75, 0, 0] and right.tolist() == [0, 0.75, 0]
    left, _ = saturation(gate.reshape(2, 2, 3), low=0.3)
    assert left.tolist() == [1, 0, 0.25]
    with pytest.raises(ValueError, match=r"gate must have the shape \(T, H\).*\(3,\)"):
        saturation(gate[0])


def test_the_scatter_counts_every_step_of_every_sequence_once():
    model, sequences = classifier(), drawn(3, 12)
    microscope = GateMicroscope.from_torch(model, sequences, direction=1, symbol="o")
    exact, counts = model.double(), torch.zeros(2, 4)
    for x in sequences:
        o = microscope_reference.traces(exact, torch.from_numpy(x).double(), 0, 1, {})["o"]
        counts += torch.stack([(o < 0.1).sum(0), (o > 0.9).sum(0)])
    assert counts.sum() > 0
    torch.testing.assert_close(torch.stack(microscope.saturation()), counts.double() / 15)


def test_units_are_sorted_by_what_their_gate_does():
    values = torch.tensor([[0.5, 0.95, 0.0, 0.5], [0.5, 0.95, 0.2, 0.5], [0.9, 0.2, 0.2, 0.5]])
    assert unit_order(values, "index", signed=False) == [0, 1, 2, 3]
    assert unit_order(values, "mean", signed=False) == [1, 0, 3, 2]
    assert unit_order(values, "saturation", signed=False) == [1, 2, 0, 3]
    assert unit_order(values, "saturation", signed=True) == [1, 0, 2, 3]
    assert unit_order(values, "change", signed=False) == [2, 3, 0, 1]


def test_a_module_alone_has_traces_and_no_belief():
    for module in (nn.LSTM(3, 4), ours.LSTM(3, 4, num_layers=2, bidirectional=True)):
        microscope = GateMicroscope.from_torch(module, drawn(5))
        with torch.no_grad():
            output, _ = module(torch.from_numpy(drawn(5)[0]))
        top = GateMicroscope.from_torch(module, drawn(5), layer=module.num_layers - 1)
        torch.testing.assert_close(top.traces()["h"].float(), output[:, :4], atol=1e-6, rtol=0)
        with pytest.raises(ValueError, match="no classes to believe in"):
            microscope.beliefs()


def test_a_module_without_biases_has_zeros_for_them():
    module = nn.LSTM(3, 4, bias=False)
    microscope = GateMicroscope.from_torch(module, drawn(5))
    output, _ = module(torch.from_numpy(drawn(5)[0]))
    torch.testing.assert_close(microscope.traces()["h"].float(), output.detach())


def test_dropout_is_left_out_and_the_model_stays_as_it_is():
    model = classifier(num_layers=2, dropout=0.5)
    quiet = beliefs(model, drawn(6)[0])
    model.train()
    before = {key: value.clone() for key, value in model.state_dict().items()}
    microscope = GateMicroscope.from_torch(model, drawn(6))
    assert torch.equal(microscope.beliefs(), quiet) and model.training
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items())


def test_the_weights_travel_as_they_are():
    model = classifier(num_layers=2)
    copy = microscope_reference.model_of(GateMicroscope.from_torch(model, drawn(4)).state())
    for key, value in model.state_dict().items():
        assert torch.equal(copy.state_dict()[key], value.double())


# --- Traits and pictures


def test_what_is_shown_first_can_be_chosen():
    model = classifier(num_layers=2)
    microscope = GateMicroscope.from_torch(
        model, drawn(4, 9), sequence=1, layer=1, direction=1, symbol="c", sort="change", unit=3
    )
    shown = ("sequence", "layer", "direction", "symbol", "sort", "unit", "step")
    assert [getattr(microscope, name) for name in shown] == [1, 1, 1, "c", "change", 3, 8]
    c = GateMicroscope.from_torch(model, drawn(9)).traces()["c"]
    liveliest = int((c.amax(0) - c.amin(0)).argmax())
    assert GateMicroscope.from_torch(model, drawn(9)).unit == liveliest


def test_a_shorter_sequence_takes_the_cursor_along():
    microscope = GateMicroscope.from_torch(classifier(), drawn(9, 4))
    assert microscope.step == 8
    microscope.sequence = 1
    assert microscope.step == 3
    microscope.set_state({"sequence": 0, "step": 8})  # together, as a browser sends them
    assert (microscope.sequence, microscope.step) == (0, 8)


def test_two_microscopes_share_nothing():
    one, other = (GateMicroscope.from_torch(classifier(), drawn(4)) for _ in range(2))
    one.edits = {"0.0.1.h": 0}
    assert other.edits == {} and one.edits == {"0.0.1.h": 0.0}


def texts_of(axes):
    return [text.get_text() for text in axes.get_yticklabels()]


def test_the_picture_draws_what_is_shown():
    edits = {"0.1.2.f": 0.0}
    microscope = GateMicroscope.from_torch(
        classifier(), drawn(5, 8), labels=[3, 1], sequence=1, symbol="c", direction=1, unit=2,
        edits=edits, names=["one", 'a <b> & "c" $'],
    )  # fmt: skip
    figure = microscope.picture()
    x, values, belief = (axes for axes in figure.axes if axes.images)
    assert x.get_title("left") == 'input: a <b> & "c" $'
    assert values.get_title("left") == "cell state c of 4 units (reverse)"
    np.testing.assert_array_equal(x.images[0].get_array(), drawn(5, 8)[1].T)
    rows = microscope.traces()["c"].T[microscope.order()]
    np.testing.assert_array_equal(values.images[0].get_array(), rows)
    low, high = values.images[0].get_clim()
    assert low == -high and high >= rows.abs().max()
    assert texts_of(values) == ["unit 2"]
    np.testing.assert_array_equal(belief.images[0].get_array(), microscope.beliefs().T)
    assert texts_of(belief) == ["0", "\u25b8 1", "2", "3", "4"]
    [bars] = [axes for axes in figure.axes if "answer" in axes.get_title("right")]
    before, after = microscope.scores()
    widths = np.array([bar.get_width() for bar in bars.patches]).reshape(2, 5)
    np.testing.assert_array_equal(widths, torch.stack([before, after]))
    assert not np.array_equal(*widths)
    [scatter] = [axes for axes in figure.axes if axes.get_title("left") == "saturation of f"]
    every, picked = scatter.collections
    np.testing.assert_array_equal(every.get_offsets().T, torch.stack(microscope.saturation()))
    np.testing.assert_array_equal(picked.get_offsets()[0], every.get_offsets()[2])


def test_the_picture_of_an_lstm_alone_has_no_belief_and_shows_letters():
    microscope = GateMicroscope.from_torch(nn.LSTM(3, 4), drawn(5), step_names=[list("hello")], symbol="o")
    figure = microscope.picture()
    maps = [axes for axes in figure.axes if axes.images]
    assert len(maps) == 2 and not any("answer" in a.get_title("right") for a in figure.axes)
    assert [text.get_text() for text in maps[-1].get_xticklabels()] == list("hello")
    assert "saturation of o" in [axes.get_title("left") for axes in figure.axes]


def test_the_colors_of_the_input_end_at_round_numbers():
    assert input_limits(np.array([[0.0, 1.0], [0.0, 1.0]])) == (0, 1)
    values = np.linspace(-2, 2, 1000)
    values[0] = -50  # one value far out does not wash out the rest
    assert input_limits(values) == (-2, 2)


def test_of_many_classes_the_true_and_the_believed_ones_are_shown():
    believed = np.full((2, 30), 0.01)
    believed[0, 5] = believed[1, 29] = 0.5
    assert shown_classes(believed, 17) == [*range(10), 17, 29]
    assert shown_classes(believed[:, :7], None) == list(range(7))


def test_the_twin_is_small_and_whole():
    torch.manual_seed(0)
    model = SequenceClassifier(13, 32, 10)
    xs = [np.random.default_rng(0).normal(size=(40, 13)) for _ in range(8)]
    microscope = GateMicroscope.from_torch(model, xs, labels=range(8))
    assert len(microscope.twin()) < 130_000
    assert microscope.summary() == ("GateMicroscope: BiLSTM(13, 32), 10 classes, 8 sequences, shown: sequence 1")
    assert json.loads(json.dumps(microscope.state())) == microscope.state()


# --- A large network


def large(**options) -> GateMicroscope:
    torch.manual_seed(0)
    model = strong(SequenceClassifier(3, 128, 5))
    return GateMicroscope.from_torch(model, drawn(5, 3), labels=[1, 2], **options)


def results_of(microscope: GateMicroscope) -> dict[str, torch.Tensor]:
    result, H = microscope.result, 128
    return {
        "plain": microscope_reference.decoded(result["plain"], 6, -1, H),
        "values": microscope_reference.decoded(result["values"] or result["plain"], 6, -1, H),
        "saturation": microscope_reference.decoded(result["saturation"], 3, 2, H),
        "plain_beliefs": microscope_reference.decoded(result["plain_beliefs"], -1, 5),
        "beliefs": microscope_reference.decoded(result["beliefs"] or result["plain_beliefs"], -1, 5),
    }


def test_a_large_network_stays_in_python_which_sends_what_is_shown():
    microscope = large()
    assert microscope.weights == "" and large(edits={"0.0.1.h": 0}).result["values"]
    first = microscope.result
    for change in ({"sequence": 1}, {"direction": 1}, {"edits": {"0.1.7.h": 0, "0.0.3.f": 1}}):
        for name, value in change.items():
            setattr(microscope, name, value)
        assert microscope.result != first
        found = results_of(microscope)
        traces = torch.stack(list(microscope.traces().values()))
        torch.testing.assert_close(found["values"], traces, atol=1e-6, rtol=1e-6)
        before, _ = microscope.scores()
        torch.testing.assert_close(found["beliefs"], microscope.beliefs(), atol=1e-6, rtol=0)
        torch.testing.assert_close(found["plain_beliefs"][-1], before, atol=1e-6, rtol=0)
        shares = torch.stack([torch.stack(microscope.saturation(gate)) for gate in "ifo"])
        torch.testing.assert_close(found["saturation"], shares, atol=1e-6, rtol=0)
    assert (found["plain"] - found["values"]).abs().max() > 0.1


def test_what_is_large_depends_on_weights_and_on_the_work():
    small = classifier()
    assert GateMicroscope.from_torch(small, drawn(9)).weights
    assert widget._is_large(large()._network, 1)
    network = widget.network_of(SequenceClassifier(13, 64, 10))
    assert not widget._is_large(network, 92)  # the longest spoken digit
    assert widget._is_large(network, 256)
    one_way = widget.network_of(SequenceClassifier(13, 64, 10, bidirectional=False))
    assert not widget._is_large(one_way, 256)


# --- Refusals


def broken(**changes):
    """What `from_torch` says to a good call with something changed."""
    good = {"model": classifier(), "sequences": drawn(4, 6)}
    GateMicroscope.from_torch(**good)
    return lambda: GateMicroscope.from_torch(**good | changes)


def with_nan() -> SequenceClassifier:
    model = classifier()
    model.head.bias.data[0] = math.nan
    return model


@pytest.mark.parametrize(
    "call, error, message",
    [
        (broken(model=nn.GRU(3, 4)), TypeError, "model must be .* got GRU"),
        (broken(model="lstm"), TypeError, "model must be .* got str"),
        (broken(model=nn.LSTM(3, 4, proj_size=2)), ValueError, "proj_size=2"),
        (broken(model=with_nan()), ValueError, "finite weights.* head.bias"),
        (broken(model=nn.LSTM(3, 257)), ValueError, "at most 256 hidden units .* got 257"),
        (broken(sequences=drawn(4)[0]), ValueError, r"one array of shape \(4, 3\).*\[x\]"),
        (broken(sequences=[]), ValueError, "1 to 64 sequences, got 0"),
        (broken(sequences=7), TypeError, "sequences must be a list .* got int"),
        (broken(sequences=["abc"]), TypeError, r"sequences\[0\] must be numbers"),
        (broken(sequences=[np.zeros((4, 2))]), ValueError, r"sequences\[0\].*\(4, 2\)"),
        (broken(sequences=[np.zeros((0, 3))]), ValueError, r"sequences\[0\].*\(0, 3\)"),
        (broken(sequences=drawn(4, 257)), ValueError, r"sequences\[1\] .* 256 steps, got 257"),
        (
            broken(sequences=[np.full((2, 3), math.inf)]),
            ValueError,
            r"sequences\[0\] must be finite, got inf at sequences\[0\]\[0, 0\]",
        ),
        (broken(labels=[0]), ValueError, "labels must hold one class for each of the 2 sequences, got 1"),
        (broken(labels=[0, 5]), ValueError, r"labels\[1\] must be a whole number from 0 to 4, got 5"),
        (broken(labels=[0, 0.5]), ValueError, r"labels\[1\] must be .* got 0.5"),
        (broken(model=nn.LSTM(3, 4), labels=[0, 1]), ValueError, "labels need a model with classes"),
        (broken(names=["a"]), ValueError, "names must .* 2 sequences, got 1"),
        (broken(class_names=list("ab")), ValueError, "class_names must .* 5 classes, got 2"),
        (broken(feature_names=["a"]), ValueError, "feature_names must .* 3 features, got 1"),
        (broken(step_names=[list("abcd")]), ValueError, r"step_names must .*\[4, 6\].* got \[4\]"),
        (broken(sequence=2), ValueError, "sequence must be a whole number from 0 to 1"),
        (broken(layer=1), ValueError, "layer must be a whole number from 0 to 0"),
        (broken(direction=-1), ValueError, "direction must be a whole number from 0 to 1"),
        (broken(unit=4), ValueError, "unit must be a whole number from 0 to 3"),
        (broken(step=4), ValueError, "step must be a whole number from 0 to 3"),
        (broken(symbol="z"), ValueError, "symbol must be one of i, f, g, o, c, h"),
        (broken(sort="size"), ValueError, "sort must be one of index, mean"),
        (broken(edits={"0.0.9.h": 0}), ValueError, "4 units .* got '0.0.9.h'"),
        (broken(edits={"h": 0}), ValueError, "edits must have keys"),
        (broken(edits={"0.0.1.c": 0}), ValueError, "edits must have keys"),
        (broken(edits={"0.0.1.h": 1}), ValueError, r"must be 0 \(a lesion\), got 1"),
        (broken(edits={"0.0.1.f": 1.5}), ValueError, "between 0 and 1, got 1.5"),
        (broken(edits={"0.0.1.g": math.nan}), ValueError, "between -1 and 1, got nan"),
        (lambda: beliefs(nn.LSTM(3, 4), drawn(4)[0]), TypeError, "SequenceClassifier, got LSTM"),
        (lambda: beliefs(classifier(), np.zeros(4)), ValueError, r"x must have the shape .*\(4,\)"),
        (broken(edits={"0.0.9.h": 0.0}), ValueError, "4 units"),
        (
            lambda: GateMicroscope.from_torch(classifier(), drawn(4)).saturation("c"),
            ValueError,
            "gate must be 'i', 'f' or 'o', got 'c'",
        ),
    ],
)
def test_wrong_calls_are_refused_by_name(call, error, message):
    with pytest.raises(error, match=message):
        call()
