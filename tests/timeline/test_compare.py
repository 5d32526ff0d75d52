"""Where two runs of one program part."""

from __future__ import annotations

import random
import time
from enum import StrEnum
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from namel3ss_dbg.events import TraceEvent
from namel3ss_dbg.timeline.compare import Difference, Divergence, compare, first_difference
from namel3ss_dbg.timeline.session import DebugSession
from tests.support.runs import interleaved, recorded, runs
from tests.support.stories import Story, crashed, parallel, weather, write_trace


def divergence(one: list[TraceEvent], other: list[TraceEvent]) -> Divergence | None:
    """What compare says about two runs."""
    return compare(recorded(one).timeline, recorded(other).timeline)


class Word(StrEnum):
    """A text of a program that is no plain string."""

    YES = "yes"


@pytest.mark.parametrize(
    ("one", "other", "difference"),
    [
        ({"a": 1}, {"a": 1}, None),
        ({"a": 1, "b": [1, {"c": 2}]}, {"b": [1, {"c": 3}], "a": 1}, ("x.b[1].c", 2, 3)),
        ({"a": 1}, {}, ("x.a", 1, None)),
        ({}, {"a": 1}, ("x.a", None, 1)),
        ([1, 2], [1], ("x[1]", 2, None)),
        ([1], [1, 2], ("x[1]", None, 2)),
        ([1], {"a": 1}, ("x", [1], {"a": 1})),
        (1, True, ("x", 1, True)),
        (0, False, ("x", 0, False)),
        (True, True, None),
        (1, 1.0, None),
        (1, "1", ("x", 1, "1")),
        (None, 0, ("x", None, 0)),
        (float("nan"), float("nan"), None),
        ((1, 2), [1, 2], None),
        (Word.YES, "yes", None),
        ({"call_id": 1, "execution_id": "a"}, {"call_id": 2}, None),
    ],
)
def test_values_are_compared_as_json(one: Any, other: Any, difference: tuple[str, Any, Any] | None) -> None:
    """The first value that differs, with its path; what JSON writes alike is alike."""
    assert first_difference(one, other, "x") == (Difference(*difference) if difference else None)


def test_a_path_without_a_beginning() -> None:
    """Two values that are compared by themselves have paths that begin with their keys."""
    assert first_difference({"a": {"b": 1}}, {"a": {"b": 2}}) == Difference("a.b", 1, 2)


def test_the_same_run_does_not_diverge(tmp_path: Path) -> None:
    """A recording is the same as the run that it was made of, whatever its ids and times are."""
    events = weather()
    for number, event in enumerate(weather()):
        event.timestamp += 100 + number
        event.duration_ms = 7.0
        events[number] = event
    with DebugSession.open(write_trace(tmp_path / "run.jsonl", weather())) as session:
        assert compare(session.timeline, recorded(events).timeline) is None
    assert divergence(parallel(), parallel()) is None


@pytest.mark.parametrize(
    ("moment", "changes", "path", "values"),
    [
        (10, {"outputs": {"text": "It is hot."}}, "outputs.text", ("It is 4 C in Oslo.", "It is hot.")),
        (5, {"inputs": {"city": "Rome"}}, "inputs.city", ("Oslo", "Rome")),
        (6, {"status": "failed"}, "status", ("completed", "failed")),
        (6, {"error": "no"}, "error", (None, "no")),
        (4, {"outputs": {"text": ""}}, "outputs.tool_calls", ([{"name": "get_weather"}], None)),
    ],
)
def test_an_event_that_differs(moment: int, changes: dict[str, Any], path: str, values: tuple[Any, Any]) -> None:
    """Both moments, which event it is, which value differs, and both values."""
    other = weather()
    for field, value in changes.items():
        setattr(other[moment], field, value)
    event = f"{other[moment].event_type} {other[moment].component_name}"

    assert divergence(weather(), other) == Divergence("differs", moment, moment, event, path, *values)


def test_an_event_that_is_missing() -> None:
    """The first recorded event that the rerun does not have, also when the rerun ended early."""
    assert divergence(weather(), weather()[:9]) == Divergence("missing", 9, None, "llm_call_start openai")
    assert divergence(parallel(), crashed()) == Divergence("missing", 6, None, "error_occurred get_weather")
    assert divergence(weather(), []) == Divergence("missing", 0, None, "app_load_start demo")


