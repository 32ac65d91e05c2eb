"""A CSV file that would like to be a program: all that a deck shows of it stays text."""

from __future__ import annotations

import base64
import csv
import io

import numpy as np
import pandas as pd
import pytest
import torch
from IPython.core.formatters import DisplayFormatter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from lstm_lessons import plots
from lstm_lessons.data import text
from lstm_lessons.exercises import start_here
from lstm_lessons.models import SequenceClassifier
from lstm_lessons.publish import slides
from lstm_lessons.widgets import GateMicroscope

LABELS = ('"><img src=x onerror="window.hacked = 1">', "</script><script>window.hacked = 1</script>")
TEXTS = (
    "<svg onload='window.hacked = 1'>one",
    "</style><iframe srcdoc='<script>parent.hacked = 1</script>'>two",
    "<!-- three $\\href{javascript:window.hacked=1}{x}$",
)


@pytest.fixture
def splits(tmp_path):
    """What `load_csv` makes of the file."""
    path = tmp_path / "hostile.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "label"])
        rows = [(words, label) for words in TEXTS for label in LABELS]
        writer.writerows((f"{words} {label}", label) for words, label in rows)
    return text.load_csv(path)


def display(value):
    """The output of a cell whose last line is this value."""
    data, metadata = DisplayFormatter().format(value)
    return new_output("display_data", data, metadata=metadata)


def raise_it(*anything):
    """An answer that fails with a word of the file in its message."""
    raise ValueError(LABELS[0])


def deck_of(splits) -> str:
    """A deck that shows the file in every way that the lessons show data."""
    torch.manual_seed(0)
    names = (*splits.train.texts, *splits.test.texts)[:3]
    microscope = GateMicroscope.from_torch(
        SequenceClassifier(3, 4, len(splits.classes)),
        [torch.randn(5, 3) for _ in names],
        labels=[0, 1, 0],
        names=names,
        class_names=splits.classes,
        feature_names=names,
        step_names=[list("abcde")] * 3,
    )
    verdict = start_here.new_memory.check(raise_it)
    assert LABELS[0] in str(verdict)
    figure, alt = plots.confusion.draw(np.array([[3, 1], [0, 2]]), splits.classes)
    figure.set_layout_engine(None)  # labels of that length leave no room
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png")
    picture = {"image/png": base64.b64encode(drawn.getvalue()).decode(), "text/plain": alt}
    table = pd.DataFrame({"text": splits.train.texts}, index=list(splits.train.texts))
    outputs = [
        [new_output("stream", text=splits.describe())],
        [new_output("execute_result", {"text/plain": repr(splits.classes)})],
        [display(verdict)],
        [display(table)],
        [new_output("display_data", {"text/html": microscope.twin()})],
        [new_output("display_data", picture, metadata={"image/png": {"alt": alt}})],
    ]
    kind = {"slideshow": {"slide_type": "slide"}}
    cells = [new_code_cell(f"{LABELS[1]!r}", outputs=found, metadata=kind) for found in outputs]
    title = new_markdown_cell("# Hostile data", metadata=kind)
    return slides.deck(new_notebook(cells=[title, *cells]))


@pytest.mark.parametrize("query", ["", "?print-pdf"])
def test_what_a_csv_file_says_stays_text_on_every_slide(open_visit, splits, tmp_path, query):
    assert set(splits.classes) == set(LABELS)
    path = tmp_path / "hostile.html"
    path.write_text(deck_of(splits), encoding="utf-8")
    visit = open_visit(offline=True, viewport={"width": 1280, "height": 720})
    page = visit.page
    page.goto(path.as_uri() + query)
    page.wait_for_selector("html[data-ready]")
    shown = page.locator(".slides > section > section, .pdf-page > section")
    assert shown.count() == 7, "the text swallowed a part of the page"
    texts = shown.evaluate_all("(all) => all.map((slide) => slide.textContent)")
    _, described, classes, verdict, table, microscope, figure = texts
    assert all(label in described for label in LABELS)
    assert LABELS[0] in verdict and all(words in table for words in splits.train.texts)
    assert all(label in classes for label in map(repr, LABELS))
    assert any(label in microscope for label in LABELS)
    alt = page.locator(".output > img").get_attribute("alt")
    assert any(label in alt for label in LABELS), alt
    assert page.evaluate("() => window.hacked") is None
    assert page.locator(".slides :is(iframe, script, img[src=x])").count() == 0
    visit.assert_quiet()


def test_the_deck_above_would_show_an_unescaped_label(splits, monkeypatch):
    monkeypatch.setattr("html.escape", lambda value, quote=True: value)
    with pytest.raises(ValueError, match="could run a program"):
        deck_of(splits)
