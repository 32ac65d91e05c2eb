"""A JupyterLab of our own: no user's settings, no popups, no network; and a notebook open in it."""

from __future__ import annotations

import ast
import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import Locator, Page

from tests.browser.reading import read

# What JupyterLab would ask or announce on its first start, what it would fetch, and what costs time and tests nothing.
SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
    "@jupyterlab/apputils-extension:themes": {"adaptive-theme": False},
    # Each of a lesson's hundred editors has a cursor that blinks, seen or not: 60 frames a second, all through a run.
    "@jupyterlab/codemirror-extension:plugin": {"defaultConfig": {"cursorBlinkRate": 0}},
}
# The screens that the lessons are promised for, as pixels; the last leaves a cell 330 pixels beside the file list.
SCREENS = [{"width": width, "height": height} for width, height in ((1280, 800), (1440, 900), (700, 900))]
THEMES = ("JupyterLab Light", "JupyterLab Dark")
DOCUMENTS = "() => [...jupyterapp.shell.widgets('main')].filter((widget) => widget.context).length"
SETTLED = 180_000  # milliseconds that the page may take; a busy machine needs many


@dataclass(frozen=True)
class Lab:
    """A running server.

    Attributes:
        url: with the slash at its end.
        token: opens every door of this server.
        root: the folder that it serves.
    """

    url: str
    token: str
    root: Path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _request(lab: Lab, path: str, method: str = "GET") -> Any:
    request = urllib.request.Request(lab.url + path, method=method, headers={"Authorization": f"token {lab.token}"})
    with urllib.request.urlopen(request, timeout=60) as reply:  # a kernel takes its time to end, too
        return json.loads(reply.read() or "null")


@contextlib.contextmanager
def server(root: Path, scratch: Path, patience: float = 120) -> Iterator[Lab]:
    """JupyterLab on 127.0.0.1 with the kernel of this Python; gone, with its kernels, at the end.

    Args:
        root: folder to serve.
        scratch: empty folder for settings, runtime files and the log.
        patience: seconds to wait for the first answer.
    """
    config = scratch / "config" / "labconfig"
    config.mkdir(parents=True)
    (config / "default_setting_overrides.json").write_text(json.dumps(SETTINGS))
    lab = Lab(f"http://127.0.0.1:{_free_port()}/", secrets.token_hex(16), root)
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "IPYTHON"))}
    # The proxies of a guarded network would take even 127.0.0.1 for themselves.
    environment = {k: v for k, v in environment.items() if not k.lower().endswith("_proxy")}
    environment |= {
        "JUPYTER_CONFIG_DIR": str(scratch / "config"),
        "JUPYTER_DATA_DIR": str(scratch / "data"),
        "JUPYTER_RUNTIME_DIR": str(scratch / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(scratch / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(scratch / "workspaces"),
        "IPYTHONDIR": str(scratch / "ipython"),
        "JUPYTER_TOKEN": lab.token,
    }
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={lab.url.rsplit(':')[-1].strip('/')}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={root}",
        "--ServerApp.terminals_enabled=False",
        "--LanguageServerManager.autodetect=False",  # or it asks for 20 programs first
        "--LabApp.expose_app_in_browser=True",
        "--LabApp.extension_manager=readonly",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    log = scratch / "server.log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=out, cwd=root)
    try:
        deadline = time.monotonic() + patience
        while True:
            with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
                _request(lab, "api/status")
                break
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-4000:]}")
            time.sleep(0.1)
        yield lab
    finally:
        if process.poll() is None:
            with contextlib.suppress(OSError):
                _request(lab, "api/shutdown", "POST")  # takes the kernels along
        for stop in (lambda: None, process.terminate, process.kill):
            stop()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=15)
                break


def write_notebook(path: Path, sources: Iterable[str], *, folded: bool = False) -> None:
    """A notebook of these code cells, folded as a lesson's set-up is or open."""
    metadata = {"jupyter": {"source_hidden": True}} if folded else {}
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source, metadata=metadata) for source in sources],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    nbformat.write(notebook, path)


def shut_kernels(lab: Lab) -> None:
    """End every running kernel."""
    for session in _request(lab, "api/sessions"):
        _request(lab, f"api/sessions/{session['id']}", "DELETE")


