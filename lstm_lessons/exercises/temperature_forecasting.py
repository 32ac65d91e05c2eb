"""Exercises of lesson 7: windows, a fair scale, a baseline, and the two numbers of an interval.

Shapes: N hours of a series, W windows, H hours ahead, F features.
"""

import numpy as np

from lstm_lessons.exercises._engine import exercise


@exercise(
    title="how many windows fit",
    minutes=4,
    cases=[(100, 48, 24), (72, 48, 24), (71, 48, 24), (30, 48, 24), (10, 3, 1), (1000, 168, 24)],
    hints=[
        "Draw it with small numbers: 10 hours, past 3, horizon 1. Where can the window start?",
        "A window is past + horizon hours long. How often can you move it by one hour?",
        "`max(0, hours - past - horizon + 1)`.",
    ],
    why="Each border costs past + horizon - 1 windows: those that would straddle it. That is the "
    "price of a clean split, and here it is small.",
)
def windows_that_fit(hours, past, horizon):
    return max(0, hours - past - horizon + 1)


@windows_that_fit.mistake
def one_too_few(hours, past, horizon):
    """One is missing: 72 hours hold exactly one window of 48 + 24. The first window is there before you have moved at
    all, hence the + 1.
    """
    return max(0, hours - past - horizon)


@windows_that_fit.mistake
def horizon_left_out(hours, past, horizon):
    """You left out the hours to forecast. They must lie inside the span, too, or there is no truth to compare with."""
    return max(0, hours - past + 1)


@windows_that_fit.mistake
def past_left_out(hours, past, horizon):
    """You left out the past. A window needs all of its past hours inside the span; if they reach over the border, test
    and training share hours.
    """
    return max(0, hours - horizon + 1)


@windows_that_fit.mistake
def side_by_side(hours, past, horizon):
    """Those stand side by side without overlap. Here each hour may be an origin, so windows
    overlap: move by one hour at a time.
    """
    return hours // (past + horizon)


@windows_that_fit.mistake
def one_too_many(hours, past, horizon):
    """One too many. 72 hours hold exactly one window of 48 + 24: the span minus the window, plus 1."""
    return max(0, hours - past - horizon + 2)


@windows_that_fit.mistake
def below_zero(hours, past, horizon):
    """Right where one fits. In a span that is too short for any window the number is
    0, not negative: `max(0, ...)`.
    """
    return hours - past - horizon + 1


windows_that_fit.also("one_too_few", lambda hours, past, horizon: hours - past - horizon)
windows_that_fit.also("horizon_left_out", lambda hours, past, horizon: hours - past + 1)
windows_that_fit.also("horizon_left_out", lambda hours, past, horizon: max(0, hours - past))
windows_that_fit.also("horizon_left_out", lambda hours, past, horizon: hours - past)
windows_that_fit.also("past_left_out", lambda hours, past, horizon: max(0, hours - horizon))


def _features_of_two_periods(rng):
    for hours, later, features in ((50, 20, 3), (40, 60, 2), (30, 30, 4)):
        spread = np.arange(1, features + 1) * 2.0
        train = rng.normal(0, 1, (hours, features)) * spread + 10 * spread
        test = rng.normal(0, 1.5, (later, features)) * spread + 7 * spread
        yield train, test


@exercise(
    title="a scale that has not seen the test",
    atol=1e-4,  # what single precision leaves of a difference from the mean
    cases=_features_of_two_periods,
    errors={"could not be broadcast": "With `axis=0` the mean has one number for each feature, (F,), and fits (N, F)."},
    hints=[
        "Which numbers may the scale know? Those of `train`, nothing else.",
        "`train.mean(axis=0)` and `train.std(axis=0)` hold one number for each feature.",
        "Return `(train - mean) / std, (test - mean) / std` with the mean and std of `train`.",
    ],
    why="After this, `train` has mean 0 and std 1, and `test` has not. That is right: if the test "
    "weeks are colder, the network should see that.",
)
def scale(train, test):
    mean, std = train.mean(axis=0), train.std(axis=0)
    return (train - mean) / std, (test - mean) / std


def _scaled(train, test, mean, std):
    return (train - mean) / std, (test - mean) / std


@scale.mistake
def each_by_itself(train, test):
    """You scaled the test by a mean or a deviation of its own. Then a warm week and a cold one look the same, and the
    scale uses hours that no forecast could know. Use those of `train` twice.
    """
    return scale(train, train)[1], scale(test, test)[1]


