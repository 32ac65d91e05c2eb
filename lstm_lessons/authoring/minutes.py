"""How long a lesson takes a learner, computed from what it asks; its header and the README say that number."""

import math
import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from lstm_lessons.authoring.notebooks import NOTES_BEGIN, SOLUTION_BEGIN, normalize, to_text
from lstm_lessons.files import write_whole

WORDS_A_MINUTE = 200  # of prose that one thinks about while reading
LINES_A_MINUTE = 15  # of code
PREDICTION = 0.5  # minutes to make up one's mind
ROUNDED_TO = 5
HEADER = re.compile(r"(\*\*Time:\*\* about )(\d+)( minutes)")
ROW = re.compile(r"(^\| \[[^\]]+\]\(notebooks/(\w+)\.ipynb\) \|[^|]+\| )(\d+)( min \| )(\d+)( s \|$)", re.MULTILINE)
_EXERCISE = re.compile(r"\*Difficulty \d of 3, about (\d+) minutes?")


def minutes(notebook: NotebookNode, run_seconds: float) -> int:
    """Minutes for a first reading with all exercises, rounded up to a multiple of 5.

    Teachers' notes, solutions and folded set-up take no time of the learner; each exercise takes the minutes that it
    names, each question before a result half a minute, and the cells run once.
    """
    total = run_seconds / 60
    for cell in notebook.cells:
        lines = [line for line in cell.source.splitlines() if line.strip()]
        if cell.cell_type == "markdown" and not cell.source.startswith((NOTES_BEGIN, SOLUTION_BEGIN)):
            total += len(cell.source.split()) / WORDS_A_MINUTE + sum(map(int, _EXERCISE.findall(cell.source)))
        elif cell.cell_type == "code" and not cell.metadata.get("jupyter", {}).get("source_hidden"):
            total += len(lines) / LINES_A_MINUTE
        elif "Prediction(" in cell.source:
            total += PREDICTION
    return ROUNDED_TO * math.ceil(total / ROUNDED_TO)


def update(folder: Path, readme: Path) -> None:
    """Write the minutes into the lessons' headers and into the table of the README, whose run times are counted."""
    table = readme.read_text(encoding="utf-8")
    needed = {}
    for _, lesson, _, _, seconds, _ in ROW.findall(table):
        path = folder / f"{lesson}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        needed[lesson] = minutes(notebook, int(seconds))
        for cell in notebook.cells:
            cell.source = HEADER.sub(rf"\g<1>{needed[lesson]}\g<3>", cell.source)
        write_whole(path, to_text(normalize(notebook)))
    write_whole(readme, ROW.sub(lambda row: f"{row[1]}{needed[row[2]]}{row[4]}{row[5]}{row[6]}", table))


if __name__ == "__main__":
    update(Path("notebooks"), Path("README.md"))
