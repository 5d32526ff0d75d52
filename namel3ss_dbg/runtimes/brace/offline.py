"""A model that needs no network and always answers the same: what its rules say, or something sensible without them.

The first rule that matches answers. Without one it restates what it was asked, says what a tool found, or, when an
object is asked for, makes one whose values fit and depend on nothing but the question. It never calls a tool that no
rule tells it to. Tokens are counted as `models.count_tokens` says, so costs can be told offline, too.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any
from zlib import crc32

import attrs

from .models import (
    Message,
    ModelAnswer,
    ModelError,
    ModelRequest,
    ToolCall,
    count_call_tokens,
    count_message_tokens,
    count_tokens,
    number_setting,
)
from .nodes import Field, Llm, Rule
from .templates import Names, as_text, evaluate
from .values import resolve, shown

Sleep = Callable[[float], Awaitable[None]]
"""Waits some seconds."""

_WORD = re.compile(r"[^\W\d_][\w'-]*")
_LONGEST_ECHO = 200


@attrs.define
class OfflineModel:
    """Answers by the rules of its declaration."""

    llm: Llm
    sleep: Sleep = asyncio.sleep
    asked: int = attrs.field(default=0, init=False)
    """How often it was asked."""
    _used: Counter[int] = attrs.field(factory=Counter, init=False)
    """How often each rule answered, by its place."""
    _calls: int = attrs.field(default=0, init=False)

    async def ask(self, request: ModelRequest) -> ModelAnswer:
        """The answer of the first rule that matches, else one of its own."""
        self.asked += 1
        rule, names = self._rule(request)
        answer = self._answer(rule, names, request)
        await self._wait(rule, answer)
        if rule is not None and rule.fail is not None:
            raise ModelError(f"The llm '{self.llm.name}' failed", why=rule.fail)
        return answer

    def _rule(self, request: ModelRequest) -> tuple[Rule | None, Names]:
        names = self._names(request)
        for place, rule in enumerate(self.llm.rules):
            if rule.times is not None and self._used[place] >= rule.times:
                continue
            found = _match(rule, names["prompt"])
            if found is None:
                continue
            seen = {**names, "match": found}
            if rule.where is None or evaluate(rule.where, seen, rule.at):
                self._used[place] += 1
                return rule, seen
        return None, names

    def _names(self, request: ModelRequest) -> dict[str, Any]:
        newest = request.messages[-1] if request.messages else Message("user", "")
        return {
            "prompt": newest.content,
            "role": newest.role,
            "messages": [message.to_dict() for message in request.messages],
            "call": self.asked,
            "tools": [tool.name for tool in request.tools],
            "agent": request.agent,
        }

    def _answer(self, rule: Rule | None, names: Names, request: ModelRequest) -> ModelAnswer:
        calls = self._tool_calls(rule, names) if rule is not None else ()
        if rule is not None and rule.answer is not None:
            text = as_text(shown(resolve(rule.answer, names)))
        else:
            text = "" if calls else default_answer(request)
        reason = "tool_calls" if calls else "stop"
        limit = request.parameters.get("max_tokens")
        if isinstance(limit, int) and 0 < limit < count_tokens(text):
            text, reason = text[: limit * 4], "length"
        if rule is not None and rule.malformed:
            text, reason = text[: len(text) // 2], "incomplete"
        return ModelAnswer(
            text=text,
            tool_calls=calls,
            finish_reason=reason,
            prompt_tokens=count_message_tokens(request.messages),
            completion_tokens=count_tokens(text) + count_call_tokens(calls),
        )

    def _tool_calls(self, rule: Rule, names: Names) -> tuple[ToolCall, ...]:
        wanted = ((rule.tool, rule.arguments), *rule.calls) if rule.tool is not None else rule.calls
        return tuple(self._tool_call(name, shown(resolve(arguments, names))) for name, arguments in wanted)

    def _tool_call(self, name: str, arguments: dict[str, Any]) -> ToolCall:
        self._calls += 1
        return ToolCall(name, arguments, f"call_{self.llm.name}_{self._calls}")

    async def _wait(self, rule: Rule | None, answer: ModelAnswer) -> None:
        delay_ms = (rule.delay_ms if rule is not None else 0.0) + (number_setting(self.llm, "latency_ms") or 0.0)
        speed = number_setting(self.llm, "tokens_per_second")
        delay_s = delay_ms / 1000 + (answer.completion_tokens / speed if speed else 0.0)
        if delay_s > 0:
            await self.sleep(delay_s)


def default_answer(request: ModelRequest) -> str:
    """What the offline model says when no rule matches."""
    if request.outputs:
        asked = "\n".join(message.content for message in request.messages if message.role == "user")
        return json.dumps(example_of(request.outputs, asked), ensure_ascii=False)
    newest = request.messages[-1] if request.messages else Message("user", "")
    said = _first_line(newest.content)
    if newest.role == "tool":
        return f"{newest.tool} answered: {said}"
    return f"You asked: {said}" if said else "You asked nothing."


def example_of(fields: tuple[Field, ...], asked: str) -> dict[str, Any]:
    """An object of these fields whose values fit and depend only on what was asked."""
    return {field.name: _example(field, asked, field.name) for field in fields}


def _example(field: Field, asked: str, path: str) -> Any:
    draw = crc32(f"{path}\n{asked}".encode())
    if field.choices:
        return field.choices[draw % len(field.choices)]
    match field.type:
        case "integer":
            return draw % 10 + 1
        case "number":
            return draw % 101 / 100
        case "boolean":
            return draw % 2 == 0
        case "list":
            item = field.items or Field("item", "string")
            return [_example(item, asked, f"{path}[{number}]") for number in range(2)]
        case "object":
            return {inner.name: _example(inner, asked, f"{path}.{inner.name}") for inner in field.fields}
    words = _WORD.findall(asked)[:60] or [field.name]
    begin = draw % max(len(words) - 4, 1)
    return " ".join(words[begin : begin + 5])


def _match(rule: Rule, prompt: str) -> list[str] | None:
    """What the rule's pattern found in the newest message, whole and groups; None when it does not match.

    Letters match in either case; `(?-i:…)` in a pattern asks for the exact one.
    """
    if rule.when is None:
        return [prompt]
    found = re.search(rule.when, prompt, re.IGNORECASE)
    return [found[0], *(group or "" for group in found.groups())] if found else None


def _first_line(text: str) -> str:
    line = text.strip().partition("\n")[0].strip()
    return line if len(line) <= _LONGEST_ECHO else f"{line[:_LONGEST_ECHO]}…"
