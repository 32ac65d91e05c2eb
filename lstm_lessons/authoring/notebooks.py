"""Execute lessons and bring them into the form in which they are committed.

``python -m lstm_lessons.authoring.notebooks 01`` (``make notebooks NAMES=01``) runs a lesson from top to bottom in a
fresh kernel and writes it back. The form is such that running an unchanged lesson again changes no byte of it, timings
aside: no execution times, no random ids, no state of a live widget. A lesson that fails, writes to stderr or shows a
path of the machine is not written.
"""

import argparse
import copy
import hashlib
import importlib
import os
import re
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from lstm_lessons import progress
from lstm_lessons.claims import STRICT
from lstm_lessons.files import write_whole

KERNEL = "python3"
NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": KERNEL},
    "language_info": {
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "pygments_lexer": "ipython3",
    },
}
CELL_METADATA = ("jupyter", "slideshow", "tags")
# Speaker notes tell answers, so a learner sees them folded. (JupyterLab's own folding of a cell,
# `source_hidden`, ends as soon as the cell is run.)
NOTES_BEGIN = "<details><summary>For the teacher</summary>\n\n"
NOTES_END = "\n\n</details>"
SOLUTION_BEGIN = "<details><summary>Our solution</summary>\n\n```python\n"
SOLUTION_END = "\n```\n\n</details>"
LIVE_WIDGET = "application/vnd.jupyter.widget-view+json"
SECONDS_PER_CELL = 300
EXERCISE_TAG = "exercise:"
DEEPER_TAG = "deeper"  # on every cell of a section that goes beyond the core path

# An absolute path of two folders or more, or one on a Windows drive. It must follow a space,
# a quote or a bracket: then no URL and no piece of base64 is taken for one.
_MACHINE_PATH = re.compile(r"""(?:^|[\s"'(=\[])(?:(?:/[\w.+-]+){3,}|/(?:home|root|tmp|Users)\b|[A-Z]:\\\w)""")
# What a carriage return overwrites on a screen: all but the last state of a progress bar.
_OVERWRITTEN = re.compile(r"[^\r\n]*\r+(?=[^\r\n])")
_GOES_ON = re.compile(r"(\w+) = exercises\.\1\.yours_or_ours\(\1\b[^\n]*\)")
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class NotebookFailed(Exception):
    """A notebook did not run to its end, or shows what no reader should see."""


def normalize(notebook: NotebookNode) -> NotebookNode:
    """Return a copy of the notebook in the form in which it is committed.

    Execution times, the state of live widgets, editor settings and versions are dropped; cell ids follow from the
    cells' sources; neighboring pieces of one stream become one, and of a progress bar its last state stays. Sources,
    tags, slide types and results stay as they are. Another ``normalize`` changes nothing.
    """
    normal = nbformat.from_dict({"nbformat": 4, "nbformat_minor": 5, "metadata": copy.deepcopy(NOTEBOOK_METADATA)})
    seen: Counter[str] = Counter()
    normal.cells = [_normal_cell(cell, seen) for cell in notebook.cells]
    return normal


def _normal_cell(cell: NotebookNode, seen: Counter[str]) -> NotebookNode:
    source = cell.source.rstrip()
    metadata = {key: cell.metadata[key] for key in CELL_METADATA if cell.metadata.get(key)}
    normal = {
        "cell_type": cell.cell_type,
        "id": _cell_id(cell.cell_type, source, seen),
        "metadata": metadata,
        "source": source,
    }
    if cell.cell_type == "code":
        normal["execution_count"] = cell.execution_count
        normal["outputs"] = _normal_outputs(cell.outputs)
    if cell.cell_type != "code" and cell.get("attachments"):
        normal["attachments"] = cell.attachments
    return nbformat.from_dict(copy.deepcopy(normal))


def _cell_id(cell_type: str, source: str, seen: Counter[str]) -> str:
    """An id that follows from the source, so that a new cell changes no other cell's id."""
    digest = hashlib.sha256(f"{cell_type}\n{source}".encode()).hexdigest()[:12]
    seen[digest] += 1
    return digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"


