"""A lesson goes on with the learner's own answer where it is right, otherwise with ours."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from lstm_lessons import progress
from lstm_lessons.exercises import Exercise, ExerciseBroken, manual_cell
from tests.exercises.samples import StubbedModule, keep_and_write, make_latch, make_memory, stub, swapped

NOT_ATTEMPTED = "Going on with ours: yours is not attempted yet.\n"
NOT_RIGHT = "Going on with ours: yours is not right yet.\n"


def make_doubler() -> Exercise:
    class Doubler(nn.Module):
        def forward(self, x):
            return 2 * x

    return Exercise(
        name="Doubler",
        title="twice",
        reference=Doubler,
        run=lambda cls, x: cls()(x),
        cases=[torch.ones(2)],
        hints=["Two."],
    )


class Mine(nn.Module):
    def forward(self, x):
        return x + x


@pytest.mark.parametrize(
    ("exercise", "answer"),
    [
        (make_memory(), lambda c, f, i, g: i * g + c * f),
        (make_latch(), {"keep": 0.95, "write": 1.05}),
        (make_doubler(), Mine),
    ],
    ids=["function", "value", "class"],
)
def test_a_right_answer_goes_on_itself(exercise, answer, capsys):
    assert exercise.yours_or_ours(answer) is answer
    assert capsys.readouterr().out == f"Going on with your `{exercise.name}`.\n"


def test_a_right_answer_is_run_once_in_each_case():
    calls = []
    memory = make_memory()
    memory.yours_or_ours(lambda c, f, i, g: calls.append(len(c)) or f * c + i * g)
    assert calls == [3, 1, 5]


def test_a_right_answer_of_another_kind_goes_on_as_one_of_ours(capsys):
    memory = make_memory()
    handed_on = memory.yours_or_ours(lambda c, f, i, g: [float(k) for k in f * c + i * g])
    result = handed_on(*torch.ones(4, 3))
    assert isinstance(result, torch.Tensor) and result.tolist() == [2, 2, 2]
    assert memory.yours_or_ours(handed_on) is handed_on
    assert capsys.readouterr().out == 2 * "Going on with your `memory`.\n"


@pytest.mark.parametrize(
    ("exercise", "answer"),
    [
        (make_memory(), ...),
        (make_memory(), stub),
        (make_memory(), lambda c, f, i, g: ...),
        (make_latch(), ...),
        (make_latch(), {"keep": ..., "write": 1.0}),
        (make_doubler(), StubbedModule),
    ],
)
def test_instead_of_an_unfinished_one_ours_goes_on(exercise, answer, capsys):
    ours = exercise.yours_or_ours(answer)
    assert capsys.readouterr().out == NOT_ATTEMPTED
    assert ours == exercise.reference
    assert exercise.check(ours).status == "correct"


def _exits(c, f, i, g):
    raise SystemExit


@pytest.mark.parametrize(
    ("exercise", "answer"),
    [
        (make_memory(), swapped),
        (make_memory(), lambda c, f, i, g: 1 / 0),
        (make_memory(), _exits),
        (make_memory(), lambda c: c),
        (make_memory(), None),
        (make_memory(), keep_and_write(1.0, 2.0, 3.0, 4.0)),
        (make_latch(), {"keep": 0.0, "write": 1.0}),
        (make_latch(), swapped),
        (make_doubler(), nn.Tanh),
        (make_doubler(), Mine()),
    ],
)
def test_instead_of_a_wrong_one_ours_goes_on_without_an_error(exercise, answer, capsys):
    ours = exercise.yours_or_ours(answer)
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == (NOT_RIGHT, "")
    assert ours == exercise.reference


def test_whoever_edits_our_value_does_not_change_the_exercise(capsys):
    latch = make_latch()
    ours = latch.yours_or_ours(...)
    ours["keep"] = 0.0
    assert latch.reference == {"keep": 1.0, "write": 1.0}
    assert latch.yours_or_ours(ours) == latch.reference  # edited, it is not ours any more
    assert capsys.readouterr().out == NOT_ATTEMPTED + NOT_RIGHT


@pytest.mark.parametrize("exercise", [make_memory(), make_latch(), make_doubler()])
def test_ours_is_not_called_yours_when_the_cell_runs_again(exercise, capsys):
    ours = exercise.yours_or_ours(...)
    assert exercise.yours_or_ours(ours) is ours
    assert capsys.readouterr().out == NOT_ATTEMPTED + "Going on with ours.\n"


def _counting(result):
    """A function that prints and counts its calls."""

    def answer(c, f, i, g):
        print("here")
        answer.calls += 1
        return result(c, f, i, g)

    answer.calls = 0
    return answer


def test_what_was_found_wrong_is_not_run_again(capsys):
    memory, answer = make_memory(), _counting(swapped)
    memory.check(answer)
    calls = answer.calls
    capsys.readouterr()
    assert memory.yours_or_ours(answer) is memory.reference
    assert answer.calls == calls > 0
    assert capsys.readouterr().out == NOT_RIGHT
    assert memory.yours_or_ours(keep_and_write) is keep_and_write  # another one is judged


def test_what_was_found_right_is_judged_again_quietly(capsys):
    """It may use what another cell has defined anew since."""
    memory, parts = make_memory(), {"written": lambda i, g: i * g}
    answer = _counting(lambda c, f, i, g: f * c + parts["written"](i, g))
    memory.check(answer)
    capsys.readouterr()
    assert memory.yours_or_ours(answer) is answer
    parts["written"] = lambda i, g: i + g
    assert memory.yours_or_ours(answer) is memory.reference
    assert capsys.readouterr().out == "Going on with your `memory`.\n" + NOT_RIGHT


def test_a_value_that_was_changed_since_the_check_is_judged_again(capsys):
    latch, answer = make_latch(), {"keep": 0.0, "write": 1.0}
    latch.check(answer)
    answer["keep"] = 1.0
    assert latch.yours_or_ours(answer) is answer


def test_our_layer_needs_no_step_of_the_learners(capsys):
    ours = manual_cell.lstm_layer.yours_or_ours(...)
    lstm = nn.LSTM(2, 3, dtype=torch.float64)
    x = torch.randn(5, 4, 2, dtype=torch.float64)
    zeros = torch.zeros(4, 3, dtype=torch.float64)
    outputs, _ = ours(x, (zeros, zeros), list(lstm.parameters()))
    torch.testing.assert_close(outputs, lstm(x)[0], rtol=0, atol=1e-12)


def test_our_layer_runs_on_the_step_that_it_is_given(capsys):
    calls = []

    def my_step(x, state, *weights):
        calls.append(x)
        return manual_cell.lstm_step(x, state, *weights)

    lstm = nn.LSTM(2, 3)
    x, zeros = torch.randn(5, 4, 2), torch.zeros(4, 3)
    ours = manual_cell.lstm_layer.yours_or_ours(..., lstm_step=my_step)
    torch.testing.assert_close(ours(x, (zeros, zeros), list(lstm.parameters()))[0], lstm(x)[0])
    assert len(calls) == 5
    again = manual_cell.lstm_layer.yours_or_ours(ours, lstm_step=manual_cell.lstm_step)
    calls.clear()
    again(x, (zeros, zeros), list(lstm.parameters()))
    assert calls == []  # when the cell runs again, it takes the step of now
    assert capsys.readouterr().out == NOT_ATTEMPTED + "Going on with ours.\n"
    assert manual_cell.lstm_layer.reference.__globals__["lstm_step"] is manual_cell.lstm_step


def test_what_ours_does_not_use_is_refused():
    with pytest.raises(ValueError, match=r"uses \['lstm_step'\]; got \['step'\]"):
        manual_cell.lstm_layer.yours_or_ours(..., step=abs)


def test_going_on_is_no_check_that_progress_counts(monkeypatch, capsys):
    noted = []
    monkeypatch.setattr(progress, "note", lambda *what: noted.append(what))
    step = manual_cell.lstm_step
    step.yours_or_ours(step.reference)
    step.yours_or_ours(...)
    assert noted == []
    step.check(step.reference)
    assert noted == [("manual_cell", "lstm_step", "correct", None)]


def test_a_broken_exercise_says_so():
    with pytest.raises(ExerciseBroken):
        make_memory(expected=lambda case: 1 / 0).yours_or_ours(swapped)
