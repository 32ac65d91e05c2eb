"""Hands for a prediction, and for a self-check."""

from __future__ import annotations

import functools
from typing import Any

from tests.browser.hands.base import Hands, Key


class PredictionHands(Hands):
    """Hands for a `Prediction`. What is drawn is which answer is chosen."""

    said = ("Now go on: the result says how it went.",)  # below the answers, how it begins

    def state_of_page(self) -> dict[str, Any]:
        pressed = self.root.locator("button").evaluate_all(
            "(nodes) => nodes.map((node) => node.getAttribute('aria-pressed'))"
        )
        chosen = pressed.index("true") if "true" in pressed else -1
        return {"chosen": chosen, "answers": self.root.locator("button").all_inner_texts()}

    def expected(self, state: dict[str, Any]) -> dict[Key, Any]:
        return {(answer,): place == state["chosen"] for place, answer in enumerate(state["answers"])}

    def found(self) -> dict[Key, Any]:
        texts = self.root.locator("button").all_inner_texts()
        marked = [float(item["value"]) for item in self.drawn() if item["symbol"] == "answer"]
        return {(text,): value for text, value in zip(texts, marked, strict=True)}

    def touch(self) -> None:
        self.change(self.root.locator("button[data-value='0']").first.click, "an answer")

    def use_everything(self) -> None:
        self.check()
        for name in reversed(self.values("data-name")):
            button = self.root.locator(f"[data-name='{name}']")
            self.change(functools.partial(self.press, button, "Space"), name)
            self.note("name", name)
        assert self.root.get_by_role("status").inner_text().startswith(self.said)
        self.assert_all_used()


class SelfCheckHands(PredictionHands):
    """Hands for a `SelfCheck`."""

    said = ("Right. ", "No. ")
