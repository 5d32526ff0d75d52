"""Talks with a trace as the command line does, without its options: `python -m tests.support.talk TRACE`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from namel3ss_dbg.commands.dialogue import Dialogue
from namel3ss_dbg.render.console import painter_for
from namel3ss_dbg.repl import converse, obey
from namel3ss_dbg.timeline.session import DebugSession


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("trace")
    parser.add_argument("-x", "--script", action="append", default=[])
    parser.add_argument("-c", "--command", action="append", default=[])
    parser.add_argument("--keep-going", action="store_true")
    parser.add_argument("--echo", action="store_true")
    parser.add_argument("--yes", action="store_true")
    parser.add_argument("--color", default="auto")
    said = parser.parse_args()
    with DebugSession.open(said.trace) as session:
        dialogue = Dialogue(session)
        scripts = [(name, Path(name).read_text("utf-8").splitlines()) for name in said.script]
        scripts += [("", [command]) for command in said.command]
        if not scripts and sys.stdin.isatty() and sys.stdout.isatty():
            return converse(dialogue, color=said.color)
        painter = painter_for(sys.stdout, said.color)
        for name, lines in scripts or [("", sys.stdin)]:
            code = obey(
                dialogue,
                lines,
                painter,
                out=sys.stdout,
                err=sys.stderr,
                keep_going=said.keep_going,
                echo=said.echo,
                yes=said.yes,
                name=name,
            )
            if code:
                return code
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
