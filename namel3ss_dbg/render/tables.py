"""Tables, how they fit into a width, and what a view is: lines and tables below one another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

import attrs

from .pieces import Line, cells, shortened, text_of


@attrs.frozen
class Column:
    """One column of a table."""

    title: str
    right: bool = True
    """Whether it is aligned to the right, as numbers are."""
    shrinks: bool = False
    """Whether its texts may be shortened."""
    needed: int = 0
    """Where there is no room, columns with the greatest number here are left out first; 0 never."""


@attrs.frozen
class Table:
    """Rows of one shape under a title."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Line, ...], ...]

    def fit(self, width: int, *, gap: int = 2, narrowest: int = 12, mark: str = "…") -> Table:
        """The table as it fits: columns left out, then texts shortened, never a number cut."""
        table = self
        while table.width(gap, narrowest) > width and (last := max(column.needed for column in table.columns)):
            place = max(number for number, column in enumerate(table.columns) if column.needed == last)
            table = table.without(place)
        spare = table.width(gap, 0) - width
        if spare <= 0:
            return table
        widths = table.widths(0)
        for place, column in enumerate(table.columns):
            if column.shrinks and spare > 0:
                least = min(narrowest, widths[place])
                kept = max(widths[place] - spare, least)
                spare -= widths[place] - kept
                table = table.shrunk(place, kept, mark)
        return table

    def widths(self, narrowest: int) -> list[int]:
        """How wide each column is; those that shrink count with `narrowest` when that is not 0."""
        found = []
        for place, column in enumerate(self.columns):
            natural = max((cells(text_of(row[place])) for row in self.rows), default=0)
            natural = max(natural, cells(column.title))
            found.append(min(natural, narrowest) if column.shrinks and narrowest else natural)
        return found

    def width(self, gap: int, narrowest: int) -> int:
        """How wide the table is."""
        return sum(self.widths(narrowest)) + gap * (len(self.columns) - 1)

    def without(self, place: int) -> Table:
        """The table without one column."""
        return Table(
            self.title,
            self.columns[:place] + self.columns[place + 1 :],
            tuple(row[:place] + row[place + 1 :] for row in self.rows),
        )

    def shrunk(self, place: int, width: int, mark: str) -> Table:
        """The table with the texts of one column shortened."""
        rows = tuple((*row[:place], shortened(row[place], width, mark), *row[place + 1 :]) for row in self.rows)
        return attrs.evolve(self, rows=rows)


Block = Line | Table
"""What stands below one another on a screen."""


class View(Protocol):
    """Something that can be shown, on a screen or as plain lines for other programs."""

    def plain(self) -> Iterator[str]:
        """Lines that are never cut, boxed or padded."""
        ...

    def screen(self, width: int) -> Iterable[Block]:
        """Blocks for a screen of this many columns."""
        ...
