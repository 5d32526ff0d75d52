"""Which events a person wants to keep or to see."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import attrs

from .event import Payload, span_of

COMPONENTS = ("agent", "prompt", "chain", "tool", "llm")
"""The kinds that `--filter` names; `app`, `memory` and others may be named too."""

_ALWAYS = frozenset({"app_load", "error_occurred"})
# The frame of a run and its errors are kept by every filter: without them a trace can't say how it ended.


class Kept(Protocol):
    """What a filter looks at; both a whole event and an index's head of one have it."""

    @property
    def event_type(self) -> str: ...
    @property
    def component(self) -> str | None: ...
    @property
    def component_name(self) -> str | None: ...
    @property
    def duration_ms(self) -> float | None: ...


def _words(values: Iterable[str] | str | None) -> frozenset[str] | None:
    if values is None:
        return None
    if isinstance(values, str):
        values = values.split(",")
    return frozenset(word.strip() for word in values if word.strip()) or None


@attrs.define
class TraceFilter:
    """Keeps an event when every criterion that is set accepts it."""

    components: frozenset[str] | None = attrs.field(default=None, converter=_words)
    """Kinds to keep, from any iterable of words; None keeps all."""
    component_names: frozenset[str] | None = attrs.field(default=None, converter=_words)
    """Names of components to keep."""
    event_types: frozenset[str] | None = attrs.field(default=None, converter=_words)
    """Event types to keep; the type of a span (`llm_call`) stands for its start and its end."""
    min_duration_ms: float | None = None
    """Drop ends of spans that were quicker; starts and points have no duration and stay."""

    @property
    def keeps_all(self) -> bool:
        """Whether this filter drops nothing."""
        return self == TraceFilter()

    def to_dict(self) -> Payload:
        """The criteria that are set, as JSON values."""
        values = ((field.name, getattr(self, field.name)) for field in attrs.fields(TraceFilter))
        return {
            name: sorted(value) if isinstance(value, frozenset) else value
            for name, value in values
            if value is not None
        }

    def admits(self, event_type: str, component: str | None, component_name: str | None) -> bool:
        """Whether events of this shape are kept, whatever their duration."""
        span = span_of(event_type)
        if span in _ALWAYS:
            return True
        return (
            (self.components is None or component in self.components)
            and (self.component_names is None or component_name in self.component_names)
            and (self.event_types is None or event_type in self.event_types or span in self.event_types)
        )

    def keeps(self, event: Kept) -> bool:
        """Whether this event is kept."""
        if not self.admits(event.event_type, event.component, event.component_name):
            return False
        quick = self.min_duration_ms is not None and (event.duration_ms or 0.0) < self.min_duration_ms
        return not (quick and event.event_type.endswith("_end") and span_of(event.event_type) not in _ALWAYS)
