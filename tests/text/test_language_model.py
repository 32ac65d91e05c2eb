"""A network that says what comes next: pieces that continue, costs, writing, eight bits, files."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch.nn.functional import cross_entropy
from torch.nn.utils import prune
from torch.nn.utils.parametrizations import weight_norm

from lstm_lessons.text import language_model as lm
from lstm_lessons.trace import trace_gates

ALPHABET = "\n abcdef"


def model(seed=0, **sizes):
    torch.manual_seed(seed)
    return lm.LanguageModel(ALPHABET, **{"embedding_size": 6, "hidden_size": 9} | sizes).eval()


def text(seed, count=3000):
    rng = np.random.default_rng(seed)
    return "".join(rng.choice(["abc ", "def ", "fade\n"], count // 4).tolist())


@pytest.mark.parametrize("tied", [False, True])
def test_read_in_pieces_with_the_state_carried_is_read_at_once(tied):
    given, numbers = model(tied=tied), lm.encode(text(0, 80), ALPHABET)[None]
    whole, last = given(numbers)
    first, state = given(numbers[:, :33])
    second, state = given(numbers[:, 33:], state)
    torch.testing.assert_close(torch.cat([first, second], 1), whole)
    torch.testing.assert_close(state, last)


def test_a_tied_model_reads_and_scores_with_one_matrix():
    given = model(tied=True)
    assert given.head.weight is given.embedding.weight
    names = [name for name, _ in given.named_parameters()]
    assert "head.weight" not in names and "narrow.weight" in names


def test_pieces_continue_each_other_and_targets_are_one_letter_on():
    stream = torch.arange(103)
    pieces = list(lm.chunks(stream, streams=4, steps=6, offset=2))
    for (x, y), (following, _) in zip(pieces, pieces[1:], strict=False):
        assert torch.equal(y, x + 1) and torch.equal(following[:, 0], x[:, -1] + 1)
    assert torch.equal(pieces[0][0][:, 0], torch.tensor([2, 27, 52, 77]))
    assert all(x.shape == (4, 6) for x, _ in pieces)


def test_training_carries_the_state_and_learns():
    given = model(dropout=0.1, hidden_size=24)
    seen = []
    given.lstm.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[1]))
    before = np.concatenate(lm.letter_bits(given, [text(1)])).mean()
    seen.clear()
    history = lm.fit_language_model(given, text(0), epochs=12, streams=4, steps=20, progress=False)
    per_epoch = len(history.gradient_norm) // 12
    assert [state is None for state in seen] == ([True] + [False] * (per_epoch - 1)) * 12
    assert not any(part.requires_grad for state in seen if state for part in state)
    assert np.concatenate(lm.letter_bits(given, [text(1)])).mean() < 1 < before


def test_the_cost_of_a_letter_is_its_cross_entropy_in_bits():
    given, texts = model(), [text(0, 80), text(1, 200), "a"]
    for found, one in zip(lm.letter_bits(given, texts, steps=7), texts, strict=True):
        numbers = lm.encode("\n" + one, ALPHABET)
        scores, _ = given(numbers[None, :-1])
        expected = cross_entropy(scores[0], numbers[1:], reduction="none") / math.log(2)
        np.testing.assert_allclose(found, expected.detach(), atol=1e-5)


def test_a_silent_unit_is_heard_by_nobody():
    given = model()
    [chances] = lm.predictions(given, [text(0, 60)], silent=[2, 5])
    other = lm.without(given, [2, 5])
    with torch.no_grad():  # whatever these units do, nothing changes
        for rows in (2, 5, 11, 14, 20, 23, 29, 32):
            other.lstm.weight_ih_l0[rows] = 7.0
    np.testing.assert_allclose(lm.predictions(other, [text(0, 60)])[0], chances, atol=1e-6)
    assert np.abs(lm.predictions(given, [text(0, 60)])[0] - chances).max() > 1e-3
    assert torch.equal(given.head.weight, model().head.weight)


def test_states_are_those_after_each_letter():
    given, texts = model(), [text(0, 40), text(1, 16)]
    for found, one in zip(lm.states(given, texts, steps=7), texts, strict=True):
        trace = trace_gates(given.lstm, given.embedding(lm.encode(one, ALPHABET)))
        np.testing.assert_allclose(found, trace.c[0, 0].detach(), atol=1e-6)
        assert found.shape == (len(one), 9)


def test_learning_while_predicting_helps_on_a_text_that_repeats_and_never_looks_ahead():
    given = model()
    repeated = "fab cab " * 60
    plain, adapted = lm.letter_bits(given, [repeated])[0], lm.adapted_bits(given, repeated, learning_rate=1.0)
    np.testing.assert_allclose(adapted[:50], plain[:50], atol=1e-5)  # nothing was learned yet
    assert adapted.mean() < plain.mean() - 0.3 and len(adapted) == len(plain)
    changed = lm.adapted_bits(given, repeated[:300] + "d" * 180, learning_rate=1.0)
    np.testing.assert_array_equal(changed[:300], adapted[:300])
    torch.testing.assert_close(given.state_dict(), model().state_dict())


def test_reshaping_sharpens_and_cuts():
    chances = np.array([0.1, 0.4, 0.3, 0.2])
    np.testing.assert_allclose(lm.reshape(chances), chances)
    np.testing.assert_allclose(lm.reshape(chances, temperature=0.5), chances**2 / (chances**2).sum())
    np.testing.assert_allclose(lm.reshape(chances, top_k=2), [0, 4 / 7, 3 / 7, 0])
    np.testing.assert_allclose(lm.reshape(chances, top_p=0.5), [0, 4 / 7, 3 / 7, 0])
    np.testing.assert_allclose(lm.reshape(chances, top_p=0.4), [0, 1, 0, 0])
    np.testing.assert_allclose(lm.reshape(chances, temperature=0), [0, 1, 0, 0])
    np.testing.assert_allclose(lm.reshape(chances, top_k=3, top_p=0.5), [0, 4 / 7, 3 / 7, 0])
    assert lm.reshape(np.array([0.5, 0.5, 0.0]), temperature=0).tolist() == [1, 0, 0]
    rare = np.array([1 - 1e-14, 1e-14])
    assert (lm.reshape(rare) > 0).all() and (lm.reshape(rare, top_p=0.99) > 0).tolist() == [True, False]
    for wrong in ({"temperature": -1}, {"top_k": -1}, {"top_p": 0}, {"top_p": 1.1}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            lm.reshape(chances, **wrong)


def test_writing_follows_what_was_begun():
    given = model()
    assert lm.write(given, "abc", 20, seed=1) == lm.write(given, "abc", 20, seed=1)
    assert lm.write(given, "abc", 20, seed=1) != lm.write(given, "abc", 20, seed=2)
    greedy = lm.write(given, "abc", 4, temperature=0)
    for n in range(4):
        [chances] = lm.predictions(given, ["abc" + greedy[: n + 1]])
        assert ALPHABET[chances[-1].argmax()] == greedy[n]


def test_eight_bits_round_every_row_to_its_own_steps():
    given = model()
    rounded, codes = lm.in_eight_bits(given)
    assert set(codes) == {"embedding.weight", "lstm.weight_ih_l0", "lstm.weight_hh_l0", "head.weight"}
    for name, (steps, scale) in codes.items():
        before, after = dict(given.named_parameters())[name], dict(rounded.named_parameters())[name]
        assert steps.dtype == np.int8 and np.abs(steps).max(1).tolist() == [127] * len(steps)
        np.testing.assert_allclose(after.detach(), steps * scale[:, None], atol=1e-7)
        assert ((after - before).abs() <= torch.tensor(scale)[:, None] / 2 + 1e-7).all()
    assert torch.equal(rounded.head.bias, given.head.bias)


@pytest.mark.parametrize("tied", [False, True])
def test_a_saved_model_comes_back_with_its_notes(tied, tmp_path):
    given = model(tied=tied)
    lm.save(given, tmp_path / "m.safetensors", epochs="12")
    again, notes = lm.load(tmp_path / "m.safetensors")
    assert notes == {"epochs": "12"} and not again.training and again.alphabet == ALPHABET
    torch.testing.assert_close(again.state_dict(), given.state_dict())
    assert (again.head.weight is again.embedding.weight) == tied


def test_what_does_not_fit_is_refused_by_name(tmp_path):
    with pytest.raises(ValueError, match="alphabet must hold each letter once"):
        lm.LanguageModel("aa")
    with pytest.raises(ValueError, match="texts must hold letters of the alphabet alone, got 'Z'"):
        lm.letter_bits(model(), ["aZ"])
    with pytest.raises(ValueError, match="silent must lie in 0..8, got 9..9"):
        lm.predictions(model(), ["a"], silent=[9])
    with pytest.raises(ValueError, match="text must hold more than 6400 letters, got 4"):
        lm.fit_language_model(model(), "abcd", epochs=1)
    (tmp_path / "none.safetensors").write_bytes(b"nothing")
    with pytest.raises(ValueError, match="must be written by `save`"):
        lm.load(tmp_path / "none.safetensors")
    with pytest.raises(ValueError, match="notes must have names that `save` has not taken, got alphabet"):
        lm.save(model(), tmp_path / "m", alphabet=ALPHABET[::-1])
    with pytest.raises(ValueError, match="stream must give 4 times 0 . 5 letters"):
        list(lm.chunks(torch.arange(10), 4, 5))
    with pytest.raises(ValueError, match="temperature must be 0 or more, and finite"):
        lm.reshape(np.array([1.0, 0.0]), temperature=np.inf)


@pytest.mark.parametrize(
    "change",
    [
        lambda given: given.lstm.register_forward_hook(lambda *anything: None),
        lambda given: prune.l1_unstructured(given.lstm, "weight_hh_l0", 0.5),
        lambda given: weight_norm(given.lstm, "weight_hh_l0"),
        lambda given: given.head.weight.data.fill_(np.nan),
    ],
)
def test_a_model_that_its_weights_do_not_tell_is_neither_saved_nor_rounded(change, tmp_path):
    given = model()
    change(given)
    for use in (lambda: lm.save(given, tmp_path / "m"), lambda: lm.in_eight_bits(given)):
        with pytest.raises(ValueError, match="model must have (its own|finite|no forward)"):
            use()
    assert not list(tmp_path.iterdir())


def test_a_parametrized_unit_is_not_said_to_be_silent_while_it_speaks():
    given = model()
    weight_norm(given.lstm, "weight_hh_l0")
    assert np.isfinite(lm.predictions(given, ["ab"])[0]).all()
    with pytest.raises(ValueError, match="model must have its own weights"):
        lm.predictions(given, ["ab"], silent=[0])


def test_a_file_that_names_huge_sizes_is_refused_before_room_is_made_for_them(tmp_path):
    sizes = '{"embedding_size": 8000, "hidden_size": 8000}'
    save_file({"head.bias": torch.zeros(3)}, tmp_path / "m", metadata={"alphabet": "\nab", "sizes": sizes})
    with pytest.raises(ValueError, match="(?s)m must be written by `save`.*Missing"):
        lm.load(tmp_path / "m")


def test_what_a_model_in_bfloat16_says_comes_in_32_bits():
    given = model().bfloat16()
    for found in (*lm.letter_bits(given, ["ab"]), *lm.states(given, ["ab"]), lm.adapted_bits(given, "ab")):
        assert found.dtype == np.float32 and np.isfinite(found).all()


def test_a_model_of_another_kind_or_without_numbers_is_refused_everywhere(tmp_path):
    def spoil(change):
        spoiled = model()
        change(spoiled)
        return spoiled

    calls = [
        lambda m: lm.letter_bits(m, ["ab"]),
        lambda m: lm.predictions(m, ["ab"]),
        lambda m: lm.states(m, ["ab"]),
        lambda m: lm.adapted_bits(m, "ab"),
        lambda m: lm.write(m, "a", 3),
        lm.in_eight_bits,
        lambda m: lm.save(m, tmp_path / "m"),
    ]
    changes = {
        "finite weights": lambda m: torch.nn.init.constant_(m.lstm.weight_hh_l0, torch.nan),
        "must be an LSTM": lambda m: setattr(m, "lstm", torch.nn.GRU(*m.lstm.weight_ih_l0.shape[:0:-1], 4)),
        "batch_first": lambda m: setattr(m.lstm, "batch_first", False),
        "all of its parts.* head": lambda m: delattr(m, "head"),
        "all of its weights": lambda m: delattr(m.lstm, "weight_hh_l0"),
        "device meta": lambda m: m.to("meta"),
        "complex": lambda m: m.to(torch.complex64),
    }
    for said, change in changes.items():
        for call in calls:
            with pytest.raises((TypeError, ValueError), match=said):
                call(spoil(change))


def test_a_compiled_model_is_its_original_and_a_frozen_one_may_learn():
    frozen = model().requires_grad_(False)
    compiled = torch.compile(model())
    np.testing.assert_array_equal(lm.predictions(compiled, ["ab"])[0], lm.predictions(model(), ["ab"])[0])
    np.testing.assert_array_equal(lm.adapted_bits(frozen, "ab"), lm.adapted_bits(model(), "ab"))
    assert not any(parameter.requires_grad for parameter in frozen.parameters())
