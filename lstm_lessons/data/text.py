"""Labeled text for a classifier that reads letters: three parts, and your own CSV file."""

import contextlib
import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from lstm_lessons import checks
from lstm_lessons.data.normalization import LONGEST, normalize


@dataclass(frozen=True)
class LabeledText:
    """Texts and their classes."""

    texts: tuple[str, ...]  #: N texts.
    labels: np.ndarray  #: number of each text's class, (N,) int64.
    groups: tuple[str, ...]  #: what each text is about, N names; texts of one group never stand in two parts.

    def __len__(self) -> int:
        return len(self.texts)

    def subset(self, indices: np.ndarray) -> Self:
        """Some of the texts, in the order of ``indices``.

        Raises:
            ValueError: if ``indices`` are not whole numbers from 0 to N - 1.
        """
        indices = checks.integers("indices", indices, 0, len(self) - 1)
        return LabeledText(
            tuple(self.texts[k] for k in indices), self.labels[indices], tuple(self.groups[k] for k in indices)
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
        """One line for the classes, one a part, one for texts that are too long, and the notes."""
        parts = {"train": self.train, "validation": self.validation, "test": self.test}
        lines = [f"{len(self.classes)} classes: {', '.join(self.classes)}"]
        for name, part in parts.items():
            letters = np.array([len(text) for text in part.texts] or [0])
            counts = np.bincount(part.labels, minlength=len(self.classes))
            lines.append(
                f"{name}: {len(part):,} texts of {letters.min()}-{letters.max()} letters "
                f"(median {np.median(letters):.0f}), {counts.min()}-{counts.max()} a class"
            )
        texts = self.train.texts + self.validation.texts + self.test.texts
        if cut := sum(len(text) > LONGEST for text in texts):
            lines.append(
                f"{cut:,} of {len(texts):,} texts have more than {LONGEST} letters: a classifier "
                f"reads the first {LONGEST}, unless it is told another number (longest=)"
            )
        return "\n".join([*lines, *self.notes])


def load_csv(
    path: str | Path,
    *,
    text: str = "text",
    label: str = "label",
    group: str | None = None,
    separator: str = ",",
    encoding: str = "utf-8",
    seed: int = 0,
) -> TextSplits:
    """Your own labeled text, from a CSV file with one column of text and one of labels.

    70 % of each class train, 10 % validate and 20 % test, and every class has at least one text in training and one in
    the test. Rows that repeat a text and its label are left out; the same text under two labels stays, in one part.
    Fields without a column name are left out; behind the last name they must be empty.

    Args:
        path: the file; its first row names the columns.
        text, label: names of the two columns.
        group: name of a column that says what belongs together, such as the author or the template of a text: texts of
            one group come into one part, groups that share a text are one, and the shares above are those of groups.
        separator: one character between two fields; ``";"`` or a tab in many a spreadsheet.
        encoding: of the file, such as ``"utf-8"`` or ``"cp1252"``.
        seed: of the split.

    Raises:
        TypeError: if ``path`` is no path.
        FileNotFoundError: if there is no such file.
        ValueError: with what was expected and what came, if the file is empty, has no such column, another separator or
            encoding or is no table, if a row has more or fewer fields than columns or lacks its text or label, or if
            there are fewer than two classes or a class does not come into training and test. Rows are counted as an
            editor does.
    """
    path = checks.path("path", path, "a CSV file")
    seed = checks.whole("seed", seed, 0)
    columns = {"text": text, "label": label} | ({} if group is None else {"group": group})
    table = {
        line: [normalize(field) for field in fields]
        for line, fields in _table(path, encoding, separator, columns).items()
    }
    if not table:
        raise ValueError(f"{path.name} must hold rows below its column names, got none")
    empty = [str(line) for line, fields in table.items() if "" in fields]
    if empty:
        places = ", ".join(empty[:5]) + (", …" if len(empty) > 5 else "")
        raise ValueError(
            f"every row of {path.name} must hold a {' and a '.join(columns)}; "
            f"{len(empty)} lack one (lines of the file: {places})"
        )
    group_of = _group_of_each_text([(fields[0], fields[-1] if group else fields[0]) for fields in table.values()])
    unique = list(dict.fromkeys((fields[0], fields[1]) for fields in table.values()))
    texts, names = zip(*unique, strict=True)
    classes = tuple(sorted(set(names)))
    if len(classes) < 2:
        raise ValueError(f"{label} must hold at least two classes, got only {classes[0]!r}")
    labels = np.array([classes.index(name) for name in names], dtype=np.int64)
    everything = LabeledText(texts, labels, tuple(group_of[text] for text in texts))
    parts = _split_by_class(everything, classes, seed)
    notes = []
    if len(unique) < len(table):
        notes.append(f"{len(table) - len(unique)} rows repeat a text and its label; left out")
    if group:
        notes.append(f"{len(set(everything.groups)):,} groups by {group}, each in one part")
    return TextSplits(*map(everything.subset, parts), classes=classes, notes=tuple(notes))


def _group_of_each_text(rows: list[tuple[str, str]]) -> dict[str, str]:
    """The group of each text, from texts with a group; groups that share a text are one."""
    joined_to: dict[str, str] = {}

    def first(group: str) -> str:
        while group in joined_to:
            group = joined_to[group]
        return group

    group_of: dict[str, str] = {}
    for text, group in rows:
        one, other = first(group_of.setdefault(text, group)), first(group)
        if one != other:
            joined_to[other] = one
    return {text: first(group) for text, group in group_of.items()}


def _table(path: Path, encoding: str, separator: str, columns: dict[str, str]) -> dict[int, list[str]]:
    """The fields of some columns, by the line in which their row begins.

    Args:
        columns: name of each column in the file, by the argument of `load_csv` that gave it.
    """
    content = _decoded(path, encoding)
    csv.field_size_limit(max(csv.field_size_limit(), len(content)))  # else a text ends at 131,072 letters
    if not (isinstance(separator, str) and len(separator) == 1 and separator not in '"\r\n'):
        raise ValueError(f"separator must be one character, got {separator!r}")
    names = _first_row(content, separator)
    if not names:
        raise ValueError(f"{path.name} must hold column names and rows, got nothing")
    for argument, column in columns.items():
        checks.kind(argument, column, "the name of a column", isinstance(column, str))
        columns[argument] = column = unicodedata.normalize("NFC", column)  # as the header's names are
        if (times := names.count(column)) == 1:
            continue
        for other in ",;\t|".replace(separator, "") if not times else "":
            is_whole = len(names) == 1 and other in names[0]
            if is_whole or set(columns.values()) <= set(_first_row(content, other)):
                raise ValueError(
                    f"separator must be that of {path.name}, got {separator!r}; its first row is "
                    f"separated by {other!r}: separator={other!r}"
                )
        raise ValueError(
            f"{argument} must name a column of {path.name}, got {column!r}"
            f"{f', which {times} have: rename one' * (times > 1)}; its columns are {', '.join(map(repr, names))}"
        )
    named = max(k for k, name in enumerate(names, 1) if name.strip())
    places = [names.index(column) for column in columns.values()]
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=separator, strict=True)
    table, line = {}, 1
    try:
        for fields in reader:
            if "".join(fields).strip():  # else a blank line
                if len(fields) < named or "".join(fields[named:]).strip():
                    raise ValueError(
                        f"{path.name}: row {line} has {len(fields)} field"
                        f"{'s' * (len(fields) != 1)}, the header names {named}; "
                        f"quote texts that hold {'commas' if separator == ',' else repr(separator)}"
                    )
                table[line] = [fields[place] for place in places]
            line = reader.line_num + 1  # a row may hold several lines, as an editor counts them
    except csv.Error as error:
        raise ValueError(f"{path.name} must be a table separated by {separator!r}; row {line}: {error}") from None
    del table[next(iter(table))]  # the names
    return table


