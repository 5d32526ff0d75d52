"""Strands of concurrent work, and the calls that are open on each.

Frames come from parents, never from a stack: whatever the order in which the events of several lanes arrive, each lane
has the frames that it has alone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

import attrs

from ..events import Moment
from ..trace.columns import END, NONE, START, Columns

MAIN = 0
"""The lane on which a run begins."""

_MOST_FRAMES = 10_000


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
        rows = self._columns.lane_rows[lane]
        place = bisect_right(rows, moment)
        return rows[place - 1] if place else NONE

    def at(self, moment: Moment) -> tuple[Lane, ...]:
        """The lanes that work at a moment, the main one first; a lane still works at its last event."""
        return tuple(
            lane
            for lane in (self.lane(number) for number in range(self._begun(moment)))
            if lane.number == MAIN or lane.closed is None or lane.closed >= moment
        )

    def _begun(self, moment: Moment) -> int:
        """How many lanes had begun; they are numbered in the order of their first events."""
        rows = self._columns.lane_rows
        low, high = 0, len(rows)
        while low < high:
            middle = (low + high) // 2
            first = rows[middle]
            if len(first) and first[0] <= moment:
                low = middle + 1
            else:
                high = middle
        return low

    def lane(self, number: int) -> Lane:
        """One lane by its number."""
        columns = self._columns
        rows = columns.lane_rows[number]
        opened = rows[0] if len(rows) else NONE
        if opened < 0:
            return Lane(number, NONE, None, "main")
        end = columns.match[opened] if columns.edge_at(opened) == START else NONE
        shape = columns.shape_at(opened)
        name = "main" if number == MAIN else shape.component_name or shape.component
        return Lane(number, opened, end if end >= 0 and number != MAIN else None, name)
