"""Hands for the writing explorer."""

from __future__ import annotations

import base64
import functools
import json
import math
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lstm_lessons.text.language_model import START, LanguageModel, encode, reshape
from lstm_lessons.trace import trace_gates
from tests.browser.hands.base import SYMBOLS, Hands, Key
from tests.browser.reading import drawn, read, read_twin
from tests.widgets.microscope_reference import decoded

LETTERS = """(root) => [...root.querySelectorAll("[data-letter]")].map(
    ({ dataset }) => [dataset.letter, dataset.value === "" ? null : +dataset.value])"""
TRACES = """(root) => [...root.querySelectorAll("[data-trace]")].map(
    ({ dataset }) => [dataset.trace, JSON.parse(dataset.values)])"""
LOOK = """(root) => [...root.querySelectorAll(
    "[data-letter], [data-trace], .wx-end, .wx-cursor, [data-action=write]")].map((node) => [node.outerHTML])"""
SETTINGS = """(root) => {
    const of = (name) => root.querySelector(`[data-name=${name}]`);
    return { text: [...root.querySelectorAll("[data-letter]")].map((node) => node.dataset.letter).join(""),
        temperature: +of("temperature").value, top_k: +of("top_k").value, top_p: +of("top_p").value,
        color: of("color").value, unit: +of("unit").value, silent: of("silent").checked };
}"""
SEEN, COLUMNS, ROWS = 64, 64, 10


def model_of(state: dict[str, Any]) -> LanguageModel:
    """The model of the page in float64: whole numbers times the size of a step, in float32; a silent unit is unread."""
    sizes = state["architecture"]
    V, E, H = (sizes[name] for name in ("letters", "embedding_size", "hidden_size"))
    model = LanguageModel(state["alphabet"], E, H).eval()
    steps = torch.from_numpy(np.frombuffer(base64.b64decode(state["steps"]), np.int8).copy())
    floats = decoded(state["floats"], -1).float()
    shapes = (V, E), (4 * H, E), (4 * H, H), (V, H)
    scales = floats.split([V, 4 * H, 4 * H, V, 8 * H + V])
    matrices = [
        part.reshape(shape) * scale[:, None]
        for part, shape, scale in zip(steps.split([math.prod(s) for s in shapes]), shapes, scales[:-1], strict=True)
    ]
    names = "embedding.weight", "lstm.weight_ih_l0", "lstm.weight_hh_l0", "head.weight"
    biases = dict(
        zip(("lstm.bias_ih_l0", "lstm.bias_hh_l0", "head.bias"), scales[-1].split([4 * H, 4 * H, V]), strict=True)
    )
    model.load_state_dict(dict(zip(names, matrices, strict=True)) | biases)
    if state["silent"]:
        with torch.no_grad():
            model.lstm.weight_hh_l0[:, state["unit"]] = 0
            model.head.weight[:, state["unit"]] = 0
    return model.double()


def influences(model: LanguageModel, numbers: Tensor, target: int) -> list[float | None]:
    """By how many bits the log-probability of the next letter falls, to first order, without each letter before it."""
    x = model.embedding(numbers).detach().requires_grad_()
    output, _ = model.lstm(x[None])
    (slope,) = torch.autograd.grad(model.head(output[0, -1]).log_softmax(0)[target] / math.log(2), x)
    found = (slope * (x - model.embedding.weight.mean(0))).sum(1).tolist()
    return [None] * max(0, len(found) - SEEN) + found[-SEEN:]


def colors(state: dict[str, Any], model: LanguageModel, chances: np.ndarray, traces: dict, at: int) -> list:
    """What colors the letters, None where nothing does."""
    numbers = encode(START + state["text"], state["alphabet"])
    count, color = len(state["text"]), state["color"]
    if color == "influence":
        target = int(numbers[at + 1]) if at < count else int(chances[at].argmax())
        found = influences(model, numbers[: at + 1], target)[1:]
        return found + [None] * (count - len(found))
    if color == "cost":
        return [-math.log2(chances[t, numbers[t + 1]]) for t in range(count)]
    return traces[color]


def expected_numbers(state: dict[str, Any], at: int) -> dict[Key, Any]:
    """All that a page in this state shows, by torch; the cursor is the page's own."""
    model, text = model_of(state), state["text"]
    numbers = encode(START + text, state["alphabet"])
    with torch.no_grad():
        chances = model(numbers[None])[0][0].softmax(-1).numpy()
        trace = trace_gates(model.lstm, model.embedding(numbers))
    traces = {key: getattr(trace, key)[0, 0, 1:, state["unit"]].tolist() for key in SYMBOLS}
    how = {name: state[name] for name in ("temperature", "top_k", "top_p")}
    after = reshape(chances[at], **how)
    order = np.argsort(-chances[at], kind="stable")[:ROWS].tolist()
    if at < len(text) and int(numbers[at + 1]) not in order:
        order[-1] = int(numbers[at + 1])
    last = min(max(at, COLUMNS), len(text))
    shown = slice(max(0, last - COLUMNS), last)
    result: dict[Key, Any] = {("letters",): numbers[1:].tolist(), ("order",): order}
    result["colors",] = colors(state, model, chances, traces, at)
    result |= {("chance", k): [chances[at, k], after[k]] for k in order}
    result |= {("trace", key): values[shown] for key, values in traces.items()}
    return result | {("at", key): values[at - 1] if at else None for key, values in traces.items()}


