"""What a learner solved is noted on their machine: whole, by several kernels at once, and kept."""

from __future__ import annotations

import builtins
import datetime
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from filelock import FileLock

from lstm_lessons import progress
from lstm_lessons.authoring.notebooks import exercise_name
from lstm_lessons.exercises import Exercise, all_exercises, start_here
from tests.notebooks import form

TODAY = datetime.date.today().isoformat()
SOUND = {"checks": 3, "solved": None, "mistakes": {}}
DAMAGED = [
    *("{", "", "[]", "null", '{"version": 1}', "[" * 100_000),
    *(
        json.dumps({"version": 1, "exercises": {"a.b": entry}, "predictions": {}})
        for entry in (3, {}, SOUND | {"checks": "3"}, SOUND | {"mistakes": {"m": "2"}})
    ),
    '{"version": 1, "exercises": {}, "predictions": {"Q": {"said": "a"}}}',
]


@pytest.fixture
def file(tmp_path, monkeypatch):
    """Progress is on, and kept in this file, which is not there yet."""
    path = tmp_path / "data" / "progress.json"
    monkeypatch.setenv(progress.SETTING, str(path))
    monkeypatch.setattr(progress, "_asked", set())
    progress._tell.cache_clear()
    return path


def noted(file: Path) -> dict:
    return json.loads(file.read_text())["exercises"]


# --- What is noted --------------------------------------------------------------------------------


def test_what_was_solved_and_which_mistake_came_up_how_often(file):
    for status, mistake in (("mistake", "swap"), ("mistake", "swap"), ("wrong", None)):
        progress.note("nn_lstm", "shapes", status, mistake)
    assert noted(file) == {"nn_lstm.shapes": {"checks": 3, "solved": None, "mistakes": {"swap": 2}}}
    progress.note("nn_lstm", "shapes", "correct")
    progress.note("nn_lstm", "shapes", "wrong")
    progress.note("cell", "step", "correct")
    assert noted(file) == {
        "nn_lstm.shapes": {"checks": 5, "solved": TODAY, "mistakes": {"swap": 2}},
        "cell.step": {"checks": 1, "solved": TODAY, "mistakes": {}},
    }
    assert {path.name for path in file.parent.iterdir()} == {"progress.json", "progress.json.lock"}


def test_the_day_on_which_it_was_solved_first_stays(file):
    progress.note("cell", "step", "correct")
    file.write_text(file.read_text().replace(TODAY, "1997-11-15"))
    progress.note("cell", "step", "correct")
    assert noted(file)["cell.step"]["solved"] == "1997-11-15"


def test_an_exercise_not_attempted_is_not_noted(file):
    progress.note("cell", "step", "not attempted")
    assert not file.exists()


@pytest.mark.parametrize("setting", ["off", "OFF", "0"])
def test_it_can_be_off(setting, monkeypatch, tmp_path):
    monkeypatch.setenv(progress.SETTING, setting)
    monkeypatch.chdir(tmp_path)
    progress.note("cell", "step", "correct")
    progress.reset()
    assert str(progress.show()) == "Progress is not kept here."
    assert list(tmp_path.iterdir()) == []


def test_it_is_off_under_the_tests():
    assert progress.path() is None


def test_by_itself_it_is_kept_with_the_users_data(monkeypatch, tmp_path):
    monkeypatch.delenv(progress.SETTING)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    path = progress.path()
    assert (path.name, path.parent.name) == ("progress.json", "lstm-lessons")
    if sys.platform == "linux":
        assert path.parent.parent == tmp_path


def test_what_this_version_does_not_know_is_kept(file):
    file.parent.mkdir()
    later = {"checks": 1, "solved": "2031-01-01", "mistakes": {"\ud800": 1}, "seconds": 7}
    content = {"version": 1, "exercises": {"gone.renamed": later}, "predictions": {}, "streak": [1]}
    file.write_text(json.dumps(content))
    progress.note("cell", "step", "wrong")
    assert json.loads(file.read_text()) == content | {
        "exercises": content["exercises"] | {"cell.step": {"checks": 1, "solved": None, "mistakes": {}}}
    }


# --- By check -------------------------------------------------------------------------------------


