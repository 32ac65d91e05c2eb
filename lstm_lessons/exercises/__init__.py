"""The exercises of the lessons: one module per lesson, and the engine that judges answers."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from lstm_lessons.exercises._engine import Exercise, ExerciseBroken, Mistake
from lstm_lessons.exercises._verdict import Note, Solution, Verdict

__all__ = [
    "Exercise",
    "ExerciseBroken",
    "Mistake",
    "Note",
    "Solution",
    "Verdict",
    "all_exercises",
]


def all_exercises() -> Iterator[tuple[str, str, Exercise]]:
    """Every exercise, as (lesson, name, exercise), lesson by lesson.

    The lesson is the name of the module here and, after its number, of the notebook.

    Raises:
        ValueError: if a module holds an exercise under another name than its own.
    """
    for found in pkgutil.iter_modules(__path__):
        if found.name.startswith("_"):
            continue
        module = importlib.import_module(f"{__name__}.{found.name}")
        for name, exercise in vars(module).items():
            if not isinstance(exercise, Exercise):
                continue
            if name != exercise.name:
                raise ValueError(f"{found.name}.{name} is called {exercise.name!r}; rename one")
            yield found.name, name, exercise
