"""Labeled text: names of one entity stay together, and a learner's CSV file gets clear words."""

import re

import numpy as np
import pytest

from lstm_lessons.data import languages, text


@pytest.fixture(scope="module")
def splits():
    return languages.load()


def parts(splits):
    return splits.train, splits.validation, splits.test


def write(folder, content, encoding="utf-8", name="texts.csv"):
    path = folder / name
    path.write_bytes(content.encode(encoding))
    return path


def table(rows):
    return "text,label\n" + "".join(f"{line}\n" for line in rows)


# --- languages ------------------------------------------------------------------------------


def test_no_entity_and_no_phrase_is_in_two_parts(splits):
    for attribute in ("groups", "texts"):
        a, b, c = (set(getattr(part, attribute)) for part in parts(splits))
        assert a and b and c and not (a & b or a & c or b & c)
    texts = [t for part in parts(splits) for t in part.texts]
    assert len(texts) == len(set(texts))


def test_all_names_of_an_entity_stand_together(splits):
    languages_of = {}
    for part in parts(splits):
        for group, label in zip(part.groups, part.labels, strict=True):
            languages_of.setdefault(group, set()).add(label)
    assert max(map(len, languages_of.values())) == len(languages.LANGUAGES)


def test_sizes_and_classes(splits):
    sizes = np.array([len(part) for part in parts(splits)])
    np.testing.assert_allclose(sizes / sizes.sum(), [0.7, 0.1, 0.2], atol=0.02)
    assert splits.classes == tuple(languages.LANGUAGES.values())
    for part in parts(splits):
        assert np.bincount(part.labels, minlength=15).min() > 50
        assert min(map(len, part.texts)) >= languages.SHORTEST
    assert "15 classes" in splits.describe() and "languages share" in splits.describe()


def test_known_names_have_their_language(splits):
    found = {
        t: splits.classes[label] for part in parts(splits) for t, label in zip(part.texts, part.labels, strict=True)
    }
    known = {"Norwegen": "German", "Norvège": "French", "Norge": "Swedish", "Norja": "Finnish"}
    assert {name: found.get(name) for name in known} == known


def test_the_split_follows_its_seed(splits):
    assert languages.load().test.texts == splits.test.texts
    assert languages.load(seed=1).test.texts != splits.test.texts


# --- a learner's own file -------------------------------------------------------------------


def test_a_csv_file_is_split_by_class(tmp_path):
    rows = [f"good {k},good" for k in range(40)] + [f'"bad, {k}",bad' for k in range(20)]
    splits = text.load_csv(write(tmp_path, table(rows)))
    assert splits.classes == ("bad", "good")
    counts = [np.bincount(part.labels).tolist() for part in parts(splits)]
    assert counts == [[14, 28], [2, 4], [4, 8]]
    for part in parts(splits):
        for line, label in zip(part.texts, part.labels, strict=True):
            assert line.startswith(splits.classes[label])
    assert text.load_csv(tmp_path / "texts.csv", seed=1).test.texts != splits.test.texts


def test_a_class_of_two_is_trained_and_tested(tmp_path):
    rows = ["a,x", "b,x", "c,y", "d,y"]
    train, validation, test = parts(text.load_csv(write(tmp_path, table(rows))))
    assert sorted(train.labels) == sorted(test.labels) == [0, 1] and len(validation) == 0


def test_repeated_rows_go_and_one_text_under_two_labels_stays_in_one_part(tmp_path):
    rows = [f"t{k},{label}" for k in range(10) for label in ("x", "y")] + ["t0,x", " t0 ,x"]
    rows += [f"only {k},{label}" for k, label in enumerate("xyxyxy")]
    splits = text.load_csv(write(tmp_path, table(rows)))
    assert "2 rows repeat" in splits.describe()
    a, b, c = (set(part.texts) for part in parts(splits))
    assert not (a & b or a & c or b & c) and sum(map(len, parts(splits))) == 26


def test_words_that_pandas_takes_for_holes_are_words(tmp_path):
    rows = ["NA,x", "null,x", "nan,y", "None,y"]
    splits = text.load_csv(write(tmp_path, table(rows)))
    assert sorted(splits.train.texts + splits.test.texts) == ["NA", "None", "nan", "null"]


def test_other_columns_and_another_encoding(tmp_path):
    content = "Größe,Wörter\nklein,Öl\nklein,Äpfel\ngroß,Straße\ngroß,Fuß\n"
    path = write(tmp_path, content, "cp1252")
    splits = text.load_csv(path, text="Wörter", label="Größe", encoding="cp1252")
    assert splits.classes == ("groß", "klein")


TOO_MANY = "texts.csv: row {} has {}, the header names {}; quote texts that hold commas"


