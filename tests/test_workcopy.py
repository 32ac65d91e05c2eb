"""Learners work on copies, and nothing that they typed is ever overwritten."""

from __future__ import annotations

import datetime
import json
import os
from pathlib import Path

import nbformat
import pytest

from lstm_lessons.authoring.notebooks import execute
from lstm_lessons.workcopy import digest_of, lay_all, main, without_results
from tests.notebooks import form

NAME = "01_gates.ipynb"


@pytest.fixture
def house(tmp_path):
    """A folder with `notebooks/` and one executed lesson in it."""
    (tmp_path / "notebooks" / "images").mkdir(parents=True)
    for name in ("a.png", "of_the_readme.png"):
        (tmp_path / "notebooks" / "images" / name).write_bytes(b"picture")
    write_lesson(tmp_path, "1 + 1")
    return tmp_path


def write_lesson(house: Path, *sources: str) -> None:
    cells = [nbformat.v4.new_markdown_cell("# Gates ![a](images/a.png)")]
    for source in sources:
        output = nbformat.v4.new_output("execute_result", {"text/plain": "2"}, execution_count=1)
        cells.append(nbformat.v4.new_code_cell(source, execution_count=1, outputs=[output]))
    notebook = nbformat.v4.new_notebook(cells=cells)
    nbformat.write(notebook, house / "notebooks" / NAME)


def lay(house: Path, *fresh: str) -> list[str]:
    return lay_all(house / "notebooks", house / "work", fresh)


def copies(house: Path) -> dict[str, list[str]]:
    """The sources of the code cells of every copy, by the copy's name."""
    return {path.name: sources(path) for path in sorted((house / "work").glob("*.ipynb"))}


def sources(path: Path) -> list[str]:
    cells = nbformat.read(path, as_version=4).cells
    return [cell.source for cell in cells if cell.cell_type == "code"]


def edit(house: Path, source: str, name: str = NAME) -> bytes:
    """Type into the first code cell of a copy; return the file that this makes."""
    path = house / "work" / name
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].source = source
    nbformat.write(notebook, path)
    return path.read_bytes()


def run(house: Path) -> None:
    """What running and saving in JupyterLab does to a copy."""
    path = house / "work" / NAME
    notebook = execute(nbformat.read(path, as_version=4), house)
    laid = nbformat.read(path, as_version=4).metadata  # which JupyterLab keeps
    notebook.metadata = laid | {"widgets": {"state": {}}, "language_info": {"name": "python"}}
    notebook.cells.append(nbformat.v4.new_code_cell(""))  # after Shift+Enter in the last cell
    for number, cell in enumerate(notebook.cells):
        cell.id, cell.metadata["collapsed"] = f"cell-{number}", False
    nbformat.write(notebook, path)


def date_of(path: Path) -> str:
    noon = datetime.datetime(1997, 11, 15, 12).timestamp()
    os.utime(path, (noon, noon))
    return "1997-11-15"


def test_a_copy_is_the_lesson_without_its_results(house):
    assert lay(house) == []
    copy = nbformat.read(house / "work" / NAME, as_version=4)
    nbformat.validate(copy)
    lesson = nbformat.read(house / "notebooks" / NAME, as_version=4)
    assert [(c.id, c.source, c.metadata) for c in copy.cells] == [(c.id, c.source, c.metadata) for c in lesson.cells]
    assert (copy.cells[1].outputs, copy.cells[1].execution_count) == ([], None)
    assert lesson.cells[1].outputs, "the lesson itself keeps its results"
    pictures = {path.name: path.read_bytes() for path in (house / "work" / "images").iterdir()}
    assert pictures == {"a.png": b"picture"}


def test_a_copy_that_is_there_is_left_as_it_is(house):
    lay(house)
    before = (house / "work" / NAME).stat().st_mtime_ns
    assert lay(house) == []
    assert (house / "work" / NAME).stat().st_mtime_ns == before


def test_a_copy_that_nobody_touched_follows_the_lesson_silently(house):
    lay(house)
    write_lesson(house, "1 + 1", "2 + 2")
    assert lay(house) == []
    assert copies(house) == {NAME: ["1 + 1", "2 + 2"]}


def test_an_edited_copy_stays_and_a_newer_lesson_comes_beside_it(house, monkeypatch):
    monkeypatch.setenv("MAKELEVEL", "1")
    lay(house)
    mine = edit(house, "my answer")
    assert lay(house) == [], "the lesson is the one that was laid"
    write_lesson(house, "2 + 2")
    (told,) = lay(house)
    assert told == (
        "01_gates.ipynb is yours and stays as it is; a newer lesson is beside it, "
        "01_gates_newer.ipynb (to begin anew with it: make lab FRESH=01)"
    )
    assert (house / "work" / NAME).read_bytes() == mine
    assert copies(house) == {NAME: ["my answer"], "01_gates_newer.ipynb": ["2 + 2"]}
    assert lay(house) == [told]
    assert len(copies(house)) == 2


@pytest.mark.parametrize(
    "python, said", [(".venv/bin/python", str(Path(".venv/bin/python"))), ("../elsewhere/python", "python")]
)
def test_without_make_the_command_to_begin_anew_is_pythons(house, monkeypatch, python, said):
    monkeypatch.delenv("MAKELEVEL", raising=False)
    monkeypatch.chdir(house)
    monkeypatch.setattr("sys.executable", os.path.abspath(python))
    lay(house)
    edit(house, "my answer")
    write_lesson(house, "2 + 2")
    assert lay(house)[0].endswith(f"(to begin anew with it: {said} -m lstm_lessons.workcopy 01)")


