"""Exercises of lesson 6: fair ratios, one sigmoid for four gates, packing, clipping, averaging.

Symbols: B sequences, T steps of the longest one, H hidden units, K whatever a weight multiplies.
"""

import math

import numpy as np
import torch
from torch import nn

from lstm_lessons.exercises._cases import random_tensor
from lstm_lessons.exercises._engine import exercise


def _times_on_a_busy_machine(rng):
    """Two variants in turns; in some rounds the machine is slow, in one it stumbles."""
    for rounds in (9, 15, 7):
        busy = np.exp(rng.normal(0, 0.6, rounds))
        ours = 0.010 * busy * np.exp(rng.normal(0, 0.1, rounds))
        theirs = 0.004 * busy * np.exp(rng.normal(0, 0.1, rounds))
        ours[rounds // 2] *= 8
        yield ours, theirs


@exercise(
    title="a ratio that can be trusted",
    minutes=4,
    cases=_times_on_a_busy_machine,
    hints=[
        "`ours[n]` and `theirs[n]` were measured in the same round, under the same conditions.",
        "`ours / theirs` divides round by round and gives an array of ratios.",
        "`np.median(...)` of that array, as a float.",
    ],
    why="A machine that slows down slows both variants of a round, so the ratio stays. And no "
    "single round can move a median far.",
)
def fair_ratio(ours, theirs):
    return float(np.median(ours / theirs))


@fair_ratio.mistake
def ratio_of_medians(ours, theirs):
    """You divided two medians. They may come from different rounds, one of them busy. Divide within each round first,
    then take the median.
    """
    return float(np.median(ours) / np.median(theirs))


@fair_ratio.mistake
def ratio_of_means(ours, theirs):
    """You divided two means, or sums. One round in which the machine stumbles moves a mean as far as it likes. Divide
    within each round, then take the median.
    """
    return float(ours.mean() / theirs.mean())


@fair_ratio.mistake
def mean_of_ratios(ours, theirs):
    """Dividing within each round is right. But the mean follows the one round that went wrong; the median does not."""
    return float((ours / theirs).mean())


@fair_ratio.mistake
def upside_down(ours, theirs):
    """That is how many times as long *theirs* takes. Give ours as a multiple of theirs."""
    return float(np.median(theirs / ours))


@fair_ratio.mistake
def ratio_of_the_best(ours, theirs):
    """You compared the two best runs. They come from different rounds, and one lucky run decides."""
    return float(ours.min() / theirs.min())


@fair_ratio.mistake
def median_of_differences(ours, theirs):
    """You subtracted. A difference in seconds depends on how busy the machine is; a ratio hardly does."""
    return float(np.median(ours - theirs))


@fair_ratio.mistake
def luckiest_round(ours, theirs):
    """You took the smallest ratio: one lucky round decides. The median is moved by no single round."""
    return float((ours / theirs).min())


def _scaled(weight, bias, block, factor=2.0):
    """Weight and bias with the rows of one gate, block 0 to 3, times a factor."""
    H = len(bias) // 4
    scale = torch.ones_like(bias)
    scale[block * H : (block + 1) * H] = factor
    return weight * scale[:, None], bias * scale


def _weights(rng):
    """weight (4H, K) and bias (4H,), with K so large that blocks of its columns are other than those of the rows."""
    for hidden, columns in ((3, 16), (5, 17), (1, 9)):
        yield random_tensor(rng, 4 * hidden, columns), random_tensor(rng, 4 * hidden)


@exercise(
    title="one sigmoid for all four gates",
    difficulty=2,
    minutes=6,
    cases=_weights,
    hints=[
        "The sigmoid of g's block must see 2z. z is linear in weight and bias, so double those.",
        "H is a quarter of the rows. In the order i, f, g, o, which rows are those of g?",
        "`scale = torch.ones_like(bias)`, `scale[2 * H : 3 * H] = 2`, then multiply: "
        "`weight * scale[:, None]` and `bias * scale`.",
    ],
    why="The doubling is done once, before the loop. Then one call serves all four gates of a step, and g = 2σ − 1.",
)
def one_sigmoid(weight, bias):
    H = len(bias) // 4
    scale = torch.ones_like(bias)
    scale[2 * H : 3 * H] = 2
    return weight * scale[:, None], bias * scale


@one_sigmoid.mistake
def doubled_o(weight, bias):
    """You doubled the last block. That is the output gate: PyTorch's order is i, f, g, o."""
    return _scaled(weight, bias, 3)


@one_sigmoid.mistake
def doubled_f(weight, bias):
    """You doubled the second block. That is the forget gate: PyTorch's order is i, f, g, o."""
    return _scaled(weight, bias, 1)


@one_sigmoid.mistake
def halved(weight, bias):
    r"""You halved the rows of g. $\tanh(z) = 2\sigma(2z) - 1$: the sigmoid must see *twice* the z."""
    return _scaled(weight, bias, 2, 0.5)


@one_sigmoid.mistake
def doubled_all(weight, bias):
    """You doubled every row. i, f and o are sigmoids already and must stay as they are."""
    return weight * 2, bias * 2


@one_sigmoid.mistake
def bias_forgotten(weight, bias):
    """The weights are right. But z is the product *plus the bias*: its block of g must be doubled, too."""
    return one_sigmoid(weight, bias)[0], bias


@one_sigmoid.mistake
def doubled_i(weight, bias):
    """You doubled the first block. That is the input gate: PyTorch's order is i, f, g, o."""
    return _scaled(weight, bias, 0)


@one_sigmoid.mistake
def columns_doubled(weight, bias):
    """You doubled *columns* of the weight. A gate owns H *rows* of it."""
    H = len(bias) // 4
    new_weight = weight.clone()
    new_weight[:, 2 * H : 3 * H] *= 2
    return new_weight, one_sigmoid(weight, bias)[1]


@one_sigmoid.mistake
def doubled_the_others(weight, bias):
    """You doubled i, f and o. It is g, the tanh among them, whose sigmoid must see twice the z; the others are sigmoids
    already.
    """
    others = _scaled(*_scaled(weight, bias, 0), 1)
    return _scaled(*others, 3)


@one_sigmoid.mistake
def block_of_g_alone(weight, bias):
    """You returned the rows of g alone. The result has all 4H rows, those of g doubled."""
    return one_sigmoid(weight, bias)[0].chunk(4)[2], one_sigmoid(weight, bias)[1].chunk(4)[2]


@one_sigmoid.mistake
def weights_forgotten(weight, bias):
    """The bias is right. But z is a product *plus* the bias: the rows of g in `weight` must be doubled, too."""
    return weight, one_sigmoid(weight, bias)[1]


@one_sigmoid.mistake
def nothing_doubled(weight, bias):
    """Nothing has changed. Is H a quarter of the rows, `len(bias) // 4`? And do you keep the product, as in `w[a:b] *=
    2` on a clone?
    """
    return weight.clone(), bias.clone()


@one_sigmoid.mistake
def one_row_alone(weight, bias):
    """You doubled one row. The candidate has H of them: `2 * H : 3 * H`."""
    scale = torch.ones_like(bias)
    scale[2] = 2
    return weight * scale[:, None], bias * scale


@one_sigmoid.mistake
def o_doubled_as_well(weight, bias):
    """You doubled the output gate as well. The rows of g end where those of o begin: `2 * H : 3 * H`."""
    return _scaled(*one_sigmoid(weight, bias), 3)


@exercise(
    title="how many sequences are alive at each step",
    cases=[(torch.tensor(lengths),) for lengths in ([5, 2, 2, 1], [3, 6, 1], [4, 4], [1])],
    hints=[
        "A sequence of length n has the steps 0, 1, …, n − 1. When does it have a step t?",
        "When `lengths > t`. How many are there? T is the longest length.",
        "`[int((lengths > t).sum()) for t in range(int(lengths.max()))]`",
    ],
    errors={
        "is ambiguous": "`if lengths > t` asks of all lengths at once. Count them: `(lengths > t).sum()`.",
        "can be converted to an index": "`range` takes one whole number: the longest length, `int(lengths.max())`.",
    },
    why="These are the `batch_sizes` of a `PackedSequence`: they never grow, and their sum is the work that is left.",
)
def alive(lengths):
    return [int((lengths > t).sum()) for t in range(int(lengths.max()))]


@alive.mistake
def still_counts_the_ended(lengths):
    """You count a sequence one step too long. With length 2 it has the steps 0 and 1; at t = 2 it has ended: `lengths >
    t`.
    """
    return [int((lengths >= t).sum()) for t in range(int(lengths.max()))]


@alive.mistake
def starts_at_one(lengths):
    """The first number is missing. Steps are counted from t = 0, where all B sequences are alive."""
    return [int((lengths > t).sum()) for t in range(1, int(lengths.max()))]


@alive.mistake
def one_step_too_many(lengths):
    """The last number is 0: a step at which no sequence is alive. There are T steps, t = 0 to T − 1."""
    return [int((lengths > t).sum()) for t in range(int(lengths.max()) + 1)]


@alive.mistake
def ended(lengths):
    """You counted those that have *ended*. Count those that still have a step."""
    return [int((lengths <= t).sum()) for t in range(int(lengths.max()))]


@alive.mistake
def padded(lengths):
    """That is the padded batch: B rows at every step. Packing drops the sequences that have ended."""
    return [len(lengths)] * int(lengths.max())


@alive.mistake
def sorted_lengths(lengths):
    """That is one number a *sequence*. Give one number a *step*."""
    return sorted(lengths.tolist(), reverse=True)


alive.also("sorted_lengths", lambda lengths: lengths.tolist())


@alive.mistake
def last_step_missing(lengths):
    """The last number is missing. There are T steps, t = 0 to T - 1, and at the last one the longest sequence lives."""
    return [int((lengths > t).sum()) for t in range(int(lengths.max()) - 1)]


@alive.mistake
def steps_counted_from_one(lengths):
    """You count the steps from 1. With `lengths > t` they begin at 0: `range(T)`."""
    return [int((lengths > t).sum()) for t in range(1, int(lengths.max()) + 1)]


@alive.mistake
def of_just_this_length(lengths):
    """You counted the sequences of just this length. Those that are longer have this step, too: `lengths > t`."""
    return [int((lengths == t).sum()) for t in range(int(lengths.max()))]


alive.also("of_just_this_length", lambda lengths: [int((lengths == t).sum()) for t in range(1, int(lengths.max()) + 1)])
alive.also("ended", lambda lengths: [int((lengths < t).sum()) for t in range(int(lengths.max()))])


@alive.mistake
def a_step_for_each_sequence(lengths):
    """You took as many steps as there are *sequences*. There are T, the longest length."""
    return [int((lengths > t).sum()) for t in range(len(lengths))]


def _three_steps(answer, slopes, max_norm):
    """The weights and the scale after each step; a gradient overflows if ``slopes`` says so."""
    weights = [nn.Parameter(torch.zeros(1)), nn.Parameter(torch.zeros(2))]
    optimizer = torch.optim.SGD(weights, 0.5)
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0, growth_interval=2)
    seen = []
    for number, slope in enumerate(slopes, 1):
        optimizer.zero_grad()
        scaler.scale((torch.cat(weights) * slope).sum()).backward()
        try:
            answer(scaler, optimizer, weights, max_norm)
        except Exception as error:
            error.add_note(f"(in step {number} of {len(slopes)})")
            raise
        seen.append((torch.cat(weights).detach(), scaler.get_scale()))
    return seen


