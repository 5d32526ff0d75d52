"""What the guide's commands bring about, beyond ending well: what is in the traces, and what is shown of them."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.documents import ROOT
from tests.support.shell import environment, namel3ss

APPS = ROOT / "examples" / "seed"
FINISHED = ("app_load_end", "completed")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the apps."""
    return Path(shutil.copytree(APPS, tmp_path / "apps"))


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the trace of one of them."""
    folder = Path(shutil.copytree(APPS, tmp_path_factory.mktemp("traced") / "apps"))
    done = namel3ss("debug", "trace", "my_app.ai", folder=folder)
    assert done.returncode == 0, done.stderr
    return folder


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a line in a shell in which the command is on the path."""
    return subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment(), capture_output=True, text=True, input="", timeout=60
    )


def events(path: Path) -> list[dict[str, object]]:
    """The events of a trace."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        (("--filter", "agent", "--filter", "llm"), {"app", "agent", "llm"}),
        (("-f", "tool", "-f", "prompt"), {"app", "tool", "prompt"}),
        (("--filter", "chain", "--output", "custom_trace.jsonl", "--buffer-size", "2000"), {"app", "chain"}),
    ],
)
def test_the_filter_records_nothing_else(folder: Path, options: tuple[str, ...], kept: set[str]) -> None:
    """The kinds that were asked for, the frame of the run, and in its head that there was a filter."""
    namel3ss("debug", "trace", "my_app.ai", *options, folder=folder)

    (path,) = folder.glob("*.jsonl")
    recorded = events(path)
    assert {event["component"] for event in recorded} == kept
    assert (recorded[-1]["event_type"], recorded[-1]["status"]) == FINISHED
    assert recorded[0]["metadata"]["recorded"] == {"components": sorted(kept - {"app"})}  # type: ignore[index]


def test_without_a_filter_the_head_names_none(traced: Path) -> None:
    """A reader knows that what is not in the trace did not happen."""
    assert "recorded" not in events(traced / "trace.jsonl")[0]["metadata"]  # type: ignore[operator]


def test_run_traces_into_the_directory_of_the_environment(folder: Path) -> None:
    """One run, one file, and a link to it."""
    variables = {"NAMEL3SS_DEBUG_ENABLED": "true", "NAMEL3SS_DEBUG_OUTPUT_DIR": "./debug/traces"}

    done = namel3ss("run", "my_app.ai", folder=folder, **variables)

    (trace,) = (folder / "debug" / "traces").glob("trace_*_exec_*.jsonl")
    assert done.returncode == 0, done.stderr
    assert (folder / "debug" / "traces" / "trace_latest.jsonl").resolve() == trace


def test_measurements_can_be_left_out(folder: Path) -> None:
    """--no-memory and --no-performance: no event says how much memory there was, and there is no marker."""
    namel3ss("debug", "trace", "my_app.ai", "--no-memory", "--no-performance", folder=folder)

    recorded = events(folder / "trace.jsonl")
    assert not any("memory_usage_mb" in event or event["event_type"] == "performance_marker" for event in recorded)


def test_the_arguments_are_in_the_trace(folder: Path) -> None:
    """--run-args reaches the app and the head of its trace."""
    namel3ss("debug", "trace", "my_app.ai", "--run-args", '{"input": "Debug test"}', folder=folder)

    recorded = events(folder / "trace.jsonl")
    assert recorded[0]["inputs"]["arguments"] == {"input": "Debug test"}  # type: ignore[index]
    assert recorded[1]["inputs"] == {"input": "Debug test"}


def test_the_json_keys_that_people_pipe_into_jq(traced: Path) -> None:
    """`.resource_usage` and `.performance.llm_performance` are there; what was not asked for is not."""
    whole = json.loads(namel3ss("debug", "analyze", "trace.jsonl", "--format", "json", folder=traced).stdout)
    words = ("debug", "analyze", "trace.jsonl", "--performance", "--format", "json")
    part = json.loads(namel3ss(*words, folder=traced).stdout)

    assert {"summary", "resource_usage", "performance", "errors"} <= set(whole)
    assert part["performance"]["llm_performance"]["calls"] == 7
    assert "errors" not in part


def test_the_grep_for_slow_calls_finds_them(traced: Path) -> None:
    """inspect in a pipe says `duration_ms=5123.4`, which the guide's pattern finds, with five lines around it."""
    lines = (traced / "trace.jsonl").read_text("utf-8").splitlines()
    slow = next(number for number, line in enumerate(lines) if '"event_type":"llm_call_end"' in line)
    lines[slow] = json.dumps({**json.loads(lines[slow]), "duration_ms": 5123.4})
    (traced / "slow.jsonl").write_text("\n".join(lines) + "\n", "utf-8")

    done = shell("""namel3ss debug inspect slow.jsonl | grep -A5 -B5 'duration.*[5-9][0-9][0-9][0-9]'""", traced)

    assert done.returncode == 0
    assert f"#{slow} llm_call_end" in done.stdout.splitlines()[5]
    assert len(done.stdout.splitlines()) == 11


