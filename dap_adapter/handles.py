"""Numbers that stand for things while the client looks at them.

What belongs to a stop dies when time moves: a number of the stop before is known to be old, because none is given out
twice. What was evaluated or printed is kept for much longer, because it stays on the person's screen.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

Thing = TypeVar("Thing")

_FIRST = 1_000
_LAST = (1 << 31) - 1
_MOST_KEPT = 2_000


class Handles(Generic[Thing]):
    """Gives out numbers."""

    def __init__(self) -> None:
        self._next = _FIRST
        self._of_stop: dict[int, Thing] = {}
        self._kept: OrderedDict[int, Thing] = OrderedDict()

    def add(self, thing: Thing, *, keep: bool = False) -> int:
        """A number for a thing, until time moves; with `keep`, for longer."""
        number = self._next
        self._next = number + 1 if number < _LAST else _FIRST
        if keep:
            self._kept[number] = thing
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        else:
            self._of_stop[number] = thing
        return number

    def get(self, number: int) -> Thing | None:
        """The thing of a number; None when there is none, or not any more."""
        found = self._of_stop.get(number)
        return found if found is not None else self._kept.get(number)

    def forget_stop(self) -> None:
        """Time moves."""
        self._of_stop.clear()

    def __len__(self) -> int:
        return len(self._of_stop) + len(self._kept)
