"""The verb `help`: all verbs by group, one of them in full, a subject, or the verbs whose text holds a word."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..events import DebugError
from ..render.helppages import HelpList, HelpPage, HelpRow
from . import completion
from .desk import Desk
from .reply import Reply, shown
from .subjects import SUBJECTS
from .table import GROUPS, AnyCommand, AnyTable, Command


def help_on(table: AnyTable, rest: str) -> Reply:
    """Help of a table about a word, or about everything."""
    if not rest:
        groups = tuple((GROUPS[group], tuple(_listed(table, rows))) for group, rows in table.groups())
        subjects = f" or a subject: {', '.join(SUBJECTS)}" if "goto" in table else ""
        return shown(
            HelpList(groups, f"'help WORD' says more about a verb{subjects}."),
            value=lambda: [_as_value(row) for row in table],
        )
    if rest in SUBJECTS:
        lines = SUBJECTS[rest]
        return shown(HelpPage(rest, lines=lines), value=lambda: {"subject": rest, "text": list(lines)})
    try:
        return _page(table.find(rest))
    except DebugError:
        return _holding(table, rest)


def _listed(table: AnyTable, rows: Iterable[AnyCommand]) -> Iterable[HelpRow]:
    """The rows of a list; a way backwards is named beside the way forwards."""
    for row in rows:
        if row.name.startswith("r") and row.name[1:] in table and row.name != "rev":
            continue
        backwards = table.find(f"r{row.name}") if f"r{row.name}" in table else None
        letters = (*row.letters, *(backwards.letters if backwards is not None else ()))
        yield HelpRow(row.name, letters, row.usage, row.summary)


def _page(command: AnyCommand) -> Reply:
    lines = [command.summary, *([command.details] if command.details else [])]
    page = HelpPage(command.name, command.usage, command.letters, lines, command.examples)
    return shown(page, value=lambda: _as_value(command))


def _holding(table: AnyTable, word: str) -> Reply:
    """The verbs in whose help a word stands; else the mistake of one that is none."""
    lower = word.lower()
    found = [row for row in table if lower in f"{row.name} {row.usage} {row.summary} {row.details}".lower()]
    subjects = [name for name, lines in SUBJECTS.items() if any(lower in text.lower() for text in lines)]
    if not found and not subjects:
        table.find(word)
    rows = [HelpRow(row.name, row.letters, row.usage, row.summary) for row in found]
    rows += [HelpRow(f"help {name}", (), "", "a subject") for name in subjects]
    return shown(HelpList(((f"'{word}' is in the help of", rows),)), value=lambda: [_as_value(row) for row in found])


def _as_value(row: AnyCommand) -> dict[str, Any]:
    return {
        "name": row.name,
        "letters": list(row.letters),
        "group": row.group,
        "usage": row.usage,
        "summary": row.summary,
        "details": row.details,
        "examples": list(row.examples),
    }


def _help(desk: Desk, rest: str) -> Reply:
    return help_on(desk.table, rest)


ROW: AnyCommand = Command(
    "help",
    _help,
    "the rest",
    "[WORD]",
    "List the verbs, or say more about one or a subject.",
    ("h", "?"),
    examples=("help", "help break", "help places"),
    completes=completion.topics,
)
"""The verb."""
