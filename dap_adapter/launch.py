"""How a session begins, begins again, and ends.

initialize → launch → initialized → breakpoints → configurationDone → the launch is answered → stopped
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from namel3ss_dbg.events import ProgramError, Stop, TraceError, UsageError
from namel3ss_dbg.timeline.session import DebugSession

from . import protocol as dap
from .configuration import Configuration, absolute, read_configuration
from .errors import Problem, Refused
from .motions import reaches
from .registry import part
from .relay import relay_to
from .session import LATER, Later, Then
from .stops import Resting

if TYPE_CHECKING:
    from .adapter import Adapter


def launch(adapter: Adapter, arguments: Mapping[str, Any]) -> Later:
    """Walk a recording, follow one that is being written, or run a program."""
    return _begin(adapter, read_configuration(arguments))


def attach(adapter: Adapter, arguments: Mapping[str, Any]) -> Later:
    """Walk a recording that another process writes, or has written; or look into the Python code of a program."""
    if "connect" in arguments:
        return relay_to(adapter, arguments["connect"])
    return _begin(adapter, read_configuration(arguments))


def _begin(adapter: Adapter, configuration: Configuration) -> Later:
    if adapter.configuration is not None:
        raise Refused(Problem.ALREADY_DONE, "This session has launched already.")
    if configuration.program is not None:
        _check_program(configuration.program)
    else:
        open_run(adapter, configuration)
    adapter.configuration = configuration
    adapter.launching = adapter.session.request
    adapter.session.event("initialized")
    if adapter.is_configured:  # a client may be done before it launches
        adapter.is_configured = False
        adapter.session.post(lambda: _let_go(adapter))
    return LATER


def _check_program(program: Path) -> None:
    if not program.is_file():
        near = ", ".join(str(path.name) for path in sorted(program.parent.glob("*.ai"))[:5])
        hint = f" Apps there: {near}." if near else ""
        raise Refused(Problem.NO_PROGRAM, f"There is no file '{program}'.{hint}")


def open_run(adapter: Adapter, configuration: Configuration, trace: Path | None = None) -> None:
    """Walk a recording from now on.

    Raises:
        TraceError: It cannot be read, or it is none.
    """
    path = absolute(trace or configuration.trace or Path())
    if not path.exists():
        why = "'trace' in the launch configuration is the path of a .jsonl file that was recorded."
        raise Refused(Problem.NO_TRACE, f"There is no trace '{path}'. {why}")
    run = DebugSession.open(path, visible=configuration.visible)
    columns = run.timeline.columns
    if not columns.count and not configuration.follow:
        run.close()
        raise TraceError(f"'{path}' holds no events", why="the file is empty, or its only line was never finished")
    if columns.count and columns.invalid == columns.count:
        why = f"none of its first {columns.count} lines is an event; the first: {run.timeline[0].error}"
        run.close()
        raise TraceError(f"'{path}' is not a trace", why=why)
    try:
        for name, answer in configuration.mocks.items():
            run.mock(name, answer)
    except UsageError:
        run.close()
        raise
    adapter.configuration = configuration
    adapter.take(run)
    adapter.breakpoints.replace("launch", configuration.breakpoints)


def configuration_done(adapter: Adapter, arguments: Any) -> Then:
    """Everything was said: let it go."""
    if adapter.is_configured:
        return Then(None, lambda: None)
    if adapter.configuration is None:
        adapter.is_configured = True
        return Then(None, lambda: None)
    return Then(None, lambda: _let_go(adapter))


def _let_go(adapter: Adapter) -> None:
    adapter.is_configured = True
    launching, adapter.launching = adapter.launching, None
    configuration = adapter.configuration
    assert configuration is not None  # noqa: S101
    if configuration.program is not None:
        try:
            _run(adapter, configuration)
        except ProgramError as problem:
            if launching is None:
                raise
            adapter.session.refuse(launching, Refused(Problem.NO_PROGRAM, str(problem)))
            adapter.finish()
            return
    if launching is not None:
        adapter.session.answer(launching)
    if configuration.program is None:
        name, where = str(adapter.run.path), "attach" if configuration.follow else "launch"
        body = dap.ProcessBody(name=name, is_local_process=True, start_method=where)  # type: ignore[arg-type]
        adapter.session.event("process", body)
        enter(adapter)


def _run(adapter: Adapter, configuration: Configuration) -> None:
    """Run the program; when it has ended, walk its recording."""

    def walk(trace: Path, *, growing: bool) -> None:
        adapter.configuration = attrs.evolve(configuration, follow=growing)
        open_run(adapter, adapter.configuration, trace)
        if not growing:
            enter(adapter)

    def follow(trace: Path) -> None:
        walk(trace, growing=True)
        enter(adapter)

    if configuration.console != "internalConsole" and adapter.client.runs_in_terminal:
        adapter.program = part("terminals").TerminalProgram(adapter, configuration, follow)
    else:
        adapter.program = part("programs").LaunchedProgram(adapter, configuration, walk)
    adapter.program.start()


def enter(adapter: Adapter) -> None:
    """Rest at the beginning of a run, or go on to where it is to stop first."""
    configuration, run = adapter.configuration, adapter.run
    assert configuration is not None  # noqa: S101
    if not configuration.debug:
        run.timeline.complete()
        adapter.finish()
        return
    adapter.sources.tell_new()
    adapter.sources.tell_drift()
    adapter.breakpoints.tell_refused()
    if not len(run.timeline):
        adapter.following.wait(lambda: _first(adapter))
    elif configuration.stop_on_entry:
        run.cursor.goto(0)
        adapter.rest(Resting("entry"))
    else:
        adapter.move(run.cursor.resume, "Going to the first breakpoint", runs_on=True)


def _first(adapter: Adapter) -> Stop:
    stop = reaches(adapter)
    return Stop(stop.moment, "entry") if stop.reason == "step" else stop


def restart(adapter: Adapter, arguments: dap.RestartArguments) -> Then:
    """Read the recording again, or run the program again; breakpoints stay."""
    again = arguments.arguments
    configuration = read_configuration(again) if isinstance(again, dict) and again else adapter.configuration
    assert configuration is not None  # noqa: S101 (there is a run)
    if configuration.program is not None:
        _check_program(configuration.program)

    def go() -> None:
        adapter.configuration = configuration
        if configuration.program is not None:
            if adapter.program is not None:
                adapter.program.end()
            _run(adapter, configuration)
            return
        enter(adapter)

    if configuration.program is None:
        open_run(adapter, configuration)
    return Then(None, go)


def terminate(adapter: Adapter, arguments: Any) -> Then:
    """End the program, if one runs, and the session's walk."""

    def go() -> None:
        if adapter.program is not None:
            adapter.program.end()
        adapter.finish()

    return Then(None, go)


def disconnect(adapter: Adapter, arguments: dap.DisconnectArguments) -> None:
    """The session is over; a program that was launched ends with it."""
    adapter.is_over = True
    adapter.session.over = True
    if adapter.program is not None:
        adapter.program.end()
