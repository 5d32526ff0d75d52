"""Where a person wants to stop."""

from __future__ import annotations

import pytest

from namel3ss_dbg.events import BACKWARD, ExpressionError, PlaceError, Stop, TraceEvent, UsageError
from namel3ss_dbg.timeline.breakpoints import Breakpoint
from namel3ss_dbg.timeline.expressions import parse
from namel3ss_dbg.timeline.session import DebugSession
from tests.support.runs import recorded
from tests.support.stories import Story, parallel, weather


def stops_of(session: DebugSession) -> list[int]:
    """Where continue stops from the beginning, having made sure that rcontinue stops at the same moments.

    And that they are known without going there.
    """
    session.cursor.goto(-1)
    ahead = [row for row, _ in session.breakpoints.between(-1, session.timeline.frontier)]
    forwards = []
    while not (stop := session.cursor.resume()).at_edge:
        forwards.append(stop.moment)
    backwards = [forwards[-1]] if forwards and forwards[-1] == session.moment else []
    while not (stop := session.cursor.resume(BACKWARD)).at_edge:
        backwards.append(stop.moment)
    assert backwards == forwards[::-1]
    assert ahead == forwards
    return forwards


def repeated(times: int) -> list[TraceEvent]:
    """An agent that calls a tool so often, each time with the next number."""
    story = Story()
    story.start("app_load", "demo")
    story.start("agent_execution", "Helper")
    for number in range(times):
        story.start("tool_call", "count", n=number)
        story.end(outputs={"result": number})
    story.end()
    story.end()
    return story.events


@pytest.mark.parametrize(
    ("place", "settings", "moments"),
    [
        ("turn", {}, [2, 8]),
        ("turn", {"condition": "turn == 2"}, [8]),
        ("turn", {"condition": "turn > 5"}, []),
        ("Helper", {"after": 1}, [2, 8]),
        ("Helper", {"every": 2}, [2]),
        ("Helper", {"after": 1, "every": 2}, [8]),
        ("Helper", {"condition": "depth > 1", "after": 1}, [8]),
        ("llm:2", {}, [9]),
        ("error", {}, []),
        ("app.ai:4", {}, [3, 9]),
        ("#7", {}, [7]),
        ("llm at end", {"condition": "tokens_used > 25"}, [10]),
        ("llm", {"lane": 1}, []),
    ],
)
def test_where_breakpoints_stop(place: str, settings: dict[str, object], moments: list[int]) -> None:
    """At the events of their place, where the condition is true, by their counts, the same in both directions."""
    session = recorded(weather())
    session.break_at(place, **settings)

    assert stops_of(session) == moments


def test_a_breakpoint_on_a_lane() -> None:
    """Only what happens on that lane stops."""
    session = recorded(parallel())
    session.break_at("tool", lane=1)

    assert stops_of(session) == [3]


def test_several_breakpoints_stop_at_the_nearest() -> None:
    """Of several at one event the one that was set first is the reason."""
    session = recorded(weather())
    session.break_at("agent_turn_end")
    session.break_at("turn")
    session.break_at("Helper")

    assert stops_of(session) == [1, 2, 7, 8, 11]
    session.cursor.goto(1)
    assert session.cursor.resume() == Stop(2, "breakpoint", 2)


@pytest.mark.parametrize(
    ("settings", "hits"),
    [({}, 3), ({"condition": "depth > 1"}, 2), ({"lane": 0}, 3), ({"lane": 1}, 0), ({"after": 1}, 3)],
)
def test_hits_are_counted_from_the_beginning(settings: dict[str, object], hits: int) -> None:
    """However the cursor came there: the hits up to a moment depend on the events alone."""
    session = recorded(weather())
    breakpoint = session.break_at("Helper", **settings)

    assert session.breakpoints.hits(breakpoint, 13) == hits
    assert session.breakpoints.hits(breakpoint, 0) == 0
    assert session.breakpoints.hits(breakpoint, 13) == hits


def test_it_is_told_how_many_events_match() -> None:
    """At creation, before any condition: how many events a breakpoint is asked about."""
    session = recorded(weather())

    assert session.breakpoints.matching(session.break_at("turn", condition="turn == 2")) == 2
    assert session.breakpoints.matching(session.watch("turn")) == 14
    assert session.breakpoints.matching(session.watch("tokens > 20")) == 4
    assert session.breakpoints.matching(session.watch("turn", lane=1)) == 0


def test_counted_hits_among_many_events() -> None:
    """Every thousandth hit after the first five hundred, found in windows that grow."""
    session = recorded(repeated(5_000))
    session.break_at("tool", condition="n % 2 == 0", after=500, every=1_000)
    session.break_at("tool", after=4_998)

    assert stops_of(session) == [2 + 2 * n for n in (2_998, 4_998, 4_999)]


