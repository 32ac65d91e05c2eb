"""Lessons as a web site: ``python -m lstm_lessons.publish.site`` (``make site``).

Each lesson becomes a page with the outputs that its notebook stores; nothing is executed. The
widgets live, formulas are drawn, and the search works, with no network and no server: the site also opens from a file.
A reference of the package, made from its docstrings, stands beside the lessons, and so does every
``sphinx/guides/*.md``.

Sphinx, MyST-NB and the theme Furo do the work. This module lays out what they read, in the order of the functions
below. Whatever Sphinx warns about, a dead link among it, stops the build.
"""

import argparse
import copy
import functools
import html
import pkgutil
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from sphinx.cmd.build import build_main

import lstm_lessons
from lstm_lessons import checks
from lstm_lessons.authoring import course
from lstm_lessons.authoring.notebooks import SOLUTION_BEGIN, exercise_name, goes_on_with, lessons
from lstm_lessons.exercises import all_exercises
from lstm_lessons.exercises.gate_equations.bench import PUZZLES
from lstm_lessons.files import exit_code
from lstm_lessons.publish import head, hosted, pages, slides
from lstm_lessons.widgets import GateExplorer, Playground, SequenceExplorer
from lstm_lessons.widgets.shared import theme
from lstm_lessons.widgets.shared.bundling import page_script
from lstm_lessons.workcopy import lay_pictures

BRANCH = "main"  # that "open in" links lead to
_NO_SCRIPT = (
    "<noscript><p><em>Formulas, widgets and the search need JavaScript. Without it, formulas stand as TeX and widgets "
    "are still pictures.</em></p></noscript>\n"
)
_CODE_OR_MARK = re.compile(r"(``.*?``|`[^`]*`)|\*(?=\S)|\||(?<=\w)_(?!\w)", re.DOTALL)
_SIGNATURE = re.compile(r"<dl>\s*((?:<dd>.*</dd>\s*)+)</dl>")
_TO_HEADING = re.compile(r"(?<=\]\()#[^)\s]+(?=\))")
_TO_LESSON = re.compile(r"\[([^\]]+)\]\(\.\./lessons/(\w+)\.ipynb[^)]*\)")
_COURSE = re.compile(rf"(!\[[^\]]*\]\()({re.escape(course.PICTURE)}\))")
_GITHUB = re.compile(r"github\.com[:/]([\w.-]+/[\w.-]+?)(?:\.git)?/?$")


class SiteBroken(Exception):
    """Sphinx had warnings, which it has printed."""


def page(notebook: NotebookNode, name: str, repository: str | None = None, *, deck: bool = False) -> NotebookNode:
    """A copy of an executed lesson as its page shows it: links, no speaker notes, exercises to do.

    A solution that the lesson goes on with stands open, since nobody's own answer runs here. The ``name`` is that of
    the file, without ending; for ``repository`` see `build`.

    Raises:
        TypeError: if an argument is of another kind.
        ValueError: if an output's HTML could run a program; the message has the cell's place.
    """
    checks.kind("notebook", notebook, "a notebook", isinstance(notebook, NotebookNode))
    checks.text("name", name)
    if repository is not None:
        pages.checked_repository(repository)
    checks.kind("deck", deck, "True or False", isinstance(deck, bool))
    result = copy.deepcopy(notebook)
    minutes = asked = None
    needed = set(map(goes_on_with, result.cells))
    cells: list[NotebookNode] = []
    for place, cell in enumerate(result.cells):
        if cell.metadata.get("slideshow", {}).get("slide_type") == "notes" or goes_on_with(cell):
            continue
        if cell.cell_type == "markdown":
            minutes = pages.minutes_to_give(cell.source)
            cell.source = _TO_HEADING.sub(_anchor, cell.source)
            if cell.source.startswith(SOLUTION_BEGIN) and asked in needed:
                cell.source = cell.source.replace("<details>", "<details open>", 1)
            cells.append(cell)
        elif exercise_name(cell):
            asked = exercise_name(cell)
            cell.outputs = []  # "not attempted", which is no news to a reader
            cells += [cell, new_markdown_cell(_your_turn(minutes, asked))]
        else:
            try:
                cells += _shown(cell)
            except ValueError as error:
                raise ValueError(f"cell {place}: {error}") from error
    cells[0].source = cells[0].source.replace("\n", f"\n\n{_links(name, repository, deck)}\n", 1)
    result.cells = cells
    return result


