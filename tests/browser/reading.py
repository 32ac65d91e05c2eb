"""Read many values from a page at once.

Playwright's Python side takes about a hundred times as long for a list of objects as for the same
values in one string, so tests that read hundreds of numbers a step ask for JSON.
"""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import ElementHandle, Locator, Page

DRAWN = """(root) => [...root.querySelectorAll("[data-symbol]")].map((node) => ({
    ...node.dataset, text: node.textContent,
}))"""


def read(where: ElementHandle | Locator | Page, script: str) -> Any:
    """What a function of the page returns; what has no JSON form becomes None or is left out.

    Args:
        where: an element, which the function gets, or a page, and it gets nothing.
        script: source of a function that is not asynchronous.
    """
    return json.loads(where.evaluate(f"(node) => JSON.stringify(({script})(node))"))


def drawn(root: ElementHandle | Locator) -> list[dict[str, str]]:
    """All marked elements of a widget: their data attributes, and their text."""
    return read(root, DRAWN)


def read_twin(root: ElementHandle | Locator) -> dict[str, Any]:
    """The state that the twin around a widget was written with."""
    return json.loads(root.evaluate("(root) => root.parentElement.dataset.state"))


def computed(page: Page, source: str, program: str, *arguments: Any) -> Any:
    """What a program in JavaScript makes of some arguments, here and there in JSON.

    Args:
        page: to run it in.
        source: of a module.
        program: a function's name, or its source, which may name all that stands in the module.
    """
    given = ", ".join(map(json.dumps, arguments))
    text = page.evaluate(
        """async (source) => {
            const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
            const { answer } = await import(url);
            URL.revokeObjectURL(url);
            return JSON.stringify(answer);
        }""",
        f"{source}\nexport const answer = ({program})({given});",
    )
    return json.loads(text)
