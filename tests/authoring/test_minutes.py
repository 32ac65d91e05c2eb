"""The time that a lesson names is the time that it takes, by one count for all."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from lstm_lessons.authoring.minutes import HEADER, ROW, Minutes, minutes, update

ROOT = Path(__file__).parents[2]
CORE = 50  # minutes at most
ROWS = {
    lesson: (Minutes(int(core), int(deeper or 0)), int(seconds))
    for _, lesson, core, deeper, _, seconds in ROW.findall((ROOT / "README.md").read_text())
}


def test_the_table_has_every_lesson():
    assert sorted(ROWS) == sorted(path.stem for path in (ROOT / "notebooks").glob("[0-9]*.ipynb"))


@pytest.mark.parametrize("lesson", ROWS)
def test_header_and_readme_name_the_time_that_is_needed(lesson):
    notebook = nbformat.read(ROOT / "notebooks" / f"{lesson}.ipynb", as_version=4)
    told, seconds = ROWS[lesson]
    named = [
        Minutes(int(core), int(deeper or 0)) for cell in notebook.cells for core, deeper in HEADER.findall(cell.source)
    ]
    needed = minutes(notebook, seconds)
    assert named == [needed] and told == needed, "run `make format`"
    assert needed.core <= CORE, f"the core path takes {needed.core} minutes: mark sections Deeper"


def lesson_of(*cells):
    return nbformat.v4.new_notebook(cells=cells)


def test_what_counts_and_what_does_not():
    markdown, code = nbformat.v4.new_markdown_cell, nbformat.v4.new_code_cell
    prose = markdown("word " * 2000)
    assert minutes(lesson_of(prose), 0) == (10, 0)
    assert minutes(lesson_of(prose), 240) == (15, 0)
    exercise = markdown("### Exercise: one\n\n*Difficulty 2 of 3, about 7 minutes.* Do it.")
    assert minutes(lesson_of(prose, exercise), 0) == (20, 0)
    notes = markdown("<details><summary>For the teacher</summary>\n\n" + "word " * 2000 + "\n\n</details>")
    folded = code("x = 1\n" * 400, metadata={"jupyter": {"source_hidden": True}})
    assert minutes(lesson_of(prose, notes, folded), 0) == (10, 0)
    asked = code("q = Prediction('?', ['a', 'b'])", metadata={"jupyter": {"source_hidden": True}})
    assert minutes(lesson_of(prose, *[asked] * 4), 0) == (15, 0)
    assert minutes(lesson_of(prose, code("x = 1\n" * 75)), 0) == (15, 0)


def test_deeper_cells_are_counted_by_themselves_and_the_run_to_the_core_path():
    prose = nbformat.v4.new_markdown_cell("word " * 2000)
    beyond = nbformat.v4.new_markdown_cell("word " * 1000, metadata={"tags": ["deeper"]})
    needed = minutes(lesson_of(prose, beyond, beyond, beyond), 240)
    assert needed == (15, 15)
    assert needed.header() == "**Time:** about 15 minutes; the sections marked Deeper add 15"
    assert (needed.row(), Minutes(20, 0).row()) == ("15 + 15 min", "20 min")
    assert Minutes(20, 0).header() == "**Time:** about 20 minutes"


def test_the_number_is_written_into_header_and_table(tmp_path):
    (tmp_path / "notebooks").mkdir()
    header = nbformat.v4.new_markdown_cell("**Time:** about 7 minutes.\n\n" + "word " * 2000)
    beyond = nbformat.v4.new_markdown_cell("word " * 100, metadata={"tags": ["deeper"]})
    nbformat.write(lesson_of(header, beyond), tmp_path / "notebooks" / "01_a.ipynb")
    readme = tmp_path / "README.md"
    row = "| [1. A](notebooks/01_a.ipynb) | Why? | {} min | 60 s |\n"
    readme.write_text(row.format(7))
    for _ in range(2):  # what it wrote, it reads
        update(tmp_path / "notebooks", readme)
        assert readme.read_text() == row.format("15 + 5")
        written = (tmp_path / "notebooks" / "01_a.ipynb").read_text()
        assert "**Time:** about 15 minutes; the sections marked Deeper add 5.\\n" in written
