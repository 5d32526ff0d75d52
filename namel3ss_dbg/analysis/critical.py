"""The calls that decided when the run ended, and the time that each of them contributes.

Backwards from the end: what was waited for last is the child that ended last; before that child began, the one that had
ended last by then; and so on inwards. Whoever wants a run to be shorter must make one of these shorter. Where a run
broke off, the calls that were open at its last event are on the path.
"""

from __future__ import annotations

import heapq
from array import array

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
    contributed = {row: ms for row, ms in contributions(spans).items() if spans.keeps(row)}
    most = heapq.nlargest(_MOST_SPANS, contributed, key=contributed.__getitem__)
    return CriticalPath(
        spans=tuple(_path_span(spans, row, contributed[row]) for row in sorted(most)),
        length=len(contributed),
        total_ms=sum(contributed.values()),
    )


def contributions(spans: Spans) -> dict[Row, float]:
    """By start of each call on the path, the milliseconds that it contributes."""
    columns, count = spans.columns, spans.count
    parent, timestamp = columns.parent, columns.timestamp
    until = array("i", [NONE]) * (count + 1)
    # By call on the path, the row back to which its time is accounted for; the last one is of NONE, the whole trace.
    seconds: dict[Row, float] = {}
    here = count - 1
    for frame in (here, *spans.around(here)) if count else ():
        if frame in spans.unfinished:
            until[frame] = here
            seconds[frame] = 0.0
            here = frame
    until[NONE] = here + 1 if here == count - 1 else here
    for end, start in zip(range(count - 1, -1, -1), columns.match[::-1], strict=True):
        if start < 0 or start > end:
            continue
        outer = parent[start]
        if end < until[outer]:
            if outer >= 0:
                seconds[outer] += max(timestamp[until[outer]] - timestamp[end], 0.0)
            until[outer] = start
            until[start] = end
            seconds[start] = 0.0
    return {row: (spent + max(timestamp[until[row]] - timestamp[row], 0.0)) * 1000.0 for row, spent in seconds.items()}


def _path_span(spans: Spans, row: Row, ms: float) -> PathSpan:
    shape = spans.columns.shape_at(row)
    return PathSpan(row, spans.kind(row), shape.component, shape.component_name or shape.component, ms)
