"""Exercises of lesson 9: gates for another runtime, frozen axes, eight bits, and what they cost.

Shapes: H hidden units, N examples, K classes.
"""

from __future__ import annotations

import numpy as np
import torch

from lstm_lessons.exercises._engine import Exercise, Mistake

# --- Another order of the gates -----------------------------------------------------------


def _gates_for_onnx(weight):
    i, f, g, o = weight.chunk(4)
    return torch.cat([i, o, f, g])


def _unchanged(weight):
    return weight.clone()


def _wrong_way_round(weight):
    i, o, f, g = weight.chunk(4)
    return torch.cat([i, f, g, o])


def _only_f_and_o_swapped(weight):
    i, f, g, o = weight.chunk(4)
    return torch.cat([i, o, g, f])


def _only_g_and_o_swapped(weight):
    i, f, g, o = weight.chunk(4)
    return torch.cat([i, f, o, g])


def _rows_one_by_one(weight):
    i, f, g, o = weight.chunk(4)
    return torch.stack([i, o, f, g], dim=1).flatten(0, 1)


def _blocks_side_by_side(weight):
    i, f, g, o = weight.chunk(4)
    return torch.cat([i, o, f, g], dim=-1)


def _weights_and_a_bias(rng):
    for shape in ((8, 3), (12, 2), (8,)):
        yield (torch.from_numpy(rng.normal(size=shape).round(2)).float(),)


gates_for_onnx = Exercise(
    name="gates_for_onnx",
    title="the gates in the order of ONNX",
    reference=_gates_for_onnx,
    cases=_weights_and_a_bias,
    mistakes=[
        Mistake(
            "unchanged",
            _unchanged,
            "That is still PyTorch's order i, f, g, o. The shapes fit, so nothing would complain, "
            "and f would be used as the output gate.",
        ),
        Mistake(
            "wrong_way_round",
            _wrong_way_round,
            "You went the other way, from ONNX to PyTorch. Unpack as PyTorch stacks them, "
            "`i, f, g, o`, and join as ONNX wants them.",
        ),
        Mistake(
            "only_f_and_o_swapped",
            _only_f_and_o_swapped,
            "You swapped f and o. Then g stands third, where ONNX looks for f. Its order is "
            "i, o, f, c, and its c is our g.",
        ),
        Mistake(
            "only_g_and_o_swapped",
            _only_g_and_o_swapped,
            "You joined i, f, o, g. ONNX puts the output gate second: i, o, f, g.",
        ),
        Mistake(
            "rows_one_by_one",
            _rows_one_by_one,
            "You took one row of each gate in turn. The H rows of a gate stay together, as a "
            "block: `torch.cat`, not `torch.stack`.",
        ),
        Mistake(
            "blocks_side_by_side",
            _blocks_side_by_side,
            "The right order, but side by side. The blocks stand one below the other: join along "
            "the first axis, which is what `torch.cat` does by itself.",
        ),
    ],
    hints=[
        "`weight.chunk(4)` gives the four blocks in PyTorch's order.",
        "`i, f, g, o = weight.chunk(4)`. ONNX wants i, o, f, c, and calls our g by the name c.",
        "`torch.cat([i, o, f, g])`.",
    ],
    difficulty=1,
    minutes=4,
    errors={
        "too many values to unpack": "`chunk(4)` gives four blocks. Did you iterate over the "
        "rows instead?",
    },
    why="Every library has its order: PyTorch i, f, g, o, ONNX i, o, f, c, and others have more. "
    "The shapes always fit, so only a comparison of numbers finds the mix-up.",
)


# --- Which axes are frozen ----------------------------------------------------------------


def _frozen_axes(run):
    frozen = []
    for axis, batch, steps in (("batch", 5, 7), ("time", 3, 11)):
        try:
            run(batch, steps)
        except ValueError:
            frozen.append(axis)
    return frozen


def _both_at_once(run):
    try:
        run(5, 11)
    except ValueError:
        return ["batch", "time"]
    return []


def _the_example_again(run):
    frozen = []
    for axis in ("batch", "time"):
        try:
            run(3, 7)
        except ValueError:
            frozen.append(axis)
    return frozen


def _batch_alone(run):
    try:
        run(5, 7)
    except ValueError:
        return ["batch"]
    return []


def _time_alone(run):
    try:
        run(3, 11)
    except ValueError:
        return ["time"]
    return []


def _names_swapped(run):
    names = {"batch": "time", "time": "batch"}
    return sorted(names[axis] for axis in _frozen_axes(run))


def _those_that_work(run):
    return [axis for axis in ("batch", "time") if axis not in _frozen_axes(run)]


def _first_one_alone(run):
    return _frozen_axes(run)[:1]


