"""Where a value comes from: the event that says it, the event that said it before, and so on to what it was made from.

A value is followed by what it is, because traces do not say who read what: an earlier event passed it on when it holds
an equal value, or a text in which this text stands. Where a call made something new, what went into it is followed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

import attrs

from ..events import Moment, Payload
from ..trace.columns import END, NONE, Columns
from .operators import equal
from .state import Scope, result_of
from .timeline import Timeline

_MOST = 20
_MOST_LOOKED_AT = 200
_FARTHEST = 100_000
_DEEPEST = 4
_SHORTEST_TEXT = 4


@attrs.frozen
class Origin:
    """An event that says a value."""

    moment: Moment
    path: str
    """Where in the event: `outputs.text`."""
    value: Any


def origins(timeline: Timeline, scope: Scope, name: str) -> list[Origin]:
    """The events from which a name has its value, the newest first; empty when it is counted or has none."""
    row = scope.source(name)
    if row < 0:
        return []
    value = scope(name)
    found = [Origin(row, _path_to(timeline, row, value) or name, value)]
    while len(found) < _MOST and (earlier := _earlier(timeline, found[-1])) is not None:
        found.append(earlier)
    return found


def _earlier(timeline: Timeline, origin: Origin) -> Origin | None:
    """Who said the value before; else, at an end, the newest result that went into the call."""
    columns, row = timeline.columns, origin.moment
    if not _is_telling(origin.value):
        return None
    for before in islice(_candidates(columns, row), _MOST_LOOKED_AT):
        path = _path_to(timeline, before, origin.value)
        if path is not None:
            return Origin(before, path, origin.value)
    start = columns.match[row] if columns.edge_at(row) == END else NONE
    return _ingredient(timeline, start) if start >= 0 else None


def _ingredient(timeline: Timeline, start: Moment) -> Origin | None:
    inputs = timeline.payloads(start).inputs
    for end in islice(_ended_in(timeline.columns, timeline.columns.parent[start], start), _MOST_LOOKED_AT):
        result = result_of(timeline.payloads(end))
        if _is_telling(result) and _path_in(inputs, result, "inputs") is not None:
            return Origin(end, _path_to(timeline, end, result) or "outputs", result)
    return None


def _candidates(columns: Columns, row: Moment) -> Iterator[Moment]:
    """The events that can have passed something on to this one, the nearest first."""
    start = columns.match[row] if columns.edge_at(row) == END and columns.match[row] >= 0 else columns.parent[row]
    return chain(_ended_in(columns, start, row), (start,) if start >= 0 else ())


def _ended_in(columns: Columns, span: Moment, before: Moment) -> Iterator[Moment]:
    """The calls directly in a span that ended before an event, the last first."""
    for row in range(before - 1, max(span, before - _FARTHEST), -1):
        if columns.parent[row] == span and columns.edge_at(row) == END:
            yield row


def _path_to(timeline: Timeline, row: Moment, value: Any) -> str | None:
    said = timeline.payloads(row)
    return _path_in(said.outputs, value, "outputs") or _path_in(said.inputs, value, "inputs")


def _path_in(payload: Payload, value: Any, path: str) -> str | None:
    """Where in a payload a value stands, by itself or as a part of a text."""
    places = list(_values(payload, path, _DEEPEST))
    same = (inside for inside, each in places if equal(each, value))
    holding = (inside for inside, each in places if isinstance(value, str) and isinstance(each, str) and value in each)
    return next(chain(same, holding if _is_telling(value) else ()), None)


def _values(value: Any, path: str, depth: int) -> Iterator[tuple[str, Any]]:
    yield path, value
    inside: Iterable[tuple[str, Any]] = ()
    if isinstance(value, dict):
        inside = ((f"{path}.{key}", each) for key, each in value.items())
    elif isinstance(value, list):
        inside = ((f"{path}[{place}]", each) for place, each in enumerate(value))
    if depth:
        for within, each in inside:
            yield from _values(each, within, depth - 1)


def _is_telling(value: Any) -> bool:
    """Whether a value is so particular that its equal somewhere else is no accident."""
    if isinstance(value, str):
        return len(value) >= _SHORTEST_TEXT
    return isinstance(value, dict | list) and bool(value)
