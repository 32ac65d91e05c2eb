"""The text classifier reads every text as if it were alone, and its recipe learns."""

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from lstm_lessons.data.text import LabeledText, TextSplits
from lstm_lessons.models import POOLS
from lstm_lessons.text.classifier import TextClassifier, encode_batch, excerpt, fit_classifier
from lstm_lessons.text.tokenizer import PADDING, UNKNOWN

LETTERS = {"a": 2, "b": 3, "c": 4}


def classifier(**arguments):
    torch.manual_seed(0)
    return TextClassifier(len(LETTERS) + 2, 4, 6, 5, **arguments)


def part(count, seed):
    """Texts whose class is the first letter among noise: only the order tells."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(2, size=count)
    tails = ["".join(rng.choice(list("abc"), rng.integers(1, 8))) for _ in range(count)]
    texts = tuple("ab"[label] + tail for label, tail in zip(labels, tails, strict=True))
    return LabeledText(texts, labels, texts)


def splits(train=240, validation=60):
    parts = part(train, 0), part(validation, 1), part(200, 2)
    return TextSplits(*parts, classes=("starts with a", "starts with b"))


def fitted(data=None, **arguments):
    sizes = {"embedding_size": 8, "hidden_size": 12, "epochs": 6, "batch_size": 16}
    return fit_classifier(data or splits(), progress=False, **(sizes | arguments))


# --- the model ------------------------------------------------------------------------------


def test_a_batch_pads_with_the_number_of_no_letter():
    numbers, lengths = encode_batch(["abc", " b ", "az"], LETTERS)
    assert numbers.dtype == torch.int64 and lengths.tolist() == [3, 1, 2]
    assert numbers.tolist() == [[2, 3, 4], [3, PADDING, PADDING], [2, UNKNOWN, PADDING]]
    with pytest.raises(ValueError, match="texts must hold at least one text, got none"):
        encode_batch([], LETTERS)
    with pytest.raises(ValueError, match="text must hold at least one letter"):
        encode_batch(["a", ""], LETTERS)


@pytest.mark.parametrize("pool", POOLS)
def test_a_batch_gives_what_each_text_gives_alone(pool):
    texts = ["abcab", "c", "bz", "abcabcabcab"]
    model = classifier(pool=pool).eval()
    with torch.no_grad():
        scores = model(*encode_batch(texts, LETTERS))
        assert scores.shape == (4, 4)
        for row, text in zip(scores, texts, strict=True):
            alone = model(*encode_batch([text], LETTERS))[0]
            torch.testing.assert_close(alone, row, rtol=0, atol=1e-6)


def test_arrays_read_backward_or_of_other_bytes_are_taken_as_their_numbers():
    model, numbers = TextClassifier(9, 2, 3, 4).eval(), np.array([[2, 3, 4], [5, 0, 0]])
    wanted = model(torch.from_numpy(numbers), torch.tensor([3, 1]))
    for given in (numbers.astype(">i8"), numbers.astype(np.uint16), numbers[::-1].copy()[::-1]):
        torch.testing.assert_close(model(given, np.array([3, 1], ">i4")), wanted)


def test_it_is_an_embedding_a_bidirectional_lstm_and_a_linear_layer():
    model = classifier().eval()
    sizes = {name: tuple(p.shape) for name, p in model.named_parameters()}
    assert sizes["embedding.weight"] == (5, 6) and sizes["head.weight"] == (4, 20)
    assert sizes["lstm.weight_hh_l0_reverse"] == (20, 5)
    numbers, lengths = encode_batch(["abca"], LETTERS)
    with torch.no_grad():
        output, (h_n, _) = model.lstm(model.embedding(numbers))
        expected = model.head(torch.cat([h_n[0], h_n[1], output.amax(1)], dim=-1))
        torch.testing.assert_close(model(numbers, lengths), expected, rtol=0, atol=1e-6)


def test_padding_learns_nothing():
    model = classifier(dropout=0.0)
    numbers, lengths = encode_batch(["abcab", "c"], LETTERS)
    cross_entropy(model(numbers, lengths), torch.tensor([0, 1])).backward()
    gradient = model.embedding.weight.grad
    assert (gradient[PADDING] == 0).all() and (gradient[2] != 0).any()


def test_dropout_is_for_training_alone():
    model, batch = classifier(dropout=0.5), encode_batch(["abcab"], LETTERS)
    assert not torch.equal(model(*batch), model(*batch))
    model.eval()
    assert torch.equal(model(*batch), model(*batch))


@pytest.mark.parametrize("name", ["letters", "classes", "embedding_size", "hidden_size"])
def test_a_size_below_one_is_named(name):
    sizes = {"letters": 5, "classes": 4, "embedding_size": 6, "hidden_size": 5} | {name: 0}
    with pytest.raises(ValueError, match=f"{name} must be a whole number of at least 1, got 0"):
        TextClassifier(**sizes)


def test_an_excerpt_is_a_run_of_words_that_is_not_too_short():
    rng, text = np.random.default_rng(0), "one two three four"
    found = {excerpt(text, rng) for _ in range(200)}
    runs = {" ".join(text.split()[a:b]) for a in range(4) for b in range(a + 1, 5)}
    assert found == {run for run in runs if len(run) >= 5}
    assert {excerpt("abc", rng) for _ in range(9)} == {"abc"}
    assert {excerpt("a b", rng) for _ in range(9)} == {"a b"}


# --- the recipe -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trained():
    return fitted()


def test_it_learns_what_order_alone_tells(trained):
    assert trained.accuracy(splits().test) > 0.95
    assert not trained.model.training
    assert trained.letters == LETTERS and trained.classes == splits().classes


def test_it_keeps_the_weights_of_the_best_epoch(trained):
    validation = splits().validation
    chosen = trained.probabilities(validation.texts)[np.arange(60), validation.labels]
    best = min(trained.history.validation)
    assert -np.log(chosen).mean() == pytest.approx(best, abs=1e-5)


def test_probabilities_come_in_the_order_of_the_texts(trained):
    texts = ["abc", "b", "ab" * 30, "bca"]
    together = trained.probabilities(texts, batch_size=3)
    assert together.shape == (4, 2)
    np.testing.assert_allclose(together.sum(1), 1, atol=1e-6)
    for row, text in zip(together, texts, strict=True):
        np.testing.assert_allclose(trained.probabilities([text])[0], row, atol=1e-6)
    assert trained.predict(["abc", "bca"]).tolist() == [0, 1]


def test_a_seed_repeats_and_leaves_the_generator_alone(trained):
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    again = fitted()
    assert torch.equal(torch.rand(1), expected)
    assert again.history.train_loss == trained.history.train_loss
    for old, new in zip(trained.model.parameters(), again.model.parameters(), strict=True):
        assert torch.equal(old, new)
    assert fitted(epochs=1, seed=1).history.train_loss != trained.history.train_loss[:1]


def test_label_smoothing_is_part_of_the_training_loss_and_not_of_the_validation():
    """The best a smoothed loss can be is the entropy of its target: 0.198 for 0.95 and 0.05."""
    plain, smoothed = fitted(label_smoothing=0.0).history, fitted(label_smoothing=0.1).history
    assert min(plain.train_loss) < 0.1 and min(smoothed.train_loss) > 0.198
    assert min(smoothed.validation) < 0.198


def test_label_smoothing_keeps_a_network_from_being_too_sure():
    data = splits()
    sure = [fitted(data, label_smoothing=share).probabilities(data.test.texts).max(1).mean() for share in (0.0, 0.4)]
    assert sure[0] > 0.95 and 0.7 < sure[1] < 0.9


def test_it_stops_where_nothing_gets_better():
    history = fitted(epochs=40, patience=2, learning_rate=0.02).history
    assert history.stopped == "no progress"
    assert len(history.validation) == history.best_epoch + 3


def test_a_data_set_without_validation_trains_for_all_epochs():
    data = splits(validation=0)
    trained = fitted(data)
    assert trained.history.validation == [] and len(trained.history.train_loss) == 6
    assert trained.accuracy(data.test) > 0.9
