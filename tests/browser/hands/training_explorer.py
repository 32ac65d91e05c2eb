"""Hands for the training explorer."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from tests.browser.hands.base import Hands, Key, assert_text
from tests.browser.reading import read_twin


class TrainingHands(Hands):
    """Hands for a `TrainingExplorer`. Without a kernel its runs are those of its twin."""

    def look(self) -> str:
        return super().look() + self.root.locator(".tx-picture").inner_html()

    def state_of_page(self) -> dict[str, Any]:
        twin = read_twin(self.node)
        chosen = [item["technique"] for item in self.drawn() if item["symbol"] == "best"]
        quantity = self.root.locator("[data-name=quantity]").input_value()
        epoch = int(self.root.locator("[data-name=epoch]").input_value())
        return {"runs": twin["runs"], "chosen": chosen, "quantity": quantity, "epoch": epoch}

    def expected(self, state: dict[str, Any]) -> dict[Key, Any]:
        result: dict[Key, Any] = {}
        curves = ("validation",) if state["quantity"] == "loss" else ("norm",)
        lines = 2 if state["quantity"] == "loss" else 1
        for technique in state["chosen"]:
            runs, at = state["runs"][technique], state["epoch"] - 1
            for name in ("train", "validation", "norm"):
                there = [run[name][at] for run in runs if len(run[name]) > at]
                result[name, technique] = float(np.mean(there)) if there else None
            longest = max(len(run["validation"]) for run in runs)
            means = [
                np.mean([run["validation"][e] for run in runs if len(run["validation"]) > e]) for e in range(longest)
            ]
            result["best", technique] = int(np.argmin(means)) + 1
            result["test", technique] = 100 * float(np.mean([run["test"] for run in runs]))
        result["thin lines",] = sum(len(state["runs"][t]) for t in state["chosen"]) * len(curves)
        result["thick lines",] = lines * len(state["chosen"])
        return result

    def found(self) -> dict[Key, Any]:
        result: dict[Key, Any] = {}
        for item in self.drawn():
            value = float(item["value"]) if item["value"] else None
            if value is None:
                assert item["text"] == "stopped"
            else:
                assert_text(item["text"].removesuffix("\u00a0%"), value)
            result[item["symbol"], item["technique"]] = value
        for kind, name in (("thin", "run"), ("thick", "mean")):
            result[f"{kind} lines",] = self.root.locator(f".tx-picture path.tx-{name}").count()
        return result

    def touch(self) -> None:
        full = len(self.state()["chosen"]) == 3
        box = self.root.locator(f"input[type=checkbox]{':checked' if full else ':not(:checked)'}").first
        self.change(box.click, "a tick")

    def make_room(self) -> None:
        """Where three are drawn, the others cannot be ticked until one is unticked."""
        chosen = self.state()["chosen"]
        if len(chosen) == 3:
            assert self.root.locator("input[type=checkbox]:not(:checked):not(:disabled)").count() == 0
            self.change(self.root.locator(f"input[data-name='{chosen[0]}']").click, "room")

    def use_everything(self) -> None:
        """Tick every technique, untick one, draw the other quantity, and move the epoch."""
        self.check()
        boxes = self.root.locator("input[type=checkbox]")
        for name in boxes.evaluate_all("(nodes) => nodes.map((node) => node.dataset.name)"):
            box = self.root.locator(f"input[data-name='{name}']")
            if box.is_checked() and len(self.state()["chosen"]) > 1:
                self.change(functools.partial(self.press, box, "Space"), name)
                assert not box.is_checked() and name not in self.state()["chosen"]
            if not box.is_checked():
                self.make_room()
                self.change(functools.partial(self.press, box, "Space"), name)
            assert self.state()["chosen"][-1] == name and len(self.state()["chosen"]) <= 3
            self.note("name", name)
        select = self.root.locator("select[data-name=quantity]")
        for quantity in ("norm", "loss"):
            self.change(functools.partial(select.select_option, quantity), "quantity")
        slider = self.root.locator("input[data-name=epoch]")
        self.move_all([("epoch", slider)], lambda state, name: state["epoch"])
        self.used |= {"name quantity", "name epoch"}
        self.assert_all_used()
