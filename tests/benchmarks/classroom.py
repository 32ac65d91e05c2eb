"""How many learners a machine carries: ``python -m tests.benchmarks.classroom``.

Starts N kernels at the same moment and lets each run a whole lesson, for growing N, until a
learner waits twice as long as one who is alone. No class is that hard on a machine: learners
read and think most of the time. So what is found is the worst that can happen.

Memory is looked at five times a second. Of a kernel's *resident* memory a part is shared with
the other kernels (the same libraries); its *unique* memory is its own alone, and the
*proportional* memory divides what is shared among those who share it, so the sum over the
kernels is what the machine must have. Linux tells these; the command needs Linux.

The record is written to a JSON file. ``--guide`` writes it beside the guide for a class, and the
guide's table from it.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import shlex
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
import psutil

from lstm_lessons import checks
from lstm_lessons.authoring import notebooks
from tests.benchmarks.page import circumstances
from tests.benchmarks.processes import newcomers
from tests.browser.lab import server

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "lstm_lessons/publish/sphinx/guides/classroom.md"
GUIDE_RECORD = GUIDE.with_suffix(".json")
OPEN = 3  # lessons that a learner may have open at a time
KINDS = ("resident", "unique", "proportional")
_TABLE = re.compile(r"(<!-- measured -->\n).*?(<!-- end -->)", re.DOTALL)


# --- Measuring --------------------------------------------------------------------------------


def memory(process: psutil.Process) -> dict[str, int]:
    """A process's memory in bytes, in each of `KINDS`; zeros if it is gone."""
    try:
        found = process.memory_full_info()
    except psutil.Error:
        return dict.fromkeys(KINDS, 0)
    return {"resident": found.rss, "unique": found.uss, "proportional": found.pss}


def together(count: int, notebook: nbformat.NotebookNode, folder: Path) -> dict[str, Any]:
    """Run a notebook in several kernels that start at the same moment.

    Returns:
        ``learners``, ``seconds`` (median over the learners) and ``slowest``, and for each kind
        of memory the largest mean per kernel, in MB.
    """
    before = set(psutil.Process().children(recursive=True))
    peaks = dict.fromkeys(KINDS, 0.0)
    done = threading.Event()

    def look() -> None:
        while not done.wait(0.2):
            found = [memory(process) for process in newcomers(before)]
            for kind in KINDS:
                peaks[kind] = max(peaks[kind], sum(one[kind] for one in found) / count)

    gate = threading.Barrier(count)

    def learn(_: int) -> float:
        gate.wait()
        start = time.perf_counter()
        notebooks.execute(notebook, folder)
        return time.perf_counter() - start

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        with ThreadPoolExecutor(count) as pool:
            seconds = list(pool.map(learn, range(count)))
    finally:
        done.set()
        watcher.join()
    return {
        "learners": count,
        "seconds": statistics.median(seconds),
        "slowest": max(seconds),
        **{f"{kind}_mb": peaks[kind] / 1e6 for kind in KINDS},
    }


def carried(run: Callable[[int], Mapping[str, Any]], most: int) -> list[Mapping[str, Any]]:
    """Run for growing numbers of learners, until one waits twice as long as alone.

    Numbers double at first; then the place between the last that was fine and the first that was
    not is halved until nothing is left between them.

    Args:
        run: from the number of learners to what `together` returns.
        most: learners to try at most.

    Returns:
        The runs, by number of learners.
    """
    runs = {1: run(1)}
    limit = 2 * runs[1]["seconds"]
    fine, too_many = 1, None
    while too_many != fine + 1 and fine < most:
        count = min(2 * fine, most) if too_many is None else (fine + too_many) // 2
        runs[count] = run(count)
        if runs[count]["seconds"] < limit:
            fine = count
        else:
            too_many = count
    return [runs[count] for count in sorted(runs)]


def learners_carried(runs: Sequence[Mapping[str, Any]]) -> int:
    """The most learners at which one waits less than twice as long as alone."""
    return max(run["learners"] for run in runs if run["seconds"] < 2 * runs[0]["seconds"])


def idle_server() -> dict[str, float]:
    """Memory of one learner's JupyterLab server with no kernel, in MB, in each of `KINDS`."""
    before = set(psutil.Process().children(recursive=True))
    with tempfile.TemporaryDirectory() as folder:
        root, scratch = Path(folder, "root"), Path(folder, "scratch")
        root.mkdir()
        scratch.mkdir()
        with server(root, scratch):
            found = [memory(process) for process in newcomers(before)]
    return {f"{kind}_mb": sum(one[kind] for one in found) / 1e6 for kind in KINDS}


