"""Columns say what belongs to what: parents, matches, depths, lanes and the rows of each kind."""

from __future__ import annotations

import json
from itertools import accumulate

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from namel3ss_dbg.trace import linker
from namel3ss_dbg.trace.codec import decode_line
from namel3ss_dbg.trace.columns import END, NONE, POINT, START, Columns, head_of
from namel3ss_dbg.trace.head import decode_head
from tests.strategies import traces
from tests.support.linking import Oracle, Record, any_records


def columns_of(records: list[Record], *, blocks: int = 1_000) -> Columns:
    """Records as columns, added by the block."""
    columns = Columns()
    link = columns.linker()
    lines = [json.dumps(record).encode() + b"\n" for record in records]
    offsets = [0, *accumulate(map(len, lines))]
    for first in range(0, len(lines), blocks):
        heads = [decode_head(line) for line in lines[first : first + blocks]]
        link.extend(heads, offsets[first : first + len(heads)])
    return columns


def links_of(columns: Columns) -> list[tuple[int, int, int, int]]:
    """Parent, match, depth and lane of each row."""
    return list(zip(columns.parent, columns.match, columns.depth, columns.lane, strict=True))


def assert_linked(columns: Columns, records: list[Record]) -> None:
    """The columns say what the oracle says."""
    oracle = Oracle(records)

    assert links_of(columns) == [(row.parent, row.match, row.depth, row.lane) for row in oracle.rows]
    assert len(columns.lane_rows) == oracle.lanes
    for lane, rows in enumerate(columns.lane_rows):
        assert list(rows) == [row for row, linked in enumerate(oracle.rows) if linked.lane == lane]
    for code, rows in enumerate(columns.shape_rows):
        event_type, component, name, status = columns.shapes.names[code]
        wanted = {"event_type": event_type, "component": component, "component_name": name, "status": status}
        assert list(rows) == [
            row for row, record in enumerate(records) if all(record.get(key) == wanted[key] for key in wanted)
        ]
    still_open = {row for row in oracle.starts.values() if oracle.rows[row].match < 0}
    assert set(columns.open.values()) == still_open


@given(any_records())
@example([{"event_type": "a_start", "event_id": "1"}, {"event_type": "a_end", "parent_event_id": "1"}] * 2)
def test_random_traces_are_linked_as_by_hand(records):
    """Whatever ids a trace names, its columns equal what a search through all earlier events finds."""
    assert_linked(columns_of(records), records)


@given(traces(most=60))
def test_runs_are_linked_as_by_hand(records):
    """Runs of concurrent agents, whole or broken off, with ends of either manner, are linked right."""
    assert_linked(columns_of(records), records)


@given(any_records())
def test_blocks_make_no_difference(records):
    """Events one by one, as a live program appends them, give the same columns as many at a time."""
    assert_linked(columns_of(records, blocks=1), records)
    assert_linked(columns_of(records, blocks=7), records)


@given(any_records(most=20))
def test_a_head_of_a_decoded_event_is_the_head_of_its_line(records):
    """A program that runs and its recording give the same columns."""
    for record in records:
        line = json.dumps({**record, "component": "x", "status": "y"}).encode()
        live, read = head_of(decode_line(line)), decode_head(line)

        assert (live.event_type, live.event_id, live.parent_event_id) == (
            read.event_type,
            read.event_id or None,
            read.parent_event_id,
        )
        assert (live.component, live.component_name, live.status) == (read.component, read.component_name, read.status)


@given(any_records(), st.sets(st.integers(0, 11)), st.integers(-1, 40))
def test_questions_are_answered_as_by_looking_at_all(records, codes, row):
    """The next and previous event of some shapes or of a lane, and how many there were, equal what a scan finds."""
    columns = columns_of(records)
    wanted = [code for code in codes if code < len(columns.shape_names)]
    rows = [other for other in range(columns.count) if columns.shape[other] in wanted]

    assert columns.next_of(wanted, row) == next((other for other in rows if other > row), NONE)
    assert columns.previous_of(wanted, row) == next((other for other in reversed(rows) if other < row), NONE)
    assert columns.count_up_to(wanted, row) == sum(other <= row for other in rows)
    if 0 <= row < columns.count:
        lane = [other for other in range(columns.count) if columns.lane[other] == columns.lane[row]]
        assert columns.next_on_lane(row) == next((other for other in lane if other > row), NONE)
        assert columns.previous_on_lane(row) == next((other for other in reversed(lane) if other < row), NONE)


def a(kind: str, event_id: str | None = None, parent: str | None = None, **more: object) -> Record:
    """A short record."""
    ids = {"event_id": event_id, "parent_event_id": parent}
    return {"event_type": kind, **{key: value for key, value in ids.items() if value is not None}, **more}


def test_the_newest_of_two_starts_with_one_id_counts():
    """An id that is used twice means the later start; the earlier one never ends."""
    columns = columns_of([a("x_start", "1"), a("x_start", "1"), a("x_end", "2", "1"), a("x_end", "3", "1")])

    assert list(columns.match) == [NONE, 2, 1, NONE]


