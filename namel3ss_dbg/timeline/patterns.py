"""Which events a motion looks for or a breakpoint is asked about, as a question to the index.

A pattern answers for one event (`holds`, what a live program asks at its gate) and for a whole trace (`following` and
`preceding`, what a motion over a recording asks); both answers are the same, and a law says so.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePath
from typing import Any

import attrs

from ..trace.columns import END, NONE, Columns, Postings, Row, next_in, previous_in
from .kinds import SPANS, ShapeTest, is_of_kind
from .lanes import MAIN

__all__ = [
    "CHECK_EVERY",
    "SPANS",
    "Check",
    "EndOf",
    "EndsOf",
    "Everything",
    "Exactly",
    "Filtered",
    "Nothing",
    "Occurrence",
    "OfShape",
    "OnLane",
    "OnLine",
    "Pattern",
    "Strand",
    "is_of_kind",
    "is_same_file",
]

Lists = Sequence[Sequence[Row]]

Check = Callable[[Row], None]
"""Called now and then during a long search, with how far it is; raises to end it."""

CHECK_EVERY = 1_023
"""After how many events, less one, a search calls its check; a power of two less one."""

_NARROWEST, _WIDEST = 1_024, 1 << 17


class Pattern:
    """A set of events."""

    def lists(self, columns: Columns) -> Lists:
        """Its rows, as ascending lists that do not overlap."""
        raise NotImplementedError

    def holds(self, columns: Columns, row: Row) -> bool:
        """Whether the event of `row` belongs to it."""
        return row >= 0 and self.preceding(columns, row + 1) == row

    def following(self, columns: Columns, row: Row) -> Row:
        """Its first event after `row`, or NONE."""
        return next_in(self.lists(columns), row)

    def preceding(self, columns: Columns, row: Row) -> Row:
        """Its last event before `row`, or NONE."""
        return previous_in(self.lists(columns), row)

    def ahead(self, columns: Columns, row: Row, bound: Row) -> Iterator[Row]:
        """Its events after `row` and before `bound`, in order.

        They are merged a window at a time: looking into each list for every event would cost ten times as much.
        """
        lists, width = self.lists(columns), _NARROWEST
        while row + 1 < bound:
            edge = min(bound, row + 1 + width)
            yield from _between(lists, row, edge)
            row, width = edge - 1, min(width * 2, _WIDEST)

    def behind(self, columns: Columns, row: Row, bound: Row) -> Iterator[Row]:
        """Its events before `row` and after `bound`, the last first."""
        lists, width = self.lists(columns), _NARROWEST
        while row - 1 > bound:
            edge = max(bound, row - 1 - width)
            yield from reversed(_between(lists, edge, row))
            row, width = edge + 1, min(width * 2, _WIDEST)

    def count(self, columns: Columns, row: Row) -> int:
        """How many of its events there are up to and including `row`."""
        return sum(bisect_right(rows, row) for rows in self.lists(columns))


def _between(lists: Lists, after: Row, before: Row) -> list[Row]:
    found: list[Row] = []
    for rows in lists:
        found += rows[bisect_right(rows, after) : bisect_left(rows, before)]
    found.sort()
    return found


class Everything(Pattern):
    """All events."""

    def lists(self, columns: Columns) -> Lists:
        return (range(columns.count),)


class Nothing(Pattern):
    """No event; a motion to it goes on to the edge of history."""

    def lists(self, columns: Columns) -> Lists:
        return ()


@attrs.frozen
class OnLane(Pattern):
    """The events of one lane; none as long as that has not begun."""

    lane: int

    def lists(self, columns: Columns) -> Lists:
        return (columns.lane_rows[self.lane],) if 0 <= self.lane < len(columns.lane_rows) else ()


@attrs.frozen
class EndOf(Pattern):
    """The end of one span; empty while that is open."""

    start: Row

    def lists(self, columns: Columns) -> Lists:
        end = columns.match[self.start]
        return ((end,),) if end >= 0 else ()


@attrs.frozen
class Exactly(Pattern):
    """One event, by its number."""

    row: Row

    def lists(self, columns: Columns) -> Lists:
        return ((self.row,),) if 0 <= self.row < columns.count else ()


@attrs.frozen
class Strand(Pattern):
    """The way of someone who follows the lane of an event.

    Onwards it is the rest of the lane and then, from the end of the span that opened the lane, the lane around it;
    backwards the lane's earlier events, the start that opened it, and what was before that.
    """

    here: Row

    def holds(self, columns: Columns, row: Row) -> bool:
        lane = columns.lane[row]
        return any(lane == each and row >= since for each, since in self._legs(columns))

    def following(self, columns: Columns, row: Row) -> Row:
        lane = columns.lane[self.here]
        rows = columns.lane_rows[lane]
        found = next_in((rows,), row)
        if lane == MAIN or 0 <= found <= columns.match[rows[0]]:  # nothing but the lane itself is on the way
            return found
        later = (next_in((columns.lane_rows[lane],), max(row, since - 1)) for lane, since in self._legs(columns))
        return min((row for row in later if row >= 0), default=NONE)

    def preceding(self, columns: Columns, row: Row) -> Row:
        before = columns.previous_on_lane(row)
        return before if before >= 0 else columns.parent[row]

    def ahead(self, columns: Columns, row: Row, bound: Row) -> Iterator[Row]:
        while 0 <= (row := self.following(columns, row)) < bound:
            yield row

    def behind(self, columns: Columns, row: Row, bound: Row) -> Iterator[Row]:
        while bound < (before := self.preceding(columns, row)) < row:  # only a forged sidecar does not lead back
            yield before
            row = before

    def _legs(self, columns: Columns) -> Iterator[tuple[int, Row]]:
        """The lanes of the way onwards, each with its first event that belongs to the way."""
        lane, since = columns.lane[self.here], self.here + 1
        yield lane, since
        while lane != MAIN:
            opened = columns.lane_rows[lane][0]
            around, closed = columns.parent[opened], columns.match[opened]
            if around < 0 or closed < 0 or columns.match[around] < 0 or columns.lane[around] >= lane:
                return
            lane, since = columns.lane[around], max(since, closed, columns.match[around])
            yield lane, since


@attrs.frozen
class Filtered(Pattern):
    """The events of another pattern that a test accepts; they are looked at one by one."""

    of: Pattern
    test: Callable[[Row], bool]
    check: Check

    def holds(self, columns: Columns, row: Row) -> bool:
        return self.of.holds(columns, row) and self.test(row)

    def following(self, columns: Columns, row: Row) -> Row:
        row = self.of.following(columns, row)
        return row if row < 0 or self.test(row) else self._first(self.of.ahead(columns, row, columns.count))

    def preceding(self, columns: Columns, row: Row) -> Row:
        row = self.of.preceding(columns, row)
        return row if row < 0 or self.test(row) else self._first(self.of.behind(columns, row, NONE))

    def ahead(self, columns: Columns, row: Row, bound: Row) -> Iterator[Row]:
        return filter(self.test, self.of.ahead(columns, row, bound))

    def behind(self, columns: Columns, row: Row, bound: Row) -> Iterator[Row]:
        return filter(self.test, self.of.behind(columns, row, bound))

    def _first(self, rows: Iterator[Row]) -> Row:
        for looked, row in enumerate(rows, 1):
            if self.test(row):
                return row
            if not looked & CHECK_EVERY:
                self.check(row)
        return NONE


class Occurrence(Pattern):
    """The n-th event of another pattern, counted from 1."""

    def __init__(self, of: Pattern, number: int) -> None:
        self._of = of
        self._number = number
        self._row = NONE

    def lists(self, columns: Columns) -> Lists:
        if self._row < 0 and self._of.count(columns, columns.count) >= self._number:
            rows = range(columns.count)
            self._row = bisect_left(rows, self._number, key=lambda row: self._of.count(columns, row))
        return ((self._row,),) if self._row >= 0 else ()


class _Coded(Pattern):
    """Events that posting lists enumerate; which lists is decided once for each code that the index has."""

    def __init__(self) -> None:
        self._wanted = bytearray()
        self._codes: list[int] = []

    def _chosen(self, rows: Postings, names: Sequence[Any], wanted: Callable[[Any], bool]) -> Lists:
        known = len(self._wanted)
        if known < len(names):
            self._wanted += bytes(map(wanted, names[known:]))
            self._codes += (code for code in range(known, len(names)) if self._wanted[code])
        return [rows[code] for code in self._codes]


class OfShape(_Coded):
    """The events of one trace whose type, component, name and status are as wanted."""

    def __init__(self, test: ShapeTest) -> None:
        super().__init__()
        self._test = test

    def lists(self, columns: Columns) -> Lists:
        return self._chosen(columns.shape_rows, columns.shape_names, self._test)

    def holds(self, columns: Columns, row: Row) -> bool:
        code = columns.shape[row]
        if code >= len(self._wanted):
            self.lists(columns)
        return bool(self._wanted[code])


class OnLine(_Coded):
    """The events of one trace that stand at a line of a source file; its path may be given in part."""

    def __init__(self, file: str, line: int) -> None:
        super().__init__()
        self._file = file
        self._line = line

    def lists(self, columns: Columns) -> Lists:
        return self._chosen(columns.source_rows, columns.sources.names, self._is_meant)

    def _is_meant(self, source: tuple[str, int]) -> bool:
        file, line = source
        return line == self._line and is_same_file(file, self._file)


def is_same_file(one: str, other: str) -> bool:
    """Whether one of two paths is the end of the other: an editor knows whole paths, a person types names."""
    parts, others = PurePath(one).parts, PurePath(other).parts
    shorter = min(len(parts), len(others))
    return shorter > 0 and parts[-shorter:] == others[-shorter:]


class EndsOf(Pattern):
    """The ends of the spans whose starts belong to another pattern."""

    def __init__(self, starts: Pattern) -> None:
        self._starts = starts
        self._ends: list[Row] = []
        self._known = 0

    def holds(self, columns: Columns, row: Row) -> bool:
        start = columns.match[row] if columns.edge_at(row) == END else NONE
        return start >= 0 and self._starts.holds(columns, start)

    def lists(self, columns: Columns) -> Lists:
        if self._known != columns.count:
            ends = sorted(columns.match[row] for rows in self._starts.lists(columns) for row in rows)
            self._ends = [end for end in ends if end > 0]
            self._known = columns.count
        return (self._ends,)
