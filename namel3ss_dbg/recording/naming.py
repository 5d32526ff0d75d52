"""What a recorded call is called: the name that its agent, prompt, chain, model or tool has in its program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .shapes import is_a, look, word_at

_OF_SELF: dict[str, tuple[str, ...]] = {
    "agent_execution": ("name", "agent_name", "agent_def.name", "agent.name", "definition.name"),
    "prompt_execution": ("name", "prompt_name", "prompt_def.name", "prompt.name", "definition.name"),
    "chain_execution": ("name", "chain_name", "chain_def.name", "chain.name", "definition.name"),
    "llm_call": ("provider", "provider_name", "name"),
    "tool_call": ("name", "tool_name"),
}
"""By kind, where the object whose method is called may have its name."""

_OF_ARGUMENTS: dict[str, tuple[str, ...]] = {
    "agent_execution": ("agent", "agent_def", "agent_name", "runtime"),
    "prompt_execution": ("prompt_def", "prompt_name", "prompt"),
    "chain_execution": ("chain", "chain_def", "chain_name", "name"),
    "llm_call": ("provider", "provider_name"),
    "tool_call": ("tool", "tool_name"),
}
"""By kind, the arguments that may be it or its name."""

RUNS = ("run", "execute", "invoke", "call", "arun", "aexecute", "ainvoke", "acall", "__call__")
"""Methods that run the object that they belong to: a tool, or a step."""

_RUNS_OF_TOOLS = frozenset({*RUNS, "_run", "_arun"})

_OF_AGENTS = ("llm", "tool_registry", "tools")
"""What an object has that is an agent, and has a name of its own."""

_LONGEST_NAME = 100


def name_of(kind: str, target: object, arguments: Mapping[str, Any], function: object) -> str:
    """The name of what is called; a name of last resort is the one of the class or function."""
    if target is not None:
        if kind == "llm_call":
            return provider_of(target)
        if kind == "tool_call" and _is_one_of_many(target, name_of_function(function)):
            return name_of_function(function)
        found = word_at(target, *_OF_SELF[kind])
        if found is not None:
            return found
    for argument in _OF_ARGUMENTS[kind]:
        value = arguments.get(argument)
        if type(value) is str and argument != "prompt":  # a prompt in words is no name
            if value and len(value) <= _LONGEST_NAME:
                return value
        elif value is not None and (found := word_at(value, "name")) is not None:
            return found
    if target is not None:
        return name_of_class(target)
    return name_of_function(function)


def _is_one_of_many(target: object, method: str) -> bool:
    """Whether a tool is one method of an object, and not the object that the method runs."""
    if method in _RUNS_OF_TOOLS:
        return False
    return word_at(target, *_OF_SELF["tool_call"]) is None or any(look(target, name) is not None for name in _OF_AGENTS)


def name_of_class(target: Any) -> str:
    """The name of an object's class, or of the class that this is."""
    return str((target if is_a(target, type) else type(target)).__name__)


def provider_of(model: object) -> str:
    """Who answers: `openai`; else the name of the model object, else its class."""
    found = word_at(model, *_OF_SELF["llm_call"][:2])
    if found is None and callable(ask := look(type(model), "get_provider_name")):  # a mock's own it would remember
        try:
            answer = ask(model)
        except Exception:  # a method of somebody else
            answer = None
        found = answer if type(answer) is str and answer else None
    return found or word_at(model, "name") or type(model).__name__


def name_of_function(function: object) -> str:
    """The name that a function, or anything else that can be called, goes by."""
    inner = look(function, "func")  # of a `functools.partial`
    for each in (function, inner if callable(inner) else None):
        name = word_at(each, "name", "__name__")
        if name is not None:
            return name
    return type(function).__name__
