"""Exercises of lesson 3: what ``nn.LSTM`` returns, what it holds, and how to hand its state on.

Shapes: B sequences, T steps, I inputs, H hidden units, L layers, D directions (1 or 2).
"""

import torch
from torch import nn

from lstm_lessons import sequences
from lstm_lessons.cell import parameter_shapes
from lstm_lessons.exercises._cases import random_tensor
from lstm_lessons.exercises._engine import exercise

__all__ = [
    "lstm_shapes",
    "parameter_count",
    "split_states",
    "backward_final",
    "backward_layer",
    "last_true_step",
    "read_stream",
]


@exercise(
    title="the shapes of output and h_n",
    cases=[
        (4, 7, 5, 1, False, True),
        (4, 7, 5, 1, False, False),
        (4, 7, 5, 3, False, True),
        (4, 7, 5, 1, True, True),
        (2, 9, 6, 3, True, True),
        (2, 9, 6, 3, True, False),
    ],
    hints=[
        "Start with the number of directions: `directions = 2 if bidirectional else 1`. Which of "
        "the two tensors has an axis of time?",
        "`output` shows the last layer at every step, its directions side by side. `h_n` shows "
        "every layer and direction at its last step, one below the other.",
        "`output` is (B, T, directions * H), or (T, B, directions * H) without `batch_first`. "
        "`h_n` is (num_layers * directions, B, H), always.",
    ],
    why="`output`: one layer, all steps. `h_n`: all layers, one step. And `batch_first` leaves `h_n` as it is.",
)
def lstm_shapes(B, T, H, num_layers, bidirectional, batch_first):
    directions = 2 if bidirectional else 1
    output = (B, T, directions * H) if batch_first else (T, B, directions * H)
    h_n = (num_layers * directions, B, H)
    return output, h_n


@lstm_shapes.mistake
def layers_in_the_output(B, T, H, num_layers, bidirectional, batch_first):
    """You put all layers into `output`. It shows the *last* layer alone: D·H numbers a step, however many layers there
    are.
    """
    (first, second, features), h_n = lstm_shapes(B, T, H, num_layers, bidirectional, batch_first)
    return (first, second, num_layers * features), h_n


@lstm_shapes.mistake
def batch_first_for_h_n(B, T, H, num_layers, bidirectional, batch_first):
    """`output` is right. But `batch_first` turns the input and `output`
    only: `h_n` is always (L·D, B, H).
    """
    output, (states, _, _) = lstm_shapes(B, T, H, num_layers, bidirectional, batch_first)
    return output, (B, states, H) if batch_first else (states, B, H)


@lstm_shapes.mistake
def h_n_of_the_last_layer(B, T, H, num_layers, bidirectional, batch_first):
    """You gave `h_n` the last layer alone. It holds *every* layer and direction: L·D states."""
    return lstm_shapes(B, T, H, num_layers, bidirectional, batch_first)[0], (2 if bidirectional else 1, B, H)


@lstm_shapes.mistake
def h_n_without_directions(B, T, H, num_layers, bidirectional, batch_first):
    """In a bidirectional LSTM each layer ends in *two* states: the first axis of `h_n` is L·D."""
    return lstm_shapes(B, T, H, num_layers, bidirectional, batch_first)[0], (num_layers, B, H)


@lstm_shapes.mistake
def directions_side_by_side_in_h_n(B, T, H, num_layers, bidirectional, batch_first):
    """You put the two directions side by side in `h_n`. That is how `output` does it. In `h_n` each
    has a row of its own: (L·D, B, H).
    """
    output, _ = lstm_shapes(B, T, H, num_layers, bidirectional, batch_first)
    return output, (num_layers, B, output[-1])


@lstm_shapes.mistake
def one_direction_in_the_output(B, T, H, num_layers, bidirectional, batch_first):
    """`h_n` is right. In `output` the two directions stand side by side: D·H numbers a step."""
    (first, second, _), h_n = lstm_shapes(B, T, H, num_layers, bidirectional, batch_first)
    return (first, second, H), h_n


