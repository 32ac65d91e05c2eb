"""Exercises of lesson 12: paths, blanks, the forward algorithm and error rates.

Symbols: T frames, K classes with the blank (class 0), U labels said, S = 2U + 1 states of a path.
"""

import itertools

import numpy as np
import torch

from lstm_lessons.exercises._cases import random_tensor
from lstm_lessons.exercises._engine import exercise


def _paths(rng):
    yield from ([0, 1, 1, 0, 1, 2, 2, 0], [3, 3, 0, 3], [3, 3, 1], [0, 0, 0], [2, 1, 2, 2, 1], [0, 4, 0, 4, 4, 0, 0, 1])
    for _ in range(3):
        yield rng.integers(0, 3, 12).tolist()


@exercise(
    title="collapse a path",
    difficulty=1,
    minutes=4,
    cases=_paths,
    hints=[
        "Two steps, and their order matters: merge what repeats, then drop the blanks.",
        "A label counts where it is not 0 and not the same as the one just before it *in the path*.",
        "`[k for n, k in enumerate(path) if k != 0 and (n == 0 or k != path[n - 1])]`",
    ],
    why="`ctc.collapse` does the same. So 1, 1 needs a blank between: without one the two are one.",
)
def collapse(path):
    labels = []
    for n, k in enumerate(path):
        if k != 0 and (n == 0 or k != path[n - 1]):
            labels.append(k)
    return labels


@collapse.mistake
def blanks_first(path):
    """You dropped the blanks first. Then a digit that is said twice is swallowed: 1, blank, 1 becomes 1. Merge repeats
    first.
    """
    return [k for k, _ in itertools.groupby(k for k in path if k)]


@collapse.mistake
def repeats_kept(path):
    """The blanks are gone, but a label that lasts three frames counts three times: merge repeats, too."""
    return [k for k in path if k != 0]


@collapse.mistake
def blanks_kept(path):
    """Repeats are merged, but the blanks are still there: drop every 0."""
    return [k for k, _ in itertools.groupby(path)]


@collapse.mistake
def each_label_once(path):
    """Each label stands there once. A string may hold the same digit several times: compare with the frame before
    alone.
    """
    return list(dict.fromkeys(k for k in path if k))


@collapse.mistake
def first_frame_lost(path):
    """You begin at the second frame, so a label that stands in the first frame is lost."""
    return [b for a, b in itertools.pairwise(path) if b != 0 and b != a]


@collapse.mistake
def first_compared_with_the_last(path):
    """For n = 0, `path[n - 1]` is `path[-1]`, the *last* frame. The first frame has none before it: `n == 0 or ...`."""
    return [k for n, k in enumerate(path) if k != 0 and k != path[n - 1]]


@collapse.mistake
def last_frame_lost(path):
    """You compare each frame with the next one, so a label that stands in the last frame is lost. Compare with the one
    before.
    """
    return [a for a, b in itertools.pairwise(path) if a != 0 and a != b]


@collapse.mistake
def labels_sorted(path):
    """You have each label once, sorted. A string has an order and may repeat a digit: compare each frame only with the
    one before it.
    """
    return sorted(set(path) - {0})


@collapse.mistake
def only_blanks_between(path):
    """You kept only labels that come after a blank. A label also begins where the frame before it has *another*
    label.
    """
    return [k for n, k in enumerate(path) if k != 0 and (n == 0 or path[n - 1] == 0)]


def _tables(rng):
    for steps, classes in ((4, 3), (6, 5), (1, 2)):
        yield random_tensor(rng, steps, classes).log_softmax(-1), torch.from_numpy(rng.integers(0, classes, steps))


@exercise(
    title="the log-probability of a path",
    difficulty=1,
    minutes=4,
    cases=_tables,
    hints=[
        "Given the sound, the frames are independent: probabilities multiply. What do their logarithms do?",
        "Of each row t take the column `path[t]`, and add them up.",
        "`log_probs[torch.arange(len(path)), path].sum()`",
    ],
    errors={
        "is out of bounds": "The first index is the frame, the second the class.",
        "Index tensor must have the same number of dimensions": "`gather` wants the path as (T, 1): `path[:, None]`.",
    },
    why="One path is nearly worthless: even a sure network spreads a string over thousands of them.",
)
def path_log_probability(log_probs, path):
    frames = torch.arange(len(path))
    return log_probs[frames, path].sum()


@path_log_probability.mistake
def multiplied_logs(log_probs, path):
    """You multiplied logarithms. Probabilities multiply, so their logarithms *add*."""
    return log_probs[torch.arange(len(path)), path].prod()


