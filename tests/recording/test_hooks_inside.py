"""Model, tool and step calls inside a decorated call: seen without a word, and nobody's objects change."""

from __future__ import annotations

import asyncio
import weakref
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock, MagicMock

import attrs
import pytest

from namel3ss_dbg.recording.hooks import (
    trace_agent_execution,
    trace_agent_turn,
    trace_chain_execution,
    trace_llm_call,
    trace_prompt_execution,
    trace_tool_call,
)
from tests.support.hooked import record
from tests.support.usual_shapes import Agent, Answer, Model


def test_calls_of_the_model(tmp_path):
    """Each way to ask is one span, with inputs by name, the answer and the tokens that it tells."""

    async def work(self: Agent) -> None:
        self.llm.generate("q", temperature=0.5)
        await self.llm.generate_chat([{"role": "user", "content": "q"}])
        self.llm.generate_structured(prompt="q", schema={})
        list(self.llm.stream_generate("q"))
        [piece async for piece in self.llm.astream("q")]

    run = record(tmp_path, lambda: asyncio.run(Agent().act(work)))

    calls = [start for start in run.starts if start.span == "llm_call"]
    assert run.tree() == ["agent Ann", *["agent Ann > llm fake"] * 5]
    assert calls[0].inputs == {"llm": "helper", "model": "fake-1", "prompt": "q", "temperature": 0.5}
    assert calls[0].metadata == {"llm": "helper"}
    assert calls[1].inputs["messages"] == [{"role": "user", "content": "q"}]
    ends = [run.end(call) for call in calls]
    assert [end.outputs.get("text") for end in ends] == ["<q>", "chat", "{}", "abc", "xy"]
    assert [end.tokens_used for end in ends] == [7, 7, 9, None, 11]
    assert ends[0].outputs == {"text": "<q>", "prompt_tokens": 3, "completion_tokens": 4}


def test_calls_of_tools(tmp_path):
    """Tools of the registry are spans by their key, whether they take a moment or not, and however they are got at."""

    async def work(self: Agent) -> None:
        assert self.tool_registry["double"](2) == 4
        assert self.tool_registry.get("double")(value=3) == 6
        assert await self.tool_registry["later"](1) == 2
        assert dict(self.tool_registry)["double"](1) == 2
        for tool in self.tool_registry.values():
            answer = tool(5)
            assert (answer if isinstance(answer, int) else await answer) in (10, 6)

    run = record(tmp_path, lambda: asyncio.run(Agent().act(work)))

    names = ["double", "double", "later", "double", "double", "later"]
    assert run.tree() == ["agent Ann", *[f"agent Ann > tool {name}" for name in names]]
    assert run.starts[1].inputs == {"value": 2}
    assert run.end(run.starts[3]).outputs == {"result": 2}


def test_inside_helpers_and_turns(tmp_path):
    """Calls are found in undecorated methods as well, and belong to the turn that they are made in."""

    class Runtime(Agent):
        @trace_agent_execution
        async def aact(self, question):
            async with trace_agent_turn(self.name, 1, question):
                return self._turn(question)

        def _turn(self, question):
            return self.llm.generate(question).text

    run = record(tmp_path, lambda: asyncio.run(Runtime().aact("q")))

    assert run.tree()[-1] == "agent Ann > agent Ann > llm fake"


