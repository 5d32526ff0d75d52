"""Which events a motion looks for, as a question to the index."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from namel3ss_dbg.events import TraceEvent
from namel3ss_dbg.timeline.kinds import is_of_kind
from namel3ss_dbg.timeline.patterns import (
    EndOf,
    EndsOf,
    Everything,
    Exactly,
    Filtered,
    Nothing,
    Occurrence,
    OfShape,
    OnLane,
    OnLine,
    Pattern,
    Strand,
    is_same_file,
)
from namel3ss_dbg.trace.columns import NONE, Columns
from tests.support.runs import recorded
from tests.support.stories import Story, crashed, parallel, weather


def columns_of(events: list[TraceEvent]) -> Columns:
    """The columns of a run that is over."""
    return recorded(events).timeline.columns


def never(row: int) -> None:
    """A check that lets every search go on."""


TURNS = OfShape(is_of_kind("turn"))


@pytest.mark.parametrize(
    ("make", "rows"),
    [
        (Everything, range(14)),
        (Nothing, []),
        (lambda: OnLane(0), range(14)),
        (lambda: OnLane(3), []),
        (lambda: OnLane(-1), []),
        (lambda: Exactly(5), [5]),
        (lambda: Exactly(14), []),
        (lambda: Exactly(-1), []),
        (lambda: EndOf(2), [7]),
        (lambda: OfShape(is_of_kind("llm")), [3, 9]),
        (lambda: OnLine("app.ai", 4), [3, 9]),
        (lambda: OnLine("other/app.ai", 4), []),
        (lambda: EndsOf(OnLine("app.ai", 4)), [4, 10]),
        (lambda: EndsOf(OfShape(is_of_kind("Helper"))), [7, 11, 12]),
        (lambda: Occurrence(OfShape(is_of_kind("Helper")), 3), [8]),
        (lambda: Occurrence(OfShape(is_of_kind("Helper")), 4), []),
        (lambda: Filtered(Everything(), lambda row: row % 5 == 0, never), [0, 5, 10]),
        (lambda: Filtered(TURNS, lambda row: row > 2, never), [8]),
    ],
)
def test_every_question_has_the_same_answer(make: Callable[[], Pattern], rows: list[int]) -> None:
    """Asked about one event, for the next, for the previous or for all, a pattern means the same events."""
    columns, rows, pattern = columns_of(weather()), list(rows), make()

    assert [row for row in range(14) if pattern.holds(columns, row)] == rows
    assert list(pattern.ahead(columns, NONE, 14)) == rows
    assert list(pattern.behind(columns, 14, NONE)) == rows[::-1]
    for row in range(-1, 14):
        assert pattern.following(columns, row) == next((each for each in rows if each > row), NONE)
        assert list(pattern.ahead(columns, row, 9)) == [each for each in rows if row < each < 9]
        assert list(pattern.behind(columns, row, 3)) == [each for each in reversed(rows) if 3 < each < row]
        assert pattern.preceding(columns, row) == next((each for each in reversed(rows) if each < row), NONE)


@pytest.mark.parametrize(
    ("pattern", "counts"),
    [(Everything(), [1, 6, 14]), (OfShape(is_of_kind("turn")), [0, 1, 2]), (Nothing(), [0, 0, 0])],
)
def test_events_are_counted_up_to_one(pattern: Pattern, counts: list[int]) -> None:
    """How many there are so far, the one asked about included."""
    assert [pattern.count(columns_of(weather()), row) for row in (0, 5, 13)] == counts


def test_a_pattern_alone_lists_nothing() -> None:
    """Whoever writes a new pattern says which events it has."""
    with pytest.raises(NotImplementedError):
        Pattern().lists(Columns())


def test_many_events_are_merged_in_windows() -> None:
    """Events of several shapes come in order, whatever their number."""
    story = Story()
    story.start("app_load", "demo")
    for number in range(3_000):
        story.point("custom", f"c{number % 7}")
    columns = columns_of(story.events)
    pattern = OfShape(lambda shape: shape.component_name in ("c1", "c3", "c6"))
    expected = [row for row in range(1, 3_001) if (row - 1) % 7 in (1, 3, 6)]

    assert list(pattern.ahead(columns, NONE, columns.count)) == expected
    assert list(pattern.behind(columns, columns.count, NONE)) == expected[::-1]


def test_a_strand_goes_on_where_its_lane_ends() -> None:
    """After the last event of a lane comes the end of the span that opened it, and then what follows there."""
    columns = columns_of(parallel())
    strand = Strand(3)

    assert list(strand.ahead(columns, 3, 10)) == [4, 6, 7, 8, 9]
    assert [row for row in range(10) if strand.holds(columns, row)] == [4, 6, 7, 8, 9]
    assert list(Strand(7).ahead(columns, 7, 10)) == [8, 9]
    assert list(Strand(2).ahead(columns, 2, 10)) == [5, 8, 9]


def test_a_strand_goes_back_to_what_opened_its_lane() -> None:
    """Before the first event of a lane comes the start of the span around it."""
    columns = columns_of(parallel())

    assert list(Strand(7).behind(columns, 7, NONE)) == [6, 4, 3, 1, 0]


def test_a_strand_of_a_crash_ends_with_its_lane() -> None:
    """When a span never ended, nothing comes after what is known of it."""
    columns = columns_of(crashed())

    assert Strand(4).following(columns, 4) == NONE
    assert Strand(5).following(columns, 5) == NONE


def test_a_forged_sidecar_makes_no_endless_way() -> None:
    """Whatever it says about parents and lanes, following a strand ends in both directions."""
    columns = columns_of(parallel())
    columns.parent[3] = 7
    columns.match[7] = 8
    columns.lane[7] = 1

    assert list(Strand(7).behind(columns, 7, NONE)) == [6, 4, 3]
    assert list(Strand(7).ahead(columns, 7, 10)) == []


def test_work_that_outlives_its_caller_is_followed_to_its_end() -> None:
    """The end of the span around a lane is not on its way as long as the lane goes on."""
    story = Story()
    story.start("app_load", "demo")
    agent = story.start("agent_execution", "A")
    first = story.start("tool_call", "first", inside=agent)
    late = story.start("tool_call", "late", inside=agent)
    story.end(first)
    story.end(agent)
    story.end(late)
    story.end()
    columns = columns_of(story.events)

    assert list(Strand(3).ahead(columns, 3, columns.count)) == [6, 7]
    assert Strand(3).holds(columns, 6)
    assert not Strand(3).holds(columns, 5)


def test_a_long_search_calls_its_check() -> None:
    """After every 1,024 events it tells how far it is, so that somebody can end it."""
    story = Story()
    for _ in range(5_000):
        story.point("custom")
    columns = columns_of(story.events)
    seen: list[int] = []

    assert Filtered(Everything(), lambda row: False, seen.append).following(columns, NONE) == NONE
    assert seen == [1_024, 2_048, 3_072, 4_096]


def test_a_pattern_learns_new_shapes_as_a_program_goes_on() -> None:
    """A kind that was not there when it was asked about first is found when it comes."""
    session = recorded([])
    pattern = OfShape(is_of_kind("tool"))
    assert pattern.following(session.timeline.columns, NONE) == NONE
    for event in weather():
        session.timeline.append(event)

    assert pattern.following(session.timeline.columns, NONE) == 5
    assert OfShape(is_of_kind("tool")).holds(session.timeline.columns, 5)


def test_an_occurrence_comes_when_it_is_counted() -> None:
    """The second of a kind is none until it has happened, and stays the same afterwards."""
    session = recorded([])
    second = Occurrence(OfShape(is_of_kind("llm")), 2)
    found = []
    for event in weather():
        moment = session.timeline.append(event)
        found.append(second.holds(session.timeline.columns, moment))

    assert [moment for moment, yes in enumerate(found) if yes] == [9]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("app.ai", "/home/me/src/app.ai", True),
        ("/home/me/src/app.ai", "src/app.ai", True),
        ("./app.ai", "app.ai", True),
        ("lib/app.ai", "src/app.ai", False),
        ("app.ai", "my_app.ai", False),
        ("", "app.ai", False),
    ],
)
def test_files_are_the_same_when_one_path_ends_with_the_other(one: str, other: str, same: bool) -> None:
    """An editor knows whole paths, a person types names, a trace holds either."""
    assert is_same_file(one, other) is same
    assert is_same_file(other, one) is same
