"""Strands of concurrent work, and the calls that are open on each."""

from __future__ import annotations

import pytest

from namel3ss_dbg.events import BEGINNING, TraceEvent, UsageError
from namel3ss_dbg.timeline.lanes import MAIN, Lane, Lanes
from namel3ss_dbg.trace.columns import NONE
from tests.support.runs import recorded
from tests.support.stories import Story, crashed, parallel, weather


def lanes_of(events: list[TraceEvent]) -> Lanes:
    """The lanes of a run that is over."""
    return recorded(events).lanes


@pytest.mark.parametrize(
    ("moment", "frames"),
    [
        (BEGINNING, ()),
        (0, (0,)),
        (3, (3, 2, 1, 0)),
        (4, (3, 2, 1, 0)),
        (7, (2, 1, 0)),
        (13, (0,)),
    ],
)
def test_frames_are_the_calls_around_a_moment(moment: int, frames: tuple[int, ...]) -> None:
    """A call is around its start, around its end, and around everything between."""
    assert lanes_of(weather()).frames_at(moment) == frames


def test_every_lane_has_frames_at_every_moment() -> None:
    """While one lane does something, the frames of another are those of its last event so far."""
    lanes = lanes_of(parallel())

    assert lanes.frames_at(4) == (3, 1, 0)
    assert lanes.frames_at(4, lane=0) == (2, 1, 0)
    assert lanes.frames_at(6, lane=0) == (2, 1, 0)
    assert lanes.frames_at(9, lane=1) == (3, 1, 0)
    assert lanes.frames_at(2, lane=1) == ()
    assert lanes.frames_at(2, lane=7) == ()


def test_an_end_without_its_start_is_inside_what_it_names() -> None:
    """A torn trace may hold an end whose start is missing: the calls around it are still known."""
    story = Story()
    story.start("app_load", "demo")
    story.point("tool_call_end", "lost")

    assert lanes_of(story.events).frames_at(1) == (0,)


def test_a_stop_is_inside_the_span_around_it() -> None:
    """At a start or an end that is the span around the call, at a point the call that it happened in."""
    lanes = lanes_of(parallel())

    assert [lanes.around(moment) for moment in (BEGINNING, 0, 2, 5, 6, 8)] == [NONE, NONE, 1, 1, 3, 0]


def test_lanes_work_from_their_first_event_to_their_end() -> None:
    """The main lane always works; another works from the start that opened it up to its end."""
    lanes = lanes_of(parallel())
    main, second = Lane(MAIN, 0, None, "main"), Lane(1, 3, 7, "get_weather")

    assert lanes.at(BEGINNING) == lanes.at(2) == lanes.at(8) == (main,)
    assert lanes.at(3) == lanes.at(7) == (main, second)


def test_a_lane_that_never_ended_works_on() -> None:
    """In a crashed run the lanes that were open stay open."""
    lanes = lanes_of(crashed())

    assert lanes.at(5) == (Lane(MAIN, 0, None, "main"), Lane(1, 3, None, "get_weather"))


def test_a_lane_is_called_as_what_opened_it() -> None:
    """By its component's name, or by the kind of component when that has no name."""
    story = Story()
    app = story.start("app_load", "demo")
    story.start("tool_call", "a")
    story.start("tool_call", None, inside=app)

    assert lanes_of(story.events).lane(1).name == "tool"


@pytest.mark.parametrize(
    ("events", "sentence"),
    [
        (parallel(), "There is no lane 2: lanes: 0 to 1."),
        (weather(), "There is no lane 2: lanes: only 0, the main one."),
        ([], "There is no lane 2: lanes: only 0, the main one."),
    ],
)
def test_a_lane_that_does_not_exist(events: list[TraceEvent], sentence: str) -> None:
    """Whoever asks for it is told which lanes there are."""
    with pytest.raises(UsageError) as caught:
        lanes_of(events).lane(2)

    assert str(caught.value) == sentence


def test_a_run_without_events_has_its_main_lane() -> None:
    """An editor shows one thread before anything happened."""
    assert lanes_of([]).at(BEGINNING) == (Lane(MAIN, NONE, None, "main"),)


def test_thousands_of_lanes_are_passed_over_by_blocks() -> None:
    """Of many lanes that are over, those that work are found, also in a block that never ends as a whole."""
    story = Story()
    app = story.start("app_load", "demo")
    story.start("tool_call", "first", inside=app)
    stuck = story.start("tool_call", "stuck", inside=app)
    for number in range(300):
        story.end(story.start("tool_call", f"t{number}", inside=app))
    lanes = lanes_of(story.events)
    last = len(story.events) - 1

    for _ in range(2):  # the second time the blocks are known
        assert [lane.number for lane in lanes.at(last)] == [0, 1, 301]
    assert stuck == story.events[2].event_id
    assert [lane.number for lane in lanes.at(103)] == [0, 1, 52]


def test_a_forged_parent_makes_no_endless_stack() -> None:
    """Whatever a sidecar says about parents, walking outwards ends."""
    lanes = lanes_of(weather())
    lanes._columns.parent[2] = 2

    assert lanes.frames_at(3) == (3, 2)
    assert lanes.frames_at(2) == (2,)


def test_frames_are_bounded() -> None:
    """A recursion of any depth is shown with its innermost 10,000 calls."""
    story = Story()
    for _ in range(3):
        story.start("agent_execution", "deep")
    lanes = lanes_of(story.events)
    columns = lanes._columns
    for row in range(3, 10_500):
        columns.parent.append(row - 1)
        columns.match.append(NONE)
        columns.shape.append(0)

    assert len(lanes.frames_at(10_499)) == 10_000
