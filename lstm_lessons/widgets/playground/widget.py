"""Networks that learn in the page, side by side, with no kernel: `Playground`."""

import itertools
import json
import math
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any

import numpy as np
import torch
import traitlets
from matplotlib.figure import Figure
from torch import nn

from lstm_lessons import checks
from lstm_lessons.plots import stills
from lstm_lessons.widgets.playground.tasks import TASKS, Random, sources
from lstm_lessons.widgets.shared.base import Choice, LessonWidget, shown
from lstm_lessons.widgets.shared.bundling import provide

provide("playground_sources", "PLAYGROUND_SOURCES", sources())

RATES = (0.001, 0.003, 0.01, 0.02, 0.03, 0.1)
CLIPS = (0.0, 0.1, 1.0, 5.0)
RANGES = {"length": (5, 100), "units": (1, 16), "seed": (0, 999), "racer": (0, 2)}


def _data(name: str) -> Any:
    return json.loads(resources.files(__package__).joinpath(f"playground_{name}.json").read_text("utf-8"))


RACES = _data("races")
"""Which three networks race: what sets each apart from the settings of all, by the race's name."""
PRESETS = {preset["name"]: preset for preset in _data("presets")}
"""Stories by their names, each with a ``sentence`` and its ``settings``."""
_MODULES = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


class Playground(LessonWidget):
    """Three networks of one layer learn the same task from the same data, while you watch.

    They learn in the browser, with backpropagation through time in JavaScript: no kernel is needed.

    Traits:
        task: one of `tasks.TASKS`; its docstring says what is wanted.
        race: ``"networks"`` (RNN, GRU, LSTM), or three of a kind: ``"forget"`` biases, ``"units"``, ``"clipping"``.
        length: steps of a sequence, T, 5 to 100.
        units: of the layer, H, 1 to 16.
        rate: learning rate, one of `RATES`.
        optimizer: ``"adam"`` or ``"sgd"``.
        forget_bias: of an LSTM at the start, -2 to 8.
        clip: the norm at which a gradient is clipped, one of `CLIPS`; 0 for none.
        seed: of the first weights and the data, 0 to 999.
        playing: whether they learn as soon as the page shows them, unless it asks for less motion.
        racer: which of the three is looked into, 0 to 2.
        view: of that one: ``"gates"``, ``"traces"`` of one unit, or ``"weights"``.
        weights: what the page has learned so far, told about once a second.
    """

    module = "playground"

    task = shown(Choice(tuple(TASKS), "adding"))
    race = shown(Choice(tuple(RACES), "networks"))
    length = shown(traitlets.Int(30))
    units = shown(traitlets.Int(8))
    rate = shown(Choice(RATES, 0.02))
    optimizer = shown(Choice(("adam", "sgd"), "adam"))
    forget_bias = shown(traitlets.Float(1.0))
    clip = shown(Choice(CLIPS, 1.0))
    seed = shown(traitlets.Int(0))
    playing = shown(traitlets.Bool(True))
    racer = shown(traitlets.Int(2))
    view = shown(Choice(("gates", "traces", "weights"), "gates"))
    weights = traitlets.Dict().tag(sync=True)

    def __init__(self, task: str = "adding", *, preset: str | None = None, **traits: Any) -> None:
        """Show a task; the other arguments are the traits.

        Args:
            preset: one of `PRESETS`, whose settings come first.

        Raises:
            ValueError: if a trait is out of range, or there is no such preset.
        """
        if preset is not None:
            checks.one_of("preset", preset, PRESETS)
            traits = PRESETS[preset]["settings"] | traits
        super().__init__(**{"task": task} | traits)

    def to_torch(self) -> tuple[nn.RNN | nn.GRU | nn.LSTM, nn.Linear]:
        """The network that is looked into, with the weights of the moment, in float64.

        Returns:
            The layer, whose inputs are (T, B, I), and the linear layer on its h.
        """
        told = self.weights
        if not told:  # no page has shown it yet
            return self._start(self.racer)
        return _network(told["settings"][self.racer], iter(told["all"][self.racer]))

    def _start(self, racer: int) -> tuple[nn.RNN | nn.GRU | nn.LSTM, nn.Linear]:
        """A network before it learns, drawn as the page draws it."""
        names = ("task", "units", "forget_bias", "seed")
        settings = {name: getattr(self, name) for name in names} | RACES[self.race]["racers"][racer]
        random = Random(8 * self.seed + 1 + list(_MODULES).index(settings["kind"]))
        bound = 1 / math.sqrt(settings["units"])
        layer, head = _network(settings, iter(lambda: (2 * random() - 1) * bound, None))
        if settings["kind"] == "lstm":
            forget = slice(layer.hidden_size, 2 * layer.hidden_size)
            with torch.no_grad():
                layer.bias_ih_l0[forget], layer.bias_hh_l0[forget] = settings["forget_bias"], 0
        return layer, head

    def summary(self) -> str:
        names = [about["name"] for about in RACES[self.race]["racers"]]
        return (
            f"Playground, before training: {', '.join(names)} are to learn a task. {TASKS[self.task].__doc__} "
            f"{self.length} steps, {self.units} units, {self.optimizer} at rate {self.rate:g}"
        )

    def picture(self) -> Figure:
        x, y = TASKS[self.task](Random(8 * self.seed + 4), self.length)
        inputs = torch.tensor(x, dtype=torch.float64)
        names = [about["name"] for about in RACES[self.race]["racers"]]
        flows = {name: flow(*self._start(racer), inputs) for racer, name in enumerate(names)}
        return stills.playground(np.array(x), np.array(y)[:, 0], flows)

    @traitlets.validate(*RANGES)
    def _check_whole(self, proposal: dict) -> int:
        name = proposal["trait"].name
        return checks.whole(name, proposal["value"], *RANGES[name])

    @traitlets.validate("forget_bias")
    def _check_bias(self, proposal: dict) -> float:
        value = proposal["value"]
        checks.number("forget_bias", value, "a number from -2 to 8", lambda value: -2 <= value <= 8)
        return float(value)


def _network(settings: Mapping[str, Any], values: Iterator[float]) -> tuple[nn.RNN | nn.GRU | nn.LSTM, nn.Linear]:
    """Layer and linear layer, in float64, filled with numbers in the order of their parameters."""
    inputs = len(TASKS[settings["task"]](Random(0), 5)[0][0])
    layer = _MODULES[settings["kind"]](inputs, settings["units"], dtype=torch.float64)
    head = nn.Linear(settings["units"], 1, dtype=torch.float64)
    with torch.no_grad():
        for weights in (*layer.parameters(), *head.parameters()):
            weights.copy_(
                torch.tensor(list(itertools.islice(values, weights.numel())), dtype=torch.float64).view_as(weights)
            )
    return layer, head


def flow(layer: nn.RNN | nn.GRU | nn.LSTM, head: nn.Linear, x: torch.Tensor) -> list[float]:
    """The norm of the gradient that comes back to each step's state (h, and c) from the last answer, as a share of the
    last step's.

    Args:
        x: inputs of one sequence, (T, I).
    """
    states, state = [], None
    for step in x:
        _, state = layer(step[None], state)
        parts = state if isinstance(state, tuple) else (state,)
        for part in parts:
            part.retain_grad()
        states.append(parts)
    head(states[-1][0]).sum().backward()
    norms = [math.hypot(*(part.grad.norm().item() for part in parts if part.grad is not None)) for parts in states]
    return [norm / norms[-1] for norm in norms]
