"""Records what a program does, as it does it.

The core is synchronous; the `async` faces of it await nothing, except the one that ends a run.
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
from ..events.environment import secrets_within
from ..events.redaction import Redactor
from ..trace.codec import TRACE_VERSION
from ..trace.retention import changed_before_today, remove_in_background
from ..trace.settings import DebugConfiguration
from ..trace.store import LATEST, point_latest_at, trace_name
from ..trace.writer import TraceWriter
from .execution import Execution, Listener
from .span import Span, describe, here, innermost

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
        self._concealed: set[str] = set()
        self._latest: Execution | None = None
        self._open: set[Execution] = set()
        self._begun = False
        self._ends_with_worker = 0

    # Runs

    def require(
        self,
        app_name: str | None = None,
        *,
        execution_id: str | None = None,
        inputs: Payload | None = None,
        metadata: Payload | None = None,
        path: Path | None = None,
        is_latest: bool = True,
    ) -> Execution:
        """Begin a run with a file of its own, whether tracing is enabled or not.

        Args:
            app_name: What runs; the script's name when not given.
            execution_id: Unique; made when not given.
            inputs: What the program was called with.
            metadata: More about the run.
            path: The file; by default a new one in the trace directory.
            is_latest: Whether `trace_latest.jsonl` shall lead to that new one.

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
        first_today = False
        if path is None and is_latest:
            first_today = config.trace_retention_days > 0 and changed_before_today(file.with_name(LATEST))
            point_latest_at(file)
        execution = Execution(app_name, execution_id, writer, config, self._redactor(), self.listeners, self)
        execution.begin(
            {"execution_id": execution_id, "app_name": app_name, **(inputs or {})},
            {
                "trace_version": TRACE_VERSION,
                "buffer_size": config.buffer_size,
                "flush_interval": config.flush_interval,
                **({} if config.mask_secrets else {"secrets": "shown"}),
                **({} if config.recorded.keeps_all else {"recorded": config.recorded.to_dict()}),
                "python_version": platform.python_version(),
                "pid": os.getpid(),
                **(metadata or {}),
            },
        )
        self.enabled = self._begun = True
        self._latest = execution
        self._open = {execution, *(other for other in self._open if not other.finished)}
        if len(self._open) == 1:
            atexit.register(self._finish_all)
            self._end_with_worker()
        if first_today:
            remove_in_background(file.parent, config.trace_retention_days)
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
        if execution is None or not self._end(execution, status, error, outputs):
            return None
        execution.writer.close()
        return execution.trace_file

    def conceal(self, *values: str, certain: bool = False) -> None:
        """Let these values never appear in what is recorded from now on; those that stand anywhere by chance may.

        The values of variables that are called like secrets are concealed from the beginning.

        Args:
            values: What may be secret.
            certain: Whether it is: then also what looks like a word is concealed.
        """
        secret = list(values) if certain else [part for value in values for part in secrets_within(value)]
        self._concealed.update(secret)
        for execution in self._open:
            execution.redactor.conceal(secret)

    def _redactor(self) -> Redactor:
        redactor = self.config.redactor()
        redactor.conceal(self._concealed)
        return redactor

    def without_secrets(self, text: str) -> str:
        """A text as a trace would show it: what looks secret and what is concealed are `***`."""
        redactor = self._latest.redactor if self._latest is not None else self._redactor()
        return redactor.without_secrets(text)

    def _end(self, execution: Execution, status: str, error: str | None, outputs: Payload | None) -> bool:
        if not execution.finish(status, error, outputs):
            return False
        self._open.discard(execution)
        if self._latest is execution:
            self._latest = next(iter(self._open), None)
        if not self._open:
            atexit.unregister(self._finish_all)
        return True

    def execution(self) -> Execution | None:
        """The run that the calling code belongs to, else the one begun last."""
        span = innermost()
        found = span.execution if span is not None else None
        return found if found is not None and found in self._open else self._latest

    def _finish_all(self) -> None:
        """At the interpreter's exit: end what is still open, as failed when an exception ends the program."""
        problem = getattr(sys, "last_value", None)
        for execution in list(self._open):
            if problem is None:
                self.finish(execution=execution)
            else:
                self.finish(Status.FAILED, error=describe(problem), execution=execution)

    def _end_with_worker(self) -> None:
        """In a worker of `multiprocessing`, which leaves without asking `atexit`: end what is open all the same."""
        process = sys.modules.get("multiprocessing.process")
        if process is None or process.parent_process() is None or self._ends_with_worker == os.getpid():
            return
        self._ends_with_worker = os.getpid()
        sys.modules["multiprocessing.util"].Finalize(None, self._finish_all, exitpriority=0)

    def _run_for(self, span: Span | None) -> tuple[Execution | None, Span | None]:
        """The run that something new within `span` belongs to, and the span around it.

        Outside all runs of this tracer that is the one begun last: a bare thread does not know better. The first event
        of all begins a run by itself, and so does the first one of a forked child; after a run was ended, what
        straggles is not recorded.
        """
        execution = span.execution if span is not None else None
        if execution is not None and execution.owner is self and not execution.left_to_parent:
            return (None, None) if execution.finished else (execution, span)
        latest = self._latest
        if latest is None:
            return (None if self._begun else self.start()), None
        if latest.left_to_parent:
            latest = self.start(latest.app_name, metadata={"forked_from": latest.execution_id}, is_latest=False)
        return latest, None

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
        if outer is not None and outer.ended:
            outer = innermost()
        execution = outer.execution if outer is not None else None
        if execution is None or execution.owner is not self or execution.finished:
            execution, outer = self._run_for(outer)
        return Span(execution, outer, kind, component, name, inputs, metadata)

    def emit(
        self,
        event_type: str,
        *,
        component: str = "app",
        component_name: str | None = None,
        parent_event_id: str | None = None,
        inputs: Payload | None = None,
        outputs: Payload | None = None,
        metadata: Payload | None = None,
        duration_ms: float | None = None,
        status: str | None = None,
        error: str | None = None,
        tokens_used: int | None = None,
        cost_estimate: float | None = None,
    ) -> TraceEvent | None:
        """Record one event of any type; None when it is not recorded.

        A `…_start` opens a span for what this task does from now on; a `…_end` closes the innermost open span of its
        type and name, and an `error` or a `status` tells how it ended. `with tracer.span(...)` does both by itself.

        Args:
            event_type: A `TraceEventType` or any other word.
            component: The kind of what it happened to.
            component_name: Its name.
            parent_event_id: The event that this belongs to, when it is not the innermost open span.
            inputs: What went in.
            outputs: What came out.
            metadata: More about it.
            duration_ms: How long it took; an end knows by itself.
            status: How it went; by default `failed` when there is an error, else `completed`.
            error: What went wrong.
            tokens_used: By a model.
            cost_estimate: In US dollars.
        """
        if not self.enabled:
            return None
        event_type = str(event_type)
        inside = self.span(span_of(event_type), component, component_name, inputs=inputs, metadata=metadata)
        execution = inside.execution
        if execution is None:
            return None
        if error is not None:
            status = status or Status.FAILED.value
        try:
            record: Payload | None
            if opens(event_type):
                inside.parent_id = parent_event_id
                record = inside.begin()
            elif closes(event_type) and (found := _span_to_end(inside, parent_event_id)) is not None:
                found.outputs = found.outputs if outputs is None else outputs
                found.metadata = found.metadata if metadata is None else metadata
                found.tokens_used = found.tokens_used if tokens_used is None else tokens_used
                found.cost_estimate = found.cost_estimate if cost_estimate is None else cost_estimate
                if status is not None:
                    found.fail(error, status)
                record = found.end(duration_ms)
            elif execution.keeps(event_type, component, component_name):
                more = {
                    "inputs": inputs,
                    "outputs": outputs,
                    "metadata": metadata,
                    "duration_ms": duration_ms,
                    "error": error,
                    "tokens_used": tokens_used,
                    "cost_estimate": cost_estimate,
                }
                parent = parent_event_id or execution.anchor(inside.outer)
                status = status or Status.COMPLETED.value
                record = execution.point(event_type, component, component_name, parent, status, more, inside.outer)
            else:
                return None
            return TraceEvent(**record) if record is not None else None
        except Exception as problem:  # an observer never breaks what it observes
            execution.report(problem)
            return None

    async def start_execution_trace(self, app_name: str | None = None, **how: Any) -> Execution | None:
        """`start` for those who await it; itself it awaits nothing."""
        return self.start(app_name, **how)

    async def emit_event(self, event_type: str, **what: Any) -> TraceEvent | None:
        """`emit` for those who await it; itself it awaits nothing."""
        return self.emit(event_type, **what) if self.enabled else None

    async def end_execution_trace(
        self,
        status: str = Status.COMPLETED,
        *,
        outputs: Payload | None = None,
        error: str | None = None,
        execution: Execution | None = None,
    ) -> Path | None:
        """`finish` for those who await it: the disk is waited for in a thread, so that the loop goes on."""
        execution = execution or self.execution()
        if execution is None or not self._end(execution, status, error, outputs):
            return None
        await asyncio.to_thread(execution.writer.close)
        return execution.trace_file

    def carry(self, target: Callable[P, R]) -> Callable[P, R]:
        """`target` for a bare thread or an executor, so that its events belong to the span that is open here."""
        context = contextvars.copy_context()

        @functools.wraps(target)
        def carried(*args: P.args, **kwargs: P.kwargs) -> R:
            return context.copy().run(target, *args, **kwargs)

        return carried


def _span_to_end(inside: Span, event_id: str | None) -> Span | None:
    """The innermost open span of the same kind and name, or the one that has this id; never the run itself."""
    span = inside.outer
    while span is not None:
        root = span.execution.root if span.execution is not None else None
        meant = span.event_id == event_id if event_id is not None else inside.name in (None, span.name)
        if meant and span.kind == inside.kind and not span.ended and span is not root:
            return span
        span = span.outer
    return None
