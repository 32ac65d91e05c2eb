"""Exercises of lesson 2: an LSTM step and a layer from the equations, and the way back.

Shapes: T time steps, B sequences, I inputs, H hidden units. The lesson defines ``sigmoid`` (NumPy) and ``lstm_step``
before the exercises that use them.
"""

import numpy as np
import torch

from lstm_lessons.exercises._cases import in_order, random_tensor
from lstm_lessons.exercises._engine import Exercise, Mistake, exercise

__all__ = ["split_gates", "lstm_step", "lstm_layer", "step_backward", "from_onnx_order", "baseline_mse"]


def sigmoid(z: np.ndarray) -> np.ndarray:
    """σ(z) = 1 / (1 + exp(-z)), entry by entry."""
    return 1 / (1 + np.exp(-z))


def _stacked_sums(rng):
    """One vector of 4H sums, then batches of them; B and H differ. The last has imaginary parts."""
    for shape in ((12,), (8, 4), (4, 20), (1, 8)):
        yield rng.normal(0, 2, size=shape).round(2)
    yield rng.normal(size=(3, 8)).round(2) + 0.1j * rng.normal(size=(3, 8)).round(2)


@exercise(
    title="four gates from one row of sums",
    minutes=4,
    given={"sigmoid": sigmoid},
    cases=_stacked_sums,
    hints=[
        "`np.split(z, 4, axis=...)` cuts an array into four equal parts along one axis. "
        "Along which axis do the 4H sums stand, in `(4H,)` and in `(B, 4H)` alike?",
        "`z_i, z_f, z_g, z_o = np.split(z, 4, axis=-1)`. Now three sigmoids and one tanh.",
    ],
    errors={
        "array split does not result in an equal division": "The 4H sums stand along the last axis, -1, "
        "and make four equal parts.",
        "has no attribute 'chunk'": "`chunk` is torch's. NumPy's is `np.split`.",
    },
    why="The axis -1 works for one vector and for a batch alike. The blocks stand in PyTorch's "
    "order, so weights of `nn.LSTMCell` fit without any rearranging.",
)
def split_gates(z):
    z_i, z_f, z_g, z_o = np.split(z, 4, axis=-1)
    return sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), sigmoid(z_o)


@split_gates.mistake
def order_of_onnx(z):
    """You split in the order i, o, f, g, which is ONNX's. PyTorch's order is i, f, g, o."""
    z_i, z_o, z_f, z_g = np.split(z, 4, axis=-1)
    return sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), sigmoid(z_o)


@split_gates.mistake
def order_with_g_last(z):
    """You split in the order i, f, o, g: the three gates, then the candidate. PyTorch's order is i, f, g, o, with the
    candidate third.
    """
    z_i, z_f, z_o, z_g = np.split(z, 4, axis=-1)
    return sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), sigmoid(z_o)


@split_gates.mistake
def order_with_f_first(z):
    """You took the first block for the forget gate. PyTorch's order is i, f, g, o."""
    z_f, z_i, z_g, z_o = np.split(z, 4, axis=-1)
    return sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), sigmoid(z_o)


@split_gates.mistake
def splits_the_batch(z):
    """You split along the first axis. In a batch that is the sequences; the 4H sums stand
    along the *last* axis: `axis=-1`.
    """
    z_i, z_f, z_g, z_o = np.split(z, 4, axis=0)
    return sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), sigmoid(z_o)


@split_gates.mistake
def axis_one(z):
    """You split along axis 1. A single vector, (4H,), has no such axis, and a stack has its sums elsewhere: count from
    the end, `axis=-1`.
    """
    z_i, z_f, z_g, z_o = np.split(z, 4, axis=1)
    return sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), sigmoid(z_o)


@split_gates.mistake
def takes_every_fourth(z):
    """You took every fourth number. The blocks stand one after another: first H numbers for i, the next H for f, and so
    on.
    """
    z_i, z_f, z_g, z_o = (z[..., k::4] for k in range(4))
    return sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), sigmoid(z_o)


