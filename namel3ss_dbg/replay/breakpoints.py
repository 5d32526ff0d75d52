"""Where a replay in a script is to stop, said with the fields of events.

It becomes a breakpoint of the session like any other: this only says which events it is asked about.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from ..events import TraceEvent, UsageError
from ..timeline.breakpoints import Breakpoint
from ..timeline.expressions import Expression, parse
from ..timeline.functions import Lookup
from ..timeline.kinds import is_named, is_of_kind
from ..timeline.patterns import Everything, Exactly, Occurrence, OfShape, Pattern
from ..timeline.session import DebugSession
from ..timeline.timeline import Timeline
from ..trace.columns import Shape

_HOW = 'Write ReplayBreakpoint(event_type="agent_turn_start", event_index=3).'

Condition = str | Callable[[TraceEvent], Any]


@attrs.frozen(kw_only=True)
class ReplayBreakpoint:
    """Stops a replay at the events for which every criterion that is set holds.

    Raises:
        UsageError: No criterion is set, or one of them cannot be.
    """

    event_type: str | None = None
    """A `TraceEventType`, or any word for a kind of events: `llm` for starts of model calls, `tool_failed`, `error`."""
    component: str | None = None
    """A kind of component, such as `agent`; without an event type its starts, its ends and what is between."""
    component_name: str | None = None
    """Its name, where a `*` stands for any text."""
    event_index: int | None = None
    """Which of these events, counted from 1; without a type, component and name the number of an event, from 0."""
    condition: Condition | None = None
    """An expression such as `tokens > 100`, or a function of the event; asked last."""

    def __attrs_post_init__(self) -> None:
        if all(value is None for value in attrs.astuple(self, recurse=False)):
            raise UsageError("A breakpoint says nothing about where to stop", try_=_HOW)
        for name in ("event_type", "component", "component_name"):
            value = getattr(self, name)
            if value is not None and not (isinstance(value, str) and value):
                raise UsageError(f"A breakpoint's {name} is {value!r}", why="it is a word", try_=_HOW)
        index, least = self.event_index, 1 if self._names_a_kind else 0
        if index is not None and (isinstance(index, bool) or not isinstance(index, int) or index < least):
            why = "occurrences are counted from 1" if least else "events are counted from 0"
            raise UsageError(f"A breakpoint's event_index is {index!r}", why=why, try_=_HOW)
        if isinstance(self.condition, str):
            parse(self.condition)
        elif self.condition is not None and not callable(self.condition):
            raise UsageError(
                f"A breakpoint's condition is {self.condition!r}", why="it is a text or a function of the event"
            )

    @property
    def _names_a_kind(self) -> bool:
        return not (self.event_type is None and self.component is None and self.component_name is None)

    def matches(self, shape: Shape) -> bool:
        """Whether events with this type, component and name are meant."""
        return (
            (self.event_type is None or is_of_kind(self.event_type)(shape))
            and (self.component is None or shape.component == self.component)
            and (self.component_name is None or is_named(shape.component_name, self.component_name))
        )

    def set_in(self, session: DebugSession) -> Breakpoint:
        """Set it in a session."""
        return session.breakpoints.add(
            "breakpoint", str(self), pattern=self._pattern(), condition=self._asked(session.timeline)
        )

    def _pattern(self) -> Pattern:
        if not self._names_a_kind:
            return Everything() if self.event_index is None else Exactly(self.event_index)
        pattern = OfShape(self.matches)
        return pattern if self.event_index is None else Occurrence(pattern, self.event_index)

    def _asked(self, timeline: Timeline) -> Expression | None:
        """The condition as an expression; a function is one that reads the whole event."""
        if self.condition is None or isinstance(self.condition, str):
            return parse(self.condition) if self.condition is not None else None
        condition, text = self.condition, _name_of(self.condition)

        def ask(lookup: Lookup) -> Any:
            moment = lookup("moment")
            try:
                return condition(timeline[moment])
            except Exception as problem:  # somebody else's function, which may fail in any way
                why = f"{type(problem).__name__}: {problem}"
                raise UsageError(f"The condition {text} of a breakpoint failed at #{moment}", why=why) from problem

        return Expression(text, frozenset(), ask)

    def __str__(self) -> str:
        parts = [str(part) for part in (self.event_type, self.component, self.component_name) if part is not None]
        if self.event_index is not None:
            parts.append(str(self.event_index) if parts else f"#{self.event_index}")
        where = ":".join(parts) or "every event"
        if self.condition is None:
            return where
        return f"{where} if {self.condition if isinstance(self.condition, str) else _name_of(self.condition)}"


def _name_of(condition: Callable[[TraceEvent], Any]) -> str:
    return str(getattr(condition, "__qualname__", None) or repr(condition))
