"""`GateExplorer`: one step of an LSTM cell, with a slider for every number in it.

`gate_explorer_picture.svg` is the picture, for the browser and for the still
image alike: an attribute ``data-bind-A`` is a template for attribute ``A``, filled with the values of `figures` (which
the browser computes as well). `gate_explorer_presets.json` holds the presets, for both as well.
"""

import json
import math
from collections.abc import Mapping
from importlib import resources
from typing import Any, Self

import numpy as np
import torch
import traitlets
from torch import nn

from lstm_lessons.cell import parameter_shapes
from lstm_lessons.checks import hinted_length, one_of, whole
from lstm_lessons.palette import GATES, SYMBOLS
from lstm_lessons.plots.stills import number
from lstm_lessons.trace import GateTrace, trace_gates
from lstm_lessons.widgets.shared import svg
from lstm_lessons.widgets.shared.base import LessonWidget, shown
from lstm_lessons.widgets.shared.checks import numbers
from lstm_lessons.widgets.shared.weights import NAMES, Weights, cell_of, layer_weights

LARGEST = 4
"""Most inputs, and most units, whose weights fit on sliders."""

_FILES = resources.files(__package__)
_PRESETS = {
    preset["name"]: preset for preset in json.loads(_FILES.joinpath("gate_explorer_presets.json").read_text("utf-8"))
}
PRESETS = tuple(_PRESETS)
"""Names of the presets, in the order of their buttons."""


