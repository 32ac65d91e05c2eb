"""Exercises of lesson 13: returns, a fair yardstick, a strategy with costs, features of HAR, a loss, and coverage.

Shapes: N days.
"""

import math

import numpy as np

from lstm_lessons.exercises._engine import exercise

__all__ = ["skill", "log_returns", "strategy", "har_features", "qlike", "kupiec"]


def _prices(rng):
    for days, scale in ((6, 0.02), (40, 0.01), (3, 0.2)):
        yield 100 * np.exp(np.cumsum(rng.normal(0, scale, days)))


@exercise(
    title="log returns",
    minutes=3,
    cases=_prices,
    hints=[
        "The return of a day compares its price with that of the day before, so there are N - 1.",
        "`np.diff(a)` gives each number minus the one before it.",
        "`100 * np.diff(np.log(prices))`.",
    ],
    why="Log returns add up: those of a week are the sum of those of its days. For small moves they are nearly the "
    "change in percent.",
)
def log_returns(prices):
    return 100 * np.diff(np.log(prices))


@log_returns.mistake
def simple_returns(prices):
    """That is the change in percent. It is close for small moves, but it does not add up: +10 % and -10 % is no zero.
    Take the difference of the logarithms.
    """
    return 100 * (prices[1:] / prices[:-1] - 1)


@log_returns.mistake
def not_in_percent(prices):
    """Right, but not in percent: times 100."""
    return np.diff(np.log(prices))


@log_returns.mistake
def turned_round(prices):
    """The sign is the wrong way round: a rising price has a positive return, today's logarithm minus yesterday's."""
    return -100 * np.diff(np.log(prices))


@log_returns.mistake
def points(prices):
    """That is the change in points. Ten are much at a price of 100, and little at 2,000: take logarithms first."""
    return np.diff(prices)


@log_returns.mistake
def points_in_percent(prices):
    """You multiplied the change in points by 100. A return compares it with the price: take logarithms first."""
    return 100 * np.diff(prices)


@log_returns.mistake
def common_logarithm(prices):
    """That is the logarithm to base 10. `np.log` is the natural one, for which a small move is a percentage."""
    return 100 * np.diff(np.log10(prices))


@log_returns.mistake
def from_the_first_day(prices):
    """You compared each day with the first one. A return compares it with the day before."""
    return 100 * np.log(prices[1:] / prices[0])


@log_returns.mistake
def a_day_too_many(prices):
    """The first day has no day before it, so there are N - 1 returns. Yours begins with a number of its own."""
    return np.concatenate([[0.0], log_returns(prices)])


def _forecasts(rng):
    for days in (30, 12, 60):
        prices = 50 + np.cumsum(rng.normal(0, 1, days))
        yield prices, prices + rng.normal(0.2, 0.7, days)


@exercise(
    title="against yesterday's price",
    minutes=5,
    difficulty=2,
    cases=_forecasts,
    errors={
        "could not be broadcast": "Yesterday's price is there from the second day on: leave out the first day of all "
        "three, `prices[1:]`, `forecast[1:]` and `prices[:-1]`."
    },
    hints=[
        "From the second day on, yesterday's price is `prices[:-1]`, and what came is `prices[1:]`.",
        "Two sums of squared errors: that of the forecast, and that of yesterday's price.",
        "`1 - ((prices[1:] - forecast[1:]) ** 2).sum() / ((prices[1:] - prices[:-1]) ** 2).sum()`.",
    ],
    why="0 is as good as yesterday's price, 1 is perfect, below 0 is worse than doing nothing. The usual R² compares "
    "with the mean of all days, which nobody would forecast.",
)
def skill(prices, forecast):
    error = ((prices[1:] - forecast[1:]) ** 2).sum()
    yesterday = ((prices[1:] - prices[:-1]) ** 2).sum()
    return 1 - error / yesterday


@skill.mistake
def usual_r2(prices, forecast):
    """That is the usual R², which compares with the *mean* of the days. On a series that wanders it is close to 1 for
    nearly anything. Compare with yesterday's price.
    """
    return 1 - ((prices - forecast) ** 2).sum() / ((prices - prices.mean()) ** 2).sum()


@skill.mistake
def usual_r2_without_the_first_day(prices, forecast):
    """You compare with the mean of the days. It is yesterday's price, `prices[:-1]`, that is to be beaten."""
    return 1 - ((prices[1:] - forecast[1:]) ** 2).sum() / ((prices[1:] - prices[1:].mean()) ** 2).sum()


@skill.mistake
def ratio(prices, forecast):
    """That is the ratio of the two errors: 1 minus it is asked for, so that better is larger."""
    return 1 - skill(prices, forecast)


