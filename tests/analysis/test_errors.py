"""Errors, each once, with their type, place and fate; retries; calls without an end."""

from __future__ import annotations

from namel3ss_dbg.analysis.errors import Errors, Retry, errors_of
from namel3ss_dbg.analysis.spans import Spans
from namel3ss_dbg.events import TraceFilter
from tests.strategies import Record, timeline_of


def record(identity: str, event_type: str, parent: str | None, name: str = "x", **more: object) -> Record:
    component = event_type.split("_")[0]
    return {
        "event_type": event_type, "event_id": identity, "timestamp": 1.0, "parent_event_id": parent,
        "component": "tool" if event_type == "error_occurred" else component, "component_name": name, **more,
    }  # fmt: skip


def errors(*records: Record, wanted: TraceFilter | None = None) -> Errors:
    return errors_of(Spans(timeline_of(records), wanted))


def failed(identity: str, event_type: str, error: str, parent: str = "", name: str = "x") -> Record:
    return record(f"{identity}!", event_type, parent or identity, name, status="failed", error=error)


RUN = record("run", "app_load_start", None)


def test_an_error_that_travels_up_counts_where_it_was_first_seen() -> None:
    """The event inside the tool counts; the ends of the tool, the turn and the agent do not."""
    text = "TimeoutError: 5 s"
    found = errors(
        RUN,
        record("a", "agent_execution_start", "run"), record("t", "agent_turn_start", "a"),
        record("g", "tool_call_start", "t", "get"),
        record("e", "error_occurred", "g", "get", status="failed", error=text),
        failed("g", "tool_call_end", text, name="get"), failed("t", "agent_turn_end", text),
        failed("a", "agent_execution_end", text),
    )  # fmt: skip

    assert found.total_errors == 1
    assert found.errors[0].event_index == 4
    assert found.errors[0].path == ("app x", "agent x", "turn", "tool get")
    assert (found.errors[0].error_type, found.errors[0].message) == ("TimeoutError", "5 s")


def test_without_events_the_innermost_failed_call_counts() -> None:
    """A trace by another tracer, whose calls only say that they failed."""
    found = errors(
        RUN, record("a", "agent_execution_start", "run"), record("g", "tool_call_start", "a", "get"),
        failed("g", "tool_call_end", "boom", name="get"), failed("a", "agent_execution_end", "boom"),
    )  # fmt: skip

    assert [(error.event_index, error.component, error.name) for error in found.errors] == [(3, "tool", "get")]
    assert found.by_component == {"tool": 1}


def test_an_event_right_after_the_failed_call_tells_of_it() -> None:
    """Some tracers write the error beside the call that failed, not inside."""
    found = errors(
        RUN, record("g", "tool_call_start", "run", "get"), failed("g", "tool_call_end", "boom", name="get"),
        record("e", "error_occurred", "run", "get", status="failed", error="boom"),
    )  # fmt: skip

    assert [error.event_index for error in found.errors] == [3]


def test_an_event_that_repeats_one_of_deeper_inside_is_the_same_error() -> None:
    """Some tracers write the error again at each call that it leaves."""
    found = errors(
        RUN, record("a", "agent_execution_start", "run"), record("g", "tool_call_start", "a"),
        record("e1", "error_occurred", "g", status="failed", error="boom"), failed("g", "tool_call_end", "boom"),
        record("e2", "error_occurred", "a", status="failed", error="boom"),
        record("e3", "error_occurred", "a", status="failed", error="another"),
    )  # fmt: skip

    assert [error.event_index for error in found.errors] == [3, 6]


def test_an_error_is_handled_when_a_call_around_it_ends_well() -> None:
    """The agent went on after its tool failed; the run itself does not count, for it always ends."""
    tool = (record("g", "tool_call_start", "a"), failed("g", "tool_call_end", "boom"))
    well, badly = record("a!", "agent_execution_end", "a"), failed("a", "agent_execution_end", "boom")
    ended = record("run!", "app_load_end", "run")

    assert errors(RUN, record("a", "agent_execution_start", "run"), *tool, well, ended).handled_errors == 1
    assert errors(RUN, record("a", "agent_execution_start", "run"), *tool, badly, ended).handled_errors == 0


def test_an_errors_type_comes_from_its_text_its_metadata_or_its_call() -> None:
    """The categories name what a person would look for."""
    found = errors(
        RUN,
        record("e1", "error_occurred", "run", error="ValueError: a: b"),
        record("e2", "error_occurred", "run", error="it is broken", metadata={"error_type": "Broken"}),
        record("e3", "error_occurred", "run", outputs={"error": "KeyError: 'x'"}),
        record("v", "validation_start", "run"),
        failed("v", "validation_end", "mood is missing"),
        record("e4", "error_occurred", "run", error="LongError: " + "x" * 400),
    )

    assert [(error.error_type, error.message[:12]) for error in found.errors] == [
        ("ValueError", "a: b"), ("Broken", "it is broken"), ("KeyError", "'x'"), ("validation", "mood is miss"),
        ("LongError", "x" * 12),
    ]  # fmt: skip
    assert len(found.errors[4].message) == 400


def test_a_call_made_again_after_it_failed_is_a_retry() -> None:
    """In the same place, by the same name; the next turn of an agent goes on and is none."""
    found = errors(
        RUN, record("a", "agent_execution_start", "run"),
        record("g1", "tool_call_start", "a", "get"), failed("g1", "tool_call_end", "boom", name="get"),
        record("g2", "tool_call_start", "a", "get"), failed("g2", "tool_call_end", "boom", name="get"),
        record("g3", "tool_call_start", "a", "get"), record("g3!", "tool_call_end", "g3", "get"),
        record("t1", "agent_turn_start", "a"), failed("t1", "agent_turn_end", "boom"),
        record("t2", "agent_turn_start", "a"), record("t2!", "agent_turn_end", "t2"),
    )  # fmt: skip

    assert found.retries == (Retry("tool", "get", "tool_call", retries=2, succeeded=1),)


def test_a_request_that_a_model_call_sent_again_is_a_retry() -> None:
    """Of those of one call only the last can end well."""
    found = errors(
        RUN, record("a", "llm_call_start", "run"), record("a!", "llm_call_end", "a"),
        record("b", "llm_call_start", "run"), record("b1", "llm_call_retry", "b"), record("b2", "llm_call_retry", "b"),
        record("b!", "llm_call_end", "b"), record("c", "llm_call_start", "run"), record("c1", "llm_call_retry", "c"),
        failed("c", "llm_call_end", "boom"),
    )  # fmt: skip

    assert found.retries == (Retry("llm", "x", "llm_call", retries=3, succeeded=1),)


def test_calls_without_an_end_are_listed_and_have_no_duration() -> None:
    """A run that was killed says what it was doing."""
    found = errors(
        RUN, record("a", "agent_execution_start", "run", "Helper"), record("g", "tool_call_start", "a", "get")
    )

    assert [(span.event_index, span.name, span.path) for span in found.unfinished_spans] == [
        (0, "x", ()), (1, "Helper", ("app x",)), (2, "get", ("app x", "agent Helper")),
    ]  # fmt: skip


def test_a_filter_counts_the_errors_of_what_it_admits() -> None:
    """Although it lets every error into a trace, a report on models is not about tools."""
    events = (RUN, record("e", "error_occurred", "run", status="failed", error="boom"))

    assert errors(*events, wanted=TraceFilter(components={"llm"})).total_errors == 0
    assert errors(*events, wanted=TraceFilter(components={"tool"})).total_errors == 1
