"""Every lesson in JupyterLab: what a learner sees before and after "Run All", and can move."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

from lstm_lessons.claims import STRICT
from tests.browser.chromium import visit
from tests.browser.hands import HANDS
from tests.browser.lab import open_notebook, server, shut_kernels, widgets_of
from tests.browser.looks import cut_off, objections
from tests.notebooks import form
from tests.notebooks.test_reruns import OTHER_PARAMETERS, SEED_IN_LAB

FOLDER = Path(__file__).parents[2] / "notebooks"
# Sizes at which a lesson that trains says nothing. Two other runs check its claims; here its widgets matter.
TINY = {
    "02_manual_cell": {"steps": 30, "updates": 60, "networks": 2, "ablation_updates": 40, "start_networks": 2},
    "03_nn_lstm": {"networks": 2, "updates": 40, "epochs": 1, "readers": 6, "per_digit": 20},
    "04_bidirectional_lstm": {"networks": 1, "epochs": 1, "per_digit": 40, "repeats": 2},
    "05_regularization": {"per_digit": 8, "epochs": 4, "networks": 2},
    "07_temperature_forecasting": {"networks": 1, "committee": 2, "epochs": 1, "borders": ["2013-11-06"]},
    "08_text_classification": {"networks": 2, "units": 8, "epochs": 1, "short": 1},
    "09_deployment": {"texts": 1500, "epochs": 1, "rounds": 2, "starts": 1},
    "10_language_model": {"order": 6, "units": 32, "epochs": 1},
    "11_translation": {"networks": 1, "updates": 40, "short": 30, "tried": 20},
    "12_speech": {"updates": 40, "tested": 20},
    "13_finance": {"networks": 2, "epochs": 1, "borders": ["2011-01-01", "2014-01-01"]},
}
NOTEBOOKS = sorted(path.name for path in FOLDER.glob("*.ipynb"))


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A server on a copy of the lessons, with a seed of their own and sizes that are small, or tiny.

    nbval runs them at full size. Here, too, every claim of the prose must hold, except in a
    lesson that is made tiny.
    """
    folder = tmp_path_factory.mktemp("lessons")
    shutil.copytree(FOLDER, folder / "notebooks")
    for path in (folder / "notebooks").glob("*.ipynb"):
        others = (OTHER_PARAMETERS | TINY)[path.stem] | {"seed": SEED_IN_LAB}
        stored = load_notebook_node(str(path))
        assert set(others) <= set(form.parameters(stored)), path.stem
        lesson = parameterize_notebook(stored, others)
        if path.stem in TINY:
            lesson.cells.insert(0, nbformat.v4.new_code_cell(f"%env {STRICT}=0"))
        nbformat.write(lesson, path)
    (folder / "scratch").mkdir()
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


@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_lesson_runs_and_its_widgets_live(browser, lab, name):
    with visit(browser) as watched:
        notebook = open_notebook(watched.page, lab, name)
        assert not notebook.trusted(), "a fresh clone is not trusted, and must be fine so"
        assert_twins_are_shown(notebook)
        watched.assert_quiet()

        notebook.run_all(seconds=600)
        assert_notes_are_folded(notebook)
        shown = widgets_of(notebook)
        assert shown or name not in ("01_gate_equations.ipynb", "02_manual_cell.ipynb")
        used = set()
        for widget in shown:
            hands = HANDS[widget.module](widget.root(), widget.state)
            assert "Error displaying widget" not in notebook.show(widget.cell).inner_text()
            assert cut_off(hands.root) == []
            assert objections(hands.root) == []
            if widget.module in used:  # its controls have been moved in this lesson: see that its numbers are right
                hands.check()
            else:
                hands.use_everything()
                used.add(widget.module)
            watched.assert_quiet()
            print(f"cell {widget.cell}: {len(hands.used)} controls, off by {hands.worst:.1e}")
    shut_kernels(lab)
