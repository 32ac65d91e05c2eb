"""Lessons to hand out: no teacher's notes, no results, and solutions that open when the teacher says.

``make student UNTIL=2026-12-24`` or ``WORD=…`` writes them into ``build/student``. With ``NBGRADER=1`` it lays a
course for nbgrader into ``build/nbgrader`` instead: each exercise is followed by a locked cell with points, which calls
`check`.

The lock is a hurdle, not a safe: `solution()` asks a cell near the top of the notebook, and a learner who skips that
cell, or reads the installed package, finds what it closes.
"""

import argparse
import contextlib
import datetime
import importlib
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from lstm_lessons import checks
from lstm_lessons.authoring.notebooks import NOTES_BEGIN, SOLUTION_BEGIN, exercise_name, lessons
from lstm_lessons.exercises._lock import digest_of
from lstm_lessons.files import exit_code
from lstm_lessons.publish import pages
from lstm_lessons.workcopy import KEY, lay_pictures, without_results

LOCKED = """\
# Run this, too. Our solutions open {when}.
from lstm_lessons.exercises import lock

lock({arguments})\
"""
_NOTES_TOLD = re.compile(r" A folded line \*For the teacher\* .+? keep them closed\.")  # lesson 0 says what they are
CLOSED = "*Our solution* opens {when}: `exercises.{name}.solution({word})`."
TEST = """\
# Your teacher's check, with a fresh copy of it. nbgrader puts this cell back before it grades.
from lstm_lessons.exercises import untouched

verdict = untouched("{lesson}").{name}.check({name})
assert verdict, verdict\
"""
CONFIG = """\
# Written by `make student NBGRADER=1`. In this folder: nbgrader generate_assignment {first}
import os

os.environ["LSTM_LESSONS_PROGRESS"] = "off"  # what is graded is nobody's progress on this machine
c = get_config()
c.CourseDirectory.course_id = "lstm-lessons"
c.ExecutePreprocessor.timeout = 300  # seconds for a cell; lessons train networks
"""


def lesson_of(path: Path) -> str:
    """The name of a lesson's exercises: its file's without the number."""
    return re.sub(r"^\d+_", "", path.stem)


def student(
    notebook: NotebookNode, lesson: str, *, until: str | None = None, word: str | None = None, nbgrader: bool = False
) -> NotebookNode:
    """A copy of a lesson for learners.

    Args:
        notebook: the lesson.
        lesson: the name of its exercises, such as ``"manual_cell"``; it travels in the copy's metadata.
        until: the day on which solutions open, such as ``"2026-12-24"``.
        word: what opens them; the copy holds its digest.
        nbgrader: whether each exercise gets a locked test cell. It is worth the exercise's difficulty in points.

    Raises:
        ValueError: if neither until nor word is given, until is no day, or word is blank.
        TypeError: if an argument is of another kind.
    """
    checks.kind("notebook", notebook, "a notebook", isinstance(notebook, NotebookNode))
    checks.text("lesson", lesson)
    checks.kind("nbgrader", nbgrader, "True or False", isinstance(nbgrader, bool))
    if word is not None and not checks.letters("word", word).strip():
        raise ValueError(f"word must hold a letter, got {checks.shown(word)}")
    digest = None if word is None else digest_of(word)
    when, arguments = _opens(until, digest)
    copy = without_results(notebook)
    copy.metadata[KEY] = {"lesson": lesson}
    closed = new_code_cell(LOCKED.format(when=when, arguments=arguments), id="lock")
    if nbgrader:
        closed.metadata["nbgrader"] = _role(f"{lesson}-lock")
    cells, name = [], ""
    for cell in copy.cells:
        if cell.source.startswith(NOTES_BEGIN):
            continue
        if cell.source.startswith(SOLUTION_BEGIN):
            said = '"…"' if word else ""
            cell = new_markdown_cell(CLOSED.format(when=when, name=name, word=said), id=cell.id, metadata=cell.metadata)
        cell.source = _NOTES_TOLD.sub("", cell.source)
        cells.append(cell)
        if asked := exercise_name(cell):
            name = asked
            if nbgrader:
                cells.append(_test(lesson, name))
    first = next((place for place, cell in enumerate(cells) if cell.cell_type == "code"), len(cells))
    cells.insert(first + 1, closed)  # lesson 0 says how many keys lead to its first cell
    copy.cells = cells
    return copy


