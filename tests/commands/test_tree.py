"""What the tree of a run finds inside calls, however they are nested."""

from __future__ import annotations

from hypothesis import given

from namel3ss_dbg.commands.tree import Forest
from namel3ss_dbg.timeline.session import DebugSession
from tests.strategies import timeline_of, traces
from tests.support.linking import any_records


@given(traces(most=40) | any_records(most=40))
def test_all_at_once_is_the_same_as_one_by_one(records):
    """What is inside a call does not depend on how many others were looked into before."""
    session = DebugSession(timeline_of(records))
    one_by_one = {row: list(Forest(session, -1, 1)._inside(row)) for row in range(len(records))}

    assert Forest(session, -1, 1)._group() == {row: inside for row, inside in one_by_one.items() if inside}


def test_calls_that_are_nested_without_end():
    """Each is shown inside the one around it, without recursion, and in no more than linear time."""
    records = [
        {"event_type": "tool_call_start", "event_id": f"e{n}", "parent_event_id": f"e{n - 1}", "timestamp": float(n)}
        for n in range(20_000)
    ]
    session = DebugSession(timeline_of(records))

    branches = Forest(session, 0, 30_000, of_each=30_000).grow([0])

    assert [branch.depth for branch in branches] == list(range(20_000))
