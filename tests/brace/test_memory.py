from __future__ import annotations

from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from namel3ss_dbg.recording import ExecutionTracer
from namel3ss_dbg.runtimes.brace.memory import Conversation
from namel3ss_dbg.runtimes.brace.models import Message, ToolCall
from namel3ss_dbg.runtimes.brace.nodes import Memory
from namel3ss_dbg.trace.settings import DebugConfiguration
from tests.support.brace import AT, Recorded, record

UNTRACED = ExecutionTracer(DebugConfiguration(enabled=False))


async def count_lines(transcript: str, tokens: int) -> str:
    return f"{len(transcript.splitlines())} lines in {tokens} tokens"


def conversation(tracer: ExecutionTracer = UNTRACED, **memory: Any) -> Conversation:
    return Conversation("A", Memory(name="mem", at=AT, **memory), tracer, count_lines)


def says(*contents: str) -> list[Message]:
    return [Message("user", content) for content in contents]


def called(tool: str, found: str = "found") -> list[Message]:
    return [Message("assistant", "", (ToolCall(tool, {}, "c"),)), Message("tool", found, call_id="c", tool=tool)]


def recorded(tmp_path: Path, *executions: list[Message], **memory: Any) -> tuple[list[str], Recorded]:
    """What a conversation holds after several executions that each add messages, and its trace."""

    async def work(tracer: ExecutionTracer) -> list[Message]:
        made = conversation(tracer, **memory)
        for said in executions:
            async with made.continued() as so_far:
                so_far += said
                await made.fit(so_far)
        return made.messages

    run = record(work, tmp_path / f"{len(list(tmp_path.iterdir()))}.jsonl")
    return contents(run.result), run


