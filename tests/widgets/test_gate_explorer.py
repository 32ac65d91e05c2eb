"""`GateExplorer` in Python: what it takes and refuses, what it computes, its still picture."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from torch import nn

from lstm_lessons import cell as ours
from lstm_lessons.widgets import GateExplorer
from lstm_lessons.widgets.gate_explorer.widget import LARGEST, PRESETS, preset_state

SVG = "{http://www.w3.org/2000/svg}"


def random_cell(input_size: int, hidden_size: int, kind=nn.LSTMCell, **options) -> nn.Module:
    torch.manual_seed(10 * input_size + hidden_size)
    return kind(input_size, hidden_size, dtype=torch.float64, **options)


def test_it_opens_on_the_first_preset():
    explorer, preset = GateExplorer(), preset_state(PRESETS[0])
    assert {name: getattr(explorer, name) for name in preset} == preset
    assert explorer.unit == 0


@pytest.mark.parametrize("inputs, units", [(1, 1), (2, 3), (4, 4)])
def test_a_step_is_torchs(inputs, units):
    cell = random_cell(inputs, units)
    x, h, c = (torch.linspace(-1, 1, n, dtype=torch.float64) for n in (inputs, units, units))
    explorer = GateExplorer.from_torch(cell, x=x, h=h, c=c)
    step = explorer.step()
    expected_h, expected_c = cell(x, (h, c))
    torch.testing.assert_close(step.h, expected_h.detach(), atol=1e-12, rtol=0)
    torch.testing.assert_close(step.c, expected_c.detach(), atol=1e-12, rtol=0)
    torch.testing.assert_close(step.f * c + step.i * step.g, step.c, atol=1e-12, rtol=0)


@pytest.mark.parametrize(
    "module",
    [
        random_cell(2, 3),
        random_cell(2, 3, nn.LSTM),
        random_cell(2, 3, ours.LSTMCell),
        random_cell(2, 3, ours.LSTM),
        random_cell(2, 3, bias=False),
    ],
    ids=["nn.LSTMCell", "nn.LSTM", "our LSTMCell", "our LSTM", "no bias"],
)
def test_from_torch_takes_the_weights_and_leaves_the_module_alone(module):
    before = {name: value.clone() for name, value in module.state_dict().items()}
    explorer = GateExplorer.from_torch(module, x=[0.5, -0.5])
    explorer.weights = {**explorer.weights, "b_ih": [0.25] * 12}
    after = module.state_dict()
    assert all(torch.equal(after[name], value) for name, value in before.items())
    w_ih = next(value for name, value in before.items() if name.startswith("weight_ih"))
    assert explorer.weights["w_ih"] == w_ih.tolist()
    assert explorer.to_torch().bias_ih.tolist() == [0.25] * 12


def test_from_torch_takes_one_layer_and_direction_of_several():
    module = random_cell(2, 3, nn.LSTM, num_layers=2, bidirectional=True)
    explorer = GateExplorer.from_torch(module, layer=0, reverse=True)
    assert explorer.weights["w_ih"] == module.weight_ih_l0_reverse.tolist()
    with pytest.raises(ValueError, match="2 layers: say which, from layer=0 to layer=1"):
        GateExplorer.from_torch(module)
    with pytest.raises(ValueError, match="layer must be a whole number from 0 to 1, got 2"):
        GateExplorer.from_torch(module, layer=2)
    with pytest.raises(ValueError, match="got 6 inputs and 3 units"):
        GateExplorer.from_torch(module, layer=1)
    with pytest.raises(ValueError, match="reverse must be False"):
        GateExplorer.from_torch(random_cell(1, 1), reverse=True)
    for other in (nn.GRU(1, 1), nn.Linear(1, 4), "lstm"):
        with pytest.raises(TypeError, match="module must be an LSTM"):
            GateExplorer.from_torch(other)


def test_what_is_not_given_is_ones_for_x_and_zeros_for_the_state():
    explorer = GateExplorer.from_torch(random_cell(2, 3))
    assert (explorer.x, explorer.h, explorer.c) == ([1, 1], [0, 0, 0], [0, 0, 0])


@pytest.mark.parametrize("value", [0.5, [0.5], (0.5,), np.array([0.5]), torch.tensor([0.5])])
def test_any_list_of_numbers_will_do(value):
    explorer = GateExplorer(x=value)
    assert explorer.x == [0.5]
    explorer.c = value
    assert explorer.c == [0.5]


WEIGHTS = preset_state(PRESETS[0])["weights"]


@pytest.mark.parametrize(
    "arguments, error, message",
    [
        ({"preset": "nothing"}, ValueError, "preset must be one of let x decide, .*got 'nothing'"),
        ({"preset": PRESETS[0], "weights": WEIGHTS}, ValueError, "weights or preset, not both"),
        ({"x": [0.0] * (LARGEST + 1)}, ValueError, "at most 4 inputs .* got 5 inputs"),
        ({"c": [0.0] * (LARGEST + 1)}, ValueError, "got 1 input and 5 units"),
        ({"x": "a lot"}, TypeError, "x must be numbers of shape .*, got list: .*'a lot'"),
        ({"h": [0.0, 0.0], "c": [0.0]}, ValueError, r"c must have the shape \(2,\), got \(1,\)"),
        ({"c": [float("inf")]}, ValueError, r"c must be finite, got inf at c\[0\]"),
        ({"unit": 1}, ValueError, "unit must be a whole number from 0 to 0, got 1"),
        ({"unit": 0.0}, ValueError, "unit must be a whole number"),
        ({"weights": [1, 2]}, TypeError, "weights must be a dict .* got list"),
        ({"weights": nn.LSTMCell(1, 1)}, TypeError, "got LSTMCell; .*GateExplorer.from_torch"),
        ({"weights": {"w_ih": [[1.0]]}}, ValueError, "weights must have the keys .*; got w_ih"),
        ({"weights": WEIGHTS | {"w_ih": [1.0] * 4}}, ValueError, r"w_ih'\] must have the shape \(4H"),
        ({"weights": WEIGHTS | {"w_ih": [[1.0]] * 6}}, ValueError, "four rows .* got 6 rows"),
        ({"weights": WEIGHTS | {"b_hh": [1.0] * 3}}, ValueError, r"b_hh'\] must have the shape \(4,\)"),
        ({"weights": WEIGHTS | {"b_hh": [1.0, 2, 3, "4a"]}}, TypeError, r"b_hh'\] must be numb"),
    ],
)
def test_a_wrong_argument_is_named(arguments, error, message):
    with pytest.raises(error, match=message):
        GateExplorer(**arguments)


def test_a_wrong_value_later_changes_nothing():
    explorer = GateExplorer()
    before = explorer.state()
    for name, value in {
        "x": [1.0, 2.0],
        "h": ["a"],
        "weights": preset_state(PRESETS[0], 2, 1)["weights"],
        "unit": 2,
    }.items():
        with pytest.raises((TypeError, ValueError), match=name):
            setattr(explorer, name, value)
    assert explorer.state() == before


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("inputs, units", [(1, 1), (3, 2), (2, 4)])
def test_every_preset_opens_in_every_size_and_twice_the_same(name, inputs, units):
    first, again = (GateExplorer(preset=name, x=[0.5] * inputs, h=[0.25] * units) for _ in range(2))
    assert first.twin() == again.twin()
    assert torch.isfinite(first.step().h).all()


def test_the_presets_do_what_they_say():
    def step(name):
        explorer = GateExplorer(preset=name)
        return explorer.c[0], explorer.step()

    old, now = step("keep everything")
    assert abs(now.c.item() - old) < 0.01 and now.f > 0.99 and now.i < 0.01
    old, now = step("forget and write")
    assert abs((now.c - now.g).item()) < 0.01 and old * now.g.item() < 0
    old, now = step("add up")
    assert abs(now.c.item() - (old + now.g.item())) < 0.01
    _, now = step("read nothing")
    assert now.o < 0.01 and abs(now.h.item()) < 0.01 < abs(now.c.item())
    old, now = step("all zero")
    assert now.c.item() == old / 2 and now.i == now.f == now.o == 0.5 and now.g == 0
    explorer = GateExplorer(preset="let x decide", x=-1.0)
    small = explorer.step()
    explorer.x = [2.0]
    large = explorer.step()
    assert large.i > 0.9 and large.f < 0.1 and small.i < 0.1 and small.f > 0.9
    for name, bound in (("PyTorch default", 1.0), ("random", 8.0)):
        numbers = np.concatenate([np.ravel(v) for v in preset_state(name)["weights"].values()])
        assert 0 < np.abs(numbers).max() <= bound and len(set(numbers)) > 12


def texts(explorer: GateExplorer) -> list[str]:
    root = ElementTree.fromstring(explorer.picture())
    return ["".join(node.itertext()) for node in root.iter(f"{SVG}text")]


def test_the_picture_shows_the_numbers_and_stands_alone():
    explorer = GateExplorer(preset="forget and write", x=0.6, c=-1.5)
    picture, step = explorer.picture(), explorer.step()
    shown = texts(explorer)
    for value in (step.i, step.f, step.g, step.o, step.c, step.h):
        assert f"{value.item():.2f}" in shown
    assert "\u22121.50" in shown and "keep 0 %" in shown and "write 100 %" in shown
    assert "var(" not in picture and "data-bind" not in picture and "{" not in picture
    title = ElementTree.fromstring(picture).find(f"{SVG}title")
    assert title.text == explorer.summary()


def test_the_picture_follows_the_unit():
    explorer = GateExplorer.from_torch(random_cell(2, 3), h=[0.1, 0.2, 0.3], unit=1)
    assert f"{explorer.step().o[1].item():.2f}" in texts(explorer)
    assert "unit 1 of 3" in explorer.summary()
    before = explorer.picture()
    explorer.unit = 2
    assert explorer.picture() != before


def test_a_rounded_zero_has_no_sign():
    explorer = GateExplorer(preset="all zero", c=-0.002)
    assert "\u22120.00" not in texts(explorer) and "-0.00" not in explorer.summary()
