"""`SequenceExplorer` in Python: presets that do what they say, torch's numbers, clear refusals."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
import torch
from torch import nn

from lstm_lessons import cell as ours
from lstm_lessons.data import adding
from lstm_lessons.palette import SYMBOLS
from lstm_lessons.plots.stills import nice_limit
from lstm_lessons.widgets import SequenceExplorer
from lstm_lessons.widgets.sequence_explorer.presets import PRESETS
from lstm_lessons.widgets.sequence_explorer.widget import MAX_STEPS, MAX_UNITS, gradient_path


def h_of(explorer: SequenceExplorer) -> torch.Tensor:
    """The chosen unit's h from PyTorch itself, shape (T,)."""
    with torch.no_grad():
        output, _ = explorer.to_torch()(torch.tensor(explorer.xs, dtype=torch.float64))
    return output[:, explorer.unit]


def random_input(seed: int, *values: float, steps: int = 60) -> list[float]:
    return np.random.default_rng(seed).choice(values, steps).tolist()


# --- The presets keep their promises, on other inputs than their own.


@pytest.mark.parametrize("seed", range(3))
def test_the_latch_is_set_by_plus_one_and_cleared_by_minus_one(seed):
    xs = random_input(seed, -1, 0, 0, 0, 1)
    full, expected = False, []
    for x in xs:
        full = x == 1 or (full and x != -1)
        expected.append(float(full))
    explorer = SequenceExplorer("latch", xs=xs)
    c = explorer.traces()["c"][:, 0]
    torch.testing.assert_close(c, torch.tensor(expected).double(), atol=0.1, rtol=0)
    torch.testing.assert_close(h_of(explorer), c.tanh(), atol=0.01, rtol=0)


@pytest.mark.parametrize("seed", range(3))
def test_the_counter_counts_and_starts_again(seed):
    xs = random_input(seed, -1, 0, 0, 0, 0, 1)
    count, expected = 0, []
    for x in xs:
        count = 0 if x == -1 else count + int(x)
        expected.append(float(count))
    c = SequenceExplorer("counter", xs=xs).traces()["c"][:, 0]
    torch.testing.assert_close(c, torch.tensor(expected).double(), atol=0.1, rtol=0)


@pytest.mark.parametrize("seed", range(3))
def test_the_toggle_flips_at_every_pulse(seed):
    xs = random_input(seed, 0, 0, 1)
    expected = torch.tensor(xs).cumsum(0) % 2 == 1
    assert ((h_of(SequenceExplorer("toggle", xs=xs)) > 0.5) == expected).all()


@pytest.mark.parametrize("first", [-0.9, -0.2, 0.5, 1.0])
def test_the_first_input_is_remembered_whatever_follows(first):
    rest = np.random.default_rng(0).uniform(-1, 1, 50)
    h = h_of(SequenceExplorer("first_input", xs=[first, *rest]))
    assert h[-1].item() == pytest.approx(math.tanh(math.tanh(first)), abs=0.02)


def test_the_leaky_average_keeps_nine_tenths():
    explorer = SequenceExplorer("leaky_average")
    traces = explorer.traces()
    assert traces["f"].flatten().tolist() == pytest.approx([0.9] * 60, abs=0.001)
    assert traces["i"].flatten().tolist() == pytest.approx([0.1] * 60, abs=0.001)
    c, x = traces["c"][:, 0], torch.tensor(explorer.xs)[:, 0]
    assert c.diff().abs().max() < x.diff().abs().max() / 5


def test_a_forget_bias_keeps_what_an_untrained_lstm_loses():
    kept = []
    for preset in ("random", "random_forget_bias"):
        with_pulses = SequenceExplorer(preset)
        without = SequenceExplorer(preset, xs=[0.0] * 60)
        at, unit = slice(13, 33), with_pulses.unit
        c, rest = (w.traces()["c"][at, unit] for w in (with_pulses, without))
        trace = (c - rest).abs()
        kept.append((trace[-1] / trace[0]).item())
    assert kept[0] < 0.001 < 0.2 < kept[1]


@pytest.mark.parametrize("key", PRESETS)
def test_every_preset_fits_its_pad_and_says_what_to_see(key):
    preset, explorer = PRESETS[key], SequenceExplorer(key)
    assert np.abs(preset.xs).max() <= 1
    assert preset.sentence.endswith(".")
    assert (explorer.unit, explorer.step) == (preset.unit, preset.step)
    assert explorer.xs == explorer.first_xs == preset.xs


