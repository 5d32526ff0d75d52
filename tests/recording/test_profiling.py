"""The profiler: measurements by name, from threads and tasks, and what of them is traced."""

from __future__ import annotations

import asyncio
import functools
import inspect
import itertools
import math
import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from namel3ss_dbg.analysis import TraceAnalyzer
from namel3ss_dbg.events import UsageError
from namel3ss_dbg.recording import current, memory, profiling
from namel3ss_dbg.recording.profiling import DebugProfiler, get_debug_profiler, profile_debug_execution
from namel3ss_dbg.trace.settings import DebugConfiguration
from tests.support.recordings import assert_whole, events_in

pytestmark = pytest.mark.usefixtures("untraced")


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock by which the n-th measurement takes n milliseconds."""
    ticks = itertools.chain.from_iterable((0.0, number / 1000.0) for number in itertools.count(1))
    monkeypatch.setattr(profiling, "time", SimpleNamespace(perf_counter=ticks.__next__))


@pytest.fixture
def profiler() -> DebugProfiler:
    """A profiler of its own."""
    return DebugProfiler()


class TestMeasuring:
    def test_a_part_of_a_program(self, profiler: DebugProfiler, ticking: None) -> None:
        """What `with` gives is filled when it is over, and counted under its name."""
        with profiler.profile_execution("ranking") as measurement:
            assert measurement.duration_ms is None

        assert (measurement.name, measurement.duration_ms, measurement.error) == ("ranking", 1.0, None)
        assert isinstance(measurement.memory_delta_mb, float)
        found = profiler.statistics("ranking")
        assert found is not None
        assert (found.count, found.failed, found.total_ms) == (1, 0, 1.0)
        assert profiler.statistics("nothing") is None

    def test_an_exception_goes_on(self, profiler: DebugProfiler) -> None:
        """It is counted as failed, and not swallowed."""
        with pytest.raises(KeyError), profiler.profile_execution("ranking") as measurement:
            raise KeyError("score")

        assert measurement.error == "KeyError: 'score'"
        found = profiler.statistics("ranking")
        assert found is not None
        assert (found.count, found.failed) == (1, 1)

    def test_memory_that_stays(self, profiler: DebugProfiler) -> None:
        """What a part leaves behind is what it grew by."""
        with profiler.profile_execution("loading") as measurement:
            kept = bytearray(os.urandom(1)) * (64 << 20)

        assert measurement.memory_delta_mb is not None
        assert 50 < measurement.memory_delta_mb < 120
        found = profiler.statistics("loading")
        assert found is not None
        assert found.memory_delta_mb == found.memory_delta_max_mb == measurement.memory_delta_mb
        assert len(kept) == 64 << 20

    def test_without_memory(self) -> None:
        """Where it is not wanted it is not measured."""
        profiler = DebugProfiler(capture_memory=False)
        with profiler.profile_execution("ranking") as measurement:
            pass

        assert measurement.memory_delta_mb is None
        found = profiler.statistics("ranking")
        assert found is not None
        assert (found.memory_delta_mb, found.memory_delta_max_mb) == (None, None)

    def test_memory_that_cannot_be_measured(self, profiler: DebugProfiler, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where the system refuses, times are measured all the same."""

        def refused(_: object) -> object:
            raise memory.psutil.AccessDenied

        monkeypatch.setattr(memory.psutil.Process, "memory_info", refused)
        with profiler.profile_execution("ranking") as measurement:
            pass

        assert measurement.duration_ms is not None
        assert measurement.memory_delta_mb is None

    def test_one_object_measures_one_thing_at_a_time(self, profiler: DebugProfiler, ticking: None) -> None:
        """It can be used again, but not inside itself; that one says so does not disturb the measurement."""
        profile = profiler.profile_execution("ranking")
        with profile, pytest.raises(UsageError, match="This profile of 'ranking' is in use"):
            profile.__enter__()
        with profile as second:
            pass

        assert second.duration_ms == 2.0
        found = profiler.statistics("ranking")
        assert found is not None
        assert found.count == 2

    @pytest.mark.parametrize("name", ["", None, 5, print])
    def test_it_needs_a_name(self, name: object) -> None:
        """A decorator without its name, for one, is refused with how to write it."""
        with pytest.raises(UsageError, match=r'Write @profile_debug_execution\("ranking"\)\.'):
            profile_debug_execution(name)  # type: ignore[arg-type]


