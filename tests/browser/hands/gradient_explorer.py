"""Hands for the gradient explorer."""

from __future__ import annotations

import functools
import math
from typing import Any

from tests.browser.hands.base import Hands, Key, drag

LINE_END = """(node) => {
    const end = node.getPointAtLength(node.getTotalLength());
    const [from, matrix] = [node.getPointAtLength(0), node.getScreenCTM()];
    return [from, end].map((point) => { const at = point.matrixTransform(matrix); return [at.x, at.y]; });
}"""


class GradientHands(Hands):
    """Hands for a `GradientExplorer`."""

    def state_of_page(self) -> dict[str, Any]:
        values = {name: float(self.slider(name).input_value()) for name in ("bias", "w")}
        return values | {"steps": int(self.root.locator("p.gx-said").first.inner_text().split()[-1].strip("."))}

    def slider(self, name: str):
        return self.root.locator(f"[data-name={name}]")

    def expected(self, state: dict[str, Any]) -> dict[Key, Any]:
        result: dict[Key, Any] = {}
        for path, factor in (("lstm", 1 / (1 + math.exp(-state["bias"]))), ("rnn", state["w"])):
            power = state["steps"] * math.log10(factor)
            half = None if factor == 1 else math.log(2) / abs(math.log(factor))
            for name, value in (("factor", factor), ("half", half), ("left", power), ("line", power)):
                result[name, path] = value
        return result

    def found(self) -> dict[Key, Any]:
        return {
            (item["symbol"], item["path"]): float(item["value"]) if item["value"] else None for item in self.drawn()
        }

    def touch(self) -> None:
        self.change(lambda: self.slider("bias").press("ArrowRight"), "the bias")

    def drag(self, path: str, by: float) -> None:
        """Take a line where it ends, and pull it down by some pixels."""
        _, (x, y) = self.root.locator(f"path[data-path={path}]").evaluate(LINE_END)
        drag(self.page, (x - 2, y), (x - 2, y + by))

    def use_everything(self) -> None:
        """Move both sliders, drag both lines, and bring w to 1, where nothing is lost."""
        self.check()
        self.move_all([(name, self.slider(name)) for name in ("bias", "w")], lambda state, name: state[name])
        for path, name, by in (("lstm", "bias", -30), ("rnn", "w", -40), ("lstm", "bias", 60), ("rnn", "w", 90)):
            before = self.state()
            after = self.change(functools.partial(self.drag, path, by), f"the line of {path}")
            assert (after[name] - before[name]) * by < 0, "the line went the other way"
            assert {**after, name: 0} == {**before, name: 0}, "the other line moved"
            (x0, y0), (x1, y1) = self.root.locator(f"path[data-path={path}]").evaluate(LINE_END)
            power = self.expected(after)["left", path]
            assert (y1 > y0) == (power < 0) and x1 > x0
        self.change(lambda: self.slider("w").fill("1"), "w = 1")
        assert "w = 1.00 at every step; all of it stays, 1.00 after" in self.root.inner_text()
        self.used |= {"name bias", "name w"}
        self.assert_all_used()
