"""Weights of a PyTorch LSTM as the browser's modules want them: nested lists of floats."""

import base64
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from lstm_lessons import cell

Weights = dict[str, list]
NAMES = {"w_ih": "weight_ih", "w_hh": "weight_hh", "b_ih": "bias_ih", "b_hh": "bias_hh"}


def layer_weights(module: nn.Module, name: str = "module") -> list[list[Weights]]:
    """Weights of every layer and direction of an LSTM or LSTMCell, of ``torch.nn`` or ours.

    As lists, ``layers[l][d]`` with the keys ``w_ih`` (4H, I), ``w_hh`` (4H, H), ``b_ih`` (4H) and ``b_hh`` (4H). A cell
    is one layer of one direction. Biases that it does not have are zeros. An error calls the module ``name``.

    Raises:
        TypeError: if ``module`` is none of these.
        ValueError: if it was built with ``proj_size``, has hooks, as a pruned one, lacks a weight or is on the device
            meta.
    """
    cell.check_lstm(module, or_cell=True, name=name)
    if any(value.is_meta for value in module.parameters()):
        raise ValueError(f"{name} must hold numbers, got one on the device meta")
    parameters = cell.weights_of(module, name)
    rows = [
        {key: value.detach().double().tolist() for key, value in zip(NAMES, row, strict=False)} for row in parameters
    ]
    zeros = [0.0] * (4 * module.hidden_size)
    rows = [{"b_ih": zeros, "b_hh": zeros} | row for row in rows]
    directions = 2 if getattr(module, "bidirectional", False) else 1
    return [rows[n : n + directions] for n in range(0, len(rows), directions)]


def sizes(layers: Sequence[Sequence[Weights]]) -> tuple[int, int]:
    """Number of input features, and of hidden units."""
    return len(layers[0][0]["w_ih"][0]), len(layers[0][0]["w_hh"][0])


def cell_of(weights: Weights) -> nn.LSTMCell:
    """A cell with these weights, in float64; it records no gradient."""
    cell = nn.LSTMCell(*sizes([[weights]]), dtype=torch.float64).requires_grad_(False)
    cell.load_state_dict(_state(weights, ""))
    return cell


def lstm_of(layers: Sequence[Sequence[Weights]]) -> nn.LSTM:
    """An LSTM with these weights, in float64: what `layer_weights` took apart."""
    shape = {"num_layers": len(layers), "bidirectional": len(layers[0]) == 2}
    lstm = nn.LSTM(*sizes(layers), **shape, dtype=torch.float64)
    state = {}
    for layer, directions in enumerate(layers):
        for weights, suffix in zip(directions, ("", "_reverse"), strict=False):
            state |= _state(weights, f"_l{layer}{suffix}")
    lstm.load_state_dict(state)
    return lstm


def _state(weights: Weights, suffix: str) -> dict[str, Tensor]:
    return {name + suffix: torch.tensor(weights[key], dtype=torch.float64) for key, name in NAMES.items()}


def encode(values: np.ndarray | Tensor) -> str:
    """Float32 in base64: what the browser reads faster than a list."""
    return base64.b64encode(np.ascontiguousarray(values, dtype="<f4").tobytes()).decode()
