"""Diagrams from the SVG templates that the browser fills in too.

An attribute ``data-bind-A`` is the template of attribute ``A``, or of the text where ``A`` is ``text``; ``{name}`` in
it stands for a value. An element with ``data-each="items"`` stands there once for each of a list of values, with theirs
beside those around.
"""

import copy
import re
from collections.abc import Mapping
from importlib.resources.abc import Traversable
from typing import Any
from xml.etree import ElementTree

from lstm_lessons.palette import LIGHT, SYMBOLS

SVG = "http://www.w3.org/2000/svg"
# A viewer that runs no script knows no theme: the colors are those of the light one.
_COLORS = vars(LIGHT) | {key: symbol.color for key, symbol in SYMBOLS.items()}
_NAME = re.compile(r"\{([\w.]+)\}")


def fill(
    template: Traversable, values: Mapping[str, Any], *, title: str, size: tuple[float, float], styles: str = ""
) -> str:
    """The SVG of a template, with a title for screen readers, for a page of any theme.

    Args:
        values: by the names in the template. None and False leave an attribute out.
        size: width and height in pixels.
        styles: CSS of the diagram.

    Raises:
        KeyError: if the template names a value that is not there.
    """
    ElementTree.register_namespace("", SVG)
    root = ElementTree.fromstring(re.sub(r">\s+<", "><", template.read_text("utf-8")))
    _fill(root, values)
    for node in root.iter():  # what no style reads is there for the browser's scripts
        for name in [n for n in node.attrib if n.startswith("data-") and n not in styles]:
            del node.attrib[name]
    width, height = map(_text, size)
    root.attrib.setdefault("viewBox", f"0 0 {width} {height}")
    root.set("width", width)
    root.set("height", height)
    for tag, text in (("style", styles), ("title", title)):
        if text:
            node = ElementTree.Element(f"{{{SVG}}}{tag}")
            node.text = text
            root.insert(0, node)
    text = ElementTree.tostring(root, encoding="unicode")
    return re.sub(r"var\(--ll-(\w+)\)", lambda match: _COLORS[match[1]], text)


def _fill(node: ElementTree.Element, values: Mapping[str, Any]) -> None:
    for child in list(node):
        items = child.attrib.pop("data-each", None)
        if items is None:
            _fill(child, values)
            continue
        place = list(node).index(child)
        node.remove(child)
        for item in reversed(values[items]):
            node.insert(place, copy.deepcopy(child))
            _fill(node[place], {**values, **item})
    for name, bound in list(node.attrib.items()):
        if not name.startswith("data-bind-"):
            continue
        del node.attrib[name]
        whole = _NAME.fullmatch(bound)
        if whole and values[whole[1]] in (None, False):
            continue
        text = _NAME.sub(lambda match: _text(values[match[1]]), bound)
        if name == "data-bind-text":
            node.text = text
        else:
            node.set(name.removeprefix("data-bind-"), text)


def _text(value: Any) -> str:
    """Two digits are a hundredth of a pixel; True is an attribute without a value."""
    if value is True:
        return ""
    return f"{round(value, 2):g}" if isinstance(value, float) else str(value)
