"""What all parts of one execution share: the program, the tracer, and the two doors to the world.

Models and tools are reached only through here. So each passage has a span with its source position, each error is
recorded once, where it is first seen, and whoever wants to answer in place of the world replaces one of two objects.
"""

from __future__ import annotations

import asyncio
import time
import traceback
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs

from ...events import DebugError, ProgramError, SourceError
from ...recording import ExecutionTracer, Span, describe
from .deadline import Clock, Overdue, within
from .memory import Conversation
from .models import (
    Attempt,
    Message,
    ModelAnswer,
    ModelError,
    ModelRequest,
    ModelSource,
    Progress,
    cost_of,
    number_setting,
)
from .nodes import Field, Llm, Position, Program, Tool
from .reach import declared_llm
from .tools import ToolError, Tools
from .values import resolve, revealed, shown

_RECORDED = "_namel3ss_recorded"


@attrs.define
class Run:
    """One execution of a program."""

    program: Program
    tracer: ExecutionTracer
    models: ModelSource
    tools: Tools
    clock: Clock = time.monotonic
    """By which the timeouts of models are measured."""
    conversations: dict[str, Conversation] = attrs.field(factory=dict, init=False)
    """What the agents remember, by agent."""

    @contextmanager
    def span(
        self,
        kind: str,
        component: str,
        name: str,
        at: Position,
        *,
        inputs: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> Iterator[Span]:
        """A span at a place of the source; an error that leaves it is recorded in it, unless it was before."""
        about = {"source": at.to_dict(), **(metadata or {})}
        with self.tracer.span(kind, component, name, inputs=inputs, metadata=about) as span:
            span.metadata = metadata
            try:
                yield span
            except Exception as problem:
                self._record(problem, component, name, at)
                raise

    def llm(self, name: str | None, at: Position) -> Llm:
        """The declared llm of that name; without a name the only declared one, else an offline one."""
        return declared_llm(self.program, name, at)

    async def ask(
        self,
        llm: Llm,
        messages: Sequence[Message],
        *,
        parameters: dict[str, Any] | None = None,
        tools: Sequence[Tool] = (),
        outputs: Sequence[Field] = (),
        agent: str | None = None,
    ) -> ModelAnswer:
        """A model's answer, within an `llm_call`.

        Raises:
            ModelError: The model did not answer.
        """
        settings = resolve({**llm.parameters, **(parameters or {})}, {})
        progress = Progress(lambda attempt: self._tell(llm, attempt))
        request = ModelRequest(
            llm=llm.name,
            model=llm.model,
            messages=tuple(messages),
            tools=tuple(tools),
            parameters=shown(settings),
            outputs=tuple(outputs),
            agent=agent,
            progress=progress,
        )
        with (
            _translated(ModelError, f"The llm '{llm.name}' failed"),
            self.span(
                "llm_call", "llm", llm.provider, llm.at, inputs=request.to_dict(), metadata={"llm": llm.name}
            ) as span,
        ):
            try:
                progress.answer = await self._answer(llm, attrs.evolve(request, parameters=revealed(settings)))
            finally:
                _note(span, llm, progress)
        return progress.answer

    async def call(self, tool: Tool, arguments: dict[str, Any], *, call_id: str | None = None) -> Any:
        """A tool's result, within a `tool_call`.

        Raises:
            ProgramError: The tool gave no result.
        """
        metadata = {"call_id": call_id} if call_id is not None else None
        with (
            _translated(ToolError, f"The tool '{tool.name}' failed"),
            self.span("tool_call", "tool", tool.name, tool.at, inputs=shown(arguments), metadata=metadata) as span,
        ):
            result = await self.tools.call(tool, arguments)
            span.outputs = {"result": result}
        return result

    async def _answer(self, llm: Llm, request: ModelRequest) -> ModelAnswer:
        timeout = number_setting(llm, "timeout")
        try:
            return await within(timeout, self.models.of(llm).ask(request), self.clock)
        except Overdue:
            raise ModelError(f"The llm '{llm.name}' took too long", why=f"its timeout is {timeout:g} s") from None

    def _tell(self, llm: Llm, attempt: Attempt) -> None:
        """An attempt that is made again; the call itself has not failed."""
        self.tracer.emit(
            "llm_call_retry",
            component="llm",
            component_name=llm.provider,
            outputs=attempt.to_dict(),
            metadata={"source": llm.at.to_dict(), "llm": llm.name},
        )

    def _record(self, problem: Exception, component: str, name: str, at: Position) -> None:
        if _RECORDED in vars(problem):
            return
        vars(problem)[_RECORDED] = True
        if isinstance(problem, SourceError):
            at = Position(problem.file, problem.line, problem.column)
        about = {
            "source": at.to_dict(),
            "error_type": type(problem).__name__,
            "error_message": describe(problem).partition(": ")[2],
        }
        if not isinstance(problem, DebugError):
            about["raised_at"] = _raised_at(problem)
        self.tracer.emit(
            "error_occurred",
            component=component,
            component_name=name,
            status="failed",
            error=describe(problem),
            metadata=about,
        )


def _note(span: Span, llm: Llm, progress: Progress) -> None:
    """Let the end of a call tell what came of it, also when that is only a part of an answer, or nothing."""
    span.metadata = {"llm": llm.name, **progress.to_dict()}
    if progress.answer is not None:
        span.outputs = progress.answer.to_dict()
    if progress.paid:
        costs = [cost_of(llm, answer) for answer in progress.paid]
        span.tokens_used = sum(answer.tokens for answer in progress.paid)
        span.cost_estimate = None if None in costs else round(sum(filter(None, costs)), 9)


def place(at: Position) -> str:
    """A position as sentences hold it: `app.ai:12`."""
    return f"{at.file}:{at.line}"


async def together(*work: Coroutine[Any, Any, Any]) -> list[Any]:
    """The results of what runs at once; waits for the last also when one fails, so that no span is left open."""
    results = await asyncio.gather(*work, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results


@contextmanager
def _translated(kind: type[ProgramError], what: str) -> Iterator[None]:
    """Turn what models and tools raise, after it was recorded, into an error that a person can read."""
    try:
        yield
    except DebugError:
        raise
    except Exception as problem:  # a door to the world: anything may come through
        error = kind(what, why=describe(problem))
        vars(error)[_RECORDED] = vars(problem).pop(_RECORDED, True)
        raise error from problem


def _raised_at(problem: Exception) -> str:
    frames = traceback.extract_tb(problem.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno} in {frames[-1].name}" if frames else ""
