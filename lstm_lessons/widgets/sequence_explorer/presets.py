"""Small LSTMs with weights set by hand, each with an input that shows what it does.

``sequence_explorer_presets.json`` has their words, weights and inputs: 60 steps of zeros but for some *events* (``"7":
1`` says that x_7 is 1), or all of them. Every gate of a hand-made unit reads z = w_x x_t + w_h h_{t-1} + b; a row holds
these numbers. With weights of 20 and a bias of -10 or +10 a gate is nearly a switch: sigmoid(10) = 0.99995 and
sigmoid(-10) = 0.00005. A unit that is full shows h = tanh(1) = 0.76. Of the two units of "first_input" unit 0 says that
the sequence has started, and unit 1 remembers.
"""

import json
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np

from lstm_lessons.handmade import lstm_from_gates
from lstm_lessons.widgets.shared.bundling import provide
from lstm_lessons.widgets.shared.weights import Weights, layer_weights

STEPS = 60


@dataclass(frozen=True)
class Preset:
    """One ready-made LSTM with one input feature."""

    key: str  #: its name in code.
    title: str  #: its name on the button.
    sentence: str  #: what to see and what to try.
    layers: list[list[Weights]]  #: ``layers[l][d]``, as `weights.layer_weights` returns them.
    xs: list[list[float]]  #: the input, T rows of one number.
    step: int  #: the step to look at first, counted from 0.
    unit: int = 0  #: the hidden unit to look at first.
    overlay: bool = True  #: whether the other units are drawn too.


def _at_random(hidden_size: int, forget_bias: float) -> list[list[Weights]]:
    """PyTorch's initialization, U(-1/sqrt(H), 1/sqrt(H)), with a constant added to the bias of f.

    The numbers come from NumPy, whose generator gives the same ones on every machine.
    """
    rng = np.random.default_rng(36)
    bound = hidden_size**-0.5
    shapes = {"w_ih": (1,), "w_hh": (hidden_size,), "b_ih": (), "b_hh": ()}
    weights = {
        name: rng.uniform(-bound, bound, (4 * hidden_size, *columns)).round(4) for name, columns in shapes.items()
    }
    weights["b_ih"][hidden_size : 2 * hidden_size] += forget_bias
    return [[{name: value.round(4).tolist() for name, value in weights.items()}]]


def _preset(words: dict[str, Any]) -> Preset:
    gates, bias = words.pop("gates", None), words.pop("forget_bias", 0)
    events = words.pop("events", {})
    x = words.pop("x", None) or [events.get(str(t), 0) for t in range(1, STEPS + 1)]
    layers = layer_weights(lstm_from_gates(gates)) if gates else _at_random(8, bias)
    return Preset(**words, layers=layers, xs=[[float(value)] for value in x])


_TEXT = resources.files(__package__).joinpath("sequence_explorer_presets.json").read_text("utf-8")
PRESETS = {words["key"]: _preset(words) for words in json.loads(_TEXT)}
"""The presets in the order of their buttons."""

provide("sequence_presets", "PRESETS", [vars(preset) for preset in PRESETS.values()])
