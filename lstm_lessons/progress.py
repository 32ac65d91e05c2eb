"""What a learner solved, and which mistakes came up, in one small file on their own machine.

``check`` notes what it found; ``progress.show()`` shows it, ``progress.reset()`` begins anew. Nothing is ever sent. The
environment variable ``LSTM_LESSONS_PROGRESS`` names another file, or
says ``off``. The file is JSON::

    {"version": 1,
     "exercises": {"start_here.new_memory": {
         "checks": 3, "solved": "2026-11-28", "mistakes": {"swapped_gates": 2}}},
     "predictions": {"What is left?": {
         "said": "a half", "found": "an eighth", "lesson": "start_here"}}}

It is written whole or not at all, under a lock, so that two kernels lose nothing. Names that this version does not know
are kept.
"""

import ast
import contextlib
import datetime
import functools
import html
import json
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lstm_lessons import checks
from lstm_lessons.files import say, set_aside, write_whole

SETTING = "LSTM_LESSONS_PROGRESS"
VERSION = 1
MISTAKES = "Mistakes that came up"
#: exercises that had another name or lesson before: their marks go with them, "old_lesson.old_name": "lesson.name".
RENAMED: dict[str, str] = {}
PATIENCE = 10.0  # seconds to wait for another kernel
_asked: set[str] = set()  # the questions that this kernel, and so its lesson, asked


def path() -> Path | None:
    """The file, whether it is there or not; ``None`` if progress is off."""
    setting = os.environ.get(SETTING, "")
    if setting.lower() in ("off", "0"):
        return None
    if setting:
        return Path(setting).expanduser()
    from platformdirs import user_data_path

    return user_data_path("lstm-lessons", appauthor=False) / "progress.json"


def note(lesson: str, exercise: str, status: str, mistake: str | None = None) -> None:
    """Note the result of a check. What cannot be written is said once, and stops nobody.

    Args:
        lesson: its module, such as ``"start_here"``.
        exercise: its name.
        status: that of the verdict; an exercise not attempted is not noted.
        mistake: the name of the recognized mistake.
    """
    if status == "not attempted":
        return

    def edit(content: dict[str, Any]) -> None:
        blank = {"checks": 0, "solved": None, "mistakes": {}}
        entry = content["exercises"].setdefault(f"{lesson}.{exercise}", blank)
        entry["checks"] += 1
        if status == "correct" and not entry["solved"]:
            entry["solved"] = datetime.date.today().isoformat()
        if mistake:
            entry["mistakes"][mistake] = entry["mistakes"].get(mistake, 0) + 1

    _change(edit)


def note_prediction(question: str, said: str, found: str) -> None:
    """Note the first prediction of a question; a later one knows the answer."""
    _asked.add(question)
    _change(lambda all: all["predictions"].setdefault(question, {"said": said, "found": found}))


def _change(edit: Callable[[dict[str, Any]], Any]) -> None:
    """Read the file, edit its content and write it, while no other process does."""
    with _word("noted"), _locked() as file:
        if file is None:
            return
        content = _read(file)
        edit(content)
        for abandoned in file.parent.glob(f".{file.name}.*.partial"):  # of a killed process
            abandoned.unlink()
        write_whole(file, json.dumps(content, indent=1) + "\n")


def show(lesson: str | None = None) -> "Progress":
    """What was noted until now, and what to do next: a table in a notebook, lines of text elsewhere.

    Args:
        lesson: the name of its exercises' module, for its exercises alone; by default every lesson has a row.

    Raises:
        ValueError: if there is no such lesson.
    """
    if lesson is not None:
        checks.one_of("lesson", lesson, course())
        if _asked:  # a question does not know where it stands, its recap does
            _change(lambda all: [all["predictions"].get(asked, {}).setdefault("lesson", lesson) for asked in _asked])
    with _word("read"):
        return Progress(_seen(), lesson)
    return Progress(None, lesson)


