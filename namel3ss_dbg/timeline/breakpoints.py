"""Where a person wants to stop: breakpoints, watches, catches and log points.

Whether one stops at an event depends on the events alone, never on how the cursor came there: the hits of a breakpoint
are counted from the beginning of the run up to the moment. So a live program and its recording stop alike, hit counts
are right after going back, and the index can answer for a million events without looking at them.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Any, Literal

import attrs

from ..events import ExpressionError, Moment, UsageError
from ..trace.columns import NONE, Row
from .expressions import Expression, parse
from .operators import as_text, equal
from .patterns import CHECK_EVERY, Check, Everything, OfShape, OnLane, Pattern
from .places import Place
from .state import ABSENT, TOTALS, Scope, State
from .timeline import Timeline

Kind = Literal["breakpoint", "watch", "catch", "log"]

_EVERYTHING = Everything()
_COUNTED = frozenset(TOTALS) - {"elapsed"}
_JUDGED_BY = frozenset({"pattern", "condition", "watched", "lane"})
_WINDOW = 256
_OFTEN = 31
# After how many events, less one, somebody is asked who has little time; a power of two less one.
_BRACES = re.compile(r"\{([^{}]*)\}")
_PATH = re.compile(r"\s*[^\W\d][\w.]*(\[[^\[\]]*\][\w.]*)*\s*\Z")


def _never_ends(row: Row) -> None:
    pass


def _judge_anew(breakpoint: Breakpoint, attribute: attrs.Attribute[Any], value: Any) -> Any:
    """When what decides about hits is set, forget those that were counted."""
    if attribute.name in _JUDGED_BY:
        breakpoint.forget()
    return value


@attrs.define(eq=False, on_setattr=_judge_anew)
class Breakpoint:
    """A reason to stop."""

    number: int
    kind: Kind
    text: str
    """What the person typed."""
    pattern: Pattern | None = None
    """The events it is asked about; None asks about all (a watch)."""
    place: Place | None = None
    condition: Expression | None = None
    watched: Expression | None = None
    """Stops when this value changes, or, for a comparison, when it becomes true."""
    message: str | None = None
    """What a log point says, with `{expressions}`."""
    lane: int | None = None
    """Only events of this lane count."""
    after: int = 0
    """How many hits, from the beginning of the run, do not stop."""
    every: int = 1
    """Of the others only each n-th stops."""
    last: int | None = None
    """The number of the last hit that stops; None: there is no last."""
    temporary: bool = False
    """Whether it goes away after it stopped once."""
    enabled: bool = True
    commands: tuple[str, ...] = ()
    """What a front end does at this stop."""
    problem: str | None = None
    """Why the condition could not be evaluated at the first such event; there it counts as false."""
    told: bool = False
    """Whether `BreakpointTable.complaints` has told about the problem."""
    _verdicts: bytearray = attrs.field(factory=bytearray, init=False, repr=False)
    """By event: 0 when it was not judged yet, 1 for no, 2 for yes."""
    _hits: array[int] = attrs.field(factory=lambda: array("I"), init=False, repr=False)
    """The events that are hits, in order, as far as all were judged."""
    _counted_to: Row = attrs.field(default=NONE, init=False, repr=False)

    @property
    def stops(self) -> bool:
        """Whether it holds up a motion at all."""
        return self.enabled and self.kind != "log"

    @property
    def judges(self) -> bool:
        """Whether its pattern alone does not decide what is a hit."""
        return self.condition is not None or self.watched is not None or self.lane is not None

    @property
    def counts(self) -> bool:
        """Whether it stops at some of its hits only."""
        return self.after > 0 or self.every > 1 or self.last is not None

    def forget(self) -> None:
        """Judge everything anew, after something that it depends on was changed."""
        self._verdicts.clear()
        del self._hits[:]
        self._counted_to = NONE
        self.problem, self.told = None, False

    def stops_at_hit(self, number: int) -> bool:
        """Whether it stops at its n-th hit, counted from 1."""
        beyond = number - self.after
        return beyond > 0 and beyond % self.every == 0 and (self.last is None or number <= self.last)


class BreakpointTable:
    """All breakpoints of a session."""

    def __init__(self, timeline: Timeline, state: State) -> None:
        self._timeline = timeline
        self._state = state
        self._counting = OfShape(lambda shape: shape.component == "llm" or shape.event_type == "error_occurred")
        # What a watch on totals alone is asked about: nothing else changes them.
        self._by_number: dict[int, Breakpoint] = {}
        self._next = 1

    def __iter__(self) -> Iterator[Breakpoint]:
        return iter(list(self._by_number.values()))

    def __len__(self) -> int:
        return len(self._by_number)

    def __getitem__(self, number: int) -> Breakpoint:
        """The breakpoint of a number.

        Raises:
            UsageError: There is none.
        """
        if number not in self._by_number:
            known = ", ".join(map(str, self._by_number)) or "none"
            raise UsageError(f"There is no breakpoint {number}", why=f"breakpoints: {known}")
        return self._by_number[number]

    def add(self, kind: Kind, text: str, **what: Any) -> Breakpoint:
        """A new breakpoint with the next number; `what` are the other fields of `Breakpoint`."""
        breakpoint = Breakpoint(self._next, kind, text, **what)
        self._by_number[self._next] = breakpoint
        self._next += 1
        return breakpoint

    def remove(self, number: int) -> None:
        """Take a breakpoint away.

        Raises:
            UsageError: There is none of that number.
        """
        del self._by_number[self[number].number]

    def clear(self) -> None:
        """Take all breakpoints away."""
        self._by_number.clear()

    def forget(self) -> None:
        """Evaluate all conditions anew, after what events show was changed."""
        for breakpoint in self:
            breakpoint.forget()

    def complaints(self) -> list[Breakpoint]:
        """The breakpoints with a problem that was not told before; a front end says each once."""
        fresh = [each for each in self if each.problem is not None and not each.told]
        for each in fresh:
            each.told = True
        return fresh

    def stop_at(self, row: Row) -> Breakpoint | None:
        """The breakpoint that stops at an event; of several the one that was set first."""
        return next((each for each in self if each.stops and self.holds(each, row)), None)

    def spend(self, row: Row) -> None:
        """Take away the temporary breakpoints that stopped at an event."""
        for each in self:
            if each.temporary and each.stops and self.holds(each, row):
                self.remove(each.number)

    def holds(self, breakpoint: Breakpoint, row: Row) -> bool:
        """Whether a breakpoint stops at an event, or says something about it."""
        if row < 0 or not self._asks_about(breakpoint).holds(self._timeline.columns, row):
            return False
        return self._hit(breakpoint, row) and self._is_counted(breakpoint, row, _never_ends)

    def _is_counted(self, breakpoint: Breakpoint, row: Row, check: Check) -> bool:
        """Whether it stops at this one of its hits."""
        return not breakpoint.counts or breakpoint.stops_at_hit(self.hits(breakpoint, row, check))

    def following(self, row: Row, bound: Row, check: Check) -> Row:
        """The first event after `row` and before `bound` at which any breakpoint stops, or NONE."""
        best = NONE
        for each in self:
            if each.stops:
                found = self._next_stop(each, row, best if best >= 0 else bound, check)
                best = found if found >= 0 else best
        return best

    def preceding(self, row: Row, bound: Row, check: Check) -> Row:
        """The last event before `row` and after `bound` at which any breakpoint stops, or NONE."""
        best = NONE
        for each in self:
            if each.stops:
                found = self._previous_stop(each, row, max(best, bound), check)
                best = found if found >= 0 else best
        return best

    def between(self, since: Row, until: Row, check: Check = _never_ends) -> list[tuple[Row, Breakpoint]]:
        """Where a run stops after one moment up to another, in order, each with the breakpoint that stops it."""
        found: dict[Row, Breakpoint] = {}
        for each in self:
            if each.stops:
                for row in self._stops_of(each, since, until, check):
                    found.setdefault(row, each)
        return sorted(found.items(), key=lambda stop: stop[0])

    def _stops_of(self, breakpoint: Breakpoint, since: Row, until: Row, check: Check) -> Iterator[Row]:
        rows = self._asks_about(breakpoint).ahead(self._timeline.columns, since, until + 1)
        for looked, row in enumerate(rows, 1):
            if self._hit(breakpoint, row) and self._is_counted(breakpoint, row, check):
                yield row
            if not looked & _OFTEN:
                check(row)

    def _next_stop(self, breakpoint: Breakpoint, row: Row, bound: Row, check: Check) -> Row:
        if breakpoint.counts:
            return self._next_counted(breakpoint, row, bound, check)
        columns, pattern = self._timeline.columns, self._asks_about(breakpoint)
        if breakpoint.judges:
            return self._first_hit(breakpoint, pattern.ahead(columns, row, bound), check)
        found = pattern.following(columns, row)
        return found if found < bound else NONE

    def _previous_stop(self, breakpoint: Breakpoint, row: Row, bound: Row, check: Check) -> Row:
        if breakpoint.counts:
            return self._previous_counted(breakpoint, row, bound, check)
        columns, pattern = self._timeline.columns, self._asks_about(breakpoint)
        if breakpoint.judges:
            return self._first_hit(breakpoint, pattern.behind(columns, row, bound), check)
        found = pattern.preceding(columns, row)
        return found if found > bound else NONE

    def _first_hit(self, breakpoint: Breakpoint, rows: Iterable[Row], check: Check) -> Row:
        for looked, row in enumerate(rows, 1):
            if self._hit(breakpoint, row):
                return row
            if not looked & CHECK_EVERY:
                check(row)
        return NONE

    def _next_counted(self, breakpoint: Breakpoint, row: Row, bound: Row, check: Check) -> Row:
        """Hits are counted a window at a time, because to count all of them first could take long."""
        number, width = self.hits(breakpoint, row, check) + 1, _WINDOW
        while row + 1 < bound:
            row, width = min(row + width, bound - 1), width * 2
            known = self.hits(breakpoint, row, check)
            while number <= known:
                if breakpoint.stops_at_hit(number):
                    return breakpoint._hits[number - 1]
                number += 1
        return NONE

    def _previous_counted(self, breakpoint: Breakpoint, row: Row, bound: Row, check: Check) -> Row:
        for number in range(self.hits(breakpoint, row - 1, check), self.hits(breakpoint, bound, check), -1):
            if breakpoint.stops_at_hit(number):
                return breakpoint._hits[number - 1]
        return NONE

    def hits(self, breakpoint: Breakpoint, moment: Moment, check: Check = _never_ends) -> int:
        """How often the run came by, condition fulfilled, up to and including a moment."""
        columns, pattern = self._timeline.columns, self._asks_about(breakpoint)
        if not breakpoint.judges and not breakpoint.counts:
            return pattern.count(columns, moment)
        begin, end = breakpoint._counted_to, min(moment, columns.count - 1)
        for looked, row in enumerate(pattern.ahead(columns, begin, end + 1), 1):
            if self._hit(breakpoint, row):
                breakpoint._hits.append(row)
            if not looked & CHECK_EVERY:
                breakpoint._counted_to = row
                check(row)
        breakpoint._counted_to = max(begin, end)
        return bisect_right(breakpoint._hits, moment)

    def matching(self, breakpoint: Breakpoint) -> int:
        """How many events of the run, as far as it is known, it is asked about."""
        return self._asks_about(breakpoint).count(self._timeline.columns, self._timeline.frontier)

    def messages(self, since: Moment, until: Moment) -> Iterator[tuple[Breakpoint, Moment, str]]:
        """What the log points say about the events after one moment up to another, in order."""
        said = [
            (row, each.number)
            for each in self
            if each.kind == "log" and each.enabled
            for row in self._asks_about(each).ahead(self._timeline.columns, since, until + 1)
            if self.holds(each, row)
        ]
        for row, number in sorted(said):
            breakpoint = self[number]
            yield breakpoint, row, self.interpolate(breakpoint.message or "", row)

    def interpolate(self, message: str, row: Row) -> str:
        """A text with its `{expressions}` replaced by their values at an event."""
        scope = self._state.scope(row)

        def value(match: re.Match[str]) -> str:
            try:
                return as_text(parse(match[1]).evaluate(scope))
            except ExpressionError as problem:
                return f"{{{match[1]}: {problem.why}}}"

        return _BRACES.sub(value, message)

    def _asks_about(self, breakpoint: Breakpoint) -> Pattern:
        if breakpoint.pattern is not None:
            return breakpoint.pattern
        if breakpoint.watched is not None and breakpoint.watched.names <= _COUNTED:
            return self._counting
        return OnLane(breakpoint.lane) if breakpoint.lane is not None else _EVERYTHING

    def _hit(self, breakpoint: Breakpoint, row: Row) -> bool:
        """Whether lane, condition and watched value say yes; remembered, because events do not change."""
        if not breakpoint.judges:
            return True
        verdicts = breakpoint._verdicts
        if len(verdicts) <= row:
            verdicts.extend(bytes(self._timeline.columns.count - len(verdicts)))
        if not verdicts[row]:
            verdicts[row] = 1 + self._judge(breakpoint, row)
        return verdicts[row] == 2

    def _judge(self, breakpoint: Breakpoint, row: Row) -> bool:
        if breakpoint.lane is not None and self._timeline.columns.lane[row] != breakpoint.lane:
            return False
        scope = self._state.scope(row)
        try:
            if breakpoint.watched is not None and not self._changed(breakpoint.watched, scope):
                return False
            return breakpoint.condition is None or bool(breakpoint.condition.evaluate(scope))
        except ExpressionError as problem:
            breakpoint.problem = breakpoint.problem or str(problem)
            return False

    def _changed(self, watched: Expression, scope: Scope) -> bool:
        """Whether a value came about or changed at an event, as someone on its lane sees it.

        A condition that became false is no news; a plain name that became false is.
        """
        after = _value(watched, scope)
        if after is ABSENT or (after is False and not _PATH.match(watched.text)):
            return False
        return not equal(after, _value(watched, self._state.scope_before(scope.moment)))


def _value(watched: Expression, scope: Scope) -> object:
    try:
        value: object = watched.evaluate(scope)
    except ExpressionError:
        return ABSENT
    return value
