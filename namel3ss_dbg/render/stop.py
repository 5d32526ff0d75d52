"""Where a motion came to rest: the event, its place in the source, what went in or came out, and what changed.

It never takes more than twelve lines, so that one step does not push the last one off the screen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs

from ..events import Stop, TraceEvent
from ..timeline.lanes import Lanes
from ..timeline.state import Change
from ..timeline.timeline import Timeline
from ..trace.columns import START
from .events import (
    duration_of,
    error_piece,
    failed,
    mocked,
    offset_of,
    plain_event,
    source_of,
    value_rows,
)
from .excerpts import numbered
from .formats import format_ms, format_offset
from .pieces import UNICODE, Line, Piece, Signs, cells, line, shortened, text_of
from .sources import Excerpt, read_excerpt
from .tables import Block
from .values import plain_value, plain_word, value_line

_MOST_LINES = 12
_FEWEST_VALUES = 3
_SILENT_REASONS = frozenset({"step", "goto", "place", "match"})


@attrs.frozen
class StopView:
    """What a person sees after each motion."""

    timeline: Timeline
    stop: Stop
    lane: int | None = None
    """The lane that is looked at, when it is not the one of the event that stopped the motion."""
    changes: Sequence[Change] = ()
    """The values that differ from the last stop."""
    displays: Sequence[tuple[str, Any]] = ()
    """What the person wants to see at each stop, with its value here."""
    folders: Sequence[Path] = ()
    """Where source files may be, besides the trace's folder and the working directory."""
    held_s: float | None = None
    """How long a running program has been held here."""
    lines: int = 3
    """How many lines of source."""
    signs: Signs = UNICODE

    @property
    def _here(self) -> int:
        if self.lane is None:
            return self.stop.moment
        return Lanes(self.timeline.columns).last_on(self.lane, self.stop.moment)

    def plain(self) -> Iterator[str]:
        """The event on one line, then one line for each change and display."""
        here = self._here
        if here < 0:
            yield f"start/{self.timeline.frontier} beginning"
            return
        more = [f"stop={plain_word(self._why())}", f"frontier=#{self.timeline.frontier}"]
        if self.held_s is not None:
            more.append(f"held_s={self.held_s:.0f}")
        yield plain_event(self.timeline, here, more=more)
        for change in self.changes:
            values = f"before={plain_value(change.before)} after={plain_value(change.after)}"
            yield f"changed {plain_word(change.name)} {values}"
        for name, value in self.displays:
            yield f"display {plain_word(name)} value={plain_value(value)}"

    def screen(self, width: int) -> Iterator[Block]:
        """At most twelve lines; parts without content vanish."""
        here = self._here
        event = self.timeline[here] if here >= 0 else None
        yield shortened(self._head(event), width, self.signs.cut)
        if event is None:
            return
        source = list(self._source(event, width))
        values = list(self._values(event, width))
        seen = [*self._changes(width), *self._displays(width)]
        room = _MOST_LINES - 1 - len(source)
        if len(values) + len(seen) > room:
            kept = max(room - len(seen), _FEWEST_VALUES)
            values = _cut(values, kept, self.signs)
            seen = _cut(seen, room - len(values), self.signs)
        yield from (*source, *values, *seen)

    def _why(self) -> str:
        return f"{self.stop.reason} {self.stop.breakpoint}" if self.stop.breakpoint is not None else self.stop.reason

    def _head(self, event: TraceEvent | None) -> Line:
        moment = self.stop.moment
        if event is None:
            count = len(self.timeline)
            return line(
                (f"start/{self.timeline.frontier} ", "place"), ("beginning", "kind"), (f"   {count} events", "dim")
            )
        took = duration_of(self.timeline, self._here)
        why = "" if self.stop.reason in _SILENT_REASONS and self.stop.breakpoint is None else self._why()
        return line(
            (f"#{moment}/{self.timeline.frontier} ", "place"),
            (f"{event.event_type} ", "error" if failed(event) else "kind"),
            (event.name, "name"),
            (f" {format_ms(took)}" if took is not None else "", "time"),
            ("   mocked" if mocked(event) else "", "warning"),
            (f"   {why}" if why else "", "sign"),
            (f"   lane {self.lane}" if self.lane is not None else "", "sign"),
            (f"   {format_offset(offset_of(self.timeline, moment))}", "dim"),
            (f"   held {self.held_s:.0f} s" if self.held_s is not None else "", "warning"),
        )

    def _source(self, event: TraceEvent, width: int) -> Iterator[Line]:
        excerpt = self.excerpt(event)
        if excerpt is not None:
            yield from numbered(excerpt.lines, excerpt.current, width, self.signs)

    def excerpt(self, event: TraceEvent) -> Excerpt | None:
        """The lines of source around what an event belongs to."""
        source = source_of(event)
        if source is None or self.lines < 1:
            return None
        index = self.timeline.index
        beside = (index.path.parent,) if index is not None else ()
        folders = [*self.folders, *beside, Path.cwd()]
        return read_excerpt(*source, folders, around=(self.lines - 1) // 2, after=self.lines // 2)

    def _values(self, event: TraceEvent, width: int) -> Iterator[Line]:
        if failed(event):
            yield shortened(line("  ", error_piece(event, self.signs)), width, self.signs.cut)
        opens = self.timeline.columns.edge_at(self._here) == START
        yield from value_rows(Piece("in", "dim"), event.inputs, width, self.signs)
        if not opens:
            yield from value_rows(Piece("out", "dim"), event.outputs, width, self.signs)

    def _changes(self, width: int) -> Iterator[Line]:
        for change in self.changes:
            head = line(("  ", ""), (self.signs.changed, "sign"), "    ", (change.name, "key"), "  ")
            room = width - cells(text_of(head)) - len(self.signs.arrow) - 2
            before = value_line(change.before, max(room // 2, 8), self.signs)
            left = room - cells(text_of(before))
            after = value_line(change.after, max(left, 8), self.signs)
            yield shortened((*head, *before, Piece(f" {self.signs.arrow} ", "dim"), *after), width, self.signs.cut)

    def _displays(self, width: int) -> Iterator[Line]:
        yield from value_rows(Piece("show", "dim"), dict(self.displays), width, self.signs)


def _cut(lines: list[Line], room: int, signs: Signs) -> list[Line]:
    if len(lines) <= room:
        return lines
    shown = max(room - 1, 0)
    return [*lines[:shown], line((f"  {signs.cut} {len(lines) - shown} more", "dim"))] if room > 0 else []