def _anchor(found: re.Match[str]) -> str:
    """A link to a heading, named as MyST names it, not as JupyterLab does."""
    return "#" + re.sub(r"[^\w-]", "", found[0].lower())


def _shown(cell: NotebookNode) -> Iterator[NotebookNode]:
    """A code cell with harmless outputs, and each figure's words where MyST-NB looks for them.

    It looks in the cell, so a cell's second figure gets a cell of its own. The code of a self-check, which names the
    right answer, stays away: a page folds nothing.
    """
    outputs, cell.outputs = cell.outputs, []
    if "SelfCheck(" in cell.source:
        cell.metadata["tags"] = [*cell.metadata.get("tags", []), "remove-input"]
    current = cell
    for output in outputs:
        data = output.get("data", {})
        if "text/html" in data:
            pages.inert(data["text/html"])
        elif "image/png" in data:
            if "mystnb" in current.metadata:
                yield current
                current = new_code_cell(metadata={"tags": ["remove-input"]})
            alt = output.metadata.get("image/png", {}).get("alt", "")
            current.metadata["mystnb"] = {"image": {"alt": alt}}
        current.outputs.append(output)
    yield current


def _your_turn(minutes: int | None, name: str) -> str:
    time = f": {minutes} minutes" if minutes else ""
    here = "[Run the lesson](../index.md#run-them-yourself) to have your answer checked."
    if name in PUZZLES:
        here = f"The bench judges your program all the same. All five stand [on one page](../puzzles.md#{name})."
    return f"```{{container}} your-turn\n**Your turn{time}.** This page has no Python behind it. {here}\n```"


def _links(name: str, repository: str | None, deck: bool) -> str:
    links = [f"{{download}}`Download the notebook <../notebooks/{name}.ipynb>`"]
    if deck:
        links.append(f'<a href="../slides/{name}.html">Slides</a>')
    if repository:
        binder = f"https://mybinder.org/v2/gh/{repository}/{BRANCH}?urlpath=lab/tree/notebooks/"
        links.append(f"[Open in Binder]({binder}{name}.ipynb)")
        links.append(f"[Open in Colab]({hosted.colab(repository, f'{name}.ipynb')})")
        links.append(f"[Open in Kaggle]({hosted.kaggle(repository, f'{name}.ipynb')})")
    return "```{container} lesson-links\n" + " ".join(links) + "\n```"


@functools.cache
def modules() -> list[str]:
    """Every public module; of the exercises their engine alone, of a widget its class."""
    found = pkgutil.walk_packages(lstm_lessons.__path__, "lstm_lessons.")
    return [
        name
        for name in (module.name for module in found)
        if "._" not in name
        and not name.startswith("lstm_lessons.exercises.")
        and (not name.startswith("lstm_lessons.widgets.") or name.endswith(".widget"))
    ]


