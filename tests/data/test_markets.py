"""Markets: what the lesson on finance reads from `arch`, and that no quote of it stands in the repository."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import numpy as np
import pytest

from lstm_lessons.data import markets

ROOT = Path(__file__).resolve().parents[2]
INDICES = ("sp500", "nasdaq")


@pytest.mark.parametrize("name", INDICES)
def test_an_index_has_a_range_on_every_day(name):
    market = markets.load(name)
    assert len(market) == len(market.close) == len(market.high) == len(market.low) == 5031
    assert (np.diff(market.days).astype(int) > 0).all()
    assert (market.high > market.low).all()
    inside = (market.low <= market.close + 0.02) & (market.close - 0.02 <= market.high)
    assert inside.all()


def test_oil_has_one_price_on_each_day_of_trading():
    oil = markets.load("wti")
    assert oil.high is None and oil.low is None and len(oil) == 8321
    assert (oil.close > 0).all() and str(oil.days[0]) == "1986-01-02"
    assert "one price a day" in oil.describe()


def test_a_rebased_series_keeps_its_returns():
    market = markets.load()
    rebased = market.rebased(10)
    assert rebased[10] == 100
    np.testing.assert_allclose(np.diff(np.log(rebased)), np.diff(np.log(market.close)), atol=1e-12)


def test_a_date_is_found_and_a_weekend_means_the_next_day():
    market = markets.load()
    assert str(market.days[market.on("2008-09-13")]) == "2008-09-15"
    assert market.on("2008-09-15") == market.on("2008-09-13")
    assert market.on("1900-01-01") == 0


@pytest.mark.parametrize("date", ["2019-06-01", "yesterday", "NaT"])
def test_a_date_that_is_none_or_too_late_is_refused(date):
    with pytest.raises(ValueError, match="date must"):
        markets.load().on(date)


def test_an_unknown_market_is_refused():
    with pytest.raises(ValueError, match="name must be one of sp500, nasdaq, wti, got 'dax'"):
        markets.load("dax")


# --- No quotes


def quotes(name: str) -> set[str]:
    """The prices of an index as its file writes them: with two digits behind the point, and with all."""
    from importlib import import_module

    table = import_module(f"arch.data.{name}").load()
    prices = table.drop(columns="Volume").to_numpy().ravel()
    return {f"{price:.2f}" for price in prices} | {f"{price:.6f}".rstrip("0") for price in prices}


def found(text: str, known: set[str], least: int = 5) -> set[str]:
    """The quotes in a text, if there are so many that it is no chance: numbers of four digits and more."""
    numbers = set(re.findall(r"(?<![\w.])\d{3,5}\.\d{2,6}(?![\w.])", text.replace(",", " ").replace("&quot;", " ")))
    hits = numbers & known
    return hits if len(hits) >= least else set()


@pytest.fixture(scope="module")
def known() -> set[str]:
    return set.union(*map(quotes, INDICES))


def tracked_texts():
    """Every text file that git knows, by its path."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in done.stdout.split("\0")[:-1]:
        try:
            yield name, (ROOT / name).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError):
            continue


def test_no_file_of_the_repository_holds_quotes(known):
    """In a notebook, source, data and stored outputs, the state of a widget among them."""
    assert {name: sorted(hits)[:5] for name, text in tracked_texts() if (hits := found(text, known))} == {}


def test_quotes_would_be_found(known):
    """Breaking it: a table, a widget's state, and a printed array are each seen."""
    close = markets.load().close[100:110]
    for text in (
        ",".join(f"{price:.6f}" for price in close),
        "{&quot;close&quot;:[" + ",".join(f"{price:.2f}" for price in close) + "]}",
        np.array2string(np.round(close, 2)),
    ):
        assert len(found(text, known)) >= 5, text
    assert found(np.array2string(markets.load().rebased()[100:200]), known) == set()
