"""Exercises that say *what* is wrong: every well-known mistake is a function that makes it.

An exercise holds a right answer, the cases on which answers are compared, and a list of mistakes. A mistake is a wrong
answer that learners really give, with the sentence that a good tutor would say to it. ``check`` runs the learner's
answer; where it disagrees it is compared with what each mistake gives, and a match earns that sentence.

Answers that are functions or classes are declared with decorators. The name of the right one is the exercise's, its
source the solution. The name of a wrong one
is the mistake's, its docstring the sentence::

    @exercise(title="the new memory", cases=memories, hints=[...])
    def new_memory(c, f, i, g):
        return f * c + i * g


    @new_memory.mistake
    def swapped_gates(c, f, i, g):
        '''You swapped the two gates: `f` is the forget gate, `i` the input gate.'''
        return i * c + f * g


    new_memory.also("swapped_gates", lambda c, f, i, g: i * c - f * g)  # the sentence holds for it, too

Where the answer is a value, name and sentence stand beside it: ``Exercise(..., mistakes=[Mistake("one_bias", 800,
"PyTorch has two bias vectors.")])``.
"""

import ast
import contextlib
import dataclasses
import functools
import inspect
import io
import re
import sys
import textwrap
import time
import types
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lstm_lessons import progress
from lstm_lessons.exercises._advice import advice_for
from lstm_lessons.exercises._compare import (
    Difference,
    Tolerance,
    describe,
    difference,
    duplicate,
    edited,
    malformed,
    of_kind,
    same_kinds,
)
from lstm_lessons.exercises._gradients import gradients, leaf_names, wrong_gradients
from lstm_lessons.exercises._inspect import parameter_names, uncallable, unfinished
from lstm_lessons.exercises._lock import LOCK
from lstm_lessons.exercises._observe import Outcome, Raised, observe, state_kept
from lstm_lessons.exercises._relation import relation
from lstm_lessons.exercises._verdict import HEADLINES, Note, Solution, Verdict

CASE_SEED = 1997  # the year of the LSTM; any other number would do
REFERENCE_SECONDS = 120.0


