"""Exercises of lesson 5: dropout, clipping, early stopping, decay, and an honest comparison.

Shapes: B sequences, T steps, I inputs, H hidden units.
"""

from __future__ import annotations

import math

import torch
from torch import nn

from lstm_lessons.exercises._engine import Exercise, Mistake


def _tensor(rng, *shape):
    return torch.tensor(rng.normal(0, 1, size=shape).round(2), dtype=torch.float64)


# --- Inverted dropout ---------------------------------------------------------------------


def _inverted_dropout(x, kept, p):
    return x * kept / (1 - p)


def _not_scaled(x, kept, p):
    return x * kept


def _scaled_down(x, kept, p):
    return x * kept * (1 - p)


def _divided_by_p(x, kept, p):
    return x * kept / p


def _dropped_ones_kept(x, kept, p):
    return x * ~kept / (1 - p)


def _nothing_dropped(x, kept, p):
    return x / (1 - p)


def _all_values_shifted(x, kept, p):
    return (x * kept) + p


def _scaled_by_the_share_of_this_mask(x, kept, p):
    return x * kept / kept.double().mean()


def _masks(rng):
    """(x, kept, p): p is never a half, and no mask keeps just its share."""
    for shape, p in (((3, 4), 0.2), ((2, 5), 0.75), ((6,), 0.4)):
        kept = torch.from_numpy(rng.random(shape) >= p)
        kept.view(-1)[0], kept.view(-1)[1] = True, False
        yield _tensor(rng, *shape) + 3, kept, p


inverted_dropout = Exercise(
    name="inverted_dropout",
    title="dropout that keeps the expectation",
    reference=_inverted_dropout,
    cases=_masks,
    mistakes=[
        Mistake(
            "not_scaled",
            _not_scaled,
            "You drop, and leave the rest as it is. Then the sums in training are smaller than in "
            "use, by the factor 1 - p. Divide what is kept by 1 - p.",
        ),
        Mistake(
            "scaled_down",
            _scaled_down,
            "You multiply by 1 - p what should be divided by it: the expectation is now x·(1-p)² "
            "instead of x.",
        ),
        Mistake(
            "divided_by_p",
            _divided_by_p,
            "p is the probability of being *dropped*. A share of 1 - p is kept: divide by that.",
        ),
        Mistake(
            "dropped_ones_kept",
            _dropped_ones_kept,
            "`kept` is True where the number stays. You kept the others.",
        ),
        Mistake(
            "nothing_dropped",
            _nothing_dropped,
            "You scaled, but nothing is dropped: where is `kept`?",
        ),
        Mistake(
            "all_values_shifted",
            _all_values_shifted,
            "Adding p does not make up for what was dropped. Scale what is kept.",
        ),
        Mistake(
            "scaled_by_the_share_of_this_mask",
            _scaled_by_the_share_of_this_mask,
            "You divide by the share that *this* mask keeps. It differs from draw to draw; the "
            "expectation asks for the probability, 1 - p.",
        ),
    ],
    hints=[
        "A kept number must stand in for those that are dropped. How much larger must it be?",
        "On average a share of 1 - p is kept. So `(1 - p) * something` should be x.",
        "`x * kept / (1 - p)`.",
    ],
    difficulty=1,
    minutes=4,
    why="Training does all the work, and in evaluation dropout is nothing at all.",
)


# --- Variational dropout ------------------------------------------------------------------


def _variational_dropout(x, p):
    B, T, I = x.shape  # noqa: E741
    kept = torch.rand(B, 1, I) >= p
    return x * kept / (1 - p)


def _new_mask_at_every_step(x, p):
    return x * (torch.rand(x.shape) >= p) / (1 - p)


def _one_mask_for_all_sequences(x, p):
    return x * (torch.rand(1, 1, x.shape[2]) >= p) / (1 - p)


def _whole_steps_dropped(x, p):
    return x * (torch.rand(x.shape[0], x.shape[1], 1) >= p) / (1 - p)


def _whole_sequences_dropped(x, p):
    return x * (torch.rand(x.shape[0], 1, 1) >= p) / (1 - p)


def _one_mask_of_steps_and_units(x, p):
    return x * (torch.rand(1, *x.shape[1:]) >= p) / (1 - p)


