"""How long the variants of a computation take, measured fairly, and what to make of the times.

``measure`` runs variants in turns; ``compare`` turns the times into a `Row` for each variant; ``table`` shows rows; a
`Record` keeps them with what one must know to judge them.

What makes the comparison fair:

* All variants run in one process, in turns, in another order each round. A machine that
  slows down for a while slows all of them down, so ratios are taken within a round.
* The first rounds are not counted. On a GPU each run is waited for.
* The median over the rounds stands with its quartiles.
"""

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd
import torch
from tqdm import tqdm

from lstm_lessons import checks

LIMIT = "matrix products alone"
QUARTILES = (25, 50, 75)


@dataclass(frozen=True)
class Row:
    """One variant in one phase.

    Numbers that make no sense are None.
    """

    table: str  #: what was compared.
    shape: str  #: the sizes, in words.
    phase: str  #: "forward", "training" (forward and backward), "epoch", "step" or what else was run.
    variant: str  #: what ran, and how.
    baseline: str  #: the variant that ratios refer to.
    seconds: tuple[float, float, float] | None = None  #: lower quartile, median and upper quartile over the rounds.
    #: the same of the time as a multiple of the baseline's in the same round.
    ratio: tuple[float, float, float] | None = None
    to_limit: float | None = None  #: median of the time as a multiple of the matrix products' alone.
    state_error: float | None = None  #: largest difference of the final hidden states from float64.
    #: length of the difference of all gradients from float64, as a share of their length.
    gradient_error: float | None = None
    per_second: float | None = None  #: sequences a second, by the median.
    failed: str | None = None  #: why this machine cannot run the variant; then there are no numbers.


def measure(
    variants: Mapping[str, Callable[[], object]],
    *,
    rounds: int = 15,
    warmup: int = 2,
    device: str = "cpu",
    title: str | None = None,
) -> dict[str, np.ndarray]:
    """Run variants in turns and time each run: seconds, (rounds,) by name.

    Args:
        rounds: how often each is timed.
        warmup: how often each runs before that.
        device: "cpu" or "cuda". On "cuda" the clock waits until the GPU is done.
        title: of the progress bar; no bar if None.

    Raises:
        TypeError: if ``variants`` is no dictionary of functions.
        ValueError: if there is no variant or no round, or another device.
    """
    _mapping("variants", variants)
    for name, run in variants.items():
        checks.kind(f"variants[{name!r}]", run, "a function without arguments", callable(run))
    checks.one_of("device", device, ("cpu", "cuda"))
    checks.kind("title", title, "a text or None", title is None or isinstance(title, str))
    checks.sizes(rounds=rounds)
    checks.whole("warmup", warmup, least=0)
    wait = torch.cuda.synchronize if device == "cuda" else lambda: None
    order = np.random.default_rng(0)
    names = list(variants)
    seconds = {name: [] for name in names}
    with tqdm(
        total=(warmup + rounds) * len(names), desc=title, disable=title is None, file=sys.stderr, leave=False
    ) as bar:
        for number in range(warmup + rounds):
            for name in order.permutation(names):
                wait()
                start = time.perf_counter()
                variants[name]()
                wait()
                if number >= warmup:
                    seconds[name].append(time.perf_counter() - start)
                bar.update()
    return {name: np.array(values) for name, values in seconds.items()}


def compare(
    seconds: Mapping[str, np.ndarray], baseline: str, *, table: str = "variants", shape: str = "", phase: str = "run"
) -> dict[str, Row]:
    """Sum up the seconds that `measure` returned: a `Row` for each variant, by name.

    Ratios refer to the baseline. A variant named `LIMIT` is one that every other is also compared with. Table, shape
    and phase are those of all rows.

    Raises:
        TypeError: if ``seconds`` is no dictionary.
        ValueError: if the baseline is not among the variants, or a time is no number above 0.
    """
    _mapping("seconds", seconds)
    checks.texts("seconds", seconds)
    checks.one_of("baseline", baseline, seconds)
    seconds = {name: _times(f"seconds[{name!r}]", values) for name, values in seconds.items()}
    if len({len(values) for values in seconds.values()}) > 1:
        raise ValueError(f"seconds must be of as many rounds each, got {[len(times) for times in seconds.values()]}")
    rows = {}
    for name, values in seconds.items():
        limit = np.median(values / seconds[LIMIT]) if LIMIT in seconds else None
        rows[name] = Row(
            variant=name,
            baseline=baseline,
            seconds=quartiles(values),
            ratio=quartiles(values / seconds[baseline]),
            to_limit=None if limit is None else float(limit),
            table=table,
            shape=shape,
            phase=phase,
        )
    return rows


def _mapping(name: str, value: object) -> None:
    checks.kind(name, value, "a dictionary", isinstance(value, Mapping))
    if not value:
        raise ValueError(f"{name} must hold at least one variant, got none")


def _times(name: str, values: object) -> np.ndarray:
    times = checks.array(name, values, 1, "iuf")
    if not len(times) or not np.isfinite(times).all() or not (times > 0).all():
        raise ValueError(f"{name} must hold times above 0, at least one, got {values!r:.60}")
    return times


def quartiles(values: np.ndarray) -> tuple[float, float, float]:
    """Lower quartile, median and upper quartile."""
    values = checks.array("values", values, 1, "iuf")
    if not len(values):
        raise ValueError("values must hold at least one number, got none")
    return tuple(np.percentile(values, QUARTILES).tolist())


