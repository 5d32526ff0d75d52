"""Events below one another, one line each, with a sign at the cursor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from ..events import Moment
from ..timeline.timeline import Timeline
from .events import EventRow, plain_event
from .pieces import UNICODE, Piece, Signs, line, shortened
from .tables import Block
from .words import wrapped


@attrs.frozen
class EventList:
    """Some events of a run."""

    timeline: Timeline
    rows: Sequence[Moment]
    here: Moment
    """Where the cursor is."""
    empty: str = "There are no events."
    footer: Sequence[str] = ()
    """What to say below."""
    signs: Signs = UNICODE

    def plain(self) -> Iterator[str]:
        """One event on each line, nothing shortened; `>` at the cursor."""
        for row in self.rows:
            yield f"{'>' if row == self.here else ' '} {plain_event(self.timeline, row)}"
        if not self.rows:
            yield self.empty
        yield from self.footer

    def screen(self, width: int) -> Iterator[Block]:
        """One line each that fits."""
        for row in self.rows:
            sign = self.signs.here if row == self.here else " "
            made = (Piece(f"{sign} ", "sign"), *EventRow(self.timeline, row, self.signs).line())
            yield shortened(made, width, self.signs.cut)
        if not self.rows:
            yield line(self.empty)
        for text in self.footer:
            yield from (line((part, "dim")) for part in wrapped(text, width))
