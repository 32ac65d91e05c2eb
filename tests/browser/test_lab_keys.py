"""Keys in JupyterLab, by a real mouse and keyboard: from inside a widget a learner goes on."""

from __future__ import annotations

import pytest

from tests.browser.hands.base import TWO_FRAMES
from tests.browser.lab import SCREENS, THEMES, turn, widgets_of
from tests.browser.samples import cells

NAMES = ("gate", "sequence", "shape", "microscope", "phrase", "forecast")
FOCUS = """() => {
    const notebook = jupyterapp.shell.currentWidget.content;
    const focused = document.activeElement;
    return {
        cell: notebook.activeCellIndex,
        mode: notebook.mode,
        cells: notebook.widgets.length,
        onCell: focused === notebook.activeCell.node,
        runs: notebook.widgets.map(({ model }) => model.executionCount),
        control: ["name", "preset", "role", "fill"].map((key) => focused.dataset[key])
            .find((name) => name) ?? focused.localName,
    };
}"""


# What a widget shows, but for the words that a screen reader says a little later.
SHOWN = """(control) => {
    const copy = control.closest("[data-widget-root]").cloneNode(true);
    copy.querySelector("[role=status]").remove();
    return copy.outerHTML;
}"""


@pytest.fixture(scope="module")
def visited(open_cells):
    """A notebook with one widget per cell, folded as in a lesson, between two others, on the largest screen, dark."""
    _, watched, notebook = open_cells([*cells(NAMES), "'end'"], folded=True, viewport=SCREENS[1])
    turn(watched.page, THEMES[1])
    return notebook


@pytest.fixture
def widget(visited):
    """``widget("gate")``: the root of that widget, in sight; another cell is the active one."""
    shown = {shown.cell: shown for shown in widgets_of(visited)}

    def show(name: str):
        visited.page.keyboard.press("Escape")
        root = shown[NAMES.index(name) + 1].root()
        visited.page.evaluate("() => { jupyterapp.shell.currentWidget.content.activeCellIndex = 0; }")
        visited.page.wait_for_timeout(300)  # JupyterLab gives the focus to that cell
        return root

    return show


def focus(notebook) -> dict:
    """Where the focus is, once it has stayed there for a while: JupyterLab takes its time to move it."""
    found, before = notebook.page.evaluate(FOCUS), None
    while found != before:
        notebook.page.wait_for_timeout(300)
        found, before = notebook.page.evaluate(FOCUS), found
    return found


def drag(control, share: float = 0.8) -> None:
    """Drag with the mouse, from the middle to the right."""
    control.scroll_into_view_if_needed()
    box, mouse = control.bounding_box(), control.page.mouse
    y = box["y"] + box["height"] / 2
    mouse.move(box["x"] + box["width"] / 2, y)
    mouse.down()
    mouse.move(box["x"] + box["width"] * share, y, steps=4)
    mouse.up()
    control.page.evaluate(TWO_FRAMES)


CONTROLS = {
    "a slider": ("gate", "input[data-name=x_0]"),
    "a preset": ("gate", "[data-preset='PyTorch default']"),
    "a pad": ("sequence", "[data-role=pad]"),
    "a button that fills": ("sequence", "[data-fill=sine]"),
    "a disclosure": ("sequence", "summary"),
    "a checkbox": ("shape", "input[data-name=bias]"),
    "a piece of a picture": ("shape", "[data-part=h_0]"),
    "a number": ("shape", "input[data-name=input_size]"),
    "a heat map": ("microscope", "[data-role=map]"),
    "a text": ("phrase", "input[data-name=phrase]"),
    "a list": ("forecast", "select[data-name=station]"),
}


@pytest.mark.parametrize(("name", "control"), CONTROLS.values(), ids=CONTROLS)
def test_from_every_control_shift_enter_goes_on_and_escape_comes_back(visited, widget, name, control):
    index, page = NAMES.index(name) + 1, visited.page
    control = widget(name).locator(control).first
    if name == "forecast":
        control.focus()  # a click would open Chromium's own list
    else:
        control.click()
    there = focus(visited)
    assert there["cell"] == index and not there["onCell"] and there["control"] != "body"
    before = control.evaluate(SHOWN)

    page.keyboard.press("Escape")
    assert focus(visited) == there | {"onCell": True, "control": "div", "mode": "command"}

    control.focus()
    page.keyboard.press("Shift+Enter")
    on = focus(visited)
    assert (on["cell"], on["onCell"], on["mode"]) == (index + 1, True, "command")
    assert (on["cells"], on["runs"]) == (there["cells"], there["runs"]), "it was made anew"
    assert control.evaluate(SHOWN) == before, "the key did something in the widget too"


def test_arrows_move_the_slider_that_was_dragged_last(visited, widget):
    root, page = widget("gate"), visited.page
    x, c = (root.locator(f"input[data-name={name}]") for name in ("x_0", "c_0"))
    drag(x)
    drag(c)
    assert focus(visited)["control"] == "c_0"
    start = float(c.input_value())
    page.keyboard.press("ArrowLeft")
    assert float(c.input_value()) == pytest.approx(start - 0.05)
    root.locator("[data-preset='all zero']").click()
    assert focus(visited)["control"] == "all zero"
    start, untouched = float(c.input_value()), x.input_value()
    for key, value in (("ArrowRight", 0.05), ("ArrowUp", 0.1), ("ArrowDown", 0.05)):
        page.keyboard.press(key)
        assert float(c.input_value()) == pytest.approx(start + value)
    assert x.input_value() == untouched
    assert focus(visited)["control"] == "c_0"


def test_arrows_go_on_drawing_after_a_preset(visited, widget):
    root, page = widget("sequence"), visited.page
    pad = root.locator("[data-role=pad]")
    drag(pad)
    assert focus(visited)["control"] == "pad"
    root.locator("[data-preset=counter]").click()
    page.evaluate(TWO_FRAMES)
    step = "() => document.querySelector('.ll-sequence-badge').textContent"
    before = page.evaluate(step)
    page.keyboard.press("ArrowRight")
    page.evaluate(TWO_FRAMES)
    assert page.evaluate(step) != before
    there = focus(visited)
    assert (there["control"], there["cell"]) == ("pad", NAMES.index("sequence") + 1)


def test_control_enter_runs_the_widgets_cell_and_stays(visited, widget):
    index = NAMES.index("forecast") + 1
    widget("forecast").locator("input[data-name=truth]").click()
    before = focus(visited)
    visited.page.keyboard.press("Control+Enter")
    visited.page.wait_for_function(
        "([index, count]) => { const { model } = jupyterapp.shell.currentWidget.content"
        ".widgets[index]; return model.executionCount > count; }",
        arg=[index, before["runs"][index]],
    )
    assert focus(visited)["cell"] == index


def test_the_notebook_is_saved_from_inside_a_widget(visited, widget):
    page = visited.page
    slider = widget("gate").locator("input[data-name=x_0]")
    visited.page.evaluate(
        "() => { jupyterapp.shell.currentWidget.content.widgets[0].model.sharedModel.setSource('1 + 1'); }"
    )
    dirty = "() => jupyterapp.shell.currentWidget.context.model.dirty"
    assert page.evaluate(dirty)
    drag(slider)
    page.keyboard.press("Control+s")
    page.wait_for_function(f"() => !({dirty})()")
    assert focus(visited)["control"] == "x_0"
