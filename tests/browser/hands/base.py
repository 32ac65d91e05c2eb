"""What the hands of every widget share: how they look, act, wait and compare."""

from __future__ import annotations

import functools
import math
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import ElementHandle, Locator, Page

from tests.browser.reading import drawn

AGREED = 1e-6
PATIENCE = 30.0  # seconds for a change to arrive; it takes 0.2 s on an idle machine
GATES = ("i", "f", "g", "o")
SYMBOLS = (*GATES, "c", "h")
Element = ElementHandle | Locator
Key = tuple  # what a drawn number is: its symbol, and the unit and step that it belongs to

LOOK = """(root) => JSON.stringify([...root.querySelectorAll("[data-symbol], [data-shows]")].map(
    (node) => [node.dataset, node.dataset.shows ? node.textContent : ""]))"""
CONTROLS = """(root) => [
    ...root.querySelectorAll("input, select, button, summary, [role=slider]")].map((node) => {
        const { name, weight, preset, fill, action, role, gateChoice, unitChoice, field } = node.dataset;
        const known = { name, weight, preset, fill, action, role, gateChoice, unitChoice, field };
        if (node.dataset.case) known.case = node.dataset.case;
        const [key] = Object.keys(known).filter((other) => known[other] !== undefined).slice(-1);
        return key ? `${key} ${known[key]}` : `${node.localName} ${node.textContent}`;
    })"""
TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


class Hands:
    """What both explorers' hands share.

    Args:
        root: the widget's outermost element.
        state: reads the state that the kernel holds; None where there is no kernel.
    """

    def __init__(self, root: Locator, state: Callable[[], dict] | None = None) -> None:
        self.root, self.page, self.kernel = root, root.page, state
        self.used: set[str] = set()
        self.worst, self.patience = 0.0, PATIENCE
        root.scroll_into_view_if_needed()
        self.page.mouse.move(1, 1)  # where it was left, what a change of layout slides under it would answer to it
        # A locator looks its element up each time, which takes longer than what is read from it.
        self.node = root.element_handle()

    # --- eyes

    def drawn(self) -> list[dict[str, str]]:
        """All marked elements: their data attributes, and their text."""
        return drawn(self.node)

    def look(self) -> str:
        """All that can change when a number does, in one string."""
        return self.node.evaluate(LOOK)

    def state(self) -> dict[str, Any]:
        """The state as the kernel or, without one, the page has it."""
        return self.kernel() if self.kernel else self.state_of_page()

    def state_of_page(self) -> dict[str, Any]:
        raise NotImplementedError

    def expected(self, state: dict[str, Any]) -> dict[Key, Any]:
        """What torch computes, by what is drawn."""
        raise NotImplementedError

    def found(self) -> dict[Key, Any]:
        """What is drawn, with the same keys as `expected`."""
        raise NotImplementedError

    def check(self) -> dict[str, Any]:
        """What is drawn equals torch's; the kernel may need a moment to hear of a change.

        Returns:
            The state that torch was asked about.
        """
        deadline = time.monotonic() + self.patience
        while True:
            state = self.state()
            try:
                off, where = difference(self.found(), self.expected(state))
            except (IndexError, RuntimeError):  # the page has other steps, units or inputs than the kernel knows of yet
                off, where = math.inf, "the kernel's state"
            if off < AGREED:
                self.worst = max(self.worst, off)
                return state
            assert time.monotonic() < deadline, f"{where} is off by {off}"
            if self.kernel:
                self.page.wait_for_timeout(50)
            else:
                self.page.evaluate(TWO_FRAMES)

    # --- hands

    def change(self, act: Callable[[], object], what: str) -> dict[str, Any]:
        """Act; what is drawn must change, and equal torch's. Returns the state after it."""
        self.see_change(act, what)
        return self.check()

    def see_change(self, act: Callable[[], object], what: str) -> None:
        """Act; what is drawn must change."""
        before = self.look()
        act()
        deadline = time.monotonic() + self.patience
        while self.look() == before:
            assert time.monotonic() < deadline, f"{what} changed nothing that is drawn"
            self.page.evaluate(TWO_FRAMES)

    def move_all(self, sliders: list[tuple[str, Element]], read: Callable[[dict[str, Any], str], float]) -> None:
        """Move each slider by a step; each changes what is drawn, and the number it stands for.

        Args:
            sliders: names and elements.
            read: the number that a slider stands for, from the state and the slider's name.
        """
        reached = {}

        def move(name: str, slider: Element) -> None:
            reached[name] = self.nudge(slider)
            self.moved(name, reached[name])

        for name, slider in sliders:
            self.see_change(functools.partial(move, name, slider), name)
            if self.kernel is None:  # the kernel is asked once for them all, since it takes a while
                self.check()
        state = self.check()
        for name, value in reached.items():
            assert read(state, name) == value, f"{name} moved another number"

    def moved(self, name: str, value: float) -> None:
        """A slider was moved; for hands that must remember it."""

    def note(self, kind: str, name: str) -> None:
        """Remember that a control was moved."""
        self.used.add(f"{kind} {name}")

    def press(self, control: Locator, key: str) -> None:
        """Press a key on a control, which must keep the focus: the key is the widget's alone."""
        control.press(key)
        focused = control.evaluate("(node) => node === document.activeElement")
        assert focused, f"{key} left the control"

    def touch(self) -> None:
        """Move one control; what is drawn changes and equals torch's."""
        raise NotImplementedError

    def use_everything(self) -> None:
        """Move every control; after each, what is drawn has changed and equals torch's."""
        raise NotImplementedError

    def nudge(self, slider: Element) -> float:
        """One step with an arrow key: right, or left where there is no more right."""
        value, high, step = slider.evaluate("(node) => [node.valueAsNumber, +node.max, +node.step]")
        sign = 1 if value + step <= high + 1e-9 else -1
        slider.press("ArrowRight" if sign > 0 else "ArrowLeft")
        now, focused = slider.evaluate("(node) => [node.valueAsNumber, node === document.activeElement]")
        assert focused, "an arrow key left the slider"
        assert math.isclose(now, value + sign * step, abs_tol=1e-9), "an arrow key is one step"
        return now

    def sliders(self, attribute: str) -> list[tuple[str, ElementHandle]]:
        """The visible sliders, each with its name."""
        nodes = self.node.query_selector_all(f"input[type=range][{attribute}]:visible")
        return [(node.get_attribute(attribute), node) for node in nodes]

    def values(self, attribute: str) -> list[str]:
        """The values that an attribute has on the controls that can be seen."""
        return self.root.locator(f"[{attribute}]:visible").evaluate_all(
            "(nodes, attribute) => nodes.map((node) => node.getAttribute(attribute))", attribute
        )

    def assert_all_used(self) -> None:
        """No control is left that these hands do not know."""
        elsewhere = {"action turn", "action tour"}  # on slides alone, and in the tests of the tours
        left = set(self.root.evaluate(CONTROLS)) - self.used - elsewhere
        assert not left, f"controls that no test moves: {sorted(left)}"


