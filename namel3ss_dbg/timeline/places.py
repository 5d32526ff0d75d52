"""Texts that name a moment, the same everywhere: `break`, `goto`, `until`, `--breakpoint`, an editor's breakpoints.

    7  #7          a moment                 .+3  .-2        from here           0  $  -1       first, last, from the end
    @1.5s          elapsed time             @14:03:07.2     wall clock here     'crash         a mark
    evt_042        an event's id            llm:2           second model call   agent:Helper   any of its starts
    agent:Helper:2 its second               turn 3          third agent turn    app.ai:12      a line of the source
    error  error:-1  first, last            slowest llm     by duration         costliest llm  by cost
    llm at end     its end instead of its start             agent_turn_start:3  the seed's event_type:index

Numbers of events count from 0, occurrences from 1. A place without a number means, for a breakpoint, all its events.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import PurePath
from typing import Literal

import attrs

from ..events import BEGINNING, Moment, PlaceError, closes
from ..trace.columns import NONE, Columns, Shape
from .patterns import (
    ERROR,
    FAILURES,
    SPANS,
    EndsOf,
    Exactly,
    Occurrence,
    OfShape,
    OnLine,
    Pattern,
    is_of_kind,
)
from .timeline import Timeline

Extreme = Literal["slowest", "costliest"]

_NUMBER = re.compile(r"#?(-?\d+)\Z")
_RELATIVE = re.compile(r"\.([+-]\d+)?\Z")
_ELAPSED = re.compile(r"@(\d+(?:\.\d+)?)(ms|s|m)?\Z")
_CLOCK = re.compile(r"@(\d{1,2}):(\d\d)(?::(\d\d(?:\.\d+)?))?\Z")
_AT_END = re.compile(r"\s+at\s+(start|end)\Z")
_LINE = re.compile(r"(.+\.\w+):(\d+)\Z")
_SPACED = re.compile(r"([A-Za-z_]\w*)\s+(-?\d+)\Z")
_KIND = re.compile(r"([^\s:]+)(?::(.+?))??(?::(-?\d+))?\Z")


@attrs.frozen
class Place:
    """A parsed text; what it means depends on a timeline."""

    text: str
    number: int | None = None
    """A moment, from the end when it is negative."""
    relative: int | None = None
    elapsed_s: float | None = None
    clock: tuple[int, int, float] | None = None
    mark: str | None = None
    file: str | None = None
    line: int | None = None
    extreme: Extreme | None = None
    word: str | None = None
    """A kind of events, an event id, or a component's name."""
    name: str | None = None
    occurrence: int | None = None
    at_end: bool = False


def parse_place(text: str) -> Place:
    """What a text says, without asking any trace.

    Raises:
        PlaceError: It can't name a moment of any trace.
    """
    stripped = text.strip()
    edge = _AT_END.search(stripped)
    at_end = edge is not None and edge[1] == "end"
    body = stripped[: edge.start()] if edge else stripped
    if not body:
        raise PlaceError(text, why="there is nothing in it", try_="Write a number, llm:2, agent:NAME or FILE:LINE.")
    return _parsed(text, body, at_end=at_end)


def _parsed(text: str, body: str, *, at_end: bool) -> Place:
    if body == "$":
        return Place(text, number=-1)
    if found := _NUMBER.match(body):
        return Place(text, number=int(found[1]))
    if found := _RELATIVE.match(body):
        return Place(text, relative=int(found[1] or 0))
    if found := _ELAPSED.match(body):
        return Place(text, elapsed_s=float(found[1]) * {"ms": 0.001, "m": 60.0}.get(found[2], 1.0))
    if found := _CLOCK.match(body):
        return Place(text, clock=(int(found[1]), int(found[2]), float(found[3] or 0)))
    if body.startswith("'"):
        return Place(text, mark=body[1:].rstrip("'"))
    words = body.split(None, 1)
    if words[0] in ("slowest", "costliest"):
        extreme: Extreme = "slowest" if words[0] == "slowest" else "costliest"
        rest = _parsed(text, words[1], at_end=False) if len(words) > 1 else Place(text)
        return attrs.evolve(rest, extreme=extreme, at_end=at_end)
    if found := _LINE.match(body):
        return Place(text, file=found[1], line=int(found[2]), at_end=at_end)
    if found := _SPACED.match(body):
        return Place(text, word=found[1], occurrence=_counted(text, found[2], found[1]), at_end=at_end)
    return _parsed_kind(text, body, at_end=at_end)


