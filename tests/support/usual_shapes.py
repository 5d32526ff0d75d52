"""A model and an agent of the usual shape, in which hooks see what happens inside."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import attrs

from namel3ss_dbg.recording.hooks import (
    trace_agent_execution,
)


@attrs.define
class Answer:
    """What a model says."""

    text: str
    usage: dict[str, int] = attrs.field(factory=lambda: {"prompt_tokens": 3, "completion_tokens": 4})


class Model:
    """Has every method by which one is asked."""

    name, provider, model = "helper", "fake", "fake-1"

    def generate(self, prompt: Any, **options: Any) -> Answer:
        return Answer(f"<{prompt}>")

    async def generate_chat(self, messages: list[Any]) -> Answer:
        await asyncio.sleep(0)
        return Answer("chat")

    def generate_structured(self, prompt: str, schema: Any) -> dict[str, Any]:
        return {"content": "{}", "metadata": {"tokens": 9}}

    def stream_generate(self, prompt: str) -> Iterator[str]:
        yield from ("a", "b", "c")

    async def astream(self, prompt: str) -> AsyncIterator[Any]:
        yield "x"
        yield {"text": "y", "usage": {"total_tokens": 11}}


class Agent:
    """The usual shape."""

    def __init__(self, model: Any = None, tools: Any = None) -> None:
        self.name = "Ann"
        self.llm = Model() if model is None else model
        self.tool_registry = {"double": lambda value: 2 * value, "later": later} if tools is None else tools
        self.turns = 0

    @trace_agent_execution
    async def act(self, work: Any) -> Any:
        return await work(self)

    @trace_agent_execution
    def act_at_once(self, work: Any) -> Any:
        return work(self)


async def later(value: int) -> int:
    """A tool that takes a moment."""
    await asyncio.sleep(0)
    return value + 1
