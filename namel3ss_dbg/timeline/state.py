"""What has a value at a moment, and who wrote it.

Two sorts of names are visible: the inputs (at an end also the outputs) of the calls that are open on the lane, the
innermost first, and the newest result of every component that has ended so far on any lane. The second needs no fold
over the run: the last end of a component is one look into the index.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

import attrs

from ..events import Moment, TraceEvent
from ..trace.columns import END, NONE, Columns
from .lanes import Lanes
from .timeline import Timeline

TOTALS = ("tokens", "cost", "calls", "errors", "elapsed")
"""What has been counted up to a moment; `elapsed` is in seconds, `calls` counts model calls."""

FIELDS = (
    "event_type", "event_id", "component", "name", "status", "error", "duration_ms", "tokens_used", "cost_estimate",
    "memory_usage_mb", "inputs", "outputs", "metadata", "moment", "lane", "depth", "event", "memory",
)  # fmt: skip
"""Names that always mean the event of the moment itself, and `memory`: what each agent's memory last did."""

_MEMORY = ("memory_operation", "memory_summarization")


@attrs.frozen
class Change:
    """A value that differs between two moments."""

    name: str
    before: Any
    """`ABSENT` when there was no such value."""
    after: Any


class _Absent:
    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Any = _Absent()


class State:
    """The values of a timeline, by moment."""

    def __init__(self, timeline: Timeline, lanes: Lanes) -> None:
        self._timeline = timeline
        self._lanes = lanes
        self._sums: dict[str, list[float]] = {}
        self._writers: dict[str, tuple[int, tuple[int, ...]]] = {}

    @property
    def _columns(self) -> Columns:
        return self._timeline.columns

    def scope(self, moment: Moment, lane: int | None = None, frame: int = 0) -> Scope:
        """The names visible at a moment on a lane, seen from the innermost frame or one further out."""
        return Scope(self, self._timeline, self._lanes, moment, lane, frame)

    def total(self, name: str, moment: Moment) -> float | int:
        """One of `TOTALS` up to and including a moment."""
        columns = self._columns
        if moment < 0:
            return 0
        if name == "elapsed":
            return max(0.0, columns.timestamp[moment] - columns.timestamp[0])
        if name == "calls":
            return columns.count_up_to(columns.matching(lambda shape: shape.event_type == "llm_call_end"), moment)
        if name == "errors":
            return columns.count_up_to(columns.matching(lambda shape: shape.event_type == "error_occurred"), moment)
        value = self._sum(name, moment)
        return int(value) if name == "tokens" and value.is_integer() else value

    def _sum(self, name: str, moment: Moment) -> float:
        """Of the model calls alone, so that a call counts once when its agent reports its tokens too."""
        columns = self._columns
        sums = self._sums.setdefault(name, [])
        if len(sums) <= moment:
            is_call = [shape.component == "llm" for shape in columns.shape_names]
            column, shapes = getattr(columns, name), columns.shape
            begin = len(sums)
            fresh = (column[row] if is_call[shapes[row]] else 0.0 for row in range(begin, columns.count))
            sums.extend(list(accumulate(fresh, initial=sums[-1] if sums else 0.0))[1:])
        return sums[moment]

    def writers(self, name: str) -> tuple[int, ...]:
        """The shapes whose events write the result of a component: its ends."""
        columns = self._columns
        known, codes = self._writers.get(name, (0, ()))
        if known != len(columns.shape_names):
            codes = columns.matching(lambda shape: shape.component_name == name and shape.event_type.endswith("_end"))
            self._writers[name] = (len(columns.shape_names), codes)
        return codes

    def written_by(self, name: str, moment: Moment) -> Moment:
        """The event that wrote the newest result of a component up to a moment, or NONE."""
        return self._columns.previous_of(self.writers(name), moment + 1)

    def result(self, name: str, moment: Moment) -> Any:
        """The newest result of a component: its outputs, or the one value that they hold.

        Raises:
            KeyError: It had none by then.
        """
        row = self.written_by(name, moment)
        if row < 0:
            raise KeyError(name)
        return result_of(self._timeline[row])

    def names_at(self, moment: Moment) -> list[str]:
        """The components that have a result, the one that was written last first."""
        columns = self._columns
        newest: dict[str, Moment] = {}
        for code, shape in enumerate(columns.shape_names):
            if columns.edge[code] == END and shape.component_name:
                rows = columns.shape_rows[code]
                place = bisect_right(rows, moment)
                if place and rows[place - 1] > newest.get(shape.component_name, NONE):
                    newest[shape.component_name] = rows[place - 1]
        return sorted(newest, key=lambda name: -newest[name])

    def memory(self, moment: Moment) -> dict[str, Any]:
        """By agent, what its memory did last."""
        columns = self._columns
        found: dict[str, Moment] = {}
        for code in columns.matching(lambda shape: shape.event_type in _MEMORY and bool(shape.component_name)):
            name = columns.shape_names[code].component_name or ""
            rows = columns.shape_rows[code]
            place = bisect_right(rows, moment)
            if place and rows[place - 1] > found.get(name, NONE):
                found[name] = rows[place - 1]
        return {name: _memory_of(self._timeline[row]) for name, row in found.items()}

    def changes(self, before: Moment, after: Moment, lane: int | None = None) -> list[Change]:
        """The visible values that differ between two moments, on the lane of the later one."""
        lane = lane if lane is not None or after < 0 else self._columns.lane[after]
        old, new = self.scope(before, lane).variables(), self.scope(after, lane).variables()
        return [
            Change(name, old.get(name, ABSENT), new.get(name, ABSENT))
            for name in dict.fromkeys((*new, *old))
            if old.get(name, ABSENT) != new.get(name, ABSENT)
        ]


