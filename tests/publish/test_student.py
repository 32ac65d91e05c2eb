"""Learners' copies: nothing of the teacher's in them, solutions closed until a day or a word, cells for nbgrader."""

import datetime
import importlib
import re

import nbformat
import pytest

from lstm_lessons.exercises import Solution, _lock, lock, start_here, untouched
from lstm_lessons.publish import student
from lstm_lessons.workcopy import KEY
from tests.notebooks import form

TOMORROW = str(datetime.date.today() + datetime.timedelta(days=1))
EVERY_LESSON = pytest.mark.parametrize("path", form.LESSONS, ids=lambda path: path.stem)


@pytest.fixture(autouse=True)
def unlocked(monkeypatch):
    monkeypatch.setattr(_lock.LOCK, "closed", False)


def copy_of(path, **options):
    notebook = nbformat.read(path, as_version=4)
    return student.student(notebook, student.lesson_of(path), **({"until": TOMORROW} | options))


def sources(copy, kind="code"):
    return [cell.source for cell in copy.cells if cell.cell_type == kind]


# --- What a copy holds ----------------------------------------------------------------------


@EVERY_LESSON
def test_a_copy_has_no_notes_no_results_and_no_solution(path):
    copy = copy_of(path)
    nbformat.validate(copy)
    assert copy.metadata[KEY] == {"lesson": student.lesson_of(path)}
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in copy.cells)
    text = "\n".join(sources(copy, "markdown"))
    assert "For the teacher" not in text and "Our solution</summary>" not in text
    exercises = [name for cell in copy.cells if (name := student.exercise_name(cell))]
    assert re.findall(r"^\*Our solution\* opens .*`exercises\.(\w+)\.solution", text, re.MULTILINE) == exercises != []
    first, lock = sources(copy)[:2]
    assert "lock(" in lock and "lock(" not in first
    places = [cell.source for cell in copy.cells]
    assert places.index(lock) == places.index(first) + 1


def test_the_lesson_itself_stays_as_it_was():
    given = nbformat.read(form.LESSONS[0], as_version=4)
    student.student(given, "start_here", word="plum", nbgrader=True)
    assert given == nbformat.read(form.LESSONS[0], as_version=4)


def test_the_word_itself_does_not_stand_in_the_copy():
    copy = copy_of(form.LESSONS[0], until=None, word="Plum Pudding")
    assert "plum" not in nbformat.writes(copy).lower()


def test_without_a_day_and_a_word_nothing_is_written():
    with pytest.raises(ValueError, match="until or word must say"):
        copy_of(form.LESSONS[0], until=None)
    for day in ("24.12.2026", "2026-11-31", "20261224", "2026-W52-4"):
        with pytest.raises(ValueError, match="until must be a day"):
            copy_of(form.LESSONS[0], until=day)


def test_the_folder_holds_copies_and_their_pictures(tmp_path):
    path = tmp_path / "01_gate_equations.ipynb"
    lesson = nbformat.read(form.LESSONS[1], as_version=4)
    lesson.cells[2].cell_type, lesson.cells[2].source = "markdown", "![a picture](images/one.png)"
    nbformat.write(lesson, path)
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "one.png").write_bytes(b"png")
    [written] = student.build([path], tmp_path / "out", word="plum")
    assert written.name == path.name and (tmp_path / "out" / "images" / "one.png").read_bytes() == b"png"
    [source] = student.build([path], tmp_path / "course", word="plum", nbgrader=True)
    assert source == tmp_path / "course" / "source" / path.stem / path.name
    compile((tmp_path / "course" / "nbgrader_config.py").read_text(), "config", "exec")


# --- The lock -------------------------------------------------------------------------------


def run_lock(**opening):
    [cell] = [cell for cell in copy_of(form.LESSONS[0], **opening).cells if cell.id == "lock"]
    exec(cell.source, {})


@pytest.mark.parametrize(("days", "opens"), [(1, False), (0, True), (-1, True)])
def test_solutions_open_on_the_day(days, opens):
    day = datetime.date.today() + datetime.timedelta(days=days)
    run_lock(until=str(day))
    shown = start_here.new_memory.solution()
    assert isinstance(shown, Solution) == opens
    assert opens or (f"{day:%B} {day.day}, {day.year}" in str(shown) and "f * c" not in str(shown))


def test_a_word_opens_all_solutions_and_another_none():
    run_lock(word="Plum")
    assert "Another word was set" in str(start_here.new_memory.solution("pear"))
    assert "with your teacher's word" in str(start_here.new_memory.solution())
    assert isinstance(start_here.new_memory.solution(" plum "), Solution)
    assert isinstance(start_here.new_memory.solution(), Solution)  # it stays open


def test_a_day_alone_has_no_word():
    run_lock()
    assert not isinstance(start_here.new_memory.solution("None"), Solution)
    with pytest.raises(ValueError, match="until or digest must be given"):
        lock()


# --- nbgrader -------------------------------------------------------------------------------


@EVERY_LESSON
def test_each_exercise_is_followed_by_a_locked_cell_with_points(path):
    copy = copy_of(path, nbgrader=True)
    lesson, roles = student.lesson_of(path), {}
    module = importlib.import_module(f"lstm_lessons.exercises.{lesson}")
    for cell, after in zip(copy.cells, copy.cells[1:], strict=False):
        if name := student.exercise_name(cell):
            role = after.metadata.nbgrader
            assert role.points == getattr(module, name).difficulty
            assert f'untouched("{lesson}").{name}.check({name})' in after.source
            roles[name] = role
    found = [cell.metadata.nbgrader for cell in copy.cells if "nbgrader" in cell.metadata]
    assert len(found) == len(roles) + 1  # the lock
    # What nbgrader's schema, version 3, asks of a cell.
    for role in found:
        kinds = {key: type(role[key]) for key in ("grade", "solution", "locked", "task", "schema_version", "grade_id")}
        assert list(kinds.values()) == [bool, bool, bool, bool, int, str] and role.cell_type == "code"
        assert role.locked and not role.solution and not role.task and role.schema_version == 3
        assert re.fullmatch(r"[\w-]+", role.grade_id) and role.grade == ("points" in role)
    assert len({role.grade_id for role in found}) == len(found)


@pytest.mark.parametrize(("answer", "passes"), [("f * c + i * g", True), ("f * c", False), ("...", False)])
def test_the_locked_cell_passes_a_right_answer_alone(answer, passes):
    [test] = [cell for cell in copy_of(form.LESSONS[0], nbgrader=True).cells if cell.id == "test-new_memory"]
    names = {"new_memory": eval(f"lambda c, f, i, g: {answer}")}
    if passes:
        exec(test.source, names)
    else:
        with pytest.raises(AssertionError, match="a memory in one line"):
            exec(test.source, names)


def test_a_fresh_copy_of_check_is_not_the_one_that_was_changed(monkeypatch):
    monkeypatch.setattr(type(start_here.new_memory), "check", lambda self, answer: True)
    assert start_here.new_memory.check(None) is True
    assert untouched("start_here").new_memory.check(lambda c, f, i, g: 0).status == "wrong"
    from lstm_lessons import exercises

    assert exercises.start_here is start_here
