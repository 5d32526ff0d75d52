"""Texts that name a moment, the same everywhere: `break`, `goto`, `until`, `--breakpoint`, an editor's breakpoints.

    7  #7          a moment                 .+3  .-2        from here           0  $  -1       first, last, from the end
    @1.5s          elapsed time             @14:03:07.2     wall clock here     'crash         a mark
    evt_042        an event's id            llm:2           second model call   agent:Helper   any of its starts
    agent:Helper:2 its second               turn 3          third agent turn    app.ai:12      a line of the source
    error  error:-1  first, last            slowest llm     by duration         costliest llm  by cost
    first llm      llm:1                    last error      error:-1            app.ai:12:2    second time there
    llm at end     its end instead of its start             agent_turn_start:3  the seed's event_type:index

Numbers of events count from 0, occurrences from 1. A place without a number means, for a breakpoint, all its events.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from datetime import datetime
from itertools import islice

from ..events import BEGINNING, Moment, PlaceError, closes
from ..trace.columns import END, NONE, START, Columns
from .gazetteer import Suggestion, complete, nothing_there
from .kinds import ShapeTest, is_of_kind
from .notation import KNOWN, Extreme, Place, parse_place
from .patterns import EndsOf, Exactly, Occurrence, OfShape, OnLine, Pattern
from .timeline import Timeline

__all__ = ["Extreme", "Place", "Places", "Suggestion", "parse_place"]

_MOST_ALIKE = 1_000
_DAY_S = 86_400


class Places:
    """Resolves places on one timeline."""

    def __init__(self, timeline: Timeline, marks: Mapping[str, Moment]) -> None:
        self._timeline = timeline
        self._marks = marks
        self._kinds: dict[tuple[str, str | None, bool], OfShape] = {}

    @property
    def _columns(self) -> Columns:
        return self._timeline.columns

    def resolve(self, place: Place | str, *, here: Moment = BEGINNING, forward: bool = True) -> Moment:
        """The moment that a place means.

        A place with several events and no number means the nearest one from `here`: the next, or backwards the
        previous; when there is none in that direction, the first of the trace.

        Raises:
            PlaceError: Nothing in this trace is there; the message names what is.
        """
        place = parse_place(place) if isinstance(place, str) else place
        if not place.is_set:
            return self._single(place, here)
        pattern = self.pattern(place)
        row = NONE
        if place.occurrence is None:
            row = self._following(pattern, here) if forward else pattern.preceding(self._columns, here)
        if row < 0:
            row = self._following(pattern, BEGINNING)
        if row < 0:
            raise nothing_there(place, self._columns)
        return row

    def pattern(self, place: Place | str, *, here: Moment = BEGINNING) -> Pattern:
        """The events that a place means, as a breakpoint sees it that is set from here.

        Raises:
            PlaceError: The place is a single moment that this trace does not have.
        """
        place = parse_place(place) if isinstance(place, str) else place
        if not place.is_set:
            return Exactly(self._single(place, here))
        pattern = self._at_line(place) if place.line is not None else self._of_kind(place)
        if place.occurrence is None:
            return pattern
        number = place.occurrence
        if number < 0:
            self._timeline.complete()
            number += 1 + pattern.count(self._columns, self._columns.count)
            if number < 1:
                raise nothing_there(place, self._columns)
        return Occurrence(pattern, number)

    def complete(self, text: str) -> list[Suggestion]:
        """The places that a person who has typed this may mean, as far as the trace was read."""
        return complete(text, self._columns, self._marks)

    def explain(self, place: Place | str, *, here: Moment = BEGINNING) -> str:
        """What a place means in this trace, on one line."""
        place = parse_place(place) if isinstance(place, str) else place
        try:
            row = self.resolve(place, here=here)
        except PlaceError as problem:
            return str(problem)
        count = self.pattern(place).count(self._columns, self._columns.count) if place.is_set else 1
        if count > 1:
            return f"{place.text.strip()}: {count} events, the next is {self._described(row)}"
        return f"{place.text.strip()}: {self._described(row)}"

    def _described(self, row: Moment) -> str:
        if row < 0:
            return "the beginning"
        shape = self._columns.shape_at(row)
        return f"#{row} {shape.event_type} {shape.component_name or shape.component}"

    def _following(self, pattern: Pattern, here: Moment) -> Moment:
        while (row := pattern.following(self._columns, here)) < 0 and self._timeline.extend():
            pass
        return row

    # Kinds and lines

    def _at_line(self, place: Place) -> Pattern:
        pattern = OnLine(place.file or "", place.line or 0)
        return EndsOf(pattern) if place.at_end else pattern

    def _of_kind(self, place: Place) -> Pattern:
        word = place.word or ""
        key = (word, place.name, place.at_end)
        pattern = self._kinds.get(key)
        if pattern is None:
            pattern = self._kinds[key] = OfShape(is_of_kind(word, place.name, at_end=place.at_end))
        if word in KNOWN or place.name is not None or place.occurrence is not None or self._has(pattern):
            return pattern
        row = self._identified(place, word)
        if row < 0:
            return pattern
        return Exactly(self._end_of(place, row) if place.at_end else row)

    def _has(self, pattern: Pattern) -> bool:
        return self._following(pattern, BEGINNING) >= 0

    def _identified(self, place: Place, beginning: str) -> Moment:
        """The event whose id begins so."""
        found = list(islice(self._timeline.identified(beginning), _MOST_ALIKE))
        if len(found) < 2:
            return found[0] if found else NONE
        names = [self._timeline.identity(row) for row in found]
        if beginning in names:
            return found[names.index(beginning)]
        count = f"{len(found)}{' or more' if len(found) == _MOST_ALIKE else ''} events"
        why = f"{count} begin like this: {', '.join(names[:4])}{', …' if len(names) > 4 else ''}"
        raise PlaceError(place.text, why=why, try_="Type more of the id.")

    # Single moments

    def _single(self, place: Place, here: Moment) -> Moment:
        if place.extreme is not None:
            return self._extreme(place)
        row = self._point(place, here)
        return self._end_of(place, row) if place.at_end else row

    def _end_of(self, place: Place, row: Moment) -> Moment:
        edge = self._columns.edge_at(row) if row >= 0 else NONE
        if edge == END:
            return row
        while edge == START and self._columns.match[row] < 0 and self._timeline.extend():
            pass
        if edge != START or self._columns.match[row] < 0:
            raise PlaceError(place.text, why=f"nothing that begins at #{row} has ended in this trace")
        return self._columns.match[row]

    def _point(self, place: Place, here: Moment) -> Moment:
        if place.mark is not None:
            return self._marked(place, place.mark)
        if place.elapsed_s is not None or place.clock is not None:
            return self._at_time(place)
        if place.relative is not None:
            return self._numbered(place, here + place.relative)
        number = place.number or 0
        if number < 0:
            self._timeline.complete()
            number += self._columns.count
        return self._numbered(place, number)

    def _numbered(self, place: Place, number: Moment) -> Moment:
        if number < 0 or not self._timeline.reach(number):
            self._timeline.complete()
            count = self._columns.count
            why = f"this trace has {count} events, #0 to #{count - 1}" if count else "this trace has no events"
            raise PlaceError(place.text, why=why)
        return number

    def _marked(self, place: Place, name: str) -> Moment:
        if name not in self._marks:
            known = ", ".join(f"'{mark}" for mark in self._marks) or "none so far"
            why = f"there is no mark of that name. Marks: {known}"
            raise PlaceError(place.text, why=why, try_=f"mark {name} sets it.")
        moment = self._marks[name]
        return moment if moment <= self._timeline.frontier else self._numbered(place, moment)

    def _at_time(self, place: Place) -> Moment:
        """The first event at or after a time."""
        if not self._timeline.reach(0):
            raise PlaceError(place.text, why="this trace has no events")
        for stamp in _stamps(place, self._timeline.began):
            row = self._timeline.at_time(stamp)
            if row is not None:
                return row
        lasted = self._timeline.elapsed(self._timeline.frontier)
        last = local_time(self._timeline.began + lasted)
        when = f"at {last:%H:%M:%S}, " if last is not None else ""
        raise PlaceError(place.text, why=f"the run ended {when}after {lasted:.3g} s")

    def _extreme(self, place: Place) -> Moment:
        """The start of the call that took longest, or cost most, among those of a kind."""
        self._timeline.complete()
        columns = self._columns
        column = columns.duration if place.extreme == "slowest" else columns.cost
        lists = OfShape(_ends_of_kind(place)).lists(columns)
        rows = (row for rows in lists for row in rows if column[row] > 0 and columns.match[row] >= 0)
        number = place.occurrence or 1
        largest = heapq.nlargest(number, rows, key=column.__getitem__)
        if len(largest) < number:
            raise nothing_there(place, columns)
        return largest[-1] if place.at_end else columns.match[largest[-1]]


def _ends_of_kind(place: Place) -> ShapeTest:
    if place.word is None:  # the run itself takes longer than all that is in it
        return lambda shape: closes(shape.event_type) and shape.event_type != "app_load_end"
    of_kind = is_of_kind(place.word, place.name, at_end=True)
    return lambda shape: closes(shape.event_type) and of_kind(shape)


def local_time(stamp: float) -> datetime | None:
    """A time as the clocks here show it; None when it is in no year."""
    try:
        return datetime.fromtimestamp(stamp).astimezone()
    except (OverflowError, OSError, ValueError):
        return None


def _stamps(place: Place, began: float) -> list[float]:
    """When a place may be; a time of day before that of the beginning is one of the next day, if the run was long."""
    if place.clock is None:
        return [began + (place.elapsed_s or 0.0)]
    hour, minute, second = place.clock
    day = local_time(began)
    if day is None:
        return []
    stamp = day.replace(hour=hour, minute=minute, second=0, microsecond=0).timestamp() + second
    return [stamp] if stamp >= began else [stamp + _DAY_S, stamp]
