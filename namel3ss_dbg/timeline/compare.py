"""Where two runs of one program part.

Events are matched by their address, the path of spans that leads to them ("the second llm_call in the first agent_turn
of …"), so two lanes that interleave in another order are no difference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Literal

import attrs

from ..events import Moment, TraceEvent
from ..trace.columns import END
from .timeline import Timeline

PAYLOADS = ("inputs", "outputs")

_PASSING = frozenset({"execution_id", "execution_summary", "call_id", "pid"})
# Keys whose values belong to one run and not to what the program does.

Address = tuple[str, ...]


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
    """The first difference in the order of the recording, else the first event that only the rerun has; else None."""
    recorded.complete()
    rerun.complete()
    there = {address: moment for moment, address in _addresses(rerun)}
    seen: set[Address] = set()
    for moment, address in _addresses(recorded):
        other = there.get(address)
        event = recorded[moment]
        if other is None:
            return Divergence("missing", moment, None, _named(event))
        seen.add(address)
        difference = _difference(event, rerun[other])
        if difference is not None:
            path, here, beyond = difference
            return Divergence("differs", moment, other, _named(event), path, here, beyond)
    for address, moment in there.items():
        if address not in seen:
            return Divergence("extra", None, moment, _named(rerun[moment]))
    return None


def _addresses(timeline: Timeline) -> Iterator[tuple[Moment, Address]]:
    """Every event with its address; measurements are left out, because they come when time has passed."""
    columns = timeline.columns
    known: dict[Moment, Address] = {}
    counts: dict[tuple[Address, str], int] = defaultdict(int)
    for moment in range(columns.count):
        shape = columns.shape_at(moment)
        if shape.event_type == "performance_marker":
            continue
        if columns.edge[columns.shape[moment]] == END and columns.match[moment] >= 0:
            yield moment, (*known[columns.match[moment]], "end")
            continue
        around = known.get(columns.parent[moment], ())
        what = f"{shape.event_type} {shape.component_name or ''}"
        counts[around, what] += 1
        known[moment] = (*around, f"{what}#{counts[around, what]}")
        yield moment, known[moment]


def _named(event: TraceEvent) -> str:
    return f"{event.event_type} {event.component_name or event.component}"


def _difference(one: TraceEvent, other: TraceEvent) -> tuple[str, Any, Any] | None:
    if one.status != other.status:
        return "status", one.status, other.status
    if one.error != other.error:
        return "error", one.error, other.error
    for payload in PAYLOADS:
        found = first_difference(getattr(one, payload), getattr(other, payload), payload)
        if found is not None:
            return found
    return None


def first_difference(one: Any, other: Any, path: str = "") -> tuple[str, Any, Any] | None:
    """The path of the first value in which two JSON values differ, with both values; None when they are equal."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in dict.fromkeys((*one, *other)):
            if key in _PASSING:
                continue
            inside = f"{path}.{key}" if path else str(key)
            if key not in one or key not in other:
                return inside, one.get(key), other.get(key)
            found = first_difference(one[key], other[key], inside)
            if found is not None:
                return found
        return None
    if isinstance(one, list) and isinstance(other, list):
        for place, (left, right) in enumerate(zip(one, other, strict=False)):
            found = first_difference(left, right, f"{path}[{place}]")
            if found is not None:
                return found
        if len(one) != len(other):
            shorter = min(len(one), len(other))
            return f"{path}[{shorter}]", *(each[shorter] if len(each) > shorter else None for each in (one, other))  # type: ignore[return-value]
        return None
    return None if one == other and type(one) is type(other) else (path, one, other)