def test_self_is_itself(tmp_path):
    """Inside a decorated method `self` is the object in every respect, and what it writes is written."""

    class Base:
        def __init__(self) -> None:
            self.__secret = 1
            self.llm: Any = Model()

        def describe(self) -> str:
            return f"{type(self).__name__} {self.__secret}"

    class Runtime(Base):
        __slots__ = ("slot",)
        known: dict[str, Any] = {}  # noqa: RUF012

        @property
        def model_name(self) -> str:
            return self.llm.name

        @trace_agent_execution
        def act(self):
            assert self is Runtime.known["it"]
            assert type(self) is Runtime
            assert weakref.ref(self)() is self
            assert super().describe() == self.describe() == "Runtime 1"
            assert self.model_name == "helper"
            assert isinstance(self.llm, Model)
            assert self.llm is self.llm
            assert self.llm == Runtime.known["model"]
            assert self.llm.generate == self.llm.generate
            self.llm.peer = self.llm
            self.slot = self.count = 1
            self.count += 1
            self.llm.temperature = 0.7
            del self.gone
            return self

    runtime = Runtime()
    runtime.gone = 1
    model = runtime.llm
    Runtime.known = {"it": runtime, "model": model}

    def program() -> None:
        assert runtime.act() is runtime

    record(tmp_path, program)

    assert (runtime.slot, runtime.count, model.temperature) == (1, 2, 0.7)
    assert model.peer is model
    assert vars(runtime) == {"_Base__secret": 1, "llm": model, "count": 2}
    assert vars(runtime)["llm"] is runtime.llm is model


@pytest.mark.parametrize("shape", ["slots", "attrs", "property", "default", "dynamic"])
def test_objects_of_all_shapes(tmp_path, shape):
    """The model is found in a slot, in an attrs class, behind a property and as a default of the class."""
    model = Model()

    class Slots:
        __slots__ = ("llm",)

        def __init__(self) -> None:
            self.llm = model

        @trace_agent_execution("A")
        def act(self):
            return self.llm.generate("q")

    @attrs.define
    class Attrs:
        llm: Any = attrs.field(factory=lambda: model)

        @trace_agent_execution("A")
        def act(self):
            self.llm = self.llm
            return self.llm.generate("q")

    class Property:
        @property
        def llm(self):
            return model

        act = Slots.act

    class Default:
        llm = model
        act = Slots.act

    class Dynamic:
        llm: Any

        def __getattr__(self, name):
            if name == "llm":
                return model
            raise AttributeError(name)

        act = Slots.act

    kinds = {"slots": Slots, "attrs": Attrs, "property": Property, "default": Default, "dynamic": Dynamic}
    it = kinds[shape]()
    run = record(tmp_path, lambda: it.act())

    seen = [] if shape == "dynamic" else ["agent A > llm fake"]  # nothing of the class tells that it is there
    assert run.tree() == ["agent A", *seen]
    assert it.llm is model
    if shape == "property":
        assert isinstance(kinds[shape].llm, property)
    if shape == "dynamic":
        assert not hasattr(kinds[shape], "llm")


def test_a_class_that_had_no_such_attribute_still_has_none(tmp_path):
    """What code asks the class for is answered as before, and objects without a model say so as before."""
    record(tmp_path, lambda: Agent().act_at_once(lambda self: self.llm.generate("q")))

    assert not hasattr(Agent, "llm")
    with pytest.raises(AttributeError, match="type object 'Agent' has no attribute 'llm'"):
        _ = Agent.llm
    with pytest.raises(AttributeError, match="'Agent' object has no attribute 'llm'"):
        _ = Agent.__new__(Agent).llm
    with pytest.raises(AttributeError, match="'Agent' object has no attribute 'llm'"):
        del Agent.__new__(Agent).llm
    assert attrs.define(type("Sub", (Agent,), {"__annotations__": {"llm": Any}}))("m").llm == "m"


def test_arguments(tmp_path):
    """A model, a provider, a dict of tools and `tool_…` callables among the arguments are seen, however passed."""

    @trace_prompt_execution
    async def execute(prompt_def, llm, args, *, provider=None, tools=None, context=None):
        llm.generate("q")
        await provider.generate_chat([])
        tools["t"](1)
        context["tool_search"]("x")
        context["helper"]("x")
        context["answer"] = context["given"] + 1

    context = {"tool_search": lambda text: text, "helper": len, "given": 1}
    definition = SimpleNamespace(name="P")
    tools = {"t": abs}
    run = record(
        tmp_path,
        lambda: asyncio.run(execute(definition, Model(), {}, provider=Model(), tools=tools, context=context)),
    )

    inner = ["llm fake", "llm fake", "tool t", "tool tool_search"]
    assert run.tree() == ["prompt P", *[f"prompt P > {each}" for each in inner]]
    assert run.starts[0].inputs["llm"] == "helper"
    assert context["answer"] == 2
    assert type(context) is dict


