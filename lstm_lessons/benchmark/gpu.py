"""What a GPU makes of an LSTM: every measurement of lesson 6's section on GPUs, by one command.

``python -m lstm_lessons.benchmark.gpu`` (``make record-gpu``) runs each part of `PARTS` in a process of its own, since
an error of CUDA spoils the process it happens in: one failure loses one part. What is measured is written at once, and
a second call goes on where the first one stopped. `show` puts a record into the lesson.

Letters: B sequences in the batch, T time steps, I inputs, H hidden units.
"""

import argparse
import contextlib
import datetime
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.nn.utils.rnn import pack_padded_sequence
from torch.profiler import profile

from lstm_lessons import checks, ladder, models, sequences, train
from lstm_lessons.benchmark import timing
from lstm_lessons.benchmark.lstm import Shape, dense, twin
from lstm_lessons.data import digits
from lstm_lessons.files import write_whole

FOLDER = Path(__file__).parent
SECONDS, SECONDS_OF_A_PART = 450, 150  # at most, so that a record is done in less than 8 minutes


@dataclass(frozen=True)
class Scale:
    """How large the measurements are."""

    batches: tuple[int, ...] = (1, 4, 16, 64, 256, 1024, 4096)  #: sizes of the batch in a sweep.
    hidden: int = 512  #: H.
    steps: int = 100  #: T.
    rounds: int = 10  #: timed runs.
    anchor: tuple[int, int, int] = (16, 1024, 768)  #: B, T and H that others have published.
    product: int = 8192  #: rows of a large matrix product.


TINY = Scale((1, 4), 16, 5, 2, (2, 6, 8), 64)  # to try the command on a CPU


def _seconds(runs: dict, device: str, scale: Scale) -> dict:
    return timing.measure(runs, rounds=scale.rounds, device=device)


def _forward(lstm: nn.Module, x: Tensor) -> Callable[[], Tensor]:
    def run() -> Tensor:
        with torch.no_grad():
            return lstm(x)[1][0]

    return run


def _training(lstm: nn.Module, x: Tensor) -> Callable[[], None]:
    def run() -> None:
        lstm.zero_grad()
        lstm(x)[1][0].float().square().sum().backward()

    return run


def _half(device: str) -> torch.dtype:
    return torch.float16 if device == "cuda" else torch.float32


@contextlib.contextmanager
def tf32(use: bool) -> Iterator[None]:
    """Whether cuDNN's RNNs round the factors of products in float32 to TF32."""
    rnn = torch.backends.cudnn.rnn
    before = rnn.fp32_precision
    rnn.fp32_precision = "tf32" if use else "ieee"
    try:
        yield
    finally:
        rnn.fp32_precision = before


