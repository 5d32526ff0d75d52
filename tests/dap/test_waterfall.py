"""The timeline of a run: what is drawn of a range is what is in it, neither more nor less, and it is soon there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from namel3ss_dbg.trace.codec import encode_line
from tests.strategies import traces, write_trace
from tests.support import stories
from tests.support.dap_client import DapClient
from tests.support.linking import Oracle, Record, any_records


def span_named(answer: dict[str, Any], label: str) -> dict[str, Any]:
    """The only span of this label."""
    (found,) = (span for span in answer["spans"] if span["label"] == label)
    return dict(found)


def test_a_small_run_comes_whole(client: DapClient, weather_trace: Path) -> None:
    """Each call and each single event, stacked on the tracks of the app and of its agent."""
    client.begin(weather_trace)
    whole = client.ask("n3/timeline")

    assert [(track["id"], track["label"], track["agent"], track["levels"]) for track in whole["tracks"]] == [
        (0, "demo", None, 1),
        (1, "Helper", "Helper", 3),
    ]
    assert [(span["moment"], span["end"], span["track"], span["depth"], span["label"]) for span in whole["spans"]] == [
        (0, 13, 0, 0, "app demo"),
        (1, 12, 1, 0, "agent Helper"),
        (2, 7, 1, 1, "turn 1"),
        (3, 4, 1, 2, "llm openai"),
        (5, 6, 1, 2, "tool get_weather"),
        (8, 11, 1, 1, "turn 2"),
        (9, 10, 1, 2, "llm openai"),
    ]
    assert whole["cells"]["bands"] == []
    assert span_named(whole, "turn 2") == {
        "moment": 8,
        "end": 11,
        "track": 1,
        "depth": 1,
        "label": "turn 2",
        "kind": "agent_turn",
        "component": "agent",
        "status": "completed",
        "startMs": 800.0,
        "endMs": 1100.0,
        "tokens": 30,
        "cost": 0.002,
    }


def test_what_an_agent_repeats_is_counted_once(client: DapClient, weather_trace: Path) -> None:
    """The agent's end says the 50 tokens that its models' ends have said."""
    client.begin(weather_trace)
    whole = client.ask("n3/timeline")

    assert whole["totals"] == {"events": 14, "errors": 0, "tokens": 50, "cost": 0.003, "elapsedMs": 1300.0}
    assert span_named(whole, "agent Helper")["tokens"] == 50
    assert client.ask("n3/timeline", **{"from": 5, "to": 9})["totals"]["tokens"] == 0


def test_events_in_buckets(client: DapClient, parallel_trace: Path) -> None:
    """As many as there are pixels, each with what is in it."""
    client.begin(parallel_trace)
    whole = client.ask("n3/timeline", buckets=5)

    assert [(each["from"], each["to"]) for each in whole["buckets"]] == [(0, 1), (2, 3), (4, 5), (6, 7), (8, 9)]
    assert whole["buckets"][3] == {
        "from": 6,
        "to": 7,
        "components": {"error": 1, "tool": 1},
        "errors": 2,
        "tokens": 0,
        "depth": 3,
        "elapsedMs": 600.0,
    }
    assert sum(count for each in whole["buckets"] for count in each["components"].values()) == 10
    part = client.ask("n3/timeline", **{"from": 8, "to": 99, "buckets": 50})
    assert (part["from"], part["to"], part["size"], len(part["buckets"])) == (8, 9, 2, 1)


def test_what_cannot_be_asked_is_refused(client: DapClient, parallel_trace: Path) -> None:
    """In a sentence each."""
    client.begin(parallel_trace)

    assert client.refused("n3/timeline", buckets="many").id == 1004
    assert client.refused("n3/timeline", axis="depth").text.endswith("'axis' is 'events' or 'time'")
    assert client.refused("n3/timeline", tracks=["Helper"]).text.endswith("'tracks' are the numbers of tracks")
    assert client.refused("n3/timeline", tracks=7).id == 1004
    assert client.refused("n3/timeline", axis="time", fromMs="0").id == 1004


def test_parallel_work_has_tracks_of_its_own(client: DapClient, parallel_trace: Path) -> None:
    """A tool that runs beside another is on a track of its name, with its failure."""
    client.begin(parallel_trace)
    whole = client.ask("n3/timeline")

    assert [(track["label"], track["events"], track["errors"]) for track in whole["tracks"]] == [
        ("demo", 6, 0),
        ("get_weather", 4, 2),
    ]
    assert whole["failures"] == [
        {"moment": 6, "ms": 600.0, "track": 1, "events": 1},
        {"moment": 7, "ms": 700.0, "track": 1, "events": 1},
    ]
    beside = client.ask("n3/timeline", tracks=[1, 99])
    assert {span["track"] for span in beside["spans"]} == {1}
    assert len(beside["tracks"]) == 2


def test_calls_inside_an_agent_that_run_beside_each_other(client: DapClient, tmp_path: Path) -> None:
    """Are the agent's, on tracks beside its own; each execution that overlaps another has its own, too."""
    story = stories.Story()
    app = story.start("app_load", "demo")
    story.start("agent_execution", "Ann")
    first = story.start("tool_call", "one")
    second = story.start("tool_call", "two", inside="evt_001")
    other = story.start("agent_execution", "Ann", inside=app)
    for span in (first, second, "evt_001", other):
        story.end(span)
    story.start("agent_execution", "Ann", inside=app)
    story.end()
    client.begin(stories.write_trace(tmp_path / "t.jsonl", story.events))
    whole = client.ask("n3/timeline")

    assert [track["label"] for track in whole["tracks"]] == ["demo", "Ann", "Ann 2", "Ann · parallel"]
    labels = {track["id"]: track["label"] for track in whole["tracks"]}
    assert [(span["label"], labels[span["track"]]) for span in whole["spans"]] == [
        ("app demo", "demo"),
        ("agent Ann", "Ann"),
        ("tool one", "Ann"),
        ("tool two", "Ann · parallel"),
        ("agent Ann", "Ann 2"),
        ("agent Ann", "Ann"),
    ]


