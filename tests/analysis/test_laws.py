"""Laws of the analysis: on any trace it says what a slow and obvious reckoning over the records says."""

from __future__ import annotations

import math
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from namel3ss_dbg.analysis import analyze, to_json
from namel3ss_dbg.analysis.cost import counted
from namel3ss_dbg.analysis.critical import contributions
from namel3ss_dbg.analysis.errors import error_rows
from namel3ss_dbg.analysis.spans import Spans
from namel3ss_dbg.analysis.timings import Timings, percentile
from namel3ss_dbg.timeline.timeline import Timeline
from namel3ss_dbg.trace.index import TraceIndex
from tests.strategies import Record, timeline_of, traces, write_trace


@attrs.define
class Call:
    """A span of the records, found the slow way."""

    start: int
    parent: int
    end: int | None = None

    def end_before(self, row: int) -> bool:
        """Whether it ended, and before this event."""
        return self.end is not None and self.end < row


class Reckoning:
    """What the records say, found the slow way: linked by ids alone, with nothing remembered in between."""

    def __init__(self, records: list[Record]) -> None:
        self.records = records
        self.times = [record["timestamp"] for record in records]
        self.row_of = {record["event_id"]: row for row, record in enumerate(records)}
        self.calls: dict[int, Call] = {}
        """By row of the start."""
        self.head_of: dict[int, int] = {}
        """By row of the end, that of the start."""
        for row, record in enumerate(records):
            if record["event_type"].endswith("_start"):
                self.calls[row] = Call(row, self.row_of.get(record["parent_event_id"], -1))
            elif record["event_type"].endswith("_end"):
                start = self.row_of[record["metadata"].get("start_event_id") or record["parent_event_id"]]
                self.calls[start].end = row
                self.head_of[row] = start

    def around(self, row: int) -> list[int]:
        """The starts of the calls that an event is in, innermost first; a start or end is not in its own call."""
        head = self.head_of.get(row, row)
        outer = self.row_of.get(self.records[head]["parent_event_id"], -1)
        found = []
        while outer >= 0:
            found.append(outer)
            outer = self.calls[outer].parent
        return found

    def uncovered_ms(self, call: Call) -> float:
        """The time of a call in which no child runs: every stretch between two events is looked at."""
        assert call.end is not None
        children = [child for child in self.calls.values() if child.parent == call.start]
        free = 0.0
        for row in range(call.start, call.end):
            if not any(child.start <= row and (child.end is None or row < child.end) for child in children):
                free += self.times[row + 1] - self.times[row]
        return free * 1000.0

    def critical_path(self) -> dict[int, float]:
        """The critical path by its definition, recursively, with every child looked at each time."""
        found: dict[int, float] = defaultdict(float)

        def walk(parent: int, until: int) -> None:
            """Account for the time of `parent` from the row `until` back to its start."""
            ended = [call for call in self.calls.values() if call.parent == parent and call.end_before(until)]
            if ended:
                last = max(ended, key=lambda call: call.end or 0)
                assert last.end is not None
                if parent >= 0:
                    found[parent] += self.times[until] - self.times[last.end]
                walk(last.start, last.end)
                walk(parent, last.start)
            elif parent >= 0:
                found[parent] += self.times[until] - self.times[parent]

        last = len(self.records) - 1
        here = last
        open_at_the_end = ([last] if last in self.calls else []) + (self.around(last) if self.records else [])
        for row in open_at_the_end:
            if self.calls[row].end is None:
                walk(row, here)
                here = row
        walk(-1, here if here != last else last + 1)
        return {row: seconds * 1000.0 for row, seconds in found.items()}

    def errors(self) -> list[int]:
        """Which events stand for an error each, by the rules, with every pair of events looked at."""
        records = self.records
        said: list[int] = []
        for row, record in enumerate(records):
            if record["event_type"] == "error_occurred":
                parent = (self.around(row) or [-1])[0]
                same = [earlier for earlier in said if records[earlier]["error"] == record["error"]]
                if parent < 0 or not any(parent in self.around(earlier)[1:] for earlier in same):
                    said.append(row)
        failed = {end: start for end, start in self.head_of.items() if records[end]["error"]}
        inside = {outer for row in (*said, *failed) for outer in self.around(row)}
        told: set[int] = set()
        used: set[int] = set()
        for end in sorted(failed):
            for row in said:
                if row > end and row not in used and self.tells_of(row, end):
                    used.add(row)
                    told.add(end)
                    break
        return sorted([*said, *(end for end, start in failed.items() if start not in inside and end not in told)])

    def tells_of(self, row: int, end: int) -> bool:
        """Whether an error in the same place has the text or the name of a failed call."""
        start = self.records[self.head_of[end]]
        same_name = all(self.records[row][key] == start[key] for key in ("component", "component_name"))
        same_text = self.records[row]["error"] == self.records[end]["error"]
        return self.around(row) == self.around(end) and (same_name or same_text)


