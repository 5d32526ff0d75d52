"""What holds for every run: the laws that the whole design stands on."""

from __future__ import annotations

import itertools
import random
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from namel3ss_dbg.events import BACKWARD, BEGINNING, FORWARD, Direction, PlaceError, Stop, TraceEvent, TraceFilter
from namel3ss_dbg.timeline.kinds import is_of_kind
from namel3ss_dbg.timeline.lanes import Lanes
from namel3ss_dbg.timeline.patterns import OfShape, Strand
from namel3ss_dbg.timeline.session import DebugSession
from namel3ss_dbg.timeline.timeline import Timeline
from namel3ss_dbg.trace.columns import END, NONE, Columns, head_of
from namel3ss_dbg.trace.index import TraceIndex
from tests.support.runs import interleaved, live, recorded, runs
from tests.support.stories import write_trace

many = settings(max_examples=120, deadline=None)
some = settings(max_examples=40, deadline=None)

Script = list[tuple[str, Direction]]

MOTIONS: dict[str, Callable[[DebugSession, Direction], Stop]] = {
    "step": lambda session, way: session.cursor.step(way),
    "stepi": lambda session, way: session.cursor.step_any(way),
    "next": lambda session, way: session.cursor.next(way),
    "finish": lambda session, way: session.cursor.finish(way),
    "continue": lambda session, way: session.cursor.resume(way),
    "to": lambda session, way: session.cursor.to(OfShape(is_of_kind("llm", None)), way),
    "find": lambda session, way: session.cursor.seek(lambda moment: session.timeline[moment].component == "tool", way),
}

motions = st.tuples(st.sampled_from(list(MOTIONS)), st.sampled_from([1, 1, -1]))
scripts: st.SearchStrategy[Script] = st.lists(motions, max_size=5) | st.lists(motions, min_size=8, max_size=20)
PLACES = [
    "llm",
    "tool:get_weather",
    "error",
    "agent_turn_end",
    "failed",
    "Critic",
    "llm:2",
    "tool at end",
    "custom",
    "turn",
]
places = st.lists(st.sampled_from(PLACES), max_size=3, unique=True)
conditions = st.sampled_from(
    [None, None, "tokens > 3", "turn == 1", "status == 'failed'", "nobody.knows == 1", "lane > 0"]
)
counts = st.sampled_from([(0, 1), (0, 1), (1, 1), (0, 2)])
watches = st.sampled_from([None, None, "tokens", "turn", "errors > 1", "Planner"])
settings_of_a_person = st.tuples(places, conditions, counts, watches)


def prepare(session: DebugSession, wanted: tuple) -> DebugSession:
    """Set the breakpoints that were drawn."""
    texts, condition, (after, every), watched = wanted
    for text in texts:
        session.break_at(text, condition=condition, after=after, every=every)
    if watched:
        session.watch(watched)
    return session


def drive(session: DebugSession, script: Script) -> tuple[list[Stop], list[int]]:
    """Type a script; give the stops, and the hits at the last one."""
    stops = [MOTIONS[verb](session, way) for verb, way in script]
    return stops, [session.breakpoints.hits(each, session.moment) for each in session.breakpoints]


@many
@given(runs(), scripts, settings_of_a_person)
def test_a_live_run_stops_where_its_recording_does(events: list[TraceEvent], script: Script, wanted: tuple) -> None:
    """The same script stops at the same moments for the same reasons, held live or read from a recording.

    And after every motion the program has done nothing beyond the furthest of its stops.
    """
    running = prepare(live(events), wanted)
    expected, hits = drive(prepare(recorded(events), wanted), script)
    try:
        furthest = BEGINNING
        for (verb, way), stop in zip(script, expected, strict=True):
            assert MOTIONS[verb](running, way) == stop
            furthest = max(furthest, stop.moment)
            assert running.timeline.frontier == furthest
        assert [running.breakpoints.hits(each, running.moment) for each in running.breakpoints] == hits
    finally:
        running.close()


@many
@given(runs(), settings_of_a_person)
def test_the_index_finds_the_stops_of_a_linear_scan(events: list[TraceEvent], wanted: tuple) -> None:
    """continue and rcontinue stop where asking every breakpoint about every event one by one says so."""
    session = prepare(recorded(events), wanted)
    scanned = [row for row in range(len(events)) if session.breakpoints.stop_at(row) is not None]

    forwards, backwards = [], []
    while not (stop := session.cursor.resume(FORWARD)).at_edge:
        forwards.append(stop.moment)
    session.cursor.goto(session.timeline.frontier)
    while not (stop := session.cursor.resume(BACKWARD)).at_edge:
        backwards.append(stop.moment)

    assert forwards == scanned
    assert backwards == [row for row in reversed(scanned) if row < len(events) - 1]


