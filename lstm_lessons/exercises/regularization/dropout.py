"""Dropout that keeps the expectation, and one mask for all steps.

Shapes: B sequences, T steps, I inputs.
"""

import torch

from lstm_lessons.exercises._cases import random_tensor
from lstm_lessons.exercises._engine import exercise


def _masks(rng):
    """(x, kept, p): p is never a half, and no mask keeps just its share."""
    for shape, p in (((3, 4), 0.2), ((2, 5), 0.75), ((6,), 0.4)):
        kept = torch.from_numpy(rng.random(shape) >= p)
        kept.view(-1)[0], kept.view(-1)[1] = True, False
        yield random_tensor(rng, *shape) + 3, kept, p


@exercise(
    title="dropout that keeps the expectation",
    minutes=4,
    cases=_masks,
    hints=[
        "A kept number must stand in for those that are dropped. How much larger must it be?",
        "On average a share of 1 - p is kept. So `(1 - p) * something` should be x.",
        "`x * kept / (1 - p)`.",
    ],
    why="Training does all the work, and in evaluation dropout is nothing at all.",
)
def inverted_dropout(x, kept, p):
    return x * kept / (1 - p)


@inverted_dropout.mistake
def not_scaled(x, kept, p):
    """You drop, and leave the rest as it is. Then the sums in training are smaller than in use, by the factor 1 - p.
    Divide what is kept by 1 - p.
    """
    return x * kept


@inverted_dropout.mistake
def scaled_down(x, kept, p):
    """You multiply by 1 - p what should be divided by it: the expectation is now x·(1-p)² instead of x."""
    return x * kept * (1 - p)


@inverted_dropout.mistake
def divided_by_p(x, kept, p):
    """p is the probability of being *dropped*. A share of 1 - p is kept: divide by that."""
    return x * kept / p


@inverted_dropout.mistake
def without_parentheses(x, kept, p):
    """`/ 1 - p` divides by 1 and then subtracts p. Put the divisor in parentheses: `/ (1 - p)`."""
    return x * kept / 1 - p


@inverted_dropout.mistake
def dropped_ones_kept(x, kept, p):
    """`kept` is True where the number stays. You kept the others."""
    return x * ~kept / (1 - p)


@inverted_dropout.mistake
def nothing_dropped(x, kept, p):
    """You scaled, but nothing is dropped: where is `kept`?"""
    return x / (1 - p)


@inverted_dropout.mistake
def all_values_shifted(x, kept, p):
    """Adding p does not make up for what was dropped. Scale what is kept."""
    return x * kept + p


inverted_dropout.also("all_values_shifted", lambda x, kept, p: (x + p) * kept)
inverted_dropout.also("nothing_dropped", lambda x, kept, p: x * (1 - p))


@inverted_dropout.mistake
def dropped_ones_stay(x, kept, p):
    """What is kept is right. What is dropped becomes 0; you leave it as it was."""
    return torch.where(kept, x / (1 - p), x)


@inverted_dropout.mistake
def scaled_by_the_share_of_this_mask(x, kept, p):
    """You divide by the share that *this* mask keeps. It differs from draw to draw; the expectation asks for the
    probability, 1 - p.
    """
    return x * kept / kept.double().mean()


def _habits(answer, case):
    """What can be said of a dropout whatever random numbers it draws: on threes, many of them."""
    x, p = case
    torch.manual_seed(0)
    result = answer(x, p)
    if not isinstance(result, torch.Tensor) or result.shape != x.shape:
        return result
    axes = ("sequence", "step", "unit")
    alone = [bool((result == result.select(n, 0).unsqueeze(n)).all()) for n in range(3)]
    share = (result == 0).double().mean().item()
    return {
        "the same for every": [axis for axis, same in zip(axes, alone, strict=True) if same],
        "values other than 0": [round(v, 3) for v in result[result != 0].unique().tolist()][:3],
        "share of zeros": next(
            (name for name, of in {"p": p, "1 - p": 1 - p}.items() if abs(share - of) < 0.04), "other"
        ),
    }