def _kept_instead_of_dropped(x, p):
    return x * (torch.rand(x.shape[0], 1, x.shape[2]) < p) / (1 - p)


def _mask_not_scaled(x, p):
    return x * (torch.rand(x.shape[0], 1, x.shape[2]) >= p)


def _noise_instead_of_a_mask(x, p):
    return x * torch.rand(x.shape[0], 1, x.shape[2]) / (1 - p)


def _habits(answer, case):
    """What can be said of a dropout whatever random numbers it draws: on ones, many of them."""
    shape, p = case
    torch.manual_seed(0)
    result = answer(torch.ones(shape), p)
    if result.shape != torch.Size(shape):
        return {"shape": tuple(result.shape)}
    axes = ("sequence", "step", "unit")
    alone = [bool((result == result.select(n, 0).unsqueeze(n)).all()) for n in range(3)]
    share = (result == 0).double().mean().item()
    return {
        "shape": tuple(result.shape),
        "the same for every": [axis for axis, same in zip(axes, alone, strict=True) if same],
        "values other than 0": [round(v, 3) for v in result[result != 0].unique().tolist()][:3],
        "share of zeros is p": abs(share - p) < 0.04,
    }


def _no_matter_the_draw(wanted, got):
    """Where there are few masks in all, their share of zeros is left to chance: look away."""
    many = wanted.get("the same for every") in ([], ["step"])
    return all(wanted[k] == got.get(k) for k in wanted if many or k != "share of zeros is p")


variational_dropout = Exercise(
    name="variational_dropout",
    title="one mask for all steps",
    reference=_variational_dropout,
    cases=[((150, 5, 40), 0.2), ((60, 7, 100), 0.6)],
    run=_habits,
    matches=_no_matter_the_draw,
    describe_case=lambda case: f"x = torch.ones{case[0]}, p = {case[1]}",
    mistakes=[
        Mistake(
            "new_mask_at_every_step",
            _new_mask_at_every_step,
            "That is plain dropout: a new mask at every step, (B, T, I). Draw it once a sequence, "
            "(B, 1, I), and let it spread over the steps.",
        ),
        Mistake(
            "one_mask_for_all_sequences",
            _one_mask_for_all_sequences,
            "All sequences of the batch lose the same units. Give each a mask of its own: "
            "(B, 1, I).",
        ),
        Mistake(
            "whole_steps_dropped",
            _whole_steps_dropped,
            "You drop whole *steps*, (B, T, 1). The axis that must have size 1 is time.",
        ),
        Mistake(
            "whole_sequences_dropped",
            _whole_sequences_dropped,
            "You drop whole sequences, (B, 1, 1). Each unit needs its own decision.",
        ),
        Mistake(
            "one_mask_of_steps_and_units",
            _one_mask_of_steps_and_units,
            "The axis of size 1 is the batch, (1, T, I): every sequence loses the same, and at "
            "each step something else. Make it time.",
        ),
        Mistake(
            "kept_instead_of_dropped",
            _kept_instead_of_dropped,
            "`torch.rand(...) < p` is True with probability p. But p is the probability of being "
            "*dropped*: keep where it is `>= p`.",
        ),
        Mistake(
            "mask_not_scaled",
            _mask_not_scaled,
            "The mask is right. Divide what is kept by 1 - p, so that the expectation stays.",
        ),
        Mistake(
            "noise_instead_of_a_mask",
            _noise_instead_of_a_mask,
            "You multiply by the random numbers themselves. Compare them with p first: a mask is "
            "True or False.",
        ),
    ],
    hints=[
        "`torch.rand(shape) >= p` is True with probability 1 - p. Which shape does the mask have?",
        "One decision for each sequence and unit, none for the step: that axis has size 1.",
        "`kept = torch.rand(B, 1, I) >= p`, then as in the exercise before.",
    ],
    difficulty=2,
    minutes=6,
    errors={
        "must match the size of tensor": "A mask of shape (B, I) does not spread over the steps of "
        "(B, T, I). Give it an axis of size 1 for time: (B, 1, I).",
    },
    why="A unit that is dropped is missing for the whole sequence, so no later step can make up "
    "for it.",
)