def _seen() -> dict[str, Any] | None:
    """The content of the file, also where nothing can be written beside it; ``None`` if progress is off."""
    try:
        with _locked() as file:
            return file and _read(file)
    except OSError as error:
        if not path().is_file():
            raise
        _tell(f"Your progress could not be noted: {error}")
        return _read(path())  # whole without the lock, too


def reset() -> "Progress":
    """Begin anew. The old file is kept, with the date of its last change in its name."""
    with _word("set aside"), _locked() as file:
        if file and file.exists():
            say(f"Your progress until now is kept as {set_aside(file)}")
    return show()


@contextlib.contextmanager
def _locked() -> Iterator[Path | None]:
    """The file, which no other process touches meanwhile; ``None`` if progress is off."""
    file = path()
    if file is None:
        yield None
        return
    from filelock import FileLock

    file.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{file}.lock", timeout=PATIENCE, poll_interval=0.005):
        yield file


@contextlib.contextmanager
def _word(done: str) -> Iterator[None]:
    """Say, rather than raise, what went wrong: a full disk, a lock that another kernel keeps."""
    try:
        yield
    except (OSError, ImportError, RuntimeError) as error:  # the last where a user has no home
        _tell(f"Your progress could not be {done}: {error}")


def _read(file: Path) -> dict[str, Any]:
    """The content of the file, or a blank one. A damaged file is set aside and said."""
    blank = {"version": VERSION, "exercises": {}, "predictions": {}}
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return blank
    except (ValueError, RecursionError):  # no JSON, no UTF-8, or brackets without an end
        content = None
    if not is_sound(content):
        other = isinstance(content, dict) and content.get("version", VERSION) != VERSION
        why = "was written by another version of the lessons" if other else "could not be read"
        _tell(f"The file of your progress {why}. It is kept as {set_aside(file)}")
        return blank
    for old, new in RENAMED.items():
        if old in content["exercises"]:
            content["exercises"].setdefault(new, content["exercises"].pop(old))
    return content


def is_sound(content: Any) -> bool:
    """Whether a content has the form that the module's docstring shows."""
    try:
        return (
            content["version"] == VERSION
            and all(
                isinstance(entry["checks"], int)
                and isinstance(entry["solved"], str | None)
                and all(isinstance(count, int) for count in entry["mistakes"].values())
                for entry in content["exercises"].values()
            )
            and all(
                isinstance(entry["said"], str) and isinstance(entry["found"], str)
                for entry in content["predictions"].values()
            )
        )
    except (TypeError, KeyError, AttributeError):
        return False


_tell = functools.cache(say)  # a line, once in a kernel


@functools.cache
def course() -> dict[str, list[str]]:
    """The exercises of each lesson, in the order of the course; read from their source, so that no lesson is imported.

    A lesson's module names its number in its docstring, and lists its exercises in ``__all__`` where it does
    not declare them in their order.
    """
    found = {}
    for place in Path(__file__).with_name("exercises").iterdir():
        source = place / "__init__.py" if place.is_dir() else place
        if place.name.startswith("_") or not source.is_file():
            continue
        tree = ast.parse(source.read_text(encoding="utf-8"))
        number = re.search(r"[Ll]esson (\d+)", ast.get_docstring(tree) or "")
        found[int(number[1]), place.stem] = _declared(tree)
    return {lesson: names for (_, lesson), names in sorted(found.items())}


def _declared(module: ast.Module) -> list[str]:
    """The exercises that a module lists or, without a list, declares with the decorator or by a call."""
    declared = []
    for line in module.body:
        if isinstance(line, ast.FunctionDef | ast.ClassDef):
            if any(_called(decorator) == "exercise" for decorator in line.decorator_list):
                declared.append(line.name)
        elif isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
            if line.targets[0].id == "__all__":
                return ast.literal_eval(line.value)
            if _called(line.value) == "Exercise":
                declared.append(line.targets[0].id)
    return declared


def _called(node: ast.expr) -> str:
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""


