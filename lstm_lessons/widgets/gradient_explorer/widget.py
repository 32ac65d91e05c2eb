"""What is left of a gradient after many steps, by the forget bias and by a plain RNN's weight: `GradientExplorer`."""

import math

import numpy as np
import traitlets
from matplotlib.figure import Figure

from lstm_lessons.checks import number, whole
from lstm_lessons.plots import stills
from lstm_lessons.widgets.shared.base import LessonWidget, shown

RANGES = {"bias": (-2, 8), "w": (0.6, 1.4)}  # of the sliders


class GradientExplorer(LessonWidget):
    """Drag a forget bias, and see on a log axis how much of a gradient is left, beside a plain RNN.

    Both have one unit. The LSTM's forget gate is σ(bias) at every step, and of a gradient at c the product of these
    gates is left on the direct path. A plain RNN leaves wᵗ after t steps at most: the slope of tanh is at most 1.

    Traits:
        bias: of the forget gate, -2 to 8.
        w: the plain RNN's recurrent weight, 0.6 to 1.4.
        steps: how many steps back are drawn, 2 to 200.
    """

    module = "gradient_explorer"

    bias = shown(traitlets.Float(0.0))
    w = shown(traitlets.Float(0.9))
    steps = shown(traitlets.Int(60))

    def factors(self) -> dict[str, float]:
        """By how much one step back scales a gradient: the ``"LSTM"``'s f, the ``"RNN"``'s w."""
        return {"LSTM": 1 / (1 + math.exp(-self.bias)), "RNN": self.w}

    def summary(self) -> str:
        left = {name: f"10^{self.steps * math.log10(factor):.1f}" for name, factor in self.factors().items()}
        return (
            f"Gradient explorer: after {self.steps} steps, an LSTM with forget bias {self.bias:.2f} leaves "
            f"{left['LSTM']} of a gradient, and a plain RNN with w = {self.w:.2f} at most {left['RNN']}"
        )

    def picture(self) -> Figure:
        left = {name: factor ** np.arange(self.steps + 1) for name, factor in self.factors().items()}
        return stills.gradient(left["LSTM"], left["RNN"], bias=self.bias, w=self.w)

    @traitlets.validate("bias", "w")
    def _check_number(self, proposal: dict) -> float:
        name, value = proposal["trait"].name, proposal["value"]
        low, high = RANGES[name]
        number(name, value, f"a number from {low} to {high}", lambda value: low <= value <= high)
        return float(value)

    @traitlets.validate("steps")
    def _check_steps(self, proposal: dict) -> int:
        return whole("steps", proposal["value"], 2, 200)
