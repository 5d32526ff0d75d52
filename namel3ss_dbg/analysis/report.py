"""All that can be said about a trace, as one value and as one JSON object whose keys stay what they are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from ..events import Payload, TraceFilter
from ..timeline.timeline import Timeline
from ..trace.index import TraceIndex
from .cost import spending_of
from .errors import Errors, errors_of
from .performance import Performance, performance_of
from .resources import ResourceUsage, resources_of
from .spans import RUN, Spans
from .summary import Summary, summary_of
from .timings import Timings

SCHEMA_VERSION = 1
"""Of the JSON object; it grows when a key goes away or changes its meaning, not when one is added."""

_DIGITS = 9


@attrs.frozen
class TraceFile:
    """Where a report comes from."""

    path: str | None
    """None for a program that is running here."""
    format: str
    """jsonl, json, or live."""
    trace_version: int | None
    """What the trace says of itself; None for another tool's."""
    bytes: int | None


@attrs.frozen
class Report:
    """All that can be said about a trace. The names are the keys of its JSON object."""

    schema_version: int
    trace: TraceFile
    summary: Summary
    resource_usage: ResourceUsage
    performance: Performance
    errors: Errors


def analyze(timeline: Timeline, wanted: TraceFilter | None = None) -> Report:
    """The report on a timeline, which is read to its end; with a filter, on the events that it admits.

    Raises:
        TraceError: The recording cannot be read.
    """
    spans = Spans(timeline, wanted)
    spending = spending_of(spans)
    errors = errors_of(spans)
    return Report(
        schema_version=SCHEMA_VERSION,
        trace=_trace_file(spans),
        summary=summary_of(spans, spending, errors.total_errors),
        resource_usage=resources_of(spans, spending),
        performance=performance_of(spans, spending),
        errors=errors,
    )


def to_json(value: Report | Any) -> dict[str, Any]:
    """A report, or a part of one, as JSON values: timings stand among the keys of what they are the timings of."""
    shown: dict[str, Any] = {}
    for field in attrs.fields(type(value)):
        item = getattr(value, field.name)
        if isinstance(item, Timings):
            shown |= to_json(item)
        else:
            shown[field.name] = _plain(item, 3 if field.name.endswith("_ms") else _DIGITS)
    return shown


def _plain(value: Any, digits: int) -> Any:
    if attrs.has(type(value)):
        return to_json(value)
    if isinstance(value, Mapping):
        return {key: _plain(item, digits) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, digits) for item in value]
    return round(value, digits) if isinstance(value, float) else value


def _trace_file(spans: Spans) -> TraceFile:
    index = spans.timeline.index
    starts = [rows[0] for shape, rows in spans.heads(RUN) if shape.event_type == f"{RUN}_start"]
    metadata: Payload = spans.timeline.recorded(min(starts)).metadata if starts else {}
    version = metadata.get("trace_version")
    return TraceFile(
        path=str(index.path) if index is not None else None,
        format=_format(index),
        trace_version=version if isinstance(version, int) else None,
        bytes=_size(index.path) if index is not None else None,
    )


def _format(index: TraceIndex | None) -> str:
    if index is None:
        return "live"
    return "json" if index.path.suffix == ".json" else "jsonl"


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None