def test_calls_that_never_ended(client: DapClient, crashed_trace: Path) -> None:
    """Are drawn as running, with what those inside them have used so far."""
    client.begin(crashed_trace)
    whole = client.ask("n3/timeline")

    running = [span["label"] for span in whole["spans"] if span["status"] == "running"]
    assert running == ["app demo", "chain Both", "tool get_weather"]
    assert all(span["end"] is None and span["endMs"] is None for span in whole["spans"] if span["label"] in running[:2])


def test_what_open_calls_have_used(client: DapClient, tmp_path: Path) -> None:
    """Their own and all inside, also of calls inside that are open as well."""
    client.begin(stories.write_trace(tmp_path / "t.jsonl", stories.weather()[:10]))
    whole = client.ask("n3/timeline")

    assert [(span["label"], span["tokens"]) for span in whole["spans"] if span["end"] is None] == [
        ("app demo", 20),
        ("agent Helper", 20),
        ("turn 2", 0),
        ("llm openai", 0),
    ]


def test_by_time(client: DapClient, weather_trace: Path) -> None:
    """A range of milliseconds, in which a call may be that neither begins nor ends there."""
    client.begin(weather_trace)
    part = client.ask("n3/timeline", axis="time", fromMs=310, toMs=390, buckets=8)

    assert (part["begin"], part["end"], part["size"]) == (310.0, 390.001, 10.001)
    assert (part["from"], part["to"]) == (4, 3)
    assert [span["label"] for span in part["spans"]] == ["app demo", "agent Helper", "turn 1", "llm openai"]
    assert part["position"] == {"moment": 0, "ms": 0.0, "track": 0, "depth": 0}
    whole = client.ask("n3/timeline", axis="time")
    assert (whole["from"], whole["to"], whole["elapsedMs"], whole["totals"]["elapsedMs"]) == (0, 13, 1300.0, 1300.0)


def test_clocks_that_go_back_or_are_silent(client: DapClient, tmp_path: Path) -> None:
    """Time stands still there, and nothing is drawn to the left of what came before it."""
    events = stories.weather()
    for row, stamp in ((3, 0.0), (5, stories.BEGAN), (6, 1e19)):
        events[row].timestamp = stamp
    path = tmp_path / "t.jsonl"
    path.write_bytes(b"".join(map(encode_line, events)))
    client.begin(path)
    whole = client.ask("n3/timeline", axis="time")

    starts = {span["moment"]: (span["startMs"], span["endMs"]) for span in whole["spans"]}
    assert starts[3] == (200.0, 400.0)
    assert starts[5] == (400.0, 400.0)
    assert whole["elapsedMs"] == 1300.0


