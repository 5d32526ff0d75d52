"""Values of a program on their way to whoever uses them: texts rendered, the environment read at the last moment.

What `env.NAME` stands for is known to two places only: the variable itself and the call that needs it. Until then the
reference travels, and what is written to a trace shows `env.NAME`. What a tool or a model lets out again of what it was
given is masked: `held_for` says what to look for.
"""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import attrs

from ...events import ProgramError
from .nodes import EnvRef, Text, Value
from .templates import Names, compile_template

_VARIABLE = re.compile(r"\benv\.(\w+)")


def resolve(value: Value, names: Names) -> Any:
    """A value of the source with its texts rendered; references to the environment stay what they are.

    Raises:
        SourceError: A text in it cannot be rendered.
    """
    match value:
        case Text():
            return compile_template(value).value(names)
        case list() | tuple():
            return [resolve(item, names) for item in value]
        case dict():
            return {key: resolve(item, names) for key, item in value.items()}
    return value


def shown(value: Any) -> Any:
    """A resolved value as a trace may show it: `env.NAME` for a reference to the environment."""
    return _replaced(value, lambda reference: f"env.{reference.name}")


def revealed(value: Any) -> Any:
    """A copy of a resolved value with what the environment holds, for whoever uses it at once.

    Raises:
        ProgramError: A variable is not set.
    """
    return _replaced(value, _from_environment)


def with_references(recorded: Any, declared: Value) -> Any:
    """A value as a trace shows it, with the references to the environment that the source has in the same places."""
    match recorded, declared:
        case str(), EnvRef(name) if recorded == f"env.{name}":
            return declared
        case dict(), dict():
            return {key: with_references(item, declared.get(key)) for key, item in recorded.items()}
        case list(), list() | tuple():
            others = itertools.chain(declared, itertools.repeat(None))
            return [with_references(*pair) for pair in zip(recorded, others, strict=False)]
    return recorded


def concealed_in(value: Any) -> EnvRef | None:
    """The first reference to the environment in a resolved value."""
    found: list[EnvRef] = []
    _replaced(value, found.append)
    return found[0] if found else None


def environment_of(value: Value) -> dict[str, str]:
    """The environment variables that the texts in a value name as `env.NAME`, with what they hold.

    Raises:
        ProgramError: One of them is not set.
    """
    match value:
        case Text():
            return {name: _from_environment(EnvRef(name)) for name in _VARIABLE.findall(value.raw)}
        case dict():
            return {name: held for item in value.values() for name, held in environment_of(item).items()}
    return {}


def held_for(program: Any) -> set[str]:
    """What the environment holds for a program: the values of all variables that it names, where they are set."""
    return {os.environ[name] for name in _variables_in(program) if name in os.environ}


def _variables_in(part: Any) -> Iterator[str]:
    if isinstance(part, EnvRef):
        yield part.name
    elif isinstance(part, Text):
        yield from _VARIABLE.findall(part.raw)
    elif isinstance(part, dict):
        yield from _variables_in(list(part.values()))
    elif isinstance(part, list | tuple):
        for item in part:
            yield from _variables_in(item)
    elif attrs.has(type(part)):
        for field in attrs.fields(type(part)):
            yield from _variables_in(getattr(part, field.name))


def _replaced(value: Any, replace: Callable[[EnvRef], Any]) -> Any:
    match value:
        case EnvRef():
            return replace(value)
        case list():
            return [_replaced(item, replace) for item in value]
        case dict():
            return {key: _replaced(item, replace) for key, item in value.items()}
    return value


def _from_environment(reference: EnvRef) -> str:
    try:
        return os.environ[reference.name]
    except KeyError:
        raise ProgramError(
            f"env.{reference.name} has no value",
            why=f"the environment variable {reference.name} is not set",
            try_=f"Set it before the run: export {reference.name}=…",
        ) from None
