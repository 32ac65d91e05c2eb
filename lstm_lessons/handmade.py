"""Small LSTMs whose weights are written by hand, gate by gate.

A *program* is a dictionary with one entry per gate, `i`, `f`, `g`, `o`. For a cell of one unit an entry is one row of
numbers: a weight for each input, a weight for h_{t-1}, and a bias, in this order. For H units it is a list of H such
rows, each with H weights for h_{t-1}::

    echo = {
        #     x  h  bias
        "i": [0, 0, 10],
        "f": [0, 0, -10],
        "g": [1, 0, 0],
        "o": [0, 0, 10],
    }
"""

import sys
from collections.abc import Mapping
from numbers import Real

import numpy as np
import torch
from torch import nn

from lstm_lessons import checks

ORDER = "ifgo"
"""PyTorch's order of the gates in the rows of `W_ih`, `W_hh` and the biases."""


def lstm_from_gates(gates: Mapping[str, list], input_size: int | None = None) -> nn.LSTM:
    """Build an `nn.LSTM(I, H)` of one layer from a program, in PyTorch's default dtype.

    H is the number of rows of a gate, and I = (numbers in a row) - H - 1. The columns become `W_ih` (4H, I) and `W_hh`
    (4H, H), the last one `b_ih`; `b_hh` is 0, since only their sum matters. With `input_size`, I, it is clear which row
    is too long or too short.

    Raises:
        TypeError: if `gates` is no dictionary, or an entry is no number.
        ValueError: if a gate is missing or unknown, the rows do not fit, or a number is not finite.
    """
    if input_size is not None:
        checks.whole("input_size", input_size)
    checked = _rows(gates, input_size)
    rows = torch.tensor([row for gate in ORDER for row in checked[gate]])
    hidden_size = len(rows) // len(ORDER)
    input_size = rows.shape[1] - hidden_size - 1
    lstm = nn.LSTM(input_size, hidden_size)
    with torch.no_grad():
        lstm.weight_ih_l0.copy_(rows[:, :input_size])
        lstm.weight_hh_l0.copy_(rows[:, input_size:-1])
        lstm.bias_ih_l0.copy_(rows[:, -1])
        lstm.bias_hh_l0.zero_()
    return lstm


def _rows(gates: Mapping[str, list], inputs: int | None) -> dict[str, list[list[float]]]:
    """The rows of every gate as floats, checked; an array or a tensor stands for its numbers."""
    if not isinstance(gates, Mapping):
        raise TypeError(f"gates must be a dict with the keys i, f, g and o, got {type(gates).__name__}")
    if set(gates) != set(ORDER):
        raise ValueError(f"gates must have the keys i, f, g and o, got {_names(gates)}")
    rows = {gate: _gate_rows(gate, gates[gate]) for gate in ORDER}
    units = len(rows["i"])
    width = len(rows["i"][0]) if inputs is None else inputs + units + 1
    for gate, matrix in rows.items():
        if len(matrix) != units:
            raise ValueError(
                f"gates[{gate!r}] must have one row per unit, as gates['i'] has: expected {units}, got {len(matrix)}"
            )
        for row in matrix:
            if len(row) != width:
                like = "as the first of gates['i']" if inputs is None else f"with {inputs} input(s)"
                raise ValueError(
                    f"every row must have {width} numbers, {like}; gates[{gate!r}] has a row of {len(row)}"
                )
    if width < units + 2:
        raise ValueError(
            f"a row must hold at least one input weight, {units} weight(s) for h and a bias, "
            f"so {units + 2} numbers or more; got {width}"
        )
    return rows


def _listed(value: object) -> object:
    """Nested lists, tuples, arrays and tensors as nested lists."""
    if isinstance(value, list | tuple):
        return [_listed(item) for item in value]
    return value.tolist() if isinstance(value, np.ndarray | np.generic | torch.Tensor) else value


def _gate_rows(gate: str, value: object) -> list[list[float]]:
    value = _listed(value)
    if not isinstance(value, list | tuple) or not value:
        raise TypeError(f"gates[{gate!r}] must be a list of numbers, got {checks.shown(value)}")
    matrix = value if isinstance(value[0], list | tuple) else [value]
    for row in matrix:
        if not isinstance(row, list | tuple):
            raise TypeError(f"gates[{gate!r}] mixes rows and numbers: {checks.shown(value)}")
        for number in row:
            if isinstance(number, bool) or not isinstance(number, Real):
                raise TypeError(f"gates[{gate!r}] must hold numbers only, got {checks.shown(number)}")
            if not abs(number) <= sys.float_info.max:  # NaN is not, nor 10**400, which no float holds
                raise ValueError(f"gates[{gate!r}] must hold finite numbers only, got {checks.shown(number)}")
    return [[float(number) for number in row] for row in matrix]


def _names(gates: Mapping) -> str:
    return ", ".join(name if isinstance(name, str) else checks.shown(name) for name in gates) or "none"
