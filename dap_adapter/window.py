"""What of a run is seen through a window that is so many events, or so long, wide and has so many pixels.

Calls that are at least a bucket wide are chosen to be drawn one by one, the widest first; of everything else it is
counted how much of it is in each bucket. Nothing that is asked here looks at every event of the range.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from heapq import nlargest
from itertools import chain, pairwise, repeat
from operator import sub

import attrs

from namel3ss_dbg.events import Moment
from namel3ss_dbg.timeline.tracks import Axis, Band, Track, Tracks, count_in
from namel3ss_dbg.trace.columns import POINT, Columns

_WIDEST = 63
_LOOKED_AT = 8
_MOST_CELLS = 12_000
_FEW = 4


@attrs.frozen
class Drawn:
    """A call, or a single event, that is drawn by itself."""

    start: Moment
    end: Moment | None
    """The same as `start` for a single event; None while a call is open."""


@attrs.frozen
class Choice:
    """What is drawn by itself."""

    drawn: list[Drawn]
    widest_left: int
    """How wide, on the axis, what is not among them is at most."""


@attrs.frozen
class Cells:
    """What is in some of the buckets, of one band; what is drawn by itself is not in it."""

    band: Band
    at: list[int]
    """The numbers of the buckets."""
    events: list[int]
    errors: list[int]
    tokens: list[float]


class Window:
    """A range of a run in buckets: those of `edges` are the events from one edge up to the next."""

    def __init__(self, tracks: Tracks, columns: Columns, axis: Axis, begin: int, end: int, size: int) -> None:
        """From one place on the axis up to another, in buckets of this size."""
        self._tracks = tracks
        self._columns = columns
        self.axis = axis
        self.begin = begin
        self.end = end
        self.size = size
        bounds = [*range(begin, end, size), end]
        clock = tracks.clock
        self.edges: list[Moment] = [bisect_left(clock, bound) for bound in bounds] if axis == "time" else bounds
        """The first event at or after each bound of a bucket."""

    @property
    def first(self) -> Moment:
        """The first event in it, if there is any."""
        return self.edges[0]

    @property
    def last(self) -> Moment:
        """The last event in it; the one before `first` if there is none."""
        return self.edges[-1] - 1

    def at(self, row: Moment) -> int:
        """Where an event is on the axis."""
        return self._tracks.clock[row] if self.axis == "time" else row

    def width(self, start: Moment, end: Moment) -> int:
        """How wide a span is on the axis."""
        return self.at(end) - self.at(start)

    # What is drawn by itself

    def choose(self, tracks: Sequence[Track], most: int) -> Choice:
        """The widest calls; and all that there is, if it is no more than `most`."""
        counts = (track.events_in(self.first, self.last) for track in tracks)
        shows_all = sum(counts) <= most
        least = 0 if shows_all else self.size
        drawn = list(self._open(tracks, least, most // 2))
        left = max(least - 1, 0)
        for digits in range(_WIDEST, least.bit_length() - 1, -1):
            found = list(self._of_width(tracks, digits, least, _LOOKED_AT * most))
            if len(drawn) + len(found) > most:
                widest = nlargest(most - len(drawn), found, key=lambda span: self.width(span.start, span.end or 0))
                drawn += widest
                left = (1 << digits) - 1 if not widest else self.width(widest[-1].start, widest[-1].end or 0)
                shows_all = False
                break
            drawn += found
        if shows_all:
            drawn += (Drawn(row, row) for track in tracks for row in self._points(track))
        return Choice(sorted(drawn, key=lambda span: span.start), left)

    def _open(self, tracks: Sequence[Track], least: int, most: int) -> Iterator[Drawn]:
        frontier = self._tracks.count - 1
        for track in tracks:
            for start in track.open:
                if start > self.last or most <= 0 or self.width(start, frontier) < least:
                    break
                most -= 1
                yield Drawn(start, None)

    def _of_width(self, tracks: Sequence[Track], digits: int, least: int, most: int) -> Iterator[Drawn]:
        """Spans of so many binary digits' width; none once there are more than can be looked at."""
        match = self._columns.match
        ends = [track.ends[self.axis].get(digits, ()) for track in tracks]
        ranges = [(rows, bisect_left(rows, self.first), self._beyond(rows, digits)) for rows in ends if rows]
        for rows, begin, beyond in ranges:
            for end in rows[begin:beyond]:
                start = match[end]
                if start <= self.last and self.width(start, end) >= least:
                    yield Drawn(start, end)

    def _beyond(self, ends: Sequence[Moment], digits: int) -> int:
        """The place of the first end that is too far away for a span of this width to begin in the window."""
        if self.axis == "time":
            return bisect_right(ends, self.end + (1 << digits), key=self.at)
        return bisect_right(ends, self.last + (1 << digits))

    def _points(self, track: Track) -> Iterator[Moment]:
        columns = self._columns
        for band in track.bands.values():
            for row in band.rows[bisect_left(band.rows, self.first) : bisect_right(band.rows, self.last)]:
                if columns.edge_at(row) == POINT or columns.match[row] < 0 and row not in track.open:
                    yield row
