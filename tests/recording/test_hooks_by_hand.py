"""Blocks, turns and single events that a program records by hand."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from namel3ss_dbg.events import TraceEvent
from namel3ss_dbg.recording.hooks import (
    trace_agent_turn,
    trace_chain_execution,
    trace_error,
    trace_llm_call,
    trace_memory_operation,
    trace_tool_call,
    trace_validation_event,
)
from tests.support.hooked import own_tracer, record
from tests.support.recordings import events_in, tracer_in


def test_hooks_as_blocks(tmp_path):
    """Every hook is a context manager, too; the block says by itself what came out and what it cost."""

    async def program() -> None:
        async with trace_chain_execution("Chain"):
            with trace_llm_call("openai", inputs={"messages": []}) as span:
                span.outputs = {"text": "hi"}
                span.tokens_used = 3
            with pytest.raises(OSError, match="gone"), trace_tool_call("search"):
                raise OSError("gone")

    run = record(tmp_path, lambda: asyncio.run(program()))

    assert run.tree() == ["chain Chain", "chain Chain > llm openai", "chain Chain > tool search"]
    ends = [run.end(start) for start in run.starts]
    assert [(end.status, end.outputs, end.tokens_used) for end in ends] == [
        ("completed", {}, None),
        ("completed", {"text": "hi"}, 3),
        ("failed", {}, None),
    ]


def test_one_hook_may_serve_many_tasks(tmp_path):
    """Blocks of one hook in several tasks each end their own span."""
    block = trace_tool_call("search")

    async def task(number: int, gates: list[asyncio.Event]) -> None:
        async with block as span:
            gates[number].set()
            await gates[(number + 1) % 3].wait()
            span.outputs = {"number": number}

    async def program() -> None:
        gates = [asyncio.Event() for _ in range(3)]
        await asyncio.gather(*(task(number, gates) for number in range(3)))

    run = record(tmp_path, lambda: asyncio.run(program()))

    assert [run.end(start).outputs for start in run.starts] == [{"number": number} for number in range(3)]


def test_turns(tmp_path):
    """A turn is a span of `with` or `async with`, with its number and what began it."""

    async def program() -> None:
        async with trace_agent_turn("MyAgent", turn_number=1, user_input="Hello") as span:
            span.outputs = {"response": "Hi"}
        with trace_agent_turn("MyAgent", 2):
            pass

    run = record(tmp_path, lambda: asyncio.run(program()))
    first, second = run.starts

    assert (first.span, first.component, first.name) == ("agent_turn", "agent", "MyAgent")
    assert (first.inputs, first.metadata) == ({"turn": 1, "input": "Hello"}, {"turn": 1})
    assert run.end(first).outputs == {"response": "Hi"}
    assert second.inputs == {"turn": 2}


def _points() -> dict[str, Any]:
    return {
        "memory": trace_memory_operation(
            operation_type="summarize", agent_name="MyAgent", details={"messages_before": 10}
        ),
        "validation": trace_validation_event(
            validator_name="Schema", input_data={"a": 1}, result=None, success=False, errors=[ValueError("b"), "c"]
        ),
        "error": trace_error(
            component="custom", component_name="Data", error=RuntimeError("broke"), context={"input_size": 1000}
        ),
    }


def test_points(tmp_path):
    """Operations on memory, validations and errors are events of their own."""
    memory, validation, error = record(tmp_path, _points).points

    assert (memory.event_type, memory.component, memory.name) == ("memory_operation", "memory", "MyAgent")
    assert memory.inputs == {"operation_type": "summarize", "details": {"messages_before": 10}}
    assert (validation.event_type, validation.status, validation.error) == (
        "validation_event",
        "failed",
        "ValueError: b; c",
    )
    assert validation.inputs == {"input_data": {"a": 1}}
    assert validation.outputs == {"success": False, "result": None, "errors": ["ValueError: b", "c"]}
    assert (error.event_type, error.component, error.name) == ("error_occurred", "custom", "Data")
    assert (error.error, error.status, error.inputs) == ("RuntimeError: broke", "failed", {"input_size": 1000})
    assert error.metadata == {"error_type": "RuntimeError", "error_message": "broke"}


@pytest.mark.parametrize("is_on", [True, False])
def test_points_may_be_awaited_or_not(tmp_path, is_on):
    """An event is recorded when the function is called: awaiting it, or making a task of it, adds nothing."""

    async def program() -> list[Any]:
        done = _points()
        _points()
        return [
            await done["memory"],
            await asyncio.create_task(done["validation"]),
            *(await asyncio.gather(done["error"])),
        ]

    tracer = tracer_in(tmp_path) if is_on else None
    with own_tracer(tracer):
        events = asyncio.run(program())

    assert [isinstance(event, TraceEvent) for event in events] == [is_on] * 3
    if tracer is not None:
        assert len(events_in(tracer.finish())) == 2 + 6
