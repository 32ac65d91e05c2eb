"""Every lesson in JupyterLab: what a learner sees before and after "Run All", and can move.

It is the lesson's second run, by papermill: solved, with another seed and other sizes. nbval has compared
its stored outputs at full size. Two files of tests share the lessons, so that two workers can.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import papermill
from papermill.engines import Engine, papermill_engines
from playwright.sync_api import expect

from lstm_lessons.authoring.notebooks import unwanted_outputs
from tests.browser.chromium import Visit
from tests.browser.hands import HANDS
from tests.browser.lab import SETTLED, Lab, Notebook, all_widgets, open_notebook, server, widgets_of
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


@contextlib.contextmanager
def solved_lessons(paths: Sequence[Path], folder: Path) -> Iterator[Lab]:
    """A server on these lessons, each as it is run a second time.

    Args:
        paths: of the lessons.
        folder: empty, to lay them in.
    """
    shutil.copytree(form.FOLDER, folder / "notebooks")
    (folder / "scratch").mkdir()
    for path in paths:
        write_solved(path, folder / "notebooks" / path.name)
    with server(folder / "notebooks", folder / "scratch") as running:
        yield running


def assert_twins_are_shown(notebook: Notebook) -> None:
    """Where a widget will be, a notebook that has not been run shows the widget's picture."""
    for index, cell in enumerate(notebook.cells()):
        for output in cell.get("outputs", ()):
            text = "".join(output.get("data", {}).get("text/html", ""))
            if "data-lstm-widget" not in text:
                continue
            picture = notebook.cell(index).locator("css:light=.jp-OutputArea img").first
            picture.wait_for()  # it is there before anybody scrolls to it, which would let every editor measure itself
            width, alt = picture.evaluate("async (image) => { await image.decode(); return [image.width, image.alt]; }")
            assert width > 300 and alt


def assert_notes_are_folded(notebook: Notebook) -> None:
    """A learner who runs the lesson sees of its first speaker notes whom they are for, no more."""
    slideshows = [cell["metadata"].get("slideshow") for cell in notebook.cells()]
    notes = notebook.show(slideshows.index({"slide_type": "notes"}))
    notes.locator("summary").wait_for()
    assert notes.inner_text().strip() == "For the teacher"


def assert_solved_lesson_holds_and_lives(watched: Visit, lab: Lab, path: Path) -> None:
    """The lesson holds with other parameters, and its widgets live; it is closed afterward."""
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
    if shown:
        expect(all_widgets(notebook)).to_have_count(len(shown), timeout=SETTLED)
        assert objections(all_widgets(notebook)) == []
    used = set()
    for widget in shown:
        hands = HANDS[widget.module](widget.root(), widget.state)
        assert "Error displaying widget" not in notebook.cell(widget.cell).inner_text()
        assert cut_off(hands.root) == []
        if widget.module in used:  # its controls have been moved in this lesson: see that its numbers are right
            hands.check()
        else:
            hands.use_everything()
            used.add(widget.module)
        watched.assert_quiet()
        print(f"cell {widget.cell}: {len(hands.used)} controls, off by {hands.worst:.1e}")
    notebook.close()
