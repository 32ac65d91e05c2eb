"""What every widget gets from its base: one bundled module, and a twin that lives on any page."""

from __future__ import annotations

import base64
import html
import io
import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
import traitlets
from matplotlib.figure import Figure
from PIL import Image

from lstm_lessons import widgets
from lstm_lessons.palette import SYMBOLS
from lstm_lessons.widgets.shared import bundling
from lstm_lessons.widgets.shared.base import LessonWidget
from lstm_lessons.widgets.shared.bundling import module_source, page_script

PNG = "data:image/png;base64,"
HOSTILE = "</script><img src=x onerror=alert(1)> \"quoted\" 'too' &amp; <!-- ]]>"
MODULES = sorted(path.stem for path in Path(bundling.__file__).parents[1].glob("*/*.mjs"))


class Note(LessonWidget):
    """A widget of one text and one number, to see what the base does with them."""

    module = "gate_explorer"
    text = traitlets.Unicode("plain").tag(sync=True, shown=True)
    number = traitlets.Float(0.0).tag(sync=True, shown=True)
    secret = traitlets.Unicode("not for the page").tag(sync=True)

    def picture(self) -> str | Figure:
        if self.text == "a chart":
            figure = Figure(figsize=(5, 3))
            figure.subplots().plot([0, self.number])
            return figure
        return f'<svg xmlns="http://www.w3.org/2000/svg"><title>{html.escape(self.text)}</title></svg>'

    def summary(self) -> str:
        return f"Note: {self.text}"


class Tags(HTMLParser):
    """The elements of a piece of HTML, in order, with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder in which the bundler looks for modules."""
    monkeypatch.setattr(bundling, "_FILES", tmp_path)
    module_source.cache_clear()
    yield tmp_path
    module_source.cache_clear()


@pytest.mark.parametrize("name", MODULES)
def test_a_bundle_stands_alone(name):
    lines = module_source(name).splitlines()
    assert [line for line in lines if line.startswith("import")] == []


def test_a_bundle_holds_each_module_once_and_before_its_users(folder):
    (folder / "top.mjs").write_text(
        'import { left } from "./left.mjs";\nimport { right } from "./right.mjs";\nexport const top = left + right;\n'
    )
    for side in ("left", "right"):
        (folder / f"{side}.mjs").write_text(f'import {{ base }} from "./base.mjs";\nexport const {side} = base + 1;\n')
    (folder / "base.mjs").write_text("export const base = 1;\n")
    statements = [line for line in module_source("top").splitlines() if line]
    assert statements == [
        "const base = 1;",
        "const left = base + 1;",
        "const right = base + 1;",
        "export const top = left + right;",
    ]


def test_data_files_are_modules(folder):
    (folder / "top.mjs").write_text('import { NUMBERS } from "./numbers.mjs";\n')
    (folder / "numbers.json").write_text('[1, "</b>"]')
    assert 'const NUMBERS = [1, "</b>"];' in module_source("top")


@pytest.mark.parametrize(
    "line",
    ['import * as cell from "./base.mjs";', 'import base from "./base.mjs";', 'import { base } from "other-package";'],
)
def test_an_import_that_cannot_be_bundled_is_refused(folder, line):
    (folder / "top.mjs").write_text(f"{line}\nexport const top = 1;\n")
    (folder / "base.mjs").write_text("export const base = 1;\n")
    with pytest.raises(ValueError, match="top.mjs: cannot bundle the line 'import"):
        module_source("top")


@pytest.mark.parametrize("line", ["export default base;", "export { base };"])
def test_an_export_that_cannot_be_bundled_is_refused_in_a_part(folder, line):
    (folder / "top.mjs").write_text('import { base } from "./base.mjs";\nexport default base;\n')
    (folder / "base.mjs").write_text(f"const base = 1;\n{line}\n")
    with pytest.raises(ValueError, match="base.mjs: cannot bundle the line 'export"):
        module_source("top")


def test_the_palette_reaches_the_browser():
    source = module_source("gate_explorer")
    for symbol in SYMBOLS.values():
        assert symbol.color in source and symbol.dark_color in source


