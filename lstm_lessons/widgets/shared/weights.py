"""Weights of a PyTorch LSTM as the browser's modules want them: nested lists of floats."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

Weights = dict[str, list]


def layer_weights(module: nn.Module) -> list[list[Weights]]:
    """Weights of every layer and direction.

    Args:
        module: ``torch.nn.LSTM``, ``torch.nn.LSTMCell``, or one of ours.

    Returns:
        ``layers[l][d]`` with the keys ``w_ih`` (4H, I), ``w_hh`` (4H, H),
        ``b_ih`` (4H) and ``b_hh`` (4H), as lists. A cell is one layer of one
        direction. Biases that the module does not have are zeros.

    Raises:
        TypeError: if ``module`` has no LSTM weights.
        ValueError: if it was built with ``proj_size``.
    """
    parameters = dict(module.named_parameters()) if isinstance(module, nn.Module) else {}
    if "weight_ih" in parameters:
        return [[_one_direction(parameters, "")]]
    if "weight_ih_l0" not in parameters or isinstance(module, nn.GRU | nn.RNN):
        raise TypeError(f"module must be an LSTM or an LSTMCell, got {type(module).__name__}")
    if getattr(module, "proj_size", 0):
        raise ValueError("module must not use proj_size: its h has another size than its c")
    suffixes = ("", "_reverse") if module.bidirectional else ("",)
    return [
        [_one_direction(parameters, f"_l{layer}{suffix}") for suffix in suffixes]
        for layer in range(module.num_layers)
    ]


def _one_direction(parameters: dict[str, Any], suffix: str) -> Weights:
    def matrix(name: str) -> torch.Tensor:
        return parameters[name + suffix].detach().double().cpu()

    w_ih, w_hh = matrix("weight_ih"), matrix("weight_hh")
    if w_ih.shape[0] != 4 * w_hh.shape[1]:
        raise TypeError(
            f"module must be an LSTM or an LSTMCell: weight_ih{suffix} should have "
            f"{4 * w_hh.shape[1]} rows (four gates), got {w_ih.shape[0]}"
        )
    zeros = torch.zeros(w_ih.shape[0])
    has_bias = "bias_ih" + suffix in parameters
    b_ih, b_hh = (matrix(n) if has_bias else zeros for n in ("bias_ih", "bias_hh"))
    return {
        "w_ih": w_ih.tolist(),
        "w_hh": w_hh.tolist(),
        "b_ih": b_ih.tolist(),
        "b_hh": b_hh.tolist(),
    }
