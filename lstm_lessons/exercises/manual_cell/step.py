"""One step of an LSTM, forward.

Shapes: B sequences, I inputs, H hidden units, S networks in a stack.
"""

import torch

from lstm_lessons.exercises._cases import in_order, random_tensor
from lstm_lessons.exercises._engine import exercise
from lstm_lessons.exercises.manual_cell._weights import cell_weights, stacked_weights


def _sums(x, h, W_ih, W_hh, b):
    """The four sums of a step in one row, (..., 4H)."""
    return x @ W_ih.mT + h @ W_hh.mT + b


def _changed(given, memory=lambda c, i, f, g: f * c + i * g, read=lambda o, c: o * torch.tanh(c)):
    """A step with another way to the new cell state, or another way to read it."""
    x, (h, c), W_ih, W_hh, b_ih, b_hh = given
    z_i, z_f, z_g, z_o = _sums(x, h, W_ih, W_hh, b_ih + b_hh).chunk(4, dim=-1)
    c = memory(c, torch.sigmoid(z_i), torch.sigmoid(z_f), torch.tanh(z_g))
    return read(torch.sigmoid(z_o), c), c


def _activated(given, order="ifgo", gate=torch.sigmoid, candidate=torch.tanh, output=None):
    """A step that takes the blocks in another order ("ifog": the third for o), or has other activations."""
    x, (h, c), W_ih, W_hh, b_ih, b_hh = given
    z_i, z_f, z_g, z_o = in_order(order, _sums(x, h, W_ih, W_hh, b_ih + b_hh), dim=-1).chunk(4, dim=-1)
    c = gate(z_f) * c + gate(z_i) * candidate(z_g)
    return (output or gate)(z_o) * torch.tanh(c), c


def _steps(rng):
    """(x, state, W_ih, W_hh, b_ih, b_hh): one vector, batches, and a stack of two networks."""
    for batch, inputs, units in (((), 1, 1), ((), 3, 2), ((2,), 3, 5), ((5,), 1, 3)):
        x = random_tensor(rng, *batch, inputs)
        state = (random_tensor(rng, *batch, units), random_tensor(rng, *batch, units))
        yield (x, state, *cell_weights(rng, inputs, units))
    state = (random_tensor(rng, 2, 3, 4), random_tensor(rng, 2, 3, 4))
    yield (random_tensor(rng, 2, 3, 5), state, *stacked_weights(rng, 2, 5, 4))


@exercise(
    title="one LSTM step in PyTorch",
    difficulty=2,
    minutes=7,
    trained=True,
    cases=_steps,
    same_kind=True,
    hints=[
        "Start with the state: `h, c = state`. Then all four sums at once, one line, shape (..., 4H).",
        "`z = x @ W_ih.mT + b_ih + h @ W_hh.mT + b_hh`, and `z.chunk(4, dim=-1)` gives the four "
        "blocks. `.mT` swaps the last two axes.",
        "Three times `torch.sigmoid`, once `torch.tanh`; then the two lines from lesson 1: the "
        "new c, and from it the new h. Return both, h first.",
    ],
    errors={
        "'tuple' and 'Tensor'": "`state` is a pair: unpack it with `h, c = state`.",
        "only integer tensors of a single element": "`state` is a pair: unpack it with `h, c = state`.",
        "mat1 and mat2 shapes": "In a batch x is (B, I), and W_ih is (4H, I): write `x @ W_ih.mT`.",
        "t() expects a tensor": "The last case is a stack of two networks. `.mT` swaps the last two axes.",
        "covered by ellipsis": "The last case is a stack of two networks: `x @ W_ih.mT` pairs each with its own x.",
        "LSTMCell: Expected input": "`nn.LSTMCell` takes one network, and the last case is a stack of two. It hides "
        "what this exercise is about: write its equations.",
        "no attribute 'lstm_cell'": "Write the equations of the step. They are what this exercise is about.",
        "must have the same dtype": "Did you make an `nn.LSTMCell`? It has weights of its own, in float32. Write the "
        "equations with the weights that are given.",
        "Dimension out of range": "x may be one vector, a batch, or a stack of batches. Count axes from the end: "
        "`dim=-1`. (`torch.lstm_cell` takes a batch alone.)",
        "not enough values to unpack": "x may be one vector, a batch, or a stack of batches. Count axes from the "
        "end: `z.chunk(4, dim=-1)`.",
    },
    why="These lines are `nn.LSTMCell`. With `.mT` and `dim=-1` they take one vector, a batch, or "
    "a whole stack of networks, which is how this lesson trains several at once.",
)
def lstm_step(x, state, W_ih, W_hh, b_ih, b_hh):
    h, c = state
    # z = W_ih x + b_ih + W_hh h + b_hh
    z = x @ W_ih.mT + b_ih + h @ W_hh.mT + b_hh  # (..., 4H)
    z_i, z_f, z_g, z_o = z.chunk(4, dim=-1)  # (..., H) each
    # i = σ(z_i), f = σ(z_f), g = tanh(z_g), o = σ(z_o)
    i, f, o = torch.sigmoid(z_i), torch.sigmoid(z_f), torch.sigmoid(z_o)
    g = torch.tanh(z_g)
    # c ← f ⊙ c + i ⊙ g
    c = f * c + i * g
    # h ← o ⊙ tanh(c)
    h = o * torch.tanh(c)
    return h, c


