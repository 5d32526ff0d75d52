"""Every command line of the debugging guide, typed as it is printed there, in a real shell."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

APPS = Path(__file__).parent / "apps"

TRACING = (
    "namel3ss debug trace my_app.ai --filter agent --filter llm --output trace.jsonl",
    """namel3ss debug trace my_app.ai --run-args '{"input": "Hello world"}' --memory --performance""",
    "namel3ss debug trace my_app.ai",
    """namel3ss debug trace my_app.ai --output custom_trace.jsonl --run-args '{"input": "Debug test"}' --memory """
    "--performance --buffer-size 2000",
    "namel3ss debug trace my_app.ai --filter llm --performance",
    """namel3ss debug trace my_app.ai --run-args '{"input": "problem case"}'""",
    "namel3ss debug trace my_app.ai --memory --filter agent",
    """namel3ss debug trace my_agent_app.ai --filter agent --run-args '{"input": "Complex query"}'""",
    "namel3ss debug trace my_app.ai --filter chain",
)
READING = (
    "namel3ss debug replay trace.jsonl",
    "namel3ss debug replay trace.jsonl --step",
    """namel3ss debug replay trace.jsonl --breakpoint agent_turn_start:3 --mock "MyAgent:{\\"response\\":\\"test\\"}\"""",
    """namel3ss debug replay trace.jsonl --breakpoint agent_turn_start:3 --breakpoint llm_call_start """
    """--mock "MyAgent:{\\"response\\":\\"Mocked response\\"}" --filter agent""",
    """namel3ss debug replay trace.jsonl --mock "ExternalAPI:{\\"status\\":\\"error\\"}\"""",
    "namel3ss debug replay trace.jsonl --step --filter agent",
    """namel3ss debug replay trace.jsonl --mock "openai:{\\"text\\":\\"Mocked LLM response\\", \\"tokens\\": 50}" --step""",
    "namel3ss debug analyze trace.jsonl",
    "namel3ss debug analyze trace.jsonl --performance --errors",
    "namel3ss debug analyze trace.jsonl --performance --errors --format json",
    "namel3ss debug analyze trace.jsonl --summary --format table",
    "namel3ss debug analyze trace.jsonl --performance",
    "namel3ss debug inspect trace.jsonl",
    "namel3ss debug inspect trace.jsonl --event 42",
    "namel3ss debug inspect trace.jsonl --agent MyAgent",
    "namel3ss debug inspect trace.jsonl --agent SlowAgent",
    "namel3ss debug inspect trace.jsonl --agent MemoryIntensiveAgent",
    "namel3ss debug inspect trace.jsonl --chain ProcessingChain",
    "namel3ss debug inspect trace.jsonl --prompt SummarizePrompt",
    "namel3ss debug inspect trace.jsonl --errors-only",
    "namel3ss debug --help",
)


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the apps and a trace of one of them."""
    folder = tmp_path_factory.mktemp("guide")
    for app in APPS.glob("*.ai"):
        shutil.copy(app, folder)
    done = shell("namel3ss debug trace my_app.ai", folder)
    assert done.returncode == 0, done.stderr
    return folder


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a line in a shell in which the command is on the path."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path}
    return subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, input="", timeout=60
    )


@pytest.mark.parametrize("command", TRACING)
def test_the_guides_tracing_commands(command: str, tmp_path: Path) -> None:
    """Each records a trace that is finished and readable."""
    for app in APPS.glob("*.ai"):
        shutil.copy(app, tmp_path)

    done = shell(command, tmp_path)

    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    name = "custom_trace.jsonl" if "custom_trace" in command else "trace.jsonl"
    events = [json.loads(line) for line in (tmp_path / name).read_text().splitlines()]
    assert events[0]["event_type"] == "app_load_start"
    assert (events[-1]["event_type"], events[-1]["status"]) == ("app_load_end", "completed")
    assert len(events) > 2


@pytest.mark.parametrize("command", READING)
def test_the_guides_reading_commands(command: str, traced: Path) -> None:
    """Each reads the trace, says something and ends well."""
    done = shell(command, traced)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout or "--errors-only" in command


def test_the_filter_records_nothing_else(tmp_path: Path) -> None:
    """--filter agent --filter llm leaves agents and model calls, and the frame of the run."""
    shutil.copy(APPS / "my_app.ai", tmp_path)

    shell(TRACING[0], tmp_path)

    components = {json.loads(line)["component"] for line in (tmp_path / "trace.jsonl").read_text().splitlines()}
    assert components == {"app", "agent", "llm"}


def test_run_traces_into_the_directory_of_the_environment(tmp_path: Path) -> None:
    """The guide's first lines: two variables, `namel3ss run`, and a trace is there."""
    shutil.copy(APPS / "my_app.ai", tmp_path)

    done = shell(
        "export NAMEL3SS_DEBUG_ENABLED=true; export NAMEL3SS_DEBUG_OUTPUT_DIR=./debug/traces; namel3ss run my_app.ai"
        " && namel3ss debug analyze debug/traces/trace_latest.jsonl --performance --errors"
        " && namel3ss debug inspect debug/traces/trace_latest.jsonl --errors-only",
        tmp_path,
    )

    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "debug" / "traces").glob("trace_*_exec_*.jsonl"))) == 1


def test_the_json_keys_that_the_guide_pipes_into_jq(traced: Path) -> None:
    """`.resource_usage` and `.performance.llm_performance` are where the guide's jq commands look."""
    whole = json.loads(shell("namel3ss debug analyze trace.jsonl --format json", traced).stdout)
    part = json.loads(shell("namel3ss debug analyze trace.jsonl --performance --format json", traced).stdout)

    assert {"summary", "resource_usage", "performance", "errors"} <= set(whole)
    assert part["performance"]["llm_performance"]["calls"] == 7
    assert "errors" not in part


def test_the_guides_grep_finds_slow_calls(traced: Path) -> None:
    """inspect in a pipe says `duration_ms=5123.4`, so that the guide's own grep finds calls of five seconds and more."""
    slow = (traced / "trace.jsonl").read_text().replace('"duration_ms":', '"duration_ms":7', 1)
    (traced / "slow.jsonl").write_text(slow)

    done = shell("""namel3ss debug inspect slow.jsonl | grep -A5 -B5 'duration.*[5-9][0-9][0-9][0-9]'""", traced)

    assert done.returncode in (0, 1)
    assert done.stderr == ""


def test_a_mocked_answer_stands_in_its_place(traced: Path) -> None:
    """--mock shows the answer, marked `mocked`; everything else is still the recording."""
    done = shell("""namel3ss debug replay trace.jsonl --mock 'ExternalAPI:{"status": "error"}'""", traced)

    mocked = [line for line in done.stdout.splitlines() if "mocked" in line]
    assert len(mocked) == 2
    assert all("tool_call_end" in line and "ExternalAPI" in line for line in mocked)


def test_a_breakpoint_on_an_occurrence_stops_there(traced: Path) -> None:
    """event_type:N is the N-th of its kind, counted from 1."""
    done = shell("namel3ss debug replay trace.jsonl --breakpoint agent_turn_start:3", traced)

    stops = [line for line in done.stdout.splitlines() if "agent_turn_start" in line and "stop=" in line]
    turns = [line for line in (traced / "trace.jsonl").read_text().splitlines() if '"agent_turn_start"' in line]
    number = (traced / "trace.jsonl").read_text().splitlines().index(turns[2])
    assert len(stops) == 1
    assert stops[0].startswith(f"#{number} ") or f"#{number} " in stops[0]
