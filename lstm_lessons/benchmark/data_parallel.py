"""The same training on several processes: data parallel, with equal gradients.

``torchrun --nproc-per-node 2 -m lstm_lessons.benchmark.data_parallel`` trains a classifier of spoken digits on two
processes. Each holds the whole model and reads its share of every batch; `DistributedDataParallel` averages the
gradients. Process 0 then trains alone on whole batches, from the same start, and the report says how far the two are
apart.

With a GPU for each process the backend is NCCL, else gloo on the CPU.

Source: S. Li and others, "PyTorch Distributed: Experiences on Accelerating Data Parallel Training" (VLDB 2020).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel
from torch.nn.utils import parameters_to_vector

from lstm_lessons import checks, sequences
from lstm_lessons.data import digits
from lstm_lessons.models import SequenceClassifier

MODULE = "lstm_lessons.benchmark.data_parallel"  # by this name each process starts it
LEARNING_RATE = 0.1


class Batch(NamedTuple):
    """Padded sequences (B, T, I), their true lengths (B,) on the CPU, and labels (B,)."""

    padded: Tensor
    lengths: Tensor
    labels: Tensor

    def share(self, rank: int, processes: int) -> Self:
        """Every ``processes``-th sequence, from number ``rank`` on: equal shares.

        Raises:
            ValueError: if the sequences cannot be shared out equally. The plain mean of the gradients, which
                `DistributedDataParallel` takes, would be wrong then.
        """
        if len(self.labels) % processes:
            raise ValueError(
                f"the batch must be a multiple of the {processes} processes, got {len(self.labels)} sequences"
            )
        return Batch(*(part[rank::processes] for part in self))


def load_batches(count: int, size: int, seed: int, device: torch.device | str) -> list[Batch]:
    """Batches of spoken digits in float64, the same ones in every process.

    Raises:
        ValueError: if there are not so many recordings, or an argument does not fit.
    """
    checks.sizes(count=count, size=size)
    _check(seed, device)
    data = digits.load(split="known").train
    if count * size > len(data):
        raise ValueError(f"count · size must lie in 1..{len(data)} recordings, got {count} · {size}")
    order = np.random.default_rng(seed).permutation(len(data))[: count * size]
    batches = []
    for part in order.reshape(count, size):
        padded, lengths = sequences.pad([data.sequences[k] for k in part])
        labels = torch.from_numpy(data.labels[part])
        batches.append(Batch(padded.double().to(device), lengths, labels.to(device)))
    return batches


def make_model(hidden: int, seed: int, device: torch.device | str) -> SequenceClassifier:
    """A bidirectional classifier in float64, the same one in every process.

    Raises:
        ValueError: if an argument does not fit.
    """
    checks.sizes(hidden=hidden)
    _check(seed, device)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = SequenceClassifier(digits.FEATURES, hidden, len(digits.CLASSES))
    return model.double().to(device)


def _check(seed: int, device: torch.device | str) -> None:
    checks.whole("seed", seed, 0)
    try:
        torch.empty(0, device=torch.device(device))
    except (TypeError, ValueError, RuntimeError, AssertionError):
        raise ValueError(f"device must be one that torch can use here, such as cpu, got {device!r}") from None


def backward(model: nn.Module, batch: Batch) -> None:
    """Loss and gradients of one batch."""
    model.zero_grad()
    scores = model(batch.padded, batch.lengths)
    nn.functional.cross_entropy(scores, batch.labels).backward()


def train(model: nn.Module, batches: Sequence[Batch]) -> tuple[Tensor, float]:
    """Train once on each batch: the gradient of the first, (P,), and the seconds of all others."""
    optimizer = torch.optim.SGD(model.parameters(), LEARNING_RATE)
    first, start = None, 0.0
    for batch in batches:
        backward(model, batch)
        if first is None:  # it also warms up, so the clock starts behind it
            first = parameters_to_vector(weight.grad for weight in model.parameters())
            start = _now(first)
        optimizer.step()
    return first, _now(first) - start


def _now(tensor: Tensor) -> float:
    """The clock, once the device of a tensor is done."""
    if tensor.is_cuda:
        torch.cuda.synchronize(tensor.device)
    return time.perf_counter()


def report(batch_size: int, steps: int, hidden: int, seed: int) -> dict[str, float | int | str]:
    """Train together, then alone, within a process group that is already there.

    Returns:
        ``processes``, ``backend``; ``gradient_gap``, the largest difference between the averaged gradient of the first
        batch and that of one process; ``weights_gap``, the same of all weights after the training; ``disagreement``,
        the largest difference of the weights between the processes; and the throughput in sequences a second,
        ``together`` and ``alone``. What process 0 alone knows is missing in the others.
    """
    rank, processes = dist.get_rank(), dist.get_world_size()
    on_gpu = dist.get_backend() == "nccl"
    device = torch.device("cuda", int(os.environ["LOCAL_RANK"])) if on_gpu else "cpu"
    batches = load_batches(steps + 1, batch_size, seed, device)
    shares = [batch.share(rank, processes) for batch in batches]

    model = make_model(hidden, seed, device)
    together = DistributedDataParallel(model, device_ids=[device] if on_gpu else None)
    dist.barrier()
    gradient, seconds = train(together, shares)
    weights = parameters_to_vector(model.parameters()).detach()
    highest, lowest = weights.clone(), weights.clone()
    dist.all_reduce(highest, dist.ReduceOp.MAX)
    dist.all_reduce(lowest, dist.ReduceOp.MIN)
    found = {
        "processes": processes,
        "backend": dist.get_backend(),
        "disagreement": (highest - lowest).max().item(),
        "together": steps * batch_size / seconds,
    }
    if rank == 0:
        alone = make_model(hidden, seed, device)
        single, seconds = train(alone, batches)
        found |= {
            "gradient_gap": (gradient - single).abs().max().item(),
            "weights_gap": (weights - parameters_to_vector(alone.parameters())).abs().max().item(),
            "alone": steps * batch_size / seconds,
        }
    dist.barrier()  # the others wait here, so that they take no time from process 0
    return found


def wait_for_all(store: dist.Store, rank: int, processes: int) -> None:
    """Return once every process is done with the group.

    Who leaves a barrier first may close its connections while another is still in it, and that one then fails. The
    store is torchrun's, and outlives them all.
    """
    store.set(f"done {rank}", "")
    store.wait([f"done {other}" for other in range(processes)])


def launch(
    processes: int = 2,
    *,
    batch_size: int = 32,
    steps: int = 10,
    hidden: int = 32,
    seed: int = 0,
    seconds: float = 300.0,
) -> dict[str, float | int | str]:
    """Run this module under ``torchrun`` on this machine; return the `report` of process 0.

    Args:
        batch_size: sequences a step, of all processes together.
        steps: timed ones; one more comes before them.
        hidden: units a direction.
        seconds: time limit.

    Raises:
        ValueError: if a size is below 1, another argument does not fit, or the batch cannot be shared out equally.
        RuntimeError: if a process failed; with what it said.
    """
    checks.sizes(processes=processes, batch_size=batch_size, steps=steps, hidden=hidden)
    checks.whole("seed", seed, 0)
    checks.positive(seconds=seconds)
    if batch_size % processes:
        raise ValueError(f"batch_size must be a multiple of processes, got {batch_size} and {processes}")
    sizes = {"batch-size": batch_size, "steps": steps, "hidden": hidden, "seed": seed}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.json"
        command = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
        command += ["--nproc-per-node", str(processes), "-m", MODULE]
        command += [word for key, value in sizes.items() for word in (f"--{key}", str(value))]
        done = subprocess.run(
            [*command, "--out", str(path)],
            capture_output=True,
            text=True,
            timeout=seconds,
            env={"OMP_NUM_THREADS": "1"} | dict(os.environ),
        )
        if done.returncode:
            raise RuntimeError(f"torchrun failed:\n{done.stderr[:4000]}")
        return json.loads(path.read_text(encoding="utf-8"))


def main(arguments: Sequence[str] | None = None) -> None:
    """What each process of ``torchrun`` runs."""
    parser = argparse.ArgumentParser(prog=f"torchrun -m {MODULE}")
    add = parser.add_argument
    add("--batch-size", type=checks.count, default=32, help="of all processes together")
    add("--steps", type=checks.count, default=10, help="timed steps")
    add("--hidden", type=checks.count, default=32, help="units a direction")
    add("--seed", type=int, default=0, help="of weights and batches")
    add("--out", type=Path, help="write the report as JSON to this file")
    options = parser.parse_args(arguments)
    if "LOCAL_RANK" not in os.environ:
        sys.exit(f"start me with torchrun --nproc-per-node 2 -m {MODULE}")
    enough = torch.cuda.device_count() >= int(os.environ["LOCAL_WORLD_SIZE"])
    if enough:
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    store, rank, processes = next(dist.rendezvous("env://"))
    dist.init_process_group("nccl" if enough else "gloo", store=store, rank=rank, world_size=processes)
    try:
        found = report(options.batch_size, options.steps, options.hidden, options.seed)
        wait_for_all(store, rank, processes)
    finally:
        dist.destroy_process_group()
    if "alone" in found:
        print(json.dumps(found, indent=1))
        if options.out is not None:
            options.out.write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
