"""`namel3ss debug config` and `namel3ss debug clean`."""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path

import pytest

from namel3ss_dbg.cli.main import run
from namel3ss_dbg.render.formats import format_bytes
from namel3ss_dbg.trace.schema import text
from namel3ss_dbg.trace.settings import KEYS
from namel3ss_dbg.trace.store import LATEST
from tests.support.old_traces import DAY, old_trace, record
from tests.support.shell import namel3ss

Captured = pytest.CaptureFixture[str]


def say(folder: Path, **values: object) -> Path:
    """Write `.namel3ss/debug.json`."""
    path = folder / ".namel3ss" / "debug.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(values))
    return path


def test_every_setting_is_shown_with_where_it_was_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    """In a pipe one setting to a line: its value, who said it, and the variable that could say more."""
    path = say(tmp_path, buffer_size=7, default_components=["agent", "llm"])
    monkeypatch.setenv("NAMEL3SS_DEBUG_ENABLED", "true")

    assert run(["debug", "config"]) == 0

    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert [line.split(" ")[0] for line in lines] == [key.name for key in KEYS]
    assert lines[0] == "enabled value=true origin=NAMEL3SS_DEBUG_ENABLED variable=NAMEL3SS_DEBUG_ENABLED"
    assert lines[1] == "auto_trace value=false origin=default variable=NAMEL3SS_DEBUG_AUTO_TRACE"
    assert f'default_components value=["agent","llm"] origin={path} variable=NAMEL3SS_DEBUG_COMPONENTS' in lines
    assert err == ""


def test_problems_are_told_and_end_with_2(tmp_path: Path, capsys: Captured) -> None:
    """What is wrong goes to stderr, each with its place; what counts is shown all the same."""
    path = say(tmp_path, enabled="perhaps", bufer_size=3)

    assert run(["debug", "config"]) == 2

    out, err = capsys.readouterr()
    assert out.startswith("enabled value=false origin=default")
    assert err.splitlines() == [
        f"Problem: {path}: enabled is 'perhaps': expected true or false. It is not used.",
        f"Problem: {path}: 'bufer_size' is not a key. Did you mean 'buffer_size'?",
    ]


def test_the_same_as_json(tmp_path: Path, capsys: Captured) -> None:
    """For scripts: values as JSON has them, the workspace, and the problems."""
    say(tmp_path, trace_output_dir="traces", nonsense=1)

    assert run(["debug", "config", "--format", "json"]) == 2

    said = json.loads(capsys.readouterr().out)
    assert (said["schema_version"], said["workspace"]) == (1, str(tmp_path))
    assert said["settings"]["trace_output_dir"] == {
        "value": str(tmp_path / "traces"),
        "origin": str(tmp_path / ".namel3ss" / "debug.json"),
        "variable": "NAMEL3SS_DEBUG_OUTPUT_DIR",
    }
    assert said["settings"]["buffer_size"]["value"] == 1000
    assert [problem.rpartition(": ")[2] for problem in said["problems"]] == ["'nonsense' is not a key."]


