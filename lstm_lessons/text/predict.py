"""The class of a text, by a deployed model: ONNX Runtime and NumPy alone, no torch.

``python -m lstm_lessons.text.predict MODEL.onnx "a phrase"`` prints the most probable classes. The
file carries all that is needed: weights, alphabet, names of the classes and the longest text.
`lstm_lessons.text.export` writes such files. What does not fit raises a ValueError, what is of another kind a
TypeError, a file that is not there a FileNotFoundError.
"""

import argparse
import io
import json
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime

from lstm_lessons import checks
from lstm_lessons.text.tokenizer import PADDING, UNKNOWN, checked_batch, encode_all, finite_scores

# A model as a function: numbers (B, T) and lengths (B,), both int64, to scores (B, K) float32.
Runner = Callable[[np.ndarray, np.ndarray], np.ndarray]
METADATA = ("letters", "classes", "longest")  # what a file carries beside its graph, as JSON


@dataclass(frozen=True)
class Predictor:
    """A deployed classifier."""

    session: onnxruntime.InferenceSession  #: of ONNX Runtime, on one thread.
    letters: Mapping[str, int]  #: number of each letter that the model knows.
    classes: tuple[str, ...]  #: K names.
    longest: int  #: letters of a text that are read.

    def encode(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Numbers of the letters, (B, T) int64 with 0 behind the end; and lengths, (B,) int64.

        Warns if a text has more letters than are read.
        """
        rows = encode_all(texts, self.letters, self.longest)
        lengths = np.array([len(row) for row in rows], dtype=np.int64)
        numbers = np.full((len(rows), lengths.max()), PADDING, dtype=np.int64)
        for row, letters in zip(numbers, rows, strict=True):
            row[: len(letters)] = letters
        return numbers, lengths

    def scores(self, numbers: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """Scores before softmax: (B, T) and (B,) integers to (B, K) float32."""
        numbers, lengths = checked_batch(numbers, lengths, len(self.letters) + UNKNOWN + 1)
        return finite_scores(self.session.run(None, {"numbers": numbers, "lengths": lengths})[0])

    def probabilities(self, texts: Sequence[str]) -> np.ndarray:
        """How probable each class is for each text: (B, K), rows that sum to 1."""
        scores = self.scores(*self.encode(texts))
        weights = np.exp(scores - scores.max(axis=1, keepdims=True))
        return weights / weights.sum(axis=1, keepdims=True)


def load(path: str | Path) -> Predictor:
    """Read a model that `lstm_lessons.text.export` wrote.

    Raises:
        FileNotFoundError: if there is no such file.
        TypeError: if ``path`` is no path.
        ValueError: if it is no ONNX model of ours, or does not carry its alphabet and classes.
    """
    path = checks.path("path", path, "an ONNX file")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # such a small model gains nothing from more
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's own kinds of error share no base but this
        reason = str(error).splitlines()[0]
        raise ValueError(f"path must be an ONNX model, {path.name} is none: {reason}") from None
    letters, classes, longest = carried_by(path, session.get_modelmeta().custom_metadata_map)
    names = [part.name for part in (*session.get_inputs(), *session.get_outputs())]
    if names != ["numbers", "lengths", "scores"]:
        raise ValueError(f"{path.name} must take numbers and lengths and give scores, got {names}")
    if session.get_outputs()[0].shape[1] != len(classes):
        raise ValueError(f"{path.name} must carry a name for each class, got {len(classes)}")
    return Predictor(session, letters, classes, longest)


def carried_by(path: Path, metadata: Mapping[str, str], *more: str) -> list:
    """Letters, classes, the longest text, and more from the metadata of a file, checked."""
    names = (*METADATA, *more)
    missing = [name for name in names if name not in metadata]
    if missing:
        raise ValueError(f"{path.name} must carry {', '.join(names)} in its metadata; it lacks {', '.join(missing)}")
    try:
        letters, classes, *others = (json.loads(metadata[name]) for name in names)
        known = sorted(letters.values()) == list(range(UNKNOWN + 1, UNKNOWN + 1 + len(letters)))
        known = known and all(type(number) is int and len(letter) == 1 for letter, number in letters.items())
        named = isinstance(classes, list) and all(isinstance(name, str) for name in classes)
    except (AttributeError, TypeError, ValueError):
        known = named = False
    if not known or not named:
        raise ValueError(f"{path.name} must carry its letters and classes as `export` writes them")
    return [letters, tuple(classes), checks.whole("longest", others[0]), *others[1:]]


def runner(path: str) -> Runner:
    """`Predictor.scores` of the model in a file, for `lstm_lessons.benchmark.processes`."""
    return load(path).scores


def answer(probabilities: np.ndarray, classes: Sequence[str], top: int) -> str:
    """The most probable classes, one a line: (K,) probabilities and K names."""
    probabilities = checks.array("probabilities", probabilities, 1, "f")
    classes = checks.listed("classes", classes, "one name a class")
    if len(classes) != len(probabilities):
        raise ValueError(f"classes must hold {len(probabilities)} names, got {len(classes)}")
    top = checks.whole("top", top)
    best = np.argsort(-probabilities, kind="stable")[:top]
    return "\n".join(f"{probabilities[k]:6.1%}  {classes[k]}" for k in best)


def main(
    arguments: Sequence[str] | None = None,
    *,
    load: Callable = load,
    description: str = "Name the class of a text, by a model in an ONNX file.",
) -> None:
    """The command line; ``load`` reads the model."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("model", help="file of the model")
    parser.add_argument("text", help="the text, in quotes")
    parser.add_argument("--top", type=checks.count, default=3, help="how many classes to print (3)")
    options = parser.parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):  # a letter that the terminal lacks stops nobody
        sys.stdout.reconfigure(errors="replace")
    try:
        model = load(options.model)
        with warnings.catch_warnings(record=True) as notes:
            warnings.simplefilter("always")
            probabilities = model.probabilities([options.text])[0]
    except (OSError, ValueError) as error:
        parser.error(str(error))
    for note in notes:
        print(f"note: {note.message}", file=sys.stderr)
    print(answer(probabilities, model.classes, options.top))


if __name__ == "__main__":
    main()
