"""`namel3ss.debugging.hooks`: decorators and calls that record what a runtime does."""

from __future__ import annotations

from namel3ss_dbg.recording.hooks import (
    HookOptions,
    trace_agent_execution,
    trace_agent_turn,
    trace_chain_execution,
    trace_error,
    trace_llm_call,
    trace_memory_operation,
    trace_prompt_execution,
    trace_tool_call,
    trace_validation_event,
)

__all__ = [
    "HookOptions",
    "trace_agent_execution",
    "trace_agent_turn",
    "trace_chain_execution",
    "trace_error",
    "trace_llm_call",
    "trace_memory_operation",
    "trace_prompt_execution",
    "trace_tool_call",
    "trace_validation_event",
]