@path_log_probability.mistake
def probability_itself(log_probs, path):
    """That is the probability itself. For a hundred frames it would be too small for a float: leave the logarithm."""
    return log_probs[torch.arange(len(path)), path].sum().exp()


@path_log_probability.mistake
def best_path_instead(log_probs, path):
    """That is the most probable path, whatever `path` says. Take the column `path[t]` of each row."""
    return log_probs.max(dim=-1).values.sum()


@path_log_probability.mistake
def mean_of_frames(log_probs, path):
    """You took the mean over the frames. The sum is asked for."""
    return log_probs[torch.arange(len(path)), path].mean()


@path_log_probability.mistake
def every_row_every_class(log_probs, path):
    """`log_probs[:, path]` takes all T columns of *every* row, (T, T). Pair frame t with class path[t]: index with
    `torch.arange(T)` as well.
    """
    return log_probs[:, path].sum()


@path_log_probability.mistake
def blanks_left_out(log_probs, path):
    """You left the frames of blanks out. A blank is a class like the others, and has its probability."""
    return log_probs[torch.arange(len(path)), path][path != 0].sum()


@path_log_probability.mistake
def rows_of_the_path(log_probs, path):
    """`log_probs[path]` takes whole *rows*, numbered by the classes. Pair frame t with class path[t]: two index
    tensors, the frames first.
    """
    return log_probs[path].sum()


@path_log_probability.mistake
def probabilities_added(log_probs, path):
    """You added probabilities. The path needs *all* of its frames, so their probabilities multiply, and the logarithms
    add.
    """
    return log_probs.exp()[torch.arange(len(path)), path].sum()


path_log_probability.also("probabilities_added", lambda log_probs, path: probabilities_added(log_probs, path).log())


@path_log_probability.mistake
def mean_loss(log_probs, path):
    """That is the mean loss per frame, as `nll_loss` gives it. Take the sum of the log-probabilities, and keep their
    sign.
    """
    return -log_probs[torch.arange(len(path)), path].mean()


@path_log_probability.mistake
def frames_one_by_one(log_probs, path):
    """Those are the log-probabilities of the frames, one by one. Add them up."""
    return log_probs[torch.arange(len(path)), path]


LABELS = [[1], [1, 2], [3, 3], [1, 2, 2, 3], [5, 5, 5], [4, 1, 1, 4, 2, 2]]


@exercise(
    title="the fewest frames",
    difficulty=1,
    minutes=3,
    cases=[(labels,) for labels in LABELS],
    hints=[
        "Each label takes one frame at least. When is one frame each not enough?",
        "Two equal labels in a row need a blank between them.",
        "`len(labels) + sum(a == b for a, b in zip(labels, labels[1:]))`",
    ],
    why="With fewer frames no path exists, and the loss is infinite: see the bug clinic.",
)
def fewest_frames(labels):
    repeats = sum(a == b for a, b in zip(labels, labels[1:], strict=False))
    return len(labels) + repeats


@fewest_frames.mistake
def one_each(labels):
    """One frame for each label is right unless two neighbors are equal: they would merge."""
    return len(labels)


@fewest_frames.mistake
def a_blank_between_all(labels):
    """A blank between *all* labels is allowed, not needed: a path may go from 1 to 2 directly."""
    return 2 * len(labels) - 1


@fewest_frames.mistake
def all_states(labels):
    """That counts every state, blanks at both ends too. A path may leave out most of them."""
    return 2 * len(labels) + 1


@fewest_frames.mistake
def repeats_taken_off(labels):
    """You subtracted the repeats. They cost a frame *more*: the blank between them."""
    return len(labels) - sum(a == b for a, b in itertools.pairwise(labels))


@fewest_frames.mistake
def repeats_anywhere(labels):
    """A label that comes again later is no problem. It is only equal *neighbors* that need a blank."""
    return 2 * len(labels) - len(set(labels))


@fewest_frames.mistake
def different_labels(labels):
    """You counted the different labels. Each label takes a frame, even if it was said before."""
    return len(set(labels))


@fewest_frames.mistake
def repeats_counted_once(labels):
    """You added one frame, however many neighbors are equal. Each equal pair needs a blank of its own."""
    return len(labels) + any(a == b for a, b in itertools.pairwise(labels))


@fewest_frames.mistake
def first_label_compared_with_the_last(labels):
    """For n = 0, `labels[n - 1]` is the *last* label. The first one has none before it, so compare from the second
    on.
    """
    return len(labels) + sum(label == labels[n - 1] for n, label in enumerate(labels))


