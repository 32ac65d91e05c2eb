"""The deployed model answers without torch, says what is wrong, and equals its twin in torch."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import numpy as np
import onnx
import pytest

from lstm_lessons.text import export, predict
from lstm_lessons.text.classifier import encode_batch

pytestmark = pytest.mark.filterwarnings("ignore:.*more than 64 letters")
TEXTS = ["Norwegen", "a", "Île de la Réunion", "x" * 90, "  two   spaces "]


def run(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "lstm_lessons.text.predict", *arguments], capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def predictor(shipped):
    return predict.load(shipped.onnx)


def test_torch_is_never_imported(shipped):
    program = (
        "import sys\nfrom lstm_lessons.text import predict\n"
        f"predict.main([{str(shipped.int8)!r}, 'Norwegen'])\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    imported = set(done.stdout.splitlines()[-1].split())
    assert {"onnxruntime", "numpy", "lstm_lessons"} <= imported
    assert not imported & {"torch", "onnx", "onnxscript", "pandas", "babel", "safetensors"}


def test_texts_become_the_numbers_that_torch_reads(predictor, shipped):
    numbers, lengths = predictor.encode(TEXTS)
    expected = encode_batch(TEXTS, shipped.classifier.letters)
    np.testing.assert_array_equal(numbers, expected[0].numpy())
    np.testing.assert_array_equal(lengths, expected[1].numpy())
    assert numbers.dtype == lengths.dtype == np.int64


def test_the_probabilities_are_those_of_torch(predictor, shipped):
    found = predictor.probabilities(TEXTS)
    np.testing.assert_allclose(found, shipped.classifier.probabilities(TEXTS), atol=1e-5)
    np.testing.assert_allclose(found.sum(1), 1, rtol=1e-5)


def test_what_is_cut_is_said_on_the_command_line(shipped, capsys):
    for module, file in ((predict, shipped.onnx), (export, shipped.weights)):
        module.main([str(file), "x" * 65])
        said = capsys.readouterr()
        assert said.err == "note: 1 of 1 texts have more than 64 letters; the rest is not read\n"
        module.main([str(file), "x" * 64])
        assert capsys.readouterr().err == ""


def test_huge_scores_give_no_nan(predictor, monkeypatch):
    monkeypatch.setattr(predict.Predictor, "scores", lambda *_: np.array([[1e4, 0, -1e4]], np.float32))
    np.testing.assert_array_equal(predictor.probabilities(["a"]), [[1, 0, 0]])


def test_the_most_probable_classes_come_first():
    text = predict.answer(np.array([0.1, 0.7, 0.2]), ["Czech", "Dutch", "Welsh"], 2)
    assert text.splitlines() == [" 70.0%  Dutch", " 20.0%  Welsh"]


def test_the_command_prints_what_its_twin_prints(shipped, capsys):
    done = run(str(shipped.onnx), "Norwegen", "--top", "2")
    assert done.returncode == 0 and done.stderr == ""
    export.main([str(shipped.weights), "Norwegen", "--top", "2"])
    assert done.stdout == capsys.readouterr().out
    assert len(done.stdout.splitlines()) == 2


@pytest.mark.parametrize(
    ("model", "arguments", "said"),
    [
        ("none.onnx", ["a"], "there is none at"),
        ("weights", ["a"], "path must be an ONNX model"),
        ("bare", ["a"], "must carry letters, classes, longest in its metadata; it lacks classes"),
        ("onnx", [" "], "must hold at least one letter"),
        ("onnx", ["a", "--top", "0"], "--top: must be a whole number of at least 1"),
        ("onnx", [], "required: text"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(shipped, tmp_path, model, arguments, said, capsys):
    bare = tmp_path / "bare.onnx"
    shutil.copy(shipped.onnx, bare)
    without = onnx.load(str(bare))
    onnx.helper.set_model_props(without, {"letters": "{}", "longest": "64"})
    onnx.save(without, str(bare))
    paths = {"weights": shipped.weights, "onnx": shipped.onnx, "bare": bare}
    with pytest.raises(SystemExit) as stopped:
        predict.main([str(paths.get(model, tmp_path / model)), *arguments])
    assert stopped.value.code == 2
    *_, line = capsys.readouterr().err.strip().splitlines()
    assert said in line


def test_a_terminal_that_lacks_a_letter_ends_in_no_traceback(shipped, tmp_path):
    path = tmp_path / "model.onnx"
    model = onnx.load(str(shipped.onnx))
    carried = {entry.key: entry.value for entry in model.metadata_props}
    classes = ["čeština", "Dutch", "German", "ελληνικά"]
    onnx.helper.set_model_props(model, carried | {"classes": json.dumps(classes)})
    onnx.save(model, str(path))
    for module, file in (("predict", path), ("export", shipped.weights)):
        done = subprocess.run(
            [sys.executable, "-m", f"lstm_lessons.text.{module}", file, "Norwegen", "--top", "4"],
            env=os.environ | {"PYTHONIOENCODING": "cp1252"},
            capture_output=True,
        )
        assert (done.returncode, done.stderr) == (0, b"")
        assert len(done.stdout.splitlines()) == 4 and b"Dutch" in done.stdout


def test_no_text_is_refused(predictor):
    with pytest.raises(ValueError, match="texts must hold at least one text, got none"):
        predictor.encode([])
