"""Spans: what they write, and which span is around which, however the program runs."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from namel3ss_dbg.events import Status
from namel3ss_dbg.recording import describe
from tests.support.recordings import assert_whole, events_in, spans_in, tracer_in


@pytest.fixture
def tracer(tmp_path):
    """A tracer whose run `App` has begun."""
    tracer = tracer_in(tmp_path)
    tracer.start("App")
    return tracer


def test_a_span_writes_its_start_and_its_end(tracer):
    """The start has the inputs and the end what came out; the end names its start and repeats its source."""
    source = {"file": "a.ai", "line": 3, "column": 5}
    with tracer.span("llm_call", "llm", "openai", inputs={"q": 1}, metadata={"source": source, "llm": "m"}) as span:
        span.outputs = {"text": "hi"}
        span.metadata = {"finish": "stop"}
        span.tokens_used, span.cost_estimate = 12, 0.5

    _, start, end, _ = events_in(tracer.finish())
    assert (start.event_type, start.status, start.inputs) == ("llm_call_start", "started", {"q": 1})
    assert (end.event_type, end.status, end.outputs) == ("llm_call_end", "completed", {"text": "hi"})
    assert (start.component, start.component_name) == (end.component, end.component_name) == ("llm", "openai")
    assert start.metadata == {"source": source, "llm": "m"}
    assert end.metadata == {"source": source, "finish": "stop"}
    assert end.parent_event_id == start.event_id
    assert end.duration_ms >= 0
    assert (end.tokens_used, end.cost_estimate) == (12, 0.5)
    assert (start.duration_ms, start.tokens_used) == (None, None)


def test_a_start_is_on_the_disk_before_its_end(tracer):
    """What a crash interrupts is in the trace: the start is written when it happens."""
    with tracer.span("tool_call", "tool", "search"):
        last = events_in(tracer.execution().trace_file)[-1]

    assert last.event_type == "tool_call_start"


def test_spans_nest(tracer):
    """Each span belongs to the one it is opened in, each point to the innermost; both kinds of `with` work."""

    async def run() -> None:
        async with tracer.span("agent_execution", "agent", "Ann"):
            with tracer.span("agent_turn", "agent", "turn"):
                tracer.emit("memory_operation", component="memory", component_name="point")
            async with tracer.span("tool_call", "tool", "search"):
                pass

    asyncio.run(run())

    path = tracer.finish()
    assert spans_in(path) == {"App": "", "Ann": "App", "turn": "Ann", "search": "Ann"}
    (point,) = [event for event in events_in(path) if event.name == "point"]
    (turn,) = [event for event in events_in(path) if event.event_type == "agent_turn_start"]
    assert point.parent_event_id == turn.event_id
    assert_whole(path)


@pytest.mark.parametrize(
    ("problem", "status"),
    [
        (ValueError("no"), Status.FAILED),
        (asyncio.CancelledError(), Status.CANCELLED),
        (KeyboardInterrupt(), Status.CANCELLED),
        (SystemExit(3), Status.CANCELLED),
        (GeneratorExit(), Status.CANCELLED),
    ],
)
def test_an_exception_ends_a_span_and_goes_on(tracer, problem, status):
    """A span that an exception leaves is failed, or cancelled, never completed; the exception is not touched."""
    with pytest.raises(type(problem)) as caught, tracer.span("tool_call", "tool", "search"):
        raise problem

    end = events_in(tracer.finish())[2]
    assert caught.value is problem
    assert (end.status, end.error) == (status, describe(problem))


def test_a_span_may_fail_without_an_exception(tracer):
    """Whoever knows better says so."""
    with tracer.span("validation", "validation", "Schema") as span:
        span.fail("2 errors")

    end = events_in(tracer.finish())[2]
    assert (end.status, end.error) == ("failed", "2 errors")


def test_an_exception_that_cannot_be_said():
    """An exception whose text raises is described by what it is."""

    class Mute(Exception):
        def __str__(self) -> str:
            raise RuntimeError("mute")

    assert describe(Mute()).startswith("Mute: ")
    assert describe(ValueError()) == "ValueError"
    assert describe(ValueError("no")) == "ValueError: no"


def test_gathered_tasks_have_their_own_parents(tracer):
    """Eight agents that take turns at every await: each span belongs to its own agent's."""
    together = asyncio.Barrier(8)

    async def agent(name: str) -> None:
        async with tracer.span("agent_execution", "agent", name):
            for turn in range(5):
                await together.wait()
                async with tracer.span("agent_turn", "agent", f"{name} turn {turn}"):
                    await together.wait()
                    with tracer.span("llm_call", "llm", f"{name} call {turn}"):
                        await asyncio.sleep(0)

    async def run() -> None:
        await asyncio.gather(*(agent(f"agent{n}") for n in range(8)))

    asyncio.run(run())

    path = tracer.finish()
    spans = spans_in(path)
    for n in range(8):
        assert spans[f"agent{n}"] == "App"
        for turn in range(5):
            assert spans[f"agent{n} turn {turn}"] == f"agent{n}"
            assert spans[f"agent{n} call {turn}"] == f"agent{n} turn {turn}"
    assert len(spans) == 1 + 8 * 11
    assert_whole(path)


