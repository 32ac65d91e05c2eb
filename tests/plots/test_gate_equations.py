"""The figures of lesson 1: labeled, told apart without color, and true in their alt text."""

from __future__ import annotations

import numpy as np

from tests.plots.checks import draw

STEPS = 20


def decay(*factors: float) -> np.ndarray:
    """Powers 1 … STEPS of each factor, one row per factor."""
    return np.array([[factor**step for step in range(1, STEPS + 1)] for factor in factors])


RNN = {"RNN, default": decay(0.4, 0.5), "RNN, orthogonal": decay(0.9, 0.8)}
LSTM = {0: decay(0.5, 0.45), 1: decay(0.7, 0.72), 3: decay(0.95, 0.96)}
SILENT, LOST = np.r_[0, 0, np.ones(18)], np.zeros(STEPS)
GROWING, SHRINKING = 1 / decay(0.5, 0.6)[:, ::-1], decay(0.9, 0.8)[:, ::-1]


def test_the_curves_pass_through_the_points_that_are_told():
    figure, alt = draw("squashing", ())
    told = {text.get_text() for text in figure.axes[0].texts}
    assert told == {"closed\n0.007", "half open\n0.5", "open\n0.993"}
    for words in ("0.007 at z = -5 (closed)", "0.5 at z = 0 (half open)", "0.993 at z = 5 (open)"):
        assert words in alt
    assert "it is 0.100 at 0.1 and 0.96 at 2" in alt


def test_the_legend_of_the_gradient_paths_stands_in_the_order_of_the_lines():
    figure, alt = draw("gradient_paths", (RNN, LSTM))
    shown = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert shown == [
        "LSTM, forget bias 3",
        "RNN, orthogonal",
        "LSTM, forget bias 1",
        "LSTM, forget bias 0",
        "RNN, default",
    ]
    assert [part.partition(":")[0] for part in alt.partition("bottom: ")[2].split("; ")] == shown
    left = np.median([0.4**STEPS, 0.5**STEPS])
    assert alt.endswith(f"RNN, default: about 10 to the power {np.log10(left):.0f}.")


def test_a_gradient_that_grows_or_vanishes_is_told_as_such():
    _, alt = draw("gradient_paths", ({}, {0: decay(0.0, 0.0), 5: 1 / decay(0.1, 0.1)}))
    assert "forget bias 5: about 10 to the power 20; LSTM, forget bias 0: 0." in alt
    assert "shrinks" not in alt


def test_the_alt_text_of_the_explosion_gives_the_change_that_is_drawn():
    figure, alt = draw("exploding_gradient", (GROWING, SHRINKING))
    power = np.log10(np.median(GROWING[:, 0] / GROWING[:, -1]))
    assert f"all paths, also through h: about 10 to the power {power:.0f};" in alt
    assert alt.endswith("direct path, product of f: about 10 to the power -1.")
    assert list(figure.axes[0].lines[0].get_xdata()) == list(range(STEPS))[::-1]
    _, alt = draw("exploding_gradient", (SHRINKING, GROWING))
    assert "all paths, also through h: about 10 to the power -1;" in alt and "grow" not in alt


def test_the_alt_text_of_the_silenced_memory_gives_the_values_that_are_drawn():
    _, alt = draw("silenced_memory", (SILENT, LOST, 2, (10, 15)))
    assert "At the write in step 2 and at the reads in 10 and 15" in alt
    assert "the right program holds 1.0, then 1.0 and 1.0" in alt
    assert "the wrong program holds 0.0, then 0.0 and 0.0" in alt
    _, alt = draw("silenced_memory", (np.linspace(0, 2, STEPS), SILENT, 0, (19,)))
    assert "the right program holds 0.0, then 2.0; the wrong program holds 0.0, then 1.0" in alt
