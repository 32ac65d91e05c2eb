"""Exercises of lesson 7: windows, a fair scale, a baseline, and the two numbers of an interval.

Shapes: N hours of a series, W windows, H hours ahead, F features.
"""

from __future__ import annotations

import numpy as np

from lstm_lessons.exercises._engine import Exercise, Mistake

# --- How many windows fit -----------------------------------------------------------------


def _windows_that_fit(hours, past, horizon):
    return max(0, hours - past - horizon + 1)


def _one_too_few(hours, past, horizon):
    return max(0, hours - past - horizon)


def _horizon_left_out(hours, past, horizon):
    return max(0, hours - past + 1)


def _past_left_out(hours, past, horizon):
    return max(0, hours - horizon + 1)


def _side_by_side(hours, past, horizon):
    return hours // (past + horizon)


def _below_zero(hours, past, horizon):
    return hours - past - horizon + 1


def _one_too_few_and_below_zero(hours, past, horizon):
    return hours - past - horizon


def _horizon_left_out_and_below_zero(hours, past, horizon):
    return hours - past + 1


windows_that_fit = Exercise(
    name="windows_that_fit",
    title="how many windows fit",
    reference=_windows_that_fit,
    cases=[(100, 48, 24), (72, 48, 24), (71, 48, 24), (30, 48, 24), (10, 3, 1), (1000, 168, 24)],
    mistakes=[
        Mistake(
            "one_too_few",
            _one_too_few,
            "One is missing: 72 hours hold exactly one window of 48 + 24. The first window is "
            "there before you have moved at all, hence the + 1.",
        ),
        Mistake(
            "horizon_left_out",
            _horizon_left_out,
            "You left out the hours to forecast. They must lie inside the span, too, or there is "
            "no truth to compare with.",
        ),
        Mistake(
            "past_left_out",
            _past_left_out,
            "You left out the past. A window needs all of its past hours inside the span; if they "
            "reach over the border, test and training share hours.",
        ),
        Mistake(
            "side_by_side",
            _side_by_side,
            "Those stand side by side without overlap. Here each hour may be an origin, so "
            "windows overlap: move by one hour at a time.",
        ),
        Mistake(
            "below_zero",
            _below_zero,
            "Right where one fits. In a span that is too short for any window the number is 0, "
            "not negative: `max(0, ...)`.",
        ),
        Mistake(
            "one_too_few_and_below_zero",
            _one_too_few_and_below_zero,
            "One is missing: 72 hours hold exactly one window of 48 + 24. The first window is "
            "there before you have moved at all, hence the + 1. And in a span that is too short "
            "for any window the number is 0, not negative: `max(0, ...)`.",
        ),
        Mistake(
            "horizon_left_out_and_below_zero",
            _horizon_left_out_and_below_zero,
            "You left out the hours to forecast. They must lie inside the span, too, or there is "
            "no truth to compare with. And in a span that is too short for any window the number "
            "is 0, not negative: `max(0, ...)`.",
        ),
    ],
    hints=[
        "Draw it with small numbers: 10 hours, past 3, horizon 1. Where can the window start?",
        "A window is past + horizon hours long. How often can you move it by one hour?",
        "`max(0, hours - past - horizon + 1)`.",
    ],
    difficulty=1,
    minutes=4,
    why="Each border costs past + horizon - 1 windows: those that would straddle it. That is the "
    "price of a clean split, and here it is small.",
)


# --- A scale fitted to the training data --------------------------------------------------


def _scale(train, test):
    mean, std = train.mean(axis=0), train.std(axis=0)
    return (train - mean) / std, (test - mean) / std


def _each_by_itself(train, test):
    return _scale(train, train)[1], _scale(test, test)[1]


def _both_together(train, test):
    both = np.concatenate([train, test])
    return _scale(both, train)[1], _scale(both, test)[1]


def _one_scale_for_all_features(train, test):
    return (train - train.mean()) / train.std(), (test - train.mean()) / train.std()


