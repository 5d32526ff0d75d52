"""Something that takes time, and the one context variable that says what the running code is in.

Tasks, `asyncio.gather` and `asyncio.to_thread` copy context variables, so parents are right under them by themselves.
"""

from __future__ import annotations

import asyncio
import contextvars
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from ..events import Payload, Status
from ..events.redaction import safe_repr

if TYPE_CHECKING:
    from .execution import Execution

here: contextvars.ContextVar[Span | None] = contextvars.ContextVar("namel3ss_dbg_here", default=None)
"""The innermost span that the running code is in; it knows its execution."""

_CANCELLATIONS = (asyncio.CancelledError, KeyboardInterrupt, SystemExit, GeneratorExit)


def describe(problem: BaseException) -> str:
    """An exception as an event's `error` says it: `TimeoutError: no answer within 5 s`."""
    try:
        text = str(problem)
    except Exception:  # an exception's own __str__ may do anything
        text = safe_repr(problem)
    return f"{type(problem).__name__}: {text}" if text else type(problem).__name__


class Span:
    """Something that takes time: writes its start when entered and its end when left.

    Use it with `with` or `async with`, and set on it before leaving what came out.
    """

    __slots__ = (
        "_began", "_ended", "_execution", "_failure", "_outer", "_status", "_token", "component", "cost_estimate",
        "event_id", "held", "inputs", "kind", "metadata", "name", "outputs", "parent_id", "source", "tokens_used",
    )  # fmt: skip

    def __init__(
        self,
        execution: Execution | None,
        outer: Span | None,
        kind: str,
        component: str,
        name: str | None,
        inputs: Payload | None,
        metadata: Payload | None,
    ) -> None:
        self.kind = kind
        self.component = component
        self.name = name
        self.inputs = inputs
        self.outputs: Payload | None = None
        """What came out, for the end event."""
        self.metadata = metadata
        """About the start until it is entered, then about the end."""
        self.tokens_used: int | None = None
        self.cost_estimate: float | None = None
        self.event_id: str | None = None
        """The id of the start event, or of the nearest span around when a filter keeps this one out."""
        self.parent_id: str | None = None
        self.source: Payload | None = None
        """Where in a source file this stands; the end repeats it."""
        self.held: Payload | None = None
        """The start's record while it waits for whether this span is worth recording."""
        self._execution = execution
        self._outer = outer
        self._status: str = Status.COMPLETED
        self._failure: str | None = None
        self._token: contextvars.Token[Span | None] | None = None
        self._ended = False
        self._began = 0.0

    @property
    def execution(self) -> Execution | None:
        """The run that this belongs to."""
        return self._execution

    @property
    def outer(self) -> Span | None:
        """The span around this one."""
        return self._outer

    def fail(self, error: str | None, status: str = Status.FAILED) -> None:
        """Let this span end as failed, or with another status, although no exception leaves it."""
        self._status, self._failure = status, error

    def __enter__(self) -> Self:
        if self._execution is not None:
            self.begin()
        return self

    def begin(self) -> Payload | None:
        """Write the start event and be the innermost span; what `with` does. Returns the record, if one was made."""
        if self._execution is None:
            return None
        record = self._execution.open(self)
        self._token = here.set(self)
        self._began = time.perf_counter()
        return record

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, _: TracebackType | None
    ) -> None:
        if self._execution is None:
            return
        duration_ms = (time.perf_counter() - self._began) * 1000.0
        if problem is not None:
            self._status = Status.CANCELLED if isinstance(problem, _CANCELLATIONS) else Status.FAILED
            self._failure = describe(problem)
        self.leave()
        self.end(duration_ms)

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.__exit__(kind, problem, trace)

    def leave(self) -> None:
        """Make the span around this one the innermost again."""
        token, self._token = self._token, None
        try:
            if token is not None:
                here.reset(token)
                return
        except ValueError:  # left in another context than it was entered in, as a closed async generator is
            pass
        if here.get() is self:
            here.set(self._outer)

    def end(self, duration_ms: float | None = None) -> Payload | None:
        """Write the end event; only the first call does. Returns the record, if one was made."""
        if self._ended or self._execution is None:
            return None
        self._ended = True
        if duration_ms is None:
            duration_ms = (time.perf_counter() - self._began) * 1000.0
        return self._execution.close(self, self._status, self._failure, duration_ms)
