"""What a check, a hint and a solution say, as HTML and as plain text.

The HTML reads without color (each status has its word and its sign), on light and dark pages (it inherits the page's
text color and has no background), and to a screen reader (``role="status"`` announces it). Everything in it that a
learner wrote is escaped, and stands in ``<code>`` or ``<pre>``, where JupyterLab draws no LaTeX.
"""

import html
import re
import textwrap
from dataclasses import dataclass

STATUSES = ("correct", "not attempted", "mistake", "wrong")
SIGNS = {"correct": "✓", "not attempted": "…", "mistake": "≈", "wrong": "✗", "hint": "?"}
HEADLINES = {
    "correct": "Correct",
    "not attempted": "Not attempted yet",
    "mistake": "A known mistake",
    "wrong": "Not right yet",
}
EDGES = {  # each at least 3:1 on white and on JupyterLab's dark page
    "correct": "#2b8a57",
    "not attempted": "#76839a",
    "mistake": "#b07a10",
    "wrong": "#d2475a",
    "hint": "#5b7fd6",
}

# Columns stay columns, and words stay whole: JupyterLab would break a long line anywhere.
_PRE = '<pre style="white-space: {}; word-break: normal; overflow-x: auto">'
_PARAGRAPH = '<p style="margin: 4px 0; max-width: 48em">'
_COLUMNS = re.compile(r"^ |\S  ", re.MULTILINE)
_MARKUP = re.compile(r"`([^`]+)`|\$[^$]+\$|(?<![\w*])\*([^\s*](?:[^*]*[^\s*])?)\*(?![\w*])")


@dataclass(frozen=True)
class Note:
    """A short text that shows itself as HTML in a notebook and as text elsewhere."""

    status: str  #: decides the sign and the edge; one of ``SIGNS``.
    headline: str  #: the first line.
    #: plain sentences; `` `code` `` is set as code, ``$x_t$`` as math, ``*word*`` is stressed, an
    #: empty line begins a paragraph.
    message: str
    details: str = ""  #: text that is shown as it is, line by line.
    after: str = ""  #: one more paragraph, below the details.

    def __str__(self) -> str:
        paragraphs = [
            textwrap.fill(" ".join(_plain(paragraph).split()), 88, break_long_words=False)
            for text in (self.message, self.after)
            for paragraph in [*text.split("\n\n"), ""]
        ]
        middle = paragraphs.index("")
        body = [*paragraphs[:middle], textwrap.indent(self.details, "    "), *paragraphs[middle:]]
        return "\n".join([f"{SIGNS[self.status]} {self.headline}", *filter(None, body)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        pre = _PRE.format("pre" if _COLUMNS.search(self.details) else "pre-wrap")
        details = f"{pre}{html.escape(self.details)}</pre>" if self.details else ""
        return (
            f'<div role="status" style="border-left: 6px solid {EDGES[self.status]}; '
            'padding: 2px 14px; margin: 4px 0">'
            f'{_PARAGRAPH}<strong><span aria-hidden="true">{SIGNS[self.status]}'
            f"</span> {html.escape(self.headline)}</strong></p>"
            f"{_paragraphs(self.message)}{details}{_paragraphs(self.after)}</div>"
        )


@dataclass(frozen=True, repr=False)
class Verdict(Note):
    """The result of ``Exercise.check``; true if and only if the answer is correct.

    Its status is "correct", "not attempted", "mistake" or "wrong".
    """

    mistake: str | None = None  #: the name of the recognized mistake, or ``None``.

    def __post_init__(self) -> None:
        if self.status not in STATUSES:
            raise ValueError(f"status must be one of {STATUSES}; got {self.status!r}")

    def __bool__(self) -> bool:
        return self.status == "correct"


@dataclass(frozen=True)
class Solution:
    """The source of a solution; a notebook shows it highlighted, in its own theme."""

    title: str
    code: str
    why: str = ""

    def __str__(self) -> str:
        why = self.why and f"# {_plain(self.why)}"
        return "\n".join(filter(None, [f"# {self.title}", self.code, why]))

    __repr__ = __str__

    def _repr_markdown_(self) -> str:
        return f"**Solution: {self.title}**\n\n```python\n{self.code}\n```\n\n{self.why}".rstrip()


def _paragraphs(text: str) -> str:
    paragraphs = (" ".join(paragraph.split()) for paragraph in text.split("\n\n"))
    return "".join(f"{_PARAGRAPH}{_inline(paragraph)}</p>" for paragraph in paragraphs if paragraph)


def _inline(text: str) -> str:
    """HTML of a paragraph. What is code or math keeps its stars."""

    def marked(found: re.Match[str]) -> str:
        code, stressed = found.groups()
        if stressed:
            return f"<em>{_inline(stressed)}</em>"
        return f"<code>{code}</code>" if code else found[0]

    return _MARKUP.sub(marked, html.escape(text))


def _plain(text: str) -> str:
    """A paragraph as text: what was stressed stands without its stars."""
    return _MARKUP.sub(lambda found: _plain(found[2]) if found[2] else found[0], text)
