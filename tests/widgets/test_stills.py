"""The stills of all sample widgets: small, the same each time, and of the present state."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from lstm_lessons.palette import LIGHT_PAGE
from lstm_lessons.plots import shared, stills
from lstm_lessons.widgets.shared import theme
from tests.browser.samples import NAMES, sample

CHARTS = [name for name in NAMES if isinstance(sample(name).picture(), Figure)]
# Of each widget, another state whose picture must be another.
CHANGES = {
    "sequence": {"unit": 1, "step": 3, "overlay": False},
    "microscope": {"unit": 1, "step": 3, "symbol": "i", "sort": "index"},
    "forecast": {"day": 0, "truth": False, "interval": False},
    "phrase": {"phrase": "a mother", "unit": 1},
    "training": {"chosen": ["technique 3"], "quantity": "norm"},
}


def test_on_a_dark_page_a_still_is_known_by_its_mark():
    mark = re.search(r"img\[src\*='([\w+/]+)'\]", theme.figures())[1]
    assert mark in sample("training").twin()


LONG = "a name $x_ that goes on and on and on "


@pytest.mark.parametrize("call", [
    lambda: stills.sequence(
        [(LONG * 9, np.zeros(5), (0, 1))] * 3, dict.fromkeys("ifgoch", np.zeros((5, 2))),
        unit=0, step=1, labels=[LONG] * 5, gradient_path=np.ones(5),
    ),
    lambda: stills.microscope(
        np.zeros((5, 1)), "f", np.zeros((5, 2)), np.zeros((2, 2)), name=LONG * 9,
        x_limits=(0, 1), order=[1, 0], unit=0, step=1, letters=[LONG] * 5,
        beliefs=np.full((5, 3), 0.3), before=np.full(3, 0.3), class_names=[LONG * 9] * 3, label=1,
    ),
    lambda: stills.phrase(
        list("ab"), np.full((2, 3), 0.3), [LONG * 9] * 3, dict.fromkeys("ifgoch", np.zeros(2)),
        title=LONG * 9, unit="unit 1",
    ),
    lambda: stills.forecast(
        np.zeros(5), None, {LONG * 9: np.zeros(3)}, {LONG * 9: (0.5, 0.25)}, horizon=3,
        title=LONG * 9,
    ),
    lambda: stills.training(
        {LONG * 9 + k: {"train": np.ones(3), "validation": np.ones(3)} for k in "abc"}
    ),
])  # fmt: skip
def test_long_names_are_cut_and_leave_room_for_the_chart(call, recwarn):
    figure = call()
    shared.png(figure)
    assert not [warning.message for warning in recwarn.list]
    for axes in figure.axes:
        if axes.lines or axes.images or axes.patches:
            assert axes.get_window_extent().width > 5  # a legend of colors is narrow


def image_of(twin: str) -> bytes:
    [data] = re.findall(r'src="data:image/png;base64,([^"]+)"', twin)
    return base64.b64decode(data)


def test_the_charts_are_drawn_by_matplotlib():
    assert {name.split()[0] for name in NAMES} - {name.split()[0] for name in CHARTS} == {
        "gate",
        "prediction",
        "shape",
    }


@pytest.mark.parametrize("name", CHARTS)
def test_a_still_is_small_on_a_white_page_and_the_same_each_time(name):
    twin = sample(name).twin()
    image = image_of(twin)
    assert image == image_of(sample(name).twin())
    assert len(image) < 45_000
    picture = Image.open(io.BytesIO(image)).convert("RGB")
    pixels = np.asarray(picture)
    page = tuple(bytes.fromhex(LIGHT_PAGE[1:]))
    for corner in (pixels[0, 0], pixels[-1, 0], pixels[0, -1], pixels[-1, -1]):
        assert tuple(corner) == page
    [width] = re.findall(r'" width="(\d+)" alt', twin)
    assert picture.width == 1.5 * int(width) and picture.height > 300


@pytest.mark.parametrize("name", CHARTS)
def test_nothing_sticks_out_of_a_still(name):
    """Its text fits: every text lies inside the figure, and no two of one axis overlap."""
    figure = sample(name).picture()
    shared.png(figure)
    whole = figure.bbox
    for axes in figure.axes:
        for text in (*axes.texts, axes.title, axes._left_title, axes.xaxis.label, axes.yaxis.label):
            box = text.get_window_extent()
            if text.get_text() and text.get_visible() and axes.axison:
                assert whole.x0 - 1 <= box.x0 and box.x1 <= whole.x1 + 1, text
                assert whole.y0 - 1 <= box.y0 and box.y1 <= whole.y1 + 1, text


@pytest.mark.parametrize(
    ("name", "trait"), [(name, trait) for name in CHANGES for trait in CHANGES[name]]
)
def test_a_still_follows_the_state(name, trait):
    widget = sample({"sequence": "sequence 2 layers"}.get(name, name))
    before = image_of(widget.twin())
    setattr(widget, trait, CHANGES[name][trait])
    assert image_of(widget.twin()) != before
