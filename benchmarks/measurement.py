"""One measurement (测量) in a process of its own: seconds of every run, and peak memory over a base.

    python -m benchmarks.measurement SUBJECT RUNS SIDE INSTANCE

imports everything of the subject, makes the instance, takes the memory then standing as base, runs, and prints
JSON.
"""

import importlib
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

Run = Callable[[], object]
Answer = Callable[[Any], Any]
KIB = 1024
MEGABYTE = 10**6


@dataclass(frozen=True)
class Measured:
    """What one side did on one instance: seconds of each run, bytes over the base, and its answer told shortly."""

    seconds: tuple[float, ...]
    over_base: int
    answer: Any

    @property
    def median(self) -> float:
        """The time that is quoted, in seconds."""
        return median(self.seconds)

    @property
    def megabytes(self) -> float:
        """Peak memory of the first run over the base, in 10^6 bytes."""
        return self.over_base / MEGABYTE


def measure(subject: str, side: str, instance: str, runs: int) -> Measured:
    """Measure one side of a subject (`draw`, `pairing`, `freeze`) on an instance, in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.measurement", subject, str(runs), side, instance]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    told = json.loads(done.stdout)
    print(f"{subject}: {side}, {instance}: {median(told['seconds']):.3f} s", file=sys.stderr, flush=True)
    return Measured(tuple(told["seconds"]), told["over_base"], told["answer"])


def _in_this_process(subject: str, runs: int, side: str, instance: str) -> dict[str, object]:
    sides: dict[str, Callable[[str], tuple[Run, Answer]]]
    sides = importlib.import_module(f"benchmarks.bench_{subject}").SIDES
    run, answer = sides[side](instance)
    _forget_peak()
    base = _peak()
    seconds, first = _timed(run)
    over_base = _peak() - base
    told = answer(first)
    del first
    rest = [_timed(run)[0] for _ in range(runs - 1)]
    return {"seconds": [seconds, *rest], "over_base": over_base, "answer": told}


def _timed(run: Run) -> tuple[float, object]:
    start = time.perf_counter()
    result = run()
    return time.perf_counter() - start, result


def _peak() -> int:
    """Bytes resident at most. Not ru_maxrss, which starts at what the parent held when it started this process."""
    told = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert told, "Linux tells it"
    return int(told[1]) * KIB


def _forget_peak() -> None:
    """What making the instance took for a moment is not the run's; where the kernel keeps it, the base is higher."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


if __name__ == "__main__":
    print(json.dumps(_in_this_process(sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4])))
