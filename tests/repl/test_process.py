"""Scripts in real processes, with pipes instead of a terminal."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.shell import COMMAND, environment, namel3ss

PROGRAM = """
import sys
from namel3ss_dbg.cli.main import run
run(["debug", "replay", "trace.jsonl", "-c", "goto 5"])
print(*sorted({name.partition(".")[0] for name in sys.modules} & {"prompt_toolkit", "rich", "pygments"}))
"""


def replay(*options: str, typed: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """What is said about the trace of this folder, and how it ends."""
    return namel3ss("debug", "replay", "trace.jsonl", *options, typed=typed, **variables)


@pytest.fixture(autouse=True)
def _trace(trace: Path) -> None:
    """Every test here is about the small run."""


def test_commands_come_from_a_pipe() -> None:
    """Plain lines, no prompt, no escape codes, and 0 at the end of the input."""
    done = replay("-x", "-", typed="goto 5\nprint city\n")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == '"Oslo"'
    assert "\x1b" not in done.stdout
    assert "(n3)" not in done.stdout


def test_commands_come_from_files_and_options() -> None:
    """All of them, in order, with an echo on demand."""
    Path("a.n3").write_text("goto 5\n")
    done = replay("-x", "a.n3", "-c", "print city", "--echo")

    assert done.returncode == 0
    assert [line for line in done.stdout.splitlines() if line[0] in '("'] == [
        "(n3) goto 5",
        "(n3) print city",
        '"Oslo"',
    ]


def test_a_mistake_is_told_with_file_and_line() -> None:
    """What stands in later files is done only with --keep-going, and the code is that of the first mistake."""
    Path("a.n3").write_text("goto 5\n\nexpect city == 'Rome'\n")
    Path("b.n3").write_text("jump\nprint city\n")
    strict, lenient = replay("-x", "a.n3", "-x", "b.n3"), replay("-x", "a.n3", "-x", "b.n3", "--keep-going")

    assert strict.returncode == lenient.returncode == 5
    assert strict.stderr.startswith("a.n3:3: Expected city == 'Rome' at #5 tool_call_start get_weather:")
    assert strict.stdout.splitlines()[-1] != '"Oslo"'
    assert lenient.stderr.splitlines()[1].startswith("b.n3:1: There is no command 'jump'.")
    assert lenient.stdout.splitlines()[-1] == '"Oslo"'


@pytest.mark.parametrize(("typed", "code"), [("jump\n", 1), ("expect 1 == 2\n", 5), ("quit\njump\n", 0), ("", 0)])
def test_exit_codes(typed: str, code: int) -> None:
    """What a shell script can ask for; the talk about a mistake is on the other stream."""
    done = replay("-x", "-", typed=typed)

    assert (done.returncode, done.stdout) == (code, "")
    assert bool(done.stderr) == bool(code)


def test_colour_in_a_pipe_only_on_demand() -> None:
    """`--color always` goes before `NO_COLOR`, that before `FORCE_COLOR`."""
    goto = ("-c", "goto 5")

    assert "\x1b" in replay(*goto, "--color", "always", NO_COLOR="1").stdout
    assert "\x1b" in replay(*goto, FORCE_COLOR="1").stdout
    assert "\x1b" not in replay(*goto, NO_COLOR="1", FORCE_COLOR="1").stdout


def test_who_reads_only_the_beginning_hears_no_complaint() -> None:
    """`… | head -1` closes the pipe early."""
    command = f"{COMMAND} debug replay trace.jsonl -x - | head -1"
    done = subprocess.run(
        ["sh", "-c", command],
        env=environment(),
        input="step\n" * 20 + "state\n" * 2_000,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.stdout.startswith("#1 ")
    assert done.stderr == ""


def test_a_script_loads_no_prompt() -> None:
    """Neither prompt-toolkit nor rich, which take longer to load than most scripts to run."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment(), capture_output=True, text=True, timeout=60, check=True
    )

    assert done.stdout.splitlines()[-1] == ""
