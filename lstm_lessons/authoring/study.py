"""Run a lesson's experiment over a whole grid: every technique, with every seed.

``python -m lstm_lessons.authoring.study LESSON.ipynb`` (``make study``) takes from a lesson the cells that are tagged
``study``, hands them to papermill once a technique, several at once, and collects what they found in one file. What is
found is written at once, one file a point of the grid: a study that was stopped or killed goes on where it was.

The lesson keeps to this agreement: one of the tagged cells assigns a dict of literals to ``techniques``, its
``parameters`` cell has ``technique`` and ``seed``, and the last tagged cell leaves its findings, numbers and lists of
numbers by name, in ``record``. For the other seeds that last cell alone is run again in the same kernel, since a kernel
takes longer to start than a small network to train.
"""

import argparse
import ast
import hashlib
import importlib.metadata
import json
import logging
import os
import platform
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from tqdm import tqdm

from lstm_lessons import checks
from lstm_lessons.authoring.fingerprint import fingerprint
from lstm_lessons.authoring.notebooks import KERNEL, NOTEBOOK_METADATA
from lstm_lessons.claims import STRICT
from lstm_lessons.files import write_whole

TAG = "study"
SECONDS_PER_CELL = 600
LIBRARIES = ("torch", "numpy")  # whose version may change a number


class StudyFailed(RuntimeError):
    """A lesson that cannot be studied, or a point of the grid that raised."""


@dataclass(frozen=True)
class Point:
    """One point of the grid: a technique, and the seed of everything random in it."""

    technique: str
    seed: int

    @property
    def slug(self) -> str:
        """The technique as a file name."""
        return "".join(c if c.isalnum() else "-" for c in self.technique)

    @property
    def name(self) -> str:
        return f"{self.slug}-{self.seed}"


def study_cells(notebook: NotebookNode) -> NotebookNode:
    """The part of a lesson that a study runs: its parameters and the cells tagged ``study``.

    Raises:
        StudyFailed: if the lesson has no parameters, or no cell that is tagged.
    """
    kept = [cell for cell in notebook.cells if {TAG, "parameters"} & set(cell.metadata.get("tags", []))]
    tags = [tag for cell in kept for tag in cell.metadata.tags]
    if "parameters" not in tags or TAG not in tags:
        raise StudyFailed(f"the lesson must have a cell tagged 'parameters' and some tagged {TAG!r}")
    return nbformat.v4.new_notebook(
        metadata=NOTEBOOK_METADATA,
        cells=[nbformat.v4.new_code_cell(c.source, metadata={"tags": c.metadata.tags}) for c in kept],
    )


def techniques_of(notebook: NotebookNode) -> list[str]:
    """The names of the techniques: the keys of the dict ``techniques`` in a tagged cell.

    Raises:
        StudyFailed: if there is no such dict of literals.
    """
    for cell in study_cells(notebook).cells:
        if value := _assigned(cell).get("techniques"):
            return list(ast.literal_eval(value))
    raise StudyFailed("a cell tagged 'study' must assign a dict of literals to `techniques`")


def _assigned(cell: NotebookNode) -> dict[str, ast.expr]:
    """What a cell assigns to names, not evaluated."""
    lines = [line for line in ast.parse(cell.source).body if isinstance(line, ast.Assign)]
    return {t.id: line.value for line in lines for t in line.targets if isinstance(t, ast.Name)}


def digest_of(notebook: NotebookNode) -> str:
    """What decides the result, in a few digits: the tagged cells, what they call, the versions.

    A result under another digest is out of date, and its point is run again.
    """
    program = "\n".join(cell.source for cell in study_cells(notebook).cells)
    text = " ".join((fingerprint(program), *LIBRARIES, *map(_version, LIBRARIES)))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def parameters_of(notebook: NotebookNode) -> dict[str, Any]:
    """What the lesson's parameters are set to, but for the technique and the seed."""
    (cell,) = (c for c in study_cells(notebook).cells if "parameters" in c.metadata.tags)
    values = {name: ast.literal_eval(value) for name, value in _assigned(cell).items()}
    return {name: value for name, value in values.items() if name not in ("technique", "seed")}


def _version(library: str) -> str:
    return importlib.metadata.version(library).partition("+")[0]


