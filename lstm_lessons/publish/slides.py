"""Lessons as slides: ``python -m lstm_lessons.publish.slides [NAMES]`` (``make slides``).

Each lesson becomes one reveal.js file that needs nothing else: no network, no kernel, no file beside it. Formulas are
drawn by MathJax, the widgets live (their maths is in the page), and the speaker's view has the notes. The outputs are
those stored in the notebook.

A deck is the lecture of a lesson's core path, see `lecture`; with ``--full`` (``make slides FULL=1``) it is the whole
lesson. There a cell's slide type decides where it goes: ``slide`` starts a column, ``subslide`` a slide below,
``fragment`` appears on the next key, ``notes`` are for the speaker, ``skip`` stays out. Notes stand with the slide
before them.
"""

import argparse
import copy
import functools
import html
import itertools
import math
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nbconvert.filters import Highlight2HTML, ansi2html, markdown2html
from nbformat import NotebookNode
from pygments.formatters import HtmlFormatter

from lstm_lessons import checks
from lstm_lessons.authoring import minutes, notebooks
from lstm_lessons.authoring.notebooks import NOTES_BEGIN, NOTES_END, SOLUTION_BEGIN, SOLUTION_END
from lstm_lessons.files import exit_code
from lstm_lessons.publish import pages, room
from lstm_lessons.widgets.shared.bundling import page_script

LECTURE = re.compile(r"lecture(:on)?(?::(code|lead|heading))?")  # tags of cells, see `lecture`
COLUMNS = 94  # characters of code that fit on a line of a slide at its usual size
_TEXT = '<div class="text">'
_HEADING = re.compile(r"<(h[1-3])\b[^>]*>(.*?)</\1>", re.DOTALL)
_ANCHOR = re.compile(r'<a class="anchor-link".*?</a>')
_LESSON_LINK = re.compile(r'href="(\d\d_\w+)\.ipynb"')
_FOLDED_CLAIMS = '<details class="claims">'  # a class sees every sentence
_MARKED = re.compile(r"^(#{1,3}) (.+)$", re.MULTILINE)
_HELP = re.compile(r"\*{1,2}(?:Help|Time:)")  # begins what is for a reader alone
_HANDLING = re.compile(
    r"\.hint\(\)|Shift\+Enter|\bThen run\.|run (?:\w+ ){1,2}cells?\b|\bin (?:a new|the parameters) cell\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.?!]) (?=\S)")
_BAR = re.compile(r"^.*\d+%\|.*\|.*\n?", re.MULTILINE)  # as tqdm draws it
_CLAIM = re.compile(r"^claim holds: (.*)\n?", re.MULTILINE)
_WEB_FONTS = re.compile(r"@import[^;]+;")


@dataclass(frozen=True)
class Item:
    """One part of a slide."""

    html: str  #: what to show.
    waits: bool  #: whether it appears on the next key only.
    cell: int  #: place of its cell in the notebook.


@dataclass
class Slide:
    """One slide."""

    items: list[Item] = field(default_factory=list)  #: its parts, from top to bottom.
    notes: str = ""  #: HTML for the speaker.
    minutes: int | None = None  #: for an exercise, how long to give; None for any other slide.
    under: str = ""  #: HTML of the heading that a slide without one of its own goes on under.
    reached: int | None = None  #: the minute of the lecture at which to be there; None if nobody counts.


def has_slides(notebook: NotebookNode) -> bool:
    """Whether the cells say where they go on slides, as those of a lesson do."""
    return all("slideshow" in cell.metadata for cell in notebook.cells)


def lecture(notebook: NotebookNode) -> NotebookNode:
    """The cells that a lecture of the core path shows, as a notebook with their slide types; all, if none says.

    The tag of a cell says what it is for. ``lecture`` starts a slide, ``lecture:on`` appears on it with the next key.
    Of a text all is shown, with ``:lead`` its heading and first paragraph, with ``:heading`` the heading alone; of code
    the outputs are shown, with ``:code`` the code, too. A slide whose first cell has no heading repeats the one before.

    Raises:
        ValueError: if a cell with such a tag is Deeper, or has two of them.
    """
    if not any(_place(cell) for cell in notebook.cells):
        return notebook
    told = copy.copy(notebook)
    told.cells, spent = [], 0.0
    section = heading = ""
    for place, cell in enumerate(notebook.cells):
        section, heading = _headings(cell, section, heading)
        if _place(cell):
            if notebooks.is_deeper(cell):
                raise ValueError(f"cell {place} is Deeper, and a lecture leaves those out")
            told.cells.append(_told(cell, heading, math.floor(spent)))
            told.cells[-1].metadata.lecture["place"] = place
        elif cell.metadata.slideshow.slide_type == "notes" and not notebooks.is_deeper(cell):
            told.cells.append(cell)
        spent += 0 if notebooks.is_deeper(cell) else minutes.of_cell(cell)
    return told


