"""Hands for the gate explorer."""

from __future__ import annotations

import functools
from typing import Any

import torch
from torch import nn

from lstm_lessons.widgets.gate_explorer.widget import preset_state
from tests.browser.hands.base import AGREED, GATES, Hands, Key, assert_text, difference, flat


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
        w = {key: torch.tensor(value, dtype=torch.float64) for key, value in state["weights"].items()}
        x, h, c = (torch.tensor(state[name], dtype=torch.float64) for name in ("x", "h", "c"))
        cell = nn.LSTMCell(len(x), len(h), dtype=torch.float64)
        cell.load_state_dict(
            {"weight_ih": w["w_ih"], "weight_hh": w["w_hh"], "bias_ih": w["b_ih"], "bias_hh": w["b_hh"]}
        )
        with torch.no_grad():
            next_h, next_c = cell(x, (h, c))
        z = dict(zip(GATES, (w["w_ih"] @ x + w["b_ih"] + w["w_hh"] @ h + w["b_hh"]).chunk(4), strict=True))
        numbers = {gate: z[gate].tanh() if gate == "g" else z[gate].sigmoid() for gate in GATES}
        numbers |= {"c": next_c, "h": next_h}
        result = {(name, k): v for name, vector in numbers.items() for k, v in enumerate(vector.tolist())}
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

    def choose(self, gate: str) -> None:
        """Open the weights of a gate beside the picture, or fold them away."""
        choice = self.root.locator(f"[data-gate-choice={gate}]")
        was_open = choice.get_attribute("aria-expanded")
        self.press(choice, "Enter")
        assert choice.get_attribute("aria-expanded") != was_open
        self.note("gateChoice", gate)

    def fold_equations(self) -> None:
        """Fold the equations and unfold them, or the other way round where they begin folded."""
        summary, equations = self.root.locator("summary"), self.root.locator(".ge-equations")
        for _ in range(2):
            was_open = equations.evaluate("(node) => node.open")
            self.press(summary, "Enter")
            assert equations.evaluate("(node) => node.open") != was_open
        self.note("summary", summary.text_content())

    def use_everything(self) -> None:
        """Move every control; after each, what is drawn has changed and equals torch's."""
        root = self.root
        self.check()
        start = self.state()
        self.fold_equations()
        units = [int(unit) for unit in self.values("data-unit-choice")]
        for unit in [*units[1:], *units[:1]] or [None]:
            if unit is not None:
                choice = root.locator(f"[data-unit-choice='{unit}']")
                self.change(choice.click, f"unit {unit}")
                assert self.unit() == unit and choice.get_attribute("aria-pressed") == "true"
                self.note("unitChoice", str(unit))
            for gate in GATES:
                self.choose(gate)
                new = [s for s in self.sliders("data-name") if f"name {s[0]}" not in self.used]
                self.move_all(new, _entry)
                for name, _ in new:
                    self.note("name", name)
                self.choose(gate)
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
            assert flat(end[key]) == flat(start[key]), f"reset did not bring back {key}"
        assert end["weights"] == start["weights"], "reset did not bring back the weights"
        self.note("action", "reset")
        _, h, c = self.copied()
        self.note("action", "copy")
        drawn = self.found()
        program = {("h", k): float(v) for k, v in enumerate(h)} | {("c", k): float(v) for k, v in enumerate(c)}
        off, where = difference({key: drawn[key] for key in program}, program)
        assert off < AGREED, f"the copied program computes another {where}"
        self.assert_all_used()


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
