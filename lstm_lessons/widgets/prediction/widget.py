"""A question before its result, with two to four answers to click: `Prediction`.

The result says how it went: ``prediction.outcome(...)``, in the cell that computes it. Where no kernel runs, the page
completes the stored outcome by itself once an answer is clicked.

What the page carries, for tests and for anyone who scripts it:

- ``[data-symbol=answer]``: the buttons, with ``data-name`` (``answer 0`` and so on) and
  ``data-value``: 1 for the chosen one.
- ``[data-lstm-outcome]``: an outcome; its value is `Prediction.key` of its question.
"""

import hashlib
import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

import traitlets

from lstm_lessons import progress
from lstm_lessons.checks import number, one_of
from lstm_lessons.widgets.shared.base import shown
from lstm_lessons.widgets.shared.question import Question

_chosen: dict[str, int] = {}  # by key, so that a cell that is run again keeps the choice


class Prediction(Question):
    """Ask before the result shows.

    Traits:
        question: one sentence.
        answers: two to four short ones.
        key: names the question on a page.
        chosen: the place of the clicked answer, from 0; -1 before the click.
    """

    module = "prediction"
    lead = "Predict."
    template = resources.files(__package__).joinpath("prediction_picture.svg")

    key = shown(traitlets.Unicode())

    def __init__(self, question: str, answers: Sequence[str] | Mapping[str, float]) -> None:
        """Ask.

        Args:
            question: one sentence.
            answers: two to four short ones; a mapping says which number each stands for.

        Raises:
            TypeError: if question or an answer is no text.
            ValueError: if there are not two to four different answers, or one stands for no number.
        """
        super().__init__(question, answers)
        for stands_for in answers.values() if isinstance(answers, Mapping) else ():
            number("answers", stands_for, "texts with a number each", math.isfinite)
        digest = hashlib.sha256("\n".join([question, *self.answers]).encode()).hexdigest()[:12]
        self.key = f"question-{digest}"
        self.chosen = _chosen.get(self.key, -1)
        self._numbers = dict(answers) if isinstance(answers, Mapping) else None

    def outcome(self, found: str | float) -> "Outcome":
        """Say how the prediction went, and note it as the learner's progress.

        Args:
            found: the right answer; where the answers stand for numbers, the number that came out: the answer nearest
                to it is right.

        Raises:
            ValueError: if ``found`` is none of the answers, or no number where they stand for numbers.
        """
        value = ""
        if self._numbers is not None:
            number("found", found, "the number that came out", math.isfinite)
            value = f" ({found:.2f})"
            found = min(self._numbers, key=lambda answer: abs(self._numbers[answer] - found))
        found = one_of("found", found, self.answers)
        said = self.answers[self.chosen] if self.chosen >= 0 else None
        if said is not None:
            progress.note_prediction(self.question, said, found)
        return Outcome(self.key, found, value, said)

    @traitlets.observe("chosen")
    def _remember(self, change: dict) -> None:
        _chosen[self.key] = change["new"]


@dataclass(frozen=True, repr=False)
class Outcome:
    """The right answer, and how the prediction went."""

    key: str  #: of the prediction.
    found: str  #: the right answer.
    value: str  #: the number behind it, or an empty string.
    said: str | None  #: the predicted answer; ``None`` if none was clicked.

    @property
    def _how(self) -> str:
        if self.said is None:
            return ""
        return "You predicted it." if self.said == self.found else f"You predicted: {self.said}."

    def __repr__(self) -> str:
        return f"The answer: {self.found}{self.value}. {self._how}".rstrip()

    def _repr_html_(self) -> str:
        return (
            f'<p data-lstm-outcome="{self.key}" data-found="{html.escape(self.found)}">The answer: '
            f"<strong>{html.escape(self.found)}</strong>{self.value}. "
            f"<span>{html.escape(self._how)}</span></p>"
        )
