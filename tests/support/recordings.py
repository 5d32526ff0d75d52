"""A tracer that records into a folder, and what it left there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from namel3ss_dbg.events import TraceEvent
from namel3ss_dbg.recording import ExecutionTracer
from namel3ss_dbg.trace.codec import decode_line
from namel3ss_dbg.trace.settings import DebugConfiguration


def tracer_in(folder: Path, **settings: Any) -> ExecutionTracer:
    """A tracer that records everything into `folder` at once, without measurements unless asked for."""
    defaults = {"buffer_size": 1, "capture_memory": False, "capture_performance": False}
    return ExecutionTracer(DebugConfiguration(enabled=True, trace_output_dir=folder, **{**defaults, **settings}))


def events_in(path: Path | None) -> list[TraceEvent]:
    """The events of a trace file, every line of which must be one."""
    assert path is not None
    content = path.read_bytes()
    assert content.endswith(b"\n")
    return [decode_line(line) for line in content.splitlines()]


def spans_in(path: Path | None) -> dict[str, str]:
    """By name of each span, the name of the span around it; names must be unique."""
    events = events_in(path)
    names = {event.event_id: event.name for event in events if event.opens}
    starts = [event for event in events if event.opens]
    assert len({event.name for event in starts}) == len(starts)
    return {event.name: names.get(event.parent_event_id or "", "") for event in starts}


def assert_whole(path: Path | None) -> None:
    """Every start has exactly one end after it that names it, ids are unique, and the run is closed."""
    events = events_in(path)
    ids = [event.event_id for event in events]
    assert len(set(ids)) == len(ids)
    assert (events[0].event_type, events[-1].event_type) == ("app_load_start", "app_load_end")
    seen: set[str | None] = {None}
    open_starts: dict[str | None, str] = {}
    for event in events:
        if event.closes:
            assert open_starts.pop(event.parent_event_id) == event.span
        else:
            assert event.parent_event_id in seen
        if event.opens:
            open_starts[event.event_id] = event.span
        seen.add(event.event_id)
    assert not open_starts