# --- Clipping by the global norm ----------------------------------------------------------


def _clip(gradients, max_norm):
    norm = math.sqrt(sum((g**2).sum().item() for g in gradients))
    scale = min(1.0, max_norm / norm)
    return [g * scale for g in gradients]


def _each_by_its_own_norm(gradients, max_norm):
    return [g * min(1.0, max_norm / g.norm().item()) for g in gradients]


def _by_value(gradients, max_norm):
    return [g.clamp(-max_norm, max_norm) for g in gradients]


def _short_ones_stretched(gradients, max_norm):
    norm = math.sqrt(sum((g**2).sum().item() for g in gradients))
    return [g * (max_norm / norm) for g in gradients]


def _norms_added(gradients, max_norm):
    norm = sum(g.norm().item() for g in gradients)
    return [g * min(1.0, max_norm / norm) for g in gradients]


def _no_square_root(gradients, max_norm):
    norm = sum((g**2).sum().item() for g in gradients)
    return [g * min(1.0, max_norm / norm) for g in gradients]


def _longest_of_all(gradients, max_norm):
    norm = max(g.norm().item() for g in gradients)
    return [g * min(1.0, max_norm / norm) for g in gradients]


def _unit_length(gradients, max_norm):
    norm = math.sqrt(sum((g**2).sum().item() for g in gradients))
    return [g / norm for g in gradients]


def _nothing_clipped(gradients, max_norm):
    return [g.clone() for g in gradients]


def _gradients(rng):
    """([a matrix, a bias, ...], max_norm): a long one, one below the bound, and a short one."""
    for shapes, size, bound in (
        (((4, 3), (4,)), 2.0, 1.5),
        (((2, 2), (3,), (2,)), 0.1, 2.0),
        (((6, 2), (6,)), 1.0, 0.5),
    ):
        yield [size * _tensor(rng, *shape) for shape in shapes], bound


clip_by_global_norm = Exercise(
    name="clip_by_global_norm",
    title="clipping by the global norm",
    reference=_clip,
    cases=_gradients,
    mistakes=[
        Mistake(
            "each_by_its_own_norm",
            _each_by_its_own_norm,
            "You clip each tensor by itself. That changes the *direction* of the step. There is "
            "one norm, over all numbers of all tensors together, and one scale.",
        ),
        Mistake(
            "by_value",
            _by_value,
            "That clips each number (`clip_grad_value_`), and so changes the direction. Scale all "
            "of them by the same factor.",
        ),
        Mistake(
            "short_ones_stretched",
            _short_ones_stretched,
            "Long gradients are right. But you stretch the short ones to `max_norm` as well: the "
            "scale must never be above 1.",
        ),
        Mistake(
            "norms_added",
            _norms_added,
            "Norms do not add up, squares do: square all numbers of all tensors, sum, then take "
            "the root.",
        ),
        Mistake(
            "no_square_root",
            _no_square_root,
            "The sum of squares is the norm *squared*. Take the root.",
        ),
        Mistake(
            "longest_of_all",
            _longest_of_all,
            "You take the norm of the longest tensor. All of them count, together.",
        ),
        Mistake(
            "unit_length",
            _unit_length,
            "You scale every gradient to length 1. What is the bound, and what happens to a "
            "gradient below it?",
        ),
        Mistake(
            "nothing_clipped",
            _nothing_clipped,
            "Nothing is clipped: long gradients come back as they were.",
        ),
    ],
    hints=[
        "Think of all tensors as one long vector. What is its length?",
        "The squared norm is the sum of all squares, over all tensors. Then one factor for all.",
        "`scale = min(1, max_norm / norm)`, and `[g * scale for g in gradients]`.",
    ],
    difficulty=1,
    minutes=5,
    why="The step becomes shorter and keeps its direction. `nn.utils.clip_grad_norm_` does it in "
    "place, and returns the norm from before.",
)


# --- Early stopping -----------------------------------------------------------------------


def _early_stopping(losses, patience):
    best, best_epoch = math.inf, None
    for epoch, loss in enumerate(losses):
        if loss < best:
            best, best_epoch = loss, epoch
        elif epoch - best_epoch >= patience:
            break
    return best_epoch, epoch + 1


