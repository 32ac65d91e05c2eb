"""Hands that move every control of a widget, and eyes that compare what it draws with torch.

The same hands work in JupyterLab and on a page with no kernel. They differ in where the
widget's state is read from: the kernel, or the page itself.
"""

from __future__ import annotations

import functools
import json
import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from playwright.sync_api import ElementHandle, Locator
from torch import nn

from lstm_lessons.trace import trace_gates
from lstm_lessons.widgets import SequenceExplorer, ShapeExplorer
from lstm_lessons.widgets.gate_explorer.widget import preset_state
from lstm_lessons.widgets.gate_microscope.still import shown_classes
from lstm_lessons.widgets.sequence_explorer.presets import PRESETS as PROGRAMS
from lstm_lessons.widgets.shared.network import unit_order
from tests.browser import forecast_hands, phrase_hands
from tests.browser.reading import drawn, read, read_twin
from tests.widgets import microscope_reference

AGREED = 1e-6
PATIENCE = 30.0  # seconds for a change to arrive; it takes 0.2 s on an idle machine
GATES = ("i", "f", "g", "o")
SYMBOLS = (*GATES, "c", "h")
Element = ElementHandle | Locator
Key = tuple  # what a drawn number is: its symbol, and the unit and step that it belongs to

LOOK = """(root) => JSON.stringify([...root.querySelectorAll("[data-symbol], [data-shows]")].map(
    (node) => [node.dataset, node.dataset.shows ? node.textContent : ""]))"""
CONTROLS = """(root) => [
    ...root.querySelectorAll("input, select, button, summary, [role=slider]")].map((node) => {
        const { name, weight, preset, fill, action, role, unitChoice } = node.dataset;
        const known = { name, weight, preset, fill, action, role, unitChoice };
        const [key] = Object.keys(known).filter((other) => known[other] !== undefined).slice(-1);
        return key ? `${key} ${known[key]}` : `${node.localName} ${node.textContent}`;
    })"""
TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


class Hands:
    """What both explorers' hands share.

    Args:
        root: the widget's outermost element.
        state: reads the state that the kernel holds; None where there is no kernel.
    """

    def __init__(self, root: Locator, state: Callable[[], dict] | None = None) -> None:
        self.root, self.page, self.kernel = root, root.page, state
        self.used: set[str] = set()
        self.worst, self.patience = 0.0, PATIENCE
        root.scroll_into_view_if_needed()
        # A locator looks its element up each time, which takes longer than what is read from it.
        self.node = root.element_handle()

    # --- eyes

    def drawn(self) -> list[dict[str, str]]:
        """All marked elements: their data attributes, and their text."""
        return drawn(self.node)

    def look(self) -> str:
        """All that can change when a number does, in one string."""
        return self.node.evaluate(LOOK)

    def state(self) -> dict[str, Any]:
        """The state as the kernel or, without one, the page has it."""
        return self.kernel() if self.kernel else self.state_of_page()

    def state_of_page(self) -> dict[str, Any]:
        raise NotImplementedError

    def expected(self, state: dict[str, Any]) -> dict[Key, Any]:
        """What torch computes, by what is drawn."""
        raise NotImplementedError

    def found(self) -> dict[Key, Any]:
        """What is drawn, with the same keys as `expected`."""
        raise NotImplementedError

    def check(self) -> dict[str, Any]:
        """What is drawn equals torch's; the kernel may need a moment to hear of a change.

        Returns:
            The state that torch was asked about.
        """
        deadline = time.monotonic() + self.patience
        while True:
            state = self.state()
            try:
                difference, where = _difference(self.found(), self.expected(state))
            except IndexError:  # the page has more steps or units than the kernel knows of yet
                difference, where = math.inf, "the kernel's state"
            if difference < AGREED:
                self.worst = max(self.worst, difference)
                return state
            assert time.monotonic() < deadline, f"{where} is off by {difference}"
            self.page.wait_for_timeout(50)

    # --- hands

    def change(self, act: Callable[[], object], what: str) -> dict[str, Any]:
        """Act; what is drawn must change, and equal torch's. Returns the state after it."""
        self.see_change(act, what)
        return self.check()

    def see_change(self, act: Callable[[], object], what: str) -> None:
        """Act; what is drawn must change."""
        before = self.look()
        act()
        deadline = time.monotonic() + self.patience
        while self.look() == before:
            assert time.monotonic() < deadline, f"{what} changed nothing that is drawn"
            self.page.evaluate(TWO_FRAMES)

    def move_all(
        self,
        sliders: list[tuple[str, Element]],
        read: Callable[[dict[str, Any], str], float],
    ) -> None:
        """Move each slider by a step; each changes what is drawn, and the number it stands for.

        Args:
            sliders: names and elements.
            read: the number that a slider stands for, from the state and the slider's name.
        """
        reached = {}

        def move(name: str, slider: Element) -> None:
            reached[name] = self.nudge(slider)
            self.moved(name, reached[name])

        for name, slider in sliders:
            self.see_change(functools.partial(move, name, slider), name)
            if self.kernel is None:  # the kernel is asked once for them all, since it takes a while
                self.check()
        state = self.check()
        for name, value in reached.items():
            assert read(state, name) == value, f"{name} moved another number"

    def moved(self, name: str, value: float) -> None:
        """A slider was moved; for hands that must remember it."""

    def note(self, kind: str, name: str) -> None:
        """Remember that a control was moved."""
        self.used.add(f"{kind} {name}")

    def press(self, control: Locator, key: str) -> None:
        """Press a key on a control, which must keep the focus: the key is the widget's alone."""
        control.press(key)
        focused = control.evaluate("(node) => node === document.activeElement")
        assert focused, f"{key} left the control"

    def touch(self) -> None:
        """Move one control; what is drawn changes and equals torch's."""
        raise NotImplementedError

    def use_everything(self) -> None:
        """Move every control; after each, what is drawn has changed and equals torch's."""
        raise NotImplementedError

    def nudge(self, slider: Element) -> float:
        """One step with an arrow key: right, or left where there is no more right."""
        value, high, step = slider.evaluate("(node) => [node.valueAsNumber, +node.max, +node.step]")
        sign = 1 if value + step <= high + 1e-9 else -1
        slider.press("ArrowRight" if sign > 0 else "ArrowLeft")
        now, focused = slider.evaluate(
            "(node) => [node.valueAsNumber, node === document.activeElement]"
        )
        assert focused, "an arrow key left the slider"
        assert math.isclose(now, value + sign * step, abs_tol=1e-9), "an arrow key is one step"
        return now

    def sliders(self, attribute: str) -> list[tuple[str, ElementHandle]]:
        """The visible sliders, each with its name."""
        nodes = self.node.query_selector_all(f"input[type=range][{attribute}]:visible")
        return [(node.get_attribute(attribute), node) for node in nodes]

    def values(self, attribute: str) -> list[str]:
        """The values that an attribute has on the controls that can be seen."""
        return self.root.locator(f"[{attribute}]:visible").evaluate_all(
            "(nodes, attribute) => nodes.map((node) => node.getAttribute(attribute))", attribute
        )

    def assert_all_used(self) -> None:
        """No control is left that these hands do not know."""
        left = set(self.root.evaluate(CONTROLS)) - self.used - {"action turn"}  # on slides alone
        assert not left, f"controls that no test moves: {sorted(left)}"


