"""How long parts of a program take, counted up by name, whether the program is traced or not.

    with profile_debug_execution("retrieval"):
        ...

    @profile_debug_execution("ranking")
    async def rank(documents): ...

    get_debug_profiler().get_performance_summary()

A part is timed by the clock on the wall, what it waits for included. Memory is the whole process's: parts that run at
the same time each see what all of them use.
"""

from __future__ import annotations

import functools
import inspect
import math
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Any, ParamSpec, TypeVar, cast

import attrs

from ..events import Payload, UsageError
from .marker import mark
from .memory import MemoryTracker, difference, resident_mb
from .span import describe

__all__ = [
    "DebugProfiler",
    "Measurement",
    "MemoryTracker",
    "Profile",
    "ProfileStatistics",
    "get_debug_profiler",
    "profile_debug_execution",
]

P = ParamSpec("P")
R = TypeVar("R")

_REMEMBERED = 10_000


@attrs.frozen
class ProfileStatistics:
    """All measurements of one name."""

    count: int
    """How many there are."""
    failed: int
    """How many ended with an exception."""
    total_ms: float
    """How long all of them took."""
    mean_ms: float
    """How long one took on average."""
    min_ms: float
    """How long the quickest took."""
    max_ms: float
    """How long the slowest took."""
    p95_ms: float
    """Of the latest 10,000 the smallest that 95 % of them do not exceed."""
    memory_delta_mb: float | None
    """What the process grew by, over all of them; None when memory was not measured."""
    memory_delta_max_mb: float | None
    """What it grew by in one of them at most."""


@attrs.define
class Measurement:
    """One time that a part ran; complete when that is over."""

    name: str
    """Of the part."""
    duration_ms: float | None = None
    """How long it took; None while it runs."""
    memory_delta_mb: float | None = None
    """What the process grew by; None when memory was not measured."""
    error: str | None = None
    """The exception that ended it: `TimeoutError: too late`."""


class _Sum:
    """What was measured under one name."""

    def __init__(self) -> None:
        self.count = self.failed = 0
        self.total_ms = self.max_ms = 0.0
        self.min_ms = math.inf
        self.latest: deque[float] = deque(maxlen=_REMEMBERED)
        self.memory_mb: float | None = None
        self.memory_max_mb: float | None = None

    def add(self, duration_ms: float, memory_mb: float | None, *, failed: bool) -> None:
        self.count += 1
        self.failed += failed
        self.total_ms += duration_ms
        self.min_ms, self.max_ms = min(self.min_ms, duration_ms), max(self.max_ms, duration_ms)
        self.latest.append(duration_ms)
        if memory_mb is not None:
            self.memory_mb = (self.memory_mb or 0.0) + memory_mb
            self.memory_max_mb = memory_mb if self.memory_max_mb is None else max(self.memory_max_mb, memory_mb)

    def statistics(self) -> ProfileStatistics:
        ordered = sorted(self.latest)
        return ProfileStatistics(
            count=self.count,
            failed=self.failed,
            total_ms=self.total_ms,
            mean_ms=self.total_ms / self.count,
            min_ms=self.min_ms,
            max_ms=self.max_ms,
            p95_ms=ordered[math.ceil(0.95 * len(ordered)) - 1],
            memory_delta_mb=round(self.memory_mb, 3) if self.memory_mb is not None else None,
            memory_delta_max_mb=self.memory_max_mb,
        )


