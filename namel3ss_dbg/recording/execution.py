"""One run being recorded: its file, its ids, and the one way from a fact to a line.

Nothing in here raises into the program: what goes wrong is logged once per run, and the run goes on.

A child that is forked leaves its parent's runs to the parent: what it still does in them goes nowhere, since two
processes that count on from the same number would give two events one id.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import os
import threading
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
import psutil

from ..events import Payload, Status, TraceEvent, TraceFilter
from ..events.redaction import Redactor
from ..trace.codec import decode_line
from ..trace.settings import DebugConfiguration
from ..trace.writer import TraceWriter
from .span import Span
from .sums import Sum

_log = logging.getLogger(__name__)

_MEMORY_INTERVAL = 0.05
_MARKER_INTERVAL = 1.0
_MEGABYTE = 1 << 20
_STARTED, _COMPLETED = Status.STARTED.value, Status.COMPLETED.value
# The bare words: orjson takes five times as long for an enum's member.

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
        owner: object = None,
    ) -> None:
        self.app_name: str = app_name
        """What runs."""
        self.execution_id: str = execution_id
        """Names this run in its trace."""
        self.writer = writer
        self.owner = owner
        """The tracer that began it."""
        self.finished = False
        """Whether nothing is recorded any more."""
        self.left_to_parent = False
        """Whether this process is a child that was forked within the run."""
        self.event_count = 0
        """Events written so far."""
        self._tokens, self._cost = Sum("tokens", 0), Sum("cost", 0.0)
        self.started_at = time.time()
        """Seconds since the epoch."""
        self.root = Span(self, None, "app_load", "app", app_name, None, None)
        """What everything without a known parent belongs to."""
        self._listeners = listeners
        self.redactor = redactor
        """What makes its records safe to be written."""
        self._encode = redactor.encode
        self._append = writer.append
        self._filter: TraceFilter | None = None if config.recorded.keeps_all else config.recorded
        self._least_ms = config.recorded.min_duration_ms
        self._new_id = map("evt_%06d".__mod__, itertools.count(1)).__next__
        self._process = psutil.Process()
        self._memory_mb: float | None = None
        self._peak_mb = 0.0
        self._memory_due = 0.0 if config.capture_memory else float("inf")
        self._marks = config.capture_performance
        self._marker_due = self.started_at + _MARKER_INTERVAL if self._marks else float("inf")
        self._due = 0.0
        self._cpu_start = time.process_time()
        self._ending = itertools.count().__next__
        self._complaints: set[str] = set()
        _executions.add(self)

    @property
    def tokens_used(self) -> float:
        """Tokens of all its model calls so far."""
        return self._tokens.total

    @property
    def cost_estimate(self) -> float:
        """US dollars so far."""
        return self._cost.total

    @property
    def trace_file(self) -> Path:
        """Where this run is written."""
        return self.writer.path

    def keeps(self, event_type: str, component: str, name: str | None) -> bool:
        """Whether the filter lets events of this shape into the trace."""
        return self._filter is None or self._filter.admits(event_type, component, name)

    # Spans and points

    def open(self, span: Span) -> Payload | None:
        """Write a span's start, unless the filter drops it or waits for how long it will take."""
        if self.finished:
            return None
        try:
            metadata, span.metadata = span.metadata, None
            if metadata is not None:
                if type(metadata) is not dict:
                    metadata = _payload(metadata)
                span.source = metadata.get("source")
            kind, parent, name = span.kind, span.parent_id, span.name
            if self._filter is not None:
                if not self._filter.admits(f"{kind}_start", span.component, name):
                    span.dropped = True
                    return None
                if parent is None and self._least_ms is None:
                    parent = self.anchor(span.outer)
            if parent is None:
                parent = (span.outer or self.root).event_id
            now = time.time()
            if now >= self._due:
                self._look_around(now)
            span.event_id = event_id = self._new_id()
            record: Payload = {"event_type": f"{kind}_start", "event_id": event_id, "timestamp": now}
            if parent is not None:
                record["parent_event_id"] = parent
            record["execution_id"] = self.execution_id
            record["component"] = span.component
            if name is not None:
                record["component_name"] = name
            inputs = span.inputs
            if inputs is not None:
                if type(inputs) is not dict:
                    inputs = _payload(inputs)
                if inputs:
                    record["inputs"] = inputs
            if metadata:
                record["metadata"] = metadata
            record["status"] = _STARTED
            if self._memory_mb is not None:
                record["memory_usage_mb"] = self._memory_mb
            if self._least_ms is not None and span is not self.root:
                span.held = orjson.loads(self._encode(record))  # as it is now: a payload may change until the end
                return record
            self._write(record, now)
            return record
        except Exception as problem:  # an observer never breaks what it observes
            self.report(problem)
            return None

    def close(self, span: Span, status: str, failure: str | None, duration_ms: float) -> Payload | None:
        """Write a span's end, unless the filter dropped its start or it was too quick to be kept."""
        if self.finished or span.dropped:
            return None
        try:
            if span.held is not None:
                if duration_ms < (self._least_ms or 0.0):
                    span.dropped, span.held = True, None
                    return None
                self.anchor(span)
            now = time.time()
            if now >= self._due:
                self._look_around(now)
            record: Payload = {"event_type": f"{span.kind}_end", "event_id": self._new_id(), "timestamp": now}
            if span.event_id is not None:
                record["parent_event_id"] = span.event_id
            record["execution_id"] = self.execution_id
            record["component"] = span.component
            if span.name is not None:
                record["component_name"] = span.name
            outputs, metadata = span.outputs, span.metadata
            if outputs is not None:
                if type(outputs) is not dict:
                    outputs = _payload(outputs)
                if outputs:
                    record["outputs"] = outputs
            if metadata is not None and type(metadata) is not dict:
                metadata = _payload(metadata)
            if span.source is not None:
                metadata = {"source": span.source, **(metadata or {})}
            if metadata:
                record["metadata"] = metadata
            record["duration_ms"] = duration_ms
            record["status"] = status
            if failure is not None:
                record["error"] = failure
            if self._memory_mb is not None:
                record["memory_usage_mb"] = self._memory_mb
            if span.tokens_used is not None or span.cost_estimate is not None:
                self._spend(record, span.tokens_used, span.cost_estimate, span.outer, span)
            self._write(record, now)
            return record
        except Exception as problem:  # as in open
            self.report(problem)
            return None

    def point(
        self,
        event_type: str,
        component: str,
        name: str | None,
        parent: str | None,
        status: str,
        more: Payload,
        around: Span | None = None,
    ) -> Payload | None:
        """Write an event that takes no time; `more` are further fields, of which those that are None are left out."""
        if self.finished:
            return None
        now = time.time()
        if now >= self._due:
            self._look_around(now)
        record: Payload = {"event_type": event_type, "event_id": self._new_id(), "timestamp": now}
        if parent is not None:
            record["parent_event_id"] = parent
        record["execution_id"] = self.execution_id
        record["component"] = component
        if name is not None:
            record["component_name"] = name
        for key in ("inputs", "outputs", "metadata"):
            payload = more.pop(key, None)
            if payload is not None and (payload := _payload(payload)):
                record[key] = payload
        record["status"] = status
        if self._memory_mb is not None:
            record["memory_usage_mb"] = self._memory_mb
        self._spend(record, more.pop("tokens_used", None), more.pop("cost_estimate", None), around)
        record.update({key: value for key, value in more.items() if value is not None})
        self._write(record, now)
        return record

    def anchor(self, span: Span | None) -> str | None:
        """The id of the nearest span, from this one outwards, that is in the trace.

        Starts that wait on the way are written, the outermost first: something inside them is worth recording.
        """
        waiting: list[Span] = []
        while span is not None and (span.dropped or span.held is not None):
            if span.held is not None:
                waiting.append(span)
            span = span.outer
        parent = (span or self.root).event_id
        for span in reversed(waiting):
            record, span.held = span.held, None
            if record is not None:
                if span.parent_id is None:
                    record["parent_event_id"] = parent
                self._write(record, time.time())
            parent = span.event_id
        return parent

    def _write(self, record: Payload, now: float) -> None:
        line = self._encode(record)
        self._append(line, now)
        self.event_count += 1
        if self._listeners:
            self._tell(line)

    def _spend(self, record: Payload, tokens: Any, cost: Any, around: Span | None, span: Span | None = None) -> None:
        if tokens is not None:
            record["tokens_used"] = tokens
            self._tokens.add(tokens, around, span)
        if cost is not None:
            record["cost_estimate"] = cost
            self._cost.add(cost, around, span)

    def _tell(self, line: bytes) -> None:
        event = decode_line(line)
        for listener in self._listeners:
            try:
                listener(event)
            except Exception as problem:  # somebody else's code, on the program's own thread
                self._complain(f"A listener of {self.app_name} failed", problem)

    # The run

    def begin(self, inputs: Payload, metadata: Payload) -> None:
        """Write the record that opens the run."""
        self.root.inputs, self.root.metadata = inputs, metadata
        self.root.begin()

    def finish(self, status: str, failure: str | None, outputs: Payload | None) -> bool:
        """Write the record that tells a finished run from one that crashed; whether this call did.

        The file is still to be closed, which may take as long as the disk likes.
        """
        if self._ending():  # a count, not a lock: a signal's handler may end the run while it is being ended
            return False
        if self._marks:
            try:
                self._mark_performance(time.time())
            except Exception as problem:  # as in open
                self.report(problem)
        self._due = float("inf")  # nothing may come between the count and the end
        summary = {
            "events": self.event_count + 1,
            "tokens_used": self.tokens_used,
            "cost_estimate": self.cost_estimate,
        }
        self.root.outputs = {**(_payload(outputs) if outputs is not None else {}), "execution_summary": summary}
        if failure is not None or status != _COMPLETED:
            self.root.fail(failure, str(status))
        self.root.end()
        self.finished = True
        return True

    def leave_to_parent(self) -> None:
        """In a forked child: record nothing any more, and touch nothing that the parent has open."""
        self.left_to_parent = self.finished = True
        self.writer.leave_to_parent()

    def report(self, problem: Exception) -> None:
        """Log, the first time, that an event was lost."""
        self._complain(f"An event of {self.app_name} was not traced", problem)

    def _complain(self, what: str, problem: Exception) -> None:
        if what not in self._complaints:
            self._complaints.add(what)
            _log.warning("%s: %s: %s", what, type(problem).__name__, problem)

    # Measurements

    def _look_around(self, now: float) -> None:
        """Measure what is due."""
        if now >= self._memory_due:
            self._memory_due = now + _MEMORY_INTERVAL
            try:
                self._memory_mb = round(self._process.memory_info().rss / _MEGABYTE, 3)
                self._peak_mb = max(self._peak_mb, self._memory_mb)
            except (psutil.Error, OSError) as problem:
                self._memory_due = float("inf")
                self._complain(f"The memory of {self.app_name} cannot be measured", problem)
        if now >= self._marker_due:
            self._mark_performance(now)
        self._due = min(self._memory_due, self._marker_due)

    def _mark_performance(self, now: float) -> None:
        self._marker_due = float("inf")  # the marker is an event too, and is not to call for another one
        wall = now - self.started_at
        cpu = time.process_time() - self._cpu_start
        measured: Payload = {
            "wall_s": round(wall, 6),
            "cpu_s": round(cpu, 6),
            "cpu_percent": round(100.0 * cpu / wall, 1) if wall > 0 else 0.0,
            "events": self.event_count,
            "threads": threading.active_count(),
        }
        if self._peak_mb:
            measured["peak_memory_mb"] = self._peak_mb
        parent = self.root.event_id
        self.point("performance_marker", "app", self.app_name, parent, _COMPLETED, {"outputs": measured})
        self._marker_due = now + _MARKER_INTERVAL


def _payload(value: Any) -> Payload:
    """What was given as a payload, as an object: what is none becomes the `value` of one."""
    with contextlib.suppress(Exception):  # even its class may be a property of somebody's
        if isinstance(value, Mapping):
            return dict(value)
    return {"value": value}


_executions: weakref.WeakSet[Execution] = weakref.WeakSet()
# Known to the fork hook below, which must reach every run of this process.


def _after_fork() -> None:
    for execution in list(_executions):
        if not execution.finished:
            execution.leave_to_parent()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
