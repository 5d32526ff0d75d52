"""What each call of a trace took, and what it did itself while nothing that it called was running.

A span is named by its *head*: the row of its start, or of its end in a trace that lost the start. Own time takes away
the time in which at least one child ran, so children that run at once are taken away once. Order comes from the rows of
the trace, which one writer wrote one after another, and never from clocks, which may jump; only lengths come from them.
"""

from __future__ import annotations

import math
import operator
from array import array
from collections.abc import Iterator, Sequence
from functools import cached_property

from ..events import TraceFilter
from ..timeline.timeline import Timeline
from ..trace.columns import END, NONE, START, Columns, Row, Shape

RUN = "app_load"
"""The span that is the whole run."""

_FAILED = frozenset({"failed", "error"})


class Spans:
    """The spans of a timeline that a filter admits; what they took is measured over all of it, admitted or not."""

    def __init__(self, timeline: Timeline, wanted: TraceFilter | None = None) -> None:
        """Read the timeline to its end, and measure it."""
        timeline.complete()
        self.timeline = timeline
        self.columns: Columns = timeline.columns
        self.wanted = wanted if wanted is not None and not wanted.keeps_all else None
        self.count = self.columns.count
        """How many events there are."""
        self.took_ms, self.own_ms = _measured(self.columns, self.unfinished, self.count)

    @cached_property
    def unfinished(self) -> set[Row]:
        """The starts that have no end."""
        return self._unmatched(START)

    @cached_property
    def orphans(self) -> set[Row]:
        """The ends that have no start."""
        return self._unmatched(END)

    def _unmatched(self, wanted: int) -> set[Row]:
        columns, match = self.columns, self.columns.match
        edges = (columns.shape_rows[code] for code, edge in enumerate(columns.edge) if edge == wanted)
        return {row for rows in edges for row in rows if match[row] < 0}

    @cached_property
    def failures(self) -> tuple[Row, ...]:
        """The ends and points that say that something failed; what was cancelled on purpose did not."""
        columns = self.columns
        cancelled = bytearray(shape.status == "cancelled" for shape in columns.shape_names)
        shapes, failed = columns.shape, columns.matching(lambda shape: shape.status in _FAILED)
        with_error = {row for row, error in enumerate(columns.error) if error and not cancelled[shapes[row]]}
        rows = with_error.union(*(columns.shape_rows[code] for code in failed))
        return tuple(sorted(row for row in rows if columns.edge_at(row) != START))

    @cached_property
    def failed(self) -> set[Row]:
        """The heads of the spans that failed."""
        return {self.head(row) for row in self.failures if self.columns.edge_at(row) == END}

    def admits(self, shape: Shape) -> bool:
        """Whether the filter lets events of this shape through."""
        return self.wanted is None or self.wanted.admits(shape.event_type, shape.component, shape.component_name)

    def keeps(self, head: Row) -> bool:
        """Whether the filter admits a span: its shape, and that it took long enough. One without an end did."""
        if self.wanted is None:
            return True
        shortest = self.wanted.min_duration_ms
        return self.admits(self.columns.shape_at(head)) and not (
            shortest is not None and self.took_ms[head] < shortest and self.kind(head) != RUN
        )

    def heads(self, kind: str | None = None) -> Iterator[tuple[Shape, list[Row]]]:
        """By shape, the heads of the admitted spans of one kind, such as `llm_call`, or of all."""
        columns = self.columns
        code_of_kind = columns.spans.get(kind) if kind is not None else None
        for code, heads in self._heads.items():
            if kind is None or columns.span_code[code] == code_of_kind:
                yield columns.shape_names[code], heads

    @cached_property
    def _heads(self) -> dict[int, list[Row]]:
        """The heads of the admitted spans by the code of their shape."""
        columns = self.columns
        shortest = self.wanted.min_duration_ms if self.wanted is not None else None
        found = {}
        for code, shape in enumerate(columns.shape_names):
            edge = columns.edge[code]
            if not self.admits(shape):
                continue
            if edge == START:
                heads = list(columns.shape_rows[code])
            elif edge == END and self.orphans:
                heads = [row for row in columns.shape_rows[code] if row in self.orphans]
            else:
                continue
            if shortest is not None:
                heads = [head for head in heads if self.keeps(head)]
            if heads:
                found[code] = heads
        return found

    def kind(self, head: Row) -> str:
        """The type of a span without its edge."""
        return self.columns.spans.names[self.columns.span_code[self.columns.shape[head]]]

    def head(self, row: Row) -> Row:
        """The head of the span that an event opens or closes; a point is its own."""
        start = self.columns.match[row]
        return start if 0 <= start < row else row

    def end(self, head: Row) -> Row:
        """The end of a span; NONE when it has none."""
        return head if head in self.orphans else self.columns.match[head]

    def ended(self, heads: Sequence[Row]) -> list[float]:
        """The durations of those of these spans that have one."""
        return [ms for ms in map(self.took_ms.__getitem__, heads) if ms >= 0.0]

    def own(self, heads: Sequence[Row]) -> float:
        """What these spans took by themselves, together."""
        return sum(ms for ms in map(self.own_ms.__getitem__, heads) if ms > 0.0)

    def around(self, head: Row) -> Iterator[Row]:
        """The spans around one, innermost first."""
        parent = self.columns.parent
        outer = parent[head]
        while 0 <= outer < head:  # only a forged sidecar says that an outer one came later
            yield outer
            head, outer = outer, parent[outer]

    def nearest(self, kind: str) -> Sequence[str]:
        """For each start the name of the span of this kind that it is in, or is; empty where there is none."""
        columns = self.columns
        code_of_kind = columns.spans.get(kind)
        names = [
            (shape.component_name or shape.component) if edge == START and code == code_of_kind else ""
            for shape, edge, code in zip(columns.shape_names, columns.edge, columns.span_code, strict=True)
        ]
        inside = [""] * (self.count + 1)  # one more, so that NONE is inside of nothing
        for row, (shape, outer) in enumerate(zip(columns.shape, columns.parent, strict=True)):
            inside[row] = names[shape] or inside[outer]
        return inside


def _measured(columns: Columns, unfinished: set[Row], count: int) -> tuple[Sequence[float], Sequence[float]]:
    """By head, what each span took and what it took by itself, in milliseconds; NaN without an end."""
    match, parent, timestamp, duration = columns.match, columns.parent, columns.timestamp, columns.duration
    took = array("d", [math.nan]) * count
    covered = array("d", bytes(8 * count))
    reach = array("i", [NONE]) * count  # by span, the last row that a child covers
    for row, end, outer in zip(range(count), match, parent, strict=False):
        if end < 0:
            if row not in unfinished:
                if duration[row] >= 0.0:
                    took[row] = duration[row]  # an end without its start; a point's duration is nobody's call
                continue
            end = count  # it runs as long as the trace does
        elif end < row:
            continue
        else:
            spent = duration[end]
            if not spent >= 0.0:
                spent = max((timestamp[end] - timestamp[row]) * 1000.0, 0.0)
            took[row] = spent
        if outer < 0:
            continue
        close = match[outer]
        covers_from = reach[outer]
        if row > covers_from and end < close:
            covered[outer] += spent
            reach[outer] = end
        elif close >= 0:
            covers_from = max(covers_from, row)
            last = min(end, close)
            if last > covers_from:
                covered[outer] += max((timestamp[last] - timestamp[covers_from]) * 1000.0, 0.0)
                reach[outer] = last
    return took, array("d", map(operator.sub, took, covered))
