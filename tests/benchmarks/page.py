"""One page that says what the lessons cost: ``make bench``, or ``python -m tests.benchmarks.page``.

Each part is measured by itself: the lessons (time and memory), a slider (how fast it answers,
beside ipywidgets), the decks and the site (size, time to build, time to the first slide), and,
when asked for, an installation. ``build/bench/page.json`` keeps what was measured, each part
with its date, command, machine and versions; a part that is measured again replaces its old
numbers. ``build/bench/page.md`` is the page. With ``--readme`` the table in the README takes
its times from the record.
"""

from __future__ import annotations

import argparse
import datetime
import importlib.metadata
import json
import os
import platform
import re
import resource
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import Browser, sync_playwright

from lstm_lessons.authoring import notebooks
from lstm_lessons.publish import slides
from tests.benchmarks import latency
from tests.benchmarks import playground as learning
from tests.benchmarks.processes import watched
from tests.browser import chromium

ROOT = Path(__file__).resolve().parents[2]
RECORD, PAGE, README = ROOT / "build/bench/page.json", ROOT / "build/bench/page.md", "README.md"
MEGABYTE = 1e6
DECK_LIMIT, FIRST_SLIDE_LIMIT, BUILD_LIMIT = 8.0, 1.0, 240.0  # MB, seconds, seconds
OPENINGS = 5
# Seconds from the navigation to the end of the frame that shows the first slide, formulas drawn.
FIRST_SLIDE = """() => {
    const drawn = () => requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => { window.firstSlide = performance.now() / 1000; };
        channel.port2.postMessage(null);
    });
    new MutationObserver((_, observer) => {
        if (!document.documentElement?.dataset.drawn) return;
        observer.disconnect();
        drawn();
    }).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-drawn"] });
}"""
_LESSON_ROW = re.compile(r"^(\| \[.*?\]\(notebooks/(\w+)\.ipynb\) \|.*\|)[^|]*\|$", re.MULTILINE)


class CannotMeasure(Exception):
    """Something is missing; the message says what."""


# --- Parts ------------------------------------------------------------------------------------


def lessons(names: Sequence[str]) -> list[dict[str, Any]]:
    """Run each lesson as ``make notebooks`` does, in a copy, one after the other.

    Returns:
        For each: ``name``, ``seconds`` and ``cpu_seconds`` (kernel start included), and
        ``memory_mb``, the most that the kernel and its children held at one time.
    """
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "notebooks")
        shutil.copytree(ROOT / "notebooks", folder)
        for path in notebooks.lessons(folder, list(names)):
            notebook = nbformat.read(path, as_version=4)
            cpu, start = _children_cpu(), time.perf_counter()
            with watched() as peak:
                notebooks.execute(notebook, folder)
            row = {
                "name": path.stem,
                "seconds": time.perf_counter() - start,
                "cpu_seconds": _children_cpu() - cpu,
                "memory_mb": peak.bytes / MEGABYTE,
            }
            rows.append(row)
            print(f"{path.stem}: {row['seconds']:.0f} s", file=sys.stderr, flush=True)
    return rows


def _children_cpu() -> float:
    """CPU seconds of all children that have ended, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def slider(presses: int = 40) -> dict[str, Any]:
    """Milliseconds until a slider's answer is on the screen, for each that was ``moved``."""
    times, version = latency.run(presses)
    rows = [
        {
            "name": name,
            "presses": len(values),
            "median": statistics.median(values),
            "p90": statistics.quantiles(values, n=10, method="inclusive")[-1],
        }
        for name, values in times.items()
    ]
    return {"chromium": version, "moved": rows}


def decks(names: Sequence[str]) -> dict[str, Any]:
    """Build the decks and open each in a Chromium that has just been started.

    Returns:
        ``build_seconds``, and ``rows``: ``name``, ``mb``, and ``first_slide``, median of the
        seconds until it was drawn, with the ``slowest`` opening.
    """
    chosen = notebooks.lessons(ROOT / "notebooks", list(names))
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        start = time.perf_counter()
        files = slides.build(chosen, Path(scratch))
        seconds = time.perf_counter() - start
        rows = []
        for file in files:
            opened = [first_slide(playwright, file) for _ in range(OPENINGS)]
            rows.append(
                {
                    "name": file.stem,
                    "mb": file.stat().st_size / MEGABYTE,
                    "first_slide": statistics.median(opened),
                    "slowest": max(opened),
                }
            )
    return {"build_seconds": seconds, "rows": rows}


