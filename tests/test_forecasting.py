"""Windows that never look ahead, baselines, and scores."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_lessons import forecasting

unhurried = settings(deadline=None, max_examples=60)  # a busy machine is no failure
sizes = st.integers(1, 6)
hours = st.lists(st.booleans(), min_size=1, max_size=60).map(np.array)


def window(origin, past, horizon):
    return range(origin - past + 1, origin + horizon + 1)


@unhurried
@given(hours, st.integers(0, 40), st.integers(0, 70), sizes, sizes, sizes)
def test_origins_are_all_those_whose_window_is_inside_and_without_a_gap(usable, start, stop, past, horizon, stride):
    found = forecasting.origins(usable, start, stop, past=past, horizon=horizon, stride=stride)
    inside = range(start, min(stop, len(usable)))
    tried = range(inside.start + past - 1, len(usable), stride)
    expected = [
        origin for origin in tried if all(hour in inside and usable[hour] for hour in window(origin, past, horizon))
    ]
    assert found.tolist() == expected


@unhurried
@given(hours, st.integers(1, 50), sizes, sizes)
def test_windows_on_two_sides_of_a_border_share_no_hour(usable, border, past, horizon):
    sizes = {"past": past, "horizon": horizon}
    before = forecasting.origins(usable, 0, border, **sizes)
    after = forecasting.origins(usable, border, len(usable), **sizes)
    forecasting.assert_apart(before, after, **sizes)
    assert not set(forecasting.hours_of(before, **sizes)) & set(forecasting.hours_of(after, **sizes))


@unhurried
@given(st.lists(st.integers(6, 80), min_size=1), st.lists(st.integers(6, 80), min_size=1))
def test_sets_are_apart_if_and_only_if_they_share_no_hour(one, other):
    touched = [{h for origin in some for h in window(origin, 3, 2)} for some in (one, other)]
    if touched[0] & touched[1]:
        with pytest.raises(forecasting.SharedHour):
            forecasting.assert_apart(np.array(one), np.array(other), past=3, horizon=2)
    else:
        forecasting.assert_apart(np.array(one), np.array(other), past=3, horizon=2)


def test_one_shared_hour_is_noticed():
    """The border case: the last hour of one window is the first of the other."""
    sizes = {"past": 48, "horizon": 24}
    train = np.array([47, 100])  # its last window ends with hour 124
    forecasting.assert_apart(train, np.array([125 + 47]), **sizes)
    with pytest.raises(forecasting.SharedHour, match="1 hours are in .* the first is hour 124"):
        forecasting.assert_apart(train, np.array([124 + 47]), **sizes)


def test_a_split_of_origins_rather_than_hours_is_noticed():
    """Breaking it: the usual split, by the number of the window, shares hours at its border."""
    sizes = {"past": 48, "horizon": 24}
    at = forecasting.origins(np.ones(500, bool), 0, 500, **sizes)
    with pytest.raises(forecasting.SharedHour, match="71 hours are in windows of both sets"):
        forecasting.assert_apart(at[:300], at[300:], **sizes)
    mixed = np.random.default_rng(0).permutation(at)
    with pytest.raises(forecasting.SharedHour):
        forecasting.assert_apart(mixed[:300], mixed[300:], **sizes)


@unhurried
@given(st.integers(0, 1000), st.integers(1, 30), st.integers(1, 30), st.integers(1, 5))
def test_a_rolling_origin_keeps_its_three_parts_apart_and_in_order(seed, past, horizon, stride):
    usable = np.random.default_rng(seed).random(900) > 0.01
    usable[200:300] = usable[420:620] = True  # room for a window in each part
    sizes = {"past": past, "horizon": horizon}
    (fold,) = forecasting.rolling_origin(usable, [520], test_hours=200, validation_hours=100, stride=stride, **sizes)
    parts = fold.train, fold.validation, fold.test
    for n, part in enumerate(parts):
        for other in parts[n + 1 :]:
            forecasting.assert_apart(part, other, **sizes)
            assert part[-1] + horizon < other[0] - past + 1
    assert fold.border == 520 <= fold.test[0] - past + 1
    assert fold.test[-1] + horizon < 720
    assert (np.diff(fold.train) >= stride).all()


def test_a_fold_without_windows_and_bad_sizes_are_named():
    usable = np.ones(200, bool)
    sizes = {"past": 10, "horizon": 5}
    with pytest.raises(ValueError, match="the train part .* hour 60 has no window"):
        forecasting.rolling_origin(usable, [60], test_hours=50, validation_hours=50, **sizes)
    with pytest.raises(ValueError, match="test_hours must be .* at least 1, got 0"):
        forecasting.rolling_origin(usable, [60], test_hours=0, validation_hours=9, **sizes)
    with pytest.raises(ValueError, match="past must be a whole number of at least 1, got 0"):
        forecasting.origins(usable, 0, 100, past=0)
    with pytest.raises(ValueError, match="stride must be .* got 1.5"):
        forecasting.origins(usable, 0, 100, past=1, stride=1.5)
    with pytest.raises(ValueError, match="one boolean an hour, got float64 of shape"):
        forecasting.origins(np.ones(5), 0, 5, past=1)


def test_the_hours_of_a_window():
    at = np.array([10, 20])
    assert forecasting.past_hours(at, 3).tolist() == [[8, 9, 10], [18, 19, 20]]
    assert forecasting.next_hours(at, 2).tolist() == [[11, 12], [21, 22]]
    assert forecasting.hours_of(np.array([10, 11]), past=2, horizon=1).tolist() == [9, 10, 11, 12]


def test_nothing_is_read_from_before_hour_0_or_after_the_end():
    """NumPy would take hour -1 for the last one: a look ahead, to the end of the series."""
    series, at = np.arange(240.0), [0]
    usable = np.ones(240, bool)
    early = forecasting.origins(usable, 0, 240, past=6, horizon=3)[:1]
    assert early.tolist() == [5]
    for call in (
        lambda: forecasting.seasonal_naive(series, early, 3),
        lambda: forecasting.seasonal_naive(series, [22], 30),
        lambda: forecasting.seasonal_naive(series, [240], 24),
        lambda: forecasting.persistence(series, [-1], 3),
        lambda: forecasting.persistence(series, [240], 3),
        lambda: forecasting.past_hours(early, 7),
        lambda: forecasting.next_hours([-1], 3),
        lambda: forecasting.hours_of(early, past=7, horizon=1),
        lambda: forecasting.assert_apart(early, [100], past=7, horizon=1),
        lambda: forecasting.persistence(series, [True], 3),
        lambda: forecasting.persistence(series, [1.0], 3),
    ):
        with pytest.raises(ValueError, match="(at|one) must "):
            call()
    assert forecasting.seasonal_naive(series, [23], 25)[0, [0, 23, 24]].tolist() == [0, 23, 0]
    assert forecasting.past_hours(early, 6).tolist() == [[0, 1, 2, 3, 4, 5]]
    time = np.datetime64("2013-01-01T00") + np.arange(240)
    with pytest.raises(ValueError, match=r"known must lie in 0\.\.239, got -1\.\.-1"):
        forecasting.climatology(series, time, [-1])
    for name, span in (("start", (-24, 240)), ("stop", (0, -1))):
        with pytest.raises(ValueError, match=f"{name} must be a whole number of at least 0"):
            forecasting.origins(usable, *span, past=6)
    with pytest.raises(ValueError, match="borders must be at least 0, got -5"):
        forecasting.rolling_origin(usable, [-5], test_hours=9, validation_hours=9, past=1)
    assert forecasting.persistence(series, at, 2).tolist() == [[0, 0]]


def test_a_missing_number_is_refused_where_it_would_count():
    truth, holes = np.zeros((2, 3)), np.array([[0, 1, np.nan]] * 2)
    for name, arguments in (
        ("truth", (holes, truth, truth)),
        ("low", (truth, holes, truth)),
        ("high", (truth, truth, holes)),
        ("truth", (truth[:0],) * 3),
    ):
        with pytest.raises(ValueError, match=f"{name} must hold numbers without NaN"):
            forecasting.coverage(*arguments)
    time = np.datetime64("2013-01-01T00") + np.arange(3)
    for known in ([2], [], np.zeros(3, bool), [0, 1, 2]):
        with pytest.raises(ValueError, match="known must name hours"):
            forecasting.climatology(holes, time, known)
    time[1] = np.datetime64("NaT")
    with pytest.raises(ValueError, match="time must .* got NaT"):
        forecasting.calendar(time)
    for quantile in (1.5, -0.1, np.array([0.5, np.nan]), torch.tensor([0.5, 2.0])):
        with pytest.raises(ValueError, match="quantile must lie between 0 and 1"):
            forecasting.pinball(truth[..., :1], truth[..., :1], quantile)


@unhurried
@given(st.integers(0, 1000))
def test_carrying_forward_never_looks_ahead(seed):
    rng = np.random.default_rng(seed)
    values = np.where(rng.random((2, 30)) < 0.3, np.nan, rng.normal(size=(2, 30)))
    found = forecasting.carry_forward(values)
    for row, given_row in zip(found, values, strict=True):
        for n in range(30):
            seen = given_row[: n + 1][~np.isnan(given_row[: n + 1])]
            assert row[n] == seen[-1] if len(seen) else np.isnan(row[n])
    found[0, 0] = found[0, 0]  # an array of its own, which may be written to
    later = values.copy()
    later[:, 20:] = 99.0
    np.testing.assert_array_equal(forecasting.carry_forward(later)[:, :20], found[:, :20])


@unhurried
@given(st.integers(1, 60), st.integers(0, 100))
def test_the_simple_forecasts_know_nothing_after_their_origin(horizon, seed):
    rng = np.random.default_rng(seed)
    series = rng.normal(size=(2, 300))
    at = rng.integers(60, 200, size=7)
    for method in (forecasting.persistence, forecasting.seasonal_naive):
        found = method(series, at, horizon)
        assert found.shape == (2, 7, horizon)
        for w, origin in enumerate(at):
            changed = series.copy()
            changed[:, origin + 1 :] = np.nan
            np.testing.assert_array_equal(method(changed, at[[w]], horizon)[:, 0], found[:, w])


def test_yesterday_is_exact_on_a_daily_wave_and_persistence_on_a_constant():
    time = np.arange(400)
    wave = np.sin(2 * np.pi * time / 24)[None]
    at = np.array([100, 250])
    truth = wave[:, forecasting.next_hours(at, 50)]
    np.testing.assert_allclose(forecasting.seasonal_naive(wave, at, 50), truth, atol=1e-12)
    assert (forecasting.persistence(np.ones((1, 400)), at) == 1).all()


def test_the_calendar_closes_its_circles():
    time = np.arange("2013-01-01T00", "2014-01-01T00", dtype="datetime64[h]")
    waves = forecasting.calendar(time)
    np.testing.assert_allclose((waves[:, :2] ** 2).sum(1), 1)
    np.testing.assert_allclose((waves[:, 2:] ** 2).sum(1), 1)
    np.testing.assert_allclose(waves[6, :2], [1, 0], atol=1e-12)  # 6 h: a quarter of the day
    assert np.abs(waves[0] - waves[-1]).max() < 0.27  # an hour: 15° of the day


def test_climatology_finds_a_season_and_its_days_and_nothing_of_the_hours_unknown():
    time = np.arange("2013-01-01T00", "2014-01-01T00", dtype="datetime64[h]")
    _, day_cos, _, year_cos = forecasting.calendar(time).T
    truth = np.stack([12 - 11 * year_cos + 3 * day_cos, 5 + 2 * day_cos * year_cos])
    known = np.arange(len(time)) < 6000
    noise = np.random.default_rng(0).normal(size=truth.shape)
    found = forecasting.climatology(truth + np.where(known, 0, noise), time, known)
    np.testing.assert_allclose(found, truth, atol=1e-6)
    np.testing.assert_allclose(forecasting.climatology(truth[0], time, known), truth[0], atol=1e-6)


def test_scores_refuse_shapes_that_would_broadcast():
    truth = np.zeros((3, 5, 24))
    assert forecasting.mae_by_hour(truth, truth + 2).tolist() == [[2.0] * 24] * 3
    with pytest.raises(ValueError, match=r"forecast must have the shape of truth, \(3, 5, 24\)"):
        forecasting.mae_by_hour(truth, np.zeros((3, 5, 1)))
    with pytest.raises(ValueError, match="high must have the shape of truth"):
        forecasting.coverage(truth, truth, np.zeros(24))


def test_short_integers_do_not_wrap_and_a_series_of_pandas_is_its_numbers():
    truth, guess = np.array([[3, 3]], np.uint8), np.array([[5, 1]], np.uint8)
    assert forecasting.mae_by_hour(truth, guess).tolist() == [2, 2]
    assert forecasting.pinball(truth, guess, 0.5).tolist() == [[1, 1]]
    shifted = pd.Series([1.0, 2.0], index=[1, 2])
    assert forecasting.pinball(pd.Series([1.0, 2.0]), shifted, 0.5).tolist() == [0, 0]
    usable = np.ones(900, bool)
    for past, horizon in ((200, 240), (np.uint8(200), np.uint8(240))):
        assert forecasting.origins(usable, 100, 900, past=past, horizon=horizon)[[0, -1]].tolist() == [299, 659]
        assert forecasting.next_hours([300], horizon)[0, -1] == 540
    with pytest.raises(ValueError, match="at must lie in"):
        forecasting.next_hours([2**63 - 1], 3)


def test_the_mae_is_by_hour_and_by_station():
    truth = np.zeros((2, 2, 3))
    guess = np.array([[[1, 2, 3], [-3, 2, -5]], [[0, 0, 0], [0, 0, 1]]], dtype=float)
    assert forecasting.mae_by_hour(truth, guess).tolist() == [[2, 2, 4], [0, 0, 0.5]]


@unhurried
@given(st.floats(0.05, 0.95), st.integers(0, 1000))
def test_the_pinball_loss_is_smallest_at_the_quantile(quantile, seed):
    truth = np.random.default_rng(seed).normal(size=401)
    best, *guesses = np.quantile(truth, quantile, method="inverted_cdf"), *np.linspace(-3, 3, 601)
    losses = forecasting.pinball(truth[:, None], np.array([best, *guesses]), quantile).mean(0)
    assert losses[0] <= losses[1:].min() + 1e-12
    assert (forecasting.pinball(truth, 0.0, quantile) >= 0).all()


def test_the_pinball_loss_by_hand_and_on_tensors():
    assert forecasting.pinball(10.0, 8.0, 0.9) == pytest.approx(1.8)  # too low: 0.9 a degree
    assert forecasting.pinball(10.0, 12.0, 0.9) == pytest.approx(0.2)  # too high: 0.1 a degree
    truth = torch.tensor([10.0], requires_grad=True)
    levels = torch.tensor([0.1, 0.5, 0.9])
    loss = forecasting.pinball(truth[:, None], torch.tensor([[8.0, 8.0, 8.0]]), levels)
    torch.testing.assert_close(loss, torch.tensor([[0.2, 1.0, 1.8]]))


def test_coverage_counts_the_ends():
    truth = np.array([0.0, 1.0, 2.0, 3.0])
    assert forecasting.coverage(truth, np.full(4, 1.0), np.full(4, 2.0)) == 0.5


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: forecasting.mae_by_hour([[1.7e308]], [[-1.7e308]]), "truth and forecast must be finite"),
        (lambda: forecasting.pinball(1.7e308, -1.7e308, 0.5), "truth and forecast .* finite"),
        (lambda: forecasting.pinball(torch.tensor(3e38), torch.tensor(-3e38), 0.5), "truth and forecast .* finite"),
        (lambda: forecasting.pinball(torch.zeros(2).to_sparse(), 1.0, 0.5), "truth must be numbers that broadcast"),
        (
            lambda: forecasting.next_hours([50], 2**28),
            "horizon must be a whole number from 1 to 1000000, got 268435456",
        ),
        (
            lambda: forecasting.persistence(np.zeros((999, 60)), [50], 10**6),
            "at and horizon must make .* got 999 x 1 x",
        ),
    ],
)
def test_what_would_be_infinite_or_fill_the_memory_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_short_floats_are_scored_in_long_ones_and_carried_in_any_form():
    large = np.full((1, 1), 60_000, np.float16)
    assert forecasting.mae_by_hour(large, -large)[0] == pytest.approx(2 * float(large[0, 0]))
    for dtype in (np.float16, np.longdouble, ">f4"):
        assert forecasting.carry_forward(np.array([1, np.nan], dtype)).tolist() == [1, 1]
