"""A Chromium that answers to nobody but this machine, and pages that are watched."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# The same engine without a window: tests take a third less time in it.
SHELL = "chromium-headless-shell"
# Only 127.0.0.1 can be reached, by any kind of request: the rest finds no address.
FLAGS = (
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--no-proxy-server",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
)


def candidates(playwright: Playwright, *, whole: bool = False) -> list[str]:
    """Programs that may be a Chromium, best first; the variable CHROMIUM overrules all.

    Args:
        playwright: knows where its own would be.
        whole: rather the browser that people use than its shell, as for timings.
    """
    if chosen := os.environ.get("CHROMIUM"):
        return [chosen]
    names = (*NAMES, SHELL) if whole else (SHELL, *NAMES)
    found = [path for name in names if (path := shutil.which(name))]
    return [*found, playwright.chromium.executable_path]


def launch(playwright: Playwright, *flags: str, whole: bool = False) -> Browser | str:
    """The first candidate that starts, or one line that says why there is none; ``flags`` are more of its own."""
    problems = []
    for path in candidates(playwright, whole=whole):
        if not os.path.exists(path):
            problems.append(f"{path}: not there")
            continue
        try:
            return playwright.chromium.launch(executable_path=path, args=[*FLAGS, *flags])
        except Error as error:
            problems.append(f"{path}: {error.message.splitlines()[0]}")
    return "no Chromium (set CHROMIUM to one, or run `playwright install chromium`): " + "; ".join(problems)


def give_up(why: str) -> NoReturn:
    """Skip the test, but fail it where ``CI=true``: there the browser must not be missing."""
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(why)
    pytest.skip(why)


@dataclass
class Visit:
    """A page, and what it did that no lesson may do.

    Attributes:
        errors: console errors and uncaught exceptions, in order.
        strangers: addresses of requests that would leave this machine.
    """

    page: Page
    errors: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Start to record."""
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.errors.append(f"uncaught: {error}"))
        self.page.on("request", lambda request: self._address(request.url))
        self.page.on("websocket", lambda socket: self._address(socket.url))

    def take_errors(self) -> list[str]:
        """The errors so far, and forget them: for a test that provokes some."""
        taken, self.errors[:] = list(self.errors), []
        return taken

    def assert_quiet(self) -> None:
        """No error so far, and no request that would leave this machine."""
        assert self.errors == [], "the page reported errors:\n" + "\n".join(self.errors)
        assert self.strangers == [], f"the page asked other machines: {self.strangers}"

    def _console(self, message) -> None:
        if message.type == "error":
            where = message.location.get("url", "")
            self.errors.append(f"console: {message.text[:2000]} ({where})")

    def _address(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("file", "data", "blob", "about") and parts.hostname != "127.0.0.1":
            self.strangers.append(url)


@contextlib.contextmanager
def visit(browser: Browser, **options) -> Iterator[Visit]:
    """A watched page in a context of its own.

    Args:
        browser: where to open it.
        options: of ``Browser.new_context``, such as ``viewport`` or ``color_scheme``.
    """
    context: BrowserContext = browser.new_context(**{"viewport": {"width": 1280, "height": 900}} | options)
    context.set_default_timeout(60_000)
    try:
        watched = Visit(context.new_page())
        watched.watch()
        yield watched
    finally:
        context.close()
