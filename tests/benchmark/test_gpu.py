"""The record of a GPU: every part on small sizes, with stand-ins for what a CPU lacks; guarded, and resumable."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from lstm_lessons.benchmark import gpu, timing
from lstm_lessons.benchmark.gpu import EDGES, PARTS, TINY

ON_A_CPU = ("roofline", "dtypes", "cliffs", "training", "anchor", "rungs")


@pytest.fixture(scope="module")
def measured():
    return {part: PARTS[part]("cpu", TINY) for part in ON_A_CPU}


@pytest.mark.parametrize("part", ON_A_CPU)
def test_what_a_cpu_can_do_is_measured_in_numbers_that_json_can_hold(measured, part):
    rows = measured[part]
    assert rows and json.loads(json.dumps(rows, allow_nan=False)) == json.loads(json.dumps(rows))
    numbers = [v for row in rows for key, v in row.items() if isinstance(v, float) and "off by" not in key]
    assert all(math.isfinite(value) and value > 0 for value in numbers)


def test_the_work_of_a_pass_is_that_of_its_products(measured):
    for row in measured["roofline"]:
        products = 2 * 4 * TINY.hidden * (TINY.hidden + TINY.hidden) * TINY.steps * row["B"]
        assert row["work"] == products
        assert row["bytes"] > 4 * 4 * TINY.hidden**2 * TINY.steps, "W_hh is read at each step"
    one, four = measured["roofline"]
    assert four["work"] / four["bytes"] > one["work"] / one["bytes"]


def test_both_roofs_and_the_points_below_them_are_without_tf32(monkeypatch):
    seen = []
    measure = timing.measure

    def spied(runs, **options):
        seen.append((len(runs), torch.backends.cudnn.rnn.fp32_precision))
        return measure(runs, **options)

    monkeypatch.setattr(timing, "measure", spied)
    gpu.roofline("cpu", TINY)
    assert seen[0] == (len(TINY.batches), "ieee")
    assert torch.backends.cuda.matmul.fp32_precision != "tf32", "the large product's"


def test_every_edge_is_crossed_alone_and_a_packed_batch_has_unequal_lengths(measured):
    assert [row["layer"] for row in measured["cliffs"]] == list(EDGES)
    assert all(len(change) == 1 or "dtype" in change for name, change in EDGES.items() if name != "inside")
    _, packed, work = gpu.edge("cpu", TINY, packed=True)
    lengths = torch.nn.utils.rnn.pad_packed_sequence(packed)[1]
    assert lengths[0] == TINY.steps and set(lengths[1:].tolist()) == {TINY.steps - 1}
    assert work < gpu.edge("cpu", TINY)[2]


def test_float32_is_compared_with_float64(measured):
    [error] = {row["h_n off by"] for row in measured["dtypes"] if row["variant"] == "float32"}
    assert 0 < error < 1e-5


def test_the_switch_of_tf32_is_put_back():
    rnn = torch.backends.cudnn.rnn
    before = rnn.fp32_precision
    with pytest.raises(KeyError), gpu.tf32(False):
        assert rnn.fp32_precision == "ieee"
        raise KeyError
    assert rnn.fp32_precision == before


def test_a_bandwidth_counts_bytes_read_and_written(monkeypatch):
    def measure(runs, **_):
        runs[""]()
        return {"": np.array([2.0, 4.0])}

    monkeypatch.setattr(timing, "measure", measure)
    assert gpu.bandwidth("cpu", 2**26) == 2 * 2**26 / 2


# With stand-ins for what torch has with CUDA alone


class Stream:
    def wait_stream(self, other):
        pass


@pytest.fixture
def stand_ins(monkeypatch):
    """CUDA's calls, made on the CPU; what they were asked for stands in the list."""
    asked = []

    class Graph:
        def replay(self):
            asked.append("replay")

    class Recording:
        def __init__(self, *_):
            pass

        def __enter__(self):
            asked.append(type(self).__name__)

        def __exit__(self, *_):
            pass

    monkeypatch.setattr(torch.cuda, "synchronize", lambda: asked.append("synchronize"))
    monkeypatch.setattr(torch.cuda, "reset_peak_memory_stats", lambda: asked.append("reset"))
    monkeypatch.setattr(torch.cuda, "max_memory_allocated", lambda: 2**20 * asked.count("reset"))
    monkeypatch.setattr(torch.cuda, "Stream", Stream)
    monkeypatch.setattr(torch.cuda, "current_stream", Stream)
    monkeypatch.setattr(torch.cuda, "stream", Recording)
    monkeypatch.setattr(torch.cuda, "graph", Recording)
    monkeypatch.setattr(torch.cuda, "CUDAGraph", Graph)
    monkeypatch.setattr(torch.Tensor, "pin_memory", lambda tensor: tensor)
    monkeypatch.setattr(torch, "compile", lambda run: run)  # it takes a minute
    return asked


