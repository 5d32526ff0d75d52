"""Turns heads into rows of the columns, and finds out what belongs to what.

Rows are linked while they arrive, from ids and never from a stack, because the events of concurrent agents interleave:

- `parent`: the start of the span that an event happened in (for an end, the span around the one it ends);
- `match`: the end of a start, the start of an end;
- `lane`: a start runs on its parent's lane unless a sibling is running there: then it opens a lane of its own.

Rows are added by the block: `struct.pack` fills a column three times as fast as one `append` after the other.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from struct import pack
from typing import TYPE_CHECKING

import msgspec

from .head import Head, Source
from .postings import NONE, Row

if TYPE_CHECKING:
    from .columns import Columns

TYPES: dict[str, str] = {
    "offset": "Q",
    "shape": "I",
    "error": "I",
    "timestamp": "d",
    "duration": "d",
    "memory": "f",
    "tokens": "d",
    "cost": "d",
    "parent": "i",
    "match": "i",
    "depth": "H",
    "lane": "I",
}
"""The columns and the `array` type of each; a duration or memory that is not known is NaN."""

POINT, START, END = 0, 1, 2
"""What an event does to a span, by shape: see `Columns.edge`."""

DEEPEST = 65_535
"""The depth that stands for all deeper ones."""

_LATE_SPANS = 1_000
_MOST_SPANS_SEARCHED = 1_000
_MOST_SHAPES = 65_535
_MOST_ERROR_TEXTS = 65_000
_LONGEST_ERROR = 300
_UNKNOWN = math.nan

MANY_NAMES = "(one of very many names)"
"""The component name of events whose own would make more than 65,535 shapes."""

ShapeKey = tuple[str, str | None, str | None, str | None]
"""Type, component, name and status as a line says them."""


class LinkedSpan(msgspec.Struct):
    """A span that is open, or ended so lately that something may still name it as its parent."""

    row: Row
    depth: int
    lane: int
    kind: int
    """The code of its kind of span."""
    name: str | None
    around: LinkedSpan | None
    child: Row = NONE
    """The start of the span inside that runs on its lane now."""
    ended: bool = False


_Known = tuple[int, int, int, Callable[[Row], None]]
"""Of a shape: its code, edge and kind of span, and what adds a row to it. No class: taking one apart is slow."""


class Linker:
    """Adds events to columns."""

    __slots__ = ("_columns", "_earlier", "_ended", "_nested", "_outside", "_shapes", "_sources", "_spans")

    def __init__(self, columns: Columns) -> None:
        """Go on where `columns`, which must not be mapped any more, end."""
        self._columns = columns
        self._outside = LinkedSpan(NONE, -1, 0, NONE, None, None)
        """What everything without a known parent is in."""
        self._spans: dict[str, LinkedSpan] = {}
        """By id of their starts; the ended ones are moved out, many at a time."""
        self._earlier: dict[str, LinkedSpan] = {}
        """Spans that ended earlier, by id of their starts."""
        self._ended = 0
        self._nested: list[LinkedSpan] = []
        """The spans that are open, as long as no event names a parent."""
        self._shapes: dict[ShapeKey, _Known] = {}
        for code, key in enumerate(columns.shapes.names):
            self._shapes[key] = self._known(code)
        self._sources: dict[tuple[str, int], Callable[[Row], None]] = {}
        """By place in a source file, what adds a row to it."""
        if not len(columns.lane_rows):
            columns.lane_rows.open()

    @property
    def open(self) -> dict[str, Row]:
        """The starts that have no end so far, by id."""
        return {identity: span.row for identity, span in self._spans.items() if not span.ended}

    @property
    def late(self) -> dict[str, Row]:
        """The starts of spans that ended lately, by id."""
        ended = {identity: span.row for identity, span in self._spans.items() if span.ended}
        return {identity: span.row for identity, span in self._earlier.items()} | ended

    def resume(self, starts: dict[str, Row]) -> None:
        """Know these spans, open or ended, as they stand in the columns."""
        columns = self._columns
        spans: dict[Row, LinkedSpan] = {NONE: self._outside}
        for row in sorted(_with_parents(starts.values(), columns)):
            around = spans[columns.parent[row]]
            shape = columns.shape[row]
            lane, ended = columns.lane[row], columns.match[row] >= 0
            name = columns.shape_names[shape].component_name
            span = LinkedSpan(row, columns.depth[row], lane, columns.span_code[shape], name, around, NONE, ended)
            spans[row] = span
            if not ended:
                self._nested.append(span)
                if lane == around.lane:
                    around.child = row
        for identity, row in starts.items():
            span = spans[row]
            (self._earlier if span.ended else self._spans)[identity] = span

    def __call__(self, head: Head, offset: int) -> None:
        """Add one event, whose line begins at `offset`."""
        self.extend((head,), (offset,))

    def extend(self, heads: Sequence[Head], offsets: Sequence[int]) -> None:
        """Add events, given where their lines begin."""
        columns = self._columns
        shapes, sources, spans, outside = self._shapes.get, self._sources.get, self._spans, self._outside
        find, find_earlier = spans.get, self._earlier.get
        lane_rows = columns.lane_rows.grown
        linked = columns.linked
        first = row = columns.count
        codes: list[int] = []
        parents: list[Row] = []
        matches: list[Row] = []
        depths: list[int] = []
        lanes: list[int] = []
        for head in heads:
            known = shapes((head.event_type, head.component, head.component_name, head.status))
            if known is None:
                known = self._new_shape(head)
            code, edge, kind, add = known
            said = head.parent_event_id
            match = NONE
            if edge == END:
                span = find(said) if said is not None else None
                if span is None or span.kind != kind or span.ended:
                    span = self._ended_by(head, kind)
                if span is not None:
                    match, depth, lane = span.row, span.depth, span.lane
                    if match < first:
                        columns.match[match] = row  # type: ignore[index]
                    else:
                        matches[match - first] = row
                    around = span.around or outside
                    if around.child == match:
                        around.child = NONE
                    span.ended = True
                    self._ended += 1
                else:
                    around = self._around(said)
                    depth, lane = around.depth + 1, around.lane
            else:
                if said is None:
                    around = outside if linked else self._innermost()
                else:
                    if not linked:
                        linked = columns.linked = True
                    around = find(said) or find_earlier(said) or outside
                depth, lane = around.depth + 1, around.lane
                if edge == START:
                    if around.child < 0 and not around.ended:
                        around.child = row
                    else:
                        lane = len(lane_rows)
                        lane_rows.append(array("I"))
                    span = LinkedSpan(row, depth, lane, kind, head.component_name, around)
                    spans[head.event_id or f"#{row}"] = span
                    if not linked:
                        self._nested.append(span)
                metadata = head.metadata
                if metadata is not None and (source := metadata.source) is not None:
                    add_source = sources((source.file, source.line))
                    if add_source is None:
                        add_source = self._new_source(source)
                    add_source(row)
            add(row)
            lane_rows[lane].append(row)
            codes.append(code)
            parents.append(around.row)
            matches.append(match)
            depths.append(depth if depth < DEEPEST else DEEPEST)
            lanes.append(lane)
            row += 1
        self._fill("offset", offsets)
        self._fill("shape", codes)
        self._fill("error", [0 if (text := head.error) is None else self._error_code(text) for head in heads])
        self._fill("timestamp", [head.timestamp for head in heads])
        self._fill("duration", [_UNKNOWN if (value := head.duration_ms) is None else value for head in heads])
        self._fill("memory", [_UNKNOWN if (value := head.memory_usage_mb) is None else value for head in heads])
        self._fill("tokens", [head.tokens_used or 0.0 for head in heads])
        self._fill("cost", [head.cost_estimate or 0.0 for head in heads])
        self._fill("parent", parents)
        self._fill("match", matches)
        self._fill("depth", depths)
        self._fill("lane", lanes)
        columns.count = row
        if self._ended > _LATE_SPANS + len(spans) // 2:
            self._move_ended()

    def _fill(self, name: str, values: Sequence[float]) -> None:
        getattr(self._columns, name).frombytes(pack(f"{len(values)}{TYPES[name]}", *values))

    def _around(self, said: str | None) -> LinkedSpan:
        """The span that an event says it is in."""
        if said is None:
            return self._outside if self._columns.linked else self._innermost()
        return self._spans.get(said) or self._earlier.get(said) or self._outside

    def _innermost(self) -> LinkedSpan:
        while self._nested and self._nested[-1].ended:
            self._nested.pop()
        return self._nested[-1] if self._nested else self._outside

    def _ended_by(self, head: Head, kind: int) -> LinkedSpan | None:
        """The span that an end belongs to which does not name its start as its parent.

        The metadata may name it; else it is the newest open one of the same type, name and, if that is open, parent.
        """
        spans = self._spans
        metadata = head.metadata
        said = metadata.start_event_id if metadata is not None else None
        if said not in spans or spans[said].ended:
            said = self._newest_open(head, kind)
        if said is None:
            return None
        # In such a trace every end comes here: the ended must not pile up among the open that the next one searches.
        span = self._earlier[said] = spans.pop(said)
        return span

    def _newest_open(self, head: Head, kind: int) -> str | None:
        around = self._spans.get(head.parent_event_id) if head.parent_event_id is not None else None
        if around is not None and around.ended:
            around = None
        for identity, span in islice(reversed(self._spans.items()), _MOST_SPANS_SEARCHED):
            if span.ended or span.kind != kind or head.component_name not in (None, span.name):
                continue
            if around is None or span.around is around:
                return identity
        return None

    def _move_ended(self) -> None:
        """Forget the spans that ended long ago; taking the oldest one out of a dict, each time, would be quadratic."""
        self._ended = 0
        self._earlier.clear()
        for identity in [identity for identity, span in self._spans.items() if span.ended]:
            self._earlier[identity] = self._spans.pop(identity)

    def _new_shape(self, head: Head) -> _Known:
        columns = self._columns
        key = (head.event_type, head.component, head.component_name, head.status)
        if len(columns.shapes) >= _MOST_SHAPES:
            key = (head.event_type, head.component, MANY_NAMES, head.status)
            if key in columns.shapes:
                return self._shapes[key]
        known = self._shapes[key] = self._known(columns.add_shape(*key))
        return known

    def _known(self, code: int) -> _Known:
        columns = self._columns
        return code, columns.edge[code], columns.span_code[code], columns.shape_rows.grown[code].append

    def _error_code(self, text: str) -> int:
        errors = self._columns.errors
        text = text[:_LONGEST_ERROR]
        if len(errors) >= _MOST_ERROR_TEXTS and text not in errors:
            text = "(another of very many errors)"
        return errors[text]

    def _new_source(self, source: Source) -> Callable[[Row], None]:
        columns = self._columns
        place = (source.file, source.line)
        if place not in columns.sources:
            columns.source_rows.open()
        add = self._sources[place] = columns.source_rows.grown[columns.sources[place]].append
        return add


def _with_parents(rows: Iterable[Row], columns: Columns) -> set[Row]:
    """These rows and the starts around them."""
    found: set[Row] = set()
    for row in rows:
        while row >= 0 and row not in found:
            found.add(row)
            row = columns.parent[row]
    return found
