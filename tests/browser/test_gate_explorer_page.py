"""The gate explorer on a plain page, brought to life from its twin: numbers, sliders, keys."""

from __future__ import annotations

import re

import pytest
import torch
from torch import nn

from lstm_lessons.palette import SYMBOLS
from lstm_lessons.widgets import GateExplorer
from lstm_lessons.widgets.gate_explorer.widget import PRESETS, figures
from lstm_lessons.widgets.shared.bundling import module_source
from tests.browser.hands.base import TWO_FRAMES, assert_text, drag, place_in
from tests.browser.looks import cut_off

AGREED = 1e-6


def random_explorer(inputs: int, units: int, unit: int = 0) -> GateExplorer:
    torch.manual_seed(10 * inputs + units)
    cell = nn.LSTMCell(inputs, units, dtype=torch.float64)
    with torch.no_grad():
        for parameter in cell.parameters():
            parameter.mul_(2.5)
    x, h, c = (torch.randn(n, dtype=torch.float64) for n in (inputs, units, units))
    return GateExplorer.from_torch(cell, x=x, h=torch.tanh(h), c=2 * c, unit=unit)


def numbers(page) -> dict[tuple[str, int], float]:
    """Every marked number on the page."""
    found = page.eval_on_selector_all(
        "[data-symbol]",
        """nodes => nodes.map((node) => [
            node.dataset.symbol, +node.dataset.unit, +node.dataset.value, node.textContent])""",
    )
    for symbol, _, value, text in found:
        assert re.fullmatch(r"\u2212?\d+\.\d\d", text) and text != "\u22120.00", symbol
        assert_text(text, value)
    assert len(found) == len({(symbol, unit) for symbol, unit, *_ in found})
    return {(symbol, unit): value for symbol, unit, value, _ in found}


def assert_torchs_numbers(page, explorer: GateExplorer) -> None:
    """All numbers on the page equal torch's for the state of `explorer`."""
    shown, step, units = numbers(page), explorer.step(), len(explorer.h)
    for symbol in SYMBOLS:
        for unit, value in enumerate(getattr(step, symbol).tolist()):
            assert abs(shown.pop((symbol, unit)) - value) < AGREED, (symbol, unit)
    cell = explorer.to_torch()
    z = cell.weight_ih @ torch.tensor(explorer.x, dtype=torch.float64) + cell.bias_ih
    z += cell.weight_hh @ torch.tensor(explorer.h, dtype=torch.float64) + cell.bias_hh
    for row, gate in enumerate("ifgo"):
        value = z[row * units + explorer.unit].item()
        assert abs(shown.pop((f"z_{gate}", explorer.unit)) - value) < AGREED, gate
    assert shown == {}


def sliders_of_every_gate(page):
    """Each visible slider, with the weights of one gate after another beside the picture."""
    yield from page.locator(".ge-inputs input[type=range]").all()
    for gate in "ifgo":
        choice = page.locator(f"[data-gate-choice={gate}]")
        choice.click()
        yield from page.locator(".ge-side input[type=range]:visible").all()
        choice.click()


@pytest.mark.parametrize("inputs, units", [(1, 1), (2, 2)])
def test_every_slider_moves_its_number_and_no_other(show, inputs, units):
    explorer = GateExplorer(x=[0.0] * inputs, h=[0.0] * units, preset="all zero")
    page = show(explorer).page
    weights = {key: torch.zeros_like(torch.tensor(v)) for key, v in explorer.weights.items()}
    state = {"x": torch.zeros(inputs), "h": torch.zeros(units), "c": torch.zeros(units)}
    moved = 0
    for unit in range(units):
        if units > 1:
            page.locator(f"[data-unit-choice='{unit}']").click()
        for slider in sliders_of_every_gate(page):
            name = slider.get_attribute("data-name")
            letter, *place = name.split("_")
            if letter in state and unit:
                continue  # moved with the first unit already
            moved += 1
            value = round(0.05 * (moved % 17 - 8) or 0.45, 2)
            slider.fill(str(value))
            if letter in state:
                state[letter][int(place[0])] = value
                continue
            kind = {"W": "w", "b": "b"}[letter] + "_" + place[0][0] + "h"
            row = "ifgo".index(place[0][1]) * units + int(place[1])
            weights[kind][(row, *map(int, place[2:]))] = value
    per_unit = 4 * (inputs + units + 2)
    assert moved == inputs + 2 * units + units * per_unit
    expected = GateExplorer(
        {key: value.double().numpy().round(2) for key, value in weights.items()},
        **{key: value.double().numpy().round(2) for key, value in state.items()},
        unit=units - 1,
    )
    assert_torchs_numbers(page, expected)