def test_hits_go_on_counting_where_they_were() -> None:
    """Asked about a later moment after an earlier one, only the events between are judged."""
    session = recorded(repeated(100))
    breakpoint = session.break_at("tool", condition="n >= 50", after=10)

    hits = [session.breakpoints.hits(breakpoint, moment) for moment in (50, 101, 103, 500, 101)]
    assert hits == [0, 0, 1, 50, 0]


def test_a_look_ahead_is_for_a_part_and_can_be_ended() -> None:
    """After one moment up to another; of several breakpoints at an event the first is named, and nothing moves."""
    session = recorded(repeated(100))
    session.break_at("tool", condition="n > 50")
    session.break_at("tool")
    looked: list[int] = []

    found = session.breakpoints.between(101, 105, looked.append)

    assert [(row, each.number) for row, each in found] == [(102, 2), (104, 1)]
    assert session.moment == -1
    session.breakpoints.between(-1, session.timeline.frontier, looked.append)
    assert looked
    assert stops_of(session)[:2] == [2, 4]


def test_a_temporary_breakpoint_stops_once() -> None:
    """After it stopped it is gone, also when another breakpoint was the reason."""
    session = recorded(weather())
    session.break_at("turn")
    session.break_at("turn", temporary=True)
    session.break_at("llm", temporary=True)

    assert session.cursor.resume() == Stop(2, "breakpoint", 1)
    assert [each.number for each in session.breakpoints] == [1, 3]
    assert session.cursor.resume() == Stop(3, "breakpoint", 3)
    assert session.cursor.resume() == Stop(8, "breakpoint", 1)
    assert len(session.breakpoints) == 1


def test_a_disabled_breakpoint_is_passed() -> None:
    """It stays, and stops again when it is enabled."""
    session = recorded(weather())
    breakpoint = session.break_at("turn")

    breakpoint.enabled = False
    assert stops_of(session) == []
    breakpoint.enabled = True
    assert stops_of(session) == [2, 8]


def test_a_condition_that_is_changed_counts_anew() -> None:
    """When what decides about hits is set, what was judged before is forgotten."""
    session = recorded(weather())
    breakpoint = session.break_at("turn", condition="turn == 1")
    assert stops_of(session) == [2]

    breakpoint.condition = parse("turn == 2")
    assert stops_of(session) == [8]
    assert session.breakpoints.hits(breakpoint, 13) == 1
    breakpoint.condition = None
    assert session.breakpoints.hits(breakpoint, 13) == 2


def test_a_condition_that_fails_is_false_and_says_so_once() -> None:
    """Where it cannot be evaluated nothing stops; the first reason is told, and told once."""
    session = recorded(weather())
    breakpoint = session.break_at("Helper", condition="turn > 0")
    assert session.breakpoints.complaints() == []

    assert stops_of(session) == [2, 8]
    assert session.breakpoints.complaints() == [breakpoint]
    assert breakpoint.problem == "'turn > 0' cannot be evaluated: there is no 'turn' here."
    assert session.breakpoints.complaints() == []


@pytest.mark.parametrize(
    ("watched", "moments"),
    [
        ("turn", [2, 8]),
        ("turn == 2", [8]),
        ("city", [5]),
        ("tokens", [4, 10]),
        ("tokens > 30", [10]),
        ("cost > 0.0005", [4]),
        ("calls >= 2", [10]),
        ("get_weather", [6]),
        ("openai", [4, 10]),
        ("elapsed > 0.55", [6]),
        ("nobody", []),
        ("1 + 1", []),
    ],
)
def test_where_watches_stop(watched: str, moments: list[int]) -> None:
    """Where a value comes about or changes; a comparison where it becomes true; going away is no change."""
    session = recorded(weather())
    session.watch(watched)

    assert stops_of(session) == moments


def test_a_value_that_a_lane_inherits_is_no_news() -> None:
    """The first event of a lane sees what its opener saw: a watched value does not come about there."""
    session = recorded(parallel())
    session.watch("city")
    story = Story()
    app = story.start("app_load", "demo", mode="fast")
    story.start("tool_call", "a", inside=app)
    story.start("tool_call", "b", inside=app)
    other = recorded(story.events)
    other.watch("mode")

    assert stops_of(session) == [2, 3]
    assert stops_of(other) == [0]


def flags(*values: object) -> list[TraceEvent]:
    """A run in which a tool is called with each of these flags."""
    story = Story()
    story.start("app_load", "demo")
    for value in values:
        story.point("custom", inputs={"flag": value})
    return story.events


@pytest.mark.parametrize(
    ("watched", "moments"),
    [("flag", [1, 2, 3, 4, 6]), ("flag == true", [1, 4]), ("inputs.flag", [1, 2, 3, 4, 6]), ("not flag", [2, 6])],
)
def test_a_flag_that_goes_off_is_news(watched: str, moments: list[int]) -> None:
    """A plain name stops at every change, true from one included; a condition only where it becomes true."""
    session = recorded(flags(True, False, 1, True, True, None))
    session.watch(watched)

    assert stops_of(session) == moments


