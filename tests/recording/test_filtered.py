"""Recording less than everything: what is kept is whole, and hangs where it belongs."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from namel3ss_dbg.events import TraceFilter
from namel3ss_dbg.recording import ExecutionTracer, Span
from tests.support.recordings import assert_whole, events_in, spans_in, tracer_in

QUICK, SLOW = 1.0, 500.0


def end(span: Span, ms: float) -> None:
    """Leave a span as if it had taken so long."""
    span.end(ms)


def begun(tracer: ExecutionTracer, kind: str, component: str, name: str) -> Span:
    """A span that is open from now on."""
    return tracer.span(kind, component, name).__enter__()


def test_children_of_what_is_dropped_belong_to_the_span_around(tmp_path):
    """Where a filter drops a span, what is inside it hangs on the nearest span that is kept."""
    tracer = tracer_in(tmp_path, default_components=("llm", "agent"))
    tracer.start("App")
    with tracer.span("agent_execution", "agent", "Ann"), tracer.span("chain_step", "chain", "dropped"):
        with tracer.span("tool_call", "tool", "dropped too"), tracer.span("llm_call", "llm", "openai"):
            tracer.emit("memory_operation", component="memory")
            tracer.emit("error_occurred", component="tool", component_name="kept", error="no")
        point = tracer.emit("custom", component="agent")

    path = tracer.finish()

    assert spans_in(path) == {"App": "", "Ann": "App", "openai": "Ann"}
    ids = {event.event_id: event.name for event in events_in(path) if event.opens}
    assert ids[point.parent_event_id] == "Ann"
    assert [event.event_type for event in events_in(path)][3:4] == ["error_occurred"]
    assert_whole(path)


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        ({"event_types": "llm_call"}, {"App", "openai"}),
        ({"component_names": "Ann"}, {"App", "Ann"}),
        ({"components": "tool", "component_names": "Ann"}, {"App"}),
    ],
)
def test_the_explicit_filter_counts(tmp_path, wanted, kept):
    """A filter by types or names decides what is written."""
    tracer = tracer_in(tmp_path, trace_filter=TraceFilter(**wanted))
    tracer.start("App")
    with tracer.span("agent_execution", "agent", "Ann"), tracer.span("llm_call", "llm", "openai"):
        pass

    assert set(spans_in(tracer.finish())) == kept


def test_pairs_by_hand_stay_pairs(tmp_path):
    """Starts and ends that are emitted are dropped or kept together."""
    tracer = tracer_in(tmp_path, default_components=("llm",))
    tracer.start("App")
    assert tracer.emit("agent_turn_start", component="agent", component_name="Ann") is None
    start = tracer.emit("llm_call_start", component="llm", component_name="openai")
    finish = tracer.emit("llm_call_end", component="llm", component_name="openai")
    assert tracer.emit("agent_turn_end", component="agent", component_name="Ann") is None

    assert finish.parent_event_id == start.event_id
    assert spans_in(tracer.finish()) == {"App": "", "openai": "App"}


@pytest.fixture
def tracer(tmp_path):
    """A tracer that keeps what takes at least 100 ms."""
    tracer = tracer_in(tmp_path, trace_filter=TraceFilter(min_duration_ms=100.0))
    tracer.start("App")
    return tracer


def test_quick_spans_leave_nothing(tracer):
    """Neither the start nor the end of a quick span is written."""
    for _ in range(3):
        end(begun(tracer, "tool_call", "tool", "quick"), QUICK)

    assert spans_in(tracer.finish()) == {"App": ""}


def test_slow_spans_are_whole(tracer):
    """A slow span has both events, its start with the time and payload of when it began."""
    messages = ["one"]
    span = tracer.span("llm_call", "llm", "slow", inputs={"messages": messages}).__enter__()
    messages.append("two")
    end(span, SLOW)

    path = tracer.finish()
    _, start, finish, _ = events_in(path)
    assert start.inputs == {"messages": ["one"]}
    assert start.timestamp <= finish.timestamp
    assert_whole(path)


def test_a_slow_span_keeps_those_around_it(tracer):
    """What is around something worth recording is recorded, however quick, and the outermost first."""
    outer = begun(tracer, "agent_execution", "agent", "outer")
    inner = begun(tracer, "agent_turn", "agent", "inner")
    end(begun(tracer, "tool_call", "tool", "quick"), QUICK)
    end(begun(tracer, "llm_call", "llm", "slow"), SLOW)
    end(inner, QUICK)
    end(outer, QUICK)

    path = tracer.finish()
    assert list(spans_in(path).items()) == [("App", ""), ("outer", "App"), ("inner", "outer"), ("slow", "inner")]
    assert_whole(path)


def test_a_point_keeps_what_is_around_it(tracer):
    """An error inside a quick call is seen where it happened."""
    outer = begun(tracer, "agent_turn", "agent", "outer")
    inner = begun(tracer, "tool_call", "tool", "inner")
    tracer.emit("error_occurred", component="tool", component_name="inner", error="no")
    end(inner, QUICK)
    end(outer, QUICK)

    path = tracer.finish()
    assert spans_in(path) == {"App": "", "outer": "App", "inner": "outer"}
    assert_whole(path)


def test_a_dropped_span_between_two_that_wait(tmp_path):
    """Spans that wait are written, and linked to each other, across one that the filter drops by its kind."""
    tracer = tracer_in(tmp_path, trace_filter=TraceFilter(components="agent,llm", min_duration_ms=100.0))
    tracer.start("App")
    outer = begun(tracer, "agent_execution", "agent", "outer")
    dropped = begun(tracer, "chain_step", "chain", "dropped")
    end(begun(tracer, "llm_call", "llm", "slow"), SLOW)
    end(dropped, SLOW)
    end(outer, QUICK)

    path = tracer.finish()
    assert spans_in(path) == {"App": "", "outer": "App", "slow": "outer"}
    assert_whole(path)


def test_a_slow_task_outlives_a_quick_parent(tracer):
    """A task that goes on after the quick span it was begun in hangs on what was recorded around that."""

    async def run() -> None:
        released = asyncio.Event()

        async def background() -> None:
            span = begun(tracer, "tool_call", "tool", "slow")
            await released.wait()
            end(begun(tracer, "llm_call", "llm", "inside"), SLOW)
            end(span, SLOW)

        parent = begun(tracer, "agent_turn", "agent", "quick")
        task = asyncio.create_task(background())
        await asyncio.sleep(0)
        end(parent, QUICK)
        released.set()
        await task

    asyncio.run(run())

    path = tracer.finish()
    assert spans_in(path) == {"App": "", "slow": "App", "inside": "slow"}
    assert_whole(path)


def test_a_deep_nest_waits_and_is_written(tracer):
    """Two thousand spans inside each other wait for the innermost one, and are written without any recursion."""
    spans = [begun(tracer, "agent_turn", "agent", f"{depth}") for depth in range(2_000)]
    end(begun(tracer, "llm_call", "llm", "slow"), SLOW)
    for span in reversed(spans):
        end(span, QUICK)

    path = tracer.finish()
    assert len(spans_in(path)) == 2_002
    assert_whole(path)


steps = st.lists(
    st.tuples(
        st.sampled_from(("open", "open", "close", "point")),
        st.sampled_from(("agent", "llm", "tool")),
        st.sampled_from((QUICK, SLOW)),
    ),
    max_size=30,
)


@given(steps, st.sampled_from((None, "agent", "llm,tool")), st.sampled_from((None, 100.0)))
def test_any_filter_leaves_a_whole_trace(tmp_path_factory, script, components, least):
    """Whatever is dropped, what is left nests as it did: each event hangs on the nearest span that is kept."""
    wanted = TraceFilter(components=components, min_duration_ms=least)
    tracer = tracer_in(tmp_path_factory.mktemp("filtered"), trace_filter=wanted)
    tracer.start("App")
    open_spans: list[tuple[Span, str]] = []
    outer: dict[str, list[str]] = {"App": []}
    for number, (step, component, ms) in enumerate(script):
        if step == "close":
            if open_spans:
                end(open_spans.pop()[0], ms)
        elif step == "open":
            outer[f"{number}"] = ["App", *(name for _, name in open_spans)]
            open_spans.append((begun(tracer, f"{component}_call", component, f"{number}"), f"{number}"))
        else:
            tracer.emit("custom", component=component, component_name=f"{number}")
    while open_spans:
        end(open_spans.pop()[0], QUICK)

    path = tracer.finish()

    kept = spans_in(path)
    assert_whole(path)
    assert all(around == next((n for n in reversed(outer[name]) if n in kept), "") for name, around in kept.items())
