"""One form for text that looks the same. Needs nothing but Python, so that a deployed model can use it through the
tokenizer.
"""

import unicodedata

LONGEST = 64  # letters of a text that a classifier reads, unless it is told another number


def normalize(text: str) -> str:
    """One form for what looks the same: composed letters (NFC), single spaces, none at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).split())
