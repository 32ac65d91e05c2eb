"""Pieces are cut where it is soft; a template is as far as its best way through time."""

import functools

import numpy as np
import pytest

from lstm_lessons.speech import baselines


def test_pieces_are_the_loud_runs():
    level = np.full(40, -60.0)
    level[5:12] = level[20:28] = level[33:35] = -10
    level[8:10] = -60  # a short silence within a word
    assert baselines.segments(level).tolist() == [[5, 12], [20, 28]]
    assert baselines.segments(level, gap=0, shortest=2).tolist() == [[5, 8], [10, 12], [20, 28], [33, 35]]
    assert baselines.segments(level + 30).tolist() == baselines.segments(level).tolist()  # no matter how loud
    assert baselines.segments(np.zeros(9)).shape == (0, 2)


def by_definition(a, b):
    @functools.cache
    def cost(t, s):
        here = float(np.linalg.norm(a[t] - b[s]))
        ways = [(t - 1, s), (t, s - 1), (t - 1, s - 1)]
        known = [cost(*way) for way in ways if min(way) >= 0]
        return here + min(known, default=0.0)

    return cost(len(a) - 1, len(b) - 1) / (len(a) + len(b))


def test_warped_distances_are_the_cheapest_ways():
    rng = np.random.default_rng(0)
    frames = rng.standard_normal((6, 3))
    templates = [rng.standard_normal((n, 3)) for n in (1, 4, 9)]
    expected = [by_definition(frames, template) for template in templates]
    assert baselines.warped_distances(frames, templates) == pytest.approx(expected, abs=1e-12)
    slower = np.repeat(frames, 3, axis=0)
    assert baselines.warped_distances(frames, [slower])[0] == 0


def test_empty_ones_are_refused():
    with pytest.raises(ValueError, match="must be one or more .S, I.|must hold finite numbers, at least one"):
        baselines.warped_distances(np.zeros((2, 3)), [])


@pytest.mark.parametrize("template", [np.zeros((4, 1)), np.zeros(3), np.full((4, 3), np.nan)])
def test_a_template_that_would_be_stretched_to_the_frames_is_refused(template):
    with pytest.raises(ValueError, match="templates"):
        baselines.warped_distances(np.zeros((2, 3)), [template])
