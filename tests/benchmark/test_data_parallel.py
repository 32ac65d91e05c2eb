"""Two processes train as one does: equal gradients, equal weights."""

from __future__ import annotations

import threading

import pytest
import torch
import torch.distributed as dist
from torch.nn.utils import parameters_to_vector

from lstm_lessons.benchmark import data_parallel


@pytest.mark.timeout(300)
def test_two_processes_give_the_gradient_and_the_weights_of_one():
    found = data_parallel.launch(2, batch_size=6, steps=2, hidden=4, seed=3)
    assert found["processes"] == 2
    assert found["gradient_gap"] < 1e-12
    assert found["weights_gap"] < 1e-12
    assert found["disagreement"] == 0
    assert found["together"] > 0 and found["alone"] > 0


def test_no_process_leaves_the_group_before_all_are_done():
    store = dist.HashStore()
    first = threading.Thread(target=data_parallel.wait_for_all, args=(store, 0, 2), daemon=True)
    first.start()
    first.join(0.3)
    assert first.is_alive()
    data_parallel.wait_for_all(store, 1, 2)
    first.join(30)
    assert not first.is_alive()


def test_the_shares_are_equal_and_make_up_the_batch():
    (batch,) = data_parallel.load_batches(1, 6, 0, "cpu")
    shares = [batch.share(rank, 3) for rank in range(3)]
    assert [len(share.labels) for share in shares] == [2, 2, 2]
    together = torch.stack([share.lengths for share in shares], 1).flatten()
    assert torch.equal(together, batch.lengths)


def test_the_mean_of_the_shares_gradients_is_that_of_the_batch():
    (batch,) = data_parallel.load_batches(1, 6, 0, "cpu")
    model = data_parallel.make_model(3, 0, "cpu")

    def gradient(part):
        data_parallel.backward(model, part)
        return parameters_to_vector(weight.grad for weight in model.parameters())

    shares = torch.stack([gradient(batch.share(rank, 2)) for rank in range(2)])
    assert shares[0].sub(shares[1]).abs().max() > 1e-3
    torch.testing.assert_close(shares.mean(0), gradient(batch), rtol=0, atol=1e-12)


def test_training_changes_the_weights_and_returns_the_first_gradient():
    batches = data_parallel.load_batches(2, 4, 0, "cpu")
    model = data_parallel.make_model(3, 0, "cpu")
    before = parameters_to_vector(model.parameters()).detach()
    data_parallel.backward(model, batches[0])
    wanted = parameters_to_vector(weight.grad for weight in model.parameters())
    first, seconds = data_parallel.train(model, batches)
    torch.testing.assert_close(first, wanted)
    assert seconds > 0
    assert (parameters_to_vector(model.parameters()) - before).abs().max() > 1e-4


def test_unequal_shares_are_refused():
    (batch,) = data_parallel.load_batches(1, 5, 0, "cpu")
    with pytest.raises(ValueError, match="multiple of the 2 processes, got 5 sequences"):
        batch.share(0, 2)
    with pytest.raises(ValueError, match="multiple of processes, got 5 and 2"):
        data_parallel.launch(2, batch_size=5)


def test_more_batches_than_there_are_recordings_are_refused():
    with pytest.raises(ValueError, match=r"1\.\.1800 recordings, got 60 · 32"):
        data_parallel.load_batches(60, 32, 0, "cpu")


def test_a_process_that_fails_is_told():
    with pytest.raises(RuntimeError, match=r"(?s)torchrun failed:.*recordings, got 2000 · 2"):
        data_parallel.launch(2, batch_size=2, steps=1999)


def test_without_torchrun_it_says_how_to_start_it(monkeypatch):
    monkeypatch.delenv("LOCAL_RANK", raising=False)
    with pytest.raises(SystemExit, match="torchrun --nproc-per-node 2"):
        data_parallel.main([])
