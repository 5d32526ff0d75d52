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
from .naming import name_of_function, provider_of
from .seen import Seen, original, seen_call, seen_object
from .seenitems import SeenDict, SeenList
from .shapes import is_a, look, word_at
from .wrapping import MARK, wrapped

METHODS = frozenset(
    {
        "generate", "generate_chat", "generate_structured", "generate_structured_chat", "generate_batch",
        "generate_text", "generate_stream", "agenerate", "agenerate_chat", "agenerate_structured",
        "stream_generate", "stream_generate_chat", "stream", "stream_chat", "astream", "astream_chat",
        "chat", "achat", "complete", "acomplete", "invoke", "ainvoke",
    }
)  # fmt: skip
"""Methods by which a model is asked."""

_TELLING = ("generate", "generate_chat", "generate_structured", "agenerate", "stream_generate", "chat", "complete")
"""Methods that make an object a model; the others are recorded when it has one of these."""

_RUNS = ("run", "execute", "invoke", "arun", "aexecute", "ainvoke", "__call__")
"""By what a step runs."""

_PARAMETERS = ("model", "temperature", "max_tokens", "top_p", "seed", "stop")
_TOOL_PREFIX = "tool_"
_MOST_KEYS = 1_000


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

    def __call__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Call | Part | None:
        """Begin a call, unless the code that calls is in none itself."""
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
        return seen_call(
            method,
            lambda function: wrapped(
                function, Observed("llm_call", "llm", provider, value, function, call, about, metadata), "llm_call"
            ),
        )

    return _keep(value, call, seen_object(value, how))


def about_model(model: Any) -> Payload:
    """What a model object says of itself: its name, the model that it asks, and how."""
    about: Payload = {"llm": word_at(model, "name")}
    about |= {name: found for name in _PARAMETERS if is_a(found := look(model, name), str, int, float)}
    return {key: found for key, found in about.items() if found is not None}


def seen_tools(value: Any, call: Call, *, prefix: str = "") -> Any:
    """What is seen in place of a dict of tools, those whose key begins with `prefix`; any other value is itself."""
    if (known := call.seen.get(id(value))) is not None:
        return known[0]
    if not is_a(value, dict) or issubclass(type(value), Seen) or not _has_tools(value, prefix):
        return value

    def how(key: Any, tool: Any) -> Any:
        if type(key) is not str or not key.startswith(prefix) or not callable(tool) or is_hooked(tool, "tool_call"):
            return tool
        return seen_call(
            tool,
            lambda function: wrapped(function, Observed("tool_call", "tool", key, tool, function, call), "tool_call"),
        )

    return _keep(value, call, SeenDict(value, how))


def _has_tools(value: dict[Any, Any], prefix: str) -> bool:
    if len(value) > _MOST_KEYS:
        return False
    return not prefix or any(type(key) is str and key.startswith(prefix) for key in value)


def seen_context(value: Any, call: Call) -> Any:
    """What is seen in place of a dict that holds `tool_…` callables among other things; other values are themselves."""
    return seen_tools(value, call, prefix=_TOOL_PREFIX) if type(value) is dict else value


def seen_steps(value: Any, call: Call) -> Any:
    """What is seen in place of a list or tuple of steps; any other value is itself."""
    if (known := call.seen.get(id(value))) is not None:
        return known[0]
    if not is_a(value, list, tuple) or issubclass(type(value), Seen) or not any(map(is_step, value)):
        return value

    def how(place: Any, step: Any) -> Any:
        return _seen_step(step, place, call)

    if is_a(value, tuple):
        if type(value) is not tuple:  # a named tuple is no list of steps
            return value
        return _keep(value, call, tuple(how(place, step) for place, step in enumerate(value)))
    return _keep(value, call, SeenList(value, how))


def is_step(value: Any) -> bool:
    """Whether something can be a step of a chain: it can be called, or run."""
    return not is_a(value, type) and (callable(value) or callable(look(value, "run")))


def name_of_step(step: Any, place: int) -> str:
    """What a step is called."""
    name = name_of_function(original(step))
    return f"step_{place + 1}" if name == "<lambda>" else name


def _seen_step(step: Any, place: int, call: Call) -> Any:
    if not is_step(step) or issubclass(type(step), Seen):
        return step
    name = name_of_step(step, place)
    about: Payload = {
        "kind": word_at(step, "kind", "type") or "python",
        "target": word_at(step, "target") or name_of_function(step),
    }
    metadata = {"chain": call.span.name}

    def record(function: Callable[..., Any]) -> Any:
        begin = Observed("chain_step", "chain", name, step, function, call, about, metadata)
        return wrapped(function, begin, "chain_step")

    runs = [run for run in _RUNS if callable(look(step, run))]
    if runs == ["__call__"]:
        return seen_call(step, record)
    return seen_object(step, lambda name, value: record(value) if name in runs and callable(value) else value)


def is_model(value: Any) -> bool:
    """Whether something is a model: it has a method by which one is asked."""
    if value is None or is_a(value, str, dict, list, type) or issubclass(type(value), Seen):
        return False
    return any(callable(look(value, method)) for method in _TELLING)


def is_hooked(function: Any, kind: str) -> bool:
    """Whether a function records calls of this kind by itself."""
    return bool(look(function, MARK) == kind)


def _keep(value: Any, call: Call, shown: Any) -> Any:
    call.seen[id(value)] = shown, value  # the value too, so that its id stays its own
    return shown
