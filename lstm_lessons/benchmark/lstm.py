"""How long an LSTM takes, in every way of `ladder` and beside `torch.nn.LSTM`.

``python -m lstm_lessons.benchmark.lstm`` (or ``make bench-ladder``) prints tables and writes a figure and a record. The
same functions run small in a lesson: `dense`, `packed`, `classifier` and `adam` each measure one table, a list of rows
as `lstm_lessons.benchmark.timing` describes them. ``timing.table(rows)`` and ``plots.benchmark(rows)`` show it.

Beside each time stands how far the result is from the same computation in float64. A row of its own, the limit, times
nothing but the matrix products that no LSTM can do without.

Letters: B sequences in the batch, T time steps, I inputs, H hidden units, L layers, D directions.
"""

import argparse
import datetime
import functools
import itertools
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence

from lstm_lessons import checks, ladder, plots, sequences
from lstm_lessons.benchmark import timing
from lstm_lessons.benchmark.timing import LIMIT, Record, Row

PHASES = ("forward", "training")
TOKENS, CLASSES = 10_000, 4  # of the text classifier


@dataclass(frozen=True)
class Shape:
    """The sizes of one comparison."""

    batch: int  #: B
    steps: int  #: T
    inputs: int  #: I
    hidden: int  #: H
    layers: int = 1  #: L
    directions: int = 1  #: D
    #: length of the shortest sequence, as a share of T. Lengths are drawn uniformly from there up
    #: to T. With 1 all sequences have T steps.
    shortest: float = 1.0

    def __post_init__(self) -> None:
        sizes = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "shortest"}
        checks.sizes(**sizes)
        checks.whole("directions", self.directions, 1, 2)
        checks.probability(shortest=self.shortest)

    def __str__(self) -> str:
        text = f"B={self.batch} T={self.steps} I={self.inputs} H={self.hidden}"
        if (self.layers, self.directions) != (1, 1):
            text += f" L={self.layers} D={self.directions}"
        if self.shortest < 1:
            text += f", lengths {self._shortest()}-{self.steps}"
        return text

    def lengths(self, seed: int) -> Tensor:
        """Lengths of the B sequences, shape (B,), the longest of T steps."""
        rng = np.random.default_rng(seed)
        lengths = rng.integers(self._shortest(), self.steps + 1, self.batch)
        lengths[0] = self.steps
        return torch.from_numpy(lengths)

    def _shortest(self) -> int:
        return max(1, round(self.shortest * self.steps))


# One way to run an LSTM


