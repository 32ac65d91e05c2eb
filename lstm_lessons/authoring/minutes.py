"""How long a lesson takes a learner, computed from what it asks; its header and the README say those numbers.

A lesson has a core path and, beyond it, sections marked Deeper: cells with the tag ``deeper``.
"""

import math
import re
from pathlib import Path
from typing import NamedTuple

from nbformat import NotebookNode

from lstm_lessons.authoring.notebooks import NOTES_BEGIN, SOLUTION_BEGIN, is_deeper, read_all, store
from lstm_lessons.files import write_whole

WORDS_A_MINUTE = 200  # of prose that one thinks about while reading
LINES_A_MINUTE = 15  # of code
QUESTION = 0.5  # minutes to make up one's mind
ROUNDED_TO = 5
HEADER = re.compile(r"\*\*Time:\*\* about (\d+) minutes(?:; the sections marked Deeper add (\d+))?")
ROW = re.compile(
    r"^(\| \[[^\]]+\]\(notebooks/(\w+)\.ipynb\) \|[^|]+\|) (\d+)(?: \+ (\d+))? min (\| (\d+) s \|)$", re.MULTILINE
)
_EXERCISE = re.compile(r"\*Difficulty \d of 3, about (\d+) minutes?")


class Minutes(NamedTuple):
    """Minutes for a first reading with all exercises, each rounded up to a multiple of 5."""

    core: int  #: for the core path.
    deeper: int  #: for what is marked Deeper; 0 if nothing is.

    def header(self) -> str:
        """The words of the lesson's header."""
        more = f"; the sections marked Deeper add {self.deeper}" if self.deeper else ""
        return f"**Time:** about {self.core} minutes{more}"

    def row(self) -> str:
        """The words of the README's table."""
        return f"{self.core} + {self.deeper} min" if self.deeper else f"{self.core} min"


def of_cell(cell: NotebookNode) -> float:
    """Minutes that a cell asks of its reader, its run not counted.

    Teachers' notes, solutions and folded set-up take no time of the learner; each exercise takes the minutes that it
    names, each question before a result or in the recap half a minute.
    """
    if cell.cell_type == "markdown" and not cell.source.startswith((NOTES_BEGIN, SOLUTION_BEGIN)):
        return len(cell.source.split()) / WORDS_A_MINUTE + sum(map(int, _EXERCISE.findall(cell.source)))
    if cell.cell_type == "code" and not cell.metadata.get("jupyter", {}).get("source_hidden"):
        return sum(bool(line.strip()) for line in cell.source.splitlines()) / LINES_A_MINUTE
    return QUESTION if any(asks in cell.source for asks in ("Prediction(", "SelfCheck(")) else 0


def minutes(notebook: NotebookNode, run_seconds: float) -> Minutes:
    """The time that a lesson takes; the run of all its cells is counted to the core path."""
    core = run_seconds / 60 + sum(of_cell(cell) for cell in notebook.cells if not is_deeper(cell))
    deeper = sum(of_cell(cell) for cell in notebook.cells if is_deeper(cell))
    return Minutes(*(ROUNDED_TO * math.ceil(total / ROUNDED_TO) for total in (core, deeper)))


def update(folder: Path, readme: Path) -> None:
    """Write the minutes into the lessons' headers and into the table of the README, whose run times are counted."""
    table, found = readme.read_text(encoding="utf-8"), read_all(folder)
    needed = {}
    for _, lesson, _, _, _, seconds in ROW.findall(table):
        notebook = found[folder / f"{lesson}.ipynb"]
        needed[lesson] = minutes(notebook, int(seconds))
        for cell in notebook.cells:
            cell.source = HEADER.sub(needed[lesson].header(), cell.source)
        store(folder / f"{lesson}.ipynb", notebook)
    write_whole(readme, ROW.sub(lambda row: f"{row[1]} {needed[row[2]].row()} {row[5]}", table))


if __name__ == "__main__":
    update(Path("notebooks"), Path("README.md"))
