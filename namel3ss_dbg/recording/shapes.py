"""What objects of other people's runtimes say about themselves: names, texts, tokens, failures.

Every look at them is careful: they may be dicts or objects, lie, or raise.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import attrs

from ..events import Payload
from .span import describe

_PLAIN = frozenset({str, bytes, bytearray, int, float, bool, type(None), list, tuple, set, frozenset})

_AGENT_RESPONSES = ("response", "final_response", "final_answer", "output", "answer", "text", "content")
_PROMPT_OUTPUTS = ("output", "parsed", "validated_output")
_TEXTS = ("text", "content", "output_text", "completion", "response", "output")
_PROMPT_TOKENS = ("prompt_tokens", "input_tokens", "prompt_token_count", "prompt_eval_count", "tokens_prompt")
_COMPLETION_TOKENS = (
    "completion_tokens", "output_tokens", "candidates_token_count", "eval_count", "tokens_completion",
)  # fmt: skip
_TOTAL_TOKENS = ("total_tokens", "tokens_used", "tokens", "total_token_count", "token_count")
_COSTS = ("cost_estimate", "total_cost", "cost_usd", "cost")
_FIELDS_OF_USAGE = ("prompt_tokens", "completion_tokens", "total_tokens", "cost")
_MOST_RESULTS = 1_000
_MOST_TOKENS = 1 << 53


def is_a(value: Any, *kinds: type) -> bool:
    """Whether a value is of one of these kinds, without a question to the value itself."""
    return issubclass(type(value), kinds)


def look(value: Any, name: str) -> Any:
    """What an object has as this attribute, or a dict at this key; None when there is nothing or it raises."""
    kind = type(value)
    if kind is dict:
        return value.get(name)
    try:
        if kind in _PLAIN:
            return None
        return value.get(name) if issubclass(kind, dict) else getattr(value, name, None)
    except Exception:  # a property or `__getattr__` of somebody else
        return None


def reader(value: Any) -> Callable[[str], Any]:
    """`look` at one value, for many names."""
    return value.get if type(value) is dict else functools.partial(look, value)


def word_at(value: Any, *paths: str) -> str | None:
    """The first of these places, such as `name` or `agent_def.name`, that holds a word."""
    for path in paths:
        found = look(value, path) if "." not in path else functools.reduce(look, path.split("."), value)
        if type(found) is str and found:
            return found
    return None


def failure_of(result: Any) -> str | None:
    """What a result that says `status == "error"` says went wrong; None for all others."""
    status = look(result, "status")
    if not is_a(status, str):
        status = look(status, "value")  # a member of an enum
    if not is_a(status, str) or status.lower() != "error":
        return None
    for name in ("error", "error_message", "message"):
        error = look(result, name)
        if is_a(error, BaseException):
            return describe(error)
        if type(error) is str and error:
            return error
        if is_a(error, dict) and (text := word_at(error, "message", "error")):
            return text
    return "The result's status is 'error'"


@attrs.frozen
class Usage:
    """What a model call used, as far as it says."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    total_tokens: int | None = None
    cost: float | None = None
    """US dollars."""

    @property
    def tokens(self) -> int | None:
        """All tokens; None when nothing is known."""
        parts = [count for count in (self.prompt_tokens, self.completion_tokens) if count is not None]
        return self.total_tokens if self.total_tokens is not None else sum(parts) if parts else None


NO_USAGE = Usage()
"""Of a result that does not say."""


def usage_of(result: Any) -> Usage:
    """What a result says that it used, wherever in it that is said; results of a batch are added up."""
    if is_a(result, list, tuple):
        each = [usage_of(one) for one in result[:_MOST_RESULTS] if not is_a(one, list, tuple)]
        return Usage(*(_sum(getattr(one, field) for one in each) for field in _FIELDS_OF_USAGE))
    if type(result) in _PLAIN:
        return NO_USAGE
    holders: list[Any] = []
    for holder in _holders(result):
        if holder is None or type(holder) in _PLAIN:
            continue
        holders.append(holder)
        prompt, completion = _count(holder, _PROMPT_TOKENS), _count(holder, _COMPLETION_TOKENS)
        total = _count(holder, _TOTAL_TOKENS)
        if prompt is not None or completion is not None or total is not None:
            return Usage(prompt, completion, total, _cost(holders, result))
    return Usage(cost=_cost(holders, result))


def _holders(result: Any) -> Iterator[Any]:
    """The places where a result may say what it used, the usual ones first."""
    yield look(result, "usage")
    yield result
    yield look(result, "usage_metadata")
    for name in ("metadata", "response_metadata", "raw"):
        inner = look(result, name)
        if inner is not None:
            yield look(inner, "usage")
            yield look(inner, "token_usage")
            yield look(inner, "usage_metadata")
            yield inner


