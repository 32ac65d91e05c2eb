"""Labeled text for a classifier that reads letters: three parts, and your own CSV file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from lstm_lessons.data.normalization import normalize


@dataclass(frozen=True)
class LabeledText:
    """Texts and their classes."""

    texts: tuple[str, ...]  #: N texts.
    labels: np.ndarray  #: number of each text's class, (N,) int64.
    #: what each text is about, N names; texts of one group never stand in two parts.
    groups: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.texts)

    def subset(self, indices: np.ndarray) -> LabeledText:
        """Some of the texts, in the order of ``indices``."""
        return LabeledText(
            tuple(self.texts[k] for k in indices),
            self.labels[indices],
            tuple(self.groups[k] for k in indices),
        )


@dataclass(frozen=True)
class TextSplits:
    """Labeled texts in three parts."""

    train: LabeledText
    validation: LabeledText
    test: LabeledText
    classes: tuple[str, ...]  #: names of the classes; a label is a place in it.
    notes: tuple[str, ...] = ()  #: what was left out on the way, one sentence each.

    def describe(self) -> str:
        """One line for the classes, one a part, and the notes."""
        parts = {"train": self.train, "validation": self.validation, "test": self.test}
        lines = [f"{len(self.classes)} classes: {', '.join(self.classes)}"]
        for name, part in parts.items():
            letters = np.array([len(text) for text in part.texts] or [0])
            counts = np.bincount(part.labels, minlength=len(self.classes))
            lines.append(
                f"{name}: {len(part):,} texts of {letters.min()}-{letters.max()} letters "
                f"(median {np.median(letters):.0f}), {counts.min()}-{counts.max()} a class"
            )
        return "\n".join([*lines, *self.notes])


def load_csv(
    path: str | Path,
    *,
    text: str = "text",
    label: str = "label",
    encoding: str = "utf-8",
    seed: int = 0,
) -> TextSplits:
    """Your own labeled text, from a CSV file with one column of text and one of labels.

    70 % of each class train, 10 % validate and 20 % test, and every class has at least one
    text in training and one in the test. Rows that repeat a text and its label are left out;
    the same text under two labels stays, in one part.

    Args:
        path: the file; its first row names the columns.
        text, label: names of the two columns.
        encoding: of the file, such as ``"utf-8"`` or ``"cp1252"``.
        seed: of the split.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: with what was expected and what came, if the file is empty, has no such
            column, is in another encoding or no table, if a row lacks its text or label, or if
            there are fewer than two classes or a class has fewer than two different texts.
    """
    table = _read(Path(path), encoding)
    for argument, column in (("text", text), ("label", label)):
        if column not in table.columns:
            raise ValueError(
                f"{argument} must name a column of {Path(path).name}, got {column!r}; "
                f"its columns are {', '.join(map(repr, table.columns))}"
            )
    table = pd.DataFrame({"text": table[text].map(normalize), "label": table[label].map(normalize)})
    if table.empty:
        raise ValueError(f"{Path(path).name} must hold rows below its column names, got none")
    empty = table.index[(table == "").any(axis=1)]
    if len(empty):
        places = ", ".join(str(k + 2) for k in empty[:5]) + (", …" if len(empty) > 5 else "")
        raise ValueError(
            f"every row of {Path(path).name} must hold a text and a label; "
            f"{len(empty)} lack one (counting the column names as row 1: {places})"
        )
    unique = table.drop_duplicates(ignore_index=True)
    repeated = len(table) - len(unique)
    classes = tuple(sorted(unique["label"].unique()))
    if len(classes) < 2:
        raise ValueError(f"{label} must hold at least two classes, got only {classes[0]!r}")
    labels = unique["label"].map(classes.index).to_numpy(dtype=np.int64)
    everything = LabeledText(tuple(unique["text"]), labels, tuple(unique["text"]))
    counts = Counter(unique.drop_duplicates("text")["label"])
    for name in classes:
        if counts[name] < 2:
            raise ValueError(
                f"every class needs at least two different texts, one to train and one to test; "
                f"{name!r} has {counts[name]}"
            )
    notes = (f"{repeated} rows repeat a text and its label; left out",) if repeated else ()
    parts = (everything.subset(part) for part in _split_by_class(everything, len(classes), seed))
    return TextSplits(*parts, classes=classes, notes=notes)


def _read(path: Path, encoding: str) -> pd.DataFrame:
    """The file as a table of strings."""
    if not path.is_file():
        raise FileNotFoundError(f"path must be a CSV file, and there is none at {path}")
    try:
        # keep_default_na: "NA" and "null" are words here, not holes.
        return pd.read_csv(path, dtype=str, keep_default_na=False, encoding=encoding)
    except UnicodeDecodeError as error:
        raise ValueError(
            f"encoding must be that of {path.name}: {encoding!r} cannot read its byte "
            f"{error.object[error.start]:#04x}. Files from a spreadsheet are often in 'cp1252' or "
            "'utf-16'"
        ) from None
    except LookupError:
        raise ValueError(f"encoding must be one that Python knows, got {encoding!r}") from None
    except pd.errors.EmptyDataError:
        raise ValueError(f"{path.name} must hold column names and rows, got nothing") from None
    except pd.errors.ParserError as error:
        raise ValueError(f"{path.name} must be a table separated by commas: {error}") from None


def _split_by_class(everything: LabeledText, classes: int, seed: int) -> Sequence[np.ndarray]:
    """Indices of the three parts; a text goes where the first of its rows goes."""
    rng = np.random.default_rng(seed)
    first = {}
    for k, group in enumerate(everything.groups):
        first.setdefault(group, k)
    part_of_group = {}
    leaders = np.array(list(first.values()))
    for label in range(classes):
        members = rng.permutation(leaders[everything.labels[leaders] == label])
        test = max(1, round(0.2 * len(members)))
        validation = round(0.1 * len(members))
        for place, k in enumerate(members):
            part = 2 if place < test else 1 if place < test + validation else 0
            part_of_group[everything.groups[k]] = part
    part = np.array([part_of_group[group] for group in everything.groups])
    return [rng.permutation(np.flatnonzero(part == number)) for number in range(3)]
