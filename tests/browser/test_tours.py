"""The tours: real hands walk each to its end and do what it asks; Escape breaks one off; keys in a deck stay theirs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Locator

from lstm_lessons.widgets import GateExplorer, Playground, SequenceExplorer, ShapeExplorer
from tests.browser.hands.base import TWO_FRAMES, drag, place_in
from tests.browser.looks import objections
from tests.browser.pages import open_page, write_page

FOLDER = Path(__file__).parents[2] / "lstm_lessons/widgets"
TOURS = {
    "gate": "gate_explorer/gate_explorer_tour.json",
    "sequence": "sequence_explorer/sequence_explorer_tour.json",
    "bench": "sequence_explorer/sequence_bench_tour.json",
    "shape": "shape_explorer/shape_explorer_tour.json",
    "playground": "playground/playground_tour.json",
}
MAKE = {
    "gate": GateExplorer,
    "sequence": SequenceExplorer,
    "bench": lambda: SequenceExplorer(puzzle="latch"),
    "shape": ShapeExplorer,
    "playground": lambda: Playground(playing=False),
}
FOCUSED = "(node) => node === document.activeElement"
WIDE, PHONE = {"width": 1112, "height": 800}, {"width": 390, "height": 800}


def steps_of(name: str) -> list[dict]:
    return json.loads((FOLDER / TOURS[name]).read_text(encoding="utf-8"))


@pytest.fixture
def show(open_visit, tmp_path):
    """Open a page with one widget; its root. In a deck where `deck`."""

    def show_one(name: str, *, theme: str = "light", deck: bool = False, **options) -> Locator:
        page = open_visit(**({"offline": True, "viewport": WIDE} | options)).page
        path = write_page(tmp_path / "tour.html", [MAKE[name]()], theme)
        if deck:
            path.write_text(path.read_text(encoding="utf-8").replace("<main>", '<main class="reveal">'))
        [root] = open_page(page, path)
        return root

    return show_one


def start(root: Locator, *, by_key: bool = False) -> Locator:
    """Open the tour; its card."""
    button = root.locator("[data-action=tour]")
    button.press("Enter") if by_key else button.click()
    card = root.locator("[data-role=tour]")
    card.wait_for()
    return card


def step_of(card: Locator) -> int:
    return int(card.get_attribute("data-step"))


def pull(part: Locator, right: float, down: float) -> None:
    part.scroll_into_view_if_needed()
    x, y = place_in(part)
    drag(part.page, (x, y), (x + right, y + down), steps=6)


def press_slider(root: Locator, name: str) -> None:
    root.locator(f"input[data-name='{name}']").press("ArrowRight")


# What a hand does where a step asks for it, by the step.
ACTS = {
    "gate": {
        1: lambda root: pull(root.locator("[data-drag='valve f']"), 0, 120),
        3: lambda root: pull(root.locator("[data-drag='valve f']"), 0, -160),
        4: lambda root: pull(root.locator("[data-drag='valve i']"), -160, 0),
        5: lambda root: press_slider(root, "x_0"),
        6: lambda root: pull(root.locator("[data-drag='valve o']"), 0, 120),
    },
    "sequence": {
        0: lambda root: pull(root.locator("[data-role=pad]"), 60, 15),
        4: lambda root: root.locator("[data-role=pad]").press("ArrowRight"),
        5: lambda root: root.locator("[data-action=pipes]").click(),
        6: lambda root: root.locator("[data-preset=toggle]").click(),
    },
    "bench": {
        2: lambda root: root.locator("[data-field='i.1']").fill("20"),
        4: lambda root: root.locator("[data-case='2']").click(),
    },
    "shape": {
        2: lambda root: root.locator("[data-name=batch_first]").click(),
        3: lambda root: root.locator("[data-name=hidden_size]").fill("8"),
        5: lambda root: root.locator("[data-name=bidirectional]").click(),
        6: lambda root: root.locator("button[data-tensor=output]").click(),
    },
    "playground": {
        0: lambda root: root.locator("[data-action=play]").click(),
        3: lambda root: pull(root.locator(".pg-input"), 10, -10),
        4: lambda root: root.locator("select[data-name=racer]").select_option("0"),
        5: lambda root: root.locator("select[data-name=preset]").select_option(index=1),
    },
}


def test_a_tour_is_short_and_each_act_has_a_hand():
    for name in TOURS:
        steps = steps_of(name)
        assert 6 <= len(steps) <= 9
        assert [k for k, step in enumerate(steps) if "until" in step] == list(ACTS[name])
        assert all("ask" in step for step in steps if "until" in step)
        assert all(len(step["text"]) <= 220 for step in steps)


def check_place(root: Locator, card: Locator, step: dict) -> None:
    """The card is on the page and not on its part, and the ring is around the part."""
    page = root.page
    parts = [part for selector in step["at"].split(", ") for part in root.locator(selector).all() if part.is_visible()]
    part, box = parts[0].bounding_box(), card.bounding_box()
    ring = root.locator(".ll-tour-ring").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= page.viewport_size["width"]
    assert abs(ring["x"] + ring["width"] / 2 - part["x"] - part["width"] / 2) < 3, step
    assert abs(ring["y"] + ring["height"] / 2 - part["y"] - part["height"] / 2) < 3, step
    if card.get_attribute("data-side") != "apart":
        beside = box["x"] >= part["x"] + part["width"] or box["x"] + box["width"] <= part["x"]
        assert beside or box["y"] >= part["y"] + part["height"] or box["y"] + box["height"] <= part["y"], step


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("name", TOURS)
def test_hands_walk_a_tour_to_its_end(show, name, viewport):
    root = show(name, viewport=viewport, reduced_motion="reduce")
    page, steps = root.page, steps_of(name)
    card = start(root)
    seen = []
    while card.count():
        k = step_of(card)
        assert k not in seen, "it goes on, never back"
        seen.append(k)
        assert card.inner_text().replace("\n", " ").find(steps[k]["text"]) >= 0
        page.evaluate(TWO_FRAMES)
        page.wait_for_timeout(150)  # the card has been placed once more
        check_place(root, card, steps[k])
        if "until" in steps[k]:
            ACTS[name][k](root)
            page.wait_for_function("([node, k]) => Number(node.dataset.step) > k", arg=[card.element_handle(), k])
            page.wait_for_function(FOCUSED, arg=card.element_handle())
        else:
            page.keyboard.press("Enter" if k % 2 else "ArrowRight")
    assert seen == list(range(len(steps)))
    assert root.locator("[data-action=tour]").evaluate(FOCUSED), "the focus is back"
    assert root.locator(".ll-tour-ring").count() == 0


@pytest.mark.parametrize("name", TOURS)
def test_a_tour_by_its_buttons_goes_back_and_skips_an_act(show, name):
    root = show(name)
    card = start(root)
    assert root.locator("[data-tour=back]").is_disabled()
    first = next(iter(ACTS[name]))
    for _ in range(first + 1):
        root.locator("[data-tour=next]").click()
    assert step_of(card) == first + 1
    card.press("ArrowLeft")
    assert step_of(card) == first
    root.page.wait_for_timeout(300)
    assert step_of(card) == first, "nothing was done, so it stays"
    root.locator("[data-tour=end]").click()
    assert card.count() == 0


@pytest.mark.parametrize("where", ["card", "control"])
def test_escape_breaks_a_tour_off_and_brings_the_focus_back(show, where):
    root = show("gate")
    card = start(root, by_key=True)
    assert card.evaluate(FOCUSED)
    (card if where == "card" else root.locator("input[data-name=x_0]")).press("Escape")
    assert card.count() == 0
    assert root.locator("[data-action=tour]").evaluate(FOCUSED)
    root.locator("[data-action=tour]").press("Enter")
    assert step_of(card) == 0, "it starts anew"


def test_what_is_so_already_needs_no_act(show):
    root = show("gate")
    root.locator("[data-preset='forget and write']").click()
    card = start(root)
    root.locator("[data-tour=next]").click()
    assert "ask" in steps_of("gate")[1] and steps_of("gate")[1]["ask"] not in card.inner_text()
    root.page.wait_for_timeout(1500)
    assert step_of(card) == 1, "there is time to read"


def test_a_tour_waits_while_the_hand_still_holds_what_it_moved(show):
    root = show("gate")
    card = start(root)
    card.press("ArrowRight")
    valve = root.locator("[data-drag='valve f']")
    box, mouse = valve.bounding_box(), root.page.mouse
    mouse.move(box["x"] + 10, box["y"] + 20)
    mouse.down()
    mouse.move(box["x"] + 10, box["y"] + 160, steps=5)
    root.page.wait_for_timeout(1500)
    assert step_of(card) == 1 and card.get_attribute("data-done") == ""
    mouse.up()
    root.page.wait_for_function("(node) => node.dataset.step === '2'", arg=card.element_handle())


@pytest.mark.parametrize("name", TOURS)
def test_in_a_deck_the_keys_stay_the_presenters(show, name):
    root = show(name, deck=True, viewport={"width": 1280, "height": 720})
    page = root.page
    page.evaluate("""() => {
        window.pressed = [];
        document.addEventListener("keydown", ({ key }) => window.pressed.push(key));
    }""")
    card = start(root)
    assert not card.evaluate(FOCUSED)
    page.evaluate("() => document.activeElement.blur()")
    for key in ("ArrowRight", "Escape", "ArrowLeft"):
        page.keyboard.press(key)
    assert page.evaluate("() => window.pressed") == ["ArrowRight", "Escape", "ArrowLeft"]
    assert step_of(card) == 0
    while card.count():
        before = step_of(card)
        root.locator("[data-tour=next]").click()
        assert card.count() == 0 or step_of(card) > before


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_open_tour_is_accessible(show, theme):
    root = show("sequence", theme=theme)
    card = start(root)
    assert objections(root) == []
    assert card.locator("[aria-live=polite]").inner_text().startswith(steps_of("sequence")[0]["text"])