def place_in(part: Element, across: float = 0.5, down: float = 0.5) -> tuple[float, float]:
    """A place in an element, by shares of its width and height."""
    box = part.bounding_box()
    return box["x"] + across * box["width"], box["y"] + down * box["height"]


def drag(page: Page, *places: tuple[float, float], steps: int = 4) -> None:
    """Press the pointer at the first place, pull it from place to place, and let go."""
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=steps)
    page.mouse.up()


def options_of(select: Locator) -> list[str]:
    """The values that a list offers."""
    return select.locator("option").evaluate_all("(nodes) => nodes.map((node) => node.value)")


def assert_text(text: str, value: float) -> None:
    """The text is the value, rounded to its digits; what lies in the middle may go either way."""
    shown = float(text.replace("\u2212", "-"))
    digits = len(text.partition(".")[2])
    assert abs(shown - value) <= 0.5 * 10**-digits + 1e-9, f"{text} stands for {value}"


def difference(found: dict, expected: dict) -> tuple[float, str]:
    """Largest absolute difference, and where; infinite where one has what the other lacks."""
    if found.keys() != expected.keys():
        return math.inf, f"not in both: {sorted(map(str, found.keys() ^ expected.keys()))[:6]}"
    worst, where = 0.0, ""
    for key, value in expected.items():
        a, b = flat(found[key]), flat(value)
        if len(a) != len(b):
            return math.inf, str(key)
        for one, other in zip(a, b, strict=True):
            if one is None and other is None:
                continue
            if one is None or other is None or math.isnan(one) or math.isnan(other):
                return math.inf, str(key)
            if abs(one - other) > worst:
                worst, where = abs(one - other), str(key)
    return worst, where


def flat(value: Any) -> list:
    if isinstance(value, list | tuple):
        return [item for part in value for item in flat(part)]
    return [value]
