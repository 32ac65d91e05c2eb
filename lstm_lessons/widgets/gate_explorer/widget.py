"""`GateExplorer`: one step of an LSTM cell, with a slider for every number in it.

What is on the page, for tests and for anyone who reads the numbers from it:

- Every computed number has one element with ``data-symbol`` (``i``, ``f``,
  ``g``, ``o``, ``c``, ``h``; of the unit on show also the sums ``z_i`` ...
  ``z_o``), ``data-unit`` (from 0), ``data-step`` (``0``) and ``data-value``
  (the number in full precision; the text is rounded). The picture and the
  equations repeat these numbers, and carry ``data-shows`` instead.
- Every slider is ``input[type=range]`` with ``data-name``: ``x_0``, ``h_0``,
  ``c_0`` for the first entry of x_t, h_{t-1} and c_{t-1}; ``W_if_0_1`` for the
  weight from input 1 to the forget gate of unit 0, ``W_hf_0_1`` for the one
  from h of unit 1, ``b_if_0`` and ``b_hf_0`` for its two biases.
- Buttons: ``data-preset="keep everything"``, ``data-unit-choice="1"``,
  ``data-action="reset"``, ``data-action="copy"``, ``data-action="weights"``.

`gate_explorer_picture.svg` is the picture, for the browser and for the still
image alike: an attribute ``data-bind-A`` is a template for attribute ``A``,
filled with the figures of `_figures` (in the browser, ``figures``).
`gate_explorer_presets.json` holds the presets, for both as well.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sized
from importlib import resources
from typing import Any
from xml.etree import ElementTree

import numpy as np
import torch
import traitlets
from torch import nn

from lstm_lessons.palette import GATES, LIGHT_PAGE, SYMBOLS
from lstm_lessons.trace import GateTrace, trace_gates
from lstm_lessons.widgets.shared.base import LessonWidget
from lstm_lessons.widgets.shared.bundling import module_source
from lstm_lessons.widgets.shared.weights import Weights, layer_weights

LARGEST = 4
"""Most inputs, and most units, whose weights fit on sliders."""

_FILES = resources.files(__package__)
_PRESETS = {
    preset["name"]: preset
    for preset in json.loads(_FILES.joinpath("gate_explorer_presets.json").read_text("utf-8"))
}
PRESETS = tuple(_PRESETS)
"""Names of the presets, in the order of their buttons."""

_SVG = "http://www.w3.org/2000/svg"
# The skeleton's colors in a viewer that knows no widget: those of the light theme.
_COLORS = {key: symbol.color for key, symbol in SYMBOLS.items()} | {
    "page": LIGHT_PAGE,
    "panel": "#f6f7f9",
    "text": "#1f2430",
    "line": "#c9ced8",
}


class GateExplorer(LessonWidget):
    """One step of an LSTM cell: move any number and see the cell follow.

    Without arguments it shows the preset ``"let x decide"`` with one input and
    one unit. A slider moved on the page changes the attribute here, and an
    attribute set here moves the slider. Set a whole list
    (``explorer.x = [1.0]``): a change inside it goes unnoticed.

    Args:
        weights: ``w_ih`` (4H, I), ``w_hh`` (4H, H), ``b_ih`` (4H) and ``b_hh``
            (4H), rows in PyTorch's order i, f, g, o; nested lists, arrays or
            tensors. `from_torch` takes them from a module.
        x: the input x_t, I numbers. By default that of the preset, or ones.
        h: the hidden state h_{t-1}, H numbers. By default that of the preset, or zeros.
        c: the cell state c_{t-1}, H numbers. By default as for h.
        preset: one of `PRESETS`, instead of ``weights``. The lengths of x and
            of h or c, where given, say how many inputs and units it gets.
        unit: the unit that the picture shows, from 0.

    Raises:
        TypeError: if an argument holds something other than numbers.
        ValueError: if a shape does not fit, a number is not finite, the cell
            has more than 4 inputs or units, or the preset is unknown.
    """

    module = "gate_explorer"
    _esm = module_source(module)

    weights = traitlets.Any().tag(sync=True, shown=True)
    x = traitlets.Any().tag(sync=True, shown=True)
    h = traitlets.Any().tag(sync=True, shown=True)
    c = traitlets.Any().tag(sync=True, shown=True)
    unit = traitlets.Any(0).tag(sync=True, shown=True)
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
        super().__init__(weights=weights, unit=unit, **chosen)
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
    ) -> GateExplorer:
        """Explore the weights of a module. The module stays as it is.

        Args:
            module: `nn.LSTMCell`, `nn.LSTM`, or one of ours.
            x, h, c, unit: as in `GateExplorer`.
            layer: which layer to show, from 0; must be given if there are several.
            reverse: show the backward direction of a bidirectional layer.

        Raises:
            TypeError: if ``module`` is no LSTM.
            ValueError: if it has several layers and ``layer`` does not say which,
                or has more than 4 inputs or units.
        """
        layers = layer_weights(module)
        if layer is None and len(layers) > 1:
            raise ValueError(
                f"module has {len(layers)} layers: say which, "
                f"from layer=0 to layer={len(layers) - 1}"
            )
        layer = layer or 0
        if not 0 <= layer < len(layers):
            raise ValueError(f"layer must be from 0 to {len(layers) - 1}, got {layer}")
        if reverse and len(layers[layer]) == 1:
            raise ValueError("reverse must be False: this module reads forward only")
        return cls(layers[layer][int(reverse)], x=x, h=h, c=c, unit=unit)

    def to_torch(self) -> nn.LSTMCell:
        """A new `nn.LSTMCell` in float64 with the present weights, which record no gradient."""
        cell = nn.LSTMCell(*self._sizes, dtype=torch.float64).requires_grad_(False)
        names = {"weight_ih": "w_ih", "weight_hh": "w_hh", "bias_ih": "b_ih", "bias_hh": "b_hh"}
        cell.load_state_dict(
            {
                name: torch.tensor(self.weights[key], dtype=torch.float64)
                for name, key in names.items()
            }
        )
        return cell

    def step(self) -> GateTrace:
        """The present numbers, computed by torch: fields i, f, g, o, c, h, shape (H,) each."""
        x, h, c = (torch.tensor(v, dtype=torch.float64) for v in (self.x, self.h, self.c))
        return trace_gates(self.to_torch(), x, (h, c))

    def picture(self) -> str:
        figures = _figures(self)
        ElementTree.register_namespace("", _SVG)
        root = ElementTree.fromstring(_skeleton())
        for node in root.iter():
            for name, template in list(node.attrib.items()):
                if not name.startswith("data-bind-"):
                    continue
                del node.attrib[name]
                value = re.sub(r"\{([\w.]+)\}", lambda match: str(figures[match[1]]), template)
                if name == "data-bind-text":
                    node.text = value
                else:
                    node.set(name.removeprefix("data-bind-"), value)
        root.set("width", "870")
        root.set("height", "448")
        title = ElementTree.Element(f"{{{_SVG}}}title")
        title.text = self.summary()
        root.insert(0, title)
        return ElementTree.tostring(root, encoding="unicode")

    def summary(self) -> str:
        step, k = self.step(), self.unit
        numbers = ", ".join(f"{key} = {_plain(getattr(step, key)[k].item())}" for key in SYMBOLS)
        which = f", unit {k} of {self._sizes[1]}" if self._sizes[1] > 1 else ""
        return f"Gate explorer, one step of an LSTM cell{which}: {numbers}"

    @staticmethod
    def _check_size(inputs: int, units: int) -> None:
        if inputs > LARGEST or units > LARGEST:
            raise ValueError(
                f"GateExplorer shows every weight, so it takes at most {LARGEST} inputs and "
                f"{LARGEST} units; got {_size(inputs, units)}. "
                "SequenceExplorer.from_torch takes larger ones"
            )

    @traitlets.validate("weights")
    def _validate_weights(self, proposal: dict) -> Weights:
        weights, sizes = _checked_weights(proposal["value"])
        if tuple(sizes) != self._sizes:
            raise ValueError(
                f"weights must keep the size of this explorer, {_size(*self._sizes)}; "
                f"got {_size(*sizes)}"
            )
        return weights

    @traitlets.validate("x", "h", "c")
    def _validate_vector(self, proposal: dict) -> list[float]:
        name = proposal["trait"].name
        size = self._sizes[0 if name == "x" else 1]
        value = proposal["value"]
        return _numbers([value] if _is_number(value) else value, name, (size,))

    @traitlets.validate("unit")
    def _validate_unit(self, proposal: dict) -> int:
        unit, units = proposal["value"], self._sizes[1]
        if isinstance(unit, bool) or not isinstance(unit, int) or not 0 <= unit < units:
            raise ValueError(f"unit must be a whole number from 0 to {units - 1}, got {unit!r}")
        return unit


def preset_state(name: str, input_size: int = 1, hidden_size: int = 1) -> dict[str, Any]:
    """Weights and state of a preset.

    A preset made by hand gives each gate a weight for x, one for h and a bias.
    With several inputs or units, unit k reads input k (counted round) and its own h alone.

    Args:
        name: one of `PRESETS`.
        input_size: I.
        hidden_size: H.

    Returns:
        ``weights`` (as in `GateExplorer`), ``x`` (I), ``h`` (H), ``c`` (H).

    Raises:
        ValueError: if there is no such preset.
    """
    if name not in PRESETS:
        raise ValueError(f"preset must be one of {', '.join(map(repr, PRESETS))}; got {name!r}")
    preset = _PRESETS[name]
    shapes = {
        "w_ih": (4 * hidden_size, input_size),
        "w_hh": (4 * hidden_size, hidden_size),
        "b_ih": (4 * hidden_size,),
        "b_hh": (4 * hidden_size,),
    }
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


def _figures(explorer: GateExplorer) -> dict[str, float | str]:
    """What the skeleton's templates name; the browser's ``figures`` computes the same."""
    k = explorer.unit
    step = {key: getattr(explorer.step(), key).tolist() for key in SYMBOLS}
    weights, units = explorer.weights, len(step["h"])
    i, f, g, c = (step[key][k] for key in "ifgc")
    flows = {
        "c_prev": explorer.c[k],
        "kept": f * explorer.c[k],
        "g": g,
        "written": i * g,
        "c": c,
        "tanh": math.tanh(c),
        "h": step["h"][k],
    }
    figures: dict[str, float | str] = {
        "x.text": _vector_text(explorer.x),
        "h_prev.text": _vector_text(explorer.h),
    }
    for number, gate in enumerate(GATES):
        row, key = number * units + k, gate.key
        from_x = sum(w * x for w, x in zip(weights["w_ih"][row], explorer.x, strict=True))
        from_h = sum(w * h for w, h in zip(weights["w_hh"][row], explorer.h, strict=True))
        z = from_x + from_h + weights["b_ih"][row] + weights["b_hh"][row]
        value = step[key][k]
        flows |= {f"{key}.from_x": from_x, f"{key}.from_h": from_h}
        figures |= {
            f"{key}.text": _number_text(value),
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
        figures.setdefault(f"{key}.text", _number_text(value))
    figures["kept.text"] = f"kept {figures['kept.text']}"
    figures["written.text"] = f"written {figures['written.text']}"
    return figures


def _skeleton() -> str:
    text = _FILES.joinpath("gate_explorer_picture.svg").read_text("utf-8")
    return re.sub(r"var\(--ll-(\w+)\)", lambda match: _COLORS[match[1]], text)


def _plain(value: float) -> str:
    """Two digits, and no minus before a rounded zero."""
    return f"{round(value, 2) + 0.0:.2f}"


def _number_text(value: float) -> str:
    return _plain(value).replace("-", "\u2212")


def _vector_text(values: list[float]) -> str:
    return _number_text(values[0]) if len(values) == 1 else f"{len(values)} values"


def _length(value: Any) -> int:
    """How many numbers an x, h or c holds that has not been checked yet; 1 if none is given."""
    return len(value) if isinstance(value, Sized) and not isinstance(value, str) else 1


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _size(inputs: int, units: int) -> str:
    return f"{inputs} input{'s' * (inputs != 1)} and {units} unit{'s' * (units != 1)}"


def _numbers(value: Any, name: str, shape: tuple[int, ...]) -> list:
    """Nested lists of finite floats of a given shape, from lists, arrays or tensors."""
    if isinstance(value, torch.Tensor):
        value = value.detach().cpu().double().numpy()
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must hold numbers, got {value!r}") from None
    if array.shape != shape:
        raise ValueError(f"{name} must have shape {shape}, got {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must hold finite numbers, got {array.tolist()}")
    return array.tolist()


def _checked_weights(weights: Any) -> tuple[Weights, list[int]]:
    """Weights as nested lists, with their input size and hidden size."""
    keys = ("w_ih", "w_hh", "b_ih", "b_hh")
    if not isinstance(weights, Mapping):
        raise TypeError(
            f"weights must be a dict with the keys {', '.join(keys)}, "
            f"got {type(weights).__name__}; for a module use GateExplorer.from_torch"
        )
    if set(weights) != set(keys):
        got = ", ".join(map(str, weights)) or "none"
        raise ValueError(f"weights must have the keys {', '.join(keys)}; got {got}")
    shapes = {key: np.shape(_array(weights[key])) for key in keys}
    if len(shapes["w_ih"]) != 2 or not shapes["w_ih"][1]:
        raise ValueError(f"weights['w_ih'] must have shape (4H, I), got {shapes['w_ih']}")
    rows, inputs = shapes["w_ih"]
    if rows % 4 or not rows:
        raise ValueError(
            f"weights['w_ih'] must have four rows (i, f, g, o) per unit, got {rows} rows"
        )
    units = rows // 4
    wanted = {"w_ih": (rows, inputs), "w_hh": (rows, units), "b_ih": (rows,), "b_hh": (rows,)}
    checked = {key: _numbers(weights[key], f"weights[{key!r}]", wanted[key]) for key in keys}
    return checked, [inputs, units]


def _array(value: Any) -> Any:
    """Something with a shape; ragged lists get the shape of their outer list."""
    if isinstance(value, torch.Tensor):
        return value.detach().cpu()
    try:
        return np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        return np.asarray(value, dtype=object)
