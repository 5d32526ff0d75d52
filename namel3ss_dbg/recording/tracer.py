"""Records what a program does, as it does it.

The core is synchronous; the `async` faces that the seed's API has await nothing, except the one that ends a run.
"""

from __future__ import annotations

import asyncio
import atexit
import contextvars
import functools
import logging
import os
import platform
import secrets
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from ..events import Payload, Status, TraceError, TraceEvent, closes, opens, span_of
from ..events.redaction import Redactor
from ..trace.codec import TRACE_VERSION, event_of
from ..trace.settings import DebugConfiguration
from ..trace.store import point_latest_at, trace_name
from ..trace.writer import TraceWriter
from .execution import Execution, Listener
from .span import Span, here

P = ParamSpec("P")
R = TypeVar("R")

_log = logging.getLogger(__name__)


class ExecutionTracer:
    """Writes the events of a program's runs, one file for each run."""

    def __init__(self, config: DebugConfiguration | None = None) -> None:
        self.config = config or DebugConfiguration.from_environment()
        self.enabled = self.config.enabled
        """Whether events are recorded; may be switched while a program runs."""
        self.listeners: list[Listener] = []
        """Called with each event after it was written, on the program's own thread."""
        self._latest: Execution | None = None
        self._open: set[Execution] = set()

    # Runs

    def require(
        self,
        app_name: str | None = None,
        *,
        execution_id: str | None = None,
        inputs: Payload | None = None,
        metadata: Payload | None = None,
        path: Path | None = None,
    ) -> Execution:
        """Begin a run with a file of its own, whether tracing is enabled or not.

        Args:
            app_name: What runs; the script's name when not given.
            execution_id: Unique; made when not given.
            inputs: What the program was called with.
            metadata: More about the run.
            path: The file; by default a new one in the trace directory.

        Raises:
            TraceError: The file cannot be written.
        """
        config = self.config
        execution_id = execution_id or f"exec_{secrets.token_hex(6)}"
        app_name = app_name or (Path(sys.argv[0]).stem if sys.argv and sys.argv[0] else "app")
        document = config.trace_format == "json"
        file = path or config.trace_output_dir / trace_name(execution_id, suffix=".json" if document else ".jsonl")
        writer = TraceWriter(
            file, buffer_size=config.buffer_size, flush_interval=config.flush_interval, document=document
        )
        if path is None:
            point_latest_at(file)
        redactor = Redactor(max_payload_size=config.max_payload_size)
        execution = Execution(app_name, execution_id, writer, config, redactor, self.listeners)
        execution.begin(
            {"execution_id": execution_id, "app_name": app_name, **(inputs or {})},
            {
                "trace_version": TRACE_VERSION,
                "python_version": platform.python_version(),
                "pid": os.getpid(),
                **(metadata or {}),
            },
        )
        self.enabled = True
        self._latest = execution
        self._open.add(execution)
        if len(self._open) == 1:
            atexit.register(self._finish_all)
        return execution

    def start(self, app_name: str | None = None, **how: Any) -> Execution | None:
        """`require`, but None when tracing is off or the file cannot be written: then the program goes on untraced."""
        if not self.enabled:
            return None
        try:
            return self.require(app_name, **how)
        except TraceError as problem:
            self.enabled = False
            _log.warning("%s The program goes on untraced.", problem)
            return None

    def finish(
        self,
        status: str = Status.COMPLETED,
        *,
        outputs: Payload | None = None,
        error: str | None = None,
        execution: Execution | None = None,
    ) -> Path | None:
        """End the run that the calling code is in and say where it was written; None when there is none."""
        execution = execution or self.execution()
        if execution is None or execution.finished:
            return None
        execution.finish(status, error, outputs)
        self._open.discard(execution)
        if self._latest is execution:
            self._latest = next(iter(self._open), None)
        if not self._open:
            atexit.unregister(self._finish_all)
        return execution.trace_file

    def execution(self) -> Execution | None:
        """The run that the calling code belongs to, else the one begun last."""
        span = here.get()
        found = span.execution if span is not None else None
        return found if found is not None and found in self._open else self._latest

    def _finish_all(self) -> None:
        for execution in list(self._open):
            self.finish(execution=execution)

    # Events

    def span(
        self,
        kind: str,
        component: str,
        name: str | None = None,
        *,
        inputs: Payload | None = None,
        metadata: Payload | None = None,
    ) -> Span:
        """Something that takes time; `kind` is the event type without its edge, such as `llm_call`."""
        if not self.enabled:
            return Span(None, None, kind, component, name, None, None)
        outer = here.get()
        execution = outer.execution if outer is not None else None
        if execution is None or execution not in self._open:
            execution, outer = self._latest or self.start(), None
        return Span(execution, outer, kind, component, name, inputs, metadata)

    def emit(
        self,
        event_type: str,
        *,
        component: str = "app",
        component_name: str | None = None,
        parent_event_id: str | None = None,
        status: str | None = None,
        error: str | None = None,
        **more: Any,
    ) -> TraceEvent | None:
        """Record one event of any type; None when it is not recorded.

        A `…_start` opens a span for what this task does from now on; a `…_end` closes the innermost open span of its
        type and name. `with tracer.span(...)` does both by itself.

        Args:
            event_type: A `TraceEventType` or any other word.
            component: The kind of what it happened to.
            component_name: Its name.
            parent_event_id: The event that this belongs to, when it is not the innermost open span.
            status: By default `failed` with an error, else `started` for a start and `completed` for the rest.
            error: What went wrong.
            more: inputs, outputs, metadata, duration_ms, tokens_used, cost_estimate.
        """
        if not self.enabled:
            return None
        event_type = str(event_type)
        inside = self.span(span_of(event_type), component, component_name)
        execution = inside.execution
        if execution is None:
            return None
        try:
            if opens(event_type):
                return self._opened(inside, parent_event_id, more)
            if closes(event_type):
                found = _span_to_end(inside, parent_event_id)
                if found is not None:
                    return self._closed(found, status, error, more)
            if not execution.keeps(event_type, component, component_name):
                return None
            outer = inside.outer or execution.root
            status = status or (Status.FAILED if error is not None else Status.COMPLETED)
            record = execution.new_record(
                event_type, component, component_name, parent_event_id or outer.event_id, status, error=error, **more
            )
            execution.point(outer, record)
            return event_of(record)
        except Exception as problem:  # an observer never breaks what it observes
            execution.report(problem)
            return None

    def _opened(self, span: Span, parent_event_id: str | None, more: Payload) -> TraceEvent | None:
        span.inputs, span.metadata, span.parent_id = more.get("inputs"), more.get("metadata"), parent_event_id
        record = span.begin()
        return event_of(record) if record else None

    def _closed(self, span: Span, status: str | None, error: str | None, more: Payload) -> TraceEvent | None:
        for key in ("outputs", "metadata", "tokens_used", "cost_estimate"):
            if more.get(key) is not None:
                setattr(span, key, more[key])
        if status is not None or error is not None:
            span.fail(error, status or Status.FAILED)
        span.leave()
        record = span.end(more.get("duration_ms"))
        return event_of(record) if record else None

    async def start_execution_trace(self, app_name: str | None = None, **how: Any) -> Execution | None:
        """`start`, as the seed's API names it; awaits nothing."""
        return self.start(app_name, **how)

    async def emit_event(self, event_type: str, **what: Any) -> TraceEvent | None:
        """`emit`, as the seed's API names it; awaits nothing."""
        return self.emit(event_type, **what) if self.enabled else None

    async def end_execution_trace(self, status: str = Status.COMPLETED, **how: Any) -> Path | None:
        """`finish`, as the seed's API names it; the disk is waited for in a thread, so that the loop goes on."""
        execution = how.pop("execution", None) or self.execution()
        if execution is None:
            return None
        return await asyncio.to_thread(self.finish, status, execution=execution, **how)

    def carry(self, target: Callable[P, R]) -> Callable[P, R]:
        """`target` for a bare thread or an executor, so that its events belong to the span that is open here."""
        context = contextvars.copy_context()

        @functools.wraps(target)
        def carried(*args: P.args, **kwargs: P.kwargs) -> R:
            return context.copy().run(target, *args, **kwargs)

        return carried


def _span_to_end(inside: Span, event_id: str | None) -> Span | None:
    """The innermost open span of the same kind and name, or the one that has this id."""
    span = inside.outer
    while span is not None and span.outer is not None:
        if span.event_id == event_id if event_id else (span.kind == inside.kind and inside.name in (None, span.name)):
            return span
        span = span.outer
    return None
