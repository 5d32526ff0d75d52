"""What belongs to what in a trace, found in the plainest way: the oracle for the columns, and random traces for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
from hypothesis import strategies as st

from namel3ss_dbg.events import closes, opens, span_of

Record = dict[str, Any]


@attrs.define
class Linked:
    """One event and what it belongs to; rows are -1 where there is none."""

    parent: int = -1
    match: int = -1
    depth: int = 0
    lane: int = 0


class Oracle:
    """Links records one after the other, looking at all that came before each time."""

    def __init__(self, records: Sequence[Record]) -> None:
        self.records = records
        self.rows: list[Linked] = []
        self.starts: dict[str, int] = {}
        """By id, the newest start that has it."""
        self.lanes = 1
        for row, record in enumerate(records):
            self.rows.append(self._linked(row, record))

    def _linked(self, row: int, record: Record) -> Linked:
        event_type = record["event_type"]
        if closes(event_type):
            start = self._start_of(record)
            if start >= 0:
                self.rows[start].match = row
                its = self.rows[start]
                return Linked(its.parent, start, its.depth, its.lane)
        around = self._around(row, record)
        outer = self.rows[around] if around >= 0 else Linked(depth=-1)
        here = Linked(around, -1, outer.depth + 1, outer.lane)
        if opens(event_type):
            if self._is_busy(around):
                here.lane = self.lanes
                self.lanes += 1
            self.starts[record.get("event_id") or f"#{row}"] = row
        return here

    def _around(self, row: int, record: Record) -> int:
        said = record.get("parent_event_id")
        if said is not None:
            return self.starts.get(said, -1)
        if any(r.get("parent_event_id") is not None and not closes(r["event_type"]) for r in self.records[:row]):
            return -1
        return max((start for start in self.starts.values() if self._is_open(start)), default=-1)

    def _is_open(self, start: int) -> bool:
        return self.rows[start].match < 0

    def _is_busy(self, around: int) -> bool:
        """Whether the lane of a span is taken: by a child that runs on it, or for ever, when the span has ended."""
        if around >= 0 and not self._is_open(around):
            return True
        lane = self.rows[around].lane if around >= 0 else 0
        return any(
            self.rows[child].parent == around and self.rows[child].lane == lane and self._is_open(child)
            for child, record in enumerate(self.records[: len(self.rows)])
            if opens(record["event_type"])
        )

    def _start_of(self, record: Record) -> int:
        said = record.get("parent_event_id")
        kind = span_of(record["event_type"])
        own = self.starts.get(said, -1) if said is not None else -1
        if own >= 0 and self._is_open(own) and span_of(self.records[own]["event_type"]) == kind:
            return own
        named = self.starts.get((record.get("metadata") or {}).get("start_event_id", ""), -1)
        if named >= 0 and self._is_open(named):
            return named
        for start in sorted(self.starts.values(), reverse=True):
            same = span_of(self.records[start]["event_type"]) == kind
            name = record.get("component_name")
            if not same or not self._is_open(start) or name not in (None, self.records[start].get("component_name")):
                continue
            if own < 0 or not self._is_open(own) or self.rows[start].parent == own:
                return start
        return -1


_events = st.tuples(
    st.sampled_from(("_start", "_start", "_end", "_end", "")),
    st.sampled_from(("agent_execution", "llm_call", "tool_call")),
    st.sampled_from(("Ann", "Ben", None)),
    st.sampled_from(("completed", "failed", None)),
    st.integers(0, 99),
    st.integers(0, 99),
)


@st.composite
def any_records(draw: st.DrawFn, *, most: int = 40) -> list[Record]:
    """Records that name any parents: open and ended starts, points, unknown ids, or none at all.

    Ends name their starts, or repeat their starts' parents, with a word in their metadata or without, or name nothing.
    """
    manner = draw(st.sampled_from(("own", "sibling", "sibling by metadata", "none", "any")))
    records: list[Record] = []
    starts: list[Record] = []
    for row, (edge, kind, name, status, one, other) in enumerate(draw(st.lists(_events, max_size=most))):
        record: Record = {"event_type": f"{kind}{edge}", "timestamp": float(row), "component": kind.split("_")[0]}
        if one != 99:
            record["event_id"] = f"e{row}"
        if name is not None:
            record["component_name"] = name
        if status is not None:
            record["status"] = status
        if edge == "_end" and starts and manner != "any":
            start = starts.pop(one % len(starts))
            record["event_type"] = start["event_type"].replace("_start", "_end")
            if manner == "own":
                record["parent_event_id"] = start.get("event_id")
            elif manner.startswith("sibling"):
                record["parent_event_id"] = start.get("parent_event_id")
                if manner == "sibling by metadata":
                    record["metadata"] = {"start_event_id": start.get("event_id")}
        elif manner != "none" and records and other % 5:
            around = starts if starts and other % 3 else records
            record["parent_event_id"] = around[one % len(around)].get("event_id", "unknown")
        if edge == "_start":
            starts.append(record)
        records.append({key: value for key, value in record.items() if value is not None})
    return records
