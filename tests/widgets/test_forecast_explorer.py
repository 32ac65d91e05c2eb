"""`ForecastExplorer` in Python: its numbers are those it was given, and what it refuses."""

from __future__ import annotations

import json

import numpy as np
import pytest
import traitlets

from lstm_lessons.widgets import ForecastExplorer
from tests.browser.forecast_samples import METHODS, STATIONS, sample_forecasts
from tests.browser.hands.forecast_explorer import expected_numbers

HOURS, DAYS, HORIZON = 120, 2, 24


def given(**changes):
    drawn = np.random.default_rng(0)
    arguments = {
        "time": np.datetime64("2013-01-01T00", "h") + np.arange(HOURS),
        "readings": drawn.normal(size=(2, HOURS)),
        "origins": np.array([60, 84]),
        "forecasts": {"ridge": drawn.normal(size=(2, DAYS, HORIZON))},
        "stations": ("EWR", "JFK"),
    }
    arguments |= changes
    first = [arguments.pop(name) for name in ("time", "readings", "origins", "forecasts")]
    return ForecastExplorer(*first, **arguments)


def test_it_shows_the_readings_and_forecasts_that_it_was_given():
    drawn = np.random.default_rng(1)
    readings, forecast = drawn.normal(0, 9, (2, HOURS)), drawn.normal(0, 9, (2, DAYS, HORIZON))
    explorer = given(readings=readings, forecasts={"ridge": forecast}, past=30)
    for row, station in enumerate(("EWR", "JFK")):
        for day, origin in enumerate((60, 84)):
            explorer.station, explorer.day = station, day
            window = readings[row, origin - 29 : origin + 25]
            np.testing.assert_allclose(explorer.measured(), window, atol=0.0501)
            np.testing.assert_allclose(explorer.outcome()[day], window[30:], atol=0.0501)
            np.testing.assert_allclose(explorer.forecast("ridge"), forecast[row], atol=0.0501)
    assert explorer.band() is None and explorer.horizon == HORIZON


def test_its_numbers_and_those_that_the_page_is_held_against_agree():
    explorer = sample_forecasts(truth=True)
    explorer.station, explorer.day, explorer.hour = "JFK", 3, 9
    numbers = expected_numbers(explorer.state())
    errors = np.abs(explorer.forecast("ridge") - explorer.outcome())
    assert numbers["day", "ridge"] == pytest.approx(errors[3].mean())
    assert numbers["all", "ridge"] == pytest.approx(errors.mean())
    assert numbers["error", "ridge"] == pytest.approx(errors[3, 8])
    low, high = explorer.band()
    inside = (low <= explorer.outcome()) & (explorer.outcome() <= high)
    assert numbers["inside-all", ""] == inside.mean()


def test_it_travels_compactly():
    explorer = sample_forecasts(days=50)
    numbers = 3 * (50 * (4 + 2) * 24 + 50 * 24)
    assert len(explorer.twin()) < 8 * numbers  # with its picture; a float takes 18 letters
    text = json.dumps(explorer.data)
    assert "." not in text.replace("0.8", "") and "NaN" not in text


def test_the_summary_gives_the_errors_of_the_day_once_it_is_shown():
    explorer = sample_forecasts()
    error = np.abs(explorer.forecast("LSTM") - explorer.outcome())
    assert not explorer.truth, "it opens with the truth hidden"
    for day, said in ((slice(None), "24 h, over all days"), (1, "the next 24 h")):
        assert f"mean error of {said}, in °C: persistence" in explorer.summary()
        assert f"LSTM {error[day].mean():.1f}" in explorer.summary()
        explorer.truth = True
    assert "EWR, known up to 2013-11-09 00 h UTC" in explorer.summary()
    assert explorer.twin() == sample_forecasts(truth=True).twin()


def curves(explorer):
    """What the still draws, by its label up to the colon: hours and temperatures."""
    [axes] = explorer.picture().axes
    lines = [line for line in axes.lines if len(line.get_xdata()) > 2]
    return {line.get_label().partition(":")[0]: line.get_xydata() for line in lines}


