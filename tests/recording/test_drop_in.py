"""The drop-in test: a runtime that only has our decorators on it leaves traces that say what really happened."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from namel3ss_dbg.analysis import TraceAnalyzer
from namel3ss_dbg.replay.replayer import ExecutionReplayer
from namel3ss_dbg.timeline.timeline import Timeline
from namel3ss_dbg.trace.index import TraceIndex
from tests.support.hooked import Recorded, own_tracer, record
from tests.support.runtime_of_the_era import AgentRuntime, Counts, Definition, ScriptedLLM, tools_of

Program = list[list[tuple[str, str]]]

HOW = {
    "chat": ("", "!refuse"),
    "agenerate": ("", "!refuse", "!wait"),
    "retry": ("", "!refuse"),
    "tool": ("", "!broken"),
    "tools": ("",),
    "prompt": ("", "!invalid", "!invalid!invalid", "!refuse"),
    "chain": ("", "!fail"),
}
actions = st.sampled_from(sorted(HOW)).flatmap(lambda what: st.tuples(st.just(what), st.sampled_from(HOW[what])))
programs = st.lists(st.lists(actions, max_size=4), max_size=4)

KINDS = ("agent_execution", "agent_turn", "llm_call", "tool_call", "prompt_execution", "chain_execution", "chain_step")
POINTS = ("validation_event", "memory_operation")


class Done(NamedTuple):
    """What was recorded, and what happened."""

    run: Recorded
    counts: Counts
    runtimes: list[AgentRuntime]


def _run_all(folder: Any, work: list[list[Program]], *, structured: bool) -> Done:
    """Each list of programs on a runtime of its own, in a thread of its own, all at once."""
    counts = Counts()
    tools = tools_of(counts)
    llm = ScriptedLLM(counts, structured=structured)
    runtimes = [AgentRuntime(Definition(f"Agent{number}"), llm, tools) for number in range(len(work))]

    async def at_once(number: int) -> None:
        runtime = runtimes[number]
        each = (runtime.aact(f"t{number}.{place}", {"program": it}) for place, it in enumerate(work[number]))
        await asyncio.gather(*each)

    def in_threads() -> None:
        with ThreadPoolExecutor(max(len(work), 1)) as pool:
            for done in [pool.submit(asyncio.run, at_once(number)) for number in range(len(work))]:
                done.result()

    return Done(record(folder, in_threads, buffer_size=1000), counts, runtimes)


def _assert_true(run: Recorded, counts: Counts) -> None:
    """Everything that happened is in the trace once, as it happened and where it happened."""
    happened = counts.happened
    by_id = {start.event_id: start for start in run.starts}
    for kind in KINDS:
        starts = [start for start in run.starts if start.span == kind]
        assert (kind, len(starts)) == (kind, happened[kind])
        statuses = [run.end(start).status for start in starts]
        assert (kind, statuses.count("failed")) == (kind, happened[f"{kind} failed"])
        assert (kind, statuses.count("cancelled")) == (kind, happened[f"{kind} cancelled"])
    for point in POINTS:
        assert sum(event.event_type == point for event in run.points) == happened[point]
    for start in run.starts:
        agent = start
        while agent.span != "agent_execution":
            agent = by_id[agent.parent_event_id or ""]
        assert _tag(start) in (None, agent.inputs["user_input"])
        inside = {"agent_turn": "agent_execution", "chain_step": "chain_execution"}
        if start.span in inside:
            assert by_id[start.parent_event_id or ""].span == inside[start.span]


def _tag(start: Any) -> str | None:
    """Which run of an agent an event belongs to, as its own words say."""
    inputs = start.inputs
    if start.span == "llm_call":
        return (inputs["messages"][0]["content"] if "messages" in inputs else inputs["prompt"]).partition(":")[0]
    if start.span == "tool_call":
        return inputs["text"].partition(":")[0]
    if start.span == "prompt_execution":
        return inputs["args"]["text"].partition(":")[0]
    if start.span == "chain_execution":
        return start.name.removeprefix("chain_")
    return inputs.get("input") if start.span == "agent_turn" else None


def _assert_readable(run: Recorded, counts: Counts) -> None:
    """The engine links it, the analyzer counts what the runtime counted, and it is replayed event for event."""
    happened = counts.happened
    with TraceIndex(run.path) as index:
        timeline = Timeline(index)
        timeline.complete()
        assert (timeline.statistics().events, timeline.statistics().open_spans) == (len(run.events), 0)
        rows = {event.event_id: row for row, event in enumerate(run.events)}
        for row, event in enumerate(run.events):
            if event.opens and event.parent_event_id is not None:
                assert timeline.columns.parent[row] == rows[event.parent_event_id]
            if event.closes:
                assert timeline.columns.match[row] == rows[event.parent_event_id or ""]
    with TraceAnalyzer(run.path) as analyzer:
        report = analyzer.report
    assert report.summary.tokens == happened["tokens"]
    assert report.performance.llm_performance.calls == happened["llm_call"]
    assert report.performance.llm_performance.failed == happened["llm_call failed"]
    assert run.events[-1].outputs["execution_summary"]["tokens_used"] == happened["tokens"]
    replayer = ExecutionReplayer(run.path)
    replayed = []
    while not replayer.state.completed:
        replayed.append(replayer.replay_step())
    assert replayed == run.events


EVERYTHING: Program = [
    [("chat", ""), ("tool", ""), ("tools", "")],
    [("retry", ""), ("prompt", "!invalid"), ("chain", ""), ("chain", "!fail")],
    [("agenerate", ""), ("agenerate", "!wait")],
    [("chat", "never")],
]


def test_the_trace_of_a_runtime_is_what_happened(tmp_path):
    """Two runtimes in threads, each with agents at once: every call is there once, with its parent and outcome."""
    work = [[EVERYTHING, [[("tool", "!broken")]], [[("prompt", "!refuse")]]], [EVERYTHING, EVERYTHING[:2] * 3]]
    run, counts, runtimes = _run_all(tmp_path, work, structured=True)

    _assert_true(run, counts)
    _assert_readable(run, counts)
    assert counts.happened["memory_operation"] > 0
    assert [runtime.runs for runtime in runtimes] == [3, 2]
    assert list(vars(runtimes[0])) == ["agent_def", "llm", "tool_registry", "counts", "history", "runs"]
    assert runtimes[0].llm is runtimes[1].llm
    assert type(runtimes[0].tool_registry) is dict
    ends = [run.end(start) for start in run.starts if start.span == "agent_execution"]
    assert sorted(str(end.error) for end in ends) == [
        "ModelError: the provider refused",
        "None",
        "OSError: the tool is broken",
        "TimeoutError: no answer in time",
        "TimeoutError: no answer in time",
    ]


@pytest.mark.slow
@settings(max_examples=150)
@given(st.lists(st.lists(programs, max_size=3), min_size=1, max_size=2), st.booleans())
def test_the_trace_of_any_program_is_what_happened(tmp_path_factory, work, structured):
    """The same for whatever a runtime may be told to do."""
    run, counts, _ = _run_all(tmp_path_factory.mktemp("trace"), work, structured=structured)

    _assert_true(run, counts)
    _assert_readable(run, counts)


def test_the_same_runtime_without_tracing(tmp_path):
    """Hooks that are off change nothing of what the runtime does, and write nothing."""
    counts = Counts()
    runtime = AgentRuntime(Definition("Agent"), ScriptedLLM(counts), tools_of(counts))
    with own_tracer(None):
        result = runtime.act("t", {"program": EVERYTHING[:2]})

    assert (result.status, len(result.turns)) == ("success", 2)
    assert counts.happened["llm_call"] == 6
    assert list(tmp_path.iterdir()) == []
