"""The figures of lesson 5: true in their alt text, and readable without color."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_lessons import plots
from lstm_lessons.palette import LIGHT_PAGE
from tests.plots.checks import draw

ONES = np.ones((4, 2))
MASKS = {"plain": np.array([[1, 0], [0, 1], [1, 1], [0, 1.0]]), "held": ONES * np.array([0, 2.0])}
ACCURACY = {
    "help": np.array([91.0, 92, 90, 94]),
    "baseline": np.array([85.0, 86, 84, 86]),
    "nothing": np.array([86.0, 85, 85, 85]),
    "harm": np.array([79.0, 80, 79, 80]),
}


def test_the_masks_are_drawn_and_told():
    figure, alt = draw("dropout_masks", (MASKS,))
    plain, held = figure.axes
    assert len(plain.lines) == 3 and len(held.lines) == 4, "a cross on each dropped cell"
    assert "plain: 38% of the cells dropped, 0 of 2 units at every step" in alt
    assert "held: 50% of the cells dropped, 1 of 2 units at every step" in alt


def test_techniques_are_compared_pair_by_pair_from_best_to_worst():
    figure, alt = draw("compare_techniques", (ACCURACY,))
    means, differences = figure.axes
    rows = [label.get_text() for label in means.get_yticklabels()]
    assert rows == ["baseline", "help", "nothing", "harm"]
    d = ACCURACY["help"] - ACCURACY["baseline"]
    half = 3.1824 * d.std(ddof=1) / 2
    assert f"help, {d.mean():+.1f} ({d.mean() - half:+.1f} to {d.mean() + half:+.1f})" in alt
    assert "each of 4 voices" in alt and "mean of 85.2 %." in alt
    letters = [line.get_marker() for line in means.lines if list(line.get_ydata()) == [1]]
    assert letters[:4] == ["$A$", "$B$", "$C$", "$D$"]
    assert alt.index("help, ") < alt.index("nothing, ") < alt.index("harm, ")
    assert means.get_xlim() == (70, 100), "letters between 79 and 94 are not crowded into a fifth of the width"


def test_no_effect_is_hollow_and_each_kind_has_a_marker():
    figure, _ = plots.compare_techniques.draw(ACCURACY)
    drawn = [line for line in figure.axes[1].lines if len(line.get_xdata()) == 1]
    marks = {line.get_ydata()[0]: line for line in drawn}
    markers = [marks[row].get_marker() for row in (1, 2, 3)]
    assert markers[0] != markers[2], "better and worse differ without color"
    assert marks[2].get_markerfacecolor() == LIGHT_PAGE != marks[1].get_markerfacecolor()
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    assert legend == ["mean", "better", "no effect seen", "worse"]


def test_known_voices_are_drawn_beside_the_new_ones():
    known = {name: np.full(4, 97.5) for name in ACCURACY}
    figure, alt = draw("compare_techniques", (ACCURACY, known))
    assert "on known voices 97.5 %" in alt
    assert sum(line.get_marker() == "D" and len(line.get_xdata()) == 1 for line in figure.axes[0].lines) == 4


def test_a_missing_baseline_is_named():
    with pytest.raises(ValueError, match="baseline must be one of .*help.*got 'none'"):
        plots.compare_techniques.draw(ACCURACY, baseline="none")
