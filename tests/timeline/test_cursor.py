"""The one place where time moves."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from namel3ss_dbg.events import BACKWARD, BEGINNING, Stop, TraceEvent, TraceFilter
from namel3ss_dbg.timeline.cursor import Cursor, Interrupted
from namel3ss_dbg.timeline.gate import Gate
from namel3ss_dbg.timeline.kinds import is_of_kind
from namel3ss_dbg.timeline.patterns import OfShape
from namel3ss_dbg.timeline.session import DebugSession
from namel3ss_dbg.timeline.timeline import Timeline
from namel3ss_dbg.trace.codec import encode_line
from tests.support.runs import live, recorded
from tests.support.stories import Story, crashed, parallel, weather, write_trace


def moves(events: list[TraceEvent], motion: Callable[[Cursor], Stop], *begin: int) -> list[int]:
    """Where a motion leads from each of these moments."""
    cursor = recorded(events).cursor
    ends = []
    for moment in begin:
        cursor.goto(moment)
        ends.append(motion(cursor).moment)
    return ends


@pytest.mark.parametrize(
    ("motion", "begin", "ends"),
    [
        (Cursor.step, [-1, 0, 2, 4, 13], [0, 1, 3, 5, 13]),
        (Cursor.next, [-1, 1, 2, 5, 7, 12, 13], [0, 12, 7, 6, 8, 13, 13]),
        (Cursor.finish, [-1, 0, 1, 5, 6, 13], [13, 13, 13, 7, 7, 13]),
        (Cursor.step_any, [-1, 5, 13], [0, 6, 13]),
        (Cursor.resume, [-1, 5], [13, 13]),
        (lambda cursor: cursor.step(BACKWARD), [0, 1, 8, 13], [-1, 0, 7, 12]),
        (lambda cursor: cursor.next(BACKWARD), [0, 7, 6, 8, 12], [-1, 2, 5, 7, 1]),
        (lambda cursor: cursor.finish(BACKWARD), [0, 5, 6, 9, 12], [-1, 2, 2, 8, 0]),
        (lambda cursor: cursor.step_any(BACKWARD), [0, 6], [-1, 5]),
        (lambda cursor: cursor.resume(BACKWARD), [6, 0], [-1, -1]),
    ],
)
def test_motions_on_one_lane(motion: Callable[[Cursor], Stop], begin: list[int], ends: list[int]) -> None:
    """The table of motions, in both directions, on a run without concurrency."""
    assert moves(weather(), motion, *begin) == ends


@pytest.mark.parametrize(
    ("motion", "begin", "ends"),
    [
        (Cursor.step, [1, 2, 3, 4, 5, 6, 7], [2, 5, 4, 6, 8, 7, 8]),
        (Cursor.next, [1, 2, 3, 4, 5, 7], [8, 5, 7, 6, 8, 8]),
        (Cursor.finish, [2, 3, 4, 6], [8, 8, 7, 7]),
        (Cursor.step_any, [2, 3, 4], [3, 4, 5]),
        (lambda cursor: cursor.step(BACKWARD), [8, 7, 6, 4, 3, 5, 2], [5, 6, 4, 3, 1, 2, 1]),
        (lambda cursor: cursor.next(BACKWARD), [8, 7, 5, 3], [1, 3, 2, 1]),
        (lambda cursor: cursor.finish(BACKWARD), [3, 4, 5, 7], [1, 3, 1, 1]),
    ],
)
def test_motions_follow_the_lane_of_the_stop(
    motion: Callable[[Cursor], Stop], begin: list[int], ends: list[int]
) -> None:
    """With two lanes, step, next and finish stay on theirs; stepi and continue see the whole run."""
    assert moves(parallel(), motion, *begin) == ends


@pytest.mark.parametrize(
    ("motion", "begin", "ends"),
    [
        (Cursor.step, [3, 4, 5], [4, 5, 5]),
        (Cursor.next, [1, 3, 2], [5, 5, 5]),
        (Cursor.finish, [3, 4], [5, 5]),
        (lambda cursor: cursor.finish(BACKWARD), [4, 3], [3, 1]),
        (lambda cursor: cursor.next(BACKWARD), [4, 5], [3, 2]),
    ],
)
def test_motions_in_a_crashed_run(motion: Callable[[Cursor], Stop], begin: list[int], ends: list[int]) -> None:
    """What never ended leads to the edge of history, and the way back is as ever."""
    assert moves(crashed(), motion, *begin) == ends


def test_a_motion_that_runs_out_of_history_rests_at_the_edge() -> None:
    """The session stays alive there, and says which edge it is."""
    cursor = recorded(weather()).cursor

    assert cursor.resume() == cursor.step() == cursor.next() == Stop(13, "end")
    assert cursor.resume(BACKWARD) == cursor.step(BACKWARD) == Stop(BEGINNING, "beginning")
    assert cursor.next() == Stop(0, "step")


def test_nothing_moves_in_an_empty_run() -> None:
    """Every motion rests where it is."""
    cursor = recorded([]).cursor

    assert {motion(cursor).moment for motion in (Cursor.step, Cursor.next, Cursor.finish, Cursor.resume)} == {BEGINNING}


def test_a_breakpoint_stops_any_motion_on_its_way() -> None:
    """Forwards and backwards; only the one under the cursor never does."""
    session = recorded(weather())
    session.break_at("tool")
    cursor = session.cursor

    cursor.goto(2)
    assert cursor.next() == Stop(5, "breakpoint", 1)
    assert cursor.finish() == Stop(7, "step")
    assert cursor.next(BACKWARD) == Stop(5, "breakpoint", 1)
    assert cursor.next(BACKWARD) == Stop(4, "step")
    assert cursor.step() == Stop(5, "breakpoint", 1)


def test_a_breakpoint_at_the_goal_is_the_reason() -> None:
    """Where a step ends at a breakpoint, the breakpoint is said."""
    session = recorded(weather())
    session.break_at("#0")
    session.break_at("#1")

    assert session.cursor.step() == Stop(0, "breakpoint", 1)
    assert session.cursor.to(OfShape(is_of_kind("agent"))) == Stop(1, "breakpoint", 2)
    assert session.cursor.step(BACKWARD) == Stop(0, "breakpoint", 1)


@pytest.mark.parametrize(
    ("motion", "stop"),
    [
        (lambda cursor: cursor.step(count=2), Stop(1, "step")),
        (lambda cursor: cursor.step(count=9), Stop(2, "breakpoint", 1)),
        (lambda cursor: cursor.resume(count=2), Stop(8, "breakpoint", 1)),
        (lambda cursor: cursor.resume(count=9), Stop(13, "end")),
        (lambda cursor: cursor.to(OfShape(is_of_kind("llm")), count=2), Stop(2, "breakpoint", 1)),
    ],
)
def test_counts_repeat_a_motion(motion: Callable[[Cursor], Stop], stop: Stop) -> None:
    """N times, unless an edge or a breakpoint comes before; continue passes the breakpoints on its way."""
    session = recorded(weather())
    session.break_at("turn")

    assert motion(session.cursor) == stop


def test_the_stops_of_a_count_are_one_stop() -> None:
    """What lies between the first and the last is no place to come back to."""
    cursor = recorded(weather()).cursor
    cursor.goto(1)

    assert cursor.step(count=4) == Stop(5, "step")
    assert cursor.trail == [1, 5]
    assert cursor.came_from == 1
    assert cursor.to(OfShape(is_of_kind("agent_turn_end")), count=2) == Stop(11, "place")
    assert cursor.to(OfShape(is_of_kind("turn")), BACKWARD, 2) == Stop(2, "place")


def test_back_and_forward_walk_the_stops() -> None:
    """Like in a browser: going somewhere else forgets what was ahead."""
    cursor = recorded(weather()).cursor
    assert cursor.back() is None
    for moment in (3, 8, -1):
        cursor.goto(moment)

    assert cursor.back() == Stop(8, "goto")
    assert cursor.came_from == BEGINNING
    assert cursor.forward() == Stop(BEGINNING, "beginning")
    assert cursor.forward() is None
    cursor.back()
    cursor.back()
    cursor.goto(5)
    assert cursor.trail == [3, 5]
    cursor.goto(5)
    assert cursor.trail == [3, 5]


@pytest.mark.parametrize("moment", [-2, 14])
def test_a_moment_that_is_not_known_is_no_goal(moment: int) -> None:
    """goto goes to what is known; places read on for it."""
    with pytest.raises(IndexError):
        recorded(weather()).cursor.goto(moment)


def test_a_search_looks_at_visible_events() -> None:
    """One by one, in either direction, through what the filter shows."""
    session = recorded(weather())

    def has_outputs(moment: int) -> bool:
        return bool(session.timeline[moment].outputs)

    assert session.cursor.seek(has_outputs) == Stop(4, "match")
    session.cursor.look_at(TraceFilter(components="tool"))
    assert session.cursor.seek(has_outputs) == Stop(6, "match")
    assert session.cursor.seek(has_outputs) == Stop(13, "end")
    assert session.cursor.seek(has_outputs, BACKWARD) == Stop(6, "match")
    assert session.cursor.seek(has_outputs, BACKWARD) == Stop(BEGINNING, "beginning")


# Filters


def filtered(visible: TraceFilter | None, events: list[TraceEvent] | None = None) -> Cursor:
    """A cursor that sees only what a filter keeps."""
    session = recorded(weather() if events is None else events)
    session.cursor.look_at(visible)
    return session.cursor


@pytest.mark.parametrize(
    ("visible", "motion", "begin", "ends"),
    [
        (TraceFilter(components="tool"), Cursor.step, [-1, 0, 5, 6], [0, 5, 6, 13]),
        (TraceFilter(components="tool"), Cursor.step_any, [0, 5, 6], [5, 6, 13]),
        (TraceFilter(components="tool"), Cursor.next, [0, 5, 2, 6], [13, 6, 13, 13]),
        (TraceFilter(components="tool"), Cursor.finish, [5, 6], [13, 13]),
        (TraceFilter(components="llm"), Cursor.next, [4, 3, 9], [9, 4, 10]),
        (TraceFilter(components="llm"), lambda c: c.next(BACKWARD), [10, 9, 4, 13], [9, 4, 3, 0]),
        (TraceFilter(components="llm"), lambda c: c.step(BACKWARD), [9, 13, 3], [4, 10, 0]),
        (TraceFilter(components="llm"), lambda c: c.finish(BACKWARD), [10, 4, 0], [0, 0, -1]),
        (TraceFilter(event_types="llm_call_start,agent_turn_end"), Cursor.next, [3, 2], [7, 7]),
        (TraceFilter(event_types="llm_call_end,agent_turn_start"), lambda c: c.next(BACKWARD), [4, 7], [2, 2]),
        (TraceFilter(event_types="agent_turn_end"), Cursor.finish, [5, 6, 9], [7, 7, 11]),
        (TraceFilter(min_duration_ms=500), Cursor.step_any, [3, 5, 6], [5, 7, 7]),
        (TraceFilter(min_duration_ms=500), Cursor.step, [3, 5, 9], [5, 7, 10]),
        (TraceFilter(), Cursor.step, [3], [4]),
        (None, Cursor.step, [3], [4]),
    ],
)
def test_with_a_filter_the_next_event_is_the_next_visible_one(
    visible: TraceFilter | None, motion: Callable[[Cursor], Stop], begin: list[int], ends: list[int]
) -> None:
    """step, next and finish keep their meaning among what can be seen."""
    cursor = filtered(visible)
    found = []
    for moment in begin:
        cursor.goto(moment)
        found.append(motion(cursor).moment)

    assert found == ends


def test_a_lane_whose_rest_is_hidden_leads_out_of_it() -> None:
    """From a visible event on a lane, when the lane's others are hidden, step goes on around it."""
    cursor = filtered(TraceFilter(event_types="memory_operation,chain_execution"), parallel())
    cursor.goto(4)

    assert cursor.step() == Stop(6, "step")  # errors are always shown
    assert cursor.step() == Stop(8, "step")
    assert cursor.step(BACKWARD) == Stop(1, "step")


