"""What a model was asked."""

from __future__ import annotations

from typing import Any

from namel3ss_dbg.events import TraceEvent
from namel3ss_dbg.render.conversation import Conversation
from namel3ss_dbg.render.pieces import cells, text_of
from namel3ss_dbg.timeline.timeline import Timeline


def conversation(inputs: dict[str, Any], **end: Any) -> Conversation:
    """One call, with its end."""
    timeline = Timeline()
    start = TraceEvent(event_type="llm_call_start", component="llm", component_name="openai", inputs=inputs)
    timeline.append(start)
    timeline.append(
        TraceEvent(event_type="llm_call_end", component="llm", component_name="openai",
                   parent_event_id=start.event_id, **end)
    )  # fmt: skip
    return Conversation(timeline, 0, 1)


def screen(view: Conversation, width: int = 40) -> list[str]:
    """The lines of a screen, which all fit."""
    lines = [text_of(line) for line in view.screen(width)]  # type: ignore[arg-type]
    assert max(map(cells, lines)) <= width
    return lines


def test_all_that_was_sent() -> None:
    """Roles, texts in full, calls of tools, parameters, and the answer."""
    view = conversation(
        {
            "llm": "gpt", "model": "gpt-4o", "temperature": 0.2, "tools": ["get_weather"],
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "What is the weather going to be like in Oslo?"},
                {"role": "assistant", "content": None,
                 "tool_calls": [{"function": {"name": "get_weather", "arguments": '{"city": "Oslo"}'}}]},
                {"role": "tool", "tool_call_id": "call_1", "content": {"degrees": 4}},
            ],
        },
        outputs={"text": "Cold."},
        tokens_used=31,
    )  # fmt: skip

    assert screen(view) == [
        "#0 gpt gpt-4o  4 messages",
        "tools: get_weather",
        "temperature 0.2",
        "system",
        "    Be brief.",
        "user",
        "    What is the weather going to be like",
        "    in Oslo?",
        "assistant",
        '    ▸ get_weather {"city": "Oslo"}',
        "tool call_1",
        '    {"degrees": 4}',
        "→ answer  #1  31 tok",
        "    Cold.",
    ]


def test_odd_conversations() -> None:
    """Nothing of another form is lost: no messages, messages that are no objects, calls that are none, failures."""
    assert screen(conversation({"top_k": 4}, outputs={"result": [1]})) == [
        "#0 openai 0 messages", "top_k 4", "→ answer  #1", "    [1]",
    ]  # fmt: skip
    view = conversation(
        {"messages": ["bare", {"content": "no role", "tool_calls": ["odd", {"name": "x"}]}], "tools": [{"name": "t"}]},
        status="failed",
        error="Timeout: 5 s",
        metadata={"mocked": True},
    )
    assert screen(view)[1:] == [
        'tools: {"name": "t"}', '    "bare"', "?", "    no role", '    "odd"', "    ▸ x {}", "→ answer  #1  mocked",
        "    ✗ Timeout: 5 s",
    ]  # fmt: skip


def test_a_prompt_in_words() -> None:
    """A model that takes a text, and one for the system beside it, is shown as a conversation, too."""
    view = conversation(
        {"llm": "own", "prompt": "What is it?", "system_prompt": "Be brief.", "temperature": 0}, outputs={"text": "It."}
    )

    assert screen(view) == [
        "#0 own 2 messages", "temperature 0", "system", "    Be brief.", "user", "    What is it?", "→ answer  #1",
        "    It.",
    ]  # fmt: skip
    assert list(view.plain())[1:3] == [
        'message role="system" content="Be brief."',
        'message role="user" content="What is it?"',
    ]
    assert view.value()["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "What is it?"},
    ]


def test_plain_lines() -> None:
    """A line for each message, all of it."""
    view = conversation({"messages": [{"role": "user", "content": "Hi\nthere"}, 7]}, outputs={"text": "Yes"})

    assert list(view.plain())[1:] == ['message role="user" content="Hi\\nthere"', "message 7", 'answer text="Yes"']
    assert view.value()["answer"] == {"text": "Yes"}
    assert Conversation(view.timeline, 0).value()["answer"] is None
