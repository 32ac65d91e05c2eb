"""A language model writes in the page, letter by letter: `WritingExplorer`.

The model is in the page with eight bits a weight: the browser computes what `chances`, `traces` and `influences`
compute here, with or without a kernel.
"""

import base64
import copy
import math
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import torch
import traitlets
from matplotlib.figure import Figure

from lstm_lessons.checks import kind, one_of, texts, whole
from lstm_lessons.palette import SYMBOLS
from lstm_lessons.plots import stills
from lstm_lessons.text.language_model import START, LanguageModel, encode, in_eight_bits, letter_bits, reshape, without
from lstm_lessons.trace import trace_gates
from lstm_lessons.widgets.shared.base import LessonWidget, shown
from lstm_lessons.widgets.shared.network import check_weights
from lstm_lessons.widgets.shared.weights import encode as encode_numbers

LONGEST = 400  # letters of a text
SEEN = 64  # letters whose influence is asked for
MOST_BYTES = 700_000  # of weights in the page
COLORS = ("influence", "cost", *SYMBOLS)
_MATRICES = ("embedding.weight", "lstm.weight_ih_l0", "lstm.weight_hh_l0", "head.weight")
_VECTORS = ("lstm.bias_ih_l0", "lstm.bias_hh_l0", "head.bias")


