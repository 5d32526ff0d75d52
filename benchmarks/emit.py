"""What recording costs a program."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import orjson

from namel3ss_dbg.recording import ExecutionTracer
from namel3ss_dbg.trace.index import TraceIndex
from namel3ss_dbg.trace.settings import DebugConfiguration

from .bench import Bench
from .work import HUGE, SPANS_OF_A_TASK, TASKS, calls

_FLUSH = 65_536
_HUGE_SPANS = 40

_FIXED: dict[str, Any] = {
    "event_id": "evt_000001",
    "timestamp": 1_732_467_612.123456,
    "parent_event_id": "evt_000001",
    "execution_id": "exec_7f3a91c02b5d",
    "component": "tool",
    "status": "completed",
    "memory_usage_mb": 61.5,
}


def floor(bench: Bench) -> None:
    """The least that anything could do: encode records that are there already, and write them 64 KB at a time."""
    records = [
        (
            {**_FIXED, "event_type": "tool_call_start", "component_name": name, "inputs": asked},
            {**_FIXED, "event_type": "tool_call_end", "component_name": name, "outputs": answered, "duration_ms": 0.25},
        )
        for name, asked, answered in calls(bench.spans)
    ]
    descriptor = os.open(bench.scratch / "floor.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with bench.timed(bench.spans):
        buffer = bytearray()
        for start, end in records:
            buffer += orjson.dumps(start, option=orjson.OPT_APPEND_NEWLINE)
            buffer += orjson.dumps(end, option=orjson.OPT_APPEND_NEWLINE)
            if len(buffer) >= _FLUSH:
                os.write(descriptor, buffer)
                del buffer[:]
        os.write(descriptor, buffer)


def _tracer(folder: Path, *, enabled: bool = True, buffer_size: int = 1000) -> ExecutionTracer:
    return ExecutionTracer(DebugConfiguration(enabled=enabled, trace_output_dir=folder, buffer_size=buffer_size))


def _record(bench: Bench, tracer: ExecutionTracer) -> None:
    work = calls(bench.spans)
    with bench.timed(bench.spans):
        tracer.start("bench")
        for name, asked, answered in work:
            with tracer.span("tool_call", "tool", name, inputs=asked) as span:
                span.outputs = answered
        tracer.finish()


def spans(bench: Bench) -> None:
    """As an app records: `with tracer.span(...)`."""
    _record(bench, _tracer(bench.scratch))


def write_through(bench: Bench) -> None:
    """The same with `buffer_size` 1: each event is on its way to the disk before the app goes on."""
    _record(bench, _tracer(bench.scratch, buffer_size=1))


def off_spans(bench: Bench) -> None:
    """The same while tracing is off."""
    _record(bench, _tracer(bench.scratch, enabled=False))


def pairs(bench: Bench) -> None:
    """The same with two `await tracer.emit_event(...)`, which give back events."""
    tracer, work = _tracer(bench.scratch), calls(bench.spans)

    async def app() -> None:
        for name, asked, answered in work:
            await tracer.emit_event("tool_call_start", component="tool", component_name=name, inputs=asked)
            await tracer.emit_event("tool_call_end", component="tool", component_name=name, outputs=answered)

    with bench.timed(bench.spans):
        tracer.start("bench")
        asyncio.run(app())
        tracer.finish()


def off_events(bench: Bench) -> None:
    """`await tracer.emit_event(...)` while tracing is off."""
    tracer, work = _tracer(bench.scratch, enabled=False), calls(bench.spans)

    async def app() -> None:
        with bench.timed(bench.spans):
            for name, asked, _ in work:
                await tracer.emit_event("tool_call_start", component="tool", component_name=name, inputs=asked)

    asyncio.run(app())


def huge(bench: Bench) -> None:
    """Spans with a megabyte in and a megabyte out."""
    tracer = _tracer(bench.scratch)
    tracer.start("bench")
    with bench.timed(_HUGE_SPANS):
        for _ in range(_HUGE_SPANS):
            with tracer.span("tool_call", "tool", "huge", inputs={"text": HUGE}) as span:
                span.outputs = {"text": HUGE}
    tracer.finish()


def parents(bench: Bench) -> None:
    """How many of the spans of eight tasks at once have a parent that belongs to another task."""
    tracer = _tracer(bench.scratch)

    async def task(number: int) -> None:
        async with tracer.span("agent_execution", "agent", f"task_{number}"):
            for _ in range(SPANS_OF_A_TASK):
                async with tracer.span("tool_call", "tool", f"task_{number}"):
                    await asyncio.sleep(0)

    async def app() -> None:
        await asyncio.gather(*map(task, range(TASKS)))

    tracer.start("bench")
    asyncio.run(app())
    path = tracer.finish()
    assert path is not None
    with TraceIndex(path) as index:
        columns = index.finish().columns
        codes = columns.matching(lambda shape: shape.event_type == "tool_call_start")
        rows = [row for code in codes for row in columns.shape_rows[code]]
        pairs_of_names = [
            (columns.shape_at(row).component_name, columns.shape_at(columns.parent[row]).component_name) for row in rows
        ]
    assert len(rows) == TASKS * SPANS_OF_A_TASK
    bench.measured["wrong"] = sum(name != around for name, around in pairs_of_names)