@skill.mistake
def upside_down(prices, forecast):
    """The ratio is upside down: the forecast's error belongs above, that of yesterday's price below."""
    return 1 - 1 / (1 - skill(prices, forecast))


@skill.mistake
def absolute_errors(prices, forecast):
    """You took absolute errors. That is a fair comparison, too, but R² is made of squares."""
    return 1 - np.abs(prices[1:] - forecast[1:]).sum() / np.abs(prices[1:] - prices[:-1]).sum()


@skill.mistake
def forecast_of_yesterday(prices, forecast):
    """You compared the forecast of a day with the price of the day *before*. That is the lag: a copy of yesterday would
    be perfect.
    """
    return 1 - ((prices[:-1] - forecast[1:]) ** 2).sum() / ((prices[1:] - prices[:-1]) ** 2).sum()


@skill.mistake
def roots(prices, forecast):
    """You took the roots of the mean squares. R² is made of the squares themselves."""
    return 1 - np.sqrt(1 - skill(prices, forecast))


@skill.mistake
def rolled(prices, forecast):
    """`np.roll` puts the last price before the first day. Leave that day out: `[1:]` and `[:-1]`."""
    return 1 - ((prices - forecast) ** 2).sum() / ((prices - np.roll(prices, 1)) ** 2).sum()


def _signals(rng):
    for days, cost in ((12, 0.1), (30, 0.05), (8, 0.2)):
        signal = np.sign(rng.normal(size=days))
        signal[rng.integers(1, days - 1, size=2)] = 0.0
        signal[0] = 1.0
        yield signal, rng.normal(0, 1, days), cost


@exercise(
    title="a strategy with costs",
    minutes=6,
    difficulty=2,
    cases=_signals,
    hints=[
        "`signal[t]` is known at the end of day t. So what do you hold on day t?",
        "`position = np.concatenate([[0], signal[:-1]])`. You trade whenever it differs from that of the day before.",
        "`traded = np.abs(np.diff(position, prepend=0))`, and `position * returns - cost * traded`.",
    ],
    why="From long to short you trade twice the amount. A signal that turns often must be right often, only to pay for "
    "itself.",
)
def strategy(signal, returns, cost):
    position = np.concatenate([[0], signal[:-1]])
    traded = np.abs(np.diff(position, prepend=0))
    return position * returns - cost * traded


@strategy.mistake
def seen_in_advance(signal, returns, cost):
    """You hold on day t what is known at the *end* of day t: that is a look ahead, the most profitable bug there is. On
    day t you hold `signal[t - 1]`.
    """
    return signal * returns - cost * np.abs(np.diff(signal, prepend=0))


@strategy.mistake
def seen_in_advance_and_free(signal, returns, cost):
    """Two things. On day t you can hold only what was known the day before: `signal[t - 1]`. And trading costs."""
    return signal * returns


@strategy.mistake
def free_of_cost(signal, returns, cost):
    """You trade for free. Each change of the position costs `cost` times its size."""
    return strategy(signal, returns, 0.0)


@strategy.mistake
def cost_of_each_day(signal, returns, cost):
    """You pay on every day on which something is held. Only a *change* of the position is a trade."""
    position = np.concatenate([[0], signal[:-1]])
    return position * returns - cost * np.abs(position)


@strategy.mistake
def cost_of_a_change_whatever_its_size(signal, returns, cost):
    """You pay the same for each change. From long to short, from 1 to -1, you trade twice as much as from 0 to 1."""
    position = np.concatenate([[0], signal[:-1]])
    return position * returns - cost * (np.diff(position, prepend=0) != 0)


@strategy.mistake
def sales_pay_you(signal, returns, cost):
    """The sign of a change is left in, so that selling pays you. Costs take `np.abs`."""
    position = np.concatenate([[0], signal[:-1]])
    return position * returns - cost * np.diff(position, prepend=0)


@strategy.mistake
def cost_added(signal, returns, cost):
    """You added the costs. They are subtracted."""
    return strategy(signal, returns, -cost)


@strategy.mistake
def costs_a_day_early(signal, returns, cost):
    """The positions are right. But you pay for the change of the *signal*, a day before you trade: take the change of
    the position.
    """
    position = np.concatenate([[0], signal[:-1]])
    return position * returns - cost * np.abs(np.diff(signal, prepend=0))


@strategy.mistake
def first_trade_free(signal, returns, cost):
    """The first trade is missing: before it you hold nothing, so `np.diff(position, prepend=0)`, and of N days."""
    position = np.concatenate([[0], signal[:-1]])
    traded = np.abs(np.diff(position, prepend=0))
    traded[1] = 0
    return position * returns - cost * traded


