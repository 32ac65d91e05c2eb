"""A self-check knows which of its answers is right, and what is to be said to each."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
import traitlets

from lstm_lessons.widgets import SelfCheck

ASKED = "Which gate?", {"f": "It keeps.", "i": "It writes.", "o": "It reads."}


def test_the_page_gets_every_explanation_in_the_order_of_the_answers():
    check = SelfCheck(*ASKED, right="i")
    assert check.state() == {
        "question": "Which gate?",
        "answers": ["f", "i", "o"],
        "explained": ["It keeps.", "It writes.", "It reads."],
        "right": 1,
        "chosen": -1,
    }
    assert check.summary() == "Check yourself. Which gate? f / i / o"


def test_the_picture_gives_no_answer_away():
    texts = [node.text for node in ElementTree.fromstring(SelfCheck(*ASKED, right="i").picture()).iter() if node.text]
    assert "i" in texts and not {"It keeps.", "It writes.", "It reads."} & set(texts)
    assert SelfCheck(*ASKED, right="i").picture() == SelfCheck(*ASKED, right="o").picture()


@pytest.mark.parametrize(
    "answers, right, error, said",
    [
        (ASKED[1], "g", ValueError, "right must be one of f, i, o, got 'g'"),
        (["f", "i"], "f", TypeError, "answers must be answers, each with its explanation"),
        ({"f": "It keeps.", "i": 2}, "f", TypeError, "answers must be answers, each with its explanation"),
        ({"f": "It keeps."}, "f", ValueError, "answers must be two to four different ones"),
        ({"f": "It keeps.", "i": "\ud800"}, "f", ValueError, "answers must hold whole letters"),
    ],
)
def test_what_is_not_a_question_with_explained_answers_is_refused(answers, right, error, said):
    with pytest.raises(error, match=said):
        SelfCheck(ASKED[0], answers, right)


@pytest.mark.parametrize("right", [-1, 3])
def test_the_place_of_the_right_answer_is_that_of_one(right):
    check = SelfCheck(*ASKED, right="i")
    with pytest.raises((ValueError, traitlets.TraitError), match="right must be a whole number from 0 to 2"):
        check.right = right