def test_a_task_belongs_to_where_it_was_created(tracer):
    """A task goes on within the span that created it, also after that one ended."""

    async def background(released: asyncio.Event) -> None:
        with tracer.span("tool_call", "tool", "early"):
            await released.wait()
        with tracer.span("tool_call", "tool", "late"):
            pass

    async def run() -> None:
        released = asyncio.Event()
        with tracer.span("agent_execution", "agent", "Ann"):
            task = asyncio.create_task(background(released))
            await asyncio.sleep(0)
        with tracer.span("agent_execution", "agent", "Ben"):
            released.set()
            await task

    asyncio.run(run())

    path = tracer.finish()
    assert spans_in(path) == {"App": "", "Ann": "App", "early": "Ann", "Ben": "App", "late": "Ann"}
    assert_whole(path)


def test_threads_that_asyncio_starts(tracer):
    """`to_thread` knows its parent by itself, an executor and a bare thread when they are given `carry`."""

    def work(name: str) -> str:
        with tracer.span("tool_call", "tool", name):
            return name

    async def run() -> list[str]:
        loop = asyncio.get_running_loop()
        with tracer.span("agent_execution", "agent", "Ann"), ThreadPoolExecutor(2) as pool:
            one = await asyncio.to_thread(work, "to_thread")
            two = await loop.run_in_executor(pool, tracer.carry(work), "executor")
            thread = threading.Thread(target=tracer.carry(work), args=("thread",))
            thread.start()
            thread.join()
            await loop.run_in_executor(pool, work, "not carried")
            return [one, two]

    assert asyncio.run(run()) == ["to_thread", "executor"]

    path = tracer.finish()
    assert spans_in(path) == {
        "App": "", "Ann": "App", "to_thread": "Ann", "executor": "Ann", "thread": "Ann", "not carried": "App",
    }  # fmt: skip
    assert_whole(path)


def test_what_is_carried_can_be_called_by_many(tracer):
    """One carried function serves many threads at once; none sees the spans of another."""

    def work(name: str) -> None:
        with tracer.span("tool_call", "tool", f"outer {name}"):
            together.wait()
            with tracer.span("llm_call", "llm", f"inner {name}"):
                together.wait()

    together = threading.Barrier(4)
    with tracer.span("agent_execution", "agent", "Ann"), ThreadPoolExecutor(4) as pool:
        list(pool.map(tracer.carry(work), "abcd"))

    spans = spans_in(tracer.finish())
    for name in "abcd":
        assert (spans[f"inner {name}"], spans[f"outer {name}"]) == (f"outer {name}", "Ann")


def test_a_cancelled_task_is_not_completed(tracer):
    """Every span that a cancellation goes through is cancelled, and the one that cancelled goes on."""
    begun = asyncio.Event()

    async def work() -> None:
        async with tracer.span("tool_call", "tool", "outer"), tracer.span("llm_call", "llm", "inner"):
            begun.set()
            await asyncio.Event().wait()

    async def run() -> None:
        async with tracer.span("agent_execution", "agent", "Ann"):
            task = asyncio.create_task(work())
            await begun.wait()
            task.cancel()
            await asyncio.wait([task])

    asyncio.run(run())

    path = tracer.finish()
    ends = {event.name: event.status for event in events_in(path) if event.closes}
    assert ends == {"inner": "cancelled", "outer": "cancelled", "Ann": "completed", "App": "completed"}
    assert_whole(path)


