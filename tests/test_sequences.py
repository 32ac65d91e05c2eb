"""Padding, packing, pooling and buckets: one result, whichever way a batch is made."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn.utils.rnn import pad_packed_sequence

from lstm_lessons import sequences as seq

LENGTHS = st.lists(st.integers(1, 9), min_size=1, max_size=6)


def random_sequences(lengths, features=3, seed=0):
    rng = np.random.default_rng(seed)
    return [torch.from_numpy(rng.normal(size=(length, features))) for length in lengths]


def lstm(bidirectional=False, layers=1):
    torch.manual_seed(0)
    return torch.nn.LSTM(
        3, 4, layers, batch_first=True, bidirectional=bidirectional, dtype=torch.float64
    )


@given(LENGTHS, st.booleans(), st.integers(1, 2))
def test_packed_and_one_by_one_give_the_same_result(lengths, bidirectional, layers):
    batch, model = random_sequences(lengths), lstm(bidirectional, layers)
    output, (h_n, _) = model(seq.pack(batch))
    output, found_lengths = pad_packed_sequence(output, batch_first=True)
    assert found_lengths.tolist() == lengths
    pooled = seq.mean_pool(output, found_lengths), seq.max_pool(output, found_lengths)
    last = seq.final_states(h_n, layers)
    for n, sequence in enumerate(batch):
        alone, (h_alone, _) = model(sequence[None])
        torch.testing.assert_close(output[n, : lengths[n]], alone[0], rtol=0, atol=1e-12)
        torch.testing.assert_close(pooled[0][n], alone[0].mean(0), rtol=0, atol=1e-12)
        torch.testing.assert_close(pooled[1][n], alone[0].amax(0), rtol=0, atol=1e-12)
        torch.testing.assert_close(
            last[n], seq.final_states(h_alone, layers)[0], rtol=0, atol=1e-12
        )


@given(LENGTHS)
def test_padded_with_a_mask_gives_the_same_as_packed_for_a_forward_lstm(lengths):
    batch, model = random_sequences(lengths), lstm()
    padded, found_lengths = seq.pad(batch)
    output, _ = model(padded)
    packed, (h_n, _) = model(seq.pack(batch))
    packed, _ = pad_packed_sequence(packed, batch_first=True)
    keep = seq.mask(found_lengths)
    torch.testing.assert_close(output[keep], packed[keep], rtol=0, atol=1e-12)
    torch.testing.assert_close(seq.last_valid(output, found_lengths), h_n[0], rtol=0, atol=1e-12)


def test_plain_padding_spoils_the_backward_half():
    """The reason for packing: without it this test's twin above fails for two directions."""
    batch, model = random_sequences([2, 7]), lstm(bidirectional=True)
    padded, _ = model(seq.pad(batch)[0])
    packed, _ = pad_packed_sequence(model(seq.pack(batch))[0], batch_first=True)
    torch.testing.assert_close(padded[0, :2, :4], packed[0, :2, :4], rtol=0, atol=1e-12)
    assert (padded[0, :2, 4:] - packed[0, :2, 4:]).abs().max() > 1e-3


def test_pooling_never_reads_the_padding():
    output = torch.full((2, 4, 1), -5.0)
    output[0, 2:] = torch.nan
    lengths = torch.tensor([2, 4])
    assert seq.mean_pool(output, lengths).tolist() == [[-5], [-5]]
    assert seq.max_pool(output, lengths).tolist() == [[-5], [-5]]
    assert seq.last_valid(output, lengths).tolist() == [[-5], [-5]]


def test_mask_by_hand():
    expected = [[True, False, False], [True, True, True], [True, True, False]]
    assert seq.mask(torch.tensor([1, 3, 2])).tolist() == expected
    assert seq.mask(torch.tensor([1]), steps=2).tolist() == [[True, False]]


@given(
    st.lists(st.integers(1, 50), max_size=60),
    st.integers(1, 9),
    st.integers(1, 5),
    st.integers(0, 99),
)
def test_buckets_hold_every_index_once(lengths, batch_size, pool, seed):
    batches = list(seq.length_buckets(lengths, batch_size, seed=seed, pool=pool))
    assert sorted(np.concatenate([*batches, []]).astype(int)) == list(range(len(lengths)))
    assert all(len(batch) <= batch_size for batch in batches)
    again = list(seq.length_buckets(lengths, batch_size, seed=seed, pool=pool))
    assert all(np.array_equal(a, b) for a, b in zip(batches, again, strict=True))


def test_buckets_pad_less_than_shuffling_and_differ_by_seed():
    lengths = np.random.default_rng(0).integers(5, 100, 2000)
    share = {
        pool: seq.padding_share(lengths, list(seq.length_buckets(lengths, 32, seed=0, pool=pool)))
        for pool in (1, 20)
    }
    assert share[20] < 0.1 < 0.4 < share[1]
    first = [next(iter(seq.length_buckets(lengths, 32, seed=seed))).tolist() for seed in (0, 1)]
    assert first[0] != first[1]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: seq.pad([]), "sequences must hold at least one"),
        (lambda: seq.pad([torch.zeros(3, 2), torch.zeros(3, 4)]), r"sequences\[1\].*2.*\(3, 4\)"),
        (lambda: seq.pad([torch.zeros(0, 2)]), r"sequences\[0\]"),
        (lambda: seq.pad([torch.zeros(3)]), r"sequences\[0\]"),
        (lambda: seq.mask(torch.tensor([0, 2])), r"1\.\.2, got 0\.\.2"),
        (lambda: seq.mask(torch.tensor([5]), steps=3), r"1\.\.3, got 5\.\.5"),
        (lambda: seq.mask(torch.tensor([1.0])), "integer"),
        (lambda: seq.last_valid(torch.zeros(2, 3), torch.tensor([1, 2])), r"\(2, 3\)"),
        (lambda: seq.mean_pool(torch.zeros(2, 3, 1), torch.tensor([4, 1])), r"1\.\.3"),
        (lambda: seq.max_pool(torch.zeros(3, 3, 1), torch.tensor([3, 1])), "B = 2"),
        (lambda: seq.final_states(torch.zeros(3, 2, 4), 2), r"2 layers, got \(3, 2, 4\)"),
        (lambda: list(seq.length_buckets([1, 2], 0, seed=0)), "batch_size.*got 0"),
        (lambda: list(seq.length_buckets([1, 2], 1, seed=0, pool=0)), "pool.*got 0"),
        (lambda: list(seq.length_buckets([[1]], 1, seed=0)), r"\(N,\), got \(1, 1\)"),
    ],
)
def test_bad_input_names_the_argument(call, message):
    with pytest.raises(ValueError, match=message):
        call()