@some
@given(runs(), st.integers(0, 60))
def test_going_back_undoes_a_step(events: list[TraceEvent], begin: int) -> None:
    """rstep comes home from every step on a lane; rnext from every next that does not leave a span."""
    session = recorded(events)
    if not events:
        return
    begin %= len(events)
    columns, cursor = session.timeline.columns, session.cursor

    cursor.goto(begin)
    stop = cursor.step()
    left_lane = stop.at_edge or columns.lane[stop.moment] != columns.lane[begin]
    if not left_lane:
        assert cursor.step(BACKWARD).moment == begin

    cursor.goto(begin)
    stop = cursor.next()
    sibling_ends = columns.edge_at(stop.moment) == END and columns.match[stop.moment] < begin
    leaves = sibling_ends or columns.depth[stop.moment] < columns.depth[begin]
    if not stop.at_edge and not leaves and columns.lane[stop.moment] == columns.lane[begin]:
        assert cursor.next(BACKWARD).moment == begin


@some
@given(runs())
def test_a_lane_is_left_backwards_at_what_opened_it(events: list[TraceEvent]) -> None:
    """rstep from the first event of a lane rests on the start around it, and from the first of all at the beginning."""
    session = recorded(events)
    columns = session.timeline.columns
    for lane in range(len(columns.lane_rows)) if events else ():
        first = columns.lane_rows[lane][0]
        session.cursor.goto(first)
        stop = session.cursor.step(BACKWARD)

        assert stop.moment == columns.parent[first]
        assert (stop.reason == "beginning") == (columns.parent[first] == NONE)


@some
@given(runs(finished=True), st.randoms(use_true_random=False))
def test_any_interleaving_gives_each_lane_the_frames_it_has_alone(
    events: list[TraceEvent], chance: random.Random
) -> None:
    """However the lanes of a run interleave, every event has the same open calls around it."""
    shuffled = interleaved(events, chance)

    assert frames_by_id(shuffled) == frames_by_id(events)


def frames_by_id(events: list[TraceEvent]) -> dict[str, list[str]]:
    """For each event the ids of the starts around it."""
    columns = Columns()
    add = columns.linker()
    for event in events:
        add(head_of(event), 0)
    lanes = Lanes(columns)
    return {
        event.event_id: [events[start].event_id for start in lanes.frames_at(row)] for row, event in enumerate(events)
    }


@some
@given(runs(), scripts, settings_of_a_person, st.sampled_from([None, {"agent"}, {"llm", "tool"}]))
def test_no_motion_leaves_the_run(
    events: list[TraceEvent], script: Script, wanted: tuple, kinds: set[str] | None
) -> None:
    """Every motion rests on an event of the run that can be seen, on a breakpoint, or at an edge."""
    session = prepare(recorded(events), wanted)
    session.cursor.look_at(TraceFilter(components=kinds))
    for verb, way in script:
        stop = MOTIONS[verb](session, way)

        assert BEGINNING <= stop.moment < max(len(events), 1)
        assert session.moment == stop.moment
        if stop.reason == "step" and verb in ("step", "stepi"):
            assert session.cursor.sees(stop.moment)
        if stop.reason == "beginning":
            assert stop.moment == BEGINNING
        if stop.reason == "end":
            assert stop.moment == len(events) - 1


@some
@given(runs(), st.lists(st.integers(0, 60), max_size=8))
def test_back_and_forward_walk_the_stops(events: list[TraceEvent], visits: list[int]) -> None:
    """back retraces the stops one by one, forward returns along them."""
    session = recorded(events)
    places = [visit % len(events) for visit in visits] if events else []
    places = [place for n, place in enumerate(places) if n == 0 or places[n - 1] != place]
    for place in places:
        session.cursor.goto(place)

    back = [stop.moment for stop in iter(session.cursor.back, None)]
    there = [stop.moment for stop in iter(session.cursor.forward, None)]

    assert back == places[-2::-1]
    assert there == places[1:]


@some
@given(runs(), scripts, settings_of_a_person, st.integers(0, 20), st.integers(1, 7))
def test_a_half_read_recording_stops_where_a_whole_one_does(
    events: list[TraceEvent], script: Script, wanted: tuple, read: int, size: int
) -> None:
    """Read on in slices of any size while a script is typed, a file gives the stops and hits of the whole run."""
    with tempfile.TemporaryDirectory() as folder, TraceIndex(write_trace(Path(folder) / "run.jsonl", events)) as index:
        timeline = Timeline(index)
        timeline.slice = size
        index.advance(read)
        half_read = prepare(DebugSession(timeline), wanted)

        assert drive(half_read, script) == drive(prepare(recorded(events), wanted), script)


