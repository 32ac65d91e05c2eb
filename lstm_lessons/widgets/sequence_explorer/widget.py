"""Draw an input sequence and watch every gate of an LSTM follow it: `SequenceExplorer`.

Steps, units, layers and features count from 0 in the attributes and in Python. On the screen steps count from 1, as x_1
... x_T in the equations.
"""

import copy
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import torch
import traitlets
from matplotlib.figure import Figure
from torch import nn

from lstm_lessons import checks
from lstm_lessons.cell import has_hooks
from lstm_lessons.checks import kind, listed, one_of, whole
from lstm_lessons.exercises.gate_equations.bench import PUZZLES
from lstm_lessons.handmade import ORDER, lstm_from_gates
from lstm_lessons.palette import SYMBOLS
from lstm_lessons.plots import stills
from lstm_lessons.trace import trace_gates
from lstm_lessons.widgets.sequence_explorer.presets import PRESETS
from lstm_lessons.widgets.shared.base import LessonWidget, shown
from lstm_lessons.widgets.shared.bundling import provide
from lstm_lessons.widgets.shared.checks import numbers, text_for_each
from lstm_lessons.widgets.shared.weights import Weights, layer_weights, lstm_of, sizes

MAX_STEPS = 256
MAX_UNITS = 128
MOST_PADS = 3  # input features that a still shows; of more it shows the chosen one

provide("sequence_puzzles", "PUZZLES", PUZZLES)


