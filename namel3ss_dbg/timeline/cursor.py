"""The one place where time moves, forwards and backwards.

A motion has a goal, a pattern of events; it rests at the first event on its way that belongs to the goal or at which a
breakpoint stops. What is not known yet is read on, or asked of the program at its gate. A motion that runs out of
history rests at the edge, and the session stays alive.
"""

from __future__ import annotations

from collections.abc import Callable

import attrs

from ..events import BEGINNING, FORWARD, Direction, Moment, Reason, Stop, TraceFilter
from ..trace.columns import END, NONE, START, Columns
from .breakpoints import BreakpointTable, Kind
from .gate import Gate
from .patterns import Check, EndOf, Everything, Exactly, Filtered, Nothing, OfShape, Pattern, Strand
from .timeline import Timeline

_EVERYTHING: Pattern = Everything()
_NOTHING: Pattern = Nothing()
_REASONS: dict[Kind, Reason] = {"breakpoint": "breakpoint", "watch": "watch", "catch": "catch"}
_DEEPEST = 1 << 16

_Rule = Callable[[Direction], Pattern]
# What a motion looks for from where the cursor is; asked anew for each of its repetitions.


class Interrupted(Exception):
    """Somebody ended the motion, or the long look, that is going on."""

    def __init__(self, moment: Moment) -> None:
        super().__init__(moment)
        self.moment = moment
        """Where the cursor rests."""


@attrs.frozen
class _Head:
    """What a filter asks of an event, from the columns."""

    event_type: str
    component: str
    component_name: str | None
    duration_ms: float | None


