"""Hands and eyes for the translation explorer: what it shows is what torch computes."""

from __future__ import annotations

import functools
import json
from typing import Any

import torch
from torch import nn

from lstm_lessons.data.number_words import words
from lstm_lessons.text.tokenizer import encode, normalize
from lstm_lessons.text.translation import BEGIN, END, Translator, attention_weights, beam_search
from tests.browser.hands.base import Hands, Key
from tests.browser.reading import drawn, read, read_twin
from tests.widgets.microscope_reference import decoded

PHRASES = ("7", "ninety-nine", "Øne \u2603 zz", "  two  e\u0301 ", "999999", "six " * 30, "")
LETTERS = "(root) => [...root.querySelectorAll('[data-letter]')].map(({ dataset }) => +dataset.number)"
LOOK = """(root) => [...root.querySelectorAll(
    "[data-letter], .tx-map, .tx-written, .tx-cursor, .tx-side, .tx-beam, [data-role=answer], .tx-bar")].map(
    (node) => [node.outerHTML, node.hidden])"""
# What was changed by hand stands in no control: it is told from what is drawn, see `state_of_page`.
SETTINGS = """(root) => {
    const of = (name) => root.querySelector(`[data-name=${name}]`).value;
    return { phrase: of("phrase"), view: of("view"), width: +of("width") };
}"""


def model_of(state: dict[str, Any]) -> Translator:
    """The model that the state's weights were taken from, in float64."""
    a = state["architecture"]
    model = Translator(a["source_signs"], a["target_signs"], a["embedding_size"], a["hidden_size"]).double().eval()
    parts = (model.read, model.encoder, model.bridge, model.written, model.decoder, model.head)
    parameters = [p for part in parts for p in part.parameters()]
    nn.utils.vector_to_parameters(decoded(state["weights"], -1), parameters)
    return model


def numbers_of(state: dict[str, Any]) -> list[int]:
    """What the model reads of the phrase."""
    text = normalize(state["phrase"])
    if text.isascii() and text.isdecimal() and len(text) <= 6:
        text = words(int(text), "en")
    known = {letter: n for n, letter in enumerate(state["source_letters"], start=2)}
    return encode(text, known, longest=64) if text else []


@torch.no_grad()
def forced_run(model: Translator, numbers: list[int], state: dict[str, Any]) -> tuple[list, list, list]:
    """Signs, log-probabilities (T, V) and attention (T, S), each step from the beginning anew."""
    memory = model.encode(torch.tensor([numbers]), torch.tensor([len(numbers)]))
    signs: list[int] = []
    while END not in signs and len(signs) < 72:
        h, _ = model.decoder(model.written(torch.tensor([[BEGIN, *signs]])), memory.first)
        weights = attention_weights(h, memory.states, memory.keep)
        for step, place in state["looked"].items():
            if int(step) <= len(signs) and place < len(numbers):
                weights[0, int(step)] = nn.functional.one_hot(torch.tensor(place), len(numbers)).double()
        logs = model.head(torch.cat([h, weights @ memory.states], dim=-1))[0].log_softmax(-1)
        signs.append(int(state["forced"].get(str(len(signs)), logs[-1].argmax())))
    return signs, logs.tolist(), weights[0].tolist()


@torch.no_grad()
def expected_numbers(state: dict[str, Any], offered: list[int]) -> dict[tuple, Any]:
    """All that a page in this state shows, by torch; which signs are offered at the cursor is the page's own."""
    numbers = numbers_of(state)
    result: dict[tuple, Any] = {
        ("letters",): numbers,
        ("signs",): [],
        ("attention",): [],
        ("states",): [],
        ("beam",): [],
    }
    if not numbers:
        return result
    model = model_of(state)
    signs, logs, attention = forced_run(model, numbers, state)
    result["signs",], result["attention",] = signs, attention
    result["states",] = model.encode(torch.tensor([numbers]), torch.tensor([len(numbers)])).states[0].tolist()
    step = min(state["step"], len(signs) - 1)
    result |= {("probability", step, sign): torch.tensor(logs[step][sign]).exp().item() for sign in offered}
    if state["view"] == "beam":
        [found] = beam_search(model, torch.tensor([numbers]), torch.tensor([len(numbers)]), state["width"], 72)
        result["beam",] = [each.log_probability for each in found]
    return result


