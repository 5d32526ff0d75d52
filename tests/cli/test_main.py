"""The command line as a whole: help, mistakes, exit codes, and what start-up loads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest

from namel3ss_dbg.cli import main as door
from namel3ss_dbg.cli.main import COMMANDS, DEBUG_COMMANDS, cli, run
from namel3ss_dbg.events import TraceError, UsageError
from tests.support.shell import COMMAND, environment, namel3ss

HEAVY = (
    "asyncio",
    "attrs",
    "cattrs",
    "lark",
    "msgspec",
    "orjson",
    "prompt_toolkit",
    "psutil",
    "rich",
    "typing_extensions",
)


def test_help_lists_every_command_without_loading_it() -> None:
    """`debug --help` imports click alone: it is the first thing that a person types, and it shall be instant."""
    code = (
        "import sys; sys.argv = ['namel3ss', 'debug', '--help']\n"
        "from namel3ss_dbg.cli.main import run\n"
        "run(sys.argv[1:]); print('LOADED', *sorted(sys.modules), file=sys.stderr)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment())

    loaded = done.stderr.rpartition("LOADED")[2].split()
    assert all(name in done.stdout for name in DEBUG_COMMANDS)
    assert [name for name in HEAVY if name in loaded] == []
    assert [name for name in loaded if name.startswith("namel3ss_dbg.")] == [
        "namel3ss_dbg.cli",
        "namel3ss_dbg.cli.main",
    ]


@pytest.mark.parametrize(
    "words", [["--help"], ["-h"], ["debug", "-h"], *(["debug", name, "-h"] for name in DEBUG_COMMANDS)]
)
def test_every_command_has_help(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """-h works everywhere and ends well."""
    assert run(words) == 0
    assert "Usage: namel3ss" in capsys.readouterr().out


@pytest.mark.parametrize("name", DEBUG_COMMANDS)
def test_help_shows_examples_before_options(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What to type comes first."""
    run(["debug", name, "--help"])

    text = capsys.readouterr().out
    assert text.index(f"Examples:\n  namel3ss debug {name}") < text.index("Options:")


def test_the_tables_say_what_the_commands_say() -> None:
    """The line in the table is the first line of the command's own help."""
    context = click.Context(cli)
    debug = cli.get_command(context, "debug")
    assert isinstance(debug, click.Group)
    for name, (_, summary) in DEBUG_COMMANDS.items():
        command = debug.get_command(click.Context(debug), name)
        assert command is not None
        assert command.help is not None
        if name in ("trace", "analyze"):
            assert command.help.splitlines()[0] == summary
    assert set(COMMANDS) == {"run", "debug"}


def test_a_misspelt_command_names_the_one_that_was_meant(capsys: pytest.CaptureFixture[str]) -> None:
    """Wrong usage ends with 2 and says what to type."""
    assert run(["debug", "anlyze"]) == 2
    assert "Did you mean 'analyze'?" in capsys.readouterr().err


def test_the_version_names_the_trace_format(capsys: pytest.CaptureFixture[str]) -> None:
    """--version says which traces this program writes."""
    assert run(["--version"]) == 0
    assert "trace format 1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("problem", "code", "said"),
    [
        (UsageError("No"), 2, "Error: No."),
        (TraceError("Gone", why="eaten"), 3, "Error: Gone: eaten."),
        (KeyboardInterrupt(), 130, "Interrupted."),
        (ZeroDivisionError("oh"), 70, "This is a mistake in namel3ss-dbg"),
    ],
)
def test_every_failure_has_its_exit_code(
    problem: BaseException, code: int, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A person's mistake gets a sentence, ours a traceback and where to report it."""

    @click.command()
    def fails() -> None:
        raise problem

    monkeypatch.setitem(door.cli.commands, "debug", fails)
    monkeypatch.setattr(door.cli, "get_command", lambda ctx, name: fails)

    assert run(["run"]) == code
    error = capsys.readouterr().err
    assert said in error
    assert ("Traceback" in error) == (code == 70)


def test_a_reader_that_has_enough_is_no_error(tmp_path: Path) -> None:
    """`… | head -1` ends quietly."""
    line = '{"event_type":"custom","event_id":"e","timestamp":1}\n'
    (tmp_path / "big.jsonl").write_text(line * 20_000)

    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {COMMAND} debug inspect big.jsonl | head -1"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("#0 custom")


def test_the_module_is_the_command(tmp_path: Path) -> None:
    """`python -m namel3ss_dbg` does the same."""
    done = subprocess.run(
        [sys.executable, "-m", "namel3ss_dbg", "--version"],
        capture_output=True,
        text=True,
        check=True,
        env=environment(),
    )

    assert done.stdout == namel3ss("--version").stdout
