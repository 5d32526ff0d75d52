"""What a command gives back, and the ways in which it can ask its front end for something.

A command never prints and never asks: it gives pictures, and whoever reads lines paints them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import attrs

from ..events import Stop, UsageError
from ..render.pieces import harmless_json
from ..render.tables import Block, View
from ..render.values import json_text
from ..render.words import WholeValue, Words, counted


@attrs.frozen
class Reply:
    """What is to be shown."""

    views: tuple[View, ...] = ()
    stop: Stop | None = None
    """Where a motion came to rest."""
    value: Callable[[], Any] | None = None
    """The same as JSON, for `--json`; None: the lines of the views."""
    pager: str | None = None
    """The program to page through it with, after `| pager`."""
    file: Path | None = None
    """The file to write it to, after `> FILE`."""
    json: bool = False
    """Whether `views` are JSON already, after `--json`."""

    def as_json(self) -> Reply:
        """The same with one view: the value as JSON."""
        value = self.value() if self.value is not None else self.lines()
        return attrs.evolve(self, views=(JsonView(value),), json=True)

    def lines(self) -> list[str]:
        """The plain lines of all views."""
        return [text for view in self.views for text in view.plain()]

    def settled(self) -> Reply:
        """For a reply that becomes part of another: one for a file is written, and says so.

        Raises:
            UsageError: The file cannot be written.
        """
        if self.file is None:
            return self
        lines = self.lines()
        try:
            self.file.write_text("".join(f"{text}\n" for text in lines), "utf-8", "replace")
        except OSError as problem:
            raise UsageError(f"'{self.file}' cannot be written", why=problem.strerror or str(problem)) from None
        return Reply((Words((f"{counted(len(lines), 'line')} written to {self.file}",)),), self.stop)


def joined(replies: Iterable[Reply]) -> Reply:
    """Several replies as one, with the last stop of them."""
    replies = list(replies)
    stop = next((each.stop for each in reversed(replies) if each.stop is not None), None)
    return Reply(tuple(view for each in replies for view in each.views), stop)


def said(*lines: str) -> Reply:
    """A reply of some lines."""
    return Reply((Words(lines),))


def shown(*views: View, value: Callable[[], Any] | None = None) -> Reply:
    """A reply of some pictures."""
    return Reply(views, value=value)


@attrs.frozen
class JsonView:
    """A value as JSON: on one line for programs, indented for people."""

    value: Any

    def plain(self) -> Iterator[str]:
        """One line."""
        yield harmless_json(json_text(self.value))

    def screen(self, width: int) -> Iterator[Block]:
        """Indented and coloured."""
        return WholeValue({"text": self.value} if isinstance(self.value, str) else self.value).screen(width)


class Quit(Exception):
    """The person wants to leave."""

    def __init__(self, reply: Reply | None = None) -> None:
        super().__init__()
        self.reply = reply or Reply()
        """What is to be shown before."""


class NeedsFrontEnd(Exception):
    """A command needs what only a person at a terminal can give."""

    refusal: str
    """What a script says instead."""


class NeedsYes(NeedsFrontEnd):
    """A command does something that cannot be taken back, and asks first."""

    def __init__(self, question: str, proceed: Callable[[], Reply]) -> None:
        super().__init__(question)
        self.question = question
        """To be answered with yes or no."""
        self.proceed = proceed
        """Does it, after a yes."""
        self.refusal = f"{question} A script may do this only with --yes."


class NeedsEditor(NeedsFrontEnd):
    """A file is to be opened in the person's editor."""

    def __init__(self, path: Path, line: int, editor: str) -> None:
        super().__init__(str(path))
        self.path = path
        self.line = line
        """Counted from 1."""
        self.editor = editor
        """The command of the setting `editor`; empty for `$VISUAL` or `$EDITOR`."""
        self.refusal = f"An editor needs a terminal; the source is at {path}:{line}."