class GateHands(Hands):
    """Hands for a `GateExplorer`. Without a kernel its state is what it offers to copy."""

    def state_of_page(self) -> dict[str, Any]:
        return self.copied()[0]

    def copied(self) -> tuple[dict[str, Any], torch.Tensor, torch.Tensor]:
        """The state in the copied program, and the h and c that the program computes."""
        program = self.root.evaluate(
            """async (root) => {
                const code = root.querySelector(".ge-code");
                code.textContent = "";
                root.querySelector("[data-action=copy]").click();
                while (!code.textContent) await new Promise((done) => setTimeout(done, 5));
                return code.textContent;
            }"""
        )
        set_up, run, _ = program.partition("h, c = cell(")
        assert run
        names: dict[str, Any] = {}
        exec(set_up, names)  # our own program, from our own page
        cell = names["cell"]
        keys = {"w_ih": "weight_ih", "w_hh": "weight_hh", "b_ih": "bias_ih", "b_hh": "bias_hh"}
        state = {"weights": {key: getattr(cell, name).tolist() for key, name in keys.items()}}
        state |= {name: names[name].tolist() for name in ("x", "h", "c")}
        with torch.no_grad():
            h, c = cell(names["x"], (names["h"], names["c"]))
        return state, h, c

    def expected(self, state: dict[str, Any]) -> dict[Key, Any]:
        w = {
            key: torch.tensor(value, dtype=torch.float64) for key, value in state["weights"].items()
        }
        x, h, c = (torch.tensor(state[name], dtype=torch.float64) for name in ("x", "h", "c"))
        cell = nn.LSTMCell(len(x), len(h), dtype=torch.float64)
        cell.load_state_dict(
            {
                "weight_ih": w["w_ih"],
                "weight_hh": w["w_hh"],
                "bias_ih": w["b_ih"],
                "bias_hh": w["b_hh"],
            }
        )
        with torch.no_grad():
            next_h, next_c = cell(x, (h, c))
        z = dict(
            zip(
                GATES, (w["w_ih"] @ x + w["b_ih"] + w["w_hh"] @ h + w["b_hh"]).chunk(4), strict=True
            )
        )
        numbers = {gate: z[gate].tanh() if gate == "g" else z[gate].sigmoid() for gate in GATES}
        numbers |= {"c": next_c, "h": next_h}
        result = {
            (name, k): v for name, vector in numbers.items() for k, v in enumerate(vector.tolist())
        }
        unit = state.get("unit", self.unit())
        return result | {(f"z_{gate}", unit): float(z[gate][unit]) for gate in GATES}

    def found(self) -> dict[Key, Any]:
        numbers = {}
        for item in self.drawn():
            value = float(item["value"])
            assert_text(item["text"], value)
            numbers[item["symbol"], int(item["unit"])] = value
        return numbers

    def unit(self) -> int:
        """The unit on show."""
        return next(int(item["unit"]) for item in self.drawn() if item["symbol"] == "z_i")

    def touch(self) -> None:
        slider = self.root.locator("input[data-name=c_0]")
        self.change(functools.partial(self.nudge, slider), "c_0")

    def use_everything(self) -> None:
        """Move every control; after each, what is drawn has changed and equals torch's."""
        root = self.root
        self.check()
        start = self.state()
        panels = root.locator("[data-action=weights]")
        while "Show" in panels.inner_text():
            panels.click()
            self.page.evaluate(TWO_FRAMES)
        self.note("action", "weights")
        for summary in root.locator("summary").all():
            was_open = summary.evaluate("(node) => node.parentElement.open")
            self.press(summary, "Enter")
            assert summary.evaluate("(node) => node.parentElement.open") != was_open
            self.press(summary, "Enter")
            self.note("summary", summary.text_content())
        units = [int(unit) for unit in self.values("data-unit-choice")]
        for unit in [*units[1:], *units[:1]] or [None]:
            if unit is not None:
                choice = root.locator(f"[data-unit-choice='{unit}']")
                self.change(choice.click, f"unit {unit}")
                assert self.unit() == unit and choice.get_attribute("aria-pressed") == "true"
                self.note("unitChoice", str(unit))
            new = [s for s in self.sliders("data-name") if f"name {s[0]}" not in self.used]
            self.move_all(new, _entry)
            for name, _ in new:
                self.note("name", name)
        for name in self.values("data-preset"):
            preset = root.locator(f"[data-preset='{name}']")
            if preset.get_attribute("aria-pressed") == "true":
                self.nudge(root.locator("input[data-name=x_0]"))
            state = self.change(preset.click, name)
            assert preset.get_attribute("aria-pressed") == "true"
            wanted = preset_state(name, len(state["x"]), len(state["h"]))
            if "PyTorch" not in name and "random" not in name:  # those draw their weights
                assert {key: state[key] for key in wanted} == wanted
            assert {key: state[key] for key in "xhc"} == {key: wanted[key] for key in "xhc"}
            self.note("preset", name)
        end = self.change(root.locator("[data-action=reset]").click, "reset")
        for key in ("x", "h", "c"):
            assert _flat(end[key]) == _flat(start[key]), f"reset did not bring back {key}"
        assert end["weights"] == start["weights"], "reset did not bring back the weights"
        self.note("action", "reset")
        _, h, c = self.copied()
        self.note("action", "copy")
        drawn = self.found()
        program = {("h", k): float(v) for k, v in enumerate(h)} | {
            ("c", k): float(v) for k, v in enumerate(c)
        }
        difference, where = _difference({key: drawn[key] for key in program}, program)
        assert difference < AGREED, f"the copied program computes another {where}"
        self.assert_all_used()


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
        needed = ("layers", "nudges", "xs", "limits")
        python = SequenceExplorer("", **{key: state[key] for key in needed})
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
        if state["gradient_path"]:
            path = _gradient_path(series["f"][unit], step, reverse=direction == 1)
            result["product", unit] = path
            result["product", unit, "at", step] = path[-1 if direction else 0]
        return result

    def found(self) -> dict[Key, Any]:
        numbers: dict[Key, Any] = {("cursor",): list(self.cursor().values())}
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
        box = pad.bounding_box()
        points = [
            (box["x"] + box["width"] * (k + 0.5) / 12, box["y"] + box["height"] * (0.9, 0.1)[k % 2])
            for k in range(12)
        ]
        self.page.mouse.move(*points[0])
        self.page.mouse.down()
        for point in points[1:]:
            self.page.mouse.move(*point, steps=3)
        self.page.mouse.up()
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
        self.use_weights()
        self.click("[data-role=reset]", "role", "reset", nudges={})
        end = self.state()
        assert end["nudges"] == {}
        assert _difference({0: end["xs"]}, {0: start["first_xs"]})[0] < AGREED
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
        return self.root.locator("[data-role=pad]").evaluate_all(
            "(nodes) => nodes.map((node) => node.dataset.feature)"
        )

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
        assert _difference({0: state["xs"]}, {0: program.xs})[0] < AGREED
        assert self.cursor()["unit"] == program.unit

    def use_choices(self) -> None:
        """The drop-downs and the checkboxes: each other option once, then back."""
        for select in self.root.locator("select[data-name]:visible").all():
            name = select.get_attribute("data-name")
            first = select.input_value()
            options = select.locator("option").evaluate_all("(nodes) => nodes.map((n) => n.value)")
            for option in [value for value in options if value != first][:3] + [first]:

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

        def mend() -> None:
            self.root.locator("[data-role=mend]").click()
            self.remember(nudges={})

        self.change(mend, "mend")
        self.note("role", "mend")


