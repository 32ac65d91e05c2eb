"""Returns, the range of a day, and forecasts of tomorrow's: features, walk-forward, scores.

An *origin* is the last day that a forecast knows; it forecasts the day after. Letters in the shapes: N days, W origins.
Variances are in %²: those of returns in percent. What does not fit raises a ValueError that names the argument.
"""

from dataclasses import dataclass

import numpy as np

from lstm_lessons import checks

DAY, WEEK, MONTH, QUARTER = 1, 5, 22, 66  # in days of trading


def log_returns(prices: np.ndarray) -> np.ndarray:
    """Change of the logarithm since the day before, in percent: (N,) prices to (N,), NaN on the first day.

    Log returns of several days add up to that of all of them.
    """
    prices = _above_zero("prices", prices, 1)
    return np.concatenate([np.full(min(1, len(prices)), np.nan), 100 * np.diff(np.log(prices))])


def log_range_variance(high: np.ndarray, low: np.ndarray) -> np.ndarray:
    """Logarithm of a day's variance, seen from its range: (N,) prices twice to (N,), the variance in %².

    A price that moves at random all day has the mean squared log range 4 ln 2 σ² (Parkinson, 1980,
    https://doi.org/10.1086/296071). The logarithm of the range is nearly normal (Alizadeh, Brandt and Diebold, 2002).
    It sees nothing of what happens overnight.
    """
    high, low = _above_zero("high", high, 1), _above_zero("low", low, 1)
    if high.shape != low.shape or not (high > low).all():
        raise ValueError("high must lie above low on every day, and have as many")
    return np.log((100 * np.log(high / low)) ** 2 / (4 * np.log(2)))


def trailing_mean(values: np.ndarray, days: int) -> np.ndarray:
    """The mean of the last ``days`` days, today among them: (N,) to (N,), NaN where there are not so many."""
    values, days = _in_reach("values", values, 1), checks.sizes(days=days)[0]
    found = np.full(len(values), np.nan)
    if len(values) >= days:
        found[days - 1 :] = np.lib.stride_tricks.sliding_window_view(values, days).mean(1)
    return found


def har_features(log_variance: np.ndarray) -> np.ndarray:
    """Means of the last day, week and month: (N,) to (N, 3), NaN before a month is known.

    A linear regression on them is HAR (Corsi, 2009, https://doi.org/10.1093/jjfinec/nbp001), here of the logarithm.
    """
    log_variance = _in_reach("log_variance", log_variance, 1)
    return np.stack([trailing_mean(log_variance, days) for days in (DAY, WEEK, MONTH)], axis=1)


def leverage_features(log_variance: np.ndarray, returns: np.ndarray) -> np.ndarray:
    """Those of HAR and six more: (N,) twice to (N, 9), NaN before a quarter is known.

    Negative returns of a day, a week and a month raise volatility more than positive ones do (the leverage effect;
    Corsi and Renò, 2012, https://doi.org/10.1080/07350015.2012.663261). A return's size tells what happened overnight.
    """
    log_variance, returns = _in_reach("log_variance", log_variance, 1), _in_reach("returns", returns, 1)
    if log_variance.shape != returns.shape:
        raise ValueError(f"returns must have as many days as log_variance, {len(log_variance)}, got {len(returns)}")
    falls, sizes = np.minimum(returns, 0), np.abs(returns)
    more = [trailing_mean(log_variance, QUARTER)]
    more += [trailing_mean(falls, days) for days in (DAY, WEEK, MONTH)]
    more += [trailing_mean(sizes, days) for days in (DAY, WEEK)]
    return np.concatenate([har_features(log_variance), np.stack(more, axis=1)], axis=1)


@dataclass(frozen=True)
class Fold:
    """One step of a walk forward: learn from all that came before, then forecast a period."""

    learn: np.ndarray  #: (W,) origins whose day to forecast lies before the border.
    test: np.ndarray  #: (W,) origins whose day to forecast is the border or a later one.
    border: int  #: the first day of the test.


def walk_forward(count: int, borders: np.ndarray, *, first: int = QUARTER) -> list[Fold]:
    """One `Fold` a border: each tests up to the next border, and the last one up to the end.

    No day to forecast is in both parts of a fold. What a forecast *reads* may lie before the border: on that day one
    would know it.

    Args:
        count: days of the series, N.
        borders: the first day of each test, in order.
        first: the earliest origin, the first day on which the features are known.
    """
    (count,), first = checks.sizes(count=count), checks.whole("first", first, 0)
    borders = checks.integers("borders", borders, first + 2, count - 1)
    if not len(borders) or (np.diff(borders) < 1).any():
        raise ValueError(f"borders must be days in order, at least one, got {borders.tolist()}")
    ends = [*borders[1:].tolist(), count]
    return [
        Fold(np.arange(first, border - 1), np.arange(border - 1, end - 1), border)
        for border, end in zip(borders.tolist(), ends, strict=True)
    ]


def qlike(truth: np.ndarray, forecast: np.ndarray) -> np.ndarray:
    """Loss of each forecast of a variance: any shape twice to the same, at least 0.

    With r the ratio of truth and forecast it is r - ln r - 1. It ranks forecasts as the true variance would, though
    what is called ``truth`` is a noisy measure of it (Patton, 2011, https://doi.org/10.1016/j.jeconom.2010.03.034). Too
    low a forecast costs more than too high a one.
    """
    truth, forecast = _above_zero("truth", truth), _above_zero("forecast", forecast)
    if truth.shape != forecast.shape:
        raise ValueError(f"forecast must have the shape of truth, {truth.shape}, got {forecast.shape}")
    ratio = truth / forecast
    return ratio - np.log(ratio) - 1


def kupiec(breaches: np.ndarray, share: float) -> float:
    """The p value of as many breaches of a value at risk, if each day has one with the probability ``share``.

    A likelihood ratio, compared with the chi-squared distribution of one degree of freedom (Kupiec, 1995,
    https://doi.org/10.3905/jod.1995.407942). It counts; it does not see breaches that come in clusters.

    Args:
        breaches: (N,) booleans, True where the loss was larger than the value at risk.
        share: the promised share of such days, between 0 and 1.
    """
    from scipy import stats

    checks.number("share", share, "between 0 and 1", lambda value: 0 < value < 1)
    breaches = checks.array("breaches", breaches, 1, "b")
    if not len(breaches):
        raise ValueError("breaches must hold at least one day, got none")
    hits, days = int(breaches.sum()), len(breaches)

    def log_likelihood(p: float) -> float:
        return sum(count * np.log(q) for count, q in ((hits, p), (days - hits, 1 - p)) if count)

    ratio = 2 * (log_likelihood(hits / days) - log_likelihood(share))
    return float(stats.chi2.sf(ratio, 1))


def _in_reach(name: str, values: np.ndarray, axes: int | None = None) -> np.ndarray:
    """Numbers or NaN, as float64, none so large that a sum would be infinite; in int8 the size of -128 is -128."""
    found = checks.array(name, values, axes).astype(np.float64)
    if (np.abs(found) > 1e150).any():
        raise ValueError(f"{name} must hold numbers of at most 1e150, or NaN, got {np.nanmax(np.abs(found))}")
    return found


def _above_zero(name: str, values: np.ndarray, axes: int | None = None) -> np.ndarray:
    """Finite numbers above 0, as float64, between which no ratio is 0 or infinite."""
    found = checks.array(name, values, axes).astype(np.float64)
    if not ((found >= 1e-150) & (found <= 1e150)).all():  # NaN is not
        raise ValueError(f"{name} must hold finite numbers above 0, from 1e-150 to 1e150")
    return found
