"""The Firefox that people use, spoken to in its own WebDriver BiDi: https://w3c.github.io/webdriver-bidi/.

Playwright's hands do not reach it: they need a build of Playwright's own, or a Firefox newer than the long-lived one.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import websocket

NAMES = ("firefox-esr", "firefox")
# It asks no other machine by itself.
PREFERENCES = {
    "app.normandy.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "http://127.0.0.1:9",
}
ARROW_RIGHT, ARROW_LEFT = "\ue014", "\ue012"  # WebDriver's names of keys
PATIENCE = 30.0  # seconds


def found() -> str | None:
    """The program: what the variable FIREFOX names, or the first that there is."""
    chosen = os.environ.get("FIREFOX")
    return chosen or next((path for name in NAMES if (path := shutil.which(name))), None)


class Firefox:
    """A Firefox without a window, with one tab.

    Args:
        program: to start.
        folder: an empty one, for its profile.

    Attributes:
        errors: console errors and uncaught exceptions of its pages, in order.
        strangers: addresses of requests of its pages that would leave this machine.
    """

    def __init__(self, program: str, folder: Path) -> None:
        lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items())
        (folder / "user.js").write_text("\n".join(lines), encoding="utf-8")
        self.errors: list[str] = []
        self.strangers: list[str] = []
        self._sent, log = 0, folder / "stderr.txt"
        command = (program, "--headless", "--remote-debugging-port=0", "--profile", str(folder))
        with open(log, "w", encoding="utf-8") as file:
            self._process = subprocess.Popen(command, stdout=file, stderr=file)
        try:
            self._socket = websocket.create_connection(
                f"{self._address(log)}/session", timeout=PATIENCE, suppress_origin=True
            )
            self._send("session.new", capabilities={})
            self._send("session.subscribe", events=["log.entryAdded", "network.beforeRequestSent"])
            self._tab = self._send("browsingContext.getTree")["contexts"][0]["context"]
        except BaseException:
            self._process.kill()
            raise

    def close(self) -> None:
        """End it."""
        self._socket.close()
        self._process.terminate()
        self._process.wait(PATIENCE)

    def open(self, path: Path) -> None:
        """Show a file, once it has loaded."""
        self._send("browsingContext.navigate", context=self._tab, url=path.as_uri(), wait="complete")

    def evaluate(self, expression: str) -> Any:
        """What an expression of the page is worth, waited for if it is a promise."""
        whole = f"Promise.resolve({expression}).then((found) => JSON.stringify(found ?? null))"
        answer = self._send("script.evaluate", expression=whole, target={"context": self._tab}, awaitPromise=True)
        assert answer["type"] == "success", answer["exceptionDetails"]["text"]
        return json.loads(answer["result"]["value"])

    def wait_for(self, expression: str) -> None:
        """Wait until an expression of the page is true."""
        deadline = time.monotonic() + PATIENCE
        while not self.evaluate(expression):
            assert time.monotonic() < deadline, f"never true in Firefox: {expression}"
            time.sleep(0.05)

    def press(self, key: str) -> None:
        """Press a key; then the page has drawn what it does."""
        strokes = [{"type": kind, "value": key} for kind in ("keyDown", "keyUp")]
        self._send(
            "input.performActions", context=self._tab, actions=[{"type": "key", "id": "keys", "actions": strokes}]
        )
        self.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))")

    def _address(self, log: Path) -> str:
        deadline = time.monotonic() + PATIENCE
        while not (said := re.search(r"WebDriver BiDi listening on (ws://\S+)", log.read_text(encoding="utf-8"))):
            assert self._process.poll() is None and time.monotonic() < deadline, f"no start: {log.read_text()[-500:]}"
            time.sleep(0.05)
        return said[1]

    def _send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Give a command; its answer. Events that come first are noted."""
        self._sent += 1
        self._socket.send(json.dumps({"id": self._sent, "method": method, "params": parameters}))
        while (told := json.loads(self._socket.recv())).get("id") != self._sent:
            self._note(told["method"], told["params"])
        if told["type"] == "error":
            raise RuntimeError(f"{method}: {told['error']}: {told['message']}")
        return told["result"]

    def _note(self, event: str, what: dict[str, Any]) -> None:
        if event == "log.entryAdded" and what["level"] == "error":
            self.errors.append(what["text"])
        elif event == "network.beforeRequestSent":
            url = what["request"]["url"]
            if urlsplit(url).scheme not in ("file", "data", "blob", "about", "resource", "chrome"):
                self.strangers.append(url)
