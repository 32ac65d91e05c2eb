"""What a teacher hands out beside a lesson: ``make worksheets`` writes three files for each into ``build/worksheets``.

A sheet to print with the predictions of the lesson's core path, to be filled in before each result shows; its key; and
the same questions in GIFT, which Moodle and other platforms import, followed by the recap's self-checks with what is
said to each answer. All come from the lesson itself: the questions from its `Prediction` cells, the right answers from
the stored results of `outcome`, both from its `SelfCheck` cells. A cell tagged ``worksheet`` adds what it holds with
blanks for its numbers: a text its formulas, code the table that it printed.
"""

import argparse
import ast
import html
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from nbconvert.filters import markdown2html
from nbformat import NotebookNode

from lstm_lessons.authoring.notebooks import is_deeper, lessons
from lstm_lessons.files import exit_code
from lstm_lessons.publish import pages

_OUTCOME = re.compile(r"^ *(?:display\()?(\w+)\.outcome\(", re.MULTILINE)
_FOUND = re.compile(r'data-found="([^"]*)"')
TAG = "worksheet"
_HEADING = re.compile(r"^##+ (?:\d+\. )?(.+)$", re.MULTILINE)
_FORMULAS = re.compile(r"\$\$.+?\$\$", re.DOTALL)
_RESULT = re.compile(  # what a step gives, what a gate takes of it, and any number with many digits
    r"(?<== )-?[\d.]+(?= *(?:&|\\\\|$))|(?:(?<=\\sigma\()|(?<=\\tanh\())-?[\d.]+(?=\))|\d\.\d{3,}", re.MULTILINE
)
_LINE = r"\underline{\hspace{3em}}"
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:[.,]\d+)*(?:e[-+]?\d+)?")
_COLUMN = re.compile(r" *: +| {2,}")
_SPECIAL = re.compile(r"([~=#{}:\\])")  # what GIFT gives a meaning


class Question(NamedTuple):
    """A prediction of a lesson, or a self-check of its recap."""

    text: str
    answers: tuple[str, ...]
    right: str
    explained: tuple[str, ...] = ()  #: what is said to each answer; empty for a prediction.


class Blanks(NamedTuple):
    """Something to fill in."""

    heading: str
    formulas: str  #: HTML with LaTeX in it; empty for a table.
    rows: list[list[str]]  #: of a table, each with its label first; empty for formulas.


def to_fill_in(lesson: NotebookNode, *, key: bool) -> list[Blanks]:
    """What the cells tagged ``worksheet`` hold, with blanks for its numbers, or with the numbers for the key.

    Raises:
        ValueError: if such a cell has no formula, or printed no number.
    """
    heading, found = "", []
    for cell in lesson.cells:
        if cell.cell_type == "markdown":
            heading = (_HEADING.findall(cell.source) or [heading])[-1]
        if TAG not in cell.metadata.get("tags", []):
            continue
        if cell.cell_type == "markdown":
            formulas = _FORMULAS.findall(cell.source)
            shown = formulas if key else [_RESULT.sub(lambda _: _LINE, formula) for formula in formulas]
            blanks = Blanks(heading, markdown2html("\n\n".join(shown)) if formulas else "", [])
        else:
            printed = "".join(output.text for output in cell.outputs if output.output_type == "stream")
            blanks = Blanks(heading, "", _table(printed, key=key))
        if not blanks.formulas and not blanks.rows:
            raise ValueError(f"a cell tagged {TAG} must hold formulas, or print numbers; got {cell.source!r:.60}")
        found.append(blanks)
    return found


def _table(printed: str, *, key: bool) -> list[list[str]]:
    """The lines that a cell printed, as rows of equal length; their numbers are blanks, but in the first column."""
    lines = [line.strip("> ") for line in printed.splitlines() if line.strip() and not line.startswith("claim ")]
    rows = [_COLUMN.split(line) for line in lines]
    width = max(map(len, rows), default=0)
    rows = [
        [""] * (width - len(row)) + row if not _NUMBER.search(line) else row + [""] * (width - len(row))
        for row, line in zip(rows, lines, strict=True)
    ]
    if not any(_NUMBER.search(cell) for _, *cells in rows for cell in cells):
        return []
    return rows if key else [[label, *(_NUMBER.sub("___", cell) for cell in cells)] for label, *cells in rows]