def test_a_moved_slider_changes_the_picture_and_builds_nothing(show):
    page = show(GateExplorer()).page
    page.evaluate("""() => {
        window.built = 0;
        window.changed = 0;
        new MutationObserver((records) => records.forEach((record) => {
            built += [...record.addedNodes].filter((node) => node.nodeType === 1).length;
            if (record.target.closest?.("svg")) changed += 1;
        })).observe(document.querySelector("[data-widget-root]"),
            { attributes: true, childList: true, subtree: true });
    }""")
    page.locator("input[data-name=x_0]").fill("-1.5")
    assert page.evaluate("() => changed") > 20
    assert page.evaluate("() => built") == 0
    label = page.locator(".ge-picture svg").get_attribute("aria-label")
    step = GateExplorer(x=-1.5).step()
    assert f"f {step.f.item():.2f}" in label


def test_keys_move_the_slider_and_nothing_else(show):
    page = show(GateExplorer()).page
    page.evaluate("() => { window.keys = []; addEventListener('keydown', e => keys.push(e.key)); }")
    slider = page.locator("input[data-name=x_0]")
    slider.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "End", "PageDown", "Home"):
        before = slider.input_value()
        page.keyboard.press(key)
        assert slider.input_value() != before, key
    page.keyboard.press("a")
    assert page.evaluate("() => keys") == ["a"]


@pytest.mark.parametrize("name", PRESETS[-2:])
def test_a_drawn_preset_draws_again_on_every_click(show, name):
    page = show(GateExplorer()).page
    seen = set()
    for _ in range(3):
        page.locator(f"[data-preset='{name}']").click()
        seen.add(tuple(numbers(page).values()))
        values = page.eval_on_selector_all(
            "input[data-name^=W], input[data-name^=b]", "nodes => nodes.map((node) => +node.value)"
        )
        if name == "PyTorch default":
            assert max(map(abs, values)) <= 1
    assert len(seen) == 3


def test_the_unit_on_show_can_be_chosen(show):
    explorer = random_explorer(2, 3)
    page = show(explorer).page
    page.locator("[data-unit-choice='2']").click()
    explorer.unit = 2
    assert_torchs_numbers(page, explorer)
    page.locator("[data-gate-choice=f]").click()
    assert page.locator("input[data-name=W_if_2_1]").is_visible()
    assert not page.locator("input[data-name=W_if_0_1]").is_visible()


@pytest.mark.parametrize("inputs, units", [(1, 1), (3, 2)])
def test_the_copied_program_runs_and_gives_the_drawn_numbers(show, inputs, units, capsys):
    page = show(random_explorer(inputs, units)).page
    page.evaluate("""() => Object.defineProperty(navigator, "clipboard", {
        value: { writeText: async (text) => { window.copied = text; } } })""")
    page.locator("input[data-name=x_0]").fill("1.35")
    page.locator("[data-action=copy]").click()
    page.wait_for_function("() => window.copied")
    assert page.locator("[data-action=copy]").inner_text() == "Copied"
    names: dict = {}
    exec(page.evaluate("() => copied"), names)
    assert "tensor" in capsys.readouterr().out
    shown = numbers(page)
    for unit in range(units):
        assert abs(names["h"][unit].item() - shown["h", unit]) < AGREED
        assert abs(names["c"][unit].item() - shown["c", unit]) < AGREED


