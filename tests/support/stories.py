"""Small runs that a person can read, told event by event, and traces written from them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from namel3ss_dbg.events import TraceEvent
from namel3ss_dbg.trace.codec import encode_line

COMPONENTS = {
    "app_load": "app",
    "chain_execution": "chain",
    "chain_step": "chain",
    "agent_execution": "agent",
    "agent_turn": "agent",
    "llm_call": "llm",
    "tool_call": "tool",
    "prompt_execution": "prompt",
    "validation": "validation",
}

BEGAN = 1_700_000_000.0
"""Tuesday, 14 November 2023, 22:13:20 UTC."""


class Story:
    """Tells a run; every event comes a tenth of a second after the one before."""

    def __init__(self, *, prefix: str = "evt_") -> None:
        self.events: list[TraceEvent] = []
        self._prefix = prefix
        self._open: dict[str, int] = {}
        """Where the starts without an end are, by id."""

    def start(self, span: str, name: str | None, *, inside: str | None = None, line: int = 0, **inputs: Any) -> str:
        """Open a span in the innermost one, or in another; returns its event's id."""
        metadata = {"source": {"file": "src/app.ai", "line": line, "column": 1}} if line else {}
        start = self._tell(f"{span}_start", name, self._inside(inside), inputs=inputs, metadata=metadata)
        self._open[start.event_id] = len(self.events) - 1
        return start.event_id

    def end(self, identity: str | None = None, *, failed: str = "", **fields: Any) -> str:
        """Close the innermost span, or another, with these fields of an event."""
        number = self._open.pop(identity if identity is not None else next(reversed(self._open)))
        start = self.events[number]
        end = start.event_type.replace("_start", "_end")
        took = (len(self.events) - number) * 100.0
        fields = {"status": "failed" if failed else "completed", "error": failed or None, "duration_ms": took, **fields}
        return self._tell(end, start.component_name, start.event_id, **fields).event_id

    def point(self, event_type: str, name: str | None = None, *, inside: str | None = None, **fields: Any) -> str:
        """Something that takes no time."""
        return self._tell(event_type, name, self._inside(inside), **fields).event_id

    def _inside(self, identity: str | None) -> str | None:
        return identity or next(reversed(self._open), None)

    def _tell(self, event_type: str, name: str | None, parent: str | None, **fields: Any) -> TraceEvent:
        span = event_type.removesuffix("_start").removesuffix("_end")
        number = len(self.events)
        defaults = {
            "event_id": f"{self._prefix}{number:03d}",
            "timestamp": BEGAN + number / 10,
            "component": COMPONENTS.get(span, span.split("_")[0]),
        }
        event = TraceEvent(event_type=event_type, component_name=name, parent_event_id=parent, **{**defaults, **fields})
        self.events.append(event)
        return event


def weather() -> list[TraceEvent]:
    """An agent that asks a model, then a tool, then the model again: 14 events on one lane.

    0 app_load_start · 1 agent_execution_start Helper · 2 agent_turn_start · 3 llm_call_start · 4 llm_call_end ·
    5 tool_call_start get_weather · 6 tool_call_end · 7 agent_turn_end · 8 agent_turn_start · 9 llm_call_start ·
    10 llm_call_end · 11 agent_turn_end · 12 agent_execution_end · 13 app_load_end
    """
    story = Story()
    question, answer = "Weather in Oslo?", "It is 4 C in Oslo."
    story.start("app_load", "demo")
    story.start("agent_execution", "Helper", line=3, input=question)
    story.start("agent_turn", "Helper", turn=1)
    story.start("llm_call", "openai", line=4, messages=[{"role": "user", "content": question}])
    story.end(outputs={"text": "", "tool_calls": [{"name": "get_weather"}]}, tokens_used=20, cost_estimate=0.001)
    story.start("tool_call", "get_weather", line=9, city="Oslo")
    story.end(outputs={"result": "4 degrees"})
    story.end(outputs={})
    story.start("agent_turn", "Helper", turn=2)
    story.start("llm_call", "openai", line=4, messages=[{"role": "tool", "content": "it has 4 degrees there"}])
    story.end(outputs={"text": answer}, tokens_used=30, cost_estimate=0.002, duration_ms=900.0)
    story.end(outputs={"response": answer})
    story.end(outputs={"response": answer}, tokens_used=50)
    story.end()
    return story.events


def parallel() -> list[TraceEvent]:
    """A chain that calls two tools at the same time, of which one fails: 10 events on two lanes.

    0 app_load_start · 1 chain_execution_start Both · 2 tool_call_start Oslo · 3 tool_call_start Rome (lane 1) ·
    4 memory_operation (in 3) · 5 tool_call_end Oslo · 6 error_occurred (in 3) · 7 tool_call_end Rome, failed ·
    8 chain_execution_end · 9 app_load_end
    """
    story = Story()
    story.start("app_load", "demo")
    chain = story.start("chain_execution", "Both", line=2)
    oslo = story.start("tool_call", "get_weather", line=5, city="Oslo")
    rome = story.start("tool_call", "get_weather", inside=chain, line=5, city="Rome")
    story.point("memory_operation", "Both", inside=rome, inputs={"operation_type": "add", "details": {"after": 1}})
    story.end(oslo, outputs={"result": "4 degrees"})
    story.point("error_occurred", "get_weather", inside=rome, error="HTTPError: 500", status="failed")
    story.end(rome, failed="HTTPError: 500")
    story.end()
    story.end()
    return story.events


def crashed() -> list[TraceEvent]:
    """The parallel run, killed while the second tool was working: its spans never end."""
    return parallel()[:6]


def write_trace(path: Path, events: Iterable[TraceEvent]) -> Path:
    """A trace file of these events."""
    path.write_bytes(b"".join(map(encode_line, events)))
    return path


def old_file(path: Path, text: str) -> Path:
    """A source file that was not changed since the story happened."""
    path.write_text(text)
    os.utime(path, (BEGAN - 60, BEGAN - 60))
    return path
