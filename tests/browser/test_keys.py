"""Whose a key is: after a click in a deck the presenter's, on the site the control's.

JupyterLab's keys have their own file, ``test_lab_keys.py``.
"""

from __future__ import annotations

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from playwright.sync_api import Locator, Page

from lstm_lessons.publish import slides
from tests.browser.hands.base import TWO_FRAMES
from tests.browser.pages import open_page, write_page
from tests.browser.samples import sample

NAMES = (
    "gate 2x3",
    "gradient",
    "sequence 2 layers",
    "shape",
    "microscope",
    "dropout",
    "forecast",
    "phrase",
    "quantization",
    "timeline",
    "training",
    "translation",
    "writing",
    "speech",
    "lag",
    "playground",
    "prediction",
    "self_check",
    "sequence bench",
)
KINDS = (
    *("input[type=range]", "input[type=checkbox]", "input[type=number]"),
    *("[role=slider]", "button:not([data-action=tour])", "summary"),
)
FOCUSED = "(node) => node === document.activeElement"
ALL_KINDS = {
    "gate 2x3": 2,
    "gradient": 1,
    "shape": 3,
    "dropout": 2,
    "forecast": 2,
    "phrase": 2,
    "quantization": 1,
    "timeline": 2,
    "training": 2,
    "translation": 2,
    "speech": 2,
    "lag": 2,
    "prediction": 1,
    "self_check": 1,
}


def controls(root: Locator) -> list[Locator]:
    """Of each kind of control the first that a hand can reach."""
    first = [root.locator(f"{kind}:visible:not(:disabled)").first for kind in KINDS]
    return [control for control in first if control.count()]


@pytest.mark.parametrize("name", NAMES)
def test_on_a_page_a_control_keeps_the_focus_after_a_click(show, name):
    root = show(sample(name)).root
    found = controls(root)
    assert len(found) >= ALL_KINDS.get(name, 3)
    for control in found:
        handle = control.element_handle()
        handle.click()
        root.page.evaluate(TWO_FRAMES)
        assert handle.evaluate(FOCUSED), handle.evaluate("(node) => node.outerHTML")


def test_on_a_page_enter_and_escape_leave_a_field_as_it_is(open_visit, tmp_path):
    page = open_visit(offline=True).page
    roots = open_page(page, write_page(tmp_path / "lesson.html", [sample("phrase"), sample("shape")]))
    for root, name in zip(roots, ("phrase", "input_size"), strict=True):
        field = root.locator(f"input[data-name={name}]")
        field.click()
        for key in ("Enter", "Escape"):
            page.keyboard.press(key)
            assert field.evaluate(FOCUSED)


@pytest.fixture(scope="module")
def deck(tmp_path_factory):
    """A deck with a widget of each kind: the second slide has the first."""
    kind = {"slideshow": {"slide_type": "slide"}}
    cells = [new_markdown_cell("# Keys", metadata=kind)]
    for name in NAMES:
        output = new_output("display_data", {"text/html": sample(name).twin()})
        cells.append(new_code_cell(repr(name), outputs=[output], metadata=kind))
    cells.append(new_markdown_cell("# The end", metadata=kind))
    path = tmp_path_factory.mktemp("deck") / "keys.html"
    notebook = nbformat.v4.new_notebook(cells=cells)
    path.write_text(slides.deck(notebook), encoding="utf-8")
    return path


@pytest.fixture
def slide(open_visit, deck):
    """``slide("shape")``: the root of that widget, on the slide that is shown."""

    def show(name: str) -> Locator:
        page = open_visit(offline=True, viewport={"width": 1280, "height": 720}).page
        page.goto(deck.as_uri())
        page.wait_for_selector("html[data-ready]")
        page.evaluate("(h) => Reveal.slide(h)", NAMES.index(name) + 1)
        page.evaluate(TWO_FRAMES)
        return page.locator("section.present > section.present [data-widget-root]")

    return show


