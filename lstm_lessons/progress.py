"""What a learner solved, and which mistakes came up, in one small file on their own machine.

``check`` notes what it found; ``progress.show()`` shows it, ``progress.reset()`` begins anew. Nothing is ever sent. The
environment variable ``LSTM_LESSONS_PROGRESS`` names another file, or
says ``off``. The file is JSON::

    {"version": 1,
     "exercises": {"start_here.new_memory": {
         "checks": 3, "solved": "2026-11-28", "mistakes": {"swapped_gates": 2}}},
     "predictions": {"What is left?": {"said": "a half", "found": "an eighth"}}}

It is written whole or not at all, under a lock, so that two kernels lose nothing. Names that this version does not know
are kept.
"""

import contextlib
import datetime
import functools
import html
import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lstm_lessons.files import set_aside, write_whole

SETTING = "LSTM_LESSONS_PROGRESS"
VERSION = 1
HEAD = ("Lesson", "Exercise", "State", "Mistakes that came up")
PATIENCE = 10.0  # seconds to wait for another kernel


def path() -> Path | None:
    """The file, whether it is there or not; ``None`` if progress is off."""
    setting = os.environ.get(SETTING, "")
    if setting.lower() in ("off", "0"):
        return None
    if setting:
        return Path(setting)
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


def show() -> "Progress":
    """What was noted until now: a table in a notebook, lines of text elsewhere."""
    with _word("read"), _locked() as file:
        return Progress(file and _read(file))
    return Progress(None)


def reset() -> "Progress":
    """Begin anew. The old file is kept, with the date of its last change in its name."""
    with _word("set aside"), _locked() as file:
        if file and file.exists():
            print(f"Your progress until now is kept as {set_aside(file)}")
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
    except (OSError, ImportError) as error:
        _tell(f"Your progress could not be {done}: {error}")


def _read(file: Path) -> dict[str, Any]:
    """The content of the file, or a blank one. A damaged file is set aside and said."""
    blank = {"version": VERSION, "exercises": {}, "predictions": {}}
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return blank
    except ValueError:  # no JSON, or no UTF-8
        content = None
    if not is_sound(content):
        _tell(f"The file of your progress could not be read. It is kept as {set_aside(file)}")
        return blank
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


_tell = functools.cache(print)  # a line, once in a kernel


@dataclass(frozen=True, repr=False)
class Progress:
    """The content of the file; ``None`` where progress is off."""

    content: dict[str, Any] | None

    def _rows(self) -> list[tuple[str, str, str, str]]:
        """Lesson, exercise, state, and mistakes, in words."""
        rows = []
        for name, entry in (self.content or {"exercises": {}})["exercises"].items():
            lesson, _, exercise = name.partition(".")
            checks = "1 check" if entry["checks"] == 1 else f"{entry['checks']} checks"
            state = f"solved on {entry['solved']}" if entry["solved"] else "tried"
            mistakes = [f"{_words(key)} ×{count}" for key, count in entry["mistakes"].items()]
            rows.append((_words(lesson), exercise, f"{state}, {checks}", ", ".join(mistakes)))
        return rows

    def _summary(self) -> str:
        """What stands below the table, or in its place."""
        if self.content is None:
            return "Progress is not kept here."
        predictions = self.content["predictions"].values()
        right = sum(entry["said"] == entry["found"] for entry in predictions)
        if predictions:
            return f"Right predictions: {right} of {len(predictions)}."
        return "" if self.content["exercises"] else "Nothing noted yet."

    def __repr__(self) -> str:
        rows = [" | ".join(filter(None, row)) for row in self._rows()]
        return "\n".join(filter(None, [*rows, self._summary()]))

    def _repr_html_(self) -> str:
        table = "".join(_row("td", row) for row in self._rows())
        if table:
            table = f"<table><thead>{_row('th', HEAD)}</thead><tbody>{table}</tbody></table>"
        summary = self._summary()
        return table + (f"<p>{summary}</p>" if summary else "")


def _row(tag: str, cells: Iterable[str]) -> str:
    left = 'style="text-align: left"'
    return f"<tr>{''.join(f'<{tag} {left}>{html.escape(cell)}</{tag}>' for cell in cells)}</tr>"


def _words(name: str) -> str:
    return name.replace("_", " ")
