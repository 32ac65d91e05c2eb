"""An interval that says whether a technique is really better."""

import math

import torch

from lstm_lessons.exercises._engine import exercise


def _runs(rng):
    """(scores, baseline, t): seeds differ a lot, the technique helps a little."""
    for count, t, gain in ((5, 2.776445, 1.0), (8, 2.364624, 0.0), (4, 3.182446, -2.0)):
        shared = 85 + 3 * rng.normal(size=count)
        pair = [torch.tensor((shared + g + rng.normal(size=count)).round(1)) for g in (gain, 0)]
        yield *pair, t


def _around(d, half):
    """The ends of an interval around the mean of d."""
    return d.mean() - half, d.mean() + half


@exercise(
    title="is it better than the baseline?",
    difficulty=2,
    minutes=6,
    cases=_runs,
    atol=1e-4,
    hints=[
        "First the differences, run by run: `d = scores - baseline`.",
        "The standard error of the mean is the deviation of d divided by the root of n.",
        "`half = t * d.std() / math.sqrt(len(d))`; return `d.mean() - half, d.mean() + half`.",
    ],
    why='If 0 lies between the two ends, say "no effect seen". `confidence.paired` does the same.',
)
def paired_interval(scores, baseline, t):
    d = scores - baseline
    half = t * d.std() / math.sqrt(len(d))
    return d.mean() - half, d.mean() + half


@paired_interval.mistake
def not_paired(scores, baseline, t):
    """You treat the two rows as strangers. Run k of both has the same recordings and the same first
    weights: take the differences first, then their deviation.
    """
    half = t * torch.sqrt((scores.var() + baseline.var()) / len(scores))
    return _around(scores - baseline, half)


@paired_interval.mistake
def spread_of_the_runs(scores, baseline, t):
    """That is where single *runs* lie. The mean of n runs is surer
    by the root of n: divide by it.
    """
    d = scores - baseline
    return _around(d, t * d.std())


@paired_interval.mistake
def without_t(scores, baseline, t):
    """That is one standard error to each side, about 60 to 70 % sure. Multiply by `t`."""
    return paired_interval(scores, baseline, 1.0)


@paired_interval.mistake
def always_196(scores, baseline, t):
    """1.96 is for many runs. With so few the deviation itself is uncertain, and t is
    larger: use the one that is given.
    """
    return paired_interval(scores, baseline, 1.96)


@paired_interval.mistake
def deviation_of_a_population(scores, baseline, t):
    """Your deviation divides by n. From a sample it divides by n - 1, as `d.std()` does by itself."""
    d = scores - baseline
    return _around(d, t * d.std(correction=0) / math.sqrt(len(d)))


@paired_interval.mistake
def root_of_n_minus_one(scores, baseline, t):
    """`d.std()` has divided by n - 1 already. Its standard error divides by the root of n."""
    d = scores - baseline
    return _around(d, t * d.std() / math.sqrt(len(d) - 1))


@paired_interval.mistake
def deviation_of_the_scores(scores, baseline, t):
    """You took the deviation of the scores. That of the *differences* tells how sure their mean is."""
    return _around(scores - baseline, t * scores.std() / math.sqrt(len(scores)))


@paired_interval.mistake
def divided_by_n(scores, baseline, t):
    """Divide by the *root* of n."""
    d = scores - baseline
    return _around(d, t * d.std() / len(d))


@paired_interval.mistake
def variance_for_deviation(scores, baseline, t):
    """`var` is the square of the deviation. Take `std`."""
    d = scores - baseline
    return _around(d, t * d.var() / math.sqrt(len(d)))


@paired_interval.mistake
def baseline_minus_scores(scores, baseline, t):
    """The other way around: scores minus baseline, so that above 0 means better."""
    return paired_interval(baseline, scores, t)


@paired_interval.mistake
def mean_and_half(scores, baseline, t):
    """The right numbers: now give the two *ends*, mean minus half and mean plus half."""
    low, high = paired_interval(scores, baseline, t)
    return (low + high) / 2, (high - low) / 2


@paired_interval.mistake
def smallest_and_largest(scores, baseline, t):
    """The extremes grow with the number of runs. An interval of the mean shrinks."""
    return (scores - baseline).min(), (scores - baseline).max()
