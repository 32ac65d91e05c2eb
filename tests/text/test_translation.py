"""The translator reads every text as if it were alone, writes what it scored, and its recipe learns."""

import itertools

import pytest
import torch
from torch.nn.functional import cross_entropy

from lstm_lessons.data.pairs import Pairs
from lstm_lessons.text import translation
from lstm_lessons.text.tokenizer import PADDING, UNKNOWN
from lstm_lessons.text.translation import BEGIN, END, Translator

SOURCE = {"a": 2, "b": 3, "c": 4}
TARGET = {"x": 3, "y": 4, "z": 5}
TEXTS, TRANSLATIONS = ["abcab", "c", "bz", "abcabcabcab"], ["xyz", "", "zz", "x"]


def model(attention=True, seed=0):
    torch.manual_seed(seed)
    return Translator(5, 6, 6, 8, attention=attention).eval()


def batch():
    return *translation.encode_sources(TEXTS, SOURCE), translation.encode_targets(TRANSLATIONS, TARGET)


# --- text as numbers


def test_targets_begin_and_end_and_are_padded():
    assert translation.encode_targets(["xy", ""], TARGET).tolist() == [
        [BEGIN, 3, 4, END],
        [BEGIN, END, PADDING, PADDING],
    ]
    assert translation.target_vocabulary(["zx", "y"]) == TARGET
    numbers, lengths = translation.encode_sources(["ab", "q"], SOURCE)
    assert numbers.tolist() == [[2, 3], [UNKNOWN, PADDING]] and lengths.tolist() == [2, 1]


def test_letters_stand_up_to_the_first_end_sign():
    assert translation.decode_letters([3, 4, END, 5], TARGET) == "xy"
    assert translation.decode_letters([3, 4], TARGET) == "xy"
    assert translation.decode_letters([END], TARGET) == ""
    for letters in (SOURCE, {"x": 3, "y": 3}):  # a letter of number 2 would end each text
        with pytest.raises(ValueError, match="letters"):
            translation.decode_letters([3], letters)
    with pytest.raises(ValueError, match="letters: a number must be a whole number of at least 1, got 2.5"):
        translation.encode_sources(["a"], {"a": 2.5})


# --- the model


@pytest.mark.parametrize("attention", [True, False])
@torch.no_grad()
def test_a_batch_gives_what_each_text_gives_alone(attention):
    numbers, lengths, targets = batch()
    net = model(attention)
    together = net(numbers, lengths, targets)
    assert together.shape == (4, targets.shape[1] - 1, 6)
    for row, text in enumerate(TEXTS):
        alone = net(*translation.encode_sources([text], SOURCE), targets[row : row + 1])
        torch.testing.assert_close(alone[0], together[row])


@torch.no_grad()
def test_attention_sums_to_one_and_never_looks_at_padding():
    numbers, lengths, targets = batch()
    net = model()
    memory = net.encode(numbers, lengths)
    weights = net.decode(targets[:, :-1], memory, memory.first)[2]
    torch.testing.assert_close(weights.sum(-1), torch.ones(weights.shape[:2]))
    assert (weights[1, :, 1:] == 0).all() and (weights[3] > 0).all()


@torch.no_grad()
def test_the_encoder_is_that_of_packed_torch_and_the_decoder_begins_with_its_ends():
    numbers, lengths, _ = batch()
    net = model()
    memory = net.encode(numbers, lengths)
    packed = torch.nn.utils.rnn.pack_padded_sequence(net.read(numbers), lengths, True, enforce_sorted=False)
    output, (h_n, _) = net.encoder(packed)
    output, _ = torch.nn.utils.rnn.pad_packed_sequence(output, batch_first=True)
    torch.testing.assert_close(memory.states, output)
    c = net.bridge(torch.cat([h_n[0], h_n[1]], dim=1))
    torch.testing.assert_close(memory.first[1][0], c)
    torch.testing.assert_close(memory.first[0][0], c.tanh())


@torch.no_grad()
def test_no_score_knows_the_letter_that_it_is_to_say():
    numbers, lengths, targets = batch()
    net = model()
    changed = targets.clone()
    changed[0, 2] = 5  # the second letter
    before, after = net(numbers, lengths, targets)[0], net(numbers, lengths, changed)[0]
    torch.testing.assert_close(before[:2], after[:2], rtol=0, atol=0)
    assert not torch.allclose(before[2], after[2])


def test_an_odd_width_is_refused():
    with pytest.raises(ValueError, match="hidden_size must be an even number, got 7"):
        Translator(5, 6, 6, 7)


def test_padding_counts_nothing_in_the_loss():
    numbers, lengths, targets = batch()
    net = model()
    scores = net(numbers, lengths, targets)
    logs = [cross_entropy(scores[n, t], targets[n, t + 1]) for n in range(4) for t in range(len(TRANSLATIONS[n]) + 1)]
    torch.testing.assert_close(translation.loss(net, (numbers, lengths, targets)), torch.stack(logs).mean())


# --- writing


