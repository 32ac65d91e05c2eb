"""The five puzzles as plain data, so that a page judges a program as `check` does, on the same sequences."""

from typing import Any

import numpy as np

from lstm_lessons.exercises._engine import CASE_SEED, Exercise
from lstm_lessons.exercises.gate_equations import _programs, puzzles

_READ = {"+": [_programs.ON, 1], "-": [-1, -_programs.ON], "0": [-_programs.OFF, _programs.OFF]}
"""Where h must be for a sign."""
_SWITCHED = {"1": [_programs.ON, 1], "0": [-1, _programs.OFF]}


def _puzzle(exercise: Exercise, task: str, **rule: Any) -> dict[str, Any]:
    """All that a page needs of a puzzle; ``blank`` is the program to start from, with the rows that are given.

    Args:
        exercise: the puzzle.
        task: what the program must do, in a sentence.
        rule: ``ranges`` of h by the letter that stands for each, or how far c may be off: ``within``, after the steps
            ``at`` (all without it), and ``alike`` for the result of a mistake.
    """
    cases = list(exercise.cases(np.random.default_rng(CASE_SEED)))
    reads = "h" if "ranges" in rule else "c"
    wanted = [exercise.expected(case) for case in cases]
    outlines = (
        [_programs.averages(case["x"], puzzles.KEEP) for case in cases] if exercise is puzzles.leaky_average else wanted
    )
    sequences = [
        {"xs": np.transpose(list(case.values())).tolist(), "wanted": result, "outline": outline}
        for case, result, outline in zip(cases, wanted, outlines, strict=True)
    ]
    return {
        "key": exercise.name,
        "title": exercise.title,
        "task": task,
        "why": exercise.why,
        "inputs": list(cases[0]),
        "limits": [[-1 if min(min(case[name]) for case in cases) < 0 else 0, 1] for name in cases[0]],
        "blank": {gate: _blank(rows) for gate, rows in exercise.reference.items()},
        "cases": sequences,
        "mistakes": [{"name": m.name, "program": m.answer, "message": m.message} for m in exercise.mistakes],
        "reads": reads,
        **rule,
    }


def _blank(rows: list) -> list:
    """Zeros for the first unit; further units are given."""
    return [[0] * len(rows[0]), *rows[1:]] if isinstance(rows[0], list) else [0] * len(rows)


PUZZLES = {
    puzzle["key"]: puzzle
    for puzzle in (
        _puzzle(
            puzzles.latch,
            "Where write is 1, h takes the sign of data, and shows it until the next write. Before the first write h "
            "stays near 0.",
            ranges=_READ,
        ),
        _puzzle(puzzles.counter, "c is the number of ticks since the last reset.", within=puzzles.COUNT_WITHIN),
        _puzzle(
            puzzles.leaky_average,
            "At each step c keeps 90 % of itself, and 10 % of x is added. It is checked after steps "
            f"{', '.join(map(str, puzzles.LOOK_AT))}.",
            within=puzzles.AVERAGE_WITHIN,
            at=puzzles.LOOK_AT,
            alike=puzzles.ALIKE,
        ),
        _puzzle(
            puzzles.first_input,
            "From the first step to the last, h of unit a shows the sign of the first x. Unit b is given: its h is 0 "
            "before the first step, and 0.76 or more ever after.",
            ranges=_READ,
        ),
        _puzzle(
            puzzles.toggle, "Each pulse switches h on (above 0.4) or off (below 0.25). It starts off.", ranges=_SWITCHED
        ),
    )
}
"""By name, in the order of the lesson."""
