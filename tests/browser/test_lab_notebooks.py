"""Every lesson in JupyterLab: what a learner sees before and after "Run All", and can move.

It is the lesson's second run, by papermill: solved, with another seed and other sizes. nbval has compared
its stored outputs at full size.
"""

from __future__ import annotations

import shutil

import papermill
import pytest
from papermill.engines import Engine, papermill_engines

from lstm_lessons.authoring.notebooks import unwanted_outputs
from tests.browser.chromium import visit
from tests.browser.hands import HANDS
from tests.browser.lab import Notebook, open_notebook, server, shut_kernels, widgets_of
from tests.browser.looks import cut_off, objections
from tests.notebooks import form
from tests.notebooks.test_reruns import write_solved

SECONDS = 900  # of a whole lesson, on a busy machine


class InJupyterLab(Engine):
    """papermill's notebook is run where a page has it open; page and kernel live on."""

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, *, opened: Notebook, **options):
        opened.run_all(SECONDS)
        for cell, ran in zip(nb_man.nb.cells, opened.document().cells, strict=True):
            assert cell.source == ran.source, "another notebook is open"
            cell |= {key: ran[key] for key in ("outputs", "execution_count") if key in ran}


papermill_engines.register("jupyterlab", InJupyterLab)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A server on the lessons, each as it is run a second time."""
    folder = tmp_path_factory.mktemp("lessons")
    shutil.copytree(form.FOLDER, folder / "notebooks")
    (folder / "scratch").mkdir()
    for path in form.LESSONS:
        write_solved(path, folder / "notebooks" / path.name)
    with server(folder / "notebooks", folder / "scratch") as running:
        yield running


def assert_twins_are_shown(notebook) -> None:
    """Where a widget will be, a notebook that has not been run shows the widget's picture."""
    for index, cell in enumerate(notebook.cells()):
        for output in cell.get("outputs", ()):
            text = "".join(output.get("data", {}).get("text/html", ""))
            if "data-lstm-widget" not in text:
                continue
            picture = notebook.show(index).locator(".jp-OutputArea img").first
            picture.wait_for()
            width, alt = picture.evaluate("async (image) => { await image.decode(); return [image.width, image.alt]; }")
            assert width > 300 and alt


def assert_notes_are_folded(notebook) -> None:
    """A learner who runs the lesson sees of its first speaker notes whom they are for, no more."""
    slideshows = [cell["metadata"].get("slideshow") for cell in notebook.cells()]
    notes = notebook.show(slideshows.index({"slide_type": "notes"}))
    notes.locator("summary").wait_for()
    assert notes.inner_text().strip() == "For the teacher"


@pytest.fixture(scope="module")
def page_of_lab(browser, lab):
    with visit(browser) as watched:
        yield watched


@pytest.fixture
def watched(page_of_lab, lab):
    """A quiet page for one lesson, in which the lessons before it have been closed."""
    page_of_lab.take_errors()
    yield page_of_lab
    shut_kernels(lab)


@pytest.mark.timeout(SECONDS + 600)
@pytest.mark.parametrize("path", form.LESSONS, ids=lambda path: path.stem)
def test_a_solved_lesson_holds_with_other_parameters_and_its_widgets_live(watched, lab, path):
    notebook = open_notebook(watched.page, lab, path.name)
    assert not notebook.trusted(), "a fresh clone is not trusted, and must be fine so"
    assert_twins_are_shown(notebook)
    watched.assert_quiet()

    executed = papermill.execute_notebook(
        lab.root / path.name, None, engine_name="jupyterlab", progress_bar=False, opened=notebook
    )
    assert list(unwanted_outputs(executed)) == []
    assert_notes_are_folded(notebook)
    shown = widgets_of(notebook)
    assert shown or path.stem not in ("01_gate_equations", "02_manual_cell")
    used = set()
    for widget in shown:
        hands = HANDS[widget.module](widget.root(), widget.state)
        assert "Error displaying widget" not in notebook.cell(widget.cell).inner_text()
        assert cut_off(hands.root) == []
        assert objections(hands.root) == []
        if widget.module in used:  # its controls have been moved in this lesson: see that its numbers are right
            hands.check()
        else:
            hands.use_everything()
            used.add(widget.module)
        watched.assert_quiet()
        print(f"cell {widget.cell}: {len(hands.used)} controls, off by {hands.worst:.1e}")
    notebook.close()
