"""One run being recorded: its file, its ids, and the one way from a fact to a line.

Nothing in here raises into the program: what goes wrong is logged once per run, and the run goes on.
"""

from __future__ import annotations

import itertools
import logging
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

from ..events import Payload, Status, TraceEvent, TraceFilter
from ..events.redaction import Redactor
from ..trace.codec import decode_line
from ..trace.settings import DebugConfiguration
from ..trace.writer import TraceWriter
from .span import Span

_log = logging.getLogger(__name__)

_MEMORY_INTERVAL = 0.05
_MARKER_INTERVAL = 1.0
_MEGABYTE = 1 << 20

Listener = Callable[[TraceEvent], None]


class Execution:
    """One run being recorded."""

    def __init__(
        self,
        app_name: str,
        execution_id: str,
        writer: TraceWriter,
        config: DebugConfiguration,
        redactor: Redactor,
        listeners: Sequence[Listener],
    ) -> None:
        self.app_name = app_name
        self.execution_id = execution_id
        self.writer = writer
        self.finished = False
        self.event_count = 0
        self.tokens_used = 0
        self.cost_estimate = 0.0
        self.started_at = time.time()
        self.root = Span(self, None, "app_load", "app", app_name, None, None)
        """What everything without a known parent belongs to."""
        self._listeners = listeners
        self._redactor = redactor
        self._encode = redactor.encode
        self._append = writer.append
        self._filter: TraceFilter | None = None if config.recorded.keeps_all else config.recorded
        self._holds = config.recorded.min_duration_ms
        self._kept: dict[tuple[str, str, str | None], bool] = {}
        self._next_id = itertools.count(1).__next__
        self._process = psutil.Process()
        self._memory_mb: float | None = None
        self._memory_due = 0.0 if config.capture_memory else float("inf")
        self._peak_mb = 0.0
        self._marker_due = self.started_at + _MARKER_INTERVAL if config.capture_performance else float("inf")
        self._marks = config.capture_performance
        self._cpu_start = time.process_time()
        self._pid = os.getpid()
        self._reported = False

    @property
    def trace_file(self) -> Path:
        """Where this run is written."""
        return self.writer.path

    def keeps(self, event_type: str, component: str, name: str | None) -> bool:
        """Whether the filter lets events of this shape into the trace."""
        if self._filter is None:
            return True
        shape = (event_type, component, name)
        kept = self._kept.get(shape)
        if kept is None:
            kept = self._kept[shape] = self._filter.admits(event_type, component, name)
        return kept

    def open(self, span: Span) -> Payload | None:
        """Write a span's start; one that the filter drops passes on the id of the span around it."""
        try:
            outer = span.outer or self.root
            metadata, span.metadata = span.metadata, None
            if metadata:
                span.source = metadata.get("source")
            if self._filter is not None and not self.keeps(f"{span.kind}_start", span.component, span.name):
                span.event_id, span.parent_id = outer.event_id, outer.event_id
                span.held = {}
                return None
            if span.parent_id is None:
                span.parent_id = outer.event_id
            record = self._new_record(
                f"{span.kind}_start",
                span.component,
                span.name,
                span.parent_id,
                Status.STARTED,
                span.inputs,
                None,
                metadata,
            )
            span.event_id = record["event_id"]
            if self._holds is not None and span is not self.root:
                span.held = record
                return record
            if outer.held:
                self._release(outer)
            self._write(record)
            return record
        except Exception as problem:  # an observer never breaks what it observes
            self.report(problem)
            return None

    def close(self, span: Span, status: str, failure: str | None, duration_ms: float) -> Payload | None:
        """Write a span's end, unless the filter dropped its start or it was too quick to be kept."""
        try:
            if span.held is not None and span is not self.root:
                if not span.held or duration_ms < (self._holds or 0.0):
                    return None
                self._release(span)
            metadata = span.metadata
            if span.source is not None:
                metadata = {"source": span.source, **metadata} if metadata else {"source": span.source}
            record = self._new_record(
                f"{span.kind}_end", span.component, span.name, span.event_id, status, None, span.outputs, metadata,
                failure, duration_ms,
            )  # fmt: skip
            if span.tokens_used is not None:
                record["tokens_used"] = span.tokens_used
                self.tokens_used += span.tokens_used
            if span.cost_estimate is not None:
                record["cost_estimate"] = span.cost_estimate
                self.cost_estimate += span.cost_estimate
            self._write(record)
            return record
        except Exception as problem:  # as in open
            self.report(problem)
            return None

    def point(self, inside: Span | None, record: Payload) -> None:
        """Write an event that takes no time."""
        if inside is not None and inside.held:
            self._release(inside)
        self._write(record)

    def new_record(
        self, event_type: str, component: str, name: str | None, parent: str | None, status: str, **more: object
    ) -> Payload:
        """A record with its id and time, to be completed and then written with `point`."""
        record = self._new_record(event_type, component, name, parent, status, None, None, None)
        record.update({key: value for key, value in more.items() if value is not None})
        return record

    def begin(self, inputs: Payload, metadata: Payload) -> None:
        """Write the record that opens the run."""
        self.root.inputs, self.root.metadata = inputs, metadata
        self.root.__enter__()

    def finish(self, status: str, failure: str | None, outputs: Payload | None) -> None:
        """Write the record that tells a finished run from one that crashed, and close the file."""
        if self.finished:
            return
        self.finished = True
        try:
            if self._marks:
                self._mark_performance(time.time())
            summary = {
                "events": self.event_count + 1,
                "tokens_used": self.tokens_used,
                "cost_estimate": self.cost_estimate,
            }
            self.root.outputs = {**(outputs or {}), "execution_summary": summary}
            if failure is not None or status != Status.COMPLETED:
                self.root.fail(failure, status)
            self.root.leave()
            self.root.end()
        finally:
            self.writer.close()

    def report(self, problem: Exception) -> None:
        """Log, the first time, that an event was lost."""
        if not self._reported:
            self._reported = True
            _log.warning("An event of %s was not traced: %s: %s", self.app_name, type(problem).__name__, problem)

    def _new_record(
        self,
        event_type: str,
        component: str,
        name: str | None,
        parent: str | None,
        status: str,
        inputs: Payload | None,
        outputs: Payload | None,
        metadata: Payload | None,
        failure: str | None = None,
        duration_ms: float | None = None,
    ) -> Payload:
        now = time.time()
        record: Payload = {"event_type": event_type, "event_id": f"evt_{self._next_id():06d}", "timestamp": now}
        if parent is not None:
            record["parent_event_id"] = parent
        record["execution_id"] = self.execution_id
        record["component"] = component
        if name is not None:
            record["component_name"] = name
        if inputs:
            record["inputs"] = inputs
        if outputs:
            record["outputs"] = outputs
        if metadata:
            record["metadata"] = metadata
        if duration_ms is not None:
            record["duration_ms"] = duration_ms
        record["status"] = status
        if failure is not None:
            record["error"] = failure
        if now >= self._memory_due:
            self._sample_memory(now)
        if self._memory_mb is not None:
            record["memory_usage_mb"] = self._memory_mb
        return record

    def _write(self, record: Payload) -> None:
        now: float = record["timestamp"]
        self.event_count += 1
        line = self._encode(record)
        self._append(line, now)
        if self._listeners:
            event = decode_line(line)
            for listener in self._listeners:
                listener(event)
        if now >= self._marker_due:
            self._mark_performance(now)

    def _release(self, span: Span) -> None:
        """Write the starts that were held back, outermost first: something inside is worth recording."""
        outer = span.outer
        if outer is not None and outer.held:
            self._release(outer)
        record, span.held = span.held, None
        if record:
            self._write(record)

    def _sample_memory(self, now: float) -> None:
        self._memory_due = now + _MEMORY_INTERVAL
        self._memory_mb = round(self._process.memory_info().rss / _MEGABYTE, 3)
        self._peak_mb = max(self._peak_mb, self._memory_mb)

    def _mark_performance(self, now: float) -> None:
        self._marker_due = now + _MARKER_INTERVAL
        wall = now - self.started_at
        cpu = time.process_time() - self._cpu_start
        measured = {
            "wall_s": round(wall, 6),
            "cpu_s": round(cpu, 6),
            "cpu_percent": round(100.0 * cpu / wall, 1) if wall > 0 else 0.0,
            "events": self.event_count,
            "threads": self._process.num_threads(),
        }
        if self._peak_mb:
            measured["peak_memory_mb"] = self._peak_mb
        self._write(
            self._new_record(
                "performance_marker", "app", self.app_name, self.root.event_id, Status.COMPLETED, None, measured, None
            )
        )
