"""A question at the end of a lesson that says at once whether the clicked answer is right, and why: `SelfCheck`.

It is no `Prediction`: nothing is computed below it and nothing is noted, and another answer may be tried.

What the page carries, for tests and for anyone who scripts it:

- ``[data-symbol=answer]``: the buttons, with ``data-name`` (``answer 0`` and so on) and
  ``data-value``: 1 for the chosen one.
- ``[role=status]``: what is said to the chosen answer.
"""

from collections.abc import Mapping
from importlib import resources

import traitlets

from lstm_lessons.checks import kind, letters, one_of, whole
from lstm_lessons.widgets.shared.base import shown
from lstm_lessons.widgets.shared.question import Question


class SelfCheck(Question):
    """Ask what the lesson taught, in a new case, and explain every answer.

    Traits:
        question: one sentence.
        answers: two to four short ones.
        explained: what is said to each of them, in the same order.
        right: the place of the right answer, from 0.
        chosen: the place of the clicked answer, from 0; -1 before the click.
    """

    module = "self_check"
    lead = "Check yourself."
    template = resources.files(__package__).joinpath("self_check_picture.svg")

    explained = shown(traitlets.List(traitlets.Unicode()))
    right = shown(traitlets.Int())

    def __init__(self, question: str, answers: Mapping[str, str], right: str) -> None:
        """Ask.

        Args:
            question: one sentence.
            answers: two to four short ones, each with one or two sentences that say why it is right or wrong.
            right: which of them is.

        Raises:
            TypeError: if question, an answer or its explanation is no text, or answers are no mapping.
            ValueError: if there are not two to four answers, ``right`` is none of them, or a text holds half a letter.
        """
        kind("answers", answers, "answers, each with its explanation", isinstance(answers, Mapping))
        said = list(answers.values())
        kind("answers", answers, "answers, each with its explanation", all(isinstance(words, str) for words in said))
        for words in said:
            letters("answers", words)
        super().__init__(question, answers, explained=said)
        self.right = self.answers.index(one_of("right", right, self.answers))

    @traitlets.validate("right")
    def _check_right(self, proposal: dict) -> int:
        return whole("right", proposal["value"], 0, len(self.answers) - 1)
