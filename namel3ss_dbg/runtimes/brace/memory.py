"""What an agent remembers from one execution to the next.

An agent has one conversation, so an agent with a memory does one thing after the other, also where its chain calls it
twice at once; without a memory each execution begins afresh and any number may run. Messages are dropped from the
oldest on, but what is left begins with a question, holds the one that is being answered, and has no tool's message
without the call that it answers: most models refuse anything else, and the others forget what they are doing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
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
        most = self.memory.max_tokens
        if len(messages) <= self.memory.window_size and (most is None or count_message_tokens(messages) <= most):
            return
        before = len(messages)
        messages[:] = _newest(messages, self.memory.window_size, most)
        if len(messages) < before:
            self._record("trim", before, len(messages))

    async def _summarise(self, messages: list[Message]) -> None:
        memory = self.memory
        tokens = memory.summary_trigger_tokens
        if len(messages) <= memory.summary_trigger_messages and (
            tokens is None or count_message_tokens(messages) <= tokens
        ):
            return
        recent = _newest(messages, memory.summary_recent_window)
        kept = set(map(id, recent))
        old = [message for message in messages if id(message) not in kept]
        if all(message.role == "system" for message in old):  # what was summarised before, and nothing since
            return
        transcript = "\n".join(f"{message.role}: {message.content}" for message in old)
        summary = await self.summarise(transcript, memory.max_summary_tokens)
        messages[:] = [Message("system", f"Summary of the conversation so far: {summary}"), *recent]
        self.tracer.emit(
            "memory_summarization",
            component="memory",
            component_name=self.agent,
            inputs={"messages": len(old), "kept": len(recent)},
            outputs={"summary": summary},
            metadata={"source": memory.at.to_dict()},
        )

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


def _newest(messages: list[Message], size: int, most_tokens: int | None = None) -> list[Message]:
    """The newest messages that are few and short enough; if none are, as few as can be sent."""
    for kept in _endings(messages):
        if len(kept) <= size and (most_tokens is None or count_message_tokens(kept) <= most_tokens):
            break
    return kept


def _endings(messages: list[Message]) -> Iterator[list[Message]]:
    """What can be kept, from the most to the least: each begins with a question, and none lacks the newest one."""
    asked = [place for place, message in enumerate(messages) if message.role == "user"]
    yield from (messages[place:] for place in asked)
    newest = asked[-1] if asked else -1
    for place in range(newest + 1, len(messages)):
        if messages[place].role != "tool":
            yield [*messages[newest : newest + 1], *messages[place:]]