def test_a_watch_has_a_reason_and_may_have_a_condition_and_a_lane() -> None:
    """Its stops say that a watch stopped them; a condition and a lane narrow it."""
    session = recorded(parallel())
    session.watch("city", condition="city == 'Rome'")
    session.watch("city", lane=0)

    assert session.cursor.resume() == Stop(2, "watch", 2)
    assert session.cursor.resume() == Stop(3, "watch", 1)
    assert session.cursor.resume().at_edge


def test_a_catch_says_so() -> None:
    """Errors are caught where they are first seen, failed calls at their end."""
    session = recorded(parallel())
    session.break_at("error", kind="catch")
    session.break_at("tool_failed", kind="catch")

    assert session.cursor.resume() == Stop(6, "catch", 1)
    assert session.cursor.resume() == Stop(7, "catch", 2)


def test_log_points_speak_and_never_stop() -> None:
    """What they say is interpolated; a mistake in an expression is shown in its place."""
    session = recorded(weather())
    session.break_at("turn", kind="log", message="turn {turn} of {Helper}: {inputs}")
    session.break_at("tool at end", kind="log", message="{result | upper}, {1 +}, {{x}}")
    session.break_at("llm", kind="log").enabled = False
    session.break_at("llm", kind="log")

    assert session.cursor.resume() == Stop(13, "end")
    assert session.messages() == [
        "turn 1 of {Helper: there is no 'Helper' here}: {\"turn\": 1}",
        "",
        "4 DEGREES, {1 +: it ends where a value is missing}, {{x: there is no 'x' here}}",
        'turn 2 of {}: {"turn": 2}',
        "",
    ]
    assert session.messages() == session.messages()


def test_log_points_say_only_what_is_on_the_way() -> None:
    """Between the stop before and this one; going back, and standing still, nothing is said."""
    session = recorded(weather())
    session.break_at("turn", kind="log", message="turn {turn}", condition="turn == 2", every=1)
    session.cursor.goto(5)
    session.cursor.resume()
    assert session.messages() == ["turn 2"]

    session.cursor.resume()
    assert session.messages() == []
    session.cursor.goto(3)
    assert session.messages() == []


def test_breakpoints_are_known_by_number() -> None:
    """Numbers are never used twice; a number that does not exist is answered with those that do."""
    session = recorded(weather())
    first, second = session.break_at("llm"), session.break_at("turn")
    assert session.breakpoints[2] is second

    session.breakpoints.remove(first.number)
    assert session.break_at("tool").number == 3
    with pytest.raises(UsageError) as caught:
        session.breakpoints.remove(1)
    assert str(caught.value) == "There is no breakpoint 1: breakpoints: 2, 3."

    session.breakpoints.clear()
    assert len(session.breakpoints) == 0
    with pytest.raises(UsageError, match="breakpoints: none"):
        session.breakpoints[3]


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"every": 0}, UsageError),
        ({"after": -1}, UsageError),
        ({"condition": "turn >"}, ExpressionError),
        ({"place": "#99"}, PlaceError),
        ({"place": ""}, PlaceError),
    ],
)
def test_a_breakpoint_that_makes_no_sense_is_not_set(settings: dict[str, object], error: type[Exception]) -> None:
    """The mistake is told when it is set, and nothing is left behind."""
    session = recorded(weather())
    with pytest.raises(error):
        session.break_at(**{"place": "turn", **settings})

    assert len(session.breakpoints) == 0


def test_nothing_stops_at_the_beginning() -> None:
    """No event has happened there."""
    session = recorded(weather())
    session.watch("elapsed >= 0")
    session.break_at("app")

    assert session.breakpoints.stop_at(-1) is None


def test_a_breakpoint_is_itself() -> None:
    """Two breakpoints with the same settings are two."""
    assert Breakpoint(1, "catch", "error") != Breakpoint(1, "catch", "error")


def test_a_long_search_can_be_ended() -> None:
    """Conditions are evaluated in portions, between which whoever searches may give up."""
    session = recorded(repeated(3_000))
    plain = session.break_at("tool", condition="n < 0")
    counted = session.break_at("tool", condition="n >= 0", after=10_000)
    looked: list[int] = []

    assert session.breakpoints.following(-1, 6_004, looked.append) == -1
    assert [row // 1_000 for row in looked] == [2, 4, 3, 5]
    assert session.breakpoints.hits(plain, 6_003) == 0
    assert session.breakpoints.hits(counted, 6_003) == 3_000
    assert session.breakpoints.preceding(6_004, -1, looked.append) == -1


def test_the_last_hit_that_stops() -> None:
    """Those after it do not, forwards and backwards; a debug adapter asks for "the third" so."""
    session = recorded(repeated(6))
    breakpoint = session.break_at("tool")
    breakpoint.last = 3
    assert stops_of(session) == [2, 4, 6]

    breakpoint.after = 2

    assert stops_of(session) == [6]
