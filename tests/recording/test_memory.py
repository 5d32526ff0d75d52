"""The memory tracker: checkpoints, what is between them, and its report."""

from __future__ import annotations

import gc
import json
import threading
import tracemalloc
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from namel3ss_dbg.events import UsageError
from namel3ss_dbg.recording import current, memory
from namel3ss_dbg.recording.memory import MemoryTracker
from namel3ss_dbg.trace.settings import DebugConfiguration
from tests.support.recordings import events_in

pytestmark = pytest.mark.usefixtures("untraced")


def line_of(text: str) -> int:
    """The line of this file on which a text stands for the first time."""
    return next(number for number, line in enumerate(Path(__file__).read_text().splitlines(), 1) if text in line)


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[float | None]:
    """What the system is going to say, one after the other; the last again and again."""
    told: list[float | None] = []
    monkeypatch.setattr(memory, "resident_mb", lambda: told.pop(0) if len(told) > 1 else told[0])
    return told


def test_the_tracker_of_the_contract(measured: list[float | None]) -> None:
    """Two checkpoints, and a report of what happened between them."""
    measured += [100.0, 110.0, 150.5, 140.25]
    tracker = MemoryTracker()
    tracker.start_tracking()
    tracker.record_checkpoint("before_processing")
    tracker.record_checkpoint("after_processing")
    report = tracker.get_memory_report()

    assert json.loads(json.dumps(report)) == report
    times = [checkpoint.pop("elapsed_s") for checkpoint in report["checkpoints"]]
    assert 0 <= times[0] <= times[1] <= report.pop("duration_s")
    assert report == {
        "tracking": True,
        "baseline_mb": 100.0,
        "current_mb": 140.25,
        "peak_mb": 150.5,
        "delta_from_baseline_mb": 40.25,
        "peak_delta_mb": 50.5,
        "sample_count": 4,
        "checkpoints": [
            {"name": "before_processing", "memory_mb": 110.0, "delta_mb": 10.0, "delta_from_baseline_mb": 10.0},
            {"name": "after_processing", "memory_mb": 150.5, "delta_mb": 40.5, "delta_from_baseline_mb": 50.5},
        ],
        "deltas": [
            {"from": "start", "to": "before_processing", "delta_mb": 10.0},
            {"from": "before_processing", "to": "after_processing", "delta_mb": 40.5},
        ],
    }


def test_memory_of_the_process() -> None:
    """What a program keeps is in the numbers."""
    with MemoryTracker() as tracker:
        kept = bytearray(b"x") * (64 << 20)
        tracker.record_checkpoint("loaded")
    report = tracker.get_memory_report()

    assert 50 < report["checkpoints"][0]["delta_mb"] < 120
    assert report["peak_mb"] >= report["baseline_mb"] + 50
    assert len(kept) == 64 << 20


def test_stopping_gives_the_report(measured: list[float | None]) -> None:
    """Afterwards what was measured stays, however often it is asked for; a new start forgets it."""
    measured += [100.0, 120.0, 90.0, 95.0]
    tracker = MemoryTracker()
    tracker.start_tracking()
    tracker.record_checkpoint("one")
    report = tracker.stop_tracking()

    assert (report["tracking"], report["peak_mb"], report["sample_count"]) == (False, 120.0, 3)
    assert report["current_mb"] == 90.0
    assert tracker.stop_tracking() == tracker.get_memory_report() == report
    tracker.start_tracking()
    assert tracker.get_memory_report()["checkpoints"] == []
    assert tracker.get_memory_report()["baseline_mb"] == 95.0


def test_a_checkpoint_begins_by_itself(measured: list[float | None]) -> None:
    """Whoever forgets to start loses nothing but what was before."""
    measured += [100.0, 101.0]
    tracker = MemoryTracker()
    tracker.record_checkpoint("first")

    assert tracker.tracking
    assert tracker.get_memory_report()["deltas"] == [{"from": "start", "to": "first", "delta_mb": 1.0}]


def test_a_report_before_anything(measured: list[float | None]) -> None:
    """It says that nothing is known."""
    measured += [100.0]
    report = MemoryTracker().get_memory_report()

    assert (report["tracking"], report["current_mb"], report["duration_s"]) == (False, None, 0.0)
    assert (report["baseline_mb"], report["peak_mb"], report["checkpoints"], report["deltas"]) == (None, None, [], [])


def test_where_the_system_does_not_tell(measured: list[float | None]) -> None:
    """Numbers that are not known are none; one that comes later is no difference to anything."""
    measured += [None, None, 100.0]
    tracker = MemoryTracker()
    tracker.start_tracking()
    tracker.record_checkpoint("unknown")
    tracker.record_checkpoint("known")
    report = tracker.get_memory_report()

    assert [checkpoint["delta_mb"] for checkpoint in report["checkpoints"]] == [None, None]
    assert (report["baseline_mb"], report["peak_mb"], report["delta_from_baseline_mb"]) == (None, 100.0, None)


