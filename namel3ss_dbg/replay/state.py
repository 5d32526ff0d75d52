"""Where a replay stands."""

from __future__ import annotations

from ..events import Moment, Stop, TraceEvent
from ..timeline.session import DebugSession


class ReplayState:
    """Where a replay stands: a view that is always up to date."""

    def __init__(self, session: DebugSession) -> None:
        self._session = session
        self._stop: Stop | None = None

    def rest(self, stop: Stop) -> None:
        """Take note of where the last motion ended."""
        self._stop = stop

    @property
    def current_index(self) -> Moment:
        """The number of the event that has just happened; -1 at the beginning."""
        return self._session.moment

    @property
    def current_event(self) -> TraceEvent | None:
        """The event that has just happened; None at the beginning."""
        return self._session.event

    @property
    def completed(self) -> bool:
        """Whether no event that the filter shows comes after this one."""
        timeline, cursor, moment = self._session.timeline, self._session.cursor, self.current_index + 1
        while timeline.reach(moment) and not cursor.sees(moment):
            moment += 1
        return moment > timeline.frontier

    @property
    def paused(self) -> bool:
        """Whether a breakpoint stopped the last motion."""
        return self.breakpoint is not None

    @property
    def breakpoint(self) -> int | None:
        """The number of the breakpoint that stopped the last motion."""
        return self._stop.breakpoint if self._stop is not None else None

    @property
    def stop(self) -> Stop | None:
        """Where and why the last motion came to rest; None before the first."""
        return self._stop

    @property
    def total_events(self) -> int:
        """How many events the trace has, whether shown or not; it is read to its end for that."""
        self._session.timeline.complete()
        return len(self._session.timeline)

    @property
    def progress_percent(self) -> float:
        """How much of the trace has happened."""
        return 100.0 * (self.current_index + 1) / self.total_events

    @property
    def open_calls(self) -> tuple[TraceEvent, ...]:
        """The starts of the calls that are open here, innermost first."""
        return tuple(self._session.timeline[start] for start in self._session.frames())
