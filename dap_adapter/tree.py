"""The calls of a run as a tree, by the page; docs/dap.md describes the requests.

What is directly in a call is found in the column of parents, as bytes: a page costs no more for a call with a hundred
thousand events in it than for one with ten, as long as the events that are asked for are near.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from namel3ss_dbg.events import BEGINNING, Moment, span_of
from namel3ss_dbg.trace.columns import START

from . import asked
from .errorcounts import ErrorCounts
from .errors import Problem, Refused
from .sieves import Filter, Sieve, read_filter

if TYPE_CHECKING:
    from .adapter import Adapter

_MOST_ROWS = 1_000
_WITHIN_S = 0.03
# How long a page is looked for; the client asks again for the rest.
_OFTEN = 255


class Tree:
    """What is known of the calls of one run."""

    def __init__(self, adapter: Adapter) -> None:
        self.run = adapter.run
        self.errors = ErrorCounts(adapter.run.timeline.columns)
        self._adapter = adapter
        self._sieve: Sieve | None = None

    def sieve(self, wanted: Filter) -> Sieve | None:
        """What a filter lets through; the last one that was asked for is remembered. None: everything."""
        if wanted.keeps_all:
            return None
        if self._sieve is None or self._sieve.wanted != wanted:
            self._sieve = Sieve(self._adapter, wanted, self.errors)
        return self._sieve

    def node(self, row: Moment, sieve: Sieve | None = None) -> dict[str, Any]:
        """A call, or a single event, as a client is told of it."""
        adapter, columns = self._adapter, self.run.timeline.columns
        shape, is_start = columns.shape_at(row), columns.edge_at(row) == START
        end = columns.match[row] if is_start else row
        took = columns.duration[end] if end >= 0 else 0.0
        place = adapter.sources.position(row)
        return {
            "moment": row,
            "end": end if end >= 0 else None,
            "label": adapter.stacks.name(row),
            "kind": span_of(shape.event_type),
            "component": shape.component,
            "name": shape.component_name,
            "status": columns.shape_at(end).status if end >= 0 else "running",
            "lane": columns.lane[row],
            "elapsedMs": round(self.run.timeline.elapsed(row) * 1000, 3),
            "durationMs": took if took == took else None,
            "tokens": columns.tokens[end] if end >= 0 else 0,
            "cost": columns.cost[end] if end >= 0 else 0,
            "errors": self.errors.of(row),
            "hasChildren": is_start and self._has_children(row, sieve),
            "path": place.source.path,
            "line": adapter.client.line_out(place.line),
        }

    def _has_children(self, start: Moment, sieve: Sieve | None) -> bool:
        columns = self.run.timeline.columns
        if sieve is not None:
            return sieve.has_inside(start)
        return next(columns.inside(start, start, columns.end_of(start)), None) is not None


def tree_of(adapter: Adapter) -> Tree:
    """The tree of the run that is walked; a new one when that was read again."""
    tree = adapter.tree
    if not isinstance(tree, Tree) or tree.run is not adapter.run:
        tree = adapter.tree = Tree(adapter)
    return tree


def children(adapter: Adapter, arguments: dict[str, Any]) -> dict[str, Any]:
    """A page of the calls and points in a call; without one, of those that are in none."""
    tree, columns = tree_of(adapter), adapter.run.timeline.columns
    deadline = time.monotonic() + _WITHIN_S
    parent = asked.whole(arguments, "parent", BEGINNING)
    passed, count = max(asked.whole(arguments, "start", 0), 0), asked.within(arguments, "count", 100, _MOST_ROWS)
    if parent > adapter.run.timeline.frontier:
        raise Refused(Problem.NO_EVENT, f"There is no event #{parent}.")
    parent = max(parent, BEGINNING)
    after = max(asked.whole(arguments, "after", parent), parent)
    sieve = tree.sieve(read_filter(arguments))
    found: list[dict[str, Any]] = []
    more = False
    if sieve is not None and not sieve.is_ready(deadline):
        return {"parent": parent, "children": [], "more": True, "after": after}
    for looked, row in enumerate(columns.inside(parent, after, columns.end_of(parent)), 1):
        if len(found) == count or (not looked & _OFTEN and time.monotonic() > deadline):
            more = True
            break
        after = row
        if sieve is not None and not sieve.shows(row):
            continue
        if passed:
            passed -= 1
            continue
        found.append(tree.node(row, sieve))
    return {"parent": parent, "children": found, "more": more, "after": after}


def path(adapter: Adapter, arguments: dict[str, Any]) -> dict[str, Any]:
    """The calls around an event, outermost first: what a tree opens to show it."""
    moment, tree = asked.moment(adapter, arguments), tree_of(adapter)
    return {"path": [tree.node(start) for start in reversed(adapter.run.lanes.frames_at(moment))]}