_SMALL, _LARGE = [0.3, -0.2, 0.1], [3.0, -4.0, 0.5]


@exercise(
    title="clipping under a scaler",
    difficulty=2,
    minutes=6,
    cases=[(torch.tensor([_SMALL, _LARGE, _SMALL]), 1.0), (torch.tensor([_LARGE, [math.inf, 1.0, 0.0], _SMALL]), 0.5)],
    run=lambda answer, case: _three_steps(answer, *case),
    atol=1e-9,  # a step that is 1024 times too short is no step that is missing
    describe_case=lambda case: f"steps with the gradients {case[0].tolist()}, max_norm {case[1]}, scale 1024",
    hints=[
        "Four calls. The gradients are multiplied by the scale: whoever looks at their length must take it out first.",
        "unscale, clip, step, update; two of them through the scaler's `step` and `update`.",
        "`scaler.unscale_(optimizer)`, `nn.utils.clip_grad_norm_(weights, max_norm)`, "
        "`scaler.step(optimizer)`, `scaler.update()`",
    ],
    errors={
        "No inf checks were recorded prior to update": "`scaler.update()` comes after `scaler.step(optimizer)`.",
        "unscale_() has already been called": "Each step ends with `scaler.step(optimizer)` and `scaler.update()`.",
        "No inf checks were recorded for this": "There are no gradients left. `zero_grad` comes before `backward`.",
        "'dict' object has no attribute 'grad'": "`clip_grad_norm_` takes the weights, not the optimizer's groups.",
        "unscale_() is being called after step": "`unscale_` comes first: clip and step need the true gradients.",
        "has no attribute 'param_groups'": "`unscale_` takes the optimizer, which knows its weights.",
        "object is not iterable": "`clip_grad_norm_` takes the weights, not the optimizer.",
        "step() has already been called": "One `scaler.step(optimizer)` a step, then `scaler.update()`.",
    },
    why="`scaler.step` sees that the gradients are unscaled already and does not do it twice.",
)
def clip_and_step(scaler, optimizer, weights, max_norm):
    scaler.unscale_(optimizer)
    nn.utils.clip_grad_norm_(weights, max_norm)
    scaler.step(optimizer)
    scaler.update()


