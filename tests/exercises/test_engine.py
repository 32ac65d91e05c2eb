"""Every way in which an answer can be right, wrong, odd or hostile gets its verdict."""

from __future__ import annotations

import dataclasses
import io
import random
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import redirect_stdout

import numpy as np
import pytest
import torch
from torch import nn

from lstm_lessons.exercises import Exercise, ExerciseBroken, Mistake, Verdict, exercise
from lstm_lessons.exercises._compare import Tolerance, describe, difference, malformed
from lstm_lessons.exercises._observe import TimeLimitReached, call_within
from lstm_lessons.exercises._verdict import EDGES

# A small exercise of each kind


def _keep_and_write(c, f, i, g):
    return f * c + i * g


def _swapped(c, f, i, g):
    return i * c + f * g


def _in_place(c, f, i, g):
    c *= f
    c += i * g
    return c


def _raises_for_want_of_a_dimension(c, f, i, g):
    return torch.cat([c, f]).reshape(7, 7, 7)


def _tensors(rng):
    for size in (3, 1, 5):
        yield tuple(torch.from_numpy(rng.normal(size=size)) for _ in range(4))


def make_memory(**changes) -> Exercise:
    fields = {
        "name": "memory",
        "title": "a memory",
        "reference": _keep_and_write,
        "cases": _tensors,
        "mistakes": [
            Mistake("swapped_gates", _swapped, "You swapped f and i."),
            Mistake("in_place", _in_place, "You changed `c` itself."),
            Mistake("bad_reshape", _raises_for_want_of_a_dimension, "Do not reshape."),
        ],
        "hints": ["Two products.", "One is `f * c`.", "Add `i * g`."],
        "seconds": 0.5,
    }
    return Exercise(**(fields | changes))


@pytest.fixture(scope="module")
def memory() -> Exercise:
    return make_memory()


def make_latch() -> Exercise:
    """Weights for which a one-unit memory does what is wanted; many settings are right."""

    def run(weights, pulses):
        state = 0.0
        for pulse in pulses:
            state = weights["keep"] * state + weights["write"] * pulse
        return state

    return Exercise(
        name="latch",
        title="a latch",
        reference={"keep": 1.0, "write": 1.0},
        cases=[(1, 0, 0), (0, 0, 0), (0, 1, 0)],
        run=run,
        expected=lambda pulses: float(any(pulses)),
        atol=0.2,
        mistakes=[
            Mistake("forgets", {"keep": 0.0, "write": 1.0}, "It forgets at once."),
            Mistake("list_for_dict", [1.0, 1.0], "Name the numbers: use a dict."),
        ],
        hints=["What must stay?"],
    )


# How an exercise is declared


@exercise(
    title="the new memory",
    cases=_tensors,
    hints=["Two products."],
)
def new_memory(c, f, i, g):
    """Return the new cell state."""
    return f * c + i * g  # keep and write


@new_memory.mistake
def minus_for_plus(c, f, i, g):
    r"""You subtract. The two parts are *added*,
    as in $f \odot c + i \odot g$.

    In code: `f * c
    + i * g`.
    """
    return f * c - i * g


@new_memory.mistake
def memory_doubled(c, f, i, g):
    """Your memory is twice as large."""
    return 2 * new_memory(c, f, i, g)


def test_an_exercise_is_declared_by_its_right_answer():
    assert isinstance(new_memory, Exercise)
    assert (new_memory.name, new_memory.title) == ("new_memory", "the new memory")
    assert new_memory.check(_keep_and_write).status == "correct"
    assert new_memory(4.0, 0.5, 0.25, 8.0) == new_memory.reference(4.0, 0.5, 0.25, 8.0) == 4.0


def test_the_solution_is_the_right_answer_without_its_decorator():
    assert new_memory.solution_code.splitlines() == [
        "def new_memory(c, f, i, g):",
        '    """Return the new cell state."""',
        "    return f * c + i * g  # keep and write",
    ]
    names: dict = {}
    exec(new_memory.solution_code, names)
    assert new_memory.check(names["new_memory"]).status == "correct"
    assert f"```python\n{new_memory.solution_code}\n```" in new_memory.solution()._repr_markdown_()
    assert new_memory.solution_code in str(new_memory.solution())


def test_a_mistake_takes_its_name_and_its_sentence_from_a_wrong_answer():
    assert [mistake.name for mistake in new_memory.mistakes] == ["minus_for_plus", "memory_doubled"]
    verdict = new_memory.check(lambda c, f, i, g: f * c - g * i)
    assert verdict.mistake == "minus_for_plus"
    assert verdict.message == (
        r"You subtract. The two parts are *added*, as in $f \odot c + i \odot g$."
        "\n\nIn code: `f * c + i * g`."
    )
    assert new_memory.check(memory_doubled).mistake == "memory_doubled"
    assert minus_for_plus(1.0, 1.0, 1.0, 1.0) == 0  # the function stays what it was


