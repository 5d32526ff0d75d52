"""The verb `source`: the commands of a file, one after the other, up to the first mistake."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from ..events import DebugError, UsageError
from ..timeline.cursor import Interrupted
from . import completion
from .arguments import Numbered, commands_in, path_of
from .desk import Desk
from .reply import NeedsYes, Quit, Reply, joined, said
from .table import AnyCommand, Command

_DEEPEST = 10


class Reading:
    """A file whose commands are being done; a question in the middle of it can be answered later."""

    def __init__(self, desk: Desk, path: Path, commands: Iterator[Numbered]) -> None:
        self._desk = desk
        self._path = path
        self._commands = commands
        self._replies: list[Reply] = []

    def go_on(self, first: Callable[[], Reply] | None = None) -> Reply:
        """Do what is left, after what was answered with a yes.

        Raises:
            DebugError: A command is a mistake; the sentence begins with file and line.
            NeedsYes: One needs a yes; after that the others follow.
            Quit: The file ends the conversation; with what was to be shown before.
        """
        self._desk.reading.append(self._path.name)
        try:
            if first is not None:
                self._replies.append(first().settled())
            for command in self._commands:
                self._do(command)
                if self._is_interrupted():
                    break
        except Interrupted:
            self._replies.append(said(f"Interrupted; the rest of '{self._path}' was not done."))
        except NeedsYes as needs:
            proceed = needs.proceed
            raise NeedsYes(needs.question, lambda: self.go_on(proceed)) from None
        except Quit as leaving:
            raise Quit(joined([*self._replies, leaving.reply])) from None
        finally:
            self._desk.reading.pop()
        return joined(self._replies)

    def _is_interrupted(self) -> bool:
        stop = self._replies[-1].stop
        return stop is not None and stop.reason == "interrupted"

    def _do(self, command: Numbered) -> None:
        try:
            self._replies.append(self._desk.run(command.text).settled())
        except DebugError as problem:
            problem.what = f"{self._path}:{command.line}: {problem.what}"
            raise


def _source(desk: Desk, rest: str) -> Reply:
    path = path_of(rest, "source")
    if len(desk.reading) >= _DEEPEST:
        raise UsageError(f"'{path}' is not read", why="files read one another in a circle")
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        why = getattr(problem, "strerror", None) or "it is not text in UTF-8"
        raise UsageError(f"'{path}' cannot be read", why=why) from None
    return Reading(desk, path, commands_in(lines, desk.wants_more)).go_on()


ROW: AnyCommand = Command(
    "source",
    _source,
    "the rest",
    "FILE",
    "Do the commands of a file, up to the first mistake.",
    completes=completion.paths,
    free_text=True,
)
"""The verb."""
