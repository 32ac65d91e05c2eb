"""In Firefox, too, widgets live and hear keys, a deck turns, and no page reports an error.

That their numbers are right is seen in Chromium: the same code computes them. The site's page is in ``test_site.py``.
"""

from __future__ import annotations

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from lstm_lessons.publish import slides
from tests.browser.firefox import ARROW_LEFT, ARROW_RIGHT
from tests.browser.hands.base import LOOK
from tests.browser.pages import ALIVE, write_page
from tests.browser.samples import NAMES, sample

FIRST = {name.partition(" ")[0]: name for name in reversed(NAMES)}  # one of each kind
# The first control that can be seen, a slider if there is one.
CONTROL = """(() => {
    const root = document.querySelector("main .lstm-lessons, section.present .lstm-lessons");
    const kinds = ["input[type=range]", "button[aria-pressed=false]", "select", "button:not([data-action=tour])"];
    const seen = kinds.flatMap((kind) => [...root.querySelectorAll(kind)]).filter(
        (node) => !node.disabled && node.checkVisibility());
    return seen[0];
})()"""
# It gets the focus; of its kind, and whether a slider has room to the right.
FOCUS = f"((node) => (node.focus(), [node.localName, Number(node.value) < Number(node.max)]))({CONTROL})"


@pytest.fixture
def quiet(firefox):
    """Firefox, which must have been quiet in the test."""
    yield firefox
    assert firefox.errors == [] and firefox.strangers == []


def use_first_control(firefox) -> None:
    """Press a key on the first control of the widget that is shown, choose or click; what is drawn must change.

    A window that nobody sees has no focus, and without it a button of Firefox does not answer to Enter.
    """
    kind, has_room = firefox.evaluate(FOCUS)
    root = "document.querySelector('main .lstm-lessons, section.present .lstm-lessons')"
    drawn = f"({LOOK})({root})" if kind == "input" else f"{root}.innerHTML"
    before = firefox.evaluate(drawn)
    if kind == "select":
        firefox.evaluate(f"((node) => (node.selectedIndex++, node.dispatchEvent(new Event('change'))))({CONTROL})")
    elif kind == "button":
        firefox.evaluate(f"{CONTROL}.click()")  # found anew: a widget that draws itself again has made another
    else:
        firefox.press(ARROW_RIGHT if has_room else ARROW_LEFT)
    firefox.wait_for(f"{drawn} !== {before!r}")


@pytest.mark.parametrize("name", FIRST.values())
def test_a_widget_lives_and_answers(quiet, tmp_path, name):
    quiet.open(write_page(tmp_path / "lesson.html", [sample(name)]))
    quiet.wait_for(f"({ALIVE})()")
    use_first_control(quiet)


def test_a_deck_turns_by_its_keys_and_a_slider_keeps_its_own(quiet, tmp_path):
    kind = {"slideshow": {"slide_type": "slide"}}
    shown = new_output("display_data", {"text/html": sample("gate").twin()})
    cells = [
        new_markdown_cell(r"# Gates: $\sigma(x)$", metadata=kind),
        new_code_cell("gate", outputs=[shown], metadata=kind),
        new_markdown_cell("# The end", metadata=kind),
    ]
    path = tmp_path / "deck.html"
    path.write_text(slides.deck(nbformat.v4.new_notebook(cells=cells)), encoding="utf-8")
    quiet.open(path)
    quiet.wait_for("document.documentElement.hasAttribute('data-ready')")
    formula = "document.querySelector('section.present mjx-container svg').getBoundingClientRect().width"
    assert quiet.evaluate(formula) > 20
    quiet.press(ARROW_RIGHT)
    use_first_control(quiet)
    here = "Reveal.getIndices().h"
    assert quiet.evaluate(here) == 1, "a slider's key turned the slide"
    quiet.evaluate("document.activeElement.blur()")
    quiet.press(ARROW_RIGHT)
    assert quiet.evaluate(here) == 2


def test_errors_and_requests_to_other_machines_are_seen(firefox, tmp_path):
    path = tmp_path / "wrong.html"
    wrong = "console.error('said'); fetch('https://cdn.example/x').catch(() => 0); throw new Error('thrown');"
    path.write_text(f"<title>Wrong</title><script>{wrong}</script>")
    firefox.open(path)
    firefox.wait_for("true")
    seen = "\n".join(firefox.errors)
    assert "said" in seen and "thrown" in seen
    assert firefox.strangers == ["https://cdn.example/x"]
    firefox.errors.clear(), firefox.strangers.clear()