def lay_out(
    read: Mapping[Path, NotebookNode], folder: Path, repository: str | None, documented: Sequence[str]
) -> list[Path]:
    """Write the sources of the site into a folder that does not exist yet; see `build`. The lessons with slides.

    Args:
        read: the lessons, by their files.
    """
    with resources.as_file(resources.files(__package__).joinpath("sphinx")) as own:
        shutil.copytree(own, folder)
    shutil.copy(pages.installed_file(*pages.MATHJAX), folder / "static")
    head.draw_card(folder / "static" / head.CARD)
    entries, decks = [], []
    for kind in ("lessons", "notebooks"):
        (folder / kind).mkdir()
    for path, notebook in read.items():
        shutil.copy(path, folder / "notebooks")
        try:
            if slides.has_slides(notebook):
                decks.append(path)
            shown = page(notebook, path.stem, repository, deck=path in decks)
            facts = {"title": pages.title_of(notebook), "question": pages.question_of(notebook)}
            entries.append({"name": path.stem} | facts)
        except ValueError as error:
            raise ValueError(f"{path.name}: {error}") from error
        lay_pictures(notebook, path.parent, folder / "lessons")
        nbformat.write(shown, folder / "lessons" / path.name)
    names = {path.stem for path in read}
    for guide in (folder / "guides").glob("*.md"):  # a lesson that is not on this site is named without a link
        text = guide.read_text(encoding="utf-8")
        text = _TO_LESSON.sub(lambda found: found[0] if found[2] in names else found[1], text)
        guide.write_text(text, encoding="utf-8")
    (folder / "api").mkdir()
    for name in documented:
        text = f"{name}\n{'=' * len(name)}\n\n.. automodule:: {name}\n   :members:\n"
        (folder / "api" / f"{name}.rst").write_text(text, encoding="utf-8")
    exercises: dict[str, list[str]] = {}
    for lesson, name, _ in all_exercises():
        exercises.setdefault(lesson, []).append(name)
    texts = {
        "index.md": {
            "lessons": entries,
            "guides": sorted(file.stem for file in (folder / "guides").glob("*.md")),
            "repository": repository,
            "decks": bool(decks),
            "map": _map(read.values()),
            "widget": GateExplorer().twin(),
            "playground": Playground(preset="The RNN forgets at 60 steps").twin(),
        },
        "puzzles.md": {
            "lesson": next((name for name in sorted(names) if name.endswith("gate_equations")), ""),
            "benches": {key: (one["title"], SequenceExplorer(puzzle=key).twin()) for key, one in PUZZLES.items()},
        },
        "api.rst": {"modules": documented, "exercises": exercises},
    }
    for name, values in texts.items():
        text = pages.template(f"sphinx/{name}.j2", autoescape=False).render(values)
        (folder / name).write_text(text, encoding="utf-8")
        (folder / f"{name}.j2").unlink()
    return decks


def _map(read: Iterable[NotebookNode]) -> str | None:
    """The picture of the course as the lesson that shows it does, for a page one folder above; or None."""
    sources = (cell.source for notebook in read for cell in notebook.cells)
    return next((found[1] + "lessons/" + found[2] for found in map(_COURSE.search, sources) if found), None)


def finish_page(app: Any, pagename: str, templatename: str, context: dict, doctree: Any) -> None:
    """Give a page its life, its dark figures, and what others read of it; repair markup (``html-page-context``).

    Captions in the sidebar are headings without a level, and the lines of a long signature are a list of definitions
    without a term; screen readers stumble over both.
    """
    body = _SIGNATURE.sub(_signature_lines, context.get("body", ""))
    first = _NO_SCRIPT if "data-lstm-widget" in body or 'class="math' in body else ""
    context["body"] = first + body + "\n".join(page_script(name) for name in pages.widgets_in(body))
    styles = f"<style>{theme.figures()}{theme.equations()}</style>"
    title = re.sub(r"<[^>]*>", "", context.get("title", ""))
    told = head.tags(pagename, html.unescape(title), head.description(pagename, doctree), app.config.html_baseurl)
    context["metatags"] = f"{told}\n{styles}"
    repository, source = context.get("repository"), head.source_of(pagename)
    if repository and source:
        on_github = f"https://github.com/{repository}/{{}}/{BRANCH}/{source}"
        context["theme_source_view_link"] = on_github.format("blob")
        context["theme_source_edit_link"] = on_github.format("edit")
    navigation = context.get("furo_navigation_tree", "")
    context["furo_navigation_tree"] = navigation.replace(' role="heading"', "")


def _signature_lines(found: re.Match[str]) -> str:
    lines = re.sub(r"<(/?)dd>", r"<\1span>", found[1])
    return f'<span class="sig-lines">{lines}</span>'


def leave_as_code(app: Any, env: Any, node: Any, contnode: Any) -> Any:
    """What single backticks hold and is no name of this package's is code, and no dead link."""
    return contnode if node.get("reftype") == "obj" else None


def skip_documented_elsewhere(app: Any, kind: str, name: str, member: Any, skip: bool, options: Any) -> bool | None:
    """Leave a class out of the package that hands it on, if its own module is in the reference."""
    home = getattr(member, "__module__", None)
    here = app.env.current_document.get("autodoc:module") or ""
    return True if home in modules() and here and home != here else None