# --- A module of one's own.


@pytest.mark.parametrize("kind", [nn.LSTM, ours.LSTM])
@pytest.mark.parametrize("layers, two_ways", [(1, False), (2, True), (3, False)])
def test_a_module_goes_in_and_comes_out_unchanged(kind, layers, two_ways):
    torch.manual_seed(layers)
    module = kind(3, 5, num_layers=layers, bidirectional=two_ways, dtype=torch.float64)
    xs = np.random.default_rng(0).normal(size=(9, 3))
    before = {name: value.clone() for name, value in module.state_dict().items()}
    explorer = SequenceExplorer.from_torch(module, xs, layer=layers - 1, direction=int(two_ways))
    copy = explorer.to_torch()
    for name, value in module.state_dict().items():
        assert torch.equal(value, before[name])
        assert torch.equal(value, copy.state_dict()[name])
    output, _ = module(torch.tensor(xs))
    expected = output[:, 5:] if two_ways else output
    torch.testing.assert_close(explorer.traces()["h"], expected.detach(), atol=1e-12, rtol=0)


def test_a_cell_and_a_module_without_biases_are_layers_too():
    for module in (nn.LSTMCell(2, 3), ours.LSTMCell(2, 3), nn.LSTM(2, 3, bias=False)):
        assert SequenceExplorer.from_torch(module).traces()["c"].shape == (48, 3)


def test_the_first_unit_shown_is_the_one_whose_memory_moves_most():
    torch.manual_seed(0)
    explorer = SequenceExplorer.from_torch(nn.LSTM(1, 16), np.sin(np.arange(30)))
    c = explorer.traces()["c"]
    assert explorer.unit == int((c.amax(0) - c.amin(0)).argmax())
    assert SequenceExplorer.from_torch(nn.LSTM(1, 16), unit=3).unit == 3


def test_the_pads_reach_as_far_as_the_input():
    xs = np.array([[0.2, -0.3, 4.5, -30.0], [0.9, 0.1, 0.0, 2.0]])
    explorer = SequenceExplorer.from_torch(nn.LSTM(4, 2), xs)
    assert explorer.limits == [[0, 1], [-1, 1], [0, 5], [-30, 30]]
    given = SequenceExplorer.from_torch(nn.LSTM(1, 2), limits=[(0, 9)])
    assert given.limits == [[0, 9]]


def test_moved_weights_reach_torch_and_leave_the_first_ones_alone():
    explorer = SequenceExplorer("latch")
    explorer.nudges = {"0.0.b.1.0": 2.0, "0.0.w_ih.0.0": 5.0, "0.0.w_hh.3.0": -1.0}
    state = explorer.to_torch().state_dict()
    assert (state["bias_ih_l0"] + state["bias_hh_l0"])[1] == 2
    assert state["weight_ih_l0"][0, 0] == 5
    assert state["weight_hh_l0"][3, 0] == -1
    assert explorer.layers == PRESETS["latch"].layers


# --- Traits set in Python.


def test_a_preset_set_in_python_brings_its_weights_and_its_input():
    explorer = SequenceExplorer.from_torch(nn.LSTM(4, 9), np.zeros((20, 4)), labels=["a"] * 20)
    explorer.nudges = {"0.0.b.0.0": 1.0}
    explorer.preset = "toggle"
    reference = SequenceExplorer("toggle")
    assert explorer.state() == reference.state()


def test_a_preset_from_the_browser_keeps_what_is_drawn_meanwhile():
    explorer = SequenceExplorer("latch")
    toggle = PRESETS["toggle"]
    explorer.set_state({"preset": "toggle", "layers": toggle.layers, "xs": [[0.5]] * 60})
    assert explorer.xs == [[0.5]] * 60
    assert explorer.layers == toggle.layers


def test_a_shorter_input_takes_cursor_marks_and_labels_along():
    explorer = SequenceExplorer.from_torch(
        nn.LSTM(1, 2), np.zeros(20), marks=[3, 15], labels=list("abcdefghijklmnopqrst")
    )
    explorer.xs = torch.zeros(10)
    assert (explorer.step, explorer.marks, explorer.labels) == (9, [3], [])
    assert explorer.xs == [[0.0]] * 10


