"""What is special to lesson 1's exercises: programs are judged by what the cell does."""

from __future__ import annotations

import math

import pytest
import torch

from lstm_lessons.exercises import gate_equations
from lstm_lessons.exercises.gate_equations.puzzles import KEEP, LATCH, Program, _averaged, _counted, _latched

PUZZLES = ("latch", "counter", "leaky_average", "first_input", "toggle")
OPEN = [0, 0, 10]


def scaled(program: Program, factor: float) -> Program:
    """All weights times a factor: another program that should behave alike."""

    def times(value):
        return [times(item) for item in value] if isinstance(value, list) else value * factor

    return {gate: times(rows) for gate, rows in program.items()}


@pytest.mark.parametrize(
    ("puzzle", "program"),
    [
        # Other numbers: an input gate that only half opens is enough.
        ("latch", {"i": [0, 5, 0, -5], "f": [0, -30, 0, 20], "g": [3, 0, 0, 0], "o": [0, 0, 0, 4]}),
        # Two units where one is enough.
        (
            "latch",
            {
                "i": [[0, 20, 0, 0, -10], [0] * 5],
                "f": [[0, -20, 0, 0, 10], [0] * 5],
                "g": [[10, 0, 0, 0, 0], [0] * 5],
                "o": [[0, 0, 0, 0, 10], [0] * 5],
            },
        ),
        # The output gate plays no part; the input gate stays open and g decides.
        ("counter", {"i": [0, 0, 0, 10], "f": [0, -20, 0, 10], "g": [5, 0, 0, 0], "o": [0, 0, 0, -10]}),
        # Half-open input gate, twice the weight on x.
        ("leaky_average", {"i": [0, 0, 0], "f": [0, 0, math.log(9)], "g": [0.2, 0, 0], "o": [0, 0, -3]}),
        # One unit that keeps shouting what it first heard.
        ("first_input", {"i": OPEN, "f": OPEN, "g": [3, 10, 0], "o": OPEN}),
        # States -0.76 and 0.76: g turns the old state round.
        ("toggle", {"i": [20, 0, -10], "f": [-20, 0, 10], "g": [0, -10, 3], "o": OPEN}),
        # States 0 and 0.76 without erasing: each pulse adds +1 or -1.
        ("toggle", {"i": [20, 0, -10], "f": OPEN, "g": [0, -20, 7], "o": OPEN}),
    ],
)
def test_any_program_that_behaves_rightly_passes(puzzle, program):
    verdict = getattr(gate_equations, puzzle).check(program)
    assert verdict.status == "correct", str(verdict)


@pytest.mark.parametrize("factor", [0.5, 0.8, 1.5, 3.0])
@pytest.mark.parametrize("puzzle", ["latch", "counter", "first_input", "toggle"])
def test_a_right_program_stays_right_with_larger_and_smaller_weights(puzzle, factor):
    exercise = getattr(gate_equations, puzzle)
    assert exercise.check(scaled(exercise.reference, factor)).status == "correct"


@pytest.mark.parametrize("factor", [0.8, 1.5])
@pytest.mark.parametrize(
    ("puzzle", "mistake"),
    [
        (puzzle, mistake)
        for puzzle in ("latch", "counter", "first_input", "toggle")
        for mistake in getattr(gate_equations, puzzle).mistakes
        # These are about an amount, which other weights change.
        if mistake.name not in ("small_steps", "forgets_half", "gates_too_soft", "input_gate_not_quite_closed")
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_a_mistake_is_recognized_with_other_weights_too(puzzle, mistake, factor):
    verdict = getattr(gate_equations, puzzle).check(scaled(mistake.answer, factor))
    assert verdict.mistake == mistake.name, str(verdict)


def test_the_wanted_behavior_of_each_puzzle():
    assert _latched({"data": [1, 1, -1, -1, 1], "write": [0, 1, 0, 1, 0]}) == "0++--"
    assert _counted({"tick": [1, 0, 1, 0, 1], "reset": [0, 0, 0, 1, 0]}) == [1, 1, 2, 0, 1]
    assert _averaged({"x": [1.0] * 40})[:2] == [0.1, 0.19]
    assert _averaged({"x": [1.0] * 40})[-1] == pytest.approx(1 - KEEP**40, abs=0.005)
    expected = gate_equations.toggle.expected
    assert expected({"pulse": [0, 1, 0, 1, 1, 1]}) == "011010"
    assert gate_equations.first_input.expected({"x": [-1, 1, 1]}) == "---"


def test_a_latch_that_forgets_within_the_sequence_fails():
    """At f = 0.9 a value falls below half in 7 steps; the longest wait must notice it."""
    slow = LATCH | {"f": [0, -20, 0, math.log(9)]}
    verdict = gate_equations.latch.check(slow)
    assert verdict.status == "wrong" and "In case 1 of 10" in verdict.message  # the longest wait


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ({"i": [1, 1, 1], "f": [1, 1, 1], "g": [1, 1, 1], "o": [1, 1, 1]}, "data, write, h, bias"),
        ({"i": [1, 1, 1, 1]}, "keys i, f, g and o"),
        ([1, 2, 3], "got list"),
        (LATCH | {"o": [0, 0, "10", 0]}, "numbers only"),
        *((LATCH | {gate: [0, 0, 10]}, f"gates['{gate}'] has a row of 3") for gate in "ifgo"),
        (LATCH | {"o": [0, 0, 0, math.nan]}, "finite"),
    ],
)
def test_what_is_no_program_is_explained(answer, says):
    verdict = gate_equations.latch.check(answer)
    assert verdict.status == "wrong"
    assert says in verdict.message


@pytest.mark.parametrize("puzzle", PUZZLES)
def test_the_printed_solution_is_the_reference_and_its_columns_line_up(puzzle):
    exercise = getattr(gate_equations, puzzle)
    names: dict = {}
    exec(exercise.solution_code, names)  # our own source text
    assert names[puzzle] == exercise.reference
    lines = exercise.solution_code.splitlines()
    head, rows = lines[1], lines[2:-1]
    assert {len(row.rstrip("],")) for row in rows} == {len(head)}, exercise.solution_code


def test_the_parameter_count_is_that_of_pytorch():
    for case in gate_equations.parameter_count.cases:
        counted = sum(p.numel() for p in torch.nn.LSTM(*case).parameters())
        assert gate_equations.parameter_count.reference(*case) == counted


def test_the_half_life_bias_leaves_one_half():
    for (steps,) in gate_equations.half_life_bias.cases:
        bias = torch.tensor(gate_equations.half_life_bias.reference(steps), dtype=torch.float64)
        assert torch.sigmoid(bias).pow(steps).item() == pytest.approx(0.5, abs=1e-9)
    # What the lesson's text says.
    assert gate_equations.half_life_bias.reference(1) == 0
    assert 4.9 < gate_equations.half_life_bias.reference(100) < 5


def test_no_mistake_gives_the_formula_of_a_forget_bias_away():
    exercise = gate_equations.half_life_bias
    assert any("log(f / (1 - f))" in hint for hint in exercise.hints)  # the last hint may
    for mistake in exercise.mistakes:
        assert "(1 - f)" not in mistake.message, mistake.name
        assert "1 / steps" not in mistake.message, mistake.name
    for mistake in gate_equations.leaky_average.mistakes:
        assert "2.197" not in mistake.message, mistake.name
        assert "log(" not in mistake.message, mistake.name
