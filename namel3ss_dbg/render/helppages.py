"""Help: all verbs at a glance, and one of them, or a subject, on a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from .pieces import cells, line
from .tables import Block
from .words import wrapped

_NAMES = 19


@attrs.frozen
class HelpRow:
    """One verb in a list."""

    name: str
    letters: tuple[str, ...]
    usage: str
    summary: str


@attrs.frozen
class HelpList:
    """Verbs by group, each with what it does."""

    groups: Sequence[tuple[str, Sequence[HelpRow]]]
    """Heading and verbs."""
    footer: str = ""

    def plain(self) -> Iterator[str]:
        """One verb on each line."""
        for heading, rows in self.groups:
            yield f"{heading}:"
            for row in rows:
                letters = f" ({', '.join(row.letters)})" if row.letters else ""
                yield f"  {row.name}{letters} {row.usage}".rstrip() + f": {row.summary}"
        if self.footer:
            yield self.footer

    def screen(self, width: int) -> Iterator[Block]:
        """Names and letters in a column, what they do beside them."""
        for heading, rows in self.groups:
            yield from (line((part, "title")) for part in wrapped(heading, width))
            for row in rows:
                yield from self._row(row, width)
        yield from (line((part, "dim")) for part in wrapped(self.footer, width) if part)

    def _row(self, row: HelpRow, width: int) -> Iterator[Block]:
        letters = f" {', '.join(row.letters)}" if row.letters else ""
        padding = " " * max(_NAMES - cells(row.name) - cells(letters), 0)
        first, *more = wrapped(row.summary, width - _NAMES - 4) or [""]
        yield line("  ", (row.name, "kind"), (letters, "key"), padding, "  ", first)
        yield from (line(" " * (_NAMES + 4), text) for text in more)


@attrs.frozen
class HelpPage:
    """All about one verb, or a subject."""

    name: str
    usage: str = ""
    letters: tuple[str, ...] = ()
    lines: Sequence[str] = ()
    examples: Sequence[str] = ()

    def plain(self) -> Iterator[str]:
        """Line by line."""
        yield f"{self.name} {self.usage}".rstrip()
        yield from (f"  {text}" for text in self.lines)
        if self.letters:
            yield f"  Also: {', '.join(self.letters)}"
        for number, example in enumerate(self.examples):
            for row in example.splitlines():
                yield f"  {'Such as: ' if number == 0 and row == example.splitlines()[0] else '         '}{row}"

    def screen(self, width: int) -> Iterator[Block]:
        """The same, wrapped."""
        first, *more = wrapped(f"{self.name} {self.usage}".rstrip(), width)
        yield line((self.name, "kind"), (first[len(self.name) :], "dim"))
        yield from (line((f"  {part}", "dim")) for part in more)
        for text in self.lines:
            yield from (line(part) for part in wrapped(f"  {text}", width))
        if self.letters:
            yield line(("  Also: ", "dim"), (", ".join(self.letters), "key"))
        for number, example in enumerate(self.examples):
            for row in example.splitlines():
                head = "  Such as: " if number == 0 and row == example.splitlines()[0] else " " * 11
                yield line((head, "dim"), (row, "string"))
