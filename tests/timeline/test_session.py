"""What a front end holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from namel3ss_dbg.events import BEGINNING, ExpressionError, Mark, PlaceError, Stop, TraceError, TraceFilter, UsageError
from namel3ss_dbg.timeline.session import DebugSession, Mock
from namel3ss_dbg.timeline.state import ABSENT, Change
from tests.support.runs import live, recorded
from tests.support.stories import Story, crashed, parallel, weather, write_trace


def test_a_trace_is_opened_and_closed(tmp_path: Path) -> None:
    """A session knows its file, and lets go of it."""
    path = write_trace(tmp_path / "run.jsonl", weather())
    with DebugSession.open(path, visible=TraceFilter(components="tool")) as session:
        assert session.path == path
        assert session.moment == BEGINNING
        assert session.event is None
        assert session.cursor.step_any(count=2) == Stop(5, "step")

    with pytest.raises(ValueError, match="closed file"):
        session.timeline.identity(3)


def test_a_trace_that_does_not_exist() -> None:
    """Opening it says so."""
    with pytest.raises(TraceError):
        DebugSession.open("nowhere.jsonl")


def test_closing_lets_a_program_go() -> None:
    """A program that is held runs on to its end."""
    session = live(weather())
    session.cursor.step_any()
    session.close()

    while session.timeline.wait_past(session.timeline.frontier, within_s=10):
        pass
    assert session.timeline.frontier == 13


def test_where_we_are() -> None:
    """Event, calls and values are those of the cursor's moment."""
    session = recorded(parallel())
    session.cursor.goto(6)

    assert session.event == parallel()[6]
    assert session.frames() == (3, 1, 0)
    assert session.frames(0) == (2, 1, 0)
    assert session.evaluate("city") == "Rome"
    assert session.evaluate("city", lane=0) == "Oslo"
    with pytest.raises(ExpressionError):
        session.evaluate("city", frame=1)


def test_changes_are_those_since_the_stop_before() -> None:
    """Whatever way the cursor came: what came about or changed, without what went, or what the event itself says."""
    session = recorded(weather())
    assert session.changes() == []
    session.cursor.goto(5)
    assert session.changes() == []
    session.cursor.goto(6)

    assert session.previous_stop == 5
    assert session.changes() == [Change("get_weather", ABSENT, "4 degrees")]
    session.cursor.back()
    assert session.previous_stop == 6
    assert session.changes() == []


def test_marks_name_moments() -> None:
    """By a name, or by the next number that is free; the same name again moves the mark."""
    session = recorded(weather())
    session.marks["1"] = 0
    session.cursor.goto(6)

    assert session.mark() == Mark(6, "2")
    assert session.mark("crash") == Mark(6, "crash")
    session.cursor.goto(7)
    assert session.mark("crash") == Mark(7, "crash")
    assert session.places.resolve("'crash") == 7
    assert session.mark().name == "3"
    assert session.mark("early", at=2) == Mark(2, "early")
    with pytest.raises(UsageError, match="a name is one word without quotes"):
        session.mark("two words")


def test_a_mark_may_be_beyond_what_was_read(tmp_path: Path) -> None:
    """To go there reads on; where nothing is, a sentence says so."""
    trace = write_trace(tmp_path / "t.jsonl", weather() * 300)
    with DebugSession.open(trace) as session:
        session.mark("late", at=4_000)
        session.mark("never", at=99_999)
        assert session.timeline.frontier < 4_000

        assert session.places.resolve("'late") == 4_000
        with pytest.raises(PlaceError, match="this trace has 4200 events"):
            session.places.resolve("'never")


def test_a_breakpoint_may_be_set_from_here() -> None:
    """A place that is relative means from where the cursor is when it is set."""
    session = recorded(weather())
    session.cursor.goto(3)
    session.break_at(".+2")

    assert session.cursor.resume() == Stop(5, "breakpoint", 1)


@pytest.mark.parametrize(
    ("name", "answer", "outputs", "tokens"),
    [
        ("get_weather", "9 degrees", {"result": "9 degrees"}, None),
        ("tool", {"result": 1, "tokens": 7}, {"result": 1, "tokens": 7}, 7),
        ("openai", "Hello", {"text": "Hello"}, 30),
        ("llm", {"text": "Hello", "tokens_used": 3}, {"text": "Hello", "tokens_used": 3}, 3),
    ],
)
def test_a_mock_is_shown_in_place_of_the_recorded_answer(
    name: str, answer: object, outputs: dict[str, object], tokens: int | None
) -> None:
    """For a component or a kind of component; the start, and the recording, stay as they are."""
    session = recorded(weather())
    end = 6 if "weather" in name or name == "tool" else 10
    assert session.mock(name, answer) == Mock(name, answer)

    shown = session.timeline[end]
    assert (shown.outputs, shown.tokens_used, shown.metadata["mocked"]) == (outputs, tokens, True)
    assert session.timeline[end - 1] == weather()[end - 1]
    assert session.timeline.recorded(end) == weather()[end]
    session.unmock(name)
    assert session.timeline[end] == weather()[end]
    assert session.timeline.overlay is None


