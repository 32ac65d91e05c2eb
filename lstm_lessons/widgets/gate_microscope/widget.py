"""Look into a trained LSTM, silence a unit, see what the answer owes it: `GateMicroscope`.

Steps, units, layers and features count from 0 in the attributes and in Python. On the screen steps, layers, and
features without a name count from 1.
"""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import torch
import traitlets
from matplotlib.figure import Figure
from torch import Tensor, nn

from lstm_lessons.checks import listed, one_of, whole
from lstm_lessons.palette import SYMBOLS
from lstm_lessons.plots import stills
from lstm_lessons.widgets.gate_microscope.analysis import SORTS, saturation, unit_order
from lstm_lessons.widgets.shared.base import LessonWidget, shown
from lstm_lessons.widgets.shared.checks import as_texts, numbers, text_for_each
from lstm_lessons.widgets.shared.network import Network, check_edits, edited_traces, network_of, prefix_beliefs
from lstm_lessons.widgets.shared.weights import encode

MAX_STEPS = 256
MAX_UNITS = 256
MAX_SEQUENCES = 64
BROWSER_WEIGHTS = 100_000
BROWSER_WORK = 300_000_000


class GateMicroscope(LessonWidget):
    """What a trained LSTM does with a sequence: gates and states of all units, and its belief.

    Make one with `from_torch`. The learner chooses a sequence, a layer, a direction, a gate or state, and a unit; can
    silence that unit, those brushed in the heat map, all that it shows or the whole network (a *lesion*: h is 0 at
    every step), or hold one of their gates; and sees what becomes of the model's answer.

    A small network does its maths in the browser, also on a page without a kernel. Above 100,000 weights, or 300
    million multiplications for the beliefs over the longest sequence (about half a second), the kernel does it. A page
    without a kernel then shows one sequence, layer and direction, and says so.

    Traits:
        sequence, layer, direction: what is shown; direction 1 is the reverse one.
        symbol: the gate or state of the heat map: ``i``, ``f``, ``g``, ``o``, ``c`` or ``h``.
        sort: order of the units: ``index``, ``mean``, ``saturation`` or ``change``.
        unit: the picked unit.
        step: the step under the cursor, 0 to T - 1.
        edits: what is held: ``{"layer.direction.unit.symbol": value}``, ``h`` only at 0.
        names, labels, class_names, feature_names, step_names: as in `from_torch`.
        architecture, inputs, weights, result: what the page computes with.
    """

    module = "gate_microscope"

    architecture = shown(traitlets.Dict())
    weights = shown(traitlets.Unicode())
    inputs = shown(traitlets.List())
    result = shown(traitlets.Dict())
    names = shown(traitlets.List())
    labels = shown(traitlets.List())
    class_names = shown(traitlets.List())
    feature_names = shown(traitlets.List())
    step_names = shown(traitlets.List())
    sequence = shown(traitlets.Int(0))
    layer = shown(traitlets.Int(0))
    direction = shown(traitlets.Int(0))
    symbol = shown(traitlets.Unicode("f"))
    sort = shown(traitlets.Unicode("mean"))
    unit = shown(traitlets.Int(0))
    step = shown(traitlets.Int(0))
    edits = shown(traitlets.Dict())

    def __init__(self, network: Network, xs: list[Tensor], **traits: Any) -> None:
        """Use `from_torch`."""
        super().__init__()
        self._network, self._xs = network, xs
        self.set_traits(**traits)
        self.observe(self._compute, names=["sequence", "layer", "direction", "edits"])
        self._compute()

    @classmethod
    def from_torch(
        cls,
        model: nn.Module,
        sequences: Sequence[Any],
        *,
        labels: Sequence[int] | None = None,
        names: Sequence[str] | None = None,
        class_names: Sequence[str] | None = None,
        feature_names: Sequence[str] | None = None,
        step_names: Sequence[Sequence[str]] | None = None,
        sequence: int = 0,
        layer: int = 0,
        direction: int = 0,
        symbol: str = "f",
        sort: str = "mean",
        unit: int | None = None,
        step: int | None = None,
        edits: dict[str, float] | None = None,
    ) -> Self:
        """Look into a model of yours.

        Args:
            model: `models.SequenceClassifier`, or an LSTM alone (``nn.LSTM`` or ``cell.LSTM``), which has no belief. At
                most 256 units a direction. Its weights are copied, as float32; dropout is left out.
            sequences: 1 to 64 sequences, each a tensor or an array of shape (T_n, I) with at most 256 steps.
            labels: the true class of every sequence, 0 to K - 1.
            names: what to call every sequence; "sequence 1" ... without it.
            class_names, feature_names: K and I texts; numbers without them.
            step_names: for every sequence one short text per step, the letters of a word.
            step, unit: the last step, and the unit whose cell state moves most, if not given. For what else is shown
                first see the traits.

        Raises:
            TypeError: if ``model`` is none of the above, or a sequence is not numeric.
            ValueError: if an argument has a wrong shape, size or value; the message names it.
        """
        network = network_of(model)
        if network.hidden_size > MAX_UNITS:
            raise ValueError(
                f"model must have at most {MAX_UNITS} hidden units a direction to be drawn, got {network.hidden_size}"
            )
        arrays = _check_sequences(sequences, network.input_size)
        count, lengths = len(arrays), [len(array) for array in arrays]
        if labels is not None and network.head is None:
            raise ValueError("labels need a model with classes (a SequenceClassifier), got an LSTM")
        large = _is_large(network, max(lengths))
        xs = [torch.from_numpy(array).double() for array in arrays]
        microscope = cls(
            network,
            xs,
            architecture=network.architecture | {"weights": int(network.numbers().size)},
            weights="" if large else encode(network.numbers()),
            inputs=[encode(array) for array in arrays],
            names=text_for_each("names", names, count, "sequences") or [f"sequence {n + 1}" for n in range(count)],
            labels=_check_labels(labels, count, network.classes),
            class_names=text_for_each("class_names", class_names, network.classes, "classes")
            or [str(k) for k in range(network.classes)],
            feature_names=text_for_each("feature_names", feature_names, network.input_size, "features"),
            step_names=_check_step_names(step_names, lengths),
            sequence=sequence,
            layer=layer,
            direction=direction,
            symbol=symbol,
            sort=sort,
            edits={} if edits is None else edits,
        )
        microscope.step = len(microscope._x) - 1 if step is None else step
        microscope.unit = microscope._liveliest_unit() if unit is None else unit
        return microscope

    # --- The same numbers in Python

    def traces(self) -> dict[str, Tensor]:
        """i, f, g, o, c and h as shown (edits included), each of shape (T, H), float64."""
        return edited_traces(self._network, self._x, self.edits)[self.layer][self.direction]

    def beliefs(self) -> Tensor:
        """Class probabilities after every step with the edits, (T, K); see `beliefs`."""
        self._needs_head()
        return prefix_beliefs(self._network, self._x, self.edits)

    def scores(self) -> tuple[Tensor, Tensor]:
        """Class probabilities after the last step, without and with the edits, (K,) each."""
        self._needs_head()
        return prefix_beliefs(self._network, self._x, {})[-1], self.beliefs()[-1]

    def saturation(self, gate: str | None = None) -> tuple[Tensor, Tensor]:
        """Shares of time below 0.1 and above 0.9, (H,) each, over all sequences, without edits.

        Of ``i``, ``f`` or ``o``; of the one that the scatter shows if not given.
        """
        gate = gate or (self.symbol if self.symbol in "ifo" else "f")
        if gate not in ("i", "f", "o"):
            raise ValueError(f"gate must be 'i', 'f' or 'o', got {gate!r}")
        runs = (edited_traces(self._network, x, {}) for x in self._xs)
        values = [run[self.layer][self.direction][gate] for run in runs]
        return saturation(torch.cat(values))

    def order(self) -> list[int]:
        """The units from the top row of the heat map to its bottom row."""
        values = edited_traces(self._network, self._x, {})[self.layer][self.direction]
        return unit_order(values[self.symbol], self.sort, signed=self.symbol in "gch")

    def summary(self) -> str:
        a = self.architecture
        kind = "BiLSTM" if a["directions"] == 2 else "LSTM"
        layers = f", {a['num_layers']} layers" if a["num_layers"] > 1 else ""
        classes = f", {a['classes']} classes" if a["classes"] else ""
        plural = "s" if len(self.inputs) > 1 else ""
        return (
            f"GateMicroscope: {kind}({a['input_size']}, {a['hidden_size']}{layers}){classes}, "
            f"{len(self.inputs)} sequence{plural}, shown: {self.names[self.sequence]}"
        )

    def picture(self) -> Figure:
        classes = {}
        if self._network.head:
            classes = {
                "beliefs": self.beliefs().numpy(),
                "before": self.scores()[0].numpy(),
                "class_names": self.class_names,
                "label": self.labels[self.sequence] if self.labels else None,
            }
        layer = f"layer {self.layer + 1}" if len(self._network.layers) > 1 else ""
        side = ("forward", "reverse")[self.direction] if self._network.directions == 2 else ""
        return stills.microscope(
            self._x.numpy(),
            self.symbol,
            self.traces()[self.symbol].numpy(),
            torch.stack(self.saturation()).numpy(),
            name=self.names[self.sequence],
            x_limits=stills.input_limits(torch.cat(self._xs).numpy()),
            order=self.order(),
            unit=self.unit,
            step=self.step,
            where=", ".join(filter(None, (layer, side))),
            letters=self.step_names[self.sequence] if self.step_names else (),
            **classes,
        )

    @property
    def _x(self) -> Tensor:
        return self._xs[self.sequence]

    def _needs_head(self) -> None:
        if self._network.head is None:
            raise ValueError("an LSTM alone has no classes to believe in; give a classifier")

    def _liveliest_unit(self) -> int:
        c = edited_traces(self._network, self._x, {})[self.layer][self.direction]["c"]
        return int((c.amax(0) - c.amin(0)).round(decimals=6).argmax())

    def _compute(self, change: dict | None = None) -> None:
        """A large network: the kernel computes what the page shows. A small one: nothing."""
        if self.weights or not self.inputs:
            return
        plain = edited_traces(self._network, self._x, {})[self.layer][self.direction]
        edited = self.traces() if self.edits else plain
        result = {
            "sequence": self.sequence,
            "layer": self.layer,
            "direction": self.direction,
            "edits": dict(self.edits),
            "plain": encode(torch.stack([plain[key] for key in SYMBOLS])),
            "values": encode(torch.stack([edited[key] for key in SYMBOLS])) if self.edits else "",
            "saturation": encode(torch.stack([torch.stack(self.saturation(g)) for g in "ifo"])),
        }
        if self._network.head:
            believed = prefix_beliefs(self._network, self._x, {})
            result["plain_beliefs"] = encode(believed)
            result["beliefs"] = encode(self.beliefs()) if self.edits else ""
        self.result = result

    @traitlets.validate("edits")
    def _check_edits(self, proposal: dict) -> dict:
        return check_edits(proposal["value"], self._network)

    @traitlets.validate("symbol", "sort")
    def _check_text(self, proposal: dict) -> str:
        name = proposal["trait"].name
        return one_of(name, proposal["value"], SYMBOLS if name == "symbol" else SORTS)

    @traitlets.validate("sequence", "layer", "direction", "unit", "step")
    def _check_choice(self, proposal: dict) -> int:
        name = proposal["trait"].name
        count = {
            "sequence": len(self._xs),
            "layer": len(self._network.layers),
            "direction": self._network.directions,
            "unit": self._network.hidden_size,
            "step": len(self._x),
        }[name]
        return whole(name, proposal["value"], 0, count - 1)

    @traitlets.observe("sequence")
    def _keep_in_range(self, change: dict) -> None:
        """A shorter sequence leaves the cursor behind."""
        self.step = min(self.step, len(self._x) - 1)


