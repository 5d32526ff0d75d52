"""Where a running program waits for the debugger.

The question whether to stop is asked on the program's own thread, so an event that nobody cares about costs no change
of threads. At any instant either the program or the debugger runs, never both; a program with several threads is held
whole, each thread at its next event.
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
        self._goal: Goal = _is_beginning
        self._held: Moment | None = None
        self._held_since = 0.0
        self._held_s = 0.0
        self._over = False
        self._detached = False
        self._problem: BaseException | None = None
        self._turn = threading.Condition()
        # Protects all of the above; whoever holds a moment here has given it back while waiting.

    @property
    def held_s(self) -> float:
        """How long the program has waited here in all, in seconds; a runtime's clock subtracts it."""
        return self._held_s

    @property
    def over(self) -> bool:
        """Whether the program has ended."""
        return self._over

    # On the program's threads

    def offer(self, moment: Moment) -> None:
        """Wait here when the debugger wants to stop at this moment; BEGINNING is offered before the first event."""
        with self._turn:
            self._turn.wait_for(self._runs)
            if not self._detached and self._wants(moment):
                self._held, self._held_since = moment, time.monotonic()
                self._turn.notify_all()
                self._turn.wait_for(self._runs)

    def finish(self) -> None:
        """Say that the program has ended."""
        with self._turn:
            self._over = True
            self._turn.notify_all()

    def _runs(self) -> bool:
        return self._held is None

    def _wants(self, moment: Moment) -> bool:
        try:
            return self._goal(moment)
        except BaseException as problem:  # the program is not to blame: the debugger's thread raises it
            self._problem = problem
            return True

    # On the debugger's thread

    def wait_held(self) -> bool:
        """Wait until the program waits; False when it ended instead."""
        with self._turn:
            return self._wait() is not None

    def run_until(self, goal: Goal) -> Moment | None:
        """Let the program go on until `goal` says yes to an event; None when it ended before, or is not held any more.

        What `goal` raises is raised here, with the program held where it did.
        """
        with self._turn:
            self._goal = goal
            self._release()
            return self._wait()

    def detach(self) -> None:
        """Let the program go on and never hold it again."""
        with self._turn:
            self._detached = True
            self._release()

    def _wait(self) -> Moment | None:
        self._turn.wait_for(lambda: self._held is not None or self._over or self._detached)
        problem, self._problem = self._problem, None
        if problem is not None:
            raise problem
        return self._held

    def _release(self) -> None:
        if self._held is not None:
            self._held_s += time.monotonic() - self._held_since
            self._held = None
        self._turn.notify_all()


def _is_beginning(moment: Moment) -> bool:
    return moment == BEGINNING
