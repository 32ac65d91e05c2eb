"""What is shipped computes what was trained, for any size of batch, and its traps are caught."""

from __future__ import annotations

import copy
import dataclasses
import json
import logging
import warnings
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from packaging.version import Version
from safetensors import safe_open
from safetensors.torch import save_file
from torch.nn.utils import prune
from torch.nn.utils.parametrize import register_parametrization

from lstm_lessons import cell, ladder
from lstm_lessons.text import export, predict
from lstm_lessons.text.classifier import TextClassifier, TrainedClassifier
from lstm_lessons.train import History


def batch(rows: int, steps: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Numbers (B, T) and lengths (B,), one of them T, the others anything from 1 up."""
    rng = np.random.default_rng([seed, rows, steps])
    lengths = rng.integers(1, steps + 1, rows)
    lengths[rows // 2] = steps
    numbers = rng.integers(1, 9, (rows, steps))
    numbers[np.arange(steps) >= lengths[:, None]] = 0
    return numbers, lengths


def by_torch(model: TextClassifier, numbers: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        return model(torch.from_numpy(numbers), torch.from_numpy(lengths)).numpy()


# Saving and loading


def test_a_saved_model_comes_back_to_the_last_bit(shipped):
    found = export.load(shipped.weights)
    expected = shipped.classifier
    assert found.letters == expected.letters and found.classes == expected.classes
    assert not found.model.training
    assert found.model.state_dict().keys() == expected.model.state_dict().keys()
    for name, value in expected.model.state_dict().items():
        assert torch.equal(found.model.state_dict()[name], value), name
    sizes = batch(3, 6)
    np.testing.assert_array_equal(by_torch(found.model, *sizes), by_torch(expected.model, *sizes))


def test_loading_leaves_the_random_state_alone(shipped):
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    export.load(shipped.weights)
    assert torch.equal(torch.rand(1), expected)


def test_other_files_are_refused_with_the_reason(shipped, tmp_path):
    with pytest.raises(FileNotFoundError, match="path must be a safetensors file"):
        export.load(tmp_path / "none.safetensors")
    with pytest.raises(ValueError, match="must be a safetensors file, .*onnx is none"):
        export.load(shipped.onnx)
    bare = tmp_path / "bare.safetensors"
    save_file({"a": torch.ones(1)}, bare)
    with pytest.raises(ValueError, match="it lacks letters, classes, longest, embedding_size"):
        export.load(bare)


def test_the_number_of_letters_that_are_read_travels(shipped, tmp_path):
    short = dataclasses.replace(shipped.classifier, longest=3)
    export.save(short, tmp_path / "short.safetensors")
    export.export(short, tmp_path / "short.onnx")
    found = export.load(tmp_path / "short.safetensors"), predict.load(tmp_path / "short.onnx")
    for model in found:
        assert model.longest == 3
        with pytest.warns(UserWarning, match="1 of 2 texts have more than 3 letters; the rest is"):
            cut, whole = model.probabilities(["norwegen", "nor"])
        np.testing.assert_array_equal(cut, whole)


@pytest.mark.parametrize(
    "damage",
    [
        {"letters": "{"},
        {"letters": "[]"},
        {"letters": json.dumps({"a": 7})},
        {"classes": "3"},
        {"classes": "[1, 2]"},
        {"classes": '"wxyz"'},  # four texts, if letters were
        {"letters": json.dumps({name: n for n, name in enumerate(("ab", *"cdefgh"), 2)})},
        {"longest": "0"},
        {"longest": "null"},
        {"classes": json.dumps(["x"])},
    ],
)
def test_damaged_metadata_is_refused(shipped, tmp_path, damage):
    weights, onnx_file = tmp_path / "model.safetensors", tmp_path / "model.onnx"
    with safe_open(shipped.weights, framework="pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}
        save_file(tensors, weights, file.metadata() | damage)
    model = onnx.load(str(shipped.onnx))
    carried = {entry.key: entry.value for entry in model.metadata_props}
    onnx.helper.set_model_props(model, carried | damage)
    onnx.save(model, str(onnx_file))
    for load, path in ((export.load, weights), (predict.load, onnx_file)):
        with pytest.raises(ValueError, match="model.* must|longest must"):
            load(path)


@pytest.mark.parametrize(
    "damage",
    [
        {"hidden_size": "9"},
        {"hidden_size": "1e9"},
        {"hidden_size": "10000000000"},
        {"pool": '"last"'},
        {"embedding_size": "-1"},
    ],
)
def test_weights_of_another_size_are_refused_before_room_is_made_for_them(shipped, tmp_path, damage):
    with safe_open(shipped.weights, framework="pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}
        save_file(tensors, tmp_path / "other.safetensors", file.metadata() | damage)
    with pytest.raises(ValueError, match="other.safetensors must be written by `save`"):
        export.load(tmp_path / "other.safetensors")


# What is not what it seems


def changed(classifier, change):
    """A classifier whose model went through something."""
    model = copy.deepcopy(classifier.model)
    return dataclasses.replace(classifier, model=change(model) or model)


def prune_lstm(model):
    prune.l1_unstructured(model.lstm, "weight_hh_l0", 0.5)


def parametrize_lstm(model):
    register_parametrization(model.lstm, "weight_hh_l0", torch.nn.ReLU())


def another_lstm(kind):
    def change(model):
        model.lstm = kind(model.lstm.input_size, model.lstm.hidden_size)

    return change


def subclass(model):
    class Sharpened(TextClassifier):
        def forward(self, numbers, lengths):
            return 2 * super().forward(numbers, lengths)

    model.__class__ = Sharpened


def quantize(model):
    with export.quiet():
        return export.quantize_in_torch(model)


def spoil(model):
    model.head.weight.data[0] = np.nan


def hook(model):
    model.register_forward_hook(lambda module, arguments, output: 2 * output)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (prune_lstm, "neither quantized nor pruned, got none .* for lstm.weight_hh_l0"),
        (parametrize_lstm, "float32 weights .* got torch.float32 for lstm.parametrizations"),
        (another_lstm(torch.nn.GRU), "float32 weights of a TextClassifier"),
        (another_lstm(torch.nn.LSTM), "float32 weights .* got none .* for lstm.bias_hh_l0_reverse"),
        (quantize, "neither quantized nor pruned, got "),
        (torch.nn.Module.double, "float32 weights .* got torch.float64 for "),
        (torch.nn.Module.half, "float32 weights .* got torch.float16 for "),
        (spoil, "model must have finite weights"),
        (hook, "model must have no forward hooks"),
        (lambda model: delattr(model, "head"), "model must have all of its parts, .* got none for head"),
        (lambda model: delattr(model.lstm, "weight_hh_l0"), "float32 weights .* got none .* for lstm.weight_hh_l0"),
        (subclass, "model must be a TextClassifier, got Sharpened"),
        (torch.nn.DataParallel, "model must be a TextClassifier, got DataParallel"),
    ],
)
def test_a_model_that_its_weights_do_not_tell_is_refused_early(shipped, tmp_path, change, said):
    classifier = changed(shipped.classifier, change)
    for ship in (export.save, export.export):
        with pytest.raises((TypeError, ValueError), match=said):
            ship(classifier, tmp_path / "file")
    with pytest.raises((TypeError, ValueError), match=said):
        export.export_raw(classifier.model, tmp_path / "file")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", [cell.LSTM, ladder.PackedLSTM, torch.compile])
def test_a_compiled_model_and_one_with_our_lstm_are_shipped_as_they_are(shipped, tmp_path, kind):
    model = copy.deepcopy(shipped.classifier.model)
    if kind is torch.compile:
        compiled = torch.compile(model, backend="eager")
    else:
        compiled = model
        model.lstm = kind(6, 8, bidirectional=True).requires_grad_(False)
        model.lstm.load_state_dict(shipped.classifier.model.lstm.state_dict())
        with pytest.raises(export.NotQuantized, match="model.lstm must be torch.nn.LSTM, got"):
            quantize(model)
    classifier = dataclasses.replace(shipped.classifier, model=compiled)
    export.save(classifier, tmp_path / "model.safetensors")
    export.export(classifier, tmp_path / "model.onnx")
    wanted, sizes = by_torch(shipped.classifier.model, *batch(3, 6)), batch(3, 6)
    for found in (
        by_torch(compiled, *sizes),
        by_torch(export.load(tmp_path / "model.safetensors").model, *sizes),
        predict.load(tmp_path / "model.onnx").scores(*sizes),
        export.lean_scores(model, *sizes).detach().numpy(),
    ):
        np.testing.assert_allclose(found, wanted, atol=2e-6)


def test_letters_and_classes_must_be_those_of_the_model(shipped, tmp_path):
    for other in ({"letters": {"a": 2}}, {"classes": ("x", "y")}):
        classifier = dataclasses.replace(shipped.classifier, **other)
        for ship in (export.save, export.export):
            with pytest.raises(ValueError, match="as many as the model knows, 7 and 4, got"):
                ship(classifier, tmp_path / "file")


def test_files_that_cannot_be_are_said_before_the_work(shipped, tmp_path):
    nowhere = tmp_path / "nowhere" / "file"
    for ship in (export.save, export.export):
        with pytest.raises(FileNotFoundError, match="path must be in a folder that exists"):
            ship(shipped.classifier, nowhere)
        with pytest.raises(TypeError, match="path must be a path, got int"):
            ship(shipped.classifier, 3)
    with pytest.raises(FileNotFoundError, match="target must be in a folder that exists"):
        export.quantize(shipped.onnx, nowhere)
    with pytest.raises(FileNotFoundError, match="source must be an ONNX file, and there is none"):
        export.quantize(nowhere, tmp_path / "file")
    with pytest.raises(ValueError, match="path must be an ONNX model, model.safetensors is none"):
        export.operators(shipped.weights)


# Bad batches: the same verdict with torch and without

BATCH = np.ones((2, 3), np.int64), np.array([3, 2])


@pytest.mark.parametrize(
    ("numbers", "lengths", "said"),
    [
        (*BATCH, None),
        (BATCH[0].astype(np.int32), BATCH[1].astype(np.uint8), None),
        (BATCH[0], np.array([3, 0]), r"lengths must lie in 1\.\.3, got 0\.\.3"),
        (BATCH[0], np.array([4, 1]), r"lengths must lie in 1\.\.3, got 1\.\.4"),
        (BATCH[0], np.array([-1, 1]), r"lengths must lie in 1\.\.3, got -1\.\.1"),
        (BATCH[0], np.array([3]), "lengths must be one for each of 2 texts, got 1"),
        (BATCH[0], np.array([3, 2, 1]), "lengths must be one for each of 2 texts, got 3"),
        (BATCH[0], np.array([3.0, 2.0]), "lengths must hold integers, .* got float64"),
        (BATCH[0], np.array([[3, 2]]), "lengths must hold integers, .* got int64 of shape"),
        (np.zeros((0, 3), np.int64), np.zeros(0, np.int64), "numbers must hold at least one letter"),
        (np.zeros((2, 0), np.int64), np.ones(2, np.int64), "numbers must hold at least one letter"),
        (np.ones(3, np.int64), np.array([3]), "numbers must hold integers, .* got int64 of shape"),
        (np.ones((2, 3, 1), np.int64), BATCH[1], "numbers must hold integers, .* got int64 of shape"),
        (np.ones((2, 3)), BATCH[1], "numbers must hold integers, .* got float64"),
        (np.ones((2, 3), bool), BATCH[1], "numbers must hold integers, .* got bool"),
        (np.full((2, 3), 9), BATCH[1], r"numbers must lie in 0\.\.8, got 9\.\.9"),
        (np.full((2, 3), -1), BATCH[1], r"numbers must lie in 0\.\.8, got -1\.\.-1"),
        (np.full((2, 3), 2**40), BATCH[1], r"numbers must lie in 0\.\.8"),
    ],
)
def test_one_table_of_batches_gives_the_same_verdicts_everywhere(shipped, numbers, lengths, said):
    model, predictor = shipped.classifier.model, predict.load(shipped.onnx)
    programs = {
        "torch": lambda: by_torch(model, numbers, lengths),
        "lean": lambda: export.lean_scores(model, torch.from_numpy(numbers), lengths).detach(),
        "exported": lambda: predictor.scores(numbers, lengths),
        "eight bits": lambda: predict.runner(shipped.int8)(numbers, lengths),
        "saved": lambda: export.runner(shipped.weights, "as trained")(numbers, lengths),
    }
    for name, program in programs.items():
        if said is None:
            assert np.isfinite(np.asarray(program())).all(), name
        else:
            with pytest.raises(ValueError, match=said):
                program()


@pytest.mark.parametrize(
    ("texts", "error", "said"),
    [
        ("coffee", TypeError, "texts must be a list of texts, got a string"),
        (None, TypeError, "texts must be a list of texts, got NoneType"),
        (["a", None], TypeError, r"texts\[1\] must be a text, got NoneType"),
        (["a", float("nan")], TypeError, r"texts\[1\] must be a text, got float"),
        ([], ValueError, "texts must hold at least one text, got none"),
        (["a", " "], ValueError, "text must hold at least one letter, got an empty one"),
    ],
)
def test_one_table_of_texts_gives_the_same_verdicts_everywhere(shipped, texts, error, said):
    for model in (shipped.classifier, predict.load(shipped.onnx)):
        for given in (texts, iter(texts) if isinstance(texts, list) else texts):
            with pytest.raises(error, match=said):
                model.probabilities(given)
    with pytest.raises(error, match=said):
        shipped.classifier.predict(texts)


# Export


@pytest.mark.parametrize("rows", [1, 2, 5])
@pytest.mark.parametrize("steps", [1, 4, 13])
def test_two_of_each_the_export_takes_any_size(shipped, rows, steps):
    """The example that was exported had 3 rows of 7 steps: none of these."""
    sizes = batch(rows, steps)
    found = predict.runner(shipped.onnx)(*sizes)
    np.testing.assert_allclose(found, by_torch(shipped.classifier.model, *sizes), atol=2e-6)


@pytest.mark.parametrize("way", [*export.WAYS, "onnx", "int8 onnx"])
@pytest.mark.parametrize("rows", [1, 6])
def test_parity_of_every_variant(shipped, way, rows):
    files = {"onnx": shipped.onnx, "int8 onnx": shipped.int8}
    runner = predict.runner(files[way]) if way in files else export.runner(shipped.weights, way)
    sizes = batch(rows, 9, seed=1)
    expected = by_torch(shipped.classifier.model, *sizes)
    tolerance = 0.1 * np.abs(expected).max() if "int8" in way else 2e-6
    found = runner(*sizes)
    np.testing.assert_allclose(found, expected, atol=tolerance)
    assert ("int8" in way) == (np.abs(found - expected).max() > 1e-5)


@pytest.mark.parametrize("pool", ["final", "mean", "max"])
def test_other_pools_are_exported_as_well(tmp_path, pool):
    torch.manual_seed(1)
    model = TextClassifier(9, 3, 4, 5, pool=pool).eval()
    letters = {letter: number for number, letter in enumerate("abcdefg", 2)}
    export.export(TrainedClassifier(model, letters, ("x", "y", "z"), History()), tmp_path / "model.onnx")
    for sizes in (batch(1, 4), batch(4, 9)):
        found = predict.runner(tmp_path / "model.onnx")(*sizes)
        np.testing.assert_allclose(found, by_torch(model, *sizes), atol=2e-6)
        lean = export.lean_scores(model, *map(torch.from_numpy, sizes))
        np.testing.assert_allclose(lean.detach().numpy(), by_torch(model, *sizes), atol=2e-6)


def test_a_named_axis_may_be_frozen_without_a_word_and_an_automatic_one_is_not(tmp_path):
    """Lesson 9 warns of it. torch 2.15 does it no more: when that is the oldest allowed, the lesson can say so."""

    class Plain(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm = torch.nn.LSTM(2, 3, batch_first=True)

        def forward(self, x):
            return self.lstm(x)[0].amax(1)

    def inputs(batch, time):
        with export.quiet():
            program = torch.onnx.export(
                Plain().eval(),
                (torch.ones(3, 7, 2),),
                dynamo=True,
                verbose=False,
                dynamic_shapes={"x": {0: batch, 1: time}},
            )
        return list(program.model.graph.inputs[0].shape)

    dim = torch.export.Dim
    inputs(dim("B"), dim("T"))
    frozen = inputs(dim("B"), dim("T"))[1] == 7
    release = Version(torch.__version__).release
    assert frozen or release > (2, 14)
    assert not frozen or release < (2, 15)
    assert inputs(dim.AUTO, dim.AUTO)[1] != 7


def test_a_model_in_training_mode_is_not_exported(shipped):
    model = copy.deepcopy(shipped.classifier.model).train()
    with pytest.raises(ValueError, match="model must be in evaluation mode"):
        export.ForONNX(model)


def test_the_file_holds_a_single_lstm_what_must_travel_and_nothing_of_this_machine(shipped):
    assert export.operators(shipped.onnx)["LSTM"] == 1
    model = onnx.load(str(shipped.onnx))
    carried = {item.key: json.loads(item.value) for item in model.metadata_props}
    assert carried["letters"] == shipped.classifier.letters
    assert tuple(carried["classes"]) == shipped.classifier.classes
    assert set(carried) == set(predict.METADATA)
    for path in (shipped.onnx, shipped.int8):
        content = path.read_bytes()
        assert b"stack_trace" not in content and str(Path.cwd()).encode() not in content


def test_without_the_cleaning_the_file_would_tell_where_it_was_made(shipped):
    """Or the test above could never fail."""
    assert str(Path(export.__file__).parent).encode() in shipped.raw.read_bytes()


# Eight bits


def test_the_quantized_file_holds_a_quantized_lstm_and_keeps_its_metadata(shipped):
    assert export.operators(shipped.int8)[export.QUANTIZED_LSTM] == 1
    assert predict.load(shipped.int8).letters == shipped.classifier.letters


def test_a_graph_that_was_not_folded_is_not_taken_for_quantized(shipped, tmp_path):
    (tmp_path / "trap.onnx").write_text("what stood there")
    with pytest.raises(export.NotQuantized, match="it holds 0 and 1. Is raw.onnx from `export`"):
        export.quantize(shipped.raw, tmp_path / "trap.onnx")
    assert [file.name for file in tmp_path.iterdir()] == ["trap.onnx"]
    assert (tmp_path / "trap.onnx").read_text() == "what stood there"


def test_the_quantizer_itself_only_logs_a_hint_about_it(shipped, tmp_path, caplog):
    from onnxruntime.quantization import quantize_dynamic

    with caplog.at_level(logging.WARNING):
        quantize_dynamic(str(shipped.raw), str(tmp_path / "trap.onnx"))
    assert "Please consider to run pre-processing before quantization" in caplog.text


@pytest.mark.parametrize("choice", [{"signed": True}, {"per_channel": True}])
def test_other_choices_reach_the_file(shipped, tmp_path, choice):
    path = tmp_path / "other.onnx"
    export.quantize(shipped.onnx, path, **choice)

    def tensors(path):
        return {
            (item.data_type, tuple(item.dims))
            for item in onnx.load(str(path)).graph.initializer
            if "_scale" in item.name or "quantized" in item.name
        }

    assert tensors(path) != tensors(shipped.int8)


def test_quiet_restores_logging_and_warnings():
    with export.quiet():
        logging.getLogger("some").warning("not heard")
        warnings.warn("not heard", stacklevel=1)
    assert logging.root.manager.disable == 0
    with pytest.warns(UserWarning, match="heard"):
        warnings.warn("heard", stacklevel=1)


# The report


def test_the_report_counts_points_agreement_and_the_largest_error():
    reference = np.eye(3)[[0, 1, 2, 0]]  # says 0, 1, 2, 0
    scores = np.eye(3)[[0, 1, 1, 2]] * 2.0  # says 0, 1, 1, 2
    found = export.parity(scores, reference, np.array([0, 1, 2, 2]))
    assert found == export.Parity(accuracy=0.75, lost=0.0, agreement=0.5, error=2.0)
    found = export.parity(scores, reference, np.array([0, 1, 2, 0]))
    assert found == export.Parity(accuracy=0.5, lost=50.0, agreement=0.5, error=2.0)


@pytest.mark.parametrize(
    ("scores", "reference", "labels", "said"),
    [
        (np.ones((2, 3)), np.ones((3, 3)), np.zeros(3), "got .2, 3. and .3, 3."),
        (np.ones((3, 3)), np.ones((3, 3)), np.zeros(4), "N = 4 labels"),
        (np.ones(3), np.ones(3), np.zeros(3), "must have the shape"),
        (np.full((1, 2), np.nan), np.ones((1, 2)), np.zeros(1), "must be finite"),
    ],
)
def test_a_report_on_what_does_not_fit_is_refused(scores, reference, labels, said):
    with pytest.raises(ValueError, match=said):
        export.parity(scores, reference, labels)


def test_in_batches_cuts_each_batch_to_its_longest_text():
    seen = []

    def runner(numbers, lengths):
        seen.append(numbers.shape)
        return lengths[:, None]

    numbers, lengths = np.ones((5, 9), int), np.array([3, 1, 9, 2, 4])
    found = export.in_batches(runner, numbers, lengths, 2)
    assert seen == [(2, 3), (2, 9), (1, 4)]
    np.testing.assert_array_equal(found[:, 0], lengths)
    with pytest.raises(ValueError, match="batch_size must be a whole number of at least 1, got 0"):
        export.in_batches(runner, numbers, lengths, 0)


# The ways of torch


def test_an_unknown_way_is_refused(shipped):
    with pytest.raises(ValueError, match="way must be one of as trained, lean, int8, got 'fast'"):
        export.runner(shipped.weights, "fast")


def test_the_legacy_way_warns_that_it_is_deprecated(shipped):
    with pytest.warns(DeprecationWarning, match="torch.ao.quantization is deprecated"):
        small = export.quantize_in_torch(shipped.classifier.model)
    assert small is not shipped.classifier.model
    assert "dynamic" in type(small.lstm).__module__


def test_what_a_file_holds_is_read_back_in_the_order_of_torch(shipped):
    weights = {name: value.numpy() for name, value in shipped.classifier.model.state_dict().items()}
    whole, small = export.stored(shipped.onnx), export.stored(shipped.int8)
    assert whole.keys() == small.keys() == {name for name in weights if "lstm.bias" not in name}
    for name, part in whole.items():
        np.testing.assert_array_equal(part.numbers, weights[name])
        assert (part.scale, part.zero) == (1, 0)
    for name, (numbers, scale, zero) in small.items():
        if name == "head.bias":
            continue
        # Of an LSTM ONNX Runtime makes signed steps on both sides of 0, of the others 0 to 255.
        assert numbers.dtype == (np.int8 if "lstm" in name else np.uint8)
        assert zero == 0 if "lstm" in name else 0 < zero < 255
        assert np.abs(scale * (numbers.astype(float) - zero) - weights[name]).max() <= 0.5001 * scale


def test_a_model_whose_weights_are_gone_cannot_be_quantized(shipped, tmp_path):
    model = onnx.load(shipped.onnx)
    del model.graph.initializer[:]
    onnx.save(model, tmp_path / "hollow.onnx")
    with pytest.raises(ValueError, match="source must be a whole ONNX model, hollow.onnx is damaged: "):
        export.quantize(tmp_path / "hollow.onnx", tmp_path / "small.onnx")
    assert not (tmp_path / "small.onnx").exists()


def test_a_file_of_another_kind_holds_nothing_of_ours(tmp_path, shipped):
    export.quantize(shipped.onnx, tmp_path / "rows.onnx", per_channel=True)
    with pytest.raises(ValueError, match="path must be a file of `export` or `quantize`, rows.onnx is none"):
        export.stored(tmp_path / "rows.onnx")
    onnx.save(onnx.helper.make_model(onnx.helper.make_graph([], "none", [], [])), tmp_path / "none.onnx")
    with pytest.raises(ValueError, match="path must be an ONNX model, none.onnx holds no operators"):
        export.stored(tmp_path / "none.onnx")


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda files, new: export.quantize(files.onnx, new, signed="yes"), TypeError, "signed must be True or False"),
        (lambda files, new: export.quantize(files.onnx, new, per_channel=1), TypeError, "per_channel must be True"),
        (lambda files, new: export.quantize(3, new), TypeError, "source must be a path, got int"),
        (lambda files, new: export.quantize(files.weights, new), ValueError, "source must be an ONNX model"),
        (lambda files, new: export.quantize(files.onnx, files.onnx), ValueError, "target must be another file"),
        (lambda files, new: export.quantize(files.onnx, None), TypeError, "target must be a path, got NoneType"),
        (lambda files, new: export.export(None, new), TypeError, "classifier must be a TrainedClassifier"),
        (lambda files, new: export.export(files.classifier, b"a"), TypeError, "path must be a path, got bytes"),
        (lambda files, new: export.export(files.classifier, "\ud800"), ValueError, "path must be the path of a file"),
        (
            lambda files, new: export.parity([[1e200, 1]], [[-1e200, 1]], [0]),
            ValueError,
            "scores and reference must be",
        ),
    ],
)
def test_bad_arguments_are_refused_by_name(shipped, tmp_path, call, error, said):
    with pytest.raises(error, match=said):
        call(shipped, tmp_path / "new.onnx")


def test_an_empty_file_is_no_model(tmp_path):
    (tmp_path / "empty.onnx").touch()
    with pytest.raises(ValueError, match="path must be an ONNX model, empty.onnx holds no operators"):
        export.operators(tmp_path / "empty.onnx")


def test_a_runner_that_is_refused_leaves_the_threads_as_they_were(tmp_path):
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        with pytest.raises(FileNotFoundError):
            export.runner(tmp_path / "none", "lean")
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_a_model_in_training_mode_says_what_it_says_in_evaluation_mode(shipped):
    training = dataclasses.replace(shipped.classifier, model=copy.deepcopy(shipped.classifier.model).train())
    np.testing.assert_array_equal(training.probabilities(["ab"]), shipped.classifier.probabilities(["ab"]))
    assert training.model.training
    short = dataclasses.replace(shipped.classifier, model=copy.deepcopy(shipped.classifier.model).bfloat16())
    assert short.probabilities(["ab"]).dtype == np.float32