def test_breakpoints_are_asked_about_hidden_events() -> None:
    """A filter hides events from the eye, not from the breakpoints."""
    session = recorded(weather())
    session.break_at("llm:2")
    session.cursor.look_at(TraceFilter(components="tool"))
    session.cursor.goto(6)

    assert session.cursor.step() == Stop(9, "breakpoint", 1)
    assert not session.cursor.sees(9)


def test_a_duration_that_is_not_known_is_short() -> None:
    """An end without a duration is dropped by a filter for long calls, as everywhere."""
    story = Story()
    story.start("app_load", "demo")
    story.start("tool_call", "t")
    story.end(duration_ms=None)
    story.end()
    cursor = filtered(TraceFilter(min_duration_ms=0.1), story.events)

    assert [cursor.sees(row) for row in range(4)] == [True, True, False, True]


# Interruptions


def test_an_interrupted_search_returns_to_where_it_was() -> None:
    """Forwards and backwards, a long motion that is ended has not moved; the next one is not disturbed."""
    story = Story()
    for _ in range(5_000):
        story.point("custom")
    session = recorded(story.events)
    session.break_at("custom", condition="nobody == 1")
    cursor = session.cursor
    cursor.goto(10)
    seen: list[int] = []

    def end_it(moment: int) -> None:
        seen.append(moment)
        cursor.interrupt()

    cursor.progress = end_it
    assert cursor.resume() == Stop(10, "interrupted")
    assert session.moment == 10
    cursor.goto(4_999)
    session.breakpoints[1].forget()
    assert cursor.resume(BACKWARD) == Stop(4_999, "interrupted")
    assert cursor.seek(lambda moment: False, BACKWARD) == Stop(4_999, "interrupted")
    assert seen == [1_034, 3_975, 3_974]
    cursor.progress = None
    assert cursor.resume(BACKWARD) == Stop(BEGINNING, "beginning")


