"""The manual, docs/commands.md, made from the table: `python -m namel3ss_dbg.commands.manual > docs/commands.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from .python import TABLE as PYTHON_TABLE
from .subjects import SUBJECTS
from .table import GROUPS, AnyCommand, AnyTable
from .verbs import TABLE

_HEAD = """# Commands

What can be typed at the prompt of `namel3ss debug replay`, in scripts (`-x FILE`, `-c COMMAND`), in pipes, and in an
editor's debug console. Unique beginnings of names are enough; ambiguous ones list what they could mean. Enter on an
empty line does the last motion again.

This page is made from the table of commands: `python -m namel3ss_dbg.commands.manual > docs/commands.md`.
"""
_PYTHON = """At the recorded call of a tool that is written in Python, `py` makes the call again, after a question, and
the prompt becomes `(py)`. There these verbs mean Python:
"""


def manual(table: AnyTable) -> str:
    """The page for a table of verbs."""
    return "\n".join(_page(table))


def _page(table: AnyTable) -> Iterator[str]:
    yield _HEAD
    for group, rows in table.groups():
        yield from _group(GROUPS[group], rows)
    yield f"## {GROUPS['python']}\n"
    yield _PYTHON
    yield "| verb | letters | means |\n|---|---|---|"
    yield from (_row(row) for row in PYTHON_TABLE)
    yield ""
    for name, lines in SUBJECTS.items():
        yield from _subject(name, lines)


def _group(heading: str, rows: list[AnyCommand]) -> Iterator[str]:
    yield f"## {heading}\n"
    yield "| verb | letters | means |\n|---|---|---|"
    yield from (_row(row) for row in rows)
    yield ""
    for row in rows:
        if row.details or row.examples:
            yield f"### {row.name}\n"
            yield from ([f"{row.details}\n"] if row.details else [])
            yield from (["```text", *row.examples, "```\n"] if row.examples else [])


def _row(row: AnyCommand) -> str:
    letters = ", ".join(f"`{letter}`" for letter in row.letters)
    return f"| `{_cell(row.shown)}` | {letters} | {_cell(row.summary)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _subject(name: str, lines: tuple[str, ...]) -> Iterator[str]:
    first, *rest = lines
    yield f"## {name.capitalize()}\n"
    yield f"{first}\n"
    yield from ("```text", *rest, "```\n")


if __name__ == "__main__":
    sys.stdout.write(manual(TABLE))