@scale.mistake
def both_together(train, test):
    """You fitted the scale to both. The test has leaked into the training data, though by two numbers only. Fit to
    `train` alone.
    """
    both = np.concatenate([train, test])
    return scale(both, train)[1], scale(both, test)[1]


@scale.mistake
def one_scale_for_all_features(train, test):
    """One mean, or one deviation, for all columns. A pressure of 1015 and a wind of 4 need a scale each: `axis=0`."""
    return _scaled(train, test, train.mean(), train.std())


@scale.mistake
def mean_left_in(train, test):
    """You divided, but did not subtract the mean first."""
    return _scaled(train, test, 0, train.std(axis=0))


@scale.mistake
def not_divided(train, test):
    """You subtracted the mean, but did not divide by the standard deviation."""
    return _scaled(train, test, train.mean(axis=0), 1)


@scale.mistake
def variance_for_std(train, test):
    """You divided by the variance. The standard deviation is its square root: `std`."""
    return _scaled(train, test, train.mean(axis=0), train.var(axis=0))


@scale.mistake
def sample_deviation(train, test):
    """Nearly: you divided by n - 1 (`ddof=1`, which pandas and torch do by themselves). Then the training part has not
    standard deviation 1 exactly. NumPy's `std` divides by n.
    """
    return _scaled(train, test, train.mean(axis=0), train.std(axis=0, ddof=1))


@scale.mistake
def min_max(train, test):
    """You scaled to 0 … 1, by the smallest and the largest. Mean 0 and standard deviation 1 are asked for; a single
    storm moves them less.
    """
    return _scaled(train, test, train.min(axis=0), np.ptp(train, axis=0))


@scale.mistake
def test_left_as_it_was(train, test):
    """`train` is right. The test must go through the same scale, or the network meets numbers of another kind."""
    return scale(train, test)[0], test


@scale.mistake
def fitted_to_the_test(train, test):
    """The wrong way around: you fitted the scale to `test`. Fit to `train`, apply to both."""
    return scale(test, train)[1], scale(test, test)[1]


scale.also(
    "each_by_itself",
    lambda train, test: (scale(train, test)[0], (test - test.mean(axis=0)) / train.std(axis=0)),
    lambda train, test: (scale(train, test)[0], (test - train.mean(axis=0)) / test.std(axis=0)),
)
scale.also(
    "one_scale_for_all_features",
    lambda train, test: _scaled(train, test, train.mean(axis=0), train.std()),
    lambda train, test: _scaled(train, test, train.mean(), train.std(axis=0)),
)
scale.also("min_max", lambda train, test: (min_max(train, test)[0], min_max(test, test)[0]))


@scale.mistake
def without_parentheses(train, test):
    """Without parentheses only the mean is divided. Write `(train - mean) / std`."""
    share = train.mean(axis=0) / train.std(axis=0)
    return train - share, test - share


@scale.mistake
def each_hour_by_itself(train, test):
    """You scaled each *hour* by the mean of its features. Each feature has its own scale: `axis=0`, over the hours."""
    return scale(train.T, train.T)[0].T, scale(test.T, test.T)[0].T


def _series_and_origins(rng):
    for hours, count in ((120, 5), (200, 3), (90, 1)):
        yield rng.normal(10, 4, hours).round(1), rng.integers(50, hours - 25, size=count)


@exercise(
    title="the same hour yesterday",
    minutes=4,
    cases=_series_and_origins,
    errors={
        "could not be broadcast": "`at[:, None]`, (W, 1), and `np.arange(24)`, (24,), make (W, 24).",
        "only integer scalar arrays": "`at` holds several origins, and a slice takes one: index with an array.",
        "is out of bounds": "You look beyond the last hour. Back in time is *minus*.",
    },
    hints=[
        "`at[:, None] + np.arange(1, 25)` holds the hours to forecast, one row for each origin.",
        "The same hour yesterday stands 24 places before.",
        "`series[at[:, None] + np.arange(1, 25) - 24]`.",
    ],
    why="It needs no training and no thought. A forecast that costs more must be better than it.",
)
def yesterday(series, at):
    ahead = np.arange(1, 25)
    return series[at[:, None] + ahead - 24]


@yesterday.mistake
def places_not_values(series, at):
    """Those are places in `series`. Return what stands there: `series[...]`."""
    return at[:, None] + np.arange(-23, 1)