PARTS = """(root) => [...root.querySelectorAll("[data-part]")].map((node) => ({
    ...node.dataset, lit: node.dataset.lit !== undefined,
}))"""
SHAPES = """(root) => [...root.querySelectorAll("[data-tensor]")].map((node) => {
    const shown = node.querySelector("[data-shape]");
    const all = (tag) => [...shown.querySelectorAll(tag)].map((one) => one.textContent);
    return {
        name: node.dataset.tensor, shape: shown.dataset.shape, axes: shown.dataset.axes,
        numbers: all("b").map(Number), letters: all("small"),
    };
})"""
SETTINGS = """(root) => Object.fromEntries([...root.querySelectorAll("[data-name]")].map(
    (node) => [node.dataset.name, node.type === "checkbox" ? node.checked : node.valueAsNumber]))"""


class ShapeHands(Hands):
    """Hands for a `ShapeExplorer`. Without a kernel its state is what its controls say."""

    def look(self) -> str:
        pressed = (
            "(root) => [...root.querySelectorAll('[aria-pressed=true]')].map((n) => n.dataset)"
        )
        rest = "(root) => [...root.querySelectorAll('.sx-bar, .sx-equal')].map((n) => n.innerHTML)"
        parts = ", ".join(f"({script})(root)" for script in (PARTS, SHAPES, pressed, rest))
        return self.node.evaluate(f"(root) => JSON.stringify([{parts}])")

    def state_of_page(self) -> dict[str, Any]:
        controls = read(self.node, SETTINGS)
        lengths = [value for name, value in controls.items() if name.startswith("length ")]
        assert controls.pop("batch") == len(lengths)
        state = {name: value for name, value in controls.items() if not name.startswith("length ")}
        pressed = self.pressed()
        [sequence] = [int(name[9:]) for name in pressed if name.startswith("sequence ")] or [0]
        [tensor] = [name[6:] for name in pressed if name.startswith("light ")] or [""]
        return state | {"lengths": lengths, "sequence": sequence, "tensor": tensor}

    def pressed(self) -> list[str]:
        return self.root.locator("[data-action][aria-pressed=true]").evaluate_all(
            "(nodes) => nodes.map((node) => node.dataset.action)"
        )

    def lit(self) -> str:
        """What is lit: a tensor, ``equality 0``, or nothing."""
        [name] = self.root.locator("button[data-lit]").evaluate_all(
            "(nodes) => nodes.map((node) => node.dataset.tensor ?? node.dataset.action)"
        ) or [""]
        return name

    def expected(self, state: dict[str, Any]) -> dict[Key, Any]:
        explorer = ShapeExplorer(**state)
        result: dict[Key, Any] = {("tensor", state["tensor"]): 1}
        lstm = explorer.to_torch()
        parameters = dict(lstm.named_parameters())
        x = torch.zeros(explorer.shapes()["input"])
        if state["batched"]:
            assert sorted(x.shape[:2]) == sorted([len(state["lengths"]), max(state["lengths"])])
        with torch.no_grad():
            output, (h_n, c_n) = lstm(x)
        tensors = {"input": x, "h_0": h_n, "c_0": c_n, "output": output, "h_n": h_n, "c_n": c_n}
        for name, tensor in (tensors | parameters).items():
            result["shape", name] = list(tensor.shape)
            result["axes", name, *explorer.axes()[name]] = 1
        result["parameters",] = sum(p.numel() for p in parameters.values())
        result |= {("equality", f"{a} == {b}"): 1 for a, b in explorer.equalities()}
        if explorer.settings().steps <= 12:
            result |= _expected_parts(explorer, self.lit())
        return result

    def found(self) -> dict[Key, Any]:
        result: dict[Key, Any] = {}
        for item in read(self.node, SHAPES):
            result["shape", item["name"]] = json.loads(item["shape"])
            assert json.loads(item["shape"]) == item["numbers"], item
            assert json.loads(item["axes"]) == item["letters"], item
            result["axes", item["name"], *item["letters"]] = 1
        total = self.root.locator("[data-parameters]")
        result["parameters",] = int(total.get_attribute("data-parameters"))
        assert total.inner_text() == f"{result['parameters',]:,}"
        for equality in self.root.locator("[data-equality]").all():
            text = equality.get_attribute("data-equality")
            assert " ".join(equality.inner_text().split()) == text
            result["equality", text] = 1
        tensors = [name[6:] for name in self.pressed() if name.startswith("light ")]
        result["tensor", *(tensors or [""])] = 1
        parts = read(self.node, PARTS)
        if len({part["step"] for part in parts if "step" in part}) == self.steps(result):
            for part in parts:
                place = [int(part.get(name, -1)) for name in ("layer", "direction", "step")]
                marks = ["padding" in part, "idle" in part, part["lit"]]
                assert ("part", part["part"], *place) not in result
                result["part", part["part"], *place] = marks
        return result

    def steps(self, found: dict[Key, Any]) -> int:
        [axes] = [key[2:] for key in found if key[:2] == ("axes", "input")]
        return found["shape", "input"][axes.index("T")]

    def touch(self) -> None:
        self.change(self.root.locator("input[data-name=bidirectional]").click, "bidirectional")

    def use_everything(self) -> None:
        """Move every control; after each, what is drawn has changed and equals torch's."""
        self.check()
        self.use_numbers()
        for name in ("bidirectional", "bias", "batch_first", "packed", "batched"):
            box = self.root.locator(f"input[data-name={name}]")
            for _ in range(2):
                if name == "packed" and len(set(self.state()["lengths"])) == 1:
                    self.press(box, "Space")  # nothing is padded, so packing changes nothing
                    self.check()
                else:
                    self.change(functools.partial(self.press, box, "Space"), name)
            self.note("name", name)
        for name in self.values("data-action"):
            button = self.root.locator(f"[data-action='{name}']")
            if button.get_attribute("aria-pressed") == "true":
                button.click()
            if button.get_attribute("aria-pressed") == "false":
                button.click()
            self.page.evaluate(TWO_FRAMES)
            assert button.get_attribute("aria-pressed") == "true", name
            if not name.startswith("sequence"):
                assert self.lit() == name.removeprefix("light ")
                assert [part for part in read(self.node, PARTS) if part["lit"]], name
            if self.kernel is None:  # the kernel is asked once for them all
                self.check()
            self.note("action", name)
        self.check()
        self.assert_all_used()

    def use_numbers(self) -> None:
        for name in self.values("data-name"):
            field = self.root.locator(f"input[type=number][data-name='{name}']")
            if not field.count():
                continue
            before, high = (int(field.evaluate(f"(n) => n.{key}")) for key in ("value", "max"))
            up = before < high
            for key, value in (
                ("ArrowUp" if up else "ArrowDown", before + (1 if up else -1)),
                ("ArrowDown" if up else "ArrowUp", before),
            ):
                self.change(functools.partial(self.press, field, key), name)
                assert int(field.input_value()) == value
            look, error = self.look(), self.root.locator("[data-role=error]")
            for wrong in ("0", "", str(high + 1)):
                field.fill(wrong)
                assert f"a whole number from 1 to {high}." in error.inner_text()
                assert field.get_attribute("aria-invalid") == "true" and self.look() == look
            field.fill(str(before))
            assert error.text_content() == "" and field.get_attribute("aria-invalid") is None
            self.note("name", name)