def test_a_mistake_that_comes_after_a_check_is_recognized():
    memory = make_memory()
    assert memory.check(memory_doubled).status == "wrong"
    memory.mistake(memory_doubled)
    assert memory.check(memory_doubled).mistake == "memory_doubled"


def test_a_mistake_of_a_copy_is_not_one_of_the_original():
    original = make_memory()
    dataclasses.replace(original).mistake(memory_doubled)
    assert "memory_doubled" not in [mistake.name for mistake in original.mistakes]


def test_a_mistake_without_a_sentence_or_with_the_name_of_another_is_refused():
    def swapped_gates(c, f, i, g):
        """Once more."""

    for wrong, words in ((_swapped, "must not be empty"), (swapped_gates, "each used once")):
        with pytest.raises(ValueError, match=words):
            make_memory().mistake(wrong)


# Right answers


def test_a_right_answer_is_correct_and_its_verdict_is_true(memory):
    def answer(c, f, i, g):
        return i * g + c * f

    verdict = memory.check(answer)
    assert verdict.status == "correct"
    assert verdict
    assert verdict.mistake is None


@pytest.mark.parametrize("answer", [{"keep": 0.95, "write": 1}, {"write": 1.1, "keep": 1.0}])
def test_what_behaves_as_expected_is_correct_though_it_is_not_the_reference(answer):
    assert make_latch().check(answer).status == "correct"


def test_tensors_that_require_grad_are_compared_and_described(memory):
    assert memory.check(lambda c, f, i, g: (f * c + i * g).requires_grad_()).status == "correct"
    verdict = memory.check(lambda c, f, i, g: (f * c).requires_grad_())
    assert verdict.status == "wrong"
    assert "grad_fn" not in str(verdict)


def test_an_answer_may_print(memory, capsys):
    def answer(c, f, i, g):
        print("here")
        return f * c + i * g

    assert memory.check(answer)
    assert capsys.readouterr().out.count("here") == 3


# Not attempted


def _stub(c, f, i, g): ...


def _stub_with_docstring(c, f, i, g):
    """The new memory."""


def _stub_with_one_part_left(c, f, i, g):
    kept = f * c
    written = ...
    return kept + written


def _stub_that_returns_dots(c, f, i, g):
    return ...


class _StubbedModule(nn.Module):
    def forward(self, x):
        return ...


def _from_text(source: str):
    """A function without source text, as in a namespace that no file backs."""
    names: dict = {}
    exec(source, names)
    return names["answer"]


@pytest.mark.parametrize(
    "answer",
    [
        ...,
        {"keep": ..., "write": 1.0},
        (1.0, [..., 2.0]),
        _stub,
        _stub_with_docstring,
        _stub_with_one_part_left,
        _stub_that_returns_dots,
        _StubbedModule,
        _from_text("def answer(c, f, i, g): ..."),
        _from_text("def answer(c, f, i, g):\n    return ..."),
        lambda c, f, i, g: ...,
    ],
)
def test_what_holds_dots_is_not_attempted(memory, answer):
    verdict = memory.check(answer)
    assert verdict.status == "not attempted"
    assert not verdict


def test_the_line_of_the_dots_is_named(memory):
    line = _stub_with_one_part_left.__code__.co_firstlineno + 2
    assert f"in line {line}," in memory.check(_stub_with_one_part_left).message


def test_dots_that_index_are_an_answer(memory):
    def answer(c, f, i, g):
        """Dots in a text... and in an index."""
        return f[...] * c[..., :] + i * g

    assert memory.check(answer).status == "correct"


# Recognized mistakes


def test_a_mistake_is_recognized_however_it_is_written(memory):
    verdict = memory.check(lambda c, f, i, g: torch.addcmul(c * i, f, g))
    assert verdict.status == "mistake"
    assert verdict.mistake == "swapped_gates"
    assert "You swapped f and i." in verdict.message
    assert "swapped gates" in verdict.headline


def test_a_mistake_that_edits_its_input_is_recognized_by_the_edit(memory):
    def answer(c, f, i, g):
        c.mul_(f).add_(i * g)
        return c

    assert memory.check(answer).mistake == "in_place"


def test_a_mistake_by_value_is_recognized_though_the_answer_also_edits(memory):
    def answer(c, f, i, g):
        result = i * c + f * g
        g.zero_()
        return result

    assert memory.check(answer).mistake == "swapped_gates"


def test_a_mistake_that_raises_is_recognized_by_the_type_of_its_exception(memory):
    def answer(c, f, i, g):
        raise RuntimeError("another text")

    assert memory.check(answer).mistake == "bad_reshape"


def test_a_mistake_in_one_case_only_is_not_recognized(memory):
    def answer(c, f, i, g):
        return i * c + f * g if len(c) == 3 else f * c

    assert memory.check(answer).status == "wrong"