@clip_and_step.mistake
def no_unscale(scaler, optimizer, weights, max_norm):
    """You clipped gradients that are still multiplied by the scale, 1024 here: nearly every one is "too long", and what
    remains is 1024 times too short. First `scaler.unscale_(optimizer)`.
    """
    nn.utils.clip_grad_norm_(weights, max_norm)
    scaler.step(optimizer)
    scaler.update()


@clip_and_step.mistake
def no_clipping(scaler, optimizer, weights, max_norm):
    """The step was taken with the full gradient: it was not clipped, or only after the step."""
    scaler.step(optimizer)
    scaler.update()


@clip_and_step.mistake
def step_of_the_optimizer(scaler, optimizer, weights, max_norm):
    """`optimizer.step()` takes a gradient that overflowed, too, and your weights become NaN. `scaler.step(optimizer)`
    looks first, and skips such a step.
    """
    scaler.unscale_(optimizer)
    nn.utils.clip_grad_norm_(weights, max_norm)
    optimizer.step()
    scaler.update()


@clip_and_step.mistake
def no_update(scaler, optimizer, weights, max_norm):
    """No `scaler.update()` comes after the step: it is missing, or stands too early. Without it the next step
    complains.
    """
    scaler.unscale_(optimizer)
    nn.utils.clip_grad_norm_(weights, max_norm)
    scaler.step(optimizer)


