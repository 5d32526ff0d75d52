"""What code inside a recorded call sees in place of a dict of tools or a list of steps.

They are dicts and lists to every question, and views of the object they stand for; see `standins`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, MutableSequence
from typing import Any, SupportsIndex

from .standins import StandIn, original

_NOTHING = object()
Shown = Callable[[Any, Any], Any]
"""What is seen in place of the value at a key or index."""


class _Made:
    """The stand-ins that were made, so that an item is the same object each time it is looked at."""

    __slots__ = ("_by_value", "_how")

    def __init__(self, how: Shown) -> None:
        self._how = how
        self._by_value: dict[int, tuple[Any, Any]] = {}

    def __call__(self, key: Any, value: Any) -> Any:
        known = self._by_value.get(id(value))
        if known is not None and known[0] is value:
            return known[1]
        shown = self._how(key, value)
        if shown is not value:
            self._by_value[id(value)] = (value, shown)
        return shown


class DictStandIn(StandIn, MutableMapping[Any, Any], dict[Any, Any]):  # type: ignore[misc, metaclass]
    """Stands for a dict."""

    __slots__ = ("__weakref__", "_stand_in_how", "_stand_in_original")
    _stand_in_original: dict[Any, Any]
    _stand_in_how: _Made

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """A dict, since a person's code that gets here has asked a dict for its type."""
        return dict(*args, **kwargs)

    @classmethod
    def of(cls, value: dict[Any, Any], how: Shown) -> DictStandIn:
        """What is seen in place of this dict."""
        made: DictStandIn = dict.__new__(cls)  # type: ignore[type-var]
        dict.update(made, value)  # for C code that reads a dict without asking it
        made._stand_in_original, made._stand_in_how = value, _Made(how)
        return made

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return type(self._stand_in_original)

    def __getattr__(self, name: str) -> Any:
        return getattr(original(self), name)

    def __getitem__(self, key: Any) -> Any:
        return self._stand_in_how(key, self._stand_in_original[key])

    def get(self, key: Any, default: Any = None) -> Any:
        found = self._stand_in_original.get(key, _NOTHING)
        return default if found is _NOTHING else self._stand_in_how(key, found)

    def pop(self, key: Any, *default: Any) -> Any:
        found = self._stand_in_original.pop(key, *default)
        return self._stand_in_how(key, found)

    def popitem(self) -> tuple[Any, Any]:
        key, found = self._stand_in_original.popitem()
        return key, self._stand_in_how(key, found)

    def __setitem__(self, key: Any, value: Any) -> None:
        self._stand_in_original[key] = original(value)

    def __delitem__(self, key: Any) -> None:
        del self._stand_in_original[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._stand_in_original)

    def __reversed__(self) -> Iterator[Any]:
        return iter(reversed(self._stand_in_original))

    def __len__(self) -> int:
        return len(self._stand_in_original)

    def __contains__(self, key: object) -> bool:
        return key in self._stand_in_original

    def copy(self) -> dict[Any, Any]:
        return dict(self.items())

    def __or__(self, other: Any) -> Any:
        return {**self, **other} if isinstance(other, dict) else NotImplemented

    def __ror__(self, other: Any) -> Any:
        return {**other, **self} if isinstance(other, dict) else NotImplemented

    def __ior__(self, other: Mapping[Any, Any] | Iterable[tuple[Any, Any]]) -> Any:  # type: ignore[misc]
        self.update(other)
        return self

    def __eq__(self, other: object) -> bool:
        return bool(self._stand_in_original == _original_values(other))

    def __ne__(self, other: object) -> bool:
        return bool(self._stand_in_original != _original_values(other))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(self._stand_in_original)

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        return self._stand_in_original.__reduce_ex__(protocol)


