"""Our own requests, for views of a whole run; docs/dap.md describes them.

They answer with what a picture needs and no more: a timeline in as many buckets as it has pixels, a tree by the page.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any

from namel3ss_dbg.events import BEGINNING, Moment, closes, span_of
from namel3ss_dbg.trace.columns import END, START

from .errors import Problem, Refused

if TYPE_CHECKING:
    from .adapter import Adapter

_MOST_BUCKETS = 2_000
_MOST_ROWS = 1_000
_FARTHEST = 200_000


def position(adapter: Adapter, arguments: dict[str, Any]) -> dict[str, Any]:
    """Where the run rests, and how much of it there is."""
    return adapter.position()


def timeline(adapter: Adapter, arguments: dict[str, Any]) -> dict[str, Any]:
    """A range of events in buckets: how many, of which components, how many failed, and how deep they are."""
    columns = adapter.run.timeline.columns
    first, last = _range(adapter, arguments)
    wanted = min(max(_number(arguments, "buckets", 100), 1), _MOST_BUCKETS)
    size = max(-(-(last - first + 1) // wanted), 1)
    edges = [*range(first, last + 1, size), last + 1]
    buckets: list[dict[str, Any]] = [
        {
            "from": begin,
            "to": end - 1,
            "components": {},
            "errors": 0,
            "depth": max(columns.depth[begin : min(end, begin + _MOST_ROWS)], default=0),
            "elapsedMs": round(adapter.run.timeline.elapsed(begin) * 1000, 3),
        }
        for begin, end in pairwise(edges)
    ]
    failed = _failed_codes(adapter)
    for code, shape in enumerate(columns.shape_names):
        for bucket, count in zip(buckets, _counted(columns.shape_rows[code], edges), strict=True):
            if count:
                bucket["components"][shape.component] = bucket["components"].get(shape.component, 0) + count
                bucket["errors"] += count if code in failed else 0
    return {"from": first, "to": last, "events": len(adapter.run.timeline), "buckets": buckets}


def _counted(rows: Sequence[Moment], edges: list[Moment]) -> list[int]:
    """How many of some ascending rows lie between each two edges."""
    places = [bisect_left(rows, edge) for edge in edges]
    return [after - before for before, after in pairwise(places)]


def _failed_codes(adapter: Adapter) -> frozenset[int]:
    columns = adapter.run.timeline.columns
    return frozenset(
        columns.matching(
            lambda shape: (
                shape.event_type == "error_occurred" or (closes(shape.event_type) and shape.status == "failed")
            )
        )
    )


def _range(adapter: Adapter, arguments: dict[str, Any]) -> tuple[Moment, Moment]:
    frontier = adapter.run.timeline.frontier
    first = min(max(_number(arguments, "from", 0), 0), max(frontier, 0))
    last = min(max(_number(arguments, "to", frontier), first), frontier)
    return first, last


def children(adapter: Adapter, arguments: dict[str, Any]) -> dict[str, Any]:
    """A page of the calls and points in a call; without one, of those that are in none."""
    columns = adapter.run.timeline.columns
    parent = _number(arguments, "parent", BEGINNING)
    start, count = max(_number(arguments, "start", 0), 0), min(max(_number(arguments, "count", 100), 1), _MOST_ROWS)
    if parent > adapter.run.timeline.frontier:
        raise Refused(Problem.NO_EVENT, f"There is no event #{parent}.")
    end = columns.match[parent] if parent >= 0 else BEGINNING
    last = end if end >= 0 else columns.count
    after = max(_number(arguments, "after", parent), parent)
    inside = (
        row for row in range(after + 1, min(last, after + _FARTHEST))
        if columns.parent[row] == parent and columns.edge_at(row) != END
    )  # fmt: skip
    rows = list(islice(inside, start, start + count + 1))
    return {"parent": parent, "children": [_node(adapter, row) for row in rows[:count]], "more": len(rows) > count}


def _node(adapter: Adapter, row: Moment) -> dict[str, Any]:
    columns = adapter.run.timeline.columns
    shape, is_start = columns.shape_at(row), columns.edge_at(row) == START
    end = columns.match[row] if is_start else row
    status = columns.shape_at(end).status if end >= 0 else "running"
    took = columns.duration[end] if end >= 0 else 0.0
    place = adapter.sources.position(row)
    return {
        "moment": row,
        "end": end if end >= 0 else None,
        "label": adapter.stacks.name(row),
        "kind": span_of(shape.event_type),
        "component": shape.component,
        "name": shape.component_name,
        "status": status,
        "lane": columns.lane[row],
        "elapsedMs": round(adapter.run.timeline.elapsed(row) * 1000, 3),
        "durationMs": took if took == took else None,
        "tokens": columns.tokens[end] if end >= 0 else 0,
        "cost": columns.cost[end] if end >= 0 else 0,
        "hasChildren": is_start and (end < 0 or end > row + 1),
        "path": place.source.path,
        "line": adapter.client.line_out(place.line),
    }


def path(adapter: Adapter, arguments: dict[str, Any]) -> dict[str, Any]:
    """The calls around an event, outermost first: what a tree opens to show it."""
    moment = _moment(adapter, arguments)
    return {"path": [_node(adapter, start) for start in reversed(adapter.run.lanes.frames_at(moment))]}


def event(adapter: Adapter, arguments: dict[str, Any]) -> dict[str, Any]:
    """All of one event, as it is shown."""
    moment = _moment(adapter, arguments)
    return {"moment": moment, "event": adapter.run.timeline[moment].to_dict()}


def _moment(adapter: Adapter, arguments: dict[str, Any]) -> Moment:
    moment = _number(arguments, "moment", max(adapter.run.moment, 0))
    if moment < 0 or not adapter.run.timeline.reach(moment):
        raise Refused(Problem.NO_EVENT, f"There is no event #{moment}.")
    return moment


def _number(arguments: dict[str, Any], name: str, default: int) -> int:
    value = arguments.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > 1 << 53:
        raise Refused(Problem.BAD_ARGUMENTS, f"a whole number is needed for '{name}'")
    return value