def at_once(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run what never waits, without an event loop."""
    with pytest.raises(StopIteration):
        coroutine.send(None)


def contents(messages: list[Message]) -> list[str]:
    return [message.content for message in messages]


def test_without_a_memory_nothing_is_kept_or_recorded(tmp_path: Path) -> None:
    """Each execution begins afresh."""
    kept, run = recorded(tmp_path, says("a"), says("b"), policy="none")

    assert kept == []
    assert run.types() == []


def test_full_history_keeps_everything(tmp_path: Path) -> None:
    """All that was said is remembered, and what is loaded and added is recorded."""
    kept, run = recorded(tmp_path, says("a", "b"), says("c"), policy="full_history")

    assert kept == ["a", "b", "c"]
    assert [event.inputs for event in run.of("memory_operation", "A")] == [
        {"operation_type": "add", "details": {"policy": "full_history", "messages_before": 0, "messages_after": 2}},
        {"operation_type": "load", "details": {"policy": "full_history", "messages_before": 2, "messages_after": 2}},
        {"operation_type": "add", "details": {"policy": "full_history", "messages_before": 2, "messages_after": 3}},
    ]


def test_a_window_keeps_the_newest(tmp_path: Path) -> None:
    """The oldest messages are dropped, and the trace says so."""
    kept, run = recorded(tmp_path, says("a", "b", "c", "d"), policy="conversation_window", window_size=2)

    assert kept == ["c", "d"]
    assert run.of("memory_operation")[0].inputs == {
        "operation_type": "trim",
        "details": {"policy": "conversation_window", "messages_before": 4, "messages_after": 2},
    }


def test_a_window_never_parts_a_tools_message_from_its_call(tmp_path: Path) -> None:
    """A window that is too small for a call and its result is as small as can be sent."""
    _, run = recorded(tmp_path, says("a") + called("t"), policy="conversation_window", window_size=1)

    assert [message.role for message in run.result] == ["user", "assistant", "tool"]


@pytest.mark.parametrize("policy", ["conversation_window", "summary"])
def test_an_agent_does_not_forget_what_it_is_doing(tmp_path: Path, policy: str) -> None:
    """Of a question that takes many tools, the question stays, and the newest results."""
    asked = [*says("old"), Message("assistant", "answer"), *says("new"), *called("t", "first"), *called("t", "last")]
    size = {"window_size": 3, "summary_trigger_messages": 3, "summary_recent_window": 3}
    kept, _ = recorded(tmp_path, asked, policy=policy, **size)

    assert kept[-3:] == ["new", "", "last"]
    assert kept[:-3] == ([] if policy == "conversation_window" else [kept[0]])


def test_a_window_may_be_limited_in_tokens(tmp_path: Path) -> None:
    """Messages are dropped until the rest is small enough, but the newest always stays."""
    long, short = "x" * 400, "y" * 40
    kept, _ = recorded(tmp_path, says(long, short, short), policy="conversation_window", max_tokens=30)
    alone, _ = recorded(tmp_path, says(short, long), policy="conversation_window", max_tokens=30)

    assert kept == [short, short]
    assert alone == [long]


messages = st.lists(
    st.sampled_from("uac").flatmap(
        lambda kind: st.just({"u": says("q"), "a": [Message("assistant", "x" * 40)], "c": called("t")}[kind])
    ),
    min_size=1,
    max_size=12,
).map(lambda groups: [message for group in groups for message in group])


@pytest.mark.parametrize("policy", ["conversation_window", "summary"])
@given(said=messages, size=st.integers(1, 8), tokens=st.none() | st.integers(1, 100))
def test_what_is_kept_can_be_sent(policy: Any, said: list[Message], size: int, tokens: int | None) -> None:
    """The newest message stays, and the newest question, which a question begins; no tool's message lacks its call."""
    kept = list(said)
    memory = conversation(
        policy=policy,
        window_size=size,
        max_tokens=tokens,
        summary_trigger_messages=size,
        summary_trigger_tokens=tokens,
        summary_recent_window=min(size, 3),
    )
    at_once(memory.fit(kept))

    assert kept[-1] is said[-1]
    if kept[0] is not said[0] and "user" in [message.role for message in said]:
        assert next(message.role for message in kept if message.role != "system") == "user"
        assert max(place for place, message in enumerate(said) if message.role == "user") in [
            place for place, message in enumerate(said) if any(message is other for other in kept)
        ]
    assert all(
        before.tool_calls or before.role == "tool"
        for before, message in zip([Message("user", ""), *kept], kept, strict=False)
        if message.role == "tool"
    )


def test_a_summary_stands_for_what_is_old(tmp_path: Path) -> None:
    """Beyond the trigger, all but the recent messages become one, and the trace holds the summary."""
    kept, run = recorded(
        tmp_path,
        says("a", "b", "c", "d"),
        policy="summary",
        summary_trigger_messages=3,
        summary_recent_window=1,
        max_summary_tokens=50,
    )

    assert kept == ["Summary of the conversation so far: 3 lines in 50 tokens", "d"]
    event = run.only("memory_summarization", "A")
    assert (event.inputs, event.outputs) == ({"messages": 3, "kept": 1}, {"summary": "3 lines in 50 tokens"})


def test_below_the_trigger_nothing_is_summarised(tmp_path: Path) -> None:
    """A short conversation stays as it is."""
    kept, run = recorded(tmp_path, says("a", "b", "c"), policy="summary", summary_trigger_messages=3)

    assert kept == ["a", "b", "c"]
    assert run.of("memory_summarization") == []


def test_a_summary_is_not_summarised_alone(tmp_path: Path) -> None:
    """What cannot become shorter is not asked for again."""
    long = {"policy": "summary", "summary_trigger_messages": 2, "summary_recent_window": 1}
    _, run = recorded(tmp_path, says("a", "b", *"c"), called("t"), **long)

    assert [event.inputs for event in run.of("memory_summarization")] == [{"messages": 2, "kept": 1}]


def test_many_tokens_trigger_a_summary(tmp_path: Path) -> None:
    """The trigger may be a number of tokens."""
    kept, _ = recorded(
        tmp_path, says("x" * 100, "y"), policy="summary", summary_trigger_tokens=20, summary_recent_window=1
    )

    assert kept == ["Summary of the conversation so far: 1 lines in 256 tokens", "y"]


def test_an_execution_that_fails_leaves_no_trace_in_the_memory(tmp_path: Path) -> None:
    """A question without an answer is not remembered."""
    memory = conversation(policy="full_history")

    async def work(_: ExecutionTracer) -> None:
        async with memory.continued() as so_far:
            so_far += says("a")
        async with memory.continued() as so_far:
            so_far += says("b")
            raise LookupError

    run = record(work, tmp_path / "t.jsonl")

    assert isinstance(run.problem, LookupError)
    assert contents(memory.messages) == ["a"]
