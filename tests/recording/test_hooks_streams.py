"""Generators and whatever else goes on after a call has returned: the span covers it, and ends once."""

from __future__ import annotations

import asyncio
import gc
import inspect
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from namel3ss_dbg.recording.hooks import trace_agent_execution, trace_llm_call, trace_tool_call
from tests.support.hooked import own_tracer, record
from tests.support.recordings import tracer_in


@trace_tool_call
def tool(value: Any) -> Any:
    """Something to be called between the steps."""
    return value


@trace_llm_call("m")
def stream(pieces: list[str]):
    """Streams, and asks a tool before each piece."""
    for piece in pieces:
        tool(piece)
        yield piece


@trace_llm_call("m")
async def astream(pieces: list[str]):
    """The same, and takes its time."""
    for piece in pieces:
        await asyncio.sleep(0)
        tool(piece)
        yield piece


def test_a_stream_is_one_span(tmp_path):
    """From the first step to the last; what it calls is inside, what is called between its steps is not."""

    def program() -> None:
        for piece in stream(["a", "b"]):
            tool(piece.upper())

    run = record(tmp_path, program)

    assert run.tree() == ["llm m", "llm m > tool tool", "tool tool", "llm m > tool tool", "tool tool"]
    assert [start.inputs["value"] for start in run.starts[1:]] == ["a", "A", "b", "B"]
    assert run.end(run.starts[0]).outputs == {"text": "ab"}


def test_an_async_stream_is_one_span(tmp_path):
    """The same for an async generator."""

    async def program() -> None:
        async for piece in astream(["a", "b"]):
            tool(piece.upper())

    run = record(tmp_path, lambda: asyncio.run(program()))

    assert run.tree() == ["llm m", "llm m > tool tool", "tool tool", "llm m > tool tool", "tool tool"]
    assert run.end(run.starts[0]).outputs == {"text": "ab"}


def test_streams_side_by_side(tmp_path):
    """Two streams that are read in turns each have their own calls."""

    def program() -> None:
        assert list(zip(stream(["a", "b"]), stream(["c", "d"]), strict=True)) == [("a", "c"), ("b", "d")]

    run = record(tmp_path, program)

    values: dict[str, list[Any]] = {}
    for start in run.starts:
        if start.span == "tool_call":
            values.setdefault(start.parent_event_id, []).append(start.inputs["value"])
    assert list(values.values()) == [["a", "b"], ["c", "d"]]


def test_streams_that_are_not_read_to_their_end(tmp_path):
    """A stream that is closed or forgotten ends once, as cancelled; one that is never read never began."""

    async def program() -> None:
        closed = stream(["a", "b"])
        next(closed)
        closed.close()
        next(stream(["c", "d"]))
        gc.collect()
        stream(["never"])
        async for _ in (aclosed := astream(["e", "f"])):
            break
        await aclosed.aclose()

    run = record(tmp_path, lambda: asyncio.run(program()))

    streams = [start for start in run.starts if start.span == "llm_call"]
    assert [start.inputs["pieces"][0] for start in streams] == ["a", "c", "e"]
    assert [run.end(start).status for start in streams] == ["cancelled"] * 3
    assert [run.end(start).outputs for start in streams] == [{"text": text} for text in "ace"]


def test_streams_that_fail(tmp_path):
    """An exception in a stream, or thrown into it, is its failure."""

    @trace_llm_call("m")
    def failing():
        yield 1
        raise OSError("gone")

    def program() -> None:
        with pytest.raises(OSError, match="gone"):
            list(failing())
        thrown = failing()
        next(thrown)
        with pytest.raises(KeyError):
            thrown.throw(KeyError("x"))

    run = record(tmp_path, program)

    assert [run.end(start).error for start in run.starts] == ["OSError: gone", "KeyError: 'x'"]