@lstm_step.mistake
def weights_first(x, state, W_ih, W_hh, b_ih, b_hh):
    """`W_ih @ x` is right for one vector, as in the equation. In a batch the vectors are the *rows* of x, (B, I), so x
    comes first, and the weights are turned: `x @ W_ih.mT`.
    """
    W_ih @ x + b_ih + W_hh @ state[0] + b_hh
    return lstm_step(x, state, W_ih, W_hh, b_ih, b_hh)


@lstm_step.mistake
def keep_and_write_swapped(*given):
    """You swapped i and f: PyTorch's order is i, f, g, o, and it is f that multiplies the old cell state."""
    return _changed(given, memory=lambda c, i, f, g: i * c + f * g)


@lstm_step.mistake
def no_tanh_on_reading(*given):
    r"""Your cell state is right, but you forgot the tanh when it is
    read: $h_t = o_t \odot \tanh(c_t)$.
    """
    return _changed(given, read=lambda o, c: o * c)


@lstm_step.mistake
def sigmoid_on_the_candidate(*given):
    """You passed all four sums through a sigmoid. The candidate g is a tanh, so that it can also subtract."""
    return _activated(given, candidate=torch.sigmoid)


@lstm_step.mistake
def reads_the_old_memory(*given):
    """Your h is read from the *old* memory $c_{t-1}$. First compute the new $c_t$, then read that."""
    old = given[1][1]
    return _changed(given, read=lambda o, c: o * torch.tanh(old))[0], lstm_step(*given)[1]


@lstm_step.mistake
def one_bias(x, state, W_ih, W_hh, b_ih, b_hh):
    """You left out `b_hh`. PyTorch keeps two bias vectors and adds both."""
    return lstm_step(x, state, W_ih, W_hh, b_ih, 0)


@lstm_step.mistake
def no_output_gate(*given):
    """Your cell state is right. h shows a part of it: multiply tanh(c) by the output gate."""
    return _changed(given, read=lambda o, c: torch.tanh(c))


@lstm_step.mistake
def state_unpacked_as_c_h(x, state, W_ih, W_hh, b_ih, b_hh):
    """You unpacked the state as `c, h`. PyTorch's order is `h, c`."""
    return lstm_step(x, state[::-1], W_ih, W_hh, b_ih, b_hh)


@lstm_step.mistake
def returns_c_first(*given):
    """Both values are right, in the wrong order: return `h, c`."""
    return lstm_step(*given)[::-1]


@lstm_step.mistake
def output_gate_on_the_memory(*given):
    """Your output gate changes the memory itself. It only decides what is *shown*: c stays as `f * c + i * g`, and h is
    read from it.
    """
    h, _ = lstm_step(*given)
    return h, h


@lstm_step.mistake
def for_one_network_alone(x, state, W_ih, W_hh, b_ih, b_hh):
    """Right for one network. But section 7 trains several at once: x, the state and the weights then have one more axis
    in front, and `.T` turns *all* axes around. `.mT` swaps the last two.
    """
    turned = (W.permute(*reversed(range(W.ndim))) for W in (W_ih, W_hh))  # .T, without its warning
    W_ih, W_hh = (W.mT for W in turned)
    return lstm_step(x, state, W_ih, W_hh, b_ih, b_hh)


@lstm_step.mistake
def ignores_the_old_h(x, state, W_ih, W_hh, b_ih, b_hh):
    """Your gates look at x alone. They also see what the cell showed last: add `h @ W_hh.mT`."""
    return lstm_step(x, state, W_ih, 0 * W_hh, b_ih, b_hh)


@lstm_step.mistake
def order_with_g_last(*given):
    """You took the third block for o and the fourth for g. PyTorch's order is i, f, g, o."""
    return _activated(given, order="ifog")


@lstm_step.mistake
def order_of_onnx(*given):
    """You took the blocks for i, o, f, g, which is ONNX's order. PyTorch's order is i, f, g, o."""
    return _activated(given, order="igof")


@lstm_step.mistake
def order_with_g_second(*given):
    """You took the second block for the candidate, as TensorFlow's first LSTM did. PyTorch's order is i, f, g, o."""
    return _activated(given, order="igfo")


@lstm_step.mistake
def order_with_f_first_and_g_last(*given):
    """You took the blocks for f, i, o, g, the order in many textbooks. PyTorch's order is i, f, g, o."""
    return _activated(given, order="fiog")


@lstm_step.mistake
def other_bias_left_out(x, state, W_ih, W_hh, b_ih, b_hh):
    """You left out `b_ih`. PyTorch keeps two bias vectors and adds both."""
    return lstm_step(x, state, W_ih, W_hh, 0, b_hh)


@lstm_step.mistake
def no_biases(x, state, W_ih, W_hh, b_ih, b_hh):
    """You left out both biases. PyTorch adds two, `b_ih` and `b_hh`."""
    return lstm_step(x, state, W_ih, W_hh, 0, 0)


