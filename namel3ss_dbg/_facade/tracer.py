"""`namel3ss.debugging.tracer`: what records a run, and the one of them that hooks use."""

from __future__ import annotations

from namel3ss_dbg.recording import ExecutionContext, ExecutionTracer, Span
from namel3ss_dbg.recording.current import get_global_tracer, initialize_tracing

__all__ = ["ExecutionContext", "ExecutionTracer", "Span", "get_global_tracer", "initialize_tracing"]
