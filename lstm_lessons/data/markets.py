"""Daily prices of two stock indices and of oil, for the lesson on finance.

They are read at run time from the installed package ``arch``, and stand nowhere in this repository: its license does
not speak of the quotes of the indices. So show returns, scores, or a series that is rebased (`Market.rebased`), never
the prices. Oil is the public series DCOILWTICO of FRED.
"""

import functools
from dataclasses import dataclass

import numpy as np

from lstm_lessons import checks

MARKETS = {"sp500": "S&P 500", "nasdaq": "NASDAQ Composite", "wti": "crude oil, WTI"}


@dataclass(frozen=True)
class Market:
    """The days of one market on which it traded.

    Prices are in points of the index, or in US dollars a barrel.
    """

    name: str
    days: np.ndarray  #: (N,) datetime64[D], in order.
    close: np.ndarray  #: (N,) the last price of each day.
    high: np.ndarray | None = None  #: (N,) the highest; None for oil, which has one price a day.
    low: np.ndarray | None = None  #: (N,) the lowest; None for oil.

    def __len__(self) -> int:
        return len(self.days)

    def rebased(self, first: int = 0) -> np.ndarray:
        """The last prices, scaled so that day ``first`` has 100: (N,)."""
        return 100 * self.close / self.close[checks.whole("first", first, 0, len(self) - 1)]

    def on(self, date: str) -> int:
        """The place of the first day of trading that is not before a date.

        Raises:
            ValueError: if it is no date such as "2008-09-15", or lies after the last day.
        """
        try:
            day = np.datetime64(checks.text("date", date), "D")
        except ValueError as error:
            raise ValueError(f"date must be one such as 2008-09-15, got {checks.shown(date)}") from error
        if not day <= self.days[-1]:
            raise ValueError(f"date must not be after {self.days[-1]}, got {checks.shown(date)}")
        return int(np.searchsorted(self.days, day))

    def describe(self) -> str:
        """One line: name, days, span of time, and the largest moves of a day."""
        moves = 100 * np.diff(self.close) / self.close[:-1]
        ranged = "with the day's range" if self.high is not None else "one price a day"
        return (
            f"{self.name}: {len(self):,} days, {self.days[0]} to {self.days[-1]}, {ranged}; "
            f"changes of a day from {moves.min():+.1f} % to {moves.max():+.1f} %"
        )


@functools.cache
def _read(name: str) -> Market:
    from importlib import import_module

    table = import_module(f"arch.data.{name}").load()
    table.columns = [column.strip() for column in table.columns]
    if name == "wti":
        price = table["DCOILWTICO"]
        price = price[price > 0]  # no price on holidays
        return Market(MARKETS[name], price.index.to_numpy("datetime64[D]"), price.to_numpy(float))
    columns = {"close": "Adj Close", "high": "High", "low": "Low"}
    prices = {field: table[column].to_numpy(float) for field, column in columns.items()}
    return Market(MARKETS[name], table.index.to_numpy("datetime64[D]"), **prices)


def load(name: str = "sp500") -> Market:
    """One market: "sp500" or "nasdaq", 1999 to 2018, or "wti", 1986 to 2019.

    Raises:
        ValueError: if the name is another.
    """
    return _read(checks.one_of("name", name, MARKETS))
