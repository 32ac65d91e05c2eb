"""The second day: a lesson that was run and saved is opened again, and nothing runs yet."""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path

import pytest

from lstm_lessons import lab as settings
from tests.browser.chromium import visit
from tests.browser.lab import SCREENS, open_notebook, shut_kernels
from tests.browser.samples import cells

KINDS = (
    *("gate", "sequence labels", "shape", "microscope", "dropout"),
    *("forecast", "phrase", "playground", "quantization", "timeline", "training", "translation"),
)
# What changes a control, by its type: all of them move with one key.
KEYS = {"range": "ArrowRight", "number": "ArrowUp", "checkbox": "Space", "select-one": "ArrowDown"}


def test_the_settings_are_where_jupyterlab_looks():
    installed = Path(sys.prefix, settings.FOLDER, "lstm-lessons.json")
    ours = Path(settings.__file__).with_name("lstm-lessons.json")
    assert json.loads(installed.read_text()) == json.loads(ours.read_text()), (
        "the package was installed before its settings changed: python -m lstm_lessons.lab"
    )


def test_the_settings_are_copied_into_an_environment_and_a_wheel_takes_them_to_the_same_place(tmp_path):
    there = settings.install(tmp_path)
    assert there == tmp_path / settings.FOLDER / "lstm-lessons.json" and there.is_file()
    project = tomllib.loads(Path(settings.__file__).parents[2].joinpath("pyproject.toml").read_text())
    files = project["tool"]["setuptools"]["data-files"]
    assert files == {settings.FOLDER: ["lstm_lessons/lab/lstm-lessons.json"]}


@pytest.fixture(scope="module")
def reopened(browser, open_cells):
    """One widget a cell: run on one screen, saved, its kernel shut down, and opened on a narrow one."""
    lab, first, opened = open_cells(cells(KINDS))
    for index in range(1, len(KINDS) + 1):
        opened.show(index).locator("css:light=.lstm-lessons").first.wait_for()
    first.page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
    first.page.wait_for_function("() => !jupyterapp.shell.currentWidget.context.model.dirty")
    first.page.close()
    shut_kernels(lab)
    assert "widgets" in json.loads((lab.root / "cells.ipynb").read_text())["metadata"]
    with visit(browser, viewport=SCREENS[2]) as second:
        yield second, open_notebook(second.page, lab, "cells.ipynb")
        second.assert_quiet()


@pytest.mark.parametrize("index", range(1, len(KINDS) + 1), ids=KINDS)
def test_a_widget_lives_again_without_a_run(reopened, index):
    _, notebook = reopened
    assert not any(cell.get("execution_count") is None for cell in notebook.cells())
    root = notebook.show(index).locator("css:light=.lstm-lessons").first
    root.wait_for(timeout=30_000)
    control = root.locator("css:light=input:not([type=text]), select").first
    if not control.count():  # an area that is a slider to the keyboard is all there is
        control = root.locator("css:light=[role=slider]").first
    before = root.evaluate("(node) => node.outerHTML")
    control.press(KEYS.get(control.evaluate("(node) => node.type"), "ArrowUp"))
    notebook.page.wait_for_timeout(100)
    assert root.evaluate("(node) => node.outerHTML") != before
    assert "Error displaying widget" not in notebook.show(index).inner_text()
