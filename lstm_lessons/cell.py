"""The LSTM in plain PyTorch, the equations in sight: `LSTMCell` and `LSTM`.

Both are drop-ins for `torch.nn.LSTMCell` and `torch.nn.LSTM`: same arguments, same shapes, same parameter names, same
numbers. They are written to be read, so they are slower. Read from the top: the six equations (`lstm_gates` and
`lstm_step`), one layer over time (`lstm_layer`), then the two modules. The checks of the arguments stand at the end.

Letters in the shapes: T time steps, B sequences in the batch, I inputs, H hidden units, L layers, D directions (1 or
2).

Sources: S. Hochreiter and J. Schmidhuber, "Long Short-Term Memory" (Neural Computation, 1997), for the cell; F. Gers,
J. Schmidhuber and F. Cummins, "Learning to Forget" (Neural Computation, 2000), for the forget gate; the documentation
of `torch.nn.LSTM` for the gate order i, f, g, o and the two bias vectors.
"""

import math
import numbers
import operator
import warnings

import torch
from torch import Tensor, nn
from torch.nn.functional import dropout, linear
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

State = tuple[Tensor, Tensor]
"""The hidden state h and the cell state c, in this order."""


def lstm_gates(
    x: Tensor,
    h: Tensor,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None = None,
    bias_hh: Tensor | None = None,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The input gate i, the forget gate f, the candidate g and the output gate o.

    Args:
        x: the input x_t, shape (..., I).
        h: the hidden state h_{t-1}, shape (..., H).
        weight_ih: shape (4H, I); the rows of i, then f, g and o.
        weight_hh: shape (4H, H), in the same order.
        bias_ih, bias_hh: shape (4H,) each, or None.

    Returns:
        i, f, g, o: shape (..., H) each. i, f and o lie in (0, 1), g in (-1, 1).

    Raises:
        TypeError, ValueError: an argument does not fit; the message names it.
    """
    if fault := step_fault(x, h, weight_ih, weight_hh, bias_ih, bias_hh):
        raise fault
    # z_t = W_ih x_t + b_ih + W_hh h_{t-1} + b_hh
    z = linear(x, weight_ih, bias_ih) + linear(h, weight_hh, bias_hh)  # (..., 4H)
    z_i, z_f, z_g, z_o = z.chunk(4, dim=-1)  # (..., H) each

    # i_t = σ(W_ii x_t + b_ii + W_hi h_{t-1} + b_hi)
    i = torch.sigmoid(z_i)
    # f_t = σ(W_if x_t + b_if + W_hf h_{t-1} + b_hf)
    f = torch.sigmoid(z_f)
    # g_t = tanh(W_ig x_t + b_ig + W_hg h_{t-1} + b_hg)
    g = torch.tanh(z_g)
    # o_t = σ(W_io x_t + b_io + W_ho h_{t-1} + b_ho)
    o = torch.sigmoid(z_o)
    return i, f, g, o


def lstm_step(
    x: Tensor,
    state: State,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None = None,
    bias_hh: Tensor | None = None,
) -> State:
    """One time step: from x_t, (..., I), and (h_{t-1}, c_{t-1}) to (h_t, c_t), (..., H) each.

    The weights and what is raised are those of `lstm_gates`.
    """
    if not is_pair(state):
        raise ValueError(f"state must be a pair of tensors (h, c), got {describe(state)}")
    h, c = state
    i, f, g, o = lstm_gates(x, h, weight_ih, weight_hh, bias_ih, bias_hh)
    if not is_dense(c) or c.shape != h.shape or c.device != h.device:
        raise ValueError(f"state[1], c, must be a tensor of shape {tuple(h.shape)}, as h is, got {describe(c)}")

    # c_t = f_t ⊙ c_{t-1} + i_t ⊙ g_t
    c = f * c + i * g
    # h_t = o_t ⊙ tanh(c_t)
    h = o * torch.tanh(c)
    return h, c


def lstm_layer(
    x: Tensor, state: State, weights: list[Tensor], reverse: bool = False, lengths: Tensor | None = None
) -> State:
    """One layer in one direction: `lstm_step` at every time step.

    Args:
        x: the inputs, time first, shape (T, B, I).
        state: the initial h and c, shape (B, H) each.
        weights: weight_ih, weight_hh and, with biases, bias_ih, bias_hh.
        reverse: read from the last time step to the first.
        lengths: how many steps of each sequence are real, shape (B,), 0 to T; None if all are.

    Returns:
        h and c at every time step, shape (T, B, H) each. Index t belongs to x[t], also in reverse. A sequence keeps its
        state during padded steps, so the final state stands at index -1, or at index 0 in reverse.

    Raises:
        TypeError, ValueError: an argument does not fit; the message names it.
    """
    if fault := layer_fault(x, state, weights, least_axes=2):
        raise fault
    h, c = state
    if type(reverse).__name__ not in ("bool", "bool_"):
        raise TypeError(f"reverse must be True or False, got {describe(reverse)}")
    if fault := lengths_fault(lengths, x):
        raise fault
    hs, cs = [], []
    times = range(len(x))
    if lengths is not None:
        is_real = (torch.arange(len(x), device=x.device).unsqueeze(1) < lengths.long()).unsqueeze(2)
        x = torch.where(is_real, x, 0)  # a NaN in the padding would reach the gradients
    for t in reversed(times) if reverse else times:
        h_t, c_t = lstm_step(x[t], (h, c), *weights)
        if lengths is not None:
            h_t, c_t = torch.where(is_real[t], h_t, h), torch.where(is_real[t], c_t, c)
        h, c = h_t, c_t
        hs.append(h)
        cs.append(c)
    if reverse:
        hs.reverse()
        cs.reverse()
    return torch.stack(hs), torch.stack(cs)


class LSTMCell(nn.Module):
    """One LSTM step with its own weights; a drop-in for `torch.nn.LSTMCell`.

    The sizes are I, the number of inputs per step, and H, the number of hidden units.

    Parameters, drawn uniformly from ±1/√H as in PyTorch:
        weight_ih: shape (4H, I); weight_hh: shape (4H, H).
        bias_ih, bias_hh: shape (4H,) each; None with `bias=False`.

    Raises:
        TypeError: an argument has the wrong type.
        ValueError: an argument has the wrong value, shape or dtype.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        sizes = check_sizes(input_size=input_size, hidden_size=hidden_size)
        check_room(*sizes, device=device)
        self.input_size, self.hidden_size = sizes
        (self.bias,) = check_flags(bias=bias)
        for name, shape in parameter_shapes(*sizes).items():
            is_absent = name.startswith("bias") and not self.bias
            parameter = None if is_absent else empty_parameter(shape, device, dtype)
            self.register_parameter(name, parameter)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every parameter anew, uniformly from ±1/√H."""
        draw_uniformly(self, self.hidden_size)

    def forward(self, input: Tensor, hx: State | None = None) -> State:
        """Take one step: from x_t and (h_{t-1}, c_{t-1}), zeros if None, to h_t and c_t.

        The input is (B, I), or (I,) without a batch, and each state (B, H), or (H,).
        """
        weights = [self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh]
        check_tensor("input", input, weights[0], ("B", self.input_size), (self.input_size,))
        state_shape = (*input.shape[:-1], self.hidden_size)
        state = initial_state("hx", hx, state_shape, weights[0], like=input)
        return lstm_step(input, state, *weights)

    def extra_repr(self) -> str:
        """The arguments, as `print(cell)` shows them."""
        return arguments_text(self, bias=True)


class LSTM(nn.Module):
    """Layers of LSTM cells over time, in one or two directions; a drop-in for `torch.nn.LSTM`.

    Args:
        input_size: I, the number of inputs per step.
        hidden_size: H, the number of hidden units per layer and direction.
        num_layers: L; layer 1 reads the output of layer 0, and so on.
        bias: whether there are bias vectors.
        batch_first: whether a batch is (B, T, ...) in place of (T, B, ...), for `input` and `output`; the states and a
            single sequence stay as they are.
        dropout: probability to zero a value on its way from one layer to the next, in training mode.
        bidirectional: whether each layer reads the sequence backward as well (D = 2).
        device, dtype: of the parameters.

    Parameters of layer k, drawn uniformly from ±1/√H as in PyTorch:
        weight_ih_lk: shape (4H, I) for layer 0, (4H, D·H) above;
        weight_hh_lk: shape (4H, H); bias_ih_lk, bias_hh_lk: shape (4H,) each. The backward direction has the same names
        ending in `_reverse`.

    `torch.nn.LSTM` knows one more argument, `proj_size`. This class takes none but 0. It loops in Python, so
    `torch.jit.trace` unrolls it: the trace fits sequences of that length alone.

    Raises:
        TypeError: an argument has the wrong type.
        ValueError: an argument has the wrong value, shape or dtype.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        *,
        proj_size: int = 0,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        if type(proj_size) is not int or proj_size:
            raise TypeError(f"proj_size must be 0, as this LSTM has no projection, got {written(proj_size)}")
        self.proj_size = proj_size
        self.input_size, self.hidden_size, self.num_layers = check_sizes(
            input_size=input_size, hidden_size=hidden_size, num_layers=num_layers
        )
        self.bias, self.batch_first, self.bidirectional = check_flags(
            bias=bias, batch_first=batch_first, bidirectional=bidirectional
        )
        check_dropout(dropout, self.num_layers)
        self.dropout = float(dropout)
        self.num_directions = 2 if self.bidirectional else 1
        check_room(self.input_size, self.hidden_size, self.num_layers, self.num_directions, device)

        for row, suffix in enumerate(layer_suffixes(self.num_layers, self.num_directions)):
            width = self.input_size if row < self.num_directions else self.num_directions * self.hidden_size
            for kind, shape in parameter_shapes(width, self.hidden_size).items():
                if self.bias or kind.startswith("weight"):
                    self.register_parameter(kind + suffix, empty_parameter(shape, device, dtype))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every parameter anew, uniformly from ±1/√H."""
        draw_uniformly(self, self.hidden_size)

    def forward(self, input: Tensor | PackedSequence, hx: State | None = None) -> tuple[Tensor | PackedSequence, State]:
        """Run over whole sequences.

        Args:
            input: shape (T, B, I), or (B, T, I) with `batch_first`, or (T, I) for a single sequence, or a
                `PackedSequence`.
            hx: the initial h and c of every layer and direction, shape (L·D, B, H) each, or (L·D, H) for a single
                sequence; zeros if None.

        Returns:
            `output`: h of the last layer at every step, laid out as `input`, with D·H values per step: the forward
            direction, then the backward one. `h_n` and `c_n`: the final states, shaped as `hx`: layer 0 forward,
            layer 0 backward, layer 1 forward, and so on.
        """
        x, lengths, (h_0, c_0), weights = prepare(self, input, hx)

        h_n, c_n = [], []
        for layer in range(self.num_layers):
            if layer > 0:
                x = dropout(x, self.dropout, self.training)
            outputs = []
            for direction in range(self.num_directions):
                backward = direction == 1
                row = layer * self.num_directions + direction
                state = h_0[row], c_0[row]
                h, c = lstm_layer(x, state, weights[row], backward, lengths)  # (T, B, H) each
                outputs.append(h)
                last = 0 if backward else -1
                h_n.append(h[last])
                c_n.append(c[last])
            x = torch.cat(outputs, dim=-1)  # (T, B, D·H)

        output = restore_layout(x, lengths, like=input, batch_first=self.batch_first)
        h_n, c_n = torch.stack(h_n), torch.stack(c_n)  # (L·D, B, H)
        if is_single(input):
            h_n, c_n = h_n.squeeze(1), c_n.squeeze(1)
        return output, (h_n, c_n)

    @property
    def all_weights(self) -> list[list[nn.Parameter]]:
        """The parameters of each layer and direction, ordered as the rows of `h_n`."""
        return weights_of(self)

    def flatten_parameters(self) -> None:
        """Do nothing. In `torch.nn.LSTM` this lays the weights out for cuDNN."""

    def extra_repr(self) -> str:
        """The arguments, as `print(lstm)` shows them."""
        return arguments_text(self, num_layers=1, bias=True, batch_first=False, dropout=0, bidirectional=False)


# Parameters


def parameter_shapes(input_size: int, hidden_size: int) -> dict[str, tuple[int, ...]]:
    """The shapes of the parameters of one layer in one direction: 4H rows each."""
    rows = 4 * hidden_size
    return {"weight_ih": (rows, input_size), "weight_hh": (rows, hidden_size), "bias_ih": (rows,), "bias_hh": (rows,)}


def layer_suffixes(num_layers: int, directions: int) -> list[str]:
    """How the names of the parameters of each layer and direction end, ordered as the rows of `h_n`."""
    return [f"_l{layer}{end}" for layer in range(num_layers) for end in ("", "_reverse")[:directions]]


def empty_parameter(
    shape: tuple[int, ...], device: torch.device | str | None, dtype: torch.dtype | None
) -> nn.Parameter:
    """A parameter whose values are still to be drawn."""
    if dtype is not None and not (isinstance(dtype, torch.dtype) and dtype.is_floating_point):
        raise TypeError(f"dtype must be a floating-point torch.dtype, got {written(dtype)}")
    if dtype is not None and dtype.itemsize < 2:
        raise ValueError(f"dtype must be one that numbers can be drawn in, got {dtype}")
    try:
        return nn.Parameter(torch.empty(shape, device=device, dtype=dtype))
    except (TypeError, RuntimeError, AssertionError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        reason = str(error).partition("\n")[0]
        raise kind(
            f"device must be one on which torch can make a weight of shape {shape}, got {device!r}: {reason}"
        ) from None


def draw_uniformly(module: nn.Module, hidden_size: int) -> None:
    """Draw every parameter from ±1/√H, in PyTorch's order: one seed, the same weights."""
    bound = 1 / math.sqrt(hidden_size)
    for parameter in module.parameters():
        nn.init.uniform_(parameter, -bound, bound)


def weights_of(module: nn.Module, name: str = "lstm") -> list[list[Tensor]]:
    """The weights of each layer and direction of an LSTM, or of a cell: two matrices, then the biases if there are any.

    They are read once: a parametrized weight is computed at each look. The name is the caller's for the module.

    Raises:
        ValueError: a weight is missing, no tensor or of another shape.
    """
    kinds = ["weight_ih", "weight_hh"] + ["bias_ih", "bias_hh"] * bool(module.bias)
    is_cell = isinstance(module, (nn.LSTMCell, LSTMCell))
    directions = 1 if is_cell or not module.bidirectional else 2
    suffixes = [""] if is_cell else layer_suffixes(module.num_layers, directions)
    try:
        rows = [[getattr(module, kind + suffix) for kind in kinds] for suffix in suffixes]
    except AttributeError as error:
        raise ValueError(f"{name} must have all of its weights, got one without: {error}") from None
    for place, row in enumerate([] if torch.jit.is_tracing() else rows):  # a look at a shape would be traced, too
        width = module.input_size if place < directions else directions * module.hidden_size
        for weight, (kind, shape) in zip(row, parameter_shapes(width, module.hidden_size).items(), strict=False):
            if not is_dense(weight) or weight.shape != shape:
                raise ValueError(f"{name} must have a {kind} of shape {shape} in row {place}, got {describe(weight)}")
    return rows


# Layouts: every form of input becomes (T, B, I), and the output goes back to its form


def is_single(input: Tensor | PackedSequence) -> bool:
    """Whether the input of an LSTM is one sequence without a batch, (T, I)."""
    return isinstance(input, Tensor) and input.dim() == 2


def prepare(
    lstm: LSTM | nn.LSTM, input: Tensor | PackedSequence, hx: State | None, names: tuple[str, str] = ("input", "hx")
) -> tuple[Tensor, Tensor | None, State, list[list[Tensor]]]:
    """Check the arguments of a call of an LSTM and lay them out time first.

    The names are what the caller calls `input` and `hx`, for the messages.

    Returns:
        x: shape (T, B, I), the sequences in the caller's order.
        lengths: shape (B,) for a `PackedSequence`, else None.
        state: the initial h and c, shape (L·D, B, H) each.
        weights: those of `weights_of`.

    Raises:
        TypeError, ValueError: an argument does not fit; the message names it.
    """
    weights = weights_of(lstm)
    check_sequence(names[0], input, lstm.input_size, lstm.batch_first, weights[0][0])
    if isinstance(input, PackedSequence):
        x, lengths = pad_packed_sequence(input)
        lengths = lengths.to(x.device)
    elif is_single(input):
        x, lengths = input.unsqueeze(1), None
    else:
        x, lengths = (input.transpose(0, 1) if lstm.batch_first else input), None

    rows = lstm.num_layers * (2 if lstm.bidirectional else 1)
    batch = () if is_single(input) else (x.size(1),)
    state_shape = (rows, *batch, lstm.hidden_size)
    h_0, c_0 = initial_state(names[1], hx, state_shape, weights[0][0], like=x)
    if is_single(input):
        h_0, c_0 = h_0.unsqueeze(1), c_0.unsqueeze(1)
    return x, lengths, (h_0, c_0), weights


def restore_layout(
    output: Tensor, lengths: Tensor | None, like: Tensor | PackedSequence, batch_first: bool
) -> Tensor | PackedSequence:
    """Turn an output of shape (T, B, D·H) into the form of the input `like`."""
    if isinstance(like, PackedSequence):
        if like.sorted_indices is not None:
            output = output.index_select(1, like.sorted_indices)
            lengths = lengths[like.sorted_indices]
        return like._replace(data=pack_padded_sequence(output, lengths.cpu()).data)
    if is_single(like):
        return output.squeeze(1)
    return output.transpose(0, 1) if batch_first else output


def initial_state(name: str, hx: State | None, shape: tuple[int, ...], weight: Tensor, like: Tensor) -> State:
    """The initial h and c, checked against a weight; zeros like `like` if `hx` is None."""
    if hx is None:
        return like.new_zeros(shape), like.new_zeros(shape)
    if not is_pair(hx):
        raise ValueError(f"{name} must be a pair of tensors (h_0, c_0), got {describe(hx)}")
    h_0, c_0 = hx
    check_tensor(f"{name}[0], the initial h,", h_0, weight, shape)
    check_tensor(f"{name}[1], the initial c,", c_0, weight, shape)
    return h_0, c_0


# Checks: a wrong argument is named, with what was expected and what came


def describe(value: object) -> str:
    """What came, in an error message."""
    if isinstance(value, Tensor) and not is_dense(value):
        return "a nested or sparse tensor"
    if isinstance(value, Tensor):
        return f"a tensor of shape {tuple(value.shape)}"
    if isinstance(value, PackedSequence):
        return "a PackedSequence"
    if isinstance(value, (tuple, list)):
        return f"a {type(value).__name__} of {len(value)}"
    return type(value).__name__


def written(value: object) -> str:
    """What came, as Python writes it, cut; some objects, and integers of 5000 digits, cannot be written."""
    try:
        return f"{value!r:.60}"
    except Exception:
        return describe(value)


def is_dense(value: object) -> bool:
    """Whether it is a tensor that has a shape and numbers at every place, neither nested nor sparse nor quantized."""
    return (
        isinstance(value, Tensor) and not value.is_nested and value.layout == torch.strided and not value.is_quantized
    )


def shape_text(shape: tuple[int | str, ...]) -> str:
    """A shape in an error message: (T, B, 3) for ("T", "B", 3)."""
    inside = ", ".join(str(size) for size in shape)
    return f"({inside},)" if len(shape) == 1 else f"({inside})"


def check_tensor(name: str, value: object, weight: Tensor, *shapes: tuple[int | str, ...]) -> None:
    """Refuse what is not a tensor of one of these shapes, with the dtype and device of a weight.

    A letter in a shape stands for any size. Under autocast any dtype will do.
    """
    if not is_dense(value):
        raise TypeError(f"{name} must be a {'dense ' * isinstance(value, Tensor)}tensor, got {describe(value)}")
    fits = any(
        len(shape) == value.dim()
        and all(isinstance(size, str) or size == actual for size, actual in zip(shape, value.shape, strict=True))
        for shape in shapes
    )
    if not fits:
        expected = " or ".join(shape_text(shape) for shape in shapes)
        raise ValueError(f"{name} must have shape {expected}, got {tuple(value.shape)}")
    if value.device != weight.device:
        raise ValueError(f"{name} must be on {weight.device}, as the weights are, got {value.device}")
    if value.dtype != weight.dtype and not is_autocast(value.device):
        raise ValueError(f"{name} must have dtype {weight.dtype}, as the weights have, got {value.dtype}")


def is_pair(state: object) -> bool:
    """Whether it can be an h and a c."""
    return isinstance(state, (tuple, list)) and len(state) == 2


def step_fault(
    x: object, h: object, weight_ih: object, weight_hh: object, bias_ih: object = None, bias_hh: object = None
) -> TypeError | ValueError | None:
    """What is wrong with the arguments of a step, if anything is. Every step asks: a right one is seen at a glance."""
    biases = [bias for bias in (bias_ih, bias_hh) if bias is not None]
    try:
        rows, hidden = weight_hh.shape
        shapes = (weight_ih.shape, *(bias.shape for bias in biases), h.shape)
        expected = ((rows, x.shape[-1]), *[(rows,)] * len(biases), (*x.shape[:-1], hidden))
        alike = weight_ih.dtype == weight_hh.dtype == x.dtype == h.dtype and weight_hh.device == x.device == h.device
        if shapes == expected and rows == 4 * hidden > 0 and alike:
            return None
    except (AttributeError, IndexError, TypeError, ValueError, RuntimeError):
        pass  # told below
    try:
        check_step(x, h, weight_ih, weight_hh, bias_ih=bias_ih, bias_hh=bias_hh)
    except (TypeError, ValueError) as error:
        return error
    return None


def check_step(x: object, h: object, weight_ih: object, weight_hh: object, **biases: object) -> None:
    """Refuse what is no step of an LSTM: weights of 4H rows, and h and x as they need them."""
    if not is_dense(weight_hh) or not weight_hh.is_floating_point() or weight_hh.dim() != 2:
        dtype = f" and dtype {weight_hh.dtype}" if isinstance(weight_hh, Tensor) else ""
        raise TypeError(f"weight_hh must be a tensor of real numbers, shape (4H, H), got {describe(weight_hh)}{dtype}")
    hidden = weight_hh.shape[1]
    check_tensor("weight_hh", weight_hh, weight_hh, (4 * max(hidden, 1), hidden))
    check_tensor("weight_ih", weight_ih, weight_hh, (4 * hidden, "I"))
    for name, bias in biases.items():
        if bias is not None:
            check_tensor(name, bias, weight_hh, (4 * hidden,))
    leading = x.shape[:-1] if is_dense(x) else ()
    check_tensor("x", x, weight_hh, (*leading, weight_ih.shape[1]))
    check_tensor("h, the hidden state,", h, weight_hh, (*leading, hidden))


def layer_fault(x: object, state: object, weights: object, least_axes: int = 3) -> TypeError | ValueError | None:
    """What is wrong with the arguments of a layer over time, if anything is: x is (T, B, I) with T at least 1."""
    if not isinstance(weights, (tuple, list)) or not 2 <= len(weights) <= 4:
        return TypeError(
            f"weights must be a list of weight_ih, weight_hh and up to two biases, got {describe(weights)}"
        )
    if not is_dense(x) or not least_axes <= x.dim() <= 3 or not len(x):
        return ValueError(f"x must be a tensor of shape (T, B, I) with at least one step, got {describe(x)}")
    if not is_pair(state):
        return ValueError(f"state must be a pair of tensors (h, c), got {describe(state)}")
    h, c = state
    if fault := step_fault(x[0], h, *weights):
        of_weights = str(fault).startswith(("weight", "bias"))
        return type(fault)(f"weights do not fit: {fault}") if of_weights else fault
    if not is_dense(c) or c.shape != h.shape or c.device != h.device or c.is_complex():
        return ValueError(f"state[1], c, must be a tensor of shape {tuple(h.shape)}, as h is, got {describe(c)}")
    return None


def lengths_fault(lengths: object, x: Tensor) -> TypeError | ValueError | None:
    """What is wrong with the lengths of the sequences in x, (T, B, I), if anything is: integers, 0 to T, or None."""
    if lengths is None:
        return None
    expected = f"integers from 0 to {len(x)}, shape (B,), for x of shape (T, B, I)"
    if not is_dense(lengths) or x.dim() != 3 or lengths.shape != x.shape[1:2]:
        got = f"{describe(lengths)} for x of shape {tuple(x.shape)}"
        return ValueError(f"lengths must be None or {expected}, got {got}")
    if lengths.is_floating_point() or lengths.is_complex() or lengths.dtype == torch.bool or lengths.device != x.device:
        return TypeError(f"lengths must hold {expected}, on {x.device}, got {lengths.dtype} on {lengths.device}")
    holds_numbers = type(lengths) is Tensor and not (lengths.is_meta or torch.compiler.is_compiling())
    if holds_numbers and not ((lengths.long() >= 0) & (lengths.long() <= len(x))).all():
        return ValueError(f"lengths must hold {expected}, got {lengths.tolist()!r:.60}")
    return None


def is_autocast(device: torch.device) -> bool:
    """Whether autocast is on for this device; for some, such as meta, there is none."""
    kind = device.type
    return torch.amp.is_autocast_available(kind) and torch.is_autocast_enabled(kind)


def check_sequence(name: str, input: object, input_size: int, batch_first: bool, weight: Tensor) -> None:
    """Refuse what an LSTM cannot read."""
    if isinstance(input, PackedSequence):
        steps = sum(sizes := input.batch_sizes.tolist())
        check_tensor(f"{name}.data", input.data, weight, ("number of real steps", input_size))
        if len(input.data) != steps or sizes != sorted(sizes, reverse=True) or 0 in sizes:
            raise ValueError(
                f"{name}.batch_sizes must fall to 1 or more and sum to the {len(input.data)} "
                f"steps of {name}.data, got {sizes}"
            )
        return
    batch = ("B", "T", input_size) if batch_first else ("T", "B", input_size)
    check_tensor(name, input, weight, batch, ("T", input_size))
    time_dim = batch.index("T") if input.dim() == 3 else 0
    if input.size(time_dim) == 0:
        raise ValueError(f"{name} must have at least one time step, got shape {tuple(input.shape)}")


def check_lstm(lstm: object, or_cell: bool = False, name: str = "lstm", hooked: bool = False) -> None:
    """Refuse what is no LSTM (or LSTMCell), or has a projection, or hooks if these count.

    What prunes or normalizes a weight is often a hook: until the module itself is called, the
    weight is that of the last call.
    """
    if not isinstance(lstm, (nn.LSTM, LSTM) + (nn.LSTMCell, LSTMCell) * or_cell):
        kinds = "LSTM or LSTMCell" if or_cell else "LSTM"
        whose = type(lstm).__module__ + "." if type(lstm).__name__ in kinds.split() else ""  # a quantized one, say
        raise TypeError(f"{name} must be an {kinds} of torch.nn or lstm_lessons.cell, got {whose}{describe(lstm)}")
    if getattr(lstm, "proj_size", 0):
        raise ValueError(f"{name} must have no projection (proj_size=0), got proj_size={lstm.proj_size}")
    if has_hooks(lstm) and not hooked:
        raise ValueError(
            f"{name} must have no forward hooks, which act only when it is called itself: remove "
            "them, for a pruned weight with torch.nn.utils.prune.remove; got "
            f"{[*lstm._forward_pre_hooks.values(), *lstm._forward_hooks.values()]}"
        )


def has_hooks(module: nn.Module) -> bool:
    """Whether a call of this module does more than its `forward`."""
    return bool(module._forward_pre_hooks or module._forward_hooks)


def check_sizes(**sizes: object) -> list[int]:
    """The sizes as plain ints; refuse what is not a whole number of at least 1."""
    whole = []
    for name, size in sizes.items():
        try:
            whole.append(int(operator.index(size)))
        except Exception:  # a tensor of several numbers or of none raises its own kinds
            raise TypeError(f"{name} must be an int, got {describe(size)}") from None
        is_bool = str(getattr(size, "dtype", type(size).__name__)) in ("bool", "torch.bool")
        if is_bool or not 1 <= whole[-1] < 2**31:
            raise ValueError(
                f"{name} must be at least 1 (and fit 31 bits), got {written(size if is_bool else whole[-1])}"
            )
    return whole


def check_room(
    input_size: int,
    hidden_size: int,
    num_layers: int = 1,
    directions: int = 1,
    device: torch.device | str | None = None,
    first: str = "input_size",
) -> None:
    """Refuse sizes whose weights fill the memory of most machines, which ends the process; on meta they take none.

    The last argument is the caller's name for the first.
    """
    of_layers = input_size + hidden_size + (num_layers - 1) * (directions + 1) * hidden_size
    is_large = 4 * directions * hidden_size * of_layers >= 2**30  # 4 GiB in float32
    if num_layers > 10_000 or (is_large and not empty_parameter((0,), device, None).is_meta):
        raise ValueError(
            f"{first} and hidden_size must make weights of fewer than 2**30 numbers, and num_layers at most 10,000, "
            f"got {input_size}, {hidden_size} and {num_layers}"
        )


def check_flags(**flags: object) -> list[bool]:
    """The switches as plain bools; refuse what is neither True nor False."""
    for name, flag in flags.items():
        if type(flag).__name__ not in ("bool", "bool_"):  # Python's and NumPy's
            raise TypeError(f"{name} must be True or False, got {describe(flag)}")
    return [bool(flag) for flag in flags.values()]


def check_dropout(dropout: object, num_layers: int) -> None:
    """Refuse what is no probability; warn when no layer follows the dropout."""
    is_number = isinstance(dropout, numbers.Real) and not isinstance(dropout, bool)
    if not is_number or not 0 <= dropout <= 1:
        got = written(dropout) if is_number else describe(dropout)
        raise ValueError(f"dropout must be a number from 0 to 1, got {got}")
    if dropout > 0 and num_layers == 1:
        warnings.warn(
            "dropout option adds dropout after all but last recurrent layer, so non-zero "
            "dropout expects num_layers greater than 1, but got "
            f"dropout={dropout} and num_layers={num_layers}",
            stacklevel=3,
        )


def arguments_text(module: nn.Module, **defaults: object) -> str:
    """The sizes of a module, and those of its other arguments that differ from their default."""
    changed = [
        f"{name}={getattr(module, name)}" for name, default in defaults.items() if getattr(module, name) != default
    ]
    return ", ".join([str(module.input_size), str(module.hidden_size), *changed])
