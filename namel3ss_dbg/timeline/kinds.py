"""The words for kinds of events: `llm`, `turn`, `tool_failed`, `llm_call_end`, or a component's bare name.

A word means shapes and never single events, so the index answers for all the events of a kind at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from ..events import Status, closes, opens, span_of
from ..trace.columns import Shape

SPANS = {
    "agent": "agent_execution",
    "turn": "agent_turn",
    "llm": "llm_call",
    "tool": "tool_call",
    "prompt": "prompt_execution",
    "chain": "chain_execution",
    "step": "chain_step",
    "app": "app_load",
    "validation": "validation",
}
"""The short words for spans."""

FAILURES: dict[str, str | None] = {
    "failed": None,
    "tool_failed": "tool",
    "llm_failed": "llm",
    "agent_failed": "agent",
    "prompt_failed": "prompt",
    "validation_failed": "validation",
}
"""Words for ends that failed: of any component, or of one."""

ERROR = "error"
"""The word for errors where they were first seen."""

RESERVED = frozenset({*SPANS, *FAILURES, ERROR})
"""Words that are never the bare name of a component."""

ShapeTest = Callable[[Shape], bool]

_SHORT = {span: word for word, span in SPANS.items()}
_POINTS = {"error_occurred": ERROR, "validation_event": "validation"}


def kinds_of(shape: Shape, *, at_end: bool = False) -> tuple[str, ...]:
    """The words that mean the events of a shape, the short ones first; `at_end` means ends instead of starts.

    A span's word means its starts; the word of any other component means also its events that are no spans.
    """
    event_type, component = shape.event_type, shape.component
    span = span_of(event_type)
    words = [_POINTS[event_type]] if event_type in _POINTS else []
    if _is_failed_end(shape):
        words += (word for word, of in FAILURES.items() if of in (None, component))
    if _is_edge(event_type, at_end=at_end) or not (at_end or closes(event_type)):
        words += [_SHORT.get(span, span), *([] if component in SPANS else [component]), span]
        words += [f"{span}_start"] if at_end else []
    words += [] if at_end and opens(event_type) else [event_type]
    return tuple(dict.fromkeys(words))


def tells_of_failure(shape: Shape) -> bool:
    """Whether events of a shape are errors, or ends of calls that failed."""
    return shape.event_type == "error_occurred" or _is_failed_end(shape)


def _is_failed_end(shape: Shape) -> bool:
    return closes(shape.event_type) and shape.status == Status.FAILED


def _is_edge(event_type: str, *, at_end: bool) -> bool:
    return closes(event_type) if at_end else opens(event_type)


def kinds_in(shapes: Iterable[Shape]) -> list[str]:
    """The words for kinds that mean something in a trace with these shapes, the short ones first."""
    found = dict.fromkeys(word for shape in shapes for word in kinds_of(shape))
    return [*(word for word in (*SPANS, ERROR, *FAILURES) if word in found), *(w for w in found if w not in RESERVED)]


def is_of_kind(word: str, name: str | None = None, *, at_end: bool = False) -> ShapeTest:
    """Which shapes a word means, of a component with this name if one is given; a `*` in it stands for any text."""

    def test(shape: Shape) -> bool:
        if name is not None and not is_named(shape.component_name, name):
            return False
        return word in kinds_of(shape, at_end=at_end) or is_called(shape, word, at_end=at_end)

    return test


def is_called(shape: Shape, name: str, *, at_end: bool = False) -> bool:
    """Whether a component's bare name means the events of a shape: the starts of its spans, or their ends."""
    return is_named(shape.component_name, name) and name not in RESERVED and _is_edge(shape.event_type, at_end=at_end)


def is_named(component_name: str | None, name: str) -> bool:
    """Whether a component's name is what somebody typed, where a `*` stands for any text."""
    if "*" not in name or component_name is None:
        return component_name == name
    return re.fullmatch(".*".join(map(re.escape, name.split("*"))), component_name, re.DOTALL) is not None
