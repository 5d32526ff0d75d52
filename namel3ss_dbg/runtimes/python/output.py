"""What a tool prints, kept line by line: it must not disturb the screen, nor be lost.

Who prints is told by the thread: what the debugger prints meanwhile goes where it always goes. What the tool's child
processes print is not seen here.
"""

from __future__ import annotations

import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, Literal, TextIO, cast

from .stops import OutputLine

Stream = Literal["stdout", "stderr"]

_STREAMS: tuple[Stream, ...] = ("stdout", "stderr")
_MOST_LINES = 10_000


class ToolOutput:
    """The output of some threads."""

    def __init__(self, is_mine: Callable[[], bool]) -> None:
        """The output of the threads on which `is_mine` says yes."""
        self.is_mine = is_mine
        self._lines: deque[OutputLine] = deque(maxlen=_MOST_LINES)
        self._dropped = 0
        self._begun: dict[Stream, str] = dict.fromkeys(_STREAMS, "")
        self._lock = threading.Lock()
        # Protects the three above: several threads print, the debugger's collects.
        self._before: dict[Stream, TextIO] = {}
        self._ours: dict[Stream, TextIO] = {}
        self._tools: dict[Stream, TextIO] = {}

    def install(self) -> None:
        """Be `sys.stdout` and `sys.stderr` from now on."""
        for name in _STREAMS:
            self._before[name] = getattr(sys, name)
            self._ours[name] = self._tools[name] = cast(TextIO, _Divided(self, name, self._before[name]))
            setattr(sys, name, self._ours[name])

    def restore(self) -> None:
        """Put back what was there before."""
        for name, before in self._before.items():
            setattr(sys, name, before)

    def show_debugger(self) -> None:
        """Let the debugger have its own streams, also where the tool has put others in their place."""
        for name, ours in self._ours.items():
            self._tools[name] = getattr(sys, name)
            setattr(sys, name, ours)

    def show_tool(self) -> None:
        """Give the tool its streams back."""
        for name, stream in self._tools.items():
            setattr(sys, name, stream)

    def keep(self, stream: Stream, text: str) -> None:
        """Take what was printed."""
        with self._lock:
            *lines, self._begun[stream] = (self._begun[stream] + text).split("\n")
            for line in lines:
                self._add(stream, line)

    def collect(self, *, all_of_it: bool = False) -> tuple[OutputLine, ...]:
        """The lines since the last time; with `all_of_it` also one that was begun and not finished."""
        with self._lock:
            for stream, text in self._begun.items() if all_of_it else ():
                if text:
                    self._add(stream, text)
                    self._begun[stream] = ""
            left_out = [OutputLine("stdout", f"…[+{self._dropped} lines]")] if self._dropped else []
            collected = (*left_out, *self._lines)
            self._lines.clear()
            self._dropped = 0
        return collected

    def _add(self, stream: Stream, line: str) -> None:
        self._dropped += len(self._lines) == _MOST_LINES
        self._lines.append(OutputLine(stream, line))


class _Divided:
    """A stream for everybody: the tool's threads are listened to, the others go on as before."""

    def __init__(self, output: ToolOutput, name: Stream, before: TextIO) -> None:
        self._output = output
        self._name = name
        self._before = before

    def write(self, text: str) -> int:
        if not self._output.is_mine():
            return self._before.write(text)
        self._output.keep(self._name, text)
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        if not self._output.is_mine():
            self._before.flush()

    def isatty(self) -> bool:
        return not self._output.is_mine() and self._before.isatty()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._before, name)
