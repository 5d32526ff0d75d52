"""A hook: a decorator and context manager that records each call of a function, and what happens inside.

When nothing is traced, a decorated function asks one question and calls the function.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from types import TracebackType
from typing import Any, ParamSpec, TypeVar, cast

from ..events import Payload
from .arguments import Parameters
from .calls import Call, Part, current
from .current import active_tracer
from .naming import name_of, name_of_function, provider_of
from .observed import (
    about_model,
    is_model,
    is_step,
    name_of_step,
    seen_chain,
    seen_context,
    seen_model,
    seen_steps,
    seen_tools,
)
from .shapes import is_a, word_at
from .span import Span
from .standins import original
from .tracer import ExecutionTracer
from .watched import unwatch, watch
from .wrapping import wrapped

P = ParamSpec("P")
R = TypeVar("R")

COMPONENTS = {
    "agent_execution": "agent",
    "prompt_execution": "prompt",
    "chain_execution": "chain",
    "llm_call": "llm",
    "tool_call": "tool",
}
"""By kind of span, the component that its events name."""

_MODELS = ("llm", "provider", "model_provider", "llm_provider", "llm_instance")
_TOOLS = ("tool_registry", "tools")
_OWNERS = ("agent", "runtime", "chain")
"""Parameters that hold an agent, of a function that is no method."""


class Hook:
    """Records the calls of what it decorates, or what happens in a `with` block."""

    def __init__(
        self,
        kind: str,
        name: str | None = None,
        *,
        inputs: Payload | None = None,
        captures_inputs: bool = True,
        captures_outputs: bool = True,
        sees_inside: bool = True,
    ) -> None:
        self.kind = kind
        self.name = name
        """What the calls are called; None asks each call."""
        self._inputs = inputs
        self.captures_inputs = captures_inputs
        self.captures_outputs = captures_outputs
        self.sees_inside = sees_inside
        self._blocks: list[tuple[Call | None, Span]] = []

    # As a decorator

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        if isinstance(function, classmethod | staticmethod):
            return cast("Callable[P, R]", type(function)(self(function.__func__)))
        if not callable(function) or inspect.isclass(function):
            raise TypeError(
                f"A hook decorates a function or method, and {function!r} is neither. Decorate its methods."
            )
        return cast("Callable[P, R]", wrapped(function, _Calls(self, function).begin, self.kind))

    # As a context manager

    def __enter__(self) -> Span:
        tracer = active_tracer()
        if tracer is None:
            span = Span(None, None, self.kind, COMPONENTS[self.kind], self.name, None, None)
            self._blocks.append((None, span))
            return span
        call = self.call(tracer, self.name or COMPONENTS[self.kind])
        if not call.is_recorded:
            call.forget()
        else:
            call.begin(self._inputs if self.captures_inputs else None, None)
        self._blocks.append((call, call.span))
        return call.span

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, _: TracebackType | None
    ) -> None:
        # Blocks of other tasks may have begun since, when one hook serves several.
        innermost = current.get()
        place = next((place for place, (call, _) in enumerate(self._blocks) if call is innermost), -1)
        call, span = self._blocks.pop(place)
        if call is None or not call.is_recorded:
            return
        if not self.captures_outputs:
            span.outputs = None
        call.spent = call.spent or span.tokens_used is not None
        if problem is not None:
            call.fail(problem)
        call.end()

    async def __aenter__(self) -> Span:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.__exit__(kind, problem, trace)

    def call(self, tracer: ExecutionTracer, name: str, **of: Any) -> Call:
        """A call that has not begun."""
        return Call(
            tracer,
            self.kind,
            COMPONENTS[self.kind],
            name,
            captures_inputs=self.captures_inputs,
            captures_outputs=self.captures_outputs,
            sees_inside=self.sees_inside,
            **of,
        )


class _Calls:
    """Begins the calls of one decorated function."""

    __slots__ = ("_function", "_hook", "_method", "_parameters", "_source")

    def __init__(self, hook: Hook, function: Callable[..., Any]) -> None:
        self._hook = hook
        self._function = function
        self._parameters: Parameters | None = None
        self._method = name_of_function(function)
        code = getattr(inspect.unwrap(function), "__code__", None)
        self._source: Payload | None = None
        if code is not None:
            self._source = {"file": code.co_filename, "line": code.co_firstlineno, "column": 1}

    def begin(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Call | Part | None:
        """Begin a call, unless nothing is traced."""
        tracer = active_tracer()
        if tracer is None:
            return None
        try:
            return self._begun(tracer, args, kwargs)
        except Exception as problem:  # an observer never breaks what it observes
            if (execution := tracer.execution()) is not None:
                execution.report(problem)
            return None

    def _begun(self, tracer: ExecutionTracer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Call | Part | None:
        hook, function = self._hook, self._function
        parameters = self._parameters
        if parameters is None:
            parameters = self._parameters = Parameters(function)
        is_method = parameters.have_self(args)
        target = args[0] if is_method else None
        outer = current.get()
        if outer is not None and outer.is_same(hook.kind, target, self._method, function):
            return Part(outer, function, args, kwargs)
        arguments = parameters.named(args, kwargs, beyond=int(is_method))
        call = hook.call(
            tracer,
            hook.name or name_of(hook.kind, target, arguments, function),
            target=target,
            method=self._method,
            function=function,
        )
        if not call.is_recorded:
            call.forget()
            return None
        call.args, call.kwargs = args, kwargs
        call.begin(self._inputs(target, arguments) if call.captures_inputs else None, self._about(target))
        if call.sees_inside:
            try:
                self._look_inside(call, parameters, target)
            except Exception as problem:  # an observer never breaks what it observes
                call.report(problem)
        return call

    def _inputs(self, target: object, arguments: Payload) -> Payload:
        kind = self._hook.kind
        inputs = {name: original(value) for name, value in arguments.items()}
        if kind == "llm_call":
            return {**about_model(target), **inputs}
        if kind != "tool_call":
            for name in _MODELS:
                if name in inputs and is_model(inputs[name]):
                    inputs[name] = word_at(inputs[name], "name") or provider_of(inputs[name])
        if kind == "chain_execution":
            for name, value in inputs.items():
                if is_a(value, list, tuple) and any(map(is_step, value)):
                    inputs[name] = [
                        name_of_step(step, place) if is_step(step) or callable(step) else step
                        for place, step in enumerate(value)
                    ]
        return inputs

    def _about(self, target: object) -> Payload | None:
        about: Payload = {"source": self._source} if self._source is not None else {}
        if self._hook.kind == "llm_call" and (name := word_at(target, "name")) is not None:
            about["llm"] = name
        return about or None

    def _look_inside(self, call: Call, parameters: Parameters, target: object) -> None:
        """Let the function see stand-ins for what it is called with, and for what its object holds."""
        owners = [target]
        if self._hook.kind not in ("llm_call", "tool_call"):
            args, kwargs = list(call.args), dict(call.kwargs)
            first = 0 if target is None else 1
            for name in (*parameters.positional[first : len(args)], *kwargs):
                place = parameters.place(name, args, kwargs)
                holder: Any = kwargs if isinstance(place, str) else args
                value = holder[place]
                if name in _OWNERS and not is_a(value, dict):
                    owners.append(value)
                elif (shown := self._shown(name, value, call, is_first=place == first)) is not value:
                    holder[place] = shown
            call.args, call.kwargs = tuple(args), kwargs
        for owner in owners:
            if owner is not None and not is_a(owner, type):
                watch(owner, call)
                call.at_end.append(functools.partial(unwatch, owner, call))

    def _shown(self, name: str, value: Any, call: Call, *, is_first: bool) -> Any:
        if name in _MODELS:
            return seen_model(value, call)
        if name in _TOOLS:
            return seen_tools(value, call)
        if self._hook.kind == "chain_execution":
            if is_first or name == "steps":
                value = seen_steps(value, call)
            return seen_context(seen_chain(value, call), call)
        return seen_context(value, call)
