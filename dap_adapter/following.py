"""A trace that another process is still writing: motions that come to its end wait there for more."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import attrs

from namel3ss_dbg.events import BEGINNING, Moment, Stop

from .stops import Resting

if TYPE_CHECKING:
    from .adapter import Adapter

Motion = Callable[[], Stop]


@attrs.frozen
class Waiting:
    """A motion that has found no end yet; it is done again from where it began whenever the trace has grown."""

    motion: Motion
    origin: Moment
    runs_on: bool


class Following:
    """Of one run."""

    def __init__(self, adapter: Adapter) -> None:
        self._adapter = adapter
        self._waiting: Waiting | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether a motion waits for more."""
        return self._waiting is not None

    @property
    def may_grow(self) -> bool:
        """Whether more of the trace may be written: it is followed, and its outermost call has not ended."""
        configuration, columns = self._adapter.configuration, self._adapter.run.timeline.columns
        return configuration is not None and configuration.follow and not (columns.count and columns.match[0] >= 0)

    def wait(self, motion: Motion, origin: Moment = BEGINNING, *, runs_on: bool = False) -> None:
        """Do a motion when there is more."""
        self._adapter.run.cursor.goto(origin)
        self._waiting = Waiting(motion, origin, runs_on)

    def forget(self) -> None:
        """It rests now, so nothing waits any more."""
        self._waiting = None

    def look(self) -> None:
        """The trace has grown: do what waits."""
        waiting, self._waiting = self._waiting, None
        if waiting is None:
            self._adapter.tell_position()
            return
        self._adapter.run.cursor.goto(waiting.origin)
        with self._adapter.progress.during("Waiting for the trace"):
            stop = waiting.motion()
        self._adapter.arrive(stop, waiting.origin, waiting.motion, runs_on=waiting.runs_on)

    def pause(self) -> None:
        """Rest at the end of what there is, instead of waiting for more."""
        if self._waiting is not None:
            self._adapter.run.cursor.goto(self._adapter.run.timeline.frontier)
            self._adapter.rest(Resting("pause"))

    def stop(self) -> None:
        """The trace is complete: what waits for more ends at its end."""
        adapter = self._adapter
        assert adapter.configuration is not None  # noqa: S101 (it has said to follow)
        adapter.configuration = attrs.evolve(adapter.configuration, follow=False)
        adapter.run.timeline.complete()
        adapter.breakpoints.look_again()
        if self.is_waiting:
            self.look()
