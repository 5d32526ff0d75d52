"""A program that was launched: it runs and is traced in a process of its own, and then its recording is walked.

What it prints is the client's to show; it cannot disturb the protocol, because the two have no stream in common.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from namel3ss_dbg.runtimes.debuggee import Began, Debuggee, Ended, Printed, PythonHeld, PythonReached, Report

from . import protocol as dap
from .configuration import Configuration
from .python_child import PythonChild

if TYPE_CHECKING:
    from .adapter import Adapter


class Walk(Protocol):
    """Begins to walk a trace."""

    def __call__(self, trace: Path, *, growing: bool) -> None:
        """Walk it; one that still grows is opened, and goes nowhere by itself."""


class LaunchedProgram:
    """One run of a program."""

    def __init__(self, adapter: Adapter, configuration: Configuration, walk: Walk) -> None:
        """Prepare a run; `walk` gets the trace when it has ended, or is held."""
        assert configuration.program is not None  # noqa: S101
        self._adapter = adapter
        self._configuration = configuration
        self._program: Path = configuration.program.absolute()
        self._debuggee: Debuggee | None = None
        self.exit_code: int | None = None
        """Known when it has ended."""
        self.trace: Path | None = configuration.trace
        self._walk = walk
        self._is_ended = False
        self.is_walked = False
        """Whether the recording was opened while it is still being written."""
        self.is_awaited = False
        """Whether it has to be looked at to see what it does; this one reports by itself."""
        self._python = PythonChild(adapter)

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return not self._is_ended

    @property
    def debuggee(self) -> Debuggee | None:
        """Its process; None before the start."""
        return self._debuggee

    def start(self) -> None:
        """Begin to run it.

        Raises:
            ProgramError: No process can be started.
        """
        configuration, session = self._configuration, self._adapter.session
        self._debuggee = Debuggee.start(
            self._program,
            tell=lambda report: session.post(lambda: session.guarded(lambda: self._hear(report))),
            entry=configuration.entry,
            arguments=configuration.arguments,
            trace=configuration.trace,
            python_debug=configuration.python_debug and configuration.debug,
            environment=configuration.environment,
            folder=configuration.folder or self._program.parent,
        )
        self._adapter.on_close.append(self.end)
        body = dap.ProcessBody(
            name=str(self._program),
            system_process_id=self._debuggee.pid,
            is_local_process=True,
            start_method="launch",
        )
        session.event("process", body)

    def _hear(self, report: Report) -> None:
        if self._is_ended or self._adapter.program is not self:
            return
        match report:
            case Began(trace=trace):
                self.trace = trace
            case Printed(stream=stream, text=text):
                body = dap.OutputBody(category=stream, output=text)
                self._adapter.session.event("output", body)
            case PythonReached():
                assert self._debuggee is not None  # noqa: S101 (it is who reports)
                self._python.reach(report, self._debuggee)
            case PythonHeld():
                self._hold()
            case Ended():
                self._end(report)

    def _hold(self) -> None:
        assert self.trace is not None  # noqa: S101 (it is in the middle of its run)
        if not self.is_walked:
            self.is_walked = True
            self._walk(self.trace, growing=True)
        self._python.hold()

    def _end(self, ended: Ended) -> None:
        self._is_ended, self.exit_code = True, ended.exit_code
        text = ended.error or f"The program ended with exit code {ended.exit_code}."
        self._say(text if text.endswith(".") else f"{text}.", important=bool(ended.error))
        if self.trace is None or not self.trace.is_file():
            self._adapter.finish()
            return
        if self.is_walked:
            self._adapter.following.stop()
            return
        if self._configuration.debug:
            self._say(f"Its recording is {self.trace}; this walks it, forwards and backwards.")
        self._walk(self.trace, growing=False)

    def _say(self, text: str, *, important: bool = False) -> None:
        body = dap.OutputBody(category="important" if important else "console", output=f"{text}\n")
        self._adapter.session.event("output", body)

    def look(self) -> None:
        """See what it does."""

    def end(self) -> None:
        """End it, if it has not ended; takes less than two seconds."""
        if self._debuggee is not None and self.is_running:
            ended = self._debuggee.terminate()
            self._is_ended = True
            self.exit_code = ended.exit_code if ended is not None else None
