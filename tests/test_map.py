"""The map of the package shows every module and wing, and so does the guide for maintainers."""

from __future__ import annotations

import re
from pathlib import Path

import lstm_lessons
from tests.test_arrows import MAY_IMPORT

ROOT = Path(__file__).resolve().parents[1]
MAP = re.findall(r"^    (\w+/?) +(\S.*)$", lstm_lessons.__doc__, re.MULTILINE)


def test_the_map_shows_every_module_and_wing_and_nothing_else():
    there = {path.stem for path in (ROOT / "lstm_lessons").glob("*.py")} - {"__init__"}
    there |= {f"{path.parent.name}/" for path in (ROOT / "lstm_lessons").glob("*/__init__.py")}
    names = [name for name, _ in MAP]
    assert len(names) == len(set(names)) and set(names) == there


def test_the_map_and_the_table_of_arrows_have_one_order():
    assert [name.removesuffix("/") for name, _ in MAP] == list(MAY_IMPORT)


def test_the_guide_for_maintainers_shows_the_same_map():
    guide = ROOT / "lstm_lessons/publish/sphinx/guides/maintaining.md"
    _, _, below = guide.read_text(encoding="utf-8").partition("in reading order:")
    table, _, _ = below.partition("\n## ")
    assert re.findall(r"^\| `(\w+/?)` \| (.+) \|$", table, re.MULTILINE) == MAP
