"""The timeline of a run as a picture needs it, in pieces that are bounded whatever the size of the run.

A run that is very long is filed a little with each request, so that none waits for all of it: the answer says how many
events it knows of, and a client asks again until it is told that this is all.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from heapq import nlargest
from itertools import pairwise
from typing import TYPE_CHECKING, Any, get_args

from namel3ss_dbg.events import Moment, span_of
from namel3ss_dbg.timeline.tracks import Axis, Track, Tracks, count_in, in_range

from . import asked
from .asked import Arguments
from .errors import Problem, Refused
from .window import Drawn, Window, counted, summed

if TYPE_CHECKING:
    from .adapter import Adapter

_MOST_BUCKETS = 2_000
_MOST_SPANS = 5_000
_MOST_FAILURES = 500
_MOST_NAMES_READ = 200
_MOST_NAMES_KEPT = 20_000
_FILES_S = 0.04
_AGES_MS = 1e15


class Waterfall:
    """The picture of one run."""

    def __init__(self, adapter: Adapter) -> None:
        self._adapter = adapter
        self._columns = adapter.run.timeline.columns
        self.tracks = Tracks(self._columns)
        self._names: dict[Moment, str] = {}

    def look(self, arguments: Arguments) -> dict[str, Any]:
        """A range of the run, as a client has asked for it."""
        is_filed = self.tracks.file(within_s=_FILES_S)
        window = self._window(arguments)
        shown = self._shown(arguments)
        most = asked.within(arguments, "most", 2_000, _MOST_SPANS)
        choice = window.choose(shown, most)
        stride = window.stride(shown, choice.widest_left)
        clock, unit = self.tracks.clock, 1_000 if window.axis == "time" else 1
        return {
            "axis": window.axis,
            "from": window.first,
            "to": window.last,
            "begin": window.begin / unit,
            "end": window.end / unit,
            "size": window.size / unit,
            "events": self.tracks.count,
            "elapsedMs": clock[-1] / 1_000 if clock else 0,
            "complete": is_filed and self._adapter.is_all_read,
            "position": self._position(),
            "totals": self._totals(window),
            "buckets": list(self._buckets(window)),
            "tracks": [self._track(track, window) for track in sorted(self.tracks.all, key=lambda track: track.place)],
            "spans": self._spans(choice.drawn),
            "cells": {
                "size": window.size * stride / unit,
                "bands": list(self._cells(window, shown, choice.drawn, stride)),
            },
            "failures": self._failures(window, shown),
        }

    def _window(self, arguments: Arguments) -> Window:
        axis: Axis = arguments.get("axis", "events")
        if axis not in get_args(Axis):
            raise Refused(Problem.BAD_ARGUMENTS, "'axis' is 'events' or 'time'")
        tracks, wanted = self.tracks, asked.within(arguments, "buckets", 100, _MOST_BUCKETS)
        if axis == "time":
            latest = tracks.clock[-1] if tracks.count else -1
            first, last = _microseconds(arguments, "fromMs", 0), _microseconds(arguments, "toMs", latest)
        else:
            latest = tracks.count - 1
            first, last = asked.whole(arguments, "from", 0), asked.whole(arguments, "to", latest)
        first = min(max(first, 0), max(latest, 0))
        last = max(last, first)
        size = -(-(last - first + 1) // wanted)
        return Window(tracks, self._columns, axis, first, min(last, latest) + 1, size)

    def _shown(self, arguments: Arguments) -> list[Track]:
        wanted = arguments.get("tracks")
        if wanted is None:
            return self.tracks.all
        if not isinstance(wanted, list) or not all(isinstance(each, int) for each in wanted):
            raise Refused(Problem.BAD_ARGUMENTS, "'tracks' are the numbers of tracks")
        return [self.tracks.all[each] for each in sorted(set(wanted)) if 0 <= each < len(self.tracks.all)]

    # The whole range

    def _position(self) -> dict[str, Any]:
        moment = max(self._adapter.run.moment, 0)
        if not self.tracks.count:
            return {"moment": moment, "ms": 0, "track": 0, "depth": 0}
        known = min(moment, self.tracks.count - 1)
        track, level = self.tracks.place_of(known)
        return {"moment": moment, "ms": self._ms(known), "track": track, "depth": level}

    def _totals(self, window: Window) -> dict[str, Any]:
        first, last = window.first, window.last
        used = [summed(band, [first, last + 1]) for band in self.tracks.whole.values()]
        return {
            "events": max(last - first + 1, 0),
            "errors": sum(count_in(band.failed, first, last) for band in self.tracks.whole.values()),
            "tokens": _plain(sum(sum(tokens.values()) for tokens, _ in used)),
            "cost": round(sum(sum(cost.values()) for _, cost in used), 9),
            "elapsedMs": self._ms(last) - self._ms(first) if last >= first else 0,
        }

    def _buckets(self, window: Window) -> Iterator[dict[str, Any]]:
        edges, clock, deepest = window.edges, self.tracks.clock, self.tracks.deepest
        components: list[dict[str, int]] = [{} for _ in edges]
        errors, tokens = [0] * len(edges), [0.0] * len(edges)
        for name, band in self.tracks.whole.items():
            for bucket, count in counted(band.rows, edges).items():
                components[bucket][name] = count
            for bucket, count in counted(band.failed, edges).items():
                errors[bucket] += count
            for bucket, used in summed(band, edges)[0].items():
                tokens[bucket] += used
        for bucket, (begin, end) in enumerate(pairwise(edges)):
            yield {
                "from": begin,
                "to": end - 1,
                "components": components[bucket],
                "errors": errors[bucket],
                "tokens": _plain(tokens[bucket]),
                "depth": deepest(begin, end - 1),
                "elapsedMs": clock[min(begin, len(clock) - 1)] / 1_000,
            }

    def _ms(self, row: Moment) -> float:
        return self.tracks.clock[row] / 1_000

    # By track

    def _track(self, track: Track, window: Window) -> dict[str, Any]:
        first, last = window.first, window.last
        return {
            "id": track.number,
            "label": track.label,
            "agent": track.agent,
            "component": track.component,
            "levels": track.levels,
            "events": track.events_in(first, last),
            "errors": sum(count_in(band.failed, first, last) for band in track.bands.values()),
        }

    def _spans(self, drawn: list[Drawn]) -> list[dict[str, Any]]:
        widest = nlargest(
            _MOST_NAMES_READ, (span for span in drawn if span.start not in self._names), key=self._duration
        )
        for span in widest:
            self._names[span.start] = self._adapter.stacks.name(span.start)
        return [self._span(span) for span in sorted(drawn, key=lambda span: span.start)]

    def _duration(self, span: Drawn) -> int:
        clock = self.tracks.clock
        return (clock[span.end] if span.end is not None else clock[-1]) - clock[span.start]

    def _span(self, span: Drawn) -> dict[str, Any]:
        columns, tracks, start, end = self._columns, self.tracks, span.start, span.end
        tokens, cost = tracks.used_in(start)
        shape = columns.shape_at(start)
        track, level = tracks.place_of(start)
        return {
            "moment": start,
            "end": end,
            "track": track,
            "depth": level,
            "label": self._names.get(start) or shape.component_name or shape.component,
            "kind": span_of(shape.event_type),
            "component": shape.component,
            "status": columns.shape_at(end).status if end is not None else "running",
            "startMs": self._ms(start),
            "endMs": self._ms(end) if end is not None else None,
            "tokens": _plain(tokens),
            "cost": round(cost, 9),
        }

    def _cells(
        self, window: Window, shown: list[Track], drawn: Iterable[Drawn], stride: int
    ) -> Iterator[dict[str, Any]]:
        for cells in window.cells(shown, drawn, stride):
            band = cells.band
            found = {
                "track": band.track,
                "depth": band.level,
                "component": band.component,
                "at": cells.at,
                "events": cells.events,
            }
            if cells.errors:
                found["errors"] = cells.errors
            if cells.tokens:
                found["tokens"] = list(map(_plain, cells.tokens))
                found["cost"] = [round(each, 6) for each in cells.cost]
            yield found

    def _failures(self, window: Window, shown: list[Track]) -> list[dict[str, Any]]:
        """Where events tell of failures: one by one, or, of very many, the first of each few buckets."""
        failing = [band for track in shown for band in track.bands.values() if band.failed]
        first, last = window.first, window.last
        if sum(count_in(band.failed, first, last) for band in failing) <= _MOST_FAILURES:
            rows = sorted(row for band in failing for row in in_range(band.failed, first, last))
            return [self._failure(row, 1) for row in rows]
        stride = -(-len(window.edges) // _MOST_FAILURES)
        edges = [*window.edges[:-1:stride], window.edges[-1]]
        counts, earliest = Counter[int](), dict[int, Moment]()
        for band in failing:
            for bucket, count in counted(band.failed, edges).items():
                counts[bucket] += count
                row = band.failed[bisect_left(band.failed, edges[bucket])]
                earliest[bucket] = min(row, earliest.get(bucket, row))
        return [self._failure(earliest[bucket], counts[bucket]) for bucket in sorted(earliest)]

    def _failure(self, row: Moment, events: int) -> dict[str, Any]:
        return {"moment": row, "ms": self._ms(row), "track": self.tracks.place_of(row)[0], "events": events}


def _microseconds(arguments: Arguments, name: str, default: int) -> int:
    value = arguments.get(name, default / 1_000)
    if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) < _AGES_MS:
        raise Refused(Problem.BAD_ARGUMENTS, f"a number of milliseconds is needed for '{name}'")
    return round(value * 1_000)


def _plain(number: float) -> float:
    """Without the fraction where there is none: most tokens are counted in whole numbers."""
    return int(number) if number == int(number) else round(number, 6)


def timeline(adapter: Adapter, arguments: dict[str, Any]) -> dict[str, Any]:
    """A range of the run: its tracks, what is wide enough to be drawn by itself, and how much there is of the rest."""
    return adapter.waterfall.look(arguments)
