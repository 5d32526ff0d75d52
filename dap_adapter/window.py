"""What of a run is seen through a window that is so many events, or so long, wide and has so many pixels.

Calls that are at least a bucket wide are chosen to be drawn one by one, the widest first; of everything else it is
counted how much of it is in each bucket. Nothing that is asked here looks at every event of the range.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, repeat
from operator import sub

import attrs

from namel3ss_dbg.events import Moment
from namel3ss_dbg.timeline.tracks import Axis, Band, Track, Tracks, count_in, in_range
from namel3ss_dbg.trace.columns import END, POINT, Columns

_MOST_DIGITS = 63
_LOOKED_AT = 8
_MOST_CELLS = 12_000
_FEW = 3


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
    """Empty when there are none; so are `tokens` and `cost`."""
    tokens: list[float]
    cost: list[float]


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

    # What is drawn by itself

    def choose(self, tracks: Sequence[Track], most: int) -> Choice:
        """The widest calls; and all that there is, if it is no more than `most`."""
        shows_all = sum(track.events_in(self.first, self.last) for track in tracks) <= most
        least = 0 if shows_all else self.size
        drawn = list(islice(self._open(tracks, least), most))
        widest_left = max(least - 1, 0)
        for digits in range(_MOST_DIGITS, least.bit_length() - 1, -1):
            slices = self._slices(tracks, digits)
            if sum(map(len, slices)) > _LOOKED_AT * most:
                return Choice(drawn, (1 << digits) - 1)
            found = [span for ends in slices for span in self._spans(ends, least)]
            if len(drawn) + len(found) > most:
                by_width = sorted(found, key=self._width, reverse=True)
                place = most - len(drawn)
                return Choice(drawn + by_width[:place], self._width(by_width[place]))
            drawn += found
        if shows_all:
            drawn += (Drawn(row, row) for track in tracks for row in self._points(track))
        return Choice(drawn, widest_left)

    def _width(self, span: Drawn) -> int:
        end = span.end if span.end is not None else self._tracks.count - 1
        return self.at(end) - self.at(span.start)

    def _open(self, tracks: Sequence[Track], least: int) -> Iterator[Drawn]:
        for track in tracks:
            for start in track.open:
                span = Drawn(start, None)
                if start > self.last or self._width(span) < least:
                    break
                yield span

    def _slices(self, tracks: Sequence[Track], digits: int) -> list[Sequence[Moment]]:
        """The ends of spans of so many binary digits' width that can be in the window."""
        found: list[Sequence[Moment]] = []
        for track in tracks:
            ends = track.ends[self.axis].get(digits)
            if ends:
                begin = bisect_left(ends, self.first)
                if self.axis == "time":
                    beyond = bisect_right(ends, self.end + (1 << digits), lo=begin, key=self.at)
                else:
                    beyond = bisect_right(ends, self.end + (1 << digits), lo=begin)
                found.append(ends[begin:beyond])
        return found

    def _spans(self, ends: Sequence[Moment], least: int) -> Iterator[Drawn]:
        match, at, last = self._columns.match, self.at, self.last
        for end in ends:
            start = match[end]
            if start <= last and (not least or at(end) - at(start) >= least):
                yield Drawn(start, end)

    def _points(self, track: Track) -> Iterator[Moment]:
        """Single events, and ends of nothing."""
        edge_at, match = self._columns.edge_at, self._columns.match
        for band in track.bands.values():
            for row in in_range(band.rows, self.first, self.last):
                edge = edge_at(row)
                if edge == POINT or (edge == END and not 0 <= match[row] < row):
                    yield row

    # Everything else, counted

    def cells(self, tracks: Sequence[Track], drawn: Iterable[Drawn], stride: int) -> Iterator[Cells]:
        """By band, what is in each so many buckets and is not drawn by itself."""
        edges = [*self.edges[:-1:stride], self.edges[-1]]
        apart: dict[Band, list[Moment]] = {}
        for span in drawn:
            for row in {span.start, span.end}:
                if row is not None and self.first <= row <= self.last:
                    apart.setdefault(self._tracks.band_of(row), []).append(row)
        for track in tracks:
            for band in track.bands.values():
                cells = self._cells(band, edges, apart.get(band, ()))
                if cells.at:
                    yield cells

    def _cells(self, band: Band, edges: Sequence[Moment], apart: Iterable[Moment]) -> Cells:
        events = counted(band.rows, edges)
        errors = counted(band.failed, edges)
        tokens, cost = summed(band, edges)
        for row in apart:
            bucket = bisect_right(edges, row) - 1
            events[bucket] -= 1
            if has(band.failed, row):
                errors[bucket] -= 1
            if has(band.spending, row):
                place = bisect_left(band.spending, row)
                tokens[bucket] -= band.tokens[place]
                cost[bucket] -= band.cost[place]
        at = [bucket for bucket, count in events.items() if count]
        return Cells(
            band,
            at,
            [events[bucket] for bucket in at],
            [errors.get(bucket, 0) for bucket in at] if errors else [],
            [tokens.get(bucket, 0.0) for bucket in at] if tokens else [],
            [cost.get(bucket, 0.0) for bucket in at] if cost else [],
        )

    def stride(self, tracks: Sequence[Track], widest: int) -> int:
        """How many buckets are counted together: so many that a cell is as wide as what is counted in it, and not too
        many cells."""
        stride = 1
        while stride * self.size < widest:
            stride *= 2
        counts = [count_in(band.rows, self.first, self.last) for track in tracks for band in track.bands.values()]
        while stride < len(self.edges) and sum(min(n, len(self.edges) // stride + 1) for n in counts) > _MOST_CELLS:
            stride *= 2
        return stride


def counted(rows: Sequence[Moment], edges: Sequence[Moment]) -> dict[int, int]:
    """How many of some ascending rows lie between each two edges, by the number of the first edge."""
    if not rows:
        return {}
    begin, end = bisect_left(rows, edges[0]), bisect_left(rows, edges[-1])
    if _FEW * (end - begin) >= len(edges):
        places = list(map(bisect_left, repeat(rows), edges))
        return {bucket: count for bucket, count in enumerate(map(sub, places[1:], places)) if count}
    found: dict[int, int] = {}
    for row in rows[begin:end]:
        bucket = bisect_right(edges, row) - 1
        found[bucket] = found.get(bucket, 0) + 1
    return found


def summed(band: Band, edges: Sequence[Moment]) -> tuple[dict[int, float], dict[int, float]]:
    """The tokens, and the cost, of a band's events between each two edges, by the number of the first edge."""
    tokens: dict[int, float] = {}
    cost: dict[int, float] = {}
    if band.spending:
        place = bisect_left(band.spending, edges[0])
        for bucket, count in counted(band.spending, edges).items():
            tokens[bucket] = sum(band.tokens[place : place + count])
            cost[bucket] = sum(band.cost[place : place + count])
            place += count
    return tokens, cost


def has(rows: Sequence[Moment], row: Moment) -> bool:
    """Whether a row is among some ascending ones."""
    place = bisect_left(rows, row)
    return place < len(rows) and rows[place] == row
