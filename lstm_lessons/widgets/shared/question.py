"""A question with two to four answers to click: what a prediction and a self-check share."""

import textwrap
from collections.abc import Mapping, Sequence
from importlib.resources.abc import Traversable

import traitlets

from lstm_lessons import checks
from lstm_lessons.widgets.shared import svg
from lstm_lessons.widgets.shared.base import LessonWidget, shown


class Question(LessonWidget):
    """Base of the widgets that ask. A subclass sets ``lead``, what stands before the question, and ``template``, the
    SVG of its still.
    """

    lead: str
    template: Traversable

    question = shown(traitlets.Unicode())
    answers = shown(traitlets.List(traitlets.Unicode()))
    chosen = shown(traitlets.Int(-1))

    def __init__(self, question: str, answers: Sequence[str] | Mapping[str, object], **traits: object) -> None:
        """Ask.

        Args:
            question: one sentence.
            answers: two to four short ones; of a mapping its keys.
            traits: further ones of the subclass.

        Raises:
            TypeError: if question or an answer is no text.
            ValueError: if there are not two to four different answers, or a text holds half a letter.
        """
        if not checks.letters("question", question).strip():
            raise ValueError(f"question must be a sentence, got {question!r:.80}")
        given = [checks.letters("answers", answer) for answer in checks.listed("answers", answers, "two to four texts")]
        if not 2 <= len(given) <= 4 or len(set(given)) < len(given):
            raise ValueError(f"answers must be two to four different ones, got {checks.shown(given)}")
        super().__init__(question=question, answers=given, **traits)

    @traitlets.validate("chosen")
    def _check_chosen(self, proposal: dict) -> int:
        return checks.whole("chosen", proposal["value"], -1, len(self.answers) - 1)

    def summary(self) -> str:
        return f"{self.lead} {self.question} {' / '.join(self.answers)}"

    def picture(self) -> str:
        lines = textwrap.wrap(f"{self.lead} {self.question}", 84)
        top = 24 * len(lines) + 16
        values = {
            "lines": [{"y": 24 * row, "text": line} for row, line in enumerate(lines, 1)],
            "answers": [{"y": top + 44 * n, "text": text} for n, text in enumerate(self.answers)],
        }
        size = (720, top + 44 * len(self.answers) + 4)
        return svg.fill(self.template, values, title=self.summary(), size=size)
