"""Start a new slide wherever one is full: ``python -m tests.browser.split_slides [NAMES]``.

A tool for authors. It makes the deck of each lesson, measures every part in Chromium, and turns
the first ``fragment`` that does not fit any more into a ``subslide``, in the notebook's metadata
alone. What is too tall all by itself it can only name. Afterwards read the deck: a slide should
say one thing, and only you know which.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from itertools import groupby
from pathlib import Path

import nbformat
from playwright.sync_api import sync_playwright

from lstm_lessons.authoring.notebooks import normalize
from lstm_lessons.publish import slides
from tests.browser import chromium
from tests.notebooks import form

ROOM = 670  # pixels of a slide's 720, without its edges
GAP = 14
FIGURE = 240  # a figure shrinks to this before its slide counts as full
HEIGHTS = """async () => {
    const slides = [];
    for (const slide of document.querySelectorAll('.slides > section > section')) {
        const { h, v } = Reveal.getIndices(slide);
        Reveal.slide(h, v);
        slide.querySelectorAll('.fragment').forEach((part) => part.classList.add('visible'));
        await MathJax.typesetPromise([slide]);
        await new Promise((done) => setTimeout(done, 30));
        slides.push([...slide.querySelectorAll(':scope > .item')].map((item) => ({
            cell: Number(item.dataset.cell),
            height: item.getBoundingClientRect().height / Reveal.getScale(),
            figure: Boolean(item.querySelector(':scope > .output > img')),
            widget: Boolean(item.querySelector('[data-lstm-widget]')),
            text: item.innerText.trim().slice(0, 40),
        })));
    }
    return slides;
}"""


def full_at(items: list[dict]) -> tuple[list[int], list[str]]:
    """Cells of one slide that should start a new one, and what is too tall in any case.

    Args:
        items: the parts from top to bottom: ``cell``, ``height`` in pixels, whether it is a
            ``figure`` or a ``widget``, and its ``text``.
    """
    starts, tall = [], []
    used = 0.0
    for cell, parts in groupby(items, key=lambda item: item["cell"]):
        parts = list(parts)
        height = sum(GAP + (FIGURE if p["figure"] else p["height"]) for p in parts)
        widget = any(p["widget"] for p in parts)
        if used and (widget or used + height > ROOM):
            starts.append(cell)
            used = 0.0
        if height > ROOM and not widget:
            tall.append(f"cell {cell} needs {height:.0f} pixels: {parts[0]['text']!r}")
        used += height
    return starts, tall


def main() -> int:
    """Split the lessons named, or all; the exit code."""
    parser = argparse.ArgumentParser(description="Start a new slide wherever one is full.")
    parser.add_argument("names", nargs="*", help="lessons, such as 01")
    names = tuple(parser.parse_args().names) or ("",)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        if isinstance(browser, str):
            print(browser, file=sys.stderr)
            return 1
        for path in (path for path in form.LESSONS if path.stem.startswith(names)):
            [deck] = slides.build([path], Path(folder), full=True)
            with chromium.visit(browser, viewport={"width": 1280, "height": 720}) as visit:
                visit.page.goto(deck.as_uri())
                visit.page.wait_for_selector("html[data-ready]")
                measured = visit.page.evaluate(HEIGHTS)
            notebook = nbformat.read(path, as_version=4)
            changed = 0
            for items in measured:
                starts, tall = full_at(items)
                for cell in starts:
                    if notebook.cells[cell].metadata.slideshow.slide_type == "fragment":
                        notebook.cells[cell].metadata.slideshow.slide_type = "subslide"
                        changed += 1
                for fault in tall:
                    print(f"{path.stem}: {fault}")
            if changed:
                nbformat.write(normalize(notebook), path)
            print(f"{path.stem}: {changed} new slides")
    return 0


if __name__ == "__main__":
    sys.exit(main())
