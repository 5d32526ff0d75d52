"""The whole run as a tree of calls, folded so that it fits: what matters is open, what repeats is counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from ..events import Moment
from ..timeline.timeline import Timeline
from .events import duration_of, error_piece, failed
from .formats import format_count, format_ms
from .pieces import UNICODE, Line, Signs, line, shortened
from .tables import Block
from .words import counted, wrapped

_MOST_PLAIN_INDENT = 200
_MOST_INDENT = 12
_MOST_NAMES = 3


@attrs.frozen
class Branch:
    """One line of the tree: a call or an event, or what is folded away."""

    depth: int
    moment: Moment
    """The start of the call, or the event; of a fold its first event."""
    end: Moment = -1
    """Where the call ended; -1 when it did not."""
    calls: int = 0
    """How many calls and errors are directly inside, or folded away."""
    is_open: bool = False
    """Whether those are shown below."""
    folded: tuple[tuple[str, int], ...] = ()
    """What is folded away here, by name with how many; then this line stands for all of that."""


@attrs.frozen
class TreeView:
    """Some branches below one another."""

    timeline: Timeline
    branches: Sequence[Branch]
    here: Moment
    """The innermost call around the cursor."""
    footer: str = ""
    signs: Signs = UNICODE

    def plain(self) -> Iterator[str]:
        """One line for each call, with its depth, its end and how long it took."""
        for branch in self.branches:
            indent = "  " * min(branch.depth, _MOST_PLAIN_INDENT)
            if branch.folded:
                yield f"{indent}folded #{branch.moment} calls={branch.calls}"
                continue
            shape = self.timeline.columns.shape_at(branch.moment)
            took = duration_of(self.timeline, branch.end) if branch.end >= 0 else None
            words = [f"{indent}#{branch.moment}", shape.event_type, shape.component, shape.component_name or ""]
            words += [f"end=#{branch.end}"] if branch.end >= 0 else []
            words += [f"inside={branch.calls}"] if branch.calls else []
            words += [f"status={self.timeline.columns.shape_at(branch.end).status}"] if branch.end >= 0 else []
            words += [f"duration_ms={took:.1f}"] if took is not None else []
            yield " ".join(word for word in words if word.strip())
        if self.footer:
            yield self.footer

    def screen(self, width: int) -> Iterator[Block]:
        """The tree; `>` at the call around the cursor."""
        for branch in self.branches:
            made = self._fold(branch) if branch.folded else self._line(branch)
            yield shortened(made, width, self.signs.cut)
        yield from (line((part, "dim")) for part in wrapped(self.footer, width) if part)

    def _line(self, branch: Branch) -> Line:
        timeline = self.timeline
        event = timeline[branch.moment]
        end = timeline[branch.end] if branch.end >= 0 else None
        took = duration_of(timeline, branch.end) if end is not None else None
        here = branch.moment == self.here
        turn = event.metadata.get("turn") if event.span == "agent_turn" else None
        shown = end if end is not None else event
        tokens = end.tokens_used if end is not None else None
        word = event.span.removesuffix("_execution").removesuffix("_call").removesuffix("_occurred").replace("_", " ")
        hidden = branch.calls and not branch.is_open
        return line(
            (self.signs.here if here else " ", "sign"),
            (f"#{branch.moment}".rjust(6), "place"),
            " " + "  " * min(branch.depth, _MOST_INDENT),
            (f"{word} ", "kind"),
            (event.name, "current" if here else "name"),
            (f" {turn}" if turn is not None else "", "kind"),
            (f"  {format_ms(took)}" if took is not None else "", "time"),
            (f"  {format_count(tokens)} tok" if tokens else "", "number"),
            ("  never ended" if event.opens and end is None else "", "warning"),
            (f"  +{branch.calls}" if hidden else "", "dim"),
            *(("  ", error_piece(shown, self.signs)) if failed(shown) else ()),
        )

    def _fold(self, branch: Branch) -> Line:
        names = ", ".join(f"{number:,} {name}" for name, number in branch.folded[:_MOST_NAMES])
        more = ", " + self.signs.cut if len(branch.folded) > _MOST_NAMES else ""
        return line(
            " " * 8 + "  " * min(branch.depth, _MOST_INDENT),
            (f"{self.signs.cut} {counted(branch.calls, 'more call')}: {names}{more}", "dim"),
        )