@clip_and_step.mistake
def unscaled_twice(scaler, optimizer, weights, max_norm):
    """You call `unscale_` twice in one step; the second time it would divide by the scale again. Once is enough:
    `scaler.step` sees that it was done.
    """
    scaler.unscale_(optimizer)
    scaler.unscale_(optimizer)


@clip_and_step.mistake
def no_step(scaler, optimizer, weights, max_norm):
    """The weights do not move: `scaler.step(optimizer)` is missing, or the gradients are gone by then."""
    scaler.unscale_(optimizer)
    nn.utils.clip_grad_norm_(weights, max_norm)
    scaler.update()


@clip_and_step.mistake
def bound_divided_by_the_scale(scaler, optimizer, weights, max_norm):
    """The wrong way: the gradients are the scale *times* as long. Better, take it out first: `unscale_`."""
    nn.utils.clip_grad_norm_(weights, max_norm / scaler.get_scale())
    scaler.step(optimizer)
    scaler.update()


@clip_and_step.mistake
def clipped_to_one(scaler, optimizer, weights, max_norm):
    """You clip to 1. The bound is `max_norm`, which may be another number."""
    clip_and_step(scaler, optimizer, weights, 1.0)


@clip_and_step.mistake
def clipped_by_value(scaler, optimizer, weights, max_norm):
    """You clipped each number by itself, which bends the direction of the step. Clip
    the *norm*: `clip_grad_norm_`.
    """
    scaler.unscale_(optimizer)
    nn.utils.clip_grad_value_(weights, max_norm)
    scaler.step(optimizer)
    scaler.update()