def questions(lesson: NotebookNode) -> list[Question]:
    """The predictions of an executed lesson's core path, in their order.

    Raises:
        ValueError: if a question has no stored outcome that is one of its answers.
    """
    asked: dict[str, tuple[str, tuple[str, ...]]] = {}
    found: dict[str, str] = {}
    for cell in lesson.cells:
        if cell.cell_type != "code" or is_deeper(cell):
            continue
        asked |= {name: (text, answers) for name, text, answers in _asked(cell.source)}
        results = _FOUND.findall("".join(output.get("data", {}).get("text/html", "") for output in cell.outputs))
        found |= zip(_OUTCOME.findall(cell.source), map(html.unescape, results), strict=False)
    for name, (text, answers) in asked.items():
        if found.get(name) not in answers:
            raise ValueError(f"lesson must hold the outcome of {text!r}; got {found.get(name)!r}")
    return [Question(text, answers, found[name]) for name, (text, answers) in asked.items()]


def _asked(source: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Name, question and answers of each ``name = Prediction(question, answers)``."""
    for line in _lines_with("Prediction", source):
        if isinstance(line, ast.Assign):
            text, answers = line.value.args
            given = answers.keys if isinstance(answers, ast.Dict) else answers.elts
            yield line.targets[0].id, ast.literal_eval(text), tuple(map(ast.literal_eval, given))


def self_checks(lesson: NotebookNode) -> list[Question]:
    """The questions of each ``SelfCheck(question, answers, right=...)``, in their order."""
    found = []
    for cell in lesson.cells:
        for line in _lines_with("SelfCheck", cell.source) if cell.cell_type == "code" else ():
            text, answers = map(ast.literal_eval, line.value.args)
            [right] = [ast.literal_eval(keyword.value) for keyword in line.value.keywords]
            found.append(Question(text, tuple(answers), right, tuple(answers.values())))
    return found


def _lines_with(name: str, source: str) -> Iterator[ast.stmt]:
    """The statements whose value is a call of that name."""
    for line in ast.parse(source).body if f"{name}(" in source else ():
        if getattr(getattr(getattr(line, "value", None), "func", None), "id", "") == name:
            yield line


def gift(title: str, asked: Sequence[Question]) -> str:
    """Questions in GIFT: https://docs.moodle.org/en/GIFT_format."""
    parts = [f"$CATEGORY: LSTM Lessons/{title.replace('/', '-')}"]
    for number, question in enumerate(asked, 1):
        answers = [f"{'=' if answer == question.right else '~'}{_escaped(answer)}" for answer in question.answers]
        if question.explained:
            answers = [f"{answer}#{_escaped(said)}" for answer, said in zip(answers, question.explained, strict=True)]
        parts.append("\n".join([f"::{number:02}::[markdown]{_escaped(question.text)} {{", *answers, "}"]))
    return "\n\n".join(parts) + "\n"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def build(paths: Sequence[Path], target: Path) -> list[Path]:
    """Write sheet, key and GIFT of each lesson into a folder.

    Raises:
        TypeError: if an argument is of another kind.
        FileNotFoundError: if there is no such notebook.
        ValueError: with the name of the lesson, if a question has no stored outcome; if the target holds the folder
            that you are in.
    """
    found, target = pages.notebooks_at(paths), pages.checked_target(target)
    page, texts = pages.template("worksheet.html.j2"), {}  # nothing is written before all are made
    for path, lesson in found.items():
        try:
            title, asked = pages.title_of(lesson), questions(lesson)
            leading = pages.question_of(lesson).replace("`", "")
            blanks = {key: to_fill_in(lesson, key=key) for key in (False, True)}
        except ValueError as error:
            raise ValueError(f"{path.name}: {error}") from error
        for key, name in ((False, f"{path.stem}.html"), (True, f"{path.stem}_key.html")):
            has_formulas = any(each.formulas for each in blanks[key])
            draw = pages.installed_file(*pages.MATHJAX).read_text(encoding="utf-8") if has_formulas else ""
            shown = {"title": title, "leading": leading, "questions": asked, "blanks": blanks[key]}
            texts[name] = page.render(**shown, key=key, mathjax=draw)
        texts[f"{path.stem}.gift"] = gift(title, asked + self_checks(lesson))
    target.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (target / name).write_text(text, encoding="utf-8")
    return [target / name for name in texts]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write those of the lessons named, or of all; the exit code."""
    parser = argparse.ArgumentParser(description="Write each lesson's worksheet, its key, and its questions in GIFT.")
    parser.add_argument("names", nargs="*", help="lessons, such as 01")
    given = parser.parse_args(arguments)
    return exit_code(lambda: print(*build(lessons(Path("notebooks"), given.names), Path("build/worksheets")), sep="\n"))


if __name__ == "__main__":
    sys.exit(main())