class ListStandIn(StandIn, MutableSequence[Any], list[Any]):  # type: ignore[misc, metaclass]
    """Stands for a list."""

    __slots__ = ("__weakref__", "_stand_in_how", "_stand_in_original")
    _stand_in_original: list[Any]
    _stand_in_how: _Made

    def __new__(cls, *args: Any) -> Any:
        """A list, as in DictStandIn."""
        return list(*args)

    @classmethod
    def of(cls, value: list[Any], how: Shown) -> ListStandIn:
        """What is seen in place of this list."""
        made = list.__new__(cls)
        list.extend(made, value)  # type: ignore[arg-type]  # as in DictStandIn
        made._stand_in_original, made._stand_in_how = value, _Made(how)
        return made

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return type(self._stand_in_original)

    def __getattr__(self, name: str) -> Any:
        return getattr(original(self), name)

    def __getitem__(self, index: Any) -> Any:
        found = self._stand_in_original[index]
        if isinstance(index, slice):
            places = range(*index.indices(len(self._stand_in_original)))
            return [self._stand_in_how(place, value) for place, value in zip(places, found, strict=True)]
        return self._stand_in_how(index.__index__() % len(self._stand_in_original), found)

    def __setitem__(self, index: Any, value: Any) -> None:
        self._stand_in_original[index] = list(map(original, value)) if isinstance(index, slice) else original(value)

    def __delitem__(self, index: Any) -> None:
        del self._stand_in_original[index]

    def __len__(self) -> int:
        return len(self._stand_in_original)

    def __iter__(self) -> Iterator[Any]:
        return (self._stand_in_how(place, value) for place, value in enumerate(self._stand_in_original))

    def __reversed__(self) -> Iterator[Any]:
        last = len(self._stand_in_original) - 1
        return (self._stand_in_how(last - back, value) for back, value in enumerate(reversed(self._stand_in_original)))

    def __contains__(self, value: object) -> bool:
        return original(value) in self._stand_in_original

    def index(self, value: Any, *between: Any) -> int:
        return self._stand_in_original.index(original(value), *between)

    def count(self, value: Any) -> int:
        return self._stand_in_original.count(original(value))

    def insert(self, index: SupportsIndex, value: Any) -> None:
        self._stand_in_original.insert(index, original(value))

    def append(self, value: Any) -> None:
        self._stand_in_original.append(original(value))

    def extend(self, values: Iterable[Any]) -> None:
        self._stand_in_original.extend([original(value) for value in values])

    def remove(self, value: Any) -> None:
        self._stand_in_original.remove(original(value))

    def clear(self) -> None:
        self._stand_in_original.clear()

    def reverse(self) -> None:
        self._stand_in_original.reverse()

    def pop(self, index: SupportsIndex = -1) -> Any:
        place = index.__index__() % max(len(self._stand_in_original), 1)
        return self._stand_in_how(place, self._stand_in_original.pop(index))

    def sort(self, *, key: Callable[[Any], Any] | None = None, reverse: bool = False) -> None:
        self._stand_in_original.sort(key=key, reverse=reverse)

    def copy(self) -> list[Any]:
        return list(self)

    def __add__(self, other: Any) -> Any:
        return list(self) + other

    def __radd__(self, other: Any) -> Any:
        return other + list(self)

    def __iadd__(self, other: Iterable[Any]) -> Any:  # type: ignore[misc]
        self.extend(other)
        return self

    def __mul__(self, times: SupportsIndex) -> Any:
        return list(self) * times

    __rmul__ = __mul__

    def __imul__(self, times: SupportsIndex) -> Any:
        self._stand_in_original *= times
        return self

    def __eq__(self, other: object) -> bool:
        return bool(self._stand_in_original == _originals(other))

    def __ne__(self, other: object) -> bool:
        return bool(self._stand_in_original != _originals(other))

    def __lt__(self, other: Any) -> bool:
        return bool(self._stand_in_original < _originals(other))

    def __le__(self, other: Any) -> bool:
        return bool(self._stand_in_original <= _originals(other))

    def __gt__(self, other: Any) -> bool:
        return bool(self._stand_in_original > _originals(other))

    def __ge__(self, other: Any) -> bool:
        return bool(self._stand_in_original >= _originals(other))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(self._stand_in_original)

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        return self._stand_in_original.__reduce_ex__(protocol)


def _originals(other: Any) -> Any:
    other = original(other)
    return [original(value) for value in other] if type(other) is list else other


def _original_values(other: Any) -> Any:
    other = original(other)
    return {key: original(value) for key, value in other.items()} if type(other) is dict else other