def _normal_outputs(outputs: list[NotebookNode]) -> list[dict]:
    normal: list[dict] = []
    for output in copy.deepcopy(outputs):
        if output.output_type == "stream":
            before = normal[-1] if normal else None
            if before and before["output_type"] == "stream" and before["name"] == output.name:
                before["text"] += output.text
                continue
        elif "data" in output:
            output.data.pop(LIVE_WIDGET, None)
            output.metadata.pop(LIVE_WIDGET, None)
            if not output.data:
                continue
        normal.append(output)
    for output in normal:
        if output["output_type"] == "stream":
            output["text"] = _OVERWRITTEN.sub("", output["text"])
    return normal


def to_text(notebook: NotebookNode) -> str:
    """The text of the ``.ipynb`` file."""
    return nbformat.writes(notebook).rstrip("\n") + "\n"


def execute(notebook: NotebookNode, folder: Path | str) -> NotebookNode:
    """Run a copy of a notebook in a fresh kernel, in a folder, and return it normalized.

    Raises:
        NotebookFailed: if a cell raises, runs for more than ``SECONDS_PER_CELL`` seconds, kills the kernel, writes to
            stderr or shows a path of the machine. The message names the cell and shows its source.
    """
    executed = copy.deepcopy(notebook)
    client = NotebookClient(
        executed,
        timeout=SECONDS_PER_CELL,
        kernel_name=KERNEL,
        extra_arguments=["--log-level=CRITICAL"],  # not the kernel's word on its own sockets
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
        store_widget_state=False,
    )
    started: list[int] = []
    client.on_cell_execute = lambda cell, cell_index: started.append(cell_index)
    try:
        client.execute(env=_kernel_environment())
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        raise NotebookFailed(_what_failed(executed, started, error)) from error
    executed = normalize(executed)
    found = list(unwanted_outputs(executed))
    if found:
        raise NotebookFailed("\n".join(found))
    return executed


