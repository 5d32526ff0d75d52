"""What a person sees of a motion that takes long, and how Ctrl-C ends it.

After half a second a line says how far the motion is; it vanishes with the answer. The first Ctrl-C asks the motion to
end, which takes the cursor back to where it was; who cannot wait for that presses it again.
"""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import TextIO

from ..commands.dialogue import Dialogue
from ..events import Moment

_INDEXING = f"{__name__.partition('.')[0]}.trace."
_QUIET_S = 0.5
_BETWEEN_S = 0.1


class Patience:
    """Watches over one command."""

    def __init__(self, dialogue: Dialogue, out: TextIO) -> None:
        self._dialogue = dialogue
        self._out = out
        self._due = time.monotonic() + _QUIET_S
        self._shown = 0
        self._presses = 0

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """While the command runs."""
        cursor = self._dialogue.session.cursor
        cursor.progress = self._tell
        try:
            with at_ctrl_c(self._interrupt):
                yield
        finally:
            cursor.progress = None
            self._clear()

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        self._presses += 1
        self._dialogue.interrupt()
        if self._presses > 1 and not reads_a_trace(frame):
            raise KeyboardInterrupt

    def _tell(self, moment: Moment) -> None:
        now = time.monotonic()
        if now < self._due:
            return
        self._due = now + _BETWEEN_S
        timeline = self._dialogue.session.timeline
        known = f"{timeline.frontier:,}{'' if timeline.closed else '+'}"
        text = f"#{max(moment, 0):,} of {known}   Ctrl-C stops"
        self._out.write(f"\r{text:<{self._shown}}")
        self._out.flush()
        self._shown = len(text)

    def _clear(self) -> None:
        if self._shown:
            self._out.write(f"\r{'':{self._shown}}\r")
            self._out.flush()
            self._shown = 0


@contextlib.contextmanager
def at_ctrl_c(act: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Have something done at Ctrl-C; only the main thread can, elsewhere this does nothing."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, act)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def reads_a_trace(frame: FrameType | None) -> bool:
    """Whether the index is being made, whose columns would not fit each other any more if that broke off anywhere."""
    while frame is not None:
        if frame.f_globals.get("__name__", "").startswith(_INDEXING):
            return True
        frame = frame.f_back
    return False
