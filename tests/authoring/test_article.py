"""The table of what the article says: made from the lessons' tags, and up to date."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest

from lstm_lessons.authoring import article

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def test_lesson_0_shows_todays_table_with_every_statement():
    cells = nbformat.read(NOTEBOOKS / "00_start_here.ipynb", as_version=4).cells
    (shown,) = (cell.source for cell in cells if article.TABLE in cell.metadata.get("tags", []))
    assert shown == article.table(NOTEBOOKS), "run `make format`"
    assert all(statement.said in shown for statement in article.STATEMENTS.values())


def test_a_tag_that_moves_moves_its_row(tmp_path):
    for path in NOTEBOOKS.glob("[0-9]*.ipynb"):
        shutil.copy(path, tmp_path)
    path = tmp_path / "09_deployment.ipynb"
    notebook = nbformat.read(path, as_version=4)
    (cell,) = (cell for cell in notebook.cells if "article:int8" in cell.metadata.get("tags", []))
    cell.source = cell.source.replace("## 4. Eight bits", "## 5. Eight bits")
    nbformat.write(notebook, path)
    article.update(tmp_path)
    cells = nbformat.read(tmp_path / "00_start_here.ipynb", as_version=4).cells
    assert any("[9](09_deployment.ipynb) § 5 |" in cell.source for cell in cells)
    cell.metadata.tags.remove("article:int8")
    nbformat.write(notebook, path)
    with pytest.raises(ValueError, match="at fault: {'int8'}"):
        article.table(tmp_path)