def test_the_reset_button_brings_back_the_input_that_was_given():
    xs = np.linspace(0, 1, 8)
    explorer = SequenceExplorer.from_torch(nn.LSTM(1, 2), xs)
    explorer.xs = np.zeros(8)
    assert explorer.first_xs == xs[:, None].tolist()
    assert SequenceExplorer("latch", xs=xs).first_xs == xs[:, None].tolist()


# --- Refusals.

LSTM = nn.LSTM(3, 4)
GOOD = np.zeros((6, 3))


def with_nan() -> nn.LSTM:
    module = nn.LSTM(1, 2)
    module.bias_hh_l0.data[1] = math.nan
    return module


@pytest.mark.parametrize(
    "make, error, message",
    [
        (lambda: SequenceExplorer("lach"), ValueError, r"preset must be one of latch, .*'lach'"),
        (lambda: SequenceExplorer(xz=1), TypeError, "no trait xz"),
        (lambda: SequenceExplorer.from_torch(nn.GRU(1, 2)), TypeError, "module must be .* GRU"),
        (lambda: SequenceExplorer.from_torch("lstm"), TypeError, "module must be .* got str"),
        (lambda: SequenceExplorer.from_torch(nn.LSTM(1, 4, proj_size=2)), ValueError, "proj_size"),
        (
            lambda: SequenceExplorer.from_torch(nn.LSTM(1, MAX_UNITS + 1)),
            ValueError,
            f"module must have at most {MAX_UNITS} .* got {MAX_UNITS + 1}",
        ),
        (lambda: SequenceExplorer.from_torch(with_nan()), ValueError, "finite weights.*bias_hh"),
        (
            lambda: SequenceExplorer.from_torch(LSTM, np.zeros(6)),
            ValueError,
            r"xs must have the shape \(T, 3\), got \(6,\)",
        ),
        (
            lambda: SequenceExplorer.from_torch(LSTM, torch.zeros(1, 6, 3)),
            ValueError,
            r"xs must be one sequence, .* \(1, 6, 3\); give one of the batch",
        ),
        (
            lambda: SequenceExplorer.from_torch(nn.LSTM(1, 2), np.zeros((6, 2))),
            ValueError,
            r"xs must have the shape \(T, 1\) or \(T,\), got \(6, 2\)",
        ),
        (
            lambda: SequenceExplorer.from_torch(LSTM, np.zeros((MAX_STEPS + 1, 3))),
            ValueError,
            f"xs must have 1 to {MAX_STEPS} steps, got {MAX_STEPS + 1}",
        ),
        (lambda: SequenceExplorer.from_torch(LSTM, np.zeros((0, 3))), ValueError, r"got \(0, 3\)"),
        (
            lambda: SequenceExplorer.from_torch(nn.LSTM(1, 2), [0, 1, math.nan]),
            ValueError,
            r"xs must be finite, got nan at xs\[2\]",
        ),
        (lambda: SequenceExplorer.from_torch(LSTM, "abc"), TypeError, r"xs must be numbers .* str"),
        (
            lambda: SequenceExplorer.from_torch(LSTM, GOOD, marks=[6]),
            ValueError,
            "marks must be a whole number from 0 to 5, got 6",
        ),
        (
            lambda: SequenceExplorer.from_torch(LSTM, GOOD, labels="ab"),
            ValueError,
            "labels must hold one text for each of the 6 steps, got 2",
        ),
        (
            lambda: SequenceExplorer.from_torch(LSTM, GOOD, feature_names=["x"]),
            ValueError,
            "feature_names must hold one text for each of the 3 features, got 1",
        ),
        (
            lambda: SequenceExplorer.from_torch(LSTM, GOOD, limits=[(0, 1)]),
            ValueError,
            "limits must hold one pair .* 3 input features",
        ),
        (lambda: SequenceExplorer.from_torch(LSTM, GOOD, limits=[(1, 0)] * 3), ValueError, "low < high"),
        (lambda: SequenceExplorer.from_torch(LSTM, layer=1), ValueError, "layer must .* got 1"),
        (lambda: SequenceExplorer.from_torch(LSTM, direction=1), ValueError, "direction must"),
        (lambda: SequenceExplorer.from_torch(LSTM, unit=4), ValueError, "unit must .* got 4"),
        (lambda: setattr(SequenceExplorer(), "xs", [[1, 2]]), ValueError, r"xs .* got \(1, 2\)"),
        (
            lambda: setattr(SequenceExplorer(), "nudges", {"0.0.w_ih.9.0": 1.0}),
            ValueError,
            "nudges must map .* got '0.0.w_ih.9.0': 1.0",
        ),
        (lambda: setattr(SequenceExplorer(), "nudges", {"0.0.b.0.0": 10**400}), ValueError, "nudges must map"),
        (lambda: setattr(SequenceExplorer(), "nudges", {"0.0.b.0.0": float("nan")}), ValueError, "nudges must map"),
        (lambda: SequenceExplorer("", layers=[[{"w_ih": [[1]]}]]), ValueError, "layers must be weights of an LSTM"),
        (lambda: SequenceExplorer(xs=torch.nested.nested_tensor([torch.zeros(2)])), TypeError, "xs must be numbers"),
        (lambda: setattr(SequenceExplorer(), "step", 60), ValueError, "step must .* got 60"),
    ],
)
def test_bad_input_gets_an_error_that_names_it(make, error, message):
    with pytest.raises(error, match=message):
        make()


