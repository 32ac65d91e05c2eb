"""Memory of processes that come and go."""

import subprocess
import sys
import time

from tests.benchmarks.processes import newcomers, watched

MEGABYTES = 80
HOLD = f"import time; x = bytearray({MEGABYTES} * 10**6); print(1, flush=True); time.sleep(60)"


def start(program: str) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)


def test_the_peak_is_the_sum_over_all_new_processes_and_outlives_them():
    bystander = start(HOLD)
    bystander.stdout.readline()
    try:
        with watched(every=0.01) as peak:
            holders = [start(HOLD), start(HOLD)]
            for process in holders:
                process.stdout.readline()
            looks = peak.looks
            while peak.looks < looks + 2:
                time.sleep(0.01)
            for process in holders:
                process.kill()
                process.wait()
    finally:
        bystander.kill()
        bystander.wait()
    assert 2 * MEGABYTES < peak.bytes / 1e6 < 3 * MEGABYTES


def test_a_grandchild_is_a_newcomer_too():
    child = start(
        f"import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', {HOLD!r}]); "
        "print(p.pid, flush=True); p.wait()"
    )
    grandchild = int(child.stdout.readline())
    found = newcomers(set())
    try:
        assert {child.pid, grandchild} <= {process.pid for process in found}
    finally:
        for process in found:
            if process.pid in (child.pid, grandchild):
                process.kill()
        child.wait()
