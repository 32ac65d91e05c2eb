"""How long a slider takes to answer: ``make bench PARTS=slider``.

JupyterLab shows a `GateExplorer`, whose maths runs in the browser, and an
``ipywidgets.interactive`` that draws the same step with matplotlib in the kernel. An arrow key
goes to one and the other in turn, so that whatever else the machine does hits both. Measured
from the event to the end of the frame that shows the new numbers: in that frame a message is
posted, and it arrives once the frame has been drawn. A `SequenceExplorer` is drawn on as well, and
a phrase typed into a `PhraseExplorer`, and a boundary of a `SpeechExplorer` is moved.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import nbformat
from playwright.sync_api import Browser, Error, Locator, Page, sync_playwright

from tests.browser import chromium
from tests.browser.lab import open_notebook, server

WARM_UP = 5
CELLS = [
    """
%matplotlib inline
import ipywidgets, torch
import matplotlib.pyplot as plt
from lstm_lessons.trace import trace_gates
from lstm_lessons.widgets import GateExplorer, SequenceExplorer

explorer = GateExplorer()
cell, h, c = explorer.to_torch(), torch.tensor(explorer.h), torch.tensor(explorer.c)

def draw(x=0.6):
    step = trace_gates(cell, torch.tensor([x]).double(), (h.double(), c.double()))
    plt.figure(figsize=(5, 2))
    plt.bar(list("ifgoch"), [getattr(step, name).item() for name in "ifgoch"])
    plt.show()

ipywidgets.interactive(draw, x=ipywidgets.FloatSlider(value=0.6, min=-3, max=3, step=0.05))
""",
    "explorer",
    "SequenceExplorer()",
    """
from lstm_lessons.text.tokenizer import build_vocabulary
from lstm_lessons.text.classifier import TextClassifier
from lstm_lessons.widgets import PhraseExplorer

letters = build_vocabulary(["abcdefghijklmnopqrstuvwxyz "], at_least=1)
model = TextClassifier(len(letters) + 2, 15, 24, 80).eval()  # the sizes of the text lesson
PhraseExplorer.from_torch(model, letters, [f"language {k}" for k in range(15)], phrase="an ")
""",
    """
from lstm_lessons.data import digits
from lstm_lessons.speech.recognizer import Recognizer
from lstm_lessons.widgets import SpeechExplorer

