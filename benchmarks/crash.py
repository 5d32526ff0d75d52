"""What is lost when a program that records a thousand events a second is killed."""

from __future__ import annotations

import importlib
import os
import random
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from namel3ss_dbg.recording import ExecutionTracer
from namel3ss_dbg.trace.settings import DebugConfiguration

from .bench import Bench
from .work import CALLS, Call

_KILLS = 10
_REST_S = 0.001
_DONE = b"."
_EARLIEST_S, _LATEST_S = 0.3, 1.5


def pace() -> Iterator[Call]:
    """Calls without end, with a rest after each; says on the standard output that it is done."""
    output = sys.stdout.fileno()
    for number in range(1 << 31):
        yield CALLS[number % len(CALLS)]
        os.write(output, _DONE)
        rest()


def rest() -> None:
    """What a call does between its start and its end, so that a thousand events come in a second."""
    time.sleep(_REST_S)


def lose(bench: Bench, victim: str, is_end: Callable[[str], bool]) -> None:
    """Kill victims at times that differ, and count the spans that were done and are not in their files.

    Args:
        bench: Takes the median.
        victim: The module and name of what each victim runs, given the path to write to.
        is_end: Whether a line of the file tells of a span that is done.
    """
    chance = random.Random(9)  # noqa: S311
    paths = [bench.scratch / f"{number}.jsonl" for number in range(_KILLS)]
    victims = [_victim(victim, path) for path in paths]
    for each in victims:
        assert _output(each).read(1) == _DONE  # it is at work
    now = time.perf_counter()
    for moment, each in sorted(((now + chance.uniform(_EARLIEST_S, _LATEST_S), each) for each in victims), key=_first):
        time.sleep(max(moment - time.perf_counter(), 0.0))
        os.kill(each.pid, signal.SIGKILL)
    lost = [_lost(each, path, is_end) for each, path in zip(victims, paths, strict=True)]
    bench.measured |= {"lost": statistics.median(lost), "most_lost": max(lost)}


def _first(pair: tuple[float, object]) -> float:
    return pair[0]


def _victim(victim: str, path: Path) -> subprocess.Popen[bytes]:
    arguments = [sys.executable, "-m", "benchmarks.crash", victim, str(path)]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, bufsize=0)


def _lost(victim: subprocess.Popen[bytes], path: Path, is_end: Callable[[str], bool]) -> int:
    with _output(victim) as output:
        done = len(_DONE)  # the one that was waited for
        while more := output.read(1 << 16):
            done += len(more)
    victim.wait()
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return max(done - sum(map(is_end, lines)), 0)


def _output(process: subprocess.Popen[bytes]) -> IO[bytes]:
    assert process.stdout is not None
    return process.stdout


def ours(bench: Bench) -> None:
    """How many spans a killed program loses that records with our tracer as it is by default."""
    lose(bench, "crash.victim", lambda line: '"tool_call_end"' in line and line.endswith("}"))


def victim(path: str) -> None:
    """Records until it is killed."""
    tracer = ExecutionTracer(DebugConfiguration(enabled=True))
    tracer.require("bench", path=Path(path))
    for name, asked, answered in pace():
        with tracer.span("tool_call", "tool", name, inputs=asked) as span:
            rest()
            span.outputs = answered


if __name__ == "__main__":
    module, _, function = sys.argv[1].rpartition(".")
    getattr(importlib.import_module(f"benchmarks.{module}"), function)(sys.argv[2])
