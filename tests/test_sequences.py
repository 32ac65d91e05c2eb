"""Padding, packing, pooling and buckets: one result, whichever way a batch is made."""

import functools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn.utils import prune
from torch.nn.utils.rnn import pad_packed_sequence

from lstm_lessons import sequences as seq
from lstm_lessons.cell import lstm_layer

LENGTHS = st.lists(st.integers(1, 9), min_size=1, max_size=6)


def random_sequences(lengths, features=3, seed=0):
    rng = np.random.default_rng(seed)
    return [torch.from_numpy(rng.normal(size=(length, features))) for length in lengths]


def lstm(bidirectional=False, layers=1):
    torch.manual_seed(0)
    return torch.nn.LSTM(3, 4, layers, batch_first=True, bidirectional=bidirectional, dtype=torch.float64)


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
        torch.testing.assert_close(last[n], seq.final_states(h_alone, layers)[0], rtol=0, atol=1e-12)


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


@given(LENGTHS, st.booleans(), st.integers(1, 3), st.booleans(), st.booleans(), st.integers(0, 3))
def test_pad_and_flip_gives_outputs_states_and_gradients_of_packing(
    lengths, bidirectional, layers, bias, batch_first, spare
):
    torch.manual_seed(0)
    model = torch.nn.LSTM(3, 4, layers, bias, batch_first, bidirectional=bidirectional, dtype=torch.float64)
    padded, found_lengths = seq.pad(random_sequences(lengths))
    padded = torch.nn.functional.pad(padded, (0, 0, 0, spare), value=7.0).requires_grad_()

    def gradients(output, h_n):
        weights = torch.linspace(-1, 1, output.numel(), dtype=torch.float64).view_as(output)
        value = (weights * output).sum() + (h_n**2).sum()
        return torch.autograd.grad(value, [padded, *model.parameters()])

    packed = torch.nn.utils.rnn.pack_padded_sequence(padded, found_lengths, batch_first=True, enforce_sorted=False)
    wanted, (h_wanted, _) = model(packed)
    wanted, _ = pad_packed_sequence(wanted, batch_first=True, total_length=padded.shape[1])
    output, h_n = seq.run_padded(model, padded, found_lengths)
    found = [output, h_n, *gradients(output, h_n)]
    for a, b in zip(found, [wanted, h_wanted, *gradients(wanted, h_wanted)], strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-12)


def test_pad_and_flip_drops_between_layers_and_only_in_training():
    model = torch.nn.LSTM(3, 40, 2, dropout=0.5, bidirectional=True)
    padded, lengths = seq.pad([s.float() for s in random_sequences([5, 2])])
    torch.manual_seed(0)
    first, again = (seq.run_padded(model, padded, lengths)[0] for _ in range(2))
    assert (first - again).abs().max() > 1e-3
    model.eval()
    first, again = (seq.run_padded(model, padded, lengths)[0] for _ in range(2))
    torch.testing.assert_close(first, again, rtol=0, atol=0)


def test_flip_reverses_true_steps_and_leaves_the_padding():
    padded = torch.tensor([[1, 2, 3, 0], [4, 0, 9, 9]])
    flipped = seq.flip(padded, torch.tensor([3, 1]))
    assert flipped.tolist() == [[3, 2, 1, 0], [4, 0, 9, 9]]
    assert seq.flip(flipped, torch.tensor([3, 1])).tolist() == padded.tolist()


