"""What could be typed next: names and their members, and after a dot at the beginning the console's commands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal

from namel3ss_dbg.events import ExpressionError
from namel3ss_dbg.render.pieces import harmless

from . import protocol as dap
from .console import suggestions
from .evaluation import frame_of, value_of
from .scopes import Look
from .values import is_name, short

if TYPE_CHECKING:
    from .adapter import Adapter

_MOST = 200
_PATH = re.compile(r"""((?:[A-Za-z_][\w]*)(?:\.[A-Za-z_]\w*|\[[^\[\]]*\])*)\.([A-Za-z_]\w*)?\Z""")
_NAME = re.compile(r"([A-Za-z_]\w*)?\Z")


def completions(adapter: Adapter, arguments: dap.CompletionsArguments) -> dap.CompletionsBody:
    """What could stand at the cursor."""
    lines = arguments.text.split("\n")
    row = adapter.client.line_in(arguments.line) - 1 if arguments.line is not None else 0
    line = lines[row] if 0 <= row < len(lines) else ""
    before = line[: max(adapter.client.column_in(arguments.column) - 1, 0)]
    if before.lstrip().startswith("."):
        return dap.CompletionsBody(targets=list(_commands(adapter, before)))
    found = [*_names(adapter, before, arguments.frame_id)]
    if not found or " " in before.strip():
        found += _commands(adapter, before)
    return dap.CompletionsBody(targets=found[:_MOST])


def _commands(adapter: Adapter, before: str) -> Iterator[dap.CompletionItem]:
    text = before.lstrip()
    offset = len(before) - len(text) + text.startswith(".")
    for each in islice(suggestions(adapter, before[offset:]), _MOST):
        start = offset + each.start
        yield _item(adapter, each.text, start, len(before) - start, "keyword", each.meaning)


def _names(adapter: Adapter, before: str, frame: int | None) -> Iterator[dap.CompletionItem]:
    if found := _PATH.search(before):
        yield from _members(adapter, found[1], found[2] or "", frame, before)
        return
    begun = _NAME.search(before)
    typed = begun[1] or "" if begun is not None else ""
    look = Look(adapter, frame_of(adapter, frame))
    for name in (*look.scope.names(), "frame", "results", "events"):
        if name.lower().startswith(typed.lower()) and is_name(name):
            yield _item(adapter, name, len(before) - len(typed), len(typed), "variable", "")


def _members(adapter: Adapter, path: str, typed: str, frame: int | None, before: str) -> Iterator[dap.CompletionItem]:
    try:
        value: Any = value_of(adapter, path, frame)
    except ExpressionError:
        return
    if isinstance(value, dict):
        for key, each in islice(value.items(), _MOST):
            if str(key).lower().startswith(typed.lower()) and is_name(key):
                yield _item(adapter, str(key), len(before) - len(typed), len(typed), "property", short(each, 60))


def _item(
    adapter: Adapter,
    text: str,
    start: int,
    length: int,
    kind: Literal["keyword", "variable", "property"],
    detail: str,
) -> dap.CompletionItem:
    return dap.CompletionItem(
        label=text,
        text=text,
        type=kind,
        start=adapter.client.column_out(start + 1),
        length=length,
        detail=harmless(detail) or None,
    )