@split_gates.mistake
def no_activations(z):
    """These are still the sums. A gate is σ of its sum, and the candidate is tanh of its sum."""
    return tuple(np.split(z, 4, axis=-1))


@split_gates.mistake
def sigmoid_four_times(z):
    """You passed all four through a sigmoid. The candidate g needs a sign: tanh."""
    return tuple(np.split(sigmoid(z), 4, axis=-1))


@split_gates.mistake
def tanh_on_the_output_gate(z):
    """Your output gate can be negative. The tanh of the equation for h is for the cell state c; the gate o is a
    sigmoid.
    """
    z_i, z_f, z_g, z_o = np.split(z, 4, axis=-1)
    return sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), np.tanh(z_o)


@split_gates.mistake
def loses_the_imaginary_part(z):
    """Your gates are right, but real: the imaginary part is lost on the way, and with it the slopes that this lesson
    finds by it. Build the results from z itself; an array that `np.zeros` or `np.empty` made holds real numbers.
    """
    return tuple(gate.real.copy() for gate in split_gates(z))


def _activated(x, h, W_ih, W_hh, b):
    """i, f, g, o, rightly computed; the mistakes below go wrong after it."""
    z_i, z_f, z_g, z_o = (x @ W_ih.mT + h @ W_hh.mT + b).chunk(4, dim=-1)
    return torch.sigmoid(z_i), torch.sigmoid(z_f), torch.tanh(z_g), torch.sigmoid(z_o)


def _weights(rng, inputs, units):
    """W_ih (4H, I), W_hh (4H, H), b_ih (4H,) and b_hh (4H,)."""
    return [random_tensor(rng, 4 * units, *size) for size in ((inputs,), (units,), (), ())]


def _stacked_weights(rng, networks, inputs, units):
    """The same for a stack: (S, 4H, I), (S, 4H, H), and biases of shape (S, 1, 4H)."""
    sizes = (4 * units, inputs), (4 * units, units), (1, 4 * units), (1, 4 * units)
    return [random_tensor(rng, networks, *size) for size in sizes]


def _steps(rng):
    """(x, state, W_ih, W_hh, b_ih, b_hh): one vector, batches, and a stack of two networks."""
    for batch, inputs, units in (((), 1, 1), ((), 3, 2), ((2,), 3, 4), ((5,), 1, 3)):
        x = random_tensor(rng, *batch, inputs)
        state = (random_tensor(rng, *batch, units), random_tensor(rng, *batch, units))
        yield (x, state, *_weights(rng, inputs, units))
    state = (random_tensor(rng, 2, 3, 4), random_tensor(rng, 2, 3, 4))
    yield (random_tensor(rng, 2, 3, 5), state, *_stacked_weights(rng, 2, 5, 4))


