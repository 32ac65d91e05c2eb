"""The second day: a lesson that was run and saved is opened again, and nothing runs yet."""

from __future__ import annotations

import json
import shutil
import sys
import tomllib
from pathlib import Path

import pytest
from playwright.sync_api import expect

from lstm_lessons import lab as settings
from tests.browser.chromium import visit
from tests.browser.lab import SCREENS, SETTLED, open_notebook, server, shut_kernels, soon, write_notebook
from tests.browser.samples import cells
from tests.notebooks import form

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


def test_the_layout_is_laid_once(tmp_path):
    settings.install(tmp_path)
    [laid] = Path(tmp_path, settings.WORKSPACES).iterdir()
    assert json.loads(laid.read_text())["data"] == settings.LAYOUT["data"]
    laid.write_text("mine")
    settings.install(tmp_path)
    assert laid.read_text() == "mine"
    makefile = Path(settings.__file__).parents[2].joinpath("Makefile").read_text()
    assert f"workspaces_dir=$(CURDIR)/$(VENV)/{settings.WORKSPACES}" in makefile


def test_the_names_of_all_lessons_are_whole(browser, tmp_path):
    names = [path.name for path in form.LESSONS]
    (tmp_path / "root").mkdir()
    for name in names:
        write_notebook(tmp_path / "root" / name, [])
    settings.install(tmp_path)
    (tmp_path / "scratch").mkdir()
    with server(tmp_path / "root", tmp_path / "scratch") as lab:
        for screen in SCREENS[:2]:  # each finds the layout as it is laid, not as JupyterLab saved it for the other
            shutil.copytree(tmp_path / settings.WORKSPACES, tmp_path / "scratch" / "workspaces", dirs_exist_ok=True)
            _assert_names_are_whole(browser, lab, names, screen)


def _assert_names_are_whole(browser, lab, names: list[str], screen: dict[str, int]) -> None:
    with visit(browser, viewport=screen) as watched:
        watched.page.goto(f"{lab.url}lab/tree/{names[0]}?token={lab.token}")
        watched.page.locator(".jp-NotebookPanel").wait_for(timeout=SETTLED)
        listed = watched.page.locator(".jp-DirListing-itemText")
        watched.page.wait_for_function("() => document.querySelector('#jp-left-stack').clientWidth > 280")
        cut = "(all) => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent)"
        expect(listed).to_have_count(len(names), timeout=SETTLED)
        assert listed.evaluate_all(cut) == []
        shut_kernels(lab)


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
    soon(lambda: root.evaluate("(node) => node.outerHTML") != before, True)
    assert "Error displaying widget" not in notebook.show(index).inner_text()
