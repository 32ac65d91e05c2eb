"""The exercises of the lessons: one module per lesson, and the engine that judges answers.

A lesson with many exercises is a package, which gives them all under its own name.
"""

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from types import ModuleType

from lstm_lessons.exercises._engine import Exercise, ExerciseBroken, Mistake, exercise
from lstm_lessons.exercises._lock import lock
from lstm_lessons.exercises._verdict import Note, Solution, Verdict

__all__ = ["Exercise", "ExerciseBroken", "Mistake", "Note", "Solution", "Verdict"]
__all__ += ["all_exercises", "exercise", "lock", "untouched"]


def all_exercises() -> Iterator[tuple[str, str, Exercise]]:
    """Every exercise, as (lesson, name, exercise), lesson by lesson.

    The lesson is the name of the module here and, after its number, of the notebook. A package, and a
    module that declares them in another order, lists its exercises in ``__all__``, in the order of the notebook.

    Raises:
        ValueError: if a module holds an exercise under another name than its own.
    """
    for found in pkgutil.iter_modules(__path__):
        if found.name.startswith("_"):
            continue
        module = importlib.import_module(f"{__name__}.{found.name}")
        for name in getattr(module, "__all__", list(vars(module))):
            value = getattr(module, name)
            if not isinstance(value, Exercise):
                continue
            if name != value.name:
                raise ValueError(f"{found.name}.{name} is called {value.name!r}; rename one")
            yield found.name, name, value


def untouched(lesson: str) -> ModuleType:
    """A second copy of a lesson's exercises, whatever was done to the first since it was imported.

    Whoever grades checks with it, where a notebook may have changed `check`. It notes no progress.
    """
    package = sys.modules[__name__.partition(".")[0]]
    first = {name: module for name, module in sys.modules.items() if f"{name}.".startswith(f"{__name__}.")}
    for name in first:
        del sys.modules[name]
    try:
        return importlib.import_module(f"{__name__}.{lesson}")
    finally:
        for name in [name for name in sys.modules if f"{name}.".startswith(f"{__name__}.")]:
            del sys.modules[name]
        sys.modules.update(first)
        package.exercises = first[__name__]
