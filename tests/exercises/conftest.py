from __future__ import annotations

import pytest

from lstm_lessons.exercises import Exercise
from tests.exercises.samples import make_memory


@pytest.fixture(scope="module")
def memory() -> Exercise:
    return make_memory()
