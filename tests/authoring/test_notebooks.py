"""Executing, normalizing and solving notebooks, and never writing one that failed."""

from __future__ import annotations

import copy
from pathlib import Path

import nbformat
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from lstm_lessons.authoring import notebooks

VIEW = notebooks.LIVE_WIDGET


def untidy() -> nbformat.NotebookNode:
    """A notebook as JupyterLab saves it: with times, random ids, widget state and versions."""
    code = new_code_cell(
        "x = 1\nx\n\n",
        id="random-1",
        execution_count=3,
        metadata={
            "execution": {"iopub.execute_input": "2020-01-01T00:00:00Z"},
            "trusted": True,
            "scrolled": False,
            "tags": ["parameters"],
            "slideshow": {"slide_type": "slide"},
        },
        outputs=[
            new_output("stream", text="a\n"),
            new_output("stream", text="b\n"),
            new_output("stream", name="stderr", text="c\n"),
            new_output("display_data", data={VIEW: {"model_id": "random"}}),
            new_output(
                "execute_result",
                data={VIEW: {"model_id": "random"}, "text/html": "<b>1</b>", "text/plain": "1"},
                execution_count=3,
            ),
        ],
    )
    twin = copy.deepcopy(code)
    twin.id = "random-2"
    return new_notebook(
        cells=[new_markdown_cell("# A", id="random-3", metadata={"tags": []}), code, twin],
        metadata={
            "kernelspec": {"display_name": "My own", "name": "python3"},
            "language_info": {"name": "python", "version": "3.11.0"},
            "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {}}},
            "papermill": {"duration": 1.0},
        },
    )


def test_normalize_keeps_what_matters_and_drops_the_rest():
    normal = notebooks.normalize(untidy())
    markdown, code, twin = normal.cells
    assert normal.metadata == notebooks.NOTEBOOK_METADATA
    assert markdown.metadata == {}
    assert code.metadata == {"slideshow": {"slide_type": "slide"}, "tags": ["parameters"]}
    assert code.source == "x = 1\nx"
    assert code.execution_count == 3
    streams = [(out.name, out.text) for out in code.outputs if out.output_type == "stream"]
    assert streams == [("stdout", "a\nb\n"), ("stderr", "c\n")]
    (result,) = (out for out in code.outputs if "data" in out)
    assert result.data == {"text/html": "<b>1</b>", "text/plain": "1"}
    assert len({cell.id for cell in normal.cells}) == 3
    assert twin.id == f"{code.id}-2"


def test_a_progress_bar_is_kept_in_its_last_state():
    bar = "before\n\r  0%|    | 0/2\r 50%|██  | 1/2\r100%|████| 2/2\nafter\n"
    pieces = [new_output("stream", text=bar[:20]), new_output("stream", text=bar[20:])]
    once = notebooks.normalize(new_notebook(cells=[new_code_cell("x", outputs=pieces)]))
    assert [out.text for out in once.cells[0].outputs] == ["before\n100%|████| 2/2\nafter\n"]
    assert notebooks.normalize(once) == once


@given(text=st.text("ab\r\n", max_size=12))
@example(text="10%\r\r20%\r\n")  # a bar that ends its line by itself returns twice
def test_a_normal_log_stays_as_it_is(text):
    once = notebooks.normalize(new_notebook(cells=[new_code_cell("x", outputs=[new_output("stream", text=text)])]))
    assert notebooks.normalize(once) == once


def test_normalize_changes_nothing_twice_and_leaves_its_input_alone():
    given = untidy()
    before = copy.deepcopy(given)
    once = notebooks.normalize(given)
    assert given == before
    assert notebooks.to_text(notebooks.normalize(once)) == notebooks.to_text(once)
    nbformat.validate(once)


def test_an_id_follows_from_the_source_and_not_from_the_place():
    one, two = new_markdown_cell("one"), new_markdown_cell("two")
    alone = notebooks.normalize(new_notebook(cells=[two]))
    behind = notebooks.normalize(new_notebook(cells=[one, two]))
    assert behind.cells[1].id == alone.cells[0].id != behind.cells[0].id


@pytest.mark.parametrize(
    "text", ["/home/ada", "saved to '/srv/data/run/x.txt'", "(/usr/lib/python3/site.py)", "C:\\Users\\ada", "in /tmp/x"]
)
def test_a_path_of_the_machine_is_found(text):
    (found,) = notebooks.unwanted_outputs(_showing(text))
    assert "shows a path of this machine" in found


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/a/b/c/d",
        "km/h, and/or/but",
        "1/2/3 of 4",
        "data:image/png;base64,iVBO/abc/def/ghi",
        "<b>1</b>",
        "notebooks/images/a.png",
    ],
)
def test_what_only_looks_like_a_path_is_let_through(text):
    assert list(notebooks.unwanted_outputs(_showing(text))) == []


def _showing(text):
    cells = [new_code_cell("x", execution_count=1, outputs=[new_output("stream", text=f"{text}\n")])]
    return new_notebook(cells=cells)


# --- Running ----------------------------------------------------------------------------