def _cost(holders: list[Any], result: Any) -> float | None:
    last = holders[-1] if holders else None
    for holder in (last, result if result is not last else None, look(result, "metadata")):
        read = reader(holder)
        for name in _COSTS if holder is not None else ():
            amount = read(name)
            if type(amount) in (int, float) and 0 <= amount < _MOST_TOKENS:
                return float(amount)
    return None


def _count(value: Any, names: Iterable[str]) -> int | None:
    read = reader(value)
    for name in names:
        count = read(name)
        if type(count) in (int, float) and 0 <= count < _MOST_TOKENS:
            return int(count)
    return None


def _sum(values: Iterable[Any]) -> Any:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def text_of(result: Any) -> str | None:
    """The text that a model's answer holds, itself or in its first message; None when it holds none."""
    return next((text for message in _messages_of(result) if (text := _text_in(message)) is not None), None)


def _messages_of(result: Any) -> Iterator[Any]:
    """The places where a model's answer may stand in a result, the result itself first."""
    yield result
    for name in ("message", "delta"):
        if (message := look(result, name)) is not None:
            yield message
    first = _first_choice(result)
    for name in ("message", "delta") if first is not None else ():
        if (message := look(first, name)) is not None:
            yield message
    if first is not None:
        yield first


def _first_choice(result: Any) -> Any:
    choices = look(result, "choices")
    return choices[0] if is_a(choices, list) and choices else None


def _text_in(message: Any) -> str | None:
    if type(message) is str:
        return message
    read = reader(message)
    for name in _TEXTS:
        found = read(name)
        if type(found) is str:
            return found
        if is_a(found, list) and found:  # blocks, of which some are text
            parts = [part if is_a(part, str) else look(part, "text") for part in found]
            return "".join(part for part in parts if is_a(part, str))
    return None


def _calls_of(result: Any) -> list[Payload] | None:
    """The tools that a model asks for, each as name, arguments and id."""
    messages = _messages_of(result)
    asked = next((found for message in messages if is_a(found := look(message, "tool_calls"), list) and found), None)
    if asked is None:
        return None
    calls = []
    for call in asked:
        function = look(call, "function")
        function = call if function is None or is_a(function, str) else function
        named = {
            "name": word_at(function, "name") or word_at(call, "function", "tool"),
            "arguments": _first(look(function, "arguments"), look(function, "args"), look(call, "input")),
            "id": word_at(call, "id"),
        }
        calls.append({key: value for key, value in named.items() if value is not None} or {"value": call})
    return calls


def _first(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


def _of_model(result: Any, usage: Usage) -> Payload:
    text = text_of(result)
    outputs: Payload = {
        "text": text,
        "tool_calls": _calls_of(result),
        "model": word_at(result, "model"),
        "finish_reason": word_at(result, "finish_reason", "stop_reason")
        or word_at(_first_choice(result), "finish_reason"),
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
    }
    outputs = {key: value for key, value in outputs.items() if value is not None}
    if text is None and not outputs.get("tool_calls") and result is not None:
        outputs["result"] = result
    return outputs


def _of_agent(result: Any, _: Usage) -> Payload:
    named = ((name, look(result, name)) for name in _AGENT_RESPONSES)
    said, response = next(((name, found) for name, found in named if found is not None), ("", None))
    if response is None or callable(response):
        return {"response": result}
    if is_a(result, dict):
        return {"response": response, **{key: value for key, value in result.items() if key != said}}
    outputs: Payload = {"response": response}
    turns = look(result, "turns")
    if is_a(turns, list, tuple):
        turns = len(turns)
    for name, found in (("turns", turns), ("status", look(result, "status")), ("metadata", look(result, "metadata"))):
        if is_a(found, int, str, dict) and found != {}:
            outputs[name] = found
    return outputs


def _of_prompt(result: Any, _: Usage) -> Payload:
    output = next((found for name in _PROMPT_OUTPUTS if (found := look(result, name)) is not None), None)
    if output is None or callable(output):
        output = text_of(result)
    return {"output": result if output is None else output}


def _of_chain(result: Any, _: Usage) -> Payload:
    if is_a(result, dict) and "result" in result:
        steps = result.get("steps")
        more: Mapping[str, Any] = {
            "status": result.get("status"),
            "steps": len(steps) if is_a(steps, list, tuple) else None,
        }
        return {"result": result["result"], **{key: value for key, value in more.items() if value is not None}}
    return {"result": result}


_OUTPUTS: dict[str, Callable[[Any, Usage], Payload]] = {
    "llm_call": _of_model,
    "agent_execution": _of_agent,
    "prompt_execution": _of_prompt,
    "chain_execution": _of_chain,
}


def outputs_of(kind: str, result: Any, usage: Usage) -> Payload:
    """What the end event of a span of this kind says of a result."""
    tell = _OUTPUTS.get(kind)
    return {"result": result} if tell is None else tell(result, usage)
