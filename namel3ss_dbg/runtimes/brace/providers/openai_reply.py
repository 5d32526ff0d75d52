"""An answer of the protocol of OpenAI as it arrives, at once or in pieces.

It is read as a plain object, because a dozen services speak this protocol with accents of their own.
"""

from __future__ import annotations

import json
from typing import Any

import attrs

_CALL_KEYS = {"id", "type", "function", "index"}


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
    _numbers: list[Any] = attrs.field(factory=list)
    """The `index` of each call, in a stream."""

    @property
    def has_begun(self) -> bool:
        """Whether something of the answer itself has arrived."""
        return bool(self.text or self.reasoning or self.refusal or self.calls)

    def add(self, chunk: dict[str, Any]) -> None:
        """Take in a piece of a stream, or all of an answer in the shape of one."""
        self.model = chunk.get("model") or self.model
        self.usage = chunk.get("usage") or self.usage
        for choice in (chunk.get("choices") or [])[:1]:
            delta = choice.get("delta") or {}
            self.text += _text(delta.get("content"))
            self.reasoning += _text(delta.get("reasoning_content") or delta.get("reasoning"))
            self.refusal += _text(delta.get("refusal"))
            for call in delta.get("tool_calls") or []:
                self._add_call(call)
            self.finish_reason = choice.get("finish_reason") or self.finish_reason

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
