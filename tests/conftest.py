"""What every test shares."""

from __future__ import annotations

import os

# Two workers on two cores: a torch that starts a thread per core in each would slow both down.
# Set before any test imports torch; the notebooks' kernels inherit it.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import hypothesis  # noqa: E402 - below what must be set first
import pytest  # noqa: E402

hypothesis.settings.register_profile("unhurried", deadline=None)  # a busy machine is no failure
hypothesis.settings.load_profile("unhurried")

pytest.register_assert_rewrite("tests.browser.lessons")  # whose assertions tell what they saw, as a test's do

# The files that take half a minute and more, the longest first: a worker takes a whole file at a time,
# and one of these begun late would leave the other workers without work at the end.
LONGEST = (
    *("tests/browser/test_lab_notebooks_even.py", "tests/browser/test_lab_notebooks_odd.py"),
    *("tests/browser/test_twins.py", "tests/browser/test_site.py", "notebooks/11_translation.ipynb"),
    *("tests/browser/test_slides.py", "tests/browser/test_lab_widgets.py"),
    *("notebooks/08_text_classification.ipynb", "tests/browser/test_lab_path.py", "notebooks/10_language_model.ipynb"),
    *("tests/browser/test_keys.py", "tests/browser/test_tours.py", "tests/browser/test_lab_reopened.py"),
    *("notebooks/02_manual_cell.ipynb", "notebooks/12_speech.ipynb", "notebooks/04_bidirectional_lstm.ipynb"),
    *("tests/browser/test_puzzles_page.py", "notebooks/07_temperature_forecasting.ipynb"),
    *("tests/browser/test_playground_training.py", "tests/publish/test_grade.py", "notebooks/13_finance.ipynb"),
    *("notebooks/09_deployment.ipynb", "tests/browser/test_firefox.py", "tests/browser/test_lab_keys.py"),
    *("tests/test_hostile.py", "tests/widgets/test_stills.py", "tests/browser/test_lab_exercises.py"),
)


def pytest_collection_modifyitems(items):
    place = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.nodeid.partition("::")[0], len(place)))


@pytest.fixture
def double_precision():
    """Compute in float64, on one thread, from the same seed."""
    import torch  # here, so that tests without torch start quickly

    dtype, threads = torch.get_default_dtype(), torch.get_num_threads()
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    torch.manual_seed(0)
    yield
    torch.set_default_dtype(dtype)
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def shipped(tmp_path_factory):
    """A small untrained text classifier in every form in which lesson 9 ships one.

    Attributes: ``classifier``, and the paths ``weights`` (safetensors), ``raw`` (as torch exports
    it), ``onnx`` and ``int8``.
    """
    from types import SimpleNamespace

    import torch

    from lstm_lessons.text import export
    from lstm_lessons.text.classifier import TextClassifier, TrainedClassifier
    from lstm_lessons.train import History

    torch.manual_seed(0)
    letters = {letter: number for number, letter in enumerate("aegnorw", 2)}
    classes = ("Czech", "Dutch", "German", "Polish")
    model = TextClassifier(len(letters) + 2, len(classes), 6, 8).eval()
    folder = tmp_path_factory.mktemp("shipped")
    found = SimpleNamespace(
        classifier=TrainedClassifier(model, letters, classes, History()),
        weights=folder / "model.safetensors",
        raw=folder / "raw.onnx",
        onnx=folder / "model.onnx",
        int8=folder / "model-int8.onnx",
    )
    export.save(found.classifier, found.weights)
    export.export_raw(model, found.raw)
    export.finish(found.raw, found.onnx, found.classifier)
    export.quantize(found.onnx, found.int8)
    return found
