"""Writes docs/cli.md from the commands themselves: `python -m namel3ss_dbg.cli.manual > docs/cli.md`."""

from __future__ import annotations

from collections.abc import Iterator

import click

from .main import cli

HEAD = """# The command line

Made from the commands' own help by `python -m namel3ss_dbg.cli.manual > docs/cli.md`; a test compares the two.

TRACE is a file, `-` for standard input, `latest`, or a name (or an unmistakable beginning of one) in the trace
directory.
"""

TAIL = """
## Exit codes

| code | meaning |
|---|---|
| 0 | done; for `run` and `trace`: the app ended well |
| 1 | the app failed, `analyze --fail-on errors` found some, or a line of a script failed |
| 2 | wrong usage, or no room for the output |
| 3 | a trace cannot be read, or not written |
| 4 | a rerun left its recording |
| 5 | an `expect` was false |
| 70 | a mistake of ours: traceback, version, and where to report it |
| 130 | interrupted |

## Colours and pipes

`--color always|never` goes before `NO_COLOR`, that before `FORCE_COLOR`, that before whether the output is a terminal.
On a terminal there are colours and tables; in a pipe there is one fact to a line, with `key=value`, never cut. Data
goes to standard output, everything else to standard error.

## Completion

`eval "$(_NAMEL3SS_COMPLETE=bash_source namel3ss)"` in bash, with `zsh_source` in zsh.
"""


def manual() -> str:
    """The page."""
    return HEAD + "".join(_sections(cli, _context(cli, "namel3ss", None))) + TAIL


def _context(command: click.Command, name: str, parent: click.Context | None) -> click.Context:
    settings = {**command.context_settings, "terminal_width": 100, "max_content_width": 100}
    return click.Context(command, info_name=name, parent=parent, **settings)


def _sections(command: click.Command, context: click.Context) -> Iterator[str]:
    yield f"\n## `{context.command_path}`\n\n```\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                yield from _sections(inner, _context(inner, name, context))


if __name__ == "__main__":
    click.echo(manual(), nl=False)