class DebugProfiler:
    """Counts up, by name, how long parts of a program take; from any thread or task."""

    def __init__(self, *, capture_memory: bool = True) -> None:
        self.capture_memory = capture_memory
        """Whether memory is measured too, which takes most of the time that measuring takes."""
        self._sums: dict[str, _Sum] = {}
        self._renew_lock()

    def _renew_lock(self) -> None:
        self._lock = threading.Lock()  # for the sums

    def profile_execution(self, name: str) -> Profile:
        """What measures a part: use it with `with`, with `async with`, or as a decorator.

        Raises:
            UsageError: The name is none.
        """
        return Profile(self, name)

    def record(
        self, name: str, duration_ms: float, *, memory_delta_mb: float | None = None, failed: bool = False
    ) -> None:
        """Count a measurement that somebody else made.

        Raises:
            UsageError: The duration is none.
        """
        if not 0 <= duration_ms < math.inf:
            raise UsageError(
                f"duration_ms of '{name}' is {duration_ms!r}", why="it is a time of 0 or more milliseconds"
            )
        with self._lock:
            self._sums.setdefault(name, _Sum()).add(duration_ms, memory_delta_mb, failed=failed)

    def statistics(self, name: str) -> ProfileStatistics | None:
        """All measurements of a name; None when there are none."""
        with self._lock:
            found = self._sums.get(name)
            return found.statistics() if found is not None else None

    def get_performance_summary(self) -> Payload:
        """By name, what took most time in all first, its statistics as JSON values."""
        with self._lock:
            found = {name: attrs.asdict(each.statistics()) for name, each in self._sums.items()}
        return dict(sorted(found.items(), key=lambda each: -each[1]["total_ms"]))

    def reset_metrics(self) -> None:
        """Forget all measurements."""
        with self._lock:
            self._sums.clear()


class Profile:
    """Measures a part of a program, once for each `with` or each call of what it decorates."""

    def __init__(self, profiler: DebugProfiler, name: str) -> None:
        if not isinstance(name, str) or not name:
            raise UsageError("What is profiled needs a name", try_='Write @profile_debug_execution("ranking").')
        self.name = name
        self._profiler = profiler
        self._running: Measurement | None = None
        self._began = 0.0
        self._memory_before: float | None = None

    def __enter__(self) -> Measurement:
        """Begin.

        Raises:
            UsageError: It has begun already.
        """
        if self._running is not None:
            raise UsageError(
                f"This profile of '{self.name}' is in use",
                why="one object measures one thing at a time",
                try_=f'Write with profile_debug_execution("{self.name}"): in each place.',
            )
        self._running = Measurement(self.name)
        self._memory_before = resident_mb() if self._profiler.capture_memory else None
        self._began = time.perf_counter()
        return self._running

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        duration_ms = (time.perf_counter() - self._began) * 1000.0
        measurement, self._running = self._running, None
        if measurement is None:
            return
        measurement.duration_ms = duration_ms
        memory = resident_mb() if self._memory_before is not None else None
        measurement.memory_delta_mb = difference(memory, self._memory_before)
        measurement.error = describe(problem) if problem is not None else None
        delta, failed = measurement.memory_delta_mb, problem is not None
        self._profiler.record(self.name, duration_ms, memory_delta_mb=delta, failed=failed)
        outputs = {
            "duration_ms": duration_ms,
            "memory_delta_mb": delta,
            "memory_mb": round(memory, 3) if memory is not None else None,
            "error": measurement.error,
        }
        mark(self.name, outputs, duration_ms=duration_ms)

    async def __aenter__(self) -> Measurement:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.__exit__(kind, problem, trace)

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        """Decorate a function, or a coroutine function: each of its calls is measured.

        Raises:
            UsageError: It is a generator, whose time is not its own.
        """
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise UsageError(
                f"The generator {getattr(function, '__qualname__', function)!r} cannot be profiled as a whole",
                why="between its items the time is that of whoever takes them",
                try_=f'Write with profile_debug_execution("{self.name}"): inside it.',
            )
        profiler, name = self._profiler, self.name
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def measured_coroutine(*args: P.args, **kwargs: P.kwargs) -> Any:
                with Profile(profiler, name):
                    return await function(*args, **kwargs)

            return cast(Callable[P, R], measured_coroutine)

        @functools.wraps(function)
        def measured(*args: P.args, **kwargs: P.kwargs) -> R:
            with Profile(profiler, name):
                return function(*args, **kwargs)

        return measured


_profiler = DebugProfiler()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_profiler._renew_lock)  # another thread may have held it


def get_debug_profiler() -> DebugProfiler:
    """The profiler of this process."""
    return _profiler


def profile_debug_execution(name: str) -> Profile:
    """Measure a part of a program under a name, for `get_debug_profiler` and, when the program is traced, its trace.

    Use it with `with`, with `async with`, or as a decorator.

    Raises:
        UsageError: The name is none.
    """
    return _profiler.profile_execution(name)
