"""A trace as a table of DuckDB, with the columns told: its own guess fails at the payloads."""

from __future__ import annotations

import duckdb

from ..bench import Bench

_COLUMNS = {
    "event_type": "VARCHAR", "event_id": "VARCHAR", "timestamp": "DOUBLE", "component": "VARCHAR",
    "component_name": "VARCHAR", "status": "VARCHAR", "parent_event_id": "VARCHAR", "duration_ms": "DOUBLE",
    "tokens_used": "BIGINT", "cost_estimate": "DOUBLE", "memory_usage_mb": "DOUBLE", "error": "VARCHAR",
}  # fmt: skip


def load(bench: Bench) -> None:
    """The fields of a trace's events in memory; no parents, depths, lanes or offsets."""
    with bench.timed():
        connection = duckdb.connect()
        table = connection.read_json(str(bench.big), format="newline_delimited", columns=_COLUMNS)
        table.create("events")
        count = connection.execute("SELECT count(*) FROM events").fetchone()
    assert count == (bench.events,)