class SequenceExplorer(LessonWidget):
    """An LSTM over time: draw x_1 ... x_T, see i, f, g, o, c and h at every step.

    ``SequenceExplorer()`` opens with a preset; `from_torch` shows a module of yours; ``puzzle="latch"`` is a bench
    for a puzzle of lesson 1: a program to write, judged as its exercise's ``check`` does. What a learner draws or moves
    in the browser arrives in the traits, and a trait set in Python shows at once in the browser.

    Traits:
        preset: key of the preset shown (`PRESETS`), or ``""`` for a module of yours. Setting it loads its weights and
            its input.
        puzzle: key of the puzzle on the bench (`PUZZLES`), or ``""``. Setting it clears the bench.
        xs: input, T rows of I numbers; set it to any array or tensor of shape (T, I), or (T,) if I is 1.
        layer, direction, unit: the traces to show; direction 1 is the reverse one.
        feature: the input feature that the buttons fill.
        step: the step under the cursor, 0 to T - 1. The gradient path ends there.
        overlay: whether the other units of the layer are drawn too, as thin lines.
        gradient_path: whether the product of the forget gates has a row.
        marks: steps to highlight, counted from 0.
        labels: a short text for every step (letters of a word), or none.
        feature_names: a name for every input feature.
        limits: ``[low, high]`` for every input feature: the range of its drawing pad.
        layers: weights, ``layers[l][d]`` with ``w_ih``, ``w_hh``, ``b_ih``, ``b_hh``.
        nudges: weights that the learner moved, see `weights`.
        first_xs: the input that the reset button brings back.
        head: a linear layer on the last layer's h, ``{"weight": [...], "bias": ...}``: it gives an answer after each
            step; or empty.
        task: ``"adding"`` shows what is true beside the answer, and its marks are 0 or 1; or ``""``.
    """

    module = "sequence_explorer"

    preset = shown(traitlets.Unicode("latch"))
    puzzle = shown(traitlets.Unicode())
    layers = shown(traitlets.List())
    nudges = shown(traitlets.Dict())
    xs = shown(traitlets.Any())
    first_xs = shown(traitlets.List())
    limits = shown(traitlets.List())
    feature_names = shown(traitlets.List())
    labels = shown(traitlets.List())
    marks = shown(traitlets.List())
    layer = shown(traitlets.Int(0))
    direction = shown(traitlets.Int(0))
    unit = shown(traitlets.Int(0))
    feature = shown(traitlets.Int(0))
    step = shown(traitlets.Int(0))
    overlay = shown(traitlets.Bool(True))
    gradient_path = shown(traitlets.Bool(True))
    head = shown(traitlets.Dict())
    task = shown(traitlets.Unicode())

    def __init__(
        self, preset: str = "latch", *, puzzle: str = "", program: Mapping[str, list] | None = None, **traits: Any
    ) -> None:
        """Show a preset, a key of `PRESETS`, with other traits than its own, such as ``xs=...``.

        Args:
            preset: as the trait.
            puzzle: as the trait, in place of a preset.
            program: what is on the bench at first, as `handmade.lstm_from_gates` takes it; a ``...`` in it is 0.

        Raises:
            TypeError: if there is no such trait, or ``program`` is no dictionary.
            ValueError: if there is no such preset or puzzle, or ``program`` or a trait does not fit it.
        """
        puzzle = one_of("puzzle", puzzle, ["", *PUZZLES])
        preset = one_of("preset", preset, ["", *PRESETS] if "layers" in traits or puzzle else PRESETS)
        traits = {name: value for name, value in traits.items() if (name, value is None) != ("xs", True)}
        given = set(traits)
        if puzzle:
            preset, traits = "", _from_puzzle(puzzle, program) | {"puzzle": puzzle} | traits
        elif program is not None:
            raise ValueError("program is for a puzzle; from_torch(lstm_from_gates(program)) shows it without one")
        traits = _from_preset(preset) | traits if preset else traits
        if "xs" in given and "step" not in given:
            traits.pop("step", None)  # it was chosen for the preset's own input
        unknown = set(traits) - set(self.trait_names(shown=True))
        if unknown:
            raise TypeError(f"SequenceExplorer has no trait {', '.join(sorted(unknown))}")
        order = ("layers", "limits", "xs")  # what the other traits are checked against
        super().__init__()
        first = {name: traits[name] for name in order if name in traits}
        self.set_traits(preset=preset, **first | traits)
        if "first_xs" not in given:
            self.first_xs = copy.deepcopy(self.xs)
        if "step" not in traits:
            self.step = 2 * len(self.xs) // 3
        self.observe(self._load_preset, names="preset")
        self.observe(self._load_puzzle, names="puzzle")

    @classmethod
    def from_torch(
        cls,
        module: nn.Module,
        xs: Any = None,
        *,
        marks: Sequence[int] = (),
        labels: Sequence[str] = (),
        feature_names: Sequence[str] = (),
        limits: Sequence[Sequence[float]] | None = None,
        layer: int = 0,
        direction: int = 0,
        unit: int | None = None,
        head: nn.Linear | None = None,
        task: str = "",
        **traits: Any,
    ) -> Self:
        """Show an LSTM of yours, trained or not, from zero states.

        Args:
            module: ``LSTM`` or ``LSTMCell`` of ``torch.nn`` or of ``lstm_lessons.cell``, at most 128 hidden units. Its
                weights are copied; dropout is left out.
            xs: one input sequence, as the trait, of at most 256 steps. Without it: 48 steps with one pulse.
            limits: as the trait; from the data without it.
            unit: the hidden unit to show first; without it the one whose cell state moves most.
            head: a linear layer with one output on the last layer's h: the network's answer.
            task: as the trait; the ``marks`` are then those of the input.
            **traits: further traits, for example ``gradient_path=False``.

        Raises:
            TypeError: if ``module`` is not an LSTM, or ``xs`` is not numeric.
            ValueError: if an argument has a wrong shape, size or value; the message names it.
        """
        layers = layer_weights(module)
        _check_weights(layers)
        inputs, _ = sizes(layers)
        if xs is None:
            xs = np.zeros((48, inputs))
            xs[7, 0] = 1
        xs = _as_rows(xs, inputs)
        task = one_of("task", task, ["", "adding"])
        explorer = cls(
            "",
            layers=layers,
            xs=xs,
            limits=_limits_of(xs) if limits is None else listed("limits", limits, "pairs of numbers"),
            feature_names=text_for_each("feature_names", feature_names, inputs, "features"),
            marks=_marked(xs) if task else listed("marks", marks, "steps, counted from 0"),
            labels=text_for_each("labels", labels, len(xs), "steps"),
            layer=layer,
            direction=direction,
            head={} if head is None else _head_of(head),
            task=task,
            **traits,
        )
        explorer.unit = explorer._liveliest_unit() if unit is None else unit
        return explorer

    @property
    def weights(self) -> list[list[Weights]]:
        """``layers`` with the ``nudges`` of the weight sliders put in.

        A nudge has a key ``"layer.direction.name.row.column"``; ``name`` is ``w_ih``, ``w_hh``, or ``b`` for the sum of
        the two biases (column 0).
        """
        return _nudged(self.layers, self.nudges)

    def to_torch(self) -> nn.LSTM:
        """The LSTM as it now stands in the browser, moved weights included, in float64."""
        return lstm_of(self.weights)

    def program(self) -> dict[str, list]:
        """The first layer as it now stands in the browser, in the form of a puzzle's answer."""
        weights = {name: np.array(values) for name, values in self.weights[0][0].items()}
        bias = weights["b_ih"] + weights["b_hh"]
        rows = np.column_stack([weights["w_ih"], weights["w_hh"], bias])  # (4H, I + H + 1)
        gates = [[[float(f"{number:.6g}") for number in row] for row in part] for part in np.split(rows, 4)]
        return {gate: part if len(part) > 1 else part[0] for gate, part in zip(ORDER, gates, strict=True)}

    def traces(self) -> dict[str, torch.Tensor]:
        """i, f, g, o, c and h of the shown layer and direction, each of shape (T, H)."""
        with torch.no_grad():
            trace = trace_gates(self.to_torch(), torch.tensor(self.xs, dtype=torch.float64))
        return {key: getattr(trace, key)[self.layer, self.direction] for key in SYMBOLS}

    def answers(self) -> np.ndarray:
        """What `head` makes of the last layer's h after each step, (T,)."""
        with torch.no_grad():
            outputs, _ = self.to_torch()(torch.tensor(self.xs, dtype=torch.float64))
        return outputs.numpy() @ np.array(self.head["weight"]) + self.head["bias"]

    def truth(self) -> np.ndarray:
        """What is right after each step of the adding problem, (T,): the sum of the marked numbers so far."""
        return np.prod(self.xs, axis=1).cumsum()

    def state(self) -> dict[str, Any]:
        left_out = {"puzzle"} if not self.puzzle else set()
        left_out |= {"head", "task"} if not self.head else set()
        return {name: value for name, value in super().state().items() if name not in left_out}

    def summary(self) -> str:
        what = f"preset={self.preset!r}" if self.preset else f"{sizes(self.layers)[1]} units"
        what = f"puzzle={self.puzzle!r}" if self.puzzle else what
        c, h = (f"{key} = {self.traces()[key][self.step, self.unit]:.2f}" for key in "ch")
        answer = f"; it answers {self.answers()[-1]:.2f}" if self.head else ""
        answer += f" where {self.truth()[-1]:.2f} is true" if self.head and self.task else ""
        return (
            f"SequenceExplorer({what}, {len(self.xs)} steps): unit {self.unit} has {c} and {h} at step {self.step + 1}"
            f"{answer}"
        )

    def picture(self) -> Figure:
        columns, traces = np.array(self.xs).T, self.traces()
        several = len(columns) > 1
        names = self.feature_names or [f"input {k + 1}" if several else "input" for k in range(len(columns))]
        features = range(len(columns)) if len(columns) <= MOST_PADS else [self.feature]
        path = gradient_path(traces["f"][:, self.unit].numpy(), self.step, self.direction == 1)
        return stills.sequence(
            [(names[k], columns[k], self.limits[k]) for k in features],
            {key: values.numpy() for key, values in traces.items()},
            unit=self.unit,
            step=self.step,
            overlay=self.overlay,
            gradient_path=path if self.gradient_path and not self.puzzle else None,
            answers=self.answers() if self.head else None,
            truth=self.truth() if self.task else None,
            labels=self.labels,
            marks=self.marks,
            wanted=_wanted(self.puzzle, self.xs) if self.unit == 0 else None,
        )

    def _liveliest_unit(self) -> int:
        c = self.traces()["c"]
        return int((c.amax(0) - c.amin(0)).round(decimals=6).argmax())

    def _load_preset(self, change: dict) -> None:
        """Bring a preset that was chosen in Python; one from the browser has brought its own."""
        if not change["new"] or self.layers == PRESETS[change["new"]].layers:
            return
        with self.hold_sync():
            self.nudges = {}
            self.set_traits(**_from_preset(change["new"]))

    def _load_puzzle(self, change: dict) -> None:
        """Clear the bench for a puzzle that was chosen in Python."""
        if change["new"]:
            with self.hold_sync():
                self.preset, self.nudges = "", {}
                self.set_traits(**_from_puzzle(change["new"], None))

    @traitlets.validate("puzzle")
    def _check_puzzle(self, proposal: dict) -> str:
        return proposal["value"] and one_of("puzzle", proposal["value"], PUZZLES)

    @traitlets.validate("preset")
    def _check_preset(self, proposal: dict) -> str:
        return proposal["value"] and one_of("preset", proposal["value"], PRESETS)

    @traitlets.validate("layers")
    def _check_layers(self, proposal: dict) -> list:
        _check_weights(proposal["value"])
        return proposal["value"]

    @traitlets.validate("nudges")
    def _check_nudges(self, proposal: dict) -> dict:
        _nudged(self.layers, proposal["value"])
        return proposal["value"]

    @traitlets.validate("xs")
    def _check_xs(self, proposal: dict) -> list[list[float]]:
        if not self.layers:
            return proposal["value"]
        return _as_rows(proposal["value"], sizes(self.layers)[0])

    @traitlets.observe("xs")
    def _keep_in_step(self, change: dict) -> None:
        """A sequence of another length leaves marks, labels and the cursor behind."""
        length = len(self.xs)
        self.marks = _marked(self.xs) if self.task else [mark for mark in self.marks if mark < length]
        if len(self.labels) != length:
            self.labels = []
        self.step = min(self.step, length - 1)

    @traitlets.validate("limits")
    def _check_limits(self, proposal: dict) -> list:
        size, _ = sizes(self.layers)
        pairs = [numbers("limits", pair, (2,)).tolist() for pair in proposal["value"]]
        finite = all(low < high for low, high in pairs)
        if len(pairs) != size or not finite:
            raise ValueError(
                f"limits must hold one pair (low, high) with low < high for each of the {size} "
                f"input features, got {proposal['value']}"
            )
        return pairs

    @traitlets.validate("feature_names")
    def _check_feature_names(self, proposal: dict) -> list:
        return text_for_each("feature_names", proposal["value"], sizes(self.layers)[0], "features")

    @traitlets.validate("labels")
    def _check_labels(self, proposal: dict) -> list:
        return text_for_each("labels", proposal["value"], len(self.xs), "steps")

    @traitlets.validate("marks")
    def _check_marks(self, proposal: dict) -> list:
        return sorted(whole("marks", mark, 0, len(self.xs) - 1) for mark in proposal["value"])

    @traitlets.validate("head")
    def _check_head(self, proposal: dict) -> dict:
        given = proposal["value"]
        if not given:
            return {}
        units = len(self.layers[-1]) * sizes(self.layers)[1]
        weight = numbers("head['weight']", given.get("weight"), (units,)).tolist()
        return {"weight": weight, "bias": numbers("head['bias']", given.get("bias"), ()).item()}

    @traitlets.validate("task")
    def _check_task(self, proposal: dict) -> str:
        if proposal["value"] and sizes(self.layers)[0] != 2:
            raise ValueError(f"task needs two input features, a number and a mark, got {sizes(self.layers)[0]}")
        return proposal["value"] and one_of("task", proposal["value"], ["adding"])

    @traitlets.validate("layer", "direction", "unit", "feature", "step")
    def _check_choice(self, proposal: dict) -> int:
        name = proposal["trait"].name
        if not self.layers or not self.xs:
            return proposal["value"]
        inputs, units = sizes(self.layers)
        count = {
            "layer": len(self.layers),
            "direction": len(self.layers[0]),
            "unit": units,
            "feature": inputs,
            "step": len(self.xs),
        }[name]
        return whole(name, proposal["value"], 0, count - 1)