def test_flip_and_run_padded_name_what_does_not_fit():
    lengths = torch.tensor([3, 1])
    with pytest.raises(ValueError, match=r"padded must have the shape \(B, T, \.\.\.\) with B = 2"):
        seq.flip(torch.zeros(3, 4), lengths)
    with pytest.raises(ValueError, match=r"lengths must lie in 1\.\.2"):
        seq.flip(torch.zeros(2, 2), lengths)
    with pytest.raises(ValueError, match=r"padded must have shape \(B, T, 3\), got \(2, 3, 5\)"):
        seq.run_padded(lstm(), torch.zeros(2, 3, 5), lengths)
    with pytest.raises(ValueError, match=r"padded must .* with B = 1 lengths, got \(2, 3, 3\)"):
        seq.run_padded(lstm(), torch.zeros(2, 3, 3).double(), [3])
    with pytest.raises(ValueError, match="padded must have dtype torch.float64.*got torch.float32"):
        seq.run_padded(lstm(), torch.zeros(2, 3, 3), lengths)
    with pytest.raises(TypeError, match="padded must be a tensor, got ndarray"):
        seq.run_padded(lstm(), np.zeros((2, 3, 3)), lengths)
    with pytest.raises(ValueError, match="proj_size=0.*, got proj_size=2"):
        seq.run_padded(torch.nn.LSTM(3, 4, proj_size=2), torch.zeros(2, 3, 3), lengths)
    for module in (torch.nn.GRU(3, 4, batch_first=True), torch.nn.RNN(3, 4), None):
        with pytest.raises(TypeError, match=f"lstm must be an LSTM.*got {type(module).__name__}"):
            seq.run_padded(module, torch.zeros(2, 3, 3), lengths)


def test_a_pruned_lstm_is_refused_for_its_weights_are_those_of_the_last_call():
    model = prune.l1_unstructured(lstm(bidirectional=True), "weight_hh_l0", 0.5)
    padded, lengths = seq.pad(random_sequences([3, 1]))
    with pytest.raises(ValueError, match=r"lstm must have no forward hooks.*prune\.remove"):
        seq.run_padded(model, padded, lengths)
    wanted = model(seq.pack(random_sequences([3, 1])))[1][0]
    found = seq.run_padded(prune.remove(model, "weight_hh_l0"), padded, lengths)[1]
    torch.testing.assert_close(found, wanted, rtol=0, atol=1e-12)


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("spoiled", [torch.nan, torch.inf])
def test_what_stands_in_the_padding_reaches_no_number_and_no_gradient(bidirectional, spoiled):
    padded, lengths = seq.pad(random_sequences([5, 2, 3]))
    worse = torch.where(seq.mask(lengths)[..., None], padded, spoiled)
    model = lstm(bidirectional, layers=2)

    def results(x):
        x = x.clone().requires_grad_()
        output, h_n = seq.run_padded(model, x, lengths)
        pooled = seq.mean_pool(output, lengths).sum() + seq.max_pool(output, lengths).sum()
        loss = pooled + h_n.sum() + seq.last_valid(output, lengths).sum()
        return [output, h_n, *torch.autograd.grad(loss, [x, *model.parameters()])]

    for found, wanted in zip(results(worse), results(padded), strict=True):
        torch.testing.assert_close(found, wanted, rtol=0, atol=0)


LENGTHS_AS = [list, tuple, np.array, lambda n: np.array(n, np.uint8), torch.tensor]


INTEGERS = [torch.uint8, torch.int16, torch.int32, torch.uint16, torch.uint32, torch.uint64]


@pytest.mark.parametrize("kind", [*LENGTHS_AS, *(functools.partial(torch.tensor, dtype=dtype) for dtype in INTEGERS)])
def test_lengths_come_as_packing_takes_them(kind):
    padded, tensor = seq.pad(random_sequences([3, 1, 2]))
    given, model = kind([3, 1, 2]), lstm(bidirectional=True)
    assert torch.equal(seq.mask(given), seq.mask(tensor))
    for function in (seq.flip, seq.last_valid, seq.mean_pool, seq.max_pool):
        assert torch.equal(function(padded, given), function(padded, tensor))
    found, wanted = (seq.run_padded(model, padded, n) for n in (given, tensor))
    assert all(torch.equal(a, b) for a, b in zip(found, wanted, strict=True))
    if isinstance(given, torch.Tensor):
        for pool in seq.POOLS:
            pooled = (seq.pool(pool, padded, padded[:, 0], n) for n in (given, tensor))
            assert torch.equal(*pooled)
        x, start = padded.transpose(0, 1), (padded.new_zeros(3, 4),) * 2
        weights = [padded.new_ones(16, padded.shape[2]), padded.new_ones(16, 4)]
        layers = [lstm_layer(x, start, weights, lengths=n)[0] for n in (given, tensor)]
        assert torch.equal(*layers)
    buckets = seq.length_buckets(given, 2, seed=0)
    assert seq.padding_share(given, buckets) == seq.padding_share([3, 1, 2], buckets)


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
    final = torch.tensor([[7.0], [8.0]])
    pooled = {kind: seq.pool(kind, output, final, lengths).tolist() for kind in seq.POOLS}
    assert pooled == {
        "final": [[7], [8]],
        "mean": [[-5], [-5]],
        "max": [[-5], [-5]],
        "final and max": [[7, -5], [8, -5]],
    }
    assert seq.last_valid(output, lengths).tolist() == [[-5], [-5]]


