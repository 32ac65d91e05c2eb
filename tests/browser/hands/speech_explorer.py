"""Hands and eyes for the speech explorer: what it shows is what NumPy and torch compute."""

from __future__ import annotations

import base64
import functools
import json
import math
from itertools import groupby, pairwise
from typing import Any

import numpy as np
import torch
from torch import nn

from lstm_lessons.data.seventh_voice import HOP, mfcc
from tests.browser.hands.base import Hands, Key
from tests.browser.reading import drawn, read, read_twin
from tests.widgets.microscope_reference import decoded

LOOK = """(root) => [...root.querySelectorAll(
    ".vx-words, .vx-bar, .vx-signs, .vx-line, .vx-cursor, .vx-readout, .vx-note, .vx-answer, .vx-curves")].map(
    (node) => node.outerHTML)"""
SETTINGS = """(root) => {
    const of = (name) => root.querySelector(`[data-name=${name}]`).value;
    const handles = [...root.querySelectorAll("[data-pause]")];
    return {
        digits: of("digits"), voice: +of("voice"), alignment: of("alignment"),
        stage: root.querySelector("[data-stage][aria-pressed=true]").dataset.stage,
        pauses: handles.map((handle) => +handle.getAttribute("aria-valuenow")),
    };
}"""
STRINGS = ("0", "31 4x1", "99999999999", "", "8")
PATHS = ("__33_1_", "5", "-–_", "12" * 150, "zz")


def said_in(state: dict[str, Any]) -> list[int]:
    return [int(sign) for sign in state["digits"] if sign in "0123456789"][:8]


def spliced(state: dict[str, Any]) -> tuple[np.ndarray, list[list[float]]]:
    """MFCCs (T, 13) of the string, and where its digits begin and end, in frames."""
    voice, said = state["voices"][state["voice"]], said_in(state)

    def items(text: str) -> np.ndarray:
        if voice["sound"]:
            return np.frombuffer(base64.b64decode(text), "<i2").astype(np.float32) / 2**15
        return decoded(text, -1, 13).float().numpy()

    frame, quiet = HOP if voice["sound"] else 1, items(voice["quiet"])
    pauses = [*state["pauses"], *[4] * 9][: len(said) + 1]
    string, bounds, used = [], [], dict.fromkeys(range(10), 0)
    for k, digit in enumerate(said):
        string += [quiet[(n + 7 * k * frame) % len(quiet)] for n in range(max(0, pauses[k]) * frame)]
        takes = voice["digits"][digit]
        word = list(items(takes[used[digit] % len(takes)]))
        used[digit] += 1
        if k + 1 < len(said) and pauses[k + 1] < 0:
            word = word[: max(min(3 * frame, len(word)), len(word) + pauses[k + 1] * frame)]
        bounds.append([len(string) / frame, (len(string) + len(word)) / frame])
        string += word
    string += [quiet[(n + 7 * len(said) * frame) % len(quiet)] for n in range(max(0, pauses[-1]) * frame)]
    whole = np.array(string, dtype=np.float32)
    return mfcc(whole) if voice["sound"] else whole, bounds


@torch.no_grad()
def log_probabilities(state: dict[str, Any], xs: np.ndarray) -> torch.Tensor:
    """Of each class at each frame, (T, K), in float64."""
    a = state["architecture"]
    both = a["directions"] == 2
    lstm = nn.LSTM(a["input_size"], a["hidden_size"], batch_first=True, bidirectional=both).double()
    head = nn.Linear(a["directions"] * a["hidden_size"], a["classes"]).double()
    parameters = [*lstm.parameters(), *head.parameters()]
    nn.utils.vector_to_parameters(decoded(state["weights"], -1), parameters)
    return head(lstm(torch.from_numpy(xs.astype(np.float64))[None])[0][0]).log_softmax(-1)


