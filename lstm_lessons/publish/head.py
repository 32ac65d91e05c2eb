"""What search engines and link previews read of a page: its description, its picture, its address; and its source."""

import html
import json
import re
from collections.abc import Iterable
from importlib import util
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from matplotlib.figure import Figure

from lstm_lessons.palette import GATES, LIGHT

CARD = "card.png"
LONGEST = 200  # letters of a description
_TAG = re.compile(r"<[^>]+>")
NO_PAGES = ("search", "genindex", "404")  # no reader looks for them


def description(pagename: str, doctree: Any) -> str:
    """What a page is about: a lesson's question, another page's first paragraph."""
    kind = "strong" if pagename.startswith("lessons/") else "paragraph"
    first = next(doctree.findall(lambda node: getattr(node, "tagname", "") == kind), None) if doctree else None
    text = " ".join(_TAG.sub("", first.astext()).split()) if first else ""
    return text if len(text) <= LONGEST else text[:LONGEST].rsplit(" ", 1)[0] + " …"


def tags(pagename: str, title: str, about: str, address: str) -> str:
    """The meta elements of a page. A preview's picture needs a whole address, so there is none without."""
    found = {"og:type": "website", "og:site_name": "LSTM Lessons", "og:title": title, "og:description": about}
    if address:
        picture = {"og:image": f"{address}_static/{CARD}", "og:image:alt": "The curves of an LSTM's gates"}
        found |= {"og:url": f"{address}{pagename}.html", "twitter:card": "summary_large_image"} | picture
    key = {"twitter:card": "name", "description": "name"}
    meta = [
        f'<meta {key.get(name, "property")}="{name}" content="{html.escape(text)}">'
        for name, text in (found | {"description": about}).items()
        if text
    ]
    if pagename == "404" and address:  # the server shows it in place of any page, at any depth
        base = json.dumps(f'<base href="{html.escape(address)}">')
        host = json.dumps(urlsplit(address).netloc)
        # A link to a part of this page, such as "Skip to content", would lead to the base, which is the start page.
        within = 'a => a.href = location.pathname + location.search + a.getAttribute("href")'
        parts = f"document.querySelectorAll('a[href^=\"#\"]').forEach({within})"
        meta.insert(
            0,
            f"<script>if (location.host === {host}) {{ document.write({base}); "
            f'addEventListener("DOMContentLoaded", () => {parts}); }}</script>',
        )
    return "\n".join(meta)


def source_of(pagename: str) -> str:
    """The file in the repository from which a page is made; empty for one that has none."""
    kind, _, name = pagename.partition("/")
    if kind == "lessons":
        return f"notebooks/{name}.ipynb"
    if kind == "guides":
        return f"lstm_lessons/publish/sphinx/guides/{name}.md"
    if kind == "api" and name:
        package = util.find_spec(name).submodule_search_locations is not None
        return name.replace(".", "/") + ("/__init__.py" if package else ".py")
    return f"lstm_lessons/publish/sphinx/{pagename}.md.j2" if pagename in ("index", "puzzles") else ""


def draw_card(path: Path) -> None:
    """Write the picture that stands beside a link: the title over four gates' curves."""
    figure = Figure(figsize=(12, 6.3), dpi=100, facecolor="white")
    axes = figure.add_axes((0, 0, 1, 0.62))
    axes.axis("off")
    z = np.linspace(-6, 6, 200)
    for k, symbol in enumerate(GATES):
        curve = np.tanh(z - k + 1.5) if symbol.key == "g" else 1 / (1 + np.exp(-(z - 1.2 * k + 1.5)))
        axes.plot(z, curve, color=symbol.color, linestyle=symbol.linestyle, linewidth=6)
    figure.text(0.06, 0.82, "LSTM Lessons", fontsize=54, fontweight="bold", color=LIGHT.text)
    figure.text(0.06, 0.71, "Turn the knobs, program a cell, write it yourself", fontsize=24, color=LIGHT.text)
    figure.savefig(path, metadata={"Software": None})


def sitemap(pagenames: Iterable[str], address: str) -> str:
    """The list of all pages for search engines, as XML."""
    places = (f"<url><loc>{html.escape(f'{address}{name}.html')}</loc></url>" for name in sorted(pagenames))
    body = "\n".join(places)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return f"{head}\n{body}\n</urlset>\n"
