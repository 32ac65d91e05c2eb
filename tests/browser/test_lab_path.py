"""A learner's first hour in JupyterLab: a copy of their own, predictions, claims and progress."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import nbformat
import pytest

from lstm_lessons import claims, progress
from lstm_lessons.workcopy import lay_all, read
from tests.browser.chromium import visit
from tests.browser.lab import open_notebook, server, soon, widgets_of

LESSONS = Path(__file__).parents[2] / "notebooks"
NAME = "00_start_here.ipynb"
ANSWER = "def new_memory(c, f, i, g):\n    return {}\n\n\nexercises.new_memory.check(new_memory)"
WRITE = """([index, source]) => {
    const cell = jupyterapp.shell.currentWidget.content.model.cells.get(index);
    cell.sharedModel.setSource(source);
}"""
ACTIVE = "(index) => jupyterapp.shell.currentWidget.content.activeCellIndex === index"
FOCUSED = "(selector) => document.activeElement.matches(selector)"
RAN = "() => jupyterapp.shell.currentWidget.content.widgets.map(({ model }) => model.executionCount)"
IDLE = "() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'"


@pytest.fixture(scope="module")
def started(browser, tmp_path_factory, repository_on_path):
    """Lesson 0, laid as a copy and open, as on a learner's machine; and the folder of it all."""
    folder = tmp_path_factory.mktemp("path")
    (folder / "scratch").mkdir()
    lay_all(LESSONS, folder / "work")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(claims.STRICT, "0")
        patch.setenv(progress.SETTING, str(folder / "progress.json"))
        with server(folder, folder / "scratch") as lab, visit(browser) as watched:
            yield open_notebook(watched.page, lab, f"work/{NAME}"), folder, lab
            watched.assert_quiet()


def place(notebook, text: str) -> int:
    """The index of the one code cell that holds a text."""
    [index] = [
        index
        for index, cell in enumerate(notebook.cells())
        if cell["cell_type"] == "code" and text in "".join(cell["source"])
    ]
    return index


def write(notebook, index: int, source: str) -> None:
    notebook.page.evaluate(WRITE, [index, source])


def test_the_path(started):
    """One test: each step needs those before it."""
    notebook, folder, _ = started
    assert not any(cell.get("outputs") for cell in notebook.cells()), "an answer stands there"

    # The first thing that runs is alive and in sight, and its task is done with a slider and two keys.
    page = notebook.page
    page.set_viewport_size({"width": 1280, "height": 800})
    for index in (1, 2):
        page.keyboard.press("Shift+Enter")
        page.wait_for_function(ACTIVE, arg=index)
    slider = page.locator("[data-name=x_0]")
    slider.wait_for()
    page.wait_for_function(IDLE)
    box = slider.bounding_box()
    assert box["y"] + box["height"] < 770, "x is below the first screen"
    slider.press("End")
    soon(lambda: notebook.evaluate("first.x"), [float(slider.get_attribute("max"))])
    for index in (2, 3):
        page.keyboard.press("Shift+Enter")
        page.wait_for_function(ACTIVE, arg=index)
    notebook.show(2).get_by_text("keep 0%: it has forgotten.").wait_for()

    # The contents lead to their sections, and all that is well with the machine is one line.
    contents = next(n for n, cell in enumerate(notebook.cells()) if "**Contents**" in "".join(cell["source"]))
    notebook.show(contents).get_by_role("link", name="Back to the cell").click()
    page.get_by_role("heading", name="Back to the cell").wait_for()

    # Farther down, too, what has just come alive is seen with what one turns, not pushed out at the top.
    explorer = place(notebook, "gate = Prediction(") + 2
    notebook.show(explorer - 1)
    for index in (explorer, explorer + 1):
        page.keyboard.press("Shift+Enter")
        page.wait_for_function(ACTIVE, arg=index)
    alive = page.locator(f".jp-Cell[data-windowed-list-index='{explorer}'] .ll-gate_explorer")
    alive.wait_for()
    soon(lambda: 80 < alive.bounding_box()["y"] < 300, True)
    page.wait_for_timeout(300)  # and it stays there
    assert 80 < alive.bounding_box()["y"] < 300

    # A prediction is clicked between its cell and the result.
    notebook.run_all()
    doctor = notebook.show(place(notebook, "doctor.examine()"))
    doctor.get_by_text("All is well: your machine can run every lesson.").wait_for()
    assert not doctor.locator("table").is_visible()
    [fading, *_] = [widget for widget in widgets_of(notebook) if widget.module == "prediction"]
    result = place(notebook, "fading.outcome")
    notebook.show(result).get_by_text("The answer: about an eighth (0.12).").wait_for()
    fading.root().get_by_role("button", name="about half").click()
    soon(lambda: fading.state()["chosen"], 0)

    # From inside the widget, Shift+Enter goes on: over notes and text, then to the cell with the result.
    for index in range(fading.cell + 1, result + 2):
        notebook.page.keyboard.press("Shift+Enter")
        notebook.page.wait_for_function(ACTIVE, arg=index)
    notebook.show(result).get_by_text("You predicted: about half.").wait_for()

    # The first invitation changes a number: a sentence is no longer true, says so, and all goes on.
    # The exercise below it is answered with a known mistake first.
    parameters = place(notebook, "forget_gate = 0.9 ")
    source = "".join(notebook.cells()[parameters]["source"])
    write(notebook, parameters, source.replace("forget_gate = 0.9 ", "forget_gate = 0.99 "))
    exercise = place(notebook, "exercises.new_memory.check(new_memory)")
    write(notebook, exercise, ANSWER.format("i * c + f * g"))
    notebook.run_all()
    shown = notebook.show(place(notebook, "left = forget_gate**steps"))
    shown.get_by_text("claim does not hold: less than a quarter is left [here: 0.8179]").wait_for()
    folded = shown.get_by_text("0.9 to the power 20 is about an eighth [here: 0.1216]")
    assert not folded.is_visible()
    shown.get_by_text("3 claims hold").click()
    folded.wait_for()
    notebook.show(result).get_by_text("You predicted: about half.").wait_for()

    write(notebook, exercise, ANSWER.format("f * c + i * g"))
    notebook.run_all()
    shown = notebook.show(place(notebook, "progress.show()"))
    shown.get_by_role("cell", name="swapped gates ×1").wait_for()
    shown.get_by_text("Right predictions: 0 of 1.").wait_for()
    noted = json.loads((folder / "progress.json").read_text())["exercises"]
    assert set(noted) == {"start_here.new_memory"}, "the lesson's own examples are not noted"

    # What was done is saved, and a newer lesson comes beside it.
    notebook.page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
    notebook.page.wait_for_function("() => !jupyterapp.shell.currentWidget.context.model.dirty")
    mine = (folder / "work" / NAME).read_bytes()
    copy = read(folder / "work" / NAME)
    assert copy.edited and copy.run and copy.laid
    assert read(folder / "work" / "01_gate_equations.ipynb").edited is False
    newer = nbformat.read(LESSONS / NAME, as_version=4)
    newer.cells[0].source += " once more"
    shutil.copytree(LESSONS / "images", folder / "newer" / "images")
    nbformat.write(newer, folder / "newer" / NAME)
    assert len(lay_all(folder / "newer", folder / "work")) == 1
    assert (folder / "work" / NAME).read_bytes() == mine
    assert (folder / "work" / "00_start_here_newer.ipynb").exists()


