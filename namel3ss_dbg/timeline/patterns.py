"""Which events a text such as `llm:2` or `app.ai:12` means, as a question to the index.

A pattern answers for one event (`holds`, what a live program asks at its gate) and for a whole trace (`following` and
`preceding`, what a motion over a recording asks); both answers are the same, and a law says so.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import Any

import attrs

from ..events import closes, opens, span_of
from ..trace.columns import NONE, Columns, Postings, Row, Shape, next_in, previous_in

SPANS = {
    "agent": "agent_execution",
    "turn": "agent_turn",
    "llm": "llm_call",
    "tool": "tool_call",
    "prompt": "prompt_execution",
    "chain": "chain_execution",
    "step": "chain_step",
    "app": "app_load",
    "validation": "validation",
}
"""The short words for spans."""

FAILURES: dict[str, str | None] = {
    "failed": None,
    "tool_failed": "tool",
    "llm_failed": "llm",
    "agent_failed": "agent",
    "prompt_failed": "prompt",
    "validation_failed": "validation",
}
"""Words for ends that failed: of any component, or of one."""

ERROR = "error"
"""The word for errors where they were first seen."""

FAILED = "failed"

ShapeTest = Callable[[Shape], bool]
Lists = Sequence[Sequence[Row]]


class Pattern:
    """A set of events."""

    def lists(self, columns: Columns) -> Lists:
        """Its rows, as ascending lists that do not overlap."""
        raise TypeError(f"{type(self).__name__} enumerates nothing")

    def holds(self, columns: Columns, row: Row) -> bool:
        """Whether the event of `row` belongs to it."""
        return row >= 0 and self.preceding(columns, row + 1) == row

    def following(self, columns: Columns, row: Row) -> Row:
        """Its first event after `row`, or NONE."""
        return next_in(self.lists(columns), row)

    def preceding(self, columns: Columns, row: Row) -> Row:
        """Its last event before `row`, or NONE."""
        return previous_in(self.lists(columns), row)

    def count(self, columns: Columns, row: Row) -> int:
        """How many of its events there are up to and including `row`."""
        return sum(bisect_right(rows, row) for rows in self.lists(columns))


class Everything(Pattern):
    """All events."""

    def lists(self, columns: Columns) -> Lists:
        return (range(columns.count),)


@attrs.frozen
class OnLane(Pattern):
    """The events of one lane."""

    lane: int

    def lists(self, columns: Columns) -> Lists:
        return (columns.lane_rows[self.lane],)


@attrs.frozen
class EndOf(Pattern):
    """The end of one span; empty while that is open."""

    start: Row

    def lists(self, columns: Columns) -> Lists:
        end = columns.match[self.start] if self.start >= 0 else NONE
        return ((end,),) if end >= 0 else ()


@attrs.frozen
class Both(Pattern):
    """The events that belong to two patterns."""

    one: Pattern
    other: Pattern

    def holds(self, columns: Columns, row: Row) -> bool:
        return self.one.holds(columns, row) and self.other.holds(columns, row)

    def following(self, columns: Columns, row: Row) -> Row:
        row = self.one.following(columns, row)
        while row >= 0 and not self.other.holds(columns, row):
            row = self.one.following(columns, row)
        return row

    def preceding(self, columns: Columns, row: Row) -> Row:
        row = self.one.preceding(columns, row)
        while row >= 0 and not self.other.holds(columns, row):
            row = self.one.preceding(columns, row)
        return row


@attrs.frozen
class Exactly(Pattern):
    """One event, by its number."""

    row: Row

    def lists(self, columns: Columns) -> Lists:
        return ((self.row,),) if 0 <= self.row < columns.count else ()


@attrs.frozen
class Occurrence(Pattern):
    """The n-th event of another pattern, counted from 1."""

    of: Pattern
    number: int

    def lists(self, columns: Columns) -> Lists:
        lists = self.of.lists(columns)
        if len(lists) == 1:
            return (lists[0][self.number - 1 : self.number],)
        row = self._row(columns, lists)
        return ((row,),) if row >= 0 else ()

    def _row(self, columns: Columns, lists: Lists) -> Row:
        low, high = 0, columns.count
        while low < high:
            middle = (low + high) // 2
            if sum(bisect_right(rows, middle) for rows in lists) < self.number:
                low = middle + 1
            else:
                high = middle
        return low if low < columns.count else NONE


class _Coded(Pattern):
    """Events that posting lists enumerate; which lists is decided once for each code that the index has."""

    def __init__(self) -> None:
        self._columns: Columns | None = None
        self._known = 0
        self._codes: list[int] = []

    def _chosen(self, columns: Columns, rows: Postings, names: Sequence[Any], wanted: Callable[[Any], bool]) -> Lists:
        if columns is not self._columns:
            self._columns, self._known, self._codes = columns, 0, []
        if self._known < len(names):
            self._codes += (code for code in range(self._known, len(names)) if wanted(names[code]))
            self._known = len(names)
        return [rows[code] for code in self._codes]


class OfShape(_Coded):
    """The events whose type, component, name and status are as wanted."""

    def __init__(self, test: ShapeTest) -> None:
        super().__init__()
        self._test = test

    def lists(self, columns: Columns) -> Lists:
        return self._chosen(columns, columns.shape_rows, columns.shape_names, self._test)


class OnLine(_Coded):
    """The events that stand at a line of a source file; the file may be named by the end of its path."""

    def __init__(self, file: str, line: int) -> None:
        super().__init__()
        self._file = PurePath(file).parts
        self._line = line

    def lists(self, columns: Columns) -> Lists:
        return self._chosen(columns, columns.source_rows, columns.sources.names, self._is_meant)

    def _is_meant(self, source: tuple[str, int]) -> bool:
        file, line = source
        parts = PurePath(file).parts
        shorter = min(len(parts), len(self._file))
        return line == self._line and parts[-shorter:] == self._file[-shorter:]


class EndsOf(Pattern):
    """The ends of the spans whose starts belong to another pattern."""

    def __init__(self, starts: Pattern) -> None:
        self._starts = starts

    def lists(self, columns: Columns) -> Lists:
        ends = sorted(columns.match[row] for rows in self._starts.lists(columns) for row in rows)
        return (ends[bisect_right(ends, NONE) :],)


def is_of_kind(word: str, name: str | None, *, at_end: bool = False) -> ShapeTest:
    """Which shapes a word means, such as `llm`, `turn`, `tool_failed`, `llm_call_end` or an agent's name.

    A component means the starts of its span (its ends with `at_end`), or all its events when those are no spans.
    """
    edge = closes if at_end else opens

    def named(shape: Shape) -> bool:
        return name is None or shape.component_name == name

    if word == ERROR:
        return lambda shape: shape.event_type == "error_occurred" and named(shape)
    if word in FAILURES:
        component = FAILURES[word]
        return lambda shape: (
            closes(shape.event_type)
            and shape.status == FAILED
            and component in (None, shape.component)
            and named(shape)
        )
    if word in SPANS:
        span = SPANS[word]
        return lambda shape: (
            named(shape)
            and (
                (span_of(shape.event_type) == span and edge(shape.event_type))
                or (word == "validation" and shape.event_type == "validation_event")
            )
        )
    if at_end:
        return lambda shape: (
            closes(shape.event_type) and word in (span_of(shape.event_type), shape.component) and named(shape)
        )
    return lambda shape: _is_named(shape, word) and named(shape)


def _is_named(shape: Shape, word: str) -> bool:
    event_type = shape.event_type
    if event_type == word:
        return True
    if closes(event_type):
        return False
    return word in (span_of(event_type), shape.component) or (opens(event_type) and word == shape.component_name)
