"""The event: its vocabulary, its defaults, and its JSON object."""

from __future__ import annotations

import pytest

from namel3ss_dbg.events import FIELDS, Status, TraceEvent, TraceEventType, closes, opens, span_of

SPANS = {kind for kind in TraceEventType if opens(kind)}
POINTS = {
    "llm_call_retry",
    "error_occurred",
    "memory_operation",
    "memory_summarization",
    "validation_event",
    "performance_marker",
}


def test_every_start_has_its_end():
    """Each span of the vocabulary has both of its events, and what has neither is a point."""
    ends = {kind for kind in TraceEventType if closes(kind)}

    assert {span_of(kind) for kind in SPANS} == {span_of(kind) for kind in ends}
    assert set(TraceEventType) - SPANS - ends == POINTS


@pytest.mark.parametrize(
    ("event_type", "span", "edge"),
    [
        ("llm_call_start", "llm_call", (True, False)),
        ("llm_call_end", "llm_call", (False, True)),
        ("error_occurred", "error_occurred", (False, False)),
        ("my_own_start", "my_own", (True, False)),
        ("start", "start", (False, False)),
    ],
)
def test_edges_are_read_from_the_type(event_type, span, edge):
    """Event types of other people's making open and close spans by their names alone."""
    event = TraceEvent(event_type=event_type)

    assert (event.span, (event.opens, event.closes)) == (span, edge)


def test_a_new_event_knows_what_is_usual():
    """An event made by hand has an id of its own, a time, empty payloads and the status of its edge."""
    start, end = TraceEvent(event_type="tool_call_start"), TraceEvent(event_type="tool_call_end")

    assert start.event_id != end.event_id
    assert start.timestamp <= end.timestamp
    assert (start.status, end.status) == (Status.STARTED, Status.COMPLETED)
    assert start.inputs is not end.inputs


def test_the_json_object_says_only_what_is_known():
    """Fields that say nothing are left out; the others stand in the order of the schema."""
    event = TraceEvent(event_type="x", event_id="evt_1", timestamp=1.0, component="llm", outputs={"n": 1})

    assert list(event.to_dict()) == ["event_type", "event_id", "timestamp", "component", "outputs", "status"]
    assert [field for field in FIELDS if field in event.to_dict()] == list(event.to_dict())


def test_the_sixteen_fields_of_the_schema():
    """An event has the fields that the schema lists, and no other."""
    schema = """event_type event_id timestamp parent_event_id execution_id component component_name inputs outputs
        metadata duration_ms status error memory_usage_mb tokens_used cost_estimate"""

    assert tuple(schema.split()) == FIELDS


def test_an_event_is_called_by_its_component():
    """The name is the component's, else its kind."""
    assert TraceEvent(event_type="x", component="tool", component_name="search").name == "search"
    assert TraceEvent(event_type="x", component="tool").name == "tool"
