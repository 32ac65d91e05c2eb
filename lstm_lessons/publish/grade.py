"""Grade a folder of notebooks that learners handed in: ``make grade FOLDER=submitted``.

The folder holds a folder for each learner, or files named ``<learner>_<lesson>.ipynb``. Each exercise that is worth
points (its difficulty) is judged by `check`, run here on the learner's own code, in a process of its own with limits;
nothing that a notebook shows is believed. A learner's ``progress.json`` beside the notebooks, if there is one, adds how
often they had checked, and which mistakes came up on the way. Into ``build/grade`` come ``grades.csv`` and
``grades.html``.

What this does not protect from stands in `confined` and in the guide for teachers.
"""

import argparse
import builtins
import csv
import functools
import importlib
import io
import json
import math
import os
import re
import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from lstm_lessons import checks, exercises, progress
from lstm_lessons.exercises._observe import TimeLimitReached, call_within
from lstm_lessons.exercises._verdict import SIGNS, STATUSES
from lstm_lessons.files import exit_code, say, write_whole
from lstm_lessons.publish import answers, confined, pages
from lstm_lessons.publish.confined import Limits

LARGEST = 20 << 20  # bytes of a notebook
SECONDS = 10.0  # for the cells above an answer
REMARKS = confined.REMARKS | {
    "unreadable": "is no notebook",
    "unknown": "is of no lesson, by its name and its metadata",
    "link": "is a link, or no plain file",
    "large": f"is larger than {LARGEST >> 20} MB",
    "changed": "changed the code that judges it",
    "exercises": "uses the exercises' own code in its answer",
}
RANKS = ("not attempted", "wrong", "mistake", "correct")  # of two answers with as many points, the further one counts
VOID = {"changed", "forged", "system"}  # with these a verdict is not believed
_IN_VERDICTS = {"still running after": "endless", "MemoryError": "memory", "allocate memory": "memory"}
_LESSON = re.compile(rb'"lesson":\s*"(\w+)"')
_RUNS = re.compile(r"^[=+\-@\t\r]")  # what a spreadsheet takes for a formula


class Asked(NamedTuple):
    """An exercise, by its lesson and name."""

    lesson: str
    name: str

    def __str__(self) -> str:
        return f"{self.lesson}.{self.name}"


class Result(NamedTuple):
    """What an answer got."""

    points: int
    status: str
    mistake: str = ""


@dataclass
class Learner:
    """What a learner handed in."""

    results: dict[Asked, Result] = field(default_factory=dict)  #: the best of each exercise.
    tries: dict[Asked, int] = field(default_factory=dict)  #: answers handed in, and checks noted before.
    mistakes: set[tuple[Asked, str]] = field(default_factory=set)  #: in the answers, and on the way to them.
    remarks: list[tuple[str, str]] = field(default_factory=list)  #: file, or file and exercise; key of `REMARKS`.

    @property
    def points(self) -> int:
        return sum(result.points for result in self.results.values())


@functools.cache
def trusted(lesson: str) -> dict[str, exercises.Exercise]:
    """A lesson's exercises, in a copy that no notebook gets hold of, ready to judge."""
    module = exercises.untouched(lesson)
    named = getattr(module, "__all__", list(vars(module)))
    found = {name: value for name in named if type(value := getattr(module, name)).__name__ == "Exercise"}
    for exercise in found.values():
        exercise.recognized(exercise.reference)  # what mistakes give is worked out once, not by every process
    for name in (f"exercises.{lesson}", "plots", "widgets"):  # what notebooks import, matplotlib and others with it
        importlib.import_module(f"lstm_lessons.{name}")
    return found


def known_lessons() -> list[str]:
    """The lessons that have exercises."""
    return list(dict.fromkeys(lesson for lesson, _, _ in exercises.all_exercises()))


def judged(content: bytes, exercise: exercises.Exercise) -> str:
    """Status, mistake and a key of `REMARKS`, between tabs; called in a process of its own."""
    try:
        cells = answers.code_cells(content)
    except ValueError:
        return "wrong\t\tunreadable"
    before = [(space, _public(space)) for space in _watched()]
    try:
        answer = call_within(SECONDS, lambda: answers.answer(cells, exercise.name))
    except TimeLimitReached:
        return "wrong\t\tendless"
    except MemoryError:
        return "wrong\t\tmemory"
    except BaseException:  # a mistake in the code, exit() or what the fences refuse
        return "wrong\t\t"
    verdict = exercise.check(answer)
    said = f"{verdict.message} {verdict.details}"
    remark = next((key for piece, key in _IN_VERDICTS.items() if piece in said and not verdict), "")
    if answers.uses_exercises(cells, exercise.name) or _is_ours(answer):
        remark = remark or "exercises"
    if any(space.get(name) is not value for space, names in before for name, value in names.items()):
        remark = "changed"
    return f"{verdict.status}\t{verdict.mistake or ''}\t{remark}"


