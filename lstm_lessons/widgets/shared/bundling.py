"""One self-contained ES module per widget, and the script that brings a page's widgets to life.

A browser module imports what it shares with others; anywidget, and a page opened from a file, want it in one piece. So
each module is put together here, with all that it imports before it.
"""

import functools
import json
import re
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from lstm_lessons.palette import SYMBOLS
from lstm_lessons.widgets.shared import theme

_FILES = resources.files("lstm_lessons.widgets")
_DATA = (".css", ".svg", ".json")
_IMPORT = re.compile(r'^import \{[^}]*\} from "\.\.?/(?:\w+/)?(\w+)\.mjs";\n', re.MULTILINE)
_UNKNOWN = re.compile(r"^(?:import\b|export (?:default|\{)).*", re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*(?://.*|/\*\*[\s\S]*?\*/)\n", re.MULTILINE)  # of whole lines
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|let|class)\b)", re.MULTILINE)


def _file(name: str) -> Traversable | None:
    """The file of that name, here or in the folder of a widget; no two have the same name."""
    folders = [_FILES, *(entry for entry in _FILES.iterdir() if entry.is_dir())]
    return next((file for f in folders if (file := f.joinpath(name)).is_file()), None)


_PROVIDED: dict[str, str] = {}


def provide(module: str, constant: str, value: Any) -> None:
    """Make a module of one constant from Python, so that nothing is written twice.

    The browser's modules import it as ``./palette.mjs``, say; the value is any that JSON can hold.
    """
    _PROVIDED[module] = f"export const {constant} = {json.dumps(value)};\n"


_SHEET = _file("styles.css").read_text(encoding="utf-8")
provide("styles", "STYLES", theme.variables() + _SHEET + theme.figures() + theme.equations())
provide(
    "palette",
    "PALETTE",
    {key: {"name": s.name, "dash": s.dash, "low": s.low, "high": s.high} for key, s in SYMBOLS.items()},
)


def _file_source(name: str) -> str:
    """Source of one module.

    A data file is a module too: ``gate_explorer_picture.svg`` exports ``GATE_EXPLORER_PICTURE``.
    """
    if name in _PROVIDED:
        return _PROVIDED[name]
    for suffix in _DATA:
        if file := _file(name + suffix):
            text = file.read_text(encoding="utf-8")
            value = json.loads(text) if suffix == ".json" else text
            return f"export const {name.upper()} = {json.dumps(value)};\n"
    return _file(f"{name}.mjs").read_text(encoding="utf-8")


@functools.cache
def module_source(name: str) -> str:
    """One self-contained ES module: ``name.mjs`` with all that it imports put before it.

    anywidget and a page opened from a file both want a module in one piece. The modules share one scope then, so their
    top-level names must differ.

    Raises:
        ValueError: if a module imports in another form than ``import { names } from "./module.mjs";`` (or
            "../folder/module.mjs"), or a module that is imported exports in another form than ``export function`` and
            the like.
    """
    parts: dict[str, str] = {}

    def add(module: str) -> None:
        source = _file_source(module)
        for dependency in _IMPORT.findall(source):
            if dependency not in parts:
                add(dependency)
        source = _IMPORT.sub("", source)
        if module != name:
            source = _EXPORT.sub("", source)
        unknown = _UNKNOWN.search(source)
        if unknown and not (module == name and unknown[0].startswith("export")):
            raise ValueError(f"{module}.mjs: cannot bundle the line {unknown[0]!r}")
        parts[module] = source

    add(name)
    return "\n".join(parts.values())


def page_script(name: str) -> str:
    """The ``<script>`` that brings every twin of one widget, by its module, to life on a page, without its comments."""
    source = _COMMENT.sub("", module_source(name)).replace("</script", r"<\/script").replace("<!--", r"<\!--")
    return (
        f'<script type="module">\n{source}\n'
        f"for (const twin of document.querySelectorAll('[data-lstm-widget=\"{name}\"]')) {{\n"
        "  const picture = [...twin.childNodes];\n  mount(twin, JSON.parse(twin.dataset.state));\n  "
        "picture.forEach((node) => node.remove());\n}\n</script>"
    )
