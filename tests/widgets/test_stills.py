"""The stills of all sample widgets: small, the same each time, and of the present state."""

from __future__ import annotations

import base64
import functools
import io
import re

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from lstm_lessons.palette import LIGHT
from lstm_lessons.plots import shared, stills
from lstm_lessons.widgets.shared import theme
from tests.browser.samples import NAMES, sample

DIAGRAMS = ("gate", "shape", "prediction", "self_check")  # from SVG templates
CHARTS = [name for name in NAMES if not name.startswith(DIAGRAMS)]
# Of each chart other states, whose pictures must be others.
CHANGES = {
    "sequence 2 layers": {"unit": 1, "step": 3, "overlay": False},
    "microscope": {"unit": 1, "step": 3, "symbol": "i", "sort": "index"},
    "dropout": {"p": 0.5, "draw": 1},
    "forecast": {"day": 0, "truth": True, "interval": False},
    "phrase": {"phrase": "a mother", "unit": 1},
    "quantization": {"phrase": "a mother"},
    "speech": {"digits": "42", "voice": 1, "pauses": [9], "alignment": "__3_"},
    "gradient": {"bias": 2.0, "w": 0.7},
    "playground": {"task": "first"},
    "timeline": {"chosen": "nn.LSTM"},
    "translation": {"phrase": "35", "step": 2, "view": "beam"},
    "training": {"chosen": ["technique 3"], "quantity": "norm"},
}


@functools.cache
def twin(name: str) -> str:
    return sample(name).twin()


def image_of(html: str) -> bytes:
    [data] = re.findall(r'src="data:image/png;base64,([^"]+)"', html)
    return base64.b64decode(data)


@pytest.mark.parametrize("name", CHARTS)
def test_a_still_is_small_on_a_white_page_and_the_same_each_time(name):
    image = image_of(twin(name))
    assert image == image_of(sample(name).twin())
    assert len(image) < 45_000
    picture = Image.open(io.BytesIO(image)).convert("RGB")
    pixels = np.asarray(picture)
    page = tuple(bytes.fromhex(LIGHT.page[1:]))
    for corner in (pixels[0, 0], pixels[-1, 0], pixels[0, -1], pixels[-1, -1]):
        assert tuple(corner) == page
    [width] = re.findall(r'" width="(\d+)" alt', twin(name))
    assert picture.width == 1.5 * int(width) and picture.height > 300


def test_on_a_dark_page_a_still_is_known_by_its_mark():
    mark = re.search(r"img\[src\*='([\w+/]+)'\]", theme.figures())[1]
    assert all(mark in twin(name) for name in CHARTS)


@pytest.mark.parametrize(("name", "trait"), [(name, trait) for name, traits in CHANGES.items() for trait in traits])
def test_a_still_follows_the_state(name, trait):
    widget = sample(name)
    setattr(widget, trait, CHANGES[name][trait])
    assert image_of(widget.twin()) != image_of(twin(name))


def sticks_out(figure: Figure) -> bool:
    """Whether something of a figure lies outside it, once it is drawn."""
    shared.png(figure)
    drawn, (width, height) = figure.get_tightbbox(), figure.get_size_inches()
    return min(drawn.x0, drawn.y0, width - drawn.x1, height - drawn.y1) < -0.02


@pytest.mark.parametrize("name", CHARTS)
def test_nothing_sticks_out_of_a_still(name):
    figure = sample(name).picture()
    assert not sticks_out(figure)
    figure.text(0.9, 0.5, "a text that is too long for its place")
    assert sticks_out(figure)


LONG = "a name $x_ that goes on and on and on " * 9
TRACES = dict.fromkeys("ifgoch", np.zeros((5, 2)))
WITH_LONG_NAMES = {
    "sequence": lambda: stills.sequence(
        [(LONG, np.zeros(5), (0, 1))] * 3, TRACES, unit=0, step=1, labels=[LONG] * 5
    ),
    "microscope": lambda: stills.microscope(
        np.zeros((5, 1)), "f", np.zeros((5, 2)), np.zeros((2, 2)), name=LONG, x_limits=(0, 1),
        order=[1, 0], unit=0, step=1, letters=[LONG] * 5, beliefs=np.full((5, 3), 0.3),
        before=np.full(3, 0.3), class_names=[LONG] * 3, label=1,
    ),
    "phrase": lambda: stills.phrase(
        list("ab"), np.full((2, 3), 0.3), [LONG] * 3, dict.fromkeys("ifgoch", np.zeros(2)),
        title=LONG, unit="unit 1",
    ),
    "translation": lambda: stills.translation(
        "ab", list("abc"), np.full((3, 2), 0.5), title=LONG, step=0, beam=[(LONG, -1.0)] * 3
    ),
    "speech": lambda: stills.speech(
        np.ones((9, 13)), np.full((9, 3), 0.3), [("7", 2.0, 5.0)], path=[0] * 9, classes=[LONG] * 3, title=LONG
    ),
    "forecast": lambda: stills.forecast(
        np.zeros(5), None, {LONG: np.zeros(3)}, {LONG: (0.5, 0.25)}, horizon=3, title=LONG
    ),
    "training": lambda: stills.training(
        {LONG + k: {"train": np.ones(3), "validation": np.ones(3)} for k in "abc"}
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WITH_LONG_NAMES)
def test_long_names_are_cut_and_leave_room_for_the_chart(name, recwarn):
    figure = WITH_LONG_NAMES[name]()
    assert not sticks_out(figure)
    assert not recwarn.list, "the layout gave up"
    widest = max(axes.get_window_extent().width for axes in figure.axes)
    assert widest > figure.bbox.width / 3
