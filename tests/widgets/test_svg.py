"""Templates of diagrams: what is bound, what is repeated, and what a still leaves out."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from lstm_lessons.palette import LIGHT, SYMBOLS
from lstm_lessons.widgets.shared import svg

NAMESPACE = f"{{{svg.SVG}}}"


@pytest.fixture
def filled(tmp_path):
    """``filled(body, values, **options)``: the root of a template with that body, filled in."""

    def fill(body: str, values: dict, **options) -> ElementTree.Element:
        file = tmp_path / "template.svg"
        file.write_text(f'<svg xmlns="{svg.SVG}">\n  {body}\n</svg>')
        return ElementTree.fromstring(svg.fill(file, values, title="A title", size=(9, 7.5), **options))

    return fill


def test_values_take_the_places_of_their_names(filled):
    root = filled(
        '<rect data-bind-x="{a.b}" data-bind-d="M{a.b} {n}" data-bind-rx="{none}" y="1"/>'
        '<text data-bind-text="h_{n} &lt;"/>',
        {"a.b": 1 / 3, "n": 12, "none": None},
    )
    rect, text = root[1:]
    assert rect.attrib == {"x": "0.33", "d": "M0.33 12", "y": "1"}
    assert text.text == "h_12 <" and text.attrib == {}
    assert root[0].text == "A title" and (root.get("width"), root.get("height")) == ("9", "7.5")
    assert root.get("viewBox") == "0 0 9 7.5"


def test_an_element_is_repeated_for_each_item_and_knows_the_values_around(filled):
    root = filled(
        '<g data-each="rows"><text data-each="cells" data-bind-text="{row}{name}{all}"/></g><path/>',
        {"all": "!", "rows": [{"row": r, "cells": [{"name": c} for c in "xy"]} for r in "ab"]},
    )
    *rows, path = root[1:]
    assert [[text.text for text in row] for row in rows] == [["ax!", "ay!"], ["bx!", "by!"]]
    assert path.tag == f"{NAMESPACE}path"
    assert len(filled('<g data-each="rows"/>', {"rows": []})) == 1


def test_what_scripts_alone_read_is_left_out_and_colors_are_those_of_a_light_page(filled):
    root = filled(
        '<g data-step="1" data-part="cell" data-bind-data-idle="{yes}" stroke="var(--ll-f)"/>',
        {"yes": True},
        styles="[data-part] { fill: var(--ll-panel); } [data-idle] { opacity: 0; }",
    )
    title, styles, group = root
    assert group.attrib == {"data-part": "cell", "data-idle": "", "stroke": SYMBOLS["f"].color}
    assert f"fill: {LIGHT.panel};" in styles.text and title.text == "A title"


def test_a_name_without_a_value_is_an_error(filled):
    for body in ('<g data-bind-x="{missing}"/>', '<g data-bind-x="a {missing}"/>', '<g data-each="missing"/>'):
        with pytest.raises(KeyError, match="missing"):
            filled(body, {})