def _is_large(network: Network, steps: int) -> bool:
    """Whether the network's maths is too slow for a browser."""
    weights = network.numbers().size
    runs = steps * (steps + 1) // 2 if network.directions == 2 and network.head else steps
    return weights > BROWSER_WEIGHTS or runs * weights > BROWSER_WORK


def _check_sequences(given: Sequence[Any], input_size: int) -> list[np.ndarray]:
    if isinstance(given, Tensor | np.ndarray) and not getattr(given, "is_nested", False) and given.ndim == 2:
        raise ValueError(
            f"sequences must be a list of sequences of shape (T_n, {input_size}), got one array of "
            f"shape {tuple(given.shape)}; for a single sequence write [x]"
        )
    given = listed("sequences", given, f"a list of sequences of shape (T_n, {input_size})")
    if not 1 <= len(given) <= MAX_SEQUENCES:
        raise ValueError(f"sequences must hold 1 to {MAX_SEQUENCES} sequences, got {len(given)}")
    arrays = [numbers(f"sequences[{n}]", x, ("T", input_size)) for n, x in enumerate(given)]
    for n, array in enumerate(arrays):
        if len(array) > MAX_STEPS:
            raise ValueError(f"sequences[{n}] must have at most {MAX_STEPS} steps, got {len(array)}")
    return [array.astype(np.float32) for array in arrays]


def _check_labels(labels: Sequence[int] | None, count: int, classes: int) -> list[int]:
    if labels is None:
        return []
    given = listed("labels", labels, f"one class for each of the {count} sequences")
    if len(given) != count:
        raise ValueError(f"labels must hold one class for each of the {count} sequences, got {len(given)}")
    return [whole(f"labels[{n}]", label, 0, classes - 1) for n, label in enumerate(given)]


def _check_step_names(given: Sequence[Sequence[str]] | None, lengths: list[int]) -> list[list[str]]:
    if given is None:
        return []
    given = listed("step_names", given, "the texts of each sequence")
    rows = [as_texts("step_names", row, "texts") for row in given]
    if [len(row) for row in rows] != lengths:
        raise ValueError(
            f"step_names must hold, for every sequence, one text per step ({lengths}), got {[len(row) for row in rows]}"
        )
    return rows
