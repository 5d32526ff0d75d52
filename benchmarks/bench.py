"""One measurement, in a process of its own: `python -m benchmarks.bench CELL SETTING`.

A cell is a function, named by module and name (`opening.cold`), that prepares what it needs and does the thing itself
under `bench.timed()`. What counts is processor time, of all threads: the machine may be busy with something else.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import attrs


def few(events: int) -> int:
    """The twentieth part."""
    return max(events // 20, 1)


@attrs.define
class Bench:
    """What a cell works with."""

    events: int
    """Of the big trace."""
    spans: int
    """How many of them the recorders record."""
    folder: Path
    """Holds the traces."""
    scratch: Path
    """An empty folder of its own."""
    measured: dict[str, float] = attrs.field(factory=dict)

    @property
    def few(self) -> int:
        """The events of the small trace."""
        return few(self.events)

    @property
    def big(self) -> Path:
        """The trace, without a sidecar."""
        return self.folder / "big.jsonl"

    @property
    def small(self) -> Path:
        """A trace with the twentieth part of the events, without a sidecar."""
        return self.folder / "small.jsonl"

    @property
    def big_known(self) -> Path:
        """The big trace, with a sidecar."""
        return self.folder / "big_known.jsonl"

    @property
    def small_known(self) -> Path:
        """The small trace, with a sidecar."""
        return self.folder / "small_known.jsonl"

    @contextlib.contextmanager
    def timed(self, units: int = 1) -> Iterator[None]:
        """Measure the processor time of what is inside, for each of so many units."""
        began = time.process_time()
        yield
        self.measured["cpu"] = (time.process_time() - began) / units

    @contextlib.contextmanager
    def timed_children(self) -> Iterator[None]:
        """Measure the processor time of the processes that are begun and waited for inside."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        yield
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.measured["cpu"] = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def _peak_memory_mb() -> float:
    """Of this program alone: what `getrusage` says counts the one that began it, too, on Linux."""
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) / 1024 for line in status.open() if line.startswith("VmHWM:"))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure one cell and print what came out as JSON."""
    module, _, function = sys.argv[1].rpartition(".")
    setting = json.loads(sys.argv[2])
    bench = Bench(setting["events"], setting["spans"], Path(setting["folder"]), Path(setting["scratch"]))
    getattr(importlib.import_module(f"benchmarks.{module}"), function)(bench)
    bench.measured["memory"] = _peak_memory_mb()
    print(json.dumps(bench.measured), flush=True)
    os._exit(0)  # taking a million events apart, and the exporters' farewells, are not what is measured


if __name__ == "__main__":
    main()