def test_wrong_weights_that_behave_like_a_mistake_are_recognized():
    assert make_latch().check({"keep": 0.05, "write": 0.9}).mistake == "forgets"


def test_a_mistake_that_cannot_even_be_run_is_recognized():
    assert make_latch().check([1, 1]).mistake == "list_for_dict"


# Wrong answers


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (lambda c: None, "the result is None. Did you forget `return`?"),
        (lambda c: c.tolist(), "expected a tensor of shape (3,), float64, got a list of 3"),
        (lambda c: c.numpy(), "got an array of shape (3,), float64"),
        (lambda c: 1.5, "got a number"),
        (lambda c: True, "got a bool"),
        (lambda c: "c", "got a string"),
        (lambda c: (c, c), "got a tuple of 2"),
        (lambda c: {"c": c}, "got a dict with the keys 'c'"),
        (lambda c: (x for x in c), "got a generator (a function with `yield` gives one)"),
        (lambda c: _swapped, "got a function (_swapped)"),
        (lambda c: nn.Tanh, "got the class Tanh"),
        (lambda c: object(), "got an object of type object"),
        (lambda c: c[None], "the result is of another shape."),
        (lambda c: c.float(), "got a tensor of shape (3,), float32"),
        (lambda c: c * float("nan"), "a value is NaN at [0]"),
        (lambda c: c / 0, "a value is infinite at [0]"),
        (lambda c: c * 0, "In case 1 of 3, the result is not the expected one"),
    ],
)
def test_a_result_of_the_wrong_kind_is_named(memory, result, words):
    verdict = memory.check(lambda c, f, i, g: result(c))
    assert verdict.status == "wrong"
    assert words in f"{verdict.message}\n{verdict.details}"


def test_the_first_differing_case_is_shown_with_inputs_and_values():
    exercise = make_memory(cases=[(2.0, 1.0, 0.0, 0.0), (1.0, 0.5, 0.25, 4.0)])
    verdict = exercise.check(lambda c, f, i, g: f * c)
    assert "In case 2 of 2" in verdict.message
    assert "the difference is 1" in verdict.message
    assert verdict.details.splitlines() == [
        "c         1",
        "f         0.5",
        "i         0.25",
        "g         4",
        "expected  1.5",
        "got       0.5",
    ]


def test_the_largest_difference_and_its_place_are_shown():
    exercise = make_memory(
        reference=lambda: torch.zeros(2, 3), cases=((),), mistakes=[], solution_source="memory = 0"
    )
    answer = torch.zeros(2, 3)
    answer[1, 2] = 0.25
    answer[0, 0] = 0.125
    assert "the largest difference is 0.25 at [1, 2]" in exercise.check(lambda: answer).message


def test_a_part_of_a_nested_result_is_named():
    exercise = make_memory(
        reference=lambda c: {"h": (c, c + 1)}, cases=[(1.0,)], mistakes=[], solution_source="x = 0"
    )
    verdict = exercise.check(lambda c: {"h": (c, None)})
    assert "part `['h'][1]` of the result is None" in verdict.message.lower().replace(
        "none", "None"
    )
    assert "return" not in verdict.message
    lacking = exercise.check(lambda c: {"o": 1})
    assert "lacks the key 'h' and has the unknown key 'o'" in lacking.details


def test_an_exception_is_shown_with_type_text_and_line(memory):
    def answer(c, f, i, g):
        kept = f * c
        return kept + forgotten  # noqa: F821

    verdict = memory.check(answer)
    line = answer.__code__.co_firstlineno + 2
    assert verdict.status == "wrong"
    assert verdict.details.splitlines() == [
        "NameError: name 'forgotten' is not defined",
        f"line {line}: return kept + forgotten  # noqa: F821",
    ]
    assert "Has the cell that defines this name been run?" in verdict.after


def test_an_exception_inside_a_library_is_shown_at_the_learners_line(memory):
    def answer(c, f, i, g):
        return torch.cat([c, f]) @ i

    verdict = memory.check(answer)
    assert verdict.mistake == "bad_reshape"  # the same type of exception
    verdict = make_memory(mistakes=[]).check(answer)
    assert "RuntimeError" in verdict.details
    assert "return torch.cat([c, f]) @ i" in verdict.details
    assert "Print both shapes." in verdict.after


def test_the_exercise_says_more_about_its_own_errors():
    exercise = make_memory(errors={"name 'f_t'": "Write `f`."})
    verdict = exercise.check(lambda c, f, i, g: f_t * c)  # noqa: F821
    assert verdict.after == "Write `f`."


@pytest.mark.parametrize("error", [SystemExit(3), GeneratorExit(), StopIteration(), Warning("w")])
def test_no_exception_of_an_answer_escapes(memory, error):
    def answer(c, f, i, g):
        raise error

    verdict = memory.check(answer)
    assert verdict.status == "wrong"
    assert type(error).__name__ in verdict.details


