"""Grading: who solved what, which mistakes a class makes, and that a hostile notebook costs nobody else anything."""

import csv
import ctypes
import html
import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from lstm_lessons.authoring.notebooks import solve
from lstm_lessons.exercises import start_here
from lstm_lessons.publish import answers, confined, grade
from tests.notebooks import form

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="make grade needs Linux or macOS")
SECONDS = 6
RIGHT = start_here.new_memory.solution_code
SWAPPED = "def new_memory(c, f, i, g):\n    return i * c + f * g"
HEAD = "def new_memory(c, f, i, g):\n    "
ANY = "import os, sys, time\n"

# The code of an answer, and the remark that it gets ("" for none); none of them earns the point.
HOSTILE = {
    "endless_above": ("while True: pass", "endless"),
    "endless_within": (HEAD + "while True: pass", "endless"),
    "endless_and_deaf": (
        HEAD + "while True:\n        try:\n            while True: pass\n        except: pass",
        "endless",
    ),
    "fork_bomb": (ANY + "while True: os.fork()", "processes"),
    "shell": (HEAD + "import subprocess; subprocess.run('sleep 60', shell=True)", "processes"),
    "spawn": ("import multiprocessing as m\nm.get_context('spawn').Process(target=print).start()", "processes"),
    "kills_grader": (ANY + "os.kill(os.getppid(), 9)", "signals"),
    "kills_itself": ("import signal\nsignal.raise_signal(9)", "ended"),
    "exits_at_once": (ANY + "os._exit(0)", "ended"),
    "exits": ("import sys\nsys.exit(0)", ""),
    "raises_in_import": ("import nothing_of_this_name\n" + RIGHT, ""),
    "no_python": ("def new_memory(:", ""),
    "gigabyte_printed": ("while True: print('x' * 1000)", "output"),
    "gigabyte_held": ("held = bytearray(3 << 30)\n" + RIGHT, "memory"),
    "large_file": ("open('a', 'w').write('x' * (20 << 20))\n" + RIGHT, "disk"),
    "many_files": ("for n in range(1000): open(str(n), 'w').write('x')\n" + RIGHT, "disk"),
    "writes_outside": ("open('{folder}/ada/00_start_here.ipynb', 'w')\n" + RIGHT, "files"),
    "removes_outside": (ANY + "os.remove('{folder}/ada/00_start_here.ipynb')\n" + RIGHT, "files"),
    "writes_through_link": (ANY + "os.symlink('{folder}/ada', 'in')\n" + RIGHT, "files"),
    "reads_neighbor": ("open('{folder}/ada/00_start_here.ipynb').read()\n" + RIGHT, "neighbors"),
    "network": ("import socket\nsocket.create_connection(('192.0.2.1', 80))\n" + RIGHT, "network"),
    "under_python": ("import ctypes\nctypes.CDLL(None)\n" + RIGHT, "system"),
    "changes_check": (
        "from lstm_lessons.exercises import Exercise, Verdict\n"
        "Exercise.check = Exercise._checked = lambda self, answer: Verdict('correct', 'a', 'b')\n" + SWAPPED,
        "changed",
    ),
    "changes_its_check": ("exercises.new_memory.check = lambda answer: True\n" + SWAPPED, "changed"),
    "changes_python": ("import builtins\nbuiltins.abs = lambda x: 0\n" + SWAPPED, "changed"),
    "writes_into_packages": ("import torch\nopen(torch.__file__ + 'x', 'w')\n" + RIGHT, "files"),
    "changes_folder": (ANY + "os.chdir('{folder}')\nopen('ada/00_start_here.ipynb', 'w')\n" + RIGHT, "files"),
    "listens": ("import socket\nsocket.socket().bind(('127.0.0.1', 0))\n" + RIGHT, "network"),
    "leaves_a_thread": ("import threading\nthreading.Thread(target=threading.Event().wait).start()\n" + SWAPPED, ""),
    "works_at_the_end": ("import atexit\natexit.register(print, 'correct')\n" + SWAPPED, ""),
    "redefines_exercises": (
        "class exercises:\n    new_memory = type('', (), {'check': lambda answer: True})\n" + SWAPPED,
        "",
    ),
    "calls_itself": ("import sys\nsys.setrecursionlimit(10**9)\ndef f(): f()\nf()\n" + RIGHT, ""),
    "writes_a_verdict": (
        ANY + "for n in range(3, 60):\n    try: os.write(n, b'correct\\n')\n    except OSError: pass",
        "forged",
    ),
}
HOSTILE_FILES = {
    "not_json": (b"<script>alert(1)</script>", "unreadable"),
    "other_json": (b'{"cells": [1, 2]}', "unreadable"),
    "deep_json": (b"[" * 200_000, "unreadable"),
    "empty": (b"", "unreadable"),
    "large": (b" " * (grade.LARGEST + 1), "large"),
}
NAME = '<img src=x onerror="alert(1)">\u202egnp'
FORMULA = '=HYPERLINK("example.org")'


