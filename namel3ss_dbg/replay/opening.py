"""Opens a recording that holds something to walk through."""

from __future__ import annotations

from pathlib import Path

from ..events import TraceError, TraceFilter
from ..timeline.session import DebugSession


def open_recording(path: Path, *, visible: TraceFilter | None = None) -> DebugSession:
    """A session over a trace that holds at least one event.

    Raises:
        TraceError: The file cannot be read, or it is no trace.
    """
    session = DebugSession.open(path, visible=visible)
    columns = session.timeline.columns
    if columns.count > columns.invalid:
        return session
    try:
        if columns.count:
            raise TraceError(
                f"'{path}' is not a trace",
                why=f"none of its first {columns.count} lines is an event; the first: {session.timeline[0].error}",
            )
        torn = session.timeline.statistics().torn_bytes
        why = f"its only line was never finished ({torn} bytes)" if torn else "the file is empty"
        raise TraceError(f"'{path}' holds no events", why=why)
    finally:
        session.close()