def _place(cell: NotebookNode) -> re.Match[str] | None:
    """What the tag of a cell says about the lecture."""
    found = [match for tag in cell.metadata.get("tags", []) if (match := LECTURE.fullmatch(tag))]
    if len(found) > 1:
        raise ValueError(f"a cell must have one tag for the lecture, got {[match[0] for match in found]}")
    return found[0] if found else None


def _headings(cell: NotebookNode, section: str, heading: str) -> tuple[str, str]:
    """The section and the heading that the next cells stand under; what follows a task goes on with the section."""
    found = _MARKED.findall(cell.source) if cell.cell_type == "markdown" else []
    for marks, title in found:
        section, heading = (title if len(marks) < 3 else section), title
    return section, section if found and pages.minutes_to_give(cell.source) else heading


def _told(cell: NotebookNode, heading: str, minute: int) -> NotebookNode:
    """A copy of a cell as the lecture shows it, under the heading that it goes on under."""
    on, what = _place(cell).groups()
    told = copy.deepcopy(cell)
    told.metadata.lecture = {"code": what == "code" or bool(notebooks.exercise_name(cell)), "minute": minute}
    if cell.cell_type == "markdown":
        told.source = _shortened(cell.source, what)
    widgets = {
        name for o in cell.get("outputs", []) for name in pages.widgets_in(o.get("data", {}).get("text/html", ""))
    }
    if not on and not _MARKED.search(told.source if cell.cell_type == "markdown" else ""):
        told.metadata.lecture["under" if widgets - {"prediction"} else "heading"] = heading
    starts = cell.cell_type == "markdown" and re.match("#{1,2} ", cell.source)
    told.metadata.slideshow = {"slide_type": "fragment" if on else "slide" if starts else "subslide"}
    return told


def _shortened(text: str, what: str | None) -> str:
    """A text without the help that a notebook gives; its headings and one paragraph, or its headings alone."""
    if text.startswith(SOLUTION_BEGIN):
        return text
    blocks = [_lectured(block) for block in re.split(r"\n{2,}", text) if not _HELP.match(block)]
    blocks = [block for block in blocks if block]
    last = max((k for k, block in enumerate(blocks) if _MARKED.match(block)), default=-1)
    return "\n\n".join(blocks[: last + 1 + (what == "lead")] if what in ("lead", "heading") else blocks)


def _lectured(block: str) -> str:
    """A paragraph or list without the sentences that say how to handle the notebook."""
    if not _HANDLING.search(block):
        return block
    lines = [" ".join(s for s in _SENTENCE.split(line) if not _HANDLING.search(s)) for line in block.split("\n")]
    return "\n".join(line for line in lines if line.strip(" -*1234567890."))


def columns(notebook: NotebookNode) -> list[list[Slide]]:
    """The slides of a lesson, column by column.

    Raises:
        ValueError: if a cell has no slide type, or the first shown cell starts no slide.
    """
    result: list[list[Slide]] = []
    to_give = None
    for place, cell in enumerate(notebook.cells):
        kind = cell.metadata.get("slideshow", {}).get("slide_type")
        if kind not in ("slide", "subslide", "fragment", "notes", "skip"):
            raise ValueError(f"cell {place} must have a slide type, got {kind!r}")
        if kind == "skip":
            continue
        if kind == "slide":
            result.append([])
        if not result:
            raise ValueError(f"cell {place} must start a slide: nothing stands before it")
        if kind == "notes":
            result[-1][-1].notes += _markdown(cell.source.removeprefix(NOTES_BEGIN).removesuffix(NOTES_END))
            continue
        if kind != "fragment":
            told = cell.metadata.get("lecture", {})
            slide = Slide(reached=told.get("minute"), under=_inline(told.get("under", "")))
            result[-1].append(slide)
        slide = result[-1][-1]
        if cell.cell_type == "markdown":
            to_give = pages.minutes_to_give(cell.source)
        elif notebooks.exercise_name(cell):
            slide.minutes = to_give
        place = cell.metadata.get("lecture", {}).get("place", place)
        slide.items += [Item(part, kind == "fragment", place) for part in _parts(cell)]
    heading = ""
    for slide in itertools.chain(*result):
        if slide.reached is not None:
            slide.notes = f"<p><strong>Minute {slide.reached}.</strong></p>{slide.notes}"
        texts = "".join(item.html for item in slide.items if item.html.startswith(_TEXT))
        found = _HEADING.findall(texts)
        slide.under = "" if found else slide.under or heading
        if slide.minutes is not None:  # its last heading is the exercise's, which ends with it
            found = found[:-1]
        heading = found[-1][1] if found else heading
    return result


