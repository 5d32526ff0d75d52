"""The verbs as rows of a table: what a person types, what it means, and the function that does it.

Whoever reads lines (a prompt, a script, a pipe, an editor's console) reads the same rows, and so do help, completion
and the manual.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from typing import Literal

import attrs

from ..events import UsageError
from ..render.tables import View
from ..timeline.session import DebugSession

Group = Literal["moving", "stopping", "looking", "the rest"]

Run = Callable[[DebugSession, str], Iterable[View]]
"""Does what a verb says with the text after it, and gives what is to be shown."""


class Quit(Exception):
    """The person wants to leave."""


@attrs.frozen
class Command:
    """One verb."""

    name: str
    run: Run
    group: Group
    usage: str
    """What follows the name."""
    summary: str
    """What it does, in one sentence."""
    letters: tuple[str, ...] = ()
    """Other names."""
    repeats: bool = False
    """Whether Enter on an empty line does it again."""

    @property
    def names(self) -> tuple[str, ...]:
        """All that a person may type for it."""
        return (self.name, *self.letters)


class CommandTable:
    """All verbs, found by name, letters or an unmistakable beginning of the name."""

    def __init__(self, commands: Iterable[Command]) -> None:
        self._commands = tuple(commands)
        self._by_name = {name: command for command in self._commands for name in command.names}

    def __iter__(self) -> Iterator[Command]:
        return iter(self._commands)

    def find(self, word: str) -> Command:
        """The verb that a word means.

        Raises:
            UsageError: There is none, or several begin like this.
        """
        if word in self._by_name:
            return self._by_name[word]
        begins = [command for command in self._commands if command.name.startswith(word)]
        if len(begins) == 1:
            return begins[0]
        if begins:
            names = ", ".join(command.name for command in begins)
            raise UsageError(f"'{word}' could be several commands", why=names, try_="Type more of the name.")
        close = difflib.get_close_matches(word, self._by_name, 1)
        meant = f"Did you mean '{close[0]}'? " if close else ""
        raise UsageError(f"There is no command '{word}'", try_=f"{meant}'help' lists them.")

    def run(self, session: DebugSession, text: str) -> Iterable[View]:
        """Do what a line says; an empty line and a comment say nothing.

        Raises:
            DebugError: It cannot be done; the sentence says why.
            Quit: The person wants to leave.
        """
        word, _, rest = text.strip().partition(" ")
        if not word or word.startswith("#"):
            return ()
        return self.find(word).run(session, rest.strip())
