"""Labeled text: names of one entity stay together, and a learner's CSV file gets clear words."""

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
        t: splits.classes[label]
        for part in parts(splits)
        for t, label in zip(part.texts, part.labels, strict=True)
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
        (table(["a,x", ",x", "c,y", "d,"]), {}, r"2 lack one .*row 1: 3, 5\)"),
        (table(["a,x", 'b,"x']), {}, "must be a table separated by commas"),
        (table(["a,x"]), {"encoding": "utf-99"}, "encoding must be one that Python knows"),
    ],
)
def test_a_bad_file_is_named_and_said(tmp_path, content, arguments, words):
    with pytest.raises(ValueError, match=words):
        text.load_csv(write(tmp_path, content), **arguments)


def test_a_wrong_encoding_is_said(tmp_path):
    path = write(tmp_path, table(["Öl,x", "Äpfel,x", "b,y", "c,y"]), "cp1252")
    with pytest.raises(ValueError, match="encoding must be that of texts.csv: 'utf-8' .* 0xd6"):
        text.load_csv(path)


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(FileNotFoundError, match="path must be a CSV file, and there is none"):
        text.load_csv(tmp_path / "nowhere.csv")
