"""For each code the rows that have it, so that a question about a kind of event never scans all events.

Breakpoints, filters, lanes and counts decide once per code and then have all their rows in order.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Generic, TypeVar

Row = int
"""The number of an event, counted from 0; the same number as its moment."""

NONE: Row = -1
"""No such row."""

Key = TypeVar("Key", bound=Hashable)


class Codes(dict[Key, int], Generic[Key]):
    """A small number for each distinct value, in order of first appearance."""

    __slots__ = ("names",)

    def __init__(self, names: Iterable[Key] = ()) -> None:
        self.names = list(names)
        super().__init__((name, code) for code, name in enumerate(self.names))

    def __missing__(self, name: Key) -> int:
        code = self[name] = len(self.names)
        self.names.append(name)
        return code


class Postings:
    """For each code the rows that have it, ascending; growing, or mapped from a sidecar."""

    __slots__ = ("_flat", "_starts", "grown")

    def __init__(self, flat: memoryview | None = None, starts: Sequence[int] = (0,)) -> None:
        self._flat = flat
        self._starts = starts
        self.grown: list[array[int]] = []
        """The rows of each code, to append to; empty while they are mapped."""

    def __len__(self) -> int:
        return len(self._starts) - 1 if self._flat is not None else len(self.grown)

    def __getitem__(self, code: int) -> Sequence[Row]:
        if self._flat is not None:
            return self._flat[self._starts[code] : self._starts[code + 1]]
        return self.grown[code]

    def __iter__(self) -> Iterator[Sequence[Row]]:
        return (self[code] for code in range(len(self)))

    def open(self) -> array[int]:
        """Begin the rows of the next code."""
        rows = array("I")
        self.grown.append(rows)
        return rows

    def thaw(self) -> None:
        """Copy what is mapped, so that it can grow."""
        if self._flat is None:
            return
        self.grown = [array("I", bytes(rows)) for rows in self]
        self._flat = None


def next_in(lists: Iterable[Sequence[Row]], row: Row) -> Row:
    """The smallest row beyond `row` in any of these ascending lists, or NONE."""
    best = NONE
    for rows in lists:
        place = bisect_right(rows, row)
        if place < len(rows) and (best < 0 or rows[place] < best):
            best = rows[place]
    return best


def previous_in(lists: Iterable[Sequence[Row]], row: Row) -> Row:
    """The greatest row below `row` in any of these ascending lists, or NONE."""
    best = NONE
    for rows in lists:
        place = bisect_left(rows, row)
        if place and rows[place - 1] > best:
            best = rows[place - 1]
    return best
