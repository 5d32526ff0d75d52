"""Something that takes time, and the one context variable that says what the running code is in.

Tasks, `asyncio.gather` and `asyncio.to_thread` copy context variables, so parents are right under them by themselves.
"""

from __future__ import annotations

import asyncio
import contextvars
from time import perf_counter
from types import TracebackType
from typing import TYPE_CHECKING, Self

from ..events import Payload, Status
from ..events.redaction import safe_repr

if TYPE_CHECKING:
    from .execution import Execution

here: contextvars.ContextVar[Span | None] = contextvars.ContextVar("namel3ss_dbg_here", default=None)
"""The innermost span that the running code is in; it knows its execution."""

_CANCELLATIONS = (asyncio.CancelledError, KeyboardInterrupt, SystemExit, GeneratorExit)
_NOTHING: dict[str, float] = {}
_COMPLETED, _FAILED, _CANCELLED = Status.COMPLETED.value, Status.FAILED.value, Status.CANCELLED.value


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
        "_failure", "_status", "_token", "began", "component", "cost_estimate", "counted", "dropped", "ended",
        "event_id", "execution", "held", "inputs", "kind", "metadata", "name", "outer", "outputs", "parent_id",
        "source", "tokens_used",
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
        self.execution = execution
        """The run that this belongs to; None when nothing is recorded."""
        self.outer = outer
        """The span around this one."""
        self.kind = kind
        self.component = component
        self.name = name
        self.inputs = inputs
        """What went in, for the start event."""
        self.outputs: Payload | None = None
        """What came out, for the end event."""
        self.metadata = metadata
        """About the start until it is entered, then about the end."""
        self.tokens_used: int | None = None
        """By a model, for the end event."""
        self.cost_estimate: float | None = None
        """US dollars, for the end event."""
        self.event_id: str | None = None
        """The id of the start event."""
        self.parent_id: str | None = None
        """The id that the start names as its parent, when that is not the one of the span around it."""
        self.source: Payload | None = None
        """Where in a source file this stands; the end repeats it."""
        self.held: Payload | None = None
        """The start's record while it waits for whether this span is worth recording."""
        self.dropped = False
        """Whether a filter keeps this out: what is inside belongs to the span around it."""
        self.ended = False
        self.counted = _NOTHING
        """What this counts for in the sums of the run."""
        self.began = 0.0
        """When it was entered, by `time.perf_counter`."""
        self._status: str = _COMPLETED
        self._failure: str | None = None
        self._token: contextvars.Token[Span | None] | None = None

    def fail(self, error: str | None, status: str = _FAILED) -> None:
        """Let this span end as failed, or with another status, although no exception leaves it."""
        self._status, self._failure = status, error

    def __enter__(self) -> Self:
        self.begin()
        return self

    def begin(self) -> Payload | None:
        """Write the start event and be the innermost span; what `with` does. Returns the record, if one was made."""
        execution = self.execution
        if execution is None:
            return None
        record = execution.open(self)
        self._token = here.set(self)
        self.began = perf_counter()
        return record

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, _: TracebackType | None
    ) -> None:
        if self.execution is None:
            return
        if problem is not None:
            self.fail(describe(problem), _CANCELLED if isinstance(problem, _CANCELLATIONS) else _FAILED)
        self.end()

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.__exit__(kind, problem, trace)

    def end(self, duration_ms: float | None = None) -> Payload | None:
        """Write the end event; only the first call does. Returns the record, if one was made."""
        execution = self.execution
        if self.ended or execution is None:
            return None
        if duration_ms is None:
            duration_ms = (perf_counter() - self.began) * 1000.0
        self.ended = True
        if self._token is not None and here.get() is self:  # else something inside is still open, or elsewhere
            try:
                here.reset(self._token)
            except (ValueError, RuntimeError):  # entered in another context, of which this is a copy
                here.set(self.outer)
        return execution.close(self, self._status, self._failure, duration_ms)


def innermost() -> Span | None:
    """The innermost span that the running code is in.

    A span may have ended without the code that entered it noticing: spans that are begun and ended by hand need not end
    in order, and an async generator may be closed by another task. The context that entered it is then set right here.
    A task that goes on after the span it was begun in keeps that as its parent.
    """
    span = here.get()
    while span is not None and span.ended and span._token is not None:
        try:
            here.reset(span._token)
        except (ValueError, RuntimeError):
            break
        span = here.get()
    return span