@lstm_shapes.mistake
def always_batch_first(B, T, H, num_layers, bidirectional, batch_first):
    """Your `output` always has the batch first. Without `batch_first=True`
    time comes first: (T, B, D·H).
    """
    return lstm_shapes(B, T, H, num_layers, bidirectional, True)


@lstm_shapes.mistake
def always_time_first(B, T, H, num_layers, bidirectional, batch_first):
    """Your `output` always has time first. With `batch_first=True` it is (B, T, D·H)."""
    return lstm_shapes(B, T, H, num_layers, bidirectional, False)


@lstm_shapes.mistake
def batch_first_reversed(B, T, H, num_layers, bidirectional, batch_first):
    """You took `batch_first` the wrong way around: True means (B, T, …)."""
    return lstm_shapes(B, T, H, num_layers, bidirectional, not batch_first)


@lstm_shapes.mistake
def directions_forgotten(B, T, H, num_layers, bidirectional, batch_first):
    """You left out the directions. A bidirectional LSTM has two: in `output` side by side, D·H, and in `h_n` one below
    the other, L·D.
    """
    return lstm_shapes(B, T, H, num_layers, False, batch_first)


@lstm_shapes.mistake
def last_step_alone(B, T, H, num_layers, bidirectional, batch_first):
    """You left out the axis of time: `output` holds *every* step. The last step of each layer is in `h_n`."""
    output, h_n = lstm_shapes(B, T, H, num_layers, bidirectional, True)
    return (B, output[-1]), h_n


@lstm_shapes.mistake
def layers_and_directions_apart(B, T, H, num_layers, bidirectional, batch_first):
    """You gave layers and directions an axis each. In `h_n` they share the first one: (L·D, B, H). (`view` can separate
    them.)
    """
    output, _ = lstm_shapes(B, T, H, num_layers, bidirectional, batch_first)
    return output, (num_layers, 2 if bidirectional else 1, B, H)


@exercise(
    title="how many parameters",
    difficulty=2,
    minutes=6,
    cases=[(1, 1, 1, False), (3, 5, 1, False), (3, 5, 1, True), (3, 5, 2, False), (13, 6, 3, True)],
    hints=[
        "Lesson 1: one layer, one direction, has 4H(I + H + 2). The 2 stands for the two biases.",
        "Loop over the layers. The first reads I numbers a step; what does one above it read?",
        "`inputs = I if layer == 0 else directions * H`, and each of the directions adds `4 * H * (inputs + H + 2)`.",
    ],
    why="A second direction doubles a layer and makes the one above it larger still, since that one reads 2H numbers.",
)
def parameter_count(I, H, num_layers, bidirectional):
    directions = 2 if bidirectional else 1
    count = 0
    for layer in range(num_layers):
        inputs = I if layer == 0 else directions * H
        count += directions * 4 * H * (inputs + H + 2)
    return count


def _with_upper(I, H, num_layers, bidirectional, reads):
    """The count, if each upper layer read so many numbers a step."""
    upper = (num_layers - 1) * 4 * H * (reads + H + 2)
    return parameter_count(I, H, 1, bidirectional) + (2 if bidirectional else 1) * upper


@parameter_count.mistake
def every_layer_reads_x(I, H, num_layers, bidirectional):
    """Your upper layers read x. They read what the layer below *shows*: D·H numbers."""
    return _with_upper(I, H, num_layers, bidirectional, I)


@parameter_count.mistake
def upper_layers_read_one_direction(I, H, num_layers, bidirectional):
    """Your upper layers read H numbers. Below them both directions stand side by side: each direction of an upper layer
    reads 2·H.
    """
    return _with_upper(I, H, num_layers, bidirectional, H)


@parameter_count.mistake
def one_layer_of_one_direction(I, H, num_layers, bidirectional):
    """That is one layer with one direction, as in lesson 1. Add up all layers, and both directions of each."""
    return parameter_count(I, H, 1, False)


