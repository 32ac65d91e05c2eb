"""Ten answers and more that people type to each exercise, and what they are told (see ``answers``)."""

from __future__ import annotations

import functools
import importlib
import inspect
import re
import textwrap
from typing import Any

import nbformat
import pytest
import torch

from lstm_lessons.authoring.notebooks import exercise_name
from lstm_lessons.exercises import Exercise
from lstm_lessons.exercises._compare import same_kinds
from tests.exercises.test_all_exercises import every_exercise, names_of_a_notebook
from tests.notebooks import form

AT_LEAST = 10


def answers(lesson: str, exercise: Exercise) -> list[tuple[str, str]]:
    return importlib.import_module(f"tests.exercises.answers.{lesson}").ANSWERS[exercise.name]


def answer_of(exercise: Exercise, source: str) -> Any:
    """The answer that a learner has after typing it."""
    names = names_of_a_notebook(exercise) | {"right": exercise.reference}
    if not callable(exercise.reference):
        return eval(source, names)  # our own text
    expression = not re.search(r"\n|^return |^\w+ \W?= |^print", source)
    body = f"return {source}" if expression else source
    head = f"def {exercise.name}{inspect.signature(exercise.reference)}:"
    exec(f"{head}\n{textwrap.indent(body, '    ')}", names)
    return names[exercise.name]


@functools.cache
def told(exercise: Exercise, source: str) -> tuple[str, str]:
    """ "correct", the name of the mistake or "wrong", and all words of the verdict."""
    verdict = exercise.check(answer_of(exercise, source))
    return verdict.mistake or verdict.status, f"{verdict.message} {verdict.details} {verdict.after}"


@pytest.mark.filterwarnings("ignore")  # an answer may be clumsy
@every_exercise
def test_what_people_type_is_accepted_or_told_what_it_is(lesson, exercise):
    surprises = []
    for expected, source in answers(lesson, exercise):
        found, words = told(exercise, source)
        if (found, True) != (("wrong", expected[2:] in words) if expected[0] == "!" else (expected, True)):
            surprises.append(f"{source}\n  is told {found}, expected {expected}: {words}")
    assert surprises == []


@pytest.mark.filterwarnings("ignore")
@every_exercise
def test_a_right_answer_is_handed_on_with_results_of_our_kinds(lesson, exercise, capsys):
    """A list is right where we have an array, but the lesson goes on with `.mean()`."""
    if exercise.run is not None or not callable(exercise.reference):
        return
    ours = [outcome.value for outcome in exercise.outcomes(exercise.reference)]
    for expected, source in answers(lesson, exercise):
        if expected == "correct":
            handed_on = exercise.yours_or_ours(answer_of(exercise, source))
            results = exercise.outcomes(handed_on)
            assert exercise.is_right(results), source
            assert all(same_kinds(first, found.value) for first, found in zip(ours, results, strict=True)), source


@every_exercise
def test_there_are_enough_of_them(lesson, exercise):
    rows = answers(lesson, exercise)
    assert len(set(rows)) == len(rows) >= AT_LEAST
    assert sum(expected == "correct" for expected, _ in rows) >= 2
    assert {expected for expected, _ in rows if expected[0] != "!"} - {m.name for m in exercise.mistakes} == {"correct"}


@every_exercise
def test_each_advice_for_an_error_is_given_for_an_error_that_is_really_raised(lesson, exercise):
    """A key that no answer's error holds may be one that torch has never printed."""
    said = " ".join(told(exercise, source)[1] for _, source in answers(lesson, exercise))
    assert [key for key, text in exercise.errors.items() if key.lower() not in said.lower() or text not in said] == []


def helps(lesson: str) -> dict[str, list[str]]:
    """The errors that a lesson explains above an exercise, by the exercise's name."""
    [path] = [path for path in form.LESSONS if path.stem[3:] == lesson]
    found, keys = {}, []
    for cell in nbformat.read(path, as_version=4).cells:
        if "Help, I get this error." in cell.source:
            keys = re.findall(r"`([^`]+)`: ", cell.source.partition("Help, I get this error.")[2])
        elif name := exercise_name(cell):
            found[name], keys = keys, []
    return found


@every_exercise
def test_each_error_that_the_lesson_explains_is_one_that_an_answer_raises(lesson, exercise):
    said = " ".join(told(exercise, source)[1] for _, source in answers(lesson, exercise)).lower()
    keys = [key for key in helps(lesson).get(exercise.name, []) if "'exercises'" not in key]  # the cell of imports
    assert [key for key in keys if not all(part.strip().lower() in said for part in key.split("\u2026"))] == []


def test_lesson_4_explains_the_error_of_a_whole_row():
    """A batch of one needs no ``[0]`` there: torch takes (1, n, H) for (n, H)."""
    output, turned = torch.zeros(2, 5, 4), torch.zeros(1, 3, 4)
    output[0, :3] = turned
    with pytest.raises(RuntimeError, match="must match the existing size"):
        output[0] = turned[0]
    [key] = helps("bidirectional_lstm")["read_backward"]
    assert key == "must match the existing size"
