"""What has a value at a moment, and who wrote it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from namel3ss_dbg.events import BEGINNING, TraceEvent
from namel3ss_dbg.timeline.session import DebugSession
from namel3ss_dbg.timeline.state import ABSENT, FIELDS, TOTALS, Change, State, result_of
from namel3ss_dbg.trace.columns import NONE
from tests.support.runs import recorded
from tests.support.stories import BEGAN, Story, parallel, weather, write_trace


@pytest.fixture(params=["live", "recorded"])
def session(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """A session over the weather run, from memory or from a file: whatever is asked, both say the same."""
    if request.param == "live":
        yield recorded(weather())
        return
    with DebugSession.open(write_trace(tmp_path / "run.jsonl", weather())) as opened:
        yield opened


def value(session: DebugSession, text: str, moment: int) -> Any:
    """What an expression has for a value at a moment."""
    session.cursor.goto(moment)
    return session.evaluate(text)


@pytest.mark.parametrize(
    ("text", "moment", "expected"),
    [
        ("city", 5, "Oslo"),
        ("city", 6, "Oslo"),
        ("result", 6, "4 degrees"),
        ("turn", 5, 1),
        ("input", 10, "Weather in Oslo?"),
        ("get_weather", 13, "4 degrees"),
        ("Helper", 13, "It is 4 C in Oslo."),
        ("openai", 8, ""),
        ("event_type", 4, "llm_call_end"),
        ("component", 4, "llm"),
        ("name", 5, "get_weather"),
        ("status", 5, "started"),
        ("event_id", 3, "evt_003"),
        ("error", 3, None),
        ("duration_ms", 10, 900.0),
        ("duration_ms", 3, None),
        ("tokens_used", 4, 20),
        ("tokens_used", 3, None),
        ("cost_estimate", 10, 0.002),
        ("memory_usage_mb", 10, None),
        ("inputs.city", 6, None),
        ("outputs.result", 6, "4 degrees"),
        ("metadata.source.line", 5, 9),
        ("moment", 6, 6),
        ("lane", 6, 0),
        ("depth", 5, 3),
        ("event.component_name", 5, "get_weather"),
        ("tokens", 13, 50),
        ("cost", 13, 0.003),
        ("calls", 10, 2),
        ("calls", 9, 1),
        ("errors", 13, 0),
        ("memory", 13, {}),
    ],
)
def test_what_names_mean(session: DebugSession, text: str, moment: int, expected: Any) -> None:
    """Names are looked for in the event, in the calls around it from the inside out, then among the results."""
    if text == "inputs.city":
        assert value(session, "inputs", moment) == {}
    else:
        assert value(session, text, moment) == expected


def test_elapsed_counts_from_the_first_event(session: DebugSession) -> None:
    """In seconds, like a clock that was started with the run."""
    assert value(session, "elapsed", 10) == pytest.approx(1.0)


def test_tokens_count_only_where_a_model_was_called(session: DebugSession) -> None:
    """What an agent repeats about its calls is not counted again."""
    assert [session.state.total("tokens", moment) for moment in (BEGINNING, 3, 4, 10, 13)] == [0, 0, 20, 50, 50]


def test_half_a_token_is_shown_as_such() -> None:
    """A trace whose numbers of tokens are no whole numbers is summed as it is."""
    story = Story()
    story.start("llm_call", "openai")
    story.end(tokens_used=1.5)

    assert recorded(story.events).state.total("tokens", 1) == 1.5


def test_totals_grow_with_a_program() -> None:
    """A sum that was asked for is continued when more happened, also by kinds of events that are new."""
    session = recorded([])
    totals = []
    for event in weather():
        totals.append(session.state.total("tokens", session.timeline.append(event)))

    assert totals == [0, 0, 0, 0, 20, 20, 20, 20, 20, 20, 50, 50, 50, 50]


def test_nothing_has_a_value_at_the_beginning(session: DebugSession) -> None:
    """Before the first event there are totals, and no event to ask."""
    scope = session.state.scope(BEGINNING)

    assert scope.variables() == {}
    assert (scope("moment"), scope("lane"), scope("tokens"), scope("elapsed")) == (-1, 0, 0, 0)
    for name in ("event_type", "outputs", "event", "city"):
        with pytest.raises(KeyError):
            scope(name)


def test_variables_are_what_open_calls_and_results_hold(session: DebugSession) -> None:
    """The nearest wins: the inputs of a call over those around it, those over results of components."""
    assert session.state.scope(5).variables() == {
        "city": "Oslo",
        "turn": 1,
        "input": "Weather in Oslo?",
        "openai": "",
    }
    assert session.state.scope(13).variables() == {
        "demo": {},
        "Helper": "It is 4 C in Oslo.",
        "openai": "It is 4 C in Oslo.",
        "get_weather": "4 degrees",
    }


def test_a_result_is_hidden_by_an_input_of_its_name() -> None:
    """A component that is called like a value of the call is known by the value."""
    story = Story()
    story.start("app_load", "demo")
    story.start("tool_call", "city")
    story.end(outputs={"result": "Oslo"})
    story.start("tool_call", "get_weather", city="Rome")

    assert recorded(story.events).state.scope(3).variables() == {"city": "Rome"}


def test_an_outer_frame_sees_less(session: DebugSession) -> None:
    """Seen from a call further out, what is inside it has no value."""
    assert "city" not in session.state.scope(5, frame=1).variables()
    assert session.state.scope(5, frame=1)("turn") == 1
    assert session.state.scope(5, frame=1).frames == (2, 1, 0)


def test_names_are_listed_without_decoding_results(session: DebugSession) -> None:
    """Everything that can be asked for here, the nearest first, each once."""
    names = session.state.scope(5).names()

    assert names[:4] == ["city", "turn", "input", "openai"]
    assert set(names) >= {*TOTALS, *FIELDS}
    assert len(names) == len(set(names))


def test_each_lane_has_values_of_its_own() -> None:
    """At the same moment two lanes see their own calls, and the results of both."""
    state = recorded(parallel()).state

    assert state.scope(6, lane=0)("city") == "Oslo"
    assert state.scope(6, lane=1)("city") == "Rome"
    assert state.scope(6, lane=1)("get_weather") == "4 degrees"
    assert state.scope(6, lane=9).variables() == {"get_weather": "4 degrees"}


def test_just_before_a_lane_began_its_opener_is_seen() -> None:
    """Whoever opened a lane with an event saw before it what the call around the lane holds."""
    scope = recorded(parallel()).state.scope_before(3)

    assert scope.here == 1
    assert scope.moment == 2


@pytest.mark.parametrize(
    ("name", "moment", "written"),
    [("openai", 13, 10), ("openai", 9, 4), ("openai", 3, NONE), ("Helper", 11, 11), ("nobody", 13, NONE)],
)
def test_who_wrote_a_result(session: DebugSession, name: str, moment: int, written: int) -> None:
    """The last end of the component up to the moment."""
    assert session.state.written_by(name, moment) == written


def test_a_component_that_has_not_ended_has_no_result(session: DebugSession) -> None:
    """Asking for it names it."""
    with pytest.raises(KeyError, match="get_weather"):
        session.state.result("get_weather", 5)


@pytest.mark.parametrize(
    ("name", "moment", "source"),
    [("city", 6, 5), ("result", 6, 6), ("turn", 6, 2), ("openai", 6, 4), ("status", 6, 6), ("tokens", 6, NONE)],
)
def test_which_event_says_a_value(session: DebugSession, name: str, moment: int, source: int) -> None:
    """The start of the call that holds it, the end that wrote it, or nothing for what is counted."""
    assert session.state.scope(moment).source(name) == source


@pytest.mark.parametrize(
    ("outputs", "result"),
    [({"result": 1, "text": 2}, 1), ({"text": "a", "tokens": 3}, "a"), ({"a": 1}, {"a": 1}), ({}, {})],
)
def test_the_result_of_an_end(outputs: dict[str, Any], result: Any) -> None:
    """Its result, output, response or text, else all that came out."""
    assert result_of(TraceEvent(event_type="tool_call_end", outputs=outputs)) == result


def test_changes_between_two_moments(session: DebugSession) -> None:
    """What came, what went and what is another value, and nothing else."""
    assert session.state.changes(5, 6) == [
        Change("result", ABSENT, "4 degrees"),
        Change("get_weather", ABSENT, "4 degrees"),
    ]
    assert session.state.changes(7, 8) == [Change("turn", 1, 2)]
    assert Change("city", "Oslo", ABSENT) in session.state.changes(6, 7)
    assert session.state.changes(8, BEGINNING)[0] == Change("turn", 2, ABSENT)
    assert repr(ABSENT) == "ABSENT"


def test_true_is_not_one() -> None:
    """A value that becomes another JSON value changes, also when Python thinks them equal."""
    story = Story()
    story.start("app_load", "demo")
    story.start("tool_call", "t", flag=1)
    story.end()
    story.start("tool_call", "t", flag=True)
    story.end()
    story.start("tool_call", "t", flag=1.0)
    state = recorded(story.events).state

    assert [(type(each.before), type(each.after)) for each in state.changes(1, 3) if each.name == "flag"] == [
        (int, bool)
    ]
    assert [each for each in state.changes(1, 5) if each.name == "flag"] == []


def test_what_memory_did_last() -> None:
    """By agent, the newest operation with its details flattened."""
    story = Story()
    story.start("app_load", "demo")
    story.point("memory_operation", "A", inputs={"operation_type": "add", "details": {"messages_after": 1}})
    story.point("memory_operation", "B", inputs={"operation_type": "add"})
    story.point("memory_summarization", "A", inputs={"messages": 4}, outputs={"summary": "short"})
    state: State = recorded(story.events).state

    assert state.memory(0) == {}
    assert state.memory(2) == {
        "A": {"operation_type": "add", "details": {"messages_after": 1}, "messages_after": 1},
        "B": {"operation_type": "add"},
    }
    assert state.memory(3)["A"] == {"messages": 4, "summary": "short"}


def test_results_are_listed_with_the_newest_first(session: DebugSession) -> None:
    """Each component once, with the event that wrote its result."""
    assert list(session.state.results_at(10).items()) == [("openai", 10), ("Helper", 7), ("get_weather", 6)]


def test_the_time_of_a_story_is_known() -> None:
    """The stories of these tests begin at a fixed time."""
    assert weather()[0].timestamp == BEGAN