def _mean_left_in(train, test):
    std = train.std(axis=0)
    return train / std, test / std


def _variance_for_std(train, test):
    mean, variance = train.mean(axis=0), train.var(axis=0)
    return (train - mean) / variance, (test - mean) / variance


def _test_left_as_it_was(train, test):
    return _scale(train, test)[0], test


def _fitted_to_the_test(train, test):
    return _scale(test, train)[1], _scale(test, test)[1]


def _features_of_two_periods(rng):
    for hours, later, features in ((50, 20, 3), (40, 60, 1), (30, 30, 4)):
        spread = np.arange(1, features + 1) * 2.0
        train = rng.normal(0, 1, (hours, features)) * spread + 10 * spread
        test = rng.normal(0, 1.5, (later, features)) * spread + 7 * spread
        yield train, test


scale = Exercise(
    name="scale",
    title="a scale that has not seen the test",
    reference=_scale,
    cases=_features_of_two_periods,
    mistakes=[
        Mistake(
            "each_by_itself",
            _each_by_itself,
            "You scaled the test by its own mean. Then a warm week and a cold one look the same, "
            "and the scale uses hours that no forecast could know. Use the mean of `train` twice.",
        ),
        Mistake(
            "both_together",
            _both_together,
            "You fitted the scale to both. The test has leaked into the training data, though by "
            "two numbers only. Fit to `train` alone.",
        ),
        Mistake(
            "one_scale_for_all_features",
            _one_scale_for_all_features,
            "One mean for all columns. A pressure of 1015 and a wind of 4 need a scale each: "
            "`axis=0`.",
        ),
        Mistake(
            "mean_left_in",
            _mean_left_in,
            "You divided, but did not subtract the mean first.",
        ),
        Mistake(
            "variance_for_std",
            _variance_for_std,
            "You divided by the variance. The standard deviation is its square root: `std`.",
        ),
        Mistake(
            "test_left_as_it_was",
            _test_left_as_it_was,
            "`train` is right. The test must go through the same scale, or the network meets "
            "numbers of another kind.",
        ),
        Mistake(
            "fitted_to_the_test",
            _fitted_to_the_test,
            "The wrong way round: you fitted the scale to `test`. Fit to `train`, apply to both.",
        ),
    ],
    hints=[
        "Which numbers may the scale know? Those of `train`, nothing else.",
        "`train.mean(axis=0)` and `train.std(axis=0)` hold one number for each feature.",
        "Return `(train - mean) / std, (test - mean) / std` with the mean and std of `train`.",
    ],
    difficulty=1,
    minutes=5,
    why="After this, `train` has mean 0 and std 1, and `test` has not. That is right: if the test "
    "weeks are colder, the network should see that.",
)


# --- The same hour yesterday --------------------------------------------------------------


def _yesterday(series, at):
    ahead = np.arange(1, 25)
    return series[at[:, None] + ahead - 24]


def _one_hour_late(series, at):
    return series[at[:, None] + np.arange(0, 24) - 24]


def _the_truth_itself(series, at):
    return series[at[:, None] + np.arange(1, 25)]


def _the_day_before(series, at):
    return series[at[:, None] + np.arange(1, 25) - 48]


def _last_value(series, at):
    return np.repeat(series[at][:, None], 24, axis=1)


def _backwards(series, at):
    return series[at[:, None] - np.arange(0, 24)]


def _hours_first(series, at):
    return _yesterday(series, at).T


def _series_and_origins(rng):
    for hours, count in ((120, 5), (200, 3), (90, 1)):
        yield rng.normal(10, 4, hours).round(1), rng.integers(50, hours - 25, size=count)


