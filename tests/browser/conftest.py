"""One browser of a kind per file of tests, and pages that fail their test when they report an error."""

from __future__ import annotations

import contextlib
import functools
import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser import chromium
from tests.browser.firefox import Firefox
from tests.browser.firefox import found as find_firefox
from tests.browser.hands.base import Hands
from tests.browser.lab import open_notebook, server, shut_kernels, write_notebook
from tests.browser.lessons import solved_lessons
from tests.browser.pages import hands_for, open_page, write_page
from tests.browser.reading import computed


@pytest.fixture(scope="module")
def browser():
    """A running Chromium. Skips where there is none, except in CI, where that is a failure.

    It lives for one file of tests: Playwright keeps an event loop open as long as it lives, and the
    tests of notebooks, which may follow in the same process, need their own.
    """
    with sync_playwright() as playwright:
        started = chromium.launch(playwright)
        if not isinstance(started, Browser):
            chromium.give_up(started)
        yield started
        started.close()


@pytest.fixture(scope="module")
def firefox(tmp_path_factory):
    """A running Firefox, by the same rule."""
    program = find_firefox()
    if program is None or not os.path.exists(program):
        chromium.give_up(f"no Firefox (install it, or set FIREFOX to one): {program or 'none was found'}")
    started = Firefox(program, tmp_path_factory.mktemp("firefox"))
    yield started
    started.close()


@pytest.fixture
def open_visit(browser):
    """``open_visit(**context_options) -> Visit``; afterward, each must have been quiet."""
    with contextlib.ExitStack() as stack:
        visits = []

        def open_one(**options) -> chromium.Visit:
            visits.append(stack.enter_context(chromium.visit(browser, **options)))
            return visits[-1]

        yield open_one
        for watched in visits:
            watched.assert_quiet()


@pytest.fixture
def show(open_visit, tmp_path):
    """``show(widget, theme="light", **context_options)``: hands on a widget, alone on a page without a kernel."""

    def show_one(widget, theme: str = "light", **options) -> Hands:
        page = open_visit(**{"offline": True} | options).page
        [root] = open_page(page, write_page(tmp_path / "lesson.html", [widget], theme))
        return hands_for(root)

    return show_one


@pytest.fixture
def assert_broken_maths_is_seen(open_visit, tmp_path):
    """``assert_broken_maths_is_seen(widget, right, wrong)``: hands object where the script has ``wrong`` for
    ``right``, which stands in it once.
    """

    def look(widget, right: str, wrong: str) -> None:
        path = write_page(tmp_path / "broken.html", [widget])
        source = path.read_text(encoding="utf-8")
        assert source.count(right) == 1
        path.write_text(source.replace(right, wrong), encoding="utf-8")
        [root] = open_page(open_visit(offline=True).page, path)
        hands = hands_for(root)
        hands.patience = 0
        with pytest.raises(AssertionError, match="is off by"):
            hands.check()

    return look


@pytest.fixture(scope="module")
def compute(browser):
    """``compute(source, program, *arguments)``: see `reading.computed`; on one page for a whole file of tests."""
    with chromium.visit(browser, offline=True) as blank:
        yield functools.partial(computed, blank.page)
        blank.assert_quiet()


@pytest.fixture(scope="module")
def repository_on_path():
    """Kernels started from here on find this repository, its tests included."""
    with pytest.MonkeyPatch.context() as patch:
        root = str(Path(__file__).parents[2])
        patch.setenv("PYTHONPATH", root, prepend=os.pathsep)
        yield


@pytest.fixture(scope="module")
def open_cells(browser, tmp_path_factory, repository_on_path):
    """``open_cells(sources, folded=False, **context_options)``: server, visit and notebook, its cells run.

    All end after the last test of a file; then the page must have been quiet.
    """
    with contextlib.ExitStack() as stack:

        def open_one(sources, *, folded: bool = False, **options):
            folder = tmp_path_factory.mktemp("lab")
            for name in ("root", "scratch"):
                (folder / name).mkdir()
            write_notebook(folder / "root" / "cells.ipynb", sources, folded=folded)
            lab = stack.enter_context(server(folder / "root", folder / "scratch"))
            watched = stack.enter_context(chromium.visit(browser, **options))
            notebook = open_notebook(watched.page, lab, "cells.ipynb")
            notebook.run_all()
            stack.callback(watched.assert_quiet)
            stack.callback(shut_kernels, lab)
            return lab, watched, notebook

        yield open_one


@pytest.fixture(scope="module")
def lessons_in_lab(browser, tmp_path_factory, request):
    """The server on the ``LESSONS`` of a file of tests, solved, and one page for them all."""
    folder = tmp_path_factory.mktemp("lessons")
    with solved_lessons(request.module.LESSONS, folder) as lab, chromium.visit(browser) as watched:
        yield watched, lab


@pytest.fixture
def visit_to_lessons(lessons_in_lab):
    """A quiet page for one lesson, in which the lessons before it have been closed; and the server."""
    watched, lab = lessons_in_lab
    watched.take_errors()
    yield watched, lab
    shut_kernels(lab)
