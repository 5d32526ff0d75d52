"""The files of a recording."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from tests.support.dap_client import DapClient
from tests.support.stories import BEGAN, Story, old_file, write_trace


def test_the_sources_of_a_run(client: DapClient, weather_trace: Path) -> None:
    """The program, the trace, and the transcript; the program's with its digest."""
    client.launch(trace=str(weather_trace))
    assert client.take_sources() == ["app.ai"]
    client.stopped()
    app = weather_trace.parent / "src" / "app.ai"

    program, trace, transcript = client.ask("loadedSources")["sources"]

    assert program["path"] == str(app)
    digest = hashlib.sha256(app.read_bytes()).hexdigest()
    assert program["checksums"] == [{"algorithm": "SHA256", "checksum": digest}]
    assert trace["path"] == str(weather_trace)
    text = client.ask("source", source=transcript, sourceReference=transcript["sourceReference"])["content"]
    assert text.splitlines()[5].startswith("#5 tool_call_start tool get_weather ")
    assert len(text.splitlines()) == 14


def test_only_listed_files_are_shown(client: DapClient, weather_trace: Path) -> None:
    """No path leads anywhere else."""
    client.begin(weather_trace)
    app = weather_trace.parent / "src" / "app.ai"
    assert client.ask("source", source={"path": str(app)}, sourceReference=0)["content"].startswith("line 1\n")
    assert client.ask("source", source={"path": str(weather_trace)}, sourceReference=0)["content"]
    (weather_trace.parent / "secret.txt").write_text("secret")

    for path in ("/etc/passwd", f"{app}/../../secret.txt", str(weather_trace.parent / "secret.txt"), "", "\0"):
        assert client.refused("source", source={"path": path}, sourceReference=0).id == 3004
    assert client.refused("source", sourceReference=77).id == 3004
    assert client.refused("locations", locationReference=1).id == 3004


def test_sources_are_found_where_the_launch_says(tmp_path: Path) -> None:
    """A recording that was moved away from its program."""
    (tmp_path / "there").mkdir()
    (tmp_path / "project" / "src").mkdir(parents=True)
    app = old_file(tmp_path / "project" / "src" / "app.ai", "x\n" * 9)
    story = Story()
    story.start("app_load", "demo", line=3)
    story.end()
    trace = write_trace(tmp_path / "there" / "t.jsonl", story.events)
    with DapClient.inside() as client:
        client.begin(trace)
        assert client.frames()[0]["source"]["name"] == "t.jsonl"
    with DapClient.inside() as client:
        client.begin(trace, sourceRoot=str(tmp_path / "project"))
        assert client.frames()[0]["source"]["path"] == str(app)


def test_a_program_that_changed_is_said(tmp_path: Path) -> None:
    """By its digest where the trace tells one, else by its age."""
    app = old_file(tmp_path / "app.ai", "one\n")
    digest = hashlib.sha256(app.read_bytes()).hexdigest()
    for known, changed, said in (
        ({"sha256": {"app.ai": digest}}, False, ""),
        (
            {"sha256": {"app.ai": digest}},
            True,
            "was changed after it was recorded",
        ),
        ({}, True, "is newer than this recording"),
    ):
        app.write_text("two\n" if changed else "one\n")
        os.utime(app, (BEGAN + 60, BEGAN + 60))
        story = Story()
        story._tell("app_load_start", "demo", None, metadata={"source": {"file": "app.ai", "line": 1}, **known})
        with DapClient.inside() as client:
            client.launch(trace=str(write_trace(tmp_path / "t.jsonl", story.events)))
            client.take_sources()
            if said:
                text = f"app.ai {said}; lines may not be where they were.\n"
                client.expect("output", category="important", output=text)
            client.stopped()


def test_of_a_trace_too_big_for_an_editor_the_event_alone_is_shown(
    client: DapClient, weather_trace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no line of a program is known; and it is the same document at every stop."""
    monkeypatch.setattr("dap_adapter.sources._MOST_SHOWN", 100)
    client.begin(weather_trace)
    app = client.frames()[-1]["source"]

    text = client.ask("source", sourceReference=app["sourceReference"])["content"]
    client.move("stepIn")

    assert "path" not in app
    assert json.loads(text)["event_type"] == "app_load_start"
    assert client.frames()[-1]["source"] == app
    assert client.frames()[0]["source"]["path"].endswith("app.ai")