def test_an_exception_without_a_text_of_its_own_is_shown(memory):
    class Hostile(Exception):
        def __str__(self):
            raise ValueError("no text")

    def answer(c, f, i, g):
        raise Hostile

    assert "Hostile" in memory.check(answer).details


def test_endless_recursion_gets_a_verdict(memory):
    def answer(c, f, i, g):
        return answer(c, f, i, g)

    verdict = make_memory(mistakes=[]).check(answer)
    assert "RecursionError" in verdict.details
    assert "calls itself without end" in verdict.after


def test_a_pressed_stop_button_stops(memory):
    def answer(c, f, i, g):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        memory.check(answer)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda c, f: c, "Your function takes `c, f`; it will be called with `c, f, i, g`."),
        (lambda: 0, "Your function takes `nothing`"),
        (lambda c, f, i, g, x: c, "Your function takes `c, f, i, g, x`"),
        (3.5, "should be a function; it is a number"),
        (torch.zeros(2), "should be a function; it is a tensor of shape (2,), float32"),
        (None, "should be a function; it is None"),
    ],
)
def test_what_cannot_be_called_as_it_will_be_is_named(memory, answer, words):
    verdict = memory.check(answer)
    assert verdict.status == "wrong"
    assert words in verdict.message


def test_an_answer_may_take_more_if_it_need_not(memory):
    assert memory.check(lambda c, f, i, g, scale=1: scale * (f * c + i * g)).status == "correct"
    assert memory.check(lambda *gates: gates[1] * gates[0] + gates[2] * gates[3])


def test_cases_may_hold_keyword_arguments():
    exercise = make_memory(cases=[{"c": 1.0, "f": 2.0, "i": 3.0, "g": 4.0}], mistakes=[])
    assert exercise.check(lambda g, i, f, c: f * c + i * g).status == "correct"
    verdict = exercise.check(lambda g, i, f, c: f * c)
    assert verdict.details.splitlines()[0] == "c         1"


@pytest.mark.parametrize("case", [np.ones(3), torch.ones(3), np.ones(0)], ids=repr)
def test_a_case_that_is_an_array_is_shown_as_one_input(case):
    exercise = make_memory(
        reference=lambda x: 2.0, run=lambda answer, x: answer(x), cases=[case], mistakes=[],
        solution_source="memory = 0",
    )  # fmt: skip
    verdict = exercise.check(lambda x: 1.0)
    assert verdict.status == "wrong" and "input" in str(verdict)


def test_an_edited_input_is_named_though_the_result_is_right():
    exercise = make_memory(mistakes=[])
    verdict = exercise.check(_in_place)
    assert verdict.status == "wrong"
    assert "changes its input `c` in place" in verdict.message


@dataclasses.dataclass
class _Pulses:
    values: np.ndarray
    name: str


@pytest.mark.parametrize(
    ("case", "edit"),
    [
        (([1.0, 2.0],), lambda x: x.append(3.0)),
        (({"a": 1.0},), lambda x: x.pop("a")),
        (({"a": [np.zeros(2)]},), lambda x: x["a"][0].fill(1.0)),
        ((np.zeros(2),), lambda x: x.fill(1.0)),
        ((torch.zeros(2),), lambda x: x.unsqueeze_(0)),
        ((_Pulses(np.zeros(2), "p"),), lambda x: x.values.fill(1.0)),
        ((_Pulses(np.zeros(2), "p"),), lambda x: setattr(x, "name", "q")),
    ],
)
def test_every_kind_of_edited_input_is_seen(case, edit):
    exercise = make_memory(reference=lambda x: 0, cases=[case], mistakes=[], solution_source="x=0")

    def answer(x):
        edit(x)
        return 0

    assert exercise.check(lambda x: 0).status == "correct"
    assert "in place" in exercise.check(answer).message
    assert exercise.check(lambda x: 0).status == "correct"  # the case itself was kept


def test_an_answer_that_changes_its_mind_is_named(memory):
    verdict = memory.check(lambda c, f, i, g: f * c + torch.rand(1, dtype=c.dtype))
    assert "two different results" in verdict.message


def test_results_are_kept_as_they_were_when_they_were_returned(memory):
    kept = torch.zeros(5, dtype=torch.float64)

    def answer(c, f, i, g):  # right each time, in memory that it uses again
        kept[: len(c)] = f * c + i * g
        return kept[: len(c)]

    assert memory.check(answer).status == "correct"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"keep": 1.0}, "lacks the key 'write'"),
        ({"keep": 1.0, "write": 1.0, "erase": 0.0}, "has the unknown key 'erase'"),
        ({"keep": "1", "write": 1.0}, "`keep` should be a number; it is a string"),
        ({"keep": torch.ones(1), "write": 1.0}, "`.item()` makes it one"),
        ({"keep": float("nan"), "write": 1.0}, "`keep` is not a finite number"),
        ({"keep": True, "write": 1.0}, "`keep` should be a number; it is a bool"),
        (1.0, "Your answer should be a dict with the keys 'keep', 'write'; it is a number"),
        (_swapped, "should be a dict with the keys 'keep', 'write'; it is a function"),
    ],
)
def test_a_value_that_is_not_built_as_it_should_be_is_named(answer, words):
    verdict = make_latch().check(answer)
    assert verdict.status == "wrong"
    assert words in verdict.message


