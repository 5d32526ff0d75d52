"""One open call, as `up`, `down` and `frame` show it: what it is, its place in the source, and what went in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs

from ..events import Moment
from ..timeline.timeline import Timeline
from .events import plain_event, source_of, value_rows
from .excerpts import numbered
from .pieces import UNICODE, Piece, Signs, line, shortened
from .sources import read_excerpt
from .tables import Block

_MOST_VALUES = 8


@attrs.frozen
class FrameView:
    """A call that is open at a moment."""

    timeline: Timeline
    start: Moment
    number: int
    """Counted from the innermost call outwards."""
    folders: Sequence[Path] = ()
    signs: Signs = UNICODE
    lines: int = 3
    """How many lines of source."""

    def plain(self) -> Iterator[str]:
        """On one line."""
        yield f"frame={self.number} {plain_event(self.timeline, self.start)}"

    def screen(self, width: int) -> Iterator[Block]:
        """The head, the source and the inputs."""
        event, cut = self.timeline[self.start], self.signs.cut
        source = source_of(event)
        turn = event.metadata.get("turn") if event.span == "agent_turn" else None
        head = line(
            (f"frame {self.number}  ", "sign"),
            (f"{event.component} ", "kind"),
            (event.name, "current"),
            (f" turn {turn}" if turn is not None else "", "kind"),
            (f"  #{self.start}", "place"),
            (f"  {source[0]}:{source[1]}" if source is not None else "", "place"),
        )
        yield shortened(head, width, cut)
        if source is not None and self.lines > 0:
            around, after = (self.lines - 1) // 2, self.lines // 2
            excerpt = read_excerpt(*source, [*self.folders, Path.cwd()], around=around, after=after)
            if excerpt is not None:
                yield from numbered(excerpt.lines, excerpt.current, width, self.signs)
        values = dict(list(event.inputs.items())[:_MOST_VALUES])
        yield from value_rows(Piece("in", "dim"), values, width, self.signs)
        if len(event.inputs) > len(values):
            yield line((f"  {cut} {len(event.inputs) - len(values)} more; 'args' shows all", "dim"))
