"""Hands and eyes for the phrase explorer: what it shows is what torch computes."""

from __future__ import annotations

import functools
import json
from typing import Any

import numpy as np
import torch
from torch import nn

from lstm_lessons.text.classifier import TextClassifier
from lstm_lessons.text.tokenizer import encode
from lstm_lessons.trace import trace_gates
from tests.browser.hands.base import Hands, Key, options_of
from tests.browser.hands.slopes import features, slope_class, slopes, use_slopes
from tests.browser.reading import drawn, read, read_twin
from tests.widgets.microscope_reference import decoded

PHRASES = ("g", "grandmother ate", "Øystein \u2603 zz", "  an  e\u0301t ", "été! " * 20, "")
LETTERS = """(root) => [...root.querySelectorAll("[data-letter]")].map(
    ({ dataset }) => [dataset.letter, +dataset.number, +dataset.value])"""
TRACES = """(root) => [...root.querySelectorAll("[data-trace]")].map(
    ({ dataset }) => [dataset.trace, JSON.parse(dataset.values)])"""
LOOK = """(root) => [...root.querySelectorAll(
    "[data-letter], [data-trace], .px-cursor, .px-belief, [data-role=answer]")].map(
    (node) => [node.outerHTML])"""
SETTINGS = """(root) => {
    const of = (name) => root.querySelector(`[data-name=${name}]`).value;
    return { phrase: of("phrase"), direction: +of("direction"), unit: +of("unit"),
        symbol: of("symbol") };
}"""


def model_of(state: dict[str, Any]) -> TextClassifier:
    """The model that the state's weights were taken from, in float64."""
    a = state["architecture"]
    sizes = a["letters"], a["classes"], a["input_size"], a["hidden_size"]
    model = TextClassifier(*sizes, pool=a["pool"]).double().eval()
    parts = (model.embedding, model.lstm, model.head)
    parameters = [p for part in parts for p in part.parameters()]
    nn.utils.vector_to_parameters(decoded(state["weights"], -1), parameters)
    return model


def cursor(root) -> int:
    """The letter under the cursor, from 0; -1 of an empty phrase."""
    step = next(item["step"] for item in drawn(root) if item["symbol"] == "probability")
    return int(step) if step else -1


@torch.no_grad()
def expected_numbers(state: dict[str, Any], at: int) -> dict[tuple, Any]:
    """All that a page in this state shows, by torch; the cursor is the page's own."""
    model = model_of(state)
    known = {letter: n for n, letter in enumerate(state["letters"], start=2)}
    numbers = encode(state["phrase"], known) if state["phrase"].strip() else []
    classes, unit = len(state["class_names"]), state["unit"]
    if not numbers:
        empty = {("probability", k): None for k in range(classes)}
        empty |= {("letters",): [], ("belief",): []}
        return empty | {("trace", key): [] for key in "ifgoch"} | {("at", k): None for k in "ifgoch"}
    # The model itself, on each beginning of the phrase: no shortcut of ours takes part.
    beliefs = [
        model(torch.tensor([numbers[: t + 1]]), torch.tensor([t + 1])).softmax(1)[0].tolist()
        for t in range(len(numbers))
    ]
    trace = trace_gates(model.lstm, model.embedding(torch.tensor([numbers])))
    traces = {
        key: getattr(trace, key)[0, state["direction"]].reshape(len(numbers), -1)[:, unit].tolist() for key in "ifgoch"
    }
    result: dict[tuple, Any] = {("belief",): beliefs, ("letters",): numbers}
    result["colors",] = traces[state["symbol"]]
    result |= {("trace", key): values for key, values in traces.items()}
    result |= {("at", key): values[at] for key, values in traces.items()}
    return result | {("probability", k): beliefs[at][k] for k in range(classes)}


def found_numbers(root) -> dict[tuple, Any]:
    """The same, as drawn; each text must be its number, rounded."""
    letters = read(root, LETTERS)
    result: dict[tuple, Any] = {("letters",): [number for _, number, _ in letters]}
    if letters:
        result["colors",] = [value for *_, value in letters]
    result |= {("trace", name): values for name, values in read(root, TRACES)}
    for item in drawn(root):
        name, text, value = item["symbol"], item["text"], item.get("value")
        if name == "belief":
            if item["values"]:  # empty while the page is computing: no agreement; the check waits
                result["belief",] = json.loads(item["values"])
            continue
        if name != "probability" and "step" not in item:
            continue
        key = (name, int(item["class"])) if name == "probability" else ("at", name)
        result[key] = float(value) if value else None
        if not value:
            assert text == "\u2013"
            continue
        shown = float(text.replace("\u2212", "-").removesuffix("\u00a0%"))
        shown, digits = (shown / 100, 2) if "%" in text else (shown, 2)
        assert abs(shown - float(value)) <= 0.5 * 10**-digits + 1e-9, f"{text} stands for {value}"
    return result


def settings_of_page(root) -> dict[str, Any]:
    """The state as the controls say it, and the model from the twin around them."""
    twin = read_twin(root)
    return twin | read(root, SETTINGS)


