"""The adding problem: two numbers far apart in a long sequence, and their sum at the end.

Every step shows a random number and a mark. Two steps of a sequence are marked, one in each half; the answer is the sum
of their two numbers. A network must carry the first number over many steps of noise, so the task measures memory and
little else.

Source: S. Hochreiter and J. Schmidhuber, "Long Short-Term Memory" (Neural Computation, 1997), experiment 4. There,
numbers lie in [-1, 1], the ends of a sequence carry a mark of -1, lengths vary, and the sum is scaled. Numbers in [0,
1), one mark in each half, and the plain sum follow later papers, such as M. Arjovsky, A. Shah and Y. Bengio, "Unitary
Evolution Recurrent Neural Networks" (ICML, 2016).
"""

from dataclasses import dataclass

import numpy as np

from lstm_lessons import checks


@dataclass(frozen=True)
class AddingProblem:
    """Sequences of the adding problem, and their answers."""

    #: the sequences, (N, T, 2) float32; feature 0 is the number in [0, 1), feature 1 the mark, 0 or
    #: 1.
    x: np.ndarray
    y: np.ndarray  #: the answers, (N,) float32, in [0, 2).
    marks: np.ndarray  #: the two marked steps of each sequence, counted from 0, (N, 2) int64.

    def __len__(self) -> int:
        return len(self.x)

    @property
    def steps(self) -> int:
        """T, the length of every sequence."""
        return self.x.shape[1]

    def describe(self) -> str:
        """One paragraph: how many sequences, how long, and what is asked."""
        return (
            f"{len(self):,} sequence{'s' * (len(self) != 1)} of {self.steps} steps; each step is a number in [0, 1) "
            f"and a mark; the answer is the sum of the two marked numbers, one in each half"
        )


def load(count: int = 1000, steps: int = 100, *, seed: int | list[int]) -> AddingProblem:
    """Draw N = ``count`` sequences of T = ``steps`` of the adding problem.

    The same seed of NumPy's generator, a whole number or a list of some, gives the same sequences everywhere.

    Raises:
        ValueError: if ``count`` is below 1 or ``steps`` below 2.
    """
    count, steps = checks.whole("count", count), checks.whole("steps", steps, least=2)  # one for each mark
    checks.room("count and steps", count, steps)
    rng = np.random.default_rng(checks.seed(seed))
    rows, half = np.arange(count), steps // 2
    numbers = rng.random((count, steps), dtype=np.float32)
    marks = np.stack([rng.integers(0, half, count), rng.integers(half, steps, count)], axis=1)
    is_marked = np.zeros_like(numbers)
    is_marked[rows[:, None], marks] = 1
    answers = numbers[rows[:, None], marks].sum(axis=1)
    return AddingProblem(np.stack([numbers, is_marked], axis=2), answers, marks)
