"""What a model was asked, as messages, however its runtime passes them.

A person's own model may take a list of messages, a bare prompt with a system prompt beside it, or a parameter of any
other name; all of them are read as a conversation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

_SYSTEMS = ("system", "system_prompt", "system_message", "instructions")
_EARLIER = ("messages", "conversation", "chat_history", "history")
_PROMPTS = ("prompt", "user_prompt", "user_message", "user_input", "message", "input", "query", "question", "text")
_ABOUT = frozenset({"llm", "model", "temperature", "max_tokens", "top_p", "seed", "stop", "tools"})
"""What inputs say of the model, and not to it."""


@attrs.frozen
class Asked:
    """The messages of one model call."""

    messages: list[Any]
    """As they were sent; a bare text is the user's, or the system's."""
    names: frozenset[str]
    """The inputs that they stand in."""


def asked(inputs: Mapping[str, Any]) -> Asked:
    """What the inputs of a model call ask."""
    said = [name for name in (_first(inputs, _SYSTEMS), _first(inputs, _EARLIER), _first(inputs, _PROMPTS)) if name]
    if not said or said[-1] in _SYSTEMS:
        said += [name for name in inputs if name not in _ABOUT and name not in said and _speaks(inputs[name])][:1]
    messages: list[Any] = []
    for name in said:
        messages += _messages(inputs[name], _role_of(name))
    return Asked(messages, frozenset(said))


def _role_of(name: str) -> str | None:
    """Who says what stands there; None where each message says it."""
    if name in _EARLIER:
        return None
    return "system" if name in _SYSTEMS else "user"


def _first(inputs: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    return next((name for name in names if inputs.get(name) not in (None, "", [])), None)


def _speaks(value: Any) -> bool:
    """Whether an input of another name may be what the model is asked."""
    return bool(value) and (isinstance(value, str) or (isinstance(value, list) and isinstance(value[0], str | dict)))


def _messages(value: Any, role: str | None) -> list[Any]:
    each = value if isinstance(value, list) else [value]
    return [one if role is None or _has_role(one) else {"role": role, "content": one} for one in each]


def _has_role(message: Any) -> bool:
    return isinstance(message, dict) and "role" in message
