"""Clipping, early stopping, the forget bias and weight decay. H is the number of hidden units."""

import math

import torch
from torch import nn

from lstm_lessons.exercises._cases import random_tensor
from lstm_lessons.exercises._engine import exercise


def _gradients(rng):
    """([a matrix, a bias, ...], max_norm): a long one, one below the bound, and a short one."""
    for shapes, size, bound in (
        (((4, 3), (4,)), 2.0, 1.5),
        (((2, 2), (3,), (2,)), 0.1, 2.0),
        (((6, 2), (6,)), 1.0, 0.5),
    ):
        yield [size * random_tensor(rng, *shape) for shape in shapes], bound


@exercise(
    title="clipping by the global norm",
    cases=_gradients,
    hints=[
        "Think of all tensors as one long vector. What is its length?",
        "The squared norm is the sum of all squares, over all tensors. Then one factor for all.",
        "`scale = min(1, max_norm / norm)`, and `[g * scale for g in gradients]`.",
    ],
    why="The step becomes shorter and keeps its direction. `nn.utils.clip_grad_norm_` does it in "
    "place, and returns the norm from before.",
)
def clip_by_global_norm(gradients, max_norm):
    norm = math.sqrt(sum((g**2).sum().item() for g in gradients))
    scale = min(1.0, max_norm / norm)
    return [g * scale for g in gradients]


def _norm(gradients):
    return math.sqrt(sum((g**2).sum().item() for g in gradients))


@clip_by_global_norm.mistake
def each_by_its_own_norm(gradients, max_norm):
    """You clip each tensor by itself. That changes the *direction* of the step. There is one norm, over all numbers of
    all tensors together, and one scale.
    """
    return [g * min(1.0, max_norm / g.norm().item()) for g in gradients]


@clip_by_global_norm.mistake
def by_value(gradients, max_norm):
    """That clips each number (`clip_grad_value_`), and so changes the direction. Scale all of them by the same
    factor.
    """
    return [g.clamp(-max_norm, max_norm) for g in gradients]


@clip_by_global_norm.mistake
def short_ones_stretched(gradients, max_norm):
    """Long gradients are right. But you stretch the short ones to `max_norm` as well: the scale must never be above
    1.
    """
    return [g * (max_norm / _norm(gradients)) for g in gradients]


@clip_by_global_norm.mistake
def short_ones_alone(gradients, max_norm):
    """It's the other way around: `max` stretches short gradients and leaves long ones long. The scale must never be
    above 1.
    """
    return [g * max(1.0, max_norm / _norm(gradients)) for g in gradients]


@clip_by_global_norm.mistake
def norms_added(gradients, max_norm):
    """Norms do not add up, squares do: square all numbers of all tensors, sum, then take the root."""
    norm = sum(g.norm().item() for g in gradients)
    return [g * min(1.0, max_norm / norm) for g in gradients]


@clip_by_global_norm.mistake
def no_square_root(gradients, max_norm):
    """The sum of squares is the norm *squared*. Take the root."""
    return [g * min(1.0, max_norm / _norm(gradients) ** 2) for g in gradients]


@clip_by_global_norm.mistake
def longest_of_all(gradients, max_norm):
    """You take the norm of the longest tensor. All of them count, together."""
    norm = max(g.norm().item() for g in gradients)
    return [g * min(1.0, max_norm / norm) for g in gradients]


@clip_by_global_norm.mistake
def unit_length(gradients, max_norm):
    """You scale every gradient to length 1. What is the bound, and what happens to a gradient below it?"""
    return [g / _norm(gradients) for g in gradients]


@clip_by_global_norm.mistake
def long_ones_to_length_one(gradients, max_norm):
    """You leave short gradients alone, and that is right. A long one gets length 1: it should get `max_norm`."""
    norm = _norm(gradients)
    return [g / norm if norm > max_norm else g for g in gradients]


