"""Exercises of lesson 4: two directions, where their results stand, and what they cost.

Shapes: B sequences, T steps, I inputs, H hidden units of each direction.
"""

import torch
from torch import nn

from lstm_lessons import sequences
from lstm_lessons.exercises._cases import random_tensor
from lstm_lessons.exercises._engine import exercise


def _outputs(rng):
    for batch, steps, units in ((4, 6, 3), (2, 8, 5), (6, 4, 1)):
        yield (random_tensor(rng, batch, steps, 2 * units),)


@exercise(
    title="the two halves of output",
    minutes=3,
    cases=_outputs,
    hints=[
        "`output` is (B, T, 2H). Which of the three axes holds both directions?",
        "Forward comes first: numbers 0 to H - 1 of the last axis, then backward.",
        "`output[..., :H], output[..., H:]` with `H = output.shape[-1] // 2`.",
    ],
    why="`output.chunk(2, dim=-1)` does the same. At every step the first half has read "
    "everything up to here, the second half everything from here on.",
)
def split_directions(output):
    H = output.shape[-1] // 2
    return output[..., :H], output[..., H:]


@split_directions.mistake
def halves_swapped(output):
    """The right cut, in the wrong order. The first H numbers are the forward direction."""
    forward, backward = split_directions(output)
    return backward, forward


@split_directions.mistake
def every_other_number(output):
    """You took every other number. The directions are not mixed: H numbers of the forward one, then H of the backward
    one.
    """
    return output[..., 0::2], output[..., 1::2]