def test_a_mocked_answer_stands_in_its_place(traced: Path) -> None:
    """Every answer of the component is the mock, and nothing else is."""
    words = ("debug", "replay", "trace.jsonl", "--mock", 'ExternalAPI:{"status": "error"}')
    done = namel3ss(*words, folder=traced)

    mocked = [line for line in done.stdout.splitlines() if "mocked" in line]
    assert len(mocked) == 2
    assert all("tool_call_end" in line and "ExternalAPI" in line and '"error"' in line for line in mocked)


def test_a_breakpoint_on_an_occurrence_stops_there(traced: Path) -> None:
    """event_type:N is the N-th of its kind, counted from 1."""
    done = namel3ss("debug", "replay", "trace.jsonl", "--breakpoint", "agent_turn_start:3", folder=traced)

    turns = [n for n, event in enumerate(events(traced / "trace.jsonl")) if event["event_type"] == "agent_turn_start"]
    stops = [line for line in done.stdout.splitlines() if "agent_turn_start" in line and "stop=" in line]
    assert [stop.split()[0] for stop in stops] == [f"#{turns[2]}"]


class TestWhatAFilterKeptOut:
    def test_a_mock_for_it_is_told_and_passed_over(self, folder: Path) -> None:
        """A script that goes on to replay is not stopped by what the trace cannot have."""
        namel3ss("debug", "trace", "my_chain_app.ai", "--filter", "chain", folder=folder)
        done = namel3ss("debug", "replay", "trace.jsonl", "--mock", 'openai:{"text": "Hi"}', folder=folder)

        assert done.returncode == 0
        assert "Nothing in this trace is called 'openai'" in done.stderr
        assert "Only chain events were recorded: the run was traced with a filter." in done.stderr
        assert "app_load_end" in done.stdout

    def test_a_component_of_it_is_told(self, folder: Path) -> None:
        """An agent in a trace of model calls: nothing is printed, and why is said."""
        namel3ss("debug", "trace", "my_app.ai", "--filter", "llm", folder=folder)
        done = namel3ss("debug", "inspect", "trace.jsonl", "--agent", "SlowAgent", folder=folder)

        assert (done.returncode, done.stdout) == (0, "")
        assert "Only llm events were recorded" in done.stderr

    def test_a_mistyped_name_is_still_a_mistake(self, folder: Path) -> None:
        """The filter let agents through, so it is not to blame."""
        namel3ss("debug", "trace", "my_app.ai", "--filter", "agent", folder=folder)
        done = namel3ss("debug", "inspect", "trace.jsonl", "--agent", "SlowAgen", folder=folder)

        assert done.returncode == 2
        assert "Did you mean 'SlowAgent'?" in done.stderr

    def test_without_a_filter_nothing_is_passed_over(self, traced: Path) -> None:
        """A mock for what is not there is a mistake."""
        done = namel3ss("debug", "replay", "trace.jsonl", "--mock", 'nobody:{"text": "Hi"}', folder=traced)

        assert (done.returncode, done.stdout) == (2, "")