@clip_by_global_norm.mistake
def nothing_clipped(gradients, max_norm):
    """Nothing is clipped: long gradients come back as they were. (`clip_grad_norm_` changes the `.grad` of weights;
    these tensors have none.)
    """
    return [g.clone() for g in gradients]


clip_by_global_norm.also(
    "each_by_its_own_norm",
    lambda gradients, max_norm: [g * (max_norm / g.norm()) for g in gradients],
    lambda gradients, max_norm: [g / g.norm() for g in gradients],
)
clip_by_global_norm.also(
    "by_value",
    lambda gradients, max_norm: [g.clamp(max=max_norm) for g in gradients],
    lambda gradients, max_norm: [g.clamp(0, max_norm) for g in gradients],
)


@exercise(
    title="when to stop, and which weights to keep",
    difficulty=2,
    minutes=7,
    cases=[
        ([5.0, 3.0, 4.0, 2.5, 2.5, 6.0, 7.0, 8.0, 1.0], 3),
        ([5.0, 4.0, 4.5, 4.2, 4.4, 4.3, 3.0, 3.5, 3.2, 2.0], 2),
        ([3.0, 2.0, 2.1, 1.9, 2.2, 1.8, 1.7], 2),
        ([9.0, 8.0, 8.5, 8.4, 8.3, 8.2, 8.1], 3),
        ([4.0, 3.0, 2.0], 2),
        ([5.0, 9.0, 8.0, 4.0, 7.0, 3.0, 6.0, 6.0, 6.0, 6.0], 3),
    ],
    hints=[
        "Keep two things in the loop: the best loss so far, and the epoch in which it came.",
        "In each epoch either the loss is a new best one, or you ask how long ago that was.",
        "`if loss < best: ...`, `elif epoch - best_epoch >= patience: break`; return `best_epoch, epoch + 1`.",
    ],
    why="`train.fit` does this, and copies the weights whenever there is a new best epoch.",
)
def early_stopping(losses, patience):
    best, best_epoch = math.inf, None
    for epoch, loss in enumerate(losses):
        if loss < best:
            best, best_epoch = loss, epoch
        elif epoch - best_epoch >= patience:
            break
    return best_epoch, epoch + 1


@early_stopping.mistake
def last_weights_kept(losses, patience):
    """You stop at the right time, and keep the *last* weights. They are the worst of `patience`
    epochs without progress: keep those of the best epoch.
    """
    _, count = early_stopping(losses, patience)
    return count - 1, count


@early_stopping.mistake
def loss_of_the_best(losses, patience):
    """You give the best *loss*. Which weights to keep is told by its epoch."""
    best_epoch, count = early_stopping(losses, patience)
    return losses[best_epoch], count


@early_stopping.mistake
def all_epochs_counted(losses, patience):
    """The best epoch is right. But training stopped early: the second number is how many epochs were *run*."""
    return early_stopping(losses, patience)[0], len(losses)


@early_stopping.mistake
def best_begins_at_zero(losses, patience):
    """Your best loss begins at 0, and no loss is below that. Begin with infinity, or with the first loss."""
    return 0, min(patience, len(losses))


@early_stopping.mistake
def stopped_at_the_first_rise(losses, patience):
    """You stop as soon as the loss rises once. It is noisy: wait for `patience` epochs without a new best one."""
    return early_stopping(losses, 1)


@early_stopping.mistake
def one_epoch_too_many(losses, patience):
    """One epoch too many: stop as soon as `patience` epochs have passed since the best one."""
    return early_stopping(losses, patience + 1)


@early_stopping.mistake
def one_epoch_too_few(losses, patience):
    """One epoch too few: `patience` epochs must pass *after* the best one. Begin to count at 0."""
    return early_stopping(losses, patience - 1)


@early_stopping.mistake
def patience_never_refilled(losses, patience):
    """You count all bad epochs. After a new best one the patience starts afresh."""
    best, best_epoch, bad = math.inf, None, 0
    for epoch, loss in enumerate(losses):
        if loss < best:
            best, best_epoch = loss, epoch
        elif (bad := bad + 1) >= patience:
            break
    return best_epoch, epoch + 1


