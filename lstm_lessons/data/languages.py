"""Which language is this phrase? Names from the Unicode CLDR in fifteen languages.

The names of territories, languages, scripts, currencies and time zones, as the Unicode Common Locale Data Repository
has them, read at run time from the package ``babel``, which JupyterLab brings along. "Norway", "Norwegen", "Norvège"
are one entity in three languages; all its names stand in one part, or a model could know a test phrase by its cousins.
"""

import functools
from collections import Counter
from collections.abc import Iterator

import numpy as np
from babel import Locale

from lstm_lessons import checks
from lstm_lessons.data.normalization import normalize
from lstm_lessons.data.text import LabeledText, TextSplits, load_csv

__all__ = ["LANGUAGES", "load", "load_csv"]

_CODES = ("en", "fr", "de", "es", "it", "nl", "pl", "sv", "fi", "hu", "tr", "cs", "pt", "ro", "id")
LANGUAGES = {code: Locale("en").languages[code] for code in _CODES}  # their names in English
SHORTEST = 3  # letters; shorter names are mostly abbreviations


def _names(code: str) -> Iterator[tuple[str, str]]:
    """Entity and name, in one language."""
    locale = Locale(code)
    for kind in ("territories", "languages", "scripts", "currencies"):
        for key, name in getattr(locale, kind).items():
            yield f"{kind}: {key}", name
    for key, forms in locale.meta_zones.items():
        for name in forms.get("long", {}).values():  # standard and daylight time: one entity
            yield f"time zones: {key}", name


@functools.cache
def _phrases() -> tuple[LabeledText, int]:
    """Every phrase of one language alone, once, and how many were dropped as shared."""
    found: dict[tuple[str, int], str] = {}
    for label, code in enumerate(LANGUAGES):
        for entity, name in _names(code):
            text = normalize(name)
            # Some locales lack names and hold the key itself instead.
            if len(text) >= SHORTEST and text != entity.rpartition(": ")[2]:
                found.setdefault((text, label), entity)
    times = Counter(text for text, _ in found)
    kept = {key: entity for key, entity in found.items() if times[key[0]] == 1}
    texts, labels = zip(*kept, strict=True)
    return LabeledText(texts, np.array(labels), tuple(kept.values())), len(found) - len(kept)


def load(*, seed: int = 0) -> TextSplits:
    """Train, validation and test parts: 70, 10 and 20 % of the *entities*.

    A phrase that two languages share is dropped: nobody could name its language. Keep the default ``seed`` unless you
    study the split itself.
    """
    seed = checks.whole("seed", seed, 0)
    phrases, shared = _phrases()
    entities = sorted(set(phrases.groups))
    rng = np.random.default_rng(seed)
    place = dict(zip(entities, rng.permutation(len(entities)) / len(entities), strict=True))
    places = np.array([place[entity] for entity in phrases.groups])
    part = np.digitize(places, [0.7, 0.8])
    parts = (phrases.subset(rng.permutation(np.flatnonzero(part == k))) for k in range(3))
    notes = (f"{len(entities):,} entities, each in one part; {shared:,} phrases that languages share are left out",)
    return TextSplits(*parts, classes=tuple(LANGUAGES.values()), notes=notes)
