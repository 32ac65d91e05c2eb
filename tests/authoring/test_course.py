"""The picture of the course: made from the lessons, and up to date."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import nbformat
import pytest

from lstm_lessons.authoring import course

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def test_the_stored_picture_is_todays():
    assert (NOTEBOOKS / course.PICTURE).read_text(encoding="utf-8") == course.picture(NOTEBOOKS), "run `make format`"


def test_each_lesson_stands_in_one_group_and_is_told_for_those_who_cannot_see():
    there = sorted(int(path.name[:2]) for path in NOTEBOOKS.glob("[0-9]*.ipynb"))
    assert sorted(n for members in course.GROUPS.values() for n in members) == there
    cells = nbformat.read(NOTEBOOKS / "00_start_here.ipynb", as_version=4).cells
    (told,) = re.findall(r"!\[([^]]+)\]\(images/course\.svg\)", "\n".join(cell.source for cell in cells))
    assert sorted(set(map(int, re.findall(r"\d+", told)))) == there


def test_an_arrow_that_others_imply_is_left_out_and_one_backward_refused(tmp_path):
    def lesson(n: int, needs: str) -> None:
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(f"**You need:** {needs}")])
        nbformat.write(notebook, tmp_path / f"{n:02}_lesson.ipynb")

    lesson(0, "nothing")
    lesson(1, "[lesson 0](00_lesson.ipynb)")
    lesson(2, "[lesson 0](00_lesson.ipynb) and [lesson 1](01_lesson.ipynb)")
    assert course.needs(tmp_path) == {0: set(), 1: {0}, 2: {1}}
    lesson(1, "[lesson 2](02_lesson.ipynb)")
    with pytest.raises(ValueError, match=r"lesson 1 must need earlier lessons alone, got \[2\]"):
        course.needs(tmp_path)


def test_a_new_title_is_drawn(tmp_path):
    for path in NOTEBOOKS.glob("[0-9]*.ipynb"):
        shutil.copy(path, tmp_path)
    path = tmp_path / "00_start_here.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("[12. Speech]", "[12. A <voice>]"), encoding="utf-8")
    (tmp_path / "images").mkdir()
    course.update(tmp_path)
    drawn = (tmp_path / course.PICTURE).read_text(encoding="utf-8")
    assert "12.\u00a0A &lt;voice&gt;" in drawn and "Speech" not in drawn