def test_no_events_at_all(client: DapClient, tmp_path: Path) -> None:
    """Are an empty picture."""
    (tmp_path / "t.jsonl").write_text("")
    client.launch(trace=str(tmp_path / "t.jsonl"), follow=True)
    for axis in ("events", "time"):
        whole = client.ask("n3/timeline", axis=axis)
        assert (whole["events"], whole["to"], whole["buckets"], whole["spans"]) == (0, -1, [], [])


def test_a_trace_that_is_still_written(client: DapClient, tmp_path: Path) -> None:
    """Grows in the picture as well; what was running then has ended."""
    trace = stories.write_trace(tmp_path / "t.jsonl", stories.weather()[:6])
    client.begin(trace, follow=True, positionEvents=True)
    client.expect("n3/position", moment=0)
    before = client.ask("n3/timeline")
    assert (before["events"], before["complete"]) == (6, False)

    stories.write_trace(tmp_path / "t.jsonl", stories.weather())
    client.expect("n3/position", events=14)
    after = client.ask("n3/timeline")
    assert after["events"] == 14
    assert all(span["end"] is not None for span in after["spans"])


def test_many_narrow_calls_are_counted(client: DapClient, tmp_path: Path) -> None:
    """Only what is wide is drawn by itself; a cell is as wide as what is in it."""
    story = stories.Story()
    story.start("app_load", "demo")
    for number in range(400):
        story.start("tool_call", "wide" if number % 50 == 0 else "narrow")
        for _ in range(20 if number % 50 == 0 else 1):
            story.point("custom", "x")
        story.end(failed="no" if number % 40 == 7 else "", tokens_used=3)
    story.end()
    client.begin(stories.write_trace(tmp_path / "t.jsonl", story.events))
    whole = client.ask("n3/timeline", buckets=100, most=100)

    assert [span["label"] for span in whole["spans"]] == ["app demo", *["tool wide"] * 8]
    assert whole["cells"]["size"] == whole["size"] == 14
    tools, points = whole["cells"]["bands"]
    assert (tools["component"], tools["depth"], points["depth"]) == ("tool", 1, 2)
    assert sum(tools["events"]) == 2 * 392
    assert sum(tools["errors"]) == 10
    assert sum(tools["tokens"]) == 3 * 392
    assert "errors" not in points
    few = client.ask("n3/timeline", buckets=100, most=4)
    assert [span["label"] for span in few["spans"]] == ["app demo", *["tool wide"] * 3]
    assert few["cells"]["size"] == 28


def test_too_many_of_one_width_are_counted(client: DapClient, tmp_path: Path) -> None:
    """Nobody looks at them one by one to find out which to draw."""
    story = stories.Story()
    story.start("app_load", "demo")
    for _ in range(100):
        story.start("tool_call", "x")
        story.point("custom", "x")
        story.end()
    client.begin(stories.write_trace(tmp_path / "t.jsonl", story.events))
    few = client.ask("n3/timeline", buckets=2_000, most=1)

    assert [span["label"] for span in few["spans"]] == ["app demo"]
    assert (few["size"], few["cells"]["size"]) == (1, 4)
    assert _counted(few) == 301


def test_cells_are_as_many_as_can_be_drawn(client: DapClient, tmp_path: Path) -> None:
    """However many components there are in each bucket."""
    story = stories.Story()
    for number in range(14_000):
        story.point("custom", component=f"c{number % 7}")
    client.begin(stories.write_trace(tmp_path / "t.jsonl", story.events))
    whole = client.ask("n3/timeline", buckets=2_000)
    while not whole["complete"]:
        whole = client.ask("n3/timeline", buckets=2_000)

    assert (whole["size"], whole["cells"]["size"]) == (7, 14)
    assert sum(len(band["at"]) for band in whole["cells"]["bands"]) == 7_000
    assert _counted(whole) == 14_000


