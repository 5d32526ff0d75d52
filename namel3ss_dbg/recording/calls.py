"""A call that a hook records, from its start to its end, and the one context variable that says which is the innermost.

A call is a span and what hooks have to know beyond it: which object and function was called, so that an override that
calls `super()` is one call and not two; which errors were seen inside, so that each is told once; whether tokens were
counted inside, so that none are counted again.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from ..events import Payload, Status
from .pieces import Pieces
from .shapes import NO_USAGE, failure_of, outputs_of, usage_of
from .span import Span, describe, here
from .standins import original, same_function
from .tracer import ExecutionTracer

current: contextvars.ContextVar[Call | None] = contextvars.ContextVar("namel3ss_dbg_call", default=None)
"""The innermost call that the running code is in."""

_SPENDING = ("llm_call", "agent_execution", "prompt_execution", "chain_execution")
"""Kinds of spans whose results may say how many tokens were used."""

_MOST_PROBLEMS = 16
_LONGEST_CHAIN = 20


class Call:
    """One call that is recorded: `begin`, `succeed` or `fail`, `end`."""

    __slots__ = (
        "_before", "_pieces", "_span_around", "args", "at_end", "captures_inputs", "captures_outputs", "ended",
        "functions", "kwargs", "method", "outer", "problems", "seen", "sees_inside", "span", "spent", "target",
        "thread", "tracer",
    )  # fmt: skip

    def __init__(
        self,
        tracer: ExecutionTracer,
        kind: str,
        component: str,
        name: str,
        *,
        target: object = None,
        method: str = "",
        function: object = None,
        captures_inputs: bool = True,
        captures_outputs: bool = True,
        sees_inside: bool = True,
        inside: Call | None = None,
    ) -> None:
        self._before = current.get()
        self._span_around = here.get()
        self.outer = self._before or inside
        """The call around it; in a thread that knows none, the one that is given as `inside`."""
        if self._before is None and inside is not None:
            here.set(inside.span)
        self.tracer = tracer
        self.span: Span = tracer.span(kind, component, name)
        self.target = target
        """The object whose method is called."""
        self.method = method
        self.functions = [function]
        """The function that is called, and those that it has called by `super()` and that have not returned."""
        self.captures_inputs = captures_inputs
        self.captures_outputs = captures_outputs
        self.sees_inside = sees_inside
        self.seen: dict[int, Any] = self.outer.seen if self.outer is not None else {}
        """By id of an object, what code inside sees in its place; one for all calls inside an outermost one."""
        self.problems: list[BaseException] = []
        """Exceptions that were told of already, here or inside."""
        self.spent = False
        """Whether a call inside said how many tokens it used."""
        self.thread = threading.get_ident()
        self.args: tuple[Any, ...] = ()
        """What the function is called with, in place of what it was given."""
        self.kwargs: dict[str, Any] = {}
        self.at_end: list[Callable[[], None]] = []
        """What is to be put back when it has ended."""
        self._pieces: Pieces | None = None
        self.ended = False

    @property
    def is_recorded(self) -> bool:
        """Whether there is a run to record it in."""
        return self.span.execution is not None

    def begin(self, inputs: Payload | None, metadata: Payload | None) -> None:
        """Write the start, and be the innermost call."""
        self.span.inputs, self.span.metadata = inputs, metadata
        self.span.begin()
        current.set(self)

    def succeed(self, result: Any) -> None:
        """Let the end tell what came out; a result that says it is an error makes a failure of it."""
        try:
            if self._pieces is not None and result is None:
                result = self._pieces.result()
            result = original(result)
            failure = failure_of(result)
            if failure is not None:
                self.span.fail(failure)
            self._tell(result)
        except Exception as problem:  # an observer never breaks what it observes
            self.report(problem)

    def _tell(self, result: Any) -> None:
        span = self.span
        usage = usage_of(result) if span.kind in _SPENDING else NO_USAGE
        if self.captures_outputs:
            span.outputs = {"result": result}
            span.outputs = outputs_of(span.kind, result, usage)
        if not self.spent:
            span.tokens_used, span.cost_estimate = usage.tokens, usage.cost
            self.spent = usage.tokens is not None and not span.dropped

    def report(self, problem: Exception) -> None:
        """Log, the first time in a run, that something of a call could not be recorded."""
        if self.span.execution is not None:
            self.span.execution.report(problem)

    def saw(self, item: Any) -> None:
        """Remember what a generator yielded, for the end."""
        if self._pieces is None:
            self._pieces = Pieces()
        self._pieces.add(item)

    def fail(self, problem: BaseException) -> None:
        """Let the end tell of an exception, and tell of it by itself where it is first seen."""
        if self._pieces is not None:  # of a stream that breaks off, as far as it came
            self._tell(self._pieces.result())
        ended_early = not isinstance(problem, Exception)
        self.span.__exit__(type(problem), problem, None) if ended_early else self._fail(problem)

    def _fail(self, problem: BaseException) -> None:
        error = describe(problem)
        if not any(known is met for met in _met_before(problem) for known in self.problems):
            self.tracer.emit(
                "error_occurred",
                component=self.span.component,
                component_name=self.span.name,
                metadata={"error_type": type(problem).__name__, "error_message": error.partition(": ")[2]},
                status=Status.FAILED.value,
                error=error,
            )
        self.tells_of(problem)
        self.span.fail(error)

    def tells_of(self, problem: BaseException) -> None:
        """Remember, for the calls around, that this exception needs no further word."""
        call: Call | None = self
        while call is not None:
            if not call.ended and not any(problem is known for known in call.problems):
                call.problems = [*call.problems[-_MOST_PROBLEMS:], problem]
            call = call.outer

    def end(self) -> None:
        """Write the end, and go back to what was innermost before."""
        if self.ended:
            return
        self.span.end()
        self.ended = True
        for put_back in self.at_end:
            put_back()
        self.at_end = []
        self.problems = []  # each holds its frames, and those this call
        if self.spent and self.outer is not None:
            self.outer.spent = True
        if current.get() is self:
            current.set(self._before)
            if self._before is not self.outer:
                here.set(self._span_around)

    def forget(self) -> None:
        """Undo what was begun: there is no run to record it in."""
        here.set(self._span_around)

    def within(self) -> AbstractContextManager[None]:
        """Let code run inside this call although it is not innermost any more."""
        return Within(self)

    def result(self, result: Any) -> Any:
        """What the function returns to its caller: out of the outermost call, nothing but originals."""
        return original(result) if self.outer is None else result

    def leave(self) -> None:
        """Go back to what was innermost before, although the call goes on: in a generator, or when it is awaited."""
        if current.get() is self:
            current.set(self._before)
            here.set(self._span_around)

    def is_same(self, kind: str, target: object, method: str, function: object) -> bool:
        """Whether calling that function is a part of this call.

        It is when an override calls what it overrides, and when a model's method calls another one of the same model.
        """
        return (
            target is not None
            and target is self.target
            and kind == self.span.kind
            and not self.ended
            and (kind == "llm_call" or method == self.method)
            and not any(same_function(function, each) for each in self.functions)
        )


def _met_before(problem: BaseException) -> list[BaseException]:
    """An exception with those that led to it or are grouped in it."""
    met: list[BaseException] = []
    waiting = [problem]
    while waiting and len(met) < _LONGEST_CHAIN:
        one = waiting.pop(0)
        if any(one is each for each in met):
            continue
        met.append(one)
        waiting += [each for each in (one.__cause__, one.__context__) if each is not None]
        if isinstance(one, BaseExceptionGroup):
            waiting += one.exceptions
    return met


class Part:
    """Something that is called as a part of a call that is recorded already, and is no call of its own."""

    __slots__ = ("_call", "_function", "args", "kwargs")

    def __init__(self, call: Call | None, function: object, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.args, self.kwargs = args, kwargs
        self._call, self._function = call, function
        if call is not None:
            call.functions.append(function)

    def saw(self, item: Any) -> None:
        """Leave it to the call."""

    def succeed(self, result: Any) -> None:
        """Leave it to the call."""

    def fail(self, problem: BaseException) -> None:
        """Leave it to the call."""

    def end(self) -> None:
        """Let the same function be called again, which is another call then."""
        if self._call is not None:
            functions = self._call.functions
            self._call.functions = [each for each in functions if not same_function(each, self._function)]

    def result(self, result: Any) -> Any:
        """What the function returns."""
        return result

    def leave(self) -> None:
        """Nothing, as in `within`."""

    def within(self) -> AbstractContextManager[None]:
        """Nothing: what this is a part of is innermost already."""
        return nullcontext()


class Within:
    """Lets code run inside a call that is not innermost: the next step of a generator, an awaited coroutine."""

    __slots__ = ("_call", "_call_before", "_span_before")

    def __init__(self, call: Call) -> None:
        self._call = call

    def __enter__(self) -> None:
        self._span_before, self._call_before = here.get(), current.get()
        here.set(self._call.span)
        current.set(self._call)

    def __exit__(self, *_: object) -> None:
        here.set(self._span_before)
        current.set(self._call_before)


Begin = Callable[[tuple[Any, ...], dict[str, Any]], Call | Part | None]
"""What is done when something is called that may be recorded; None when it is not."""