@early_stopping.mistake
def compared_with_the_epoch_before(losses, patience):
    """You compare with the epoch before. A loss that goes down a little after a jump is no
    progress: compare with the *best* so far.
    """
    bad = 0
    for epoch, loss in enumerate(losses):
        bad = bad + 1 if epoch and loss >= losses[epoch - 1] else 0
        if bad >= patience:
            break
    return min(range(epoch + 1), key=losses.__getitem__), epoch + 1


@early_stopping.mistake
def compared_with_patience_epochs_ago(losses, patience):
    """You compare with the loss of `patience` epochs ago. That epoch need not be the best one: compare with the *best*
    so far, and count the epochs since it came.
    """
    for epoch, loss in enumerate(losses):
        if epoch >= patience and loss >= losses[epoch - patience]:
            break
    return min(range(epoch + 1), key=losses.__getitem__), epoch + 1


@early_stopping.mistake
def looked_into_the_future(losses, patience):
    """The best epoch comes after you stopped: no training could know it. Look at the epochs that were run."""
    _, count = early_stopping(losses, patience)
    return min(range(len(losses)), key=losses.__getitem__), count


@early_stopping.mistake
def never_stopped(losses, patience):
    """You never stop: all epochs are run. After `patience` of them without a new best one, `break`."""
    return min(range(len(losses)), key=losses.__getitem__), len(losses)


early_stopping.also("never_stopped", lambda losses, patience: (len(losses) - 1, len(losses)))


@early_stopping.mistake
def largest_is_best(losses, patience):
    """A loss is better when it is *smaller*."""
    return early_stopping([-loss for loss in losses], patience)


@early_stopping.mistake
def equal_counts_as_better(losses, patience):
    """An equal loss is no progress here: the earlier epoch stays the best one."""
    a_little_better = [loss - 1e-9 * epoch for epoch, loss in enumerate(losses)]
    return early_stopping(a_little_better, patience)


@early_stopping.mistake
def counted_from_one(losses, patience):
    """The number of epochs is right. The best epoch is counted from 0, as `losses` is: the first one is 0."""
    best_epoch, count = early_stopping(losses, patience)
    return best_epoch + 1, count


@early_stopping.mistake
def counted_from_zero(losses, patience):
    """The best epoch is right. The second number is *how many* epochs
    were run: after epoch 6, seven.
    """
    best_epoch, count = early_stopping(losses, patience)
    return best_epoch, count - 1


def _with_gate(b_ih, b_hh, gate):
    """The two vectors with a bias of 1 for another gate: block 0, 2 or 3."""
    H = len(b_ih) // 4
    b_ih, b_hh = b_ih.clone(), b_hh.clone()
    b_ih[gate * H : (gate + 1) * H] = 1
    b_hh[gate * H : (gate + 1) * H] = 0
    return b_ih, b_hh


def _sum_of_biases(answer, case):
    """What the cell sees is the sum: whoever splits it in another way is right, too."""
    b_ih, b_hh = answer(*case)
    same = b_ih.shape == case[0].shape == b_hh.shape
    return b_ih + b_hh if same else (tuple(b_ih.shape), tuple(b_hh.shape))


def _biases(rng):
    for units in (3, 5, 2):
        yield random_tensor(rng, 4 * units), random_tensor(rng, 4 * units)


@exercise(
    title="a forget bias of 1, with two bias vectors",
    cases=_biases,
    run=_sum_of_biases,
    hints=[
        "The blocks of 4H numbers are i, f, g, o. Which numbers belong to f?",
        "The cell computes `... + b_ih + b_hh`. What must the two add up to?",
        "`b_ih[H : 2 * H] = 1` and `b_hh[H : 2 * H] = 0`, on clones, with `H = len(b_ih) // 4`.",
    ],
    why="σ(1) = 0.73: at the start a memory loses a quarter at each step rather than a half.",
)
def open_forget_gates(b_ih, b_hh):
    H = len(b_ih) // 4
    b_ih, b_hh = b_ih.clone(), b_hh.clone()
    b_ih[H : 2 * H] = 1
    b_hh[H : 2 * H] = 0
    return b_ih, b_hh


