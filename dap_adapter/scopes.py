"""What a frame shows: what went in, what came out, the state around it, and what was measured."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

import attrs

from namel3ss_dbg.events import Moment, TraceEvent
from namel3ss_dbg.timeline.operators import equal
from namel3ss_dbg.timeline.session import ANSWERING
from namel3ss_dbg.timeline.state import TOTALS, Scope
from namel3ss_dbg.timeline.timeline import Timeline
from namel3ss_dbg.trace.columns import END, POINT

from . import protocol as dap
from .errors import Problem, Refused
from .stacks import Frame
from .values import Lazy, Said, Values, inside, is_name, lazy, members, reference, variable

if TYPE_CHECKING:
    from .adapter import Adapter

Title = Literal["Inputs", "Outputs", "Event", "State", "Memory", "Metrics", "Metadata", "Raw event"]

_HINTS: dict[Title, str] = {"Inputs": "arguments", "Outputs": "returnValue", "State": "locals"}
_MEASURED = ("duration_ms", "tokens_used", "cost_estimate", "memory_usage_mb")


@attrs.frozen
class Section:
    """One scope of a frame; its values are looked up when it is opened."""

    title: Title
    frame: Frame


class _Events(dict[int, Any]):
    """What the name `events` means in an expression: every event by its number, looked up when it is asked for."""

    def __init__(self, timeline: Timeline) -> None:
        super().__init__()
        self._timeline = timeline

    def __missing__(self, moment: Any) -> Any:
        is_number = isinstance(moment, int) and not isinstance(moment, bool)
        if not is_number or moment < 0 or not self._timeline.reach(moment):
            raise KeyError(moment)
        return self._timeline[moment].to_dict()


class Look:
    """What can be seen from one frame."""

    def __init__(self, adapter: Adapter, frame: Frame) -> None:
        self.adapter = adapter
        self.run = adapter.run
        self.frame = frame
        last = self.run.lanes.last_on(frame.lane, max(self.run.moment, 0))
        self.here: Moment = last if frame.number == 0 else frame.start
        """The event that the frame is at: for the innermost one the last of its lane, else its start."""
        self.scope: Scope = self.run.state.scope(max(self.run.moment, 0), frame.lane, frame.number)

    @property
    def start(self) -> TraceEvent:
        """The start of the frame's call."""
        return self.run.timeline[self.frame.start]

    @property
    def end(self) -> TraceEvent | None:
        """The end of the frame's call, when that is where the run rests."""
        columns = self.run.timeline.columns
        is_end = columns.edge_at(self.here) == END and columns.match[self.here] == self.frame.start
        return self.run.timeline[self.here] if is_end else None

    @property
    def point(self) -> TraceEvent | None:
        """The event that the innermost frame is at, when it is neither its start nor its end."""
        at_point = self.run.timeline.columns.edge_at(self.here) == POINT
        return self.run.timeline[self.here] if at_point else None

    def sections(self) -> Iterator[Title]:
        """The scopes that there are."""
        yield "Inputs"
        if self.end is not None:
            yield "Outputs"
        if self.point is not None:
            yield "Event"
        yield "State"
        if self.adapter.stacks.has_memory(self.scope.moment):
            yield "Memory"
        yield from ("Metrics", "Metadata", "Raw event")

    def frame_values(self) -> dict[str, Any]:
        """What the name `frame` means in an expression: the call itself, whatever else has its names."""
        end = self.end
        return {
            "inputs": self.start.inputs,
            "outputs": end.outputs if end is not None else {},
            "metadata": self._metadata(),
            "event": self.run.timeline[self.here].to_dict(),
        }

    def results(self) -> dict[str, Any]:
        """What the name `results` means: the newest result of every component that has ended."""
        state, moment = self.run.state, self.scope.moment
        return {name: state.result(name, moment) for name in state.results_at(moment)}

    def lookup(self, name: str) -> Any:
        """The value of a name, for expressions.

        Raises:
            KeyError: Nothing has this name here.
        """
        try:
            return self.scope(name)
        except KeyError:
            if name == "frame":
                return self.frame_values()
            if name == "results":
                return self.results()
            if name == "events":
                return _Events(self.run.timeline)
            raise

    # The lines of a scope

    def lines(self, title: Title) -> list[dap.Variable]:
        """What is in a scope."""
        if title == "Inputs":
            return self._payload(self.start.inputs, "frame.inputs")
        if title == "Outputs":
            return self._outputs()
        if title == "State":
            return self._state()
        if title == "Memory":
            return self._object(self.run.state.memory(self.scope.moment), "memory")
        if title == "Metrics":
            return self._metrics()
        if title == "Metadata":
            return self._object(self._metadata(), "frame.metadata")
        event = self.run.timeline[self.here]
        if title == "Event":
            return self._said(event)
        return self._object(event.to_dict(), "frame.event")

    def _object(self, values: dict[str, Any], path: str) -> list[dap.Variable]:
        return [variable(self.adapter, name, Values(value, inside(path, name))) for name, value in values.items()]

    def _said(self, event: TraceEvent) -> list[dap.Variable]:
        """What a single event says."""
        found = {
            name: Values(value, inside(f"frame.event.{group}", name))
            for group in ("inputs", "outputs", "metadata")
            for name, value in getattr(event, group).items()
        }
        if event.error is not None and "error" not in event.metadata:
            found["error"] = Values(event.error, "frame.event.error")
        return [variable(self.adapter, name, values) for name, values in found.items()]

    def _payload(self, values: dict[str, Any], path: str, end: Moment | None = None) -> list[dap.Variable]:
        return [
            variable(self.adapter, name, Values(value, self._path(name, value, path), end=end, keys=(name,)))
            for name, value in values.items()
        ]

    def _path(self, name: str, value: Any, path: str) -> str:
        """The short expression for a value, unless something nearer has its name."""
        try:
            if is_name(name) and equal(self.scope(name), value):
                return name
        except KeyError:
            pass
        return inside(path, name)

    def _outputs(self) -> list[dap.Variable]:
        end = self.end
        if end is None:
            return []
        lines = self._payload(end.outputs, "frame.outputs", self.here if end.span in ANSWERING else None)
        if end.error is not None:
            lines.append(variable(self.adapter, "error", Values(end.error, "error")))
        return lines

    def _state(self) -> list[dap.Variable]:
        run, moment = self.run, self.scope.moment
        lines = [
            variable(
                self.adapter,
                name,
                Values(run.state.result(name, moment), self._result_path(name, row)),
                declared=run.timeline.columns.match[row],
            )
            for name, row in run.state.results_at(moment).items()
        ]
        if self.frame.number == 0 and run.previous_stop >= 0:
            lines.append(lazy(self.adapter, "(changed since the stop before)", self._changes))
        turn = self._turn_before()
        if turn is not None:
            lines.append(lazy(self.adapter, "(changed since the turn before)", lambda: self._changed_since(turn)))
        return lines

    def _result_path(self, name: str, row: Moment) -> str:
        return name if is_name(name) and self.scope.source(name) == row else inside("results", name)

    def _turn_before(self) -> Moment | None:
        """The end of the turn before the one that is open here."""
        columns = self.run.timeline.columns
        turn = next((row for row in self.scope.frames if columns.shape_at(row).event_type == "agent_turn_start"), None)
        if turn is None:
            return None
        wanted = ("agent_turn_end", *columns.shape_at(turn)[1:3])
        before = columns.previous_of(columns.matching(lambda shape: shape[:3] == wanted), turn)
        return before if before >= 0 else None

    def _changes(self) -> dict[str, Any]:
        return self._changed_since(self.run.previous_stop)

    def _changed_since(self, before: Moment) -> dict[str, Any]:
        changes = self.run.state.changes(before, self.scope.moment, self.frame.lane)
        return {change.name: [_known(change.before), _known(change.after)] for change in changes}

    def _metrics(self) -> list[dap.Variable]:
        state, event = self.run.state, self.run.timeline[self.here]
        lines = [
            variable(self.adapter, name, Values(value, name if self.frame.number == 0 else f"frame.event.{name}"))
            for name in _MEASURED
            if (value := getattr(event, name)) is not None
        ]
        lines += [variable(self.adapter, name, Values(state.total(name, self.scope.moment), name)) for name in TOTALS]
        return lines

    def _metadata(self) -> dict[str, Any]:
        start = self.start
        known = {"event": self.frame.start, "event_id": start.event_id, "execution_id": start.execution_id}
        return {**known, **start.metadata}


