"""A run laid out for a picture: a track for each agent that works, with its calls stacked by how deep they are.

Executions of one agent that do not overlap share a track, so that a long run has as many tracks as it had agents at
once, and not one for each of thousands of calls. Everything is filed once, while the run becomes known: what is in a
range is then looked up, whatever the size of the run.
"""

from __future__ import annotations

import time
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from heapq import heappop, heappush
from itertools import accumulate, islice
from typing import Literal, NamedTuple

import attrs

from ..events import Moment
from ..trace.columns import END, NONE, START, Columns
from .kinds import tells_of_failure

Axis = Literal["events", "time"]
"""Whether a picture is as wide as there were events, or as time went by."""

MOST_TRACKS = 500
"""Whatever is beyond shares one more track."""

DEEPEST_LEVEL = 31
"""What is deeper in a track is shown at this level."""

_MOST_COMPONENTS = 30
_BLOCK = 4_096
_DEPTHS = 64
_MOST_AROUND = 1_000
_LATEST = 4e12
# In seconds: what claims to be later tells no time.
_AGENT = "agent_execution_start"
_REST = "other"


def _rows() -> array[int]:
    return array("I")


def _numbers() -> array[float]:
    return array("d")


@attrs.define(eq=False)
class Band:
    """The events of one component at one level of one track, or of one component in the whole run; rows ascend."""

    track: int
    level: int
    component: str
    rows: array[int] = attrs.field(factory=_rows)
    failed: array[int] = attrs.field(factory=_rows)
    spending: array[int] = attrs.field(factory=_rows)
    """Those whose tokens or cost count: no call inside them says any."""
    tokens: array[float] = attrs.field(factory=_numbers)
    """Of each of `spending`."""
    cost: array[float] = attrs.field(factory=_numbers)

    def spend(self, row: Moment, tokens: float, cost: float) -> None:
        """Count what an event used."""
        self.spending.append(row)
        self.tokens.append(tokens)
        self.cost.append(cost)


def count_in(rows: Sequence[Moment], first: Moment, last: Moment) -> int:
    """How many of some ascending rows are in a range."""
    return bisect_right(rows, last) - bisect_left(rows, first)


def in_range(rows: Sequence[Moment], first: Moment, last: Moment) -> Sequence[Moment]:
    """Those of some ascending rows that are in a range."""
    return rows[bisect_left(rows, first) : bisect_right(rows, last)]


class Used(NamedTuple):
    """What something has used."""

    tokens: float
    cost: float


@attrs.define(eq=False)
class Track:
    """One strand of a picture."""

    number: int
    label: str
    agent: str | None
    """Whose work is on it; None for what no agent does."""
    component: str
    place: tuple[int, int, int]
    """What tracks are put in order by: those of one agent together, in the order of first events."""
    bands: dict[tuple[int, str], Band] = attrs.field(factory=dict)
    """By level and component."""
    open: dict[Moment, None] = attrs.field(factory=dict)
    """The starts without an end so far, the oldest first."""
    ends: dict[Axis, dict[int, array[int]]] = attrs.field(factory=lambda: {"events": {}, "time": {}})
    """The ends of its spans, by axis and by how many binary digits their widths have, in events or microseconds."""

    @property
    def levels(self) -> int:
        """How many levels are used."""
        return max((level for level, _ in self.bands), default=-1) + 1

    def events_in(self, first: Moment, last: Moment) -> int:
        """How many of its events are in a range."""
        return sum(count_in(band.rows, first, last) for band in self.bands.values())


_Kind = tuple[str, str]
"""What work and whose: tracks of one kind are used again."""