def test_memory_is_reset_before_each_run_and_read_after_it(stand_ins):
    rows = gpu.memory("cpu", TINY)
    assert [row["training, MiB"] for row in rows] == [1, 3, 5]
    assert [row["forward, MiB"] for row in rows] == [2, 4, 6]


def test_a_graph_is_warmed_up_beside_recorded_once_and_replayed(stand_ins):
    calls = []
    replay = gpu.graphed(lambda: calls.append(1))
    assert len(calls) == 4 and stand_ins.count("Recording") == 2
    replay()
    assert len(calls) == 4 and stand_ins[-1] == "replay"


def test_a_loop_is_timed_beside_its_graph_and_compiled(stand_ins):
    assert [row["way"] for row in gpu.launches("cpu", TINY)] == ["loop", "graph", "nn.LSTM"]
    assert "replay" in stand_ins
    assert [row["way"] for row in gpu.compiled("cpu", TINY)] == ["first call", "loop", "compiled"]


def test_the_loop_is_the_lstm():
    layer, given, lstm = gpu._loop("cpu", TINY)
    with torch.no_grad():
        torch.testing.assert_close(layer(*given), lstm(given[0])[0])


def test_copies_and_a_clock_that_does_not_wait(stand_ins):
    rows = gpu.copies("cpu", TINY)
    assert [row["what"].split(",")[0] for row in rows] == ["copy", "copy", "product", "product"]
    assert rows[3]["ms"] >= rows[2]["ms"]


def test_the_kernels_that_took_longest_come_first(stand_ins, monkeypatch):
    class Profile:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def key_averages(self):
            named = {"aten::mm": 0, "sgemm": 2000, "persist": 5000, "cuda::launch": 9000}
            return [SimpleNamespace(key=key, device_time_total=t, count=1) for key, t in named.items()]

    monkeypatch.setattr(gpu, "profile", Profile)
    rows = gpu.kernels("cpu", TINY)
    assert [(row["kernel"], row["ms"]) for row in rows[:2]] == [("persist", 5), ("sgemm", 2)]
    assert {row["layer"] for row in rows} < set(EDGES)


# The record


def test_one_failure_loses_one_part_and_a_second_call_goes_on(monkeypatch, tmp_path, capsys):
    asked, broken = [], {"cliffs"}

    def run(command, **options):
        part = command[command.index("--part") + 1]
        asked.append(part)
        assert 0 < options["timeout"] <= gpu.SECONDS_OF_A_PART
        if part in broken:
            return SimpleNamespace(returncode=1, stdout="", stderr="Traceback\nRuntimeError: no kernel")
        if part == "memory" and "memory" in slow:
            raise gpu.subprocess.TimeoutExpired(command, options["timeout"])
        return SimpleNamespace(returncode=0, stdout=f"noise\n{json.dumps([{'part': part}])}\n", stderr="")

    slow = {"memory"}
    monkeypatch.setattr(gpu.subprocess, "run", run)
    arguments = ["--device", "cpu", "--tiny", "--out", str(tmp_path)]
    gpu.main(arguments)
    assert asked == list(PARTS)
    path = tmp_path / "gpu-cpu.json"
    parts = json.loads(path.read_text())["parts"]
    assert parts["cliffs"] == {"failed": "RuntimeError: no kernel"}
    assert parts["memory"]["failed"].startswith("took more than")
    assert all("rows" in parts[part] for part in set(PARTS) - {"cliffs", "memory"})
    asked.clear()
    broken.clear()
    slow.clear()
    gpu.main(arguments)
    assert asked == ["cliffs", "memory"], "what was measured stays"
    assert "anchor: measured before" in capsys.readouterr().out
    kept = json.loads(path.read_text())
    path.write_text(json.dumps(kept | {"versions": {"torch": "1.0"}}))
    asked.clear()
    gpu.main(arguments)
    assert asked == list(PARTS), "another version is another record"


