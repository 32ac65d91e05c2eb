"""What happens where there is no Chromium."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.browser import chromium


def test_the_chosen_program_is_the_only_candidate_and_its_absence_is_named(monkeypatch):
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    why = chromium.launch(playwright=None)
    assert why.startswith("no Chromium") and "/nowhere/chromium: not there" in why


def test_tests_take_the_shell_and_timings_the_browser_that_people_use(monkeypatch):
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(chromium.shutil, "which", lambda name: f"/bin/{name}")
    playwright = SimpleNamespace(chromium=SimpleNamespace(executable_path="/own"))
    light, whole = (chromium.candidates(playwright, whole=whole) for whole in (False, True))
    assert light[:2] == ["/bin/chromium-headless-shell", "/bin/chromium"]
    assert whole[0] == "/bin/chromium" and light[-1] == whole[-1] == "/own"
    assert sorted(light) == sorted(whole)


def test_a_missing_browser_skips_and_never_in_ci(monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no browser"):
        chromium.give_up("no browser")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no browser"):
        chromium.give_up("no browser")
