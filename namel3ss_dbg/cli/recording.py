"""Finds and opens the trace that a command is about."""

from __future__ import annotations

from pathlib import Path

from ..events import Payload, TraceFilter, UsageError
from ..replay.opening import open_recording
from ..timeline.session import DebugSession
from ..trace.settings import read_settings
from ..trace.store import find_trace
from .options import talk


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
    return open_recording(trace_path(name), visible=visible)


def tell_missing(session: DebugSession, problem: UsageError, *, kind: str | None = None) -> None:
    """Say that something is not there because a filter kept it out when the run was recorded.

    Args:
        session: Over the trace that was asked.
        problem: What is not there.
        kind: Of what component; None when nobody knows.

    Raises:
        UsageError: The problem itself: no filter is to blame.
    """
    metadata: Payload = session.timeline[0].metadata
    recorded = metadata.get("recorded")
    kept = recorded.get("components") if isinstance(recorded, dict) else None
    if not isinstance(kept, list) or kind in kept:
        raise problem
    talk(f"{problem} Only {', '.join(map(str, kept))} events were recorded: the run was traced with a filter.")