def run(
    path: Path, points: Iterable[Point], folder: Path, *, workers: int | None = None, progress: bool = True
) -> dict[Point, dict[str, Any]]:
    """Run what is missing of a lesson's grid, and return the ``record`` of each point, in order.

    Args:
        folder: keeps one file a point; made if needed.
        workers: kernels at once; as many as the machine has cores if not given.

    Raises:
        StudyFailed: if a technique raises, after all others are done; the message names it, and its notebook stays in
            ``folder`` to be read.
    """
    # papermill changes the directory of all workers at once, and what the last one restores is that of another
    path, folder, here = path.resolve(), folder.resolve(), Path.cwd()
    notebook = nbformat.read(path, as_version=4)
    points, digest = list(points), digest_of(notebook)
    if len({point.name for point in points}) < len(points):
        raise StudyFailed("two points of the grid would write the same file; rename a technique")
    folder.mkdir(parents=True, exist_ok=True)
    found = {point: _stored(folder, point, digest) for point in points}
    missing = [point for point in points if found[point] is None]
    jobs: dict[str, list[Point]] = {}
    for point in missing:
        jobs.setdefault(point.technique, []).append(point)
    bar = tqdm(
        total=len(points), initial=len(points) - len(missing), file=sys.stdout, disable=not progress, unit="training"
    )
    failures = []
    with bar, ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
        running = {pool.submit(_run_job, notebook, path.parent, job, folder, digest): job for job in jobs.values()}
        try:
            for future in as_completed(running):
                if error := future.exception():
                    failures.append(f"{running[future][0].technique}: {error}")
                bar.update(len(running[future]))
        except KeyboardInterrupt:  # what runs is finished and kept, the rest not begun
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        finally:
            os.chdir(here)
    if failures:
        raise StudyFailed("\n".join(sorted(failures)))
    return {point: _stored(folder, point, digest) for point in points}


# In the kernel, for each point: written whole or not at all, and without an import that takes long.
_SAVE = """\
import json
import os

with open({partial!r}, "w", encoding="utf-8") as file:
    json.dump({{"digest": {digest!r}, "record": record}}, file, allow_nan=False)
os.replace({partial!r}, {path!r})"""


def _run_job(notebook: NotebookNode, working: Path, job: list[Point], folder: Path, digest: str) -> None:
    """Run the tagged cells in a kernel of their own, for one technique and some seeds of it."""
    import papermill  # takes long to import

    cells = study_cells(notebook)
    training = cells.cells[-1].source
    for number, point in enumerate(job):
        if number:
            cells.cells.append(nbformat.v4.new_code_cell(f"seed = {point.seed}"))
            cells.cells.append(nbformat.v4.new_code_cell(training))
        file = _file(folder, point)
        names = {"path": str(file), "partial": str(file.with_suffix(".partial"))}
        cells.cells.append(nbformat.v4.new_code_cell(_SAVE.format(digest=digest, **names)))
    trial = folder / f"{job[0].slug}.ipynb"
    nbformat.write(cells, trial)
    logging.getLogger("papermill").setLevel(logging.ERROR)
    papermill.execute_notebook(
        trial,
        trial,
        {"technique": job[0].technique, "seed": job[0].seed},
        cwd=working,
        kernel_name=KERNEL,
        progress_bar=False,
        execution_timeout=SECONDS_PER_CELL,
        extra_arguments=["--log-level=CRITICAL"],  # not the kernel's word on its own sockets
    )
    trial.unlink()


def _file(folder: Path, point: Point) -> Path:
    return folder / f"{point.name}.json"


def _stored(folder: Path, point: Point, digest: str) -> dict[str, Any] | None:
    """The record of a point, or None if it was not run, or run under another digest."""
    try:
        content = json.loads(_file(folder, point).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return content["record"] if content["digest"] == digest else None


def collect(notebook: NotebookNode, findings: dict[Point, dict[str, Any]], command: str) -> dict[str, Any]:
    """One table of what `run` returned, with what a reader must know to run it again."""
    return {
        "command": command,
        "digest": digest_of(notebook),
        "versions": {"python": platform.python_version()} | {library: _version(library) for library in LIBRARIES},
        "parameters": parameters_of(notebook),
        "runs": [
            {"technique": point.technique, "seed": point.seed} | _rounded(record) for point, record in findings.items()
        ],
    }


def _rounded(value: Any) -> Any:
    """Four significant digits: more than two machines agree on."""
    return json.loads(json.dumps(value), parse_float=lambda text: float(f"{float(text):.4g}"))


def to_text(table: dict[str, Any]) -> str:
    """JSON with one run a line, so that differences stay readable."""
    head = {key: value for key, value in table.items() if key != "runs"}
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in head.items()]
    runs = ",\n".join(json.dumps(run, separators=(",", ":")) for run in table["runs"])
    return "{\n" + ",\n".join(lines) + ',\n"runs": [\n' + runs + "\n]\n}\n"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m lstm_lessons.authoring.study", description=__doc__.split("\n\n")[0]
    )
    parser.add_argument("lesson", type=Path, help="a notebook with cells tagged 'study'")
    parser.add_argument("--seeds", type=checks.count, default=12, help="seeds a technique (12)")
    parser.add_argument("--workers", type=checks.count, help="kernels at once (all cores)")
    parser.add_argument("--folder", type=Path, default=Path("build/study"), help="of the results")
    parser.add_argument("--record", type=Path, help="where the table goes when all is done")
    options = parser.parse_args(arguments)
    os.environ.setdefault(STRICT, "1")  # the kernels inherit it
    try:
        notebook = nbformat.read(options.lesson, as_version=4)
        points = [Point(technique, seed) for technique in techniques_of(notebook) for seed in range(options.seeds)]
        findings = run(options.lesson, points, options.folder, workers=options.workers)
    except (StudyFailed, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. The same command goes on from here.", file=sys.stderr)
        return 130
    if options.record:
        write_whole(options.record, to_text(collect(notebook, findings, "make study")))
    print(f"{len(points)} runs, all in {options.record or options.folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