@lstm_step.mistake
def h_before_x(x, state, W_ih, W_hh, b_ih, b_hh):
    """You joined h and x in one order, and their weights in the other. The sizes fit, so there is no error. Use one
    order for both: x goes with `W_ih`, h with `W_hh`.
    """
    h, c = state
    z = torch.cat([h, x], dim=-1) @ torch.cat([W_ih, W_hh], dim=-1).mT
    return lstm_step(x, (h, c), 0 * W_ih, 0 * W_hh, b_ih + z, b_hh)


@lstm_step.mistake
def joined_along_the_first_axis(x, state, W_ih, W_hh, b_ih, b_hh):
    """You joined along the first axis, which is what `torch.cat` does by default. x and h belong side by side, and so
    do their weights: `dim=-1` for both.
    """
    return torch.cat([x, state[0]]) @ torch.cat([W_ih, W_hh]).mT + b_ih + b_hh


@lstm_step.mistake
def activations_forgotten(*given):
    """You used the sums as they are. The gates i, f and o are the sigmoids of theirs, and the candidate g is
    the tanh.
    """
    return _activated(given, gate=torch.clone, candidate=torch.clone)


@lstm_step.mistake
def sums_for_gates(*given):
    """Your g is right: the tanh of its sum. But i, f and o are still sums. A gate is the sigmoid of its sum."""
    return _activated(given, gate=torch.clone)


@lstm_step.mistake
def tanh_for_the_gates(*given):
    """You used tanh for the gates as well. A gate says how much passes, from 0 to 1: i, f and o need a sigmoid."""
    return _activated(given, gate=torch.tanh)


@lstm_step.mistake
def tanh_on_the_output_gate(*given):
    """You took tanh for the output gate, so it can be negative. The tanh in the equation for h is on the cell state c;
    o is a sigmoid.
    """
    return _activated(given, output=torch.tanh)


@lstm_step.mistake
def no_input_gate(*given):
    """You wrote all of the candidate. The input gate says how much of it is written: `i * g`."""
    return _changed(given, memory=lambda c, i, f, g: f * c + g)


@lstm_step.mistake
def no_forget_gate(*given):
    """You kept the whole old cell state, so nothing is ever forgotten. The forget gate says how much of it is kept: `f
    * c`.
    """
    return _changed(given, memory=lambda c, i, f, g: c + i * g)


@lstm_step.mistake
def forget_gate_upside_down(*given):
    """Your forget gate is upside down: f says how much of the old c is *kept*. Multiply by f, not by 1 - f."""
    return _changed(given, memory=lambda c, i, f, g: (1 - f) * c + i * g)


@lstm_step.mistake
def coupled_gates(*given):
    """You used 1 - f as the input gate. Such cells exist (coupled gates), but in the LSTM the input gate is separate:
    `i * g`.
    """
    return _changed(given, memory=lambda c, i, f, g: f * c + (1 - f) * g)


@lstm_step.mistake
def tanh_in_the_memory(*given):
    """Your h is right, but you return tanh(c) as the cell state. The tanh is only for reading c, which itself may go
    beyond 1.
    """
    h, c = lstm_step(*given)
    return h, torch.tanh(c)


@lstm_step.mistake
def tanh_twice(*given):
    """You stored tanh(c) as the cell state, then took the tanh of that for h. The cell state is the plain sum; the only
    tanh around it is the one in h.
    """
    return _changed(given, memory=lambda c, i, f, g: torch.tanh(f * c + i * g))


@lstm_step.mistake
def tanh_around_the_gate(*given):
    """Your cell state is right, but your tanh is around the whole product. First take the tanh of c, then multiply by
    o.
    """
    return _changed(given, read=lambda o, c: torch.tanh(o * c))


@lstm_step.mistake
def sigmoid_on_reading(*given):
    """Your cell state is right, but you read it through a sigmoid. It takes a tanh, so that h can be negative."""
    return _changed(given, read=lambda o, c: o * torch.sigmoid(c))


@lstm_step.mistake
def returns_the_old_memory(*given):
    """Your h is right, but next to it you return the *old* c. Return the new one."""
    return lstm_step(*given)[0], given[1][1]


@lstm_step.mistake
def memory_alone(*given):
    """You returned c twice. h is what the cell shows of it: `o * torch.tanh(c)`."""
    _, c = lstm_step(*given)
    return c, c


@lstm_step.mistake
def ignores_x(x, state, W_ih, W_hh, b_ih, b_hh):
    """Your gates look at the old h alone. They also see the input: add `x @ W_ih.mT`."""
    return lstm_step(x, state, 0 * W_ih, W_hh, b_ih, b_hh)


@lstm_step.mistake
def graph_is_cut(*given):
    """The numbers are right, but the graph is cut: gradients do not get back in full to what the step was given.
    `.detach()`, `.data`, `.item()`, `.numpy()`, `torch.tensor(...)` of a tensor and `torch.no_grad()` cut it. This
    lesson trains through your step, so leave them out.
    """
    h, c = lstm_step(*given)
    return h.detach(), c.detach()
