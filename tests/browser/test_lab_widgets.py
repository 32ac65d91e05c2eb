"""The widgets in JupyterLab, beside a kernel: both ways, and in the keyboard's hands.

Every control of every sample is moved once: here, or on a page without a kernel
(`tests/browser/test_twins.py`). Every control of each kind of widget is moved beside a kernel, too:
in the lessons (`tests/browser/lessons.py`).
"""

from __future__ import annotations

import json
import math
import time

import pytest

from lstm_lessons.palette import SYMBOLS
from tests.browser.hands import HANDS
from tests.browser.hands.base import PATIENCE, TWO_FRAMES
from tests.browser.lab import SCREENS, THEMES, all_widgets, turn, widgets_of
from tests.browser.looks import brightness, colliding_text, cut_off, objections, rgb
from tests.browser.samples import MOVED_IN_JUPYTERLAB, NAMES, cells

SECOND_VIEW = len(NAMES) + 1  # the cell that shows the last sample again
THROWER = """
import anywidget, traitlets

class Thrower(anywidget.AnyWidget):
    _esm = '''
    function render({ model, el }) {
        const button = document.createElement("button");
        button.textContent = "throw";
        button.onclick = () => { throw new Error("thrown by a click"); };
        el.append(button);
        model.on("change:x", () => { throw new Error("thrown by a change"); });
    }
    export default { render };
    '''
    x = traitlets.Int(0).tag(sync=True)

thrower = Thrower()
thrower
"""
FIGURES = """
import matplotlib.pyplot
from IPython.display import Math, display
from lstm_lessons import palette, plots

plots.symbols()
matplotlib.pyplot.plot([1, 2])
display(Math(palette.SYMBOLS["o"].tex))
"""


@pytest.fixture(scope="module")
def visited(open_cells):
    """A notebook with one widget per cell, open in JupyterLab, run; the visit and the notebook."""
    _, watched, notebook = open_cells([*cells(NAMES), f"w{len(NAMES) - 1}", THROWER, FIGURES], viewport=SCREENS[0])
    return watched, notebook


@pytest.fixture
def notebook(visited):
    """The notebook; the test must leave its page without an error."""
    watched, opened = visited
    watched.assert_quiet()
    yield opened
    watched.assert_quiet()


def hands_on(notebook, index: int):
    """Hands on the widget of cell `index`, which read its state from the kernel."""
    [found] = [widget for widget in widgets_of(notebook) if widget.cell == index]
    return HANDS[found.module](found.root(), found.state)


@pytest.mark.parametrize("index", range(1, len(NAMES) + 1), ids=NAMES)
def test_a_control_changes_the_numbers_as_torch_would_here_and_in_the_kernel(notebook, index):
    hands, name = hands_on(notebook, index), NAMES[index - 1]
    hands.check()
    if name in MOVED_IN_JUPYTERLAB:
        hands.use_everything()
    else:
        hands.touch()
    print(f"{name}: {len(hands.used)} controls, largest difference from torch {hands.worst:.1e}")


def test_python_moves_a_slider_and_a_slider_moves_python(notebook):
    hands = hands_on(notebook, 1)
    slider = hands.root.locator("input[data-name=x_0]")
    for value in (1.25, -2.0):
        hands.change(lambda v=value: notebook.execute(f"w0.x = [{v}]"), "explorer.x")
        assert float(slider.input_value()) == value
    hands.nudge(slider)
    assert _soon(lambda: notebook.evaluate("w0.x")) == [-1.95]
    hands.change(lambda: notebook.execute("w0.weights = {**w0.weights, 'b_ih': [0, 1, 2, 3]}"), "w")
    assert float(hands.root.locator("input[data-name=b_io_0]").input_value()) == 3


def test_the_playground_tells_python_what_it_has_learned(notebook):
    index = NAMES.index("playground") + 1
    hands = hands_on(notebook, index)
    hands.control("racer").select_option("1")
    for _ in range(3):
        hands.touch()
    networks = [item for item in hands.drawn() if item["symbol"] == "network"]
    weights = json.loads(networks[1]["weights"])
    parts = f"[p for part in w{index - 1}.to_torch() for p in part.parameters()]"
    told = f"[v for p in {parts} for v in p.flatten().tolist()]"
    deadline = time.monotonic() + PATIENCE
    while notebook.evaluate(told) != weights:
        assert time.monotonic() < deadline, "the kernel has not heard of the weights"
        time.sleep(0.2)
    hands.change(lambda: notebook.execute(f"w{index - 1}.task = 'parity'"), "the task from Python")
    assert hands.control("task").input_value() == "parity" and hands.updates() == 0


def test_a_late_echo_does_not_move_a_slider_back(notebook):
    hands = hands_on(notebook, 1)
    slider = hands.root.locator("input[data-name=W_io_0_0]")
    hands.root.locator("[data-action=reset]").click()
    hands.choose("o")
    hands.check()
    notebook.execute_later("import time; time.sleep(1.5)")
    start = hands.nudge(slider)
    notebook.page.wait_for_timeout(300)  # sent by now; its echo comes once the kernel has slept
    deadline, count = time.monotonic() + 3, 0
    while time.monotonic() < deadline and count < 60:
        assert math.isclose(hands.nudge(slider), start + 0.05 * (count + 1), abs_tol=1e-9)
        count += 1
        notebook.page.wait_for_timeout(30)  # so quick that nothing is sent in between
    state = hands.check()
    assert math.isclose(state["weights"]["w_ih"][3][0], start + 0.05 * count, abs_tol=1e-9)
    hands.choose("o")


