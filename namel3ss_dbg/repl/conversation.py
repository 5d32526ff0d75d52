"""One person's talk with a trace: a line is read, done, and answered below; then the next.

The screen is never cleared. How lines are read is somebody else's: prompt-toolkit's, or nobody's on a dumb terminal.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Protocol, TextIO

from ..commands.arguments import commands_in
from ..commands.dialogue import Dialogue
from ..commands.reply import NeedsEditor, NeedsYes, Quit, Reply, shown
from ..events import DebugError, Stop
from ..render.pieces import Style
from ..render.screen import ScreenPainter
from ..render.words import Words
from .delivery import deliver
from .editor import edit
from .patience import Patience
from .script import obey, run_whole
from .startup import StartFile, Trust, folder_file, own_file

AGAIN = "\f"
"""What a reader gives when the person wants to see the stop again."""

_LEAVE_TOOL = "quit py"


class Reader(Protocol):
    """Reads what a person types."""

    @property
    def width(self) -> int:
        """How many columns the screen has now."""
        ...

    def read(self) -> str:
        """The next command; several lines, if it goes on.

        Raises:
            EOFError: The person leaves.
            KeyboardInterrupt: The person drops the line.
        """
        ...

    def ask(self, question: str) -> bool:
        """Whether the person says yes."""
        ...


class Conversation:
    """Goes on until the person leaves."""

    def __init__(self, dialogue: Dialogue, reader: Reader, *, color: bool, out: TextIO) -> None:
        self._dialogue = dialogue
        self._reader = reader
        self._color = color
        self._out = out

    def run(self, stop: Stop | None = None) -> int:
        """Talk, beginning at a stop; the exit code."""
        try:
            for file in self._start_files():
                lines = file.text.splitlines()
                obey(self._dialogue, lines, self._painter, out=self._out, err=self._out, name=str(file.path))
            self._say(f"{self._name}: 'help' lists the commands, Ctrl-D leaves.", "dim")
            self._do(partial(self._dialogue.first_stop, stop))
            while (text := self._read()) is not None:
                with contextlib.suppress(KeyboardInterrupt):  # pressed when all was done
                    self._answer(text)
        except Quit:
            pass
        return 0

    def _read(self) -> str | None:
        """What the person types; None when they leave. Inside a tool, the end of the input only leaves the tool."""
        while True:
            try:
                return self._reader.read()
            except KeyboardInterrupt:
                continue
            except EOFError:
                return _LEAVE_TOOL if self._dialogue.python is not None else None

    def _start_files(self) -> Iterator[StartFile]:
        if own := own_file():
            yield own
        if (folder := folder_file()) and self._trusts(folder):
            yield folder

    def _trusts(self, file: StartFile) -> bool:
        trust = Trust()
        trusted = trust.answer(file)
        if trusted is None:
            trusted = self._reader.ask(f"{file.path} holds commands to begin with. Obey them, now and always?")
            trust.remember(file, trusted=trusted)
        return trusted

    def _answer(self, text: str) -> None:
        """Do what was typed: a command, several that were pasted, or the last motion again."""
        if text == AGAIN:
            self._do(self._stop_again)
            return
        if not text.strip():
            self._do(self._dialogue.repeat)
            return
        for command in commands_in(text.split("\n"), self._dialogue.wants_more):
            if not self._do(partial(run_whole, self._dialogue, command.text)):
                return

    def _do(self, act: Callable[[], Reply]) -> bool:
        """Whether it could be done."""
        try:
            with Patience(self._dialogue, self._out).watching():
                reply = act()
            deliver(reply, self._painter, self._out)
        except NeedsYes as asked:
            return self._reader.ask(asked.question) and self._do(asked.proceed)
        except NeedsEditor as wanted:
            return self._edit(wanted)
        except DebugError as problem:
            self._complain(str(problem))
            return False
        except KeyboardInterrupt:
            self._complain("Interrupted.")
            return False
        return True

    def _stop_again(self) -> Reply:
        if self._dialogue.python is not None:
            return self._dialogue.python.list("")
        stop = self._dialogue.last_stop
        return shown(self._dialogue.stop_view(stop)) if stop is not None else Reply()

    def _edit(self, wanted: NeedsEditor) -> bool:
        def act() -> Reply:
            edit(wanted)
            return Reply()

        return self._do(act)

    def _complain(self, text: str) -> None:
        self._say(f"{self._dialogue.signs.failed} {text}", "error")

    def _say(self, text: str, style: Style) -> None:
        self._out.write(self._painter.paint(Words(tuple(text.splitlines()), style)))

    @property
    def _name(self) -> str:
        path = self._dialogue.session.path
        return path.name if path is not None else "A live run"

    @property
    def _painter(self) -> ScreenPainter:
        theme = self._dialogue.settings.theme
        return ScreenPainter(self._reader.width, color=self._color, signs=self._dialogue.signs, theme=theme)
