"""Sine mixtures: long streams of smooth waves, never the same twice, with a little noise.

Each stream is a sum of a few sine waves with periods, strengths and phases of its own, so the next value follows from
the past of *this* stream and from nothing else. Whoever has seen more of the stream can predict it better, which makes
it a fair test of what a state is worth.
"""

from dataclasses import dataclass

import numpy as np

from lstm_lessons import checks

PERIODS = (6.0, 40.0)
"""Shortest and longest period of a wave, in steps."""


@dataclass(frozen=True)
class SineMixtures:
    """Streams of sine mixtures, and the waves that they are made of."""

    x: np.ndarray  #: the streams, (N, T, 1) float32; without its noise each has the variance 1.
    periods: np.ndarray  #: period of each wave in steps, (N, K) float64.
    amplitudes: np.ndarray  #: strength of each wave, (N, K) float64; half the sum of their squares is 1.
    phases: np.ndarray  #: phase of each wave at step 0 in radians, (N, K) float64.
    noise: float  #: standard deviation of the noise that was added.

    def __len__(self) -> int:
        return len(self.x)

    @property
    def steps(self) -> int:
        """T, the length of every stream."""
        return self.x.shape[1]

    def describe(self) -> str:
        """One paragraph: how many streams, how long, and what they are made of."""
        waves = self.periods.shape[1]
        return (
            f"{len(self):,} streams of {self.steps} steps; each is a sum of {waves} sine waves "
            f"with periods from {PERIODS[0]:g} to {PERIODS[1]:g} steps, variance 1, and noise of "
            f"standard deviation {self.noise:g}"
        )


def load(
    count: int = 32, steps: int = 1000, *, seed: int | list[int], waves: int = 2, noise: float = 0.1
) -> SineMixtures:
    """Draw N = ``count`` streams of T = ``steps``, sums of K = ``waves`` sine waves.

    The same seed of NumPy's generator, a whole number or a list of some, gives the same streams everywhere. The noise
    is the standard deviation of what is added to each value.

    Raises:
        ValueError: if ``count``, ``steps`` or ``waves`` is below 1 or ``noise`` below 0.
    """
    count, steps, waves = checks.sizes(count=count, steps=steps, waves=waves)
    checks.room("count, steps and waves", count, steps, waves)
    checks.number("noise", noise, "at least 0", lambda noise: noise >= 0)
    checks.number("noise", noise, "below 1e30", lambda noise: noise < 1e30)
    noise = abs(noise)  # NumPy takes no -0.0
    rng = np.random.default_rng(checks.seed(seed))
    shape = (count, waves)
    periods = np.exp(rng.uniform(*np.log(PERIODS), shape))  # as many short ones as long ones
    amplitudes = rng.uniform(0.5, 1.5, shape)
    amplitudes *= np.sqrt(2 / (amplitudes**2).sum(axis=1, keepdims=True))
    phases = rng.uniform(0, 2 * np.pi, shape)
    turns = np.arange(steps) / periods[..., None]  # (N, K, T)
    x = (amplitudes[..., None] * np.sin(2 * np.pi * turns + phases[..., None])).sum(axis=1)
    x += rng.normal(0, noise, x.shape)
    return SineMixtures(x[..., None].astype(np.float32), periods, amplitudes, phases, noise)