class TestDecorating:
    def test_a_function(self, profiler: DebugProfiler) -> None:
        """Each call is measured, also one inside another; name, signature and result stay."""

        @profiler.profile_execution("fibonacci")
        def fibonacci(number: int) -> int:
            """The n-th."""
            return number if number < 2 else fibonacci(number - 1) + fibonacci(number - 2)

        assert fibonacci(6) == 8
        found = profiler.statistics("fibonacci")
        assert found is not None
        assert found.count == 25
        assert (fibonacci.__name__, fibonacci.__doc__) == ("fibonacci", "The n-th.")
        assert list(inspect.signature(fibonacci).parameters) == ["number"]

    async def _all(self, function, count: int) -> list:
        return await asyncio.gather(*(function(number) for number in range(count)))

    def test_a_coroutine(self, profiler: DebugProfiler) -> None:
        """Its whole time is measured, what it waits for included, for each of those that run at once."""
        arrived = asyncio.Event()

        @profiler.profile_execution("answer")
        async def answer(number: int) -> int:
            if number == 9:
                arrived.set()
            await arrived.wait()  # all of them are open until the last has begun
            return number

        assert asyncio.run(self._all(answer, 10)) == list(range(10))
        assert inspect.iscoroutinefunction(answer)
        found = profiler.statistics("answer")
        assert found is not None
        assert (found.count, found.failed) == (10, 0)

    def test_a_cancelled_coroutine(self, profiler: DebugProfiler) -> None:
        """It counts as failed, and stays cancelled."""

        @profiler.profile_execution("answer")
        async def answer() -> None:
            await asyncio.get_running_loop().create_future()

        async def cancelled() -> bool:
            task = asyncio.create_task(answer())
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
            return task.cancelled()

        assert asyncio.run(cancelled())
        found = profiler.statistics("answer")
        assert found is not None
        assert (found.count, found.failed) == (1, 1)

    def test_with_async_with(self, profiler: DebugProfiler) -> None:
        """The same as `with`."""

        async def program() -> None:
            async with profiler.profile_execution("answer") as measurement:
                await asyncio.sleep(0)
            assert measurement.duration_ms is not None

        asyncio.run(program())
        assert profiler.statistics("answer") is not None

    def test_a_generator_is_refused(self, profiler: DebugProfiler) -> None:
        """Its time is for the most part not its own; what to write instead is said."""

        def words():
            yield "word"

        async def tokens():
            yield "token"

        for generator in (words, tokens, functools.partial(words)):
            with pytest.raises(UsageError, match="cannot be profiled as a whole"):
                profiler.profile_execution("words")(generator)


class TestSums:
    @given(st.lists(st.floats(0, 1e6), min_size=1, max_size=60))
    def test_statistics_are_those_of_all(self, durations: list[float]) -> None:
        """Whatever was measured: count, sum, mean, extremes, and the smallest that 95 % do not exceed."""
        profiler = DebugProfiler()
        for duration in durations:
            profiler.record("part", duration, memory_delta_mb=duration / 2, failed=duration > 5e5)

        found = profiler.statistics("part")
        assert found is not None
        assert found.count == len(durations)
        assert found.failed == sum(duration > 5e5 for duration in durations)
        assert found.total_ms == pytest.approx(math.fsum(durations))
        assert found.mean_ms == pytest.approx(math.fsum(durations) / len(durations))
        assert (found.min_ms, found.max_ms) == (min(durations), max(durations))
        assert sum(duration <= found.p95_ms for duration in durations) >= 0.95 * len(durations)
        assert sum(duration < found.p95_ms for duration in durations) < 0.95 * len(durations)
        assert found.memory_delta_max_mb == max(durations) / 2

    def test_the_percentile_is_of_the_latest(self) -> None:
        """A program that runs for months takes no more memory: only 10,000 durations of a name are kept."""
        profiler = DebugProfiler()
        for duration in range(30_000):
            profiler.record("part", duration)

        found = profiler.statistics("part")
        assert found is not None
        assert (found.p95_ms, found.min_ms, found.max_ms) == (29_499, 0, 29_999)
        assert len(profiler._sums["part"].latest) == 10_000

    def test_a_summary_and_a_new_beginning(self) -> None:
        """What took most time is first; after a reset there is nothing."""
        profiler = DebugProfiler()
        for name, duration in (("short", 1.0), ("long", 5.0), ("short", 3.0)):
            profiler.record(name, duration)

        summary = profiler.get_performance_summary()
        assert list(summary) == ["long", "short"]
        assert summary["short"] == {
            "count": 2,
            "failed": 0,
            "total_ms": 4.0,
            "mean_ms": 2.0,
            "min_ms": 1.0,
            "max_ms": 3.0,
            "p95_ms": 3.0,
            "memory_delta_mb": None,
            "memory_delta_max_mb": None,
        }
        profiler.reset_metrics()
        assert profiler.get_performance_summary() == {}

    @pytest.mark.parametrize("duration", [-1.0, math.nan, math.inf])
    def test_no_duration(self, duration: float) -> None:
        """What is no time is not counted."""
        profiler = DebugProfiler()
        with pytest.raises(UsageError, match="duration_ms of 'part' is"):
            profiler.record("part", duration)

        assert profiler.get_performance_summary() == {}

    def test_threads_do_not_disturb_each_other(self, profiler: DebugProfiler) -> None:
        """What eight measure at once is all counted, also while another asks for summaries."""
        profiler.capture_memory = False
        measured = profiler.profile_execution("part")(lambda: None)
        together = threading.Barrier(9)
        over = threading.Event()

        def work(thread: int) -> None:
            together.wait()
            for number in range(300):
                measured()
                profiler.record(f"{thread}-{number}", 1.0)

        def ask() -> None:
            together.wait()
            while not over.is_set():
                profiler.get_performance_summary()

        interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-6)  # so that threads meet everywhere
        try:
            with ThreadPoolExecutor(9) as threads:
                asked = threads.submit(ask)
                list(threads.map(work, range(8)))
                over.set()
                asked.result()
        finally:
            over.set()
            sys.setswitchinterval(interval)

        counted = {name: each["count"] for name, each in profiler.get_performance_summary().items()}
        assert counted == {"part": 2_400, **{f"{thread}-{number}": 1 for thread in range(8) for number in range(300)}}

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="only where processes fork")
    def test_a_forked_child_measures_too(self) -> None:
        """Also when another thread was just counting when it was forked."""
        profiler = get_debug_profiler()
        with profiler._lock:
            child = os.fork()
            if child == 0:
                signal.alarm(10)  # a child that waits for the lock waits for ever
                profiler.record("forked", 1.0)
                os._exit(0 if profiler.statistics("forked") else 1)
        _, status = os.waitpid(child, 0)

        assert os.waitstatus_to_exitcode(status) == 0


