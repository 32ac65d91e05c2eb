"""Hands for the lag explorer: what it shows is what NumPy computes."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from tests.browser.hands.base import Hands, Key, assert_text, drag, options_of, place_in
from tests.browser.reading import read, read_twin

CURVES = """(root) => Object.fromEntries([...root.querySelectorAll("[data-curve]")].map(
    ({ dataset }) => [dataset.curve, [Number(dataset.first), ...JSON.parse(dataset.points)]]))"""
SETTINGS = """(root) => Object.fromEntries([...root.querySelectorAll("[data-name]")].map(
    (node) => [node.dataset.name, node.type === "range" ? node.valueAsNumber : node.value]))"""


def expected_numbers(state: dict[str, Any]) -> dict[Key, Any]:
    """All that a page in this state shows, from its series, a day at a time."""
    one = state["series"][state["chosen"]]
    truth, forecast = np.array(one["truth"]), np.array(one["forecast"])
    count = len(truth)
    length = min(state["length"], count)
    first = min(state["start"], count - length)
    window = range(first, first + length)

    def pairs(shift):
        return [(t, t + shift) for t in window if t > 0 and 0 <= t + shift < count]

    def error(shift):
        return np.mean([abs(truth[t] - forecast[u]) for t, u in pairs(shift)])

    found: dict[Key, Any] = {("by-shift", str(shift)): error(shift) for shift in range(-5, 6)}
    shift = state["shift"]
    days = np.array([t for t, _ in pairs(shift)])
    said = np.array([forecast[u] for _, u in pairs(shift)])
    for method, values in (("forecast", said), ("persistence", truth[days - 1])):
        found["error", method] = np.mean(np.abs(truth[days] - values))
        found["r2", method] = 1 - np.mean((truth[days] - values) ** 2) / truth[days].var()
    moves = [(s - truth[t - 1], truth[t] - truth[t - 1]) for t, s in zip(days, said, strict=True)]
    moves = [(a, b) for a, b in moves if b]
    found["direction", "forecast"] = 100 * np.mean([np.sign(a) == np.sign(b) for a, b in moves])
    found["curve", "truth"] = [first, *truth[first : first + length]]
    drawn = [t for t in window if 0 <= t + shift < count]
    found["curve", "forecast"] = [drawn[0], *(forecast[t + shift] for t in drawn)]
    return found


class LagHands(Hands):
    """Hands for a `LagExplorer`."""

    def state_of_page(self) -> dict[str, Any]:
        settings = read(self.node, SETTINGS)
        return read_twin(self.node) | settings | {"start": settings["start"] - 1}

    def look(self) -> str:
        return super().look() + str(read(self.node, CURVES))

    def expected(self, state: dict[str, Any]) -> dict[Key, Any]:
        return expected_numbers(state)

    def found(self) -> dict[Key, Any]:
        result: dict[Key, Any] = {("curve", name): points for name, points in read(self.node, CURVES).items()}
        for item in self.drawn():
            value = float(item["value"])
            if item["symbol"] == "by-shift":
                result["by-shift", item["shift"]] = value
            else:
                assert_text(item["text"].removesuffix(" %"), value)
                result[item["symbol"], item["method"]] = value
        return result

    def slider(self, name: str):
        return self.root.locator(f"input[data-name={name}]")

    def touch(self) -> None:
        self.change(functools.partial(self.nudge, self.slider("shift")), "the slider")

    def use_everything(self) -> None:
        """Slide, move and widen the window by keys and pointer, choose each series, and ask for the best fit."""
        self.check()
        select = self.root.locator("select[data-name=chosen]")
        first = select.input_value()
        for option in [*(name for name in options_of(select) if name != first), first]:
            self.change(functools.partial(select.select_option, option), f"series {option}")
        for name in ("shift", "length", "start"):
            self.change(functools.partial(self.nudge, self.slider(name)), name)
            self.note("name", name)
        self.note("name", "chosen")
        state = self.check()
        errors = {shift: self.expected(state)["by-shift", str(shift)] for shift in range(-5, 6)}
        best = min(errors, key=errors.get)
        if state["shift"] == best:
            self.slider("shift").press("ArrowLeft")
        state = self.change(self.root.locator("[data-action=fit]").click, "the best fit")
        assert state["shift"] == best
        self.note("action", "fit")
        state = self.change(self.root.locator("[data-shift='-3']").click, "a bar")
        assert state["shift"] == -3
        self.drag_the_window()
        self.assert_all_used()

    def drag_the_window(self) -> None:
        """From one end of the whole series to the other."""
        whole = self.root.locator("[data-role=whole]")
        drag(self.page, place_in(whole, 0.1), place_in(whole, 0.98))
        state = self.check()
        assert state["start"] == len(state["series"][state["chosen"]]["truth"]) - state["length"]