@fewest_frames.mistake
def one_blank_more(labels):
    """One frame too many. No blank is needed at the beginning or the end."""
    return fewest_frames(labels) + 1


def _steps(rng):
    for states, skips in (([0, 1, 0, 2, 0], [0, 0, 0, 1, 0]), ([0, 3, 0, 3, 0, 1, 0], [0, 0, 0, 0, 0, 1, 0])):
        S = len(states)
        yield random_tensor(rng, S), random_tensor(rng, S), torch.tensor(skips, dtype=torch.bool)
        begun = torch.where(torch.arange(S) < 2, random_tensor(rng, S), -torch.inf)
        yield begun, random_tensor(rng, S), torch.tensor(skips, dtype=torch.bool)


@exercise(
    title="one step of the forward algorithm",
    difficulty=3,
    minutes=10,
    trained=True,
    cases=_steps,
    hints=[
        "A path is in state s now. Where was it one frame before? In s, in s - 1, or, if `skips[s]`, in s - 2.",
        "Shift `before` by one and by two, filled with minus infinity: nothing comes from outside. Where a skip is not "
        "allowed, minus infinity, too.",
        "`torch.logsumexp(torch.stack([stay, one, two]), dim=0) + emitted`, where `outside = torch.full((2,), "
        "-torch.inf)` fills up: `one = torch.cat([outside[:1], before[:-1]])`.",
    ],
    errors={
        "must match the size of tensor": "A shifted row is as long as before: what falls out at the end is replaced by "
        "minus infinity at the beginning.",
        "stack expects each": "The three rows must be equally long: fill up with minus infinity.",
        "expected Tensor as element": "`torch.full((2,), -torch.inf)` makes a tensor to fill up with.",
    },
    why="T such steps take T · 3S additions. The paths they sum up are counted in millions.",
)
def next_row(before, emitted, skips):
    outside = torch.full_like(before[:2], -torch.inf)
    padded = torch.cat([outside, before])
    stay, one, two = padded[2:], padded[1:-1], padded[:-2]
    two = torch.where(skips, two, -torch.inf)
    return torch.logsumexp(torch.stack([stay, one, two]), dim=0) + emitted


def _came(before, skips, outside=-torch.inf, closed=-torch.inf):
    """The three ways into each state, from outside and over what may not be skipped included."""
    padded = torch.cat([torch.full_like(before[:2], outside), before])
    return torch.stack([padded[2:], padded[1:-1], torch.where(skips, padded[:-2], closed)])


@next_row.mistake
def never_skipped(before, emitted, skips):
    """No path ever skips a blank. Where `skips` holds, it may also come from two states before."""
    return _came(before, torch.zeros_like(skips)).logsumexp(0) + emitted


@next_row.mistake
def skipped_everywhere(before, emitted, skips):
    """You let every state come from two before. Only where `skips` holds: never to a blank, and never between equal
    labels.
    """
    return _came(before, torch.ones_like(skips)).logsumexp(0) + emitted


@next_row.mistake
def best_alone(before, emitted, skips):
    """You kept the best of the three ways. That is Viterbi, for the best single path. Here *all* paths are summed:
    `logsumexp`.
    """
    return _came(before, skips).amax(0) + emitted


@next_row.mistake
def frame_left_out(before, emitted, skips):
    """The ways are summed up right, but this frame is missing: add `emitted`, the log-probability of each state's
    class.
    """
    return _came(before, skips).logsumexp(0)


@next_row.mistake
def logs_added(before, emitted, skips):
    """You added logarithms, which *multiplies* the probabilities of the three ways. They are alternatives: take
    `logsumexp`.
    """
    return _came(before, skips).sum(0) + emitted


@next_row.mistake
def never_stayed(before, emitted, skips):
    """A path may also stay where it is: add the way from s itself."""
    return _came(before, skips)[1:].logsumexp(0) + emitted


@next_row.mistake
def backward_in_the_states(before, emitted, skips):
    """You shifted the other way: from s + 1 and s + 2. A path goes on to *later* states, so it comes from earlier
    ones.
    """
    return _came(before.flip(0), skips.flip(0)).logsumexp(0).flip(0) + emitted


@next_row.mistake
def graph_is_cut(before, emitted, skips):
    """The numbers are right, but the graph is cut: gradients do not get back in full to `before` and `emitted`. The
    loss that this lesson makes of your rows would then train badly. Leave out `.detach()`, `.item()`, `.numpy()` and
    `torch.tensor(...)` of a tensor; `torch.stack` makes one tensor of several.
    """
    return next_row(before, emitted, skips).detach()