class Program:
    """Stands for an exported model: runs for some sizes and refuses the others.

    Args:
        batch, steps: the only size that it takes along that axis; None for any.
    """

    def __init__(self, batch: int | None, steps: int | None) -> None:
        self.batch, self.steps = batch, steps

    def __call__(self, batch: int, steps: int) -> str:
        for name, got, expected in (("batch", batch, self.batch), ("time", steps, self.steps)):
            if expected not in (None, got):
                raise ValueError(f"invalid size along {name}: got {got}, expected {expected}")
        return f"scores of {batch} texts"

    def __repr__(self) -> str:
        sizes = ("any" if size is None else f"{size} only" for size in (self.batch, self.steps))
        return "a model for batch: {}, time: {}".format(*sizes)


frozen_axes = Exercise(
    name="frozen_axes",
    title="which axes are frozen",
    reference=_frozen_axes,
    cases=[Program(3, 7), Program(None, 7), Program(3, None), Program(None, None)],
    mistakes=[
        Mistake(
            "both_at_once",
            _both_at_once,
            "You changed both sizes at once. If that fails, you cannot tell which of the two is "
            "frozen. Change one, and keep the other at the example's size.",
        ),
        Mistake(
            "the_example_again",
            _the_example_again,
            "You ran the example's own size. That always works: it is the one size that any export "
            "knows. Nothing is proven by it.",
        ),
        Mistake(
            "batch_alone",
            _batch_alone,
            "You tried another batch size only. The time axis is the one that is frozen more "
            "often.",
        ),
        Mistake(
            "time_alone",
            _time_alone,
            "You tried another length only. Try another batch size as well.",
        ),
        Mistake(
            "names_swapped",
            _names_swapped,
            "You mixed up the names: the first argument of `run` is the batch size, the second "
            "the number of steps.",
        ),
        Mistake(
            "those_that_work",
            _those_that_work,
            "Those are the axes that are free. Asked are the frozen ones: those that raise.",
        ),
        Mistake(
            "first_one_alone",
            _first_one_alone,
            "You stop at the first frozen axis. Both can be.",
        ),
    ],
    hints=[
        "Two runs: one with another batch size and 7 steps, one with batch size 3 and other steps.",
        "`try: run(5, 7)`, and `except ValueError:` append `'batch'`.",
        "Do the same with `run(3, 11)` and `'time'`, and return the list.",
    ],
    difficulty=2,
    minutes=6,
    errors={
        "invalid size along": "That is the error to catch: `try: ...`, then `except ValueError:`.",
    },
    why="Two of each, one at a time: that is the whole proof, and it takes a second. A real test "
    "also compares the numbers.",
)


# --- Eight bits ---------------------------------------------------------------------------


def _to_int8(weight):
    scale = np.abs(weight).max() / 127
    return np.round(weight / scale).astype(np.int8), scale


def _cut_off(weight):
    scale = np.abs(weight).max() / 127
    return (weight / scale).astype(np.int8), scale


def _no_scale(weight):
    return np.round(weight).astype(np.int8), 1.0


def _by_128(weight):
    scale = np.abs(weight).max() / 128
    # as NumPy does it on all processors: 128 becomes -128
    return np.round(weight / scale).astype(np.int64).astype(np.int8), scale


def _largest_without_abs(weight):
    scale = weight.max() / 127
    return np.round(weight / scale).astype(np.int64).astype(np.int8), scale


def _by_the_range(weight):
    scale = (weight.max() - weight.min()) / 255
    return np.round(weight / scale).astype(np.int64).astype(np.int8), scale


def _by_the_spread(weight):
    scale = weight.std() / 127
    return np.clip(np.round(weight / scale), -127, 127).astype(np.int8), scale


def _scale_upside_down(weight):
    scale = np.abs(weight).max() / 127
    return np.round(weight / scale).astype(np.int8), 1 / scale


def _left_as_float(weight):
    scale = np.abs(weight).max() / 127
    return np.round(weight / scale), scale


def _some_weights(rng):
    # The largest magnitude belongs to a negative weight, so that abs() matters. It is 127/128: then
    # the scale is 1/128, and `weight / scale` and `weight * 127 / largest` round in the same way.
    for shape in ((6,), (3, 4), (2, 5)):
        weight = rng.normal(0, 0.2, size=shape).round(3).clip(-0.9, 0.9)
        weight.flat[1] = -127 / 128
        yield (weight,)


