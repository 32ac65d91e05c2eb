"""One Chromium per file of tests, and pages that fail their test when they report an error."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser import chromium


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


@pytest.fixture(scope="module")
def repository_on_path():
    """Kernels started from here on find this repository, its tests included."""
    with pytest.MonkeyPatch.context() as patch:
        root = str(Path(__file__).parents[2])
        patch.setenv("PYTHONPATH", root, prepend=os.pathsep)
        yield
