"""Decorated functions: one start and one end for each call, however they are called and however they end."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import functools
import gc
import inspect
import subprocess
import sys
import weakref
from pathlib import Path
from typing import Any

import attrs
import pytest

from namel3ss_dbg.recording import current, hooks
from namel3ss_dbg.recording.current import get_global_tracer, initialize_tracing
from namel3ss_dbg.recording.hooks import (
    trace_agent_execution,
    trace_agent_turn,
    trace_chain_execution,
    trace_error,
    trace_llm_call,
    trace_memory_operation,
    trace_prompt_execution,
    trace_tool_call,
)
from namel3ss_dbg.trace.settings import DebugConfiguration
from tests.support.hooked import own_tracer, record
from tests.support.recordings import events_in, tracer_in

ROOT = Path(__file__).parents[2]
DECORATORS = {
    "agent_execution": trace_agent_execution,
    "prompt_execution": trace_prompt_execution,
    "chain_execution": trace_chain_execution,
    "llm_call": trace_llm_call,
    "tool_call": trace_tool_call,
}


@attrs.define
class Definition:
    """What an agent, prompt or chain is made from."""

    name: str


class Agent:
    """Has a method of each kind."""

    def __init__(self, name: str = "Ann") -> None:
        self.name = name

    @trace_agent_execution
    def plain(self, text: str, times: int = 2) -> str:
        return text * times

    @trace_agent_execution(capture_inputs=True, capture_outputs=True)
    async def awaited(self, text: str, *more: str, **options: Any) -> str:
        await asyncio.sleep(0)
        return text

    @classmethod
    @trace_agent_execution
    def of_class(cls, text: str) -> str:
        return text

    @trace_agent_execution("Classy")
    @classmethod
    def of_class_below(cls, text: str) -> str:
        return text

    @staticmethod
    @trace_agent_execution
    def static(text: str) -> str:
        return text

    @trace_agent_execution
    @staticmethod
    def static_below(text: str) -> str:
        return text


@pytest.mark.parametrize("kind", DECORATORS)
@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("is_bare", [False, True])
def test_a_call_is_a_span(tmp_path, kind, is_async, is_bare):
    """Each decorator, on a function and a coroutine function, bare or with arguments, writes a start and an end."""

    def call(question):
        return f"{question}!"

    async def call_later(question):
        return f"{question}!"

    decorator = DECORATORS[kind] if is_bare else DECORATORS[kind](capture_inputs=True, capture_outputs=True)
    hooked = decorator(call_later if is_async else call)
    answers: list[str] = []
    run = record(tmp_path, lambda: answers.append(asyncio.run(hooked("why")) if is_async else hooked("why")))

    start, end = run.one(kind)
    assert answers == ["why!"]
    assert start.inputs == {"question": "why"}
    assert (start.component, start.name) == (kind.partition("_")[0], "call_later" if is_async else "call")
    assert list(end.outputs.values()) == ["why!"]
    assert end.status == "completed"
    assert start.metadata["source"]["file"] == __file__


def test_methods_of_all_kinds(tmp_path):
    """Bound, class and static methods work, whichever decorator comes first, and `self` is no input."""

    def program() -> None:
        agent = Agent()
        assert agent.plain("a") == "aa"
        assert Agent.plain(agent, "a", times=1) == "a"
        assert asyncio.run(agent.awaited("b")) == "b"
        assert agent.of_class("c") == Agent.of_class("c") == Agent.of_class_below("c") == "c"
        assert agent.static("d") == Agent.static("d") == Agent.static_below("d") == "d"

    run = record(tmp_path, program)

    named = [(start.name, *start.inputs.values()) for start in run.starts]
    assert named == [
        ("Ann", "a", 2),
        ("Ann", "a", 1),
        ("Ann", "b"),
        ("Agent", "c"),
        ("Agent", "c"),
        ("Classy", "c"),
        ("static", "d"),
        ("static", "d"),
        ("static_below", "d"),
    ]


@pytest.mark.parametrize(
    ("args", "kwargs", "recorded"),
    [
        (("x",), {}, {"first": "x", "second": 5}),
        ((), {"first": "x"}, {"first": "x", "second": 5}),
        (("x", 6, 7, 8), {}, {"first": "x", "second": 6, "rest": [7, 8]}),
        (("x",), {"other": 1, "self": 2}, {"first": "x", "second": 5, "other": 1, "self": 2}),
    ],
)
def test_inputs_by_the_names_of_parameters(tmp_path, args, kwargs, recorded):
    """It does not matter how an argument was passed: positional, by name, as a default, as one of many."""

    @trace_tool_call
    def tool(first, /, second=5, *rest, **options):
        return None

    @trace_tool_call
    def flexible(first, second=5, *rest, **options):
        return None

    function = tool if "first" not in kwargs else flexible
    start, _ = record(tmp_path, lambda: function(*args, **kwargs)).one("tool_call")

    assert start.inputs == recorded


def test_a_call_that_does_not_fit(tmp_path):
    """The function itself says that an argument is missing, and the span has failed."""

    @trace_tool_call
    def tool(first):
        return first

    def program() -> None:
        with pytest.raises(TypeError, match="missing 1 required positional argument: 'first'"):
            tool()

    _, end = record(tmp_path, program).one("tool_call")

    assert end.status == "failed"


def test_what_is_not_to_be_captured_is_not_recorded(tmp_path):
    """`capture_inputs=False` and `capture_outputs=False` hold for the call and for all that is seen inside."""

    class Model:
        def generate(self, prompt):
            return {"text": "a secret answer", "usage": {"total_tokens": 5}}

    class Quiet:
        llm = Model()

        @trace_agent_execution(capture_inputs=False, capture_outputs=False)
        def act(self, question):
            with trace_agent_turn("Quiet", 1, question):
                trace_memory_operation("add", "Quiet", {"message": question})
                return self.llm.generate(question)["text"]

    run = record(tmp_path, lambda: Quiet().act("a secret question"))

    assert "secret" not in run.path.read_text()
    assert run.tree()[-1] == "agent Quiet > agent Quiet > llm Model"
    assert run.end(run.starts[-1]).tokens_used == 5


@pytest.mark.parametrize(
    ("problem", "status", "error"),
    [
        (ValueError("no"), "failed", "ValueError: no"),
        (asyncio.CancelledError(), "cancelled", "CancelledError"),
        (KeyboardInterrupt(), "cancelled", "KeyboardInterrupt"),
        (StopIteration(1), "failed", "StopIteration: 1"),
    ],
)
def test_exceptions_go_on(tmp_path, problem, status, error):
    """The very exception arrives, and each span that it leaves ends once."""

    @trace_tool_call
    def tool():
        raise problem

    @trace_agent_execution
    def agent():
        tool()

    def program() -> None:
        with pytest.raises(type(problem)) as raised:
            agent()
        assert raised.value is problem

    run = record(tmp_path, program)
    ends = [run.end(start) for start in run.starts]

    assert [(end.status, end.error) for end in ends] == [(status, error)] * 2


def test_an_error_is_told_once(tmp_path):
    """`error_occurred` stands where an exception is first seen, however far it goes and whatever it is turned into."""

    @trace_tool_call
    def tool():
        raise OSError("disk")

    @trace_chain_execution
    def chain():
        try:
            tool()
        except OSError as problem:
            raise RuntimeError("chain broke") from problem

    @trace_agent_execution
    def agent():
        try:
            chain()
        except RuntimeError as problem:
            trace_error("agent", "Ann", problem)
            raise

    def program() -> None:
        with pytest.raises(RuntimeError):
            agent()

    run = record(tmp_path, program)

    first, told = run.points
    assert (first.error, first.component_name) == ("OSError: disk", "tool")
    assert first.metadata["error_type"] == "OSError"
    assert first.parent_event_id == run.starts[-1].event_id
    assert (told.error, told.component) == ("RuntimeError: chain broke", "agent")


def test_an_error_that_the_program_tells_of_is_not_told_again(tmp_path):
    """After `trace_error(error=problem)` the same exception goes on without another word."""

    @trace_agent_execution
    def agent():
        try:
            raise OSError("disk")
        except OSError as problem:
            trace_error("custom", "Disk", problem)
            raise

    def program() -> None:
        with pytest.raises(OSError, match="disk"):
            agent()

    run = record(tmp_path, program)

    assert [point.component for point in run.points] == ["custom"]
    assert run.end(run.starts[0]).error == "OSError: disk"


def test_a_failed_call_keeps_nothing_alive(tmp_path):
    """What a failing function held is free as soon as its exception is gone, without the collector."""

    class Held:
        pass

    held: list[weakref.ref[Held]] = []

    @trace_agent_execution
    def agent():
        own = Held()
        held.append(weakref.ref(own))
        raise OSError("disk")

    def program() -> None:
        gc.disable()
        try:
            with contextlib.suppress(OSError):
                agent()
            assert held[0]() is None
        finally:
            gc.enable()

    record(tmp_path, program)


def test_a_result_may_say_that_it_is_an_error(tmp_path):
    """A result whose status is `error`, an attribute or a key, makes a failed span of a call that returns."""

    @attrs.define
    class Result:
        status: str
        error: str | None = None

    @trace_agent_execution
    def agent(result):
        return result

    results = [Result("error", "out of turns"), {"status": "error", "error": {"message": "bad"}}, Result("success")]
    run = record(tmp_path, lambda: [agent(result) for result in results])

    ends = [run.end(start) for start in run.starts]
    assert [(end.status, end.error) for end in ends] == [
        ("failed", "out of turns"),
        ("failed", "bad"),
        ("completed", None),
    ]


def test_an_override_that_calls_what_it_overrides_is_one_call(tmp_path):
    """`super().aact()` is a part of `aact()`; a method that calls itself is called again."""

    class Careful(Agent):
        @trace_agent_execution
        async def awaited(self, text, *more, **options):
            answer = await super().awaited(text)
            if text == "once more":
                answer += await self.awaited("again")
            return answer

    assert asyncio.run(Careful().awaited("once more")) == "once moreagain"
    run = record(tmp_path, lambda: asyncio.run(Careful().awaited("once more")))

    assert run.tree() == ["agent Ann", "agent Ann > agent Ann"]


NAMES: list[tuple[str, Any, str]] = [
    ("agent_execution", lambda hook: hook(lambda agent: 1)(Definition("A")), "A"),
    ("agent_execution", lambda hook: hook("B")(lambda agent: 1)(Definition("A")), "B"),
    ("agent_execution", lambda hook: hook(component_name="C")(lambda agent: 1)(Definition("A")), "C"),
    ("agent_execution", lambda hook: hook(agent_name="D")(lambda agent: 1)(Definition("A")), "D"),
    ("prompt_execution", lambda hook: hook(lambda prompt_def, llm: 1)(Definition("P"), None), "P"),
    ("prompt_execution", lambda hook: hook(lambda prompt_def: 1)(prompt_def={"name": "P"}), "P"),
    ("chain_execution", lambda hook: hook(lambda name, payload: 1)("Chain", {}), "Chain"),
    ("chain_execution", lambda hook: hook(lambda chain: 1)(Definition("Chain")), "Chain"),
    ("tool_call", lambda hook: hook(functools.partial(max, 1))(2), "max"),
]


@pytest.mark.parametrize(("kind", "call", "name"), NAMES)
def test_names(tmp_path, kind, call, name):
    """A call is called what its agent, prompt, chain or tool is called; a name that is given goes before."""
    start, _ = record(tmp_path, lambda: call(DECORATORS[kind])).one(kind)

    assert start.name == name


def test_names_of_objects(tmp_path):
    """`self.name`, `self.agent_def.name`, else the class; a property that raises is passed over."""

    class Named:
        def __init__(self, **values):
            self.__dict__.update(values)

        @trace_agent_execution
        def act(self):
            return None

    class Raising(Named):
        @property
        def name(self):
            raise RuntimeError("not yet")

    objects = [Named(name="N"), Named(agent_def=Definition("D")), Raising(agent_def=Definition("R")), Raising()]
    run = record(tmp_path, lambda: [each.act() for each in objects])

    assert [start.name for start in run.starts] == ["N", "D", "R", "Raising"]


def test_a_decorated_function_is_what_it_was():
    """Name, docs, signature and kind of function stay."""

    def plain(a: int, *, b: str = "x") -> str:
        """Say it."""
        return b

    async def coroutine(a: int) -> None: ...

    def generator(a: int):
        yield a

    async def async_generator(a: int):
        yield a

    kinds = (inspect.iscoroutinefunction, inspect.isgeneratorfunction, inspect.isasyncgenfunction)
    for function in (plain, coroutine, generator, async_generator):
        hooked = trace_tool_call(function)
        assert inspect.signature(hooked) == inspect.signature(function)
        assert (hooked.__name__, hooked.__doc__, hooked.__wrapped__) == (function.__name__, function.__doc__, function)
        assert [kind(hooked) for kind in kinds] == [kind(function) for kind in kinds]


def test_a_class_cannot_be_decorated():
    """Somebody who puts a hook on a class is told what to do."""
    with pytest.raises(TypeError, match=r"A hook decorates a function or method.*Decorate its methods"):
        trace_agent_execution(Agent)


def test_off_is_off(tmp_path):
    """Without tracing every hook works, and nothing is written."""

    async def program() -> None:
        agent = Agent()
        assert agent.plain("a") == "aa"
        assert await agent.awaited("b") == "b"
        async with trace_agent_turn("A", 1) as span:
            span.outputs = {}
        with trace_tool_call("t") as span:
            span.tokens_used = 1
        await trace_error("a", "b", "c")

    with own_tracer(None):
        asyncio.run(program())
        assert get_global_tracer() is None

    assert list(tmp_path.iterdir()) == []
    assert "llm" not in vars(Agent)


class TestTracer:
    """Which tracer hooks write to."""

    def test_initialized(self, tmp_path):
        """The tracer that was given to the process last is the one that everybody gets."""
        with own_tracer(None):
            first = initialize_tracing(DebugConfiguration(enabled=True, trace_output_dir=tmp_path))
            assert get_global_tracer() is first
            second = initialize_tracing()
            assert get_global_tracer() is second
            assert not second.enabled

    def test_by_the_environment(self, tmp_path, monkeypatch):
        """`NAMEL3SS_DEBUG_ENABLED=true` traces a program that never initializes tracing."""
        monkeypatch.setenv("NAMEL3SS_DEBUG_ENABLED", "true")
        monkeypatch.setenv("NAMEL3SS_DEBUG_OUTPUT_DIR", str(tmp_path / "traces"))
        with own_tracer(None):
            Agent().plain("a")
            tracer = get_global_tracer()
            assert tracer is not None
            path = tracer.finish()

        assert [event.event_type for event in events_in(path) if event.component == "agent"] == [
            "agent_execution_start",
            "agent_execution_end",
        ]

    def test_of_the_run_that_the_code_is_in(self, tmp_path):
        """Code that is called inside a run of another tracer belongs to that run."""
        inner = tracer_in(tmp_path / "inner")

        def program() -> None:
            inner.start("Inner")
            with inner.span("chain_execution", "chain", "C"):
                assert get_global_tracer() is inner
                Agent().plain("a")
            paths.append(inner.finish())

        paths: list[Path | None] = []
        run = record(tmp_path / "outer", program)

        assert run.starts == []
        assert [event.name for event in events_in(paths[0]) if event.opens] == ["Inner", "C", "Ann"]

    def test_of_a_new_tracer(self, tmp_path):
        """Code that is left in a span of a run that has ended writes to the tracer of the process."""
        old, new = tracer_in(tmp_path / "old"), tracer_in(tmp_path / "new")

        def program() -> None:
            old.start("Old")
            with own_tracer(new), old.span("chain_execution", "chain", "C"):
                old.finish()
                new.start("New")
                Agent().plain("a")

        contextvars.copy_context().run(program)

        assert [event.name for event in events_in(new.finish()) if event.opens] == ["New", "Ann"]

    def test_after_the_run(self, tmp_path):
        """What is called after the run has ended is not recorded, and works."""
        tracer = tracer_in(tmp_path)
        with own_tracer(tracer):
            tracer.start("App")
            path = tracer.finish()
            assert Agent().plain("a") == "aa"
            with trace_llm_call("m") as span:
                span.tokens_used = 1

        assert len(events_in(path)) == 2

    def test_filtered(self, tmp_path):
        """A filter keeps the model calls inside an agent that it drops."""

        class Model:
            def generate(self, prompt):
                return prompt

        class Own(Agent):
            llm = Model()

            @trace_agent_execution
            def act(self):
                return self.llm.generate("q")

        run = record(tmp_path, lambda: Own().act(), default_components=("llm",))

        assert run.tree() == ["llm Model"]


def test_exports():
    """All that the seed names can be imported."""
    assert set(DECORATORS.values()) <= {getattr(hooks, name) for name in hooks.__all__}
    assert {"trace_agent_turn", "trace_memory_operation", "trace_validation_event", "trace_error"} <= set(hooks.__all__)


@pytest.mark.slow
def test_a_program_that_only_decorates_loads_little():
    """Importing hooks reads no command line, screen or analysis."""
    code = "import sys, namel3ss_dbg.recording.hooks; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = {name for name in done.stdout.split() if name.startswith("namel3ss_dbg.")}

    assert {name.split(".")[1] for name in loaded} <= {"events", "trace", "timeline", "recording"}
    assert current.__name__ in loaded
    assert not {"rich", "click", "lark", "prompt_toolkit", "debugpy"} & set(done.stdout.split())
