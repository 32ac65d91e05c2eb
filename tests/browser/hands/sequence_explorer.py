"""Hands for the sequence explorer."""

from __future__ import annotations

import functools
import json
import math
from typing import Any

import torch
from playwright.sync_api import Locator

from lstm_lessons.trace import trace_gates
from lstm_lessons.widgets import SequenceExplorer
from lstm_lessons.widgets.gate_explorer.widget import figures
from lstm_lessons.widgets.sequence_explorer.presets import PRESETS as PROGRAMS
from tests.browser.hands.base import (
    AGREED,
    SYMBOLS,
    TWO_FRAMES,
    Hands,
    Key,
    assert_text,
    difference,
    drag,
    options_of,
    place_in,
)


class SequenceHands(Hands):
    """Hands for a `SequenceExplorer`. Without a kernel they remember what they have moved.

    Args:
        root: the widget's outermost element.
        state: reads the state that the kernel holds.
        twin: the state that the widget started with, where there is no kernel.
    """

    def __init__(self, root: Locator, state=None, twin: dict[str, Any] | None = None) -> None:
        super().__init__(root, state)
        self.memory = twin

    def state_of_page(self) -> dict[str, Any]:
        return self.memory

    def remember(self, **changes: Any) -> None:
        """Where there is no kernel, note what a control has just changed."""
        if self.kernel is None:
            self.memory = {**self.memory, **changes}

    def read_input(self) -> list[list[float]]:
        """The input, (T, I), as it is drawn; all features must be on show."""
        series = {
            int(item["feature"]): json.loads(item["values"])
            for item in self.drawn()
            if item["symbol"] == "x" and "values" in item
        }
        return [list(row) for row in zip(*(series[k] for k in sorted(series)), strict=True)]

    def expected(self, state: dict[str, Any]) -> dict[Key, Any]:
        # The Python class puts the moved weights in; the maths is torch's.
        needed = ("layers", "nudges", "xs", "limits", "head", "task")
        python = SequenceExplorer("", **{key: state[key] for key in needed if key in state})
        lstm, xs = python.to_torch(), torch.tensor(state["xs"], dtype=torch.float64)
        layer, direction = state["layer"], state["direction"]
        with torch.no_grad():
            trace, (output, _) = trace_gates(lstm, xs), lstm(xs)
        series = {name: getattr(trace, name)[layer, direction].T.tolist() for name in SYMBOLS}
        if layer == lstm.num_layers - 1:
            H = lstm.hidden_size
            series["h"] = output[:, direction * H : (direction + 1) * H].T.tolist()
        cursor = self.cursor()
        unit, step = cursor["unit"], cursor["step"]
        # Without a kernel the cursor is on the page alone.
        told = state if self.kernel else cursor
        result: dict[Key, Any] = {("cursor",): [told["step"], told["unit"]]}
        result |= {
            (name, k, layer, direction): values
            for name, of_units in series.items()
            for k, values in enumerate(of_units)
            if k == unit or state["overlay"]
        }
        result |= {(name, unit, "at", step): series[name][unit][step] for name in SYMBOLS}
        inputs = len(state["xs"][0])
        features = range(inputs) if inputs <= 3 else [state["feature"]]
        result |= {("x", k, "at", step): state["xs"][step][k] for k in features}
        result |= {("x", k): [row[k] for row in state["xs"]] for k in features}
        if python.head:
            answers = output @ torch.tensor(python.head["weight"], dtype=torch.float64) + python.head["bias"]
            result["answer", -1] = answers.tolist()
            result["answer", -1, "at", step] = answers[step].item()
            result["marks",] = [t for t, (_, mark) in enumerate(state["xs"]) if mark == 1]
            result["truth", -1] = [sum(value * mark for value, mark in state["xs"][: t + 1]) for t in range(len(xs))]
        if state["gradient_path"] and not state.get("puzzle"):
            path = _gradient_path(series["f"][unit], step, reverse=direction == 1)
            result["product", unit] = path
            result["product", unit, "at", step] = path[-1 if direction else 0]
        return result

    def found(self) -> dict[Key, Any]:
        numbers: dict[Key, Any] = {("cursor",): list(self.cursor().values())}
        if self.root.locator(".ll-sequence-truth").count():
            bands = self.root.locator("[data-mark]")
            numbers["marks",] = bands.evaluate_all("(nodes) => nodes.map((node) => Number(node.dataset.mark))")
        for item in self.drawn():
            name, place = item["symbol"], int(item.get("feature", item.get("unit", -1)))
            if "values" in item:
                where = (int(item["layer"]), int(item["direction"])) if name in SYMBOLS else ()
                numbers[name, place, *where] = json.loads(item["values"])
            if "value" in item:
                assert_text(item["text"], float(item["value"]))
                numbers[name, place, "at", int(item["step"])] = float(item["value"])
        return numbers

    def cursor(self) -> dict[str, int]:
        """The step under the cursor, and the unit on show."""
        item = next(i for i in self.drawn() if i["symbol"] == "h" and "value" in i)
        return {"step": int(item["step"]), "unit": int(item["unit"])}

    def click(self, selector: str, kind: str, name: str, **changes: Any) -> None:
        """Click a button that changes the input, and more by `changes`."""
        known = "xs" in changes

        def act() -> None:
            self.root.locator(selector).click()
            if self.kernel is None:
                self.page.evaluate(TWO_FRAMES)
                self.remember(**changes)
                if not known:
                    self.remember(xs=self.read_input())

        self.change(act, name)
        self.note(kind, name)

    def draw_across(self, feature: str) -> None:
        """Draw a zigzag with the mouse over a whole pad."""
        pad = self.root.locator(f"[data-role=pad][data-feature='{feature}']")
        pad.scroll_into_view_if_needed()
        drag(self.page, *(place_in(pad, (k + 0.5) / 12, (0.9, 0.1)[k % 2]) for k in range(12)), steps=3)
        self.page.evaluate(TWO_FRAMES)
        self.remember(xs=self.read_input() if self.kernel is None else None)

    def draw_with_keys(self, feature: str) -> None:
        """Change one step of a pad with the arrow keys."""
        pad = self.root.locator(f"[data-role=pad][data-feature='{feature}']")
        self.press(pad, "Home")
        self.press(pad, "ArrowRight")
        self.page.evaluate(TWO_FRAMES)
        assert self.cursor()["step"] == 1
        low, value = (float(pad.get_attribute(name)) for name in ("aria-valuemin", "aria-valuenow"))
        self.press(pad, "ArrowDown" if value > low else "ArrowUp")
        self.page.evaluate(TWO_FRAMES)
        assert float(pad.get_attribute("aria-valuenow")) != value
        self.remember(xs=self.read_input() if self.kernel is None else None)

    def touch(self) -> None:
        feature = self.pads()[0]
        self.change(functools.partial(self.draw_with_keys, feature), f"keys on pad {feature}")

    def use_everything(self) -> None:
        """Move every control; after each, what is drawn has changed and equals torch's."""
        root = self.root
        self.check()
        start = self.state()
        self.use_choices()
        for feature in self.pads():
            self.change(lambda f=feature: self.draw_across(f), f"drawing on pad {feature}")
            self.change(lambda f=feature: self.draw_with_keys(f), f"keys on pad {feature}")
        self.note("role", "pad")
        for kind in sorted(self.values("data-fill")):  # after "clear" no weight of x would matter
            self.click(f"[data-fill='{kind}']", "fill", kind)
        if start.get("puzzle"):
            self.use_bench()
        else:
            self.use_weights()
        self.use_pipes()
        self.click("[data-role=reset]", "role", "reset", nudges={})
        end = self.state()
        assert end["nudges"] == {}
        assert difference({0: end["xs"]}, {0: start["first_xs"]})[0] < AGREED
        for key in self.values("data-preset"):
            preset = root.locator(f"[data-preset='{key}']")
            if preset.get_attribute("aria-pressed") == "true":
                continue
            self.use_preset(key)
            if self.root.locator("select:visible").count() and "name unit" not in self.used:
                self.use_choices()
        for key in self.values("data-preset"):  # the one that was there first
            if f"preset {key}" not in self.used:
                self.use_preset(key)
        if not self.values("data-preset"):  # a module of one's own offers none
            self.used |= {f"preset {key}" for key in PROGRAMS}
        self.assert_all_used()

    def pads(self) -> list[str]:
        return self.root.locator("[data-role=pad]").evaluate_all("(nodes) => nodes.map((node) => node.dataset.feature)")

    def use_preset(self, key: str) -> None:
        program = PROGRAMS[key]
        changes = {
            "layers": program.layers,
            "nudges": {},
            "layer": 0,
            "direction": 0,
            "xs": program.xs,
            "overlay": program.overlay,
        }
        self.click(f"[data-preset='{key}']", "preset", key, **changes)
        assert self.root.locator(f"[data-preset='{key}']").get_attribute("aria-pressed") == "true"
        state = self.state()
        assert difference({0: state["xs"]}, {0: program.xs})[0] < AGREED
        assert self.cursor()["unit"] == program.unit

    def use_choices(self) -> None:
        """The drop-downs and the checkboxes: each other option once, then back."""
        for select in self.root.locator("select[data-name]:visible").all():
            name = select.get_attribute("data-name")
            first = select.input_value()
            for option in [value for value in options_of(select) if value != first][:3] + [first]:

                def choose(name=name, option=option) -> None:
                    control = self.root.locator(f"select[data-name={name}]")
                    control.select_option(option)
                    self.remember(**{name: int(option)})
                    if name == "feature":  # it says which pad the buttons fill
                        fill = "noise"
                        self.root.locator(f"[data-fill={fill}]").click()
                        if self.kernel is None:
                            self.page.evaluate(TWO_FRAMES)
                            self.remember(xs=self.read_input())

                self.change(choose, f"{name} {option}")
            self.note("name", name)
        for name in self.root.locator("input[type=checkbox]:visible").evaluate_all(
            "(nodes) => nodes.map((node) => node.dataset.name)"
        ):
            for _ in range(2):

                def toggle(name=name) -> None:
                    box = self.root.locator(f"input[data-name={name}]")
                    self.press(box, "Space")
                    self.remember(**{name: box.is_checked()})

                self.change(toggle, name)
            self.note("name", name)

    def moved(self, name: str, value: float) -> None:
        if self.kernel is None:
            self.remember(nudges={**self.memory["nudges"], name: value})

    def check_pipes(self) -> None:
        """The picture of the cell has the numbers that torch computes for the step under the cursor."""
        self.page.evaluate(TWO_FRAMES)
        state, cursor = self.state(), self.cursor()
        python = SequenceExplorer("", **{key: state[key] for key in ("layers", "nudges", "xs", "limits")})
        layer, direction, step, unit = state["layer"], state["direction"], cursor["step"], cursor["unit"]
        with torch.no_grad():
            trace = trace_gates(python.to_torch(), torch.tensor(state["xs"], dtype=torch.float64))
        x = torch.tensor(state["xs"]) if layer == 0 else torch.cat(list(trace.h[layer - 1]), dim=-1)
        at = {key: getattr(trace, key)[layer, direction] for key in SYMBOLS}
        before = step + (1 if direction else -1)
        is_first = not 0 <= before < len(x)
        given = {key: at[key][0] * 0 if is_first else at[key][before] for key in "ch"} | {"x": x[step]}
        given = {key: value.tolist() for key, value in given.items()}
        expected = figures(
            given | {"weights": python.weights[layer][direction]},
            {key: values[step].tolist() for key, values in at.items()},
            unit,
        )
        picture = self.root.locator("[data-role=pipes] svg")
        assert picture.evaluate("(node) => ({ ...node.dataset })") == {"step": str(step), "unit": str(unit)}
        shown = picture.locator("[data-figure]").evaluate_all(
            "(nodes) => nodes.map((node) => [node.dataset.figure, node.textContent])"
        )
        assert len(shown) == 15
        for name, text in shown:  # "keep 100 %" is f.percent
            assert text in (expected[name], f"{text.split(' ')[0]} {expected[name]}"), (name, text)

    def use_pipes(self) -> None:
        """Show the cell at a step, walk it with the keys, let it play, and shut it."""
        open_, play = (self.root.locator(f"[data-action={name}]") for name in ("pipes", "play"))
        area = self.root.locator("[data-role=pipes]")
        self.press(open_, "Enter")
        area.wait_for()  # it is shown in the next frame, and cannot have the focus before
        for key in ("Home", "ArrowRight", "End", "ArrowLeft"):
            self.press(area, key)
            self.check_pipes()
        last = self.cursor()["step"]
        self.press(area, "Home")
        self.press(play, "Enter")
        # Within the page: on a busy machine it has played to its end before a key from here arrives.
        self.page.wait_for_function(
            """(root) => root.querySelector("[data-role=pipes] svg").dataset.step >= 2
                && !root.querySelector("[data-action=play]").click()""",
            arg=self.node,
        )
        self.check_pipes()
        assert 2 <= self.cursor()["step"] < last
        self.press(open_, "Enter")
        area.wait_for(state="hidden")
        self.note("action", "play")
        self.note("action", "pipes")
        self.note("role", "pipes")

    def use_bench(self) -> None:
        """Type each number of a puzzle's program, move each slider, show each sequence, and copy the program."""
        hidden = self.root.locator("[data-fill], summary, [data-role=restore], select[data-name=feature]")
        assert not any(node.is_visible() for node in hidden.all())
        self.used |= {f"fill {node.get_attribute('data-fill')}" for node in self.root.locator("[data-fill]").all()}
        self.used |= {f"summary {self.root.locator('summary').text_content()}", "role restore", "name feature"}
        # While g is 0, so are c and h, and no weight of h would change anything: its bias comes first.
        fields = sorted(self.values("data-field"), key=lambda name: (name[0] != "g", -int(name[2:])))
        typed = {}
        for name in fields:
            field = self.root.locator(f"[data-field='{name}']")

            def type_(name=name, field=field) -> None:
                field.fill("0.5")
                self.press(field, "Enter")
                typed[field.locator("xpath=following-sibling::input").get_attribute("data-weight")] = 0.5
                self.remember(nudges=typed)

            self.see_change(type_, f"field {name}")
            self.note("field", name)
        assert self.check()["nudges"] == typed
        sliders = self.sliders("data-weight")
        self.move_all(sliders, lambda state, name: state["nudges"][name])
        for name, _ in sliders:
            self.note("weight", name)
        for name in self.values("data-case"):
            self.click(f"[data-case='{name}']", "case", name)
            assert self.root.locator("[data-case][aria-pressed=true]").get_attribute("data-case") == name
        copy = self.root.locator("[data-role=copy]")
        self.press(copy, "Enter")
        copy.filter(has_text="Copied").wait_for()
        self.note("role", "copy")

    def use_weights(self) -> None:
        """Open the weights and move each."""
        summary = self.root.locator("summary")
        if not summary.evaluate("(node) => node.parentElement.open"):
            self.press(summary, "Enter")
        self.root.locator("input[data-weight]").first.wait_for()
        self.note("summary", summary.text_content())
        sliders = self.sliders("data-weight")
        self.move_all(sliders, lambda state, name: state["nudges"][name])
        for name, _ in sliders:
            self.note("weight", name)

        def restore() -> None:
            self.root.locator("[data-role=restore]").click()
            self.remember(nudges={})

        self.change(restore, "restore")
        self.note("role", "restore")


def _gradient_path(forget: list[float], end: int, reverse: bool) -> list[float | None]:
    """Products of one unit's forget gates from every step to `end`; None where not read yet."""
    read = forget[end:][::-1] if reverse else forget[: end + 1]
    rest = [None] * (len(forget) - len(read))
    products = [math.prod(read[k + 1 :]) for k in range(len(read))]
    return rest + products[::-1] if reverse else products + rest
