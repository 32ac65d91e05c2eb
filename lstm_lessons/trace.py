"""Every gate of an LSTM at every step: `trace_gates`.

`torch.nn.LSTM` gives back the hidden states alone. Its gates stay inside. This module computes them again, with the
equations of `lstm_lessons.cell`, from the weights of any LSTM: PyTorch's or ours.

Letters in the shapes: T time steps, B sequences in the batch, I inputs, H hidden units, L layers, D directions (1 or
2).
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from lstm_lessons.cell import (
    LSTM,
    LSTMCell,
    State,
    check_lstm,
    check_tensor,
    initial_state,
    is_single,
    lstm_gates,
    lstm_layer,
    prepare,
    weights_of,
)


@dataclass(frozen=True, eq=False, repr=False)
class GateTrace:
    """What an LSTM computed on its way, as `trace_gates` returns it.

    =========================  ================  =========  ============
    traced                     i, f, g, o, c, h  x          h_0, c_0
    =========================  ================  =========  ============
    LSTM, batch or packed      (L, D, T, B, H)   (T, B, I)  (L, D, B, H)
    LSTM, one sequence (T, I)  (L, D, T, H)      (T, I)     (L, D, H)
    cell, sequences (T, B, I)  (T, B, H)         (T, B, I)  (B, H)
    cell, one step (B, I)      (B, H)            (B, I)     (B, H)
    cell, one step (I,)        (H,)              (I,)       (H,)
    =========================  ================  =========  ============

    So `trace.f[layer, direction, :, batch, unit]` is one forget gate over time. Time comes before the batch, also for a
    module with `batch_first=True`. Index t is the step that reads `x[t]`, in the backward direction (direction 1) too:
    there c[t] follows from c[t + 1]. Sequences of a `PackedSequence` stand in the caller's order; their padded steps
    are NaN in every field over time, which plots draw as gaps.
    """

    i: Tensor  #: input gate, in (0, 1).
    f: Tensor  #: forget gate, in (0, 1).
    g: Tensor  #: candidate, in (-1, 1).
    o: Tensor  #: output gate, in (0, 1).
    c: Tensor  #: cell state after the step.
    h: Tensor  #: hidden state after the step, in (-1, 1).
    x: Tensor  #: input of the module. A layer above the first reads `h` of the layer below.
    h_0: Tensor  #: initial hidden state.
    c_0: Tensor  #: initial cell state.
    lengths: Tensor | None = None  #: real steps of each sequence, shape (B,), for a `PackedSequence`; else None.

    def __repr__(self) -> str:
        steps, inputs = tuple(self.h.shape), tuple(self.x.shape)
        return f"GateTrace(i, f, g, o, c, h: {steps}; x: {inputs})"


def trace_gates(
    lstm: nn.LSTM | nn.LSTMCell | LSTM | LSTMCell, x: Tensor | PackedSequence, state: State | None = None
) -> GateTrace:
    """Run an LSTM and keep every gate and state of every step, in the shapes of `GateTrace`.

    Autograd sees the run, so gradients flow back to the weights, `x` and `state`. Call it inside `torch.no_grad()`
    where the numbers alone are wanted.

    Args:
        lstm: the module. It stays as it is.
        x: what the module takes: for an LSTM (T, B, I), or (B, T, I) with `batch_first=True`, or (T, I), or a
            `PackedSequence`; for a cell (B, I) or (I,), and also (T, B, I) to step through whole sequences.
        state: the initial (h_0, c_0), shaped as the module takes them; zeros if None.

    Raises:
        TypeError: `lstm` is not an LSTM, or `x` is not a tensor.
        ValueError: `lstm` has a projection (`proj_size`), or hooks, as a pruned one has; or it is in training mode with
            dropout between its layers, where no two runs agree; or `x` or `state` does not fit the module.
    """
    check_lstm(lstm, or_cell=True)
    if isinstance(lstm, (nn.LSTMCell, LSTMCell)):
        return _trace_cell(lstm, x, state)
    if lstm.training and lstm.dropout > 0 and lstm.num_layers > 1:
        raise ValueError(
            "lstm must not drop values while it is traced: call lstm.eval() first, "
            f"got training mode with dropout={lstm.dropout}"
        )
    return _trace_lstm(lstm, x, state)


def _trace_cell(cell: nn.LSTMCell | LSTMCell, x: Tensor, state: State | None) -> GateTrace:
    (weights,) = weights_of(cell)
    width = cell.input_size
    check_tensor("x", x, weights[0], (width,), ("B", width), ("T", "B", width))
    is_sequence = x.dim() == 3
    steps = x if is_sequence else x.unsqueeze(0)
    if len(steps) == 0:
        raise ValueError(f"x must have at least one time step, got shape {tuple(x.shape)}")
    shape = (*steps.shape[1:-1], cell.hidden_size)
    h_0, c_0 = initial_state("state", state, shape, weights[0], like=x)

    values = _run(steps, (h_0, c_0), weights)
    if not is_sequence:
        values = [value.squeeze(0) for value in values]
    return GateTrace(*values, x, h_0, c_0)


def _trace_lstm(lstm: nn.LSTM | LSTM, x: Tensor | PackedSequence, state: State | None) -> GateTrace:
    single = is_single(x)
    x, lengths, (h_0, c_0), weights = prepare(lstm, x, state, names=("x", "state"))
    directions = 2 if lstm.bidirectional else 1

    runs = []
    below = x
    for layer in range(lstm.num_layers):
        for direction in range(directions):
            row = layer * directions + direction
            initial = h_0[row], c_0[row]
            runs.append(_run(below, initial, weights[row], direction == 1, lengths))
        below = torch.cat([h for *_, h in runs[-directions:]], dim=-1)

    # (L·D, ...) becomes (L, D, ...)
    rows = (lstm.num_layers, directions)
    values = [torch.stack(value).unflatten(0, rows) for value in zip(*runs, strict=True)]
    h_0, c_0 = h_0.unflatten(0, rows), c_0.unflatten(0, rows)
    if lengths is not None:
        times = torch.arange(len(x), device=x.device)
        is_real = (times.unsqueeze(1) < lengths).unsqueeze(-1)  # (T, B, 1)
        values = [value.where(is_real, torch.nan) for value in values]
        x = x.where(is_real, torch.nan)
    if single:
        values = [value.squeeze(3) for value in values]
        x, h_0, c_0 = x.squeeze(1), h_0.squeeze(2), c_0.squeeze(2)
    return GateTrace(*values, x, h_0, c_0, lengths)


def _run(
    x: Tensor, state: State, weights: list[Tensor], reverse: bool = False, lengths: Tensor | None = None
) -> list[Tensor]:
    """Trace i, f, g, o, c, h of one layer in one direction, shape (T, ..., H) each."""
    h, c = lstm_layer(x, state, weights, reverse, lengths)
    h_0 = state[0].unsqueeze(0)
    h_before = torch.cat([h[1:], h_0]) if reverse else torch.cat([h_0, h[:-1]])
    return [*lstm_gates(x, h_before, *weights), c, h]