def test_very_many_failures_are_told_by_their_first(client: DapClient, tmp_path: Path) -> None:
    """For each few buckets, with how many there are."""
    story = stories.Story()
    story.start("app_load", "demo")
    for _ in range(600):
        story.point("error_occurred", "x", error="no", status="failed")
    story.end()
    client.begin(stories.write_trace(tmp_path / "t.jsonl", story.events))
    failures = client.ask("n3/timeline", buckets=20)["failures"]

    assert len(failures) == 20
    assert sum(failure["events"] for failure in failures) == 600
    assert failures[1] == {"moment": 31, "ms": 3100.0, "track": 0, "events": 31}


def _counted(answer: dict[str, Any]) -> int:
    """How many events of the range are in cells, or are starts or ends of spans."""
    drawn = sum(
        answer["from"] <= row <= answer["to"]
        for span in answer["spans"]
        for row in {span["moment"], span["end"]} - {None}
    )
    return drawn + sum(sum(band["events"]) for band in answer["cells"]["bands"])


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(traces(most=60), any_records()).filter(bool), st.data())
def test_what_is_drawn_of_a_range_is_what_is_in_it(tmp_path: Path, records: list[Record], data: st.DataObject) -> None:
    """Every event once, in a span or in a cell; the spans are those that a slow look at all events finds."""
    trace = write_trace(tmp_path / "t.jsonl", records)
    rows, count = Oracle(records).rows, len(records)
    with DapClient.inside() as client:
        client.begin(trace)
        whole = client.ask("n3/timeline", most=5_000)
        latest = whole["elapsedMs"]
        for _ in range(4):
            axis, most = data.draw(st.sampled_from(("events", "time"))), data.draw(st.sampled_from((1, 3, 10, 5_000)))
            asked: dict[str, Any] = {"axis": axis, "most": most, "buckets": data.draw(st.integers(1, 30))}
            low, high = sorted(data.draw(st.tuples(st.floats(0, 1), st.floats(0, 1))))
            asked |= (
                {"fromMs": low * latest, "toMs": high * latest}
                if axis == "time"
                else {"from": int(low * count), "to": int(high * count)}
            )
            part = client.ask("n3/timeline", **asked)

            within = max(part["to"] - part["from"] + 1, 0)
            assert _counted(part) == part["totals"]["events"] == within
            assert sum(track["events"] for track in part["tracks"]) == within
            assert sum(sum(bucket["components"].values()) for bucket in part["buckets"]) == within
            assert sum(failure["events"] for failure in part["failures"]) == part["totals"]["errors"]
            seen = [span for span in whole["spans"] if _is_seen(span, part)]
            if within > most:
                seen = [span for span in seen if span["end"] != span["moment"] and _width(span, part) >= part["size"]]
            missing = [span for span in seen if span not in part["spans"]]
            assert [span for span in seen if span not in missing] == part["spans"]
            assert not missing or len(seen) > most
            assert all(_width(span, part) <= part["cells"]["size"] for span in missing if span["end"] is not None)
            for band in part["cells"]["bands"]:
                assert band["at"] == sorted(set(band["at"]))
                assert min(band["events"]) > 0
        assert {(span["moment"], span["end"]) for span in whole["spans"]} == _spans_of(records, rows)


def _is_seen(span: dict[str, Any], part: dict[str, Any]) -> bool:
    return span["moment"] <= part["to"] and (span["end"] is None or span["end"] >= part["from"])


def _width(span: dict[str, Any], part: dict[str, Any]) -> float:
    if part["axis"] == "time":
        return float((part["elapsedMs"] if span["end"] is None else span["endMs"]) - span["startMs"])
    return float((part["events"] - 1 if span["end"] is None else span["end"]) - span["moment"])


def _spans_of(records: list[Record], rows: list[Any]) -> set[tuple[int, int | None]]:
    found: set[tuple[int, int | None]] = set()
    for row, linked in enumerate(rows):
        event_type = records[row]["event_type"]
        if event_type.endswith("_start"):
            found.add((row, linked.match if linked.match >= 0 else None))
        elif not event_type.endswith("_end") or linked.match < 0:
            found.add((row, row))
    return found
