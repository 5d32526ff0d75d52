"""Who runs: the tool, or the debugger that walks through it, and never both.

The tool's threads come here to be held, one at a time; the debugger lets go of the held one and waits for the next.
"""

from __future__ import annotations

import threading
from types import FrameType
from typing import NamedTuple

import attrs

from .stops import Returned, StopEvent

_NAP_S = 0.1
# Ctrl-C does not wake a thread that was just about to fall asleep, on Windows none at all: so it sleeps in naps.


class Lane(NamedTuple):
    """One strand of the tool's work: a thread, and the asyncio task that it is in."""

    thread: int
    task: object | None


@attrs.frozen(kw_only=True, eq=False)
class Held:
    """A thread of the tool that waits for the debugger."""

    frame: FrameType
    event: StopEvent
    lane: Lane
    thread: threading.Thread
    returned: Returned | None = None
    exception: BaseException | None = None
    breakpoint: int | None = None
    note: str = ""


class Turn:
    """Whose turn it is."""

    def __init__(self) -> None:
        self.held: Held | None = None
        self.over = False
        """Whether the call has ended."""
        self._closed = False
        self._changed = threading.Condition()
        # Protects the others, which are read without it where an old value does no harm.

    # On the tool's threads

    def hold(self, held: Held) -> None:
        """Wait until the debugger lets go, and before that while another thread is held; once closed, never."""
        with self._changed:
            self._changed.wait_for(self._is_free)
            if self._closed:
                return
            self.held = held
            self._changed.notify_all()
            self._changed.wait_for(lambda: self.held is not held)

    def wait_free(self) -> None:
        """Wait while another thread is held: a tool with several is held whole."""
        if self.held is not None:
            with self._changed:
                self._changed.wait_for(self._is_free)

    def finish(self) -> None:
        """Say that the call has ended."""
        with self._changed:
            self.over = self._closed = True
            self._changed.notify_all()

    # On the debugger's thread

    def release(self) -> None:
        """Let the held thread go on."""
        with self._changed:
            self.held = None
            self._changed.notify_all()

    def close(self) -> None:
        """Let everything go on, and hold nothing any more."""
        with self._changed:
            self._closed = True
            self.held = None
            self._changed.notify_all()

    def wait_held(self, within_s: float | None = None) -> bool:
        """Wait until a thread is held or the call is over; False when the time was over before."""
        with self._changed:
            while not self._changed.wait_for(self._is_at_rest, _NAP_S if within_s is None else within_s):
                if within_s is not None:
                    return False
            return True

    def wait_over(self, within_s: float) -> bool:
        """Wait until the call is over; False when the time was over before."""
        with self._changed:
            return self._changed.wait_for(lambda: self.over, within_s)

    def _is_at_rest(self) -> bool:
        return self.held is not None or self.over

    def _is_free(self) -> bool:
        return self.held is None or self._closed