def test_steps(tmp_path):
    """A chain's steps, functions or objects that run, are spans with the chain's name; so are those of `self.steps`."""

    class Step:
        name, kind, target = "shout", "template", "loud"

        def run(self, value):
            return value.upper()

    async def wait(value):
        return value + "?"

    @trace_chain_execution("Chain")
    async def run_chain(steps, value):
        for step in steps:
            value = step.run(value) if isinstance(step, Step) else step(value)
            value = await value if asyncio.iscoroutine(value) else value
        return {"status": "success", "result": value}

    class Chain:
        name = "Owned"

        def __init__(self):
            self.steps = [str.strip, lambda value: value + "!"]

        @trace_chain_execution
        def run(self, value):
            for step in self.steps:
                value = step(value)
            return value

    chain = Chain()

    def program() -> None:
        assert asyncio.run(run_chain([str.strip, Step(), wait], " a "))["result"] == "A?"
        assert asyncio.run(run_chain((str.strip,), " a "))["result"] == "a"
        assert chain.run(" b ") == "b!"

    run = record(tmp_path, program)

    assert run.tree() == [
        "chain Chain",
        *[f"chain Chain > chain {name}" for name in ("strip", "shout", "wait")],
        "chain Chain",
        "chain Chain > chain strip",
        "chain Owned",
        "chain Owned > chain strip",
        "chain Owned > chain step_2",
    ]
    step = run.starts[2]
    assert step.span == "chain_step"
    assert step.inputs == {"kind": "template", "target": "loud", "inputs": {"value": "a"}}
    assert step.metadata == {"chain": "Chain"}
    assert run.starts[0].inputs["steps"] == ["strip", "shout", "wait"]
    assert run.end(run.starts[0]).outputs == {"result": "A?", "status": "success"}


def test_a_list_of_steps_is_the_callers(tmp_path):
    """What a chain does to its list of steps it does to the list that it was given."""

    @trace_chain_execution
    def run_chain(steps):
        steps.append(first := steps[0])
        assert first in steps
        while steps:
            steps.pop(0)()
        steps += [first]
        return steps

    def step() -> None: ...

    steps = [step]

    def program() -> None:
        assert run_chain(steps) is steps

    run = record(tmp_path, program)

    assert steps == [step]
    assert len(run.tree()) == 3


def test_no_call_is_told_twice(tmp_path):
    """A prompt inside an agent, a model or tool that traces itself, a model that asks itself: one event each."""

    class Own(Model):
        @trace_llm_call("own")
        def generate(self, prompt, **options):
            return self.complete(prompt)

        @trace_llm_call("own")
        def complete(self, prompt):
            return Answer(prompt)

    class Delegating(Model):
        def generate(self, prompt, **options):
            return self.complete(prompt)

        def complete(self, prompt):
            return Answer(prompt)

    @trace_tool_call("own tool")
    def own_tool():
        return 1

    @trace_prompt_execution("P")
    def execute(prompt, llm):
        return llm.generate(prompt)

    class Roundabout(Model):
        agent: Any = None

        def generate(self, prompt, **options):
            return self.agent.llm.complete(prompt)

        def complete(self, prompt):
            return Answer(prompt)

    roundabout = Roundabout()
    roundabout.agent = Agent(roundabout)

    def work(self: Agent) -> None:
        self.llm.generate("a")
        execute("b", self.llm)
        roundabout.agent.llm.generate("d")
        execute("c", llm=Delegating())
        self.tool_registry["own"]()

    run = record(tmp_path, lambda: Agent(Own(), {"own": own_tool}).act_at_once(work))

    assert run.tree() == [
        "agent Ann",
        "agent Ann > llm own",
        "agent Ann > prompt P",
        "agent Ann > prompt P > llm own",
        "agent Ann > llm fake",
        "agent Ann > prompt P",
        "agent Ann > prompt P > llm fake",
        "agent Ann > tool own tool",
    ]


