"""Code inside a recorded call finds what it would find without hooks, whatever it asks of what it has."""

from __future__ import annotations

import collections
import concurrent.futures
import copy
import dataclasses
import functools
import html
import inspect
import multiprocessing
import operator
import pickle
import types
import typing
import weakref
from collections.abc import Callable
from typing import Any
from unittest import mock

import attrs
import pytest

from namel3ss_dbg.recording.hooks import trace_agent_execution, trace_chain_execution, trace_tool_call
from tests.support.hooked import record


@dataclasses.dataclass
class Model:
    """A model that is made, copied and looked up as any object is."""

    provider: str = "fake"
    asked: int = 0
    kinds = ("chat", "text")

    @classmethod
    def small(cls) -> Model:
        return cls("small")

    def generate(self, prompt: Any) -> dict[str, Any]:
        self.asked += 1
        return {"text": f"<{prompt}>", "usage": {"total_tokens": 2}}

    def __call__(self, prompt: Any) -> Any:
        return self.generate(prompt)

    def __hash__(self) -> int:
        return 1


@functools.singledispatch
def kind_of(value: object) -> str:
    """Tells objects by their class."""
    return "other"


@kind_of.register
def _(value: Model) -> str:
    return "model"


NAMES = {Model: "by class"}


def triple(value: int, *, times: int = 3) -> int:
    """A tool of a module, so that it can be pickled."""
    return value * times