@yesterday.mistake
def one_hour_repeated(series, at):
    """You repeated a single hour of yesterday. Each of the 24 hours has its own."""
    return np.repeat(series[at - 24][:, None], 24, axis=1)


@yesterday.mistake
def one_hour_late(series, at):
    """Off by one. The origin is the last hour that is known, so the first hour to forecast is the origin + 1. Its
    yesterday is the origin - 23.
    """
    return series[at[:, None] + np.arange(0, 24) - 24]


@yesterday.mistake
def the_truth_itself(series, at):
    """That is the truth! A forecast that knows the day it forecasts has error 0, which should make you suspicious. Go
    back by 24 hours.
    """
    return series[at[:, None] + np.arange(1, 25)]


@yesterday.mistake
def the_day_before(series, at):
    """That is the day before yesterday. All 24 hours up to the origin are
    known: go back by 24, not by 48.
    """
    return series[at[:, None] + np.arange(1, 25) - 48]


@yesterday.mistake
def one_hour_early(series, at):
    """Off by one. The first hour to forecast is the origin + 1, so its yesterday is the origin - 23. The last of the
    24 is the origin itself.
    """
    return series[at[:, None] + np.arange(2, 26) - 24]


@yesterday.mistake
def last_value(series, at):
    """That is persistence: the last value for all hours. Here each hour gets the value of the same hour, one day
    before.
    """
    return np.repeat(series[at][:, None], 24, axis=1)


@yesterday.mistake
def backwards(series, at):
    """The right 24 hours in the wrong order: yours go back in time. Hour 1 ahead belongs to the oldest of them."""
    return series[at[:, None] - np.arange(0, 24)]


@yesterday.mistake
def hours_first(series, at):
    """The right numbers, with hours first. One row for each origin is asked for: (W, 24)."""
    return yesterday(series, at).T


yesterday.also("one_hour_repeated", lambda series, at: np.repeat(series[at - 23][:, None], 24, axis=1))
yesterday.also("the_truth_itself", lambda series, at: series[at[:, None] + np.arange(24)])


def _forecasts_too_high_and_too_low(rng):
    for quantile in (0.9, 0.1, 0.75):
        truth = rng.normal(10, 4, size=(3, 4)).round(1)
        yield truth, truth + rng.normal(0, 3, size=(3, 4)).round(1), quantile


@exercise(
    title="the pinball loss",
    difficulty=2,
    minutes=6,
    cases=_forecasts_too_high_and_too_low,
    errors={
        "only integer scalar arrays": "`np.max(a, b)` takes b for an axis. `np.maximum(a, b)` compares two arrays.",
        "truth value of an array": "`if` and `max` take one number. For arrays there are `np.where` and `np.maximum`.",
    },
    hints=[
        "Let `error = truth - forecast`. It is positive where the forecast was too low.",
        "Too low costs `quantile * error`, too high costs `(1 - quantile) * -error`.",
        "Both in one: `np.maximum(quantile * error, (quantile - 1) * error)`.",
    ],
    why="If too low costs nine times as much as too high, it pays to stay above nine truths in "
    "ten. That is the 0.9 quantile.",
)
def pinball(truth, forecast, quantile):
    error = truth - forecast
    return np.maximum(quantile * error, (quantile - 1) * error)


@pinball.mistake
def sides_swapped(truth, forecast, quantile):
    """You weighted the two sides the wrong way around. At 0.9 it is the forecast that was too *low* that costs 0.9 a
    degree: that pushes it up.
    """
    return pinball(truth, forecast, 1 - quantile)


@pinball.mistake
def absolute_error(truth, forecast, quantile):
    """That is the absolute error, the same for each quantile. It finds the median."""
    return np.abs(truth - forecast)


@pinball.mistake
def same_weight_on_both_sides(truth, forecast, quantile):
    """You gave both sides the weight `quantile`. Then all quantiles are the median again. A forecast that is too high
    costs 1 - quantile.
    """
    return quantile * np.abs(truth - forecast)


@pinball.mistake
def one_side_alone(truth, forecast, quantile):
    """You charge nothing for a forecast that is too high, so an endless temperature would be the best one. It costs 1 -
    quantile a degree.
    """
    return quantile * np.maximum(truth - forecast, 0)


@pinball.mistake
def negative_above(truth, forecast, quantile):
    """Your loss is negative where the forecast is too high: `error` is negative there. A loss is never below 0."""
    error = truth - forecast
    return np.where(error > 0, quantile * error, (1 - quantile) * error)


