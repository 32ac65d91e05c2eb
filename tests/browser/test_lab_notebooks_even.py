"""Lessons 0, 2, 4 and so on in JupyterLab: see `tests/browser/lessons.py`."""

from __future__ import annotations

import pytest

from tests.browser.lessons import SECONDS, assert_solved_lesson_holds_and_lives
from tests.notebooks import form

LESSONS = form.LESSONS[::2]


@pytest.mark.timeout(SECONDS + 600)
@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_solved_lesson_holds_with_other_parameters_and_its_widgets_live(visit_to_lessons, path):
    assert_solved_lesson_holds_and_lives(*visit_to_lessons, path)
