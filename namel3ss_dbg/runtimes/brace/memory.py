"""What an agent remembers from one execution to the next.

An agent has one conversation, so an agent with a memory does one thing after the other, also where its chain calls it
twice at once; without a memory each execution begins afresh and any number may run. Messages are dropped from the
oldest on, a tool's message never without the call that it answers: models refuse one without the other.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import attrs

from ...recording import ExecutionTracer
from .models import Message, count_message_tokens
from .nodes import Memory

Summarise = Callable[[str, int], Awaitable[str]]
"""Asks a model for the summary of a transcript in so many tokens."""


@attrs.define
class Conversation:
    """The messages that one agent remembers in a run, and the policy by which it forgets."""

    agent: str
    memory: Memory
    tracer: ExecutionTracer
    summarise: Summarise
    messages: list[Message] = attrs.field(factory=list, init=False)
    """What is remembered between executions."""
    _turn: asyncio.Lock = attrs.field(factory=asyncio.Lock, init=False)
    # Protects `messages`: two executions of one agent must not answer into each other's questions.

    @asynccontextmanager
    async def continued(self) -> AsyncIterator[list[Message]]:
        """The messages so far, to be added to; what is in the list at the end is remembered, unless it ends badly."""
        if self.memory.policy == "none":
            yield []
            return
        async with self._turn:
            messages = list(self.messages)
            if messages:
                self._record("load", len(messages), len(messages))
            yield messages
            before, self.messages = len(self.messages), messages
            self._record("add", before, len(messages))

    async def fit(self, messages: list[Message]) -> None:
        """Forget, in place, what the policy says is too much for the next question to the model."""
        match self.memory.policy:
            case "conversation_window":
                self._trim(messages)
            case "summary":
                await self._summarise(messages)

    def _trim(self, messages: list[Message]) -> None:
        keep = _unit_start(messages, max(len(messages) - self.memory.window_size, 0))
        while self._too_many_tokens(messages[keep:]) and (later := _next_unit(messages, keep)) < len(messages):
            keep = later
        if keep > 0:
            before = len(messages)
            del messages[:keep]
            self._record("trim", before, len(messages))

    async def _summarise(self, messages: list[Message]) -> None:
        memory = self.memory
        tokens = memory.summary_trigger_tokens
        if len(messages) <= memory.summary_trigger_messages and (
            tokens is None or count_message_tokens(messages) <= tokens
        ):
            return
        recent = _unit_start(messages, max(len(messages) - memory.summary_recent_window, 0))
        if recent == 0:
            return
        transcript = "\n".join(f"{message.role}: {message.content}" for message in messages[:recent])
        summary = await self.summarise(transcript, memory.max_summary_tokens)
        messages[:recent] = [Message("system", f"Summary of the conversation so far: {summary}")]
        self.tracer.emit(
            "memory_summarization",
            component="memory",
            component_name=self.agent,
            inputs={"messages": recent, "kept": len(messages) - 1},
            outputs={"summary": summary},
            metadata={"source": memory.at.to_dict()},
        )

    def _too_many_tokens(self, messages: list[Message]) -> bool:
        limit = self.memory.max_tokens
        return limit is not None and count_message_tokens(messages) > limit

    def _record(self, operation: str, before: int, after: int) -> None:
        self.tracer.emit(
            "memory_operation",
            component="memory",
            component_name=self.agent,
            inputs={
                "operation_type": operation,
                "details": {"policy": self.memory.policy, "messages_before": before, "messages_after": after},
            },
            metadata={"source": self.memory.at.to_dict()},
        )


def _unit_start(messages: list[Message], index: int) -> int:
    """The index of the first message that must be kept together with the one at `index`."""
    while index > 0 and index < len(messages) and messages[index].role == "tool":
        index -= 1
    return index


def _next_unit(messages: list[Message], index: int) -> int:
    """The index of the first message after `index` that may begin a conversation."""
    index += 1
    while index < len(messages) and messages[index].role == "tool":
        index += 1
    return index
