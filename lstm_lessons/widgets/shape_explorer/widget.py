"""Choose an LSTM's settings, see it unrolled and the shape of every tensor: `ShapeExplorer`.

Steps, layers and sequences count from 0 in the attributes and in Python. On the screen steps count from 1, as x_1 ...
x_T in the equations.
"""

import contextlib
import re
from collections.abc import Sequence
from importlib import resources
from typing import Any, Self

import traitlets
from torch import nn

from lstm_lessons import checks
from lstm_lessons.cell import check_lstm
from lstm_lessons.checks import hinted_length, one_of, whole
from lstm_lessons.widgets.shape_explorer import shapes
from lstm_lessons.widgets.shape_explorer.layout import layout
from lstm_lessons.widgets.shared import svg
from lstm_lessons.widgets.shared.base import LessonWidget, shown

_FILES = resources.files(__package__)
LARGEST = {"input_size": 4096, "hidden_size": 4096, "num_layers": 6}
MOST_SEQUENCES = 64
MOST_STEPS = 512
_ARGUMENTS = ("input_size", "hidden_size", "num_layers", "bias", "batch_first", "bidirectional")
_SHAPING = (*_ARGUMENTS, "lengths", "batched", "packed")


class ShapeExplorer(LessonWidget):
    """What ``nn.LSTM`` takes and gives back: every shape, and the cells that each tensor is from.

    ``ShapeExplorer()`` opens with two bidirectional layers and three sequences of different length; `from_torch` shows
    a module of yours. What a learner changes in the browser arrives in the traits, and a trait set in Python shows at
    once in the browser.

    Traits:
        input_size, hidden_size, num_layers, bias, batch_first, bidirectional: as in ``nn.LSTM``, but with other
            defaults.
        lengths: the length of every sequence of the batch; T is the longest one.
        batched: False for one sequence without a batch axis, the first of ``lengths``.
        packed: whether the batch is packed, so that no padding is read.
        sequence: the sequence that the diagram follows, 0 to B - 1.
        tensor: the tensor that is lit, a key of `shapes`; ``""`` for none.
    """

    module = "shape_explorer"

    input_size = shown(traitlets.Int(3))
    hidden_size = shown(traitlets.Int(4))
    num_layers = shown(traitlets.Int(2))
    bias = shown(traitlets.Bool(True))
    batch_first = shown(traitlets.Bool(True))
    bidirectional = shown(traitlets.Bool(True))
    lengths = shown(traitlets.Any([6, 4, 3]))
    batched = shown(traitlets.Bool(True))
    packed = shown(traitlets.Bool(True))
    sequence = shown(traitlets.Int(0))
    tensor = shown(traitlets.Unicode(""))

    def __init__(
        self,
        input_size: int = 3,
        hidden_size: int = 4,
        num_layers: int = 2,
        *,
        bias: bool = True,
        batch_first: bool = True,
        bidirectional: bool = True,
        lengths: Sequence[int] = (6, 4, 3),
        batched: bool = True,
        packed: bool = True,
        sequence: int = 0,
        tensor: str = "",
    ) -> None:
        """Show the shapes of ``nn.LSTM(input_size, hidden_size, num_layers, ...)``.

        The arguments are the traits: sizes of 1 to 4096, 1 to 6 layers, and at most 64 lengths, each 1 to 512.

        Raises:
            ValueError: if a size, a length, ``sequence`` or ``tensor`` is out of range. traitlets.TraitError: if an
            argument has a wrong type.
        """
        super().__init__()
        self.lengths = () if lengths is None else lengths  # what `sequence` is checked against
        self.input_size, self.hidden_size, self.num_layers = input_size, hidden_size, num_layers
        self.bias, self.batch_first, self.bidirectional = bias, batch_first, bidirectional
        self.batched, self.packed = batched, packed
        self.sequence, self.tensor = sequence, tensor

    @classmethod
    def from_torch(cls, module: nn.Module, lengths: Sequence[int] = (6, 4, 3), **traits: Any) -> Self:
        """Show an LSTM of yours, of ``torch.nn`` or ``lstm_lessons.cell``.

        Args:
            lengths: one length per sequence: a list, an array or a tensor.
            **traits: ``batched``, ``packed``, ``sequence``, ``tensor``.

        Raises:
            TypeError: if ``module`` is no LSTM.
            ValueError: if it uses ``proj_size``, or a number is out of range.
        """
        check_lstm(module, name="module", hooked=True)
        of_module = {name: getattr(module, name) for name in _ARGUMENTS}
        return cls(**of_module | {"bias": bool(module.bias)}, lengths=lengths, **traits)

    def settings(self) -> shapes.Settings:
        """What decides the shapes, in one value."""
        values = {name: getattr(self, name) for name in _SHAPING}
        return shapes.Settings(**values | {"lengths": tuple(self.lengths)})

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Shape of ``input``, ``h_0``, ``c_0``, ``output``, ``h_n``, ``c_n``, every parameter.

        ``input`` and ``output`` are padded: as before packing, and after unpacking.
        """
        return shapes.tensor_shapes(self.settings())

    def axes(self) -> dict[str, tuple[str, ...]]:
        """Axis names of the same tensors: B, T, I, H, 4H, D·H, L·D."""
        return shapes.tensor_axes(self.settings())

    def parameter_count(self) -> int:
        """Numbers that are learned, all parameters together."""
        return shapes.parameter_count(self.shapes())

    def equalities(self) -> list[tuple[str, str]]:
        """Which slice of ``output`` equals which of ``h_n``: pairs of Python expressions."""
        return shapes.equalities(self.settings())

    def to_torch(self) -> nn.LSTM:
        """A new ``nn.LSTM`` of these settings."""
        return nn.LSTM(**{name: getattr(self, name) for name in _ARGUMENTS})

    def summary(self) -> str:
        settings, shapes = self.settings(), self.shapes()
        options = [
            f"{name}={value}"
            for name, value, usual in (
                ("num_layers", self.num_layers, 1),
                ("bias", self.bias, True),
                ("batch_first", self.batch_first, False),
                ("bidirectional", self.bidirectional, False),
            )
            if value != usual
        ]
        call = ", ".join([str(self.input_size), str(self.hidden_size), *options])
        batch = f"lengths {_brief(self.lengths)}" if self.batched else f"T = {settings.steps}"
        return (
            f"ShapeExplorer: nn.LSTM({call}), {batch}: "
            + ", ".join(f"{name} {shapes[name]}" for name in ("input", "output", "h_n", "c_n"))
            + f", {self.parameter_count()} parameters"
        )

    def picture(self) -> str:
        network = layout(self.settings(), self.sequence if self.batched else 0)
        tables, bottom = _tables(self.settings(), network["height"])
        styles = _FILES.joinpath("shape_explorer_styles.css").read_text("utf-8")
        (diagram,) = re.findall(r"/\* The diagram.*?\*/\n(.*?)\n\n", styles, re.DOTALL)
        return svg.fill(
            _FILES.joinpath("shape_explorer_picture.svg"),
            network | tables | {"view": f"0 -4 980 {bottom + 12:g}", "of": None},
            title=self.summary(),
            size=(980, bottom + 12),
            styles=diagram.replace(".ll-shape_explorer ", "").replace(".sx-picture ", ""),
        )

    @traitlets.validate("input_size", "hidden_size", "num_layers")
    def _check_size(self, proposal: dict) -> int:
        name, value = proposal["trait"].name, proposal["value"]
        return whole(name, value, 1, LARGEST[name])

    @traitlets.validate("lengths")
    def _check_lengths(self, proposal: dict) -> list[int]:
        values = given = proposal["value"]
        if hinted_length(given) <= MOST_SEQUENCES:
            with contextlib.suppress(Exception):  # a tensor without numbers, a class, what else cannot be asked
                values = given.tolist() if hasattr(given, "tolist") else given
        if not isinstance(values, Sequence) or not 1 <= len(values) <= MOST_SEQUENCES:
            raise ValueError(
                f"lengths must hold one whole number per sequence, 1 to {MOST_SEQUENCES} of them, "
                f"got {checks.shown(given)}"
            )
        return [whole(f"lengths[{b}]", value, 1, MOST_STEPS) for b, value in enumerate(values)]

    @traitlets.validate("sequence")
    def _check_sequence(self, proposal: dict) -> int:
        return whole("sequence", proposal["value"], 0, len(self.lengths) - 1)

    @traitlets.validate("tensor")
    def _check_tensor(self, proposal: dict) -> str:
        return proposal["value"] and one_of("tensor", proposal["value"], self.shapes())

    @traitlets.observe(*_SHAPING)
    def _keep_in_range(self, change: dict) -> None:
        """A smaller batch or network leaves the chosen sequence or tensor behind."""
        if self.sequence >= len(self.lengths):
            self.sequence = 0
        if self.tensor and self.tensor not in self.shapes():
            self.tensor = ""


def _brief(lengths: Sequence[int]) -> str:
    """All lengths, or the first and the number of them."""
    if len(lengths) <= 8:
        return ", ".join(map(str, lengths))
    return f"{', '.join(map(str, lengths[:6]))}, ... ({len(lengths)} sequences)"


def _tables(settings: shapes.Settings, height: float) -> tuple[dict[str, list], float]:
    """Every shape and the equal slices, beside and below a diagram; the lower edge of it all."""
    axes, sizes = shapes.tensor_axes(settings), shapes.tensor_shapes(settings)
    parameters = [name for name in sizes if shapes.is_parameter(name)]
    times = " \u00d7 ".join
    tensors = [
        {"y": 14 + 28 * n, "name": name, "shape": times(map(str, sizes[name])), "axes": times(axes[name])}
        for n, name in enumerate(name for name in sizes if name not in parameters)
    ]
    slices = [
        {"y": 186 + 42 * n, "output": output, "state": state}
        for n, (output, state) in enumerate(shapes.equalities(settings))
    ]
    top = max(height, slices[-1]["y"] + 16) + 30
    columns = 4 if settings.bias else 2
    rows = [
        {"x": 8 + n % columns * 972 / columns, "y": top + 20 + 18 * (n // columns), "name": name}
        | {"shape": times(map(str, sizes[name]))}
        for n, name in enumerate(parameters)
    ]
    total = [{"y": top, "count": f"{shapes.parameter_count(sizes):,}"}]
    lists = {"tensors": tensors, "slices": slices, "totals": total, "parameters": rows}
    return lists, rows[-1]["y"]