def test_an_event_that_is_extra() -> None:
    """The first event that only the rerun has."""
    assert divergence(weather()[:9], weather()) == Divergence("extra", None, 9, "llm_call_start openai")
    assert divergence(weather()[:6], weather()[:7]) == Divergence("extra", None, 6, "tool_call_end get_weather")


def story_of(*tools: str, result: int = 1) -> list[TraceEvent]:
    """An agent that calls these tools, then says a result."""
    story = Story()
    story.start("app_load", None)
    for tool in tools:
        story.start("tool_call", tool)
        story.end()
    story.end(outputs={"result": result})
    return story.events


def test_what_came_first_is_told() -> None:
    """A call that only the rerun made is told before the different end that came of it, a later one is not."""
    assert divergence(story_of("a"), story_of("b", "a", result=2)) == Divergence("extra", None, 1, "tool_call_start b")
    assert divergence(story_of("a"), story_of("b")) == Divergence("missing", 1, None, "tool_call_start a")
    late = story_of("a", "b")
    late[1].inputs = {"n": 1}
    found = divergence(story_of("a"), late)
    assert found is not None
    assert (found.kind, found.path) == ("differs", "inputs.n")
    assert divergence([], story_of("a")) == Divergence("extra", None, 0, "app_load_start app")


def test_measurements_are_not_compared() -> None:
    """They come when time has passed, which is another time in every run."""
    story = Story()
    story.start("app_load", "demo")
    story.point("performance_marker")
    story.end()

    assert divergence(story.events, [story.events[0], story.events[2]]) is None
    assert divergence([story.events[0], story.events[2]], story.events) is None


def test_calls_that_ran_together_may_begin_in_another_order() -> None:
    """Concurrent calls of one name are told apart by what went into them."""
    events = parallel()
    swapped = [events[row] for row in (0, 1, 3, 2, 4, 5, 6, 7, 8, 9)]

    assert divergence(events, swapped) is None


def test_calls_one_after_another_may_not() -> None:
    """What a lane does in another order is a difference."""
    one, other = Story(), Story()
    for story, cities in ((one, ("Oslo", "Rome")), (other, ("Rome", "Oslo"))):
        story.start("app_load", "demo")
        for city in cities:
            story.start("tool_call", "get_weather", city=city)
            story.end()

    assert divergence(one.events, other.events) == Divergence(
        "differs", 1, 1, "tool_call_start get_weather", "inputs.city", "Oslo", "Rome"
    )


def test_a_concurrent_call_with_other_inputs_differs() -> None:
    """Of calls that ran together those with the same inputs are the same; the rest is compared in order."""
    other = parallel()
    other[2].inputs = {"city": "Paris", "days": [1]}
    swapped = [other[row] for row in (0, 1, 3, 2, 4, 5, 6, 7, 8, 9)]

    found = divergence(parallel(), swapped)
    assert found == Divergence("differs", 2, 3, "tool_call_start get_weather", "inputs.city", "Oslo", "Paris")


@settings(max_examples=100, deadline=None)
@given(runs(finished=True), st.randoms(use_true_random=False))
def test_another_interleaving_is_no_divergence(events: list[TraceEvent], chance: random.Random) -> None:
    """However the lanes of a run interleave, it is the same run."""
    assert divergence(events, interleaved(events, chance)) is None


@settings(max_examples=100, deadline=None)
@given(runs(), st.integers(0, 60))
def test_a_change_is_always_found(events: list[TraceEvent], row: int) -> None:
    """When one event says something else, that event is the divergence."""
    row %= len(events)
    other = [*events]
    other[row] = attrs.evolve(events[row], error="another")

    found = divergence(events, other)
    assert found is not None
    assert (found.kind, found.recorded, found.rerun, found.path) == ("differs", row, row, "error")


def test_deep_runs_take_linear_time() -> None:
    """A recursion of thousands of calls is compared without building a path for each."""
    story = Story()
    for _ in range(4_000):
        story.start("agent_execution", "deep")
    for _ in range(4_000):
        story.end()
    one, other = recorded(story.events).timeline, recorded(story.events).timeline

    began = time.process_time()
    assert compare(one, other) is None
    assert time.process_time() - began < 2
