"""`LagExplorer` in Python: its scores, and what it refuses."""

from __future__ import annotations

import math

import numpy as np
import pytest
import traitlets

from lstm_lessons.widgets import LagExplorer
from tests.browser.hands.lag_explorer import expected_numbers


def walk(count: int = 200, seed: int = 0) -> np.ndarray:
    return 50 + np.cumsum(np.random.default_rng(seed).normal(size=count))


def copied(truth: np.ndarray, days: int = 1) -> np.ndarray:
    """A forecast that says what was true some days before."""
    return np.concatenate([truth[:days], truth[:-days]])


def sample(**traits) -> LagExplorer:
    truth = walk()
    noise = np.random.default_rng(1).normal(size=200)
    return LagExplorer({"copy": (truth, copied(truth)), "seer": (walk(90, 2), walk(90, 2) + noise[:90])}, **traits)


def test_a_copy_of_yesterday_fits_when_it_is_slid_by_one_day():
    explorer = sample()
    errors = explorer.errors_by_shift()
    assert min(errors, key=errors.get) == 1 and errors[1] == pytest.approx(0, abs=1e-9)
    now = explorer.scores()
    assert now["error"] == pytest.approx(now["persistence_error"]) and now["direction"] == 0
    assert now["r2"] == pytest.approx(now["persistence_r2"]) and now["r2"] > 0.5
    explorer.shift = 1
    assert explorer.scores()["direction"] == 1
    assert "smallest, 0, slid by 1" in explorer.summary()


@pytest.mark.parametrize("shift", [-5, -1, 0, 2, 5])
@pytest.mark.parametrize("chosen", ["copy", "seer"])
@pytest.mark.parametrize(("start", "length"), [(0, 20), (40, 120), (170, 30), (0, 200)])
def test_its_scores_and_those_that_the_page_is_held_against_agree(shift, chosen, start, length):
    explorer = sample(chosen=chosen, shift=shift, start=start, length=length)
    expected, now = expected_numbers(explorer.state()), explorer.scores()
    assert now["error"] == pytest.approx(expected["error", "forecast"])
    assert now["r2"] == pytest.approx(expected["r2", "forecast"])
    assert 100 * now["direction"] == pytest.approx(expected["direction", "forecast"])
    assert now["persistence_error"] == pytest.approx(expected["error", "persistence"])
    assert now["persistence_r2"] == pytest.approx(expected["r2", "persistence"])
    for by, error in explorer.errors_by_shift().items():
        assert error == pytest.approx(expected["by-shift", str(by)])


def test_a_window_past_the_end_of_a_shorter_series_moves_to_where_it_fits():
    explorer = sample(start=150, length=50)
    assert explorer.days()[[0, -1]].tolist() == [150, 199]
    explorer.chosen = "seer"
    assert explorer.days()[[0, -1]].tolist() == [40, 89]


def test_a_day_that_does_not_move_has_no_direction():
    truth = np.repeat([1.0, 1.0, 2.0, 2.0], 10)
    assert LagExplorer({"steps": (truth, truth)}, start=0, length=40).scores()["direction"] == 1
    flat = LagExplorer({"steps": (np.append(truth, np.full(30, 2.0)), np.zeros(70))}, start=45, length=20).scores()
    assert math.isnan(flat["direction"]) and math.isnan(flat["r2"]) and flat["error"] == 2


def test_its_picture_has_both_lines_and_a_bar_for_each_shift():
    explorer = sample(shift=2)
    lines, bars = explorer.picture().axes
    assert [line.get_linestyle() for line in lines.lines] == ["-", "--"]
    np.testing.assert_allclose(lines.lines[1].get_ydata(), copied(walk())[2:122], rtol=1e-4)
    assert [bar.get_height() for bar in bars.patches] == list(explorer.errors_by_shift().values())


SERIES = {"copy": (walk(), copied(walk()))}


@pytest.mark.parametrize(
    ("series", "traits", "message"),
    [
        ({}, {}, "at least one, got none"),
        ({"a": (walk(31), walk(31))}, {}, "must hold 32 days or more"),
        ({"a": (np.ones(50), np.ones(50))}, {}, "days or more that differ"),
        ({"a": (walk(50), walk(49))}, {}, r"series\['a'\]\[1\] must have the shape \(50,\), got \(49,\)"),
        ({"a": (np.append(walk(50), np.nan), walk(51))}, {}, "must be finite"),
        (SERIES, {"shift": 6}, "shift must be a whole number from -5 to 5, got 6"),
        (SERIES, {"length": 19}, "length must be a whole number from 20 to 200, got 19"),
        (SERIES, {"start": 181}, "start must be a whole number from 0 to 180, got 181"),
        (SERIES, {"chosen": "b"}, "chosen must be one of copy, got 'b'"),
    ],
)
def test_what_it_refuses_is_named(series, traits, message):
    with pytest.raises((ValueError, traitlets.TraitError), match=message):
        LagExplorer(series, **traits)


@pytest.mark.parametrize(
    ("series", "traits", "message"),
    [
        ([1, 2], {}, "series must be a dict of pairs, got list"),
        ({"a": walk()}, {}, r"series\['a'\] must be a pair of truth and forecast, got ndarray"),
        (SERIES, {"lag": 1}, "LagExplorer has no argument 'lag'"),
    ],
)
def test_what_is_of_another_kind_is_named(series, traits, message):
    with pytest.raises(TypeError, match=message):
        LagExplorer(series, **traits)