def _is_ours(answer: Any) -> bool:
    """Whether an answer is a function of this package, however the notebook got it."""
    file = getattr(getattr(answer, "__code__", None), "co_filename", "")
    return isinstance(file, str) and Path(file).is_relative_to(Path(exercises.__file__).parent)


def _public(space: Mapping[str, Any]) -> dict[str, Any]:
    """The names that do not change by themselves; an exercise has no `check` of its own beside its class's."""
    return {"check": None} | {name: value for name, value in space.items() if not name.startswith("_")}


def _watched() -> Iterator[Mapping[str, Any]]:
    """The names of what judges an answer, and of what that stands on."""
    for name, module in list(sys.modules.items()):
        if name in ("torch", "numpy", "torch.nn.functional") or name.startswith(exercises.__name__):
            yield vars(module)
            yield from (vars(each) for each in vars(module).values() if isinstance(each, exercises.Exercise | type))
    yield from (vars(builtins), vars(math), vars(answers), vars(confined), globals())


def grade(folder: Path, limits: Limits = Limits()) -> tuple[dict[str, Learner], list[str]]:  # noqa: B008
    """Judge every notebook in a folder.

    Returns:
        The learners, by the name of their folder or file; the lessons handed in, in their order.

    Raises:
        TypeError: if an argument is of another kind.
        ValueError: if there is no such folder, or no notebook in it, or the limit on seconds is none.
    """
    checks.kind("folder", folder, "a path", isinstance(folder, Path))
    checks.kind("limits", limits, "Limits", isinstance(limits, Limits))
    if "\0" in str(folder) or not folder.is_dir():
        raise ValueError(f"FOLDER must be a folder with notebooks, got {str(folder)!r}")
    checks.number("seconds", limits.seconds, "above 0 and at most a day", lambda value: 0 < value <= 86_400)
    lessons, learners, seen = known_lessons(), {}, set()
    for path in _notebooks(folder):
        relative = path.relative_to(folder)
        learner = learners.setdefault(_learner_of(relative, lessons), Learner())
        content, remark = _content(path, LARGEST)
        lesson = _lesson_of(path.name, content, lessons)
        if content is None or lesson is None:
            learner.remarks.append((str(relative), remark or "unknown"))
            continue
        seen.add(lesson)
        say(f"{shown(str(relative))}: {lesson}")
        _judge_all(learner, str(relative), content, lesson, limits, folder)
    if not learners:
        raise ValueError(f"FOLDER must hold notebooks, got none in {str(folder)!r}")
    for name, learner in learners.items():
        _add_progress(learner, folder / name / "progress.json", seen)
    return learners, [lesson for lesson in lessons if lesson in seen]


def _judge_all(learner: Learner, file: str, content: bytes, lesson: str, limits: Limits, folder: Path) -> None:
    """Judge each exercise of a notebook, and keep what is better than before."""
    for name, exercise in trusted(lesson).items():
        asked = Asked(lesson, name)
        line, remarks = confined.apart(functools.partial(judged, content, exercise), limits, folder)
        status, mistake, remark = [*line.split("\t"), "", "", ""][:3]
        remarks |= {remark} & REMARKS.keys()
        believed = status in STATUSES and not remarks & VOID
        status = status if believed else "wrong"
        mistake = mistake if believed and mistake in {known.name for known in exercise.mistakes} else ""
        learner.remarks += [(f"{file}, {name}" if key != "unreadable" else file, key) for key in sorted(remarks)]
        result = Result(exercise.difficulty if status == "correct" else 0, status, mistake)
        learner.results[asked] = max(learner.results.get(asked, result), result, key=_rank)
        learner.tries[asked] = learner.tries.get(asked, 0) + (status != "not attempted")
        learner.mistakes |= {(asked, mistake)} if mistake else set()
        if "unreadable" in remarks:
            break


def _rank(result: Result) -> tuple[int, int]:
    return result.points, RANKS.index(result.status)


def _notebooks(folder: Path) -> Iterator[Path]:
    """The notebooks below a folder, links to them too, but nothing behind a link to a folder."""
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(place, name) for name in sorted(files) if name.endswith(".ipynb") and name[0] != ".")


