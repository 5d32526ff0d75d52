"""Which events are about a component: its own, and all that happened inside its calls."""

from __future__ import annotations

from collections.abc import Iterator

from ..events import Moment
from ..timeline.patterns import SPANS
from ..timeline.timeline import Timeline
from ..trace.columns import END, START, Shape

ERROR = "error_occurred"


def names_of(timeline: Timeline, kind: str) -> list[str]:
    """The components of a kind (`agent`, `chain`, `prompt`, …) that a run calls, in order of appearance."""
    timeline.complete()
    span = f"{SPANS[kind]}_start"
    shapes = timeline.columns.shape_names
    return list(dict.fromkeys(shape.component_name or "" for shape in shapes if shape.event_type == span))


def inside(timeline: Timeline, kind: str, name: str) -> Iterator[Moment]:
    """The events in the calls of a component, their own starts and ends included."""
    timeline.complete()
    columns = timeline.columns
    span = f"{SPANS[kind]}_start"
    begins = [shape.event_type == span and shape.component_name == name for shape in columns.shape_names]
    within = bytearray(columns.count)
    for moment in range(columns.count):
        edge = columns.edge_at(moment)
        start = columns.match[moment] if edge == END and columns.match[moment] >= 0 else moment
        around = columns.parent[moment]
        if (
            (edge == START and begins[columns.shape[moment]])
            or (start != moment and within[start])
            or (0 <= around < moment and within[around])
        ):
            within[moment] = 1
            yield moment


def is_failure(shape: Shape) -> bool:
    """Whether events of this shape say that something went wrong."""
    return shape.event_type == ERROR or shape.status in ("failed", "invalid")


def failures(timeline: Timeline) -> Iterator[Moment]:
    """The events that say that something went wrong, in order."""
    timeline.complete()
    columns = timeline.columns
    wrong = [is_failure(shape) for shape in columns.shape_names]
    return (moment for moment in range(columns.count) if wrong[columns.shape[moment]])