def test_without_a_clipboard_the_program_stands_on_the_page(show):
    page = show(GateExplorer()).page
    page.evaluate("""() => {
        Object.defineProperty(navigator, "clipboard", { value: undefined });
        document.execCommand = () => false;
    }""")
    page.locator("[data-action=copy]").click()
    page.wait_for_selector(".ge-code:visible")
    assert "nn.LSTMCell(input_size=1" in page.locator(".ge-code").inner_text()


@pytest.mark.parametrize("inputs, units, unit", [(1, 1, 0), (3, 2, 1)])
def test_the_still_picture_is_the_live_one(compute, inputs, units, unit):
    explorer = random_explorer(inputs, units, unit)
    state = {key: getattr(explorer, key) for key in ("weights", "x", "h", "c")}
    step = {s: getattr(explorer.step(), s).tolist() for s in SYMBOLS}
    cell = explorer.to_torch()
    step["z"] = (
        cell.weight_ih @ torch.tensor(explorer.x, dtype=torch.float64)
        + cell.weight_hh @ torch.tensor(explorer.h, dtype=torch.float64)
        + cell.bias_ih
        + cell.bias_hh
    ).tolist()
    live, still = compute(module_source("gate_figures"), "figures", state, step, unit), figures(state, step, unit)
    assert live.keys() == still.keys()
    for key, value in still.items():
        if isinstance(value, str):
            assert live[key] == value, key
        else:
            assert abs(live[key] - value) < 0.011, key  # halves are rounded differently


def test_nothing_sticks_out_on_a_phone(show):
    hands = show(random_explorer(4, 4), viewport={"width": 360, "height": 800})
    hands.choose("o")
    assert cut_off(hands.root) == []


@pytest.mark.parametrize("gate", [None, *"ifgo"])
@pytest.mark.parametrize("width", [880, 1040])  # of JupyterLab's cell at 1280 and 1440 pixels
def test_what_one_turns_and_what_it_changes_are_seen_together(show, width, gate):
    page = show(GateExplorer(), viewport={"width": width, "height": 800}).page
    if gate:
        page.locator(f"[data-gate-choice={gate}]").click()
    boxes = [part.bounding_box() for part in page.locator(".ge-inputs, .ge-stage, .ge-gates, .ge-presets").all()]
    top, bottom = min(b["y"] for b in boxes), max(b["y"] + b["height"] for b in boxes)
    assert bottom - top <= 650


DRAGGED = {  # how far in pixels, and the number that changes
    "valve f": (0, 30, "f"),
    "valve i": (-30, 0, "i"),
    "valve o": (0, 30, "o"),
    "gate g": (-20, 0, "g"),
    "number c": (0, 30, "c"),
}


@pytest.mark.parametrize("part", DRAGGED)
def test_the_picture_can_be_dragged_and_its_numbers_are_those_of_a_cell(show, part):
    right, down, symbol = DRAGGED[part]
    page = show(GateExplorer()).page
    before = numbers(page)
    x, y = place_in(page.locator(f"[data-drag='{part}']"))
    drag(page, (x, y), (x + right, y + down), steps=5)
    page.evaluate(TWO_FRAMES)
    after = numbers(page)
    assert after[symbol, 0] < before[symbol, 0]
    page.locator("[data-action=copy]").click()
    page.wait_for_function("() => document.querySelector('.ge-code').textContent")
    names: dict = {}
    exec(page.locator(".ge-code").text_content(), names)
    for letter in "hc":
        assert abs(names[letter][0].item() - after[letter, 0]) < AGREED


def test_a_click_on_a_gate_of_the_picture_opens_its_weights_and_folds_them_away(show):
    page = show(GateExplorer()).page
    for expected in ("true", "false"):
        page.locator("[data-drag='gate f']").click()
        assert page.locator("[data-gate-choice=f]").get_attribute("aria-expanded") == expected
        assert page.locator("input[data-name=b_if_0]:visible").count() == (expected == "true")
