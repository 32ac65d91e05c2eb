"""The weather: what is in the file, what cannot be true in it, and how it is fixed."""

import io
import tarfile
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lstm_lessons.data import _source, rebuild_weather, weather


@pytest.fixture(scope="module")
def raw():
    return weather.load()


def series(values, feature="temperature"):
    """Weather of one station and one feature."""
    values = np.array(values, dtype=np.float32)
    time = np.datetime64("2013-01-01", "h") + np.arange(len(values))
    return weather.Weather(time, ("EWR",), (feature,), values[None, :, None])


def test_every_hour_is_there_once_and_in_order(raw):
    assert raw.values.shape == (3, len(raw), 8) == (3, 8730, 8)
    assert raw.stations == ("EWR", "JFK", "LGA")
    assert set(np.diff(raw.time).astype(int)) == {1}
    assert [str(t) for t in raw.time[[0, -1]]] == ["2013-01-01T06", "2013-12-30T23"]


def test_the_units_are_those_named(raw):
    # The first line of the source: 39.02 °F, 26.06 °F, 59.37 %, 270°, 10.357 mph, 0 in, 1012, 10 mi
    expected = [3.9, -3.3, 59.37, 270, 4.63, 0, 1012, 16.093]
    np.testing.assert_allclose(raw.values[0, 0], expected, atol=5e-3)
    assert tuple(weather.UNITS) == raw.features


def test_the_gaps_of_the_source_are_kept(raw):
    assert raw.missing[:, 0].tolist() == [28, 24, 24]  # EWR: 27 hours, and one empty field
    assert "76 hours without one" in raw.describe()


def test_the_known_errors_are_found_and_nothing_else(raw):
    found = {(raw.stations[s], str(raw.time[n]), raw.features[k]) for s, n, k in np.argwhere(weather.suspicious(raw))}
    assert found == {
        ("EWR", "2013-02-12T08", "wind_speed"),
        ("JFK", "2013-05-09T02", "temperature"),
        ("JFK", "2013-05-09T02", "dew_point"),
        ("JFK", "2013-05-09T02", "humidity"),
    }


def test_a_front_is_no_error():
    front = series([20, 19, 3, 2, 2])
    assert not weather.suspicious(front).any()


def test_cleaning_draws_a_line_across_short_gaps_alone():
    nan = np.nan
    given = series([nan, 10, nan, nan, 16, nan, nan, nan, nan, 6, nan])
    before = given.values.copy()
    found = weather.clean(given, longest_gap=3).values[0, :, 0]
    np.testing.assert_allclose(found, [nan, 10, 12, 14, 16, nan, nan, nan, nan, 6, nan], atol=1e-5)
    np.testing.assert_array_equal(given.values, before)
    np.testing.assert_array_equal(weather.clean(given, longest_gap=0).values, before)
    with pytest.raises(ValueError, match="longest_gap must be a whole number of at least 0, got -1"):
        weather.clean(given, longest_gap=-1)


def test_the_wind_direction_is_carried_on_not_averaged():
    nan = np.nan
    given = series([350, nan, 10], "wind_direction")
    assert weather.clean(given).values[0, :, 0].tolist() == [350, 350, 10]


def test_cleaning_fills_every_temperature_and_tells_where(raw):
    cleaned = weather.clean(raw)
    assert cleaned.missing[:, 0].tolist() == [0, 0, 0]
    filled = weather.filled(raw, cleaned)
    assert filled[..., 0].sum(1).tolist() == [28, 25, 24]
    kept = ~filled & ~np.isnan(cleaned.values)
    np.testing.assert_array_equal(cleaned.values[kept], raw.values[kept])
    assert 12 < cleaned.values[1, 3068, 0] < 16  # 57.02 and 57.20 °F on its two sides


def test_a_series_by_name(raw):
    np.testing.assert_array_equal(raw.of("JFK", "temperature"), raw.values[1, :, 0])
    some = raw.select(["pressure", "temperature"])
    assert some.features == ("pressure", "temperature")
    np.testing.assert_array_equal(some.values, raw.values[..., [6, 0]])
    with pytest.raises(ValueError, match="station must be one of EWR, JFK, LGA, got 'BOS'"):
        raw.of("BOS", "temperature")
    with pytest.raises(ValueError, match="features must be one of temperature, .*, got 'snow'"):
        raw.select(["snow"])


def test_a_change_of_what_was_loaded_stays_there(raw):
    weather.load().values[:] = 0
    assert np.nanmax(weather.load().values) > 0


def test_damage_is_noticed(monkeypatch):
    monkeypatch.setattr(weather, "CHECKSUM", "0" * 64)
    weather._readings.cache_clear()
    with pytest.raises(ValueError, match="damaged.*rebuild_weather"):
        weather.load()
    monkeypatch.undo()
    weather._readings.cache_clear()


def fake_archive(folder):
    """The source as published, made from the file here: a missing hour has no row."""
    with np.load(rebuild_weather.Path(weather.__file__).with_name("weather.npz")) as file:
        time, values = file["time"], file["values"]
    tables = []
    for s, station in enumerate(weather.STATIONS):
        columns = dict(zip(rebuild_weather.COLUMNS.values(), values[:, s], strict=True))
        stamps = pd.to_datetime(time, unit="h").strftime("%Y-%m-%dT%H:%M:%SZ")
        table = pd.DataFrame({"origin": station, "time_hour": stamps} | columns)
        tables.append(table.dropna(how="all", subset=list(columns)))
    text = pd.concat(tables[::-1]).to_csv(index=False).encode()
    archive = folder / "source.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        member = tarfile.TarInfo(rebuild_weather.MEMBER)
        member.size = len(text)
        tar.addfile(member, io.BytesIO(text))
    return archive


def test_the_rebuild_gives_the_same_numbers_and_refuses_others(tmp_path, monkeypatch):
    archive = fake_archive(tmp_path)
    monkeypatch.setattr(_source, "download", lambda *_, **__: archive)
    rebuild_weather.main(tmp_path / "weather.npz")
    with np.load(tmp_path / "weather.npz") as arrays:
        assert weather.checksum(**arrays) == weather.CHECKSUM

    monkeypatch.setattr(weather, "CHECKSUM", "0" * 64)
    with pytest.raises(SystemExit, match="other numbers"):
        rebuild_weather.main(tmp_path / "refused.npz")
    assert not (tmp_path / "refused.npz").exists()


def test_the_checks_of_the_readings_need_both_neighbors(raw):
    short = replace(raw, time=raw.time[:1], values=raw.values[:, :1])
    assert not weather.suspicious(short).any()
