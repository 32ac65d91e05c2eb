"""What slides and site share: facts of a lesson, its outputs, files of other packages."""

import importlib.metadata
import re
from collections.abc import Sequence
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path

import jinja2
import nbformat
from nbformat import NotebookNode

from lstm_lessons import checks

MATHJAX = ("sphinx-mathjax-offline", "sphinx-mathjax-offline/static/mathjax/tex-svg-full.js")
"""The wheel and the file that draw formulas without the network, as `installed_file` takes them."""

_WIDGET = re.compile(r'data-lstm-widget="(\w+)"')
_REPOSITORY = re.compile(r"[A-Za-z0-9][\w-]*/(?!\.{1,2}$|.*\.git$)[\w.-]+", re.ASCII)
_TITLE = re.compile(r"^# (.*)$", re.MULTILINE)
_MINUTES = re.compile(r"about (\d+) minutes?")
_QUESTION = re.compile(r"^\*\*(.+\?)\*\*$", re.MULTILINE)


def notebooks_at(paths: Sequence[Path]) -> dict[Path, NotebookNode]:
    """The notebooks of some files, at least one, by their path."""
    found = checks.listed("paths", paths, "a list of notebooks")
    if not found:
        raise ValueError("paths must hold at least one notebook, got none")
    read = {}
    for path in [checks.path(f"paths[{n}]", path, "a notebook") for n, path in enumerate(found)]:
        try:
            read[path] = nbformat.read(path, as_version=4)
        except (nbformat.ValidationError, AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"paths must be notebooks, got {path.name}: {str(error):.80}") from None
    return read


def checked_target(target: Path) -> Path:
    """A folder to write into; none that holds the folder one is in, which a site would replace."""
    checks.kind("target", target, "a path", isinstance(target, str | Path))
    found = Path(target)
    is_path = "\0" not in str(found) and not any(part.is_file() for part in (found, *found.parents))
    if not is_path or Path.cwd().is_relative_to(found.resolve()):
        raise ValueError(f"target must be a folder, and none that you are in, got {str(target)!r}")
    return found


def checked_repository(repository: str) -> str:
    """``owner/name`` on GitHub."""
    if not isinstance(repository, str) or not _REPOSITORY.fullmatch(repository):
        raise ValueError(f"repository must be owner/name, got {repository!r:.60}")
    return repository


def title_of(notebook: NotebookNode) -> str:
    """The text of the lesson's one H1, without its backticks.

    Raises:
        ValueError: if it has none.
    """
    texts = (cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    if found := _TITLE.search("\n".join(texts)):
        return found[1].replace("`", "")
    raise ValueError("the lesson must have a title, a line that begins with '# '")


def question_of(notebook: NotebookNode) -> str:
    """The question that the lesson answers: the bold line below its title, as Markdown.

    Raises:
        ValueError: if the first cell has none.
    """
    found = _QUESTION.search(notebook.cells[0].source)
    if found is None:
        raise ValueError("the first cell must hold a question, a line like '**Why?**'")
    return found[1]


def minutes_to_give(text: str) -> int | None:
    """How long an exercise takes, from the text above it; None if that does not say."""
    found = _MINUTES.search(text)
    return int(found[1]) if found else None


def widgets_in(html: str) -> list[str]:
    """The modules of the widgets whose twins a page holds, each once, in their order."""
    return list(dict.fromkeys(_WIDGET.findall(html)))


_RUNS = {"script", "iframe", "object", "embed", "base", "meta", "link", "form"}
_ADDRESSES = {"action", "formaction", "href", "src", "xlink:href"}


class _Inspector(HTMLParser):
    """Raises ValueError at a tag or an attribute that runs a program or loads a page."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            address = re.sub(r"\s", "", value or "").lower() if name in _ADDRESSES else ""
            if name.startswith("on") or address.startswith(("javascript:", "data:text")):
                raise ValueError(f"an output holds <{tag} {name}=...>, which could run a program")
        if tag in _RUNS:
            raise ValueError(f"an output holds <{tag}>, which could run a program")


def inert(html: str) -> str:
    """An output's HTML as it is, if nothing in it would run on the page.

    The lessons' own outputs escape what they show. This catches one that does not.

    Raises:
        ValueError: if it holds a script, a frame, an event handler or the like.
    """
    inspector = _Inspector()
    inspector.feed(html)
    inspector.close()
    return html


def installed_file(package: str, name: str) -> Path:
    """A file of an installed package, by its path in the wheel.

    Raises:
        ModuleNotFoundError: if the package is not installed.
    """
    try:
        files = importlib.metadata.files(package) or []
    except importlib.metadata.PackageNotFoundError:
        raise ModuleNotFoundError(f"slides and site need the package {package}: pip install -e .[publish]") from None
    return Path(next(file for file in files if file.as_posix() == name).locate())


def own_file(name: str) -> str:
    """Text of a file beside this module."""
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def template(name: str, *, autoescape: bool = True) -> jinja2.Template:
    """A template beside this module; a name that it does not get is an error."""
    environment = jinja2.Environment(
        autoescape=autoescape, undefined=jinja2.StrictUndefined, trim_blocks=not autoescape
    )
    return environment.from_string(own_file(name))
