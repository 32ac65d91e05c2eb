"""Exercises of lesson 2: an LSTM step and a layer from the equations, and the way back.

Shapes: T time steps, B sequences, I inputs, H hidden units. The lesson defines
``sigmoid`` (NumPy) and ``lstm_step`` before the exercises that use them.
"""

from __future__ import annotations

import inspect

import numpy as np
import torch

from lstm_lessons.exercises._engine import Exercise, Mistake


def sigmoid(z: np.ndarray) -> np.ndarray:
    """σ(z) = 1 / (1 + exp(-z)), entry by entry."""
    return 1 / (1 + np.exp(-z))


# --- The four gates from the stacked sums -------------------------------------------------


def _split_gates(z):
    z_i, z_f, z_g, z_o = np.split(z, 4, axis=-1)
    return sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), sigmoid(z_o)


def _order_of_onnx(z):
    z_i, z_o, z_f, z_g = np.split(z, 4, axis=-1)
    return sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), sigmoid(z_o)


def _order_with_g_last(z):
    z_i, z_f, z_o, z_g = np.split(z, 4, axis=-1)
    return sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), sigmoid(z_o)


def _order_with_f_first(z):
    z_f, z_i, z_g, z_o = np.split(z, 4, axis=-1)
    return sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), sigmoid(z_o)


def _splits_the_batch(z):
    z_i, z_f, z_g, z_o = np.split(z, 4, axis=0)
    return sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), sigmoid(z_o)


def _takes_every_fourth(z):
    z_i, z_f, z_g, z_o = (z[..., k::4] for k in range(4))
    return sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), sigmoid(z_o)


def _no_activations(z):
    return tuple(np.split(z, 4, axis=-1))


def _sigmoid_four_times(z):
    return tuple(np.split(sigmoid(z), 4, axis=-1))


def _tanh_on_the_output_gate(z):
    z_i, z_f, z_g, z_o = np.split(z, 4, axis=-1)
    return sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), np.tanh(z_o)


def _stacked_sums(rng):
    """One vector of 4H sums, then batches of them; B and H differ."""
    for shape in ((12,), (8, 4), (4, 20), (1, 8)):
        yield rng.normal(0, 2, size=shape).round(2)


split_gates = Exercise(
    name="split_gates",
    title="four gates from one row of sums",
    reference=_split_gates,
    given={"sigmoid": sigmoid},
    cases=_stacked_sums,
    mistakes=[
        Mistake(
            "order_of_onnx",
            _order_of_onnx,
            "You split in the order i, o, f, g, which is ONNX's. PyTorch's order is i, f, g, o.",
        ),
        Mistake(
            "order_with_g_last",
            _order_with_g_last,
            "You split in the order i, f, o, g: the three gates, then the candidate. "
            "PyTorch's order is i, f, g, o, with the candidate third.",
        ),
        Mistake(
            "order_with_f_first",
            _order_with_f_first,
            "You took the first block for the forget gate. PyTorch's order is i, f, g, o.",
        ),
        Mistake(
            "splits_the_batch",
            _splits_the_batch,
            "You split along the first axis. In a batch that is the sequences; the 4H sums "
            "stand along the *last* axis: `axis=-1`.",
        ),
        Mistake(
            "takes_every_fourth",
            _takes_every_fourth,
            "You took every fourth number. The blocks stand one after another: first H numbers "
            "for i, the next H for f, and so on.",
        ),
        Mistake(
            "no_activations",
            _no_activations,
            "These are still the sums. A gate is σ of its sum, and the candidate is tanh of its "
            "sum.",
        ),
        Mistake(
            "sigmoid_four_times",
            _sigmoid_four_times,
            "You passed all four through a sigmoid. The candidate g needs a sign: tanh.",
        ),
        Mistake(
            "tanh_on_the_output_gate",
            _tanh_on_the_output_gate,
            "Your output gate can be negative. The tanh of the equation for h is for the cell "
            "state c; the gate o is a sigmoid.",
        ),
    ],
    hints=[
        "`np.split(z, 4, axis=...)` cuts an array into four equal parts along one axis. "
        "Along which axis do the 4H sums stand, in `(4H,)` and in `(B, 4H)` alike?",
        "`z_i, z_f, z_g, z_o = np.split(z, 4, axis=-1)`. Now three sigmoids and one tanh.",
    ],
    difficulty=1,
    minutes=4,
    errors={
        "array split does not result in an equal division": "That axis is no multiple of 4. "
        "The 4H sums stand along the last axis, -1.",
    },
    why="The axis -1 works for one vector and for a batch alike. The blocks stand in PyTorch's "
    "order, so weights of `nn.LSTMCell` fit without any rearranging.",
)


