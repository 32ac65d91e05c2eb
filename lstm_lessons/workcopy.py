"""Lay the learner's own copies of the lessons: ``python -m lstm_lessons.workcopy`` (``make lab``).

A copy holds the lesson without its stored results, so that no answer stands below its question, and git does not see
what is done in it. What somebody typed is never overwritten:

- a copy that is as it was laid follows the lesson silently;
- one that was run, but not edited, is set aside with its date, and the new one takes its place;
- one that was edited stays, and a newer lesson comes beside it, as ``NN_lesson_newer.ipynb``.

Whether it was edited says its source alone: running and saving change outputs, counts and ids. The digest of the
source, as it was laid, travels in the notebook's metadata.
"""

import argparse
import hashlib
import itertools
import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from lstm_lessons import checks
from lstm_lessons.files import exit_code, numbered, say, set_aside, write_whole

KEY = "lstm_lessons"  # of the notebook's metadata
PICTURE = re.compile(r"(?<=\]\()images/[\w.-]+(?=\))")  # where a lesson shows one


def without_results(lesson: NotebookNode) -> NotebookNode:
    """A copy of a lesson with no outputs and no execution counts, and with its digest in it."""
    copy = nbformat.from_dict(lesson)
    for cell in copy.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    copy.metadata[KEY] = {"laid": digest_of(lesson)}
    return copy


def digest_of(notebook: NotebookNode) -> str:
    """A fingerprint of what somebody typed: each cell's kind and source, empty cells aside.

    (JupyterLab adds an empty cell when the last one is run with Shift+Enter.)
    """
    sources = [[cell.cell_type, cell.source] for cell in notebook.cells if cell.source.strip()]
    return hashlib.sha256(json.dumps(sources).encode()).hexdigest()


@dataclass(frozen=True)
class WorkCopy:
    """A learner's copy as it is on the disk now."""

    path: Path  #: the file; it exists.
    laid: str | None  #: digest of the lesson that it was laid from; ``None`` if it was not laid here.
    edited: bool  #: whether something was typed since, or it cannot be read.
    run: bool  #: whether it holds outputs.


def read(path: Path) -> WorkCopy:
    """Look at a copy."""
    try:
        notebook = nbformat.read(path, as_version=4)
        laid = notebook.metadata.get(KEY, {}).get("laid")
        run = any(cell.get("outputs") for cell in notebook.cells)
    except OSError:
        raise
    except Exception:  # it may be damaged in ways that nobody foresaw, and it is somebody's
        return WorkCopy(path, None, edited=True, run=False)
    return WorkCopy(path, laid, digest_of(notebook) != laid, run)


def lay(lesson: Path, work: Path, *, fresh: bool = False) -> Iterator[str]:
    """Lay one lesson into the folder of copies, which must exist, where it is not there yet.

    With ``fresh`` the copies that are there are first set aside.

    Yields:
        What the learner must know, a line each; nothing when all goes its usual way.
    """
    content = nbformat.read(lesson, as_version=4)
    digest, target = digest_of(content), work / lesson.name
    if fresh:
        yield from _clear(target)
    for place in _places(target):
        copy = read(place) if place.exists() else None
        if copy is None or not copy.edited or copy.laid == digest:
            break
    if copy is None or copy.laid != digest:
        if copy is not None and copy.run:
            aside = set_aside(place).name
            yield f"{place.name} is a newer lesson; the older one, as you ran it, is {aside}"
        write_whole(place, nbformat.writes(without_results(content)) + "\n")
    if place != target:
        yield (
            f"{target.name} is yours and stays as it is; a newer lesson is beside it, {place.name} "
            f"(to begin anew with it: {_to_begin_anew(target.stem[:2])})"
        )


def _to_begin_anew(number: str) -> str:
    """The command, by make if it is what runs now: Windows, conda and a hub do without it."""
    if "MAKELEVEL" in os.environ:
        return f"make lab FRESH={number}"
    python, here = Path(sys.executable), Path.cwd()
    return f"{python.relative_to(here) if python.is_relative_to(here) else 'python'} -m lstm_lessons.workcopy {number}"


def _places(target: Path) -> Iterator[Path]:
    """Where a lesson may lie: under its own name, else beside what was made of an older one."""
    yield target
    yield from numbered(target.with_stem(f"{target.stem}_newer"))


def _clear(target: Path) -> Iterator[str]:
    """Set aside every copy of a lesson that somebody ran or edited; the others hold nothing."""
    for place in itertools.takewhile(Path.exists, _places(target)):
        copy = read(place)
        if copy.edited or copy.run:
            yield f"{place.name} is now {set_aside(place).name}"
        else:
            place.unlink()


def lay_pictures(lesson: NotebookNode, source: Path, folder: Path) -> None:
    """Copy the pictures that a lesson shows, ``images/…``, from beside it into another folder.

    Raises:
        FileNotFoundError: if one is not there.
    """
    for picture in {name for cell in lesson.cells for name in PICTURE.findall(cell.source)}:
        content = (source / picture).read_bytes()
        (folder / picture).parent.mkdir(exist_ok=True)
        write_whole(folder / picture, content)


def lay_all(lessons: Path, work: Path, fresh: Sequence[str] = ()) -> list[str]:
    """Lay every lesson of a folder, and the pictures in them; return what must be told.

    ``fresh`` says how the names of lessons begin whose copies are to be set aside.

    Raises:
        TypeError: if an argument is of another kind.
        ValueError: if there is no lesson, or one of ``fresh`` fits none.
        FileNotFoundError: if a lesson shows a picture that is not there.
    """
    for name, folder in {"lessons": lessons, "work": work}.items():
        checks.kind(name, folder, "the path of a folder", isinstance(folder, Path))
    fresh = checks.texts("fresh", fresh)
    paths = sorted(lessons.glob("[0-9][0-9]_*.ipynb"))
    if not paths:
        raise ValueError(f"no lessons in {str(lessons)!r}; run this where the lessons were cloned")
    for name in fresh:
        if not name or not any(path.stem.startswith(name) for path in paths):
            known = ", ".join(path.stem for path in paths)
            raise ValueError(f"no lesson begins with {name!r}; there are: {known}")
    work.mkdir(exist_ok=True)
    for path in paths:
        lay_pictures(nbformat.read(path, as_version=4), path.parent, work)
    return [line for path in paths for line in lay(path, work, fresh=path.stem.startswith(tuple(fresh)))]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m lstm_lessons.workcopy", description=__doc__.split("\n\n")[0])
    parser.add_argument("fresh", nargs="*", help="lessons to begin anew, such as 01")
    parser.add_argument("--lessons", type=Path, default=Path("notebooks"))
    parser.add_argument("--work", type=Path, default=Path("work"))
    options = parser.parse_args(arguments)
    return exit_code(lambda: [say(line) for line in lay_all(options.lessons, options.work, options.fresh)])


if __name__ == "__main__":
    sys.exit(main())
