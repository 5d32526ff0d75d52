"""The verbs as rows of a table: what a person types, what it means, and the function that does it.

Whoever reads lines (a prompt, a script, a pipe, an editor's console) reads the same rows, and so do help, completion,
colouring while one types, and the manual.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, Literal, TypeVar

import attrs

from ..events import UsageError
from .reply import Reply

Group = Literal["moving", "stopping", "looking", "changing", "the rest", "python"]

GROUPS: dict[Group, str] = {
    "moving": "Motions change the moment; `r` in front means backwards",
    "stopping": "Where to stop",
    "looking": "Looks leave time alone",
    "changing": "Changes the world, never the recording",
    "the rest": "The rest",
    "python": "In a Python tool",
}
"""The groups in the order of help and manual, each with its heading."""

Talker = TypeVar("Talker")
"""Who the verbs of a table speak to."""


@attrs.frozen
class Completion:
    """Something that could be typed next."""

    text: str
    start: int
    """Where in the line it begins to replace what stands there."""
    meaning: str = ""
    count: int | None = None
    """How many events of the trace it means."""

    def at(self, start: int) -> Completion:
        """The same, replacing from somewhere else."""
        return attrs.evolve(self, start=start)


@attrs.frozen
class Command(Generic[Talker]):
    """One verb."""

    name: str
    run: Callable[[Talker, str], Reply]
    """Does what it says, with the text after it."""
    group: Group
    usage: str
    """What follows the name."""
    summary: str
    """What it does, in one sentence."""
    letters: tuple[str, ...] = ()
    """Other names."""
    details: str = ""
    """What else is to be known, in sentences."""
    examples: tuple[str, ...] = ()
    completes: Callable[[Talker, str], Iterable[Completion]] | None = None
    """What could follow, given the text after the verb up to the cursor; starts count from there."""
    repeats: bool = False
    """Whether Enter on an empty line does it again."""
    free_text: bool = False
    """Whether a `>` in the text after it is part of that text."""
    block: Literal["", "json", "end"] = ""
    """Whether it may take several lines: until a JSON bracket closes, or until a line `end`."""

    @property
    def names(self) -> tuple[str, ...]:
        """All that a person may type for it."""
        return (self.name, *self.letters)

    @property
    def shown(self) -> str:
        """Name and usage."""
        return f"{self.name} {self.usage}".strip()


class CommandTable(Generic[Talker]):
    """All verbs, found by name, letters or an unmistakable beginning of the name."""

    def __init__(self, commands: Iterable[Command[Talker]], *, refused: dict[str, UsageError] | None = None) -> None:
        """A table; `refused` are words that are refused with a sentence of their own."""
        self._commands = tuple(commands)
        self._refused = refused or {}
        self._by_name = {name: command for command in self._commands for name in command.names}

    def __iter__(self) -> Iterator[Command[Talker]]:
        return iter(self._commands)

    def __contains__(self, word: object) -> bool:
        return word in self._by_name

    def find(self, word: str) -> Command[Talker]:
        """The verb that a word means.

        Raises:
            UsageError: There is none, or several begin like this.
        """
        if word in self._by_name:
            return self._by_name[word]
        if word in self._refused:
            raise self._refused[word]
        begins = self.beginning_with(word)
        if len(begins) == 1:
            return begins[0]
        if begins:
            names = ", ".join(command.name for command in begins)
            raise UsageError(f"'{word}' could be several commands", why=names, try_="Type more of the name.")
        close = difflib.get_close_matches(word, self._by_name, 1)
        meant = f"Did you mean '{close[0]}'? " if close else ""
        raise UsageError(f"There is no command '{word}'", try_=f"{meant}'help' lists them.")

    def beginning_with(self, word: str) -> list[Command[Talker]]:
        """The verbs whose name begins so."""
        return [command for command in self._commands if command.name.startswith(word)]

    def groups(self) -> Iterator[tuple[Group, list[Command[Talker]]]]:
        """The verbs by group."""
        for group in GROUPS:
            rows = [command for command in self._commands if command.group == group]
            if rows:
                yield group, rows


AnyCommand = Command[Any]
AnyTable = CommandTable[Any]
