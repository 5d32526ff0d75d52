"""How much memory the program's process has, at moments that somebody names.

It is what the system counts (resident memory), so it holds everything: Python's objects, what libraries allocate, and
what was freed but not yet given back. What Python itself allocates is counted apart, when asked for, at a cost.
"""

from __future__ import annotations

import itertools
import os
import threading
import time
import tracemalloc
import weakref
from typing import Any, Self

import attrs
import psutil

from ..events import Payload, UsageError
from .marker import mark

_MEGABYTE = 1 << 20
_MOST_SITES = 10
_START = "start"

_process = psutil.Process()


def resident_mb() -> float | None:
    """What this process has of the machine's memory, in megabytes; None where the system does not tell."""
    global _process
    try:
        if _process.pid != os.getpid():  # a forked child
            _process = psutil.Process()
        return float(_process.memory_info().rss) / _MEGABYTE
    except (psutil.Error, OSError):
        return None


def difference(after: float | None, before: float | None) -> float | None:
    """How much more it is; None when one of the two is not known."""
    return round(after - before, 3) if after is not None and before is not None else None


@attrs.frozen
class Checkpoint:
    """What was measured at one moment."""

    name: str
    elapsed_s: float
    """Since the tracking began."""
    memory_mb: float | None
    python_mb: float | None
    """What Python's own objects take; None unless that is traced."""


