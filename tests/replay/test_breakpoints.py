"""What a breakpoint in a script says: a law against the plain reading of its fields, and the mistakes."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from namel3ss_dbg.events import ExpressionError, TraceEvent, TraceEventType, UsageError
from namel3ss_dbg.replay.replayer import ExecutionReplayer, ReplayBreakpoint
from tests.support.runs import runs
from tests.support.stories import parallel, write_trace

CONDITIONS = {
    None: lambda event: True,
    "status == 'failed'": lambda event: event.status == "failed",
    "component == 'tool'": lambda event: event.component == "tool",
}


@st.composite
def criteria(draw: st.DrawFn, events: list[TraceEvent]) -> dict:
    """The fields of a breakpoint that may stop at some of these events, or at none."""

    def one_of(values: set) -> st.SearchStrategy:
        return st.none() | st.sampled_from([*sorted(values), "nothing_of_the_kind"])

    wanted = {
        "event_type": draw(one_of({event.event_type for event in events})),
        "component": draw(one_of({event.component for event in events})),
        "component_name": draw(one_of({event.component_name for event in events} - {None})),
    }
    names_kind = any(wanted.values())
    wanted["event_index"] = draw(st.none() | st.integers(1 if names_kind else 0, 6))
    wanted["condition"] = draw(st.sampled_from([text for text in CONDITIONS if text or any(wanted.values())] or [None]))
    return wanted


def expected_of(events: list[TraceEvent], wanted: dict) -> list[int]:
    """The events at which a breakpoint stops, by looking at each."""
    fields = {name: wanted[name] for name in ("event_type", "component", "component_name") if wanted[name]}
    found = [
        number
        for number, event in enumerate(events)
        if all(getattr(event, name) == value for name, value in fields.items())
    ]
    if wanted["event_index"] is not None:
        index = wanted["event_index"] - bool(fields)
        found = found[index : index + 1]
    return [number for number in found if CONDITIONS[wanted["condition"]](events[number])]


@settings(max_examples=60)
@given(st.data())
def test_it_stops_where_all_its_criteria_hold(data: st.DataObject) -> None:
    """At those events and no other ones, forwards and backwards, with the condition as a text or as a function."""
    events = data.draw(runs())
    wanted = data.draw(criteria(events))
    if not any(value is not None for value in wanted.values()):
        return
    with tempfile.TemporaryDirectory() as folder:
        path = write_trace(Path(folder) / "run.jsonl", events)
        expected = expected_of(events, wanted)
        for condition in (wanted["condition"], CONDITIONS[wanted["condition"]]):
            with ExecutionReplayer(
                path, breakpoints=[ReplayBreakpoint(**{**wanted, "condition": condition})]
            ) as replayer:
                stops = []
                while replayer.replay_until_breakpoint() is not None:
                    stops.append(replayer.state.current_index)
                assert stops == expected
                if events:
                    replayer.replay_full()
                back = [len(events) - 1] if expected and expected[-1] == len(events) - 1 else []
                while replayer.replay_back_until_breakpoint() is not None:
                    back.append(replayer.state.current_index)
                assert back == expected[::-1]


@pytest.mark.parametrize(
    ("fields", "stops"),
    [
        ({"event_type": TraceEventType.TOOL_CALL_START}, [2, 3]),
        ({"event_type": "tool"}, [2, 3]),
        ({"event_type": "tool_call"}, [2, 3]),
        ({"event_type": "tool_failed"}, [7]),
        ({"component": "tool"}, [2, 3, 5, 7]),
        ({"component_name": "get_*", "event_type": "tool_call_end"}, [5, 7]),
        ({"component": "tool", "event_index": 3}, [5]),
        ({"component": "tool", "event_index": 5}, []),
        ({"event_index": 3}, [3]),
        ({"condition": "component == 'tool' and errors > 0"}, [7]),
    ],
)
def test_its_words(tmp_path: Path, fields: dict, stops: list[int]) -> None:
    """A type may be any word for a kind of events, a name may have a star, an index alone is an event's number."""
    path = write_trace(tmp_path / "run.jsonl", parallel())
    with ExecutionReplayer(path, breakpoints=[ReplayBreakpoint(**fields)]) as replayer:
        found = []
        while replayer.replay_until_breakpoint():
            found.append(replayer.state.current_index)

        assert found == stops


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "A breakpoint says nothing about where to stop. Write ReplayBreakpoint("),
        ({"event_type": ""}, "A breakpoint's event_type is '': it is a word."),
        ({"component": 7}, "A breakpoint's component is 7: it is a word."),
        ({"event_type": "llm", "event_index": 0}, "event_index is 0: occurrences are counted from 1."),
        ({"event_index": -1}, "event_index is -1: events are counted from 0."),
        ({"event_index": True}, "event_index is True"),
        ({"event_index": 1.5}, "event_index is 1.5"),
        ({"condition": 5}, "A breakpoint's condition is 5: it is a text or a function of the event."),
    ],
)
def test_what_cannot_be_is_said_at_once(fields: dict, said: str) -> None:
    """A breakpoint that makes no sense is refused where it is written."""
    with pytest.raises(UsageError) as problem:
        ReplayBreakpoint(**fields)

    assert said in str(problem.value)


def test_a_condition_that_cannot_be_parsed() -> None:
    """It is refused where it is written, with the character that is wrong."""
    with pytest.raises(ExpressionError) as problem:
        ReplayBreakpoint(condition="tokens >")

    assert problem.value.column == 8


def test_what_it_is_called() -> None:
    """As text it is what a person would type."""
    told = [
        ReplayBreakpoint(event_type=TraceEventType.AGENT_TURN_START, event_index=3),
        ReplayBreakpoint(component="agent", component_name="Helper"),
        ReplayBreakpoint(event_index=7),
        ReplayBreakpoint(condition="tokens > 3"),
        ReplayBreakpoint(event_type="llm", condition=expected_of),
    ]

    assert [str(each) for each in told] == [
        "agent_turn_start:3",
        "agent:Helper",
        "#7",
        "every event if tokens > 3",
        "llm if expected_of",
    ]
