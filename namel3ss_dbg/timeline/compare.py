"""Where two runs of one program part.

Events are matched by the path of spans that leads to them ("the second llm_call in the first agent_turn of …"), so two
lanes that interleave in another order are no difference.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Any, Literal, NamedTuple

import attrs
import orjson

from ..events import Moment, TraceEvent
from ..trace.columns import END, NONE, START, Columns
from .timeline import Timeline

_PASSING = frozenset({"execution_id", "execution_summary", "call_id", "pid"})
# Keys whose values belong to one run and not to what the program does.

_SORTED = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS

Sibling = tuple[Moment, tuple[str, str | None]]
"""The span around an event, and its type and name."""
Pair = tuple[Moment, Moment]


class Difference(NamedTuple):
    """A value that is not the same in two events or payloads."""

    path: str
    recorded: Any
    rerun: Any


@attrs.frozen
class Divergence:
    """The first event in which two runs differ."""

    kind: Literal["missing", "extra", "differs"]
    """`missing`: recorded, but not in the rerun; `extra`: only in the rerun; `differs`: in both, with other values."""
    recorded: Moment | None
    rerun: Moment | None
    event: str
    """What kind of event, and of what."""
    path: str = ""
    """Which value differs, such as `inputs.messages[2].content`."""
    recorded_value: Any = None
    rerun_value: Any = None


def compare(recorded: Timeline, rerun: Timeline) -> Divergence | None:
    """The first difference, in the order of the recording; None when the rerun did the same."""
    recorded.complete()
    rerun.complete()
    partners = _partners(recorded, rerun)
    found = _first_change(recorded, rerun, partners)
    extra = _first_extra(rerun, partners)
    if extra is not None and (found is None or extra < _reached(found, partners)):
        return Divergence("extra", None, extra, _named(rerun[extra]))
    return found


def _first_change(recorded: Timeline, rerun: Timeline, partners: dict[Moment, Moment]) -> Divergence | None:
    for moment in range(len(recorded)):
        if not _is_compared(recorded.columns, moment):
            continue
        event, other = recorded[moment], partners.get(moment)
        if other is None:
            return Divergence("missing", moment, None, _named(event))
        difference = _difference(event, rerun[other])
        if difference is not None:
            return Divergence("differs", moment, other, _named(event), *difference)
    return None


def _first_extra(rerun: Timeline, partners: dict[Moment, Moment]) -> Moment | None:
    known = set(partners.values())
    rows = range(len(rerun))
    return next((row for row in rows if row not in known and _is_compared(rerun.columns, row)), None)


def _reached(found: Divergence, partners: dict[Moment, Moment]) -> Moment:
    """How far the rerun was when it diverged: what it did extra before that came first."""
    if found.rerun is not None:
        return found.rerun
    before = range((found.recorded or 0) - 1, NONE, -1)
    return next((partners[row] for row in before if row in partners), NONE)


def _partners(recorded: Timeline, rerun: Timeline) -> dict[Moment, Moment]:
    """For each recorded event the same one of the rerun, if there is one.

    Events are the same when the spans around them are, and when they are as many-th of their kind and name there.
    """
    columns, others = recorded.columns, rerun.columns
    here, there = _siblings(columns), _siblings(others)
    partners: dict[Moment, Moment] = {NONE: NONE}
    for (around, kind), rows in here.items():  # in the order of the events, so the spans around come first
        if around in partners:
            for row, other in _paired(recorded, rows, rerun, there.get((partners[around], kind), [])):
                partners[row] = other
                if columns.edge_at(row) == START and columns.match[row] >= 0 and others.match[other] >= 0:
                    partners[columns.match[row]] = others.match[other]
    del partners[NONE]
    return partners


def _siblings(columns: Columns) -> dict[Sibling, list[Moment]]:
    """The events of each kind and name in each span; ends go with their starts."""
    found: dict[Sibling, list[Moment]] = defaultdict(list)
    for row in range(columns.count):
        if _is_compared(columns, row) and not (columns.edge_at(row) == END and columns.match[row] >= 0):
            shape = columns.shape_at(row)
            found[columns.parent[row], (shape.event_type, shape.component_name)].append(row)
    return found


def _is_compared(columns: Columns, row: Moment) -> bool:
    """Measurements are left out, because they come when time has passed."""
    return columns.shape_at(row).event_type != "performance_marker"


def _paired(recorded: Timeline, rows: list[Moment], rerun: Timeline, others: list[Moment]) -> Iterable[Pair]:
    """Siblings in pairs: by order, but those that ran at the same time by what went in and, if it is the same, out."""
    if not (_ran_together(recorded, rows) or _ran_together(rerun, others)):
        return zip(rows, others, strict=False)
    pairs: dict[Moment, Moment] = {}
    for digest in (_digest_of_call, _digest_of_inputs, _no_digest):
        taken = set(pairs.values())
        waiting: dict[bytes, deque[Moment]] = defaultdict(deque)
        for other in others:
            if other not in taken:
                waiting[digest(rerun, other)].append(other)
        for row in rows:
            if row not in pairs and (same := waiting.get(digest(recorded, row))):
                pairs[row] = same.popleft()
    return pairs.items()


def _ran_together(timeline: Timeline, rows: list[Moment]) -> bool:
    return len({timeline.columns.lane[row] for row in rows}) > 1


def _digest_of_call(timeline: Timeline, row: Moment) -> bytes:
    end = timeline.columns.match[row]
    outputs = timeline.payloads(end).outputs if end >= 0 else {}
    return _digest([timeline.payloads(row).inputs, outputs])


def _digest_of_inputs(timeline: Timeline, row: Moment) -> bytes:
    return _digest(timeline.payloads(row).inputs)


def _no_digest(timeline: Timeline, row: Moment) -> bytes:
    """What is left is paired in order."""
    return b""


def _digest(value: Any) -> bytes:
    return orjson.dumps(_lasting(value), default=repr, option=_SORTED)


def _lasting(value: Any) -> Any:
    """A value without what belongs to one run only."""
    if isinstance(value, dict):
        return {key: _lasting(inside) for key, inside in value.items() if key not in _PASSING}
    return [_lasting(inside) for inside in value] if isinstance(value, list | tuple) else value


def _named(event: TraceEvent) -> str:
    return f"{event.event_type} {event.component_name or event.component}"


def _difference(one: TraceEvent, other: TraceEvent) -> Difference | None:
    if one.status != other.status:
        return Difference("status", one.status, other.status)
    if one.error != other.error:
        return Difference("error", one.error, other.error)
    inputs = first_difference(one.inputs, other.inputs, "inputs")
    return inputs or first_difference(one.outputs, other.outputs, "outputs")


def first_difference(one: Any, other: Any, path: str = "") -> Difference | None:
    """The path of the first value in which two JSON values differ, with both values; None when they are equal.

    `1` is `1.0`, but `true` is not `1`; a value that is missing on one side is given as `None`.
    """
    if isinstance(one, dict) and isinstance(other, dict):
        return _first_in_object(one, other, path)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return _first_in_list(one, other, path)
    return None if _is_same(one, other) else Difference(path, one, other)


def _first_in_object(one: dict[str, Any], other: dict[str, Any], path: str) -> Difference | None:
    for key in dict.fromkeys((*one, *other)):
        if key in _PASSING:
            continue
        inside = f"{path}.{key}" if path else str(key)
        if key not in one or key not in other:
            return Difference(inside, one.get(key), other.get(key))
        if found := first_difference(one[key], other[key], inside):
            return found
    return None


def _first_in_list(one: Sequence[Any], other: Sequence[Any], path: str) -> Difference | None:
    for place, (left, right) in enumerate(zip_longest(one, other)):
        if place >= min(len(one), len(other)):
            return Difference(f"{path}[{place}]", left, right)
        if found := first_difference(left, right, f"{path}[{place}]"):
            return found
    return None


def _is_same(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one):
        return math.isnan(other)
    return bool(one == other)
