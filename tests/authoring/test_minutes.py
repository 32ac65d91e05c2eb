"""The time that a lesson names is the time that it takes, by one count for all."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from lstm_lessons.authoring.minutes import HEADER, ROW, minutes, update

ROOT = Path(__file__).parents[2]
ROWS = {
    lesson: (int(told), int(seconds))
    for _, lesson, told, _, seconds, _ in ROW.findall((ROOT / "README.md").read_text())
}


def test_the_table_has_every_lesson():
    assert sorted(ROWS) == sorted(path.stem for path in (ROOT / "notebooks").glob("[0-9]*.ipynb"))


@pytest.mark.parametrize("lesson", ROWS)
def test_header_and_readme_name_the_time_that_is_needed(lesson):
    notebook = nbformat.read(ROOT / "notebooks" / f"{lesson}.ipynb", as_version=4)
    told, seconds = ROWS[lesson]
    named = [int(found) for cell in notebook.cells for _, found, _ in HEADER.findall(cell.source)]
    needed = minutes(notebook, seconds)
    assert named == [needed] and told == needed, "run `make format`"


def lesson_of(*cells):
    return nbformat.v4.new_notebook(cells=cells)


def test_what_counts_and_what_does_not():
    markdown, code = nbformat.v4.new_markdown_cell, nbformat.v4.new_code_cell
    prose = markdown("word " * 2000)
    assert minutes(lesson_of(prose), 0) == 10
    assert minutes(lesson_of(prose), 240) == 15
    exercise = markdown("### Exercise: one\n\n*Difficulty 2 of 3, about 7 minutes.* Do it.")
    assert minutes(lesson_of(prose, exercise), 0) == 20
    notes = markdown("<details><summary>For the teacher</summary>\n\n" + "word " * 2000 + "\n\n</details>")
    folded = code("x = 1\n" * 400, metadata={"jupyter": {"source_hidden": True}})
    assert minutes(lesson_of(prose, notes, folded), 0) == 10
    asked = code("q = Prediction('?', ['a', 'b'])", metadata={"jupyter": {"source_hidden": True}})
    assert minutes(lesson_of(prose, *[asked] * 4), 0) == 15
    assert minutes(lesson_of(prose, code("x = 1\n" * 75)), 0) == 15


def test_the_number_is_written_into_header_and_table(tmp_path):
    (tmp_path / "notebooks").mkdir()
    header = nbformat.v4.new_markdown_cell("**Time:** about 7 minutes.\n\n" + "word " * 2000)
    nbformat.write(lesson_of(header), tmp_path / "notebooks" / "01_a.ipynb")
    readme = tmp_path / "README.md"
    readme.write_text("| [1. A](notebooks/01_a.ipynb) | Why? | 7 min | 60 s |\n")
    update(tmp_path / "notebooks", readme)
    assert readme.read_text() == "| [1. A](notebooks/01_a.ipynb) | Why? | 15 min | 60 s |\n"
    assert "about 15 minutes" in (tmp_path / "notebooks" / "01_a.ipynb").read_text()
