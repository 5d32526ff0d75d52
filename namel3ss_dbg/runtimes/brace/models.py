"""The door to language models: what is asked, what is answered, and who answers for a provider's name.

A provider is a function from a declared `llm` to a `Model`. It is asked for the model before the program runs, so that
one that nobody knows, or that lacks its key, is told then. A program is loaded, and its recorded runs are debugged,
without any.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, Literal, Protocol, runtime_checkable

import attrs

from ...events import ProgramError
from .nodes import Field, Llm, Tool
from .source import did_you_mean
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
class ModelAnswer:
    """What a model answers: text, wishes for tools, or both."""

    text: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    finish_reason: str = "stop"
    """`stop`, `tool_calls`, `length`, `refusal`, `content_filter`, or `incomplete` when it broke off."""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    """How many of the prompt's tokens its server still knew."""
    reasoning_tokens: int = 0
    """How many of the completion's tokens nobody sees."""
    reasoning: str = ""
    """What the model thought aloud."""
    cost: float | None = 0.0
    """US dollars, by the list of its provider; None when that is not known."""

    @property
    def tokens(self) -> int:
        """All that it used."""
        return self.prompt_tokens + self.completion_tokens

    def to_dict(self) -> dict[str, Any]:
        """As a trace holds it."""
        shown = {
            "text": self.text,
            "tool_calls": [call.to_dict() for call in self.tool_calls],
            "finish_reason": self.finish_reason,
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
        }
        more = {
            "cached_tokens": self.cached_tokens,
            "reasoning_tokens": self.reasoning_tokens,
            "reasoning": self.reasoning,
        }
        return {**shown, **{key: value for key, value in more.items() if value}}


@attrs.frozen(kw_only=True)
class Attempt:
    """One request that was sent to a model's server."""

    number: int
    """Counted from 1."""
    duration_ms: float
    error: str | None = None
    """Why it gave no answer."""
    status: int | None = None
    """Of HTTP."""
    wait_ms: float | None = None
    """How long the next attempt waits; None when there is none."""
    partial: ModelAnswer | None = None
    """What had arrived when it failed, and was paid for."""

    def to_dict(self) -> dict[str, Any]:
        """As a trace holds it."""
        told = {"http_status": self.status, "reason": self.error, "wait_ms": self.wait_ms}
        if self.partial is not None:
            told |= {"text": self.partial.text or None, "tokens": self.partial.tokens or None}
        known = {key: value for key, value in told.items() if value is not None}
        return {"attempt": self.number, **known, "duration_ms": round(self.duration_ms, 3)}


def _to_nobody(_: Attempt) -> None:
    """The ear of a request that nobody watches."""


@attrs.define
class Progress:
    """What is known about an answer while it is on its way, so that a trace can tell it also when none arrives."""

    tell: Callable[[Attempt], None] = _to_nobody
    """Hears of each attempt that failed and is made again."""
    attempts: list[Attempt] = attrs.field(factory=list)
    answer: ModelAnswer | None = None
    """As much of the answer as arrived."""
    details: dict[str, Any] = attrs.field(factory=dict)
    """More about the call: first_token_ms, request_id, price, …"""

    @property
    def paid(self) -> list[ModelAnswer]:
        """All that was paid for: what arrived of the attempts that were made again, and the answer."""
        again = [attempt.partial for attempt in self.attempts if attempt.wait_ms is not None]
        return [answer for answer in (*again, self.answer) if answer is not None]

    def ended(self, attempt: Attempt) -> None:
        """Note how an attempt went."""
        self.attempts.append(attempt)
        if attempt.wait_ms is not None:
            self.tell(attempt)

    def to_dict(self) -> dict[str, Any]:
        """As the metadata of a trace hold it; a single attempt that went well is not worth a word."""
        if all(attempt.error is None for attempt in self.attempts):
            return self.details
        return {**self.details, "attempts": [attempt.to_dict() for attempt in self.attempts]}


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
    progress: Progress = attrs.field(factory=Progress, eq=False, repr=False)
    """Where the model notes what it knows while it answers."""

    def to_dict(self) -> dict[str, Any]:
        """As a trace holds it."""
        asked = {
            "llm": self.llm,
            "model": self.model,
            "messages": [message.to_dict() for message in self.messages],
            "tools": [tool.name for tool in self.tools],
        }
        return {**asked, **{key: value for key, value in self.parameters.items() if key not in asked}}


class Model(Protocol):
    """Who answers."""

    def ask(self, request: ModelRequest) -> Coroutine[Any, Any, ModelAnswer]:
        """The answer to a request; raises `ModelError` when there is none."""
        ...


@runtime_checkable
class Connected(Protocol):
    """A model that holds connections."""

    def open(self) -> None:
        """Make ready what takes time, so that the first call does not tell of it."""
        ...

    async def close(self) -> None:
        """Let go of all connections."""
        ...


class ModelSource(Protocol):
    """Who knows which model answers for a declared llm."""

    def of(self, llm: Llm) -> Model:
        """The model of a declared llm."""
        ...


Provider = Callable[[Llm], Model]
"""Makes the model that a declaration means, or raises a `ProgramError` that says why it cannot answer."""


def _none(_: str) -> None:
    """The answer of a registry that knows no others."""


@attrs.define
class Models:
    """The registry: the models of one run, each made by its provider when it is first asked for."""

    providers: Mapping[str, Provider]
    """By name, in lower case."""
    others: Callable[[str], Provider | None] = _none
    """Where to look for a name that is not among them."""
    _made: dict[str, Model] = attrs.field(factory=dict, init=False)

    def of(self, llm: Llm) -> Model:
        """The model that answers for a declared llm.

        Raises:
            ProgramError: Its provider is not known, or says that it cannot answer.
        """
        if llm.name not in self._made:
            self._made[llm.name] = self._provider(llm)(llm)
        return self._made[llm.name]

    def open(self) -> None:
        """Let the models that were made so far get ready."""
        for model in self._made.values():
            if isinstance(model, Connected):
                model.open()

    async def close(self) -> None:
        """Let go of the connections of all models."""
        for model in self._made.values():
            if isinstance(model, Connected):
                await model.close()

    def _provider(self, llm: Llm) -> Provider:
        name = llm.provider.lower()
        provider = self.providers.get(name) or self.others(name)
        if provider is None:
            known = did_you_mean(name, self.providers) or f"Known: {', '.join(self.providers)}."
            raise ModelError(
                f"The llm '{llm.name}' cannot be asked",
                why=f"its provider '{llm.provider}' ({llm.at.file}:{llm.at.line}) is not known",
                try_=f'{known} Without any: provider: "offline", rules: [{{ when: "rain", answer: "Wet." }}].',
            )
        return provider


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


_PRICES = ("cost_per_1k_tokens", "cost_per_1k_prompt_tokens", "cost_per_1k_completion_tokens")


def has_prices(llm: Llm) -> bool:
    """Whether an llm's declaration says what it costs."""
    return any(key in llm.settings for key in _PRICES)


def cost_of(llm: Llm, answer: ModelAnswer) -> float | None:
    """What an answer costs, in US dollars; None when nobody knows.

    The prices of the declaration go before what the model itself said: `cost_per_1k_tokens` holds for all tokens,
    `cost_per_1k_prompt_tokens` and `cost_per_1k_completion_tokens` go before it.
    """
    if not has_prices(llm):
        return answer.cost
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
