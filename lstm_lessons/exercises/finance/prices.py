"""Returns, a fair yardstick, and a strategy with costs.

Shapes: N days.
"""

import numpy as np

from lstm_lessons.exercises._engine import exercise


def _prices(rng):
    for days, scale in ((6, 0.02), (40, 0.01), (3, 0.2)):
        yield 100 * np.exp(np.cumsum(rng.normal(0, scale, days)))


@exercise(
    title="log returns",
    minutes=3,
    atol=1e-3,  # what single precision leaves of a difference of logarithms, in percent
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
def sign_reversed(prices):
    """The sign is the wrong way around: a rising price has a positive return, today's logarithm minus yesterday's."""
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
def logarithm_of_another_base(prices):
    """That is the logarithm to base 10 or 2. With the natural one a small move is close to the change in percent."""
    return 100 * np.diff(np.log10(prices))


log_returns.also("logarithm_of_another_base", lambda prices: 100 * np.diff(np.log2(prices)))


@log_returns.mistake
def from_the_first_day(prices):
    """You compared each day with the first one. A return compares it with the day before."""
    return 100 * np.log(prices[1:] / prices[0])


@log_returns.mistake
def a_day_too_many(prices):
    """The first day has no day before it, so there are N - 1 returns. Yours begins with a number of its own."""
    return np.concatenate([[0.0], log_returns(prices)])


log_returns.also("a_day_too_many", lambda prices: 100 * np.log(prices / np.roll(prices, 1)))


@log_returns.mistake
def simple_returns_as_shares(prices):
    """That is the change as a fraction of the old price. Two things: take the difference of the *logarithms*, so that
    returns add up, and multiply by 100.
    """
    return np.diff(prices) / prices[:-1]


@log_returns.mistake
def share_of_todays_price(prices):
    """You divided the change by the *new* price. And even over the old price, changes in percent do not add up: take
    the difference of the logarithms.
    """
    return 100 * np.diff(prices) / prices[1:]


@log_returns.mistake
def logarithm_of_the_difference(prices):
    """You took the logarithm of the change, which is NaN where the price falls. First take the logarithms, then their
    differences.
    """
    with np.errstate(invalid="ignore"):
        return 100 * np.log(np.diff(prices))


@log_returns.mistake
def begins_with_nan(prices):
    """The first day has no day before it, so there are N - 1 returns. Yours begins with NaN, as the `diff` of pandas
    does.
    """
    return np.concatenate([[np.nan], log_returns(prices)])


@log_returns.mistake
def logarithms_alone(prices):
    """Those are the logarithms of the prices. A return is the difference between those of two days in a row, in
    percent.
    """
    return np.log(prices)


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


@skill.mistake
def first_day_in_the_error(prices, forecast):
    """The forecast's error has one day more than that of yesterday's price. Leave the first day out of both."""
    return 1 - ((prices - forecast) ** 2).sum() / ((prices[1:] - prices[:-1]) ** 2).sum()


@skill.mistake
def first_day_in_the_mean(prices, forecast):
    """One mean has N days, the other N - 1. Compare the same days: leave the first one out of both."""
    return 1 - ((prices - forecast) ** 2).mean() / ((prices[1:] - prices[:-1]) ** 2).mean()


@skill.mistake
def moves_of_the_forecast(prices, forecast):
    """Your denominator is how far the *forecast* lies from yesterday's price. It should be the error of yesterday's
    price: how far it lies from what came.
    """
    return 1 - ((prices[1:] - forecast[1:]) ** 2).sum() / ((forecast[1:] - prices[:-1]) ** 2).sum()


@skill.mistake
def mean_of_ratios(prices, forecast):
    """You took the ratio for each day, then the mean. A single day on which the price hardly moved can then decide it
    all. Take the two sums first, then their ratio.
    """
    return 1 - (((prices[1:] - forecast[1:]) / (prices[1:] - prices[:-1])) ** 2).mean()


@skill.mistake
def error_alone(prices, forecast):
    """That is the squared error of the forecast. How does it compare with that of yesterday's price?"""
    return ((prices[1:] - forecast[1:]) ** 2).sum()


@skill.mistake
def errors_not_squared(prices, forecast):
    """You did not square the errors, so too high and too low cancel."""
    return 1 - (prices[1:] - forecast[1:]).sum() / (prices[1:] - prices[:-1]).sum()


@skill.mistake
def forecast_of_the_day_before(prices, forecast):
    """You compared a price with the forecast of the day *before*. Both must be of the same day."""
    return 1 - ((prices[1:] - forecast[:-1]) ** 2).sum() / ((prices[1:] - prices[:-1]) ** 2).sum()


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


def _held(signal):
    """What is held on each day: the signal of the day before, and at first nothing."""
    return np.concatenate([[0], signal[:-1]])


def _traded(position):
    return np.abs(np.diff(position, prepend=0))


@strategy.mistake
def seen_in_advance(signal, returns, cost):
    """You hold on day t what is known at the *end* of day t: that is a look ahead, the most profitable bug there is. On
    day t you hold `signal[t - 1]`.
    """
    return signal * returns - cost * _traded(signal)


strategy.also("seen_in_advance", lambda signal, returns, cost: signal * returns - cost * _traded(_held(signal)))


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
    return _held(signal) * returns - cost * np.abs(_held(signal))


@strategy.mistake
def cost_of_a_change_whatever_its_size(signal, returns, cost):
    """You pay the same for each change. From long to short, from 1 to -1, you trade twice as much as from 0 to 1."""
    return _held(signal) * returns - cost * (_traded(_held(signal)) > 0)


@strategy.mistake
def sales_pay_you(signal, returns, cost):
    """The sign of a change is left in, so that selling pays you. Costs take `np.abs`."""
    return _held(signal) * returns - cost * np.diff(_held(signal), prepend=0)


@strategy.mistake
def cost_added(signal, returns, cost):
    """You added the costs. They are subtracted."""
    return strategy(signal, returns, -cost)


@strategy.mistake
def costs_a_day_early(signal, returns, cost):
    """The positions are right. But you pay for the change of the *signal*, a day before you trade: take the change of
    the position.
    """
    return _held(signal) * returns - cost * _traded(signal)


@strategy.mistake
def first_trade_free(signal, returns, cost):
    """The first trade is missing: before it you hold nothing, so `np.diff(position, prepend=0)`, and of N days."""
    traded = _traded(_held(signal))
    traded[1] = 0
    return _held(signal) * returns - cost * traded


@strategy.mistake
def sum_of_all(signal, returns, cost):
    """That is the sum. Return the result of each day, (N,); the lesson adds them up."""
    return strategy(signal, returns, cost).sum()


@strategy.mistake
def last_signal_on_the_first_day(signal, returns, cost):
    """`np.roll` puts the last signal on the first day. Before the first signal you hold nothing: set that position to
    0.
    """
    position = np.roll(signal, 1)
    return position * returns - cost * _traded(position)


@strategy.mistake
def added_up_day_by_day(signal, returns, cost):
    """That is the running total. Return what each day brings; the lesson adds it up."""
    return np.cumsum(strategy(signal, returns, cost))


@strategy.mistake
def signal_of_tomorrow(signal, returns, cost):
    """You hold the signal of *tomorrow*. On day t you can hold only what was known the day before: `signal[t - 1]`."""
    position = np.concatenate([signal[1:], [0]])
    return position * returns - cost * _traded(position)


def _rolled_back(signal, returns, cost):
    position = np.roll(signal, -1)
    return position * returns - cost * _traded(position)


strategy.also("signal_of_tomorrow", _rolled_back)


@strategy.mistake
def first_day_missing(signal, returns, cost):
    """The first day is missing. You hold nothing yet, so it brings 0, but it counts as a day: (N,)."""
    return strategy(signal, returns, cost)[1:]


@strategy.mistake
def cost_as_a_factor(signal, returns, cost):
    """You took the cost off as a share of the return. It is paid on what is *traded*, on good days and bad: subtract
    it.
    """
    return _held(signal) * returns * (1 - cost)


@strategy.mistake
def cost_every_day(signal, returns, cost):
    """You pay the cost every day. Only a *change* of the position is a trade."""
    return _held(signal) * returns - cost
