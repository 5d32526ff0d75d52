"""The whole report: its keys and values as people's scripts see them, and what only some traces have."""

from __future__ import annotations

import json
from pathlib import Path

import orjson
import pytest

from namel3ss_dbg.analysis import TraceAnalyzer, analyze, to_json
from namel3ss_dbg.events import TraceError, TraceFilter
from namel3ss_dbg.timeline.timeline import Timeline
from tests.strategies import timeline_of, write_trace
from tests.support.golden import assert_golden
from tests.support.weather import weather_records, write_weather

GOLDEN = Path(__file__).with_name("report.json")
GUIDE = """\
{"event_type": "app_load_start", "event_id": "evt_001", "timestamp": 1234567890.123, "component": "app", \
"inputs": {"execution_id": "exec_001"}}
{"event_type": "agent_execution_start", "event_id": "evt_002", "timestamp": 1234567890.456, "component": "agent", \
"component_name": "MyAgent", "parent_event_id": "evt_001"}
{"event_type": "llm_call_start", "event_id": "evt_003", "timestamp": 1234567890.789, "component": "llm", \
"component_name": "openai", "parent_event_id": "evt_002"}
{"event_type": "llm_call_end", "event_id": "evt_004", "timestamp": 1234567891.012, "component": "llm", \
"duration_ms": 223.0, "status": "completed", "tokens_used": 150}
"""


def test_the_json_object_is_what_it_was() -> None:
    """Keys and values of the report are a contract: this file changes only on purpose."""
    write_weather(Path())
    with TraceAnalyzer("trace.jsonl") as analyzer:
        shown = analyzer.to_json()

    assert_golden(GOLDEN, json.dumps(shown, indent=1, ensure_ascii=False) + "\n")


def test_the_parts_of_the_seed_are_there() -> None:
    """`.performance.llm_performance`, `.resource_usage`, `.summary` and `.errors` are where people's jq looks."""
    report = to_json(analyze(timeline_of(weather_records())))

    assert report["performance"]["llm_performance"]["by_model"]["gpt-4o"]["calls"] == 2
    assert report["resource_usage"]["memory"]["max_mb"] == 124.0
    assert report["summary"]["status"] == "finished"
    assert report["errors"]["error_categories"] == {"validation": 1, "TimeoutError": 1}


def test_the_methods_give_the_parts() -> None:
    """Each question of the analyzer is one part of the report, as plain JSON values."""
    analyzer = TraceAnalyzer(timeline_of(weather_records()))
    whole = analyzer.to_json()

    assert analyzer.analyze_performance() == whole["performance"]
    assert analyzer.analyze_errors() == whole["errors"]
    assert analyzer.analyze_summary() == whole["summary"]
    assert analyzer.analyze_resources() == whole["resource_usage"]
    assert orjson.loads(orjson.dumps(whole)) == whole


def test_a_path_that_cannot_be_read_is_said_at_once() -> None:
    """Opening fails, not the first question."""
    with pytest.raises(TraceError):
        TraceAnalyzer(Path("nowhere.jsonl"))


def test_an_agents_end_that_repeats_its_calls_adds_nothing() -> None:
    """The run used what its three model calls used."""
    summary = analyze(timeline_of(weather_records())).summary

    assert (summary.tokens, round(summary.cost, 6)) == (451, 0.0084)


def test_an_agent_that_alone_says_its_tokens_is_believed() -> None:
    """A trace of agents only, as `--filter agent` writes it."""
    agents = [record for record in weather_records() if record["component"] in ("app", "agent")]

    assert analyze(timeline_of(agents)).summary.tokens == 151


def test_an_agents_row_has_its_turns_calls_and_tokens() -> None:
    """What happened inside its runs counts for it; what the prompt beside it did does not."""
    helper = analyze(timeline_of(weather_records())).performance.agent_performance["Helper"]

    assert (helper.runs, helper.turns, helper.llm_calls, helper.tool_calls, helper.tokens) == (1, 1, 1, 2, 151)


def test_a_prompts_row_counts_its_attempts() -> None:
    """Two validations of one run are one retry."""
    prompt = analyze(timeline_of(weather_records())).performance.prompt_performance["Classify"]

    assert (prompt.runs, prompt.validations, prompt.validation_failures, prompt.validation_retries) == (1, 2, 1, 1)


def test_a_chains_row_has_its_steps() -> None:
    """Steps are found by the chain that they are in, in the order in which they first ran."""
    rows = [("c", "chain_execution", None, "Sum"), ("s1", "chain_step", "c", "one"), ("s2", "chain_step", "c", "two")]
    records = [
        {"event_type": f"{kind}_start", "event_id": identity, "parent_event_id": parent, "component": "chain",
         "component_name": name, "timestamp": 1.0}
        for identity, kind, parent, name in rows
    ]  # fmt: skip
    chain = analyze(timeline_of(records)).performance.chain_performance["Sum"]

    assert (chain.runs, list(chain.steps)) == (1, ["one", "two"])