def test_an_end_without_a_start_stands_where_it_says():
    """An end that ends nothing is linked to the parent it names, and opens and closes nothing."""
    columns = columns_of([a("app_load_start", "1"), a("tool_call_end", "2", "1"), a("tool_call_end", "3", "lost")])

    assert list(columns.match) == [NONE] * 3
    assert list(columns.parent) == [NONE, 0, NONE]
    assert list(columns.open) == ["1"]


def test_what_comes_after_its_parent_ended_keeps_it():
    """A task that outlives the span it was begun in still belongs to it, on a lane of its own."""
    columns = columns_of(
        [a("x_start", "1"), a("y_start", "2", "1"), a("y_end", "3", "2"), a("z_start", "4", "2"), a("p", "5", "2")]
    )

    assert list(columns.parent) == [NONE, 0, 0, 1, 1]
    assert list(columns.lane) == [0, 0, 0, 1, 0]


def test_siblings_that_run_at_once_have_lanes():
    """The first child runs on its parent's lane, the second on a new one; after both ended, the first lane is free."""
    columns = columns_of(
        [
            a("x_start", "1"),
            a("y_start", "2", "1"),
            a("y_start", "3", "1"),
            a("y_end", "4", "2"),
            a("y_end", "5", "3"),
            a("y_start", "6", "1"),
        ]
    )

    assert list(columns.lane) == [0, 0, 1, 0, 1, 0]


def test_edges_and_shapes():
    """A shape knows what it does to a span, and has the component and status that the trace left out."""
    columns = columns_of([a("x_start", "1"), a("x_end", "2", "1"), a("p", "3", "1", component="tool", status="failed")])

    assert [columns.edge_at(row) for row in range(3)] == [START, END, POINT]
    assert columns.shape_at(0) == ("x_start", "app", None, "started")
    assert columns.shape_at(1) == ("x_end", "app", None, "completed")
    assert columns.shape_at(2) == ("p", "tool", None, "failed")
    assert columns.matching(lambda shape: shape.component == "app") == (0, 1)


def test_numbers_and_what_is_not_known():
    """Numbers stand in their columns; a duration or memory that is not known is NaN, other numbers are 0."""
    numbers = {"duration_ms": 1.5, "memory_usage_mb": 64.5, "tokens_used": 3, "cost_estimate": 0.5, "error": "no"}
    columns = columns_of([a("p", timestamp=5.0, **numbers), a("p")])

    assert (columns.duration[0], columns.memory[0], columns.tokens[0], columns.cost[0]) == (1.5, 64.5, 3, 0.5)
    assert columns.duration[1] != columns.duration[1]
    assert columns.memory[1] != columns.memory[1]
    assert (columns.tokens[1], columns.cost[1], columns.timestamp[1]) == (0, 0, 0)
    assert [columns.errors.names[code] for code in columns.error] == ["no", None]


def test_sources_lead_to_their_rows():
    """The places of a source file have the starts and points that stand there, not the ends."""
    here = {"source": {"file": "a.ai", "line": 3, "column": 1}}
    columns = columns_of([a("x_start", "1", metadata=here), a("p", metadata=here), a("x_end", "2", "1", metadata=here)])

    assert columns.sources.names == [("a.ai", 3)]
    assert list(columns.source_rows[0]) == [0, 1]


@pytest.mark.parametrize("linked", [True, False])
def test_a_very_deep_nest(linked):
    """Seventy thousand spans inside each other are linked, and let go of, without any recursion."""
    depth = 70_000
    records = [a("x_start", f"{n}", f"{n - 1}" if linked and n else None) for n in range(depth)]

    columns = columns_of(records)

    assert columns.parent[depth - 1] == depth - 2
    assert columns.depth[depth - 1] == 65_535
    del columns


def test_many_names_share_a_shape(monkeypatch):
    """Where every event has a name of its own, names beyond very many are counted together instead of growing."""
    monkeypatch.setattr(linker, "_MOST_SHAPES", 100)
    columns = columns_of([a("p", component_name=f"name {n}") for n in range(300)], blocks=7)

    assert len(columns.shapes) == 101
    assert columns.shape_at(99).component_name == "name 99"
    assert columns.shape_at(299).component_name == "(one of very many names)"
    assert len(columns.shape_rows[columns.shape[299]]) == 200


def test_many_error_texts_share_a_code(monkeypatch):
    """Where every error has a text of its own, texts beyond very many are counted together; long ones are cut."""
    monkeypatch.setattr(linker, "_MOST_ERROR_TEXTS", 100)
    columns = columns_of([a("error_occurred", error=f"error {n} {'x' * 1_000}") for n in range(300)])

    assert len(columns.errors) == 101
    assert columns.errors.names[columns.error[299]] == "(another of very many errors)"
    assert columns.errors.names[columns.error[0]] == f"error 0 {'x' * 292}"


def test_what_is_remembered_does_not_grow():
    """After very many spans only what is open and what ended lately is remembered, whatever rows the ends fall on."""
    records = [a("app_load_start", "0")]
    for n in range(20_000):
        records += [a("x_start", f"s{n}", "0"), a("x_end", f"e{n}", f"s{n}")]

    link = columns_of(records).linker()

    assert len(link.open) == 1
    assert len(link.late) < 4_000
