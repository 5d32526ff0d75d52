"""Strands of concurrent work, and the calls that are open on each.

Frames come from parents, never from a stack: whatever the order in which the events of several lanes arrive, each lane
has the frames that it has alone.
"""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections.abc import Iterator

import attrs

from ..events import Moment, UsageError
from ..trace.columns import END, NONE, START, Columns, previous_in

MAIN = 0
"""The lane on which a run begins."""

_MOST_FRAMES = 10_000
_BLOCK = 64
_NEVER = sys.maxsize


@attrs.frozen
class Lane:
    """One strand of concurrent work; a thread, for an editor."""

    number: int
    opened: Moment
    """Its first event."""
    closed: Moment | None
    """The end of the span that opened it; None while that is open, or never ended."""
    name: str
    """Of the span that opened it."""


class Lanes:
    """The lanes and frames of a timeline's columns."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._blocks: dict[int, Moment] = {}

    def frames_at(self, moment: Moment, lane: int | None = None) -> tuple[Moment, ...]:
        """The spans around a moment on one lane, as the moments of their starts, innermost first.

        A span is around its own start and its own end. `lane` is by default the one of the moment's event; a lane that
        had not begun by then has no frames.
        """
        here = self.last_on(lane, moment) if lane is not None else moment
        return tuple(self._outwards(self.span_at(here)))

    def span_at(self, moment: Moment) -> Moment:
        """The start of the innermost span around a moment; NONE at the beginning and outside all spans."""
        columns = self._columns
        if moment < 0:
            return NONE
        edge = columns.edge_at(moment)
        if edge == START:
            return moment
        if edge == END and columns.match[moment] >= 0:
            return columns.match[moment]
        return columns.parent[moment]

    def around(self, moment: Moment) -> Moment:
        """The start of the span that a stop is inside: at a start or an end the one around that span; else NONE."""
        return self._columns.parent[moment] if moment >= 0 else NONE

    def _outwards(self, start: Moment) -> Iterator[Moment]:
        parent = self._columns.parent
        for _ in range(_MOST_FRAMES):
            if start < 0:
                return
            yield start
            outer = parent[start]
            if outer >= start:  # only a forged sidecar says so
                return
            start = outer

    def last_on(self, lane: int, moment: Moment) -> Moment:
        """The last event of a lane up to a moment; NONE when the lane had not begun."""
        if not 0 <= lane < len(self._columns.lane_rows):
            return NONE
        return previous_in((self._columns.lane_rows[lane],), moment + 1)

    def at(self, moment: Moment) -> tuple[Lane, ...]:
        """The lanes that work at a moment, the main one first; a lane still works at its last event."""
        return tuple(self.lane(number) for number in self._working(moment))

    def _working(self, moment: Moment) -> Iterator[int]:
        begun = self._begun(moment)
        yield MAIN
        for block in range(0, begun, _BLOCK):
            if self._all_closed_by(block) < moment:
                continue
            for number in range(max(block, 1), min(block + _BLOCK, begun)):
                if self._closed_by(number) >= moment:
                    yield number

    def _all_closed_by(self, block: int) -> Moment:
        """The last end in a block of lanes, which is final once all have ended; most blocks are passed over by it."""
        known = self._blocks.get(block)
        if known is None:
            lanes = range(max(block, 1), min(block + _BLOCK, len(self._columns.lane_rows)))
            known = max(map(self._closed_by, lanes), default=_NEVER)
            if known < _NEVER and len(lanes) >= _BLOCK - 1:
                self._blocks[block] = known
        return known

    def _closed_by(self, number: int) -> Moment:
        end = self._columns.match[self._columns.lane_rows[number][0]]
        return end if end >= 0 else _NEVER

    def _begun(self, moment: Moment) -> int:
        """How many lanes had begun; they are numbered in the order of their first events."""
        rows = self._columns.lane_rows
        return bisect_right(range(len(rows)), moment, key=lambda lane: rows[lane][0]) if self._columns.count else 0

    def lane(self, number: int) -> Lane:
        """One lane by its number.

        Raises:
            UsageError: There is none of this number.
        """
        columns, count = self._columns, max(1, len(self._columns.lane_rows))
        if not 0 <= number < count:
            known = f"0 to {count - 1}" if count > 1 else "only 0, the main one"
            raise UsageError(f"There is no lane {number}", why=f"lanes: {known}")
        if number == MAIN:
            return Lane(MAIN, 0 if columns.count else NONE, None, "main")
        opened = columns.lane_rows[number][0]
        shape, end = columns.shape_at(opened), columns.match[opened]
        return Lane(number, opened, end if end >= 0 else None, shape.component_name or shape.component)