def _content(path: Path, largest: int) -> tuple[bytes | None, str]:
    """The bytes of a plain file; else nothing, and a key of `REMARKS`."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None, "link"
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None, "link"
        content = file.read(largest + 1)
    return (content, "") if len(content) <= largest else (None, "large")


def _lesson_of(file: str, content: bytes | None, lessons: Sequence[str]) -> str | None:
    """The lesson that a notebook is of: its metadata say so (`make student`), or its name does."""
    found = [name.decode() for name in _LESSON.findall(content or b"")]
    return next((lesson for lesson in lessons if lesson in found or lesson in file), None)


def _learner_of(relative: Path, lessons: Sequence[str]) -> str:
    if len(relative.parts) > 1:
        return relative.parts[0]
    return re.sub(rf"[_\W]*(\d+_)?({'|'.join(lessons)}).*", "", relative.stem) or relative.stem


def _add_progress(learner: Learner, file: Path, lessons: set[str]) -> None:
    """Count what `check` noted on the learner's machine, if they handed it in: theirs to say, so it gives no points."""
    content, _ = _content(file, 1 << 20)
    try:
        noted = json.loads(content or b"")
        if not progress.is_sound(noted):
            return
    except (ValueError, RecursionError):
        return
    for asked in [Asked(lesson, name) for lesson in sorted(lessons) for name in trusted(lesson)]:
        if entry := noted["exercises"].get(str(asked)):
            learner.tries[asked] = learner.tries.get(asked, 0) + min(max(entry["checks"], 0), 999)
            known = {mistake.name for mistake in trusted(asked.lesson)[asked.name].mistakes}
            learner.mistakes |= {(asked, name) for name in entry["mistakes"] if name in known}


# --- What is written ------------------------------------------------------------------------


def shown(text: str) -> str:
    """A foreign name, short, and without characters that turn or hide what stands around them."""
    plain = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
    return plain if len(plain) <= 80 else plain[:79] + "…"


def as_csv(learners: Mapping[str, Learner], asked: Sequence[Asked]) -> str:
    """Points by learner and exercise, tries, and how many remarks there are."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["learner", "points", *map(str, asked), "tries", "remarks"])
    for name, learner in learners.items():
        points = [learner.results[each].points if each in learner.results else "" for each in asked]
        cell = shown(name)
        tries = sum(learner.tries.values())
        writer.writerow(["'" * bool(_RUNS.match(cell)) + cell, learner.points, *points, tries, len(learner.remarks)])
    return file.getvalue()


def as_html(learners: Mapping[str, Learner], asked: Sequence[Asked]) -> str:
    """One page: the mistakes of the class, points by learner and exercise, and what there is to look at."""
    who: dict[tuple[Asked, str], int] = {}
    for learner in learners.values():
        for mistake in learner.mistakes:
            who[mistake] = who.get(mistake, 0) + 1
    mistakes = [
        (count, str(each), name.replace("_", " "), _message(each, name))
        for (each, name), count in sorted(who.items(), key=lambda item: (-item[1], item[0]))
    ]
    return pages.template("grade.html.j2").render(
        asked=asked,
        worth=[trusted(each.lesson)[each.name].difficulty for each in asked],
        solved=[sum(name.results.get(each, (0,))[0] > 0 for name in learners.values()) for each in asked],
        learners=[(shown(name), learner) for name, learner in learners.items()],
        mistakes=mistakes,
        remarks=[(shown(where), REMARKS[key]) for learner in learners.values() for where, key in learner.remarks],
        signs=SIGNS,
    )


def _message(asked: Asked, mistake: str) -> str:
    return next(known.message for known in trusted(asked.lesson)[asked.name].mistakes if known.name == mistake)


def main(arguments: Sequence[str] | None = None) -> int:
    """Grade a folder; the exit code."""
    parser = argparse.ArgumentParser(description="Grade a folder of notebooks.")
    parser.add_argument("folder", help="a folder for each learner, or files <learner>_<lesson>.ipynb")
    parser.add_argument("--target", type=Path, default=Path("build/grade"))
    parser.add_argument("--seconds", type=float, default=Limits.seconds, help="until an answer is stopped for good")
    given = parser.parse_args(arguments)
    if not hasattr(os, "fork"):
        print("make grade needs Linux or macOS; the guide for teachers shows it in a container", file=sys.stderr)
        return 1
    # What is graded is nobody's progress here; a copy of a process with threads, or with a GPU, would not work.
    os.environ |= {progress.SETTING: "off", "CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1"}
    return exit_code(lambda: _grade_into(given.target, given.folder, Limits(seconds=given.seconds)))


def _grade_into(target: Path, folder: str, limits: Limits) -> None:
    if not folder.strip():  # else the one we are in
        raise ValueError("FOLDER must be the folder with what was handed in: make grade FOLDER=submitted")
    target.mkdir(parents=True, exist_ok=True)
    learners, lessons = grade(Path(folder), limits)
    asked = [Asked(lesson, name) for lesson in lessons for name in trusted(lesson)]
    for name, text in (("grades.csv", as_csv(learners, asked)), ("grades.html", as_html(learners, asked))):
        write_whole(target / name, text)
        say(str(target / name))


if __name__ == "__main__":
    sys.exit(main())