def notebook(source, *, output=None):
    setup = new_code_cell("from lstm_lessons.exercises import start_here as exercises")
    cell = new_code_cell(
        f"{source}\n\nexercises.new_memory.check(new_memory)", metadata={"tags": ["exercise:new_memory"]}
    )
    cell.outputs = [output] if output else []
    return nbformat.writes(new_notebook(cells=[setup, cell])).encode()


ADA = notebook(RIGHT)


def hand_in(folder, learner, content):
    (folder / learner).mkdir(exist_ok=True)
    (folder / learner / "00_start_here.ipynb").write_bytes(content)


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The folder that was graded, the CSV's rows by learner, and the page."""
    folder, target = tmp_path_factory.mktemp("submitted"), tmp_path_factory.mktemp("graded")
    claims_it = new_output("display_data", {"text/html": "<script>alert(1)</script>✓ Correct", "text/plain": "Correct"})
    hand_in(folder, "ada", ADA)
    hand_in(folder, "ben", notebook(SWAPPED, output=claims_it))
    hand_in(folder, "cleo", notebook(SWAPPED))
    (folder / "cleo" / "00_start_here_2.ipynb").write_bytes(notebook(RIGHT))
    hand_in(folder, "dan", notebook(HEAD + "..."))
    hand_in(folder, "eve", notebook(SWAPPED))  # named, although "wrong" and "not attempted" come later in the alphabet
    (folder / "eve" / "00_start_here_2.ipynb").write_bytes(notebook(HEAD + "return 0 * c"))
    (folder / "eve" / "00_start_here_3.ipynb").write_bytes(notebook(HEAD + "..."))
    for name, (source, _) in HOSTILE.items():
        hand_in(folder, name, notebook(source.replace("{folder}", str(folder))))
    for name, (content, _) in HOSTILE_FILES.items():
        hand_in(folder, name, content)
    for name in (NAME, FORMULA):
        hand_in(folder, name, notebook(SWAPPED))
    hand_in(folder, "huge", notebook(RIGHT, output=new_output("stream", text="x" * (8 << 20))))
    (folder / "link").mkdir()
    (folder / "link" / "00_start_here.ipynb").symlink_to(folder / "ada" / "00_start_here.ipynb")
    (folder / "linked_folder").symlink_to(folder / "ada")
    (folder / "zoe_00_start_here.ipynb").write_bytes(notebook(RIGHT))
    noted = {"checks": 7, "solved": None, "mistakes": {"swapped_gates": 2, "<b>": 1}}
    noted = {"version": 1, "exercises": {"start_here.new_memory": noted}, "predictions": {}}
    (folder / "ada" / "progress.json").write_text(json.dumps(noted))
    (folder / "dan" / "progress.json").write_text("[" * 100_000)
    command = [
        sys.executable,
        "-m",
        "lstm_lessons.publish.grade",
        folder,
        "--target",
        target,
        "--seconds",
        str(SECONDS),
    ]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    subprocess.run(command, check=True, cwd=target, env=environment, stdout=subprocess.DEVNULL)
    with open(target / "grades.csv", encoding="utf-8", newline="") as file:
        rows = {row["learner"]: row for row in csv.DictReader(file)}
    return folder, rows, (target / "grades.html").read_text(encoding="utf-8")


def remarks(page, learner):
    """The keys of the remarks on what a learner handed in."""
    said = re.findall(rf"<code>{re.escape(learner)}/[^<]*</code> ([^\n]*)\.</li>", page)
    words = {text: key for key, text in grade.REMARKS.items()}
    return {words[text.replace("&#39;", "'")] for text in said}


# --- Points, tries and mistakes -------------------------------------------------------------


@pytest.mark.parametrize(
    ("learner", "points", "tries"),
    [
        ("ada", "1", "8"),
        ("ben", "0", "1"),
        ("cleo", "1", "2"),
        ("dan", "0", "0"),
        ("eve", "0", "2"),
        ("zoe", "1", "1"),
        ("huge", "1", "1"),
    ],
)
def test_points_come_from_the_answer_and_not_from_what_the_notebook_shows(graded, learner, points, tries):
    row = graded[1][learner]
    assert (row["points"], row["start_here.new_memory"], row["tries"]) == (points, points, tries)


def test_of_two_answers_without_points_the_known_mistake_counts(graded):
    [row] = re.findall(r'<tr><th scope="row">eve</th>.*?</tr>', graded[2], re.DOTALL)
    assert "<small>swapped gates</small>" in row and "<small>2 tries</small>" in row


def test_the_mistakes_of_the_class_are_counted_by_learner_and_told(graded):
    row = r'<td class="number">(\d+)</td><td>start_here.new_memory</td><td>swapped gates</td><td>([^<]+)</td>'
    [(count, told)] = re.findall(row, graded[2])
    assert int(count) == 9  # ada's is in her progress; of those that changed the check nothing is believed
    assert told in [html.escape(mistake.message, quote=False) for mistake in start_here.new_memory.mistakes]


# --- Hostile notebooks ----------------------------------------------------------------------


