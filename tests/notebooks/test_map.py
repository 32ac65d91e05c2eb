"""The start notebook shows the way to every lesson, and to none that is not there."""

from __future__ import annotations

import json
import re
from pathlib import Path

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def test_the_map_links_every_lesson_that_exists():
    cells = json.loads((NOTEBOOKS / "00_start_here.ipynb").read_text(encoding="utf-8"))["cells"]
    tables = [text for text in map(_source, cells) if "|Lesson|Question|" in text]
    linked = re.findall(r"\]\(([^)]+\.ipynb)\)", "\n".join(tables))
    there = sorted(path.name for path in NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
    assert linked == [name for name in there if name != "00_start_here.ipynb"]


def _source(cell: dict) -> str:
    return "".join(cell["source"])
