"""What must hold for every exercise of every lesson.

``faults`` says in words what is wrong with an exercise; it is itself tested on
exercises that were broken on purpose.
"""

from __future__ import annotations

import dataclasses
import importlib
import json
import math
import sys
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from lstm_lessons.exercises import Exercise, Mistake, all_exercises, start_here

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
EXERCISES = [pytest.param(lesson, exercise, id=f"{lesson}.{name}") for lesson, name, exercise in all_exercises()]
every_exercise = pytest.mark.parametrize(("lesson", "exercise"), EXERCISES)


def names_of_a_notebook(exercise: Exercise) -> dict[str, Any]:
    """The names that a notebook has when a learner reaches the exercise."""
    libraries = {"torch": torch, "nn": nn, "F": functional, "np": np, "math": math}
    return libraries | dict(exercise.given)


def faults(exercise: Exercise) -> list[str]:
    """Everything that is wrong with an exercise; empty if nothing is."""
    found = []
    if exercise.check(exercise.reference).status != "correct":
        found.append(f"the reference is not correct:\n{exercise.check(exercise.reference)}")
    names = names_of_a_notebook(exercise)
    exec(exercise.solution_code, names)
    verdict = exercise.check(names.get(exercise.name))
    if verdict.status != "correct":
        found.append(f"the solution shown is not correct:\n{verdict}")
    if len(exercise.mistakes) < 2:
        found.append("fewer than two mistakes are recognized")
    if len(exercise.hints) < 2:
        found.append("there is no second hint")
    for mistake in exercise.mistakes:
        verdict = exercise.check(mistake.answer)
        if verdict.status != "mistake":
            found.append(f"mistake {mistake.name} is {verdict.status}")
            continue
        candidates = [item.name for item in exercise.recognized(mistake.answer)]
        if candidates != [mistake.name]:
            found.append(f"mistake {mistake.name} is taken for {' or '.join(candidates)}")
    return found


@every_exercise
def test_its_solution_passes_and_each_mistake_is_recognized_as_itself(lesson, exercise):
    assert faults(exercise) == []


@every_exercise
def test_its_solution_passes_with_other_random_numbers_around_it(lesson, exercise):
    verdicts = []
    for seed in (0, 1):
        torch.manual_seed(seed)
        verdicts.append(exercise.check(exercise.reference).status)
    assert verdicts == ["correct", "correct"]


