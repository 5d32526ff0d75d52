"""The door to language models: what is asked, what is answered, and who answers for a provider's name.

A provider is a function from a declared `llm` to a `Model`; the offline one ships with the runtime. A provider that
nobody registered fails when it is called, not when the program is loaded, so that a program can be read, and its
recorded runs debugged, without it.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, Literal, Protocol

import attrs

from ...events import ProgramError
from .nodes import Field, Llm, Position, Tool
from .templates import as_text

_PER_MESSAGE = 4


class ModelError(ProgramError):
    """A model did not answer."""


@attrs.frozen
class ToolCall:
    """A model's wish to have a tool called."""

    name: str
    arguments: dict[str, Any]
    id: str

    def to_dict(self) -> dict[str, Any]:
        """As a trace holds it."""
        return {"name": self.name, "arguments": self.arguments, "id": self.id}


@attrs.frozen
class Message:
    """One message of a conversation."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str
    tool_calls: tuple[ToolCall, ...] = ()
    """What an assistant's message asks for."""
    call_id: str | None = None
    """The call that a tool's message answers."""
    tool: str | None = None
    """The tool that a tool's message comes from."""

    def to_dict(self) -> dict[str, Any]:
        """As a trace holds it."""
        shown: dict[str, Any] = {"role": self.role, "content": self.content}
        if self.tool_calls:
            shown["tool_calls"] = [call.to_dict() for call in self.tool_calls]
        if self.role == "tool":
            shown |= {"tool": self.tool, "call_id": self.call_id}
        return shown


@attrs.frozen(kw_only=True)
class ModelRequest:
    """What a model is asked."""

    llm: str
    """The declared name."""
    model: str
    messages: tuple[Message, ...]
    tools: tuple[Tool, ...] = ()
    parameters: dict[str, Any] = attrs.field(factory=dict)
    """temperature, max_tokens and the like."""
    outputs: tuple[Field, ...] = ()
    """The shape of the JSON object that the answer must be; empty asks for text."""
    agent: str | None = None
    """The agent that asks."""

    def to_dict(self) -> dict[str, Any]:
        """As a trace holds it."""
        asked = {
            "llm": self.llm,
            "model": self.model,
            "messages": [message.to_dict() for message in self.messages],
            "tools": [tool.name for tool in self.tools],
        }
        return {**asked, **{key: value for key, value in self.parameters.items() if key not in asked}}


@attrs.frozen(kw_only=True)
class ModelAnswer:
    """What a model answers: text, wishes for tools, or both."""

    text: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    finish_reason: str = "stop"
    prompt_tokens: int = 0
    completion_tokens: int = 0

    def to_dict(self) -> dict[str, Any]:
        """As a trace holds it."""
        return {
            "text": self.text,
            "tool_calls": [call.to_dict() for call in self.tool_calls],
            "finish_reason": self.finish_reason,
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
        }


class Model(Protocol):
    """Who answers."""

    def ask(self, request: ModelRequest) -> Coroutine[Any, Any, ModelAnswer]:
        """The answer to a request; raises `ModelError` when there is none."""
        ...


class ModelSource(Protocol):
    """Who knows which model answers for a declared llm."""

    def of(self, llm: Llm) -> Model:
        """The model of a declared llm."""
        ...


Provider = Callable[[Llm], Model]
"""Makes the model that a declaration means."""


@attrs.define
class Models:
    """The registry: the models of one run, each made by its provider when it is first asked."""

    providers: Mapping[str, Provider]
    """By name, in lower case."""
    _made: dict[str, Model] = attrs.field(factory=dict, init=False)

    def of(self, llm: Llm) -> Model:
        """The model that answers for a declared llm."""
        if llm.name not in self._made:
            provider = self.providers.get(llm.provider.lower())
            self._made[llm.name] = provider(llm) if provider else _Unsupported(llm, tuple(self.providers))
        return self._made[llm.name]


@attrs.frozen
class _Unsupported:
    llm: Llm
    known: tuple[str, ...]

    async def ask(self, request: ModelRequest) -> ModelAnswer:
        at: Position = self.llm.at
        raise ModelError(
            f"The llm '{self.llm.name}' cannot be asked",
            why=f"its provider '{self.llm.provider}' ({at.file}:{at.line}) is not supported; "
            f"supported: {', '.join(self.known)}",
            try_='Write provider: "offline" and script its answers: rules: [{ when: "weather", answer: "Sunny." }].',
        )


def count_tokens(text: str) -> int:
    """About how many tokens a text has: a quarter of its characters, rounded up."""
    return -(-len(text) // 4)


def count_message_tokens(messages: Sequence[Message]) -> int:
    """About how many tokens messages have: their texts, their tool calls, and 4 more for each message."""
    return sum(
        _PER_MESSAGE + count_tokens(message.content) + count_call_tokens(message.tool_calls) for message in messages
    )


def count_call_tokens(calls: Sequence[ToolCall]) -> int:
    """About how many tokens tool calls have: those of their names and arguments."""
    return sum(count_tokens(call.name) + count_tokens(as_text(call.arguments)) for call in calls)


def cost_of(llm: Llm, answer: ModelAnswer) -> float:
    """What an answer costs, in US dollars, by the prices of its llm's declaration.

    `cost_per_1k_tokens` holds for all tokens; `cost_per_1k_prompt_tokens` and `cost_per_1k_completion_tokens` go before
    it. An llm without prices costs nothing.
    """
    general = _price(llm, "cost_per_1k_tokens", 0.0)
    prompt = _price(llm, "cost_per_1k_prompt_tokens", general)
    completion = _price(llm, "cost_per_1k_completion_tokens", general)
    return round((answer.prompt_tokens * prompt + answer.completion_tokens * completion) / 1000, 9)


def number_setting(llm: Llm, key: str) -> float | None:
    """A number among an llm's settings; None when it is not set.

    Raises:
        ProgramError: It is set, but no number.
    """
    value = llm.settings.get(key)
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    raise ProgramError(
        f"The llm '{llm.name}' has a wrong {key}", why=f"it is not a number ({llm.at.file}:{llm.at.line})"
    )


def _price(llm: Llm, key: str, otherwise: float) -> float:
    value = number_setting(llm, key)
    return otherwise if value is None else float(value)