@open_forget_gates.mistake
def both_are_one(b_ih, b_hh):
    """You set both vectors to 1. The cell adds them, so the forget bias is now 2. One gets 1, the other 0."""
    return open_forget_gates(b_ih, b_hh)[0], open_forget_gates(b_hh, b_ih)[0]


@open_forget_gates.mistake
def the_other_left_as_it_was(b_ih, b_hh):
    """You set one vector, and the other keeps its random numbers there. The cell adds both, so the forget bias is 1 and
    something. Set that block to 0.
    """
    return open_forget_gates(b_ih, b_hh)[0], b_hh


open_forget_gates.also("the_other_left_as_it_was", lambda b_ih, b_hh: (b_ih, open_forget_gates(b_hh, b_ih)[0]))


@open_forget_gates.mistake
def others_set_to_zero(b_ih, b_hh):
    """The forget gate is right. But you set the other gates of `b_hh` to 0 as well: leave them as they are."""
    return open_forget_gates(b_ih, b_hh)[0], torch.zeros_like(b_hh)


@open_forget_gates.mistake
def nothing_set(b_ih, b_hh):
    """Nothing has changed. Is H a quarter of the length, `len(b_ih) // 4`? And does your slice stand on the left of
    `=`?
    """
    return b_ih.clone(), b_hh.clone()


@open_forget_gates.mistake
def more_than_one_block(b_ih, b_hh):
    """You set more than one block. The forget gate ends where the candidate begins: `H : 2 * H`."""
    b_ih, b_hh = open_forget_gates(b_ih, b_hh)
    return _with_gate(b_ih, b_hh, 2)


@open_forget_gates.mistake
def one_added(b_ih, b_hh):
    """You *add* 1, so each unit's forget bias is 1 plus two random numbers. Set the block: 1 in one vector, 0 in the
    other.
    """
    one, _ = open_forget_gates(torch.zeros_like(b_ih), b_hh)
    return b_ih + one, b_hh


@open_forget_gates.mistake
def the_input_gate(b_ih, b_hh):
    """You set the first block: that is the *input* gate. The order is i, f, g, o."""
    return _with_gate(b_ih, b_hh, 0)


@open_forget_gates.mistake
def the_candidate(b_ih, b_hh):
    """You set the third block: that is the candidate g. The order is i, f, g, o."""
    return _with_gate(b_ih, b_hh, 2)


@open_forget_gates.mistake
def the_output_gate(b_ih, b_hh):
    """You set the last block: that is the output gate. The order is i, f, g, o."""
    return _with_gate(b_ih, b_hh, 3)


@open_forget_gates.mistake
def every_gate(b_ih, b_hh):
    """You set all four blocks. Only the forget gate, `H : 2 * H`, is to be opened."""
    return torch.ones_like(b_ih), torch.zeros_like(b_hh)


open_forget_gates.also("more_than_one_block", lambda b_ih, b_hh: _with_gate(*more_than_one_block(b_ih, b_hh), 3))


@open_forget_gates.mistake
def one_unit_alone(b_ih, b_hh):
    """`b[1]` is one number: unit 1 of the *input* gate. The forget
    gate is the block `H : 2 * H`.
    """
    b_ih, b_hh = b_ih.clone(), b_hh.clone()
    b_ih[1], b_hh[1] = 1, 0
    return b_ih, b_hh


def _names(answer, case):
    """The names that an answer gives for a model of three parts, sorted."""
    layers, both, norm = case
    torch.manual_seed(0)
    lstm, head = nn.LSTM(3, 4, layers, bidirectional=both), nn.Linear(8 if both else 4, 2)
    model = nn.ModuleDict({"lstm": lstm, norm: nn.LayerNorm(4), "head": head})
    found = list(answer(model))
    return sorted(found) if all(isinstance(name, str) for name in found) else found