def _no_matter_the_draw(wanted, got):
    """Where there are few masks in all, their share of zeros is left to chance: look away."""
    many = wanted.get("the same for every") in ([], ["step"])
    return all(wanted[k] == got.get(k) for k in wanted if many or k != "share of zeros")


@exercise(
    title="one mask for all steps",
    difficulty=2,
    minutes=6,
    cases=[(torch.full((150, 5, 40), 3.0), 0.2), (torch.full((60, 7, 100), 3.0), 0.6)],
    run=_habits,
    same_kind=True,
    matches=_no_matter_the_draw,
    describe_case=lambda case: f"x = torch.full({tuple(case[0].shape)}, 3.0), p = {case[1]}",
    hints=[
        "`torch.rand(shape) >= p` is True with probability 1 - p. Which shape does the mask have?",
        "One decision for each sequence and unit, none for the step: that axis has size 1.",
        "`kept = torch.rand(B, 1, I) >= p`, then as in the exercise before.",
    ],
    errors={
        "must match the size of tensor": "A mask of shape (B, I) does not spread over the steps of "
        "(B, T, I). Give it an axis of size 1 for time: (B, 1, I).",
        "not enough values to unpack": "x is (B, T, I): three sizes.",
    },
    why="A unit that is dropped is missing for the whole sequence, so no later step can make up for it.",
)
def variational_dropout(x, p):
    B, T, I = x.shape
    kept = torch.rand(B, 1, I) >= p
    return x * kept / (1 - p)


@variational_dropout.mistake
def new_mask_at_every_step(x, p):
    """That is plain dropout: a new mask at every step, (B, T, I). Draw it once a sequence, (B, 1, I), and let it spread
    over the steps.
    """
    return x * (torch.rand(x.shape) >= p) / (1 - p)


@variational_dropout.mistake
def one_mask_for_all_sequences(x, p):
    """All sequences of the batch lose the same units. Give each a mask of its own: (B, 1, I)."""
    return x * (torch.rand(1, 1, x.shape[2]) >= p) / (1 - p)


@variational_dropout.mistake
def whole_steps_dropped(x, p):
    """You drop whole *steps*, (B, T, 1). The axis that must have size 1 is time."""
    return x * (torch.rand(x.shape[0], x.shape[1], 1) >= p) / (1 - p)


@variational_dropout.mistake
def whole_sequences_dropped(x, p):
    """You drop whole sequences, (B, 1, 1). Each unit needs its own decision."""
    return x * (torch.rand(x.shape[0], 1, 1) >= p) / (1 - p)


@variational_dropout.mistake
def one_mask_of_steps_and_units(x, p):
    """The axis of size 1 is the batch, (1, T, I): every sequence loses the same, and at each step something else. Make
    it time.
    """
    return x * (torch.rand(1, *x.shape[1:]) >= p) / (1 - p)


@variational_dropout.mistake
def kept_instead_of_dropped(x, p):
    """`torch.rand(...) < p` is True with probability p. But p is the probability of being
    *dropped*: keep where it is `>= p`.
    """
    return x * (torch.rand(x.shape[0], 1, x.shape[2]) < p) / (1 - p)


@variational_dropout.mistake
def mask_without_x(x, p):
    """The mask is right. Multiply x by it."""
    return (torch.rand(x.shape[0], 1, x.shape[2]) >= p).expand_as(x) / (1 - p)


@variational_dropout.mistake
def mask_not_scaled(x, p):
    """The mask is right. Divide what is kept by 1 - p, so that the expectation stays."""
    return x * (torch.rand(x.shape[0], 1, x.shape[2]) >= p)


@variational_dropout.mistake
def mask_divided_by_p(x, p):
    """The mask is right. But p is the probability of being *dropped*: divide what is kept by 1 - p."""
    return x * (torch.rand(x.shape[0], 1, x.shape[2]) >= p) / p


@variational_dropout.mistake
def noise_instead_of_a_mask(x, p):
    """You multiply by the random numbers themselves. Compare them with p
    first: a mask is True or False.
    """
    return x * torch.rand(x.shape[0], 1, x.shape[2]) / (1 - p)
