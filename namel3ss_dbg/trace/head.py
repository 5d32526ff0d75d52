"""The part of an event that the index reads; the payloads, most of a line, are skipped unparsed."""

from __future__ import annotations

from typing import Annotated

import msgspec

from ..events import TraceEvent

MOST = 1e11
"""The most milliseconds, tokens, dollars or megabytes that an event may tell of; beyond it sums would be nonsense."""

LATEST_S = 1e20
"""The latest timestamp, in seconds; its negative is the earliest."""

Measure = Annotated[float, msgspec.Meta(ge=-MOST, le=MOST)]
Stamp = Annotated[float, msgspec.Meta(ge=-LATEST_S, le=LATEST_S)]


class Source(msgspec.Struct, gc=False):
    """Where in a source file something stands."""

    file: str
    line: int


class HeadMetadata(msgspec.Struct, gc=False):
    """The part of an event's metadata that the index reads."""

    source: Source | None = None
    start_event_id: str | None = None
    """The start of this end, in traces whose ends repeat their start's parent."""


class Head(msgspec.Struct, gc=False):
    """The fields of an event that become columns."""

    event_type: str
    timestamp: Stamp = 0.0
    event_id: str | None = None
    parent_event_id: str | None = None
    component: str | None = None
    component_name: str | None = None
    metadata: HeadMetadata | None = None
    duration_ms: Measure | None = None
    status: str | None = None
    error: str | None = None
    memory_usage_mb: Measure | None = None
    tokens_used: Measure | None = None
    cost_estimate: Measure | None = None


decode_head = msgspec.json.Decoder(Head, strict=False).decode
"""The head of a line; raises when the line is no event, or one that only `codec` understands."""


def head_of(event: TraceEvent) -> Head:
    """The head of an event that is already decoded."""
    said = event.metadata.get("source")
    start = event.metadata.get("start_event_id")
    source = None
    if isinstance(said, dict) and isinstance(said.get("file"), str) and isinstance(said.get("line"), int):
        source = Source(said["file"], said["line"])
    return Head(
        event.event_type,
        event.timestamp,
        event.event_id or None,
        event.parent_event_id,
        event.component,
        event.component_name,
        HeadMetadata(source, start if isinstance(start, str) else None),
        _measured(event.duration_ms),
        event.status,
        event.error,
        _measured(event.memory_usage_mb),
        _measured(event.tokens_used),
        _measured(event.cost_estimate),
    )


def _measured(value: float | None) -> float | None:
    """A number of a live program, which nobody has looked at yet; None when it is none that can be."""
    return float(value) if value is not None and -MOST <= value <= MOST else None
