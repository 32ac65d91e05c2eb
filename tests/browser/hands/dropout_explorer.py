"""Hands for the dropout explorer."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.browser.hands.base import Hands, Key, assert_text
from tests.browser.reading import read, read_twin

GRIDS = """(root) => Object.fromEntries([...root.querySelectorAll("[data-grid]")].map(
    (node) => [node.dataset.grid, JSON.parse(node.dataset.dropped)]))"""
HELD = {"new at every step": False, "held for the sequence": True}


class DropoutHands(Hands):
    """Hands for a `DropoutExplorer`; its masks are cut from its numbers, and NumPy cuts them, too."""

    turns = 0  # of the button; a page says nowhere which draw it shows

    def state_of_page(self) -> dict[str, Any]:
        twin = read_twin(self.node)
        p = float(self.root.locator("[data-name=p]").input_value())
        return twin | {"p": p, "draw": (twin["draw"] + self.turns) % len(twin["noise"])}

    def expected(self, state: dict[str, Any]) -> dict[Key, Any]:
        noise, result = np.array(state["noise"][state["draw"]]), {}
        for kind, held in HELD.items():
            dropped = np.where(held, noise[:1], noise) < round(1000 * state["p"])  # (T, units)
            result["grid", kind] = dropped.T.astype(int).tolist()
            result["cells", kind] = 100 * dropped.mean()
            result["once", kind] = int(dropped.any(0).sum())
            result["always", kind] = int(dropped.all(0).sum())
        return result

    def found(self) -> dict[Key, Any]:
        result: dict[Key, Any] = {("grid", kind): cells for kind, cells in read(self.node, GRIDS).items()}
        for item in self.drawn():
            assert_text(item["text"].removesuffix(" %"), float(item["value"]))
            result[item["symbol"], item["kind"]] = float(item["value"])
        return result

    def draw_anew(self) -> None:
        self.turns += 1
        self.root.locator("[data-action=draw]").click()

    def touch(self) -> None:
        self.change(self.draw_anew, "new masks")

    def use_everything(self) -> None:
        """Move p, go once around the draws, and point at the first step."""
        self.check()
        self.move_all([("p", self.root.locator("input[data-name=p]"))], lambda state, name: state["p"])
        for _ in self.state()["noise"]:
            self.change(self.draw_anew, "new masks")
        self.point_at_the_first_step()
        self.used |= {"name p", "action draw"}
        self.assert_all_used()

    def point_at_the_first_step(self) -> None:
        box = self.root.locator("[data-grid]").first.bounding_box()
        said = self.root.locator(".dx-panel p.ll-quiet").first
        assert "by step 1," not in said.inner_text()
        self.page.mouse.move(box["x"] + 4, box["y"] + box["height"] / 2)
        assert "by step 1," in said.inner_text()
