"""``python -m tests.browser.install``: get a Chromium and a Firefox for the browser tests, where it can be done.

It can be done by root on a Debian machine. Elsewhere one line says what is missing; that the
tests are then skipped, or under ``CI=true`` that they cannot run, which is an error.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from playwright.sync_api import sync_playwright

from tests.browser import chromium, firefox

# Debian's names of each (the first of them that there is), and of fonts for text and mathematics.
BROWSERS = {"Chromium": (chromium.SHELL, "chromium"), "Firefox": ("firefox-esr",)}
FONTS = ("fonts-dejavu-core", "fonts-liberation")
MISSING = {
    "Chromium": "Install Chromium or Chrome, run `.venv/bin/playwright install chromium`, or name one: "
    "CHROMIUM=/path/to/chromium make test",
    "Firefox": "Install Firefox, or name one: FIREFOX=/path/to/firefox make test",
}


def missing() -> list[str]:
    """Which of the browsers there is no program for."""
    with sync_playwright() as playwright:
        found = {"Chromium": chromium.candidates(playwright), "Firefox": [firefox.found() or ""]}
    return [name for name, paths in found.items() if not any(map(os.path.exists, paths))]


def install(name: str) -> None:
    """Install one of Debian's browsers, if this is root on a Debian machine."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return
    print(f"Installing {name} for the browser tests (the first time only) ...", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}

    def apt(*command: str) -> subprocess.CompletedProcess[str]:
        whole = ["apt-get", "--quiet", *command]
        return subprocess.run(whole, env=environment, capture_output=True, text=True)

    apt("update")
    for browser in BROWSERS[name]:
        done = apt("install", "--yes", "--no-install-recommends", browser, *FONTS)
        if done.returncode == 0:
            return
    print(f"apt-get could not install it: {done.stderr.strip().splitlines()[-1]}", flush=True)


def main() -> int:
    for name in missing():
        if name.upper() not in os.environ:
            install(name)
    left = missing()
    in_ci = os.environ.get("CI", "").lower() == "true"
    for name in left:
        outcome = "cannot run" if in_ci else "will be SKIPPED"
        print(f"The tests in {name} {outcome}: none was found. {MISSING[name]}", file=sys.stderr, flush=True)
    return 1 if left and in_ci else 0


if __name__ == "__main__":
    sys.exit(main())