@split_directions.mistake
def time_cut_in_two(output):
    """You cut the *steps* in two. Both directions have a state at every step; they stand side by side in the last
    axis.
    """
    T = output.shape[1]
    return output[:, : T // 2], output[:, T // 2 :]


@split_directions.mistake
def batch_cut_in_two(output):
    """You cut the *batch* in two. `chunk` and `split` cut axis 0 unless you say `dim=-1`."""
    B = output.shape[0]
    return output[: B // 2], output[B // 2 :]


@split_directions.mistake
def backward_half_reversed(output):
    """You reversed the backward half. `nn.LSTM` has done that: both halves of step t stand at step t."""
    forward, backward = split_directions(output)
    return forward, backward.flip(1)


@split_directions.mistake
def final_states_alone(output):
    """Those are the two final states. Here all steps are asked for: (B, T, H) twice."""
    forward, backward = split_directions(output)
    return forward[:, -1], backward[:, 0]


@split_directions.mistake
def axis_not_halved(output):
    """`output.shape[-1]` is 2H, both directions together. H is half of it: `output.shape[-1] // 2`."""
    return output.clone(), output[..., output.shape[-1] :]


@split_directions.mistake
def forward_twice(output):
    """Both of your parts are the forward direction. The backward one is what stands from H on."""
    forward, _ = split_directions(output)
    return forward, forward


def _true_steps(answer, case):
    """What an answer gives at the true steps of each sequence, and zeros elsewhere: padding does not count."""
    sizes, x, lengths = case
    torch.manual_seed(0)
    lstm = nn.LSTM(*sizes, batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        output = answer(lstm, x, lengths)
    if not isinstance(output, torch.Tensor) or output.shape != (*x.shape[:2], sizes[1]):
        return output
    return output.masked_fill((torch.arange(x.shape[1]) >= lengths[:, None])[..., None], 0)


def _padded_batches(rng):
    """(sizes, x, lengths): zeros behind the true steps, lengths not sorted."""
    for (inputs, units), lengths in (((3, 4), (5, 2, 4)), ((2, 3), (3, 6))):
        x = random_tensor(rng, len(lengths), max(lengths), inputs)
        for b, n in enumerate(lengths):
            x[b, n:] = 0
        yield (inputs, units), x, torch.tensor(lengths)


@exercise(
    title="a backward direction from a forward layer",
    difficulty=2,
    minutes=7,
    cases=_padded_batches,
    run=_true_steps,
    same_kind=True,
    hints=[
        "Take one sequence: its true steps are `x[b, :n]` with n = lengths[b]. Turn them, read them, turn the result.",
        "A loop over the batch is fine. `tensor.flip(dim)` reverses one axis. Put each result into a tensor of zeros.",
        "`turned = x[b : b + 1, :n].flip(1)`, then `output[b, :n] = lstm(turned)[0].flip(1)[0]`.",
    ],
    errors={
        "must match the existing size": "Only the first n steps of a row are true: assign to `output[b, :n]`, and give "
        "it (n, H).",
        "step must be greater than zero": "A tensor takes no negative step, as `[::-1]`: turn it with `.flip(dim)`.",
        'missing 1 required positional arguments: "dims"': "Say which axis: time is axis 1 of (B, T, I), and axis 0 of "
        "the (n, I) of one sequence.",
        "'tuple' object has no attribute 'flip'": "`lstm` returns a pair, `output, (h_n, c_n)`: take `[0]`.",
        "stack expects each tensor": "The rows differ in length, so they cannot be stacked: fill a tensor of zeros.",
    },
    why="`sequences.flip` does it without a loop, for the whole batch at once. That is how the "
    "networks of this lesson run.",
)
def read_backward(lstm, x, lengths):
    output = x.new_zeros(*x.shape[:2], lstm.hidden_size)
    for b, n in enumerate(lengths.tolist()):
        turned = x[b : b + 1, :n].flip(1)
        output[b, :n] = lstm(turned)[0].flip(1)[0]
    return output


@read_backward.mistake
def padding_flipped_too(lstm, x, lengths):
    """You flipped the padding too. A short sequence now *begins* with zeros, and the layer has read them before the
    first true step. Flip each row within its own length.
    """
    return lstm(x.flip(1))[0].flip(1)


@read_backward.mistake
def not_turned_back(lstm, x, lengths):
    """You read backward, but left the results in the order of reading. The result at step t must
    stand at step t: turn them back.
    """
    return sequences.flip(read_backward(lstm, x, lengths), lengths)


@read_backward.mistake
def padding_flipped_and_not_turned_back(lstm, x, lengths):
    """You flipped the padding too, so that zeros come first, and did not turn the results back. Flip each row within
    its own length, twice.
    """
    return lstm(x.flip(1))[0]


@read_backward.mistake
def read_forward(lstm, x, lengths):
    """That is the forward direction: time was not turned. (`flip(0)` turns the order of the *sequences*; time is axis
    1.)
    """
    return lstm(x)[0]


@read_backward.mistake
def only_the_output_turned(lstm, x, lengths):
    """You read forward and turned the results. Turn what goes *in*, too."""
    return sequences.flip(lstm(x)[0], lengths)


@read_backward.mistake
def features_turned(lstm, x, lengths):
    """You reversed the features of each step, of x or of the result. Time is axis 1 of (B, T, I), and axis 0 of the
    (n, I) of one sequence.
    """
    return lstm(x.flip(-1))[0].flip(-1)


read_backward.also("only_the_output_turned", lambda lstm, x, lengths: lstm(x)[0].flip(1))
read_backward.also("features_turned", lambda lstm, x, lengths: read_backward(lstm, x, lengths).flip(-1))


@read_backward.mistake
def state_of_the_row_before(lstm, x, lengths):
    """You hand the state of one sequence on to the next. They have nothing to do with each other: each starts anew,
    without a state.
    """
    output, state = read_backward(lstm, x, lengths), None
    for b, n in enumerate(lengths.tolist()):
        turned, state = lstm(x[b : b + 1, :n].flip(1), state)
        output[b, :n] = turned[0].flip(0)
    return output


@read_backward.mistake
def one_step_short(lstm, x, lengths):
    """Each row is one step short. `x[b, :n]` with n = lengths[b] has all n true steps."""
    return read_backward(lstm, x, (lengths - 1).clamp(min=1))


def _padded_outputs(rng):
    """(output, lengths): padding holds numbers, too, and no sequence is all there is."""
    for lengths, units in (((6, 2, 4), 3), ((3, 5), 2), ((2, 7, 4, 3), 1)):
        yield random_tensor(rng, len(lengths), max(lengths) + 1, 2 * units), torch.tensor(lengths)


@exercise(
    title="both final states, out of output",
    difficulty=2,
    minutes=6,
    cases=_padded_outputs,
    hints=[
        "Two halves, two ends. At which step has each direction read everything?",
        "Forward: step lengths[b] - 1, the first H numbers. Backward: step 0, the other H.",
        "`output[torch.arange(B), lengths - 1, :H]` and `output[:, 0, H:]`, joined by `torch.cat(..., dim=-1)`.",
    ],
    errors={
        "is out of bounds for dimension 0": "The first index is the sequence, the second the step.",
        "same number of dimensions": "Both must be (B, H) before they are joined. `output[:, lengths - 1]` pairs every "
        "sequence with every length: write `torch.arange(B)` for `:`.",
        "tensors used as indices must be": "Index with whole numbers: `lengths` as int64.",
    },
    why="With packing, `h_n` holds the same two states: the last two rows. This is where they stand in `output`.",
)
def both_finals(output, lengths):
    H = output.shape[-1] // 2
    rows = torch.arange(len(output))
    forward = output[rows, lengths - 1, :H]
    backward = output[:, 0, H:]
    return torch.cat([forward, backward], dim=-1)


@both_finals.mistake
def last_padded_step(output, lengths):
    """`output[:, -1]` is padding for every short sequence. And even without padding its backward half has read one
    step.
    """
    return output[:, -1]


@both_finals.mistake
def last_true_step(output, lengths):
    """The forward half is right. The backward half at the last true step has read *one* step: that is where it starts.
    It ends at step 0.
    """
    return output[torch.arange(len(output)), lengths - 1]


@both_finals.mistake
def forward_after_the_padding(output, lengths):
    """The backward half is right. The forward half at step -1 has gone on over the
    padding: take step lengths[b] - 1.
    """
    H = output.shape[-1] // 2
    return torch.cat([output[:, -1, :H], output[:, 0, H:]], dim=-1)


@both_finals.mistake
def one_step_too_far(output, lengths):
    """The backward half is right. The forward half stands on the first step of padding: the last true one is n - 1."""
    H = output.shape[-1] // 2
    return torch.cat([output[torch.arange(len(output)), lengths, :H], output[:, 0, H:]], dim=-1)


@both_finals.mistake
def first_step(output, lengths):
    """The backward half is right. The forward half at step 0 has read one step only."""
    return output[:, 0]


@both_finals.mistake
def ends_swapped(output, lengths):
    """The ends are swapped: you took each direction where it *starts*. Forward ends at the last true step, backward at
    step 0.
    """
    H = output.shape[-1] // 2
    rows = torch.arange(len(output))
    return torch.cat([output[:, 0, :H], output[rows, lengths - 1, H:]], dim=-1)


@both_finals.mistake
def backward_before_forward(output, lengths):
    """Both states are right, in the wrong order: forward comes first."""
    H = output.shape[-1] // 2
    return both_finals(output, lengths).roll(H, dims=-1)


@both_finals.mistake
def forward_alone(output, lengths):  # noqa: F811, as in split_directions
    """That is the forward state alone. Put the backward one beside it: (B, 2H)."""
    return both_finals(output, lengths)[:, : output.shape[-1] // 2]


@both_finals.mistake
def added_up(output, lengths):
    """You added the two states, or took their mean. Put them side by side: (B, 2H)."""
    return sum(both_finals(output, lengths).chunk(2, dim=-1))


@both_finals.mistake
def on_top_of_each_other(output, lengths):
    """Both states are right, but apart, or on top of each other: (2, B, H), as in `h_n`, or (2B, H).
    Put them side by side, (B, 2H): `torch.cat([forward, backward], dim=-1)`.
    """
    return torch.stack(both_finals(output, lengths).chunk(2, dim=-1))


both_finals.also("added_up", lambda output, lengths: added_up(output, lengths) / 2)
both_finals.also("on_top_of_each_other", lambda output, n: torch.cat(both_finals(output, n).chunk(2, dim=-1)))


@both_finals.mistake
def backward_at_the_end(output, lengths):
    """The forward half is right. The backward half at step -1 is padding; even without padding it has read one step
    there. It ends at step 0.
    """
    H = output.shape[-1] // 2
    return torch.cat([both_finals(output, lengths)[:, :H], output[:, -1, H:]], dim=-1)


@both_finals.mistake
def wrong_halves(output, lengths):
    """The steps are right, the halves are not: the first H numbers are the forward direction."""
    H = output.shape[-1] // 2
    return both_finals(output.roll(H, dims=-1), lengths)


@both_finals.mistake
def one_step_too_early(output, lengths):
    """The backward half is right. The forward half has one step to go: the last true one is lengths[b] - 1."""
    return both_finals(output, lengths - 1)


@both_finals.mistake
def backward_alone(output, lengths):
    """That is the backward state alone. Put the forward one before it: (B, 2H)."""
    return both_finals(output, lengths)[:, output.shape[-1] // 2 :]


@exercise(
    title="as many weights in one direction",
    difficulty=2,
    minutes=6,
    cases=[(13, 40), (13, 48), (1, 64), (100, 32), (40, 7), (13, 5), (6, 29), (5, 45), (1, 14)],
    hints=[
        "One direction of H units has 4H(I + H + 2) parameters, two have twice as many. That is the budget.",
        "Try units = H, H + 1, H + 2, … until the next one would be too large.",
        "`while 4 * (units + 1) * (I + units + 3) <= budget: units += 1`",
    ],
    why="Now a comparison of one direction with two says something about *reading backward*, not about size.",
)
def fair_units(I, H):
    budget = 2 * 4 * H * (I + H + 2)
    units = H
    while 4 * (units + 1) * (I + (units + 1) + 2) <= budget:
        units += 1
    return units


@fair_units.mistake
def twice_the_units(I, H):
    """Twice the units are *more* than twice the weights: `W_hh` grows with the square of H."""
    return 2 * H


@fair_units.mistake
def as_many_units(I, H):
    """With as many units one direction has half the weights of two."""
    return H


@fair_units.mistake
def root_of_two(I, H):
    """√2 · H would be right if `W_hh` were all there is. `W_ih` and the biases grow only in proportion to H, so there
    is room for more units.
    """
    return int(2**0.5 * H)


@fair_units.mistake
def root_of_two_not_whole(I, H):
    """Two things. A layer has a whole number of units. And √2 · H is right only for `W_hh`, which grows with H²: `W_ih`
    and the biases grow with H, so there is room for more.
    """
    return 2**0.5 * H


@fair_units.mistake
def one_too_many(I, H):
    """One unit too many: that layer has more weights than the two directions together."""
    return fair_units(I, H) + 1


@fair_units.mistake
def half_again(I, H):
    """Half as many again is near for some sizes, and wrong for others. Count: 4H(I + H + 2) for each direction."""
    return H + H // 2


fair_units.also("root_of_two", lambda I, H: round(2**0.5 * H), lambda I, H: int(2**0.5 * H) + 1)
fair_units.also("half_again", lambda I, H: round(1.5 * H))


@fair_units.mistake
def nearest_in_size(I, H):
    """That is the layer nearest in size, and it may have a few weights more than the two directions. Take the largest
    one that has not.
    """
    budget = 2 * H * (I + H + 2)
    return min(range(H, 2 * H + 1), key=lambda units: abs(units * (I + units + 2) - budget))


@fair_units.mistake
def parameters(I, H):
    """That is a number of parameters. How many *units* may a layer have, to have no more?"""
    return 2 * 4 * H * (I + H + 2)


@fair_units.mistake
def without_biases(I, H):
    """Nearly. You left the two bias vectors out: a layer has 4H(I + H + 2) parameters."""
    budget, units = 2 * H * (I + H), H
    while (units + 1) * (I + units + 1) <= budget:
        units += 1
    return units


@exercise(
    title="the mean over the true steps",
    difficulty=2,
    minutes=6,
    cases=_padded_outputs,
    hints=[
        "Which steps are true? `torch.arange(T) < lengths[:, None]` is (B, T).",
        "Multiply by the mask (with a new last axis) and sum over time. What do you divide by?",
        "`(output * true[..., None]).sum(dim=1) / lengths[:, None]`",
    ],
    errors={
        "converted to Python scalars": "Each sequence has its own length, so one `int` is not enough: a mask says for "
        "each step whether it is true.",
        "must match the size of tensor": "Give the mask a last axis, `true[..., None]`, and the "
        "lengths one, `lengths[:, None]`.",
    },
    why="`sequences.mean_pool` does the same, with its arguments checked.",
)
def mean_over_true(output, lengths):
    true = torch.arange(output.shape[1]) < lengths[:, None]
    return (output * true[..., None]).sum(dim=1) / lengths[:, None]


@mean_over_true.mistake
def mean_of_all_steps(output, lengths):
    """You took the mean of all T steps, padding included. Then the result depends on the longest neighbor in the
    batch.
    """
    return output.mean(dim=1)


@mean_over_true.mistake
def divided_by_all_steps(output, lengths):
    """The sum is right, the divisor is not: divide by the true length, not by T."""
    return sum_not_mean(output, lengths) / output.shape[1]


@mean_over_true.mistake
def divided_by_the_whole_batch(output, lengths):
    """You divided by the true steps of the whole batch. Each sequence has its own number: `lengths[:, None]`."""
    return sum_not_mean(output, lengths) / lengths.sum()


@mean_over_true.mistake
def padding_added(output, lengths):
    """The divisor is right, but you added the padded steps as well. Set them to zero first."""
    return output.sum(dim=1) / lengths[:, None]


@mean_over_true.mistake
def sum_not_mean(output, lengths):
    """That is the sum over the true steps. Divide it by the true length."""
    return mean_over_true(output, lengths) * lengths[:, None]


@mean_over_true.mistake
def one_step_too_many(output, lengths):
    """You took one step of padding in. True steps are 0 to lengths[b] - 1."""
    return mean_over_true(output, (lengths + 1).clamp(max=output.shape[1]))


@mean_over_true.mistake
def one_step_too_few(output, lengths):
    """One true step is missing: 0 to lengths[b] - 1 are lengths[b] steps."""
    return mean_over_true(output, lengths - 1)


mean_over_true.also(
    "one_step_too_many",
    lambda output, n: mean_over_true(output, (n + 1).clamp(max=output.shape[1])) * ((n + 1) / n)[:, None],
)
mean_over_true.also("one_step_too_few", lambda output, n: mean_over_true(output, n - 1) * ((n - 1) / n)[:, None])


@mean_over_true.mistake
def padding_alone(output, lengths):
    """Your mask is the wrong way around: you added up what is *padding*. The true steps are `t < lengths[b]`."""
    return output.sum(dim=1) / lengths[:, None] - mean_over_true(output, lengths)


@mean_over_true.mistake
def largest_instead(output, lengths):
    """That is the *largest* output over the true steps, max pooling. Here the mean is asked for."""
    return sequences.max_pool(output, lengths)


@mean_over_true.mistake
def mean_over_the_batch(output, lengths):
    """You took the mean over the batch as well. Each sequence has its own: (B, 2H)."""
    return sum_not_mean(output, lengths).sum(dim=0) / lengths.sum()


@mean_over_true.mistake
def cut_at_the_shortest(output, lengths):
    """You cut all sequences at the shortest length. Each has its own."""
    return output[:, : int(lengths.min())].mean(dim=1)


@exercise(
    title="cell steps while listening",
    minutes=4,
    cases=[1, 2, 3, 5, 17, 92],
    hints=[
        "The forward direction keeps its state. How many steps does a new frame cost?",
        "The backward direction starts at the newest frame and ends at the first. After frame t that is t steps.",
        "Forward: T. Backward: 1 + 2 + … + T = T(T + 1) / 2.",
    ],
    why="It grows with the square of what was heard. For a recording that is over, 2T steps do.",
)
def cell_steps(T):
    forward = T
    backward = T * (T + 1) // 2
    return forward, forward + backward


@cell_steps.mistake
def backward_goes_on(T):
    """You let the backward direction go on from its last state. It cannot: the new frame is its *first*, so everything
    after it changes, and it starts anew.
    """
    return T, 2 * T


@cell_steps.mistake
def backward_alone(T):  # noqa: F811, as in both_finals
    """T(T + 1) / 2 is the backward direction alone: 1 + 2 + … + T. The forward one reads along, T steps more."""
    return T, T * (T + 1) // 2


@cell_steps.mistake
def forward_again_too(T):
    """T(T + 1) are too many. The forward direction goes on from its state: one step for each frame. And after frame t
    the backward one has t frames to read, not all T.
    """
    return T, T * (T + 1)


@cell_steps.mistake
def forward_from_the_start_each_time(T):
    """You start the forward direction anew for every frame, in both networks. It keeps its
    state: one step for each frame.
    """
    return T * (T + 1) // 2, T * (T + 1)


@cell_steps.mistake
def once_at_the_end(T):
    """Count the steps of all answers, one after each frame."""
    return T, T + 1


cell_steps.also("once_at_the_end", lambda T: (1, T + 1))
