"""What every test shares."""

from __future__ import annotations

import os

# Two workers on two cores: a torch that starts a thread per core in each would slow both down.
# Set before any test imports torch; the notebooks' kernels inherit it.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import hypothesis  # noqa: E402 - below what must be set first

hypothesis.settings.register_profile("unhurried", deadline=None)  # a busy machine is no failure
hypothesis.settings.load_profile("unhurried")