def gradient_path(f: np.ndarray, end: int, reverse: bool) -> np.ndarray:
    """Product of the forget gates from every step to step ``end``, (T,).

    That is the share of c's gradient that the gates alone carry back. NaN for steps not yet read.
    """
    path = np.full(len(f), np.nan)
    if reverse:
        path[end:] = np.cumprod([1, *f[end:-1]])
    else:
        path[: end + 1] = np.cumprod([1, *f[end:0:-1]])[::-1]
    return path


def _from_preset(key: str) -> dict[str, Any]:
    preset = copy.deepcopy(PRESETS[one_of("preset", key, PRESETS)])
    own = {name: getattr(preset, name) for name in ("layers", "xs", "step", "unit", "overlay")}
    own |= {"limits": [[-1.0, 1.0]], "first_xs": copy.deepcopy(preset.xs)}
    own |= {"puzzle": "", "feature_names": [], "labels": [], "marks": [], "head": {}, "task": ""}
    return own | dict.fromkeys(("layer", "direction", "feature"), 0)


def _from_puzzle(key: str, program: Mapping[str, list] | None) -> dict[str, Any]:
    """The traits of a bench: a program on the puzzle's first sequence."""
    puzzle = PUZZLES[one_of("puzzle", key, PUZZLES)]
    try:
        lstm = lstm_from_gates(_filled(puzzle["blank"] if program is None else program), len(puzzle["inputs"]))
    except (TypeError, ValueError) as error:
        raise type(error)(f"program does not fit: {error}") from None
    xs = [[float(value) for value in row] for row in puzzle["cases"][0]["xs"]]
    own = {"layers": layer_weights(lstm), "limits": puzzle["limits"], "xs": xs, "first_xs": copy.deepcopy(xs)}
    own |= {"feature_names": puzzle["inputs"], "labels": [], "marks": [], "head": {}, "task": ""}
    own |= dict.fromkeys(("layer", "direction", "feature", "unit"), 0)
    return own | {"step": 2 * len(xs) // 3}


def _filled(program: Any) -> Any:
    """A program with 0 for every ``...``."""
    if isinstance(program, Mapping):
        return {gate: _filled(rows) for gate, rows in program.items()}
    if isinstance(program, list | tuple):
        return [_filled(item) for item in program]
    return 0 if program is ... else program


def _wanted(key: str, xs: list[list[float]]) -> tuple[str, np.ndarray] | None:
    """What a puzzle reads, h or c, and where that must be after every step: lowest and highest, (T, 2).

    None where ``xs`` is no sequence of the puzzle.
    """
    puzzle = PUZZLES.get(key, {"cases": ()})
    for case in puzzle["cases"]:
        if case["xs"] == xs:
            if puzzle["reads"] == "h":
                return "h", np.array([puzzle["ranges"][letter] for letter in case["wanted"]])
            return "c", np.array(case["outline"])[:, None] + puzzle["within"] * np.array([-1, 1])
    return None


def _nudged(layers: list[list[Weights]], nudges: dict[str, float]) -> list[list[Weights]]:
    """A copy of ``layers`` with the moved weights put in; see `SequenceExplorer.weights`."""
    layers = copy.deepcopy(layers)
    for key, value in nudges.items():
        try:
            layer, direction, name, row, column = key.split(".")
            weights, row, column = layers[int(layer)][int(direction)], int(row), int(column)
            moved = numbers("nudges", value, ()).item()
            if name == "b":
                weights["b_ih"][row] = moved - weights["b_hh"][row]
            else:
                weights[name][row][column] = moved
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            raise ValueError(
                f'nudges must map "layer.direction.name.row.column" of a weight to a number, '
                f"got {checks.shown(key)}: {checks.shown(value)}"
            ) from None
    return layers


def _check_weights(layers: list[list[Weights]]) -> None:
    try:
        _, units = sizes(layers)
        weights = lstm_of(layers)  # is it one?
    except Exception as error:  # whatever nested lists of nobody knows what lack
        why = str(error).partition("\n")[0]
        raise ValueError(f"layers must be weights of an LSTM, as layer_weights takes them, got others: {why}") from None
    if units > MAX_UNITS:
        raise ValueError(f"module must have at most {MAX_UNITS} hidden units to be drawn, got {units}")
    for name, value in weights.named_parameters():
        if not value.isfinite().all():
            raise ValueError(f"module must have finite weights, got NaN or inf in {name}")


def _as_rows(xs: Any, input_size: int) -> list[list[float]]:
    """``xs`` as T rows of I floats, or an error that says what it should have been."""
    if getattr(xs, "ndim", 0) == 3 and not getattr(xs, "is_nested", False):
        raise ValueError(f"xs must be one sequence, got the shape {tuple(xs.shape)}; give one of the batch")
    flat = [("T",)] if input_size == 1 else []
    values = numbers("xs", xs, ("T", input_size), *flat)
    if len(values) > MAX_STEPS:
        raise ValueError(f"xs must have 1 to {MAX_STEPS} steps, got {len(values)}")
    return values.reshape(-1, input_size).tolist()


def _marked(xs: list[list[float]]) -> list[int]:
    """The steps that the second of two input features marks."""
    return [t for t, row in enumerate(xs) if row[1:] == [1]]


def _head_of(layer: Any) -> dict[str, Any]:
    """`SequenceExplorer.head` of an ``nn.Linear`` with one output."""
    kind("head", layer, "an nn.Linear", isinstance(layer, nn.Linear))
    if has_hooks(layer):
        raise ValueError("head must have no hooks, as a pruned weight has: what it computes may be another weight's")
    if layer.out_features != 1:
        raise ValueError(f"head must have one output, got {layer.out_features}")
    return {"weight": layer.weight[0].tolist(), "bias": 0.0 if layer.bias is None else layer.bias.item()}


def _limits_of(xs: list[list[float]]) -> list[list[float]]:
    """Round limits for every feature: [0, 1] or [-1, 1] where they hold the data, else wider."""
    limits = []
    for column in zip(*xs, strict=True):
        high = stills.nice_limit(max(1.0, *map(abs, column)))
        limits.append([-high if min(column) < 0 else 0.0, high])
    return limits
