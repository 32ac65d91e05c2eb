"""The playground's six tasks and its random numbers, the same in Python as in the page.

A task draws one sequence from a stream of random numbers: its inputs, (T, I), and its answers, one a step or one for
the last step alone. "Copy as PyTorch" copies `Random` and the task from this file, so both say all that they need.
"""

import inspect
import math
from collections.abc import Callable


class Random:
    """Numbers in [0, 1), the same as in the page: T. Ettinger's mulberry32."""

    def __init__(self, seed):
        self.state = seed % 2**32

    def __call__(self):
        self.state = (self.state + 0x6D2B79F5) % 2**32
        t = self.state
        t = (t ^ t >> 15) * (t | 1) % 2**32
        t ^= (t + (t ^ t >> 7) * (t | 61)) % 2**32
        return (t ^ t >> 14) / 2**32


def echo(random, length):
    """Repeat the sign that came some steps before."""
    x = [[1.0 if random() < 0.5 else -1.0] for _ in range(length)]
    back = max(1, length // 10)
    return x, ([[0.0]] * back + x)[:length]


def adding(random, length):
    """Add the two numbers that are marked."""
    half = length // 2
    first = int(random() * half)
    second = half + int(random() * (length - half))
    x = [[random(), float(t in (first, second))] for t in range(length)]
    return x, [[x[first][0] + x[second][0]]]


def parity(random, length):
    """Say at every step whether the number of minus signs so far is even (1) or odd (-1)."""
    x, y, sign = [], [], 1.0
    for _ in range(length):
        x.append([1.0 if random() < 0.5 else -1.0])
        sign *= x[-1][0]
        y.append([sign])
    return x, y


def brackets(random, length):
    """Count how many brackets are open, in quarters."""
    x, y, depth = [], [], 0
    for _ in range(length):
        opens = depth == 0 or random() < 0.5
        depth += 1 if opens else -1
        x.append([1.0 if opens else -1.0])
        y.append([depth / 4])
    return x, y


def first(random, length):
    """Remember the sign at the first step through noise."""
    x = [[1.0 if random() < 0.5 else -1.0, 1.0]]
    x += [[2 * random() - 1, 0.0] for _ in range(length - 1)]
    return x, [x[0][:1]]


def wave(random, length):
    """Say the next value of a wave of period 12; from the middle on, the wave is hidden."""
    start = random()
    waves = [math.sin(2 * math.pi * (t / 12 + start)) for t in range(length + 1)]
    x = [[value if t < length // 2 else 0.0] for t, value in enumerate(waves[:-1])]
    return x, [[value] for value in waves[1:]]


TASKS: dict[str, Callable] = {task.__name__: task for task in (adding, first, echo, parity, brackets, wave)}
"""By name, in the order of the page's list."""


def sources() -> dict[str, str]:
    """The text of `Random` and of each task, for the program that the page copies."""
    return {thing.__name__: inspect.getsource(thing).strip() for thing in (Random, *TASKS.values())}