# --- One step -----------------------------------------------------------------------------


def _lstm_step(x, state, W_ih, W_hh, b_ih, b_hh):
    h, c = state
    z = x @ W_ih.mT + b_ih + h @ W_hh.mT + b_hh  # (..., 4H)
    z_i, z_f, z_g, z_o = z.chunk(4, dim=-1)  # (..., H) each
    i, f, o = torch.sigmoid(z_i), torch.sigmoid(z_f), torch.sigmoid(z_o)
    g = torch.tanh(z_g)
    c = f * c + i * g
    h = o * torch.tanh(c)
    return h, c


def _activated(x, h, W_ih, W_hh, b):
    """i, f, g, o, rightly computed; the mistakes below go wrong after it."""
    z_i, z_f, z_g, z_o = (x @ W_ih.mT + h @ W_hh.mT + b).chunk(4, dim=-1)
    return torch.sigmoid(z_i), torch.sigmoid(z_f), torch.tanh(z_g), torch.sigmoid(z_o)


def _step_with_g_last(x, state, W_ih, W_hh, b_ih, b_hh):
    h, c = state
    z_i, z_f, z_o, z_g = (x @ W_ih.mT + b_ih + h @ W_hh.mT + b_hh).chunk(4, dim=-1)
    c = torch.sigmoid(z_f) * c + torch.sigmoid(z_i) * torch.tanh(z_g)
    return torch.sigmoid(z_o) * torch.tanh(c), c


def _keep_and_write_swapped(x, state, W_ih, W_hh, b_ih, b_hh):
    h, c = state
    i, f, g, o = _activated(x, h, W_ih, W_hh, b_ih + b_hh)
    c = i * c + f * g
    return o * torch.tanh(c), c


def _no_tanh_on_reading(x, state, W_ih, W_hh, b_ih, b_hh):
    h, c = state
    i, f, g, o = _activated(x, h, W_ih, W_hh, b_ih + b_hh)
    c = f * c + i * g
    return o * c, c


def _sigmoid_on_the_candidate(x, state, W_ih, W_hh, b_ih, b_hh):
    h, c = state
    z = x @ W_ih.mT + b_ih + h @ W_hh.mT + b_hh
    i, f, g, o = torch.sigmoid(z).chunk(4, dim=-1)
    c = f * c + i * g
    return o * torch.tanh(c), c


def _reads_the_old_memory(x, state, W_ih, W_hh, b_ih, b_hh):
    h, c = state
    i, f, g, o = _activated(x, h, W_ih, W_hh, b_ih + b_hh)
    return o * torch.tanh(c), f * c + i * g


def _one_bias(x, state, W_ih, W_hh, b_ih, b_hh):
    h, c = state
    i, f, g, o = _activated(x, h, W_ih, W_hh, b_ih)
    c = f * c + i * g
    return o * torch.tanh(c), c


def _state_unpacked_as_c_h(x, state, W_ih, W_hh, b_ih, b_hh):
    c, h = state
    i, f, g, o = _activated(x, h, W_ih, W_hh, b_ih + b_hh)
    c = f * c + i * g
    return o * torch.tanh(c), c


def _returns_c_first(x, state, W_ih, W_hh, b_ih, b_hh):
    h, c = state
    i, f, g, o = _activated(x, h, W_ih, W_hh, b_ih + b_hh)
    c = f * c + i * g
    return c, o * torch.tanh(c)


def _output_gate_on_the_memory(x, state, W_ih, W_hh, b_ih, b_hh):
    h, c = state
    i, f, g, o = _activated(x, h, W_ih, W_hh, b_ih + b_hh)
    c = o * torch.tanh(f * c + i * g)
    return c, c


def _ignores_the_old_h(x, state, W_ih, W_hh, b_ih, b_hh):
    h, c = state
    i, f, g, o = _activated(x, torch.zeros_like(h), W_ih, W_hh, b_ih + b_hh)
    c = f * c + i * g
    return o * torch.tanh(c), c


def _tensor(rng, *shape):
    return torch.tensor(rng.normal(0, 1, size=shape).round(2), dtype=torch.float64)