@dataclass(frozen=True)
class Notebook:
    """A notebook open in JupyterLab, in front of all else on its page."""

    page: Page

    def cells(self) -> list[dict]:
        """The cells as they would be saved now."""
        return read(self.page, "() => jupyterapp.shell.currentWidget.content.model.toJSON().cells")

    def document(self) -> nbformat.NotebookNode:
        """All of it, as it would be saved now."""
        return nbformat.reads(
            self.page.evaluate("() => JSON.stringify(jupyterapp.shell.currentWidget.content.model.toJSON())"),
            as_version=4,
        )

    def trusted(self) -> bool:
        """Whether JupyterLab trusts all the outputs."""
        return self.page.evaluate(
            "() => [...jupyterapp.shell.currentWidget.content.model.cells]"
            ".every(cell => cell.type !== 'code' || cell.trusted)"
        )

    def run_all(self, seconds: float = 120) -> None:
        """Run every cell, and wait for the last.

        Raises:
            AssertionError: if an output is an error or went to stderr.
        """
        self.page.evaluate(
            """() => {
                window.ran = null;
                jupyterapp.commands.execute("notebook:run-all-cells")
                    .then(() => { window.ran = "done"; }, (error) => { window.ran = `${error}`; });
            }"""
        )
        self.page.wait_for_function("() => window.ran !== null", timeout=seconds * 1000, polling=100)
        assert self.page.evaluate("() => window.ran") == "done"
        for cell in self.cells():
            for output in cell.get("outputs", ()):
                assert output["output_type"] != "error", "\n".join(output["traceback"])
                assert output.get("name") != "stderr", "".join(output["text"])

    def cell(self, index: int) -> Locator:
        """A cell, where it is. JupyterLab draws the cells near the view alone."""
        return self.page.locator(
            f"css:light=.jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell[data-windowed-list-index='{index}']"
        )

    def show(self, index: int) -> Locator:
        """Bring a cell into view; JupyterLab takes its time for it."""
        self.page.evaluate(
            """async (index) => {
                const notebook = jupyterapp.shell.currentWidget.content;
                notebook.activeCellIndex = index;
                await notebook.scrollToItem(index, "start");
            }""",
            index,
        )
        return self.cell(index)

    def close(self) -> None:
        """Leave the notebook as it was saved last. JupyterLab stays, and opens the next one sooner than a new page."""
        self.page.evaluate("() => jupyterapp.shell.currentWidget.dispose()")

    def evaluate(self, expression: str) -> Any:
        """Value of a Python expression in the kernel; it must have a JSON form."""
        reply = self.page.evaluate(
            """async (expression) => {
                const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
                const future = kernel.requestExecute({
                    code: "", silent: true, user_expressions: { answer: expression },
                });
                return (await future.done).content;
            }""",
            f"__import__('json').dumps({expression})",
        )
        answer = reply["user_expressions"]["answer"]
        assert answer["status"] == "ok", f"{expression}: {answer}"
        return json.loads(ast.literal_eval(answer["data"]["text/plain"]))

    def execute_later(self, code: str) -> None:
        """Start to run statements in the kernel, and go on."""
        self.page.evaluate(
            "(code) => { jupyterapp.shell.currentWidget.sessionContext.session.kernel"
            ".requestExecute({ code, store_history: false }); }",
            code,
        )

    def execute(self, code: str) -> None:
        """Run statements in the kernel, outside of all cells."""
        reply = self.page.evaluate(
            """async (code) => {
                const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
                const future = kernel.requestExecute({ code, store_history: false });
                return (await future.done).content;
            }""",
            code,
        )
        assert reply["status"] == "ok", "\n".join(reply.get("traceback", [str(reply)]))


def open_notebook(page: Page, lab: Lab, name: str) -> Notebook:
    """Open a notebook and wait until its kernel listens.

    Args:
        page: where to open it; a JupyterLab there whose notebooks are all closed is used again.
        lab: the server.
        name: path of the notebook, from the server's root.
    """
    if page.url.startswith(lab.url) and not page.evaluate(DOCUMENTS):
        page.evaluate("(path) => { jupyterapp.commands.execute('docmanager:open', { path }); }", name)
    else:
        page.goto(f"{lab.url}lab/tree/{name}?reset&token={lab.token}")
    page.wait_for_function(
        """() => {
            const app = window.jupyterapp;
            const panel = app?.shell?.currentWidget;
            const kernel = panel?.sessionContext?.session?.kernel;
            return app?.commands?.hasCommand("notebook:run-all-cells")
                && panel?.content?.model && kernel?.connectionStatus === "connected"
                && kernel?.status === "idle";
        }""",
        timeout=SETTLED,
    )
    return Notebook(page)


def soon(read: Callable[[], Any], wanted: Any) -> None:
    """Wait until a reading is what is wanted. A widget tells the kernel once the hand rests; a page moves by itself.

    Raises:
        AssertionError: if it is something else for half a minute.
    """
    deadline = time.monotonic() + 30
    while (found := read()) != wanted:
        assert time.monotonic() < deadline, f"{found!r} instead of {wanted!r}"
        time.sleep(0.05)


def turn(page: Page, theme: str) -> None:
    """Change JupyterLab's theme, one of `THEMES`, and wait for it."""
    page.evaluate("(theme) => jupyterapp.commands.execute('apputils:change-theme', { theme })", theme)
    light = str(theme == THEMES[0]).lower()
    page.wait_for_selector(f"body[data-jp-theme-light={light}]", state="attached")


@dataclass(frozen=True)
class Shown:
    """One of our widgets, in the output of a cell.

    Attributes:
        notebook: where it is.
        cell: index of the cell, from 0.
        module: name of its browser module.
        model: id of its model in the kernel.
    """

    notebook: Notebook
    cell: int
    module: str
    model: str

    def root(self) -> Locator:
        """The outermost element of its view, brought into sight."""
        root = self.notebook.show(self.cell).locator("css:light=.lstm-lessons").first
        root.wait_for(timeout=SETTLED)
        return root

    def state(self) -> dict[str, Any]:
        """Its state, as the kernel has it."""
        return self.notebook.evaluate(f"{_INSTANCES}[{self.model!r}].state()")


def all_widgets(notebook: Notebook) -> Locator:
    """The outermost elements of all our widgets in a notebook, where they are."""
    return notebook.page.locator("css:light=.jp-NotebookPanel:not(.lm-mod-hidden) .lstm-lessons[data-widget-root]")


_INSTANCES = "__import__('ipywidgets').widgets.widget._instances"
_VIEW = "application/vnd.jupyter.widget-view+json"


def widgets_of(notebook: Notebook) -> list[Shown]:
    """Our widgets in a notebook that has been run, in order."""
    models = [
        (index, output["data"][_VIEW]["model_id"])
        for index, cell in enumerate(notebook.cells())
        for output in cell.get("outputs", ())
        if _VIEW in output.get("data", {})
    ]
    modules = notebook.evaluate(f"{{k: getattr(w, 'module', None) for k, w in {_INSTANCES}.items()}}")
    return [Shown(notebook, index, modules[model], model) for index, model in models if modules[model]]