def test_check_notes_what_it_finds(file):
    def new_memory(c, f, i, g):
        return i * c + f * g

    assert start_here.new_memory.check(new_memory).mistake == "swapped_gates"
    start_here.new_memory.check(lambda c, f, i, g: f * c + i * g)
    assert noted(file) == {"start_here.new_memory": {"checks": 2, "solved": TODAY, "mistakes": {"swapped_gates": 1}}}


def test_an_example_of_the_lesson_and_an_exercise_of_somebody_else_are_not_noted(file):
    def exchanged(c, f, i, g):
        return i * c + f * g

    assert start_here.new_memory.check(exchanged).mistake == "swapped_gates"
    theirs = Exercise(name="one", title="one", reference=1, hints=["It is 1."])
    assert theirs.check(1)
    assert not file.exists()


# --- What may go wrong ----------------------------------------------------------------------------


@pytest.mark.parametrize("content", [*map(str.encode, DAMAGED), b"\xff\xfe"])
def test_a_damaged_file_is_set_aside_with_a_word_and_never_lost(file, content, capsys):
    for number in (1, 2):
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content)
        os.utime(file, (0, datetime.datetime(1997, 11, 15, 12).timestamp()))
        progress.note("cell", "step", "correct")
        aside = file.with_stem("progress_1997-11-15" + "_2" * (number - 1))
        assert aside.read_bytes() == content
        said = capsys.readouterr().out
        assert said == f"The file of your progress could not be read. It is kept as {aside}\n"
        assert list(noted(file)) == ["cell.step"]


def test_a_file_of_another_version_is_told_as_such_and_kept(file, capsys):
    file.parent.mkdir()
    file.write_text('{"version": 2, "exercises": {}, "predictions": {}}')
    assert str(progress.show()) == "Nothing noted yet."
    said = capsys.readouterr().out
    assert said.startswith("The file of your progress was written by another version of the lessons. It is kept as ")
    assert [json.loads(path.read_text())["version"] for path in file.parent.glob("progress_*.json")] == [2]


def test_what_was_noted_is_shown_where_nothing_more_can_be_written(file, monkeypatch, capsys):
    progress.note("start_here", "new_memory", "correct")

    def read_only(*args, **kwargs):
        raise PermissionError("read-only")

    monkeypatch.setattr("filelock.FileLock", read_only)
    progress.note("start_here", "new_memory", "wrong")
    assert str(progress.show("start_here")).startswith(f"new_memory | solved on {TODAY}, 1 check\n")
    assert capsys.readouterr().out == "Your progress could not be noted: read-only\n"


def test_a_place_where_nothing_can_be_written_is_said_once_and_stops_nobody(file, monkeypatch, capsys):
    file.parent.write_text("a file where the folder should be")
    for _ in range(2):
        progress.note("cell", "step", "correct")
    said = capsys.readouterr().out
    assert said.startswith("Your progress could not be noted: ") and said.count("\n") == 1
    assert str(progress.show()) == "Progress is not kept here."
    progress.reset()


def test_a_user_without_a_home_and_a_terminal_without_a_letter_stop_nobody(file, monkeypatch, capsys):
    def homeless():
        raise RuntimeError("could not determine the home directory of Łódź")

    monkeypatch.setattr(progress, "path", homeless)
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(io.BytesIO(), "cp1252"))
    progress.note("cell", "step", "correct")
    sys.stdout.flush()
    assert b"could not be noted: could not determine the home directory of ?\xf3d?" in sys.stdout.buffer.getvalue()