@dataclass(frozen=True, repr=False)
class Progress:
    """The content of the file; ``None`` where progress is off."""

    content: dict[str, Any] | None
    lesson: str | None = None  #: the one whose exercises are shown, each in a row; by default a row for each lesson.

    def _entry(self, lesson: str, name: str) -> dict[str, Any]:
        return self.content["exercises"].get(f"{lesson}.{name}", {"checks": 0, "solved": None, "mistakes": {}})

    def _rows(self) -> list[tuple[str, ...]]:
        """The head of the table, then its rows, in words; nothing if there is nothing to show."""
        if not self.content:
            return []
        if self.lesson:
            rows = [self._row_of_exercise(name) for name in course()[self.lesson]]
            return [("Exercise", "State", MISTAKES), *rows]
        rows = [self._row_of_lesson(lesson, names) for lesson, names in course().items()]
        return [("Lesson", "Solved", "Not solved yet", MISTAKES), *rows] if self.content["exercises"] else []

    def _row_of_exercise(self, name: str) -> tuple[str, ...]:
        entry = self._entry(self.lesson, name)
        checks = "1 check" if entry["checks"] == 1 else f"{entry['checks']} checks"
        state = f"solved on {entry['solved']}, {checks}" if entry["solved"] else f"tried, {checks}"
        return name, state if entry["checks"] else "not tried yet", _mistakes(entry)

    def _row_of_lesson(self, lesson: str, names: list[str]) -> tuple[str, ...]:
        entries = {name: self._entry(lesson, name) for name in names}
        left = [name + " (tried)" * bool(entry["checks"]) for name, entry in entries.items() if not entry["solved"]]
        mistakes = [f"{name}: {_mistakes(entry)}" for name, entry in entries.items() if entry["mistakes"]]
        return _words(lesson), f"{len(names) - len(left)} of {len(names)}", ", ".join(left), "; ".join(mistakes)

    def _summary(self) -> str:
        """What stands below the table, or in its place."""
        if self.content is None:
            return "Progress is not kept here."
        predictions = self.content["predictions"].values()
        if not predictions and not self.content["exercises"] and not self.lesson:
            return "Nothing noted yet."
        here = [entry for entry in predictions if self.lesson and entry.get("lesson") == self.lesson]
        parts = [f"{_right(here)} in this lesson"] * bool(here)
        parts += [_right(predictions) + " in the course" * bool(self.lesson)] * bool(predictions)
        return (f"Right predictions: {', '.join(parts)}. " if parts else "") + self._next()

    def _next(self) -> str:
        """In the lesson, then in the course: the first exercise tried and not solved, or else the first not tried."""
        for lessons in [[self.lesson]] * bool(self.lesson) + [list(course())]:
            left = [(lesson, name) for lesson in lessons for name in course()[lesson]]
            left = [each for each in left if not self._entry(*each)["solved"]]
            if left:
                lesson, name = next((each for each in left if self._entry(*each)["checks"]), left[0])
                said = name if lesson == self.lesson else f"{name} in {_words(lesson)}"
                return f"Next: {said}" + (", which you tried." if self._entry(lesson, name)["checks"] else ".")
        return "You solved every exercise of the course."

    def __repr__(self) -> str:
        rows = [" | ".join(filter(None, row)) for row in self._rows()[1:]]
        return "\n".join([*rows, self._summary()])

    def _repr_html_(self) -> str:
        head, *rows = self._rows() or [()]
        table = "".join(_row("td", row) for row in rows)
        if table:
            table = f"<table><thead>{_row('th', head)}</thead><tbody>{table}</tbody></table>"
        return f"{table}<p>{self._summary()}</p>"


def _right(predictions: Collection[dict[str, Any]]) -> str:
    return f"{sum(entry['said'] == entry['found'] for entry in predictions)} of {len(predictions)}"


def _mistakes(entry: dict[str, Any]) -> str:
    return ", ".join(f"{_words(key)} ×{count}" for key, count in entry["mistakes"].items())


def _row(tag: str, cells: Iterable[str]) -> str:
    left = 'style="text-align: left"'
    return f"<tr>{''.join(f'<{tag} {left}>{html.escape(cell)}</{tag}>' for cell in cells)}</tr>"


def _words(name: str) -> str:
    return name.replace("_", " ")