def test_the_slowest_calls_leave_the_run_itself_out() -> None:
    """The first row is something that one can make quicker."""
    slowest = analyze(timeline_of(weather_records())).performance.slow_operations

    assert [(slow.event_index, slow.name) for slow in slowest[:2]] == [(1, "Helper"), (2, "Helper")]
    assert sorted((slow.duration_ms for slow in slowest), reverse=True) == [slow.duration_ms for slow in slowest]


def test_processor_time_comes_from_the_last_marker() -> None:
    """Only a tracer that measures it writes it."""
    with_marker = analyze(timeline_of(weather_records())).resource_usage.cpu
    without = [record for record in weather_records() if record["event_type"] != "performance_marker"]

    assert with_marker is not None
    assert (with_marker.cpu_s, with_marker.cpu_percent) == (0.31, 5.0)
    assert analyze(timeline_of(without)).resource_usage.cpu is None


def test_memory_over_time_has_at_most_sixty_stretches() -> None:
    """A million events make a picture, not a list; each sample lies within its stretch's bounds."""
    records = [
        {"event_type": "note", "timestamp": 1_700_000_000.0 + number / 10, "memory_usage_mb": float(number)}
        for number in range(1_000)
    ]
    usage = analyze(timeline_of(records)).resource_usage

    assert len(usage.memory_over_time) == 60
    assert [bucket.max_mb for bucket in usage.memory_over_time] == sorted(
        bucket.max_mb for bucket in usage.memory_over_time
    )
    assert usage.memory_over_time[-1].max_mb == 999.0
    assert usage.memory is not None
    assert usage.memory.max_at == 999


def test_a_run_without_its_end_record_crashed() -> None:
    """The summary says so, and how much may be missing of what our tracer would have written."""
    summary = analyze(timeline_of(weather_records()[:10])).summary

    assert (summary.status, summary.has_end_record, summary.unfinished_spans) == ("crashed", False, 6)
    assert (summary.missing.events_at_most, summary.missing.ms_at_most) == (1000, 50.0)


def test_a_run_that_goes_on_is_running() -> None:
    """Of a live program nobody can say yet how it ends."""
    assert analyze(Timeline()).summary.status == "running"


@pytest.mark.parametrize(
    ("status", "outcome"), [("failed", "failed"), ("cancelled", "cancelled"), ("completed", "finished")]
)
def test_the_end_record_says_how_a_run_ended(status: str, outcome: str) -> None:
    """Failed, cancelled by a person, or done."""
    *records, last = weather_records()

    assert analyze(timeline_of([*records, {**last, "status": status}])).summary.status == outcome


def test_events_that_are_missing_are_counted_when_the_end_record_knows() -> None:
    """It says how many events were written."""
    records = weather_records()
    del records[20]

    assert analyze(timeline_of(records)).summary.missing.events_at_most == 1


def test_the_example_of_the_guide_is_understood() -> None:
    """Its last end has neither a name nor a parent, and there is no end record."""
    path = Path("guide.jsonl")
    path.write_text(GUIDE)
    with TraceAnalyzer(path) as analyzer:
        report = analyzer.report

    assert (report.summary.execution_id, report.summary.status, report.summary.tokens) == ("exec_001", "crashed", 150)
    assert report.performance.llm_performance.by_model["openai"].timings.p50_ms == 223.0


def test_a_trace_of_broken_lines_has_a_report() -> None:
    """Lines that are no events are counted, and nothing else is made of them."""
    path = Path("broken.jsonl")
    path.write_bytes(b'{"timestamp": 3}\nnonsense\n{"event_type": "note"')
    with TraceAnalyzer(path) as analyzer:
        summary = analyzer.report.summary

    assert (summary.events, summary.invalid_lines, summary.torn_bytes) == (2, 2, 21)


def test_an_empty_trace_has_a_report() -> None:
    """Nothing happened: no time, no calls, no errors."""
    Path("empty.jsonl").touch()
    with TraceAnalyzer("empty.jsonl") as analyzer:
        report = analyzer.report

    assert (report.summary.events, report.summary.duration_ms, report.performance.critical_path) == (0, 0.0, ())


def test_a_filter_counts_only_what_it_admits() -> None:
    """Events, calls, tokens and models of tools: there are no tokens and no models."""
    report = analyze(timeline_of(weather_records()), TraceFilter(components={"tool"}))

    assert report.summary.events_by_component == {"tool": 5, "app": 2}
    assert (report.summary.tokens, report.summary.models, report.summary.agents) == (0, (), ())
    assert list(report.performance.tool_performance) == ["get_weather"]


def test_a_json_document_is_told_apart() -> None:
    """The report says which of the two formats it read."""
    Path("trace.json").write_text(json.dumps({"events": weather_records()}, indent=1))
    with (
        TraceAnalyzer("trace.json") as document,
        TraceAnalyzer(write_trace(Path("t.jsonl"), weather_records())) as lines,
    ):
        assert (document.report.trace.format, lines.report.trace.format) == ("json", "jsonl")
        assert document.report.summary == lines.report.summary
