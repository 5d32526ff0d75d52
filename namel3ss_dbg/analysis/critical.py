"""The calls that decided when the run ended, and the time that each of them contributes.

Backwards from the end: what was waited for last is the child that ended last; before that child began, the one that had
ended last by then; and so on inwards. Whoever wants a run to be shorter must make one of these shorter. Where a run
broke off, the calls that were open at its last event are on the path.
"""

from __future__ import annotations

import heapq

import attrs

from ..trace.columns import NONE, Row
from .spans import Spans

_MOST_SPANS = 100


@attrs.frozen
class PathSpan:
    """A call on the critical path."""

    event_index: int
    event_type: str
    component: str
    name: str
    contributed_ms: float
    """The time in which the run waited for this call itself, not for one that it called."""


@attrs.frozen
class CriticalPath:
    """The chain of calls that decided when the run ended."""

    spans: tuple[PathSpan, ...]
    """In the order of time; at most the hundred that contribute most."""
    length: int
    """How many calls are on the path."""
    total_ms: float
    """What all of them contribute."""


def critical_path(spans: Spans) -> CriticalPath:
    """The critical path of a trace; with a filter, those of its calls that are admitted."""
    contributed = {row: ms for row, ms in contributions(spans).items() if row >= 0 and spans.keeps(row)}
    most = heapq.nlargest(_MOST_SPANS, contributed, key=contributed.__getitem__)
    return CriticalPath(
        spans=tuple(_path_span(spans, row, contributed[row]) for row in sorted(most)),
        length=len(contributed),
        total_ms=sum(contributed.values()),
    )


def contributions(spans: Spans) -> dict[Row, float]:
    """By start of each call on the path what it contributes; by NONE the time outside all calls."""
    columns, count = spans.columns, spans.count
    match, parent, timestamp = columns.match, columns.parent, columns.timestamp
    ms: dict[Row, float] = {}
    at: dict[Row, Row] = {}  # by call on the path, the row back to which its time is accounted for
    here = count - 1
    frame = here
    while frame >= 0:
        if frame in spans.unfinished:
            at[frame] = here
            here = frame
        frame = parent[frame]
    at[NONE] = here + 1
    for end in range(count - 1, -1, -1):
        start = match[end]
        if not 0 <= start < end:
            continue
        outer = parent[start]
        until = at.get(outer, NONE)
        if end < until:
            if until < count:
                ms[outer] = ms.get(outer, 0.0) + max(timestamp[until] - timestamp[end], 0.0) * 1000.0
            at[outer] = start
            at[start] = end
    for row, until in at.items():
        since = timestamp[max(row, 0)] if count else 0.0
        if until < count:
            ms[row] = ms.get(row, 0.0) + max(timestamp[until] - since, 0.0) * 1000.0
    return ms


def _path_span(spans: Spans, row: Row, ms: float) -> PathSpan:
    shape = spans.columns.shape_at(row)
    return PathSpan(row, spans.kind(row), shape.component, shape.component_name or shape.component, ms)
