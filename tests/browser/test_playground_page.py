"""The playground on a page: it fits, it rests when nobody looks, its address keeps what one found, and it copies."""

from __future__ import annotations

import json

import pytest

from lstm_lessons.widgets import Playground
from tests.browser.hands.base import TWO_FRAMES, drag, place_in
from tests.browser.hands.playground import PlaygroundHands
from tests.browser.looks import cut_off
from tests.browser.pages import open_page, write_page

SCREENS = {"wide": (1120, 650), "lab": (880, 650), "narrow": (700, 800), "phone": (390, 2000)}
UPDATES = "(root) => Number(root.querySelector('[data-symbol=network]').dataset.updates)"

# The observer of the widget is older than this one, and hears of it first.
OFF_SCREEN = """(node) => new Promise((done) => {
    node.style.marginTop = "5000px";
    new IntersectionObserver(([entry]) => { if (!entry.isIntersecting) done(); }).observe(node);
})"""


@pytest.fixture
def opened(open_visit, tmp_path):
    """``opened(address="#…", screen="lab", **traits)``: the root of a playground on a page."""

    def show(address="", screen="lab", options=None, **traits):
        width, height = SCREENS[screen]
        visit = open_visit(offline=True, viewport={"width": width, "height": height}, **(options or {}))
        path = write_page(tmp_path / "lesson.html", [Playground(**{"length": 12, "units": 3} | traits)])
        if address:
            visit.page.goto(path.as_uri() + address)
            visit.page.wait_for_selector(".ll-playground")
            return visit.page.locator(".ll-playground")
        [root] = open_page(visit.page, path)
        return root

    return show


def wait_for_updates(root, above: int) -> int:
    root.page.wait_for_function(f"(above) => ({UPDATES})(document.querySelector('.ll-playground')) > above", arg=above)
    return root.evaluate(UPDATES)


@pytest.mark.parametrize("screen", SCREENS)
def test_it_fits_its_width_and_what_one_turns_stands_with_what_it_changes(opened, screen):
    root = opened(screen=screen, playing=False, length=60, units=16)
    assert not cut_off(root)
    assert root.evaluate("(node) => node.scrollWidth <= node.clientWidth + 1")
    box = root.bounding_box()
    if screen in ("wide", "lab"):  # JupyterLab leaves it 848 pixels of a screen of 1280
        assert box["height"] <= 650
    if screen == "narrow":  # the inside of a network stands below
        probe = root.locator(".pg-probe").bounding_box()
        assert probe["y"] + probe["height"] - box["y"] <= 650


def test_it_begins_by_itself_and_rests_off_screen_and_after_a_pause(opened):
    root = opened()
    reached = wait_for_updates(root, 3)
    root.evaluate(OFF_SCREEN)  # a busy machine draws late, and so hears late that nobody looks
    resting = root.evaluate(UPDATES)
    root.page.wait_for_timeout(300)
    assert root.evaluate(UPDATES) == resting >= reached
    root.evaluate("(node) => { node.style.marginTop = 0; }")
    wait_for_updates(root, resting)
    root.locator("[data-action=play]").click()
    root.page.evaluate(TWO_FRAMES)
    paused = root.evaluate(UPDATES)
    root.page.wait_for_timeout(300)
    assert root.evaluate(UPDATES) == paused
    PlaygroundHands(root).check()


@pytest.mark.parametrize("view", ["gates", "traces", "weights"])
def test_a_frame_of_the_race_makes_no_elements(opened, view):
    """Those that a frame makes are collected some time, which takes longer than a frame: the race would stumble."""
    root = opened(view=view)
    wait_for_updates(root, 110)  # the axis of the updates is 200 long, and grows at 196
    root.evaluate(
        """(node) => {
            node.made = new Map();
            new MutationObserver((records) => {
                for (const { target, addedNodes } of records) {
                    const count = [...addedNodes].filter((added) => added instanceof Element).length;
                    const name = target.getAttribute("class") ?? target.localName;
                    if (count) node.made.set(name, (node.made.get(name) ?? 0) + count);
                }
            }).observe(node, { childList: true, subtree: true });
        }"""
    )
    wait_for_updates(root, root.evaluate(UPDATES) + 10)
    made = root.evaluate("(node) => Object.fromEntries(node.made)")
    if root.evaluate(UPDATES) > 190:
        made.pop("g", None)  # axes, drawn anew
    assert made == {}


def test_it_rests_where_less_motion_is_asked_for_until_it_is_told_to_begin(opened):
    root = opened(options={"reduced_motion": "reduce"})
    root.page.wait_for_timeout(300)
    assert root.evaluate(UPDATES) == 0
    root.locator("[data-action=play]").press("Enter")
    wait_for_updates(root, 0)


def test_it_stops_by_itself_when_all_have_solved_it(opened):
    root = opened(task="echo", length=9, units=6, rate=0.03)
    root.page.wait_for_function("() => document.querySelector('[data-action=play]').textContent.includes('Go on')")
    solved = root.locator("[data-symbol=network]").evaluate_all("(all) => all.map((one) => one.dataset.solved)")
    assert all(solved)
    assert root.locator("circle.pg-solved[visibility=visible]").count() == 3


def test_the_address_keeps_the_settings_and_a_link_brings_them_back(opened):
    root = opened(playing=False)
    assert "#" not in root.page.url
    root.locator("[data-name=task]").select_option("parity")
    root.locator("[data-name=seed]").fill("17")
    root.locator("[data-name=seed]").press("Tab")
    address = "#" + root.page.url.partition("#")[2]
    assert address.startswith("#playground?") and "task=parity" in address and "seed=17" in address
    other = opened(address, playing=False)
    state = PlaygroundHands(other).check()
    assert (state["task"], state["seed"], state["length"]) == ("parity", 17, 12)


def test_an_address_that_makes_no_sense_changes_nothing(opened):
    hostile = "#playground?task=<script>&length=1e9&units=2.5&rate=7&seed=-1&clip=&forget_bias=3&constructor=1"
    state = PlaygroundHands(opened(hostile, playing=False)).check()
    assert state["task"] == "adding" and (state["length"], state["units"], state["seed"]) == (12, 3, 0)
    assert state["forget_bias"] == 3, "what makes sense is taken"


def test_the_program_is_copied_for_the_network_that_is_looked_into(opened):
    root = opened(playing=False, racer=1, options={"permissions": ["clipboard-read", "clipboard-write"]})
    root.page.evaluate("() => { navigator.clipboard.writeText = (text) => { window.copied = text; }; }")
    root.locator("[data-action=copy]").click()
    root.page.get_by_text("Copied").wait_for()
    copied = root.page.evaluate("() => window.copied")
    assert "nn.GRU(2, UNITS)" in copied and "def adding(random, length):" in copied


def test_hands_wait_until_the_kernel_has_heard_of_a_setting(opened):
    root = opened(playing=False)
    before = PlaygroundHands(root).check()
    root.locator("[data-name=task]").select_option("parity")
    after = before | {"task": "parity"}
    heard = iter([before, before])
    assert PlaygroundHands(root, lambda: next(heard, after)).check() == after
    assert next(heard, None) is None


def test_a_drag_paints_the_sequence(opened):
    root = opened(playing=False, task="parity")
    area = root.locator(".pg-input")
    before = json.loads(area.get_attribute("data-values"))
    (left, top), (right, _) = place_in(area, 0.005, 0), place_in(area, 0.995, 0)
    drag(root.page, (left, top + 20), (right, top + 20), steps=30)
    assert json.loads(area.get_attribute("data-values")) == [[-before[0][0]]] * 12
    PlaygroundHands(root).check()