def expected_numbers(state: dict[str, Any]) -> dict[Key, Any]:
    """All that a page in this state shows, with torch's own CTC."""
    if not said_in(state):
        return dict.fromkeys((("features",), ("posteriors",), ("words",), ("path",), ("answer",)), [])
    frames, bounds = spliced(state)
    own = frames.astype(np.float64)
    mean, std = state["scale"].get("mean"), state["scale"].get("std")
    mean, std = (own.mean(0), own.std(0) + 1e-5) if mean is None else (np.array(mean), np.array(std))
    xs = ((own - mean) / std).astype(np.float32)
    logs = log_probabilities(state, xs)
    T = len(logs)
    known = {"_": 0, "-": 0, "–": 0} | {str(digit): digit + 1 for digit in range(10)}
    typed = [known[sign] for sign in state["alignment"] if sign in known]
    path = [typed[t * len(typed) // T] for t in range(T)] if typed else logs.argmax(-1).tolist()
    answer = [k for k, _ in groupby(path) if k]
    loss = nn.functional.ctc_loss(logs[:, None], torch.tensor([answer]), [T], [len(answer)], reduction="sum")
    repeats = sum(a == b for a, b in pairwise(answer))
    return {
        ("features",): xs.tolist(),
        ("posteriors",): logs.tolist(),
        ("words",): bounds,
        ("path",): path,
        ("path probability",): logs[range(T), path].sum().item(),
        ("answer",): answer,
        ("answer probability",): -loss.item(),
        ("paths",): math.log(math.comb(T + len(answer) - repeats, 2 * len(answer))),
    }


def found_numbers(root) -> dict[Key, Any]:
    """The same, as drawn."""
    items = {item["symbol"]: item for item in drawn(root)}
    result: dict[Key, Any] = {
        (name,): json.loads(items[name]["values"]) for name in ("features", "posteriors", "words")
    }
    result |= {(name,): json.loads(items[name]["signs"]) for name in ("path", "answer")}
    if result["path",]:
        result["path probability",] = float(items["path"]["value"])
        result["answer probability",] = float(items["answer"]["value"])
        result["paths",] = math.log(float(items["answer"]["count"]))
    return result


def say_and_type(hands) -> None:
    """Strings, voices, paths, and the stages of their collapse."""
    root = hands.root
    field, first = root.locator("input[data-name=digits]"), hands.state()["digits"]
    for digits in (*STRINGS, first):
        hands.change(functools.partial(field.fill, digits), f"the digits {digits!r}")
    hands.note("name", "digits")
    voice = root.locator("select[data-name=voice]")
    for option in ("1", "0"):
        hands.change(functools.partial(voice.select_option, option), "a voice")
    hands.note("name", "voice")
    alignment = root.locator("input[data-name=alignment]")
    for path in PATHS:
        hands.change(functools.partial(alignment.fill, path), f"the path {path!r}")
    hands.change(functools.partial(alignment.fill, "__33_1_"), "a path")
    hands.note("name", "alignment")
    for stage in (1, 2, 0):
        hands.change(root.locator(f"[data-action=stage-{stage}]").click, "a stage")
        hands.note("action", f"stage-{stage}")
    hands.see_change(root.locator("[data-action=collapse]").click, "collapse")
    hands.page.wait_for_function("(root) => root.querySelector('[data-stage=answer]').ariaPressed === 'true'",
                                 arg=hands.node)  # fmt: skip
    hands.check()
    hands.note("action", "collapse")
    hands.change(root.locator("[data-action=best]").click, "the most probable path")
    hands.note("action", "best")


def drag_and_draw(hands) -> None:
    """Boundaries and the map, by keys and by pointer."""
    root = hands.root
    for k in range(root.locator("[data-pause]").count()):
        handle = root.locator(f"[data-pause='{k}']")
        for key in ("ArrowRight", "PageUp", "ArrowLeft", "Home", "End", "PageDown"):
            hands.change(functools.partial(hands.press, handle, key), f"{key} on the boundary {k}")
    box = root.locator("[data-pause='1']").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    hands.page.mouse.move(x, y)
    hands.page.mouse.down()
    for step in (-30, -70, 40):
        hands.change(functools.partial(hands.page.mouse.move, x + step, y), "a dragged boundary")
    hands.page.mouse.up()
    hands.check()
    hands.note("role", "pause")
    area = root.locator("[data-role=map]")
    for key in ("End", "Home", "ArrowRight", "ArrowDown", "ArrowDown", "ArrowUp", "ArrowLeft"):
        hands.see_change(functools.partial(hands.press, area, key), key)
    before = hands.check()["alignment"]
    for _ in range(2):  # at one of two signs the path was not
        hands.press(area, "Enter")
        hands.press(area, "ArrowDown")
    assert hands.check()["alignment"] != before
    box = area.bounding_box()
    hands.change(lambda: hands.page.mouse.click(box["x"] + 150, box["y"] + box["height"] - 3), "a click into the map")
    hands.note("role", "map")


def hear(hands) -> None:
    """The voice that can be heard, and the microphone, of which there is none here."""
    root = hands.root
    hands.change(functools.partial(root.locator("select[data-name=voice]").select_option, "1"), "a voice with sound")
    listen = root.locator("[data-action=listen]")
    hands.see_change(listen.click, "listen")
    if listen.inner_text() == "Stop":  # or it is over already
        hands.see_change(listen.click, "stop")
    hands.note("action", "listen")
    hands.see_change(root.locator("[data-action=record]").click, "record")
    assert "microphone" in root.locator("[data-role=note]").inner_text()
    hands.note("action", "record")
    assert root.locator("[data-action=back]").is_hidden()  # until something is recorded: see test_speech_microphone.py
    hands.note("action", "back")
    hands.check()


class SpeechHands(Hands):
    """Hands for a `SpeechExplorer`. Without a kernel its state is the twin's, and the controls'."""

    def look(self) -> str:
        return json.dumps([super().look(), read(self.node, LOOK)])

    def state_of_page(self) -> dict[str, Any]:
        return read_twin(self.node) | read(self.node, SETTINGS)

    def expected(self, state: dict[str, Any]) -> dict[Key, Any]:
        return expected_numbers(state)

    def found(self) -> dict[Key, Any]:
        return found_numbers(self.node)

    def touch(self) -> None:
        field = self.root.locator("input[data-name=digits]")
        self.change(functools.partial(field.fill, "42"), "digits")

    def use_everything(self) -> None:
        """Say, type, drag, draw and hear; after each, what is drawn has changed and equals torch's."""
        self.check()
        say_and_type(self)
        drag_and_draw(self)
        hear(self)
        self.assert_all_used()
