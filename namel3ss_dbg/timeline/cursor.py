"""The one place where time moves, forwards and backwards.

A motion has a goal, a pattern of events; it rests at the first event on its way that belongs to the goal or at which a
breakpoint stops. What is not known yet is read on, or asked of the program at its gate. A motion that runs out of
history rests at the edge, and the session stays alive.
"""

from __future__ import annotations

from collections.abc import Callable

from ..events import BACKWARD, BEGINNING, FORWARD, Direction, Moment, Reason, Stop, TraceFilter
from ..trace.columns import END, NONE, POINT, START, Columns
from .breakpoints import BreakpointTable
from .gate import Gate
from .lanes import MAIN
from .patterns import Both, EndOf, Everything, Exactly, OfShape, OnLane, Pattern
from .timeline import Timeline

_NOWHERE: Pattern = EndOf(NONE)


class _Interrupted(Exception):
    pass


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
        self._interrupted = False
        self.moment: Moment = BEGINNING
        self.progress: Callable[[Moment], None] | None = None
        """Called now and then during a long motion with how far it is."""
        self.trail: list[Moment] = []
        """The moments of the stops so far."""
        self._trail_at = -1
        self.look_at(visible)

    def look_at(self, visible: TraceFilter | None) -> None:
        """See only the events that a filter keeps; breakpoints are still asked about the others."""
        if visible is None or visible.keeps_all:
            self._visible: Pattern = _EVERYTHING
        else:
            shown = visible
            self._visible = OfShape(lambda shape: shown.admits(shape.event_type, shape.component, shape.component_name))

    @property
    def _columns(self) -> Columns:
        return self._timeline.columns

    def sees(self, moment: Moment) -> bool:
        """Whether the filter shows an event."""
        return self._visible is _EVERYTHING or self._visible.holds(self._columns, moment)

    # Motions

    def step(self, direction: Direction = FORWARD, count: int = 1) -> Stop:
        """Into: from a start the first event inside it, else the next event of this lane; backwards the inverse."""
        return self._repeat(self._step, direction, count)

    def step_any(self, direction: Direction = FORWARD, count: int = 1) -> Stop:
        """The very next visible event, whatever its lane."""
        return self._repeat(self._step_any, direction, count)

    def next(self, direction: Direction = FORWARD, count: int = 1) -> Stop:
        """Over: from a start to its own end, backwards from an end to its own start, else like step."""
        return self._repeat(self._next, direction, count)

    def finish(self, direction: Direction = FORWARD, count: int = 1) -> Stop:
        """Out: to the end, backwards to the start, of the span around this stop."""
        return self._repeat(self._finish, direction, count)

    def resume(self, direction: Direction = FORWARD, count: int = 1) -> Stop:
        """On to the next stop of a breakpoint, or to the edge of history."""
        stop = self._move(_NOWHERE, direction, "step")
        while count > 1 and not stop.at_edge and stop.reason != "interrupted":
            count -= 1
            stop = self._move(_NOWHERE, direction, "step")
        return stop

    def to(self, goal: Pattern, direction: Direction = FORWARD, count: int = 1, *, reason: Reason = "place") -> Stop:
        """To the next, or previous, event of a pattern."""
        return self._repeat(lambda way: self._move(goal, way, reason), direction, count, own=reason)

    def seek(self, found: Callable[[Moment], bool], direction: Direction = FORWARD) -> Stop:
        """To the next, or previous, visible event that a test accepts; events are looked at one by one."""
        return self.to(Both(self._visible, _Accepted(found, self._check)), direction, reason="match")

    def goto(self, moment: Moment) -> Stop:
        """Rest at a moment that is known.

        Raises:
            IndexError: It is not.
        """
        if not BEGINNING <= moment <= self._timeline.frontier:
            raise IndexError(moment)
        return self._rest(Stop(moment, "goto" if moment >= 0 else "beginning"))

    def back(self) -> Stop | None:
        """To the stop before this one; None when this is the first."""
        return self._along_trail(-1)

    def forward(self) -> Stop | None:
        """To the stop that `back` came from; None when this is the last."""
        return self._along_trail(1)

    def interrupt(self) -> None:
        """End the motion that is going on, from another thread or a signal; the cursor returns to where it was."""
        self._interrupted = True
        if self._gate is not None:
            self._gate.interrupt()

    def _repeat(
        self, motion: Callable[[Direction], Stop], direction: Direction, count: int, *, own: Reason = "step"
    ) -> Stop:
        stop = motion(direction)
        while count > 1 and stop.reason == own:
            count -= 1
            stop = motion(direction)
        return stop

    def _step(self, direction: Direction) -> Stop:
        if direction == BACKWARD:
            return self._move(Exactly(self._step_back_from(self.moment)), BACKWARD, "step")
        if self.moment < 0:
            return self._step_any(FORWARD)
        return self._move(self._shown(self._lane_ahead()), FORWARD, "step")

    def _step_any(self, direction: Direction) -> Stop:
        return self._move(self._visible, direction, "step")

    def _next(self, direction: Direction) -> Stop:
        columns, row = self._columns, self.moment
        edge = columns.edge_at(row) if row >= 0 else POINT
        if direction == FORWARD and edge == START:
            return self._move(EndOf(row), FORWARD, "step")
        if direction == BACKWARD and edge == END and columns.match[row] >= 0 and self.sees(columns.match[row]):
            return self._move(Exactly(columns.match[row]), BACKWARD, "step")
        return self._step(direction)

    def _finish(self, direction: Direction) -> Stop:
        around = self._columns.parent[self.moment] if self.moment >= 0 else NONE
        return self._move(Exactly(around) if direction == BACKWARD else EndOf(around), direction, "step")

    def _lane_ahead(self) -> Pattern:
        """What comes after this stop on its lane; after the lane's last event, the end of the span that opened it."""
        columns = self._columns
        lane = columns.lane[self.moment]
        opened = columns.lane_rows[lane][0]
        if lane != MAIN and columns.match[self.moment] == opened:
            return EndOf(columns.parent[opened])
        return OnLane(lane)

    def _step_back_from(self, row: Moment) -> Moment:
        """The previous visible event of this lane; from the first event of a lane the start that opened the lane."""
        columns = self._columns
        while row >= 0:
            before = columns.previous_on_lane(row) if row < columns.count else NONE
            row = before if before >= 0 else columns.parent[row]
            if row >= 0 and self.sees(row):
                return row
        return NONE

    def _shown(self, goal: Pattern) -> Pattern:
        return goal if self._visible is _EVERYTHING else Both(goal, self._visible)

    # Moving

    def _move(self, goal: Pattern, direction: Direction, reason: Reason) -> Stop:
        """Move to the goal, unless a breakpoint stops before; a breakpoint under the cursor never does."""
        began = self.moment
        self._interrupted = False
        try:
            return self._rest(self._ahead(goal, reason) if direction == FORWARD else self._behind(goal, reason))
        except _Interrupted:
            self.moment = began
            return Stop(began, "interrupted")

    def _ahead(self, goal: Pattern, reason: Reason) -> Stop:
        seen = self.moment
        while True:
            frontier = self._timeline.frontier
            wanted = goal.following(self._columns, seen)
            found = self._breakpoints.following(seen, (wanted if wanted >= 0 else frontier) + 1, self._check)
            if found >= 0:
                return self._stop_of_breakpoint(found, reason)
            if wanted >= 0:
                return Stop(wanted, reason)
            seen = frontier
            if not self._more(goal):
                return Stop(self._timeline.frontier, "end")

    def _more(self, goal: Pattern) -> bool:
        """Whether there are more events now: what a held program does until it is to stop, or a slice of a file."""
        before = self._timeline.frontier
        if self._gate is not None and not self._timeline.closed:
            self._gate.run_until(
                lambda moment: goal.holds(self._columns, moment) or self._breakpoints.stop_at(moment) is not None
            )
            if self._interrupted:
                raise _Interrupted
            return self._timeline.frontier > before
        self._check(before)
        return self._timeline.extend()

    def _behind(self, goal: Pattern, reason: Reason) -> Stop:
        wanted = goal.preceding(self._columns, self.moment)
        found = self._breakpoints.preceding(self.moment, wanted - 1 if wanted >= 0 else BEGINNING, self._check)
        if found >= 0:
            return self._stop_of_breakpoint(found, reason)
        return Stop(wanted, reason) if wanted >= 0 else Stop(BEGINNING, "beginning")

    def _stop_of_breakpoint(self, row: Moment, reason: Reason) -> Stop:
        breakpoint = self._breakpoints.stop_at(row)
        if breakpoint is None:  # its condition was changed by an overlay in the meantime
            return Stop(row, reason)
        if breakpoint.temporary:
            self._breakpoints.remove(breakpoint.number)
        kind: Reason = "breakpoint" if breakpoint.kind == "log" else breakpoint.kind
        return Stop(row, kind, breakpoint.number)

    def _check(self, row: Moment) -> None:
        if self._interrupted:
            raise _Interrupted
        if self.progress is not None:
            self.progress(row)

    def _rest(self, stop: Stop) -> Stop:
        self.moment = stop.moment
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
        self.moment = self.trail[place]
        return Stop(self.moment, "goto" if self.moment >= 0 else "beginning")


_EVERYTHING = Everything()


class _Accepted(Pattern):
    """The events that a test accepts."""

    def __init__(self, test: Callable[[Moment], bool], check: Callable[[Moment], None]) -> None:
        self._test = test
        self._check = check

    def holds(self, columns: Columns, row: Moment) -> bool:
        if not row & 255:
            self._check(row)
        return self._test(row)