to_int8 = Exercise(
    name="to_int8",
    title="weights in eight bits",
    reference=_to_int8,
    cases=_some_weights,
    mistakes=[
        Mistake(
            "cut_off",
            _cut_off,
            "You cut the decimals off: 41.9 becomes 41. All weights shrink a little, all in the "
            "same direction. `np.round` first, then `astype`.",
        ),
        Mistake(
            "no_scale",
            _no_scale,
            "Without a scale nearly all of these weights round to 0. Choose the scale so that "
            "the largest magnitude becomes 127.",
        ),
        Mistake(
            "by_128",
            _by_128,
            "An int8 goes from -128 to 127. With a scale of max/128 the largest positive weight "
            "would be 128, which does not fit and may wrap round. Divide by 127.",
        ),
        Mistake(
            "largest_without_abs",
            _largest_without_abs,
            "You took the largest weight, not the largest magnitude. A negative weight of larger "
            "magnitude then does not fit. `np.abs` first.",
        ),
        Mistake(
            "by_the_range",
            _by_the_range,
            "That is the scale of the other scheme, which also shifts the weights by a zero point. "
            "Without the shift, the weights do not fit. Here 0 stays 0: divide the largest "
            "magnitude by 127.",
        ),
        Mistake(
            "by_the_spread",
            _by_the_spread,
            "You scaled by the standard deviation, and all beyond one of it is cut off. Scale by "
            "the largest magnitude.",
        ),
        Mistake(
            "scale_upside_down",
            _scale_upside_down,
            "The numbers are right; the scale is upside down. `q * scale` must give the weights "
            "back.",
        ),
        Mistake(
            "left_as_float",
            _left_as_float,
            "Rounded, but still floating point: not one byte is saved. `.astype(np.int8)`.",
        ),
    ],
    hints=[
        "The largest magnitude shall become 127: `scale = np.abs(weight).max() / 127`.",
        "Divide by the scale, round, and only then turn it into `np.int8`.",
        "`return np.round(weight / scale).astype(np.int8), scale`.",
    ],
    difficulty=2,
    minutes=6,
    why="One scale for a whole tensor, and no error larger than half a step of it. How large a "
    "step is, the largest weight alone decides. Remember that in the bug clinic.",
)


# --- What it costs ------------------------------------------------------------------------


def _points_lost(before, after, labels):
    def accuracy(scores):
        return (scores.argmax(axis=1) == labels).mean()

    return 100 * (accuracy(before) - accuracy(after))


def _as_a_share(before, after, labels):
    return _points_lost(before, after, labels) / 100


def _points_won(before, after, labels):
    return -_points_lost(before, after, labels)


def _disagreement(before, after, labels):
    return 100 * (before.argmax(axis=1) != after.argmax(axis=1)).mean()


def _relative(before, after, labels):
    share = (before.argmax(axis=1) == labels).mean()
    return _points_lost(before, after, labels) / share


def _examples_counted(before, after, labels):
    return _points_lost(before, after, labels) * len(labels) / 100


def _largest_error(before, after, labels):
    return np.abs(before - after).max()


def _only_the_newly_wrong(before, after, labels):
    right, now = before.argmax(axis=1) == labels, after.argmax(axis=1) == labels
    return 100 * (right & ~now).mean()


def _scores_and_labels(rng):
    for count, classes in ((40, 3), (25, 4), (60, 5)):
        labels = rng.integers(0, classes, count)
        before = rng.normal(size=(count, classes))
        before[np.arange(count), labels] += 1.5
        after = before + rng.normal(0, 1.2, size=before.shape)
        # answers that become right as well as answers that become wrong
        after[0], after[1] = before[0], before[1]
        before[0, labels[0]], after[0, labels[0]] = -9, 9
        before[1, labels[1]], after[1, labels[1]] = 9, -9
        yield before, after, labels


points_lost = Exercise(
    name="points_lost",
    title="points of accuracy lost",
    reference=_points_lost,
    cases=_scores_and_labels,
    mistakes=[
        Mistake(
            "as_a_share",
            _as_a_share,
            "That is a share between 0 and 1. Points are percent: times 100.",
        ),
        Mistake(
            "points_won",
            _points_won,
            "The sign is turned round: a loss is positive here, before minus after.",
        ),
        Mistake(
            "disagreement",
            _disagreement,
            "That is how often the two disagree. Worth knowing, but some changes make a wrong "
            "answer right. Compare each with the labels.",
        ),
        Mistake(
            "relative",
            _relative,
            "That is the loss as a share of what was right before. From 80 % to 60 % is a loss "
            "of 20 points, and of 25 percent. Points are asked.",
        ),
        Mistake(
            "examples_counted",
            _examples_counted,
            "You counted examples. Divide by their number, and take percent.",
        ),
        Mistake(
            "largest_error",
            _largest_error,
            "That is the largest difference of a score. It says that something changed, not "
            "whether it matters.",
        ),
        Mistake(
            "only_the_newly_wrong",
            _only_the_newly_wrong,
            "You count the answers that became wrong, and leave out those that became right. The "
            "accuracy knows both.",
        ),
    ],
    hints=[
        "`scores.argmax(axis=1)` is the class that a model says.",
        "The accuracy is the mean of `scores.argmax(axis=1) == labels`.",
        "`100 * (accuracy of before - accuracy of after)`.",
    ],
    difficulty=1,
    minutes=4,
    why="One number, on the test set. Sizes and times look good for a broken model, too; this one "
    "does not.",
)