def result_of(event: TraceEvent) -> Any:
    """What an end says came out: its outputs, or the value that they hold when they hold one only."""
    outputs = event.outputs
    for key in ("result", "output", "response", "text"):
        if key in outputs:
            return outputs[key]
    return outputs


def _memory_of(event: TraceEvent) -> dict[str, Any]:
    details = event.inputs.get("details")
    flat = details if isinstance(details, dict) else {}
    return {**event.inputs, **flat, **event.outputs}


class Scope:
    """The names visible at one moment, seen from one frame; a value is decoded only when it is asked for."""

    def __init__(
        self, state: State, timeline: Timeline, lanes: Lanes, moment: Moment, lane: int | None, frame: int
    ) -> None:
        self._state = state
        self._timeline = timeline
        self.moment = moment
        self.here = lanes.last_on(lane, moment) if lane is not None else moment
        """The event that is looked at: the last one of the lane."""
        self.frames = lanes.frames_at(self.here)[frame:]
        """The starts of the open calls from this frame outwards."""
        self._innermost = frame == 0

    def __call__(self, name: str) -> Any:
        """The value of a name, for `Expression.evaluate`.

        Raises:
            KeyError: Nothing has this name here.
        """
        if name in _FIELD_READERS:
            return _FIELD_READERS[name](self)
        if name in TOTALS:
            return self._state.total(name, self.moment)
        for payload in self._payloads():
            if name in payload:
                return payload[name]
        return self._state.result(name, self.moment)

    def _payloads(self) -> Iterator[dict[str, Any]]:
        if self._innermost and self.here >= 0:
            event = self._timeline[self.here]
            yield event.outputs
            yield event.inputs
        for start in self.frames:
            yield self._timeline[start].inputs

    def variables(self) -> dict[str, Any]:
        """All values that open calls and finished components have here, by name; the nearest wins."""
        found: dict[str, Any] = {}
        for payload in self._payloads():
            for name, value in payload.items():
                found.setdefault(name, value)
        for name in self._state.names_at(self.moment):
            if name not in found:
                found[name] = self._state.result(name, self.moment)
        return found

    def names(self) -> list[str]:
        """Everything that can be asked for here."""
        return [*self.variables(), *TOTALS, *FIELDS]

    def _event(self) -> TraceEvent:
        if self.here < 0:
            raise KeyError("event")
        return self._timeline[self.here]

    def _memory(self) -> dict[str, Any]:
        return self._state.memory(self.moment)

    def _place(self, column: str) -> int:
        return int(getattr(self._timeline.columns, column)[self.here]) if self.here >= 0 else 0


def _field(name: str) -> Any:
    return lambda scope: getattr(scope._event(), name)


_FIELD_READERS: dict[str, Any] = {
    **{name: _field(name) for name in FIELDS if name not in ("name", "moment", "lane", "depth", "event", "memory")},
    "name": lambda scope: scope._event().component_name,
    "moment": lambda scope: scope.here,
    "lane": lambda scope: scope._place("lane"),
    "depth": lambda scope: scope._place("depth"),
    "event": lambda scope: scope._event().to_dict(),
    "memory": lambda scope: scope._memory(),
}
