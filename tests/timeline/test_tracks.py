"""A run laid out on tracks: who works where, how deep, when, and what was used."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from namel3ss_dbg.analysis.cost import spending_of
from namel3ss_dbg.analysis.spans import Spans
from namel3ss_dbg.timeline.timeline import Timeline
from namel3ss_dbg.timeline.tracks import DEEPEST_LEVEL, MOST_TRACKS, Tracks, count_in, in_range
from namel3ss_dbg.trace.codec import decode_line
from tests.strategies import Record, lines_of, timeline_of, traces
from tests.support.linking import Linked, Oracle, any_records
from tests.support.stories import Story


def filed(records: list[Record]) -> Tracks:
    """All of a run, on its tracks."""
    tracks = Tracks(timeline_of(records).columns)
    assert tracks.file()
    return tracks


def told(story: Story) -> Tracks:
    """All of a story, on its tracks."""
    timeline = Timeline()
    for event in story.events:
        timeline.append(event)
    tracks = Tracks(timeline.columns)
    assert tracks.file()
    return tracks


def test_what_is_beyond_the_most_tracks_shares_one() -> None:
    """Six hundred agents at once are drawn all the same."""
    story = Story()
    app = story.start("app_load", "demo")
    agents = [story.start("agent_execution", f"a{number}", inside=app) for number in range(MOST_TRACKS + 100)]
    for agent in agents:
        story.end(agent)
    tracks = told(story)

    assert len(tracks.all) == MOST_TRACKS + 2
    assert tracks.all[-1].label == "all others"
    assert len(tracks.all[-1].bands[0, "agent"].rows) == 2 * 100
    assert sum(len(band.rows) for track in tracks.all for band in track.bands.values()) == len(story.events)


def test_what_is_too_deep_is_at_the_deepest_level() -> None:
    """Calls nested a hundred times do not make a track a hundred levels high."""
    story = Story()
    for number in range(100):
        story.start("tool_call", f"t{number}")
    tracks = told(story)

    assert tracks.all[0].levels == DEEPEST_LEVEL + 1
    assert tracks.place_of(99) == (0, DEEPEST_LEVEL)
    assert tracks.deepest(0, 99) == 99
    assert tracks.deepest(10, 80) == 80


def test_very_many_components_are_one() -> None:
    """Whoever makes up a component for each event still gets a picture."""
    story = Story()
    for number in range(60):
        story.point(f"kind{number}", component=f"c{number}")
    tracks = told(story)

    assert len(tracks.whole) == 31
    assert len(tracks.whole["other"].rows) == 30


def test_an_agent_without_a_name() -> None:
    """Is called by its component."""
    story = Story()
    story.start("app_load", None)
    story.start("agent_execution", None)

    assert [track.label for track in told(story).all] == ["run", "agent"]


def test_what_a_late_call_has_used() -> None:
    """Takes back what the calls around it, which had ended, said for themselves: that was a repetition."""
    story = Story()
    app = story.start("app_load", "demo")
    agent = story.start("agent_execution", "Ann")
    late = story.start("tool_call", "late", inside=agent)
    later = story.start("llm_call", "later", inside=late)
    story.end(agent, tokens_used=10, cost_estimate=0.5)
    story.end(late, tokens_used=7)
    story.end(later, tokens_used=4, cost_estimate=0.25)
    story.point("custom", inside=later, tokens_used=3)
    tracks = told(story)

    assert {number: tracks.used_in(number) for number in (1, 2, 3)} == {1: (3, 0.25), 2: (3, 0.25), 3: (3, 0.25)}
    assert tracks.used_in(0) == (3, 0.25)
    assert sum(sum(band.tokens) for band in tracks.whole.values()) == 3
    assert sum(sum(band.cost) for band in tracks.whole.values()) == 0.25
    assert app


def test_it_can_be_filed_little_by_little() -> None:
    """As much as there is time for, and on from there."""
    story = Story()
    for _ in range(5_000):
        story.point("custom", "x")
    timeline = Timeline()
    for event in story.events:
        timeline.append(event)
    tracks = Tracks(timeline.columns)

    assert not tracks.file(within_s=0)
    assert 0 < tracks.count < 5_000
    assert tracks.file(within_s=60)
    assert (tracks.count, len(tracks.whole["custom"].rows)) == (5_000, 5_000)


@given(any_records(), st.integers(0, 40))
def test_filing_in_two_parts_is_filing(records: list[Record], place: int) -> None:
    """Whatever was open, late or unknown in between."""
    timeline = Timeline()
    tracks = Tracks(timeline.columns)
    for number, line in enumerate(lines_of(records)):
        timeline.append(decode_line(line))
        if number == place:
            tracks.file()
    tracks.file()
    whole = filed(records)

    assert [tracks.place_of(row) for row in range(tracks.count)] == [whole.place_of(row) for row in range(tracks.count)]
    assert [track.label for track in tracks.all] == [track.label for track in whole.all]
    assert tracks.clock == whole.clock
    assert [(track.open, track.ends) for track in tracks.all] == [(track.open, track.ends) for track in whole.all]


@given(any_records())
def test_every_event_is_on_one_track(records: list[Record]) -> None:
    """In one band there, and once in the whole; an end where its start is."""
    rows, tracks = Oracle(records).rows, filed(records)
    found = sorted(row for track in tracks.all for band in track.bands.values() for row in band.rows)

    assert found == sorted(row for band in tracks.whole.values() for row in band.rows) == list(range(len(records)))
    for row, linked in enumerate(rows):
        number, level = tracks.place_of(row)
        assert row in tracks.all[number].bands[level, tracks.band_of(row).component].rows
        if records[row]["event_type"].endswith("_end") and linked.match >= 0:
            assert tracks.place_of(linked.match) == (number, level)
        elif linked.parent >= 0 and not _takes_a_track(records, rows, row):
            around, outer = tracks.place_of(linked.parent)
            assert (number, level) == (around, outer + 1)
        elif linked.parent < 0 and not _takes_a_track(records, rows, row):
            assert (number, level) == (0, 0)


def _takes_a_track(records: list[Record], rows: list[Linked], row: int) -> bool:
    """Whether a span is an agent's execution, or opens a lane."""
    if not records[row]["event_type"].endswith("_start"):
        return False
    around = rows[rows[row].parent].lane if rows[row].parent >= 0 else 0
    return records[row]["event_type"] == "agent_execution_start" or rows[row].lane != around


