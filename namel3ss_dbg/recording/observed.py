"""Models, tools and steps that are called inside a recorded call: which objects are one, and what is told of a call.

An object is known by its shape alone, since a runtime's classes are its own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import attrs

from ..events import Payload
from .arguments import Parameters
from .calls import Call, Part, current
from .naming import RUNS, name_of_function, provider_of
from .shapes import is_a, look, word_at
from .standinitems import DictStandIn, ListStandIn
from .standins import is_stand_in, original, stand_in_for, stand_in_for_call
from .wrapping import MARK, around

METHODS = frozenset(
    {
        "generate", "generate_chat", "generate_structured", "generate_structured_chat", "generate_batch",
        "generate_text", "generate_stream", "agenerate", "agenerate_chat", "agenerate_structured",
        "stream_generate", "stream_generate_chat", "stream", "stream_chat", "astream", "astream_chat",
        "chat", "achat", "complete", "acomplete", "invoke", "ainvoke",
    }
)  # fmt: skip
"""Methods by which a model is asked; who has one of them is a model."""

_FUNCTIONS_OF_STEP = ("run", "function", "func", "fn", "call", "callable", "execute", "handler", "action", "step")
"""Keys of a step that is a dict, at which may stand what is called."""

_NAMES_OF_STEP = ("name", "id", "step", "title")
_PARAMETERS = ("model", "temperature", "max_tokens", "top_p", "seed", "stop")
_TOOL_PREFIX = "tool_"
_MOST_KEYS = 1_000
_MOST_PARTS = 8


@attrs.define
class Observed:
    """Records the calls of one thing that was found inside a recorded call."""

    kind: str
    component: str
    name: str
    target: object
    """The model, tool or step."""
    function: Callable[..., Any]
    found_in: Call
    """The call in which it was found; where it is called from a bare thread, that is inside this one."""
    about: Payload = attrs.field(factory=dict)
    """What the start says beyond the arguments."""
    metadata: Payload | None = None
    _parameters: Parameters | None = None

    def begin(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Call | Part | None:
        """Begin a call, unless the code that calls is in none itself."""
        try:
            return self._begun(args, kwargs)
        except Exception as problem:  # an observer never breaks what it observes
            self.found_in.report(problem)
            return None

    def _begun(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Call | Part | None:
        outer = current.get() or open_call(self.found_in)
        if outer is None or not outer.tracer.enabled:
            return None
        if outer.is_same(self.kind, self.target, "", self.function):
            return Part(outer, self.function, args, kwargs)
        call = Call(
            outer.tracer,
            self.kind,
            self.component,
            self.name,
            target=self.target,
            function=self.function,
            captures_inputs=outer.captures_inputs,
            captures_outputs=outer.captures_outputs,
            sees_inside=outer.sees_inside,
            inside=outer,
        )
        if not call.is_recorded:
            call.forget()
            return None
        inputs = self._inputs(args, kwargs) if call.captures_inputs else None
        call.begin(inputs, dict(self.metadata) if self.metadata is not None else None)
        call.args, call.kwargs = args, kwargs
        return call

    def _inputs(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Payload:
        if self._parameters is None:
            self._parameters = Parameters(self.function)
        named = self._parameters.named(args, kwargs)
        inputs = {name: original(value) for name, value in named.items() if value is not None}
        if self.kind == "chain_step":
            return {**self.about, "inputs": inputs}
        return {**self.about, **inputs}


def open_call(call: Call) -> Call | None:
    """This call, or the nearest around it that has not ended, for code that runs in another thread than it."""
    if call.thread == threading.get_ident():
        return None
    found: Call | None = call
    while found is not None and found.ended:
        found = found.outer
    return found


def careful(call: Call, value: Any, show: Callable[[], Any]) -> Any:
    """What is shown in place of a value; the value itself where that goes wrong."""
    try:
        return show()
    except Exception as problem:  # an observer never breaks what it observes
        call.report(problem)
        return value


# Models


def seen_model(value: Any, call: Call) -> Any:
    """What is seen in place of a model; any other value is itself."""
    if (known := call.seen.get(id(value))) is not None:
        return known[0]
    if not is_model(value):
        return value
    about = about_model(value)
    metadata = {"llm": about["llm"]} if "llm" in about else None
    provider = provider_of(value)

    def how(name: str, method: Any) -> Any:
        if name not in METHODS or not callable(method) or isinstance(method, type) or is_hooked(method, "llm_call"):
            return method
        observed = Observed("llm_call", "llm", provider, value, method, call, about, metadata)
        return careful(call, method, lambda: stand_in_for_call(method, around(method, observed.begin)))

    return _keep(value, call, stand_in_for(value, how))


def is_model(value: Any) -> bool:
    """Whether something is a model: it has a method by which one is asked."""
    if value is None or is_a(value, str, dict, list, type) or is_stand_in(value):
        return False
    return any(callable(look(value, method)) for method in METHODS)


def about_model(model: Any) -> Payload:
    """What a model object says of itself: its name, the model that it asks, and how."""
    about: Payload = {"llm": word_at(model, "name")}
    about |= {name: found for name in _PARAMETERS if is_a(found := look(model, name), str, int, float)}
    return {key: found for key, found in about.items() if found is not None}


# Tools


def seen_tools(value: Any, call: Call) -> Any:
    """What is seen in place of a dict or list of tools; any other value is itself."""
    if (known := call.seen.get(id(value))) is not None:
        return known[0]
    if is_stand_in(value):
        return value
    if is_a(value, dict) and len(value) <= _MOST_KEYS:
        return _keep(value, call, DictStandIn.of(value, lambda key, tool: _seen_tool(tool, key, call)))
    if is_a(value, list) and any(map(_is_tool, value[:_MOST_KEYS])):
        return _keep(value, call, ListStandIn.of(value, lambda _, tool: _seen_tool(tool, name_of_function(tool), call)))
    return value


def seen_context(value: Any, call: Call) -> Any:
    """What is seen in place of a dict that holds `tool_…` callables among other things; other values are themselves."""
    if type(value) is not dict or len(value) > _MOST_KEYS or not any(map(_names_a_tool, value)):
        return value
    if (known := call.seen.get(id(value))) is not None:
        return known[0]

    def how(key: Any, tool: Any) -> Any:
        return _seen_tool(tool, key, call) if _names_a_tool(key) else tool

    return _keep(value, call, DictStandIn.of(value, how))


def _names_a_tool(key: Any) -> bool:
    return type(key) is str and key.startswith(_TOOL_PREFIX)


def _is_tool(value: Any) -> bool:
    return callable(value) or any(callable(look(value, run)) for run in RUNS)


def _seen_tool(tool: Any, name: Any, call: Call) -> Any:
    if type(name) is not str or not _is_tool(tool):
        return tool
    return _seen_runner(tool, call, lambda function: Observed("tool_call", "tool", name, tool, function, call))


def _seen_runner(value: Any, call: Call, observed: Callable[[Any], Observed]) -> Any:
    """What is seen in place of something that is called, or that is run by one of its methods."""
    if is_stand_in(value):
        return value

    def how(name: str, function: Any) -> Any:
        if name not in RUNS or not callable(function):
            return function
        each = observed(function)
        return function if is_hooked(function, each.kind) else around(function, each.begin)

    return careful(call, value, lambda: stand_in_for(value, how))


# Steps


def seen_steps(value: Any, call: Call) -> Any:
    """What is seen in place of a list or tuple of steps; any other value is itself."""
    if (known := call.seen.get(id(value))) is not None:
        return known[0]
    if is_stand_in(value) or not any(map(is_step, value if is_a(value, list, tuple) else ())):
        return value

    def how(place: Any, step: Any) -> Any:
        return _seen_step(step, place, call)

    if is_a(value, list):
        return _keep(value, call, ListStandIn.of(value, how))
    if type(value) is tuple:  # a named tuple is no list of steps
        return _keep(value, call, tuple(how(place, step) for place, step in enumerate(value)))
    return value


def seen_chain(value: Any, call: Call) -> Any:
    """What is seen in place of a dict that is a chain, with its `steps`; any other value is itself."""
    if type(value) is not dict or seen_steps(value.get("steps"), call) is value.get("steps"):
        return value
    return _keep(
        value, call, DictStandIn.of(value, lambda key, found: seen_steps(found, call) if key == "steps" else found)
    )


def is_step(value: Any) -> bool:
    """Whether something can be a step of a chain: it can be called, or run, or names with it what is."""
    if is_a(value, type):
        return False
    return callable(value) or callable(look(value, "run")) or any(map(callable, _parts_of_step(value)))


def _parts_of_step(step: Any) -> list[Any]:
    """What a step that is written as `(name, function)`, or as a dict with both, may call."""
    if type(step) is tuple and len(step) <= _MOST_PARTS and step and type(step[0]) is str:
        return list(step[1:])
    return [step.get(key) for key in _FUNCTIONS_OF_STEP] if type(step) is dict else []


def name_of_step(step: Any, place: int) -> str:
    """What a step is called."""
    step = original(step)
    if type(step) is tuple:
        return str(step[0])
    name = word_at(step, *_NAMES_OF_STEP) if type(step) is dict else name_of_function(step)
    return f"step_{place + 1}" if name is None or name == "<lambda>" else name


def _seen_step(step: Any, place: int, call: Call) -> Any:
    if not is_step(step) or is_stand_in(step):
        return step
    called = next(filter(callable, _parts_of_step(step)), step)
    name = name_of_step(step, place)
    about: Payload = {
        "kind": word_at(step, "kind", "type") or "python",
        "target": word_at(step, "target") or name_of_function(called),
    }
    metadata = {"chain": call.span.name}

    def observed(function: Any) -> Observed:
        return Observed("chain_step", "chain", name, step, function, call, about, metadata)

    def shown(part: Any) -> Any:
        return _seen_runner(part, call, observed) if callable(part) and not is_a(part, type) else part

    if type(step) is tuple:
        return tuple(map(shown, step))
    if type(step) is dict:
        return DictStandIn.of(step, lambda key, part: shown(part) if key in _FUNCTIONS_OF_STEP else part)
    return _seen_runner(step, call, observed)


def is_hooked(function: Any, kind: str) -> bool:
    """Whether a function records calls of this kind by itself."""
    found = look(function, MARK)
    return type(found) is str and found == kind


def _keep(value: Any, call: Call, shown: Any) -> Any:
    call.seen[id(value)] = shown, value  # the value too, so that its id stays its own
    return shown
