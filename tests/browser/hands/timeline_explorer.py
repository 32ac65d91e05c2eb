"""Hands for the timeline explorer."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from tests.browser.hands.base import Hands, Key, assert_text, drag, place_in
from tests.browser.reading import read_twin


class TimelineHands(Hands):
    """Hands for a `TimelineExplorer`. Without a kernel its runs are those of its twin."""

    def look(self) -> str:
        return super().look() + self.root.locator(".lx-near").inner_html()

    def timeline(self):
        return self.root.locator("[data-role=timeline]")

    def state_of_page(self) -> dict[str, Any]:
        twin, area = read_twin(self.node), self.timeline()
        pressed = self.root.locator("[aria-pressed=true] [data-symbol=total]")
        return twin | {
            "chosen": pressed.get_attribute("data-run"),
            "zoom": int(area.get_attribute("data-zoom")),
            "start": float(area.get_attribute("data-start")),
        }

    def expected(self, state: dict[str, Any]) -> dict[Key, Any]:
        result: dict[Key, Any] = {}
        for name, run in state["runs"].items():
            result["total", name] = sum(run["spans"][1::2]) * 1e-4
        run = state["runs"][state["chosen"]]
        ends = np.cumsum(run["spans"][1::2]) * 1e-4
        begins = np.concatenate([[0], ends[:-1]])
        low = state["start"] * ends[-1]
        high = low + ends[-1] / 2 ** state["zoom"]
        seen = np.minimum(ends, high) - np.maximum(begins, low)
        of = np.array([run["names"][place][1] for place in run["spans"][::2]])
        for n, kind in enumerate(state["kinds"]):
            result["calls", kind] = int(((seen > 1e-12) & (of == n)).sum())
            result["time", kind] = float(seen[(seen > 1e-12) & (of == n)].sum())
        return result

    def found(self) -> dict[Key, Any]:
        result: dict[Key, Any] = {}
        for item in self.drawn():
            value = float(item["value"])
            number, _, unit = item["text"].partition("\u00a0")
            match item["symbol"]:
                case "calls":
                    assert (float(number), unit) == (value, "\u00d7")
                    result["calls", item["kind"]] = value
                case "time":
                    assert_text(number, value * (1000 if unit == "\u00b5s" else 1))
                    result["time", item["kind"]] = value
                case "total":
                    assert_text(number, value)
                    result["total", item["run"]] = value
        return result

    def touch(self) -> None:
        self.change(self.root.locator("[aria-pressed=false]").first.click, "a bar")

    def use_everything(self) -> None:
        """Choose every run; zoom and move by buttons, keys, drag and double click."""
        self.check()
        for button in self.root.locator(".lx-runs button").all()[::-1]:
            if button.get_attribute("aria-pressed") == "false":
                self.change(functools.partial(self.press, button, "Enter"), "a bar")
            self.note("name", button.get_attribute("data-name"))
        for action, zoom in (("closer", 1), ("closer", 2), ("wider", 1), ("all", 0)):
            self.change(self.root.locator(f"[data-action={action}]").click, action)
            assert self.state()["zoom"] == zoom
            self.note("action", action)
        area = self.timeline()
        for key, zoom in (("ArrowUp", 1), ("+", 2), ("-", 1), ("ArrowUp", 2)):
            self.change(functools.partial(self.press, area, key), key)
            assert self.state()["zoom"] == zoom
        start = self.state()["start"]
        self.change(functools.partial(self.press, area, "ArrowLeft"), "left")
        assert self.state()["start"] < start
        self.change(functools.partial(self.press, area, "ArrowRight"), "right")
        self.note("role", "timeline")
        whole = self.root.locator("[data-role=whole]")
        self.change(lambda: whole.click(position={"x": 3, "y": 5}), "the whole step")
        assert self.state()["start"] == 0
        whole, quarter = place_in(area, 0.5, 0.2), place_in(area, 0.25, 0.2)
        self.change(lambda: drag(self.page, whole, quarter, steps=3), "a drag to the left, so that what is later comes")
        assert self.state()["start"] > 0
        self.change(functools.partial(self.press, area, "Home"), "Home")
        self.change(lambda: area.dblclick(position={"x": 9, "y": 9}), "a double click")
        assert self.state()["zoom"] == 2
        self.assert_all_used()