@parameter_count.mistake
def one_layer_only(I, H, num_layers, bidirectional):
    """You counted one layer. Add up `num_layers` of them; the upper ones read D·H inputs."""
    return parameter_count(I, H, 1, bidirectional)


@parameter_count.mistake
def one_direction_only(I, H, num_layers, bidirectional):
    """You left out the second direction. It has weights of its own, and the layer above reads twice as many numbers."""
    return parameter_count(I, H, num_layers, False)


@parameter_count.mistake
def second_direction_not_added(I, H, num_layers, bidirectional):
    """Your upper layers read both directions, but you add up one. The other has as many weights: times D."""
    return parameter_count(I, H, num_layers, bidirectional) // (2 if bidirectional else 1)


@parameter_count.mistake
def one_bias_vector(I, H, num_layers, bidirectional):
    """You counted one bias vector. PyTorch keeps two, `b_ih` and `b_hh`, of 4H numbers each."""
    return parameter_count(I, H, num_layers, bidirectional) - num_layers * (2 if bidirectional else 1) * 4 * H


@parameter_count.mistake
def one_gate(I, H, num_layers, bidirectional):
    """You counted a single block. There are four of them, i, f, g and o: 4H rows."""
    return parameter_count(I, H, num_layers, bidirectional) // 4


@parameter_count.mistake
def no_biases(I, H, num_layers, bidirectional):
    """The two matrices are right. Two bias vectors of 4H numbers are missing."""
    both = parameter_count(I, H, num_layers, bidirectional)
    return 2 * one_bias_vector(I, H, num_layers, bidirectional) - both


@parameter_count.mistake
def upper_layers_read_x_as_well(I, H, num_layers, bidirectional):
    """Your upper layers read x as well. They read only what the layer below shows: D·H numbers."""
    return _with_upper(I, H, num_layers, bidirectional, I + (2 if bidirectional else 1) * H)


@parameter_count.mistake
def upper_layers_read_nothing(I, H, num_layers, bidirectional):
    """Your upper layers have no `W_ih`. They read what the layer below shows: D·H numbers."""
    return _with_upper(I, H, num_layers, bidirectional, 0)


def _states_of_lstms(rng):
    """(h_n, num_layers, directions): L, D, B and H differ wherever they can."""
    for layers, directions, batch, units in ((3, 2, 4, 5), (2, 1, 3, 4), (1, 2, 3, 2)):
        yield random_tensor(rng, layers * directions, batch, units), layers, directions


@exercise(
    title="h_n by layer and direction",
    minutes=4,
    cases=_states_of_lstms,
    same_kind=True,
    hints=[
        "`h_n` is (L·D, B, H). Only its first axis has to be cut in two.",
        "The rows go layer by layer, and within a layer forward, then backward. So the layer is the outer axis.",
        "`h_n.view(num_layers, directions, B, H)`, with B and H from `h_n.shape`.",
    ],
    errors={
        "is invalid for input of size": "The sizes that you ask for must multiply to as many "
        "numbers as `h_n` has: L · D · B · H."
    },
    why="Now `states[-1]` is the last layer, (D, B, H), and `states[-1, 0]` its forward half. It "
    "works for `c_n` just as well.",
)
def split_states(h_n, num_layers, directions):
    _, B, H = h_n.shape
    return h_n.view(num_layers, directions, B, H)


@split_states.mistake
def directions_first(h_n, num_layers, directions):
    """You put the directions before the layers. The rows of `h_n` go layer by layer: layer 0 forward, layer 0 backward,
    layer 1 forward, …
    """
    return h_n.unflatten(0, (directions, num_layers))


@split_states.mistake
def directions_first_then_turned(h_n, num_layers, directions):
    """The shape is right, the rows are not. You read `h_n` as if all forward states came first. It goes layer by layer,
    so no axis has to be turned.
    """
    return h_n.unflatten(0, (directions, num_layers)).transpose(0, 1)