class Cursor:
    """A place on a timeline, and the rules for moving it."""

    def __init__(
        self,
        timeline: Timeline,
        breakpoints: BreakpointTable,
        *,
        gate: Gate | None = None,
        visible: TraceFilter | None = None,
    ) -> None:
        self._timeline = timeline
        self._breakpoints = breakpoints
        self._gate = gate
        self._began = BEGINNING
        self._interrupted = False
        self.moment: Moment = BEGINNING
        self.came_from: Moment = BEGINNING
        """Where the cursor was before the last motion."""
        self.progress: Callable[[Moment], None] | None = None
        """Called now and then during a long motion with how far it is."""
        self.trail: list[Moment] = []
        """The moments of the stops so far."""
        self._trail_at = -1
        self.look_at(visible)

    # What is visible

    def look_at(self, visible: TraceFilter | None) -> None:
        """See only the events that a filter keeps; breakpoints are still asked about the others."""
        self._visible = _EVERYTHING
        if visible is not None and not visible.keeps_all:
            shown = visible
            self._visible = OfShape(lambda shape: shown.admits(*shape[:3]))
            if visible.min_duration_ms is not None:
                self._visible = Filtered(self._visible, lambda row: shown.keeps(self._head(row)), self._check)

    def _head(self, row: Moment) -> _Head:
        duration = self._columns.duration[row]
        return _Head(*self._columns.shape_at(row)[:3], duration_ms=duration if duration == duration else None)

    def sees(self, moment: Moment) -> bool:
        """Whether the filter shows an event."""
        return self.sees_all or self._visible.holds(self._columns, moment)

    @property
    def sees_all(self) -> bool:
        """Whether no filter hides anything."""
        return self._visible is _EVERYTHING

    @property
    def _columns(self) -> Columns:
        return self._timeline.columns

    # Motions

    def step(self, direction: Direction = FORWARD, count: int = 1) -> Stop:
        """Into: from a start the first event inside it, else the next event of this lane; backwards the inverse."""
        return self._travel(self._within, direction, count, "step")

    def step_any(self, direction: Direction = FORWARD, count: int = 1) -> Stop:
        """The very next visible event, whatever its lane."""
        return self._travel(lambda way: self._visible, direction, count, "step")

    def next(self, direction: Direction = FORWARD, count: int = 1) -> Stop:
        """Over: from a start to its own end, backwards from an end to its own start, else like step."""
        return self._travel(self._over, direction, count, "step")

    def finish(self, direction: Direction = FORWARD, count: int = 1) -> Stop:
        """Out: to the end, backwards to the start, of the span around this stop."""
        return self._travel(self._out, direction, count, "step")

    def resume(self, direction: Direction = FORWARD, count: int = 1) -> Stop:
        """On to the next stop of a breakpoint, or to the edge of history."""
        return self._travel(lambda way: _NOTHING, direction, count, *_REASONS.values())

    def to(self, goal: Pattern, direction: Direction = FORWARD, count: int = 1, *, reason: Reason = "place") -> Stop:
        """To the next, or previous, event of a pattern."""
        return self._travel(lambda way: goal, direction, count, reason)

    def seek(self, found: Callable[[Moment], bool], direction: Direction = FORWARD, count: int = 1) -> Stop:
        """To the next, or previous, visible event that a test accepts; events are looked at one by one."""
        return self.to(Filtered(self._visible, found, self._check), direction, count, reason="match")

    def goto(self, moment: Moment) -> Stop:
        """Rest at a moment that is known.

        Raises:
            IndexError: It is not.
        """
        if not BEGINNING <= moment <= self._timeline.frontier:
            raise IndexError(moment)
        self._began = self.moment
        return self._rest(Stop(moment, "goto" if moment >= 0 else "beginning"))

    def back(self) -> Stop | None:
        """To the stop before this one; None when this is the first."""
        return self._along_trail(-1)

    def forward(self) -> Stop | None:
        """To the stop that `back` came from; None when this is the last."""
        return self._along_trail(1)

    def interrupt(self) -> None:
        """End the motion that is going on, from another thread or a signal.

        The cursor returns to where it was; but a program that was running is held at its next event, and the cursor
        rests there, because what has been done cannot be taken back.
        """
        self._interrupted = True

    def looking(self) -> Check:
        """What a long look that moves nothing is to call: it tells the progress, and raises `Interrupted`."""
        self._began = self.moment
        self._interrupted = False
        return self._check

    # What motions look for

    def _within(self, direction: Direction) -> Pattern:
        return self._on_strand(self.moment, _DEEPEST) if self.moment >= 0 else self._visible

    def _over(self, direction: Direction) -> Pattern:
        """The first event on the way that is not deeper than this one: for a start its end, for an end its start."""
        here, columns = self.moment, self._columns
        if here < 0:
            return self._visible
        other = NONE
        if columns.edge_at(here) == (START if direction == FORWARD else END):
            other = columns.match[here]
            if direction == FORWARD and self.sees_all:
                return EndOf(here)
            if other >= 0 and self.sees(other):
                return Exactly(other)
        return self._on_strand(here, columns.depth[here])

    def _out(self, direction: Direction) -> Pattern:
        """The first event on the way that is less deep than this one: an edge of the span around it."""
        here, columns = self.moment, self._columns
        around = columns.parent[here] if here >= 0 else NONE
        if around < 0:
            return _NOTHING
        if self.sees_all:
            return EndOf(around) if direction == FORWARD else Exactly(around)
        return self._on_strand(here, columns.depth[around])

    def _on_strand(self, here: Moment, deepest: int) -> Pattern:
        """What can be seen, no deeper than a depth, by someone who follows the lane."""
        strand = Strand(here)
        if deepest >= _DEEPEST and self.sees_all:
            return strand
        return Filtered(strand, lambda row: self._columns.depth[row] <= deepest and self.sees(row), self._check)

    # Moving

    def _travel(self, rule: _Rule, direction: Direction, count: int, *goes_on: Reason) -> Stop:
        """Move up to `count` times, as long as the stops have one of the reasons; an interruption takes all back."""
        self._began = self.moment
        self._interrupted = False
        try:
            stop = self._move(rule(direction), direction, goes_on[0])
            for _ in range(count - 1):
                if stop.reason not in goes_on:
                    break
                self.moment = stop.moment
                stop = self._move(rule(direction), direction, goes_on[0])
        except Interrupted as interrupted:
            stop = Stop(interrupted.moment, "interrupted")
        return self._rest(stop)

    def _move(self, goal: Pattern, direction: Direction, reason: Reason) -> Stop:
        """Where the goal is, unless a breakpoint stops before; a breakpoint under the cursor never does."""
        return self._ahead(goal, reason) if direction == FORWARD else self._behind(goal, reason)

    def _ahead(self, goal: Pattern, reason: Reason) -> Stop:
        seen = self.moment
        while True:
            frontier = self._timeline.frontier
            wanted = goal.following(self._columns, seen)
            found = self._breakpoints.following(seen, (wanted if wanted >= 0 else frontier) + 1, self._check)
            if found >= 0:
                return self._stop_of_breakpoint(found)
            if wanted >= 0:
                return Stop(wanted, reason)
            seen = frontier
            if not self._more(goal):
                return Stop(self._timeline.frontier, "end")

    def _more(self, goal: Pattern) -> bool:
        """Whether there are more events now: what a held program does until it is to stop, or a slice of a file."""
        before = self._timeline.frontier
        if self._gate is None or self._timeline.closed:
            self._check(before)
            return self._timeline.extend()

        def stops(moment: Moment) -> bool:
            if moment <= before:  # of another thread of the program, whose event we have seen
                return False
            return self._interrupted or goal.holds(self._columns, moment) or bool(self._breakpoints.stop_at(moment))

        self._gate.run_until(stops)
        if self._interrupted:
            raise Interrupted(self._timeline.frontier)
        return self._timeline.frontier > before

    def _behind(self, goal: Pattern, reason: Reason) -> Stop:
        wanted = goal.preceding(self._columns, self.moment)
        found = self._breakpoints.preceding(self.moment, wanted - 1 if wanted >= 0 else BEGINNING, self._check)
        if found >= 0:
            return self._stop_of_breakpoint(found)
        return Stop(wanted, reason) if wanted >= 0 else Stop(BEGINNING, "beginning")

    def _stop_of_breakpoint(self, row: Moment) -> Stop:
        breakpoint = self._breakpoints.stop_at(row)
        assert breakpoint is not None  # noqa: S101 (the table has just found it there)
        self._breakpoints.spend(row)
        return Stop(row, _REASONS[breakpoint.kind], breakpoint.number)

    def _check(self, row: Moment) -> None:
        if self._interrupted:
            raise Interrupted(self._began)
        if self.progress is not None:
            self.progress(row)

    def _rest(self, stop: Stop) -> Stop:
        self.came_from, self.moment = self._began, stop.moment
        if self._trail_at < 0 or self.trail[self._trail_at] != stop.moment:
            del self.trail[self._trail_at + 1 :]
            self.trail.append(stop.moment)
            self._trail_at = len(self.trail) - 1
        return stop

    def _along_trail(self, step: int) -> Stop | None:
        place = self._trail_at + step
        if not 0 <= place < len(self.trail):
            return None
        self._trail_at = place
        self.came_from, self.moment = self.moment, self.trail[place]
        return Stop(self.moment, "goto" if self.moment >= 0 else "beginning")