def _expected_parts(explorer: ShapeExplorer, lit: str) -> dict[Key, list[bool]]:
    """Every piece of the diagram: whether it is padding, idle and lit."""
    s = explorer.settings()
    length = s.lengths[explorer.sequence if s.batched else 0]
    end = s.steps if s.batched and not s.packed else length
    top = s.num_layers - 1
    ends = {"0": ((0, 0), (1, end - 1)), "n": ((0, end - 1), (1, 0))}
    parts: dict[Key, list[bool]] = {}
    for t in range(s.steps):
        pad, idle = t >= length, t >= end
        parts["part", "input", -1, -1, t] = [pad, False, lit == "input"]
        for d in range(s.directions):
            equal = lit == f"equality {d}" and (d, t) in ends["n"]
            parts["part", "output", -1, d, t] = [pad, idle, lit == "output" or equal]
            for layer in range(s.num_layers):
                suffix = f"_l{layer}{'_reverse' * d}"
                on = lit[-len(suffix) :] == suffix
                on |= layer == top and (lit == "output" or equal)
                on |= lit in ("h_0", "c_0", "h_n", "c_n") and (d, t) in ends[lit[-1]]
                parts["part", "cell", layer, d, t] = [pad, idle, on and not idle]
    for layer in range(s.num_layers):
        for d in range(s.directions):
            for name in ("h_0", "c_0", "h_n", "c_n"):
                on = lit == name or (name == "h_n" and layer == top and lit == f"equality {d}")
                parts["part", name, layer, d, -1] = [False, False, on]
    return parts