def test_the_newer_lesson_follows_too_until_it_is_edited(house):
    lay(house)
    edit(house, "my answer")
    for lesson in ("2 + 2", "3 + 3"):
        write_lesson(house, lesson)
        lay(house)
        assert copies(house) == {NAME: ["my answer"], "01_gates_newer.ipynb": [lesson]}
    edit(house, "my other answer", "01_gates_newer.ipynb")
    write_lesson(house, "4 + 4")
    (told,) = lay(house)
    assert "01_gates_newer_2.ipynb" in told
    assert list(copies(house).values()) == [["my answer"], ["my other answer"], ["4 + 4"]]


def test_a_copy_that_was_run_but_not_edited_is_set_aside_for_a_newer_lesson(house):
    lay(house)
    run(house)
    assert lay(house) == []
    ran = (house / "work" / NAME).read_bytes()
    day = date_of(house / "work" / NAME)
    write_lesson(house, "2 + 2")
    (told,) = lay(house)
    assert told == (f"01_gates.ipynb is a newer lesson; the older one, as you ran it, is 01_gates_{day}.ipynb")
    assert (house / "work" / f"01_gates_{day}.ipynb").read_bytes() == ran
    assert copies(house)[NAME] == ["2 + 2"]
    assert lay(house) == []


def test_beginning_anew_sets_everything_that_was_done_aside_with_its_date(house):
    lay(house)
    mine = edit(house, "my answer")
    write_lesson(house, "2 + 2")
    lay(house)
    day = date_of(house / "work" / NAME)
    assert lay(house, "01") == [f"01_gates.ipynb is now 01_gates_{day}.ipynb"]
    assert copies(house) == {NAME: ["2 + 2"], f"01_gates_{day}.ipynb": ["my answer"]}
    assert (house / "work" / f"01_gates_{day}.ipynb").read_bytes() == mine

    edit(house, "once more")
    date_of(house / "work" / NAME)
    lay(house, "01")
    assert copies(house)[f"01_gates_{day}_2.ipynb"] == ["once more"], "the same day"
    assert copies(house)[f"01_gates_{day}.ipynb"] == ["my answer"]


def test_beginning_anew_leaves_the_other_lessons(house):
    (house / "notebooks" / NAME).rename(house / "notebooks" / "02_cell.ipynb")
    write_lesson(house, "1 + 1")
    lay(house)
    edit(house, "mine")
    edit(house, "mine, too", "02_cell.ipynb")
    lay(house, "01")
    assert copies(house)["02_cell.ipynb"] == ["mine, too"]
    assert copies(house)[NAME] == ["1 + 1"]


def like(**changed):
    whole = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}
    return json.dumps(whole | changed).encode()


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"{", b"\xff\xfe", b"[]", b"{}", b'{"cells": []}', b"[" * 3000),
        *(like(nbformat=99), like(nbformat="x"), like(cells=5), like(cells=[3]), like(metadata=[])),
    ],
)
def test_a_copy_that_cannot_be_read_is_somebodys_and_stays(house, content):
    lay(house)
    (house / "work" / NAME).write_bytes(content)
    assert len(lay(house)) == 1
    assert (house / "work" / NAME).read_bytes() == content
    assert sources(house / "work" / "01_gates_newer.ipynb") == ["1 + 1"]


def test_a_notebook_that_was_put_there_by_hand_stays(house):
    (house / "work").mkdir()
    theirs = (house / "notebooks" / NAME).read_bytes()
    (house / "work" / NAME).write_bytes(theirs)
    assert "yours and stays" in lay(house)[0]
    assert (house / "work" / NAME).read_bytes() == theirs


def test_a_copy_that_was_thrown_away_comes_again(house):
    lay(house)
    (house / "work" / NAME).unlink()
    assert lay(house) == []
    assert copies(house) == {NAME: ["1 + 1"]}


def test_an_unknown_lesson_and_a_wrong_folder_are_said_and_nothing_is_laid(house, capsys, monkeypatch):
    monkeypatch.chdir(house)
    assert main(["7"]) == 1
    assert capsys.readouterr().err == "no lesson begins with '7'; there are: 01_gates\n"
    assert main([""]) == 1 and "no lesson begins with ''" in capsys.readouterr().err
    monkeypatch.chdir(house / "notebooks" / "images")
    assert main([]) == 1
    assert "no lessons in 'notebooks'" in capsys.readouterr().err
    assert not Path("work").exists() and not (house / "work").exists()


@pytest.mark.parametrize("path", form.LESSONS, ids=lambda path: path.stem)
def test_every_lesson_can_be_laid(path):
    lesson = nbformat.read(path, as_version=4)
    copy = without_results(lesson)
    nbformat.validate(copy)
    assert digest_of(copy) == digest_of(lesson) == copy.metadata["lstm_lessons"]["laid"]
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in copy.cells)


def test_a_picture_that_is_not_there_is_named(house, monkeypatch, capsys):
    (house / "notebooks" / "images" / "a.png").unlink()
    monkeypatch.chdir(house)
    assert main([]) == 1
    assert "images/a.png" in capsys.readouterr().err