def found_numbers(root) -> dict[tuple, Any]:
    """The same, as drawn; each text must be its number, rounded."""
    result: dict[tuple, Any] = {("letters",): read(root, LETTERS)}
    for item in drawn(root):
        name, text = item["symbol"], item["text"]
        if name == "states":
            result["states",] = json.loads(item["values"])
        elif name == "attention":
            result["attention",], result["signs",] = json.loads(item["values"]), json.loads(item["signs"])
        elif name == "beam":
            levels = json.loads(item["values"])
            result["beam",] = [log for _, _, log in levels[-1]] if levels else []
        elif name == "probability":
            value = float(item["value"])
            result["probability", int(item["step"]), int(item["sign"])] = value
            shown = text.removesuffix("\u00a0%")
            digits = len(shown.partition(".")[2])
            assert abs(float(shown) - 100 * value) <= 0.5 * 10**-digits + 1e-9, f"{text} stands for {value}"
    return result


def use_all_controls(hands) -> None:
    """Type, choose, walk, look and force; then the beam."""
    root, view = hands.root, hands.root.locator("select[data-name=view]")
    if view.input_value() == "beam":
        hands.change(lambda: view.select_option("attention"), "attention")
    field = root.locator("input[data-name=phrase]")
    first = hands.state()["phrase"]
    for phrase in (*PHRASES, first):
        hands.change(functools.partial(field.fill, phrase), f"the phrase {phrase!r}")
    hands.note("name", "phrase")
    example = root.locator("select[data-name=example]")
    examples = hands.state()["examples"]
    others = [n for n in reversed(range(len(examples))) if examples[n] != first]  # what is shown would change nothing
    assert others
    for n in others:
        state = hands.change(functools.partial(example.select_option, str(n)), "an example")
        assert state["phrase"] == examples[n]
    hands.note("name", "example")
    area = root.locator("[data-role=map]")
    for key in (
        "ArrowDown",
        "ArrowDown",
        "ArrowUp",
        "End",
        "Home",
        "ArrowDown",
        "ArrowRight",
        "ArrowRight",
        "ArrowLeft",
    ):
        hands.change(functools.partial(hands.press, area, key), key)
    hands.edits["looked"] = {"1": 1}
    hands.change(functools.partial(hands.press, area, "Enter"), "Enter: look here")
    hands.edits["looked"] = {}
    hands.change(functools.partial(hands.press, area, "Enter"), "Enter: look freely")
    hands.note("role", "map")
    look = root.locator("[data-action=look]")
    hands.edits["looked"] = {"1": 1}
    hands.change(look.click, "the button: look here")
    hands.note("action", "look")
    other = root.locator("[data-action=force][aria-pressed=false]").first
    hands.edits["forced"] = {"1": int(other.get_attribute("data-sign"))}
    hands.change(other.click, "another letter")
    hands.note("action", "force")
    hands.edits = {"forced": {}, "looked": {}}
    hands.change(root.locator("[data-action=undo]").click, "undo")
    hands.note("action", "undo")
    hands.see_change(root.locator("[data-action=write]").click, "write again")
    hands.page.wait_for_function("(root) => !root.querySelector('[data-role=answer]').textContent.endsWith('\u2026')",
                                 arg=hands.node)  # fmt: skip
    hands.check()
    hands.note("action", "write")
    hands.change(lambda: view.select_option("beam"), "the beam")
    for width in ("1", "4", "2"):
        hands.change(functools.partial(root.locator("select[data-name=width]").select_option, width), "the width")
    hands.change(lambda: view.select_option("attention"), "attention again")
    hands.note("name", "view")
    hands.note("name", "width")
    hands.assert_all_used()


class TranslationHands(Hands):
    """Hands for a `TranslationExplorer`. Without a kernel its state is the twin's, the controls', and what they did."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.edits: dict[str, dict] = {}  # since the page was opened

    def look(self) -> str:
        return json.dumps([super().look(), read(self.node, LOOK)])

    def state_of_page(self) -> dict[str, Any]:
        return read_twin(self.node) | self.edits | read(self.node, SETTINGS) | {"step": self._step()}

    def _step(self) -> int:
        return next((int(item["step"]) for item in drawn(self.node) if item["symbol"] == "probability"), 0)

    def expected(self, state: dict[str, Any]) -> dict[Key, Any]:
        offered = [int(item["sign"]) for item in drawn(self.node) if item["symbol"] == "probability"]
        return expected_numbers(state, offered)

    def found(self) -> dict[Key, Any]:
        return found_numbers(self.node)

    def touch(self) -> None:
        phrase = self.root.locator("input[data-name=phrase]")
        self.change(functools.partial(phrase.fill, "forty-two"), "a phrase")

    def use_everything(self) -> None:
        """Type, look, force and search; after each, what is drawn has changed and equals torch's."""
        self.check()
        use_all_controls(self)
