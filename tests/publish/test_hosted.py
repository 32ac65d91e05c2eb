"""What Colab and Kaggle open begins with the install, and leads to copies of its kind."""

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from lstm_lessons.publish import hosted
from tests.notebooks import form


def lesson():
    cells = [
        new_markdown_cell("# 1. Gates\n\nNeeds [lesson 0](00_start_here.ipynb), [its end](00_start_here.ipynb#end)."),
        new_code_cell("1 + 1", execution_count=3, outputs=[new_output("stream", text="2")]),
        new_markdown_cell("[above](#1.-Gates), [elsewhere](https://example.org/a.ipynb)"),
    ]
    return new_notebook(cells=cells)


def test_a_copy_begins_with_the_install_and_has_no_results():
    given = lesson()
    title, install, code, _ = hosted.hosted(given, "someone/lessons").cells
    assert title.source.startswith("# 1. Gates")
    asked = '%pip install --quiet "lstm-lessons @ https://github.com/someone/lessons/archive/refs/heads/main.zip"'
    assert install.source.splitlines()[-1] == asked
    assert (code.outputs, code.execution_count) == ([], None)
    assert given.cells[1].outputs and len(given.cells) == 3  # the lesson itself is as it was


def test_links_to_lessons_lead_to_their_copies_and_others_stay():
    first, *_, last = hosted.hosted(lesson(), "someone/lessons").cells
    colab = "https://colab.research.google.com/github/someone/lessons/blob/hosted/00_start_here.ipynb"
    assert f"[lesson 0]({colab})" in first.source and f"[its end]({colab}#end)" in first.source
    assert last.source == lesson().cells[2].source


def test_a_picture_comes_from_the_repository():
    given = new_notebook(cells=[new_markdown_cell("# 0. Start"), new_markdown_cell("![arrows](images/course.svg)")])
    *_, shown = hosted.hosted(given, "someone/lessons").cells
    place = "https://raw.githubusercontent.com/someone/lessons/main/notebooks/images/course.svg?sanitize=true"
    assert shown.source == f"![arrows]({place})"


def test_the_copies_of_all_lessons_are_notebooks():
    for path in form.LESSONS:
        copy = hosted.hosted(nbformat.read(path, 4), "someone/lessons")
        nbformat.validate(copy)
        assert not any("](0" in cell.source or "](images/" in cell.source for cell in copy.cells)