def _opens(until: str | None, digest: str | None) -> tuple[str, str]:
    """In words when solutions open, and the arguments of `lock` that make it so."""
    if until is None and digest is None:
        raise ValueError("until or word must say when solutions open, got neither")
    if until is not None and not _is_day(checks.text("until", until)):
        raise ValueError(f"until must be a day such as 2026-12-24, got {until!r:.40}")
    ways = [f"on {until}"] * bool(until) + ["with your teacher's word"] * bool(digest)
    given = [f'until="{until}"'] * bool(until) + [f'digest="{digest}"'] * bool(digest)
    return " or ".join(ways), ", ".join(given)


def _is_day(text: str) -> bool:
    with contextlib.suppress(ValueError):
        return str(datetime.date.fromisoformat(text)) == text
    return False


def _role(grade_id: str, points: int | None = None) -> dict:
    """nbgrader's metadata, version 3, of a cell that it locks, and grades if there are points."""
    role = {"schema_version": 3, "grade_id": grade_id, "grade": points is not None, "locked": True}
    role |= {"solution": False, "task": False, "cell_type": "code"}
    return role if points is None else role | {"points": points}


def _test(lesson: str, name: str) -> NotebookNode:
    points = getattr(importlib.import_module(f"lstm_lessons.exercises.{lesson}"), name).difficulty
    return new_code_cell(
        TEST.format(lesson=lesson, name=name),
        id=f"test-{name}",
        metadata={"nbgrader": _role(f"{lesson}-{name}", points)},
    )


def build(paths: Sequence[Path], target: Path, *, nbgrader: bool = False, **opening: str | None) -> list[Path]:
    """Write the copies of lessons, and the pictures in them, into a folder.

    Args:
        paths: the lessons.
        target: the folder; with nbgrader the course's, which gets a ``source/<lesson>/`` for each.
        nbgrader: as for `student`.
        opening: ``until`` and ``word``, as for `student`.

    Raises:
        FileNotFoundError: if there is no such notebook.
        ValueError: as `student` does, or if the target holds the folder that you are in.
        TypeError: if an argument is of another kind.
    """
    found, target = pages.notebooks_at(paths), pages.checked_target(target)
    written = []
    for path, notebook in found.items():
        copy = student(notebook, lesson_of(path), nbgrader=nbgrader, **opening)
        folder = target / "source" / path.stem if nbgrader else target
        folder.mkdir(parents=True, exist_ok=True)
        written.append(folder / path.name)
        nbformat.write(copy, written[-1])
        lay_pictures(copy, path.parent, folder)
    if nbgrader:
        config = target / "nbgrader_config.py"
        config.write_text(CONFIG.format(first=next(iter(found)).stem), encoding="utf-8")
    return written


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the copies of the lessons named, or of all; the exit code."""
    parser = argparse.ArgumentParser(description="Write the lessons for learners.")
    parser.add_argument("names", nargs="*", help="lessons, such as 01")
    parser.add_argument("--until", help="the day on which solutions open, such as 2026-12-24")
    parser.add_argument("--word", help="the word that opens them")
    parser.add_argument("--nbgrader", action="store_true", help="a course for nbgrader, with points and tests")
    given = parser.parse_args(arguments)
    if not (given.until or given.word):
        print("say when solutions open: make student UNTIL=2026-12-24, or WORD=..., or both", file=sys.stderr)
        return 1
    target = Path("build/nbgrader" if given.nbgrader else "build/student")
    opening = {"until": given.until or None, "word": given.word or None}

    def work() -> None:
        for file in build(lessons(Path("notebooks"), given.names), target, nbgrader=given.nbgrader, **opening):
            print(file)

    return exit_code(work)


if __name__ == "__main__":
    sys.exit(main())
