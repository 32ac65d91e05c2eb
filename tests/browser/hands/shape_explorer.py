"""Hands for the shape explorer."""

from __future__ import annotations

import functools
import json
from typing import Any

import torch

from lstm_lessons.widgets import ShapeExplorer
from tests.browser.hands.base import TWO_FRAMES, Hands, Key
from tests.browser.reading import read

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
PRESSED = (
    """(root) => [...root.querySelectorAll("[data-action][aria-pressed=true]")].map((node) => node.dataset.action)"""
)
SUMS = """(root) => ({
    totals: [...root.querySelectorAll("[data-parameters]")]
        .map((node) => [Number(node.dataset.parameters), node.innerText]),
    equalities: [...root.querySelectorAll("[data-equality]")].map((node) => [node.dataset.equality, node.innerText]),
})"""
# All that is compared, in one call: there are hundreds of comparisons.
FOUND = f"(root) => [{', '.join(f'({script})(root)' for script in (SHAPES, SUMS, PRESSED, PARTS))}]"
SETTINGS = """(root) => Object.fromEntries([...root.querySelectorAll("[data-name]")].map(
    (node) => [node.dataset.name, node.type === "checkbox" ? node.checked : node.valueAsNumber]))"""


class ShapeHands(Hands):
    """Hands for a `ShapeExplorer`. Without a kernel its state is what its controls say."""

    def look(self) -> str:
        pressed = "(root) => [...root.querySelectorAll('[aria-pressed=true]')].map((n) => n.dataset)"
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
        return read(self.node, PRESSED)

    def lit(self) -> str:
        """What is lit: a tensor, ``equality 0``, a row of cells by its parameters (``cell_l0``), or nothing."""
        names = self.root.locator("button[data-lit]").evaluate_all(
            "(nodes) => nodes.map((node) => node.dataset.tensor ?? node.dataset.action)"
        )
        if len(names) < 2:
            return (names or [""])[0]
        [suffix] = {name[name.index("_l") :] for name in names}
        return f"cell{suffix}"

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
        shapes, sums, pressed, parts = read(self.node, FOUND)
        for item in shapes:
            result["shape", item["name"]] = json.loads(item["shape"])
            assert json.loads(item["shape"]) == item["numbers"], item
            assert json.loads(item["axes"]) == item["letters"], item
            result["axes", item["name"], *item["letters"]] = 1
        [[result["parameters",], shown]] = sums["totals"]
        assert shown == f"{result['parameters',]:,}"
        for text, shown in sums["equalities"]:
            assert " ".join(shown.split()) == text
            result["equality", text] = 1
        tensors = [name[6:] for name in pressed if name.startswith("light ")]
        result["tensor", *(tensors or [""])] = 1
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
            if name == "tour":  # it has tests of its own
                continue
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
        self.point_at_pieces()
        self.assert_all_used()

    def point_at_pieces(self) -> None:
        """Point at one piece of each kind, row and direction in the picture: it lights up what it belongs to."""
        kinds = {}
        for part in read(self.node, PARTS):
            place = {name: part[name] for name in ("part", "layer", "direction") if name in part}
            kinds["".join(f"[data-{name}='{value}']" for name, value in place.items())] = place
        for selector, place in kinds.items():
            self.root.locator(f".sx-picture {selector}").first.hover()
            name = place["part"]
            if name == "cell":
                name += f"_l{place['layer']}{'_reverse' * int(place['direction'])}"
            assert self.lit() == name, selector
            if self.kernel is None:
                self.check()

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
            self.page.evaluate(TWO_FRAMES)  # the kernel has answered, and the page may still draw it
            look, error = self.look(), self.root.locator("[data-role=error]")
            picture = self.root.locator(".sx-left > :first-child")
            stood = picture.bounding_box()
            for wrong in ("0", "", str(high + 1)):
                field.fill(wrong)
                assert f"a whole number from 1 to {high}." in error.inner_text()
                assert picture.bounding_box() == stood, "the message has moved the picture"
                assert field.get_attribute("aria-invalid") == "true"
                assert self.look() == look
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