@given(any_records())
def test_what_overlaps_is_on_different_tracks(records: list[Record]) -> None:
    """Of the spans that take a track, no two on one are open at once; and a track is an agent's or a name's."""
    rows, tracks = Oracle(records).rows, filed(records)
    takers = [row for row in range(len(rows)) if _takes_a_track(records, rows, row)]
    extents: dict[int, int] = {}
    for row in takers:
        number, level = tracks.place_of(row)
        assert level == 0
        assert extents.get(number, -1) < row
        extents[number] = rows[row].match if rows[row].match >= 0 else len(rows)
        if records[row]["event_type"] == "agent_execution_start":
            assert tracks.all[number].agent == records[row].get("component_name", "agent")


def test_a_call_that_never_ends_does_not_hide_what_was_used_in_it() -> None:
    """The calls around it, which have ended, learn of it at once: what they said for themselves was a repetition."""
    story = Story()
    agent = story.start("agent_execution", "Ann")
    open_for_ever = story.start("tool_call", "stuck", inside=agent)
    call = story.start("llm_call", "asked", inside=open_for_ever)
    story.end(agent, tokens_used=5)
    story.end(call, tokens_used=2)
    tracks = told(story)

    assert [tracks.used_in(number).tokens for number in (0, 1, 2)] == [2, 2, 2]
    assert sum(sum(band.tokens) for band in tracks.whole.values()) == 2


@given(traces(most=40))
def test_what_was_used_is_what_the_analysis_counts(records: list[Record]) -> None:
    """In the whole run, and in every call."""
    tracks, rows = filed(records), Oracle(records).rows
    spending = [
        (row, tokens, cost)
        for band in tracks.whole.values()
        for row, tokens, cost in zip(band.spending, band.tokens, band.cost, strict=True)
    ]
    cost = spending_of(Spans(timeline_of(records)))

    assert sum(tokens for _, tokens, _ in spending) == cost.tokens
    assert sum(paid for _, _, paid in spending) == pytest.approx(cost.cost)
    used = {row: tracks.used_in(row).tokens for row in range(len(rows))}
    for row, record in enumerate(records):
        if record["event_type"].endswith("_start"):
            assert used[row] == sum(tokens for spent, tokens, _ in spending if _is_inside(rows, spent, row))


def _is_inside(rows: list[Linked], row: int, start: int) -> bool:
    if rows[row].match == start or row == start:
        return True
    while rows[row].parent >= 0:
        row = rows[row].parent
        if row == start:
            return True
    return False


def test_counting_in_a_range() -> None:
    """Both ends are in it."""
    rows = [2, 3, 5, 8, 13]

    assert (count_in(rows, 3, 8), in_range(rows, 3, 8)) == (3, [3, 5, 8])
    assert (count_in(rows, 6, 7), in_range(rows, 6, 7)) == (0, [])
