"""Exercises of lesson 9: gates for another runtime, frozen axes, eight bits, and what they cost.

Shapes: H hidden units, N examples, K classes.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import torch

from lstm_lessons.exercises._cases import in_order
from lstm_lessons.exercises._engine import exercise


def _weights_and_a_bias(rng):
    for shape in ((8, 3), (20, 2), (8,)):
        yield (torch.from_numpy(rng.normal(size=shape).round(2)).float(),)


@exercise(
    title="the gates in the order of ONNX",
    minutes=4,
    cases=_weights_and_a_bias,
    hints=[
        "`weight.chunk(4)` gives the four blocks in PyTorch's order.",
        "`i, f, g, o = weight.chunk(4)`. ONNX wants i, o, f, c, and calls our g by the name c.",
        "`torch.cat([i, o, f, g])`.",
    ],
    errors={"values to unpack": "`chunk(4)` gives four blocks. Did you iterate over the rows instead?"},
    why="Every library has its order: PyTorch i, f, g, o, ONNX i, o, f, c, and others have more. "
    "The shapes always fit, so only a comparison of numbers finds the mix-up.",
)
def gates_for_onnx(weight):
    i, f, g, o = weight.chunk(4)
    return torch.cat([i, o, f, g])


@gates_for_onnx.mistake
def unchanged(weight):
    """That is still PyTorch's order i, f, g, o. The shapes fit, so nothing would complain, and f would be used as the
    output gate.
    """
    return weight.clone()


@gates_for_onnx.mistake
def wrong_way_round(weight):
    """You went the other way, from ONNX to PyTorch. Unpack as PyTorch stacks them, `i, f, g, o`, and join as ONNX wants
    them.
    """
    return in_order("igof", weight)


@gates_for_onnx.mistake
def only_f_and_o_swapped(weight):
    """You swapped f and o. Then g stands third, where ONNX looks for f. Its order is i, o, f, c, and its c is our g."""
    return in_order("iogf", weight)


@gates_for_onnx.mistake
def only_g_and_o_swapped(weight):
    """You joined i, f, o, g. ONNX puts the output gate second: i, o, f, g."""
    return in_order("ifog", weight)


@gates_for_onnx.mistake
def rows_one_by_one(weight):
    """You took one row of each gate in turn. The H rows of a gate stay together, as a block: `torch.cat`, not
    `torch.stack`.
    """
    return torch.stack(gates_for_onnx(weight).chunk(4), dim=1).flatten(0, 1)


@gates_for_onnx.mistake
def blocks_side_by_side(weight):
    """The right order, but side by side. The blocks stand one below the other: join along the first axis, which is what
    `torch.cat` does by itself.
    """
    return torch.cat(gates_for_onnx(weight).chunk(4), dim=-1)


@dataclass(repr=False)
class ExportedModel:
    """Stands for an exported model: runs for some sizes and refuses the others."""

    batch: int | None  #: the only size that it takes along that axis; None for any.
    steps: int | None  #: as `batch`.

    def __call__(self, batch: int, steps: int) -> str:
        for name, got, expected in (("batch", batch, self.batch), ("time", steps, self.steps)):
            if expected not in (None, got):
                raise ValueError(f"invalid size along {name}: got {got}, expected {expected}")
        return f"scores of {batch} texts"

    def __repr__(self) -> str:
        sizes = ("any" if size is None else f"{size} only" for size in (self.batch, self.steps))
        return "a model for batch: {}, time: {}".format(*sizes)


def _refuses(run, batch, steps):
    """Whether a model does not run for this size."""
    try:
        run(batch, steps)
    except ValueError:
        return True
    return False


def _sorted(names):
    """Names in any order, in any container, as a sorted list; what is no such thing as it is."""
    listed = isinstance(names, Collection) and not isinstance(names, str)
    return sorted(names) if listed and all(isinstance(name, str) for name in names) else names


@exercise(
    title="which axes are frozen",
    difficulty=2,
    minutes=6,
    run=lambda answer, model: _sorted(answer(model)),
    cases=[ExportedModel(3, 7), ExportedModel(None, 7), ExportedModel(3, None), ExportedModel(None, None)],
    hints=[
        "Two runs: one with another batch size and 7 steps, one with batch size 3 and other steps.",
        "`try: run(5, 7)`, and `except ValueError:` append `'batch'`.",
        "Do the same with `run(3, 11)` and `'time'`, and return the list.",
    ],
    errors={"invalid size along": "That is the error to catch: `try: ...`, then `except ValueError:`."},
    why="Two of each, one at a time: that is the whole proof, and it takes a second. A real test "
    "also compares the numbers.",
)
def frozen_axes(run):
    frozen = []
    for axis, batch, steps in (("batch", 5, 7), ("time", 3, 11)):
        try:
            run(batch, steps)
        except ValueError:
            frozen.append(axis)
    return frozen


@frozen_axes.mistake
def both_at_once(run):
    """You changed both sizes at once. If that fails, you cannot tell which of the two is frozen. Change one, and keep
    the other at the example's size.
    """
    return ["batch", "time"] if _refuses(run, 5, 11) else []


frozen_axes.also("both_at_once", lambda run: ["batch"] * _refuses(run, 5, 7) + ["time"] * _refuses(run, 5, 11))


@frozen_axes.mistake
def the_example_again(run):
    """You find no axis, whatever the model refuses. Did you run the example's own size, (3, 7)? That always works: it
    is the one size that any export knows.
    """
    return ["batch", "time"] if _refuses(run, 3, 7) else []


@frozen_axes.mistake
def batch_alone(run):
    """You tried another batch size only. The time axis is the one that is frozen more often."""
    return ["batch"] if _refuses(run, 5, 7) else []


@frozen_axes.mistake
def time_alone(run):
    """You tried another length only. Try another batch size as well."""
    return ["time"] if _refuses(run, 3, 11) else []


@frozen_axes.mistake
def names_swapped(run):
    """You mixed up the names: the first argument of `run` is the batch size, the second the number of steps."""
    names = {"batch": "time", "time": "batch"}
    return sorted(names[axis] for axis in frozen_axes(run))


@frozen_axes.mistake
def those_that_work(run):
    """Those are the axes that are free. Give the frozen ones: those that raise."""
    return [axis for axis in ("batch", "time") if axis not in frozen_axes(run)]


@frozen_axes.mistake
def first_one_alone(run):
    """You stop at the first frozen axis. Both can be. (With both in one `try` the first error ends it: one `try` for
    each.)
    """
    return frozen_axes(run)[:1]


def _some_weights(rng):
    # The largest magnitude belongs to a negative weight, then to a positive one. It is 127/128: then
    # the scale is 1/128, and `weight / scale` and `weight * 127 / largest` round in the same way.
    for shape in ((6,), (3, 4), (2, 5)):
        weight = rng.normal(0, 0.2, size=shape).round(3).clip(-0.9, 0.9)
        weight.flat[1] = -127 / 128
        yield (weight,)
        yield (-weight,)


@exercise(
    title="weights in eight bits",
    difficulty=2,
    minutes=6,
    cases=_some_weights,
    same_dtype=True,
    hints=[
        "The largest magnitude shall become 127: `scale = np.abs(weight).max() / 127`.",
        "Divide by the scale, round, and only then turn it into `np.int8`.",
        "`return np.round(weight / scale).astype(np.int8), scale`.",
    ],
    why="One scale for a whole tensor, and no error larger than half a step of it. How large a "
    "step is, the largest weight alone decides. Remember that in the bug clinic.",
)
def to_int8(weight):
    scale = np.abs(weight).max() / 127
    return np.round(weight / scale).astype(np.int8), scale


def _by_scale(weight, scale, whole=np.round):
    """Eight bits with another scale, as NumPy does it on all processors: 128 becomes -128."""
    return whole(weight / scale).astype(np.int64).astype(np.int8), scale


def _clipped(weight, scale):
    return _by_scale(weight, scale, lambda q: np.clip(np.round(q), -128, 127))


@to_int8.mistake
def cut_off(weight):
    """You cut the decimals off: 41.9 becomes 41. All weights shrink a little, all in the same direction. `np.round`
    first, then `astype`.
    """
    return _by_scale(weight, np.abs(weight).max() / 127, np.trunc)


@to_int8.mistake
def rounded_down(weight):
    """You rounded down: every weight becomes smaller, by half a step on average. `np.round` goes to the nearest."""
    return _by_scale(weight, np.abs(weight).max() / 127, np.floor)


@to_int8.mistake
def largest_as_the_scale(weight):
    """The whole numbers are right. But the scale is one step, not the largest weight: `q * scale` must give the weights
    back. Divide it by 127.
    """
    return to_int8(weight)[0], np.abs(weight).max()


@to_int8.mistake
def no_scale(weight):
    """Without a scale nearly all of these weights round to 0. Choose the scale so that the largest magnitude becomes
    127.
    """
    return _by_scale(weight, 1.0)


@to_int8.mistake
def by_128(weight):
    """An int8 goes from -128 to 127. With a scale of max/128 the largest positive weight would be 128, which does not
    fit and may wrap around. Divide by 127.
    """
    return _by_scale(weight, np.abs(weight).max() / 128)


@to_int8.mistake
def largest_without_abs(weight):
    """You took the largest weight, not the largest magnitude. A negative weight of larger magnitude then does not fit.
    `np.abs` first.
    """
    return _by_scale(weight, weight.max() / 127)


@to_int8.mistake
def by_the_range(weight):
    """That is the scale of the other scheme, which also shifts the weights by a zero point. Without the shift, the
    weights do not fit. Here 0 stays 0: divide the largest magnitude by 127.
    """
    return _by_scale(weight, (weight.max() - weight.min()) / 255)


@to_int8.mistake
def by_the_spread(weight):
    """You scaled by the standard deviation, and all beyond one of it is cut off. Scale by the largest magnitude."""
    return _by_scale(weight, weight.std() / 127, lambda q: np.clip(np.round(q), -127, 127))


@to_int8.mistake
def scale_upside_down(weight):
    """The numbers are right; the scale is upside down. `q * scale` must give the weights back."""
    q, scale = to_int8(weight)
    return q, 1 / scale


@to_int8.mistake
def smallest_for_largest(weight):
    """You took the smallest weight. The largest *magnitude* may be positive as well: `np.abs(weight).max()`."""
    return _by_scale(weight, abs(weight.min()) / 127)


@to_int8.mistake
def left_as_float(weight):
    """Rounded, but still floating point: not one byte is saved. `.astype(np.int8)`."""
    scale = np.abs(weight).max() / 127
    return np.round(weight / scale), scale


@to_int8.mistake
def largest_becomes_one(weight):
    """With this scale the largest magnitude becomes 1, and nearly all others 0. It should become 127."""
    return _by_scale(weight, np.abs(weight).max())


to_int8.also("by_128", lambda weight: _clipped(weight, np.abs(weight).max() / 128))
to_int8.also("largest_without_abs", lambda weight: _clipped(weight, weight.max() / 127))


def _scores_and_labels(rng):
    for count, classes in ((40, 3), (25, 4), (60, 5), (30, 3)):
        labels = rng.integers(0, classes, count)
        before = rng.normal(size=(count, classes))
        before[np.arange(count), labels] += 1.5
        after = before + rng.normal(0, 1.2, size=before.shape)
        # answers that become right as well as answers that become wrong
        after[0], after[1] = before[0], before[1]
        before[0, labels[0]], after[0, labels[0]] = -9, 9
        before[1, labels[1]], after[1, labels[1]] = 9, -9
        yield (before, after, labels) if count != 30 else (after, before, labels)  # at last a gain


@exercise(
    title="points of accuracy lost",
    minutes=4,
    cases=_scores_and_labels,
    hints=[
        "`scores.argmax(axis=1)` is the class that a model says.",
        "The accuracy is the mean of `scores.argmax(axis=1) == labels`.",
        "`100 * (accuracy of before - accuracy of after)`.",
    ],
    why="One number, on the test set. Sizes and times look good for a broken model, too; this one does not.",
)
def points_lost(before, after, labels):
    def accuracy(scores):
        return (scores.argmax(axis=1) == labels).mean()

    return 100 * (accuracy(before) - accuracy(after))


@points_lost.mistake
def as_a_share(before, after, labels):
    """That is a share between 0 and 1. Points are percent: times 100."""
    return points_lost(before, after, labels) / 100


@points_lost.mistake
def points_won(before, after, labels):
    """The sign is reversed: a loss is positive here, before minus after."""
    return -points_lost(before, after, labels)


@points_lost.mistake
def sign_lost(before, after, labels):
    """The sign is lost: where the model *gains*, the number is negative. Leave `abs` out."""
    return abs(points_lost(before, after, labels))


@points_lost.mistake
def never_below_zero(before, after, labels):
    """You cut a gain off. Where the model gains, the number is negative: leave `max` out."""
    return max(0.0, points_lost(before, after, labels))


@points_lost.mistake
def disagreement(before, after, labels):
    """That is how often the two disagree. Worth knowing, but some changes make a wrong answer right. Compare each with
    the labels.
    """
    return 100 * (before.argmax(axis=1) != after.argmax(axis=1)).mean()


@points_lost.mistake
def relative(before, after, labels):
    """That is the loss as a share of what was right before. From 80 % to 60 % is a loss of 20 points, and of 25
    percent. Give points.
    """
    share = (before.argmax(axis=1) == labels).mean()
    return points_lost(before, after, labels) / share


@points_lost.mistake
def examples_counted(before, after, labels):
    """You counted examples. Divide by their number, and take percent."""
    return points_lost(before, after, labels) * len(labels) / 100


@points_lost.mistake
def largest_error(before, after, labels):
    """That is the largest difference of a score. It says that something changed, not whether it matters."""
    return np.abs(before - after).max()


@points_lost.mistake
def only_the_newly_wrong(before, after, labels):
    """You count the answers that became wrong, and leave out those that became right. The accuracy knows both."""
    right, now = before.argmax(axis=1) == labels, after.argmax(axis=1) == labels
    return 100 * (right & ~now).mean()


@points_lost.mistake
def agreement(before, after, labels):
    """That is how often the two agree, whether they are right or wrong. Compare each with the labels."""
    return 100 * (before.argmax(axis=1) == after.argmax(axis=1)).mean()


@points_lost.mistake
def after_alone(before, after, labels):
    """That is the accuracy of the new model alone. What was lost is a difference: before minus after."""
    return 100 * (after.argmax(axis=1) == labels).mean()


points_lost.also("relative", lambda before, after, labels: relative(before, after, labels) / 100)
points_lost.also(
    "only_the_newly_wrong",
    lambda before, after, labels: only_the_newly_wrong(before, after, labels) / 100,
    lambda before, after, labels: only_the_newly_wrong(before, after, labels) * len(labels) / 100,
)
points_lost.also("disagreement", lambda before, after, labels: disagreement(before, after, labels) * len(labels) / 100)
