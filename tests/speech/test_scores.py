"""Edits are the fewest; an error rate is theirs over all digits, and its interval is over strings."""

import functools

import numpy as np
import pytest

from lstm_lessons.speech import scores


def fewest(a, b):
    """By the recursion that defines it."""

    @functools.cache
    def distance(m, n):
        if not m or not n:
            return m + n
        return min(distance(m - 1, n) + 1, distance(m, n - 1) + 1, distance(m - 1, n - 1) + (a[m - 1] != b[n - 1]))

    return distance(len(a), len(b))


def test_edits_are_the_fewest_and_add_up():
    rng = np.random.default_rng(0)
    for _ in range(200):
        a, b = (tuple(rng.integers(0, 3, rng.integers(0, 7)).tolist()) for _ in range(2))
        found = scores.edits(a, b)
        assert found.total == fewest(a, b)
        assert len(b) - len(a) == found.inserted - found.deleted


@pytest.mark.parametrize(
    ("said", "heard", "expected"),
    [([1, 2, 3], [1, 4, 3], (1, 0, 0)), ([5, 5], [5], (0, 1, 0)), ([1], [1, 2, 3], (0, 0, 2)), ([], [], (0, 0, 0))],
)
def test_edits_by_kind(said, heard, expected):
    assert tuple(scores.edits(said, heard)) == expected


SAID = [[1, 2, 3, 4], [5, 6], [7, 8, 9, 0], [1, 1]]
HEARD = [[1, 2, 3, 4], [5], [7, 8, 0], [1, 1, 1, 1, 1]]


def test_the_rate_counts_digits_not_strings():
    found = scores.error_rate(SAID, HEARD)
    assert found.mean == pytest.approx(5 / 12)
    assert found.low < found.mean < found.high
    same = scores.error_rate([[1, 2], [3, 4]], [[1], [3]])  # every string alike: nothing to be unsure of
    assert (same.low, same.mean, same.high) == (0.5, 0.5, 0.5)
    assert scores.share_exact(SAID, HEARD) == 0.25


def test_a_difference_is_paired_by_string():
    worse = [[*row, 0] for row in SAID]  # one edit in each string
    found = scores.rate_difference(SAID, worse, SAID)
    assert found.mean == pytest.approx(4 / 12) and found.low > 0
    same = scores.rate_difference(SAID, HEARD, HEARD)
    assert (same.low, same.mean, same.high) == (0, 0, 0)


def test_strings_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="said and heard must be as many strings"):
        scores.error_rate(SAID, HEARD[:3])
    with pytest.raises(ValueError, match="none said empty"):
        scores.error_rate([[], [1]], [[], [1]])
    with pytest.raises(ValueError, match="said and heard must be as many strings, at least 2"):
        scores.error_rate([[1, 2]], [[1, 2]])
    with pytest.raises(ValueError, match=r"baseline\[1\] must hold integers"):
        scores.rate_difference(SAID[:2], HEARD[:2], [[1], ["a"]])
    with pytest.raises(TypeError, match="said must be a list of strings of digits, got generator"):
        scores.share_exact((row for row in SAID), HEARD)


def test_edits_that_would_take_hours_are_refused():
    with pytest.raises(ValueError, match="said and heard must make at most 10,000,000 pairs, got 4000 x 4000"):
        scores.edits([1] * 4000, [1] * 4000)