def make_matrix() -> Exercise:
    return Exercise(
        name="matrix",
        title="a matrix",
        reference=[[1.0, 0.0], [0.0, 1.0]],
        run=lambda answer, case: torch.as_tensor(answer, dtype=torch.float64) @ case,
        cases=[torch.ones(2, dtype=torch.float64)],
        mistakes=[Mistake("zeros", [[0, 0], [0, 0]], "All zero.")],
        hints=["Ones."],
    )


@pytest.mark.parametrize("answer", [[[1, 0], [0, 1]], np.eye(2), torch.eye(2)])
def test_lists_arrays_and_tensors_stand_for_each_other(answer):
    assert make_matrix().check(answer).status == "correct"


@pytest.mark.parametrize("answer", [[[0, 0], [0, 0]], np.zeros((2, 2)), torch.zeros(2, 2)])
def test_a_mistake_is_recognized_as_a_list_an_array_and_a_tensor(answer):
    assert make_matrix().check(answer).mistake == "zeros"


def test_a_list_of_tensors_has_their_form():
    rows = [torch.tensor([1, 0]), torch.tensor([0, 1])]
    assert malformed([[1.0, 0.0], [0.0, 1.0]], rows) is None
    assert "shape (2, 2)" in malformed([[1.0, 0.0], [0.0, 1.0]], [*rows, rows[0]])


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ([1, 0, 0, 1], "should have shape (2, 2); it has shape (4,)"),
        ([[1, 0], [0]], "should have shape (2, 2); it is a list of 2"),
        (torch.eye(3), "it has shape (3, 3)"),
        ("eye", "should have shape (2, 2); it is a string"),
        (torch.eye(2) / 0, "not finite"),
    ],
)
def test_a_matrix_of_the_wrong_form_is_named(answer, words):
    assert words in make_matrix().check(answer).message


def test_the_exercise_may_say_itself_what_form_it_wants():
    exercise = make_latch()
    exercise.form = lambda answer: None if "keep" in answer else "there is no `keep`."
    assert exercise.check({"write": 1.0}).message == "There is no `keep`."


def test_a_wrong_value_does_not_give_the_answer_away():
    exercise = Exercise(
        name="count",
        title="how many parameters?",
        reference=840,
        mistakes=[Mistake("one_bias", 800, "PyTorch has two bias vectors.")],
        hints=["Four gates."],
    )
    assert exercise.check(840.0).status == "correct"
    assert exercise.check(800).mistake == "one_bias"
    verdict = exercise.check(7)
    assert verdict.status == "wrong"
    assert "840" not in str(verdict) + verdict._repr_html_()


def test_a_class_is_an_answer():
    class Doubler(nn.Module):
        def forward(self, x):
            return 2 * x

    class Tripler(nn.Module):
        def forward(self, x):
            return 3 * x

    exercise = Exercise(
        name="Doubler",
        title="twice",
        reference=Doubler,
        run=lambda cls, x: cls()(x),
        cases=[torch.ones(2)],
        mistakes=[Mistake("tripler", Tripler, "Three times.")],
        hints=["Two."],
    )

    class Mine(nn.Module):
        def forward(self, x):
            return x + x

    class Careless(nn.Module):
        def forward(self, x):
            return self.lost(x)

    assert exercise.check(Mine).status == "correct"
    assert exercise.check(Tripler).mistake == "tripler"
    assert "should be a class" in exercise.check(Mine()).message
    assert "return self.lost(x)" in exercise.check(Careless).details
    assert exercise.check(_StubbedModule).status == "not attempted"
    assert exercise.solution_code.startswith("class Doubler(nn.Module):")


def test_what_the_exercise_cannot_use_is_blamed_on_what_was_returned():
    exercise = make_memory(
        run=lambda function, case: sum(function(*case)),
        reference=lambda c: (c, c),
        cases=[(1.0,), (2.0,)],
        mistakes=[],
        solution_source="x = 0",
    )
    assert "Did you forget `return`?" in exercise.check(lambda c: None).message
    assert exercise.check(lambda c: c).details == "expected a tuple of 2, got a number"
    odd = exercise.check(lambda c: ("a", "b"))
    assert odd.status == "wrong"
    assert "expected a number, got a string" in odd.details


def test_a_value_that_the_exercise_cannot_use_gets_a_verdict():
    exercise = make_latch()
    exercise.form = lambda answer: None
    verdict = exercise.check({"keep": 1.0})
    assert verdict.message == "Your answer could not be used:"
    assert verdict.details == "KeyError: 'write'"