@pytest.mark.parametrize(
    ("content", "arguments", "words"),
    [
        ("", {}, "texts.csv must hold column names and rows, got nothing"),
        ("text,label\n", {}, "must hold rows below its column names, got none"),
        ("text,topic\na,x\n", {}, "label must name a column of texts.csv, got 'label'.*'topic'"),
        ("a,label\nb,x\n", {"text": "t"}, "text must name a column of texts.csv, got 't'"),
        (table(["a,x", "b,x"]), {}, "at least two classes, got only 'x'"),
        (table(["a,x", "b,x", "c,y"]), {}, "at least two different texts.*'y' has 1"),
        (table(["a,x", "b,x", "c,y", "c,y"]), {}, "'y' has 1"),
        (table(["a,x", ",x", "c,y", "d,"]), {}, r"2 lack one \(lines of the file: 3, 5\)"),
        (table(["a,x", 'b,"x']), {}, "must be a table separated by ','; row 3: unexpected end"),
        (table(["a,x", '"b" c,x']), {}, "must be a table separated by ','; row 3: ',' expected"),
        (table(["fine taste, weak cup,bad"]), {}, TOO_MANY.format(2, "3 fields", 2)),
        (table(["a,x", "", '"b\n",x', "c,,x"]), {}, TOO_MANY.format(6, "3 fields", 2)),
        (table(["a,x", "b"]), {}, TOO_MANY.format(3, "1 field", 2)),
        ("id,text,label\n1,a,b,x\n", {}, TOO_MANY.format(2, "4 fields", 3)),
        ("text,label,,\na,x,,,y\n", {}, TOO_MANY.format(2, "5 fields", 2)),
        ("text,label,\nfine taste, weak cup,bad\n", {}, TOO_MANY.format(2, "3 fields", 2)),
        ("\ufefftext,label\na,x\n", {"encoding": "cp1252"}, "cannot read its mark of 'utf-8'"),
        ("text,text,label\na,b,x\n", {}, "text must name a column .*, which 2 have: .* 'text', 'text', 'label'"),
        (table(["a,x", "b,x"]), {"group": "writer"}, "group must name a column .*got 'writer'"),
        (table(["a,x"]), {"separator": ";;"}, "separator must be one character, got ';;'"),
        (table(["a,x"]), {"separator": None}, "separator must be one character, got None"),
        (table(["a,x"]), {"encoding": None}, "encoding must be one that Python knows, got None"),
        (table(["a,x"]), {"encoding": "base64"}, "encoding must be one that Python knows"),
        (table(["a,x"]), {"seed": -1}, "seed must be a whole number of at least 0, got -1"),
        ("text,label,who\na,x,1\nb,x,1\nc,y,2\nd,y,2\n", {"group": "who"}, "'x' has 1"),
        ("text,label,who\na,x,1\nb,x,\n", {"group": "who"}, "text and a label and a group; 1 lack"),
        (table(["a,x"]), {"encoding": "utf-99"}, "encoding must be one that Python knows"),
    ],
)
def test_a_bad_file_is_named_and_said(tmp_path, content, arguments, words):
    with pytest.raises(ValueError, match=words):
        text.load_csv(write(tmp_path, content), **arguments)