@strategy.mistake
def sum_of_all(signal, returns, cost):
    """That is the sum. Return the result of each day, (N,); the lesson adds them up."""
    return strategy(signal, returns, cost).sum()


def _log_variances(rng):
    for days in (30, 22, 45):
        yield rng.normal(0, 1, days).cumsum() / 3


@exercise(
    title="the features of HAR",
    minutes=6,
    difficulty=2,
    cases=_log_variances,
    errors={
        "all input arrays must have the same shape": "The three columns differ in length: begin all of them on day 21."
    },
    hints=[
        "Day t knows `v[t]` itself. Its week is `v[t - 4 : t + 1]`, five days with today.",
        "The first day with a month of 22 is day 21, so there are N - 21 rows.",
        "`[[v[t], v[t - 4 : t + 1].mean(), v[t - 21 : t + 1].mean()] for t in range(21, len(v))]`.",
    ],
    why="Three means and a linear regression: HAR (Corsi, 2009). Volatility remembers for months, and this is the "
    "simplest way to say so.",
)
def har_features(v):
    days = range(21, len(v))
    rows = [[v[t], v[t - 4 : t + 1].mean(), v[t - 21 : t + 1].mean()] for t in days]
    return np.array(rows)


def _har(v, day=lambda v, t: v[t], week=(4, 1), month=(21, 1)):
    """The features with other windows: days before, and the end of the slice."""
    means = [
        [day(v, t), *(v[max(t - back, 0) : t + end].mean() for back, end in (week, month))] for t in range(21, len(v))
    ]
    return np.array(means)


@har_features.mistake
def today_left_out(v):
    """Week and month end *yesterday* with you. Today is known at its end, and it is the most telling day: in
    `v[t - 4 : t + 1]` the end is not included.
    """
    return _har(v, week=(5, 0), month=(22, 0))


@har_features.mistake
def slice_a_day_short(v):
    """Your slices end before today, and so hold 4 and 21 days: the end is not included. `v[t - 4 : t + 1]`."""
    return _har(v, week=(4, 0), month=(21, 0))


@har_features.mistake
def centered(v):
    """Your windows are centered on the day: half of them is the future. Such a feature knows what it is to forecast,
    and no error tells you. Let them end today.
    """
    return _har(v, week=(2, 3), month=(11, 11))


@har_features.mistake
def tomorrow_among_them(v):
    """Your windows reach one day too far: tomorrow is in them, the very day to forecast."""
    return _har(v, week=(3, 2), month=(20, 2))


@har_features.mistake
def week_of_seven(v):
    """A week has five days of trading, and these are days of trading."""
    return _har(v, week=(6, 1))


@har_features.mistake
def month_of_thirty(v):
    """A month has about 22 days of trading. Yours reaches back 30, where there are so many."""
    return _har(v, month=(29, 1))


@har_features.mistake
def sums(v):
    """Those are sums. Means keep all three on one scale, and the weights can be compared."""
    return har_features(v) * [1, 5, 22]


@har_features.mistake
def one_column_of_ones(v):
    """The intercept comes with the regression. Three columns are asked for: day, week and month."""
    return np.concatenate([np.ones((len(v) - 21, 1)), har_features(v)], axis=1)


@har_features.mistake
def other_order(v):
    """The right columns in another order: day, week, month."""
    return har_features(v)[:, ::-1]


@har_features.mistake
def rows_and_columns_swapped(v):
    """The right numbers, with days as columns. A row for each day is asked for: (N - 21, 3)."""
    return har_features(v).T


def _variances(rng):
    for days in (6, 20, 4):
        truth = rng.gamma(2, 1, days)
        yield truth, truth * np.exp(rng.normal(0.2, 0.7, days))


@exercise(
    title="a loss for variances",
    minutes=4,
    cases=_variances,
    hints=[
        "Begin with the ratio of truth and forecast.",
        "Where the forecast is right the ratio is 1, and the loss 1 - ln 1 - 1 = 0.",
        "`ratio = truth / forecast`, then `ratio - np.log(ratio) - 1`.",
    ],
    why="It counts by the ratio, so a calm year and a crash weigh alike, and half the true variance costs more than "
    "twice of it: for who bears the risk, too low is worse.",
)
def qlike(truth, forecast):
    ratio = truth / forecast
    return ratio - np.log(ratio) - 1