# --- Record and guide -------------------------------------------------------------------------


def table(record: Mapping[str, Any]) -> str:
    """The record in Markdown, for the guide."""
    head = ["learners at once", "seconds for each", "resident, MB", "proportional, MB", "own, MB"]
    keys = ("resident_mb", "proportional_mb", "unique_mb")
    rows = [
        [str(run["learners"]), f"{run['seconds']:.0f}", *(f"{run[key]:.0f}" for key in keys)] for run in record["runs"]
    ]
    lines = [f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows]]
    around, about = record["around"], record["around"]["machine"]
    threads = record["threads"]
    limit = "" if threads is None else f", OMP_NUM_THREADS={threads}"
    count = learners_carried(record["runs"])
    alone = record["runs"][0]["seconds"]
    ended = record["runs"][-1]["seconds"] >= 2 * alone
    more = "" if ended else " (more were not tried)"
    said = (
        f"Lesson `{record['lesson']}`, run from top to bottom by all at the same moment. "
        f"{count} learner{'s' * (count > 1)}{more} on {about['cores']} cores wait less than twice "
        f"as long as one alone. Memory is the mean for each kernel, at its highest. Each learner's "
        f"JupyterLab takes {record['server']['proportional_mb']:.0f} MB more."
    )
    half = 0.5e9  # bytes: what limits are given in
    held = record["server"]["resident_mb"] + OPEN * max(run["resident_mb"] for run in record["runs"])
    gigabytes = half * math.ceil(held * 1e6 / half) / 1e9
    said += (
        f" A limit of {gigabytes:.1f} GB holds a JupyterLab and {OPEN} open lessons of this size "
        f"(`sudo tljh-config set limits.memory {gigabytes:.1f}G`, or `memory: {{limit: "
        f"{gigabytes:.1f}G}}` below `singleuser:`)."
    )
    where = (
        f"{around['date']}, {about['processor']} ({about['cores']} cores{limit}), Python "
        f"{around['versions']['python']}, torch {around['versions']['torch']}: "
        f"`{around['command']}`"
    )
    return "\n".join([*lines, "", said, "", where]) + "\n"


def with_table(guide: str, record: Mapping[str, Any] | None) -> str:
    """The guide's text with the table of a record, or without one.

    Raises:
        ValueError: if the guide has no place for it.
    """
    if not _TABLE.search(guide):
        raise ValueError("the guide must hold the lines <!-- measured --> and <!-- end -->")
    text = f"\n{table(record)}\n" if record else ""
    return _TABLE.sub(lambda found: found[1] + text + found[2], guide)


# --- Command line -----------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print and write; the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.classroom", description="Measure what a class needs."
    )
    parser.add_argument("--lesson", default="02", help="how its name begins (default: 02)")
    parser.add_argument("--most", type=checks.count, default=32, help="learners to try at most")
    parser.add_argument("--threads", type=int, help="OMP_NUM_THREADS of each kernel (default: as it is)")
    parser.add_argument("--guide", action="store_true", help="write the record and the guide")
    parser.add_argument("--record", type=Path, default=ROOT / "build/bench/class.json")
    options = parser.parse_args(given)
    if sys.platform != "linux":
        print("only Linux tells how much memory is shared: run this there", file=sys.stderr)
        return 1
    if options.threads is not None:
        os.environ["OMP_NUM_THREADS"] = str(options.threads)
    around = circumstances(shlex.join(["python", "-m", "tests.benchmarks.classroom", *given]))
    try:
        (path,) = notebooks.lessons(ROOT / "notebooks", [options.lesson])
    except ValueError as problem:
        print(problem, file=sys.stderr)
        return 1
    notebook = nbformat.read(path, as_version=4)

    def run(count: int) -> dict[str, Any]:
        found = together(count, notebook, path.parent)
        print(f"{count} at once: {found['seconds']:.0f} s each", file=sys.stderr, flush=True)
        return found

    try:
        runs = carried(run, options.most)
    except notebooks.NotebookFailed as problem:
        print(problem, file=sys.stderr)
        return 1
    record = {"lesson": path.stem, "threads": options.threads, "runs": runs, "server": idle_server(), "around": around}
    target = GUIDE_RECORD if options.guide else options.record
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    if options.guide:
        text = with_table(GUIDE.read_text(encoding="utf-8"), record)
        GUIDE.write_text(text, encoding="utf-8")
    print(table(record))
    return 0


if __name__ == "__main__":
    sys.exit(main())
