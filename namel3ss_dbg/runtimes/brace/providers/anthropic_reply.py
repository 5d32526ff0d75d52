"""An answer of Anthropic's protocol as it arrives, at once or event by event."""

from __future__ import annotations

import json
from typing import Any

import attrs

from ..models import ModelAnswer

_FINISHED = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "tool_use": "tool_calls",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
}


@attrs.define
class Reply:
    """What has arrived of an answer."""

    model: str = ""
    stop_reason: str = ""
    usage: dict[str, Any] = attrs.field(factory=dict)
    blocks: list[dict[str, Any]] = attrs.field(factory=list)
    is_complete: bool = False
    _inputs: dict[int, str] = attrs.field(factory=dict)
    """The JSON text of each tool's arguments, in a stream."""

    @property
    def has_begun(self) -> bool:
        """Whether something of the answer itself has arrived."""
        return any(block.get("type") == "tool_use" or self._said(block) for block in self.blocks)

    def begin(self, message: dict[str, Any]) -> None:
        """Take in what stands around the content."""
        self.model = message.get("model") or ""
        self.stop_reason = message.get("stop_reason") or ""
        self.usage |= {key: value for key, value in (message.get("usage") or {}).items() if value is not None}

    def add(self, event: dict[str, Any]) -> None:
        """Take in an event of a stream."""
        match event.get("type"):
            case "message_start":
                self.begin(event.get("message") or {})
            case "content_block_start":
                self.blocks.append(event.get("content_block") or {})
            case "content_block_delta":
                self._add_delta(event.get("index", 0), event.get("delta") or {})
            case "content_block_stop":
                self._close(event.get("index", 0))
            case "message_delta":
                self.stop_reason = (event.get("delta") or {}).get("stop_reason") or self.stop_reason
                self.usage |= {key: value for key, value in (event.get("usage") or {}).items() if value is not None}
            case "message_stop":
                self.is_complete = True

    def count(self, key: str) -> int:
        """A number of tokens."""
        value = self.usage.get(key)
        return value if isinstance(value, int) else 0

    def plain(self) -> ModelAnswer:
        """The answer without its tool calls and its cost."""
        cached = self.count("cache_read_input_tokens")
        details = self.usage.get("output_tokens_details")
        return ModelAnswer(
            text="".join(self._said(block) for block in self.blocks if block.get("type") == "text"),
            reasoning="".join(self._said(block) for block in self.blocks if block.get("type") == "thinking"),
            finish_reason=_FINISHED.get(self.stop_reason, self.stop_reason),
            prompt_tokens=self.count("input_tokens") + self.count("cache_creation_input_tokens") + cached,
            completion_tokens=self.count("output_tokens"),
            cached_tokens=cached,
            reasoning_tokens=int((details or {}).get("thinking_tokens") or 0),
        )

    def _add_delta(self, place: int, delta: dict[str, Any]) -> None:
        block = self.blocks[place]
        for key in ("text", "thinking", "signature"):
            if isinstance(delta.get(key), str):
                block[key] = (block.get(key) or "") + delta[key]
        if isinstance(delta.get("partial_json"), str):
            self._inputs[place] = self._inputs.get(place, "") + delta["partial_json"]

    def _close(self, place: int) -> None:
        if self._inputs.get(place):
            try:
                self.blocks[place]["input"] = json.loads(self._inputs[place])
            except ValueError:
                self.blocks[place]["input"] = None

    @staticmethod
    def _said(block: dict[str, Any]) -> str:
        return str(block.get("text") or block.get("thinking") or "")
