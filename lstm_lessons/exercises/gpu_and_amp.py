"""Exercises of lesson 6: fair ratios, one sigmoid for four gates, packing, clipping, averaging.

Symbols: B sequences, T steps of the longest one, H hidden units, K whatever a weight multiplies.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import nn

from lstm_lessons.exercises._engine import Exercise, Mistake

# --- A ratio that can be trusted ----------------------------------------------------------


def _fair_ratio(ours, theirs):
    return float(np.median(ours / theirs))


def _ratio_of_medians(ours, theirs):
    return float(np.median(ours) / np.median(theirs))


def _ratio_of_means(ours, theirs):
    return float(ours.mean() / theirs.mean())


def _mean_of_ratios(ours, theirs):
    return float((ours / theirs).mean())


def _turned_round(ours, theirs):
    return float(np.median(theirs / ours))


def _ratio_of_the_best(ours, theirs):
    return float(ours.min() / theirs.min())


def _median_of_differences(ours, theirs):
    return float(np.median(ours - theirs))


def _times_on_a_busy_machine(rng):
    """Two programs in turns; in some rounds the machine is slow, in one it stumbles."""
    for rounds in (9, 15, 7):
        busy = np.exp(rng.normal(0, 0.6, rounds))
        ours = 0.010 * busy * np.exp(rng.normal(0, 0.1, rounds))
        theirs = 0.004 * busy * np.exp(rng.normal(0, 0.1, rounds))
        ours[rounds // 2] *= 8
        yield ours, theirs


fair_ratio = Exercise(
    name="fair_ratio",
    title="a ratio that can be trusted",
    reference=_fair_ratio,
    cases=_times_on_a_busy_machine,
    mistakes=[
        Mistake(
            "ratio_of_medians",
            _ratio_of_medians,
            "You divided two medians. They may come from different rounds, one of them busy. "
            "Divide within each round first, then take the median.",
        ),
        Mistake(
            "ratio_of_means",
            _ratio_of_means,
            "You divided two means. One round in which the machine stumbles moves a mean as far as "
            "it likes. Divide within each round, then take the median.",
        ),
        Mistake(
            "mean_of_ratios",
            _mean_of_ratios,
            "Dividing within each round is right. But the mean follows the one round that went "
            "wrong; the median does not.",
        ),
        Mistake(
            "turned_round",
            _turned_round,
            "That is how many times as long *theirs* takes. Asked is ours as a multiple of theirs.",
        ),
        Mistake(
            "ratio_of_the_best",
            _ratio_of_the_best,
            "You compared the two best runs. They come from different rounds, and one lucky run "
            "decides.",
        ),
        Mistake(
            "median_of_differences",
            _median_of_differences,
            "You subtracted. A difference in seconds depends on how busy the machine is; a ratio "
            "hardly does.",
        ),
    ],
    hints=[
        "`ours[n]` and `theirs[n]` were measured in the same round, under the same conditions.",
        "`ours / theirs` divides round by round and gives an array of ratios.",
        "`np.median(...)` of that array, as a float.",
    ],
    difficulty=1,
    minutes=4,
    why="A machine that slows down slows both programs of a round, so the ratio stays. And no "
    "single round can move a median far.",
)


# --- One sigmoid for all four gates -------------------------------------------------------


def _double(weight, bias, block, factor=2.0, *, of_weight=True, of_bias=True):
    size = len(bias) // 4
    scale = torch.ones_like(bias)
    scale[block * size : (block + 1) * size] = factor
    new_weight = weight * scale[:, None] if of_weight else weight.clone()
    return new_weight, bias * scale if of_bias else bias.clone()


def _one_sigmoid(weight, bias):
    H = len(bias) // 4
    scale = torch.ones_like(bias)
    scale[2 * H : 3 * H] = 2
    return weight * scale[:, None], bias * scale


def _doubled_o(weight, bias):
    return _double(weight, bias, 3)


def _doubled_f(weight, bias):
    return _double(weight, bias, 1)


def _halved(weight, bias):
    return _double(weight, bias, 2, 0.5)


def _doubled_all(weight, bias):
    return weight * 2, bias * 2


def _bias_forgotten(weight, bias):
    return _double(weight, bias, 2, of_bias=False)


def _columns_doubled(weight, bias):
    H = len(bias) // 4
    new_weight = weight.clone()
    new_weight[:, 2 * H : 3 * H] *= 2
    return new_weight, _double(weight, bias, 2)[1]


def _weights(rng):
    """weight (4H, K) and bias (4H,), with K large enough that its columns are no blocks."""
    for hidden, columns in ((3, 14), (5, 20), (1, 4)):
        yield tuple(
            torch.tensor(rng.normal(0, 1, size=shape).round(2), dtype=torch.float64)
            for shape in ((4 * hidden, columns), (4 * hidden,))
        )


one_sigmoid = Exercise(
    name="one_sigmoid",
    title="one sigmoid for all four gates",
    reference=_one_sigmoid,
    cases=_weights,
    mistakes=[
        Mistake(
            "doubled_o",
            _doubled_o,
            "You doubled the last block. That is the output gate: PyTorch's order is i, f, g, o.",
        ),
        Mistake(
            "doubled_f",
            _doubled_f,
            "You doubled the second block. That is the forget gate: PyTorch's order is i, f, g, o.",
        ),
        Mistake(
            "halved",
            _halved,
            "You halved the rows of g. $\\tanh(z) = 2\\sigma(2z) - 1$: the sigmoid must see "
            "*twice* the z.",
        ),
        Mistake(
            "doubled_all",
            _doubled_all,
            "You doubled every row. i, f and o are sigmoids already and must stay as they are.",
        ),
        Mistake(
            "bias_forgotten",
            _bias_forgotten,
            "The weights are right. But z is the product *plus the bias*: its block of g must be "
            "doubled, too.",
        ),
        Mistake(
            "columns_doubled",
            _columns_doubled,
            "You doubled *columns* of the weight. A gate owns H *rows* of it.",
        ),
    ],
    hints=[
        "The sigmoid of g's block must see 2z. z is linear in weight and bias, so double those.",
        "H is a quarter of the rows. In the order i, f, g, o, which rows are those of g?",
        "`scale = torch.ones_like(bias)`, `scale[2 * H : 3 * H] = 2`, then multiply: "
        "`weight * scale[:, None]` and `bias * scale`.",
    ],
    difficulty=2,
    minutes=6,
    why="The doubling is done once, before the loop. Then one call serves all four gates of a "
    "step, and g = 2σ − 1.",
)


# --- What packing keeps -------------------------------------------------------------------


def _alive(lengths):
    return [int((lengths > t).sum()) for t in range(int(lengths.max()))]


def _still_counts_the_ended(lengths):
    return [int((lengths >= t).sum()) for t in range(int(lengths.max()))]


def _starts_at_one(lengths):
    return [int((lengths > t).sum()) for t in range(1, int(lengths.max()))]


def _one_step_too_many(lengths):
    return [int((lengths > t).sum()) for t in range(int(lengths.max()) + 1)]


def _ended(lengths):
    return [int((lengths <= t).sum()) for t in range(int(lengths.max()))]


def _padded(lengths):
    return [len(lengths)] * int(lengths.max())


def _sorted_lengths(lengths):
    return sorted(lengths.tolist(), reverse=True)


def _as_list(answer, lengths):
    result = answer(lengths)
    return result.tolist() if isinstance(result, torch.Tensor | np.ndarray) else result


alive = Exercise(
    name="alive",
    title="how many sequences are alive at each step",
    reference=_alive,
    cases=[(torch.tensor(lengths),) for lengths in ([5, 2, 2, 1], [3, 6, 1], [4, 4], [1])],
    run=lambda answer, case: _as_list(answer, *case),
    mistakes=[
        Mistake(
            "still_counts_the_ended",
            _still_counts_the_ended,
            "You count a sequence one step too long. With length 2 it has the steps 0 and 1; at "
            "t = 2 it has ended: `lengths > t`.",
        ),
        Mistake(
            "starts_at_one",
            _starts_at_one,
            "The first number is missing. Steps are counted from t = 0, where all B sequences are "
            "alive.",
        ),
        Mistake(
            "one_step_too_many",
            _one_step_too_many,
            "The last number is 0: a step at which no sequence is alive. There are T steps, t = 0 "
            "to T − 1.",
        ),
        Mistake(
            "ended",
            _ended,
            "You counted those that have *ended*. Asked are those that still have a step.",
        ),
        Mistake(
            "padded",
            _padded,
            "That is the padded batch: B rows at every step. Packing drops the sequences that have "
            "ended.",
        ),
        Mistake(
            "sorted_lengths",
            _sorted_lengths,
            "That is one number a *sequence*. Asked is one number a *step*.",
        ),
    ],
    hints=[
        "A sequence of length n has the steps 0, 1, …, n − 1. When does it have a step t?",
        "When `lengths > t`. How many are there? T is the longest length.",
        "`[int((lengths > t).sum()) for t in range(int(lengths.max()))]`",
    ],
    difficulty=1,
    minutes=5,
    why="These are the `batch_sizes` of a `PackedSequence`: they never grow, and their sum is the "
    "work that is left.",
)


# --- Clipping under a scaler --------------------------------------------------------------


def _clip_and_step(scaler, optimizer, weights, max_norm):
    scaler.unscale_(optimizer)
    nn.utils.clip_grad_norm_(weights, max_norm)
    scaler.step(optimizer)
    scaler.update()


def _no_unscale(scaler, optimizer, weights, max_norm):
    nn.utils.clip_grad_norm_(weights, max_norm)
    scaler.step(optimizer)
    scaler.update()


def _no_clipping(scaler, optimizer, weights, max_norm):
    scaler.step(optimizer)
    scaler.update()


def _step_of_the_optimizer(scaler, optimizer, weights, max_norm):
    scaler.unscale_(optimizer)
    nn.utils.clip_grad_norm_(weights, max_norm)
    optimizer.step()
    scaler.update()


def _no_update(scaler, optimizer, weights, max_norm):
    scaler.unscale_(optimizer)
    nn.utils.clip_grad_norm_(weights, max_norm)
    scaler.step(optimizer)


def _clipped_by_value(scaler, optimizer, weights, max_norm):
    scaler.unscale_(optimizer)
    nn.utils.clip_grad_value_(weights, max_norm)
    scaler.step(optimizer)
    scaler.update()


def _three_steps(answer, slopes):
    """The weights after each step; the gradient of the last one overflows if ``slopes`` says so."""
    weight = nn.Parameter(torch.zeros(3))
    optimizer = torch.optim.SGD([weight], 0.5)
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0, growth_interval=2)
    seen = []
    for slope in slopes:
        optimizer.zero_grad()
        scaler.scale((weight * slope).sum()).backward()
        answer(scaler, optimizer, [weight], 1.0)
        seen.append((weight.detach().clone(), scaler.get_scale()))
    return seen


_SMALL, _LARGE = [0.3, -0.2, 0.1], [3.0, -4.0, 0.5]

clip_and_step = Exercise(
    name="clip_and_step",
    title="clipping under a scaler",
    reference=_clip_and_step,
    cases=[
        (torch.tensor([_SMALL, _LARGE, _SMALL]),),
        (torch.tensor([_LARGE, [math.inf, 1.0, 0.0], _SMALL]),),
    ],
    run=lambda answer, case: _three_steps(answer, *case),
    describe_case=lambda case: f"three steps with the gradients {case[0].tolist()}, scale 1024",
    mistakes=[
        Mistake(
            "no_unscale",
            _no_unscale,
            "You clipped gradients that are still multiplied by the scale, 1024 here: nearly every "
            'one is "too long", and what remains is 1024 times too short. First '
            "`scaler.unscale_(optimizer)`.",
        ),
        Mistake(
            "no_clipping",
            _no_clipping,
            "The step was taken with the full gradient: it was not clipped, or only "
            "after the step.",
        ),
        Mistake(
            "step_of_the_optimizer",
            _step_of_the_optimizer,
            "`optimizer.step()` takes a gradient that overflowed, too, and your weights become "
            "NaN. `scaler.step(optimizer)` looks first, and skips such a step.",
        ),
        Mistake(
            "no_update",
            _no_update,
            "`scaler.update()` is missing. Without it the scale stays, and the next `unscale_` "
            "complains.",
        ),
        Mistake(
            "clipped_by_value",
            _clipped_by_value,
            "You clipped each number by itself, which bends the direction of the step. Clip the "
            "*norm*: `clip_grad_norm_`.",
        ),
    ],
    hints=[
        "Four calls. The gradients are multiplied by the scale: whoever looks at their length must "
        "take it out first.",
        "unscale, clip, step, update; two of them through the scaler's `step` and `update`.",
        "`scaler.unscale_(optimizer)`, `nn.utils.clip_grad_norm_(weights, max_norm)`, "
        "`scaler.step(optimizer)`, `scaler.update()`",
    ],
    difficulty=2,
    minutes=6,
    errors={
        "unscale_() has already been called": "`scaler.update()` is missing at the end of a step.",
        "No inf checks were recorded": "`scaler.update()` comes after `scaler.step(optimizer)`.",
    },
    why="`scaler.step` sees that the gradients are unscaled already and does not do it twice.",
)


# --- The average of two processes ---------------------------------------------------------


def _average(gradients, counts):
    sums = [gradient * count for gradient, count in zip(gradients, counts, strict=True)]
    return sum(sums) / sum(counts)


def _plain_mean(gradients, counts):
    return sum(gradients) / len(gradients)


def _plain_sum(gradients, counts):
    return sum(gradients)


def _sum_over_sequences(gradients, counts):
    return sum(g * n for g, n in zip(gradients, counts, strict=True))


def _mean_over_processes(gradients, counts):
    return _sum_over_sequences(gradients, counts) / len(gradients)


def _weighted_the_other_way(gradients, counts):
    inverse = [1 / n for n in counts]
    return sum(g * n for g, n in zip(gradients, inverse, strict=True)) / sum(inverse)


def _gradients(rng):
    for counts in ([3, 5], [16, 16, 4], [1, 7]):
        yield (
            [torch.tensor(rng.normal(0, 1, 4).round(2), dtype=torch.float64) for _ in counts],
            counts,
        )


average = Exercise(
    name="average",
    title="one gradient from several processes",
    reference=_average,
    cases=_gradients,
    mistakes=[
        Mistake(
            "plain_mean",
            _plain_mean,
            "The mean of means is the mean of all only if the shares are equal. A process with 3 "
            "sequences must not count as much as one with 5.",
        ),
        Mistake(
            "plain_sum",
            _plain_sum,
            "You added the gradients up. Each is a mean already: with P processes the step becomes "
            "about P times as long.",
        ),
        Mistake(
            "sum_over_sequences",
            _sum_over_sequences,
            "Weighting by the counts is right. Now divide by the number of all sequences.",
        ),
        Mistake(
            "mean_over_processes",
            _mean_over_processes,
            "You divided by the number of *processes*. Divide by the number of all *sequences*.",
        ),
        Mistake(
            "weighted_the_other_way",
            _weighted_the_other_way,
            "You gave the process with the fewest sequences the most weight. Multiply by the "
            "count.",
        ),
    ],
    hints=[
        "Each gradient is a mean over the sequences of its process. What is the sum over them?",
        "Gradient times count is that sum. Add all of them up. How many sequences are there?",
        "`sum(g * n for g, n in zip(gradients, counts)) / sum(counts)`",
    ],
    difficulty=2,
    minutes=5,
    why="`DistributedDataParallel` takes the plain mean. That is right if every process has the "
    "same number of sequences, so give it equal shares.",
)
