"""The course as a picture: which lesson needs which, and what each group of them is for.

The arrows are the links in each lesson's line "You need", without those that others imply; a test keeps the stored
picture and the lessons together.
"""

import functools
import re
import textwrap
from collections.abc import Mapping
from html import escape
from pathlib import Path

import nbformat

from lstm_lessons.authoring.notebooks import lessons, read_all
from lstm_lessons.files import write_whole
from lstm_lessons.palette import LIGHT, RIVALS

PICTURE = "images/course.svg"
GROUPS = {
    "the cell": (0, 1, 2),
    "the module": (3, 4),
    "training well and fast": (5, 6),
    "applications, in any order": (7, 8, 10, 11, 12, 13),
    "shipping": (9,),
}
_NEEDS = re.compile(r"^\*\*You need:\*\*(.*)$", re.MULTILINE)
_ROW = re.compile(r"^\|\[?(\d+)\. ([^]|]+)", re.MULTILINE)
_LINK = re.compile(r"\]\((\d+)_\w+\.ipynb\)")
_WIDE, _HIGH, _RIGHT, _DOWN = 110, 40, 126, 50  # of a box, and from one to the next, in pixels
_TOP = 10


def titles(folder: Path) -> dict[int, str]:
    """Each lesson's short title, as the map in lesson 0 has it."""
    first = nbformat.read(lessons(folder)[0], as_version=4)
    tables = "\n".join(cell.source for cell in first.cells if "|Lesson|Question|" in cell.source)
    return {int(n): title for n, title in _ROW.findall(tables)}


def needs(folder: Path) -> dict[int, set[int]]:
    """Which lessons each one needs, without those that these need themselves.

    Raises:
        ValueError: if a lesson links to one that comes after it.
    """
    linked = {}
    for path, lesson in read_all(folder).items():
        n, line = int(path.name[:2]), _NEEDS.search("\n".join(cell.source for cell in lesson.cells[:6]))
        linked[n] = {int(other) for other in _LINK.findall(line[1])} if line else set()
        if late := {other for other in linked[n] if other >= n}:
            raise ValueError(f"lesson {n} must need earlier lessons alone, got {sorted(late)}")
    before = {}
    for n in sorted(linked):
        before[n] = linked[n].union(*(before[other] for other in linked[n]))
    return {n: direct - set().union(*(before[other] for other in direct)) for n, direct in linked.items()}


def picture(folder: Path) -> str:
    """The course as SVG: a box a lesson, to the right of what it needs, and an arrow for each need."""
    named, needed = titles(folder), needs(folder)
    places = _places(needed)
    colors = dict(zip(GROUPS, RIVALS, strict=False))
    group_of = {n: group for group, members in GROUPS.items() for n in members}
    width = 20 + _RIGHT * (1 + max(column for column, _ in places.values()))
    height = _TOP + _DOWN * (1 + max(row for _, row in places.values()))
    arrows = [_arrow(places[other], places[n]) for n, others in needed.items() for other in sorted(others)]
    boxes = [_box(n, named[n], places[n], colors[group_of[n]].color) for n in named]
    key = [_group(name, k, colors[name].color) for k, name in enumerate(GROUPS)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:g}" width="{width}" '
            f'height="{height:g}" role="img" font-family="sans-serif" font-size="12">',
            f'<rect width="{width}" height="{height:g}" fill="{LIGHT.page}"/>',
            f'<marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto">'
            f'<path d="M0 0L8 4L0 8Z" fill="{LIGHT.quiet}"/></marker>',
            *key,
            *arrows,
            *boxes,
            "</svg>\n",
        ]
    )


def update(folder: Path) -> None:
    """Write the picture beside the lessons."""
    write_whole(folder / PICTURE, picture(folder))


def _places(needed: Mapping[int, set[int]]) -> dict[int, tuple[int, float]]:
    """Column and row of each: one column after the last that it needs, and beside the middle of those that need it."""
    parent = {n: max(others) for n, others in needed.items() if others}

    @functools.cache
    def column(n: int) -> int:
        return 1 + max((column(other) for other in needed[n]), default=-1)

    rows: dict[int, float] = {}

    def lay(n: int, free: int) -> int:
        """Give a lesson and all that follow from it their rows, from a free one on; the next free one."""
        children = [other for other, above in parent.items() if above == n]
        for child in sorted(children, key=lambda child: (child in parent.values(), child)):
            free = lay(child, free)
        below = [rows[child] for child in children]
        rows[n] = (min(below) + max(below)) / 2 if below else free
        return free if below else free + 1

    lay(min(needed), 0)
    return {n: (column(n), rows[n]) for n in needed}


def _corner(place: tuple[int, float]) -> tuple[float, float]:
    return 10 + _RIGHT * place[0], _TOP + _DOWN * place[1]


def _arrow(start: tuple[int, float], end: tuple[int, float]) -> str:
    (x, y), (right, down) = _corner(start), _corner(end)
    x, y, down, middle = x + _WIDE, y + _HIGH / 2, down + _HIGH / 2, right - (_RIGHT - _WIDE) / 2
    path = f"M{x:g} {y:g}H{middle:g}V{down:g}H{right - 1:g}"
    return f'<path d="{path}" fill="none" stroke="{LIGHT.quiet}" stroke-width="1.5" marker-end="url(#tip)"/>'


def _box(n: int, title: str, place: tuple[int, float], color: str) -> str:
    x, y = _corner(place)
    lines = textwrap.wrap(f"{n}.\u00a0{title}", 17)
    left, middle = x + 12, y + 24 - 7.5 * (len(lines) - 1)
    texts = "".join(
        f'<text x="{left:g}" y="{middle + 15 * k:g}" fill="{LIGHT.text}">{escape(line)}</text>'
        for k, line in enumerate(lines)
    )
    frame = f'x="{x:g}" y="{y:g}" height="{_HIGH}"'
    return (
        f'<rect {frame} width="{_WIDE}" rx="5" fill="{LIGHT.panel}" stroke="{LIGHT.line}"/>'
        f'<rect {frame} width="5" rx="2" fill="{color}"/>{texts}'
    )


def _group(name: str, k: int, color: str) -> str:
    numbers = ", ".join(map(str, GROUPS[name]))
    x, y = 10, 20 + 17 * k  # above the first lessons, where no box stands
    return (
        f'<rect x="{x}" y="{y - 10}" width="5" height="12" rx="2" fill="{color}"/>'
        f'<text x="{x + 12}" y="{y}" fill="{LIGHT.text}">{escape(name)}: {numbers}</text>'
    )


if __name__ == "__main__":
    update(Path("notebooks"))