def read_as_prose(app: Any, kind: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """In a docstring, backticks and tables alone are markup; a star or a bar is what it is."""
    text = _CODE_OR_MARK.sub(lambda found: found[1] or f"\\{found[0]}", "\n".join(lines))
    lines[:] = text.split("\n")


def build(
    paths: Sequence[Path],
    target: Path,
    *,
    repository: str | None = None,
    address: str | None = None,
    documented: Sequence[str] | None = None,
) -> None:
    """Write the site of some notebooks, in order, and their slides into a folder, in place of what was there.

    Args:
        repository: ``owner/name`` on GitHub; without it, no page leads to Binder, Colab, Kaggle or its source,
            and no copies for the latter two are written.
        address: where the site will stand, ``https://…/``; by default the repository's GitHub Pages. Without one there
            is no sitemap, and no page tells its own address.
        documented: modules for the reference; all public ones if None.

    Raises:
        SiteBroken: if Sphinx has warnings. The folder is then left as it was.
        TypeError: if an argument is of another kind.
        FileNotFoundError: if there is no such notebook.
        ValueError: with the name of the lesson, if one has no question, or an unsafe output; if the target holds the
            folder that you are in, or ``repository`` or ``address`` is none.
    """
    read, target = pages.notebooks_at(paths), pages.checked_target(target)
    if repository is not None:
        pages.checked_repository(repository)
    if address is not None and not (isinstance(address, str) and re.fullmatch(r"https?://[^\s\"'<>?#]+/", address)):
        raise ValueError(f"address must begin with https:// and end with a slash, got {address!r:.60}")
    documented = modules() if documented is None else checks.texts("documented", documented)
    with tempfile.TemporaryDirectory() as folder:
        source, built, trees = (Path(folder, name) for name in ("source", "built", "trees"))
        decks = lay_out(read, source, repository, documented)
        options = ["-q", "-E", "-W", "-n", "-b", "html", "-d", str(trees)]
        if address is None and repository:
            address = _pages_of(*repository.split("/"))
        options += ["-D", f"html_baseurl={address}"] * bool(address) + ["-A", f"repository={repository or ''}"]
        if build_main([*options, str(source), str(built)]):
            raise SiteBroken("the site is not written: fix what Sphinx says above")
        (built / ".buildinfo").unlink()  # of use to Sphinx alone
        if address:
            names = (file.relative_to(built).with_suffix("").as_posix() for file in built.rglob("*.html"))
            found = head.sitemap((name for name in names if name not in head.NO_PAGES), address)
            (built / "sitemap.xml").write_text(found, encoding="utf-8")
        if decks:
            slides.build(decks, built / "slides")
        if repository:
            (built / hosted.BRANCH).mkdir()
            for path, notebook in read.items():
                nbformat.write(hosted.hosted(notebook, repository), built / hosted.BRANCH / path.name)
        shutil.rmtree(target, ignore_errors=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(built, target)


def _pages_of(owner: str, name: str) -> str:
    """Where GitHub Pages shows a repository: below its owner's own site, which the one of that name is."""
    host = f"{owner.lower()}.github.io"
    return f"https://{host}/" + (f"{name}/" if name.lower() != host else "")


def origin() -> str | None:
    """``owner/name`` of the GitHub repository that this folder was cloned from, if it was."""
    try:
        asked = subprocess.run(["git", "remote", "get-url", "origin"], capture_output=True, text=True, check=False)
    except FileNotFoundError:  # no git here
        return None
    found = _GITHUB.search(asked.stdout.strip())
    return found[1] if found else None


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the site of all lessons; the exit code."""
    parser = argparse.ArgumentParser(description="Write the lessons as a web site.")
    parser.add_argument("--repository", default="", help="owner/name on GitHub (default: origin)")
    parser.add_argument("--address", help="where the site will stand, https://.../ (default: its GitHub Pages)")
    given = parser.parse_args(arguments)
    repository = given.repository or origin()
    if not repository:
        print("no links to Binder, Colab and Kaggle: name the repository, make site REPOSITORY=owner/name")
    target = Path("build/site")

    def work() -> None:
        build(lessons(Path("notebooks"), []), target, repository=repository, address=given.address)
        size = sum(file.stat().st_size for file in target.rglob("*") if file.is_file())
        print(f"{target / 'index.html'}: {size / 1e6:.1f} MB in all")

    return exit_code(work, SiteBroken)


if __name__ == "__main__":
    sys.exit(main())
