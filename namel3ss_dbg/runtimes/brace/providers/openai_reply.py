"""An answer of the protocol of OpenAI as it arrives, at once or in pieces.

It is read as a plain object, because a dozen services speak this protocol with accents of their own.
"""

from __future__ import annotations

import json
from typing import Any

import attrs

from ..models import ModelAnswer

_CALL_KEYS = {"id", "type", "function", "index"}
_FINISHED = {"function_call": "tool_calls"}


@attrs.define
class Call:
    """A tool call as it arrives, perhaps in pieces."""

    id: str = ""
    name: str = ""
    arguments: str = ""
    more: dict[str, Any] = attrs.field(factory=dict)


@attrs.define
class Reply:
    """What has arrived of an answer."""

    text: str = ""
    reasoning: str = ""
    refusal: str = ""
    finish_reason: str = ""
    model: str = ""
    usage: dict[str, Any] = attrs.field(factory=dict)
    calls: list[Call] = attrs.field(factory=list)
    error: Any = None
    is_complete: bool = False
    _numbers: list[Any] = attrs.field(factory=list)
    """The `index` of each call, in a stream."""

    @property
    def has_begun(self) -> bool:
        """Whether something of the answer itself has arrived."""
        return bool(self.text or self.reasoning or self.refusal or self.calls)

    @property
    def said(self) -> str:
        """All that the model wrote: text, thoughts and calls."""
        return f"{self.text}{self.refusal}{self.reasoning}{''.join(call.name + call.arguments for call in self.calls)}"

    @property
    def cost(self) -> float | None:
        """US dollars, where the server says so."""
        cost = self.usage.get("cost")
        return float(cost) if isinstance(cost, int | float) and not isinstance(cost, bool) else None

    @property
    def written_tokens(self) -> int:
        """No service of this protocol is paid to remember."""
        return 0

    def add(self, piece: dict[str, Any]) -> None:
        """Take in a piece of a stream."""
        self.model = piece.get("model") or self.model
        self.usage = piece.get("usage") or self.usage
        for choice in (piece.get("choices") or [])[:1]:
            delta = choice.get("delta") or {}
            self.text += _text(delta.get("content"))
            self.reasoning += _text(delta.get("reasoning_content") or delta.get("reasoning"))
            self.refusal += _text(delta.get("refusal"))
            for call in delta.get("tool_calls") or []:
                self._add_call(call)
            self.finish_reason = choice.get("finish_reason") or self.finish_reason
            self.error = choice.get("error") or self.error
        self.is_complete = bool(self.finish_reason)

    def add_whole(self, answer: dict[str, Any]) -> bool:
        """Take in an answer that came at once; false when it is none."""
        # A server that stands before others may pass on their errors as if all had gone well.
        self.error, choices = answer.get("error"), answer.get("choices")
        if isinstance(choices, list):
            self.add({**answer, "choices": [{**choice, "delta": choice.get("message")} for choice in choices[:1]]})
            self.is_complete = bool(choices)
        return self.error is not None or isinstance(choices, list)

    def plain(self) -> ModelAnswer:
        """The answer without its tool calls and its cost."""
        prompt = self.usage.get("prompt_tokens_details") or {}
        completion = self.usage.get("completion_tokens_details") or {}
        return ModelAnswer(
            text=self.text or self.refusal,
            finish_reason="refusal" if self.refusal else _FINISHED.get(self.finish_reason, self.finish_reason),
            reasoning=self.reasoning,
            prompt_tokens=_whole_number(self.usage.get("prompt_tokens")),
            completion_tokens=_whole_number(self.usage.get("completion_tokens")),
            cached_tokens=_whole_number(prompt.get("cached_tokens") or self.usage.get("prompt_cache_hit_tokens")),
            reasoning_tokens=_whole_number(completion.get("reasoning_tokens")),
        )

    def _add_call(self, piece: dict[str, Any]) -> None:
        function = piece.get("function") or {}
        number = piece.get("index")
        if number is None or number not in self._numbers:
            self._numbers.append(number)
            self.calls.append(Call())
        call = self.calls[-1] if number is None else self.calls[self._numbers.index(number)]
        call.id = piece.get("id") or call.id
        call.name += function.get("name") or ""
        arguments = function.get("arguments") or ""
        call.arguments += arguments if isinstance(arguments, str) else json.dumps(arguments)
        call.more |= {key: value for key, value in piece.items() if key not in _CALL_KEYS and value is not None}


def _text(content: Any) -> str:
    """A message's content; some services send a list of parts."""
    if isinstance(content, list):
        return "".join(_text(part.get("text")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _whole_number(value: Any) -> int:
    return value if isinstance(value, int) else 0
