"""`namel3ss debug trace`: run an app and record everything that it does."""

from __future__ import annotations

from pathlib import Path

import click

from ..recording import Execution, ExecutionTracer
from ..runtimes.traced_run import about, execute
from ..trace.retention import changed_before_today, remove_in_background
from ..trace.settings import DebugConfiguration, read_settings
from ..trace.store import move_aside
from .options import Command, filter_of, filter_option, object_of, talk
from .program import load_program, print_result


@click.command(
    cls=Command,
    examples="""
    namel3ss debug trace app.ai
    namel3ss debug trace app.ai --run-args '{"input": "Hello"}'
    namel3ss debug trace app.ai --filter agent --filter llm --output trace.jsonl
    """,
)
@click.argument("app")
@click.option("--output", "-o", metavar="FILE", help="The trace file.  [default: trace.jsonl here]")
@filter_option("Record only this kind of component")
@click.option(
    "--format", "form", type=click.Choice(["jsonl", "json"]), default="jsonl", help="The trace file's format."
)
@click.option("--memory/--no-memory", default=None, help="Record how much memory the process uses.")
@click.option("--performance/--no-performance", default=None, help="Record how much the process computes.")
@click.option("--buffer-size", type=click.IntRange(1), help="The most events that may wait in memory.")
@click.option("--run-args", metavar="JSON", help="What the app is called with, as an object; @FILE reads it.")
@click.option("--entry", metavar="NAME", help="The chain, agent or prompt to run.")
def trace(
    app: str,
    output: str | None,
    kinds: tuple[str, ...],
    form: str,
    memory: bool | None,
    performance: bool | None,
    buffer_size: int | None,
    run_args: str | None,
    entry: str | None,
) -> int:
    """Run an app and record everything that it does.

    Prints what the app returns. An earlier trace of the same name is not lost: it moves into the trace directory.
    Exits with 1 when the app failed; its trace is written all the same.
    """
    arguments = object_of(run_args, "--run-args")
    settings = read_settings()
    for problem in settings.problems:
        talk(f"Warning: {problem}")
    config = settings.configuration
    config.enabled = True
    config.trace_format = form
    if kinds:
        config.trace_filter = filter_of(kinds)
    config.capture_memory = config.capture_memory if memory is None else memory
    config.capture_performance = config.capture_performance if performance is None else performance
    config.buffer_size = buffer_size or config.buffer_size

    runtime = load_program(app)
    path = Path(output) if output else Path(f"trace.{form}")
    tracer = ExecutionTracer(config)

    def begin() -> Execution:
        moved = _make_room(path, config)
        execution = tracer.require(
            runtime.app_name, path=path, inputs={"arguments": arguments}, metadata=about(runtime, app, entry)
        )
        if moved is not None and changed_before_today(moved):
            remove_in_background(config.trace_output_dir, config.trace_retention_days)
        return execution

    outcome = execute(runtime, tracer, begin, entry=entry, arguments=arguments)
    if outcome.failure is not None:
        talk(f"Error: {outcome.failure}")
    else:
        print_result(outcome.result)
    if outcome.trace is not None:
        talk(f"Trace: {path}. Next: namel3ss debug replay {path}, or: namel3ss debug analyze {path}")
    return outcome.failure.exit_code if outcome.failure is not None else 0


def _make_room(path: Path, config: DebugConfiguration) -> Path | None:
    moved = move_aside(path, config.trace_output_dir) if path.is_file() else None
    if moved is not None:
        talk(f"The earlier {path} is now {moved}")
    return moved
