"""Exercises of lesson 4: two directions, where their results stand, and what they cost.

Shapes: B sequences, T steps, I inputs, H hidden units of each direction.
"""

from __future__ import annotations

import torch
from torch import nn

from lstm_lessons.exercises._engine import Exercise, Mistake


def _tensor(rng, *shape):
    return torch.tensor(rng.normal(0, 1, size=shape).round(2), dtype=torch.float64)


# --- The two halves of output -------------------------------------------------------------


def _split_directions(output):
    H = output.shape[-1] // 2
    return output[..., :H], output[..., H:]


def _halves_swapped(output):
    forward, backward = _split_directions(output)
    return backward, forward


def _every_other_number(output):
    return output[..., 0::2], output[..., 1::2]


def _time_cut_in_two(output):
    T = output.shape[1]
    return output[:, : T // 2], output[:, T // 2 :]


def _batch_cut_in_two(output):
    B = output.shape[0]
    return output[: B // 2], output[B // 2 :]


def _backward_turned_round(output):
    forward, backward = _split_directions(output)
    return forward, backward.flip(1)


def _final_states_alone(output):
    forward, backward = _split_directions(output)
    return forward[:, -1], backward[:, 0]


def _forward_twice(output):
    forward, _ = _split_directions(output)
    return forward, forward


def _outputs(rng):
    for batch, steps, units in ((4, 6, 3), (2, 8, 5), (6, 4, 1)):
        yield (_tensor(rng, batch, steps, 2 * units),)


split_directions = Exercise(
    name="split_directions",
    title="the two halves of output",
    reference=_split_directions,
    cases=_outputs,
    mistakes=[
        Mistake(
            "halves_swapped",
            _halves_swapped,
            "The right cut, in the wrong order. The first H numbers are the forward direction.",
        ),
        Mistake(
            "every_other_number",
            _every_other_number,
            "You took every other number. The directions are not mixed: H numbers of the forward "
            "one, then H of the backward one.",
        ),
        Mistake(
            "time_cut_in_two",
            _time_cut_in_two,
            "You cut the *steps* in two. Both directions have a state at every step; they stand "
            "side by side in the last axis.",
        ),
        Mistake(
            "batch_cut_in_two",
            _batch_cut_in_two,
            "You cut the *batch* in two. `chunk` and `split` cut axis 0 unless you say `dim=-1`.",
        ),
        Mistake(
            "backward_turned_round",
            _backward_turned_round,
            "You turned the backward half round. `nn.LSTM` has done that: both halves of step t "
            "stand at step t.",
        ),
        Mistake(
            "final_states_alone",
            _final_states_alone,
            "Those are the two final states. Here all steps are asked for: (B, T, H) twice.",
        ),
        Mistake(
            "forward_twice",
            _forward_twice,
            "Both of your parts are the forward direction. The backward one is what stands from H "
            "on.",
        ),
    ],
    hints=[
        "`output` is (B, T, 2H). Which of the three axes holds both directions?",
        "Forward comes first: numbers 0 to H - 1 of the last axis, then backward.",
        "`output[..., :H], output[..., H:]` with `H = output.shape[-1] // 2`.",
    ],
    difficulty=1,
    minutes=3,
    why="`output.chunk(2, dim=-1)` does the same. At every step the first half has read "
    "everything up to here, the second half everything from here on.",
)


# --- Reading backward ---------------------------------------------------------------------


def _read_backward(lstm, x, lengths):
    output = x.new_zeros(*x.shape[:2], lstm.hidden_size)
    for b, n in enumerate(lengths.tolist()):
        turned = x[b : b + 1, :n].flip(1)
        output[b, :n] = lstm(turned)[0].flip(1)[0]
    return output


def _padding_flipped_too(lstm, x, lengths):
    return lstm(x.flip(1))[0].flip(1)


def _not_turned_back(lstm, x, lengths):
    output = x.new_zeros(*x.shape[:2], lstm.hidden_size)
    for b, n in enumerate(lengths.tolist()):
        output[b, :n] = lstm(x[b : b + 1, :n].flip(1))[0][0]
    return output


def _padding_flipped_and_not_turned_back(lstm, x, lengths):
    return lstm(x.flip(1))[0]


def _read_forward(lstm, x, lengths):
    return lstm(x)[0]


def _only_the_output_turned(lstm, x, lengths):
    output = x.new_zeros(*x.shape[:2], lstm.hidden_size)
    for b, n in enumerate(lengths.tolist()):
        output[b, :n] = lstm(x[b : b + 1, :n])[0].flip(1)[0]
    return output


def _features_turned(lstm, x, lengths):
    return lstm(x.flip(-1))[0].flip(-1)


def _one_step_short(lstm, x, lengths):
    return _read_backward(lstm, x, (lengths - 1).clamp(min=1))


def _true_steps(answer, case):
    """What an answer gives at the true steps of each sequence; padding does not count."""
    sizes, x, lengths = case
    torch.manual_seed(0)
    lstm = nn.LSTM(*sizes, batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        output = answer(lstm, x.clone(), lengths.clone())
    if not isinstance(output, torch.Tensor) or output.shape != (*x.shape[:2], sizes[1]):
        return output
    return [row[:n] for row, n in zip(output, lengths.tolist(), strict=True)]


def _padded_batches(rng):
    """(sizes, x, lengths): zeros behind the true steps, lengths not sorted."""
    for (inputs, units), lengths in (((3, 4), (5, 2, 4)), ((2, 3), (3, 6))):
        x = _tensor(rng, len(lengths), max(lengths), inputs)
        for b, n in enumerate(lengths):
            x[b, n:] = 0
        yield (inputs, units), x, torch.tensor(lengths)


read_backward = Exercise(
    name="read_backward",
    title="a backward direction from a forward layer",
    reference=_read_backward,
    cases=_padded_batches,
    run=_true_steps,
    mistakes=[
        Mistake(
            "padding_flipped_too",
            _padding_flipped_too,
            "You flipped the padding too. A short sequence now *begins* with zeros, and the layer "
            "has read them before the first true step. Flip each row within its own length.",
        ),
        Mistake(
            "not_turned_back",
            _not_turned_back,
            "You read backward, but left the results in the order of reading. The result at step "
            "t must stand at step t: turn them back.",
        ),
        Mistake(
            "padding_flipped_and_not_turned_back",
            _padding_flipped_and_not_turned_back,
            "You flipped the padding too, so that zeros come first, and did not turn the results "
            "back. Flip each row within its own length, twice.",
        ),
        Mistake(
            "read_forward",
            _read_forward,
            "That is the forward direction: time was not turned. (`flip(0)` turns the order of the "
            "*sequences*; time is axis 1.)",
        ),
        Mistake(
            "only_the_output_turned",
            _only_the_output_turned,
            "You read forward and turned the results. Turn what goes *in*, too.",
        ),
        Mistake(
            "features_turned",
            _features_turned,
            "You turned the features of each step round. Time is axis 1.",
        ),
        Mistake(
            "one_step_short",
            _one_step_short,
            "Each row is one step short. `x[b, :n]` with n = lengths[b] has all n true steps.",
        ),
    ],
    hints=[
        "Take one sequence: its true steps are `x[b, :n]` with n = lengths[b]. Turn them, read "
        "them, turn the result.",
        "A loop over the batch is fine. `tensor.flip(dim)` reverses one axis. Put each result into "
        "a tensor of zeros.",
        "`turned = x[b : b + 1, :n].flip(1)`, then `output[b, :n] = lstm(turned)[0].flip(1)[0]`.",
    ],
    difficulty=2,
    minutes=7,
    errors={
        "must match the existing size": "A batch of one gives (1, n, H): take `[0]` of it.",
        "For unbatched 2-D input": "`lstm` takes (n, I) for one sequence, or (1, n, I).",
    },
    why="`sequences.flip` does it without a loop, for the whole batch at once. That is how the "
    "networks of this lesson run.",
)


# --- Both final states out of a padded output ---------------------------------------------


def _both_finals(output, lengths):
    H = output.shape[-1] // 2
    rows = torch.arange(len(output))
    forward = output[rows, lengths - 1, :H]
    backward = output[:, 0, H:]
    return torch.cat([forward, backward], dim=-1)


def _last_padded_step(output, lengths):
    return output[:, -1]


def _last_true_step(output, lengths):
    return output[torch.arange(len(output)), lengths - 1]


def _forward_after_the_padding(output, lengths):
    H = output.shape[-1] // 2
    return torch.cat([output[:, -1, :H], output[:, 0, H:]], dim=-1)


def _first_step(output, lengths):
    return output[:, 0]


def _ends_swapped(output, lengths):
    H = output.shape[-1] // 2
    rows = torch.arange(len(output))
    return torch.cat([output[:, 0, :H], output[rows, lengths - 1, H:]], dim=-1)


def _backward_before_forward(output, lengths):
    H = output.shape[-1] // 2
    return _both_finals(output, lengths).roll(H, dims=-1)


def _forward_alone(output, lengths):
    return _both_finals(output, lengths)[:, : output.shape[-1] // 2]


def _added_up(output, lengths):
    forward, backward = _both_finals(output, lengths).chunk(2, dim=-1)
    return forward + backward


def _on_top_of_each_other(output, lengths):
    return torch.stack(_both_finals(output, lengths).chunk(2, dim=-1))


def _padded_outputs(rng):
    """(output, lengths): padding holds numbers, too, and no sequence is all there is."""
    for lengths, units in (((6, 2, 4), 3), ((3, 5), 2), ((2, 7, 4, 3), 1)):
        yield _tensor(rng, len(lengths), max(lengths) + 1, 2 * units), torch.tensor(lengths)


both_finals = Exercise(
    name="both_finals",
    title="both final states, out of output",
    reference=_both_finals,
    cases=_padded_outputs,
    mistakes=[
        Mistake(
            "last_padded_step",
            _last_padded_step,
            "`output[:, -1]` is padding for every short sequence. And even without padding its "
            "backward half has read one step.",
        ),
        Mistake(
            "last_true_step",
            _last_true_step,
            "The forward half is right. The backward half at the last true step has read *one* "
            "step: that is where it starts. It ends at step 0.",
        ),
        Mistake(
            "forward_after_the_padding",
            _forward_after_the_padding,
            "The backward half is right. The forward half at step -1 has gone on over the padding: "
            "take step lengths[b] - 1.",
        ),
        Mistake(
            "first_step",
            _first_step,
            "The backward half is right. The forward half at step 0 has read one step only.",
        ),
        Mistake(
            "ends_swapped",
            _ends_swapped,
            "The ends are swapped: you took each direction where it *starts*. Forward ends at the "
            "last true step, backward at step 0.",
        ),
        Mistake(
            "backward_before_forward",
            _backward_before_forward,
            "Both states are right, in the wrong order: forward comes first.",
        ),
        Mistake(
            "forward_alone",
            _forward_alone,
            "That is the forward state alone. Put the backward one beside it: (B, 2H).",
        ),
        Mistake(
            "added_up",
            _added_up,
            "You added the two states. Put them side by side: (B, 2H).",
        ),
        Mistake(
            "on_top_of_each_other",
            _on_top_of_each_other,
            "Both states are right, but on top of each other, (2, B, H), as in `h_n`. Put them "
            "side by side: (B, 2H).",
        ),
    ],
    hints=[
        "Two halves, two ends. At which step has each direction read everything?",
        "Forward: step lengths[b] - 1, the first H numbers. Backward: step 0, the other H.",
        "`output[torch.arange(B), lengths - 1, :H]` and `output[:, 0, H:]`, joined by "
        "`torch.cat(..., dim=-1)`.",
    ],
    difficulty=2,
    minutes=6,
    errors={
        "index is out of bounds": "Steps count from 0: the last of n is n - 1.",
        "tensors used as indices must be": "Index with whole numbers: `lengths` as int64.",
    },
    why="With packing, `h_n` holds the same two states: the last two rows. This is where they "
    "stand in `output`.",
)


# --- A fair comparison --------------------------------------------------------------------


def _fair_units(I, H):  # noqa: E741
    budget = 2 * 4 * H * (I + H + 2)
    units = H
    while 4 * (units + 1) * (I + (units + 1) + 2) <= budget:
        units += 1
    return units


def _twice_the_units(I, H):  # noqa: E741
    return 2 * H


def _as_many_units(I, H):  # noqa: E741
    return H


def _root_of_two(I, H):  # noqa: E741
    return int(2**0.5 * H)


def _one_too_many(I, H):  # noqa: E741
    return _fair_units(I, H) + 1


def _half_again(I, H):  # noqa: E741
    return H + H // 2


def _without_biases(I, H):  # noqa: E741
    budget, units = 2 * H * (I + H), H
    while (units + 1) * (I + units + 1) <= budget:
        units += 1
    return units


fair_units = Exercise(
    name="fair_units",
    title="as many weights in one direction",
    reference=_fair_units,
    cases=[(13, 40), (13, 48), (1, 64), (100, 32), (40, 7), (13, 5), (6, 29)],
    mistakes=[
        Mistake(
            "twice_the_units",
            _twice_the_units,
            "Twice the units are *more* than twice the weights: `W_hh` grows with the square of H.",
        ),
        Mistake(
            "as_many_units",
            _as_many_units,
            "With as many units one direction has half the weights of two.",
        ),
        Mistake(
            "root_of_two",
            _root_of_two,
            "√2 · H would be right if `W_hh` were all there is. `W_ih` and the biases grow only "
            "in proportion to H, so there is room for more units.",
        ),
        Mistake(
            "one_too_many",
            _one_too_many,
            "One unit too many: that layer has more weights than the two directions together.",
        ),
        Mistake(
            "half_again",
            _half_again,
            "Half as many again is near for some sizes, and wrong for others. Count: 4H(I + H + 2) "
            "for each direction.",
        ),
        Mistake(
            "without_biases",
            _without_biases,
            "Nearly. You left the two bias vectors out: a layer has 4H(I + H + 2) parameters.",
        ),
    ],
    hints=[
        "One direction of H units has 4H(I + H + 2) parameters, two have twice as many. That is "
        "the budget.",
        "Try units = H, H + 1, H + 2, … until the next one would be too large.",
        "`while 4 * (units + 1) * (I + units + 3) <= budget: units += 1`",
    ],
    difficulty=2,
    minutes=6,
    why="Now a comparison of one direction with two says something about *reading backward*, not "
    "about size.",
)


# --- The mean over the true steps ---------------------------------------------------------


def _mean_over_true(output, lengths):
    true = torch.arange(output.shape[1]) < lengths[:, None]
    return (output * true[..., None]).sum(dim=1) / lengths[:, None]


def _mean_of_all_steps(output, lengths):
    return output.mean(dim=1)


def _divided_by_all_steps(output, lengths):
    true = torch.arange(output.shape[1]) < lengths[:, None]
    return (output * true[..., None]).mean(dim=1)


def _padding_added(output, lengths):
    return output.sum(dim=1) / lengths[:, None]


def _sum_not_mean(output, lengths):
    true = torch.arange(output.shape[1]) < lengths[:, None]
    return (output * true[..., None]).sum(dim=1)


def _one_step_too_many(output, lengths):
    steps = (lengths + 1).clamp(max=output.shape[1])
    return _mean_over_true(output, steps)


def _one_step_too_few(output, lengths):
    true = torch.arange(output.shape[1]) < lengths[:, None] - 1
    return (output * true[..., None]).sum(dim=1) / (lengths[:, None] - 1)


def _largest_instead(output, lengths):
    true = torch.arange(output.shape[1]) < lengths[:, None]
    return output.masked_fill(~true[..., None], -torch.inf).amax(dim=1)


def _mean_over_the_batch(output, lengths):
    true = torch.arange(output.shape[1]) < lengths[:, None]
    return (output * true[..., None]).sum(dim=(0, 1)) / lengths.sum()


def _cut_at_the_shortest(output, lengths):
    return output[:, : int(lengths.min())].mean(dim=1)


mean_over_true = Exercise(
    name="mean_over_true",
    title="the mean over the true steps",
    reference=_mean_over_true,
    cases=_padded_outputs,
    mistakes=[
        Mistake(
            "mean_of_all_steps",
            _mean_of_all_steps,
            "You took the mean of all T steps, padding included. Then the result depends on the "
            "longest neighbor in the batch.",
        ),
        Mistake(
            "divided_by_all_steps",
            _divided_by_all_steps,
            "The sum is right, the divisor is not: divide by the true length, not by T.",
        ),
        Mistake(
            "padding_added",
            _padding_added,
            "The divisor is right, but you added the padded steps as well. Set them to zero first.",
        ),
        Mistake(
            "sum_not_mean",
            _sum_not_mean,
            "That is the sum over the true steps. Divide it by the true length.",
        ),
        Mistake(
            "one_step_too_many",
            _one_step_too_many,
            "You took one step of padding in. True steps are 0 to lengths[b] - 1.",
        ),
        Mistake(
            "one_step_too_few",
            _one_step_too_few,
            "One true step is missing: 0 to lengths[b] - 1 are lengths[b] steps.",
        ),
        Mistake(
            "largest_instead",
            _largest_instead,
            "That is the *largest* output over the true steps, max pooling. Here the mean is asked "
            "for.",
        ),
        Mistake(
            "mean_over_the_batch",
            _mean_over_the_batch,
            "You took the mean over the batch as well. Each sequence has its own: (B, 2H).",
        ),
        Mistake(
            "cut_at_the_shortest",
            _cut_at_the_shortest,
            "You cut all sequences at the shortest length. Each has its own.",
        ),
    ],
    hints=[
        "Which steps are true? `torch.arange(T) < lengths[:, None]` is (B, T).",
        "Multiply by the mask (with a new last axis) and sum over time. What do you divide by?",
        "`(output * true[..., None]).sum(dim=1) / lengths[:, None]`",
    ],
    difficulty=2,
    minutes=6,
    errors={
        "must match the size of tensor": "Give the mask a last axis, `true[..., None]`, and the "
        "lengths one, `lengths[:, None]`.",
    },
    why="`sequences.mean_pool` does the same, with its arguments checked.",
)


# --- What listening costs -----------------------------------------------------------------


def _cell_steps(T):
    forward = T
    backward = T * (T + 1) // 2
    return forward, forward + backward


def _backward_goes_on(T):
    return T, 2 * T


def _backward_alone(T):
    return T, T * (T + 1) // 2


def _forward_again_too(T):
    return T, T * (T + 1)


def _forward_from_the_start_each_time(T):
    return T * (T + 1) // 2, T * (T + 1)


def _once_at_the_end(T):
    return T, T + 1


cell_steps = Exercise(
    name="cell_steps",
    title="cell steps while listening",
    reference=_cell_steps,
    cases=[1, 2, 3, 5, 17, 92],
    mistakes=[
        Mistake(
            "backward_goes_on",
            _backward_goes_on,
            "You let the backward direction go on from its last state. It cannot: the new frame "
            "is its *first*, so everything after it changes, and it starts anew.",
        ),
        Mistake(
            "backward_alone",
            _backward_alone,
            "T(T + 1) / 2 is the backward direction alone: 1 + 2 + … + T. The forward one reads "
            "along, T steps more.",
        ),
        Mistake(
            "forward_again_too",
            _forward_again_too,
            "T(T + 1) are too many. The forward direction goes on from its state: one step "
            "for each frame. And after frame t the backward one has t frames to read, not all T.",
        ),
        Mistake(
            "forward_from_the_start_each_time",
            _forward_from_the_start_each_time,
            "You start the forward direction anew for every frame, in both networks. It keeps its "
            "state: one step for each frame.",
        ),
        Mistake(
            "once_at_the_end",
            _once_at_the_end,
            "Count the steps of all answers, one after each frame.",
        ),
    ],
    hints=[
        "The forward direction keeps its state. How many steps does a new frame cost?",
        "The backward direction starts at the newest frame and ends at the first. After frame t "
        "that is t steps.",
        "Forward: T. Backward: 1 + 2 + … + T = T(T + 1) / 2.",
    ],
    difficulty=1,
    minutes=4,
    why="It grows with the square of what was heard. For a recording that is over, 2T steps do.",
)