def _weights(rng, inputs, units):
    """W_ih (4H, I), W_hh (4H, H), b_ih (4H,) and b_hh (4H,)."""
    return [_tensor(rng, 4 * units, *size) for size in ((inputs,), (units,), (), ())]


def _steps(rng):
    """(x, state, W_ih, W_hh, b_ih, b_hh): one vector, then batches."""
    for batch, inputs, units in (((), 1, 1), ((), 3, 2), ((2,), 3, 4), ((5,), 1, 3)):
        x = _tensor(rng, *batch, inputs)
        state = (_tensor(rng, *batch, units), _tensor(rng, *batch, units))
        yield (x, state, *_weights(rng, inputs, units))


lstm_step = Exercise(
    name="lstm_step",
    title="one LSTM step in PyTorch",
    reference=_lstm_step,
    cases=_steps,
    mistakes=[
        Mistake(
            "order_with_g_last",
            _step_with_g_last,
            "You took the third block for o and the fourth for g. PyTorch's order is i, f, g, o.",
        ),
        Mistake(
            "keep_and_write_swapped",
            _keep_and_write_swapped,
            "You swapped i and f: PyTorch's order is i, f, g, o, and it is f that multiplies the "
            "old cell state.",
        ),
        Mistake(
            "no_tanh_on_reading",
            _no_tanh_on_reading,
            "Your cell state is right, but you forgot the tanh when it is read: "
            r"$h_t = o_t \odot \tanh(c_t)$.",
        ),
        Mistake(
            "sigmoid_on_the_candidate",
            _sigmoid_on_the_candidate,
            "You passed all four sums through a sigmoid. The candidate g is a tanh, so that it "
            "can also subtract.",
        ),
        Mistake(
            "reads_the_old_memory",
            _reads_the_old_memory,
            r"Your h is read from the *old* memory $c_{t-1}$. First compute the new $c_t$, then "
            "read that.",
        ),
        Mistake(
            "one_bias",
            _one_bias,
            "You left out `b_hh`. PyTorch keeps two bias vectors and adds both.",
        ),
        Mistake(
            "state_unpacked_as_c_h",
            _state_unpacked_as_c_h,
            "You unpacked the state as `c, h`. PyTorch's order is `h, c`.",
        ),
        Mistake(
            "returns_c_first",
            _returns_c_first,
            "Both values are right, in the wrong order: return `h, c`.",
        ),
        Mistake(
            "output_gate_on_the_memory",
            _output_gate_on_the_memory,
            "Your output gate changes the memory itself. It only decides what is *shown*: c stays "
            "as `f * c + i * g`, and h is read from it.",
        ),
        Mistake(
            "ignores_the_old_h",
            _ignores_the_old_h,
            "Your gates look at x alone. They also see what the cell showed last: add "
            "`h @ W_hh.mT`.",
        ),
    ],
    hints=[
        "Start with the state: `h, c = state`. Then all four sums at once, one line, shape "
        "(..., 4H).",
        "`z = x @ W_ih.mT + b_ih + h @ W_hh.mT + b_hh`, and `z.chunk(4, dim=-1)` gives the four "
        "blocks. `.mT` swaps the last two axes.",
        "Three times `torch.sigmoid`, once `torch.tanh`; then the two lines from lesson 1: the "
        "new c, and from it the new h. Return both, h first.",
    ],
    difficulty=2,
    minutes=7,
    errors={
        "unsupported operand type(s) for *: 'float' and 'tuple'": "`state` is a pair: unpack it "
        "with `h, c = state`.",
    },
    why="These lines are `nn.LSTMCell`. With `.mT` and `dim=-1` they take one vector, a batch, or "
    "a whole stack of networks, which is how this lesson trains several at once.",
)


# --- A layer over time --------------------------------------------------------------------


def _lstm_layer(x, state, weights):
    h, c = state
    outputs = []
    for x_t in x:
        h, c = _lstm_step(x_t, (h, c), *weights)
        outputs.append(h)
    return torch.stack(outputs), (h, c)


def _steps_over_the_batch(x, state, weights):
    h, c = state
    outputs = []
    for x_t in x.transpose(0, 1):
        h, c = _lstm_step(x_t, (h[:1], c[:1]), *weights)
        outputs.append(h)
    return torch.stack(outputs), (h, c)


