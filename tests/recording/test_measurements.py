"""What the tracer measures by itself: memory, and how much the process computes."""

from __future__ import annotations

import psutil
import pytest

from namel3ss_dbg.recording import execution as execution_module
from tests.support.recordings import assert_whole, events_in, tracer_in


def test_events_say_how_much_memory_is_used(tmp_path):
    """Each event has the memory of the process in megabytes, as it was measured last."""
    tracer = tracer_in(tmp_path, capture_memory=True)
    tracer.start("App")
    with tracer.span("tool_call", "tool", "search"):
        tracer.emit("custom")

    now = psutil.Process().memory_info().rss / (1 << 20)
    for event in events_in(tracer.finish()):
        assert 0.2 * now < event.memory_usage_mb <= 1.5 * now


def test_memory_is_sampled_not_measured_each_time(tmp_path, monkeypatch):
    """Measuring costs more than recording: between two samples the same number is repeated."""
    measured = []
    memory_info = psutil.Process.memory_info

    def counted(process: psutil.Process) -> object:
        measured.append(process)
        return memory_info(process)

    monkeypatch.setattr(psutil.Process, "memory_info", counted)
    monkeypatch.setattr(execution_module, "_MEMORY_INTERVAL", 3_600.0)
    tracer = tracer_in(tmp_path, capture_memory=True)
    tracer.start("App")
    for _ in range(500):
        tracer.emit("custom")

    events = events_in(tracer.finish())
    assert len(measured) == 1
    assert len({event.memory_usage_mb for event in events}) == 1


def test_memory_that_cannot_be_measured(tmp_path, monkeypatch, caplog):
    """Where the system refuses, that is said once, and everything else is recorded."""

    def refused(_: object) -> object:
        raise psutil.AccessDenied

    monkeypatch.setattr(psutil.Process, "memory_info", refused)
    monkeypatch.setattr(execution_module, "_MEMORY_INTERVAL", 0.0)
    tracer = tracer_in(tmp_path, capture_memory=True)
    tracer.start("App")
    for _ in range(3):
        tracer.emit("custom")

    path = tracer.finish()
    assert [event.memory_usage_mb for event in events_in(path)] == [None] * 5
    assert len(caplog.records) == 1


@pytest.mark.parametrize("setting", ["capture_memory", "capture_performance"])
def test_what_is_switched_off_is_not_measured(tmp_path, setting):
    """Without memory no event has one, without performance there is no marker."""
    tracer = tracer_in(tmp_path, **{"capture_memory": True, "capture_performance": True, setting: False})
    tracer.start("App")

    events = events_in(tracer.finish())
    assert any(event.memory_usage_mb for event in events) == (setting != "capture_memory")
    assert any(event.event_type == "performance_marker" for event in events) == (setting != "capture_performance")


def test_the_last_marker_sums_the_run_up(tmp_path):
    """Just before the end stands how long the run took, how much it computed, and its greatest memory."""
    tracer = tracer_in(tmp_path, capture_memory=True, capture_performance=True)
    tracer.start("App")
    tracer.emit("custom")

    path = tracer.finish()
    first, _, marker, last = events_in(path)
    assert (marker.event_type, marker.component, marker.parent_event_id) == (
        "performance_marker",
        "app",
        first.event_id,
    )
    assert set(marker.outputs) == {"wall_s", "cpu_s", "cpu_percent", "events", "threads", "peak_memory_mb"}
    assert marker.outputs["events"] == 2
    assert marker.outputs["peak_memory_mb"] >= first.memory_usage_mb
    assert last.outputs["execution_summary"]["events"] == 4
    assert_whole(path)


def test_markers_come_now_and_then(tmp_path, monkeypatch):
    """While a run goes on, a marker is written whenever the last one is a while ago."""
    tracer = tracer_in(tmp_path, capture_performance=True)
    tracer.start("App")
    monkeypatch.setattr(execution_module, "_MARKER_INTERVAL", 0.0)
    tracer.execution()._mark_performance(0.0)
    for _ in range(5):
        with tracer.span("tool_call", "tool", "search"):
            pass

    path = tracer.finish()
    markers = [event for event in events_in(path) if event.event_type == "performance_marker"]
    assert len(markers) >= 2
    assert [marker.outputs["events"] for marker in markers] == sorted(marker.outputs["events"] for marker in markers)
    assert_whole(path)
