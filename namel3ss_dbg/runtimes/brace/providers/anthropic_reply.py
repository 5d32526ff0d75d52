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
    error: Any = None
    is_complete: bool = False
    _inputs: dict[int, str] = attrs.field(factory=dict)
    """The JSON text of each tool's arguments, in a stream."""

    @property
    def has_begun(self) -> bool:
        """Whether something of the answer itself has arrived."""
        return any(block.get("type") == "tool_use" or self._said(block) for block in self.blocks)

    @property
    def said(self) -> str:
        """All that the model wrote: text, thoughts and calls."""
        calls = [f"{block.get('name')}{json.dumps(block.get('input'))}" for block in self.calls]
        return "".join([*map(self._said, self.blocks), *calls])

    @property
    def calls(self) -> list[dict[str, Any]]:
        """The blocks that wish for a tool."""
        return [block for block in self.blocks if block.get("type") == "tool_use"]

    @property
    def cost(self) -> float | None:
        """The server does not say."""
        return None

    @property
    def written_tokens(self) -> int:
        """How many of the prompt's tokens the server was paid to remember."""
        return self._count("cache_creation_input_tokens")

    def add(self, piece: dict[str, Any]) -> None:
        """Take in an event of a stream."""
        match piece.get("type"):
            case "message_start":
                self._begin(piece.get("message") or {})
            case "content_block_start":
                self.blocks.append(piece.get("content_block") or {})
            case "content_block_delta":
                self._add_delta(piece.get("index", 0), piece.get("delta") or {})
            case "content_block_stop":
                self._close(piece.get("index", 0))
            case "message_delta":
                self.stop_reason = (piece.get("delta") or {}).get("stop_reason") or self.stop_reason
                self._count_in(piece)
            case "message_stop":
                self.is_complete = True

    def add_whole(self, answer: dict[str, Any]) -> bool:
        """Take in an answer that came at once; false when it is none."""
        self.error, blocks = answer.get("error"), answer.get("content")
        if isinstance(blocks, list):
            self._begin(answer)
            self.blocks, self.is_complete = blocks, True
        return self.error is not None or isinstance(blocks, list)

    def plain(self) -> ModelAnswer:
        """The answer without its tool calls and its cost."""
        cached = self._count("cache_read_input_tokens")
        details = self.usage.get("output_tokens_details")
        return ModelAnswer(
            text="".join(self._said(block) for block in self.blocks if block.get("type") == "text"),
            reasoning="".join(self._said(block) for block in self.blocks if block.get("type") == "thinking"),
            finish_reason=_FINISHED.get(self.stop_reason, self.stop_reason),
            prompt_tokens=self._count("input_tokens") + self._count("cache_creation_input_tokens") + cached,
            completion_tokens=self._count("output_tokens"),
            cached_tokens=cached,
            reasoning_tokens=int((details or {}).get("thinking_tokens") or 0),
        )

    def _begin(self, message: dict[str, Any]) -> None:
        self.model = message.get("model") or ""
        self.stop_reason = message.get("stop_reason") or ""
        self._count_in(message)

    def _count_in(self, part: dict[str, Any]) -> None:
        self.usage |= {key: value for key, value in (part.get("usage") or {}).items() if value is not None}

    def _count(self, key: str) -> int:
        value = self.usage.get(key)
        return value if isinstance(value, int) else 0

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
