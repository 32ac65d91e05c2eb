"""``python -m tests.browser.install``: get a Chromium for the browser tests, where it can be done.

It can be done by root on a Debian machine. Elsewhere one line says what is missing; that the
tests are then skipped, or under ``CI=true`` that they cannot run, which is an error.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from playwright.sync_api import sync_playwright

from tests.browser.chromium import SHELL, candidates

# Debian's names: a browser (the first of these that there is), and fonts for text and mathematics.
BROWSERS, FONTS = (SHELL, "chromium"), ("fonts-dejavu-core", "fonts-liberation")
MISSING = (
    "no Chromium was found. Install Chromium or Chrome, run `.venv/bin/playwright install "
    "chromium`, or name one: CHROMIUM=/path/to/chromium make test"
)


def installed() -> bool:
    """Whether there is a program that may be a Chromium."""
    with sync_playwright() as playwright:
        return any(os.path.exists(path) for path in candidates(playwright))


def install() -> None:
    """Install Debian's Chromium, if this is root on a Debian machine."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return
    print("Installing Chromium for the browser tests (the first time only) ...", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}

    def apt(*command: str) -> subprocess.CompletedProcess[str]:
        whole = ["apt-get", "--quiet", *command]
        return subprocess.run(whole, env=environment, capture_output=True, text=True)

    apt("update")
    for browser in BROWSERS:
        done = apt("install", "--yes", "--no-install-recommends", browser, *FONTS)
        if done.returncode == 0:
            return
    print(f"apt-get could not install it: {done.stderr.strip().splitlines()[-1]}", flush=True)


def main() -> int:
    if not installed() and "CHROMIUM" not in os.environ:
        install()
    if installed():
        return 0
    if os.environ.get("CI", "").lower() == "true":
        print(f"The browser tests cannot run: {MISSING}", file=sys.stderr)
        return 1
    print(f"The browser tests will be SKIPPED: {MISSING}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
