"""`namel3ss.debugging`: everything that a runtime or a script wants of the debugger, and nothing defined here.

This folder is installed as `namel3ss.debugging`, so its modules import by full names. A name is loaded when it is first
asked for: an app that only decorates its functions shall not wait for the replayer and the analyzer.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from namel3ss_dbg.analysis import TraceAnalyzer
    from namel3ss_dbg.events import Status, TraceEvent, TraceEventType, TraceFilter
    from namel3ss_dbg.recording import ExecutionContext, ExecutionTracer, Span
    from namel3ss_dbg.recording.current import get_global_tracer, initialize_tracing
    from namel3ss_dbg.replay.replayer import ExecutionReplayer, ReplayBreakpoint
    from namel3ss_dbg.trace.settings import DebugConfiguration
    from namel3ss_dbg.trace.workspace import get_debug_config_manager

__all__ = [
    "DebugConfiguration",
    "ExecutionContext",
    "ExecutionReplayer",
    "ExecutionTracer",
    "ReplayBreakpoint",
    "Span",
    "Status",
    "TraceAnalyzer",
    "TraceEvent",
    "TraceEventType",
    "TraceFilter",
    "get_debug_config_manager",
    "get_global_tracer",
    "initialize_tracing",
]

_HOMES = {
    "DebugConfiguration": "namel3ss_dbg.trace.settings",
    "ExecutionContext": "namel3ss_dbg.recording",
    "ExecutionReplayer": "namel3ss_dbg.replay.replayer",
    "ExecutionTracer": "namel3ss_dbg.recording",
    "ReplayBreakpoint": "namel3ss_dbg.replay.replayer",
    "Span": "namel3ss_dbg.recording",
    "Status": "namel3ss_dbg.events",
    "TraceAnalyzer": "namel3ss_dbg.analysis",
    "TraceEvent": "namel3ss_dbg.events",
    "TraceEventType": "namel3ss_dbg.events",
    "TraceFilter": "namel3ss_dbg.events",
    "get_debug_config_manager": "namel3ss_dbg.trace.workspace",
    "get_global_tracer": "namel3ss_dbg.recording.current",
    "initialize_tracing": "namel3ss_dbg.recording.current",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = found  # the next time it is there by itself
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
