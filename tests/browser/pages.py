"""Pages with no kernel: a widget's twin and the script that brings it to life."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Locator, Page

from lstm_lessons.widgets.shared.base import LessonWidget
from lstm_lessons.widgets.shared.bundling import page_script
from tests.browser.hands import HANDS
from tests.browser.hands.base import Hands
from tests.browser.hands.sequence_explorer import SequenceHands

# Whether every widget of a page lives.
ALIVE = (
    "() => [...document.querySelectorAll('[data-lstm-widget]')]"
    ".every((twin) => twin.querySelector('.lstm-lessons :is([data-symbol], [data-shape])'))"
)


def write_page(path: Path, widgets: Sequence[LessonWidget], theme: str = "light") -> Path:
    """A page as a publisher would write it: twins in its text, each module once, nothing else.

    Args:
        path: file to write.
        widgets: what to show, in order.
        theme: ``light`` or ``dark``.
    """
    twins = "\n".join(f"<p>A paragraph.</p>\n{widget.twin()}" for widget in widgets)
    scripts = "\n".join(page_script(name) for name in dict.fromkeys(w.module for w in widgets))
    background = {"light": "#ffffff", "dark": "#131416"}[theme]
    path.write_text(
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>A lesson</title>'
        f'<meta name="viewport" content="width=device-width">'
        f"<style>body {{ margin: 16px; background: {background}; }}</style></head>\n"
        f'<body data-theme="{theme}"><main>\n{twins}\n</main>\n{scripts}\n</body></html>\n',
        encoding="utf-8",
    )
    return path


def open_page(page: Page, path: Path) -> list[Locator]:
    """Open the file and wait until each widget lives; the roots of the widgets, in order."""
    page.goto(path.as_uri())
    page.wait_for_function(ALIVE)
    return page.locator("css:light=[data-lstm-widget] > .lstm-lessons").all()


def hands_for(root: Locator) -> Hands:
    """Hands for a widget on a page without a kernel."""
    twin = root.locator("xpath=..")
    module = twin.get_attribute("data-lstm-widget")
    if module != "sequence_explorer":
        return HANDS[module](root)
    return SequenceHands(root, twin=json.loads(twin.get_attribute("data-state")))
