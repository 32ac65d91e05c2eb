"""An exercise in JupyterLab: three learners answer it, by keyboard and by "Run All"."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from lstm_lessons.authoring.notebooks import SOLUTION_BEGIN, exercise_name, goes_on_with
from lstm_lessons.workcopy import without_results
from tests.browser.chromium import visit
from tests.browser.lab import SCREENS, THEMES, open_notebook, server, shut_kernels, turn

LESSON = Path(__file__).parents[2] / "notebooks" / "02_manual_cell.ipynb"
STUB = None
RIGHT = """def lstm_step(x, state, W_ih, W_hh, b_ih, b_hh):
    h, c = state
    z = torch.cat([x, h], -1) @ torch.cat([W_ih, W_hh], -1).mT + (b_ih + b_hh)
    i, f, g, o = z.chunk(4, -1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c"""
WRONG = """def lstm_step(x, state, W_ih, W_hh, b_ih, b_hh):
    return state[0], state[1] + 1"""
OURS = "lstm_lessons.exercises.manual_cell.step"
LEARNERS = {
    "blank": (STUB, "Going on with ours: yours is not attempted yet.", OURS),
    "right": (RIGHT, "Going on with your `lstm_step`.", "__main__"),
    "wrong": (WRONG, "Going on with ours: yours is not right yet.", OURS),
}
SETUP, EXERCISE, SOLUTION, LINE = range(4)


def _work_copy(answer: str | None) -> nbformat.NotebookNode:
    """The cells of one exercise, as a learner has them, with an answer typed in."""
    lesson = without_results(nbformat.read(LESSON, as_version=4))
    setup = next(cell for cell in lesson.cells if "manual_cell as exercises" in cell.source)
    place = next(n for n, cell in enumerate(lesson.cells) if exercise_name(cell) == "lstm_step")
    lesson.cells = [setup, *lesson.cells[place : place + 3]]
    if answer:
        check = lesson.cells[EXERCISE].source.splitlines()[-1]
        lesson.cells[EXERCISE].source = f"{answer}\n\n\n{check}"
    return lesson


@pytest.fixture(scope="module")
def lab(tmp_path_factory, repository_on_path):
    folder = tmp_path_factory.mktemp("lab")
    (folder / "root").mkdir()
    (folder / "scratch").mkdir()
    for name, (answer, *_) in LEARNERS.items():
        nbformat.write(_work_copy(answer), folder / "root" / f"{name}.ipynb")
    with server(folder / "root", folder / "scratch") as running:
        yield running


@pytest.fixture(scope="module")
def page_of_lab(browser):
    with visit(browser, viewport=SCREENS[0]) as watched:
        yield watched


@pytest.fixture
def opened(page_of_lab, lab):
    """``opened("blank")``: that learner's notebook. It is closed afterward, and the page must have been quiet."""
    page_of_lab.take_errors()
    notebooks = []

    def show(learner: str):
        notebooks.append(open_notebook(page_of_lab.page, lab, f"{learner}.ipynb"))
        return notebooks[-1]

    yield show
    try:
        page_of_lab.assert_quiet()
    finally:
        for notebook in notebooks:
            notebook.close()
        shut_kernels(lab)


def _says(notebook) -> str:
    """What the line says that goes on."""
    return "".join("".join(o["text"]) for o in notebook.cells()[LINE]["outputs"]).strip()


def _run_by_keyboard(notebook) -> None:
    notebook.show(SETUP)
    notebook.page.evaluate("() => jupyterapp.shell.currentWidget.content.activate()")
    for _ in notebook.cells():
        notebook.page.keyboard.press("Shift+Enter")
    notebook.page.wait_for_function(
        "(index) => jupyterapp.shell.currentWidget.content.model.cells.get(index).outputs.length > 0", arg=LINE
    )
    notebook.page.keyboard.press("Escape")  # out of the new cell below the last


@pytest.mark.parametrize("learner", LEARNERS)
def test_the_lesson_goes_on_with_the_right_function_and_overwrites_no_answer(opened, learner):
    _, says, module = LEARNERS[learner]
    notebook = opened(learner)
    typed = notebook.cells()[EXERCISE]["source"]
    for run in (_run_by_keyboard, type(notebook).run_all, type(notebook).run_all):
        run(notebook)
        assert _says(notebook) == says
        assert notebook.evaluate("lstm_step.__module__") == module
        assert notebook.cells()[EXERCISE]["source"] == typed


def test_line_and_solution_stay_folded_until_somebody_opens_them(opened):
    notebook = opened("blank")
    assert goes_on_with(nbformat.from_dict(notebook.cells()[LINE])) == "lstm_step"
    for run in (lambda notebook: None, _run_by_keyboard):
        run(notebook)
        assert notebook.show(LINE).locator(".jp-InputPlaceholder").is_visible()
        solution = notebook.show(SOLUTION)
        assert "".join(notebook.cells()[SOLUTION]["source"]).startswith(SOLUTION_BEGIN)
        solution.locator("summary").wait_for()
        assert not solution.locator("pre").is_visible()
    solution.locator("summary").click()
    assert "z.chunk(4, dim=-1)" in solution.locator("pre").inner_text()


@pytest.mark.parametrize("theme", THEMES)
def test_a_card_shows_its_whole_table_where_there_is_room(opened, theme):
    notebook = opened("wrong")
    turn(notebook.page, theme)
    notebook.run_all()
    card = notebook.show(EXERCISE).locator("[role=status]")
    cut = "(part) => part.scrollWidth - part.clientWidth"
    assert card.locator("pre").evaluate(cut) <= 0
    assert "float64" in card.locator("pre").inner_text()
    assert card.locator("p code").last.inner_text() == "exercises.lstm_step.hint()"
