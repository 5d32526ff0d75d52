"""Texts that name a moment."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from namel3ss_dbg.events import BEGINNING, PlaceError, TraceEvent
from namel3ss_dbg.timeline.notation import Place, parse_place, spelled
from namel3ss_dbg.timeline.places import Places
from namel3ss_dbg.timeline.timeline import Timeline
from namel3ss_dbg.trace.codec import encode_line
from tests.support.runs import recorded
from tests.support.stories import BEGAN, Story, crashed, parallel, weather, write_trace

Over = Callable[[Path], Timeline]


def places_of(events: list[TraceEvent]) -> Places:
    """The places of a run that is over, with a mark at #6."""
    session = recorded(events)
    session.marks["crash"] = 6
    return session.places


@pytest.fixture(autouse=True)
def _in_utc() -> None:
    """Times of day are those of the stories."""
    time.tzset()


def odd_names() -> list[TraceEvent]:
    """Components whose names hold what places are made of."""
    story = Story()
    story.start("app_load", "demo")
    for name in ("My Agent", "Dr. Ü:2", "ns:get", "gpt-4.1", "7", "llm"):
        story.start("agent_execution", name)
        story.end()
    story.end()
    return story.events


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("7", 7),
        ("#7", 7),
        ("0", 0),
        ("first", 0),
        ("$", 13),
        ("last", 13),
        ("-1", 13),
        ("-3", 11),
        (".", 5),
        (".+3", 8),
        (".-2", 3),
        ("@0s", 0),
        ("@0.55s", 6),
        ("@550ms", 6),
        ("@0.01m", 6),
        ("@0.5", 5),
        ("@22:13:20.7", 7),
        ("@22:13", 0),
        ("'crash", 6),
        ("'crash'", 6),
        ("evt_004", 4),
        ("evt_004 at end", 4),
        ("evt_003 at end", 4),
        ("evt_01", None),
        ("llm", 9),
        ("llm:2", 9),
        ("llm:-1", 9),
        ("llm:-2", 3),
        ("first llm", 3),
        ("last llm", 9),
        ("llm_call_start", 9),
        ("llm_call_end:1", 4),
        ("agent_turn_start:2", 8),
        ("agent:Helper", 1),
        ("agent:Helper:1", 1),
        ("turn 2", 8),
        ("turn:Helper:2", 8),
        ("Helper", 8),
        ("Helper:3", 8),
        ("Helper:-1", 8),
        ("Helper at end", 7),
        ("last Helper at end", 12),
        ("llm at end", 10),
        ("llm at start", 9),
        ("llm:1 at end", 4),
        ("3 at end", 4),
        ("#4 at end", 4),
        ("app.ai:4", 9),
        ("src/app.ai:4", 9),
        ("/home/me/src/app.ai:9", 5),
        ("app.ai:4:1", 3),
        ("app.ai:4:-1", 9),
        ("first app.ai:4", 3),
        ("app.ai:9 at end", 6),
        ("slowest", 1),
        ("slowest llm", 9),
        ("slowest llm:2", 3),
        ("slowest llm at end", 10),
        ("costliest llm", 9),
        ("costliest", 9),
        ("slowest agent:Helper", 1),
        ("slowest turn", 2),
    ],
)
def test_what_places_mean(text: str, moment: int | None) -> None:
    """Every form that the manual lists names a moment of the weather run, seen from #5."""
    places = places_of(weather())
    if moment is None:
        with pytest.raises(
            PlaceError, match=r"4 events begin like this: evt_010, evt_011, evt_012, evt_013\. Type more"
        ):
            places.resolve(text, here=5)
    else:
        assert places.resolve(text, here=5) == moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("error", 6),
        ("error:-1", 6),
        ("error at end", 6),
        ("tool_failed:get_weather", 7),
        ("failed", 7),
        ("memory", 4),
        ("memory:Both", 4),
        ("tool:get_weather:2", 3),
        ("chain", 1),
    ],
)
def test_places_of_failures_and_lanes(text: str, moment: int) -> None:
    """Errors, failures and other components are kinds like any other."""
    assert places_of(parallel()).resolve(text) == moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("My Agent", 1),
        ("My Agent:1", 1),
        ("agent:My Agent", 1),
        ('"My Agent"', 1),
        ('agent:"Dr. Ü:2"', 3),
        ('"Dr. Ü:2":1', 3),
        ("agent:ns:get", 5),
        ('"ns:get"', 5),
        ("agent:gpt-4.1:1", 7),
        ("gpt-4.1:1", 7),
        ('agent:"7"', 9),
        ("agent:llm", 11),
    ],
)
def test_names_may_hold_anything(text: str, moment: int) -> None:
    """Spaces and points are parts of names; what would be read as something else is put in quotes."""
    assert places_of(odd_names()).resolve(text) == moment