def without_room(slides: Sequence[Slide]) -> Iterator[str]:
    """For every slide that is clearly taller than the screen, the cell that has no room, in a sentence."""
    for slide in slides:
        if found := room.too_tall([item.html for item in slide.items]):
            needed, place = found
            yield (
                f"cell {slide.items[place].cell} has no room: its slide needs about {needed} pixels, "
                f"and has {room.ROOM}. Make the cell a subslide, or shorten it"
            )


def _parts(cell: NotebookNode) -> Iterator[str]:
    """HTML of a cell: its text, or its code and each of its outputs.

    A solution, which the notebook folds, stands open: its slide follows that of the task.
    """
    if cell.source.startswith(SOLUTION_BEGIN):
        code = cell.source.removeprefix(SOLUTION_BEGIN).removesuffix(SOLUTION_END)
        yield f"{_TEXT}<p><strong>Our solution</strong></p></div>"
        yield _code(code)
        return
    told = cell.metadata.get("lecture", {"code": True})
    if told.get("heading"):
        yield f"{_TEXT}{_markdown('### ' + told['heading'])}</div>"
    if cell.cell_type == "markdown":
        yield f"{_TEXT}{_markdown(cell.source)}</div>"
        return
    source = cell.source
    if notebooks.exercise_name(cell):  # the check belongs to the notebook, the task to the slide
        source = source.rstrip().rpartition("\n")[0].rstrip()
    if told["code"] and not any(pages.widgets_in(o.get("data", {}).get("text/html", "")) for o in cell.outputs):
        yield _code(source)
    if not notebooks.exercise_name(cell):
        for output in filter(_says_something, cell.outputs):
            yield f'<div class="output">{_output(output)}</div>'


def _code(source: str) -> str:
    """HTML of code; with lines that would be broken, it is set a little smaller."""
    is_long = max(map(len, source.splitlines()), default=0) > COLUMNS
    shown = Highlight2HTML()(source, language="python")
    return f'<div class="code{" long" * is_long}">{shown}</div>'


def _markdown(source: str) -> str:
    text = _ANCHOR.sub("", markdown2html(source))
    return _LESSON_LINK.sub(r'href="\1.html"', text)


def _inline(text: str) -> str:
    """HTML of Markdown that is one line, without the paragraph around it."""
    return re.sub(r"^<p>|</p>\s*$", "", _markdown(text).strip())


def _says_something(output: NotebookNode) -> bool:
    """Whether an output is more than a progress bar that has come to its end."""
    return output.output_type != "stream" or bool(_BAR.sub("", output.text).strip())


def _output(output: NotebookNode) -> str:
    """HTML of one output; the richest form that a page can show."""
    if output.output_type == "stream":
        text = _BAR.sub("", output.text)
        claimed = "".join(f"<li>{html.escape(claim)}</li>" for claim in _CLAIM.findall(text))
        printed = _CLAIM.sub("", text)
        shown = f"<pre>{ansi2html(printed)}</pre>" if printed.strip() else ""
        return shown + (
            f"{_FOLDED_CLAIMS[:-1]} open><summary>Claims</summary><ul>{claimed}</ul></details>" if claimed else ""
        )
    if output.output_type == "error":
        raise ValueError(f"the notebook holds an error: {output.ename}")
    data = output.data
    if "text/html" in data:
        unfolded = data["text/html"].replace(_FOLDED_CLAIMS, _FOLDED_CLAIMS[:-1] + " open>")
        return f'<div class="html">{pages.inert(unfolded)}</div>'
    if "image/png" in data:
        about = output.metadata.get("image/png", {})
        source = data["image/png"].replace("\n", "")
        return (
            f'<img src="data:image/png;base64,{source}" alt="{html.escape(about.get("alt", ""))}" '
            f'width="{about.get("width", "")}" height="{about.get("height", "")}">'
        )
    if "text/markdown" in data:
        return _markdown(data["text/markdown"])
    return f"<pre>{html.escape(data.get('text/plain', ''))}</pre>"


