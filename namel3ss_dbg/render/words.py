"""Sentences and single values, as a command says them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

import attrs

from .pieces import UNICODE, Line, Piece, Signs, Style, cells, harmless, line
from .tables import Block
from .values import json_line, json_text, plain_value, value_line

_INDENT = "  "
_MOST_LINES = 2_000


@attrs.frozen
class Words:
    """Lines of text; on a screen they are wrapped between words."""

    lines: tuple[str, ...]
    style: Style = ""

    def plain(self) -> Iterator[str]:
        """The lines."""
        return map(harmless, self.lines)

    def screen(self, width: int) -> Iterator[Block]:
        """The lines, wrapped; what is indented stays so."""
        for text in self.lines:
            for part in wrapped(harmless(text), width):
                yield line((part, self.style))


@attrs.frozen
class Value:
    """A value on one line; a screen that is too narrow shows its beginning, its end and its size."""

    value: Any
    signs: Signs = UNICODE

    def plain(self) -> Iterator[str]:
        """All of it."""
        yield plain_value(self.value)

    def screen(self, width: int) -> Iterator[Block]:
        """What fits."""
        yield value_line(self.value, width, self.signs)


@attrs.frozen
class WholeValue:
    """A value in full: objects and lists indented, a text as its lines."""

    value: Any
    signs: Signs = UNICODE

    def plain(self) -> Iterator[str]:
        """On one line."""
        yield plain_value(self.value)

    def screen(self, width: int) -> Iterator[Block]:
        """On as many lines as it needs."""
        if isinstance(self.value, str):
            lines = (line((part, "text")) for part in text_lines(self.value, width))
        else:
            lines = (part for text in _indented(self.value, 0, width) for part in _fitted(text, width))
        for count, each in enumerate(lines):
            if count == _MOST_LINES:
                yield line((f"{self.signs.cut} more than {_MOST_LINES:,} lines", "dim"))
                return
            yield each


def wrapped(text: str, width: int) -> list[str]:
    """A line as lines that fit, each indented like the first."""
    if cells(text) <= width:
        return [text]
    indent = text[: len(text) - len(text.lstrip())]
    return textwrap.wrap(
        text,
        max(width, 20),
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
        replace_whitespace=False,
        drop_whitespace=True,
    )


def text_lines(text: str, width: int) -> Iterator[str]:
    """A text of several lines as lines that fit."""
    for each in text.splitlines() or [""]:
        shown = harmless(each.expandtabs(4))
        yield from textwrap.wrap(shown, max(width, 20), replace_whitespace=False) or [""]


def counted(number: int, word: str) -> str:
    """A number of things: `1 event`, `12,000 events`."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _indented(value: Any, depth: int, width: int) -> Iterator[str]:
    """A value as lines of JSON; what fits on one line stays on it."""
    flat = json_text(value)
    if not isinstance(value, dict | list) or not value or cells(flat) + 2 * depth <= width:
        yield flat
        return
    is_object = isinstance(value, dict)
    items = list(value.items()) if isinstance(value, dict) else [("", each) for each in value]
    yield "{" if is_object else "["
    for number, (key, each) in enumerate(items, 1):
        head = f"{json_text(key)}: " if is_object else ""
        comma = "," if number < len(items) else ""
        inside = list(_indented(each, depth + 1, width - len(head) - len(comma)))
        inside[0] = f"{head}{inside[0]}"
        inside[-1] += comma
        yield from (f"{_INDENT}{text}" for text in inside)
    yield "}" if is_object else "]"


def _fitted(text: str, width: int) -> Iterator[Line]:
    """A line of JSON, coloured; one that is too long goes on below, further in."""
    pieces = json_line(harmless(text))
    indent = " " * (len(text) - len(text.lstrip()) + 2)
    row: list[Piece] = []
    room = width
    for piece in pieces:
        rest = piece.text
        while cells(rest) > room:
            taken = _taken(rest, room)
            if taken:
                row.append(Piece(rest[:taken], piece.style))
            yield tuple(row)
            rest, row, room = rest[taken:], [Piece(indent)], max(width - len(indent), 10)
        if rest:
            row.append(Piece(rest, piece.style))
            room -= cells(rest)
    yield tuple(row)


def _taken(text: str, room: int) -> int:
    """How many characters to leave on this line: up to a blank, if one is near."""
    fitting = 0
    for character in text:
        room -= cells(character)
        if room < 0:
            break
        fitting += 1
    blank = text.rfind(" ", 0, fitting)
    return blank + 1 if blank > fitting // 2 else fitting
