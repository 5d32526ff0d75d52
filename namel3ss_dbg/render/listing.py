"""Things of one kind below one another, such as breakpoints or marks: a table for people, `key=value` for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from .pieces import Line, line
from .tables import Block, Column, Table
from .values import plain_number, plain_value, plain_word
from .words import Words, wrapped

Record = Mapping[str, Any]


@attrs.frozen
class Listing:
    """Some things, each both as a record and as the cells of a row; or a sentence that there are none."""

    kind: str
    """What one of them is called, in front of its plain line."""
    columns: tuple[Column, ...]
    records: Sequence[Record]
    rows: Sequence[tuple[Line, ...]]
    empty: str = "There are none."
    footer: tuple[str, ...] = ()
    """What to say below."""
    title: str = ""

    def plain(self) -> Iterator[str]:
        """One of them on each line, nothing shortened."""
        if not self.records:
            yield self.empty
        yield from (f"{self.kind} {plain_record(record)}" for record in self.records)
        yield from self.footer

    def screen(self, width: int) -> Iterator[Block]:
        """A table that fits."""
        if self.title:
            yield line((self.title, "title"))
        if not self.rows:
            yield from Words((self.empty,)).screen(width)
        else:
            yield Table("", self.columns, tuple(self.rows))
        for text in self.footer:
            yield from (line((part, "dim")) for part in wrapped(text, width))


@attrs.frozen
class Facts:
    """Some facts about one thing, each with its name."""

    kind: str
    facts: Mapping[str, Any]
    """As programs read them."""
    shown: Sequence[tuple[str, Line]]
    """As people do."""

    def plain(self) -> Iterator[str]:
        """All on one line."""
        yield f"{self.kind} {plain_record(self.facts)}"

    def screen(self, width: int) -> Iterator[Block]:
        """One on each line."""
        names = max((len(name) for name, _ in self.shown), default=0)
        for name, value in self.shown:
            yield line((f"{name:<{names}}  ", "dim"), *value)


def plain_record(record: Record) -> str:
    """A record as `key=value`; what is not known is left out."""
    return " ".join(f"{key}={_plain(value)}" for key, value in record.items() if value is not None)


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return plain_word(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return plain_number(value) if isinstance(value, float) else plain_value(value)