@qlike.mistake
def ratio_upside_down(truth, forecast):
    """Your ratio is upside down: then too *high* a forecast costs more. Truth over forecast is asked for."""
    return qlike(forecast, truth)


@qlike.mistake
def one_left_in(truth, forecast):
    """The 1 is missing: a perfect forecast should cost 0."""
    return qlike(truth, forecast) + 1


@qlike.mistake
def logarithm_added(truth, forecast):
    """You added the logarithm. It is subtracted; with a plus the loss falls below 0 for too high a forecast."""
    ratio = truth / forecast
    return ratio + np.log(ratio) - 1


@qlike.mistake
def logarithm_of_base_ten(truth, forecast):
    """It is to base 10, and a right forecast is not the cheapest one. Take `np.log`, the natural one."""
    ratio = truth / forecast
    return ratio - np.log10(ratio) - 1


@qlike.mistake
def squared_error(truth, forecast):
    """That is the squared error, in which a few days of a crash outweigh years."""
    return (truth - forecast) ** 2


@qlike.mistake
def squared_log_ratio(truth, forecast):
    """That is the squared error of the logarithms. A good loss as well, but too low and too high cost the same."""
    return np.log(truth / forecast) ** 2


@qlike.mistake
def gaussian(truth, forecast):
    """That is the likelihood of a normal distribution, ln f + truth / f. It ranks forecasts alike, but a perfect one
    does not cost 0.
    """
    return np.log(forecast) + truth / forecast


@qlike.mistake
def mean_of_all(truth, forecast):
    """That is the mean. Return the loss of each day; the lesson takes means later."""
    return qlike(truth, forecast).mean()


_COUNTS = [(12, 250, 0.05), (30, 250, 0.05), (3, 500, 0.01), (9, 500, 0.01), (55, 1000, 0.05)]


@exercise(
    title="are there too many breaches?",
    minutes=7,
    difficulty=3,
    cases=_COUNTS,
    hints=[
        "With probability p each day, `hits` breaches in `days` have the likelihood p^hits · (1 - p)^(days - hits).",
        "Compare the promised p with the p that fits best: hits / days. Take logarithms, or the numbers vanish.",
        "`L = lambda p: hits * np.log(p) + (days - hits) * np.log(1 - p)`, and `2 * (L(hits / days) - L(share))`.",
    ],
    why="If the promise holds, this number lies above 3.84 in one of twenty cases. It counts; it does not see whether "
    "the breaches come all at once.",
)
def kupiec(hits, days, share):
    def log_likelihood(p):
        return hits * np.log(p) + (days - hits) * np.log(1 - p)

    return 2 * (log_likelihood(hits / days) - log_likelihood(share))


@kupiec.mistake
def not_doubled(hits, days, share):
    """Half of it: the statistic is twice the difference of the log likelihoods, or it follows no chi-squared."""
    return kupiec(hits, days, share) / 2


@kupiec.mistake
def negative(hits, days, share):
    """The difference is the wrong way round. What fits best comes first, so it is never below 0."""
    return -kupiec(hits, days, share)


@kupiec.mistake
def quiet_days_left_out(hits, days, share):
    """You left out the days without a breach. They tell as much: `(days - hits) * np.log(1 - p)`."""
    return 2 * hits * (np.log(hits / days) - np.log(share))


@kupiec.mistake
def all_days_quiet(hits, days, share):
    """A day with a breach is no quiet one: `days - hits` of them, not `days`."""
    p = hits / days
    return 2 * (hits * np.log(p / share) + days * np.log((1 - p) / (1 - share)))


@kupiec.mistake
def logarithm_to_base_ten(hits, days, share):
    """Those are logarithms to base 10. A likelihood ratio takes natural ones, `np.log`."""
    return kupiec(hits, days, share) / np.log(10)


@kupiec.mistake
def likelihood_of_the_promise(hits, days, share):
    """That is the log likelihood of the promise alone. How much better does the best p fit?"""
    return hits * np.log(share) + (days - hits) * np.log(1 - share)


@kupiec.mistake
def normal_score(hits, days, share):
    """That is the z score of a share, the normal approximation. It fails where few breaches are expected; the
    likelihood ratio is asked for.
    """
    return (hits / days - share) / math.sqrt(share * (1 - share) / days)


@kupiec.mistake
def squared_normal_score(hits, days, share):
    """That is the square of the normal approximation, Pearson's statistic. Close, but the likelihood ratio is asked
    for.
    """
    return (hits / days - share) ** 2 / (share * (1 - share) / days)


@kupiec.mistake
def share_of_breaches(hits, days, share):
    """That is the share of the breaches. How likely is one so far from the promise?"""
    return hits / days