@exercise(
    title="what weight decay should pull at",
    minutes=4,
    errors={
        "values to unpack": "`model.parameters()` gives tensors alone; `model.named_parameters()` gives pairs.",
        "'tuple' object has no attribute": "`model.named_parameters()` gives pairs: `for name, weight in ...`.",
    },
    cases=[(1, False, "norm"), (2, True, "scale")],
    run=_names,
    describe_case=lambda case: (
        f"an LSTM of {case[0]} layer(s), {1 + case[1]} direction(s), and a norm called {case[2]}"
    ),
    hints=[
        "`model.named_parameters()` gives pairs of a name and a tensor.",
        "A matrix has two axes, a bias one: `weight.ndim`.",
        "`[name for name, weight in model.named_parameters() if weight.ndim >= 2]`.",
    ],
    why="`regularization.decay_groups(model, weight_decay)` makes the two groups that an optimizer takes.",
)
def decayed(model):
    return [name for name, weight in model.named_parameters() if weight.ndim >= 2]


@decayed.mistake
def all_decayed(model):
    """You decay everything, the biases too. A forget bias of 1 would be pulled back to 0. Keep the parameters with two
    axes or more.
    """
    return [name for name, _ in model.named_parameters()]


@decayed.mistake
def biases_decayed(model):
    """The other way around: decay the matrices, and leave what has one axis."""
    return [name for name, weight in model.named_parameters() if weight.ndim < 2]


@decayed.mistake
def names_that_end_in_weight(model):
    """`endswith("weight")` misses the LSTM: its matrices are called `weight_ih_l0` and so on. And it takes the norm's
    `weight`, which has one axis. Ask for the axes: `weight.ndim`.
    """
    return [name for name, _ in model.named_parameters() if name.endswith("weight")]


@decayed.mistake
def names_without_bias(model):
    """Nearly: that takes the norm's `weight` too, which is a scale with one axis. Names tell you little; ask for the
    axes: `weight.ndim`.
    """
    return [name for name, _ in model.named_parameters() if "bias" not in name]


@decayed.mistake
def names_that_end_in_bias(model):
    """`endswith("bias")` misses the LSTM: its biases are called `bias_ih_l0` and so on, and you decay them. Names tell
    you little; ask for the axes: `weight.ndim`.
    """
    return [name for name, _ in model.named_parameters() if not name.endswith("bias")]


@decayed.mistake
def none_found(model):
    """You found none. A name begins with that of its module, `lstm.weight_ih_l0`, and a parameter is a tensor, not a
    layer. Ask for its axes: `weight.ndim`.
    """
    return []


@decayed.mistake
def known_by_its_name(model):
    """You leave the norm out by its name. Another model calls it otherwise, as the second case does: ask for the axes,
    `weight.ndim`.
    """
    return [name for name, _ in model.named_parameters() if "bias" not in name and "norm" not in name]


decayed.also("known_by_its_name", lambda model: [n for n, _ in model.named_parameters() if "norm" not in n])
decayed.also("biases_decayed", lambda model: [name for name, _ in model.named_parameters() if "bias" in name])


@decayed.mistake
def the_lstm_alone(model):
    """The linear layer has a matrix as well."""
    return [name for name in decayed(model) if "_l" in name]


@decayed.mistake
def inputs_alone(model):
    """The recurrent matrices `weight_hh` are missing."""
    return [name for name in decayed(model) if "weight_hh" not in name]


@decayed.mistake
def recurrent_alone(model):
    """The input matrices `weight_ih` are missing."""
    return [name for name in decayed(model) if "weight_ih" not in name]


@decayed.mistake
def tensors(model):
    """The right parameters. Here their *names* are asked for: `model.named_parameters()`."""
    return [weight for weight in model.parameters() if weight.ndim >= 2]
