"""Hands for the quantization explorer."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from lstm_lessons.text.tokenizer import encode, normalize
from tests.browser.hands.base import Hands, Key, assert_text
from tests.browser.hands.phrase_explorer import model_of
from tests.browser.reading import read_twin
from tests.widgets.quantized_reference import belief


class QuantizationHands(Hands):
    """Hands for a `QuantizationExplorer`. The number of bits is the page's alone."""

    def bits(self) -> int:
        return int(self.root.locator("[data-name=bits]").input_value())

    def state_of_page(self) -> dict[str, Any]:
        return read_twin(self.node) | {"phrase": self.root.locator("[data-name=phrase]").input_value()}

    def expected(self, state: dict[str, Any]) -> dict[Key, Any]:
        sizes = state["architecture"]
        E, H, K, N = (sizes[name] for name in ("input_size", "hidden_size", "classes", "letters"))
        weights, biases = N * E + 8 * H * (E + H) + 4 * H * K, 16 * H + K
        result: dict[Key, Any] = {("bytes",): weights * self.bits() / 8 + 4 * biases}
        one = other = [None] * K
        result["largest",] = None
        if normalize(state["phrase"]):
            with torch.no_grad():
                known = {letter: n for n, letter in enumerate(state["letters"], start=2)}
                numbers = torch.tensor([encode(state["phrase"], known)])
                one = model_of(state)(numbers, torch.tensor([numbers.shape[1]])).softmax(1)[0].tolist()
            other = belief(state, self.bits()).tolist()
            result["largest",] = float(np.abs(np.subtract(one, other)).max())
        for k in range(K):
            result["float", k], result["integer", k] = one[k], other[k]
        return result

    def found(self) -> dict[Key, Any]:
        result: dict[Key, Any] = {}
        for item in self.drawn():
            key = (item["symbol"], int(item["class"])) if "class" in item else (item["symbol"],)
            value = float(item["value"]) if item["value"] else None
            if value is not None:
                scale = 1e-3 if item["symbol"] == "bytes" else 100
                assert_text(item["text"].split("\u00a0")[0].split(" ")[0], scale * value)
            result[key] = value
        return result

    def touch(self) -> None:
        self.change(lambda: self.nudge(self.root.locator("[data-name=bits]")), "bits")

    def use_everything(self) -> None:
        """Type, take an example, empty the field, and turn the bits down to two."""
        self.check()
        field = self.root.locator("[data-name=phrase]")
        for phrase in ("them", "", "no other moon"):
            self.change(lambda phrase=phrase: field.fill(phrase), "a phrase")
        field.press("End")
        self.change(lambda: self.press(field, "s"), "a letter")
        assert self.state()["phrase"] == "no other moons"
        self.change(lambda: self.root.locator("[data-name=example]").select_option("1"), "an example")
        assert self.state()["phrase"] == self.state()["examples"][1]
        slider = self.root.locator("[data-name=bits]")
        for bits in range(7, 1, -1):
            self.change(lambda: self.press(slider, "ArrowLeft"), "bits")
            assert self.bits() == bits
        self.used |= {"name phrase", "name example", "name bits"}
        self.assert_all_used()
