"""Where the breakpoints that are set now would stop, for marks on a timeline.

Whether one stops at an event depends on the events alone, so this moves nothing and counts nothing that a motion would
not count alike. Conditions take time to evaluate: a request looks for some hundredths of a second and says how far.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from namel3ss_dbg.events import Moment
from namel3ss_dbg.timeline.breakpoints import Breakpoint

from . import asked

if TYPE_CHECKING:
    from .adapter import Adapter

_MOST = 2_000
_WITHIN_S = 0.03
_NARROWEST = 512


class _OutOfTime(Exception):
    """There is no time to look at more."""


def stops(adapter: Adapter, arguments: dict[str, Any]) -> dict[str, Any]:
    """Where a run over a range of events would stop."""
    first, last = asked.moments(adapter, arguments)
    most = asked.within(arguments, "most", 500, _MOST)
    found, seen = _found(adapter, first, last, most)
    if len(found) > most:
        del found[most:]
        seen = found[-1][0]
    return {
        "from": first,
        "to": seen,
        "moments": [_stop(adapter, moment, breakpoint) for moment, breakpoint in found],
        "more": seen < last,
    }


def _found(adapter: Adapter, first: Moment, last: Moment, most: int) -> tuple[list[tuple[Moment, Breakpoint]], Moment]:
    """The stops that were found, and the event up to which all were."""
    table, deadline = adapter.run.breakpoints, time.monotonic() + _WITHIN_S

    def check(row: Moment) -> None:
        if time.monotonic() > deadline:
            raise _OutOfTime

    found: list[tuple[Moment, Breakpoint]] = []
    seen, width = first - 1, _NARROWEST
    while seen < last and len(found) <= most:
        until = min(seen + width, last)
        try:
            found += table.between(seen, until, check)
        except _OutOfTime:
            break
        seen, width = until, width * 2
    return found, seen


def _stop(adapter: Adapter, moment: Moment, breakpoint: Breakpoint) -> dict[str, Any]:
    wanted = adapter.breakpoints.of_number(breakpoint.number)
    return {
        "moment": moment,
        "id": wanted.id if wanted is not None else None,
        "kind": breakpoint.kind,
        "label": breakpoint.text,
    }
