"""Scripts in real processes, with pipes instead of a terminal."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.shell import environment

ROOT = Path(__file__).parents[2]


def talk(*options: str, typed: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """What is said about the trace of this folder, and how it ends."""
    return subprocess.run(
        [sys.executable, "-m", "tests.support.talk", "trace.jsonl", *options],
        env=environment(PYTHONPATH=str(ROOT), **variables),
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture(autouse=True)
def _trace(trace: Path) -> None:
    """Every test here is about the small run."""


def test_commands_come_from_a_pipe() -> None:
    """Plain lines, no prompt, no escape codes, and 0 at the end of the input."""
    done = talk(typed="goto 5\nprint city\n")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == '"Oslo"'
    assert "\x1b" not in done.stdout
    assert "(n3)" not in done.stdout


def test_commands_come_from_files_and_options() -> None:
    """All of them, in order, with an echo on demand."""
    Path("a.n3").write_text("goto 5\n")
    done = talk("-x", "a.n3", "-c", "print city", "--echo")

    assert done.returncode == 0
    assert [line for line in done.stdout.splitlines() if not line.startswith("#")] == [
        "(n3) goto 5",
        "(n3) print city",
        '"Oslo"',
    ]


@pytest.mark.parametrize(("typed", "code"), [("jump\n", 1), ("expect 1 == 2\n", 5), ("quit\njump\n", 0), ("", 0)])
def test_exit_codes(typed: str, code: int) -> None:
    """What a shell script can ask for; the talk about a mistake is on the other stream."""
    done = talk(typed=typed)

    assert (done.returncode, done.stdout) == (code, "")
    assert bool(done.stderr) == bool(code)


def test_colour_in_a_pipe_only_on_demand() -> None:
    """`--color always` goes before `NO_COLOR`, that before `FORCE_COLOR`."""
    goto = ("-c", "goto 5")

    assert "\x1b" in talk(*goto, "--color", "always", NO_COLOR="1").stdout
    assert "\x1b" in talk(*goto, FORCE_COLOR="1").stdout
    assert "\x1b" not in talk(*goto, NO_COLOR="1", FORCE_COLOR="1").stdout


def test_who_reads_only_the_beginning_hears_no_complaint() -> None:
    """`… | head -1` closes the pipe early."""
    command = f"{sys.executable} -m tests.support.talk trace.jsonl | head -1"
    done = subprocess.run(
        ["sh", "-c", command],
        env=environment(PYTHONPATH=str(ROOT)),
        input="step\n" * 20 + "state\n" * 2_000,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.stdout.startswith("#0 ")
    assert done.stderr == ""


def test_a_script_loads_no_prompt() -> None:
    """Neither prompt-toolkit nor rich, which take longer to load than most scripts to run."""
    code = (
        "import sys; from tests.support.talk import main; sys.argv[1:] = ['trace.jsonl', '-c', 'goto 5']; main();"
        "print(*sorted({name.partition('.')[0] for name in sys.modules} & {'prompt_toolkit', 'rich', 'pygments'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment(PYTHONPATH=str(ROOT)),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert done.stdout.splitlines()[-1] == ""