def _state_not_carried(x, state, weights):
    outputs = []
    for x_t in x:
        h, c = _lstm_step(x_t, state, *weights)
        outputs.append(h)
    return torch.stack(outputs), (h, c)


def _memory_not_carried(x, state, weights):
    h, c_0 = state
    outputs = []
    for x_t in x:
        h, c = _lstm_step(x_t, (h, c_0), *weights)
        outputs.append(h)
    return torch.stack(outputs), (h, c)


def _last_output_only(x, state, weights):
    for x_t in x:
        state = _lstm_step(x_t, state, *weights)
    return state[0], state


def _cat_for_stack(x, state, weights):
    outputs = []
    for x_t in x:
        state = _lstm_step(x_t, state, *weights)
        outputs.append(state[0])
    return torch.cat(outputs), state


def _batch_before_time(x, state, weights):
    outputs = []
    for x_t in x:
        state = _lstm_step(x_t, state, *weights)
        outputs.append(state[0])
    return torch.stack(outputs, dim=1), state


def _collects_the_memory(x, state, weights):
    outputs = []
    for x_t in x:
        state = _lstm_step(x_t, state, *weights)
        outputs.append(state[1])
    return torch.stack(outputs), state


def _starts_from_zeros(x, state, weights):
    h = c = torch.zeros_like(state[0])
    outputs = []
    for x_t in x:
        h, c = _lstm_step(x_t, (h, c), *weights)
        outputs.append(h)
    return torch.stack(outputs), (h, c)


def _reads_from_the_end(x, state, weights):
    return _collected(x.flip(0), state, weights)


def _collected(x, state, weights):
    """The layer, rightly computed."""
    outputs = []
    for x_t in x:
        state = _lstm_step(x_t, state, *weights)
        outputs.append(state[0])
    return torch.stack(outputs), state


def _returns_the_first_state(x, state, weights):
    return _collected(x, state, weights)[0], state


def _layers(rng):
    """(x, state, weights): T, B, I and H all differ, so that no axis is taken for another."""
    for steps, batch, inputs, units in ((4, 3, 2, 5), (2, 5, 1, 3), (5, 2, 3, 1)):
        state = (_tensor(rng, batch, units), _tensor(rng, batch, units))
        yield _tensor(rng, steps, batch, inputs), state, _weights(rng, inputs, units)


lstm_layer = Exercise(
    name="lstm_layer",
    title="a layer over time",
    reference=_lstm_layer,
    solution_source=inspect.getsource(_lstm_layer).replace("_lstm", "lstm"),
    given={"lstm_step": _lstm_step},
    cases=_layers,
    mistakes=[
        Mistake(
            "steps_over_the_batch",
            _steps_over_the_batch,
            "You walk along the batch. Time is the *first* axis of x: `for x_t in x` gives "
            "x_1, x_2, …, each of shape (B, I).",
        ),
        Mistake(
            "state_not_carried",
            _state_not_carried,
            "Every step starts from the first state again, so nothing is remembered. Put the new "
            "state back: `h, c = lstm_step(x_t, (h, c), *weights)`.",
        ),
        Mistake(
            "memory_not_carried",
            _memory_not_carried,
            "You carry h, but every step gets the *first* c. Carry both.",
        ),
        Mistake(
            "last_output_only",
            _last_output_only,
            "You return h of the last step only. Collect h of every step in a list, and stack "
            "the list to (T, B, H).",
        ),
        Mistake(
            "cat_for_stack",
            _cat_for_stack,
            "`torch.cat` glues the steps together along the batch: (T·B, H). `torch.stack` makes "
            "a new first axis for time: (T, B, H).",
        ),
        Mistake(
            "batch_before_time",
            _batch_before_time,
            "Your outputs are (B, T, H): the batch comes first. x has time first, and so should "
            "the outputs: `torch.stack(outputs)` without `dim`.",
        ),
        Mistake(
            "collects_the_memory",
            _collects_the_memory,
            "You collected c. What a layer shows at each step is h; c stays inside.",
        ),
        Mistake(
            "starts_from_zeros",
            _starts_from_zeros,
            "Your layer starts from zeros and ignores the `state` that it is given.",
        ),
        Mistake(
            "reads_from_the_end",
            _reads_from_the_end,
            "You read the sequence backward. `for x_t in x` goes from the first step to the last.",
        ),
        Mistake(
            "returns_the_first_state",
            _returns_the_first_state,
            "The outputs are right, but you return the state from *before* the first step. Return "
            "the one after the last.",
        ),
    ],
    hints=[
        "One loop: `for x_t in x`. Each turn calls `lstm_step` with the state of the turn before.",
        "Keep a list, append h at each step, and make one tensor of it at the end with "
        "`torch.stack`.",
        "`h, c = lstm_step(x_t, (h, c), *weights)` inside the loop; the last line returns "
        "`torch.stack(outputs), (h, c)`.",
    ],
    difficulty=1,
    minutes=5,
    errors={
        "missing 3 required positional arguments": "`weights` holds four tensors. Unpack it with "
        "a star: `lstm_step(x_t, (h, c), *weights)`.",
        "name 'lstm_step' is not defined": "Run the cells of section 4 first.",
    },
    why="A recurrent layer is a loop that hands its state on. `nn.LSTM` returns the same two "
    "things: the outputs of all steps, and the last state.",
)