def first_slide(playwright, file: Path) -> float:
    """Seconds from the navigation to the first slide, drawn, in a Chromium of its own."""
    browser = chromium.launch(playwright, whole=True)
    if not isinstance(browser, Browser):
        raise CannotMeasure(browser)
    try:
        screen = {"width": 1280, "height": 720}
        with chromium.visit(browser, viewport=screen, offline=True) as watched_page:
            page = watched_page.page
            page.add_init_script(f"({FIRST_SLIDE})()")
            page.goto(file.as_uri())
            page.wait_for_function("() => window.firstSlide")
            shown = page.locator("section.present > section.present :is(h1, h2, h3)").first
            assert shown.is_visible(), f"{file.name} shows no heading on its first slide"
            watched_page.assert_quiet()
            return page.evaluate("() => window.firstSlide")
    finally:
        browser.close()


def site() -> dict[str, float]:
    """Build the site with ``make site``: seconds, files and MB.

    Raises:
        CannotMeasure: if there is no such target, or it fails.
    """
    if not re.search(r"^site:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE):
        raise CannotMeasure("there is no `make site` yet")
    shutil.rmtree(ROOT / "build/site", ignore_errors=True)
    start = time.perf_counter()
    done = subprocess.run(["make", "site"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise CannotMeasure(f"`make site` failed: {(done.stderr or done.stdout).strip()[-500:]}")
    files = [path for path in (ROOT / "build/site").rglob("*") if path.is_file()]
    return {
        "build_seconds": time.perf_counter() - start,
        "files": len(files),
        "mb": sum(path.stat().st_size for path in files) / MEGABYTE,
    }


def install() -> dict[str, Any]:
    """Install what `make lab` installs into new environments, with nothing cached: as `make` does, then with pip alone.

    Returns:
        ``seconds`` and ``pip_seconds``, each with the making of the environment; ``mb`` and ``packages`` of the first,
        and its build of ``torch``.

    Raises:
        CannotMeasure: if an install fails.
    """
    with tempfile.TemporaryDirectory() as scratch:
        house = Path(scratch, "house")
        house.mkdir()
        for name in ("pyproject.toml", "constraints.txt", README, "LICENSE"):
            shutil.copy(ROOT / name, house)
        shutil.copytree(ROOT / "lstm_lessons", house / "lstm_lessons", ignore=shutil.ignore_patterns("__pycache__"))
        ours = ("-m", "lstm_lessons.install", "--extras", "lab")
        pip = ("-m", "pip", "install", "--quiet", "--editable", ".[lab]", "--constraint", "constraints.txt")
        seconds, environment = _installed(house, Path(scratch, "ours"), ours)
        pip_seconds, _ = _installed(house, Path(scratch, "pip"), pip)
        python = environment / "bin/python"
        listed = subprocess.run([python, "-m", "pip", "list", "--format=json"], capture_output=True, check=True)
        versions = {package["name"]: package["version"] for package in json.loads(listed.stdout)}
        return {
            "seconds": seconds,
            "pip_seconds": pip_seconds,
            "mb": sum(p.lstat().st_size for p in environment.rglob("*") if p.is_file()) / MEGABYTE,
            "packages": len(versions),
            "torch": versions["torch"],
        }


def _installed(house: Path, environment: Path, command: Sequence[str]) -> tuple[float, Path]:
    """Seconds to make an environment and to run a command of its Python in it, with caches that are empty."""
    empty = {name: str(environment.with_suffix(".cache")) for name in ("PIP_CACHE_DIR", "UV_CACHE_DIR")}
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    python = environment / "bin/python"
    done = subprocess.run([python, *command], cwd=house, env=os.environ | empty, capture_output=True, text=True)
    if done.returncode:
        raise CannotMeasure(f"{shlex.join(command)} failed: {done.stderr.strip()[-500:]}")
    return time.perf_counter() - start, environment


def playground() -> dict[str, Any]:
    """How fast networks learn in the page, and how fast the site's start page is drawn."""
    with sync_playwright() as playwright:
        try:
            return learning.run(playwright)
        except RuntimeError as problem:
            raise CannotMeasure(str(problem)) from None


PARTS: dict[str, Callable[[Sequence[str]], Any]] = {
    "lessons": lessons,
    "slider": lambda names: slider(),
    "playground": lambda names: playground(),
    "decks": decks,
    "site": lambda names: site(),
    "install": lambda names: install(),
}
USUAL = ("lessons", "slider", "playground", "decks", "site")


# --- Record and page --------------------------------------------------------------------------


def circumstances(command: str) -> dict[str, Any]:
    """When, how and on what a part is measured; nothing that names the machine or its owner.

    The load is what the machine was doing just before: on a busy one, seconds mean little.
    """
    from lstm_lessons.benchmark.timing import machine  # it imports torch, which nothing else here needs

    packages = ("torch", "jupyterlab", "ipywidgets", "anywidget", "matplotlib", "playwright")
    versions = {name: importlib.metadata.version(name) for name in packages}
    about = machine("cpu")
    return {
        "date": datetime.date.today().isoformat(),
        "command": command,
        "load": round(os.getloadavg()[0], 1),
        "machine": {key: about[key] for key in ("processor", "cores", "system")},
        "versions": {"python": platform.python_version()} | versions,
    }


def merged(record: Mapping[str, Any], part: str, found: Any, around: Mapping[str, Any]) -> dict:
    """The record with a part's new numbers; of lessons and decks, those not run now stay.

    Each row says itself where it comes from, because the rows of one table may be of two days.
    """
    if part == "lessons":
        found = {"rows": found}
    if "rows" in found:
        new = {row["name"]: row | {"around": dict(around)} for row in found["rows"]}
        old = {row["name"]: row for row in record.get(part, {}).get("rows", [])}
        found = found | {"rows": [row for _, row in sorted((old | new).items())]}
    return dict(record) | {part: found | {"around": dict(around)}}


def page(record: Mapping[str, Any]) -> str:
    """The page, in Markdown."""
    lines = ["# What the lessons cost", ""]
    for part, title in TITLES.items():
        lines += [f"## {title}", ""]
        if part not in record:
            lines += [f'Not measured: `make bench PARTS="{part}"` does it.', ""]
            continue
        lines += [*WRITERS[part](record[part]), ""]
        arounds = [row.get("around") for row in record[part].get("rows", [])]
        arounds = [around for around in arounds if around] or [record[part]["around"]]
        for around in dict.fromkeys(map(_said, arounds)):
            lines += [around, ""]
    return "\n".join(lines).rstrip() + "\n"


def _said(around: Mapping[str, Any]) -> str:
    about = around["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in around["versions"].items())
    return (
        f"{around['date']}, `{around['command']}`, on {about['processor']} "
        f"({about['cores']} cores, {about['system']}), load {around['load']} before. {versions}."
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows]]


def _lessons(part: Mapping[str, Any]) -> list[str]:
    head = ("lesson", "seconds", "CPU seconds", "peak memory, MB")
    keys = ("seconds", "cpu_seconds", "memory_mb")
    rows = [(row["name"], *(f"{row[key]:.0f}" for key in keys)) for row in part["rows"]]
    if len(rows) > 1:
        sums = [f"{sum(row[key] for row in part['rows']):.0f}" for key in keys[:2]]
        rows.append(("together", *sums, ""))
    words = (
        "Every cell from top to bottom, kernel start included. Memory is the resident memory of "
        "the kernel and its children, looked at twenty times a second."
    )
    return [*_table(head, rows), "", words]


def _slider(part: Mapping[str, Any]) -> list[str]:
    rows = [(row["name"], str(row["presses"]), f"{row['median']:.1f}", f"{row['p90']:.1f}") for row in part["moved"]]
    medians = {row["name"]: row["median"] for row in part["moved"]}
    ratio = medians["interactive + matplotlib"] / medians["GateExplorer"]
    return [
        *_table(("milliseconds", "n", "median", "9 in 10 below"), rows),
        "",
        "From the key (or the mouse's move) to the end of the frame that shows the new numbers, in "
        f"JupyterLab with Chromium {part['chromium']}. `interactive` takes {ratio:.1f} times as "
        "long as the gate explorer.",
    ]


def _decks(part: Mapping[str, Any]) -> list[str]:
    head = ("deck", "MB", "first slide drawn after, s", "slowest opening, s")
    rows = [
        (row["name"], f"{row['mb']:.1f}", f"{row['first_slide']:.2f}", f"{row['slowest']:.2f}") for row in part["rows"]
    ]
    over = [r["name"] for r in part["rows"] if r["mb"] > DECK_LIMIT]
    late = [r["name"] for r in part["rows"] if r["first_slide"] > FIRST_SLIDE_LIMIT]
    return [
        *_table(head, rows),
        "",
        f"Median of {OPENINGS} openings, each in a Chromium that has just been started, formulas "
        "drawn. "
        f"{_goal(f'{DECK_LIMIT:.0f} MB', over)} {_goal(f'{FIRST_SLIDE_LIMIT:.0f} s', late)} "
        f"The decks of the last run were built in {part['build_seconds']:.0f} s.",
    ]


def _goal(limit: str, over: Sequence[str]) -> str:
    return f"Over {limit}: {', '.join(over)}." if over else f"None is over {limit}."


def _site(part: Mapping[str, Any]) -> list[str]:
    return [f"{part['mb']:.1f} MB in {part['files']} files, built in {part['build_seconds']:.0f} s."]


def _install(part: Mapping[str, Any]) -> list[str]:
    share = part["seconds"] / part["pip_seconds"]
    return [
        f"{part['seconds']:.0f} s and {part['mb']:.0f} MB for {part['packages']} packages, with torch {part['torch']}, "
        f"into an empty environment, nothing cached; with pip alone {part['pip_seconds']:.0f} s (ratio {share:.2f})."
    ]


TITLES = {
    "lessons": "Time and memory of each lesson",
    "slider": "How fast a slider answers",
    "playground": "How fast the playground learns",
    "decks": "Slides",
    "site": "Site",
    "install": "Installation",
}
WRITERS = {
    "lessons": _lessons,
    "slider": _slider,
    "playground": learning.in_words,
    "decks": _decks,
    "site": _site,
    "install": _install,
}


def with_times(readme: str, record: Mapping[str, Any]) -> str:
    """The README's text with the column "Runs in" from the record.

    Raises:
        ValueError: if a lesson of the record has no row in the README.
    """
    times = {row["name"]: row["seconds"] for row in record["lessons"]["rows"]}
    rows = {found[2] for found in _LESSON_ROW.finditer(readme)}
    if missing := sorted(set(times) - rows):
        raise ValueError(f"the README has no row for {', '.join(missing)}")

    def row(found: re.Match) -> str:
        if found[2] not in times:
            return found[0]
        return f"{found[1]} {max(1, round(times[found[2]]))} s |"

    return _LESSON_ROW.sub(row, readme)


# --- Command line -----------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure the parts asked for, print and write the page; the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.page", description="Measure what the lessons cost."
    )
    parser.add_argument("names", nargs="*", help="lessons, such as 01 (default: all)")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(USUAL), help="what to measure")
    parser.add_argument("--readme", action="store_true", help="write the times of the lessons into the README")
    options = parser.parse_args(given)
    command = shlex.join(["python", "-m", "tests.benchmarks.page", *given])
    record = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
    RECORD.parent.mkdir(parents=True, exist_ok=True)
    problems = 0
    for part in (part for part in PARTS if part in options.parts):
        print(f"measuring: {part}", file=sys.stderr, flush=True)
        around = circumstances(command)
        try:
            found = PARTS[part](options.names)
        except (CannotMeasure, latency.Failed, notebooks.NotebookFailed, ValueError) as problem:
            # A site that does not exist is no failure of the measurement; all else is.
            problems += part != "site"
            print(f"{part}: not measured: {problem}", file=sys.stderr)
            continue
        record = merged(record, part, found, around)
        RECORD.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page(record), encoding="utf-8")
    print(page(record))
    print(f"{PAGE.relative_to(ROOT)}, {RECORD.relative_to(ROOT)}", file=sys.stderr)
    if options.readme:
        if "lessons" not in record:
            print("the README stays as it is: no lesson was measured", file=sys.stderr)
            return 1
        file = ROOT / README
        file.write_text(with_times(file.read_text(encoding="utf-8"), record), encoding="utf-8")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
