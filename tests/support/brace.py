"""Brace programs in tests: pieces made by hand, programs from text, and what a run left in its trace."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import attrs

from namel3ss_dbg.events import TraceEvent
from namel3ss_dbg.recording import ExecutionTracer
from namel3ss_dbg.runtimes.brace.check import check
from namel3ss_dbg.runtimes.brace.interpreter import Interpreter
from namel3ss_dbg.runtimes.brace.models import Message, ModelAnswer, ModelRequest
from namel3ss_dbg.runtimes.brace.nodes import Position, Program, Text
from namel3ss_dbg.runtimes.brace.parser import parse_program
from namel3ss_dbg.trace.codec import decode_line
from namel3ss_dbg.trace.settings import DebugConfiguration

AT = Position("app.ai", 1, 1)


def program(source: str) -> Program:
    """The checked program that a text says, as if it stood in `app.ai`."""
    made = parse_program("app.ai", dedent(source))
    check(made)
    return made


def run(
    source: str, tmp_path: Path, arguments: dict[str, Any] | None = None, *, entry: str | None = None, **how: Any
) -> Recorded:
    """What a program does, as its trace tells it; `how` goes to the interpreter."""
    how = {"tools_dir": tmp_path, "sleep": RememberingSleep(), **how}
    made = program(source)
    return record(
        lambda tracer: Interpreter(made, tracer, **how).run(entry, arguments or {}),
        tmp_path / f"trace{len(list(tmp_path.glob('trace*')))}.jsonl",
    )


def text(raw: str, line: int = 1, column: int = 1) -> Text:
    """A text of `app.ai`."""
    return Text(raw, Position("app.ai", line, column))


def request(*contents: str, **more: Any) -> ModelRequest:
    """What a model is asked when a user says these things."""
    messages = tuple(Message("user", content) for content in contents)
    return ModelRequest(**{"llm": "m", "model": "", "messages": messages, **more})


@attrs.define
class RememberingSleep:
    """Takes no time, and remembers how long it should have taken."""

    slept: list[float] = attrs.field(factory=list)

    async def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)


@attrs.define
class ScriptedModel:
    """Answers from a list, then always the last; remembers what it was asked."""

    answers: list[ModelAnswer | Exception]
    asked: list[ModelRequest] = attrs.field(factory=list)

    async def ask(self, request: ModelRequest) -> ModelAnswer:
        self.asked.append(request)
        answer = self.answers[min(len(self.asked), len(self.answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer


@attrs.frozen
class Recorded:
    """What came of a run, and its trace as read back from the file."""

    result: Any
    problem: BaseException | None
    events: list[TraceEvent]

    def of(self, event_type: str, name: str | None = None) -> list[TraceEvent]:
        """The events of a type, and of a component's name when one is given."""
        return [
            event for event in self.events if event.event_type == event_type and name in (None, event.component_name)
        ]

    def only(self, event_type: str, name: str | None = None) -> TraceEvent:
        """The one event of a type."""
        (event,) = self.of(event_type, name)
        return event

    def types(self) -> list[str]:
        """The event types in their order, without the frame of the run."""
        return [event.event_type for event in self.events if event.component != "app"]

    def parent(self, event: TraceEvent) -> TraceEvent:
        """The start of the span that an event belongs to."""
        (found,) = [other for other in self.events if other.event_id == event.parent_event_id]
        return found

    def unpaired(self) -> list[str]:
        """The ids of spans that do not have exactly one end after their start."""
        open_spans: dict[str | None, int] = {}
        for event in self.events:
            if event.opens:
                open_spans[event.event_id] = 1
            elif event.closes:
                open_spans[event.parent_event_id] = open_spans.get(event.parent_event_id, 0) - 1
        return [str(span) for span, balance in open_spans.items() if balance != 0]

    def path(self, event: TraceEvent) -> list[str]:
        """The spans around an event, outermost first, as `span name`."""
        around: list[str] = []
        while event.parent_event_id is not None:
            event = self.parent(event)
            around.insert(0, f"{event.span} {event.component_name}")
        return around


def record(work: Callable[[ExecutionTracer], Any], trace: Path) -> Recorded:
    """Run what `work` makes of a tracer, and read the trace that it left."""
    tracer = ExecutionTracer(DebugConfiguration(enabled=True, capture_memory=False, capture_performance=False))
    tracer.require("test", path=trace)
    result, problem = None, None
    try:
        result = asyncio.run(work(tracer))
    except Exception as error:
        problem = error
    tracer.finish("failed" if problem else "completed", error=str(problem) if problem else None)
    return Recorded(result, problem, [decode_line(line) for line in trace.read_bytes().splitlines()])
