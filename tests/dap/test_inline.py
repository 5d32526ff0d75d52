"""What stands behind the lines of a file where a run rests."""

from __future__ import annotations

from pathlib import Path

from tests.support.dap_client import DapClient
from tests.support.stories import Story, old_file, write_trace


def _at(client: DapClient, moment: int) -> None:
    client.ask("n3/goToEvent", moment=moment)
    client.stopped()


def _lines(client: DapClient, path: Path, **arguments: int) -> dict[int, str]:
    return {each["line"]: each["text"] for each in client.ask("n3/inline", path=str(path), **arguments)["lines"]}


def test_what_goes_in_and_what_came_out(client: DapClient, weather_trace: Path) -> None:
    """At the start of a call and at its end; a call around it says how long it has been."""
    client.begin(weather_trace)
    app = weather_trace.parent / "src" / "app.ai"
    _at(client, 5)
    assert _lines(client, app) == {3: "400 ms so far", 9: '{city: "Oslo"}'}

    _at(client, 6)
    assert _lines(client, app) == {3: "500 ms so far", 9: '100 ms · "4 degrees"'}
    _at(client, 10)
    assert _lines(client, app) == {3: "900 ms so far", 4: '900 ms · 30 tok · "It is 4 C in Oslo."'}
    assert _lines(client, app, **{"from": 4, "to": 4}) == {4: '900 ms · 30 tok · "It is 4 C in Oslo."'}
    assert _lines(client, app, **{"from": 5, "to": 8}) == {}
    assert _lines(client, app.with_name("other.ai")) == {}
    assert client.refused("n3/inline").text == "a text is needed for 'path'"


def test_a_call_that_failed_says_why(client: DapClient, tmp_path: Path) -> None:
    """In place of an answer; long texts are shortened."""
    app = old_file(tmp_path / "app.ai", "\n" * 20)
    (tmp_path / "src").mkdir()
    app.rename(tmp_path / "src" / "app.ai")
    story = Story()
    story.start("app_load", "demo")
    story.start("tool_call", "get", line=5, text="long " * 100)
    story.point("error_occurred", "get", error="HTTPError: 500", status="failed", metadata=_at_line(6))
    story.end(failed="HTTPError: 500")
    story.end()
    client.begin(write_trace(tmp_path / "t.jsonl", story.events))
    path = tmp_path / "src" / "app.ai"
    _at(client, 1)
    (text,) = _lines(client, path).values()
    assert (len(text), text[-1]) == (60, "…")

    _at(client, 2)
    assert _lines(client, path) == {5: "100 ms so far", 6: "✗ HTTPError: 500"}
    _at(client, 3)
    assert _lines(client, path) == {5: "200 ms · ✗ HTTPError: 500"}


def _at_line(line: int) -> dict[str, object]:
    return {"source": {"file": "src/app.ai", "line": line, "column": 1}}
