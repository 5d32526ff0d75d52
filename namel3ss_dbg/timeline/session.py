"""What a front end holds: a timeline, a place on it, and everything a person has set.

The recording is never changed. An answer that a person puts in place of a recorded one is an overlay, marked `mocked`.
"""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path
from typing import Any, Self

import attrs

from ..events import Mark, Moment, Payload, TraceEvent, TraceFilter, UsageError, span_of
from ..trace.columns import END
from ..trace.index import TraceIndex
from .breakpoints import Breakpoint, BreakpointTable, Kind
from .cursor import Cursor
from .expressions import parse
from .gate import Gate
from .lanes import Lanes
from .origins import Origin, origins
from .places import Places, parse_place
from .state import ABSENT, RESULTS, Change, State
from .timeline import Timeline

_MARK = re.compile(r"[^\s'\"]+\Z")
_FIRST_STOP = 2_000
_MOST_CALLS_ASKED = 1_000
ANSWERING = frozenset({"llm_call", "tool_call", "prompt_execution", "agent_execution", "chain_execution", "chain_step"})
"""The spans whose answer a person may put another one in place of."""


@attrs.frozen
class Mock:
    """An answer shown in place of the recorded one."""

    name: str
    """Of a component, of a declared model, or a kind of component."""
    answer: Any


