"""Finds and opens the trace that a command is about."""

from __future__ import annotations

from pathlib import Path

from ..events import TraceError, TraceFilter
from ..timeline.session import DebugSession
from ..trace.settings import read_settings
from ..trace.store import find_trace


def trace_path(name: str) -> Path:
    """The file that a TRACE argument means.

    Raises:
        TraceError: There is none.
    """
    return Path("-") if name == "-" else find_trace(name, read_settings().configuration.trace_output_dir)


def open_trace(name: str, *, visible: TraceFilter | None = None) -> DebugSession:
    """A session over a trace that holds at least one event.

    Raises:
        TraceError: There is no such trace, it cannot be read, or it is none.
    """
    path = trace_path(name)
    session = DebugSession.open(path, visible=visible)
    columns = session.timeline.columns
    if not columns.count:
        torn = session.timeline.statistics().torn_bytes
        why = f"its only line was never finished ({torn} bytes)" if torn else "the file is empty"
        raise TraceError(f"'{path}' holds no events", why=why)
    if columns.invalid == columns.count:
        raise TraceError(
            f"'{path}' is not a trace",
            why=f"none of its first {columns.count} lines is an event; the first: {session.timeline[0].error}",
        )
    return session