def test_the_table_for_people(tmp_path: Path, capsys: Captured) -> None:
    """The title names the workspace, and each row says the value and who said it."""
    say(tmp_path, buffer_size=7)

    assert run(["debug", "config", "--format", "table", "--color", "never"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"Debug configuration of {tmp_path}"
    rows = {line.split()[0]: line.split()[1:] for line in lines[3:]}
    assert list(rows) == [key.name for key in KEYS]
    assert rows["max_payload_size"] == ["16384", "default"]
    assert rows["buffer_size"][0] == "7"
    assert rows["buffer_size"][1].endswith("debug.json")


def test_the_schema_for_editors(capsys: Captured) -> None:
    """It is printed whole, so that a person can put it beside the file."""
    assert run(["debug", "config", "--schema"]) == 0
    assert capsys.readouterr().out == text()


def test_clean_removes_what_is_too_old(tmp_path: Path, capsys: Captured) -> None:
    """The removed files go to stdout, one to a line; the sum goes to stderr."""
    folder = tmp_path / "debug" / "traces"
    old, young, latest = old_trace(folder, 40), old_trace(folder, 20), record(folder)
    size = format_bytes(old.stat().st_size)

    assert run(["debug", "clean", "--dry-run"]) == 0
    told = capsys.readouterr()
    assert old.exists()
    assert run(["debug", "clean"]) == 0

    out, err = capsys.readouterr()
    assert out == told.out == f"debug/traces/{old.name}\n"
    assert told.err == f"Would remove 1 trace older than 30 days from debug/traces, {size}.\n"
    assert err == f"Removed 1 trace older than 30 days from debug/traces, {size}.\n"
    assert {path.name for path in folder.iterdir()} == {young.name, latest.name, LATEST}


def test_clean_takes_other_days(tmp_path: Path, capsys: Captured) -> None:
    """--days counts more than the configuration, also when that keeps everything."""
    say(tmp_path, trace_retention_days=0)
    traces = {old_trace(tmp_path / "debug" / "traces", days) for days in (40, 20)}

    assert run(["debug", "clean"]) == 0
    assert "Nothing is removed: trace_retention_days is 0" in capsys.readouterr().err
    assert run(["debug", "clean", "--days", "15"]) == 0
    assert {Path(line).name for line in capsys.readouterr().out.splitlines()} == {trace.name for trace in traces}


@pytest.mark.parametrize("days", ["0", "-1", "many"])
def test_days_that_are_none(days: str, capsys: Captured) -> None:
    """`--days 0` could mean all or nothing: it is refused."""
    assert run(["debug", "clean", "--days", days]) == 2
    assert "Invalid value for '--days'" in capsys.readouterr().err


def test_nothing_to_clean(capsys: Captured) -> None:
    """Before the first trace there is nothing to remove, and that is no error."""
    assert run(["debug", "clean"]) == 0
    assert capsys.readouterr() == ("", "Removed 0 traces older than 30 days from debug/traces.\n")


def test_a_folder_that_cannot_be_cleaned_ends_with_3(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    """What could not be done is said, and a wrong setting on the way too."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NAMEL3SS_DEBUG_OUTPUT_DIR", "file")
    monkeypatch.setenv("NAMEL3SS_DEBUG_RETENTION_DAYS", "soon")

    assert run(["debug", "clean"]) == 3
    assert capsys.readouterr().err.splitlines() == [
        "Warning: NAMEL3SS_DEBUG_RETENTION_DAYS is 'soon': expected a whole number. It is not used.",
        "Error: The trace directory 'file' cannot be read: Not a directory.",
    ]


APP = 'llm "talker" { rules: [ { answer: "Hello there." } ] }\nagent Greeter { llm: talker, prompt: "Greet." }\n'


@pytest.mark.parametrize(
    ("said", "variables", "traced"),
    [
        ({"auto_trace": True}, {}, True),
        ({"auto_trace": True}, {"NAMEL3SS_DEBUG_ENABLED": "false"}, False),
        ({"auto_trace": False}, {"NAMEL3SS_DEBUG_AUTO_TRACE": "true"}, True),
        ({"auto_trace": False, "enabled": False}, {}, False),
    ],
)
def test_auto_trace_traces_every_run(
    tmp_path: Path, said: dict[str, object], variables: dict[str, str], traced: bool
) -> None:
    """`namel3ss run` in a workspace with auto_trace leaves a trace, unless this very call says no."""
    say(tmp_path, **said)
    (tmp_path / "app.ai").write_text(APP)

    done = namel3ss("run", "app.ai", folder=tmp_path, **variables)

    assert (done.returncode, done.stdout) == (0, "Hello there.\n")
    assert (tmp_path / "debug" / "traces" / LATEST).exists() is traced
    assert ("Traced to" in done.stderr) is traced


def test_tracing_an_app_cleans_up_once_a_day(tmp_path: Path, capsys: Captured) -> None:
    """`debug trace` that moves a trace of an earlier day into the trace directory removes what is too old there."""
    folder = tmp_path / "debug" / "traces"
    (tmp_path / "app.ai").write_text(APP)
    old = old_trace(folder, 40)

    def trace() -> None:
        assert run(["debug", "trace", "app.ai"]) == 0
        for thread in threading.enumerate():
            if thread.name == "trace-retention":
                thread.join()

    trace()
    trace()
    assert old.exists()
    os.utime(tmp_path / "trace.jsonl", (time.time() - 2 * DAY,) * 2)
    trace()

    assert not old.exists()
    assert len(list(folder.iterdir())) == 2
    assert capsys.readouterr().err.count("The earlier trace.jsonl is now") == 2
