"""Letters become numbers, the same ones with torch and without it."""

import subprocess
import sys
from pathlib import Path

import pytest

from lstm_lessons.text.tokenizer import LONGEST, UNKNOWN, build_vocabulary, encode, normalize

ROOT = Path(__file__).resolve().parents[2]


def test_letters_are_numbered_from_two_on_and_rare_ones_stay_unknown():
    letters = build_vocabulary(["abba", "cab"])
    assert letters == {"a": 2, "b": 3}
    assert encode("abc ", letters) == [2, 3, UNKNOWN]
    assert encode("abab", letters, longest=3) == [2, 3, 2]
    assert len(encode("ab" * LONGEST, letters)) == LONGEST


@pytest.mark.parametrize("text", ["", " \t\n", "\u3000"])
def test_an_empty_text_is_refused(text):
    with pytest.raises(ValueError, match="text must hold at least one letter, got an empty one"):
        encode(text, {"a": 2})


def test_what_looks_the_same_is_the_same():
    assert normalize("  Cafe\u0301 \n noir ") == "Caf\u00e9 noir"
    assert encode("e\u0301", {"\u00e9": 7}) == encode(" \u00e9", {"\u00e9": 7}) == [7]


def test_a_deployed_model_needs_nothing_heavy_to_read():
    program = "import sys, lstm_lessons.text.tokenizer; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert "lstm_lessons.text.tokenizer" in done.stdout.split()
    assert not {"torch", "numpy", "pandas"} & set(done.stdout.split())