@pytest.mark.parametrize(
    ("name", "place"),
    [("get", "tool:get"), ("a b", "tool:a b"), ("a:2", 'tool:"a:2"'), ("7", 'tool:"7"'), ("at end", 'tool:"at end"')],
)
def test_a_name_is_spelled_so_that_it_is_read_again(name: str, place: str) -> None:
    """What completion offers means the component that it is offered for."""
    assert spelled("tool", name) == place
    assert (parse_place(place).word, parse_place(place).name) == ("tool", name)


def test_the_nearest_of_several_events() -> None:
    """Without a number a kind means the next from here, backwards the previous, and else the first of all."""
    places = places_of(weather())

    assert [places.resolve("turn", here=here) for here in (BEGINNING, 2, 8, 13)] == [2, 8, 2, 2]
    assert [places.resolve("turn", here=here, forward=False) for here in (13, 8, 2)] == [8, 2, 2]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "'' is not a place: there is nothing in it. Write a number, llm:2, agent:NAME or FILE:LINE."),
        (
            " at end",
            "' at end' is not a place: there is nothing in it. Write a number, llm:2, agent:NAME or FILE:LINE.",
        ),
        ("#x", "'#x' is not a place: an event's number follows the #. Try #7."),
        (
            "@noon",
            "'@noon' is not a place: a time follows the @. Try @1.5s after the beginning, or @14:03:07 by the clock.",
        ),
        ("@25:00", "'@25:00' is not a place: there is no such time of day."),
        (".x", "'.x' is not a place: a number of events follows the dot. Try .+3 or .-2."),
        ("+3", "'+3' is not a place: a dot stands before it. Try .+3 for three events further."),
        (":2", "':2' is not a place: it is neither a number, a kind of events nor a line. Try llm:2."),
        ("'", "''' is not a place: it is neither a number, a kind of events nor a line. Try llm:2."),
        ("llm:0", "'llm:0' is not a place: occurrences count from 1. Try llm:1 for the first llm."),
        ("turn 0", "'turn 0' is not a place: occurrences count from 1. Try turn:1 for the first turn."),
        ("first llm:2", "'first llm:2' is not a place: 'llm:2' is not a kind of events. Try first llm."),
        ("last #7", "'last #7' is not a place: '#7' is not a kind of events. Try last llm."),
        (
            "slowest app.ai:4",
            "'slowest app.ai:4' is not a place: 'app.ai:4' is not a kind of calls. Try slowest llm:2 for the second.",
        ),
        (
            "slowest llm:-1",
            "'slowest llm:-1' is not a place: 'llm:-1' is not a kind of calls. Try slowest llm:2 for the second.",
        ),
    ],
)
def test_a_text_that_is_no_place_of_any_trace(text: str, sentence: str) -> None:
    """The sentence says what is wrong with it and what to type."""
    with pytest.raises(PlaceError) as caught:
        parse_place(text)

    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("#14", "'#14' is not a place: this trace has 14 events, #0 to #13."),
        ("-15", "'-15' is not a place: this trace has 14 events, #0 to #13."),
        (".-9", "'.-9' is not a place: this trace has 14 events, #0 to #13."),
        ("'nowhere", "''nowhere' is not a place: there is no mark of that name. Marks: 'crash. mark nowhere sets it."),
        ("@9s", "'@9s' is not a place: the run ended at 22:13:21, after 1.3 s."),
        (
            "agent:Helpr",
            "'agent:Helpr' is not a place: it matches nothing in this trace. Agents here: Helper. "
            "Did you mean agent:Helper?",
        ),
        ("llm:x", "'llm:x' is not a place: it matches nothing in this trace. Models here: openai."),
        (
            "llm_call_start:opnai",
            "'llm_call_start:opnai' is not a place: it matches nothing in this trace. "
            "Names of llm_call_start here: openai. Did you mean llm_call_start:openai?",
        ),
        (
            "LLMM",
            "'LLMM' is not a place: it matches nothing in this trace. Kinds here: "
            "agent, turn, llm, tool, app, app_load, app_load_start, agent_execution and 12 more. Did you mean 'llm'?",
        ),
        ("get_wether", "Did you mean 'get_weather'?"),
        ("agent:Helper:9", "'agent:Helper:9' is not a place: there is only 1 of agent:Helper in this trace."),
        ("llm:-3", "'llm:-3' is not a place: there are only 2 of llm in this trace."),
        ("turn 3", "'turn 3' is not a place: there are only 2 of turn in this trace."),
        ("app.ai:5", "'app.ai:5' is not a place: nothing ran there. Lines that ran: 3, 4, 9."),
        ("app.ai:4:7", "'app.ai:4:7' is not a place: nothing there ran often enough."),
        ("b.ai:4", "'b.ai:4' is not a place: that file is not in this trace. Files: src/app.ai."),
        ("slowest tool:2", "'slowest tool:2' is not a place: no tool with a duration has ended so often."),
        ("costliest tool", "'costliest tool' is not a place: no tool with a cost has ended so often."),
    ],
)
def test_a_place_that_this_trace_does_not_have(text: str, sentence: str) -> None:
    """The sentence names what the trace has instead, and guesses what was meant."""
    with pytest.raises(PlaceError) as caught:
        places_of(weather()).resolve(text)

    assert str(caught.value) == sentence or str(caught.value).endswith(f" {sentence}")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("#3 at end", "'#3 at end' is not a place: nothing that begins at #3 has ended in this trace."),
        ("#4 at end", "'#4 at end' is not a place: nothing that begins at #4 has ended in this trace."),
        ("chain at end", "'chain at end' is not a place: no chain has ended in this trace."),
        ("app.ai:2 at end", "'app.ai:2 at end' is not a place: nothing there has ended."),
        ("slowest app", "'slowest app' is not a place: no app with a duration has ended so often."),
    ],
)
def test_what_has_not_ended_in_a_crash(text: str, sentence: str) -> None:
    """The end of a call that never ended is no place."""
    with pytest.raises(PlaceError) as caught:
        places_of(crashed()).resolve(text)

    assert str(caught.value) == sentence