def test_mask_by_hand():
    expected = [[True, False, False], [True, True, True], [True, True, False]]
    assert seq.mask(torch.tensor([1, 3, 2])).tolist() == expected
    assert seq.mask(torch.tensor([1]), steps=2).tolist() == [[True, False]]


@given(st.lists(st.integers(1, 50), max_size=60), st.integers(1, 9), st.integers(1, 5), st.integers(0, 99))
def test_buckets_hold_every_index_once(lengths, batch_size, bucket, seed):
    batches = list(seq.length_buckets(lengths, batch_size, seed=seed, bucket=bucket))
    assert sorted(np.concatenate([*batches, []]).astype(int)) == list(range(len(lengths)))
    assert all(len(batch) <= batch_size for batch in batches)
    again = list(seq.length_buckets(lengths, batch_size, seed=seed, bucket=bucket))
    assert all(np.array_equal(a, b) for a, b in zip(batches, again, strict=True))


def test_buckets_pad_less_than_shuffling_and_differ_by_seed():
    lengths = np.random.default_rng(0).integers(5, 100, 2000)
    share = {
        bucket: seq.padding_share(lengths, list(seq.length_buckets(lengths, 32, seed=0, bucket=bucket)))
        for bucket in (1, 20)
    }
    assert share[20] < 0.1 < 0.4 < share[1]
    first = [next(iter(seq.length_buckets(lengths, 32, seed=seed))).tolist() for seed in (0, 1)]
    assert first[0] != first[1]


def test_the_share_of_padding_reads_its_batches_once():
    lengths = [3, 1, 2, 5, 4]
    batches = seq.length_buckets(lengths, 2, seed=0)
    share = seq.padding_share(lengths, batches)
    assert share == pytest.approx(0.118, abs=0.001)
    assert seq.padding_share(lengths, iter(batches)) == share
    assert seq.padding_share(lengths, seq.length_buckets(lengths, 2, seed=0)) == share