class Search:
    """A tool that is an object."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, query: str, *, limit: int = 5) -> str:
        self.calls += 1
        return query[:limit]


@dataclasses.dataclass
class Agent:
    """Has tools of all kinds."""

    llm: Any
    tools: dict[str, Any]
    look: Callable[[Any], Any] = dataclasses.field(compare=False, repr=False)

    @trace_agent_execution
    def run(self) -> Any:
        return self.look(self)

    def run_bare(self) -> Any:
        return self.look(self)

    def method(self, value: int) -> int:
        return value


def agent(look: Callable[[Any], Any]) -> Agent:
    """An agent that looks at itself."""
    made = Agent(
        Model(), {"triple": triple, "search": Search(), "part": functools.partial(triple, 2), "int": int}, look
    )
    made.tools["method"] = made.method
    return made


LOOKS: dict[str, Callable[[Any], Any]] = {
    # The class of the model
    "another model": lambda self: type(self.llm)("new").provider,
    "class attribute": lambda self: type(self.llm).kinds,
    "class method": lambda self: type(self.llm).small().provider,
    "method of the class": lambda self: type(self.llm).generate(self.llm, "q"),
    "name of the class": lambda self: (type(self.llm).__name__, type(self.llm).__module__, type(self.llm).__qualname__),
    "by class": lambda self: NAMES[type(self.llm)],
    "class equals": lambda self: type(self.llm) == Model,  # noqa: E721
    "instance of the class": lambda self: (isinstance(Model(), type(self.llm)), isinstance(3, type(self.llm))),
    "instance": lambda self: isinstance(self.llm, Model),
    "dispatch": lambda self: kind_of(self.llm),
    "called": lambda self: self.llm("q"),
    "attribute of the class": lambda self: setattr(type(self.llm), "seen_by", 3) or Model.__dict__["seen_by"],
    # Copies
    "copy": lambda self: (copy.copy(self.llm) == self.llm, type(copy.copy(self.llm)) is Model),
    "deep copy": lambda self: type(copy.deepcopy(self.llm)) is Model,
    "pickle": lambda self: type(pickle.loads(pickle.dumps(self.llm))) is Model,  # noqa: S301
    "pickled tool": lambda self: pickle.loads(pickle.dumps(self.tools["triple"])) is triple,  # noqa: S301
    "copied tool": lambda self: copy.deepcopy(self.tools["triple"])(1),
    "dataclass": lambda self: dataclasses.replace(self.llm, provider="x").provider,
    "fields": lambda self: [field.name for field in dataclasses.fields(self.llm)],
    "as dict": lambda self: sorted(dataclasses.asdict(self)["tools"]),
    "replaced": lambda self: dataclasses.replace(self).tools == self.tools,
    "dict of its type": lambda self: sorted(type(self.tools)(self.tools)),
    "list of its type": lambda self: type(list(self.tools))(self.tools),
    "copied tools": lambda self: copy.copy(self.tools)["triple"](1),
    # Tools
    "tool is the tool": lambda self: (self.tools["triple"] == triple, self.tools["triple"] in [triple]),
    "hash of a tool": lambda self: hash(self.tools["triple"]) == hash(triple),
    "signature of a function": lambda self: str(inspect.signature(self.tools["triple"])),
    "signature of an object": lambda self: str(inspect.signature(self.tools["search"])),
    "signature of a partial": lambda self: str(inspect.signature(self.tools["part"])),
    "code": lambda self: self.tools["triple"].__code__.co_varnames,
    "defaults": lambda self: self.tools["triple"].__kwdefaults__,
    "hints": lambda self: typing.get_type_hints(self.tools["triple"]),
    "source": lambda self: inspect.getsource(self.tools["triple"]),
    "kind of function": lambda self: (inspect.isfunction(self.tools["triple"]), inspect.ismethod(self.tools["method"])),
    "owner of a method": lambda self: self.tools["method"].__self__ is self,
    "function of a partial": lambda self: (self.tools["part"].func is triple, self.tools["part"].args),
    "partial of a tool": lambda self: functools.partial(self.tools["triple"], 2)(),
    "method of a tool": lambda self: types.MethodType(self.tools["triple"], 3)(),
    "reference to a tool": lambda self: weakref.ref(tool := self.tools["triple"])() is tool,
    "wrapped": lambda self: functools.wraps(self.tools["triple"])(lambda: 0).__doc__,
    "tool that is a class": lambda self: (isinstance(self.tools["int"], type), self.tools["int"]("12")),
    "tool that counts": lambda self: (self.tools["search"]("abcdefg"), self.tools["search"].calls),
    "chained": lambda self: collections.ChainMap(self.tools, {})["triple"](4),
    "picked": lambda self: operator.itemgetter("triple")(self.tools)(1),
}  # fmt: skip


@pytest.mark.parametrize("look", LOOKS.values(), ids=list(LOOKS))
def test_what_code_inside_finds(tmp_path, look):
    """Classes, copies, pickles, signatures and equality are those of the objects themselves."""
    inside: list[Any] = []
    record(tmp_path, lambda: inside.append(agent(look).run()))

    assert inside == [agent(look).run_bare()]


@pytest.mark.slow
def test_a_tool_goes_to_another_process(tmp_path):
    """What is handed to a pool of processes is the tool itself, which can be pickled."""
    spawn = multiprocessing.get_context("spawn")

    def hand_over(self: Agent) -> str:
        with concurrent.futures.ProcessPoolExecutor(1, mp_context=spawn) as pool:
            return pool.submit(self.tools["escape"], "<").result()

    found: list[str] = []
    record(tmp_path, lambda: found.append(Agent(Model(), {"escape": html.escape}, hand_over).run()))

    assert found == ["&lt;"]


def test_what_an_object_keeps_are_originals(tmp_path):
    """A registry that is built anew from the old one holds the tools, and no stand-in stays in it."""

    def rebuild(self: Agent) -> None:
        self.tools = {**self.tools, "more": len}
        assert self.tools["triple"](1) == 3

    found = agent(rebuild)
    run = record(tmp_path, found.run)

    assert found.tools["triple"] is triple
    assert run.tree() == ["agent Agent", "agent Agent > tool triple"]


class TestClasses:
    """What hooks put into a class hides nothing of the classes around it."""

    def test_an_attribute_of_a_base_that_changes_later(self, tmp_path):
        """A class sees what its base has now, not what that had at the first recorded call."""

        class Base:
            llm: Any = Model("one")

        class Child(Base):
            @trace_agent_execution
            def run(self) -> str:
                return f"{self.llm.provider} {self.llm.generate('q')['text']}"

        said: list[str] = []

        def program() -> None:
            said.append(Child().run())
            Base.llm = Model("two")
            said.append(Child().run())

        run = record(tmp_path, program)

        assert said == ["one <q>", "two <q>"]
        assert run.tree() == ["agent Child", "agent Child > llm one", "agent Child", "agent Child > llm two"]

    def test_an_attribute_that_comes_from_the_other_base(self, tmp_path):
        """What the first base has in its objects only does not hide what the second has in its class."""

        class First:
            def __init__(self, *, own: bool) -> None:
                if own:
                    self.llm = Model("own")

            @trace_agent_execution
            def run(self) -> str:
                return self.llm.provider

        class Second:
            llm = Model("second")

        class Both(First, Second):
            pass

        said: list[str] = []
        record(tmp_path, lambda: said.extend((First(own=True).run(), Both(own=False).run(), Both(own=True).run())))

        assert said == ["own", "second", "own"]
        assert Both(own=False).llm is Second.llm


class TestMocks:
    """A mock has every attribute, answers every question and remembers each: it is asked none."""

    def test_a_mock_that_answers_with_mocks(self, tmp_path):
        """A recorded call of a mock comes to an end, and the mock knows of nothing else."""
        model = mock.MagicMock()

        def ask(self: Agent) -> Any:
            return self.llm.generate("q"), self.tools["t"]("x")

        tool = mock.Mock()
        found: list[Any] = []
        run = record(tmp_path, lambda: found.append(Agent(model, {"t": tool}, ask).run()))

        assert found == [(model.generate.return_value, tool.return_value)]
        assert (model.mock_calls, tool.mock_calls) == ([mock.call.generate("q")], [mock.call("x")])
        assert run.tree() == ["agent Agent", "agent Agent > llm MagicMock", "agent Agent > tool t"]

    def test_a_mock_that_looks_like_a_class(self, tmp_path):
        """A mock with a specification is no coroutine function because it may say so."""
        model = mock.create_autospec(Model)
        model.generate.return_value = "spec"
        found: list[Any] = []
        record(tmp_path, lambda: found.append(Agent(model, {}, lambda self: self.llm.generate("q")).run()))

        assert found == ["spec"]
        assert model.mock_calls == [mock.call.generate("q")]

    def test_a_mock_in_place_of_an_agent(self, tmp_path):
        """A method that is called with a mock as `self` asks it what it would ask, and no more."""
        made = mock.MagicMock()
        record(tmp_path, lambda: Agent.run(made))

        assert made.mock_calls == [mock.call.look(made)]


def test_no_harm_by_a_tool_that_cannot_be_compared(tmp_path):
    """Tools are told apart without asking them."""

    class Odd:
        __hash__ = None  # type: ignore[assignment]

        def __eq__(self, other: object) -> bool:
            raise RuntimeError("not to be compared")

        def __call__(self, value: int) -> int:
            return value

    found: list[Any] = []
    made = Agent(Model(), {"odd": Odd()}, lambda self: [self.tools["odd"](1), self.tools["odd"](2)])
    run = record(tmp_path, lambda: found.append(made.run()))

    assert found == [[1, 2]]
    assert run.tree() == ["agent Agent", *["agent Agent > tool odd"] * 2]


def test_a_program_goes_on_when_something_cannot_be_seen(tmp_path, caplog):
    """What goes wrong in a hook is logged once, and the program finds the thing itself."""

    class Shy(dict[str, Any]):
        def __len__(self) -> int:
            raise RuntimeError("not to be counted")

    found: list[Any] = []
    made = Agent(Model(), Shy(abs=abs), lambda self: [self.tools["abs"](-1), self.tools["abs"](-2), type(self.tools)])
    run = record(tmp_path, lambda: found.append(made.run()))

    assert found == [[1, 2, Shy]]
    assert run.tree() == ["agent Agent"]
    assert [entry.message for entry in caplog.records] == [
        "An event of App was not traced: RuntimeError: not to be counted"
    ]


@attrs.define
class Tool:
    """A tool that is run by one of its methods."""

    name: str

    def run(self, value: int) -> int:
        return value + 1


def test_tools_that_are_objects(tmp_path):
    """A registry of objects with `run`, or a list of them, is one of tools; each has its key or its own name."""

    class Worker:
        name = "Ann"

        def __init__(self) -> None:
            self.tool_registry = {"key": Tool("other")}
            self.tools = [Tool("first"), Tool("second")]

        @trace_agent_execution
        def run(self) -> list[int]:
            self.tools = [tool for tool in self.tools if tool.name == "first"]
            self.tools.append(Tool("third"))
            return [self.tool_registry["key"].run(1), *(tool.run(2) for tool in self.tools)]

    made, found = Worker(), []
    run = record(tmp_path, lambda: found.append(made.run()))

    assert found == [[2, 3, 3]]
    assert run.tree() == ["agent Ann", *(f"agent Ann > tool {name}" for name in ("key", "first", "third"))]
    assert [type(tool) for tool in made.tools] == [Tool, Tool]


def test_steps_that_are_written_as_pairs_or_dicts(tmp_path):
    """A step may be a function with its name before it, or a dict that holds both; a chain may be such a dict."""

    @trace_chain_execution("Pairs")
    def pairs(steps: Any, value: int) -> int:
        for _, function in steps:
            value = function(value)
        return value

    @trace_chain_execution
    def of_dicts(chain: Any, value: int) -> int:
        for step in chain["steps"]:
            value = step["fn"](value)
        return value

    written = {"name": "Dicts", "steps": [{"name": "two", "kind": "python", "fn": lambda value: value + 2}]}
    found: list[int] = []
    run = record(tmp_path, lambda: found.extend((pairs([("one", abs)], -1), of_dicts(written, 1))))

    assert found == [1, 3]
    assert run.tree() == ["chain Pairs", "chain Pairs > chain one", "chain Dicts", "chain Dicts > chain two"]
    assert run.starts[0].inputs == {"steps": ["one"], "value": -1}
    assert run.starts[1].inputs == {"kind": "python", "target": "abs", "inputs": {"x": -1}}


def test_a_model_that_is_only_invoked(tmp_path):
    """One way to be asked is enough to be a model."""

    class Invoked:
        def invoke(self, messages: list[Any]) -> dict[str, Any]:
            return {"content": "yes", "usage_metadata": {"input_tokens": 1, "output_tokens": 2}}

    run = record(tmp_path, Agent(Invoked(), {}, lambda self: self.llm.invoke([])).run)

    start, end = run.one("llm_call")
    assert (start.name, end.outputs["text"], end.tokens_used) == ("Invoked", "yes", 3)


class TestNames:
    """A tool is called what its program calls it."""

    def test_methods_of_an_agent(self, tmp_path):
        """A tool that is one method of an agent, or of a box of tools, has the name of the method."""

        class Helper:
            name = "Ann"
            llm = Model()

            @trace_tool_call
            def find(self) -> None: ...

        class Box:
            @trace_tool_call
            def open(self) -> None: ...

        run = record(tmp_path, lambda: (Helper().find(), Box().open()))

        assert run.tree() == ["tool find", "tool open"]

    def test_an_object_that_is_one_tool(self, tmp_path):
        """The name of the object counts where the method only runs it."""

        class Finder:
            name = "finder"

            @trace_tool_call
            def run(self) -> None: ...

            @trace_tool_call
            def __call__(self) -> None: ...

        class Bare:
            @trace_tool_call
            def execute(self) -> None: ...

        run = record(tmp_path, lambda: (Finder().run(), Finder()(), Bare().execute()))

        assert run.tree() == ["tool finder", "tool finder", "tool Bare"]
