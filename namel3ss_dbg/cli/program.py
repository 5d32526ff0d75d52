"""Runs a program under a tracer, from a file's name to its result."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import click

from ..events import DebugError, Status, UsageError
from ..recording import Execution, ExecutionTracer, describe
from ..runtimes import Runtime, load


@attrs.frozen
class Outcome:
    """How a run went."""

    result: Any = None
    failure: DebugError | None = None
    """Why it failed; None when it did not."""
    trace: Path | None = None


def load_program(path: str) -> Runtime:
    """The program of a file.

    Raises:
        UsageError: There is no such file.
        ProgramError: It cannot be read, or is wrong.
    """
    if not Path(path).exists():
        near = sorted(Path(path).parent.glob("*.ai"))[:5] if Path(path).parent.is_dir() else []
        files = ", ".join(map(str, near))
        raise UsageError(f"There is no file '{path}'", try_=f"Apps there: {files}." if files else "")
    return load(path)


def execute(
    runtime: Runtime,
    tracer: ExecutionTracer,
    begin: Callable[[], Execution | None],
    *,
    entry: str | None,
    arguments: dict[str, Any],
) -> Outcome:
    """Run a program once; `begin` begins its trace. A failure of the program is an outcome, an interruption is not.

    Raises:
        TraceError: The trace cannot be written.
        KeyboardInterrupt: The person ended it; the trace says `cancelled`.
    """

    async def run() -> Outcome:
        execution = begin()
        try:
            result = await runtime.run(tracer, entry=entry, arguments=arguments)
        except DebugError as problem:
            return Outcome(failure=problem, trace=_finish(tracer, execution, Status.FAILED, error=describe(problem)))
        except BaseException as problem:
            cancelled = isinstance(problem, asyncio.CancelledError | KeyboardInterrupt)
            _finish(tracer, execution, Status.CANCELLED if cancelled else Status.FAILED, error=describe(problem))
            raise
        return Outcome(result, trace=_finish(tracer, execution, Status.COMPLETED, outputs={"result": result}))

    return asyncio.run(run())


def _finish(tracer: ExecutionTracer, execution: Execution | None, status: str, **how: Any) -> Path | None:
    return tracer.finish(status, execution=execution, **how) if execution is not None else None


def print_result(result: Any) -> None:
    """Print what a program returned: text as it is, everything else as JSON."""
    if isinstance(result, str):
        click.echo(result)
    elif result is not None:
        click.echo(json.dumps(result, ensure_ascii=False, indent=2, default=str))
