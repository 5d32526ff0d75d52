"""What a tree shows when it is filtered: the calls and single events that fit, and the calls around them.

To know whether something in a call fits, one has to have looked at all that may; that is done once for a filter, a few
hundredths of a second at a time, and goes on where it was when the next page is asked for.
"""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Iterator
from enum import Enum
from typing import TYPE_CHECKING

import attrs

from namel3ss_dbg.events import Moment
from namel3ss_dbg.trace.columns import END, NONE

from . import asked
from .errorcounts import ErrorCounts

if TYPE_CHECKING:
    from .adapter import Adapter

_OFTEN = 255
_SAID_INSIDE = frozenset({"agent_turn_start", "llm_call_start"})
# Their labels tell what only the event itself knows; all others are the same for a whole shape.


@attrs.frozen
class Filter:
    """What a client wants to see."""

    components: frozenset[str] = frozenset()
    """None: of all components."""
    text: str = ""
    """In a label, in small letters."""
    errors_only: bool = False

    @property
    def keeps_all(self) -> bool:
        """Whether it filters nothing out."""
        return self == Filter()


def read_filter(arguments: asked.Arguments) -> Filter:
    """The filter of a request.

    Raises:
        Refused: It cannot be one.
    """
    inside = asked.inside(arguments, "filter")
    return Filter(
        components=asked.words(inside, "components"),
        text=asked.text(inside, "text", "").strip().lower(),
        errors_only=asked.flag(arguments, "errorsOnly"),
    )


class _Fits(Enum):
    NO = 0
    YES = 1
    ASK = 2
    """Each event of the shape has to be asked."""


class Sieve:
    """One filter over one run."""

    def __init__(self, adapter: Adapter, wanted: Filter, errors: ErrorCounts) -> None:
        self.wanted = wanted
        self._adapter = adapter
        self._columns = adapter.run.timeline.columns
        self._errors = errors
        self._shapes: list[_Fits] = []
        """By shape."""
        self._around: set[Moment] = set()
        """The calls in which something fits."""
        self._known = NONE
        self._rows: Iterator[Moment] = iter(())

    def is_ready(self, deadline: float) -> bool:
        """Look on until all is known, or until then; whether all is."""
        while True:
            for looked, row in enumerate(self._rows, 1):
                if self.fits(row):
                    self._mark(row)
                if not looked & _OFTEN and time.monotonic() > deadline:
                    return False
            if self._known == self._columns.count - 1:
                return True
            after, self._known = self._known, self._columns.count - 1
            self._rows = self._candidates(after, self._known)

    def shows(self, row: Moment) -> bool:
        """Whether a call or single event is shown."""
        return row in self._around or self.fits(row)

    def has_inside(self, start: Moment) -> bool:
        """Whether something in a call is shown."""
        return start in self._around

    def fits(self, row: Moment) -> bool:
        """Whether an event itself is what is wanted."""
        fits = self._fit_of(self._columns.shape[row])
        if fits is _Fits.NO or (self.wanted.errors_only and not self._errors.of(row)):
            return False
        return fits is _Fits.YES or self._is_named(row)

    def _candidates(self, after: Moment, until: Moment) -> Iterator[Moment]:
        """Those of the new events that may fit."""
        columns = self._columns
        if self.wanted.errors_only:  # a call that was known may have got an error since
            yield from (row for row in self._errors.rows() if row <= until)
            return
        for code in range(len(columns.shape_names)):
            if self._fit_of(code) is not _Fits.NO:
                rows = columns.shape_rows[code]
                yield from rows[bisect_right(rows, after) : bisect_right(rows, until)]

    def _fit_of(self, code: int) -> _Fits:
        while len(self._shapes) <= code:
            self._shapes.append(self._judged(len(self._shapes)))
        return self._shapes[code]

    def _judged(self, code: int) -> _Fits:
        shape, wanted = self._columns.shape_names[code], self.wanted
        if self._columns.edge[code] == END or (wanted.components and shape.component not in wanted.components):
            return _Fits.NO
        if not wanted.text:
            return _Fits.YES
        if shape.event_type in _SAID_INSIDE:
            return _Fits.ASK
        return _Fits.YES if self._is_named(self._columns.shape_rows[code][0]) else _Fits.NO

    def _is_named(self, row: Moment) -> bool:
        return self.wanted.text in self._adapter.stacks.name(row).lower()

    def _mark(self, row: Moment) -> None:
        """Show the calls around an event, up to one that had ended before it: what comes late is in no page."""
        parents, ends = self._columns.parent, self._columns.match
        start = parents[row]
        while 0 <= start < row and start not in self._around and not 0 <= ends[start] < row:
            self._around.add(start)
            row, start = start, parents[start]