def test_an_interruption_takes_back_all_of_a_count() -> None:
    """`continue 1000` that is ended on its way has not moved at all."""
    story = Story()
    for number in range(5_000):
        story.point("custom", inputs={"n": number})
    session = recorded(story.events)
    session.break_at("custom", condition="n < 5 or n == 4999")
    session.cursor.progress = lambda moment: session.cursor.interrupt()
    session.cursor.goto(2)

    assert session.cursor.resume(count=1_000) == Stop(2, "interrupted")
    assert session.cursor.trail == [2]


def test_reading_a_long_recording_can_be_interrupted(tmp_path: Path) -> None:
    """Between two slices of a file a motion can be ended; what was read stays known."""
    path = tmp_path / "long.jsonl"
    path.write_bytes(encode_line(TraceEvent(event_type="custom", event_id="x", timestamp=1.0)) * 60_000)
    with DebugSession.open(path) as session:
        session.cursor.progress = lambda moment: session.cursor.interrupt() if moment > 20_000 else None

        assert session.cursor.resume() == Stop(BEGINNING, "interrupted")
        assert 20_000 < session.timeline.frontier < 59_999


def test_a_long_look_can_be_interrupted(tmp_path: Path) -> None:
    """What moves nothing, such as reading a file on, tells its progress and is ended like a motion."""
    path = tmp_path / "long.jsonl"
    path.write_bytes(encode_line(TraceEvent(event_type="custom", event_id="x", timestamp=1.0)) * 50_000)
    with DebugSession.open(path) as session:
        cursor, timeline, seen = session.cursor, session.timeline, []
        cursor.goto(7)
        cursor.interrupt()  # of something that is over
        cursor.progress = seen.append
        timeline.check = cursor.looking()
        timeline.reach(20_000)
        cursor.interrupt()
        with pytest.raises(Interrupted) as caught:
            timeline.complete()

        assert seen == [1_999]
        assert caught.value.moment == session.moment == 7
        timeline.check = None
        timeline.complete()
        assert timeline.frontier == 49_999