def bandwidth(device: str, size: int) -> float:
    """Bytes a second, read and written, when an array of so many bytes is copied again and again."""
    source = torch.ones(max(1, size // 4), device=device)
    target = torch.empty_like(source)
    again = max(1, 2**26 // size)
    copied = timing.measure({"": lambda: [target.copy_(source) for _ in range(again)]}, rounds=20, device=device)
    return 2 * 4 * len(source) * again / copied[""].min()


def roofline(device: str, scale: Scale) -> list[dict]:
    """A forward pass by batch size: its time, arithmetic and bytes; and the two roofs of this device.

    The bytes are the fewest that must move: W_ih once, W_hh once a step, and what belongs to each sequence. On a CPU
    the bandwidth is that of an array as large as W_hh, which stays in a cache; on a GPU that of its memory.
    """
    H, T, rows = scale.hidden, scale.steps, []
    for dtype in dict.fromkeys((torch.float32, _half(device))):
        lstm = nn.LSTM(H, H).to(device, dtype)
        inputs = {B: torch.randn(T, B, H, device=device, dtype=dtype) for B in scale.batches}
        with tf32(False):  # as in the product that is the roof
            found = _seconds({B: _forward(lstm, x) for B, x in inputs.items()}, device, scale)
        large, weights = torch.randn(scale.product, scale.product, device=device, dtype=dtype), 4 * H * H
        took = timing.measure({"": lambda large=large: large @ large}, rounds=20, device=device)[""].min()
        roofs = {"peak": 2 * scale.product**3 / took}
        roofs["bandwidth"] = bandwidth(device, 2**30 if device == "cuda" else weights * dtype.itemsize)
        for B, seconds in found.items():
            moved = dtype.itemsize * (weights * (T + 1) + T * B * 9 * H)  # x, z and both states, read and written
            work = 2 * 2 * weights * T * B
            same = {"dtype": str(dtype)[6:], "B": B, "work": work, "bytes": moved}
            rows.append(same | {"seconds": timing.quartiles(seconds), "best": float(seconds.min())} | roofs)
    return rows


def dtypes(device: str, scale: Scale) -> list[dict]:
    """One layer in each precision: the time, and how far its last state is from float64."""
    H, x = scale.hidden, torch.randn(scale.steps, 64, scale.hidden, device=device)
    lstm = nn.LSTM(H, H).to(device)

    def mixed(dtype: torch.dtype) -> Tensor:
        with torch.autocast(device, dtype=dtype):
            return _forward(lstm, x)()

    def rounded(use: bool) -> Tensor:
        with tf32(use):
            return _forward(lstm, x)()

    ways = {"float32": lambda: rounded(False), "TF32": lambda: rounded(True)}
    for dtype in (torch.float16, torch.bfloat16):
        name = str(dtype)[6:]
        if device == "cuda":  # a CPU has no float16 LSTM
            ways[name] = _forward(twin(lstm, dtype=dtype), x.to(dtype))
            ways[f"{name} autocast"] = lambda dtype=dtype: mixed(dtype)
    exact = _forward(twin(lstm, dtype=torch.float64), x.double())()
    found = timing.compare(_seconds(ways, device, scale), "float32")
    return [
        {"variant": name, "ms": 1e3 * found[name].seconds[1], "of float32": found[name].ratio[1]}
        | {"h_n off by": (way().double() - exact).abs().max().item(), "result": str(way().dtype)[6:]}
        for name, way in ways.items()
    ]


EDGES = {  # one change each to a layer that cuDNN can keep on the chip
    "inside": {},
    "B 136": {"B": 136},
    "B 124": {"B": 124},
    "H 1152": {"H": 1152},
    "H 1000": {"H": 1000},
    "I 1000": {"inputs": 1000},
    "2 layers": {"layers": 2},
    "both directions": {"directions": 2},
    "packed": {"packed": True},
    "float32": {"dtype": torch.float32},
    "float32, H 192": {"H": 192, "dtype": torch.float32},
    "float32, H 208": {"H": 208, "dtype": torch.float32},
    "float32, H 128": {"H": 128, "dtype": torch.float32},
}


def edge(
    device: str,
    scale: Scale,
    *,
    B: int = 128,
    H: int = 1024,
    inputs: int = 1024,
    layers: int = 1,
    directions: int = 1,
    packed: bool = False,
    dtype: torch.dtype | None = None,
) -> tuple[nn.LSTM, Tensor, float]:
    """An LSTM in half precision, its input, and the arithmetic of a forward pass in FLOP."""
    dtype = dtype or _half(device)
    if scale is TINY:
        B, H, inputs = B // 16, H // 16, inputs // 16
    lstm = nn.LSTM(inputs, H, layers, bidirectional=directions == 2, device=device, dtype=dtype)
    x = torch.randn(scale.steps, B, inputs, device=device, dtype=dtype)
    lengths = torch.full((B,), scale.steps)
    lengths[1:] -= int(packed)
    work = sum(2 * w.numel() * int(lengths.sum()) for name, w in lstm.named_parameters() if "weight" in name)
    return lstm, pack_padded_sequence(x, lengths) if packed else x, work


def cliffs(device: str, scale: Scale) -> list[dict]:
    """Forward and training on both sides of each edge of cuDNN's persistent kernels."""
    rows = []
    for name, options in EDGES.items():
        lstm, x, work = edge(device, scale, **options)
        found = _seconds({"forward": _forward(lstm, x), "training": _training(lstm, x)}, device, scale)
        forward, training = (float(np.median(found[phase])) for phase in ("forward", "training"))
        row = {"layer": name, "forward, ms": 1e3 * forward, "forward, TFLOP/s": work / forward / 1e12}
        rows.append(row | {"training, ms": 1e3 * training, "training, TFLOP/s": 3 * work / training / 1e12})
    return rows


def graphed(run: Callable[[], object]) -> Callable[[], None]:
    """Record what a call launches; what comes back replays it."""
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):  # warm up outside the recording
            run()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        run()
    return graph.replay


def _loop(device: str, scale: Scale) -> tuple[Callable, tuple[Tensor, ...], nn.LSTM]:
    """A layer as a loop in Python, what it is called with (the input first), and the LSTM whose weights these are."""
    lstm = nn.LSTM(32, 64, device=device)
    W_ih, W_hh, b_ih, b_hh = (w.detach() for w in lstm.all_weights[0])

    def layer(x: Tensor, h: Tensor, W_ih: Tensor, W_hh: Tensor, b: Tensor) -> Tensor:
        return ladder.RUNGS["input projection hoisted"](x, (h, h), (W_ih, W_hh, b))[0]

    x = torch.randn(min(scale.steps, 30), 16, 32, device=device)
    return layer, (x, torch.zeros(16, 64, device=device), W_ih, W_hh, b_ih + b_hh), lstm


def _ms(seconds: np.ndarray) -> float:
    """Their median in milliseconds."""
    return 1e3 * float(np.median(seconds))


def _ways(runs: dict, device: str, scale: Scale, key: str = "way") -> list[dict]:
    return [{key: name, "ms": _ms(seconds)} for name, seconds in _seconds(runs, device, scale).items()]


@torch.no_grad()
def launches(device: str, scale: Scale) -> list[dict]:
    """A loop in Python, the same recorded as a graph, and cuDNN; without gradients."""
    layer, given, lstm = _loop(device, scale)
    ways = {"loop": lambda: layer(*given), "graph": graphed(lambda: layer(*given)), "nn.LSTM": _forward(lstm, given[0])}
    return _ways(ways, device, scale)


@torch.no_grad()
def compiled(device: str, scale: Scale) -> list[dict]:
    """The loop, compiled, with its first call; a part of its own, since compiling may take longest of all."""
    layer, given, _ = _loop(device, scale)
    fused = torch.compile(layer)
    first = timing.measure({"first call": lambda: fused(*given)}, rounds=1, warmup=0, device=device)["first call"]
    rows = _ways({"loop": lambda: layer(*given), "compiled": lambda: fused(*given)}, device, scale)
    return [{"way": "first call", "ms": _ms(first)}, *rows]


def kernels(device: str, scale: Scale) -> list[dict]:
    """The kernels that took longest in a forward pass on this and on that side of an edge."""
    rows = []
    for name in ("inside", "H 1152", "packed", "float32, H 128"):
        lstm, x, _ = edge(device, scale, **EDGES[name])
        run = _forward(lstm, x)
        run()
        with profile() as found:
            run()
            torch.cuda.synchronize()
        ours = ("aten::", "cuda")  # operations and calls, whose times are those of their kernels
        events = [e for e in found.key_averages() if e.device_time_total and not e.key.startswith(ours)]
        for event in sorted(events, key=lambda event: -event.device_time_total)[:4]:
            ms = event.device_time_total / 1e3
            rows.append({"layer": name, "kernel": event.key[:70], "times": event.count, "ms": ms})
    return rows


def training(device: str, scale: Scale) -> list[dict]:
    """The digits of lesson 4, learned in each precision, each voice left out in turn.

    What an epoch costs, and what share of the voice that was left out is right.
    """
    rows = []
    for dtype in (None, torch.float16, torch.bfloat16) if device == "cuda" else (None,):
        losses, seconds, right = [], [], {}
        for fold, voice in enumerate(digits.VOICES):
            data = digits.load(fold=fold)
            few, parts = data.train.per_class(40 if scale is not TINY else 4, seed=0), []
            for chosen in sequences.length_buckets(few.lengths, 100, seed=0):
                padded, lengths = sequences.pad([few.sequences[k] for k in chosen])
                parts.append((padded.to(device), lengths, torch.from_numpy(few.labels[chosen]).to(device)))
            torch.manual_seed(0)
            model = models.SequenceClassifier(digits.FEATURES, min(256, scale.hidden), 10).to(device)
            history = train.fit(
                model,
                lambda model, part: cross_entropy(model(*part[:2]).float(), part[2]),
                lambda epoch, parts=parts: parts,
                epochs=6,
                amp_dtype=dtype,
                progress=False,
            )
            losses.append(history.train_loss[-1])
            seconds.append(history.seconds / 6)
            padded, lengths = sequences.pad(data.test.sequences)
            with torch.no_grad(), torch.autocast(device, dtype or torch.bfloat16, enabled=dtype is not None):
                answers = model.eval()(padded.to(device), lengths).argmax(dim=1).cpu().numpy()
            right[f"{voice} right"] = float((answers == data.test.labels).mean())
        row = {"autocast": str(dtype)[6:] if dtype else "off", "seconds an epoch": float(np.median(seconds))}
        row |= {"sequences a second": len(few.labels) / row["seconds an epoch"]}
        rows.append(row | {"loss at the end": float(np.mean(losses))} | right)
    return rows


def memory(device: str, scale: Scale) -> list[dict]:
    """The largest memory in use at once, in training and without gradients."""
    rows = []
    for B in (64, 256, 1024):
        row = {"B": B}
        for phase, make in (("training, MiB", _training), ("forward, MiB", _forward)):
            lstm = nn.LSTM(scale.hidden, scale.hidden, device=device)
            run = make(lstm, torch.randn(scale.steps, B, scale.hidden, device=device))
            torch.cuda.reset_peak_memory_stats()
            run()
            row[phase] = torch.cuda.max_memory_allocated() / 2**20
        rows.append(row)
    return rows


def copies(device: str, scale: Scale) -> list[dict]:
    """64 MiB on their way to the device, from ordinary and from pinned memory; and a clock that does not wait."""
    ordinary = torch.empty(2**24)
    pinned = ordinary.pin_memory()
    ways = {"copy, ordinary": lambda: ordinary.to(device), "copy, pinned": lambda: pinned.to(device, non_blocking=True)}
    rows = _ways(ways, device, scale, "what")
    large = torch.randn(scale.product, scale.product, device=device)
    torch.cuda.synchronize()
    start = time.perf_counter()
    large @ large
    rows.append({"what": "product, not waited for", "ms": 1e3 * (time.perf_counter() - start)})
    torch.cuda.synchronize()
    return [*rows, {"what": "product, waited for", "ms": 1e3 * (time.perf_counter() - start)}]


PUBLISHED = {"forward": 2.01, "forward and backward": 5.19}  # ms, by the authors of FlashRNN


def anchor(device: str, scale: Scale) -> list[dict]:
    """The shape of `PUBLISHED`."""
    B, T, H = scale.anchor
    lstm = nn.LSTM(H, H, device=device, dtype=_half(device))
    x = torch.randn(T, B, H, device=device, dtype=_half(device))
    return _ways({"forward": _forward(lstm, x), "forward and backward": _training(lstm, x)}, device, scale, "phase")


def rungs(device: str, scale: Scale) -> list[dict]:
    """The ladder of section 2 on this device."""
    shape = Shape(64, 50, 128, 256) if scale is not TINY else Shape(2, 4, 3, 4)
    return [asdict(row) for row in dense(shape, rounds=scale.rounds, device=device, progress=False)]


PARTS = {
    part.__name__: part
    for part in (roofline, dtypes, cliffs, launches, compiled, kernels, training, memory, copies, anchor, rungs)
}


def _by(rows: list[dict], key: str, value: str) -> dict:
    """One column of a part by another, in order."""
    return {row[key]: row[value] for row in rows}


def _of_roofline(rows: list[dict]) -> str:
    [one, *_], group = rows, [row for row in rows if row["dtype"] == rows[0]["dtype"]]
    grown = group[-1]["seconds"][1] / one["seconds"][1]
    beyond = [row["B"] for row in group if row["work"] / row["bytes"] > row["peak"] / row["bandwidth"]]
    ridge = f"the ridge is passed at B = {beyond[0]}" if beyond else "the ridge is not reached"
    return f"{one['dtype']}: {group[-1]['B'] / one['B']:.0f} times the batch takes {grown:.1f} times as long; {ridge}."


def _of_dtypes(rows: list[dict]) -> str:
    said = [f"{r['variant']} {r['of float32']:.2f} times, off by {r['h_n off by']:.0e}" for r in rows[1:]]
    returned = _by(rows, "variant", "result").get("bfloat16 autocast", "nothing")
    return f"Beside float32: {'; '.join(said)}. Under bfloat16 autocast the layer returns {returned}."


def _of_cliffs(rows: list[dict]) -> str:
    first, *others = rows
    falls = {row["layer"]: row["forward, TFLOP/s"] / first["forward, TFLOP/s"] for row in others}
    told = "; ".join(f"{layer} {share:.2f}" for layer, share in falls.items())
    return f"Forward, FLOP a second as a share of 'inside': {told}."


def _of_ways(rows: list[dict]) -> str:
    (first, ms), *others = _by(rows, "way", "ms").items()
    return f"{first}: {'; '.join(f'{ms / took:.3g} times as long as {way}' for way, took in others)}."


def _of_memory(rows: list[dict]) -> str:
    told = [
        f"B = {r['B']}: {r['training, MiB'] / r['forward, MiB']:.1f} times the memory of a forward pass" for r in rows
    ]
    return f"Training, {'; '.join(told)}."


def _of_copies(rows: list[dict]) -> str:
    ms = _by(rows, "what", "ms")
    pinned, seen = ms["copy, pinned"] / ms["copy, ordinary"], ms["product, not waited for"] / ms["product, waited for"]
    return f"Pinned: {pinned:.2f} of the time of a copy. The clock that does not wait sees {seen:.2g} of a product."


def _of_anchor(rows: list[dict]) -> str:
    told = "; ".join(f"{r['phase']}: {r['ms'] / PUBLISHED[r['phase']]:.2f} times what was published" for r in rows)
    return f"{told}."


# What a record says, in a sentence that is made of its numbers: prose that names one could come to contradict it.
SAID = {
    "roofline": _of_roofline,
    "dtypes": _of_dtypes,
    "cliffs": _of_cliffs,
    "launches": _of_ways,
    "compiled": _of_ways,
    "memory": _of_memory,
    "copies": _of_copies,
    "anchor": _of_anchor,
}


# --- The record


def load(folder: Path | str = FOLDER) -> dict | None:
    """The record of a GPU in a folder, or None if there is none.

    Raises:
        ValueError: if ``folder`` is no path.
    """
    _check_folder("folder", folder)
    path = Path(folder) / "gpu-cuda.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def _check_folder(name: str, folder: Path | str) -> None:
    if not isinstance(folder, str | Path) or "\0" in str(folder):
        raise ValueError(f"{name} must be a path, got {folder!r:.60}")


def show(part: str, *, table: bool = True, own: Path | str = "../build/bench") -> list[list[dict]]:
    """Print a part as it was recorded, on your card and on that of the lessons, and what it says; return the rows.

    Without a ``table`` only where it is from, and what it says.

    Raises:
        TypeError: if ``table`` is no bool.
        ValueError: if there is no such part, or ``own`` is no path.
    """
    checks.one_of("part", part, PARTS)
    _check_folder("own", own)
    checks.kind("table", table, "True or False", isinstance(table, bool))
    shown = []
    for record in filter(None, (load(own), load())):
        found = record["parts"].get(part, {"failed": "not reached"})
        print(f"{record['machine']['model']}, torch {record['versions']['torch']}, {record['date']}")
        if "rows" not in found:
            print(f"  could not be measured: {found['failed']}")
            continue
        if table:
            print(pd.DataFrame(found["rows"]).to_string(index=False, float_format="{:.3g}".format, na_rep=""))
        if part in SAID:
            print(SAID[part](found["rows"]))
        shown.append(found["rows"])
    if not shown:
        print(f"{part}: no GPU has recorded it yet. On a machine with one: make record-gpu")
    return shown


def _measured(part: str, options: argparse.Namespace, seconds: float) -> dict:
    """Run a part in a process of its own: its rows, or why there are none."""
    command = [sys.executable, "-m", "lstm_lessons.benchmark.gpu", "--part", part, "--device", options.device]
    command += ["--tiny"] * options.tiny
    start = time.monotonic()
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        return {"failed": f"took more than {seconds:.0f} s"}
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"ended with {done.returncode}"]
        return {"failed": said[-1][:300]}
    return {"rows": json.loads(done.stdout.splitlines()[-1]), "took": round(time.monotonic() - start, 1)}


def record(options: argparse.Namespace) -> dict:
    """Measure what is missing of a record, and write it after each part."""
    path = options.out / f"gpu-{options.device}.json"
    about = {"machine": timing.machine(options.device), "versions": timing.versions(options.device)}
    before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    is_same = {key: before.get(key) for key in about} == about and before.get("tiny") == options.tiny
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    found = about | {"tiny": options.tiny, "date": today, "parts": before["parts"] if is_same else {}}
    end = time.monotonic() + options.seconds
    options.out.mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        left = end - time.monotonic()
        if "rows" in found["parts"].get(part, {}):
            print(f"{part}: measured before")
            continue
        if left < 1:
            print("The time is up. Run it again: it goes on here.")
            break
        found["parts"][part] = result = _measured(part, options, min(left, SECONDS_OF_A_PART))
        write_whole(path, json.dumps(found, indent=1) + "\n")
        said = result.get("failed") or f"{len(result['rows'])} rows in {result['took']} s"
        print(f"{part}: {said}", flush=True)
    print(f"Written: {path}")
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """The command ``python -m lstm_lessons.benchmark.gpu``."""
    parser = argparse.ArgumentParser(prog="python -m lstm_lessons.benchmark.gpu", description=record.__doc__)
    add = parser.add_argument
    add("--device", choices=("cpu", "cuda"), default="cuda", help="where to run (cuda)")
    add("--tiny", action="store_true", help="small sizes, to try the command")
    add("--seconds", type=checks.count, default=SECONDS, help=f"for all parts together ({SECONDS})")
    add("--out", type=Path, default=Path("build/bench"), help="the folder for the record (build/bench)")
    add("--part", choices=PARTS, help="measure one part here, and print its rows in JSON")
    options = parser.parse_args(arguments)
    if options.device == "cuda" and not torch.cuda.is_available():
        sys.exit("a record of a GPU needs one that torch can use, and torch finds none here")
    if options.part:
        print(json.dumps(PARTS[options.part](options.device, TINY if options.tiny else Scale())))
    else:
        record(options)


if __name__ == "__main__":
    main()
