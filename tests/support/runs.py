"""Random runs for the laws of the engine: nested spans on several lanes that interleave, points, and failures."""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence

import attrs
from hypothesis import strategies as st

from namel3ss_dbg.events import BEGINNING, TraceEvent
from namel3ss_dbg.timeline.gate import Gate
from namel3ss_dbg.timeline.session import DebugSession
from namel3ss_dbg.timeline.timeline import Timeline
from namel3ss_dbg.trace.columns import END, Columns, head_of

SPANS = {"app_load": "app", "agent_execution": "agent", "agent_turn": "agent", "llm_call": "llm", "tool_call": "tool"}
NAMES = ("Planner", "Critic", "get_weather")
POINTS = ("error_occurred", "memory_operation", "custom")


@attrs.define
class _Strand:
    """A lane being written: the starts that are open on it."""

    around: str | None
    open: list[TraceEvent] = attrs.field(factory=list)

    @property
    def top(self) -> str | None:
        return self.open[-1].event_id if self.open else self.around


class Author:
    """Writes a run, event by event."""

    def __init__(self) -> None:
        self.events: list[TraceEvent] = []
        self.strands = [_Strand(None)]
        self.start(0, "app_load", "app")

    def start(self, strand: int, span: str, name: str) -> None:
        """Open a span on a lane."""
        lane = self.strands[strand]
        event = self._event(
            f"{span}_start", SPANS[span], name, lane.top, status="started", inputs={"turn": len(lane.open)}
        )
        lane.open.append(event)

    def fork(self, strand: int) -> None:
        """Begin another lane inside the innermost span of a lane."""
        self.strands.append(_Strand(self.strands[strand].top))

    def end(self, strand: int, *, failed: bool = False) -> None:
        """Close the innermost span of a lane, if one is open and nothing runs inside it."""
        lane = self.strands[strand]
        if not lane.open or any(other.around == lane.top and other.open for other in self.strands):
            return
        start = lane.open.pop()
        self._event(
            start.event_type.replace("_start", "_end"),
            start.component,
            start.component_name or "",
            start.event_id,
            status="failed" if failed else "completed",
            outputs={"result": len(self.events)},
            duration_ms=1.0,
            tokens_used=3 if start.component == "llm" else None,
        )

    def point(self, strand: int, event_type: str) -> None:
        """Something that takes no time."""
        self._event(
            event_type, "app", "Planner", self.strands[strand].top, error="no" if "error" in event_type else None
        )

    def _event(self, event_type: str, component: str, name: str, parent: str | None, **more: object) -> TraceEvent:
        number = len(self.events)
        event = TraceEvent(
            event_type=event_type,
            event_id=f"evt_{number:03d}",
            timestamp=1000.0 + number / 100,
            parent_event_id=parent,
            component=component,
            component_name=name,
            **more,  # type: ignore[arg-type]
        )
        self.events.append(event)
        return event


_moves = st.tuples(
    st.sampled_from(["start", "start", "start", "end", "end", "fail", "fork", "point"]),
    st.integers(0, 5),
    st.sampled_from([span for span in SPANS if span != "app_load"]),
    st.sampled_from(NAMES),
    st.sampled_from(POINTS),
)


@st.composite
def runs(draw: st.DrawFn, *, most: int = 40, finished: bool | None = None) -> list[TraceEvent]:
    """A run of some events; its open spans are ended or, as in a crash, not."""
    author = Author()
    least = draw(st.sampled_from((0, most // 4, most // 2)))
    for move, number, span, name, point in draw(st.lists(_moves, min_size=least, max_size=most)):
        strand = number % len(author.strands)
        if move == "start":
            author.start(strand, span, name)
        elif move == "fork":
            author.fork(strand)
        elif move == "point":
            author.point(strand, point)
        elif len(author.strands[strand].open) > (strand == 0):
            author.end(strand, failed=move == "fail")
    if draw(st.booleans()) if finished is None else finished:
        while any(strand.open for strand in author.strands):
            for strand in reversed(range(len(author.strands))):
                author.end(strand)
    return author.events


def recorded(events: Sequence[TraceEvent]) -> DebugSession:
    """A session over a run that is over."""
    timeline = Timeline()
    for event in events:
        timeline.append(event)
    timeline.close()
    return DebugSession(timeline)


def live(events: Sequence[TraceEvent]) -> DebugSession:
    """A session over a program that does these events and is held before the first."""
    timeline, gate = Timeline(), Gate()

    def program() -> None:
        gate.offer(BEGINNING)
        for event in events:
            gate.offer(timeline.append(event))
        timeline.close()
        gate.finish()

    threading.Thread(target=program, daemon=True).start()
    gate.wait_held()
    return DebugSession(timeline, gate=gate)


def interleaved(events: list[TraceEvent], chance: random.Random) -> list[TraceEvent]:
    """The same events in another order that keeps each span's children between its start and its end, in order."""
    columns = Columns()
    add = columns.linker()
    for event in events:
        add(head_of(event), 0)
    needs: dict[int, set[int]] = {row: set() for row in range(len(events))}
    for row in needs:
        if columns.parent[row] >= 0:
            needs[row].add(columns.parent[row])
        before = columns.previous_on_lane(row)
        if before >= 0:
            needs[row].add(before)
        if columns.edge_at(row) == END and columns.match[row] >= 0:
            needs[row] |= {inside for inside in range(row) if columns.parent[inside] == columns.match[row]}
    order: list[int] = []
    while len(order) < len(events):
        ready = [row for row in needs if row not in order and needs[row] <= set(order)]
        order.append(chance.choice(ready))
    return [events[row] for row in order]
