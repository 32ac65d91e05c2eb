"""Hands for the playground."""

from __future__ import annotations

import functools
import json
from typing import Any

import numpy as np
import torch

from lstm_lessons.trace import trace_gates
from lstm_lessons.widgets.playground.widget import RACES, Playground, flow
from tests.browser.hands.base import TWO_FRAMES, Hands, Key, assert_text

WHOLE = ("length", "units", "seed", "racer")
TEXTS = ("task", "race", "optimizer", "view")
VALUES = """(root, names) => Object.fromEntries(
    names.map((name) => [name, root.querySelector(`[data-name=${name}]`).value]))"""
# The answer at the last step that a task wants; a wave's cannot be told from its inputs.
WANTED = {
    "adding": lambda x: (x[:, 0] * x[:, 1]).sum(),
    "first": lambda x: np.sign(x[0, 0]) or 1,
    "echo": lambda x: x[-1 - max(1, len(x) // 10), 0],
    "parity": lambda x: x[:, 0].prod(),
    "brackets": lambda x: x[:, 0].sum() / 4,
}


class PlaygroundHands(Hands):
    """Hands for a `Playground` that rests. What it has learned is read from the page, also beside a kernel."""

    def control(self, name: str):
        return self.root.locator(f"[data-name={name}]")

    def state_of_page(self) -> dict[str, Any]:
        names = [*WHOLE, *TEXTS, "rate", "forget_bias", "clip"]
        values = self.node.evaluate(VALUES, names)  # all at once: each question to the page takes a while
        values |= {name: int(values[name]) for name in WHOLE}
        return values | {name: float(values[name]) for name in ("rate", "forget_bias", "clip")}

    def sequence(self) -> np.ndarray:
        """The inputs of the sequence, (T, I)."""
        return np.array(json.loads(self.root.locator(".pg-input").get_attribute("data-values")), dtype=float)

    def networks(self, state: dict[str, Any]) -> list[tuple]:
        """The three networks in torch, with the weights that the page has."""
        items = [item for item in self.drawn() if item["symbol"] == "network"]
        widget = Playground(**state)
        about = RACES[widget.race]["racers"]
        widget.weights = {
            "settings": [state | own for own in about],
            "all": [json.loads(item["weights"]) for item in items],
        }
        return [self.of(widget, racer) for racer in range(3)]

    @staticmethod
    def of(widget: Playground, racer: int) -> tuple:
        widget.racer = racer
        return widget.to_torch()

    def expected(self, state: dict[str, Any]) -> dict[Key, Any]:
        if not self.state_of_page().items() <= state.items():
            return {}  # the kernel has not heard of a setting yet: the page's weights are of another network
        inputs = self.sequence()
        assert len(inputs) == state["length"]
        x, networks = torch.tensor(inputs), self.networks(state)
        result: dict[Key, Any] = {}
        for racer, (layer, head) in enumerate(networks):
            result["gradient", racer] = flow(layer, head, x)
            result["answer", racer] = head(layer(x)[0])[-1, 0].item()
        if state["task"] in WANTED:
            result["wanted",] = float(WANTED[state["task"]](inputs))
        layer = networks[state["racer"]][0]
        if state["view"] == "gates" and isinstance(layer, torch.nn.LSTM):
            trace = trace_gates(layer, x)
            result |= {("heat", part): getattr(trace, part)[0, 0].T.tolist() for part in "ifgoch"}
        return result

    def found(self) -> dict[Key, Any]:
        result: dict[Key, Any] = {}
        lstm = self.control("racer").evaluate("(node) => !/RNN|GRU|clip/.test(node.selectedOptions[0].textContent)")
        for item in self.drawn():
            match item["symbol"]:
                case "gradient":
                    result["gradient", int(item["racer"])] = json.loads(item["values"])
                case "answer":
                    assert_text(item["text"].split()[-1], float(item["value"]))
                    result["answer", int(item["racer"])] = float(item["value"])
                case "wanted" if self.control("task").input_value() in WANTED:
                    result["wanted",] = float(item["value"])
                case "heat" if lstm:
                    result["heat", item["part"]] = json.loads(item["values"])
        return result

    def touch(self) -> None:
        self.change(self.action("step").click, "one update")

    def action(self, name: str):
        return self.root.locator(f"[data-action={name}]")

    def updates(self) -> int:
        return int(self.root.locator("[data-symbol=network]").first.get_attribute("data-updates"))

    def train(self) -> None:
        """Train until some updates are done, and pause."""
        before = self.updates()
        self.see_change(self.action("play").click, "training")
        while self.updates() < before + 3:
            self.page.evaluate(TWO_FRAMES)
        self.action("play").click()
        self.check()
        done = self.updates()
        self.page.evaluate(TWO_FRAMES)
        assert done == self.updates() > before, "it goes on after a pause"

    def edit(self) -> None:
        """Change the sequence by hand and by key."""
        area = self.root.locator(".pg-input")
        box = area.bounding_box()
        before = self.sequence()
        step = int(0.55 * len(before))
        x = box["x"] + (step + 0.5) * box["width"] / len(before)
        upper = before[step, 0] < 0.5
        y = box["y"] + (14 if upper else box["height"] - 2)
        self.change(functools.partial(self.page.mouse.click, x, y), "a click on a step")
        after = self.sequence()
        assert (after[step, 0] > before[step, 0]) == upper
        assert np.array_equal(np.delete(after, step, 0), np.delete(before, step, 0)), "another step changed"
        self.change(functools.partial(self.press, area, "ArrowDown" if upper else "ArrowUp"), "an arrow")
        assert self.sequence()[step, 0] != after[step, 0]
        self.press(area, "ArrowLeft")
        if before.shape[1] > 1:
            self.change(functools.partial(self.press, area, "Space"), "the mark")
            assert self.sequence()[step - 1, 1] == 1 - before[step - 1, 1]

    def use_everything(self) -> None:
        """Train, move every setting, edit every kind of sequence, and look into each network."""
        self.check()
        self.touch()
        self.train()
        for task in ("first", "parity", "brackets", "wave", "echo", "adding"):
            self.change(functools.partial(self.control("task").select_option, task), task)
            self.touch()
            self.edit()
        if self.control("race").input_value() != "networks":  # a race of one kind sets one of these itself
            self.change(functools.partial(self.control("race").select_option, "networks"), "networks")
        for name in ("length", "units", "forget_bias"):
            self.change(functools.partial(self.nudge, self.control(name)), name)
        self.change(lambda: self.control("seed").fill("7") or self.control("seed").press("Tab"), "the seed")
        for name, value in (("rate", "0.1"), ("optimizer", "sgd"), ("clip", "0.1")):
            self.touch()
            self.change(functools.partial(self.control(name).select_option, value), name)
            assert self.updates() == 0, "another setting begins anew"
        for race in ("forget", "units", "clipping", "networks"):
            self.change(functools.partial(self.control("race").select_option, race), race)
            self.touch()
        for racer in ("0", "1", "2"):
            for view in ("weights", "traces", "gates"):
                self.control("racer").select_option(racer)
                self.control("view").select_option(view)
                self.check()
        self.control("view").select_option("traces")
        self.control("unit").select_option("1")
        self.check()
        self.control("speed").select_option("1")
        self.train()
        self.change(self.action("redraw").click, "another sequence")
        self.action("copy").click()
        self.action("copy").filter(has_text="Copied").wait_for()  # other widgets of the lesson may have said so, too
        self.see_change(self.action("reset").click, "the reset")
        assert self.updates() == 0
        self.change(lambda: self.control("preset").select_option(index=1), "a story")
        names = "task race length units rate optimizer forget_bias clip seed preset speed racer view unit".split()
        self.used |= {f"name {name}" for name in names}
        self.used |= {f"action {name}" for name in ("play", "step", "reset", "copy", "redraw")} | {"role sequence"}
        self.assert_all_used()