def _last_weights_kept(losses, patience):
    _, count = _early_stopping(losses, patience)
    return count - 1, count


def _stopped_at_the_first_rise(losses, patience):
    return _early_stopping(losses, 1)


def _one_epoch_too_many(losses, patience):
    return _early_stopping(losses, patience + 1)


def _patience_never_refilled(losses, patience):
    best, best_epoch, bad = math.inf, None, 0
    for epoch, loss in enumerate(losses):
        if loss < best:
            best, best_epoch = loss, epoch
        else:
            bad += 1
            if bad >= patience:
                break
    return best_epoch, epoch + 1


def _compared_with_the_epoch_before(losses, patience):
    bad = 0
    for epoch, loss in enumerate(losses):
        bad = bad + 1 if epoch and loss >= losses[epoch - 1] else 0
        if bad >= patience:
            break
    return min(range(epoch + 1), key=losses.__getitem__), epoch + 1


def _looked_into_the_future(losses, patience):
    _, count = _early_stopping(losses, patience)
    return min(range(len(losses)), key=losses.__getitem__), count


def _never_stopped(losses, patience):
    return min(range(len(losses)), key=losses.__getitem__), len(losses)


def _largest_is_best(losses, patience):
    return _early_stopping([-loss for loss in losses], patience)


def _equal_counts_as_better(losses, patience):
    best, best_epoch = math.inf, None
    for epoch, loss in enumerate(losses):
        if loss <= best:
            best, best_epoch = loss, epoch
        elif epoch - best_epoch >= patience:
            break
    return best_epoch, epoch + 1


def _counted_from_zero(losses, patience):
    best_epoch, count = _early_stopping(losses, patience)
    return best_epoch, count - 1


early_stopping = Exercise(
    name="early_stopping",
    title="when to stop, and which weights to keep",
    reference=_early_stopping,
    cases=[
        ([5.0, 3.0, 4.0, 2.5, 2.5, 6.0, 7.0, 8.0, 1.0], 3),
        ([5.0, 4.0, 4.5, 4.2, 4.4, 4.3, 3.0, 3.5, 3.2, 2.0], 2),
        ([3.0, 2.0, 2.1, 1.9, 2.2, 1.8, 1.7], 2),
        ([9.0, 8.0, 8.5, 8.4, 8.3, 8.2, 8.1], 3),
        ([4.0, 3.0, 2.0], 2),
    ],
    mistakes=[
        Mistake(
            "last_weights_kept",
            _last_weights_kept,
            "You stop at the right time, and keep the *last* weights. They are the worst of "
            "`patience` epochs without progress: keep those of the best epoch.",
        ),
        Mistake(
            "stopped_at_the_first_rise",
            _stopped_at_the_first_rise,
            "You stop as soon as the loss rises once. It is noisy: wait for `patience` epochs "
            "without a new best one.",
        ),
        Mistake(
            "one_epoch_too_many",
            _one_epoch_too_many,
            "One epoch too many: stop as soon as `patience` epochs have passed since the best one.",
        ),
        Mistake(
            "patience_never_refilled",
            _patience_never_refilled,
            "You count all bad epochs. After a new best one the patience starts afresh.",
        ),
        Mistake(
            "compared_with_the_epoch_before",
            _compared_with_the_epoch_before,
            "You compare with the epoch before. A loss that goes down a little after a jump is no "
            "progress: compare with the *best* so far.",
        ),
        Mistake(
            "looked_into_the_future",
            _looked_into_the_future,
            "The best epoch comes after you stopped: no training could know it. Look at the "
            "epochs that were run.",
        ),
        Mistake(
            "never_stopped",
            _never_stopped,
            "You never stop: all epochs are run. After `patience` of them without a new best one, "
            "`break`.",
        ),
        Mistake(
            "largest_is_best",
            _largest_is_best,
            "A loss is better when it is *smaller*.",
        ),
        Mistake(
            "equal_counts_as_better",
            _equal_counts_as_better,
            "An equal loss is no progress here: the earlier epoch stays the best one.",
        ),
        Mistake(
            "counted_from_zero",
            _counted_from_zero,
            "The best epoch is right. The second number is *how many* epochs were run: after "
            "epoch 6, seven.",
        ),
    ],
    hints=[
        "Keep two things in the loop: the best loss so far, and the epoch in which it came.",
        "In each epoch either the loss is a new best one, or you ask how long ago that was.",
        "`if loss < best: ...`, `elif epoch - best_epoch >= patience: break`; return "
        "`best_epoch, epoch + 1`.",
    ],
    difficulty=2,
    minutes=7,
    why="`train.fit` does this, and copies the weights whenever there is a new best epoch.",
)