model = Recognizer(64).eval()  # the sizes of the lesson on speech
SpeechExplorer.from_torch(model, {"a voice": digits.load(scaled=False).test}, digits="331409")
""",
]
PHRASE = "old man was telling stories of the sea to all"
ARM = """([root, kind, event]) => {
    window.answered = new Promise((resolve, reject) => {
        let [start, changed] = [null, false];
        const observer = new MutationObserver((records) => {
            if (start === null || changed) return;
            if (kind === "numbers") { changed = true; return; }
            const images = records.flatMap((record) => [record.target, ...record.addedNodes])
                .map((node) => node.localName === "img" ? node : node.querySelector?.("img"));
            const image = images.find((found) => found);
            if (image) image.decode().then(() => { changed = true; }, () => {});
        });
        observer.observe(root, kind === "numbers"
            ? { subtree: true, attributes: true, attributeFilter: ["data-value", "data-values"] }
            : { subtree: true, childList: true, attributes: true, attributeFilter: ["src"] });
        const timer = setTimeout(() => { stop(); reject(new Error("no answer")); }, 30000);
        const stop = () => {
            observer.disconnect();
            clearTimeout(timer);
            window.removeEventListener(event, begin, true);
        };
        const frame = () => requestAnimationFrame(() => {
            const channel = new MessageChannel();
            channel.port1.onmessage = () => {
                if (!changed) return frame();
                stop();
                resolve(performance.now() - start);
            };
            channel.port2.postMessage(null);
        });
        const begin = ({ timeStamp }) => { if (start === null) { start = timeStamp; frame(); } };
        window.addEventListener(event, begin, true);
    });
}"""


def answer_time(page: Page, root: Locator, kind: str, event: str, act) -> float:
    """Milliseconds from the event that `act` causes to the end of the frame that answers it.

    Args:
        page: where it happens.
        root: element in which the answer appears.
        kind: ``numbers`` or ``image``, what the answer is.
        event: type of the event.
        act: causes one such event.
    """
    page.evaluate(ARM, [root.element_handle(), kind, event])
    act()
    time = page.evaluate("() => window.answered")
    page.wait_for_timeout(250)  # let the kernel hear of it, so that nothing waits in line
    return time


def measure(page: Page, notebook, presses: int) -> dict[str, list[float]]:
    """Times in milliseconds, by what was measured."""
    kernel, browser = notebook.show(0), notebook.show(1)
    page.evaluate("() => jupyterapp.shell.currentWidget.content.scrollToItem(0, 'start')")
    sliders = {
        "interactive + matplotlib": (kernel, "image", kernel.locator(".noUi-handle")),
        "GateExplorer": (browser, "numbers", browser.locator("input[data-name=x_0]")),
    }
    times: dict[str, list[float]] = {name: [] for name in sliders}
    for turn in range(WARM_UP + presses):
        key = "ArrowRight" if turn // 10 % 2 == 0 else "ArrowLeft"
        for name, (root, kind, slider) in sliders.items():
            slider.focus()
            page.wait_for_timeout(250)  # JupyterLab marks another cell as the active one: not ours
            time = answer_time(page, root, kind, "keydown", lambda k=key: page.keyboard.press(k))
            times[name] += [time] * (turn >= WARM_UP)
    root = notebook.show(2)
    pad = root.locator("[data-role=pad]")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    times["SequenceExplorer, drawing"] = []
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    for turn in range(WARM_UP + presses):
        place = (
            box["x"] + box["width"] * (0.05 + 0.9 * turn / (WARM_UP + presses)),
            box["y"] + box["height"] * (0.1, 0.9)[turn % 2],
        )
        time = answer_time(page, root, "numbers", "pointermove", lambda p=place: page.mouse.move(*p))
        times["SequenceExplorer, drawing"] += [time] * (turn >= WARM_UP)
    page.mouse.up()
    root = notebook.show(3)
    root.locator("[data-name=phrase]").focus()
    page.keyboard.press("End")
    page.wait_for_timeout(250)
    times["PhraseExplorer, a letter"] = []
    for turn, letter in enumerate(PHRASE):
        time = answer_time(page, root, "numbers", "input", lambda letter=letter: page.keyboard.type(letter))
        times["PhraseExplorer, a letter"] += [time] * (turn >= WARM_UP)
    root = notebook.show(4)
    root.locator("[data-pause='1']").focus()
    page.wait_for_timeout(250)
    times["SpeechExplorer, a boundary"] = []
    for turn in range(WARM_UP + presses):
        key = "ArrowRight" if turn // 10 % 2 == 0 else "ArrowLeft"
        time = answer_time(page, root, "numbers", "keydown", lambda k=key: page.keyboard.press(k))
        times["SpeechExplorer, a boundary"] += [time] * (turn >= WARM_UP)
    return times


class Failed(Exception):
    """The measurement failed; the message says how."""


def run(presses: int = 40) -> tuple[dict[str, list[float]], str]:
    """Start a JupyterLab and a Chromium, and measure.

    Args:
        presses: of each slider.

    Returns:
        Times in milliseconds, by what was measured, and Chromium's version.

    Raises:
        Failed: if there is no Chromium, or the pages do not behave.
    """
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    book = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source.strip()) for source in CELLS], metadata=metadata
    )
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = chromium.launch(playwright, whole=True)
        if not isinstance(browser, Browser):
            raise Failed(browser)
        root, scratch = Path(folder, "root"), Path(folder, "scratch")
        root.mkdir()
        scratch.mkdir()
        nbformat.write(book, root / "latency.ipynb")
        window = {"width": 1280, "height": 900}
        try:
            with server(root, scratch) as lab, chromium.visit(browser, viewport=window) as watched:
                notebook = open_notebook(watched.page, lab, "latency.ipynb")
                notebook.run_all()
                notebook.page.locator(".lstm-lessons").first.wait_for()
                times = measure(watched.page, notebook, presses)
                watched.assert_quiet()
        except (Error, AssertionError, RuntimeError) as problem:
            raise Failed(problem) from problem
        return times, browser.version
