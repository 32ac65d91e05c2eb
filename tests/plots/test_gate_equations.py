"""The figures of lesson 1: labeled, told apart without color, and true in their alt text."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_lessons import plots

STEPS = 20


def decay(*factors: float) -> np.ndarray:
    """Powers 1 … STEPS of each factor, one row per factor."""
    return np.array([[factor**step for step in range(1, STEPS + 1)] for factor in factors])


RNN = {"RNN, default": decay(0.4, 0.5), "RNN, orthogonal": decay(0.9, 0.8)}
LSTM = {0: decay(0.5, 0.45), 1: decay(0.7, 0.72), 3: decay(0.95, 0.96)}
SILENT, LOST = np.r_[0, 0, np.ones(18)], np.zeros(STEPS)
FIGURES = {
    "squashing": (),
    "gradient_paths": (RNN, LSTM),
    "silenced_memory": (SILENT, LOST, 2, (10, 15)),
    "exploding_gradient": (1 / decay(0.5, 0.6)[:, ::-1], decay(0.9, 0.8)[:, ::-1]),
}


@pytest.mark.parametrize("name", FIGURES)
def test_every_axis_has_a_label_and_every_kind_of_line_a_style_of_its_own(name):
    figure, alt = getattr(plots, name).draw(*FIGURES[name])
    assert len(alt) > 60
    for axes in figure.axes:
        assert axes.get_xlabel() and axes.get_ylabel()
        named = [line for line in axes.lines if not line.get_label().startswith("_")]
        styles = {(line.get_linestyle(), line.get_marker()) for line in named}
        assert len(styles) == len(named)


def test_the_legend_of_the_gradient_paths_stands_in_the_order_of_the_lines():
    figure, alt = plots.gradient_paths.draw(RNN, LSTM)
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


def test_the_alt_text_of_the_explosion_gives_the_growth_that_is_drawn():
    full, direct = FIGURES["exploding_gradient"]
    growth = np.median(full[:, 0] / full[:, -1])
    _, alt = plots.exploding_gradient.draw(full, direct)
    assert f"10 to the power {np.log10(growth):.0f}." in alt


def test_the_alt_text_of_the_silenced_memory_gives_the_values_that_are_drawn():
    _, alt = plots.silenced_memory.draw(SILENT, LOST, 2, (10, 15))
    assert "holds 1.0" in alt
    assert "at 0.0 when it is read" in alt