@clip_and_step.mistake
def clipped_one_by_one(scaler, optimizer, weights, max_norm):
    """You clipped each weight by itself, which bends the direction of the step. All weights together are one gradient:
    `clip_grad_norm_(weights, max_norm)`.
    """
    scaler.unscale_(optimizer)
    for weight in weights:
        nn.utils.clip_grad_norm_(weight, max_norm)
    scaler.step(optimizer)
    scaler.update()


@clip_and_step.mistake
def lengthened_too(scaler, optimizer, weights, max_norm):
    """You scale every gradient to `max_norm`, the short ones as well. Clipping shortens what is longer, and leaves the
    rest as it is.
    """
    scaler.unscale_(optimizer)
    length = nn.utils.get_total_norm([weight.grad for weight in weights])
    for weight in weights:
        weight.grad *= max_norm / length
    scaler.step(optimizer)
    scaler.update()


def _gradients(rng):
    for counts in ([3, 5], [16, 16, 4], [1, 7]):
        yield [random_tensor(rng, 4) for _ in counts], counts


@exercise(
    title="one gradient from several processes",
    difficulty=2,
    cases=_gradients,
    errors={
        "only integer tensors of a single element": "A list of gradients takes no product: go over both with `zip`."
    },
    hints=[
        "Each gradient is a mean over the sequences of its process. What is the sum over them?",
        "Gradient times count is that sum. Add all of them up. How many sequences are there?",
        "`sum(g * n for g, n in zip(gradients, counts)) / sum(counts)`",
    ],
    why="`DistributedDataParallel` takes the plain mean. That is right if every process has the "
    "same number of sequences, so give it equal shares.",
)
def average(gradients, counts):
    sums = [gradient * count for gradient, count in zip(gradients, counts, strict=True)]
    return sum(sums) / sum(counts)


@average.mistake
def plain_mean(gradients, counts):
    """The mean of means is the mean of all only if the shares are equal. A process with 3 sequences must not count as
    much as one with 5.
    """
    return sum(gradients) / len(gradients)


@average.mistake
def plain_sum(gradients, counts):
    """You added the gradients up. Each is a mean already: with P processes the step becomes about P times as long."""
    return sum(gradients)


@average.mistake
def sum_by_sequences(gradients, counts):
    """You divided by the number of all sequences, but each gradient is a mean: multiply it by its count first."""
    return sum(gradients) / sum(counts)


@average.mistake
def sum_over_sequences(gradients, counts):
    """Weighting by the counts is right. Now divide by the number of all sequences."""
    return sum(g * n for g, n in zip(gradients, counts, strict=True))


@average.mistake
def mean_over_processes(gradients, counts):
    """You divided by the number of *processes*. Divide by the number of all *sequences*."""
    return sum_over_sequences(gradients, counts) / len(gradients)


@average.mistake
def weighted_the_other_way(gradients, counts):
    """You gave the process with the fewest sequences the most weight. Multiply by the count."""
    inverse = [1 / n for n in counts]
    return sum(g * n for g, n in zip(gradients, inverse, strict=True)) / sum(inverse)


@average.mistake
def divided_by_the_counts(gradients, counts):
    """You divided each gradient by its count. It is a mean already: *multiply* by the count, and you have the sum."""
    return sum(g / n for g, n in zip(gradients, counts, strict=True))


average.also("divided_by_the_counts", lambda g, n: divided_by_the_counts(g, n) / len(n))
average.also("divided_by_the_counts", lambda g, n: divided_by_the_counts(g, n) / sum(n))


@average.mistake
def divided_twice(gradients, counts):
    """You divided twice. All sequences together are `sum(counts)`; nothing is left to divide by."""
    return average(gradients, counts) / len(counts)