yesterday = Exercise(
    name="yesterday",
    title="the same hour yesterday",
    reference=_yesterday,
    cases=_series_and_origins,
    mistakes=[
        Mistake(
            "one_hour_late",
            _one_hour_late,
            "Off by one. The origin is the last hour that is known, so the first hour to forecast "
            "is the origin + 1, and its yesterday is the origin - 23.",
        ),
        Mistake(
            "the_truth_itself",
            _the_truth_itself,
            "That is the truth! A forecast that knows the day it forecasts has error 0, which "
            "should make you suspicious. Go back by 24 hours.",
        ),
        Mistake(
            "the_day_before",
            _the_day_before,
            "That is the day before yesterday. All 24 hours up to the origin are known: go back "
            "by 24, not by 48.",
        ),
        Mistake(
            "last_value",
            _last_value,
            "That is persistence: the last value for all hours. Here each hour gets the value of "
            "the same hour, one day before.",
        ),
        Mistake(
            "backwards",
            _backwards,
            "The right 24 hours in the wrong order: yours go back in time. Hour 1 ahead belongs "
            "to the oldest of them.",
        ),
        Mistake(
            "hours_first",
            _hours_first,
            "The right numbers, with hours first. One row for each origin is asked for: (W, 24).",
        ),
    ],
    hints=[
        "`at[:, None] + np.arange(1, 25)` holds the hours to forecast, one row for each origin.",
        "The same hour yesterday stands 24 places before.",
        "`series[at[:, None] + np.arange(1, 25) - 24]`.",
    ],
    difficulty=1,
    minutes=4,
    why="It needs no training and no thought. A forecast that costs more must be better than it.",
)


# --- The pinball loss ---------------------------------------------------------------------


def _pinball(truth, forecast, quantile):
    error = truth - forecast
    return np.maximum(quantile * error, (quantile - 1) * error)


def _quantile_turned_round(truth, forecast, quantile):
    return _pinball(truth, forecast, 1 - quantile)


def _absolute_error(truth, forecast, quantile):
    return np.abs(truth - forecast)


def _same_weight_on_both_sides(truth, forecast, quantile):
    return quantile * np.abs(truth - forecast)


def _one_side_alone(truth, forecast, quantile):
    return quantile * np.maximum(truth - forecast, 0)


def _negative_above(truth, forecast, quantile):
    error = truth - forecast
    return np.where(error > 0, quantile * error, (1 - quantile) * error)


def _smaller_of_two(truth, forecast, quantile):
    error = truth - forecast
    return np.minimum(quantile * error, (quantile - 1) * error)


def _squared(truth, forecast, quantile):
    error = truth - forecast
    return np.where(error > 0, quantile, 1 - quantile) * error**2


def _forecasts_too_high_and_too_low(rng):
    for quantile in (0.9, 0.1, 0.75):
        truth = rng.normal(10, 4, size=(3, 4)).round(1)
        yield truth, truth + rng.normal(0, 3, size=(3, 4)).round(1), quantile


pinball = Exercise(
    name="pinball",
    title="the pinball loss",
    reference=_pinball,
    cases=_forecasts_too_high_and_too_low,
    mistakes=[
        Mistake(
            "quantile_turned_round",
            _quantile_turned_round,
            "You weighed the two sides the other way round. At 0.9 it is the forecast "
            "that was too *low* that costs 0.9 a degree: that pushes it up.",
        ),
        Mistake(
            "absolute_error",
            _absolute_error,
            "That is the absolute error, the same for each quantile. It finds the median.",
        ),
        Mistake(
            "same_weight_on_both_sides",
            _same_weight_on_both_sides,
            "You gave both sides the weight `quantile`. Then all quantiles are the median again. A "
            "forecast that is too high costs 1 - quantile.",
        ),
        Mistake(
            "one_side_alone",
            _one_side_alone,
            "A forecast that is too high costs nothing with you, so an endless temperature is "
            "the best one. It costs 1 - quantile a degree.",
        ),
        Mistake(
            "negative_above",
            _negative_above,
            "Your loss is negative where the forecast is too high: `error` is negative there. "
            "A loss is never below 0.",
        ),
        Mistake(
            "smaller_of_two",
            _smaller_of_two,
            "You took the smaller of the two lines. The loss is the larger one: `np.maximum`.",
        ),
        Mistake(
            "squared",
            _squared,
            "You squared the error. That gives expectiles; for quantiles the error counts by the "
            "degree.",
        ),
    ],
    hints=[
        "Let `error = truth - forecast`. It is positive where the forecast was too low.",
        "Too low costs `quantile * error`, too high costs `(1 - quantile) * -error`.",
        "Both in one: `np.maximum(quantile * error, (quantile - 1) * error)`.",
    ],
    difficulty=2,
    minutes=6,
    why="If too low is nine times as dear as too high, it pays to stay above nine truths in ten. "
    "That is the 0.9 quantile.",
)