def _parsed_kind(text: str, body: str, *, at_end: bool) -> Place:
    found = _KIND.match(body)
    if not found:
        raise PlaceError(
            text, why="it is neither a number, a kind of events nor a line", try_="Try llm:2 or FILE:LINE."
        )
    word, name, number = found[1], found[2], found[3]
    if name is not None and re.fullmatch(r"-?\d+", name) and number is None:
        name, number = None, name
    occurrence = _counted(text, number, word) if number is not None else None
    return Place(text, word=word, name=name, occurrence=occurrence, at_end=at_end)


def _counted(text: str, number: str, word: str) -> int:
    count = int(number)
    if count == 0:
        raise PlaceError(text, why="occurrences count from 1", try_=f"Try {word}:1 for the first {word}.")
    return count


class Places:
    """Resolves places on one timeline."""

    def __init__(self, timeline: Timeline, marks: Mapping[str, Moment]) -> None:
        self._timeline = timeline
        self._marks = marks

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
        if place.extreme is not None:
            return self._extreme(place)
        if place.word is None and place.line is None:
            return self._point(place, here)
        pattern = self.pattern(place)
        row = self._nearest(pattern, here, forward=forward)
        if row < 0:
            row = self._nearest(pattern, BEGINNING, forward=True)
        if row < 0 and place.word is not None and place.name is None:
            row = self._event_with_id(place)
        if row < 0:
            raise self._nothing_there(place)
        return row

    def pattern(self, place: Place | str) -> Pattern:
        """The events that a place means, as a breakpoint sees it.

        Raises:
            PlaceError: The place is a single moment that this trace does not have.
        """
        place = parse_place(place) if isinstance(place, str) else place
        if place.extreme is not None or (place.word is None and place.line is None):
            return Exactly(self.resolve(place))
        pattern: Pattern
        if place.line is not None:
            starts = OnLine(place.file or "", place.line)
            pattern = EndsOf(starts) if place.at_end else starts
        else:
            pattern = OfShape(is_of_kind(place.word or "", place.name, at_end=place.at_end))
        if place.occurrence is None:
            return pattern
        if place.occurrence > 0:
            return Occurrence(pattern, place.occurrence)
        self._timeline.complete()
        last = self._columns.count - 1
        number = pattern.count(self._columns, last) + 1 + place.occurrence
        if number < 1:
            raise self._nothing_there(place)
        return Occurrence(pattern, number)

    def _nearest(self, pattern: Pattern, here: Moment, *, forward: bool) -> Moment:
        if not forward:
            return pattern.preceding(self._columns, here)
        while (row := pattern.following(self._columns, here)) < 0 and self._timeline.extend():
            pass
        return row

    def _point(self, place: Place, here: Moment) -> Moment:
        if place.mark is not None:
            return self._marked(place)
        if place.elapsed_s is not None or place.clock is not None:
            return self._at_time(place)
        number = here + place.relative if place.relative is not None else place.number or 0
        if place.relative is None and number < 0:
            self._timeline.complete()
            number += self._columns.count
        if not self._timeline.reach(number) or number < 0:
            count = self._columns.count
            why = f"this trace has {count} events, #0 to #{count - 1}" if count else "this trace has no events"
            raise PlaceError(place.text, why=why)
        return number

    def _marked(self, place: Place) -> Moment:
        name = place.mark or ""
        if name not in self._marks:
            known = ", ".join(f"'{mark}" for mark in self._marks) or "none so far"
            raise PlaceError(
                place.text, why=f"there is no mark of that name. Marks: {known}", try_=f"mark {name} sets it."
            )
        return self._marks[name]

    def _at_time(self, place: Place) -> Moment:
        """The first event at or after a time."""
        self._timeline.reach(0)
        times = self._columns.timestamp
        if not len(times):
            raise PlaceError(place.text, why="this trace has no events")
        if place.clock is not None:
            hour, minute, second = place.clock
            if hour > 23 or minute > 59 or second >= 60:
                raise PlaceError(place.text, why="there is no such time of day")
            began = datetime.fromtimestamp(times[0]).astimezone()
            wanted = began.replace(hour=hour, minute=minute, second=0, microsecond=0).timestamp() + second
        else:
            wanted = times[0] + (place.elapsed_s or 0.0)
        row = 0
        while True:
            for row in range(row, self._columns.count):  # noqa: B020 (goes on where it was)
                if self._columns.timestamp[row] >= wanted:
                    return row
            if not self._timeline.extend():
                raise PlaceError(place.text, why="the run was over before that")

    def _extreme(self, place: Place) -> Moment:
        """The start of the span that took longest, or cost most, among those of a kind."""
        self._timeline.complete()
        columns = self._columns
        test = is_of_kind(place.word or "llm", place.name, at_end=True) if place.word else None
        codes = columns.matching(lambda shape: closes(shape.event_type) and (test is None or test(shape)))
        column = columns.duration if place.extreme == "slowest" else columns.cost
        rows = (row for code in codes for row in columns.shape_rows[code] if column[row] > 0 and columns.match[row] > 0)
        end = max(rows, key=lambda row: column[row], default=NONE)
        if end < 0:
            raise self._nothing_there(place)
        return end if place.at_end else columns.match[end]

    def _event_with_id(self, place: Place) -> Moment:
        """The event whose id begins so."""
        self._timeline.complete()
        found: list[Moment] = []
        for row in range(self._columns.count):
            identity = self._timeline.identity(row)
            if identity == place.word:
                return row
            if identity.startswith(place.word or ""):
                found.append(row)
        if len(found) > 1:
            some = ", ".join(self._timeline.identity(row) for row in found[:4])
            raise PlaceError(
                place.text, why=f"{len(found)} events begin like this: {some}", try_="Type more of the id."
            )
        return found[0] if found else NONE

    def _nothing_there(self, place: Place) -> PlaceError:
        shapes = self._columns.shape_names
        if place.file is not None:
            lines = sorted({line for file, line in self._columns.sources.names if _same_file(file, place.file)})
            files = sorted({file for file, _ in self._columns.sources.names})
            if lines:
                return PlaceError(place.text, why=f"nothing ran there. Lines that ran: {_listed(lines)}")
            return PlaceError(place.text, why=f"that file is not in this trace. Files: {_listed(files)}")
        word = place.word or ""
        known = kinds_of(shapes)
        if place.name is not None and word in known:
            test = is_of_kind(word, None)
            names = dict.fromkeys(s.component_name for s in shapes if test(s) and s.component_name)
            hint = difflib.get_close_matches(place.name, names, 1)
            why = f"it matches nothing in this trace. {word.capitalize()}s here: {_listed(names)}"
            return PlaceError(place.text, why=why, try_=f"Did you mean {word}:{hint[0]}?" if hint else "")
        if place.occurrence is not None and word in known:
            self._timeline.complete()
            pattern = OfShape(is_of_kind(word, None))
            count = pattern.count(self._columns, self._columns.count)
            return PlaceError(place.text, why=f"there are only {count} of {word} in this trace")
        hint = difflib.get_close_matches(word, [*known, *(s.component_name or "" for s in shapes)], 1)
        return PlaceError(
            place.text,
            why=f"it matches nothing in this trace. Kinds here: {_listed(known)}",
            try_=f"Did you mean '{hint[0]}'?" if hint else "",
        )


def kinds_of(shapes: Iterable[Shape]) -> list[str]:
    """The words for kinds that mean something in a trace with these shapes: short ones first, then event types."""
    shapes = list(shapes)
    short = [word for word in (*SPANS, ERROR, *FAILURES) if any(map(is_of_kind(word, None), shapes))]
    components = dict.fromkeys(shape.component for shape in shapes)
    types = dict.fromkeys(shape.event_type for shape in shapes)
    return list(dict.fromkeys([*short, *components, *types]))


def _same_file(file: str, named: str) -> bool:
    parts, wanted = PurePath(file).parts, PurePath(named).parts
    return parts[-len(wanted) :] == wanted


def _listed(things: Iterable[object]) -> str:
    texts = [str(thing) for thing in things]
    shown = ", ".join(texts[:8])
    return f"{shown} and {len(texts) - 8} more" if len(texts) > 8 else shown or "none"