def test_a_timeout_cancels_what_it_interrupts(tracer):
    """Inside `asyncio.timeout` the call is cancelled, and the span that sees the TimeoutError has failed."""

    async def run() -> None:
        outer = tracer.span("agent_turn", "agent", "outer")
        async with outer, asyncio.timeout(0), tracer.span("llm_call", "llm", "inner"):
            await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        asyncio.run(run())

    ends = {event.name: event.status for event in events_in(tracer.finish()) if event.closes}
    assert (ends["inner"], ends["outer"]) == ("cancelled", "failed")


def test_one_of_a_group_fails(tracer):
    """In a task group the failed task is failed and its siblings are cancelled."""
    ready = asyncio.Barrier(3)

    async def work(name: str) -> None:
        async with tracer.span("tool_call", "tool", name):
            await ready.wait()
            if name == "bad":
                raise ValueError("no")
            await asyncio.Event().wait()

    async def run() -> None:
        async with asyncio.TaskGroup() as group:
            for name in ("one", "bad", "two"):
                group.create_task(work(name))

    with pytest.raises(ExceptionGroup):
        asyncio.run(run())

    path = tracer.finish()
    ends = {event.name: event.status for event in events_in(path) if event.closes}
    assert (ends["one"], ends["bad"], ends["two"]) == ("cancelled", "failed", "cancelled")
    assert_whole(path)


async def _answers(tracer) -> AsyncIterator[int]:
    async with tracer.span("llm_call", "llm", "stream"):
        yield 1
        yield 2


def test_an_async_generator_closed_by_another_task(tracer):
    """A stream that is left half read and closed elsewhere ends once, and nobody's parent stays wrong."""

    async def run() -> None:
        with tracer.span("agent_turn", "agent", "turn"):
            stream = _answers(tracer)
            await anext(stream)
            with tracer.span("tool_call", "tool", "while it is open"):
                pass
            await asyncio.create_task(stream.aclose())
            with tracer.span("tool_call", "tool", "after it"):
                pass
        with tracer.span("tool_call", "tool", "after the turn"):
            pass

    asyncio.run(run())

    path = tracer.finish()
    assert spans_in(path) == {
        "App": "", "turn": "App", "stream": "turn", "while it is open": "stream", "after it": "turn",
        "after the turn": "App",
    }  # fmt: skip
    (end,) = [event for event in events_in(path) if event.closes and event.name == "stream"]
    assert end.status == "cancelled"
    assert_whole(path)


def test_an_async_generator_read_to_its_end(tracer):
    """What stands inside the loop over a stream belongs to the stream, what follows does not."""

    async def run() -> None:
        async for number in _answers(tracer):
            with tracer.span("tool_call", "tool", f"tool {number}"):
                pass
        with tracer.span("tool_call", "tool", "after it"):
            pass

    asyncio.run(run())

    assert spans_in(tracer.finish()) == {
        "App": "", "stream": "App", "tool 1": "stream", "tool 2": "stream", "after it": "App",
    }  # fmt: skip


def test_a_span_entered_in_one_context_and_left_in_a_copy(tracer):
    """Where a span is left in a copy of its context, both the copy and the original go on with the span around it."""
    outer = tracer.span("agent_turn", "agent", "turn")
    outer.__enter__()
    span = tracer.span("tool_call", "tool", "search")
    span.__enter__()

    def leave() -> None:
        span.__exit__(None, None, None)
        with tracer.span("llm_call", "llm", "in the copy"):
            pass

    contextvars.copy_context().run(leave)
    with tracer.span("llm_call", "llm", "in the original"):
        pass
    outer.__exit__(None, None, None)

    path = tracer.finish()
    spans = spans_in(path)
    assert (spans["in the copy"], spans["in the original"]) == ("turn", "turn")
    assert_whole(path)


def test_a_span_ends_once(tracer):
    """However often a span is left, it has one end."""
    span = tracer.span("tool_call", "tool", "search")
    with span:
        span.end()
    span.end()

    assert_whole(tracer.finish())


def test_a_recursive_program(tracer):
    """Five hundred spans inside each other, as a recursion makes them, nest."""

    def go(depth: int) -> None:
        with tracer.span("agent_turn", "agent", f"depth {depth}"):
            if depth:
                go(depth - 1)

    go(200)

    path = tracer.finish()
    spans = spans_in(path)
    assert all(spans[f"depth {depth}"] == f"depth {depth + 1}" for depth in range(200))
    assert_whole(path)
