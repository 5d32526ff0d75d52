"""Lets code inside a recorded call see stand-ins for what an object holds, without touching the object.

`self` is the same object inside a traced method as outside, in every respect. What changes, at the first recorded call,
is its class: `llm`, `tool_registry` and the like become descriptors that read and write exactly what was read and
written before, and that show a stand-in to code that is inside a recorded call. To all other code, at the same moment
too, they show the thing itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from .calls import Call, current
from .observed import careful, open_call, seen_model, seen_steps, seen_tools
from .standins import original

_NOTHING = object()
_SHOWN: dict[str, Callable[[Any, Call], Any]] = {
    "llm": seen_model,
    "provider": seen_model,
    "tool_registry": seen_tools,
    "tools": seen_tools,
}
"""The attributes that are watched, and what is seen in their place."""
_SHOWN_IN_CHAINS = {**_SHOWN, "steps": seen_steps}


class Watched:
    """An attribute of a class whose values are seen as stand-ins by recorded calls."""

    def __init__(self, name: str, kind: type, show: Callable[[Any, Call], Any]) -> None:
        self._name = name
        self._kind = kind
        self._show = show
        self._own = kind.__dict__.get(name, _NOTHING)
        """What the class itself has under this name: a property, a slot, a default."""
        self.open: dict[int, list[Call]] = {}
        """By id of an object, the recorded calls that run on it now."""

    def __get__(self, of: Any, owner: type | None = None) -> Any:
        if of is None:
            kind = owner or self._kind
            declared = self._declared(kind)
            if declared is _NOTHING:
                raise AttributeError(f"type object '{kind.__name__}' has no attribute '{self._name}'")
            get = getattr(type(declared), "__get__", None)
            return declared if get is None else get(declared, None, kind)
        value = self._value(of)
        call = current.get()
        if call is None and (calls := self.open.get(id(of))):
            call = open_call(calls[-1])
        if call is None or not call.sees_inside:
            return value
        known = call.seen.get(id(value))
        return known[0] if known is not None else careful(call, value, lambda: self._show(value, call))

    def __set__(self, of: Any, value: Any) -> None:
        value = _put_back(value)
        declared = self._declared(type(of))
        set_ = getattr(type(declared), "__set__", None)
        if set_ is not None:
            set_(declared, of, value)
        else:
            object.__getattribute__(of, "__dict__")[self._name] = value

    def __delete__(self, of: Any) -> None:
        declared = self._declared(type(of))
        delete = getattr(type(declared), "__delete__", None)
        if delete is not None:
            delete(declared, of)
            return
        values = object.__getattribute__(of, "__dict__")
        if self._name not in values:
            raise self._missing(of)
        del values[self._name]

    def _value(self, of: Any) -> Any:
        """What is there; a look at the class and the object as Python itself takes it."""
        declared = self._declared(type(of))
        get = getattr(type(declared), "__get__", None)
        if get is not None and hasattr(type(declared), "__set__"):
            return get(declared, of, type(of))
        try:
            values = object.__getattribute__(of, "__dict__")
        except AttributeError:
            values = {}
        if self._name in values:
            return values[self._name]
        if declared is _NOTHING:
            raise self._missing(of)
        return declared if get is None else get(declared, of, type(of))

    def _missing(self, of: Any) -> AttributeError:
        return AttributeError(f"'{type(of).__name__}' object has no attribute '{self._name}'", name=self._name, obj=of)

    def _declared(self, kind: type) -> Any:
        """What `kind` would find under this name if this were not there."""
        if self._own is not _NOTHING:
            return self._own
        classes = kind.__mro__
        if self._kind in classes:
            classes = classes[classes.index(self._kind) + 1 :]
        return _declared(classes, self._name)


def _declared(classes: tuple[type, ...], name: str) -> Any:
    """What the first of these classes that has something under a name has there."""
    for cls in classes:
        found = cls.__dict__.get(name, _NOTHING)
        if type(found) is Watched:
            found = found._own
        if found is not _NOTHING:
            return found
    return _NOTHING


def _put_back(value: Any) -> Any:
    """What is to be kept in an object: originals in place of stand-ins, also in a dict or list of them."""
    if type(value) is dict or type(value) is list:
        for key, item in list(value.items() if type(value) is dict else enumerate(value)):
            if (of := original(item)) is not item:
                value[key] = of
    return original(value)


_installing = threading.Lock()  # that a class does not get two descriptors, of which one would know only half the calls


def watch(of: object, call: Call) -> None:
    """Let this call, and all that it calls, see stand-ins for what `of` holds, until `unwatch`."""
    for watched in _watched(of, _SHOWN_IN_CHAINS if call.span.kind == "chain_execution" else _SHOWN):
        calls = watched.open.setdefault(id(of), [])
        calls.append(call)


def _watched(of: object, shown: dict[str, Callable[[Any, Call], Any]]) -> list[Watched]:
    kind = type(of)
    found = []
    try:
        values = object.__getattribute__(of, "__dict__")
    except AttributeError:
        values = {}
    for name, show in shown.items():
        watched = kind.__dict__.get(name)
        if type(watched) is not Watched:
            if name not in values and _declared(kind.__mro__, name) is _NOTHING:
                continue
            with _installing:
                watched = kind.__dict__.get(name)
                if type(watched) is not Watched:
                    watched = Watched(name, kind, show)
                    try:
                        type.__setattr__(kind, name, watched)
                    except TypeError:  # a class that cannot be changed
                        continue
        found.append(watched)
    return found


def unwatch(of: object, call: Call) -> None:
    """Let this call see what `of` holds no more."""
    for name in _SHOWN_IN_CHAINS:
        watched = type(of).__dict__.get(name)
        if type(watched) is Watched and call in (calls := watched.open.get(id(of), [])):
            calls.remove(call)
            if not calls:
                watched.open.pop(id(of), None)
