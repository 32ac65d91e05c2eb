"""An LSTM classifier as its weights: traces with units held, and beliefs over time, in PyTorch.

The browser computes the same ones (``network.mjs``); tests hold the two together.

Letters in the shapes: T steps, B sequences, I features, H units a direction, D directions, L layers, K classes.

An *edit* holds one quantity of one unit at a value, at every step, in the recurrence and in
what the unit tells the layers above: ``{"0.1.17.h": 0.0}`` silences unit 17 of layer 0's reverse direction (a
*lesion*), ``{"0.0.3.f": 1.0}`` lets unit 3 never forget.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from lstm_lessons import cell, checks, sequences
from lstm_lessons.cell import lstm_gates
from lstm_lessons.models import SequenceClassifier
from lstm_lessons.palette import SYMBOLS
from lstm_lessons.widgets.shared.weights import NAMES, layer_weights

Edits = Mapping[str, float]
HELD_RANGE = {"i": (0.0, 1.0), "f": (0.0, 1.0), "g": (-1.0, 1.0), "o": (0.0, 1.0), "h": (0.0, 0.0)}


@dataclass(frozen=True)
class Network:
    """An LSTM, and what makes class scores of its output, in float64."""

    #: ``layers[l][d]`` is w_ih (4H, I), w_hh (4H, H), b_ih (4H), b_hh (4H).
    layers: tuple[tuple[tuple[Tensor, ...], ...], ...]
    pool: str  #: as in `models.SequenceClassifier`; ``""`` without a head.
    head: tuple[Tensor, Tensor] | None  #: weight (K, D·H, or twice that) and bias (K); None for an LSTM alone.

    @property
    def input_size(self) -> int:
        return self.layers[0][0][0].shape[1]

    @property
    def hidden_size(self) -> int:
        return self.layers[0][0][1].shape[1]

    @property
    def directions(self) -> int:
        return len(self.layers[0])

    @property
    def classes(self) -> int:
        return len(self.head[1]) if self.head else 0

    @property
    def architecture(self) -> dict[str, int | str]:
        """What the browser must know to find its way in `numbers`."""
        return {
            "input_size": self.input_size,
            "hidden_size": self.hidden_size,
            "num_layers": len(self.layers),
            "directions": self.directions,
            "classes": self.classes,
            "pool": self.pool,
        }

    def numbers(self) -> np.ndarray:
        """Every weight in one row of float32: layer by layer, forward first, then the head."""
        parts = [w for layer in self.layers for weights in layer for w in weights]
        parts += self.head or ()
        return torch.cat([part.flatten() for part in parts]).float().numpy()


def network_of(model: nn.Module) -> Network:
    """The weights of a `models.SequenceClassifier` or an LSTM, rounded to float32.

    Raises:
        TypeError: if it is neither.
        ValueError: if it uses ``proj_size`` or has hooks, or a weight is not finite.
    """
    lstm = model.lstm if isinstance(model, SequenceClassifier) else model
    if not isinstance(lstm, nn.LSTM | cell.LSTM):
        raise TypeError(
            "model must be a SequenceClassifier or an LSTM (torch.nn.LSTM or "
            f"lstm_lessons.cell.LSTM), got {type(model).__name__}"
        )
    check_weights(model)
    layers = tuple(
        tuple(tuple(_exact(weights[key]) for key in NAMES) for weights in directions)
        for directions in layer_weights(lstm, "model")
    )
    if lstm is model:
        return Network(layers, "", None)
    return Network(layers, model.pool, (_exact(model.head.weight), _exact(model.head.bias)))


def check_weights(model: nn.Module, like: nn.Module | None = None) -> None:
    """Refuse a model whose weights do not tell all about it, and would be another one in the browser.

    Args:
        like: a model of the same class and sizes, whose parameters are those that the browser knows.

    Raises:
        ValueError: if it has hooks, a weight is not finite or on the device meta, or its parameters are others.
    """
    for name, part in model.named_modules():
        if cell.has_hooks(part):
            raise ValueError(
                "model must have no forward hooks, as a pruned weight has (torch.nn.utils.prune.remove makes it "
                f"permanent); got some on {name or 'the model'}"
            )
    found = dict(model.named_parameters())
    for name, value in found.items():
        if value.is_meta or not value.isfinite().all():
            raise ValueError(
                f"model must have finite weights, got {'none' if value.is_meta else 'NaN or inf'} in {name}"
            )
    if like is not None and (other := sorted(found.keys() ^ dict(like.named_parameters()).keys())):
        raise ValueError(f"model must have its own weights, no parametrized ones, got {', '.join(other)}")


def _exact(values: Tensor | list) -> Tensor:
    """The float32 numbers that the browser gets, to compute with in float64."""
    return torch.as_tensor(values).detach().cpu().float().double()


def check_edits(edits: Any, network: Network) -> dict[str, float]:
    """A copy of ``edits`` with floats as values.

    Raises:
        TypeError: if a key is no text.
        ValueError: if a key names no unit, or a value lies outside the symbol's range.
    """
    limits = (len(network.layers), network.directions, network.hidden_size)
    checked = {}
    for key, value in dict(edits).items():
        checks.text("edits: a key", key)
        *place, symbol = key.split(".")
        fits = (
            len(place) == 3
            and symbol in HELD_RANGE
            and all(p.isdecimal() and int(p) < n for p, n in zip(place, limits, strict=True))
        )
        if not fits:
            raise ValueError(
                'edits must have keys "layer.direction.unit.symbol" with '
                f"{limits[0]} layers, {limits[1]} directions, {limits[2]} units and a symbol "
                f"of i, f, g, o, h; got {checks.shown(key)}"
            )
        low, high = HELD_RANGE[symbol]
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not low <= value <= high:
            expected = "0 (a lesion)" if symbol == "h" else f"between {low:g} and {high:g}"
            raise ValueError(f"edits[{key!r}] must be {expected}, got {checks.shown(value)}")
        checked[key] = float(value)
    return checked


def _held(edits: Edits, layer: int, direction: int) -> list[tuple[str, int, float]]:
    """The edits of one layer and direction: symbol, unit, value."""
    here = f"{layer}.{direction}."
    parts = [(key.removeprefix(here), v) for key, v in edits.items() if key.startswith(here)]
    return [(key.split(".")[1], int(key.split(".")[0]), value) for key, value in parts]


def _one_direction(x: Tensor, weights: tuple[Tensor, ...], held: list[tuple[str, int, float]]) -> dict[str, Tensor]:
    """i, f, g, o, c, h of a forward layer, (B, T, H) each, from (B, T, I) and zero states."""
    h = c = x.new_zeros(len(x), weights[1].shape[1])
    steps = []
    for t in range(x.shape[1]):
        now = dict(zip("ifgo", lstm_gates(x[:, t], h, *weights), strict=True))
        for symbol, unit, value in held:
            if symbol != "h":
                now[symbol][:, unit] = value
        c = now["f"] * c + now["i"] * now["g"]
        h = now["o"] * torch.tanh(c)
        for symbol, unit, value in held:
            if symbol == "h":
                h[:, unit] = value
        steps.append(now | {"c": c, "h": h})
    return {key: torch.stack([step[key] for step in steps], 1) for key in SYMBOLS}


def _run(
    network: Network, padded: Tensor, lengths: Tensor, edits: Edits
) -> tuple[list[list[dict[str, Tensor]]], Tensor]:
    """Traces ``[l][d]`` of (B, T, H) in true time, and the output (B, T, D·H)."""
    traces, x = [], padded
    for n, layer in enumerate(network.layers):
        halves = []
        for direction, weights in enumerate(layer):
            read = sequences.flip(x, lengths) if direction else x
            trace = _one_direction(read, weights, _held(edits, n, direction))
            if direction:
                trace = {key: sequences.flip(value, lengths) for key, value in trace.items()}
            halves.append(trace)
        x = torch.cat([half["h"] for half in halves], dim=-1)
        traces.append(halves)
    return traces, x


@torch.no_grad()
def edited_traces(network: Network, x: Tensor, edits: Edits) -> list[list[dict[str, Tensor]]]:
    """``[l][d]``: i, f, g, o, c, h of one sequence (T, I), shape (T, H) each, in true time."""
    traces, _ = _run(network, x[None], torch.tensor([len(x)]), edits)
    return [[{key: v[0] for key, v in half.items()} for half in layer] for layer in traces]


@torch.no_grad()
def prefix_beliefs(network: Network, x: Tensor, edits: Edits) -> Tensor:
    """Class probabilities after every step, (T, K): the whole model on x[:1], x[:2], ... x."""
    steps = torch.arange(1, len(x) + 1)
    H = network.hidden_size
    if network.directions == 2:  # the reverse half starts anew from every end
        _, output = _run(network, x.expand(len(x), *x.shape), steps, edits)
        last = sequences.last_valid(output, steps)
        final = torch.cat([last[:, :H], output[:, 0, H:]], dim=-1)
    else:  # no step knows those after it: one run holds every beginning
        _, output = _run(network, x[None], torch.tensor([len(x)]), edits)
        final, output = output[0], output.expand(len(x), -1, -1)
    features = sequences.pool(network.pool, output, final, steps)
    return nn.functional.linear(features, *network.head).softmax(dim=-1)