# --- Coverage -----------------------------------------------------------------------------


def _coverage(truth, low, high):
    return ((low <= truth) & (truth <= high)).mean()


def _misses(truth, low, high):
    return 1 - _coverage(truth, low, high)


def _counted(truth, low, high):
    return ((low <= truth) & (truth <= high)).sum()


def _in_percent(truth, low, high):
    return 100 * _coverage(truth, low, high)


def _lower_end_alone(truth, low, high):
    return (low <= truth).mean()


def _upper_end_alone(truth, low, high):
    return (truth <= high).mean()


def _either_end(truth, low, high):
    return ((low <= truth) | (truth <= high)).mean()


def _whole_days_alone(truth, low, high):
    return ((low <= truth) & (truth <= high)).all(axis=1).mean()


def _mean_width(truth, low, high):
    return (high - low).mean()


def _ends_left_out(truth, low, high):
    return ((low < truth) & (truth < high)).mean()


def _intervals(rng):
    whole = rng.integers(0, 12, size=(30, 3)).astype(float)  # so that some truth is an end
    middle = whole + rng.integers(-3, 4, size=whole.shape)
    yield whole, middle - 2, middle + 1
    for windows, hours in ((40, 3), (25, 4)):
        truth = rng.normal(10, 4, size=(windows, hours))
        middle = truth + rng.normal(0.5, 2, size=(windows, hours))
        yield truth, middle - 2.5, middle + 2.0


coverage = Exercise(
    name="coverage",
    title="the coverage of an interval",
    reference=_coverage,
    cases=_intervals,
    mistakes=[
        Mistake("misses", _misses, "That is the share of the misses. Count the hits."),
        Mistake(
            "counted", _counted, "You counted the hits. Divide by the number of all: the mean does."
        ),
        Mistake("in_percent", _in_percent, "Right, in percent. A share between 0 and 1 is asked."),
        Mistake(
            "lower_end_alone",
            _lower_end_alone,
            "You looked at the lower end alone. The truth must lie below `high`, too.",
        ),
        Mistake(
            "upper_end_alone",
            _upper_end_alone,
            "You looked at the upper end alone. The truth must lie above `low`, too.",
        ),
        Mistake(
            "either_end",
            _either_end,
            "One condition *or* the other is nearly always true. Both must be: `&`.",
        ),
        Mistake(
            "whole_days_alone",
            _whole_days_alone,
            "You count windows in which *all* hours are inside. That is a stricter question, and "
            "worth asking; here each hour counts by itself.",
        ),
        Mistake(
            "ends_left_out",
            _ends_left_out,
            "You left out the ends. They belong to the interval: `<=` rather than `<`.",
        ),
        Mistake(
            "mean_width",
            _mean_width,
            "That is the width of the interval. Important, too; but does it hold the truth?",
        ),
    ],
    hints=[
        "For each hour: is `low <= truth` and `truth <= high`?",
        "`&` joins two arrays of booleans, with brackets around each comparison.",
        "`((low <= truth) & (truth <= high)).mean()`.",
    ],
    difficulty=1,
    minutes=3,
    errors={
        "truth value of an array": "`and`, and `low <= truth <= high`, want single booleans. For "
        "arrays use `&`, with brackets: `(low <= truth) & (truth <= high)`.",
    },
    why="An interval is a promise: 80 % of the truth inside. Coverage is whether it is kept; the "
    "width is what it costs.",
)
