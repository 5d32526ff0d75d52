"""What calls take: durations that are said or measured, children at once, odd clocks, filters."""

from __future__ import annotations

from typing import Any

import pytest

from namel3ss_dbg.analysis.spans import Spans
from namel3ss_dbg.events import TraceEvent, TraceFilter
from namel3ss_dbg.timeline.timeline import Timeline


def spans_of(*events: TraceEvent, wanted: TraceFilter | None = None) -> Spans:
    timeline = Timeline()
    for event in events:
        timeline.append(event)
    timeline.close()
    return Spans(timeline, wanted)


def start(identity: str, at: float, parent: str | None = None, kind: str = "tool_call", **more: Any) -> TraceEvent:
    more = {"component": kind.split("_")[0], "component_name": identity, **more}
    return TraceEvent(event_type=f"{kind}_start", event_id=identity, timestamp=at, parent_event_id=parent, **more)


def end(identity: str, at: float, kind: str = "tool_call", **more: Any) -> TraceEvent:
    more = {"component": kind.split("_")[0], "component_name": identity, **more}
    return TraceEvent(event_type=f"{kind}_end", event_id=f"{identity}!", timestamp=at, parent_event_id=identity, **more)


def test_children_that_run_at_once_are_taken_away_once() -> None:
    """Of ten seconds, children from 1 to 5 and from 3 to 7 leave four."""
    spans = spans_of(
        start("a", 0), start("b", 1, "a"), start("c", 3, "a"), end("b", 5), end("c", 7), end("a", 10)
    )  # fmt: skip

    assert spans.own_ms[0] == 4_000.0


def test_a_child_that_outlives_its_caller_counts_up_to_the_callers_end() -> None:
    """Work that nobody waits for is not taken away from what comes after."""
    spans = spans_of(start("a", 0), start("b", 1, "a"), end("a", 4), end("b", 9))

    assert spans.own_ms[0] == 1_000.0


def test_what_children_say_of_themselves_goes_before_coarse_clocks() -> None:
    """Where timestamps are whole seconds, the durations still are right."""
    spans = spans_of(
        start("a", 10), start("b", 10, "a"), end("b", 11, duration_ms=850.0), end("a", 11, duration_ms=900.0)
    )

    assert spans.own_ms[0] == 50.0


def test_a_clock_that_goes_back_makes_no_negative_time() -> None:
    """A call that seems to end before it began took no time."""
    spans = spans_of(start("a", 100), end("a", 40))

    assert spans.took_ms[0] == 0.0


def test_an_end_without_its_start_is_a_call_of_its_own() -> None:
    """A trace that lost its beginning still shows what its ends say."""
    spans = spans_of(end("lost", 5, duration_ms=70.0))

    assert [(shape.component_name, heads) for shape, heads in spans.heads("tool_call")] == [("lost", [0])]
    assert spans.took_ms[0] == 70.0


def test_an_end_without_a_name_belongs_to_its_start() -> None:
    """Kind and name of a call are those of its start."""
    unnamed = TraceEvent(event_type="tool_call_end", event_id="x", timestamp=2.0, component="tool", duration_ms=5.0)
    spans = spans_of(start("a", 1), unnamed)

    assert [(shape.component_name, heads) for shape, heads in spans.heads()] == [("a", [0])]


def test_a_filter_keeps_calls_of_a_kind_and_measures_over_all() -> None:
    """The own time of an agent does not grow because its tools are not looked at."""
    events = (
        start("a", 0, kind="agent_execution"), start("b", 1, "a"), end("b", 5), end("a", 10, kind="agent_execution")
    )  # fmt: skip
    spans = spans_of(*events, wanted=TraceFilter(components={"agent"}))

    assert [heads for _, heads in spans.heads()] == [[0]]
    assert spans.own_ms[0] == 6_000.0


def test_a_filter_by_duration_drops_quick_calls_with_both_their_events() -> None:
    """A call that is too quick is gone; one that never ended was not quick."""
    events = (start("quick", 0), end("quick", 0.01), start("slow", 1), end("slow", 2), start("open", 3))
    spans = spans_of(*events, wanted=TraceFilter(min_duration_ms=100.0))

    assert sorted(head for _, heads in spans.heads() for head in heads) == [2, 4]


@pytest.mark.parametrize(("status", "error", "failed"), [
    ("failed", None, True), ("error", None, True), ("completed", "boom", True), ("cancelled", "CancelledError", False),
    ("completed", None, False),
])  # fmt: skip
def test_what_failed_says_so_or_has_an_error(status: str, error: str | None, *, failed: bool) -> None:
    """A call that was cancelled on purpose did not fail."""
    spans = spans_of(start("a", 0), end("a", 1, status=status, error=error))

    assert (0 in spans.failed) is failed