# --- One step back ------------------------------------------------------------------------


def _step_backward(dh, dc, i, f, g, o, c_old, c):
    dc = dc + dh * o * (1 - torch.tanh(c) ** 2)
    dz_i = dc * g * i * (1 - i)
    dz_f = dc * c_old * f * (1 - f)
    dz_g = dc * i * (1 - g**2)
    dz_o = dh * torch.tanh(c) * o * (1 - o)
    return torch.cat([dz_i, dz_f, dz_g, dz_o], dim=-1), dc * f


def _back(dc, dh, i, f, g, o, c_old, c):
    """dz and dc_old from the whole gradient dc of the cell state, rightly computed."""
    dz_i, dz_f = dc * g * i * (1 - i), dc * c_old * f * (1 - f)
    dz_g, dz_o = dc * i * (1 - g**2), dh * torch.tanh(c) * o * (1 - o)
    return torch.cat([dz_i, dz_f, dz_g, dz_o], dim=-1), dc * f


def _nothing_from_the_future(dh, dc, i, f, g, o, c_old, c):
    return _back(dh * o * (1 - torch.tanh(c) ** 2), dh, i, f, g, o, c_old, c)


def _nothing_through_h(dh, dc, i, f, g, o, c_old, c):
    return _back(dc, dh, i, f, g, o, c_old, c)


def _forgets_f(dh, dc, i, f, g, o, c_old, c):
    dc = dc + dh * o * (1 - torch.tanh(c) ** 2)
    return _back(dc, dh, i, f, g, o, c_old, c)[0], dc


def _future_alone_goes_on(dh, dc, i, f, g, o, c_old, c):
    whole = dc + dh * o * (1 - torch.tanh(c) ** 2)
    return _back(whole, dh, i, f, g, o, c_old, c)[0], dc * f


def _no_slope_of_the_gates(dh, dc, i, f, g, o, c_old, c):
    dc = dc + dh * o * (1 - torch.tanh(c) ** 2)
    return torch.cat([dc * g, dc * c_old, dc * i, dh * torch.tanh(c)], dim=-1), dc * f


def _c_for_its_tanh(dh, dc, i, f, g, o, c_old, c):
    return _back(dc + dh * o * (1 - c**2), dh, i, f, g, o, c_old, c)


def _no_slope_of_the_tanh(dh, dc, i, f, g, o, c_old, c):
    return _back(dc + dh * o, dh, i, f, g, o, c_old, c)


def _new_memory_for_the_old(dh, dc, i, f, g, o, c_old, c):
    dc = dc + dh * o * (1 - torch.tanh(c) ** 2)
    return _back(dc, dh, i, f, g, o, c, c)


def _slope_of_a_sigmoid_for_g(dh, dc, i, f, g, o, c_old, c):
    dc = dc + dh * o * (1 - torch.tanh(c) ** 2)
    dz_i, dz_f, _, dz_o = _back(dc, dh, i, f, g, o, c_old, c)[0].chunk(4, dim=-1)
    return torch.cat([dz_i, dz_f, dc * i * g * (1 - g), dz_o], dim=-1), dc * f


def _blocks_with_g_last(dh, dc, i, f, g, o, c_old, c):
    dc = dc + dh * o * (1 - torch.tanh(c) ** 2)
    dz, dc_old = _back(dc, dh, i, f, g, o, c_old, c)
    dz_i, dz_f, dz_g, dz_o = dz.chunk(4, dim=-1)
    return torch.cat([dz_i, dz_f, dz_o, dz_g], dim=-1), dc_old