# Time


def _busy(seconds: float):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            sum(range(100))
        except Exception:  # must not swallow the time limit
            pass


def _too_long(c, f, i, g):
    _busy(20)
    return f * c + i * g


def test_an_answer_that_runs_too_long_is_stopped(memory):
    began = time.monotonic()
    verdict = memory.check(_too_long)
    assert time.monotonic() - began < 10
    assert verdict.status == "wrong"
    assert "still running after 0.5 seconds" in verdict.message
    assert "It was at line" in verdict.details


def test_the_time_limit_is_for_all_cases_together():
    exercise = make_memory(seconds=1.0)

    def answer(c, f, i, g):
        time.sleep(0.45)
        return f * c + i * g

    assert "still running after 1 second " in exercise.check(answer).message


def test_except_exception_does_not_catch_the_limit():
    caught = []

    def careful():
        try:
            while True:
                pass
        except Exception as error:
            caught.append(error)
            raise

    with pytest.raises(TimeLimitReached):
        call_within(0.2, careful)
    assert caught == []


def test_a_bare_except_does_not_outlive_the_limit():
    def stubborn():
        try:
            _busy(20)
        except:  # noqa: E722
            _busy(20)

    began = time.monotonic()
    with pytest.raises(TimeLimitReached):
        call_within(0.2, stubborn)
    assert time.monotonic() - began < 10


def test_outside_the_main_thread_an_answer_is_stopped_too(memory):
    verdicts = []
    thread = threading.Thread(target=lambda: verdicts.extend([memory.check(_too_long), "end"]))
    thread.start()
    thread.join(15)
    assert "still running" in verdicts[0].message
    assert verdicts[1] == "end"


def test_outside_the_main_thread_answers_and_errors_come_back(memory):
    verdicts = []

    def work():
        verdicts.append(memory.check(_keep_and_write).status)
        verdicts.append(memory.check(_swapped).mistake)
        verdicts.append(memory.check(lambda c, f, i, g: 1 / 0).details)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(15)
    assert verdicts[:2] == ["correct", "swapped_gates"]
    assert verdicts[2].startswith("ZeroDivisionError")


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no alarm signal on this system")
def test_an_alarm_that_was_set_is_set_again():
    rung = []
    old_handler = signal.signal(signal.SIGALRM, lambda *_: rung.append(True))
    old_timer = signal.setitimer(signal.ITIMER_REAL, 30)
    try:
        assert call_within(5, lambda: 7) == 7
        left, _ = signal.getitimer(signal.ITIMER_REAL)
        assert 0 < left <= 30
        began = time.monotonic()
        with pytest.raises(TimeLimitReached):  # the outer limit holds within the inner one
            call_within(0.1, lambda: call_within(20, lambda: _busy(30)))
        assert time.monotonic() - began < 10
        assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= 30
        assert not rung
        signal.raise_signal(signal.SIGALRM)
        assert rung == [True]
    finally:
        signal.signal(signal.SIGALRM, old_handler)
        signal.setitimer(signal.ITIMER_REAL, *old_timer)


# What surrounds the check


def test_a_check_leaves_the_random_generators_alone(memory):
    def answer(c, f, i, g):
        torch.rand(3), np.random.rand(3), random.random()  # noqa: NPY002
        return f * c

    states = []
    for _ in range(2):
        states.append((torch.rand(1).item(), np.random.rand(), random.random()))  # noqa: NPY002
        torch.manual_seed(5), np.random.seed(5), random.seed(5)  # noqa: NPY002
        if not states[1:]:
            memory.check(answer)
            states[0] = (torch.rand(1).item(), np.random.rand(), random.random())  # noqa: NPY002
            torch.manual_seed(5), np.random.seed(5), random.seed(5)  # noqa: NPY002
    assert states[0] == states[1]


def test_the_cases_are_the_same_each_time():
    first, second = (make_memory()._all_cases for _ in range(2))
    assert difference(first, second) is None


def test_a_verdict_is_the_same_each_time(memory):
    def answer(c, f, i, g):
        return object()

    first, second = memory.check(answer), memory.check(answer)
    assert str(first) == str(second)
    assert first._repr_html_() == second._repr_html_()
    details = memory.check(lambda c, f, i, g: int(repr(object()))).details
    assert "ValueError" in details
    assert not re.search(r"0x[0-9a-f]", details)


