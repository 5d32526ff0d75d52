"""How many errors were first seen in each call.

Those are its `error_occurred` events, and its failed calls in which there is none: an error that three calls pass on is
one error. Every event that tells of a failure is looked at once, and the calls around them once, from the inside out.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from namel3ss_dbg.events import Moment
from namel3ss_dbg.timeline.kinds import tells_of_failure
from namel3ss_dbg.trace.columns import END, NONE, START, Columns


class ErrorCounts:
    """Of one run, as far as it is known."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._counts: dict[Moment, int] = {}
        """By start, without the calls that have none."""
        self._known = NONE

    def of(self, row: Moment) -> int:
        """How many there are in a call, given its start; of a single event, whether it is one."""
        self._read_on()
        columns = self._columns
        if columns.edge_at(row) == START:
            return self._counts.get(row, 0)
        return int(tells_of_failure(columns.shape_at(row)))

    def rows(self) -> list[Moment]:
        """The calls and single events that have or are any."""
        self._read_on()
        return [*self._counts, *(row for row in self._failures(NONE) if self._columns.edge_at(row) != END)]

    def _failures(self, after: Moment) -> Iterator[Moment]:
        columns = self._columns
        for code in columns.matching(tells_of_failure):
            rows = columns.shape_rows[code]
            yield from rows[bisect_right(rows, after) :]

    def _read_on(self) -> None:
        columns = self._columns
        after, self._known = self._known, columns.count - 1
        if after == self._known:
            return
        failed: set[Moment] = set()
        fresh: dict[int, dict[Moment, int]] = {}
        """By depth, the calls to be counted, and how many are new in each."""
        for row in self._failures(after):
            start = columns.match[row] if columns.edge_at(row) == END else NONE
            if start >= 0:
                failed.add(start)
                _add(columns, fresh, start, 0)
            else:
                _add(columns, fresh, columns.parent[row], 1)
        for depth in range(max(fresh, default=NONE), NONE, -1):
            while level := fresh.pop(depth, None):
                for start, count in level.items():
                    if start in failed and not count and start not in self._counts:
                        count = 1
                    if count:
                        self._counts[start] = self._counts.get(start, 0) + count
                        _add(columns, fresh, columns.parent[start], count, inside=start)


def _add(
    columns: Columns, fresh: dict[int, dict[Moment, int]], start: Moment, count: int, *, inside: Moment | None = None
) -> None:
    if start < 0 or (inside is not None and start >= inside):  # only a forged sidecar says so
        return
    level = fresh.setdefault(columns.depth[start], {})
    level[start] = level.get(start, 0) + count
