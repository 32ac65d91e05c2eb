"""`DropoutExplorer` in Python: its masks are what the lesson's two kinds of dropout are."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_lessons.widgets import DropoutExplorer


@pytest.mark.parametrize("p", [0.0, 0.3, 0.9])
def test_a_share_p_is_dropped_and_one_kind_holds_its_mask(p):
    explorer = DropoutExplorer(p=p, steps=50, units=400, seed=1)
    plain, held = explorer.kept().values()
    assert plain.shape == held.shape == (50, 400)
    assert 1 - plain.mean() == pytest.approx(p, abs=0.01) and 1 - held.mean() == pytest.approx(p, abs=0.06)
    assert (held == plain[0]).all() and (p == 0 or (plain != plain[0]).any())


def test_a_larger_p_drops_what_was_dropped_and_more():
    explorer = DropoutExplorer(p=0.2)
    few = explorer.kept()["new at every step"]
    explorer.p = 0.4
    more = explorer.kept()["new at every step"]
    assert (few >= more).all() and (few > more).any()


def test_another_draw_is_another_mask_and_another_seed_other_draws():
    explorer = DropoutExplorer(draws=2)
    first = explorer.kept()["held for the sequence"]
    explorer.draw = 1
    assert (first != explorer.kept()["held for the sequence"]).any()
    assert DropoutExplorer(seed=1).noise != DropoutExplorer().noise == DropoutExplorer().noise


def test_it_says_how_many_units_were_ever_dropped():
    explorer = DropoutExplorer(steps=3, units=2)
    explorer.noise = [[[0, 900], [900, 900], [900, 900]]]
    assert explorer.summary() == (
        "DropoutExplorer, p = 0.30, 3 steps: new at every step: 1 of 2 units are dropped at least once; "
        "held for the sequence: 1 of 2 units are dropped at least once"
    )
    np.testing.assert_array_equal(explorer.kept()["held for the sequence"], [[False, True]] * 3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [({"p": 0.95}, "p must be between 0 and 0.9, got 0.95"), ({"units": 0}, "units must be"), ({"seed": -1}, "seed")],
)
def test_what_it_refuses_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        DropoutExplorer(**arguments)


def test_a_draw_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="draw must be a whole number from 0 to 7, got 8"):
        DropoutExplorer().draw = 8
