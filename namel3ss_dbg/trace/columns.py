"""A trace as columns: for each event its numbers and links, one array per field, one row per event.

Rows are linked while they arrive, from ids and never from a stack, because the events of concurrent agents interleave:

- `parent`: the start of the span that an event happened in (for an end, the span around the one it ends);
- `match`: the end of a start, the start of an end;
- `lane`: a start runs on its parent's lane unless a sibling is running there: then it opens a lane of its own.

Every distinct (event type, component, name, status) is a *shape* with one code. Whoever asks for events of a kind
decides per shape and then has, in `shape_rows`, all their rows in order: breakpoints, filters and counts never scan.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from ..events import Status, TraceEvent, closes, opens, span_of

Row = int
"""The number of an event, counted from 0; the same number as its moment."""

NONE: Row = -1
"""No such row."""

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

_DEEPEST = 65_535
_MANY_MASK = 16_383
_MOST_OPEN_SEARCHED = 1_000
_MOST_ERROR_TEXTS = 65_000
_LONGEST_ERROR = 300

Key = TypeVar("Key", bound=Hashable)


class Shape(NamedTuple):
    """What events can have in common."""

    event_type: str
    component: str
    component_name: str | None
    status: str


class Codes(dict[Key, int], Generic[Key]):
    """A small number for each distinct value, in order of first appearance."""

    __slots__ = ("names",)

    def __init__(self, names: Iterable[Key] = ()) -> None:
        self.names = list(names)
        super().__init__((name, code) for code, name in enumerate(self.names))

    def __missing__(self, name: Key) -> int:
        code = self[name] = len(self.names)
        self.names.append(name)
        return code


class Postings:
    """For each code the rows that have it, ascending; growing, or mapped from a sidecar."""

    __slots__ = ("_flat", "_grown", "_starts", "adders")

    def __init__(self, flat: memoryview | None = None, starts: Sequence[int] = (0,)) -> None:
        self._flat = flat
        self._starts = starts
        self._grown: list[array[int]] = []
        self.adders: list[Callable[[int], None]] = []
        """For each code the function that appends a row to it."""

    def __len__(self) -> int:
        return len(self._starts) - 1 if self._flat is not None else len(self._grown)

    def __getitem__(self, code: int) -> Sequence[Row]:
        if self._flat is not None:
            return self._flat[self._starts[code] : self._starts[code + 1]]
        return self._grown[code]

    def open(self) -> None:
        """Begin the rows of the next code."""
        rows = array("I")
        self._grown.append(rows)
        self.adders.append(rows.append)

    def thaw(self) -> None:
        """Copy what is mapped, so that it can grow."""
        if self._flat is None:
            return
        mapped, self._grown = list(self), []
        self._flat = None
        self.adders = []
        for rows in mapped:
            self.open()
            self._grown[-1].frombytes(bytes(rows))

    def __iter__(self) -> Iterator[Sequence[Row]]:
        return (self[code] for code in range(len(self)))


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
    """The part of an event that the index reads; the payloads are skipped unparsed."""

    event_type: str
    timestamp: float = 0.0
    event_id: str | None = None
    parent_event_id: str | None = None
    component: str | None = None
    component_name: str | None = None
    metadata: HeadMetadata | None = None
    duration_ms: float | None = None
    status: str | None = None
    error: str | None = None
    memory_usage_mb: float | None = None
    tokens_used: float | None = None
    cost_estimate: float | None = None


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
        _finite(event.duration_ms),
        event.status,
        event.error,
        _finite(event.memory_usage_mb),
        _finite(event.tokens_used),
        _finite(event.cost_estimate),
    )


def _finite(value: float | None) -> float | None:
    if value is None:
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


class Columns:
    """The columns of one trace, and what is needed to go on linking."""

    def __init__(self) -> None:
        self.count = 0
        """How many rows there are."""
        for name, kind in TYPES.items():
            setattr(self, name, array(kind))
        self.shapes: Codes[tuple[str, str | None, str | None, str | None]] = Codes()
        self.shape_names: list[Shape] = []
        """By code; what the trace leaves out is filled in."""
        self.edge = bytearray()
        """By shape: POINT, START or END."""
        self.span_code: list[int] = []
        """By shape: the same number for the start and the end of one kind of span."""
        self.spans: Codes[str] = Codes()
        self.shape_rows = Postings()
        self.lane_rows = Postings()
        """The rows on each lane; the first is the start that opened it."""
        self.errors: Codes[str | None] = Codes([None])
        self.sources: Codes[tuple[str, int]] = Codes()
        """Source file and line of the starts and points that have one."""
        self.source_rows = Postings()
        self.invalid = 0
        """How many lines are no events."""
        self.linked = False
        """Whether any event names a parent; a trace in which none does is nested by order."""
        self.open: dict[str, Row] = {}
        """The starts without an end so far, by id."""
        self.closed: dict[str, Row] = {}
        """Starts that have ended, by id, for events that come late; the older half is dropped now and then."""
        self.closed_earlier: dict[str, Row] = {}
        self.busy: dict[Row, Row] = {}
        """By parent, the child that runs on its lane."""

    offset: Sequence[int]
    shape: Sequence[int]
    error: Sequence[int]
    timestamp: Sequence[float]
    duration: Sequence[float]
    memory: Sequence[float]
    tokens: Sequence[float]
    cost: Sequence[float]
    parent: Sequence[Row]
    match: Sequence[Row]
    depth: Sequence[int]
    lane: Sequence[int]

    def edge_at(self, row: Row) -> int:
        """POINT, START or END."""
        return self.edge[self.shape[row]]

    def shape_at(self, row: Row) -> Shape:
        """Type, component, name and status of an event."""
        return self.shape_names[self.shape[row]]

    def matching(self, wanted: Callable[[Shape], bool]) -> tuple[int, ...]:
        """The codes of the shapes that are wanted."""
        return tuple(code for code, shape in enumerate(self.shape_names) if wanted(shape))

    def add_shape(self, event_type: str, component: str | None, name: str | None, status: str | None) -> int:
        """The code of a shape not seen before."""
        code = self.shapes[event_type, component, name, status]
        edge = START if opens(event_type) else END if closes(event_type) else POINT
        default = Status.STARTED if edge == START else Status.COMPLETED
        self.shape_names.append(Shape(event_type, component or "app", name, status or default))
        self.edge.append(edge)
        self.span_code.append(self.spans[span_of(event_type)])
        self.shape_rows.open()
        return code

    def thaw(self) -> None:
        """Copy columns that are mapped from a sidecar, so that they can grow."""
        for name, kind in TYPES.items():
            column = getattr(self, name)
            if isinstance(column, memoryview):
                grown: array[Any] = array(kind)
                grown.frombytes(column.cast("B"))
                setattr(self, name, grown)
        for postings in (self.shape_rows, self.lane_rows, self.source_rows):
            postings.thaw()

    def linker(self) -> Callable[[Head, int], None]:
        """The function that adds an event, given its head and the offset of its line.

        It is a closure, because an attribute look-up per column and event would cost half of the time.
        """
        self.thaw()
        columns = self
        add_offset, add_shape, add_error, add_time, add_duration, add_memory, add_tokens, add_cost = (
            getattr(self, name).append for name in list(TYPES)[:8]
        )
        parents: array[int] = self.parent  # type: ignore[assignment]
        matches: array[int] = self.match  # type: ignore[assignment]
        depths: array[int] = self.depth  # type: ignore[assignment]
        lanes: array[int] = self.lane  # type: ignore[assignment]
        shapes, shape_codes = self.shapes.get, self.shape
        edge, span_code = self.edge, self.span_code
        add_row, add_lane_row = self.shape_rows.adders, self.lane_rows.adders
        open_starts, closed, closed_earlier, busy = self.open, self.closed, self.closed_earlier, self.busy
        open_start, nan = open_starts.get, math.nan
        if not add_lane_row:
            self.lane_rows.open()

        linked = self.linked
        row = self.count

        def add(head: Head, offset: int) -> None:
            nonlocal row, linked
            key = (head.event_type, head.component, head.component_name, head.status)
            code = shapes(key)
            if code is None:
                code = columns.add_shape(*key)
            kind = edge[code]
            said = head.parent_event_id
            match = NONE
            if kind == END:
                start = open_start(said, NONE) if said is not None else NONE
                if start < 0 or span_code[shape_codes[start]] != span_code[code]:
                    said = columns._identity_of_start(head, code)
                    start = open_starts[said] if said is not None else NONE
                if start >= 0 and said is not None:
                    match = start
                    parent, depth, lane = parents[start], depths[start], lanes[start]
                    matches[start] = row
                    if busy.get(parent) == start:
                        del busy[parent]
                    del open_starts[said]
                    closed[said] = start
                    if not row & _MANY_MASK:  # two generations: taking the oldest out of a dict one by one is quadratic
                        closed_earlier.clear()
                        closed_earlier.update(closed)
                        closed.clear()
                else:
                    said = head.parent_event_id
                    parent = open_start(said, NONE) if said is not None else NONE
                    depth, lane = (min(depths[parent] + 1, _DEEPEST), lanes[parent]) if parent >= 0 else (0, 0)
            else:
                parent = NONE
                if said is not None:
                    if not linked:
                        linked = columns.linked = True
                    parent = open_start(said, NONE)
                    if parent < 0:
                        parent = closed.get(said, NONE)
                        if parent < 0 and closed_earlier:
                            parent = closed_earlier.get(said, NONE)
                elif not linked and open_starts:
                    parent = next(reversed(open_starts.values()))
                if parent >= 0:
                    depth, lane = depths[parent] + 1, lanes[parent]
                    if depth > _DEEPEST:
                        depth = _DEEPEST
                else:
                    depth = lane = 0
                if kind == START:
                    if parent not in busy and (parent < 0 or matches[parent] < 0):
                        busy[parent] = row
                    else:
                        lane = len(add_lane_row)
                        columns.lane_rows.open()
                    open_starts[head.event_id or f"#{row}"] = row
                metadata = head.metadata
                if metadata is not None and metadata.source is not None:
                    columns._add_source(metadata.source, row)
            add_lane_row[lane](row)
            add_offset(offset)
            add_shape(code)
            add_row[code](row)
            error = head.error
            add_error(0 if error is None else columns._error_code(error))
            add_time(head.timestamp)
            value = head.duration_ms
            add_duration(nan if value is None else value)
            value = head.memory_usage_mb
            add_memory(nan if value is None else value)
            add_tokens(head.tokens_used or 0.0)
            add_cost(head.cost_estimate or 0.0)
            parents.append(parent)
            matches.append(match)
            depths.append(depth)
            lanes.append(lane)
            row += 1
            columns.count = row

        return add

    def _identity_of_start(self, head: Head, code: int) -> str | None:
        """The id of the start of an end that does not name it as its parent.

        The metadata may name it; else it is the newest open one of the same type, name and, if that is open, parent.
        """
        said = head.metadata.start_event_id if head.metadata is not None else None
        if said in self.open:
            return said
        around = self.open.get(head.parent_event_id, NONE) if head.parent_event_id is not None else NONE
        name = head.component_name
        span = self.span_code[code]
        for identity, row in islice(reversed(self.open.items()), _MOST_OPEN_SEARCHED):
            shape = self.shape[row]
            if self.span_code[shape] != span or name not in (None, self.shape_names[shape].component_name):
                continue
            if around < 0 or self.parent[row] == around:
                return identity
        return None

    def _error_code(self, text: str) -> int:
        text = text[:_LONGEST_ERROR]
        if len(self.errors) >= _MOST_ERROR_TEXTS and text not in self.errors:
            text = "(another of very many errors)"
        return self.errors[text]

    def _add_source(self, source: Source, row: Row) -> None:
        known = len(self.sources)
        code = self.sources[source.file, source.line]
        if code == known:
            self.source_rows.open()
        self.source_rows.adders[code](row)

    # Questions

    def count_up_to(self, codes: Iterable[int], row: Row) -> int:
        """How many rows up to and including `row` have one of these shapes."""
        return sum(bisect_right(self.shape_rows[code], row) for code in codes)

    def next_of(self, codes: Iterable[int], row: Row) -> Row:
        """The first row after `row` with one of these shapes, or NONE."""
        return next_in((self.shape_rows[code] for code in codes), row)

    def previous_of(self, codes: Iterable[int], row: Row) -> Row:
        """The last row before `row` with one of these shapes, or NONE."""
        return previous_in((self.shape_rows[code] for code in codes), row)

    def next_on_lane(self, row: Row) -> Row:
        """The next row of the same lane, or NONE."""
        return next_in((self.lane_rows[self.lane[row]],), row)

    def previous_on_lane(self, row: Row) -> Row:
        """The previous row of the same lane, or NONE."""
        return previous_in((self.lane_rows[self.lane[row]],), row)


def next_in(lists: Iterable[Sequence[Row]], row: Row) -> Row:
    """The smallest row beyond `row` in any of these ascending lists, or NONE."""
    best = NONE
    for rows in lists:
        place = bisect_right(rows, row)
        if place < len(rows) and (best < 0 or rows[place] < best):
            best = rows[place]
    return best


def previous_in(lists: Iterable[Sequence[Row]], row: Row) -> Row:
    """The greatest row below `row` in any of these ascending lists, or NONE."""
    best = NONE
    for rows in lists:
        place = bisect_left(rows, row)
        if place and rows[place - 1] > best:
            best = rows[place - 1]
    return best
