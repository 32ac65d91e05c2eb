"""How much room a slide takes, estimated from its HTML: a page is measured in a browser alone.

The sizes are those of ``slides.css``. On the lessons, nine estimates in ten lie between 0.9 and 1.2 times what Chromium
measures: enough to name a slide that is clearly too tall. What is near the edge is for the eye.
"""

import itertools
import math
import re
from collections.abc import Sequence

ROOM = 690  # pixels of a slide's 720, below its upper edge
GAP = 14  # between two parts
HIGH_BY = 1.07  # the estimate's median, as a multiple of what is measured
LETTERS = 84  # of running text on a line
_TAG = re.compile(r"<[^>]+>")
_BLOCK = re.compile(r"<(h[1-3]|p|li|pre|tr)\b[^>]*>(.*?)(?=</\1>|<ul|<ol|<table)", re.DOTALL)
_FORMULA = re.compile(r"\$\$(.*?)\$\$", re.DOTALL)
_INLINE = re.compile(r"\$([^$]+)\$")
_COMMAND = re.compile(r"\\[a-zA-Z]+|[{}_^\\]|#\w{6}")
_HEADINGS = {"h1": (70, 42), "h2": (58, 52), "h3": (49, 64)}  # height of a line, and its letters


def height(item: str) -> float:
    """About how many pixels a part of a slide is high, given its HTML.

    A figure shrinks, so it counts with what it needs at least; a widget sees to its own height.
    """
    if "data-lstm-widget" in item:
        return 0.0
    if "<img" in item:
        return 220.0
    formulas = [36 + 40 * (1 + text.count(r"\\")) for text in _FORMULA.findall(item)]
    return sum(formulas) + sum(_block(kind, text) for kind, text in _BLOCK.findall(_FORMULA.sub("", item)))


def _block(kind: str, text: str) -> float:
    if kind == "pre":
        lines = _TAG.sub("", text).rstrip("\n").split("\n")
        return 24 + 26 * sum(max(1, math.ceil(len(line) / 94)) for line in lines)
    if kind == "tr":
        return 40.0
    line, letters = _HEADINGS.get(kind, (36, LETTERS))
    words = _INLINE.sub(lambda found: _COMMAND.sub("", found[1]), _TAG.sub("", text)).strip()
    return line * max(1, math.ceil(len(words) / letters)) + (5 if kind == "li" else 12) if words else 0.0


def too_tall(items: Sequence[str]) -> tuple[int, int] | None:
    """About how many pixels a slide's parts need, and the place of the first that has no room; None if they fit."""
    ends = list(itertools.accumulate(height(item) + GAP for item in items))
    needed = (ends[-1] - GAP) / HIGH_BY if ends else 0
    if needed <= 1.06 * ROOM:
        return None
    return round(needed), next((k for k, end in enumerate(ends) if end > ROOM), len(items) - 1)
