"""Traces drawn at random: nested and concurrent calls, failures, tokens and memory, as the records of JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from namel3ss_dbg.timeline.timeline import Timeline
from namel3ss_dbg.trace.codec import decode_line

Record = dict[str, Any]

BEGAN = 1_700_000_000.0
KINDS = (
    ("agent_execution", "agent"),
    ("agent_turn", "agent"),
    ("llm_call", "llm"),
    ("tool_call", "tool"),
    ("prompt_execution", "prompt"),
    ("validation", "validation"),
    ("chain_execution", "chain"),
    ("chain_step", "chain"),
)
NAMES = ("Ann", "Ben", "Cleo")
MODELS = ("small", "large")
ERRORS = ("ValueError: wrong", "TimeoutError: too late", "no type at all")


class _Writer:
    """Writes the records of several lanes, whose events interleave, in the order in which they happen."""

    def __init__(self, *, ends_name_starts: bool) -> None:
        self.records: list[Record] = []
        self.ms = 0
        self.lanes: list[list[Record]] = [[]]
        """By lane the starts that are open, outermost first."""
        self.around: list[Record | None] = [None]
        """By lane the start that it was forked from."""
        self.ends_name_starts = ends_name_starts

    def emit(self, event_type: str, component: str, name: str, parent: Record | None, **more: Any) -> Record:
        record: Record = {
            "event_type": event_type,
            "event_id": f"evt_{len(self.records):03}",
            "timestamp": BEGAN + self.ms / 1000.0,
            "parent_event_id": parent["event_id"] if parent is not None else None,
            "execution_id": "exec_drawn",
            "component": component,
            "component_name": name,
            **more,
        }
        self.records.append(record)
        return record

    def innermost(self, lane: int) -> Record | None:
        return self.lanes[lane][-1] if self.lanes[lane] else self.around[lane]

    def open(self, lane: int, kind: int, name: str) -> None:
        span, component = KINDS[kind]
        inputs = {"model": MODELS[kind % 2]} if span == "llm_call" else {"given": name}
        start = self.emit(f"{span}_start", component, name, self.innermost(lane), inputs=inputs, status="started")
        self.lanes[lane].append(start)

    def close(self, lane: int, *, failure: str | None, tokens: int | None) -> None:
        start = self.lanes[lane].pop()
        parent = self.innermost(lane)
        # Of two of one type inside each other, the outer one could be taken for the one that ends.
        names_start = self.ends_name_starts or parent is None or parent["event_type"] == start["event_type"]
        metadata = {} if names_start else {"start_event_id": start["event_id"]}
        outputs = {"text": "so", "prompt_tokens": tokens, "completion_tokens": 1} if tokens else {"result": lane}
        self.emit(
            start["event_type"].replace("_start", "_end"),
            start["component"],
            start["component_name"],
            start if names_start else parent,
            outputs=outputs,
            metadata=metadata,
            duration_ms=(self.ms / 1000.0 - (start["timestamp"] - BEGAN)) * 1000.0,
            status="failed" if failure is not None else "completed",
            error=failure,
            tokens_used=tokens,
            cost_estimate=tokens / 1000.0 if tokens else None,
        )


_steps = st.tuples(
    st.sampled_from(("open", "open", "open", "close", "close", "close", "point", "fork", "error")),
    st.integers(0, 3),
    st.integers(0, len(KINDS) - 1),
    st.sampled_from(NAMES),
    st.sampled_from((0, 0, 1, 7, 250)),
    st.one_of(st.none(), st.none(), st.sampled_from(ERRORS)),
    st.one_of(st.none(), st.integers(1, 500)),
)


@st.composite
def traces(draw: st.DrawFn, *, most: int = 24, whole: bool = False) -> list[Record]:
    """The records of a run of about `most` events at most.

    When `whole`, every call ends and the run has its end record; otherwise it breaks off, and may have lost its first
    line.
    """
    writer = _Writer(ends_name_starts=draw(st.booleans()))
    run = writer.emit(
        "app_load_start", "app", "Drawn", None, inputs={"execution_id": "exec_drawn"}, metadata={"trace_version": 1}
    )
    writer.lanes[0].append(run)
    for step, place, kind, name, ms, failure, tokens in draw(st.lists(_steps, max_size=most)):
        writer.ms += ms
        lane = place % len(writer.lanes)
        if step == "open":
            writer.open(lane, kind, name)
        elif step == "close" and len(writer.lanes[lane]) > (lane == 0):
            writer.close(lane, failure=failure, tokens=tokens)
        elif step == "fork" and len(writer.lanes) < 4:
            writer.around.append(writer.innermost(lane))
            writer.lanes.append([])
            writer.open(len(writer.lanes) - 1, kind, name)
        elif step == "error":
            text = failure or ERRORS[0]
            writer.emit("error_occurred", "tool", name, writer.innermost(lane), status="failed", error=text)
        elif step == "point":
            writer.emit("memory_operation", "memory", name, writer.innermost(lane), memory_usage_mb=100.0 + ms)
    if whole:
        for lane in reversed(range(len(writer.lanes))):
            while writer.lanes[lane]:
                writer.close(lane, failure=None, tokens=None)
    headless = not whole and draw(st.integers(0, 3)) == 0
    return writer.records[headless:]


def lines_of(records: Iterable[Record]) -> list[bytes]:
    """Records as the lines of a trace."""
    return [json.dumps(record).encode() + b"\n" for record in records]


def write_trace(path: Path, records: Iterable[Record]) -> Path:
    """Records as a trace file."""
    path.write_bytes(b"".join(lines_of(records)))
    return path


def timeline_of(records: Iterable[Record]) -> Timeline:
    """Records as the timeline of a run that has ended."""
    timeline = Timeline()
    for line in lines_of(records):
        timeline.append(decode_line(line))
    timeline.close()
    return timeline
