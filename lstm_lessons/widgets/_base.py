"""What every widget shares: its browser module, and a twin that lives without a kernel.

A widget is a class of traits in Python and one ``.mjs`` file that draws. The
class sends the file to JupyterLab through anywidget. Beside that view its
display data holds ``text/html``: an element with the widget's name, its state
and a picture of that state. Viewers that run no script show the picture; a
published page adds each module once (`page_script`) and every such element
comes alive, with no kernel, no widget manager and no network.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import html
import json
import re
from importlib import resources
from typing import Any

import anywidget

from lstm_lessons.palette import LIGHT_PAGE, SYMBOLS

_FILES = resources.files(__package__)
_DATA = (".css", ".svg", ".json")
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+)\.mjs";\n', re.MULTILINE)
_UNKNOWN = re.compile(r"^(?:import\b|export (?:default|\{)).*", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|let|class)\b)", re.MULTILINE)


def _styles() -> str:
    def variables(shade: str) -> str:
        return " ".join(f"--ll-{key}: {getattr(s, shade)};" for key, s in SYMBOLS.items())

    dark = (
        "--ll-page: #1b2230; --ll-panel: #252d3d; --ll-text: #eef1f7; --ll-quiet: #b4bccb; "
        f"--ll-line: #465065; --ll-focus: #8ab4ff; {variables('dark_color')} color-scheme: dark;"
    )
    return (
        f".lstm-lessons {{ {variables('color')} }}\n"
        + _FILES.joinpath("styles.css").read_text(encoding="utf-8")
        # JupyterLab's dark themes; a Sphinx page set to dark; the same page left to the system.
        + '[data-jp-theme-light="false"] .lstm-lessons, body[data-theme="dark"] .lstm-lessons '
        + f"{{ {dark} }}\n"
        + "@media (prefers-color-scheme: dark) "
        + f'{{ body[data-theme="auto"] .lstm-lessons {{ {dark} }} }}\n'
    )


def _file_source(name: str) -> str:
    """Source of one module.

    Two modules are made from Python, so that nothing is written twice, and a
    data file is a module too: ``gate_explorer_picture.svg`` exports
    ``GATE_EXPLORER_PICTURE``.
    """
    if name == "styles":
        return f"export const STYLES = {json.dumps(_styles())};\n"
    if name == "palette":
        palette = {
            key: {"name": s.name, "dash": s.dash, "low": s.low, "high": s.high}
            for key, s in SYMBOLS.items()
        }
        return f"export const PALETTE = {json.dumps(palette)};\n"
    if name == "sequence_presets":
        from lstm_lessons.widgets._presets import PRESETS

        return f"export const PRESETS = {json.dumps([vars(p) for p in PRESETS.values()])};\n"
    for suffix in _DATA:
        if (file := _FILES.joinpath(name + suffix)).is_file():
            text = file.read_text(encoding="utf-8")
            value = json.loads(text) if suffix == ".json" else text
            return f"export const {name.upper()} = {json.dumps(value)};\n"
    return _FILES.joinpath(f"{name}.mjs").read_text(encoding="utf-8")


@functools.cache
def module_source(name: str) -> str:
    """One self-contained ES module: ``name.mjs`` with all that it imports put before it.

    anywidget and a page opened from a file both want a module in one piece.
    The modules share one scope then, so their top-level names must differ.

    Args:
        name: file name in this folder, without ``.mjs``.

    Raises:
        ValueError: if a module imports in another form than
            ``import { names } from "./module.mjs";``, or a module that is
            imported exports in another form than ``export function`` and the like.
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
    """The ``<script>`` that brings every twin of one widget on a page to life.

    Args:
        name: module name of the widget, as in ``GateExplorer.module``.
    """
    source = module_source(name).replace("</script", r"<\/script").replace("<!--", r"<\!--")
    return (
        f'<script type="module">\n{source}\n'
        f"for (const twin of document.querySelectorAll('[data-lstm-widget=\"{name}\"]')) {{\n"
        "  const picture = [...twin.childNodes];\n"
        "  mount(twin, JSON.parse(twin.dataset.state));\n"
        "  picture.forEach((node) => node.remove());\n"
        "}\n</script>"
    )


class LessonWidget(anywidget.AnyWidget):
    """Base of the widgets.

    A subclass sets ``module`` (its ``.mjs`` file), ``_esm = module_source(module)``,
    its synchronized traits, and `picture`. Show it as the last line of a cell:
    inside a ``VBox`` it would lose its twin.
    """

    module: str

    def state(self) -> dict[str, Any]:
        """The synchronized traits that a page needs to draw the widget, by name."""
        return {name: getattr(self, name) for name in self.trait_names(shown=True)}

    def picture(self) -> str:
        """A still picture of the present state: a self-contained SVG, readable without script."""
        raise NotImplementedError

    def summary(self) -> str:
        """The state in one line of plain text; also the alternative text of the picture."""
        raise NotImplementedError

    def twin(self) -> str:
        """The element that a published page brings to life; see the module's docstring."""
        state = json.dumps(_rounded(self.state()), separators=(",", ":"), allow_nan=False)
        digest = hashlib.sha256(f"{self.module}{state}".encode()).hexdigest()[:12]
        # An image, not inline SVG: JupyterLab removes SVG from a notebook that it does not trust
        # yet, and every fresh clone is one. It is drawn for a light page, so it brings one along.
        picture = base64.b64encode(self.picture().encode()).decode()
        return (
            f'<div id="lstm-{digest}" data-lstm-widget="{self.module}" '
            f'data-state="{html.escape(state)}">'
            f'<img src="data:image/svg+xml;base64,{picture}" alt="{html.escape(self.summary())}" '
            f'style="max-width: 100%; background-color: {LIGHT_PAGE}; border-radius: 8px"></div>'
        )

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict] | None:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle
        return data | {"text/html": self.twin(), "text/plain": self.summary()}, metadata

    def __repr__(self) -> str:
        return self.summary()


def _rounded(value: Any) -> Any:
    """Nine significant digits: far below what a picture shows, and the same text on every CPU."""
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return value