class DebugSession:
    """One debugging session over one run."""

    def __init__(
        self,
        timeline: Timeline,
        *,
        gate: Gate | None = None,
        visible: TraceFilter | None = None,
        path: Path | None = None,
    ) -> None:
        self.timeline = timeline
        self.path = path
        """The trace file; None for a live run."""
        self.lanes = Lanes(timeline.columns)
        self.state = State(timeline, self.lanes)
        self.breakpoints = BreakpointTable(timeline, self.state)
        self.cursor = Cursor(timeline, self.breakpoints, gate=gate, visible=visible)
        self.marks: dict[str, Moment] = {}
        self.places = Places(timeline, self.marks)
        self.mocks: dict[str, Mock] = {}
        self.answers: dict[Moment, Any] = {}
        """Answers shown in place of those of single calls, by the moments of their ends."""
        self._gate = gate

    @classmethod
    def open(cls, path: Path | str, *, visible: TraceFilter | None = None) -> Self:
        """A session over a recording; what the first stop needs is read, the rest when it is asked for.

        Raises:
            TraceError: The file cannot be read.
        """
        index = TraceIndex(path)
        index.advance(_FIRST_STOP)
        return cls(Timeline(index), visible=visible, path=Path(path))

    def close(self) -> None:
        """Let a held program go, and let go of the file."""
        if self._gate is not None:
            self._gate.detach()
        if self.timeline.index is not None:
            self.timeline.index.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Where we are

    @property
    def moment(self) -> Moment:
        """Where the cursor rests."""
        return self.cursor.moment

    @property
    def event(self) -> TraceEvent | None:
        """The event that has just happened; None at the beginning."""
        return self.timeline[self.moment] if self.moment >= 0 else None

    def frames(self, lane: int | None = None) -> tuple[Moment, ...]:
        """The open calls at the cursor, innermost first, as the moments of their starts."""
        return self.lanes.frames_at(self.moment, lane)

    def evaluate(self, text: str, *, frame: int = 0, lane: int | None = None) -> Any:
        """The value of an expression at the cursor, seen from a frame.

        Raises:
            ExpressionError: It cannot be parsed or evaluated.
        """
        return parse(text).evaluate(self.state.scope(self.moment, lane, frame))

    def changes(self) -> list[Change]:
        """What changed since the stop before, then what came about, apart from what the event itself says."""
        event = self.event
        if event is None or self.previous_stop < 0:
            return []
        said = {**event.inputs, **event.outputs}
        changes = self.state.changes(self.previous_stop, self.moment)
        news = [change for change in changes if change.name not in said and change.after is not ABSENT]
        return sorted(news, key=lambda change: change.before is ABSENT)

    def why(self, name: str, *, frame: int = 0, lane: int | None = None) -> list[Origin]:
        """The events from which a name has its value at the cursor, the newest first; empty when it has none."""
        return origins(self.timeline, self.state.scope(self.moment, lane, frame), name)

    @property
    def previous_stop(self) -> Moment:
        """Where the cursor rested before it came here."""
        return self.cursor.came_from

    # What a person sets

    def mark(self, name: str | None = None, *, at: Moment | None = None) -> Mark:
        """Give this moment, or another, a name; without one, a number that is free.

        Raises:
            UsageError: No place can be written with this name.
        """
        if name and not _MARK.match(name):
            raise UsageError(f"{name} cannot name a mark", why="a name is one word without quotes", try_="mark crash")
        if not name:
            name = next(str(number) for number in range(1, len(self.marks) + 2) if str(number) not in self.marks)
        self.marks[name] = moment = self.moment if at is None else at
        return Mark(moment, name)

    def break_at(
        self,
        place: str,
        *,
        kind: Kind = "breakpoint",
        condition: str | None = None,
        message: str | None = None,
        lane: int | None = None,
        after: int = 0,
        every: int = 1,
        temporary: bool = False,
    ) -> Breakpoint:
        """Stop at the events of a place.

        Raises:
            PlaceError: The text is no place.
            ExpressionError: The condition cannot be parsed.
            UsageError: A count makes no sense.
        """
        if every < 1 or after < 0:
            raise UsageError("A breakpoint counts forwards", why="'every' is at least 1 and 'after' at least 0")
        parsed = parse_place(place)
        return self.breakpoints.add(
            kind,
            place,
            place=parsed,
            pattern=self.places.pattern(parsed, here=self.moment),
            condition=parse(condition) if condition else None,
            message=message,
            lane=lane,
            after=after,
            every=every,
            temporary=temporary,
        )

    def watch(self, text: str, *, condition: str | None = None, lane: int | None = None) -> Breakpoint:
        """Stop where the value of an expression changes; a comparison stops where it becomes true.

        Raises:
            ExpressionError: It cannot be parsed.
        """
        return self.breakpoints.add(
            "watch", text, watched=parse(text), condition=parse(condition) if condition else None, lane=lane
        )

    def mock(self, name: str, answer: Any) -> Mock:
        """Show an answer in place of what a component answered; the recording behind it stays as it is.

        Raises:
            UsageError: Nothing in the run has this name.
        """
        while not self._answers(name):
            if not self.timeline.extend():
                known = dict.fromkeys(s.component_name for s in self.timeline.columns.shape_names if s.component_name)
                why = f"components here: {', '.join(known) or 'none'}"
                raise UsageError(f"Nothing in this trace is called '{name}'", why=why)
        self.mocks[name] = Mock(name, answer)
        self._show_mocks()
        return self.mocks[name]

    def unmock(self, name: str) -> None:
        """Show what was recorded again.

        Raises:
            UsageError: There is no such mock.
        """
        if name not in self.mocks:
            known = ", ".join(self.mocks) or "none"
            raise UsageError(f"There is no mock for '{name}'", why=f"mocks: {known}")
        del self.mocks[name]
        self._show_mocks()

    def answer(self, value: Any, *, at: Moment | None = None) -> Moment:
        """Show an answer in place of that of one call, the innermost around a moment; returns the call's end.

        Raises:
            UsageError: No call is open there, or it has no end in this trace.
        """
        end = self._end_of_call(self.moment if at is None else at)
        self.answers[end] = value
        self._show_mocks()
        return end

    def take_back(self, end: Moment) -> None:
        """Show what was recorded of one call again.

        Raises:
            UsageError: There is no answer of a person.
        """
        if end not in self.answers:
            known = ", ".join(f"#{each}" for each in self.answers) or "none"
            raise UsageError(f"The answer of #{end} is the recorded one", why=f"answered: {known}")
        del self.answers[end]
        self._show_mocks()

    def _end_of_call(self, moment: Moment) -> Moment:
        start, columns = self.lanes.span_at(moment), self.timeline.columns
        span = span_of(columns.shape_at(start).event_type) if start >= 0 else "nothing"
        if span not in ANSWERING:
            raise UsageError(f"No call waits for an answer at #{moment}", try_="'to llm' and 'to tool' go to one.")
        while columns.match[start] < 0 and self.timeline.extend():
            pass
        if columns.match[start] < 0:
            raise UsageError(f"The call of #{start} has no answer to replace", why="it never ended in this trace")
        return columns.match[start]

    def _answers(self, name: str) -> bool:
        columns = self.timeline.columns
        if any(name in (shape.component_name, shape.component) for shape in columns.shape_names):
            return True
        calls = columns.matching(lambda shape: shape.event_type == "llm_call_start")
        rows = (row for code in calls for row in columns.shape_rows[code])
        return any(_llm_of(self.timeline.recorded(row)) == name for row in islice(rows, _MOST_CALLS_ASKED))

    def _show_mocks(self) -> None:
        self.timeline.overlay = self._overlaid if self.mocks or self.answers else None
        self.breakpoints.forget()

    def _overlaid(self, moment: Moment, event: TraceEvent) -> TraceEvent:
        if moment in self.answers:
            return mocked(event, self.answers[moment])
        names = (event.component_name, _llm_of(event), event.component)
        mock = next((self.mocks[name] for name in names if name in self.mocks), None)
        if mock is None or self.timeline.columns.edge_at(moment) != END:
            return event
        return mocked(event, mock.answer)

    def messages(self) -> list[str]:
        """What the log points say about the events between the stop before and this one."""
        return [text for _, _, text in self.breakpoints.messages(self.previous_stop, self.moment)]


def _llm_of(event: TraceEvent) -> str | None:
    """The declared name of the model of a call, whose component name is its provider."""
    name = event.metadata.get("llm")
    return name if isinstance(name, str) else None


def mocked(event: TraceEvent, answer: Any) -> TraceEvent:
    """An end as it would have been with another answer."""
    key = next((key for key in RESULTS if key in event.outputs), RESULTS[0])
    outputs: Payload = answer if isinstance(answer, dict) else {key: answer}
    tokens = outputs.get("tokens", outputs.get("tokens_used"))
    return attrs.evolve(
        event,
        outputs=outputs,
        metadata={**event.metadata, "mocked": True},
        status="completed",
        error=None,
        tokens_used=tokens if isinstance(tokens, int) else event.tokens_used,
    )
