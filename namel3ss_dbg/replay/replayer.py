"""Replays in a script: a recorded run, walked through with a few calls.

    replayer = ExecutionReplayer("trace.jsonl", breakpoints=[ReplayBreakpoint(event_type="tool_failed")])
    while event := replayer.replay_until_breakpoint():
        print(event.component_name, event.error)

Nothing is executed, and nothing here decides where to stop: the debugging session behind it does, as at the prompt.
After an event was replayed it *has happened*: `seek_to_event(7)` rests at event 7, and the next step gives event 8.
"""

from __future__ import annotations

import logging
import os
import weakref
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Self

from ..events import (
    BACKWARD,
    BEGINNING,
    FORWARD,
    Direction,
    Payload,
    Stop,
    TraceEvent,
    TraceFilter,
    UsageError,
    span_of,
)
from ..timeline.patterns import OfShape
from ..trace.columns import Shape
from ..trace.settings import read_settings
from ..trace.store import find_trace
from .breakpoints import ReplayBreakpoint
from .opening import open_recording
from .state import ReplayState

__all__ = ["ExecutionReplayer", "ReplayBreakpoint", "ReplayState"]

_log = logging.getLogger(__name__)


class ExecutionReplayer:
    """Walks through a recorded run, forwards and backwards."""

    def __init__(
        self,
        trace_file: str | os.PathLike[str],
        *,
        breakpoints: Iterable[ReplayBreakpoint] = (),
        mock_responses: Mapping[str, Any] | None = None,
        trace_filter: TraceFilter | None = None,
    ) -> None:
        """Open a trace; what the first step needs is read, the rest when it is asked for.

        Args:
            trace_file: A path; as text also `latest`, or a name in the trace directory.
            breakpoints: Where `replay_until_breakpoint` stops.
            mock_responses: By name of a component, answers to show in place of the recorded ones.
            trace_filter: Which events to step through and to return; breakpoints are asked about the others too.

        Raises:
            TraceError: The file cannot be read, or holds no events.
            UsageError: A breakpoint or a mock makes no sense in this trace.
        """
        self.trace_file = _path_of(trace_file)
        self.session = open_recording(self.trace_file, visible=trace_filter)
        """What this is a skin of, for everything that a debugger can ask."""
        self.close = weakref.finalize(self, self.session.close)
        """Lets go of the file; done by itself when nobody has the replayer any more."""
        self.state = ReplayState(self.session)
        """Where the replay stands."""
        self._numbers: dict[int, ReplayBreakpoint] = {}
        try:
            for breakpoint in breakpoints:
                self.add_breakpoint(breakpoint)
            for name, response in (mock_responses or {}).items():
                self.inject_mock_response(name, response)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Motions

    def replay_step(self) -> TraceEvent | None:
        """Go to the next event; None when there is none."""
        return self._rest(self.session.cursor.step_any())

    def replay_step_back(self) -> TraceEvent | None:
        """Go back to the event before; None when that is the beginning."""
        return self._rest(self.session.cursor.step_any(BACKWARD))

    def replay_until_breakpoint(self) -> TraceEvent | None:
        """Go on to the next event at which a breakpoint stops; None when the run ends before."""
        return self._rest(self.session.cursor.resume())

    def replay_back_until_breakpoint(self) -> TraceEvent | None:
        """Go back to the last event at which a breakpoint stopped; None when there is none before here."""
        return self._rest(self.session.cursor.resume(BACKWARD))

    def replay_until_event_type(self, event_type: str, *, backwards: bool = False) -> TraceEvent | None:
        """Go on to the next event of a type, unless a breakpoint stops before; None when the run ends before."""
        direction: Direction = BACKWARD if backwards else FORWARD
        return self._rest(self.session.cursor.to(OfShape(_is_of_type(event_type)), direction))

    def replay_full(self) -> ReplayState:
        """Go to the end, past all breakpoints."""
        timeline = self.session.timeline
        timeline.complete()
        self._rest(self.session.cursor.goto(timeline.frontier))
        return self.state

    def seek_to_event(self, event_index: int) -> TraceEvent:
        """Go to an event by its number, counted from 0, or backwards from -1, the last.

        Raises:
            UsageError: There is no such event; the message says how many there are.
        """
        if isinstance(event_index, bool) or not isinstance(event_index, int):
            raise UsageError(f"{event_index!r} is not the number of an event", why="events are counted from 0")
        moment = self.session.places.resolve(f"#{event_index}")
        self._rest(self.session.cursor.goto(moment))
        return self.session.timeline[moment]

    def reset(self) -> None:
        """Go to the beginning, before the first event; breakpoints and mocks stay."""
        self._rest(self.session.cursor.goto(BEGINNING))

    def _rest(self, stop: Stop) -> TraceEvent | None:
        self.state.rest(stop)
        for each in self.session.breakpoints.complaints():
            _log.warning(
                "The condition of breakpoint %s (%s) counts as false: %s", each.number, each.text, each.problem
            )
        return None if stop.at_edge else self.session.event

    # Breakpoints and mocks

    @property
    def breakpoints(self) -> list[ReplayBreakpoint]:
        """Those that are set, in the order in which they were."""
        return list(self._numbers.values())

    def add_breakpoint(self, breakpoint: ReplayBreakpoint) -> int:
        """Set a breakpoint; returns its number.

        Raises:
            UsageError: It is something else.
        """
        if not isinstance(breakpoint, ReplayBreakpoint):
            raise UsageError(f"{breakpoint!r} is not a breakpoint", try_="Give a ReplayBreakpoint.")
        number = breakpoint.set_in(self.session).number
        self._numbers[number] = breakpoint
        return number

    def remove_breakpoint(self, breakpoint: ReplayBreakpoint | int) -> None:
        """Take a breakpoint away, named by itself or by its number.

        Raises:
            UsageError: It is not set.
        """
        numbers = [number for number, each in self._numbers.items() if breakpoint in (number, each)]
        if not numbers:
            known = ", ".join(f"{number} ({each})" for number, each in self._numbers.items()) or "none"
            raise UsageError(f"There is no breakpoint {breakpoint}", why=f"breakpoints: {known}")
        self.session.breakpoints.remove(numbers[0])
        del self._numbers[numbers[0]]

    def inject_mock_response(self, component_name: str, response: Any) -> None:
        """Show an answer in place of the recorded ones of a component; the recording stays as it is.

        Raises:
            UsageError: Nothing in the trace has this name; the message lists those that there are.
        """
        self.session.mock(component_name, response)

    def remove_mock_response(self, component_name: str) -> None:
        """Show what a component answered again.

        Raises:
            UsageError: There is no such mock.
        """
        self.session.unmock(component_name)

    # Questions about the whole run, wherever the replay stands

    @property
    def events(self) -> list[TraceEvent]:
        """All events that the filter shows; for a large trace that takes its time and memory."""
        return self._those(lambda shape: True)

    def get_events_by_type(self, event_type: str) -> list[TraceEvent]:
        """The events of a type; the type of a span (`llm_call`) stands for its starts and its ends."""
        return self._those(_is_of_type(event_type))

    def get_events_by_component(self, component: str) -> list[TraceEvent]:
        """The events of a kind of component, such as `agent`."""
        return self._those(lambda shape: shape.component == component)

    def get_events_by_name(self, component_name: str) -> list[TraceEvent]:
        """The events of the components with a name."""
        return self._those(lambda shape: shape.component_name == component_name)

    def get_error_events(self) -> list[TraceEvent]:
        """Errors where they were first seen, and the ends of calls that failed."""
        return self._those(lambda shape: shape.event_type == "error_occurred" or shape.status == "failed")

    def _those(self, wanted: Callable[[Shape], bool]) -> list[TraceEvent]:
        timeline, cursor = self.session.timeline, self.session.cursor
        timeline.complete()
        rows = OfShape(wanted).ahead(timeline.columns, BEGINNING, len(timeline))
        return [timeline[row] for row in rows if cursor.sees(row)]

    def get_execution_summary(self) -> Payload:
        """The run in a few numbers; those that are counted up are what the names `tokens`, … mean at its end.

        The keys are those of `TraceAnalyzer.analyze_summary`, which has more and counts agents' own tokens too.
        """
        timeline, total = self.session.timeline, self.session.state.total
        timeline.complete()
        columns, last, first = timeline.columns, timeline.frontier, timeline[0]
        is_run = first.span == "app_load"
        by_type: Counter[str] = Counter()
        by_component: Counter[str] = Counter()
        for code, shape in enumerate(columns.shape_names):
            by_type[shape.event_type] += len(columns.shape_rows[code])
            by_component[shape.component] += len(columns.shape_rows[code])
        return {
            "trace_file": str(self.trace_file),
            "execution_id": first.execution_id or first.inputs.get("execution_id"),
            "app": (first.component_name or first.inputs.get("app_name")) if is_run else None,
            "duration_ms": timeline.elapsed(last) * 1000.0,
            "events": len(timeline),
            "errors": total("errors", last),
            "tokens": total("tokens", last),
            "cost": total("cost", last),
            "events_by_type": dict(by_type.most_common()),
            "events_by_component": dict(by_component.most_common()),
        }


def _is_of_type(event_type: str) -> Callable[[Shape], bool]:
    return lambda shape: event_type in (shape.event_type, span_of(shape.event_type))


def _path_of(trace_file: str | os.PathLike[str]) -> Path:
    if isinstance(trace_file, str):
        return find_trace(trace_file, read_settings().configuration.trace_output_dir)
    try:
        return Path(trace_file)
    except TypeError:
        raise UsageError(f"{trace_file!r} is not a trace file", why="it is a path, as text or as a Path") from None
