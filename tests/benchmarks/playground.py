"""How fast the playground learns, and how fast the site's start page, which shows it, is drawn.

All of it in a Chromium that has just been started: updates a second of an LSTM alone and of three networks that race
and draw, the adding problem until it is solved, LSTM and RNN at 50 steps, and the start page.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from playwright.sync_api import Browser, Page

from lstm_lessons.authoring.notebooks import lessons
from lstm_lessons.publish import site
from lstm_lessons.widgets import Playground
from lstm_lessons.widgets.playground.widget import RATES
from lstm_lessons.widgets.shared.bundling import module_source
from tests.browser import chromium
from tests.browser.pages import ALIVE, open_page, write_page
from tests.browser.reading import computed

SECONDS, FAR_SECONDS, FRAME = 5, 30, 33.4  # of a speed; of the long task; milliseconds of two frames at 60 a second
SEEDS = range(5)
FAR_RATES = RATES[:5]
SETTINGS = ("task", "race", "length", "units", "rate", "optimizer", "forget_bias", "clip", "seed")
# One network of three learns alone, until it has solved the task or the time is over.
ALONE = """({ settings, racer, seconds, toTheEnd }) => {
    const task = TASKS[settings.task];
    const own = PLAYGROUND_RACES[settings.race].racers[racer];
    const entered = makeRacer({ ...settings, ...own }, task.I);
    const random = randomOf(8 * settings.seed);
    const mark = SOLVED * task.guess(settings.length);
    const start = performance.now();
    const spent = () => (performance.now() - start) / 1000;
    while (spent() < seconds && (toTheEnd || entered.racer.solved === null) && !entered.racer.lost) {
        entered.learn(drawBatch(task, random, settings.length, BATCH), mark);
    }
    const { updates, mean, solved } = entered.racer;
    return { updates, mean, solved, seconds: spent() };
}"""
RACING = """(seconds) => new Promise((done) => {
    const racer = document.querySelector("[data-symbol=network]");
    const [start, first] = [performance.now(), Number(racer.dataset.updates)];
    const frames = [];
    let last = null;
    const look = (now) => {
        if (last !== null) frames.push(now - last);
        last = now;
        const spent = (performance.now() - start) / 1000;
        if (spent < seconds) requestAnimationFrame(look);
        else done({ per_second: (Number(racer.dataset.updates) - first) / spent, frames });
    };
    requestAnimationFrame(look);
})"""


def _alone(page: Page, racer: int, seconds: float, *, to_the_end: bool = False, **traits: Any) -> dict[str, Any]:
    widget = Playground(**traits)
    settings = {name: getattr(widget, name) for name in SETTINGS}
    asked = {"settings": settings, "racer": racer, "seconds": seconds, "toTheEnd": to_the_end}
    return computed(page, module_source("playground_race"), ALONE, asked)


def speeds(browser: Browser, folder: Path) -> dict[str, float]:
    """Updates a second: ``alone``, and ``racing`` with the ``longest`` frame in milliseconds and the ``share`` of
    frames that took longer than two of 60 a second.
    """
    traits = {"task": "adding", "length": 20, "units": 8}
    with chromium.visit(browser) as watched:
        _alone(watched.page, 2, 1, to_the_end=True, **traits)  # warm
        alone = _alone(watched.page, 2, SECONDS, to_the_end=True, **traits)
    with chromium.visit(browser, viewport={"width": 1280, "height": 800}) as watched:
        open_page(watched.page, write_page(folder / "playground.html", [Playground(**traits)]))
        watched.page.wait_for_timeout(1000)
        racing = watched.page.evaluate(RACING, SECONDS)
        watched.assert_quiet()
    late = sum(frame > FRAME for frame in racing["frames"]) / len(racing["frames"])
    return {
        "alone": alone["updates"] / alone["seconds"],
        "racing": racing["per_second"],
        "longest": max(racing["frames"]),
        "share": late,
    }


def adding(browser: Browser) -> list[float]:
    """Seconds until the LSTM has solved the adding problem over 30 steps, one per seed; infinite where it has not."""
    with chromium.visit(browser) as watched:
        runs = [_alone(watched.page, 2, FAR_SECONDS, seed=seed) for seed in SEEDS]
    return [run["seconds"] if run["solved"] else float("inf") for run in runs]


def far(browser: Browser) -> dict[str, dict[str, Any]]:
    """The adding problem over 50 steps: what an LSTM and an RNN reach in time, at the best of five rates."""
    found = {}
    with chromium.visit(browser) as watched:
        watched.page.set_default_timeout(0)
        for racer, name in ((2, "LSTM"), (0, "RNN")):
            runs = [
                _alone(watched.page, racer, FAR_SECONDS, length=50, rate=rate) | {"rate": rate} for rate in FAR_RATES
            ]
            found[name] = min(
                runs, key=lambda run: (run["solved"] is None, run["seconds"] if run["solved"] else run["mean"])
            )
    return found


def start_page(browser: Browser, folder: Path) -> dict[str, float]:
    """The site's first page: ``seconds`` until all of its widgets are drawn, and ``kb`` of what it asks for without
    MathJax.
    """
    site.build(lessons(Path(__file__).parents[2] / "notebooks", []), folder / "site")
    with chromium.visit(browser, offline=True, viewport={"width": 1280, "height": 800}) as watched:
        asked = {folder / "site/index.html"}
        watched.page.on("request", lambda request: asked.add(Path(unquote(urlsplit(request.url).path))))
        watched.page.add_init_script(
            f"""(() => {{
                const look = () => {{
                    const read = document.readyState !== "loading" && document.querySelector("[data-lstm-widget]");
                    if (read && ({ALIVE})())
                        window.drawn = performance.now();
                    else requestAnimationFrame(look);
                }};
                requestAnimationFrame(look);
            }})()"""
        )
        watched.page.goto((folder / "site/index.html").as_uri())
        watched.page.wait_for_function("() => window.drawn")
        seconds = watched.page.evaluate("() => window.drawn") / 1000
    files = [
        path for path in asked if path.is_file() and "mathjax" not in str(path).lower() and "tex-" not in path.name
    ]
    return {"seconds": seconds, "kb": sum(path.stat().st_size for path in files) / 1000}


def run(playwright) -> dict[str, Any]:
    """All of it.

    Raises:
        RuntimeError: if there is no Chromium; the message says why.
    """
    browser = chromium.launch(playwright, whole=True)
    if not isinstance(browser, Browser):
        raise RuntimeError(browser)
    try:
        with tempfile.TemporaryDirectory() as folder:
            return {
                "speeds": speeds(browser, Path(folder)),
                "adding": adding(browser),
                "far": far(browser),
                "start": start_page(browser, Path(folder)),
            }
    finally:
        browser.close()


def in_words(found: dict[str, Any]) -> list[str]:
    """The paragraphs of the page of measurements."""
    speed, start = found["speeds"], found["start"]
    each = ", ".join(f"{seconds:.1f}" for seconds in sorted(found["adding"]))
    lines = [
        f"Updates a second at 20 steps, 8 units and 16 sequences: {speed['alone']:.0f} of an LSTM alone, "
        f"{speed['racing']:.0f} where three networks race and are drawn (longest frame {speed['longest']:.0f} ms, "
        f"{speed['share']:.1%} of the frames over 33 ms).",
        f"The LSTM solves the adding problem over 30 steps in {statistics.median(found['adding']):.1f} s, median of "
        f"{len(found['adding'])} seeds ({each}).",
    ]
    for name, best in found["far"].items():
        end = (
            f"solved in {best['seconds']:.1f} s" if best["solved"] else f"loss {best['mean']:.3f} after {FAR_SECONDS} s"
        )
        lines.append(f"Over 50 steps, {name} at its best of {len(FAR_RATES)} rates, {best['rate']:g}: {end}.")
    lines.append(
        f"The site's start page is drawn after {start['seconds']:.2f} s; {start['kb']:.0f} kB without MathJax."
    )
    return [part for line in lines for part in (line, "")][:-1]
