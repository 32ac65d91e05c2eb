"""A layer over time.

Shapes: T time steps, B sequences, I inputs, H hidden units. The lesson defines ``lstm_step`` before `lstm_layer`.
"""

import torch

from lstm_lessons.exercises._cases import random_tensor
from lstm_lessons.exercises._engine import exercise
from lstm_lessons.exercises.manual_cell._weights import cell_weights, stacked_weights
from lstm_lessons.exercises.manual_cell.step import lstm_step


def _layers(rng):
    """(x, state, weights): T, B, I and H all differ, so that no axis is taken for another.

    The last is a stack of two networks.
    """
    for steps, batch, inputs, units in ((4, 3, 2, 5), (2, 5, 1, 3), (5, 2, 3, 1)):
        state = (random_tensor(rng, batch, units), random_tensor(rng, batch, units))
        yield random_tensor(rng, steps, batch, inputs), state, cell_weights(rng, inputs, units)
    state = (random_tensor(rng, 2, 4, 3), random_tensor(rng, 2, 4, 3))
    yield random_tensor(rng, 3, 2, 4, 5), state, stacked_weights(rng, 2, 5, 3)


@exercise(
    title="a layer over time",
    given={"lstm_step": lstm_step.reference},
    trained=True,
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


def _read(x, state, weights, hand_on=lambda first, state: state, shown=0):
    """A layer whose steps get ``hand_on(first, state)`` as their state, and that shows h, or c."""
    first, outputs = state, []
    for x_t in x:
        state = lstm_step(x_t, hand_on(first, state), *weights)
        outputs.append(state[shown])
    return torch.stack(outputs), state


@lstm_layer.mistake
def for_one_network_alone(x, state, weights):
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
    return _read(x, state, weights, lambda first, state: first)


@lstm_layer.mistake
def memory_not_carried(x, state, weights):
    """You carry h, but every step gets the *first* c. Carry both."""
    return _read(x, state, weights, lambda first, state: (state[0], first[1]))


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
    return _read(x, state, weights, shown=1)


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


@lstm_layer.mistake
def first_state_among_the_outputs(x, state, weights):
    """Your outputs begin with the h from *before* the first step, so there is one too many. Start with an empty list,
    and append after each step.
    """
    outputs, last = lstm_layer(x, state, weights)
    return torch.cat([state[0][None], outputs]), last


@lstm_layer.mistake
def last_step_left_out(x, state, weights):
    """The last step is missing. `for x_t in x`, or `range(len(x))`, goes through all T of them."""
    return lstm_layer(x[:-1], state, weights)


@lstm_layer.mistake
def first_step_left_out(x, state, weights):
    """The first step is missing. Steps count from 0: x_1 is `x[0]`."""
    return lstm_layer(x[1:], state, weights)


@lstm_layer.mistake
def returns_c_before_h(x, state, weights):
    """The outputs are right. The last state is the pair `(h, c)`, h first, as `nn.LSTM` returns it."""
    outputs, (h, c) = lstm_layer(x, state, weights)
    return outputs, (c, h)


@lstm_layer.mistake
def state_not_a_pair(x, state, weights):
    """All three are right. Put h and c into one pair, as `nn.LSTM` does: two values are returned, not three."""
    outputs, (h, c) = lstm_layer(x, state, weights)
    return outputs, h, c


@lstm_layer.mistake
def h_for_the_state(x, state, weights):
    """The outputs are right. But the state is the pair `(h, c)`: a layer that goes on from here needs c as well."""
    outputs, (h, _) = lstm_layer(x, state, weights)
    return outputs, h


@lstm_layer.mistake
def not_stacked(x, state, weights):
    """Only one thing is missing: your outputs are still a list. Make one tensor of it, (T, B, H):
    `torch.stack(outputs)`.
    """
    outputs, last = lstm_layer(x, state, weights)
    return list(outputs), last


@lstm_layer.mistake
def h_not_carried(x, state, weights):
    """You carry c, but every step gets the *first* h. Carry both."""
    return _read(x, state, weights, lambda first, state: (first[0], state[1]))


@lstm_layer.mistake
def state_unpacked_as_c_h(x, state, weights):
    """You unpacked the state as `c, h`. PyTorch's order is `h, c`."""
    return lstm_layer(x, state[::-1], weights)


@lstm_layer.mistake
def swapped_at_each_step(x, state, weights):
    """You pass `(c, h)` to the step. It takes the state in the same order in which it returns it: `(h, c)`."""
    return _read(x, state, weights, lambda first, state: state[::-1])


@lstm_layer.mistake
def memory_left_behind(x, state, weights):
    """The new c is dropped, so each step begins with the same old memory. Take both: `h, c = lstm_step(...)`."""
    outputs, (h, _) = memory_not_carried(x, state, weights)
    return outputs, (h, state[1])


@lstm_layer.mistake
def graph_is_cut(x, state, weights):
    """The numbers are right, but the graph is cut: gradients do not get back in full to x, the state and the weights.
    `.detach()`, `.data`, `.numpy()`, `torch.tensor(...)` of a tensor and `torch.no_grad()` cut it. This lesson trains
    through your layer, so pass on h and c themselves. (Detaching is for a long stream that is read in windows.)
    """
    outputs, (h, c) = lstm_layer(x, state, weights)
    return outputs.detach(), (h.detach(), c.detach())