@dataclass(frozen=True)
class Variant:
    """A way to run an LSTM over a padded batch."""

    lstm: nn.Module  #: whose weights are used, and get the gradients.
    #: from the LSTM, the padded batch and the lengths to the outputs at real steps (and zeros
    #: elsewhere) in any layout, and h_n of shape (L·D, B, H).
    call: Callable[[nn.Module, Tensor, Tensor], tuple[Tensor, Tensor]]
    autocast: torch.dtype | None = None  #: dtype of mixed precision; None for none.

    def results(self, x: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """The outputs and h_n."""
        with _autocast(x.device.type, self.autocast):
            return self.call(self.lstm, x, lengths)

    def forward(self, x: Tensor, lengths: Tensor) -> None:
        """A forward pass without gradients."""
        with torch.no_grad():
            self.results(x, lengths)

    def training(self, x: Tensor, lengths: Tensor) -> Tensor:
        """A forward and a backward pass, down to the gradient of the input; returns h_n."""
        self.lstm.zero_grad()
        x = x.detach().requires_grad_()  # as below a layer that is trained, too
        output, h_n = self.results(x, lengths)
        (output.float().square().sum() + h_n.float().sum()).backward()
        return h_n.detach()


def _autocast(device: str, dtype: torch.dtype | None) -> torch.autocast:
    return torch.autocast(device, dtype=dtype, enabled=dtype is not None)


def call_dense(lstm: nn.Module, x: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
    """Run the batch as it is: right if all lengths are equal."""
    output, (h_n, _) = lstm(x)
    return output, h_n


def call_packed(lstm: nn.Module, x: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
    """Pack the batch first."""
    packed = pack_padded_sequence(x, lengths, lstm.batch_first, enforce_sorted=False)
    output, (h_n, _) = lstm(packed)
    return output.data, h_n


def call_rung(layer: ladder.Layer, lstm: nn.Module, x: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
    """Run the batch as it is on one rung of the ladder."""
    output, (h_n, _) = ladder.run(lstm, x, layer=layer)
    return output, h_n


def twin(lstm: nn.LSTM, kind: type = nn.LSTM, **options: object) -> nn.Module:
    """An LSTM of another kind or dtype with the same weights."""
    with torch.random.fork_rng():  # weights are drawn, then overwritten
        made = kind(
            lstm.input_size,
            lstm.hidden_size,
            lstm.num_layers,
            batch_first=lstm.batch_first,
            bidirectional=lstm.bidirectional,
            **options,
        )
    made.load_state_dict(lstm.state_dict())
    return made.to(lstm.weight_ih_l0.device)


def _half_dtypes(device: str) -> list[tuple[str, torch.dtype]]:
    """The dtypes of mixed precision that make sense on a device."""
    names = ["bfloat16", "float16"] if device == "cuda" else ["bfloat16"]
    return [(f"{name} autocast", getattr(torch, name)) for name in names]


def matrix_products(shape: Shape, lengths: Tensor, device: str, phase: str) -> Callable[[], None]:
    """Nothing but the matrix products of an LSTM: the limit in this dtype.

    Forward, for each layer: one product for all inputs, and one a step for the hidden state, of those sequences that
    still run. Training adds one a step for the gradient of the hidden state, and three for the gradients of the input
    and the two weights.
    """
    D, H = shape.directions, shape.hidden
    alive = (lengths[:, None] > torch.arange(shape.steps)).sum(0).tolist()
    total = sum(alive)
    rng = torch.Generator(device).manual_seed(0)

    def matrix(rows: int, columns: int) -> Tensor:
        size = (D, rows, columns) if D > 1 else (rows, columns)
        return torch.randn(size, device=device, generator=rng)

    h, z, W_hh = matrix(total, H), matrix(total, 4 * H), matrix(4 * H, H)
    widths = [shape.inputs] + [D * H] * (shape.layers - 1)
    layers = [(matrix(total, width), matrix(4 * H, width)) for width in widths]
    h_steps, z_steps = h.split(alive, dim=-2), z.split(alive, dim=-2)

    def run() -> None:
        for x, W_ih in layers:
            torch.matmul(x, W_ih.mT)
            for h_t in h_steps:
                torch.matmul(h_t, W_hh.mT)
            if phase == "training":
                for z_t in z_steps:
                    torch.matmul(z_t, W_hh)
                torch.matmul(z, W_ih)
                torch.matmul(z.mT, x)
                torch.matmul(z.mT, h)

    return run


# The tables


def dense(shape: Shape, *, rounds: int = 15, device: str = "cpu", seed: int = 0, progress: bool = True) -> list[Row]:
    """Sequences of equal length: the rungs of the ladder beside `torch.nn.LSTM`.

    Each variant has as many timed ``rounds``, on a ``device`` "cpu" or "cuda". The seed is that of the weights and
    inputs, and progress a bar on stderr.

    Raises:
        TypeError: if ``shape`` is no `Shape`, or ``progress`` no bool.
        ValueError: if another argument does not fit.
    """
    _check(shape, device, seed, progress, rounds=rounds)
    lstm, x = _lstm_and_input(shape, device, seed, batch_first=False)
    lengths = replace(shape, shortest=1.0).lengths(seed)
    variants = {"nn.LSTM": Variant(lstm, call_dense)}
    for name, dtype in _half_dtypes(device):
        variants[f"nn.LSTM, {name}"] = Variant(lstm, call_dense, dtype)
    for name, layer in ladder.RUNGS.items():
        variants[name] = Variant(lstm, functools.partial(call_rung, layer))
    variants["PackedLSTM"] = Variant(twin(lstm, ladder.PackedLSTM), call_dense)
    exact = Variant(twin(lstm, dtype=torch.float64), call_dense)
    return _compared("dense", replace(shape, shortest=1.0), variants, exact, x, lengths, rounds, progress)


def packed(shape: Shape, *, rounds: int = 15, device: str = "cpu", seed: int = 0, progress: bool = True) -> list[Row]:
    """Sequences of unequal length, from a padded batch: packed, by hand, and pad-and-flip.

    Packing is part of what is timed. Arguments, and what is raised, as for `dense`.
    """
    _check(shape, device, seed, progress, rounds=rounds)
    lstm, x = _lstm_and_input(shape, device, seed, batch_first=True)
    lengths = shape.lengths(seed)
    variants = {
        "packed nn.LSTM": Variant(lstm, call_packed),
        "PackedLSTM": Variant(twin(lstm, ladder.PackedLSTM), call_packed),
        "pad and flip": Variant(lstm, sequences.run_padded),
    }
    for name, dtype in _half_dtypes(device):
        variants[f"pad and flip, {name}"] = Variant(lstm, sequences.run_padded, dtype)
    exact = Variant(twin(lstm, dtype=torch.float64), call_packed)
    return _compared("packed", shape, variants, exact, x, lengths, rounds, progress)


def _check(shape: Shape, device: str, seed: int, progress: bool, **sizes: int) -> None:
    checks.kind("shape", shape, "a Shape", isinstance(shape, Shape))
    timing.checked_device(device)
    checks.whole("seed", seed, 0)
    checks.kind("progress", progress, "True or False", isinstance(progress, bool))
    checks.sizes(**sizes)


def _lstm_and_input(shape: Shape, device: str, seed: int, *, batch_first: bool) -> tuple[nn.LSTM, Tensor]:
    """An LSTM, and inputs of shape (B, T, I) with `batch_first`, else (T, B, I)."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        lstm = nn.LSTM(
            shape.inputs, shape.hidden, shape.layers, batch_first=batch_first, bidirectional=shape.directions == 2
        )
    leading = (shape.batch, shape.steps) if batch_first else (shape.steps, shape.batch)
    x = np.random.default_rng(seed).standard_normal((*leading, shape.inputs), dtype=np.float32)
    return lstm.to(device), torch.from_numpy(x).to(device)


def _compared(
    table_name: str,
    shape: Shape,
    variants: Mapping[str, Variant],
    exact: Variant,
    x: Tensor,
    lengths: Tensor,
    rounds: int,
    progress: bool,
) -> list[Row]:
    """Time the variants in both phases and put their errors beside the times."""
    device = x.device.type
    errors, failed = _errors(variants, exact, x, lengths)
    baseline = next(iter(variants))
    rows = []
    for phase in PHASES:
        runs = {
            name: lambda variant=variant, phase=phase: getattr(variant, phase)(x, lengths)
            for name, variant in variants.items()
            if name not in failed
        }
        runs[LIMIT] = matrix_products(shape, lengths, device, phase)
        title = f"{table_name}, {shape}, {phase}" if progress else None
        seconds = timing.measure(runs, rounds=rounds, device=device, title=title)
        same = {"table": table_name, "shape": str(shape), "phase": phase}
        found = timing.compare(seconds, baseline, **same)
        for name in (*variants, LIMIT):
            if name in failed:
                row = Row(variant=name, baseline=baseline, failed=failed[name], **same)
            else:
                row = found[name]
            if name in errors:
                state, gradient = errors[name]
                row = replace(
                    row,
                    state_error=state,
                    gradient_error=gradient if phase == "training" else None,
                    per_second=shape.batch / row.seconds[1],
                )
            rows.append(row)
    return rows


def _errors(
    variants: Mapping[str, Variant], exact: Variant, x: Tensor, lengths: Tensor
) -> tuple[dict[str, tuple[float, float]], dict[str, str]]:
    """How far the final states and the gradients of each variant are from float64, both by name.

    Beside them the reason for each variant that cannot run here.
    """

    def run(variant: Variant, x: Tensor) -> tuple[Tensor, Tensor]:
        h_n = variant.training(x, lengths)
        gradient = torch.cat([p.grad.flatten() for p in variant.lstm.parameters()])
        return h_n.double(), gradient.double()

    h_n, gradient = run(exact, x.double())
    errors, failed = {}, {}
    for name, variant in variants.items():
        reason = _reason_to_skip(lambda variant=variant: run(variant, x), variant.autocast)
        if reason is not None:
            failed[name] = reason
            continue
        found_h_n, found_gradient = run(variant, x)
        difference = (found_gradient - gradient).norm() / gradient.norm()
        errors[name] = (found_h_n - h_n).abs().max().item(), difference.item()
    return errors, failed


def _reason_to_skip(run: Callable[[], object], dtype: torch.dtype | None) -> str | None:
    """Why this machine cannot run a variant in mixed precision; None if it can.

    oneDNN, for one, has an LSTM in bfloat16 for processors with AVX-512 only. Whatever runs in the dtype of its weights
    must not fail.
    """
    if dtype is None:
        return None
    try:
        run()
    except RuntimeError as error:
        return str(error).partition(". ")[0]
    return None


class EmbeddingClassifier(nn.Module):
    """Token numbers to class scores: an embedding, a bidirectional LSTM and a linear layer."""

    def __init__(self, shape: Shape, kind: type, call: Callable, device: str, seed: int) -> None:
        super().__init__()
        self.call = call
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.embedding = nn.Embedding(TOKENS, shape.inputs)
            self.lstm = kind(shape.inputs, shape.hidden, shape.layers, batch_first=True, bidirectional=True)
            self.head = nn.Linear(2 * shape.hidden, CLASSES)
        self.to(device)

    def forward(self, tokens: Tensor, lengths: Tensor) -> Tensor:
        """From (B, T) and (B,) to scores of shape (B, CLASSES)."""
        _, h_n = self.call(self.lstm, self.embedding(tokens), lengths)
        return self.head(sequences.final_states(h_n, self.lstm.num_layers))


def classifier(
    shape: Shape = Shape(32, 100, 100, 128, 2, 2),
    *,
    batches: int = 20,
    rounds: int = 3,
    device: str = "cpu",
    seed: int = 0,
    progress: bool = True,
) -> list[Row]:
    """Epochs of training a text classifier, with batches at random and by length.

    Texts have lengths with a long tail, as real ones do: log-normal with mean T, cut off at 4T. Every variant trains
    its own model on the same texts with Adam. They take turns batch by batch; a time is that of a whole epoch, and one
    more epoch comes before those. In the shape I is that of the embedding, and D is 2. Arguments, and what is raised,
    as for `dense`.
    """
    _check(shape, device, seed, progress, batches=batches, rounds=rounds)
    texts, labels = _texts(shape, batches, seed)
    lengths = np.array([len(text) for text in texts])
    order = np.random.default_rng(seed).permutation(len(texts)).reshape(batches, shape.batch)
    ways = {
        "random": list(order),
        "by length": list(sequences.length_buckets(lengths, shape.batch, seed=seed, bucket=batches)),
    }
    calls = {
        "packed nn.LSTM": (nn.LSTM, call_packed),
        "PackedLSTM": (ladder.PackedLSTM, call_packed),
        "pad and flip": (nn.LSTM, sequences.run_padded),
    }
    variants = {f"{name}, {way}": (name, way, None) for name in calls for way in ways}
    for name, dtype in _half_dtypes(device):
        variants[f"pad and flip, by length, {name}"] = ("pad and flip", "by length", dtype)

    steps = {
        name: _training_steps(EmbeddingClassifier(shape, *calls[call], device, seed), texts, labels, ways[way], dtype)
        for name, (call, way, dtype) in variants.items()
    }
    failed = {name: _reason_to_skip(steps[name], variants[name][2]) for name in variants}
    steps = {name: step for name, step in steps.items() if failed[name] is None}
    title = f"classifier, {shape}, epoch" if progress else None
    seconds = timing.measure(steps, rounds=rounds * batches, warmup=batches, device=device, title=title)
    seconds = {name: each.reshape(rounds, batches).sum(1) for name, each in seconds.items()}
    shape_text = f"B={shape.batch} I={shape.inputs} H={shape.hidden} L={shape.layers} D=2, "
    shape_text += f"mean length {lengths.mean():.0f}, longest {lengths.max()}"
    baseline = next(iter(variants))
    same = {"table": "classifier", "shape": shape_text, "phase": "epoch"}
    found = timing.compare(seconds, baseline, **same)
    return [
        replace(found[name], per_second=len(texts) / found[name].seconds[1])
        if reason is None
        else Row(variant=name, baseline=baseline, failed=reason, **same)
        for name, reason in failed.items()
    ]


def _texts(shape: Shape, batches: int, seed: int) -> tuple[list[Tensor], Tensor]:
    """Texts of random tokens and their classes."""
    rng = np.random.default_rng(seed)
    spread = 0.6
    lengths = shape.steps * np.exp(spread * rng.standard_normal(batches * shape.batch))
    lengths = (lengths * np.exp(-(spread**2) / 2)).astype(int)
    lengths = lengths.clip(max(1, shape.steps // 20), 4 * shape.steps)
    texts = [torch.from_numpy(rng.integers(0, TOKENS, length)) for length in lengths]
    return texts, torch.from_numpy(rng.integers(0, CLASSES, len(texts)))


def _training_steps(
    model: EmbeddingClassifier,
    texts: Sequence[Tensor],
    labels: Tensor,
    batches: Sequence[np.ndarray],
    dtype: torch.dtype | None,
) -> Callable[[], None]:
    """A function that trains on the next batch each time that it is called."""
    optimizer = torch.optim.Adam(model.parameters())
    device = model.head.weight.device.type
    endless = itertools.cycle(batches)

    def step() -> None:
        batch = next(endless)
        chosen = [texts[n] for n in batch]
        lengths = torch.tensor([len(text) for text in chosen])
        tokens = nn.utils.rnn.pad_sequence(chosen, batch_first=True).to(device)
        with _autocast(device, dtype):
            scores = model(tokens, lengths)
        loss = nn.functional.cross_entropy(scores.float(), labels[batch].to(device))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step


def adam(
    shape: Shape = Shape(32, 100, 100, 128, 2, 2),
    *,
    rounds: int = 15,
    device: str = "cpu",
    seed: int = 0,
    progress: bool = True,
) -> list[Row]:
    """One step of Adam on the parameters of the text classifier, in the ways that torch knows.

    Arguments, and what is raised, as for `classifier`.
    """
    _check(shape, device, seed, progress, rounds=rounds)
    steps = {}
    for options in ({}, {"foreach": True}, {"fused": True}):
        model = EmbeddingClassifier(shape, nn.LSTM, call_packed, device, seed)
        for parameter in model.parameters():
            parameter.grad = torch.full_like(parameter, 1e-3)
        name = ", ".join(["Adam", *(f"{key}=True" for key in options)])
        steps[name] = torch.optim.Adam(model.parameters(), **options).step
    parameters = sum(parameter.numel() for parameter in model.parameters())
    shape_text = f"{parameters:,} parameters"
    title = f"adam, {shape_text}" if progress else None
    seconds = timing.measure(steps, rounds=rounds, device=device, title=title)
    found = timing.compare(seconds, "Adam", table="adam", shape=shape_text, phase="step")
    return list(found.values())


@dataclass(frozen=True)
class Preset:
    """Which shapes each table is measured for."""

    dense: tuple[Shape, ...] = ()
    packed: tuple[Shape, ...] = ()
    text: Shape | None = None
    batches: int = 20


PRESETS = {
    "quick": Preset(
        dense=(Shape(8, 20, 16, 32),),
        packed=(Shape(8, 20, 16, 32, 2, 2, 0.2),),
        text=Shape(4, 20, 8, 16, 1, 2),
        batches=4,
    ),
    "cpu": Preset(
        dense=(Shape(32, 100, 64, 128), Shape(64, 50, 128, 256), Shape(1, 100, 64, 128)),
        packed=(Shape(32, 100, 100, 128, 2, 2, 0.2), Shape(64, 100, 64, 64, 1, 2, 0.2), Shape(32, 100, 100, 128, 2, 2)),
        text=Shape(32, 100, 100, 128, 2, 2),
    ),
    "gpu": Preset(
        dense=(Shape(64, 50, 128, 256), Shape(16, 1024, 768, 768), Shape(256, 100, 512, 512)),
        packed=(Shape(32, 100, 100, 128, 2, 2, 0.2), Shape(256, 200, 256, 512, 2, 2, 0.2)),
        text=Shape(32, 100, 100, 128, 2, 2),
    ),
}


def _shape(text: str) -> Shape:
    """A shape from the command line: B,T,I,H, then L,D, then the share of the shortest."""
    parts = text.split(",")
    try:
        sizes = [int(part) for part in parts[:6]]
        shape = Shape(*sizes, *(float(part) for part in parts[6:]))
        fits = len(parts) != 5 and min(sizes) >= 1 and shape.directions <= 2
    except (TypeError, ValueError):
        fits = False
    if not fits or not 0 < shape.shortest <= 1:
        raise argparse.ArgumentTypeError(
            "a shape is B,T,I,H or B,T,I,H,L,D of whole numbers from 1 (D at most 2), for --packed "
            f"with the share of the shortest length, such as 32,100,64,128,2,2,0.2; got {text!r}"
        )
    return shape


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m lstm_lessons.benchmark.lstm",
        description="Time the rungs of the ladder, packed sequences, a text classifier and Adam. "
        "Tables go to the screen, a figure and a record in JSON to a folder.",
    )
    add = parser.add_argument
    add("--device", choices=("cpu", "cuda"), default="cpu", help="where to run (cpu)")
    add("--threads", type=checks.count, help="threads on the CPU (as many as torch takes)")
    add("--preset", choices=PRESETS, help="the shapes (cpu, or gpu with --device cuda)")
    add("--dense", type=_shape, action="append", metavar="B,T,I,H[,L,D]",
        help="a shape of equal lengths, in place of a preset; may be repeated")  # fmt: skip
    add("--packed", type=_shape, action="append", metavar="B,T,I,H,L,D,SHORTEST",
        help="a shape of lengths from SHORTEST*T to T, in place of a preset")  # fmt: skip
    add("--rounds", type=checks.count, default=15, help="timed runs of each variant (15)")
    add("--seed", type=int, default=0, help="of weights, inputs and lengths (0)")
    add("--out", type=Path, default=Path("build/bench"),
        help="the folder for figure and record (build/bench)")  # fmt: skip
    return parser.parse_args(arguments)


def _command(options: argparse.Namespace) -> str:
    """The command that gives these options, less the folder: a record names no path."""
    words = ["python", "-m", "lstm_lessons.benchmark.lstm"]
    for name, given in vars(options).items():
        for value in given if isinstance(given, list) else [given]:
            if isinstance(value, Shape):
                value = ",".join(f"{size:g}" for size in astuple(value))
            if value is not None and name != "out":
                words += [f"--{name}", str(value)]
    return shlex.join(words)


def run(preset: Preset, *, rounds: int, device: str, seed: int) -> list[Row]:
    """Measure every table of a preset and print each as soon as it is there."""
    rows = []
    same = {"device": device, "seed": seed}

    def show(found: list[Row]) -> None:
        first = found[0]
        print(f"\n{first.table}, {first.shape}; ratio to {first.baseline}")
        print(timing.table(found).to_string())
        for reason in {row.failed: row.variant for row in found if row.failed}.items():
            print("{1} cannot run here: {0}".format(*reason))
        sys.stdout.flush()
        rows.extend(found)

    for shape in preset.dense:
        show(dense(shape, rounds=rounds, **same))
    for shape in preset.packed:
        show(packed(shape, rounds=rounds, **same))
    if preset.text is not None:
        epochs = max(1, rounds // 5)  # of many batches each
        show(classifier(preset.text, batches=preset.batches, rounds=epochs, **same))
        show(adam(preset.text, rounds=rounds, **same))
    return rows


def main(arguments: Sequence[str] | None = None) -> None:
    """The command ``python -m lstm_lessons.benchmark.lstm``."""
    options = _arguments(arguments)
    if options.device == "cuda" and not torch.cuda.is_available():
        sys.exit("--device cuda needs a GPU that torch can use, and torch finds none here")
    if options.threads is not None:
        torch.set_num_threads(options.threads)
    if options.dense or options.packed:
        if options.preset is not None:
            sys.exit("give a --preset or shapes of your own, not both")
        preset = Preset(tuple(options.dense or ()), tuple(options.packed or ()))
    else:
        options.preset = options.preset or {"cpu": "cpu", "cuda": "gpu"}[options.device]
        preset = PRESETS[options.preset]

    rows = run(preset, rounds=options.rounds, device=options.device, seed=options.seed)
    record = Record(
        command=_command(options),
        date=datetime.datetime.now(datetime.UTC).date().isoformat(),
        machine=timing.machine(options.device),
        versions=timing.versions(options.device),
        rounds=options.rounds,
        rows=tuple(rows),
    )
    options.out.mkdir(parents=True, exist_ok=True)
    paths = [options.out / f"ladder-{options.device}{suffix}" for suffix in (".json", ".png")]
    record.save(paths[0])
    figure, _ = plots.benchmark.draw(record.rows, source=record.label)
    figure.savefig(paths[1], dpi=plots.DOTS_PER_INCH)
    print(f"\n{record.label}\nWritten: {paths[0]} and {paths[1]}")


if __name__ == "__main__":
    main()