def turns(page: Page, key: str = "PageDown") -> bool:
    """Whether a key turns to the next slide; the slide is the same as before afterward."""
    page.evaluate(TWO_FRAMES)
    here = page.evaluate("() => Reveal.getIndices().h")
    page.keyboard.press(key)
    there = page.evaluate("() => Reveal.getIndices().h")
    page.evaluate("(h) => Reveal.slide(h)", here)
    page.evaluate(TWO_FRAMES)
    assert there in (here, here + 1)
    return there != here


@pytest.mark.parametrize("name", NAMES)
def test_in_a_deck_the_key_after_a_click_is_the_presenters(slide, name):
    root = slide(name)
    assert turns(root.page)
    for control in controls(root):
        handle = control.element_handle()
        handle.click()
        assert turns(root.page), handle.evaluate("(node) => node.outerHTML")
    for select in root.locator("select:visible:not(:disabled)").all()[:2]:
        select.click()
        select.select_option(index=0)  # in Chromium's own list, which Playwright cannot click
        select.evaluate("(node) => node.dispatchEvent(new Event('change', { bubbles: true }))")
        assert not select.evaluate(FOCUSED) and turns(root.page)
        for key in ("PageDown", "ArrowRight"):  # the list was closed, and nothing else chosen: nothing changes
            select.dispatch_event("pointerdown")
            select.focus()
            assert turns(root.page, key) and not select.evaluate(FOCUSED)


def test_in_a_deck_space_goes_on_after_a_click_on_the_arrow_back(slide):
    page = slide("shape").page
    here = page.evaluate("() => Reveal.getIndices().h")
    page.locator(".controls .navigate-left").click()
    page.keyboard.press("Space")
    page.evaluate(TWO_FRAMES)
    assert page.evaluate("() => Reveal.getIndices().h") == here


@pytest.mark.parametrize("name", NAMES)
def test_in_a_deck_the_keyboard_alone_works_as_on_a_page(slide, name):
    root = slide(name)
    state = "() => [Reveal.getIndices().h, Reveal.isPaused(), Reveal.isOverview(), Reveal.isFirstSlide()]"
    before = root.page.evaluate(state)
    lists = root.locator("select:visible:not(:disabled)").all()[:1]
    for control in [*controls(root), *lists]:
        handle = control.element_handle()
        kind = handle.evaluate("(node) => node.type ?? node.localName")
        own = {"checkbox": ["Space"], "button": ["Space", "Enter"], "submit": ["Space", "Enter"], "div": ["ArrowRight"]}
        own |= {"summary": ["Enter", "Space"], "select-one": ["ArrowDown", "End", "Home", "n", "b", "o"]}
        for key in own.get(kind, ["ArrowUp"]):
            if not handle.is_visible():  # what one key has folded away
                continue
            handle.focus()
            root.page.keyboard.press(key)
            root.page.evaluate(TWO_FRAMES)
            told = handle.evaluate("(node) => node.outerHTML"), key
            assert handle.evaluate(FOCUSED) or not handle.is_visible(), told
            assert root.page.evaluate(state) == before, told


@pytest.mark.parametrize("key", ["Enter", "Escape"])
def test_in_a_deck_text_is_typed_until_enter_or_escape(slide, key):
    root = slide("phrase")
    field = root.locator("input[data-name=phrase]")
    field.click()
    root.page.keyboard.type("ate")
    assert "ate" in field.input_value() and field.evaluate(FOCUSED)
    root.page.keyboard.press(key)
    assert not field.evaluate(FOCUSED) and turns(root.page)


def test_in_a_deck_a_number_is_typed_by_keyboard_until_enter(slide):
    root = slide("shape")
    field = root.locator("input[data-name=hidden_size]")
    field.focus()
    root.page.keyboard.press("Control+A")
    root.page.keyboard.type("7")
    assert field.input_value() == "7" and field.evaluate(FOCUSED)
    root.page.keyboard.press("Enter")
    assert not field.evaluate(FOCUSED) and turns(root.page)