def test_an_exercise_of_plain_numbers_loads_no_torch():
    code = (
        "import sys\n"
        "from lstm_lessons.exercises import start_here\n"
        "print(start_here.new_memory.check(lambda c, f, i, g: f * c + i * g).status)\n"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["correct", "False"]


# Faults of the exercise itself


@pytest.mark.parametrize(
    "changes",
    [
        {"reference": lambda c, f, i, g: 1 / 0},
        {"expected": lambda case: 1 / 0},
        {"cases": lambda rng: 1 / 0},
    ],
)
def test_a_broken_exercise_is_not_blamed_on_the_learner(changes):
    with pytest.raises(ExerciseBroken, match="bug of the lesson, not of your answer"):
        make_memory(**changes).check(_swapped)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "a memory"}, "name must be an identifier"),
        ({"title": " "}, "title must not be empty"),
        ({"hints": []}, "hints must hold at least one"),
        ({"hints": ["one", ""]}, "hint 2 must not be empty"),
        ({"mistakes": [Mistake("a", 1, "x"), Mistake("a", 2, "y")]}, "each used once"),
        ({"mistakes": [Mistake("a b", 1, "x")]}, "must be identifiers"),
        ({"mistakes": [Mistake("a", 1, "")]}, "message of mistake 'a' must not be empty"),
        ({"cases": []}, "cases must hold at least one"),
        ({"difficulty": 4}, "difficulty must be 1, 2 or 3; got 4"),
        ({"minutes": 0}, "minutes and seconds must be positive"),
        ({"seconds": -1}, "minutes and seconds must be positive"),
        ({"atol": -1}, "atol and rtol must be at least 0"),
        ({"errors": {"NameError": ""}}, "advice for error 'NameError' must not be empty"),
    ],
)
def test_a_badly_written_exercise_is_refused(changes, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        make_memory(**changes)


# Hints and solutions


def test_hints_come_one_after_the_other():
    exercise = make_memory()
    assert exercise.hint().message == "Two products."
    second = exercise.hint()
    assert second.message == "One is `f * c`."
    assert second.headline == "Hint 2 of 3"
    assert "1 more" in second.after
    third = exercise.hint()
    assert "That was the last hint." in third.after
    assert exercise.hint().message == third.message


def test_a_hint_can_be_asked_for_by_number():
    exercise = make_memory()
    assert exercise.hint(2).message == "One is `f * c`."
    assert exercise.hint().message == "Add `i * g`."
    for number in (0, 4, -1, True, "one", 1.5):
        with pytest.raises(ValueError, match="number must be from 1 to 3"):
            exercise.hint(number)


def test_the_solution_of_a_value_is_an_assignment():
    assert make_latch().solution_code == "latch = {'keep': 1.0, 'write': 1.0}"
    exercise = make_memory(solution_source="\n    memory = 1  # why\n")
    assert exercise.solution_code == "memory = 1  # why"


def test_the_card_names_title_difficulty_time_and_errors():
    exercise = make_memory(difficulty=2, minutes=7, errors={"name 'f_t'": "Write `f`."})
    card = str(exercise)
    for words in ("a memory", "Difficulty 2 of 3", "about 7 min", "name 'f_t'", "Write `f`."):
        assert words in card
    assert "Difficulty 2 of 3" in exercise._repr_html_()
    assert "<code>name &#x27;f_t&#x27;</code>: Write <code>f</code>." in exercise._repr_html_()


# How a verdict looks


def test_what_a_learner_wrote_is_escaped(memory):
    class Hostile:
        def __repr__(self):
            return "<script>alert(1)</script> $x$ `y`"

    def answer(c, f, i, g):
        raise ValueError("</pre><script>alert(2)</script>")

    for verdict in (memory.check(answer), memory.check(lambda c, f, i, g: {Hostile(): 1})):
        page = verdict._repr_html_()
        assert "<script>" not in page
        assert "&lt;script&gt;" in page
        shown = re.sub(r"<pre [^>]*>.*?</pre>", "", page, flags=re.DOTALL)
        assert "script" not in shown  # learner's text stands in <pre>, where no math is drawn


def test_a_failing_repr_does_not_fail_the_check():
    class Hostile:
        def __repr__(self):
            raise ValueError

        def __eq__(self, other):
            raise ValueError

        __hash__ = None

    assert describe([Hostile()]) == "[an object of type Hostile]"
    assert difference(Hostile(), Hostile()).kind == "value"
    exercise = make_memory(
        reference=lambda: Hostile(), cases=((),), mistakes=[], solution_source="x = 0"
    )
    assert exercise.check(lambda: Hostile()).status == "wrong"


def test_a_huge_output_is_cut(memory):
    verdict = make_memory(reference=lambda: "a", cases=((),), mistakes=[]).check(
        lambda: "b" * 10**6
    )
    assert len(str(verdict)) < 2000
    assert len(memory.check(lambda c, f, i, g: torch.zeros(3) + [1] * 10**5).details) < 2000
    assert len(describe(torch.zeros(1000, 1000))) < 500
    assert len(describe(dict.fromkeys(range(1000), "x" * 50))) < 500


@pytest.mark.parametrize(
    ("answer", "status", "word"),
    [
        (_keep_and_write, "correct", "Correct"),
        (_stub, "not attempted", "Not attempted"),
        (_swapped, "mistake", "A known mistake"),
        (lambda c, f, i, g: c, "wrong", "Not right yet"),
    ],
)
def test_a_verdict_reads_without_color_and_is_announced(memory, answer, status, word):
    verdict = memory.check(answer)
    assert verdict.status == status
    page = verdict._repr_html_()
    assert word in re.sub("<[^>]*>", "", page)
    assert 'role="status"' in page
    assert "background" not in page  # it stands on the page's own, light or dark
    assert re.search(r"(?<!-)color:", page) is None  # and its text has the page's color
    assert repr(verdict) == str(verdict)
    assert word in str(verdict)


def _contrast(first: str, second: str) -> float:
    """WCAG contrast ratio of two hex colors."""

    def luminance(color: str) -> float:
        channels = (int(color[place : place + 2], 16) / 255 for place in (1, 3, 5))
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("status", EDGES)
@pytest.mark.parametrize("page", ["#ffffff", "#111111", "#1b2230"])
def test_the_edge_of_a_verdict_is_seen_on_light_and_dark_pages(status, page):
    assert _contrast(EDGES[status], page) >= 3


def test_code_and_paragraphs_of_a_message_are_set():
    verdict = Verdict("wrong", "No", "Use `f * c`.\n\nThen add $i_t$.")
    assert "<code>f * c</code>" in verdict._repr_html_()
    assert verdict._repr_html_().count("<p ") == 3
    assert str(verdict) == "✗ No\nUse `f * c`.\nThen add $i_t$."


def test_a_status_must_be_one_of_the_four():
    with pytest.raises(ValueError, match="status must be one of"):
        Verdict("fine", "Fine", "")


# Comparison


def test_texts_that_differ_say_where():
    found = difference("000--", "00+--")
    assert (found.kind, found.sentence) == ("value", "the first difference is at place 2, from 0")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (1, 1.0),
        (np.float32(0.5), 0.5),
        (float("nan"), float("nan")),
        (float("inf"), float("inf")),
        (torch.tensor([1.0, float("nan")]), torch.tensor([1.0, float("nan")])),
        (torch.tensor([1.0, float("inf")]), torch.tensor([1.0, float("inf")])),
        (torch.tensor([1.0], dtype=torch.bfloat16), torch.tensor([1.0], dtype=torch.bfloat16)),
        (torch.tensor([1j]), torch.tensor([1j])),
        (torch.tensor([True]), torch.tensor([True])),
        (np.array(["a"]), np.array(["a"])),
        (torch.zeros(0), torch.zeros(0)),
        ((1, [2, {"a": None}]), (1, [2, {"a": None}])),
        (True, np.True_),
        ("f", "f"),
    ],
)
def test_what_agrees_agrees(first, second):
    assert difference(first, second, Tolerance()) is None


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        (1.0, 1.1, "value"),
        (1.0, float("nan"), "nan"),
        (1.0, float("inf"), "inf"),
        (float("inf"), 1.0, "inf"),
        (float("inf"), float("-inf"), "inf"),
        (True, 1, "type"),
        (1.0, torch.tensor(1.0), "type"),
        ((1, 2), [1, 2], "type"),
        ((1, 2), (1, 2, 3), "length"),
        ({"a": 1}, {"b": 1}, "keys"),
        (torch.tensor([float("inf")]), torch.tensor([1.0]), "value"),
        (torch.tensor([1]), torch.tensor([2]), "value"),
        (torch.tensor([True]), torch.tensor([False]), "value"),
        (torch.zeros(2), torch.zeros(1, 2), "shape"),
        (torch.zeros(2), torch.zeros(2).double(), "dtype"),
        (None, 1, "type"),
        (1, None, "none"),
        ("f", "i", "value"),
        (nn.Linear(1, 1, bias=False), nn.Linear(1, 1), "keys"),
    ],
)
def test_what_differs_is_named_by_its_kind(first, second, kind):
    assert difference(first, second, Tolerance()).kind == kind


def test_the_dtype_may_be_free():
    free = Tolerance(same_dtype=False)
    assert difference(torch.zeros(2), torch.zeros(2).double(), free) is None


def test_an_own_comparison_decides_and_never_fails_the_check():
    exercise = make_memory(
        reference=lambda: [True, False],
        cases=((),),
        agrees=lambda expected, got: [value > 0.5 for value in got] == expected,
        mistakes=[],
        solution_source="x = 0",
    )
    assert exercise.check(lambda: [0.9, 0.1]).status == "correct"
    assert exercise.check(lambda: [0.9, 0.8]).status == "wrong"
    assert exercise.check(lambda: 3).status == "wrong"
    assert exercise.check(lambda: None).status == "wrong"


def test_prints_of_the_second_look_are_not_shown(memory):
    def answer(c, f, i, g):
        print("here")
        return f * c

    out = io.StringIO()
    with redirect_stdout(out):
        memory.check(answer)
    assert out.getvalue().count("here") == 3
