"""Hands for the gate microscope."""

from __future__ import annotations

import functools
import itertools
import json
import math
import time
from typing import Any

import numpy as np
import torch
from playwright.sync_api import Locator

from lstm_lessons.plots.stills import shown_classes
from lstm_lessons.widgets.gate_microscope.analysis import unit_order
from tests.browser.hands.base import GATES, SYMBOLS, TWO_FRAMES, Hands, Key, assert_text, drag, options_of, place_in
from tests.browser.hands.slopes import NAME, features, slope_class, slopes, use_slopes
from tests.browser.reading import read, read_twin
from tests.widgets import microscope_reference

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
            if told["weights"]:
                result["slope",] = self.expected_slopes(state, numbers)
        return result

    def expected_slopes(self, state: dict[str, Any], numbers: dict[str, Any]) -> list[float]:
        """How steep the score of the chosen class is in each step, with nothing held, by torch."""
        model, x = microscope_reference.model_of(state), torch.tensor(numbers["x"], dtype=torch.float64)
        k = slope_class(self.node, int(np.argmax(numbers["plain_beliefs"][-1])))
        return slopes(lambda x: model.head(features(model, x))[k], x)

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
            self.used |= {f"action {name}" for name in self.values("data-action") if name.startswith("scope")}
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
            if name == NAME:
                use_slopes(self)
                continue
            self.note("name", name)
            if not select.is_visible() or select.is_disabled():
                continue
            first = select.input_value()
            for option in [value for value in options_of(select) if value != first][:3] + [first]:
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
        middle = "(dot, { x, y, width, height } = dot.getBoundingClientRect()) => [x + width / 2, y + height / 2]"
        middles = np.array(dots.evaluate_all(f"(dots) => dots.map((dot) => ({middle})(dot))"))
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
        self.use_scopes()

    def brush(self, first: float, last: float) -> list[int]:
        """Drag over rows of the heat map, the two included by the share of its height. The units that are brushed."""
        area = self.root.locator("[data-role=map]")
        area.scroll_into_view_if_needed()
        order = json.loads(self.root.locator("[data-map]").get_attribute("data-order"))
        low, high = (math.floor(share * len(order)) for share in (first, last))
        drag(self.page, *(place_in(area, 0.6, (n + 0.5) / len(order)) for n in (low, high)), steps=5)
        self.page.evaluate(TWO_FRAMES)
        return order[low : high + 1]

    def use_scopes(self) -> None:
        """Move a gate of the brushed units, of all that are shown, and of the whole network."""
        state, undo = self.state(), self.root.locator("[data-action=undo]")
        a, place = state["architecture"], f"{state['layer']}.{state['direction']}"
        L, D, H = (range(a[name]) for name in ("num_layers", "directions", "hidden_size"))
        units = {
            "brushed": [f"{place}.{unit}" for unit in self.brush(0.3, 0.8)],
            "shown": [f"{place}.{unit}" for unit in H],
            "all": [".".join(map(str, unit)) for unit in itertools.product(L, D, H)],
        }
        box, slider = (self.root.locator(f"[data-name='{what} f']") for what in ("hold", "value"))
        for scope, wanted in units.items():
            button = self.root.locator(f"[data-action='scope {scope}']")
            self.note("action", f"scope {scope}")
            if not button.is_visible():
                continue
            if scope != "brushed":
                button.click()
                self.page.evaluate(TWO_FRAMES)  # the choice is drawn in the next frame
            assert button.get_attribute("aria-pressed") == "true"
            self.see_change(functools.partial(self.press, box, "Space"), f"f of {scope}")
            self.see_change(lambda: slider.fill("0.25"), f"the value of f of {scope}")
            self.reach(edits={f"{unit}.f": 0.25 for unit in wanted})
            undo.click()
            self.reach(edits={})
        self.root.locator("[data-action='scope unit']").click()
        self.note("action", "scope unit")
