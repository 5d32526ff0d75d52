"""Where a person wants to stop: breakpoints, watches, catches and log points.

Whether one stops at an event depends on the events alone, never on how the cursor came there: the hits of a breakpoint
are counted from the beginning of the run up to the moment. So a live program and its recording stop alike, hit counts
are right after going back, and the index can answer for a million events without looking at them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal

import attrs

from ..events import ExpressionError, Moment, UsageError
from ..trace.columns import NONE, Row
from .expressions import Expression, parse
from .patterns import OfShape, OnLane, Pattern
from .places import Place
from .state import ABSENT, TOTALS, State
from .timeline import Timeline

Kind = Literal["breakpoint", "watch", "catch", "log"]

Check = Callable[[Row], None]
"""Called now and then during a long search, with how far it is; raises to end it."""

_CHECK_EVERY = 1_023
_BRACES = re.compile(r"\{([^{}]*)\}")


@attrs.define(eq=False)
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
    temporary: bool = False
    """Whether it goes away after it stopped once."""
    enabled: bool = True
    commands: tuple[str, ...] = ()
    """What a front end does at this stop."""
    problem: str | None = None
    """Why the condition could not be evaluated at some event, where it then counted as false."""
    _verdicts: bytearray = attrs.field(factory=bytearray, init=False, repr=False)
    """By event: 0 when it was not judged yet, 1 for no, 2 for yes."""

    @property
    def stops(self) -> bool:
        """Whether it holds up a motion at all."""
        return self.enabled and self.kind != "log"

    def forget(self) -> None:
        """Evaluate everything anew, after something that it depends on was changed."""
        self._verdicts.clear()


class BreakpointTable:
    """All breakpoints of a session."""

    def __init__(self, timeline: Timeline, state: State) -> None:
        self._timeline = timeline
        self._state = state
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

    def add(self, kind: Kind, text: str, **what: object) -> Breakpoint:
        """A new breakpoint with the next number; `what` are the other fields of `Breakpoint`."""
        breakpoint = Breakpoint(self._next, kind, text, **what)  # type: ignore[arg-type]
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

    def stop_at(self, row: Row) -> Breakpoint | None:
        """The breakpoint that stops at an event; of several the one that was set first."""
        return next((each for each in self if each.stops and self.holds(each, row)), None)

    def holds(self, breakpoint: Breakpoint, row: Row) -> bool:
        """Whether a breakpoint stops at an event."""
        if row < 0 or not self._asks_about(breakpoint).holds(self._timeline.columns, row):
            return False
        if not self._hit(breakpoint, row):
            return False
        if not breakpoint.after and breakpoint.every == 1:
            return True
        beyond = self.hits(breakpoint, row) - breakpoint.after
        return beyond > 0 and beyond % breakpoint.every == 0

    def following(self, row: Row, bound: Row, check: Check) -> Row:
        """The first event after `row` and before `bound` at which any breakpoint stops, or NONE."""
        best = bound
        for breakpoint in self:
            if breakpoint.stops:
                found = self._search(breakpoint, row, best, check, forward=True)
                best = found if found >= 0 else best
        return best if best != bound else NONE

    def preceding(self, row: Row, bound: Row, check: Check) -> Row:
        """The last event before `row` and after `bound` at which any breakpoint stops, or NONE."""
        best = bound
        for breakpoint in self:
            if breakpoint.stops:
                found = self._search(breakpoint, row, best, check, forward=False)
                best = found if found >= 0 else best
        return best if best != bound else NONE

    def _search(self, breakpoint: Breakpoint, row: Row, bound: Row, check: Check, *, forward: bool) -> Row:
        columns = self._timeline.columns
        pattern = self._asks_about(breakpoint)
        step = pattern.following if forward else pattern.preceding
        looked = 0
        while (row := step(columns, row)) >= 0 and (row < bound if forward else row > bound):
            if self.holds(breakpoint, row):
                return row
            looked += 1
            if not looked & _CHECK_EVERY:
                check(row)
        return NONE

    def hits(self, breakpoint: Breakpoint, moment: Moment) -> int:
        """How often the run came by, condition fulfilled, up to and including a moment."""
        columns = self._timeline.columns
        pattern = self._asks_about(breakpoint)
        if breakpoint.condition is None and breakpoint.watched is None and breakpoint.lane is None:
            return pattern.count(columns, moment)
        count, row = 0, NONE
        while 0 <= (row := pattern.following(columns, row)) <= moment:
            count += self._hit(breakpoint, row)
        return count

    def matching(self, breakpoint: Breakpoint) -> int:
        """How many events of the run, as far as it is known, it is asked about."""
        return self._asks_about(breakpoint).count(self._timeline.columns, self._timeline.frontier)

    def messages(self, since: Moment, until: Moment) -> Iterator[tuple[Breakpoint, Moment, str]]:
        """What the log points say about the events after one moment up to another, in order."""
        said: list[tuple[Moment, Breakpoint]] = []
        for breakpoint in self:
            if breakpoint.kind == "log" and breakpoint.enabled:
                row = since
                while 0 <= (row := self._asks_about(breakpoint).following(self._timeline.columns, row)) <= until:
                    if self.holds(breakpoint, row):
                        said.append((row, breakpoint))
        for row, breakpoint in sorted(said, key=lambda pair: (pair[0], pair[1].number)):
            yield breakpoint, row, self.interpolate(breakpoint.message or "", row)

    def interpolate(self, message: str, row: Row) -> str:
        """A text with its `{expressions}` replaced by their values at an event."""
        scope = self._state.scope(row)

        def value(match: re.Match[str]) -> str:
            try:
                found = parse(match[1]).evaluate(scope)
            except ExpressionError as problem:
                return f"{{{match[1]}: {problem.why}}}"
            return found if isinstance(found, str) else str(found)

        return _BRACES.sub(value, message)

    def _asks_about(self, breakpoint: Breakpoint) -> Pattern:
        if breakpoint.pattern is not None:
            return breakpoint.pattern
        if breakpoint.lane is not None:
            return OnLane(breakpoint.lane)
        watched = breakpoint.watched
        if watched is not None and watched.names and watched.names <= _COUNTED:
            return _COUNTING
        return _ANYTHING

    def _hit(self, breakpoint: Breakpoint, row: Row) -> bool:
        """Whether lane, condition and watched value say yes; remembered, because events do not change."""
        verdicts = breakpoint._verdicts
        if len(verdicts) <= row:
            verdicts.extend(bytes(max(self._timeline.columns.count, row + 1) - len(verdicts)))
        if not verdicts[row]:
            verdicts[row] = 1 + self._judge(breakpoint, row)
        return verdicts[row] == 2

    def _judge(self, breakpoint: Breakpoint, row: Row) -> bool:
        if breakpoint.lane is not None and self._timeline.columns.lane[row] != breakpoint.lane:
            return False
        try:
            if breakpoint.watched is not None and not self._changed(breakpoint.watched, row):
                return False
            return breakpoint.condition is None or bool(breakpoint.condition.evaluate(self._state.scope(row)))
        except ExpressionError as problem:
            breakpoint.problem = str(problem)
            return False

    def _changed(self, watched: Expression, row: Row) -> bool:
        """Whether a value came about or changed at an event, as someone on its lane sees it."""
        after = self._value(watched, row, row)
        return after is not ABSENT and after is not False and after != self._value(watched, row - 1, row)

    def _value(self, watched: Expression, moment: Moment, row: Row) -> object:
        try:
            value: object = watched.evaluate(self._state.scope(moment, self._timeline.columns.lane[row]))
        except ExpressionError:
            return ABSENT
        return value


_COUNTED = frozenset(TOTALS) - {"elapsed"}
_ANYTHING = OfShape(lambda shape: True)
_COUNTING = OfShape(lambda shape: shape.component == "llm" or shape.event_type == "error_occurred")
# What a watch on totals alone is asked about: nothing else changes them.
