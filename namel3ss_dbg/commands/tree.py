"""The verb `tree`: which calls of a run to show when there is room for few of them.

What is around the cursor comes first, then what failed, then what took longest.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import count, islice

import attrs

from ..events import Moment, UsageError
from ..render.tree import Branch, TreeView
from ..render.words import counted
from ..timeline.kinds import kinds_of
from ..timeline.session import DebugSession
from ..trace.columns import NONE, START
from . import completion
from .desk import Desk
from .reply import Reply, shown
from .table import AnyCommand, Command

_MOST_CHILDREN = 50_000
_SHOWN_CHILDREN = 10
_LEAST_ROWS = 20
_SEARCHED_AT_ONCE = 64
# So many rows are searched in the time in which one is grouped.


@attrs.define
class _Node:
    """A call whose insides may be shown."""

    moment: Moment
    depth: int
    children: list[Moment] = attrs.field(factory=list)
    chosen: list[Moment] = attrs.field(factory=list)
    """Those of the children that are shown."""
    is_open: bool = False


class Forest:
    """Chooses what to show of the calls below some roots."""

    def __init__(self, session: DebugSession, here: Moment, room: int, *, of_each: int = _SHOWN_CHILDREN) -> None:
        """Room for so many lines, and for so many children of a call."""
        self._session = session
        self._columns = session.timeline.columns
        self._path = set(session.lanes.frames_at(here)) if here >= 0 else set()
        self._room = room
        self._of_each = of_each
        self._nodes: dict[Moment, _Node] = {}
        self._passed = 0
        """How many rows were looked at to find what is inside calls."""
        self._grouped: dict[Moment, list[Moment]] | None = None
        """What is inside each call, once looking for it has taken as long as looking at everything."""

    def grow(self, roots: Sequence[Moment]) -> list[Branch]:
        """The lines to show."""
        order = count()
        waiting: list[tuple[tuple[int, float], int, _Node]] = []
        for root in roots:
            heapq.heappush(waiting, (self._rank(root), next(order), self._node(root, 0)))
        left = self._room - len(roots)
        while waiting and left > 0:
            _, _, node = heapq.heappop(waiting)
            chosen = self._chosen(node.children, min(left, self._of_each))
            lines = len(chosen) + (len(chosen) < len(node.children))
            if not chosen or lines > left:
                continue
            node.chosen, node.is_open = chosen, True
            left -= lines
            for child in chosen:
                inside = self._node(child, node.depth + 1)
                if inside.children:
                    heapq.heappush(waiting, (self._rank(child), next(order), inside))
        return [branch for root in roots for branch in self._branches(self._nodes[root])]

    def _node(self, moment: Moment, depth: int) -> _Node:
        node = self._nodes[moment] = _Node(moment, depth, list(self._inside(moment)))
        return node

    def _rank(self, moment: Moment) -> tuple[int, float]:
        """What is opened first: around the cursor, failed, long."""
        columns, end = self._columns, self._columns.match[moment]
        wrong = end >= 0 and columns.shape_at(end).status == "failed"
        took = columns.timestamp[end] - columns.timestamp[moment] if end >= 0 else 0.0
        return (0 if moment in self._path else 1 if wrong else 2), -took

    def _chosen(self, children: list[Moment], most: int) -> list[Moment]:
        """Of many children the first, and those that matter most, in their order."""
        if len(children) <= most:
            return children
        most -= 1  # for the line that counts the others
        first = set(children[: max(most // 2, 1)]) if most > 0 else set()
        best = heapq.nsmallest(most, children, key=self._rank)
        for moment in best:
            if len(first) >= most:
                break
            first.add(moment)
        on_path = self._path & set(children)
        return sorted(first | on_path)

    def _branches(self, root: _Node) -> Iterator[Branch]:
        """The lines of a root and of all below it; without recursion, since calls may be nested to any depth."""
        waiting: list[_Node | Branch] = [root]
        while waiting:
            each = waiting.pop()
            if isinstance(each, Branch):
                yield each
                continue
            yield Branch(each.depth, each.moment, self._columns.match[each.moment], len(each.children), each.is_open)
            if each.is_open:
                waiting += reversed([*self._below(each)])

    def _below(self, node: _Node) -> Iterator[_Node | Branch]:
        """What is directly below an open call, with a line for those that are not shown."""
        folded: list[Moment] = []
        chosen = set(node.chosen)
        for child in node.children:
            if child not in chosen:
                folded.append(child)
                continue
            yield from self._fold(node.depth + 1, folded)
            folded = []
            yield self._nodes[child]
        yield from self._fold(node.depth + 1, folded)

    def _fold(self, depth: int, folded: list[Moment]) -> Iterator[Branch]:
        if folded:
            codes = Counter(map(self._columns.shape.__getitem__, folded))
            kinds = tuple((self._name(code), number) for code, number in codes.most_common())
            yield Branch(depth, folded[0], calls=len(folded), folded=kinds)

    def _name(self, code: int) -> str:
        shape = self._columns.shape_names[code]
        return f"{kinds_of(shape)[0]} {shape.component_name or ''}".rstrip()

    def _inside(self, start: Moment) -> Iterator[Moment]:
        """The calls and errors directly inside a call, in order."""
        columns = self._columns
        if columns.edge_at(start) != START:
            return
        if self._grouped is None and self._passed > _SEARCHED_AT_ONCE * columns.count:
            self._grouped = self._group()
        if self._grouped is not None:
            yield from self._grouped.get(start, ())
            return
        end = columns.end_of(start)
        self._passed += end - start
        yield from islice(filter(self._is_shown, columns.inside(start, start, end)), _MOST_CHILDREN)

    def _group(self) -> dict[Moment, list[Moment]]:
        """What `_inside` finds for each call, found for all at once: calls nested without end make it quadratic."""
        grouped: dict[Moment, list[Moment]] = {}
        match = self._columns.match
        for row, start in enumerate(self._columns.parent):
            if start >= 0 and self._is_shown(row) and not 0 <= match[start] <= row:
                inside = grouped.setdefault(start, [])
                if len(inside) < _MOST_CHILDREN:
                    inside.append(row)
        return grouped

    def _is_shown(self, row: Moment) -> bool:
        columns = self._columns
        return columns.edge_at(row) == START or columns.shape_at(row).event_type == "error_occurred"


def _tree(desk: Desk, rest: str) -> Reply:
    desk.read_on()
    session = desk.session
    columns = session.timeline.columns
    if not columns.count:
        raise UsageError("This trace has no events")
    place, everything = (rest.removesuffix("all").strip(), True) if rest.endswith("all") else (rest, False)
    roots = _roots(session)
    if place:
        start = session.lanes.span_at(session.places.resolve(place, here=desk.moment))
        if start < 0:
            raise UsageError(f"'{place}' is in no call", try_="tree agent, tree #7")
        roots = [start]
    room = _MOST_CHILDREN if everything else max(2 * desk.settings.rows, _LEAST_ROWS)
    forest = Forest(session, desk.here, room, of_each=room if everything else _SHOWN_CHILDREN)
    branches = forest.grow(roots[:room])
    hidden = sum(each.calls for each in branches if each.folded)
    closed = any(each.calls and not each.is_open and not each.folded for each in branches)
    footer = ""
    if hidden or closed:
        what = [*([f"{counted(hidden, 'call')} folded"] if hidden else []), *(["+N: calls inside"] if closed else [])]
        footer = f"{', '.join(what)}. 'tree #N' opens one, 'tree all | pager' shows everything."
    here = session.lanes.span_at(desk.here) if desk.here >= 0 else NONE
    view = TreeView(session.timeline, branches, here, footer, desk.signs)
    return shown(view, value=lambda: [_as_value(session, each) for each in branches])


def _roots(session: DebugSession) -> list[Moment]:
    """The calls that are in no other."""
    columns = session.timeline.columns
    return [row for row in columns.inside(NONE, NONE, columns.count) if columns.edge_at(row) == START]


def _as_value(session: DebugSession, branch: Branch) -> dict[str, object]:
    if branch.folded:
        return {"depth": branch.depth, "moment": branch.moment, "folded": branch.calls}
    shape = session.timeline.columns.shape_at(branch.moment)
    return {
        "depth": branch.depth,
        "moment": branch.moment,
        "end": branch.end if branch.end >= 0 else None,
        "event_type": shape.event_type,
        "component": shape.component,
        "name": shape.component_name,
        "calls": branch.calls,
    }


ROW: AnyCommand = Command(
    "tree",
    _tree,
    "looking",
    "[PLACE] [all]",
    "The whole run as calls within calls, folded.",
    examples=("tree", "tree agent:Planner", "tree all | pager"),
    completes=completion.places,
    details="What is around the cursor is open, then what failed, then what took longest; the rest is counted.",
)
"""The verb."""