# Live programs


@contextlib.contextmanager
def running(events: list[TraceEvent]) -> Iterator[DebugSession]:
    """A session over a program that does these events, let go at the end."""
    session = live(events)
    try:
        yield session
    finally:
        session.close()


def test_a_live_program_stands_still_while_somebody_looks() -> None:
    """The frontier is the last stop, whatever the program would do next; going back does not run it."""
    with running(weather()) as session:
        session.break_at("tool")

        assert session.timeline.frontier == BEGINNING
        assert session.cursor.resume() == Stop(5, "breakpoint", 1)
        assert session.cursor.step(BACKWARD) == Stop(4, "step")
        assert session.timeline.frontier == 5
        assert session.cursor.step_any(count=2) == Stop(5, "breakpoint", 1)
        assert session.cursor.finish() == Stop(7, "step")
        assert session.cursor.resume() == Stop(13, "end")
        assert session.cursor.resume() == Stop(13, "end")


def test_an_interrupted_program_is_held_at_its_next_event() -> None:
    """What has been done cannot be taken back: the cursor rests at the frontier."""
    with running(weather()) as session:

        def end_it(moment: int) -> bool:
            if moment == 6:
                session.cursor.interrupt()
            return False

        assert session.cursor.seek(end_it) == Stop(7, "interrupted")
        assert session.timeline.frontier == 7
        assert session.cursor.step() == Stop(8, "step")