class Tracks:
    """The tracks of a timeline's columns, as far as they were filed."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self.count = 0
        """How many events were filed."""
        self.all = [Track(0, "run", None, "app", (0, 0, 0))]
        """By number; the first has what is done neither by an agent nor beside other work."""
        self.whole: dict[str, Band] = {}
        """By component, what there is of it on all tracks."""
        self.clock: array[int] = array("q")
        """Microseconds since the run began; it stands still where the recorded clock went back, or was silent."""
        self._began: float | None = None
        self._track: array[int] = array("H")
        self._level: array[int] = array("B")
        self._tokens: array[float] = _numbers()
        self._cost: array[float] = _numbers()
        self._depths: array[int] = array("H")
        self._failing: list[bool] = []
        self._bands: dict[tuple[int, int, int], tuple[Band, Band]] = {}
        """By track, level and shape: the band there, and that of the whole run."""
        self._took: dict[Moment, _Kind] = {}
        """The open spans that took a track."""
        self._free: dict[_Kind, list[int]] = {}
        self._members: dict[_Kind, int] = {}
        self._families: dict[_Kind, int] = {}

    def file(self, *, within_s: float | None = None) -> bool:
        """File what has become known, for about `within_s` seconds; whether that was all of it."""
        deadline = time.perf_counter() + within_s if within_s is not None else None
        while self.count < self._columns.count:
            self._file(self.count, min(self.count + _BLOCK, self._columns.count))
            if deadline is not None and time.perf_counter() > deadline:
                break
        return self.count == self._columns.count

    # What was filed

    def place_of(self, row: Moment) -> tuple[int, int]:
        """The track that an event is on, and the level there."""
        return self._track[row], self._level[row]

    def band_of(self, row: Moment) -> Band:
        """The band that an event is in."""
        return self._bands[self._track[row], self._level[row], self._columns.shape[row]][0]

    def used_in(self, start: Moment) -> Used:
        """What a call and all inside it used; so far, while it is open."""
        return Used(self._tokens[start], self._cost[start])

    def deepest(self, first: Moment, last: Moment) -> int:
        """How deep calls are nested between two events."""
        block, beyond = -(-first // _DEPTHS), min((last + 1) // _DEPTHS, len(self._depths))
        depth = self._columns.depth
        if block >= beyond:
            return max(depth[first : last + 1], default=0)
        ends = (depth[first : block * _DEPTHS], self._depths[block:beyond], depth[beyond * _DEPTHS : last + 1])
        return max(max(rows, default=0) for rows in ends)

    # Filing

    def _file(self, first: Moment, last: Moment) -> None:
        columns = self._columns
        self._tell_time(columns.timestamp[first:last])
        tokens, cost, track_of, level_of = self._tokens, self._cost, self._track, self._level
        tokens.extend(columns.tokens[first:last])
        cost.extend(columns.cost[first:last])
        self._failing.extend(map(tells_of_failure, columns.shape_names[len(self._failing) :]))
        edges, failing, known, lane_of = columns.edge, self._failing, self._bands.get, columns.lane
        codes, parents, matches = columns.shape[first:last], columns.parent[first:last], columns.match[first:last]
        for row, code, parent, match in zip(range(first, last), codes, parents, matches, strict=True):
            edge = edges[code]
            is_end = edge == END and 0 <= match < row
            if is_end:
                number, level = track_of[match], level_of[match]
                self._end(self.all[number], match, row)
            else:
                # A parent that comes later is one that only a forged sidecar tells of.
                number, level = (track_of[parent], level_of[parent] + 1) if 0 <= parent < row else (0, 0)
                if edge == START:
                    if not row:
                        self._name_run(code)
                    if lane_of[row] != (lane_of[parent] if parent >= 0 else 0) or self._is_agent(code):
                        number, level = self._take(row, number), 0
                    self.all[number].open[row] = None
                if level > DEEPEST_LEVEL:
                    level = DEEPEST_LEVEL
            track_of.append(number)
            level_of.append(level)
            bands = known((number, level, code)) or self._new_band(number, level, code)
            band, whole = bands
            band.rows.append(row)
            whole.rows.append(row)
            if failing[code]:
                band.failed.append(row)
                whole.failed.append(row)
            if tokens[row] or cost[row]:
                self._spend(row, match if is_end else row, bands)
        self.count = last
        for block in range(len(self._depths), last // _DEPTHS):
            self._depths.append(max(columns.depth[block * _DEPTHS : (block + 1) * _DEPTHS]))

    def _tell_time(self, stamps: Sequence[float]) -> None:
        if self._began is None:
            self._began = next((stamp for stamp in stamps if 0 < stamp < _LATEST), None)
        began = self._began or 0.0
        latest = self.clock[-1] if self.clock else 0
        told = (int((stamp - began) * 1e6 + 0.5) if 0 < stamp < _LATEST else 0 for stamp in stamps)
        self.clock.extend(islice(accumulate(told, max, initial=latest), 1, None))

    def _name_run(self, code: int) -> None:
        shape = self._columns.shape_names[code]
        if shape.event_type == "app_load_start" and shape.component_name:
            self.all[0].label = shape.component_name

    def _is_agent(self, code: int) -> bool:
        return self._columns.shape_names[code].event_type == _AGENT

    def _take(self, row: Moment, around: int) -> int:
        """The number of a track for a span that does not go on the one of the span around it."""
        shape, agent = self._columns.shape_at(row), self.all[around].agent
        component, name, is_beside = shape.component, shape.component_name or shape.component, False
        if shape.event_type == _AGENT:
            agent = name
        elif agent is not None:
            component, name, is_beside = "agent", f"{agent} · parallel", True
        kind = (component, name)
        free = self._free.setdefault(kind, [])
        if free:
            number = heappop(free)
        elif len(self.all) <= MOST_TRACKS:
            number = len(self.all)
            family = self._families.setdefault((component, agent or name), len(self._families) + 1)
            members = self._members[kind] = self._members.get(kind, 0) + 1
            label = name if members == 1 else f"{name} {members}"
            self.all.append(Track(number, label, agent, component, (family, int(is_beside), members)))
        else:
            return self._crowded()
        self._took[row] = kind
        return number

    def _crowded(self) -> int:
        """The number of the track that is shared by all for which there is none."""
        if len(self.all) == MOST_TRACKS + 1:
            self.all.append(Track(MOST_TRACKS + 1, "all others", None, "app", (len(self._families) + 1, 0, 0)))
        return MOST_TRACKS + 1

    def _new_band(self, number: int, level: int, code: int) -> tuple[Band, Band]:
        component = self._columns.shape_names[code].component
        if component not in self.whole and len(self.whole) >= _MOST_COMPONENTS:
            component = _REST
        whole = self.whole.get(component)
        if whole is None:
            whole = self.whole[component] = Band(NONE, NONE, component)
        bands = self.all[number].bands
        band = bands.get((level, component))
        if band is None:
            band = bands[level, component] = Band(number, level, component)
        found = self._bands[number, level, code] = band, whole
        return found

    def _end(self, track: Track, start: Moment, end: Moment) -> None:
        track.open.pop(start, None)
        events = (end - start).bit_length()
        spent = (self.clock[end] - self.clock[start]).bit_length()
        for ends, digits in ((track.ends["events"], events), (track.ends["time"], spent)):
            rows = ends.get(digits)
            if rows is None:
                rows = ends[digits] = _rows()
            rows.append(end)
        kind = self._took.pop(start, None)
        if kind is not None:
            heappush(self._free[kind], track.number)

    def _spend(self, row: Moment, head: Moment, bands: tuple[Band, Band]) -> None:
        """Count what an event says that was used, unless a call inside has said it; then it is a repetition."""
        tokens = self._tokens[row] if head == row or not self._tokens[head] else 0.0
        cost = self._cost[row] if head == row or not self._cost[head] else 0.0
        if not tokens and not cost:
            return
        for band in bands:
            band.spend(row, tokens, cost)
        if head != row:
            self._tokens[head] += tokens
            self._cost[head] += cost
        self._add_around(head, tokens, cost)

    def _add_around(self, row: Moment, tokens: float, cost: float) -> None:
        """Add what was used to the spans around; what one that has ended said for itself was a repetition after all."""
        columns = self._columns
        for _ in range(_MOST_AROUND):
            inside, row = row, columns.parent[row]
            if not 0 <= row < inside:
                return
            if row not in self.all[self._track[row]].open:
                said_tokens, said_cost = self._take_back(columns.match[row], of_tokens=tokens != 0, of_cost=cost != 0)
                tokens, cost = tokens - said_tokens, cost - said_cost
            self._tokens[row] += tokens
            self._cost[row] += cost

    def _take_back(self, end: Moment, *, of_tokens: bool, of_cost: bool) -> tuple[float, float]:
        number, level = self.place_of(end)
        said = (0.0, 0.0)
        for band in self._bands[number, level, self._columns.shape[end]]:
            place = bisect_left(band.spending, end)
            if place < len(band.spending) and band.spending[place] == end:
                said = (band.tokens[place] if of_tokens else 0.0, band.cost[place] if of_cost else 0.0)
                band.tokens[place] -= said[0]
                band.cost[place] -= said[1]
        return said