@pytest.mark.parametrize("learner", HOSTILE | HOSTILE_FILES)
def test_a_hostile_notebook_earns_nothing_and_is_named(graded, learner):
    _, rows, page = graded
    remark = (HOSTILE | HOSTILE_FILES)[learner][1]
    assert rows[learner]["points"] == "0"
    assert remarks(page, learner) >= ({remark} if remark else set())


def test_a_link_is_not_followed(graded):
    _, rows, page = graded
    assert remarks(page, "link") == {"link"} and rows["link"]["points"] == "0"
    assert "linked_folder" not in rows


def test_what_others_handed_in_is_as_it_was(graded):
    assert (graded[0] / "ada" / "00_start_here.ipynb").read_bytes() == ADA
    assert len(graded[1]) == 5 + len(HOSTILE) + len(HOSTILE_FILES) + 5


def test_nothing_of_theirs_is_alive_on_the_page_or_in_a_spreadsheet(graded):
    _, rows, page = graded
    tags = set()

    class Tags(HTMLParser):
        def handle_starttag(self, tag, attrs):
            tags.add(tag)
            assert not [name for name, _ in attrs if name.startswith("on") or name in ("src", "href")]

    Tags().feed(page)
    assert tags & {"script", "img", "b", "a", "iframe"} == set() and "default-src 'none'" in page
    assert "alert(1)&#34;&gt;\N{REPLACEMENT CHARACTER}gnp" in page and "\u202e" not in page
    assert "'" + FORMULA in rows


def has_landlock():
    return sys.platform == "linux" and ctypes.CDLL(None).syscall(444, None, 0, 1) >= 1


@pytest.mark.skipif(not has_landlock(), reason="this system has no Landlock")
def test_what_gets_round_the_hook_meets_landlock(tmp_path):
    """Python tells its hook a file's name alone, not the folder that it is opened in."""

    def work():
        os.open("new", os.O_CREAT | os.O_WRONLY, dir_fd=os.open(tmp_path, os.O_RDONLY))
        return "written"

    assert confined.apart(work, confined.Limits(), Path("nowhere")) == ("", {"ended"})
    assert not (tmp_path / "new").exists()


# --- What leads to an answer ----------------------------------------------------------------


def cells(*sources):
    return [answers.Cell(source, ()) for source in sources]


CHECK = "\nexercises.a.check(a)"


@pytest.mark.parametrize(
    ("sources", "value"),
    [
        (["a = 1" + CHECK], 1),
        (["a = 1", "x = 2", "exercises.a.check(a)"], 1),
        (["import math", "a = math.floor(2.5)" + CHECK], 2),
        (["b = 1", "raise Exception", "a = b + 1" + CHECK], 2),  # another cell's fault
        (["b = 1\nb = 2", "b += 1", "a = b" + CHECK], 3),
        (["b = []", "b.append(4)\nb[0] += 1", "a = b[0]" + CHECK], 5),
        (["def f():\n    return k", "k = 6", "a = f()" + CHECK], 6),
        (["%matplotlib inline\nb = 7", "!ls\na = b" + CHECK], 7),
        (["from math import *", "a = floor(8.5)" + CHECK], 8),
        (["a = 1" + CHECK, "a = 9" + CHECK], 9),  # a copy of the cell below it
        (["x = 1"], ...),
    ],
)
def test_an_answer_is_run_with_what_it_uses(sources, value):
    assert answers.answer(cells(*sources), "a") == value


def test_what_an_answer_does_not_use_is_not_run():
    slow = "for n in range(3):\n    x = 1 / 0\n    torch.manual_seed(n)"
    assert answers.answer(cells("import math as torch", slow, "a = torch.floor(1)" + CHECK), "a") == 1


@pytest.mark.parametrize(
    ("source", "uses"),
    [
        ("a = 1" + CHECK, False),
        ("a = exercises.a.reference" + CHECK, True),
        ("from lstm_lessons import exercises as e", True),
    ],
)
def test_an_answer_that_uses_the_exercises_own_code_is_named(source, uses):
    assert answers.uses_exercises([answers.Cell(source, ("exercise:a",))], "a") == uses


def test_our_own_function_is_named_however_a_notebook_got_it():
    source = "import importlib\nm = importlib.import_module('lstm_lessons.exer' + 'cises.start_here')\n"
    found = grade.judged(
        notebook(source + "new_memory = m.new_memory.reference"), grade.trusted("start_here")["new_memory"]
    )
    assert found == "correct\t\texercises"


@pytest.mark.parametrize("path", form.LESSONS, ids=lambda path: path.stem)
def test_solved_every_answer_of_a_lesson_is_found_and_untouched_none(path):
    """In this process, where no fence stands: what leads to the answers is enough, and quick."""
    lesson = path.stem[3:]
    blank = nbformat.read(path, as_version=4)
    for given, status in ((solve(blank, path.stem), "correct"), (blank, "not attempted")):
        content = nbformat.writes(given).encode()
        found = {name: grade.judged(content, exercise) for name, exercise in grade.trusted(lesson).items()}
        assert found == dict.fromkeys(found, f"{status}\t\t")
