"""The shape explorer's own maths in Chromium, against torch for hundreds of random settings."""

from __future__ import annotations

import json

import pytest
import torch

from lstm_lessons.widgets import ShapeExplorer
from lstm_lessons.widgets.shape_explorer.layout import layout
from lstm_lessons.widgets.shared.bundling import module_source
from tests.browser.hands.shape_explorer import ShapeHands
from tests.browser.looks import objections
from tests.browser.pages import open_page, write_page
from tests.widgets.test_shape_explorer import random_explorer, run_torch

ANSWERS = """(all) => all.map((settings) => {
    const tensors = tensorShapes(settings);
    return {
        shapes: Object.entries(tensors).map(([name, { shape }]) => [name, shape]),
        axes: Object.entries(tensors).map(([name, { axes }]) => [name, axes]),
        parameters: parameterCount(tensors),
        equalities: equalSlices(settings).map(({ output, state }) => [output, state]),
    };
})"""
SOURCE = module_source("shape_rules")


@pytest.fixture
def answers(compute):
    """What the browser says of a list of explorers, from a source of its rules."""
    return lambda explorers, source=SOURCE: compute(source, ANSWERS, [explorer.state() for explorer in explorers])


def expected(explorer: ShapeExplorer) -> dict:
    lstm, tensors = run_torch(explorer)
    shapes = {name: tensor.shape for name, tensor in [*tensors.items(), *lstm.named_parameters()]}
    return {
        "shapes": [[name, list(shape)] for name, shape in shapes.items()],
        "axes": [[name, list(axes)] for name, axes in explorer.axes().items()],
        "parameters": sum(p.numel() for p in lstm.parameters()),
        "equalities": [list(pair) for pair in explorer.equalities()],
    }


def test_the_browsers_shapes_are_torchs_for_random_settings(answers):
    torch.manual_seed(0)
    explorers = [random_explorer(seed) for seed in range(1000, 1400)]
    assert len({json.dumps(explorer.state()) for explorer in explorers}) > 380
    for explorer, answer in zip(explorers, answers(explorers), strict=True):
        assert answer == expected(explorer), explorer


def test_the_judge_sees_a_browser_that_is_wrong(answers):
    explorers = [random_explorer(seed) for seed in range(60)]
    right = [expected(explorer) for explorer in explorers]
    assert answers(explorers) == right
    for good, bad in (
        ('layer ? "D\\u00B7H" : "I"', '"I"'),
        ('["L\\u00B7D", "B", "H"]', '["B", "L\\u00B7D", "H"]'),
        ("isPadded(settings) && packed;", "packed;"),
        ("batched ? Math.max(...lengths) : lengths[0]", "Math.max(...lengths)"),
    ):
        assert SOURCE.count(good) == 1, good
        assert answers(explorers, SOURCE.replace(good, bad)) != right, good


def test_the_browser_and_python_fill_the_same_into_the_template(compute):
    explorers = [random_explorer(seed) for seed in range(300)]
    explorers += [ShapeExplorer(num_layers=6, lengths=[T, n]) for T, n in ((13, 4), (90, 89), (12, 1))]
    for number, explorer in enumerate(explorers):
        explorer.sequence = number % len(explorer.lengths) if explorer.batched else 0
    program = "(all) => all.map((state) => layout(state, state.sequence))"
    found = compute(module_source("shape_diagram"), program, [explorer.state() for explorer in explorers])
    for explorer, values in zip(explorers, found, strict=True):
        assert values == layout(explorer.settings(), explorer.sequence), explorer


PIECES = """(root) => {
    const toRoot = root.getCTM().inverse();
    return [...root.querySelectorAll("rect, .sx-line, .sx-head, [data-part] text")].map((node) => {
        const [{ x, y, width, height }, m] = [node.getBBox(), toRoot.multiply(node.getCTM())];
        const { fill, stroke, strokeWidth, strokeDasharray } = getComputedStyle(node);
        return {
            text: node.textContent,
            place: [m.a * x + m.c * y + m.e, m.b * x + m.d * y + m.f, width, height],
            look: [node.tagName, fill, stroke, strokeWidth, strokeDasharray],
        };
    });
}"""


@pytest.mark.parametrize("packed", [True, False])
def test_the_still_is_the_drawing_of_the_page(show, packed):
    explorer = ShapeExplorer(lengths=[6, 4, 14], sequence=1, packed=packed)
    hands = show(explorer)
    live, page = hands.root.locator(".sx-picture svg").evaluate(PIECES), hands.page
    page.set_content(f"<main>{explorer.picture()}</main>")
    still = page.locator("svg").evaluate(PIECES)
    assert len(live) > 100
    for one, other in zip(live, still, strict=True):
        assert (one["text"], one["look"]) == (other["text"], other["look"])
        if not one["text"]:  # a text is as wide as its font
            assert one["place"] == pytest.approx(other["place"], abs=0.02)


def test_the_pages_of_random_settings_agree_with_torch(open_visit, tmp_path):
    explorers = [random_explorer(seed) for seed in range(2000, 2012)]
    path = write_page(tmp_path / "lesson.html", explorers)
    for root in open_page(open_visit(offline=True).page, path):
        ShapeHands(root).check()


