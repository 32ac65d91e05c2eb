"""Models timed in turns, each in a process of its own.

Two runtimes in one process share memory, threads and caches, and each can slow the other down.
Here each has a process to itself, and one process runs at a time: the parent calls them in
turns, in another order each round, as ``timing.measure`` does within one process.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from lstm_lessons import checks

Batch = tuple[np.ndarray, ...]


def latencies(
    runners: Mapping[str, Sequence[str]],
    batches: Mapping[str, Sequence[Batch]],
    *,
    rounds: int = 15,
    warmup: int = 2,
) -> dict[str, dict[str, np.ndarray]]:
    """Time runners, each in its process, on the same batches.

    Args:
        runners: by name, a factory ``"module:function"`` and the strings that it is called
            with. The runner that it returns is called with the arrays of a batch.
        batches: by name, batches that are run one after the other; their mean is one time.
        rounds: how often each is timed.
        warmup: how often each runs before that.

    Returns:
        By name of the batches and of the runner, seconds per batch: shape (rounds,).

    Raises:
        ValueError: if there is no runner, no batch or no round.
        RuntimeError: if a runner fails; the message ends in what it wrote last.
    """
    if not runners or not batches or not all(batches.values()):
        raise ValueError("runners and batches must each hold at least one, got none")
    checks.sizes(rounds=rounds)
    checks.whole("warmup", warmup, least=0)
    order = np.random.default_rng(0)
    seconds = {kind: {name: [] for name in runners} for kind in batches}
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        file = _write(batches, Path(folder))
        workers = {
            name: stack.enter_context(_Worker(name, [*given, file]))
            for name, given in runners.items()
        }
        for kind, measured in seconds.items():
            for number in range(warmup + rounds):
                for name in order.permutation(list(workers)):
                    once = workers[name].run(kind)
                    if number >= warmup:
                        measured[name].append(once)
    return {
        kind: {name: np.array(values) for name, values in measured.items()}
        for kind, measured in seconds.items()
    }


def cold_starts(commands: Mapping[str, Sequence[str]], *, rounds: int = 5) -> dict[str, np.ndarray]:
    """Run commands in turns, each to its end: seconds from a cold start.

    Args:
        commands: by name, the arguments of this Python, such as ``["-m", "module", "text"]``.
        rounds: how often each is started.

    Returns:
        Seconds of each start, shape (rounds,), by name.

    Raises:
        ValueError: if there is no command or no round.
        RuntimeError: if a command fails; the message ends in what it wrote last.
    """
    if not commands:
        raise ValueError("commands must hold at least one, got none")
    checks.sizes(rounds=rounds)
    order = np.random.default_rng(0)
    seconds = {name: [] for name in commands}
    for _ in range(rounds):
        for name in order.permutation(list(commands)):
            start = time.perf_counter()
            done = subprocess.run(
                [sys.executable, *commands[name]], capture_output=True, text=True, env=_one_thread()
            )
            seconds[name].append(time.perf_counter() - start)
            if done.returncode:
                raise RuntimeError(f"{name} failed: {_last_line(done.stderr)}")
    return {name: np.array(values) for name, values in seconds.items()}


class _Worker:
    """A process that calls a runner on batches when told to, and says how long it took."""

    def __init__(self, name: str, arguments: Sequence[str]) -> None:
        self.name = name
        self.errors = tempfile.TemporaryFile("w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "lstm_lessons.benchmark.processes", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
            env=_one_thread(),
        )

    def __enter__(self) -> _Worker:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
        self.errors.close()

    def run(self, kind: str) -> float:
        """Seconds per batch of one kind."""
        with contextlib.suppress(BrokenPipeError):
            print(kind, file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line:
            self.process.wait()
            self.errors.seek(0)
            raise RuntimeError(f"{self.name} failed: {_last_line(self.errors.read())}")
        return float(line)


def _one_thread() -> dict[str, str]:
    return os.environ | {"OMP_NUM_THREADS": "1"}


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["it said nothing"])[-1]


def _write(batches: Mapping[str, Sequence[Batch]], folder: Path) -> str:
    """A file that holds all batches."""
    arrays = {
        f"{kind}|{number}|{place}": array
        for kind, several in batches.items()
        for number, batch in enumerate(several)
        for place, array in enumerate(batch)
    }
    path = folder / "batches.npz"
    np.savez(path, **arrays)
    return str(path)


def _read(path: str) -> dict[str, list[Batch]]:
    """The batches of a file, by kind."""
    found: dict[str, dict[int, list[np.ndarray]]] = {}
    with np.load(path) as arrays:
        for key, array in arrays.items():  # in the order in which they were written
            kind, number, _ = key.split("|")
            found.setdefault(kind, {}).setdefault(int(number), []).append(array)
    return {kind: [tuple(batch) for batch in several.values()] for kind, several in found.items()}


def main(arguments: Sequence[str] | None = None) -> None:
    """The process of one runner: reads kinds of batches, writes seconds per batch."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("factory", help="module:function that makes the runner")
    parser.add_argument("arguments", nargs="*", help="what the factory is called with")
    parser.add_argument("batches", help="file of the batches")
    options = parser.parse_args(arguments)
    module, function = options.factory.split(":")
    runner = getattr(importlib.import_module(module), function)(*options.arguments)
    batches = _read(options.batches)
    for line in sys.stdin:
        several = batches[line.strip()]
        start = time.perf_counter()
        for batch in several:
            runner(*batch)
        print((time.perf_counter() - start) / len(several), flush=True)


if __name__ == "__main__":
    main()