class WritingExplorer(LessonWidget):
    """A model of letters that goes on with a text, and what it knows at each of them.

    Make one with `from_torch`.

    Traits:
        text: what stands there. Letters that the model does not know are left out, and what goes beyond 400.
        begins: texts to begin with.
        temperature, top_k, top_p: what the next letter is drawn with, see `language_model.reshape`.
        unit: the picked unit, 0 to H - 1; ``silent`` takes its h from all that read it.
        color: what colors the letters: ``influence`` on the letter at the cursor, the ``cost`` of each, or ``i``,
            ``f``, ``g``, ``o``, ``c`` or ``h`` of the unit.
        bits: what a letter of a held-out text costs in 32 bits and in eight, or nothing.
        seed: of the letters that are drawn.
        architecture, steps, floats, alphabet: what the page computes with.
    """

    module = "writing_explorer"

    architecture = shown(traitlets.Dict())
    steps = shown(traitlets.Unicode())
    floats = shown(traitlets.Unicode())
    alphabet = shown(traitlets.Unicode())
    begins = shown(traitlets.List(traitlets.Unicode()))
    bits = shown(traitlets.List(traitlets.Float()))
    seed = shown(traitlets.Int(0))
    text = shown(traitlets.Unicode())
    temperature = shown(traitlets.Float(0.7))
    top_k = shown(traitlets.Int(0))
    top_p = shown(traitlets.Float(1.0))
    unit = shown(traitlets.Int(0))
    silent = shown(traitlets.Bool(False))
    color = shown(traitlets.Unicode("influence"))

    def __init__(self, model: LanguageModel, **traits: Any) -> None:
        """Use `from_torch`."""
        super().__init__()
        self._model = copy.deepcopy(model).double()  # the rounded one
        self.set_traits(**traits)

    @classmethod
    def from_torch(
        cls,
        model: LanguageModel,
        *,
        text: str = "",
        begins: Sequence[str] = (),
        held_out: Sequence[str] = (),
        temperature: float = 0.7,
        top_k: int = 0,
        top_p: float = 1.0,
        unit: int = 0,
        color: str = "influence",
        seed: int = 0,
    ) -> Self:
        """Put a trained model into a page, its matrices rounded to eight bits.

        Args:
            held_out: texts on which it is measured what the rounding costs; without them the page does not say.
            text, begins, temperature, top_k, top_p, unit, color, seed: as the traits.

        Raises:
            TypeError: if ``model`` is no `LanguageModel`.
            ValueError: if the model is tied, it has too many weights for a page (700 kB), one of them is not finite, or
                a text has a letter that it does not know.
        """
        kind("model", model, "a LanguageModel", isinstance(model, LanguageModel))
        if model.narrow is not None:
            raise ValueError("model must have a head of its own, got a tied one")
        check_weights(model)
        begins, held_out = texts("begins", begins), texts("held_out", held_out)
        for one in (text, *begins, *held_out):
            encode(one, model.alphabet)
        rounded, codes = in_eight_bits(model)
        steps = b"".join(codes[name][0].tobytes() for name in _MATRICES)
        vectors = [codes[name][1] for name in _MATRICES]
        vectors += [rounded.get_parameter(name).detach().float().numpy() for name in _VECTORS]
        coded = base64.b64encode(steps).decode(), encode_numbers(np.concatenate(vectors))
        if sum(map(len, coded)) > MOST_BYTES:
            raise ValueError(
                f"model must take at most {MOST_BYTES:,} bytes in a page, got {sum(map(len, coded)):,}: fewer units"
            )
        costs = [float(np.concatenate(letter_bits(one, held_out)).mean()) for one in (model, rounded) if held_out]
        return cls(
            rounded,
            architecture={
                "letters": len(model.alphabet),
                "embedding_size": model.embedding.embedding_dim,
                "hidden_size": model.lstm.hidden_size,
            },
            steps=coded[0],
            floats=coded[1],
            alphabet=model.alphabet,
            begins=begins,
            bits=costs,
            seed=seed,
            text=text,
            temperature=temperature,
            top_k=top_k,
            top_p=top_p,
            unit=unit,
            color=color,
        )

    # --- The same numbers in Python

    def read(self) -> str:
        """The letters that the model reads."""
        return "".join(letter for letter in self.text if letter in self.alphabet)[:LONGEST]

    def chances(self) -> np.ndarray:
        """Probabilities of every letter at each place and after the last, (T + 1, V), before they are reshaped."""
        with torch.no_grad():
            scores, _ = self._heard()(encode(START + self.read(), self.alphabet)[None])
        return scores[0].softmax(-1).numpy()

    def next_chances(self) -> np.ndarray:
        """What the next letter is drawn from, (V,)."""
        return reshape(self.chances()[-1], temperature=self.temperature, top_k=self.top_k, top_p=self.top_p)

    def traces(self) -> dict[str, np.ndarray]:
        """i, f, g, o, c and h of the picked unit at each letter, (T,)."""
        model = self._heard()
        with torch.no_grad():
            trace = trace_gates(model.lstm, model.embedding(encode(START + self.read(), self.alphabet)))
        return {key: getattr(trace, key)[0, 0, 1:, self.unit].numpy() for key in SYMBOLS}

    def influences(self, place: int, target: int) -> np.ndarray:
        """What the letters before a place did for letter number ``target`` there, in bits, (S,): the last 64 at most.

        By how many bits its log-probability would fall, to first order, were one of them an average letter: the
        gradient times its embedding less the mean of all.
        """
        place = whole("place", place, 0, len(self.read()))
        target = whole("target", target, 0, len(self.alphabet) - 1)
        model = self._heard()
        numbers = encode(START + self.read()[:place], self.alphabet)
        first = max(0, len(numbers) - SEEN)
        embedded = model.embedding(numbers).detach()
        state = None if first == 0 else model.lstm(embedded[None, :first])[1]
        x = embedded[None, first:].requires_grad_()
        output, _ = model.lstm(x, None if state is None else tuple(part.detach() for part in state))
        score = model.head(output[0, -1]).log_softmax(0)[target] / math.log(2)
        (slope,) = torch.autograd.grad(score, x)
        found = (slope * (x - model.embedding.weight.mean(0))).sum(-1)[0].detach().numpy()
        return found[1:] if first == 0 else found  # the first step reads what stands before the text

    def _heard(self) -> LanguageModel:
        return without(self._model, [self.unit] if self.silent else [])

    def summary(self) -> str:
        best = int(self.chances()[-1].argmax())
        loss = f", {self.bits[1]:.2f} bits a letter in eight bits, {self.bits[0]:.2f} in 32" if self.bits else ""
        return (
            f"WritingExplorer: {len(self.read())} letters, the likeliest next is {self.alphabet[best]!r} "
            f"({self.chances()[-1, best]:.0%}){loss}"
        )

    def picture(self) -> Figure:
        after = self.next_chances()
        return stills.writing(
            self.read(),
            {repr(self.alphabet[k]): (self.chances()[-1, k], after[k]) for k in np.argsort(-after, kind="stable")[:10]},
            self.traces(),
            title=self.summary().partition(": ")[2],
            unit=f"unit {self.unit}{', silent' if self.silent else ''}",
        )

    @traitlets.validate("color")
    def _check_color(self, proposal: dict) -> str:
        return one_of("color", proposal["value"], COLORS)

    @traitlets.validate("temperature", "top_k", "top_p")
    def _check_how(self, proposal: dict) -> float:
        reshape(np.ones(1), **{proposal["trait"].name: proposal["value"]})
        return proposal["value"]

    @traitlets.validate("unit")
    def _check_unit(self, proposal: dict) -> int:
        return whole("unit", proposal["value"], 0, self._model.lstm.hidden_size - 1)
