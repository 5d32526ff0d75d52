"""A run as a list of events whose end may still be growing.

It knows nothing of who appends: a recording is read on when somebody looks beyond what was read, a live program appends
by itself. Both are the same columns, so everything above asks the same questions of either.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import attrs

from ..events import BEGINNING, Moment, TraceEvent
from ..trace.columns import Columns, head_of
from ..trace.index import TraceIndex

_SLICE = 20_000
_REMEMBERED = 512

Overlay = Callable[[Moment, TraceEvent], TraceEvent]
"""Shows an event in another way, such as with a mocked answer; the recording stays as it is."""


@attrs.frozen
class TimelineStatistics:
    """A picture of a timeline at one moment."""

    events: int
    """How many are known so far."""
    open_spans: int
    lanes: int
    closed: bool
    """Whether no event will come any more."""
    invalid_lines: int
    torn_bytes: int
    """Of a last line that was never finished."""


class Timeline:
    """The events of one run, as far as they are known."""

    def __init__(self, index: TraceIndex | None = None) -> None:
        """A timeline over a recording, or an empty one for a program that appends."""
        self._index = index
        self.columns: Columns = index.columns if index is not None else Columns()
        self.overlay: Overlay | None = None
        self._events: list[TraceEvent] = []
        self._decoded: dict[Moment, TraceEvent] = {}
        self._link = self.columns.linker() if index is None else None
        self._closed = False
        self._grown = threading.Condition()

    @property
    def index(self) -> TraceIndex | None:
        """The open trace file of a recording."""
        return self._index

    @property
    def frontier(self) -> Moment:
        """The last moment known so far; BEGINNING while there is none."""
        return self.columns.count - 1

    @property
    def closed(self) -> bool:
        """Whether no event will come any more."""
        return self._index.complete if self._index is not None else self._closed

    def __len__(self) -> int:
        return self.columns.count

    def __getitem__(self, moment: Moment) -> TraceEvent:
        """The event of a moment that is known, with the overlay put over it.

        Raises:
            IndexError: There is no such event, or not yet.
        """
        if not 0 <= moment < self.columns.count:
            raise IndexError(moment)
        event = self.recorded(moment)
        return self.overlay(moment, event) if self.overlay is not None else event

    def recorded(self, moment: Moment) -> TraceEvent:
        """The event of a moment as it was recorded."""
        if self._index is None:
            return self._events[moment]
        event = self._decoded.get(moment)
        if event is None:
            if len(self._decoded) >= _REMEMBERED:
                self._decoded.clear()
            event = self._decoded[moment] = self._index.event(moment)
        return event

    def identity(self, moment: Moment) -> str:
        """The id of an event that is known; empty when it has none."""
        if self._index is None:
            return self._events[moment].event_id
        return self._index.identity(moment)

    def append(self, event: TraceEvent) -> Moment:
        """Take the next event of a live program; returns its moment."""
        link = self._link
        if link is None:
            raise TypeError("only a live timeline grows by append")
        with self._grown:
            self._events.append(event)
            link(head_of(event), 0)
            self._grown.notify_all()
            return self.frontier

    def close(self) -> None:
        """Say that no event will come any more."""
        with self._grown:
            self._closed = True
            self._grown.notify_all()

    def extend(self, *, within_s: float | None = None) -> bool:
        """Read on in a recording, by one slice; whether there was more."""
        if self._index is None:
            return False
        return self._index.advance(_SLICE, within_s=within_s) > 0

    def reach(self, moment: Moment) -> bool:
        """Read on until `moment` is known; whether it exists."""
        while self.frontier < moment and self.extend():
            pass
        return BEGINNING <= moment <= self.frontier

    def complete(self) -> None:
        """Read a recording to its end."""
        while self.extend():
            pass

    def wait_past(self, moment: Moment, *, within_s: float | None = None) -> bool:
        """Wait until an event after `moment` is known; False when the run ended, or the time was over, before."""
        if self._index is not None:
            return self.reach(moment + 1)
        with self._grown:
            self._grown.wait_for(lambda: self.frontier > moment or self._closed, within_s)
            return self.frontier > moment

    def statistics(self) -> TimelineStatistics:
        """How much is known."""
        columns = self.columns
        return TimelineStatistics(
            events=columns.count,
            open_spans=len(columns.open),
            lanes=len(columns.lane_rows) if columns.count else 0,
            closed=self.closed,
            invalid_lines=columns.invalid,
            torn_bytes=self._index.torn if self._index is not None else 0,
        )
