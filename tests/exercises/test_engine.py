"""Every way in which an answer can be right, wrong, odd or hostile gets its verdict."""

from __future__ import annotations

import dataclasses
import inspect
import linecache

import numpy as np
import pytest
import torch
from torch import nn

from lstm_lessons.exercises import Exercise, Mistake
from lstm_lessons.exercises._compare import malformed
from tests.exercises.samples import StubbedModule, in_place, make_latch, make_memory, stub, swapped

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


def _stub_with_docstring(c, f, i, g):
    """The new memory."""


def _stub_with_one_part_left(c, f, i, g):
    kept = f * c
    written = ...
    return kept + written


def _stub_that_returns_dots(c, f, i, g):
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
        stub,
        _stub_with_docstring,
        _stub_with_one_part_left,
        _stub_that_returns_dots,
        StubbedModule,
        _from_text("def answer(c, f, i, g): ..."),
        _from_text("def answer(c, f, i, g):\n    return ..."),
        lambda c, f, i, g: ...,
    ],
)
def test_what_holds_dots_is_not_attempted(memory, answer):
    verdict = memory.check(answer)
    assert verdict.status == "not attempted"
    assert not verdict


@pytest.mark.parametrize("other", ["import sys", "def another(c):\n    return c"])
def test_a_source_that_is_not_the_answers_says_nothing_of_it(memory, monkeypatch, other):
    """Python 3.13 takes the text of `python -c` for that of what `exec` defines: both call their file <string>."""
    stub = _from_text("def answer(c, f, i, g): ...")
    entry = (len(other), None, other.splitlines(keepends=True), stub.__code__.co_filename)
    monkeypatch.setitem(linecache.cache, stub.__code__.co_filename, entry)
    monkeypatch.setattr(linecache, "checkcache", lambda name=None: None)
    assert inspect.getsource(stub)
    assert memory.check(stub).status == "not attempted"


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


def _reshaped_elsewhere(c, f, i, g):
    both = torch.cat([c, f])
    return both.view(7, 7, 7)


def _raise(error):
    raise error


def test_a_mistake_that_raises_is_recognized_by_what_its_exception_says_and_by_where_it_is_raised(memory):
    assert memory.check(_reshaped_elsewhere).mistake == "bad_reshape"
    for error in (RuntimeError("another text"), ValueError("shape '[7, 7, 7]' is invalid for input of size 6")):
        assert memory.check(lambda c, f, i, g, error=error: _raise(error)).mistake is None
    assert memory.check(_raises_inside_a_library).mistake is None


def _raises_inside_a_library(c, f, i, g):
    """The type and the text of the mistake's error, from a function of torch that the mistake does not call."""

    class Shaped(nn.Module):
        forward = staticmethod(torch.Tensor.reshape)

    return Shaped()(torch.cat([c, f]), (7, 7, 7))


def test_a_note_on_an_exception_tells_it_from_another(memory):
    def answer(c, f, i, g):
        try:
            return torch.cat([c, f]).reshape(7, 7, 7)
        except RuntimeError as error:
            error.add_note("(in step 2)")
            raise

    verdict = memory.check(answer)
    assert verdict.mistake is None and verdict.details.splitlines()[0].endswith("of size 6 (in step 2)")


def test_a_mistake_in_one_case_only_is_not_recognized(memory):
    def answer(c, f, i, g):
        return i * c + f * g if len(c) == 3 else f * c

    assert memory.check(answer).status == "wrong"


def test_wrong_weights_that_behave_like_a_mistake_are_recognized():
    assert make_latch().check({"keep": 0.05, "write": 0.9}).mistake == "forgets"


def test_a_mistake_that_cannot_even_be_run_is_recognized():
    assert make_latch().check([1, 1]).mistake == "list_for_dict"


# Wrong answers


async def _later(c):
    return c


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (lambda c: None, "the result is None. Did you forget `return`?"),
        (lambda c: c.tolist()[:2], "expected a tensor of shape (3,), float64, got a list of 2"),
        (lambda c: [c.tolist(), c], "got a list of 2"),
        (lambda c: 1.5, "got a number"),
        (lambda c: True, "got a bool"),
        (lambda c: "c", "got a string"),
        (lambda c: (c, c), "got a tuple of 2"),
        (lambda c: {"c": c}, "got a dict with the keys 'c'"),
        (lambda c: (x for x in c), "got a generator (`list(...)` makes a list of it)"),
        (lambda c: map(float, c), "got a map (`list(...)` makes a list of it)"),
        (lambda c: _later(c), "got a coroutine (write `def`, not `async def`)"),
        (lambda c: c.to("meta"), "which holds no numbers"),
        (lambda c: np.array([object()] * len(c)), "which holds no numbers"),
        (lambda c: (c, c, c), "got a tuple of 3, of shape (3, 3)"),
        (lambda c: (c,), "is of another shape."),
        (lambda c: swapped, "got a function (swapped)"),
        (lambda c: nn.Tanh, "got the class Tanh"),
        (lambda c: object(), "got an object of type object"),
        (lambda c: c[None], "the result is of another shape."),
        (lambda c: c * float("nan"), "a value is NaN at [0]"),
        (lambda c: c / 0, "a value is infinite at [0]"),
        (lambda c: c * 0, "In case 1 of 3, the result is not the expected one"),
    ],
)
@pytest.mark.filterwarnings("ignore:coroutine")
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
    exercise = make_memory(reference=lambda: torch.zeros(2, 3), cases=((),), mistakes=[], solution_source="memory = 0")
    answer = torch.zeros(2, 3)
    answer[1, 2] = 0.25
    answer[0, 0] = 0.125
    assert "the largest difference is 0.25 at [1, 2]" in exercise.check(lambda: answer).message