@next_row.mistake
def rolled(before, emitted, skips):
    """`roll` brings the last states around to the front, but nothing comes from outside: fill up with minus
    infinity.
    """
    two = torch.where(skips, before.roll(2), -torch.inf)
    return torch.stack([before, before.roll(1), two]).logsumexp(0) + emitted


@next_row.mistake
def skips_reversed(before, emitted, skips):
    """You skip where `skips` is False, and not where it is True."""
    return _came(before, ~skips).logsumexp(0) + emitted


@next_row.mistake
def zeros_from_outside(before, emitted, skips):
    """You filled up with zeros, and 0 is the logarithm of probability 1. Nothing comes from outside: fill up with minus
    infinity.
    """
    return _came(before, skips, outside=0).logsumexp(0) + emitted


@next_row.mistake
def zero_for_no_skip(before, emitted, skips):
    """Where no skip is allowed you have 0, the logarithm of probability 1. It should be the logarithm of 0: minus
    infinity.
    """
    return _came(before, skips, closed=0).logsumexp(0) + emitted


@next_row.mistake
def emitted_multiplied(before, emitted, skips):
    """You multiplied by `emitted`. It is a logarithm: add it."""
    return _came(before, skips).logsumexp(0) * emitted


@next_row.mistake
def probabilities_for_logs(before, emitted, skips):
    """Those are the probabilities themselves. Keep the logarithms: over many frames probabilities become too small for
    a float.
    """
    return next_row(before, emitted, skips).exp()


@next_row.mistake
def infinity_times_zero(before, emitted, skips):
    """You multiplied by `skips`. Where no skip is allowed, minus infinity becomes NaN, and any other logarithm becomes
    0, which is probability 1. `torch.where` chooses, and multiplies nothing.
    """
    padded = torch.cat([torch.full_like(before[:2], -torch.inf), before])
    return torch.stack([padded[2:], padded[1:-1], padded[:-2] * skips]).logsumexp(0) + emitted


def _rates(rng):
    yield [0, 3, 0, 1], [4, 2, 6, 2]
    yield [1, 0], [2, 6]
    yield [3, 2], [2, 2]  # more edits than digits: some were heard that nobody said
    yield rng.integers(0, 4, 7).tolist(), rng.integers(2, 7, 7).tolist()


@exercise(
    title="the digit error rate",
    difficulty=1,
    minutes=3,
    cases=_rates,
    hints=[
        "It is a rate over *digits*: of all digits said, how many edits?",
        "Long strings hold more digits, so they count for more.",
        "`sum(edits) / sum(digits)`",
    ],
    why="`scores.error_rate` does this, with an interval: strings are drawn anew, whole, because the edits of one "
    "string have one voice and one noise in common.",
)
def error_rate(edits, digits):
    return sum(edits) / sum(digits)


@error_rate.mistake
def mean_of_the_rates(edits, digits):
    """You took the mean of the strings' own rates. Then an error in a string of two counts three times as much as one
    in a string of six.
    """
    return float(np.mean([e / n for e, n in zip(edits, digits, strict=True)]))


@error_rate.mistake
def edits_a_string(edits, digits):
    """Those are edits for each *string*. Divide by the digits said."""
    return sum(edits) / len(edits)


@error_rate.mistake
def share_of_strings(edits, digits):
    """That is the share of strings with an error. A string with three errors counts as one there."""
    return sum(e > 0 for e in edits) / len(edits)


@error_rate.mistake
def share_right(edits, digits):
    """That is what is left: 1 minus the error rate."""
    return 1 - sum(edits) / sum(digits)


@error_rate.mistake
def in_percent(edits, digits):
    """Right, in percent. A share from 0 on is asked for."""
    return 100 * sum(edits) / sum(digits)


@error_rate.mistake
def never_above_one(edits, digits):
    """You cut the rate off at 1. It may be larger: digits that nobody said are edits, too."""
    return min(1.0, sum(edits) / sum(digits))


@error_rate.mistake
def upside_down(edits, digits):
    """Your fraction is upside down: the edits belong above, the digits below."""
    return sum(digits) / sum(edits)


@error_rate.mistake
def edits_counted(edits, digits):
    """Those are the edits. Divide them by the digits said."""
    return sum(edits)


@error_rate.mistake
def string_by_string(edits, digits):
    """Those are the rates of the strings, one by one. One rate over all digits is asked for."""
    return [e / n for e, n in zip(edits, digits, strict=True)]
