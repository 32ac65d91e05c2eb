"""Features of HAR, a loss for variances, and a test of breaches.

Shapes: N days.
"""

import math
import warnings

import numpy as np

from lstm_lessons.exercises._engine import exercise


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


def _sliced(v, week, month, day=None):
    """The features with slices as they come: one that begins before day 0 is empty, and its mean NaN."""
    with np.errstate(invalid="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.array([[day(t) if day else v[t], week(t).mean(), month(t).mean()] for t in range(21, len(v))])


@har_features.mistake
def today_left_out(v):
    """Your week and month end *yesterday*. Today is known at its end, and it tells the most. A slice leaves its end
    out, so let it end at `t + 1`.
    """
    return _har(v, week=(5, 0), month=(22, 0))


har_features.also("today_left_out", lambda v: _sliced(v, lambda t: v[t - 5 : t], lambda t: v[t - 22 : t]))


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


@har_features.mistake
def last_row_missing(v):
    """The last row is missing. Day N - 1 is known at its end, too, so `range` goes up to `len(v)`."""
    return np.array([*har_features(v)[:-1]])


@har_features.mistake
def first_row_missing(v):
    """The first row is missing. Days count from 0, so day 21 is the 22nd, and has its month."""
    return np.array([*har_features(v)[1:]])


@har_features.mistake
def a_day_short(v):
    """Your windows hold 4 and 21 days. Five days with today begin at `t - 4`."""
    return _har(v, week=(3, 1), month=(20, 1))


@har_features.mistake
def six_days_and_twenty_three(v):
    """Your windows hold 6 and 23 days, because today counts, too. Five days with today begin at `t - 4`."""
    return _sliced(v, lambda t: v[t - 5 : t + 1], lambda t: v[t - 22 : t + 1])


@har_features.mistake
def week_forgotten(v):
    """The week is missing. There are three columns: day, week and month."""
    return har_features(v)[:, [0, 2]]


@har_features.mistake
def past_alone(v):
    """All three of your columns end *yesterday*. Today is known at its end: let it be the last day of each."""
    return _har(v, day=lambda v, t: v[t - 1], week=(5, 0), month=(22, 0))


har_features.also(
    "past_alone", lambda v: _sliced(v, lambda t: v[t - 5 : t], lambda t: v[t - 22 : t], lambda t: v[t - 1])
)


@har_features.mistake
def windows_begin_today(v):
    """Your windows *begin* today: all their other days lie in the future. Let them end today."""
    return np.array([[v[t], v[t : t + 5].mean(), v[t : t + 22].mean()] for t in range(len(v) - 21)])


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
def logarithm_of_another_base(truth, forecast):
    """Your logarithm is to base 10 or 2, so the right forecast has not the smallest loss. Take the natural one."""
    ratio = truth / forecast
    return ratio - np.log10(ratio) - 1


qlike.also("logarithm_of_another_base", lambda truth, forecast: truth / forecast - np.log2(truth / forecast) - 1)


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
    """That is the mean, or the sum. Return the loss of each day; the lesson takes means later."""
    return qlike(truth, forecast).mean()


qlike.also("mean_of_all", lambda truth, forecast: qlike(truth, forecast).sum())


@qlike.mistake
def sign_reversed(truth, forecast):
    """The sign is reversed: this loss is never below 0."""
    return -qlike(truth, forecast)


@qlike.mistake
def ratio_left_out(truth, forecast):
    """The ratio itself is missing; you have only its logarithm. Both are in the loss."""
    return -np.log(truth / forecast) - 1


@qlike.mistake
def logarithm_left_out(truth, forecast):
    """The logarithm is missing. Without it a forecast that is too high gets a loss below 0."""
    return truth / forecast - 1


_COUNTS = [(12, 250, 0.05), (30, 250, 0.05), (3, 500, 0.01), (9, 500, 0.01), (55, 1000, 0.05)]


@exercise(
    title="are there too many breaches?",
    minutes=7,
    atol=1e-3,  # what single precision leaves of a difference of two log likelihoods
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
    """The difference is the wrong way around. What fits best comes first, so it is never below 0."""
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


@kupiec.mistake
def p_value(hits, days, share):
    """That is the p-value. The statistic itself is asked for: it is above 3.84 where the p-value is below 0.05."""
    return math.erfc(math.sqrt(kupiec(hits, days, share) / 2))


@kupiec.mistake
def best_fit_alone(hits, days, share):
    """That is the log likelihood of the best p. How much better does it fit than the promise?"""
    p = hits / days
    return hits * np.log(p) + (days - hits) * np.log(1 - p)


@kupiec.mistake
def expected_breaches(hits, days, share):
    """That is how many more breaches there are than promised. Compare two likelihoods: with the promised p, and with
    the p that fits best.
    """
    return hits - days * share
