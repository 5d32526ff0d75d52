"""Where a running program waits for the debugger.

The question whether to stop is asked on the program's own thread, so an event that nobody cares about costs no change
of threads. At any instant either the program or the debugger runs, never both.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from ..events import BEGINNING, Moment

Goal = Callable[[Moment], bool]


class Gate:
    """Holds a program after an event until the debugger lets it go on."""

    def __init__(self) -> None:
        self._goal: Goal | None = None
        self._holds_first = True
        self._held: Moment | None = None
        self._over = False
        self._detached = False
        self._interrupted = False
        self._held_s = 0.0
        self._turn = threading.Condition()

    @property
    def held_s(self) -> float:
        """How long the program has waited here in all, in seconds; a runtime's clock subtracts it."""
        return self._held_s

    @property
    def over(self) -> bool:
        """Whether the program has ended."""
        return self._over

    # On the program's thread

    def offer(self, moment: Moment) -> None:
        """Wait here when the debugger wants to stop at this moment; BEGINNING is offered before the first event."""
        if self._detached:
            return
        if moment == BEGINNING:
            stop = self._holds_first
        else:
            stop = self._interrupted or (self._goal is not None and self._goal(moment))
        if not stop:
            return
        began = time.monotonic()
        with self._turn:
            self._held = moment
            self._turn.notify_all()
            self._turn.wait_for(lambda: self._held is None)
        self._held_s += time.monotonic() - began

    def finish(self) -> None:
        """Say that the program has ended."""
        with self._turn:
            self._over = True
            self._turn.notify_all()

    # On the debugger's thread

    def wait_held(self) -> bool:
        """Wait until the program waits; False when it ended instead."""
        with self._turn:
            self._turn.wait_for(lambda: self._held is not None or self._over)
            return self._held is not None

    def run_until(self, goal: Goal) -> Moment | None:
        """Let the program go on until `goal` says yes to an event; None when it ended before."""
        with self._turn:
            if self._over:
                return None
            self._goal, self._held, self._interrupted = goal, None, False
            self._turn.notify_all()
            self._turn.wait_for(lambda: self._held is not None or self._over)
            return self._held

    def interrupt(self) -> None:
        """Make the program wait at its next event."""
        self._interrupted = True

    def detach(self) -> None:
        """Let the program go on and never hold it again."""
        with self._turn:
            self._detached, self._held = True, None
            self._turn.notify_all()