class MemoryTracker:
    """Measures memory at checkpoints, and on request between them."""

    def __init__(self, *, sample_interval_ms: float | None = None, trace_allocations: bool = False) -> None:
        """A tracker that measures nothing yet.

        Args:
            sample_interval_ms: How often to look also between checkpoints, so that `peak_mb` sees what comes and goes;
                None looks at checkpoints only.
            trace_allocations: Whether to count Python's own objects too and where they were made, with `tracemalloc`,
                which slows a program down several times.

        Raises:
            UsageError: The interval is no time.
        """
        is_number = isinstance(sample_interval_ms, int | float)
        if sample_interval_ms is not None and not (is_number and sample_interval_ms > 0):
            why = "it is a number of milliseconds above 0"
            raise UsageError(f"sample_interval_ms is {sample_interval_ms!r}", why=why)
        self._interval_s = sample_interval_ms / 1000.0 if sample_interval_ms is not None else None
        self._trace_allocations = trace_allocations
        self._lock = threading.RLock()  # for all that follows: checkpoints may come from several threads
        self._stopped: threading.Event | None = None
        self._owns_tracing = False
        self._clear()

    def _clear(self) -> None:
        self._began = 0.0
        self._took_s: float | None = None
        self._checkpoints: list[Checkpoint] = []
        self._samples = 0
        self._last_mb: float | None = None
        self._peak_mb: float | None = None
        self._python_peak_mb: float | None = None
        self._before: tracemalloc.Snapshot | None = None
        self._sites: list[Payload] = []

    @property
    def tracking(self) -> bool:
        """Whether it was started and not yet stopped."""
        return self._stopped is not None

    def start_tracking(self) -> None:
        """Begin, with the memory of now as what later is compared with; what was measured before is forgotten."""
        with self._lock:
            if self.tracking:
                self.stop_tracking()
            self._clear()
            if self._trace_allocations:
                self._owns_tracing = not tracemalloc.is_tracing()
                if self._owns_tracing:
                    tracemalloc.start()
                self._before = tracemalloc.take_snapshot()
                tracemalloc.reset_peak()
            self._began = time.perf_counter()
            self._stopped = threading.Event()
            self._checkpoints.append(self._measured(_START))
            if self._interval_s is not None:
                arguments = (weakref.ref(self), self._stopped, self._interval_s)
                threading.Thread(target=_sample, args=arguments, name="memory tracker", daemon=True).start()

    def record_checkpoint(self, checkpoint_name: str) -> None:
        """Measure now, under a name; begins by itself when it was not started."""
        with self._lock:
            if not self.tracking:
                self.start_tracking()
            before, first = self._checkpoints[-1], self._checkpoints[0]
            checkpoint = self._measured(checkpoint_name)
            self._checkpoints.append(checkpoint)
            peak = self._peak_mb
        outputs = {
            "memory_mb": _rounded(checkpoint.memory_mb),
            "delta_mb": difference(checkpoint.memory_mb, before.memory_mb),
            "delta_from_baseline_mb": difference(checkpoint.memory_mb, first.memory_mb),
            "peak_mb": _rounded(peak),
            "python_mb": _rounded(checkpoint.python_mb),
        }
        mark(checkpoint_name, outputs)

    def stop_tracking(self) -> Payload:
        """End, and give the report; it can be asked for again later."""
        with self._lock:
            if self._stopped is not None:
                self._stopped.set()
                self._last_mb = self._look()
                self._took_s = time.perf_counter() - self._began
                self._find_sites()
                if self._owns_tracing:
                    tracemalloc.stop()
                self._owns_tracing, self._stopped = False, None
            return self.get_memory_report()

    def get_memory_report(self) -> Payload:
        """What was measured so far, or until the stop, as JSON values; megabytes, None where nothing was.

        `baseline_mb`, `current_mb`, `peak_mb` and their differences; `checkpoints`, each with its difference to the one
        before and to the start; `deltas`, the same from name to name. When allocations are traced also `python_peak_mb`
        and `top_allocations`, the lines of source whose objects grew most.
        """
        with self._lock:
            current = self._look() if self.tracking else self._last_mb
            tracking, checkpoints, peak, samples = self.tracking, list(self._checkpoints), self._peak_mb, self._samples
            took = self._took_s if self._took_s is not None else time.perf_counter() - self._began
            if tracking:
                self._find_sites()
            sites, python_peak = self._sites, self._python_peak_mb
        first = checkpoints[0].memory_mb if checkpoints else None
        report: Payload = {
            "tracking": tracking,
            "duration_s": round(took, 6) if checkpoints else 0.0,
            "baseline_mb": _rounded(first),
            "current_mb": _rounded(current),
            "peak_mb": _rounded(peak),
            "delta_from_baseline_mb": difference(current, first),
            "peak_delta_mb": difference(peak, first),
            "sample_count": samples,
            "checkpoints": [
                {
                    "name": each.name,
                    "elapsed_s": round(each.elapsed_s, 6),
                    "memory_mb": _rounded(each.memory_mb),
                    "delta_mb": difference(each.memory_mb, before.memory_mb),
                    "delta_from_baseline_mb": difference(each.memory_mb, first),
                    **({"python_mb": _rounded(each.python_mb)} if self._trace_allocations else {}),
                }
                for before, each in itertools.pairwise(checkpoints)
            ],
            "deltas": [
                {"from": before.name, "to": each.name, "delta_mb": difference(each.memory_mb, before.memory_mb)}
                for before, each in itertools.pairwise(checkpoints)
            ],
        }
        if self._trace_allocations:
            report["python_peak_mb"] = _rounded(python_peak)
            report["top_allocations"] = sites
        return report

    def __enter__(self) -> Self:
        self.start_tracking()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop_tracking()

    def _measured(self, name: str) -> Checkpoint:
        memory = self._look()
        python_mb = tracemalloc.get_traced_memory()[0] / _MEGABYTE if self._is_traced() else None
        return Checkpoint(name, time.perf_counter() - self._began, memory, python_mb)

    def _look(self) -> float | None:
        """Measure, and see whether it is the most so far."""
        memory = resident_mb()
        if memory is not None:
            self._samples += 1
            self._peak_mb = max(memory, self._peak_mb or 0.0)
        if self._is_traced():
            self._python_peak_mb = tracemalloc.get_traced_memory()[1] / _MEGABYTE
        return memory

    def _find_sites(self) -> None:
        if self._before is not None and tracemalloc.is_tracing():  # somebody else may have ended it
            self._sites = _grown(self._before, tracemalloc.take_snapshot())

    def _is_traced(self) -> bool:
        return self._trace_allocations and tracemalloc.is_tracing()


def _sample(tracker_of: weakref.ref[MemoryTracker], stopped: threading.Event, interval_s: float) -> None:
    """Look again and again, until the tracker is stopped or nobody has it any more."""
    while not stopped.wait(interval_s):
        tracker = tracker_of()
        if tracker is None:
            return
        with tracker._lock:
            tracker._look()
        del tracker


def _grown(before: tracemalloc.Snapshot, after: tracemalloc.Snapshot) -> list[Payload]:
    """The lines of source whose objects grew most, without those of this module's own measuring."""
    ours = tracemalloc.Filter(False, tracemalloc.__file__), tracemalloc.Filter(False, __file__)
    differences = after.filter_traces(ours).compare_to(before.filter_traces(ours), "lineno")
    grown = sorted((each for each in differences if each.size_diff > 0), key=lambda each: -each.size_diff)
    return [_site(each) for each in grown[:_MOST_SITES]]


def _site(grown: tracemalloc.StatisticDiff) -> Payload:
    frame: Any = grown.traceback[0]
    return {
        "file": frame.filename,
        "line": frame.lineno,
        "delta_mb": round(grown.size_diff / _MEGABYTE, 6),
        "objects": grown.count_diff,
    }


def _rounded(memory: float | None) -> float | None:
    return round(memory, 3) if memory is not None else None