def _kernel_environment() -> dict[str, str]:
    """This process's environment, with this package importable from any folder.

    Claims are strict in it: no lesson is stored that says what its run contradicts. Nor is what the lesson does noted
    as somebody's progress.
    """
    environment = {STRICT: "1"} | os.environ | {progress.SETTING: "off"}
    paths = [str(Path(__file__).resolve().parents[2]), environment.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    return environment


def _what_failed(notebook: NotebookNode, started: list[int], error: Exception) -> str:
    """Name the failing cell (the last that was started), show its source and the error."""
    if not started:
        return f"no cell ran: {error}"
    if isinstance(error, CellExecutionError):
        what = f"{error.ename}: {error.evalue}"
    elif isinstance(error, CellTimeoutError):
        what = f"still running after {SECONDS_PER_CELL} seconds"
    else:
        what = "the kernel died"
    source = textwrap.indent(notebook.cells[started[-1]].source, "    ")
    return f"{_name(started[-1], len(started))} failed\n{source}\n{_ANSI.sub('', what)}"


def _name(index: int, execution_count: int | None) -> str:
    """How a cell is called: its number from the top, and the one in its margin."""
    return f"cell {index + 1} (In [{execution_count}])"


def unwanted_outputs(notebook: NotebookNode) -> Iterator[str]:
    """Yield a line for each output that no reader should see.

    These are errors, text on stderr (warnings land there) and paths of the machine.
    """
    for index, cell in enumerate(notebook.cells):
        name = _name(index, cell.get("execution_count"))
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                yield f"{name} shows an error: {output.ename}: {output.evalue}"
            elif output.get("name") == "stderr":
                yield f"{name} writes to stderr: {output.text.strip()!r}"
            else:
                shown = output.get("data", {}) | {"text/": output.get("text", "")}
                for text in (shown[kind] for kind in shown if kind.startswith("text/")):
                    for match in _MACHINE_PATH.finditer(text):
                        path = text[match.start() : match.end() + 40].strip().splitlines()[0]
                        yield f"{name} shows a path of this machine: {path!r}"


def is_deeper(cell: NotebookNode) -> bool:
    """Whether a cell goes beyond the core path of its lesson."""
    return DEEPER_TAG in cell.metadata.get("tags", [])


def exercise_name(cell: NotebookNode) -> str | None:
    """The exercise that a cell asks for, from its tag ``exercise:<name>``."""
    for tag in cell.metadata.get("tags", []):
        if tag.startswith(EXERCISE_TAG):
            return tag.removeprefix(EXERCISE_TAG)
    return None


def goes_on_with(cell: NotebookNode) -> str | None:
    """The exercise whose answer a cell hands on, the learner's or ours; it does nothing else."""
    found = _GOES_ON.fullmatch(cell.source) if cell.cell_type == "code" else None
    return found[1] if found else None


def solve(notebook: NotebookNode, lesson: str) -> NotebookNode:
    """Return a copy of the notebook with every exercise replaced by its solution.

    In each cell tagged ``exercise:<name>``, everything before the last line, ``exercises.<name>.check(<name>)``,
    becomes the exercise's ``solution_code``. The lesson is the notebook's name, with or without its number.

    Raises:
        ValueError: if a cell names an exercise that the lesson does not have, or does not end in the line that checks
            it.
    """
    module = importlib.import_module(f"lstm_lessons.exercises.{re.sub(r'^[0-9]+_', '', lesson)}")
    solved = copy.deepcopy(notebook)
    for position, cell in enumerate(solved.cells, 1):
        name = exercise_name(cell)
        if name is None:
            continue
        exercise = getattr(module, name, None)
        if exercise is None:
            raise ValueError(f"cell {position} asks for {name!r}, which {lesson} does not have")
        check = f"exercises.{name}.check({name})"
        last = cell.source.rstrip().splitlines()[-1]
        if last != check:
            raise ValueError(f"cell {position} must end in the line {check!r}; it ends in {last!r}")
        cell.source = f"{exercise.solution_code.strip()}\n\n{check}"
    return solved


def lessons(folder: Path, names: Sequence[str] = ()) -> list[Path]:
    """The notebooks of a folder whose names begin with one of ``names`` (all, if none is given).

    Raises:
        ValueError: if a name fits no notebook, or there is none.
    """
    paths = sorted(folder.glob("*.ipynb"))
    if not paths:
        raise ValueError(f"no notebook in {folder}; run this where the lessons were cloned")
    chosen: set[Path] = set()
    for name in names:
        begins = Path(name).stem  # nothing of "", "." or "/", with which every name would begin
        fitting = [path for path in paths if path.stem.startswith(begins)]
        if not begins or not fitting:
            known = ", ".join(path.stem for path in paths)
            raise ValueError(f"no notebook in {folder} begins with {name!r}; there are: {known}")
        chosen.update(fitting)
    return sorted(chosen) if names else paths


def read_all(folder: Path) -> dict[Path, NotebookNode]:
    """Every lesson of a folder by its file, in order."""
    return {path: nbformat.read(path, as_version=4) for path in lessons(folder)}


def store(path: Path, notebook: NotebookNode) -> None:
    """Write a notebook in the form in which it is committed, unless it stands there already."""
    new = to_text(normalize(notebook))
    if new != path.read_text(encoding="utf-8"):
        write_whole(path, new)


def update(path: Path, *, run: bool = True) -> None:
    """Execute and normalize one notebook file in place, or leave it as it is if it fails."""
    notebook = nbformat.read(path, as_version=4)
    store(path, execute(notebook, path.parent) if run else notebook)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m lstm_lessons.authoring.notebooks", description=__doc__.split("\n\n")[0]
    )
    parser.add_argument("names", nargs="*", help="how their names begin, e.g. 01 (default: all)")
    parser.add_argument("--folder", type=Path, default=Path("notebooks"))
    parser.add_argument("--no-run", action="store_true", help="normalize without executing")
    options = parser.parse_args(arguments)
    try:
        paths = lessons(options.folder, options.names)
    except ValueError as error:
        parser.error(str(error))
    failed = 0
    for path in paths:
        start = time.perf_counter()
        try:
            update(path, run=not options.no_run)
        except (NotebookFailed, OSError, ValueError) as error:  # the last of what is no JSON
            failed += 1
            print(f"{path.name}: left as it was\n{error}", file=sys.stderr)
        else:
            print(f"{path.name}: {time.perf_counter() - start:.0f} s", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
