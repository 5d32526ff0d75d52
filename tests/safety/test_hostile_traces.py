"""Whatever a trace holds, it opens or is refused with a sentence, at every door, and nothing in it is obeyed."""

from __future__ import annotations

import json
import os
import random
import socket
import sys
from pathlib import Path

import pytest

from namel3ss_dbg.analysis import TraceAnalyzer
from namel3ss_dbg.events import TraceError
from namel3ss_dbg.trace.codec import DEEPEST, INVALID
from namel3ss_dbg.trace.index import TraceIndex
from tests.fuzz import doors
from tests.support import hostile
from tests.support.dap_client import DapClient, Refusal
from tests.support.hostile import GOOD

DOORS = (
    ("debug", "replay", "trace.jsonl"),
    ("debug", "replay", "trace.jsonl", "--color", "always"),
    ("debug", "analyze", "trace.jsonl"),
    ("debug", "analyze", "trace.jsonl", "--format", "table"),
    ("debug", "analyze", "trace.jsonl", "--format", "json"),
    ("debug", "inspect", "trace.jsonl"),
    ("debug", "inspect", "trace.jsonl", "--errors-only", "--color", "always"),
    ("debug", "inspect", "trace.jsonl", "--event", "-1"),
    ("debug", "inspect", "trace.jsonl", "--format", "jsonl"),
)


