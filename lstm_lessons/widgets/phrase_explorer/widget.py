"""Type a phrase, and see a model's belief move letter by letter: `PhraseExplorer`.

The model is in the page: the browser computes what `beliefs` and `traces` compute here, with or without a kernel.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import torch
import traitlets
from matplotlib.figure import Figure
from torch import Tensor

from lstm_lessons import sequences
from lstm_lessons.checks import one_of, whole
from lstm_lessons.palette import SYMBOLS
from lstm_lessons.plots import stills
from lstm_lessons.text.classifier import TextClassifier
from lstm_lessons.text.tokenizer import LONGEST, UNKNOWN, encode, normalize
from lstm_lessons.widgets.shared.base import LessonWidget, shown
from lstm_lessons.widgets.shared.checks import as_texts, letters_in_order
from lstm_lessons.widgets.shared.network import edited_traces, network_of, prefix_beliefs
from lstm_lessons.widgets.shared.weights import encode as encode_numbers

MOST_WEIGHTS = 187_500  # one megabyte of base64
MOST_CLASSES = 20
MOST_UNITS = 256


class PhraseExplorer(LessonWidget):
    """What a text classifier believes after each letter of a phrase, and what one unit does there.

    Make one with `from_torch`. The model is asked anew for each beginning of the phrase: its reverse half has to start
    at the end, and the end has moved.

    Traits:
        phrase: what is typed. Read after `tokenizer.normalize`, and only its first 64 letters.
        direction: of the picked unit: 0 reads forward, 1 in reverse.
        unit: the picked unit, 0 to H - 1.
        symbol: what colors the letters: ``i``, ``f``, ``g``, ``o``, ``c`` or ``h`` of that unit.
        examples: phrases to choose from.
        trained_on: what the phrases of the training part are, in words.
        architecture, weights, letters, class_names: what the page computes with.
    """

    module = "phrase_explorer"

    architecture = shown(traitlets.Dict())
    weights = shown(traitlets.Unicode())
    letters = shown(traitlets.List(traitlets.Unicode()))
    class_names = shown(traitlets.List(traitlets.Unicode()))
    examples = shown(traitlets.List(traitlets.Unicode()))
    trained_on = shown(traitlets.Unicode())
    phrase = shown(traitlets.Unicode())
    direction = shown(traitlets.Int(0))
    unit = shown(traitlets.Int(0))
    symbol = shown(traitlets.Unicode("h"))

    def __init__(self, model: TextClassifier, **traits: Any) -> None:
        """Use `from_torch`."""
        super().__init__()
        self._network = network_of(model)
        self._embedding = model.embedding.weight.detach().cpu().float().double()
        self.set_traits(**traits)

    @classmethod
    def from_torch(
        cls,
        model: TextClassifier,
        letters: Mapping[str, int],
        classes: Sequence[str],
        *,
        phrase: str = "",
        examples: Sequence[str] = (),
        trained_on: str = "",
        direction: int | None = None,
        unit: int | None = None,
        symbol: str = "h",
    ) -> Self:
        """Put a trained model into a page; its weights are copied, as float32, dropout is left out.

        Args:
            letters: number of each letter, from 2 on without a gap, as `tokenizer.build_vocabulary` makes it.
            classes: K names, 20 at most.
            direction, unit: the unit to pick first; without them the one that speaks most for the answer, see
                `strongest`.
            phrase, examples, trained_on, symbol: as the traits.

        Raises:
            TypeError: if ``model`` is no `TextClassifier`.
            ValueError: if the letters or classes are not those of the model, the model is too large for a page (187,500
                weights, one megabyte), or a weight is not finite.
        """
        if not isinstance(model, TextClassifier):
            raise TypeError(f"model must be a TextClassifier, got {type(model).__name__}")
        known = letters_in_order("letters", letters, UNKNOWN + 1, model.embedding.num_embeddings)
        classes, examples = as_texts("classes", classes, "names"), as_texts("examples", examples, "a list of texts")
        if len(classes) != model.head.out_features:
            raise ValueError(
                f"classes must hold one name for each of the {model.head.out_features} classes, got {len(classes)}"
            )
        if len(classes) > MOST_CLASSES:
            raise ValueError(f"classes must be at most {MOST_CLASSES}, got {len(classes)}")
        network = network_of(model)
        embedding = model.embedding.weight.detach().cpu().float().numpy()
        numbers = np.concatenate([embedding.ravel(), network.numbers()])
        if len(numbers) > MOST_WEIGHTS or network.hidden_size > MOST_UNITS:
            raise ValueError(
                f"model must have at most {MOST_WEIGHTS:,} weights and {MOST_UNITS} units to go "
                f"into a page, got {len(numbers):,} and {network.hidden_size}"
            )
        explorer = cls(
            model,
            architecture={"letters": len(embedding)} | network.architecture,
            weights=encode_numbers(numbers),
            letters=known,
            class_names=classes,
            examples=examples,
            trained_on=trained_on,
            phrase=phrase,
            symbol=symbol,
        )
        strong = explorer.strongest() if normalize(explorer.phrase) else (0, 0)
        explorer.direction = strong[0] if direction is None else direction
        explorer.unit = strong[1] if unit is None else unit
        return explorer

    # --- The same numbers in Python

    def read(self) -> list[str]:
        """The letters that the model reads, T of them; none of an empty phrase."""
        return list(normalize(self.phrase)[:LONGEST])

    def numbers(self) -> list[int]:
        """What it reads for them; 1 where it has never seen the letter."""
        known = {letter: n for n, letter in enumerate(self.letters, start=UNKNOWN + 1)}
        return encode(self.phrase, known) if self.read() else []

    def beliefs(self) -> Tensor:
        """Class probabilities if the phrase ended after each letter, (T, K) float64."""
        if not self.read():
            return torch.zeros(0, len(self.class_names), dtype=torch.float64)
        return prefix_beliefs(self._network, self._embedding[self.numbers()], {})

    def traces(self, direction: int | None = None) -> dict[str, Tensor]:
        """i, f, g, o, c and h of all units of a direction over the whole phrase, (T, H) each."""
        direction = self.direction if direction is None else direction
        if not self.read():
            empty = torch.zeros(0, self._network.hidden_size, dtype=torch.float64)
            return dict.fromkeys(SYMBOLS, empty)
        return edited_traces(self._network, self._embedding[self.numbers()], {})[0][direction]

    def strongest(self) -> tuple[int, int]:
        """Direction and unit that add most to the score of the answer.

        The score of a class is a sum over units of weight times what the pool hands on; the largest term of the winning
        class counts.

        Raises:
            ValueError: if the phrase is empty.
        """
        if not self.read():
            raise ValueError("phrase must hold at least one letter, got an empty one")
        weight, _ = self._network.head
        winner = int(self.beliefs()[-1].argmax())
        terms = (weight[winner] * self._pooled()).unflatten(0, (-1, 2 * self._network.hidden_size))
        place = int(terms.sum(0).round(decimals=9).argmax())
        return divmod(place, self._network.hidden_size)

    def _pooled(self) -> Tensor:
        """What the linear layer sees of the whole phrase."""
        h = torch.cat([self.traces(direction)["h"] for direction in (0, 1)], dim=1)  # (T, 2H)
        units = self._network.hidden_size
        final = torch.cat([h[-1, :units], h[0, units:]])
        return sequences.pool(self._network.pool, h[None], final[None], torch.tensor([len(h)]))[0]

    def summary(self) -> str:
        return f"PhraseExplorer: {self._answer()}"

    def _answer(self) -> str:
        text = "".join(self.read())
        if not text:
            return f"{len(self.class_names)} classes, no phrase yet"
        belief = self.beliefs()[-1]
        best = int(belief.argmax())
        return f"“{text}” is {self.class_names[best]} ({belief[best]:.0%})"

    def picture(self) -> Figure:
        return stills.phrase(
            self.read(),
            self.beliefs().numpy(),
            self.class_names,
            {key: values[:, self.unit].numpy() for key, values in self.traces().items()},
            title=self._answer(),
            unit=f"unit {self.unit}, {('forward', 'reverse')[self.direction]} direction",
        )

    @traitlets.validate("symbol")
    def _check_symbol(self, proposal: dict) -> str:
        return one_of("symbol", proposal["value"], SYMBOLS)

    @traitlets.validate("unit", "direction")
    def _check_choice(self, proposal: dict) -> int:
        name = proposal["trait"].name
        count = self._network.hidden_size if name == "unit" else self._network.directions
        return whole(name, proposal["value"], 0, count - 1)
