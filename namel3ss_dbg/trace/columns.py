"""A trace as columns: for each event its numbers and links, one array per field, one row per event.

Every distinct (event type, component, name, status) is a *shape* with one code. Whoever asks for events of a kind
decides per shape and then has, in `shape_rows`, all their rows in order: breakpoints, filters and counts never scan.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from struct import pack
from typing import Any, NamedTuple

import msgspec

from ..events import Status, closes, opens, span_of
from .head import Head, head_of
from .linker import END, POINT, START, TYPES, Linker, ShapeKey
from .postings import NONE, Codes, Postings, Row, next_in, previous_in

__all__ = [
    "END",
    "NONE",
    "POINT",
    "START",
    "TYPES",
    "Codes",
    "Columns",
    "Head",
    "Postings",
    "Row",
    "Shape",
    "head_of",
    "next_in",
    "previous_in",
]

_NARROWEST, _WIDEST = 256, 1 << 16
_WIDTH = array("i").itemsize


class Shape(NamedTuple):
    """What events can have in common."""

    event_type: str
    component: str
    component_name: str | None
    status: str


class Columns:
    """The columns of one trace, and what is needed to go on linking."""

    def __init__(self) -> None:
        self.count = 0
        """How many rows there are."""
        for name, kind in TYPES.items():
            setattr(self, name, array(kind))
        self.shapes: Codes[ShapeKey] = Codes()
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
        self._linker: Linker | None = None
        self._open: dict[str, Row] = {}
        self._late = b""

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

    @property
    def open(self) -> dict[str, Row]:
        """The starts that have no end so far, by id."""
        return self._linker.open if self._linker is not None else self._open

    @property
    def late(self) -> bytes:
        """The starts of spans that ended lately, by id, as JSON: only what goes on linking wants them decoded."""
        return msgspec.json.encode(self._linker.late) if self._linker is not None else self._late

    def restore(self, *, open_starts: dict[str, Row], late: bytes) -> None:
        """Take what a sidecar kept of `open` and `late`."""
        self._open, self._late = open_starts, late

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

    def linker(self) -> Linker:
        """What adds events to these columns; those that are mapped from a sidecar are copied, so that they can grow."""
        if self._linker is None:
            self._thaw()
            self._linker = Linker(self)
            late = msgspec.json.decode(self._late, type=dict[str, Row]) if self._late else {}
            self._linker.resume(late | self._open)
        return self._linker

    def _thaw(self) -> None:
        for name, kind in TYPES.items():
            column = getattr(self, name)
            if isinstance(column, memoryview):
                grown: array[Any] = array(kind)
                grown.frombytes(column.cast("B"))
                setattr(self, name, grown)
        for postings in (self.shape_rows, self.lane_rows, self.source_rows):
            postings.thaw()

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

    def end_of(self, start: Row) -> Row:
        """The row before which everything in a call has happened: its end, or what would come next; NONE is the run."""
        end = self.match[start] if start >= 0 else NONE
        return end if end >= 0 else self.count

    def inside(self, start: Row, after: Row, before: Row) -> Iterator[Row]:
        """The starts and points directly in a call that came after one row and before another; NONE is the run.

        They are searched for in the column of parents as bytes, some thousand rows at a time.
        """
        sought, begin, width = pack("i", start), after + 1, _NARROWEST
        while begin < before:
            end = min(begin + width, before)
            parents = self.parent[begin:end].tobytes()  # type: ignore[attr-defined]
            at = parents.find(sought)
            while at >= 0:
                row, odd = begin + at // _WIDTH, at % _WIDTH
                if not odd and self.edge_at(row) != END:
                    yield row
                at = parents.find(sought, at + (1 if odd else _WIDTH))
            begin, width = end, min(width * 2, _WIDEST)
