"""Real sentences: what JupyterLab says in English, and its translators in French.

3,126 texts of buttons, messages and settings, from the translation catalogs of the package
``jupyterlab-language-pack-fr-FR``; ``catalog.md`` beside this file has provenance and license.
"""

import hashlib
import lzma
import re
from importlib import resources

import numpy as np

from lstm_lessons import checks
from lstm_lessons.data.normalization import normalize
from lstm_lessons.data.pairs import PairSplits, split

CHECKSUM = "55cb8b4e25e9fd4677784dcd01a049bbf02f2a664b9e74ac478283e0a24576dc"
LONGEST = 60  # letters of either text; longer ones cost most of the time and are the fewest


def checksum(text: bytes) -> str:
    """SHA-256 of the decompressed text."""
    return hashlib.sha256(text).hexdigest()


def pairs() -> list[tuple[str, str]]:
    """All pairs of the file, English and French, sorted by the English text.

    Raises:
        ValueError: if its checksum is not the recorded one.
    """
    text = lzma.decompress(resources.files(__package__).joinpath("catalog.tsv.xz").read_bytes())
    if (found := checksum(text)) != CHECKSUM:
        raise ValueError(
            f"catalog.tsv.xz is damaged: its text should have the SHA-256 {CHECKSUM}, got {found}; "
            "restore it with `python -m lstm_lessons.data.rebuild_catalog`"
        )
    return [tuple(line.split("\t")) for line in text.decode().splitlines()]


def bare(text: str) -> str:
    """The words alone, in lowercase: "Open…" and "Open" are one text to the split."""
    return " ".join(re.findall(r"\w+", checks.text("text", text).lower()))


def load(*, longest: int = LONGEST, seed: int = 0) -> PairSplits:
    """Pairs with both texts of at most ``longest`` letters; 100 are the validation part, 300 the test.

    Of English texts that differ in case or signs alone one is kept, and so no test text was learned from.
    """
    longest = checks.whole("longest", longest, 20)
    kept = {}
    for english, french in pairs():
        english, french = normalize(english), normalize(french)
        if max(len(english), len(french)) <= longest and bare(english):
            kept.setdefault(bare(english), (english, french))
    order = np.random.default_rng(checks.seed(seed)).permutation(len(kept))
    found = list(kept.values())
    notes = (f"JupyterLab's texts of at most {longest} letters; of those that differ in case or signs alone one",)
    parts = split([found[k] for k in order], (100, 300))
    return PairSplits(*parts, languages=("English", "French"), notes=notes)