def test_what_a_plain_function_returns_to_be_used_later(tmp_path):
    """A coroutine, generator or future that a function returns is part of its call, and is of the kind that it was."""

    async def work() -> int:
        await asyncio.sleep(0)
        return tool(1)

    @trace_agent_execution
    def start(make: Callable[[], Any]) -> Any:
        return make()

    async def program() -> None:
        awaited = start(work)
        assert inspect.iscoroutine(awaited)
        assert await awaited == 1
        assert list(start(lambda: (tool(value) for value in range(2)))) == [0, 1]
        pieces = start(lambda: astream(["a"]))
        assert inspect.isasyncgen(pieces)
        assert [piece async for piece in pieces] == ["a"]
        task = asyncio.create_task(work())
        assert start(lambda: task) is task
        await task
        with ThreadPoolExecutor(1) as pool:
            future = start(lambda: pool.submit(lambda: 5))
            assert future.result() == 5
        await asyncio.sleep(0)

    run = record(tmp_path, lambda: asyncio.run(program()))

    agents = [start for start in run.starts if start.span == "agent_execution"]
    assert [run.end(agent).outputs["response"] for agent in agents] == [
        1,
        {"items": [0, 1], "pieces": 2},
        "a",
        1,
        5,
    ]
    assert sum(start.parent_event_id == agents[1].event_id for start in run.starts) == 2


def test_what_is_returned_and_never_used(tmp_path):
    """A call whose coroutine nobody awaits, or whose generator nobody reads, ends when that is gone."""

    async def work() -> None: ...

    @trace_agent_execution
    def start(later: Any) -> Any:
        return later

    def program() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            start(work())
            start(value for value in range(2))
            gc.collect()

    run = record(tmp_path, program)

    assert len(run.starts) == 2


def test_cancellation(tmp_path):
    """A cancelled task's spans end as cancelled, and a timeout around it is the agent's error."""

    @trace_tool_call
    async def slow() -> None:
        await asyncio.Event().wait()

    @trace_agent_execution
    async def agent() -> None:
        await asyncio.wait_for(slow(), timeout=0.001)

    def program() -> None:
        with pytest.raises(TimeoutError):
            asyncio.run(agent())

    run = record(tmp_path, program)

    assert [run.end(start).status for start in run.starts] == ["failed", "cancelled"]
    assert [point.parent_event_id for point in run.points] == [run.starts[0].event_id]


Script = list[tuple[str, int]]


def _drive(generator: Any, script: Script) -> list[Any]:
    """What a generator does when it is driven as `script` says."""
    seen: list[Any] = []
    for way, value in script:
        try:
            if way == "next":
                seen.append(next(generator))
            elif way == "send":
                seen.append(generator.send(value))
            elif way == "throw":
                seen.append(generator.throw(ValueError(value)))
            else:
                seen.append(generator.close())
        except BaseException as problem:
            seen.append((type(problem), problem.args))
    return seen


async def _adrive(generator: Any, script: Script) -> list[Any]:
    seen: list[Any] = []
    for way, value in script:
        try:
            if way == "next":
                seen.append(await generator.__anext__())
            elif way == "send":
                seen.append(await generator.asend(value))
            elif way == "throw":
                seen.append(await generator.athrow(ValueError(value)))
            else:
                seen.append(await generator.aclose())
        except BaseException as problem:
            seen.append((type(problem), problem.args))
    return seen


def _echo(limit: int, catches: bool):
    value = 0
    for _ in range(limit):
        try:
            value = yield value
        except ValueError as problem:
            if not catches:
                raise
            value = problem.args
    return "done"


async def _aecho(limit: int, catches: bool):
    value: Any = 0
    for _ in range(limit):
        try:
            value = yield value
        except ValueError as problem:
            if not catches:
                raise
            value = problem.args


scripts = st.lists(st.tuples(st.sampled_from(["next", "send", "throw", "close"]), st.integers(0, 3)), max_size=8)


@given(st.integers(0, 4), st.booleans(), st.booleans(), scripts)
def test_a_hooked_generator_is_driven_like_any(tmp_path_factory, limit, catches, is_on, script):
    """Whatever is sent, thrown or closed, a decorated generator does what the undecorated one does."""
    tracer = tracer_in(tmp_path_factory.mktemp("trace"), buffer_size=1000) if is_on else None

    async def both() -> None:
        assert await _adrive(trace_llm_call(_aecho)(limit, catches), script) == await _adrive(
            _aecho(limit, catches), script
        )

    with own_tracer(tracer):
        assert _drive(trace_llm_call(_echo)(limit, catches), script) == _drive(_echo(limit, catches), script)
        asyncio.run(both())
    if tracer is not None:
        tracer.finish()
