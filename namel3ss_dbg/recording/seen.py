"""What code inside a recorded call sees in place of models, tools and steps: stand-ins whose calls are recorded.

A stand-in is a view and never a copy: whatever is read comes from the object it stands for, whatever is written goes
there. So nothing that a program does is lost, and nothing of a stand-in is left in its objects. Calls through it are
recorded only by code that is inside a recorded call; everywhere else it does no more than pass them on.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any, SupportsIndex

_ORIGINAL, _HOW, _MADE = "_seen_original", "_seen_how", "_seen_made"  # no names that an object of others may have
_FUNCTIONS = (FunctionType, MethodType, BuiltinFunctionType, functools.partial)
_OWN = frozenset(
    {
        "__abstractmethods__", "__annotate__", "__annotations__", "__attrs_attrs__", "__class__", "__class_getitem__",
        "__dataclass_fields__", "__dataclass_params__", "__del__", "__delattr__", "__dict__", "__doc__",
        "__firstlineno__", "__getattr__", "__getattribute__", "__getnewargs__", "__getnewargs_ex__", "__getstate__",
        "__init__", "__init_subclass__", "__match_args__", "__module__", "__mro_entries__", "__new__",
        "__orig_bases__", "__parameters__", "__prepare__", "__qualname__", "__reduce__", "__reduce_ex__",
        "__set_name__", "__setattr__", "__setstate__", "__slots__", "__static_attributes__", "__subclasshook__",
        "__weakref__",
    }
)  # fmt: skip
"""Special names that a stand-in does not take from the class of its original."""


How = Callable[[str, Any], Any]
"""What is seen in place of the attribute of a name and value: the value itself where nothing is to be recorded."""


class Seen:
    """Base of all stand-ins."""

    __slots__ = ()


def original(value: Any) -> Any:
    """What a stand-in stands for; everything else is itself."""
    if issubclass(type(value), Seen):
        return object.__getattribute__(value, _ORIGINAL)
    if type(value) is FunctionType:
        made_from = value.__dict__.get(_ORIGINAL)
        if made_from is not None and made_from[0] is value:
            return made_from[1]
    return value


def seen_call(function: Callable[..., Any], wrap: Callable[[Callable[..., Any]], Any]) -> Any:
    """What is seen in place of something callable: a function for a function, else an object with its attributes."""
    if isinstance(function, _FUNCTIONS):
        wrapper = wrap(function)
        wrapper.__dict__[_ORIGINAL] = (wrapper, function)
        return wrapper
    call = wrap(function)
    return seen_object(function, lambda name, value: call if name == "__call__" else value)


def seen_object(value: Any, how: How) -> Any:
    """What is seen in place of an object: one that has its class, attributes and operators."""
    return _stand_in_for(type(value))(value, how)  # type: ignore[arg-type]


@functools.lru_cache(maxsize=256)
def _stand_in_for(kind: type[Any]) -> type[SeenObject]:
    special: dict[str, Any] = {}
    for cls in reversed(kind.__mro__[:-1]):
        for name, value in vars(cls).items():
            if name.startswith("__") and name.endswith("__") and name not in _OWN:
                special[name] = _passed_on(name) if callable(value) or hasattr(value, "__get__") else value
    return type(kind.__name__, (SeenObject,), {"__slots__": (), "__module__": kind.__module__, **special})


def _passed_on(name: str) -> Callable[..., Any]:
    def passed_on(self: Any, *args: Any, **kwargs: Any) -> Any:
        of = original(self)
        if name == "__call__":
            return object.__getattribute__(self, _HOW)(name, of)(*args, **kwargs)
        return getattr(type(of), name)(of, *map(original, args), **kwargs)

    return passed_on


class SeenObject(Seen):
    """Stands for an object of any class."""

    __slots__ = (_HOW, _MADE, _ORIGINAL, "__weakref__")

    def __init__(self, value: Any, how: How) -> None:
        object.__setattr__(self, _ORIGINAL, value)
        object.__setattr__(self, _HOW, how)
        object.__setattr__(self, _MADE, {})

    def __getattribute__(self, name: str) -> Any:
        own = object.__getattribute__
        value = getattr(own(self, _ORIGINAL), name)
        if name.startswith("__") and name != "__call__":
            return value
        made = own(self, _MADE)
        known = made.get(name)
        # A bound method is another object each time; equal ones are the same.
        if known is not None and (known[0] is value or (type(value) is MethodType and known[0] == value)):
            return known[1]
        shown = own(self, _HOW)(name, value)
        if shown is not value:
            made[name] = (value, shown)
        return shown

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(original(self), name, original(value))

    def __delattr__(self, name: str) -> None:
        delattr(original(self), name)

    def __dir__(self) -> Iterable[str]:
        return dir(original(self))

    def __repr__(self) -> str:
        return repr(original(self))

    def __str__(self) -> str:
        return str(original(self))

    def __format__(self, spec: str) -> str:
        return format(original(self), spec)

    def __eq__(self, other: object) -> Any:
        return original(self) == original(other)

    def __ne__(self, other: object) -> Any:
        return original(self) != original(other)

    def __hash__(self) -> int:
        return hash(original(self))

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        return original(self).__reduce_ex__(protocol)
