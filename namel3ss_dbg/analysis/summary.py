"""A run on one page: what it was, how it ended, and what it consisted of."""

from __future__ import annotations

from collections import Counter
from typing import Literal

import attrs

from ..events import Payload
from ..trace.columns import END, NONE, Row
from .cost import Spending
from .resources import span_of_time
from .spans import RUN, Spans

Outcome = Literal["finished", "failed", "cancelled", "crashed", "running"]
"""How a run ended. Without an end record it crashed, or is still being written; a live one that goes on is running."""


@attrs.frozen
class Missing:
    """At most what a trace may lack at its end; None where that cannot be known."""

    events_at_most: int | None
    ms_at_most: float | None


@attrs.frozen
class Summary:
    """A run on one page."""

    execution_id: str | None
    app: str | None
    status: Outcome
    started_at: float
    """Seconds since the epoch."""
    ended_at: float
    duration_ms: float
    executions: int
    """How many runs the trace holds; the rest of this page is about the last one's end and all of their events."""
    events: int
    spans: int
    lanes: int
    errors: int
    tokens: int
    cost: float
    """US dollars, as far as prices are known."""
    unpriced_calls: int
    """How many calls used tokens whose cost nothing tells, and `cost` lacks."""
    events_by_type: dict[str, int]
    """The most frequent first."""
    events_by_component: dict[str, int]
    agents: tuple[str, ...]
    chains: tuple[str, ...]
    prompts: tuple[str, ...]
    tools: tuple[str, ...]
    models: tuple[str, ...]
    invalid_lines: int
    torn_bytes: int
    """Of a last line that was never finished."""
    unfinished_spans: int
    has_end_record: bool
    missing: Missing


def summary_of(spans: Spans, spending: Spending, errors: int) -> Summary:
    """A run on one page; `errors` is how many it had."""
    timeline = spans.timeline
    runs = sorted(row for _, heads in spans.heads(RUN) for row in heads)
    first = timeline.recorded(runs[0] if runs else 0) if spans.count else None
    last_end = spans.end(runs[-1]) if runs else NONE
    begin, end = span_of_time(spans)
    took = spans.took_ms[runs[-1]] if len(runs) == 1 else -1.0
    statistics = timeline.statistics()
    by_type, by_component = _counts(spans, "event_type"), _counts(spans, "component")
    return Summary(
        execution_id=(first.execution_id or _text(first.inputs, "execution_id")) if first is not None else None,
        app=(first.component_name or _text(first.inputs, "app_name")) if first is not None and runs else None,
        status=_outcome(spans, runs, last_end),
        started_at=begin,
        ended_at=end,
        duration_ms=took if took >= 0.0 else (end - begin) * 1000.0,
        executions=len(runs),
        events=sum(by_type.values()),
        spans=sum(len(heads) for _, heads in spans.heads()),
        lanes=statistics.lanes,
        errors=errors,
        tokens=spending.tokens,
        cost=spending.cost,
        unpriced_calls=len(spending.unpriced),
        events_by_type=dict(by_type.most_common()),
        events_by_component=dict(by_component.most_common()),
        agents=_names(spans, "agent_execution", "agent_turn"),
        chains=_names(spans, "chain_execution"),
        prompts=_names(spans, "prompt_execution"),
        tools=_names(spans, "tool_call"),
        models=tuple(spending.models),
        invalid_lines=statistics.invalid_lines,
        torn_bytes=statistics.torn_bytes,
        unfinished_spans=sum(map(spans.keeps, spans.unfinished)),
        has_end_record=last_end >= 0,
        missing=_missing(spans, runs, last_end),
    )


def _counts(spans: Spans, field: Literal["event_type", "component"]) -> Counter[str]:
    """How many events the filter keeps, by type or component."""
    columns = spans.columns
    shortest = spans.wanted.min_duration_ms if spans.wanted is not None else None
    counts: Counter[str] = Counter()
    for code, shape in enumerate(columns.shape_names):
        if not spans.admits(shape):
            continue
        rows = columns.shape_rows[code]
        ends = columns.edge[code] == END and shape.event_type != f"{RUN}_end"
        kept = sum(spans.keeps(spans.head(row)) for row in rows) if shortest is not None and ends else len(rows)
        if kept:
            counts[getattr(shape, field)] += kept
    return counts


def _names(spans: Spans, *kinds: str) -> tuple[str, ...]:
    """The names of these kinds of calls, in the order in which they first came."""
    found = [(heads[0], shape.component_name) for kind in kinds for shape, heads in spans.heads(kind)]
    return tuple(dict.fromkeys(name for _, name in sorted(found, key=lambda pair: pair[0]) if name))


def _outcome(spans: Spans, runs: list[Row], end: Row) -> Outcome:
    if not spans.timeline.closed:
        return "running"
    if end >= 0:
        if runs[-1] in spans.failed:
            return "failed"
        return "cancelled" if spans.columns.shape_at(end).status == "cancelled" else "finished"
    if runs or spans.unfinished or not spans.count:
        return "crashed"
    # A trace by another tracer, without a record of the run: its outermost calls say how it went.
    columns = spans.columns
    outermost = (row for _, heads in spans.heads() for row in heads if columns.parent[row] < 0)
    return "failed" if not spans.failed.isdisjoint(outermost) else "finished"


def _missing(spans: Spans, runs: list[Row], end: Row) -> Missing:
    if end >= 0:
        said = spans.timeline.recorded(end).outputs.get("execution_summary")
        written = (said.get("events", said.get("total_events"))) if isinstance(said, dict) else None
        if len(runs) == 1 and isinstance(written, int):
            return Missing(max(written - spans.count, 0), 0.0)
        return Missing(None, None)
    said = spans.timeline.recorded(runs[-1]).metadata if runs else {}
    held, waited_s = said.get("buffer_size"), said.get("flush_interval")
    return Missing(
        held if isinstance(held, int) else None,
        waited_s * 1000.0 if isinstance(waited_s, int | float) else None,
    )


def _text(payload: Payload, key: str) -> str | None:
    value = payload.get(key)
    return value if isinstance(value, str) else None