@torch.no_grad()
def test_greedy_writes_the_best_letter_each_time_until_all_have_ended():
    numbers, lengths, _ = batch()
    net = model(seed=3)
    written = translation.greedy(net, numbers, lengths, longest=9)
    forced = torch.cat([torch.full((4, 1), BEGIN), written], dim=1)
    assert torch.equal(net(numbers, lengths, forced).argmax(-1), written)
    net.head.bias[END] = 50.0
    assert translation.greedy(net, numbers, lengths).tolist() == [[END]] * 4


@torch.no_grad()
def every_text(net, numbers, longest):
    """All texts of at most so many signs and their log-probability, best first."""
    found = []
    for count in range(1, longest + 1):
        for signs in itertools.product(range(6), repeat=count):
            if END in signs[:-1] or (count < longest and signs[-1] != END):
                continue
            forced = torch.tensor([[BEGIN, *signs]])
            logs = net(numbers[None], torch.tensor([len(numbers)]), forced)[0].log_softmax(-1)
            found.append((sum(logs[t, sign].item() for t, sign in enumerate(signs)), signs))
    return sorted(found, reverse=True)


@pytest.mark.parametrize("attention", [True, False])
def test_a_wide_beam_finds_the_most_probable_texts(attention):
    net, numbers = model(attention, seed=1), torch.tensor([2, 3, 4])
    best = every_text(net, numbers, 3)[:4]
    found = translation.beam_search(net, numbers[None], torch.tensor([3]), 500, longest=3)[0][:4]
    assert [each.numbers for each in found] == [signs for _, signs in best]
    assert [each.log_probability for each in found] == pytest.approx([log for log, _ in best], abs=1e-5)
    assert all(each.ended == (each.numbers[-1] == END) for each in found)


def test_a_beam_of_one_is_greedy_and_a_wider_one_is_no_worse_here():
    numbers, lengths, _ = batch()
    for seed in range(4):
        net = model(seed=seed)
        together = translation.beam_search(net, numbers, lengths, 4, longest=12)
        for row in range(4):
            source, length = numbers[row : row + 1, : lengths[row]], lengths[row : row + 1]
            ((one,),) = translation.beam_search(net, source, length, 1, longest=12)
            (written,) = translation.greedy(net, source, length, longest=12).tolist()
            assert list(one.numbers) == written
            (beam,) = translation.beam_search(net, source, length, 4, longest=12)
            assert len(beam) == 4 and sorted(beam, key=lambda each: -each.log_probability) == beam
            assert [each.numbers for each in beam] == [each.numbers for each in together[row]], "alone as in a batch"


# --- training


@pytest.fixture(scope="module")
def reversing():
    """Texts to be written backward: only a model that looks where it must gets them right."""
    texts = ["".join(letters) for n in (2, 3, 4) for letters in itertools.product("abc", repeat=n)]
    return Pairs(tuple(texts), tuple(text[::-1].translate(str.maketrans("abc", "xyz")) for text in texts))


def fitted(pairs, **arguments):
    sizes = {"embedding_size": 8, "hidden_size": 24, "updates": 160, "batch_size": 16, "learning_rate": 2e-2}
    return translation.fit_translator(pairs, progress=False, **(sizes | arguments))


def test_the_recipe_learns_follows_its_seed_and_leaves_the_global_one(reversing):
    torch.manual_seed(5)
    before = torch.random.get_rng_state()
    trained = fitted(reversing)
    assert torch.equal(before, torch.random.get_rng_state())
    assert trained.exact(reversing) > 0.9
    assert trained.translate(["abc", "ab"])[0] == "zyx"
    assert len(trained.history.train_loss) == 20 and len(trained.history.gradient_norm) == 160
    short = {"updates": 3}
    one, same, other = (fitted(reversing, **short, seed=seed).model.head.weight for seed in (1, 1, 2))
    assert torch.equal(one, same) and not torch.equal(one, other)


def test_a_beam_of_text_has_its_texts_and_their_log_probability(reversing):
    trained = fitted(reversing)
    [found] = trained.beam(["abc"], 3)
    assert found[0][0] == "zyx" and len(found) == 3 and 0 > found[0][1] > found[1][1]


def test_another_network_or_another_loss_can_be_tried(reversing):
    class Other(Translator):
        pass

    trained = fitted(reversing, updates=2, kind=Other, loss=lambda model, batch: model(*batch).square().mean())
    assert isinstance(trained.model, Other)


def test_shares_are_of_equal_texts():
    assert translation.exact_share(["a", "b", "c", "d"], ["a", "b", "c", "e"]) == 0.75


def test_a_model_without_finite_weights_translates_nothing():
    net, (numbers, lengths) = model(), batch()[:2]
    torch.nn.init.constant_(net.head.bias, torch.nan)
    for search in (translation.greedy, translation.beam_search):
        with pytest.raises(ValueError, match="model must have finite weights"):
            search(net, numbers, lengths, 2)


def test_a_decoder_of_another_kind_is_refused_in_words():
    net, (numbers, lengths) = model(), batch()[:2]
    for decoder, said in (
        (torch.nn.GRU(8, 12), "model.decoder must be an LSTM"),
        (torch.nn.LSTM(8, 12), "batch_first"),
    ):
        net.decoder = decoder
        with pytest.raises((TypeError, ValueError), match=said):
            translation.greedy(net, numbers, lengths, 2)
