"""What every test shares."""

from __future__ import annotations

import os

# Two workers on two cores: a torch that starts a thread per core in each would slow both down.
# Set before any test imports torch; the notebooks' kernels inherit it.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import hypothesis  # noqa: E402 - below what must be set first
import pytest  # noqa: E402

hypothesis.settings.register_profile("unhurried", deadline=None)  # a busy machine is no failure
hypothesis.settings.load_profile("unhurried")


@pytest.fixture
def double_precision():
    """Compute in float64, on one thread, from the same seed."""
    import torch  # here, so that tests without torch start quickly

    dtype, threads = torch.get_default_dtype(), torch.get_num_threads()
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    torch.manual_seed(0)
    yield
    torch.set_default_dtype(dtype)
    torch.set_num_threads(threads)
