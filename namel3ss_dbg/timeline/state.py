"""What has a value at a moment, and who wrote it.

Two sorts of names are visible: the inputs (at an end also the outputs) of the calls that are open on the lane, the
innermost first, and the newest result of every component that has ended so far on any lane. The second needs no fold
over the run: the last end of a component is one look into the index.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from itertools import accumulate, islice
from typing import Any

import attrs

from ..events import Moment, Payload, TraceEvent, closes
from ..trace.columns import NONE, Columns, previous_in
from .kinds import ERROR, ShapeTest, is_of_kind
from .lanes import Lanes
from .operators import equal
from .patterns import OfShape, Pattern, Strand
from .timeline import Payloads, Timeline

TOTALS = ("tokens", "cost", "calls", "errors", "elapsed")
"""What has been counted up to a moment; `elapsed` is in seconds, `calls` counts model calls."""

FIELDS = (
    "event_type", "event_id", "component", "name", "status", "error", "duration_ms", "tokens_used", "cost_estimate",
    "memory_usage_mb", "inputs", "outputs", "metadata", "moment", "lane", "depth", "event", "memory",
)  # fmt: skip
"""Names that always mean the event of the moment itself, and `memory`: what each agent's memory last did."""

RESULTS = ("result", "output", "response", "text")
"""The keys of an end's outputs that hold its result, the first that there is."""

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
        self._counts: dict[str, Pattern] = {
            "calls": OfShape(is_of_kind("llm", at_end=True)),
            "errors": OfShape(is_of_kind(ERROR)),
        }
        self._sums = {"tokens": array("d"), "cost": array("d")}
        self._writers: dict[str, Pattern] = {}

    @property
    def _columns(self) -> Columns:
        return self._timeline.columns

    def scope(self, moment: Moment, lane: int | None = None, frame: int = 0) -> Scope:
        """The names visible at a moment on a lane, seen from the innermost frame or one further out."""
        here = moment if lane is None else self._lanes.last_on(lane, moment)
        return Scope(self, self._timeline, self._lanes, moment, here, frame)

    def scope_before(self, moment: Moment) -> Scope:
        """The names visible just before an event to whoever works on its lane, or opened it with this event."""
        here = Strand(moment).preceding(self._columns, moment)
        return Scope(self, self._timeline, self._lanes, moment - 1, here, 0)

    def total(self, name: str, moment: Moment) -> float | int:
        """One of `TOTALS` up to and including a moment."""
        if moment < 0:
            return 0
        if name == "elapsed":
            return self._timeline.elapsed(moment)
        if name in self._counts:
            return self._counts[name].count(self._columns, moment)
        value = self._sum(name, moment)
        return int(value) if name == "tokens" and value.is_integer() else value

    def _sum(self, name: str, moment: Moment) -> float:
        """Of the model calls alone, so that a call counts once when its agent reports its tokens too."""
        columns, sums = self._columns, self._sums[name]
        begin = len(sums)
        if begin <= moment:
            column, shapes = getattr(columns, name), columns.shape
            is_call = [shape.component == "llm" for shape in columns.shape_names]
            fresh = (column[row] if is_call[shapes[row]] else 0.0 for row in range(begin, columns.count))
            running = accumulate(fresh, initial=sums[-1] if begin else 0.0)
            sums.extend(islice(running, 1, None))
        return sums[moment]

    def written_by(self, name: str, moment: Moment) -> Moment:
        """The event that wrote the newest result of a component up to a moment, or NONE."""
        writers = self._writers.get(name)
        if writers is None:
            writers = self._writers[name] = OfShape(
                lambda shape: shape.component_name == name and closes(shape.event_type)
            )
        return writers.preceding(self._columns, moment + 1)

    def result(self, name: str, moment: Moment) -> Any:
        """The newest result of a component: what `result_of` says of its end.

        Raises:
            KeyError: It had none by then.
        """
        row = self.written_by(name, moment)
        if row < 0:
            raise KeyError(name)
        return result_of(self._timeline.payloads(row))

    def results_at(self, moment: Moment) -> dict[str, Moment]:
        """The components that have a result, the one that was written last first, with the events that wrote it."""
        return self._newest(moment, lambda shape: closes(shape.event_type))

    def memory(self, moment: Moment) -> dict[str, Any]:
        """By agent, what its memory did last."""
        found = self._newest(moment, lambda shape: shape.event_type in _MEMORY)
        return {name: _memory_of(self._timeline.payloads(row)) for name, row in found.items()}

    def _newest(self, moment: Moment, wanted: ShapeTest) -> dict[str, Moment]:
        """By component that has a name, its newest event of a wanted shape, the newest of all first."""
        columns = self._columns
        found: dict[str, Moment] = {}
        for code, shape in enumerate(columns.shape_names):
            name = shape.component_name
            if name and wanted(shape):
                row = previous_in((columns.shape_rows[code],), moment + 1)
                if row > found.get(name, NONE):
                    found[name] = row
        return dict(sorted(found.items(), key=lambda item: -item[1]))

    def changes(self, before: Moment, after: Moment, lane: int | None = None) -> list[Change]:
        """The visible values that differ between two moments, on the lane of the later one.

        Where that had not begun at the earlier one, they are held against what was visible there.
        """
        if lane is None and after >= 0:
            lane = self._columns.lane[after]
        begun = lane is None or self._lanes.last_on(lane, before) >= 0
        old, new = self.scope(before, lane if begun else None).variables(), self.scope(after, lane).variables()
        changes = (Change(name, old.get(name, ABSENT), new.get(name, ABSENT)) for name in dict.fromkeys((*new, *old)))
        return [change for change in changes if not equal(change.before, change.after)]


