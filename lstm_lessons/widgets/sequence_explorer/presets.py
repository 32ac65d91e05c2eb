"""Small LSTMs with weights set by hand, each with an input that shows what it does.

Every gate of a hand-made unit reads z = w_x x_t + w_h h_{t-1} + b. With weights
of 20 and a bias of -10 or +10 a gate is nearly a switch: sigmoid(10) = 0.99995
and sigmoid(-10) = 0.00005. A unit that is full shows h = tanh(1) = 0.76.
"""

from dataclasses import dataclass

import numpy as np

from lstm_lessons.handmade import lstm_from_gates
from lstm_lessons.widgets.shared.bundling import provide
from lstm_lessons.widgets.shared.weights import Weights, layer_weights


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

    def draw(*shape: int) -> np.ndarray:
        return rng.uniform(-bound, bound, shape).round(4)

    weights = {
        "w_ih": draw(4 * hidden_size, 1),
        "w_hh": draw(4 * hidden_size, hidden_size),
        "b_ih": draw(4 * hidden_size),
        "b_hh": draw(4 * hidden_size),
    }
    weights["b_ih"][hidden_size : 2 * hidden_size] += forget_bias
    return [[{name: value.round(4).tolist() for name, value in weights.items()}]]


def _events(length: int, **values: float) -> list[list[float]]:
    """Zeros but for ``t7=1.0``: x_7 is 1 (the first step is x_1)."""
    xs = [[0.0] for _ in range(length)]
    for name, value in values.items():
        xs[int(name[1:]) - 1] = [value]
    return xs


def _noise(length: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1, 1, length)


_T = 60
_STEPS = np.arange(_T)
_OPEN = [0, 0, 6]

#                 x    h  bias
_LATCH = {"i": [20, -20, -10], "f": [20, 0, 10], "g": [0, 0, 4], "o": _OPEN}
_COUNTER = {"i": [20, 0, -10], "f": [20, 0, 10], "g": [0, 0, 4], "o": _OPEN}
_LEAKY = {"i": [0, 0, -2.2], "f": [0, 0, 2.2], "g": [1, 0, 0], "o": _OPEN}
_TOGGLE = {"i": [20, -24, -10], "f": [-20, 0, 10], "g": [0, 0, 4], "o": _OPEN}
_FIRST = {  # unit 0 says that the sequence has started; unit 1 remembers
    "i": [[0, 0, 0, 10], [0, -25, 0, 8]],
    "f": [[0, 0, 0, -10], [0, 0, 0, 10]],
    "g": [[0, 0, 0, 4], [1, 0, 0, 0]],
    "o": [[0, 0, 0, 10], [0, 0, 0, 6]],
}

PRESETS: dict[str, Preset] = {
    preset.key: preset
    for preset in (
        Preset(
            "latch",
            "Latch",
            "+1 writes, \u22121 erases, and at 0 the forget gate stays open, so c keeps its value. "
            "A second +1 changes nothing: the full unit shuts its own input gate through h.",
            layer_weights(lstm_from_gates(_LATCH)),
            _events(_T, t6=1.0, t18=1.0, t32=-1.0, t44=1.0),
            step=28,
        ),
        Preset(
            "counter",
            "Counter",
            "Each +1 adds one to c, and \u22121 sets it back to zero. "
            "The cell state has no upper bound, but h does: after two counts it hardly moves.",
            layer_weights(lstm_from_gates(_COUNTER)),
            _events(_T, t4=1.0, t9=1.0, t15=1.0, t22=1.0, t34=-1.0, t40=1.0, t48=1.0),
            step=30,
        ),
        Preset(
            "leaky_average",
            "Leaky average",
            "All gates stand still: each step keeps 90 % of c and adds 10 % of the input. "
            "So c follows the slow wave, and most of the noise is gone.",
            layer_weights(lstm_from_gates(_LEAKY)),
            [[float(x)] for x in (0.55 * np.sin(_STEPS / 9) + 0.45 * _noise(_T, 5)).round(2)],
            step=40,
        ),
        Preset(
            "first_input",
            "First input",
            "Unit 1 lets only x\u2081 in: from then on unit 0 says \u201cstarted\u201d and shuts "
            "its input gate. Draw whatever you like after the first step: h of unit 1 stays.",
            layer_weights(lstm_from_gates(_FIRST)),
            [[0.9]] + [[float(x)] for x in (0.8 * _noise(_T - 1, 2)).round(2)],
            step=44,
            unit=1,
        ),
        Preset(
            "toggle",
            "Toggle",
            "Every +1 flips the memory. At a pulse the old value is forgotten, and a new one is "
            "written only if the unit was empty: the input gate reads h.",
            layer_weights(lstm_from_gates(_TOGGLE)),
            _events(_T, t5=1.0, t14=1.0, t22=1.0, t36=1.0, t42=1.0, t52=1.0),
            step=31,
        ),
        Preset(
            "random",
            "Untrained",
            "Eight units with fresh random weights. The forget gates stay near one half, so a "
            "memory halves at each step: a few steps after a pulse nothing is left of it.",
            _at_random(8, forget_bias=0),
            _events(_T, t10=1.0, t11=1.0, t12=1.0, t36=-1.0, t37=-1.0, t38=-1.0),
            step=19,
            unit=6,
            overlay=False,
        ),
        Preset(
            "random_forget_bias",
            "Forget bias 3",
            "The same random weights with 3 added to the bias of the forget gate. Now f is near "
            "0.95, so c still shows a pulse twenty steps later.",
            _at_random(8, forget_bias=3),
            _events(_T, t10=1.0, t11=1.0, t12=1.0, t36=-1.0, t37=-1.0, t38=-1.0),
            step=19,
            unit=6,
            overlay=False,
        ),
    )
}
"""The presets in the order of their buttons."""

provide("sequence_presets", "PRESETS", [vars(preset) for preset in PRESETS.values()])