class GateExplorer(LessonWidget):
    """One step of an LSTM cell: move any number and see the cell follow.

    Without arguments it shows the preset ``"let x decide"`` with one input and one unit. A slider moved on the page
    changes the attribute here, and an attribute set here moves the slider. Set a whole list (``explorer.x = [1.0]``): a
    change inside it goes unnoticed.

    Args:
        weights: ``w_ih`` (4H, I), ``w_hh`` (4H, H), ``b_ih`` (4H) and ``b_hh`` (4H), rows in PyTorch's order i, f, g,
            o; nested lists, arrays or tensors. `from_torch` takes them from a module.
        x: the input x_t, I numbers. By default that of the preset, or ones.
        h: the hidden state h_{t-1}, H numbers. By default that of the preset, or zeros.
        c: the cell state c_{t-1}, H numbers. By default as for h.
        preset: one of `PRESETS`, instead of ``weights``. The lengths of x and of h or c, where given, say how many
            inputs and units it gets.
        unit: the unit that the picture shows, from 0.
        equations: False where the equations below the picture begin folded, so that the rest fits a screen.

    Raises:
        TypeError: if an argument holds something other than numbers.
        ValueError: if a shape does not fit, a number is not finite, the cell has more than 4 inputs or units, or the
            preset is unknown.
    """

    module = "gate_explorer"

    weights = shown(traitlets.Any())
    x = shown(traitlets.Any())
    h = shown(traitlets.Any())
    c = shown(traitlets.Any())
    unit = shown(traitlets.Any(0))
    equations = shown(traitlets.Bool(True))
    # What Reset goes back to. A published page starts with it, so its twin need not repeat it.
    start = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        weights: Mapping[str, Any] | None = None,
        *,
        x: Any = None,
        h: Any = None,
        c: Any = None,
        preset: str | None = None,
        unit: int = 0,
        equations: bool = True,
    ) -> None:
        if weights is not None and preset is not None:
            raise ValueError("give weights or preset, not both")
        if weights is None:
            sizes = [_length(x), _length(c if h is None else h)]
            self._check_size(*sizes)
            defaults = preset_state(PRESETS[0] if preset is None else preset, *sizes)
            weights = defaults["weights"]
        else:
            weights, sizes = _checked_weights(weights)
            self._check_size(*sizes)
            defaults = {"x": [1.0] * sizes[0], "h": [0.0] * sizes[1], "c": [0.0] * sizes[1]}
        self._sizes = tuple(sizes)
        given = {"x": x, "h": h, "c": c}
        chosen = {name: defaults[name] if v is None else v for name, v in given.items()}
        super().__init__(weights=weights, unit=unit, equations=equations, **chosen)
        self.start = {name: getattr(self, name) for name in ("weights", "x", "h", "c")}

    @classmethod
    def from_torch(
        cls,
        module: nn.Module,
        *,
        x: Any = None,
        h: Any = None,
        c: Any = None,
        layer: int | None = None,
        reverse: bool = False,
        unit: int = 0,
    ) -> Self:
        """Explore the weights of an LSTM or LSTMCell, of `torch.nn` or ours, which stays as it is.

        Args:
            x, h, c, unit: as in `GateExplorer`.
            layer: which layer to show, from 0; must be given if there are several.
            reverse: show the backward direction of a bidirectional layer.

        Raises:
            TypeError: if ``module`` is no LSTM.
            ValueError: if it has several layers and ``layer`` does not say which, or has more than 4 inputs or units.
        """
        layers = layer_weights(module)
        if layer is None and len(layers) > 1:
            raise ValueError(f"module has {len(layers)} layers: say which, from layer=0 to layer={len(layers) - 1}")
        layer = whole("layer", layer or 0, 0, len(layers) - 1)
        if reverse and len(layers[layer]) == 1:
            raise ValueError("reverse must be False: this module reads forward only")
        return cls(layers[layer][int(reverse)], x=x, h=h, c=c, unit=unit)

    def to_torch(self) -> nn.LSTMCell:
        """A new `nn.LSTMCell` in float64 with the present weights, which record no gradient."""
        return cell_of(self.weights)

    def step(self) -> GateTrace:
        """The present numbers, computed by torch: fields i, f, g, o, c, h, shape (H,) each."""
        x, h, c = (torch.tensor(v, dtype=torch.float64) for v in (self.x, self.h, self.c))
        return trace_gates(self.to_torch(), x, (h, c))

    def picture(self) -> str:
        step = {key: getattr(self.step(), key).tolist() for key in SYMBOLS}
        values = figures(self.state(), step, self.unit)
        template = _FILES.joinpath("gate_explorer_picture.svg")
        return svg.fill(template, values, title=self.summary(), size=(870, 448))

    def summary(self) -> str:
        step, k = self.step(), self.unit
        numbers = ", ".join(f"{key} = {round(getattr(step, key)[k].item(), 2) + 0.0:.2f}" for key in SYMBOLS)
        which = f", unit {k} of {self._sizes[1]}" if self._sizes[1] > 1 else ""
        return f"Gate explorer, one step of an LSTM cell{which}: {numbers}"

    @staticmethod
    def _check_size(inputs: int, units: int) -> None:
        if inputs > LARGEST or units > LARGEST:
            raise ValueError(
                f"GateExplorer shows every weight, so it takes at most {LARGEST} inputs (x) and "
                f"{LARGEST} units (h, c); got {_size(inputs, units)}. "
                "SequenceExplorer.from_torch takes larger ones"
            )

    @traitlets.validate("weights")
    def _validate_weights(self, proposal: dict) -> Weights:
        weights, sizes = _checked_weights(proposal["value"])
        if tuple(sizes) != self._sizes:
            raise ValueError(f"weights must keep the size of this explorer, {_size(*self._sizes)}; got {_size(*sizes)}")
        return weights

    @traitlets.validate("x", "h", "c")
    def _validate_vector(self, proposal: dict) -> list[float]:
        name, value = proposal["trait"].name, proposal["value"]
        size = self._sizes[0 if name == "x" else 1]
        return numbers(name, [value] if np.isscalar(value) else value, (size,)).tolist()

    @traitlets.validate("unit")
    def _validate_unit(self, proposal: dict) -> int:
        return whole("unit", proposal["value"], 0, self._sizes[1] - 1)


def preset_state(name: str, input_size: int = 1, hidden_size: int = 1) -> dict[str, Any]:
    """A preset: ``weights`` (as in `GateExplorer`), ``x`` (I), ``h`` and ``c`` (H).

    A preset made by hand gives each gate a weight for x, one for h and a bias. With several inputs or units, unit k
    reads input k (modulo I) and its own h alone.

    Raises:
        ValueError: if there is no such preset.
    """
    preset = _PRESETS[one_of("preset", name, PRESETS)]
    by_name = parameter_shapes(input_size, hidden_size)
    shapes = {key: by_name[name] for key, name in NAMES.items()}
    if draw := preset.get("draw"):
        # NumPy's generator gives the same numbers on every machine. Two digits, as a slider has.
        rng = np.random.default_rng(0)
        bound = hidden_size**-0.5
        weights = {
            key: rng.uniform(-bound, bound, shape) if draw == "uniform" else rng.normal(0, 2, shape)
            for key, shape in shapes.items()
        }
    else:
        weights = {key: np.zeros(shape) for key, shape in shapes.items()}
        for row, (gate, k) in enumerate((g.key, k) for g in GATES for k in range(hidden_size)):
            w_x, w_h, bias = preset["gates"][gate]
            weights["w_ih"][row, k % input_size] = w_x
            weights["w_hh"][row, k] = w_h
            weights["b_ih"][row] = bias
    return {
        "weights": {key: value.round(2).tolist() for key, value in weights.items()},
        "x": [preset["x"]] * input_size,
        "h": [preset["h"]] * hidden_size,
        "c": [preset["c"]] * hidden_size,
    }