@pytest.fixture(params=hostile.OPEN)
def trace(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A hostile trace that opens, in the working folder."""
    path = tmp_path / "trace.jsonl"
    path.write_bytes(hostile.OPEN[request.param])
    return path


def test_a_hostile_trace_opens_on_the_command_line(trace: Path) -> None:
    """Every command shows it, with nothing that a terminal would obey; JSON is JSON."""
    for words in DOORS:
        code, said, complained = doors.cli(*words)

        assert (code, "Error" in complained) == (0, False), words
        if words[-1] == "json":
            assert json.loads(said)["summary"]
        if words[-1] == "jsonl":
            assert [json.loads(line) for line in said.splitlines()]


def test_a_hostile_trace_can_be_walked_by_a_script(trace: Path) -> None:
    """Every verb that looks or moves gives a picture or a sentence."""
    words = [word for command in doors.COMMANDS for word in ("-c", command)]
    code, said, _ = doors.cli("debug", "replay", "trace.jsonl", "--keep-going", "--color", "always", *words)

    assert code in (0, 1, 5)
    assert said


def test_a_hostile_trace_can_be_walked_in_an_editor(trace: Path) -> None:
    """The adapter answers everything, within its schema, and the session goes on to its end."""
    for seed in range(3):
        doors.edit(trace, random.Random(seed))  # noqa: S311


def test_a_hostile_trace_can_be_analyzed(trace: Path) -> None:
    """What people's own scripts get is data, and JSON can hold it."""
    with TraceAnalyzer(trace) as analyzer:
        assert json.loads(json.dumps(analyzer.to_json(), allow_nan=False))["summary"]


@pytest.mark.parametrize("kind", hostile.REFUSED)
def test_what_is_no_trace_is_refused_everywhere(tmp_path: Path, kind: str) -> None:
    """With one sentence, and the code for it, wherever it comes in."""
    content, sentence = hostile.REFUSED[kind]
    (tmp_path / "trace.jsonl").write_bytes(content)
    for command in ("replay", "analyze", "inspect"):
        code, said, complained = doors.cli("debug", command, "trace.jsonl")

        assert (code, said) == (3, "")
        assert complained.startswith(f"Error: {sentence}")
    with DapClient.inside() as client:
        client.initialize()
        with pytest.raises(Refusal) as refusal:
            client.ask("launch", trace=str(tmp_path / "trace.jsonl"))
        assert refusal.value.id == 2002


@pytest.mark.parametrize("levels", [DEEPEST - 3, DEEPEST, 500, 1_020])
def test_what_is_too_deep_is_cut_off(tmp_path: Path, levels: int) -> None:
    """A line that JSON can hold is an event however deep it is; what is below a hundred levels is a word."""
    path = tmp_path / "trace.jsonl"
    path.write_bytes(hostile.deep(levels))
    with TraceIndex(path) as index:
        index.finish()
        values = [index.event(row).inputs["text"] for row in (2, 3)]

    for value, word in zip(values, ("list", "dict"), strict=True):
        depth = 2  # the event, and its inputs
        while isinstance(value, list | dict) and value:
            value = value[0] if isinstance(value, list) else value["a"]
            depth += 1
        assert depth <= DEEPEST
        assert (value == f"<{word} below {DEEPEST} levels>") == (levels > DEEPEST - 2)


def test_what_is_far_too_deep_is_no_event(tmp_path: Path) -> None:
    """A line that nobody's JSON reader takes is shown as one that is none; the others are events."""
    path = tmp_path / "trace.jsonl"
    path.write_bytes(hostile.deep(100_000) + GOOD)
    with TraceIndex(path) as index:
        index.finish()

        types = [index.event(row).event_type for row in range(len(index))]
    assert types == ["app_load_start", "app_load_end", INVALID, INVALID, "app_load_start", "app_load_end"]


def test_numbers_that_no_measurement_gives(tmp_path: Path) -> None:
    """They make no sum nonsense: their lines are no events, and say why; in payloads they stay."""
    path = tmp_path / "trace.jsonl"
    path.write_bytes(hostile.numbers())
    with TraceAnalyzer(path) as analyzer:
        resources = analyzer.analyze_resources()
        invalid = analyzer.timeline.columns.invalid
        said = [analyzer.timeline[row].inputs.get("a") for row in range(len(analyzer.timeline))]

    assert invalid == 9 * 5
    assert resources["tokens"]["total"] == 0
    assert "9" * 5_000 in said
    assert 1e30 in said


# Files that are no files


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null", "/dev/random", "/dev/full"])
def test_a_device_is_not_read(path: str) -> None:
    """Many have no end."""
    code, _, complained = doors.cli("debug", "replay", path)

    assert code == 3
    assert complained == (
        f"Error: '{path}' is not a trace: it is a device, not a file. "
        "Name a .jsonl file, 'latest', or a name in the trace directory.\n"
    )


def test_a_socket_is_not_read(tmp_path: Path) -> None:
    """It cannot even be opened."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("s.jsonl")
        code, _, complained = doors.cli("debug", "replay", "s.jsonl")

    assert code == 3
    assert complained.startswith("Error: The trace 's.jsonl' cannot be read: No such device or address.")


def test_links_in_a_circle() -> None:
    """Lead to nothing, which is said."""
    Path("a.jsonl").symlink_to("b.jsonl")
    Path("b.jsonl").symlink_to("a.jsonl")

    code, _, complained = doors.cli("debug", "replay", "a.jsonl")

    assert code == 3
    assert complained.startswith("Error: There is no trace 'a.jsonl'")


@pytest.mark.slow
def test_a_pipe_that_nobody_writes_into() -> None:
    """Is given up after a while, with a sentence, and not waited for."""
    os.mkfifo("pipe.jsonl")

    code, _, complained = doors.cli("debug", "replay", "pipe.jsonl")

    assert code == 3
    assert complained.startswith("Error: The trace 'pipe.jsonl' cannot be read: nobody writes into this pipe.")


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the operating system says of it is passed on; here of a file that is a part of another process."""
    with pytest.raises(TraceError, match="The trace '/proc/self/mem' cannot be read: Input/output error"):
        TraceIndex("/proc/self/mem")
    assert sys.exc_info() == (None, None, None)


@pytest.mark.parametrize(
    "name", ["/dev/zero", "/dev/random", "/proc/kmsg", "/proc/self/mem", "pipe", "huge", "folder", "\0"]
)
def test_a_source_that_is_no_program(tmp_path: Path, name: str) -> None:
    """A trace may name any file as its source; what has no end, does not answer, or is far too big is not read."""
    os.mkfifo("pipe")
    Path("folder").mkdir()
    with Path("huge").open("wb") as file:
        file.truncate(1 << 34)
    source = {"source": {"file": name, "line": 1}}
    Path("t.jsonl").write_bytes(hostile.line(event_type="llm_call_start", component="llm", metadata=source))

    words = [word for command in ("step", "list", "longlist") for word in ("-c", command)]
    code, said, complained = doors.cli("debug", "replay", "t.jsonl", "--keep-going", "--color", "always", *words)

    assert code == 1
    assert "llm_call_start" in said
    assert "is not here: looked in" in complained
    doors.edit(tmp_path / "t.jsonl", random.Random(1))  # noqa: S311


# Sizes


@pytest.mark.slow
def test_a_line_of_two_hundred_megabytes(tmp_path: Path) -> None:
    """It is one event like another: it opens quickly, and what is around it is shown at once."""
    path = tmp_path / "trace.jsonl"
    with path.open("wb") as file:
        file.write(GOOD + b'{"event_type": "llm_call_start", "component": "llm", "inputs": {"text": "')
        for _ in range(200):
            file.write(b"x" * 1_000_000)
        file.write(b'"}}\n' + GOOD)

    for words in (("debug", "inspect", str(path), "--event", "3"), ("debug", "analyze", str(path))):
        code, said, _ = doors.cli(*words)
        assert (code, "App" in said) == (0, True)
    code, said, _ = doors.cli("debug", "replay", str(path), "--color", "always", "-c", "goto 2", "-c", "print text")
    assert code == 0
    assert "(200.0 MB)" in said or "200.0 MB" in said


@pytest.mark.slow
@pytest.mark.parametrize("content", [b"x", b'{"event_type": "x", "inputs": {"a": "', b'{"a":[1,'])
def test_two_hundred_megabytes_without_a_line_end(tmp_path: Path, content: bytes) -> None:
    """Are refused with a sentence."""
    path = tmp_path / "trace.jsonl"
    with path.open("wb") as file:
        file.write(content)
        for _ in range(200):
            file.write(b"1," * 500_000)

    code, _, complained = doors.cli("debug", "replay", str(path))

    assert code == 3
    assert (
        complained
        == f"Error: '{path}' holds no events: its only line was never finished ({path.stat().st_size} bytes).\n"
    )