def table(rows: Iterable[Row]) -> pd.DataFrame:
    """One line a variant, for rows of one comparison.

    Columns by phase: the median in milliseconds with the quartiles, the ratio to the baseline and to the matrix
    products alone, and sequences a second; then the errors.

    Raises:
        ValueError: if the rows are of several comparisons, or there is none.
    """
    rows = checks.listed("rows", rows, "a list of rows")
    checks.kind("rows", rows, "a list of rows", all(isinstance(row, Row) for row in rows))
    if len({(row.table, row.shape) for row in rows}) != 1:
        raise ValueError("rows must be of one comparison (one table and one shape)")
    cells = {}
    for row in rows:
        line = cells.setdefault(row.variant, {})
        if row.failed is not None:
            line[row.phase, "ms"] = "cannot run here"
            continue
        low, median, high = (1000 * value for value in row.seconds)
        line[row.phase, "ms"] = f"{_short(median)} ({_short(low)}-{_short(high)})"
        line[row.phase, "ratio"] = f"{row.ratio[1]:.2f}"
        if row.to_limit is not None:
            line[row.phase, "to limit"] = f"{row.to_limit:.2f}"
        if row.per_second is not None:
            line[row.phase, "seq/s"] = f"{row.per_second:,.0f}"
        if row.state_error is not None:
            line["error", "h_n"] = f"{row.state_error:.0e}"
        if row.gradient_error is not None:
            line["error", "gradient"] = f"{row.gradient_error:.0e}"
    frame = pd.DataFrame.from_dict(cells, orient="index").fillna("")
    columns = sorted(frame.columns, key=lambda column: column[0] == "error")  # the errors last
    frame = frame[columns]
    frame.columns = pd.MultiIndex.from_tuples(columns)
    return frame


def _short(milliseconds: float) -> str:
    digits = 0 if milliseconds >= 100 else 1 if milliseconds >= 10 else 2
    return f"{milliseconds:.{digits}f}"


@dataclass(frozen=True)
class Record:
    """A run of the benchmark, and all that one must know to judge or repeat it."""

    command: str  #: what was typed.
    date: str  #: of the run, year-month-day.
    machine: dict[str, str | int | bool]  #: device, model, threads and what else is known about it.
    versions: dict[str, str]  #: of Python, torch and what torch computes with.
    rounds: int  #: timed runs of each variant.
    rows: tuple[Row, ...]  #: what was measured.

    @property
    def label(self) -> str:
        """Where the numbers come from, in one line."""
        device = self.machine["model"]
        if self.machine["device"] == "cpu":
            threads = self.machine["threads"]
            device += f", {threads} thread{'s' if threads > 1 else ''}"
        return f"{device}, torch {self.versions['torch']}, {self.date}: {self.command}"

    def save(self, path: Path | str) -> None:
        """Write the record as JSON.

        Raises:
            FileNotFoundError: if the folder is not there.
        """
        checks.path("path", path).write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path | str) -> Self:
        """Read what `save` wrote.

        Raises:
            FileNotFoundError: if there is no such file.
            ValueError: if it is none of `save`.
        """
        path = checks.path("path", path, "a record")
        try:
            read = json.loads(path.read_text(encoding="utf-8"))
            rows = []
            for row in read["rows"]:
                spread = {key: row[key] and tuple(row[key]) for key in ("seconds", "ratio")}
                rows.append(Row(**row | spread))
            return cls(**read | {"rows": tuple(rows)})
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path.name} must be written by `save`: {error!r}") from None


def machine(device: str) -> dict[str, str | int | bool]:
    """What a reader must know about this machine and its device, "cpu" or "cuda"; nothing that names it or its owner.

    Raises:
        ValueError: if there is no such device.
    """
    checked_device(device)
    found = {
        "device": device,
        "model": torch.cuda.get_device_name() if device == "cuda" else _processor(),
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "cores": os.cpu_count() or 0,
        "threads": torch.get_num_threads(),
        "vector instructions": torch.backends.cpu.get_cpu_capability(),
    }
    if device == "cuda":
        found |= {
            "TF32 in cuDNN": torch.backends.cudnn.allow_tf32,
            "TF32 in products": torch.backends.cuda.matmul.allow_tf32,
        }
    return found


def checked_device(device: str) -> str:
    """ "cpu", or "cuda" where torch finds a GPU."""
    if checks.one_of("device", device, ("cpu", "cuda")) == "cuda" and not torch.cuda.is_available():
        raise ValueError("device must be one that torch can use, got cuda, and torch finds no GPU here")
    return device


def _processor() -> str:
    """The model of the processor."""
    try:
        if sys.platform == "darwin":
            command = ["sysctl", "-n", "machdep.cpu.brand_string"]
            return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except (OSError, subprocess.CalledProcessError):
        pass
    return platform.processor() or platform.machine()


def versions(device: str) -> dict[str, str]:
    """The versions that a time on a device depends on.

    Raises:
        ValueError: if there is no such device.
    """
    checked_device(device)
    found = {"python": platform.python_version(), "torch": torch.__version__}
    if device == "cuda":
        found |= {"cuda": torch.version.cuda, "cudnn": str(torch.backends.cudnn.version())}
    return found
