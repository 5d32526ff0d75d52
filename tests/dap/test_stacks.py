"""Threads and frames of a recording."""

from __future__ import annotations

from pathlib import Path

from tests.support.dap_client import DapClient
from tests.support.stories import Story, old_file, write_trace


def test_frames_are_the_open_calls(client: DapClient, weather_trace: Path) -> None:
    """Innermost first, each where it stands in the program, or else in the trace."""
    client.begin(weather_trace)
    client.ask("n3/goToEvent", moment=5)
    client.stopped()
    app = str(weather_trace.parent / "src" / "app.ai")

    frames = [(each["name"], each["source"]["path"], each["line"]) for each in client.frames()]

    assert frames == [
        ("tool get_weather", app, 9),
        ("turn 1", str(weather_trace), 3),
        ("agent Helper", app, 3),
        ("app demo", str(weather_trace), 1),
    ]


def test_frames_come_in_pages(client: DapClient, weather_trace: Path) -> None:
    """The total is exact; no levels, or none, means all; beyond the end there is nothing."""
    client.begin(weather_trace)
    client.ask("n3/goToEvent", moment=5)
    client.stopped()
    whole = client.ask("stackTrace", threadId=1)
    assert whole["totalFrames"] == 4

    assert client.ask("stackTrace", threadId=1, levels=0) == whole
    assert client.frames(startFrame=1, levels=2) == whole["stackFrames"][1:3]
    assert client.ask("stackTrace", threadId=1, startFrame=9, levels=2) == {"stackFrames": [], "totalFrames": 4}


def test_lanes_are_threads(client: DapClient, parallel_trace: Path) -> None:
    """They come and go with time, in both directions, and keep their numbers; a line says who forked one."""
    client.begin(parallel_trace)
    assert client.threads_alive == {1}

    for moment, alive in ((4, {1, 2}), (8, {1}), (7, {1, 2}), (2, {1})):
        client.ask("n3/goToEvent", moment=moment)
        client.stopped()
        assert client.threads_alive == alive

    client.ask("n3/goToEvent", moment=4)
    client.stopped(threadId=2)
    assert [each["name"] for each in client.ask("threads")["threads"]] == ["main", "get_weather"]
    frames = client.ask("stackTrace", threadId=2)
    named = [(each["name"], each.get("presentationHint")) for each in frames["stackFrames"]]
    assert named == [
        ("tool get_weather", None),
        ("spawned by chain Both", "label"),
        ("chain Both", None),
        ("app demo", None),
    ]
    assert frames["totalFrames"] == 4
    ids = [each["id"] for thread in (1, 2) for each in client.frames(thread)]
    assert len(ids) == len(set(ids))


def test_a_thread_says_its_turn(client: DapClient, weather_trace: Path) -> None:
    """The turn of the agent that works on it."""
    client.begin(weather_trace)
    client.ask("n3/goToEvent", moment=9)
    client.stopped()

    assert [each["name"] for each in client.ask("threads")["threads"]] == ["main (Helper turn 2)"]


def test_a_point_shows_its_own_line(client: DapClient, tmp_path: Path) -> None:
    """The innermost frame is where the event is, not where its call began."""
    (tmp_path / "src").mkdir()
    old_file(tmp_path / "src" / "app.ai", "a\n" * 9)
    story = Story()
    story.start("app_load", "demo")
    story.start("tool_call", "get", line=3)
    story.point("error_occurred", "get", error="E: no", metadata={"source": {"file": "src/app.ai", "line": 7}})
    story.end(failed="E: no")
    story.end()
    client.begin(write_trace(tmp_path / "t.jsonl", story.events))
    client.ask("n3/goToEvent", moment=2)
    client.stopped()

    assert [each["line"] for each in client.frames()] == [7, 1]


def test_columns_stay_on_the_line(client: DapClient, tmp_path: Path) -> None:
    """An editor that cannot go beyond the end of a line is not sent there."""
    program = old_file(tmp_path / "app.ai", "ab\n\nabcdef\n")
    story = Story()
    story.start("app_load", "x")
    for line, column in ((1, 9), (2, 5), (3, 4), (3, -1), (8, 3)):
        story.point("custom", "x", metadata={"source": {"file": program.name, "line": line, "column": column}})
    client.begin(write_trace(tmp_path / "t.jsonl", story.events))
    found = []
    for _ in range(5):
        client.move("stepIn")
        found.append(client.frames()[0]["column"])

    assert found == [2, 1, 4, 1, 1]


def test_components_that_are_filtered_are_subtle(client: DapClient, weather_trace: Path) -> None:
    """They are open all the same; an editor shows them paler."""
    client.begin(weather_trace, filter=["tool"])
    stop = client.move("stepIn")
    assert stop["description"] == "event 5 of 13: tool_call_start get_weather"

    hints = [each.get("presentationHint", "normal") for each in client.frames()]

    assert hints == ["normal", "subtle", "subtle", "normal"]


def test_frames_of_the_stop_before_are_gone(client: DapClient, weather_trace: Path) -> None:
    """Their numbers are not given out again."""
    client.begin(weather_trace)
    old = client.frames()[0]["id"]
    scope = client.scopes(old)["Inputs"]
    client.move("stepIn")
    assert client.frames()[0]["id"] != old

    assert client.refused("scopes", frameId=old).id == 3002
    assert client.refused("variables", variablesReference=scope).id == 3003
    assert client.refused("evaluate", expression="1", frameId=old).id == 3002
    assert client.refused("scopes", frameId=1).id == 3002


def test_lines_and_columns_are_counted_as_the_client_does(weather_trace: Path) -> None:
    """From 0 on both ways, when it says so."""
    with DapClient.inside() as client:
        client.initialize(linesStartAt1=False, columnsStartAt1=False)
        client.begin(weather_trace)
        app = weather_trace.parent / "src" / "app.ai"
        assert client.set_breakpoints(app, 8)[0]["line"] == 8
        client.move("continue")
        top = client.frames()[0]

        assert (top["line"], top["column"]) == (8, 0)
