"""The README's animation and its picture of a named mistake: ``python -m tests.browser.animation`` makes both anew.

The animation shows the playground's first story, a picture every few updates, in a WebP that GitHub plays. The same
code gives the same numbers, so it changes only where the playground does.
"""

from __future__ import annotations

import io
import math
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from lstm_lessons.exercises import gate_equations as exercises
from lstm_lessons.widgets import Playground
from lstm_lessons.widgets.playground.widget import PRESETS
from tests.browser import chromium
from tests.browser.pages import open_page, write_page

IMAGES = Path(__file__).parents[2] / "notebooks/images"
TARGET, MISTAKE = IMAGES / "playground.webp", IMAGES / "named_mistake.png"
MOST_BYTES = 3_000_000
PICTURES, UPDATES = 60, 7  # of the film; between two pictures
PAUSE, LAST = 100, 3000  # milliseconds that a picture stays, and the last one
WIDTH = 900  # pixels


def film(browser: Browser, path: Path) -> list[Image.Image]:
    """The pictures, one every few updates.

    Args:
        browser: to draw in.
        path: where the page is written.
    """
    screen = {"width": WIDTH + 32, "height": 800}
    with chromium.visit(browser, offline=True, viewport=screen, device_scale_factor=1) as watched:
        page = watched.page
        widget = Playground(preset=next(iter(PRESETS)), playing=False)
        [root] = open_page(page, write_page(path, [widget]))
        pictures = []
        for _ in range(PICTURES):
            pictures.append(Image.open(io.BytesIO(root.screenshot())).convert("RGB"))
            step = root.locator("[data-action=step]")
            step.evaluate("(button, updates) => { for (let k = 0; k < updates; k++) button.click(); }", UPDATES)
        watched.assert_quiet()
        return pictures


def one_step(z_i, z_f, z_g, z_o, c):
    """An answer to lesson 1's exercise that runs, and is wrong: the output gate changes the memory itself."""
    i, f, o = (1 / (1 + math.exp(-z)) for z in (z_i, z_f, z_o))
    c = o * math.tanh(f * c + i * math.tanh(z_g))
    return c, c


def photograph_mistake(browser: Browser) -> None:
    """What `check` says of `one_step`, as a learner sees it."""
    verdict = exercises.one_step.check(one_step)
    assert verdict.mistake == "output_gate_on_the_memory"
    with chromium.visit(browser, offline=True, viewport={"width": 720, "height": 400}) as watched:
        style = "font: 15px/1.5 system-ui, sans-serif; margin: 8px"
        watched.page.set_content(f'<body style="{style}"><main>{verdict._repr_html_()}</main>')
        watched.page.locator("main").screenshot(path=MISTAKE)


def main() -> int:
    """Write both."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        if not isinstance(browser, Browser):
            print(browser, file=sys.stderr)
            return 1
        pictures = film(browser, Path(folder, "playground.html"))
        photograph_mistake(browser)
        browser.close()
    times = [PAUSE] * (len(pictures) - 1) + [LAST]
    TARGET.parent.mkdir(exist_ok=True)
    pictures[0].save(
        TARGET,
        save_all=True,
        append_images=pictures[1:],
        duration=times,
        loop=0,
        quality=70,
        method=4,
        minimize_size=True,
    )
    size = TARGET.stat().st_size
    print(f"{TARGET.name}: {len(pictures)} pictures, {size / 1e6:.2f} MB")
    return 0 if size < MOST_BYTES else 1


if __name__ == "__main__":
    sys.exit(main())