def test_a_home_in_the_setting_is_the_users(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv(progress.SETTING, "~/mine.json")
    assert progress.path() == tmp_path / "mine.json"


def test_a_lock_that_another_kernel_keeps_is_waited_for_and_then_said(file, monkeypatch, capsys):
    file.parent.mkdir()
    monkeypatch.setattr(progress, "PATIENCE", 0.05)
    with FileLock(f"{file}.lock"):
        progress.note("cell", "step", "correct")
    assert "could not be noted" in capsys.readouterr().out
    progress.note("cell", "step", "correct")
    assert noted(file)["cell.step"]["checks"] == 1


def test_where_a_library_is_missing_a_check_still_works(file, monkeypatch, capsys):
    def without(name, *args, **kwargs):
        if name == "filelock":
            raise ModuleNotFoundError("No module named 'filelock'")
        return whole(name, *args, **kwargs)

    whole = builtins.__import__
    monkeypatch.setattr(builtins, "__import__", without)
    progress.note("cell", "step", "correct")
    assert "could not be noted: No module named 'filelock'" in capsys.readouterr().out


# Each of 200 writers is killed at a random moment of its first three notes. It tells of each note
# that is done; one more may be.
KILLED = """
import os, random, signal, sys, time
from lstm_lessons import progress

random.seed(0)
begin = time.perf_counter()
for _ in range(10):
    progress.note("warm", "up", "correct")
pace = (time.perf_counter() - begin) / 10
done, kills = 0, 0
for _ in range(200):
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        while True:
            progress.note("cell", "step", "mistake", "swap")
            os.write(writer, b".")
    os.close(writer)
    time.sleep(random.uniform(0, 3 * pace))
    os.kill(child, signal.SIGKILL)
    kills += os.WIFSIGNALED(os.waitpid(child, 0)[1])
    with open(reader, "rb") as told:
        done += len(told.read())
    entries = progress.show().content["exercises"]
    entry = entries.get("cell.step", {"checks": 0, "mistakes": {}})
    found = entry["checks"]
    assert done <= found <= done + 1, (done, found)
    assert entry["mistakes"].get("swap", 0) == found
    assert entries["warm.up"]["checks"] == 10
    done = found
progress.note("cell", "step", "mistake", "swap")
print(kills, done, *sorted(os.listdir(os.path.dirname(progress.path()))))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_writer_killed_200_times_leaves_the_file_whole_each_time(file):
    run = subprocess.run([sys.executable, "-c", KILLED], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    kills, done, *left = run.stdout.split()
    assert int(kills) == 200 and int(done) > 50
    assert left == ["progress.json", "progress.json.lock"], "what a killed writer left is gone"


def test_kernels_that_write_at_once_lose_nothing(file):
    program = (
        "import sys; from lstm_lessons import progress\n"
        "for _ in range(50):\n"
        "    progress.note('cell', 'step', 'mistake', sys.argv[1])\n"
        "    progress.note('cell', sys.argv[1], 'correct')\n"
    )
    names = ["one", "two", "three"]
    writers = [subprocess.Popen([sys.executable, "-c", program, name]) for name in names]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    assert noted(file)["cell.step"]["checks"] == 150
    assert noted(file)["cell.step"]["mistakes"] == dict.fromkeys(names, 50)
    assert all(noted(file)[f"cell.{name}"]["checks"] == 50 for name in names)


# --- Showing, and beginning anew ------------------------------------------------------------------


def test_a_row_shows_what_is_solved_and_tried_of_a_lesson_and_the_mistakes(file):
    assert str(progress.show()) == "Nothing noted yet."
    assert progress.show()._repr_html_() == "<p>Nothing noted yet.</p>"
    for _ in range(2):
        progress.note("start_here", "new_memory", "mistake", "swapped_gates")
    progress.note("start_here", "new_memory", "mistake", "<b>")
    progress.note("deployment", "frozen_axes", "correct")
    lines = str(progress.show()).splitlines()
    assert lines[0] == "start here | 0 of 1 | new_memory (tried) | new_memory: swapped gates ×2, <b> ×1"
    assert "deployment | 1 of 4 | gates_for_onnx, to_int8, points_lost" in lines
    assert lines[-1] == "Next: new_memory in start here, which you tried."
    html = progress.show()._repr_html_()
    assert ">new_memory: swapped gates ×2, &lt;b&gt; ×1</td>" in html
    rows = len(progress.course())
    assert len(lines) == rows + 1 and html.count("<tr>") == rows + 1 and html.count("<th ") == 4


def test_a_lesson_shows_each_of_its_exercises_and_which_comes_next(file):
    assert str(progress.show("start_here")) == "new_memory | not tried yet\nNext: new_memory."
    progress.note("start_here", "new_memory", "wrong")
    assert str(progress.show("start_here")).startswith("new_memory | tried, 1 check\n")
    progress.note("start_here", "new_memory", "mistake", "swapped_gates")
    progress.note("start_here", "new_memory", "correct")
    assert str(progress.show("start_here")).splitlines() == [
        f"new_memory | solved on {TODAY}, 3 checks | swapped gates ×1",
        "Next: one_step in gate equations.",
    ]
    assert progress.show("start_here")._repr_html_().count("<tr>") == 2
    with pytest.raises(ValueError, match="lesson must be one of start_here, gate_equations, .*got 'nothing'"):
        progress.show("nothing")
    for lesson, names in progress.course().items():
        for name in names:
            progress.note(lesson, name, "correct")
    assert str(progress.show("start_here")).endswith("You solved every exercise of the course.")


def test_next_is_what_was_tried_and_not_solved_before_what_was_not_tried(file):
    first, second, *_ = progress.course()["gate_equations"]
    progress.note("speech", "collapse", "wrong")
    assert str(progress.show("gate_equations")).endswith(f"Next: {first}.")
    assert str(progress.show()).endswith("Next: collapse in speech, which you tried.")
    progress.note("gate_equations", second, "wrong")
    assert str(progress.show("gate_equations")).endswith(f"Next: {second}, which you tried.")


def test_every_lesson_ends_with_what_was_solved_in_it():
    for path in form.LESSONS:
        lesson = "" if path.stem.startswith("00") else f'"{path.stem[3:]}"'
        sources = [cell.source for cell in nbformat.read(path, as_version=4).cells]
        assert sum(source.endswith(f"\nprogress.show({lesson})") for source in sources) == 1, path.stem


def test_the_course_is_that_of_the_lessons_in_their_order():
    expected: dict[str, set] = {}
    for lesson, name, _ in all_exercises():
        expected.setdefault(lesson, set()).add(name)
    assert {lesson: set(names) for lesson, names in progress.course().items()} == expected
    assert [lesson for path in form.LESSONS if (lesson := path.stem[3:]) in expected] == list(progress.course())
    for path in form.LESSONS:
        cells = nbformat.read(path, as_version=4).cells
        asked = [name for cell in cells if (name := exercise_name(cell))]
        assert progress.course()[path.stem[3:]] == asked


def test_an_exercise_that_was_renamed_keeps_its_marks(file, monkeypatch):
    progress.note("start_here", "memory", "correct")
    monkeypatch.setattr(progress, "RENAMED", {"start_here.memory": "start_here.new_memory"})
    assert str(progress.show("start_here")).startswith(f"new_memory | solved on {TODAY}, 1 check")
    progress.note("start_here", "new_memory", "correct")
    assert noted(file) == {"start_here.new_memory": {"checks": 2, "solved": TODAY, "mistakes": {}}}


def test_it_counts_the_right_ones_of_the_first_predictions(file):
    progress.note_prediction("What is left?", "a half", "an eighth")
    assert str(progress.show()) == "Right predictions: 0 of 1. Next: new_memory in start here."
    progress.note_prediction("What is left?", "an eighth", "an eighth")
    progress.note_prediction("Does it close?", "yes", "yes")
    assert str(progress.show()).startswith("Right predictions: 1 of 2. ")
    assert progress.show()._repr_html_() == "<p>Right predictions: 1 of 2. Next: new_memory in start here.</p>"
    assert json.loads(file.read_text())["predictions"] == {
        "What is left?": {"said": "a half", "found": "an eighth"},
        "Does it close?": {"said": "yes", "found": "yes"},
    }


def test_a_recap_counts_the_predictions_of_its_lesson_and_of_the_course(file):
    progress.note_prediction("What is left?", "a half", "an eighth")
    progress.note_prediction("Does it close?", "yes", "yes")
    assert "Right predictions: 1 of 2 in this lesson, 1 of 2 in the course. " in str(progress.show("start_here"))
    progress._asked.clear()  # the next lesson has a kernel of its own
    assert "Right predictions: 1 of 2 in the course. " in str(progress.show("nn_lstm"))
    progress.note_prediction("How many?", "8", "8")
    assert "Right predictions: 1 of 1 in this lesson, 2 of 3 in the course. " in str(progress.show("nn_lstm"))
    assert "Right predictions: 1 of 2 in this lesson, 2 of 3 in the course. " in str(progress.show("start_here"))
    assert "Right predictions: 2 of 3. " in str(progress.show())


def test_a_reset_sets_the_old_file_aside(file, capsys):
    progress.note("cell", "step", "correct")
    before = file.read_bytes()
    assert str(progress.reset()) == "Nothing noted yet."
    (aside,) = file.parent.glob("progress_*.json")
    assert aside.read_bytes() == before
    assert capsys.readouterr().out == f"Your progress until now is kept as {aside}\n"
    assert not file.exists()
    assert str(progress.reset()) == "Nothing noted yet."
    assert capsys.readouterr().out == ""
