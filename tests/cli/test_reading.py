"""`replay`, `analyze` and `inspect` on recordings, good and bad."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from namel3ss_dbg.trace.codec import encode_line
from tests.support.runs import Author
from tests.support.shell import namel3ss


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a trace: an agent that asks a model, whose tool fails."""
    author = Author()
    author.start(0, "agent_execution", "Planner")
    author.start(0, "llm_call", "offline")
    author.end(0)
    author.start(0, "tool_call", "get_weather")
    author.point(0, "error_occurred")
    author.end(0, failed=True)
    author.end(0)
    author.end(0)
    (tmp_path / "trace.jsonl").write_bytes(b"".join(map(encode_line, author.events)))
    return tmp_path


def lines(*words: str, folder: Path, typed: str = "") -> list[str]:
    """The lines that a command prints."""
    done = namel3ss("debug", *words, folder=folder, typed=typed)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def places(printed: list[str]) -> list[str]:
    """The events that were shown, by number."""
    return [text.split()[0] for text in printed if text.lstrip().startswith("#")]


def test_replay_prints_the_run_indented(folder: Path) -> None:
    """Each event on a line of its own, deeper ones further right, ends with their duration."""
    printed = lines("replay", "trace.jsonl", folder=folder)

    indents = [len(text) - len(text.lstrip()) for text in printed]
    assert places(printed) == [f"#{number}" for number in range(9)]
    assert indents == [0, 2, 4, 4, 4, 6, 4, 2, 0]
    assert "duration_ms=1.0" in printed[3]


def test_stepping_in_a_pipe_prints_every_event(folder: Path) -> None:
    """--step without commands is a stop at every event."""
    assert places(lines("replay", "trace.jsonl", "--step", folder=folder)) == [f"#{number}" for number in range(9)]


def test_a_pipe_says_what_to_do_and_the_replay_goes_on(folder: Path) -> None:
    """Commands come from the pipe; when it ends, the remaining stops are printed."""
    typed = "step\nnext\nrnext\nback\nfinish\nwhere\nprint tokens\n# a remark\n\n"

    printed = lines("replay", "trace.jsonl", "--step", folder=folder, typed=typed)

    assert places(printed)[:5] == ["#0", "#1", "#7", "#1", "#7"]
    assert any(text.startswith("frame=0 #0 app_load_start app app") for text in printed)
    assert "3" in printed


def test_quit_in_a_pipe_ends_the_replay(folder: Path) -> None:
    """Nothing is printed after it."""
    assert places(lines("replay", "trace.jsonl", "--step", folder=folder, typed="quit\nstep\n")) == ["#0"]


def test_a_breakpoint_stops_each_time_and_then_the_run_ends(folder: Path) -> None:
    """Without --step only breakpoints and the end are shown."""
    printed = lines("replay", "trace.jsonl", "-b", "tool:get_weather", "-b", "error", folder=folder)

    assert places(printed) == ["#4", "#5", "#8"]


def test_the_filter_hides_but_still_stops(folder: Path) -> None:
    """--filter shows one kind only; a breakpoint on a hidden event stops all the same."""
    shown = lines("replay", "trace.jsonl", "--filter", "llm", folder=folder)
    stopped = lines("replay", "trace.jsonl", "--filter", "llm", "-b", "tool", folder=folder)

    assert all(
        text.lstrip().startswith(("#0 app_load", "#2 llm", "#3 llm", "#5 error", "#8 app_load")) for text in shown
    )
    assert "#4" in places(stopped)


def test_inspect_narrows_to_a_component_and_all_inside_it(folder: Path) -> None:
    """--agent shows the agent's own events and those of what it called."""
    assert places(lines("inspect", "trace.jsonl", "--agent", "Planner", folder=folder)) == [
        f"#{number}" for number in range(1, 8)
    ]
    assert places(lines("inspect", "trace.jsonl", "--agent", "Planner", "--errors-only", folder=folder)) == ["#5", "#6"]
    assert places(lines("inspect", "trace.jsonl", "--event", "-1", folder=folder)) == ["#8"]