@exercise(
    title="one LSTM step in PyTorch",
    difficulty=2,
    minutes=7,
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
def order_with_g_last(x, state, W_ih, W_hh, b_ih, b_hh):  # noqa: F811, as in split_gates
    """You took the third block for o and the fourth for g. PyTorch's order is i, f, g, o."""
    h, c = state
    z_i, z_f, z_o, z_g = (x @ W_ih.mT + b_ih + h @ W_hh.mT + b_hh).chunk(4, dim=-1)
    c = torch.sigmoid(z_f) * c + torch.sigmoid(z_i) * torch.tanh(z_g)
    return torch.sigmoid(z_o) * torch.tanh(c), c


@lstm_step.mistake
def weights_first(x, state, W_ih, W_hh, b_ih, b_hh):
    """`W_ih @ x` is right for one vector, as in the equation. In a batch the vectors are the *rows* of x, (B, I), so x
    comes first, and the weights are turned: `x @ W_ih.mT`.
    """
    W_ih @ x + b_ih + W_hh @ state[0] + b_hh
    return lstm_step(x, state, W_ih, W_hh, b_ih, b_hh)


@lstm_step.mistake
def keep_and_write_swapped(x, state, W_ih, W_hh, b_ih, b_hh):
    """You swapped i and f: PyTorch's order is i, f, g, o, and it is f that multiplies the old cell state."""
    h, c = state
    i, f, g, o = _activated(x, h, W_ih, W_hh, b_ih + b_hh)
    c = i * c + f * g
    return o * torch.tanh(c), c


@lstm_step.mistake
def no_tanh_on_reading(x, state, W_ih, W_hh, b_ih, b_hh):
    r"""Your cell state is right, but you forgot the tanh when it is
    read: $h_t = o_t \odot \tanh(c_t)$.
    """
    h, c = state
    i, f, g, o = _activated(x, h, W_ih, W_hh, b_ih + b_hh)
    c = f * c + i * g
    return o * c, c


@lstm_step.mistake
def sigmoid_on_the_candidate(x, state, W_ih, W_hh, b_ih, b_hh):
    """You passed all four sums through a sigmoid. The candidate g is a tanh, so that it can also subtract."""
    h, c = state
    z = x @ W_ih.mT + b_ih + h @ W_hh.mT + b_hh
    i, f, g, o = torch.sigmoid(z).chunk(4, dim=-1)
    c = f * c + i * g
    return o * torch.tanh(c), c


@lstm_step.mistake
def reads_the_old_memory(x, state, W_ih, W_hh, b_ih, b_hh):
    """Your h is read from the *old* memory $c_{t-1}$. First compute the new $c_t$, then read that."""
    h, c = state
    i, f, g, o = _activated(x, h, W_ih, W_hh, b_ih + b_hh)
    return o * torch.tanh(c), f * c + i * g


@lstm_step.mistake
def one_bias(x, state, W_ih, W_hh, b_ih, b_hh):
    """You left out `b_hh`. PyTorch keeps two bias vectors and adds both."""
    return lstm_step(x, state, W_ih, W_hh, b_ih, 0)


@lstm_step.mistake
def no_output_gate(x, state, W_ih, W_hh, b_ih, b_hh):
    """Your cell state is right. h shows a part of it: multiply tanh(c) by the output gate."""
    _, c = lstm_step(x, state, W_ih, W_hh, b_ih, b_hh)
    return torch.tanh(c), c


@lstm_step.mistake
def state_unpacked_as_c_h(x, state, W_ih, W_hh, b_ih, b_hh):
    """You unpacked the state as `c, h`. PyTorch's order is `h, c`."""
    c, h = state
    return lstm_step(x, (h, c), W_ih, W_hh, b_ih, b_hh)


@lstm_step.mistake
def returns_c_first(x, state, W_ih, W_hh, b_ih, b_hh):
    """Both values are right, in the wrong order: return `h, c`."""
    h, c = lstm_step(x, state, W_ih, W_hh, b_ih, b_hh)
    return c, h


@lstm_step.mistake
def output_gate_on_the_memory(x, state, W_ih, W_hh, b_ih, b_hh):
    """Your output gate changes the memory itself. It only decides what is *shown*: c stays as `f * c + i * g`, and h is
    read from it.
    """
    h, c = state
    i, f, g, o = _activated(x, h, W_ih, W_hh, b_ih + b_hh)
    c = o * torch.tanh(f * c + i * g)
    return c, c


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


def _layers(rng):
    """(x, state, weights): T, B, I and H all differ, so that no axis is taken for another.

    The last is a stack of two networks.
    """
    for steps, batch, inputs, units in ((4, 3, 2, 5), (2, 5, 1, 3), (5, 2, 3, 1)):
        state = (random_tensor(rng, batch, units), random_tensor(rng, batch, units))
        yield random_tensor(rng, steps, batch, inputs), state, _weights(rng, inputs, units)
    state = (random_tensor(rng, 2, 4, 3), random_tensor(rng, 2, 4, 3))
    yield random_tensor(rng, 3, 2, 4, 5), state, _stacked_weights(rng, 2, 5, 3)


@exercise(
    title="a layer over time",
    given={"lstm_step": lstm_step.reference},
    cases=_layers,
    same_kind=True,
    hints=[
        "One loop: `for x_t in x`. Each turn calls `lstm_step` with the state of the turn before.",
        "Keep a list, append h at each step, and make one tensor of it at the end with `torch.stack`.",
        "`h, c = lstm_step(x_t, (h, c), *weights)` inside the loop; the last line returns "
        "`torch.stack(outputs), (h, c)`.",
    ],
    errors={
        "missing 3 required positional arguments": "`weights` holds four tensors. Unpack it with "
        "a star: `lstm_step(x_t, (h, c), *weights)`.",
        "name 'lstm_step' is not defined": "Run the cells of section 4 first.",
    },
    why="A recurrent layer is a loop that hands its state on. `nn.LSTM` returns the same two "
    "things: the outputs of all steps, and the last state.",
)
def lstm_layer(x, state, weights):
    h, c = state
    outputs = []
    for x_t in x:  # (B, I)
        h, c = lstm_step(x_t, (h, c), *weights)  # (B, H) each
        outputs.append(h)
    return torch.stack(outputs), (h, c)  # (T, B, H)


@lstm_layer.mistake
def for_one_network_alone(x, state, weights):  # noqa: F811, as in lstm_step
    """Right for one network. But section 7 trains several at once: x is then (T, S, B, I), with one axis more, so `T,
    B, I = x.shape` cannot unpack it. Collect each h in a list and stack it.
    """
    T, B, _ = x.shape
    outputs, state = lstm_layer(x, state, weights)
    return outputs.view(T, B, -1), state


@lstm_layer.mistake
def steps_over_the_batch(x, state, weights):
    """You walk along the batch. Time is the *first* axis of x: `for x_t in x` gives x_1, x_2, …, each of shape (B,
    I).
    """
    h, c = state
    outputs = []
    for x_t in x.transpose(0, 1):
        h, c = lstm_step(x_t, (h[:1], c[:1]), *weights)
        outputs.append(h)
    return torch.stack(outputs), (h, c)


@lstm_layer.mistake
def state_not_carried(x, state, weights):
    """Every step starts from the first state again, so nothing is remembered. Put the new state
    back: `h, c = lstm_step(x_t, (h, c), *weights)`.
    """
    outputs = []
    for x_t in x:
        h, c = lstm_step(x_t, state, *weights)
        outputs.append(h)
    return torch.stack(outputs), (h, c)


@lstm_layer.mistake
def memory_not_carried(x, state, weights):
    """You carry h, but every step gets the *first* c. Carry both."""
    h, c_0 = state
    outputs = []
    for x_t in x:
        h, c = lstm_step(x_t, (h, c_0), *weights)
        outputs.append(h)
    return torch.stack(outputs), (h, c)


@lstm_layer.mistake
def last_output_only(x, state, weights):
    """You return h of the last step only. Collect h of every step in a list, and stack the list to (T, B, H)."""
    _, (h, c) = lstm_layer(x, state, weights)
    return h, (h, c)


@lstm_layer.mistake
def appended_before_the_step(x, state, weights):
    """Your outputs are one step late: you append h *before* the step. First the step, then append."""
    outputs, last = lstm_layer(x, state, weights)
    return torch.cat([state[0][None], outputs[:-1]]), last


@lstm_layer.mistake
def returned_inside_the_loop(x, state, weights):
    """You return after the first step: the `return` stands inside the loop. Move it out, to the left."""
    return lstm_layer(x[:1], state, weights)


@lstm_layer.mistake
def cat_for_stack(x, state, weights):
    """`torch.cat` glues the steps together along the batch: (T·B, H). `torch.stack` makes a new
    first axis for time: (T, B, H).
    """
    outputs, state = lstm_layer(x, state, weights)
    return outputs.flatten(0, 1), state


@lstm_layer.mistake
def batch_before_time(x, state, weights):
    """Your outputs are (B, T, H): the batch comes first. x has time first, and so should the
    outputs: `torch.stack(outputs)` without `dim`.
    """
    outputs, state = lstm_layer(x, state, weights)
    return outputs.transpose(0, 1), state


@lstm_layer.mistake
def collects_the_memory(x, state, weights):
    """You collected c. What a layer shows at each step is h; c stays inside."""
    outputs = []
    for x_t in x:
        state = lstm_step(x_t, state, *weights)
        outputs.append(state[1])
    return torch.stack(outputs), state


@lstm_layer.mistake
def starts_from_zeros(x, state, weights):
    """Your layer starts from zeros and ignores the `state` that it is given."""
    zeros = torch.zeros_like(state[0])
    return lstm_layer(x, (zeros, zeros), weights)


@lstm_layer.mistake
def reads_from_the_end(x, state, weights):
    """You read the sequence backward. `for x_t in x` goes from the first step to the last."""
    return lstm_layer(x.flip(0), state, weights)


@lstm_layer.mistake
def returns_the_first_state(x, state, weights):
    """The outputs are right, but you return the state from *before* the first step. Return the one after the last."""
    return lstm_layer(x, state, weights)[0], state


def _back(dc, dh, i, f, g, o, c_old, c):
    """dz and dc_old from the whole gradient dc of the cell state, rightly computed."""
    dz_i, dz_f = dc * g * i * (1 - i), dc * c_old * f * (1 - f)
    dz_g, dz_o = dc * i * (1 - g**2), dh * torch.tanh(c) * o * (1 - o)
    return torch.cat([dz_i, dz_f, dz_g, dz_o], dim=-1), dc * f


def _passed_steps(rng):
    """(dh, dc, i, f, g, o, c_old, c) of steps that were computed forward, shape (B, H) each."""
    for batch, units in ((1, 1), (2, 3), (4, 2)):
        dh, dc, c_old = (random_tensor(rng, batch, units) for _ in range(3))
        i, f, o = (torch.sigmoid(random_tensor(rng, batch, units)) for _ in range(3))
        g = torch.tanh(random_tensor(rng, batch, units))
        yield dh, dc, i, f, g, o, c_old, f * c_old + i * g


@exercise(
    title="one step back",
    difficulty=3,
    minutes=10,
    cases=_passed_steps,
    same_kind=True,
    hints=[
        "Begin with the whole gradient of c: what comes in from the future, plus what comes "
        r"through $h_t = o_t \odot \tanh(c_t)$. The slope of tanh is 1 - tanh².",
        "c = f · c_old + i · g is a sum of two products. So i gets `dc * g`, g gets `dc * i`, f "
        "gets `dc * c_old`, and c_old gets `dc * f`. And o gets `dh * torch.tanh(c)`.",
        "To come from a gate to its sum, multiply by its slope: `i * (1 - i)` for i, f and o "
        "alike, `1 - g ** 2` for g. Then `torch.cat([...], dim=-1)` in the order i, f, g, o.",
    ],
    errors={"chunk(): argument": "Put the four parts together with `torch.cat`, not `chunk`."},
    why="Look at the last value: to c of the step before goes dc times f. That product of forget "
    "gates is the direct path from lesson 1, now in your own code.",
)
def step_backward(dh, dc, i, f, g, o, c_old, c):
    dc = dc + dh * o * (1 - torch.tanh(c) ** 2)  # (B, H)
    di, df, dg, do = dc * g, dc * c_old, dc * i, dh * torch.tanh(c)
    dz_i, dz_f, dz_o = di * i * (1 - i), df * f * (1 - f), do * o * (1 - o)
    dz_g = dg * (1 - g**2)
    return torch.cat([dz_i, dz_f, dz_g, dz_o], dim=-1), dc * f


@step_backward.mistake
def nothing_from_the_future(dh, dc, i, f, g, o, c_old, c):
    """You dropped the `dc` that comes in from the step after. c has two ways into the loss: through h of this step, and
    through c of the next. Add both.
    """
    return step_backward(dh, 0, i, f, g, o, c_old, c)


@step_backward.mistake
def nothing_through_h(dh, dc, i, f, g, o, c_old, c):
    r"""You use the `dc` that came in as it is. c also acts through $h_t = o_t \odot \tanh(c_t)$: add `dh * o * (1 -
    torch.tanh(c) ** 2)` first.
    """
    return _back(dc, dh, i, f, g, o, c_old, c)


@step_backward.mistake
def forgets_f(dh, dc, i, f, g, o, c_old, c):
    """On its way to the old cell state the gradient passes the forget gate. You left out the factor f, so nothing would
    ever be forgotten on the way back.
    """
    dz, _ = step_backward(dh, dc, i, f, g, o, c_old, c)
    return dz, dc + dh * o * (1 - torch.tanh(c) ** 2)


@step_backward.mistake
def future_alone_goes_on(dh, dc, i, f, g, o, c_old, c):
    """Your `dz` is right. But to the old cell state goes the *whole* gradient of c, with what came through h, not only
    what came from the future.
    """
    dz, _ = step_backward(dh, dc, i, f, g, o, c_old, c)
    return dz, dc * f


@step_backward.mistake
def no_slope_of_the_gates(dh, dc, i, f, g, o, c_old, c):
    """These are the gradients of i, f, g and o. To reach the sums z, multiply by the slopes: σ has i(1 - i), tanh has 1
    - g².
    """
    dc = dc + dh * o * (1 - torch.tanh(c) ** 2)
    return torch.cat([dc * g, dc * c_old, dc * i, dh * torch.tanh(c)], dim=-1), dc * f


@step_backward.mistake
def c_for_its_tanh(dh, dc, i, f, g, o, c_old, c):
    """The slope of tanh at c is `1 - torch.tanh(c) ** 2`. You wrote `1 - c ** 2`, which holds for g only because g
    already *is* a tanh.
    """
    return _back(dc + dh * o * (1 - c**2), dh, i, f, g, o, c_old, c)


@step_backward.mistake
def no_slope_of_the_tanh(dh, dc, i, f, g, o, c_old, c):
    """From h to c the gradient passes a tanh. You left out its slope, `1 - torch.tanh(c) ** 2`."""
    return _back(dc + dh * o, dh, i, f, g, o, c_old, c)


@step_backward.mistake
def new_memory_for_the_old(dh, dc, i, f, g, o, c_old, c):
    """The forget gate multiplied the *old* cell state. Its gradient is `dc * c_old`, and you used c."""
    return step_backward(dh, dc, i, f, g, o, c, c)


@step_backward.mistake
def slope_of_a_sigmoid_for_g(dh, dc, i, f, g, o, c_old, c):
    """g is a tanh, so its slope is `1 - g ** 2`. You used that of a sigmoid."""
    dc = dc + dh * o * (1 - torch.tanh(c) ** 2)
    dz, dc_old = _back(dc, dh, i, f, g, o, c_old, c)
    dz_i, dz_f, _, dz_o = dz.chunk(4, dim=-1)
    dz_g = dc * i * g * (1 - g)
    return torch.cat([dz_i, dz_f, dz_g, dz_o], dim=-1), dc_old


@step_backward.mistake
def output_gate_saw_c(dh, dc, i, f, g, o, c_old, c):
    """The output gate multiplied tanh(c), not c. So its gradient is `dh * torch.tanh(c)`."""
    dz, dc_old = step_backward(dh, dc, i, f, g, o, c_old, c)
    return torch.cat([dz.chunk(4, -1)[0], *dz.chunk(4, -1)[1:3], dh * c * o * (1 - o)], dim=-1), dc_old


@step_backward.mistake
def candidate_and_input_swapped(dh, dc, i, f, g, o, c_old, c):
    """c = f · c_old + i · g: each of a product gets the *other* one. i gets `dc * g`, and g gets `dc * i`."""
    dct = dc + dh * o * (1 - torch.tanh(c) ** 2)
    dz, dc_old = step_backward(dh, dc, i, f, g, o, c_old, c)
    _, dz_f, _, dz_o = dz.chunk(4, dim=-1)
    return torch.cat([dct * i * i * (1 - i), dz_f, dct * g * (1 - g**2), dz_o], dim=-1), dc_old


@step_backward.mistake
def blocks_with_g_last(dh, dc, i, f, g, o, c_old, c):
    """All four are right, but stacked as i, f, o, g. The order is i, f, g, o."""
    dz, dc_old = step_backward(dh, dc, i, f, g, o, c_old, c)
    return in_order("ifog", dz, dim=-1), dc_old


baseline_mse = Exercise(
    name="baseline_mse",
    title="what always saying 1 is worth",
    minutes=3,
    reference=1 / 6,
    atol=4e-3,  # 0.17 is 1/6, rounded
    rtol=0,
    hints=[
        "The mean of the answer is 1. So the mean squared error of the guess 1 is a variance.",
        "The variance of a uniform number between 0 and 1 is 1/12. The two numbers are independent of each other.",
    ],
    why="The two variances add: 1/12 + 1/12. Whoever stays near 1/6 = 0.167 has learned the mean and nothing else.",
    mistakes=[
        Mistake(
            "one_number_only",
            1 / 12,
            "1/12 is the variance of *one* number between 0 and 1. The answer is a sum of two.",
        ),
        Mistake(
            "square_of_the_sum",
            7 / 6,
            "7/6 is the mean of the squared answer, which is the error of always saying 0. Here the guess is 1.",
        ),
        Mistake(
            "standard_deviation", (1 / 6) ** 0.5, "That is the root of the mean squared error. Leave the root out."
        ),
        Mistake(
            "spread_doubled",
            1 / 3,
            "Twice the number gives four times the variance, 4/12. But the answer is a sum of two "
            "*different* numbers, independent of each other: their variances add.",
        ),
        Mistake(
            "mean_distance", 1 / 4, "1/4 is a mean of distances, of one number from 1/2. Take squares, and two numbers."
        ),
        Mistake("no_error_at_all", 0, "The *mean* error is 0: too much and too little cancel. Take squares first."),
        Mistake("product_of_two", 1 / 144, "Variances of independent numbers add; you multiplied them."),
    ],
)


def _onnx_weights(rng):
    """W_ih, W_hh and a bias whose blocks stand in the order i, o, f, g."""
    for shape in ((8, 3), (12, 3), (20,)):
        yield (random_tensor(rng, *shape),)


@exercise(
    title="weights from another library",
    minutes=4,
    cases=_onnx_weights,
    hints=[
        "`W.chunk(4)` gives the four blocks along the first axis, in the order in which they "
        "stand. Give them names in ONNX's order.",
        "`W_i, W_o, W_f, W_g = W.chunk(4)`, then `torch.cat` in PyTorch's order.",
    ],
    errors={"values to unpack": "`W.chunk(4)` cuts the first axis into four blocks, and needs four names."},
    why="Every shape fits in either order, so nothing warns you. Compare outputs whenever weights "
    "cross from one library to another.",
)
def from_onnx_order(W):
    W_i, W_o, W_f, W_g = W.chunk(4)
    return torch.cat([W_i, W_f, W_g, W_o])


@from_onnx_order.mistake
def moved_the_wrong_way(W):
    """You turned PyTorch's order into ONNX's. Here W comes *from* ONNX: its blocks are i, o, f, g when you receive
    it.
    """
    return in_order("iofg", W)


@from_onnx_order.mistake
def two_blocks_swapped(W):
    """You returned i, f, o, g: o and f have changed places. But g must move as well: i, f, g, o."""
    return in_order("ifog", from_onnx_order(W))


@from_onnx_order.mistake
def forget_and_candidate_swapped(W):
    """Your second block is g and your third is f. It should be i, f, g, o."""
    return in_order("igfo", from_onnx_order(W))


@from_onnx_order.mistake
def rows_for_blocks(W):  # noqa: F811, as in split_gates
    """You rearranged single rows, four at a time. A block is H rows: all of i, then all of o, and so on."""
    return W.reshape(-1, 4, *W.shape[1:])[:, [0, 2, 3, 1]].reshape(W.shape)


@from_onnx_order.mistake
def left_as_it_was(W):
    """You returned W as it was. It would load without an error, since every shape fits."""
    return W.clone()


@from_onnx_order.mistake
def stacked_anew(W):
    """The order is right, but the four are apart: a list, or a new axis of size 4. `torch.cat` puts the blocks
    one below the other: (4H, ...).
    """
    return torch.stack(from_onnx_order(W).chunk(4))
