"""What the figures share: styles by rank, words for a change, and the figures of two lessons."""

from __future__ import annotations

import io
import math
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from lstm_lessons import plots
from lstm_lessons.palette import RIVALS
from lstm_lessons.plots import shared
from tests.plots.checks import draw

ROWS = {
    "right": {"alone": np.array([0.9, 1.0]), "in company": np.array([0.9, 1.0])},
    "wrong": {"alone": np.array([0.8, 0.9]), "in company": np.array([0.3, 0.5])},
}


def test_the_main_rival_is_blue_and_solid_wherever_it_stands():
    for main in (0, 1, -1):
        styles = list(shared.rivals(["a", "b", "c"], main=main).values())
        assert styles[main] == {"color": shared.BLUE, "linestyle": "-", "marker": "o"}
        assert len({(style["color"], style["marker"]) for style in styles}) == 3


def test_more_rivals_than_there_are_styles_are_refused():
    assert len(shared.rivals(range(len(RIVALS)))) == len(RIVALS)
    with pytest.raises(ValueError, match="at most 6, got 7"):
        shared.rivals(range(len(RIVALS) + 1))


@pytest.mark.parametrize(
    "first, last, words",
    [
        (2.3, 0.0236, "falls from 2.3 to 0.0236"),
        (0.0236, 2.3, "rises from 0.0236 to 2.3"),
        (1.0001, 1.0, "begins and ends at 1"),
        (1.0, math.nan, "goes from 1 to nan"),
        (1.0, math.inf, "rises from 1 to inf"),
    ],
)
def test_a_change_is_told_as_it_went(first, last, words):
    assert shared.change(first, last) == words


def test_every_seed_has_a_line_and_every_rival_one_entry_in_the_legend():
    axes = Figure().subplots()
    shared.curves(axes, {"three seeds": np.ones((3, 4)), "one": np.arange(5.0)}, at=range(10, 20))
    assert [len(line.get_ydata()) for line in axes.lines] == [4, 4, 4, 5]
    assert list(axes.lines[-1].get_xdata()) == [10, 11, 12, 13, 14]
    assert axes.get_legend_handles_labels()[1] == ["three seeds", "one"]


def test_a_logarithmic_axis_has_numbers_that_people_write():
    axes = Figure().subplots()
    axes.plot([1, 2], [0.02, 0.5])
    shared.log_axis(axes.yaxis, 1, 3)
    low, high = axes.get_ylim()
    ticks = [text.get_text() for text in axes.get_yticklabels() if low <= text.get_position()[1] <= high]
    assert ticks == ["0.03", "0.1", "0.3"]


def test_an_image_has_few_colors_and_looks_as_the_figure_does():
    figure, _ = shared.accuracies.draw(ROWS)
    image = Image.open(io.BytesIO(shared.png(figure, 100)))
    assert image.mode == "P" and image.size == tuple((100 * figure.get_size_inches()).astype(int))
    true = np.asarray(figure.canvas.buffer_rgba())[..., :3].astype(int)
    off = np.abs(np.asarray(image.convert("RGB")) - true)
    assert off.mean() < 0.5 and np.percentile(off, 99.9) < 16  # of 255


def test_an_empty_alt_text_is_refused():
    with pytest.raises(ValueError, match="alt must describe"):
        shared.show(Figure(), alt=" ")


# history


def test_a_figure_at_a_place_is_put_there_again(monkeypatch):
    calls = []
    monkeypatch.setattr("IPython.display.display", lambda data, **options: calls.append((data, options)))
    curves = {"LSTM": np.full((20, 2), 0.1)}
    for update in (False, True):
        plots.learning_curves(curves, guess=0.2, place="training", update=update)
    assert [(o["display_id"], o["update"]) for _, o in calls] == [("training", False), ("training", True)]
    assert all(data["image/png"] and o["metadata"]["image/png"]["alt"] == data["text/plain"] for data, o in calls)


def record(losses: list[float], validation: list[float] = (), **more) -> SimpleNamespace:
    """As much of a `train.History` as is drawn."""
    best = int(np.argmin(validation)) if len(validation) else None
    return SimpleNamespace(
        train_loss=losses, validation=list(validation), best_epoch=best,
        gradient_norm=[1.0, 3.0], **{"clip_norm": 2.0, "clipped_share": 0.5, **more},
    )  # fmt: skip


def test_a_history_is_drawn_and_told_by_its_numbers():
    figure, alt = draw("history", (record([3.0, 2.0, 1.0], [0.9, 0.5, 0.7]),))
    losses, norms = figure.axes
    assert [list(line.get_ydata()) for line in losses.lines[:2]] == [[3, 2, 1], [0.9, 0.5, 0.7]]
    assert list(norms.lines[0].get_ydata()) == [1, 3]
    [best] = losses.texts
    assert best.get_window_extent().y0 > losses.get_window_extent().y0 + 2  # not on the axis
    assert alt == (
        "Left: the training loss falls from 3 to 1 in 3 epochs. The best validation value, 0.5, "
        "comes in epoch 2. Right: 50% of the gradient norms lie above clip_norm."
    )


def test_a_rising_loss_is_not_told_as_a_falling_one():
    _, alt = draw("history", (record([1.0, 2.0]),))
    assert "rises from 1 to 2" in alt and "falls" not in alt


def test_a_history_without_validation_and_clipping_tells_neither():
    figure, alt = draw("history", (record([2.0, 1.0], clip_norm=None),))
    assert alt == "Left: the training loss falls from 2 to 1 in 2 epochs."
    assert figure.axes[1].get_legend() is None


# accuracies


def test_accuracies_are_drawn_in_percent_and_their_means_are_told():
    figure, alt = draw("accuracies", (ROWS,), baselines={"simple": 0.7}, lowest=0.2)
    assert "right, alone: 95.0" in alt and "wrong, in company: 40.0" in alt
    assert "each of 2 seeds" in alt and "simple: 70.0" in alt
    (axes,) = figure.axes
    assert [text.get_text() for text in axes.get_yticklabels()] == list(ROWS)
    heights = [line.get_ydata() for line in axes.lines[:4]]
    assert (np.round(np.concatenate(heights)) == [0, 0, 0, 0, 1, 1, 1, 1]).all()
    np.testing.assert_allclose(axes.lines[3].get_xdata(), [30, 50])
    assert "simple" in {text.get_text() for text in axes.texts}


@pytest.mark.parametrize(("worst", "simple", "begin"), [(0.95, 0.9, 85), (0.62, 0.9, 60), (0.95, 0.31, 30)])
def test_the_axis_of_accuracies_begins_where_all_marks_are_seen(worst, simple, begin):
    rows = {"network": {"test": np.array([0.97, worst])}}
    figure, _ = shared.accuracies.draw(rows, baselines={"simple": simple}, lowest=0.85)
    np.testing.assert_allclose(figure.axes[0].get_xlim(), (begin, 100))


def test_one_way_to_measure_needs_no_legend_and_one_seed_is_counted_as_one():
    rows = {"network": {"test": np.array([0.9, 1.0])}, "vote": {"test": np.array([0.97])}}
    figure, alt = shared.accuracies.draw(rows)
    assert figure.axes[0].get_legend() is None
    assert alt == ("Test accuracy in percent, one mark for each of 1 or 2 seeds. Means: network: 95.0; vote: 97.0.")
