"""A part of a source file, as `list` and `longlist` show it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import attrs

from .pieces import UNICODE, Piece, Signs, harmless, line, shortened
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
        digits = len(str(self.excerpt.lines[-1][0])) if self.excerpt.lines else 1
        for number, text in self.excerpt.lines:
            here = number == self.current
            mark = self.signs.here if here else "b" if number in self.stops else " "
            gutter = line((f"  {mark} ", "sign"), (f"{number:>{digits}} ", "current" if here else "dim"))
            yield shortened((*gutter, Piece(text, "current" if here else "")), width, self.signs.cut)