def test_a_part_of_a_nested_result_is_named():
    exercise = make_memory(reference=lambda c: {"h": (c, c + 1)}, cases=[(1.0,)], mistakes=[], solution_source="x = 0")
    verdict = exercise.check(lambda c: {"h": (c, None)})
    assert "part `['h'][1]` of the result is None" in verdict.message.lower().replace("none", "None")
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


@pytest.mark.parametrize(
    ("result", "strict"),
    [
        (lambda h: h.tolist(), "wrong"),
        (lambda h: h.numpy(), "wrong"),
        (lambda h: h.float(), "wrong"),
        (lambda h: h.clone().requires_grad_(), "correct"),
    ],
)
def test_values_are_compared_unless_the_kind_counts(memory, result, strict):
    def answer(c, f, i, g):
        return result(f * c + i * g)

    assert memory.check(answer).status == "correct"
    assert make_memory(same_kind=True, same_dtype=True).check(answer).status == strict


def test_an_exception_inside_a_library_is_shown_at_the_learners_line(memory):
    def answer(c, f, i, g):
        return torch.cat([c, f]) @ i

    verdict = memory.check(answer)
    assert verdict.mistake is None  # the same type of exception, another text
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
    verdict = exercise.check(in_place)
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
        (swapped, "should be a dict with the keys 'keep', 'write'; it is a function"),
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
    assert exercise.check(StubbedModule).status == "not attempted"
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


# Gradients


def make_trained() -> Exercise:
    """A memory whose gradients count."""
    cut = Mistake("graph_is_cut", lambda c, f, i, g: (f * c + i * g).detach(), "The graph is cut.")
    return make_memory(trained=True, mistakes=[Mistake("swapped_gates", swapped, "Swapped."), cut])


@pytest.mark.parametrize(
    "answer",
    [
        lambda c, f, i, g: f * c.detach() + i * g,
        lambda c, f, i, g: torch.tensor((f * c + i * g).tolist()),
        lambda c, f, i, g: torch.tensor(f.numpy() * c.numpy() + i.numpy() * g.numpy()),
        torch.no_grad()(lambda c, f, i, g: f * c + i * g),
        lambda c, f, i, g: [f[k].item() * c[k] + i[k] * g[k] for k in range(len(c))],
    ],
)
def test_right_values_on_a_graph_that_is_cut_are_named_where_the_lesson_trains(answer):
    verdict = make_trained().check(answer)
    assert (verdict.status, verdict.mistake) == ("mistake", "graph_is_cut"), verdict
    assert make_memory().check(answer).status == "correct"


def test_a_part_that_is_cut_is_told_from_a_gradient_that_is_another():
    class Weighed(torch.autograd.Function):
        @staticmethod
        def forward(ctx, kept):
            return kept.clone()

        @staticmethod
        def backward(ctx, gradient):
            return gradient * torch.arange(1.0, 1 + len(gradient))

    def told(answer):
        verdict = make_trained().check(answer)
        return verdict.mistake, verdict.details

    assert told(lambda c, f, i, g: f * c.detach() + i * g) == ("graph_is_cut", "gradient of c: none")
    cut_in_places = told(lambda c, f, i, g: f * torch.cat([c[:1], c[1:].data]) + i * g)
    assert cut_in_places == ("graph_is_cut", "gradient of c: some of it is missing or wrong")
    doubled = told(lambda c, f, i, g: f * (2 * c - c.detach()) + i * g)
    assert doubled == (None, "gradient of c: 2 times the right one")
    turned = told(lambda c, f, i, g: 2 * (f * c + i * g).detach() - f * c - i * g)
    assert turned[0] is None and turned[1].splitlines() == [f"gradient of {n}: -1 times the right one" for n in "cfig"]
    assert told(lambda c, f, i, g: Weighed.apply(f * c + i * g))[0] is None


def test_what_an_answer_prints_is_shown_once_where_gradients_are_compared(capsys):
    def answer(c, f, i, g):
        print("here")
        return f * c + i * g

    assert make_trained().check(answer).status == "correct"
    assert capsys.readouterr().out.count("here") == 3


def test_right_values_and_gradients_are_correct_however_they_are_computed():
    exercise = make_trained()
    assert exercise.check(lambda c, f, i, g: torch.stack([f * c, i * g]).sum(0)).status == "correct"
    assert exercise.check(lambda c, f, i, g: [f[k] * c[k] + i[k] * g[k] for k in range(len(c))]).status == "correct"
    assert exercise.check(swapped).mistake == "swapped_gates"


def test_a_graph_through_which_no_gradient_can_be_computed_is_told_so():
    def answer(c, f, i, g):
        kept = f * c
        squared = kept.exp()
        kept += i * g
        squared.zero_()
        return kept + squared

    verdict = make_trained().check(answer)
    assert verdict.status == "wrong"
    assert "no gradients can be computed" in verdict.message and "Make a new tensor" in verdict.after
