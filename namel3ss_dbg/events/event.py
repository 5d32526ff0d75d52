"""One line of a trace, and the words it is made of.

Every span writes two events, `…_start` and `…_end`; an end's `parent_event_id` is its own start's id, and everything
that happens inside carries the start's id as its parent. Other event types are points.
"""

from __future__ import annotations

import time
import uuid
from enum import StrEnum
from typing import Any

import attrs

Payload = dict[str, Any]
"""What went in or came out: a JSON object."""


class TraceEventType(StrEnum):
    """The event types that the debugger knows by name; traces may hold others."""

    APP_LOAD_START = "app_load_start"
    APP_LOAD_END = "app_load_end"
    AGENT_EXECUTION_START = "agent_execution_start"
    AGENT_EXECUTION_END = "agent_execution_end"
    AGENT_TURN_START = "agent_turn_start"
    AGENT_TURN_END = "agent_turn_end"
    LLM_CALL_START = "llm_call_start"
    LLM_CALL_END = "llm_call_end"
    LLM_CALL_RETRY = "llm_call_retry"
    TOOL_CALL_START = "tool_call_start"
    TOOL_CALL_END = "tool_call_end"
    PROMPT_EXECUTION_START = "prompt_execution_start"
    PROMPT_EXECUTION_END = "prompt_execution_end"
    CHAIN_EXECUTION_START = "chain_execution_start"
    CHAIN_EXECUTION_END = "chain_execution_end"
    CHAIN_STEP_START = "chain_step_start"
    CHAIN_STEP_END = "chain_step_end"
    VALIDATION_START = "validation_start"
    VALIDATION_END = "validation_end"
    ERROR_OCCURRED = "error_occurred"
    MEMORY_OPERATION = "memory_operation"
    MEMORY_SUMMARIZATION = "memory_summarization"
    VALIDATION_EVENT = "validation_event"
    PERFORMANCE_MARKER = "performance_marker"


class Status(StrEnum):
    """How a span stands at an event."""

    STARTED = "started"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


def opens(event_type: str) -> bool:
    """Whether events of this type begin a span."""
    return event_type.endswith("_start")


def closes(event_type: str) -> bool:
    """Whether events of this type end a span."""
    return event_type.endswith("_end")


def span_of(event_type: str) -> str:
    """The type without its edge: `llm_call` for `llm_call_start` and `llm_call_end`."""
    return event_type.removesuffix("_start").removesuffix("_end")


def _status_of(event: TraceEvent) -> str:
    return Status.STARTED if opens(event.event_type) else Status.COMPLETED


@attrs.define(kw_only=True)
class TraceEvent:
    """One thing that happened in a run. Never changed after it was emitted."""

    event_type: str
    """A `TraceEventType`, or any other word."""
    event_id: str = attrs.field(factory=lambda: f"evt_{uuid.uuid4().hex[:12]}")
    """Unique within its trace."""
    timestamp: float = attrs.field(factory=time.time)
    """Seconds since the epoch."""
    parent_event_id: str | None = None
    """The start of the span this happened in; for an end, its own start."""
    execution_id: str | None = None
    """The run that this belongs to."""
    component: str = "app"
    """agent, prompt, chain, tool, llm, memory, validation, app, or any other word."""
    component_name: str | None = None
    """Which one; for a model call its provider."""
    inputs: Payload = attrs.field(factory=dict)
    """What went in."""
    outputs: Payload = attrs.field(factory=dict)
    """What came out."""
    metadata: Payload = attrs.field(factory=dict)
    """About the event; `metadata["source"]` is `{file, line, column}` of the declaration or step."""
    duration_ms: float | None = None
    """How long it took, on ends."""
    status: str = attrs.field(default=attrs.Factory(_status_of, takes_self=True))
    """A `Status`; by default `started` at a start and `completed` elsewhere."""
    error: str | None = None
    """What went wrong, as `Type: message`."""
    memory_usage_mb: float | None = None
    """Resident memory of the process, in units of 2²⁰ bytes."""
    tokens_used: int | None = None
    """By a model, prompt and completion together."""
    cost_estimate: float | None = None
    """US dollars."""

    @property
    def opens(self) -> bool:
        """Whether this begins a span."""
        return opens(self.event_type)

    @property
    def closes(self) -> bool:
        """Whether this ends a span."""
        return closes(self.event_type)

    @property
    def span(self) -> str:
        """The event type without `_start` or `_end`."""
        return span_of(self.event_type)

    @property
    def name(self) -> str:
        """The component's name, else its kind."""
        return self.component_name or self.component

    def to_dict(self) -> Payload:
        """The event as its JSON object, fields that say nothing left out, in the order of `FIELDS`."""
        values = ((field, getattr(self, field)) for field in FIELDS)
        return {field: value for field, value in values if value is not None and value != {}}


FIELDS: tuple[str, ...] = tuple(field.name for field in attrs.fields(TraceEvent))
"""The names of an event's fields, in the order in which a line holds them."""
