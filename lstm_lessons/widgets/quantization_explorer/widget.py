"""Type a phrase, and see what a model says as it was trained and as it ships, in 8 bits: `QuantizationExplorer`.

Both models are in the page. The browser computes with whole numbers, as ONNX Runtime does.
"""

import base64
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import traitlets
from matplotlib.figure import Figure

from lstm_lessons.checks import kind, path, texts
from lstm_lessons.plots import stills
from lstm_lessons.text import export, predict
from lstm_lessons.text.classifier import TrainedClassifier
from lstm_lessons.text.tokenizer import normalize
from lstm_lessons.widgets.phrase_explorer.widget import PhraseExplorer
from lstm_lessons.widgets.shared.base import LessonWidget, shown

_WEIGHTS = (
    "embedding.weight",
    *(f"lstm.{kind}_l0{end}" for end in ("", "_reverse") for kind in ("weight_ih", "weight_hh")),
    "head.weight",
)


class QuantizationExplorer(LessonWidget):
    """A text classifier in 32 bits and in the 8 bits of its file, on the same phrase.

    Traits:
        phrase: what is typed.
        examples: phrases to choose from.
        kilobytes: sizes of the two files.
        bytes, codes: the file's numbers, and scale, zero point and whether they are signed, weight by weight.
        architecture, weights, letters, class_names: as of a `PhraseExplorer`.
    """

    module = "quantization_explorer"

    architecture = shown(traitlets.Dict())
    weights = shown(traitlets.Unicode())
    bytes = shown(traitlets.Unicode())
    codes = shown(traitlets.List())
    kilobytes = shown(traitlets.List(traitlets.Float()))
    letters = shown(traitlets.List(traitlets.Unicode()))
    class_names = shown(traitlets.List(traitlets.Unicode()))
    examples = shown(traitlets.List(traitlets.Unicode()))
    phrase = shown(traitlets.Unicode())

    def __init__(
        self,
        classifier: TrainedClassifier,
        trained: str | Path,
        shipped: str | Path,
        *,
        phrase: str = "",
        examples: Sequence[str] = (),
    ) -> None:
        """Put both into a page.

        Args:
            trained: its ONNX file in 32 bits, of ``export.export``.
            shipped: that in 8 bits, of ``export.quantize``.
            phrase, examples: as the traits.

        Raises:
            TypeError: if an argument is of another kind.
            FileNotFoundError: if one of the files is not there.
            ValueError: if a file is not one of `export`, its weights are not as many as the classifier's, or the
                classifier is too large for a page, see `PhraseExplorer`.
        """
        kind("classifier", classifier, "a TrainedClassifier", isinstance(classifier, TrainedClassifier))
        examples = texts("examples", examples)
        for name, file in {"trained": trained, "shipped": shipped}.items():
            path(name, file, "an ONNX file")
        predictors = [predict.load(path) for path in (trained, shipped)]
        same = PhraseExplorer.from_torch(classifier.model, classifier.letters, classifier.classes)
        found = export.stored(shipped)
        sizes = {name: tuple(weight.shape) for name, weight in classifier.model.state_dict().items()}
        for name in _WEIGHTS:
            got = found[name].numbers
            if got.dtype.itemsize != 1 or got.shape != sizes[name]:
                raise ValueError(
                    f"shipped must hold {name} of shape {sizes[name]} in 8 bits, got {got.dtype} of shape {got.shape}"
                )
        parts = [found[name] for name in _WEIGHTS]
        super().__init__(
            **{name: getattr(same, name) for name in ("architecture", "weights", "letters", "class_names")},
            bytes=base64.b64encode(b"".join(part.numbers.tobytes() for part in parts)).decode(),
            codes=[[part.scale, part.zero, part.numbers.dtype == np.int8] for part in parts],
            kilobytes=[Path(path).stat().st_size / 1000 for path in (trained, shipped)],
            examples=examples,
            phrase=phrase,
        )
        same.close()
        self._predictors = predictors

    def beliefs(self) -> list[np.ndarray]:
        """What ONNX Runtime says of the phrase in 32 and in 8 bits: two times (K,), zeros for an empty phrase."""
        if not normalize(self.phrase):
            return [np.zeros(len(self.class_names))] * 2
        return [predictor.probabilities([self.phrase])[0] for predictor in self._predictors]

    def summary(self) -> str:
        said = []
        for bits, belief, size in zip((32, 8), self.beliefs(), self.kilobytes, strict=True):
            best = int(belief.argmax())
            answer = f"{self.class_names[best]} ({belief[best]:.0%})" if belief.any() else "no phrase yet"
            said.append(f"{bits} bits, {size:.0f} kB: {answer}")
        return f"QuantizationExplorer, “{normalize(self.phrase)}”: {'; '.join(said)}"

    def picture(self) -> Figure:
        beliefs = dict(zip(("32 bits, as trained", "8 bits, as shipped"), self.beliefs(), strict=True))
        return stills.beliefs(beliefs, self.class_names, title=self.summary().partition(", ")[2])