def test_a_program_that_was_let_go_is_no_longer_waited_for() -> None:
    """After detach a motion rests at what is known; the program goes on alone."""
    with running(weather()) as session:
        session.cursor.step_any()
        session.close()

        stop = session.cursor.resume()
        assert stop.reason == "end"
        assert stop.moment >= 0


def test_a_program_that_ends_without_saying_so() -> None:
    """When it is over and its timeline is still open, motions rest at its last event."""
    timeline, gate = Timeline(), Gate()

    def program() -> None:
        gate.offer(BEGINNING)
        gate.offer(timeline.append(weather()[0]))
        gate.finish()

    thread = threading.Thread(target=program)
    thread.start()
    gate.wait_held()
    session = DebugSession(timeline, gate=gate)

    assert session.cursor.resume() == Stop(0, "end")
    assert session.cursor.resume() == Stop(0, "end")
    thread.join(10)


def test_an_event_of_another_thread_is_seen_once() -> None:
    """What came while the program was held is on the timeline, and does not hold it a second time."""
    timeline, gate, events = Timeline(), Gate(), parallel()

    def one() -> None:
        gate.offer(BEGINNING)
        gate.offer(timeline.append(events[0]))

    def other(late: int) -> None:
        gate.offer(late)
        gate.offer(timeline.append(events[2]))
        timeline.close()
        gate.finish()

    first = threading.Thread(target=one)
    first.start()
    gate.wait_held()
    session = DebugSession(timeline, gate=gate)
    assert session.cursor.step_any() == Stop(0, "step")
    second = threading.Thread(target=other, args=(timeline.append(events[1]),))
    second.start()

    assert session.cursor.step_any() == Stop(1, "step")
    assert session.cursor.step_any() == Stop(2, "step")
    assert session.cursor.step_any() == Stop(2, "end")
    first.join(10)
    second.join(10)


def test_a_half_read_recording_stops_where_a_whole_one_does(tmp_path: Path) -> None:
    """A goal that lies beyond what was read is read on for."""
    story = Story()
    story.start("app_load", "demo")
    for number in range(15_000):
        story.start("tool_call", "count", n=number)
        story.end()
    story.end()
    with DebugSession.open(write_trace(tmp_path / "long.jsonl", story.events)) as session:
        session.cursor.step()
        assert session.timeline.frontier < 5_000

        session.break_at("tool", condition="n == 12000")
        assert session.cursor.next() == Stop(24_001, "breakpoint", 1)
        assert session.cursor.finish() == Stop(30_001, "step")
