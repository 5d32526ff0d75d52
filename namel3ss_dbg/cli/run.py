"""`namel3ss run`: run an app, traced when the configuration says so."""

from __future__ import annotations

import click

from ..recording import ExecutionTracer
from ..runtimes.traced_run import about, execute
from ..trace.settings import read_settings
from .options import Command, object_of, talk
from .program import load_program, print_result


@click.command(
    cls=Command,
    examples="""
    namel3ss run app.ai
    namel3ss run app.ai --run-args '{"input": "Hello"}'
    NAMEL3SS_DEBUG_ENABLED=true namel3ss run app.ai
    """,
)
@click.argument("app")
@click.option("--run-args", metavar="JSON", help="What the app is called with, as an object; @FILE reads it.")
@click.option("--entry", metavar="NAME", help="The chain, agent or prompt to run.")
def run(app: str, run_args: str | None, entry: str | None) -> int:
    """Run an app; trace it when the configuration says so.

    Prints what the app returns. With NAMEL3SS_DEBUG_ENABLED=true, or "enabled" or "auto_trace" in
    .namel3ss/debug.json, the run is traced into the trace directory.
    """
    arguments = object_of(run_args, "--run-args")
    settings = read_settings()
    for problem in settings.problems:
        talk(f"Warning: {problem}")
    config = settings.configuration
    config.enabled = settings.traces_runs
    runtime = load_program(app)
    tracer = ExecutionTracer(config)
    outcome = execute(
        runtime,
        tracer,
        lambda: tracer.start(runtime.app_name, inputs={"arguments": arguments}, metadata=about(runtime, app, entry)),
        entry=entry,
        arguments=arguments,
    )
    if outcome.failure is not None:
        talk(f"Error: {outcome.failure}")
    else:
        print_result(outcome.result)
    if outcome.trace is not None:
        talk(f"Traced to {outcome.trace}")
    return outcome.failure.exit_code if outcome.failure is not None else 0
