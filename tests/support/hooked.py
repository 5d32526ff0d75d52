"""A process whose hooks record into a folder, and what they recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs

from namel3ss_dbg.events import TraceEvent
from namel3ss_dbg.recording import ExecutionTracer, calls, current
from namel3ss_dbg.recording.span import innermost
from tests.support.recordings import assert_whole, events_in, tracer_in


@attrs.define
class Recorded:
    """The spans of a finished run."""

    path: Path
    events: list[TraceEvent]

    @property
    def starts(self) -> list[TraceEvent]:
        """The starts of all spans but the run's."""
        return [event for event in self.events if event.opens and event.span != "app_load"]

    @property
    def points(self) -> list[TraceEvent]:
        """The events that take no time."""
        return [event for event in self.events if not event.opens and not event.closes]

    def end(self, start: TraceEvent) -> TraceEvent:
        """The end of a span."""
        (end,) = [each for each in self.events if each.closes and each.parent_event_id == start.event_id]
        return end

    def one(self, kind: str) -> tuple[TraceEvent, TraceEvent]:
        """The start and end of the only span of a kind."""
        (start,) = [start for start in self.starts if start.span == kind]
        return start, self.end(start)

    def tree(self) -> list[str]:
        """Each span as `agent Ann > llm fake`, in the order of their starts."""
        by_id = {start.event_id: start for start in self.starts}

        def path(event: TraceEvent) -> str:
            own = f"{event.span.partition('_')[0]} {event.name}"
            outer = by_id.get(event.parent_event_id or "")
            return own if outer is None else f"{path(outer)} > {own}"

        return [path(start) for start in self.starts]


@contextmanager
def own_tracer(tracer: ExecutionTracer | None) -> Iterator[None]:
    """Let hooks write to this tracer, or decide anew; and then to what they wrote to before."""
    before = current._own, current._is_decided
    current._own, current._is_decided = tracer, tracer is not None
    try:
        yield
    finally:
        current._own, current._is_decided = before


def record(folder: Path, program: Callable[[], Any], **settings: Any) -> Recorded:
    """Run a program whose hooks record; its trace is whole, and nothing of it is left in the context."""
    tracer = tracer_in(folder, **settings)
    around = innermost()
    with own_tracer(tracer):
        execution = tracer.start("App")
        assert execution is not None
        program()
        assert (innermost(), calls.current.get()) == (execution.root, None)
        path = tracer.finish()
    assert innermost() is around
    assert path is not None
    assert_whole(path)
    return Recorded(path, events_in(path))