def result_of(end: TraceEvent | Payloads) -> Any:
    """What an end says came out: of its outputs the first of result, output, response and text, else all of them."""
    outputs = end.outputs
    return next((outputs[key] for key in RESULTS if key in outputs), outputs)


def _memory_of(event: Payloads) -> Payload:
    details = event.inputs.get("details")
    flat = details if isinstance(details, dict) else {}
    return {**event.inputs, **flat, **event.outputs}


class Scope:
    """The names visible at one moment, seen from one frame; a value is decoded only when it is asked for."""

    __slots__ = ("_frame", "_lanes", "_state", "_timeline", "here", "moment")

    def __init__(
        self, state: State, timeline: Timeline, lanes: Lanes, moment: Moment, here: Moment, frame: int
    ) -> None:
        self._state = state
        self._timeline = timeline
        self._lanes = lanes
        self._frame = frame
        self.moment = moment
        self.here = here
        """The event that is looked at: the last one of the lane."""

    def __call__(self, name: str) -> Any:
        """The value of a name, for `Expression.evaluate`.

        Raises:
            KeyError: Nothing has this name here.
        """
        read = _FIELD_READERS.get(name)
        if read is not None:
            return read(self)
        if name in TOTALS:
            return self._state.total(name, self.moment)
        for _, payload in self._payloads():
            if name in payload:
                return payload[name]
        return self._state.result(name, self.moment)

    @property
    def frames(self) -> tuple[Moment, ...]:
        """The starts of the open calls from this frame outwards."""
        return self._lanes.frames_at(self.here)[self._frame :]

    def source(self, name: str) -> Moment:
        """The event that says the value of a name here; NONE for totals and for what has no value."""
        if name in _FIELD_READERS:
            return self.here
        if name in TOTALS:
            return NONE
        inside = next((row for row, payload in self._payloads() if name in payload), NONE)
        return inside if inside >= 0 else self._state.written_by(name, self.moment)

    def _payloads(self) -> Iterator[tuple[Moment, Payload]]:
        """Where values can stand, the nearest first, each with its event."""
        if self._frame == 0 and self.here >= 0:
            event = self._timeline.payloads(self.here)
            yield self.here, event.outputs
            yield self.here, event.inputs
        for start in self.frames:
            yield start, self._timeline.payloads(start).inputs

    def _local(self) -> Payload:
        found: Payload = {}
        for _, payload in self._payloads():
            for name, value in payload.items():
                found.setdefault(name, value)
        return found

    def variables(self) -> dict[str, Any]:
        """All values that open calls and finished components have here, by name; the nearest wins."""
        found = self._local()
        for name, row in self._state.results_at(self.moment).items():
            if name not in found:
                found[name] = result_of(self._timeline.payloads(row))
        return found

    def names(self) -> list[str]:
        """Everything that can be asked for here, the nearest first."""
        return list(dict.fromkeys((*self._local(), *self._state.results_at(self.moment), *TOTALS, *FIELDS)))

    def _event(self) -> TraceEvent:
        if self.here < 0:
            raise KeyError("event")
        return self._timeline[self.here]

    def _of_event(self, field: str) -> Any:
        """A field of the event; what the columns know too is taken from there, which spares decoding the line."""
        columns, here = self._timeline.columns, self.here
        if here >= 0 and self._timeline.overlay is None:
            if field in _SHAPE_FIELDS:
                return columns.shape_at(here)[_SHAPE_FIELDS[field]]
            if field in ("inputs", "outputs"):
                return getattr(self._timeline.payloads(here), field)
            number = getattr(columns, _NUMBERS[field])[here] if field in _NUMBERS else 0
            if number and number == number:  # the column of a number that is not given holds 0 or NaN
                return int(number) if field == "tokens_used" else number
        return getattr(self._event(), _ATTRIBUTES.get(field, field))

    def _place(self, column: str) -> int:
        return int(getattr(self._timeline.columns, column)[self.here]) if self.here >= 0 else 0


def _reader(field: str) -> Callable[[Scope], Any]:
    return lambda scope: scope._of_event(field)


_FIELD_READERS: dict[str, Callable[[Scope], Any]] = {
    **{field: _reader(field) for field in FIELDS},
    "moment": lambda scope: scope.here,
    "lane": lambda scope: scope._place("lane"),
    "depth": lambda scope: scope._place("depth"),
    "event": lambda scope: scope._event().to_dict(),
    "memory": lambda scope: scope._state.memory(scope.moment),
}
_ATTRIBUTES = {"name": "component_name"}
_SHAPE_FIELDS = {"event_type": 0, "component": 1, "name": 2, "status": 3}
_NUMBERS = {"duration_ms": "duration", "tokens_used": "tokens", "cost_estimate": "cost"}
