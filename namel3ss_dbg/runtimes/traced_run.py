"""One run of a program under a tracer, from its first event to its last.

A run always says how it ended: `completed`, `failed`, or `cancelled` when a person ended it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs

from ..events import DebugError, Payload, SourceError, Status
from ..recording import Execution, ExecutionTracer, describe
from ..trace.digests import digest_of
from .registry import Runtime


@attrs.frozen
class Outcome:
    """How a run went."""

    result: Any = None
    failure: DebugError | None = None
    """Why it failed; None when it did not."""
    trace: Path | None = None
    """Where it was recorded; None when it was not, or did not begin."""


def execute(
    runtime: Runtime,
    tracer: ExecutionTracer,
    begin: Callable[[], Execution | None],
    *,
    entry: str | None,
    arguments: dict[str, Any],
) -> Outcome:
    """Run a program once; `begin` begins its trace. A failure of the program is an outcome, an interruption is not.

    A program that cannot run here, because the key of a model is missing, say, leaves no trace.

    Raises:
        TraceError: The trace cannot be written.
        KeyboardInterrupt: The person ended it; the trace says `cancelled`.
    """

    async def run() -> Outcome:
        execution = begin()
        try:
            result = await runtime.run(tracer, entry=entry, arguments=arguments)
        except DebugError as problem:
            trace = _finish(tracer, execution, Status.FAILED, error=describe(problem))
            return Outcome(failure=_without_secrets(problem, tracer), trace=trace)
        except BaseException as problem:
            cancelled = isinstance(problem, asyncio.CancelledError | KeyboardInterrupt)
            _finish(tracer, execution, Status.CANCELLED if cancelled else Status.FAILED, error=describe(problem))
            raise
        return Outcome(result, trace=_finish(tracer, execution, Status.COMPLETED, outputs={"result": result}))

    try:
        runtime.prepare(entry=entry, arguments=arguments)
    except DebugError as problem:
        return Outcome(failure=problem)
    return asyncio.run(run())


def about(runtime: Runtime, program: str, entry: str | None) -> Payload:
    """What a trace tells of its program: its file and its first line, what was run of it, its sources."""
    digests = {file: digest_of(Path(file)) for file in runtime.sources}
    return {
        "program": program,
        "entry": entry,
        "source": runtime.source,
        "sha256": {file: digest for file, digest in digests.items() if digest},
    }


def _without_secrets(problem: DebugError, tracer: ExecutionTracer) -> DebugError:
    """The error as a person may read it: what a tool or a server said goes into its sentence."""
    problem.what, problem.why, problem.try_ = map(tracer.without_secrets, (problem.what, problem.why, problem.try_))
    if isinstance(problem, SourceError):
        problem.source = tracer.without_secrets(problem.source)
    return problem


def _finish(tracer: ExecutionTracer, execution: Execution | None, status: str, **how: Any) -> Path | None:
    return tracer.finish(status, execution=execution, **how) if execution is not None else None
