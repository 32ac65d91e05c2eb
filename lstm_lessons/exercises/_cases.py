"""Random cases that several lessons share."""

from __future__ import annotations

import numpy as np
import torch


def random_tensor(rng: np.random.Generator, *shape: int) -> torch.Tensor:
    """Normal numbers with two decimals, easily read in a verdict; float64."""
    return torch.tensor(rng.normal(0, 1, size=shape).round(2), dtype=torch.float64)
