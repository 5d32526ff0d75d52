"""A run as a list of events whose end may still be growing.

It knows nothing of who appends: a recording is read on when somebody looks beyond what was read, a live program appends
by itself. Both are the same columns, so everything above asks the same questions of either.
"""

from __future__ import annotations

import contextlib
import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator

import attrs
import msgspec

from ..events import BEGINNING, Moment, Payload, TraceEvent
from ..trace.codec import INVALID, may_be_deep
from ..trace.columns import Columns, head_of
from ..trace.index import TraceIndex

_REMEMBERED = 512
_LOOKS_AGAIN_S = 0.05

Overlay = Callable[[Moment, TraceEvent], TraceEvent]
"""Shows an event in another way, such as with a mocked answer; the recording stays as it is."""


class Payloads(msgspec.Struct, gc=False):
    """What went in and what came out."""

    inputs: Payload = {}
    outputs: Payload = {}


_decode_payloads = msgspec.json.Decoder(Payloads).decode


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
        self.check: Callable[[Moment], None] | None = None
        """Called before a slice is read on, with how far that is; it may raise to end the reading."""
        self.grown: Callable[[], None] | None = None
        """Called after a slice was read on, before anybody looks for a stop in it."""
        self.slice = 20_000
        """How many events of a recording are read at a time; between two slices a motion can be interrupted."""
        self._events: list[TraceEvent] = []
        self._decoded: dict[Moment, TraceEvent] = {}
        self._said: dict[Moment, Payloads] = {}
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
        """Whether all that there is was read; a file that has grown since then is read on by `extend` all the same."""
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

    def payloads(self, moment: Moment) -> Payloads:
        """Inputs and outputs of an event that is known; over a recording this is much quicker than the whole event."""
        if self._index is None or self.overlay is not None:
            event = self[moment]
            return Payloads(event.inputs, event.outputs)
        said = self._said.get(moment)
        if said is None:
            if len(self._said) >= _REMEMBERED:
                self._said.clear()
            said = self._said[moment] = self._read_payloads(self._index, moment)
        return said

    def _read_payloads(self, index: TraceIndex, moment: Moment) -> Payloads:
        line = index.line(moment)
        if not self._is_invalid(moment) and not may_be_deep(line):
            with contextlib.suppress(msgspec.MsgspecError, ValueError):
                return _decode_payloads(line)
        event = self.recorded(moment)  # null, no text, no object, or too deep: the codec knows what to make of it
        return Payloads(event.inputs, event.outputs)

    def _is_invalid(self, moment: Moment) -> bool:
        return self.columns.invalid > 0 and self.columns.shape_at(moment).event_type == INVALID

    def identity(self, moment: Moment) -> str:
        """The id of an event that is known; empty when it has none."""
        if self._index is None:
            return self._events[moment].event_id
        return self._index.identity(moment)

    def identified(self, beginning: str) -> Iterator[Moment]:
        """The moments, of those known, whose event's id begins so."""
        if self._index is not None:
            return self._index.identified(beginning)
        return (moment for moment, event in enumerate(self._events) if event.event_id.startswith(beginning))

    @property
    def began(self) -> float:
        """When the run began, in seconds since the epoch; 0 as long as no event has told a time."""
        return next((stamp for stamp in self.columns.timestamp if stamp), 0.0)

    def elapsed(self, moment: Moment) -> float:
        """How many seconds of the run had passed at a moment."""
        return max(0.0, self._told_time(moment) - self.began)

    def at_time(self, stamp: float) -> Moment | None:
        """The first event at or after a time, reading on as needed; None when the run was over before."""
        times = self.columns.timestamp
        while not self.columns.count or times[self.frontier] < stamp:
            if not self.extend():
                break
            times = self.columns.timestamp
        found = bisect_left(range(self.columns.count), stamp, key=self._told_time)
        return found if found < self.columns.count else None

    def _told_time(self, moment: Moment) -> float:
        """The time of an event; of a line that tells none, the time of the one before."""
        times = self.columns.timestamp
        while moment > 0 and not times[moment]:
            moment -= 1
        return times[moment]

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
        if self.check is not None:
            self.check(self.frontier)
        more = self._index.advance(self.slice, within_s=within_s) > 0
        if more and self.grown is not None:
            self.grown()
        return more

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
        """Wait until an event after `moment` is known; False when the run ended, or the time was over, before.

        A recording counts as ended at the end of its file, unless `within_s` gives it time to grow.
        """
        if self._index is not None:
            return self._wait_for_file(moment + 1, within_s or 0.0)
        with self._grown:
            self._grown.wait_for(lambda: self.frontier > moment or self._closed, within_s)
            return self.frontier > moment

    def _wait_for_file(self, moment: Moment, within_s: float) -> bool:
        """Whoever writes the file is another process, which tells nobody: the file is looked at again and again."""
        deadline = time.monotonic() + within_s
        while not self.reach(moment):
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            time.sleep(min(left, _LOOKS_AGAIN_S))
        return True

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
