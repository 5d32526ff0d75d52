"""Which events a filter keeps."""

from __future__ import annotations

import pytest

from namel3ss_dbg.events import TraceEvent, TraceEventType, TraceFilter


def event(
    event_type: str = "llm_call_end", component: str = "llm", name: str | None = "openai", ms: float | None = None
):
    return TraceEvent(event_type=event_type, component=component, component_name=name, duration_ms=ms)


def test_a_filter_that_says_nothing_keeps_everything():
    """Without criteria nothing is dropped, and the filter knows so."""
    assert TraceFilter().keeps_all
    assert TraceFilter().keeps(event("whatever", "thing", None))


@pytest.mark.parametrize("words", [{"agent", "llm"}, ["agent", "llm"], "agent, llm", ("agent", "llm", " ")])
def test_words_come_in_any_form(words):
    """Components may be a set, a list, or one text with commas; they mean the same."""
    assert TraceFilter(components=words) == TraceFilter(components=frozenset({"agent", "llm"}))


@pytest.mark.parametrize("nothing", [None, (), "", " , "])
def test_no_words_keep_everything(nothing):
    """A filter of no words is no filter, instead of one that drops everything."""
    assert TraceFilter(components=nothing).keeps_all


@pytest.mark.parametrize(
    ("criteria", "kept"),
    [
        ({"components": "llm"}, True),
        ({"components": "tool"}, False),
        ({"component_names": "openai"}, True),
        ({"component_names": "other"}, False),
        ({"event_types": "llm_call"}, True),
        ({"event_types": "llm_call_end"}, True),
        ({"event_types": "llm_call_start"}, False),
        ({"event_types": [TraceEventType.LLM_CALL_END]}, True),
        ({"components": "llm", "component_names": "other"}, False),
        ({"min_duration_ms": 100}, True),
        ({"min_duration_ms": 100.5}, False),
    ],
)
def test_every_criterion_has_to_accept(criteria, kept):
    """An event is kept when all criteria that are set accept it; a span's type stands for both of its events."""
    assert TraceFilter(**criteria).keeps(event(ms=100.0)) is kept


def test_only_ends_can_be_too_quick():
    """A least duration keeps starts and points, which have none."""
    slow_only = TraceFilter(min_duration_ms=100)

    assert slow_only.keeps(event("llm_call_start"))
    assert slow_only.keeps(event("memory_operation", "memory"))
    assert not slow_only.keeps(event("llm_call_end"))


@pytest.mark.parametrize("event_type", ["app_load_start", "app_load_end", "error_occurred"])
def test_the_frame_and_the_errors_are_always_kept(event_type):
    """How a run began, ended and failed is in every trace, whatever the filter."""
    assert TraceFilter(components="agent", min_duration_ms=1e9).keeps(event(event_type, "app", ms=0.1))


def test_what_is_set_can_be_written_down():
    """As JSON values, in a fixed order, and a filter made of them is the same."""
    chosen = TraceFilter(components={"llm", "agent"}, min_duration_ms=5.0)

    assert chosen.to_dict() == {"components": ["agent", "llm"], "min_duration_ms": 5.0}
    assert TraceFilter(**chosen.to_dict()) == chosen
    assert TraceFilter().to_dict() == {}
