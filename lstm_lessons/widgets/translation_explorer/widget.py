"""Type a number, see a network write it in another language, and where it looks: `TranslationExplorer`.

The model is in the page: the browser computes what `written` and `beam` compute here, with or without a kernel.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self

import torch
import traitlets
from matplotlib.figure import Figure
from torch import Tensor, nn

from lstm_lessons.checks import text, texts, whole
from lstm_lessons.data.number_words import words
from lstm_lessons.plots import stills
from lstm_lessons.text.tokenizer import UNKNOWN, encode, normalize
from lstm_lessons.text.translation import BEGIN, END, Translator, attention_weights, beam_search
from lstm_lessons.widgets.shared.base import Choice, LessonWidget, shown
from lstm_lessons.widgets.shared.checks import letters_in_order
from lstm_lessons.widgets.shared.network import check_weights
from lstm_lessons.widgets.shared.weights import encode as encode_numbers

MOST_WEIGHTS = 187_500  # one megabyte of base64
MOST_READ, MOST_WRITTEN = 64, 72  # letters
MOST_DIGITS = 6  # of a number that is put into words
WIDEST = 4
PARTS = ("read", "encoder", "bridge", "written", "decoder", "head")  # in the order of the weights


class Written(NamedTuple):
    """What the decoder wrote, T signs, the end sign included if it came."""

    signs: list[int]  #: numbers of the signs, T.
    probabilities: Tensor  #: of every sign at every step, (T, V) float64.
    attention: Tensor  #: where it looked, (T, S) float64.


class TranslationExplorer(LessonWidget):
    """A translator with attention at work: what it reads, where it looks, what it writes, and what else it thought of.

    Make one with `from_torch`.

    Traits:
        phrase: what is typed. A number of up to six digits is put into English words first. Read after
            `tokenizer.normalize`, and only its first 64 letters.
        forced: signs that are written whatever the model says: step (from 0, as text) to the sign's number.
        looked: where all attention goes at a step: step to the place of a source letter, from 0.
        step: the step that is shown, from 0.
        view: ``"attention"`` or ``"beam"``.
        width: of the beam, 1 to 4.
        examples: phrases to choose from.
        trained_on: what the model has seen in training, in words.
        architecture, weights, source_letters, target_letters: what the page computes with.
    """

    module = "translation_explorer"

    architecture = shown(traitlets.Dict())
    weights = shown(traitlets.Unicode())
    source_letters = shown(traitlets.List(traitlets.Unicode()))
    target_letters = shown(traitlets.List(traitlets.Unicode()))
    examples = shown(traitlets.List(traitlets.Unicode()))
    trained_on = shown(traitlets.Unicode())
    phrase = shown(traitlets.Unicode())
    forced = shown(traitlets.Dict())
    looked = shown(traitlets.Dict())
    step = shown(traitlets.Int(0))
    view = shown(Choice(("attention", "beam"), "attention"))
    width = shown(traitlets.Int(3))

    def __init__(self, model: Translator, **traits: Any) -> None:
        """Use `from_torch`."""
        super().__init__()
        self._model = _exact(model)
        self.set_traits(**traits)

    @classmethod
    def from_torch(
        cls,
        model: Translator,
        source_letters: Mapping[str, int],
        target_letters: Mapping[str, int],
        *,
        phrase: str = "",
        examples: Sequence[str] = (),
        trained_on: str = "",
        **traits: Any,
    ) -> Self:
        """Put a trained model into a page; its weights are copied, as float32.

        Args:
            source_letters: number of each letter, from 2 on, as `tokenizer.build_vocabulary` makes it.
            target_letters: the same from 3 on, as `translation.target_vocabulary` makes it.
            phrase, examples, trained_on, and what follows: as the traits.

        Raises:
            TypeError: if ``model`` is no `Translator`.
            ValueError: if it has no attention, the letters are not those of the model, it is too large for a page
                (187,500 weights, one megabyte), or a weight is not finite.
        """
        if not isinstance(model, Translator):
            raise TypeError(f"model must be a Translator, got {type(model).__name__}")
        if not model.attention:
            raise ValueError("model must have attention, got one without")
        known = letters_in_order("source_letters", source_letters, UNKNOWN + 1, model.read.num_embeddings)
        writes = letters_in_order("target_letters", target_letters, END + 1, model.written.num_embeddings)
        with torch.device("meta"):
            check_weights(model, Translator(model.read.num_embeddings, model.written.num_embeddings))
        numbers = nn.utils.parameters_to_vector(_parameters(model)).detach().cpu().float()
        if len(numbers) > MOST_WEIGHTS:
            raise ValueError(
                f"model must have at most {MOST_WEIGHTS:,} weights to go into a page, got {len(numbers):,}"
            )
        return cls(
            model,
            architecture={
                "source_signs": model.read.num_embeddings,
                "target_signs": model.written.num_embeddings,
                "embedding_size": model.read.embedding_dim,
                "hidden_size": model.decoder.hidden_size,
            },
            weights=encode_numbers(numbers),
            source_letters=known,
            target_letters=writes,
            examples=texts("examples", examples),
            trained_on=trained_on,
            phrase=phrase,
            **traits,
        )

    # --- The same numbers in Python

    def read(self) -> str:
        """The letters that the model reads, S of them; none of an empty phrase."""
        text = normalize(self.phrase)
        if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS:
            text = words(int(text), "en")
        return text[:MOST_READ]

    def numbers(self) -> list[int]:
        """What it reads for them; 1 where it has never seen the letter."""
        known = {letter: n for n, letter in enumerate(self.source_letters, start=UNKNOWN + 1)}
        return encode(self.read(), known) if self.read() else []

    @torch.no_grad()
    def written(self) -> Written:
        """What the decoder writes, with what is forced and where it is made to look."""
        numbers, signs, probabilities, attention = self.numbers(), [], [], []
        if not numbers:
            return Written([], torch.zeros(0, self._model.written.num_embeddings), torch.zeros(0, 0))
        memory = self._model.encode(torch.tensor([numbers]), torch.tensor([len(numbers)]))
        state, sign = memory.first, BEGIN
        while sign != END and len(signs) < MOST_WRITTEN:
            h, state = self._model.decoder(self._model.written(torch.tensor([[sign]])), state)
            weights = attention_weights(h, memory.states, memory.keep)  # (1, 1, S)
            place = self.looked.get(str(len(signs)), MOST_READ)
            if place < len(numbers):
                weights = nn.functional.one_hot(torch.tensor([[place]]), len(numbers)).double()
            scores = self._model.head(torch.cat([h, weights @ memory.states], dim=-1))[0, 0]
            sign = int(self.forced.get(str(len(signs)), scores.argmax()))
            signs.append(sign)
            probabilities.append(scores.softmax(0))
            attention.append(weights[0, 0])
        return Written(signs, torch.stack(probabilities), torch.stack(attention))

    def text(self, signs: Sequence[int]) -> str:
        """Signs as letters, without the end sign."""
        return "".join(self.name(sign) for sign in signs if sign != END)

    def name(self, sign: int) -> str:
        """A sign as the page shows it."""
        return "\u25a0" if sign <= END else self.target_letters[sign - END - 1]

    def beam(self) -> list[tuple[str, float]]:
        """Texts of a beam search and their log-probabilities, best first; what is forced plays no part."""
        if not self.read():
            return []
        numbers = torch.tensor([self.numbers()])
        [found] = beam_search(self._model, numbers, torch.tensor([numbers.shape[1]]), self.width, MOST_WRITTEN)
        return [(self.text(each.numbers), each.log_probability) for each in found]

    def summary(self) -> str:
        if not self.read():
            return "TranslationExplorer: nothing to translate yet"
        return f"TranslationExplorer: “{self.read()}” becomes “{self.text(self.written().signs)}”"

    def picture(self) -> Figure:
        found = self.written()
        return stills.translation(
            self.read(),
            [self.name(sign) for sign in found.signs],
            found.attention.numpy(),
            title=self.summary().partition(": ")[2],
            beam=self.beam() if self.view == "beam" else (),
            step=min(self.step, len(found.signs) - 1),
        )

    @traitlets.validate("step", "width")
    def _check_number(self, proposal: dict) -> int:
        name = proposal["trait"].name
        return whole(name, proposal["value"], *((0, MOST_WRITTEN) if name == "step" else (1, WIDEST)))

    @traitlets.validate("forced", "looked")
    def _check_edits(self, proposal: dict) -> dict[str, int]:
        name = proposal["trait"].name
        low, high = (END, END + len(self.target_letters)) if name == "forced" else (0, MOST_READ - 1)
        edits = {}
        for step, value in proposal["value"].items():
            if not text(f"{name}: a step", step).isdecimal() or int(step) >= MOST_WRITTEN:
                raise ValueError(f"{name} must have steps from 0 to {MOST_WRITTEN - 1}, got {step!r:.80}")
            edits[str(int(step))] = whole(name, value, low, high)
        return edits


def _parameters(model: Translator) -> list[nn.Parameter]:
    return [parameter for part in PARTS for parameter in getattr(model, part).parameters()]


def _exact(model: Translator) -> Translator:
    """A copy with the float32 numbers that the browser gets, to compute with in float64."""
    sizes = (model.read.num_embeddings, model.written.num_embeddings, model.read.embedding_dim)
    copy = Translator(*sizes, model.decoder.hidden_size).double().requires_grad_(False).eval()
    numbers = nn.utils.parameters_to_vector(_parameters(model)).detach().cpu().float().double()
    nn.utils.vector_to_parameters(numbers, _parameters(copy))
    return copy