@given(traces())
def test_self_time_is_the_time_in_which_no_child_runs(records: list[Record]) -> None:
    """Children that run at once are taken away once, also those that outlive their caller or never end."""
    slow = Reckoning(records)
    spans = Spans(timeline_of(records))

    for row, call in slow.calls.items():
        if call.end is None:
            assert math.isnan(spans.own_ms[row])
        else:
            assert max(spans.own_ms[row], 0.0) == pytest.approx(slow.uncovered_ms(call), abs=1e-2)


@given(traces())
def test_durations_come_from_the_ends_or_from_the_times(records: list[Record]) -> None:
    """A trace whose ends do not say how long they took is measured by its timestamps, with the same result."""
    silent = [{key: value for key, value in record.items() if key != "duration_ms"} for record in records]

    said, measured = Spans(timeline_of(records)), Spans(timeline_of(silent))

    assert list(said.took_ms) == pytest.approx(list(measured.took_ms), abs=1e-3, nan_ok=True)


@given(traces())
def test_the_critical_path_is_the_chain_of_calls_that_ended_last(records: list[Record]) -> None:
    """Walking back row by row finds what the recursive definition finds."""
    found = contributions(Spans(timeline_of(records)))
    expected = Reckoning(records).critical_path()

    assert found.keys() == expected.keys()
    assert found == pytest.approx(expected, abs=1e-3)


@given(traces(whole=True))
def test_the_critical_path_accounts_for_the_whole_run(records: list[Record]) -> None:
    """What its calls contribute adds up to the duration of the run."""
    report = analyze(timeline_of(records))

    assert report.performance.critical_path_ms == pytest.approx(report.summary.duration_ms, abs=1e-2)


@given(traces())
def test_tokens_count_where_nothing_inside_has_any(records: list[Record]) -> None:
    """A call's tokens count once, although the agents around it may repeat them."""
    slow = Reckoning(records)
    spenders = [row for row, record in enumerate(records) if record.get("tokens_used")]
    repeats = {outer for row in spenders for outer in slow.around(row)}
    expected = [row for row in spenders if slow.head_of[row] not in repeats]
    report = analyze(timeline_of(records))

    assert counted(Spans(timeline_of(records)), "tokens") == expected
    assert report.summary.tokens == sum(records[row]["tokens_used"] for row in expected)
    assert report.summary.cost == pytest.approx(sum(records[row]["cost_estimate"] for row in expected))


@given(traces())
def test_an_error_counts_once_however_far_it_travels(records: list[Record]) -> None:
    """The events that tell of errors, and the innermost failed calls that no event tells of."""
    assert error_rows(Spans(timeline_of(records))) == Reckoning(records).errors()


@given(st.lists(st.floats(0, 1e6), min_size=1), st.integers(1, 100))
def test_a_percentile_is_the_smallest_value_that_enough_do_not_exceed(values: list[float], percent: int) -> None:
    """The nearest rank, by its definition."""
    enough = [value for value in values if 100 * sum(other <= value for other in values) >= percent * len(values)]

    assert percentile(sorted(values), percent) == min(enough)


@given(st.lists(st.floats(0, 1e6)))
def test_timings_are_in_order(values: list[float]) -> None:
    """The median is at most the 95th percentile, that at most the 99th, and that at most the greatest."""
    timings = Timings.of(values)
    shown = [timings.p50_ms, timings.p95_ms, timings.p99_ms, timings.max_ms]

    assert timings.timed == len(values)
    assert shown == sorted(shown) if values else shown == [None] * 4  # type: ignore[type-var]


@given(traces())
def test_self_times_add_up_by_name(records: list[Record]) -> None:
    """What the rows of the report say is what their calls took by themselves, no call left out or told twice."""
    slow = Reckoning(records)
    sums: dict[tuple[str, str], float] = defaultdict(float)
    for row, call in slow.calls.items():
        if call.end is not None:
            sums[records[row]["component"], records[row]["component_name"]] += slow.uncovered_ms(call)

    found = {(own.component, own.name): own.self_ms for own in analyze(timeline_of(records)).performance.self_time}

    assert {group: ms for group, ms in found.items() if ms > 0.1} == pytest.approx(
        {group: ms for group, ms in sums.items() if ms > 0.1}, abs=0.05
    )


@given(traces())
def test_a_recording_and_a_live_run_give_the_same_report(records: list[Record]) -> None:
    """Whoever appends the events, what they say is the same; only where they come from differs."""
    live: dict[str, Any] = to_json(analyze(timeline_of(records)))
    with TemporaryDirectory() as folder:
        index = TraceIndex(write_trace(Path(folder) / "trace.jsonl", records))
        recorded = to_json(analyze(Timeline(index)))
        index.close()

    del live["trace"], recorded["trace"]
    assert live == recorded
