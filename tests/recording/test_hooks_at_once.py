"""Calls at once on one object, in tasks and threads, and what is left of a call when it has ended."""

from __future__ import annotations

import asyncio
import copy
import gc
import threading
import weakref
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from namel3ss_dbg.recording.hooks import (
    trace_error,
    trace_prompt_execution,
)
from tests.support.hooked import record
from tests.support.usual_shapes import Agent, Model


def test_others_see_the_model_itself(tmp_path):
    """While a traced call runs, code outside of it gets the object itself, and asks it without being recorded."""
    agent = Agent()
    model, tools = agent.llm, agent.tool_registry

    async def program() -> None:
        inside, outside = asyncio.Event(), asyncio.Event()

        async def work(self: Agent) -> None:
            inside.set()
            await outside.wait()
            self.llm.generate("inside")

        async def other() -> None:
            await inside.wait()
            assert agent.llm is model
            assert agent.tool_registry is tools
            agent.llm.generate("outside")
            outside.set()

        await asyncio.gather(agent.act(work), other())

    run = record(tmp_path, lambda: asyncio.run(program()))

    assert [start.inputs.get("prompt") for start in run.starts if start.span == "llm_call"] == ["inside"]


def test_two_calls_on_one_object(tmp_path):
    """Of two calls at once on one object, each has its own model calls, and only those."""
    agent = Agent()

    async def program() -> None:
        barrier = asyncio.Event()

        async def work(number: int, self: Agent) -> None:
            for step in range(3):
                self.llm.generate(f"{number}.{step}")
                await self.tool_registry["later"](number)
                barrier.set()
                self.turns += 1

        await asyncio.gather(*(agent.act(lambda self, number=number: work(number, self)) for number in range(4)))

    run = record(tmp_path, lambda: asyncio.run(program()))

    assert agent.turns == 12
    agents = {start.event_id: [] for start in run.starts if start.span == "agent_execution"}
    for start in run.starts:
        if start.span != "agent_execution":
            agents[start.parent_event_id].append(start.inputs.get("prompt") or start.inputs["value"])
    assert sorted(agents.values(), key=str) == [
        [f"{number}.0", number, f"{number}.1", number, f"{number}.2", number] for number in range(4)
    ]


def test_threads(tmp_path):
    """Calls in a pool's threads that know no context belong to the traced call that started them."""
    agent = Agent()

    def work(self: Agent) -> list[int]:
        def look_up_there(value: int) -> int:
            self.llm.generate(str(value))
            return self.tool_registry["double"](value)

        looked_up_here = self.tool_registry["double"]
        with ThreadPoolExecutor(2) as pool:
            return [*pool.map(look_up_there, range(2)), *pool.map(looked_up_here, range(2))]

    run = record(tmp_path, lambda: agent.act_at_once(work))

    assert sorted(run.tree()) == ["agent Ann", *["agent Ann > llm fake"] * 2, *["agent Ann > tool double"] * 4]


def test_a_pool_that_goes_on(tmp_path):
    """What was looked up in a call that has ended belongs to the one around it; a pool's thread stays in none."""
    pool = ThreadPoolExecutor(1)

    class Runtime(Agent):
        @trace_prompt_execution("P")
        def look_up(self):
            return self.tool_registry["double"]

    def work(self: Any) -> int:
        return pool.submit(self.look_up(), 4).result()

    def program() -> None:
        with pool:
            assert Runtime().act_at_once(work) == 8
            pool.submit(trace_error, "pool", "thread", "later").result()

    run = record(tmp_path, program)

    assert run.tree() == ["agent Ann", "agent Ann > prompt P", "agent Ann > tool double"]
    assert [point.parent_event_id for point in run.points] == [run.events[0].event_id]


def test_calls_in_threads_of_their_own(tmp_path):
    """Two threads that use one object at once each have their own calls."""
    agent = Agent()
    barrier = threading.Barrier(2)

    def work(number: int, self: Agent) -> None:
        for _ in range(3):
            barrier.wait(timeout=30)
            self.llm.generate(number)

    def program() -> None:
        threads = [
            threading.Thread(target=agent.act_at_once, args=(lambda self, number=number: work(number, self),))
            for number in range(2)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    run = record(tmp_path, program)

    agents: dict[str, list[Any]] = defaultdict(list)
    for start in run.starts:
        if start.span == "llm_call":
            agents[start.parent_event_id or ""].append(start.inputs["prompt"])
    assert sorted(agents.values()) == [[0, 0, 0], [1, 1, 1]]


def test_nothing_is_left_behind(tmp_path):
    """A model that a call was given can be collected after it; copies of what is seen are of the thing itself."""
    agent = Agent()
    kept: list[Any] = []

    def work(self: Agent) -> None:
        kept.extend((copy.copy(self.llm), copy.deepcopy(self.llm), self.tool_registry.copy()))
        self.saved = self.llm
        self.registry = self.tool_registry
        assert self.registry is self.tool_registry
        self.tool_registry["again"] = self.tool_registry["double"]

    record(tmp_path, lambda: agent.act_at_once(work))

    assert [type(each) for each in kept] == [Model, Model, dict]
    assert agent.tool_registry["again"] is agent.tool_registry["double"]
    assert agent.saved.generate("q").text == "<q>"  # a stand-in that was kept goes on as the model
    assert vars(Agent)["llm"].open == {}
    gone = weakref.ref(agent.llm)
    vars(agent).clear()
    kept.clear()
    gc.collect()
    assert gone() is None


def test_a_task_that_outlives_the_call(tmp_path):
    """What a task asks that goes on after the agent is still recorded, inside the span that it was begun in."""

    async def program() -> None:
        tasks: list[asyncio.Task[Any]] = []

        async def work(self: Agent) -> None:
            async def afterwards() -> None:
                await asyncio.sleep(0)
                self.llm.generate("late")

            tasks.append(asyncio.create_task(afterwards()))

        await Agent().act(work)
        await tasks[0]

    run = record(tmp_path, lambda: asyncio.run(program()))

    assert run.tree() == ["agent Ann", "agent Ann > llm fake"]
