"""Techniques that come and go: nothing is dropped or recolored unasked, and all of it fits and can be read."""

from __future__ import annotations

import pytest

from lstm_lessons.data import studies
from lstm_lessons.widgets import TrainingExplorer
from tests.browser.looks import cut_off

CHOSEN = ["baseline", "dropout on inputs 0.3", "16 units"]
COLORS = """(root) => Object.fromEntries([...root.querySelectorAll("tbody tr")].flatMap((row) => {
    const [name, mark] = [row.querySelector("td[data-technique]")?.dataset.technique, row.querySelector(".tx-mark")];
    return name ? [[name, [getComputedStyle(mark).fill, mark.localName]]] : [];
}))"""


@pytest.fixture
def opened(show):
    """``opened(*techniques)``: the explorer of the recorded study on a page, as wide as JupyterLab's cell."""

    def open_one(*techniques, **traits):
        widget = TrainingExplorer.from_study(studies.load("regularization"), list(techniques), **traits)
        return show(widget, viewport={"width": 880, "height": 800}).root

    return open_one


def test_a_fourth_technique_waits_and_none_changes_its_color(opened):
    root = opened(*CHOSEN)
    before = root.evaluate(COLORS)
    assert list(before) == CHOSEN
    fourth = root.locator("input[data-name='64 units']")
    assert fourth.is_disabled() and "untick one" in root.locator("legend").inner_text()
    root.locator("input[data-name=baseline]").click()
    assert root.evaluate(COLORS) == {name: look for name, look in before.items() if name != "baseline"}
    fourth.click()
    after = root.evaluate(COLORS)
    assert after.pop("64 units") == before["baseline"], "the free color"
    assert after.items() <= before.items()


def test_the_epoch_is_the_one_that_was_asked_for_and_the_picture_answers_to_the_pointer(opened):
    root = opened(*CHOSEN, epoch=30)
    assert root.locator(".ll-slider-value").inner_text() == "30"
    box = root.locator(".tx-picture svg").bounding_box()
    for share, epoch in ((0.01, "1"), (0.99, "40")):
        root.page.mouse.move(box["x"] + share * box["width"], box["y"] + 80)
        assert root.locator(".ll-slider-value").inner_text() == epoch


@pytest.mark.parametrize("width", [880, 400])
def test_it_fits_is_not_cut_and_has_no_tiny_letters(opened, width):
    root = opened(*CHOSEN)
    root.page.set_viewport_size({"width": width, "height": 800})
    assert not cut_off(root)
    assert root.evaluate("(node) => node.scrollWidth <= node.clientWidth + 1")
    sizes = root.locator(".tx-picture text").evaluate_all(
        "(all) => all.map((node) => parseFloat(getComputedStyle(node).fontSize) * node.getScreenCTM().a)"
    )
    assert min(sizes) >= 12
    if width > 800:
        assert root.bounding_box()["height"] <= 650
        left, right = (root.locator(part).bounding_box() for part in (".tx-choices", ".tx-right table"))
        assert abs(left["y"] + left["height"] - right["y"] - right["height"]) < 40, "no empty space"