@functools.cache
def _vendor(package: str, name: str) -> str:
    return pages.installed_file(package, name).read_text(encoding="utf-8")


def _reveal(name: str) -> str:
    return _vendor("sphinx-revealjs", f"sphinx_revealjs/_static/revealjs/{name}")


def _script(text: str) -> str:
    """Text that may stand inside a ``<script>`` element."""
    return text.replace("</script", r"<\/script").replace("<!--", r"<\!--")


def deck(notebook: NotebookNode, *, full: bool = False) -> str:
    """One self-contained page with the lecture of an executed lesson, or with the full lesson.

    Raises:
        TypeError: if an argument is of another kind.
        ValueError: as `columns` and `lecture`.
    """
    checks.kind("notebook", notebook, "a notebook", isinstance(notebook, NotebookNode))
    checks.kind("full", full, "True or False", isinstance(full, bool))
    slides = columns(notebook if full else lecture(notebook))
    text = "".join(item.html for column in slides for slide in column for item in slide.items)
    styles = [
        _reveal("dist/reset.css"),
        _reveal("dist/reveal.css"),
        _WEB_FONTS.sub("", _reveal("dist/theme/white.css")),
        HtmlFormatter(style="default").get_style_defs(".highlight"),
        pages.own_file("slides.css"),
    ]
    scripts = [
        _reveal("dist/reveal.js"),
        _reveal("plugin/notes/notes.js"),
        pages.own_file("slides.js"),
        _vendor(*pages.MATHJAX),
    ]
    return pages.template("slides.html.j2").render(
        title=pages.title_of(notebook),
        columns=slides,
        styles=[style.replace("</style", r"<\/style") for style in styles],
        scripts=[_script(script) for script in scripts],
        # As text: slides.js runs it once the first slide is drawn.
        widgets=[
            page_script(name).replace('type="module"', 'type="text/plain" class="widget"', 1)
            for name in pages.widgets_in(text)
        ],
    )


def build(paths: Sequence[Path], target: Path, *, full: bool = False) -> list[Path]:
    """Write a deck for each lesson and an index of them into a folder; a slide that is too tall is named.

    Raises:
        TypeError: if an argument is of another kind.
        FileNotFoundError: if there is no such notebook.
        ValueError: with the name of the lesson, if it has no outputs or a cell has no slide type; if the target holds
            the folder that you are in.
    """
    lessons, target = pages.notebooks_at(paths), pages.checked_target(target)
    checks.kind("full", full, "True or False", isinstance(full, bool))
    made, decks = {}, []  # nothing is written before all are made
    for path, notebook in lessons.items():
        try:
            page = deck(notebook, full=full)
            shown = notebook if full else lecture(notebook)
            for sentence in without_room(list(itertools.chain(*columns(shown)))):
                print(f"{path.name}: {sentence}", file=sys.stderr)
        except ValueError as error:
            raise ValueError(f"{path.name}: {error}") from error
        made[f"{path.stem}.html"] = page
        decks.append((f"{path.stem}.html", pages.title_of(notebook)))
    made["index.html"] = pages.template("slides_index.html.j2").render(decks=decks)
    target.mkdir(parents=True, exist_ok=True)
    for name, page in made.items():
        (target / name).write_text(page, encoding="utf-8")
    return [target / name for name, _ in decks]


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the decks named, or all; the exit code."""
    parser = argparse.ArgumentParser(description="Write each lesson as one file of slides.")
    parser.add_argument("names", nargs="*", help="lessons, such as 01")
    parser.add_argument("--full", action="store_true", help="the whole lesson in place of the lecture")
    given = parser.parse_args(arguments)

    def work() -> None:
        for file in build(notebooks.lessons(Path("notebooks"), given.names), Path("build/slides"), full=given.full):
            print(f"{file}: {file.stat().st_size / 1e6:.1f} MB")

    return exit_code(work)


if __name__ == "__main__":
    sys.exit(main())
