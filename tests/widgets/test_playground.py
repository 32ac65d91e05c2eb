"""The playground in Python: its stories, what it says and draws before anything is learned, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import traitlets
from torch import nn

from lstm_lessons.widgets import Playground
from lstm_lessons.widgets.playground.tasks import TASKS, Random
from lstm_lessons.widgets.playground.widget import PRESETS, RACES, flow


def test_a_story_brings_its_settings_and_arguments_go_before_them():
    name = "Forget bias 0, 1 and 5"
    widget = Playground(preset=name, seed=4, length=50)
    assert (widget.race, widget.task, widget.seed, widget.length) == ("forget", "first", 4, 50)
    assert PRESETS[name]["settings"]["length"] == 60


@pytest.mark.parametrize("name", PRESETS)
def test_a_story_is_short_and_sets_all_that_its_race_leaves_open(name):
    story = PRESETS[name]
    assert len(story["sentence"]) < 180 and story["sentence"].endswith(".")
    own = set(RACES[story["settings"]["race"]]["racers"][0]) - {"name", "kind"}
    open_settings = {"task", "race", "length", "rate", "optimizer", "units", "forget_bias", "clip"} - own
    if story["settings"]["race"] == "clipping":
        open_settings.discard("forget_bias")  # an RNN has none
    assert set(story["settings"]) == open_settings


def test_a_network_is_torch_s_with_the_forget_bias_that_was_asked_for():
    layer, head = Playground("echo", units=4, forget_bias=2.5).to_torch()
    assert isinstance(layer, nn.LSTM) and (layer.input_size, layer.hidden_size, head.out_features) == (1, 4, 1)
    assert layer.bias_ih_l0[4:8].tolist() == [2.5] * 4 and layer.bias_hh_l0[4:8].tolist() == [0] * 4
    assert layer.weight_ih_l0.abs().max() <= 0.5 and layer.weight_ih_l0.dtype == torch.float64
    kinds = [type(Playground("echo", racer=racer).to_torch()[0]).__name__ for racer in range(3)]
    assert kinds == ["RNN", "GRU", "LSTM"]


def test_what_flows_back_is_what_a_cut_at_each_step_finds():
    torch.manual_seed(1)
    layer, head = nn.LSTM(2, 3, dtype=torch.float64), nn.Linear(3, 1, dtype=torch.float64)
    x = torch.randn(6, 2, dtype=torch.float64)
    norms = []
    for cut in range(1, 7):
        _, state = layer(x[:cut])
        state = [part.detach().requires_grad_() for part in state]
        last = layer(x[cut:], tuple(state))[0][-1] if cut < 6 else state[0][0]
        gradients = torch.autograd.grad(head(last).sum(), state, allow_unused=True)
        norms.append(sum(float((g**2).sum()) for g in gradients if g is not None) ** 0.5)
    assert flow(layer, head, x) == pytest.approx([norm / norms[-1] for norm in norms], rel=1e-12)


def test_it_says_what_is_to_be_learned_and_that_nothing_is_yet():
    said = str(Playground("parity", length=12, race="units"))
    assert said.startswith(
        "Playground, before training: 1 unit, 2 units, 8 units are to learn a task. Say at every step"
    )
    assert "12 steps" in said


@pytest.mark.parametrize("task", TASKS)
def test_the_still_draws_the_sequence_and_the_gradient_of_each(task):
    widget = Playground(task, length=14)
    top, bottom = widget.picture().axes
    x, y = TASKS[task](Random(4), 14)
    heights = [bar.get_height() for bar in top.patches]
    assert heights == pytest.approx([step[0] for step in x])
    answers = [line.get_ydata() for line in top.lines if line.get_label() == "answer"][0]
    assert list(answers) == pytest.approx([value for [value] in y])
    assert bottom.get_yscale() == "log" and [line.get_label() for line in bottom.lines] == ["RNN", "GRU", "LSTM"]
    for racer, line in enumerate(bottom.lines):
        widget.racer = racer
        np.testing.assert_allclose(line.get_ydata(), flow(*widget.to_torch(), torch.tensor(x, dtype=torch.float64)))


@pytest.mark.parametrize(
    ("traits", "message"),
    [
        ({"task": "sorting"}, "task"),
        ({"race": "horses"}, "race"),
        ({"length": 4}, "length must be a whole number from 5 to 100, got 4"),
        ({"units": 17}, "units must be a whole number from 1 to 16, got 17"),
        ({"rate": 0.5}, "rate"),
        ({"forget_bias": float("nan")}, "forget_bias must be a number from -2 to 8"),
        ({"seed": -1}, "seed must be"),
        ({"racer": 3}, "racer must be"),
        ({"preset": "no story"}, "preset must be one of"),
    ],
)
def test_what_it_refuses_is_named(traits, message):
    with pytest.raises((ValueError, traitlets.TraitError), match=message):
        Playground(**traits)
