"""The tracer that hooks write to: the one of the run that the calling code is in, else the process's own.

A process has its own tracer from `initialize_tracing` on. Without it the first hook that is reached asks environment
and workspace, once: `NAMEL3SS_DEBUG_ENABLED=true` traces a program that never heard of tracing.
"""

from __future__ import annotations

import threading

from ..trace.settings import DebugConfiguration
from .span import here
from .tracer import ExecutionTracer

_own: ExecutionTracer | None = None
_is_decided = False
_deciding = threading.Lock()  # that two threads' first hooks do not make two tracers, and so two runs


def initialize_tracing(config: DebugConfiguration | None = None) -> ExecutionTracer:
    """Give the process a tracer, in place of one it may have had, and return it.

    Args:
        config: How it traces; what environment and workspace say when not given.
    """
    global _own, _is_decided
    tracer = ExecutionTracer(config)
    _own, _is_decided = tracer, True
    return tracer


def get_global_tracer() -> ExecutionTracer | None:
    """The tracer that hooks write to; None when nothing is traced and nobody has initialized tracing."""
    span = here.get()
    execution = span.execution if span is not None else None
    if execution is not None and not execution.finished and isinstance(execution.owner, ExecutionTracer):
        return execution.owner
    return _own if _is_decided else _decide()


def active_tracer() -> ExecutionTracer | None:
    """The tracer that hooks write to, unless it records nothing."""
    tracer = _own if _is_decided and here.get() is None else get_global_tracer()
    return tracer if tracer is not None and tracer.enabled else None


def _decide() -> ExecutionTracer | None:
    global _own, _is_decided
    with _deciding:
        if not _is_decided:
            config = DebugConfiguration.from_environment()
            _own, _is_decided = ExecutionTracer(config) if config.enabled else None, True
        return _own