def _first_row(content: str, separator: str) -> list[str]:
    """The fields of the first row that is not blank; none if there is none."""
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=separator)
    with contextlib.suppress(csv.Error):
        names = next((fields for fields in reader if "".join(fields).strip()), [])
        return [unicodedata.normalize("NFC", name) for name in names]
    return []


_MARK_OF_UTF8 = b"\xef\xbb\xbf".decode("cp1252")  # what cp1252 takes it for


def _decoded(path: Path, encoding: str) -> str:
    """The text of a file."""
    content = path.read_bytes()
    if content.startswith(b"PK\x03\x04"):
        raise ValueError(f"{path.name} must be a CSV file, got a spreadsheet: save it as CSV")
    why = "its NUL characters"
    try:
        text = content.decode(encoding)
        if text.startswith(_MARK_OF_UTF8):
            why = "its mark of 'utf-8'"
        elif "\0" not in text:
            # A line "sep=;" above the names is Excel's note to itself.
            return re.sub(r"\Asep=.(?=[\r\n])", "", text.lstrip("\ufeff"))
    except UnicodeDecodeError as error:
        why = f"its byte {error.object[error.start]:#04x}"
    except UnicodeError as error:
        why = str(error)
    except (LookupError, TypeError, ValueError):
        raise ValueError(f"encoding must be one that Python knows, got {encoding!r}") from None
    marks = {b"\xef\xbb\xbf": "'utf-8'", b"\xff\xfe\0\0": "'utf-32'", b"\xff\xfe": "'utf-16'", b"\xfe\xff": "'utf-16'"}
    seen = [name for mark, name in marks.items() if content.startswith(mark)]
    advice = [*seen, "'cp1252' or 'utf-16'"][0]
    raise ValueError(
        f"encoding must be that of {path.name}: {encoding!r} cannot read {why}. Files from a "
        f"spreadsheet are often in {advice}"
    )


def _split_by_class(everything: LabeledText, classes: Sequence[str], seed: int) -> Sequence[np.ndarray]:
    """Indices of the three parts; a group goes where its first row goes.

    Raises:
        ValueError: if a class stands in a single group, or does not come into both ends.
    """
    groups_of = {label: set() for label in range(len(classes))}
    first = {}
    for k, (group, label) in enumerate(zip(everything.groups, everything.labels, strict=True)):
        first.setdefault(group, k)
        groups_of[label].add(group)
    for label, groups in groups_of.items():
        if len(groups) < 2:
            raise ValueError(
                "every class needs at least two different texts (or groups of them), one to train "
                f"and one to test; {classes[label]!r} has {len(groups)}"
            )
    rng = np.random.default_rng(seed)
    leaders = np.array(list(first.values()))
    for _ in range(100):  # nearly always one is enough; more where classes share their groups
        part_of_group = {}
        for label in range(len(classes)):
            members = rng.permutation(leaders[everything.labels[leaders] == label])
            test = max(1, round(0.2 * len(members)))
            validation = round(0.1 * len(members))
            for place, k in enumerate(members):
                part = 2 if place < test else 1 if place < test + validation else 0
                part_of_group[everything.groups[k]] = part
        part = np.array([part_of_group[group] for group in everything.groups])
        parts = [rng.permutation(np.flatnonzero(part == number)) for number in range(3)]
        if all(len(set(everything.labels[parts[end]])) == len(classes) for end in (0, 2)):
            return parts
    raise ValueError(
        "every class must come into training and test; of these some share so many texts or "
        f"groups that one does not: {', '.join(classes)}"
    )
