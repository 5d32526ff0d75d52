"""The head of an event, from its line and from the event itself."""

from __future__ import annotations

import json

import pytest

from namel3ss_dbg.events import TraceEvent
from namel3ss_dbg.trace.head import Source, decode_head, head_of


def test_both_ways_give_the_same():
    """What a program appends and what is read from its file have one head."""
    event = TraceEvent(
        event_type="llm_call_end",
        event_id="evt_2",
        timestamp=5.5,
        parent_event_id="evt_1",
        component="llm",
        component_name="openai",
        inputs={"timestamp": 1, "event_type": "no"},
        metadata={"source": {"file": "a.ai", "line": 3, "column": 1}, "start_event_id": "evt_1", "more": [1]},
        duration_ms=1.5,
        error="no",
        memory_usage_mb=20.5,
        tokens_used=3,
        cost_estimate=0.25,
    )

    assert head_of(event) == decode_head(json.dumps(event.to_dict()).encode())
    assert head_of(event).metadata.source == Source("a.ai", 3)


@pytest.mark.parametrize(
    "said", [None, "a.ai", {}, {"file": "a.ai"}, {"file": 1, "line": 2}, {"file": "a", "line": "x"}]
)
def test_a_source_that_is_none(said):
    """A place that is not one is left out; the event counts all the same."""
    assert head_of(TraceEvent(event_type="x", metadata={"source": said})).metadata.source is None


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), 10**400])
def test_numbers_that_no_column_holds(value):
    """What is no finite number is not known."""
    head = head_of(TraceEvent(event_type="x", duration_ms=value, tokens_used=value, memory_usage_mb=value))

    assert (head.duration_ms, head.tokens_used, head.memory_usage_mb) == (None, None, None)
