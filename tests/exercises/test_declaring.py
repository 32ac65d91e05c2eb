"""How an exercise is declared, what it refuses, and what it shows beside verdicts."""

from __future__ import annotations

import dataclasses
import re

import pytest

from lstm_lessons.exercises import Exercise, ExerciseBroken, Mistake, exercise
from tests.exercises.samples import keep_and_write, make_latch, make_memory, swapped, tensors

# How an exercise is declared


@exercise(title="the new memory", cases=tensors, hints=["Two products."])
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
    assert new_memory.check(keep_and_write).status == "correct"
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


def test_other_answers_earn_the_sentence_of_a_mistake_too():
    memory = make_memory()
    memory.also("swapped_gates", lambda c, f, i, g: f * g, lambda c, f, i, g: i * c)
    for answer in (swapped, lambda c, f, i, g: g * f, lambda c, f, i, g: c * i):
        verdict = memory.check(answer)
        assert (verdict.mistake, verdict.message) == ("swapped_gates", "You swapped f and i.")
    with pytest.raises(ValueError, match=r"name must be one of \['swapped_gates', .*; got 'swapped'"):
        memory.also("swapped", swapped)


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

    for wrong, words in ((swapped, "must not be empty"), (swapped_gates, "each used once")):
        with pytest.raises(ValueError, match=words):
            make_memory().mistake(wrong)


# Faults of the exercise itself


@pytest.mark.parametrize(
    "changes", [{"reference": lambda c, f, i, g: 1 / 0}, {"expected": lambda case: 1 / 0}, {"cases": lambda rng: 1 / 0}]
)
def test_a_broken_exercise_is_not_blamed_on_the_learner(changes):
    with pytest.raises(ExerciseBroken, match="bug of the lesson, not of your answer"):
        make_memory(**changes).check(swapped)


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
