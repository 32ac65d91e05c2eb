"""What lesson 6 says of GPUs is what its record says: made of its numbers, and no number beside them."""

from __future__ import annotations

import re

import nbformat
import pytest

from lstm_lessons.benchmark import gpu
from tests.notebooks import form

LESSON = form.FOLDER / "06_gpu_and_amp.ipynb"
MEASURED = re.compile(r"\d[\d.,]* ?(?:ms|µs|s|[GT]B/s|[GT]?FLOP/s|[MG]iB|times|%)(?!\w)")
NOT_YET = "No GPU has been recorded for the lessons yet"

ROOF = {"dtype": "float32", "peak": 100.0, "bandwidth": 10.0, "bytes": 1.0}
STAND_IN = {
    "roofline": [
        ROOF | {"B": 1, "work": 2.0, "seconds": [1, 1.0, 1]},
        ROOF | {"B": 64, "work": 11.0, "seconds": [1, 4.0, 5]},
    ],
    "dtypes": [
        {"variant": "float32", "of float32": 1.0, "h_n off by": 1e-7, "result": "float32"},
        {"variant": "bfloat16 autocast", "of float32": 0.25, "h_n off by": 3e-3, "result": "float16"},
    ],
    "cliffs": [
        {"layer": "inside", "forward, TFLOP/s": 100.0},
        {"layer": "H 1152", "forward, TFLOP/s": 20.0},
        {"layer": "B 136", "forward, TFLOP/s": 103.0},
    ],
    "launches": [{"way": "loop", "ms": 30.0}, {"way": "graph", "ms": 5.0}, {"way": "nn.LSTM", "ms": 1.0}],
    "compiled": [{"way": "first call", "ms": 9000.0}, {"way": "loop", "ms": 30.0}],
    "memory": [{"B": 64, "training, MiB": 90.0, "forward, MiB": 10.0}],
    "copies": [
        {"what": "copy, ordinary", "ms": 8.0}, {"what": "copy, pinned", "ms": 2.0},
        {"what": "product, not waited for", "ms": 0.1}, {"what": "product, waited for", "ms": 20.0},
    ],
    "anchor": [{"phase": "forward", "ms": 4.02}, {"phase": "forward and backward", "ms": 5.19}],
}  # fmt: skip
TOLD = {
    "roofline": "float32: 64 times the batch takes 4.0 times as long; the ridge is passed at B = 64.",
    "dtypes": "bfloat16 autocast 0.25 times, off by 3e-03. Under bfloat16 autocast the layer returns float16.",
    "cliffs": "as a share of 'inside': H 1152 0.20; B 136 1.03.",
    "launches": "loop: 6 times as long as graph; 30 times as long as nn.LSTM.",
    "compiled": "first call: 300 times as long as loop.",
    "memory": "B = 64: 9.0 times the memory of a forward pass.",
    "copies": "Pinned: 0.25 of the time of a copy. The clock that does not wait sees 0.005 of a product.",
    "anchor": "forward: 2.00 times what was published; forward and backward: 1.00 times what was published.",
}


@pytest.mark.parametrize("part", gpu.SAID)
def test_the_sentence_of_a_part_is_made_of_its_numbers(part):
    assert gpu.SAID[part](STAND_IN[part]).endswith(TOLD[part])


def test_a_ridge_that_no_batch_reaches_is_told_so():
    assert gpu.SAID["roofline"](STAND_IN["roofline"][:1]).endswith("the ridge is not reached.")


def prose(notebook) -> list[str]:
    """The text of the section on GPUs, without teachers' notes and without what others have published."""
    texts, inside = [], False
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            inside = cell.source.startswith("## 6.")
        if inside and cell.cell_type == "markdown" and cell.metadata.slideshow.slide_type != "notes":
            texts.append(cell.source)
    return [text for text in texts if "others have published" not in text]


def stale(notebook, record: dict | None) -> set[str]:
    """The parts whose stored output does not say what the record says, or that there is none."""
    found = set()
    for cell in notebook.cells:
        parts = {part for part in gpu.PARTS if f'"{part}"' in cell.source} if "gpu.show(" in cell.source else set()
        printed = "".join(output.get("text", "") for output in cell.get("outputs", []))
        for part in parts:
            rows = (record or {"parts": {}})["parts"].get(part, {}).get("rows")
            if rows is None:
                said = f"{part}: no GPU has recorded it yet" if record is None else "could not be measured"
            else:
                said = gpu.SAID[part](rows) if part in gpu.SAID else record["date"]
            found |= {part} if said not in printed else set()
    return found


def of_the_lesson():
    return nbformat.read(LESSON, as_version=4)


def test_the_prose_names_no_measured_number_and_says_whether_there_is_a_record():
    texts = prose(of_the_lesson())
    assert len(texts) > 10
    named = [found.group() for text in texts for found in MEASURED.finditer(text)]
    assert not named, "let the record say it: gpu.SAID"
    assert any(NOT_YET in text for text in texts) == (gpu.load() is None)


def test_the_stored_outputs_are_those_of_the_record():
    assert stale(of_the_lesson(), gpu.load()) == set()


@pytest.mark.parametrize(
    "text", ["cuDNN takes 3.1 ms.", "It is 12 times as fast.", "70 % of the peak", "1.9 TFLOP/s", "It needs 14 GiB."]
)
def test_a_number_in_the_prose_would_be_found(text):
    assert MEASURED.search(text)


def test_outputs_of_another_record_would_be_found():
    record = {"date": "2000-01-01", "parts": {part: {"rows": rows} for part, rows in STAND_IN.items()}}
    shown = nbformat.v4.new_notebook()
    for part in STAND_IN:
        cell = nbformat.v4.new_code_cell(f'gpu.show("{part}")')
        cell.outputs = [nbformat.v4.new_output("stream", text=gpu.SAID[part](STAND_IN[part]))]
        shown.cells.append(cell)
    assert stale(shown, record) == set()
    faster = {"rows": [{"way": "loop", "ms": 1.0}, {"way": "nn.LSTM", "ms": 1.0}]}
    assert stale(shown, record | {"parts": record["parts"] | {"launches": faster}}) == {"launches"}
    assert "cliffs" in stale(of_the_lesson(), record) or gpu.load() == record


def test_the_published_numbers_are_those_of_the_table():
    [table] = [cell.source for cell in of_the_lesson().cells if "| FlashRNN, fused |" in cell.source]
    [row] = [line for line in table.splitlines() if "cuDNN" in line]
    assert [float(number) for number in re.findall(r"([\d.]+) ms", row)] == list(gpu.PUBLISHED.values())