@some
@given(runs(), st.integers(-1, 40), st.integers(0, 5))
def test_a_search_stops_where_a_scan_does(events: list[TraceEvent], begin: int, kind: int) -> None:
    """Looking for a test's next event is asking it about every visible event, one by one."""
    session = recorded(events)
    begin = min(begin, len(events) - 1)
    component = ("agent", "llm", "tool", "app", "error", "x")[kind]
    session.cursor.look_at(TraceFilter(components={"agent", "llm"}))
    seen = [row for row in range(len(events)) if session.cursor.sees(row) and events[row].component == component]

    for direction, wanted in (
        (FORWARD, next((row for row in seen if row > begin), None)),
        (BACKWARD, next((row for row in reversed(seen) if row < begin), None)),
    ):
        session.cursor.goto(begin)
        stop = session.cursor.seek(lambda moment: events[moment].component == component, direction)
        assert (stop.moment if not stop.at_edge else None) == wanted


@some
@given(runs(), st.integers(-1, 40), st.booleans(), st.booleans())
def test_next_and_finish_are_never_deeper(events: list[TraceEvent], begin: int, forward: bool, filtered: bool) -> None:
    """next rests on something no deeper than where it was, finish on something less deep, whatever is hidden."""
    session = recorded(events)
    begin, way = min(begin, len(events) - 1), FORWARD if forward else BACKWARD
    session.cursor.look_at(TraceFilter(event_types={"agent_turn", "llm_call_end", "custom"}) if filtered else None)
    depth = session.timeline.columns.depth
    for motion, less in ((session.cursor.next, 0), (session.cursor.finish, 1)):
        session.cursor.goto(begin)
        stop = motion(way)
        if stop.reason == "step" and begin >= 0:
            assert depth[stop.moment] <= depth[begin] - less
            assert session.cursor.sees(stop.moment)


@some
@given(runs(), st.sampled_from(PLACES), st.integers(-1, 40), st.booleans())
def test_a_place_is_the_nearest_event_of_its_pattern(
    events: list[TraceEvent], text: str, here: int, forward: bool
) -> None:
    """What a place resolves to belongs to it, and nothing that belongs to it is nearer."""
    session = recorded(events)
    here = min(here, len(events) - 1)
    pattern = session.places.pattern(text)
    rows = [row for row in range(len(events)) if pattern.holds(session.timeline.columns, row)]
    near = [row for row in rows if (row > here if forward else row < here)]
    if rows:
        moment = session.places.resolve(text, here=here, forward=forward)
        assert moment == ((near[0] if forward else near[-1]) if near else rows[0])
    else:
        with pytest.raises(PlaceError):
            session.places.resolve(text, here=here, forward=forward)


@some
@given(runs(), settings_of_a_person)
def test_hits_only_grow(events: list[TraceEvent], wanted: tuple) -> None:
    """From one moment to the next a breakpoint has at most one hit more, and stops only where it has."""
    session = prepare(recorded(events), wanted)
    for breakpoint in session.breakpoints:
        hits = [session.breakpoints.hits(breakpoint, moment) for moment in range(-1, len(events))]
        assert hits[0] == 0
        for moment, (before, after) in enumerate(itertools.pairwise(hits)):
            assert after - before in (0, 1)
            if session.breakpoints.holds(breakpoint, moment):
                assert after == before + 1


@some
@given(runs())
def test_a_strand_is_the_same_asked_either_way(events: list[TraceEvent]) -> None:
    """What a live program asks about one event and what a recording asks for all are the same way onwards."""
    columns = recorded(events).timeline.columns
    for here in range(len(events)):
        strand = Strand(here)
        rows = [row for row in range(here + 1, len(events)) if strand.holds(columns, row)]

        assert list(strand.ahead(columns, here, len(events))) == rows


@some
@given(runs())
def test_lanes_work_from_start_to_end(events: list[TraceEvent]) -> None:
    """At every moment the working lanes are those that have begun and not ended."""
    session = recorded(events)
    lanes = [session.lanes.lane(number) for number in range(session.timeline.statistics().lanes)]
    for moment in range(len(events)):
        working = [each for each in lanes if each.opened <= moment <= (each.closed or len(events))]

        assert list(session.lanes.at(moment)) == working