def test_tokens_are_counted_once(tmp_path):
    """An agent whose result repeats what its calls used says nothing; one whose calls are unknown says it."""

    @trace_agent_execution
    def agent(llm):
        if llm is not None:
            llm.generate("q")
        return {"response": "r", "usage": {"total_tokens": 7}}

    run = record(tmp_path, lambda: (agent(Model()), agent(None)))

    assert [(start.span, run.end(start).tokens_used) for start in run.starts] == [
        ("agent_execution", None),
        ("llm_call", 7),
        ("agent_execution", 7),
    ]
    assert run.events[-1].outputs["execution_summary"]["tokens_used"] == 14


def test_a_model_made_of_mocks(tmp_path):
    """A mock in place of a model is called with what it is called with, and remembers it."""
    model = MagicMock()
    model.generate.return_value = SimpleNamespace(text="hi")
    model.generate_chat = AsyncMock(return_value="chat")

    async def work(self: Agent) -> None:
        assert self.llm.generate("q").text == "hi"
        assert await self.llm.generate_chat(["m"]) == "chat"
        self.llm.generate.assert_called_once_with("q")

    run = record(tmp_path, lambda: asyncio.run(Agent(model).act(work)))

    model.generate_chat.assert_awaited_once_with(["m"])
    assert [run.end(start).outputs for start in run.starts[1:]] == [{"text": "hi"}, {"text": "chat"}]


def test_a_prompt_that_is_a_coroutine(tmp_path):
    """What is awaited once may be a prompt: hooks do not await it."""

    class Awaiting(Model):
        async def generate(self, prompt, **options):
            return await prompt

    async def question() -> str:
        return "q"

    async def work(self: Agent) -> str:
        return await self.llm.generate(question())

    run = record(tmp_path, lambda: asyncio.run(Agent(Awaiting()).act(work)))

    assert run.end(run.starts[1]).outputs == {"text": "q"}
    assert "coroutine object" in run.starts[1].inputs["prompt"]


def test_objects_that_do_harm(tmp_path):
    """Values whose every method raises, circular ones and generators are passed on as they are."""

    class Evil:
        def __getattribute__(self, name):
            raise RuntimeError("do not look at me")

        def __repr__(self):
            raise RuntimeError("do not print me")

        __str__ = __bool__ = __eq__ = __hash__ = __iter__ = __len__ = __repr__

    evil = Evil()
    circular: dict[str, Any] = {}
    circular["self"] = circular
    numbers = iter(range(3))
    huge = "x" * 10_000_000
    values = [evil, circular, numbers, huge, float("nan"), 1 << 80, {1: 2}, b"\xff", "\ud800", {(): evil}]

    @trace_agent_execution
    def agent(agent, llm, context):
        return context

    @trace_tool_call
    def tool(value):
        return value

    def program() -> None:
        for value in values:
            assert agent(value, value, value) is value
            assert tool(value) is value

    run = record(tmp_path, program)

    assert len(run.starts) == 2 * len(values)
    assert list(numbers) == [0, 1, 2]


def test_inside_may_be_left_out(tmp_path):
    """`see_inside=False` records the call alone, and the code gets the objects themselves."""
    model = Model()

    class Plain:
        llm = model

        @trace_agent_execution(see_inside=False)
        def act(self, llm):
            assert llm is self.llm is model
            return self.llm.generate("q")

    run = record(tmp_path, lambda: Plain().act(model))

    assert run.tree() == ["agent Plain"]