def figures(state: Mapping[str, Any], step: Mapping[str, list[float]], unit: int) -> dict[str, float | str]:
    """What the template names of one unit; the browser's ``figures`` computes the same.

    The step is what the cell makes of the state: i, f, g, o, c and h, (H,) each.
    """
    weights, units = state["weights"], len(step["h"])
    i, f, g, c, h = (step[key][unit] for key in "ifgch")
    flows = {"c_prev": state["c"][unit], "kept": f * state["c"][unit], "g": g, "written": i * g}
    flows |= {"c": c, "tanh": math.tanh(c), "h": h}
    figures: dict[str, float | str] = {"x.text": _vector_text(state["x"]), "h_prev.text": _vector_text(state["h"])}
    for place, gate in enumerate(GATES):
        row, key = place * units + unit, gate.key
        from_x = float(np.dot(weights["w_ih"][row], state["x"]))
        from_h = float(np.dot(weights["w_hh"][row], state["h"]))
        z = from_x + from_h + weights["b_ih"][row] + weights["b_hh"][row]
        value = step[key][unit]
        flows |= {f"{key}.from_x": from_x, f"{key}.from_h": from_h}
        figures |= {
            f"{key}.text": number(value, 2),
            f"{key}.percent": f"{round(100 * value)} %",
            f"{key}.open": round(10 * value, 2),
            f"{key}.dot_x": round(6.2 * max(-6, min(6, z)), 2),
            f"{key}.dot_y": round(-15 * value if key == "g" else -30 * (value - 0.5), 2),
        }
    for key, value in flows.items():
        value = 0 if abs(value) < 0.005 else value  # a number shown as 0.00 has no sign
        width = (4 if value < 0 else 2) + 16 * (1 - math.exp(-abs(value)))
        figures[f"{key}.width"] = round(width, 2)
        figures[f"{key}.hollow"] = round(width - 2.8, 2) if value < 0 else 0
        figures.setdefault(f"{key}.text", number(value, 2))
    figures["kept.text"] = f"kept {figures['kept.text']}"
    figures["written.text"] = f"written {figures['written.text']}"
    return figures


def _vector_text(values: list[float]) -> str:
    return number(values[0], 2) if len(values) == 1 else f"{len(values)} values"


def _length(value: Any) -> int:
    """How many numbers an x, h or c holds that has not been checked yet; 1 if none is given."""
    return 1 if isinstance(value, str) else max(1, hinted_length(value))


def _size(inputs: int, units: int) -> str:
    return f"{inputs} input{'s' * (inputs != 1)} and {units} unit{'s' * (units != 1)}"


def _checked_weights(weights: Any) -> tuple[Weights, list[int]]:
    """Weights as nested lists, with their input size and hidden size."""
    if not isinstance(weights, Mapping):
        raise TypeError(
            f"weights must be a dict with the keys {', '.join(NAMES)}, "
            f"got {type(weights).__name__}; for a module use GateExplorer.from_torch"
        )
    if set(weights) != set(NAMES):
        got = ", ".join(map(str, weights)) or "none"
        raise ValueError(f"weights must have the keys {', '.join(NAMES)}; got {got}")
    rows, inputs = numbers("weights['w_ih']", weights["w_ih"], ("4H", "I")).shape
    if rows % 4:
        raise ValueError(f"weights['w_ih'] must have four rows (i, f, g, o) per unit, got {rows} rows")
    shapes = {"w_ih": (rows, inputs), "w_hh": (rows, rows // 4), "b_ih": (rows,), "b_hh": (rows,)}
    checked = {key: numbers(f"weights[{key!r}]", weights[key], shape).tolist() for key, shape in shapes.items()}
    return checked, [inputs, rows // 4]