def test_a_declared_model_can_be_mocked() -> None:
    """Models are known by the names that the program gives them, whoever provides them."""
    events = weather()
    for row in (3, 4, 9):
        events[row].metadata["llm"] = "writer"
    session = recorded(events)
    session.mock("writer", "Hello")

    assert session.timeline[4].outputs == {"text": "Hello"}
    assert session.timeline[10] == events[10]
    events[9].metadata["llm"] = 7
    with pytest.raises(UsageError):
        session.mock("reader", "Hello")


def test_a_mock_changes_what_conditions_see() -> None:
    """A failed call that is answered has not failed, and conditions are judged anew."""
    session = recorded(parallel())
    breakpoint = session.break_at("tool_call_end", condition="status == 'failed'")
    assert session.breakpoints.hits(breakpoint, 9) == 1

    session.mock("get_weather", "8 degrees")
    assert session.breakpoints.hits(breakpoint, 9) == 0
    assert session.state.result("get_weather", 9) == "8 degrees"
    assert session.timeline[7].error is None
    session.unmock("get_weather")
    assert session.breakpoints.hits(breakpoint, 9) == 1


def test_one_call_is_answered_in_another_way() -> None:
    """The innermost call around the cursor, or around a moment; the other calls of its component stay as they are."""
    session = recorded(weather())
    session.cursor.goto(3)

    assert session.answer("Hello") == 4
    assert session.answer({"text": "Bye"}, at=10) == 10
    assert session.timeline[4].outputs == {"text": "Hello"}
    assert session.timeline[10].outputs == {"text": "Bye"}
    assert session.timeline[6] == weather()[6]
    session.take_back(4)
    session.take_back(10)
    assert session.timeline.overlay is None
    with pytest.raises(UsageError, match=r"The answer of #4 is the recorded one: answered: none\."):
        session.take_back(4)


def test_an_answer_goes_before_a_mock() -> None:
    """What is said about one call is more particular than what is said about all."""
    session = recorded(weather())
    session.mock("llm", "all")
    session.answer("one", at=3)

    assert (session.timeline[4].outputs, session.timeline[10].outputs) == ({"text": "one"}, {"text": "all"})


@pytest.mark.parametrize(
    ("moment", "sentence"),
    [
        (BEGINNING, "No call waits for an answer at #-1. 'to llm' and 'to tool' go to one."),
        (0, "No call waits for an answer at #0. 'to llm' and 'to tool' go to one."),
        (3, "The call of #3 has no answer to replace: it never ended in this trace."),
    ],
)
def test_what_has_no_answer(moment: int, sentence: str) -> None:
    """Outside all calls, and where a call never ended, there is nothing to replace."""
    with pytest.raises(UsageError) as caught:
        recorded(crashed()).answer("x", at=moment)

    assert str(caught.value) == sentence


def test_an_answer_is_read_on_for(tmp_path: Path) -> None:
    """The end of a call that was not read yet is looked for in the rest of the file."""
    story = Story()
    story.start("agent_execution", "Helper")
    for _ in range(3_000):
        story.point("custom")
    story.end(outputs={"response": "a"})
    with DebugSession.open(write_trace(tmp_path / "run.jsonl", story.events)) as session:
        assert session.answer("b", at=0) == 3_001


def test_a_mock_for_nobody(tmp_path: Path) -> None:
    """A name that nothing in the run has is answered with those that it has."""
    with DebugSession.open(write_trace(tmp_path / "run.jsonl", weather())) as session:
        with pytest.raises(UsageError) as caught:
            session.mock("nobody", 1)
        assert str(caught.value) == (
            "Nothing in this trace is called 'nobody': components here: demo, Helper, openai, get_weather."
        )
        with pytest.raises(UsageError, match="There is no mock for 'nobody': mocks: none"):
            session.unmock("nobody")
    with pytest.raises(UsageError, match="components here: none"):
        recorded([]).mock("x", 1)


def test_a_component_that_comes_late_can_be_mocked(tmp_path: Path) -> None:
    """The file is read on until somebody has the name."""
    from_start = [*weather()[:2], *([weather()[2]] * 25_000)]
    path = write_trace(tmp_path / "run.jsonl", [*from_start, *weather()[5:7]])
    with DebugSession.open(path) as session:
        assert session.mock("get_weather", 1) == Mock("get_weather", 1)