def test_checkpoints_of_several_threads(measured: list[float | None]) -> None:
    """Each is there once, also when the first ones come at the same time."""
    measured += [100.0]
    tracker = MemoryTracker()
    together = threading.Barrier(8)

    def work(number: int) -> None:
        together.wait()
        for step in range(50):
            tracker.record_checkpoint(f"{number}-{step}")

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))

    report = tracker.stop_tracking()
    names = [checkpoint["name"] for checkpoint in report["checkpoints"]]
    assert sorted(names) == sorted(f"{number}-{step}" for number in range(8) for step in range(50))
    assert report["sample_count"] == 402


class TestBetweenCheckpoints:
    def test_what_comes_and_goes_is_seen(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """With an interval the peak is also that of moments nobody named; after the stop nothing looks any more."""
        looked = threading.Semaphore(0)
        at_peak = threading.Event()

        def told() -> float:
            if threading.current_thread().name == "memory tracker":
                looked.release()
                return 500.0 if at_peak.is_set() else 100.0
            return 100.0

        monkeypatch.setattr(memory, "resident_mb", told)
        tracker = MemoryTracker(sample_interval_ms=0.1)
        tracker.start_tracking()
        assert looked.acquire(timeout=10)
        at_peak.set()
        for _ in range(2):  # one may have been under way
            assert looked.acquire(timeout=10)
        at_peak.clear()
        (sampling,) = [thread for thread in threading.enumerate() if thread.name == "memory tracker"]
        report = tracker.stop_tracking()
        sampling.join(10)

        assert (report["peak_mb"], report["current_mb"], report["peak_delta_mb"]) == (500.0, 100.0, 400.0)
        assert report["sample_count"] >= 5
        assert not sampling.is_alive()

    def test_a_tracker_that_nobody_has_any_more(self) -> None:
        """It is forgotten, and its thread ends."""
        tracker = MemoryTracker(sample_interval_ms=0.1)
        tracker.start_tracking()
        (sampling,) = [thread for thread in threading.enumerate() if thread.name == "memory tracker"]
        gone = weakref.ref(tracker)
        del tracker
        gc.collect()
        sampling.join(10)

        assert not sampling.is_alive()
        assert gone() is None

    @pytest.mark.parametrize("interval", [0, -5, float("nan"), "often"])
    def test_an_interval_that_is_none(self, interval: object) -> None:
        """It is refused."""
        with pytest.raises(UsageError, match="a number of milliseconds above 0"):
            MemoryTracker(sample_interval_ms=interval)  # type: ignore[arg-type]


class TestAllocations:
    def test_where_objects_were_made(self) -> None:
        """With tracemalloc the report names the lines whose objects grew most, and stops tracing at the end."""
        tracker = MemoryTracker(trace_allocations=True)
        tracker.start_tracking()
        kept = [bytes(1000) for _ in range(5_000)]
        tracker.record_checkpoint("made")
        del kept[2_500:]
        report = tracker.stop_tracking()

        (checkpoint,) = report["checkpoints"]
        assert 4.7 < checkpoint["python_mb"] < 7
        assert report["python_peak_mb"] >= checkpoint["python_mb"]
        site = report["top_allocations"][0]
        assert (site["file"], site["line"]) == (__file__, line_of("    kept = [bytes"))
        assert 2.3 < site["delta_mb"] < 3
        assert site["objects"] >= 2_500
        assert not tracemalloc.is_tracing()
        assert tracker.get_memory_report()["top_allocations"] == report["top_allocations"]

    def test_somebody_elses_tracing_goes_on(self) -> None:
        """A tracker ends only the tracing that it began."""
        tracemalloc.start()
        try:
            with MemoryTracker(trace_allocations=True) as tracker:
                assert "top_allocations" in tracker.get_memory_report()

            assert tracemalloc.is_tracing()
        finally:
            tracemalloc.stop()

    def test_somebody_else_ends_the_tracing(self) -> None:
        """What is known until then is reported."""
        with MemoryTracker(trace_allocations=True) as tracker:
            tracemalloc.stop()
            tracker.record_checkpoint("later")

        assert tracker.get_memory_report()["checkpoints"][0]["python_mb"] is None


def test_checkpoints_are_traced(measured: list[float | None], tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a traced program each is a performance marker with its numbers."""
    measured += [100.0, 110.0]
    config = DebugConfiguration(enabled=True, trace_output_dir=tmp_path / "traces")
    tracer = current.initialize_tracing(config)
    tracker = MemoryTracker()
    tracker.start_tracking()
    tracker.record_checkpoint("loaded")

    (marker,) = [event for event in events_in(tracer.finish()) if event.component_name == "loaded"]
    assert (marker.event_type, marker.component) == ("performance_marker", "app")
    assert marker.outputs == {"memory_mb": 110.0, "delta_mb": 10.0, "delta_from_baseline_mb": 10.0, "peak_mb": 110.0}