@pytest.mark.parametrize("text", ["0", "$", "@1s", "llm", "llm:1", "app.ai:3", "slowest", "'x"])
def test_an_empty_trace_has_no_places(text: str) -> None:
    """Every form says so in a sentence."""
    with pytest.raises(PlaceError, match=f"^'{text[0] if text[0] != '$' else '.'}"):
        recorded([]).places.resolve(text)


def test_no_mark_is_set() -> None:
    """A mark that is asked for before any was set is explained."""
    with pytest.raises(PlaceError, match=r"Marks: none so far\. mark x sets it\."):
        recorded(weather()).places.resolve("'x")


def test_the_clock_goes_on_after_midnight() -> None:
    """A time of day before that of the beginning is one of the next day."""
    events = weather()
    for event in events:
        event.timestamp += 6_400  # from 22:13:20 to 23:59:60
    events[0].timestamp -= 10

    assert places_of(events).resolve("@00:00:00.5") == 5


def test_an_occurrence_behind_the_cursor_reads_nothing_on(tmp_path: Path, over: Over) -> None:
    """A place that is known already is found without reading the rest of the file."""
    filling = encode_line(TraceEvent(event_type="custom", event_id="x", timestamp=BEGAN)) * 30_000
    path = write_trace(tmp_path / "long.jsonl", weather())
    path.write_bytes(path.read_bytes() + filling)
    timeline = over(path)
    timeline.reach(100)

    assert Places(timeline, {}).resolve("llm:1", here=50) == 3
    assert not timeline.closed
    assert Places(timeline, {}).resolve("custom:25000", here=50) == 25_013
    assert Places(timeline, {}).resolve("$") == 30_013


def test_an_end_is_read_on_for(tmp_path: Path, over: Over) -> None:
    """`at end` of a call whose end was not read yet reads on until it comes."""
    story = Story()
    story.start("app_load", "demo")
    for _ in range(25_000):
        story.point("custom")
    story.end()
    timeline = over(write_trace(tmp_path / "long.jsonl", story.events))

    assert Places(timeline, {}).resolve("0 at end") == 25_001


def test_ids_are_places_in_files_too(tmp_path: Path, over: Over) -> None:
    """An id is found by its beginning wherever it stands, a kind of events that is not known yet before an id."""
    timeline = over(write_trace(tmp_path / "run.jsonl", weather()))
    places = Places(timeline, {"evt": 2})

    assert places.resolve("evt_007") == 7
    with pytest.raises(PlaceError, match="10 events begin like this: evt_000, evt_001, evt_002, evt_003, …"):
        places.resolve("evt_00")


def test_a_whole_id_that_is_also_a_beginning() -> None:
    """The event with exactly this id is meant."""
    story = Story(prefix="e")
    story.point("custom")
    story.point("custom", event_id="e0001")

    assert places_of(story.events).resolve("e000") == 0