def _passed_steps(rng):
    """(dh, dc, i, f, g, o, c_old, c) of steps that were computed forward, shape (B, H) each."""
    for batch, units in ((1, 1), (2, 3), (4, 2)):
        dh, dc, c_old = (_tensor(rng, batch, units) for _ in range(3))
        i, f, o = (torch.sigmoid(_tensor(rng, batch, units)) for _ in range(3))
        g = torch.tanh(_tensor(rng, batch, units))
        yield dh, dc, i, f, g, o, c_old, f * c_old + i * g


step_backward = Exercise(
    name="step_backward",
    title="one step back",
    reference=_step_backward,
    cases=_passed_steps,
    mistakes=[
        Mistake(
            "nothing_from_the_future",
            _nothing_from_the_future,
            "You dropped the `dc` that comes in from the step after. c has two ways into the "
            "loss: through h of this step, and through c of the next. Add both.",
        ),
        Mistake(
            "nothing_through_h",
            _nothing_through_h,
            r"You use the `dc` that came in as it is. c also acts through $h_t = o_t \odot "
            r"\tanh(c_t)$: add `dh * o * (1 - torch.tanh(c) ** 2)` first.",
        ),
        Mistake(
            "forgets_f",
            _forgets_f,
            "On its way to the old cell state the gradient passes the forget gate. You left out "
            "the factor f, so nothing would ever be forgotten on the way back.",
        ),
        Mistake(
            "future_alone_goes_on",
            _future_alone_goes_on,
            "Your `dz` is right. But to the old cell state goes the *whole* gradient of c, with "
            "what came through h, not only what came from the future.",
        ),
        Mistake(
            "no_slope_of_the_gates",
            _no_slope_of_the_gates,
            "These are the gradients of i, f, g and o. To reach the sums z, multiply by the "
            "slopes: σ has i(1 - i), tanh has 1 - g².",
        ),
        Mistake(
            "c_for_its_tanh",
            _c_for_its_tanh,
            "The slope of tanh at c is `1 - torch.tanh(c) ** 2`. You wrote `1 - c ** 2`, which "
            "holds for g only because g already *is* a tanh.",
        ),
        Mistake(
            "no_slope_of_the_tanh",
            _no_slope_of_the_tanh,
            "From h to c the gradient passes a tanh. You left out its slope, "
            "`1 - torch.tanh(c) ** 2`.",
        ),
        Mistake(
            "new_memory_for_the_old",
            _new_memory_for_the_old,
            "The forget gate multiplied the *old* cell state. Its gradient is `dc * c_old`, and "
            "you used c.",
        ),
        Mistake(
            "slope_of_a_sigmoid_for_g",
            _slope_of_a_sigmoid_for_g,
            "g is a tanh, so its slope is `1 - g ** 2`. You used that of a sigmoid.",
        ),
        Mistake(
            "blocks_with_g_last",
            _blocks_with_g_last,
            "All four are right, but stacked as i, f, o, g. The order is i, f, g, o.",
        ),
    ],
    hints=[
        "Begin with the whole gradient of c: what comes in from the future, plus what comes "
        r"through $h_t = o_t \odot \tanh(c_t)$. The slope of tanh is 1 - tanh².",
        "c = f · c_old + i · g is a sum of two products. So i gets `dc * g`, g gets `dc * i`, f "
        "gets `dc * c_old`, and c_old gets `dc * f`. And o gets `dh * torch.tanh(c)`.",
        "To come from a gate to its sum, multiply by its slope: `i * (1 - i)` for i, f and o "
        "alike, `1 - g ** 2` for g. Then `torch.cat([...], dim=-1)` in the order i, f, g, o.",
    ],
    difficulty=3,
    minutes=10,
    errors={
        "chunk() got": "Put the four parts together with `torch.cat`, not `chunk`.",
    },
    why="Look at the last value: to c of the step before goes dc times f. That product of forget "
    "gates is the direct path from lesson 1, now in your own code.",
)


# --- What a guess is worth ----------------------------------------------------------------