class WritingHands(Hands):
    """Hands for a `WritingExplorer`. The cursor is the page's alone."""

    def cursor(self) -> int:
        return int(self.root.locator("[data-role=text]").get_attribute("aria-valuenow"))

    def look(self) -> str:
        return json.dumps([super().look(), read(self.node, LOOK)])

    def state_of_page(self) -> dict[str, Any]:
        return read_twin(self.node) | read(self.node, SETTINGS)

    def expected(self, state: dict[str, Any]) -> dict[Key, Any]:
        return expected_numbers(state, self.cursor())

    def found(self) -> dict[Key, Any]:
        alphabet = self.state()["alphabet"]
        letters = read(self.node, LETTERS)
        result: dict[Key, Any] = {("letters",): [alphabet.index(letter) for letter, _ in letters], ("order",): []}
        result["colors",] = [value for _, value in letters]
        result |= {("trace", name): values for name, values in read(self.node, TRACES)}
        for item in drawn(self.node):
            if item["symbol"] == "chance" and item.get("value"):
                result["order",].append(int(item["choice"]))
                result["chance", int(item["choice"])] = [float(item["value"]), float(item["drawn"])]
            elif "step" in item:
                result["at", item["symbol"]] = float(item["value"]) if item["value"] else None
        return result

    def touch(self) -> None:
        self.change(lambda: self.root.locator("[data-name=letter]").press_sequentially("b"), "a letter")

    def use_everything(self) -> None:
        """Type, write, choose, walk, turn; after each, what is drawn has changed and equals torch's."""
        self.check()
        text = self.state()["text"]
        field = self.root.locator("[data-name=letter]")
        for key, then in (("f", text + "f"), ("Enter", text + "f\n"), ("Backspace", text + "f"), ("é", None)):
            if then is None:  # a letter of no model here: nothing happens
                field.press_sequentially(key)
                assert self.check()["text"] == text + "f" and field.input_value() == ""
                continue
            assert self.change(functools.partial(self.press, field, key), key)["text"] == then
        back = self.root.locator("[data-action=back]")
        assert self.change(back.click, "a letter less")["text"] == text
        assert len(self.change(self.root.locator("[data-action=one]").click, "one letter")["text"]) == len(text) + 1
        self._write()
        self._begin()
        for name, keys in (
            ("temperature", ["ArrowRight"]),
            ("top_k", ["ArrowRight", "ArrowLeft"]),
            ("top_p", ["Home"]),
        ):
            slider = self.root.locator(f"[data-name={name}]")
            for key in keys:
                self.change(functools.partial(self.press, slider, key), name)
        for color in ("cost", *SYMBOLS, "influence"):
            choose = functools.partial(self.root.locator("[data-name=color]").select_option, color)
            assert self.change(choose, color)["color"] == color
        assert self.change(lambda: self.root.locator("[data-name=unit]").select_option("3"), "a unit")["unit"] == 3
        for silent in (True, False):
            assert self.change(self.root.locator("[data-name=silent]").click, "silence")["silent"] == silent
        self._walk()
        self.used |= {
            f"name {n}" for n in ("letter", "begin", "temperature", "top_k", "top_p", "color", "unit", "silent")
        }
        self.used |= {f"action {name}" for name in ("write", "one", "back", "choose")} | {"role text"}
        self.assert_all_used()

    def _write(self) -> None:
        button, before = self.root.locator("[data-action=write]"), len(self.state()["text"])
        self.see_change(button.click, "writing")
        self.page.wait_for_function("(node) => node.querySelectorAll('[data-letter]').length > 40", arg=self.node)
        button.click()
        assert button.inner_text() == "Write"
        state = self.check()
        assert len(state["text"]) > before
        self.page.wait_for_timeout(200)
        assert self.check()["text"] == state["text"], "it writes on after it was stopped"

    def _begin(self) -> None:
        begin, begins = self.root.locator("[data-name=begin]"), self.state()["begins"]
        for option, text in (("-1", ""), ("1", begins[1]), ("0", begins[0])):
            assert self.change(functools.partial(begin.select_option, option), "a beginning")["text"] == text

    def _walk(self) -> None:
        area = self.root.locator("[data-role=text]")
        self.change(lambda: self.root.locator("[data-name=letter]").press_sequentially("abc"), "letters")
        count = len(self.state()["text"])
        for key, place in (("Home", 0), ("ArrowRight", 1), ("ArrowLeft", 0), ("End", count)):
            self.change(functools.partial(self.press, area, key), key)
            assert self.cursor() == place
        self.change(self.root.locator("[data-letter]").nth(2).click, "the pointer")
        assert self.cursor() == 2
        choice = self.root.locator("[data-symbol=chance]").nth(1)
        letter = self.state()["alphabet"][int(choice.get_attribute("data-choice"))]
        before = self.state()["text"]
        assert self.change(choice.click, "another letter")["text"] == before[:2] + letter