def test_the_time_of_all_parts_is_kept_and_what_is_left_comes_next_time(monkeypatch, tmp_path, capsys):
    clock = [0.0]

    def measured(part, options, seconds):
        clock[0] += 30
        return {"rows": [1], "took": 30}

    monkeypatch.setattr(gpu.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(gpu, "_measured", measured)
    arguments = ["--device", "cpu", "--tiny", "--seconds", "100", "--out", str(tmp_path)]
    gpu.main(arguments)
    assert "The time is up" in capsys.readouterr().out
    assert len(json.loads((tmp_path / "gpu-cpu.json").read_text())["parts"]) == 4
    gpu.main(arguments)
    assert len(json.loads((tmp_path / "gpu-cpu.json").read_text())["parts"]) == 8


def test_a_part_prints_its_rows_last(capsys):
    gpu.main(["--device", "cpu", "--tiny", "--part", "anchor"])
    rows = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [row["phase"] for row in rows] == ["forward", "forward and backward"]


@pytest.mark.skipif(torch.cuda.is_available(), reason="a GPU is there")
def test_without_a_gpu_nothing_is_recorded(tmp_path):
    with pytest.raises(SystemExit, match="needs one that torch can use"):
        gpu.main(["--out", str(tmp_path)])
    assert not list(tmp_path.iterdir())


def test_a_record_is_shown_with_its_card_and_without_one_no_number_is_made_up(tmp_path, capsys):
    assert gpu.load(tmp_path) is None
    record = {
        "machine": {"model": "A card"}, "versions": {"torch": "2.11"}, "date": "2000-01-01",
        "parts": {"anchor": {"rows": [{"phase": "forward", "ms": 2.5}]}, "memory": {"failed": "no memory"}},
    }  # fmt: skip
    (tmp_path / "gpu-cuda.json").write_text(json.dumps(record))
    assert gpu.show("anchor", own=tmp_path)[0] == [{"phase": "forward", "ms": 2.5}]
    said = capsys.readouterr().out
    assert said.startswith("A card, torch 2.11, 2000-01-01\n") and "2.5" in said
    gpu.show("memory", own=tmp_path)
    assert "could not be measured: no memory" in capsys.readouterr().out
    if gpu.load() is None:
        assert gpu.show("cliffs", own=tmp_path / "none") == []
        assert capsys.readouterr().out == "cliffs: no GPU has recorded it yet. On a machine with one: make record-gpu\n"
    with pytest.raises(ValueError, match="part must be one of roofline, .*, got 'speed'"):
        gpu.show("speed")


def test_it_runs_where_torch_numpy_pandas_and_matplotlib_are_all_there_is():
    lacking = ("IPython", "ipywidgets", "anywidget", "jupyterlab", "nbformat", "papermill", "onnxruntime", "arch")
    program = f"""
import sys
for name in {lacking}:
    sys.modules[name] = None
from lstm_lessons.benchmark import gpu
gpu.main(["--device", "cpu", "--tiny", "--part", "training"])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1])[0]["sequences a second"] > 0


def test_a_record_that_comes_with_the_lessons_is_whole():
    record = gpu.load()
    if record is not None:
        assert record["machine"]["device"] == "cuda" and not record["tiny"]
        assert {part for part, found in record["parts"].items() if "rows" in found} == set(PARTS)
        prose = (gpu.FOLDER.parents[1] / "notebooks" / "06_gpu_and_amp.ipynb").read_text(encoding="utf-8")
        assert "No GPU has been recorded for the lessons yet" not in prose


def test_all_parts_together_fit_the_time():
    assert gpu.SECONDS <= 480 - 20