def test_pointing_lights_up_and_a_click_keeps_the_light(show):
    hands = show(ShapeExplorer(sequence=1, tensor="c_n"))
    page, root = hands.page, hands.root
    assert hands.lit() == "c_n"
    hands.check()
    root.locator("[data-tensor=weight_hh_l0_reverse]").hover()
    assert hands.lit() == "weight_hh_l0_reverse"
    hands.check()
    page.mouse.move(1, 1)
    assert hands.lit() == "c_n"
    root.locator("[data-tensor=c_n]").click()
    page.mouse.move(1, 1)
    assert hands.lit() == "" and hands.state()["tensor"] == ""
    root.locator("[data-tensor=h_0]").focus()
    page.keyboard.press("Tab")
    assert hands.lit() == "c_0", "the keyboard's focus lights up too"
    hands.check()
    detail = root.locator(".sx-detail").inner_text()
    assert "c_0[3] is layer 1 reverse" in detail and "batch_first does not move B" in detail


def test_a_piece_of_the_picture_answers_to_the_pointer_and_a_click_keeps_it(show):
    hands = show(ShapeExplorer(3, 5, lengths=[7, 5, 3]), viewport={"width": 880, "height": 800})
    page, root, detail = hands.page, hands.root, hands.root.locator(".sx-detail")
    hands.point_at_pieces()
    root.locator("[data-part=h_n][data-layer='1'][data-direction='1']").click()
    assert detail.inner_text() == "h_n (4, 3, 5): h_n[3] is layer 1 reverse. batch_first does not move B here."
    page.mouse.move(1, 1)
    assert hands.state()["tensor"] == "h_n" and hands.lit() == "h_n"
    assert "h_n[3] is layer 1 reverse" in detail.inner_text(), "what was clicked is still told"
    root.locator("[data-part=cell][data-layer='0'][data-direction='1']").first.click()
    page.mouse.move(1, 1)
    assert hands.lit() == "cell_l0_reverse" and hands.state()["tensor"] == ""
    assert detail.inner_text().endswith(
        "weight_ih_l0_reverse (20, 3), weight_hh_l0_reverse (20, 5) and two bias vectors (20,)."
    )
    hands.check()
    root.locator("[data-light=output]").hover()
    assert hands.lit() == "output"
    root.locator("[data-name=bidirectional]").click()
    page.mouse.move(1, 1)
    assert hands.lit() == "", "the cells that were kept are gone"


LABEL = "() => document.activeElement.getAttribute('aria-label')"


def test_arrow_keys_lead_through_the_picture_and_say_what_the_pointer_is_told(show):
    hands = show(ShapeExplorer(3, 5, lengths=[7, 5, 3]))
    page, root, detail = hands.page, hands.root, hands.root.locator(".sx-detail")
    root.locator("[data-name=packed]").focus()
    for _ in range(3):  # over what stands between
        page.keyboard.press("Tab")
        if page.locator("[data-part]:focus").count():
            break
    lines = [["output (3, 7, 10)"]]
    for row, layer in ((2, "layer 1"), (3, "layer 1 reverse"), (0, "layer 0"), (1, "layer 0 reverse")):
        before, after = ([f"{state}[{row}] is {layer}" for state in pair] for pair in (["h_0", "c_0"], ["h_n", "c_n"]))
        ends = (after, before) if row % 2 else (before, after)  # reverse begins at the right
        lines.append([*ends[0], f"{layer}: one cell", *ends[1]])
    for number, line in enumerate([*lines, ["input (3, 7, 3)"]]):
        if number:
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Home")
        for place, expected in enumerate(line):
            if place:
                page.keyboard.press("ArrowRight")
            told = detail.inner_text()
            assert expected in told and page.evaluate(LABEL) == told
            hands.check()
            page.locator("[data-part]:focus").hover()
            assert detail.inner_text() == told, "the pointer is told something else"
            page.mouse.move(1, 1)
        page.keyboard.press("ArrowRight")
        assert detail.inner_text() == told, "the last piece of a line is where the key stays"
    page.keyboard.press("Enter")
    assert page.locator("[data-part]:focus").get_attribute("aria-pressed") == "true"
    assert hands.state()["tensor"] == "input"
    page.keyboard.press("Space")
    assert hands.state()["tensor"] == ""
    page.keyboard.press("Tab")
    assert page.locator("[data-part]:focus").count() == 0, "Tab leaves the picture at once"
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(LABEL).startswith("input"), "and comes back to where it was"
    assert objections(root) == []


def test_controls_picture_and_every_shape_fit_one_look(show):
    """In JupyterLab at 1280 pixels a widget is 850 wide."""
    for width in (700, 850, 1100):
        root = show(ShapeExplorer(3, 5, lengths=[7, 5, 3]), viewport={"width": width, "height": 800}).root
        top = root.bounding_box()["y"]
        for selector in ("[data-tensor=c_n]", ".sx-detail", "[data-name='length 2']"):
            box = root.locator(selector).bounding_box()
            assert box["y"] + box["height"] - top <= 650, (width, selector)


def test_the_screen_reader_hears_the_new_shapes(show):
    root = show(ShapeExplorer()).root
    root.locator("[data-name=hidden_size]").fill("5")
    root.locator("[role=status]").filter(has_text="output 3 by 6 by 10").wait_for(state="attached")