def write(folder: Path, *sources: str) -> Path:
    cells = [new_markdown_cell("# A lesson"), *map(new_code_cell, sources)]
    path = folder / "01_a_lesson.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    return path


def test_a_notebook_runs_in_its_folder_with_the_package_and_runs_again_to_the_same_bytes(tmp_path, capsys):
    (tmp_path / "beside.txt").write_text("beside me")
    path = write(
        tmp_path,
        "import ipywidgets, lstm_lessons\nprint(open('beside.txt').read())",
        "print('more')\nlstm_lessons.__name__",
        "ipywidgets.IntSlider(3)",
    )
    assert notebooks.main(["--folder", str(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith("01_a_lesson.ipynb: ")
    first = path.read_bytes()
    _, read, name, widget = nbformat.reads(first.decode(), as_version=4).cells
    assert read.outputs[0].text == "beside me\n"
    assert name.outputs[1].data == {"text/plain": "'lstm_lessons'"}
    assert list(widget.outputs[0].data) == ["text/plain"]
    assert notebooks.main(["--folder", str(tmp_path), "01"]) == 0
    assert path.read_bytes() == first
    assert sorted(file.name for file in tmp_path.iterdir()) == ["01_a_lesson.ipynb", "beside.txt"]


@pytest.mark.parametrize(
    "source, complaint",
    [
        ("1 / 0", "cell 3 (In [2]) failed\n    1 / 0\nZeroDivisionError: division by zero"),
        ("import os\nos._exit(1)", "cell 3 (In [2]) failed\n    import os\n    os._exit(1)"),
        ("import sys\nprint('x', file=sys.stderr)", "cell 3 (In [2]) writes to stderr: 'x'"),
        ("import os\nprint('/home/' + 'ada')", "cell 3 (In [2]) shows a path of this machine"),
    ],
    ids=["raises", "dies", "warns", "shows a path"],
)
def test_a_notebook_that_fails_is_left_as_it_was_and_its_cell_named(tmp_path, capsys, source, complaint):
    path = write(tmp_path, "a = 1", source, "print(a)")
    before = path.read_bytes()
    assert notebooks.main(["--folder", str(tmp_path)]) == 1
    assert complaint in capsys.readouterr().err
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_a_cell_that_runs_too_long_is_stopped_and_named(tmp_path, monkeypatch):
    monkeypatch.setattr(notebooks, "SECONDS_PER_CELL", 5)  # two cells: the first is in time
    notebook = new_notebook(cells=[new_code_cell("import time"), new_code_cell("time.sleep(60)")])
    with pytest.raises(notebooks.NotebookFailed, match="cell 2 .*failed(.|\n)*after 5 seconds"):
        notebooks.execute(notebook, tmp_path)


def test_normalizing_alone_runs_nothing(tmp_path):
    path = write(tmp_path, "1 / 0")
    assert notebooks.main(["--folder", str(tmp_path), "--no-run"]) == 0
    cell = nbformat.read(path, as_version=4).cells[1]
    assert cell.outputs == [] and cell.execution_count is None


def test_a_name_that_fits_no_notebook_is_refused(tmp_path, capsys):
    write(tmp_path, "1")
    with pytest.raises(SystemExit):
        notebooks.main(["--folder", str(tmp_path), "07"])
    assert "begins with '07'; there are: 01_a_lesson" in capsys.readouterr().err
    with pytest.raises(ValueError, match="no notebook in .*; run this where"):
        notebooks.lessons(tmp_path / "nowhere", [])


# --- Exercises --------------------------------------------------------------------------

CHECK = "exercises.new_memory.check(new_memory)"


def asking(name: str, source: str) -> nbformat.NotebookNode:
    cell = new_code_cell(source, metadata={"tags": [f"exercise:{name}"]})
    return new_notebook(cells=[new_code_cell("a = ..."), cell])


@pytest.mark.parametrize("lesson", ["start_here", "00_start_here"])
def test_solve_puts_the_solution_before_the_line_that_checks_it(lesson):
    from lstm_lessons.exercises import start_here

    given = asking("new_memory", f"def new_memory(c, f, i, g):\n    return ...\n\n\n{CHECK}")
    before = copy.deepcopy(given)
    solved = notebooks.solve(given, lesson)
    assert given == before
    assert solved.cells[0] == given.cells[0]
    assert solved.cells[1].source == f"{start_here.new_memory.solution_code}\n\n{CHECK}"
    names = {"exercises": start_here}
    exec(solved.cells[1].source, names)
    assert start_here.new_memory.check(names["new_memory"]).status == "correct"


def test_solve_refuses_an_unknown_exercise_and_one_that_is_not_checked():
    with pytest.raises(ValueError, match="cell 2 asks for 'nothing'"):
        notebooks.solve(asking("nothing", "exercises.nothing.check(nothing)"), "start_here")
    with pytest.raises(ValueError, match="cell 2 must end in the line .* it ends in 'new_memory'"):
        notebooks.solve(asking("new_memory", f"{CHECK}\nnew_memory"), "start_here")
