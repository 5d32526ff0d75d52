"""The calls around a moment, as the tree that `where` prints."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from ..events import Moment
from ..timeline.lanes import Lanes
from ..timeline.timeline import Timeline
from .events import plain_event, source_of
from .pieces import UNICODE, Line, Signs, line, shortened
from .tables import Block

_MOST_INDENT = 12


@attrs.frozen
class FramesView:
    """The open calls of one lane at a moment, outermost first; the frame that is looked at is marked."""

    timeline: Timeline
    moment: Moment
    lane: int | None = None
    """By default the one of the moment's event."""
    frame: int = 0
    """Counted from the innermost call outwards."""
    signs: Signs = UNICODE

    @property
    def _frames(self) -> tuple[Moment, ...]:
        return Lanes(self.timeline.columns).frames_at(self.moment, self.lane)

    def plain(self) -> Iterator[str]:
        """One call to a line, the innermost first, as its start stands in the trace."""
        for number, start in enumerate(self._frames):
            yield f"frame={number} {plain_event(self.timeline, start)}"

    def screen(self, width: int) -> Iterator[Block]:
        """The tree."""
        yield line(("run", "dim"))
        frames = self._frames
        for depth, start in enumerate(reversed(frames)):
            yield shortened(self._line(depth, start, len(frames) - 1 - depth), width, self.signs.cut)

    def _line(self, depth: int, start: Moment, number: int) -> Line:
        event = self.timeline[start]
        source = source_of(event)
        turn = event.metadata.get("turn") if event.span == "agent_turn" else None
        current = number == self.frame
        return line(
            (f"{self.signs.here if current else '':<2}", "sign"),
            (" " * len(self.signs.trunk) * min(depth, _MOST_INDENT) + self.signs.trunk, "dim"),
            (f"{event.component} ", "kind"),
            (event.name, "current" if current else "name"),
            (f" turn {turn}" if turn is not None else "", "kind"),
            (f"  #{start}", "place"),
            (f"  {source[0]}:{source[1]}" if source is not None else "", "place"),
        )