# --- The forget bias ----------------------------------------------------------------------


def _open_forget_gates(b_ih, b_hh):
    H = len(b_ih) // 4
    b_ih, b_hh = b_ih.clone(), b_hh.clone()
    b_ih[H : 2 * H] = 1
    b_hh[H : 2 * H] = 0
    return b_ih, b_hh


def _both_are_one(b_ih, b_hh):
    b_ih, b_hh = _open_forget_gates(b_ih, b_hh)
    b_hh[len(b_hh) // 4 : len(b_hh) // 2] = 1
    return b_ih, b_hh


def _the_other_left_as_it_was(b_ih, b_hh):
    return _open_forget_gates(b_ih, b_hh)[0], b_hh.clone()


def _with_gate(b_ih, b_hh, gate):
    H = len(b_ih) // 4
    b_ih, b_hh = b_ih.clone(), b_hh.clone()
    b_ih[gate * H : (gate + 1) * H] = 1
    b_hh[gate * H : (gate + 1) * H] = 0
    return b_ih, b_hh


def _the_input_gate(b_ih, b_hh):
    return _with_gate(b_ih, b_hh, 0)


def _the_candidate(b_ih, b_hh):
    return _with_gate(b_ih, b_hh, 2)


def _the_output_gate(b_ih, b_hh):
    return _with_gate(b_ih, b_hh, 3)


def _every_gate(b_ih, b_hh):
    return torch.ones_like(b_ih), torch.zeros_like(b_hh)


def _one_unit_alone(b_ih, b_hh):
    b_ih, b_hh = b_ih.clone(), b_hh.clone()
    b_ih[1], b_hh[1] = 1, 0
    return b_ih, b_hh


def _one_added(b_ih, b_hh):
    H = len(b_ih) // 4
    b_ih = b_ih.clone()
    b_ih[H : 2 * H] += 1
    return b_ih, b_hh.clone()


def _sum_of_biases(answer, case):
    """What the cell sees is the sum: whoever splits it in another way is right, too."""
    b_ih, b_hh = answer(*case)
    same = b_ih.shape == case[0].shape == b_hh.shape
    return b_ih + b_hh if same else (tuple(b_ih.shape), tuple(b_hh.shape))


def _biases(rng):
    for units in (3, 5, 2):
        yield _tensor(rng, 4 * units), _tensor(rng, 4 * units)


open_forget_gates = Exercise(
    name="open_forget_gates",
    title="a forget bias of 1, with two bias vectors",
    reference=_open_forget_gates,
    cases=_biases,
    run=_sum_of_biases,
    mistakes=[
        Mistake(
            "both_are_one",
            _both_are_one,
            "You set both vectors to 1. The cell adds them, so the forget bias is now 2. One gets "
            "1, the other 0.",
        ),
        Mistake(
            "the_other_left_as_it_was",
            _the_other_left_as_it_was,
            "You set `b_ih`, and `b_hh` keeps its random numbers there. The cell adds both, so the "
            "forget bias is 1 and something. Set that block to 0.",
        ),
        Mistake(
            "one_added",
            _one_added,
            "You *add* 1, so each unit's forget bias is 1 plus two random numbers. Set the block: "
            "1 in one vector, 0 in the other.",
        ),
        Mistake(
            "the_input_gate",
            _the_input_gate,
            "You set the first block: that is the *input* gate. The order is i, f, g, o.",
        ),
        Mistake(
            "the_candidate",
            _the_candidate,
            "You set the third block: that is the candidate g. The order is i, f, g, o.",
        ),
        Mistake(
            "the_output_gate",
            _the_output_gate,
            "You set the last block: that is the output gate. The order is i, f, g, o.",
        ),
        Mistake(
            "every_gate",
            _every_gate,
            "You set all four blocks. Only the forget gate, `H : 2 * H`, is to be opened.",
        ),
        Mistake(
            "one_unit_alone",
            _one_unit_alone,
            "`b[1]` is one number: unit 1 of the *input* gate. The forget gate is the block "
            "`H : 2 * H`.",
        ),
    ],
    hints=[
        "The blocks of 4H numbers are i, f, g, o. Which numbers belong to f?",
        "The cell computes `... + b_ih + b_hh`. What must the two add up to?",
        "`b_ih[H : 2 * H] = 1` and `b_hh[H : 2 * H] = 0`, on clones, with `H = len(b_ih) // 4`.",
    ],
    difficulty=1,
    minutes=5,
    why="σ(1) = 0.73: at the start a memory loses a quarter at each step rather than a half.",
)


# --- Weight decay -------------------------------------------------------------------------


def _decayed(model):
    return [name for name, weight in model.named_parameters() if weight.ndim >= 2]


def _all_decayed(model):
    return [name for name, _ in model.named_parameters()]


def _biases_decayed(model):
    return [name for name, weight in model.named_parameters() if weight.ndim < 2]


def _names_that_end_in_weight(model):
    return [name for name, _ in model.named_parameters() if name.endswith("weight")]


def _the_lstm_alone(model):
    return [name for name in _decayed(model) if "_l" in name]


def _inputs_alone(model):
    return [name for name in _decayed(model) if "weight_hh" not in name]


def _recurrent_alone(model):
    return [name for name in _decayed(model) if "weight_ih" not in name]


def _tensors(model):
    return [weight for weight in model.parameters() if weight.ndim >= 2]


def _names(answer, case):
    torch.manual_seed(0)
    layers, both = case
    model = nn.ModuleDict(
        {
            "lstm": nn.LSTM(3, 4, layers, bidirectional=both),
            "norm": nn.LayerNorm(4),
            "head": nn.Linear(8 if both else 4, 2),
        }
    )
    found = list(answer(model))
    return sorted(found) if all(isinstance(name, str) for name in found) else found


decayed = Exercise(
    name="decayed",
    title="what weight decay should pull at",
    reference=_decayed,
    cases=[(1, False), (2, True)],
    run=_names,
    describe_case=lambda case: f"an LSTM of {case[0]} layer(s), {1 + case[1]} direction(s)",
    mistakes=[
        Mistake(
            "all_decayed",
            _all_decayed,
            "You decay everything, the biases too. A forget bias of 1 would be pulled back to 0. "
            "Keep the parameters with two axes or more.",
        ),
        Mistake(
            "biases_decayed",
            _biases_decayed,
            "The other way round: decay the matrices, and leave what has one axis.",
        ),
        Mistake(
            "names_that_end_in_weight",
            _names_that_end_in_weight,
            '`endswith("weight")` misses the LSTM: its matrices are called `weight_ih_l0` and so '
            "on. And it takes the norm's `weight`, which has one axis. Ask for the axes: "
            "`weight.ndim`.",
        ),
        Mistake(
            "the_lstm_alone",
            _the_lstm_alone,
            "The linear layer has a matrix as well.",
        ),
        Mistake(
            "inputs_alone",
            _inputs_alone,
            "The recurrent matrices `weight_hh` are missing.",
        ),
        Mistake(
            "recurrent_alone",
            _recurrent_alone,
            "The input matrices `weight_ih` are missing.",
        ),
        Mistake(
            "tensors",
            _tensors,
            "The right parameters. Here their *names* are asked for: `model.named_parameters()`.",
        ),
    ],
    hints=[
        "`model.named_parameters()` gives pairs of a name and a tensor.",
        "A matrix has two axes, a bias one: `weight.ndim`.",
        "`[name for name, weight in model.named_parameters() if weight.ndim >= 2]`.",
    ],
    difficulty=1,
    minutes=4,
    why="`regularize.decay_groups(model, weight_decay)` makes the two groups that an optimizer "
    "takes.",
)


# --- Is it really better? -----------------------------------------------------------------


def _difference(scores, baseline, t):
    d = scores - baseline
    half = t * d.std() / math.sqrt(len(d))
    return d.mean() - half, d.mean() + half


def _not_paired(scores, baseline, t):
    mean = scores.mean() - baseline.mean()
    half = t * torch.sqrt((scores.var() + baseline.var()) / len(scores))
    return mean - half, mean + half


def _spread_of_the_runs(scores, baseline, t):
    d = scores - baseline
    return d.mean() - t * d.std(), d.mean() + t * d.std()


def _without_t(scores, baseline, t):
    return _difference(scores, baseline, 1.0)


def _always_196(scores, baseline, t):
    return _difference(scores, baseline, 1.96)


def _deviation_of_a_population(scores, baseline, t):
    d = scores - baseline
    half = t * d.std(correction=0) / math.sqrt(len(d))
    return d.mean() - half, d.mean() + half


def _divided_by_n(scores, baseline, t):
    d = scores - baseline
    half = t * d.std() / len(d)
    return d.mean() - half, d.mean() + half


def _variance_for_deviation(scores, baseline, t):
    d = scores - baseline
    half = t * d.var() / math.sqrt(len(d))
    return d.mean() - half, d.mean() + half


def _baseline_minus_scores(scores, baseline, t):
    return _difference(baseline, scores, t)


def _mean_and_half(scores, baseline, t):
    low, high = _difference(scores, baseline, t)
    return (low + high) / 2, (high - low) / 2


def _smallest_and_largest(scores, baseline, t):
    return (scores - baseline).min(), (scores - baseline).max()


def _runs(rng):
    """(scores, baseline, t): seeds differ a lot, the technique helps a little."""
    for count, t, gain in ((5, 2.776, 1.0), (8, 2.365, 0.0), (4, 3.182, -2.0)):
        shared = 85 + 3 * rng.normal(size=count)
        pair = [torch.tensor((shared + g + rng.normal(size=count)).round(1)) for g in (gain, 0)]
        yield *pair, t


paired_interval = Exercise(
    name="paired_interval",
    title="is it better than the baseline?",
    reference=_difference,
    cases=_runs,
    atol=1e-4,
    mistakes=[
        Mistake(
            "not_paired",
            _not_paired,
            "You treat the two rows as strangers. Run k of both has the same recordings and the "
            "same first weights: take the differences first, then their deviation.",
        ),
        Mistake(
            "spread_of_the_runs",
            _spread_of_the_runs,
            "That is where single *runs* lie. The mean of n runs is surer by the root of n: divide "
            "by it.",
        ),
        Mistake(
            "without_t",
            _without_t,
            "That is one standard error to each side, about 60 to 70 % sure. Multiply by `t`.",
        ),
        Mistake(
            "always_196",
            _always_196,
            "1.96 is for many runs. With so few the deviation itself is uncertain, and t is "
            "larger: use the one that is given.",
        ),
        Mistake(
            "deviation_of_a_population",
            _deviation_of_a_population,
            "Your deviation divides by n. From a sample it divides by n - 1, as `d.std()` does by "
            "itself.",
        ),
        Mistake(
            "divided_by_n",
            _divided_by_n,
            "Divide by the *root* of n.",
        ),
        Mistake(
            "variance_for_deviation",
            _variance_for_deviation,
            "`var` is the square of the deviation. Take `std`.",
        ),
        Mistake(
            "baseline_minus_scores",
            _baseline_minus_scores,
            "The other way round: scores minus baseline, so that above 0 means better.",
        ),
        Mistake(
            "mean_and_half",
            _mean_and_half,
            "The right numbers: now give the two *ends*, mean minus half and mean plus half.",
        ),
        Mistake(
            "smallest_and_largest",
            _smallest_and_largest,
            "The extremes grow with the number of runs. An interval of the mean shrinks.",
        ),
    ],
    hints=[
        "First the differences, run by run: `d = scores - baseline`.",
        "The standard error of the mean is the deviation of d divided by the root of n.",
        "`half = t * d.std() / math.sqrt(len(d))`; return `d.mean() - half, d.mean() + half`.",
    ],
    difficulty=2,
    minutes=6,
    why='If 0 lies between the two ends, say "no effect seen". `intervals.paired` does the same.',
)
