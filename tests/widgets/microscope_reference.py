"""What a gate microscope should show, from torch itself: what is held is put into the weights.

A silenced unit is one whose outgoing weights are 0. A gate held at v is one that hears nothing
and has the bias at which its squashing function gives v.
"""

from __future__ import annotations

import base64
import copy
import functools
import json
import math
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from lstm_lessons.models import SequenceClassifier
from lstm_lessons.trace import trace_gates

SYMBOLS = "ifgoch"
PLACE = ("sequence", "layer", "direction", "edits")


def decoded(text: str, *shape: int) -> Tensor:
    """Float32 numbers from base64, as float64 of ``shape``."""
    numbers = np.frombuffer(base64.b64decode(text), "<f4").astype(np.float64)
    return torch.from_numpy(numbers).reshape(shape)


def model_of(state: dict[str, Any]) -> nn.Module:
    """The model that the state's weights were taken from, in float64."""
    a = state["architecture"]
    sizes, directions = (a["input_size"], a["hidden_size"]), {"bidirectional": a["directions"] == 2}
    if a["classes"]:
        options = {"num_layers": a["num_layers"], "pool": a["pool"], **directions}
        model = SequenceClassifier(*sizes, a["classes"], **options).double()
    else:
        model = nn.LSTM(*sizes, a["num_layers"], **directions, dtype=torch.float64)
    nn.utils.vector_to_parameters(decoded(state["weights"], -1), model.parameters())
    return model


@torch.no_grad()
def with_held(model: nn.Module, edits: dict[str, float]) -> nn.Module:
    """A copy of ``model`` whose weights do what ``edits`` say."""
    model = copy.deepcopy(model)
    lstm = getattr(model, "lstm", model)
    H = lstm.hidden_size
    for key, value in edits.items():
        layer, direction, unit, symbol = key.split(".")
        suffix, unit = f"_l{layer}{'_reverse' * int(direction)}", int(unit)
        if symbol == "h":
            column = int(direction) * H + unit
            getattr(lstm, "weight_hh" + suffix)[:, unit] = 0
            if int(layer) + 1 < lstm.num_layers:
                for other in ["", "_reverse"][: 1 + lstm.bidirectional]:
                    getattr(lstm, f"weight_ih_l{int(layer) + 1}{other}")[:, column] = 0
            elif lstm is not model:
                width = H * (1 + lstm.bidirectional)
                model.head.weight[:, column::width] = 0  # once for each pool
            continue
        row = "ifgo".index(symbol) * H + unit
        for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
            getattr(lstm, name + suffix)[row] = 0
        low = -1 if symbol == "g" else 0
        if value in (low, 1):
            bias = 1e3 if value == 1 else -1e3
        else:
            bias = math.atanh(value) if symbol == "g" else math.log(value / (1 - value))
        getattr(lstm, "bias_ih" + suffix)[row] = bias
    return model


@torch.no_grad()
def traces(model: nn.Module, x: Tensor, layer: int, direction: int, edits: dict) -> dict:
    """i, f, g, o, c, h, each (T, H), with what is held."""
    trace = trace_gates(getattr(with_held(model, edits), "lstm", with_held(model, edits)), x)
    values = {key: getattr(trace, key)[layer, direction].clone() for key in SYMBOLS}
    for key in edits:
        *place, unit, symbol = key.split(".")
        if symbol == "h" and place == [str(layer), str(direction)]:
            values["h"][:, int(unit)] = 0
    return values


@torch.no_grad()
def beliefs(model: SequenceClassifier, x: Tensor, edits: dict) -> Tensor:
    """The model's answer to x[:1], x[:2], ... x, one by one: (T, K)."""
    model = with_held(model, edits).eval()
    rows = [model(x[None, :t], torch.tensor([t]))[0] for t in range(1, len(x) + 1)]
    return torch.stack(rows).softmax(-1)


@functools.lru_cache(maxsize=64)
def numbers(told: str) -> dict[str, Any]:
    """All numbers for a state, a JSON text of its parts that matter; as lists."""
    state = json.loads(told)
    a = state["architecture"]
    xs = [decoded(text, -1, a["input_size"]) for text in state["inputs"]]
    x = xs[state["sequence"]]
    place = (state["layer"], state["direction"])
    if state["weights"]:
        model = model_of(state)
        plain, edited = (traces(model, x, *place, edits) for edits in ({}, state["edits"]))
        gates = [traces(model, one, *place, {}) for one in xs]
        shares = {}
        for gate in "ifo":
            values = torch.cat([one[gate] for one in gates])
            shares[gate] = [(values < 0.1).double().mean(0), (values > 0.9).double().mean(0)]
        believed = [beliefs(model, x, e) for e in ({}, state["edits"])] if a["classes"] else None
    else:
        result, H, K = state["result"], a["hidden_size"], a["classes"]
        texts = (result["plain"], result["values"] or result["plain"])
        plain, edited = (dict(zip(SYMBOLS, decoded(t, 6, -1, H), strict=True)) for t in texts)
        shares = dict(zip("ifo", decoded(result["saturation"], 3, 2, H), strict=True))
        texts = (result["plain_beliefs"], result["beliefs"] or result["plain_beliefs"])
        believed = [decoded(text, -1, K) for text in texts]
    found = {
        "x": x.tolist(),
        "plain": {key: value.tolist() for key, value in plain.items()},
        "traces": {key: value.tolist() for key, value in edited.items()},
        "saturation": {gate: [side.tolist() for side in pair] for gate, pair in shares.items()},
    }
    if believed:
        found |= {"plain_beliefs": believed[0].tolist(), "beliefs": believed[1].tolist()}
    return found


def strong(module: nn.Module) -> nn.Module:
    """The module with weights three times as wide, so that its gates move and its units matter."""
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.mul_(3)
    return module
