"""`namel3ss run` and `namel3ss debug trace`: from an app to a trace."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
from pathlib import Path

import pytest

from tests.support.shell import COMMAND, environment, namel3ss

HELLO = """
llm "talker" { rules: [ { answer: "Hello there." } ] }
agent Greeter { llm: talker, prompt: "Greet." }
chain Main { step greet { kind: agent, target: Greeter } }
"""
FAILS = """
tool breaks { fail: "no more ink" }
chain Main { step one { kind: tool, target: breaks } }
"""
HANGS = """
llm "talker" { rules: [ { when: "wait", answer: "late", delay_ms: 600000 }, { answer: "Hello." } ] }
agent Greeter { llm: talker, prompt: "Greet." }
chain Main {
    step greet { kind: agent, target: Greeter }
    step sleep { kind: agent, target: Greeter, inputs: { input: "wait" } }
}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with three apps."""
    for name, text in {"hello.ai": HELLO, "fails.ai": FAILS, "hangs.ai": HANGS}.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def events(path: Path) -> list[dict]:
    """The events of a trace in JSON Lines."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_the_result_is_printed_and_the_talk_goes_elsewhere(folder: Path) -> None:
    """stdout holds what the app returned and nothing else."""
    done = namel3ss("debug", "trace", "hello.ai", folder=folder)

    assert (done.returncode, done.stdout) == (0, "Hello there.\n")
    assert "Trace: trace.jsonl" in done.stderr
    assert stat.S_IMODE((folder / "trace.jsonl").stat().st_mode) == 0o600


def test_an_earlier_trace_moves_into_the_trace_directory(folder: Path) -> None:
    """Tracing twice keeps both, the earlier one under its own time and id."""
    namel3ss("debug", "trace", "hello.ai", folder=folder)
    before = (folder / "trace.jsonl").read_bytes()
    done = namel3ss("debug", "trace", "hello.ai", folder=folder)

    (moved,) = (folder / "debug" / "traces").glob("trace_*.jsonl")
    assert moved.read_bytes() == before
    assert events(moved)[0]["execution_id"] in moved.name
    assert f"is now {Path('debug') / 'traces' / moved.name}" in done.stderr


def test_a_failing_app_ends_with_one_and_leaves_its_trace(folder: Path) -> None:
    """The error is a sentence with the place, the trace says failed, and the failure is in it once."""
    done = namel3ss("debug", "trace", "fails.ai", folder=folder)

    traced = events(folder / "trace.jsonl")
    assert (done.returncode, done.stdout) == (1, "")
    assert "no more ink" in done.stderr
    assert "Traceback" not in done.stderr
    assert traced[-1]["status"] == "failed"
    assert [event["event_type"] for event in traced].count("error_occurred") == 1


def test_one_json_document_is_read_by_every_command(folder: Path) -> None:
    """--format json writes a document; replay, analyze and inspect read it."""
    done = namel3ss("debug", "trace", "hello.ai", "--format", "json", folder=folder)
    document = json.loads((folder / "trace.json").read_text())

    assert done.returncode == 0
    assert document["trace_version"] == 1
    for command in ("replay", "analyze", "inspect"):
        read = namel3ss("debug", command, "trace.json", folder=folder)
        assert (read.returncode, read.stderr) == (0, "")
    lines = namel3ss("debug", "inspect", "trace.json", "--format", "jsonl", folder=folder).stdout.splitlines()
    assert [json.loads(line) for line in lines] == document["events"]


def test_memory_and_performance_can_be_left_out(folder: Path) -> None:
    """--no-memory leaves the memory out, --no-performance the markers."""
    namel3ss("debug", "trace", "hello.ai", "--no-memory", "--no-performance", folder=folder)
    bare = events(folder / "trace.jsonl")
    namel3ss("debug", "trace", "hello.ai", folder=folder)
    full = events(folder / "trace.jsonl")

    assert not any("memory_usage_mb" in event or event["event_type"] == "performance_marker" for event in bare)
    assert all("memory_usage_mb" in event for event in full)
    assert any(event["event_type"] == "performance_marker" for event in full)


@pytest.mark.parametrize("buffer_size", [1, 1000])
def test_a_killed_run_is_seen_as_one(folder: Path, buffer_size: int) -> None:
    """kill -9 in the middle: the trace opens, lacks at most the buffer, and the report says it crashed."""
    words = [COMMAND, "debug", "trace", "hangs.ai", "--buffer-size", str(buffer_size)]
    process = subprocess.Popen(words, cwd=folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    trace = folder / "trace.jsonl"
    try:
        while not (trace.exists() and b'"wait"' in trace.read_bytes()):
            assert process.poll() is None
            os.sched_yield()
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()

    report = json.loads(namel3ss("debug", "analyze", "trace.jsonl", "--format", "json", folder=folder).stdout)
    said = namel3ss("debug", "replay", "trace.jsonl", folder=folder)

    assert report["summary"]["status"] == "crashed"
    assert report["summary"]["missing"]["events_at_most"] <= max(buffer_size, 1)
    assert report["summary"]["unfinished_spans"] >= 3
    assert "calls have no end" in said.stderr


def test_ctrl_c_ends_the_run_as_cancelled(folder: Path) -> None:
    """An interrupted run has an end record that says so, and exit code 130."""
    words = [COMMAND, "debug", "trace", "hangs.ai", "--buffer-size", "1"]
    process = subprocess.Popen(
        words, cwd=folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    trace = folder / "trace.jsonl"
    while not (trace.exists() and b'"wait"' in trace.read_bytes()):
        assert process.poll() is None
        os.sched_yield()
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=30)

    assert process.returncode == 130
    assert "Traceback" not in error
    last = events(trace)[-1]
    assert (last["event_type"], last["status"]) == ("app_load_end", "cancelled")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["nothere.ai"], 2, "There is no file 'nothere.ai'. Apps there: fails.ai, hangs.ai, hello.ai."),
        (["hello.ai", "--run-args", '{"a": }'], 2, '{"a": }\n        ^'),
        (["hello.ai", "--run-args", "[1]"], 2, "--run-args is not a JSON object"),
        (["hello.ai", "--run-args", "@gone.json"], 2, "which cannot be read"),
        (["hello.ai", "--entry", "Nobody"], 1, "Nobody"),
        (["hello.ai", "--filter", "a b"], 2, "'a b' is not a kind of component"),
        (["hello.ai", "--buffer-size", "0"], 2, "0 is not in the range"),
        (["hello.ai", "-o", "hello.ai/x.jsonl"], 3, "cannot be written"),
        (["other/broken.ai"], 1, "broken.ai:1:"),
    ],
)
def test_mistakes_get_a_sentence(words: list[str], code: int, said: str, folder: Path) -> None:
    """What happened, why, and what to do, never a traceback."""
    (folder / "other").mkdir()
    (folder / "other" / "broken.ai").write_text("agent {")

    done = namel3ss("debug", "trace", *words, folder=folder)

    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_run_leaves_nothing_behind_unless_asked(folder: Path) -> None:
    """Without tracing there is no file; with auto_trace in the workspace there is one."""
    before = sorted(folder.rglob("*"))
    assert namel3ss("run", "hello.ai", folder=folder).stdout == "Hello there.\n"
    assert sorted(folder.rglob("*")) == before

    (folder / ".namel3ss").mkdir()
    (folder / ".namel3ss" / "debug.json").write_text('{"auto_trace": true, "bufer_size": 3}')
    done = namel3ss("run", "hello.ai", folder=folder)

    assert "Did you mean 'buffer_size'?" in done.stderr
    assert (folder / "debug" / "traces" / "trace_latest.jsonl").exists()
