"""The command line. Its table of commands is static, so that `--help` imports click and nothing else."""

from __future__ import annotations

import contextlib
import difflib
import errno
import importlib
import os
import platform
import sys
import traceback
from collections.abc import Mapping
from importlib import metadata
from typing import NoReturn

import click

from .. import __version__

OUTPUT_LOST = 2
OUR_BUG = 70
INTERRUPTED = 130

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)

HELP = {"help_option_names": ["-h", "--help"]}

COMMANDS = {
    "run": ("run", "Run an app; trace it when the configuration says so."),
    "debug": ("", "Trace, replay, analyze and inspect runs."),
}
DEBUG_COMMANDS = {
    "trace": ("trace", "Run an app and record everything that it does."),
    "replay": ("replay", "Walk through a recorded run, forwards and backwards."),
    "analyze": ("analyze", "Where time, tokens and money went, and what failed."),
    "inspect": ("inspect", "Look at single events of a recorded run."),
    "config": ("config", "The debug configuration that counts here, and what is wrong with it."),
    "clean": ("clean", "Remove the traces that are older than they are to be kept."),
}


class Table(click.Group):
    """A group whose commands are imported when they are used."""

    def __init__(self, name: str, commands: Mapping[str, tuple[str, str]], **attributes: object) -> None:
        super().__init__(name, context_settings=HELP, **attributes)  # type: ignore[arg-type]
        self._table = commands

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of the table."""
        return list(self._table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, imported now."""
        if cmd_name == "debug":
            return debug
        if cmd_name not in self._table:
            return None
        module = importlib.import_module(f".{self._table[cmd_name][0]}", __package__)
        command: click.Command = getattr(module, cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is meant, or an error with the one that was probably meant."""
        name = args[0] if args else ""
        if name and not name.startswith("-") and name not in self._table:
            close = difflib.get_close_matches(name, self._table, 1)
            meant = f" Did you mean '{close[0]}'?" if close else ""
            ctx.fail(f"There is no command '{name}'.{meant} Commands: {', '.join(self._table)}.")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands with a line each, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in self._table.items()])


def _version() -> str:
    from ..trace.codec import TRACE_VERSION

    return f"namel3ss-dbg {__version__}, trace format {TRACE_VERSION}, Python {platform.python_version()}"


def _say_version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        click.echo(_version())
        ctx.exit()


cli = Table("namel3ss", COMMANDS, help="Run and debug AI programs written in .ai files.")
cli.params.append(
    click.Option(
        ["--version"], is_flag=True, is_eager=True, expose_value=False, callback=_say_version, help="Say the versions."
    )
)
debug = Table(
    "debug",
    DEBUG_COMMANDS,
    help="Record what an AI program does, and walk through it forwards and backwards.",
    epilog="Every command says more with --help. A TRACE is a file, 'latest', or a name in the trace directory.",
)


def main() -> NoReturn:
    """Run the command that the process was called with, and exit with its code."""
    _open_streams()
    sys.exit(run(sys.argv[1:]))


def _open_streams() -> None:
    """In place of standard streams that are closed, have ones that lead nowhere: no trace may get their numbers."""
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_RDWR)
            if nowhere != number:
                os.dup2(nowhere, number)
                os.close(nowhere)
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8"))


def run(arguments: list[str]) -> int:
    """Run a command; its exit code, by the table in docs/cli.md. One of the three places that catch everything."""
    if "_NAMEL3SS_COMPLETE" in os.environ:  # a shell asks what could follow; click answers and exits
        cli.main(arguments, prog_name="namel3ss")
    try:
        with cli.make_context("namel3ss", list(arguments)) as context:
            code = cli.invoke(context)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.ClickException as problem:
        problem.show()
        return problem.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        return INTERRUPTED
    except BrokenPipeError:  # `… | head` has read enough
        _leave_output()
        return 0
    except OSError as problem:
        if problem.filename is not None or problem.errno not in _NO_ROOM:
            return _failed(problem)
        _leave_output()
        _complain(f"Error: The output cannot be written: {problem.strerror}.")
        return OUTPUT_LOST
    except Exception as problem:
        return _failed(problem)


def _leave_output() -> None:
    """Write no more of it: the interpreter would try again when it exits."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _failed(problem: Exception) -> int:
    """Say why a command ended: in a sentence when it is the person's to mend, with a traceback when it is ours."""
    from ..events import DebugError
    from ..render.pieces import harmless_lines

    if isinstance(problem, DebugError):
        _complain(f"Error: {harmless_lines(str(problem))}")
        return problem.exit_code
    _complain("".join(traceback.format_exception(problem)))
    _complain(f"This is a mistake in {_name()}, not yours. Please report it with the lines above.")
    return OUR_BUG


def _complain(text: str) -> None:
    with contextlib.suppress(OSError):  # where nothing can be said, the exit code still says it
        click.echo(text, err=True)


def _name() -> str:
    try:
        return f"namel3ss-dbg {metadata.version('namel3ss-dbg')}"
    except metadata.PackageNotFoundError:
        return "namel3ss-dbg"