def test_python_and_the_pad_share_the_input(notebook):
    hands = hands_on(notebook, 3)
    hands.change(lambda: notebook.execute("w2.xs = [0, 1, -0.5, 0.25]"), "explorer.xs")
    assert len(hands.found()["h", hands.cursor()["unit"], 0, 0]) == 4
    hands.draw_with_keys("0")
    xs = _soon(lambda: notebook.evaluate("w2.xs"), unless=[[0], [1], [-0.5], [0.25]])
    assert xs[1][0] != 1 and [xs[0], *xs[2:]] == [[0], [-0.5], [0.25]]
    hands.change(lambda: notebook.execute("w2.preset = 'counter'"), "explorer.preset")
    pressed = hands.root.locator("[data-preset][aria-pressed=true]").get_attribute("data-preset")
    assert pressed == "counter"


def test_arrow_keys_stay_in_the_widget(notebook):
    active = "() => jupyterapp.shell.currentWidget.content.activeCellIndex"
    for index in (1, 3):
        hands = hands_on(notebook, index)
        assert notebook.page.evaluate(active) == index
        control = hands.root.locator("input[type=range]:visible, [data-role=pad]").first
        for key in ("ArrowDown", "ArrowUp", "ArrowRight", "ArrowLeft", "Home", "End"):
            hands.press(control, key)
        assert notebook.page.evaluate(active) == index
        assert len(notebook.cells()) == len(NAMES) + 4


def test_a_second_view_follows_the_first(notebook):
    first, second = hands_on(notebook, SECOND_VIEW - 1), hands_on(notebook, SECOND_VIEW)
    second.check()
    before = second.look()
    first.touch()
    second.check()
    assert second.look() != before


def test_two_explorers_keep_their_own_numbers(notebook):
    notebook.execute("second = w0.__class__()")
    hands = hands_on(notebook, 1)
    before = notebook.evaluate("second.x")
    hands.nudge(hands.root.locator("input[data-name=x_0]"))
    hands.check()
    assert notebook.evaluate("second.x") == before


# To axe-core, what lies outside a body of no height that hides its overflow cannot be seen, and has no contrast.
SHELL = """(overflow) => {
    for (const part of document.querySelectorAll("body, .jp-LabShell"))
        part.style.setProperty("overflow", overflow, "important");
}"""
# Each sample on each screen, and each in both themes: neighbors take turns.
LOOKS = [(screen, theme) for screen in range(len(SCREENS)) for theme in range(len(THEMES))]


@pytest.mark.parametrize(
    ("screen", "theme"), LOOKS, ids=[f"{SCREENS[s]['width']}-{THEMES[t].split()[1]}" for s, t in LOOKS]
)
def test_a_widget_is_readable_in_jupyterlab(notebook, screen, theme):
    page = notebook.page
    page.set_viewport_size(SCREENS[screen])
    turn(page, THEMES[theme])
    try:
        for index, name in enumerate(NAMES, 1):
            if (index + screen + theme) % 2:
                continue
            root = notebook.show(index).locator("css:light=.lstm-lessons").first
            root.wait_for()
            page.evaluate(TWO_FRAMES)
            background = root.evaluate("(node) => getComputedStyle(node).backgroundColor")
            assert (background == "rgb(255, 255, 255)") is (theme == 0), name
            assert cut_off(root) == [], name
            assert colliding_text(root) == [], name
        if screen < 2:  # colors and labels are those of the other screens
            page.evaluate(SHELL, "visible")
            assert objections(all_widgets(notebook)) == []
    finally:
        page.evaluate(SHELL, "")
        turn(page, THEMES[0])
        page.set_viewport_size(SCREENS[0])


def test_our_figures_and_equations_follow_the_dark_theme_and_other_images_stay(notebook):
    cell = notebook.show(SECOND_VIEW + 2)
    ours, others = cell.locator("img").first, cell.locator("img").last
    letter = cell.locator("mjx-mstyle").last
    color = "(node) => getComputedStyle(node).color"
    light = [brightness(ours), brightness(others)]
    assert min(light) > 220 and letter.evaluate(color) == rgb(SYMBOLS["o"].color)
    turn(notebook.page, THEMES[1])
    try:
        assert brightness(ours) < 60 < 220 < brightness(others) == light[1]
        assert letter.evaluate(color) == rgb(SYMBOLS["o"].dark_color)
    finally:
        turn(notebook.page, THEMES[0])
    assert [brightness(ours), brightness(others)] == light


def test_a_callback_that_throws_is_seen(visited):
    watched, notebook = visited
    watched.assert_quiet()
    button = notebook.show(SECOND_VIEW + 1).get_by_role("button", name="throw")
    for provoke, says in [
        (button.click, "thrown by a click"),
        (lambda: notebook.execute("thrower.x = 1"), "thrown by a change"),
    ]:
        provoke()
        assert _soon(lambda: bool(watched.errors), unless=False)
        with pytest.raises(AssertionError, match=says):
            watched.assert_quiet()
        watched.take_errors()


def _soon(read, unless=None):
    """Read until two readings in a row agree, and are not `unless`."""
    deadline = time.monotonic() + PATIENCE
    last = read()
    while True:
        time.sleep(0.2)
        now = read()
        if (now == last and now != unless) or time.monotonic() > deadline:
            return now
        last = now