def test_a_whole_lesson_by_keyboard_alone(started):
    """Shift+Enter from the first cell to the last; Shift+Tab leads back into the widget above; an answer is typed."""
    _, folder, lab = started
    lay_all(LESSONS, folder / "again")
    (folder / "progress.json").unlink(missing_ok=True)
    notebook = open_notebook(started[0].page, lab, f"again/{NAME}")
    press, cells = notebook.page.keyboard.press, notebook.cells()
    steps = {place(notebook, "first = GateExplorer("): ("[data-name=x_0]", "End", "first.x")}
    steps[place(notebook, "fading = Prediction(")] = ("[data-name='answer 1']", "Enter", "fading.chosen")
    exercise = place(notebook, "exercises.new_memory.check(new_memory)")
    for index in range(len(cells)):
        notebook.page.wait_for_function(ACTIVE, arg=index)
        if index == exercise:
            for key in ("Enter", "ArrowDown", "End", *["Backspace"] * 3):
                press(key)
            notebook.page.keyboard.type("f * c + i * g")
        press("Shift+Enter")
        if index in steps:
            widget, key, told = steps[index]
            notebook.page.wait_for_function(ACTIVE, arg=index + 1)
            notebook.page.locator(widget).last.wait_for()
            notebook.page.wait_for_function(IDLE)
            for _ in range(30):
                press("Shift+Tab")
                if notebook.page.evaluate(FOCUSED, widget):
                    break
            before = notebook.evaluate(told)
            press(key)
            soon(lambda told=told, before=before: notebook.evaluate(told) != before, True)
            press("Shift+Enter")
            notebook.page.wait_for_function(ACTIVE, arg=index + 1)
    notebook.page.wait_for_function(IDLE)
    ran = notebook.page.evaluate(RAN)
    assert all(ran[n] for n, cell in enumerate(cells) if cell["cell_type"] == "code")
    said = {
        place(notebook, "keep = first.step()"): "it has forgotten",
        place(notebook, "fading.outcome"): "You predicted it.",
        exercise: "Correct",
        place(notebook, "progress.show()"): "Right predictions: 1 of 1.",
    }
    for index, text in said.items():
        notebook.show(index).get_by_text(text).first.wait_for()
