"""A tracer, a replayer and an analyzer as one writes them on a first afternoon, to see what care is worth.

Every event is a dataclass with a random id and a fresh look at the process's memory; the innermost span is the top of a
stack that all tasks share; events wait in a list and become JSON with `asdict`. A trace is read whole into a list of
events, which is gone through one by one for every question.
"""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psutil

from ..bench import Bench
from ..work import HUGE, SPANS_OF_A_TASK, TASKS, calls

_BUFFER = 1000
_HUGE_SPANS = 10
_SLOWEST = 20


@dataclass
class Event:
    """One line of a trace."""

    event_type: str
    event_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    timestamp: float = field(default_factory=time.time)
    parent_event_id: str | None = None
    execution_id: str | None = None
    component: str = "app"
    component_name: str | None = None
    inputs: dict[str, Any] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    duration_ms: float | None = None
    status: str = "completed"
    error: str | None = None
    memory_usage_mb: float | None = None
    tokens_used: int | None = None
    cost_estimate: float | None = None


class Tracer:
    """Writes events."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8")
        self._execution = str(uuid.uuid4())
        self._waiting: list[Event] = []
        self._stack: list[str] = []
        self.events: list[Event] = []

    @asynccontextmanager
    async def span(self, kind: str, name: str, inputs: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
        """A start, and an end with what was put into the dict."""
        start = self._emit(f"{kind}_start", name, inputs=inputs)
        self._stack.append(start.event_id)
        outputs: dict[str, Any] = {}
        began = time.time()
        try:
            yield outputs
        finally:
            self._stack.pop()
            self._emit(f"{kind}_end", name, outputs=outputs, duration_ms=(time.time() - began) * 1000)

    def _emit(self, event_type: str, name: str, **said: Any) -> Event:
        event = Event(
            event_type,
            parent_event_id=self._stack[-1] if self._stack else None,
            execution_id=self._execution,
            component="tool",
            component_name=name,
            memory_usage_mb=psutil.Process().memory_info().rss / 1024 / 1024,
            **said,
        )
        self._waiting.append(event)
        if len(self._waiting) >= _BUFFER:
            self.flush()
        return event

    def flush(self) -> None:
        """Write what waits."""
        for event in self._waiting:
            self._file.write(json.dumps(asdict(event)) + "\n")
        self._file.flush()
        self._waiting.clear()


def spans(bench: Bench) -> None:
    """What `emit.spans` does."""
    tracer, work = Tracer(bench.scratch / "naive.jsonl"), calls(bench.spans)

    async def app() -> None:
        for name, asked, answered in work:
            async with tracer.span("tool_call", name, asked) as outputs:
                outputs.update(answered)
        tracer.flush()

    with bench.timed(bench.spans):
        asyncio.run(app())


def huge(bench: Bench) -> None:
    """What `emit.huge` does."""
    tracer = Tracer(bench.scratch / "naive.jsonl")

    async def app() -> None:
        for _ in range(_HUGE_SPANS):
            async with tracer.span("tool_call", "huge", {"text": HUGE}) as outputs:
                outputs["text"] = HUGE
        tracer.flush()

    with bench.timed(_HUGE_SPANS):
        asyncio.run(app())


def parents(bench: Bench) -> None:
    """What `emit.parents` does."""
    path = bench.scratch / "naive.jsonl"
    tracer = Tracer(path)

    async def task(number: int) -> None:
        async with tracer.span("agent_execution", f"task_{number}", {}):
            for _ in range(SPANS_OF_A_TASK):
                async with tracer.span("tool_call", f"task_{number}", {}):
                    await asyncio.sleep(0)

    async def app() -> None:
        await asyncio.gather(*map(task, range(TASKS)))

    asyncio.run(app())
    tracer.flush()
    events = _load(path)
    names = {event.event_id: event.component_name for event in events}
    starts = [event for event in events if event.event_type == "tool_call_start"]
    bench.measured["wrong"] = sum(names.get(event.parent_event_id or "") != event.component_name for event in starts)


def _load(path: Path) -> list[Event]:
    with path.open(encoding="utf-8") as file:
        return [Event(**json.loads(line)) for line in file]


def load(bench: Bench) -> None:
    """A trace as a list of events."""
    with bench.timed():
        assert len(_load(bench.big)) == bench.events


@dataclass
class Breakpoint:
    """Where a replay stops."""

    event_type: str | None = None
    component_name: str | None = None

    def matches(self, event: Event) -> bool:
        """Whether an event is meant."""
        if self.event_type is not None and event.event_type != self.event_type:
            return False
        return self.component_name is None or event.component_name == self.component_name


class Replayer:
    """Goes from event to event; the frames and results of the moment come along."""

    def __init__(self, path: Path, *breakpoints: Breakpoint) -> None:
        self.events = _load(path)
        self.breakpoints = breakpoints
        self.position = -1
        self.open: dict[str, Event] = {}
        self.results: dict[str | None, dict[str, Any]] = {}

    def step(self) -> Event | None:
        """The next event; None at the end."""
        if self.position + 1 >= len(self.events):
            return None
        self.position += 1
        event = self.events[self.position]
        if event.event_type.endswith("_start"):
            self.open[event.event_id] = event
        elif event.event_type.endswith("_end"):
            self.open.pop(event.parent_event_id or "", None)
            self.results[event.component_name] = event.outputs
        return event

    def resume(self) -> Event | None:
        """The next event with a breakpoint; None at the end."""
        while (event := self.step()) is not None:
            if any(breakpoint.matches(event) for breakpoint in self.breakpoints):
                return event
        return None


def resume(bench: Bench) -> None:
    """Over all of a trace to a breakpoint that nothing hits; each event takes as long as one of the small trace."""
    replayer = Replayer(bench.small, Breakpoint("no_such_event"))
    with bench.timed(bench.few):
        assert replayer.resume() is None
    bench.measured["all"] = bench.measured["cpu"] * bench.events


def analyze(bench: Bench) -> None:
    """Durations and errors by component, the slowest calls, tokens, money and memory."""
    with bench.timed():
        events = _load(bench.big)
        by_name: defaultdict[str, list[float]] = defaultdict(list)
        inside: defaultdict[str, list[Event]] = defaultdict(list)
        errors: defaultdict[str, list[Event]] = defaultdict(list)
        starts = {event.event_id: event for event in events if event.event_type.endswith("_start")}
        for event in events:
            if event.parent_event_id is not None:
                inside[event.parent_event_id].append(event)
            if event.duration_ms is not None:
                by_name[f"{event.component}:{event.component_name}"].append(event.duration_ms)
            if event.status == "failed":
                errors[event.error or ""].append(event)
        own = {
            event.event_id: (event.duration_ms or 0.0)
            - sum(child.duration_ms or 0.0 for child in inside[event.parent_event_id or ""] if child is not event)
            for event in events
            if event.event_type.endswith("_end") and event.parent_event_id in starts
        }
        ordered = {name: sorted(durations) for name, durations in by_name.items()}
        report = {
            name: (len(times), sum(times), times[len(times) // 2], times[int(len(times) * 0.95)], times[-1])
            for name, times in ordered.items()
        }
        slowest = sorted(events, key=lambda event: event.duration_ms or 0.0, reverse=True)[:_SLOWEST]
        used = sum(event.tokens_used or 0 for event in events), sum(event.cost_estimate or 0.0 for event in events)
        memory = max(event.memory_usage_mb or 0.0 for event in events)
    assert report
    assert own
    assert slowest
    assert used
    assert memory
