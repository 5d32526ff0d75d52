"""What code inside a recorded call sees in place of models, tools and steps: stand-ins whose calls are recorded.

A stand-in is a view and never a copy: whatever is read comes from the object it stands for, whatever is written goes
there. Who asks for its class, copies or pickles it, asks for and gets that of the object. Calls through it are recorded
only by code that is inside a recorded call; everywhere else it does no more than pass them on.
"""

from __future__ import annotations

import copy
import functools
import inspect
import operator
from collections.abc import Callable, Iterable
from types import MethodType
from typing import Any, SupportsIndex

# Names that no object of others has:
_ORIGINAL, _HOW, _MADE, _KIND = "_stand_in_original", "_stand_in_how", "_stand_in_made", "_stand_in_kind"

_COPIES = frozenset({"__copy__", "__deepcopy__", "__reduce_ex__"})
"""By what a stand-in is copied and pickled, as its original."""

_OWN = frozenset(
    {
        "__abstractmethods__", "__annotate__", "__annotations__", "__attrs_attrs__", "__call__", "__class__",
        "__class_getitem__", "__copy__", "__dataclass_fields__", "__dataclass_params__", "__deepcopy__", "__del__",
        "__delattr__", "__dict__", "__doc__", "__firstlineno__", "__getattr__", "__getattribute__", "__getnewargs__",
        "__getnewargs_ex__", "__getstate__", "__init__", "__init_subclass__", "__match_args__", "__module__",
        "__mro_entries__", "__new__", "__orig_bases__", "__parameters__", "__prepare__", "__qualname__", "__reduce__",
        "__reduce_ex__", "__set_name__", "__setattr__", "__setstate__", "__slots__", "__static_attributes__",
        "__subclasshook__", "__weakref__",
    }
)  # fmt: skip
"""Special names that a stand-in does not take from the class of its original."""


How = Callable[[str, Any], Any]
"""What is seen in place of the attribute of a name and value: the value itself where nothing is to be recorded."""


class StandIn:
    """Base of all stand-ins."""

    __slots__ = ()


def original(value: Any) -> Any:
    """What a stand-in stands for; everything else is itself."""
    return object.__getattribute__(value, _ORIGINAL) if issubclass(type(value), StandIn) else value


def is_stand_in(value: Any) -> bool:
    """Whether something is one."""
    return issubclass(type(value), StandIn)


def same_function(one: object, other: object) -> bool:
    """Whether two are one; a bound method is another object each time that it is looked up."""
    return one is other or (type(one) is MethodType and type(other) is MethodType and one == other)


def stand_in_for_call(function: Callable[..., Any], call: Callable[..., Any]) -> Any:
    """What is seen in place of something callable: it, with `call` called in its place."""
    return stand_in_for(function, lambda name, value: call if name == "__call__" else value)


def stand_in_for(value: Any, how: How) -> Any:
    """What is seen in place of an object: one that has its class, attributes and operators."""
    kind: Any = _stand_in_type(type(value))  # type: ignore[arg-type]
    shown: Any = object.__new__(kind)
    object.__setattr__(shown, _ORIGINAL, value)
    object.__setattr__(shown, _HOW, how)
    object.__setattr__(shown, _MADE, {})
    if CallableStandIn in kind.__mro__:
        object.__setattr__(shown, "__call__", how("__call__", value))
    return shown


@functools.lru_cache(maxsize=256)
def _stand_in_type(kind: type[Any]) -> StandInType:
    """The class of the stand-ins for objects of a class: its special methods are asked of the original."""
    special: dict[str, Any] = {}
    for cls in reversed(kind.__mro__[:-1]):
        for name, value in vars(cls).items():
            if name.startswith("__") and name.endswith("__") and name not in _OWN:
                special[name] = _passed_on(name) if callable(value) or hasattr(value, "__get__") else value
    base = CallableStandIn if _attribute(kind, "__call__") is not None else ObjectStandIn
    namespace = {"__slots__": (), "__module__": kind.__module__, "__qualname__": kind.__qualname__, _KIND: kind}
    return StandInType(kind.__name__, (base,), {**special, **namespace})


def _attribute(kind: type, name: str) -> Any:
    """What a class or one that it inherits from has under this name; None when there is nothing."""
    return next((vars(cls)[name] for cls in kind.__mro__ if name in vars(cls)), None)


def _passed_on(name: str) -> Callable[..., Any]:
    def passed_on(self: Any, *args: Any, **kwargs: Any) -> Any:
        of = original(self)
        found = _attribute(type(of), name)
        bind = getattr(type(found), "__get__", None)
        special = found if bind is None else bind(found, of, type(of))
        return special(*map(original, args), **kwargs)

    return passed_on


class StandInType(type):
    """The class of a stand-in: to those who use it, the class that it stands for."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        return _kind(cls)(*args, **kwargs)

    def __getattr__(cls, name: str) -> Any:
        return getattr(_kind(cls), name)

    def __setattr__(cls, name: str, value: Any) -> None:
        setattr(_kind(cls), name, value)

    def __eq__(cls, other: object) -> bool:
        return _kind(cls) is _kind(other)

    def __hash__(cls) -> int:
        return hash(_kind(cls))

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, _kind(cls))

    def __subclasscheck__(cls, other: type) -> bool:
        return issubclass(_kind(other), _kind(cls))

    def __repr__(cls) -> str:
        return repr(_kind(cls))


def _signature(of: Any) -> Any:
    """What `inspect.signature` shall find in a stand-in before it finds how that is called."""
    try:
        return of.__signature__
    except AttributeError:
        if not callable(of):
            raise
    try:
        return inspect.signature(of)
    except (TypeError, ValueError) as problem:
        raise AttributeError(str(problem)) from None


def _kind(cls: Any) -> Any:
    return type.__getattribute__(cls, _KIND) if type(cls) is StandInType else cls


class ObjectStandIn(StandIn):
    """Stands for an object of any class."""

    __slots__ = (_HOW, _MADE, _ORIGINAL, "__weakref__")

    def __getattribute__(self, name: str) -> Any:
        own = object.__getattribute__
        of = own(self, _ORIGINAL)
        if name[:2] == "__" and name != "__call__":
            if name in _COPIES:
                return own(self, name)
            return _signature(of) if name == "__signature__" else getattr(of, name)
        value = getattr(of, name)
        made = own(self, _MADE)
        known = made.get(name)
        if known is not None and same_function(known[0], value):
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

    def __copy__(self) -> Any:
        return copy.copy(original(self))

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return copy.deepcopy(original(self), memo)

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        return operator.getitem, ((original(self),), 0)  # the original, as whoever unpickles it knows it


class CallableStandIn(ObjectStandIn):
    """Stands for an object that can be called, with what is called in its place."""

    __slots__ = ("__call__",)
