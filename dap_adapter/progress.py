"""What a person sees of something that takes long, and how it ends before its time.

Nothing is shown of what is over within half a second.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from namel3ss_dbg.events import Moment

from . import protocol as dap

if TYPE_CHECKING:
    from .adapter import Adapter

_PATIENCE_S = 0.5
_EVERY_S = 0.25


class Progress:
    """Of one adapter; at most one thing takes long at a time."""

    def __init__(self, adapter: Adapter) -> None:
        self._adapter = adapter
        self._title = ""
        """What goes on; empty when nothing does that is to be shown."""
        self._began = 0.0
        self._told = 0.0
        self._from: Moment = 0
        self._shown: str | None = None
        self._most = 0.0
        """The greatest share that was shown: nobody is thrown back when more of the recording becomes known."""
        self._number = 0
        self._reading_since: float | None = None

    @contextmanager
    def during(self, title: str) -> Iterator[None]:
        """Show what goes on in here, if it takes long; a pause or a cancellation ends it."""
        self._end()
        self._title, self._began, self._from = title, time.monotonic(), self._adapter.run.moment
        try:
            yield
        finally:
            self._end()
            self._title = ""

    def look(self, moment: Moment) -> None:
        """Called now and then by whatever takes long, with how far it is."""
        session = self._adapter.session
        if session.is_pressed:
            self._adapter.run.cursor.interrupt()
        session.meanwhile()
        now = time.monotonic()
        if self._title and now - self._began > _PATIENCE_S and now - self._told > _EVERY_S:
            self._told = now
            self._show(moment)

    def read_on(self) -> None:
        """Called when a slice of the recording was read while nobody asked anything."""
        now, timeline = time.monotonic(), self._adapter.run.timeline
        if timeline.closed:
            if self._reading_since is not None:
                self._reading_since = None
                self._end()
                self._title = ""
            return
        if self._reading_since is None:
            self._reading_since = self._began = now
            self._title, self._from = "Reading the recording", 0
        elif now - self._began > _PATIENCE_S and now - self._told > _EVERY_S:
            self._told = now
            self._show(timeline.frontier)

    def is_shown_as(self, progress: object) -> bool:
        """Whether this is what the client knows by this id."""
        return progress is not None and progress == self._shown

    def _show(self, moment: Moment) -> None:
        if not self._adapter.client.shows_progress:
            return
        text = f"event {max(moment, 0):,}"
        share = self._most = max(self._share(moment), self._most)
        tell = self._adapter.session.event_now
        if self._shown is None:
            self._number += 1
            self._shown = f"progress-{self._number}"
            request = self._adapter.session.request
            tell(
                "progressStart",
                dap.ProgressStartBody(
                    progress_id=self._shown,
                    title=self._title,
                    request_id=request["seq"] if request is not None and request["seq"] > 0 else None,
                    cancellable=request is not None,
                    message=text,
                    percentage=share,
                ),
            )
        else:
            tell("progressUpdate", dap.ProgressUpdateBody(progress_id=self._shown, message=text, percentage=share))

    def _share(self, moment: Moment) -> float:
        """How much of the way is done, in percent."""
        timeline = self._adapter.run.timeline
        if self._reading_since is not None and timeline.index is not None:
            return round(100 * timeline.index.position / max(timeline.index.path.stat().st_size, 1), 1)
        to = timeline.frontier if moment >= self._from else 0
        way = abs(to - self._from)
        return round(min(100 * abs(moment - self._from) / way, 100), 1) if way else 0.0

    def _end(self) -> None:
        if self._shown is not None:
            self._adapter.session.event_now("progressEnd", dap.ProgressEndBody(progress_id=self._shown))
            self._shown = None
        self._most = 0.0
