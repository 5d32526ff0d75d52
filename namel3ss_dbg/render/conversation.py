"""What a model was asked: the conversation exactly as it was sent, and its answer when that is known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from ..events import Moment, TraceEvent
from ..timeline.timeline import Timeline
from .asked import Asked, asked
from .events import error_piece, failed, mocked, plain_event
from .formats import format_count
from .pieces import UNICODE, Line, Piece, Signs, Style, line, shortened
from .tables import Block
from .values import json_line, json_text, plain_value, plain_word
from .words import counted, text_lines

_ROLES: dict[str, Style] = {"system": "dim", "user": "key", "assistant": "good", "tool": "kind"}
_INDENT = 4
_SHOWN_APART = frozenset({"tools", "model", "llm"})


@attrs.frozen
class Conversation:
    """The messages of one model call."""

    timeline: Timeline
    start: Moment
    end: Moment | None = None
    """Its end, when that has happened by now."""
    signs: Signs = UNICODE

    @property
    def asked(self) -> Asked:
        """What the model was asked."""
        return asked(self.timeline[self.start].inputs)

    def value(self) -> dict[str, Any]:
        """All of it as JSON."""
        event = self.timeline[self.start]
        answer = self.timeline[self.end].outputs if self.end is not None else None
        return {"moment": self.start, **event.inputs, "messages": self.asked.messages, "answer": answer}

    def plain(self) -> Iterator[str]:
        """The call, then one line for each message, and one for the answer."""
        yield plain_event(self.timeline, self.start, more=())
        for message in self.asked.messages:
            yield f"message {_pairs(message)}"
        if self.end is not None:
            yield f"answer {_pairs(self.timeline[self.end].outputs)}"

    def screen(self, width: int) -> Iterator[Block]:
        """Who said what, in full, wrapped between words."""
        request = self.asked
        yield from self._head(request, width)
        for message in request.messages:
            yield from self._message(message, width)
        if self.end is not None:
            yield from self._answer(self.timeline[self.end], width)

    def _head(self, request: Asked, width: int) -> Iterator[Block]:
        event = self.timeline[self.start]
        model, tools = event.inputs.get("model"), event.inputs.get("tools")
        head = line(
            (f"#{self.start} ", "place"),
            (f"{event.inputs.get('llm') or event.name} ", "name"),
            (f"{model}  " if model else "", "kind"),
            (counted(len(request.messages), "message"), "dim"),
        )
        yield shortened(head, width, self.signs.cut)
        if isinstance(tools, list) and tools:
            names = ", ".join(each if isinstance(each, str) else json_text(each) for each in tools)
            yield from (line((text, "dim")) for text in text_lines(f"tools: {names}", width))
        apart = _SHOWN_APART | request.names
        others = {key: value for key, value in event.inputs.items() if key not in apart}
        if others:
            text = ", ".join(f"{key} {json_text(value)}" for key, value in others.items())
            yield from (line((part, "dim")) for part in text_lines(text, width))

    def _message(self, message: Any, width: int) -> Iterator[Block]:
        if not isinstance(message, dict):
            yield from _indented(json_text(message), width)
            return
        role = str(message.get("role", "?"))
        name = message.get("name") or message.get("tool_call_id") or message.get("tool")
        yield line((role, _ROLES.get(role, "warning")), (f" {name}" if name else "", "name"))
        yield from self._said(message.get("content"), message.get("tool_calls"), width)

    def _answer(self, end: TraceEvent, width: int) -> Iterator[Block]:
        tokens = f"  {format_count(end.tokens_used)} tok" if end.tokens_used else ""
        yield line(
            (f"{self.signs.arrow} answer", "title"),
            (f"  #{self.end}", "place"),
            (tokens, "number"),
            ("  mocked" if mocked(end) else "", "warning"),
        )
        if failed(end):
            yield line(" " * _INDENT, error_piece(end, self.signs))
        said = end.outputs.get("text", end.outputs.get("result", end.outputs.get("response")))
        yield from self._said(said, end.outputs.get("tool_calls"), width)

    def _said(self, content: Any, calls: Any, width: int) -> Iterator[Block]:
        if isinstance(content, str) and content:
            yield from _indented(content, width)
        elif content not in (None, ""):
            yield from (_within(json_line(text)) for text in text_lines(json_text(content), width - _INDENT))
        for call in calls if isinstance(calls, list) else ():
            yield shortened(line(" " * _INDENT, *self._call(call)), width, self.signs.cut)

    def _call(self, call: Any) -> Line:
        if not isinstance(call, dict):
            return (Piece(json_text(call)),)
        function = call.get("function") if isinstance(call.get("function"), dict) else call
        arguments = function.get("arguments", {}) if isinstance(function, dict) else {}
        text = arguments if isinstance(arguments, str) else json_text(arguments)
        name = function.get("name") if isinstance(function, dict) else None
        return line((f"{self.signs.opens} ", "sign"), (f"{name} ", "name"), *json_line(text))


def _indented(text: str, width: int) -> Iterator[Block]:
    return (_within(line((part, "text"))) for part in text_lines(text, width - _INDENT))


def _within(pieces: Line) -> Line:
    return (Piece(" " * _INDENT), *pieces)


def _pairs(values: Any) -> str:
    if not isinstance(values, dict):
        return plain_value(values)
    return " ".join(f"{plain_word(str(key))}={plain_value(value)}" for key, value in values.items())