# --- The twin and the still picture.


def rows_of(explorer: SequenceExplorer) -> dict:
    """The rows of the still by what stands at their left: axes, and what is drawn in them."""
    return {axes.get_ylabel(): axes for axes in explorer.picture().axes}


def is_trace(patch) -> bool:
    return patch.get_label()[:2] in {f"{key} " for key in SYMBOLS}


def levels(axes) -> np.ndarray:
    [line] = [patch for patch in axes.patches if is_trace(patch)]
    return line.get_data().values


@pytest.mark.parametrize("overlay", [True, False])
def test_the_picture_draws_the_input_and_the_traces_of_the_unit(overlay):
    torch.manual_seed(0)
    module, xs = nn.LSTM(2, 5), np.random.default_rng(0).normal(size=(9, 2)).round(1)
    explorer = SequenceExplorer.from_torch(
        module, xs, unit=3, step=6, marks=[1], labels=list("abcdefghi"), overlay=overlay
    )
    rows, traces = rows_of(explorer), explorer.traces()
    for k in (0, 1):
        bars = rows[f"x  input {k + 1}"].patches[:9]
        np.testing.assert_array_equal([bar.get_height() for bar in bars], xs[:, k])
    for key, symbol in SYMBOLS.items():
        axes = rows[f"{key}  {symbol.name}"]
        np.testing.assert_array_equal(levels(axes), traces[key][:, 3])
        assert axes.texts[0].get_text() == f"{traces[key][6, 3]:.2f}".replace("-", "\u2212")
        bands = [patch.get_data() for patch in axes.patches if hasattr(patch, "get_data") and not is_trace(patch)]
        assert len(bands) == overlay
        for band in bands:
            np.testing.assert_array_equal(band.values, traces[key].amax(1))
            np.testing.assert_array_equal(band.baseline, traces[key].amin(1))
        low, high = axes.get_ylim()
        assert low < levels(axes).min() and levels(axes).max() < high
    last = rows["\u220ff  gradient path"]
    np.testing.assert_array_equal(levels(last), gradient_path(traces["f"][:, 3].numpy(), 6, False))
    assert [text.get_text() for text in last.get_xticklabels()] == list("abcdefghi")


def test_the_picture_follows_the_state():
    explorer = SequenceExplorer("latch")
    assert explorer.summary() == (
        "SequenceExplorer(preset='latch', 60 steps): unit 0 has c = 1.00 and h = 0.76 at step 29"
    )
    first = levels(rows_of(explorer)["c  cell state"])
    explorer.xs = [[0.0]] * 60
    assert not np.array_equal(levels(rows_of(explorer)["c  cell state"]), first)
    assert "has c = 0.00 and h = 0.00" in explorer.summary()
    assert "\u220ff  gradient path" in rows_of(explorer)
    explorer.gradient_path = False
    assert "\u220ff  gradient path" not in rows_of(explorer)