def test_analyze_shows_the_sections_that_were_asked_for(folder: Path) -> None:
    """None means all; positive flags mean those; negative ones all but those."""

    def keys(*flags: str) -> set[str]:
        printed = namel3ss("debug", "analyze", "trace.jsonl", "--format", "json", *flags, folder=folder).stdout
        return set(json.loads(printed)) & {"summary", "performance", "errors"}

    assert keys() == {"summary", "performance", "errors"}
    assert keys("--errors") == {"errors"}
    assert keys("--no-errors") == {"summary", "performance"}
    assert keys("--summary", "--no-errors") == {"summary"}


def test_analyze_can_fail_on_errors(folder: Path) -> None:
    """--fail-on errors is for pipelines: it ends with 1 when there are any."""
    assert namel3ss("debug", "analyze", "trace.jsonl", "--fail-on", "errors", folder=folder).returncode == 1


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["replay", "gone.jsonl"], 3, "There is no trace 'gone.jsonl'"),
        (["replay", "empty.jsonl"], 3, "'empty.jsonl' holds no events: the file is empty."),
        (["analyze", "noise.jsonl"], 3, "'noise.jsonl' is not a trace"),
        (["inspect", "."], 3, "is a folder"),
        (["replay", "trace.jsonl", "-b", "agent:Planer"], 2, "Did you mean agent:Planner?"),
        (["replay", "trace.jsonl", "-b", "llm:0"], 2, "occurrences count from 1"),
        (["replay", "trace.jsonl", "-m", "nobody:{}"], 2, "Nothing in this trace is called 'nobody'"),
        (["replay", "trace.jsonl", "-m", "offline"], 2, "names no answer"),
        (["replay", "trace.jsonl", "-m", "offline:{"], 2, "--mock offline is not JSON"),
        (["inspect", "trace.jsonl", "--event", "99"], 2, "9 events, #0 to #8"),
        (["inspect", "trace.jsonl", "--agent", "Planer"], 2, "Did you mean 'Planner'?"),
    ],
)
def test_mistakes_get_a_sentence(words: list[str], code: int, said: str, folder: Path) -> None:
    """What happened, why, and what to do, never a traceback."""
    (folder / "empty.jsonl").touch()
    (folder / "noise.jsonl").write_bytes(b"\x00\x01\xff\n" * 5)

    done = namel3ss("debug", *words, folder=folder)

    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_command_in_a_pipe_ends_with_its_code(folder: Path) -> None:
    """A script stops at its first mistake."""
    done = namel3ss("debug", "replay", "trace.jsonl", "--step", folder=folder, typed="stap\n")

    assert done.returncode == 1
    assert "Did you mean 'step'?" in done.stderr


def test_a_trace_cut_in_its_last_line_is_read_up_to_there(folder: Path) -> None:
    """What is whole is shown, and what is missing is said."""
    whole = (folder / "trace.jsonl").read_bytes()
    (folder / "cut.jsonl").write_bytes(whole[:-40])

    done = namel3ss("debug", "replay", "cut.jsonl", folder=folder)

    assert done.returncode == 0
    assert places(done.stdout.splitlines()) == [f"#{number}" for number in range(8)]
    assert "was never finished" in done.stderr


@pytest.mark.parametrize("words", [["replay", "trace.jsonl"], ["analyze", "trace.jsonl"], ["inspect", "trace.jsonl"]])
def test_colours_come_when_they_are_wanted(words: list[str], folder: Path) -> None:
    """--color goes before NO_COLOR, and a pipe has none of its own accord."""

    def colored(*flags: str, **variables: str) -> bool:
        return "\x1b[" in namel3ss("debug", *words, *flags, folder=folder, **variables).stdout

    assert not colored()
    assert colored("--color", "always", NO_COLOR="1")
    assert colored(FORCE_COLOR="1")
    assert not colored("--color", "never", FORCE_COLOR="1")
    assert not colored(FORCE_COLOR="1", NO_COLOR="1")
