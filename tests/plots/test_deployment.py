"""The figures of lesson 9: labeled, told apart without color, and true in their alt text."""

from __future__ import annotations

import numpy as np

from tests.plots.checks import draw

ACCURACY = {"PyTorch": 0.85, "torch.ao INT8": 0.849, "ONNX": 0.85, "ONNX INT8": 0.848}
KILOBYTES = {"PyTorch": 208.0, "torch.ao INT8": 69.0, "ONNX": 208.0, "ONNX INT8": 59.0}
SECONDS = {
    "1 text": {name: np.linspace(n, n + 2, 5) / 1e3 for n, name in enumerate(ACCURACY, 1)},
    "32 texts": {name: np.linspace(n, n + 4, 5) / 1e2 for n, name in enumerate(ACCURACY, 1)},
}
WEIGHTS = np.concatenate([np.linspace(-1, 1, 255), np.zeros(45)])


def test_each_variant_has_a_row_and_a_marker_of_its_own_in_each_panel():
    figure, alt = draw("shipped", (ACCURACY, KILOBYTES, SECONDS))
    assert len(figure.axes) == 4
    for axes in figure.axes:
        marks = [line for line in axes.lines if line.get_marker() not in ("None", None)]
        assert [line.get_ydata()[0] for line in marks] == [0, 1, 2, 3]
        assert len({line.get_marker() for line in marks}) == 4
    assert [tick.get_text() for tick in figure.axes[0].get_yticklabels()] == list(ACCURACY)
    assert "PyTorch: 85.0 %, 208 kB, 2 ms, 30 ms" in alt
    assert "ONNX INT8: 84.8 %, 59 kB, 5 ms, 60 ms" in alt


def test_the_whiskers_are_the_quartiles():
    figure, _ = draw("shipped", (ACCURACY, KILOBYTES, SECONDS))
    whisker = figure.axes[2].lines[0]
    np.testing.assert_allclose(whisker.get_xdata(), [1.5, 2.5])


def test_the_steps_in_use_are_counted():
    weights = {"as trained": WEIGHTS, "one too large": np.append(WEIGHTS, 1000.0)}
    figure, alt = draw("int8_steps", (weights,))
    assert "as trained: 255 steps in use, 15% at step 0" in alt
    assert "one too large: 2 steps in use, 100% at step 0" in alt
    assert [axes.get_title("left") for axes in figure.axes] == ["as trained", "one too large"]


def test_each_start_has_a_mark_and_the_medians_are_told():
    seconds = {"torch": np.array([3.0, 2.9, 3.3]), "ONNX Runtime": np.array([0.3, 0.4])}
    figure, alt = draw("cold_starts", (seconds,))
    assert alt == ("Time of cold starts. Medians: torch 3 s (3 starts), ONNX Runtime 0.35 s (2 starts).")
    np.testing.assert_array_equal(figure.axes[0].lines[0].get_xdata(), [3.0, 2.9, 3.3])
