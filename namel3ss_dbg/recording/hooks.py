"""Decorators and functions by which any Python runtime of agents records what it does.

    @trace_agent_execution(capture_inputs=True, capture_outputs=True)
    async def aact(self, user_input, context): ...

A decorated agent, prompt or chain is one span, and the model and tool calls inside it are spans too, without a word
more, when they go through objects of the usual shape:

- `self.llm`, or an `llm` or `provider` argument, with `generate`, `generate_chat`, `generate_structured`, their
  `stream_…` and `a…` variants, or `chat`, `complete`, `invoke`, `stream`;
- `self.tool_registry` or `self.tools`, or such an argument: a dict or list of callables, or of objects with `run`;
- `tool_…` callables in a dict that is an argument;
- the steps of a chain: a list or tuple of callables, of objects with `run`, of `(name, callable)` or of dicts with
  both; its first argument, `self.steps`, or `steps` in a dict.

The code inside sees stand-ins for these, which read from and write to the objects themselves, and whose copies are
theirs. `self` is no stand-in. What differs inside: `is`, for `type(self.llm)` too (`isinstance` and `==` say the same
as ever), `issubclass` of that, and `type` of a dict or list of tools or steps. The class of `self` gets, at its first
recorded call, a descriptor for each such attribute (see `watched`); no object gets anything. All of this is left out by
`see_inside=False`.

Not seen are models that only `__getattr__` knows of, that code takes out of `vars(self)`, or that an object of a class
gets for the first time within the call; and a stream that is no generator but an object of its own class ends, for the
trace, when it is returned. Calls in bare threads that a traced call starts belong to it when they go through `self` or
through something that was looked up inside the call; when two calls run on that `self` at once, to the one that was
begun last.

Whatever a program passes or returns, hooks neither change nor use up; where they cannot look, they do not.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
from types import TracebackType
from typing import Any, ParamSpec, TypedDict, TypeVar, Unpack, overload

from ..events import Payload, Status, TraceEvent
from ..events.plain import safe_repr
from .calls import current
from .current import active_tracer
from .decorators import Hook
from .span import Span, describe
from .standins import original

__all__ = [
    "Done",
    "Hook",
    "HookOptions",
    "trace_agent_execution",
    "trace_agent_turn",
    "trace_chain_execution",
    "trace_error",
    "trace_llm_call",
    "trace_memory_operation",
    "trace_prompt_execution",
    "trace_tool_call",
    "trace_validation_event",
]

P = ParamSpec("P")
R = TypeVar("R")


class HookOptions(TypedDict, total=False):
    """What the decorators of this module can be told, by keyword."""

    component_name: str | None
    """The name, when it is always the same; as good as the first argument."""
    inputs: Payload | None
    """What goes in, for a `with` block."""
    capture_inputs: bool
    """Whether arguments are recorded, here and of what is seen inside; they are unless this is False."""
    capture_outputs: bool
    """Whether results are recorded, here and of what is seen inside; they are unless this is False."""
    see_inside: bool
    """Whether the calls inside are recorded; they are unless this is False."""


@overload
def trace_agent_execution(function: Callable[P, R], /) -> Callable[P, R]: ...
@overload
def trace_agent_execution(agent_name: str | None = None, **options: Unpack[HookOptions]) -> Hook: ...
def trace_agent_execution(agent_name: Any = None, **options: Any) -> Any:
    """Record each run of an agent: `self.name`, `self.agent_def.name` or an `agent` argument names it.

    Args:
        agent_name: The name, when it is always the same.
        options: See `HookOptions`.
    """
    return _hook("agent_execution", agent_name, **options)


@overload
def trace_prompt_execution(function: Callable[P, R], /) -> Callable[P, R]: ...
@overload
def trace_prompt_execution(prompt_name: str | None = None, **options: Unpack[HookOptions]) -> Hook: ...
def trace_prompt_execution(prompt_name: Any = None, **options: Any) -> Any:
    """Record each execution of a prompt: the `name` of a `prompt_def` or `prompt` argument names it.

    Args:
        prompt_name: The name, when it is always the same.
        options: See `HookOptions`.
    """
    return _hook("prompt_execution", prompt_name, **options)


@overload
def trace_chain_execution(function: Callable[P, R], /) -> Callable[P, R]: ...
@overload
def trace_chain_execution(chain_name: str | None = None, **options: Unpack[HookOptions]) -> Hook: ...
def trace_chain_execution(chain_name: Any = None, **options: Any) -> Any:
    """Record each run of a chain and its steps: `self.name`, a `chain` or a `name` argument names it.

    Args:
        chain_name: The name, when it is always the same.
        options: See `HookOptions`.
    """
    return _hook("chain_execution", chain_name, **options)


@overload
def trace_llm_call(function: Callable[P, R], /) -> Callable[P, R]: ...
@overload
def trace_llm_call(provider_name: str | None = None, **options: Unpack[HookOptions]) -> Hook: ...
def trace_llm_call(provider_name: Any = None, **options: Any) -> Any:
    """Record each call of a model, with its tokens: `self.provider` or the class names who answers.

    Args:
        provider_name: The name, when it is always the same.
        options: See `HookOptions`.
    """
    return _hook("llm_call", provider_name, **options)


@overload
def trace_tool_call(function: Callable[P, R], /) -> Callable[P, R]: ...
@overload
def trace_tool_call(tool_name: str | None = None, **options: Unpack[HookOptions]) -> Hook: ...
def trace_tool_call(tool_name: Any = None, **options: Any) -> Any:
    """Record each call of a tool: the function names it, or the object that the method runs.

    Args:
        tool_name: The name, when it is always the same.
        options: See `HookOptions`.
    """
    return _hook("tool_call", tool_name, **options)


def _hook(
    kind: str,
    name: Any = None,
    *,
    component_name: str | None = None,
    inputs: Payload | None = None,
    capture_inputs: bool = True,
    capture_outputs: bool = True,
    see_inside: bool = True,
) -> Any:
    is_bare = name is not None and not isinstance(name, str)
    hook = Hook(
        kind,
        component_name if is_bare or name is None else name,
        inputs=inputs,
        captures_inputs=capture_inputs,
        captures_outputs=capture_outputs,
        sees_inside=see_inside,
    )
    return hook(name) if is_bare else hook


def trace_agent_turn(agent_name: str, turn_number: int | None = None, user_input: Any = None) -> Span:
    """Record one turn of an agent, with `async with` or `with`.

    Args:
        agent_name: Whose turn.
        turn_number: Which one, counted from 1.
        user_input: What began it.
    """
    tracer = active_tracer()
    if tracer is None:
        return Span(None, None, "agent_turn", "agent", agent_name, None, None)
    inputs = {"turn": turn_number, "input": original(user_input)}
    if (call := current.get()) is not None and not call.captures_inputs:
        del inputs["input"]
    return tracer.span(
        "agent_turn",
        "agent",
        agent_name,
        inputs={key: value for key, value in inputs.items() if value is not None},
        metadata={"turn": turn_number} if turn_number is not None else None,
    )


class Done(Coroutine[Any, Any, TraceEvent | None]):
    """What a hook has recorded already: `await` it, make a task of it, or do nothing with it."""

    __slots__ = ("event",)

    def __init__(self, event: TraceEvent | None) -> None:
        self.event = event
        """None when nothing is recorded."""

    def __await__(self) -> Generator[Any, Any, TraceEvent | None]:
        return self.event
        yield  # makes a generator of this

    def send(self, _: Any) -> Any:
        """End at once."""
        raise StopIteration(self.event)

    def throw(
        self,
        kind: type[BaseException] | BaseException,
        problem: BaseException | object = None,
        trace: TracebackType | None = None,
    ) -> Any:
        """Raise it."""
        raise kind

    def close(self) -> None:
        """Nothing: there is nothing under way."""


def trace_memory_operation(operation_type: str, agent_name: str, details: Payload | None = None) -> Done:
    """Record what an agent does to its memory.

    Args:
        operation_type: `add`, `trim`, `summarize` or any other word.
        agent_name: Whose memory.
        details: More, such as `messages_before` and `messages_after`.
    """
    inputs = {"operation_type": operation_type, "details": original(details) or {}}
    return _record("memory_operation", "memory", agent_name, inputs=inputs)


def trace_validation_event(
    validator_name: str, input_data: Any, result: Any, success: bool, errors: list[Any] | None = None
) -> Done:
    """Record what a validator found.

    Args:
        validator_name: Which one.
        input_data: What it looked at.
        result: What it returned.
        success: Whether all is well.
        errors: What is wrong.
    """
    texts = [describe(error) if isinstance(error, BaseException) else error for error in errors or ()]
    return _record(
        "validation_event",
        "validation",
        validator_name,
        inputs={"input_data": original(input_data)},
        outputs={"success": bool(success), "result": original(result), "errors": texts},
        status=None if success else Status.FAILED.value,
        error=None if success else "; ".join(map(_text, texts)) or "Not valid",
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else safe_repr(value)


def trace_error(
    component: str, component_name: str | None, error: BaseException | str, context: Payload | None = None
) -> Done:
    """Record an error where it is met; when it goes on from there, it is not told a second time.

    Args:
        component: The kind of what failed.
        component_name: Its name.
        error: What went wrong.
        context: More about it.
    """
    is_exception = isinstance(error, BaseException)
    text = describe(error) if isinstance(error, BaseException) else _text(error)
    if isinstance(error, BaseException) and (call := current.get()) is not None:
        call.tells_of(error)
    return _record(
        "error_occurred",
        component,
        component_name,
        inputs=original(context),
        status=Status.FAILED.value,
        error=text,
        metadata={
            "error_type": type(error).__name__ if is_exception else "error",
            "error_message": text.partition(": ")[2] if is_exception else text,
        },
    )


def _record(event_type: str, component: str, name: str | None, **what: Any) -> Done:
    tracer = active_tracer()
    if tracer is None:
        return Done(None)
    if (call := current.get()) is not None:
        if not call.captures_inputs:
            what.pop("inputs", None)
        if not call.captures_outputs:
            what.pop("outputs", None)
    return Done(tracer.emit(event_type, component=component, component_name=name, **what))
