"""The quantization explorer in Python: it carries what the file carries, and says what ONNX Runtime says."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from lstm_lessons.text import export, predict
from lstm_lessons.widgets import QuantizationExplorer
from tests.browser.quantized_samples import sample_files, sample_quantized
from tests.widgets.quantized_reference import belief, rounded

PHRASES = ("to the moon", "a", "zebra crossing", "no other mother " * 5)


@pytest.mark.parametrize("phrase", PHRASES)
@pytest.mark.filterwarnings("ignore:.*letters")
def test_whole_numbers_in_numpy_say_what_onnx_runtime_says(phrase):
    explorer = sample_quantized()
    explorer.phrase = phrase
    trained, shipped = explorer.beliefs()
    np.testing.assert_allclose(belief(explorer.state(), 8), shipped, atol=1e-5)
    gap = np.abs(shipped - trained).max()
    assert 1e-4 < gap < 0.2, "the two differ, but not by much"


def test_the_page_gets_the_bytes_of_the_file():
    classifier, _, shipped = sample_files()
    state = sample_quantized().state()
    found = export.stored(shipped)
    first = found["embedding.weight"].numbers
    assert base64.b64decode(state["bytes"]).startswith(first.tobytes())
    assert [signed for *_, signed in state["codes"]] == [False, True, True, True, True, False]
    sizes = [part.size for name, part in classifier.model.state_dict(keep_vars=True).items() if "weight" in name
             for part in [part.detach().numpy()]]  # fmt: skip
    assert len(base64.b64decode(state["bytes"])) == sum(sizes)


def test_rounded_here_to_eight_bits_a_weight_is_that_of_the_file():
    classifier, _, shipped = sample_files()
    for name, stored in export.stored(shipped).items():
        if name != "head.bias":
            weight = classifier.model.state_dict()[name].numpy()
            numbers, scale = rounded(weight, 8, symmetric="lstm" in name)
            assert scale == pytest.approx(stored.scale)
            assert np.abs(numbers - (stored.numbers.astype(int) - stored.zero)).max() <= 1
            assert (numbers == stored.numbers.astype(int) - stored.zero).mean() > 0.98


def test_what_it_says():
    explorer = sample_quantized()
    best = [explorer.class_names[int(one.argmax())] for one in explorer.beliefs()]
    assert explorer.summary().startswith("QuantizationExplorer, “to the moon”: 32 bits, ")
    assert all(f"kB: {name} (" in explorer.summary() for name in best)
    explorer.phrase = " "
    assert explorer.summary().count("no phrase yet") == 2
    assert len(explorer.picture().axes) == 1


def test_files_that_do_not_fit_are_refused(tmp_path):
    classifier, trained, shipped = sample_files()
    with pytest.raises(ValueError, match="shipped must hold embedding.weight of shape .* in 8 bits, got float32"):
        QuantizationExplorer(classifier, trained, trained)
    with pytest.raises(FileNotFoundError, match="trained must be an ONNX file"):
        QuantizationExplorer(classifier, tmp_path / "gone.onnx", shipped)
    assert predict.load(shipped).classes == classifier.classes
