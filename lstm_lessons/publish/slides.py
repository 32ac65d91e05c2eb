"""Lessons as slides: ``python -m lstm_lessons.publish.slides [NAMES]`` (``make slides``).

Each lesson becomes one reveal.js file that needs nothing else: no network, no kernel, no file beside it. Formulas are
drawn by MathJax, the widgets live (their maths is in the page), and the speaker's view has the notes. The outputs are
those stored in the notebook.

A cell's slide type decides where it goes: ``slide`` starts a column, ``subslide`` a slide below, ``fragment`` appears
on the next key, ``notes`` are for the speaker, ``skip`` stays out. Notes stand with every slide since the notes before
them.
"""

import argparse
import functools
import html
import itertools
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbconvert.filters import Highlight2HTML, ansi2html, markdown2html
from nbformat import NotebookNode
from pygments.formatters import HtmlFormatter

from lstm_lessons.authoring import notebooks
from lstm_lessons.authoring.notebooks import NOTES_BEGIN, NOTES_END, SOLUTION_BEGIN, SOLUTION_END
from lstm_lessons.publish import pages, room
from lstm_lessons.widgets.shared.bundling import page_script

COLUMNS = 94  # characters of code that fit on a line of a slide at its usual size
_TEXT = '<div class="text">'
_HEADING = re.compile(r"<(h[1-3])\b[^>]*>(.*?)</\1>", re.DOTALL)
_ANCHOR = re.compile(r'<a class="anchor-link".*?</a>')
_LESSON_LINK = re.compile(r'href="(\d\d_\w+)\.ipynb"')
_FOLDED_CLAIMS = '<details class="claims">'  # a class sees every sentence
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


def has_slides(notebook: NotebookNode) -> bool:
    """Whether the cells say where they go on slides, as those of a lesson do."""
    return all("slideshow" in cell.metadata for cell in notebook.cells)


def columns(notebook: NotebookNode) -> list[list[Slide]]:
    """The slides of a lesson, column by column.

    Raises:
        ValueError: if a cell has no slide type, or the first shown cell starts no slide.
    """
    result: list[list[Slide]] = []
    without_notes: list[Slide] = []
    minutes = None
    for place, cell in enumerate(notebook.cells):
        kind = cell.metadata.get("slideshow", {}).get("slide_type")
        if kind not in ("slide", "subslide", "fragment", "notes", "skip"):
            raise ValueError(f"cell {place} must have a slide type, got {kind!r}")
        if kind == "skip":
            continue
        if kind == "notes":
            for slide in without_notes:
                slide.notes += _markdown(cell.source.removeprefix(NOTES_BEGIN).removesuffix(NOTES_END))
            without_notes = []
            continue
        if kind == "slide":
            result.append([])
            without_notes = []
        if not result:
            raise ValueError(f"cell {place} must start a slide: nothing stands before it")
        if kind != "fragment":
            slide = Slide()
            result[-1].append(slide)
            without_notes.append(slide)
        slide = result[-1][-1]
        if cell.cell_type == "markdown":
            minutes = pages.minutes_to_give(cell.source)
        elif notebooks.exercise_name(cell):
            slide.minutes = minutes
        slide.items += [Item(part, kind == "fragment", place) for part in _parts(cell)]
    heading = ""
    for slide in (slide for column in result for slide in column):
        texts = "".join(item.html for item in slide.items if item.html.startswith(_TEXT))
        found = _HEADING.findall(texts)
        slide.under = "" if found else heading
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
    if cell.cell_type == "markdown":
        yield f"{_TEXT}{_markdown(cell.source)}</div>"
        return
    source = cell.source
    if notebooks.exercise_name(cell):  # the check belongs to the notebook, the task to the slide
        source = source.rstrip().rpartition("\n")[0].rstrip()
    if not any(pages.widgets_in(o.get("data", {}).get("text/html", "")) for o in cell.outputs):
        yield _code(source)
    if not notebooks.exercise_name(cell):
        for output in cell.outputs:
            yield f'<div class="output">{_output(output)}</div>'


def _code(source: str) -> str:
    """HTML of code; with lines that would be broken, it is set a little smaller."""
    is_long = max(map(len, source.splitlines()), default=0) > COLUMNS
    shown = Highlight2HTML()(source, language="python")
    return f'<div class="code{" long" * is_long}">{shown}</div>'


def _markdown(source: str) -> str:
    text = _ANCHOR.sub("", markdown2html(source))
    return _LESSON_LINK.sub(r'href="\1.html"', text)


def _output(output: NotebookNode) -> str:
    """HTML of one output; the richest form that a page can show."""
    if output.output_type == "stream":
        return f"<pre>{ansi2html(output.text)}</pre>"
    if output.output_type == "error":
        raise ValueError(f"the notebook holds an error: {output.ename}")
    data = output.data
    if "text/html" in data:
        unfolded = data["text/html"].replace(_FOLDED_CLAIMS, _FOLDED_CLAIMS[:-1] + " open>")
        return f'<div class="html" data-prevent-swipe>{pages.inert(unfolded)}</div>'
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


def deck(notebook: NotebookNode) -> str:
    """One self-contained page with the slides of an executed lesson."""
    slides = columns(notebook)
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


def build(paths: Sequence[Path], target: Path) -> list[Path]:
    """Write a deck for each lesson and an index of them into a folder; a slide that is too tall is named.

    Raises:
        ValueError: with the name of the lesson, if it has no outputs or a cell has no slide type.
    """
    target.mkdir(parents=True, exist_ok=True)
    decks = []
    for path in paths:
        notebook = nbformat.read(path, as_version=4)
        try:
            page = deck(notebook)
            for sentence in without_room(list(itertools.chain(*columns(notebook)))):
                print(f"{path.name}: {sentence}", file=sys.stderr)
        except ValueError as error:
            raise ValueError(f"{path.name}: {error}") from error
        file = target / f"{path.stem}.html"
        file.write_text(page, encoding="utf-8")
        decks.append((file.name, pages.title_of(notebook)))
    index = pages.template("slides_index.html.j2").render(decks=decks)
    (target / "index.html").write_text(index, encoding="utf-8")
    return [target / name for name, _ in decks]


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the decks named, or all; the exit code."""
    parser = argparse.ArgumentParser(description="Write each lesson as one file of slides.")
    parser.add_argument("names", nargs="*", help="lessons, such as 01")
    names = parser.parse_args(arguments).names
    try:
        written = build(notebooks.lessons(Path("notebooks"), names), Path("build/slides"))
    except (ValueError, ModuleNotFoundError) as error:
        print(error, file=sys.stderr)
        return 1
    for file in written:
        print(f"{file}: {file.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
