"""A process on a pseudo terminal, and the screen that a person in front of it would see."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pexpect
import pyte

_WITHIN_S = 15.0
_PROMPTS = ("(n3)", "(py)")
_TYPED = 5


class _Screen(pyte.Screen):
    """Answers when the process asks where the cursor is: without that, prompt-toolkit shows no toolbar."""

    def __init__(self, columns: int, rows: int, child: pexpect.spawn) -> None:
        self._child = child
        super().__init__(columns, rows)

    def write_process_input(self, data: str) -> None:
        """What a terminal sends by itself."""
        self._child.send(data)


class Terminal:
    """A terminal of a size, with one process in it."""

    def __init__(
        self,
        words: Sequence[str],
        *,
        folder: Path,
        environment: Mapping[str, str],
        columns: int = 80,
        rows: int = 24,
    ) -> None:
        self._child = pexpect.spawn(
            words[0],
            list(words[1:]),
            cwd=str(folder),
            env={"TERM": "xterm-256color", **environment},  # type: ignore[arg-type]
            dimensions=(rows, columns),
            timeout=_WITHIN_S,
        )
        self._child.delaybeforesend = None
        self._screen = _Screen(columns, rows, self._child)
        self._stream = pyte.ByteStream(self._screen)
        self.written = b""
        """All bytes that the process has written."""

    def close(self) -> None:
        """End the process, if it is still there."""
        if self._child.isalive():
            self._child.kill(signal.SIGKILL)
            self._child.wait()
        self._child.close()

    @property
    def text(self) -> str:
        """What is on the screen now."""
        return "\n".join(line.rstrip() for line in self._screen.display).rstrip("\n") + "\n"

    def type(self, keys: str) -> None:
        """Press keys."""
        self._child.send(keys)

    def resize(self, columns: int, rows: int) -> None:
        """Make the window another size."""
        self._screen.resize(rows, columns)
        self._child.setwinsize(rows, columns)

    @property
    def asks(self) -> bool:
        """Whether the cursor stands behind a prompt with nothing typed, and the toolbar is drawn."""
        cursor, lines = self._screen.cursor, self._screen.display
        return lines[cursor.y].rstrip() in _PROMPTS and cursor.x == _TYPED and lines[-1].strip() != ""

    def wait_for(self, *wanted: str, gone: str | None = None) -> str:
        """The screen, once it shows all of these texts and not the one that is to be gone."""

        def shows() -> bool:
            text = self.text
            return all(each in text for each in wanted) and (gone is None or gone not in text)

        return self._wait(shows, f"{wanted!r}" + (f" without {gone!r}" if gone is not None else ""))

    def wait_for_prompt(self, *wanted: str) -> str:
        """The screen, once it shows all of these texts and asks for the next command."""
        return self._wait(lambda: self.asks and all(each in self.text for each in wanted), f"{wanted!r} and a prompt")

    def _wait(self, is_there: Callable[[], bool], what: str) -> str:
        deadline = time.monotonic() + _WITHIN_S
        while not is_there():
            assert time.monotonic() < deadline, f"never saw {what} in:\n{self.text}"
            self._read()
        return self.text

    def _read(self) -> None:
        with contextlib.suppress(pexpect.TIMEOUT, pexpect.EOF):
            read = self._child.read_nonblocking(65_536, timeout=0.2)
            self.written += read
            self._stream.feed(read)

    def wait_for_end(self) -> int:
        """The exit code of the process."""
        with contextlib.suppress(pexpect.EOF):
            while True:
                self.written += self._child.read_nonblocking(65_536, timeout=_WITHIN_S)
        self._child.close()
        status: int = self._child.exitstatus if self._child.exitstatus is not None else -self._child.signalstatus
        return status