def test_the_picture_draws_the_chosen_day_and_gives_the_errors():
    explorer = sample_forecasts(truth=True)
    explorer.station, explorer.day = "JFK", 3
    drawn, hours = curves(explorer), np.arange(1, 25)
    for name in METHODS:
        np.testing.assert_array_equal(drawn[name].T, [hours, explorer.forecast(name)[3]])
    measured = explorer.measured()
    np.testing.assert_array_equal(drawn["measured"].T, [range(-47, 1), measured[:48]])
    [truth] = [values for name, values in drawn.items() if name.startswith("_")]
    np.testing.assert_array_equal(truth.T, [range(25), measured[47:]])
    [legend] = explorer.picture().legends
    said = [text.get_text() for text in legend.get_texts()]
    error = np.abs(explorer.forecast("ridge") - explorer.outcome())
    assert f"ridge: {error[3].mean():.1f} this day, {error.mean():.2f} all days" in said
    low, high = explorer.band()
    inside = (low <= explorer.outcome()) & (explorer.outcome() <= high)
    assert f"interval of 80%: {inside[3].sum()} of 24 hours" in said[0]
    assert f"inside this day, {inside.mean():.0%} of all days" in said[0]
    explorer.truth = False
    said = [text.get_text() for text in explorer.picture().legends[0].get_texts()]
    assert said[0] == f"interval of 80%: inside {inside.mean():.0%} of all days"
    assert f"ridge: {error.mean():.2f} all days" in said and "this day" not in "".join(said)


def test_the_picture_hides_what_is_hidden():
    explorer = sample_forecasts(truth=True)
    assert len(curves(explorer)) == len(METHODS) + 2
    explorer.truth = False
    assert len(curves(explorer)) == len(METHODS) + 1
    explorer.methods = ["LSTM", "ridge"]
    assert explorer.methods == ["ridge", "LSTM"]
    assert curves(explorer).keys() == {"ridge", "LSTM", "measured"}
    assert len(explorer.picture().axes[0].collections) == 1
    explorer.interval = False
    assert not explorer.picture().axes[0].collections
    explorer.methods = []
    assert curves(explorer).keys() == {"measured"}


def test_the_interval_is_drawn_with_its_own_method_alone():
    explorer = sample_forecasts(interval_of="ridge")
    assert explorer.picture().axes[0].collections
    explorer.methods = ["LSTM"]
    assert not explorer.picture().axes[0].collections


def test_a_methods_line_stays_its_own_whatever_else_is_shown():
    explorer = sample_forecasts(truth=True)

    def styles():
        lines = explorer.picture().axes[0].lines
        return {line.get_label(): (line.get_color(), line.get_linestyle()) for line in lines[:-3]}

    every = styles()
    assert len(set(every.values())) == len(METHODS)
    [last] = [style for label, style in every.items() if label.startswith("LSTM")]
    assert last[1] == "-"
    explorer.methods = ["ridge", "LSTM"]
    assert styles().items() <= every.items() and len(styles()) == 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"readings": np.zeros((3, HOURS))}, r"readings must have the shape \(2, 120\).*got \(3"),
        ({"time": np.arange(HOURS) * np.timedelta64(2, "h") + np.datetime64("2013-01-01")}, "time"),
        ({"forecasts": {}}, "forecasts must hold 1 to 5 methods, got 0"),
        ({"forecasts": {"a": np.zeros((2, 3, 24))}}, r"forecasts\['a'\] must have the shape"),
        ({"forecasts": {"a": np.full((2, 2, 24), np.nan)}}, r"forecasts\['a'\] must be finite"),
        ({"readings": np.full((2, HOURS), np.nan)}, "readings must be finite"),
        ({"low": np.zeros((2, 2, 24))}, "give both or none"),
        ({"low": np.zeros((2, 2, 24)), "high": np.zeros((2, 2, 9))}, "high must have the shape"),
        ({"origins": np.array([20, 84])}, "origins must leave 48 hours before and 24 after"),
        ({"origins": np.array([60, 99])}, "origins must leave 48 hours before .* got 60 to 99"),
        ({"station": "BOS"}, "station must be one of EWR, JFK, got 'BOS'"),
        ({"day": 2}, "day must be a whole number from 0 to 1, got 2"),
        ({"hour": 0}, "hour must be a whole number from 1 to 24, got 0"),
        ({"methods": ["lstm"]}, "methods must be among ridge, got 'lstm'"),
        ({"interval_of": "lstm"}, "interval_of must be one of ridge, got 'lstm'"),
        ({"guesses": {"BOS 0": [0.0] * 24}}, "a key of guesses must be one of EWR 0, .*, got 'BOS 0'"),
        ({"guesses": {"EWR 2": [0.0] * 24}}, "got 'EWR 2'"),
        ({"guesses": {"EWR 1": [0.0] * 23}}, r"guesses\['EWR 1'\] must have the shape \(24,\), got \(23,\)"),
    ],
)
def test_a_wrong_argument_is_named(changes, message):
    with pytest.raises(ValueError, match=message):
        given(**changes)


def test_a_wrong_name_or_type_is_named():
    with pytest.raises(TypeError, match="no argument 'dya'"):
        given(dya=1)
    with pytest.raises(traitlets.TraitError, match="day.* int"):
        given(day=0.5)


def test_the_readings_around_the_windows_may_be_missing():
    explorer = sample_forecasts()
    explorer.station = STATIONS[2]
    assert np.isfinite(explorer.measured()).all()