@pytest.mark.parametrize("separator", [";", "\t", "|"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_another_separator_is_named_so_that_it_can_be_given(tmp_path, separator, quote):
    rows = [("text", "label"), *((f"text, {k}", "xy"[k % 2]) for k in range(6))]
    lines = [separator.join(f"{quote}{field}{quote}" for field in row) for row in rows]
    path = write(tmp_path, "\n".join(lines))
    told = f"separator must be that of texts.csv, got ','; .* separator={separator!r}"
    with pytest.raises(ValueError, match=re.escape(told).replace(r"\.\*", ".*")):
        text.load_csv(path)
    splits = text.load_csv(path, separator=separator)
    assert sorted(sum((part.texts for part in parts(splits)), ()))[1] == "text, 1"
    noted = write(tmp_path, f"sep={separator}\r\n" + "\r\n".join(lines), name="noted.csv")
    assert text.load_csv(noted, separator=separator).test.texts == splits.test.texts
    with pytest.raises(ValueError, match="separator must .* separator=','"):
        text.load_csv(write(tmp_path, table(["a,x"])), separator=separator)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_a_file_of_excel_in_two_bytes_a_letter_is_read_after_what_is_said(tmp_path, encoding):
    content = "text\tlabel\nÖl\tx\nÄpfel\tx\nb\ty\nc\ty\n"
    path = write(tmp_path, content, encoding)
    given = {}
    for _ in range(3):  # say what to do, do it
        try:
            splits = text.load_csv(path, **given)
            break
        except ValueError as error:
            name, word = re.search(r"(separator)=('.*')|often in .*('utf-\d+)", str(error)).group(1, 3)
            given |= {"separator": "\t"} if name else {"encoding": word.strip("'")}
    assert sorted(splits.train.texts + splits.test.texts) == ["b", "c", "Äpfel", "Öl"]


def test_a_surplus_that_is_empty_everywhere_is_dropped(tmp_path):
    for content in (
        table(["fine,good,", "warm,good,", "cold,bad,", "old,bad"]),
        "text,label,,\nfine,good,,\nwarm,good,,\n,,,\ncold,bad\nold,bad,,,,\n",
        ",text,label\n0,fine,good\n1,warm,good\n2,cold,bad\n3,old,bad\n",
    ):
        splits = text.load_csv(write(tmp_path, content))
        assert splits.classes == ("bad", "good")
        assert sorted(splits.train.texts + splits.test.texts) == ["cold", "fine", "old", "warm"]


def test_a_group_comes_into_one_part(tmp_path):
    rows = [
        f"{who} {word},{label},{who}"
        for who in (f"writer {n}" for n in range(30))
        for word, label in (("likes it", "good"), ("hates it", "bad"), ("is sure", "good"))
    ]
    path = write(tmp_path, "text,label,writer\n" + "\n".join(rows))
    splits = text.load_csv(path, group="writer")
    a, b, c = (set(part.groups) for part in parts(splits))
    assert (len(a), len(b), len(c)) == (21, 3, 6) and not (a & b or a & c or b & c)
    for part in parts(splits):
        assert set(part.labels) == {0, 1}
        assert all(t.startswith(group) for t, group in zip(part.texts, part.groups, strict=True))
    assert "30 groups by writer, each in one part" in splits.describe()
    alone = text.load_csv(path)
    writers = [{t.rpartition(" ")[0][:9] for t in part.texts} for part in parts(alone)]
    assert writers[0] & writers[2], "without it they are shared"


def test_groups_that_share_a_text_are_one(tmp_path):
    rows = [f"{letter}{n},{'xy'[n % 2]},{letter}" for letter in "abcdefgh" for n in range(4)]
    content = "\n".join(["text,label,who", *rows, *(f"same,x,{letter}" for letter in "abcd")])
    for seed in range(5):
        splits = text.load_csv(write(tmp_path, content), group="who", seed=seed)
        of = [{t[0] for t in part.texts} for part in (splits.train, splits.validation, splits.test)]
        assert sum(bool(part & set("abcds")) for part in of) == 1
    assert "5 groups by who" in splits.describe()


def test_a_text_may_be_long_and_a_file_may_begin_with_a_note_or_marks(tmp_path):
    rows = ["a,x", "b,x", f"{'c' * 200_000},y", "d,y"]
    assert len(text.load_csv(write(tmp_path, "\ufeff\ufeff" + table(rows))).train) == 2
    twice = "te\u0301xt,label\na,x\nb,x\nc,y\nd,y"  # the accent is a letter of its own there, as macOS writes it
    assert text.load_csv(write(tmp_path, twice), text="t\u00e9xt").classes == ("x", "y")
    noted = "sep=,\r" + table(rows).replace("\n", "\r")
    assert text.load_csv(write(tmp_path, noted)).classes == ("x", "y")


def test_classes_that_share_their_groups_come_into_training_and_test(tmp_path):
    rows = [f"{k} x,x,{k}" for k in range(9)] + ["7 y,y,7", "8 y,y,8"]
    path = write(tmp_path, "text,label,who\n" + "\n".join(rows))
    for seed in range(20):
        train, _, test = parts(text.load_csv(path, group="who", seed=seed))
        assert set(train.labels) == set(test.labels) == {0, 1}


def test_texts_that_are_too_long_are_counted(tmp_path):
    rows = [f"{'long ' * 20}{k},{'xy'[k % 2]}" for k in range(6)] + ["a,x", "b,y"]
    described = text.load_csv(write(tmp_path, table(rows))).describe()
    assert "6 of 8 texts have more than 64 letters: a classifier reads the first 64" in described
    assert "more than" not in text.load_csv(write(tmp_path, table(["a,x", "b,x", "c,y", "d,y"]))).describe()


def test_a_subset_takes_places_and_no_mask(splits):
    for indices in (np.array([True, False]), [-1], [len(splits.test)], [0.0]):
        with pytest.raises(ValueError, match="indices must "):
            splits.test.subset(indices)


def test_a_spreadsheet_is_told_from_a_csv_file(tmp_path):
    (tmp_path / "texts.csv").write_bytes(b"PK\x03\x04 and so on")
    with pytest.raises(ValueError, match="texts.csv must be a CSV file, got a spreadsheet"):
        text.load_csv(tmp_path / "texts.csv")
    with pytest.raises(TypeError, match="path must be a path, got int"):
        text.load_csv(3)


def test_a_wrong_encoding_is_said(tmp_path):
    path = write(tmp_path, table(["Öl,x", "Äpfel,x", "b,y", "c,y"]), "cp1252")
    with pytest.raises(ValueError, match="encoding must be that of texts.csv: 'utf-8' .* 0xd6"):
        text.load_csv(path)


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(FileNotFoundError, match="path must be a CSV file, and there is none"):
        text.load_csv(tmp_path / "nowhere.csv")