@split_states.mistake
def batch_before_states(h_n, num_layers, directions):
    """`view` with B first mixes the sequences: it only counts, it turns no axis. B is the second axis of `h_n`, and
    stays behind layers and directions.
    """
    return h_n.view(h_n.shape[1], num_layers, directions, -1)


@split_states.mistake
def batch_moved_first(h_n, num_layers, directions):
    """Right numbers, another order of axes. Here (L, D, B, H) is asked for, without a `permute`."""
    return split_states(h_n, num_layers, directions).permute(2, 0, 1, 3)


@split_states.mistake
def one_row_for_each_sequence(h_n, num_layers, directions):
    """`view(B, -1)` mixes the sequences: row 0 becomes the first numbers of layer 0, of *several* sequences. `view`
    turns no axis, it only counts. Here (L, D, B, H) is asked for.
    """
    return h_n.view(h_n.shape[1], -1)


@split_states.mistake
def last_layer_alone(h_n, num_layers, directions):
    """That is the last layer alone. Keep all of them: (L, D, B, H)."""
    return h_n[-directions:]


@split_states.mistake
def side_by_side(h_n, num_layers, directions):
    """You put the directions side by side, as `output` does. Give them an
    axis of their own: (L, D, B, H).
    """
    return torch.cat(list(split_states(h_n, num_layers, directions).unbind(1)), dim=-1)


def _outputs_of_both_directions(rng):
    for batch, steps, units in ((4, 6, 3), (2, 5, 1), (3, 2, 4)):
        yield (random_tensor(rng, batch, steps, 2 * units),)


@exercise(
    title="the backward direction's final state",
    minutes=3,
    cases=_outputs_of_both_directions,
    same_kind=True,
    hints=[
        "The backward direction reads step T - 1 first. At which step has it read everything?",
        "Two halves stand side by side in the last axis: forward, then backward, H numbers each.",
        "Step 0, second half: `output[:, 0, H:]` with `H = output.shape[-1] // 2`.",
    ],
    why="It equals the last row of `h_n`. Forward ends at the last step, backward at the first.",
)
def backward_final(output):
    H = output.shape[-1] // 2
    return output[:, 0, H:]