baseline_mse = Exercise(
    name="baseline_mse",
    title="what always saying 1 is worth",
    reference=1 / 6,
    atol=1e-3,
    rtol=0,
    mistakes=[
        Mistake(
            "one_number_only",
            1 / 12,
            "1/12 is the variance of *one* number between 0 and 1. The answer is a sum of two.",
        ),
        Mistake(
            "square_of_the_sum",
            7 / 6,
            "7/6 is the mean of the squared answer, which is the error of who always says 0. "
            "Here the guess is 1.",
        ),
        Mistake(
            "standard_deviation",
            (1 / 6) ** 0.5,
            "That is the root of the mean squared error. Leave the root out.",
        ),
        Mistake(
            "spread_doubled",
            1 / 3,
            "Twice the number gives four times the variance, 4/12. But the answer is a sum of two "
            "*different* numbers, independent of each other: their variances add.",
        ),
        Mistake(
            "mean_distance",
            1 / 4,
            "1/4 is a mean of distances, of one number from 1/2. Take squares, and two numbers.",
        ),
    ],
    hints=[
        "The mean of the answer is 1. So the mean squared error of the guess 1 is a variance.",
        "The variance of a uniform number between 0 and 1 is 1/12. The two numbers are "
        "independent of each other.",
    ],
    difficulty=1,
    minutes=3,
    why="The two variances add: 1/12 + 1/12. Whoever stays near 1/6 = 0.167 has learned the mean "
    "and nothing else.",
)


# --- Weights from elsewhere ---------------------------------------------------------------


def _from_onnx_order(W):
    W_i, W_o, W_f, W_g = W.chunk(4)
    return torch.cat([W_i, W_f, W_g, W_o])


def _moved_the_wrong_way(W):
    W_i, W_f, W_g, W_o = W.chunk(4)
    return torch.cat([W_i, W_o, W_f, W_g])


def _two_blocks_swapped(W):
    W_i, W_o, W_f, W_g = W.chunk(4)
    return torch.cat([W_i, W_f, W_o, W_g])


def _forget_and_candidate_swapped(W):
    W_i, W_o, W_f, W_g = W.chunk(4)
    return torch.cat([W_i, W_g, W_f, W_o])


def _rows_for_blocks(W):
    return W.reshape(-1, 4, *W.shape[1:])[:, [0, 2, 3, 1]].reshape(W.shape)


def _left_as_it_was(W):
    return W.clone()


def _stacked_anew(W):
    W_i, W_o, W_f, W_g = W.chunk(4)
    return torch.stack([W_i, W_f, W_g, W_o])


def _onnx_weights(rng):
    """W_ih, W_hh and a bias whose blocks stand in the order i, o, f, g."""
    for shape in ((8, 3), (12, 3), (20,)):
        yield (_tensor(rng, *shape),)


from_onnx_order = Exercise(
    name="from_onnx_order",
    title="weights from another library",
    reference=_from_onnx_order,
    cases=_onnx_weights,
    mistakes=[
        Mistake(
            "moved_the_wrong_way",
            _moved_the_wrong_way,
            "You turned PyTorch's order into ONNX's. Here W comes *from* ONNX: its blocks are i, "
            "o, f, g when you receive it.",
        ),
        Mistake(
            "two_blocks_swapped",
            _two_blocks_swapped,
            "You returned i, f, o, g: o and f have changed places. But g must move as well: "
            "i, f, g, o.",
        ),
        Mistake(
            "forget_and_candidate_swapped",
            _forget_and_candidate_swapped,
            "Your second block is g and your third is f. It should be i, f, g, o.",
        ),
        Mistake(
            "rows_for_blocks",
            _rows_for_blocks,
            "You rearranged single rows, four at a time. A block is H rows: all of i, then all "
            "of o, and so on.",
        ),
        Mistake(
            "left_as_it_was",
            _left_as_it_was,
            "You returned W as it was. It would load without an error, since every shape fits.",
        ),
        Mistake(
            "stacked_anew",
            _stacked_anew,
            "The order is right, but `torch.stack` made a new axis of size 4. `torch.cat` puts "
            "the blocks one below the other: (4H, ...).",
        ),
    ],
    hints=[
        "`W.chunk(4)` gives the four blocks along the first axis, in the order in which they "
        "stand. Give them names in ONNX's order.",
        "`W_i, W_o, W_f, W_g = W.chunk(4)`, then `torch.cat` in PyTorch's order.",
    ],
    difficulty=1,
    minutes=4,
    why="Every shape fits in either order, so nothing warns you. Compare outputs whenever weights "
    "cross from one library to another.",
)