def strongest(state: dict[str, Any]) -> tuple[int, int]:
    """Direction and unit whose silence costs the answer most of its score, by torch."""
    model = model_of(state)
    known = {letter: n for n, letter in enumerate(state["letters"], start=2)}
    numbers = torch.tensor([encode(state["phrase"], known)])
    lengths = torch.tensor([numbers.shape[1]])
    size = model.lstm.hidden_size
    with torch.no_grad():
        before = model(numbers, lengths)[0]
        winner, weight, costs = int(before.argmax()), model.head.weight.clone(), []
        for place in range(2 * size):
            model.head.weight[:, place :: 2 * size] = 0
            costs.append(float(before[winner] - model(numbers, lengths)[0, winner]))
            model.head.weight.copy_(weight)
    return divmod(int(np.argmax(costs)), size)


def use_all_controls(hands) -> None:
    """Type phrases, choose everything once, walk over the letters."""
    root = hands.root
    field = root.locator("input[data-name=phrase]")
    first = hands.state()["phrase"]
    for phrase in (*PHRASES, first):
        hands.change(functools.partial(field.fill, phrase), f"the phrase {phrase!r}")
        assert field.input_value() == phrase
    field.press("End")
    for letter in "abc":  # one letter after the other, as a hand does
        hands.change(functools.partial(field.press_sequentially, letter), f"the letter {letter}")
    hands.change(functools.partial(field.press, "Backspace"), "a letter less")
    hands.press(field, "Enter")
    hands.note("name", "phrase")
    example = root.locator("select[data-name=example]")
    if example.is_visible():
        for option in ("1", "0"):
            state = hands.change(functools.partial(example.select_option, option), "an example")
            assert state["phrase"] == state["examples"][int(option)]
            assert field.input_value() == state["phrase"]
    hands.note("name", "example")
    for name in ("direction", "unit", "symbol"):
        select = root.locator(f"select[data-name={name}]")
        before = select.input_value()
        for option in [*[value for value in options_of(select) if value != before][:3], before]:
            state = hands.change(functools.partial(select.select_option, option), name)
            assert str(state[name]) == option
        hands.note("name", name)
    use_slopes(hands)
    _walk(hands)
    button = root.locator("[data-action=strongest]")
    expected = strongest(hands.state())
    other = str((expected[1] + 1) % 3)
    root.locator("select[data-name=unit]").select_option(other)
    hands.check()
    state = hands.change(button.click, "the strongest unit")
    assert (state["direction"], state["unit"]) == expected
    hands.note("action", "strongest")
    hands.assert_all_used()


def _walk(hands) -> None:
    """Keys and the pointer move the cursor over the letters."""
    area, count = hands.root.locator("[data-role=map]"), len(read(hands.node, LETTERS))
    assert count >= 3 and cursor(hands.node) == count - 1
    for key, place in (("Home", 0), ("ArrowRight", 1), ("ArrowLeft", 0), ("End", count - 1)):
        hands.change(functools.partial(hands.press, area, key), key)
        assert cursor(hands.node) == place
    box = hands.root.locator("[data-letter]").nth(1).bounding_box()
    y = area.bounding_box()["y"] + 8
    hands.change(lambda: hands.page.mouse.move(box["x"] + box["width"] / 2, y), "the pointer")
    assert cursor(hands.node) == 1
    hands.note("role", "map")


class PhraseHands(Hands):
    """Hands for a `PhraseExplorer`. Without a kernel its state is the twin's and the controls'."""

    def look(self) -> str:
        return json.dumps([super().look(), read(self.node, LOOK)])

    def state_of_page(self) -> dict[str, Any]:
        return settings_of_page(self.node)

    def expected(self, state: dict[str, Any]) -> dict[Key, Any]:
        return expected_numbers(state, cursor(self.node)) | {("slope",): self.expected_slopes(state)}

    def expected_slopes(self, state: dict[str, Any]) -> list[float]:
        """How steep the score of the chosen class is in each letter's embedding, by torch."""
        model = model_of(state)
        known = {letter: n for n, letter in enumerate(state["letters"], start=2)}
        if not state["phrase"].strip():
            return []
        numbers = torch.tensor([encode(state["phrase"], known)])
        lengths = torch.tensor([numbers.shape[1]])
        k = slope_class(self.node, int(model(numbers, lengths)[0].argmax()))
        return slopes(lambda x: model.head(features(model, x))[k], model.embedding(numbers)[0])

    def found(self) -> dict[Key, Any]:
        bars = self.node.query_selector("[data-symbol=slope]")
        return found_numbers(self.node) | {("slope",): json.loads(bars.get_attribute("data-values"))}

    def touch(self) -> None:
        phrase = self.root.locator("input[data-name=phrase]")
        self.change(functools.partial(phrase.fill, "ate"), "a phrase")

    def use_everything(self) -> None:
        """Type, choose and point; after each, what is drawn has changed and equals torch's."""
        self.check()
        use_all_controls(self)
