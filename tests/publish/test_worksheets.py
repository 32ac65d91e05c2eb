"""Worksheets, keys and questions in GIFT come from the lessons' own predictions and results."""

import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from lstm_lessons.authoring.notebooks import is_deeper
from lstm_lessons.publish import worksheets
from tests.notebooks import form

TITLE = new_markdown_cell("# A lesson\n\n**Why?**")


def outcome(found):
    return new_output("display_data", {"text/html": f'<p data-lstm-outcome="q" data-found="{found}">it is</p>'})


def lesson(found="&lt;{2}"):
    asked = new_code_cell('first = Prediction("Is a = b?", {"<{2}": 1 / 2, "3~": 3})\nfirst')
    return new_notebook(cells=[TITLE, asked, new_code_cell("first.outcome(1 / 2)", outputs=[outcome(found)])])


def test_a_question_has_the_answer_that_the_lesson_found():
    assert worksheets.questions(lesson()) == [("Is a = b?", ("<{2}", "3~"), "<{2}")]
    with pytest.raises(ValueError, match=r"outcome of 'Is a = b\?'; got 'other'"):
        worksheets.questions(lesson("other"))


def test_gift_escapes_what_has_a_meaning_in_it():
    assert worksheets.gift("A lesson", worksheets.questions(lesson())).split("\n\n") == [
        "$CATEGORY: LSTM Lessons/A lesson",
        "::01::[markdown]Is a \\= b? {\n=<\\{2\\}\n~3\\~\n}\n",
    ]


def test_the_sheet_hides_what_the_key_marks(tmp_path):
    path = tmp_path / "01_lesson.ipynb"
    nbformat.write(lesson(), path)
    sheet, key, _ = (file.read_text() for file in worksheets.build([path], tmp_path / "out"))
    assert "☐ &lt;{2}" in sheet and "☒" not in sheet
    assert "☒ &lt;{2}" in key and "☐ 3~" in key


@pytest.mark.parametrize("path", form.LESSONS, ids=lambda path: path.stem)
def test_every_prediction_of_a_core_path_is_asked(path):
    notebook = nbformat.read(path, as_version=4)
    core = [cell.source for cell in notebook.cells if cell.cell_type == "code" and not is_deeper(cell)]
    written = sum(len(re.findall(r"^\w+ = Prediction\(", source, re.MULTILINE)) for source in core)
    found = worksheets.questions(notebook)
    assert len(found) == written > 0 and all(2 <= len(question.answers) <= 4 for question in found)