def test_of_many_features_the_chosen_one_is_drawn():
    explorer = SequenceExplorer.from_torch(nn.LSTM(5, 2), np.eye(5), feature_names="vwxyz")
    explorer.feature = 3
    names = list(rows_of(explorer))
    assert [name for name in names if name.startswith("x  ")] == ["x  y"]


def test_hostile_names_stay_text():
    explorer = SequenceExplorer.from_torch(
        nn.LSTM(1, 2), np.zeros(3), feature_names=["<b>&"], labels=["<script>", '"', "'"]
    )
    rows = rows_of(explorer)
    assert "x  <b>&" in rows
    labels = [text.get_text() for axes in rows.values() for text in axes.get_xticklabels()]
    assert labels == ["<script>", '"', "'"]
    assert "<script>" not in explorer.twin()


def test_the_state_is_all_a_page_needs():
    explorer = SequenceExplorer.from_torch(nn.LSTM(2, 3, num_layers=2), np.zeros((5, 2)))
    state = json.loads(json.dumps(explorer.state(), allow_nan=False))
    assert SequenceExplorer(**state).state() == explorer.state()


def test_the_gradient_path_multiplies_the_gates_between_two_steps():
    f, nan = np.array([0.5, 0.25, 0.5, 0.1]), np.nan
    for end, reverse, expected in (
        (2, False, [0.125, 0.5, 1, nan]),
        (0, False, [1, nan, nan, nan]),
        (1, True, [nan, 1, 0.25, 0.125]),
        (3, True, [nan, nan, nan, 1]),
    ):
        np.testing.assert_array_equal(gradient_path(f, end, reverse), expected)


@pytest.mark.parametrize("value", [0, 0.2, 0.21, 1, 1.1, 4.4, 10, 11, 99, 1e4])
def test_a_nice_limit_is_close_above(value):
    assert max(value, 0.2) <= nice_limit(value) + 1e-9 <= max(1.6 * value, 0.3)


# --- The answer of a linear layer, and the truth.


def adder() -> tuple[nn.LSTM, nn.Linear, np.ndarray]:
    torch.manual_seed(0)
    return nn.LSTM(2, 3), nn.Linear(3, 1), adding.load(1, 40, seed=0).x[0]


def test_the_answer_is_the_models_and_the_truth_the_sum_of_the_marked_numbers():
    lstm, head, xs = adder()
    explorer = SequenceExplorer.from_torch(lstm, xs, head=head, task="adding")
    with torch.no_grad():
        expected = head(lstm(torch.from_numpy(xs))[0]).squeeze(-1)
    assert explorer.answers() == pytest.approx(expected.numpy(), abs=1e-6)
    assert explorer.truth()[-1] == pytest.approx(adding.load(1, 40, seed=0).y[0])
    assert explorer.marks == np.flatnonzero(xs[:, 1]).tolist()
    assert explorer.summary().endswith(f"it answers {expected[-1]:.2f} where {explorer.truth()[-1]:.2f} is true")
    xs[5, 1] = 1 - xs[5, 1]
    explorer.xs = xs
    assert explorer.marks == np.flatnonzero(xs[:, 1]).tolist()
    assert len(explorer.picture().axes) == 10  # two inputs, six traces, the gradient path, the answer


def test_without_a_head_the_stored_state_is_as_it_was():
    assert not {"head", "task"} & set(SequenceExplorer().state())
    lstm, head, xs = adder()
    assert {"head", "task"} < set(SequenceExplorer.from_torch(lstm, xs, head=head, task="adding").state())


@pytest.mark.parametrize(
    "error, match, wrong",
    [
        (TypeError, "head must be an nn.Linear, got LSTM", {"head": nn.LSTM(2, 3)}),
        (ValueError, "head must have one output, got 2", {"head": nn.Linear(3, 2)}),
        (ValueError, r"head\['weight'\] must have the shape", {"head": nn.Linear(4, 1)}),
        (ValueError, "task must be", {"task": "copying"}),
    ],
)
def test_a_head_or_a_task_that_does_not_fit_is_refused(error, match, wrong):
    lstm, _, xs = adder()
    with pytest.raises(error, match=match):
        SequenceExplorer.from_torch(lstm, xs, **wrong)
    with pytest.raises(ValueError, match="task needs two input features"):
        SequenceExplorer.from_torch(nn.LSTM(1, 3), task="adding")
