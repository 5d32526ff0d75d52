"""What a function is called with, by the names of its parameters, however it was passed."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from types import BuiltinFunctionType, FunctionType, MethodDescriptorType, MethodType
from typing import Any

from ..events import Payload
from .shapes import word_at

_SELVES = ("self", "cls")
_KINDS = inspect.Parameter
_FUNCTIONS = (FunctionType, MethodType, BuiltinFunctionType, MethodDescriptorType, functools.partial)


class Parameters:
    """The parameters of a function."""

    def __init__(self, function: Callable[..., Any]) -> None:
        owner = (word_at(function, "__qualname__") or "").rpartition(".")[0]
        self._owner = "" if owner.endswith("<locals>") else owner
        found = _parameters(function)
        positional = (_KINDS.POSITIONAL_ONLY, _KINDS.POSITIONAL_OR_KEYWORD)
        self.positional = tuple(parameter.name for parameter in found if parameter.kind in positional)
        """Those that can be passed by position."""
        self._rest = next((each.name for each in found if each.kind is _KINDS.VAR_POSITIONAL), "args")
        self._defaults = tuple((each.name, each.default) for each in found if each.default is not _KINDS.empty)

    def have_self(self, args: Sequence[Any]) -> bool:
        """Whether the first argument of a call is the object or class that a method belongs to."""
        if not args or not self.positional:
            return False
        if self.positional[0] in _SELVES:
            return True
        return bool(self._owner) and any(cls.__qualname__ == self._owner for cls in type(args[0]).__mro__)

    def named(self, args: Sequence[Any], kwargs: Mapping[str, Any], *, beyond: int = 0) -> Payload:
        """The arguments of a call by name, with defaults, those by position from that one on.

        What a call passes beyond the parameters is kept, too: `*args` as a list, `**kwargs` each under its own name. A
        call that does not fit raises nothing here: the function itself will say so.
        """
        named = dict(zip(self.positional, args, strict=False))
        if len(args) > len(self.positional):
            named[self._rest] = list(args[len(self.positional) :])
        if kwargs:
            named.update(kwargs)
        for name, default in self._defaults:
            if name not in named:
                named[name] = default
        if beyond:
            del named[self.positional[0]]
        return named

    def place(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> int | str | None:
        """Where a call passes this parameter: an index of `args`, a key of `kwargs`, or nowhere."""
        if name in kwargs:
            return name
        if name in self.positional and (index := self.positional.index(name)) < len(args):
            return index
        return None


def _parameters(function: Any) -> list[inspect.Parameter]:
    try:
        if isinstance(function, type) or type(function) in _FUNCTIONS:
            return list(inspect.signature(function).parameters.values())
        # An object's own attributes are not asked: a mock remembers each question.
        return list(inspect.signature(type(function).__call__).parameters.values())[1:]
    except Exception:  # some builtins, and signatures that somebody made wrong
        return []
