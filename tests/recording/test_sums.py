"""What a run's end says it used is what an analysis of its trace says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs
from hypothesis import given
from hypothesis import strategies as st

from namel3ss_dbg.analysis import TraceAnalyzer
from namel3ss_dbg.recording import ExecutionTracer, Span
from namel3ss_dbg.recording.hooks import trace_agent_execution
from tests.support.hooked import record
from tests.support.recordings import events_in, tracer_in
from tests.support.usual_shapes import Model


@attrs.frozen
class Work:
    """A span with what it says it used, and whether what is inside it goes on after it has ended."""

    tokens: int | None
    cost: float | None
    inside: tuple[Work, ...] = ()
    is_point: bool = False
    ends_first: bool = False


AMOUNTS = st.none() | st.integers(0, 5)
LEAVES = st.builds(Work, AMOUNTS, AMOUNTS, is_point=st.booleans())
WORK = st.recursive(
    LEAVES,
    lambda inside: st.builds(Work, AMOUNTS, AMOUNTS, st.lists(inside, max_size=3).map(tuple), ends_first=st.booleans()),
    max_leaves=12,
)


def do(tracer: ExecutionTracer, work: Work) -> None:
    """Record it."""
    if work.is_point:
        tracer.emit("custom", component="llm", tokens_used=work.tokens, cost_estimate=work.cost)
        return
    span = tracer.span("llm_call", "llm", "x")
    span.begin()
    if work.ends_first:
        inner = [tracer.span("llm_call", "llm", "y") for _ in work.inside]
        for each in inner:
            each.begin()
        end(span, work)
        for each, of in zip(inner, work.inside, strict=True):
            end(each, of)
        return
    for of in work.inside:
        do(tracer, of)
    end(span, work)


def end(span: Span, work: Work) -> None:
    """End a span, with what it says it used."""
    span.tokens_used, span.cost_estimate = work.tokens, work.cost
    span.end()


def summary_and_analysis(path: Any) -> tuple[Any, Any]:
    """Tokens and dollars as the run's end has them, and as an analysis finds them."""
    summary = events_in(path)[-1].outputs["execution_summary"]
    with TraceAnalyzer(path) as analyzer:
        resources = analyzer.analyze_resources()
    return (summary["tokens_used"], summary["cost_estimate"]), (
        resources["tokens"]["total"],
        resources["cost"]["total"],
    )


@given(works=st.lists(WORK, max_size=4))
def test_the_end_says_what_an_analysis_says(tmp_path_factory, works: Iterable[Work]):
    """However spans are nested and whichever of them ends first, nothing counts twice."""
    tracer = tracer_in(tmp_path_factory.mktemp("run"))
    execution = tracer.start("App")
    for work in works:
        do(tracer, work)
    path = tracer.finish(execution=execution)

    summary, analysis = summary_and_analysis(path)

    assert summary == analysis


def test_an_agent_that_repeats_what_its_model_used(tmp_path):
    """A block that tells the sum of what is inside does not add to it."""

    @trace_agent_execution("B")
    def inner(llm: Model) -> None:
        llm.generate("q")
        llm.generate("q")

    def both() -> None:
        with trace_agent_execution("A") as span:
            inner(Model())
            span.tokens_used = 14

    run = record(tmp_path, both)

    assert [end.tokens_used for end in map(run.end, run.starts)] == [14, None, 7, 7]
    assert summary_and_analysis(run.path) == ((14, 0.0), (14, 0))