def _known(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | dict | list | None) else repr(value)


def scopes(adapter: Adapter, arguments: dap.ScopesArguments) -> dap.ScopesBody:
    """What a frame shows."""
    frame = adapter.stacks.frame(arguments.frame_id)
    return dap.ScopesBody(
        scopes=[
            dap.Scope(
                name=title,
                presentation_hint=_HINTS.get(title),
                variables_reference=adapter.handles.add(Section(title, frame)),
                expensive=title == "Raw event",
            )
            for title in Look(adapter, frame).sections()
        ]
    )


def variables(adapter: Adapter, arguments: dap.VariablesArguments) -> dap.VariablesBody:
    """What is in a scope, an object or a list."""
    thing = adapter.handles.get(arguments.variables_reference)
    if isinstance(thing, Values):
        return dap.VariablesBody(variables=members(adapter, thing, arguments))
    if isinstance(thing, Lazy):
        return dap.VariablesBody(variables=[variable(adapter, "", Values(thing.compute(), ""))])
    if isinstance(thing, Said):
        opened = reference(adapter, thing.values)
        return dap.VariablesBody(variables=[dap.Variable(name="", value=thing.text, variables_reference=opened)])
    if not isinstance(thing, Section):
        number = arguments.variables_reference
        raise Refused(Problem.NO_VARIABLES, f"There are no variables of number {number}, or not any more.")
    lines = [] if arguments.filter == "indexed" else Look(adapter, thing.frame).lines(thing.title)
    first = max(arguments.start or 0, 0)
    return dap.VariablesBody(variables=lines[first : first + arguments.count] if arguments.count else lines[first:])