class TestTracing:
    @pytest.fixture
    def tracer(self, tmp_path):
        """Makes the process's tracer."""

        def initialized(**settings):
            config = DebugConfiguration(enabled=True, trace_output_dir=tmp_path / "traces", **settings)
            return current.initialize_tracing(config)

        return initialized

    def test_a_marker_in_the_span_it_belongs_to(self, tracer, ticking: None) -> None:
        """Each measurement is a performance marker inside the innermost span, with what was measured."""
        tracer = tracer()
        tracer.start("App")
        agent = tracer.span("agent_execution", "agent", "Helper")
        with agent, pytest.raises(ValueError, match="wrong"), profile_debug_execution("ranking"):
            raise ValueError("wrong")

        path = tracer.finish()
        assert_whole(path)
        events = events_in(path)
        (marker,) = [event for event in events if event.component_name == "ranking"]
        assert (marker.event_type, marker.component, marker.duration_ms) == ("performance_marker", "app", 1.0)
        assert marker.parent_event_id == next(each.event_id for each in events if each.component == "agent")
        assert marker.outputs["duration_ms"] == 1.0
        assert marker.outputs["error"] == "ValueError: wrong"
        assert {"memory_mb", "memory_delta_mb"} < set(marker.outputs)
        assert marker.status == "completed"  # the span it is in tells of the failure

    @pytest.mark.parametrize(
        ("setting", "expected"), [("capture_memory", [{"duration_ms"}]), ("capture_performance", [])]
    )
    def test_what_is_switched_off_is_not_traced(self, tracer, setting: str, expected: list) -> None:
        """Without memory a marker says only the time; without performance there is none; the profiler counts both."""
        get_debug_profiler().reset_metrics()
        tracer = tracer(**{setting: False})
        with profile_debug_execution("ranking"):
            pass

        path = tracer.finish()
        markers = [event for event in events_in(path) if event.component_name == "ranking"] if path else []
        assert [set(marker.outputs) for marker in markers] == expected
        found = get_debug_profiler().statistics("ranking")
        assert found is not None
        assert found.memory_delta_mb is not None

    def test_an_untraced_program_leaves_nothing(self, profiler: DebugProfiler, tmp_path) -> None:
        """Without tracing no file and no folder is made."""
        with profiler.profile_execution("ranking"):
            pass

        assert list(tmp_path.iterdir()) == []

    def test_the_analysis_still_finds_the_processor_time(self, tracer) -> None:
        """Markers of a program's own do not hide those of the tracer, which say how much the process computed."""
        tracer = tracer(buffer_size=1)
        execution = tracer.start("App")
        execution._mark_performance(execution.started_at + 1.0)
        for _ in range(3):
            with profile_debug_execution("ranking"):
                pass

        with TraceAnalyzer(execution.trace_file) as analyzer:
            assert analyzer.report.resource_usage.cpu is not None
        tracer.finish()