def pooled(lengths):
    return seq.pool("mean", torch.ones(2, 3, 4), torch.ones(2, 4), torch.tensor(lengths))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: seq.pad([]), "sequences must hold at least one"),
        (lambda: seq.pad([torch.zeros(3, 2), torch.zeros(3, 4)]), r"sequences\[1\].*2.*\(3, 4\)"),
        (lambda: seq.pad([torch.zeros(0, 2)]), r"sequences\[0\]"),
        (lambda: seq.pad([torch.zeros(3)]), r"sequences\[0\].*\(T ≥ 1, I\).*got \(3,\).*\[:, None\]"),
        (lambda: seq.pad([torch.zeros(3, 2), torch.zeros(3)]), r"\[1\].*\(T ≥ 1, 2\).*got \(3,\)"),
        (lambda: seq.pad([torch.zeros(3, 2), torch.ones(1, 2).int()]), r"\[1\].*float32.*got .*int32"),
        (lambda: seq.pad(["one", "two"]), "sequences must be tensors or arrays of numbers"),
        (lambda: seq.pad([torch.zeros(2, 2), torch.zeros(2, 2).to_sparse()]), "sequences must be dense"),
        (lambda: pooled([0, 2]), r"lengths must lie in 1\.\.3, got 0\.\.2"),
        (lambda: pooled([3, 9]), r"lengths must lie in 1\.\.3, got 3\.\.9"),
        (lambda: pooled([1.5, 2.0]), "lengths must hold integers"),
        (lambda: seq.mask(torch.tensor([0, 2])), r"lengths must be at least 1, got 0\.\.2"),
        (lambda: seq.mask([]), "lengths must hold one number for each sequence, got none"),
        (lambda: seq.mask([True]), "lengths must hold integers, .* got bool"),
        (lambda: seq.mask("12"), "lengths must hold integers, .* got '12'"),
        (lambda: seq.mask([[1], [2, 3]]), "lengths must hold integers, .* got a list"),
        (lambda: seq.mask([1], steps=2.0), "steps must be a whole number .* got 2.0"),
        (lambda: seq.mask(torch.tensor([5]), steps=3), r"1\.\.3, got 5\.\.5"),
        (lambda: seq.mask(torch.tensor([1.0])), "integer"),
        (lambda: seq.last_valid(torch.zeros(2, 3), torch.tensor([1, 2])), r"\(2, 3\)"),
        (lambda: seq.mean_pool(torch.zeros(2, 3, 1), torch.tensor([4, 1])), r"1\.\.3"),
        (lambda: seq.max_pool(torch.zeros(3, 3, 1), torch.tensor([3, 1])), "B = 2"),
        (lambda: seq.max_pool(np.zeros((2, 3, 1)), [3, 1]), "output must .* got ndarray"),
        (lambda: seq.final_states(torch.zeros(3, 2, 4), 2), r"2 layers, got \(3, 2, 4\)"),
        (lambda: seq.final_states(torch.zeros(0, 2, 4), 0), "num_layers must .* got 0"),
        (lambda: seq.final_states([[[1.0]]], 1), "h_n must have the shape .* got list"),
        (lambda: seq.length_buckets([1, 2], 0, seed=0), "batch_size.*got 0"),
        (lambda: seq.length_buckets([1, 2], 1, seed=0, bucket=0), "bucket.*got 0"),
        (lambda: seq.length_buckets([[1]], 1, seed=0), r"\(N,\), got int64 of shape \(1, 1\)"),
        (lambda: seq.length_buckets([1, 2], 1, seed=-1), "seed must .* at least 0, got -1"),
        (lambda: seq.padding_share([3, 1], []), "batches must hold at least one index each"),
        (lambda: seq.padding_share([3, 1], [[0], []]), "batches must hold at least one index each"),
        (lambda: seq.padding_share([3, 1], [[0, -1]]), r"batches must lie in 0\.\.1, got -1\.\.0"),
    ],
)
def test_bad_input_names_the_argument(call, message):
    with pytest.raises(ValueError, match=message):
        call()


TURNED = np.arange(6, dtype=np.float32).reshape(3, 2)


@pytest.mark.parametrize(
    "array",
    [
        TURNED[::-1],
        TURNED.astype(">f4"),
        TURNED.astype(np.longdouble),
        TURNED.astype(np.float16),
        np.broadcast_to(np.float32(3), (3, 2)),
        np.ma.masked_array(TURNED, False),
    ],
    ids=["backward", "other byte order", "long double", "float16", "read-only", "masked nowhere"],
)
@pytest.mark.filterwarnings("error")
def test_arrays_that_torch_does_not_take_as_they_are_are_padded(array):
    padded, lengths = seq.pad([array, array[:1]])
    assert lengths.tolist() == [3, 1]
    np.testing.assert_array_equal(padded[0].double().numpy(), np.asarray(array, np.float64))


@pytest.mark.parametrize(
    "spoiled",
    [
        [np.ma.masked_greater(TURNED, 3)],
        [np.zeros((0, 2))],
        [np.zeros((2, 0))],
        [torch.zeros(2, 3).to_sparse_csr()],
        [torch.nested.nested_tensor([torch.zeros(2, 3)])],
        [torch.zeros(2, 3).to(torch.float8_e4m3fn)],
        [10**400],
        {"a": TURNED},
        range(10**12),
    ],
)
def test_what_is_no_list_of_sequences_is_refused_by_name(spoiled):
    for function in (seq.pad, seq.pack):
        with pytest.raises(ValueError, match="sequences"):
            function(spoiled)


def test_a_mask_too_large_for_a_machine_is_refused():
    with pytest.raises(ValueError, match=r"lengths and steps must make at most 2\*\*28 numbers, got 1 x 1099511627776"):
        seq.mask([2**40])
