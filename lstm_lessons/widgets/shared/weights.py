"""Weights of a PyTorch LSTM as the browser's modules want them: nested lists of floats."""

import base64
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from lstm_lessons import cell

Weights = dict[str, list]
NAMES = {"w_ih": "weight_ih", "w_hh": "weight_hh", "b_ih": "bias_ih", "b_hh": "bias_hh"}


def layer_weights(module: nn.Module) -> list[list[Weights]]:
    """Weights of every layer and direction of an LSTM or LSTMCell, of ``torch.nn`` or ours.

    As lists, ``layers[l][d]`` with the keys ``w_ih`` (4H, I), ``w_hh`` (4H, H), ``b_ih`` (4H) and ``b_hh`` (4H). A cell
    is one layer of one direction. Biases that it does not have are zeros.

    Raises:
        TypeError: if ``module`` has no LSTM weights.
        ValueError: if it was built with ``proj_size``.
    """
    parameters = dict(module.named_parameters()) if isinstance(module, nn.Module) else {}
    if "weight_ih" in parameters:
        return [[_one_direction(parameters, "")]]
    if "weight_ih_l0" not in parameters or isinstance(module, nn.GRU | nn.RNN):
        raise TypeError(f"module must be an LSTM or an LSTMCell, got {type(module).__name__}")
    _check_projection(module)
    suffixes = ("", "_reverse") if module.bidirectional else ("",)
    return [
        [_one_direction(parameters, f"_l{layer}{suffix}") for suffix in suffixes] for layer in range(module.num_layers)
    ]


def check_lstm(module: nn.Module) -> None:
    """Refuse what is no LSTM of PyTorch's or ours, and one whose h has another size than its c.

    Raises:
        TypeError, ValueError: as said.
    """
    if not isinstance(module, nn.LSTM | cell.LSTM):
        raise TypeError(
            f"module must be an LSTM (torch.nn.LSTM or lstm_lessons.cell.LSTM), got {type(module).__name__}"
        )
    _check_projection(module)


def _check_projection(module: nn.Module) -> None:
    if getattr(module, "proj_size", 0):
        raise ValueError(f"module must not use proj_size, got proj_size={module.proj_size}")


def _one_direction(parameters: dict[str, Tensor], suffix: str) -> Weights:
    rows, units = parameters["weight_hh" + suffix].shape
    if rows != 4 * units:
        raise TypeError(
            f"module must be an LSTM or an LSTMCell: weight_ih{suffix} should have "
            f"{4 * units} rows (four gates), got {rows}"
        )
    zeros = torch.zeros(rows)
    values = {key: parameters.get(name + suffix, zeros) for key, name in NAMES.items()}
    return {key: value.detach().double().tolist() for key, value in values.items()}


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
