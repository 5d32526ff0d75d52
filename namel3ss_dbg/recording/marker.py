"""A `performance_marker` in the trace of the running program, when there is one."""

from __future__ import annotations

from ..events import Payload, TraceEventType
from .current import active_tracer


def mark(name: str, measured: Payload, *, duration_ms: float | None = None) -> None:
    """Record what was measured under a name; nothing when tracing, or `capture_performance`, is off."""
    tracer = active_tracer()
    if tracer is None or not tracer.config.capture_performance:
        return
    with_memory = tracer.config.capture_memory
    outputs = {
        key: value for key, value in measured.items() if value is not None and (with_memory or not key.endswith("_mb"))
    }
    kind = TraceEventType.PERFORMANCE_MARKER
    tracer.emit(kind, component="app", component_name=name, outputs=outputs, duration_ms=duration_ms)