@backward_final.mistake
def last_step_of_the_backward_half(output):
    """The right half, at the wrong end. At step -1 the backward direction has read one step only: that is where it
    *starts*. It ends at step 0.
    """
    return output[:, -1, output.shape[-1] // 2 :]


@backward_final.mistake
def forward_half_of_the_first_step(output):
    """The right step, the wrong half. In the last axis the first H numbers are the forward direction, the other H the
    backward one.
    """
    return output[:, 0, : output.shape[-1] // 2]


@backward_final.mistake
def forward_final(output):
    """That is the *forward* direction's final state. The backward one reads from the end to the start."""
    return output[:, -1, : output.shape[-1] // 2]


@backward_final.mistake
def axis_not_halved(output):
    """`output.shape[-1]` is 2H, both directions together, and nothing stands behind. H is half of it:
    `output.shape[-1] // 2`.
    """
    return output[:, 0, output.shape[-1] :]


@backward_final.mistake
def first_step_whole(output):
    """The right step, but with both halves. Keep the backward one: `H:`."""
    return output[:, 0]


@backward_final.mistake
def last_step_whole(output):
    """The well-known `output[:, -1]`: its backward half has seen one step. Take the backward half at the step where
    that direction ends.
    """
    return output[:, -1]


@backward_final.mistake
def first_sequence(output):
    """You took the first *sequence*. `output` has the batch first; time is axis 1."""
    return output[0, :, output.shape[-1] // 2 :]


@backward_final.mistake
def all_steps(output):
    """The right half, but all steps of it. Keep the one at which the backward direction has read everything."""
    return output[:, :, output.shape[-1] // 2 :]


def _padded_outputs(rng):
    """(output, lengths): every batch has short sequences, and one without padding."""
    for lengths, units in (((6, 2, 4), 3), ((3, 5), 2), ((2, 7, 4, 3, 7), 1)):
        yield random_tensor(rng, len(lengths), max(lengths), units), torch.tensor(lengths)


@exercise(
    title="the last true step of each sequence",
    difficulty=2,
    cases=_padded_outputs,
    hints=[
        "Each sequence b needs its own step, `lengths[b] - 1`.",
        "Two index tensors of the same length are paired one by one: `output[rows, steps]`.",
        "`rows = torch.arange(len(lengths))`, `steps = lengths - 1`.",
    ],
    errors={
        "tensors used as indices must be": "Index with whole numbers: `lengths` as int64.",
        "is out of bounds for dimension 0": "The first index is the sequence, the second the step.",
        "converted to Python scalars": "Each sequence has its own length, so one `int` is not enough: index with "
        "two tensors.",
    },
    why="For a forward LSTM this is the final state of each sequence. `sequences.last_valid` does "
    "the same, with its arguments checked.",
)
def last_true_step(output, lengths):
    return output[torch.arange(len(lengths)), lengths - 1]


@last_true_step.mistake
def last_padded_step(output, lengths):
    """`output[:, -1]` is the last *padded* step: short sequences have gone on over zeros until there."""
    return output[:, -1]


@last_true_step.mistake
def one_step_too_far(output, lengths):
    """You are one step too far, on the first step of padding. Steps count from 0, so the last of n is n - 1."""
    return output[torch.arange(len(lengths)), lengths.clamp(max=output.shape[1] - 1)]


@last_true_step.mistake
def one_step_too_far_and_over_the_edge(output, lengths):
    """The longest sequence runs over the edge. Steps count from 0: the last of n is n - 1."""
    return output[torch.arange(len(lengths)), lengths]


@last_true_step.mistake
def every_sequence_with_every_length(output, lengths):
    """`output[:, lengths - 1]` pairs *every* sequence with *every* length: (B, B, H). Pair them one
    by one: `torch.arange(B)` in place of `:`.
    """
    return output[:, lengths - 1]


@last_true_step.mistake
def steps_as_first_index(output, lengths):
    """Your steps stand where the sequences do. `output` is (B, T, H): the first index says which sequence, and the
    second which step of it.
    """
    return output[lengths - 1, torch.arange(len(lengths))]


@last_true_step.mistake
def one_step_too_early(output, lengths):
    """One step too early. `lengths - 1` is the last true step."""
    return output[torch.arange(len(lengths)), lengths - 2]


@last_true_step.mistake
def shortest_length_for_all(output, lengths):
    """You cut all sequences at the shortest length. Each has its own last step."""
    return output[:, int(lengths.min()) - 1]


@last_true_step.mistake
def mean_of_the_true_steps(output, lengths):
    """That is the mean over the true steps, a fine way to pool. Here the last one is asked for."""
    return sequences.mean_pool(output, lengths)


@last_true_step.mistake
def first_steps(output, lengths):
    """That is the first step of each sequence."""
    return output[:, 0]


last_true_step.also("one_step_too_far_and_over_the_edge", lambda output, lengths: output[:, lengths])


def _watched(answer, case):
    """The outputs of an answer, and how much the last step of each window learns from each window of x."""
    sizes, x, window = case
    torch.manual_seed(0)
    lstm = nn.LSTM(*sizes, batch_first=True, dtype=torch.float64)
    x = x.clone().requires_grad_()
    output = answer(lstm, x, window)
    if not isinstance(output, torch.Tensor) or output.shape != (*x.shape[:2], sizes[1]):
        return {"output": output, "gradient of each window's last step, by window": []}
    learns = []
    if output.requires_grad:
        for part in output.split(window, dim=1):
            (slopes,) = torch.autograd.grad(part[:, -1].sum(), x, retain_graph=True, materialize_grads=True)
            learns.append([slope.abs().sum().item() for slope in slopes.split(window, dim=1)])
    return {"output": output.detach(), "gradient of each window's last step, by window": learns}


def _read(lstm, parts, hand_on=lambda h, c: (h.detach(), c.detach()), dim=1):
    """Read the parts of a stream; ``hand_on(h, c)`` is the state from which the next one starts."""
    state, outputs = None, []
    for part in parts:
        output, state = lstm(part, state)
        state = hand_on(*state)
        outputs.append(output)
    return torch.cat(outputs, dim=dim)


def _streams(rng):
    """(sizes, x, window): at first more sequences and inputs than a window has steps, at last a rest at the end."""
    for batch, steps, inputs, units, window in ((5, 6, 3, 3, 2), (2, 12, 2, 2, 3), (5, 9, 2, 2, 4)):
        yield (inputs, units), random_tensor(rng, batch, steps, inputs), window


@exercise(
    title="a long stream in windows",
    difficulty=2,
    minutes=7,
    cases=_streams,
    run=_watched,
    hints=[
        "`x.split(window, dim=1)` gives the windows. `lstm(part, state)` takes the state of the "
        "one before; `None` means zeros.",
        "The state is a pair of tensors. A tensor's `.detach()` has the same numbers and no past.",
        "`output, (h, c) = lstm(part, state)`, then `state = (h.detach(), c.detach())`, and at the "
        "end `torch.cat(outputs, dim=1)`.",
    ],
    errors={"'tuple' object has no attribute 'detach'": "The state is a pair: detach h and c, one by one."},
    why="The numbers pass the border between two windows, the gradient does not. That is "
    "truncated backpropagation through time.",
)
def read_stream(lstm, x, window):
    state, outputs = None, []
    for part in x.split(window, dim=1):
        output, (h, c) = lstm(part, state)
        state = (h.detach(), c.detach())
        outputs.append(output)
    return torch.cat(outputs, dim=1)


@read_stream.mistake
def state_not_detached(lstm, x, window):
    """The outputs are right, but you did not detach the state. The gradient runs back through
    *every* window: memory and time grow with the stream, and in a training loop the second `backward` stops with an
    error.
    """
    return _read(lstm, x.split(window, dim=1), lambda h, c: (h, c))


@read_stream.mistake
def only_h_detached(lstm, x, window):
    """You detached h, but c still ties the windows together. Detach both."""
    return _read(lstm, x.split(window, dim=1), lambda h, c: (h.detach(), c))


@read_stream.mistake
def only_c_detached(lstm, x, window):
    """You detached c, but h still ties the windows together. Detach both."""
    return _read(lstm, x.split(window, dim=1), lambda h, c: (h, c.detach()))


@read_stream.mistake
def batch_cut_in_windows(lstm, x, window):
    """You cut the *batch* in windows: `split` cuts axis 0 unless you say `dim=1`. Time is axis 1 of (B, T, I)."""
    return _read(lstm, x.split(window), lambda h, c: (h, c), dim=0)


@read_stream.mistake
def last_window_alone(lstm, x, window):
    """That is the output of the last window. Collect those of all windows, and put them one after another."""
    return read_stream(lstm, x, window)[:, -((x.shape[1] - 1) % window + 1) :]


@read_stream.mistake
def first_window_alone(lstm, x, window):
    """You return after the first window: the `return` stands inside the loop. Move it out, to the left."""
    return read_stream(lstm, x, window)[:, :window]


@read_stream.mistake
def joined_along_the_batch(lstm, x, window):
    """`torch.cat` joins along axis 0, the batch, unless you say `dim=1`. The windows follow one another in time."""
    return torch.cat(read_stream(lstm, x, window).split(window, dim=1))


@read_stream.mistake
def handed_on_as_c_h(lstm, x, window):
    """You hand the state on as `(c, h)`. `nn.LSTM` takes it as it gives it: `(h, c)`."""
    return _read(lstm, x.split(window, dim=1), lambda h, c: (c.detach(), h.detach()))


@read_stream.mistake
def state_dropped(lstm, x, window):
    """Every window starts from zeros. Hand the state on: `lstm(part, state)`."""
    return torch.cat([lstm(part)[0] for part in x.split(window, dim=1)], dim=1)


@read_stream.mistake
def output_detached_too(lstm, x, window):
    """You detached the outputs as well, so nothing can be learned at all. Detach the state alone."""
    return read_stream(lstm, x, window).detach()


@read_stream.mistake
def memory_left_behind(lstm, x, window):
    """You hand on h, but c starts from zeros in each window. The state is both."""
    return _read(lstm, x.split(window, dim=1), lambda h, c: (h.detach(), torch.zeros_like(c)))


@read_stream.mistake
def stacked_outputs(lstm, x, window):
    """You stacked the windows along a new axis. Put them one after another in
    time: `torch.cat(outputs, dim=1)`.
    """
    return torch.stack(read_stream(lstm, x, window).split(window, dim=1))


@read_stream.mistake
def chunks_for_windows(lstm, x, window):
    """`chunk(n)` cuts into n parts, `split(n)` into parts of n steps. Here each part has `window` steps."""
    return _read(lstm, x.chunk(window, dim=1))


def _weights_of_both_directions(rng):
    """The state dict of a bidirectional layer, as a dict of tensors."""
    for inputs, units in ((3, 2), (1, 4)):
        weights = {
            f"{name}_l0{suffix}": random_tensor(rng, *shape)
            for suffix in ("", "_reverse")
            for name, shape in parameter_shapes(inputs, units).items()
        }
        yield (weights if units == 2 else dict(reversed(weights.items())),)


@exercise(
    title="the backward direction as a layer of its own",
    minutes=4,
    cases=_weights_of_both_directions,
    errors={"too many values to unpack": "A loop over a dict gives names alone; `weights.items()` gives pairs."},
    hints=[
        "Go over `weights.items()` and keep the names that end in `_reverse`.",
        "A string has `endswith` and `removesuffix`. A dict comprehension does both in one go.",
    ],
    why="The backward direction is an ordinary layer that gets the sequence reversed. The "
    "next cell of the lesson runs it.",
)
def backward_layer(weights):
    end = "_reverse"
    return {name.removesuffix(end): value for name, value in weights.items() if name.endswith(end)}


@backward_layer.mistake
def the_forward_layer(weights):
    """Those are the weights of the forward direction. The backward ones end in `_reverse`."""
    return {name: value for name, value in weights.items() if not name.endswith("_reverse")}


@backward_layer.mistake
def names_left_as_they_are(weights):
    """The right weights under the wrong names. A layer of one direction
    knows no `_reverse`: take it off.
    """
    return {name: value for name, value in weights.items() if name.endswith("_reverse")}


@backward_layer.mistake
def rows_reversed(weights):
    """You reversed the rows. That mixes up the gates; time runs backward because the *sequence* is reversed. Leave each
    weight as it is.
    """
    return {name: value.flip(0) for name, value in backward_layer(weights).items()}


@backward_layer.mistake
def whichever_comes_last(weights):
    """You took `_reverse` off, and kept all: both directions get the same names, and whichever comes last stays. Keep
    those that end in `_reverse` alone.
    """
    return {name.removesuffix("_reverse"): value for name, value in weights.items()}


@backward_layer.mistake
def number_of_the_layer_lost(weights):
    """You took off `_l0` as well. It is the number of the layer, and stays: `weight_ih_l0`."""
    return {name.removesuffix("_l0"): value for name, value in backward_layer(weights).items()}


@backward_layer.mistake
def no_biases_taken(weights):
    """The two biases are missing. They have a `_reverse`, too."""
    return {name: value for name, value in backward_layer(weights).items() if "weight" in name}


@backward_layer.mistake
def everything_kept(weights):
    """That is all of them, both directions. Keep what ends in `_reverse`."""
    return dict(weights)
