"""A day drawn by hand: the pen, the score against two methods, and what stays hidden until then."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.browser.forecast_samples import METHODS, sample_forecasts
from tests.browser.hands.base import drag, place_in


@pytest.fixture
def opened(show):
    """``opened(*drawn, **traits)``: the explorer in Python, with these methods or all, and its root on a page."""

    def open_one(*drawn, **traits):
        widget = sample_forecasts(**traits)
        widget.methods = drawn or widget.methods
        return widget, show(widget).root

    return open_one


def points(root, name):
    """What is drawn of a series in °C, None if it is not drawn."""
    line = root.locator(f"[data-series='{name}']")
    return np.array(json.loads(line.get_attribute("data-points"))) if line.count() else None


def stroke(root, *places):
    """Pull the pressed pointer from place to place of the pad: shares of its width and height."""
    drag(root.page, *(place_in(root.locator("[data-role=pad]"), *shares) for shares in places))


def test_a_day_is_drawn_by_hand_and_scored_against_the_first_and_the_last_method(opened):
    widget, root = opened("ridge")
    assert points(root, "truth") is None and points(root, "yours") is None
    score = root.locator("[data-action=score]")
    assert score.is_disabled(), "there is nothing to score"
    stroke(root, (0.01, 0.5), (0.5, 0.2), (0.99, 0.8))
    drawn = points(root, "yours")
    assert drawn.shape == (24,) and np.isfinite(drawn).all()
    assert 10 <= drawn.argmax() <= 13 and drawn.argmin() == 23, "it is the line of the hand"
    assert points(root, "LSTM") is None, "one does not draw after it"
    score.click()
    np.testing.assert_array_equal(points(root, "yours"), drawn)
    widget.truth = True
    truth = widget.outcome()[widget.day]
    np.testing.assert_allclose(points(root, "truth"), truth)
    assert all(points(root, name) is not None for name in (METHODS[0], "ridge", METHODS[-1]))
    off = {name: np.abs(widget.forecast(name)[widget.day] - truth).mean() for name in (METHODS[0], METHODS[-1])}
    said = root.locator(".fx-said").inner_text()
    assert (
        f"you {np.abs(drawn - truth).mean():.1f}, persistence {off['persistence']:.1f}, LSTM {off['LSTM']:.1f}" in said
    )

    stroke(root, (0.2, 0.1), (0.9, 0.1))
    np.testing.assert_array_equal(points(root, "yours"), drawn)  # too late: the truth is known
    root.locator("[data-action=another]").click()
    assert points(root, "truth") is None and points(root, "yours") is None and points(root, "LSTM") is None
    stroke(root, (0.01, 0.5), (0.99, 0.5))
    score.click()
    assert "over your 2 days" in root.locator(".fx-said").inner_text()


def test_a_short_line_goes_on_level_and_a_second_one_goes_over_it(opened):
    widget, root = opened()
    known = widget.measured()[widget.data["past"] - 1]
    stroke(root, (0.5, 0.3), (0.51, 0.3))
    first = points(root, "yours")
    assert len(set(first[12:])) == 1, "behind the pen it stays level"
    np.testing.assert_allclose(np.diff(first[:12], 2), 0, atol=0.11)  # from the last hour known, straight, in tenths
    assert min(known, first[-1]) < first[0] < max(known, first[-1])
    stroke(root, (0.1, 0.9), (0.2, 0.9))
    second = points(root, "yours")
    assert second[3] < first[3] and (second[8:] == first[8:]).all()
    root.locator("[data-action=erase]").click()
    assert points(root, "yours") is None


def test_the_picture_answers_to_the_pointer_and_holds_still_while_one_draws(opened):
    _, root = opened()
    box, mouse = root.locator("[data-role=pad]").bounding_box(), root.page.mouse
    hour = root.locator("input[data-name=hour]")
    seen = []
    for share in (0.01, 0.3, 0.99):
        mouse.move(box["x"] + share * box["width"], box["y"] + 20)
        seen.append(int(hour.input_value()))
    assert seen[0] == 1 and 6 <= seen[1] <= 8 and seen[2] == 24
    ticks = root.locator(".fx-tick").all_inner_texts()
    stroke(root, (0.1, 0.01), (0.9, 0.99))
    assert root.locator(".fx-tick").all_inner_texts() == ticks, "the axis moved under the pen"


def test_the_band_is_drawn_with_the_method_that_it_belongs_to(opened):
    _, root = opened(interval_of="ridge")
    assert points(root, "interval") is not None
    assert "interval of ridge" in root.locator(".fx-inside").inner_text()
    color = "(node) => getComputedStyle(node).getPropertyValue('--fx')"
    assert root.locator(".fx-band").evaluate(color) == root.locator("[data-series=ridge]").evaluate(color)
    root.locator("input[data-name='method ridge']").click()
    assert points(root, "interval") is None and root.locator("input[data-name=interval]").is_disabled()


def test_the_truth_is_on_the_page_only_once_it_is_shown(opened):
    widget, root = opened()
    assert "show what came" in root.inner_text()
    assert (
        root.locator("[data-method=truth], [data-symbol=error], [data-symbol=day], [data-symbol=inside]").count() == 0
    )
    root.locator("input[data-name=truth]").click()
    assert root.locator("[data-symbol=error]").count() == len(METHODS)


def test_what_one_turns_and_what_it_changes_fit_a_laptop(opened):
    _, root = opened()
    for width in (880, 1040):  # of JupyterLab's cell at 1280 x 800 and 1440 x 900
        root.page.set_viewport_size({"width": width, "height": 800})
        assert root.bounding_box()["height"] <= 650
