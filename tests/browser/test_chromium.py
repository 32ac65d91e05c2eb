"""What happens where there is no Chromium."""

from __future__ import annotations

import pytest

from tests.browser import chromium


def test_the_chosen_program_is_the_only_candidate_and_its_absence_is_named(monkeypatch):
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    why = chromium.launch(playwright=None)
    assert why.startswith("no Chromium") and "/nowhere/chromium: not there" in why


def test_a_missing_browser_skips_and_never_in_ci(monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no browser"):
        chromium.give_up("no browser")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no browser"):
        chromium.give_up("no browser")
