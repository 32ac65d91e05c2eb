"""How a verdict looks, as HTML and as text."""

from __future__ import annotations

import re

import pytest
import torch

from lstm_lessons.exercises import Verdict
from lstm_lessons.exercises._compare import describe, difference
from lstm_lessons.exercises._verdict import EDGES
from tests.exercises.samples import (
    keep_and_write,
    make_memory,
    stub,
    swapped,
)


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


def test_a_status_must_be_one_of_the_four():
    with pytest.raises(ValueError, match="status must be one of"):
        Verdict("fine", "Fine", "")