def test_very_many_ids_that_begin_alike() -> None:
    """Nobody waits for all of them to be compared."""
    story = Story()
    for _ in range(1_200):
        story.point("custom")

    with pytest.raises(PlaceError, match="1000 or more events begin like this"):
        places_of(story.events).resolve("ev")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("llm", 2),
        ("llm:2", 1),
        ("#4", 1),
        ("evt_004", 1),
        ("tool_failed", 0),
        ("slowest llm", 1),
        ("'start", 0),
        (".+1", 1),
    ],
)
def test_a_place_is_a_pattern_for_a_breakpoint(text: str, count: int) -> None:
    """Without a number it means all its events, also those that may still come."""
    session = recorded(weather())
    session.marks["start"] = BEGINNING

    assert session.places.pattern(text).count(session.timeline.columns, 13) == count


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("llm", "llm: 2 events, the next is #9 llm_call_start openai"),
        ("llm:1", "llm:1: #3 llm_call_start openai"),
        ("slowest llm", "slowest llm: #9 llm_call_start openai"),
        (" 7 ", "7: #7 agent_turn_end Helper"),
        ("'start", "'start: the beginning"),
        ("#99", "'#99' is not a place: this trace has 14 events, #0 to #13."),
    ],
)
def test_places_are_explained(text: str, sentence: str) -> None:
    """On one line: which event it is, or how many there are, or why there is none."""
    session = recorded(weather())
    session.marks["start"] = BEGINNING

    assert session.places.explain(text, here=5) == sentence


@pytest.mark.parametrize(
    ("text", "suggestions"),
    [
        ("tool:", [("tool:get_weather", "starts of tools of this name", 1)]),
        ("WEATH", [("tool:get_weather", "starts of tools of this name", 1)]),
        ("src/app.ai:4", [("src/app.ai:4", "llm openai", 2)]),
        ("'", [("'crash", "mark at #6", 1)]),
        ("$", [("$", "the last event", 1)]),
        ("slowest tool:", [("slowest tool:get_weather", "which took longest", 1)]),
        ("first llm_call_e", [("first llm_call_end", "which came first", 1)]),
        ("llm_call_end", [("llm_call_end", "this type of events", 2)]),
        ("agent_turn_start:", [("agent_turn_start:Helper", "agent_turn_start of this name", 2)]),
        ("evt_", []),
        ("slowest nothing", []),
    ],
)
def test_places_are_completed(text: str, suggestions: list[tuple[str, str, int]]) -> None:
    """With kinds, names, source lines and marks of this trace, each with its meaning and how many events it has."""
    assert places_of(weather()).complete(text) == suggestions


def test_completion_begins_with_the_short_kinds() -> None:
    """Whoever has typed nothing sees what there is, and nothing when there is nothing."""
    texts = [each.text for each in places_of(weather()).complete("")]

    assert texts[:5] == ["agent", "turn", "llm", "tool", "app"]
    assert {"agent:Helper", "src/app.ai:9", "'crash", "0", "$"} <= set(texts)
    assert recorded([]).places.complete("") == []


def test_completion_offers_what_can_be_typed() -> None:
    """Every suggestion resolves, odd names too, and there are never too many."""
    places = places_of(odd_names())
    for suggestion in places.complete(""):
        assert places.resolve(suggestion.text) >= 0
    story = Story()
    for number in range(300):
        story.point("custom", metadata={"source": {"file": "a.ai", "line": number + 1, "column": 1}})

    assert len(places_of(story.events).complete("a.ai")) == 100


def test_a_parsed_place_is_resolved_like_its_text() -> None:
    """A place that was parsed before means the same."""
    places = places_of(weather())

    assert places.resolve(parse_place("llm:2")) == 9
    assert places.explain(parse_place("llm:2")) == "llm:2: #9 llm_call_start openai"
    assert places.pattern(parse_place("llm")).count(recorded(weather()).timeline.columns, 13) == 2
    assert parse_place("C:\\work\\app.ai:12") == Place("C:\\work\\app.ai:12", file="C:\\work\\app.ai", line=12)


@pytest.mark.parametrize("text", ["@22:13", "@99999999s", "@99:99:99"])
def test_times_of_a_run_in_no_year(text: str) -> None:
    """A clock that tells nonsense leads to a sentence, not to a mistake of ours."""
    story = Story()
    story.point("custom")
    story.events[0].timestamp = 1e19

    with pytest.raises(PlaceError, match="is not a place"):
        places_of(story.events).resolve(text)
