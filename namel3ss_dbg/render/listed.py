"""A part of a source file, as `list` and `longlist` show it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import attrs

from .excerpts import numbered
from .pieces import UNICODE, Signs, harmless, line, shortened
from .sources import Excerpt
from .tables import Block


@attrs.frozen
class SourceView:
    """Some lines of a file: the current one and those with breakpoints are marked."""

    excerpt: Excerpt
    current: int | None = None
    """The line that belongs to the frame that is looked at, if it is in this file."""
    stops: Collection[int] = ()
    """The lines with a breakpoint."""
    title: str = ""
    signs: Signs = UNICODE

    def plain(self) -> Iterator[str]:
        """Mark, number and text of each line."""
        yield self.title
        for number, text in self.excerpt.lines:
            mark = ">" if number == self.current else "b" if number in self.stops else " "
            yield f"{mark}{number:>4}  {harmless(text)}".rstrip()

    def screen(self, width: int) -> Iterator[Block]:
        """The lines, cut where they do not fit."""
        yield shortened(line((self.title, "place")), width, self.signs.cut)
        yield from numbered(self.excerpt.lines, self.current, width, self.signs, stops=self.stops, others="")