def in_single_precision(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return type(value)(map(in_single_precision, value))
    if isinstance(value, torch.Tensor):
        return value.float() if value.dtype == torch.float64 else value
    return np.float32(value) if getattr(value, "dtype", None) == np.float64 or type(value) is float else value


@every_exercise
def test_what_single_precision_leaves_is_right(lesson, exercise):
    """Who makes a tensor of a list computes with it. Where a model is given, its weights decide."""
    if exercise.run is None and isinstance(exercise.reference, FunctionType):
        verdict = exercise.check(lambda *given: exercise.reference(*in_single_precision(given)))
        assert verdict.status == "correct", verdict


@every_exercise
def test_the_lesson_goes_on_with_the_solution_of_a_learner_and_without_one_with_ours(lesson, exercise, capsys):
    names = names_of_a_notebook(exercise)
    exec(exercise.solution_code, names)
    assert exercise.yours_or_ours(names[exercise.name]) is names[exercise.name]
    assert exercise.check(exercise.yours_or_ours(...)).status == "correct"
    assert capsys.readouterr().out.splitlines() == [
        f"Going on with your `{exercise.name}`.",
        "Going on with ours: yours is not attempted yet.",
    ]


def public_functions(lesson: str) -> set[FunctionType]:
    """The functions of a lesson's module, or of those of its package, without the helpers."""
    name = f"lstm_lessons.exercises.{lesson}"
    return {
        value
        for place, module in list(sys.modules.items())
        if place == name or (place.startswith(f"{name}.") and "._" not in place)
        for key, value in vars(module).items()
        if isinstance(value, FunctionType) and value.__module__ == place and key[0] != "_"
    }


@pytest.mark.parametrize("lesson", sorted({lesson for lesson, *_ in all_exercises()}))
def test_every_wrong_answer_of_a_lesson_is_declared_as_one(lesson):
    """A function without an underscore before its name is a mistake, or given to the learner."""
    declared = {
        id(value)
        for owner, _, exercise in all_exercises()
        if owner == lesson
        for value in (*exercise.given.values(), *(item.answer for item in exercise.mistakes))
    }
    forgotten = [f.__name__ for f in public_functions(lesson) if id(f) not in declared]
    assert forgotten == []


def exercise_cells(lesson: str, name: str) -> list[dict]:
    """The cells of a lesson's notebook that are tagged with an exercise."""
    paths = list(NOTEBOOKS.glob(f"[0-9][0-9]_{lesson}.ipynb"))
    assert len(paths) == 1, f"lesson {lesson} has {len(paths)} notebooks"
    cells = json.loads(paths[0].read_text(encoding="utf-8"))["cells"]
    tag = f"exercise:{name}"
    return [cell for cell in cells if tag in cell["metadata"].get("tags", [])]


@every_exercise
def test_its_cell_in_the_notebook_is_a_stub_that_is_not_attempted(lesson, exercise):
    cells = exercise_cells(lesson, exercise.name)
    assert len(cells) == 1, f"{len(cells)} cells are tagged exercise:{exercise.name}"
    source = "".join(cells[0]["source"]).rstrip()
    stub, _, check = source.rpartition("\n")
    assert check == f"exercises.{exercise.name}.check({exercise.name})"
    assert "..." in stub
    names = names_of_a_notebook(exercise)
    exec(stub, names)
    assert exercise.check(names[exercise.name]).status == "not attempted"
    names["exercises"] = importlib.import_module(f"lstm_lessons.exercises.{lesson}")
    solved = names_of_a_notebook(exercise) | {"exercises": names["exercises"]}
    exec(f"{exercise.solution_code}\nverdict = {check}", solved)
    assert solved["verdict"].status == "correct"


def test_there_are_exercises_in_every_notebook_and_cells_for_no_other():
    known = {(lesson, f"exercise:{name}") for lesson, name, _ in all_exercises()}
    tagged = {
        (path.stem[3:], tag)
        for path in NOTEBOOKS.glob("[0-9][0-9]_*.ipynb")
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        for tag in cell["metadata"].get("tags", [])
        if tag.startswith("exercise:")
    }
    assert tagged == known


# Exercises that are broken on purpose: `faults` must see each of them.

MEMORY = start_here.new_memory


def broken(**changes) -> Exercise:
    return dataclasses.replace(MEMORY, **changes)


def test_the_unbroken_exercise_has_no_faults():
    assert faults(broken()) == []


def test_a_mistake_that_no_longer_differs_is_caught():
    healed = dataclasses.replace(MEMORY.mistakes[0], answer=MEMORY.reference)
    assert faults(broken(mistakes=[healed, *MEMORY.mistakes[1:]])) == [f"mistake {healed.name} is correct"]


def test_two_mistakes_that_give_the_same_are_caught():
    twin = Mistake("twin", MEMORY.mistakes[1].answer, "The same again.")
    found = faults(broken(mistakes=[*MEMORY.mistakes, twin]))
    name = MEMORY.mistakes[1].name
    assert found == [f"mistake {name} is taken for {name} or twin", f"mistake twin is taken for {name} or twin"]


def test_cases_that_cannot_tell_a_mistake_are_caught():
    found = faults(broken(cases=[(1.0, 0.5, 0.5, 1.0)]))
    assert "mistake swapped_gates is correct" in found


def test_a_solution_that_is_wrong_or_has_another_name_is_caught():
    for source in ("def new_memory(c, f, i, g): return c", "def memory(c, f, i, g): return c"):
        (found,) = faults(broken(solution_source=source))
        assert found.startswith("the solution shown is not correct")


def test_a_reference_that_misses_the_ideal_is_caught():
    found = faults(broken(expected=lambda case: 0.0))
    assert any(fault.startswith("the reference is not correct") for fault in found)


def test_a_lonely_mistake_and_a_lonely_hint_are_caught():
    found = faults(broken(mistakes=MEMORY.mistakes[:1], hints=["Think."]))
    assert found == ["fewer than two mistakes are recognized", "there is no second hint"]


def test_an_exercise_under_another_name_is_refused(monkeypatch):
    monkeypatch.setattr(start_here, "other_name", MEMORY, raising=False)
    with pytest.raises(ValueError, match="start_here.other_name is called 'new_memory'"):
        list(all_exercises())