CHOSEN = ("sequence", "layer", "direction", "symbol", "sort", "unit", "step")


class MicroscopeHands(Hands):
    """Hands for a `GateMicroscope`. Without a kernel its state is the twin's and the controls'."""

    def state_of_page(self) -> dict[str, Any]:
        twin = read_twin(self.node)
        return twin | self.on_page()

    def on_page(self) -> dict[str, Any]:
        """What the controls, the cursor and the page say of the state."""
        state = read(
            self.node,
            """(root) => ({
                ...Object.fromEntries([...root.querySelectorAll("select[data-name]")].map((node) =>
                    [node.dataset.name, node.dataset.name === "sort" ? node.value : +node.value])),
                symbol: root.querySelector("[data-action^=symbol][aria-pressed=true]")
                    .dataset.action.slice(-1),
                edits: JSON.parse(root.querySelector("[data-role=held]").dataset.edits),
            })""",
        )
        return state | {"step": self.cursor()["step"]}

    def cursor(self) -> dict[str, int]:
        """The step, the feature under the cursor, and the unit whose number the map shows."""
        return read(
            self.node,
            """(root) => {
                const x = root.querySelector(".gm-readout > [data-symbol=x]").dataset;
                const over = root.querySelector("[data-hovered]").dataset;
                return { step: +x.step, feature: +x.feature, over: +over.unit };
            }""",
        )

    def expected(self, state: dict[str, Any]) -> dict[Key, Any]:
        parts = (*microscope_reference.PLACE, "architecture", "weights", "inputs")
        told = {key: state[key] for key in parts}
        if not told["weights"]:
            told["result"] = state["result"]
            # The kernel hears of changes in a thread of its own, and may be computing still.
            if any(told[key] != told["result"][key] for key in microscope_reference.PLACE):
                return {}
        numbers = microscope_reference.numbers(json.dumps(told))
        cursor = self.cursor()
        t, u, symbol = state["step"], state["unit"], state["symbol"]
        x, traces = numbers["x"], numbers["traces"]
        plain = torch.tensor(numbers["plain"][symbol])
        result: dict[Key, Any] = {("state", key, state[key]): 1 for key in CHOSEN}
        result |= {("edit", key): value for key, value in state["edits"].items()}
        result["order",] = unit_order(plain, state["sort"], signed=symbol in "gch")
        where = (state["layer"], state["direction"])
        result |= {("x",): x, ("map", symbol, *where): traces[symbol]}
        result |= {("trace", key, u): [row[u] for row in traces[key]] for key in SYMBOLS}
        result |= {("at", key, t): traces[key][t][u] for key in SYMBOLS}
        result["at", "x", t] = x[t][cursor["feature"]]
        result["over", symbol, t] = traces[symbol][t][cursor["over"]]
        gate = symbol if symbol in "ifo" else "f"
        for unit, pair in enumerate(zip(*numbers["saturation"][gate], strict=True)):
            result["saturation", gate, unit] = pair
        if "beliefs" in numbers:
            result |= self.expected_beliefs(state, numbers["plain_beliefs"], numbers["beliefs"])
        return result

    def expected_beliefs(
        self, state: dict[str, Any], before: list[list[float]], after: list[list[float]]
    ) -> dict[Key, Any]:
        label = state["labels"][state["sequence"]] if state["labels"] else None
        t = state["step"]
        now = after[t]
        best = max(range(len(now)), key=now.__getitem__)
        result: dict[Key, Any] = {("belief",): after, ("belief most", best, t): now[best]}
        if label not in (None, best):
            result["belief true", label, t] = now[label]
        for k in shown_classes(np.array(after), label):
            result |= {("before", k): before[-1][k], ("after", k): after[-1][k]}
        return result

    def found(self) -> dict[Key, Any]:
        page = self.on_page()
        result: dict[Key, Any] = {("state", key, page[key]): 1 for key in CHOSEN}
        result |= {("edit", key): value for key, value in page["edits"].items()}
        for item in self.drawn():
            name, values = item["symbol"], json.loads(item.get("values") or "null")
            if "value" in item:
                value = float(item["value"])
                place = [int(item[key]) for key in ("class", "step") if key in item]
                kind = [] if "class" in item else ["over" if "hovered" in item else "at"]
                result[*kind, name, *place] = value
                if "step" in item:
                    assert_text(item["text"], value)
            elif "map" in item:
                where = (int(item["layer"]), int(item["direction"]))
                result |= {("map", name, *where): values, ("order",): json.loads(item["order"])}
            elif "trace" in item:
                result["trace", name, int(item["unit"])] = values
            elif name == "saturation":
                result[name, item["gate"], int(item["unit"])] = values
            else:
                result[name,] = values
        return result

    def touch(self) -> None:
        self.change(self.root.locator("[data-name='hold h']").click, "a lesion")

    def assert_colored(self) -> None:
        """Each heat map has several colors; all would be one black if the colors were unknown."""
        colors = self.node.evaluate(
            """(root) => [...root.querySelectorAll("canvas")].map((canvas) => {
                const { width, height } = canvas;
                const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
                return new Set(new Uint32Array(data.buffer)).size;
            })"""
        )
        assert len(colors) >= 4 and min(colors) > 1, f"heat maps of {colors} colors"

    def use_everything(self) -> None:
        """Move every control; after each, what is drawn has changed and equals torch's."""
        self.check()
        self.assert_colored()
        self.use_selects()
        last: list[Locator] = []
        for name in self.values("data-action"):
            if name.startswith("symbol"):
                button = self.root.locator(f"[data-action='{name}']")
                if button.get_attribute("aria-pressed") == "false":
                    self.change(button.click, name)
                else:  # the first one: come back to it
                    last.append(button)
                self.note("action", name)
        for button in last:
            self.change(button.click, "the first symbol")
        for role in ("input", "map", "scatter"):
            self.use_keys(role)
        self.use_pointer()
        if self.root.locator("[data-name='hold h']").is_disabled():
            names = ["hold h", *(f"{what} {gate}" for what in ("hold", "value") for gate in GATES)]
            self.used |= {f"name {name}" for name in names} | {"action undo"}
        else:
            self.use_holds()
        self.assert_all_used()

    def reach(self, **wanted: Any) -> dict[str, Any]:
        """Wait for a state; what is drawn equals torch's. Late echoes of the kernel may pass by."""
        deadline = time.monotonic() + self.patience
        while True:
            self.page.evaluate(TWO_FRAMES)
            state = self.check()
            if all(state[key] == value for key, value in wanted.items()):
                return state
            assert time.monotonic() < deadline, f"{wanted} never came"

    def use_selects(self) -> None:
        """Each other option of the lists, three at most, then back."""
        for select in self.root.locator("select[data-name]").all():
            name = select.get_attribute("data-name")
            self.note("name", name)
            if not select.is_visible() or select.is_disabled():
                continue
            first = select.input_value()
            options = select.locator("option").evaluate_all("(nodes) => nodes.map((n) => n.value)")
            for option in [value for value in options if value != first][:3] + [first]:
                assert str(self.state()[name]) != option
                select.select_option(option)
                self.reach(**{name: option if name == "sort" else int(option)})

    def use_keys(self, role: str) -> None:
        """The arrow keys on the input (steps, features), the map (steps, units), the scatter."""
        area = self.root.locator(f"[data-role={role}]")
        keys = {
            "input": ["End", "Home", "ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp"],
            "map": ["End", "ArrowLeft", "Home", "PageDown", "ArrowUp", "ArrowDown", "PageUp"],
            "scatter": ["Home", "ArrowRight", "ArrowLeft", "End"],
        }[role]
        seen = set()
        for key in keys:
            self.press(area, key)
            self.page.evaluate(TWO_FRAMES)
            state = self.check()
            seen.add((state["step"], state["unit"], self.cursor()["feature"]))
        assert len(seen) > 1, f"no key on the {role} changed anything"
        self.note("role", role)

    def use_pointer(self) -> None:
        """Point at a cell of the map and click; click on a dot of the scatter."""
        area, canvas = self.root.locator("[data-role=map]"), self.root.locator("[data-map]")
        area.scroll_into_view_if_needed()
        box, order = area.bounding_box(), json.loads(canvas.get_attribute("data-order"))
        steps = len(self.found()["x",])
        for t, share in ((steps - 1, 0.3), (0, 0.95)):
            # Whole pixels: a click is told in those, and a row of many may be hardly a pixel high.
            x = round(box["x"] + box["width"] * (t + 0.5) / steps)
            y = round(box["y"] + box["height"] * share)
            row = math.floor((y - box["y"]) / box["height"] * len(order))
            self.page.mouse.move(x, y)
            self.page.evaluate(TWO_FRAMES)
            assert self.cursor() | {"feature": 0} == {"step": t, "feature": 0, "over": order[row]}
            self.page.mouse.click(x, y)
            self.reach(unit=order[row])
        dots = self.root.locator("[data-symbol=saturation]")
        self.page.mouse.move(1, 1)
        for unit in self.lonely_units(2):  # in a crowd, a click may be nearer to a neighbor
            dot = dots.nth(unit)
            dot.scroll_into_view_if_needed()
            box = dot.bounding_box()
            for _ in range(dots.count()):  # dots on one spot take turns
                middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
                self.page.mouse.click(*middle)
                self.page.evaluate(TWO_FRAMES)
                if self.on_page()["unit"] == unit:
                    break
            self.reach(unit=unit)

    def lonely_units(self, count: int) -> list[int]:
        """The units whose dots in the scatter are farthest from any other dot."""
        dots = self.root.locator("[data-symbol=saturation]")
        middles = np.array(
            [
                (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
                for box in (dot.bounding_box() for dot in dots.all())
            ]
        )
        apart = np.linalg.norm(middles[:, None] - middles, axis=-1)
        np.fill_diagonal(apart, np.inf)
        return np.argsort(-apart.min(axis=1), kind="stable")[:count].tolist()

    def use_holds(self) -> None:
        """Silence the unit, hold each of its gates, then another unit too; undo it all."""
        state, undo = self.check(), self.root.locator("[data-action=undo]")
        if state["edits"]:
            undo.click()
            state = self.reach(edits={})
        assert undo.is_disabled()
        place = f"{state['layer']}.{state['direction']}.{state['unit']}"
        wanted: dict[str, float] = {}
        for symbol in ("h", *GATES):
            box = self.root.locator(f"[data-name='hold {symbol}']")
            self.note("name", f"hold {symbol}")
            press = functools.partial(self.press, box, "Space")
            self.see_change(press, f"hold {symbol}")
            if symbol == "h":
                self.reach(edits={f"{place}.h": 0})
                self.see_change(press, "give h back")
                self.reach(edits={})
                continue
            held = self.root.locator(f"[data-name='value {symbol}']")
            wanted[f"{place}.{symbol}"] = float(held.input_value())
            self.reach(edits=wanted)
            self.see_change(functools.partial(self.nudge, held), f"value {symbol}")
            wanted[f"{place}.{symbol}"] = float(held.input_value())
            self.reach(edits=wanted)
            self.note("name", f"value {symbol}")
        other = f"{place.rpartition('.')[0]}.{(state['unit'] + 1) % 3}"
        self.root.locator("select[data-name=unit]").select_option(other.rpartition(".")[2])
        self.reach(unit=int(other.rpartition(".")[2]))
        self.root.locator("[data-name='hold h']").check()
        self.reach(edits=wanted | {f"{other}.h": 0})
        undo.click()
        self.reach(edits={})
        self.note("action", "undo")


class TrainingHands(Hands):
    """Hands for a `TrainingExplorer`. Without a kernel its runs are those of its twin."""

    def look(self) -> str:
        return super().look() + self.root.locator(".tx-picture").inner_html()

    def state_of_page(self) -> dict[str, Any]:
        twin = read_twin(self.node)
        chosen = [item["technique"] for item in self.drawn() if item["symbol"] == "best"]
        quantity = self.root.locator("[data-name=quantity]").input_value()
        epoch = int(self.root.locator("[data-name=epoch]").input_value()) - 1
        return {"runs": twin["runs"], "chosen": chosen, "quantity": quantity, "epoch": epoch}

    def expected(self, state: dict[str, Any]) -> dict[Key, Any]:
        result: dict[Key, Any] = {}
        curves = ("validation",) if state["quantity"] == "loss" else ("norm",)
        lines = 2 if state["quantity"] == "loss" else 1
        for technique in state["chosen"]:
            runs, at = state["runs"][technique], state["epoch"]
            for name in ("train", "validation", "norm"):
                there = [run[name][at] for run in runs if len(run[name]) > at]
                result[name, technique] = float(np.mean(there)) if there else None
            longest = max(len(run["validation"]) for run in runs)
            means = [
                np.mean([run["validation"][e] for run in runs if len(run["validation"]) > e])
                for e in range(longest)
            ]
            result["best", technique] = int(np.argmin(means)) + 1
            result["test", technique] = 100 * float(np.mean([run["test"] for run in runs]))
        result["thin lines",] = sum(len(state["runs"][t]) for t in state["chosen"]) * len(curves)
        result["thick lines",] = lines * len(state["chosen"])
        return result

    def found(self) -> dict[Key, Any]:
        result: dict[Key, Any] = {}
        for item in self.drawn():
            value = float(item["value"]) if item["value"] else None
            if value is None:
                assert item["text"] == "stopped"
            else:
                assert_text(item["text"].removesuffix("\u00a0%"), value)
            result[item["symbol"], item["technique"]] = value
        for kind, name in (("thin", "run"), ("thick", "mean")):
            result[f"{kind} lines",] = self.root.locator(f".tx-picture path.tx-{name}").count()
        return result

    def touch(self) -> None:
        box = self.root.locator("input[type=checkbox]:not(:checked)").first
        self.change(box.click, "a tick")

    def use_everything(self) -> None:
        """Tick every technique, untick one, draw the other quantity, and move the epoch."""
        self.check()
        boxes = self.root.locator("input[type=checkbox]")
        for name in boxes.evaluate_all("(nodes) => nodes.map((node) => node.dataset.name)"):
            box = self.root.locator(f"input[data-name='{name}']")
            if box.is_checked() and len(self.state()["chosen"]) > 1:
                self.change(functools.partial(self.press, box, "Space"), name)
                assert not box.is_checked() and name not in self.state()["chosen"]
            if not box.is_checked():
                self.change(functools.partial(self.press, box, "Space"), name)
            assert self.state()["chosen"][-1] == name and len(self.state()["chosen"]) <= 3
            self.note("name", name)
        select = self.root.locator("select[data-name=quantity]")
        for quantity in ("norm", "loss"):
            self.change(functools.partial(select.select_option, quantity), "quantity")
        slider = self.root.locator("input[data-name=epoch]")
        self.move_all([("epoch", slider)], lambda state, name: state["epoch"] + 1)
        self.used |= {"name quantity", "name epoch"}
        self.assert_all_used()


class ForecastHands(Hands):
    """Hands for a `ForecastExplorer`; its numbers are averages, and numpy is the judge."""

    def look(self) -> str:
        return json.dumps([super().look(), read(self.node, forecast_hands.SERIES)])

    def state_of_page(self) -> dict[str, Any]:
        return forecast_hands.settings_of_page(self.node)

    def expected(self, state: dict[str, Any]) -> dict[Key, Any]:
        return forecast_hands.expected_numbers(state)

    def found(self) -> dict[Key, Any]:
        return forecast_hands.found_numbers(self.node)

    def touch(self) -> None:
        self.change(self.root.locator("input[data-name=truth]").click, "the truth")

    def use_everything(self) -> None:
        """Move every control; after each, what is drawn has changed and equals numpy's."""
        self.check()
        forecast_hands.use_all_controls(self)


class PhraseHands(Hands):
    """Hands for a `PhraseExplorer`. Without a kernel its state is the twin's and the controls'."""

    def look(self) -> str:
        return json.dumps([super().look(), read(self.node, phrase_hands.LOOK)])

    def state_of_page(self) -> dict[str, Any]:
        return phrase_hands.settings_of_page(self.node)

    def expected(self, state: dict[str, Any]) -> dict[Key, Any]:
        return phrase_hands.expected_numbers(state, phrase_hands.cursor(self.node))

    def found(self) -> dict[Key, Any]:
        return phrase_hands.found_numbers(self.node)

    def touch(self) -> None:
        phrase = self.root.locator("input[data-name=phrase]")
        self.change(functools.partial(phrase.fill, "ate"), "a phrase")

    def use_everything(self) -> None:
        """Type, choose and point; after each, what is drawn has changed and equals torch's."""
        self.check()
        phrase_hands.use_all_controls(self)


HANDS = {
    "phrase_explorer": PhraseHands,
    "forecast_explorer": ForecastHands,
    "training_explorer": TrainingHands,
    "gate_microscope": MicroscopeHands,
    "gate_explorer": GateHands,
    "sequence_explorer": SequenceHands,
    "shape_explorer": ShapeHands,
}


def _entry(state: dict[str, Any], name: str) -> float:
    """The number that a slider of the gate explorer stands for, by the slider's name."""
    letter, *rest = name.split("_")
    if letter in "xhc":
        return state[letter][int(rest[0])]
    source, gate = rest[0]
    indices = [int(k) for k in rest[1:]]
    matrix = state["weights"][f"{letter.lower()}_{source}h"]
    row = matrix[GATES.index(gate) * len(state["h"]) + indices[0]]
    return row[indices[1]] if letter == "W" else row


def _gradient_path(forget: list[float], end: int, reverse: bool) -> list[float | None]:
    """Products of one unit's forget gates from every step to `end`; None where not read yet."""
    read = forget[end:][::-1] if reverse else forget[: end + 1]
    rest = [None] * (len(forget) - len(read))
    products = [math.prod(read[k + 1 :]) for k in range(len(read))]
    return rest + products[::-1] if reverse else products + rest


def assert_text(text: str, value: float) -> None:
    """The text is the value, rounded to its digits; what lies in the middle may go either way."""
    shown = float(text.replace("\u2212", "-"))
    digits = len(text.partition(".")[2])
    assert abs(shown - value) <= 0.5 * 10**-digits + 1e-9, f"{text} stands for {value}"


def _difference(found: dict, expected: dict) -> tuple[float, str]:
    """Largest absolute difference, and where; infinite where one has what the other lacks."""
    if found.keys() != expected.keys():
        return math.inf, f"not in both: {sorted(map(str, found.keys() ^ expected.keys()))[:6]}"
    worst, where = 0.0, ""
    for key, value in expected.items():
        a, b = _flat(found[key]), _flat(value)
        if len(a) != len(b):
            return math.inf, str(key)
        for one, other in zip(a, b, strict=True):
            if one is None and other is None:
                continue
            if one is None or other is None or math.isnan(one) or math.isnan(other):
                return math.inf, str(key)
            if abs(one - other) > worst:
                worst, where = abs(one - other), str(key)
    return worst, where


def _flat(value: Any) -> list:
    if isinstance(value, list | tuple):
        return [item for part in value for item in _flat(part)]
    return [value]
