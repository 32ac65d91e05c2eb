"""A stored output that no longer comes out is caught, and noise is not."""

from __future__ import annotations

import copy
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbval.plugin import get_sanitize_patterns

from lstm_lessons.authoring.notebooks import execute
from lstm_lessons.claims import STRICT
from tests.notebooks import form

ROOT = Path(__file__).resolve().parents[2]
SANITIZE = ROOT / "tests" / "nbval_sanitize.cfg"
STORED = "tensor([0.8808, 0.1192])"
CHANGED = "tensor([0.8808, 0.1193])"


def nbval(*paths: Path) -> str:
    """Compare notebooks as `make test` does; return what pytest prints."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rA", "--nbval"]
    command += ["--nbval-sanitize-with", SANITIZE, "--rootdir", paths[0].parent]
    done = subprocess.run([*command, *paths], capture_output=True, text=True, cwd=paths[0].parent)
    return done.stdout


def test_a_changed_stored_output_is_caught_and_noise_is_not(tmp_path):
    sources = [
        "import torch\nfrom lstm_lessons.claims import claim",
        "torch.sigmoid(torch.tensor([2.0, -2.0]))",
        "claim('a sigmoid is symmetric', True)",
        "object()",
    ]
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    right = execute(nbformat.v4.new_notebook(cells=cells), tmp_path)
    assert right.cells[1].outputs[0].data["text/plain"] == STORED
    wrong = copy.deepcopy(right)
    wrong.cells[1].outputs[0].data["text/plain"] = CHANGED
    wrong.cells[2].outputs[0].text = "claim holds: a sigmoid is antisymmetric\n"
    for name, notebook in (("right", right), ("wrong", wrong)):
        nbformat.write(notebook, tmp_path / f"{name}.ipynb")

    printed = nbval(tmp_path / "right.ipynb", tmp_path / "wrong.ipynb")
    outcome = {
        (file, int(cell)): word
        for word, file, cell in re.findall(r"^(PASSED|FAILED) (\w+)\.ipynb::Cell (\d)", printed, re.M)
    }
    assert [outcome["right", cell] for cell in range(4)] == ["PASSED"] * 4, printed
    assert [outcome["wrong", cell] for cell in range(4)] == ["PASSED", "FAILED", "FAILED", "PASSED"], printed


def test_a_bare_pytest_fails_where_a_claim_does_not_hold(tmp_path, monkeypatch):
    """Even though the stored output says the same: no lesson may say what its run contradicts."""
    sources = ["from lstm_lessons.claims import claim", "claim('a gate is open', False, 0.1)"]
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    monkeypatch.setenv(STRICT, "0")
    stored = execute(nbformat.v4.new_notebook(cells=cells), tmp_path)
    assert "claim does not hold" in stored.cells[1].outputs[0].data["text/plain"]
    nbformat.write(stored, tmp_path / "broken.ipynb")
    monkeypatch.delenv(STRICT)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--nbval"]
    command += ["--config-file", ROOT / "pyproject.toml", tmp_path / "broken.ipynb"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert "1 failed, 1 passed" in done.stdout, done.stdout
    assert "ClaimFailed" in done.stdout and "a gate is open [here: 0.1]" in done.stdout


def sanitized(text: str) -> str:
    """What nbval compares in place of ``text``, as nbval reads the file."""
    for pattern, replacement in get_sanitize_patterns(SANITIZE.read_text(encoding="utf-8")):
        text = re.sub(pattern, replacement, text)
    return text


@pytest.mark.parametrize(
    "one, other",
    [
        ("<object object at 0x7fc1dbff32d0>", "<object object at 0x55aa>"),
        ("/tmp/ipykernel_1/22.py:3", "/elsewhere/ipykernel_9/8.py:3"),
        ("trained in 1.23 s", "trained in 20.1 s"),
        ("claim holds: a [here: 0.12]\nx", "claim holds: a [here: [1, 2]]\nx"),
        ("<li>a [here: 1]</li><li>b [here: 2]</li>", "<li>a [here: 3]</li><li>b [here: 4]</li>"),
        ("claim holds: a [here: 1]\nx", "claim holds: a\nx"),
        ('<img src="data:image/png;base64,iVBO+/A=" alt="a">', '<img src="data:image/png;base64,BB" alt="a">'),
        ("30/30 [00:05<00:00, 5.81it/s]", "30/30 [00:09<00:00, 3.02it/s]"),
    ],
)
def test_noise_is_ironed_out(one, other):
    assert sanitized(one) == sanitized(other)


@pytest.mark.parametrize(
    "one, other",
    [
        ("claim holds: a [here: 1]", "claim does not hold: a [here: 1]"),
        ("<li>a [here: 1]</li><li>b [here: 2]</li>", "<li>a [here: 1]</li><li>c [here: 2]</li>"),
    ],
)
def test_a_claim_is_compared_with_its_verdict(one, other):
    assert sanitized(one) != sanitized(other)


def test_no_stored_result_of_a_lesson_is_taken_for_noise():
    """Outside the cells tagged as log or timing, ironing must change the values of claims alone."""
    ironed = []
    for path in form.LESSONS:
        for cell in nbformat.read(path, as_version=4).cells:
            if "nbval-ignore-output" in cell.metadata.get("tags", []):
                continue
            for output in cell.get("outputs", []):
                text = output.get("text") or output.get("data", {}).get("text/plain", "")
                text = re.sub(r"\s?\[here: .*\]$", "", text, flags=re.MULTILINE)
                ironed += [(path.stem, text)] if sanitized(text) != text else []
    assert ironed == []