pinball.also("negative_above", lambda y, x, quantile: np.maximum(quantile * (y - x), (1 - quantile) * (y - x)))


@pinball.mistake
def mean_of_all(truth, forecast, quantile):
    """That is the mean. Return the loss of each number, in the shape of `truth`; the lesson takes means later."""
    return pinball(truth, forecast, quantile).mean()


@pinball.mistake
def smaller_of_two(truth, forecast, quantile):
    """You took the smaller of the two lines. The loss is the larger one: `np.maximum`."""
    error = truth - forecast
    return np.minimum(quantile * error, (quantile - 1) * error)


@pinball.mistake
def one_line_alone(truth, forecast, quantile):
    """That is one line alone, and it falls below 0 where the forecast is too high. There the other one counts, with the
    weight 1 - quantile.
    """
    return quantile * (truth - forecast)


@pinball.mistake
def squared(truth, forecast, quantile):
    """You squared the error. That gives expectiles; for quantiles the error counts by the degree."""
    error = truth - forecast
    return np.where(error > 0, quantile, 1 - quantile) * error**2


def _intervals(rng):
    whole = rng.integers(0, 12, size=(30, 3)).astype(float)  # so that some truth is an end
    middle = whole + rng.integers(-3, 4, size=whole.shape)
    yield whole, middle - 2, middle + 1
    for windows, hours in ((40, 3), (25, 4)):
        truth = rng.normal(10, 4, size=(windows, hours))
        middle = truth + rng.normal(0.5, 2, size=(windows, hours))
        yield truth, middle - 2.5, middle + 2.0


@exercise(
    title="the coverage of an interval",
    minutes=3,
    cases=_intervals,
    hints=[
        "For each hour: is `low <= truth` and `truth <= high`?",
        "`&` joins two arrays of booleans, with brackets around each comparison.",
        "`((low <= truth) & (truth <= high)).mean()`.",
    ],
    errors={
        "truth value of an array": "`and`, and `low <= truth <= high`, want single booleans. For "
        "arrays use `&`, with brackets: `(low <= truth) & (truth <= high)`."
    },
    why="An interval is a promise: 80 % of the truth inside. Coverage is whether it is kept; the "
    "width is what it costs.",
)
def coverage(truth, low, high):
    return ((low <= truth) & (truth <= high)).mean()


@coverage.mistake
def misses(truth, low, high):
    """That is the share of the misses. Count the hits."""
    return 1 - coverage(truth, low, high)


@coverage.mistake
def counted(truth, low, high):
    """You counted the hits. Divide by the number of all: the mean does."""
    return ((low <= truth) & (truth <= high)).sum()


@coverage.mistake
def in_percent(truth, low, high):
    """Right, in percent. Give a share between 0 and 1."""
    return 100 * coverage(truth, low, high)


@coverage.mistake
def lower_end_alone(truth, low, high):
    """You looked at the lower end alone. The truth must lie below `high`, too."""
    return (low <= truth).mean()


@coverage.mistake
def upper_end_alone(truth, low, high):
    """You looked at the upper end alone. The truth must lie above `low`, too."""
    return (truth <= high).mean()


@coverage.mistake
def either_end(truth, low, high):
    """One condition *or* the other is nearly always true. Both must be: `&`."""
    return ((low <= truth) | (truth <= high)).mean()


@coverage.mistake
def whole_days_alone(truth, low, high):
    """You count windows in which *all* hours are inside. That is a stricter question, and worth asking; here each hour
    counts by itself.
    """
    return ((low <= truth) & (truth <= high)).all(axis=1).mean()


@coverage.mistake
def ends_left_out(truth, low, high):
    """You left out an end, or both. They belong to the interval: `<=` rather than `<`."""
    return ((low < truth) & (truth < high)).mean()


coverage.also("ends_left_out", lambda truth, low, high: ((low < truth) & (truth <= high)).mean())
coverage.also("ends_left_out", lambda truth, low, high: ((low <= truth) & (truth < high)).mean())


@coverage.mistake
def divided_by_the_windows(truth, low, high):
    """`len(truth)` is the number of windows. Divide by the number of all hours: the mean does."""
    return ((low <= truth) & (truth <= high)).sum() / len(truth)


@coverage.mistake
def mean_width(truth, low, high):
    """That is the width of the interval. Important, too; but does it hold the truth?"""
    return (high - low).mean()
