"""How a verdict looks, as HTML and as text."""

from __future__ import annotations

import re

import pytest
import torch

from lstm_lessons.exercises import Verdict, all_exercises
from lstm_lessons.exercises._compare import describe, difference, shorten
from lstm_lessons.exercises._verdict import EDGES
from tests.exercises.samples import keep_and_write, make_memory, stub, swapped


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
    exercise = make_memory(reference=lambda: Hostile(), cases=((),), mistakes=[], solution_source="x = 0")
    assert exercise.check(lambda: Hostile()).status == "wrong"


def test_a_huge_output_is_cut(memory):
    verdict = make_memory(reference=lambda: "a", cases=((),), mistakes=[]).check(lambda: "b" * 10**6)
    assert len(str(verdict)) < 2000
    assert len(memory.check(lambda c, f, i, g: torch.zeros(3) + [1] * 10**5).details) < 2000
    assert len(describe(torch.zeros(1000, 1000))) < 500
    assert len(describe(dict.fromkeys(range(1000), "x" * 50))) < 500


@pytest.mark.parametrize(
    ("answer", "status", "word"),
    [
        (keep_and_write, "correct", "Correct"),
        (stub, "not attempted", "Not attempted"),
        (swapped, "mistake", "A known mistake"),
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


def test_what_is_stressed_is_set_so_and_what_is_code_or_math_keeps_its_stars():
    verdict = Verdict("wrong", "No", "It *keeps* (a *new `c`* too): `a * b * c`, $x * y * z$, f ** 2.")
    assert verdict._repr_html_().count("<em>") == 2
    assert "It <em>keeps</em> (a <em>new <code>c</code></em> too):" in verdict._repr_html_()
    for kept in ("<code>a * b * c</code>", "$x * y * z$", "f ** 2."):
        assert kept in verdict._repr_html_()
    assert "It keeps (a new `c` too): `a * b * c`, $x * y * z$, f ** 2." in str(verdict)


def _messages():
    for lesson, name, exercise in all_exercises():
        texts = [*exercise.hints, exercise.why, *exercise.errors.values()]
        texts += [mistake.message for mistake in exercise.mistakes]
        yield from ((f"{lesson}.{name}", text) for text in texts)


def test_no_card_shows_a_star_outside_code_and_math():
    for place, text in _messages():
        card = Verdict("wrong", "No", text)
        for shown in (re.sub("<code>.*?</code>", "", card._repr_html_()), str(card)):
            assert not re.search(r"(?<![\w*])\*\w", re.sub(r"`[^`]*`|\$[^$]*\$", "", shown)), place


def test_columns_stay_and_sentences_are_wrapped():
    table = Verdict("wrong", "No", "", "expected  [1, 2]\ngot       [1, 3]")
    sentence = Verdict("wrong", "No", "", "RuntimeError: shapes cannot be multiplied\nline 2: x")
    assert "white-space: pre;" in table._repr_html_()
    assert "white-space: pre-wrap;" in sentence._repr_html_()
    card = table._repr_html_()
    assert "max-width" not in card[: card.index("<p")]  # a table may be as wide as the page


def test_a_long_value_is_cut_between_two_words():
    numbers = " ".join(f"{number:06d}" for number in range(1000))
    first, last = shorten(numbers, 101).split(" … ")
    assert all(len(word) == 6 for word in (first + " " + last).split())
    assert shorten("x" * 1000, 100) == f"{'x' * 50} … {'x' * 50}"


def test_calls_are_printed_as_a_notebook_can_run_them(memory):
    cards = [memory, memory.check(lambda c, f, i, g: c), *(memory.hint(k) for k in (1, 2, 3))]
    found = {call for card in cards for call in re.findall(r"`([^`]*)\(", str(card))}
    assert found == {f"exercises.memory.{call}" for call in ("check", "hint", "solution")}


def test_a_status_must_be_one_of_the_four():
    with pytest.raises(ValueError, match="status must be one of"):
        Verdict("fine", "Fine", "")
