"""Random cases that several lessons share."""

import numpy as np
import torch


def random_tensor(rng: np.random.Generator, *shape: int) -> torch.Tensor:
    """Normal numbers with two decimals, easily read in a verdict; float64."""
    return torch.tensor(rng.normal(0, 1, size=shape).round(2), dtype=torch.float64)


def in_order(gates: str, stacked: torch.Tensor, dim: int = 0) -> torch.Tensor:
    """Four stacked blocks, PyTorch's i, f, g, o, in another order, such as ``"iofg"``."""
    blocks = dict(zip("ifgo", stacked.chunk(4, dim), strict=True))
    return torch.cat([blocks[gate] for gate in gates], dim)
