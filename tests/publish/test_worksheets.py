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
    assert worksheets.questions(lesson()) == [worksheets.Question("Is a = b?", ("<{2}", "3~"), "<{2}")]
    with pytest.raises(ValueError, match=r"outcome of 'Is a = b\?'; got 'other'"):
        worksheets.questions(lesson("other"))


def test_gift_escapes_what_has_a_meaning_in_it():
    assert worksheets.gift("A lesson", worksheets.questions(lesson())).split("\n\n") == [
        "$CATEGORY: LSTM Lessons/A lesson",
        "::01::[markdown]Is a \\= b? {\n=<\\{2\\}\n~3\\~\n}\n",
    ]


def test_gift_says_of_a_self_check_why_each_answer_is_right_or_wrong():
    source = 'SelfCheck("Is 1 = 2?", {"yes": "1 < 2.", "no": "#1"}, right="no")'
    notebook = new_notebook(cells=[TITLE, new_code_cell(f"import widgets\n\n{source}")])
    assert worksheets.self_checks(notebook) == [worksheets.Question("Is 1 = 2?", ("yes", "no"), "no", ("1 < 2.", "#1"))]
    assert worksheets.gift("A lesson", worksheets.self_checks(notebook)).split("\n\n")[1:] == [
        "::01::[markdown]Is 1 \\= 2? {\n~yes#1 < 2.\n=no#\\#1\n}\n"
    ]


def test_the_sheet_hides_what_the_key_marks(tmp_path):
    path = tmp_path / "01_lesson.ipynb"
    nbformat.write(lesson(), path)
    sheet, key, _ = (file.read_text() for file in worksheets.build([path], tmp_path / "out"))
    assert "☐ &lt;{2}" in sheet and "☒" not in sheet
    assert "☒ &lt;{2}" in key and "☐ 3~" in key


PENCIL = r"""Take a pencil.

$$
\begin{aligned}
z &= -1 \cdot 2 + 0.5 = -1.5 & i &= \sigma(-1.5) = 0.1824 \\
c &= 0.1824 \cdot 3 - 1 \cdot (-2) = 2.5472
\end{aligned}
$$

It keeps."""
PRINTED = "      one  two\n> a = 2  0.15  (4, 5)\nb : 1,200  3e-4\nclaim holds: all [here: 7]\n"


def tagged(cell):
    cell.metadata["tags"] = [worksheets.TAG]
    return new_notebook(cells=[TITLE, new_markdown_cell("## 3. By hand"), cell])


def test_a_pencil_step_has_lines_for_what_is_to_be_found_and_the_key_the_numbers():
    [blank] = worksheets.to_fill_in(tagged(new_markdown_cell(PENCIL)), key=False)
    [full] = worksheets.to_fill_in(tagged(new_markdown_cell(PENCIL)), key=True)
    assert blank.heading == "By hand" and "pencil" not in blank.formulas and "keeps" not in blank.formulas
    line = r"\underline{\hspace{3em}}"
    assert r"-1 \cdot 2 + 0.5 = LINE".replace("LINE", line) in blank.formulas
    assert r"\sigma(LINE) = LINE \\".replace("LINE", line) in blank.formulas
    assert r"LINE \cdot 3 - 1 \cdot (-2) = LINE".replace("LINE", line) in blank.formulas
    for number in ("0.5 = -1.5", "(-1.5) = 0.1824", r"0.1824 \cdot 3", "(-2) = 2.5472"):
        assert number in full.formulas and number not in blank.formulas


def test_a_printed_table_keeps_its_labels_and_the_key_its_numbers():
    cell = new_code_cell("show()", outputs=[new_output("stream", text=PRINTED)])
    [blank], [full] = (worksheets.to_fill_in(tagged(cell), key=key) for key in (False, True))
    assert full.rows == [["", "one", "two"], ["a = 2", "0.15", "(4, 5)"], ["b", "1,200", "3e-4"]]
    assert blank.rows == [["", "one", "two"], ["a = 2", "___", "(___, ___)"], ["b", "___", "___"]]


@pytest.mark.parametrize("cell", [new_markdown_cell("no formula"), new_code_cell("silent()")])
def test_a_cell_without_anything_to_fill_in_is_named(cell):
    with pytest.raises(ValueError, match="must hold formulas, or print numbers"):
        worksheets.to_fill_in(tagged(cell), key=False)


@pytest.mark.parametrize("path", form.LESSONS, ids=lambda path: path.stem)
def test_every_prediction_of_a_core_path_is_asked(path):
    notebook = nbformat.read(path, as_version=4)
    core = [cell.source for cell in notebook.cells if cell.cell_type == "code" and not is_deeper(cell)]
    written = sum(len(re.findall(r"^\w+ = Prediction\(", source, re.MULTILINE)) for source in core)
    found = worksheets.questions(notebook)
    assert len(found) == written > 0 and all(2 <= len(question.answers) <= 4 for question in found)


@pytest.mark.parametrize("path", form.LESSONS, ids=lambda path: path.stem)
def test_a_recap_ends_with_self_checks_that_fit_the_page_and_repeat_no_prediction(path):
    notebook = nbformat.read(path, as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and "SelfCheck(" in cell.source]
    assert all(cell.metadata.jupyter.source_hidden for cell in cells), "the source gives the answer away"
    asked = worksheets.self_checks(notebook)
    assert 2 <= len(asked) == len(cells) <= 4
    assert not {question.text for question in asked} & {question.text for question in worksheets.questions(notebook)}
    assert all(len(answer) <= 75 for question in asked for answer in question.answers), "the still has one line each"
    assert all(question.right in question.answers and all(question.explained) for question in asked)
    shown = [text for question in asked for text in (question.text, *question.answers, *question.explained)]
    assert not [text for text in shown if "`" in text or "$" in text], "a page shows these texts as they are"
    assert len({question.answers.index(question.right) for question in asked}) > 1, "it is the same place each time"
