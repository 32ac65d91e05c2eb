"""Models timed in turns, each in a process of its own.

Two runtimes in one process share memory, threads and caches, and each can slow the other down. Here each has a process
to itself, and one process runs at a time: the parent calls them in turns, in another order each round, as
``timing.measure`` does within one process.
"""

import contextlib
import functools
import importlib
import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor

import numpy as np

from lstm_lessons import checks

Batch = tuple[np.ndarray, ...]
ONE_THREAD = {"OMP_NUM_THREADS": "1"}  # of whatever computes in such a process


def latencies(
    runners: Mapping[str, Sequence[str]], batches: Mapping[str, Sequence[Batch]], *, rounds: int = 15, warmup: int = 2
) -> dict[str, dict[str, np.ndarray]]:
    """Time runners, each in its process, on the same batches: seconds per batch, (rounds,).

    Args:
        runners: by name, a factory ``"module:function"`` and the strings that it is called with. The runner that it
            returns is called with the arrays of a batch.
        batches: by name, batches that are run one after the other; their mean is one time.
        rounds: how often each is timed, after ``warmup`` runs that are not.

    Raises:
        TypeError: if ``runners`` or ``batches`` is no dictionary of lists.
        ValueError: if there is no runner, no batch or no round.
        RuntimeError: if a runner fails; the message ends in its error.
    """
    runners = _commands("runners", runners)
    checks.kind("batches", batches, "a dictionary", isinstance(batches, Mapping))
    batches = {name: checks.listed(f"batches[{name!r}]", each, "a list of batches") for name, each in batches.items()}
    if not batches or not all(batches.values()):
        raise ValueError("runners and batches must each hold at least one, got none")
    for name, each in batches.items():
        for batch in each:
            checks.kind(f"batches[{name!r}]", batch, "a list of tuples of arrays", isinstance(batch, tuple | list))
    for name, factory in runners.items():
        if ":" not in factory[0]:
            raise ValueError(f"runners[{name!r}] must begin with 'module:function', got {factory[0]!r}")
    checks.sizes(rounds=rounds)
    checks.whole("warmup", warmup, least=0)
    order = np.random.default_rng(0)
    seconds = {kind: {name: [] for name in runners} for kind in batches}
    new = multiprocessing.get_context("spawn")  # shares nothing with this process
    with contextlib.ExitStack() as stack:
        workers = {name: stack.enter_context(ProcessPoolExecutor(1, new, _begin)) for name in runners}
        for kind, measured in seconds.items():
            for number in range(warmup + rounds):
                for name in order.permutation(list(workers)):
                    try:
                        once = workers[name].submit(_seconds, runners[name], batches[kind]).result()
                    except Exception as error:  # whatever the runner raises
                        what = f"{type(error).__name__}: {error}"
                        raise RuntimeError(f"{name} failed: {what}") from error
                    if number >= warmup:
                        measured[name].append(once)
    return {kind: {name: np.array(values) for name, values in measured.items()} for kind, measured in seconds.items()}


def cold_starts(commands: Mapping[str, Sequence[str]], *, rounds: int = 5) -> dict[str, np.ndarray]:
    """Run commands in turns, each to its end: seconds from a cold start, (rounds,) by name.

    A command is the arguments of this Python, such as ``["-m", "module", "text"]``.

    Raises:
        TypeError: if ``commands`` is no dictionary of lists of texts.
        ValueError: if there is no command or no round.
        RuntimeError: if a command fails; the message ends in what it wrote last.
    """
    commands = _commands("commands", commands)
    checks.sizes(rounds=rounds)
    order = np.random.default_rng(0)
    seconds = {name: [] for name in commands}
    for _ in range(rounds):
        for name in order.permutation(list(commands)):
            start = time.perf_counter()
            done = subprocess.run(
                [sys.executable, *commands[name]], capture_output=True, text=True, env=os.environ | ONE_THREAD
            )
            seconds[name].append(time.perf_counter() - start)
            if done.returncode:
                said = done.stderr.strip().splitlines() or ["it said nothing"]
                raise RuntimeError(f"{name} failed: {said[-1]}")
    return {name: np.array(values) for name, values in seconds.items()}


def _commands(name: str, value: object) -> dict[str, list[str]]:
    checks.kind(name, value, "a dictionary", isinstance(value, Mapping))
    found = {key: checks.texts(f"{name}[{key!r}]", words) for key, words in value.items()}
    if not found or not all(found.values()):
        raise ValueError(f"{name} must hold at least one of at least one text, got {found}")
    return found


def _begin() -> None:
    """One thread, and silence: libraries that talk would write into a lesson's cell."""
    os.environ |= ONE_THREAD
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


@functools.cache
def _runner(factory: str, *arguments: str) -> Callable[..., object]:
    module, _, function = factory.partition(":")
    return getattr(importlib.import_module(module), function)(*arguments)


def _seconds(factory: Sequence[str], batches: Sequence[Batch]) -> float:
    """Seconds per batch."""
    runner = _runner(*factory)
    start = time.perf_counter()
    for batch in batches:
        runner(*batch)
    return (time.perf_counter() - start) / len(batches)
