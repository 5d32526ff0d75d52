"""A decorated object does what the undecorated one does, whatever a program does to it and wherever."""

from __future__ import annotations

import operator
from collections.abc import Callable, Hashable
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from namel3ss_dbg.recording.hooks import trace_agent_execution, trace_chain_execution
from tests.support.hooked import own_tracer
from tests.support.recordings import tracer_in

Step = tuple[str, str, int]
Outcome = tuple[str, Any]


class Model:
    """Remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.limit = 0

    def generate(self, prompt: Any) -> str:
        self.asked.append(prompt)
        return f"<{prompt}>"

    def __len__(self) -> int:
        return len(self.asked)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Model) and other.asked == self.asked

    def __hash__(self) -> int:
        return 7


def _add(value: int) -> int:
    return value + 1


def _fail(value: int) -> int:
    raise ValueError(value)


class Base:
    """Does one thing after the other to itself."""

    shared = 0

    def __init__(self) -> None:
        self.llm: Any = Model()
        self.tool_registry: Any = {"add": _add, "fail": _fail}
        self.steps: Any = [_add, _fail, _add]
        self.__private = 0

    @property
    def total(self) -> int:
        return self.__private + self.shared

    @total.setter
    def total(self, value: int) -> None:
        self.__private = value

    def do(self, script: list[Step]) -> list[Outcome]:
        return [self.one(*step) for step in script]

    def one(self, way: str, name: str, value: int) -> Outcome:
        try:
            return "got", _plain(getattr(self, f"_{way}")(name, value), self)
        except Exception as problem:
            return "raised", (type(problem), str(problem))

    def _get(self, name: str, value: int) -> Any:
        return getattr(self, name)

    def _set(self, name: str, value: int) -> None:
        setattr(self, name, value)

    def _keep(self, name: str, value: int) -> None:
        setattr(self, name, self.llm)

    def _delete(self, name: str, value: int) -> None:
        delattr(self, name)

    def _ask(self, name: str, value: int) -> Any:
        return self.llm.generate(value), len(self.llm), self.llm == self.llm, self.llm in {self.llm}

    def _tune(self, name: str, value: int) -> Any:
        self.llm.limit += value
        return self.llm.limit, isinstance(self.llm, Model), vars(self.llm)

    def _call(self, name: str, value: int) -> Any:
        return self.tool_registry["fail" if value % 2 else "add"](value)

    def _register(self, name: str, value: int) -> Any:
        self.tool_registry[name] = self.tool_registry.get("add", _fail)
        self.tool_registry |= {"later": _fail}
        return sorted(self.tool_registry), len(self.tool_registry), name in self.tool_registry

    def _unregister(self, name: str, value: int) -> Any:
        return self.tool_registry.pop(name, _add)(value), {**self.tool_registry}.keys()

    def _walk(self, name: str, value: int) -> Any:
        for step in self.steps[:2]:
            value = step(value)
        return value

    def _shift(self, name: str, value: int) -> Any:
        self.steps.append(self.steps.pop(0))
        self.steps[0], self.steps[-1] = self.steps[-1], self.steps[0]
        self.steps += [_add]
        return len(self.steps), self.steps.index(_add), _fail in self.steps, self.steps == list(self.steps)

    def _count(self, name: str, value: int) -> Any:
        type(self).shared += 1
        self.total += value
        return self.total, type(self).__name__


def _plain(value: Any, of: Base) -> Any:
    """A value without the identity of objects that two runs cannot share."""
    if value is of:
        return "itself"
    if isinstance(value, Model):
        return value.asked, value.limit
    if isinstance(value, tuple | list):
        return [_plain(each, of) for each in value]
    if isinstance(value, dict):
        return {key: _plain(each, of) for key, each in value.items()}
    return value.__name__ if callable(value) and hasattr(value, "__name__") else value


def _slotted() -> type[Base]:
    class Slotted(Base):
        __slots__ = ("llm", "steps")

    return Slotted


def _derived() -> type[Base]:
    class Derived(Base):
        llm = None

        def do(self, script: list[Step]) -> list[Outcome]:
            return [("derived", 0), *super().do(script)]

    return Derived


def _attrs() -> type[Base]:
    @attrs.define(slots=True, eq=False)
    class Attrs(Base):
        llm: Any = attrs.field(factory=Model)
        tool_registry: Any = attrs.field(factory=lambda: {"add": _add, "fail": _fail})
        steps: Any = attrs.field(factory=lambda: [_fail, _add])

        def __attrs_post_init__(self) -> None:
            self.total = 0

    return Attrs


SHAPES: dict[str, Callable[[], type[Base]]] = {
    "plain": lambda: type("Plain", (Base,), {}),
    "slotted": _slotted,
    "derived": _derived,
    "attrs": _attrs,
}
WAYS = [name.removeprefix("_") for name in vars(Base) if name.startswith("_") and not name.startswith(("__", "_Base"))]
NAMES = ["llm", "tool_registry", "steps", "total", "other", "shared", "_Base__private"]
steps = st.tuples(st.sampled_from(WAYS), st.sampled_from(NAMES), st.integers(0, 5))


def _state(of: Base) -> dict[str, Any]:
    return {name: of.one("get", name, 0) for name in NAMES}


@pytest.mark.slow
@settings(max_examples=500)
@given(st.sampled_from(sorted(SHAPES)), st.lists(st.lists(steps, max_size=8), max_size=4), st.booleans())
def test_a_decorated_object_behaves_as_the_undecorated(tmp_path_factory, shape, scripts, is_chain):
    """Reads, writes, deletions, calls and changes inside and outside of traced methods end as without hooks."""
    bare, hooked = SHAPES[shape](), SHAPES[shape]()
    decorate = trace_chain_execution if is_chain else trace_agent_execution
    hooked.do = decorate(hooked.do)  # type: ignore[method-assign]
    tracer = tracer_in(tmp_path_factory.mktemp("trace"), buffer_size=1000)
    ours, theirs = hooked(), bare()
    with own_tracer(tracer):
        tracer.start("App")
        for number, script in enumerate(scripts):
            if number % 2:
                assert ours.do(script) == theirs.do(script)
            else:
                inside, outside = [ours.do([step]) for step in script], [theirs.do([step]) for step in script]
                assert inside == outside
                assert [ours.one(*step) for step in script] == [theirs.one(*step) for step in script]
            assert _state(ours) == _state(theirs)
        assert hasattr(hooked, "llm") == hasattr(bare, "llm")
        tracer.finish()


lists = st.lists(st.sampled_from([_add, _fail, 1, "x"]), max_size=4)
QUESTIONS: list[Callable[[Any], Any]] = [
    list,
    tuple,
    len,
    bool,
    repr,
    lambda it: operator.add(it, [1]),
    lambda it: operator.add([1], it),
    lambda it: it * 2,
    lambda it: it == list(it),
    lambda it: it != [],
    lambda it: it < [1],
    lambda it: it.copy(),
    lambda it: it[::-1],
    lambda it: it[-1],
    lambda it: it.insert(1, 5),
    lambda it: it.__setitem__(slice(0, 1), [1, 2]),
    lambda it: it.remove(_add),
    lambda it: it.count(_add),
    lambda it: it.reverse(),
    lambda it: it.extend(it),
    lambda it: [*reversed(it)],
    lambda it: it.sort(key=str),
    lambda it: it.pop(),
    lambda it: it.clear(),
    lambda it: isinstance(it, list),
]


@given(lists, st.lists(st.sampled_from(QUESTIONS), max_size=10))
def test_a_list_of_steps_is_a_list(tmp_path_factory, values, questions):
    """What code asks of the list of steps that it sees, and does to it, ends as with the list itself."""

    def ask(steps: Any, asked: list[Callable[[Any], Any]]) -> list[Any]:
        answers: list[Any] = []
        for question in asked:
            try:
                answers.append(_plain(question(steps), Base()))
            except (IndexError, ValueError, TypeError) as problem:
                answers.append((type(problem), str(problem)))
        return answers

    tracer = tracer_in(tmp_path_factory.mktemp("trace"), buffer_size=1000)
    ours, theirs = list(values), list(values)
    with own_tracer(tracer):
        tracer.start("App")
        assert trace_chain_execution(ask)(ours, questions) == ask(theirs, questions)
        assert ours == theirs
        tracer.finish()


DICT_QUESTIONS: list[Callable[[Any], Any]] = [
    dict,
    list,
    len,
    bool,
    repr,
    lambda it: {**it},
    lambda it: it | {"z": 1},
    lambda it: {"z": 1} | it,
    lambda it: it.__ior__({"z": _fail}),
    lambda it: it == dict(it),
    lambda it: it != {},
    lambda it: it.copy(),
    lambda it: it["tool_a"],
    lambda it: it.get("b"),
    lambda it: it.get("none", 5),
    lambda it: it.pop("tool_a"),
    lambda it: it.pop("none", 5),
    lambda it: it.popitem(),
    lambda it: it.setdefault("tool_c", _add),
    lambda it: it.update(b=it.get("tool_a")),
    lambda it: it.__delitem__("b"),
    lambda it: "b" in it,
    lambda it: [*reversed(it)],
    lambda it: list(it.items()),
    lambda it: list(it.values()),
    lambda it: it.keys() & {"b"},
    lambda it: it.clear(),
    lambda it: isinstance(it, Hashable),
    lambda it: isinstance(it, dict),
    lambda it: it["tool_a"](1),
]


@given(
    st.dictionaries(st.sampled_from(["tool_a", "b", "tool_c"]), st.sampled_from([_add, _fail, 1])),
    st.lists(st.sampled_from(DICT_QUESTIONS), max_size=10),
)
def test_a_context_with_tools_is_a_dict(tmp_path_factory, values, questions):
    """What code asks of the dict of tools that it sees, and does to it, ends as with the dict itself."""

    def ask(context: Any, asked: list[Callable[[Any], Any]]) -> list[Any]:
        answers: list[Any] = []
        for question in asked:
            try:
                answers.append(_plain(question(context), Base()))
            except (KeyError, ValueError, TypeError) as problem:
                answers.append((type(problem), str(problem)))
        return answers

    tracer = tracer_in(tmp_path_factory.mktemp("trace"), buffer_size=1000)
    ours, theirs = dict(values), dict(values)
    with own_tracer(tracer):
        tracer.start("App")
        assert trace_agent_execution(ask)(ours, questions) == ask(theirs, questions)
        assert ours == theirs
        assert all(ours[key] is theirs[key] for key in ours)
        tracer.finish()