class ExerciseBroken(Exception):
    """The exercise itself fails: a bug of the lesson, never of the learner."""


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that learners give."""

    name: str  #: short and unique within the exercise, in snake_case.
    answer: Any  #: the wrong answer, of the kind that a learner gives.
    message: str  #: what a good tutor would say to it; `` `code` `` and ``$math$`` work.


@dataclass(kw_only=True, eq=False, repr=False)
class Exercise:
    """One exercise: a right answer, cases, mistakes and hints.

    An *answer* is a function, a class, or a value (number, string, tensor, array, tuple, list or dict of such). A value
    answer needs no cases.

    Raises:
        ValueError: if a field is empty, out of range or not unique.
    """

    name: str  #: how the exercise and the learner's object are called.
    title: str  #: one line, shown above each verdict.
    reference: Any  #: a right answer.
    hints: Sequence[str]  #: from a nudge to nearly the answer.
    mistakes: Sequence[Mistake] = ()  #: wrong answers that are recognized; `mistake` adds one.
    #: what answers are run on: a sequence, or a function that makes the cases from a
    #: ``numpy.random.Generator``. A tuple holds positional arguments, a dict keyword arguments,
    #: anything else is one argument.
    cases: Sequence[Any] | Callable[[Any], Iterable[Any]] = ((),)
    #: ``run(answer, case)`` gives the result that is compared; by default the answer's own return
    #: value (or the answer, if it is no function).
    run: Callable[[Any, Any], Any] | None = None
    #: ``expected(case)`` gives the wanted result, where that is an ideal rather than what the
    #: reference gives.
    expected: Callable[[Any], Any] | None = None
    agrees: Callable[[Any, Any], bool] | None = None  #: ``agrees(expected, got)`` replaces the comparison by tolerance.
    matches: Callable[[Any, Any], bool] | None = None  #: ``matches(of_mistake, got)`` replaces ``agrees`` for mistakes.
    atol: float = 1e-6  #: absolute tolerance.
    rtol: float = 1e-5  #: relative tolerance.
    #: whether the kind counts, since the exercise is about it or the lesson goes on with it: a tensor for a tensor,
    #: rather than an array or a list of numbers.
    same_kind: bool = False
    same_dtype: bool = False  #: whether tensors and arrays must have the expected dtype.
    #: whether the lesson trains through the result: then the gradients that flow back through it are compared, too, and
    #: one of the mistakes has the right values on a graph that is cut.
    trained: bool = False
    #: ``form(answer)`` says in words how a value answer is malformed, or gives ``None``; by default
    #: it must be built like the reference.
    form: Callable[[Any], str | None] | None = None
    describe_case: Callable[[Any], str] | None = None  #: ``describe_case(case)`` gives the text shown for a case.
    seconds: float = 10.0  #: time limit of one check.
    difficulty: int = 1  #: 1 (easy) to 3 (hard).
    minutes: int = 5  #: about how long learners take.
    #: "help, I get this error": a piece of an error's text, and what to do.
    errors: Mapping[str, str] = field(default_factory=dict)
    why: str = ""  #: shown after a correct answer: what it teaches.
    solution_source: str | None = None  #: source text shown as solution, if it is not the reference's.
    #: names that the notebook defines before the exercise and the solution uses, beside ``torch``,
    #: ``nn``, ``F``, ``np`` and ``math``.
    given: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.mistakes = list(self.mistakes)
        self._known_outcomes: dict[int, list[Outcome]] = {}
        self._judged: list[Outcome] = []
        self._hints_shown = 0
        self._last_check: tuple[Any, Verdict] | None = None
        self._handed_on: Any = None
        self._refuse_problems()

    def _refuse_problems(self) -> None:
        problem = next(self._problems(), None)
        if problem:
            raise ValueError(f"exercise {self.name!r}: {problem}")

    def _problems(self) -> Iterator[str]:
        """What is wrong with the fields, in words."""
        if not self.name.isidentifier():
            yield f"name must be an identifier; got {self.name!r}"
        told = {(mistake.name, mistake.message) for mistake in self.mistakes}
        names = [mistake.name for mistake in self.mistakes]
        if len(set(names)) < len(told) or not all(name.isidentifier() for name in names):
            yield f"the names of mistakes must be identifiers, each used once; got {names}"
        texts = {f"the message of mistake {item.name!r}": item.message for item in self.mistakes}
        texts |= {f"hint {number}": hint for number, hint in enumerate(self.hints, 1)}
        texts |= {f"the advice for error {error!r}": text for error, text in self.errors.items()}
        for what, text in ({"title": self.title} | texts).items():
            if not text.strip():
                yield f"{what} must not be empty"
        if not self.hints:
            yield "hints must hold at least one hint; got none"
        if not callable(self.cases) and len(self.cases) == 0:
            yield "cases must hold at least one case; got none"
        if self.difficulty not in (1, 2, 3):
            yield f"difficulty must be 1, 2 or 3; got {self.difficulty!r}"
        if not (self.minutes > 0 and self.seconds > 0):
            yield f"minutes and seconds must be positive; got {self.minutes} and {self.seconds}"
        if not (self.atol >= 0 and self.rtol >= 0):
            yield f"atol and rtol must be at least 0; got {self.atol} and {self.rtol}"

    # How an exercise is declared

    def mistake(self, wrong: Callable) -> Callable:
        """Add a wrong answer: a decorator of the function or class, which stays as it is.

        Raises:
            ValueError: if it has no docstring, or the name of a mistake that is there already.
        """
        self.mistakes.append(Mistake(wrong.__name__, wrong, _paragraphs(wrong.__doc__ or "")))
        self._refuse_problems()
        return wrong

    def also(self, name: str, *wrong: Any) -> None:
        """Add other wrong answers that earn the sentence of a mistake.

        Raises:
            ValueError: if there is no mistake of that name.
        """
        told = {mistake.name: mistake.message for mistake in self.mistakes}
        if name not in told:
            raise ValueError(f"name must be one of {list(told)}; got {name!r}")
        self.mistakes += [Mistake(name, answer, told[name]) for answer in wrong]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """What the right answer gives, so that a mistake can go wrong before or after it."""
        return self.reference(*args, **kwargs)

    # What the learner calls

    def check(self, answer: Any) -> Verdict:
        """Judge an answer. Nothing that the answer does raises here, but a pressed stop button.

        What is found is noted as the learner's progress, unless the answer has another name than
        the exercise: then it is an example of the lesson.

        Raises:
            ExerciseBroken: if the exercise itself fails.
        """
        verdict = self._checked(answer)
        named = inspect.isroutine(answer) or inspect.isclass(answer)
        if self.lesson and (not named or answer.__name__ in (self.name, "<lambda>")):
            progress.note(self.lesson, self.name, verdict.status, verdict.mistake)
        return verdict

    def _checked(self, answer: Any) -> Verdict:
        try:
            todo = unfinished(answer)
            with state_kept():
                verdict = self._verdict("not attempted", todo) if todo else self._judge(answer)
        except Exception as error:  # whatever the answer raises was caught before
            raise ExerciseBroken(
                f"exercise {self.name!r} is broken: {type(error).__name__}: {error}. "
                "This is a bug of the lesson, not of your answer."
            ) from error
        self._last_check = answer, verdict
        return verdict

    def yours_or_ours(self, answer: Any, **used: Any) -> Any:
        """The answer where it is right, otherwise ours; one line says which of the two goes on.

        What the answer prints is not shown. A function that the last check found not to be right is not run again,
        since that may take until the time limit.

        Args:
            answer: the learner's.
            used: what our function is to use, by the names in `given`: the learner's own step, say, in our layer.

        Raises:
            ExerciseBroken: if the exercise itself fails.
            ValueError: if a name is none of `given`.
        """
        if not used.keys() <= self.given.keys():
            raise ValueError(f"{self.name!r} uses {list(self.given)}; got {list(used)}")
        last, verdict = self._last_check or (None, None)
        if verdict or last is not answer or not callable(answer):
            with contextlib.redirect_stdout(io.StringIO()):
                verdict = self._checked(answer)
        if verdict:
            ours = answer is self._handed_on
            print(f"Going on with {'ours' if ours else f'your `{self.name}`'}.")
            if not (ours and used):  # what it uses may be another since
                return self._as_ours_would(answer)
        else:
            state = "not attempted yet" if verdict.status == "not attempted" else "not right yet"
            print(f"Going on with ours: yours is {state}.")
        self._handed_on = _using(duplicate(self.reference), used)
        return self._handed_on

    def _as_ours_would(self, answer: Any) -> Any:
        """The answer; where its results are of other kinds than ours, a function that makes ours of them.

        What is right for the check, such as a list for an array, would stop a later cell of the lesson.
        """
        if self.run is not None or not inspect.isroutine(self.reference):
            return answer
        if all(same_kinds(ours, outcome.value) for ours, outcome in zip(self._wanted, self._judged, strict=True)):
            return answer
        longest = max(self._wanted, key=lambda value: len(value) if isinstance(value, list) else 0)

        @functools.wraps(answer)
        def handed_on(*args: Any, **kwargs: Any) -> Any:
            return of_kind(longest, answer(*args, **kwargs))

        return handed_on

    def hint(self, number: int | None = None) -> Note:
        """The next hint, or hint ``number``, counted from 1.

        Raises:
            ValueError: if there is no hint of that number.
        """
        count = len(self.hints)
        if number is None:
            number = min(self._hints_shown + 1, count)
        if isinstance(number, bool) or number not in range(1, count + 1):
            raise ValueError(f"number must be from 1 to {count}; got {number!r}")
        self._hints_shown = max(self._hints_shown, number)
        left = count - number
        more = f"{left} more: call `{self._call}.hint()` again."
        if not left:
            more = f"That was the last hint. `{self._call}.solution()` shows the answer."
        return Note("hint", f"Hint {number} of {count}", self.hints[number - 1], after=more)

    def solution(self, word: str | None = None) -> Solution | Note:
        """The source of a right answer, shown highlighted in a notebook; where a teacher locked it, when it opens.

        Args:
            word: what the teacher said, which opens all solutions in this kernel.
        """
        if not LOCK.opens(word):
            other = " Another word was set." if word is not None and LOCK.digest else ""
            return Note("hint", f"Still locked: {self.title}", f"{LOCK}{other}", after=self._more)
        return Solution(self.title, self.solution_code, self.why)

    @functools.cached_property
    def lesson(self) -> str | None:
        """The name of the module beside this one that gives the exercise; ``None`` outside."""
        for name, module in list(sys.modules.items()):
            if name.startswith(f"{__package__}.") and vars(module).get(self.name) is self:
                return name.split(".")[2]
        return None

    @functools.cached_property
    def solution_code(self) -> str:
        """Source text that stands alone in the notebook and defines ``name``."""
        if self.solution_source is not None:
            return textwrap.dedent(self.solution_source).strip("\n")
        if not (inspect.isfunction(self.reference) or inspect.isclass(self.reference)):
            return f"{self.name} = {self.reference!r}"
        source = textwrap.dedent(inspect.getsource(self.reference))
        decorators = ast.parse(source).body[0].lineno - 1
        return "\n".join(source.splitlines()[decorators:])

    def __repr__(self) -> str:
        return str(self._card())

    def _repr_html_(self) -> str:
        return self._card()._repr_html_()

    def _card(self) -> Note:
        message = f"Difficulty {self.difficulty} of 3, about {self.minutes} min."
        if self.errors:
            message += "\n\nHelp, I get this error:"
        for error, advice in self.errors.items():
            message += f"\n\n`{error}`: {advice}"
        calls = [f"check({self.name})", "hint()", "solution()"]
        check, hint, solution = (f"`{self._call}.{call}`" for call in calls)
        after = f"{check} judges your answer; {hint} and {solution} help you along."
        return Note("hint", f"Exercise: {self.title}", message, after=after)

    # What the tests of the exercises call

    def outcomes(self, answer: Any) -> list[Outcome]:
        """What ``answer`` gives on each case; shorter than the cases if time ran out."""
        return self._outcomes(answer, self.seconds)

    def is_right(self, outcomes: Sequence[Outcome]) -> bool:
        """Whether outcomes agree with the expected ones on every case."""
        return len(outcomes) == len(self._all_cases) and self._first_fault(outcomes) is None

    def recognized(self, answer: Any) -> list[Mistake]:
        """Every mistake that ``answer`` may be; two or more are confused with each other."""
        if self._complaint(answer):
            return self._equal_mistakes(answer)
        return self._matching_mistakes(self.outcomes(answer))

    # How an answer is judged

    def _judge(self, answer: Any) -> Verdict:
        complaint = self._complaint(answer)
        if complaint:
            mistakes = self._equal_mistakes(answer)
            if mistakes:
                return self._recognized(mistakes[0])
            return self._verdict("wrong", complaint[0].upper() + complaint[1:])
        self._judged = outcomes = self.outcomes(answer)
        if any(outcome.value is Ellipsis for outcome in outcomes):
            return self._verdict("not attempted", "Replace the `...`, then run the cell again.")
        if self.is_right(outcomes):
            broken = self._broken_graph(answer) if self.trained else None
            right = self._verdict("correct", self.why or "Your answer agrees in every case.")
            return right if broken is None else broken
        mistakes = self._matching_mistakes(outcomes)
        if mistakes:
            return self._recognized(mistakes[0])
        return self._explained(answer, outcomes)

    def _broken_graph(self, answer: Any) -> Verdict | None:
        """The verdict on an answer with the right values through which the right gradients do not flow back."""
        found = []
        for case in self._all_cases:
            with contextlib.redirect_stdout(io.StringIO()):
                outcome = observe(gradients, answer, case, self.seconds)
            if outcome.raised and "numpy()" not in outcome.raised.text:  # that cuts the graph, and is told so
                message = "The values are right, but no gradients can be computed through them:"
                return self._verdict("wrong", message, *self._about_error(outcome.raised))
            found.append(outcome.value)
        cut = next(mistake for mistake in self.mistakes if self.is_right(self._outcomes_of(mistake)))
        if None in found:
            return self._recognized(cut)
        names = leaf_names(self._all_cases[0], parameter_names(self.reference))
        sure, lines = wrong_gradients(self._wanted_gradients, found, names)
        if sure:
            return dataclasses.replace(self._recognized(cut), details=lines)
        message = "The values are right, but not the gradients."
        return self._verdict("wrong", message, lines, self._more) if lines else None

    @functools.cached_property
    def _wanted_gradients(self) -> list[Any]:
        return [observe(gradients, self.reference, case, REFERENCE_SECONDS).value for case in self._all_cases]

    def _complaint(self, answer: Any) -> str | None:
        """Why an answer cannot be run at all, in words."""
        if callable(self.reference) or callable(answer):
            return uncallable(self.reference, answer)
        return self.form(answer) if self.form else malformed(self.reference, answer)

    def _equal_mistakes(self, answer: Any) -> list[Mistake]:
        """The mistakes that are the very value of an answer which cannot be run."""
        return [mistake for mistake in self.mistakes if difference(mistake.answer, answer, self._tolerance) is None]

    def _matching_mistakes(self, outcomes: Sequence[Outcome]) -> list[Mistake]:
        """The mistakes with the same outcome in every case.

        Those that also edit the same inputs come alone; without one, those whose results agree.
        """
        same = [item for item in self.mistakes if self._gives(item, outcomes)]
        edits = self._edits(outcomes)
        exact = [item for item in same if edits == self._edits(self._outcomes_of(item))]
        return exact or [item for item in same if self._wrong_by_value(item)]

    def _outcomes(self, answer: Any, seconds: float) -> list[Outcome]:
        known = len(sys.modules)
        outcomes = self._outcomes_in(seconds, answer)
        if outcomes[-1].timed_out and len(sys.modules) > known:
            return self._outcomes_in(seconds, answer)  # it waited for an import, and need not again
        return outcomes

    def _outcomes_in(self, seconds: float, answer: Any) -> list[Outcome]:
        deadline = time.monotonic() + seconds
        outcomes = []
        for case in self._all_cases:
            left = max(deadline - time.monotonic(), 0.01)
            outcomes.append(observe(self.run or _call, answer, case, left))
            if outcomes[-1].timed_out:
                break
        return outcomes

    @functools.cached_property
    def _all_cases(self) -> list[Any]:
        if not callable(self.cases):
            return list(self.cases)
        import numpy as np

        return list(self.cases(np.random.default_rng(CASE_SEED)))

    @functools.cached_property
    def _wanted(self) -> list[Any]:
        """The expected result of each case."""
        if self.expected is not None:
            return [self.expected(duplicate(case)) for case in self._all_cases]
        outcomes = self._outcomes(self.reference, REFERENCE_SECONDS)
        for outcome in outcomes:
            if outcome.raised:
                raise ExerciseBroken(f"the reference raised {outcome.raised.kind.__name__}: {outcome.raised.text}")
        return [outcome.value for outcome in outcomes]

    def _outcomes_of(self, mistake: Mistake) -> list[Outcome]:
        if id(mistake) not in self._known_outcomes:
            outcomes = self._outcomes(mistake.answer, REFERENCE_SECONDS)
            self._known_outcomes[id(mistake)] = outcomes
        return self._known_outcomes[id(mistake)]

    @property
    def _tolerance(self) -> Tolerance:
        return Tolerance(self.atol, self.rtol, self.same_kind, self.same_dtype)

    def _disagreement(self, wanted: Any, got: Any, agrees: Callable | None) -> Difference | None:
        if agrees is None or got is None:
            return difference(wanted, got, self._tolerance)
        try:
            return None if agrees(wanted, got) else Difference("value", "")
        except Exception:  # the comparison was written for results of the right kind
            return difference(wanted, got, self._tolerance) or Difference("value", "")

    def _first_fault(self, outcomes: Sequence[Outcome]) -> tuple[int, Difference] | None:
        """Index of the first case that is not as expected, and what is wrong there."""
        for index, (outcome, wanted) in enumerate(zip(outcomes, self._wanted, strict=False)):
            if outcome.raised:
                return index, Difference("raised", outcome.raised.text)
            fault = self._disagreement(wanted, outcome.value, self.agrees)
            if fault:
                return index, fault
            if self._edit(index, outcome) is not None:
                return index, Difference("edit", "", self._edit(index, outcome))
        return None

    def _edit(self, index: int, outcome: Outcome) -> str | None:
        """Where in the case the answer edited its input."""
        return None if outcome.raised else edited(self._all_cases[index], outcome.case)

    def _edits(self, outcomes: Sequence[Outcome]) -> list[str | None]:
        return [self._edit(index, outcome) for index, outcome in enumerate(outcomes)]

    def _gives(self, mistake: Mistake, outcomes: Sequence[Outcome]) -> bool:
        """Whether outcomes are those of a mistake, in every case."""
        known = self._outcomes_of(mistake)
        return len(known) == len(outcomes) and all(map(self._same, outcomes, known))

    def _same(self, first: Outcome, second: Outcome) -> bool:
        """Whether an answer's outcome is a mistake's outcome."""
        if first.raised or second.raised:
            return bool(first.raised and second.raised) and first.raised.same(second.raised)
        agrees = self.matches or self.agrees
        return self._disagreement(second.value, first.value, agrees) is None

    def _wrong_by_value(self, mistake: Mistake) -> bool:
        found = self._first_fault(self._outcomes_of(mistake))
        return found is not None and found[1].kind != "edit"

    # What is said

    @property
    def _call(self) -> str:
        """How a notebook calls the exercise: lessons import their module as ``exercises``."""
        return f"exercises.{self.name}"

    @property
    def _more(self) -> str:
        return f"Stuck? `{self._call}.hint()` helps."

    def _verdict(self, status: str, message: str, details: str = "", after: str = "") -> Verdict:
        return Verdict(status, f"{HEADLINES[status]}: {self.title}", message, details, after)

    def _recognized(self, mistake: Mistake) -> Verdict:
        headline = f"{HEADLINES['mistake']}, {mistake.name.replace('_', ' ')}: {self.title}"
        return Verdict("mistake", headline, mistake.message, mistake=mistake.name)

    def _explained(self, answer: Any, outcomes: list[Outcome]) -> Verdict:
        """The verdict on an answer that is wrong in a way that no mistake of ours is."""
        index, fault = self._first_fault(outcomes)
        outcome = outcomes[index]
        blind = self.agrees or fault.kind == "dtype" or any(each.raised for each in outcomes)
        near = "" if blind else relation(self._wanted, [each.value for each in outcomes], self._tolerance)
        where = f"In case {index + 1} of {len(self._all_cases)}" if len(self._all_cases) > 1 else ""
        if outcome.timed_out:
            return self._verdict("wrong", *self._about_time(outcome))
        if outcome.raised:
            return self._verdict("wrong", *self._about_exception(answer, index, outcome, where))
        if fault.kind == "edit":
            what = self._argument(fault.path)
            message = (
                f"The result is right, but your function changes its input {what}in place, so it "
                "is not the same for whoever uses it next. Work on a copy, or make a new value: `c = f * c`, not "
                "`c *= f`."
            )
            return self._verdict("wrong", message)
        if self.run is not None and fault.kind in ("type", "none", "keys"):  # what `run` made of it is ours
            fault = self._odd_return(answer, index) or fault
        of_value = fault.kind in ("value", "nan", "inf")
        if of_value and callable(answer) and self._changes_its_mind(answer, index, outcome):
            message = (
                "Called twice with the same input, your answer gives two different results. It "
                "depends on random numbers, or on something outside that changes from call to call."
            )
            return self._verdict("wrong", message, after=self._more)
        return self._verdict("wrong", *self._about_result(index, fault, outcome, where, near))

    def _about_time(self, outcome: Outcome) -> tuple[str, str, str]:
        place = f"It was at {outcome.raised.place}" if outcome.raised.place else ""
        unit = "second" if self.seconds == 1 else "seconds"
        waits = "input(" in outcome.raised.line
        question = "It waits for `input()`. Use the arguments instead." if waits else "Is there a loop that never ends?"
        message = f"Your answer was still running after {self.seconds:g} {unit} and was stopped. {question}"
        return message, place, self._more

    def _about_exception(self, answer: Any, index: int, outcome: Outcome, where: str) -> tuple[str, str, str]:
        error, advice = self._about_error(outcome.raised)
        if not outcome.raised.place:  # our own use of the answer failed, so look at what it returned
            fault = self._odd_return(answer, index)
            if fault:
                return self._about_result(index, fault, Outcome(), where)
            return "Your answer could not be used:", error, advice
        return f"{where + ', your' if where else 'Your'} code stopped with an error.", error, advice

    def _about_error(self, raised: Raised) -> tuple[str, str]:
        """An error with its place, and what to do about it."""
        error = f"{raised.kind.__name__}: {raised.text}" if raised.text else raised.kind.__name__
        advice = [text for piece, text in self.errors.items() if piece.lower() in error.lower()] or advice_for(error)
        return f"{error}\n{raised.place}".rstrip("\n"), advice[0] if advice else self._more

    def _about_result(
        self, index: int, fault: Difference, outcome: Outcome, where: str, near: str = ""
    ) -> tuple[str, str, str]:
        part = f"part `{fault.path}` of the result" if fault.path else "the result"
        subject = f"{where}, {part}" if where else part[0].upper() + part[1:]
        if fault.kind == "none":
            forgot = "" if fault.path else " Did you forget `return`?"
            return f"{subject} is None.{forgot}", "", self._more
        if fault.kind in ("type", "length", "keys", "shape", "dtype"):
            stack = "expected a tensor" in fault.sentence and "got a list" in fault.sentence
            after = "`torch.stack` or `torch.cat` makes one tensor of a list of them." if stack else self._more
            other = "has other keys" if fault.kind == "keys" else f"is of another {fault.kind}"
            return f"{subject} {other}. {near}".rstrip(), fault.sentence, after
        if self.run is None and not callable(self.reference):  # the wanted value stays a riddle
            return f"`{describe(outcome.value)}` is not the answer.", "", self._more
        sentence = f": {fault.sentence}" if fault.sentence else ""
        lines = [*self._inputs(index), ("expected", describe(self._wanted[index])), ("got", describe(outcome.value))]
        width = max(len(label) for label, _ in lines)
        details = "\n".join(
            f"{label.ljust(width)}  {text.replace(chr(10), chr(10) + ' ' * (width + 2))}" for label, text in lines
        )
        return f"{subject} is not the expected one{sentence}. {near}".rstrip(), details, self._more

    def _inputs(self, index: int) -> list[tuple[str, str]]:
        """Label and text of each input of a case."""
        case = self._all_cases[index]
        if self.describe_case is not None:
            return [("input", self.describe_case(duplicate(case)))]
        if isinstance(case, dict):
            return [(str(name), describe(value)) for name, value in case.items()]
        if self.run is None and type(case) is tuple:
            names = parameter_names(self.reference)
            names += [f"input {number}" for number in range(len(names), len(case))]
            return [(name, describe(value)) for name, value in zip(names, case, strict=False)]
        no_input = isinstance(case, tuple) and not case  # an array would compare element by element
        return [] if no_input else [("input", describe(case))]

    def _argument(self, path: str) -> str:
        """The name of the argument that a path within a case leads to, with a blank after it."""
        key = re.match(r"\[(?:(\d+)|'(\w+)')\]", path)
        names = parameter_names(self.reference) if self.run is None else []
        if key and key[2]:
            return f"`{key[2]}` "
        return f"`{names[int(key[1])]}` " if key and int(key[1]) < len(names) else ""

    def _changes_its_mind(self, answer: Any, index: int, outcome: Outcome) -> bool:
        with contextlib.redirect_stdout(io.StringIO()):
            again = observe(self.run or _call, answer, self._all_cases[index], self.seconds)
        return not again.raised and bool(difference(outcome.value, again.value, self._tolerance))

    def _odd_return(self, answer: Any, index: int) -> Difference | None:
        """How what a function returned differs in kind from what the reference returned."""
        returned = []
        for function in (self.reference, answer):
            if not inspect.isroutine(function):
                return None
            record = _Recorder(function)
            with contextlib.redirect_stdout(io.StringIO()):
                observe(self.run, record.called, self._all_cases[index], self.seconds)
            returned.append(record.last)
        found = difference(*returned, self._tolerance)
        return found if found and found.kind != "value" and returned[0] is not None else None


def exercise(**fields: Any) -> Callable[[Callable], Exercise]:
    """Make an `Exercise` of its right answer: a decorator, which takes all other fields."""
    return lambda reference: Exercise(name=reference.__name__, reference=reference, **fields)


class _Recorder:
    """Keeps what a function last returned."""

    def __init__(self, function: Callable) -> None:
        self.last: Any = None

        @functools.wraps(function)
        def called(*args: Any, **kwargs: Any) -> Any:
            self.last = function(*args, **kwargs)
            return self.last

        self.called = called


def _paragraphs(docstring: str) -> str:
    """The text of a docstring: each paragraph in one line, an empty line between two."""
    paragraphs = inspect.cleandoc(docstring).split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _using(function: Any, names: Mapping[str, Any]) -> Any:
    """The same function, with other values for some of the names of its module."""
    if not names:
        return function
    known = function.__globals__ | names
    return types.FunctionType(function.__code__, known, function.__name__, function.__defaults__, function.__closure__)


def _call(answer: Any, case: Any) -> Any:
    """The result of a function for a case; a value is its own result."""
    if not callable(answer):
        return answer
    if isinstance(case, dict):
        return answer(**case)
    return answer(*case) if type(case) is tuple else answer(case)