@pytest.mark.parametrize("name", [getattr(widgets, name).module for name in widgets.__all__])
def test_a_page_script_is_one_script_element(name):
    script = page_script(name)
    assert script.count("<script") == 1
    assert script.count("</script") == 1 and script.endswith("</script>")
    assert "<!--" not in script


def test_a_module_that_speaks_of_scripts_ends_none(folder):
    (folder / "top.mjs").write_text('export const mount = "</script><!-- ";\n')
    script = page_script("top")
    assert script.count("</script") == 1 and "<!--" not in script


def test_a_twin_has_an_id_that_says_its_state():
    assert Note(text="a").twin() == Note(text="a").twin()
    identities = {Tags(Note(text=t).twin()).found[0][1]["id"] for t in ("a", "b", "")}
    assert len(identities) == 3


def test_a_twin_carries_what_is_shown_and_nothing_else():
    (_, attributes), (tag, image), _ = Tags(Note(text="a", number=0.5).twin()).found
    assert attributes["data-lstm-widget"] == "gate_explorer"
    assert json.loads(attributes["data-state"]) == {"text": "a", "number": 0.5}
    assert (tag, image["alt"]) == ("img", "Note: a")
    picture = base64.b64decode(image["src"].removeprefix("data:image/svg+xml;base64,"))
    assert picture.startswith(b"<svg") and b"<title>a</title>" in picture


def test_a_picture_says_that_it_is_still():
    assert "</p></div>" in Note(text="a").twin() and "A still picture." in Note(text="a").twin()


def test_a_charts_picture_is_a_small_png_at_half_more_than_its_shown_size():
    twin = Note(text="a chart").twin()
    _, (_, image), _ = Tags(twin).found
    png = Image.open(io.BytesIO(base64.b64decode(image["src"].removeprefix(PNG))))
    assert (png.format, png.mode, png.size) == ("PNG", "P", (540, 324))
    assert image["width"] == "360" and image["alt"] == "Note: a chart"
    assert Note(text="a chart").twin() == twin
    assert Note(text="a chart", number=1.0).twin() != twin


def test_hostile_state_stays_text():
    found = Tags(Note(text=HOSTILE).twin()).found
    assert [tag for tag, _ in found] == ["div", "img", "p"]
    assert json.loads(found[0][1]["data-state"])["text"] == HOSTILE
    assert found[1][1]["alt"] == f"Note: {HOSTILE}"
    assert set(found[0][1]) == {"id", "data-lstm-widget", "data-state"}
    assert set(found[1][1]) == {"src", "alt", "style"}


def test_numbers_are_written_with_nine_digits():
    def written(value: float) -> str:
        state = Tags(Note(number=value).twin()).found[0][1]["data-state"]
        return state.split('"number":')[1].split(",")[0].rstrip("}")

    assert written(1 / 3) == "0.333333333"
    assert written(0.1 + 0.2) == "0.3"  # not 0.30000000000000004
    assert written(12345678912.0) == "12345678900.0"


def test_a_number_that_json_does_not_know_is_refused():
    with pytest.raises(ValueError, match="JSON"):
        Note(number=float("nan")).twin()


def test_a_module_from_python_exports_its_constant(folder, monkeypatch):
    monkeypatch.setattr(bundling, "_PROVIDED", {})
    bundling.provide("numbers", "NUMBERS", {"a": [1, "</b>"]})
    (folder / "top.mjs").write_text('import { NUMBERS } from "./numbers.mjs";\n')
    assert 'const NUMBERS = {"a": [1, "</b>"]};' in module_source("top")


@pytest.mark.parametrize("kind", ["a diagram", "a chart"])
def test_viewers_get_the_view_the_twin_and_a_line_of_text(kind):
    note = Note(text=kind)
    data, _ = note._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["text/html"] == note.twin()
    assert data["text/plain"] == f"Note: {kind}" == repr(note)
    assert set(data) == {"application/vnd.jupyter.widget-view+json", "text/html", "text/plain"}
